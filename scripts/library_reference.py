"""The page of the library, out of its docstrings; `scripts/reference.py` writes it."""

from __future__ import annotations

import dataclasses
import enum
import inspect
import textwrap
from functools import cached_property
from typing import TYPE_CHECKING, Any

import msgspec.structs

import mediakit

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

HEAD = """\
For scripts and notebooks: `import mediakit`. It does what the commands do, in the same way, and
gives values instead of text.

```python
from mediakit import Site

site = Site.open("path/to/site")
for action in site.plan().todo:
    print(action.path, action.reason)
site.apply()
```

**What is stable**: the names on this page, their arguments and their fields. They change only with
the first number of the version, and a change is in the changelog. Values may gain fields, and
enumerations members: leave room for words that you do not know. All other modules of mediakit are
its own, and change without notice.

Values are frozen: they can be compared and shared, and never change. Site paths are
relative to the root of the site, with `/`, as in `assets/images/squat-0.jpg`. Importing mediakit
loads nothing and does nothing; what a call needs is loaded by that call. Pillow's warnings (of
broken EXIF, say) follow the filters of your program.

Two examples to begin with: [weights.py](../examples/weights.py), a script, and
[explore-a-site.ipynb](../examples/explore-a-site.ipynb), a notebook.
"""

CHAPTERS = {
    "Exercises": ("Exercise", "Picture", "Use", "Variant", "Video"),
    "Plans and results": (
        "Plan", "Action", "Kind", "Place", "Reason", "Result", "Summary", "StaleVariants",
        "Outcome", "Status",
    ),
    "Findings": ("Problem", "Severity", "Role", "DuplicateGroup"),
    "Errors": (
        "MediakitError", "UsageError", "ConfigError", "TargetError", "SiteLockedError",
        "StalePlanError",
    ),
}  # fmt: skip
ERRORS_TEXT = """\
All are `MediakitError`, with a `message` and a `hint` about what to do. What is wrong with a
single page or picture is no error but a `Problem`, and stops nothing.
"""
WIDTH = 96


def library_parts() -> Iterator[str]:
    """Yield the paragraphs of the page below its title.

    Raises:
        ValueError: a name of the library has no place on the page, or the other way round.
    """
    placed = {"Site", "__version__", *(name for names in CHAPTERS.values() for name in names)}
    if placed != set(mediakit.__all__):
        raise ValueError(f"library: no place for {placed ^ set(mediakit.__all__)}")
    yield HEAD
    yield from _class("Site", "##")
    for title, names in CHAPTERS.items():
        yield f"## {title}"
        if title == "Errors":
            yield ERRORS_TEXT
        for name in names:
            yield from _class(name, "###")


def _class(name: str, mark: str) -> Iterator[str]:
    kind = getattr(mediakit, name)
    yield f"{mark} {name}"
    yield from _docstring(kind)
    if issubclass(kind, enum.Enum):
        yield ", ".join(f"`{each.name}` (`{each.value}`)" for each in kind)
        return
    if fields := list(_fields(kind)):
        yield "\n".join(fields)
    for attribute, member in vars(kind).items():
        if attribute.startswith("_"):
            continue
        if isinstance(member, property | cached_property):
            getter = member.fget if isinstance(member, property) else member.func
            yield f"{mark}# {name}.{attribute}"
            yield _code(f"{name}.{attribute}: {_annotation(getter, 'return')}")
            yield from _docstring(member)
        elif isinstance(member, classmethod) or inspect.isfunction(member):
            yield f"{mark}# {name}.{attribute}"
            yield _code(_signature(f"{name}.{attribute}", getattr(kind, attribute)))
            yield from _docstring(member)


def _fields(kind: type[Any]) -> Iterator[str]:
    """Yield the fields of a dataclass or a struct, each as a point of a list."""
    if dataclasses.is_dataclass(kind):
        defaults = {each.name: each.default for each in dataclasses.fields(kind)}
    elif issubclass(kind, msgspec.Struct):
        defaults = {each.name: each.default for each in msgspec.structs.fields(kind)}
    else:
        return
    for name, default in defaults.items():
        is_given = default not in (dataclasses.MISSING, msgspec.NODEFAULT)
        yield f"- `{name}: {kind.__annotations__[name]}{f' = {default!r}' if is_given else ''}`"


def _signature(name: str, function: Any) -> str:  # noqa: ANN401 - a function or a bound method
    """Return a call as one writes it, an argument a line where it is long."""
    arguments, is_keyword = [], False
    for each in inspect.signature(function).parameters.values():
        if each.name == "self":
            continue
        if each.kind is each.KEYWORD_ONLY and not is_keyword:
            arguments.append("*")
            is_keyword = True
        default = "" if each.default is each.empty else f" = {each.default!r}"
        arguments.append(f"{each.name}: {each.annotation}{default}")
    result = _annotation(function, "return")
    line = f"{name}({', '.join(arguments)}) -> {result}"
    if len(line) <= WIDTH:
        return line
    inside = "".join(f"    {each},\n" for each in arguments)
    return f"{name}(\n{inside}) -> {result}"


def _annotation(function: Any, name: str) -> str:  # noqa: ANN401 - likewise
    return str(function.__annotations__[name])


def _code(text: str, language: str = "python") -> str:
    return f"```{language}\n{text}\n```"


def _docstring(thing: object) -> Iterator[str]:
    """Yield the paragraphs of a docstring: examples as code, errors as a list."""
    for paragraph in inspect.cleandoc(thing.__doc__ or "").split("\n\n"):
        if paragraph.startswith(">>>"):
            yield _code(paragraph, "pycon")
        elif paragraph.startswith("Raises:\n"):
            yield "Raises:"
            yield "\n".join(_errors(textwrap.dedent(paragraph.partition("\n")[2]).splitlines()))
        else:
            yield paragraph


def _errors(lines: Iterable[str]) -> Iterator[str]:
    for line in lines:
        if line.startswith(" "):
            yield f"  {line.strip()}"
        else:
            name, _, text = line.partition(": ")
            yield f"- `{name}`: {text}"
