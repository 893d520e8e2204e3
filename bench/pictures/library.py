"""Mode `library`: calls on photos in memory, and programs on files, one at a time and two."""

from __future__ import annotations

import statistics
from typing import TYPE_CHECKING

from peers import Mediakit, find_peers
from rounds import alternate, best, ratios, table
from similarity import References

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from peers import Peer, Sizes

WIDTHS = (768, 320)
QUALITY = 82


def library(photos: list[Path], modules: Path, rounds: int) -> None:
    """Print a table of quality, and one of speed for each number of photos in flight."""
    ours = Mediakit()
    peers, missing = find_peers(modules)
    print(f"{len(photos)} photos, widths {WIDTHS}, {ours.name}")
    for name in missing:
        print(f"{name}: not on this machine, left out")
    sizes = _quality(ours, peers, photos[:6])
    for jobs in (1, 2):
        print(f"\n{jobs} in flight, {rounds} rounds; a ratio over 1: mediakit is faster\n")
        entries = _entries(ours, peers, photos, sizes, jobs)
        seconds = alternate(entries, rounds)
        rows = []
        for name, taken in seconds.items():
            rate = f"{len(photos) / statistics.median(taken):.1f}"
            rows.append((name, rate, str(ratios(seconds[next(iter(seconds))], taken))))
        print(table(("way", "photos/s", "times mediakit's time (quartiles)"), rows), flush=True)


def _quality(ours: Peer, peers: list[Peer], photos: list[Path]) -> dict[str, Sizes]:
    """Print SSIM and bytes, and return for each peer the qualities that level its SSIM to ours."""
    references = References(photos, WIDTHS)
    sizes: dict[str, Sizes] = {}
    rows = []
    for width in WIDTHS:
        level, size = references.measure(ours.make, width, QUALITY)
        rows.append((f"mediakit, {width} px", str(QUALITY), f"{level:.4f}", f"{size:,.0f}", "1"))
        sizes.setdefault(ours.name, []).append((width, QUALITY))
        for peer in peers:
            same = QUALITY, *references.measure(peer.make, width, QUALITY)
            equal = references.equal_quality(peer.make, width, level)
            sizes.setdefault(peer.name, []).append((width, equal[0]))
            for quality, ssim, length in sorted({same, equal}):
                row = f"{peer.name}, {width} px", str(quality), f"{ssim:.4f}", f"{length:,.0f}"
                rows.append((*row, f"{size / length:.3f}"))
    head = ("who, width", "quality", "SSIM", "bytes", "mediakit's bytes to these")
    print("\n" + table(head, rows), flush=True)
    return sizes


def _entries(
    ours: Peer, peers: list[Peer], photos: list[Path], sizes: dict[str, Sizes], jobs: int
) -> dict[str, Callable[[], float]]:
    """Return mediakit's call, and each peer's best settings for each of its ways."""
    entries = {"mediakit": ours.ways(photos, sizes[ours.name], jobs)["render"]}
    for peer in peers:
        trial = peer.ways(photos[:6], sizes[peer.name], jobs)
        full = peer.ways(photos, sizes[peer.name], jobs)
        for way in dict.fromkeys(name.split(",")[0] for name in full):
            name = best({name: run for name, run in trial.items() if name.split(",")[0] == way})
            entries[f"{peer.name}: {name}"] = full[name]
    return entries
