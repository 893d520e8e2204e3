"""The facts that the rules of `check` judge: one frozen value, gathered from the site."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from mediakit.base.errors import ManifestError, UsageError
from mediakit.base.files import DiskFile
from mediakit.checks.baseline import ignored_codes
from mediakit.checks.files import is_vector, told_by_files
from mediakit.checks.pixels import unlike_records, unlike_sources
from mediakit.config.tables import CheckSettings
from mediakit.edit.pages import read_bytes
from mediakit.matching.groups import has_icon_name
from mediakit.site.body import BodyAddress, BodyTag, scan_body
from mediakit.site.front_matter import bare_page, read_page
from mediakit.site.html import AddressUse
from mediakit.site.paths import is_data, locate_among
from mediakit.sync.copies import find_duplicates
from mediakit.sync.mentions import search_site, variant_names
from mediakit.sync.plan import plan_products

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from mediakit.base.actions import Plan
    from mediakit.base.artifacts import SourcePicture
    from mediakit.base.model import Manifest, Problem
    from mediakit.base.products import Product
    from mediakit.site.front_matter import Page
    from mediakit.site.templates.expanded import Expanded, Tag
    from mediakit.sync.copies import Duplicates
    from mediakit.sync.observe import ObservedSite
    from mediakit.sync.session import Session

_LINKED = frozenset({".pdf", ".zip", ".mp3", ".mp4", ".docx", ".xlsx", ".csv"})

_GALLERY_ARGUMENTS = frozenset({"id", "layout", "class", "caption"})
"""What the theme's include takes; one with others is the site's own."""


@dataclass(frozen=True, slots=True)
class PageText:
    """What the text of a page refers to beside pictures: (site path, line) of files, gallery ids.

    `keys` are those of its front matter, `ignored` the codes that it suppresses.
    """

    files: tuple[tuple[str, int], ...] = ()
    galleries: tuple[tuple[str, int], ...] = ()
    keys: frozenset[str] = frozenset()
    ignored: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Facts:
    """A site as it is, and the plan of its variants.

    `wrong` are variants that show another picture than their source, `unused` pictures that no
    text mentions, `missing_files` linked files that do not exist; `keeper` has the picture to keep
    for each that has copies. `unpublished` has the pictures that the generator leaves out, with the
    name that is to blame. `active_svgs` says in words what SVGs hold that runs, or loads from
    elsewhere, `slips` what is wrong with files that are read all the same. `unread` are the
    problems of texts that could not be searched.
    """

    manifests: Sequence[Manifest]
    pictures: Mapping[str, SourcePicture]
    products: Mapping[str, Product]
    plan: Plan
    pages: Mapping[str, PageText] = field(default_factory=dict)
    wrong: frozenset[str] = frozenset()
    unused: Sequence[str] = ()
    keeper: Mapping[str, str] = field(default_factory=dict)
    missing_files: frozenset[str] = frozenset()
    unpublished: Mapping[str, str] = field(default_factory=dict)
    unread: Sequence[Problem] = ()
    active_svgs: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    slips: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    limits: CheckSettings = field(default_factory=CheckSettings)


def read_facts(site: ObservedSite, session: Session, *, pixels: bool = False) -> Facts:
    """Gather the facts of a site; `pixels` also compares variants that are recorded as current."""
    plan = plan_products(site.known)
    duplicates = find_duplicates(session, site=site)
    wrong = unlike_sources(site, plan)
    if pixels:
        wrong |= unlike_records(site, session, plan)
    unused, unread = _unused(session, duplicates)
    pages = {path: _page_text(site, path, page) for path, page in _pages(site)}
    told = dict(told_by_files(site, session.cache))
    linked = {file for page in pages.values() for file, _ in page.files}
    return Facts(
        manifests=site.content.manifests,
        pictures=site.known.pictures,
        products=site.known.products,
        plan=plan,
        pages=pages,
        wrong=wrong,
        unused=unused,
        keeper={path: group.keeper.path for group in duplicates.groups for path in group.paths},
        missing_files=frozenset(path for path in linked if not _exists(site, path)),
        unpublished=dict(_unpublished(site)),
        unread=unread,
        active_svgs={path: words for path, words in told.items() if is_vector(path)},
        slips={path: words for path, words in told.items() if not is_vector(path)},
        limits=site.config.check,
    )


def _pages(site: ObservedSite) -> Iterator[tuple[str, Page]]:
    for path in (each.path for each in site.content.manifests if not is_data(each.path)):
        try:
            data = read_bytes(site.tree, path)
            page = read_page(data) or bare_page(data)
        except (ManifestError, UsageError, OSError):
            continue  # the problems of the site say why
        yield path, page


def _page_text(site: ObservedSite, path: str, page: Page) -> PageText:
    """Return the files and galleries that the text of a page refers to."""
    kind = site.config.kind
    address = kind.address
    folders = kind.folders(path, page.front_matter, in_body=not kind.has_theme)

    def expand(text: str) -> Expanded | None:
        return kind.expand(text, path, page.front_matter)

    files, galleries = [], []
    for item in scan_body(page.body, page.body_line, expand, kind.markup(path)):
        if isinstance(item, BodyTag) and kind.has_theme and _is_gallery(item.tag):
            given = item.tag.arguments.get("id")
            name = "gallery" if given is None else given.text
            if name:
                galleries.append((name, item.line))
        if not isinstance(item, BodyAddress):
            continue
        if item.use not in {AddressUse.LINK, AddressUse.FRAME}:
            continue
        try:
            text = item.address.partition("#")[0]
            place = locate_among(text, address, folders.absolute, folders.relative)
        except ManifestError:
            continue
        if place.path is None or place.url is not None:
            continue
        if PurePosixPath(place.path).suffix.lower() in _LINKED:
            places = (place.path, *place.others)
            there = (each for each in places if _exists(site, each))
            files.append((next(there, place.path), item.line))
    keys, ignored = frozenset(page.front_matter.entries), ignored_codes(page.front_matter)
    return PageText(tuple(files), tuple(galleries), keys, ignored)


def _is_gallery(tag: Tag) -> bool:
    """Return whether a tag is the include of the theme that shows a gallery of the front matter."""
    is_named = tag.name.removesuffix(".html") == "gallery" and not tag.is_foreign
    return is_named and tag.arguments.keys() <= _GALLERY_ARGUMENTS


def _unpublished(site: ObservedSite) -> Iterator[tuple[str, str]]:
    kind = site.config.kind
    for path in sorted(site.uses):
        name = kind.hidden_name(path)
        if name and _exists(site, path):
            yield path, name


def _exists(site: ObservedSite, path: str) -> bool:
    return isinstance(site.tree.find(path), DiskFile)


def _unused(session: Session, duplicates: Duplicates) -> tuple[list[str], list[Problem]]:
    """Return the pictures that no text mentions, and the problems of texts that are not searched.

    With such a text no picture counts as unused: the text may mention it.
    """
    site = duplicates.site
    named = {
        path.casefold()
        for manifest in site.content.manifests
        for image in manifest.images
        for path in (image.source, image.path)
        if path is not None
    }
    # another spelling of a name is a problem of the page, and no picture too many
    pictures = sorted(
        path
        for path in duplicates.unnamed
        if path.casefold() not in named and not has_icon_name(path)
    )
    names = {path: [path, *variant_names(path, site.config)] for path in pictures}
    wanted = [each for found in names.values() for each in found]
    mentions = search_site(site.config, session.cache, wanted)
    if mentions.unread:
        known = {each.path for each in site.content.unread}
        return [], [each for each in mentions.unread if each.path not in known]
    return [path for path, found in names.items() if not any(map(mentions.of, found))], []
