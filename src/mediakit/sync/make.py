"""Apply: make the variants of a plan, and keep the record of them."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING

from msgspec.structs import replace

from mediakit.base.actions import Action, Failure, Kind, Outcome, Reason, Status
from mediakit.base.artifacts import Artifact, Look
from mediakit.base.errors import CacheError
from mediakit.base.model import Problem, Severity
from mediakit.base.products import VariantRecord
from mediakit.executors import run_bounded
from mediakit.images.look import Limits
from mediakit.images.preset import MAX_PIXELS, Preset, Truncated
from mediakit.state.catalog import Catalog
from mediakit.sync.worker import Delivery, Order, Result, cannot_write, carry_out

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from concurrent.futures import Executor, Future

    from mediakit.base.actions import Plan
    from mediakit.base.artifacts import Picture
    from mediakit.executors import LostWorkerError, Workers
    from mediakit.state.cache import Cache
    from mediakit.storage.protocol import Staged
    from mediakit.sync.observe import Site


@dataclass(frozen=True, slots=True)
class Task:
    """What to do with one source, the description last: it is decoded once."""

    source: str
    actions: tuple[Action, ...]


class VariantMaker:
    """Makes variants; `records` holds what is now known of each, whenever it is stopped."""

    def __init__(self, site: Site, cache: Cache) -> None:
        self._site = site
        self._cache = cache
        self.records: dict[str, VariantRecord] = {}
        self.looks: dict[str, Look] = {}
        self._stored: dict[str, Artifact] = {}
        self.problems: list[Problem] = []

    def make(self, plan: Plan, workers: Workers, report: Callable[[Outcome], None]) -> None:
        """Carry out the plan, and tell `report` how each action ended."""
        for action in plan.actions:
            if action.kind is Kind.KEEP:
                self._keep(action)
                report(Outcome(action, Status.KEPT))

        def start(executor: Executor, task: Task) -> Future[Delivery]:
            return executor.submit(carry_out, self._order(task, workers))

        tasks = list(_by_source(plan.todo))
        for task, delivery in run_bounded(workers.executor, workers.in_flight, tasks, start, _lost):
            self._take(task, delivery, report)

    def _order(self, task: Task, workers: Workers) -> Order:
        outputs = tuple(
            (action.path, self._preset(action))
            for action in task.actions
            if action.kind is Kind.MAKE
        )
        describe = self._limits if len(outputs) < len(task.actions) else None
        sha256 = self._site.known.pictures[task.source].sha256
        file = self._site.sources[task.source]
        return Order(
            self._site.store, file, sha256, outputs, describe, keep_grey=not workers.are_remote
        )

    def _take(self, task: Task, delivery: Delivery, report: Callable[[Outcome], None]) -> None:
        broken = [isinstance(each, Failure) for each in delivery.results]
        for action, each in zip(task.actions, delivery.results, strict=True):
            if action.kind is Kind.DESCRIBE and all(broken) and len(broken) > 1:
                report(Outcome(action, Status.SKIPPED))  # the reason has been told
            else:
                report(self._land(action, each, delivery.seconds / len(broken)))

    def catalog(self) -> Catalog:
        """Return the catalog as it is now: what nothing was done to keeps its record."""
        known = self._site.known
        variants = {}
        for path in {*known.wanted, *known.records}:
            record = self.records.get(path) or known.record(path)
            if record is not None and (path in known.wanted or path in known.outputs):
                variants[path] = record
        pictures = {
            path: _with_look(picture, self.looks.get(path))
            for path, picture in known.pictures.items()
        }
        kind, site = self._site.config.kind, self._site
        objects = {**site.objects, **self._stored}
        return Catalog(
            pictures, variants, objects, site.videos, site.catalog.site,
            kind.address.baseurl, key_of=kind.key,
        )  # fmt: skip

    def _keep(self, action: Action) -> None:
        if action.reason is Reason.ADOPTED:
            output = self._site.known.outputs[action.path]
            size = output.width, output.height
            self.records[action.path] = self._record(action, output.sha256, output.bytes, size)

    def _land(self, action: Action, made: Result, seconds: float) -> Outcome:
        if isinstance(made, Failure):
            return self._fail(action, made)
        if isinstance(made, Look):
            self._cache.remember_look(self._site.known.pictures[action.path].sha256, made)
            self.looks[action.path] = made
            return Outcome(action, Status.DONE, 0, seconds)
        record = self._record(action, made.sha256, made.bytes, (made.width, made.height))
        try:
            self._cache.note_variant(record)
            self._site.store.land(made, self._site.pictures)
        except OSError as error:
            return self._fail(action, cannot_write(error))
        except CacheError as error:
            return self._fail(action, Failure("cannot-write-file", error.message, error.hint))
        self.records[action.path] = record
        self._note_stored(made)
        return Outcome(action, Status.DONE, made.bytes, seconds)

    def _note_stored(self, made: Staged) -> None:
        if self._site.store.has_etags:
            self._stored[made.path] = Artifact(made.path, made.sha256, made.bytes, etag=made.place)

    def _fail(self, action: Action, failure: Failure) -> Outcome:
        wanted = self._site.known.wanted.get(action.path)
        if action.kind is Kind.MAKE and wanted is not None:
            path, line = wanted.manifest, wanted.line
            what = f"{action.path} was not made of {wanted.source}"
        else:
            path, line = self._site.uses[action.path][0]
            what = f"{action.path} was not described"
        message = f"{what}: {failure.message}"
        self.problems.append(
            Problem(path, line, failure.code, Severity.ERROR, message, failure.hint)
        )
        return Outcome(action, Status.FAILED)

    def _record(
        self, action: Action, sha256: str, bytes_: int, size: tuple[int, int]
    ) -> VariantRecord:
        """Return the record of a variant that has these bytes now."""
        source = action.source or ""
        return VariantRecord(
            path=action.path,
            source=source,
            preset=action.preset or "",
            source_sha256=self._site.known.pictures[source].sha256,
            fingerprint=self._preset(action).fingerprint(action.path),
            sha256=sha256,
            bytes=bytes_,
            width=size[0],
            height=size[1],
        )

    @property
    def _limits(self) -> Limits:
        """Which sources are described: those that some preset takes."""
        presets = self._site.config.presets
        keep = any(preset.truncated is Truncated.KEEP for preset in presets)
        most = max((preset.max_pixels for preset in presets), default=MAX_PIXELS)
        return Limits(most, Truncated.KEEP if keep else Truncated.ERROR)

    def _preset(self, action: Action) -> Preset:
        return self._site.known.presets[action.preset or ""]


def _with_look(picture: Picture, look: Look | None) -> Picture:
    if look is None:
        return picture
    return replace(picture, colour=look.colour, placeholder=look.placeholder)


def _by_source(actions: Iterable[Action]) -> Iterator[Task]:
    def place(action: Action) -> tuple[str, bool, str]:
        return action.source or "", action.kind is Kind.DESCRIBE, action.path

    ordered = sorted(actions, key=place)
    for source, group in groupby(ordered, key=lambda action: action.source or ""):
        yield Task(source, tuple(group))


def _lost(task: Task, error: LostWorkerError) -> Delivery:
    failure = Failure(
        "worker-lost", f"{error}", "look at the picture, and at the memory that workers have"
    )
    return Delivery((failure,) * len(task.actions))
