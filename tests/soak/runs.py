"""Runs of mediakit: to their end, killed, interrupted, without room, two at once."""

from __future__ import annotations

import signal
import time
from typing import TYPE_CHECKING

from operations import operation
from world import CATALOG, FOLDER, PRUNE

from disks import full, read_only

if TYPE_CHECKING:
    import random
    from pathlib import Path

    from world import World

    from conftest import Prefix
    from processes import Child, Done

_FAR = 2_000_000_000
_LONGEST = 0.15  # seconds: about a run


class Runs:
    """Runs on a site; `disks` are those of the site and of the target, if they are their own."""

    def __init__(
        self, world: World, disks: tuple[Path, Path] | None, bucket: Prefix | None
    ) -> None:
        self._world = world
        self._disks = disks
        self._bucket = bucket

    @operation(5)
    def generate(self, _chance: random.Random) -> str:
        self._world.generate()
        return "generate"

    @operation(3)
    def prune(self, _chance: random.Random) -> str | None:
        """What mediakit made and nothing needs goes; all else is as without it."""
        if not self._world.oracle().site.get(CATALOG):
            return None  # a site without pictures is refused
        self._world.clean_run(*PRUNE)
        return "generate --prune"

    @operation(4)
    def sync(self, _chance: random.Random) -> str:
        self._world.sync()
        return "sync with a folder"

    @operation(1)
    def sync_with_a_bucket(self, _chance: random.Random) -> str | None:
        if self._bucket is None:
            return None
        self._world.sync(self._bucket.url, self._bucket.folder)
        return "sync with a bucket"

    @operation(1)
    def force(self, _chance: random.Random) -> str:
        """--force makes all anew, and then nothing is unknown or by hand."""
        made = self._world.oracle().site.keys()
        for path in made & self._world.model.hand.keys():
            del self._world.model.hand[path]
        self._world.generate("--force")
        assert not self._world.model.unknown & made
        return "generate --force"

    @operation(2)
    def run_with_another_clock(self, chance: random.Random) -> str:
        done = self._run(chance, clock=chance.randint(-_FAR, _FAR))
        assert done.code in {0, 1}, done.err
        return "a clock that jumped"

    @operation(6)
    def kill(self, chance: random.Random) -> str:
        """Kill -9 at any moment."""
        child = self._start(chance)
        time.sleep(chance.uniform(0, _LONGEST))
        child.send(signal.SIGKILL)
        done = child.wait()
        self._world.judge(done)
        return "kill -9" if done.code == -signal.SIGKILL else "kill -9, too late"

    @operation(6)
    def kill_at_a_touch(self, chance: random.Random) -> str:
        """Kill -9 just before the n-th file is opened, renamed or removed."""
        done = self._run(chance, die_at=chance.randint(1, 70))
        at_all = done.code == -signal.SIGKILL
        return "kill -9 at a touch of a file" if at_all else "kill -9, too late"

    @operation(4)
    def interrupt(self, chance: random.Random) -> str:
        """Ctrl-C, perhaps twice; before mediakit has set itself up, the signal just ends it."""
        child = self._start(chance)
        time.sleep(chance.uniform(0, _LONGEST))
        for _ in range(chance.choice([1, 1, 2])):
            child.send(signal.SIGINT)
            time.sleep(0.005)
        done = child.wait()
        self._world.judge(done)
        assert done.code in {0, 1, 130, -signal.SIGINT}, done
        return "Ctrl-C" if done.code == 130 else "Ctrl-C, too late"

    @operation(4)
    def fill_the_disk(self, chance: random.Random) -> str | None:
        if self._disks is None:
            return None
        with full(chance.choice(self._disks), free=int(300_000 * chance.random() ** 3)):
            done = self._run(chance)
        assert done.code in {0, 1, 2}, done
        return "full disk" if done.code else "full disk, but room enough"

    @operation(2)
    def limit_files(self, chance: random.Random) -> str:
        """Files above a size fail, as on a disk that is full for these only.

        What is said goes into a file too, and that is to have room.
        """
        done = self._run(chance, largest_file=chance.randint(4096, 60_000))
        assert done.code in {0, 1, 2}, done
        return "file size limit" if done.code else "file size limit, but high enough"

    @operation(3)
    def take_the_right_to_write(self, chance: random.Random) -> str | None:
        root = self._world.root
        places = [root, root / FOLDER, root / ".mediakit", self._world.target]
        folder = chance.choice([each for each in places if each.is_dir()])
        with read_only(folder) as is_done:
            if not is_done:
                return None
            done = self._run(chance)
        assert done.code in {0, 1, 2}, done
        return "read-only folder" if done.code else "read-only folder, nothing to write"

    @operation(3)
    def two_at_once(self, chance: random.Random) -> str:
        first = self._start(chance, slow=chance.choice([0, 5, 20]))
        time.sleep(0.01)
        runs = [first, self._start(chance)]
        ended = [run.wait() for run in runs]
        for done in ended:
            self._world.judge(done)
            assert done.code in {0, 1, 2}
            if done.code == 2:
                assert "another mediakit is at work on this site" in done.err, done.err
        codes = {done.code for done in ended}
        assert codes != {2}
        return "two at once" if 2 in codes else "two, one after the other"

    def _command(self, chance: random.Random) -> list[str]:
        return self._world.command(sync=chance.random() < 0.5)

    def _run(self, chance: random.Random, **faults: int) -> Done:
        return self._world.run(*self._command(chance), **faults)

    def _start(self, chance: random.Random, **faults: int) -> Child:
        return self._world.start(*self._command(chance), **faults)
