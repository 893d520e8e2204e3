"""Files that a command creates or edits more than once, and how they are taken back."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from mediakit.base.errors import UsageError
from mediakit.base.files import FileTree, sha256_bytes
from mediakit.config.config import load_config
from mediakit.sync.quarantine import Creation, Edit, Fix, Quarantine
from mediakit.sync.session import open_session
from mediakit.sync.undo import undo

if TYPE_CHECKING:
    from conftest import SiteBuilder

PAGE, NEW = "_exercises/squat.md", "assets/images/squat-0.jpg"


def edit(path: str, before: bytes, after: bytes) -> Edit:
    return Edit(path, sha256_bytes(before), sha256_bytes(after))


def brought_in(site: SiteBuilder) -> None:
    """Create a picture, show it in a page, then change both once more."""
    site.write(PAGE, b"0")
    with open_session(load_config(site.root)) as session:
        quarantine = Quarantine(session, FileTree(site.root), by="localize")
        picture = Creation(NEW, sha256_bytes(b"a"))
        quarantine.note([edit(PAGE, b"0", b"1")], created=[picture])
        quarantine.create(picture, b"a")
        quarantine.edit(edit(PAGE, b"0", b"1"), b"1")
        for change, data in ((edit(PAGE, b"1", b"2"), b"2"), (edit(NEW, b"a", b"b"), b"b")):
            quarantine.note([change])
            quarantine.edit(change, data)
        with pytest.raises(UsageError, match="is there already"):
            quarantine.create(picture, b"a")


def taken_back(site: SiteBuilder, *, dry_run: bool = False) -> Fix:
    with open_session(load_config(site.root)) as session:
        return undo(session, "localize", dry_run=dry_run)


def test_new_files_go_and_the_first_state_comes_back(site: SiteBuilder) -> None:
    """However often one command wrote a file, an undo has the site as it was before."""
    before = site.tree() | {PAGE: b"0"}
    brought_in(site)
    steps = [each.line() for each in taken_back(site, dry_run=True).steps]
    assert steps == [f"restore {PAGE}", f"remove {NEW}"]
    assert (site.root / PAGE).read_bytes() == b"2"
    assert taken_back(site).problems == ()
    assert site.tree() == before


@pytest.mark.parametrize("path", [PAGE, NEW])
def test_a_file_that_changed_since(site: SiteBuilder, path: str) -> None:
    """It stays; and a new picture stays too where a page that may show it could not go back."""
    brought_in(site)
    site.write(path, b"by hand")
    (problem,) = taken_back(site).problems
    assert (problem.path, problem.code) == (path, "not-taken-back")
    assert (site.root / path).read_bytes() == b"by hand"
    assert (site.root / NEW).exists()


def test_a_record_of_somebody_else_spares_git(site: SiteBuilder) -> None:
    """A record that a repository holds leaves the settings of Git alone."""
    site.write(".git/config", b"mine")
    site.write(
        ".mediakit-quarantine/0001/record.json",
        f'{{"version":1,"by":"localize","moves":[],"created":[{{"path":".Git/config","sha256":'
        f'"{sha256_bytes(b"mine")}"}}],"edits":[{{"path":".git/config","before":"x","after":'
        f'"{sha256_bytes(b"mine")}"}}]}}',
    )
    site.write(".mediakit-quarantine/0001/pages/.git/config", "theirs")
    assert taken_back(site).steps == ()
    assert (site.root / ".git/config").read_bytes() == b"mine"
