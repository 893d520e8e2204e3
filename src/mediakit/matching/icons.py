"""Icons that are there in several sizes on purpose: no duplicates to mend. Pure.

Browsers and phones ask for them by name, and no page has to name them.
"""

from __future__ import annotations

import re
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mediakit.matching.groups import Copy

_NAMES = re.compile(
    r"(?:favicon|(?:apple-|android-|site-|ms-|maskable[-_])?(?:touch-)?icon|android-chrome|mstile)"
    r"(?:[-_.@]?(?:\d+(?:x\d+)?|[23]x|precomposed|maskable|dark|light))*",
    re.IGNORECASE,
)
_LARGEST = 1024
"""Pixels a side: that of the largest icon that stores of apps ask for."""

_LARGEST_SQUARE = 512
_SIZE = re.compile(r"[-_.@ ]?(\d{2,4})(?:x(\d{2,4}))?(?:px)?$", re.IGNORECASE)
_SCALE = re.compile(r"@[1-4](?:\.\d+)?x$", re.IGNORECASE)


def is_site_icon(copy: Copy) -> bool:
    """Return whether a picture is called as browsers and phones call the icon of a site."""
    stem = PurePosixPath(copy.path).stem
    return max(copy.width, copy.height) <= _LARGEST and _NAMES.fullmatch(stem) is not None


def are_sizes(one: Copy, other: Copy) -> bool:
    """Return whether two pictures are sizes of one, as their names say.

    `logo@2x.png` beside `logo.png`, or small square ones whose names end with their own size:
    `badge-32.png` beside `badge-64.png` or `badge.png`.
    """
    if (one.width, one.height) == (other.width, other.height):
        return False
    names = [_base(each) for each in (one, other)]
    return names[0][0] == names[1][0] and any(has_size for _, has_size in names)


def _base(copy: Copy) -> tuple[str, bool]:
    """Return the path without ending and size, and whether there was a size."""
    path = str(PurePosixPath(copy.path).with_suffix(""))
    scale = _SCALE.search(path)
    if scale is not None:
        return path[: scale.start()], True
    size = _SIZE.search(path)
    is_small = copy.width == copy.height <= _LARGEST_SQUARE
    if size is not None and is_small and int(size[1]) == copy.width:
        return path[: size.start()], True
    return path, False
