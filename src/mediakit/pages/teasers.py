"""The part of a picture that becomes a teaser: in the shape that teasers of the site have."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from mediakit.base.errors import UsageError
from mediakit.base.model import Role
from mediakit.images.ingest import proposed_part
from mediakit.images.opening import UnreadableError
from mediakit.sync.observe import observe

if TYPE_CHECKING:
    from mediakit.images.ingest import Shares
    from mediakit.sync.observe import ObservedSite
    from mediakit.sync.session import Session

USUAL = 3 / 2
"""Width by height where the teasers of a site have no shape in common."""


def teaser_shape(site: ObservedSite) -> float:
    """Return width by height of most teasers of a site."""
    sources = {
        image.source
        for manifest in site.content.manifests
        for image in manifest.images
        if image.role is Role.TEASER and image.source is not None
    }
    known = [site.known.pictures[each] for each in sources if each in site.known.pictures]
    shapes = Counter(round(each.width / each.height, 2) for each in known if each.height)
    shape, number = next(iter(shapes.most_common(1)), (USUAL, 0))
    is_usual = 2 * number <= shapes.total() or abs(shape - USUAL) <= 0.01
    return USUAL if is_usual else shape


def proposed_teaser(session: Session, picture: str) -> Shares:
    """Return the part of a picture of the site that attention keeps for a teaser.

    Raises:
        UsageError: the picture cannot be read.
    """
    site = observe(session)
    try:
        return proposed_part(site.tree.read(picture), teaser_shape(site))
    except OSError as error:
        raise UsageError(f"{picture}: {error.strerror}") from error
    except UnreadableError as error:
        raise UsageError(f"{picture}: {error}", "crop another picture") from error
