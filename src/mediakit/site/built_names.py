"""Names of pictures that a template builds: a folder, what it puts in, and an ending.

`/icons/{{ page.class }}.svg` may mean any picture of that kind in the folder.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from mediakit.site.folder_names import FolderName, plain_folder
from mediakit.site.mentions import ENDINGS

if TYPE_CHECKING:
    from collections.abc import Iterator

_BUILT = re.compile(
    rb"(\}|%%[sdv]|[+&][ \t]{0,4}[\"'`]|append:[ \t]{0,4}[\"'])[\w@-]{0,80}\.(%b)(?![0-9A-Za-z])"
    % ENDINGS,
    re.IGNORECASE,
)
_FOLDER = re.compile(rb"[\"'`]([^\"'`\r\n]{0,200}/)[\"'`]")
_TEMPLATE = re.compile(rb"\{\{[^{}]*\}\}|[$#]\{[^{}]*\}|%[sdv]")
_HOLE = b"\0"
_EDGES = tuple(b"%c" % sign for sign in b" \t\r\"'`()<>|=,;}")
_LONGEST = 300
"""Bytes before an ending in which the folder is."""


def find_built(data: bytes, line: int = 1) -> Iterator[FolderName]:
    """Yield the folders of built names as `FOLDER/*.ENDING`, in a text that starts at `line`."""
    end = 0
    for match in _BUILT.finditer(data):
        line += data.count(b"\n", end, match.end())
        end = match.end()
        before = data[max(match.start() - _LONGEST, 0) : match.end(1)].rpartition(b"\n")[2]
        folder = _folder(before)
        if folder:
            yield FolderName(f"{folder}/*.{match[2].decode().lower()}", line)


def _folder(before: bytes) -> str:
    """Return the folder before what a template puts in, empty where that is built too."""
    if b"/" not in before:
        return ""
    text = _TEMPLATE.sub(_HOLE, before)
    if not text.endswith(_HOLE):  # texts that are joined
        joined = _FOLDER.findall(before)
        text = joined[-1] if joined else b""
    begin = max(map(text.rfind, _EDGES)) + 1
    folder = text[begin:].rpartition(b"/")[0].rpartition(_HOLE)[2]
    return plain_folder(folder.decode("utf-8", "replace"))
