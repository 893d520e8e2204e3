"""`mediakit theme`: what it writes, leaves alone, brings up to date and removes."""

from __future__ import annotations

import errno
import json
import shutil
import subprocess
from typing import TYPE_CHECKING

import pytest
from clinic import FILES

from conftest import SiteBuilder, draw
from mediakit.cli.main import main
from mediakit.sync.quarantine import Quarantine
from mediakit.theme.shipped import _COMMENTS, _marked

if TYPE_CHECKING:
    from pathlib import Path

    from mediakit.sync.quarantine import Creation

GALLERY = "_includes/gallery"
PICTURE = "_includes/mediakit/picture.html"
OURS = ("_includes/mediakit/content.html", "_includes/mediakit/credits.html",
        "_includes/mediakit/film.html", "_includes/mediakit/find.html",
        "_includes/mediakit/movement.html", PICTURE,
        "_includes/mediakit/social.html", "_includes/mediakit/structured.html")  # fmt: skip


@pytest.fixture
def gem(site: SiteBuilder) -> SiteBuilder:
    """Return a site whose theme is a gem: it has none of the theme's files itself."""
    site.write("_config.yml", "theme: minimal-mistakes-jekyll\n")
    site.write("mediakit.toml", "[videos]\nfetch = false\n")
    site.write("index.md", "---\ntitle: A\n---\n![A](/a.jpg)\n")
    site.write("a.jpg", draw())
    return site


def theme(site: SiteBuilder, *arguments: str) -> int:
    """Run `mediakit theme` in the site."""
    return main(["theme", *arguments, "--site", str(site.root)])


def kept(site: SiteBuilder) -> dict[str, bytes]:
    """Return all files but those of the quarantine."""
    return {path: data for path, data in site.tree().items() if "quarantine" not in path}


def test_install_and_remove(gem: SiteBuilder, capsys: pytest.CaptureFixture[str]) -> None:
    """All files are written, a second time there is nothing to do, and removed all is as before."""
    before = gem.tree()
    assert theme(gem, "status") == 1
    assert theme(gem, "install") == 0
    assert "next: mediakit generate" in capsys.readouterr().out
    assert {GALLERY, "_includes/page__hero.html", "_layouts/mediakit.html", *OURS} <= kept(
        gem
    ).keys()
    assert gem.tree()["mediakit.toml"].endswith(b"false\n\n[theme]\ndata = true\n")
    assert theme(gem, "status") == 0
    assert theme(gem, "install") == 0
    assert "nothing to do" in capsys.readouterr().out
    gem.run()
    assert "_data/mediakit.json" in gem.tree()
    assert theme(gem, "remove") == 0
    after = kept(gem)
    assert {path: after.get(path) for path in before} == before
    assert not [path for path in after if "_includes" in path or "mediakit.json" in path]


@pytest.mark.parametrize("runs", [False, True])
def test_undo(gem: SiteBuilder, capsys: pytest.CaptureFixture[str], *, runs: bool) -> None:
    """What an installation wrote goes again, and what runs wrote for it; settings are as before."""
    gem.run()
    before = gem.tree()
    theme(gem, "install")
    if runs:
        gem.run()
    there = gem.tree()
    assert theme(gem, "install", "--undo", "--dry-run") == 0
    assert gem.tree() == there
    told = capsys.readouterr().out
    assert theme(gem, "install", "--undo") == 0
    assert capsys.readouterr().out in told
    assert gem.tree() == before


def test_a_full_disk(
    gem: SiteBuilder, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """It is told as such, and what was written before can be taken back."""
    before, create_one = gem.tree(), Quarantine.create
    written: list[str] = []

    def create(self: Quarantine, made: Creation, data: bytes) -> None:
        written.append(made.path)
        if len(written) > 2:
            raise OSError(errno.ENOSPC, "No space left on device", made.path)
        create_one(self, made, data)

    monkeypatch.setattr(Quarantine, "create", create)
    assert theme(gem, "install") == 2
    assert "free some space there, then run again; --undo takes back" in capsys.readouterr().err
    assert gem.tree() != before
    assert theme(gem, "install", "--undo") == 0
    assert gem.tree() == before


def test_what_search_engines_are_told_stays(gem: SiteBuilder) -> None:
    """Its document is no part of the theme's files: another setting asks for it."""
    theme(gem, "install")
    with (gem.root / "mediakit.toml").open("a") as file:
        file.write("\n[structured]\ndata = true\n")
    gem.run()
    document = gem.tree()["_data/media-structured.json"]
    assert theme(gem, "remove") == 0
    assert gem.tree()["_data/media-structured.json"] == document


def test_a_change_by_hand_stays(gem: SiteBuilder, capsys: pytest.CaptureFixture[str]) -> None:
    """It is refused and shown; with --force it is kept, and comes back with --undo."""
    theme(gem, "install")
    mine = gem.tree()[GALLERY].replace(b"<figure", b"<figure id='mine'")
    gem.write(GALLERY, mine)
    capsys.readouterr()
    assert theme(gem, "install") == 1
    told = capsys.readouterr()
    assert "changed by hand" in told.err
    assert "-<figure id='mine'" in told.out
    assert gem.tree()[GALLERY] == mine
    assert theme(gem, "remove") == 1
    assert kept(gem).keys() & {GALLERY, *OURS} == {GALLERY}
    assert theme(gem, "install", "--force") == 0
    assert b"mine" not in gem.tree()[GALLERY]
    assert theme(gem, "install", "--undo") == 0
    assert gem.tree()[GALLERY] == mine


def test_older_files_are_updated(gem: SiteBuilder) -> None:
    """A file of another version is replaced, also where version control changed its line ends."""
    theme(gem, "install")
    ours = gem.tree()[GALLERY]
    gem.write(GALLERY, _marked("{%- comment -%} older {%- endcomment -%}\n", _COMMENTS["jekyll"]))
    gem.write(OURS[0], gem.tree()[OURS[0]].replace(b"\n", b"\r\n"))
    assert theme(gem, "status") == 1
    assert theme(gem, "install") == 0
    assert gem.tree()[GALLERY] == ours
    assert b"\r\n" in gem.tree()[OURS[0]]
    assert theme(gem, "status") == 0


def test_the_files_of_a_copied_theme(gem: SiteBuilder, capsys: pytest.CaptureFixture[str]) -> None:
    """The site's own gallery stays, gives way to --force, and comes back when ours is removed."""
    own = (FILES / GALLERY).read_bytes()
    gem.write(GALLERY, own)
    assert theme(gem, "install") == 1
    assert "site's own file" in capsys.readouterr().err
    assert gem.tree()[GALLERY] == own
    assert theme(gem, "install", "--force") == 0
    assert gem.tree()[GALLERY] != own
    assert theme(gem, "remove") == 0
    assert gem.tree()[GALLERY] == own


def test_an_older_theme(gem: SiteBuilder, capsys: pytest.CaptureFixture[str]) -> None:
    """A file that would ask for an include that the theme does not have yet is left alone."""
    hero, include = "_includes/page__hero.html", "_includes/page__meta.html"
    own = gem.write(hero, "{% include read-time.html %}\n")
    assert theme(gem, "install", "--force") == 1
    told = capsys.readouterr().err
    assert "asks for page__meta.html, which an older theme does not have" in told
    assert own.read_text() == "{% include read-time.html %}\n"
    gem.write(include, "")
    assert theme(gem, "install", "--force") == 0
    assert "page__meta.html" in own.read_text()


def test_another_theme(site: SiteBuilder, capsys: pytest.CaptureFixture[str]) -> None:
    """Only the includes that stand beside any theme, below the source of the site."""
    site.write("_config.yml", "source: src\n")
    site.write("src/index.md", "---\ntitle: A\n---\n")
    assert theme(site, "install", "-n") == 0
    assert "mediakit.toml" not in site.tree()
    assert theme(site, "install") == 0
    written = {path for path in kept(site) if "_includes" in path or "_layouts" in path}
    assert written == {f"src/{path}" for path in OURS}
    movement = site.tree()["src/_includes/mediakit/movement.html"]
    assert b'page.path | prepend: "src/"' in movement
    assert theme(site, "install", "--all") == 0
    assert f"src/{GALLERY}" in site.tree()
    capsys.readouterr()
    theme(site, "status", "--format", "json")
    assert json.loads(capsys.readouterr().out)["data"] is True


def test_where_the_setting_goes(gem: SiteBuilder, capsys: pytest.CaptureFixture[str]) -> None:
    """Into a table that is there; what only a person can decide is told."""
    gem.write("mediakit.toml", '[theme]  # ours\r\nbase_url = "https://m.example.org"\r\n')
    assert theme(gem, "install") == 0
    text = gem.tree()["mediakit.toml"]
    assert text == b'[theme]  # ours\r\ndata = true\r\nbase_url = "https://m.example.org"\r\n'
    gem.write("mediakit.toml", "[theme]\ndata = false\n")
    capsys.readouterr()
    theme(gem, "install")
    assert "write data = true below [theme]" in capsys.readouterr().err
    (gem.root / "mediakit.toml").unlink()
    gem.write("pyproject.toml", "[tool.mediakit]\njobs = 1\n")
    theme(gem, "install")
    assert "pyproject.toml" in capsys.readouterr().err
    assert "mediakit.toml" not in gem.tree()


def test_the_include_of_init(gem: SiteBuilder) -> None:
    """`init --theme` installs all, and takes the place of what `init --include` wrote earlier."""
    assert main(["init", "--include", "--site", str(gem.root)]) == 0
    old = gem.tree()[PICTURE]
    (gem.root / "mediakit.toml").unlink()
    assert main(["init", "--theme", "--site", str(gem.root)]) == 0
    assert gem.tree()[PICTURE] != old
    assert b"[theme]\ndata = true\n" in gem.tree()["mediakit.toml"]
    assert main(["init", "--include", "--site", str(gem.root)]) == 0
    assert theme(gem, "status") == 0  # which `init --include` leaves as it is


@pytest.mark.parametrize(
    ("settings", "changed", "comment"),
    [
        ("hugo.toml", "layouts/partials/mediakit/picture.html", "hugo"),
        ("eleventy.config.js", "mediakit.cjs", "eleventy"),
    ],
)
def test_other_generators(
    settings: str, changed: str, comment: str,
    site: SiteBuilder, capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    """Their files are installed, kept where they were changed, brought up to date and removed."""
    site.write(settings, "")
    before = site.tree()
    assert theme(site, "install") == 0
    assert ("configuration of Eleventy" in capsys.readouterr().out) == (comment == "eleventy")
    ours = site.tree()[changed]
    assert theme(site, "status") == 0
    site.write(changed, ours + b" ")
    assert theme(site, "install") == 1
    assert site.tree()[changed] == ours + b" "
    site.write(changed, _marked("older\n", _COMMENTS[comment]))
    assert theme(site, "install") == 0
    assert site.tree()[changed] == ours
    assert theme(site, "remove") == 0
    assert {path: data for path, data in kept(site).items() if path != "mediakit.toml"} == before


def test_the_files_of_a_hugo_theme(site: SiteBuilder) -> None:
    """A theme's own render hook stays in force; `--all` takes its place."""
    hook = "layouts/_default/_markup/render-image.html"
    site.write("hugo.toml", "theme = 'x'\n")
    site.write(f"themes/x/{hook}", "x")
    theme(site, "install", "--quiet")
    assert hook not in site.tree()
    assert "layouts/shortcodes/figure.html" in site.tree()
    theme(site, "install", "--quiet", "--all")
    assert hook in site.tree()


def test_where_the_plugin_reads(site: SiteBuilder) -> None:
    """Eleventy's plugin has the folder of data of the site, and needs no Eleventy for that."""
    node = shutil.which("node")
    if node is None:
        pytest.skip("node is not installed")
    site.write(".eleventy.js", 'module.exports = () => ({ dir: { input: "src" } });')
    site.write("src/a.md", "---\ntitle: A\n---\n![A](a.jpg)\n")
    site.write("src/a.jpg", draw((640, 480)))
    theme(site, "install", "--quiet")
    site.run()
    script = """
      const codes = {};
      require("./mediakit.cjs")({ addShortcode: (name, code) => { codes[name] = code; },
        getFilter: (name) => name === "url" ? (each) => "/b" + each : undefined });
      console.log(codes.picture.call({ page: { inputPath: "./src/a.md" } }, "a.jpg", '"><i>'));
    """
    done = subprocess.run(
        [node, "-e", script], cwd=site.root, check=True, capture_output=True, text=True, timeout=60
    )
    assert '<img src="/b/a.jpg" alt="&#34;&#62;&#60;i&#62;" width="640" height="480"' in done.stdout


def test_no_templates_for_markdown(site: SiteBuilder, capsys: pytest.CaptureFixture[str]) -> None:
    """A folder of Markdown has no templates."""
    site.write("a.md", "![A](a.jpg)\n")
    assert theme(site, "install") == 2
    assert "no templates" in capsys.readouterr().err


def test_a_link_out_of_the_site(gem: SiteBuilder, tmp_path: Path) -> None:
    """Nothing is written through a link that leads out of the site."""
    (tmp_path / "elsewhere").mkdir()
    (gem.root / "_includes").symlink_to(tmp_path / "elsewhere")
    assert theme(gem, "install") == 2
    assert not list((tmp_path / "elsewhere").iterdir())
