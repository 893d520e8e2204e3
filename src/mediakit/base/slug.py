"""Names for addresses and files: small ASCII letters, digits and dashes."""

from __future__ import annotations

import re
import unicodedata

# Danish, Norwegian, Swedish and German letters as people there write them without
_SPELLINGS = str.maketrans(
    {"æ": "ae", "ø": "oe", "å": "aa", "ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss", "ð": "d",
     "þ": "th", "œ": "oe", "ł": "l"}
)  # fmt: skip
_LETTERS = str.maketrans({"æ": "a", "ø": "o", "ß": "ss", "ð": "d", "þ": "th", "œ": "o", "ł": "l"})

_NUMBERED = re.compile(r"(?P<name>.+)-(?P<number>\d{1,6})")
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}-")


def slug_of(text: str) -> str:
    """Return a text as a part of a name: `knaeboej` for `Knæbøj`."""
    return _slug(text, _SPELLINGS) or "exercise"


def spellings_of(text: str) -> frozenset[str]:
    """Return the ways in which people write a text as a part of a name: `knaboj` too."""
    return frozenset({_slug(text, _SPELLINGS), _slug(text, _LETTERS)} - {""})


def split_number(stem: str) -> tuple[str, str]:
    """Return the stem of a file without the number at its end, and the number."""
    found = _NUMBERED.fullmatch(stem)
    return (found["name"], found["number"]) if found else (stem, "")


def without_date(stem: str) -> str:
    """Return the stem of a post without the date at its beginning."""
    return _DATE.sub("", stem, count=1) if _DATE.match(stem) else stem


def _slug(text: str, letters: dict[int, str]) -> str:
    spelt = unicodedata.normalize("NFC", text).casefold().translate(letters)
    plain = unicodedata.normalize("NFKD", spelt).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")
