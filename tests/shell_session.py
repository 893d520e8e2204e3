"""A real shell at a terminal of its own, to type into and to read from."""

from __future__ import annotations

import os
import pty
import re
import select
import signal
import subprocess
import termios
import time
from pathlib import Path
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from types import TracebackType

_CONTROL = re.compile(r"\x1b(\[[0-9;?]*[A-Za-z]|[=>]|\][^\x07]*\x07)|[\x00\x07\r]")
_PATIENCE = 30.0  # seconds; the machine may be busy


class ShellSession:
    """An interactive shell; what it shows comes without control sequences."""

    def __init__(self, command: Sequence[str], folder: Path, environ: Mapping[str, str]) -> None:
        self._leader, follower = pty.openpty()
        termios.tcsetwinsize(follower, (50, 200))
        self._process = subprocess.Popen(
            command, cwd=folder, env=dict(environ), start_new_session=True,
            stdin=follower, stdout=follower, stderr=follower,
        )  # fmt: skip
        os.close(follower)
        self.shown = ""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()
        os.close(self._leader)

    def type(self, text: str) -> None:
        """Type, and forget what was shown before."""
        self.shown = ""
        os.write(self._leader, text.encode())

    def until(self, text: str) -> str:
        """Read until a text is shown; raises TimeoutError with what was shown instead."""
        end = time.monotonic() + _PATIENCE
        while text not in self.shown:
            left = end - time.monotonic()
            if left <= 0 or not select.select([self._leader], [], [], left)[0]:
                raise TimeoutError(f"{text!r} was not shown, but {self.shown!r}")
            self.shown += _CONTROL.sub("", os.read(self._leader, 65_536).decode(errors="replace"))
        return self.shown
