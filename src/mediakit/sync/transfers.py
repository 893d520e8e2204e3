"""What to put at the target and what to delete there, and why."""

from __future__ import annotations

from dataclasses import dataclass, field
from operator import itemgetter
from typing import TYPE_CHECKING

from mediakit.base.actions import Action, Kind, Place, Plan, Reason

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mediakit.base.artifacts import Artifact
    from mediakit.storage.protocol import Upload


@dataclass(frozen=True, slots=True)
class TargetState:
    """What is at the target: its listing, and what the catalog there says of each key.

    `found` is what the target told, when asked, of objects that the catalog does not know.
    """

    entries: Mapping[str, Artifact] = field(default_factory=dict)
    objects: Mapping[str, Artifact] = field(default_factory=dict)
    stored: Mapping[tuple[str, str], str] = field(default_factory=dict)
    """(key, SHA-256) of puts by a run that did not come to write the catalog, and the headers."""
    catalog: bytes | None = None
    """The catalog there, as it was read."""
    shards: tuple[str, ...] = ()
    """The keys of its shards, where it has any."""
    version: str | None = None
    """The version of the catalog there."""
    found: Mapping[str, Artifact] = field(default_factory=dict)
    site: str = ""
    """The id of the site that the catalog there names, empty where it names none."""
    claims: frozenset[tuple[str, str]] = frozenset()
    """Key and SHA-256 of what any run was about to put, and no catalog there has."""

    def holds(self, key: str) -> Artifact | None:
        """Return what is at `key`, None where nothing is or nobody knows."""
        entry = self.entries.get(key)
        if entry is None:
            return None
        known = self.objects.get(key)
        if entry.sha256:
            return entry
        if known is not None and (known.bytes, known.etag) == (entry.bytes, entry.etag):
            return known
        return self.found.get(key)

    def is_ours(self, key: str, sha256: str) -> bool:
        """Return whether mediakit put the object that is at `key`."""
        known = self.objects.get(key)
        is_noted = (key, sha256) in self.stored or (key, sha256) in self.claims
        return (known is not None and known.ours) or is_noted


def plan_transfers(
    local: Mapping[str, Upload], target: TargetState, *, delete: bool = False
) -> Plan:
    """Decide on each key of `local`.

    With `delete`, objects that mediakit put and that the site no longer has come last.
    """
    actions = [
        Action(_kind(reason), Place.TARGET, key, reason)
        for key, upload in sorted(local.items(), key=itemgetter(0))
        for reason in (_reason(key, upload.artifact, target),)
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


def _reason(key: str, desired: Artifact, target: TargetState) -> Reason:
    if key not in target.entries:
        return Reason.NEW
    held = target.holds(key)
    if held is None or not desired.sha256 or held.sha256 != desired.sha256:
        return Reason.CONTENT_CHANGED
    if desired.headers and held.headers != desired.headers:
        return Reason.HEADERS_CHANGED
    return Reason.UP_TO_DATE
