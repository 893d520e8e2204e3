"""Files written whole: who may take away which temporary files."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from mediakit.base.writer import Writer, remove_empty_folders, write_output

DAY = 24 * 3600


def names(folder: Path) -> set[str]:
    return {path.name for path in folder.rglob("*") if path.is_file()}


def test_two_writers_in_one_folder(tmp_path: Path) -> None:
    """One that ends takes its own temporary files away, and leaves those of the other."""
    temporary = tmp_path / "tmp"
    one, other = Writer(temporary, tmp_path), Writer(temporary, tmp_path)
    ours, theirs = one.stage(b"one"), other.stage(b"other")
    one.clear()
    assert not ours.exists()
    other.land(theirs, tmp_path / "picture.jpg")
    assert (tmp_path / "picture.jpg").read_bytes() == b"other"
    other.clear()
    assert not temporary.exists()


def test_a_folder_that_another_takes_away(tmp_path: Path) -> None:
    """A run that removes empty folders beside ours costs us no file."""
    is_over = threading.Event()

    def sweep() -> None:
        other = Writer(tmp_path / "work" / "tmp", tmp_path)
        while not is_over.is_set():
            other.clear()
            for name in ("work", "pictures"):
                remove_empty_folders(tmp_path / name, tmp_path)

    sweeper = threading.Thread(target=sweep)
    sweeper.start()
    try:
        with Writer(tmp_path / "work" / "tmp", tmp_path) as writer:
            for _ in range(200):
                writer.write(tmp_path / "pictures" / "a.jpg", b"picture")
                (tmp_path / "pictures" / "a.jpg").unlink()
    finally:
        is_over.set()
        sweeper.join()


@pytest.mark.skipif(os.name == "nt", reason="Windows cannot ask whether a process runs")
def test_what_a_killed_process_left(tmp_path: Path) -> None:
    """The temporary file of a process that has ended goes with the next writer."""
    program = (
        "import os, pathlib, sys; from mediakit.base.writer import Writer;"
        "root = pathlib.Path(sys.argv[1]); Writer(root / 'tmp', root).stage(b'half'); os._exit(9)"
    )
    subprocess.run([sys.executable, "-c", program, str(tmp_path)], check=False)
    assert len(names(tmp_path)) == 1
    Writer(tmp_path / "tmp", tmp_path).clear()
    assert names(tmp_path) == set()


def test_what_another_machine_left(tmp_path: Path) -> None:
    """A temporary file of another machine stays while it may be in use, and goes after a day."""
    left = tmp_path / "tmp" / "0badf00d-1-abc"
    left.parent.mkdir()
    left.write_bytes(b"half")
    Writer(tmp_path / "tmp", tmp_path).clear()
    assert left.exists()
    os.utime(left, (left.stat().st_mtime - 2 * DAY,) * 2)
    Writer(tmp_path / "tmp", tmp_path).clear()
    assert not left.exists()


def test_alone_takes_all_away(tmp_path: Path) -> None:
    """Who holds the lock of the site knows that nobody else writes."""
    left = tmp_path / "tmp" / "0badf00d-1-abc"
    left.parent.mkdir()
    left.write_bytes(b"half")
    with Writer(tmp_path / "tmp", tmp_path, is_alone=True):
        assert not left.exists()


def test_an_output_that_cannot_be_written(tmp_path: Path) -> None:
    """What a user asked for is written whole or not at all, and leaves nothing beside it."""
    (tmp_path / "page.html").mkdir()
    with pytest.raises(OSError, match="directory"):
        write_output(tmp_path / "page.html", b"text", tmp_path)
    assert names(tmp_path) == set()
    write_output(tmp_path / "new" / "page.html", b"text", tmp_path)
    assert names(tmp_path) == {"page.html"}


def test_an_output_in_the_place_of_a_page(tmp_path: Path) -> None:
    """A page or picture named by mistake is not overwritten; an older output of its kind is."""
    page, made = tmp_path / "squat.md", tmp_path / "squat.pdf"
    page.write_bytes(b"---\ntitle: Squat\n---\n")
    with pytest.raises(OSError, match="of another kind"):
        write_output(page, b"%PDF-1.3\n%\x00 new", tmp_path)
    assert page.read_bytes() == b"---\ntitle: Squat\n---\n"
    made.write_bytes(b"%PDF-1.4\n%\x00 old")
    write_output(made, b"%PDF-1.3\n%\x00 new", tmp_path)
    assert made.read_bytes().endswith(b"new")
    saved = tmp_path / "alts.csv"
    saved.write_text('"page";"picture";"alt"')
    write_output(saved, b"page,picture,alt", tmp_path)
    assert saved.read_bytes() == b"page,picture,alt"
