"""`mediakit check`: everything that makes a page look broken, and what can be mended safely."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from mediakit.base.errors import ManifestError, UsageError
from mediakit.base.files import Absent, DiskFile, read_observed
from mediakit.base.model import Problem, Severity
from mediakit.base.own_files import BASELINE_NAME
from mediakit.checks.baseline import dump_baseline, ignored_codes, kept, load_baseline
from mediakit.checks.facts import Facts, Limits, PageText
from mediakit.checks.pixels import wrong_variants
from mediakit.checks.remote import RemotePictures
from mediakit.checks.rules import all_problems
from mediakit.edit.pages import PageChange, read_bytes, write_pages
from mediakit.edit.redirect import AddressReader, Redirection
from mediakit.images.grey import GREY_SIDE, UnreadableError, grey_pixels
from mediakit.matching.compare import compare
from mediakit.site.body import BodyInclude, scan_body
from mediakit.site.front_matter import bare_page, read_page
from mediakit.site.paths import locate_among
from mediakit.state.documents import read_file, write_file
from mediakit.sync.content import settings_of
from mediakit.sync.copies import find_duplicates
from mediakit.sync.mentions import search_site, variant_names
from mediakit.sync.plan import plan_products
from mediakit.sync.resolve import resolver

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from mediakit.base.actions import Plan
    from mediakit.config.config import Config
    from mediakit.site.front_matter import Page
    from mediakit.state.cache import Cache
    from mediakit.sync.copies import Duplicates
    from mediakit.sync.observe import Site
    from mediakit.sync.session import Session

_LINKED = frozenset({".pdf", ".zip", ".mp3", ".mp4", ".docx", ".xlsx", ".csv"})


@dataclass(frozen=True, slots=True)
class CheckJob:
    """What to look at: `remote` asks other hosts for their pictures, `allow_private` any host.

    `pixels` makes each recorded variant once more, and compares.
    """

    remote: bool = False
    use_baseline: bool = True
    allow_private: bool = False
    pixels: bool = False


def check_site(site: Site, session: Session, job: CheckJob) -> list[Problem]:
    """Return what is wrong with a site that was observed, in order.

    Raises:
        UsageError: the baseline cannot be trusted.
    """
    config = site.config
    pages = _pages(site)
    plan = plan_products(site.known)
    duplicates = find_duplicates(session, site=site)
    strangers = _strangers(site, plan)
    if job.pixels:
        strangers |= wrong_variants(site, session, plan)
    unnamed, unread = _unmentioned(site, session.cache, _unnamed(duplicates))
    facts = Facts(
        manifests=site.content.manifests,
        pictures=site.known.pictures,
        products=site.known.products,
        actions=plan.actions,
        pages={path: _page_text(site, path, page) for path, page in pages.items()},
        strangers=strangers,
        unnamed=unnamed,
        alike={path: group.keeper.path for group in duplicates.groups for path in group.paths},
        limits=Limits(
            config.check.max_bytes, config.check.max_pixels, config.check.overlay_width,
            config.check.teaser_shape,
        ),
    )  # fmt: skip
    facts = replace(facts, missing_files=_missing_files(site, facts.pages))
    found = [*site.problems, *plan.problems, *all_problems(facts), *unread]
    if job.remote:
        asking = RemotePictures.of_the_web(allow_private=job.allow_private)
        found += asking.problems(site.content.manifests)
    by_page = {path: ignored_codes(page.front_matter) for path, page in pages.items()}
    baseline = read_baseline(config) if job.use_baseline else frozenset()
    left = kept(found, frozenset(config.check.ignore), by_page, baseline)
    return sorted(set(_with_errors(left, frozenset(config.check.errors))))


def mend(site: Site, session: Session) -> list[str]:
    """Correct the capital letters of paths in front matter, and return the pages that changed.

    Raises:
        UsageError: a page cannot be written.
    """
    changes = []
    reader = AddressReader(settings_of(site.config), resolver(site.tree, site.config.suffixes))
    for manifest in site.content.manifests:
        before = after = read_bytes(site.tree, manifest.path)
        for image in manifest.images:
            found = site.tree.find(image.source) if image.source is not None else None
            if isinstance(found, Absent) and found.near and image.source and not found.reason:
                lead = Redirection(reader, image.source, found.near)
                try:
                    after = lead.apply(manifest.path, after)
                except ManifestError:
                    continue  # the problem stays, and says where it is
        changes.append(PageChange(manifest.path, before, after))
    return write_pages(site.config.root, session.writer, changes)


def read_baseline(config: Config) -> frozenset[str]:
    """Read the baseline, an empty one where there is none; raises UsageError."""
    path = baseline_path(config)
    data = read_file(config.root, path)
    return frozenset() if data is None else load_baseline(data, path)


def write_baseline(session: Session, problems: Iterable[Problem]) -> str:
    """Write a baseline of these problems, and return its site path; raises UsageError."""
    path = baseline_path(session.config)
    write_file(session.config.root, path, dump_baseline(problems), session.writer)
    return path


def baseline_path(config: Config) -> str:
    """Return the site path of the baseline: it is beside the catalog."""
    return config.catalog_file.beside(BASELINE_NAME)


def _with_errors(problems: Iterable[Problem], codes: frozenset[str]) -> list[Problem]:
    return [
        replace(each, severity=Severity.ERROR) if each.code in codes else each for each in problems
    ]


def _pages(site: Site) -> dict[str, Page]:
    found = {}
    for manifest in site.content.manifests:
        try:
            data = read_bytes(site.tree, manifest.path)
            found[manifest.path] = read_page(data) or bare_page(data)
        except (ManifestError, UsageError, OSError):
            continue  # it was read before; what is wrong with it is said already
    return found


def _page_text(site: Site, path: str, page: Page) -> PageText:
    """Return the files and galleries that the text of a page refers to."""
    kind = site.config.kind
    address = kind.address
    folders = kind.folders(path, page.front_matter, in_body=not kind.has_theme)

    def lookup(name: str) -> str | None:
        return {"site.baseurl": address.baseurl, "site.url": address.url}.get(name)

    files, galleries = [], []
    is_markdown = not path.endswith((".html", ".htm"))
    for item in scan_body(page.body, page.body_line, lookup, markdown=is_markdown, tags=kind.tags):
        if isinstance(item, BodyInclude):
            if item.name == "gallery":
                name = item.parameters.get("id", "gallery").strip("\"'")
                galleries.append((name, item.line))
            continue
        if not item.is_link:
            continue
        try:
            text = item.address.partition("#")[0]
            place = locate_among(text, address, folders.absolute, folders.relative)
        except ManifestError:
            continue
        if place.path is None or place.url is not None:
            continue
        if PurePosixPath(place.path).suffix.lower() in _LINKED:
            there = (each for each in place.others if isinstance(site.tree.find(each), DiskFile))
            is_first = isinstance(site.tree.find(place.path), DiskFile)
            files.append((place.path if is_first else next(there, place.path), item.line))
    return PageText(tuple(files), tuple(galleries), frozenset(page.front_matter.entries))


def _missing_files(site: Site, pages: Mapping[str, PageText]) -> frozenset[str]:
    named = {file for page in pages.values() for file, _ in page.files}
    return frozenset(each for each in named if not isinstance(site.tree.find(each), DiskFile))


def _unnamed(duplicates: Duplicates) -> list[str]:
    """Return the pictures that no page names, not even in other capital letters."""
    named = {
        path.casefold()
        for manifest in duplicates.site.content.manifests
        for image in manifest.images
        for path in (image.source, image.path)
        if path is not None
    }
    return sorted(path for path in duplicates.unnamed if path.casefold() not in named)


def _unmentioned(site: Site, cache: Cache, pictures: list[str]) -> tuple[list[str], list[Problem]]:
    """Return the pictures that no text mentions, and the texts that could not be searched.

    None, if there are such texts: nobody knows what they mention.
    """
    names = {path: [path, *variant_names(path, site.config)] for path in pictures}
    mentions = search_site(site.config, cache, [each for found in names.values() for each in found])
    if mentions.unread:
        told = {each.path for each in site.content.unread}
        return [], [each for each in mentions.unread if each.path not in told]
    unused = (path for path, found in names.items() if not any(map(mentions.of, found)))
    return list(unused), []


def _strangers(site: Site, plan: Plan) -> frozenset[str]:
    """Return variants that mediakit did not make and that do not show their source."""
    found = set()
    remade = {action.path for action in plan.todo}
    for path, product in site.known.products.items():
        if path in site.known.records or path not in site.known.found or path in remade:
            continue
        source = site.files.get(product.source) if product.is_of_one_picture else None
        if source is None or site.known.pictures[product.source].width == 0:
            continue
        try:
            one, other = (
                grey_pixels(data, GREY_SIDE)
                for data in (read_observed(source), site.tree.read(path))
            )
        except (OSError, UnreadableError):
            continue
        shape = (one.shape[0] / one.shape[1]) / (other.shape[0] / other.shape[1])
        if abs(shape - 1) <= _SAME_SHAPE and not compare(one, other).is_same:
            found.add(path)
    return frozenset(found)


_SAME_SHAPE = 0.03
"""Difference of shapes above which a variant may be a crop, and is not compared."""
