"""How many puts are under way: more as long as it helps, fewer when the server says so."""

from __future__ import annotations

import subprocess
import sys

import pytest

from mediakit.storage.s3.traffic import Traffic


def after(traffic: Traffic, seconds: list[float], *, is_answered: bool = True) -> float:
    for each in seconds:
        traffic.note(100.0, 100.0 + each, is_answered=is_answered)
    return traffic.window


@pytest.mark.parametrize("far", [0.001, 0.02, 0.3])
def test_more_while_answers_come_as_quickly(far: float) -> None:
    """Near and far: answers that take no longer make room for all that may be under way."""
    assert after(Traffic(256), [far] * 999) == 256
    assert after(Traffic(4), [far] * 999) == 4


def test_no_more_where_they_wait_for_each_other() -> None:
    """A server, or a line, that is busy already is not asked more at once."""
    traffic = Traffic(256)
    assert after(traffic, [0.02] * 100 + [0.2] * 20) == 112
    assert after(traffic, [0.2] * 999) == 32
    assert after(Traffic(4), [0.02] + [0.2] * 999) == 4


def test_half_as_many_for_a_busy_server() -> None:
    """All that was under way when it said so counts once; one at a time is the least."""
    traffic = Traffic(256)
    assert after(traffic, [0.1] * 32, is_answered=False) == 16
    assert 16.9 < after(traffic, [0.1] * 16) <= 17
    for number in range(20):
        traffic.note(101.0 + number, 101.5 + number, is_answered=False)
    assert traffic.window == 1


@pytest.mark.skipif(sys.platform == "win32", reason="Windows sets no limit of open files")
@pytest.mark.parametrize(("files", "found"), [(256, "128 8"), (9, "4 4"), (4096, "256 8")])
def test_no_more_than_files_may_be_open(files: int, found: str) -> None:
    """Where few files may be open, as on a Mac, connections leave room for the pictures."""
    code = (
        "import resource; from mediakit.storage.s3.traffic import most_connections as most;"
        "hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1];"
        f"resource.setrlimit(resource.RLIMIT_NOFILE, ({files}, hard)); print(most(256), most(8))"
    )
    told = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert told.stdout.strip() == found
