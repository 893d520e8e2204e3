"""What breaks between runs: the catalog, the cache, and variants that were copied by half."""

from __future__ import annotations

import os
import shutil
import sqlite3
from contextlib import closing, suppress
from typing import TYPE_CHECKING

from operations import operation
from world import CATALOG

if TYPE_CHECKING:
    import random
    from pathlib import Path

    from world import World


class Breakage:
    """Breaks what mediakit keeps; what nobody can know afterwards is told to the model."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._catalogs: list[bytes] = []

    @operation(3)
    def break_the_catalog(self, chance: random.Random) -> str | None:
        """A catalog that cannot be trusted stops the run before anything is changed."""
        if not self._world.has_catalog:
            return None
        kind = chance.choice(["newer", "cut", "conflict", "empty", "noise"])
        where = self._world.root / CATALOG
        data = where.read_bytes()
        where.write_bytes(_broken(data, kind, chance))
        before = self._world.tree()
        done = self._world.run(*self._world.command(sync=chance.random() < 0.5))
        assert done.code == 2
        assert CATALOG in done.err
        assert "hint:" in done.err
        assert self._world.tree() == before
        where.write_bytes(data)
        return f"catalog: {kind}"

    @operation(1)
    def delete_the_catalog(self, _chance: random.Random) -> str | None:
        if not self._world.has_catalog:
            return None
        (self._world.root / CATALOG).unlink()
        self._world.lose_records()
        return "delete the catalog"

    @operation(1)
    def bring_an_old_catalog_back(self, chance: random.Random) -> str | None:
        """One side of a merge, or a checkout of the catalog alone."""
        if not self._catalogs:
            return None
        self._world.put(CATALOG, chance.choice(self._catalogs))
        self._world.lose_records()
        return "an old catalog comes back"

    @operation(2)
    def commit_the_catalog(self, _chance: random.Random) -> str | None:
        if not self._world.has_catalog:
            return None
        self._catalogs.append((self._world.root / CATALOG).read_bytes())
        return "commit the catalog"

    @operation(6)
    def break_the_cache(self, chance: random.Random) -> str | None:
        path = self._world.root / ".mediakit/cache.db"
        if not path.is_file() or not path.stat().st_size:
            return None
        self._world.lose_records()
        kinds = ["noise", "cut", "page", "bytes", "log", "older", "newer", "folder", "gone"]
        kind = chance.choice(kinds)
        _break_cache(path, kind, chance)
        return f"cache: {kind}"

    @operation(2)
    def delete_the_work_folder(self, _chance: random.Random) -> str | None:
        folder = self._world.root / ".mediakit"
        if not folder.is_dir():
            return None
        self._world.lose_records()
        shutil.rmtree(folder)
        return "delete .mediakit"

    @operation(2)
    def cut_a_variant(self, chance: random.Random) -> str | None:
        """A half variant, from a copy that was broken off, is made anew at once."""
        wanted = self._world.variants().keys() & self._world.oracle().site.keys()
        if not wanted:
            return None
        path = chance.choice(sorted(wanted))
        where = self._world.disk_path(path)
        os.truncate(where, where.stat().st_size // 2)
        self._world.model.hand.pop(path, None)
        self._world.generate()
        return "cut a variant"


def _broken(data: bytes, kind: str, chance: random.Random) -> bytes:
    half = len(data) // 2
    ours, theirs = data[:half], data[half:]
    return {
        "newer": data.replace(b'"version":1', b'"version":99', 1),
        "cut": data[: chance.randrange(len(data) - 2)],
        "conflict": b"<<<<<<< HEAD\n" + ours + b"\n=======\n" + theirs + b"\n>>>>>>> x\n",
        "empty": b"",
        "noise": chance.randbytes(200),
    }[kind]


def _break_cache(path: Path, kind: str, chance: random.Random) -> None:
    size = path.stat().st_size
    if kind == "noise":
        path.write_bytes(chance.randbytes(5000))
    elif kind == "cut":
        os.truncate(path, chance.randrange(size))
    elif kind == "page":
        _overwrite(path, chance.randrange(max(1, size // 4096)) * 4096, chance.randbytes(4096))
    elif kind == "bytes":
        _overwrite(path, chance.randrange(size), chance.randbytes(chance.randint(1, 300)))
    elif kind == "log":
        path.with_name("cache.db-wal").write_bytes(chance.randbytes(20_000))
    elif kind in {"older", "newer"}:
        with suppress(sqlite3.DatabaseError), closing(sqlite3.connect(path)) as connection:
            connection.execute(f"PRAGMA user_version = {1 if kind == 'older' else 10_000}")
    else:
        path.unlink()
        if kind == "folder":
            (path / "in it").mkdir(parents=True)


def _overwrite(path: Path, start: int, data: bytes) -> None:
    with path.open("r+b") as stream:
        stream.seek(start)
        stream.write(data)
