"""The peers that are programs: photos and variants are files."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from peers import Sizes


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


def imagemagick() -> str | None:
    """Return the program, not a script that is called like it."""
    for name in ("magick", "/usr/bin/convert", "convert"):
        program = shutil.which(name)
        if program and Path(program).resolve().read_bytes()[:2] != b"#!":
            return program
    return None


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
