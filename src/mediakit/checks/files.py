"""What the files of sources hold that only their bytes tell: slips, and what is active in SVGs."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

from mediakit.base.files import DiskFile, read_observed
from mediakit.base.formats import is_vector
from mediakit.images.frames import slips_in
from mediakit.images.vector import active_parts
from mediakit.state.documents import TypedReader

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mediakit.state.cache import Cache
    from mediakit.sync.observe import ObservedSite

_WORDS = TypedReader(tuple[str, ...])
_TELLER = "slips 1"
"""Raised by hand when something else is told of the same file."""


def told_by_files(site: ObservedSite, cache: Cache) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Yield the sources of which something is to be told, with what: each file is read once."""
    known = cache.parsed("reading", _TELLER, _WORDS, "slips")
    for path in sorted(site.known.pictures):
        file = site.files.get(path)
        if not isinstance(file, DiskFile):
            continue
        told = known.get(file)
        if told is None:
            with contextlib.suppress(OSError):  # the problems of the site say why
                told = (active_parts if is_vector(path) else slips_in)(read_observed(file))
                known.put(file, told)
        if told:
            yield path, told
    known.flush()
