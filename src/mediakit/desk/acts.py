"""What can be done at the desk: an act is a feature's own code, handed in by the command.

So a click does what its command does, in the same words and with the same bytes.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Annotated, Any, TypeAlias

import msgspec
from msgspec import Meta

from mediakit.base.errors import UsageError
from mediakit.state.documents import TypedReader

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from mediakit.desk.cards import Looks
    from mediakit.sync.session import Session

    Acting: TypeAlias = Callable[[Session, "Act"], "Done"]

_Text = Annotated[str, Meta(max_length=4000)]


class Asked(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What somebody at the desk asks for: a page as they saw it, and what is to be done to it.

    `digest` is that of the page when it was shown. `picture` is the site path of one of its
    pictures, `place` where it goes, counted from 1; `uploads` are the names of photos that were
    sent before. `box` is the part to keep: left, top, width and height as shares of the picture.
    Of duplicates, `digest` is that of their group. `video` is `PROVIDER/ID` of one that `text`
    takes the place of; `keeps_start` says that it begins at the same second.
    """

    page: _Text = ""
    digest: _Text = ""
    picture: _Text = ""
    text: _Text = ""
    place: Annotated[int, Meta(ge=0, le=100_000)] = 0
    box: tuple[float, float, float, float] | None = None
    uploads: tuple[_Text, ...] = ()
    video: _Text = ""
    keeps_start: bool = False


ASKED = TypedReader(Asked)


@dataclass(frozen=True, slots=True)
class Act:
    """An act that somebody asks for, with the photos on this disk that were sent for it."""

    asked: Asked
    photos: tuple[Path, ...] = ()


@dataclass(frozen=True, slots=True)
class Done:
    """What an act did: a text of the catalogs with its values, and the picture to look at now.

    `note` is what could not be done, in English. What it put into the quarantine takes it back.
    `digest` is that of the page as the act left it.
    """

    said: str
    values: Mapping[str, object] = field(default_factory=dict)
    page: str = ""
    picture: str = ""
    note: str = ""
    digest: str = ""


class RefusedError(UsageError):
    """What is refused in words of the catalogs: a text with values; nothing was done."""

    def __init__(self, text: str, **values: object) -> None:
        super().__init__(text.format_map(values))
        self.text = text
        self.values = values


class ChangedError(RefusedError):
    """Something is no longer as it was shown to who asks for a change of it."""


@dataclass(frozen=True, slots=True)
class DeskFeatures:
    """What the desk gets from the rest: looks at the site, acts by name, and an editor.

    `matters` says whether a card may change with a file, `crop` which part of a picture a teaser
    keeps, if nobody chooses. `candidates` asks the network what may take the place of a video,
    by its provider and id.
    """

    looks: Looks
    acts: Mapping[str, Acting]
    open_file: Callable[[Path], None]
    matters: Callable[[str], bool]
    crop: Callable[[Session, str], tuple[float, float, float, float]]
    candidates: Callable[[Session, str, str], dict[str, Any]]
