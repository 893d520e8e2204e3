from __future__ import annotations

import json
import re
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from hostile_site import ACTS, add_names

from conftest import SiteBuilder
from mediakit.cli.main import main

COMMANDS = [
    ["status"],
    ["list"],
    ["generate", "-v"],
    ["sync", "-v", "--no-videos"],
    ["verify", "--deep", "all"],
    ["check"],
    ["dupes", "-v"],
    ["dupes", "--fix"],
    ["dupes", "--fix", "--yes"],
    ["dupes", "--undo", "--yes"],
    ["gallery", "fill", "--check"],
    ["init", "--dry-run"],
    ["explain", "\x1b[31m"],
    ["add", "no\x1b[31m", "no\x1b[31m\n::error::x.jpg"],
    ["list", "no\x1b[31m"],
    ["generate", "--preset", "\x1b[31m"],
    ["sync", "--target", "s3://\x1b[31m/"],
    ["videos", "add", "no\x1b[31m", "https://e\x1b[31m"],
]
MACHINE = [
    ["status", "--format", "json"],
    ["status", "--format", "github"],
    ["list", "--format", "json"],
    ["check", "--format", "json"],
    ["check", "--format", "sarif"],
    ["check", "--format", "junit"],
    ["check", "--format", "github"],
    ["dupes", "--format", "json"],
]
_ANNOTATION = re.compile(
    r"::(error|warning|notice) file=[^:,\s][^:,]*(,line=\d+)?,title=[a-z-]+::[^\r\n]*"
)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> SiteBuilder:
    site = SiteBuilder(tmp_path_factory.mktemp("names"))
    add_names(site)
    return site


@pytest.fixture
def said(
    site: SiteBuilder, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> object:
    monkeypatch.chdir(site.root)

    def run(args: list[str]) -> tuple[str, str]:
        assert main(args) in {0, 1, 2}
        out, err = capsys.readouterr()
        for text in (out, err):
            assert not ACTS.search(text), ascii(ACTS.search(text))
            assert "unexpected" not in text
            assert "##[" not in text
        return out, err

    return run


@pytest.mark.parametrize("args", COMMANDS, ids=" ".join)
def test_text_acts_on_nothing(args: list[str], said: object) -> None:
    """No command dies of a name or prints one that acts on a terminal or a pipeline."""
    for text in said(args):  # type: ignore[operator]
        assert not re.search(r"(?m)^\s*::", text)


@pytest.mark.parametrize("args", MACHINE, ids=" ".join)
def test_formats_stay_whole(args: list[str], said: object) -> None:
    """Each format can be read whatever files and titles are called, and names what it means."""
    out, err = said(args)  # type: ignore[operator]
    assert not re.search(r"(?m)^\s*::", err)
    if args[-1] in {"json", "sarif"}:
        assert json.loads(out)
    elif args[-1] == "junit":
        assert ET.fromstring(out).tag == "testsuite"  # noqa: S314 - our own
    else:
        lines = out.splitlines()
        assert lines
        assert all(_ANNOTATION.fullmatch(line) for line in lines)


def test_the_summary_shows_names_as_they_are(
    site: SiteBuilder, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """The summary of a step has no HTML, no link and no cell that a name made."""
    summary = tmp_path / "summary.md"
    monkeypatch.chdir(site.root)
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(summary))
    site.write("_exercises/<b>.md", "---\ngallery:\n - url: '/<script>|[a](javascript:b).jpg'\n---")
    main(["generate"])
    text = summary.read_text("utf-8")
    assert not ACTS.search(text)
    assert not re.search(r"<[a-z]|(?<!\\)\[|(?<!\\)`", text)
    rows = [line for line in text.splitlines() if line.startswith("| error")]
    assert rows
    assert {len(re.findall(r"(?<!\\)\|", row)) for row in rows} == {4}


def test_a_page_whose_name_is_no_text(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """It is refused with its name escaped, in each format."""
    SiteBuilder(tmp_path).write("_exercises/a.md", "---\ntitle: a\n---\n")
    (tmp_path / "_exercises" / "\udcff.md").write_text("---\ntitle: b\n---\n")
    monkeypatch.chdir(tmp_path)
    assert main(["check", "--write-baseline", "--no-baseline"]) == 0
    assert main(["check", "--no-baseline"]) == 1
    assert r"\udcff.md: error: its name is not UTF-8 [bad-name]" in capsys.readouterr().out


def test_completion_offers_no_name_that_acts(
    site: SiteBuilder, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A shell is offered names that can be typed, and no title or name that acts on a terminal."""
    monkeypatch.chdir(site.root)
    for variable, value in (
        ("_MEDIAKIT_COMPLETE", "zsh_complete"), ("COMP_WORDS", "mediakit generate --only "),
        ("COMP_CWORD", "3"),
    ):  # fmt: skip
        monkeypatch.setenv(variable, value)
    main([])
    said = capsys.readouterr().out
    assert "ok.jpg" in said
    assert not ACTS.search(said)
