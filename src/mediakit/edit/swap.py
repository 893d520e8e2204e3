"""Put one video in the place of another, wherever a page names it, and change nothing else.

The id is exchanged in front matter and data, and in the body inside addresses of its provider,
tags of templates and tags of HTML. What comes out is read as the generator reads it: it has to
show the other video where it showed the first one, and all else as before.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from mediakit.base.errors import ManifestError
from mediakit.edit.front_matter import set_text, set_value
from mediakit.site.data import read_document
from mediakit.site.front_matter import read_page, take_apart, video_keys
from mediakit.site.paths import is_data
from mediakit.site.providers import PROVIDERS, provider_at, share_address
from mediakit.site.reader import parse_file
from mediakit.site.trees.walk import walk
from mediakit.site.trees.yaml import Mapping, Node, Scalar
from mediakit.site.videos import parse_video

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mediakit.base.model import Manifest, VideoRef
    from mediakit.site.reader import ReaderSettings
    from mediakit.site.trees.walk import KeyPath

_ADDRESS = re.compile(
    r"(?<![\w.-])(?:(?:https?:)?//)?(?:[\w-]{1,63}\.){1,5}[a-z]{2,12}/[^\s\"'<>()\[\]{}|`\\]*(?<![.,;:!?*])",
    re.IGNORECASE,
)
_TAGS = (("{{", "}}"), ("{%", "%}"), ("<", ">"))
_LONGEST_TAG = 2_000
_START = re.compile(r"(?<=[?&;#])(?:t|start|end|time_continue)=[^&#\s]*(?:&amp;|&|(?=#)|\Z)")
_LOOSE_END = re.compile(r"(?:[?#]|&amp;|&)+(?=#|\Z)")
_START_ARGUMENT = re.compile(
    r"\s+(?:start|end|t)\s?=\s?(?:\"[^\"]*\"|'[^']*'|[^\s\"'>%}]+)", re.IGNORECASE
)

Key = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Swap:
    """Exchanges the video `old` for `new`; the second at which it begins is kept or dropped."""

    settings: ReaderSettings
    old: VideoRef
    new: VideoRef
    keeps_start: bool = False

    def apply(self, path: str, data: bytes) -> bytes:
        """Return the page or data file at a site path with the other video.

        Raises:
            ManifestError: it cannot be read, or shows the video in a way that cannot be changed.
        """
        if is_data(path):
            changed = self._fields(path, data, read_document(path, data).root)
        else:
            page = read_page(data)
            new = self._fields(path, data, page.front_matter) if page is not None else data
            text = new.decode("utf-8-sig")
            parts = take_apart(text)
            body = parts.body if page is not None and parts is not None else text
            changed = new[: len(new) - len(body.encode())] + self._body(body).encode()
        return self._checked(path, data, changed)

    def leftovers(self, data: bytes) -> list[int]:
        """Return the lines of a page that have the id all the same: in prose, or a file's name."""
        found = self._bare.finditer(data.decode("utf-8-sig"))
        return sorted({1 + match.string.count("\n", 0, match.start()) for match in found})

    @property
    def _bare(self) -> re.Pattern[str]:
        return re.compile(rf"(?<![\w-]){re.escape(self.old.id)}(?![\w-])")

    @property
    def _spot(self) -> re.Pattern[str]:
        """The pattern of the id where it stands alone, with its hash and its query."""
        more = r"((?:/\w+)?(?:\?[^\s\"'<>%}]*)?)"
        return re.compile(rf"(?<![\w./-]){re.escape(self.old.id)}{more}(?![\w-]|\.\w)")

    @property
    def _is_same_provider(self) -> bool:
        return self.old.provider == self.new.provider

    def _fields(self, path: str, data: bytes, root: Node) -> bytes:
        """Return a file with the other video in its front matter or data."""
        change = partial(set_text, path) if is_data(path) else set_value
        for place, text, provider in _texts(root):
            new = self._text(text)
            names_one = provider is not None or any(each in video_keys() for each in place)
            if names_one or not self.old.id.isdecimal():
                new = self._spot.sub(self._id, new)
            if new == text:
                continue
            data = change(data, place, new)
            if provider is not None and not self._is_same_provider:
                data = change(data, (*place[:-1], "provider"), self.new.provider)
        return data

    def _body(self, body: str) -> str:
        """Return the body of a page with the other video in its addresses and tags."""
        done, parts = 0, []
        for match in self._bare.finditer(body):
            start, end = _tag_around(body, match.start(), match.end())
            is_tag = end > start
            if not is_tag:
                start, end = _word_around(body, match.start(), match.end())
            start = max(start, done)
            if end > start:
                piece = body[start:end]
                parts += [body[done:start], self._tag(piece) if is_tag else self._text(piece)]
                done = end
        return "".join([*parts, body[done:]])

    def _tag(self, tag: str) -> str:
        """Return a tag of a template or of HTML with the other video in its arguments."""
        new = self._spot.sub(self._id, self._text(tag))
        if new == tag:
            return tag
        if not self._is_same_provider:
            provider = rf"(?i)(\bprovider\s?=\s?[\"']?){self.old.provider}\b"
            new = re.sub(provider, rf"\g<1>{self.new.provider}", new)
        return new if self.keeps_start else _START_ARGUMENT.sub("", new)

    def _id(self, match: re.Match[str]) -> str:
        return self._timed(self.new.id + match[1]) if self._is_same_provider else self.new.id

    def _text(self, text: str) -> str:
        """Return a text with the other video in its addresses."""
        return _ADDRESS.sub(lambda match: self._address(match[0]), text)

    def _address(self, address: str) -> str:
        if self._bare.search(address) is None:
            return address
        parts = urlsplit(address if "//" in address.partition("?")[0] else f"//{address}")
        host, row = parts.hostname or "", PROVIDERS[self.old.provider]
        if provider_at(host) is row and self._is_meant(address):
            if self._is_same_provider:
                return self._timed(self._bare.sub(self.new.id, address, count=1))
            if re.fullmatch(row.frames, parts.path):
                return PROVIDERS[self.new.provider].embed.format(id=self.new.id)
            start = self.old.start if self.keeps_start else None
            return share_address(self.new.provider, self.new.id, start)
        is_picture = any(host == each or host.endswith(f".{each}") for each in row.domains)
        if is_picture and self._is_same_provider:
            return self._bare.sub(self.new.id, address)
        return address

    def _is_meant(self, address: str) -> bool:
        try:
            return _key(parse_video(address, None, 0)) == _key(self.old)
        except ManifestError:
            return False

    def _timed(self, address: str) -> str:
        """Return an address without its start, unless that is kept."""
        return address if self.keeps_start else _LOOSE_END.sub("", _START.sub("", address))

    def _checked(self, path: str, before: bytes, after: bytes) -> bytes:
        """Return the new page if it shows the other video, and all else as before.

        Raises:
            ManifestError: it does not.
        """
        pages = (parse_file(path, each, self.settings) for each in (before, after))
        for was, now in zip(*pages, strict=True):
            shown = [_key(each) for each in now.manifest.videos]
            wanted = [self._now(_key(each)) for each in was.manifest.videos]
            is_right = sorted(set(wanted)) == sorted(shown)
            if not is_right or _pictures(was.manifest) != _pictures(now.manifest):
                lines = (e.line for e in was.manifest.videos if _key(e) == _key(self.old))
                raise ManifestError(
                    "cannot-edit", "the video is shown in a way that mediakit cannot change",
                    next(lines, 0), f"put {self.new.id} in the place of {self.old.id} by hand",
                )  # fmt: skip
        return after

    def _now(self, video: Key) -> Key:
        return _key(self.new) if video == _key(self.old) else video


def _key(video: VideoRef) -> Key:
    return video.provider, video.id


def _pictures(manifest: Manifest) -> list[str]:
    """Return the pictures of the site: those at the provider change with the video."""
    return [each.path for each in manifest.images if each.path is not None and not each.url]


def _texts(root: Node) -> Iterator[tuple[KeyPath, str, str | None]]:
    """Yield the texts of a tree, each with its place, and what a mapping calls its provider."""
    providers: dict[KeyPath, str | None] = {}
    if isinstance(root, Mapping):
        providers[()] = root.text("provider")
    for place, node in walk(root):
        if isinstance(node, Mapping):
            providers[place] = node.text("provider")
        elif isinstance(node, Scalar) and not node.is_null:
            yield place, node.text, providers.get(place[:-1])


def _tag_around(text: str, start: int, end: int) -> tuple[int, int]:
    """Return where the tag begins and ends that has this part of a text in it; 0, 0 without one."""
    first, last = max(0, start - _LONGEST_TAG), end + _LONGEST_TAG
    for opening, closing in _TAGS:
        at = text.rfind(opening, first, start)
        close = text.find(closing, end, last)
        if at >= 0 and close >= 0 and text.find(closing, at, start) < 0:
            return at, close + len(closing)
    return 0, 0


def _word_around(text: str, start: int, end: int) -> tuple[int, int]:
    """Return where the word begins and ends that has this part of a text in it."""
    before = re.search(r"[^\s<>]*\Z", text[max(0, start - _LONGEST_TAG) : start])
    after = re.match(r"[^\s<>]*", text[end : end + _LONGEST_TAG])
    return start - len(before[0] if before else ""), end + len(after[0] if after else "")
