"""What to put at the target and what to delete there, and why."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from mediakit.model import Action, Kind, Place, Plan, Reason

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mediakit.catalog import StoredObject


@dataclass(frozen=True, slots=True)
class RemoteEntry:
    """An object in the target's listing; `sha256` where the target can tell it."""

    key: str
    bytes: int
    sha256: str | None = None


@dataclass(frozen=True, slots=True)
class TargetState:
    """What is at the target: its listing, and what the catalog there says of each key."""

    entries: Mapping[str, RemoteEntry] = field(default_factory=dict)
    objects: Mapping[str, StoredObject] = field(default_factory=dict)
    stored: frozenset[tuple[str, str]] = frozenset()
    """(key, SHA-256) of puts by a run that did not come to write the catalog."""
    catalog: bytes | None = None
    """The catalog there, as it was read."""

    def content(self, key: str) -> str | None:
        """Return the digest of what is at `key`, None where nothing is or nobody knows."""
        entry = self.entries.get(key)
        if entry is None:
            return None
        if entry.sha256 is not None:
            return entry.sha256
        known = self.objects.get(key)
        return known.sha256 if known is not None and known.bytes == entry.bytes else None

    def is_ours(self, key: str, sha256: str) -> bool:
        """Return whether mediakit put the object that is at `key`."""
        known = self.objects.get(key)
        return (known is not None and known.ours) or (key, sha256) in self.stored


def plan_transfers(
    local: Mapping[str, str | None], target: TargetState, *, delete: bool = False
) -> Plan:
    """Decide on each key; `local` maps keys to digests, None where the file is yet to be made.

    With `delete`, objects that mediakit put and that the site no longer has come last.
    """
    actions = [
        Action(_kind(reason), Place.TARGET, key, reason)
        for key, sha256 in sorted(local.items())
        for reason in (_reason(key, sha256, target),)
    ]
    if delete:
        actions += [
            Action(Kind.DELETE, Place.TARGET, key, Reason.ORPHANED)
            for key, known in sorted(target.objects.items())
            if known.ours and key not in local and key in target.entries
        ]
    return Plan(tuple(actions))


def _kind(reason: Reason) -> Kind:
    return Kind.KEEP if reason is Reason.UP_TO_DATE else Kind.PUT


def _reason(key: str, sha256: str | None, target: TargetState) -> Reason:
    if key not in target.entries:
        return Reason.NEW
    same = sha256 is not None and target.content(key) == sha256
    return Reason.UP_TO_DATE if same else Reason.CONTENT_CHANGED
