"""The folders that a text names, and whether it goes through the files of folders.

A template that shows all files of a folder names none of them: Jekyll's `site.static_files`, Hugo's
`readDir` and `.Resources.Match`, and scripts that list a folder. The folder may stand in the same
text, or in a page that hands it to the template. One that makes the names of pictures, such as
`/img/{{ page.slug }}.svg`, names `img/*.svg`.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import msgspec

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
