"""A process that has imported mediakit, and forks one child a run: 20 ms instead of 400.

It reads orders from stdin, a JSON object a line, and answers a line each: `{"start": ...}` forks a
child that runs the command line and answers its process id, `{"wait": PID}` answers how it ended
(below zero: by that signal). What `knock.py` stands for asks at the socket that is the argument. It
is a program of its own since forking wants a single thread.
"""

from __future__ import annotations

import contextlib
import functools
import gc
import importlib
import json
import marshal
import os
import pkgutil
import resource
import select
import signal
import socket
import sys
import time
from typing import Any

import boto3
import botocore.session
from PIL import Image

import mediakit
from mediakit.cli.main import run
from mediakit.images.opening import strict_decoder

_TOUCHES = frozenset({"open", "os.rename", "os.remove", "os.mkdir", "os.rmdir", "sqlite3.connect"})
_PATIENCE = 100  # seconds that a run may take


def main() -> None:
    _load()
    gc.freeze()
    with socket.socket(socket.AF_UNIX) as door:
        door.bind(sys.argv[1])
        door.listen(100)
        print("ready", flush=True)  # noqa: T201 - the protocol
        guests: set[int] = set()
        while True:
            ready, _, _ = select.select([sys.stdin, door], [], [])
            guests -= {each for each in guests if os.waitpid(each, os.WNOHANG)[0]}
            if door in ready:
                guests.add(_let_in(door))
            if sys.stdin in ready:
                line = sys.stdin.readline()
                if not line:
                    return
                print(_carry_out(json.loads(line)), flush=True)  # noqa: T201


def _load() -> None:
    """Load what children need: all of mediakit, decoders, and what boto3 knows of AWS."""
    Image.init()
    strict_decoder()
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
        _be_mediakit(streams=_opened(order["output"], *order["outputs"]), **order["start"])
    return pid


def _opened(output: str, *names: str) -> list[int]:
    """Return nothing to read, and a file for each name: for results, and for errors."""
    flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND
    files = [os.open(f"{output}.{name}", flags) for name in names]
    return [os.open(os.devnull, os.O_RDONLY), *files]


def _let_in(door: socket.socket) -> int:
    """Have a child that runs what `knock.py` asks for, and tells it the exit code."""
    guest, _ = door.accept()
    with guest:
        pid = os.fork()
        if pid == 0:
            size, streams, _, _ = socket.recv_fds(guest, 4, 3)
            with guest.makefile("rb") as told:
                args, folder, environment = marshal.loads(told.read(int.from_bytes(size, "big")))  # noqa: S302 - our own
            run_of_it = os.fork()
            if run_of_it == 0:
                _be_mediakit(args=args, folder=folder, streams=streams, environment=environment)
            code = os.waitstatus_to_exitcode(os.waitpid(run_of_it, 0)[1])
            guest.sendall(str(code if code >= 0 else 128 - code).encode())
            os._exit(0)
        return pid


def _be_mediakit(
    *,
    args: list[str],
    folder: str,
    streams: list[int],
    largest_file: int | None = None,
    clock: int = 0,
    die_at: int | None = None,
    slow: int = 0,
    environment: dict[str, str] | None = None,
) -> None:
    """Become one run; `clock` seconds are added to the time.

    At touch `die_at` of a file it is killed, and at each one it waits `slow` milliseconds.
    `environment` takes the place of the nursery's.
    """
    code = 70
    try:
        signal.alarm(_PATIENCE)
        signal.signal(signal.SIGINT, signal.SIG_DFL)
        for target, stream in enumerate(streams):
            os.dup2(stream, target)
        # the nursery's have read orders, and know whether they can seek
        sys.stdin = os.fdopen(0, closefd=False)
        sys.stdout = os.fdopen(1, "w", closefd=False)
        sys.stderr = os.fdopen(2, "w", 1, errors="backslashreplace", closefd=False)
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
