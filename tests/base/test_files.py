from __future__ import annotations

import errno
import os
import threading
import unicodedata
from pathlib import Path

import pytest

from mediakit.base.files import Absent, DiskFile, FileTree, read_unchanged
from mediakit.base.writer import Writer


def find(root: Path, path: str) -> DiskFile | Absent:
    return FileTree(root).find(path)


def test_any_unicode_form_is_found(tmp_path: Path) -> None:
    """Names are compared composed, and the disk keeps its own spelling."""
    name = unicodedata.normalize("NFD", "på-skrå.jpg")
    (tmp_path / unicodedata.normalize("NFD", "Øvå")).mkdir()
    (tmp_path / unicodedata.normalize("NFD", "Øvå") / name).write_bytes(b"x")
    found = find(tmp_path, "Øvå/på-skrå.jpg")
    assert isinstance(found, DiskFile)
    assert found.disk_path.name == name


def test_the_exact_form_wins(tmp_path: Path) -> None:
    """Where the disk has both forms of a name, the composed one is meant."""
    for form in ("NFC", "NFD"):
        (tmp_path / unicodedata.normalize(form, "å.jpg")).write_text(form)
    found = find(tmp_path, "å.jpg")
    assert isinstance(found, DiskFile)
    assert found.disk_path.read_text() == "NFC"


@pytest.mark.parametrize("path", ["A/B.JPG", "a/B.JPG", "A/b.jpg"])
def test_case_is_told_apart(tmp_path: Path, path: str) -> None:
    """A name that differs by case is not found, on any file system, but named as the near one."""
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "b.jpg").write_bytes(b"x")
    assert find(tmp_path, path) == Absent("a/b.jpg")


def test_links_may_not_leave(tmp_path: Path) -> None:
    """Links inside the site are followed, links out of it are refused."""
    site = tmp_path / "site"
    (site / "real").mkdir(parents=True)
    (site / "real" / "a.jpg").write_bytes(b"in")
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "a.jpg").write_bytes(b"out")
    (site / "inner").symlink_to("real")
    (site / "outer").symlink_to(tmp_path / "out")
    (site / "file.jpg").symlink_to(tmp_path / "out" / "a.jpg")
    (site / "dangling.jpg").symlink_to("nowhere")
    assert isinstance(find(site, "inner/a.jpg"), DiskFile)
    assert isinstance(find(site, "outer/a.jpg"), Absent)
    assert find(site, "file.jpg") == Absent(reason="is a link that leaves the site")
    assert isinstance(find(site, "dangling.jpg"), Absent)


def test_only_regular_files(tmp_path: Path) -> None:
    """Folders, pipes and what is not there are no pictures; `..` is no name."""
    (tmp_path / "folder.jpg").mkdir()
    os.mkfifo(tmp_path / "pipe.jpg")
    for path in ("folder.jpg", "pipe.jpg"):
        assert find(tmp_path, path) == Absent(reason="is not a regular file")
    for path in ("none.jpg", "../" + tmp_path.name, "folder.jpg/../pipe.jpg", "pipe.jpg/x"):
        assert isinstance(find(tmp_path, path), Absent)


def test_walk_prunes(tmp_path: Path) -> None:
    """All names but those in skipped folders; a link is a name, and is not followed."""
    for path in ("a.md", "b/c.md", "skip/d.md"):
        (tmp_path / path).parent.mkdir(exist_ok=True)
        (tmp_path / path).write_text("")
    (tmp_path / "loop").symlink_to(tmp_path)
    assert sorted(FileTree(tmp_path).walk(lambda folder: folder == "skip")) == [
        "a.md",
        "b/c.md",
        "loop",
    ]


def test_changed_files_are_noticed(tmp_path: Path) -> None:
    """A file that is not as observed is not read as if it were."""
    (tmp_path / "a.jpg").write_bytes(b"one")
    found = find(tmp_path, "a.jpg")
    assert isinstance(found, DiskFile)
    assert read_unchanged(found) == b"one"
    (tmp_path / "a.jpg").write_bytes(b"other")
    assert read_unchanged(found) is None


def test_writing_is_all_or_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A failed write leaves the old file, and nothing beside it."""
    target = tmp_path / "x" / "a.jpg"
    with Writer(tmp_path / "tmp", tmp_path) as writer:
        writer.write(target, b"old", durable=True)
        monkeypatch.setattr(Path, "replace", _disk_full)
        with pytest.raises(OSError, match="No space"):
            writer.write(target, b"new")
        monkeypatch.undo()
    assert target.read_bytes() == b"old"
    assert [path.name for path in tmp_path.rglob("*")] == ["x", "a.jpg"]


def test_left_overs_are_cleared(tmp_path: Path) -> None:
    """What a killed run left among the temporary files goes away."""
    (tmp_path / "tmp").mkdir()
    (tmp_path / "tmp" / "123-0").write_bytes(b"half")
    with Writer(tmp_path / "tmp", tmp_path, is_alone=True):
        assert not (tmp_path / "tmp").exists()


def test_another_file_system(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where a rename cannot cross over, a hidden neighbour serves."""
    real = Path.replace

    def replace(self: Path, other: Path) -> Path:
        if self.parent != other.parent:
            raise OSError(errno.EXDEV, "Invalid cross-device link")
        return real(self, other)

    monkeypatch.setattr(Path, "replace", replace)
    with Writer(tmp_path / "tmp", tmp_path) as writer:
        writer.write(tmp_path / "x" / "a.jpg", b"data")
    assert [path.name for path in (tmp_path / "x").iterdir()] == ["a.jpg"]


def test_neighbours_are_cleared(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What a run that was killed left beside a picture goes away with the next one."""

    def killed(self: Path, other: Path) -> Path:
        if self.parent != other.parent:
            raise OSError(errno.EXDEV, "Invalid cross-device link")
        raise SystemExit

    (tmp_path / "x").mkdir()
    monkeypatch.setattr(Path, "replace", killed)
    monkeypatch.setattr(Path, "unlink", lambda *_, **__: None)  # a kill leaves all as it is
    with pytest.raises(SystemExit):
        Writer(tmp_path / "tmp", tmp_path).write(tmp_path / "x" / "a.jpg", b"data")
    monkeypatch.undo()
    assert [path.suffix for path in (tmp_path / "x").iterdir()] == [".tmp"]
    with Writer(tmp_path / "tmp", tmp_path, is_alone=True):
        assert list((tmp_path / "x").iterdir()) == []
    assert not (tmp_path / "tmp").exists()


def test_threads_share_a_writer(tmp_path: Path) -> None:
    """Two threads never write through one temporary file."""
    with Writer(tmp_path / "tmp", tmp_path) as writer:
        threads = [
            threading.Thread(target=writer.write, args=(tmp_path / f"{n}", str(n).encode() * 1000))
            for n in range(40)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert all((tmp_path / f"{n}").read_bytes() == str(n).encode() * 1000 for n in range(40))


def _disk_full(_self: Path, _target: Path) -> Path:
    raise OSError(errno.ENOSPC, "No space left on device")
