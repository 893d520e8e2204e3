"""`mediakit gallery page`: all pictures of the site on one page that needs no server."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Annotated

from msgspec import Meta

from mediakit.base.model import problem_codes
from mediakit.base.own_files import WORK_FOLDER
from mediakit.base.writer import write_output, writing
from mediakit.desk.card_html import CardHtml
from mediakit.desk.card_maker import CardMaker
from mediakit.desk.page_html import Frame, static_page
from mediakit.desk.words import ENGLISH, languages, words_in
from mediakit.report.documents import Count, Document
from mediakit.report.documents import Path as SitePath
from mediakit.report.html import address_from
from mediakit.sync.observe import observe

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from mediakit.base.model import Manifest, Problem
    from mediakit.desk.cards import Looks
    from mediakit.sync.session import Session

PAGE_NAME = "index.html"


class GalleryPageDocument(Document, frozen=True, kw_only=True):
    """What `gallery page` wrote."""

    page: Annotated[SitePath, Meta(description="Where the page is, an absolute path.")]
    exercises: Annotated[Count, Meta(description="How many exercises are on it.")]


def write_overview(
    session: Session,
    looks: Looks,
    folder: Path | None = None,
    title: str = "",
    lang: str | None = None,
) -> tuple[GalleryPageDocument, tuple[Problem, ...]]:
    """Write the page of all pictures into `folder`, or into the work folder of the site.

    `looks` say what is wrong with the site. The page speaks the language of most exercises, if
    `lang` names none. The problems are those of pages that cannot be read.

    Raises:
        UsageError: the page cannot be written.
    """
    site = observe(session)
    root = site.config.root
    place = (folder or root / WORK_FOLDER / "gallery") / PAGE_NAME
    home = place.resolve().parent
    maker = CardMaker(site, lambda path, _: address_from(home, site.tree.disk_path(path)))
    cards = maker.cards(looks.at(session, site))
    words = words_in(lang or _most_said(site.content.manifests))
    html = CardHtml(words, problem_codes(), is_desk=False)
    text = static_page(Frame(title or words("Pictures"), words, cards), map(html.card, cards))
    with writing(place):
        write_output(place, text.encode(), root)
    exercises = sum(1 for each in cards if each.place)
    document = GalleryPageDocument(page=str(place.resolve()), exercises=exercises)
    return document, site.content.unread


def _most_said(manifests: Iterable[Manifest]) -> str:
    """Return the language that most exercises are in, English where there are no words for it."""
    said = Counter(each.language.partition("-")[0] for each in manifests)
    lang, _ = next(iter(said.most_common(1)), (ENGLISH, 0))
    return lang if lang in languages() else ENGLISH
