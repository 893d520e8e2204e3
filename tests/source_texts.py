"""The texts in the source of mediakit, with `{}` where they have values."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


def written(node: ast.AST) -> Iterator[str]:
    """Yield the texts that an expression may be."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
    if isinstance(node, ast.JoinedStr):
        parts = (each.value if isinstance(each, ast.Constant) else "{}" for each in node.values)
        yield "".join(map(str, parts))
    if isinstance(node, ast.IfExp):
        yield from (*written(node.body), *written(node.orelse))


def texts_in(module: Path) -> Iterator[str]:
    """Yield the texts of several words in a module: no docstrings, types or parts of others."""
    tree = ast.parse(module.read_text("utf-8"))
    passed = {inner for node in ast.walk(tree) for inner in _passed(node)}
    for node in ast.walk(tree):
        if node not in passed and not isinstance(node, ast.IfExp):
            yield from (text for text in written(node) if " " in text)


def is_like(text: str, form: list[str]) -> bool:
    """Return whether a text, or its end, has these parts in this order."""
    place = 0
    for part in form:
        place = text.find(part.removeprefix(": "), place)
        if place < 0:
            return False
    return text.endswith(form[-1])


def _passed(node: ast.AST) -> Iterator[ast.AST]:
    if isinstance(node, ast.Expr):
        yield node.value
    elif isinstance(node, ast.JoinedStr):
        for part in node.values:
            yield part
            if isinstance(part, ast.FormattedValue) and part.format_spec is not None:
                yield from ast.walk(part.format_spec)
    elif isinstance(node, ast.AnnAssign) and not (
        isinstance(node.annotation, ast.Name) and node.annotation.id == "TypeAlias"
    ):
        yield from ast.walk(node.annotation)
    elif isinstance(node, ast.AnnAssign) and node.value is not None:
        yield from ast.walk(node.value)
