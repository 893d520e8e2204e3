"""Stand-ins for what is outside: used where the real thing cannot be made to fail at will."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from mediakit.base.actions import Failure
from mediakit.base.artifacts import Artifact
from mediakit.storage.protocol import ANY, NOTHING, Fetched, Upload, crossed
from mediakit.storage.settings import S3Settings

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from concurrent.futures import Executor

    from mediakit.storage.settings import HeaderRule, Headers


@dataclass(frozen=True)
class Opening:
    """What a storage is opened with."""

    root: Path
    s3: S3Settings = field(default_factory=S3Settings)
    headers: tuple[HeaderRule, ...] = ()


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

    def list(self, known: Mapping[str, Artifact] = NOTHING) -> Mapping[str, Artifact]:  # noqa: ARG002
        return {
            key: Artifact(key, hashlib.sha256(data).hexdigest(), len(data))
            for key, data in self.objects.items()
        }

    def describe(self, key: str) -> Artifact | None:
        found = self.get(key)
        return None if found is None else Artifact(key, found.version, len(found.data))

    def get(self, key: str) -> Fetched | None:
        data = self.objects.get(key)
        return None if data is None else Fetched(data, hashlib.sha256(data).hexdigest())

    def put(
        self,
        key: str,
        data: bytes,
        headers: Headers,  # noqa: ARG002
        *,
        only_if: str | None = ANY,
    ) -> Artifact | Failure:
        self.log.append(("put", key))
        found = self.get(key)
        version = found.version if found else None
        is_other = only_if not in {ANY, version}
        if is_other and (found is None or found.data != data):
            return crossed(self.url)
        if key in self.failing:
            return Failure("put-failed", f"{key}: refused")
        self.objects[key] = data
        return Artifact(key, hashlib.sha256(data).hexdigest(), len(data))

    def put_file(self, upload: Upload, *, only_if: str | None = ANY) -> Artifact | Failure:
        try:
            data = Path(upload.folder, upload.name).read_bytes()
        except OSError:
            return Failure("unreadable-file", "cannot be read")
        if hashlib.sha256(data).hexdigest() != upload.artifact.sha256:
            return Failure("changed-meanwhile", "changed while mediakit ran")
        return self.put(upload.artifact.path, data, upload.headers, only_if=only_if)

    def put_files(
        self,
        uploads: Iterable[tuple[Upload, str | None]],
        threads: Executor,  # noqa: ARG002
    ) -> Iterator[tuple[Upload, Artifact | Failure]]:
        for upload, only_if in uploads:
            yield upload, self.put_file(upload, only_if=only_if)

    def replace(
        self, key: str, data: bytes, headers: Headers, version: str | None
    ) -> Artifact | Failure:
        return self.put(key, data, headers, only_if=version)

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
