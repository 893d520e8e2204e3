"""Runs of mediakit as real processes, to be waited for, killed or held back."""

from __future__ import annotations

import itertools
import json
import os
import signal
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

if TYPE_CHECKING:
    from collections.abc import Callable


_HELD = """
import pathlib, sys
real = pathlib.Path.replace
def replace(self, target):
    moved = real(self, target)
    if target.name.endswith("-320.jpg") and not sys.stdin.closed:
        print("held", flush=True)
        sys.stdin.read()
        sys.stdin.close()
    return moved
pathlib.Path.replace = replace
from mediakit.cli.main import run
run()
"""


def held_at_work(
    folder: Path, *args: str, before: Callable[[], None] | None = None
) -> subprocess.Popen[str]:
    """Start a run, and return it when it has made its first teaser: there it waits.

    It goes on when its stdin is closed, as `communicate` does. `before` runs in the new process.
    """
    process = subprocess.Popen(
        [sys.executable, "-c", _HELD, *args], cwd=folder, text=True, preexec_fn=before,  # noqa: PLW1509 - one thread
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip
    assert process.stdout is not None
    assert process.stdout.readline() == "held\n"
    return process


@dataclass(frozen=True)
class Done:
    """How a run ended: exit code (below zero: by that signal), and what it said."""

    code: int
    out: str
    err: str


class Child:
    """A run under way."""

    def __init__(self, nursery: Nursery, pid: int, output: Path) -> None:
        self._nursery = nursery
        self._output = output
        self.pid = pid

    def send(self, number: signal.Signals) -> None:
        """Send a signal; one that has ended already is not there to take it."""
        os.kill(self.pid, number)  # it is waited for by the nursery: the id is still its own

    def wait(self) -> Done:
        code = self._nursery.order({"wait": self.pid})
        out, err = (Path(f"{self._output}.{name}") for name in ("out", "err"))
        return Done(code, out.read_text("utf-8"), err.read_text("utf-8"))


class Nursery:
    """Starts runs; see `nursery.py`."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._numbers = itertools.count()
        self._house = tempfile.TemporaryDirectory()  # paths of sockets have to be short
        self._door = Path(self._house.name) / "door"
        self._process = subprocess.Popen(
            [sys.executable, str(Path(__file__).with_name("nursery.py")), str(self._door)],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
            env={**os.environ, "MEDIAKIT_NO_VIDEOS": "1", "OPENBLAS_NUM_THREADS": "1"},
        )  # fmt: skip
        assert self._answer() == "ready"

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_exception: object) -> None:
        for stream in (self._process.stdin, self._process.stdout):
            if stream is not None:
                stream.close()
        self._process.wait()
        self._house.cleanup()

    def order(self, order: dict[str, Any]) -> int:
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps(order) + "\n")
        self._process.stdin.flush()
        return int(self._answer())

    def start(self, folder: Path, *args: str, together: bool = False, **options: Any) -> Child:
        """Start `mediakit ARGS` in a folder; `together`, errors go where results go.

        `options` are those of `nursery.py`.
        """
        output = self.folder / f"run-{next(self._numbers) % 16}"
        for name in ("out", "err"):
            path = Path(f"{output}.{name}")
            path.write_text("")
        order = {
            "start": {"args": args, "folder": str(folder), **options},
            "output": str(output), "outputs": ("out", "out" if together else "err"),
        }  # fmt: skip
        return Child(self, self.order(order), output)

    def program(self, path: Path) -> None:
        """Write a program that stands for `mediakit`, for a shell to run."""
        knock = Path(__file__).with_name("knock.py")
        path.write_text(f'#!/bin/sh\nexec "{sys.executable}" -S -E "{knock}" "{self._door}" "$@"\n')
        path.chmod(0o755)

    def _answer(self) -> str:
        assert self._process.stdout is not None
        return self._process.stdout.readline().strip()
