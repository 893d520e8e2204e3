"""The protocol of targets, and how a target's address is read."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final, Protocol

import msgspec

from mediakit.base.actions import Failure
from mediakit.base.artifacts import Artifact
from mediakit.base.errors import TargetError
from mediakit.base.redaction import redacted
from mediakit.storage.headers import Headers
from mediakit.storage.target_folder import local_folder

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

    from mediakit.state.cache import Cache
    from mediakit.storage.settings import S3Settings

ANY: Final = "*"
"""A condition that any version meets, and no object at all."""

CROSSED = "nothing is deleted; let the other run end, then run the job of the newest deploy again"
"""What to do where two runs were at one target: the one that was started last is to be the last."""


@dataclass(frozen=True, slots=True)
class Fetched:
    """An object's bytes, and the version (an ETag) that they are."""

    data: bytes
    version: str


class Upload(msgspec.Struct, frozen=True, gc=False):
    """A file to put at a target, and the headers that it is to be served with."""

    artifact: Artifact
    disk_path: Path
    headers: Headers


class Target(Protocol):
    """A flat store of objects by key; keys are site paths.

    What goes wrong with one object is a Failure in the answer; what goes wrong with the
    target as a whole raises TargetError.
    """

    @property
    def url(self) -> str:
        """The target's address, as shown to the user and remembered."""

    @property
    def endpoint(self) -> str:
        """The URL of the server that is asked, without a password; empty for a folder."""

    @property
    def connections(self) -> int:
        """How many objects are worth putting at once."""

    @property
    def is_remote(self) -> bool:
        """Whether asking it is mostly waiting, and can be done on any thread."""

    @property
    def has_headers(self) -> bool:
        """Whether objects have headers of their own."""

    def list(self, known: Collection[str] = ()) -> Mapping[str, Artifact]:
        """Return all objects by key; keys that are likely there may be `known`, for speed."""

    def describe(self, key: str) -> Artifact | None:
        """Ask for one object; returns None where there is none.

        Its digest is the one that whoever put it has noted, and its ETag is empty where a plain
        one is not the MD5 of the content.
        """

    def get(self, key: str) -> Fetched | None:
        """Return an object, None where there is none."""

    def put(
        self, key: str, data: bytes, headers: Headers, *, only_if: str | None = ANY
    ) -> Artifact | Failure:
        """Store an object whole: a reader sees the old one or the new one.

        Where the target can, only over the version `only_if`, or over nothing (None): what
        another run has put stays. The same content is no conflict, since it may be our own, of
        a put whose answer was lost.
        """

    def put_file(self, upload: Upload, *, only_if: str | None = ANY) -> Artifact | Failure:
        """Do what `put` does with a file that may be too large for memory.

        One that has changed is a Failure.
        """

    def replace(
        self, key: str, data: bytes, headers: Headers, version: str | None
    ) -> Artifact | Failure:
        """Store an object only if it has this version still (None: if there is none)."""

    def delete(self, keys: Iterable[str]) -> Mapping[str, Failure]:
        """Delete objects, and return those that could not be; one that is gone is deleted."""

    def clear_leftovers(self) -> None:
        """Take away what puts that were cut off have left; what may be another run's stays."""

    def close(self) -> None:
        """End what the target holds open."""


def crossed(url: str) -> Failure:
    """Return the failure of a put that found what another run has put meanwhile."""
    return Failure("target-changed", f"{url}: another run has written it meanwhile", CROSSED)


def open_target(address: str, root: Path, cache: Cache, s3: S3Settings | None = None) -> Target:
    """Open the target at `address`: a folder (relative to the site root), or `s3://BUCKET/PREFIX`.

    Raises:
        TargetError: the scheme is unknown, or the folder holds the site itself.
    """
    if address.lower().startswith("s3:"):
        from mediakit.storage.s3.storage import open_bucket  # noqa: PLC0415 - boto3 only for buckets

        return open_bucket(address, s3)
    from mediakit.storage.folder import DirectoryTarget  # noqa: PLC0415 - one kind of several

    folder = local_folder(address, root)
    if folder is None:
        raise TargetError(
            f"{redacted(address)}: no such kind of target",
            "known are folders and s3://BUCKET/PREFIX",
        )
    real_root = root.resolve()
    if folder == real_root or folder in real_root.parents:
        raise TargetError(
            f"{address}: the target holds the site itself", "give a folder of its own"
        )
    return DirectoryTarget(folder, cache)
