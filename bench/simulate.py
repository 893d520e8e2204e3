#!/usr/bin/env python3
"""What sites of many millions of pictures would take: listing, catalog, memory, money.

    python bench/simulate.py [--pictures 300000 10000000 100000000] [--price-put 5.0 ...]

Nothing is measured here. Measured constants (of `bench/many.py` and `bench/pictures`) and list
prices are multiplied; all of them are options, so that other machines and other shops can be put
in. A picture is a source with its variant of 320 px: two objects at the target.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable
from dataclasses import dataclass, fields

Figure = Callable[[float], float]
"""What comes of a number of pictures."""

MILLION = 1_000_000
A_PAGE = 1_000
"""Keys that one LIST request returns."""

OBJECTS = 2
"""Objects of a picture at the target."""


@dataclass(frozen=True)
class World:
    """Constants. Times are seconds of one core, sizes bytes, prices US dollars."""

    make_seconds: float = 0.0065  # CPU to make and describe a small picture (docs/performance.md)
    settled_seconds: float = 0.000_019  # CPU a picture of `status`, nothing changed (bench/many.py)
    observe_seconds: float = 0.000_083  # CPU a picture where its pictures have (bench/many.py)
    settled_memory: float = 715  # bytes a picture, nothing changed (bench/many.py)
    observe_memory: float = 2_300  # bytes a picture where its pictures have (bench/many.py)
    catalog_bytes: float = 830  # a picture's line in media.json (bench/many.py)
    object_bytes: float = 230  # an object's line in the catalog at a target
    shard_pictures: float = 5_000
    source_size: float = 2_000_000  # of the site's own pictures, bytes
    variant_size: float = 25_000
    list_seconds: float = 0.15  # a LIST request, one after the other
    lists_at_once: float = 16
    put_seconds: float = 0.05  # a PUT request of a small object
    puts_at_once: float = 16
    price_put: float = 5.00  # a million PUT, COPY, POST or LIST requests
    price_get: float = 0.40  # a million GET or HEAD requests
    price_storage: float = 0.023  # a GB and month
    price_inventory: float = 0.0025  # a million objects in an inventory
    price_cpu: float = 0.0425  # an hour of one core


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument(
        "--pictures", type=int, nargs="+", default=[300_000, 10 * MILLION, 100 * MILLION]
    )
    for field in fields(World):
        name = f"--{field.name.replace('_', '-')}"
        parser.add_argument(name, type=float, default=field.default, metavar="N")
    given = vars(parser.parse_args())
    sizes = given.pop("pictures")
    world = World(**given)
    print(table("a run", sizes, {**runs(world), **files(world)}))
    print()
    print(table("US dollars", sizes, prices(world)))


def runs(world: World) -> dict[str, Figure]:
    """Return what a run takes, each as a function of the number of pictures."""

    def pages(pictures: float) -> float:
        return OBJECTS * pictures / A_PAGE

    return {
        "first run, hours of one core": lambda n: n * world.make_seconds / 3600,
        "nothing changed, seconds of one core": lambda n: n * world.settled_seconds,
        "something changed, seconds of one core": lambda n: n * world.observe_seconds,
        "nothing changed, GB of memory": lambda n: n * world.settled_memory / 1e9,
        "something changed, GB of memory": lambda n: n * world.observe_memory / 1e9,
        "pages of a listing": pages,
        "listing one page after the other, minutes": lambda n: pages(n) * world.list_seconds / 60,
        "listing side by side, minutes": lambda n: (
            pages(n) * world.list_seconds / world.lists_at_once / 60
        ),
        "first upload, hours": lambda n: (
            OBJECTS * n * world.put_seconds / world.puts_at_once / 3600
        ),
    }


def files(world: World) -> dict[str, Figure]:
    """Return how large the catalog gets."""

    def shards(pictures: float) -> int:
        count = 1
        while pictures > count * world.shard_pictures:
            count *= 2
        return count

    a_picture = world.catalog_bytes
    at_target = a_picture + OBJECTS * world.object_bytes
    return {
        "catalog of the site, GB": lambda n: n * a_picture / 1e9,
        "catalog at the target, GB": lambda n: n * at_target / 1e9,
        "shards": shards,
        "a shard at the target, MB": lambda n: n * at_target / shards(n) / 1e6,
    }


def prices(world: World) -> dict[str, Figure]:
    """Return what it costs, each as a function of the number of pictures."""
    a_million_puts = world.price_put
    month = (world.source_size + world.variant_size) / 1e9 * world.price_storage
    return {
        "first run, CPU": lambda n: n * world.make_seconds / 3600 * world.price_cpu,
        "first upload, PUT": lambda n: OBJECTS * n / MILLION * a_million_puts,
        "a listing": lambda n: OBJECTS * n / A_PAGE / MILLION * a_million_puts,
        "an inventory in its place": lambda n: OBJECTS * n / MILLION * world.price_inventory,
        "a HEAD for each object, which is not needed": lambda n: (
            OBJECTS * n / MILLION * world.price_get
        ),
        "storage, a month": lambda n: n * month,
        "a run with nothing to do, CPU": lambda n: (
            n * world.settled_seconds / 3600 * world.price_cpu
        ),
    }


def table(title: str, sizes: list[int], rows: dict[str, Figure]) -> str:
    """Return a table in Markdown, a column a size."""
    lines = [
        f"| {title} | {' | '.join(f'{size:,} pictures' for size in sizes)} |",
        f"| --- |{' ---: |' * len(sizes)}",
    ]
    for name, each in rows.items():
        lines.append(f"| {name} | {' | '.join(shown(each(size)) for size in sizes)} |")
    return "\n".join(lines)


def shown(value: float) -> str:
    """Return a number with as many digits as say something."""
    if value >= 100 or value == int(value):
        return f"{value:,.0f}"
    return f"{value:.1f}" if value >= 10 else f"{value:.2g}"


if __name__ == "__main__":
    main()
