"""`srcset` attributes: one for each format in which there is more than one size."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import quote

from mediakit.base.formats import FORMATS, format_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from mediakit.base.artifacts import SourcePicture
    from mediakit.base.products import MadeRecord

_BEST_FIRST = sorted(FORMATS, key=lambda kind: (kind.name != "AVIF", kind.name != "WEBP"))


def srcsets(
    picture: SourcePicture,
    variants: Iterable[MadeRecord],
    baseurl: str = "",
    key_of: Callable[[str], str] = str,
) -> dict[str, str]:
    """Return the `srcset` (`ADDRESS WIDTHw, …`, narrowest first) of each MIME type, best first.

    Addresses are below `baseurl`, percent-encoded; `key_of` returns the public path of a site
    path. The source counts as a size where browsers show its format; crops and padded variants
    do not count.
    """
    sizes: dict[str, dict[int, str]] = {}
    found = {each.path: (each.width, each.height) for each in variants}
    if not found:
        return {}
    whole = picture.width, picture.height
    for path, (width, height) in sorted({**found, picture.path: whole}.items()):
        kind = format_of(path)
        if kind is not None and kind.shown and _is_scaled(whole, width, height):
            sizes.setdefault(kind.name, {}).setdefault(width, path)
    return {
        kind.mime: ", ".join(
            f"{_address(key_of(path), baseurl)} {width}w"
            for width, path in sorted(sizes[kind.name].items())
        )
        for kind in _BEST_FIRST
        if len(sizes.get(kind.name, {})) > 1
    }


def _is_scaled(whole: tuple[int, int], width: int, height: int) -> bool:
    """Return whether this is the whole picture; its height may be a pixel off by rounding."""
    return width > 0 and abs(height * whole[0] - width * whole[1]) <= whole[0]


def _address(path: str, baseurl: str) -> str:
    base = baseurl.strip("/")
    return quote(f"/{base}/{path}" if base else f"/{path}")
