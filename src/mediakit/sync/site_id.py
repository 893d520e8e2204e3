"""Which site a target belongs to: its catalog there names it, and another site is refused."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from mediakit.base.errors import TargetError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mediakit.sync.transfers import TargetState

_SHARE = 4
"""A site without an id is the target's if one in so many of its pictures is there."""


def site_id(
    own: str, state: TargetState, sources: Mapping[str, str], *, take_over: bool = False
) -> str:
    """Return the id that the catalogs of this site are to have, here and at the target.

    `own` is that of the site's catalog, empty where it has none: a fresh checkout of a site
    whose catalog is not committed is known by its pictures. An id is made of those of the first
    sync, without times or chance, so that equal sites have equal catalogs still. `sources` are
    the digests of the site's pictures by key. With `take_over` the target becomes this site's,
    whosever it was.

    Raises:
        TargetError: the target is another site's.
    """
    if take_over or not state.site:
        return own or _new_id(sources)
    if own == state.site or (not own and _is_known(state, sources)):
        return state.site
    raise TargetError(
        "the target belongs to another site: its catalog has another id",
        "nothing is changed; give this site a prefix or folder of its own, or, if the target is to "
        "be this site's from now on, add --take-over once",
    )


def _is_known(state: TargetState, sources: Mapping[str, str]) -> bool:
    """Return whether pictures of this site are at the target, as the catalog there says."""
    there = sum(
        key in state.objects and state.objects[key].sha256 == sha256
        for key, sha256 in sources.items()
    )
    return there * _SHARE >= len(sources)


def _new_id(sources: Mapping[str, str]) -> str:
    digest = hashlib.sha256()
    for key, sha256 in sorted(sources.items()):
        digest.update(f"{key}\n{sha256}\n".encode("utf-8", "surrogatepass"))
    return digest.hexdigest()[:16]
