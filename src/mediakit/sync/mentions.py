"""Search the text files of a site for mentions of its pictures.

Searched are pages and drafts (also those that cannot be read), data, configuration, layouts,
styles and programs; not the output of the generator and mediakit, packages, and binary files.
"""

from __future__ import annotations

import codecs
import errno
import os
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from mediakit.base.files import Absent, FileTree
from mediakit.base.formats import FORMATS, format_of
from mediakit.base.model import Problem, Severity
from mediakit.base.own_files import QUARANTINE, WORK_FOLDER
from mediakit.base.regular_file import MOST_BYTES, has_stat, open_regular
from mediakit.report.html import POLICY
from mediakit.site.mentions import LONGEST, VERSION, Meaning, name_of
from mediakit.state.documents import TypedReader
from mediakit.storage.open import local_folder
from mediakit.sync.mention_index import Mentions, TextNames, joined, names_in
from mediakit.sync.site_files import own_documents

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from io import BufferedReader

    from mediakit.base.files import DiskFile
    from mediakit.config.config import Config
    from mediakit.state.cache import Cache

_NAMES = TypedReader(TextNames)

_PIECE = 4 * 1024 * 1024
_HEAD = 8 * 1024

_OTHERS = frozenset(
    {".git", ".hg", ".svn", "node_modules", ".venv", "venv", ".bundle", ".jekyll-cache",
     ".sass-cache", ".cache", "__pycache__", WORK_FOLDER, QUARANTINE}
)  # fmt: skip
"""Folders that belong to other programs, and those of mediakit."""

_OTHERS_BELOW = ("vendor/bundle", "vendor/cache", "vendor/gems", "vendor/ruby", "resources/_gen")


def search_site(config: Config, cache: Cache, pictures: Iterable[str]) -> Mentions:
    """Search all text files of the site for these pictures (site paths)."""
    tree = FileTree(config.root)
    roots = (*config.kind.roots, *config.data.base)
    meaning = Meaning(config.kind.address, roots, tree.has)

    def page_of(path: str) -> str:
        return config.kind.page_of(path, tree.names) if tree.has(path) else ""

    mentions = Mentions(meaning, frozenset(map(name_of, pictures)), page_of)
    for path, names in _texts(config, cache, tree, mentions.unread):
        mentions.add(path, names)
    return mentions


def names_suffix(config: Config, cache: Cache, suffix: str) -> bool:
    """Return whether a text of the site names a picture whose name ends so before its ending."""
    texts = _texts(config, cache, FileTree(config.root), [])
    names = [each.address.rpartition(".")[0] for _, found in texts for each in found.mentions]
    return any(name.endswith(suffix) for name in names)


def _texts(
    config: Config, cache: Cache, tree: FileTree, unread: list[Problem]
) -> Iterator[tuple[str, TextNames]]:
    """Yield each text and what it names, from the cache where it has not changed."""
    known = cache.parsed("mention", str(VERSION), _NAMES)
    for path in sorted(_candidates(config, tree, unread)):
        file = tree.find(path)
        if isinstance(file, Absent):
            if _hides_text(tree, path, file):
                unread.append(_unread(path, file.reason))
            continue
        try:
            found = known.get(file)
            if found is None:
                found, is_same = _read(file)
                if is_same:
                    known.put(file, found)
        except OSError as error:
            unread.append(_unread(path, f"cannot be read: {error.strerror}"))
        else:
            yield path, found
    known.flush()


def variant_names(path: str, config: Config) -> list[str]:
    """Return the site paths that variants of a picture, and clips of a film, may have."""
    pure = PurePosixPath(path)
    endings = dict.fromkeys((pure.suffix, *(each.endings[0] for each in FORMATS if each.written)))
    names = [
        str(pure.with_name(pure.stem + suffix + ending))
        for suffix, _ in config.suffixes
        for ending in endings
    ]
    if config.has_clips:
        from mediakit.sync.clips import clips_of  # noqa: PLC0415 - few sites ask

        names += [name for each in clips_of(config) for name in each.paths_of(path)]
    return names


def _candidates(config: Config, tree: FileTree, unread: list[Problem]) -> Iterator[str]:
    """Yield the paths of all files that may be texts; add folders without access to `unread`."""
    kind = config.kind
    target = local_folder(config.target, config.root)
    catalog = config.catalog_file
    shards = catalog.shard_folder
    own = own_documents(config)

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


def _read(file: DiskFile) -> tuple[TextNames, bool]:
    """Return what a file names, and whether it is still the observed one."""
    with open_regular(file.disk_path, file.root) as stream:
        was_same = has_stat(stream.fileno(), file.stat)
        found = joined([names_in(text, line) for line, text in _pieces(stream)])
        return found, was_same and has_stat(stream.fileno(), file.stat)


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
