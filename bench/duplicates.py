"""Measure `mediakit dupes` on labelled copies of the photos in a folder, beside others.

    python bench/duplicates.py FOLDER [--photos N] [--seed N] [--pictures N ...] [--only PART]

recall: each of N (60) photos in 15 transforms at 3 strengths, compared with its original; and all
    pairs of different photos as negatives, poses of one exercise among them. Beside pHash at a
    distance of 8 of 64, and imagehash's crop-resistant hash.
whole: the photos with one copy each of a random transform in one folder; precision and recall of
    the pairs that `mediakit dupes` lists, and the time; those of findimagedupes if it is there.
index: all pairs within 31 bits among 100,000 and 1,000,000 hashes of which a tenth is equal.
parts: the pairs that may be crops among 10,000 and 100,000 drawn pictures, mixed of crops of two
    photos each; a tenth are crops of others. `--pictures N` takes another number.
cost: what the grey copy adds to the making of variants.
screenshots: drawn ones, beside their copies in other formats and sizes, and beside ones that
    differ in a detail (FOLDER is not looked at).

Prints Markdown. Needs `pip install -e '.[align,bench]'`.
"""

from __future__ import annotations

import argparse
import io
import itertools
import json
import random
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import imagehash
import numpy as np
from PIL import Image, ImageDraw, ImageEnhance, ImageFont, ImageOps

from mediakit.images.look import (
    chroma_pixels,
    grey_array,
    grey_copy,
    grey_copy_of,
    grey_pixels,
    look_of,
    same_pixels,
)
from mediakit.matching.compare import DETAIL_SIDE, compare, differs_in_detail
from mediakit.matching.decide import Decider
from mediakit.matching.groups import Level, Match
from mediakit.matching.hashes import Hasher, Hashes
from mediakit.matching.index import pairs_within
from mediakit.matching.propose import propose_transformed

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests"))
from screenshots import FORMS, KINDS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from mediakit.images.look import Chroma, Grey

    Transform = Callable[[Image.Image], Image.Image]

SAME = ("recompressed", "resized", "brighter", "contrast", "grey", "format")


def _jpeg(image: Image.Image, quality: int, kind: str = "JPEG") -> Image.Image:
    out = io.BytesIO()
    image.save(out, kind, quality=quality)
    return Image.open(io.BytesIO(out.getvalue())).convert("RGB")


def _scaled(image: Image.Image, factor: float) -> Image.Image:
    return image.resize((round(image.width * factor), round(image.height * factor)))


def _crop(image: Image.Image, share: float) -> Image.Image:
    """Take a share of either side away, divided at random between the two ends."""
    dice = random.Random(f"{image.size}{share}{image.getpixel((9, 9))}")  # noqa: S311
    left, top = dice.uniform(0, share), dice.uniform(0, share)
    width, height = image.size
    return image.crop(
        (round(width * left), round(height * top),
         round(width * (1 - share + left)), round(height * (1 - share + top)))
    )  # fmt: skip


def _one_side(image: Image.Image, share: float) -> Image.Image:
    return image.crop((round(image.width * share), 0, image.width, image.height))


def _caption(image: Image.Image, share: float) -> Image.Image:
    image = image.copy()
    height = round(image.height * share)
    pen = ImageDraw.Draw(image)
    pen.rectangle((0, image.height - height, image.width, image.height), fill="black")
    font = ImageFont.load_default(max(8, height * 0.6))
    pen.text(
        (image.width * 0.1, image.height - height * 0.85), "A caption", fill="white", font=font
    )
    return image


def _mark(image: Image.Image, share: float) -> Image.Image:
    image = image.copy()
    side = round(min(image.size) * share)
    right, bottom = image.width - 5, image.height - 5
    ImageDraw.Draw(image).rectangle((right - side, bottom - side // 2, right, bottom), fill="#eef")
    return image


def _tilt(image: Image.Image, angle: float) -> Image.Image:
    turned = image.rotate(angle, Image.Resampling.BICUBIC)
    x, y = round(image.width * 0.02), round(image.height * 0.02)
    return turned.crop((x, y, image.width - x, image.height - y))


TRANSFORMS: dict[str, list[Transform]] = {
    "recompressed": [lambda i, q=q: _jpeg(i, q) for q in (70, 45, 25)],
    "resized": [lambda i, f=f: _scaled(i, f) for f in (0.7, 0.5, 0.35)],
    "brighter": [lambda i, f=f: ImageEnhance.Brightness(i).enhance(f) for f in (0.85, 1.2, 1.4)],
    "contrast": [lambda i, f=f: ImageEnhance.Contrast(i).enhance(f) for f in (0.85, 1.2, 1.5)],
    "grey": [lambda i, f=f: ImageEnhance.Color(i).enhance(f) for f in (0.6, 0.3, 0.0)],
    "format": [lambda i, q=q: _jpeg(i, q, "WEBP") for q in (80, 50, 30)],
    "mirrored": [
        ImageOps.mirror,
        lambda i: _jpeg(ImageOps.mirror(i), 50),
        lambda i: _scaled(ImageOps.mirror(i), 0.5),
    ],
    "rotated": [lambda i, a=a: i.rotate(a, expand=True) for a in (90, 180, 270)],
    "one side cropped": [lambda i, f=f: _one_side(i, f) for f in (0.03, 0.08, 0.15)],
    "all sides cropped": [lambda i, f=f: _crop(i, f) for f in (0.03, 0.08, 0.15)],
    "bars": [
        lambda i, f=f: ImageOps.expand(i, (0, round(i.height * f)), "white")
        for f in (0.05, 0.12, 0.25)
    ],
    "border": [
        lambda i, f=f: ImageOps.expand(i, round(i.width * f), "black") for f in (0.02, 0.05, 0.1)
    ],
    "caption": [lambda i, f=f: _caption(i, f) for f in (0.08, 0.12, 0.16)],
    "watermark": [lambda i, f=f: _mark(i, f) for f in (0.15, 0.22, 0.3)],
    "tilted": [lambda i, f=f: _tilt(i, f) for f in (0.5, 1.0, 2.0)],
}


@dataclass(frozen=True)
class Photo:
    """A photo or a copy: its bytes, and what the hashes of others are."""

    name: str
    data: bytes
    hashes: Hashes | None
    phash: imagehash.ImageHash
    crop: imagehash.ImageMultiHash | None = None


class Gallery:
    """Pixels of photos by name."""

    def __init__(self, photos: dict[str, bytes]) -> None:
        self._photos = photos

    def grey(self, content: str) -> Grey:
        """Return the grey copy."""
        return grey_array(grey_copy_of(self._photos[content], 10**9))

    def large(self, content: str) -> Grey:
        """Return the picture to be aligned."""
        return grey_pixels(self._photos[content], 320)

    def detail(self, content: str) -> Grey:
        """Return the picture in which details are looked for."""
        return grey_pixels(self._photos[content], DETAIL_SIDE)

    def chroma(self, content: str) -> Chroma:
        """Return the colours."""
        return chroma_pixels(self._photos[content])

    def equal(self, one: str, other: str) -> bool:
        """Return whether the pixels are equal."""
        return same_pixels(self._photos[one], self._photos[other])


def encoded(image: Image.Image) -> bytes:
    """Return a JPEG of high quality."""
    out = io.BytesIO()
    image.convert("RGB").save(out, "JPEG", quality=92, subsampling=0)
    return out.getvalue()


def photo(name: str, data: bytes, hasher: Hasher, *, crop: bool = False) -> Photo:
    """Return a photo with its hashes."""
    copy = grey_copy_of(data, 10**9)
    image = Image.open(io.BytesIO(data)).convert("RGB")
    return Photo(
        name, data, hasher.hashes(grey_array(copy)) if copy else None, imagehash.phash(image),
        imagehash.crop_resistant_hash(image) if crop else None,
    )  # fmt: skip


def matches_of(photos: list[Photo]) -> Iterator[Match]:
    """Yield what mediakit finds among photos, at all levels."""
    seen = [each for each in photos if each.hashes is not None]
    gallery = Gallery({each.name: each.data for each in seen})
    hashes = [each.hashes for each in seen if each.hashes is not None]
    decider = Decider([each.name for each in seen], hashes, gallery)
    found = list(decider.same())
    known = {frozenset({each.one, each.other}) for each in found}
    yield from [*found, *decider.transformed(known, align=True)]


def recall(paths: list[Path], count: int, seed: int) -> None:
    """Print how many copies of each kind are found, and how many pairs that are none."""
    hasher, dice = Hasher(), random.Random(seed)  # noqa: S311
    chosen = dice.sample(paths, min(count, len(paths)))
    originals = [photo(str(path), path.read_bytes(), hasher, crop=True) for path in chosen]
    print(f"{len(chosen)} photos\n")
    print("| copies | mediakit: level found | pHash at 8 of 64 | crop-resistant hash |")
    print("| --- | --- | ---: | ---: |")
    totals: dict[str, list[bool]] = {"same": [], "transformed": []}
    for name, strengths in TRANSFORMS.items():
        levels, plain, resistant = [], [], []
        for number, transform in enumerate(strengths):
            for original in originals:
                image = Image.open(io.BytesIO(original.data)).convert("RGB")
                copy = photo(f"copy {number}", encoded(transform(image)), hasher, crop=True)
                levels.append(_level(original, copy))
                plain.append(original.phash - copy.phash <= 8)
                resistant.append(_resists(original, copy))
        asked = {Level.SAME, Level.PIXELS} if name in SAME else set(Level)
        hits = [level in asked for level in levels]
        totals["same" if name in SAME else "transformed"] += hits
        shares = [f"{_share([each is level for each in levels])} {level}" for level in Level]
        shares = [each for each in shares if not each.startswith("0.0 %")]
        words = ", ".join(shares) or "none"
        print(f"| {name} | {words} | {_share(plain)} | {_share(resistant)} |", flush=True)
    for name, hits in totals.items():
        print(f"\n{name}: recall {sum(hits) / max(1, len(hits)):.4f} of {len(hits):,}")
    _negatives(paths, hasher)


def _level(original: Photo, copy: Photo) -> Level | None:
    found = list(matches_of([original, copy]))
    return found[0].level if found else None


def _resists(original: Photo, copy: Photo) -> bool:
    return bool(
        original.crop is not None and copy.crop is not None and original.crop.matches(copy.crop)
    )


def _negatives(paths: list[Path], hasher: Hasher) -> None:
    """Print what is found among all photos, which are copies of each other only by their bytes."""
    by_bytes: dict[bytes, Path] = {path.read_bytes(): path for path in paths}
    photos = [photo(str(path), data, hasher) for data, path in by_bytes.items()]
    pairs = len(photos) * (len(photos) - 1) // 2
    start = time.perf_counter()
    found = list(matches_of(photos))
    seconds = time.perf_counter() - start
    plain = sum(one.phash - other.phash <= 8 for one, other in itertools.combinations(photos, 2))
    counts = {level: sum(each.level is level for each in found) for level in Level}
    print(
        f"\n{len(photos):,} photos without two of the same bytes, {pairs:,} pairs, {seconds:.1f} s:"
    )
    print(
        ", ".join(f"{number} {level}" for level, number in counts.items()), f"; pHash at 8: {plain}"
    )
    for each in found:
        print(
            f"- {each.level} {each.how} {each.score:.2f}: {_short(each.one)} {_short(each.other)}"
        )


def whole(paths: list[Path], count: int, seed: int) -> None:
    """Print precision and recall of the command on a site of photos and one copy of each."""
    dice = random.Random(seed)  # noqa: S311
    unique = list({path.read_bytes(): path for path in paths}.values())
    chosen = dice.sample(unique, min(count, len(unique)))
    with tempfile.TemporaryDirectory() as folder:
        site = Path(folder)
        (site / "assets").mkdir()
        (site / "_exercises").mkdir()
        kinds = {}
        for number, path in enumerate(chosen):
            (site / f"assets/p{number}.jpg").write_bytes(path.read_bytes())
            kind = dice.choice(list(TRANSFORMS))
            kinds[number] = kind
            image = Image.open(path).convert("RGB")
            copy = dice.choice(TRANSFORMS[kind])(image)
            (site / f"assets/c{number}.jpg").write_bytes(encoded(copy))
        (site / "_exercises/x.md").write_text("---\ntitle: x\n---\n", "utf-8")
        command = [sys.executable, "-m", "mediakit", "dupes", "--transformed", "--format", "json"]
        start = time.perf_counter()
        done = subprocess.run(command, cwd=site, capture_output=True, text=True, check=False)
        first = time.perf_counter() - start
        start = time.perf_counter()
        subprocess.run(command, cwd=site, capture_output=True, check=False)
        again = time.perf_counter() - start
        other = _findimagedupes(site / "assets")
    groups = json.loads(done.stdout)["groups"]
    listed = {
        frozenset(each["path"] for each in (group["members"][0], member))
        for group in groups
        for member in group["members"][1:]
    }
    wanted = {
        frozenset({f"assets/p{n}.jpg", f"assets/c{n}.jpg"}): kind for n, kind in kinds.items()
    }
    right = listed & set(wanted)
    print(f"{len(chosen)} photos and a copy of each: {first:.1f} s, again {again:.1f} s")
    for name, kind_in in (("same", True), ("transformed", False)):
        of = {pair for pair, kind in wanted.items() if (kind in SAME) is kind_in}
        print(f"{name}: recall {len(of & right) / max(1, len(of)):.4f} of {len(of)}")
    print(f"precision {len(right) / max(1, len(listed)):.4f} of {len(listed)} listed pairs")
    if other is not None:
        hits = other & set(wanted)
        print(f"findimagedupes: {len(other)} pairs, of which {len(hits)} are right")
    for pair in sorted(map(sorted, listed - set(wanted))):
        print(f"- wrong: {' '.join(pair)}")


def _findimagedupes(folder: Path) -> set[frozenset[str]] | None:
    """Return the pairs that findimagedupes lists as it comes, None where it is not there."""
    program = shutil.which("findimagedupes")
    if program is None:
        return None
    files = sorted(path.name for path in folder.iterdir())
    done = subprocess.run(
        [program, "-q", *files], cwd=folder, capture_output=True, text=True, check=False
    )
    return {
        frozenset(f"assets/{Path(name).name}" for name in pair)
        for line in done.stdout.splitlines()
        for pair in itertools.combinations(line.split(), 2)
    }


def index() -> None:
    """Print the time and memory of all pairs within 31 bits."""
    print("| hashes | a tenth of them equal: pairs | seconds | peak in MB |")
    print("| ---: | ---: | ---: | ---: |")
    dice = np.random.default_rng(1)
    for count in (100_000, 1_000_000):
        hashes = dice.integers(0, 256, (count, 32), dtype=np.uint8)
        tenth = dice.choice(count, count // 10, replace=False)
        hashes[tenth] = hashes[dice.integers(0, count // 200, count // 10)]
        start = time.perf_counter()
        pairs, _ = pairs_within(hashes)
        seconds = time.perf_counter() - start
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
        print(f"| {count:,} | {len(pairs):,} | {seconds:.1f} | {peak} |", flush=True)


def parts(paths: list[Path], counts: list[int]) -> None:
    """Print the time and memory of proposing transformed pairs, and how many crops are proposed."""
    greys = [_square(Image.open(path).convert("L")) for path in paths]
    print("| pictures | seconds of CPU | seconds | pairs | crops | proposed | peak in MB |")
    print("| ---: | ---: | ---: | ---: | ---: | ---: | ---: |")
    for count in counts:
        hashes, crops = _drawn(greys, count)
        cpu, start = time.process_time(), time.perf_counter()
        found = {(each.one, each.other) for each in propose_transformed(hashes)}
        cpu, seconds = time.process_time() - cpu, time.perf_counter() - start
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
        print(f"| {count:,} | {cpu:.1f} | {seconds:.1f} | {len(found):,} | {len(crops):,} | "
              f"{len(crops & found):,} | {peak} |", flush=True)  # fmt: skip


def _drawn(greys: list[Image.Image], count: int) -> tuple[list[Hashes], set[tuple[int, int]]]:
    """Return the hashes of drawn pictures, and which two are a crop and its original."""
    hasher, dice = Hasher(), random.Random(1)  # noqa: S311
    hashes: list[Hashes] = []
    crops: set[tuple[int, int]] = set()
    recent: list[tuple[int, Image.Image]] = []
    while len(hashes) < count:
        origin, original = dice.choice(recent) if recent else (0, greys[0])
        is_crop = bool(recent) and dice.random() < 0.1
        if is_crop:
            image = ImageEnhance.Brightness(_part(original, 0.85, dice)).enhance(1.1)
        else:
            one, other = (_part(dice.choice(greys), 0.6, dice) for _ in range(2))
            other = ImageOps.mirror(other) if dice.random() < 0.5 else other
            image = Image.blend(one, other, dice.uniform(0.3, 0.7))
        found = hasher.hashes(np.asarray(image))
        if found is not None:
            crops |= {(origin, len(hashes))} if is_crop else set()
            recent = [*recent[-999:], (len(hashes), image)]
            hashes.append(found)
    return hashes, crops


def _part(image: Image.Image, least: float, dice: random.Random) -> Image.Image:
    """Return a square of at least a share of each side, as large as the whole."""
    side = image.width * dice.uniform(least, 1)
    left, top = (dice.uniform(0, image.width - side) for _ in range(2))
    return _square(image, (left, top, left + side, top + side))


def _square(
    image: Image.Image, box: tuple[float, float, float, float] | None = None
) -> Image.Image:
    return image.resize((96, 96), Image.Resampling.BILINEAR, box)


def cost(paths: list[Path]) -> None:
    """Print what the grey copy takes, beside the look that is found at the same time."""
    images = [Image.open(path).convert("RGB") for path in paths[:100]]
    images = [image.resize((768, round(768 * image.height / image.width))) for image in images]
    for name, function in (("grey copy", grey_copy), ("look, grey copy included", look_of)):
        start = time.process_time()
        for image in images:
            function(image)
        print(f"{name}: {1000 * (time.process_time() - start) / len(images):.2f} ms of CPU a photo")


def screenshots() -> None:
    """Print how many copies of screenshots are the same, and how many that differ in a detail."""
    print("| what | pairs | the same as the whole | the same in details too |")
    print("| --- | ---: | ---: | ---: |")
    counts: dict[str, list[tuple[bool, bool]]] = {}
    for kind, seed in itertools.product(KINDS, (1, 2)):
        size = kind.sizes[0]
        first = FORMS["PNG"](kind.draw(*size, seed))
        for change, form in itertools.product(("", *kind.changes), FORMS):
            other = FORMS[form](kind.draw(*size, seed, change))
            if other != first:
                name = "a detail differs" if change else "a copy"
                counts.setdefault(f"{name}, {form}", []).append(_is_same(first, other))
    for name, found in sorted(counts.items()):
        whole, detail = (_share([each[at] for each in found]) for at in (0, 1))
        print(f"| {name} | {len(found)} | {whole} | {detail} |")


def _is_same(one: bytes, other: bytes) -> tuple[bool, bool]:
    """Return whether two pictures are the same as the whole, and in details too."""
    greys = [grey_array(grey_copy_of(each, 10**9)) for each in (one, other)]
    if not compare(*greys).is_same:
        return False, False
    details = [grey_pixels(each, DETAIL_SIDE) for each in (one, other)]
    return True, not differs_in_detail(*details)


def _share(hits: list[bool]) -> str:
    return f"{100 * sum(hits) / max(1, len(hits)):.1f} %"


def _short(name: str) -> str:
    return Path(name).name


def main() -> None:
    """Measure what is asked for."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=Path)
    parser.add_argument("--photos", type=int, default=60)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--pictures", type=int, nargs="+", default=[10_000, 100_000])
    names = ("recall", "whole", "index", "parts", "cost", "screenshots")
    parser.add_argument("--only", choices=names)
    given = parser.parse_args()
    paths = sorted(path for path in given.folder.rglob("*.jpg") if "-320" not in path.name)
    ways: dict[str, Callable[[], None]] = {
        "recall": lambda: recall(paths, given.photos, given.seed),
        "whole": lambda: whole(paths, given.photos, given.seed),
        "index": index,
        "parts": lambda: parts(paths, given.pictures),
        "cost": lambda: cost(paths),
        "screenshots": screenshots,
    }
    for name, way in ways.items():
        if given.only in {None, name}:
            print(f"\n{name}\n")
            way()


if __name__ == "__main__":
    main()
