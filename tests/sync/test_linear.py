from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

import pytest

from mediakit.state.cache import Cache
from mediakit.state.database import Database

if TYPE_CHECKING:
    from conftest import SiteBuilder

PICTURES = 3


class Counts:
    """Counts what a run asks of the disk and of the cache."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.lstat = self.queries = 0
        lstat, read = os.lstat, Database.read

        def counted_lstat(path: Any, **named: Any) -> os.stat_result:
            self.lstat += str(path).endswith((".jpg", ".md"))
            return lstat(path, **named)

        def counted_read(database: Database, *values: Any) -> list[tuple[Any, ...]]:
            self.queries += 1
            return read(database, *values)

        monkeypatch.setattr(os, "lstat", counted_lstat)
        monkeypatch.setattr(Database, "read", counted_read)


@pytest.mark.parametrize("way", ["kept", "observed"])
@pytest.mark.parametrize("manifests", [4, 12])
def test_each_file_is_looked_at_once(
    site: SiteBuilder, monkeypatch: pytest.MonkeyPatch, manifests: int, way: str
) -> None:
    """What a run without work asks grows with the files, one question a file, and no faster."""
    monkeypatch.setattr("mediakit.base.files.time.time_ns", lambda: 4 * 10**18)
    for number in range(manifests):
        site.exercise(f"squat-{number}", PICTURES, overlay=False)
    for _ in range(2):
        site.run()
    if way == "observed":
        monkeypatch.setattr("mediakit.sync.settled.recall", lambda *_, **__: None)
        monkeypatch.setattr(Cache, "remember_settled", lambda *_: None)
    counts = Counts(monkeypatch)
    site.run(dry_run=True)
    files = manifests * (1 + 2 * PICTURES)
    assert files <= counts.lstat <= files + 2
    assert counts.queries < 40
