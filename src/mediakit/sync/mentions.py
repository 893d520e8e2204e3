"""Search the text files of a site for mentions of its pictures.

Searched are pages and drafts (also those that cannot be read), data, configuration, layouts,
styles and programs; not the output of the generator and mediakit, packages, and binary files.
"""

from __future__ import annotations

import codecs
import errno
import os
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from mediakit.base.files import Absent, FileTree, file_stat
from mediakit.base.formats import FORMATS, format_of
from mediakit.base.model import Problem, Severity
from mediakit.base.own_files import (
    ACCEPTED_NAME,
    BASELINE_NAME,
    HISTORY_NAME,
    QUARANTINE,
    WORK_FOLDER,
)
from mediakit.base.regular_file import MOST_BYTES, is_inside, open_regular
from mediakit.report.html import POLICY
from mediakit.site.mentions import (
    LONGEST,
    VERSION,
    Meaning,
    Mention,
    find_mentions,
    is_searchable,
    name_of,
)
from mediakit.state.documents import TypedReader
from mediakit.storage.open import local_folder

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from io import BufferedReader

    from mediakit.base.files import DiskFile
    from mediakit.config.config import Config
    from mediakit.state.cache import Cache

_MENTIONS = TypedReader(list[Mention])

_PIECE = 4 * 1024 * 1024
_HEAD = 8 * 1024
_OTHERS = frozenset(
    {".git", ".hg", ".svn", "node_modules", ".venv", "venv", ".bundle", ".jekyll-cache",
     ".sass-cache", ".cache", "__pycache__", WORK_FOLDER, QUARANTINE}
)  # fmt: skip
"""Folders that belong to other programs, and those of mediakit."""

_OTHERS_BELOW = ("vendor/bundle", "vendor/cache", "vendor/gems", "vendor/ruby", "resources/_gen")


@dataclass(frozen=True, slots=True)
class MentionPlace:
    """Where a text names a picture; `line` is 0 if no search could find the name."""

    path: str
    line: int

    def __str__(self) -> str:
        """Return it as messages write places."""
        return f"{self.path}:{self.line}"


class Mentions:
    """Mentions of pictures with these `names` (see `name_of`) in the text files of a site.

    `unread` are the files that could not be searched.
    """

    def __init__(self, meaning: Meaning, names: frozenset[str]) -> None:
        self.unread: list[Problem] = []
        self._meaning = meaning
        self._names = names
        self._found: dict[str, list[tuple[str, Mention]]] = {}

    def add(self, file: str, found: Iterable[Mention]) -> None:
        """Add the mentions in a file."""
        for each in found:
            name = name_of(each.address)
            if name in self._names:
                self._found.setdefault(name, []).append((file, each))

    def update(self, texts: Mapping[str, bytes]) -> None:
        """Replace the mentions of these files by those in new texts."""
        for name, found in self._found.items():
            self._found[name] = [each for each in found if each[0] not in texts]
        for file, data in texts.items():
            self.add(file, find_mentions(data))

    def of(self, path: str) -> MentionPlace | None:
        """Return the first mention of a picture, else None."""
        if not is_searchable(path):
            return MentionPlace(path, 0)
        return self._first(path, self._found.get(name_of(path), ()))

    def within(self, text: str, line: int, file: str, path: str) -> MentionPlace | None:
        """Return the first mention of a picture in a part of `file` that starts at `line`."""
        found = find_mentions(text.encode("utf-8", "replace"), line)
        return self._first(path, ((file, each) for each in found))

    def _first(self, path: str, found: Iterable[tuple[str, Mention]]) -> MentionPlace | None:
        name = name_of(path)
        places = (
            MentionPlace(file, each.line)
            for file, each in found
            if name_of(each.address) == name and self._meaning.may_be(each.address, file, path)
        )
        return next(places, None)


def search_site(config: Config, cache: Cache, pictures: Iterable[str]) -> Mentions:
    """Search all text files of the site for these pictures (site paths)."""
    tree = FileTree(config.root)
    meaning = Meaning(config.kind.address, config.kind.roots, tree.has)
    mentions = Mentions(meaning, frozenset(map(name_of, pictures)))
    known = cache.parsed("mention", str(VERSION), _MENTIONS)
    for path in sorted(_candidates(config, tree, mentions.unread)):
        file = tree.find(path)
        if isinstance(file, Absent):
            if _hides_text(tree, path, file):
                mentions.unread.append(_unread(path, file.reason))
            continue
        try:
            found = known.get(file)
            if found is None:
                found, is_same = _read(file)
                if is_same:
                    known.put(file, found)
        except OSError as error:
            mentions.unread.append(_unread(path, f"cannot be read: {error.strerror}"))
        else:
            mentions.add(path, found)
    known.flush()
    return mentions


def variant_names(path: str, config: Config) -> list[str]:
    """Return the site paths that variants of a picture may have."""
    pure = PurePosixPath(path)
    endings = dict.fromkeys((pure.suffix, *(each.endings[0] for each in FORMATS if each.written)))
    return [
        str(pure.with_name(pure.stem + suffix + ending))
        for suffix, _ in config.suffixes
        for ending in endings
    ]


def _candidates(config: Config, tree: FileTree, unread: list[Problem]) -> Iterator[str]:
    """Yield the paths of all files that may be texts; add folders without access to `unread`."""
    kind = config.kind
    target = local_folder(config.target, config.root)
    catalog = config.catalog_file
    shards = catalog.shard_folder
    own = {catalog.path, *map(catalog.beside, (BASELINE_NAME, ACCEPTED_NAME, HISTORY_NAME))}

    def skip(folder: str) -> bool:
        name = folder.rpartition("/")[2]
        is_made = folder in {kind.output_folder, shards} or name.startswith("_site")
        if is_made or name in _OTHERS or folder.endswith(_OTHERS_BELOW):
            return True
        place = tree.disk_path(folder)
        if target is not None and place.resolve() == target:
            return True
        if not os.access(place, os.R_OK | os.X_OK):
            unread.append(_unread(folder, "cannot be listed"))
        return False

    for path in tree.walk(skip):
        picture = format_of(path)
        if path not in own and (picture is None or picture.name == "SVG"):
            yield path


def _hides_text(tree: FileTree, path: str, file: Absent) -> bool:
    """Return whether an absent file may still be a text of the site."""
    try:
        return bool(file.reason) and tree.disk_path(path).is_file()
    except OSError:  # nobody may look behind the link
        return True


def _read(file: DiskFile) -> tuple[list[Mention], bool]:
    """Return the mentions in a file, and whether it is still the observed one."""
    if not is_inside(file.disk_path, file.root):
        raise OSError(errno.ESTALE, "changed while mediakit ran")
    found: dict[str, Mention] = {}
    with open_regular(file.disk_path) as stream:
        is_same = file_stat(os.fstat(stream.fileno())) == file.stat
        for line, text in _pieces(stream):
            for each in find_mentions(text, line):
                found.setdefault(each.address, each)
        is_same = is_same and file_stat(os.fstat(stream.fileno())) == file.stat
    return list(found.values()), is_same


def _pieces(stream: BufferedReader) -> Iterator[tuple[int, bytes]]:
    """Yield a text in overlapping pieces, each with its first line; nothing of a binary file.

    Raises OSError for a text that is too large.
    """
    head = stream.read(_HEAD)
    encoding = _encoding(head)
    if encoding is None or POLICY.encode() in head:
        return
    if os.fstat(stream.fileno()).st_size > MOST_BYTES:
        raise OSError(errno.EFBIG, f"it is larger than {MOST_BYTES // 1024**2:,} MB")
    decoder = codecs.getincrementaldecoder(encoding)("replace")
    line, data, kept = 1, head, b""
    while data:
        text = data if encoding == "utf-8" else decoder.decode(data).encode("utf-8", "replace")
        yield line, kept + text
        line += (kept + text[:-LONGEST]).count(b"\n")
        kept, data = text[-LONGEST:], stream.read(_PIECE)


def _encoding(head: bytes) -> str | None:
    """Return the encoding of a file by its first bytes, None for a binary file."""
    for mark, name in ((codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be")):
        if head.startswith(mark):
            return name
    if b"\0" not in head:
        return "utf-8"
    odd, even = head[1::2].count(0), head[::2].count(0)
    if max(odd, even) * 3 < len(head) or min(odd, even) * 10 > len(head):
        return None
    return "utf-16-le" if odd > even else "utf-16-be"


def _unread(path: str, message: str) -> Problem:
    return Problem(
        path, 0, "unreadable-file", Severity.ERROR, message, "see to its rights, then run again"
    )
