"""A process that has imported mediakit, and forks one child a run: 20 ms instead of 400.

It reads orders from stdin, a JSON object a line, and answers a line each: `{"start": ...}` forks a
child that runs the command line and answers its process id, `{"wait": PID}` answers how it ended
(below zero: by that signal). It is a program of its own since forking wants a single thread.
"""

from __future__ import annotations

import contextlib
import functools
import gc
import importlib
import json
import os
import pkgutil
import resource
import signal
import sys
import time
from typing import Any

import boto3
import botocore.session
from PIL import Image

import mediakit
from mediakit.cli.main import run

_TOUCHES = frozenset({"open", "os.rename", "os.remove", "os.mkdir", "os.rmdir", "sqlite3.connect"})
_PATIENCE = 100  # seconds that a run may take


def main() -> None:
    _load()
    gc.freeze()
    print("ready", flush=True)  # noqa: T201 - the protocol
    for line in sys.stdin:
        order = json.loads(line)
        print(_carry_out(order), flush=True)  # noqa: T201


def _load() -> None:
    """Load what children need: all of mediakit, and what boto3 knows of AWS."""
    Image.init()
    for each in pkgutil.walk_packages(mediakit.__path__, "mediakit."):
        if not each.name.endswith("__main__"):
            importlib.import_module(each.name)
    botocore.session.create_loader = functools.cache(botocore.session.create_loader)
    boto3.client("s3", region_name="us-east-1")


def _carry_out(order: dict[str, Any]) -> int:
    if "wait" in order:
        return os.waitstatus_to_exitcode(os.waitpid(order["wait"], 0)[1])
    pid = os.fork()
    if pid == 0:
        _be_mediakit(**order["start"])
    return pid


def _be_mediakit(
    *,
    args: list[str],
    folder: str,
    output: str,
    largest_file: int | None = None,
    clock: int = 0,
    die_at: int | None = None,
    slow: int = 0,
    environment: dict[str, str] | None = None,
    together: bool = False,
) -> None:
    """Become one run; `clock` seconds are added to the time.

    At touch `die_at` of a file it is killed, and at each one it waits `slow` milliseconds.
    `environment` takes the place of the nursery's; `together`, errors go where results go.
    """
    code = 70
    try:
        signal.alarm(_PATIENCE)
        signal.signal(signal.SIGINT, signal.SIG_DFL)
        flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND
        names = ("out", "out" if together else "err")
        streams = [os.open(f"{output}.{name}", flags) for name in names]
        for stream, target in zip(streams, (1, 2), strict=True):
            os.dup2(stream, target)
        os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
        os.chdir(folder)
        if environment is not None:
            os.environ.clear()
            os.environ.update(environment)
        if largest_file is not None:
            resource.setrlimit(resource.RLIMIT_FSIZE, (largest_file, largest_file))
        if clock:
            _shift_clock(clock)
        if die_at is not None or slow:
            _watch_touches(die_at, slow / 1000)
        sys.argv = ["mediakit", *args]
        signal.signal(signal.SIGINT, signal.default_int_handler)
        run()
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else 1
    except KeyboardInterrupt:  # the second one, just after the boundary
        code = 130
    except BaseException:  # noqa: BLE001 - this is the end of the process
        code = 1
        sys.excepthook(*sys.exc_info())
    finally:
        for each in (sys.stdout, sys.stderr):
            with contextlib.suppress(OSError):
                each.flush()
        os._exit(code)


def _shift_clock(seconds: int) -> None:
    """Let this process alone see another time; the times of files stay the system's."""
    real, real_ns = time.time, time.time_ns
    time.time = lambda: real() + seconds
    time.time_ns = lambda: real_ns() + seconds * 1_000_000_000


def _watch_touches(die_at: int | None, seconds: float) -> None:
    """Wait when a file is opened, renamed or removed, and die of the n-th time."""
    count = 0

    def hook(event: str, _args: object) -> None:
        nonlocal count
        if event in _TOUCHES:
            count += 1
            time.sleep(seconds)
            if count == die_at:
                os.kill(os.getpid(), signal.SIGKILL)

    sys.addaudithook(hook)


if __name__ == "__main__":
    main()
