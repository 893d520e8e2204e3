"""Steps of requests: one thread carries many, whatever they wait for, and leaves none half done."""

from __future__ import annotations

import signal
import socket
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest

from mediakit.storage.s3.steps import Blocking, Wait, finish, side_by_side

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mediakit.storage.s3.steps import Steps


def slept(seconds: float) -> Steps[float]:
    yield Wait(seconds)
    return seconds


def heard(line: socket.socket, seconds: float = 60) -> Steps[bytes]:
    yield Wait(seconds, line)
    line.settimeout(0)
    try:
        return line.recv(99)
    except BlockingIOError:
        return b"nothing"


def work(value: object) -> Steps[object]:
    def do() -> object:
        if isinstance(value, Exception):
            raise value
        return value

    try:
        return (yield Blocking(do))
    except LookupError:
        return "caught"


@pytest.fixture
def lines() -> Iterator[tuple[socket.socket, socket.socket]]:
    pair = socket.socketpair()
    yield pair
    for each in pair:
        each.close()


@pytest.mark.parametrize("threads", [0, 2])
def test_what_comes_first_ends_first(
    threads: int, lines: tuple[socket.socket, socket.socket]
) -> None:
    """Sockets, pauses and work of others: each task goes on when that comes that it waits for."""
    tasks: dict[str, Steps[object]] = {
        "heard": heard(lines[1]),
        "work": work(7),
        "soon": slept(0.01),
    }
    ended: dict[str, object] = {}
    with ThreadPoolExecutor(2) as pool:
        for key, result in side_by_side(tasks.items(), lambda _: True, pool if threads else None):
            ended[key] = result
            if len(ended) == 2:
                lines[0].send(b"word")
    assert ended == {"soon": 0.01, "work": 7, "heard": b"word"}
    assert list(ended)[-1] == "heard"


def test_a_wait_for_a_socket_has_an_end(lines: tuple[socket.socket, socket.socket]) -> None:
    """A task whose socket stays silent goes on when its seconds are over."""
    assert finish(heard(lines[0], 0.01)) == b"nothing"


@pytest.mark.parametrize("threads", [0, 2])
def test_an_error_of_work_is_met_by_who_asked(threads: int) -> None:
    """What a job raises comes up in the steps that asked for it, which may go on."""
    with ThreadPoolExecutor(2) as pool:
        tasks = [(1, work(LookupError()))]
        assert list(side_by_side(tasks, lambda _: True, pool if threads else None)) == [
            (1, "caught")
        ]


def test_no_more_than_there_is_room_for() -> None:
    """Tasks begin when there is room, one after the other, and not before."""
    begun = 0

    def tasks() -> Iterator[tuple[int, Steps[float]]]:
        nonlocal begun
        for number in range(6):
            begun += 1
            yield number, slept(0.01)

    for ended, _ in enumerate(side_by_side(tasks(), lambda running: running < 2)):
        assert begun <= ended + 2
    assert begun == 6


def test_what_has_begun_is_ended() -> None:
    """After an error, or when the caller stops, nothing begins and nothing is left half done."""
    done: list[int] = []

    def task(number: int) -> Steps[None]:
        yield Wait(0.01 * number)
        if number == 1:
            raise ValueError("one")
        done.append(number)

    given = iter([(number, task(number)) for number in range(1, 6)])
    with pytest.raises(ValueError, match="one"):
        list(side_by_side(given, lambda running: running < 3))
    assert done == [2, 3]
    assert len(list(given)) == 2
    for number, _ in side_by_side(((n, task(n)) for n in (2, 3)), lambda _: True):
        assert number == 2
        break
    assert done == [2, 3, 2, 3]


def test_a_signal_cuts_no_task() -> None:
    """Ctrl-C while a task is gone on with lets it and the others end, and then ends the wait."""
    done: list[int] = []

    def task(number: int) -> Steps[None]:
        for turn in range(3):
            yield Wait(0.001)
            if (number, turn) == (2, 1):
                signal.raise_signal(signal.SIGINT)
        done.append(number)

    before = signal.getsignal(signal.SIGINT)
    with pytest.raises(KeyboardInterrupt):
        list(side_by_side(((each, task(each)) for each in (1, 2, 3)), lambda _: True))
    assert signal.getsignal(signal.SIGINT) == before
    assert sorted(done) == [1, 2, 3]
