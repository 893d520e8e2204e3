"""What all JSON documents have: a version, and problems.

Each document is a type beside what it reports. `scripts/reference.py` makes schemas and tables of
those that `cli/documents.py` lists; the schemas of `result`, `list`, `videos` and `dupes` are
written by hand.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Literal

import msgspec
from msgspec import Meta

from mediakit.base.model import Severity
from mediakit.report.text import json_text

if TYPE_CHECKING:
    from collections.abc import Iterable

    from mediakit.base.model import Problem

VERSION: Literal[1] = 1

Path = Annotated[str, Meta(min_length=1)]
Count = Annotated[int, Meta(ge=0)]


class Document(msgspec.Struct, frozen=True, kw_only=True):
    """A document: all have their version."""

    version: Literal[1] = VERSION


class ProblemEntry(msgspec.Struct, frozen=True, kw_only=True):
    """A problem that was found."""

    path: str
    line: int | None
    code: str
    severity: Severity
    message: str
    hint: str


def document_json(document: Document) -> str:
    """Return a document as it is printed."""
    return json_text(msgspec.to_builtins(document))


def problem_entries(problems: Iterable[Problem]) -> list[ProblemEntry]:
    """Return the problems in their order."""
    return [
        ProblemEntry(
            path=each.path, line=each.line or None, code=each.code, severity=each.severity,
            message=each.message, hint=each.hint,
        )
        for each in sorted(problems)
    ]  # fmt: skip


def problem_documents(problems: Iterable[Problem]) -> list[dict[str, Any]]:
    """Return the problems in their order, as parts of a document that is no type."""
    found: list[dict[str, Any]] = msgspec.to_builtins(problem_entries(problems))
    return found
