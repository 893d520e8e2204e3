"""Whose the pictures of a site are: by the ledger of credits, else by what is in their files."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

from mediakit.base.errors import UsageError
from mediakit.base.files import DiskFile, read_observed
from mediakit.base.regular_file import open_regular
from mediakit.images.chunks import SCAN
from mediakit.images.exif import before_pixels
from mediakit.images.owners import Owner, owner_in
from mediakit.images.private import HEAD
from mediakit.state.documents import TypedReader
from mediakit.structured.facts import PictureCredit
from mediakit.sync.credits import CreditLedger, address_of, words_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from mediakit.config.config import Config
    from mediakit.state.cache import Cache
    from mediakit.sync.credits import Provenance

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
    with open_regular(file.disk_path) as stream:
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
