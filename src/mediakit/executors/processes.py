"""Worker processes: a decoder that crashes costs one picture, not the run."""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import signal
import threading
from concurrent.futures import Executor, Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, field
from multiprocessing.context import SpawnContext, SpawnProcess
from queue import SimpleQueue
from typing import TYPE_CHECKING, Any, ClassVar, ParamSpec, TypeVar

from mediakit.base.errors import UsageError
from mediakit.executors.workers import LostWorkerError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


_Given = ParamSpec("_Given")
_Answer = TypeVar("_Answer")

_CANNOT_START = (OSError, RuntimeError, MemoryError)
"""Errors where a process, or the thread that manages it, cannot be started."""

_SAFE_PATH = "PYTHONSAFEPATH"

_LONGEST_START = 300
"""Seconds for one process to start, on a machine that is very busy."""


@dataclass(frozen=True, slots=True, eq=False)
class _ProcessCall:
    function: Callable[..., Any]
    args: tuple[Any, ...]
    future: Future[Any] = field(default_factory=Future)


class Processes(Executor):
    """A pool of `jobs` processes that replaces those that die.

    When a process dies, `ProcessPoolExecutor` loses all tasks, and does not say which of them
    killed it. Each is then tried again alone: one that kills its process once more ends in
    LostWorkerError, the others succeed. Where no process can be started any more, all tasks end
    in a UsageError.

    Raises:
        UsageError: `submit` could not start a process.
    """

    def __init__(self, jobs: int) -> None:
        self._jobs = jobs
        self._lock = threading.Lock()
        self._pool = _pool(jobs)
        self._suspects: SimpleQueue[_ProcessCall | None] = SimpleQueue()
        # started now: later there may be no room for another thread
        self._rescuer = threading.Thread(target=self._rescue, name="mediakit-rescue", daemon=True)
        self._rescuer.start()

    def submit(
        self, fn: Callable[_Given, _Answer], /, *args: _Given.args, **kwargs: _Given.kwargs
    ) -> Future[_Answer]:
        """Start a call, whose arguments and result can be pickled; positional arguments only."""
        if kwargs:
            raise TypeError("tasks take positional arguments only, as on a cluster")
        call = _ProcessCall(fn, args)
        with self._lock:
            inner = self._start(call)
        inner.add_done_callback(lambda ended: self._end(call, ended))
        call.future.add_done_callback(lambda outer: outer.cancelled() and inner.cancel())
        return call.future

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:  # noqa: FBT001, FBT002 - as declared by Executor
        """End the processes when they have finished their tasks."""
        with contextlib.suppress(RuntimeError):  # the pool's thread never started
            self._pool.shutdown(wait, cancel_futures=cancel_futures)
        self._suspects.put(None)
        if wait:
            self._rescuer.join()

    def _start(self, call: _ProcessCall) -> Future[Any]:
        try:
            try:
                return self._pool.submit(call.function, *call.args)
            except BrokenProcessPool:
                self._pool = _pool(self._jobs)
                return self._pool.submit(call.function, *call.args)
        except _CANNOT_START as error:
            raise _none_starts(error) from error

    def _end(self, call: _ProcessCall, inner: Future[Any]) -> None:
        if call.future.cancelled() or inner.cancelled():
            call.future.cancel()
        elif isinstance(inner.exception(), BrokenProcessPool):
            self._suspects.put(call)
        else:
            _pass_on(inner, call.future)

    def _rescue(self) -> None:
        for call in iter(self._suspects.get, None):
            if call.future.cancelled():
                continue
            try:
                _try_alone(call)
            except BaseException as error:  # noqa: BLE001 - no one else would end this call
                _fail(call.future, _none_starts(error))


def _try_alone(call: _ProcessCall) -> None:
    """Run a call in a process of its own; raises what keeps that process from starting."""
    with _pool(1) as alone:
        alone.submit(os.getpid).result(_LONGEST_START)
        inner = alone.submit(call.function, *call.args)
        if isinstance(inner.exception(), BrokenProcessPool):
            _fail(call.future, LostWorkerError("two worker processes died at it"))
        else:
            _pass_on(inner, call.future)


def _none_starts(error: BaseException) -> UsageError:
    reason = f": {error.strerror}" if isinstance(error, OSError) and error.strerror else ""
    return UsageError(
        f"no worker process can be started{reason}",
        "the limit on processes or memory is reached: ask for fewer with --jobs, or leave "
        "--executor out, then run again; what is finished is not done twice",
    )


class _Worker(SpawnProcess):
    """A worker that ends with this process, even after its pool has dropped it."""

    def start(self) -> None:
        self.daemon = True
        with _SafePath(), _without_ctrl_c():
            super().start()


@contextlib.contextmanager
def _without_ctrl_c() -> Iterator[None]:
    """Keep Ctrl-C from processes that start meanwhile: they inherit what this thread blocks.

    One that came before `_begin` runs there would end the import of Python's modules.
    """
    if not hasattr(signal, "pthread_sigmask"):  # Windows
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


class _SafePath:
    """Keep processes that Python starts meanwhile from importing out of the working folder.

    They start with `python -c`, which looks there first, and the site there may hold a hostile
    `signal.py`. Only they see the variable: programs that use the library keep their environment.
    """

    _one_at_a_time: ClassVar = threading.RLock()

    def __enter__(self) -> None:
        self._one_at_a_time.acquire()
        self._before = os.environ.get(_SAFE_PATH)
        os.environ[_SAFE_PATH] = "1"

    def __exit__(self, *_exception: object) -> None:
        if self._before is None:
            del os.environ[_SAFE_PATH]
        else:
            os.environ[_SAFE_PATH] = self._before
        self._one_at_a_time.release()


class _Workers(SpawnContext):
    """Spawns workers, as on macOS and Windows, since a fork would copy the locks of threads."""

    Process = _Worker


def _pool(jobs: int) -> ProcessPoolExecutor:
    with _SafePath():  # for the process that Python starts to track the pool's semaphores
        return ProcessPoolExecutor(jobs, mp_context=_Workers(), initializer=_begin)


def _begin() -> None:
    """Leave Ctrl-C to the parent process, and end when it ends."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    parent = multiprocessing.parent_process()

    def follow() -> None:
        if parent is not None:
            parent.join()
        os._exit(1)

    try:
        threading.Thread(target=follow, daemon=True).start()
    except RuntimeError:  # no more threads: the parent reports it, once
        os._exit(1)


def _pass_on(inner: Future[Any], outer: Future[Any]) -> None:
    error = inner.exception()
    if error is not None:
        _fail(outer, error)
    elif outer.set_running_or_notify_cancel():
        outer.set_result(inner.result())


def _fail(outer: Future[Any], error: BaseException) -> None:
    if outer.set_running_or_notify_cancel():
        outer.set_exception(error)
