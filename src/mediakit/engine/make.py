"""Apply: make the variants of a plan, and keep the record of them."""

from __future__ import annotations

import time
from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING

from msgspec.structs import replace

from mediakit.catalog import Catalog
from mediakit.errors import CacheError
from mediakit.executors import finished, run_bounded
from mediakit.files import read_unchanged
from mediakit.images.look import Limits, Look
from mediakit.images.preset import MAX_PIXELS, Preset, Truncated
from mediakit.images.render import Made, render
from mediakit.model import (
    Action,
    Failure,
    Kind,
    Outcome,
    Problem,
    Reason,
    Severity,
    Status,
    VariantRecord,
)
from mediakit.writer import hint_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from concurrent.futures import Executor, Future

    from mediakit.cache import Cache
    from mediakit.engine.observe import Site
    from mediakit.model import Picture, Plan
    from mediakit.writer import Writer


_Results = tuple[float, tuple[Made, ...]]
"""Seconds of work, and what came of each output."""


@dataclass(frozen=True, slots=True)
class Task:
    """What to do with one source, the description last: it is decoded once."""

    source: str
    actions: tuple[Action, ...]


class VariantMaker:
    """Makes variants; `records` holds what is now known of each, whenever it is stopped."""

    def __init__(self, site: Site, cache: Cache, writer: Writer) -> None:
        self._site = site
        self._cache = cache
        self._writer = writer
        self.records: dict[str, VariantRecord] = {}
        self.looks: dict[str, Look] = {}
        self.problems: list[Problem] = []

    def make(self, plan: Plan, executor: Executor, report: Callable[[Outcome], None]) -> None:
        """Carry out the plan, and tell `report` how each action ended."""
        for action in plan.actions:
            if action.kind is Kind.KEEP:
                self._keep(action)
                report(Outcome(action, Status.KEPT))
        tasks = list(_by_source(plan.todo))
        for task, results in run_bounded(executor, self._site.config.jobs + 1, tasks, self._start):
            seconds, made = results
            broken = [isinstance(each, Failure) for each in made]
            for action, each in zip(task.actions, made, strict=True):
                if action.kind is Kind.DESCRIBE and all(broken) and len(made) > 1:
                    report(Outcome(action, Status.SKIPPED))  # the reason has been told
                else:
                    report(self._land(action, each, seconds / len(made)))

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
        baseurl = self._site.config.jekyll.address.baseurl
        return Catalog(pictures, variants, videos=self._site.videos, baseurl=baseurl)

    def _keep(self, action: Action) -> None:
        if action.reason is Reason.ADOPTED:
            output = self._site.known.outputs[action.path]
            size = output.width, output.height
            self.records[action.path] = self._record(action, output.sha256, output.bytes, size)

    def _start(self, executor: Executor, task: Task) -> Future[_Results]:
        data = self._read(task)
        if isinstance(data, Failure):
            return finished((0.0, (data,) * len(task.actions)))
        outputs = tuple(
            (action.path, self._preset(action))
            for action in task.actions
            if action.kind is Kind.MAKE
        )
        describe = self._limits if len(outputs) < len(task.actions) else None
        return executor.submit(_timed_render, data, outputs, describe)

    def _read(self, task: Task) -> bytes | Failure:
        try:
            data = read_unchanged(self._site.sources[task.source])
        except OSError as error:
            return Failure("unreadable-picture", f"cannot be read: {error.strerror}")
        if data is None:
            return Failure("changed-meanwhile", "changed while mediakit ran", "run again")
        return data

    def _land(self, action: Action, made: Made, seconds: float) -> Outcome:
        if isinstance(made, Failure):
            return self._fail(action, made)
        if isinstance(made, Look):
            self._cache.remember_look(self._site.known.pictures[action.path].sha256, made)
            self.looks[action.path] = made
            return Outcome(action, Status.DONE, 0, seconds)
        size = made.width, made.height
        record = self._record(action, made.sha256, len(made.data), size)
        try:
            self._cache.note_variant(record)
            self._writer.write(self._site.tree.disk_path(action.path), made.data)
        except OSError as error:
            failure = Failure("cannot-write-file", f"{error.strerror}", hint_of(error))
            return self._fail(action, failure)
        except CacheError as error:
            return self._fail(action, Failure("cannot-write-file", error.message, error.hint))
        self.records[action.path] = record
        return Outcome(action, Status.DONE, len(made.data), seconds)

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


def _timed_render(
    data: bytes, outputs: tuple[tuple[str, Preset], ...], describe: Limits | None
) -> _Results:
    start = time.perf_counter()
    made = render(data, outputs, describe)
    return time.perf_counter() - start, made
