"""The table of acts: each is one command that works, and a click whose words are at the desk."""

from __future__ import annotations

import re
import shlex
import tomllib
from pathlib import Path

import pytest

import mediakit
from conftest import SiteBuilder
from mediakit.cli.main import main
from scenes import scene

PAGE = Path(__file__).parents[2] / "docs/how-to/desk.md"
ROWS = [
    [cell.strip() for cell in line.strip("|").split("|")]
    for line in PAGE.read_text("utf-8").splitlines()
    if line.startswith("| ")
][2:]
GALLERY = "---\ntitle: {}\ntags: []\ngallery:\n{}---\n"
ENTRY = (
    "  - url: /assets/images/{0}.jpg\n    image_path: /assets/images/{0}-320.jpg\n    alt: {0}\n"
)


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> SiteBuilder:
    """Return a site in which each command of the table has something to do."""
    site = SiteBuilder(tmp_path / "site")
    for number, (name, other) in enumerate({"squat": "plank", "lunge": "row"}.items()):
        for each, count in ((name, 3), (other, 1)):
            names = [f"{each}-{at}" for at in range(count)]
            site.write(
                f"_exercises/{each}.md", GALLERY.format(each, "".join(map(ENTRY.format, names)))
            )
            for at, picture in enumerate(names):  # the first ones are the same
                place = site.root / f"assets/images/{picture}.jpg"
                place.parent.mkdir(parents=True, exist_ok=True)
                scene(number, at).save(place, "JPEG", quality=90)
    monkeypatch.chdir(site.root)
    for number in range(1, 4):
        scene(10 + number).save(f"IMG_{number}.JPG", quality=90)
    site.run()
    return site


def test_each_command_works(site: SiteBuilder, capsys: pytest.CaptureFixture[str]) -> None:
    """In the order of the table, as it is written; what is undone is the last one."""
    commands = [row[2].strip("`") for row in ROWS if row[2]]
    assert len(commands) > 12
    for command in commands:
        program, *arguments = shlex.split(command)
        assert program == "mediakit"
        assert "|" not in command
        before = site.tree()
        code = main(arguments)
        told = capsys.readouterr()
        assert code == 0 or (code, arguments[0]) == (1, "check"), f"{command}: {told.err}"
        is_act = arguments[0] not in {"check", "videos"}
        assert not is_act or site.tree() != before, command


def test_each_click_has_the_words_of_the_desk() -> None:
    """A button that the table names is called so."""
    file = Path(mediakit.__file__).parent / "desk/words/da/desk.toml"
    words = tomllib.loads(file.read_text("utf-8"))["words"]
    named = [each for row in ROWS for each in re.findall(r'"([^"]+)"', row[1])]
    assert len(named) > 12
    assert [each for each in named if each not in words] == []
