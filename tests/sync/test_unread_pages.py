"""A page that cannot be read: every command that reads pages says so, and exits with 1."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from conftest import draw
from mediakit.cli.main import main

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from conftest import SiteBuilder

OK = """\
---
title: Plank
gallery:
  - url: /assets/images/plank-0.jpg
    image_path: /assets/images/plank-0-320.jpg
    alt: Plank
---
"""
BAD = "_exercises/bad.md"


def fifo(path: Path) -> None:
    os.mkfifo(path)


def folder(path: Path) -> None:
    (path.parent / "below").mkdir()
    path.symlink_to("below")


KINDS: dict[str, Callable[[Path], object]] = {
    "bad YAML": lambda path: path.write_text("---\ntitle: Squat: deep\n---\n"),
    "not UTF-8": lambda path: path.write_bytes("---\ntitle: Bænk\n---\n".encode("latin-1")),
    "not closed": lambda path: path.write_text("---\ntitle: Bench\n"),
    "a FIFO": fifo,
    "a link to a folder": folder,
    "a broken link": lambda path: path.symlink_to("nowhere.md"),
    "a link that leads out": lambda path: path.symlink_to("/etc/hostname"),
}


@pytest.fixture
def broken(
    site: SiteBuilder, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> SiteBuilder:
    """Return a site of a sound page and one that cannot be read."""
    site.write("_config.yml", "collections: {exercises: {output: true}}\n")
    site.write("_exercises/plank.md", OK)
    site.write("assets/images/plank-0.jpg", draw())
    KINDS[request.param](site.root / BAD)
    site.write("photo.heic.png", draw(colour="#123456", kind="PNG"))
    monkeypatch.chdir(site.root)
    return site


COMMANDS = (
    "list", "status", "generate", "sync --target out -n", "check", "dupes", "dupes --accept",
    "dupes --fix", "dupes --fix --yes", "gallery fill --check", "gallery fill --yes",
    "gallery fill plank --check", "gallery page", "init -n", "init", "new hop --title Hop",
    "new hip --title Hip -n", "add plank photo.heic.png --twice -n", "videos check",
    "videos fetch", "videos add plank aIZuK2cX4FA",
)  # fmt: skip


@pytest.mark.parametrize("broken", KINDS, indirect=True)
def test_every_command_says_so(broken: SiteBuilder, capsys: pytest.CaptureFixture[str]) -> None:
    """No command goes on as if a page were not there: there is a line, and the exit code is 1.

    Only `init`, which looks at a site for the first time, has done its work all the same.
    """
    silent = []
    for command in COMMANDS:
        code = main(command.split())
        said = capsys.readouterr()
        if code != int("init" not in command) or BAD not in said.err + said.out:
            silent.append((command, code, said.err + said.out))
    assert silent == []
    assert (broken.root / "mediakit.toml").exists()


@pytest.mark.parametrize("broken", ["bad YAML"], indirect=True)
def test_the_others_are_done(broken: SiteBuilder, capsys: pytest.CaptureFixture[str]) -> None:
    """A page that cannot be read stops no other one."""
    broken.write("assets/images/plank-1.jpg", draw(colour="#654321"))
    assert main(["gallery", "fill", "--yes"]) == 1
    assert "plank-1.jpg" in (broken.root / "_exercises/plank.md").read_text()
    assert f"{BAD}:2: error" in capsys.readouterr().err
