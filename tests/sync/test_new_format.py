"""A format that nobody has: one more row in the table of formats is all that it takes."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import TYPE_CHECKING

import boto3
import pytest
from PIL import Image

from conftest import SiteBuilder, draw

if TYPE_CHECKING:
    from pathlib import Path

    from conftest import Prefix
    from s3_server import S3Server

ROW = (
    'Format("FLAT", "image/x-flat", (".flat",), rb"FLAT1", "flat_format:FlatImageFile", '
    "chosen=True, alpha=False, qualities=(1, 10, 20, 30, 40, 50, 60, 70)),"
)
CODEC = '''
"""A codec for Pillow: a magic number, the size, the quality, and the pixels as they are."""
import struct
from PIL import Image, ImageFile

class FlatImageFile(ImageFile.ImageFile):
    format = "FLAT"

    def _open(self):
        width, height, quality = struct.unpack(">HHB", self.fp.read(10)[5:])
        self._size, self._mode = (width, height), "RGB"
        self.info["quality"] = quality
        self.tile = [ImageFile._Tile("raw", (0, 0, width, height), 10, ("RGB", 0, 1))]

def save(image, out, name):
    quality = image.encoderinfo["quality"]
    out.write(b"FLAT1" + struct.pack(">HHB", *image.size, quality) + image.convert("RGB").tobytes())

Image.register_save("FLAT", save)
'''
WITH_ROW = """
import importlib.util, sys
spec = importlib.util.find_spec("mediakit.base.formats")
module = importlib.util.module_from_spec(spec)
text = spec.loader.get_source(spec.name)
row, head = sys.argv[1], "FORMATS = (\\n"
assert text.count(head) == 1
sys.modules[spec.name] = module
exec(compile(text.replace(head, head + row + "\\n"), spec.origin, "exec"), module.__dict__)
from mediakit.cli.main import main
sys.exit(main(sys.argv[2:]))
"""
MADE = "assets/images/squat-0-320.flat"


@pytest.fixture
def squat(site: SiteBuilder) -> SiteBuilder:
    site.exercise("squat")
    for number in range(2):  # heavier than what is made of it
        noise = Image.effect_noise((900, 600), 90)
        noise.convert("RGB").save(site.root / f"assets/images/squat-{number}.jpg", quality=95)
    site.write("mediakit.toml", '[presets.teaser]\nformats = ["source", "flat"]\n')
    return site


@pytest.fixture
def codec(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "codec").mkdir()
    (tmp_path / "codec/flat_format.py").write_text(CODEC)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path / "codec"))


def run(site: SiteBuilder, *args: str) -> subprocess.CompletedProcess[str]:
    """Run a command of a mediakit that has the row."""
    command = [sys.executable, "-c", WITH_ROW, ROW, *args, "--site", str(site.root)]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)


def rows(site: SiteBuilder, command: str, *args: str) -> list[dict[str, str]]:
    done = run(site, command, "--format", "json", "--verbose", *args)
    found = json.loads(done.stdout)
    assert found["problems"] == []
    return [each for each in found["actions"] if each["path"].endswith(".flat")]


@pytest.mark.usefixtures("codec")
def test_it_is_made_recorded_kept_and_put(squat: SiteBuilder, prefix: Prefix, s3: S3Server) -> None:
    """A preset asks for it, its quality is on its own scale, and it is put with its media type."""
    made = rows(squat, "generate")
    assert {each["path"]: each["reason"] for each in made} == {
        MADE: "new",
        "assets/images/squat-1-320.flat": "new",
    }
    data = squat.tree()[MADE]
    assert data[:5] == b"FLAT1"
    assert data[9] == 30  # what looks like JPEG's 82
    record = json.loads(squat.tree()["media.json"])["images"]["assets/images/squat-0.jpg"]
    assert (record["variants"][MADE]["preset"], record["variants"][MADE]["width"]) == (
        "teaser",
        320,
    )
    assert {each["reason"] for each in rows(squat, "generate")} == {"up to date"}
    squat.write("mediakit.toml", (squat.root / "mediakit.toml").read_text() + "quality.flat = 7\n")
    assert {each["reason"] for each in rows(squat, "generate")} == {"preset changed"}
    assert squat.tree()[MADE][9] == 7
    rows(squat, "sync", "--target", prefix.url)
    bucket, _, folder = prefix.url.removeprefix("s3://").partition("/")
    client = boto3.client("s3", endpoint_url=s3.url)
    head = client.head_object(Bucket=bucket, Key=f"{folder}/{MADE}")
    assert head["ContentType"] == "image/x-flat"


@pytest.mark.usefixtures("codec")
def test_a_source_in_it_is_known(squat: SiteBuilder) -> None:
    """Pages name it, its bytes decide, `check` and `list` know it, and variants are made of it."""
    run(squat, "generate")
    page = (squat.root / "_exercises/squat.md").read_text()
    squat.write("assets/images/flat.flat", squat.tree()[MADE])
    squat.write("assets/images/false.flat", draw())
    gallery = "gallery:\n  - image_path: /assets/images/flat.flat\n    alt: Flat\n"
    squat.write("_exercises/squat.md", page.replace("gallery:\n", gallery))
    listed = run(squat, "list", "--format", "json").stdout
    assert '"source": "assets/images/flat.flat"' in listed
    assert "assets/images/flat-320.flat" not in squat.tree()  # it is no larger than that
    run(squat, "generate")
    checked = run(squat, "check")
    assert checked.returncode == 0
    assert "wrong-ending" not in checked.stdout
    gallery = gallery.replace("flat.flat", "false.flat")
    squat.write("_exercises/squat.md", page.replace("gallery:\n", gallery))
    assert "[wrong-ending]" in run(squat, "check").stdout
