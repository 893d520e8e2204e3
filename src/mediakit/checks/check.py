"""`mediakit check`: find everything that makes a page look broken, and fix what is safe to fix."""

from __future__ import annotations

from dataclasses import dataclass
from glob import escape
from typing import TYPE_CHECKING, Annotated

import msgspec
from msgspec import Meta
from msgspec.structs import replace

from mediakit.base.errors import ManifestError, UsageError
from mediakit.base.files import Absent, sha256_bytes
from mediakit.base.formats import is_vector
from mediakit.base.model import Problem, Severity
from mediakit.base.own_files import CREDITS_NAME
from mediakit.checks.baseline import read_baseline, without_ignored, write_baseline
from mediakit.checks.facts import read_facts, read_private_facts
from mediakit.checks.files import code_of, private_pictures, told_by_files
from mediakit.checks.remote import RemotePictures
from mediakit.checks.rules import all_problems
from mediakit.edit.pages import PageChange, read_bytes
from mediakit.edit.redirect import AddressReader, Redirection
from mediakit.report.documents import Count, Document, Path, ProblemEntry, problem_entries
from mediakit.sync.content import settings_of
from mediakit.sync.copies import find_duplicates
from mediakit.sync.credits import CreditLedger
from mediakit.sync.exercise import find_pages
from mediakit.sync.observe import observe
from mediakit.sync.pictures import resolver
from mediakit.sync.private import strip_files
from mediakit.sync.quarantine import Edit
from mediakit.sync.run import Job, Run
from mediakit.sync.selection import Selection

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from mediakit.base.model import Manifest
    from mediakit.checks.facts import Facts
    from mediakit.sync.copies import Duplicates
    from mediakit.sync.observe import ObservedSite
    from mediakit.sync.session import Progress, Session


@dataclass(frozen=True, slots=True)
class CheckJob:
    """How to check: `remote` asks other hosts for their pictures, `allow_private` any host.

    `pixels` makes each recorded variant once more, and compares. `write_baseline` records the
    problems, so that later runs report only new ones. `exercises` are the pages to report, in the
    words of people; none are all.
    """

    remote: bool = False
    use_baseline: bool = True
    allow_private: bool = False
    pixels: bool = False
    write_baseline: bool = False
    exercises: tuple[str, ...] = ()


class SeverityCounts(msgspec.Struct, frozen=True, kw_only=True):
    """How many problems there are of each severity."""

    error: Annotated[Count, Meta(description="How many errors.")]
    warning: Annotated[Count, Meta(description="How many warnings.")]
    note: Annotated[Count, Meta(description="How many notes.")]


class FixEntry(msgspec.Struct, frozen=True, kw_only=True):
    """What `check --fix` changed before the check."""

    pages: Annotated[list[Path], Meta(description="Site paths of the pages that were corrected.")]
    stripped: Annotated[
        list[Path], Meta(description="Site paths of the pictures that lost their metadata.")
    ]
    quarantine: Annotated[
        str | None, Meta(description="Site path of the folder that has all of them as they were.")
    ]
    made: Annotated[Count, Meta(description="How many variants were made.")]


class CheckDocument(Document, frozen=True, kw_only=True):
    """What `check` found."""

    counts: Annotated[SeverityCounts, Meta(description="How many problems there are.")]
    fixed: Annotated[FixEntry | None, Meta(description="With `--fix`: what was changed first.")]
    problems: list[ProblemEntry]


class BaselineDocument(Document, frozen=True, kw_only=True):
    """What `check --write-baseline` wrote."""

    baseline: Annotated[Path, Meta(description="Site path of the baseline.")]
    noted: Annotated[Count, Meta(description="How many problems are in it.")]


@dataclass(frozen=True, slots=True)
class CheckReport:
    """The problems in order; `baseline` is the site path of the baseline that was written."""

    problems: tuple[Problem, ...]
    baseline: str = ""

    def count(self, severity: Severity) -> int:
        """Return how many of the problems are of a severity."""
        return sum(each.severity is severity for each in self.problems)

    def document(self, fixed: FixEntry | None = None) -> CheckDocument | BaselineDocument:
        """Return the report as JSON."""
        if self.baseline:
            return BaselineDocument(baseline=self.baseline, noted=len(self.problems))
        counts = {str(each): self.count(each) for each in Severity}
        return CheckDocument(
            counts=SeverityCounts(**counts),
            fixed=fixed,
            problems=problem_entries(self.problems),
        )


def check_site(
    session: Session, job: CheckJob, duplicates: Duplicates | None = None
) -> CheckReport:
    """Check a site; write the baseline if the job says so.

    `duplicates` are those of the site as it was observed, where somebody has looked already.

    Raises:
        UsageError: the baseline cannot be trusted, or there is no such exercise.
    """
    config = session.config
    site = duplicates.site if duplicates is not None else observe(session)
    chosen = _chosen(site, job.exercises)
    duplicates = duplicates or find_duplicates(session, site=site)
    facts = read_facts(duplicates, session, pixels=job.pixels)
    found = [*site.problems, *facts.plan.problems, *all_problems(facts), *facts.unread]
    found += missing_licences(site)
    if job.remote:
        asking = RemotePictures.of_the_web(allow_private=job.allow_private)
        found += asking.problems(chosen)
    by_page = {each.path: each.text.ignored for each in site.content.manifests}
    use_baseline = job.use_baseline and not job.write_baseline
    baseline = read_baseline(config) if use_baseline else frozenset()
    if job.exercises:
        places = _places(facts, chosen)
        found = [each for each in found if each.path in places]
    left = without_ignored(found, config.check.ignore, by_page, baseline)
    problems = {
        replace(each, severity=Severity.ERROR) if each.code in config.check.errors else each
        for each in left
    }
    report = CheckReport(tuple(sorted(problems)))
    if job.write_baseline:
        return CheckReport(report.problems, write_baseline(session, report.problems))
    return report


def fix_site(session: Session, progress: Progress, exercises: Sequence[str] = ()) -> FixEntry:
    """Correct capital letters of paths in front matter, then make missing and stale variants.

    Before that, places and cameras are taken out of pictures, and out of SVGs what they run, load
    or note. `exercises` are the pages to fix, with what they show; none are all.

    Raises:
        UsageError: a page or a picture cannot be written, or there is no such exercise.
    """
    site = observe(session)
    chosen = _chosen(site, exercises)
    pages = _correct_paths(site, chosen)
    told = [*_private(site, session), *_active(site, session)]
    if exercises:
        shown = _shown(chosen)
        told = [each for each in told if each in shown]
    done = strip_files(session, told, pages)
    only = tuple(escape(each.path) for each in chosen) if exercises else ()
    result = Run(session, Job(selection=Selection(only)), progress).generate()
    return FixEntry(
        pages=[each.path for each in pages], stripped=list(done.paths), quarantine=done.folder,
        made=result.summary.made,
    )  # fmt: skip


def _chosen(site: ObservedSite, exercises: Sequence[str]) -> Sequence[Manifest]:
    if not exercises:
        return site.content.manifests
    pages = find_pages(site.config, site.tree, exercises, site.content)
    places = {each.place for each in pages}
    return [each for each in site.content.manifests if each.place in places]


def _shown(pages: Iterable[Manifest]) -> set[str]:
    """Return the site paths of all pictures that pages name."""
    return {
        path for page in pages for each in page.images for path in (each.path, each.source) if path
    }


def _places(facts: Facts, pages: Iterable[Manifest]) -> set[str]:
    """Return where the problems of pages stand: in their files, pictures and variants."""
    pages = list(pages)
    pictures = _shown(pages)
    variants = {path for path, each in facts.products.items() if each.source in pictures}
    return {each.path for each in pages} | pictures | variants


def _private(site: ObservedSite, session: Session) -> list[str]:
    """Return the pictures that tell a place or a camera, but not those that are ignored."""
    found = private_pictures(read_private_facts(site, session))
    return [path for path, told, _ in found if code_of(told) not in site.config.check.ignore]


def _active(site: ObservedSite, session: Session) -> list[str]:
    """Return the SVGs that are no mere drawings, unless that is ignored."""
    if "active-svg" in site.config.check.ignore:
        return []
    return [path for path, _ in told_by_files(site, session.cache) if is_vector(path)]


def _correct_paths(site: ObservedSite, pages: Iterable[Manifest]) -> dict[Edit, bytes]:
    """Return the pages whose paths differ from the disk by case, as they should be."""
    changes: dict[str, PageChange] = {}
    reader = AddressReader(settings_of(site.config), resolver(site.tree, site.config))
    for manifest in pages:
        known = changes.get(manifest.path)  # another record of a data file
        before = known.before if known is not None else read_bytes(site.tree, manifest.path)
        after = known.after if known is not None else before
        for image in manifest.images:
            found = site.tree.find(image.source) if image.source is not None else None
            if isinstance(found, Absent) and found.near and image.source and not found.reason:
                lead = Redirection(reader, image.source, found.near)
                try:
                    after = lead.apply(manifest.path, after)
                except ManifestError:
                    continue  # the problem stays, and is reported with its line
        changes[manifest.path] = PageChange(manifest.path, before, after)
    return {
        Edit(each.path, sha256_bytes(each.before), sha256_bytes(each.after)): each.after
        for each in changes.values()
        if each.changes
    }


_HINT = "write whose it is into its entry, as `author` and `licence`; of your own, `own`"


def missing_licences(site: ObservedSite) -> Iterator[Problem]:
    """Yield the pictures that pages show, and that are without a licence where credits are kept."""
    try:
        ledger = CreditLedger(site.config)
    except UsageError as error:
        path = site.config.template_file(CREDITS_NAME)
        yield Problem(path, 0, "bad-json", Severity.ERROR, str(error), error.hint or "")
        return
    for path, each in sorted(ledger.pictures.items()):
        if path in site.uses and not each.licence.strip():
            came = f"{path} came from another host" if each.addresses else path
            message = f"{came} and has no licence here"
            yield Problem(
                ledger.path, ledger.line(path), "no-licence", Severity.WARNING, message, _HINT
            )
