"""Pictures that pages name by a link in the site are the same files, not copies of themselves."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING

import pytest

from conftest import draw
from mediakit.cli.main import main

if TYPE_CHECKING:
    from conftest import SiteBuilder

pytestmark = pytest.mark.skipif(os.name == "nt", reason="links need rights there")


@pytest.fixture
def linked(site: SiteBuilder, monkeypatch: pytest.MonkeyPatch) -> SiteBuilder:
    """Return a site whose folder `assets` is a link to one beside it, with all variants."""
    site.exercise("squat")
    (site.root / "assets").rename(site.root / "pictures")
    (site.root / "assets").symlink_to("pictures")
    monkeypatch.chdir(site.root)
    site.run()
    return site


def test_check_calls_none_unused(linked: SiteBuilder, capsys: pytest.CaptureFixture[str]) -> None:
    """But for one that no page names by either path."""
    linked.write("assets/images/other.jpg", draw(colour="#22aa44"))
    main(["check", "--format", "json"])
    told = json.loads(capsys.readouterr().out)["problems"]
    unused = {each["path"] for each in told if each["code"] == "orphan-picture"}
    assert unused == {"pictures/images/other.jpg"}


def test_dupes_moves_no_variant(linked: SiteBuilder, capsys: pytest.CaptureFixture[str]) -> None:
    """It would move what it keeps, by its other path; the undo would find the place taken."""
    linked.write("_exercises/row.md", "---\ntitle: Row\nheader:\n  teaser: /assets/row.jpg\n---\n")
    linked.write("pictures/row.jpg", (linked.root / "assets/images/squat-0.jpg").read_bytes())
    linked.run()
    before = linked.tree("pictures")
    assert main(["dupes", "--fix", "--yes"]) == 0
    told = capsys.readouterr().out
    moved = [line.split()[1] for line in told.splitlines() if line.startswith("move ")]
    assert "assets/row.jpg" in moved
    assert not [each for each in moved if each.startswith("pictures/")]
    assert main(["dupes", "--undo", "--yes"]) == 0
    assert linked.tree("pictures") == before


def test_fill_and_add_see_what_is_there(linked: SiteBuilder) -> None:
    """A picture behind the link comes into its page, and its number is not given again."""
    linked.write("pictures/images/squat-2.jpg", draw(colour="#22aa44"))
    photo = linked.write("../new.jpg", draw((800, 500), colour="#aa2244"))
    assert main(["add", "squat", str(photo), "-q"]) == 0
    assert (linked.root / "pictures/images/squat-3.jpg").is_file()
    assert main(["gallery", "fill", "--yes", "-q"]) == 0
    page = (linked.root / "_exercises/squat.md").read_text("utf-8")
    assert "url: /assets/images/squat-2.jpg" in page
