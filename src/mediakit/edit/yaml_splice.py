"""Changes of a YAML text as splices: the pieces of text to replace, and their replacement."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, TypeAlias

from mediakit.edit import yaml_write
from mediakit.edit.editable import UnsafeError
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

    from mediakit.edit.yaml_write import Value, YamlStyle

Splice: TypeAlias = tuple[int, int, str]
"""Start and end of a piece of the text, and what takes its place."""


def splice(text: str, splices: list[Splice]) -> str:
    """Return the text with all splices made; they do not overlap."""
    for start, end, new in sorted(splices, reverse=True):
        text = text[:start] + new + text[end:]
    return text


def style_of(text: str, root: Span | None, newline: str) -> YamlStyle:
    """Return the indentation of a text: that of its first nested list and mapping."""
    found = yaml_write.YamlStyle(newline)
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


def replaced(
    text: str, old: Span, owner: int | None, value: Value, style: YamlStyle
) -> list[Splice]:
    """Change the value of the key or dash that ends at `owner`; None: a value within brackets."""
    if "!!" in text[old.start : old.body]:
        raise UnsafeError("its tag gives the value another meaning", old.start)
    if owner is None:
        return [_flow_replaced(text, old, value, style)]
    is_block = isinstance(old, (SequenceSpan, MappingSpan)) and not old.flow
    if value and not isinstance(value, str):
        if isinstance(old, (SequenceSpan, MappingSpan)) and old.flow and old.end - old.body > 2:
            return [(old.body, old.end, yaml_write.flow_value(value, style))]
        return _block_put(text, old, owner, value, style)
    if isinstance(old, ScalarSpan):
        return [_scalar_replaced(text, old, value, style)]
    new = yaml_write.one_line(value, style)
    if is_block and line_start(text, old.start) != line_start(text, owner):
        return [(owner, owner, " " + new), (line_end(text, owner), line_end(text, old.end), "")]
    return [(old.body, old.end, new)]


def _flow_replaced(text: str, old: Span, value: Value, style: YamlStyle) -> Splice:
    """Change a value within brackets."""
    if isinstance(value, str) and isinstance(old, ScalarSpan):
        new = yaml_write.scalar(value, old.style, flow=True)
    else:
        new = yaml_write.flow_value(value, style)
    needs_space = text[old.body - 1 : old.body] == ":"
    return old.body, old.end, " " + new if needs_space else new


def _block_put(text: str, old: Span, owner: int, value: Value, style: YamlStyle) -> list[Splice]:
    """Write a collection below its key, whose comment stays, or after its dash."""
    if text[owner - 1] == "-":
        indent = column(text, owner - 1)
        lines = yaml_write.item(value, indent, style)
        lines = [lines[0], *(" " * indent + line for line in lines[1:])]
        return [(owner - 1, old.end, style.newline.join(lines))]
    lines = yaml_write.block(value, _key_column(text, owner), style)
    below = style.newline + style.newline.join(lines)
    if isinstance(old, (SequenceSpan, MappingSpan)) and not old.flow:
        return [(line_end(text, owner), line_end(text, old.end), below)]
    end = line_end(text, old.end)
    return [(owner, old.end, ""), (end, end, below)]


def entry_added(
    text: str, parent: MappingSpan, new: tuple[str, Value], style: YamlStyle, after: int | None
) -> Splice:
    """Add a key to a mapping, after the entry with the index `after`, or else at its end."""
    key, value = new
    if parent.flow:
        ends = [max(name.end, each.end) for name, each in parent.entries]
        pair = yaml_write.flow_pair(key, value, style)
        return _flow_added(parent, ends, len(ends) if after is None else after + 1, pair)
    name, each = parent.entries[-1 if after is None else after]
    indent = column(text, parent.entries[0][0].start)
    first, *others = yaml_write.entry(key, value, indent, style)
    at = next_line(text, max(name.end, each.end))
    return at, at, _whole_lines([" " * indent + first, *others], style)


def item_added(text: str, parent: SequenceSpan, value: Value, style: YamlStyle) -> Splice:
    """Add an item at the end of a list that has items."""
    style = replace(style, quotes=_quotes(parent))
    if parent.flow:
        ends = [item.end for item in parent.items]
        return _flow_added(parent, ends, len(ends), yaml_write.flow_value(value, style))
    style = replace(style, gap=_gap(text, parent))
    indent = column(text, parent.marks[0])
    lines = [" " * indent + line for line in yaml_write.item(value, indent, style)]
    at = _end_of_last(text, parent)
    return at, at, _whole_lines(lines, style)


def item_removed(text: str, parent: SequenceSpan, index: int) -> Splice:
    """Remove an item that is not the only one; comments above it stay."""
    starts = list(parent.marks) or [item.start for item in parent.items]
    ends = [item.end for item in parent.items]
    if parent.flow:
        cut = (ends[index - 1], ends[index]) if index else (starts[0], starts[1])
    elif text[line_start(text, starts[index]) : starts[index]].strip():
        cut = (starts[index], starts[index + 1])
    else:
        return line_start(text, starts[index]), next_line(text, ends[index]), ""
    if "#" in text[slice(*cut)].replace(text[starts[index] : ends[index]], ""):
        raise UnsafeError("a comment stands in the way", cut[0])
    return *cut, ""


def _scalar_replaced(text: str, old: ScalarSpan, value: Value, style: YamlStyle) -> Splice:
    if isinstance(value, str):
        new = yaml_write.scalar(value, "" if old.body == old.end else old.style)
    else:
        new = yaml_write.flow_value(value, style)
    needs_space = old.body == old.end and text[old.body - 1 : old.body] in (":", "-")
    return old.body, old.end, " " + new if needs_space else new


def _flow_added(
    parent: MappingSpan | SequenceSpan, ends: list[int], index: int, new: str
) -> Splice:
    if not ends:
        return parent.body + 1, parent.end - 1, new
    return ends[index - 1], ends[index - 1], f", {new}"


def _quotes(parent: SequenceSpan) -> tuple[tuple[str, str], ...]:
    """Return the quotation marks by key, of the last item with the key; bare items have ""."""
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


def _end_of_last(text: str, parent: SequenceSpan) -> int:
    """Return where the lines of the last item end, with comments below that are deeper than it."""
    indent = column(text, parent.marks[-1])
    at = next_line(text, parent.items[-1].end)
    while (line := text[at : line_end(text, at)]).lstrip(" ").startswith("#"):
        if not line.startswith(" " * (indent + 1)):
            break
        at = next_line(text, at)
    return at


def _whole_lines(lines: list[str], style: YamlStyle) -> str:
    return "".join(line + style.newline for line in lines)


def _key_column(text: str, owner: int) -> int:
    """Return the column of the key on the line of `owner`, after any dashes."""
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
