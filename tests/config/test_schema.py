from __future__ import annotations

import json
import re
import tomllib
from pathlib import Path

import pytest
from jsonschema import Draft7Validator, Draft202012Validator

from conftest import SiteBuilder
from mediakit.base.errors import ConfigError
from mediakit.cli.main import main
from mediakit.config.config import load_config
from mediakit.config.tables import schema_text

ROOT = Path(__file__).resolve().parents[2]
SCHEMA = json.loads(schema_text())


def accepts(text: str) -> bool:
    """Return whether the file fits the schema, whichever draft an editor goes by."""
    tree = tomllib.loads(text)
    found = {kind(SCHEMA).is_valid(tree) for kind in (Draft202012Validator, Draft7Validator)}
    assert len(found) == 1
    return found.pop()


def test_it_is_a_schema() -> None:
    """It is one, it is what the reference has, and it describes each key."""
    Draft202012Validator.check_schema(SCHEMA)
    committed = ROOT / "docs/reference/schemas/mediakit.schema.json"
    assert committed.read_text("utf-8") == schema_text()
    tables = (SCHEMA, *SCHEMA["$defs"].values())
    lacking = [
        key
        for table in tables
        for key, each in table.get("properties", {}).items()
        if key not in {"jpeg", "webp", "avif"} and not each.get("description")
    ]
    assert lacking == []
    assert all(table["additionalProperties"] is False for table in tables if "properties" in table)


def test_good_files_are_accepted() -> None:
    """The sample's file, and the example of the reference with all keys, fit the schema."""
    assert accepts((ROOT / "mediakit.toml").read_text("utf-8"))
    page = (ROOT / "docs/reference/configuration.md").read_text("utf-8")
    for example in re.findall(r"^```toml\n(.*?)^```", page, re.MULTILINE | re.DOTALL):
        assert accepts(example)
    for path in (ROOT / "tests/sites").glob("*/mediakit.toml"):
        assert accepts(path.read_text("utf-8"))


@pytest.mark.parametrize(
    "text",
    [
        "jobs = 0\n",
        "jobs = '2'\n",
        "job = 2\n",
        "target = 3\n",
        "unpublished = 'yes'\n",
        "content = '_exercises/*.md'\n",
        'content = ["../*.md"]\n',
        'catalog = "/etc/media.json"\n',
        'catalog = " "\n',
        'max_delete = "lots"\n',
        "max_delete = -1\n",
        "presets = 3\n",
        "[presets.teaser]\nwidht = 400\n",
        "[presets.teaser]\nwidth = '400'\n",
        "[presets.teaser]\nquality = 0\n",
        "[presets.teaser]\nquality = { gif = 3 }\n",
        "[presets.teaser]\nfit = 'stretch'\n",
        "[presets.teaser]\nformats = []\n",
        "[presets.teaser]\nbackground = 'white'\n",
        "[presets.new]\nwidth = 400\n",
        '[presets.a]\nroles = ["body"]\nsuffix = "-x"\n',
        '[presets.a]\nroles = ["sofa"]\nsuffix = "-x"\nwidth = 9\n',
        '[presets.a]\nroles = ["body"]\nsuffix = "/../x"\nwidth = 9\n',
        "headers = 3\n",
        "[[headers]]\ncache_control = 'no-cache'\n",
        "[[headers]]\nmatch = '*'\nmetadata = { Owner = 'x' }\n",
        "[s3]\nendpoint = 'ftp://x'\n",
        "[s3]\nsecret = 'x'\n",
        "[cdn]\ncloudfront = 'x'\n",
        "[videos]\nfolder = '../x'\n",
        "[videos]\naudience = ['dk']\n",
        "[check]\nteaser_shape = -1\n",
    ],
)
def test_mistakes_are_refused_by_both(site: SiteBuilder, text: str) -> None:
    """What the reader refuses, an editor with the schema marks while it is typed."""
    site.write("mediakit.toml", text)
    with pytest.raises(ConfigError):
        load_config(site.root)
    assert not accepts(text)


def test_init_leads_editors_to_it(site: SiteBuilder, monkeypatch: pytest.MonkeyPatch) -> None:
    """The file that init writes names the schema, which is there, and which it follows."""
    site.exercise("squat")
    monkeypatch.chdir(site.root)
    assert main(["init", "-q", "--target", "public"]) == 0
    text = (site.root / "mediakit.toml").read_text("utf-8")
    named = re.match(r"#:schema (\S+)\n", text)
    assert named is not None
    assert (site.root / named[1]).read_text("utf-8") == schema_text()
    assert accepts(text)
    site.write("pyproject.toml", "[tool.mediakit]\n")
    (site.root / "mediakit.toml").unlink()
    assert main(["init", "-q"]) == 2
