"""Patterns of a stranger's settings cost little, whatever they are."""

from __future__ import annotations

import time

import pytest

from mediakit.site.kinds.eleventy import EleventySite
from mediakit.site.kinds.hugo import HugoSite
from mediakit.site.kinds.jekyll import read_config
from mediakit.site.kinds.kind import SiteKind

DEEP = "ab/" * 300
SLOW = (
    "*a*b*c*d*e*f",
    "**/a/**/b/**/c/**/*.x",
    "*" * 300 + "x",
    "(a*)*b",
    "a.*b.*c.*d.*e",
    "[" * 99,
)


def jekyll() -> SiteKind:
    patterns = ", ".join(f"'{each}'" for each in SLOW)
    return read_config(f"exclude: [{patterns}]\ninclude: [{patterns}]\n".encode())


@pytest.mark.parametrize(
    ("site", "folder"),
    [
        (jekyll(), ""),
        (HugoSite(ignored=SLOW), "content/"),
        (EleventySite(ignored=SLOW), ""),
    ],
    ids=lambda each: getattr(each, "name", ""),
)
def test_patterns(site: SiteKind, folder: str) -> None:
    """A long path is compared with odd patterns in no time, and is a page like any other."""
    start = time.process_time()
    assert site.content_type(f"{folder}{DEEP}page.md") is not None
    assert not site.is_excluded(f"{folder}{DEEP}"[:-1])
    assert time.process_time() - start < 2


@pytest.mark.slow
@pytest.mark.parametrize(
    "text",
    ["/*", "'", "`", "//", "dir:{", "templateFormats:[", "ignores.add(", "includes : ", "a'\n"],
)
def test_a_configuration_of_nonsense(text: str) -> None:
    """A large program that is none is read in time linear in its size."""
    data = text.encode() * (300_000 // len(text))
    start = time.process_time()
    site = EleventySite.read([(".eleventy.js", data), (".gitignore", data)])
    assert site.content_type("a.md") in {"pages", None}
    assert time.process_time() - start < 10
