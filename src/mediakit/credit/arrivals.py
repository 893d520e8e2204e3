"""Pictures of other hosts as they arrive: fetched, checked, and whose they are by their host.

Wikimedia and Flickr answer without a key. All photos of Unsplash are under its own licence. Of
other hosts, the picture itself may say whose it is.
"""

from __future__ import annotations

import html
import re
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, TypeVar
from urllib.parse import unquote, urlencode, urlsplit

import msgspec

from mediakit.base.files import sha256_bytes
from mediakit.base.model import Problem, Severity
from mediakit.base.redaction import redacted
from mediakit.images.ingest import arrived
from mediakit.images.opening import UnreadableError
from mediakit.images.rights import owner_in
from mediakit.state.documents import TypedReader
from mediakit.sync.credits import Provenance
from mediakit.sync.wayback import archived_copy

if TYPE_CHECKING:
    from mediakit.credit.polite import PoliteClient
    from mediakit.images.ingest import Ingested
    from mediakit.web.reply import Reply

_GONE = frozenset({404, 410})
_STAND_IN = "imgur.com/removed.png"
"""What Imgur leads to in place of a picture that is gone."""


@dataclass(frozen=True, slots=True)
class Arrival:
    """A picture of another host, made fit for the site, and where it came from."""

    picture: Ingested
    provenance: Provenance


@dataclass(frozen=True, slots=True)
class Missed:
    """A picture that did not arrive: the code of the problem, why, and what to do."""

    code: str
    why: str
    hint: str

    def problem(self, page: str, line: int, url: str) -> Problem:
        """Return the problem of the place that shows it."""
        message = redacted(f"{url}: {self.why}")
        return Problem(page, line, self.code, Severity.ERROR, message, self.hint)


def fetch(url: str, client: PoliteClient, max_width: int | None) -> Arrival | Missed:
    """Fetch a picture, and what its host says of it; one that is gone has the archive's address."""
    reply = client.get(url)
    if _is_gone(reply):
        kept = archived_copy(client, url, "im_") if client.is_public else ""
        hint = f"the Wayback Machine has it: {kept}" if kept else "use another picture"
        stand_in = "its host shows another picture in its place"
        why = f"HTTP {reply.status}" if reply.status in _GONE else stand_in
        return Missed("dead-picture", why, hint)
    if reply.status != 200:
        return Missed("not-localized", _why_not(reply), _hint(reply))
    try:
        picture = arrived(reply.body, max_width)
    except UnreadableError as error:
        return Missed("not-localized", str(error), "save the picture by hand, or use another one")
    said = credits_of(url, reply.body, client)
    return Arrival(
        picture,
        Provenance(
            addresses=[url], fetched=f"{datetime.now(UTC):%Y-%m-%d}",
            sha256=sha256_bytes(reply.body), bytes=len(picture.data), width=picture.width,
            height=picture.height, title=said.title, author=said.author, licence=said.licence,
            licence_url=said.licence_url, source=said.source,
        ),
    )  # fmt: skip


def _is_gone(reply: Reply) -> bool:
    return reply.status in _GONE or reply.headers.get("location", "").endswith(_STAND_IN)


def _why_not(reply: Reply) -> str:
    return reply.why if reply.status < 400 and reply.why else f"HTTP {reply.status}"


def _hint(reply: Reply) -> str:
    if reply.is_private:
        return "visitors cannot see it; --allow-private also asks hosts of your own network"
    if reply.status in {401, 403}:
        return "its host gives it to browsers only: save it by hand, then mediakit add"
    return "run again later; what came stays"


_MOST_BYTES = 1024 * 1024
_LONGEST = 300
_TAG = re.compile(r"<[^>]{0,2000}>")
_WIKI_FILE = re.compile(
    r"/wikipedia/(?P<wiki>[a-z-]{1,20})/(?:thumb/)?[0-9a-f]/[0-9a-f]{2}/(?P<name>[^/]+)"
)
_WIKI_NAME = re.compile(r"/wiki/Special:(?:FilePath|Redirect/file)/(?P<name>[^/]+)")
_FLICKR_PHOTO = re.compile(r"/(\d{5,15})_[0-9a-f]+(?:_[0-9a-z]{1,2})?\.\w{3,4}$")
_UNSPLASH_PAGE = re.compile(r"/photos/[\w-]+")
_BASE_58 = "123456789abcdefghijkmnopqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ"
_DEED = re.compile(
    r"creativecommons\.org/(?:licenses/([a-z-]{2,12})/([\d.]{1,5})|publicdomain/(zero|mark))"
)


@dataclass(frozen=True, slots=True)
class Credits:
    """Whose a picture is; each is empty where nothing says it."""

    title: str = ""
    author: str = ""
    licence: str = ""
    licence_url: str = ""
    source: str = ""


def credits_of(url: str, data: bytes, client: PoliteClient) -> Credits:
    """Return whose the picture at an address is: as its host says, then as the picture says."""
    parts = urlsplit(url)
    host = (parts.hostname or "").lower()
    said = Credits()
    if host in {"upload.wikimedia.org", "commons.wikimedia.org"}:
        said = _wikimedia(parts.path, client)
    elif host.endswith((".staticflickr.com", ".static.flickr.com")):
        said = _flickr(parts.path, client)
    elif host in {"unsplash.com", "images.unsplash.com"}:
        said = _unsplash(host, parts.path)
    owner = owner_in(data)
    if not said.licence:
        url = said.licence_url or _web_page(owner.licence_url)
        said = replace(said, licence=_name_of(url), licence_url=url)
    return Credits(
        _plain(said.title), _plain(said.author or owner.author or owner.copyright),
        _plain(said.licence), said.licence_url, said.source,
    )  # fmt: skip


class _Word(msgspec.Struct):
    value: str | int | float = ""


class _WikiInfo(msgspec.Struct):
    extmetadata: dict[str, _Word] = {}
    descriptionurl: str = ""


class _WikiPage(msgspec.Struct):
    imageinfo: list[_WikiInfo] = []


class _WikiQuery(msgspec.Struct):
    pages: list[_WikiPage] = []


class _WikiAnswer(msgspec.Struct):
    query: _WikiQuery = msgspec.field(default_factory=_WikiQuery)


def _wikimedia(path: str, client: PoliteClient) -> Credits:
    found = _WIKI_FILE.search(path) or _WIKI_NAME.search(path)
    if found is None:
        return Credits()
    wiki = found.groupdict().get("wiki", "commons")
    api = "commons.wikimedia.org" if wiki == "commons" else f"{wiki}.wikipedia.org"
    query = {
        "action": "query", "format": "json", "formatversion": "2", "prop": "imageinfo",
        "iiprop": "extmetadata|url",
        "iiextmetadatafilter": "Artist|Attribution|LicenseShortName|LicenseUrl|ObjectName",
        "titles": f"File:{unquote(found['name'])}",
    }  # fmt: skip
    answer = _asked(client, f"https://{api}/w/api.php?{urlencode(query)}", _WIKI)
    info = next((info for page in answer.query.pages for info in page.imageinfo), _WikiInfo())
    words = {key: str(each.value) for key, each in info.extmetadata.items()}
    return Credits(
        words.get("ObjectName", ""),
        words.get("Attribution") or words.get("Artist", ""),
        words.get("LicenseShortName", ""),
        _web_page(words.get("LicenseUrl", "")),
        _web_page(info.descriptionurl),
    )


class _FlickrAnswer(msgspec.Struct):
    title: str = ""
    author_name: str = ""
    license: str = ""
    license_url: str = ""
    web_page: str = ""


def _flickr(path: str, client: PoliteClient) -> Credits:
    found = _FLICKR_PHOTO.search(path)
    if found is None:
        return Credits()
    number, short = int(found[1]), ""
    while number:
        number, sign = divmod(number, len(_BASE_58))
        short = _BASE_58[sign] + short
    query = urlencode({"format": "json", "url": f"https://flic.kr/p/{short}"})
    said = _asked(client, f"https://www.flickr.com/services/oembed/?{query}", _FLICKR)
    page = _web_page(said.web_page)
    return Credits(said.title, said.author_name, said.license, _web_page(said.license_url), page)


def _unsplash(host: str, path: str) -> Credits:
    page = _UNSPLASH_PAGE.match(path) if host == "unsplash.com" else None
    if page is None and not path.startswith("/photo-"):
        return Credits()
    source = f"https://unsplash.com{page[0]}" if page else ""
    return Credits("", "", "Unsplash License", "https://unsplash.com/license", source)


_WIKI, _FLICKR = TypedReader(_WikiAnswer), TypedReader(_FlickrAnswer)
_Answer = TypeVar("_Answer")


def _asked(client: PoliteClient, url: str, reader: TypedReader[_Answer]) -> _Answer:
    """Return what a host answers, or an empty answer where it is none, or a strange one."""
    reply = client.get(url, _MOST_BYTES)
    try:
        return reader.from_json(reply.body if reply.status == 200 else b"{}")
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return reader.kind()


def _name_of(deed: str) -> str:
    """Return the name of a licence of Creative Commons by the address of its deed."""
    found = _DEED.search(deed)
    if found is None:
        return ""
    if found[3]:
        return "CC0 1.0" if found[3] == "zero" else "Public domain"
    return f"CC {found[1].upper()} {found[2].rstrip('.')}"


def _plain(text: str) -> str:
    """Return a text of a stranger on one line, without HTML and control characters."""
    bare = html.unescape(_TAG.sub(" ", text))
    printable = "".join(each if each.isprintable() else " " for each in bare)
    words = " ".join(printable.split())
    return words if len(words) <= _LONGEST else words[: _LONGEST - 1] + "…"


def _web_page(url: str) -> str:
    """Return an address of the web that may be a link, empty for anything else."""
    url = f"https:{url}" if url.startswith("//") else url
    is_safe = re.fullmatch(r"https?://[^\s\"'<>\\]{1,2000}", url) is not None
    return url if is_safe else ""
