"""What a target is to hold, and what to put and delete there for it, with the reasons."""

from __future__ import annotations

from operator import itemgetter
from typing import TYPE_CHECKING

from msgspec.structs import replace

from mediakit.base.actions import Action, Kind, Place, Plan, Reason
from mediakit.base.artifacts import Artifact
from mediakit.storage.headers import Headers, headers_of
from mediakit.storage.protocol import Upload
from mediakit.sync.products import CATALOG_KEY

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from mediakit.base.products import MadeRecord
    from mediakit.sync.observe import Site
    from mediakit.sync.target import TargetState


def expected_uploads(site: Site, plan: Plan, *, has_headers: bool) -> dict[str, Upload]:
    """Return what the target is to hold: the pictures that pages name, and their variants.

    Of two files that want one key the first has it (`products.key_clashes` says so). Variants that
    the plan makes have no digest yet. `has_headers`: objects at the target have headers.
    """
    rules, kind, files = site.config.headers, site.config.kind, site.files
    uploads: dict[str, Upload] = {}
    digests: dict[Headers, tuple[Headers, str]] = {}  # a few, for very many objects

    def add(path: str, disk_path: Path, sha256: str = "", size: int = 0, found: str = "") -> None:
        key = kind.key(path)
        if key in uploads:
            return
        headers = headers_of(key, rules, found=found)
        if headers not in digests:
            digests[headers] = headers, headers.digest if has_headers else ""
        headers, digest = digests[headers]
        artifact = Artifact(key, sha256, size, format=found, headers=digest)
        uploads[key] = Upload(artifact, disk_path, headers)

    for path, each in sorted(site.known.pictures.items()):
        add(path, files[path].disk_path, each.sha256, each.bytes, each.format)
    planned = {action.path for action in plan.todo}
    for path in site.known.products:
        output = site.known.found.get(path)
        if path in planned:
            add(path, site.tree.disk_path(path))
        elif output is not None:
            disk_path = site.tree.disk_path(path)
            add(path, disk_path, output.sha256, output.bytes, output.format)
    return uploads


def with_made(
    site: Site,
    records: Mapping[str, MadeRecord],
    uploads: Mapping[str, Upload],
    transfers: Plan,
    there: TargetState,
) -> tuple[dict[str, Upload], Plan]:
    """Return uploads with the digests of what was made, and the transfers that follow from them.

    What came out as the target has it is kept. What could not be made has no digest still.
    """
    made = {}
    for path, record in records.items():
        key = site.config.kind.key(path)
        upload = uploads[key]
        is_unknown = not upload.artifact.sha256
        if is_unknown and upload.disk_path == site.tree.disk_path(path):
            artifact = replace(upload.artifact, sha256=record.sha256, bytes=record.bytes)
            made[key] = Upload(artifact, upload.disk_path, upload.headers)
    actions = (
        _transfer(made[each.path], there) if each.path in made else each
        for each in transfers.actions
    )
    return {**uploads, **made}, Plan(tuple(actions))


def plan_target(uploads: Mapping[str, Upload], there: TargetState, *, delete: bool = False) -> Plan:
    """Decide on each key that the target is to hold.

    With `delete`, objects that mediakit put and that the site no longer has come last.
    """
    actions = [_transfer(upload, there) for _, upload in sorted(uploads.items(), key=itemgetter(0))]
    if delete:
        actions += [
            Action(Kind.DELETE, Place.TARGET, key, Reason.ORPHANED)
            for key, known in sorted(there.objects.items())
            if known.ours and key not in uploads and key in there.entries
        ]
    return Plan(tuple(actions))


def plan_catalog(there: TargetState, *, changed: bool) -> Action:
    """Decide on the catalog at the target; `changed`: it would have other bytes."""
    if not changed and there.catalog is not None:
        return Action(Kind.KEEP, Place.TARGET, CATALOG_KEY, Reason.UP_TO_DATE)
    reason = Reason.NEW if there.catalog is None else Reason.CONTENT_CHANGED
    return Action(Kind.PUT, Place.TARGET, CATALOG_KEY, reason)


def _transfer(upload: Upload, there: TargetState) -> Action:
    reason = _reason(upload.artifact, there)
    kind = Kind.KEEP if reason is Reason.UP_TO_DATE else Kind.PUT
    return Action(kind, Place.TARGET, upload.artifact.path, reason)


def _reason(desired: Artifact, there: TargetState) -> Reason:
    if desired.path not in there.entries:
        return Reason.NEW
    held = there.holds(desired.path)
    if held is None or not desired.sha256 or held.sha256 != desired.sha256:
        return Reason.CONTENT_CHANGED
    if desired.headers and held.headers != desired.headers:
        return Reason.HEADERS_CHANGED
    return Reason.UP_TO_DATE
