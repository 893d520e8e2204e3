"""A picture that a text names in any place is one picture to all commands."""

from __future__ import annotations

from typing import TYPE_CHECKING

from conftest import SiteBuilder, draw
from mediakit.cli.main import main
from problems_in_words import in_each_language

if TYPE_CHECKING:
    import pytest

__all__ = ["in_each_language"]

PLACES = (
    '<img src="/assets/images/squat-0.jpg" alt="Start" srcset="{} 2x">',
    '<video poster="{}"></video>',
    '<div style="background-image: url({})"></div>',
    '<object data="{}"></object>',
    '<svg><image href="{}"/></svg>',
    "![drawing](<{}>)",
    "[large]({})",
    "a[^1]\n\n[^1]: ![note]({})",
)


def test_all_commands_know_the_pictures_of_a_body(
    site: SiteBuilder, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """No picture is an orphan, added again, or left out; a missing one has its line."""
    monkeypatch.chdir(site.root)
    names = [f"assets/images/squat-{number}.jpg" for number in range(len(PLACES) + 1)]
    for number, name in enumerate(names):
        site.write(name, draw(colour=f"#{20 + 25 * number:02x}6633"))
    texts = [place.format(f"/{name}") for place, name in zip(PLACES, names[1:], strict=True)]
    body = "\n\n".join(texts)
    page = site.write(
        "_exercises/squat.md",
        "---\ntitle: Squat\nheader:\n  overlay_image: /assets/images/squat-0.jpg\n"
        "  teaser: /assets/images/squat-0-320.jpg\ngallery:\n"
        f"  - image_path: /assets/images/squat-0.jpg\n    alt: Start\n---\n{body}\n",
    )
    before = page.read_bytes()
    assert main(["sync", "--target", str(site.root / "../out"), "--quiet"]) == 0
    assert set(names) <= set(site.tree("../out"))
    main(["gallery", "fill", "--yes"])
    assert page.read_bytes() == before
    capsys.readouterr()
    assert main(["check"]) == 0
    assert "squat-" not in capsys.readouterr().out
    for name in names[1:]:
        (site.root / name).unlink()
    assert main(["check"]) == 1
    said = capsys.readouterr().out
    text = before.decode()
    for name in names[1:]:
        line = 1 + text[: text.index(name)].count("\n")
        assert f"_exercises/squat.md:{line}: error: {name} is missing" in said
