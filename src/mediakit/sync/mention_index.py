"""The index of mentions: what the texts of a site name, by the names of pictures and folders."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import chain
from typing import TYPE_CHECKING

import msgspec

from mediakit.site.folder_names import FolderName, find_built, find_folders, goes_through_folders
from mediakit.site.mentions import Mention, find_mentions, folded, is_searchable, name_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from mediakit.base.model import Problem
    from mediakit.site.mentions import Meaning

_MOST_FOLDERS = 1_000
"""Folders of one text: more are a program's strings."""


class TextNames(msgspec.Struct, frozen=True, gc=False, array_like=True):
    """What a text file names; `loops` says whether it goes through the files of folders."""

    mentions: list[Mention] = []
    folders: list[FolderName] = []
    loops: bool = False


def names_in(text: bytes, line: int = 1) -> TextNames:
    """Return what a text names, each name where it first stands."""
    mentions: dict[str, Mention] = {}
    for each in find_mentions(text, line):
        mentions.setdefault(each.address, each)
    folders: dict[str, FolderName] = {}
    for folder in chain(find_built(text, line), find_folders(text, line)):
        folders.setdefault(folder.folder, folder)
        if len(folders) == _MOST_FOLDERS:
            break
    return TextNames(list(mentions.values()), list(folders.values()), goes_through_folders(text))


def joined(pieces: list[TextNames]) -> TextNames:
    """Return what the pieces of a text name."""
    if len(pieces) == 1:
        return pieces[0]
    mentions = {each.address: each for piece in reversed(pieces) for each in piece.mentions}
    folders = {each.folder: each for piece in reversed(pieces) for each in piece.folders}
    loops = any(piece.loops for piece in pieces)
    return TextNames(list(mentions.values()), list(folders.values()), loops)


@dataclass(frozen=True, slots=True)
class MentionPlace:
    """Where a text names a picture, or its folder; `line` is 0 if no search could find the name."""

    path: str
    line: int
    folder: str = ""

    def __str__(self) -> str:
        """Return it as messages write places."""
        return f"{self.path}:{self.line}"


class Mentions:
    """Mentions of pictures with these `names` (see `name_of`) in the text files of a site.

    `page_of` returns the page whose templates show all files of a folder, such as a bundle of Hugo.
    `unread` are the files that could not be searched.
    """

    def __init__(
        self, meaning: Meaning, names: frozenset[str], page_of: Callable[[str], str]
    ) -> None:
        self.unread: list[Problem] = []
        self._meaning = meaning
        self._names = names
        self._page_of = page_of
        self._found: dict[str, list[tuple[str, Mention]]] = {}
        self._folders: dict[str, list[tuple[str, FolderName]]] = {}
        self._loops: set[str] = set()

    def add(self, file: str, found: TextNames) -> None:
        """Add the mentions in a file."""
        for each in found.mentions:
            name = name_of(each.address)
            if name in self._names:
                self._found.setdefault(name, []).append((file, each))
        for folder in found.folders:
            self._folders.setdefault(name_of(folder.folder), []).append((file, folder))
        if found.loops:
            self._loops.add(file)

    def update(self, texts: Mapping[str, bytes]) -> None:
        """Replace the mentions of these files by those in new texts."""
        for table in (self._found, self._folders):
            for name, found in table.items():
                table[name] = [each for each in found if each[0] not in texts]  # type: ignore[misc]
        self._loops -= texts.keys()
        for file, data in texts.items():
            self.add(file, names_in(data))

    def of(self, path: str) -> MentionPlace | None:
        """Return the first mention of a picture, or of its folder where texts list folders."""
        if not is_searchable(path):
            return MentionPlace(path, 0)
        place = self.named(path)
        return place or self._without_ending(path) or self._of_made(path) or self._of_folder(path)

    def named(self, path: str) -> MentionPlace | None:
        """Return the first mention of a file by its whole name."""
        return next(self.all_named(path), None)

    def all_named(self, path: str) -> Iterator[MentionPlace]:
        """Yield the mentions of a file by its whole name: the first one of each text."""
        return self._places(path, self._found.get(name_of(path), ()))

    def _without_ending(self, path: str) -> MentionPlace | None:
        """Return where a picture is named by a folder and its name alone, as icons often are."""
        plain = folded(path.rpartition(".")[0])
        for file, each in self._folders.get(name_of(plain), ()):
            if "/" in each.folder and f"/{plain}".endswith(f"/{folded(each.folder)}"):
                return MentionPlace(file, each.line)
        return None

    def _of_made(self, path: str) -> MentionPlace | None:
        """Return where a template makes names of pictures in this folder."""
        folder, _, name = folded(path).rpartition("/")
        pattern = f"*.{name.rpartition('.')[2]}"
        for file, each in self._folders.get(pattern, ()):
            if f"/{folder}/{pattern}".endswith(f"/{folded(each.folder)}"):
                return MentionPlace(file, each.line, each.folder)
        return None

    def _of_folder(self, path: str) -> MentionPlace | None:
        """Return where a picture's folder is named, if a text lists folders.

        A text that lists folders itself may mean all that is below one, as templates do.
        """
        page = self._page_of(path)
        if page:
            return MentionPlace(page, 1, page.rpartition("/")[0])
        if not self._loops:
            return None
        own = folded(path.rpartition("/")[0])
        folder = own
        while folder:
            for file, each in self._folders.get(folder.rpartition("/")[2], ()):
                is_meant = folder == own or file in self._loops
                if is_meant and f"/{folder}".endswith(f"/{folded(each.folder)}"):
                    return MentionPlace(file, each.line, each.folder)
            folder = folder.rpartition("/")[0]
        return None

    def within(self, text: str, line: int, file: str, path: str) -> MentionPlace | None:
        """Return the first mention of a picture in a part of `file` that starts at `line`."""
        found = find_mentions(text.encode("utf-8", "replace"), line)
        return next(self._places(path, ((file, each) for each in found)), None)

    def _places(self, path: str, found: Iterable[tuple[str, Mention]]) -> Iterator[MentionPlace]:
        name = name_of(path)
        for file, each in found:
            if name_of(each.address) == name and self._meaning.may_be(each.address, file, path):
                yield MentionPlace(file, each.line)
