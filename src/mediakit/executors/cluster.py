"""A dask.distributed cluster as an executor: many machines, the same functions."""

from __future__ import annotations

import contextlib
import logging
import threading
import time
import warnings
from concurrent.futures import CancelledError, Executor, Future
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar

from mediakit.base.errors import UsageError, with_extra
from mediakit.executors.build import build
from mediakit.executors.lost import LostWorkerError
from mediakit.executors.vetting import Examiner, Refusal, other_build

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

_Given = ParamSpec("_Given")
_Answer = TypeVar("_Answer")

_LOGGERS = ("distributed", "distributed.client", "distributed.gc", "tornado.application", "asyncio")
"""Loggers that print to stderr what the run tells as its own problems."""

_CONNECT = 10
"""Seconds that the scheduler has to answer."""

_FIRST_WORKER = 30
"""Seconds that a cluster without workers has to get one: they may be starting."""

_SOON = 0.2
"""Seconds between looks while the first worker is waited for."""

_LEAVE = 2
"""Seconds that the scheduler has to take note of our going."""

_LOOK = 2
"""Seconds after which the scheduler is asked anew who is there."""

_MOVES = 3
"""Times that a call may lose all workers that it was given to, as `allowed-failures` of dask."""

_EMPTY = 120
"""Seconds that a run goes on without a worker: a new one may be starting."""


@dataclass(eq=False, slots=True)
class _Call:
    """A call under way: `inner` is dask's future, None while there is no worker to give it to."""

    function: Callable[..., Any]
    args: tuple[Any, ...]
    outer: Future[Any] = field(default_factory=Future)
    inner: Future[Any] | None = None
    workers: frozenset[str] = frozenset()
    moves: int = 0


class DaskCluster(Executor):
    """The workers of the scheduler at `address` that make the same bytes and pass `require`.

    Each worker is checked when it comes, and gets work after that only. A task whose worker dies
    is given to another by the scheduler. One at which several have died is lost
    (LostWorkerError): how many is the scheduler's `allowed-failures`.

    Raises:
        UsageError: there is no scheduler, no worker, or none that may work.
    """

    def __init__(self, address: str) -> None:
        self.address = f"dask:{address}"
        self._client = _connected(address)
        self._calls: dict[_Call, None] = {}
        self._threads: dict[str, int] = {}
        self._refused: dict[str, Refusal] = {}
        self._examiner = Examiner(self._client)
        self._executor: Any = None
        self._workers: frozenset[str] = frozenset()
        self._empty_since: float | None = None
        self._state = threading.Lock()  # never held while dask is waited for
        self._looking = threading.Lock()
        self._left = threading.Event()
        try:
            self._refuse_other_scheduler()
            self._wait_for_workers()
        except BaseException:
            self._client.close(timeout=_LEAVE)
            raise
        threading.Thread(target=self._watch, name="mediakit-cluster", daemon=True).start()

    @property
    def threads(self) -> int:
        """How many tasks the workers do at once, at least 1."""
        with self._state:
            return max(1, sum(self._threads.values()))

    @property
    def refused(self) -> Mapping[str, Refusal]:
        """The workers that get no work, by their addresses."""
        with self._state:
            return dict(self._refused)

    def require(self, check: Callable[..., str], *args: object, hint: str) -> None:
        """Give work only to workers where `check(*args)` returns no reason against it."""
        with self._looking:
            self._examiner.require(check, args, hint)
            with self._state:
                self._threads.clear()
                self._refused.clear()
        self._wait_for_workers()

    def submit(
        self, fn: Callable[_Given, _Answer], /, *args: _Given.args, **kwargs: _Given.kwargs
    ) -> Future[_Answer]:
        """Start a call; positional arguments only: dask takes the others for its own."""
        if kwargs:
            raise TypeError("tasks take positional arguments only, as on a cluster")
        call = _Call(fn, args)
        with self._state:
            self._calls[call] = None
            inner = self._give(call)
        self._follow(call, inner)
        call.outer.add_done_callback(
            lambda outer: self._cancel(call) if outer.cancelled() else None
        )
        return call.outer

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:  # noqa: ARG002, FBT001, FBT002 - as declared by Executor
        """Leave the cluster; what it still has of this run is cancelled."""
        self._left.set()
        with contextlib.suppress(Exception):  # it may be gone, which is no fault of the run
            self._client.close(timeout=_LEAVE)

    def _give(self, call: _Call) -> Future[Any] | None:
        """Give a call to the workers that may have it now; where there are none, it waits."""
        call.workers = self._workers
        submit = self._executor.submit if self._workers else None
        call.inner = submit(call.function, *call.args) if submit else None
        return call.inner

    def _follow(self, call: _Call, inner: Future[Any] | None) -> None:
        if inner is not None:
            inner.add_done_callback(lambda ended: self._end(call, ended))

    def _end(self, call: _Call, inner: Future[Any]) -> None:
        if call.inner is inner and self._is_taken(call):  # else it was given to others
            _pass_on(inner, call.outer)

    def _fail(self, call: _Call, error: Exception) -> None:
        if self._is_taken(call):
            if call.outer.set_running_or_notify_cancel():
                call.outer.set_exception(error)
            self._cancel(call)

    def _cancel(self, call: _Call) -> None:
        self._is_taken(call)
        if call.inner is not None:
            call.inner.cancel()

    def _is_taken(self, call: _Call) -> bool:
        """Take a call off those under way; False where somebody has done so before."""
        with self._state:
            return self._calls.pop(call, self) is None

    def _wait_for_workers(self) -> None:
        end = time.monotonic() + _FIRST_WORKER
        while True:
            self._look()
            with self._state:
                if self._threads:
                    return
                refused = sorted(self._refused.items())
            if refused:
                worker, refusal = refused[0]
                raise UsageError(f"worker {worker} {refusal.reason}", refusal.hint)
            if time.monotonic() > end:
                raise UsageError(f"{self.address}: the scheduler has no workers", self._more)
            time.sleep(_SOON)

    @property
    def _more(self) -> str:
        return f"on the machines that are to work: dask worker {self.address[len('dask:') :]}"

    def _refuse_other_scheduler(self) -> None:
        """Tasks are unpacked by the scheduler too."""
        try:
            there: object = self._client.run_on_scheduler(build)
        except Exception as error:  # noqa: BLE001 - whatever there is on that machine
            there = error
        refusal = other_build(there)
        if refusal is not None:
            raise UsageError(f"the scheduler {refusal.reason}", refusal.hint)

    def _watch(self) -> None:
        while not self._left.wait(_LOOK):
            with contextlib.suppress(Exception):  # without a scheduler dask ends all calls
                self._look()
            self._give_up()

    def _look(self) -> None:
        """See who is there, check who has come, and move the calls of workers that have gone."""
        with self._looking:
            workers = self._client.scheduler_info(n_workers=-1)["workers"]
            with self._state:
                known = self._threads.keys() | self._refused.keys()
            fit, refused = self._examiner.examine(sorted(workers.keys() - known))
            with self._state:
                self._refused.update(refused)
                for worker in fit:
                    self._threads[worker] = workers[worker]["nthreads"]
                for worker in self._threads.keys() - workers.keys():
                    del self._threads[worker]
                if self._workers != self._threads.keys():
                    self._workers = frozenset(self._threads)
                    # a worker that has not been checked is not to be given anything
                    self._executor = self._client.get_executor(
                        pure=False, workers=sorted(self._workers), allow_other_workers=False
                    )
                has_workers = bool(self._workers)
                calls = list(self._calls)
            for call in calls:
                if has_workers and call.workers.isdisjoint(self._workers):
                    self._move(call)

    def _move(self, call: _Call) -> None:
        call.moves += bool(call.workers)
        if call.moves > _MOVES:
            self._fail(call, LostWorkerError("several workers died at it"))
            return
        with self._state:
            if call not in self._calls:
                return  # it has ended meanwhile
            old, new = call.inner, self._give(call)
        self._follow(call, new)
        if old is not None:
            old.cancel()

    def _give_up(self) -> None:
        """End all calls where no worker has been there for long."""
        with self._state:
            if self._threads:
                self._empty_since = None
                return
            self._empty_since = self._empty_since or time.monotonic()
            calls = list(self._calls)
        if time.monotonic() - self._empty_since > _EMPTY:
            for call in calls:
                self._fail(call, UsageError(f"{self.address}: no worker is left", self._more))


def _connected(address: str) -> Any:  # noqa: ANN401 - a class of distributed, which has no types
    try:
        from distributed import Client  # noqa: PLC0415 - an extra, and a second to import
        from distributed.versions import VersionMismatchWarning  # noqa: PLC0415
    except ModuleNotFoundError as error:
        raise UsageError("dask.distributed is not there", with_extra("dask")) from error
    # versions that matter are compared, and told, by us
    warnings.filterwarnings("ignore", category=VersionMismatchWarning)
    for name in _LOGGERS:
        logging.getLogger(name).setLevel(logging.CRITICAL)
    try:
        return Client(address, timeout=_CONNECT, set_as_default=False, name="mediakit")
    except (OSError, ValueError, TypeError) as error:  # TimeoutError is an OSError
        raise UsageError(
            f"dask:{address}: no scheduler answers: {error}",
            "start one with: dask scheduler; addresses are like tcp://HOST:8786",
        ) from error


def _pass_on(inner: Future[Any], outer: Future[Any]) -> None:
    if not outer.set_running_or_notify_cancel():
        return
    if inner.cancelled():
        outer.set_exception(_gone())
        return
    error = inner.exception()
    if error is None:
        outer.set_result(inner.result())
    elif type(error).__name__ == "KilledWorker":
        outer.set_exception(LostWorkerError("several workers died at it"))
    else:
        outer.set_exception(_gone() if isinstance(error, CancelledError) else error)


def _gone() -> UsageError:
    return UsageError(
        "the cluster's scheduler has gone", "run again: what is finished is not done twice"
    )
