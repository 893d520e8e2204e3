"""Films come into pages as photos do: shown by their posters, without where they were made."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from filmed_clips import phone_film
from mediakit.config.config import load_config
from mediakit.images.private import told_by
from mediakit.pages.fill import FillJob, plan_fill, write_fill
from mediakit.sync.session import open_session

if TYPE_CHECKING:
    from conftest import SiteBuilder

FOLDER = "assets/images"
SETTINGS = "[clips.loops]\nlongest = 96\n"


@pytest.fixture
def squat(site: SiteBuilder) -> SiteBuilder:
    """Return a site with clips, and an exercise with a photo."""
    site.write("mediakit.toml", SETTINGS)
    site.exercise("squat", 1)
    return site


def entries(text: str) -> list[str]:
    """Return the lines of the last entry of a gallery."""
    return [line.strip(" -") for line in text.partition("\n---\n")[0].splitlines()[-3:]]


def test_films_on_disk_come_into_galleries(squat: SiteBuilder) -> None:
    """By their names, as pictures do; a click leads to the clip, and the place is taken out."""
    squat.write(f"{FOLDER}/squat-1.mov", phone_film())
    with open_session(load_config(squat.root)) as session:
        plan = plan_fill(session.config, [], FillJob())
        write_fill(session, plan)
    assert [each.code for each in plan.problems] == ["location-removed"]
    assert entries(squat.tree()["_exercises/squat.md"].decode()) == [
        f"url: /{FOLDER}/squat-1-clip.mp4",
        f"image_path: /{FOLDER}/squat-1-320.jpg",
        'alt: "squat"',
    ]
    assert not told_by(squat.tree()[f"{FOLDER}/squat-1.mov"]).place  # type: ignore[union-attr]
    assert squat.run().problems == ()
    assert f"{FOLDER}/squat-1-clip.mp4" in squat.tree()
    assert plan_fill(load_config(squat.root), [], FillJob()).changes == ()


def test_a_page_that_names_films_goes_on_so(squat: SiteBuilder) -> None:
    """Its theme shows them; without clips, no film is a picture."""
    squat.write(f"{FOLDER}/squat-1.mov", phone_film())
    squat.write(f"{FOLDER}/squat-2.mp4", phone_film(kind="mp4"))
    page = squat.root / "_exercises/squat.md"
    entry = f"  - image_path: /{FOLDER}/squat-1.mov\n    alt: A\n---\n\n"
    page.write_text(page.read_text().replace("---\n\n", entry))
    (change,) = plan_fill(load_config(squat.root), [], FillJob()).changes
    assert f"image_path: /{FOLDER}/squat-2.mp4" in entries(change.after.decode())
    squat.write("mediakit.toml", "")
    assert plan_fill(load_config(squat.root), [], FillJob()).changes == ()
