from __future__ import annotations

import json
import re
from xml.etree import ElementTree as ET

import pytest
from hostile_site import ACTS

from fake_youtube import dead
from mediakit.cli.main import main
from video_site import VideoSite

A, B = "aaaaaaaaaaa", "bbbbbbbbbbb"
SAID = (
    "gone \x1b[31m\x9b2J\u202e\n::error::x ##[error]x <script>alert(1)</script> | [a](javascript:x)"
)


@pytest.fixture
def told(videos: VideoSite, monkeypatch: pytest.MonkeyPatch) -> VideoSite:
    """Return a site of which a provider says hostile things."""
    videos.fake.set(A, dead(subreason=SAID))
    videos.fake.set(B, about={"title": SAID, "author": SAID})
    videos.page("squat", A, B)
    monkeypatch.chdir(videos.site.root)
    return videos


@pytest.mark.parametrize("form", ["text", "json", "github", "markdown", "junit"])
@pytest.mark.usefixtures("told")
def test_what_a_provider_says(form: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Reasons of providers act on no terminal, pipeline or issue, and break no format."""
    main(["videos", "check", "-v", "--format", form])
    out, err = capsys.readouterr()
    assert "gone" in out
    for text in (out, err):
        assert not ACTS.search(text)
        assert "##[" not in text
    if form == "json":
        assert json.loads(out)["videos"]
    elif form == "junit":
        assert ET.fromstring(out).tag == "testsuite"  # noqa: S314 - our own
    elif form == "github":
        assert all(
            line.startswith(("::error file=", "::warning file=")) for line in out.splitlines()
        )
    else:
        assert not re.search(r"(?m)^\s*::", out)
    if form == "markdown":
        assert not re.search(r"<[a-z]", out)
        assert "[a](" not in out


def test_what_a_provider_calls_a_video(told: VideoSite, capsys: pytest.CaptureFixture[str]) -> None:
    """A title is kept as it is in the catalog, which stays whole; nothing prints it raw."""
    assert main(["videos", "fetch"]) == 0
    document = json.loads((told.site.root / "media.json").read_bytes())
    assert document["videos"][f"youtube/{B}"]["title"].startswith("gone")
    assert main(["generate", "-v"]) in {0, 1}
    assert not ACTS.search("".join(capsys.readouterr()))
