"""A site with a target, what has to be true of both, and what nobody can know any more.

The model is what people made: sources, pages, settings, and variants altered by hand. All else
has an oracle: the same sources, pages and settings in a new folder, made from scratch.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import re
import shutil
import unicodedata
from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PIL import Image

if TYPE_CHECKING:
    from collections.abc import Mapping

    from processes import Child, Done, Nursery

CATALOG = "media.json"
JOURNAL = "media_puts.json"
FOLDER = "assets/images"
_WORK = ".mediakit"
_TEMPORARY = ".mediakit-tmp"
_VARIANT = re.compile(rf"{FOLDER}/.+-[0-9a-z]+\.(jpg|JPG|webp)")
_OF_THE_RUN = frozenset({
    "altered-by-hand", "cache-set-aside", "cache-not-read", "cache-not-written",
    "deletes-held-back",
})  # fmt: skip
"""Codes of what happened to this site before, or of how it is run."""
_FAULTS_OF_OURS = ("Traceback", "unexpected")

Tree = dict[str, bytes]


@dataclass(frozen=True)
class Oracle:
    """What a run from scratch gives: the site, the target, the exit code and the problems."""

    site: Tree
    target: Tree
    code: int
    problems: frozenset[str]


@dataclass
class Model:
    """What people made, by path on the disk; `hand` and `unknown` are variants by site path.

    Of an `unknown` variant the record is lost (with the cache of a killed run, with the catalog),
    so that it is kept, adopted or made anew by what it looks like; nobody can promise its bytes.
    """

    pictures: dict[str, bytes] = field(default_factory=dict)
    pages: dict[str, bytes] = field(default_factory=dict)
    settings: bytes = b""
    hand: Tree = field(default_factory=dict)
    unknown: set[str] = field(default_factory=set)
    foreign: dict[Path, set[str]] = field(default_factory=lambda: defaultdict(set))
    """Objects in a target's folder that nobody knows to be ours any more."""

    @property
    def files(self) -> dict[str, bytes]:
        return {**self.pictures, **self.pages, "mediakit.toml": self.settings}

    @property
    def digest(self) -> str:
        parts = [f"{path} {_sha256(data)}" for path, data in sorted(self.files.items())]
        return _sha256("\n".join(parts).encode())


PRUNE = ("generate", "--prune", "--max-delete", "100%")
# a site that lost its catalog, or has an old one, and most pictures of which were edited since, is
# refused as another one's target: the way out is the last of these options
_SYNC = ("sync", "--delete", "--take-over")


class World:
    """The site on disk, its target, and the checks that hold after every step."""

    def __init__(self, folder: Path, target: Path, nursery: Nursery) -> None:
        self.root = folder
        self.target = target
        self.nursery = nursery
        self.model = Model()
        self.targets = {target}
        self.clock = 0
        """Seconds that runs are after what was done before, so that files count as settled."""
        self._scratch = nursery.folder
        self._oracles: dict[str, Oracle] = {}
        self._sound: set[str] = set()

    # --- what people do

    def put(self, path: str, data: bytes) -> None:
        where = self.root / path
        where.parent.mkdir(parents=True, exist_ok=True)
        where.write_bytes(data)

    def write_all(self) -> None:
        for path, data in self.model.files.items():
            self.put(path, data)

    def disk_path(self, path: str) -> Path:
        """Return where a file is, whichever Unicode form its name has on the disk."""
        where = self.root / path
        if where.exists():
            return where
        name = composed(where.name)
        return next(each for each in where.parent.iterdir() if composed(each.name) == name)

    # --- what is there

    def tree(self, folder: Path | None = None) -> Tree:
        """Return the files by composed path, without the work folders."""
        base = folder or self.root
        found: Tree = {}
        for place, folders, names in os.walk(base):
            folders[:] = [each for each in folders if each not in {_WORK, _TEMPORARY}]
            for name in names:
                path = Path(place, name)
                found[composed(path.relative_to(base).as_posix())] = path.read_bytes()
        return found

    def records(self) -> dict[str, dict[str, Any]]:
        """Return the records of variants in the site's catalog."""
        return variants_of((self.root / CATALOG).read_bytes()) if self.has_catalog else {}

    @property
    def has_catalog(self) -> bool:
        return (self.root / CATALOG).exists()

    def variants(self) -> Tree:
        """Return what is beside the sources."""
        people = {composed(path) for path in self.model.files}
        return {
            path: data
            for path, data in self.tree().items()
            if path not in people and path.startswith(FOLDER)
        }

    # --- what has to hold

    def check(self) -> None:
        """Hold that no source is lost, no file is half, and nothing lies about."""
        for path, data in self.model.files.items():
            assert (self.root / path).read_bytes() == data, f"{path} is not what people made"
            self._sound.add(_sha256(data))  # also if people made half a picture
        people = {composed(path) for path in self.model.files}
        for where in (self.root, self.target):
            for path, data in self.tree(where).items():
                if path not in people:
                    self._check_whole(path, data)

    def _check_whole(self, path: str, data: bytes) -> None:
        if path.endswith(".json"):
            assert json.loads(data)["version"] == 1
            return
        digest = _sha256(data)
        if digest not in self._sound:
            assert _VARIANT.fullmatch(path), f"{path} lies about"
            with Image.open(io.BytesIO(data)) as image:
                image.load()
            self._sound.add(digest)

    def lose_records(self) -> None:
        """Take note that the cache is gone: what only it knew of variants is unknown now."""
        records = self.records()
        for path, data in self.variants().items():
            record = records.get(path)
            is_recorded = record is not None and record["sha256"] == _sha256(data)
            if path in self.model.hand:
                if record is not None and not is_recorded:
                    continue  # what it was is known, so it is known to be altered
                del self.model.hand[path]
                is_recorded = False
            if not is_recorded:
                self.model.unknown.add(path)
        for folder in self.targets:
            there = self.tree(folder)
            known = objects_of(there[CATALOG]) if CATALOG in there else {}
            self.model.foreign[folder] |= there.keys() - {CATALOG} - known.keys()

    def command(self, *, sync: bool) -> list[str]:
        return [*_SYNC, "--target", str(self.target)] if sync else [*PRUNE]

    def start(self, *args: str, **faults: int) -> Child:
        options: dict[str, Any] = {"clock": self.clock, **faults}
        return self.nursery.start(self.root, *args, "--jobs", "2", **options)

    def run(self, *args: str, **faults: int) -> Done:
        """Run mediakit on the site; whatever happens, no fault is one of mediakit's own."""
        done = self.start(*args, **faults).wait()
        self.judge(done)
        return done

    def judge(self, done: Done) -> None:
        for word in _FAULTS_OF_OURS:
            assert word not in done.err, done.err

    def generate(self, *args: str) -> None:
        """Run to the end without a fault: the site is as made from scratch."""
        self.clean_run("generate", *args)

    def sync(self, address: str | None = None, folder: Path | None = None) -> None:
        """Run to the end without a fault: the site, and the target, are as made from scratch."""
        self.clean_run(*_SYNC, "--target", address or str(self.target))
        folder = folder or self.target
        self.targets.add(folder)
        foreign = self.model.foreign[folder]
        extra = self._compare_target(self.oracle(), folder)
        assert extra <= foreign, f"left at the target: {sorted(extra - foreign)}"
        if not self.oracle().code:
            # what others put, or nobody recorded, stays foreign also while the site has it
            there = objects_of(self.tree(folder)[CATALOG])
            foreign = {key for key, each in there.items() if not each.get("ours", True)}
            self.model.foreign[folder] = extra | foreign

    def clean_run(self, *args: str) -> None:
        """Run to the end without a fault, and hold the site to one from scratch."""
        done = self.run(*args, "--format", "json")
        assert done.code in {0, 1}, done.err
        result = json.loads(done.out)
        oracle = self.oracle()
        self._compare(oracle)
        codes = _codes(result)
        assert codes == oracle.problems, (codes, oracle.problems, result["problems"])
        assert done.code == oracle.code, result["problems"]
        assert not (self.root / _WORK / "tmp").exists()
        if not oracle.code:
            planned = self.run("status", "--format", "json")
            assert planned.code == 0, planned.out

    def oracle(self) -> Oracle:
        """Return what the same sources, pages and settings give from scratch."""
        key = self.model.digest
        if key not in self._oracles:
            fresh = World(self._scratch / "fresh", self._scratch / "fresh-target", self.nursery)
            for folder in (fresh.root, fresh.target):
                shutil.rmtree(folder, ignore_errors=True)
                folder.mkdir()
            fresh.model = self.model
            fresh.write_all()
            done = fresh.run("sync", "--target", str(fresh.target), "--format", "json")
            problems = _codes(json.loads(done.out))
            self._oracles[key] = Oracle(fresh.tree(), fresh.tree(fresh.target), done.code, problems)
        return self._oracles[key]

    def _compare(self, oracle: Oracle) -> None:
        tree = self.tree()
        model = self.model
        for path, data in oracle.site.items():
            if path == CATALOG:
                continue
            assert path in tree, f"{path} was not made"
            if path in model.hand:
                assert tree[path] == model.hand[path], (
                    f"{path} was altered by hand, and is not kept"
                )
            elif path not in model.unknown:
                assert tree[path] == data, f"{path} is not as made from scratch"
        for path, data in model.hand.items():
            assert tree[path] == data, f"{path} was altered by hand, and is not kept"
        if CATALOG in oracle.site:
            self._compare_catalog(oracle, tree[CATALOG])
        have = self.records()
        want = variants_of(oracle.site.get(CATALOG, b""))
        model.unknown -= {
            path
            for path in model.unknown
            if tree.get(path) == oracle.site.get(path) and have.get(path) == want.get(path)
        }

    def _compare_catalog(self, oracle: Oracle, data: bytes) -> None:
        have, want = images_of(data), images_of(oracle.site[CATALOG])
        excused = self.model.unknown | self.model.hand.keys()
        for path, image in want.items():
            mine = dict(have.get(path, {}))
            records, wanted = mine.pop("variants", {}), dict(image.get("variants", {}))
            for each in wanted.keys() - excused:
                assert records.get(each) == wanted[each], f"the record of {each} differs"
            if records.keys() != wanted.keys() or records.keys() & excused:
                mine.pop("srcset", None)  # it names what is left of other presets too
                image = {name: value for name, value in image.items() if name != "srcset"}  # noqa: PLW2901
            expected = {name: value for name, value in image.items() if name != "variants"}
            assert mine == expected, f"the catalog differs at {path}"

    def _compare_target(self, oracle: Oracle, folder: Path) -> set[str]:
        """Hold that all is at the target, and return what is there beside it."""
        site, target = self.tree(), self.tree(folder)
        # where variants fail the catalog waits, and what was put is noted beside it
        wanted = oracle.target.keys() - {JOURNAL}
        assert wanted <= target.keys(), f"not at the target: {sorted(wanted - target.keys())}"
        for path in wanted - {CATALOG}:
            assert target[path] == site[path], f"{path} differs at the target"
        assert not (folder / _TEMPORARY).exists()
        if oracle.code:
            return set()  # nothing is deleted while something is wrong
        for key, known in objects_of(target[CATALOG]).items():
            assert known["sha256"] == _sha256(target[key]), (key, known)
        return target.keys() - wanted


def composed(path: str) -> str:
    return unicodedata.normalize("NFC", path)


def images_of(catalog: bytes) -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = json.loads(catalog)["images"] if catalog else {}
    return found


def variants_of(catalog: bytes) -> dict[str, dict[str, Any]]:
    """Return the records of variants by path, each with its source."""
    return {
        path: {"source": source, **record}
        for source, image in images_of(catalog).items()
        for path, record in image.get("variants", {}).items()
    }


def objects_of(catalog: bytes) -> Mapping[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = json.loads(catalog).get("objects", {})
    return found


def _codes(result: dict[str, Any]) -> frozenset[str]:
    """Return what is wrong with the site; of a missing source, variants may be left or not."""
    codes = {each["code"] for each in result["problems"]} - _OF_THE_RUN
    return frozenset("missing-picture" if each == "missing-source" else each for each in codes)


def _sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
