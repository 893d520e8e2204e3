"""Addresses of pictures: every spelling to one site path, or to a URL on another host."""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING
from urllib.parse import unquote_to_bytes

import msgspec
from msgspec.structs import replace

from mediakit.base.errors import ManifestError
from mediakit.base.formats import format_of
from mediakit.base.redaction import without_user

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

MAX_SEGMENT_BYTES = 255
"""The longest file name that common file systems hold."""

MAX_PATH_BYTES = 1024
"""The longest key that an object in S3 can have."""

_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*):")
_SCHEMES = frozenset({"about", "blob", "file", "ftp", "javascript", "mailto", "sftp", "tel"})
_HOST = re.compile(r"//[^/?#]*[.:][^/?#]*")
_WEB = re.compile(r"(?:https?:)?[/\\]{2}([^/\\?#]*)(.*)", re.IGNORECASE | re.DOTALL)
_USUAL_PORTS = frozenset({"", "80", "443"})
_DATA = frozenset({".json", ".yaml", ".yml", ".toml"})
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")


class SiteAddress(msgspec.Struct, frozen=True):
    """Where the site is served: `url` is scheme and host, `baseurl` the path below it."""

    url: str = ""
    baseurl: str = ""


class Location(msgspec.Struct, frozen=True):
    """A site path or a URL; both are None for a picture inside the page (`data:`).

    Both are set if the disk has to show whether it is on the site: if the host differs from its own
    only by `www.`, or pictures may be on a host for media. `others` are further site paths to
    try, in order, if `path` has no file.
    """

    path: str | None = None
    url: str | None = None
    others: tuple[str, ...] = ()


def locate_among(
    text: str, address: SiteAddress, absolute: Iterable[str], relative: Iterable[str | None]
) -> Location:
    """Locate an address that may count from several folders.

    `absolute` are the folders for `/x.jpg`, `relative` the bases for `x.jpg`.
    """
    found: dict[str, None] = {}
    first: Location | None = None
    for root, base in _pairs(text, address, tuple(absolute), tuple(relative)):
        place = locate(text, address, base, root)
        if place.path is None:
            return place
        first = first or place
        found[place.path] = None
    if first is None:
        return locate(text, address)
    return replace(first, others=tuple(found)[1:]) if len(found) > 1 else first


def _pairs(
    text: str, address: SiteAddress, absolute: tuple[str, ...], relative: tuple[str | None, ...]
) -> Iterator[tuple[str, str | None]]:
    text = text.strip()
    is_absolute = text.startswith(("/", "\\")) or below_own(text, address) is not None
    if is_absolute:
        return ((root, None) for root in absolute)
    return (("", base) for base in relative)


def locate(text: str, address: SiteAddress, base: str | None = None, root: str = "") -> Location:
    """Reduce an address to a site path (NFC, POSIX, no leading slash) or a remote URL.

    A relative address counts from the site root, as the theme's front matter does; with
    `base` (a site path to a folder, as in a page's body) it counts from there, and cannot
    climb above the root, as in a browser. An absolute one counts from the folder `root`.

    Raises:
        ManifestError: it leaves the site root, has a scheme that is no web address, holds
            control characters or bad percent-encoding, or names a file no disk can hold.
            `unknown-prefix`: it has a prefix that is no scheme, and that a theme may know.
    """
    text = text.strip()
    below = below_own(text, address)
    if below is not None and below[1]:
        try:
            return replace(locate(below[0], address, None, root), url=text)
        except ManifestError:
            return Location(url=text)
    text = below[0] if below is not None else text
    scheme = _SCHEME.match(text)
    if scheme is not None:
        return _foreign(text, scheme[1].lower())
    if _HOST.match(text):
        return Location(url="https:" + text)
    path = _decode(re.split(r"[?#]", text, maxsplit=1)[0])
    if path.startswith("/"):
        base = None
        prefix = "/" + address.baseurl.strip("/")
        if prefix != "/" and (path + "/").startswith(prefix + "/"):
            path = path[len(prefix) :]
        if root:
            return Location(path=f"{root}/{_normalise(path, None, text)}")
    return Location(path=_normalise(path, base, text))


def below(path: str, roots: Iterable[str]) -> str:
    """Return the rest of a path below the first of `roots` that holds it, else all of it."""
    for root in roots:
        if root and path.startswith(root + "/"):
            return path[len(root) + 1 :]
    return path


def has_extension(path: str, extensions: frozenset[str]) -> bool:
    """Return whether the path ends in one of `extensions` (lower case, with the dot)."""
    dot = path.rfind(".")
    return dot > path.rfind("/") and path[dot:].lower() in extensions


def names_picture(text: str) -> bool:
    """Return whether an address has the ending of a picture, whatever query it has."""
    return format_of(re.split(r"[?#]", text, maxsplit=1)[0].strip()) is not None


def is_data(path: str) -> bool:
    """Return whether a content file is a data file; all others are pages."""
    return has_extension(path, _DATA)


def below_own(text: str, address: SiteAddress) -> tuple[str, bool] | None:
    """Return the path of an address below the site's own, None if it is on another host.

    The second value says whether the hosts differ by `www.`. Hosts are compared as browsers do:
    scheme, case, usual ports and a dot at the end do not count.
    """
    own = address.url.strip().rstrip("/")
    if not own:
        return None
    if text == own or text.startswith(own + "/"):
        return text[len(own) :] or "/", False
    there, here = _WEB.fullmatch(text), _WEB.fullmatch(own)
    if there is None or here is None:
        return None
    host, own_host = _host(there[1]), _host(here[1])
    is_twin = host != own_host
    if is_twin and host.removeprefix("www.") != own_host.removeprefix("www."):
        return None
    rest, folder = there[2], here[2]
    if not rest.startswith(folder) or rest[len(folder) : len(folder) + 1] not in "/\\?#":
        return None
    return "/" + rest[len(folder) :].lstrip("/\\"), is_twin


def _host(authority: str) -> str:
    """Return a host in its canonical form, with its port if that is unusual."""
    name, colon, port = authority.rpartition(":")
    if not colon or not port.isdecimal():
        name, port = authority.removesuffix(":"), ""
    try:
        name = unquote_to_bytes(name).decode("utf-8")
        name = name if name.isascii() else name.encode("idna").decode("ascii")
    except UnicodeError:
        pass  # no host at all: it is only equal to itself
    return name.lower().removesuffix(".") + ("" if port in _USUAL_PORTS else f":{port}")


def _foreign(text: str, scheme: str) -> Location:
    if scheme in {"http", "https"}:
        return Location(url=text)
    if scheme == "data":
        return Location()
    is_drive = len(scheme) == 1
    if scheme not in _SCHEMES and not is_drive and not text[len(scheme) :].startswith("://"):
        raise ManifestError(
            "unknown-prefix",
            f"{without_user(text)!r} has a prefix that mediakit does not know",
            hint="if your theme does not know it either, write it as /assets/…",
        )
    raise ManifestError(
        "foreign-scheme",
        f"{without_user(text)!r} is neither a path of the site nor a web address",
        hint="write it as /assets/…",
    )


def _decode(text: str) -> str:
    try:
        path = unquote_to_bytes(text).decode("utf-8")
    except UnicodeError as error:
        raise ManifestError(
            "bad-path", f"{text!r} is not percent-encoded UTF-8", hint="write the letters as such"
        ) from error
    if _CONTROL.search(path):
        raise ManifestError("bad-path", f"{text!r} holds a control character")
    return unicodedata.normalize("NFC", path.replace("\\", "/"))


def _normalise(path: str, base: str | None, written: str) -> str:
    kept = [segment for segment in (base or "").split("/") if segment]
    for segment in path.split("/"):
        if segment in {"", "."}:
            continue
        if segment != "..":
            if len(segment.encode("utf-8", "surrogatepass")) > MAX_SEGMENT_BYTES:
                raise ManifestError("bad-path", f"a file name of {len(segment):,} characters")
            kept.append(segment)
        elif kept:
            kept.pop()
        elif base is None:
            raise ManifestError(
                "leaves-root", f"{written!r} leaves the site", hint="write it as /assets/…"
            )
    if not kept:
        raise ManifestError("bad-path", f"{written!r} names no file")
    found = "/".join(kept)
    if len(found.encode("utf-8", "surrogatepass")) > MAX_PATH_BYTES:
        raise ManifestError("bad-path", f"a path of {len(found):,} characters")
    return found
