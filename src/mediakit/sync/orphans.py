"""What no page needs any more: stale variants of the site, and objects that texts still mention.

A variant is stale that mediakit made, and nobody has changed.
What a catalog says of a file may have come with the repository, and what was adopted was there
before mediakit. So a variant is only stale if the cache, which is sealed, knows that mediakit made
these very bytes on this machine; `--trust-catalog` takes the catalog's word.
"""

from __future__ import annotations

import dataclasses
import os
from functools import partial
from itertools import chain
from typing import TYPE_CHECKING

from msgspec.structs import replace

from mediakit.base.actions import Failure, Kind, Outcome, Plan, Reason, StaleVariants, Status
from mediakit.base.errors import UsageError
from mediakit.base.files import DiskFile, FileTree
from mediakit.base.model import Problem, Severity
from mediakit.base.regular_file import sha256_file
from mediakit.base.writer import hint_of, remove_empty_folders
from mediakit.report.text import counted
from mediakit.site.mentions import folded
from mediakit.sync.mentions import search_site, variant_names
from mediakit.sync.picture_problems import INCOMPLETE, held_back

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping
    from collections.abc import Set as AbstractSet

    from mediakit.base.actions import Action
    from mediakit.config.config import Config
    from mediakit.state.cache import Cache
    from mediakit.storage.protocol import PictureTree
    from mediakit.sync.observe import ObservedSite
    from mediakit.sync.plan import Transfers
    from mediakit.sync.run import Job
    from mediakit.sync.session import Tally


def weighed(site: ObservedSite, plan: Plan, cache: Cache, job: Job, tally: Tally) -> Plan:
    """Return the plan with a nearer reason for each orphan: stale, or why it is not.

    With `prune`, what is stale goes, or of some paths that which is, however much that be. While a
    page or another text cannot be read, nothing does.

    Raises:
        UsageError: too much would go, before anything is written; a dry run adds a problem.
    """
    tally.stale = None
    some = job.prune if isinstance(job.prune, frozenset) else None
    if site.store.has_etags:
        if job.prune and some is None:
            what = "--prune works in folders, and these pictures are in a bucket"
            raise UsageError(what, "leave it out")
        return plan
    reasons = {
        action.path: _reason(action.path, site, cache, trust_catalog=job.trust_catalog)
        for action in plan.actions
        if action.reason is Reason.ORPHANED and (some is None or action.path in some)
    }
    names = {path: _names(path, site) for path, why in reasons.items() if why is Reason.STALE}
    kept, hidden = mentioned(site.config, cache, names) if names else (set(), "")
    if reasons and (site.incomplete or hidden):
        held = held_back(site.config.catalog, INCOMPLETE if site.incomplete else hidden)
        tally.add([held] if job.prune else [])
        return plan
    plan = _with_reasons(plan, {**reasons, **dict.fromkeys(kept, Reason.MENTIONED)}, job)
    tally.stale = _stale_variants(site, plan)
    if job.prune and job.dry_run:
        tally.refused(partial(_refuse_too_much, site, plan))
    elif job.prune and some is None:
        _refuse_too_much(site, plan)
    return plan


def _with_reasons(plan: Plan, reasons: Mapping[str, Reason], job: Job) -> Plan:
    actions = []
    for each in plan.actions:
        if each.path in reasons:
            reason = reasons[each.path]
            goes = job.prune and reason is Reason.STALE
            actions.append(replace(each, reason=reason, kind=Kind.PRUNE if goes else Kind.KEEP))
        else:
            actions.append(each)
    return Plan(tuple(actions), plan.problems)


def _reason(path: str, site: ObservedSite, cache: Cache, *, trust_catalog: bool) -> Reason:
    known = site.known
    found, record = known.found[path], known.record(path)
    if record is None or record.sha256 != found.sha256:
        return Reason.ALTERED
    if folded(path) in site.needed or _own_file(path, site.pictures) is None:
        return Reason.ORPHANED  # on some disks, it is the very file that is needed
    is_ours = trust_catalog or cache.has_made(path, found.sha256)
    return Reason.STALE if is_ours else Reason.MADE_ELSEWHERE


def _names(path: str, site: ObservedSite) -> tuple[str, ...]:
    """Return the names by which a text may mean a variant.

    One of them is that of its source, unless the site has that: then the text means the source.
    """
    source = site.known.records[path].source
    return (path, source) if source and folded(source) not in site.needed else (path,)


def _own_file(path: str, tree: PictureTree) -> DiskFile | None:
    """Return the file at a site path, None where it or a folder on the way is a link."""
    file = tree.find(path)
    if not isinstance(file, DiskFile) or not isinstance(tree, FileTree):
        return None
    place = os.path.join(file.root, os.path.relpath(file.disk_path, tree.root))  # noqa: PTH118 - links stay
    return file if os.path.realpath(file.disk_path) == place else None


def _stale_variants(site: ObservedSite, plan: Plan) -> StaleVariants:
    paths = [each.path for each in plan.actions if each.reason is Reason.STALE]
    return StaleVariants(len(paths), sum(site.known.found[path].bytes for path in paths))


def _refuse_too_much(site: ObservedSite, plan: Plan) -> None:
    count = sum(action.kind is Kind.PRUNE for action in plan.actions)
    whole, limit = len(site.known.records), site.config.max_delete
    variants = counted(whole, "variant")
    if count and not site.known.inputs:
        raise UsageError(
            f"the site names no picture at all, but mediakit has made {variants}",
            "nothing is changed; is this the right folder? give it with --site",
        )
    if count and not limit.allows(count, whole):
        raise UsageError(
            f"{count:,} of {variants} would be removed, and --max-delete is {limit}",
            "nothing is changed; look at --dry-run, then raise --max-delete if it is right",
        )


def remove(site: ObservedSite, actions: list[Action]) -> Iterator[Outcome | Problem]:
    """Remove stale variants, and the folders that this empties; yield how each ended."""
    tree = site.pictures
    assert isinstance(tree, FileTree)  # noqa: S101 - `weighed` refuses others
    for action in actions:
        found = site.known.found[action.path]
        failure = _removed(action.path, found.sha256, tree)
        if failure is None:
            yield Outcome(action, Status.DONE, found.bytes)
            continue
        yield Outcome(action, Status.FAILED)
        yield Problem(action.path, 0, failure.code, Severity.ERROR, failure.message, failure.hint)


def _removed(path: str, sha256: str, tree: FileTree) -> Failure | None:
    try:
        file = _own_file(path, tree)
        if file is None or sha256_file(file.disk_path) != sha256:
            return Failure(
                "changed-meanwhile", "changed while mediakit ran, and stays", "run again"
            )
        file.disk_path.unlink()
    except OSError as error:
        return Failure("delete-failed", f"cannot be removed: {error.strerror}", hint_of(error))
    remove_empty_folders(file.folder, tree.root)
    return None


def mentioned(
    config: Config, cache: Cache, names: Mapping[str, Collection[str]]
) -> tuple[set[str], str]:
    """Return which of the keys have a name that a text mentions.

    While a text cannot be searched, nobody knows: then the second value says which, and why.
    """
    mentions = search_site(config, cache, chain.from_iterable(names.values()))
    if mentions.unread:
        first = mentions.unread[0]
        return set(), f"{first.path} {first.message}, and may mention pictures"
    is_named = (key for key, each in names.items() if any(map(mentions.of, each)))
    return set(is_named), ""


def keep_mentioned(
    config: Config, cache: Cache, transfers: Transfers, uploads: Iterable[str]
) -> tuple[Transfers, str]:
    """Return transfers without deletes of what texts mention, and why nobody knows what they do.

    A name that one of the `uploads` has, in whatever spelling, means that. With a picture its
    variants stay. Nothing goes while a text cannot be searched. The texts are searched only if
    something is to go.
    """
    keys = [action.path for action in transfers.deletes]
    if not keys:
        return transfers, ""
    taken = set(map(folded, uploads))
    names = {key: list(_mentioned_as(key, config, taken)) for key in keys}
    kept, hidden = mentioned(config, cache, names)
    if hidden:
        return dataclasses.replace(transfers, deletes=()), hidden
    stems = {_stem(key) for key in kept}
    kept |= {key for key in keys if not stems.isdisjoint(_sources(key, config))}
    stays = (each for each in transfers.deletes if each.path in kept)
    left = dataclasses.replace(
        transfers,
        deletes=[each for each in transfers.deletes if each.path not in kept],
        mentioned=[replace(each, kind=Kind.KEEP, reason=Reason.MENTIONED) for each in stays],
    )
    return left, ""


def _mentioned_as(key: str, config: Config, taken: AbstractSet[str]) -> Iterator[str]:
    """Yield where in the site an object, or a variant of it, may have come from."""
    for each in (key, *variant_names(key, config)):
        if folded(each) not in taken:
            yield each
            yield from (f"{root}/{each}" for root in config.kind.public_folders if root)


def _sources(key: str, config: Config) -> Iterator[str]:
    """Yield the keys, without their endings, that this one has the name of a variant of."""
    stem = _stem(key)
    for suffix, _ in config.suffixes:
        if stem.endswith(suffix):
            yield stem.removesuffix(suffix)


def _stem(key: str) -> str:
    return key.rpartition(".")[0]
