"""What a target is to hold: the files of the site, by key."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from mediakit.storage.headers import Headers, headers_of
from mediakit.sync.transfers import Desired

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from mediakit.base.actions import Plan
    from mediakit.sync.make import VariantMaker
    from mediakit.sync.observe import Site


@dataclass(frozen=True, slots=True)
class LocalObject:
    """A file to have at the target; `sha256` is None while it is yet to be made."""

    disk_path: Path
    sha256: str | None
    bytes: int
    headers: Headers


def local_objects(
    site: Site, plan: Plan, maker: VariantMaker | None = None
) -> Mapping[str, LocalObject]:
    """Return what the target is to hold: the pictures that manifests name, and their variants.

    Of two files that want one key the first has it (`plan.keys` says so). Without `maker`,
    variants that the plan makes have no digest yet.
    """
    rules, kind, files = site.config.headers, site.config.kind, site.files
    objects: dict[str, LocalObject] = {}

    def add(path: str, disk_path: Path, sha256: str | None, bytes_: int, found: str = "") -> None:
        key = kind.key(path)
        headers = headers_of(key, rules, found=found)
        objects.setdefault(key, LocalObject(disk_path, sha256, bytes_, headers))

    for path, each in sorted(site.known.pictures.items()):
        add(path, files[path].disk_path, each.sha256, each.bytes, each.format)
    planned = {action.path for action in plan.todo}
    for path in site.known.wanted:
        record = maker.records.get(path) if maker else None
        output = site.known.outputs.get(path)
        disk_path = site.tree.disk_path(path)
        if record is not None and path in planned:
            add(path, disk_path, record.sha256, record.bytes)
        elif path in planned and maker is None:
            add(path, disk_path, None, 0)
        elif output is not None:
            add(path, disk_path, output.sha256, output.bytes, output.format)
    return objects


def desired(local: Mapping[str, LocalObject], *, has_headers: bool) -> dict[str, Desired]:
    """Return what each key is to hold, with headers where the target has such."""
    digests = {each.headers: "" for each in local.values()}  # a few, for very many objects
    if has_headers:
        digests = {headers: headers.digest for headers in digests}
    return {key: Desired(each.sha256, digests[each.headers]) for key, each in local.items()}
