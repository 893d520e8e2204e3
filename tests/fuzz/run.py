"""`scripts/fuzz`: one target after the other for some time, each in a process of its own.

Memory is bounded by a limit of the process. An input that ends in a foreign error, in more time
or in more memory than it may take is written into the corpus.
"""

from __future__ import annotations

import faulthandler
import hashlib
import importlib.util
import os
import random
import resource
import subprocess
import sys
import tempfile
import time
import warnings
from pathlib import Path

HERE = Path(__file__).parent
MEMORY = 3 * 1024**3
SECONDS_AN_INPUT = 10


def main() -> int:
    """Fuzz what the command line says; returns 1 if something was found."""
    seconds = int(sys.argv[1]) if len(sys.argv) > 1 else 60
    from fuzz_targets import TARGETS  # noqa: PLC0415 - slow, and not for the children's parent

    names = sys.argv[2:] or list(TARGETS)
    unknown = set(names) - set(TARGETS)
    if unknown:
        print(f"fuzz: no target {', '.join(unknown)}; known are {', '.join(TARGETS)}")
        return 2
    has_atheris = importlib.util.find_spec("atheris") is not None
    way = _guided if has_atheris else _blind
    found = [name for name in names if way(name, seconds)]
    return int(bool(found))


def _guided(name: str, seconds: int) -> bool:
    """Fuzz with atheris, which looks at the code that is reached."""
    kept = HERE / "corpus" / _folder(name)
    with tempfile.TemporaryDirectory() as work:
        done = subprocess.run(
            [
                sys.executable, __file__, "--guided", name, work, str(kept),
                f"-max_total_time={seconds}", f"-timeout={SECONDS_AN_INPUT}",
                "-rss_limit_mb=3000", "-max_len=60000", f"-artifact_prefix={work}/found-",
                "-print_final_stats=1", "-verbosity=0",
            ],
            check=False,
        )  # fmt: skip
        found = list(Path(work).glob("found-*"))
        for path in found:
            _keep(name, path.read_bytes())
    return bool(found) or done.returncode != 0


def _guided_child(name: str, arguments: list[str]) -> None:
    import atheris  # noqa: PLC0415 - optional

    with atheris.instrument_imports(include=["mediakit", "yaml", "PIL"]):
        from fuzz_targets import TARGETS  # noqa: PLC0415 - to be instrumented

    warnings.simplefilter("ignore")
    target = TARGETS[name]

    def change(data: bytes, most: int, seed: int) -> bytes:
        chance = random.Random(seed)
        if chance.random() < 0.5:
            return bytes(atheris.Mutate(data, most))
        return _changed(target.seeds(), data, target.words, chance)[:most]

    atheris.Setup([sys.argv[0], *arguments], target.hold, custom_mutator=change)
    atheris.Fuzz()


def _blind(name: str, seconds: int) -> bool:
    """Fuzz by chance, in children that may die: what one was at is on disk before it begins."""
    end = time.monotonic() + seconds
    found = False
    with tempfile.TemporaryDirectory() as work:
        place = Path(work) / "input"
        while (left := end - time.monotonic()) > 1:
            done = subprocess.run(
                [sys.executable, __file__, "--blind", name, str(place), str(left)], check=False
            )
            if done.returncode:
                _keep(name, place.read_bytes())
                found = True
    return found


def _blind_child(name: str, place: str, seconds: float) -> None:
    from fuzz_targets import TARGETS  # noqa: PLC0415

    warnings.simplefilter("ignore")
    target, chance = TARGETS[name], random.Random(os.urandom(8))
    seeds, end = target.seeds(), time.monotonic() + seconds
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    path, tried = Path(place), 0
    while time.monotonic() < end:
        data = _changed(seeds, chance.choice(seeds), target.words, chance)
        path.write_bytes(data)
        faulthandler.dump_traceback_later(SECONDS_AN_INPUT, exit=True)
        target.hold(data)
        tried += 1
    faulthandler.cancel_dump_traceback_later()
    print(f"{name}: {tried:,} inputs")


def _changed(
    seeds: list[bytes], data: bytes, words: tuple[bytes, ...], chance: random.Random
) -> bytes:
    from mutation import KINDS, edited  # noqa: PLC0415

    for _ in range(chance.randint(1, 12)):
        edit = chance.choice(KINDS), chance.random(), chance.getrandbits(32)
        data = edited(data, chance.choice(seeds), words, edit)
    return data


def _folder(name: str) -> str:
    from fuzz_targets import TARGETS  # noqa: PLC0415

    return TARGETS[name].corpus


def _keep(name: str, data: bytes) -> None:
    digest = hashlib.sha256(data).hexdigest()[:12]
    path = HERE / "corpus" / _folder(name) / f"found-{digest}"
    path.write_bytes(data)
    print(f"fuzz: {name}: {path} breaks it")


if __name__ == "__main__":
    if sys.argv[1:2] == ["--guided"]:
        _guided_child(sys.argv[2], sys.argv[3:])
    elif sys.argv[1:2] == ["--blind"]:
        _blind_child(sys.argv[2], sys.argv[3], float(sys.argv[4]))
    else:
        sys.exit(main())
