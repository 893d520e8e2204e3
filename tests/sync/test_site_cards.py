"""Cards in a site: made, remade, named on pages, published, and never taken for pictures."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import pytest
from PIL import Image

from conftest import SiteBuilder, draw, reasons
from mediakit.base.errors import ConfigError, UsageError
from mediakit.cli.main import main
from mediakit.config.config import load_config
from mediakit.pages.fill import FillJob, plan_fill

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

CARD = "assets/images/cards/og/exercises/squat.jpg"
SETTINGS = "[cards.og]\nwidth = 240\nheight = 200\n"
JEKYLL = "title: Øvelser\nlocale: da\ncollections: [exercises]\n"


@pytest.fixture
def squat(site: SiteBuilder) -> SiteBuilder:
    """Return a site with an exercise and small cards."""
    site.exercise("squat")
    site.write("_config.yml", JEKYLL)
    site.write("mediakit.toml", SETTINGS)
    return site


def change(path: str, old: str, new: str) -> Callable[[SiteBuilder], object]:
    def changed(site: SiteBuilder) -> None:
        text = (site.root / path).read_text("utf-8")
        assert old in text
        site.write(path, text.replace(old, new))

    return changed


def test_a_card_is_made_once_and_again_where_something_changed(squat: SiteBuilder) -> None:
    """Its picture, its title, the name of the site and its options decide, and nothing else."""
    page = "_exercises/squat.md"
    assert reasons(squat.run())[CARD] == "new"
    assert Image.open(io.BytesIO(squat.tree()[CARD])).size == (240, 200)
    for why, changed in {
        "up to date": change(page, "Text.", "More text."),
        "source changed": change(page, 'title: "squat"', 'title: "Knæbøj"'),
        "preset changed": change("mediakit.toml", "240", "250"),
    }.items():
        changed(squat)
        assert reasons(squat.run())[CARD] == why
    for changed in (
        change("_config.yml", "Øvelser", "Træning"),
        lambda site: site.write("assets/images/squat-0.jpg", draw(colour="#00ff00")),
    ):
        changed(squat)
        assert reasons(squat.run())[CARD] == "source changed"
    assert set(reasons(squat.run()).values()) == {"up to date"}


def filled(site: SiteBuilder, name: str = "_exercises/squat.md") -> str:
    """Fill the page as the command does, and return its text."""
    plan = plan_fill(load_config(site.root), (), FillJob(cards=True))
    for each in plan.changes:
        site.write(each.path, each.after)
    return (site.root / name).read_text("utf-8")


def test_pages_name_their_cards(squat: SiteBuilder) -> None:
    """A page without a picture for sharing gets its card, and follows it when it is renamed."""
    assert f"  og_image: /{CARD}\n" in filled(squat)
    assert squat.run().problems == ()
    (squat.root / "_exercises/squat.md").rename(squat.root / "_exercises/deep.md")
    (problem,) = squat.run().problems
    assert (problem.path, problem.code) == ("_exercises/deep.md", "missing-picture")
    assert problem.hint.endswith("mediakit gallery fill --cards")
    renamed = filled(squat, "_exercises/deep.md")
    assert f"  og_image: /{CARD.replace('squat', 'deep')}\n" in renamed
    assert renamed == filled(squat, "_exercises/deep.md")
    result = squat.run(prune=True)
    assert result.problems == ()
    assert reasons(result)[CARD] == "stale"
    assert CARD not in squat.tree()


def test_a_picture_of_the_authors_choice_stays(squat: SiteBuilder) -> None:
    """A page that names a picture for sharing keeps it, and its card shows that."""
    own = "header:\n  og_image: /assets/images/squat-1.jpg"
    change("_exercises/squat.md", "header:", own)(squat)
    before = (squat.root / "_exercises/squat.md").read_text()
    assert filled(squat) == before
    (outcome,) = (each for each in squat.run().outcomes if each.action.path == CARD)
    assert outcome.action.source == "assets/images/squat-1.jpg"


def test_other_kinds_of_sites(site: SiteBuilder) -> None:
    """Hugo's list of pictures is filled; elsewhere only the settings can say the key."""
    site.write("hugo.toml", 'title = "Øvelser"\n')
    site.write("content/squat/index.md", "+++\ntitle = 'Squat'\n+++\n\n![](0.jpg)\n")
    site.write("content/squat/0.jpg", draw())
    site.write("mediakit.toml", SETTINGS)
    address = "/images/cards/og/content/squat.jpg"
    for _ in range(2):
        assert f'images = ["{address}"]' in filled(site, "content/squat/index.md")
    assert reasons(site.run())[f"static{address}"] == "new"
    (site.root / "hugo.toml").unlink()
    site.write("mediakit.toml", f'site = "markdown"\n{SETTINGS}')
    with pytest.raises(UsageError) as caught:
        filled(site)
    assert caught.value.hint == 'add it to mediakit.toml: [images] og_image = ["KEY"]'


def test_without_cards_there_is_nothing_to_name(squat: SiteBuilder) -> None:
    """The command says what to add to the settings."""
    squat.write("mediakit.toml", "")
    with pytest.raises(UsageError, match="no cards to name"):
        filled(squat)


def test_nobody_takes_cards_for_pictures(
    squat: SiteBuilder, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """They go to the target; `check` and `dupes` find no orphan, no copy, no small overlay."""
    squat.write("mediakit.toml", SETTINGS + "[cards.pin]\nwidth = 240\nheight = 200\n")
    filled(squat)
    target = SiteBuilder(tmp_path / "target")
    squat.run("sync", target=str(target.root))
    assert {CARD, CARD.replace("/og/", "/pin/")} <= set(target.tree())
    at = ["--site", str(squat.root)]
    assert main(["check", "--pixels", *at]) == 0
    main(["dupes", *at])
    said = capsys.readouterr().out
    assert "cards/" not in said
    assert main(["list", "--format", "json", *at]) == 0


def test_pages_without_a_picture(squat: SiteBuilder) -> None:
    """They get a card of text where that is wanted; what cannot be shown is a warning."""
    squat.write("_exercises/words.md", "---\ntitle: Ord \U0001f600\n---\n")
    path = CARD.replace("squat", "words")
    assert path not in reasons(squat.run())
    squat.write("mediakit.toml", f'{SETTINGS}pages = "all"\n')
    result = squat.run()
    assert reasons(result)[path] == "new"
    assert [(each.path, each.code) for each in result.problems] == [
        ("_exercises/words.md", "missing-letters")
    ]


@pytest.mark.parametrize(
    ("font", "wrong"),
    [
        ("assets/none.ttf", "the font assets/none.ttf is not there"),
        ("_config.yml", "_config.yml is no font"),
        ("assets/large.ttf", "the font assets/large.ttf is larger than 4 MB"),
        ("assets/out.ttf", "the font assets/out.ttf is a link that leaves the site"),
    ],
)
def test_fonts_of_strangers_are_bounded(
    squat: SiteBuilder, tmp_path: Path, font: str, wrong: str
) -> None:
    """A font is a file of the site, has a bound, and looks like one before anything reads it."""
    squat.write("assets/large.ttf", b"\0\1\0\0" + bytes(4_000_000))
    (tmp_path / "elsewhere.ttf").write_bytes(b"\0\1\0\0")
    (squat.root / "assets/out.ttf").symlink_to(tmp_path / "elsewhere.ttf")
    squat.write("mediakit.toml", f'{SETTINGS}font = "{font}"\n')
    with pytest.raises(ConfigError) as caught:
        load_config(squat.root)
    assert caught.value.message == f"mediakit.toml:1: cards.og: {wrong}"


def test_the_extra_is_asked_for_once(squat: SiteBuilder, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without it the settings are refused, not each card."""
    monkeypatch.setattr("mediakit.images.recipes.card._NEEDED", ("no_such_package",))
    with pytest.raises(ConfigError) as caught:
        load_config(squat.root)
    assert caught.value.hint == "install mediakit with the extra cards (README, Install)"
