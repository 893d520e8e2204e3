"""Stand-ins for what is outside: used where the real thing cannot be made to fail at will."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from mediakit.model import Failure
from mediakit.plan.transfers import RemoteEntry

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping


class MemoryTarget:
    """A target in memory that records what is done, and fails at the keys in `failing`."""

    url = "memory:"

    def __init__(self, failing: Iterable[str] = ()) -> None:
        self.objects: dict[str, bytes] = {}
        self.failing = set(failing)
        self.log: list[tuple[str, str]] = []

    def list(self) -> Mapping[str, RemoteEntry]:
        return {
            key: RemoteEntry(key, len(data), hashlib.sha256(data).hexdigest())
            for key, data in self.objects.items()
        }

    def get(self, key: str) -> bytes | None:
        return self.objects.get(key)

    def put(self, key: str, data: bytes) -> Failure | None:
        self.log.append(("put", key))
        if key in self.failing:
            return Failure("put-failed", f"{key}: refused")
        self.objects[key] = data
        return None

    def delete(self, keys: Iterable[str]) -> Mapping[str, Failure]:
        failures = {}
        for key in keys:
            self.log.append(("delete", key))
            if key in self.failing:
                failures[key] = Failure("delete-failed", f"{key}: refused")
            else:
                self.objects.pop(key, None)
        return failures

    def close(self) -> None:
        self.log.append(("close", ""))
