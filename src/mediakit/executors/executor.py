"""Which workers make pictures: threads, processes, or those of a dask cluster."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

from mediakit.base.errors import UsageError


class ExecutorKind(StrEnum):
    """The kinds of workers."""

    THREADS = "threads"
    PROCESSES = "processes"
    DASK = "dask"


@dataclass(frozen=True, slots=True)
class ExecutorSettings:
    """A kind of workers, and of a cluster its scheduler's address (`tcp://HOST:PORT`)."""

    kind: ExecutorKind = ExecutorKind.THREADS
    address: str = ""

    def __str__(self) -> str:
        return f"{self.kind}:{self.address}" if self.address else str(self.kind)

    @classmethod
    def parse(cls, text: str) -> ExecutorSettings:
        """Read `threads`, `processes` or `dask:ADDRESS`; raises UsageError."""
        found = re.fullmatch(r"dask:((?:tcp|tls)://[^/\s@]+:[0-9]{1,5})", text)
        if found is not None:
            return cls(ExecutorKind.DASK, found[1])
        if text in {ExecutorKind.THREADS, ExecutorKind.PROCESSES}:
            return cls(ExecutorKind(text))
        raise UsageError(
            f"no executor {text!r}", "known are threads, processes and dask:tcp://HOST:8786"
        )
