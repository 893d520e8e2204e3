"""Opens a storage by its address: to add a kind, add its module and its line in `KINDS`."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from mediakit.base.errors import TargetError, UsageError
from mediakit.base.own_files import WORK_FOLDER
from mediakit.base.redaction import redacted
from mediakit.base.regular_file import leads_out

if TYPE_CHECKING:
    from collections.abc import Callable

    from mediakit.storage.protocol import KnownDigests, Settings, Staging, Storage

DEFAULT_TARGET = f"{WORK_FOLDER}/target"

_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]+):")
"""A scheme of one letter is a drive."""


class StorageKind(Protocol):
    """A module that opens addresses of one scheme."""

    def open_storage(self, address: str, settings: Settings, digests: KnownDigests) -> Storage:
        """Open a target; raises TargetError."""

    def open_staging(self, address: str, settings: Settings) -> Staging:
        """Open the place of the pictures; raises UsageError."""


def _folder() -> StorageKind:
    from mediakit.storage import folder  # noqa: PLC0415 - only the kind that is used

    return folder


def _bucket() -> StorageKind:
    from mediakit.storage.s3 import storage  # noqa: PLC0415 - only buckets need HTTP

    return storage


KINDS: dict[str, Callable[[], StorageKind]] = {"": _folder, "file": _folder, "s3": _bucket}
"""Kinds of storage by the scheme of their addresses, imported when they are used."""

_ADVICE = "known are folders and s3://BUCKET/PREFIX"


def open_storage(address: str, settings: Settings, digests: KnownDigests) -> Storage:
    """Open the target at `address`: a folder (relative to the site root), or `s3://BUCKET/PREFIX`.

    Raises:
        TargetError: the scheme is unknown, or the folder holds the site itself.
    """
    kind = KINDS.get(_scheme(address))
    if kind is None:
        raise TargetError(f"{redacted(address)}: no such kind of target", _ADVICE)
    return kind().open_storage(address, settings, digests)


def open_staging(address: str | None, settings: Settings) -> Staging:
    """Open the place of the pictures: a folder, a bucket, or the site itself (None).

    Raises:
        UsageError: there is no such folder, or kind of place.
    """
    kind = KINDS.get(_scheme(address or ""))
    if kind is None:
        raise UsageError(f"{redacted(address or '')}: no such kind of source", _ADVICE)
    return kind().open_staging(address or "", settings)


def local_folder(address: str, root: Path) -> Path | None:
    """Return the folder that an address names, links resolved; None where it is no folder's.

    `build`, `/srv/x`, `file:build`, `file:/srv/x` and `file:///srv/x` are folders; a scheme of
    one letter is a drive.

    Raises:
        TargetError: the address is empty, or a link in the site leads from there out of it.
    """
    if not address.strip():
        raise TargetError("the target is empty", "give a folder, or leave the setting out")
    scheme = _scheme(address)
    if scheme not in {"", "file"}:
        return None
    if scheme:
        address = address.partition(":")[2].removeprefix("//")
    folder = root / Path(address).expanduser()
    if leads_out(folder, root):
        raise TargetError(
            f"{address!r} is behind a link that leads out of the site",
            "take the link away, or give the folder that it leads to",
        )
    return folder.resolve()


def _scheme(address: str) -> str:
    found = _SCHEME.match(address)
    return found[1].lower() if found else ""
