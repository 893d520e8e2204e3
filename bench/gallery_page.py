"""Measure the page of all pictures and the desk in Chromium: how soon it is there, how it scrolls.

    python bench/gallery_page.py [--exercises N] [--rounds N]

Makes a site of N (1,000) exercises with three pictures each, writes its page and opens it from its
file, and opens the desk of the site, at 1280 x 900: the time to the first picture on the screen and
to the end of loading, and while a wheel scrolls it by 2,400 px a second, the time between frames
and the time of CPU that the page's thread works: until it is loaded, and for a frame. Beside them
an empty page of that height, round by round, so that all three meet the same machine. The median
of 5 rounds. Prints Markdown. Needs `pip install -e '.[test,desk]'` and Chromium.
"""

from __future__ import annotations

import argparse
import io
import json
import random
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path
from typing import TYPE_CHECKING

from PIL import Image
from playwright.sync_api import sync_playwright

if TYPE_CHECKING:
    from playwright.sync_api import Browser, CDPSession

_EMPTY = "data:text/html,<body style='height:150000px;background:linear-gradient(%23fff,%23369)'>"
_SPEED, _SECONDS = 2400, 4
_BEGIN = """() => {
  window.gaps = [];
  let last = performance.now();
  const frame = (now) => { gaps.push(now - last); last = now; requestAnimationFrame(frame); };
  requestAnimationFrame(frame);
}"""
_END = """() => {
  gaps.sort((a, b) => a - b);
  return [gaps[Math.floor(gaps.length / 2)], gaps[Math.floor(gaps.length * 0.95)], gaps.length];
}"""


def make_site(site: Path, exercises: int) -> None:
    """Write the exercises, and their pictures: 30 different ones, under many names."""
    folder = site / "assets" / "images"
    folder.mkdir(parents=True)
    (site / "_exercises").mkdir()
    made = []
    for seed in range(30):
        noise = random.Random(seed).randbytes(24 * 16 * 3)  # noqa: S311 - pictures
        out = io.BytesIO()
        Image.frombytes("RGB", (24, 16), noise).resize((900, 600)).save(out, "JPEG", quality=80)
        made.append(out.getvalue())
    for number in range(exercises):
        entries = []
        for each in range(3):
            (folder / f"e{number:05}-{each}.jpg").write_bytes(made[(number * 3 + each) % 30])
            entries.append(
                f"  - image_path: /assets/images/e{number:05}-{each}-320.jpg\n    alt: {each}\n"
            )
        page = f"---\ntitle: Exercise {number}\ntags: [t{number % 9}]\ngallery:\n"
        text = page + "".join(entries) + "---\n"
        (site / "_exercises" / f"e{number:05}.md").write_text(text, "utf-8")


def main() -> None:
    """Measure, and print a table."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0] if __doc__ else "")
    parser.add_argument("--exercises", type=int, default=1000)
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    exercises = options.exercises
    chromium = shutil.which("chromium") or shutil.which("google-chrome")
    with tempfile.TemporaryDirectory() as folder:
        site = Path(folder)
        make_site(site, exercises)
        program = [sys.executable, "-m", "mediakit"]
        subprocess.run([*program, "generate", "-q"], cwd=site, check=True)
        start = time.perf_counter()
        subprocess.run([*program, "gallery", "page", "-q"], cwd=site, check=True)
        seconds = time.perf_counter() - start
        page_file = site / ".mediakit/gallery/index.html"
        desk, address = _open_desk(program, site)
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
            places = {"an empty page": _EMPTY, "the page": page_file.as_uri(), "the desk": address}
            rounds = [
                {name: _open(browser, place) for name, place in places.items()}
                for _ in range(options.rounds)
            ]
            browser.close()
        desk.send_signal(signal.SIGINT)
        desk.wait()
        size = page_file.stat().st_size / 1e6
    print(f"{exercises:,} exercises, {size:.1f} MB of HTML, written in {seconds:.1f} s\n")
    print(
        "| | first picture, ms | loaded, ms | work until loaded, ms | between frames, ms "
        "| at the 95th percentile, ms | work a frame, ms |"
    )
    print("| --- | ---: | ---: | ---: | ---: | ---: | ---: |")
    for name in places:
        cells = [
            statistics.median(each) for each in zip(*(one[name] for one in rounds), strict=True)
        ]
        print(f"| {name} | " + " | ".join(
            [*(f"{each:.0f}" for each in cells[:3]), *(f"{each:.1f}" for each in cells[3:])]
        ) + " |")  # fmt: skip


def _open_desk(program: list[str], site: Path) -> tuple[subprocess.Popen[str], str]:
    """Start the desk of a site, and wait until it has looked for problems and duplicates."""
    command = [*program, "desk", "--no-browser"]
    desk = subprocess.Popen(command, cwd=site, stdout=subprocess.PIPE, text=True)
    line = desk.stdout.readline() if desk.stdout else ""
    address = line.rsplit(" ", 1)[1].strip()
    while "…" in json.load(urllib.request.urlopen(f"{address}cards?since=99999"))["state"]:  # noqa: S310
        time.sleep(0.5)
    return desk, address


def _open(browser: Browser, address: str) -> tuple[float, ...]:
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    chromium = page.context.new_cdp_session(page)
    chromium.send("Performance.enable", {"timeDomain": "threadTicks"})
    page.goto(address)
    first = page.evaluate(
        "performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? 0"
    )
    loaded = page.evaluate("performance.getEntriesByType('navigation')[0].loadEventEnd")
    before = _worked(chromium)
    page.wait_for_timeout(500)
    page.mouse.move(640, 500)
    page.evaluate(_BEGIN)
    at_first, sent, start = _worked(chromium), 0, time.perf_counter()
    while (elapsed := time.perf_counter() - start) < _SECONDS:
        step, sent = int(elapsed * _SPEED) - sent, int(elapsed * _SPEED)
        page.mouse.wheel(0, step)
        time.sleep(1 / 120)
    frame, slow, frames = page.evaluate(_END)
    work = (_worked(chromium) - at_first) / frames
    page.close()
    return first, loaded, 1000 * before, frame, slow, 1000 * work


def _worked(chromium: CDPSession) -> float:
    """Return for how many seconds the page's thread has worked."""
    found = chromium.send("Performance.getMetrics")["metrics"]
    return next(each["value"] for each in found if each["name"] == "TaskDuration")


if __name__ == "__main__":
    main()
