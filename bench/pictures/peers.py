"""mediakit and its peers, each able to make a variant, and to make those of many photos."""

from __future__ import annotations

import json
import shutil
import subprocess
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import PIL
from PIL import features
from programs import ImageMagick, Vipsthumbnail, imagemagick

import mediakit
from mediakit.images.preset import Preset
from mediakit.images.render import PictureSource, Rendered, render

if TYPE_CHECKING:
    from collections.abc import Callable

    Sizes = list[tuple[int, int]]
    """Width and JPEG quality of each variant."""


class Peer(Protocol):
    """A program that makes JPEG variants; `name` has its version."""

    name: str

    def make(self, photo: Path, width: int, quality: int) -> bytes:
        """Return one variant."""

    def ways(self, photos: list[Path], sizes: Sizes, jobs: int) -> dict[str, Callable[[], float]]:
        """Return its ways to make all variants with `jobs` photos in flight; each gives seconds."""


class Mediakit:
    """The library call on bytes in memory."""

    name = f"mediakit {mediakit.__version__} (Pillow {PIL.__version__}, libjpeg-turbo " + (
        features.version("libjpeg_turbo") or "not used") + ")"  # fmt: skip

    def make(self, photo: Path, width: int, quality: int) -> bytes:
        """Return one variant."""
        return self.render(photo.read_bytes(), [(width, quality)])[0]

    def render(self, data: bytes, sizes: Sizes) -> list[bytes]:
        """Return the variants in the order of `sizes`."""
        found = render(_source(data, sizes), _outputs(sizes))
        made = [each for each in found if isinstance(each, Rendered)]
        assert len(made) == len(sizes)
        return [each.data for each in made]

    def ways(self, photos: list[Path], sizes: Sizes, jobs: int) -> dict[str, Callable[[], float]]:
        """Return the one way there is."""
        sources = [photo.read_bytes() for photo in photos]
        outputs = _outputs(sizes)

        def run() -> float:
            start = time.perf_counter()
            if jobs == 1:
                for data in sources:
                    render(_source(data, sizes), outputs)
            else:
                with ThreadPoolExecutor(jobs) as executor:
                    list(executor.map(lambda data: render(_source(data, sizes), outputs), sources))
            return time.perf_counter() - start

        return {"render": run}


class Sharp:
    """A node process that holds the photos in memory too."""

    def __init__(self, modules: Path) -> None:
        server = Path(__file__).with_name("sharp_server.mjs")
        self._node = subprocess.Popen(
            ["node", server, modules], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        version = self._ask(command="version")
        self.name = f"sharp {version['version']} (libvips {version['vips']})"

    def _ask(self, **request: Any) -> dict[str, Any]:  # noqa: ANN401 - JSON
        assert self._node.stdin is not None
        assert self._node.stdout is not None
        print(json.dumps(request), file=self._node.stdin, flush=True)
        answer: dict[str, Any] = json.loads(self._node.stdout.readline())
        return answer

    def make(self, photo: Path, width: int, quality: int) -> bytes:
        """Return one variant."""
        with tempfile.NamedTemporaryFile(suffix=".jpg") as out:
            self._ask(command="make", file=str(photo), width=width, quality=quality, out=out.name)
            return Path(out.name).read_bytes()

    def ways(self, photos: list[Path], sizes: Sizes, jobs: int) -> dict[str, Callable[[], float]]:
        """Return a way for each setting of libvips' threads and each use of the decoder."""
        files = [str(photo) for photo in photos]

        def way(name: str, concurrency: int, in_flight: int) -> Callable[[], float]:
            def run() -> float:
                answer = self._ask(
                    command="batch", files=files, sizes=sizes, way=name,
                    concurrency=concurrency, inFlight=in_flight,
                )  # fmt: skip
                return float(answer["seconds"])

            return run

        return {
            f"{name}, concurrency {concurrency}, {in_flight} in flight": way(
                name, concurrency, in_flight
            )
            for name in ("turns", "each", "clone", "shared")
            for concurrency in (1, 2)
            for in_flight in ({1} if jobs == 1 else {jobs, 2 * jobs})
        }


def find_peers(modules: Path) -> tuple[list[Peer], list[str]]:
    """Return the peers that are on this machine, and the names of those that are not."""
    found: list[Peer] = []
    missing = []
    if shutil.which("node") and (modules / "node_modules" / "sharp").is_dir():
        found.append(Sharp(modules))
    else:
        missing.append("sharp")
    if shutil.which("vipsthumbnail"):
        found.append(Vipsthumbnail())
    else:
        missing.append("vipsthumbnail")
    program = imagemagick()
    if program:
        found.append(ImageMagick(program))
    else:
        missing.append("ImageMagick")
    return found, missing


def _source(data: bytes, sizes: Sizes) -> PictureSource:
    return PictureSource(data, max(width for width, _ in sizes))


def _outputs(sizes: Sizes) -> tuple[tuple[str, Preset], ...]:
    return tuple(
        (f"{width}.jpg", Preset(str(width), (), f"-{width}", width, quality=quality))
        for width, quality in sizes
    )
