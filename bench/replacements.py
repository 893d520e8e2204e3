"""Measure which replacements `mediakit videos replace` finds, against a YouTube on this machine.

    python bench/replacements.py [--videos N] [--lost N] [--seeds N]

tests/lost_videos.py makes a world for each seed: a site of N (500) videos of which 25 died, as
many others, and for each dead one the film itself under another title, among 6 to 10 that are like
it. For 80 % of the dead the catalog has title, channel and length, for 12 % the history has title
and channel, for 8 % there is only the title of the page. The fake's search counts rare words more.

Prints Markdown: for how many of the dead the right one is the first, or among the first three; the
same for the order of the search itself; and how many --yes would take that are another film.
Needs `pip install -e '.[test]'`.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests"))
from fake_youtube import fake_youtube
from lost_videos import World, make_world
from mediakit.config.config import load_config
from mediakit.state.catalog import Catalog
from mediakit.sync.session import open_session
from mediakit.videos.history import VideoStatus, write_history
from mediakit.videos.search import YouTubeSearch
from mediakit.videos.verdict import State


def main() -> None:
    """Measure, and print a table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=_Raw)
    parser.add_argument("--videos", type=int, default=500)
    parser.add_argument("--lost", type=int, default=25)
    parser.add_argument("--seeds", type=int, default=4)
    given = parser.parse_args()
    print(f"{given.videos} videos, {given.lost} dead\n")
    print("| seed | first | of three | first by search | of three by search | wrong by --yes |")
    print("| ---: | ---: | ---: | ---: | ---: | ---: |")
    for seed in range(1, given.seeds + 1):
        world = make_world(seed, videos=given.videos, lost=given.lost)
        print(f"| {seed} | {' | '.join(map(str, _measured(world)))} |", flush=True)


class _Raw(argparse.RawDescriptionHelpFormatter):
    pass


def _measured(world: World) -> tuple[int, int, int, int, int]:
    with tempfile.TemporaryDirectory() as folder, fake_youtube() as fake:
        for video, about in world.about.items():
            fake.set(video, about=about)
        os.environ.update(fake.environment)
        site = _site(Path(folder), world)
        program = [sys.executable, "-m", "mediakit", "videos", "replace", "-n", "--yes"]
        done = subprocess.run(
            [*program, "--format", "json"], cwd=site, capture_output=True, check=True
        )
        ranks = {each["id"]: [one["id"] for one in each["candidates"]]
                 for each in json.loads(done.stdout)["videos"]}  # fmt: skip
        taken = {each["id"]: each["replacement"] for each in json.loads(done.stdout)["videos"]}
        found = {video: _searched(world, video) for video in world.right}
    wrong = sum(each is not None and each != world.right[video] for video, each in taken.items())
    return (*_counts(world, ranks), *_counts(world, found), wrong)


def _counts(world: World, ranks: dict[str, list[str]]) -> tuple[int, int]:
    places = {
        video: ranks[video].index(right) if right in ranks[video] else 99
        for video, right in world.right.items()
    }
    return sum(each == 0 for each in places.values()), sum(each < 3 for each in places.values())


def _searched(world: World, video: str) -> list[str]:
    """Return what the search alone finds by the title."""
    record = world.records.get(video)
    title = record.title if record else world.names.get(video, (world.pages[video],))[0]
    return [hit.id for hit in YouTubeSearch().find(title, 3)[1]]


def _site(root: Path, world: World) -> Path:
    (root / "_exercises").mkdir()
    (root / "mediakit.toml").write_text("[videos]\npace = 0\n", "utf-8")
    for number, (video, title) in enumerate(world.pages.items()):
        page = f'---\ntitle: "{title}"\nvideo: "https://youtu.be/{video}"\n---\n'
        (root / f"_exercises/e{number:06}.md").write_text(page, "utf-8")
    config = load_config(root)
    with open_session(config) as session:
        now = datetime.now(UTC).replace(microsecond=0)
        rows = {
            ("youtube", video): VideoStatus(State.DEAD, checked=now, name=world.names.get(video))
            for video in world.right
        }
        write_history(config, rows, session.writer)
        videos = {f"youtube/{video}": record for video, record in world.records.items()}
        config.catalog_file.write(Catalog(videos=videos), session.writer)
    return root


if __name__ == "__main__":
    main()
