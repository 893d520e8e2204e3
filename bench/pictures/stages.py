"""Mode `stages`: where the time of one photo goes, on one thread."""

from __future__ import annotations

import hashlib
import statistics
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from rounds import table

from library import QUALITY
from mediakit.base.writer import Writer
from mediakit.images.decode import jpeg_scale, load, probe
from mediakit.images.encode import Reel, encode
from mediakit.images.look import look_of
from mediakit.images.preset import Preset
from mediakit.images.resize import resize

if TYPE_CHECKING:
    from collections.abc import Callable

_Result = TypeVar("_Result")


class Clock:
    """Adds up the CPU time of stages: other processes do not count."""

    def __init__(self) -> None:
        self.milliseconds: dict[str, list[float]] = {}

    def __call__(self, name: str, work: Callable[..., _Result], *args: Any) -> _Result:  # noqa: ANN401 - the work's own
        """Do the work, and note its time under the name."""
        start = time.thread_time()
        result = work(*args)
        self.milliseconds.setdefault(name, []).append((time.thread_time() - start) * 1e3)
        return result


def stages(photos: list[Path], corpus: Path | None, rounds: int) -> None:
    """Print the median CPU time of each stage, for 768 and 320 px: of 12 MP, and of a site's."""
    _show("12 MP", photos * rounds)
    if corpus is not None:
        _show("the site given with --corpus", sorted(corpus.rglob("*.jpg")) * rounds)


def _show(title: str, photos: list[Path]) -> None:
    clock = Clock()
    with tempfile.TemporaryDirectory() as temporary, Writer(Path(temporary, "tmp")) as writer:
        for photo in photos:
            _one(photo, Path(temporary), writer, clock)
    medians = {name: statistics.median(each) for name, each in clock.milliseconds.items()}
    total = sum(medians.values())
    rows = [(name, f"{each:.2f}", f"{each / total:.1%}") for name, each in medians.items()]
    rows.append(("in all", f"{total:.2f}", ""))
    print(f"\n{title}: {len(photos)} photos\n")
    print(table(("stage", "ms of CPU", "share"), rows), flush=True)


def _one(photo: Path, folder: Path, writer: Writer, clock: Clock) -> None:
    """Do what a run does for one photo, stage by stage."""
    presets = [Preset(str(width), (), "", width, quality=QUALITY) for width in (768, 320)]
    data = clock("read, to hash", photo.read_bytes)
    clock("hash the source", _hash, data)
    size = clock("header", probe, data)
    clock("read, to decode", photo.read_bytes)
    whole = clock("decode", load, data, jpeg_scale(size, 768))
    image = whole.image
    for preset in presets:
        target = preset.place(size.width, size.height).size
        is_stored = image is whole.image
        sideways = is_stored and whole.is_sideways
        image = clock(
            f"resize to {preset.width}", resize, image, target[::-1] if sideways else target
        )
        if is_stored:
            image = clock("colours and turning", whole.finish, image)
            base = image
        made = clock(f"encode {preset.width}", encode, Reel((image,)), "a.jpg", preset)
        clock("hash a variant", _hash, made)
        clock("write a variant", writer.write, folder / f"{preset.width}-{photo.name}", made)
    clock("colour and placeholder", look_of, base)


def _hash(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
