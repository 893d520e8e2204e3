from __future__ import annotations

import json
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from conftest import SiteBuilder
from mediakit.base import redaction
from mediakit.cli.main import main
from mediakit.config.tables import schema_text

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping


@pytest.fixture
def squat(site: SiteBuilder, monkeypatch: pytest.MonkeyPatch) -> SiteBuilder:
    monkeypatch.chdir(site.root)
    site.write("mediakit.toml", 'target = "public"\njobs = 3\n')
    return site


@pytest.mark.usefixtures("squat")
def test_places(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """Options win over variables, these over the file, and that over defaults; all are named."""
    monkeypatch.setenv("MEDIAKIT_JOBS", "5")
    monkeypatch.setenv("MEDIAKIT_MAX_DELETE", "9")
    assert main(["config", "--jobs", "2"]) == 0
    lines = capsys.readouterr().out.splitlines()
    shown = {line.split(" = ")[0]: line.split(" = ")[1] for line in lines if " = " in line}
    assert shown["jobs"].split() == ["2", "#", "--jobs"]
    assert shown["max_delete"].split() == ["9", "#", "MEDIAKIT_MAX_DELETE"]
    assert shown["target"].split() == ['"public"', "#", "mediakit.toml:1"]
    assert shown["presets.teaser.width"].split() == ["320", "#", "default"]
    assert max(map(len, lines)) <= 80


def test_secrets_are_asked_for_once(
    squat: SiteBuilder, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """And not for each line: long reports would take a second for it. None of them is shown."""
    squat.write("mediakit.toml", '[cdn]\nbase_url = "https://cdn.example/s3cr3t-word/"\n')
    monkeypatch.setenv("SHOP_TOKEN", "s3cr3t-word")
    asked: list[Mapping[str, str]] = []
    known = redaction._values

    def noting(environ: Mapping[str, str]) -> Iterator[str]:
        asked.append(environ)
        return known(environ)

    monkeypatch.setattr(redaction, "_values", noting)
    assert main(["config"]) == 0
    told = capsys.readouterr().out
    assert "https://cdn.example/***" in told
    assert "s3cr3t-word" not in told
    assert len(asked) <= 2


@pytest.mark.usefixtures("squat")
def test_some_keys(capsys: pytest.CaptureFixture[str]) -> None:
    """Keys and tables can be chosen, and a misspelt one is told with what may be meant."""
    assert main(["config", "jobs", "videos", "--format", "json"]) == 0
    document = json.loads(capsys.readouterr().out)
    keys = [each["key"] for each in document["settings"]]
    assert keys[0] == "jobs"
    assert {key.split(".")[0] for key in keys[1:]} == {"videos"}
    assert document["file"] == "mediakit.toml"
    assert main(["config", "max_delte"]) == 2
    assert "did you mean max_delete?" in capsys.readouterr().err


def test_schema_is_printed(capsys: pytest.CaptureFixture[str]) -> None:
    """--schema prints the schema byte for byte, also where there is no site."""
    assert main(["config", "--schema"]) == 0
    assert capsys.readouterr().out == schema_text()


def test_all_options_of_settings(squat: SiteBuilder) -> None:
    """Each option of sync that overrides a setting is one of config too."""
    done = subprocess.run(
        [sys.executable, "-m", "mediakit", "config", "--help"],
        capture_output=True, text=True, check=True, cwd=squat.root,
    )  # fmt: skip
    for option in ("--target", "--jobs", "--max-delete", "--unpublished", "--executor"):
        assert option in done.stdout
