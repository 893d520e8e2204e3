"""Variants of which a committed catalog says that they are current."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

import pytest

from conftest import SiteBuilder, draw
from mediakit.checks.check import CheckJob, check_site
from mediakit.config.config import load_config
from mediakit.config.overrides import Overrides
from mediakit.sync.session import open_session
from scenes import scene

if TYPE_CHECKING:
    from mediakit.base.model import Problem

VARIANT = "assets/images/squat-0-320.jpg"
OVERLAY = "assets/images/squat-0-768.jpg"


def wrong(site: SiteBuilder, *, pixels: bool = True) -> list[Problem]:
    with open_session(load_config(site.root, Overrides())) as session:
        found = check_site(session, CheckJob(pixels=pixels)).problems
    return [each for each in found if each.code == "wrong-picture"]


def forge(site: SiteBuilder, path: str, data: bytes) -> None:
    """Put other bytes in the place of a variant, and have the catalog say that they are right."""
    before = (site.root / path).read_bytes()
    text = (site.root / "media.json").read_text("utf-8")
    digest = hashlib.sha256(before).hexdigest()
    assert digest in text
    site.write("media.json", text.replace(digest, hashlib.sha256(data).hexdigest()))
    site.write(path, data)


@pytest.fixture
def squat(site: SiteBuilder) -> SiteBuilder:
    site.exercise("squat")
    for number in (0, 1):
        picture = scene(number).resize((1200, 800))
        picture.save(site.root / f"assets/images/squat-{number}.jpg", quality=90)
    site.run()
    return site


def test_what_is_right_is_right(squat: SiteBuilder) -> None:
    """No variant that mediakit made is called wrong."""
    assert wrong(squat) == []


@pytest.mark.parametrize("kind", ["another", "colour", "no picture", "size"])
def test_a_forged_catalog(squat: SiteBuilder, kind: str) -> None:
    """A wrong picture that the catalog calls current is told, with its page and a way out."""
    size = (320, 213)
    data = {
        "another": draw(size, "#3366cc"),
        "colour": draw(size, "#cc6633"),
        "no picture": b"<script>alert(1)</script>",
        "size": draw((300, 300)),
    }[kind]
    if kind == "colour":
        squat.write("assets/images/squat-0.jpg", draw((1200, 800), "#3366cc"))
        squat.run()
    forge(squat, VARIANT, data)
    assert wrong(squat, pixels=False) == []
    (problem,) = wrong(squat)
    assert (problem.path, problem.line) == ("_exercises/squat.md", 5)
    assert VARIANT in problem.message
    squat.run(force=True)
    assert wrong(squat) == []


def test_another_encoder_is_no_fault(squat: SiteBuilder) -> None:
    """The same picture in other bytes, as another machine's encoder gives it, is right."""
    from PIL import Image  # noqa: PLC0415

    with Image.open(squat.root / OVERLAY) as image:
        image.save(squat.root / "again.jpg", quality=70)
    forge(squat, OVERLAY, (squat.root / "again.jpg").read_bytes())
    assert wrong(squat) == []
