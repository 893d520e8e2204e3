"""Make: the products of a plan, each put in place with its record."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING

from msgspec.structs import replace

from mediakit.base.actions import Action, Failure, Kind, Outcome, Reason, Status
from mediakit.base.artifacts import Artifact, Look, picture_input, source_of
from mediakit.base.errors import CacheError, UsageError
from mediakit.base.formats import film_of, format_of
from mediakit.base.model import Problem, Severity
from mediakit.base.tables import changed
from mediakit.executors.workers import run_bounded
from mediakit.images.look import Limits
from mediakit.images.opening import strict_decoder
from mediakit.images.preset import MAX_PIXELS, Truncated
from mediakit.state.catalog import Catalog
from mediakit.sync.picture_problems import lacking, slipped
from mediakit.sync.worker import Delivery, Order, Result, cannot_write, carry_out

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping
    from concurrent.futures import Executor, Future

    from mediakit.base.actions import Plan
    from mediakit.base.artifacts import Input, MadeRecord, Product, SourcePicture
    from mediakit.base.writer import Writer
    from mediakit.executors.workers import LostWorkerError, Workers
    from mediakit.state.cache import Cache
    from mediakit.state.catalog_file import Lines
    from mediakit.sync.observe import ObservedSite


@dataclass(frozen=True, slots=True)
class Task:
    """What to make of the same inputs, the look of a picture last: each is decoded once."""

    inputs: tuple[Input, ...]
    actions: tuple[Action, ...]


_LOOKS = 64
"""Looks that the cache gets at once: it takes as long for a few."""

_BLAS_THREADS = "OPENBLAS_NUM_THREADS"


def _load_decoder() -> None:
    """Load NumPy, and what needs it, before there are threads.

    It gets none of its own: pictures do not need them, and they take half of its start.
    """
    is_set = _BLAS_THREADS in os.environ
    os.environ.setdefault(_BLAS_THREADS, "1")
    strict_decoder()
    if not is_set:
        del os.environ[_BLAS_THREADS]


class Maker:
    """Makes products; `records` holds what is now known of each, whenever it is stopped."""

    def __init__(self, site: ObservedSite, cache: Cache) -> None:
        self._site, self._cache = site, cache
        self.records: dict[str, MadeRecord] = {}
        self.looks: dict[str, Look] = {}
        self._fresh: dict[str, Look] = {}
        self._stored: dict[str, Artifact] = {}
        self._gone: set[str] = set()
        self._lines: Lines | None = None
        self.problems: list[Problem] = []
        self.declined: list[Problem] = []

    def make(self, plan: Plan, workers: Workers, report: Callable[[Outcome], None]) -> None:
        """Carry out the plan, and report how each action ended; what is stale goes last."""
        for action in plan.actions:
            if action.kind is Kind.KEEP:
                self._keep(action)
                report(Outcome(action, Status.KEPT))

        def start(executor: Executor, task: Task) -> Future[Delivery]:
            return executor.submit(carry_out, self._order(task, widest, workers))

        todo = [action for action in plan.todo if action.kind is not Kind.PRUNE]
        if todo:
            _load_decoder()
        load_palettes(action.path for action in todo if action.product is not None)
        tasks = list(self._tasks(todo))
        widest = self._site.known.widest(source_of(task.inputs) for task in tasks)
        ended = run_bounded(workers.executor, workers.in_flight, tasks, start, _lost)
        try:
            for task, delivery in ended:
                self._take(task, delivery, report)
        finally:
            self._keep_looks()
        self._prune([action for action in plan.todo if action.kind is Kind.PRUNE], report)

    def _prune(self, stale: list[Action], report: Callable[[Outcome], None]) -> None:
        """Remove stale variants, but none after a failure; the catalog is written after that."""
        if not stale:
            return
        from mediakit.sync.orphans import remove  # noqa: PLC0415 - few runs prune

        skipped = [Outcome(action, Status.SKIPPED) for action in stale]
        for ended in skipped if self.problems else remove(self._site, stale):
            if isinstance(ended, Problem):
                self.problems.append(ended)
                continue
            if ended.status is Status.DONE:
                self._gone.add(ended.action.path)
            report(ended)

    def _tasks(self, actions: Iterable[Action]) -> Iterator[Task]:
        """Yield tasks in the order of their pictures; in each the look comes last."""
        groups: dict[tuple[Input, ...], list[Action]] = {}
        for action in actions:
            inputs = action.product.inputs if action.product else self._picture(action.path)
            groups.setdefault(inputs, []).append(action)
        for inputs in sorted(groups, key=source_of):
            group = sorted(groups[inputs], key=lambda each: (each.kind is Kind.DESCRIBE, each.path))
            yield Task(inputs, tuple(group))

    def _picture(self, path: str) -> tuple[Input, ...]:
        return (picture_input(self._site.known.pictures[path]),)

    def _order(self, task: Task, widest: Mapping[str, int], workers: Workers) -> Order:
        site = self._site
        products = tuple(action.product for action in task.actions if action.product is not None)
        return Order(
            site.store,
            site.files_of(task.inputs),
            products,
            {each.recipe: site.known.recipes[each.recipe] for each in products},
            widest[source_of(task.inputs)],
            self._limits if len(products) < len(task.actions) else None,
            keep_grey=not workers.are_remote,
        )

    def _take(self, task: Task, delivery: Delivery, report: Callable[[Outcome], None]) -> None:
        if delivery.slips:
            path = source_of(task.inputs)
            place = self._site.uses[path][0]
            self.problems.append(slipped(place, path, delivery.slips))
        for path, lack in delivery.lacks:
            self.problems.append(lacking(self._site.known.products[path], lack))
        broken = [isinstance(each, Failure) for each in delivery.results]
        for action, each in zip(task.actions, delivery.results, strict=True):
            if action.kind is Kind.DESCRIBE and all(broken) and len(broken) > 1:
                report(Outcome(action, Status.SKIPPED))  # the reason is reported already
            else:
                report(self._land(action, each, delivery.seconds / len(broken)))

    def catalog(self) -> Catalog:
        """Return the catalog as it is now: what nothing was done to keeps its record."""
        known, site = self._site.known, self._site
        made = {path: known.record(path) for path, _ in known.journal} | self.records
        gone = [path for path in known.records if self._is_gone(path)]
        fresh = {
            path: each
            for path, each in made.items()
            if each is not None and (path in known.products or path in known.records)
        }
        records = changed(changed(known.records, fresh), {}, gone)
        pictures = changed(
            known.inputs,
            {path: _with_look(known.inputs[path], look) for path, look in self.looks.items()},
        )
        kind = site.config.kind
        catalog = Catalog(
            pictures, records, {**site.objects, **self._stored}, site.videos, site.catalog.site,
            kind.address.baseurl, key_of=kind.key, lines=None if site.part else self._lines,
        )  # fmt: skip
        return (
            site.part.put_into(site.config.catalog_file.read(), catalog) if site.part else catalog
        )

    def _is_gone(self, path: str) -> bool:
        """Return whether a product is neither needed nor there."""
        known = self._site.known
        return path not in known.products and (path not in known.found or path in self._gone)

    def write_catalog(self, writer: Writer, report: Callable[[Outcome], None]) -> bool:
        """Write the catalog, then the documents for templates; return whether the catalog was.

        Where it could not be, the cache's journal has it all until it can.
        """
        config, catalog = self._site.config, self.catalog()
        try:
            self._lines = config.catalog_file.write(catalog, writer)
        except UsageError as error:
            self.problems.append(not_written(config.catalog, error))
            return False
        if config.template_files:
            from mediakit.sync.template_data import write_documents  # noqa: PLC0415 - few sites ask

            self.problems += write_documents(self._site, catalog, self._cache, writer, report)
        return True

    def _keep(self, action: Action) -> None:
        if action.reason is Reason.ADOPTED and action.product is not None:
            from mediakit.sync.adopted import adopted_record  # noqa: PLC0415 - few runs adopt

            self.records[action.path] = adopted_record(self._site, action.product, self._cache)

    def _land(self, action: Action, made: Result, seconds: float) -> Outcome:
        if isinstance(made, Failure):
            is_wrong = made.severity is Severity.ERROR
            return self._fail(action, made) if is_wrong else self._decline(action, made)
        if isinstance(made, Look):
            self._fresh[self._site.known.pictures[action.path].sha256] = made
            if len(self._fresh) == _LOOKS:
                self._keep_looks()
            self.looks[action.path] = replace(made, grey=b"")
            return Outcome(action, Status.DONE, 0, seconds)
        record, site = made.record, self._site
        try:
            self._cache.note_made(record)
            site.store.land(record.path, made.place, site.pictures)
        except OSError as error:
            return self._fail(action, cannot_write(error))
        except CacheError as error:
            return self._fail(action, Failure("cannot-write-file", error.message, error.hint))
        self.records[action.path] = record
        if site.store.has_etags:
            self._stored[record.path] = Artifact(
                record.path, record.sha256, record.bytes, etag=made.place
            )
        return Outcome(action, Status.DONE, record.bytes, seconds)

    def _decline(self, action: Action, why: Failure) -> Outcome:
        from mediakit.sync.declined import declined_digest, declined_problem  # noqa: PLC0415 - rare

        product, known = self._site.known.products[action.path], self._site.known
        self._cache.note_declined(declined_digest(product, known.recipes))
        told = [declined_problem(product, why)] if why.message else []
        self.declined += [each for each in told if each not in self.declined]  # not once a format
        return Outcome(action, Status.SKIPPED)

    def _keep_looks(self) -> None:
        self._cache.remember_looks(self._fresh)
        self._fresh.clear()

    def _fail(self, action: Action, failure: Failure) -> Outcome:
        product = self._site.known.products.get(action.path)
        if action.kind is Kind.MAKE and product is not None:
            path, line = product.page, product.line
            pictures = ", ".join(each.path for each in product.inputs if each.path)
            what = f"{action.path} was not made" + (f" of {pictures}" if pictures else "")
        else:
            path, line = self._site.uses[action.path][0]
            what = f"{action.path} was not described"
        if product is not None and failure.code in {"unreadable-picture", "worker-lost"}:
            what = self._unmade_of(product) or what
        message = f"{what}: {failure.message}"
        problem = Problem(path, line, failure.code, Severity.ERROR, message, failure.hint)
        self.problems += [] if problem in self.problems else [problem]
        return Outcome(action, Status.FAILED)

    def _unmade_of(self, product: Product) -> str:
        """Return what is said once for all that is made of a film, or as a clip; else empty."""
        if film_of(product.source) is not None:
            return f"nothing was made of {product.source}"
        clips = self._site.config.made_by.get("clips", ())
        is_clip = self._site.known.recipes[product.recipe] in clips
        return f"no clip was made of {product.source}" if is_clip else ""

    @property
    def _limits(self) -> Limits:
        """Which sources are described: those that some preset takes."""
        presets = self._site.config.presets
        keep = any(preset.truncated is Truncated.KEEP for preset in presets)
        most = max((preset.max_pixels for preset in presets), default=MAX_PIXELS)
        return Limits(most, Truncated.KEEP if keep else Truncated.ERROR)


def not_written(path: str, error: UsageError) -> Problem:
    """Say that the catalog, or a document for templates, could not be written."""
    message = error.message.removeprefix(f"{path}: ")
    return Problem(path, 0, "cannot-write-catalog", Severity.ERROR, message, error.hint)


def _with_look(picture: SourcePicture, look: Look) -> SourcePicture:
    return replace(picture, colour=look.colour, placeholder=look.placeholder)


def _lost(task: Task, error: LostWorkerError) -> Delivery:
    failure = Failure(
        "worker-lost", f"{error}", "look at the picture, and at the memory that workers have"
    )
    return Delivery((failure,) * len(task.actions))


def load_palettes(paths: Iterable[str]) -> None:
    """Import what makes palettes, where such files are to be made: NumPy, before threads do."""
    if any(kind is not None and kind.palette for kind in map(format_of, paths)):
        import mediakit.images.palette  # noqa: F401, PLC0415
