"""A process that has imported dask, and forks one scheduler or worker an order: 50 ms, not 800.

It reads orders from stdin, a JSON object a line, `{"args": [...], "environment": {...}}`, and
answers with the process id of `dask ARGS`. To `{"look": PID}` and `{"kill": PID}` the answer is 1
for one that ran until now.
"""

from __future__ import annotations

import gc
import importlib.util
import json
import os
import signal
import sys

import dask.config
import distributed.cli.dask_scheduler
import distributed.cli.dask_worker


def main() -> None:
    """Answer orders until stdin ends."""
    gc.freeze()
    print("ready", flush=True)  # noqa: T201 - the protocol
    running: set[int] = set()
    for line in sys.stdin:
        order = json.loads(line)
        running.difference_update({each for each in running if _has_ended(each)})
        if "args" in order:
            answer = _forked(**order)
            running.add(answer)
        else:
            answer = order.get("look", order.get("kill")) in running
            if "kill" in order and answer:
                os.kill(order["kill"], signal.SIGKILL)
                os.waitpid(order["kill"], 0)
                running.remove(order["kill"])
        print(int(answer), flush=True)  # noqa: T201


def _has_ended(pid: int) -> bool:
    return os.waitpid(pid, os.WNOHANG)[0] == pid


def _forked(args: list[str], environment: dict[str, str]) -> int:
    pid = os.fork()
    if pid == 0:
        try:
            _be_dask(args, environment)
        finally:
            os._exit(1)
    return pid


def _be_dask(args: list[str], environment: dict[str, str]) -> None:
    """Become `dask ARGS`, as a new process with this environment would."""
    nowhere = os.open(os.devnull, os.O_RDWR)
    for stream in (0, 1, 2):
        os.dup2(nowhere, stream)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    os.environ.clear()
    os.environ.update(environment)
    dask.config.refresh()
    sys.path[:1] = filter(None, environment.get("PYTHONPATH", "").split(os.pathsep))
    if importlib.util.find_spec("sitecustomize") is not None:
        sys.modules.pop("sitecustomize", None)
        importlib.import_module("sitecustomize")
    commands = {
        "worker": distributed.cli.dask_worker.main,
        "scheduler": distributed.cli.dask_scheduler.main,
    }
    commands[args[0]](args[1:])


if __name__ == "__main__":
    main()
