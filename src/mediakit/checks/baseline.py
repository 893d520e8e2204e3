"""Which problems are not reported: by code, by a key of the page, or since they are old."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

import msgspec

from mediakit.base.own_files import BASELINE_NAME
from mediakit.site.trees.yaml import Mapping, Scalar, Sequence
from mediakit.state.documents import TypedReader, read_document

if TYPE_CHECKING:
    from collections.abc import Iterable
    from collections.abc import Mapping as Table

    from mediakit.base.model import Problem
    from mediakit.site.trees.yaml import Node

IGNORE_KEY = "mediakit_ignore"
"""The key of front matter with codes that are not reported for the page."""

VERSION = 1


class _Document(msgspec.Struct, frozen=True):
    version: int
    problems: dict[str, str] = {}


_DOCUMENT = TypedReader(_Document)


def ignored_codes(front_matter: Node) -> frozenset[str]:
    """Return the codes that a page does not want to hear of."""
    node = front_matter.get(IGNORE_KEY) if isinstance(front_matter, Mapping) else None
    if isinstance(node, Scalar):
        return frozenset(node.text.replace(",", " ").split())
    if isinstance(node, Sequence):
        return frozenset(each.text for each in node.items if isinstance(each, Scalar))
    return frozenset()


def kept(
    problems: Iterable[Problem],
    codes: frozenset[str],
    by_page: Table[str, frozenset[str]],
    baseline: frozenset[str],
) -> list[Problem]:
    """Return the problems that are left."""
    return [
        problem
        for problem in problems
        if problem.code not in codes
        and problem.code not in by_page.get(problem.path, frozenset())
        and fingerprint(problem) not in baseline
    ]


def fingerprint(problem: Problem) -> str:
    """Return what a problem is known by: not its line, which moves with each edit above it."""
    text = f"{problem.code}\0{problem.path}\0{problem.message}"
    return hashlib.sha256(text.encode(errors="surrogatepass")).hexdigest()[:16]


def load_baseline(data: bytes, name: str = BASELINE_NAME) -> frozenset[str]:
    """Read a baseline called `name` in messages; raises UsageError where it cannot be trusted."""
    document = read_document(data, _DOCUMENT, name, VERSION, "write it anew, or delete it")
    return frozenset(document.problems)


def dump_baseline(problems: Iterable[Problem]) -> bytes:
    """Return a baseline of these problems: JSON, a line each."""
    rows = {
        fingerprint(each): _told(f"{each.path}: {each.code}: {each.message}") for each in problems
    }
    lines = [
        msgspec.json.encode(key) + b":" + msgspec.json.encode(text)
        for key, text in sorted(rows.items(), key=lambda each: each[1])
    ]
    return b'{"version":%d,"problems":{\n%s\n}}\n' % (VERSION, b",\n".join(lines))


def _told(text: str) -> str:
    """Return a text that JSON can hold: names of the disk may have bytes that are no letters."""
    return text.encode(errors="backslashreplace").decode()
