"""The state of the desk: the site as it was seen last, and what was done to it since it began.

One thread at a time works on the site. What is seen is one frozen value, replaced as a whole.
"""

from __future__ import annotations

import contextlib
import threading
import time
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING
from urllib.parse import quote

from mediakit.base.errors import SiteLockedError, UsageError
from mediakit.base.files import FileTree, sha256_bytes
from mediakit.desk.card_html import card_id
from mediakit.desk.card_maker import CardMaker
from mediakit.desk.cards import Findings
from mediakit.sync.copies import find_duplicates
from mediakit.sync.observe import observe
from mediakit.sync.run import Job, Run
from mediakit.sync.session import Access, open_session
from mediakit.sync.tally import Unseen
from mediakit.sync.undo import undo

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from mediakit.config.config import Config
    from mediakit.desk.acts import Act, DeskFeatures, Done
    from mediakit.desk.cards import Card
    from mediakit.sync.observe import ObservedSite
    from mediakit.sync.session import Session

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


class PageChangedError(UsageError):
    """A page is no longer as it was shown to who asks for a change of it."""


class Desk:
    """A desk for one site; `load` reads its settings, anew for each act."""

    def __init__(self, load: Callable[[], Config], features: DeskFeatures) -> None:
        self._load = load
        self.features = features
        self.root = load().root
        self.tree = FileTree(self.root)
        self.seen = Seen()
        self.done: list[Done] = []
        self._one_at_a_time = threading.RLock()

    def refresh(self, *, closely: bool = False) -> Seen:
        """Look at the site again, and closely also for problems and duplicates."""
        with self._one_at_a_time, open_session(self._load(), Access.READ) as session:
            site = observe(session)
            self._see(site, self.seen.findings)
            if closely:
                found = self.features.looks.at(session, site)
                self._see(site, replace(found, groups=self.seen.findings.groups))
                groups = find_duplicates(session, site=site).groups
                self._see(site, replace(found, groups=groups))
        return self.seen

    def _see(self, site: ObservedSite, findings: Findings) -> None:
        cards = tuple(CardMaker(site, findings, desk_address).cards())
        self.tree = FileTree(self.root)
        self.seen = self.seen.with_cards(cards, findings)

    def carry_out(self, name: str, act: Act) -> Done:
        """Do an act, and look at the site again.

        Raises:
            PageChangedError: the page is no longer as it was shown.
            UsageError: the act cannot be done; nothing was.
            ManifestError: the page cannot be changed.
        """
        with self._one_at_a_time:
            try:
                with self._writing() as session:
                    self._refuse_changed(act)
                    done = self.features.acts[name](session, act)
            finally:
                self.refresh()
            if done.by:
                self.done.append(done)
        return done

    def undo(self) -> Done:
        """Take the last act back that can be; raises UsageError if that fails."""
        with self._one_at_a_time:
            if not self.done:
                raise UsageError("there is nothing to undo since the desk was opened")
            last = self.done.pop()
            try:
                with self._writing() as session:
                    taken = undo(session, last.by, dry_run=False)
                    Run(session, Job(), Unseen()).generate()
            finally:
                self.refresh()
        if taken.problems:
            first = taken.problems[0]
            raise UsageError(f"{first.path}: {first.message}", first.hint)
        return replace(last, by="")

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
            raise PageChangedError(f"{page} is not there any more")
        if sha256_bytes(FileTree(self.root).read(page)) != digest:
            raise PageChangedError(f"{page} was changed meanwhile")


def desk_address(path: str, version: str) -> str:
    """Return the address of a file of the site, below that of the desk."""
    name = quote(path, errors="surrogateescape")
    return f"site/{name}?v={version[:12]}" if version else f"site/{name}"
