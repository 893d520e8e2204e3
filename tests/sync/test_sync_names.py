"""What is put at a target, and under which names."""

from __future__ import annotations

from pathlib import Path

import pytest

from conftest import SiteBuilder, draw
from mediakit.config.config import load_config
from mediakit.config.overrides import Overrides
from mediakit.sync.expected import expected_uploads
from mediakit.sync.observe import observe
from mediakit.sync.plan import plan_products
from mediakit.sync.session import Access, open_session
from mediakit.sync.target import TargetState

PAGE = """---
title: Squat
header:
  teaser: {0}
---
![]({0})
"""


@pytest.fixture
def target(tmp_path: Path) -> SiteBuilder:
    return SiteBuilder(tmp_path / "target")


def disguised(text: bytes) -> bytes:
    """Return a picture that is this text too, for who looks at lines only."""
    return draw(kind="JPEG", comment=b"\n" + text + b"\n")


def served_at(site: SiteBuilder, url: str) -> None:
    site.write("_config.yml", f"url: {url}\ncollections:\n  exercises:\n    output: true\n")


def types_of(site: SiteBuilder) -> dict[str, str]:
    """Return the media types that the site's files would be served with."""
    with open_session(load_config(site.root, Overrides()), Access.LOOK) as session:
        found = observe(session)
    local = expected_uploads(found, plan_products(found.known), TargetState())
    return {key: each.headers.content_type for key, each in local.others.items()}


@pytest.mark.parametrize(
    ("name", "code"),
    [
        (".ssh/authorized_keys", "refused-name"),
        (".bashrc", "refused-name"),
        ("index.html", "refused-name"),
        ("h.js", "refused-name"),
        ("assets/.htaccess", "refused-name"),
        ("assets/.hidden/a.jpg", "refused-name"),
        ("media.json", "name-collision"),
        ("media_shards/2-0.jpg", "name-collision"),
    ],
)
def test_a_page_puts_no_file_that_acts(
    site: SiteBuilder, target: SiteBuilder, name: str, code: str
) -> None:
    """A picture whose name is an order is told with its line, and neither made nor put."""
    site.exercise("squat")
    site.write("mediakit.toml", 'catalog = "_data/media.json"\n')
    site.write(name, disguised(b"ssh-ed25519 AAAA stranger"))
    site.write("_exercises/stranger.md", PAGE.format(f"/{name}"))
    result = site.run("sync", target=str(target.root))
    (problem,) = {each for each in result.problems if each.path == "_exercises/stranger.md"}
    assert (problem.code, problem.line) == (code, 4)
    assert problem.hint
    assert name not in {path for path in target.tree() if path != "media.json"}
    assert b'"images"' in target.tree()["media.json"]
    assert "assets/images/squat-0.jpg" in target.tree()
    assert not site.run("sync", target=str(target.root)).summary.put


def test_a_variant_is_a_picture_too(site: SiteBuilder, target: SiteBuilder) -> None:
    """A page cannot ask for a script to be made of a picture."""
    site.write("h.jpg", draw())
    site.write("_exercises/stranger.md", PAGE.format("/h-320.js"))
    result = site.run("sync", target=str(target.root))
    assert [each.code for each in result.problems] == ["refused-name"]
    assert not (site.root / "h-320.js").exists()


def test_the_bytes_say_the_type(site: SiteBuilder) -> None:
    """A picture is served as what it is: its name is a stranger's word."""
    site.write("a.jpg", draw(kind="PNG"))
    site.write("b.svg", draw(kind="PNG"))
    site.write("c.png", draw(kind="PNG"))
    site.write("d.svg", "<svg xmlns='http://www.w3.org/2000/svg'/>")
    site.write(
        "_pages/a.md",
        "---\ntitle: a\n---\n"
        + "".join(f"![](/{x})\n" for x in ("a.jpg", "b.svg", "c.png", "d.svg")),
    )
    for _ in range(2):  # the second time by the catalog
        types = types_of(site)
        assert {types[key] for key in ("a.jpg", "b.svg", "c.png")} == {"image/png"}
        assert types["d.svg"] == "image/svg+xml"
        site.run()


def test_a_catalog_does_not_say_the_type(site: SiteBuilder) -> None:
    """A committed catalog that calls a picture a vector one makes no script of it."""
    site.write("a.jpg", draw())
    site.write("_pages/a.md", "---\ntitle: a\n---\n![](/a.jpg)\n")
    site.run()
    data = (site.root / "media.json").read_text()
    site.write("media.json", data.replace('"width":900', '"format":"SVG","width":900'))
    assert types_of(site)["a.jpg"] == "image/jpeg"


@pytest.mark.parametrize(
    "host",
    ["http://gym.example", "//gym.example", "https://GYM.example:443", "https://www.gym.example"],
)
def test_own_pictures_in_any_spelling_stay(
    site: SiteBuilder, target: SiteBuilder, host: str
) -> None:
    """A picture that a page names by the site's own host is no orphan, however it is spelled."""
    served_at(site, "https://gym.example")
    site.exercise("squat")
    site.write("_exercises/b.md", PAGE.format("/assets/images/squat-1.jpg"))
    site.run("sync", target=str(target.root))
    page = (site.root / "_exercises/squat.md").read_text()
    assert page.count(": /assets")
    site.write("_exercises/squat.md", page.replace(": /assets", f": {host}/assets"))
    result = site.run("sync", target=str(target.root), delete=True)
    assert (result.problems, result.summary.deleted) == ((), 0)
    site.write("_exercises/squat.md", PAGE.format(f"{host}/assets/images/squat-0.jpg"))
    result = site.run("sync", target=str(target.root), delete=True)
    assert "assets/images/squat-0.jpg" in target.tree()


def test_a_twin_without_the_file_is_another_host(site: SiteBuilder, target: SiteBuilder) -> None:
    """Where `www.` is another site, its pictures are not missed here."""
    served_at(site, "https://gym.example")
    site.exercise("squat")
    url = "https://www.gym.example/logo.png"
    gallery = f"gallery:\n  - url: {url}\n    image_path: /assets/images/squat-0-320.jpg\n"
    site.write("_exercises/b.md", f"---\ntitle: b\n{gallery}---\n![]({url})\n[x]({url})\n")
    assert site.run("sync", target=str(target.root)).problems == ()
    site.write("logo.png", draw(kind="PNG"))
    site.run("sync", target=str(target.root))
    assert "logo.png" in target.tree()
