"""The HTML of a card, the same on the static page and at the desk."""

from __future__ import annotations

import hashlib
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from mediakit.base.formats import film_of
from mediakit.base.model import Severity
from mediakit.report.html import escaped, ground

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mediakit.base.model import Problem, ProblemCode
    from mediakit.desk.cards import Card, CardPicture, CardVideo
    from mediakit.desk.words import Words

_WHOLE, _HALF = "(max-width: 45rem) 92vw, 22rem", "(max-width: 45rem) 46vw, 11rem"
"""How wide the first picture is shown; of two, each has half of the card."""
_COUNTS = {1: "one", 2: "two", 3: "three"}
"""What the style calls so many pictures; more stand in fours below the first."""
_MOST = 300
"""Problems that a card lists."""
AT_DESK = {
    "run mediakit generate": "“Mend all of these” makes it",
    "mediakit check --fix takes it out": "“Mend all of these” takes it out",
    "mediakit check --fix takes that out; or save it as a plain SVG in the drawing program": (
        "“Mend all of these” takes that out; or save it as a plain SVG in the drawing program"
    ),
    "say in a few words what the picture shows: mediakit alt": (
        "click the picture, and say in a few words what it shows; or: mediakit alt"
    ),
    "say of each picture what it shows: mediakit alt": (
        "click each picture, and say what it shows; or: mediakit alt"
    ),
    "say what the picture shows of it": "click the picture, and say what it shows of it",
    "keep one of the two: mediakit dupes": "keep one of the two: “Duplicates” shows them",
    "crop it, or use another picture": "click it, then “Crop the teaser”; or use another picture",
}
"""What to do at the desk, in place of an advice that names a command."""


class CardHtml:
    """Writes cards in a language; `is_desk` where they can be worked on."""

    def __init__(self, words: Words, codes: Mapping[str, ProblemCode], *, is_desk: bool) -> None:
        self._words = words
        self._codes = codes
        self._is_desk = is_desk
        self._advice: dict[str, str] = {}  # the same for very many problems

    def card(self, card: Card) -> str:
        """Return a card."""
        if not card.place:
            return self._rest(card)
        name = card_id(card.place)
        codes = dict.fromkeys(each.code for each in card.problems)
        data = {
            "place": card.place,
            "page": card.page,
            "digest": card.digest,
            "file": card.file,
            "labels": "|".join(card.labels),
            "states": " ".join(card.states),
            "codes": " ".join(codes),
            "changed": str(card.changed),
        }
        marks = "".join(f' data-{key}="{escaped(value)}"' for key, value in data.items())
        first = _HALF if len(card.pictures) == 2 else _WHOLE
        pictures = "\n".join(
            self._picture(card, each, sizes="" if number else first)
            for number, each in enumerate(card.pictures)
        )
        is_wide = all(each.width > each.height for each in card.pictures)
        shape = f" {_COUNTS[len(card.pictures)]}" if len(card.pictures) in _COUNTS else ""
        shape += " wide" if is_wide else ""
        none = "" if pictures else f'<p class="empty">{self._say("No picture yet")}</p>\n'
        return (
            f'<article class="card" id="{name}" aria-labelledby="{name}-t"{marks}>\n'
            f"{self._head(card, name)}"
            f'{none}<ul class="pictures{shape}">{pictures}</ul>\n'
            f"{self._chips(card)}{self._problems(card)}</article>"
        )

    def _rest(self, card: Card) -> str:
        """Return the card of what is wrong elsewhere on the site."""
        name, title = card_id(card.place), self._say("Elsewhere on the site")
        codes = " ".join(dict.fromkeys(each.code for each in card.problems))
        return (
            f'<article class="card rest" id="{name}" aria-labelledby="{name}-t" data-place="" '
            f'data-page="" data-labels="" data-states="problem" '
            f'data-codes="{escaped(codes)}" data-changed="0">\n'
            f'<header><h2 id="{name}-t">{title}</h2></header>\n{self._problems(card)}</article>'
        )

    def _head(self, card: Card, name: str) -> str:
        """Return title and place; a script fills the one menu of all cards for the card in use."""
        title = escaped(card.title)
        if card.web:
            link = f'<a href="{escaped(card.web)}" target="_blank" rel="noopener">'
            title = f"{link}{title}</a>"
        label = escaped(self._words("More about {title}", title=card.title))
        return (
            f'<header><h2 id="{name}-t">{title}</h2>'
            f'<button type="button" class="menu" popovertarget="menu" aria-label="{label}">'
            "</button>"
            f'<p class="where">{escaped(card.place)}</p></header>\n'
        )

    def _picture(self, card: Card, each: CardPicture, *, sizes: str) -> str:
        # groups.js brings the pictures of cards that are near, and says how they are loaded; those
        # below the first are small: their address is the smallest size that serves
        choice = f' data-srcset="{escaped(each.srcset)}" sizes="{sizes}"' if sizes else ""
        pixels = f' width="{each.width}" height="{each.height}"' if each.width else ""
        source = f' data-src="{escaped(each.address)}"' if each.address else ""
        image = (
            f"<img{source}{choice if each.srcset else ''}{pixels} "
            f'alt="{escaped(each.alt or card.title)}"{ground(each.colour, "")}>'
        )
        words = {"header": self._words("header"), "teaser": self._words("teaser")}
        badges = [f"<b>{escaped(words[role])}</b>" for role in each.roles]
        badges += [f"<b>{self._say('in motion')}</b>"] if each.loop else []
        if each.keeper:
            say = self._say("duplicate")
            copy = f'<button type="button" data-do="copies" data-copy="{escaped(each.source)}">'
            badges.append(
                f"{copy}{say}</button>" if self._is_desk else f'<b class="warn">{say}</b>'
            )
        if each.lacks_alt:
            badges.append(f'<b class="warn">{self._say("no alt text")}</b>')
        weight = self._words.weight(each.width, each.height, each.bytes)
        name = PurePosixPath(each.source).name
        data = {"full": each.full, "alt": each.alt}
        data |= {"words": each.words} if each.words != each.alt else {}
        data |= {"loop": each.loop} if each.loop else {}
        marks = "".join(f' data-{key}="{escaped(value)}"' for key, value in data.items())
        marks += f' data-weight="{escaped(name)}&#10;{escaped(weight)}"'
        can_move = self._is_desk and card.digest and each.is_in_gallery
        return (
            f'<li data-source="{escaped(each.source)}"'
            f"{' data-gallery' if each.is_in_gallery else ''}"
            f"{'' if each.takes_alt else ' data-wordless'}"
            f"{' data-film' if film_of(each.source) else ''}"
            f"{' draggable=true' if can_move else ''}>"
            f'<button type="button" class="picture"{marks}>{image}</button>'
            f"{self._badges(badges)}</li>"
        )

    @staticmethod
    def _badges(badges: list[str]) -> str:
        return f'<span class="badges">{"".join(badges)}</span>' if badges else ""

    def _chips(self, card: Card) -> str:
        chips = [f"<li>{self._video(each)}" for each in card.videos]
        chips += [
            f'<li><button type="button" class="label" data-label="{escaped(each)}">'
            f"{escaped(each)}</button>"
            for each in card.labels
        ]
        return f'<ul class="chips">{"".join(chips)}</ul>\n' if chips else ""

    def _video(self, video: CardVideo) -> str:
        states = {
            "dead": self._words("dead"),
            "missing": self._words("missing"),
            "not-embeddable": self._words("does not play"),
        }
        state = states.get(video.state, "")
        bad = f' <b class="bad">{escaped(state)}</b>' if state else ""
        title = escaped(video.title or f"{video.provider} {video.id}")
        image = (
            f'<img data-src="{escaped(video.thumbnail)}" alt="" width="48" height="27">'
            if video.thumbnail
            else ""
        )
        find = ""
        if self._is_desk and state:
            find = (
                f' <button type="button" class="find" data-do="video" '
                f'data-video="{escaped(video.key)}">{self._say("Find another video")}</button>'
            )
        inner = f'{image}<span class="play" aria-hidden="true"></span> {title}{bad}'
        if not video.address:
            return f'<span class="video">{inner}</span>{find}'
        return (
            f'<a class="video" href="{escaped(video.address)}" target="_blank" '
            f'rel="noopener">{inner}</a>{find}'
        )

    def _problems(self, card: Card) -> str:
        problems = card.problems
        if not problems:
            return ""
        worst = min((each.severity for each in problems), key=list(Severity).index)
        count = self._words.count(len(problems), "{n} problem", "{n} problems")
        rows = "".join(self._problem(each, card.page) for each in problems[:_MOST])
        if len(problems) > _MOST:
            left = self._words.number(len(problems) - _MOST)
            more = self._words("and {n} more: mediakit check", n=left)
            rows += f"<li>{escaped(more)}</li>"
        return (
            f'<details class="problems {worst}"><summary>{escaped(count)}</summary>'
            f"<ul>{rows}</ul></details>\n"
        )

    def _problem(self, problem: Problem, page: str) -> str:
        code = self._codes.get(problem.code)
        advice = problem.hint or (code.advice if code is not None else "")
        where = [problem.path] if problem.path != page else []
        where += [self._words("line {n}", n=problem.line)] if problem.line else []
        fix = ""
        if self._is_desk:
            advice = AT_DESK.get(advice, advice)
            if code is not None and code.fixed:
                words = self._say("Mend all of these")
                fix = f'<button type="button" data-do="fix">{words}</button>'
        if advice not in self._advice:
            self._advice[advice] = self._told("p", advice)
        return (
            f'<li class="{problem.severity}">{self._told("span", problem.message)} '
            f"<small>{escaped(', '.join(where))}</small>{self._advice[advice]}{fix}</li>"
        )

    def _told(self, tag: str, said: str) -> str:
        """Return what another part of mediakit says; `lang` marks what is not in the page's."""
        (words,), lang = self._words.told(said)
        mark = "" if lang == self._words.lang else f' lang="{lang}"'
        return f"<{tag}{mark}>{escaped(words)}</{tag}>"

    def _say(self, text: str) -> str:
        return escaped(self._words(text))


def card_id(place: str) -> str:
    """Return the id of the card of an exercise in the page."""
    return "e" + hashlib.sha256(place.encode("utf-8", "surrogatepass")).hexdigest()[:12]
