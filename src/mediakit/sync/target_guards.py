"""What a run refuses at a target: another site's, a folder in use, too many deletes, places."""

from __future__ import annotations

import hashlib
import unicodedata
from typing import TYPE_CHECKING

from msgspec.structs import replace

from mediakit.base.actions import Kind, Plan
from mediakit.base.errors import ConfigError, TargetError
from mediakit.base.files import DiskFile
from mediakit.base.model import Problem, Severity
from mediakit.base.regular_file import read_regular
from mediakit.storage.open import local_folder

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping
    from pathlib import Path

    from mediakit.state.cache import Cache
    from mediakit.storage.protocol import Upload
    from mediakit.sync.observe import ObservedSite
    from mediakit.sync.target import TargetState

INCOMPLETE = "not all of the site could be read"
"""Why nothing is deleted: what seems to be gone may only be unreadable."""

_SHARE = 4
"""A site without an id is the target's if one in so many of its pictures is there."""


def site_id(
    site: ObservedSite,
    state: TargetState,
    uploads: Mapping[str, Upload],
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
    sources = {key_of(path): each.sha256 for path, each in site.known.pictures.items()}
    if take_over or not state.site:
        return own or _new_id(sources)
    put = {key: uploads[key].artifact.sha256 for key in sources if key in uploads}
    if own == state.site or (not own and _is_known(state, put)):
        return state.site
    raise TargetError(
        "the target belongs to another site: its catalog has another id",
        "nothing is changed; give this site a prefix or folder of its own, or, if the target is to "
        "be this site's from now on, add --take-over once",
    )


def _is_known(state: TargetState, sources: Mapping[str, str]) -> bool:
    """Return whether pictures of this site are at the target, as the catalog there says."""
    there = sum(
        key in state.objects and state.objects[key].sha256 == sha256
        for key, sha256 in sources.items()
    )
    return there * _SHARE >= len(sources)


def _new_id(sources: Mapping[str, str]) -> str:
    digest = hashlib.sha256()
    for key, sha256 in sorted(sources.items()):
        digest.update(f"{key}\n{sha256}\n".encode("utf-8", "surrogatepass"))
    return digest.hexdigest()[:16]


def refuse_unsafe(site: ObservedSite, plan: Plan, state: TargetState) -> None:
    """Raise TargetError, before anything is written, if the plan would take too much away.

    A site that names no picture is a wrong folder, more likely than not: its catalog would take
    the place of the one at the target.
    """
    deletes = [action for action in plan.actions if action.kind is Kind.DELETE]
    ours = sum(1 for each in state.objects.values() if each.ours)
    limit = site.config.max_delete
    if ours and not site.known.inputs:
        raise TargetError(
            f"the site names no picture at all, but mediakit has put {ours} at the target",
            "nothing is changed; is this the right folder? give it with --site",
        )
    if deletes and not limit.allows(len(deletes), ours):
        raise TargetError(
            f"{len(deletes)} of {ours} objects would be deleted, and --max-delete is {limit}",
            "nothing is changed; look at --dry-run, then raise --max-delete if it is right",
        )


def without_places(
    site: ObservedSite,
    uploads: Mapping[str, Upload],
    state: TargetState,
    cache: Cache,
    tell: Callable[[Iterable[Problem]], None],
) -> dict[str, Upload]:
    """Return the uploads so that none tells where its picture was taken, and `tell` of it.

    All sources are looked at, and of variants, which tell nothing unless somebody else made them,
    those that the target does not have yet.
    """
    from mediakit.sync.picture_problems import location_removed, not_published  # noqa: PLC0415
    from mediakit.sync.worker import private_in_files  # noqa: PLC0415 - Pillow

    left = dict(uploads)
    policy = site.config.privacy.location
    if policy == "allow":
        return left
    stripped = 0
    files = _to_look_at(site, uploads, state)
    for path, told in private_in_files(files, cache, digests=True).items():
        key = site.config.kind.key(path)
        if told.place and told.sha256 and policy == "strip":
            artifact = replace(left[key].artifact, sha256=told.sha256, bytes=told.bytes)
            left[key] = replace(left[key], artifact=artifact, read=_read_bare)
            stripped += 1
        elif told.place:
            del left[key]
            page, line = site.uses.get(path, [(path, 0)])[0]
            tell([not_published(page, line, path, stays=not told.sha256)])
    if stripped:
        tell([location_removed(site.config.target, stripped)])
    return left


def _read_bare(path: Path) -> bytes:
    from mediakit.images.bare import without_metadata  # noqa: PLC0415 - Pillow

    return without_metadata(read_regular(path)) or b""


def _to_look_at(
    site: ObservedSite, uploads: Mapping[str, Upload], state: TargetState
) -> Iterator[DiskFile]:
    key_of = site.config.kind.key
    for path in (*site.known.pictures, *site.known.products):
        upload = uploads.get(key_of(path))
        if upload is None or not upload.artifact.sha256:
            continue
        file = site.files.get(path)
        if file is None:
            held = state.holds(upload.artifact.path)
            if held is not None and held.sha256 == upload.artifact.sha256:
                continue
            found = site.tree.find(path)
            file = found if isinstance(found, DiskFile) else None
        if file is not None and file.parts == (upload.folder, upload.name):
            yield file


def held_back(target: str, why: str) -> Problem:
    """Return the problem that nothing is deleted."""
    return Problem(
        target, 0, "deletes-held-back", Severity.WARNING, f"nothing is deleted, since {why}",
        "mend the errors, then run again",
    )  # fmt: skip


def refuse_folder_in_use(site: ObservedSite) -> None:
    """Refuse a target of the file's choice in which the site has pages, pictures or its catalog.

    Raises:
        ConfigError: it has; a folder like that is only taken from a flag or a variable.
    """
    config = site.config
    if not config.file_chose_target:
        return
    folder = local_folder(config.target, config.root)
    if folder is None:
        return
    inside = folder.relative_to(config.root.resolve()).as_posix()
    above = unicodedata.normalize("NFC", inside) + "/"
    named = {config.catalog, *site.sources, *(each.path for each in site.content.manifests)}
    held = min((path for path in named if path.startswith(above)), default=None)
    if held is None:  # where the target is, no content files were looked for
        paths = site.tree.walk(config.kind.is_excluded, above[:-1])
        is_page = config.kind.content_type
        held = next((path for path in paths if is_page(path) is not None), None)
    if held is not None:
        raise ConfigError(
            f"{config.file.where('target')}: target: the site has {held} in {config.target!r}",
            "give a folder of its own; or give this one by --target, or in MEDIAKIT_TARGET",
        )
