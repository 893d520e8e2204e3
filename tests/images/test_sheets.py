"""Sheets: a page as a PDF, the same each time, made with the pictures and published with them."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from conftest import SiteBuilder, draw
from mediakit.cli.main import main
from mediakit.site.kinds.kind import Markup
from mediakit.site.sheet_text import text_blocks

CONFIG = """title: Træning
url: https://example.com
collections:
  exercises:
    output: true
    permalink: /exercise/:name/
"""
SETTINGS = "[sheets.a4]\n[theme]\ndata = true\n"
BODY = "Læn dig <b>frem</b> &amp; tilbage.\n\n1. Ned\n2. Op\n\n{% include x %}\n"
PAGE = """---
title: Knæbøj
gallery:
  - image_path: /assets/images/a.jpg
    title: Ned i <b>knæ</b> &amp; op
  - image_path: /assets/images/b.jpg
    alt: Knæbøj
---
"""
SHEET = "assets/sheets/exercises/squat.pdf"


@pytest.fixture
def squat(site: SiteBuilder, monkeypatch: pytest.MonkeyPatch) -> SiteBuilder:
    """Return a site with an exercise of two pictures, one upright, and sheets."""
    monkeypatch.chdir(site.root)
    site.write("_config.yml", CONFIG)
    site.write("mediakit.toml", SETTINGS)
    site.write("_exercises/squat.md", PAGE + BODY)
    site.write("assets/images/a.jpg", draw((600, 400)))
    site.write("assets/images/b.jpg", draw((400, 700)))
    credit = {
        "version": 1,
        "pictures": {"assets/images/b.jpg": {"author": "Åse", "licence": "CC0"}},
    }
    site.write("_data/credits.json", json.dumps(credit))
    return site


def words(pdf: Path, *options: str) -> str:
    """Return the words of a PDF."""
    if shutil.which("pdftotext") is None:
        pytest.skip("pdftotext is not installed")
    done = subprocess.run(
        ["pdftotext", "-layout", *options, pdf, "-"], capture_output=True, check=True
    )
    return " ".join(done.stdout.decode().split())


def made(site: SiteBuilder) -> set[str]:
    outcomes = site.run().outcomes
    return {e.action.path for e in outcomes if (e.status, e.action.kind) == ("done", "make")}


def pages(data: bytes) -> int:
    return len(re.findall(rb"/Type /Page\b", data))


def test_what_is_on_it(squat: SiteBuilder) -> None:
    """Title, captions, text, owners, the name of the site and the page's address are on it."""
    squat.run()
    said = words(squat.root / SHEET)
    for each in ("Træning", "Knæbøj", "1. Ned i knæ & op", "2 ", "1. Ned", "Læn dig frem &",
                 "2. Op", "b.jpg: Åse, CC0", "example.com/exercise/squat", "1/1"):  # fmt: skip
        assert each in said, said
    assert "include" not in said
    assert "2. Knæbøj" not in said


def test_made_and_kept_as_a_product(squat: SiteBuilder, tmp_path: Path) -> None:
    """A text, a picture and nothing: made again, made again, left alone; then it is pruned."""
    first = squat.run("sync", target=str(tmp_path / "out"))
    assert not first.has_errors
    before = (squat.root / SHEET).read_bytes()
    assert (tmp_path / "out" / SHEET).read_bytes() == before
    assert json.loads((squat.root / "_data/mediakit.json").read_bytes())["sheets"] == {
        "_exercises/squat.md": SHEET
    }
    assert made(squat) == set()
    squat.write("_exercises/squat.md", PAGE + BODY + "\nMere.\n")
    assert made(squat) == {SHEET}
    changed = (squat.root / SHEET).read_bytes()
    assert changed != before
    squat.write("assets/images/b.jpg", draw((400, 700), "#aa5500"))
    assert SHEET in made(squat)
    squat.write("_exercises/squat.md", PAGE + BODY)
    squat.write("assets/images/b.jpg", draw((400, 700)))
    squat.run()
    assert (squat.root / SHEET).read_bytes() == before
    squat.exercise("row", 1)
    linking = squat.write("_exercises/link.md", f"---\ntitle: Link\n---\n[to print](/{SHEET})\n")
    (squat.root / "_exercises/squat.md").unlink()
    squat.run(prune=True)
    assert (squat.root / SHEET).exists()  # somebody links to it
    linking.unlink()
    assert squat.run(prune=True).summary.pruned
    assert not (squat.root / SHEET).exists()


def test_a_page_cannot_name_a_pdf_as_a_picture(squat: SiteBuilder, tmp_path: Path) -> None:
    """Only what the recipe makes, in its own folder, goes to the target as a PDF."""
    squat.write("x.pdf", draw())
    squat.write("_exercises/row.md", "---\ntitle: Row\n---\n![](/x.pdf)\n")
    result = squat.run("sync", target=str(tmp_path / "out"))
    assert "refused-name" in {each.code for each in result.problems}
    assert not (tmp_path / "out/x.pdf").exists()


def test_the_command(squat: SiteBuilder, capsys: pytest.CaptureFixture[str]) -> None:
    """Named exercises, all of them, and many in one, without settings too; never twice the same."""
    (squat.root / "mediakit.toml").unlink()
    squat.write("_exercises/text.md", "---\ntitle: Text\n---\n" + "Et langt afsnit. " * 600)
    assert main(["sheet", "squat", "text", "--together", "both.pdf"]) == 0
    data = (squat.root / "both.pdf").read_bytes()
    assert pages(data) == 3
    assert main(["sheet"]) == 0
    assert main(["sheet", "text"]) == 0
    made = sorted(each.name for each in (squat.root / ".mediakit/sheets/exercises").iterdir())
    assert made == ["squat.pdf", "text.pdf"]
    assert main(["sheet", "squat", "text", "--together", "both.pdf"]) == 0
    assert (squat.root / "both.pdf").read_bytes() == data
    assert main(["sheet", "squat", "--together", "a.pdf", "-o", "b"]) == 2
    capsys.readouterr()
    assert main(["sheet", "squat", "-o", "_exercises/new.md"]) == 2
    assert "name of a file" in capsys.readouterr().err
    assert not (squat.root / "_exercises/new.md").exists()


def test_no_address_no_code_and_letters_that_are_missing(
    squat: SiteBuilder, capsys: pytest.CaptureFixture[str]
) -> None:
    """Without an address there is no code; a letter that no font has is told, and left out."""
    squat.write("_config.yml", CONFIG.replace("url: https://example.com\n", ""))
    squat.write("_exercises/squat.md", PAGE.replace("Knæbøj", "Knæ😀bøj " * 30) + BODY)
    assert main(["sheet", "squat"]) == 0
    assert "the letters 😀" in capsys.readouterr().err
    assert "example.com" not in words(squat.root / ".mediakit/sheets/exercises/squat.pdf")


def test_the_code_leads_to_the_page() -> None:
    """The squares that are drawn are those of the code, read by a program of others."""
    cv2 = pytest.importorskip("cv2")
    pdftoppm = shutil.which("pdftoppm")
    if pdftoppm is None:
        pytest.skip("pdftoppm is not installed")
    from mediakit.images.recipes.sheet import PageSheet  # noqa: PLC0415

    text = json.dumps({"title": "x", "address": "https://example.com/exercise/knæbøj/"})
    recipe = PageSheet("a4")
    data, _ = recipe.drawn([recipe.content([text])])
    shown = subprocess.run([pdftoppm, "-r", "100", "-png", "-"], input=data, capture_output=True,
                           check=True).stdout  # fmt: skip
    import numpy  # noqa: PLC0415, ICN001

    image = cv2.imdecode(numpy.frombuffer(shown, numpy.uint8), cv2.IMREAD_COLOR)
    assert cv2.QRCodeDetector().detectAndDecode(image)[0] == "https://example.com/exercise/knæbøj/"


@pytest.mark.parametrize("length", [500, 501, 9000])
def test_an_address_that_no_code_holds(length: int) -> None:
    """A sheet comes out whatever address a page gives itself."""
    from mediakit.images.recipes.sheet import PageSheet  # noqa: PLC0415

    recipe = PageSheet("a4")
    content = recipe.content(
        [json.dumps({"title": "x", "address": "https://e.dk/".ljust(length, "a")})]
    )
    assert pages(recipe.drawn([content])[0]) == 1


def test_text() -> None:
    """Headings, items and rows keep their marks; what is no text is left out."""
    body = (
        "# A\n\nOne *two*{: .x}\nthree\n\n* a\n* b\n\n  1. c\n\n| x | y |\n|---|---|\n| 1 | 2 |\n\n"
        "`code`\n\n<div>d<br>e</div><script>f</script>\n\n![g](h.jpg) [i](j)\n"
    )
    assert text_blocks(body, Markup.KRAMDOWN, lambda _: None) == [
        ("#", "A"), ("", "One two three"), ("•", "a"), ("•", "b"), ("1.", "c"), ("", "x · y"),
        ("", "1 · 2"), ("", "d"), ("", "e"), ("", "i"),
    ]  # fmt: skip


def test_two_tables_that_want_the_same_file(squat: SiteBuilder) -> None:
    """It is said of which tables and what to do: no other picture on the page would help."""
    squat.write("mediakit.toml", "[sheets.a4]\n[sheets.letter]\nsize = 'letter'\n")
    (problem,) = {each.message: each for each in squat.run(dry_run=True).problems}.values()
    assert problem.message.startswith("two tables of the settings, a4 and letter, make")
    assert "another folder" in problem.hint
