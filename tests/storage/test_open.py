"""Storage by its scheme: a new kind is a module, and a line in `KINDS`."""

from __future__ import annotations

from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

from fakes import MemoryTarget
from mediakit.storage.open import KINDS

if TYPE_CHECKING:
    import pytest

    from conftest import SiteBuilder


def test_a_new_kind_of_storage(site: SiteBuilder, monkeypatch: pytest.MonkeyPatch) -> None:
    """A sync to an address of the new scheme goes the whole way, and then has nothing to do."""
    memory = MemoryTarget()
    kind: Any = SimpleNamespace(open_storage=lambda *_opening: memory)
    monkeypatch.setitem(KINDS, "memory", lambda: kind)
    site.exercise("squat")
    assert not site.run("sync", target="memory:here").problems
    assert "media.json" in memory.objects
    assert len(memory.objects) == 6
    assert site.run("sync", target="memory:here").summary.put == 0
