"""Codes of languages, as pages and hosts of videos write them: `da`, `en-US`, `zh-Hans`."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

_CODE = re.compile(
    r"([A-Za-z]{2,3})(?:[-_]([A-Za-z]{4}))?(?:[-_]([A-Za-z]{2}|\d{3}))?(?![A-Za-z0-9])"
)
_NONE = frozenset({"und", "zxx", "mul"})
"""Codes that say that the language is not known, or that there is none, or many."""

_SAME = {"nb": "no", "nn": "no", "iw": "he", "in": "id", "ji": "yi", "fil": "tl"}
"""Other codes of a language, and those that its readers understand."""


def language_code(text: str) -> str:
    """Return the code that a text begins with in its usual spelling, empty where there is none.

    >>> language_code("en_us.UTF-8"), language_code("en-eEY6OEpapPo"), language_code("English")
    ('en-US', 'en', '')
    """
    found = _CODE.match(text.strip())
    if found is None or found[1].lower() in _NONE:
        return ""
    script, region = (found[2] or "").title(), (found[3] or "").upper()
    return "-".join(filter(None, (found[1].lower(), script, region)))


def language_codes(texts: Iterable[str]) -> tuple[str, ...]:
    """Return the codes in texts, in order, each once."""
    return tuple(sorted({code for each in texts if (code := language_code(each))}))


def has_language(codes: Iterable[str], wanted: str) -> bool:
    """Return whether one of the codes is of this language, whatever the country."""
    return _language(wanted) in map(_language, codes)


def _language(code: str) -> str:
    first = code.partition("-")[0]
    return _SAME.get(first, first)
