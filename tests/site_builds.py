"""Real builds: Hugo and Eleventy as programs, Jekyll in children of one that has loaded it."""

from __future__ import annotations

import atexit
import functools
import json
import subprocess
import tempfile
from pathlib import Path
from typing import IO


def build(folder: Path, program: str, *args: str) -> None:
    """Run `PROGRAM ARGS` in a folder, and hold it to its end without an error."""
    if program == "jekyll":
        told = jekyll().run(folder, *args)
    else:
        done = subprocess.run(
            [program, *args], cwd=folder, timeout=120, check=False, text=True,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        )  # fmt: skip
        told = done.stdout if done.returncode else ""
    assert told == "", told


class Jekyll:
    """A process that has loaded Jekyll, and forks one child a run; see `jekyll_server.rb`."""

    def __init__(self) -> None:
        self._output = tempfile.NamedTemporaryFile()  # noqa: SIM115 - as long as this process
        self._process = subprocess.Popen(
            ["ruby", str(Path(__file__).with_name("jekyll_server.rb"))],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        )  # fmt: skip
        assert self._answer() == "ready"

    def run(self, folder: Path, *args: str) -> str:
        """Run `jekyll ARGS` in a folder; return nothing, or what it said where it failed."""
        order = {"folder": str(folder), "args": args, "output": self._output.name}
        stdin = self._pipe(self._process.stdin)
        stdin.write(json.dumps(order) + "\n")
        stdin.flush()
        code = self._answer()
        return "" if code == "0" else f"{code}: {Path(self._output.name).read_text('utf-8')}"

    def end(self) -> None:
        self._pipe(self._process.stdin).close()
        self._pipe(self._process.stdout).close()
        self._process.wait()
        self._output.close()

    def _answer(self) -> str:
        return self._pipe(self._process.stdout).readline().strip()

    @staticmethod
    def _pipe(pipe: IO[str] | None) -> IO[str]:
        assert pipe is not None
        return pipe


@functools.cache
def jekyll() -> Jekyll:
    """Return the one of this process."""
    started = Jekyll()
    atexit.register(started.end)
    return started
