"""The process around the program: closed streams, other encodings, signals."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from processes import held_at_work

if TYPE_CHECKING:
    from pathlib import Path

    from conftest import SiteBuilder

pytestmark = pytest.mark.skipif(os.name == "nt", reason="streams and signals of POSIX")
PROGRAM = [sys.executable, "-m", "mediakit"]
MADE = ("assets/images/knæbøj-0-320.jpg", "assets/images/knæbøj-0-768.jpg")
LATIN = {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
"""Variables with which Python reads the names of files as ASCII."""


@pytest.fixture
def knee(site: SiteBuilder) -> SiteBuilder:
    """Return a site whose names are not ASCII."""
    site.exercise("knæbøj", 1)
    return site


def closed(numbers: str, root: Path) -> int:
    """Make variants with these streams closed, as a shell does it; returns the exit code."""
    command = 'for number in $NUMBERS; do eval "exec $number>&-"; done; exec "$@"'
    return subprocess.run(
        ["sh", "-c", command, "sh", *PROGRAM, "generate"],
        cwd=root, env={**os.environ, "NUMBERS": numbers}, check=False,
    ).returncode  # fmt: skip


@pytest.mark.parametrize("numbers", ["0", "1", "2", "1 2", "0 1 2"])
def test_closed_streams(numbers: str, knee: SiteBuilder) -> None:
    """With closed streams the work is done, and nothing that is printed gets into a file."""
    assert closed(numbers, knee.root) == 0
    assert all((knee.root / path).exists() for path in MADE)
    assert closed(numbers, knee.root) == 0
    database = sqlite3.connect(knee.root / ".mediakit/cache.db")
    assert database.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    database.close()


def test_errors_with_closed_streams(knee: SiteBuilder) -> None:
    """The exit code tells of an error that nobody can read."""
    knee.write("_exercises/broken.md", "---\ntitle: [\n---\n")
    assert closed("1 2", knee.root) == 1
    knee.write("mediakit.toml", "targt = 1\n")
    assert closed("1 2", knee.root) == 2


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="there is no /dev/full")  # noqa: PTH110
def test_an_output_that_takes_nothing(knee: SiteBuilder) -> None:
    """A full disk under the output is told on stderr, in words."""
    with open("/dev/full", "wb") as full:  # noqa: PTH123 - a device
        done = subprocess.run(
            [*PROGRAM, "generate"], cwd=knee.root, stdout=full, stderr=subprocess.PIPE,
            text=True, check=False,
        )  # fmt: skip
    assert done.returncode == 1
    assert "No space left on device" in done.stderr
    assert "fault in mediakit" not in done.stderr
    assert all((knee.root / path).exists() for path in MADE)


def test_a_locale_that_is_not_utf8(knee: SiteBuilder) -> None:
    """Names on the disk are what they are, whatever the locale says; the catalog keeps them."""
    plain = subprocess.run(
        [*PROGRAM, "generate"], cwd=knee.root, capture_output=True, text=True, check=False
    )
    assert plain.returncode == 0, plain.stderr
    before = knee.tree()
    done = subprocess.run(
        [*PROGRAM, "status", "-v"], cwd=knee.root, env={**os.environ, **LATIN},
        capture_output=True, encoding="utf-8", check=False,
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (0, "")
    assert "knæbøj-0-320.jpg" in done.stdout
    subprocess.run([*PROGRAM, "generate"], cwd=knee.root, env={**os.environ, **LATIN}, check=True)
    assert knee.tree() == before


def test_an_argument_in_a_locale_that_is_not_utf8(knee: SiteBuilder) -> None:
    """What is given on the command line arrives as it was typed."""
    knee.run()
    done = subprocess.run(
        [*PROGRAM, "status", "-v", "--only", "knæbøj"], cwd=knee.root,
        env={**os.environ, **LATIN}, capture_output=True, encoding="utf-8", check=False,
    )  # fmt: skip
    assert "knæbøj-0-320.jpg" in done.stdout


def test_the_library_in_a_locale_that_is_not_utf8(knee: SiteBuilder) -> None:
    """A script is told how to start Python; it does not get a site without its pictures."""
    program = "from mediakit import Site, UsageError\ntry: Site.open('.')\n"
    program += "except UsageError as error: print(error.hint)"
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=knee.root, env={**os.environ, **LATIN},
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert "PYTHONUTF8=1" in done.stdout


@pytest.mark.parametrize("is_ignored", [False, True])
def test_a_closed_terminal(knee: SiteBuilder, *, is_ignored: bool) -> None:
    """A closed terminal ends the run as Ctrl-C does; under nohup the run goes on to its end."""

    def ignore() -> None:
        signal.signal(signal.SIGHUP, signal.SIG_IGN if is_ignored else signal.SIG_DFL)

    process = held_at_work(knee.root, "generate", "--jobs", "1", before=ignore)
    process.send_signal(signal.SIGHUP)
    _, err = process.communicate()
    assert process.returncode == (0 if is_ignored else 130), err
    assert ("interrupted" in err) is not is_ignored
