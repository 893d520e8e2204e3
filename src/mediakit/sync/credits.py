"""Where the pictures of other hosts came from, and whose they are: a file that people may fill in.

It is in the folder of data of the generator, so that templates can show it. Whoever writes it is
a stranger: it names nothing that is fetched or written. Where it says nothing, what is in the
files of pictures counts.
"""

from __future__ import annotations

import contextlib
import json
import re
from typing import TYPE_CHECKING, Annotated, Any

import msgspec
from msgspec import Meta

from mediakit.base.errors import UsageError
from mediakit.base.files import DiskFile, read_observed
from mediakit.base.own_files import CREDITS_NAME
from mediakit.base.regular_file import open_regular, read_file
from mediakit.images.chunks import SCAN
from mediakit.images.exif import before_pixels
from mediakit.images.private import HEAD
from mediakit.images.rights import Owner, owner_in
from mediakit.report.documents import Document
from mediakit.state.documents import TypedReader, read_document
from mediakit.structured.facts import PictureCredit

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from mediakit.config.config import Config
    from mediakit.state.cache import Cache

Words = Annotated[str, Meta(max_length=1000)]
Address = Annotated[str, Meta(max_length=8192)]
Number = Annotated[int, Meta(ge=0)]

_MOST = 300
_WEB = re.compile(r"https?://[^\s\"'<>]{1,1000}")


class Provenance(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    """Where a picture came from, and whose it is."""

    addresses: Annotated[
        list[Address], Meta(description="Where it was fetched from; other places have the same.")
    ] = []
    fetched: Annotated[Words, Meta(description="The day, as `YYYY-MM-DD`.")] = ""
    sha256: Annotated[Words, Meta(description="The digest of what the host sent.")] = ""
    bytes: Annotated[Number, Meta(description="Size of the file that was written.")] = 0
    width: Annotated[Number, Meta(description="Its width in pixels, 0 for a drawing.")] = 0
    height: Annotated[Number, Meta(description="Its height in pixels, 0 for a drawing.")] = 0
    title: Annotated[Words, Meta(description="What the host calls the picture.")] = ""
    author: Annotated[Words, Meta(description="Who made it.")] = ""
    licence: Annotated[Words, Meta(description="The licence, such as `CC BY-SA 4.0`.")] = ""
    licence_url: Annotated[Address, Meta(description="Where the licence can be read.")] = ""
    source: Annotated[Address, Meta(description="The page of the picture at its host.")] = ""


def words_of(text: str) -> str:
    """Return a text of the ledger in one line."""
    return " ".join(text.split())[:_MOST].strip()


def address_of(text: str) -> str:
    """Return the address in a text, empty for one that leads nowhere."""
    found = _WEB.fullmatch(text.strip())
    return found[0] if found else ""


class CreditsDocument(Document, frozen=True, kw_only=True):
    """Pictures that came from other hosts; `_data/credits.json` of the site."""

    pictures: Annotated[dict[str, Provenance], Meta(description="By the site path of the picture.")]


_READER = TypedReader(CreditsDocument)


class CreditLedger:
    """The file as it is, with changes to come; what people added to it stays."""

    def __init__(self, config: Config) -> None:
        """Read the file; raises UsageError if it is broken."""
        self.path = config.template_file(CREDITS_NAME)
        self.data = read_file(config.root, self.path) or b""
        document = CreditsDocument(pictures={})
        self._tree: dict[str, Any] = {"version": document.version}
        if self.data:
            advice = f"correct {self.path}, or move it away"
            document = read_document(self.data, _READER, self.path, document.version, advice)
            self._tree = json.loads(self.data)
        self.pictures: Mapping[str, Provenance] = document.pictures

    def line(self, path: str) -> int:
        """Return the line that has the entry of a picture, 1 where none is found."""
        at = self.data.find(json.dumps(path, ensure_ascii=False).encode())
        return 1 + self.data.count(b"\n", 0, max(at, 0))

    def put(self, path: str, entry: Provenance) -> bytes:
        """Set what is known of a picture, and return the file with it."""
        self.pictures = {**self.pictures, path: entry}
        known = dict(self._tree.get("pictures") or {})
        known[path] = {**known.get(path, {}), **msgspec.to_builtins(entry)}
        self._tree = {**self._tree, "pictures": dict(sorted(known.items()))}
        self.data = (json.dumps(self._tree, indent=2, ensure_ascii=False) + "\n").encode()
        return self.data


_OWNER = TypedReader(Owner)
_TELLER = "owner 1"
"""Raised by hand when the same picture is found to say something else."""


def picture_credits(
    files: Iterable[DiskFile], config: Config, cache: Cache
) -> dict[str, PictureCredit]:
    """Return what is known of each picture, by site path; the ledger counts more."""
    ledger: Mapping[str, Provenance] = {}
    with contextlib.suppress(UsageError):  # `check` and `localize` tell of a broken one
        ledger = CreditLedger(config).pictures
    known = cache.parsed("mention", _TELLER, _OWNER, "owner")
    found = {}
    for file in files:
        owner = known.get(file)
        if owner is None:
            with contextlib.suppress(OSError):  # others say that it cannot be read
                owner = _owner(file)
                known.put(file, owner)
        credit = _credit(owner or Owner(), ledger.get(file.path))
        if any(credit):
            found[file.path] = credit
    known.flush()
    return found


def _owner(file: DiskFile) -> Owner:
    """Return what a file says; of a JPEG the beginning is enough, up to its pixels."""
    with open_regular(file.disk_path, file.root) as stream:
        head = stream.read(HEAD)
    is_enough = len(head) < HEAD or SCAN in {marker for marker, _ in before_pixels(head)}
    return owner_in(head if is_enough else read_observed(file))


def _credit(owner: Owner, entry: Provenance | None) -> PictureCredit:
    author, licence, page = owner.author, owner.licence_url, owner.licensor_url
    if entry is not None:
        author = entry.author or author
        licence, page = entry.licence_url or licence, entry.source or page
    return PictureCredit(
        words_of(author), words_of(owner.credit), words_of(owner.copyright), address_of(licence),
        address_of(page),
    )  # fmt: skip
