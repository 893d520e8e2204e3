"""Problems that are not reported: by code, by a key of the page, or because they are old."""

from __future__ import annotations

import hashlib
import re
from typing import TYPE_CHECKING

import msgspec

from mediakit.base.own_files import BASELINE_NAME
from mediakit.base.regular_file import read_file
from mediakit.base.writer import write_file
from mediakit.state.documents import TypedReader, read_document

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from mediakit.base.model import Problem
    from mediakit.config.config import Config
    from mediakit.sync.session import Session

VERSION = 1

_ROW = re.compile(r"(.*?): ([a-z0-9-]+): (.*)", re.DOTALL)
_NAME = re.compile(r"`[^`]*`|'[^']*'|\"[^\"]*\"|\S*[/.]\S*")
_SIGNS = "`'\"():;,."


class BaselineFile(msgspec.Struct, frozen=True):
    """The file: `path: code: message` of each problem, by its fingerprint."""

    version: int
    problems: dict[str, str] = {}


_FILE = TypedReader(BaselineFile)


def without_ignored(
    problems: Iterable[Problem],
    codes: Iterable[str],
    by_page: Mapping[str, tuple[str, ...]],
    baseline: frozenset[str],
) -> list[Problem]:
    """Return the problems that neither a code, nor their page, nor the baseline suppresses."""
    return [
        problem
        for problem in problems
        if problem.code not in codes
        and problem.code not in by_page.get(problem.path, ())
        and fingerprint(_row(problem)) not in baseline
    ]


def fingerprint(row: str) -> str:
    """Return what identifies a problem, given as `path: code: message`.

    It is the code, the file and the names in the message (pictures, addresses, keys): not the
    line, which moves with each edit above it, and not the words, which a release may improve.
    """
    found = _ROW.fullmatch(row)
    path, code, message = found.groups() if found else (row, "", "")
    names = {name.strip(_SIGNS) for name in _NAME.findall(message)}
    subject = sorted(name for name in names if re.search(r"[^\W\d_]", name))  # no numbers
    text = "\0".join((code, path, *subject))
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def read_baseline(config: Config) -> frozenset[str]:
    """Read the fingerprints of the baseline, none if there is none; raises UsageError."""
    path = _path(config)
    data = read_file(config.root, path)
    return frozenset() if data is None else load_baseline(data, path)


def write_baseline(session: Session, problems: Iterable[Problem]) -> str:
    """Write a baseline of these problems, and return its site path; raises UsageError."""
    path = _path(session.config)
    write_file(session.config.root, path, dump_baseline(problems), session.writer)
    return path


def load_baseline(data: bytes, name: str = BASELINE_NAME) -> frozenset[str]:
    """Return the fingerprints of a baseline called `name`; raises UsageError if it is damaged."""
    document = read_document(data, _FILE, name, VERSION, "write it again, or delete it")
    return frozenset(map(fingerprint, document.problems.values()))


def dump_baseline(problems: Iterable[Problem]) -> bytes:
    """Return a baseline of these problems: JSON, a line each."""
    rows = {_row(each): fingerprint(_row(each)) for each in problems}
    lines = [
        msgspec.json.encode(key) + b":" + msgspec.json.encode(row)
        for row, key in sorted(rows.items())
    ]
    return b'{"version":%d,"problems":{\n%s\n}}\n' % (VERSION, b",\n".join(lines))


def _path(config: Config) -> str:
    return config.catalog_file.beside(BASELINE_NAME)


def _row(problem: Problem) -> str:
    """Return a problem as one text; names on disk may have bytes that are no letters."""
    row = f"{problem.path}: {problem.code}: {problem.message}"
    return row.encode(errors="backslashreplace").decode()
