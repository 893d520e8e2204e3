"""A cluster whose machines come, go, and are not all fit: work goes to those that are."""

from __future__ import annotations

import os
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import tasks

from dask_cluster import Cluster, dask_cluster
from mediakit.base.errors import UsageError
from mediakit.executors import cluster as cluster_module
from mediakit.executors import vetting
from mediakit.executors.workers import ExecutorSettings, open_workers

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from concurrent.futures import Future

    from mediakit.executors.vetting import Vetting
    from mediakit.executors.workers import Workers

TESTS = str(Path(__file__).parent)
HERE = {"PYTHONPATH": TESTS}
LONG = 120


@pytest.fixture(scope="module")
def machines(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    """Return a cluster that all tests share: to start one takes longer than most of them."""
    with dask_cluster(tmp_path_factory.mktemp("dask"), 1, HERE) as running:
        yield running


@pytest.fixture
def cluster(machines: Cluster) -> Iterator[Cluster]:
    """Return the cluster with one worker, and take away what the test adds to it."""
    machines.keep(1, HERE)
    yield machines
    machines.keep(1, HERE)


@pytest.fixture
def workers(cluster: Cluster) -> Iterator[Workers]:
    """Return its workers, of which each has to say that nothing is wrong with it."""
    with open_workers(ExecutorSettings.parse(cluster.executor), 2) as opened:
        vetting_of(opened).require(tasks.as_told, hint="mend it")
        yield opened


def vetting_of(workers: Workers) -> Vetting:
    assert workers.vetting is not None
    return workers.vetting


def wait_for(state: Callable[[], object]) -> None:
    end = time.monotonic() + LONG
    while not state():
        assert time.monotonic() < end
        time.sleep(0.1)


def pids(workers: Workers, count: int = 40) -> set[int]:
    futures: list[Future[int]] = [workers.executor.submit(tasks.pid_soon) for _ in range(count)]
    return {future.result(timeout=LONG) for future in futures}


def older(folder: Path, package: str = "pillow") -> dict[str, str]:
    """Return an environment in which a package seems to be of another version."""
    fake = folder / "path" / f"{package}-0.0.1.dist-info"
    fake.mkdir(parents=True)
    (fake / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {package}\nVersion: 0.0.1\n")
    return {"PYTHONPATH": os.pathsep.join([str(fake.parent), TESTS])}


def test_a_late_worker_that_is_not_fit(cluster: Cluster, workers: Workers) -> None:
    """It gets nothing to do, though it would be quick to fail, and it is named."""
    cluster.add_workers(1, {**HERE, "WRONG": "does not see the folder"})
    wait_for(lambda: vetting_of(workers).refused)
    assert pids(workers) == {cluster.workers[0].pid}
    (refusal,) = vetting_of(workers).refused.values()
    assert (refusal.reason, refusal.hint) == ("does not see the folder", "mend it")


def test_a_late_worker_that_is_fit(cluster: Cluster, workers: Workers) -> None:
    """It gets its share, once it is known to be fit."""
    threads = workers.in_flight()
    cluster.add_workers(1, HERE)
    wait_for(lambda: workers.in_flight() == 2 * threads)
    assert pids(workers) == {each.pid for each in cluster.workers}
    assert vetting_of(workers).refused == {}


def test_a_late_worker_of_another_version(
    cluster: Cluster, workers: Workers, tmp_path: Path
) -> None:
    """It does not end the run of everybody else."""
    cluster.add_workers(1, older(tmp_path))
    wait_for(lambda: vetting_of(workers).refused)
    assert pids(workers) == {cluster.workers[0].pid}
    (refusal,) = vetting_of(workers).refused.values()
    assert "has other versions: pillow 0.0.1, here" in refusal.reason


def test_a_worker_that_dies_while_it_is_checked(cluster: Cluster) -> None:
    """A machine that ends in between has no wrong version, and the run goes on with the others."""
    cluster.add_workers(1, {**HERE, "WRONG": "dies"})
    with open_workers(ExecutorSettings.parse(cluster.executor), 2) as workers:
        threads = workers.in_flight()
        wait_for(lambda: workers.in_flight() >= threads)
        vetting_of(workers).require(tasks.as_told, hint="mend it")
        assert pids(workers) == {cluster.workers[0].pid}
        cluster.workers[1].wait(timeout=LONG)
        assert vetting_of(workers).refused == {}


def test_a_worker_that_does_not_answer(cluster: Cluster, monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine that hangs at the question is not waited for: it gets nothing, and is named."""
    monkeypatch.setattr(vetting, "_ANSWER", 1)
    monkeypatch.setattr(vetting, "_SILENT", 2)
    with open_workers(ExecutorSettings.parse(cluster.executor), 2) as workers:
        threads = workers.in_flight()
        cluster.add_workers(1, {**HERE, "WRONG": "hangs"})
        wait_for(lambda: workers.in_flight() > threads)  # it is there, and of the right make
        vetting_of(workers).require(tasks.as_told, hint="mend it")
        wait_for(lambda: vetting_of(workers).refused)
        assert pids(workers) == {cluster.workers[0].pid}
        (refusal,) = vetting_of(workers).refused.values()
        assert refusal.reason == "does not answer"


def test_none_is_fit(cluster: Cluster) -> None:
    """Where no worker may work, that is told before anything is made."""
    with (
        open_workers(ExecutorSettings.parse(cluster.executor), 2) as workers,
        pytest.raises(UsageError, match=r"worker tcp://\S+ is blind") as told,
    ):
        vetting_of(workers).require(str, "is blind", hint="mend it")
    assert told.value.hint == "mend it"


def test_all_workers_go_and_another_comes(cluster: Cluster, workers: Workers) -> None:
    """What was given to machines that are gone is given to those that come."""
    future = workers.executor.submit(tasks.pid_soon)
    future.result(timeout=LONG)
    futures = [workers.executor.submit(tasks.pid_soon) for _ in range(200)]
    cluster.workers[0].kill()
    cluster.add_workers(1, HERE)
    found = {each.result(timeout=LONG) for each in futures}
    assert cluster.workers[1].pid in found


def test_no_worker_is_left(
    cluster: Cluster, workers: Workers, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A run does not wait for ever for a cluster that has no machines any more."""
    monkeypatch.setattr(cluster_module, "_NO_WORKER", 1)
    futures = [workers.executor.submit(tasks.pid_soon) for _ in range(200)]
    cluster.workers[0].kill()
    errors = [each.exception(timeout=LONG) for each in futures]
    assert isinstance(errors[-1], UsageError)
    assert "no worker is left" in errors[-1].message
    assert "dask worker tcp://" in errors[-1].hint


def test_warnings_of_dask(cluster: Cluster, tmp_path: Path) -> None:
    """Dask's own table of versions is not shown, or this test fails: what matters is told by us."""
    cluster.add_workers(1, older(tmp_path, "toolz"))
    with open_workers(ExecutorSettings.parse(cluster.executor), 2) as first:
        threads = first.in_flight()
        wait_for(lambda: first.in_flight() >= 2 * threads or len(pids(first)) == 2)
    with open_workers(ExecutorSettings.parse(cluster.executor), 2) as workers:
        assert pids(workers) == {each.pid for each in cluster.workers}
