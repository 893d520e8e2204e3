"""The formats of pictures, each a row: its names, how it is recognised, and what it can hold."""

from __future__ import annotations

from pathlib import PurePosixPath

import msgspec

QUALITIES = (1, 75, 78, 82, 85, 90, 95, 100)
"""The points of JPEG's scale at which `Format.qualities` were measured."""


class Format(msgspec.Struct, frozen=True):
    """A format of pictures; to add one, add a row, and `images/encode.py` where saving has options.

    `name` is Pillow's, `label` the one in texts. The first of `endings` is the one for new files.
    `signature` is a regular expression of the first bytes, `brands` are those of an ISO media file.
    `decoder` is `MODULE:CLASS`, which the `extra` of the package brings where it is set.

    `shown`: browsers show it; `written`: mediakit can save it; `chosen`: presets can ask for it;
    `palette`: fewer colours make it smaller; `qualities` look like JPEG's `QUALITIES` in it.
    """

    name: str
    mime: str
    endings: tuple[str, ...]
    signature: bytes = b""
    decoder: str = ""
    label: str = ""
    brands: frozenset[bytes] = frozenset()
    extra: str = ""
    shown: bool = True
    written: bool = True
    chosen: bool = False
    alpha: bool = True
    animated: bool = False
    palette: bool = False
    exif: bool = False
    qualities: tuple[int, ...] = ()


# Qualities give photos the same SSIM as JPEG: bench/quality.py measured the mean of 320 and 768
# pixels, since no one number is level at both.
FORMATS = (
    Format(
        "JPEG", "image/jpeg", (".jpg", ".jpeg", ".jfif", ".jpe"), rb"\xff\xd8\xff",
        "mediakit.images.opening:JpegFile", chosen=True, alpha=False, exif=True,
        qualities=QUALITIES,
    ),
    Format(
        "PNG", "image/png", (".png", ".apng"), rb"\x89PNG\r\n\x1a\n",
        "PIL.PngImagePlugin:PngImageFile", chosen=True, animated=True, palette=True, exif=True,
    ),
    Format(
        "GIF", "image/gif", (".gif",), rb"GIF8[79]a", "PIL.GifImagePlugin:GifImageFile",
        animated=True, palette=True,
    ),
    Format(
        "WEBP", "image/webp", (".webp",), rb"RIFF.{4}WEBP", "PIL.WebPImagePlugin:WebPImageFile",
        "WebP", chosen=True, animated=True, exif=True, qualities=(1, 79, 82, 84, 87, 91, 97, 100),
    ),
    Format(
        "AVIF", "image/avif", (".avif",), decoder="PIL.AvifImagePlugin:AvifImageFile",
        brands=frozenset({b"avif", b"avis"}), chosen=True, animated=True, exif=True,
        qualities=(1, 59, 62, 67, 71, 80, 90, 100),
    ),
    Format(  # the signature has the sizes of known headers
        "BMP", "image/bmp", (".bmp",), rb"BM.{12}[\x0c\x10(48@l|]\0\0\0",
        "mediakit.images.bmp:BmpFile", alpha=False, palette=True,
    ),
    Format(
        "TIFF", "image/tiff", (".tif", ".tiff"), rb"II[*+]\0|MM\0[*+]",
        "PIL.TiffImagePlugin:TiffImageFile", shown=False,
    ),
    Format(
        "HEIF", "image/heic", (".heic", ".heif"), decoder="pillow_heif:HeifImageFile",
        brands=frozenset({
            b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"hevm", b"hevs", b"mif1", b"msf1"
        }),
        extra="heif", shown=False, written=False,
    ),
    Format("SVG", "image/svg+xml", (".svg",), written=False),
)  # fmt: skip
_OWN_TYPES = {".apng": "image/apng", ".heif": "image/heif", ".pdf": "application/pdf"}
"""Endings whose media type is not that of their format's first one."""
_VECTOR = "SVG"
_PDF = ".pdf"
_BY_ENDING = {ending: each for each in FORMATS for ending in each.endings}
_BY_NAME = {each.name: each for each in FORMATS}


class FilmType(msgspec.Struct, frozen=True):
    """A type of films: its name, and the endings of files; `shown` where browsers show it."""

    name: str
    mime: str
    endings: tuple[str, ...]
    shown: bool = True


FILMS = (
    FilmType("MP4", "video/mp4", (".mp4", ".m4v")),
    FilmType("WEBM", "video/webm", (".webm",)),
    FilmType("MOV", "video/quicktime", (".mov", ".qt"), shown=False),
)
FILM_NAMES = frozenset(each.name for each in FILMS)
_FILM_BY_ENDING = {ending: each for each in FILMS for ending in each.endings}
_ENDINGS = {each.name: each.endings[0] for each in (*FORMATS, *FILMS)}
_MEDIA_TYPES = {each.name: each.mime for each in (*FORMATS, *FILMS)}


def film_of(name: str) -> FilmType | None:
    """Return the type of films that the ending of a file's name stands for, None for others."""
    dot = name.rfind(".")
    return _FILM_BY_ENDING.get(name[dot:].lower()) if dot > 0 and name[dot - 1] != "/" else None


def named_format(name: str) -> str:
    """Return the name of the format that a file's ending stands for, of films too, else ""."""
    kind = format_of(name) or film_of(name)
    return kind.name if kind else ""


def is_published(name: str) -> bool:
    """Return whether a file may be put at a target by its name: a picture, or a film to show."""
    if format_of(name) is not None:
        return True
    film = film_of(name)
    return film is not None and film.shown


def format_of(name: str) -> Format | None:
    """Return the format that the ending of a file's name stands for, None for an unknown one."""
    dot = name.rfind(".")  # PurePosixPath takes ten times as long
    return _BY_ENDING.get(name[dot:].lower()) if dot > 0 and name[dot - 1] != "/" else None


def is_vector(name: str) -> bool:
    """Return whether a file is a vector picture by its name."""
    kind = format_of(name)
    return kind is not None and kind.name == _VECTOR


def is_pdf(name: str, data: bytes = b"%PDF-") -> bool:
    """Return whether a file is a PDF by its name, and by its bytes where they are given."""
    return name.lower().endswith(_PDF) and data.startswith(b"%PDF-")


def format_called(name: str) -> Format:
    """Return the format of this name, which is Pillow's."""
    return _BY_NAME[name]


def like_named(path: str) -> tuple[str, ...]:
    """Return the paths that differ from this one only in a picture's ending, likely ones first."""
    pure = PurePosixPath(path)
    endings = [ending for each in FORMATS for ending in each.endings]
    return tuple(
        str(pure.with_suffix(case(ending)))
        for case in (str.lower, str.upper)
        for ending in endings
        if case(ending) != pure.suffix
    )


def media_type(name: str, found: str = "") -> str:
    """Return the media type of a picture called `name` whose bytes are in the format `found`.

    The bytes decide, but a vector picture, which can run scripts, is only what is called so.
    Where nobody looked at the bytes the ending decides, and "" is for an unknown one.
    """
    named = named_format(name)
    if named and named != found != _VECTOR and found in _MEDIA_TYPES:
        return _MEDIA_TYPES[found]
    own = _OWN_TYPES.get(name[name.rfind(".") :].lower())
    return own or _MEDIA_TYPES.get(named, "")


def ending_of(name: str) -> str:
    """Return the ending that mediakit writes for a format of this name, of films too."""
    return _ENDINGS[name]


def contradicts(name: str, found: str) -> bool:
    """Return whether a file's ending stands for another format than was `found` in its bytes.

    One film passes for another: they are called by either name.
    """
    named = named_format(name)
    are_films = named in FILM_NAMES and found in FILM_NAMES
    return bool(named) and found in _ENDINGS and named != found and not are_films
