"""Documents for templates: data files of the site that includes, partials and shortcodes read.

Each is a function of the observed site and its catalog. `generate` and `sync` write them
after the catalog where `[theme] data` or `[structured] data` is on, and only those that have
changed. Their names are in `base/own_files.py`, so that no search of the site takes them for its
texts.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from mediakit.base.actions import Action, Kind, Outcome, Place, Reason, Status
from mediakit.base.errors import UsageError
from mediakit.base.own_files import PICTURE_DATA, STRUCTURED_DATA
from mediakit.base.regular_file import read_file
from mediakit.base.writer import write_file
from mediakit.sync.make import Maker, not_written
from mediakit.sync.picture_data import picture_data
from mediakit.sync.search import search_data

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from mediakit.base.actions import Plan
    from mediakit.base.model import Problem
    from mediakit.base.writer import Writer
    from mediakit.state.cache import Cache
    from mediakit.state.catalog import Catalog
    from mediakit.sync.observe import ObservedSite


class TemplateDocument(NamedTuple):
    """A document: its file name, and the function that makes its bytes.

    One that `has_variants` becomes another one where variants are made.
    """

    name: str
    render: Callable[[ObservedSite, Catalog, Cache], bytes]
    has_variants: bool = False


def _pictures(site: ObservedSite, catalog: Catalog, _cache: Cache) -> bytes:
    return picture_data(site.content.manifests, catalog, site.config)


DOCUMENTS = (
    TemplateDocument(PICTURE_DATA, _pictures, has_variants=True),
    TemplateDocument(STRUCTURED_DATA, search_data),
)


def write_documents(
    site: ObservedSite,
    catalog: Catalog,
    cache: Cache,
    writer: Writer,
    report: Callable[[Outcome], None],
) -> Iterator[Problem]:
    """Write the documents that have changed, and yield what went wrong."""
    for _, path, data, reason in _rendered(site, catalog, cache):
        if reason is Reason.UP_TO_DATE:
            continue
        try:
            write_file(site.config.root, path, data, writer)
        except UsageError as error:
            yield not_written(path, error)
        else:
            report(Outcome(_write(path, reason), Status.DONE, len(data)))


def plan_documents(site: ObservedSite, cache: Cache, plan: Plan) -> tuple[Action, ...]:
    """Return what a run with this plan would write, where anything is to do, as far as known."""
    todo = any(each.kind is not Kind.KEEP or each.reason is Reason.ADOPTED for each in plan.actions)
    actions = []
    for document, path, _, reason in _rendered(site, Maker(site, cache).catalog(), cache):
        if reason is not Reason.UP_TO_DATE:
            actions.append(_write(path, reason))
        elif todo and document.has_variants:
            actions.append(_write(path, Reason.CONTENT_CHANGED))
    return tuple(actions)


def _rendered(
    site: ObservedSite, catalog: Catalog, cache: Cache
) -> Iterator[tuple[TemplateDocument, str, bytes, Reason]]:
    config = site.config
    for document in DOCUMENTS:
        path = config.template_file(document.name)
        if path not in config.template_files:
            continue
        data = document.render(site, catalog, cache)
        there = read_file(config.root, path)
        changed = Reason.NEW if there is None else Reason.CONTENT_CHANGED
        yield document, path, data, Reason.UP_TO_DATE if there == data else changed


def _write(path: str, reason: Reason) -> Action:
    return Action(Kind.WRITE, Place.SITE, path, reason)
