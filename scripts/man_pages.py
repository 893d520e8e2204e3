"""Manual pages out of the commands: `man/mediakit.1`, and one each command."""

from __future__ import annotations

import inspect
import re
from typing import TYPE_CHECKING

import click

from mediakit import __version__
from mediakit.cli.command import Command, Group
from mediakit.cli.commands import COMMANDS, SECTIONS
from mediakit.cli.environment import variables
from mediakit.cli.main import mediakit

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

NOTE = '.\\" Written by scripts/reference.py: change that, or the code, and run it.'
FILES = {
    "mediakit.toml": "the settings, in the root of the site; or [tool.mediakit] in pyproject.toml",
    "media.json": "the catalog: what was made of what; in _data/ on a Jekyll site",
    ".mediakit/": "the cache, and where nothing else is set the target; can be deleted",
}
"""Files that mediakit keeps in a site."""


def man_pages(exit_codes: Mapping[str, str], environment: str) -> dict[str, str]:
    """Return the text of each page by the name of its file.

    `exit_codes` are described in Markdown, and so is how the `environment` counts.
    """
    top = click.Context(mediakit, info_name="mediakit", **mediakit.context_settings)
    with top:
        commands = dict(_commands(mediakit, top, ()))
        pages = {
            f"mediakit-{'-'.join(path)}.1": _page(path, command, context, exit_codes, commands)
            for path, (command, context) in commands.items()
        }
    return {"mediakit.1": _first_page(exit_codes, environment, commands), **pages}


Commands = dict[tuple[str, ...], tuple[click.Command, click.Context]]


def _commands(
    group: click.Group, context: click.Context, path: tuple[str, ...]
) -> Iterator[tuple[tuple[str, ...], tuple[click.Command, click.Context]]]:
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        if command is None:
            continue
        inner = click.Context(command, context, name)
        if isinstance(command, click.Group):
            yield from _commands(command, inner, (*path, name))
        else:
            yield (*path, name), (command, inner)


def _first_page(exit_codes: Mapping[str, str], environment: str, commands: Commands) -> str:
    lines = [*_head("mediakit", "keep the pictures and videos of a site right")]
    lines += [".B mediakit", ".I COMMAND", "[\\fIOPTIONS\\fP] [\\fIARGUMENTS\\fP]"]
    lines += [".SH DESCRIPTION", *_paragraphs(mediakit.help or "")]
    lines += [".SH COMMANDS"]
    for heading, section in SECTIONS.items():
        lines += [f".SS {heading}"]
        for name in section:
            for path in (each for each in commands if each[0] == name):
                command, _ = commands[path]
                lines += [".TP", f"\\fBmediakit\\-{_literal('-'.join(path))}\\fP(1)"]
                lines += [_text(_summary(path, command))]
    lines += [".SH ENVIRONMENT", *_paragraphs(environment)]
    lines += [".SH FILES", *_list(FILES.items())]
    lines += [".SH EXAMPLES", *_examples(mediakit)]
    lines += [".SH EXIT STATUS", *_list(exit_codes.items())]
    return _joined(lines)


def _page(
    path: tuple[str, ...],
    command: click.Command,
    context: click.Context,
    exit_codes: Mapping[str, str],
    commands: Commands,
) -> str:
    name = "-".join(("mediakit", *path))
    paragraphs = inspect.cleandoc(command.help or "").split("\n\n")
    arguments = [each for each in command.params if isinstance(each, click.Argument)]
    about = {(each.name or "").upper(): "" for each in arguments}
    rest = []
    for paragraph in paragraphs:
        word = paragraph.split()[0]
        if word in about:
            about[word] = paragraph
        else:
            rest.append(paragraph)
    lines = [*_head(name, _summary(path, command))]
    pieces = (_literal(each) for each in command.collect_usage_pieces(context))
    lines += [f".B mediakit {_literal(' '.join(path))}", *pieces]
    lines += [".SH DESCRIPTION", *_paragraphs("\n\n".join(rest))]
    if about:
        lines += [".SH ARGUMENTS", *_list(about.items())]
    lines += [".SH OPTIONS"]
    for option in command.get_params(context):
        if isinstance(option, click.Option):
            lines += _option(option, path)
    lines += [".SH EXAMPLES", *_examples(command)]
    lines += [".SH EXIT STATUS", *_list(exit_codes.items())]
    others = ["mediakit", *(f"mediakit-{'-'.join(each)}" for each in commands if each != path)]
    lines += [".SH SEE ALSO", ", ".join(f"\\fB{_literal(each)}\\fP(1)" for each in others)]
    return _joined(lines)


def _head(name: str, summary: str) -> Iterator[str]:
    yield NOTE
    yield f'.TH {_literal(name.upper())} 1 "" "mediakit {__version__}" "mediakit manual"'
    yield ".nh"  # names of options and files are to be copied whole
    yield ".ad l"
    yield ".SH NAME"
    yield f"{_literal(name)} \\- {_text(summary)}"
    yield ".SH SYNOPSIS"


def _summary(path: tuple[str, ...], command: click.Command) -> str:
    """Return the one line on a command, as a part of a sentence."""
    first = inspect.cleandoc(command.help or "").split("\n\n")[0]
    line = COMMANDS[path[0]].summary if len(path) == 1 else " ".join(first.split())
    return f"{line[0].lower()}{line[1:].removesuffix('.')}"


def _option(option: click.Option, path: tuple[str, ...]) -> Iterator[str]:
    names = ", ".join(f"\\fB{_literal(each)}\\fP" for each in sorted(option.opts, key=len))
    value = ""
    if isinstance(option.type, click.Choice):
        value = f" \\fI{_literal('|'.join(map(str, option.type.choices)))}\\fP"
    elif not option.is_flag:
        value = f" \\fI{_literal(option.metavar or 'VALUE')}\\fP"
    yield ".TP"
    yield f"{names}{value}"
    yield _text(option.help or "")
    if named := variables(option, path):
        yield f"Variable: \\fB{_literal(named[-1])}\\fP."


def _examples(command: click.Command) -> Iterator[str]:
    if isinstance(command, Command | Group):
        for line, meaning in command.examples:
            yield ".TP"
            yield f"\\fB{_literal(line)}\\fP"
            yield _text(meaning)


def _list(rows: Iterable[tuple[str, str]]) -> Iterator[str]:
    for term, text in rows:
        yield ".TP"
        yield f"\\fB{_literal(term)}\\fP"
        yield _text(" ".join(text.split()))


def _paragraphs(text: str) -> Iterator[str]:
    for number, paragraph in enumerate(inspect.cleandoc(text).split("\n\n")):
        if number:
            yield ".PP"
        yield _text(" ".join(paragraph.split()))


def _text(text: str) -> str:
    """Return Markdown as roff: what is code becomes bold, of links the words stay."""
    text = re.sub(r"\[([^\]]+)\]\([^)]+\)", r"\1", text)
    parts = text.replace("\\", "\\e").split("`")
    marked = (
        f"\\fB{part.replace('-', chr(92) + '-')}\\fP" if number % 2 else part
        for number, part in enumerate(parts)
    )
    return re.sub(r"(?<!\S)(--?)(?=\w)", lambda found: "\\-" * len(found[1]), "".join(marked))


def _literal(text: str) -> str:
    """Return what is typed, with hyphens that can be copied."""
    return text.replace("\\", "\\e").replace("-", "\\-")


def _joined(lines: Iterable[str]) -> str:
    """Return the page; a line of text that would be read as a request is kept from that."""
    return "".join(f"{_shielded(line)}\n" for line in lines)


def _shielded(line: str) -> str:
    is_request = re.match(r"\.(TH|SH|SS|TP|PP|B|I|nh|ad)\b|\.\\\"", line)
    return f"\\&{line}" if line[:1] in {".", "'"} and not is_request else line
