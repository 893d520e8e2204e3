"""What is counted is told as `1 page` and `2 pages`, wherever a text has a number."""

from __future__ import annotations

import ast
import re
import tomllib
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

import mediakit
from mediakit.report.text import counted

if TYPE_CHECKING:
    from collections.abc import Iterator

SOURCE = Path(mediakit.__file__).parent
NOUN = (
    "alt text|card|change|clip|copie|day|document|duplicate|entrie|error|exercise|file|film|folder"
    "|frame|group|hour|key|line|minute|note|object|page|photo|picture|place|problem|refusal|row"
    "|second|sheet|site|source|step|target|teaser|text|thumbnail|time|variant|video|warning|word"
)
PLURAL = re.compile(rf" (?:(?:more|other|new|stale) )?(?:{NOUN})s\b")
NEVER_ONE = frozenset({
    ("checks/clips.py", "times the bytes of its clip"),  # `_LIGHTER` at least
    ("images/preset.py", "files"),  # PNG files: no number
    ("images/render.py", "frames are"),  # where it has several
    ("pages/films.py", "seconds, and clips have at most"),  # more than that, with its tenths
    ("site/alts.py", "pictures of"),  # of several
    ("videos/tool.py", "days old"),  # `_OLD` at least
    ("videos/video_file.py", "lines"),  # of a film's height
    ("web/client.py", "seconds"),  # as the program gives it
})  # fmt: skip
"""Texts whose number is no count of things, or never 1."""


def numbered() -> Iterator[tuple[str, str]]:
    """Yield the modules and texts in which a plural comes right after a value."""
    for path in sorted(SOURCE.rglob("*.py")):
        name = path.relative_to(SOURCE).as_posix()
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            values = node.values if isinstance(node, ast.JoinedStr) else []
            for before, after in pairwise(values):
                if not (isinstance(before, ast.FormattedValue) and isinstance(after, ast.Constant)):
                    continue
                is_fixed = isinstance(before.value, ast.Name) and before.value.id.isupper()
                found = PLURAL.match(str(after.value))
                if found is not None and not is_fixed:
                    yield name, str(after.value).strip()


def test_one_is_no_plural() -> None:
    """`1 page`, also with thousands of other things."""
    assert [counted(each, "page") for each in (0, 1, 2, 1_001)] == [
        "0 pages", "1 page", "2 pages", "1,001 pages",
    ]  # fmt: skip


def test_each_count_has_a_singular() -> None:
    """No text puts a plural after a number that may be 1: `counted` does that."""
    odd = [
        (name, text)
        for name, text in numbered()
        if not any(name == known and text.startswith(start) for known, start in NEVER_ONE)
    ]
    assert odd == []


def test_exceptions_are_needed() -> None:
    """What is excepted is there."""
    found = [*numbered()]
    for name, start in NEVER_ONE:
        assert any(each == name and text.startswith(start) for each, text in found), (name, start)


def test_words_of_the_desk_have_both() -> None:
    """Who translates `{n} pages` translates `{n} page` too."""
    for path in SOURCE.glob("desk/words/*/desk.toml"):
        words = tomllib.loads(path.read_text("utf-8"))["words"]
        for text in words:
            if re.match(rf"\{{n\}} (?:{NOUN})s\b", text) and " and films" not in text:
                one = re.sub(r"^(\{n\} \w+?)s\b", r"\1", text)
                singular = one.replace("show ", "shows ") if one not in words else one
                assert singular in words, text
