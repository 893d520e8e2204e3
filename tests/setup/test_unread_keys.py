from __future__ import annotations

from typing import TYPE_CHECKING

from mediakit.base.model import Role
from mediakit.setup.survey import UnreadKeyEntry, unread_keys
from mediakit.site.front_matter import read_page

if TYPE_CHECKING:
    from mediakit.site.trees.yaml import Mapping

PAGE = b"""\
---
gallery:
  - url: /a-0.jpg
    image_path: /a-0-320.jpg
  - url: /a-1.jpg
    image_path: /a-1-320.jpg
steps:
  - photo: /b.jpg
---
"""


def front_matter(text: bytes) -> Mapping:
    page = read_page(text)
    assert page is not None
    return page.front_matter


def test_an_entry_of_a_gallery_is_read_as_a_whole() -> None:
    """What was read by one line of an entry is not proposed by another line of it."""
    fields = front_matter(PAGE)
    assert unread_keys([(fields, {4, 6})]) == [
        UnreadKeyEntry(key="steps.photo", pages=1, role=Role.GALLERY)
    ]
    assert {each.key for each in unread_keys([(fields, {4})])} == {"gallery", "steps.photo"}


def test_pictures_anywhere() -> None:
    """A picture is found at any depth, in any list, and as the key of its description."""
    fields = front_matter(
        b"---\na: {b: [{c: x.jpg}]}\nslides:\n  - /b.png: Here\n  - /c.png: There\n"
        b"not: [x, 1, y.pdf]\n---\n"
    )
    assert [(each.key, each.role) for each in unread_keys([(fields, ())])] == [
        ("a.b.c", Role.GALLERY), ("slides", Role.GALLERY),
    ]  # fmt: skip
