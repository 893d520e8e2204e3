"""Detect that nothing has changed since the last run of `generate` that had nothing to do.

An observation depends on the settings, the list of content files, and the answers of the tree of
files: a file of the same size and times has the same content. A run with nothing to do keeps these
with its plan. If all of them are the same, `generate` and `status` reuse the plan; at the first
difference they observe the site. Not kept are results that depend on more: pictures that cannot be
read (a newer decoder may), files changed in the last two seconds, sources elsewhere, and whether
texts beside the pages name variants.
"""

from __future__ import annotations

import hashlib
import time
from dataclasses import asdict
from sys import intern
from typing import TYPE_CHECKING

import msgspec

from mediakit.base.actions import Action, Kind, Place, Reason
from mediakit.base.files import DiskFile, FileStat, FileTree
from mediakit.base.model import Problem
from mediakit.base.products import PICTURE, Input, Product
from mediakit.base.version import __version__
from mediakit.site import READER
from mediakit.state.documents import TypedReader
from mediakit.sync.site_files import content_paths

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mediakit.base.actions import Plan
    from mediakit.base.files import Absent
    from mediakit.config.config import Config
    from mediakit.state.cache import Cache
    from mediakit.sync.observe import ObservedSite

PLANNER = 4
"""Raised by hand when the same site gets another plan or other problems."""

_NO_MATTER = frozenset({"root", "jobs", "file", "executor"})
"""Settings that change neither plan nor problems."""

_A_PIECE = 1_000
_WAIT_NS = 2_000_000_000
"""A file changed less than this before the run may change again unseen."""

_NOT_KEPT = frozenset({"unreadable-picture", "unreadable-file", "refused-file"})
"""Codes of problems that may go away without a change to the site."""


class _Asked(msgspec.Struct, frozen=True, gc=False, array_like=True):
    """A path, and the answer of the tree of files: a stat, or why there is no file."""

    path: str
    stat: FileStat | None
    near: str | None = None
    reason: str = ""


class _Kept(msgspec.Struct, frozen=True, gc=False, array_like=True):
    path: str
    reason: Reason
    source: str | None
    preset: str | None


class _Piece(msgspec.Struct, frozen=True, array_like=True):
    """One of `count` parts of the kept plan, each with the digest of all that is no file.

    From `changes_at` on, in seconds since 1970, the site shows other pages.
    """

    world: str
    count: int
    changes_at: float
    asked: list[_Asked]
    actions: list[_Kept]
    problems: list[Problem]


_PIECE = TypedReader(_Piece)


class Settled(msgspec.Struct, frozen=True):
    """The plan of an unchanged site: actions that keep all, and the problems."""

    actions: tuple[Action, ...]
    problems: tuple[Problem, ...]

    @property
    def has_orphans(self) -> bool:
        """Whether there are variants that no page needs."""
        return any(action.reason is Reason.ORPHANED for action in self.actions)


def recall(config: Config, cache: Cache) -> Settled | None:
    """Return the kept plan of the site if nothing has changed, else None."""
    if config.source is not None:
        return None
    tree = FileTree(config.root)
    world = ""
    actions: list[Action] = []
    problems: list[Problem] = []
    missing = 0
    for data in cache.settled():
        try:
            piece = _PIECE.from_msgpack(data)
        except (msgspec.DecodeError, UnicodeDecodeError):
            return None
        if not world:
            world, missing = _world(config, tree, cache), piece.count
        missing -= 1
        if time.time() >= piece.changes_at:
            return None
        if piece.world != world or not all(_is_same(each, tree) for each in piece.asked):
            return None
        actions += map(_action, piece.actions)
        problems += piece.problems
    # pieces are fewer where a run was cut off, or the cache broke, between two of them
    return Settled(tuple(actions), tuple(problems)) if world and not missing else None


def remember(site: ObservedSite, plan: Plan, cache: Cache) -> None:
    """Keep the plan if there is nothing to do, else forget the kept one."""
    tree = FileTree(site.config.root)  # as the site is now: a page may have come meanwhile
    is_settled = _is_settled(site, plan, cache, tree)
    pieces = _pieces(site, plan, cache, tree) if is_settled else ()
    cache.remember_settled(msgspec.msgpack.encode(each) for each in pieces)


def _is_settled(site: ObservedSite, plan: Plan, cache: Cache, tree: FileTree) -> bool:
    asked = site.tree.asked
    if site.config.source is not None or plan.todo or asked is None or site.looked_at_texts:
        return False
    if any(action.reason is Reason.ADOPTED for action in plan.actions):
        return False
    if any(each.code in _NOT_KEPT for each in site.problems) or cache.journal():
        return False
    if any(path not in asked for path in content_paths(site.config, tree)):
        return False
    limit = site.tree.opened_ns - _WAIT_NS
    kept = _own_files(site.config)
    answers = [*asked.values(), *map(tree.find, kept)]
    stats = (each.stat for each in answers if isinstance(each, DiskFile))
    return all(max(each.mtime_ns, each.ctime_ns) < limit for each in stats)


def _pieces(site: ObservedSite, plan: Plan, cache: Cache, tree: FileTree) -> Iterator[_Piece]:
    world = _world(site.config, tree, cache)
    told = [each for each in (*site.problems, *plan.problems) if each not in cache.problems]
    asked = site.tree.asked or {}
    paths = sorted(asked)
    count = max(1, -(-max(len(paths), len(plan.actions)) // _A_PIECE))
    for number in range(count):
        part = slice(number * _A_PIECE, (number + 1) * _A_PIECE)
        questions = [_asked(path, asked[path]) for path in paths[part]]
        kept = [_Kept(each.path, each.reason, each.source, each.preset)
                for each in plan.actions[part]]  # fmt: skip
        yield _Piece(world, count, site.content.changes_at, questions, kept, [] if number else told)


def _world(config: Config, tree: FileTree, cache: Cache) -> str:
    """Return a digest of the settings, the list of content files, and the catalog."""
    settings = {name: each for name, each in asdict(config).items() if name not in _NO_MATTER}
    recipes = [
        (each, recipe.fingerprint(each, "")) for recipe in config.recipes for each in recipe.names
    ]
    known = [__version__, PLANNER, READER, recipes, settings, bool(cache.journal())]
    digest = hashlib.sha256(msgspec.json.encode(known, enc_hook=str, order="deterministic"))
    for path in sorted(content_paths(config, tree)):
        digest.update(path.encode("utf-8", "backslashreplace") + b"\n")
    for path in _own_files(config):
        digest.update(repr((path, tree.find(path))).encode("utf-8", "backslashreplace"))
    return digest.hexdigest()


def _own_files(config: Config) -> tuple[str, ...]:
    return (*config.catalog_file.files(), *config.template_files, *config.template_sources)


def _asked(path: str, answer: DiskFile | Absent) -> _Asked:
    if isinstance(answer, DiskFile):
        return _Asked(path, answer.stat)
    return _Asked(path, None, answer.near, answer.reason)


def _is_same(known: _Asked, tree: FileTree) -> bool:
    answer = tree.find(known.path)
    if isinstance(answer, DiskFile):
        return answer.stat == known.stat
    return known.stat is None and (answer.near, answer.reason) == (known.near, known.reason)


def _action(kept: _Kept) -> Action:
    preset = kept.preset and intern(kept.preset)
    inputs = (Input(PICTURE, kept.source or ""),)
    return Action(
        Kind.KEEP, Place.SITE, kept.path, kept.reason, Product(kept.path, preset or "", inputs)
    )
