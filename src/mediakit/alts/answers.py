"""Alt texts in a file that people fill in: the worklist as CSV or JSON, and the answers in it."""

from __future__ import annotations

import codecs
import csv
import io
import re
from typing import TYPE_CHECKING, NamedTuple

import msgspec

from mediakit.base.errors import UsageError
from mediakit.report.documents import document_json
from mediakit.state.documents import TypedReader

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mediakit.alts.worklist import Worklist

DECORATION_SIGN = "-"
"""The answer that says that a picture is decoration."""

_COLUMNS = ("page", "line", "picture", "title", "why", "now", "alt")
_NEEDED = ("page", "picture", "alt")
_FORMULA = re.compile(r"(?=[=+@\t\r-])")
_ENTRY = re.compile(r'(?<!\\)"picture"\s*:')
_HINT = "begin with what `mediakit alt --to alts.csv` writes"
_MOST = 16_000_000


class AltAnswer(NamedTuple):
    """What somebody says that a picture of a page shows; None: it is decoration.

    `line` is where a file says it.
    """

    page: str
    picture: str
    text: str | None
    line: int = 0


class _Row(msgspec.Struct, frozen=True):
    page: str
    picture: str
    alt: str = ""


class _Filled(msgspec.Struct, frozen=True):
    entries: list[_Row]


_FILLED = TypedReader(_Filled)


def exported(worklist: Worklist, name: str) -> bytes:
    """Return the worklist as a file of this name: CSV as spreadsheets open it, or JSON.

    Each picture is in it once.
    """
    if name.casefold().endswith(".json"):
        document = msgspec.structs.replace(worklist.document(), entries=list(worklist.once()))
        return document_json(document).encode() + b"\n"
    out = io.StringIO(newline="")
    table = csv.writer(out)
    table.writerow(_COLUMNS)
    for each in worklist.once():
        table.writerow(_harmless(str(getattr(each, column))) for column in _COLUMNS)
    return codecs.BOM_UTF8 + out.getvalue().encode()


def _harmless(text: str) -> str:
    """Return a text that no spreadsheet takes for a formula."""
    return f"'{text}" if _FORMULA.match(text) else text


def read_answers(data: bytes, name: str) -> list[AltAnswer]:
    """Return the answers in a file, which is CSV or JSON; what is not filled in is none.

    Raises:
        UsageError: it is neither, or lacks a column.
    """
    if len(data) > _MOST:
        raise UsageError(f"{name}: {len(data):,} bytes are too many", "divide it")
    text = _decoded(data)
    if text is None:
        raise UsageError(f"{name}: its letters cannot be read", "save it as CSV UTF-8")
    if text.lstrip().startswith("{"):
        try:
            entries = _FILLED.from_json(text.encode()).entries
        except (msgspec.DecodeError, RecursionError) as error:
            what = f"{name}: is no list of alt texts, or something in it is written wrongly"
            raise UsageError(
                what, "begin with what `mediakit alt --to alts.json` writes"
            ) from error
        starts = [text.count("\n", 0, each.start()) + 1 for each in _ENTRY.finditer(text)]
        lines = starts if len(starts) == len(entries) else [0] * len(entries)
        rows = list(zip(lines, entries, strict=True))
    else:
        rows = list(_table(text, name))
    return [
        AltAnswer(each.page, each.picture, None if said == DECORATION_SIGN else said, line)
        for line, each in rows
        if (said := each.alt.strip())
    ]


def unwritten(worklist: Worklist, data: bytes, name: str) -> int:
    """Return how many answers a file has that no page has yet: a new list would lose them."""
    try:
        answers = read_answers(data, name)
    except UsageError:
        return 0
    missing = {(each.page, each.picture) for each in worklist.entries}
    return sum((each.page, each.picture) in missing for each in answers)


def _decoded(data: bytes) -> str | None:
    """Return a text in UTF-8, UTF-16 or what Excel writes in Western Europe."""
    wide = data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    for encoding in ("utf-16",) if wide else ("utf-8-sig", "cp1252"):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    return None


def _table(text: str, name: str) -> Iterator[tuple[int, _Row]]:
    """Yield the rows of a table with their lines; the first says how cells are divided."""
    above = text[: len(text) - len(text.lstrip())].count("\n")
    head = text.lstrip().partition("\n")[0]
    sign = max(",;\t", key=head.count)
    rows = csv.reader(io.StringIO(text.lstrip(), newline=""), delimiter=sign)
    try:
        columns = [each.strip().casefold() for each in next(rows, [])]
        missing = [each for each in _NEEDED if each not in columns]
        if missing:
            what = f"{name}: there is no column `{missing[0]}` in its first line"
            raise UsageError(what, _HINT)
        places = [columns.index(each) for each in _NEEDED]
        line = rows.line_num
        for row in rows:
            if len(row) > max(places):
                yield above + line + 1, _Row(*(_without_guard(row[at]) for at in places))
            line = rows.line_num
    except csv.Error as error:
        raise UsageError(f"{name}: line {rows.line_num}: {error}", _HINT) from error


def _without_guard(cell: str) -> str:
    cell = cell.strip()
    return cell[1:] if cell.startswith("'") and _FORMULA.match(cell[1:]) else cell
