"""The folders that a text names, and whether it goes through the files of folders.

A template that shows all files of a folder names none of them: Jekyll's `site.static_files`, Hugo's
`readDir` and `.Resources.Match`, and scripts that list a folder. The folder may stand in the same
text, or in a page that hands it to the template. One that makes the names of pictures, such as
`/img/{{ page.slug }}.svg`, names `img/*.svg`: any picture of that kind in the folder.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import msgspec

from mediakit.site.mentions import ENDINGS

if TYPE_CHECKING:
    from collections.abc import Iterator


_LOOP = re.compile(
    rb"static_files|readDir|[Rr]esources\.(?:Match|GetMatch|ByType)|readdir(?:Sync)?\("
    rb"|import\.meta\.glob|require\.context"
)
_NAME = re.compile(
    rb"(?:(?:contains|readDir)[ \t]{1,8}\(?[\"']([^\"'\r\n]{1,200})(?=[\"'])"
    rb"|[\"']([^\"'\r\n]{0,199}/[^\"'\r\n]{0,199})(?=[\"'])"
    rb"|^[ \t-]{0,40}[\w.-]{1,64}:[ \t]{1,8}([^\"'#\r\n][^\"'#\r\n]{0,199})\r?$)",
    re.MULTILINE,
)
_GLOB = re.compile(r"[*?\[{]")
_NO_FOLDER = re.compile(r"[<>|:;,=&#()$]|\.[A-Za-z0-9]{2,5}$|^\W*$")
_BUILT = re.compile(
    rb"(\}|%%[sdv]|[+&][ \t]{0,4}[\"'`]|append:[ \t]{0,4}[\"'])[\w@-]{0,80}\.(%b)(?![0-9A-Za-z])"
    % ENDINGS,
    re.IGNORECASE,
)
_JOINED = re.compile(rb"[\"'`]([^\"'`\r\n]{0,200}/)[\"'`]")
_TEMPLATE = re.compile(rb"\{\{[^{}]*\}\}|[$#]\{[^{}]*\}|%[sdv]")
_HOLE = b"\0"
_EDGES = tuple(b"%c" % sign for sign in b" \t\r\"'`()<>|=,;}")
_LONGEST = 300
"""Bytes before an ending in which the folder is."""


class FolderName(msgspec.Struct, frozen=True, gc=False, array_like=True):
    """A folder as a text names it, without slashes around it, and the line."""

    folder: str
    line: int


def goes_through_folders(data: bytes) -> bool:
    """Return whether a text asks for the files of folders."""
    return _LOOP.search(data) is not None


def find_folders(data: bytes, line: int = 1) -> Iterator[FolderName]:
    """Yield what may be names of folders in a text that starts at `line`."""
    end = 0
    for match in _NAME.finditer(data):
        line += data.count(b"\n", end, match.end())
        end = match.end()
        text = next(each for each in match.groups() if each is not None).decode("utf-8", "replace")
        folder = _folder(text, is_word=match[1] is not None)
        if folder:
            yield FolderName(folder, line)


def _folder(text: str, *, is_word: bool) -> str:
    """Return the folder that a text names: what a template puts before it is left out."""
    text = text.rpartition("}")[2].replace("\\", "/").strip()
    glob = _GLOB.search(text)
    if glob is not None:
        text = text[: glob.start()].rpartition("/")[0] + "/"
    if not is_word and "/" not in text:
        return ""
    if _NO_FOLDER.search(text):
        return ""
    return plain_folder(text)


def plain_folder(text: str) -> str:
    """Return a folder without slashes around it, and without parts that name no folder."""
    return "/".join(part for part in text.split("/") if part not in {"", ".", "..", "~"})


def find_built(data: bytes, line: int = 1) -> Iterator[FolderName]:
    """Yield the folders of built names as `FOLDER/*.ENDING`, in a text that starts at `line`."""
    end = 0
    for match in _BUILT.finditer(data):
        line += data.count(b"\n", end, match.end())
        end = match.end()
        before = data[max(match.start() - _LONGEST, 0) : match.end(1)].rpartition(b"\n")[2]
        folder = _folder_before(before)
        if folder:
            yield FolderName(f"{folder}/*.{match[2].decode().lower()}", line)


def _folder_before(before: bytes) -> str:
    """Return the folder before what a template puts in, empty where that is built too."""
    if b"/" not in before:
        return ""
    text = _TEMPLATE.sub(_HOLE, before)
    if not text.endswith(_HOLE):  # texts that are joined
        joined = _JOINED.findall(before)
        text = joined[-1] if joined else b""
    begin = max(map(text.rfind, _EDGES)) + 1
    folder = text[begin:].rpartition(b"/")[0].rpartition(_HOLE)[2]
    return plain_folder(folder.decode("utf-8", "replace"))
