"""Shell in all pages: it parses, and the commands and options of mediakit in it exist."""

from __future__ import annotations

import re
import shlex
import subprocess
from pathlib import Path

import click
import pytest

from docs_runner import blocks
from mediakit.cli.main import mediakit

ROOT = Path(__file__).parents[2]
PAGES = sorted(
    path
    for pattern in ("*.md", "docs/**/*.md", ".github/**/*.md", "scripts/*.md")
    for path in ROOT.glob(pattern)
    if path.name != "CHANGELOG.md"
)
SHELL = [
    ROOT / "action.yml",
    *(
        path
        for path in sorted((ROOT / "docs/examples").iterdir())
        if path.suffix in {"", ".sh", ".yml", ".yaml"}
    ),
]


def commands(text: str) -> list[list[str]]:
    """Return the words of each call of mediakit in a piece of shell."""
    found = []
    for line in text.replace("\\\n", " ").splitlines():
        if re.match(r"\s*(#|name:|description:)", line):
            continue
        call = re.search(r"(?:^|[\s(;&|])mediakit +([a-z-][^;&|>)]*)", line)
        if call:
            found.append(shlex.split(call[1], comments=True))
    return found


def fault(words: list[str]) -> str:
    """Return what is wrong with a call: an unknown command or option; else nothing."""
    command: click.Command = mediakit
    context = click.Context(command)
    rest = list(words)
    while isinstance(command, click.Group) and rest and not rest[0].startswith("-"):
        name = rest.pop(0)
        inner = command.get_command(context, name)
        if inner is None:
            return f"no command {name}"
        command = inner
    known = {"-h", "--help"} | {
        name
        for each in command.get_params(context)
        for name in (*each.opts, *each.secondary_opts)
        if isinstance(each, click.Option)
    }
    given = [word.split("=", 1)[0] for word in rest if re.match(r"-{1,2}[a-z]", word)]
    return ", ".join(f"{command.name} has no {each}" for each in given if each not in known)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_shell_of_a_page(page: Path) -> None:
    """A reader can copy it: bash takes it, and mediakit knows what it is told."""
    for block in blocks(page):
        if block.language not in {"sh", "bash", "shell"}:
            continue
        done = subprocess.run(
            ["bash", "-n"], input=block.text, text=True, capture_output=True, check=False
        )
        assert done.stderr == "", f"{page.name}:{block.line}"
        for words in commands(block.text):
            assert fault(words) == "", f"{page.name}:{block.line}: {' '.join(words)}"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_commands_in_sentences(page: Path) -> None:
    """Commands that a sentence or an indented block names exist too."""
    text = re.sub(r"^```.*?^```", "", page.read_text("utf-8"), flags=re.MULTILINE | re.DOTALL)
    spans = re.findall(r"`(mediakit [a-z][^`]*)`", text)
    spans += re.findall(r"^ {4}(mediakit [a-z].*)$", text, re.MULTILINE)
    for span in spans:
        (words,) = commands(re.sub(r"\s+", " ", span)) or [[]]
        assert fault([word for word in words if word != "…"]) == "", span


@pytest.mark.parametrize("path", SHELL, ids=lambda path: path.name)
def test_commands_of_examples(path: Path) -> None:
    """So do those of the examples and of the action."""
    for words in commands(path.read_text("utf-8")):
        assert fault(words) == "", f"{path.name}: {' '.join(words)}"


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("sync --target out --delete", ""),
        ("videos check --limit=5", ""),
        ("-h", ""),
        ("sinc", "no command sinc"),
        ("videos look", "no command look"),
        ("sync --delte", "sync has no --delte"),
        ("dupes --fix -x", "dupes has no -x"),
    ],
)
def test_faults_are_found(words: str, expected: str) -> None:
    """The checks above are no empty ones."""
    assert fault(words.split()) == expected
    assert commands(f"x=1; mediakit {words} > log || true")[0] == words.split()
