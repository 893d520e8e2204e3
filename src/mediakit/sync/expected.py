"""What a target is to hold, and what a run refuses there: another's, places, many deletes."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from itertools import chain
from typing import TYPE_CHECKING, Any

from msgspec.structs import replace

from mediakit.base.artifacts import Artifact
from mediakit.base.errors import TargetError
from mediakit.base.files import DiskFile
from mediakit.base.regular_file import read_regular
from mediakit.base.tables import ARTIFACTS, KEYS, Cells, Form, Rows, changed, tabled
from mediakit.report.text import counted
from mediakit.storage.protocol import Upload
from mediakit.storage.settings import Headers, headers_of
from mediakit.sync.plan import reason_of_transfer

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
    from pathlib import Path

    from mediakit.base.actions import Plan
    from mediakit.base.model import Problem
    from mediakit.state.cache import Cache
    from mediakit.sync.observe import ObservedSite
    from mediakit.sync.plan import Transfers
    from mediakit.sync.target import TargetState

_SHARE = 4
"""A site without an id is the target's if one in so many of its pictures is there."""


def _split_upload(each: Upload) -> Cells:
    if each.read is not read_regular or each.name != each.artifact.path.rpartition("/")[2]:
        raise ValueError(each.name)
    fixed, shared, _ = ARTIFACTS.split(each.artifact)
    return fixed, (*shared, each.headers), each.folder


def _upload(path: str, fixed: tuple[Any, ...], shared: tuple[Any, ...], folder: str) -> Upload:
    artifact = ARTIFACTS.join(path, fixed, shared[:-1], "")
    return Upload(artifact, folder, path.rpartition("/")[2], shared[-1])


UPLOADS = Form(ARTIFACTS.layout, _split_upload, _upload)


@dataclass(frozen=True, slots=True)
class Expected:
    """What the target is to hold, by key.

    Nearly all of it is there as it is to be: `kept` has its keys, in their order, and no more.
    """

    kept: Mapping[str, None] = field(default_factory=dict)
    others: Mapping[str, Upload] = field(default_factory=dict)

    def __contains__(self, key: str) -> bool:
        return key in self.kept or key in self.others

    def __iter__(self) -> Iterator[str]:
        return chain(self.kept, self.others)

    def changed(self, values: Mapping[str, Upload], without: Collection[str] = ()) -> Expected:
        """Return these with other values, and without some keys."""
        if not values and not without:
            return self
        gone = frozenset((*values, *without)).intersection(self.kept.keys())
        others = frozenset(without).intersection(self.others.keys())
        return Expected(changed(self.kept, {}, gone), changed(self.others, values, others))


class _Served:
    """Makes uploads of files, with the headers that the settings ask for."""

    def __init__(self, site: ObservedSite, there: TargetState) -> None:
        self._rules = site.config.headers
        self._has_headers = there.has_headers
        self._digests: dict[Headers, tuple[Headers, str]] = {}  # a few, for very many objects

    def artifact(self, key: str, sha256: str, size: int, found: str) -> tuple[Artifact, Headers]:
        """Return an object as it is to be, and its headers."""
        headers = headers_of(key, self._rules, found=found)
        if headers not in self._digests:
            self._digests[headers] = headers, headers.digest if self._has_headers else ""
        headers, digest = self._digests[headers]
        return Artifact(key, sha256, size, format=found, headers=digest), headers


def expected_uploads(site: ObservedSite, plan: Plan, there: TargetState) -> Expected:
    """Return what the target is to hold: the pictures that pages name, and their variants.

    Of two files that want one key the first has it (`products.key_clashes` says so). Variants that
    the plan makes have no digest yet.
    """
    kind, files = site.config.kind, site.files
    kept, others = Rows(KEYS), Rows(UPLOADS)
    taken: set[str] = set()
    expected = _Served(site, there)

    def add(
        path: str, parts: Callable[[str], tuple[str, str]], sha256: str, size: int, found: str
    ) -> None:
        key = kind.key(path)
        if kind.has_own_keys:  # others have no two files of one key
            if key in taken:
                return
            taken.add(key)
        artifact, headers = expected.artifact(key, sha256, size, found)
        if reason_of_transfer(artifact, there) is None:
            kept.add(key, None)
        else:
            others.add(key, Upload(artifact, *parts(path), headers))

    for each in site.known.pictures.values():
        add(each.path, lambda path: files[path].parts, each.sha256, each.bytes, each.format)
    planned = {action.path for action in plan.todo}
    for path in site.known.products:
        output = site.known.found.get(path)
        if path in planned:
            add(path, site.tree.parts, "", 0, "")
        elif output is not None:
            add(path, site.tree.parts, output.sha256, output.bytes, output.format)
    uploads = Expected(kept.table(), others.table())
    if site.config.structured.sitemap:
        from mediakit.sync.search import sitemap_uploads  # noqa: PLC0415 - few sites ask

        return uploads.changed(sitemap_uploads(site, has_headers=there.has_headers))
    return uploads


def upload_of(site: ObservedSite, path: str, there: TargetState) -> Upload:
    """Return the upload of a source."""
    known = site.known.pictures[path]
    artifact, headers = _Served(site, there).artifact(
        site.config.kind.key(path), known.sha256, known.bytes, known.format
    )
    return Upload(artifact, *site.files[path].parts, headers)


def site_id(
    site: ObservedSite,
    state: TargetState,
    uploads: Expected,
    *,
    take_over: bool = False,
) -> str:
    """Return the id that the catalogs of this site are to have, here and at the target.

    A fresh checkout of a site whose catalog is not committed has none yet, and is known by its
    pictures. An id is made of the pictures of the first sync, without times or chance, so that
    equal sites have equal catalogs still. With `take_over` the target becomes this site's.

    Raises:
        TargetError: the target is another site's.
    """
    own, key_of = site.catalog.site, site.config.kind.key
    if own and (take_over or own == state.site or not state.site):
        return own
    sources = tabled(
        ARTIFACTS,
        ((key_of(path), Artifact(path, each.sha256)) for path, each in site.known.pictures.items()),
    )
    if take_over or not state.site:
        return _new_id(sources)
    if not own and _is_known(state, sources, uploads):
        return state.site
    raise TargetError(
        "the target belongs to another site: its catalog has another id",
        "nothing is changed; give this site a prefix or folder of its own, or, if the target is to "
        "be this site's from now on, add --take-over once",
    )


def _is_known(state: TargetState, sources: Mapping[str, Artifact], uploads: Expected) -> bool:
    """Return whether pictures of this site are at the target, as the catalog there says."""
    there = 0
    for key in sources:
        upload, known = uploads.others.get(key), state.objects.get(key)
        wanted = upload.artifact if upload is not None else state.holds(key)
        there += known is not None and wanted is not None and known.sha256 == wanted.sha256
    return there * _SHARE >= len(sources)


def _new_id(sources: Mapping[str, Artifact]) -> str:
    digest = hashlib.sha256()
    for key, each in sources.items():
        digest.update(f"{key}\n{each.sha256}\n".encode("utf-8", "surrogatepass"))
    return digest.hexdigest()[:16]


def refuse_unsafe(site: ObservedSite, transfers: Transfers, state: TargetState) -> None:
    """Raise TargetError, before anything is written, if the plan would take too much away.

    A site that names no picture is a wrong folder, more likely than not: its catalog would take
    the place of the one at the target.
    """
    deletes, limit = transfers.deletes, site.config.max_delete
    if site.known.inputs and not deletes:
        return
    ours = sum(1 for each in state.objects.values() if each.ours)
    if ours and not site.known.inputs:
        raise TargetError(
            f"the site names no picture at all, but mediakit has put {ours:,} at the target",
            "nothing is changed; is this the right folder? give it with --site",
        )
    if deletes and not limit.allows(len(deletes), ours):
        raise TargetError(
            f"{len(deletes):,} of {counted(ours, 'object')} would be deleted, "
            f"and --max-delete is {limit}",
            "nothing is changed; look at --dry-run, then raise --max-delete if it is right",
        )


def without_places(
    site: ObservedSite,
    uploads: Expected,
    state: TargetState,
    cache: Cache,
    tell: Callable[[Iterable[Problem]], None],
) -> Expected:
    """Return the uploads so that none tells where its picture was taken, and `tell` of it.

    All sources are looked at, and of variants, which tell nothing unless somebody else made them,
    those that the target does not have yet.
    """
    from mediakit.sync.picture_problems import location_removed, not_published  # noqa: PLC0415
    from mediakit.sync.worker import private_in_files  # noqa: PLC0415 - Pillow

    policy = site.config.privacy.location
    if policy == "allow":
        return uploads
    stripped: dict[str, Upload] = {}
    refused = []
    files = _to_look_at(site, uploads, state)
    for path, told in private_in_files(files, cache, digests=True).items():
        upload = _upload_at(site, path, uploads, state) if told.place else None
        if upload is None:
            continue
        if told.sha256 and policy == "strip":
            artifact = replace(upload.artifact, sha256=told.sha256, bytes=told.bytes)
            stripped[upload.artifact.path] = replace(upload, artifact=artifact, read=_read_bare)
        else:
            refused.append(upload.artifact.path)
            page, line = site.uses.get(path, [(path, 0)])[0]
            tell([not_published(page, line, path, stays=not told.sha256)])
    if stripped:
        tell([location_removed(site.config.target, len(stripped))])
    return uploads.changed(stripped, refused)


def _read_bare(path: Path | str) -> bytes:
    from mediakit.images.bare import without_metadata  # noqa: PLC0415 - Pillow

    return without_metadata(read_regular(path)) or b""


def _to_look_at(site: ObservedSite, uploads: Expected, state: TargetState) -> Iterator[DiskFile]:
    files, key_of = site.files, site.config.kind.key
    yield from (files[path] for path in site.known.pictures)
    for path in site.known.products:
        upload = uploads.others.get(key_of(path))
        if upload is None or not upload.artifact.sha256:
            continue
        held = state.holds(upload.artifact.path)
        if held is not None and held.sha256 == upload.artifact.sha256:
            continue
        found = site.tree.find(path)
        if isinstance(found, DiskFile):
            yield found


def _upload_at(
    site: ObservedSite, path: str, uploads: Expected, state: TargetState
) -> Upload | None:
    """Return the upload of a picture or a variant, None where its key is another file's."""
    key, file = site.config.kind.key(path), site.files.get(path)
    upload = uploads.others.get(key)
    if upload is not None:
        parts = site.tree.parts(path) if file is None else file.parts
        return upload if parts == (upload.folder, upload.name) else None
    held = state.holds(key)
    is_there = held is not None and held.sha256 == site.known.pictures[path].sha256
    return upload_of(site, path, state) if is_there else None
