"""One change of a YAML text as splices: the pieces of text to replace, and by what."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, TypeAlias

from mediakit.edit import yaml_write
from mediakit.edit.yaml_spans import (
    MappingSpan,
    ScalarSpan,
    SequenceSpan,
    Span,
    column,
    line_end,
    line_start,
    next_line,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mediakit.edit.yaml_write import Habits, Value

Splice: TypeAlias = tuple[int, int, str]
"""Start and end of a piece of the text, and what takes its place."""


class UnsafeError(Exception):
    """A change that this text does not allow; says why, and the index where."""

    def __init__(self, why: str, index: int) -> None:
        super().__init__(why, index)
        self.why = why
        self.index = index


def splice(text: str, splices: list[Splice]) -> str:
    """Return the text with all splices made; they do not overlap."""
    for start, end, new in sorted(splices, reverse=True):
        text = text[:start] + new + text[end:]
    return text


def habits_of(text: str, root: Span | None, newline: str) -> Habits:
    """Return how the text is indented: as its first nested list and mapping are."""
    found = yaml_write.Habits(newline)
    dash = step = 0
    for key, value in _pairs(root):
        at = column(text, key.start)
        if isinstance(value, SequenceSpan) and value.marks and not dash:
            dash = 1
            gap = _gap(text, value)
            found = replace(found, dash=max(0, column(text, value.marks[0]) - at), gap=gap)
        elif isinstance(value, MappingSpan) and not value.flow and value.entries and not step:
            step = 1
            found = replace(found, step=max(1, column(text, value.entries[0][0].start) - at))
    return found


def replaced(text: str, old: Span, owner: int, value: Value, habits: Habits) -> list[Splice]:
    """Change a value that belongs to the key or dash that ends at `owner`."""
    if isinstance(value, (dict, list, tuple)) and value:
        if isinstance(old, (SequenceSpan, MappingSpan)) and old.flow and old.end - old.body > 2:
            return [(old.body, old.end, yaml_write.flow(value, habits))]
        return _block_put(text, old, owner, value, habits)
    if isinstance(old, ScalarSpan):
        return [_scalar_replaced(text, old, value, habits)]
    new = yaml_write.one_line(value, habits)
    is_block = isinstance(old, (SequenceSpan, MappingSpan)) and not old.flow
    if is_block and line_start(text, old.start) != line_start(text, owner):
        return [(owner, owner, " " + new), (line_end(text, owner), line_end(text, old.end), "")]
    return [(old.body, old.end, new)]


def flow_replaced(text: str, old: Span, value: Value, habits: Habits) -> list[Splice]:
    """Change a value within brackets."""
    if isinstance(value, (dict, list, tuple)) or not isinstance(old, ScalarSpan):
        new = yaml_write.flow(value, habits)
    else:
        new = yaml_write.scalar(value, old.style, flow=True)  # type: ignore[arg-type]
    needs_space = text[old.body - 1 : old.body] == ":"
    return [(old.body, old.end, " " + new if needs_space else new)]


def _block_put(text: str, old: Span, owner: int, value: Value, habits: Habits) -> list[Splice]:
    """Put a collection below its key, behind which a comment stays, or behind its dash."""
    if text[owner - 1] == "-":
        indent = column(text, owner - 1)
        lines = yaml_write.item(value, indent, habits)
        lines = [lines[0], *(" " * indent + line for line in lines[1:])]
        return [(owner - 1, old.end, habits.newline.join(lines))]
    lines = yaml_write.block(value, _key_column(text, owner), habits)
    below = habits.newline + habits.newline.join(lines)
    if isinstance(old, (SequenceSpan, MappingSpan)) and not old.flow:
        return [(line_end(text, owner), line_end(text, old.end), below)]
    end = line_end(text, old.end)
    return [(owner, old.end, ""), (end, end, below)]


def entry_added(
    text: str, parent: MappingSpan, new: tuple[str, Value], habits: Habits, after: int | None
) -> list[Splice]:
    """Add a key to a mapping, behind the entry with the index `after`, else at its end."""
    key, value = new
    if parent.flow:
        pair = f"{yaml_write.scalar(key, '', flow=True)}: {yaml_write.flow(value, habits, key)}"
        ends = [max(name.end, each.end) for name, each in parent.entries]
        return [_flow_added(parent, ends, len(ends) if after is None else after + 1, pair)]
    name, each = parent.entries[-1 if after is None else after]
    indent = column(text, parent.entries[0][0].start)
    lines = yaml_write.entry(key, value, indent, habits)
    at = next_line(text, max(name.end, each.end))
    return [(at, at, _whole_lines([" " * indent + lines[0], *lines[1:]], habits))]


def item_added(
    text: str, parent: SequenceSpan, index: int, value: Value, habits: Habits
) -> list[Splice]:
    """Insert an item into a list that has items, before the one with this index."""
    habits = replace(habits, styles=_styles(parent))
    ends = [item.end for item in parent.items]
    if parent.flow:
        return [_flow_added(parent, ends, index, yaml_write.flow(value, habits))]
    habits = replace(habits, gap=_gap(text, parent))
    at, indent = parent.marks[0], column(text, parent.marks[0])
    lines = [" " * indent + line for line in yaml_write.item(value, indent, habits)]
    if index > 0:
        at = _item_end(text, parent, index - 1)
    elif text[line_start(text, at) : at].strip():
        return [(at, at, _whole_lines(lines, habits).lstrip(" ") + " " * indent)]
    else:
        at = _with_comments(text, at)
    return [(at, at, _whole_lines(lines, habits))]


def child_removed(text: str, parent: MappingSpan | SequenceSpan, index: int) -> list[Splice]:
    """Remove an entry or item that is not the only one; comments above it stay.

    Blank lines below it go with it where the text above would take them.
    """
    if isinstance(parent, MappingSpan):
        starts = [name.start for name, _ in parent.entries]
        ends = [max(name.end, each.end) for name, each in parent.entries]
        children = [each for _, each in parent.entries]
    else:
        children = list(parent.items)
        starts = list(parent.marks) or [item.start for item in parent.items]
        ends = [item.end for item in parent.items]
    if parent.flow:
        cut = (ends[index - 1], ends[index]) if index else (starts[0], starts[1])
    elif text[line_start(text, starts[index]) : starts[index]].strip():
        cut = (starts[index], starts[index + 1])
    else:
        start, end = line_start(text, starts[index]), next_line(text, ends[index])
        if index and not text[ends[index - 1] : start].strip():
            end = _end_below(text, children[index - 1], end)
        return [(start, end, "")]
    if "#" in text[slice(*cut)].replace(text[starts[index] : ends[index]], ""):
        raise UnsafeError("a comment stands in the way", cut[0])
    return [(*cut, "")]


def item_moved(text: str, parent: SequenceSpan, old: int, new: int) -> list[Splice]:
    """Move an item of a list, with the comment lines directly above it."""
    if parent.flow:
        order = list(range(len(parent.items)))
        order.insert(new, order.pop(old))
        return [
            (at.start, at.end, text[parent.items[which].start : parent.items[which].end])
            for at, which in zip(parent.items, order, strict=True)
        ]
    if text[line_start(text, parent.marks[0]) : parent.marks[0]].strip():
        raise UnsafeError("the list starts within a line", parent.marks[0])
    starts = [_with_comments(text, mark) for mark in parent.marks]
    ends = [_item_end(text, parent, index) for index in range(len(starts))]
    at = starts[new] if new < old else ends[new]
    return [(starts[old], ends[old], ""), (at, at, text[starts[old] : ends[old]])]


def _scalar_replaced(text: str, old: ScalarSpan, value: Value, habits: Habits) -> Splice:
    if isinstance(value, (dict, list, tuple)):
        new = yaml_write.flow(value, habits)
    else:
        new = yaml_write.scalar(value, "" if old.body == old.end else old.style)  # type: ignore[arg-type]
    if old.style == "|" and isinstance(value, str):
        below = next_line(text, old.body)
        indent = len(text[below:]) - len(text[below:].lstrip(" "))
        new = yaml_write.literal(value, indent, habits) or new
    needs_space = old.body == old.end and text[old.body - 1 : old.body] in (":", "-")
    return old.body, old.end, " " + new if needs_space else new


def _flow_added(
    parent: MappingSpan | SequenceSpan, ends: list[int], index: int, new: str
) -> Splice:
    if not ends:
        return parent.body + 1, parent.end - 1, new
    if index:
        return ends[index - 1], ends[index - 1], f", {new}"
    return parent.body + 1, parent.body + 1, f"{new}, "


def _styles(parent: SequenceSpan) -> tuple[tuple[str, str], ...]:
    """Return the quotation marks by key, of the last item that has the key; bare items have ""."""
    pairs = [
        (key.text, value)
        for item in parent.items
        for key, value in _own(item)
        if isinstance(key, ScalarSpan)
    ]
    pairs += [("", item) for item in parent.items if isinstance(item, ScalarSpan)]
    return tuple(
        (key, value.style)
        for key, value in pairs
        if isinstance(value, ScalarSpan) and value.end > value.body
    )


def _gap(text: str, parent: SequenceSpan) -> int:
    gaps = [item.start - mark for mark, item in zip(parent.marks, parent.items, strict=True)]
    same_line = [
        gap
        for gap, item in zip(gaps, parent.items, strict=True)
        if gap > 1 and line_start(text, item.start - gap) == line_start(text, item.start)
    ]
    return same_line[0] if same_line else 2


def _item_end(text: str, parent: SequenceSpan, index: int) -> int:
    """Return where an item's lines end; comments below it that stand deeper than its dash count."""
    indent = column(text, parent.marks[index])
    at = next_line(text, parent.items[index].end)
    while (line := text[at : line_end(text, at)]).lstrip(" ").startswith("#"):
        if not line.startswith(" " * (indent + 1)):
            break
        at = next_line(text, at)
    return at


def _with_comments(text: str, index: int) -> int:
    """Return where the comment lines directly above the line of `index` start."""
    at, indent = line_start(text, index), column(text, index)
    while at > 0:
        above = line_start(text, at - 1 - text.startswith("\r\n", at - 2))
        if column(text, at) or not text.startswith(" " * indent + "#", above):
            break
        at = above
    return at


def _last_scalar(span: Span) -> Span:
    """Return the value that the text of `span` ends with."""
    if isinstance(span, SequenceSpan) and span.items:
        return _last_scalar(span.items[-1])
    if isinstance(span, MappingSpan) and span.entries:
        return _last_scalar(span.entries[-1][1])
    return span


def _end_below(text: str, above: Span, end: int) -> int:
    """Return where to cut so that what stands at `end` does not become text of a block above.

    That text would take comments as deep as it is, and after a `|+` or `>+` blank lines too.
    """
    span = _last_scalar(above)
    if not (isinstance(span, ScalarSpan) and span.style in {"|", ">"}):
        return end
    below = end
    while below < len(text) and not text[below : line_end(text, below)].strip():
        below = next_line(text, below)
    lines = text[next_line(text, span.body) : span.end].splitlines()
    depths = [len(line) - len(line.lstrip(" ")) for line in lines if line.strip()]
    if depths and text.startswith(" " * depths[0], below) and text[below:].lstrip(" ")[:1] == "#":
        raise UnsafeError("a comment stands in the way", below)
    header = text[span.body : line_end(text, span.body)].partition("#")[0]
    return below if "+" in header else end


def _whole_lines(lines: list[str], habits: Habits) -> str:
    return "".join(line + habits.newline for line in lines)


def _key_column(text: str, owner: int) -> int:
    """Return the column of the key on the line of `owner`, behind dashes before it."""
    line = text[line_start(text, owner) : owner]
    return len(line) - len(line.lstrip(" -"))


def _own(span: Span | None) -> tuple[tuple[Span, Span], ...]:
    return span.entries if isinstance(span, MappingSpan) else ()


def _pairs(span: Span | None) -> Iterator[tuple[Span, Span]]:
    for key, value in _own(span):
        if isinstance(span, MappingSpan) and not span.flow:
            yield key, value
        yield from _pairs(value)
    if isinstance(span, SequenceSpan):
        for each in span.items:
            yield from _pairs(each)
