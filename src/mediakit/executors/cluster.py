"""A dask.distributed cluster as an executor: many machines, the same functions."""

from __future__ import annotations

import contextlib
import logging
import time
from concurrent.futures import CancelledError, Executor, Future
from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar

from mediakit.errors import UsageError, with_extra
from mediakit.executors.build import build
from mediakit.executors.lost import LostWorkerError

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

_LEAVE = 2
"""Seconds that the scheduler has to take note of our going."""

_LOOK = 2
"""Seconds after which the scheduler is asked anew who is there."""


class DaskCluster(Executor):
    """The workers of the scheduler at `address`.

    A task whose worker dies is given to another by the scheduler. One at which several have
    died is lost (LostWorkerError): how many is the scheduler's `allowed-failures`.

    Raises:
        UsageError: there is no scheduler, no worker, or a worker with other versions.
    """

    def __init__(self, address: str) -> None:
        self._client = _connected(address)
        try:
            self._executor = self._client.get_executor(pure=False)
            self._threads: dict[str, int] = {}
            self._looked = 0.0
            self._refuse_other_scheduler()
            self._wait_for_workers(address)
            self._look()
        except BaseException:
            self._client.close(timeout=_LEAVE)
            raise

    @property
    def threads(self) -> int:
        """How many tasks the workers do at once, at least 1; raises UsageError as above."""
        if time.monotonic() - self._looked > _LOOK:
            self._look()
        return max(1, sum(self._threads.values()))

    def submit(
        self, fn: Callable[_Given, _Answer], /, *args: _Given.args, **kwargs: _Given.kwargs
    ) -> Future[_Answer]:
        """Start a call; positional arguments only: dask takes the others for its own."""
        if kwargs:
            raise TypeError("tasks take positional arguments only, as on a cluster")
        outer: Future[_Answer] = Future()
        inner = self._executor.submit(fn, *args)
        inner.add_done_callback(lambda ended: _pass_on(ended, outer))
        outer.add_done_callback(lambda ended: ended.cancelled() and inner.cancel())
        return outer

    def on_each(self, fn: Callable[..., _Answer], *args: object) -> Mapping[str, _Answer]:
        """Call a function once on each worker, and return the answers by address."""
        answers: Mapping[str, _Answer] = self._client.run(fn, *args, on_error="return")
        return answers

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:  # noqa: ARG002, FBT001, FBT002 - as declared by Executor
        """Leave the cluster; what it still has of this run is cancelled."""
        with contextlib.suppress(Exception):  # it may be gone, which is no fault of the run
            self._client.close(timeout=_LEAVE)

    def _wait_for_workers(self, address: str) -> None:
        try:
            self._client.wait_for_workers(1, timeout=_FIRST_WORKER)
        except TimeoutError:
            raise UsageError(
                f"dask:{address}: the scheduler has no workers",
                f"on the machines that are to work: dask worker {address}",
            ) from None

    def _refuse_other_scheduler(self) -> None:
        """Tasks are unpacked by the scheduler too."""
        try:
            there: object = self._client.run_on_scheduler(build)
        except Exception as error:  # noqa: BLE001 - whatever there is on that machine
            there = error
        _refuse_other_build("the scheduler", there)

    def _look(self) -> None:
        """See who is there; a worker that has come must not make other bytes than this machine."""
        workers = self._client.scheduler_info(n_workers=-1)["workers"]
        if workers.keys() - self._threads.keys():
            for worker, there in sorted(self.on_each(build).items()):
                _refuse_other_build(f"worker {worker}", there)
        self._threads = {address: each["nthreads"] for address, each in workers.items()}
        self._looked = time.monotonic()


def _refuse_other_build(who: str, there: object) -> None:
    here = build()
    if not isinstance(there, dict):
        raise UsageError(
            f"{who}: mediakit cannot be used there: {there}",
            f"there, {with_extra('dask', here['mediakit'])}; then start it again",
        )
    wrong = [name for name in here if here[name] != there.get(name)]
    if wrong:
        told = ", ".join(f"{name} {there.get(name)}, here {here[name]}" for name in wrong)
        raise UsageError(
            f"{who} has other versions: {told}",
            "install the same on all machines: pictures would differ by who made them",
        )


def _connected(address: str) -> Any:  # noqa: ANN401 - a class of distributed, which has no types
    try:
        from distributed import Client  # noqa: PLC0415 - an extra, and a second to import
    except ModuleNotFoundError as error:
        raise UsageError("dask.distributed is not there", with_extra("dask")) from error
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
