"""Apply: put pictures, variants and the catalog at a target, then delete what is orphaned."""

from __future__ import annotations

import contextlib
import time
from dataclasses import replace
from typing import TYPE_CHECKING

from mediakit.base.actions import Action, Failure, Kind, Outcome, Place, Reason, Status
from mediakit.base.artifacts import Artifact
from mediakit.base.errors import CacheError, TargetError
from mediakit.base.model import Problem, Severity
from mediakit.executors import finished, run_bounded
from mediakit.storage.headers import HeaderRule, headers_of
from mediakit.storage.protocol import CROSSED
from mediakit.sync.plan_target import plan_catalog
from mediakit.sync.products import CATALOG_KEY, JOURNAL_KEY
from mediakit.sync.target_documents import TargetCatalog, TargetJournal

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from concurrent.futures import Executor, Future

    from mediakit.base.actions import Plan
    from mediakit.state.cache import Cache
    from mediakit.state.catalog import Catalog
    from mediakit.storage.protocol import Storage, Upload
    from mediakit.sync.target import TargetState
    from mediakit.sync.target_documents import Claims


class Publisher:
    """Brings a target to the state of the site: pictures, then the catalog, then deletes.

    `incomplete`: some variants could not be made, so the catalog there stays as it is.
    """

    def __init__(
        self,
        target: Storage,
        state: TargetState,
        cache: Cache,
        rules: tuple[HeaderRule, ...] = (),
        *,
        incomplete: bool = False,
    ) -> None:
        self._target = target
        self._state = state
        self._cache = cache
        headers = headers_of(CATALOG_KEY, rules, is_catalog=True)
        self._there = TargetCatalog(target, state, headers)
        self._journal = TargetJournal(target, state, headers)
        self._incomplete = incomplete
        self._put: dict[str, str] = {}
        self.problems: list[Problem] = []

    def publish(
        self,
        local: Mapping[str, Upload],
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
            elif action.kind is Kind.PUT and not local[action.path].artifact.sha256:
                report(Outcome(action, Status.SKIPPED))  # it could not be made
            elif action.kind is Kind.PUT:
                puts.append(action)
        deletes = [action for action in plan.actions if action.kind is Kind.DELETE]
        claims = self._claims(local, puts)
        if not self._claim(claims):
            for action in (*puts, *deletes):
                report(Outcome(action, Status.SKIPPED))
            return
        self._put_all(local, puts, executor, report)
        if self.problems or self._incomplete:
            for action in deletes:
                report(Outcome(action, Status.SKIPPED))
        else:
            self._finish(local, deletes, catalog, report)
        if self.problems and claims:
            with contextlib.suppress(TargetError):  # that it does not answer is told already
                self._journal.keep(claims)

    def _claims(self, local: Mapping[str, Upload], puts: list[Action]) -> Claims:
        """Return what is about to be put where mediakit has put nothing yet."""
        objects = self._state.objects
        return frozenset(
            (key, local[key].artifact.sha256)
            for key in (action.path for action in puts)
            if key not in objects or not objects[key].ours
        )

    def _claim(self, claims: Claims) -> bool:
        """Note it at the target; what cannot be noted there is not put."""
        failure = self._journal.claim(claims)
        if failure is not None:
            self._tell(JOURNAL_KEY, failure)
        return failure is None

    def _finish(
        self,
        local: Mapping[str, Upload],
        deletes: list[Action],
        catalog: Catalog,
        report: Callable[[Outcome], None],
    ) -> None:
        objects = self._objects(local)
        self._put_catalog(replace(catalog, objects=objects), report)
        if deletes and not self.problems:
            self._delete(deletes, catalog, objects, report)
        if (self._put or self._state.claims) and not self.problems:
            entries = self._target.list([*objects, CATALOG_KEY])
            self._look_again(entries, local)
            if not self.problems:
                failure = self._journal.settle(entries, objects)
                if failure is not None:
                    self._tell(JOURNAL_KEY, failure)
        if not self.problems:
            self._cache.clear_stored(self._target.url)

    def _put_all(
        self,
        local: Mapping[str, Upload],
        puts: list[Action],
        executor: Executor,
        report: Callable[[Outcome], None],
    ) -> None:
        def start(executor: Executor, action: Action) -> Future[tuple[Artifact | Failure, float]]:
            upload = local[action.path]
            try:
                self._cache.note_stored(
                    self._target.url, action.path, upload.artifact.sha256, upload.artifact.headers
                )
            except CacheError as error:
                return finished((Failure("put-failed", error.message, error.hint), 0.0))
            seen = self._state.entries.get(action.path)
            version = seen.version if seen is not None else None
            return executor.submit(_send, self._target, upload, version)

        in_flight = self._target.connections + 1
        for action, (result, seconds) in run_bounded(executor, in_flight, puts, start):
            if isinstance(result, Failure):
                self._fail(action, result, report)
                continue
            self._put[action.path] = result.version
            report(Outcome(action, Status.DONE, local[action.path].artifact.bytes, seconds))

    def _objects(self, local: Mapping[str, Upload]) -> dict[str, Artifact]:
        """Return what is now at the target: all of the site, and what we put there before.

        What others put is named only as long as it is what was there.
        """
        objects = {
            key: known
            for key, known in self._state.objects.items()
            if key in self._state.entries and (known.ours or self._is_unchanged(key, known))
        }
        for key, each in local.items():
            objects[key] = self._object(key, each.artifact)
        return objects

    def _is_unchanged(self, key: str, known: Artifact) -> bool:
        held = self._state.holds(key)
        return held is not None and held.sha256 == known.sha256

    def _object(self, key: str, each: Artifact) -> Artifact:
        ours = key in self._put or self._state.is_ours(key, each.sha256)
        if not self._target.has_headers:
            return Artifact(key, each.sha256, each.bytes, ours=ours)
        entry, held = self._state.entries.get(key), self._state.holds(key)
        if key in self._put:
            etag, headers = self._put[key], each.headers
        else:
            etag, headers = (entry.etag if entry else ""), (held.headers if held else "")
        return Artifact(key, each.sha256, each.bytes, ours=ours, etag=etag, headers=headers)

    def _put_catalog(self, catalog: Catalog, report: Callable[[Outcome], None]) -> None:
        start = time.perf_counter()
        put = self._there.replace(catalog)
        action = plan_catalog(self._state, changed=put != 0)
        if isinstance(put, Failure):
            self._fail(action, put, report)
        elif action.kind is Kind.KEEP:
            report(Outcome(action, Status.KEPT))
        else:
            report(Outcome(action, Status.DONE, put, time.perf_counter() - start))

    def _delete(
        self,
        deletes: list[Action],
        catalog: Catalog,
        objects: dict[str, Artifact],
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
        put = self._there.replace(replace(catalog, objects=objects))
        if isinstance(put, Failure):
            again = Action(Kind.PUT, Place.TARGET, CATALOG_KEY, Reason.CONTENT_CHANGED)
            self._fail(again, put, report)

    def _look_again(self, entries: Mapping[str, Artifact], local: Mapping[str, Upload]) -> None:
        """Tell what another run has put over what this one did: its catalog is then untrue.

        Not every target puts on condition, and another run may have put after the catalog.
        """
        others = [
            key
            for key, version in self._put.items()
            if key not in entries or entries[key].version != version
            if not self._is_there(local[key].artifact)
        ]
        catalog = self._target.get(CATALOG_KEY)
        if catalog is None or catalog.data != self._there.data:
            others.append(CATALOG_KEY)
        if others:
            more = f", and {len(others) - 1:,} more" if len(others) > 1 else ""
            message = f"another run has written {others[0]}{more} meanwhile"
            self.problems.append(
                Problem(self._target.url, 0, "target-changed", Severity.ERROR, message, CROSSED)
            )

    def _is_there(self, put: Artifact) -> bool:
        """Ask for one object: some servers list another ETag than they answered."""
        described = self._target.describe(put.path)
        return described is not None and described.sha256 == put.sha256

    def _fail(self, action: Action, failure: Failure, report: Callable[[Outcome], None]) -> None:
        self._tell(action.path, failure)
        report(Outcome(action, Status.FAILED))

    def _tell(self, key: str, failure: Failure) -> None:
        self.problems.append(
            Problem(key, 0, failure.code, Severity.ERROR, failure.message, failure.hint)
        )


def _send(target: Storage, upload: Upload, only_if: str | None) -> tuple[Artifact | Failure, float]:
    """Read, check and put one object; runs on a worker thread, and tells the seconds."""
    start = time.perf_counter()
    result = target.put_file(upload, only_if=only_if)
    return result, time.perf_counter() - start
