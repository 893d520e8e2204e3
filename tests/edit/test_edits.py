"""What a slip would cost: pictures that are still in use stay, and so do texts and entries."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import pytest

from conftest import draw
from mediakit.base.regular_file import MOST_BYTES
from mediakit.cli.main import main

if TYPE_CHECKING:
    from conftest import SiteBuilder

KEPT, COPY = "assets/images/a-1.jpg", "assets/images/b-1.jpg"
ENTRY = "  - url: /{0}\n    image_path: /{1}\n    alt: x\n"
PAGES = {
    "_exercises/a.md": f"---\ntitle: A\ngallery:\n{ENTRY.format(KEPT, KEPT)}---\n",
    "_exercises/b.md": f"---\ntitle: B\ngallery:\n{ENTRY.format(COPY, COPY)}---\n",
}
FIX = ["dupes", "--exact", "--fix", "--yes"]


@pytest.fixture
def twice(site: SiteBuilder, monkeypatch: pytest.MonkeyPatch) -> SiteBuilder:
    """Return a site of two pages, each with a copy of one picture of its own."""
    site.write(
        "_config.yml", "url: https://site.example\ncollections: {exercises: {output: true}}\n"
    )
    for path in (KEPT, COPY):
        site.write(path, draw())
    for path, text in PAGES.items():
        site.write(path, text)
    monkeypatch.chdir(site.root)
    return site


def is_moved(site: SiteBuilder) -> bool:
    return not (site.root / COPY).exists()


def name_the_kept_one(site: SiteBuilder) -> None:
    """Have more pages name it than the copy: what most pages name is kept."""
    for page in "de":
        site.write(f"_exercises/{page}.md", PAGES["_exercises/a.md"])


def test_what_nothing_mentions_is_moved(
    twice: SiteBuilder, capsys: pytest.CaptureFixture[str]
) -> None:
    """Where only the gallery names a copy, it is moved, whatever the site has written before."""
    twice.write("mediakit.toml", 'target = "out"\n')
    main(["generate", "-q"])
    main(["check", "--write-baseline"])
    main(["dupes", "--html", "dupes.html"])
    main(["gallery", "page", "-o", "pictures"])
    main(["sync", "-q"])
    twice.write("_site/b.html", f"<img src=/{COPY}>")
    assert main(FIX) == 0
    assert "1 copy put away, 1 page changed" in capsys.readouterr().out
    assert is_moved(twice)
    text = (twice.root / "_exercises/b.md").read_text()
    assert text == PAGES["_exercises/b.md"].replace("b-1", "a-1")


@pytest.mark.parametrize(
    ("file", "text"),
    [
        ("_exercises/c.md", '---\ntitle: C\n---\n<img src="/x.png" srcset="/{} 2x">\n'),
        ("_exercises/c.md", '---\ntitle: C\n---\n<video poster="/{}"></video>\n'),
        ("_exercises/c.md", '---\ntitle: C\n---\n<source srcset="/{}">\n'),
        ("_exercises/c.md", '---\ntitle: C\n---\n<img data-src="/{}">\n'),
        ("_exercises/c.md", "---\ntitle: C\n---\n[x]({{{{ site.baseurl }}}}/{})\n"),
        ("_exercises/c.md", "---\ntitle: C\nexcerpt: see /{}\n---\n"),
        ("_exercises/c.md", "---\ntitle: C\npublished: false\nimage: /{}\n---\n"),
        ("assets/css/x.css", "body {{ background: url('../images/{}') }}\n"),
        ("logo.svg", '<svg><image href="/{}"/></svg>'),
        ("_includes/x.html", '<img src="{{{{ base }}}}/{}">'),
        ("_layouts/x.html", "<img src=/{}>"),
        ("_data/x.yml", "- picture: {}\n"),
        ("_data/x.json", '{{"picture": "assets\\/images\\/{}"}}'),
        ("_drafts/x.md", "---\ntitle: x\nimage: /{}\n---\n"),
        ("_sass/x.scss", "$x: '{}';"),
        ("x.js", "load('https://www.site.example/{}')"),
        ("README", "{}"),
    ],
)
@pytest.mark.parametrize("variant", ["", "-320"])
def test_what_a_text_mentions_stays(
    twice: SiteBuilder, capsys: pytest.CaptureFixture[str], file: str, text: str, variant: str
) -> None:
    """A copy that any text names, or a variant of it, stays where it is, and that is said."""
    name = COPY.replace(".jpg", f"{variant}.jpg")
    twice.write(file, text.format(name if "css" not in file else name.rpartition("/")[2]))
    name_the_kept_one(twice)
    assert main(FIX) == 0
    assert not is_moved(twice)
    said = capsys.readouterr().err
    assert f"{COPY}: warning: {file}:" in said
    assert "copy-left" in said


def test_what_the_configuration_mentions(
    twice: SiteBuilder, capsys: pytest.CaptureFixture[str]
) -> None:
    """The site's own settings name pictures too: a logo, or defaults of pages."""
    config = (twice.root / "_config.yml").read_text()
    twice.write("_config.yml", f"{config}logo: /{COPY}\n")
    assert main(FIX) == 0
    assert not is_moved(twice)
    assert "_config.yml:3 mentions it" in capsys.readouterr().err


def test_a_name_that_must_be_encoded(twice: SiteBuilder) -> None:
    """A name with spaces, signs and letters that have two forms is found in every spelling."""
    odd = "assets/images/b & ø (1).jpg"
    (twice.root / COPY).rename(twice.root / odd)
    twice.write("_exercises/b.md", PAGES["_exercises/b.md"].replace(f"/{COPY}", f'"/{odd}"'))
    for spelling in (quote(odd), "b &amp; &oslash; (1).jpg", r'"b & \u00f8 (1).jpg"'):
        twice.write("x.html", f"<p>{spelling}")
        assert main(FIX) == 0
        assert (twice.root / odd).exists()
    twice.write("x.html", "")
    assert main(FIX) == 0
    assert not (twice.root / odd).exists()


@pytest.mark.parametrize(
    "data", [b"---\ntitle: Squat: deep\n---\n", b"\xff\xfe\x81", b"---\ntitle: x\n"]
)
def test_nothing_is_moved_beside_a_page_that_cannot_be_read(
    twice: SiteBuilder, capsys: pytest.CaptureFixture[str], data: bytes
) -> None:
    """A page that cannot be read may name anything: nothing is changed, and it is an error."""
    twice.write("_exercises/c.md", data)
    before = twice.tree()
    assert main(FIX) == 1
    assert twice.tree() == before
    said = capsys.readouterr().err
    assert "_exercises/c.md" in said
    assert f"{COPY}: warning: nothing moves" in said


def test_pictures_of_a_bundle_stay(
    site: SiteBuilder, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Templates of Hugo show all pictures of a bundle: two albums may have the same one."""
    site.write("hugo.toml", "title = 'x'\n")
    for album in "ab":
        site.write(f"content/{album}/index.md", "---\ntitle: Album\n---\n")
        site.write(f"content/{album}/day.jpg", draw())
    monkeypatch.chdir(site.root)
    before = site.tree()
    main(FIX)
    assert site.tree() == before
    assert "may show all of content/b, see content/b/index.md" in capsys.readouterr().err


def hide_a_text(site: SiteBuilder, way: str) -> str:
    """Have a text that names the copy, and that nobody can search; return its path."""
    (site.root / "_includes").mkdir()
    if way == "a link":
        outside = site.root.parent / "x.html"
        outside.write_text(f"<img src=/{COPY}>")
        (site.root / "_includes/x.html").symlink_to(outside)
    else:
        with (site.root / "_includes/x.html").open("wb") as file:
            file.write(f"<img src=/{COPY}>".encode().ljust(10_000))
            file.truncate(MOST_BYTES + 1)
    return "_includes/x.html"


@pytest.mark.parametrize("way", ["a link", "too large"])
def test_nothing_is_moved_beside_a_text_that_cannot_be_searched(
    twice: SiteBuilder, capsys: pytest.CaptureFixture[str], way: str
) -> None:
    """An include that cannot be searched may name anything too: as with a page, nothing changes."""
    text = hide_a_text(twice, way)
    page = (twice.root / "_exercises/b.md").read_bytes()
    assert main(FIX) == 1
    assert not is_moved(twice)
    assert (twice.root / "_exercises/b.md").read_bytes() == page
    said = capsys.readouterr().err
    assert f"{text}: error: " in said
    assert f"{COPY}: warning: nothing moves while a text" in said


@pytest.mark.parametrize("way", ["a link", "too large"])
def test_nothing_is_unused_beside_a_text_that_cannot_be_searched(
    twice: SiteBuilder, capsys: pytest.CaptureFixture[str], way: str
) -> None:
    """What no other text names may be named there: no picture is called unused, and it is told."""
    twice.write("assets/images/unused.jpg", draw(colour="#118844"))
    assert orphans(twice, capsys) == {"assets/images/unused.jpg"}
    text = hide_a_text(twice, way)
    assert orphans(twice, capsys) == set()
    assert main(["check"]) == 1
    assert f"{text}: error: " in capsys.readouterr().out


def test_only_that_picture_is_led(twice: SiteBuilder) -> None:
    """Other folders, other hosts and prose stay; a copy that prose names stays too."""
    other = f"backup/{COPY}"
    twice.write(other, draw(colour="#999933"))
    page = (
        "---\ntitle: B\n"
        f'excerpt: "It was at https://site.example/{COPY}"\n'
        f"credit: https://flickr.example/{COPY}\n"
        f"gallery:\n{ENTRY.format(COPY, COPY.replace('.jpg', '-320.jpg'))}"
        f"{ENTRY.format(other, other)}"
        f"  - url: https://cdn.example.com/{COPY}\n"
        f"    image_path: https://cdn.example.com/{COPY}\n---\n"
    )
    twice.write("_exercises/b.md", page)
    assert main(FIX) == 0
    text = (twice.root / "_exercises/b.md").read_text()
    expected = page.replace(
        ENTRY.format(COPY, COPY.replace(".jpg", "-320.jpg")),
        ENTRY.format(KEPT, KEPT.replace(".jpg", "-320.jpg")),
    )
    assert text == expected
    assert not is_moved(twice)
    twice.write("_exercises/b.md", text.replace(f"https://site.example/{COPY}", "home"))
    assert main(FIX) == 0
    assert is_moved(twice)


@pytest.mark.parametrize(
    "body", ['<img src="/x.png" srcset="/{} 2x">', '<video poster="/{}"></video>', "see {}"]
)
def test_a_page_that_shows_it_in_its_text(
    twice: SiteBuilder, capsys: pytest.CaptureFixture[str], body: str
) -> None:
    """A page whose text names the copy in any way is left as it is, and so is the copy."""
    twice.write("_exercises/b.md", PAGES["_exercises/b.md"] + body.format(COPY))
    name_the_kept_one(twice)
    before = twice.tree()
    assert main(FIX) == 0
    assert twice.tree() == before
    assert f"{COPY}: warning: _exercises/b.md:8 mentions it" in capsys.readouterr().err


def test_a_thumbnail_stays(twice: SiteBuilder) -> None:
    """The picture of a video is named by the video, and no page can be led to another one."""
    path = "assets/images/videos/aIZuK2cX4FA.jpg"
    twice.write(path, draw(colour="#aa1177"))
    twice.write("assets/images/videos/uhOr-YfMaL4.jpg", draw(colour="#aa1177"))
    twice.write("_exercises/v.md", "---\ntitle: V\nvideo:\n  id: aIZuK2cX4FA\n---\n")
    twice.write("_exercises/w.md", "---\ntitle: W\nvideo:\n  id: uhOr-YfMaL4\n---\n")
    main(FIX)
    assert (twice.root / path).exists()
    assert (twice.root / "assets/images/videos/uhOr-YfMaL4.jpg").exists()


def test_case_is_corrected_in_addresses_only(site: SiteBuilder) -> None:
    """`check --fix` corrects what means the picture, and no other folder, host or sentence."""
    site.write("assets/images/squat-0.jpg", draw())
    site.write("backup/assets/images/Squat-0.jpg", draw(colour="#338833"))
    wrong = "assets/images/Squat-0.jpg"
    page = (
        f"---\ntitle: Squat\nexcerpt: see /{wrong}\ncredit: https://x.example/{wrong}\n"
        f"old: /backup/{wrong}\nheader:\n  overlay_image: /{wrong}\n"
        f"  teaser: /{wrong.replace('.jpg', '-320.jpg')}\n---\n"
    )
    site.write("_exercises/squat.md", page)
    main(["check", "--fix", "--site", str(site.root)])
    head, _, tail = page.partition("header:")
    text = (site.root / "_exercises/squat.md").read_text()
    assert text == f"{head}header:{tail.replace('Squat', 'squat')}"


def orphans(site: SiteBuilder, capsys: pytest.CaptureFixture[str]) -> set[str]:
    capsys.readouterr()
    main(["check", "--format", "json", "--site", str(site.root)])
    problems = json.loads(capsys.readouterr().out)["problems"]
    found = [each for each in problems if each["code"] == "orphan-picture"]
    assert all(each["message"] == "not mentioned anywhere in the site" for each in found)
    assert not any("delete" in str(each) for each in found)
    return {each["path"] for each in found}


def test_orphans(twice: SiteBuilder, capsys: pytest.CaptureFixture[str]) -> None:
    """Only what no text mentions is called unused, and nothing advises to delete it."""
    for name in ("css", "bad", "draft", "variant", "unused"):
        twice.write(f"assets/images/{name}.jpg", draw(colour=f"#{len(name) * 20:02x}8844"))
    twice.write("x.css", "a { background: url(assets/images/css.jpg) }")
    twice.write("_exercises/c.md", "---\ntitle: a: b\nimage: /assets/images/bad.jpg\n---\n")
    twice.write("_drafts/x.md", "---\ntitle: x\nimage: /assets/images/draft.jpg\n---\n")
    twice.write("_layouts/x.html", '<img src="{{ base }}/variant-320.webp">')
    assert orphans(twice, capsys) == {"assets/images/unused.jpg"}


DROP = ["gallery", "fill", "--drop", "--yes"]
ACT = """\
---
title: Act
header:
  overlay_image: /assets/images/act-0.jpg
  teaser: /assets/images/act-0-320.jpg
  actions:
    - label: Print the drawing
      url: /assets/images/act-9.jpg
gallery:
{gallery}feature_row:
  - image_path: /assets/images/act-9.jpg
    url: /assets/images/act-9.jpg
related:
  - image_path: /assets/images/act-9.jpg
    url: /other/
    title: Read on
links: [/assets/images/act-9.jpg]
---
"""


@pytest.mark.parametrize(
    "entry",
    [
        "  - url: /assets/images/act-9.jpg\n    image_path: /assets/images/act-9-320.jpg\n",
        "  - image_path: '{{ site.baseurl }}/assets/images/act-9.jpg'\n",
        "  - image_path: assets/images/act%2D9.jpg\n",
        "  - {url: /other/, image_path: /assets/images/act-9.jpg}\n",
        "  - /assets/images/act-9.jpg\n",
    ],
)
def test_only_entries_of_galleries_are_dropped(
    site: SiteBuilder, monkeypatch: pytest.MonkeyPatch, entry: str
) -> None:
    """However an entry names what is gone it goes; buttons, rows and links to pages stay."""
    monkeypatch.chdir(site.root)
    site.write("assets/images/act-0.jpg", draw())
    kept = "  - image_path: /assets/images/act-0.jpg\n    url: /assets/images/act-9.jpg\n"
    page = site.write("_exercises/act.md", ACT.format(gallery=kept + entry + entry))
    main(DROP)
    assert page.read_text() == ACT.format(gallery=kept)


@pytest.mark.parametrize(
    ("there", "said"),
    [
        ("assets/images/act-9-320.jpg", "act-9-320.jpg exists, so the entry stays"),
        ("assets/images/Act-9.jpg", "mediakit check --fix"),
    ],
)
def test_what_can_be_seen_is_not_dropped(
    site: SiteBuilder, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str],
    there: str, said: str,
) -> None:  # fmt: skip
    """An entry whose variant is shown still, or whose name is only misspelt, stays and is told."""
    monkeypatch.chdir(site.root)
    site.write("assets/images/act-0.jpg", draw())
    site.write(there, draw((320, 213)))
    gallery = "  - url: /assets/images/act-9.jpg\n    image_path: /assets/images/act-9-320.jpg\n"
    page = site.write("_exercises/act.md", ACT.format(gallery=gallery))
    main(DROP)
    assert gallery in page.read_text()
    assert said in capsys.readouterr().err


@pytest.mark.parametrize("way", ["a link", "no rights"])
def test_a_folder_that_is_refused_drops_nothing(
    site: SiteBuilder, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str],
    way: str,
) -> None:  # fmt: skip
    """Pictures in a folder that is not looked into are not gone: their entries stay, and why."""
    monkeypatch.chdir(site.root)
    site.write("assets/images/act-0.jpg", draw())
    gallery = "".join(
        f"  - url: /assets/{folder}/act-0.jpg\n    image_path: /assets/{folder}/act-0-320.jpg\n"
        for folder in ("images", "images/deeper")
    )
    page = site.write("_exercises/act.md", ACT.format(gallery=gallery))
    real = os.scandir
    if way == "a link":
        (site.root / "assets").rename(site.root.parent / "pictures")
        (site.root / "assets").symlink_to(site.root.parent / "pictures")
    else:

        def scandir(folder: Any) -> Any:
            if str(folder).endswith("images"):
                raise PermissionError(13, "Permission denied")
            return real(folder)

        monkeypatch.setattr(os, "scandir", scandir)
    main(DROP)
    assert gallery in page.read_text()
    told = "behind a link that leaves the site" if way == "a link" else "Permission denied"
    assert capsys.readouterr().err.count(told) == 3
