from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path

import bombs
import pytest
from hostile_site import page

from conftest import SiteBuilder, draw
from mediakit.base.errors import UsageError
from mediakit.images.decode import is_whole
from mediakit.images.look import grey_pixels, same_pixels
from mediakit.images.opening import UnreadableError
from mediakit.site.kinds.jekyll import JekyllConfig
from mediakit.site.reader import ReaderSettings, parse_page

SECONDS = 30
MEGABYTES = 600
"""Of processor time and of memory, for a run over all bombs at once."""

_BODIES = {
    "tags that never end": b"<a ", "quotes": b'<a href="', "comments": b"<!--x>",
    "sections": b"<![CDATA[x>", "pictures": b"![](", "brackets": b"[![", "stars": b"*a **a ",
    "includes": b"{% include figure ", "outputs": b"{{ a | ",
}  # fmt: skip


_METER = """
import resource, subprocess, sys
code = subprocess.run(sys.argv[1:], check=False).returncode
used = resource.getrusage(resource.RUSAGE_CHILDREN)
print(used.ru_utime + used.ru_stime, used.ru_maxrss, file=sys.__stderr__)
sys.exit(code)
"""
"""A small process between: the peak of a child counts from what its parent had at the fork."""


def measured(args: list[str], folder: Path) -> tuple[int, bytes, float, float]:
    """Run a command; returns its exit code, what it says, its seconds and its megabytes."""
    command = [sys.executable, "-S", "-c", _METER, sys.executable, "-m", "mediakit", *args]
    done = subprocess.run(command, cwd=folder, capture_output=True, check=False)
    said, _, numbers = done.stderr.rstrip().rpartition(b"\n")
    seconds, peak = numbers.split()
    scale = 1024**2 if sys.platform == "darwin" else 1024
    return done.returncode, done.stdout + said, float(seconds), float(peak) / scale


@pytest.mark.skipif(os.name == "nt", reason="memory of a child is measured otherwise there")
def test_pictures_that_ask_for_too_much(tmp_path: Path) -> None:
    """Bombs of each format are an error each, in little time and memory; the good one is made.

    A text or profile of any length beside the pixels is not unpacked, and the picture is made.
    """
    site = SiteBuilder(tmp_path / "site")
    for name, data in bombs.pictures().items():
        site.write(f"assets/{name}", data)
        site.write(f"_exercises/{name}.md", page(f"/assets/{name}"))
        kind = name.rpartition(".")[2]
        site.write(f"assets/made-320.{kind}", data)  # as a variant that nobody has a record of
        site.write(f"assets/made.{kind}", draw((400, 300)))
        site.write(f"_exercises/made-{kind}.md", page(f"/assets/made-320.{kind}"))
    site.exercise("squat", 1)
    code, said, seconds, megabytes = measured(["generate", "--jobs", "2"], site.root)
    text = said.decode()
    assert code == 1
    assert "unexpected" not in text
    for name in bombs.pictures():
        assert (f"_exercises/{name}.md:" in text) is (name not in {"text.png", "profile.png"}), name
    assert (site.root / "assets/images/squat-0-320.jpg").exists()
    assert seconds < SECONDS
    assert megabytes < MEGABYTES


@pytest.mark.skipif(os.name == "nt", reason="memory of a child is measured otherwise there")
def test_pages_that_ask_for_too_much(tmp_path: Path) -> None:
    """Aliases of aliases, deep nesting, 50 MB of front matter: an error each, and soon."""
    site = SiteBuilder(tmp_path / "site")
    site.write("_config.yml", "collections: [exercises]\n")
    for name, data in bombs.pages().items():
        site.write(f"_exercises/{name}", data)
    site.exercise("squat", 1)
    code, said, seconds, megabytes = measured(["list", "--format", "json"], site.root)
    document = json.loads(said)
    assert code == 1
    broken = {each["path"] for each in document["problems"] if each["severity"] == "error"}
    expected = {f"_exercises/{name}" for name in bombs.pages()}
    assert expected - broken <= {"_exercises/deep.json.md", "_exercises/deep.toml.md"}
    assert "_exercises/squat.md" in {each["path"] for each in document["manifests"]}
    assert seconds < SECONDS
    assert megabytes < MEGABYTES


def test_ten_thousand_pictures_on_a_page() -> None:
    """What is long but honest is read whole."""
    entries = "".join(f"  - url: /a-{n}.jpg\n    alt: 'Picture {n}'\n" for n in range(10_000))
    data = f"---\ngallery:\n{entries}---\n".encode()
    start = time.process_time()
    reading = parse_page("a.md", data, ReaderSettings(JekyllConfig()))
    assert reading is not None
    assert len(reading.manifest.images) == 10_000
    assert time.process_time() - start < SECONDS


@pytest.mark.parametrize("ending", [".md", ".html"])
@pytest.mark.parametrize("piece", _BODIES.values(), ids=_BODIES)
def test_bodies_take_time_by_their_length(piece: bytes, ending: str) -> None:
    """Nothing that is opened again and again makes the reading of a body slow."""
    body = b"![a](/b.jpg) <img src='/c.jpg'>\n\n" + piece * (40_000 // len(piece))
    start = time.process_time()
    parse_page(f"a{ending}", b"---\ntitle: a\n---\n" + body, ReaderSettings(JekyllConfig()))
    assert time.process_time() - start < SECONDS


@pytest.mark.parametrize("data", [bombs.png(60_000, 60_000)], ids=["png"])
def test_no_way_to_the_pixels_is_unbounded(data: bytes) -> None:
    """What compares pictures, and what looks whether one is whole, decodes no bomb."""
    assert is_whole(data)  # not looked at
    with pytest.raises(UnreadableError, match="too many"):
        grey_pixels(data)
    with pytest.raises(UnreadableError, match="too many"):
        same_pixels(data, data)


@pytest.mark.parametrize(
    "text", ["a = " + "[" * 50_000, "a = " + "{b=" * 50_000, "jobs = " + "9" * 5_000]
)
def test_settings_that_ask_for_too_much(text: str, site: SiteBuilder) -> None:
    """Deep nesting and endless numbers in mediakit.toml are an error with its name."""
    site.write("mediakit.toml", text)
    with pytest.raises(UsageError, match=r"mediakit\.toml"):
        site.run()


@pytest.mark.parametrize("name", ["media.json", "duplicates-accepted.json"])
def test_documents_that_ask_for_too_much(name: str, tmp_path: Path) -> None:
    """Deep nesting in our own documents is an error with what to do."""
    site = SiteBuilder(tmp_path / "site")
    site.exercise("squat", 1)
    site.write(name, '{"version":1,"x":' + "[" * 100_000 + "]" * 100_000 + "}")
    code, said, _, _ = measured(["dupes"], site.root)
    assert code == 2
    assert f"{name}: is broken" in said.decode()
