from __future__ import annotations

import os
from typing import Any

import click
import pytest

from command_lines import commands, parsed
from conftest import SiteBuilder
from mediakit.cli.commands import options_of, variables
from mediakit.cli.main import main, mediakit

OPTIONS = [(path, option) for path, command in commands() for option in options_of(command)]


def kind_of(option: click.Option) -> tuple[object, ...]:
    """Return what decides how the text of a variable is read."""
    return type(option.type).__name__, option.is_flag, option.is_bool_flag, option.multiple


ONE_OF_A_KIND = {kind_of(option): (path, option) for path, option in OPTIONS}


def sample(option: click.Option) -> tuple[str, Any]:
    """Return a text for a variable, and what the command gets of it."""
    if option.is_flag:
        return "true", True if option.is_bool_flag else option.flag_value
    if isinstance(option.type, click.Choice):
        return str(option.type.choices[-1]), option.type.choices[-1]
    if isinstance(option.type, click.IntRange):
        number = max(7, int(option.type.min or 0))
        return str(number), number
    if isinstance(option.type, click.Path) and option.type.exists:
        return __file__, (__file__,) if option.multiple else __file__
    if option.multiple:
        return "a b\nc\n", ("a b", "c")
    return "some text", "some text"


@pytest.fixture
def clean(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    for name in os.environ:
        if name.startswith("MEDIAKIT_"):
            monkeypatch.delenv(name)
    return monkeypatch


def value_of(path: tuple[str, ...], name: str) -> Any:
    """Return what the command at `path` would get for a parameter, nothing on its command line."""
    return parsed(path, resilient=True).params[name]


def test_every_option_has_variables() -> None:
    """Each option of each command has a variable for that command, after the rule."""
    assert len(OPTIONS) > 100
    for path, option in OPTIONS:
        names = variables(option, path)
        assert all(name.startswith("MEDIAKIT_") for name in names)
        assert "_".join(("MEDIAKIT", *path)).upper().replace("-", "_") in names[0]


@pytest.mark.parametrize(
    ("path", "option"),
    [pytest.param(*each, id=" ".join((*each[0], each[1].opts[-1])))
     for each in ONE_OF_A_KIND.values()],
)  # fmt: skip
def test_variables_set_options(
    path: tuple[str, ...], option: click.Option, clean: pytest.MonkeyPatch
) -> None:
    """A variable of each kind of option sets it, and an empty one does not."""
    text, value = sample(option)
    plain = value_of(path, option.name or "")
    for name in variables(option, path):
        with clean.context() as patch:
            patch.setenv(name, text)
            found = value_of(path, option.name or "")
            shown = tuple(map(str, found)) if option.multiple else found
            assert shown == value or str(shown) == value
            patch.setenv(name, "")
            assert value_of(path, option.name or "") == plain
    if option.is_flag and option.is_bool_flag:
        clean.setenv(variables(option, path)[0], "false")
        assert value_of(path, option.name or "") is False


def test_one_variable_means_one_thing() -> None:
    """Options that share a variable take the same values; else one has a variable of its own."""
    kinds: dict[str, set[tuple[object, ...]]] = {}
    for path, command in commands():
        for option in options_of(command):
            shared = variables(option, path)[-1]
            kind = type(option.type).__name__, option.is_flag, option.multiple, option.metavar
            kinds.setdefault(shared, set()).add(kind)
    assert {name: found for name, found in kinds.items() if len(found) > 1} == {}


def test_what_counts(
    site: SiteBuilder, clean: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The command line wins over the command's own variable, and that over the shared one."""
    clean.chdir(site.root)
    clean.setenv("MEDIAKIT_TARGET", "shared")
    clean.setenv("MEDIAKIT_SYNC_TARGET", "own")
    clean.setenv("MEDIAKIT_NO_VIDEOS", "1")
    site.exercise("squat")
    assert main(["sync", "-q"]) == 0
    assert main(["verify", "-q"]) == 2
    assert "shared" in capsys.readouterr().err
    assert main(["sync", "-q", "--target", "line"]) == 0
    assert sorted(path.parent.name for path in site.root.glob("*/media.json")) == ["line", "own"]


def test_a_wrong_variable_is_named(
    site: SiteBuilder, clean: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A value that cannot be meant is refused with the variable that has it."""
    clean.chdir(site.root)
    clean.setenv("MEDIAKIT_JOBS", "many")
    assert main(["status"]) == 2
    assert "(from the variable MEDIAKIT_JOBS)" in capsys.readouterr().err
    assert main(["status", "--jobs", "many"]) == 2
    assert "MEDIAKIT_JOBS" not in capsys.readouterr().err


def test_debug_by_variable(clean: pytest.MonkeyPatch) -> None:
    """MEDIAKIT_DEBUG gives the traceback as --debug does."""
    clean.setenv("MEDIAKIT_DEBUG", "1")
    clean.setattr(mediakit, "main", lambda **_: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        main(["list"])
