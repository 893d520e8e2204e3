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

from PIL import Image, features

import mediakit
from mediakit.images.preset import Preset
from mediakit.images.render import Rendered, render

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

    name = f"mediakit {mediakit.__version__} (Pillow {Image.__version__}, libjpeg-turbo " + (
        features.version("libjpeg_turbo") or "not used") + ")"  # fmt: skip

    def make(self, photo: Path, width: int, quality: int) -> bytes:
        """Return one variant."""
        return self.render(photo.read_bytes(), [(width, quality)])[0]

    def render(self, data: bytes, sizes: Sizes) -> list[bytes]:
        """Return the variants in the order of `sizes`."""
        made = [each for each in render(data, _outputs(sizes)) if isinstance(each, Rendered)]
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
                    render(data, outputs)
            else:
                with ThreadPoolExecutor(jobs) as executor:
                    list(executor.map(lambda data: render(data, outputs), sources))
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


class Vipsthumbnail:
    """The program of libvips: a call for each size, of one photo or of all."""

    def __init__(self) -> None:
        told = subprocess.run(
            ["vipsthumbnail", "--version"], check=True, capture_output=True, text=True
        )
        self.name = f"vipsthumbnail {told.stdout.split('-')[1].split()[0]}"

    def make(self, photo: Path, width: int, quality: int) -> bytes:
        """Return one variant."""
        with tempfile.TemporaryDirectory() as folder:
            subprocess.run(_vips([photo], width, quality, Path(folder)), check=True)
            return Path(folder, f"{photo.stem}-{width}.jpg").read_bytes()

    def ways(self, photos: list[Path], sizes: Sizes, jobs: int) -> dict[str, Callable[[], float]]:
        """Return the ways: a call a photo, and as many as `jobs` calls with many photos."""

        def commands(folder: Path) -> list[list[list[str]]]:
            return [[_vips([photo], *size, folder) for size in sizes] for photo in photos]

        def batches(folder: Path) -> list[list[list[str]]]:
            return [
                [_vips(photos[at::jobs], *size, folder) for size in sizes] for at in range(jobs)
            ]

        return {
            "a call a photo and size": lambda: _run_commands(commands, jobs),
            "a call for many photos and a size": lambda: _run_commands(batches, jobs),
        }


class ImageMagick:
    """`convert`, with its hint for the decoder, one call for all sizes."""

    def __init__(self, program: str) -> None:
        self._program = program
        told = subprocess.run([program, "--version"], check=True, capture_output=True, text=True)
        self.name = "ImageMagick " + told.stdout.split("ImageMagick ")[1].split()[0]

    def make(self, photo: Path, width: int, quality: int) -> bytes:
        """Return one variant."""
        with tempfile.TemporaryDirectory() as folder:
            subprocess.run(self._command(photo, [(width, quality)], Path(folder)), check=True)
            return Path(folder, f"{photo.stem}-{width}.jpg").read_bytes()

    def ways(self, photos: list[Path], sizes: Sizes, jobs: int) -> dict[str, Callable[[], float]]:
        """Return the one way: a call a photo."""

        def commands(folder: Path) -> list[list[list[str]]]:
            return [[self._command(photo, sizes, folder)] for photo in photos]

        return {"a call a photo": lambda: _run_commands(commands, jobs)}

    def _command(self, photo: Path, sizes: Sizes, folder: Path) -> list[str]:
        *smaller, largest = sorted(sizes)
        hint = f"jpeg:size={2 * largest[0]}x"
        command = [self._program, "-define", hint, str(photo), "-strip", "-interlace", "Plane"]
        command += ["-sampling-factor", "4:2:0"]
        for (width, quality), end in [*((size, True) for size in smaller[::-1]), (largest, False)]:
            out = str(folder / f"{photo.stem}-{width}.jpg")
            resized = ["-filter", "Lanczos", "-resize", f"{width}x", "-quality", str(quality)]
            write = ["-write", out, "+delete", ")"]
            command += ["(", "+clone", *resized, *write] if end else [*resized, out]
        return command


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
    program = _imagemagick()
    if program:
        found.append(ImageMagick(program))
    else:
        missing.append("ImageMagick")
    return found, missing


def _imagemagick() -> str | None:
    """Return the program, not a script that is called like it."""
    for name in ("magick", "/usr/bin/convert", "convert"):
        program = shutil.which(name)
        if program and Path(program).resolve().read_bytes()[:2] != b"#!":
            return program
    return None


def _outputs(sizes: Sizes) -> tuple[tuple[str, Preset], ...]:
    return tuple(
        (f"{width}.jpg", Preset(str(width), (), f"-{width}", width, quality=quality))
        for width, quality in sizes
    )


def _vips(photos: list[Path], width: int, quality: int, folder: Path) -> list[str]:
    options = f"[Q={quality},interlace,optimize-coding,strip]"
    out = str(folder / f"%s-{width}.jpg{options}")
    return ["vipsthumbnail", "-s", f"{width}x", "-o", out, *map(str, photos)]


def _run_commands(commands: Callable[[Path], list[list[list[str]]]], jobs: int) -> float:
    """Run lists of commands, `jobs` lists at a time, and return the seconds."""

    def run(each: list[list[str]]) -> None:
        for command in each:
            subprocess.run(command, check=True)

    with tempfile.TemporaryDirectory() as folder, ThreadPoolExecutor(jobs) as executor:
        prepared = commands(Path(folder))
        start = time.perf_counter()
        list(executor.map(run, prepared))
        return time.perf_counter() - start
