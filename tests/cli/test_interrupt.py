"""Signals while something does not end: the first says what is waited for, the second ends it."""

from __future__ import annotations

import signal
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from conftest import SiteBuilder
from slow_server import slow_server

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX")

_STUBBORN = """
import threading
from mediakit.cli import process
process.catch_signals(grace=1)
try:
    print("ready", flush=True)
    threading.Event().wait(60)
except KeyboardInterrupt:
    threading.Event().wait(60)
"""

_ANOTHER_THREAD = """
import signal, threading, time
from mediakit.cli import process
process.catch_signals()
threading.Timer(0.5, lambda: signal.pthread_kill(threading.get_ident(), signal.SIGINT)).start()
try:
    threading.Event().wait(600)
except KeyboardInterrupt:
    print("woken")
"""


_LOADING = """
import runpy, sys
class Interrupting:
    def find_spec(self, name, *rest):
        if name == "mediakit.cli.main":
            raise KeyboardInterrupt
sys.meta_path.insert(0, Interrupting())
runpy.run_module("mediakit", run_name="__main__")
"""


@pytest.fixture
def waiting_sync(
    site: SiteBuilder, monkeypatch: pytest.MonkeyPatch
) -> Iterator[subprocess.Popen[str]]:
    """Start a sync whose puts of pictures are never answered."""
    site.exercise("squat", 1)
    command = ["-m", "mediakit", "sync", "--no-videos", "--target", "s3://bucket/x"]
    with (
        slow_server("PUT", "silence", monkeypatch, ending=".jpg") as server,
        subprocess.Popen(
            [sys.executable, *command], cwd=site.root,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        ) as process,
    ):  # fmt: skip
        assert server.is_slow.wait(60)
        yield process
        process.kill()


def test_an_interrupt_while_it_is_loaded() -> None:
    """Whoever changes their mind at once sees a line, and no traceback."""
    done = subprocess.run(
        [sys.executable, "-c", _LOADING], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (130, "mediakit: interrupted before it began\n")


def test_ctrl_c_twice(waiting_sync: subprocess.Popen[str]) -> None:
    """The first tells that requests are waited for, long before they end; the second ends all."""
    process = waiting_sync
    process.send_signal(signal.SIGINT)
    assert "requests" in _until("press Ctrl-C again", process)
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=100)
    assert process.returncode == 130
    assert "Traceback" not in out + err


@pytest.mark.parametrize("name", ["SIGTERM", "SIGHUP"])
def test_nobody_sits_there(name: str) -> None:
    """One that a pipeline sends ends the process after a short time, whatever it waits for."""
    process = subprocess.Popen(
        [sys.executable, "-c", _STUBBORN],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"
    process.send_signal(getattr(signal, name))
    _, err = process.communicate(timeout=100)
    assert process.returncode == 130
    assert "Traceback" not in err


def test_twice_at_a_time(waiting_sync: subprocess.Popen[str]) -> None:
    """Two signals at a time, as shells and runners send them, are one: the run is not cut off."""
    process = waiting_sync
    # both come when it goes on
    for name in (signal.SIGSTOP, signal.SIGINT, signal.SIGTERM, signal.SIGCONT):
        process.send_signal(name)
    assert _until("press Ctrl-C again", process)


def test_a_signal_that_another_thread_gets() -> None:
    """After Ctrl-Z any thread may get a signal: it still ends what the main thread waits for."""
    command = [sys.executable, "-c", _ANOTHER_THREAD]
    done = subprocess.run(command, capture_output=True, text=True, timeout=100, check=True)
    assert done.stdout == "woken\n"


def _until(words: str, process: subprocess.Popen[str]) -> str:
    """Return what is said up to some words, which have to be said."""
    assert process.stderr is not None
    said = ""
    for line in process.stderr:
        said += line
        if words in line:
            return said
    raise AssertionError(said)
