"""A new exercise without a template is like the pages beside it."""

from __future__ import annotations

import re

import pytest

from conftest import SiteBuilder, draw
from mediakit.cli.main import main
from mediakit.pages.siblings import Sibling, model_for
from mediakit.site.front_matter import read_page

FRONT = """\
title: "{title}"
permalink: /exercise/{name}/
redirect_from: /node/{number}
id: {number}
language: da
rating: '1:30'
gallery:
  - url: /assets/images/{name}-0.jpg
    image_path: /assets/images/{name}-0-320.jpg
tags:
  - strength
categories: []
level: {level}
"""


@pytest.fixture
def numbered(site: SiteBuilder, monkeypatch: pytest.MonkeyPatch) -> SiteBuilder:
    """Return a site whose pages have numbers that their pictures lack."""
    for number, title in enumerate(["Ab Roller", "Bench", "Squat", "Plank", "Lunge"], 7):
        name = title.lower().replace(" ", "-")
        front = FRONT.format(title=title, name=name, number=number, level="easy" * (number % 2))
        site.write(f"_exercises/{name}-{number}.md", f"---\n{front}---\n")
        site.write(f"assets/images/{name}-0.jpg", draw((900, 500), f"#{number:02}9955"))
    site.write("IMG_1.JPG", draw((800, 600), "#aa2211"))
    site.write("IMG_2.JPG", draw((600, 800), "#11aa22"))
    monkeypatch.chdir(site.root)
    return site


def test_as_its_siblings(numbered: SiteBuilder) -> None:
    """One command makes the page with its number, address, language and pictures."""
    assert main(["new", "Bulgarsk split squat på stol", "IMG_1.JPG", "IMG_2.JPG", "-q"]) == 0
    name = "bulgarsk-split-squat-paa-stol"
    text = (numbered.root / f"_exercises/{name}-12.md").read_text("utf-8")
    lines = text.splitlines()
    for line in (
        f"permalink: /exercise/{name}/", "id: 12", "language: da", 'rating: "1:30"', "tags: []",
        "categories: []",
    ):  # fmt: skip
        assert line in lines
    assert "Bulgarsk split squat på stol" in lines[1]
    assert "redirect_from" not in text
    assert "level" not in text
    assert f"/assets/images/{name}-1.jpg" in text
    assert (numbered.root / f"assets/images/{name}-0.jpg").is_file()


def test_a_post_has_its_day(site: SiteBuilder, monkeypatch: pytest.MonkeyPatch) -> None:
    """Jekyll publishes a post by the day in its name; its pictures and a second one go without."""
    monkeypatch.chdir(site.root)
    site.write("_config.yml", "theme: minimal-mistakes-jekyll\n")
    for name in ("squat", "lunge", "row"):
        text = f"---\ntitle: {name}\npermalink: /ex/{name}/\n---\n"
        site.write(f"_posts/2020-01-02-{name}.md", text)
    site.write("IMG_1.JPG", draw((800, 600)))
    assert main(["new", "Side plank", "IMG_1.JPG", "-q"]) == 0
    (post,) = (site.root / "_posts").glob("*-side-plank.md")
    assert re.fullmatch(r"20\d\d-\d\d-\d\d-side-plank", post.stem)
    assert "/side-plank-0.jpg" in post.read_text()
    assert "permalink: /ex/side-plank/\n" in post.read_text()
    assert main(["new", "Side plank", "-q"]) == 2
    assert main(["new", "Squat", "-q"]) == 2
    assert len([*(site.root / "_posts").iterdir()]) == 4


def test_a_page_among_dated_ones_has_its_day(
    site: SiteBuilder, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also where the generator asks for none, as a blog that left Jekyll keeps its names."""
    monkeypatch.chdir(site.root)
    site.write("eleventy.config.js", "module.exports = {};")
    for day in range(1, 4):
        site.write(f"posts/2020-01-0{day}-run-{day}x.md", f"---\ntitle: Run {day}x\n---\n")
    assert main(["new", "Side plank", "-q"]) == 0
    (post,) = (site.root / "posts").glob("*-side-plank.md")
    assert re.fullmatch(r"20\d\d-\d\d-\d\d-side-plank", post.stem)


def test_a_series_numbers_no_other_page(site: SiteBuilder) -> None:
    """Beside `test-1` to `test-6`, a page of another name has no number."""
    for number in range(1, 7):
        site.write(f"_exercises/test-{number}.md", f"---\ntitle: Test {number}\n---\n")
    assert main(["new", "Squat", "-q", "--site", str(site.root)]) == 0
    assert (site.root / "_exercises/squat.md").is_file()


def test_a_second_one_is_refused(numbered: SiteBuilder, capsys: pytest.CaptureFixture[str]) -> None:
    """A page of this name with another number is there already: nothing is written."""
    before = numbered.tree()
    assert main(["new", "Bench"]) == 2
    assert "_exercises/bench-8.md exists already" in capsys.readouterr().err
    assert numbered.tree() == before


def test_a_title_that_a_page_has(numbered: SiteBuilder, capsys: pytest.CaptureFixture[str]) -> None:
    """A page of another name has it, in whatever letters; who means another page names that."""
    numbered.write("_exercises/knee-bend.md", "---\ntitle: Knæbøj\nlang: da\n---\n")
    before = numbered.tree()
    assert main(["new", "knaeboej"]) == 2
    told = capsys.readouterr().err
    assert "_exercises/knee-bend.md has this title already" in told
    assert 'mediakit new NAME --title "knaeboej"' in told
    assert numbered.tree() == before
    assert main(["new", "deep-squat", "--title", "Knæbøj", "-q"]) == 0


def test_the_name_may_be_given(numbered: SiteBuilder) -> None:
    """A name with a title beside it is the name of the file, as it is written."""
    assert main(["new", "hop", "--title", "Hop: on one leg", "-q"]) == 0
    text = (numbered.root / "_exercises/hop.md").read_text("utf-8")
    assert 'title: "Hop: on one leg"' in text
    assert "permalink: /exercise/hop/" in text


def test_a_title_without_letters(numbered: SiteBuilder, capsys: pytest.CaptureFixture[str]) -> None:
    """A title that makes no address says how to give one."""
    assert main(["new", "深蹲"]) == 2
    assert "mediakit new NAME --title" in capsys.readouterr().err
    assert main(["new", "shendun", "--title", "深蹲", "-q"]) == 0
    assert (numbered.root / "_exercises/shendun.md").is_file()


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (["new", " "], "the exercise has no name"),
        (["new", "Lunge", "no.jpg"], "there is no file no.jpg\n  hint: give its whole path"),
        (["add", "bench", "_exercises"], "_exercises is a folder\n  hint: name the files in it"),
    ],
)
def test_slips_of_the_hand(
    numbered: SiteBuilder, capsys: pytest.CaptureFixture[str], args: list[str], said: str
) -> None:
    """No name, no such file, a folder: said in plain words, without the usage of the command."""
    before = numbered.tree()
    assert main(args) == 2
    assert capsys.readouterr().err.startswith(f"mediakit: {said}")
    assert numbered.tree() == before


@pytest.mark.parametrize(
    ("fronts", "lines"),
    [
        (["a: 1", "a: 1"], ()),
        (["a: 1", "a: 1", "a: 1"], ("a: 1",)),
        (["a: yes", "a: yes", "a: no"], ()),
        (["a: 'x: y'"] * 3, ('a: "x: y"',)),
        (["a: [{b: c}]"] * 3, ()),
        (["a: {b: c}"] * 3, ()),
        (["m: 3", "m: 9", "m: 4"], ("m: 10",)),
        (["m: 3", "m: 9", "m: 9"], ()),
        (["d: 2020-01-01", "d: 2020-01-02", "d: 2020-01-03"], ()),
        (["d: 2020-01-01T12:00:00Z"] * 3, ()),
        (["{}"] * 3, ()),
    ],
)  # fmt: skip
def test_what_is_common(fronts: list[str], lines: tuple[str, ...]) -> None:
    """Only what nearly all pages have is taken over, and text stays text."""
    pages = [read_page(f"---\n{each}\n---\n".encode()) for each in fronts]
    siblings = [
        Sibling(f"page{number}", f"Page{number}", page.front_matter)
        for number, page in enumerate(pages)
        if page is not None
    ]
    assert model_for("x", siblings).lines == lines
