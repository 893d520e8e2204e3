"""The kept plan of a run of `generate` that had nothing to do, and what it followed from.

An observation depends on the settings, the list of content files, and the answers of the tree of
files: a file of the same size and times has the same content. Not kept are results that depend on
more: pictures that cannot be read (a newer decoder may), files changed in the last two seconds,
sources elsewhere, and whether texts beside the pages name variants.
"""

from __future__ import annotations

import contextlib
import hashlib
import time
from array import array
from itertools import chain
from sys import intern
from typing import TYPE_CHECKING

import msgspec

from mediakit.base.actions import Action, Kind, Place, Reason
from mediakit.base.artifacts import PICTURE, Input, Product
from mediakit.base.files import FileTree
from mediakit.base.model import Problem
from mediakit.base.version import __version__
from mediakit.site import READER
from mediakit.state.documents import TypedReader
from mediakit.sync.ground import AskedFile, Ground, asked_of, ground_of, is_old, is_same

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from mediakit.base.actions import Plan
    from mediakit.config.config import Config
    from mediakit.state.cache import Cache
    from mediakit.sync.observe import ObservedSite
    from mediakit.sync.parts import SitePart
    from mediakit.sync.session import Session

PLANNER = 7
"""Raised by hand when the same site gets another plan or other problems."""

_NO_MATTER = frozenset({"root", "jobs", "file", "executor", "overrides", "read_ns"})
"""Settings that change neither plan nor problems."""

_A_PIECE = 1_000
_NOT_KEPT = frozenset({"unreadable-picture", "unreadable-file", "refused-file", "no-content"})
"""Codes of problems that may go away without a change to the site, or that say it is none."""


class _Action(msgspec.Struct, frozen=True, gc=False, array_like=True):
    path: str
    reason: Reason
    source: str | None
    preset: str | None
    group: int = 0


class PlanPiece(msgspec.Struct, frozen=True, array_like=True):
    """A part of the kept plan."""

    asked: list[AskedFile]
    actions: list[_Action]


class PlanHead(msgspec.Struct, frozen=True, array_like=True):
    """What comes before the `count` pieces.

    `world` is a digest of all that is no file, which `maker` worked out; `ground` is what that
    follows from, None where it is more. `own` are mediakit's files; those of that moment have their
    digests as `said`. From `changes_at` on, in seconds since 1970, the site shows other pages. With
    `has_parts`, the references of pages and the groups of actions are known; for `groups` runs have
    planned otherwise since.
    """

    world: str
    own: list[AskedFile]
    count: int
    changes_at: float
    problems: list[Problem]
    has_parts: bool
    maker: str
    ground: Ground | None
    groups: list[int] = []


_PIECE = TypedReader(PlanPiece)
_HEAD = TypedReader(PlanHead)


class KeptPlan:
    """The kept plan, as far as it has been read; `refs` are those of pages, in the order of paths.

    `changed` are the answers that are others now. A run that `weighs` orphans looks at each.
    """

    def __init__(self, head: PlanHead, *, weighs: bool) -> None:
        self.head = head
        self.weighs = weighs
        self.pieces = 0
        self.actions: list[Action] = []
        self.groups = array("Q")
        self.refs: dict[str, bytes] = {}
        self.changed: list[AskedFile] = []

    def add(self, data: bytes) -> PlanPiece:
        """Add a piece, and return it; raises msgspec.DecodeError or UnicodeDecodeError."""
        piece = _PIECE.from_msgpack(data)
        self.pieces += 1
        self.actions += map(_action, piece.actions)
        self.groups.extend(each.group for each in piece.actions)
        self.refs.update((each.path, each.refs) for each in piece.asked if each.refs)
        return piece

    @property
    def is_whole(self) -> bool:
        """Whether all pieces are there: fewer are where a run was cut off, or the cache broke."""
        return self.pieces == self.head.count

    @property
    def holds(self) -> bool:
        """Whether nothing has changed, and nothing is to be weighed."""
        orphans = (each for each in self.actions if each.reason is Reason.ORPHANED)
        return not (self.changed or self.head.groups or (self.weighs and any(orphans)))


def read_head(data: bytes, session: Session, tree: FileTree) -> PlanHead | None:
    """Return the head if all that is no file of the site's is as it was, else None."""
    try:
        head = _HEAD.from_msgpack(data)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return None
    if time.time() >= head.changes_at or head.maker != _maker() or session.cache.journal():
        return None
    if head.ground is None or not head.ground.stands(session.overrides, tree):
        config = session.config
        names_same = [each.path for each in head.own] == [*_own_files(config)]
        if not names_same or head.world != _world(config, tree, session.cache):
            return None
        head = msgspec.structs.replace(head, ground=ground_of(config, tree))
        session.cache.remember_piece(0, msgspec.msgpack.encode(head))
    return head if all(_is_own(each, tree) for each in head.own) else None


def _maker() -> str:
    return f"{__version__} {PLANNER} {READER}"


def _is_own(known: AskedFile, tree: FileTree) -> bool:
    return is_same(known, tree) and known.said in {None, _digest(known.path, tree)}


def remember(site: ObservedSite, plan: Plan, cache: Cache) -> None:
    """Keep the plan if there is nothing to do, else forget the kept one."""
    tree = FileTree(site.config.root)  # as the site is now: a page may have come meanwhile
    is_settled = _is_settled(site, plan, cache, tree)
    pieces = _pieces(site, plan, cache, tree) if is_settled else ()
    cache.remember_settled(msgspec.msgpack.encode(each) for each in pieces)


def remember_part(site: ObservedSite, part: SitePart, cache: Cache) -> None:
    """Keep that a part was planned anew, whatever came of it: it will be so each time."""
    config, tree = site.config, FileTree(site.config.root)
    head = _HEAD.from_msgpack(next(cache.settled()))
    kept = msgspec.structs.replace(
        head,
        world=_world(config, tree, cache),
        own=_own(config, tree),
        ground=ground_of(config, tree),
        changes_at=min(head.changes_at, site.content.changes_at),
        groups=sorted(part.groups),
    )
    cache.remember_piece(0, msgspec.msgpack.encode(kept))


def _is_settled(site: ObservedSite, plan: Plan, cache: Cache, tree: FileTree) -> bool:
    asked = site.tree.asked
    if site.config.source is not None or plan.todo or asked is None or site.looked_at_texts:
        return False
    if any(action.reason is Reason.ADOPTED for action in plan.actions):
        return False
    if any(each.code in _NOT_KEPT for each in site.problems) or cache.journal():
        return False
    if any(path not in asked for path in _content_paths(site.config, tree)):
        return False
    answers = chain(asked.values(), map(tree.find, _own_files(site.config)))
    return all(is_old(each, site.tree) for each in answers)


def _pieces(
    site: ObservedSite, plan: Plan, cache: Cache, tree: FileTree
) -> Iterator[PlanHead | PlanPiece]:
    told = [each for each in (*site.problems, *plan.problems) if each not in cache.problems]
    asked, said = site.tree.asked or {}, site.content.said
    refs, group_of = _grouped(site)
    paths = sorted(asked)
    count = max(1, -(-max(len(paths), len(plan.actions)) // _A_PIECE))
    yield PlanHead(
        _world(site.config, tree, cache), _own(site.config, tree), count,
        site.content.changes_at, told, bool(refs), _maker(), ground_of(site.config, tree),
    )  # fmt: skip
    for number in range(count):
        part = slice(number * _A_PIECE, (number + 1) * _A_PIECE)
        answers = [
            asked_of(path, asked[path], said.get(path), refs.get(path, b"")) for path in paths[part]
        ]
        actions = [
            _Action(each.path, each.reason, each.source, each.preset, group_of(each.path))
            for each in plan.actions[part]
        ]
        yield PlanPiece(answers, actions)


def _grouped(site: ObservedSite) -> tuple[Mapping[str, bytes], Callable[[str], int]]:
    """Return the references of pages, none where no part can be observed, and the grouping."""
    from mediakit.sync.parts import grouping, has_parts, refs_of  # noqa: PLC0415 - few runs keep

    if not has_parts(site.config):
        return {}, lambda _: 0
    group_of = grouping(site.config)
    return refs_of(site.content.manifests, group_of), group_of


def _world(config: Config, tree: FileTree, cache: Cache) -> str:
    """Return a digest of the settings, and of the list of content files."""
    names = (name for name in config.__struct_fields__ if name not in _NO_MATTER)
    settings = {name: getattr(config, name) for name in names}
    recipes = [
        (each, recipe.fingerprint(each, "")) for recipe in config.recipes for each in recipe.names
    ]
    known = [_maker(), config.site, recipes, settings, bool(cache.journal())]
    digest = hashlib.sha256(msgspec.json.encode(known, enc_hook=str, order="deterministic"))
    for path in sorted(_content_paths(config, tree)):
        digest.update(path.encode("utf-8", "backslashreplace") + b"\n")
    return digest.hexdigest()


def _content_paths(config: Config, tree: FileTree) -> Iterator[str]:
    from mediakit.sync.site_files import content_paths  # noqa: PLC0415 - they need the settings

    return content_paths(config, tree)


def _own(config: Config, tree: FileTree) -> list[AskedFile]:
    """Return mediakit's own files, by their content where it may change again unseen."""
    found = ((path, tree.find(path)) for path in _own_files(config))
    return [
        asked_of(path, each, None if is_old(each, tree) else _digest(path, tree))
        for path, each in found
    ]


def _digest(path: str, tree: FileTree) -> bytes:
    with contextlib.suppress(OSError):
        return hashlib.sha256(tree.read(path)).digest()
    return b""


def _own_files(config: Config) -> tuple[str, ...]:
    return (*config.catalog_file.files(), *config.template_files, *config.template_sources)


def _action(kept: _Action) -> Action:
    preset = kept.preset and intern(kept.preset)
    inputs = (Input(PICTURE, kept.source or ""),)
    return Action(
        Kind.KEEP, Place.SITE, kept.path, kept.reason, Product(kept.path, preset or "", inputs)
    )
