"""Numbers in messages have the right word."""

from __future__ import annotations

from mediakit.report.text import counted


def test_one_and_many() -> None:
    """One page, no pages, and words that add more than an s."""
    assert [counted(each, "page") for each in (0, 1, 2, 1200)] == [
        "0 pages", "1 page", "2 pages", "1,200 pages",
    ]  # fmt: skip
    assert [counted(each, "copy", "copies") for each in (1, 2)] == ["1 copy", "2 copies"]
