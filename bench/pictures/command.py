"""Mode `command`: `mediakit generate` on a site that has nothing yet, beside a bare node script."""

from __future__ import annotations

import json
import shutil
import statistics
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from rounds import alternate, best, ratios, table

from library import QUALITY
from sites import copy_site, make_site, measured, mediakit, wanted

if TYPE_CHECKING:
    from collections.abc import Callable

    Pictures = list[tuple[str, list[tuple[str, int]]]]
    """Sources, and the path and the width of each variant to make of them."""

_SCRIPT = Path(__file__).with_name("sharp_script.mjs")


def command(photos: list[Path], corpus: Path | None, modules: Path, rounds: int) -> None:
    """Print a table for the photos of 12 MP, and one for the site `corpus`."""
    with tempfile.TemporaryDirectory() as temporary:
        site = Path(temporary, "site")
        make_site(site, photos)
        _compare(f"{len(photos)} photos of 12 MP", site, modules, rounds)
        if corpus is not None:
            copy = Path(temporary, "corpus")
            copy_site(corpus, copy)
            _compare("the site given with --corpus", copy, modules, rounds)


def _compare(title: str, site: Path, modules: Path, rounds: int) -> None:
    pictures = wanted(site)
    count = sum(len(variants) for _, variants in pictures)
    print(f"\n{title}: {len(pictures)} pictures, {count} variants, {rounds} rounds, cold\n")
    entries = {"mediakit generate": lambda: _mediakit(site, pictures)}
    if (modules / "node_modules" / "sharp").is_dir() and shutil.which("node"):
        scripts = _scripts(site, pictures, modules)
        for way in ("each", "shared"):
            name = best({name: run for name, run in scripts.items() if way in name}, rounds=2)
            entries[name] = scripts[name]
    else:
        print("sharp: not on this machine, left out\n")
    seconds = alternate(entries, rounds)
    ours = seconds["mediakit generate"]
    rows = [
        (name, f"{statistics.median(taken):.2f}", str(ratios(ours, taken)))
        for name, taken in seconds.items()
    ]
    print(table(("command", "seconds", "times mediakit's time (quartiles)"), rows), flush=True)


def _mediakit(site: Path, pictures: Pictures) -> float:
    _clean(site, pictures)
    return mediakit(site, "generate").seconds


def _scripts(site: Path, pictures: Pictures, modules: Path) -> dict[str, Callable[[], float]]:
    """Return the node script at each of its settings."""
    todo = site.with_suffix(".json")
    todo.write_text(json.dumps({"quality": QUALITY, "pictures": pictures}), "utf-8")

    def script(way: str, concurrency: int, in_flight: int) -> Callable[[], float]:
        arguments = [str(modules.resolve()), str(todo), way, str(concurrency), str(in_flight)]

        def run() -> float:
            _clean(site, pictures)
            return measured(["node", str(_SCRIPT), *arguments], cwd=site).seconds

        return run

    return {
        f"sharp: {way}, concurrency {concurrency}, {in_flight} in flight": script(
            way, concurrency, in_flight
        )
        for way in ("each", "shared")
        for concurrency in (1, 2)
        for in_flight in (2, 4)
    }


def _clean(site: Path, pictures: Pictures) -> None:
    """Take away all that was made."""
    shutil.rmtree(site / ".mediakit", ignore_errors=True)
    for catalog in (site / "media.json", site / "_data" / "media.json"):
        catalog.unlink(missing_ok=True)
    for _, variants in pictures:
        for path, _ in variants:
            (site / path).unlink(missing_ok=True)
