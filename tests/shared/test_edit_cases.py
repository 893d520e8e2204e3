"""The pages of the cases' README on which a command changed, or would lose, what is not its own."""

from __future__ import annotations

import shutil
import subprocess
from typing import TYPE_CHECKING

import pytest
import yaml

from conftest import SHARED, SiteBuilder, draw
from mediakit.cli.main import main

if TYPE_CHECKING:
    from pathlib import Path

CASES = SHARED / "cases"
CONFIG = "collections: {exercises: {output: true}}\n"
FIX = ["dupes", "--exact", "--fix", "--yes"]
OTHER = "---\ntitle: A\ngallery:\n  - url: /{0}\n    image_path: /{0}\n    alt: a\n---\n"


@pytest.fixture
def page(
    site: SiteBuilder, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> Path:
    """Return the page of a case, in a site of its own."""
    site.write("_config.yml", CONFIG)
    place = site.write("_exercises/case.md", (CASES / "edits" / request.param).read_bytes())
    monkeypatch.chdir(site.root)
    return place


@pytest.mark.parametrize("url", ["", "url: https://holdtraenin.dk\n"])
@pytest.mark.parametrize("page", ["dupes_other_paths.md"], indirect=True)
def test_other_paths(site: SiteBuilder, page: Path, url: str) -> None:
    """Only the picture and its variant are led to the other copy."""
    site.write("_config.yml", CONFIG + url)
    for name in ("a-1", "b-1"):
        site.write(f"assets/images/{name}.jpg", draw())
    other = site.write("backup/assets/images/b-1.jpg", draw(colour="#aa6611")).read_bytes()
    site.write("_exercises/a.md", OTHER.format("assets/images/a-1.jpg"))
    before = page.read_text("utf-8")
    assert main(FIX) == 0
    assert page.read_text("utf-8") == before.replace(
        "url: /assets/images/b-1.jpg", "url: /assets/images/a-1.jpg"
    ).replace("image_path: /assets/images/b-1-320.jpg", "image_path: /assets/images/a-1-320.jpg")
    assert (site.root / "backup/assets/images/b-1.jpg").read_bytes() == other


@pytest.mark.parametrize("page", ["drop_eats_others.md"], indirect=True)
def test_drop(site: SiteBuilder, page: Path) -> None:
    """The gallery's entry goes, buttons and rows of features stay."""
    site.write("assets/images/act-0.jpg", draw())
    before = page.read_text("utf-8")
    main(["gallery", "fill", "--drop", "--yes"])
    folder = "/assets/images"
    entry = f"gallery:\n  - url: {folder}/act-9.jpg\n    image_path: {folder}/act-9-320.jpg\n"
    assert entry in before
    assert page.read_text("utf-8") == before.replace(entry, "gallery: []\n")


@pytest.mark.parametrize(
    ("page", "name"),
    [("dupes_body_poster.md", "poster"), ("dupes_body_srcset.md", "srcset")],
    indirect=["page"],
)
def test_named_by_the_body(
    site: SiteBuilder, page: Path, name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """What the body still names stays where it is, and this is said."""
    copy = f"assets/images/{name}.jpg"
    for path in ("assets/images/a-kept.jpg", copy):
        site.write(path, draw())
    site.write("assets/images/keep.jpg", draw(colour="#aa6611"))
    for other in ("a", "b", "c"):  # what more pages show is the copy to keep
        site.write(f"_exercises/{other}.md", OTHER.format("assets/images/a-kept.jpg"))
    assert main(FIX) == 0
    assert (site.root / copy).exists()
    said = capsys.readouterr().err
    assert f"{copy}: warning: _exercises/{page.name}:8 mentions it" in said


@pytest.mark.parametrize("page", ["flow_question_mark.md"], indirect=True)
def test_a_query_in_brackets(page: Path) -> None:
    """What is written is read by PyYAML, and by Ruby's Psych where that is here."""
    address = "https://youtu.be/cccccccccc1?t=30"
    assert main(["videos", "add", str(page), address, "--replace"]) == 0
    text = page.read_text("utf-8")
    video = yaml.safe_load(text.split("---")[1])["video"]
    assert (video["provider"], video["id"]) == ("youtube", "cccccccccc1?start=30")
    if shutil.which("ruby"):
        script = "require 'yaml'; print YAML.safe_load(STDIN.read)['video']['id']"
        done = subprocess.run(
            ["ruby", "-e", script], input=text, capture_output=True, text=True, check=True
        )
        assert done.stdout == video["id"]


def test_a_page_that_cannot_be_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """`gallery fill --check` tells the page that has bad YAML, and exits with 1."""
    shutil.copytree(CASES / "sites/06-fill-silent", tmp_path / "site")
    monkeypatch.chdir(tmp_path / "site")
    assert main(["gallery", "fill", "--check"]) == 1
    said = capsys.readouterr().err
    assert "_exercises/sq.md" in said
    assert "bad-yaml" in said
