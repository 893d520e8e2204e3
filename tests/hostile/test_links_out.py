"""Links that came with a repository: they do not decide where is written, nor what is read."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from conftest import SiteBuilder
from mediakit.base.regular_file import is_inside, leads_out
from mediakit.cli.main import main


@pytest.fixture
def home(site: SiteBuilder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return somebody's own folder with a letter in it; the working folder is a site beside it."""
    folder = tmp_path / "home"
    folder.mkdir()
    (folder / "letter.txt").write_text("dear")
    site.exercise("squat", 1)
    monkeypatch.chdir(site.root)
    return folder


def files(folder: Path) -> dict[str, str]:
    return {path.name: path.read_text() for path in folder.iterdir()}


@pytest.mark.parametrize(
    ("link", "args"),
    [
        (".mediakit/target", ["sync"]),
        (".mediakit/target", ["sync", "--delete"]),
        ("public", ["sync", "--target", "public"]),
        ("public", ["sync", "--target", "file:public/media"]),
        ("public", ["generate", "--source", "public"]),
        (".mediakit/gallery", ["gallery", "page"]),
        ("pictures", ["gallery", "page", "-o", "pictures"]),
        ("pictures", ["dupes", "--html", "pictures/dupes.html"]),
    ],
)
def test_no_folder_of_the_site_leads_out(
    link: str, args: list[str], site: SiteBuilder, home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """What is written below the site by its name stays there, also where an option names it."""
    (site.root / link).parent.mkdir(exist_ok=True)
    (site.root / link).symlink_to(home)
    assert main(args) == 2
    assert "behind a link that leads out" in capsys.readouterr().err
    assert files(home) == {"letter.txt": "dear"}


def test_no_page_is_written_through_a_link(site: SiteBuilder, home: Path) -> None:
    """The page of duplicates that a guide names is no way to a file of the home folder."""
    (site.root / "dupes.html").symlink_to(home / "letter.txt")
    assert main(["dupes", "--html", "dupes.html"]) == 2
    assert files(home) == {"letter.txt": "dear"}


def test_who_names_the_place_itself_gets_it(site: SiteBuilder, home: Path) -> None:
    """An option leads anywhere outside of the site, through links there too, and inside of it."""
    (home.parent / "link").symlink_to(home)
    (site.root / "inner").symlink_to(site.root / "build")
    assert main(["sync", "-q", "--target", str(home.parent / "link" / "public")]) == 0
    assert (home / "public/media.json").is_file()
    assert main(["sync", "-q", "--target", "inner/media"]) == 0
    assert (site.root / "build/media/media.json").is_file()


def test_a_site_that_is_reached_by_a_link(site: SiteBuilder, home: Path) -> None:
    """A link above the site is the user's own."""
    (home / "site").symlink_to(site.root)
    assert main(["sync", "-q", "--site", str(home / "site")]) == 0
    (site.root / "public").symlink_to(home)
    assert leads_out(home / "site/public/x", home / "site")
    assert leads_out(site.root / "public/x", home / "site")
    assert not leads_out(site.root / "../x", site.root)


def test_a_name_that_begins_alike_is_not_inside(tmp_path: Path) -> None:
    """`/a/site-2` is not in `/a/site`."""
    assert not is_inside(tmp_path / "site-2", str(tmp_path / "site"))
    assert is_inside(tmp_path / "site", str(tmp_path / "site"))
    assert is_inside(tmp_path / "x", os.sep)


@pytest.mark.parametrize("kind", ["link", "pipe", "folder", "no front matter", "latin-1"])
def test_templates(
    kind: str, site: SiteBuilder, home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A template that is none is named, and no file of the home folder is shown as a page."""
    template = site.root / "_templates/exercise.md"
    template.parent.mkdir()
    if kind == "link":
        template.symlink_to(home / "letter.txt")
    elif kind == "pipe":
        os.mkfifo(template)
    elif kind == "folder":
        template.mkdir()
    else:
        template.write_bytes(b"text" if kind != "latin-1" else b"---\ntitle: b\xe6nk\n---\n")
    assert main(["new", "plank", "--title", "Plank"]) == 2
    said = capsys.readouterr()
    assert str(template) in said.err
    assert "dear" not in said.out + said.err
    assert not (site.root / "_exercises/plank.md").exists()
