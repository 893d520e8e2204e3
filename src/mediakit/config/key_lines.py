"""Where the keys of a configuration file stand, by their dotted names."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mediakit.site.trees.toml_lines import value_lines

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping


def key_lines(text: str, inside: str = "") -> dict[str, int]:
    """Return the line of each table and key of a valid TOML text, or of a table `inside` it.

    Of tables in a list, `headers.1.match` is a key of the second one, and `headers.match` of the
    first that has it. The line of '' is that of the table itself.
    """
    start = tuple(filter(None, inside.split(".")))
    found: dict[str, int] = {}
    for path, line in value_lines(text).items():
        if path[: len(start)] == start:
            own = path[len(start) :]
            found[".".join(map(str, own))] = line
            found.setdefault(".".join(key for key in own if isinstance(key, str)), line)
    return found


def lines_of_item(lines: Mapping[str, int], name: str, index: int) -> dict[str, int]:
    """Return the lines with those of one table of a list under the names of its keys."""
    start = f"{name}.{index}"
    own = {
        name + key.removeprefix(start): line
        for key, line in lines.items()
        if key == start or key.startswith(f"{start}.")
    }
    return {**lines, **own}


def dotted_keys(tree: Mapping[str, object], start: str = "") -> Iterator[tuple[str, object]]:
    """Yield all keys and tables of a tree by their dotted names, each with its value."""
    for key, value in tree.items():
        yield f"{start}{key}", value
        if isinstance(value, dict):
            yield from dotted_keys(value, f"{start}{key}.")
