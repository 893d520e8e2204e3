"""`videos add`: the canonical block, in the front matter as it is written."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

import pytest

from mediakit.base.errors import UsageError
from mediakit.cli.main import main
from mediakit.config.config import load_config
from mediakit.sync.session import open_session
from mediakit.videos.replace import AddedVideo, add_video

if TYPE_CHECKING:
    from conftest import SiteBuilder

A, B = "aaaaaaaaaaa", "bbbbbbbbbbb"
PLAIN = "---\n# ours\ntitle: 'Squat'   # deep\ngallery: []\nlast: 1\n---\n\nText.\n"


def add(
    site: SiteBuilder, address: str, *, exercise: str = "squat", replace: bool = False
) -> AddedVideo:
    with open_session(load_config(site.root)) as session:
        return add_video(session, exercise, address, replace=replace)[0]


def text(site: SiteBuilder) -> str:
    return (site.root / "_exercises/squat.md").read_text("utf-8")


def test_the_first_video(site: SiteBuilder) -> None:
    """It comes behind the gallery, and all else stays as it was."""
    site.write("_exercises/squat.md", PLAIN)
    added = add(site, f"https://youtu.be/{A}?si=x&t=1m3s")
    assert (added.path, added.changed) == ("_exercises/squat.md", True)
    block = f"video:\n  provider: youtube\n  id: {A}?start=63\n"
    assert text(site) == PLAIN.replace("gallery: []\n", f"gallery: []\n{block}")


def test_a_second_video(site: SiteBuilder) -> None:
    """The first one stays; further ones are a list."""
    site.write("_exercises/squat.md", f"---\ntitle: x\nvideo:\n  id: {A}\n---\n")
    add(site, f"https://www.youtube.com/shorts/{B}")
    add(site, "https://vimeo.com/76979871")
    assert text(site) == (
        f"---\ntitle: x\nvideo:\n  id: {A}\nvideos:\n  - provider: youtube\n    id: {B}\n"
        '  - provider: vimeo\n    id: "76979871"\n---\n'
    )


def test_an_unlisted_video_of_vimeo(site: SiteBuilder) -> None:
    """Its hash is written so that a theme that appends a query of its own still passes it on."""
    site.write("_exercises/squat.md", "---\ntitle: x\nvimeo: '76979871'\n---\n")
    address = "https://vimeo.com/76979871/0123456789"
    assert not add(site, address).changed
    assert add(site, address, replace=True).changed
    (written,) = re.findall('id: "?([^"\n]*)', text(site))
    shown = urlsplit(f"https://player.vimeo.com/video/{written}?dnt=true")  # Minimal Mistakes
    assert (shown.path, parse_qs(shown.query)["h"]) == ("/video/76979871", ["0123456789"])
    assert not add(site, address, replace=True).changed
    site.write("mediakit.toml", '[videos]\nkeys = ["vimeo"]\n')
    site.write("_exercises/squat.md", "---\ntitle: x\n---\n")
    add(site, address)
    assert '\nvimeo: "76979871?h=0123456789&"\n' in text(site)


def test_replace(site: SiteBuilder) -> None:
    """The video that is there is exchanged, with its comments and quotes kept."""
    before = f'---\ntitle: x\nvideo:  # main\n  id: "{A}"  # from us\n  provider: youtube\n---\n'
    site.write("_exercises/squat.md", before)
    add(site, B, replace=True)
    assert text(site) == before.replace(A, B)
    site.write("_exercises/squat.md", f"---\ntitle: x\nvideo: {A}\n---\n")
    add(site, B, replace=True)
    assert "provider: youtube" in text(site)
    assert A not in text(site)


def test_one_that_is_there(site: SiteBuilder) -> None:
    """A video is not added twice, whatever its spelling."""
    site.write("_exercises/squat.md", f"---\ntitle: x\nvideo: https://youtu.be/{A}\n---\n")
    before = text(site)
    assert not add(site, f"https://www.youtube.com/embed/{A}").changed
    assert text(site) == before


@pytest.mark.parametrize("video", ["12345678901", "1e345678901", "0x123456789", "-1234567890"])
def test_ids_that_look_like_numbers(site: SiteBuilder, video: str) -> None:
    """They are quoted, so that YAML does not read another id."""
    site.write("_exercises/squat.md", "---\ntitle: x\n---\n")
    add(site, f"https://youtu.be/{video}")
    assert f'"{video}"' in text(site) or f"'{video}'" in text(site)


@pytest.mark.parametrize(
    "exercise", ["squat", "squat.md", "_exercises/squat.md", "SQUAT", "Deep Squat"]
)
def test_which_exercise(site: SiteBuilder, exercise: str) -> None:
    """An exercise is named by path, file name or title."""
    site.write("_exercises/squat.md", "---\ntitle: Deep squat\n---\n")
    site.write("_exercises/bench.md", "---\ntitle: Bench\n---\n")
    assert add(site, A, exercise=exercise).path == "_exercises/squat.md"


@pytest.mark.parametrize(
    ("address", "exercise", "message"),
    [
        (A, "bench", "no exercise"),
        (A, "Twice", r"may be _exercises/one.md \(Twice\), _exercises/two.md"),
        ("aaaaaaaaaa", "squat", "YouTube ids have 11 characters, and 'aaaaaaaaaa' has 10"),
        ("https://example.com/x", "squat", "not a YouTube or Vimeo address"),
        ("https://www.youtube.com/embed/videoseries?list=PL1", "squat", "is a playlist"),
        ("https://www.youtube.com/@abcdefghijk", "squat", "is a channel on YouTube"),
    ],
)
def test_what_is_refused(site: SiteBuilder, address: str, exercise: str, message: str) -> None:
    """A wrong address or exercise is said, and no file changes."""
    site.write("_exercises/squat.md", PLAIN)
    for name in ("one", "two"):
        site.write(f"_exercises/{name}.md", "---\ntitle: Twice\n---\n")
    before = site.tree()
    with pytest.raises(UsageError, match=message):
        add(site, address, exercise=exercise)
    assert site.tree() == before


def test_the_command(
    site: SiteBuilder, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """An address or an id, not both and not neither."""
    site.write("_exercises/squat.md", PLAIN)
    monkeypatch.chdir(site.root)
    assert main(["videos", "add", "squat", A]) == 0
    assert capsys.readouterr().out == f"youtube {A} added to _exercises/squat.md\n"
    assert main(["videos", "add", "squat", f"--id={A}"]) == 0
    assert "is already in" in capsys.readouterr().out
    assert main(["videos", "add", "squat"]) == 2
    assert main(["videos", "add", "squat", A, "--id", B]) == 2
