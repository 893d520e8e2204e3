"""`init` on an old site, `watch` while files change, and the include in real Jekyll."""

from __future__ import annotations

import json
import re
import shutil
import signal
import subprocess
import sys
import time
from html.parser import HTMLParser
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from jsonschema import Draft202012Validator

from conftest import SiteBuilder, draw
from mediakit.cli.main import main
from mediakit.config.config import load_config

if TYPE_CHECKING:
    from collections.abc import Callable

JEKYLL = shutil.which("jekyll")


def test_init(
    site: SiteBuilder, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """It says what is there, writes a configuration that works, and nothing else."""
    site.exercise("squat")
    site.exercise("lunge")
    site.write("assets/images/squat-0-320.jpg", draw((320, 213)))
    monkeypatch.chdir(site.root)
    before = site.tree()
    assert main(["init", "--dry-run"]) == 0
    assert site.tree() == before
    assert not (site.root / ".mediakit").exists()
    assert main(["init", "--target", 's3://media/"x"']) == 0
    said = capsys.readouterr().out
    assert "2 pages: _exercises (2)" in said
    assert "6 variants: 1 already there, 5 to make" in said
    assert set(site.tree()) == {*before, "mediakit.toml"}
    assert load_config(site.root).target == 's3://media/"x"'
    assert main(["init"]) == 2
    assert "exists already" in capsys.readouterr().err


def test_a_folder_without_pages(site: SiteBuilder, capsys: pytest.CaptureFixture[str]) -> None:
    """Settings are not written where there is no site."""
    site.write("assets/images/holiday.jpg", draw())
    before = site.tree()
    assert main(["init", "--site", str(site.root)]) == 2
    assert "there are no pages here" in capsys.readouterr().err
    assert site.tree() == before


def test_pictures_that_are_elsewhere(site: SiteBuilder, capsys: pytest.CaptureFixture[str]) -> None:
    """Where most pictures are missing, a site keeps them in another place: it says how to go on."""
    for number in range(12):
        site.write(f"_exercises/{number}.md", f"---\ntitle: A\n---\n![A](/a/{number}.jpg)\n")
    assert main(["init", "--dry-run", "--site", str(site.root)]) == 0
    assert "12 pictures that pages name are missing: if another folder" in capsys.readouterr().out
    site.write("_exercises/0.md", "---\ntitle: A\n---\n")
    for number in range(1, 7):
        site.write(f"a/{number}.jpg", draw())
    assert main(["init", "--dry-run", "--site", str(site.root)]) == 0
    assert "missing" not in capsys.readouterr().out


def test_jekyll_publishes_no_settings(
    site: SiteBuilder, capsys: pytest.CaptureFixture[str]
) -> None:
    """Where Jekyll would copy the settings to the web, it says how to keep them back."""
    site.exercise("squat")
    site.write("_config.yml", "title: x\n")
    where = ["--dry-run", "--site", str(site.root)]
    assert main(["init", *where]) == 0
    assert "add it to `exclude` in _config.yml" in capsys.readouterr().out
    site.write("_config.yml", "exclude: [mediakit.toml]\n")
    assert main(["init", *where]) == 0
    assert "exclude" not in capsys.readouterr().out


def test_keys_with_pictures(site: SiteBuilder, monkeypatch: pytest.MonkeyPatch) -> None:
    """Keys are proposed whose pictures are not read, or not found; not those that are."""
    site.write("_config.yml", "title: x\n")
    site.write("assets/a.jpg", draw())
    keys = "image: /assets/a.jpg\nimg: theme/b.jpg\nmine: {deep: /assets/a.jpg}"
    site.write("p.md", f"---\n{keys}\n---\n")
    monkeypatch.chdir(site.root)
    assert main(["init"]) == 0
    written = (site.root / "mediakit.toml").read_text()
    assert '\n# header = ["img", "mine.deep"]\n' in written


def test_the_include_for_a_site_with_settings(
    site: SiteBuilder, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The include can be had later too: settings that are there stay as they are."""
    site.exercise("squat")
    site.write("mediakit.toml", "jobs = 1\n")
    monkeypatch.chdir(site.root)
    assert main(["init", "--include"]) == 0
    assert (site.root / "mediakit.toml").read_text() == "jobs = 1\n"
    assert "_includes/mediakit/picture.html" in site.tree()
    assert main(["init", "--include", "--target", "out"]) == 2


def test_wide_sources(site: SiteBuilder, monkeypatch: pytest.MonkeyPatch) -> None:
    """A width for sources is proposed where one is wider than a screen, and nowhere else."""
    monkeypatch.chdir(site.root)
    site.exercise("squat", 1)
    for width, proposed in ((900, False), (2500, True)):
        site.write("assets/images/squat-0.jpg", draw((width, 20)))
        assert main(["init", "-q"]) == 0
        settings = (site.root / "mediakit.toml").read_text("utf-8")
        assert ("# max_width = 2400" in settings) is proposed
        (site.root / "mediakit.toml").unlink()


def test_strange_names(site: SiteBuilder, monkeypatch: pytest.MonkeyPatch) -> None:
    """A folder's name cannot add a setting."""
    if sys.platform == "win32":
        pytest.skip("there are no such names")
    site.write("_x\njobs = 3 #/a.md", "---\ntitle: x\n---\n")
    monkeypatch.chdir(site.root)
    assert main(["init", "-q", "--site", str(site.root)]) == 0
    text = (site.root / "mediakit.toml").read_text("utf-8")
    assert not re.search(r"^jobs", text, re.MULTILINE)


def wait_for(condition: Callable[[], bool]) -> None:
    end = time.monotonic() + 120
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.1)


def test_watch(site: SiteBuilder) -> None:
    """A new page and a new picture get their variants, one on no page is named; Ctrl-C ends it."""
    site.exercise("squat", 1)
    images = site.root / "assets/images"
    process = subprocess.Popen(
        [sys.executable, "-m", "mediakit", "watch"], cwd=site.root, text=True,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip
    try:
        wait_for((images / "squat-0-320.jpg").is_file)
        time.sleep(1.0)  # until it watches
        site.exercise("lunge", 1)
        wait_for((images / "lunge-0-320.jpg").is_file)
        before = (images / "lunge-0-320.jpg").read_bytes()
        site.write("assets/images/lunge-0.jpg", draw(colour="#00ff00"))
        assert process.stdout is not None
        out = ""
        while "lunge-0-320.jpg (source changed)" not in out and process.poll() is None:
            out += process.stdout.readline()
        assert (images / "lunge-0-320.jpg").read_bytes() != before
        site.write("assets/images/dropped.jpg", draw(colour="#0000ff"))
        assert process.stderr is not None
        said = ""
        while "no page yet" not in said and process.poll() is None:
            said += process.stderr.readline()
    finally:
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=300)
    assert said.startswith(f"watching {site.root}")
    assert said.splitlines()[-1].startswith("assets/images/dropped.jpg is on no page yet")
    assert process.returncode == 130
    assert "lunge-0-320.jpg (new)" in out


def test_watch_in_lines(site: SiteBuilder) -> None:
    """With --format json each run of generate is a whole document on one line."""
    site.exercise("squat", 1)
    process = subprocess.Popen(
        [sys.executable, "-m", "mediakit", "watch", "--format", "json"], cwd=site.root, text=True,
        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        assert process.stdout is not None
        document = json.loads(process.stdout.readline())
    finally:
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=300)
    schema = Path(__file__).parents[2] / "docs/reference/schemas/result.schema.json"
    Draft202012Validator(json.loads(schema.read_text("utf-8"))).validate(document)
    assert document["summary"]["made"] == 2


class Tags(HTMLParser):
    """Collects the tags of a page with their attributes."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))


PAGE = """\
---
title: Squat
gallery:
  - url: /assets/images/squat-0.jpg
    image_path: /assets/images/squat-0-320.jpg
    alt: "x"
---
{% include mediakit/picture.html path="/assets/images/squat-0.jpg" alt='Say "hi" & <go>' %}
{% include mediakit/picture.html path="assets/images/squat-0-320.jpg"
   alt="two" eager=true class="w" %}
{% include mediakit/picture.html path="/assets/images/unknown.jpg" alt="three" %}
"""


@pytest.mark.skipif(JEKYLL is None, reason="there is no Jekyll")
def test_the_include(site: SiteBuilder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Jekyll makes a <picture> of the catalog: sizes, formats, words escaped, below a baseurl."""
    monkeypatch.chdir(site.root)
    site.write("_config.yml", "baseurl: /gym\ncollections:\n  exercises:\n    output: true\n")
    site.write("mediakit.toml", '[presets.teaser]\nformats = ["source", "webp"]\n')
    site.write("_exercises/squat.html", PAGE)
    site.write("assets/images/squat-0.jpg", draw((1000, 600)))
    (site.root / "_data").mkdir()
    site.run()
    (site.root / "mediakit.toml").rename(tmp_path / "kept.toml")
    assert main(["init", "--include", "-q"]) == 0
    subprocess.run(
        [str(JEKYLL), "build", "--quiet", "--destination", str(tmp_path / "out")],
        cwd=site.root, check=True, capture_output=True,
    )  # fmt: skip
    text = (tmp_path / "out/exercises/squat.html").read_text("utf-8")
    tags = Tags(text).found
    images = [attributes for tag, attributes in tags if tag == "img"]
    assert [each["alt"] for each in images] == ['Say "hi" & <go>', "two", "three"]
    assert {each["src"] for each in images[:2]} == {"/gym/assets/images/squat-0.jpg"}
    assert (images[0]["width"], images[0]["height"]) == ("1000", "600")
    assert images[0]["loading"] == "lazy"
    assert "loading" not in images[1]
    assert images[1]["class"] == "w"
    assert (images[0]["style"] or "").startswith("background: #")
    sources = [attributes for tag, attributes in tags if tag == "source"]
    jpeg = next(each for each in sources if each["type"] == "image/jpeg")
    assert jpeg["srcset"] == (
        "/gym/assets/images/squat-0-320.jpg 320w, /gym/assets/images/squat-0.jpg 1000w"
    )
    assert images[2]["src"] == "/gym/assets/images/unknown.jpg"
