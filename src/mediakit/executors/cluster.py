"""A dask.distributed cluster as an executor: the same functions on many machines."""

from __future__ import annotations

import contextlib
import logging
import threading
import time
import warnings
from concurrent.futures import Executor
from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar

from mediakit.base.errors import UsageError, with_extra
from mediakit.executors.cluster_calls import ClusterCalls
from mediakit.executors.vetting import Refusal, Vetter, build, other_build

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from concurrent.futures import Future

_Given = ParamSpec("_Given")
_Answer = TypeVar("_Answer")

_LOGGERS = ("distributed", "distributed.client", "distributed.gc", "tornado.application", "asyncio")
"""Loggers that print to stderr what the run reports as its own problems."""

_CONNECT = 10
"""Seconds in which the scheduler must answer."""

_FIRST_WORKER = 30
"""Seconds to wait for a first worker: it may be starting."""

_POLL = 0.2
"""Seconds between polls while waiting for the first worker."""

_REFRESH = 2
"""Seconds between polls of the scheduler during a run."""

_NO_WORKER = 120
"""Seconds that a run waits for a new worker after the last one has gone."""

_LEAVE = 2
"""Seconds in which the scheduler may take note that this client leaves."""


class DaskCluster(Executor):
    """The workers of the scheduler at `address` that make the same bytes and pass `require`.

    A worker is checked when it joins, and gets work only after that. The scheduler gives the task
    of a worker that dies to another one. A task at which several workers have died (the
    scheduler's `allowed-failures`) ends in LostWorkerError.

    Raises:
        UsageError: there is no scheduler, no worker, or none that may work.
    """

    def __init__(self, address: str) -> None:
        self.address = f"dask:{address}"
        self._client = _connected(address)
        self._calls = ClusterCalls(self._client)
        self._threads: dict[str, int] = {}
        self._refused: dict[str, Refusal] = {}
        self._vetter = Vetter(self._client)
        self._empty_since: float | None = None
        self._state = threading.Lock()  # never held while waiting for dask
        self._refreshing = threading.Lock()
        self._has_left = threading.Event()
        try:
            self._refuse_other_scheduler()
            self._wait_for_workers()
        except BaseException:
            self._client.close(timeout=_LEAVE)
            raise
        threading.Thread(target=self._watch, name="mediakit-cluster", daemon=True).start()

    @property
    def threads(self) -> int:
        """How many tasks the workers run at once, at least 1."""
        with self._state:
            return max(1, sum(self._threads.values()))

    @property
    def refused(self) -> Mapping[str, Refusal]:
        """The workers that get no work, by address."""
        with self._state:
            return dict(self._refused)

    def require(self, check: Callable[..., str], *args: object, hint: str) -> None:
        """Give work only to workers on which `check(*args)` returns an empty string."""
        with self._refreshing:
            self._vetter.require(check, args, hint)
            with self._state:
                self._threads.clear()
                self._refused.clear()
        self._wait_for_workers()

    def submit(
        self, fn: Callable[_Given, _Answer], /, *args: _Given.args, **kwargs: _Given.kwargs
    ) -> Future[_Answer]:
        """Start a call; positional arguments only, since dask takes the others for its own."""
        if kwargs:
            raise TypeError("tasks take positional arguments only, as on a cluster")
        return self._calls.submit(fn, args)

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:  # noqa: ARG002, FBT001, FBT002 - as declared by Executor
        """Leave the cluster, which cancels what it still has of this run."""
        self._has_left.set()
        with contextlib.suppress(Exception):  # a scheduler that is gone is no fault of the run
            self._client.close(timeout=_LEAVE)

    def _refuse_other_scheduler(self) -> None:
        """Compare the scheduler's versions: it unpacks tasks too."""
        try:
            there: object = self._client.run_on_scheduler(build)
        except Exception as error:  # noqa: BLE001 - whatever that machine raises
            there = error
        refusal = other_build(there)
        if refusal is not None:
            raise UsageError(f"the scheduler {refusal.reason}", refusal.hint)

    def _wait_for_workers(self) -> None:
        end = time.monotonic() + _FIRST_WORKER
        while True:
            self._refresh()
            with self._state:
                if self._threads:
                    return
                refused = sorted(self._refused.items())
            if refused:
                worker, refusal = refused[0]
                raise UsageError(f"worker {worker} {refusal.reason}", refusal.hint)
            if time.monotonic() > end:
                raise self._no_worker("the scheduler has no workers")
            time.sleep(_POLL)

    def _watch(self) -> None:
        while not self._has_left.wait(_REFRESH):
            with contextlib.suppress(Exception):  # without a scheduler dask ends all calls itself
                self._refresh()
            self._give_up_without_workers()

    def _refresh(self) -> None:
        """Ask the scheduler for its workers, check new ones, and hand on the calls of lost ones."""
        with self._refreshing:
            workers = self._client.scheduler_info(n_workers=-1)["workers"]
            with self._state:
                known = self._threads.keys() | self._refused.keys()
            fit, refused = self._vetter.examine(sorted(workers.keys() - known))
            with self._state:
                self._refused.update(refused)
                self._threads.update({worker: workers[worker]["nthreads"] for worker in fit})
                for worker in self._threads.keys() - workers.keys():
                    del self._threads[worker]
                present = frozenset(self._threads)
            self._calls.give_to(present)

    def _give_up_without_workers(self) -> None:
        """End all calls where there has been no worker for long."""
        with self._state:
            if self._threads:
                self._empty_since = None
                return
            self._empty_since = self._empty_since or time.monotonic()
        if time.monotonic() - self._empty_since > _NO_WORKER:
            self._calls.fail_all(self._no_worker("no worker is left"))

    def _no_worker(self, what: str) -> UsageError:
        scheduler = self.address.removeprefix("dask:")
        hint = f"on the machines that are to work: dask worker {scheduler}"
        return UsageError(f"{self.address}: {what}", hint)


def _connected(address: str) -> Any:  # noqa: ANN401 - a class of distributed, which has no types
    try:
        from distributed import Client  # noqa: PLC0415 - an extra, and a second to import
        from distributed.versions import VersionMismatchWarning  # noqa: PLC0415
    except ModuleNotFoundError as error:
        raise UsageError("dask.distributed is not installed", with_extra("dask")) from error
    # mediakit compares the versions that matter
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
