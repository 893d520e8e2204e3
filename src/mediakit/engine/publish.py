"""Apply: put pictures, variants and the catalog at a target, then delete what is orphaned."""

from __future__ import annotations

import hashlib
import time
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from mediakit.catalog import Catalog, StoredObject, dump_catalog, load_catalog
from mediakit.executors import run_bounded
from mediakit.model import (
    Action,
    Failure,
    Kind,
    Outcome,
    Place,
    Problem,
    Reason,
    Severity,
    Status,
)
from mediakit.plan.transfers import TargetState

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from concurrent.futures import Executor, Future

    from mediakit.cache import Cache
    from mediakit.engine.local_objects import LocalObject
    from mediakit.model import Plan
    from mediakit.storage.target import Target

CATALOG_KEY = "media.json"


def observe_target(target: Target, cache: Cache) -> TargetState:
    """List the target and read its catalog; raises TargetError or UsageError where it cannot."""
    entries = target.list()
    data = target.get(CATALOG_KEY) if CATALOG_KEY in entries else None
    catalog = Catalog() if data is None else load_catalog(data, f"{target.url}/{CATALOG_KEY}")
    return TargetState(entries, catalog.objects, cache.stored(target.url), data)


def catalog_action(state: TargetState, *, changed: bool) -> Action:
    """Decide on the catalog at the target; `changed`: it would have other bytes."""
    if not changed and state.catalog is not None:
        return Action(Kind.KEEP, Place.TARGET, CATALOG_KEY, Reason.UP_TO_DATE)
    reason = Reason.NEW if state.catalog is None else Reason.CONTENT_CHANGED
    return Action(Kind.PUT, Place.TARGET, CATALOG_KEY, reason)


class Publisher:
    """Brings a target to the state of the site: pictures, then the catalog, then deletes.

    `incomplete`: some variants could not be made, so the catalog there stays as it is.
    """

    def __init__(
        self,
        target: Target,
        state: TargetState,
        cache: Cache,
        jobs: int,
        *,
        incomplete: bool = False,
    ) -> None:
        self._target = target
        self._state = state
        self._cache = cache
        self._jobs = jobs
        self._incomplete = incomplete
        self._put: set[str] = set()
        self.problems: list[Problem] = []

    def publish(
        self,
        local: Mapping[str, LocalObject],
        plan: Plan,
        catalog: Catalog,
        executor: Executor,
        report: Callable[[Outcome], None],
    ) -> None:
        """Carry out the plan, and tell `report` how each action ended.

        The catalog names only what is there: after any failure it stays as it was, and
        nothing is deleted.
        """
        puts = []
        for action in plan.actions:
            if action.kind is Kind.KEEP:
                report(Outcome(action, Status.KEPT))
            elif action.kind is Kind.PUT:
                puts.append(action)
        self._put_all(local, puts, executor, report)
        deletes = [action for action in plan.actions if action.kind is Kind.DELETE]
        if self.problems or self._incomplete:
            for action in deletes:
                report(Outcome(action, Status.SKIPPED))
            return
        objects = self._objects(local)
        self._put_catalog(replace(catalog, objects=objects), report)
        if deletes and not self.problems:
            self._delete(deletes, catalog, objects, report)
        if not self.problems:
            self._cache.clear_stored(self._target.url)

    def _put_all(
        self,
        local: Mapping[str, LocalObject],
        puts: list[Action],
        executor: Executor,
        report: Callable[[Outcome], None],
    ) -> None:
        def start(executor: Executor, action: Action) -> Future[_Sent]:
            each = local[action.path]
            self._cache.note_stored(self._target.url, action.path, each.sha256 or "")
            return executor.submit(_send, self._target, action.path, each)

        for action, sent in run_bounded(executor, self._jobs + 1, puts, start):
            if sent.failure is not None:
                self._fail(action, sent.failure, report)
                continue
            self._put.add(action.path)
            report(Outcome(action, Status.DONE, sent.bytes, sent.seconds))

    def _objects(self, local: Mapping[str, LocalObject]) -> dict[str, StoredObject]:
        """Return what is now at the target: all of the site, and what we put there before."""
        objects = {
            key: known for key, known in self._state.objects.items() if key in self._state.entries
        }
        for key, each in local.items():
            sha256 = each.sha256 or ""
            ours = key in self._put or self._state.is_ours(key, sha256)
            objects[key] = StoredObject(sha256, each.bytes, ours)
        return objects

    def _put_catalog(self, catalog: Catalog, report: Callable[[Outcome], None]) -> None:
        data = dump_catalog(catalog)
        action = catalog_action(self._state, changed=data != self._state.catalog)
        if action.kind is Kind.KEEP:
            report(Outcome(action, Status.KEPT))
            return
        start = time.perf_counter()
        failure = self._target.put(CATALOG_KEY, data)
        if failure is not None:
            self._fail(action, failure, report)
            return
        report(Outcome(action, Status.DONE, len(data), time.perf_counter() - start))

    def _delete(
        self,
        deletes: list[Action],
        catalog: Catalog,
        objects: dict[str, StoredObject],
        report: Callable[[Outcome], None],
    ) -> None:
        """Delete, and write the catalog again without what is gone.

        Until then it names those keys, so that a run that is cut off in between leaves
        nothing that a later one may not delete.
        """
        failures = self._target.delete([action.path for action in deletes])
        for action in deletes:
            if action.path in failures:
                self._fail(action, failures[action.path], report)
                continue
            del objects[action.path]
            report(Outcome(action, Status.DONE))
        data = dump_catalog(replace(catalog, objects=objects))
        failure = self._target.put(CATALOG_KEY, data)
        if failure is not None:
            action = Action(Kind.PUT, Place.TARGET, CATALOG_KEY, Reason.CONTENT_CHANGED)
            self._fail(action, failure, report)

    def _fail(self, action: Action, failure: Failure, report: Callable[[Outcome], None]) -> None:
        self.problems.append(
            Problem(action.path, 0, failure.code, Severity.ERROR, failure.message, failure.hint)
        )
        report(Outcome(action, Status.FAILED))


@dataclass(frozen=True, slots=True)
class _Sent:
    bytes: int
    seconds: float
    failure: Failure | None = None


def _send(target: Target, key: str, each: LocalObject) -> _Sent:
    """Read, check and put one object; runs on a worker thread."""
    start = time.perf_counter()
    try:
        data = each.disk_path.read_bytes()
    except OSError as error:
        return _Sent(0, 0.0, Failure("unreadable-file", f"cannot be read: {error.strerror}"))
    if hashlib.sha256(data).hexdigest() != each.sha256:
        return _Sent(
            0, 0.0, Failure("changed-meanwhile", "changed while mediakit ran", "run again")
        )
    failure = target.put(key, data)
    return _Sent(len(data), time.perf_counter() - start, failure)
