from __future__ import annotations

import gc
import sys
import threading
import time
import tracemalloc
from collections.abc import Callable
from concurrent.futures import Future, ProcessPoolExecutor, ThreadPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import pytest
from PIL import Image, ImageFile

from conftest import SiteBuilder, draw
from mediakit.base import aside, files, tables
from mediakit.base.actions import Outcome
from mediakit.config.config import load_config
from mediakit.config.overrides import Overrides
from mediakit.executors.workers import Workers
from mediakit.images.opening import JpegFile
from mediakit.state import catalog_file
from mediakit.sync import content, session
from mediakit.sync.make import Maker
from mediakit.sync.observe import observe
from mediakit.sync.plan import plan_products
from mediakit.sync.session import open_session

JOBS = 2
SIZE = (1600, 1200)
LARGE = 1400 * 1050  # pixels: more than any variant of SIZE has


class Hesitant(ThreadPoolExecutor):
    """Threads that begin a task only when `ahead` are waiting, or the last of `total` came.

    Whoever does work while submitting has then done it for all of these at once.
    """

    def __init__(self, jobs: int, ahead: int, total: int) -> None:
        super().__init__(jobs)
        self._ahead, self._total = ahead, total
        self._submitted = self._ended = 0
        self._changed = threading.Condition()

    def submit(self, fn: Any, /, *args: Any, **kwargs: Any) -> Future[Any]:
        future = super().submit(self._held, fn, args, kwargs)
        with self._changed:
            self._submitted += 1
            self._changed.notify_all()
        return future

    def _held(self, fn: Any, args: Any, kwargs: Any) -> Any:
        with self._changed:
            self._changed.wait_for(self._is_enough, timeout=5)
        try:
            return fn(*args, **kwargs)
        finally:
            with self._changed:
                self._ended += 1

    def _is_enough(self) -> bool:
        return self._submitted - self._ended >= self._ahead or self._submitted == self._total


class Census:
    """Counts the large decoded pictures that are alive, whenever one has been decoded."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.counts: list[int] = []
        self._others = self._large()  # of other tests; held, so that no address comes again
        turn = threading.RLock()  # counting holds what is counted: nobody decodes meanwhile

        def counting(load: Callable[[Any], Any]) -> Callable[[Any], Any]:
            def counted(image: ImageFile.ImageFile) -> Any:
                with turn:
                    is_first = image._im is None
                    result = load(image)
                    if is_first and image.width * image.height >= LARGE:
                        self.counts.append(self.alive())
                    return result

            return counted

        for kind in (ImageFile.ImageFile, JpegFile):
            monkeypatch.setattr(kind, "load", counting(kind.load))

    def alive(self) -> int:
        others = {id(image) for image in self._others}
        return sum(id(image) not in others for image in self._large())

    @staticmethod
    def _large() -> list[Image.Image]:
        images = [each for each in gc.get_objects() if isinstance(each, Image.Image)]
        return [each for each in images if each._im and each.width * each.height >= LARGE]


def make_all(site: SiteBuilder, pictures: int) -> list[Outcome]:
    config = load_config(site.root, Overrides(jobs=JOBS))
    outcomes: list[Outcome] = []
    with open_session(config) as session:
        observed = observe(session)
        maker = Maker(observed, session.cache)
        with Hesitant(JOBS, JOBS + 1, pictures) as executor:
            workers = Workers(executor, lambda: JOBS + 1)
            maker.make(plan_products(observed.known), workers, outcomes.append)
    return outcomes


def test_no_more_decoded_pictures_than_jobs(
    site: SiteBuilder, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Memory is bounded by the jobs: nobody decodes ahead of the workers or keeps rasters."""
    pictures = 7
    site.exercise("squat", pictures)
    for number in range(pictures):
        data = draw(SIZE, colour=f"#{number * 30:02x}6699")
        site.write(f"assets/images/squat-{number}.jpg", data)
    census = Census(monkeypatch)
    outcomes = make_all(site, pictures)
    # teasers and descriptions, and the overlay in two sizes
    assert len(outcomes) == 2 * pictures + 2
    assert len(census.counts) >= pictures
    assert max(census.counts) <= JOBS
    assert census.alive() == 0


def test_the_census_sees_what_is_decoded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The count that the bound rests on rises with each decoded picture that is kept."""
    census = Census(monkeypatch)
    path = tmp_path / "large.jpg"
    path.write_bytes(draw(SIZE))
    kept = [Image.open(path) for _ in range(3)]
    for image in kept:
        image.load()
    assert census.counts == [1, 2, 3]


def held_by_a_sync(root: Path, pictures: int, few: int) -> int:
    """Return the bytes that a sync with nothing to do holds at most, beside what was there.

    More than a `few` of anything go into temporary files.
    """
    for module in (aside, catalog_file, content, files, session, tables):
        for name in ("A_SHARD", "WHOLE", "_FEW", "_HELD", "_IN_MEMORY", "_RUN"):
            if hasattr(module, name):
                setattr(module, name, min(few, getattr(module, name)))
    now = time.time_ns
    time.time_ns = lambda: now() + 3600 * 10**9  # the files are old
    site = SiteBuilder(root)
    site.write("mediakit.toml", "placeholders = false\n")
    data = draw((32, 24))
    for page in range(0, pictures, 5):
        lines = []
        for number in range(page, page + 5):
            comment = b"%06d" % number
            length = (len(comment) + 2).to_bytes(2, "big")
            path = f"assets/images/p{number:06}.jpg"
            site.write(path, data[:2] + b"\xff\xfe" + length + comment + data[2:])
            lines.append(f"  - image_path: /{path}")
        gallery = "\n".join(lines)
        site.write(f"_exercises/{page:06}.md", f"---\ntitle: Many\ngallery:\n{gallery}\n---\n")
    _ = [sys.intern(f"room {number}") for number in range(200_000)]  # its table grows in leaps
    for _ in range(2):
        assert not site.run("sync", target=str(root / "target")).problems
    tracemalloc.start()
    try:
        before = tracemalloc.get_traced_memory()[0]
        site.run("sync", target=str(root / "target"))
        return tracemalloc.get_traced_memory()[1] - before
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize(("few", "most"), [(10_000, 900), (32, 200)])
def test_a_sync_holds_little_of_each_object(tmp_path: Path, few: int, most: int) -> None:
    """What is as it was takes little of each object, and hardly anything of very many."""
    counts = 10, 100, 900  # the first loads what all need
    # in a process of its own: threads that other tests have left take memory too
    with ProcessPoolExecutor(1, get_context("spawn")) as process:
        sites = [tmp_path / str(each) for each in counts]
        _, less, more = process.map(held_by_a_sync, sites, counts, [few] * len(counts))
    assert (more - less) / 800 < most
