"""Say in a content file what a picture shows, wherever that is written, and change nothing else.

Each place that may hold the text is tried, and what the reader then finds decides. So one way does
for galleries, other front matter, data files, Markdown, HTML, includes and shortcodes.
"""

from __future__ import annotations

import unicodedata
from functools import partial
from typing import TYPE_CHECKING

from msgspec.structs import replace

from mediakit.base.errors import ManifestError
from mediakit.base.model import Role
from mediakit.edit.alt_places import splices, typographic
from mediakit.edit.front_matter import set_text, set_value
from mediakit.site.alts import pictures_taking_alt
from mediakit.site.data import read_document
from mediakit.site.front_matter import read_page, take_apart
from mediakit.site.galleries import DECORATION
from mediakit.site.paths import is_data
from mediakit.site.reader import parse_file
from mediakit.site.trees.walk import walk
from mediakit.site.trees.yaml import Mapping, Scalar, Sequence

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from collections.abc import Sequence as AnySequence

    from mediakit.base.model import ImageRef, Manifest
    from mediakit.site.reader import ReaderSettings
    from mediakit.site.trees.walk import KeyPath

Place = tuple[int, int]
"""The number of a record of a content file, and of a picture in it."""


def plain(text: str) -> str:
    """Return an alt text in one line, without control characters."""
    shown = "".join(sign for sign in text if sign.isspace() or unicodedata.category(sign) != "Cc")
    return " ".join(shown.split())


def places_of(records: AnySequence[Manifest], is_meant: Callable[[ImageRef], bool]) -> list[Place]:
    """Return where galleries of a content file show a picture; else where it may have a text."""
    taking = {id(image) for each in records for image in pictures_taking_alt(each)}
    shown = [
        ((number, index), image)
        for number, each in enumerate(records)
        for index, image in enumerate(each.images)
        if is_meant(image) and (image.role is Role.GALLERY or id(image) in taking)
    ]
    in_galleries = [place for place, image in shown if image.role is Role.GALLERY]
    return in_galleries or [place for place, _ in shown]


_KEYS = ("alt", "description", "image_alt")
_MOST_TRIED = 60
_BY_HAND = "write it by hand"


class AltWriter:
    """Writes one alt text into content files; None says that a picture is decoration.

    `resolve` returns a manifest with the files that are there, where an address may mean several.
    """

    def __init__(
        self, settings: ReaderSettings, resolve: Callable[[Manifest], Manifest], text: str | None
    ) -> None:
        self._settings = settings
        self._resolve = resolve
        self._text = text

    def apply(
        self, path: str, data: bytes, choose: Callable[[AnySequence[Manifest]], list[Place]]
    ) -> bytes:
        """Return a content file with the text for the pictures that are chosen among its records.

        Raises:
            ManifestError: it cannot be read, or a picture is shown where no text can be written.
        """
        known = self._read(path, data)
        for place in choose(known):
            if self.says(known[place[0]].images[place[1]]):
                continue
            data, known = self._written(path, data, known, place)
        return data

    def _read(self, path: str, data: bytes) -> list[Manifest]:
        return [self._resolve(e.manifest) for e in parse_file(path, data, self._settings)]

    def _written(
        self, path: str, data: bytes, known: list[Manifest], place: Place
    ) -> tuple[bytes, list[Manifest]]:
        image = known[place[0]].images[place[1]]
        is_in_body = image.role is Role.BODY
        ways = (
            _in_body(data, image.line, self._text)
            if is_in_body
            else self._in_fields(path, data, image)
        )
        failed: ManifestError | None = None
        for change in ways:
            try:
                changed = change()
                found = self._read(path, changed)
            except ManifestError as error:
                failed = failed or error
                continue
            if self._is_right(known, found, place):
                return changed, found
        raise failed or self._refusal(image)

    def _refusal(self, image: ImageRef) -> ManifestError:
        name = image.source or image.url
        if self._text is None and image.role is Role.BODY:
            what = f"{name} cannot be said to be decoration where it is shown"
            return ManifestError("cannot-edit", what, image.line, 'write <img src="…" alt="">')
        what = f"the alt text of {name} is not written out here"
        return ManifestError("cannot-edit", what, image.line, _BY_HAND)

    def _in_fields(self, path: str, data: bytes, image: ImageRef) -> Iterator[Callable[[], bytes]]:
        """Yield the changes of the mappings that may show a picture."""
        page = None if is_data(path) else read_page(data)
        fields = page.front_matter if page is not None else Mapping({}, 0)
        root = read_document(path, data).root if is_data(path) else fields
        for place, node in walk(root):
            if isinstance(node, Sequence) and _has_bare(node, image.line):
                yield partial(_refuse_bare, image)
            if not isinstance(node, Mapping):
                continue
            shown = (key for key, each in node.entries.items() if _is_on(each, image.line))
            after = next(shown, None)
            if after is not None:
                for key in [each for each in _KEYS if each in node.entries] or _KEYS[:1]:
                    yield partial(self._with_fields, path, data, (*place, key), after)

    def _with_fields(self, path: str, data: bytes, place: KeyPath, after: str) -> bytes:
        change = partial(set_text, path) if is_data(path) else set_value
        is_raw = self._settings.kind.has_theme  # Liquid puts texts into HTML as they are
        given = self._text or ""
        text = typographic(given) if is_raw else given
        data = change(data, place, text, after=after)
        if self._text is None:
            role = (*place[:-1], DECORATION[0])
            data = change(data, role, DECORATION[1][0], after=str(place[-1]))
        return data

    def says(self, image: ImageRef) -> bool:
        """Return whether a picture has the text already."""
        if self._text is None:
            return image.is_decoration or (image.role is Role.BODY and image.alt is None)
        return (image.alt or "") in {self._text, typographic(self._text)}

    def _is_right(self, before: list[Manifest], after: list[Manifest], place: Place) -> bool:
        """Return whether a picture has the text now, and nothing else has changed."""
        if [_rest(each) for each in before] != [_rest(each) for each in after]:
            return False
        target = before[place[0]].images[place[1]]
        for number, (was, now) in enumerate(zip(before, after, strict=True)):
            for index, (old, new) in enumerate(zip(was.images, now.images, strict=True)):
                # an entry may show a second picture, where a click leads
                is_beside = number == place[0] and abs(index - place[1]) <= 1
                is_one = is_beside and (old.key, old.alt) == (target.key, target.alt)
                is_same = (old.alt, old.is_decoration) == (new.alt, new.is_decoration)
                if _bare(old) != _bare(new) or not (is_same or (is_one and self.says(new))):
                    return False
        return self.says(after[place[0]].images[place[1]])


def _rest(manifest: Manifest) -> tuple[object, ...]:
    """Return what a change of alt texts leaves as it is, but for its lines."""
    videos = [(each.provider, each.id, each.start) for each in manifest.videos]
    return manifest.title, len(manifest.images), videos, [e[0] for e in manifest.text.files]


def _bare(image: ImageRef) -> ImageRef:
    return replace(image, line=0, alt=None, is_decoration=False)


def _is_on(node: object, line: int) -> bool:
    return isinstance(node, Scalar) and node.line == line


def _has_bare(node: Sequence, line: int) -> bool:
    return any(_is_on(each, line) for each in node.items)


def _refuse_bare(image: ImageRef) -> bytes:
    raise ManifestError(
        "cannot-edit", f"`{image.key}` lists paths alone, which have no place for a text",
        image.line, "write the entry as a mapping with `src` and `alt`, if the templates take it",
    )  # fmt: skip


def _in_body(data: bytes, line: int, text: str | None) -> Iterator[Callable[[], bytes]]:
    """Yield the changes of the body, those nearest to a line first."""
    whole = data.decode()
    parts = take_apart(whole.removeprefix("\ufeff"))
    body = parts.body if parts is not None and read_page(data) is not None else whole
    start = len(whole) - len(body)
    first = 1 + whole.count("\n", 0, start)

    def distance(piece: tuple[int, int]) -> int:
        top, bottom = (first + body.count("\n", 0, at) for at in piece)
        return max(top - line, line - bottom, 0)

    found = sorted(splices(body, text), key=lambda each: distance((each.start, each.end)))
    for each in found[:_MOST_TRIED]:
        changed = whole[: start + each.start] + each.new + whole[start + each.end :]
        yield partial(str.encode, changed)
