"""A data set as a site: found by globs, listed, made, checked, corrected."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from conftest import SiteBuilder, draw
from mediakit.base.files import FileTree
from mediakit.cli.main import main
from mediakit.config.config import load_config
from mediakit.sync.content import read_content

if TYPE_CHECKING:
    from pathlib import Path

SETTINGS = 'content = []\n[data]\nfiles = ["lifts/*.json", "all.json"]\nbase = ["lifts"]\n'
TEASERS = SETTINGS + '[presets.teaser]\nroles = ["gallery"]\n'
ALL = """\
[
  {"name": "Squat", "images": ["squat/0.jpg", "squat/1.jpg"]},
  {"name": "Lunge",
   "images": ["squat/1.jpg", "lunge/0.jpg"]}
]
"""


@pytest.fixture
def lifts(site: SiteBuilder, monkeypatch: pytest.MonkeyPatch) -> SiteBuilder:
    """Return a data set: a file for one record, and one for all."""
    site.write("mediakit.toml", TEASERS)
    site.write("lifts/squat.json", '{"name": "Squat", "images": ["squat/0.jpg"]}')
    site.write("all.json", ALL)
    for number, path in enumerate(("squat/0.jpg", "squat/1.jpg", "lunge/0.jpg")):
        site.write(f"lifts/{path}", draw((700, 500), f"#{number * 50:02x}7799"))
    monkeypatch.chdir(site.root)
    return site


def places(site: SiteBuilder) -> list[str]:
    content = read_content(load_config(site.root), FileTree(site.root))
    return [each.place for each in content.manifests]


def said(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str]:
    code = main([*arguments])
    out, err = capsys.readouterr()
    return code, out + err


@pytest.mark.usefixtures("lifts")
def test_list(capsys: pytest.CaptureFixture[str]) -> None:
    """Each record is an exercise, with the line where it begins."""
    main(["list", "--format", "json"])
    found = json.loads(capsys.readouterr().out)
    assert [(each["path"], each.get("line"), each["title"]) for each in found["manifests"]] == [
        ("all.json", 2, "Squat"), ("all.json", 3, "Lunge"), ("lifts/squat.json", None, "Squat"),
    ]  # fmt: skip
    assert found["problems"] == []
    assert "all.json:3" in said(capsys, "list", "all.json")[1]


def test_sync_and_check(lifts: SiteBuilder, capsys: pytest.CaptureFixture[str]) -> None:
    """Variants are made and published, a second run has nothing to do, and nothing is wrong."""
    assert said(capsys, "sync")[0] == 0
    assert (lifts.root / ".mediakit/target/lifts/lunge/0-320.jpg").exists()
    assert "nothing to do" in said(capsys, "sync")[1]
    code, text = said(capsys, "check")
    assert code == 0
    assert "missing-alt" not in text
    assert "twice-in-gallery" not in text


def test_problems_have_file_and_line(
    lifts: SiteBuilder, capsys: pytest.CaptureFixture[str]
) -> None:
    """A missing picture is an error at its line of the data file."""
    lifts.write("all.json", ALL.replace("lunge/0", "lunge/9"))
    code, text = said(capsys, "status")
    assert code == 1
    assert "all.json:4: error: lifts/lunge/9.jpg is missing [missing-picture]" in text


def test_a_second_run_reads_from_the_cache(lifts: SiteBuilder) -> None:
    """What the cache gives of a data file is what its text gave."""
    assert lifts.run().summary.made == 3
    again = lifts.run()
    assert (again.summary.made, again.summary.kept, again.problems) == (0, 3, ())


def test_what_is_never_data(site: SiteBuilder) -> None:
    """A wide glob takes neither mediakit's documents nor packages, outputs and other sites."""
    site.write("_config.yml", "")
    site.write("mediakit.toml", '[data]\nfiles = ["**/*.json"]\n')
    record = '{"image": "/a.jpg"}'
    for path in ("node_modules/x/package.json", "_site/x.json", ".mediakit/target/media.json",
                 "_data/media.json", "_data/check-baseline.json", ".vscode/x.json",
                 "other/_config.yml", "other/x.json", "_data/media_shards/0-1-0.json"):  # fmt: skip
        site.write(path, record)
    site.write("_data/lifts.json", record)
    assert places(site) == ["_data/lifts.json"]


def test_a_link_that_leads_out_is_refused(
    lifts: SiteBuilder, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A data file behind a link that leaves the site is not read."""
    outside = tmp_path / "outside.json"
    outside.write_text('{"name": "Secret", "image": "a.jpg"}')
    (lifts.root / "lifts/out.json").symlink_to(outside)
    code, text = said(capsys, "list")
    assert code == 1
    assert "lifts/out.json: error:" in text
    assert "[refused-file]" in text
    assert "Secret" not in text


@pytest.mark.usefixtures("lifts")
def test_find_by_title_and_place(capsys: pytest.CaptureFixture[str]) -> None:
    """A record is named by its title; mediakit says plainly that it adds nothing to it."""
    for command in (["add", "Lunge", "lifts/lunge/0.jpg"], ["videos", "add", "all.json:3",
                    "https://youtu.be/aqz-KE-bpKQ"]):  # fmt: skip
        code, text = said(capsys, *command)
        assert code != 0
        assert "all.json:3: mediakit adds nothing to data files" in text
    assert "all.json:2 (Squat), lifts/squat.json" in said(capsys, "gallery", "fill", "Squat")[1]


def test_duplicates_are_led_to_one_copy(
    lifts: SiteBuilder, capsys: pytest.CaptureFixture[str]
) -> None:
    """`dupes --fix` changes the address in all records, and no other byte of the files."""
    same = (lifts.root / "lifts/squat/0.jpg").read_bytes()
    lifts.write("lifts/lunge/0.jpg", same)
    said(capsys, "dupes", "--fix", "--yes")
    assert (lifts.root / "all.json").read_text() == ALL.replace("lunge/0.jpg", "squat/0.jpg")
    assert not (lifts.root / "lifts/lunge/0.jpg").exists()


def test_check_fixes_capital_letters(
    lifts: SiteBuilder, capsys: pytest.CaptureFixture[str]
) -> None:
    """`check --fix` corrects the paths of several records of one file."""
    wrong = ALL.replace("squat/0.jpg", "squat/0.JPG").replace("lunge/0.jpg", "Lunge/0.jpg")
    lifts.write("all.json", wrong)
    said(capsys, "check", "--fix")
    assert (lifts.root / "all.json").read_text() == ALL


def test_gallery_page(lifts: SiteBuilder, capsys: pytest.CaptureFixture[str]) -> None:
    """Each record has a card, with its own problems and labels."""
    text = ALL.replace('"Lunge",', '"Lunge", "level": "hard",').replace("lunge/0", "lunge/9")
    lifts.write("all.json", text)
    said(capsys, "gallery", "page")
    page = (lifts.root / ".mediakit/gallery/index.html").read_text()
    squat, lunge = page.index("all.json:2"), page.index("all.json:3")
    assert squat < lunge < page.index("lifts/lunge/9.jpg is missing")
    assert page.count("lifts/lunge/9.jpg is missing") == 1
    assert "hard" in page
