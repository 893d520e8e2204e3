"""Sites to run the whole command on: pages that name photos, and what mediakit makes of them."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from PIL import Image

_PAGE = """---
title: "Exercise {number}"
header:
  overlay_image: /assets/{name}
  teaser: /assets/{stem}-320.jpg
---
"""
_PLAIN = """---
title: "Exercise {number}"
gallery:
  - image_path: /assets/{name}
    alt: picture {number}
---
"""
_SETTINGS = """[presets.overlay-1280]
enabled = false
[presets.overlay-1920]
enabled = false
"""
_NO_BYTE_CODE = "PYTHONDONTWRITEBYTECODE"


@dataclass(frozen=True)
class Run:
    """What a command took: seconds, seconds of CPU, and its peak of resident memory in MB."""

    seconds: float
    cpu: float
    peak: float


def make_site(
    folder: Path,
    photos: list[Path],
    *,
    overlay: bool = True,
    all_sizes: bool = False,
    plain: bool = False,
) -> None:
    """Make a site with a page a photo, in two sizes or all four; without `overlay` only teasers.

    `plain` pages show the pictures as they are.
    """
    pages, assets = folder / "_exercises", folder / "assets"
    pages.mkdir(parents=True)
    assets.mkdir()
    (folder / "mediakit.toml").write_text("" if all_sizes else _SETTINGS, "utf-8")
    for number, photo in enumerate(photos):
        link(photo, assets / photo.name)
        text = _PLAIN if plain else _PAGE
        page = text.format(number=number, name=photo.name, stem=photo.stem)
        if not overlay:
            page = "\n".join(line for line in page.split("\n") if "overlay_image" not in line)
        (pages / f"{photo.stem}.md").write_text(page, "utf-8")


def link(source: Path, target: Path) -> None:
    """Give a file a second place without reading it, where the file system can."""
    try:
        os.link(source, target)
    except OSError:
        shutil.copyfile(source, target)


def copy_site(source: Path, target: Path) -> None:
    """Copy a site without what mediakit made on it."""
    shutil.copytree(
        source, target, copy_function=shutil.copyfile, ignore=shutil.ignore_patterns(".mediakit")
    )


def mediakit(site: Path, *args: str) -> Run:
    """Run a command of mediakit on a site."""
    return measured([sys.executable, "-m", "mediakit", *args, "--site", str(site)])


def measured(command: list[str], cwd: Path | None = None) -> Run:
    """Run a command, and return what it took; Python keeps its byte code, as installed."""
    environment = {key: each for key, each in os.environ.items() if key != _NO_BYTE_CODE}
    peak = str(Path(__file__).with_name("peak.py"))
    done = subprocess.run(
        [sys.executable, "-S", peak, *command],
        check=True,
        capture_output=True,
        text=True,
        cwd=cwd,
        env=environment,
    )
    return Run(**json.loads(done.stdout))


def wanted(site: Path) -> list[tuple[str, list[tuple[str, int]]]]:
    """Return what mediakit would make, by site path: sources, and variants with their widths."""
    told = subprocess.run(
        [
            sys.executable, "-m", "mediakit", "generate", "--dry-run", "--format", "json",
            "--site", str(site),
        ], check=False, capture_output=True, text=True,
    )  # fmt: skip
    found: dict[str, list[tuple[str, int]]] = {}
    for action in json.loads(told.stdout)["actions"]:
        if action["kind"] == "make":
            source = action["source"]
            width = int(Path(action["path"]).stem.rpartition("-")[2])
            width = min(width, _width(site / source))
            found.setdefault(source, []).append((action["path"], width))
    return sorted(found.items())


def _width(source: Path) -> int:
    with Image.open(source) as picture:
        return picture.width
