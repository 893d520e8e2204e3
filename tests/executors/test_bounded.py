from __future__ import annotations

import threading
import time
from concurrent.futures import Executor, Future

from mediakit.executors.workers import finished, open_executor, run_bounded


def test_all_tasks_come_back() -> None:
    """Each task is yielded once with its result, whatever the order of completion."""
    with open_executor(2) as executor:
        results = dict(run_bounded(executor, 3, range(50), lambda pool, n: pool.submit(pow, n, 2)))
    assert results == {n: n * n for n in range(50)}


def test_work_in_flight_is_bounded() -> None:
    """No more tasks are started than asked, so that memory does not grow with the site."""
    alive, most, lock = 0, 0, threading.Lock()

    def start(executor: Executor, number: int) -> Future[int]:
        nonlocal alive, most
        with lock:
            alive += 1
            most = max(most, alive)
        return executor.submit(time.sleep, 0.001 * (number % 3))  # type: ignore[arg-type]

    with open_executor(4) as executor:
        for _ in run_bounded(executor, 5, range(60), start):
            with lock:
                alive -= 1
    assert most <= 5


def test_stopping_early_cancels_the_rest() -> None:
    """An interrupt leaves nothing running behind it."""
    ran: list[int] = []

    def work(number: int) -> int:
        time.sleep(0.02)
        ran.append(number)
        return number

    with open_executor(1) as executor:
        stream = run_bounded(executor, 8, range(8), lambda pool, number: pool.submit(work, number))
        next(stream)
        stream.close()
        count = len(ran)
        time.sleep(0.1)
    assert len(ran) == count < 8


def test_finished() -> None:
    """A task with nothing to submit has its result at once."""
    assert finished(7).result(timeout=0) == 7
