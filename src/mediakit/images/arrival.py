"""Pictures of other hosts made fit for a site, with as little change as that takes.

What browsers show, is upright and not too large stays as it is coded, without its metadata but for
what says whose it is. The rest is taken in as a photo is.
"""

from __future__ import annotations

from mediakit.base.formats import ending_of, format_called
from mediakit.images.bare import without_metadata
from mediakit.images.decode import is_whole, probe
from mediakit.images.exif import orientation
from mediakit.images.ingest import Ingested, ingest
from mediakit.images.opening import UnreadableError, is_svg
from mediakit.images.preset import CAP, MAX_PIXELS
from mediakit.images.private import metadata


def arrived(data: bytes, max_width: int | None = None) -> Ingested:
    """Return a picture as a source of the site; a drawing has no size.

    Raises:
        UnreadableError: it is no picture, is damaged or too large, or holds what browsers run.
    """
    if is_svg("drawing.svg", data):
        plain = without_metadata(data)
        if plain is None:
            raise UnreadableError("it is an SVG with more than a drawing in it")
        return Ingested(plain, ".svg", 0, 0)
    size = probe(data)
    if size.width * size.height * size.frames > MAX_PIXELS:
        raise UnreadableError(f"{size.width:,} x {size.height:,} pixels are too many")
    stored = next((each for kind, each in metadata(data) if kind == "exif"), b"")
    moves, shown = size.frames > 1, format_called(size.format).shown
    fits = max(size.width, size.height) <= CAP and size.width <= (max_width or CAP)
    if moves or (shown and fits and orientation(stored) == 1):
        plain = without_metadata(data)
        if plain is None or not is_whole(plain):
            raise UnreadableError("it is damaged")
        return Ingested(plain, ending_of(size.format), size.width, size.height)
    return ingest(data, CAP, max_width)
