from __future__ import annotations

import os
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from command_lines import commands, parsed
from conftest import SiteBuilder
from mediakit.base.model import problem_codes
from mediakit.cli.commands import COMMANDS, EXIT_CODES, SECTIONS, Command, Group
from mediakit.cli.main import main, mediakit

ALL = dict(commands())
PAGES = [(), *ALL]


@pytest.mark.parametrize("path", PAGES, ids=" ".join)
def test_pages_fit(path: tuple[str, ...], capsys: pytest.CaptureFixture[str]) -> None:
    """Each page of help fits 80 columns, is plain text, and says what the command does."""
    assert main([*path, "--help"]) == 0
    out = capsys.readouterr().out
    assert max(len(line) for line in out.splitlines()) <= 80
    assert "\x1b" not in out
    assert out.startswith(f"Usage: {' '.join(('mediakit', *path))} ")


def test_first_page(capsys: pytest.CaptureFixture[str]) -> None:
    """The first page has all commands under their headings, examples, and the exit codes."""
    assert main(["--help"]) == 0
    out = capsys.readouterr().out
    headings = [line for line in out.splitlines() if line and line[0] != " " and line[-1] == ":"]
    assert headings == ["Options:", *(f"{each}:" for each in SECTIONS), "Examples:", "Exit codes:"]
    for name, entry in COMMANDS.items():
        assert f"  {name}" in out
        assert entry.summary in out
    for code, meaning in EXIT_CODES.items():
        assert f"  {code}" in out
        assert meaning in out


def test_own_options_come_first(capsys: pytest.CaptureFixture[str]) -> None:
    """What all commands have is below what only this one has."""
    assert main(["verify", "--help"]) == 0
    own, common = capsys.readouterr().out.split("\nOptions:\n")[1].split("\nCommon options:\n")
    assert [line.split()[0] for line in own.splitlines() if line[:4].strip()][:2] == [
        "--target",
        "--deep",
    ]
    assert "--help" in common
    assert "--site" in common


def test_a_terminal_changes_nothing() -> None:
    """Help is the same with and without NO_COLOR, and in a wide terminal."""
    pages = {
        subprocess.run(
            [sys.executable, "-m", "mediakit", "--help"],
            env={**os.environ, **more}, capture_output=True, check=True,
        ).stdout
        for more in ({}, {"NO_COLOR": "1"}, {"COLUMNS": "200"})
    }  # fmt: skip
    assert len(pages) == 1


@pytest.mark.parametrize("path", [path for path in PAGES if not isinstance(ALL.get(path), Group)],
                         ids=" ".join)  # fmt: skip
def test_examples_are_right(
    path: tuple[str, ...], site: SiteBuilder, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each command has examples, and these are command lines that it takes."""
    monkeypatch.chdir(site.root)
    for name in ("IMG_1.JPG", "IMG_2.JPG", "_exercises/squat.md", "assets/images/2025/a.jpg",
                 "alts.csv"):  # fmt: skip
        site.write(name, b"")
    command = ALL.get(path, mediakit)
    assert isinstance(command, Command | Group)
    assert command.examples
    for line, meaning in command.examples:
        assert meaning
        words = shlex.split(line.partition(" > ")[0].partition(" | ")[0])
        if words[0] == "eval":
            words = shlex.split(words[1].removeprefix("$(").removesuffix(")"))
        assert words[:1] + list(path) == words[: len(path) + 1]
        parsed(words[1:])


@pytest.mark.parametrize(
    ("words", "meant"),
    [
        ("snyc", "sync"),
        ("genrate", "generate"),
        ("videos fecth", "fetch"),
        ("gallery fil", "fill"),
        ("sync --dry-rn", "--dry-run"),
        ("generate --preset teasr", "teaser"),
        ("explain missing-picure", "missing-picture"),
        ("videos add sqaut https://youtu.be/aIZuK2cX4FA", "squat"),
    ],
)
def test_typos(
    words: str,
    meant: str,
    site: SiteBuilder,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """A misspelt command, option, preset, code or exercise is answered with what was meant."""
    site.exercise("squat")
    monkeypatch.chdir(site.root)
    assert main(words.split()) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert "did you mean" in err.lower()
    assert meant in err.lower().partition("did you mean")[2]


def test_far_words_have_no_hint(capsys: pytest.CaptureFixture[str]) -> None:
    """Where nothing is near, nothing is guessed."""
    assert main(["xylophone"]) == 2
    err = capsys.readouterr().err
    assert "No such command 'xylophone'." in err
    assert "did you mean" not in err.lower()


def test_help_imports_no_command() -> None:
    """The first page is there at once: no module of a command is imported for it."""
    code = (
        "import sys; from mediakit.cli.main import main; main(['--help']);"
        "print(*(each for each in sys.modules if each.startswith('mediakit.')))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    loaded = set(done.stdout.splitlines()[-1].split())
    assert not loaded & {f"mediakit.cli.{each.module}" for each in COMMANDS.values()}
    ours = {each for each in loaded if not each.startswith("mediakit.cli")}
    assert ours == {"mediakit.base", "mediakit.base.errors", "mediakit.base.version"}


def test_codes_are_documented() -> None:
    """The codes of help are those of the reference."""
    page = (Path(__file__).resolve().parents[2] / "docs/reference/commands.md").read_text("utf-8")
    table = page.partition("## Exit codes")[2].partition("## ")[0]
    assert [f"| {code} |" in table for code in EXIT_CODES] == [True] * len(EXIT_CODES)


def test_all_problems_are_listed(capsys: pytest.CaptureFixture[str]) -> None:
    """`explain` without a code has a line for each, and an unknown code leads there."""
    assert main(["explain", "nonsense"]) == 2
    assert capsys.readouterr().err.endswith("hint: mediakit explain lists them\n")
    assert main(["explain"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [each.split()[0] for each in lines] == list(problem_codes())
