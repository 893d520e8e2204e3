"""Measure `mediakit videos check` against a YouTube on this machine, beside yt-dlp by itself.

    python bench/videos.py [--videos N] [--delay MS] [--dead PERCENT] [--peer N]

Each answer of the fake (tests/fake_youtube.py) takes MS (50) milliseconds. Of the N (500) videos
some are dead. yt-dlp gets the first `--peer` (50) addresses in a file, and its time is multiplied;
it asks about one after the other, twice each. Without pace limits on either side.

Prints Markdown. Needs `pip install -e '.[test]'`.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests"))
from fake_youtube import Fake, dead, fake_youtube


def main() -> None:
    """Measure, and print a table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=_Raw)
    parser.add_argument("--videos", type=int, default=500)
    parser.add_argument("--delay", type=float, default=50)
    parser.add_argument("--dead", type=int, default=5, help="percent")
    parser.add_argument("--peer", type=int, default=50)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, fake_youtube() as fake:
        fake.delay = given.delay / 1000
        ids = [f"v{number:010}" for number in range(given.videos)]
        for number, video in enumerate(ids):
            fake.set(video, dead()) if number % 100 < given.dead else fake.set(video)
        site = _site(Path(folder), ids)
        print(f"{given.videos} videos, {given.dead} % dead, {given.delay:.0f} ms an answer\n")
        print("| run | seconds | requests | peak in MB |\n| --- | ---: | --- | ---: |")
        program = [sys.executable, "-m", "mediakit", "videos", "check", "-q"]
        _show("mediakit videos check", fake, program, site)
        _show("the same, --thorough", fake, [*program, "--thorough"], site)
        addresses = site / "addresses.txt"
        chosen = [f"https://www.youtube.com/watch?v={video}" for video in ids[: given.peer]]
        addresses.write_text("\n".join(chosen), "utf-8")
        peer = [sys.executable, "-m", "yt_dlp", "--simulate", "--ignore-errors", "--quiet",
                "--ignore-config", "--no-warnings", "-a", str(addresses)]  # fmt: skip
        times = len(ids) / len(chosen)
        _show(f"yt-dlp -a, {len(chosen)} videos times {times:g}", fake, peer, site, times)


class _Raw(argparse.RawDescriptionHelpFormatter):
    pass


def _site(root: Path, ids: list[str]) -> Path:
    (root / "_exercises").mkdir()
    (root / "mediakit.toml").write_text("[videos]\npace = 0\n", "utf-8")
    for start in range(0, len(ids), 5):
        lines = [f'  - {{provider: youtube, id: "{video}"}}' for video in ids[start : start + 5]]
        page = "---\ntitle: x\nvideos:\n" + "\n".join(lines) + "\n---\n"
        (root / "_exercises" / f"e{start:06}.md").write_text(page, "utf-8")
    return root


def _show(name: str, fake: Fake, command: list[str], site: Path, times: float = 1) -> None:
    fake.requests.clear()
    environment = {**os.environ, **fake.environment}
    code = (
        "import resource,subprocess,sys;"
        "subprocess.run(sys.argv[1:], capture_output=True);"
        "print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)"
    )
    start = time.perf_counter()
    done = subprocess.run(
        [sys.executable, "-c", code, *command],
        cwd=site, env=environment, capture_output=True, text=True, check=True,
    )  # fmt: skip
    seconds = (time.perf_counter() - start) * times
    kinds = Counter(path.split("/")[1] for _, path, _ in fake.requests)
    asked = ", ".join(f"{round(number * times):,} {kind}" for kind, number in kinds.most_common())
    peak = int(done.stdout.split()[-1]) // (1 if sys.platform == "darwin" else 1024)
    print(f"| {name} | {seconds:.1f} | {asked} | {peak} |", flush=True)


if __name__ == "__main__":
    main()
