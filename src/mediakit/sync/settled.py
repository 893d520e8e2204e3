"""What still holds of the plan that was kept, and the part of the site for which it does not.

If nothing has changed since a run with nothing to do, `generate` and `status` reuse its plan. A
page that has changed is read, and is the same if it says the same of pictures. Of all else the part
that it concerns is observed and planned again (`sync/parts.py`), or the whole site, where it may
concern that.
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

import msgspec

from mediakit.base.actions import Kind, Plan, Reason
from mediakit.base.errors import ManifestError
from mediakit.base.files import FileTree
from mediakit.sync.ground import AskedFile, asked_of, is_old, is_same
from mediakit.sync.kept_plan import KeptPlan, read_head

if TYPE_CHECKING:
    from collections.abc import Callable, Container, Iterable, Sequence

    from mediakit.base.actions import Action
    from mediakit.base.model import Problem
    from mediakit.sync.content import PageReader
    from mediakit.sync.kept_plan import PlanPiece
    from mediakit.sync.observe import ObservedSite
    from mediakit.sync.parts import SitePart
    from mediakit.sync.run import Job
    from mediakit.sync.session import Session

MUCH = 10_000
"""Actions that are recalled rather than kept anew."""

_ALTERED = "altered-by-hand"
"""The code of the problem that names the line of an action."""


class Settled(NamedTuple):
    """The plan of what has not changed: actions that keep all, and the problems.

    `part` is to be observed; it is None where nothing has changed.
    """

    actions: tuple[Action, ...]
    problems: tuple[Problem, ...]
    part: SitePart | None = None

    def planned(
        self,
        job: Job,
        observe: Callable[[SitePart], ObservedSite],
        plan: Callable[[ObservedSite], Plan],
    ) -> tuple[ObservedSite, Plan] | None:
        """Observe and plan the part alone, and put it into the rest; None where all is to be.

        To prune, all is looked at. Where a run writes, a part pays only if there is very much
        besides: of a smaller site all is planned, and kept anew.
        """
        part = self.part
        is_worth = job.dry_run or len(self.actions) > MUCH
        if part is None or job.prune or not is_worth:
            return None
        site = observe(part)
        if not part.is_enough(site):
            return None
        from dataclasses import replace  # noqa: PLC0415 - few runs have a part

        site = replace(site, problems=(*self.problems, *site.problems))
        return site, self._with_rest(plan(site), site.known.products)

    def _with_rest(self, plan: Plan, products: Container[str]) -> Plan:
        """Return the plan of the part, of these products, with that of the rest."""

        def place(action: Action) -> tuple[int, str]:
            if action.kind is Kind.DESCRIBE:
                return 2, action.path
            is_needed = action.path in products or action.reason is Reason.UP_TO_DATE
            return int(not is_needed), action.path

        return Plan(tuple(sorted((*self.actions, *plan.actions), key=place)), plan.problems)


def recall(session: Session, *, weighs: bool = False) -> Settled | None:
    """Return the kept plan of the site, and the part of the site for which it holds no longer.

    None where nothing is kept, or a change may concern all of the site. A run that `weighs`
    orphans observes each.
    """
    tree, cache = FileTree(session.root), session.cache
    pieces = cache.settled()
    head = None
    if session.overrides.source is None:
        head = read_head(next(pieces, b""), session, tree)
    if head is None:
        return None
    pages = _ChangedPages(session, tree)
    kept = KeptPlan(head, weighs=weighs)
    for number, data in enumerate(pieces, 1):
        try:
            piece = kept.add(data)
        except (msgspec.DecodeError, UnicodeDecodeError):
            return None
        changed = [each for each in piece.asked if not is_same(each, tree)]
        if changed and pages.say_the_same(changed, head.problems):
            cache.remember_piece(number, msgspec.msgpack.encode(pages.taken_up(piece)))
        elif changed and not head.has_parts:
            return None
        else:
            kept.changed += changed
    return _settled(kept, session, tree) if kept.is_whole else None


def _settled(kept: KeptPlan, session: Session, tree: FileTree) -> Settled | None:
    """Return what still holds, None where that may be nothing."""
    if kept.holds:
        return Settled(tuple(kept.actions), tuple(kept.head.problems))
    from mediakit.sync.parts import changed_part  # noqa: PLC0415 - few runs need it

    if not kept.head.has_parts:
        return None
    part = changed_part(kept, session.config, tree, session.cache)
    if part is None:
        return None
    pairs = zip(kept.actions, kept.groups, strict=True)
    rest = tuple(each for each, group in pairs if group not in part.groups)
    told = (each for each in kept.head.problems if each.code != _ALTERED)
    return Settled(rest, tuple(each for each in told if each.path not in part.changed), part)


class _ChangedPages:
    """Pages that have changed since the plan was kept, and may still say the same."""

    def __init__(self, session: Session, tree: FileTree) -> None:
        self._session = session
        self._tree = tree

    def say_the_same(self, changed: Sequence[AskedFile], problems: Iterable[Problem]) -> bool:
        """Return whether these are pages that say what they said, without being in a problem.

        What problems tell of a page has lines.
        """
        if not all(each.said for each in changed):
            return False
        told = "\n".join(f"{each.path} {each.message}" for each in problems)
        return all(each.path not in told and self._said(each.path) == each.said for each in changed)

    def taken_up(self, piece: PlanPiece) -> PlanPiece:
        """Return a piece with the pages as they are now, but for those of this moment."""
        asked = [each if is_same(each, self._tree) else self._as_now(each) for each in piece.asked]
        return msgspec.structs.replace(piece, asked=asked)

    def _as_now(self, known: AskedFile) -> AskedFile:
        answer = self._tree.find(known.path)
        if not is_old(answer, self._tree):
            return known
        return asked_of(known.path, answer, known.said, known.refs)

    def _said(self, path: str) -> bytes:
        try:
            return self._reader.digest(self._reader.read(path, None))
        except ManifestError:
            return b""

    @cached_property
    def _reader(self) -> PageReader:
        from mediakit.sync.content import PageReader  # noqa: PLC0415 - few runs have read pages

        return PageReader(self._session.config, self._tree, self._session.cache)
