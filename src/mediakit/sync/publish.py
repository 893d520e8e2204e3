"""Publish: put pictures, products and the catalog at a target, then delete orphaned objects."""

from __future__ import annotations

import contextlib
import time
from dataclasses import replace
from typing import TYPE_CHECKING

from mediakit.base.actions import Action, Failure, Kind, Outcome, Place, Reason, Status, up_to_date
from mediakit.base.artifacts import CATALOG_KEY, Artifact, is_archived
from mediakit.base.errors import CacheError, TargetError
from mediakit.base.files import sha256_bytes
from mediakit.base.model import Problem, Severity
from mediakit.base.tables import ARTIFACTS, Rows, changed
from mediakit.executors.workers import run_bounded
from mediakit.storage.protocol import CROSSED
from mediakit.storage.settings import HeaderRule, headers_of
from mediakit.sync.plan import plan_catalog
from mediakit.sync.products import JOURNAL_KEY
from mediakit.sync.target import TargetCatalog, TargetJournal

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from concurrent.futures import Executor, Future

    from mediakit.state.cache import Cache
    from mediakit.state.catalog import Catalog
    from mediakit.storage.protocol import Storage, Upload
    from mediakit.sync.expected import Expected
    from mediakit.sync.plan import Transfers
    from mediakit.sync.target import Claims, TargetState


_WORTH = 50
"""Objects that are listed in the time in which one is asked for: a page has 1,000."""

_NOTED = 64
"""Puts that the cache notes at once, before the first of them begins."""


class Publisher:
    """Brings a target to the state of the site: pictures, then the catalog, then deletes."""

    def __init__(  # noqa: PLR0913 - the target, what is to be there, and who reports it
        self,
        target: Storage,
        there: TargetState,
        cache: Cache,
        uploads: Expected,
        report: Callable[[Outcome], None],
        *,
        rules: tuple[HeaderRule, ...] = (),
    ) -> None:
        self._target = target
        self._there = there
        self._cache = cache
        self._wanted = uploads
        self._uploads = uploads.others
        self._report = report
        headers = headers_of(CATALOG_KEY, rules, is_catalog=True)
        self._catalog = TargetCatalog(target, there, headers)
        self._journal = TargetJournal(target, there, headers)
        self._sent = Rows(ARTIFACTS)
        self._put: Mapping[str, Artifact] = {}
        """The objects that this run has put, when all have been sent."""
        self.problems: list[Problem] = []

    def publish(
        self,
        transfers: Transfers,
        catalog: Catalog,
        executor: Executor,
        *,
        incomplete: bool = False,
    ) -> None:
        """Carry out the transfers.

        The catalog names only objects that exist: after any failure, or if products are missing
        (`incomplete`), it stays as it was and nothing is deleted.
        """
        for key in transfers.kept:
            self._report(Outcome(up_to_date(key), Status.KEPT))
        for action in transfers.mentioned:
            self._report(Outcome(action, Status.KEPT))
        puts, deletes = [], list(transfers.deletes)
        for action in transfers.puts:
            if self._uploads[action.path].artifact.sha256:
                puts.append(action)
            else:  # the product could not be made
                self._skip([action])
        claims = self._new_claims(puts)
        failure = self._journal.claim(claims)
        if failure is not None:
            self._add_problem(JOURNAL_KEY, failure)
            self._skip([*puts, *deletes])
            return
        self._put_all(puts, executor)
        if self.problems or incomplete:
            self._skip(deletes)
        else:
            self._finish(deletes, catalog, executor)
        if self.problems and claims:
            with contextlib.suppress(TargetError):  # another problem says that it does not answer
                self._journal.keep(claims)

    def _new_claims(self, puts: list[Action]) -> Claims:
        """Return the objects that mediakit puts where it has put nothing yet."""
        objects = self._there.objects
        return frozenset(
            (key, self._uploads[key].artifact.sha256)
            for key in (action.path for action in puts)
            if key not in objects or not objects[key].ours
        )

    def _put_all(self, puts: list[Action], executor: Executor) -> None:
        begun: dict[str, tuple[Action, float]] = {}
        for upload, put in self._target.put_files(self._noted(puts, begun), executor):
            action, start = begun.pop(upload.artifact.path)
            if isinstance(put, Failure):
                self._fail(action, put)
            else:
                self._sent.add(action.path, put)
                seconds = time.perf_counter() - start
                self._report(Outcome(action, Status.DONE, put.bytes, seconds))

    def _noted(
        self, puts: list[Action], begun: dict[str, tuple[Action, float]]
    ) -> Iterator[tuple[Upload, str | None]]:
        """Yield what to put over which version, once the cache has noted it, and note when."""
        for start in range(0, len(puts), _NOTED):
            part = [(action, self._uploads[action.path]) for action in puts[start : start + _NOTED]]
            try:
                self._cache.note_stored(self._target.url, [upload.artifact for _, upload in part])
            except CacheError as error:
                for action, _ in part:
                    self._fail(action, Failure("put-failed", error.message, error.hint))
                continue
            for action, upload in part:
                before = self._there.entries.get(action.path)
                begun[action.path] = action, time.perf_counter()
                yield upload, before.version if before else None

    def _finish(self, deletes: list[Action], catalog: Catalog, executor: Executor) -> None:
        self._put = self._sent.table()
        objects = self._objects()
        self._put_catalog(replace(catalog, objects=objects))
        if deletes and not self.problems:
            objects = self._delete(deletes, catalog, objects)
        if (self._put or self._there.claims) and not self.problems:
            entries = self._now_there(objects, executor)
            self._look_for_other_runs(entries, executor)
            failure = None if self.problems else self._journal.settle(entries, objects)
            if failure is not None:
                self._add_problem(JOURNAL_KEY, failure)
        if not self.problems:
            self._cache.clear_stored(self._target.url)

    def _now_there(
        self, objects: Mapping[str, Artifact], executor: Executor
    ) -> Mapping[str, Artifact]:
        """Return what is there of the objects that this run, or the journal, has to do with.

        They are asked for one by one where that is quicker than to list all.
        """
        if (len(self._put) + len(self._journal.keys)) * _WORTH > len(objects):
            return self._target.list(objects)
        keys = {CATALOG_KEY, JOURNAL_KEY, *self._put, *self._journal.keys}
        asked = self._described(sorted(keys), executor)
        return {key: found for key, found in asked if found is not None}

    def _described(
        self, keys: list[str], executor: Executor
    ) -> Iterator[tuple[str, Artifact | None]]:
        """Ask for objects one by one, side by side."""

        def start(executor: Executor, key: str) -> Future[Artifact | None]:
            return executor.submit(self._target.describe, key)

        return run_bounded(executor, self._target.connections + 1, keys, start)

    def _objects(self) -> Mapping[str, Artifact]:
        """Return the objects that the catalog is to name: those of the site, and older ones.

        An object of others is named only as long as its content is the one that was recorded. Of
        an archived video `verify` is to tell that it is not.
        """
        known, there = self._there.objects, self._there
        gone = [key for key in known if key not in self._wanted and not self._stays(key)]
        others = Rows(ARTIFACTS)
        for key in self._wanted.kept:
            held = None if there.is_as_known(key) else there.holds(key)
            if held is not None:
                others.add(key, self._object(held))
        for key, upload in self._uploads.items():
            others.add(key, self._object(upload.artifact))
        return changed(changed(known, {}, gone), others.table())

    def _stays(self, key: str) -> bool:
        there = self._there
        if key not in there.entries:
            return False
        known = there.objects[key]
        return known.ours or is_archived(key) or there.is_unchanged(key, known)

    def _object(self, upload: Artifact) -> Artifact:
        key, there = upload.path, self._there
        put = self._put.get(key)
        ours = put is not None or there.is_ours(key, upload.sha256)
        etag = headers = ""
        if self._target.has_headers and put is not None:
            etag, headers = put.version, upload.headers
        elif self._target.has_headers and (held := there.holds(key)) is not None:
            etag, headers = held.etag or there.entries[key].etag, held.headers
        return Artifact(key, upload.sha256, upload.bytes, ours=ours, etag=etag, headers=headers)

    def _put_catalog(self, catalog: Catalog) -> None:
        start = time.perf_counter()
        put = self._catalog.replace(catalog)
        action = plan_catalog(self._there, is_changed=put != 0)
        if isinstance(put, Failure):
            self._fail(action, put)
        elif action.kind is Kind.KEEP:
            self._report(Outcome(action, Status.KEPT))
        else:
            self._report(Outcome(action, Status.DONE, put, time.perf_counter() - start))

    def _delete(
        self, deletes: list[Action], catalog: Catalog, objects: Mapping[str, Artifact]
    ) -> Mapping[str, Artifact]:
        """Delete objects, put the catalog again without them, and return those that are left.

        Until then it names them, so that a run that is cut off in between leaves no object that
        later runs may not delete.
        """
        failures = self._target.delete([action.path for action in deletes])
        for action in deletes:
            if action.path in failures:
                self._fail(action, failures[action.path])
            else:
                self._report(Outcome(action, Status.DONE))
        objects = changed(objects, {}, [each.path for each in deletes if each.path not in failures])
        put = self._catalog.replace(replace(catalog, objects=objects))
        if isinstance(put, Failure):
            again = Action(Kind.PUT, Place.TARGET, CATALOG_KEY, Reason.CONTENT_CHANGED)
            self._fail(again, put)
        return objects

    def _look_for_other_runs(self, entries: Mapping[str, Artifact], executor: Executor) -> None:
        """Add a problem if another run has put over objects of this one: its catalog is untrue.

        Not every target knows conditions, and another run may have put after the catalog.
        """
        doubtful = [
            key
            for key, put in self._put.items()
            if key not in entries or entries[key].version != put.version
        ]
        others = sorted(
            key
            # some servers list another ETag than they answered
            for key, found in self._described(doubtful, executor)
            if found is None or found.sha256 != self._put[key].sha256
        )
        if CATALOG_KEY not in entries or entries[CATALOG_KEY].version != self._catalog.version:
            catalog = self._target.get(CATALOG_KEY)
            if catalog is None or sha256_bytes(catalog.data) != self._catalog.digest:
                others.append(CATALOG_KEY)
        if others:
            more = f", and {len(others) - 1:,} more" if len(others) > 1 else ""
            message = f"another run has written {others[0]}{more} meanwhile"
            self.problems.append(
                Problem(self._target.url, 0, "target-changed", Severity.ERROR, message, CROSSED)
            )

    def _skip(self, actions: list[Action]) -> None:
        for action in actions:
            self._report(Outcome(action, Status.SKIPPED))

    def _fail(self, action: Action, failure: Failure) -> None:
        self._add_problem(action.path, failure)
        self._report(Outcome(action, Status.FAILED))

    def _add_problem(self, key: str, failure: Failure) -> None:
        self.problems.append(
            Problem(key, 0, failure.code, Severity.ERROR, failure.message, failure.hint)
        )
