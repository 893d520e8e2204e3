"""What changes pages, on sites of other generators: it writes as they do, or refuses."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from conftest import SiteBuilder, draw
from mediakit.base.files import FileTree
from mediakit.cli.main import main
from mediakit.config.config import load_config
from mediakit.sync.content import read_content

if TYPE_CHECKING:
    pass

PAGE = "content/lunge/index.md"


@pytest.fixture
def hugo(site: SiteBuilder, monkeypatch: pytest.MonkeyPatch) -> SiteBuilder:
    """Return a Hugo site with bundles in YAML, TOML and JSON."""
    site.write("hugo.toml", "")
    site.write("mediakit.toml", '[images]\nheader = ["cover.image"]\nteaser = ["cover.small"]\n')
    site.write(PAGE, "---\ntitle: Lunge # a comment\ngallery:\n  - lunge-0.jpg\n---\nText\n")
    site.write("content/lunge/lunge-0.jpg", draw((900, 600), "#224466"))
    site.write("content/jump/index.md", '+++\ntitle = "Jump" # a comment\n+++\nText\n')
    site.write("content/plank/index.md", '{"title": "Plank"}\n')
    site.write("content/about.md", "---\ntitle: About\ncover: {image: /images/us.jpg}\n---\n")
    site.write("static/images/us.jpg", draw((900, 700), "#884422"))
    (site.root.parent / "photo.jpg").write_bytes(draw((1000, 600), "#116633"))
    monkeypatch.chdir(site.root)
    return site


def pictures(site: SiteBuilder, page: str) -> list[tuple[str, str | None]]:
    content = read_content(load_config(site.root), FileTree(site.root))
    (manifest,) = (each for each in content.manifests if each.path == page)
    return [(str(image.role), image.path) for image in manifest.images]


def test_add_to_a_bundle(hugo: SiteBuilder) -> None:
    """A photo goes beside the page, is named as the others are, and leads the page if none does."""
    assert main(["add", "lunge", "../photo.jpg", "-q"]) == 0
    assert (hugo.root / PAGE).read_text("utf-8") == (
        "---\ntitle: Lunge # a comment\ncover:\n  image: lunge-1.jpg\n  small: lunge-1-320.jpg\n"
        "gallery:\n  - lunge-0.jpg\n  - lunge-1.jpg\n---\nText\n"
    )
    assert (hugo.root / "content/lunge/lunge-1-320.jpg").is_file()
    assert ("gallery", "content/lunge/lunge-1.jpg") in pictures(hugo, PAGE)


def test_add_to_toml(hugo: SiteBuilder) -> None:
    """Tables and lists of tables are added, and the rest of the file stays."""
    assert main(["add", "jump", "../photo.jpg", "-q", "--alt", 'A "jump"']) == 0
    assert main(["videos", "add", "jump", "https://youtu.be/aIZuK2cX4FA", "-q"]) == 0
    assert (hugo.root / "content/jump/index.md").read_text("utf-8") == (
        '+++\ntitle = "Jump" # a comment\n\n[[gallery]]\nsrc = "jump-0.jpg"\n'
        'alt = "A \\"jump\\""\n\n[cover]\nimage = "jump-0.jpg"\nsmall = "jump-0-320.jpg"\n\n'
        '[video]\nprovider = "youtube"\nid = "aIZuK2cX4FA"\n+++\nText\n'
    )


def test_add_to_a_page(hugo: SiteBuilder) -> None:
    """Without a bundle, photos go where the site has its pictures, and are named from the top."""
    assert main(["add", "about", "../photo.jpg", "-q", "--alt", "We"]) == 0
    text = (hugo.root / "content/about.md").read_text("utf-8")
    assert "- src: /images/about-0.jpg\n    alt: We\n" in text
    assert (hugo.root / "static/images/about-0.jpg").is_file()
    assert ("gallery", "static/images/about-0.jpg") in pictures(hugo, "content/about.md")


@pytest.mark.parametrize(
    "command",
    [
        ["add", "plank", "../photo.jpg"],
        ["videos", "add", "plank", "https://youtu.be/aIZuK2cX4FA"],
    ],
)
def test_json_is_refused(
    hugo: SiteBuilder, command: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    """A page in JSON stays as it is, no picture is written, and the message says what to do."""
    before = hugo.tree()
    assert main(command) == 1
    assert hugo.tree() == before
    said = capsys.readouterr().err
    assert "JSON is read, but not written" in said
    assert "write the front matter as YAML" in said


def test_fill_refuses_json(hugo: SiteBuilder, capsys: pytest.CaptureFixture[str]) -> None:
    """A gallery that cannot be filled is an error of its page; the others are filled."""
    hugo.write("content/plank/plank-0.jpg", draw((900, 500), "#995511"))
    hugo.write("content/lunge/lunge-2.jpg", draw((900, 500), "#119955"))
    before = (hugo.root / "content/plank/index.md").read_bytes()
    assert main(["gallery", "fill", "-y"]) == 1
    assert "content/plank/index.md:1: error: front matter in JSON" in capsys.readouterr().err
    assert (hugo.root / "content/plank/index.md").read_bytes() == before
    assert "  - lunge-2.jpg\n" in (hugo.root / PAGE).read_text("utf-8")


def test_drop(hugo: SiteBuilder) -> None:
    """An entry that is a bare text is taken out where its picture is gone."""
    hugo.write("content/lunge/lunge-1.jpg", draw((900, 500), "#119955"))
    (hugo.root / "content/lunge/lunge-0.jpg").unlink()
    main(["gallery", "fill", "lunge", "-y", "-q", "--drop"])
    text = (hugo.root / PAGE).read_text("utf-8")
    assert "lunge-0.jpg" not in text
    assert "gallery:\n  - lunge-1.jpg\n" in text


def test_new_bundle(hugo: SiteBuilder) -> None:
    """A new page is a bundle where most pages are."""
    hugo.write("content/squat/index.md", "---\ntitle: Squat\n---\n")
    assert main(["new", "hop", "--title", "Hop", "--photos", "../photo.jpg", "-q"]) == 0
    text = (hugo.root / "content/hop/index.md").read_text("utf-8")
    assert "- src: hop-0.jpg\n" in text
    assert (hugo.root / "content/hop/hop-0.jpg").is_file()


def test_duplicates(hugo: SiteBuilder) -> None:
    """Pages are led to the copy that is kept, in their own spelling; JSON keeps its copy.

    Templates may show all files of a bundle, so these stay.
    """
    picture = (hugo.root / "static/images/us.jpg").read_bytes()
    hugo.write("content/lunge/us-too.jpg", picture)
    hugo.write("content/plank/us-again.jpg", picture)
    hugo.write(
        "content/lunge/index.md",
        "---\ntitle: Lunge\ngallery:\n  - us-too.jpg\n  - ./lunge-0.jpg\n---\n",
    )
    hugo.write("content/plank/index.md", '{"image": "us-again.jpg"}\n')
    hugo.write("content/jump/us-third.jpg", picture)
    hugo.write("content/jump/index.md", "+++\nimage = 'us-third.jpg' # we\n+++\n")
    hugo.write("content/more.md", "---\nimage: /images/us.jpg\n---\n")
    main(["dupes", "--fix", "--yes", "-q"])
    assert (hugo.root / PAGE).read_text("utf-8") == (
        "---\ntitle: Lunge\ngallery:\n  - /images/us.jpg\n  - ./lunge-0.jpg\n---\n"
    )
    assert (hugo.root / "content/lunge/us-too.jpg").is_file()
    assert (hugo.root / "content/jump/index.md").read_text("utf-8") == (
        '+++\nimage = "/images/us.jpg" # we\n+++\n'
    )
    assert (hugo.root / "content/plank/us-again.jpg").is_file()
    assert pictures(hugo, PAGE)[0] == ("gallery", "static/images/us.jpg")


@pytest.mark.parametrize(
    ("front_matter", "options", "code", "expected"),
    [
        ("title: x", [], 0, "youtube: aIZuK2cX4FA"),
        ("youtube: jNQXAC9IVRw", [], 1, "youtube: jNQXAC9IVRw"),
        ("youtube: jNQXAC9IVRw", ["--replace"], 0, "youtube: aIZuK2cX4FA"),
        ("youtube: [jNQXAC9IVRw]", [], 0, "youtube: [jNQXAC9IVRw, aIZuK2cX4FA]"),
    ],
)
def test_video_at_a_configured_key(
    hugo: SiteBuilder, front_matter: str, options: list[str], code: int, expected: str
) -> None:
    """A video goes to the key that the site has for it."""
    hugo.write("mediakit.toml", '[videos]\nkeys = ["youtube"]\n')
    hugo.write(PAGE, f"---\n{front_matter}\n---\n")
    assert main(["videos", "add", PAGE, "https://youtu.be/aIZuK2cX4FA", "-q", *options]) == code
    assert expected in (hugo.root / PAGE).read_text("utf-8")
