"""Artifacts are bytes at a path; products are files that are made of pictures and texts.

From the disk to the target and the catalog. Most are structs of msgspec with `gc=False`: a site
has some for each picture.
"""

from __future__ import annotations

import hashlib
import re
from typing import TYPE_CHECKING
from urllib.parse import quote

import msgspec
from msgspec.structs import replace

from mediakit.base.formats import FORMATS, format_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from mediakit.base.model import ArchivedFile

CATALOG_KEY = "media.json"
"""The catalog's name at a target."""

ARCHIVE = "videos/youtube"
"""Where the archive is at a target; `sync` puts and deletes nothing there."""
VIDEO_ENDINGS = {"mp4": "video/mp4", "webm": "video/webm"}

_TYPES = {
    **{f".{ending}": kind for ending, kind in VIDEO_ENDINGS.items()},
    ".jpg": "image/jpeg",
    ".json": "application/json",
    ".vtt": "text/vtt; charset=utf-8",
}
_KEY = (
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
    do not count. Where there is a clip of it, its poster and stills count, and nothing that moves.
    """
    sizes: dict[str, dict[int, str]] = {}
    variants = tuple(variants)
    if not variants:
        return {}
    found = {each.path: (each.width, each.height) for each in variants if not each.milliseconds}
    whole = picture.width, picture.height
    if len(found) == len(variants):
        found[picture.path] = whole
    for path, (width, height) in sorted(found.items()):
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
    return key.startswith(ARCHIVE) and re.fullmatch(_KEY, key) is not None


def is_archived_video(key: str) -> bool:
    """Return whether a key is that of the video itself."""
    return is_archived(key) and key.rpartition("/")[2].startswith("video.")


def archived_video(files: Iterable[ArchivedFile]) -> str:
    """Return the key of the video itself among archived files, empty where there is none."""
    return next((each.key for each in files if is_archived_video(each.key)), "")


def archive_type(key: str) -> str:
    """Return the media type of a file of the archive, empty where a key is none of it."""
    return _TYPES[key[key.rindex(".") :]] if is_archived(key) else ""


PICTURE = "picture"
"""The name of the input of whatever is made of one picture alone."""


class Input(msgspec.Struct, frozen=True, gc=False, omit_defaults=True):
    """One thing that a product is made of: a picture of the site, or a text of a page.

    `name` is the recipe's word for it. `path` is the site path of a picture, `text` the text
    itself, which no record keeps. `sha256` is that of the picture's bytes, or of the text.
    """

    name: str
    path: str = ""
    text: str = ""
    sha256: str = ""


def picture_input(picture: SourcePicture, name: str = PICTURE) -> Input:
    """Return a picture of the site as an input."""
    return Input(name, picture.path, sha256=picture.sha256)


def text_input(name: str, text: str) -> Input:
    """Return a text as an input."""
    return Input(name, text=text, sha256=_sha256(text))


class OfInputs:
    """What products and their records have in common."""

    __slots__ = ()
    inputs: tuple[Input, ...]

    @property
    def source(self) -> str:
        """The site path of its first picture, empty where it is made of texts alone."""
        return source_of(self.inputs)

    @property
    def is_of_one_picture(self) -> bool:
        """Whether one picture is all that it is made of, as for every size of a picture."""
        return is_one_picture(self.inputs)


class Product(OfInputs, msgspec.Struct, frozen=True, gc=False):
    """A file that pages need: its site path, the name of its recipe, and what it is made of.

    Products of the same picture share one tuple of inputs. `page` and `line` are where it is
    asked for first.
    """

    path: str
    recipe: str
    inputs: tuple[Input, ...]
    page: str = ""
    line: int = 0


class MadeRecord(OfInputs, msgspec.Struct, frozen=True, gc=False, omit_defaults=True):
    """What the catalog keeps of a product that mediakit made or adopted.

    `inputs` with their digests and `fingerprint` say what it was made of and how; `sha256` says
    which bytes came out. `width` and `height` are pixels (0 x 0: no raster), and a film lasts
    `milliseconds`. `path` is empty only in a file where it is written before the rest.
    """

    path: str = ""
    recipe: str = ""
    inputs: tuple[Input, ...] = ()
    fingerprint: str = ""
    sha256: str = ""
    bytes: int = 0
    width: int = 0
    height: int = 0
    milliseconds: int = 0


def record_of(product: Product, fingerprint: str, artifact: Artifact) -> MadeRecord:
    """Return the record of a product that has these bytes now."""
    return MadeRecord(
        product.path, product.recipe, without_texts(product.inputs), fingerprint,
        artifact.sha256, artifact.bytes, artifact.width, artifact.height,
    )  # fmt: skip


def is_one_picture(inputs: tuple[Input, ...]) -> bool:
    """Return whether something is made of a picture alone."""
    return len(inputs) == 1 and inputs[0].name == PICTURE


def source_of(inputs: tuple[Input, ...]) -> str:
    """Return the site path of the first picture among inputs, empty where there is none."""
    return next((each.path for each in inputs if each.path), "")


def without_texts(inputs: tuple[Input, ...]) -> tuple[Input, ...]:
    """Return inputs as records have them: digests tell texts apart."""
    if not any(each.text for each in inputs):
        return inputs  # the same tuple, which many products share
    return tuple(replace(each, text="") for each in inputs)


def digest_of(inputs: tuple[Input, ...]) -> str:
    """Return the digest of inputs: that of a picture alone, else of all names and digests."""
    if is_one_picture(inputs):
        return inputs[0].sha256
    whole = "".join(f"{each.name}\0{each.path}\0{each.sha256}\0" for each in inputs)
    return _sha256(whole)


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
