"""The protocol of targets, and how a target's address is read."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from mediakit.errors import TargetError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from mediakit.cache import Cache
    from mediakit.model import Failure
    from mediakit.plan.transfers import RemoteEntry


class Target(Protocol):
    """A flat store of objects by key; keys are site paths.

    What goes wrong with one object is a Failure in the answer; what goes wrong with the
    target as a whole raises TargetError.
    """

    @property
    def url(self) -> str:
        """The target's address, as shown to the user and remembered."""

    def list(self) -> Mapping[str, RemoteEntry]:
        """Return all objects by key."""

    def get(self, key: str) -> bytes | None:
        """Return an object's bytes, None where there is none."""

    def put(self, key: str, data: bytes) -> Failure | None:
        """Store an object whole: a reader sees the old one or the new one."""

    def delete(self, keys: Iterable[str]) -> Mapping[str, Failure]:
        """Delete objects, and return those that could not be; one that is gone is deleted."""

    def close(self) -> None:
        """End what the target holds open."""


def open_target(address: str, root: Path, cache: Cache) -> Target:
    """Open the target at `address`: a folder (relative to the site root) or a URL.

    Raises:
        TargetError: the scheme is unknown, or the folder holds the site itself.
    """
    from mediakit.storage.directory import DirectoryTarget  # noqa: PLC0415 - one kind of several

    folder = local_folder(address, root)
    if folder is None:
        raise TargetError(f"{address}: no such kind of target", "known are folders")
    real_root = root.resolve()
    if folder == real_root or folder in real_root.parents:
        raise TargetError(
            f"{address}: the target holds the site itself", "give a folder of its own"
        )
    return DirectoryTarget(folder, cache)


def local_folder(address: str, root: Path) -> Path | None:
    """Return the folder that a target's address names, None where it is another kind of target.

    `build`, `/srv/x`, `file:build`, `file:/srv/x` and `file:///srv/x` are folders; a scheme of
    one letter is a drive.
    """
    if not address.strip():
        raise TargetError("the target is empty", "give a folder, or leave the setting out")
    scheme = re.match(r"([A-Za-z][A-Za-z0-9+.-]+):", address)
    if scheme is not None:
        if scheme[1].lower() != "file":
            return None
        address = address[scheme.end() :].removeprefix("//")
    return (root / Path(address).expanduser()).resolve()
