"""What a target is to hold: the files of the site, by key."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mediakit.base.artifacts import Artifact
from mediakit.storage.headers import Headers, headers_of
from mediakit.storage.protocol import Upload

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from mediakit.base.actions import Plan
    from mediakit.sync.make import Maker
    from mediakit.sync.observe import Site


def local_objects(
    site: Site, plan: Plan, maker: Maker | None = None, *, has_headers: bool
) -> Mapping[str, Upload]:
    """Return what the target is to hold: the pictures that manifests name, and their variants.

    Of two files that want one key the first has it (`keys.key_clashes` says so). Without `maker`,
    variants that the plan makes have no digest yet. `has_headers`: objects at the target have
    headers.
    """
    rules, kind, files = site.config.headers, site.config.kind, site.files
    objects: dict[str, Upload] = {}
    digests: dict[Headers, tuple[Headers, str]] = {}  # a few, for very many objects

    def add(path: str, disk_path: Path, sha256: str = "", size: int = 0, found: str = "") -> None:
        key = kind.key(path)
        if key in objects:
            return
        headers = headers_of(key, rules, found=found)
        if headers not in digests:
            digests[headers] = headers, headers.digest if has_headers else ""
        headers, digest = digests[headers]
        artifact = Artifact(key, sha256, size, format=found, headers=digest)
        objects[key] = Upload(artifact, disk_path, headers)

    for path, each in sorted(site.known.pictures.items()):
        add(path, files[path].disk_path, each.sha256, each.bytes, each.format)
    planned = {action.path for action in plan.todo}
    for path in site.known.products:
        record = maker.records.get(path) if maker else None
        found = site.known.found.get(path)
        disk_path = site.tree.disk_path(path)
        if record is not None and path in planned:
            add(path, disk_path, record.sha256, record.bytes)
        elif path in planned and maker is None:
            add(path, disk_path)
        elif found is not None:
            add(path, disk_path, found.sha256, found.bytes, found.format)
    return objects
