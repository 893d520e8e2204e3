from __future__ import annotations

from typing import Any

import pytest

from conftest import SiteBuilder
from mediakit.config.config import load_config
from mediakit.config.keys import keys_of
from mediakit.config.origins import Origin, SettingEntry, settings_in_force
from mediakit.config.overrides import Overrides, setting_of
from mediakit.config.tables import FileSettings

SETTINGS = """\
target = "s3://user:secret@bucket/site"
max_delete = "5%"

[presets.teaser]
quality = { jpeg = 80, webp = 70 }

[[headers]]
match = "*.jpg"
cache_control = "no-cache"

[videos]
folder = "assets/films"
"""


def in_force(site: SiteBuilder, **overrides: Any) -> dict[str, SettingEntry]:
    config = load_config(site.root, Overrides(**overrides))
    given = {key: Origin("option", f"--{key}") for key in overrides}
    return {each.key: each for each in settings_in_force(config, given)}


def test_where_values_come_from(site: SiteBuilder) -> None:
    """Each value has its line, or what overrides it, or is a default."""
    site.write("mediakit.toml", SETTINGS)
    found = in_force(site, jobs=7)
    assert found["jobs"] == SettingEntry("jobs", 7, "option", "--jobs")
    assert found["max_delete"] == SettingEntry("max_delete", "5%", "file", "mediakit.toml:2")
    quality = found["presets.teaser.quality"]
    assert quality.value == {"jpeg": 80, "webp": 70}
    assert (quality.source, quality.where) == ("file", "mediakit.toml:5")
    assert found["presets.teaser.width"] == SettingEntry("presets.teaser.width", 320, "default", "")
    headers = found["headers"]
    assert headers.value == [{"match": "*.jpg", "cache_control": "no-cache"}]
    assert headers.where == "mediakit.toml:7"
    assert found["videos.folder"].where == "mediakit.toml:12"
    assert found["check.max_bytes"] == SettingEntry("check.max_bytes", 3_000_000, "default", "")


def test_no_secrets(site: SiteBuilder, monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither the user of an address nor anything of the environment is shown."""
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "hidden")
    site.write("mediakit.toml", SETTINGS)
    found = in_force(site)
    assert found["target"].value == "s3://bucket/site"
    assert "secret" not in str(found)
    assert "hidden" not in str(found)


def test_every_key_is_shown(site: SiteBuilder) -> None:
    """A key that the file may have is in the view, under the name that it has in the file."""
    found = in_force(site)
    tables = {key.name: key.table for key in keys_of(FileSettings).values()}
    assert tables.keys() - {key.split(".")[0] for key in found} == set()
    for name, table in tables.items():
        if table is not None and name != "headers":  # these it has only if given
            start = "presets.teaser" if name == "presets" else name
            assert {f"{start}.{key}" for key in keys_of(table)} - set(found) == set()


def test_all_overrides_are_settings(site: SiteBuilder) -> None:
    """What options override is shown under the same name."""
    assert {*map(setting_of, Overrides.__struct_fields__)} - set(in_force(site)) == set()
