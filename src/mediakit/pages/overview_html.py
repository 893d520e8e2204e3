"""The HTML of the page of all pictures: to search, filter and look at, with problems marked."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from mediakit.report.html import escaped, ground, policy
from mediakit.report.text import counted

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

_SIZES = "(max-width: 40rem) 92vw, 21rem"
_SMALL = "(max-width: 40rem) 30vw, 7rem"


@dataclass(frozen=True, slots=True)
class CardPicture:
    """A picture: addresses, sizes as `srcset`, pixels, texts, and a colour or copy until it loads.

    `video` is the address where a video plays, empty for a photo.
    """

    address: str
    full: str
    srcset: str
    width: int
    height: int
    alt: str
    words: str
    colour: str = ""
    placeholder: str = ""
    video: str = ""


@dataclass(frozen=True, slots=True)
class Card:
    """An exercise: its pictures, labels (tags, muscles, equipment), problems and duplicates.

    `problems` are (severity, text), `states` words that the page filters by.
    """

    title: str
    path: str
    pictures: tuple[CardPicture, ...]
    labels: tuple[str, ...] = ()
    problems: tuple[tuple[str, str], ...] = ()
    states: tuple[str, ...] = ()


_STATES = (
    ("", "all exercises"),
    ("problem", "with problems"),
    ("duplicate", "with duplicates"),
    ("no-video", "without a video"),
    ("no-picture", "without a picture"),
)


def gallery_page(cards: Sequence[Card], title: str, style: str, script: str) -> str:
    """Return the page: it needs no network, and no server."""
    labels = sorted({label for card in cards for label in card.labels}, key=str.casefold)
    choices = [("", "all labels"), *((label, label) for label in labels)]
    pictures = sum(len(card.pictures) for card in cards)
    count = f"{counted(len(cards), 'exercise')}, {counted(pictures, 'picture')}"
    code = f"\n{script}"
    return f"""<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
{policy(code)}
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{escaped(title)}</title>
<style>
{style}</style>
</head>
<body>
<header class="top">
<h1>{escaped(title)}</h1>
<div class="bar">
<input type="search" id="search" placeholder="Search ( / )" aria-label="Search exercises">
<select id="choice" aria-label="Label">{_options(choices)}</select>
<select id="state" aria-label="State">{_options(_STATES)}</select>
<button id="theme" type="button">Light or dark</button>
<span id="count" role="status">{count}</span>
</div>
</header>
<main>
{chr(10).join(map(_card, cards))}
<p class="none" hidden>No exercise matches.</p>
</main>
<dialog aria-label="Picture">
<figure><img alt="" draggable="false"><figcaption></figcaption></figure>
<button id="back" type="button" aria-label="Picture before">&lsaquo;</button>
<button id="next" type="button" aria-label="Next picture">&rsaquo;</button>
<button id="close" type="button" aria-label="Close">&times;</button>
</dialog>
<script>{code}</script>
</body>
</html>
"""


def _card(card: Card) -> str:
    text = " ".join([card.title, card.path, *card.labels])
    pictures = "\n".join(
        f"<li>{_picture(each, is_first=number == 0)}</li>"
        for number, each in enumerate(card.pictures)
    )
    badges = [(_SEVERITY.get(severity, "warn"), words) for severity, words in card.problems]
    badges += [("tag", label) for label in card.labels]
    shown = "".join(f'<li class="{kind}">{escaped(words)}</li>' for kind, words in badges)
    return (
        f'<article class="exercise" data-text="{escaped(text)}" '
        f'data-labels="{escaped("|".join(card.labels))}" data-state="{" ".join(card.states)}">\n'
        f'<h2>{escaped(card.title)}</h2>\n<p class="where">{escaped(card.path)}</p>\n'
        + (f'<ul class="pictures">{pictures}</ul>\n' if pictures else "")
        + (f'<ul class="badges">{shown}</ul>\n' if shown else "")
        + "</article>"
    )


_SEVERITY = {"error": "bad", "warning": "warn", "duplicate": "warn"}


def _picture(each: CardPicture, *, is_first: bool) -> str:
    sizes = f' srcset="{escaped(each.srcset)}" sizes="{_SIZES if is_first else _SMALL}"'
    pixels = f' width="{each.width}" height="{each.height}"' if each.width else ""
    image = (
        f'<img src="{escaped(each.address)}"{sizes if each.srcset else ""}{pixels} '
        f'alt="{escaped(each.alt)}" loading="lazy" decoding="async">'
    )
    style = ground(each.colour, each.placeholder)
    if each.video:
        return (
            f'<a class="picture video" href="{escaped(each.video)}" target="_blank" '
            f'rel="noopener"{style}>{image}</a>'
        )
    return (
        f'<button type="button" class="picture" data-full="{escaped(each.full)}" '
        f'data-alt="{escaped(each.alt)}" data-words="{escaped(each.words)}"{style}>'
        f"{image}</button>"
    )


def _options(values: Iterable[tuple[str, str]]) -> str:
    return "".join(
        f'<option value="{escaped(value)}">{escaped(words)}</option>' for value, words in values
    )
