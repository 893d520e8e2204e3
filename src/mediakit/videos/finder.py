"""Find what may take the place of a lost video.

What is known of a lost video comes from the catalog, else from the last check that saw it, else
from the titles of its pages. Only videos are offered that are alive, and play on a page.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from mediakit.base.files import FileTree
from mediakit.site.providers import watch_address
from mediakit.sync.content import read_content
from mediakit.sync.exercise import find_pages
from mediakit.sync.wayback import archived_copy, open_wayback
from mediakit.videos.client import Breaker, Pace
from mediakit.videos.clients import Services, open_services
from mediakit.videos.history import Key, VideoStatus, read_history, video_uses
from mediakit.videos.lost import Candidate, LostEntry, LostPlace
from mediakit.videos.ranking import LostVideo, Ranked, rank
from mediakit.videos.states import ERRORS
from mediakit.videos.verdict import TROUBLE, Answer, Finding, Sign, Source, State, conclude

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from mediakit.base.model import Manifest, Problem
    from mediakit.config.config import Config
    from mediakit.sync.session import Session
    from mediakit.videos.search import Hit

_FOUND = 20
_LOOKED_AT = 8
_OFFERED = 5
_DEEP = 3
_LEAST = 20
_PICTURE = "https://i.ytimg.com/vi/{id}/hqdefault.jpg"
_PLAYER_PACE = 4.0


class ReplacementFinder:
    """Finds what may take the place of lost videos; `stopped` says why it gave up, if it did.

    `lost` are the dead videos that these exercises name, or all pages; with `broken` also the
    others that visitors do not see. With `wayback` it also asks for their archived pages.
    """

    def __init__(
        self,
        session: Session,
        exercises: Sequence[str] = (),
        services: Services | None = None,
        *,
        broken: bool = False,
        wayback: bool = False,
    ) -> None:
        config = session.config
        self._services = services or open_services(config.kind.address.url)
        self._settings = config.videos
        self._pages, self.problems = pages_of(config, exercises)
        self._uses = video_uses(self._pages)
        self._history = read_history(config)
        self._records = config.catalog_file.read(placeholders=False).videos
        self._pace = Pace(config.videos.pace)
        self._breaker = Breaker()
        self._player_is_up = True
        self._wayback = open_wayback() if wayback else None
        self.stopped = ""
        wanted = ERRORS if broken else {State.DEAD}
        self.lost = [key for key in self._uses.places if self._status(key).state in wanted]

    def names(self, key: Key) -> bool:
        """Return whether a page names a video."""
        return key in self._uses.places

    def entries(self) -> Iterator[LostEntry]:
        """Yield the lost videos with what was found, until YouTube refuses."""
        for key in self.lost:
            if self.stopped:
                return
            yield self.find(key)

    def find(self, key: Key) -> LostEntry:
        """Return what may take the place of a video, the best first."""
        lost = self._known(key)
        hits, why = self._search(lost, key)
        beside = self._beside(key)
        hits = [hit for hit in hits if hit.id not in beside]
        trusted = (*self._settings.trusted_channels, *self._settings.own_channels)
        ranked = [each for each in rank(lost, hits, trusted) if each.score >= _LEAST]
        candidates = list(self._living(ranked))
        if not candidates and not why:
            why = "nothing was found that is like it" if lost.titles else "nothing is known of it"
        return LostEntry(
            provider=key[0], id=key[1], state=str(self._status(key).state),
            places=[LostPlace(path=path, line=line) for path, line in self._uses.places[key]],
            title=next(iter(lost.titles), ""), channel=lost.channel, duration=lost.duration,
            candidates=candidates, replacement=None, archived=self._archived(key), note=why,
        )  # fmt: skip

    def _archived(self, key: Key) -> str:
        if self._wayback is None:
            return ""
        return archived_copy(self._wayback, watch_address(key[0], self._uses.full_ids[key]))

    def _status(self, key: Key) -> VideoStatus:
        return self._history.get(key, VideoStatus())

    def _known(self, key: Key) -> LostVideo:
        record, name = self._records.get("/".join(key)), self._status(key).name or ("", "")
        title = (record.title if record else "") or name[0]
        channel = (record.channel if record else "") or name[1]
        titles = (title,) if title else tuple(dict.fromkeys(self._page_titles(key)))
        duration = record.duration if record else None
        return LostVideo(titles, channel, duration, is_own_title=bool(title))

    def _page_titles(self, key: Key) -> list[str]:
        pages = {path for path, _ in self._uses.places[key]}
        return [each.title for each in self._pages if each.path in pages and each.title]

    def _beside(self, key: Key) -> set[str]:
        """Return the videos that are not offered: it itself, the page's others, and dead ones."""
        pages = {path for path, _ in self._uses.places[key]}
        there = {
            video
            for (_, video), places in self._uses.places.items()
            if not pages.isdisjoint(path for path, _ in places)
        }
        return there | {video for (_, video), row in self._history.items() if row.state in ERRORS}

    def _search(self, lost: LostVideo, key: Key) -> tuple[list[Hit], str]:
        """Return what YouTube finds by what is known, and why nothing, in words."""
        titles = dict.fromkeys([*lost.titles, *self._page_titles(key)])
        questions = [*titles, *(f"{each} {lost.channel}" for each in titles if lost.channel)]
        hits: dict[str, Hit] = {}
        why = ""
        for words in questions:
            self._pace.wait()
            answer, found = self._services.search.find(words, _FOUND)
            self._note(answer)
            if answer.sign in TROUBLE:
                why = f"YouTube's search did not answer: {answer.reason}"
            hits.update({hit.id: hit for hit in found if hit.id not in hits})
            if self.stopped:
                break
        return list(hits.values()), "" if hits else why

    def _living(self, ranked: list[Ranked]) -> Iterator[Candidate]:
        """Yield the first ones that play on a page."""
        offered = 0
        for each in ranked[:_LOOKED_AT]:
            if self.stopped or offered == _OFFERED:
                return
            if self._is_alive(each.hit.id, is_deep=offered < _DEEP):
                offered += 1
                yield _candidate(each)

    def _is_alive(self, video: str, *, is_deep: bool) -> bool:
        answers = [self._ask(Source.OEMBED, video)]
        if answers[0].sign is Sign.ALIVE and is_deep and self._player_is_up:
            answers.append(self._ask(Source.PLAYER, video))
            self._player_is_up = answers[1].sign not in TROUBLE
        self._note(answers[0])
        finding = conclude(answers, frozenset(self._settings.audience))
        return finding.state is State.ALIVE

    def _ask(self, source: Source, video: str) -> Answer:
        self._pace.wait(_PLAYER_PACE if source is Source.PLAYER else 1.0)
        return self._services.clients["youtube"].ask(source, video)

    def _note(self, answer: Answer) -> None:
        trouble = answer.sign if answer.sign in TROUBLE else None
        finding = Finding(State.UNKNOWN, answer.reason, trouble=trouble, wait=answer.wait)
        if why := self._breaker.note(finding):
            self.stopped = self.stopped or f"youtube: {why}"


def _candidate(ranked: Ranked) -> Candidate:
    hit = ranked.hit
    return Candidate(
        provider="youtube", id=hit.id, address=watch_address("youtube", hit.id),
        thumbnail=_PICTURE.format(id=hit.id), title=hit.title, channel=hit.channel,
        duration=hit.duration, score=ranked.score, reasons=list(ranked.reasons),
    )  # fmt: skip


def pages_of(
    config: Config, exercises: Sequence[str]
) -> tuple[Sequence[Manifest], tuple[Problem, ...]]:
    """Return the pages that people call by these words, or all, and those that are unreadable.

    Raises:
        UsageError: a word means no page, or may mean several.
    """
    tree = FileTree(config.root)
    content = read_content(config, tree)
    pages = find_pages(config, tree, exercises, content) if exercises else content.manifests
    return pages, content.unread
