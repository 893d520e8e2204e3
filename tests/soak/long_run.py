"""Soak for some minutes, and say what ran: `scripts/soak [MINUTES] [SEED]`."""

from __future__ import annotations

import os
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis.stateful import run_state_machine_as_test
from soak_machine import Place, soak_in

from conftest import Prefix
from disks import disk
from processes import Nursery
from s3_server import BUCKET, ENVIRONMENT, KEY, SECRET, s3_server

_STEPS = 40
_SETTINGS = settings(
    max_examples=3, stateful_step_count=_STEPS, deadline=None, database=None,
    phases=[Phase.generate], suppress_health_check=list(HealthCheck),
)  # fmt: skip


def main(minutes: float, first: int) -> int:
    """Run seed after seed until the time is up; the first fault ends it."""
    end = time.monotonic() + 60 * minutes
    counts: Counter[str] = Counter()
    number = first
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for each in ("scratch", "s3"):
            (folder / each).mkdir()
        with s3_server(folder / "s3") as server:
            os.environ.update(ENVIRONMENT, AWS_ENDPOINT_URL_S3=server.url)
            with (
                Nursery(folder / "scratch") as nursery,
                disk(folder / "site", 24) as is_disk,
                disk(folder / "target", 16),
            ):
                print(f"disks: {'small ones of their own' if is_disk else 'those that are here'}")
                while time.monotonic() < end:
                    url, part = f"s3://{BUCKET}/{number}", server.folder / str(number)
                    bucket = Prefix(url, part, (server.url, KEY, SECRET))
                    place = Place(
                        folder / "site", folder / "target", is_disk, nursery, bucket, counts
                    )
                    try:
                        run_state_machine_as_test(seed(number)(soak_in(place)), settings=_SETTINGS)
                    except BaseException:
                        print(f"seed {number} found a fault", flush=True)
                        _show(counts)
                        raise
                    number += 1
    print(f"seeds {first} to {number - 1}")
    _show(counts)
    return 0


def _show(counts: Counter[str]) -> None:
    for what, count in sorted(counts.items()):
        print(f"{count:7,} {what}")
    print(f"{counts.total():7,} operations")


if __name__ == "__main__":
    sys.exit(main(float(sys.argv[1]), int(sys.argv[2])))
