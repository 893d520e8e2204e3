"""Find keys of front matter with pictures or videos that mediakit does not read yet."""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING, Annotated

import msgspec
from msgspec import Meta

from mediakit.base.errors import ManifestError
from mediakit.base.model import Role
from mediakit.report.documents import Count
from mediakit.site.galleries import is_picture
from mediakit.site.providers import provider_in_key
from mediakit.site.trees.yaml import Mapping, Node, Scalar, Sequence
from mediakit.site.videos import parse_video

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

_PART = re.compile(r"[^.]{1,100}")
_MOST_PARTS = 20
_ITEM = re.compile(r"^(?:src|url|path|file|filename|href|image|image_path)$")
_WORDS = (
    (Role.TEASER, ("thumb", "teaser", "preview", "card", "small", "icon")),
    (Role.OG_IMAGE, ("og", "social", "share", "seo", "twitter", "facebook")),
    (Role.OVERLAY, ("cover", "hero", "banner", "feature", "header")),
)


class UnreadKeyEntry(msgspec.Struct, frozen=True, kw_only=True):
    """A key of front matter that is to be configured."""

    key: Annotated[str, Meta(description="The key, with dots where it lies deeper.")]
    pages: Annotated[Count, Meta(description="On how many pages it is.")]
    role: Annotated[Role | None, Meta(description="The role to give it; null for a video.")]


def unread_keys(pages: Iterable[tuple[Mapping, Collection[int]]]) -> list[UnreadKeyEntry]:
    """Return the keys with pictures or videos that were not read, the most frequent first.

    A page is its front matter and the lines in which pictures and videos were read.
    """
    counts: Counter[tuple[str, Role | None]] = Counter()
    for fields, lines in pages:
        counts.update({
            (name, role)
            for parts, node, in_list in _unread(fields, (), lines, in_list=False)
            for name, role in _proposed(parts, node, in_list=in_list)
        })  # fmt: skip
    ranked = sorted(counts.items(), key=lambda each: (-each[1], each[0][0]))
    return [UnreadKeyEntry(key=key, pages=count, role=role) for (key, role), count in ranked]


def _unread(
    node: Node, parts: tuple[str, ...], lines: Collection[int], *, in_list: bool
) -> Iterator[tuple[tuple[str, ...], Scalar, bool]]:
    if isinstance(node, Scalar):
        if node.line not in lines:
            yield parts, node, in_list
    elif isinstance(node, Sequence):
        for item in node.items:
            if not _is_read(item, lines):
                yield from _unread(item, parts, lines, in_list=True)
    elif len(parts) < _MOST_PARTS:
        for key, value in node.entries.items():
            shown = Scalar(key, value.line)
            if is_picture(shown):  # with its description as the value
                yield from _unread(shown, parts, lines, in_list=in_list)
            if _PART.fullmatch(key):
                yield from _unread(value, (*parts, key), lines, in_list=in_list)


def _is_read(item: Node, lines: Collection[int]) -> bool:
    """Return whether an entry of a list was read; its line is that of one of its values."""
    return isinstance(item, Mapping) and any(
        isinstance(value, Scalar) and value.line in lines for value in item.entries.values()
    )


def _proposed(
    parts: tuple[str, ...], node: Scalar, *, in_list: bool
) -> Iterator[tuple[str, Role | None]]:
    if is_picture(node):
        # a whole entry has its texts beside the picture
        whole = parts[:-1] if len(parts) > 1 and _ITEM.match(parts[-1]) else parts
        yield ".".join(whole), _role_of(parts, in_list=in_list)
        return
    provider = provider_in_key(parts[-1]) if parts else None
    if provider is not None or "://" in node.text:
        try:
            parse_video(node.text, provider, node.line)
        except ManifestError:
            return
        yield ".".join(parts), None


def _role_of(parts: tuple[str, ...], *, in_list: bool) -> Role:
    words = " ".join(parts).casefold()
    for role, known in _WORDS:
        if any(re.search(rf"(?:^|[\W_]){word}", words) for word in known):
            return role
    return Role.GALLERY if in_list else Role.HEADER
