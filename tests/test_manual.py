from __future__ import annotations

import re
import shutil
import subprocess
import tomllib
from pathlib import Path

import click
import pytest

from mediakit.cli.main import mediakit

ROOT = Path(__file__).resolve().parent.parent
PAGES = sorted((ROOT / "man").glob("*.1"))


def commands(group: click.Group, name: str) -> dict[str, click.Command]:
    """Return the commands by the names of their pages."""
    found: dict[str, click.Command] = {}
    for each in group.list_commands(click.Context(group)):
        command = group.get_command(click.Context(group), each)
        assert command is not None
        inner = f"{name}-{each}"
        if isinstance(command, click.Group):
            found |= commands(command, inner)
        else:
            found[inner] = command
    return found


ALL = commands(mediakit, "mediakit")


def test_each_command_has_a_page() -> None:
    """There is a page of each command and one of all, and no other."""
    assert {path.stem for path in PAGES} == {"mediakit", *ALL}
    first = (ROOT / "man/mediakit.1").read_text("utf-8").replace("\\-", "-")
    assert [name for name in ALL if f"{name}\\fP(1)" not in first] == []


@pytest.mark.parametrize("name", ALL)
def test_options_are_on_the_page(name: str) -> None:
    """A page has each option of its command, its examples and the exit codes."""
    text = (ROOT / f"man/{name}.1").read_text("utf-8").replace("\\-", "-")
    for option in ALL[name].params:
        if isinstance(option, click.Option):
            assert all(f"\\fB{spelling}\\fP" in text for spelling in option.opts)
    assert text.index(".SH EXAMPLES") < text.index(".SH EXIT STATUS") < text.index("\\fB130\\fP")


@pytest.mark.parametrize(
    "command",
    [("mandoc", "-Tlint", "-W", "warning"), ("groff", "-man", "-Kutf8", "-ww", "-z")],
    ids=lambda command: command[0],
)
def test_formatters_have_no_complaint(command: tuple[str, ...]) -> None:
    """The pages are correct for both families of `man`."""
    if shutil.which(command[0]) is None:
        pytest.skip(f"there is no {command[0]}")
    done = subprocess.run([*command, *PAGES], capture_output=True, text=True, check=False)
    said = (done.stdout + done.stderr).splitlines()
    # a date would have to be that of a release, which the version says already
    assert [line for line in said if "missing date" not in line] == []


def test_they_read_well() -> None:
    """`man` shows what the page means: names whole, in a line with what they are."""
    if shutil.which("mandoc") is None:
        pytest.skip("there is no mandoc")
    page = ROOT / "man/mediakit-sync.1"
    done = subprocess.run(["mandoc", "-Tutf8", "-Owidth=78", page], capture_output=True, check=True)
    lines = re.sub(".\x08", "", done.stdout.decode()).splitlines()  # bold is struck twice
    assert "mediakit-sync" in lines[lines.index("NAME") + 1]
    assert any(line.strip() == "--max-delete N|N%" for line in lines)
    assert any("MEDIAKIT_MAX_DELETE" in line for line in lines)


def test_the_wheel_has_them() -> None:
    """Where a wheel is installed, its pages are where `man` looks beside a program."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    wheel = project["tool"]["hatch"]["build"]["targets"]["wheel"]
    assert wheel["shared-data"] == {"man": "share/man/man1"}
