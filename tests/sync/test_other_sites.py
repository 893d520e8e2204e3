"""Sites of other generators, as small as they can be and shaped as real ones are."""

from __future__ import annotations

import json
import shutil
from typing import TYPE_CHECKING, ClassVar

import pytest

from conftest import SiteBuilder, draw
from mediakit.base.files import FileTree
from mediakit.cli.main import main
from mediakit.config.config import load_config
from mediakit.setup.watch import matters
from mediakit.site.kinds.kind import SiteKind
from mediakit.site.kinds.registry import KINDS, KindEntry, kind_of
from mediakit.sync.content import read_content
from other_sites import PICTURES, laid_out

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from mediakit.base.model import Manifest


@pytest.fixture(params=sorted(PICTURES))
def name(request: pytest.FixtureRequest) -> str:
    """Return the name of a site."""
    return str(request.param)


def manifests_of(site: SiteBuilder) -> dict[str, Manifest]:
    config = load_config(site.root)
    content = read_content(config, FileTree(site.root))
    return {each.path: each for each in content.manifests}


def shown(manifest: Manifest) -> set[tuple[str, str | None]]:
    return {(str(image.role), image.path or image.url) for image in manifest.images}


def test_every_command(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """All pictures are found, made and published, and a second run has nothing to do."""
    site = laid_out(name, tmp_path / "site")
    monkeypatch.chdir(site.root)
    broken = {"hugo-json": 1}.get(name, 0)  # each has a page that cannot be read
    main(["list", "--format", "json"])
    listed = json.loads(capsys.readouterr().out)
    assert sum(each["severity"] == "error" for each in listed["problems"]) == broken
    for command in (["status"], ["generate"], ["sync"], ["check"]):
        code = main([*command, "-q"]) if command != ["status"] else main(command)
        said = capsys.readouterr()
        assert "missing-picture" not in said.err + said.out
        if command in (["generate"], ["sync"]):
            assert code == broken
    put = site.root / ".mediakit/target"
    keys = {path.relative_to(put).as_posix() for path in put.rglob("*") if path.is_file()}
    config = load_config(site.root)
    assert {config.kind.key(path) for path in PICTURES[name]} <= keys
    before = site.tree(), SiteBuilder(put).tree()
    again = site.run("sync")
    assert again.summary.made == 0
    assert [each for each in again.outcomes if each.status == "done"] == []
    assert (site.tree(), SiteBuilder(put).tree()) == before


def test_hugo_bundles(tmp_path: Path) -> None:
    """Pictures of a bundle are beside its page, others in static or assets; drafts do not count."""
    found = manifests_of(laid_out("hugo-bundles", tmp_path / "site"))
    assert set(found) == {
        "content/_index.md",
        "content/exercises/_index.md",
        "content/exercises/squat/index.md",
        "content/exercises/hip-hinge/index.md",
        "content/blog/why-lift.md",
    }
    squat = found["content/exercises/squat/index.md"]
    folder = "content/exercises/squat"
    assert shown(squat) == {
        ("overlay", f"{folder}/squat-0.jpg"),
        ("gallery", f"{folder}/squat-0.jpg"),
        ("gallery", f"{folder}/squat-1.jpg"),
        ("gallery", f"{folder}/steps/1-front.jpg"),
        ("gallery", f"{folder}/steps/2-back.jpg"),
        ("body", f"{folder}/squat-side.png"),
        ("body", f"{folder}/steps/1-front.jpg"),
    }
    assert [video.id for video in squat.videos] == ["aIZuK2cX4FA"]
    cover = next(image for image in squat.images if image.key == "cover")
    assert (cover.alt, cover.title, cover.line) == (
        "Knæbøj, nederste stilling",
        "Hold ryggen lang",
        8,
    )
    assert shown(found["content/blog/why-lift.md"]) == {
        ("og_image", "static/images/social.png"),
        ("overlay", "assets/images/bench.jpg"),
        ("teaser", "static/images/card.jpg"),
        ("body", "assets/images/bench.jpg"),
        ("body", "static/images/front.jpg"),
    }


def test_hugo_keys(tmp_path: Path) -> None:
    """At the target, keys are public paths, and srcset texts have public addresses."""
    site = laid_out("hugo-bundles", tmp_path / "site")
    site.run("sync")
    put = SiteBuilder(site.root / ".mediakit/target").tree()
    assert {"images/front.jpg", "images/bench.jpg", "exercises/squat/squat-0-320.jpg"} <= set(put)
    assert not [key for key in put if key.startswith(("static/", "assets/", "content/"))]
    catalog = json.loads((site.root / "data/media.json").read_text("utf-8"))
    image = catalog["images"]["content/exercises/squat/squat-0.jpg"]
    assert image["srcset"]["image/jpeg"].startswith("/site/exercises/squat/squat-0-320.jpg 320w")


def test_a_bundle_keeps_its_pictures_at_the_target(site: SiteBuilder) -> None:
    """Hugo's templates show what is in a bundle, so it stays at the target while it is there."""
    site.write("hugo.toml", "")
    page = site.write("content/trip/index.md", "---\ncover: day.jpg\n---\n")
    site.write("content/trip/day.jpg", draw((300, 200)))
    site.write("content/b/index.md", "---\ncover: b.jpg\n---\n")
    site.write("content/b/b.jpg", draw((300, 200), "#112233"))
    site.run("sync")
    page.write_text("---\ntitle: Trip\n---\n")
    result = site.run("sync", delete=True)
    assert {each.action.reason for each in result.outcomes if "day" in each.action.path} == {
        "mentioned"
    }
    (site.root / "content/trip/day.jpg").unlink()
    assert site.run("sync", delete=True).summary.deleted == 1


def test_two_files_for_one_key(tmp_path: Path) -> None:
    """What two folders both have is said: only one of them is published."""
    site = SiteBuilder(tmp_path)
    site.write("hugo.toml", "")
    site.write("content/a.md", '+++\nimage = "/images/bench.jpg"\n+++\n')
    site.write("content/images/_index.md", "+++\nimage = 'bench.jpg'\n+++\n")
    site.write("static/images/bench.jpg", draw((300, 200), "#112233"))
    site.write("content/images/bench.jpg", draw((300, 200), "#332211"))
    problems = site.run("sync").problems
    assert [(each.code, each.path, each.line) for each in problems] == [
        ("name-collision", "content/a.md", 2)
    ]
    assert "both are images/bench.jpg" in problems[0].message


def test_hugo_json(tmp_path: Path) -> None:
    """A gallery of plain texts, the folder of static files by its setting, lines of JSON."""
    site = laid_out("hugo-json", tmp_path / "site")
    content = read_content(load_config(site.root), FileTree(site.root))
    (coast,) = content.manifests
    assert shown(coast) == {
        ("teaser", "public_files/photos/coast.jpg"),
        ("gallery", "public_files/photos/coast.jpg"),
        ("gallery", "public_files/photos/cliff.jpg"),
        ("body", "public_files/photos/cliff.jpg"),
    }
    assert [(video.provider, video.id) for video in coast.videos] == [("vimeo", "76979871")]
    assert [(each.path, each.line, each.code) for each in content.problems] == [
        ("content/posts/broken.md", 3, "bad-json")
    ]


def test_eleventy(tmp_path: Path) -> None:
    """The input folder, copied folders, shortcodes; a program as front matter is said."""
    site = laid_out("eleventy", tmp_path / "site")
    content = read_content(load_config(site.root), FileTree(site.root))
    found = {each.path: each for each in content.manifests}
    assert set(found) == {
        "src/index.html", "src/posts/first-ride/index.md", "src/posts/second-ride.md",
        "src/posts/third-ride.md",
    }  # fmt: skip
    assert shown(found["src/index.html"]) == {
        ("overlay", "src/img/hero.jpg"),
        ("body", "public/logo.png"),
    }
    first = found["src/posts/first-ride/index.md"]
    assert shown(first) == {
        ("overlay", "src/posts/first-ride/bridge.jpg"),
        ("gallery", "src/posts/first-ride/bridge.jpg"),
        ("gallery", "src/img/harbour.jpg"),
        ("body", "src/posts/first-ride/bridge.jpg"),
        ("body", "src/img/harbour.jpg"),
    }
    assert [video.id for video in first.videos] == ["aIZuK2cX4FA"]
    assert [image.alt for image in first.images if image.role == "body"] == [
        "The bridge", "The harbour"
    ]  # fmt: skip
    assert shown(found["src/posts/second-ride.md"]) == {("overlay", "src/img/hill.jpg")}
    assert [(each.path, each.code) for each in content.problems] == [
        ("src/posts/third-ride.md", "foreign-front-matter")
    ]


def test_plain_markdown(tmp_path: Path) -> None:
    """Pages need no front matter, and what they name counts from them or from the top."""
    found = manifests_of(laid_out("plain-markdown", tmp_path / "site"))
    assert {each.path: each.title for each in found.values()} == {
        "README.md": "The kitchen",
        "guides/knives.markdown": "Sharp knives",
        "recipes/bread.md": "Rye bread",
    }
    assert shown(found["recipes/bread.md"]) == {
        ("overlay", "recipes/bread/loaf.jpg"),
        ("gallery", "recipes/bread/knead.jpg"),
        ("gallery", "img/oven.jpg"),
        ("body", "recipes/bread/crumb.png"),
    }
    assert [video.id for video in found["recipes/bread.md"].videos] == ["76979871"]
    assert shown(found["guides/knives.markdown"]) == {("body", "img/stone.jpg")}


def test_init_proposes_keys(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Keys that hold pictures and videos and are not read are said, and work once uncommented."""
    site = laid_out("plain-markdown", tmp_path / "site")
    (site.root / "mediakit.toml").unlink()
    site.write(
        "second.md", "---\nsteps: [{photo: /img/oven.jpg}]\ncard: {thumb: {src: x.jpg}}\n---\n"
    )
    monkeypatch.chdir(site.root)
    before = manifests_of(site)["recipes/bread.md"]
    assert main(["init"]) == 0
    said = capsys.readouterr().out
    assert "a folder of Markdown files; 4 pages" in said
    assert "that are not read yet: steps.photo (2), card.thumb (1), clip (1)" in said
    text = (site.root / "mediakit.toml").read_text("utf-8")
    for line in ("[images]", 'gallery = ["steps.photo"]', 'teaser = ["card.thumb"]', "[videos]",
                 'keys = ["clip"]'):  # fmt: skip
        assert f"\n# {line}\n" in text
        text = text.replace(f"\n# {line}\n", f"\n{line}\n")
    site.write("mediakit.toml", text)
    after = manifests_of(site)
    assert len(after["recipes/bread.md"].images) == len(before.images) + 2
    assert len(after["recipes/bread.md"].videos) == 1
    assert shown(after["second.md"]) == {("gallery", "img/oven.jpg"), ("teaser", "x.jpg")}


def test_init_names_the_kind(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Each kind of site is recognised."""
    site = laid_out(name, tmp_path / "site")
    monkeypatch.chdir(site.root)
    assert main(["init", "--dry-run", "--format", "json"]) == 0
    kind = {"hugo-bundles": "hugo", "hugo-json": "hugo", "plain-markdown": "markdown"}
    assert json.loads(capsys.readouterr().out)["site"] == kind.get(name, name)


def test_watched_files(tmp_path: Path) -> None:
    """Pages, pictures and settings are watched, not what the generator writes or others wrote."""
    site = laid_out("hugo-bundles", tmp_path / "site")
    config = load_config(site.root)
    watched = ("hugo.toml", "content/_index.md", "static/images/front.jpg", ".eleventy.js")
    assert [matters(config, path) for path in watched] == [True] * 4
    others = ("public/images/front.jpg", "themes/x/a.jpg", "data/media.json", "notes.txt")
    assert [matters(config, path) for path in others] == [False] * 4


def test_kinds_are_found(site: SiteBuilder) -> None:
    """A folder is the kind whose files are there; the configuration has the last word."""
    assert kind_of(site.root) == "jekyll"
    for path, kind in (
        ("a/b.md", "markdown"),
        ("manifests/b.md", "jekyll"),
        ("_notes/b.md", "jekyll"),
        ("config.toml", "jekyll"),
        ("content/a.md", "hugo"),
        ("_config.yml", "jekyll"),
        (".eleventy.js", "eleventy"),
        ("config/_default/hugo.yaml", "hugo"),
    ):
        site.write(path, "")
        assert kind_of(site.root) == kind, path
    site.write("mediakit.toml", 'site = "markdown"\nroots = ["./media/", ""]\n')
    config = load_config(site.root)
    assert (config.site, config.roots) == ("markdown", ("media", ""))
    assert config.kind.key("media/a.jpg") == "a.jpg"


class PelicanSite(SiteKind, frozen=True):
    """A kind that mediakit does not know: what a module in `site/kinds/` would have."""

    name: ClassVar[str] = "pelican"
    label: ClassVar[str] = "a Pelican site"
    roots: tuple[str, ...] = ("content",)
    output_folder: str = "output"

    @classmethod
    def read(cls, files: Sequence[tuple[str, bytes]]) -> PelicanSite:
        assert files == [("pelicanconf.py", b"OUTPUT_PATH = 'built'")]
        return cls(output_folder="built")

    def is_excluded(self, path: str) -> bool:
        return path == self.output_folder

    def content_type(self, path: str) -> str | None:
        return "pages" if path.startswith("content/") and path.endswith(".md") else None


def test_a_new_kind(site: SiteBuilder, monkeypatch: pytest.MonkeyPatch) -> None:
    """A kind is a class and its entry in the registry: its sites go the whole way."""
    monkeypatch.setitem(KINDS, "pelican", KindEntry(lambda: PelicanSite, ("pelicanconf.py",)))
    site.write("pelicanconf.py", "OUTPUT_PATH = 'built'")
    site.write("content/a.md", "---\nthumbnail: /images/a.jpg\n---\n![](images/b.jpg)\n")
    site.write("built/content/x.md", "---\nthumbnail: /images/x.jpg\n---\n")
    for name in "ab":
        site.write(f"content/images/{name}.jpg", draw((900, 600)))
    result = site.run("sync", target="target")
    assert not result.problems
    published = {each.relative_to(site.root / "target").as_posix()
                 for each in (site.root / "target").rglob("*.jpg")}  # fmt: skip
    assert published == {"images/a.jpg", "images/a-320.jpg", "images/b.jpg"}
    assert main(["init", "--site", str(site.root)]) == 0


def test_a_picture_in_a_store(tmp_path: Path) -> None:
    """Where pictures are in another folder, it is that one that says which place has the file."""
    site = laid_out("hugo-bundles", tmp_path / "site")
    shutil.move(site.root / "static", tmp_path / "pictures/static")
    shutil.move(site.root / "assets", tmp_path / "pictures/assets")
    content = read_content(
        load_config(site.root), FileTree(site.root), pictures=FileTree(tmp_path / "pictures")
    )
    (page,) = (each for each in content.manifests if each.path == "content/blog/why-lift.md")
    assert ("overlay", "assets/images/bench.jpg") in shown(page)
