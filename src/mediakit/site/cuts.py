"""Which part of a film front matter asks for, and how it repeats."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mediakit.base.cut import Cut, Loop, milliseconds_of
from mediakit.base.formats import film_of, format_of
from mediakit.site.trees.yaml import Mapping, Scalar

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import TypeAlias

    from mediakit.site.trees.yaml import Node

    Tell: TypeAlias = Callable[[str, int, str], None]
    """Tells what is wrong at a line, and what to do."""


def entry_cut(entry: Mapping, tell: Tell) -> str:
    """Return the cut that an entry asks for, as `Cut.text`.

    Mistakes are told where it names something that may move: others have such keys of their own.
    """
    named = (each.text for each in entry.entries.values() if isinstance(each, Scalar))
    return _cut(entry, tell if any(map(_may_move, named)) else _pass_over)


def whole_cut(node: Node, tell: Tell) -> str:
    """Return the cut that the key `clip` of a page asks for."""
    if isinstance(node, Mapping):
        return _cut(node, tell)
    if not (isinstance(node, Scalar) and node.is_switch):
        tell("`clip` is no mapping", node.line, "write `start`, `end`, `loop` or `sound` below it")
    return ""


def _cut(entry: Mapping, tell: Tell) -> str:
    times = {key: _time(entry, key, tell) for key in ("start", "end")}
    end = entry.get("end")
    if end is not None and 0 < times["end"] <= times["start"]:
        tell("`end` is not after `start`", end.line, "write both in seconds from its beginning")
        times = {}
    loop = _word(entry, "loop", tuple(Loop), tell)
    sound = entry.get("sound")
    heard = ""
    if isinstance(sound, Scalar) and sound.is_switch:
        heard = "off" if sound.is_false else "on"
    elif sound is not None:
        tell("`sound` is neither true nor false", sound.line, "write true or false")
    return Cut(times.get("start", 0), times.get("end", 0), loop, heard).text


def _time(entry: Mapping, key: str, tell: Tell) -> int:
    node = entry.get(key)
    if node is None:
        return 0
    found = milliseconds_of(node.text) if isinstance(node, Scalar) else None
    if found is None:
        tell(f"`{key}` is no time", node.line, "write seconds, such as 1.5, or 0:01.5")
    return found or 0


def _word(entry: Mapping, key: str, words: tuple[str, ...], tell: Tell) -> str:
    node = entry.get(key)
    if node is None or (isinstance(node, Scalar) and node.is_switch and not node.is_false):
        return ""  # it repeats anyway
    found = node.text.strip().lower() if isinstance(node, Scalar) else ""
    if found in words:
        return found
    what = f"`{key}: {node.text.strip()}`" if isinstance(node, Scalar) else f"`{key}`"
    tell(f"{what} is not known", node.line, f"write {' or '.join(words)}")
    return ""


def _may_move(name: str) -> bool:
    kind = format_of(name.strip())
    return film_of(name.strip()) is not None or (kind is not None and kind.animated)


def _pass_over(_message: str, _line: int, _hint: str) -> None:
    """Tell nothing."""
