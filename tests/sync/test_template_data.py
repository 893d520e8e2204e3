"""Documents for templates: what they say, and when they are written."""

from __future__ import annotations

import io
import json
import time
from typing import TYPE_CHECKING, Any

import pytest
from PIL import Image

from conftest import draw, exercise, reasons
from mediakit.base.actions import Kind

if TYPE_CHECKING:
    from conftest import SiteBuilder

DATA = "_data/mediakit.json"
CONFIG = "baseurl: /below\ncollections: {exercises: {output: true}}\n"
ON = '[theme]\ndata = true\n[presets.teaser]\nformats = ["source", "webp"]\n'


@pytest.fixture
def themed(site: SiteBuilder) -> SiteBuilder:
    """Return a site of one exercise whose templates are given documents."""
    site.write("_config.yml", CONFIG)
    site.write("mediakit.toml", ON)
    site.exercise("squat", 1)
    return site


def document(site: SiteBuilder, path: str = DATA) -> dict[str, Any]:
    """Return what the document says."""
    found: dict[str, Any] = json.loads((site.root / path).read_bytes())
    return found


def test_what_templates_are_told(themed: SiteBuilder) -> None:
    """Displayed pixels, placeholder, and sizes by format with addresses from the site's top."""
    themed.run()
    said = document(themed)
    assert said["suffixes"] == ["-320", "-768", "-1280", "-1920"]
    squat = said["pictures"]["assets/images/squat-0.jpg"]
    assert (squat["width"], squat["height"]) == (900, 600)
    assert squat["placeholder"].startswith("data:image/webp")
    assert squat["srcset"] == {
        "image/jpeg": "/assets/images/squat-0-320.jpg 320w, /assets/images/squat-0-768.jpg 768w, "
        "/assets/images/squat-0.jpg 900w"
    }


def test_credits(themed: SiteBuilder) -> None:
    """What the ledger says is with the picture and its page; a broken ledger stops nothing."""
    entry = {"author": " Ann \n B ", "licence": "CC0", "licence_url": "javascript:alert(1)"}
    ledger = {"assets/images/squat-0.jpg": entry, "assets/images/x.jpg": entry}
    path = "_data/credits.json"
    themed.write(path, json.dumps({"version": 1, "pictures": ledger}))
    themed.run()
    said = document(themed)
    assert said["credits"] == {"_exercises/squat.md": ["assets/images/squat-0.jpg"]}
    credit = said["pictures"]["assets/images/squat-0.jpg"]["credit"]
    assert credit == {"author": "Ann B", "licence": "CC0"}
    themed.write(path, "{")
    assert themed.run().summary.written == 1
    assert "credits" not in document(themed)


def test_written_only_if_changed(themed: SiteBuilder) -> None:
    """A first run writes it and says so, a second one does not touch it, a dry run never writes."""
    assert reasons(themed.run(dry_run=True))[DATA] == "new"
    assert not (themed.root / DATA).exists()
    assert themed.run().summary.written == 1
    before = (themed.root / DATA).stat().st_mtime_ns
    assert themed.run().summary.written == 0
    assert DATA not in reasons(themed.run(dry_run=True))
    assert (themed.root / DATA).stat().st_mtime_ns == before
    themed.write("assets/images/squat-0.jpg", draw((800, 600)))
    assert reasons(themed.run(dry_run=True))[DATA] == "content changed"
    themed.run()
    assert document(themed)["pictures"]["assets/images/squat-0.jpg"]["width"] == 800


def test_deleted_documents_come_back(themed: SiteBuilder, monkeypatch: pytest.MonkeyPatch) -> None:
    """Also where nothing else is to do, and the plan of the last run is known."""
    now = time.time_ns
    monkeypatch.setattr("mediakit.base.files.time.time_ns", lambda: now() + 3600 * 10**9)
    themed.run()
    assert not themed.run().summary.written
    (themed.root / DATA).unlink()
    assert themed.run().summary.written == 1


def test_no_text_of_the_site(themed: SiteBuilder) -> None:
    """It names each variant, and keeps none at the target that no page needs any more."""
    themed.write("mediakit.toml", f'{ON}[data]\nfiles = ["_data/*.json"]\n')
    themed.exercise("row", 1)
    out = str(themed.root.parent / "out")
    themed.run("sync", target=out)
    (themed.root / "_exercises/row.md").unlink()
    result = themed.run("sync", target=out, delete=True)
    gone = {each.action.path for each in result.outcomes if each.action.kind is Kind.DELETE}
    assert "assets/images/row-0-320.jpg" in gone
    assert "row" not in (themed.root / DATA).read_text()


def test_transparent_pictures_have_no_placeholder(themed: SiteBuilder) -> None:
    """It would be seen behind them for ever; an opaque PNG has one."""
    themed.write("_exercises/a.md", exercise("a", 1).replace(".jpg", ".png"))
    themed.write("_exercises/b.md", exercise("b", 1).replace(".jpg", ".png"))
    themed.write("assets/images/a-0.png", draw(kind="PNG", mode="RGBA"))
    glass = io.BytesIO()
    Image.new("RGBA", (900, 600), (200, 20, 20, 90)).save(glass, "PNG")
    themed.write("assets/images/b-0.png", glass.getvalue())
    themed.run()
    pictures = document(themed)["pictures"]
    assert pictures["assets/images/a-0.png"]["placeholder"]
    assert "placeholder" not in pictures["assets/images/b-0.png"]


def test_crops_have_their_own_shape(themed: SiteBuilder) -> None:
    """A page that names a crop is told the crop's size, not that of its source."""
    crop = '[presets.card]\nsuffix = "-card"\nwidth = 300\nheight = 300\nfit = "cover"\n'
    themed.write("mediakit.toml", f'{ON}{crop}roles = ["teaser"]\n')
    page = exercise("squat", 1).replace("teaser: /assets/images/squat-0-320.jpg",
                                        "teaser: /assets/images/squat-0-card.jpg")  # fmt: skip
    themed.write("_exercises/squat.md", page)
    themed.run()
    said = document(themed)
    assert "-card" not in said["suffixes"]
    crop = said["pictures"]["assets/images/squat-0-card.jpg"]
    assert crop == {"width": 300, "height": 300}


def test_data_of_hugo(site: SiteBuilder) -> None:
    """Pictures of a page bundle are found by the address that visitors ask for."""
    site.write("hugo.toml", 'baseURL = "https://example.org/"\n')
    site.write("mediakit.toml", "[theme]\ndata = true\n")
    site.write("content/squat/index.md", "---\ntitle: Squat\nimages: [squat.jpg]\n---\n")
    site.write("content/squat/squat.jpg", draw())
    site.run()
    assert list(document(site, "data/mediakit.json")["pictures"]) == ["squat/squat.jpg"]


def test_nothing_by_default(site: SiteBuilder) -> None:
    """A site that did not ask for documents gets none."""
    site.write("_config.yml", CONFIG)
    site.exercise("squat", 1)
    assert site.run().summary.written == 0
    assert not (site.root / DATA).exists()
