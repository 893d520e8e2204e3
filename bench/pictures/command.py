"""Mode `command`: `mediakit generate` on a site that has nothing yet, beside a bare node script."""

from __future__ import annotations

import json
import shutil
import statistics
import tempfile
from functools import partial
from itertools import product
from pathlib import Path
from typing import TYPE_CHECKING

from rounds import alternate, best, ratios, table

from library import QUALITY
from sites import copy_site, make_site, measured, mediakit, wanted

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from rounds import Timed

    from sites import Run

    Pictures = list[tuple[str, list[tuple[str, int]]]]
    """Sources, and the path and the width of each variant to make of them."""

_FOUR_SIZES = 24
"""Photos that are made in four sizes."""

_SCRIPT = Path(__file__).with_name("sharp_script.mjs")


def command(photos: list[Path], corpus: Path | None, modules: Path, rounds: int) -> None:
    """Print a table for the photos of 12 MP in two and in four sizes, and for the site `corpus`."""
    with tempfile.TemporaryDirectory() as temporary:
        for number, all_sizes in enumerate((False, True)):
            site = Path(temporary, f"site-{number}")
            some = photos[:_FOUR_SIZES] if all_sizes else photos
            make_site(site, some, all_sizes=all_sizes)
            _compare(f"{len(some)} photos of 12 MP", site, modules, rounds)
        if corpus is not None:
            copy = Path(temporary, "corpus")
            copy_site(corpus, copy)
            _compare("the site given with --corpus", copy, modules, rounds)


def _compare(title: str, site: Path, modules: Path, rounds: int) -> None:
    pictures = wanted(site)
    count = sum(len(variants) for _, variants in pictures)
    print(f"\n{title}: {len(pictures)} pictures, {count} variants, {rounds} rounds, cold\n")
    used: dict[str, list[float]] = {}

    def timed(name: str, run: Callable[[], Run]) -> Timed:
        def turn() -> float:
            _clean(site, pictures)
            found = run()
            used.setdefault(name, []).append(found.cpu)
            return found.seconds

        return turn

    entries = {"mediakit generate": timed("mediakit generate", lambda: mediakit(site, "generate"))}
    if (modules / "node_modules" / "sharp").is_dir() and shutil.which("node"):
        scripts = {name: timed(name, run) for name, run in _scripts(site, pictures, modules)}
        for way in ("each", "shared"):
            name = best({name: run for name, run in scripts.items() if way in name}, rounds=2)
            entries[name] = scripts[name]
    else:
        print("sharp: not on this machine, left out\n")
    used.clear()
    seconds = alternate(entries, rounds)
    ours = "mediakit generate"
    rows = [
        (
            name, f"{statistics.median(taken):.2f}", str(ratios(seconds[ours], taken)),
            f"{statistics.median(used[name]):.2f}", str(ratios(used[ours], used[name])),
        )
        for name, taken in seconds.items()
    ]  # fmt: skip
    head = ("command", "seconds", "times mediakit's", "seconds of CPU", "times mediakit's")
    print(table(head, rows), flush=True)


def _scripts(
    site: Path, pictures: Pictures, modules: Path
) -> Iterator[tuple[str, Callable[[], Run]]]:
    """Yield the node script at each of its settings."""
    todo = site.with_suffix(".json")
    todo.write_text(json.dumps({"quality": QUALITY, "pictures": pictures}), "utf-8")
    for way, concurrency, in_flight in product(("each", "shared"), (1, 2), (2, 4)):
        arguments = [str(modules.resolve()), str(todo), way, str(concurrency), str(in_flight)]
        call = partial(measured, ["node", str(_SCRIPT), *arguments], cwd=site)
        yield f"sharp: {way}, concurrency {concurrency}, {in_flight} in flight", call


def _clean(site: Path, pictures: Pictures) -> None:
    """Take away all that was made."""
    shutil.rmtree(site / ".mediakit", ignore_errors=True)
    for catalog in (site / "media.json", site / "_data" / "media.json"):
        catalog.unlink(missing_ok=True)
    for _, variants in pictures:
        for path, _ in variants:
            (site / path).unlink(missing_ok=True)
