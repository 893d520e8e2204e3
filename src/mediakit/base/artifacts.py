"""Artifacts: bytes at a path, from the disk to the target and the catalog; archived videos."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import quote

import msgspec

from mediakit.base.formats import FORMATS, format_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from mediakit.base.model import ArchivedFile
    from mediakit.base.products import MadeRecord


ARCHIVE = "videos/youtube"
"""Where the archive is at a target; `sync` puts and deletes nothing there."""
VIDEO_ENDINGS = {"mp4": "video/mp4", "webm": "video/webm"}

_TYPES = {
    **{f".{ending}": kind for ending, kind in VIDEO_ENDINGS.items()},
    ".jpg": "image/jpeg",
    ".json": "application/json",
    ".vtt": "text/vtt; charset=utf-8",
}
_KEY = re.compile(
    rf"{ARCHIVE}/[0-9A-Za-z_-]{{11}}/"
    r"(video\.(?:mp4|webm)|thumbnail\.jpg|info\.json|captions\.[0-9A-Za-z_-]{1,60}(?:\.auto)?\.vtt)"
)

_BEST_FIRST = sorted(FORMATS, key=lambda kind: (kind.name != "AVIF", kind.name != "WEBP"))


class Artifact(msgspec.Struct, frozen=True, gc=False, omit_defaults=True):
    """A file of the site, or an object at a target, as far as it is known.

    `path` is a site path, or a key at a target, and empty only in a file where it is written
    before the rest. `sha256` is empty while nobody knows it, `width` and `height` are displayed
    pixels (0 x 0: no raster), `format` is a name in `FORMATS`. Of an object, `ours` says whether
    mediakit put it there, `etag` is what the storage calls this content, and `headers` is the
    digest of the headers that it is served with. `whole` says whether a picture decodes to its
    end, `fault` why it could not be read.

    The order of the fields is that in which the catalog names them.
    """

    path: str = ""
    sha256: str = ""
    bytes: int = 0
    width: int = 0
    height: int = 0
    format: str = ""
    ours: bool = True
    etag: str = ""
    headers: str = ""
    whole: bool = True
    fault: str = ""

    @property
    def version(self) -> str:
        """What tells this content from another one at the same path."""
        return self.etag or self.sha256


class SourcePicture(msgspec.Struct, frozen=True, gc=False):
    """A source as found on disk: SHA-256 of its bytes, displayed size in pixels, size in bytes.

    `format` is Pillow's name of the bytes' format. `colour` is the dominant one as `#rrggbb`
    and `placeholder` a `data:` address of a tiny copy, both empty while unknown. Whether a PNG or
    a WebP `moves` is known where clips are made.
    """

    path: str
    sha256: str
    bytes: int
    width: int
    height: int
    format: str = ""
    colour: str = ""
    placeholder: str = ""
    moves: bool = False


class Look(msgspec.Struct, frozen=True, gc=False):
    """What a picture looks like: its dominant colour as `#rrggbb`, and a placeholder.

    The placeholder is a tiny WebP as a `data:` address. `grey` is the small copy that pictures
    are compared by, empty where none was made.
    """

    colour: str
    placeholder: str
    grey: bytes = b""


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


def archive_key(video: str, name: str) -> str:
    """Return the key of a file of an archived video."""
    return f"{ARCHIVE}/{video}/{name}"


def is_archived(key: str) -> bool:
    """Return whether a key is one of the archive."""
    return key.startswith(ARCHIVE) and _KEY.fullmatch(key) is not None


def is_archived_video(key: str) -> bool:
    """Return whether a key is that of the video itself."""
    return is_archived(key) and key.rpartition("/")[2].startswith("video.")


def archived_video(files: Iterable[ArchivedFile]) -> str:
    """Return the key of the video itself among archived files, empty where there is none."""
    return next((each.key for each in files if is_archived_video(each.key)), "")


def archive_type(key: str) -> str:
    """Return the media type of a file of the archive, empty where a key is none of it."""
    return _TYPES[key[key.rindex(".") :]] if is_archived(key) else ""
