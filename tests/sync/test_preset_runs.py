"""What presets ask for, on a site: siblings, sources, descriptions, sizes of old files."""

from __future__ import annotations

import io
import json
import shutil
from typing import Any

import pytest
from PIL import Image

from conftest import SiteBuilder, described, draw, exercise, reasons
from mediakit.base.actions import Status
from mediakit.base.model import Severity

FORMATS = '[presets.teaser]\nformats = ["source", "webp", "avif"]\n'
A = "assets/images/squat-0"


@pytest.fixture
def squat(site: SiteBuilder) -> SiteBuilder:
    site.exercise("squat")
    return site


def page(site: SiteBuilder, picture: str) -> None:
    site.write("_exercises/a.md", f"---\nheader: {{teaser: /{picture}}}\n---\n")


def catalog(site: SiteBuilder) -> dict[str, Any]:
    images: dict[str, Any] = json.loads((site.root / "media.json").read_bytes())["images"]
    return images


def opened(site: SiteBuilder, path: str) -> Image.Image:
    image = Image.open(io.BytesIO((site.root / path).read_bytes()))
    image.load()
    return image


def test_siblings(squat: SiteBuilder) -> None:
    """A preset with formats makes each beside the others, and the catalog names them for pages."""
    squat.write("mediakit.toml", FORMATS)
    made = reasons(squat.run())
    assert {path for path in made if path.startswith(f"{A}-320")} == {
        f"{A}-320.{ending}" for ending in ("jpg", "webp", "avif")
    }
    for ending, kind in (("jpg", "JPEG"), ("webp", "WEBP"), ("avif", "AVIF")):
        image = opened(squat, f"{A}-320.{ending}")
        assert (image.format, image.size) == (kind, (320, 213))
    assert set(reasons(squat.run()).values()) == {"up to date"}
    entry = catalog(squat)[f"{A}.jpg"]
    assert entry["srcset"] == {"image/jpeg": f"/{A}-320.jpg 320w, /{A}-768.jpg 768w, /{A}.jpg 900w"}
    assert len(entry["variants"]) == 4


def test_a_changed_quality_of_one_format(squat: SiteBuilder) -> None:
    """What does not concern a format leaves its files alone."""
    squat.write("mediakit.toml", FORMATS)
    squat.run()
    squat.write("mediakit.toml", FORMATS + "quality = {webp = 60}\n")
    found = reasons(squat.run())
    assert {path for path, reason in found.items() if reason == "preset changed"} == {
        f"{A}-320.webp",
        "assets/images/squat-1-320.webp",
    }


def test_a_dropped_format(squat: SiteBuilder) -> None:
    """Files of a format that is no longer asked for stay, and are said to be orphans."""
    squat.write("mediakit.toml", FORMATS)
    squat.run()
    squat.write("mediakit.toml", "")
    found = reasons(squat.run())
    assert found[f"{A}-320.webp"] == "orphaned"
    assert found[f"{A}-320.jpg"] == "up to date"
    assert (squat.root / f"{A}-320.webp").exists()


def test_siblings_that_collide(site: SiteBuilder) -> None:
    """`a.jpg` and `a.png` both want `a-320.webp`: neither is made, and both pages are named."""
    site.write("mediakit.toml", FORMATS)
    site.write("_exercises/a.md", "---\nheader: {teaser: /i/a-320.jpg}\n---\n")
    site.write("_exercises/b.md", "---\ntitle: B\nheader: {teaser: /i/a-320.png}\n---\n")
    site.write("i/a.jpg", draw())
    site.write("i/a.png", draw(kind="PNG"))
    result = site.run()
    assert set(reasons(result)) == {"i/a-320.jpg", "i/a-320.png"}
    assert {problem.code for problem in result.problems} == {"name-collision"}
    assert {problem.message for problem in result.problems} == {
        f"i/a.jpg (_exercises/a.md:2) and i/a.png both want i/a-320.{ending}"
        for ending in ("webp", "avif")
    }


@pytest.mark.parametrize("source", ["a.jpg", "a.png", "a.JPG", "a.heic"])
def test_a_source_with_another_ending(site: SiteBuilder, source: str) -> None:
    """A page that shows `a-320.webp` gets it from the picture that is there."""
    page(site, "i/a-320.webp")
    kind = {"jpg": "JPEG", "png": "PNG", "heic": "HEIF"}[source[2:].lower()]
    if kind == "HEIF":
        pytest.importorskip("pillow_heif").register_heif_opener()
    site.write(f"i/{source}", draw(kind=kind))
    result = site.run()
    assert reasons(result) == {"i/a-320.webp": "new"}
    assert result.problems == ()
    assert opened(site, "i/a-320.webp").size == (320, 213)
    assert list(catalog(site)) == [f"i/{source}"]
    assert reasons(site.run()) == {"i/a-320.webp": "up to date"}


def test_the_named_source_comes_first(site: SiteBuilder) -> None:
    """Where there is an `a.webp`, `a-320.webp` is made of it, whatever else is called a."""
    page(site, "i/a-320.webp")
    site.write("i/a.jpg", draw())
    site.write("i/a.webp", draw(kind="WEBP"))
    site.run()
    assert list(catalog(site)) == ["i/a.webp"]


def test_vectors(site: SiteBuilder) -> None:
    """A named variant of an SVG is a copy of it; it has no size, no look and no srcset."""
    page(site, "i/logo-320.svg")
    vector = b'<svg xmlns="http://www.w3.org/2000/svg"><path d="M0 0h9v9z"/></svg>'
    site.write("i/logo.svg", vector)
    result = site.run()
    assert reasons(result) == {"i/logo-320.svg": "new"}
    assert described(result) == {}
    assert (site.root / "i/logo-320.svg").read_bytes() == vector
    assert set(catalog(site)["i/logo.svg"]) == {"sha256", "bytes", "variants"}
    assert reasons(site.run()) == {"i/logo-320.svg": "up to date"}


def test_an_ending_that_lies(site: SiteBuilder) -> None:
    """A WebP called .jpg is read as what it is, and reported with the page and line."""
    page(site, "i/a-320.jpg")
    site.write("i/a.jpg", draw(kind="WEBP"))
    result = site.run()
    (problem,) = result.problems
    assert (problem.path, problem.line, problem.code, problem.severity) == (
        "_exercises/a.md", 2, "wrong-ending", Severity.WARNING,
    )  # fmt: skip
    assert problem.hint.startswith("rename it to end in .webp")
    assert opened(site, "i/a-320.jpg").format == "JPEG"
    assert catalog(site)["i/a.jpg"]["format"] == "WEBP"
    (again,) = site.run().problems
    assert again == problem


def test_each_source_is_described_once(squat: SiteBuilder) -> None:
    """The catalog has colour and placeholder; they are found once for each content."""
    assert described(squat.run()) == {
        f"{A}.jpg": Status.DONE,
        "assets/images/squat-1.jpg": Status.DONE,
    }
    entry = catalog(squat)[f"{A}.jpg"]
    assert entry["colour"].startswith("#")
    assert entry["placeholder"].startswith("data:image/webp;base64,")
    assert described(squat.run()) == {}
    shutil.copy(squat.root / f"{A}.jpg", squat.root / "assets/images/lunge-0.jpg")
    squat.write("_exercises/lunge.md", exercise("lunge", 1))
    assert described(squat.run()) == {}
    assert catalog(squat)["assets/images/lunge-0.jpg"]["colour"] == entry["colour"]


@pytest.mark.parametrize("lost", ["media.json", ".mediakit"])
def test_a_look_is_not_lost_with_one_of_its_records(squat: SiteBuilder, lost: str) -> None:
    """Catalog and cache each know the looks: a fresh checkout describes nothing."""
    squat.run()
    before = (squat.root / "media.json").read_bytes()
    path = squat.root / lost
    shutil.rmtree(path) if path.is_dir() else path.unlink()
    assert described(squat.run()) == {}
    assert (squat.root / "media.json").read_bytes() == before


def test_a_changed_source_is_described_anew(squat: SiteBuilder) -> None:
    """A new picture under an old name does not keep the old one's colour."""
    squat.run()
    before = catalog(squat)[f"{A}.jpg"]["colour"]
    squat.write(f"{A}.jpg", draw(colour="#00ff00"))
    assert described(squat.run()) == {f"{A}.jpg": Status.DONE}
    assert catalog(squat)[f"{A}.jpg"]["colour"] != before


def test_no_placeholders(squat: SiteBuilder) -> None:
    """Who does not want them has none, and none of the work."""
    squat.write("mediakit.toml", "placeholders = false\n")
    assert described(squat.run()) == {}
    assert "colour" not in catalog(squat)[f"{A}.jpg"]


def test_a_broken_source_fails_once(squat: SiteBuilder) -> None:
    """A picture that cannot be decoded is one failure a variant; its description is left out."""
    whole = draw()
    squat.write("assets/images/squat-1.jpg", whole[: len(whole) // 2])
    result = squat.run()
    assert described(result)["assets/images/squat-1.jpg"] is Status.SKIPPED
    assert result.summary.failed == 1
    assert len(result.problems) == 1


def test_a_broken_source_without_variants(site: SiteBuilder) -> None:
    """A picture that only is shown, and is broken, is reported where it is described."""
    site.write("_exercises/a.md", "---\ntitle: A\n---\n\n![x](/i/a.jpg)\n")
    whole = draw()
    site.write("i/a.jpg", whole[: len(whole) // 2])
    result = site.run()
    assert described(result) == {"i/a.jpg": Status.FAILED}
    (problem,) = result.problems
    assert (problem.line, problem.code) == (5, "unreadable-picture")
    assert problem.message.startswith("i/a.jpg was not described")


@pytest.mark.parametrize(
    ("fit", "size", "reason"),
    [
        ("cover", (320, 200), "adopted"),
        ("cover", (320, 213), "wrong size"),
        ("contain", (320, 200), "adopted"),
        ("inside", (300, 200), "adopted"),
        ("inside", (320, 213), "wrong size"),
    ],
)
def test_adoption_looks_at_both_sides(
    squat: SiteBuilder, fit: str, size: tuple[int, int], reason: str
) -> None:
    """An old file of the right width but the wrong height is not what a crop would be."""
    squat.write("mediakit.toml", f'[presets.teaser]\nfit = "{fit}"\nheight = 200\n')
    squat.write(f"{A}-320.jpg", draw(size))
    assert reasons(squat.run())[f"{A}-320.jpg"] == reason
    assert set(reasons(squat.run()).values()) == {"up to date"}


def test_too_heavy_is_one_failure(squat: SiteBuilder) -> None:
    """A variant that cannot be made small enough is not made, and all else is."""
    squat.write("mediakit.toml", "[presets.teaser]\nmax_bytes = 1000\n")
    result = squat.run()
    assert {problem.code for problem in result.problems} == {"over-max-bytes"}
    assert not (squat.root / f"{A}-320.jpg").exists()
    assert (squat.root / f"{A}-768.jpg").exists()
