"""The rules about what moves: GIFs that are shown although a clip is lighter, and heavy clips."""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from mediakit.base.formats import film_of
from mediakit.base.model import Problem, Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mediakit.checks.facts import Facts

_LIGHTER = 8
"""How many times smaller a clip is where a GIF had better not be shown."""

_HEAVY_GIF = 500_000
"""Bytes of a GIF from which on a site without clips is told of them."""

_HEAVY_CLIP = 3_000_000
"""Bytes of a clip: more take 10 s on a slow phone line."""


def heavy_animation(facts: Facts) -> Iterator[Problem]:
    """Yield GIFs that a page shows, where a clip of the same is, or would be, much lighter."""
    for manifest in facts.manifests:
        for image in manifest.images:
            picture = facts.pictures.get(image.path or "")
            is_shown = image.key != "clip" and not image.preset
            if picture is None or picture.format != "GIF" or not is_shown:
                continue
            clip, size = _lightest(facts, picture.path)
            if clip and picture.bytes >= _LIGHTER * size:
                what = f"{picture.bytes // size} times the bytes of its clip {clip}"
                hint = f"show {PurePosixPath(clip).name} in a <video>, with its poster"
            elif not clip and not facts.has_clips and picture.bytes > _HEAVY_GIF:
                what = f"{picture.bytes / 1e6:.1f} MB; a clip of a GIF often has a tenth"
                hint = "have clips made: [clips.loops] in mediakit.toml"
            else:
                continue
            yield Problem(
                manifest.path, image.line, "heavy-animation", Severity.NOTE,
                f"{picture.path} has {what}", hint,
            )  # fmt: skip


def _lightest(facts: Facts, source: str) -> tuple[str, int]:
    """Return the lightest film that was made of a source, and its bytes; none: "" and 0."""
    films = (
        (facts.made[path].bytes, path)
        for path, each in facts.products.items()
        if each.source == source and path in facts.made and film_of(path) is not None
    )
    size, path = min(films, default=(0, ""))
    return path, size


def heavy_clip(facts: Facts) -> Iterator[Problem]:
    """Yield clips that are heavy for phones."""
    for path, product in facts.products.items():
        made = facts.made.get(path)
        if made is None or made.bytes <= _HEAVY_CLIP or film_of(path) is None:
            continue
        yield Problem(
            product.page, product.line, "heavy-clip", Severity.WARNING,
            f"{path} is large: {made.bytes / 1e6:.1f} MB",
            "show a shorter part of it (`start`, `end`), or set `longest` of the clips",
        )  # fmt: skip
