"""What all executors have to keep to: threads, processes, and a real dask cluster."""

from __future__ import annotations

import errno
import itertools
import multiprocessing
import os
import signal
import threading
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import tasks

from dask_cluster import Cluster, dask_cluster
from mediakit.base.errors import UsageError
from mediakit.executors import cluster as cluster_module
from mediakit.executors import processes as processes_module
from mediakit.executors.processes import Processes
from mediakit.executors.workers import ExecutorSettings, LostWorkerError, open_workers, run_bounded

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from concurrent.futures import Executor, Future

    from mediakit.executors.workers import Workers

TESTS = str(Path(__file__).parent)


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    """Return a cluster of two workers that find the tasks."""
    with dask_cluster(tmp_path_factory.mktemp("dask"), 2, {"PYTHONPATH": TESTS}) as running:
        yield running


@pytest.fixture(params=["threads", "processes", "dask"])
def workers(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[Workers]:
    """Return the workers of each kind in turn."""
    monkeypatch.setenv("PYTHONPATH", TESTS)
    kind = request.param
    name = request.getfixturevalue("cluster").executor if kind == "dask" else kind
    with open_workers(ExecutorSettings.parse(name), 2) as opened:
        yield opened


def start(function: Callable[[int], int]) -> Callable[[Executor, int], Future[int]]:
    return lambda executor, number: executor.submit(function, number)


def test_all_results_come_back(workers: Workers) -> None:
    """Each task is done once, whoever does it."""
    found = run_bounded(workers.executor, workers.in_flight, range(50), start(tasks.square))
    assert dict(found) == {number: number * number for number in range(50)}


def test_an_error_in_a_task_is_raised(workers: Workers) -> None:
    """A fault in our own code is not swallowed on the way back."""
    with pytest.raises(ValueError, match="not 7"):
        list(run_bounded(workers.executor, workers.in_flight, [7], start(tasks.refuse)))


@pytest.mark.parametrize("workers", ["processes", "dask"], indirect=True)
def test_only_positional_arguments(workers: Workers) -> None:
    """Names that dask would take for its own options are refused everywhere."""
    with pytest.raises(TypeError, match="positional"):
        workers.executor.submit(tasks.square, number=3)


def test_stopping_early_cancels(workers: Workers, tmp_path: Path) -> None:
    """After an interrupt nothing begins but what an executor has taken ahead."""
    in_flight = 20

    def begin(executor: Executor, number: int) -> Future[int]:
        return executor.submit(tasks.slow, str(tmp_path), number)

    stream = run_bounded(workers.executor, in_flight, range(in_flight), begin)
    next(stream)
    stream.close()
    begun = {path.name for path in tmp_path.iterdir()}
    assert run_one_more(workers) == 9
    assert len(begun) < in_flight
    assert len({path.name for path in tmp_path.iterdir()} - begun) <= 5  # 2 at once, 3 ahead


def run_one_more(workers: Workers) -> int:
    return dict(run_bounded(workers.executor, 1, [3], start(tasks.square)))[3]


@pytest.mark.parametrize("workers", ["processes"], indirect=True)
def test_a_crash_costs_one_task(workers: Workers) -> None:
    """A task that takes its process down is told as lost; the others are done."""
    lost = -1

    def tell(number: int, error: LostWorkerError) -> int:
        assert (number, str(error)) == (3, "two worker processes died at it")
        return lost

    found = run_bounded(workers.executor, 4, range(12), start(tasks.die), tell)
    assert dict(found) == {number: lost if number == 3 else number for number in range(12)}


def let_start(room: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let so many more processes start, as on a machine that then is at its limit."""
    start = processes_module._Worker.start
    begun = itertools.count()

    def refuse(worker: processes_module._Worker) -> None:
        if next(begun) >= room:
            raise BlockingIOError(errno.EAGAIN, "Resource temporarily unavailable")
        start(worker)

    monkeypatch.setattr(processes_module._Worker, "start", refuse)


NONE_STARTS = "no worker process can be started: Resource temporarily unavailable"


@pytest.mark.parametrize("room", [2, 3])
def test_no_process_in_place_of_one_that_died(room: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each task ends, with what to do, where a worker dies at the limit of processes."""
    monkeypatch.setenv("PYTHONPATH", TESTS)
    let_start(room, monkeypatch)
    with Processes(2) as executor:
        futures = [executor.submit(tasks.die, number) for number in (3, 4, 3, 5)]
        told = [future.exception(timeout=300) for future in futures]
    assert any(isinstance(each, UsageError) for each in told)
    for each in told:
        if isinstance(each, UsageError):
            assert each.message == NONE_STARTS
            assert "--jobs" in each.hint
        else:
            assert each is None or isinstance(each, LostWorkerError)


def test_no_process_at_all(monkeypatch: pytest.MonkeyPatch) -> None:
    """A run whose workers cannot begin says so, and nothing is left that waits."""
    let_start(0, monkeypatch)
    with pytest.raises(UsageError, match=NONE_STARTS), Processes(2) as executor:
        executor.submit(tasks.square, 2)


def test_no_thread_for_the_pool(monkeypatch: pytest.MonkeyPatch) -> None:
    """The same where the process came, but no thread to look after it; the process goes."""
    monkeypatch.setenv("PYTHONPATH", TESTS)

    def refuse(_thread: threading.Thread) -> None:
        raise RuntimeError("can't start new thread")

    with Processes(2) as executor, monkeypatch.context() as patch:
        patch.setattr(threading.Thread, "start", refuse)
        with pytest.raises(UsageError, match="no worker process can be started"):
            executor.submit(tasks.square, 2)
    for child in multiprocessing.active_children():
        assert child.daemon, "the end of this process would wait for it"
        child.kill()


@pytest.mark.parametrize("how", ["os._exit(9)", "threading.Thread.start = refuse"])
def test_processes_that_end_as_they_begin(
    how: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    """No picture is blamed for workers that have no memory, or no thread, to begin with."""
    dead = tmp_path / "dead"
    (tmp_path / "sitecustomize.py").write_text(
        "import os, pathlib, threading\n"
        "def refuse(_thread):\n"
        '    raise RuntimeError("can\'t start new thread")\n'
        f"if pathlib.Path({str(dead)!r}).exists(): {how}\n"
    )
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(tmp_path), TESTS]))
    with Processes(1) as executor:
        assert executor.submit(tasks.square, 2).result(timeout=300) == 4
        dead.touch()
        error = executor.submit(tasks.die, 3).exception(timeout=300)
    assert isinstance(error, UsageError), error
    assert "no worker process can be started" in error.message
    assert "Traceback" not in capfd.readouterr().err


def test_who_works(workers: Workers) -> None:
    """Threads share this process, the others do not."""
    where = workers.executor.submit(tasks.pid).result(timeout=300)
    assert (where == os.getpid()) == ("ThreadPool" in type(workers.executor).__name__)
    assert workers.in_flight() >= 2


def test_a_task_that_kills_cluster_workers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """On a cluster too a picture that kills its workers is lost, not the run."""
    monkeypatch.setenv("DASK_DISTRIBUTED__SCHEDULER__ALLOWED_FAILURES", "0")
    with (
        dask_cluster(tmp_path, 2, {"PYTHONPATH": TESTS}) as cluster,
        open_workers(ExecutorSettings.parse(cluster.executor), 2) as workers,
    ):
        found = run_bounded(
            workers.executor, 1, range(2, 5), start(tasks.die), lambda _number, _error: -1
        )
        assert dict(found) == {2: 2, 3: -1, 4: 4}


@pytest.mark.parametrize("text", ["dask", "dask:", "dask:rubbish", "dask:tcp://host", "thread", ""])
def test_unknown_executors(text: str) -> None:
    """A wrong name or address is told before anything is tried."""
    with pytest.raises(UsageError, match="no executor") as caught:
        ExecutorSettings.parse(text)
    assert "threads, processes and dask:tcp://HOST:8786" in caught.value.hint


def test_no_scheduler(monkeypatch: pytest.MonkeyPatch) -> None:
    """A cluster that is not there is bad usage, with what to do."""
    monkeypatch.setattr(cluster_module, "_CONNECT", 1)
    with (
        pytest.raises(UsageError, match="no scheduler answers") as caught,
        open_workers(ExecutorSettings.parse("dask:tcp://127.0.0.1:1"), 2),
    ):
        pass
    assert "dask scheduler" in caught.value.hint


def test_other_versions(tmp_path: Path) -> None:
    """A worker whose Pillow would make other bytes is refused, with both versions."""
    fake = tmp_path / "path" / "pillow-0.0.1.dist-info"
    fake.mkdir(parents=True)
    (fake / "METADATA").write_text("Metadata-Version: 2.1\nName: pillow\nVersion: 0.0.1\n")
    with dask_cluster(tmp_path, 0) as cluster:
        cluster.add_workers(1, {"PYTHONPATH": str(fake.parent)})
        settings = ExecutorSettings.parse(cluster.executor)
        with (
            pytest.raises(
                UsageError, match=r"worker tcp://\S+ has other versions: pillow 0\.0\.1, here"
            ) as caught,
            open_workers(settings, 2),
        ):
            pass
        assert "install the same on all machines" in caught.value.hint


@pytest.mark.parametrize("lacking", ["the scheduler", "worker tcp://"])
def test_machine_without_mediakit(tmp_path: Path, lacking: str) -> None:
    """A machine that cannot import mediakit is told as that, not as a traceback."""
    shadow = tmp_path / "path" / "mediakit"
    shadow.mkdir(parents=True)
    (shadow / "__init__.py").write_text("raise ModuleNotFoundError('nothing here')\n")
    environment = {"PYTHONPATH": str(shadow.parent)}
    with dask_cluster(tmp_path, 0, environment if lacking == "the scheduler" else {}) as cluster:
        cluster.add_workers(1, environment)
        with (
            pytest.raises(UsageError, match=f"{lacking}.* cannot use mediakit") as told,
            open_workers(ExecutorSettings.parse(cluster.executor), 2),
        ):
            pass
        assert "with the extra dask" in told.value.hint


@pytest.mark.skipif(not hasattr(signal, "pthread_sigmask"), reason="signals of POSIX")
def test_ctrl_c_at_the_start_of_a_process() -> None:
    """A process is started without Ctrl-C, which would break off its imports with a traceback."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, ())
    with Processes(1) as executor:
        there = executor.submit(signal.pthread_sigmask, signal.SIG_BLOCK, ()).result()
    assert signal.SIGINT in there
    assert signal.pthread_sigmask(signal.SIG_BLOCK, ()) == before
