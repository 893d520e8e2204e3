"""How long films and animations last, as the cache remembers."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from mediakit.base.files import DiskFile, read_observed
from mediakit.images.opening import UnreadableError
from mediakit.state.documents import TypedReader

if TYPE_CHECKING:
    from collections.abc import Iterable

    from mediakit.base.files import Absent
    from mediakit.state.cache import Cache
    from mediakit.storage.protocol import ObjectFile

_LASTS = TypedReader(int)
_TELLER = "lasts 1"
"""Raised by hand when the same film is found to last longer, or less long."""


def film_lengths(files: Iterable[DiskFile | ObjectFile | Absent], cache: Cache) -> dict[str, int]:
    """Return the milliseconds of what moves on this disk, by site path; nothing for all else."""
    known = cache.parsed("mention", _TELLER, _LASTS, "lasts")
    found = {}
    for file in files:
        if not isinstance(file, DiskFile):
            continue
        lasts = known.get(file)
        if lasts is None:
            with suppress(OSError):  # others say that it cannot be read
                lasts = _length(read_observed(file))
                known.put(file, lasts)
        if lasts:
            found[file.path] = lasts
    known.flush()
    return found


def _length(data: bytes) -> int:
    from mediakit.images.filmed import probe_moving  # noqa: PLC0415 - it loads FFmpeg

    try:
        return probe_moving(data).milliseconds
    except UnreadableError:
        return 0
