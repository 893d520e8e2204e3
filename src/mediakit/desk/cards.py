"""The cards of exercises: what is told of each, ready to be shown."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from mediakit.sync.copies import find_duplicates

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from mediakit.base.model import Problem
    from mediakit.config.config import Config
    from mediakit.matching.groups import CopyGroup
    from mediakit.sync.copies import Duplicates
    from mediakit.sync.observe import ObservedSite
    from mediakit.sync.session import Session


@dataclass(frozen=True, slots=True)
class CardPicture:
    """A picture of an exercise: its site path, addresses, pixels, bytes, texts and places.

    `takes_alt` says that its page has a place for its alt text, `lacks_alt` that none is there
    although one is needed.

    `roles` are `header` and `teaser`, `keeper` the picture that this one is a copy of. `alt` is
    what the page says, also where that is nothing; `words` what is said below the picture. `loop`
    is the address of the steps in motion that begin with it, or of the film that it is; such a one
    without a poster has no other address.
    """

    source: str
    address: str
    full: str
    srcset: str = ""
    width: int = 0
    height: int = 0
    bytes: int = 0
    alt: str = ""
    words: str = ""
    roles: tuple[str, ...] = ()
    is_in_gallery: bool = False
    takes_alt: bool = False
    lacks_alt: bool = False
    keeper: str = ""
    colour: str = ""
    placeholder: str = ""
    loop: str = ""


@dataclass(frozen=True, slots=True)
class CardVideo:
    """A video: `PROVIDER/ID`, its provider's name, id, address, title, state and thumbnail."""

    key: str
    provider: str
    id: str
    address: str
    title: str = ""
    state: str = ""
    thumbnail: str = ""


@dataclass(frozen=True, slots=True)
class Card:
    """An exercise: its pictures in its own order, videos, labels and problems.

    `place` is its page, with the line of a record of a data file, and empty for what is wrong
    with no exercise. `page` is the site path of the file, and `digest` that of its bytes where the
    card can be worked on. `web` is its address on the web where that is known, `file` that of its
    page on this disk. `states` are words that the page filters by.
    """

    title: str
    place: str
    page: str
    pictures: tuple[CardPicture, ...] = ()
    videos: tuple[CardVideo, ...] = ()
    labels: tuple[str, ...] = ()
    problems: tuple[Problem, ...] = ()
    states: tuple[str, ...] = ()
    web: str = ""
    file: str = ""
    digest: str = ""
    changed: int = 0


@dataclass(frozen=True, slots=True)
class Findings:
    """What other parts of mediakit know of a site: problems, duplicates, states of videos.

    States are by `PROVIDER/ID`. `known` is false while nobody has looked yet.
    """

    problems: tuple[Problem, ...] = ()
    groups: tuple[CopyGroup, ...] = ()
    videos: Mapping[str, str] = field(default_factory=dict)
    known: bool = True


@dataclass(frozen=True, slots=True)
class Looks:
    """How other features look at a site: at its problems, and at what is known of its videos."""

    problems: Callable[[Session, Duplicates], tuple[Problem, ...]]
    videos: Callable[[Config], Mapping[str, str]]

    def at(self, session: Session, site: ObservedSite) -> Findings:
        """Return what they find."""
        duplicates = find_duplicates(session, site=site)
        problems = self.problems(session, duplicates)
        return Findings(problems, duplicates.groups, self.videos(site.config))
