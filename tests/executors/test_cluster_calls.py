"""Calls on a cluster end with their answer, whatever becomes of the workers meanwhile."""

from __future__ import annotations

from concurrent.futures import Future
from typing import Any

import pytest

from mediakit.executors.cluster_calls import ClusterCalls


class Client:
    """Stands for dask's client: the answers come when the test says so."""

    def __init__(self) -> None:
        self.given: list[Future[Any]] = []

    def get_executor(self, **_settings: object) -> Client:
        return self

    def submit(self, *_call: object) -> Future[Any]:
        self.given.append(Future())
        return self.given[-1]


def error_of(code: str, file: str) -> TypeError:
    """Return the error of a line of code in a file."""
    try:
        exec(compile(code, file, "exec"))  # noqa: S102 - ours
    except TypeError as error:
        assert error.__traceback__ is not None
        return error.with_traceback(error.__traceback__.tb_next)
    raise AssertionError


def test_an_answer_that_is_lost_on_its_way() -> None:
    """A worker that dies behind its answer makes dask fail: the call is given to others."""
    client = Client()
    calls = ClusterCalls(client)
    calls.give_to(frozenset({"a"}))
    outer = calls.submit(lambda: 7, ())
    client.given[0].set_exception(error_of("kind, value, trace = 7", "x/distributed/cfexecutor.py"))
    assert not outer.done()
    client.given[1].set_result(7)
    assert outer.result(timeout=10) == 7


def test_an_error_of_the_call_itself() -> None:
    """An error of the same kind that the function raised is its answer."""
    client = Client()
    calls = ClusterCalls(client)
    calls.give_to(frozenset({"a"}))
    outer = calls.submit(lambda: 7, ())
    client.given[0].set_exception(error_of("a, b = 7", "somewhere.py"))
    with pytest.raises(TypeError):
        outer.result(timeout=10)
    assert len(client.given) == 1
