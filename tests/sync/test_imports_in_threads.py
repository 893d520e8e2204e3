"""What threads share is loaded before there are threads, or by one of them at a time."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

from conftest import Prefix, SiteBuilder, draw
from mediakit.videos.youtube import Player

if TYPE_CHECKING:
    from pathlib import Path

TOLD = """
import sys, threading

class Tell:
    def find_spec(self, name, path=None, target=None):
        if threading.current_thread() is not threading.main_thread():
            print("loaded", name, file=sys.stderr)

sys.meta_path.insert(0, Tell())
"""


def loaded_in_threads(site: SiteBuilder, folder: Path, *args: str) -> set[str]:
    """Return the modules of packages that a command loads while threads are at work."""
    (folder / "sitecustomize.py").write_text(TOLD)
    done = subprocess.run(
        [sys.executable, "-m", "mediakit", *args], cwd=site.root,
        env={**os.environ, "PYTHONPATH": str(folder)}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    loaded = {line.split()[1] for line in done.stderr.splitlines() if line.startswith("loaded ")}
    return {name for name in loaded if name.partition(".")[0] not in sys.stdlib_module_names}


def test_threads_load_nothing_for_a_bucket(
    site: SiteBuilder, prefix: Prefix, tmp_path: Path
) -> None:
    """What asks a bucket is there before its target is listed, read and filled side by side."""
    site.exercise("squat", 2)
    sync = ("sync", "--no-videos", "--jobs", "3", "--target", prefix.url)
    assert loaded_in_threads(site, tmp_path, *sync) == set()
    assert "media.json" in prefix.tree()
    assert loaded_in_threads(site, tmp_path, *sync) == set()


def test_threads_load_no_decoder(site: SiteBuilder, tmp_path: Path) -> None:
    """Decoders and encoders of all formats are there before pictures are made side by side."""
    kinds = {"jpg": "JPEG", "png": "PNG", "webp": "WEBP", "gif": "GIF", "avif": "AVIF"}
    kinds |= {"tif": "TIFF", "bmp": "BMP"}
    lines = ""
    for ending, kind in kinds.items():
        name = f"/assets/images/{ending}"
        site.write(f"{name[1:]}.{ending}", draw(kind=kind))
        shown = ending if ending not in {"tif", "bmp"} else "jpg"
        lines += f"  - url: {name}.{ending}\n    image_path: {name}-320.{shown}\n"
    site.write("_exercises/a.md", f"---\ntitle: a\ngallery:\n{lines}---\n")
    site.write("mediakit.toml", '[presets.teaser]\nformats = ["source", "webp", "avif"]\n')
    assert loaded_in_threads(site, tmp_path, "generate", "--jobs", "3") == set()
    assert (site.root / "assets/images/png-320.avif").exists()


class Silent:
    """A YoutubeDL to which nothing comes."""

    def extract_info(self, *_args: Any, **_options: Any) -> None:
        return None


def test_players_are_opened_one_at_a_time() -> None:
    """A player loads much of yt-dlp when it is made; its modules need each other."""
    lock = threading.Lock()
    together = []

    def factory(_options: dict[str, Any]) -> Silent:
        together.append(not lock.acquire(blocking=False))
        time.sleep(0.05)
        if not together[-1]:
            lock.release()
        return Silent()

    player = Player(factory)
    start = threading.Barrier(4)

    def look(video: str) -> None:
        start.wait()
        player.ask(video)

    with ThreadPoolExecutor(4) as threads:
        list(threads.map(look, ["a", "b", "c", "d"]))
    assert together == [False] * 4
