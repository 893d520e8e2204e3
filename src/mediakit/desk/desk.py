"""The state of the desk: the site as it was seen last, and what was done to it since it began.

One thread at a time works on the site. What is seen is one frozen value, replaced as a whole.
"""

from __future__ import annotations

import contextlib
import threading
import time
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from mediakit.base.errors import SiteLockedError, UsageError
from mediakit.base.files import FileTree, sha256_bytes
from mediakit.desk.acts import ChangedError, RefusedError
from mediakit.desk.addresses import desk_address
from mediakit.desk.card_html import card_id
from mediakit.desk.card_maker import CardMaker
from mediakit.desk.cards import Findings
from mediakit.sync.copies import Accepted, read_accepted
from mediakit.sync.observe import observe
from mediakit.sync.session import Access, open_session
from mediakit.sync.undo import last_change, take_back

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from mediakit.config.config import Config
    from mediakit.desk.acts import Act, DeskFeatures, Done
    from mediakit.desk.cards import Card
    from mediakit.matching.groups import CopyGroup
    from mediakit.sync.observe import ObservedSite
    from mediakit.sync.session import Session
    from mediakit.sync.undo import Change

_CHANGED = (
    "Somebody changed {path} meanwhile, so nothing was done. This is how it is now; do it again "
    "if it is still right."
)
_CHANGED_SINCE = "{path} has changed since, so nothing was taken back. Look at both, and choose."
_PATIENCE = 20.0
"""Seconds to wait for another mediakit that writes to the site."""


@dataclass(frozen=True)
class Seen:
    """The site as it was seen last; `versions` tells when each card changed, by its id."""

    version: int = 0
    cards: tuple[Card, ...] = ()
    versions: dict[str, int] = field(default_factory=dict)
    findings: Findings = field(default_factory=lambda: Findings(known=False))

    def with_cards(self, cards: tuple[Card, ...], findings: Findings) -> Seen:
        """Return what is seen now, with the same version if it is the same."""
        before = {card_id(each.place): each for each in self.cards}
        number = self.version + 1
        ids = [card_id(each.place) for each in cards]
        versions = {
            name: self.versions[name] if before.get(name) == card else number
            for name, card in zip(ids, cards, strict=True)
        }
        is_same = self.cards == cards and self.findings.groups == findings.groups
        is_same = is_same and self.findings.known == findings.known
        return self if is_same else Seen(number, cards, versions, findings)


class Desk:
    """A desk for one site; `load` reads its settings, anew for each act."""

    def __init__(self, load: Callable[[], Config], features: DeskFeatures) -> None:
        self._load = load
        self.features = features
        self.root = load().root
        self.tree = FileTree(self.root)
        self.seen = Seen()
        self._done: list[tuple[Done, Change]] = []
        self._one_at_a_time = threading.RLock()

    def refresh(self, *, closely: bool = False) -> Seen:
        """Look at the site again, and closely also for problems and duplicates."""
        with self._one_at_a_time, open_session(self._load(), Access.READ) as session:
            site = observe(session)
            maker = CardMaker(site, desk_address, self.seen.cards)
            self._see(maker, replace(self.seen.findings, groups=self._left(site)))
            if closely:
                self._see(maker, self.features.looks.at(session, site))
        return self.seen

    def _left(self, site: ObservedSite) -> tuple[CopyGroup, ...]:
        """Return the duplicates that were seen, but for those that are accepted or put away."""
        accepted = Accepted()
        with contextlib.suppress(UsageError):  # a close look tells
            accepted = read_accepted(site.config)
        return tuple(
            each
            for each in self.seen.findings.groups
            if not accepted.covers(each) and all(map(site.tree.has, each.paths))
        )

    def _see(self, maker: CardMaker, findings: Findings) -> None:
        self.tree = FileTree(self.root)
        self.seen = self.seen.with_cards(tuple(maker.cards(findings)), findings)

    def carry_out(self, name: str, act: Act) -> tuple[Done, int]:
        """Do an act, and look at the site again; return what takes it back, 0 if nothing does.

        Raises:
            ChangedError: the page is no longer as it was shown.
            UsageError: the act cannot be done; nothing was.
            ManifestError: the page cannot be changed.
        """
        with self._one_at_a_time:
            try:
                with self._writing() as session:
                    self._refuse_changed(act)
                    before = last_change(session.config)
                    done = self.features.acts[name](session, act)
                    change = last_change(session.config)
                    done = replace(done, digest=self._digest(act.asked.page))
            finally:
                self.refresh()
            if change is None or change == before:
                return done, 0
            self._done.append((done, change))
            return done, len(self._done)

    def undo(self, number: int) -> Done:
        """Take an act of this desk back: it alone, and whole or not at all.

        One that a command has taken back meanwhile is.

        Raises:
            RefusedError: something has changed since.
        """
        with self._one_at_a_time:
            if not 0 < number <= len(self._done):
                raise RefusedError("There is nothing to undo since the desk was opened.")
            done, change = self._done[number - 1]
            try:
                with self._writing() as session:
                    for is_plan in (True, False) if change.is_kept else ():
                        taken = take_back(session, change, dry_run=is_plan)
                        if taken.problems:
                            path = taken.problems[0].path
                            raise RefusedError(_CHANGED_SINCE, path=path)
            finally:
                self.refresh()
        return done

    def part(self, picture: str) -> tuple[float, float, float, float]:
        """Return which part of a picture attention keeps for a teaser."""
        with open_session(self._load(), Access.READ) as session:
            return self.features.crop(session, picture)

    def candidates(self, video: str) -> dict[str, Any]:
        """Ask the network what may take the place of a video, while others work on the site."""
        provider, _, name = video.partition("/")
        with open_session(self._load(), Access.LOOK) as session:
            return self.features.candidates(session, provider, name)

    @contextlib.contextmanager
    def _writing(self) -> Iterator[Session]:
        """Open a session that writes; where another mediakit writes, wait for it."""
        end = time.monotonic() + _PATIENCE
        with contextlib.ExitStack() as stack:
            while True:
                try:
                    session = stack.enter_context(open_session(self._load()))
                    break
                except SiteLockedError:
                    if time.monotonic() > end:
                        raise
                    time.sleep(0.2)
            yield session

    def _refuse_changed(self, act: Act) -> None:
        page, digest = act.asked.page, act.asked.digest
        if not page:
            return
        known = next((each for each in self.seen.cards if each.page == page), None)
        if known is None:
            raise RefusedError("{path} is not there any more, so nothing was done.", path=page)
        if self._digest(page) != digest:
            raise ChangedError(_CHANGED, path=page)

    def _digest(self, page: str) -> str:
        """Return the digest of a page as it is on the disk, empty where no page is meant."""
        return sha256_bytes(FileTree(self.root).read(page)) if page else ""
