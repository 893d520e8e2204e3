#!/usr/bin/env python3
"""What a site of very many pictures takes where nothing is to do: seconds, CPU, memory.

    python bench/many.py [--manifests 1000 10000 ...] [--folder FOLDER] [--rounds N]

Each manifest has an overlay, a teaser and a gallery of three pictures, so that there are three
sources and three variants for each. The pictures are a few small ones; each source and each
variant differs from all others by a comment in its JPEG. The catalog says of them what mediakit
would have written, and one `mediakit generate` takes all of that up, which has to find nothing to
make. Then `mediakit status` is measured: medians of N rounds, as a whole command, with nothing
changed, with more text on one page, and with one picture fewer on it. A site of 100,000 manifests
is 700,000 files, 3 GB; it is removed afterwards. The last line says how many processes wanted a
core (the load of the last minute).
"""

from __future__ import annotations

import argparse
import hashlib
import io
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from PIL import Image, ImageDraw

from mediakit.base.artifacts import PICTURE, Input, Look, MadeRecord, SourcePicture
from mediakit.base.writer import Writer
from mediakit.config.config import load_config
from mediakit.config.overrides import Overrides
from mediakit.images.look import Limits
from mediakit.images.preset import MAX_PIXELS, Preset, Truncated
from mediakit.images.render import PictureSource, Rendered, describe, render
from mediakit.state.catalog import Catalog

SIZE = (480, 320)
GALLERY = 3
A_FOLDER = 1_000
"""Manifests in a folder."""

_PAGE = """---
title: "Exercise {number}"
permalink: /exercise/{number}/
header:
  overlay_image: /{stem}-0.jpg
  teaser: /{stem}-0-320.jpg
gallery:
"""
_ENTRY = """  - url: /{stem}-{each}.jpg
    image_path: /{stem}-{each}-320.jpg
    alt: "Exercise {number}, picture {each}"
    title: "Exercise {number}, picture {each}"
"""


@dataclass(frozen=True)
class Drawn:
    """A picture, its variant of 320 px, and what mediakit says of it."""

    data: bytes
    variant: Rendered
    look: Look


@dataclass(frozen=True)
class Taken:
    """What a command took: seconds, seconds of CPU, and its peak of resident memory in MB."""

    seconds: float
    cpu: float
    peak: float


def draw(preset: Preset, colour: str, name: str) -> Drawn:
    """Draw a picture, and let mediakit make what it would."""
    image = Image.new("RGB", SIZE, colour)
    pen = ImageDraw.Draw(image)
    pen.ellipse((120, 60, 360, 260), fill="#dd8844")
    pen.line((0, 0, *SIZE), fill="white", width=9)
    out = io.BytesIO()
    image.save(out, "JPEG", quality=25)
    picture = PictureSource(out.getvalue())
    (variant,) = render(picture, ((name, preset),))
    look = describe(picture, Limits(MAX_PIXELS, Truncated.ERROR))
    if not isinstance(variant, Rendered) or not isinstance(look, Look):
        raise SystemExit(f"the picture could not be made: {variant}, {look}")
    return Drawn(out.getvalue(), variant, look)


def commented(data: bytes, text: str) -> bytes:
    """Return a JPEG with a comment, as the first segment."""
    body = text.encode()
    return data[:2] + b"\xff\xfe" + (len(body) + 2).to_bytes(2, "big") + body + data[2:]


def make_site(root: Path, manifests: int) -> None:
    """Write pages, pictures, variants and catalog."""
    root.mkdir(parents=True)
    (root / "_config.yml").write_text("collections:\n  exercises:\n    output: true\n", "utf-8")
    config = load_config(root, Overrides())
    preset = next(each for each in config.presets if each.suffix == "-320")
    drawn = [draw(preset, colour, "a-320.jpg") for colour in ("#336699", "#557733", "#773355")]
    catalog = Catalog()
    for number in range(manifests):
        folder = f"{number // A_FOLDER:03}"
        stem = f"assets/images/exercises/{folder}/exercise-{number:06}"
        if number % A_FOLDER == 0:
            (root / "_exercises" / folder).mkdir(parents=True)
            (root / stem).parent.mkdir(parents=True)
        page = _PAGE.format(number=number, stem=stem)
        page += "".join(_ENTRY.format(number=number, stem=stem, each=n) for n in range(GALLERY))
        text = f"{page}---\n\nStand up, and sit down again.\n"
        (root / "_exercises" / folder / f"exercise-{number:06}.md").write_text(text, "utf-8")
        for each in range(GALLERY):
            add_picture(
                root, f"{stem}-{each}", drawn[(number + each) % len(drawn)], preset, catalog
            )
    with Writer(root / ".mediakit/tmp", root) as writer:
        config.catalog_file.write(catalog, writer)


def add_picture(root: Path, stem: str, each: Drawn, preset: Preset, catalog: Catalog) -> None:
    """Write a source and its variant, and what the catalog has to say of them."""
    path, output = f"{stem}.jpg", f"{stem}-320.jpg"
    source, variant = commented(each.data, path), commented(each.variant.data, output)
    (root / path).write_bytes(source)
    (root / output).write_bytes(variant)
    sha256 = hashlib.sha256(source).hexdigest()
    look = each.look
    catalog.pictures[path] = SourcePicture(
        path, sha256, len(source), *SIZE, "JPEG", look.colour, look.placeholder
    )
    catalog.records[output] = MadeRecord(
        output, preset.name, (Input(PICTURE, path, sha256=sha256),), preset.fingerprint(output),
        hashlib.sha256(variant).hexdigest(), len(variant), each.variant.width, each.variant.height,
    )  # fmt: skip


def mediakit(site: Path, *args: str) -> Taken:
    """Run a command of mediakit on a site, and return what it took."""
    peak = str(Path(__file__).parent / "pictures" / "peak.py")
    command = [sys.executable, "-S", peak, sys.executable, "-m", "mediakit", *args]
    done = subprocess.run([*command, "--site", str(site)], check=True, capture_output=True)
    return Taken(**json.loads(done.stdout))


def measure(folder: Path, manifests: int, rounds: int) -> tuple[Taken, ...]:
    """Return what taking a site up takes, and `status` on it as it is, and with a page changed."""
    site = folder / f"site-{manifests}"
    try:
        make_site(site, manifests)
        time.sleep(2.5)  # what has just been written is not trusted by its times
        before = catalog_files(site)
        first = mediakit(site, "generate")
        if catalog_files(site) != before:
            raise SystemExit("nothing was to be made, but the catalog is another one")
        same = [mediakit(site, "status") for _ in range(rounds)]  # fails if anything is to do
        page = site / "_exercises/000/exercise-000000.md"
        text = page.read_text("utf-8")
        page.write_text(f"{text}Again.\n", "utf-8")
        edited = [mediakit(site, "status") for _ in range(rounds)]
        head, entry, _ = text.rpartition("  - url")
        page.write_text(f"{head}---\n" if entry else text, "utf-8")
        fewer = [mediakit(site, "status") for _ in range(rounds)]
    finally:
        shutil.rmtree(site, ignore_errors=True)
    return first, median(same), median(edited), median(fewer)


def median(runs: list[Taken]) -> Taken:
    """Return the median of each figure."""
    return Taken(
        *(
            statistics.median(getattr(run, name) for run in runs)
            for name in ("seconds", "cpu", "peak")
        )
    )


def catalog_files(site: Path) -> dict[str, str]:
    """Return the digest of each file of the catalog."""
    return {
        path.name: hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted((site / "_data").rglob("*.json"))
    }


def main() -> None:
    """Measure each size and print the table."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--manifests", type=int, nargs="+", default=[1, 1_000, 3_000, 10_000])
    parser.add_argument("--folder", type=Path, help="where the sites are made (default: temporary)")
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    columns = ("s", "s of CPU", "MB")
    runs = ("nothing changed", "text of a page", "pictures of a page")
    head = [f"{run}, {each}" for run in runs for each in columns]
    print(f"| manifests | pictures | taken up, s of CPU | {' | '.join(head)} |")
    print(f"|{' ---: |' * (3 + len(head))}")
    with tempfile.TemporaryDirectory(dir=options.folder) as folder:
        for count in options.manifests:
            first, *others = measure(Path(folder), count, options.rounds)
            cells = [f"{each.seconds:.2f} | {each.cpu:.2f} | {each.peak:.0f}" for each in others]
            print(
                f"| {count:,} | {GALLERY * count:,} | {first.cpu:.1f} | {' | '.join(cells)} |",
                flush=True,
            )
    print(f"load {os.getloadavg()[0]:.0f}")


if __name__ == "__main__":
    main()
