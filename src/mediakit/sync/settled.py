"""Detect that nothing has changed since the last run of `generate` that had nothing to do.

An observation depends on the settings, the list of content files, and the answers of the tree of
files: a file of the same size and times has the same content. A run with nothing to do keeps these
with its plan. If all of them are the same, `generate` and `status` reuse the plan. A page that has
changed is read, and is the same if it says the same of pictures; at the first other difference they
observe the site. Not kept are results that depend on more: pictures that cannot be
read (a newer decoder may), files changed in the last two seconds, sources elsewhere, and whether
texts beside the pages name variants.
"""

from __future__ import annotations

import hashlib
import time
from functools import cached_property
from itertools import chain
from sys import intern
from typing import TYPE_CHECKING

import msgspec

from mediakit.base.actions import Action, Kind, Place, Reason
from mediakit.base.artifacts import PICTURE, Input, Product
from mediakit.base.errors import ManifestError
from mediakit.base.files import DiskFile, FileStat, FileTree
from mediakit.base.model import Problem
from mediakit.base.version import __version__
from mediakit.site import READER
from mediakit.state.documents import TypedReader
from mediakit.sync.site_files import content_paths

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from mediakit.base.actions import Plan
    from mediakit.base.files import Absent
    from mediakit.config.config import Config
    from mediakit.state.cache import Cache
    from mediakit.sync.content import PageReader
    from mediakit.sync.observe import ObservedSite

PLANNER = 5
"""Raised by hand when the same site gets another plan or other problems."""

_NO_MATTER = frozenset({"root", "jobs", "file", "executor"})
"""Settings that change neither plan nor problems."""

_A_PIECE = 1_000
_WAIT_NS = 2_000_000_000
"""A file changed less than this before the run may change again unseen."""

_NOT_KEPT = frozenset({"unreadable-picture", "unreadable-file", "refused-file"})
"""Codes of problems that may go away without a change to the site."""


class _Asked(msgspec.Struct, frozen=True, gc=False, array_like=True):
    """A path, and the answer of the tree of files: a stat, or why there is no file.

    `said` is the digest of what a content file says.
    """

    path: str
    stat: FileStat | None
    near: str | None = None
    reason: str = ""
    said: bytes = b""


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
    """Return the kept plan of the site if nothing has changed that matters to it, else None."""
    if config.source is not None:
        return None
    tree = FileTree(config.root)
    pages = _ChangedPages(config, tree, cache)
    world = ""
    actions: list[Action] = []
    problems: list[Problem] = []
    missing = 0
    for number, data in enumerate(cache.settled()):
        try:
            piece = _PIECE.from_msgpack(data)
        except (msgspec.DecodeError, UnicodeDecodeError):
            return None
        if not world:
            world, missing = _world(config, tree, cache), piece.count
        missing -= 1
        if piece.world != world or time.time() >= piece.changes_at:
            return None
        problems += piece.problems
        changed = [each for each in piece.asked if not _is_same(each, tree)]
        if changed:
            if not pages.say_the_same(changed, problems):
                return None
            cache.remember_piece(number, msgspec.msgpack.encode(pages.taken_up(piece)))
        actions += map(_action, piece.actions)
    # pieces are fewer where a run was cut off, or the cache broke, between two of them
    return Settled(tuple(actions), tuple(problems)) if world and not missing else None


class _ChangedPages:
    """Pages that have changed since the plan was kept, and may still say the same."""

    def __init__(self, config: Config, tree: FileTree, cache: Cache) -> None:
        self._config = config
        self._tree = tree
        self._cache = cache

    def say_the_same(self, changed: Sequence[_Asked], problems: Iterable[Problem]) -> bool:
        """Return whether these are pages that say what they said, without being in a problem.

        What problems tell of a page has lines.
        """
        if not all(each.said for each in changed):
            return False
        told = "\n".join(f"{each.path} {each.message}" for each in problems)
        return all(each.path not in told and self._said(each.path) == each.said for each in changed)

    def taken_up(self, piece: _Piece) -> _Piece:
        """Return a piece with the pages as they are now, but for those of this moment."""
        asked = [each if _is_same(each, self._tree) else self._as_now(each) for each in piece.asked]
        return msgspec.structs.replace(piece, asked=asked)

    def _as_now(self, known: _Asked) -> _Asked:
        answer = self._tree.find(known.path)
        return _asked(known.path, answer, known.said) if _is_old(answer, self._tree) else known

    def _said(self, path: str) -> bytes:
        try:
            return self._reader.digest(self._reader.read(path, None))
        except ManifestError:
            return b""

    @cached_property
    def _reader(self) -> PageReader:
        from mediakit.sync.content import PageReader  # noqa: PLC0415 - few runs have read pages

        return PageReader(self._config, self._tree, self._cache)


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
    answers = chain(asked.values(), map(tree.find, _own_files(site.config)))
    return all(_is_old(each, site.tree) for each in answers)


def _is_old(answer: DiskFile | Absent, tree: FileTree) -> bool:
    """Return whether a change of the file from now on would show in its times."""
    if not isinstance(answer, DiskFile):
        return True
    return max(answer.stat.mtime_ns, answer.stat.ctime_ns) < tree.opened_ns - _WAIT_NS


def _pieces(site: ObservedSite, plan: Plan, cache: Cache, tree: FileTree) -> Iterator[_Piece]:
    world = _world(site.config, tree, cache)
    told = [each for each in (*site.problems, *plan.problems) if each not in cache.problems]
    asked, said = site.tree.asked or {}, site.content.said
    paths = sorted(asked)
    count = max(1, -(-max(len(paths), len(plan.actions)) // _A_PIECE))
    for number in range(count):
        part = slice(number * _A_PIECE, (number + 1) * _A_PIECE)
        questions = [_asked(path, asked[path], said.get(path, b"")) for path in paths[part]]
        kept = [_Kept(each.path, each.reason, each.source, each.preset)
                for each in plan.actions[part]]  # fmt: skip
        yield _Piece(world, count, site.content.changes_at, questions, kept, [] if number else told)


def _world(config: Config, tree: FileTree, cache: Cache) -> str:
    """Return a digest of the settings, the list of content files, and the catalog."""
    names = (name for name in config.__struct_fields__ if name not in _NO_MATTER)
    settings = {name: getattr(config, name) for name in names}
    recipes = [
        (each, recipe.fingerprint(each, "")) for recipe in config.recipes for each in recipe.names
    ]
    known = [__version__, PLANNER, READER, config.site, recipes, settings, bool(cache.journal())]
    digest = hashlib.sha256(msgspec.json.encode(known, enc_hook=str, order="deterministic"))
    for path in sorted(content_paths(config, tree)):
        digest.update(path.encode("utf-8", "backslashreplace") + b"\n")
    for path in _own_files(config):
        digest.update(repr((path, tree.find(path))).encode("utf-8", "backslashreplace"))
    return digest.hexdigest()


def _own_files(config: Config) -> tuple[str, ...]:
    return (*config.catalog_file.files(), *config.template_files, *config.template_sources)


def _asked(path: str, answer: DiskFile | Absent, said: bytes) -> _Asked:
    if isinstance(answer, DiskFile):
        return _Asked(path, answer.stat, said=said)
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
