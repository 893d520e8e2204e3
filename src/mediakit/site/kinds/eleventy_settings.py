"""What the text of Eleventy's configuration shows of a site, and the files with what it ignores.

The configuration is a program, which is not run: values that are computed are not seen.
"""

from __future__ import annotations

import re
from itertools import islice
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

IGNORE_FILES = (".eleventyignore", ".gitignore")

_COMMENT = re.compile(
    r"(\"[^\"\n]{0,999}\"|'[^'\n]{0,999}'|`[^`]{0,999}`)|/\*[\s\S]*?(?:\*/|\Z)|(?<!:)//[^\n]*"
)
"""A text, which stays, or a comment."""
_TEXT = r"[\"'`]([^\"'`\n]{0,200})[\"'`]"
_DIRECTORY = re.compile(rf"\b(input|output)\s{{0,9}}:\s{{0,9}}{_TEXT}")
_DIRECTORIES = re.compile(r"\bdir\s{0,9}:\s{0,9}\{([^{}]{0,2000})\}")
_ENTRY = re.compile(rf"\b(includes|layouts|data)[\"'`]?\s{{0,9}}:\s{{0,9}}{_TEXT}")
_SETTER = re.compile(rf"set(Input|Output|Includes|Layouts|Data)Directory\(\s{{0,9}}{_TEXT}")
_COPIED = re.compile(r"addPassthroughCopy\(\s{0,99}\{([^{}]{0,2000})\}")
_PAIR = re.compile(rf"[\"'`]([^\"'`\n]{{1,200}})[\"'`]\s{{0,9}}:\s{{0,9}}{_TEXT}")
_FORMATS = re.compile(
    r"(?:\btemplateFormats\s{0,9}:\s{0,9}|setTemplateFormats\(\s{0,9})"
    rf"(?:\[([^\]]{{0,500}})\]|{_TEXT})"
)
_WORD = re.compile(r"[\w.-]{1,40}")
_IGNORED = re.compile(rf"ignores\.add\(\s{{0,9}}{_TEXT}")
_NO_GIT = re.compile(r"setUseGitIgnore\(\s{0,9}false")
_DRAFTS = re.compile(r"\bdrafts?\b", re.IGNORECASE)
_GLOB = re.compile(r"\*\*/|\*\*|\*|\?|[^*?]+")
_GLOBS = {"**/": "(?:.*/)?", "**": ".*", "*": "[^/]*", "?": "[^/]"}
_MOST_STARS, _MOST_GLOBS = 2, 50
"""What is tried for each path: globs with more take long, and nobody writes so many."""
_LONGEST, _MOST_LINES = 1_000, 2_000
"""What is read of ignore files."""


class EleventySettings(NamedTuple):
    """What the text of a configuration shows."""

    folders: dict[str, str]
    """Folders as written, by `input`, `output`, `includes`, `layouts` and `data`."""
    copied: tuple[tuple[str, str], ...]
    formats: frozenset[str] | None
    ignored: tuple[str, ...]
    has_drafts: bool


def read_settings(files: Iterable[tuple[str, bytes]]) -> EleventySettings:
    """Read a configuration and the files beside it that say what is ignored."""
    configuration, ignores = "", {}
    for name, data in files:
        text = data.decode("utf-8", "replace")
        if name in IGNORE_FILES:
            ignores[name] = text
        else:
            configuration = configuration or _COMMENT.sub(r"\1 ", text)
    if _NO_GIT.search(configuration):
        ignores.pop(".gitignore", None)
    lines = (line.strip() for text in ignores.values() for line in text.splitlines())
    kept = (line for line in lines if 0 < len(line) < _LONGEST and line[0] not in "#!")
    ignored = tuple(islice(kept, _MOST_LINES))
    named = {key.casefold(): value for key, value in _DIRECTORY.findall(configuration)}
    for block in _DIRECTORIES.findall(configuration):
        named.update(_ENTRY.findall(block))
    named |= {key.casefold(): value for key, value in _SETTER.findall(configuration)}
    pairs = [pair for block in _COPIED.findall(configuration) for pair in _PAIR.findall(block)]
    return EleventySettings(
        named, tuple(pairs), _formats(configuration),
        (*ignored, *_IGNORED.findall(configuration)), _DRAFTS.search(configuration) is not None,
    )  # fmt: skip


def ignored_paths(patterns: Iterable[str]) -> re.Pattern[str]:
    """Return a pattern for the paths that these mean, which count from the top of the site."""
    choices = list(_choices(patterns))
    return re.compile("|".join(choices) if choices else r"(?!)")


def normal(path: str) -> str:
    """Return a path without `.` and `..` where these stay inside the site, else nothing."""
    kept: list[str] = []
    for part in PurePosixPath(path.strip().strip("/")).parts:
        if part != "..":
            kept.append(part)
        elif kept:
            kept.pop()
        else:
            return ""
    return "/".join(kept)


def _choices(patterns: Iterable[str]) -> Iterator[str]:
    tried = 0
    for each in patterns:
        glob = each.removeprefix("./").strip("/").removesuffix("/**")
        wild = _GLOB.findall(glob)
        tried += "*" in glob
        is_slow = wild.count("**/") + wild.count("**") > 1 or wild.count("*") > _MOST_STARS
        if not glob or is_slow or ("*" in glob and tried > _MOST_GLOBS):
            continue
        parts = (_GLOBS.get(part) or re.escape(part) for part in _GLOB.findall(glob))
        yield f"(?s:{''.join(parts)})(?:/|\\Z)"


def _formats(configuration: str) -> frozenset[str] | None:
    found = _FORMATS.search(configuration)
    if found is None:
        return None
    words = _WORD.findall(found[1] if found[1] is not None else found[2])
    return frozenset(f".{word}" for word in words)
