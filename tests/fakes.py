"""Stand-ins for what is outside: used where the real thing cannot be made to fail at will."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from mediakit.base.actions import Failure
from mediakit.storage.headers import Headers
from mediakit.storage.protocol import Condition, Details, Fetched, Stored, crossed
from mediakit.sync.transfers import RemoteEntry

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping
    from pathlib import Path


class MemoryTarget:
    """A target in memory that records what is done, and fails at the keys in `failing`."""

    url = "memory:"
    connections = 2
    endpoint = ""
    is_remote = False
    has_headers = False

    def __init__(self, failing: Iterable[str] = ()) -> None:
        self.objects: dict[str, bytes] = {}
        self.failing = set(failing)
        self.log: list[tuple[str, str]] = []

    def list(self, known: Collection[str] = ()) -> Mapping[str, RemoteEntry]:  # noqa: ARG002
        return {
            key: RemoteEntry(key, len(data), hashlib.sha256(data).hexdigest())
            for key, data in self.objects.items()
        }

    def describe(self, key: str) -> Details | None:
        return Details(Headers()) if key in self.objects else None

    def get(self, key: str) -> Fetched | None:
        data = self.objects.get(key)
        return None if data is None else Fetched(data, hashlib.sha256(data).hexdigest())

    def put(
        self,
        key: str,
        data: bytes,
        headers: Headers,  # noqa: ARG002
        condition: Condition | None = None,
    ) -> Stored | Failure:
        self.log.append(("put", key))
        found = self.get(key)
        version = found.version if found else None
        is_other = condition is not None and version != condition.version
        if is_other and (found is None or found.data != data):
            return crossed(self.url)
        if key in self.failing:
            return Failure("put-failed", f"{key}: refused")
        self.objects[key] = data
        return Stored(hashlib.sha256(data).hexdigest())

    def put_file(
        self,
        key: str,
        path: Path,
        sha256: str,
        headers: Headers,
        condition: Condition | None = None,
    ) -> Stored | Failure:
        try:
            data = path.read_bytes()
        except OSError:
            return Failure("unreadable-file", "cannot be read")
        if hashlib.sha256(data).hexdigest() != sha256:
            return Failure("changed-meanwhile", "changed while mediakit ran")
        return self.put(key, data, headers, condition)

    def replace(
        self, key: str, data: bytes, headers: Headers, version: str | None
    ) -> Stored | Failure:
        return self.put(key, data, headers, Condition(version))

    def delete(self, keys: Iterable[str]) -> Mapping[str, Failure]:
        failures = {}
        for key in keys:
            self.log.append(("delete", key))
            if key in self.failing:
                failures[key] = Failure("delete-failed", f"{key}: refused")
            else:
                self.objects.pop(key, None)
        return failures

    def clear_leftovers(self) -> None:
        pass

    def close(self) -> None:
        self.log.append(("close", ""))
