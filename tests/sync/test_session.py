"""Sessions: who may write into a site, and who only reads it."""

from __future__ import annotations

import json
import os
import shutil
import stat
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from conftest import SiteBuilder, draw, exercise
from mediakit.base.errors import SiteLockedError
from mediakit.cli.main import main
from mediakit.config.config import load_config
from mediakit.sync.session import Access, open_session

if TYPE_CHECKING:
    from collections.abc import Iterator

WRITING = (
    ("init",),
    ("init", "--include"),
    ("generate",),
    ("sync", "--no-videos"),
    ("add", "squat", "photo.jpg"),
    ("new", "plank", "--title", "Plank"),
    ("gallery", "fill", "--yes"),
    ("check", "--write-baseline"),
    ("check", "--fix"),
    ("dupes", "--accept"),
    ("dupes", "--fix", "--yes"),
    ("dupes", "--undo", "--yes"),
    ("videos", "add", "squat", "https://youtu.be/aIZuK2cX4FA"),
    ("videos", "check"),
    ("videos", "fetch"),
)
"""Command lines that write into the site."""

READING = (("list",), ("status",), ("check",), ("dupes",), ("gallery", "page"))
"""Command lines that only read it."""


@pytest.fixture
def squat(site: SiteBuilder, monkeypatch: pytest.MonkeyPatch) -> SiteBuilder:
    """Return a site with one exercise, a copy of a picture, and a photo that is no page's."""
    site.exercise("squat", 2)
    site.write("assets/images/squat-2.jpg", (site.root / "assets/images/squat-1.jpg").read_bytes())
    site.write("_exercises/row.md", exercise("row", 1))
    site.write("assets/images/row-0.jpg", (site.root / "assets/images/squat-1.jpg").read_bytes())
    site.write("photo.jpg", draw((1600, 1200), colour="#88aa22"))
    monkeypatch.chdir(site.root)
    return site


@pytest.fixture
def working(squat: SiteBuilder) -> Iterator[Path]:
    """Hold the site as a run does, with a temporary file under way; return that file."""
    with open_session(load_config(squat.root)) as session:
        yield session.writer.stage(b"under way")


@pytest.mark.parametrize("args", WRITING, ids=" ".join)
def test_only_one_command_writes(
    args: tuple[str, ...], working: Path, squat: SiteBuilder, capsys: pytest.CaptureFixture[str]
) -> None:
    """Whatever writes is refused beside a running command, and takes nothing of it away."""
    before = squat.tree()
    assert main(args) == 2
    assert "another mediakit is at work on this site" in capsys.readouterr().err
    assert squat.tree() == before
    assert working.read_bytes() == b"under way"


@pytest.mark.parametrize("args", READING, ids=" ".join)
def test_reading_goes_on_beside_a_running_command(
    args: tuple[str, ...], working: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Whatever only reads gives its result while another command writes."""
    assert main(args) in {0, 1}
    said = capsys.readouterr()
    assert "another mediakit" not in said.err
    assert said.out
    assert working.read_bytes() == b"under way"


@pytest.mark.parametrize("has_cache", [True, False])
def test_reading_of_a_site_that_nobody_may_write(
    squat: SiteBuilder, tmp_path: Path, capsys: pytest.CaptureFixture[str], *, has_cache: bool
) -> None:
    """On a read-only disk the same result comes as on one that can be written."""
    commands = [
        [*args, "-o", str(tmp_path / "page")] if args == ("gallery", "page") else list(args)
        for args in READING
    ]
    if has_cache:
        squat.run()
    open_to_all = []
    for args in commands:
        code = main(args)
        open_to_all.append([code, capsys.readouterr().out])
    if not has_cache:
        shutil.rmtree(squat.root / ".mediakit", ignore_errors=True)
    closed = [path for path in [squat.root, *squat.root.rglob("*")] if path.is_dir()]
    for folder in closed:
        folder.chmod(0o555)
    try:
        found = run_as_nobody(squat.root, commands)
    finally:
        for folder in closed:
            folder.chmod(0o755)
    assert {code for code, _ in open_to_all} <= {0, 1}
    assert found == open_to_all


_ALL = """
import contextlib, io, json, sys
from mediakit.cli.main import main
done = []
for args in json.loads(sys.argv[1]):
    with contextlib.redirect_stdout(io.StringIO()) as out:
        code = main(args)
    done.append([code, out.getvalue()])
print(json.dumps(done))
"""


def run_as_nobody(root: Path, commands: list[list[str]]) -> object:
    """Run commands as somebody whom rights concern: they do not concern root.

    Returns the exit code and the output of each.
    """
    command = [sys.executable, "-c", _ALL, json.dumps(commands)]
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        if shutil.which("setpriv") is None:
            pytest.skip("there is no setpriv to give up the rights of root with")
        command = ["setpriv", "--reuid=0", "--bounding-set=-all", "--inh-caps=-all", *command]
    done = subprocess.run(command, cwd=root, capture_output=True, text=True, check=True)
    return json.loads(done.stdout)


def test_a_session_that_reads_has_no_writer(squat: SiteBuilder) -> None:
    """A command that was not meant to write cannot."""
    for access in (Access.READ, Access.LOOK):
        with (
            open_session(load_config(squat.root), access) as session,
            pytest.raises(RuntimeError, match="only reads"),
        ):
            _ = session.writer


def test_looking_touches_nothing(squat: SiteBuilder) -> None:
    """A dry run makes no work folder, and changes no cache that is there."""
    with open_session(load_config(squat.root), Access.LOOK):
        pass
    assert not (squat.root / ".mediakit").exists()
    for args in (
        ["add", "squat", "photo.jpg", "-n"], ["new", "plank", "--title", "Plank", "-n"],
        ["init", "-n"], ["sync", "-n"], ["generate", "-n"],
    ):  # fmt: skip
        assert main(args) == 0
        assert not (squat.root / ".mediakit").exists(), args


def test_the_first_to_come_holds_the_lock(squat: SiteBuilder) -> None:
    """A second session that writes is refused, and the site is free when the first has ended."""
    config = load_config(squat.root)
    with open_session(config):
        with pytest.raises(SiteLockedError), open_session(config):
            pass
        with open_session(config, Access.READ) as session:
            assert session.cache.problems == ()
    with open_session(config):
        assert stat.S_ISDIR((squat.root / ".mediakit").stat().st_mode)
