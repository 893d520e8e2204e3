"""Install the files for templates, bring them up to date, and remove them again.

A file that somebody changed, and one that is not mediakit's, stays as it is, and the difference is
shown; with `force` it is kept in the quarantine, as all that is changed.
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Annotated

import msgspec
from msgspec import Meta

from mediakit.base.errors import UsageError
from mediakit.base.files import FileTree, sha256_bytes
from mediakit.base.model import Problem, Severity
from mediakit.base.own_files import CONFIG_FILE, PICTURE_DATA
from mediakit.base.regular_file import read_regular
from mediakit.base.writer import hint_of, remove_empty_folders
from mediakit.edit.pages import PageChange
from mediakit.report.documents import Document
from mediakit.sync.quarantine import Creation, Edit, Fix, Move, Quarantine, Step, quarantines
from mediakit.sync.undo import undo
from mediakit.theme.shipped import FileState, theme_files

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from mediakit.config.config import Config
    from mediakit.sync.session import Session
    from mediakit.theme.shipped import ThemeFile

_HEADER = re.compile(r"^[ \t]*\[[ \t]*theme[ \t]*\][ \t]*(#.*)?$", re.MULTILINE)
_OWN = re.compile(r"\n?^\[theme\]\r?\ndata = true\r?\n", re.MULTILINE)
_LINE = "data = true"
_INCLUDE = re.compile(rb"\{%-?\s*include\s+([\w.-]+\.html)\b")
"""An include of the theme's own, in a file for Jekyll; those of mediakit have a folder."""


class ThemeFileEntry(msgspec.Struct, frozen=True):
    """A file for templates."""

    path: Annotated[str, Meta(description="Its site path.")]
    state: Annotated[FileState, Meta(description="What has become of it.")]


class ThemeStatusDocument(Document, frozen=True, kw_only=True):
    """What `theme status` found."""

    data: Annotated[bool, Meta(description="Whether `[theme] data` is on.")]
    files: Annotated[list[ThemeFileEntry], Meta(description="The files, by path.")]

    @property
    def is_current(self) -> bool:
        """Whether nothing is left for `theme install` to do."""
        states = {each.state for each in self.files}
        return self.data and states == {FileState.CURRENT}


@dataclass(frozen=True, slots=True)
class ThemeJob:
    """What to do: with `force` also to files that were changed, with `everything` in any theme."""

    force: bool = False
    everything: bool = False
    dry_run: bool = False


@dataclass(frozen=True, slots=True)
class ThemeChange:
    """What was done, or would be; `refused` are files as they are and as they would be."""

    fix: Fix
    refused: tuple[PageChange, ...]


def theme_status(config: Config, *, everything: bool = False) -> ThemeStatusDocument:
    """Return the state of each file; raises UsageError where there are none for the site."""
    files = theme_files(config, everything=everything)
    entries = [ThemeFileEntry(each.path, each.state) for each in files]
    return ThemeStatusDocument(data=config.theme.data, files=entries)


def install_theme(session: Session, job: ThemeJob) -> ThemeChange:
    """Write the files that are absent or older, and let documents for templates be written.

    Raises:
        UsageError: there are none for the site, or one cannot be written.
    """
    config = session.config
    change = _Change(session, job)
    for file in theme_files(config, everything=job.everything):
        change.write(file)
    change.settings(with_data, "on")
    return change.done()


def remove_theme(session: Session, job: ThemeJob) -> ThemeChange:
    """Remove the files that are mediakit's, the setting and the document for templates."""
    config, change = session.config, _Change(session, job)
    for file in theme_files(config, everything=True):
        if file.state is not FileState.ABSENT and file.state is not FileState.FOREIGN:
            change.remove(file)
    change.settings(without_data, "off")
    if config.theme.data:
        change.drop(config.template_file(PICTURE_DATA))
    return change.done()


def undo_theme(session: Session, *, dry_run: bool) -> Fix:
    """Take the last change back; where that turns the document for templates off, it goes too.

    Raises:
        UsageError: there is no change to take back, or its record cannot be read.
    """
    config = session.config
    was_on, document = config.theme.data, config.template_file(PICTURE_DATA)
    done = undo(session, "theme", dry_run=dry_run)
    tree = FileTree(config.root)
    is_changed = not done.problems and any(each.path == CONFIG_FILE for each in done.steps)
    if not (was_on and is_changed and tree.has(document)):
        return done
    if not dry_run:
        place = tree.disk_path(document)
        place.unlink()
        remove_empty_folders(place.parent, config.root)
    return replace(done, steps=(*done.steps, Step("remove", document)))


class _Change:
    """Collects what is to change, then does it by the quarantine."""

    def __init__(self, session: Session, job: ThemeJob) -> None:
        self._session, self._job = session, job
        self._tree = FileTree(session.config.root)
        self._new: dict[Edit | Creation, bytes] = {}
        self._moves: list[Move] = []
        self._problems: list[Problem] = []
        self._refused: list[PageChange] = []

    def write(self, file: ThemeFile) -> None:
        """Write a file, unless it is there or has to be left alone."""
        if file.found is None:
            self._new[Creation(file.path, sha256_bytes(file.data))] = file.data
        elif file.state is not FileState.CURRENT and not self._leaves(file, file.data):
            if file.state is FileState.FOREIGN and (lacks := self._lacked(file)):
                what = f"mediakit's asks for {lacks}, which an older theme does not have"
                hint = f"bring the theme up to date, and put its {lacks} beside this file"
                self._keep(file, what, hint)
            else:
                self._edit(file.path, file.found, file.data)

    def remove(self, file: ThemeFile) -> None:
        """Remove a file, unless it has to be left alone; what it took the place of comes back."""
        if self._leaves(file, b""):
            return
        for folder in reversed(quarantines(self._session.config)):
            kept = folder / "pages" / file.path
            data = read_regular(kept) if kept.is_file() else b""
            if data and file.state_of(data) is FileState.FOREIGN:
                self._edit(file.path, file.found or b"", data)
                return
        self.drop(file.path)

    def drop(self, path: str) -> None:
        """Move a file into the quarantine, if it is there."""
        if self._tree.has(path):
            self._moves.append(Move(path, sha256_bytes(self._tree.read(path)), "", ""))

    def settings(self, change: Callable[[Config, bytes | None], bytes | None], state: str) -> None:
        """Turn the documents for templates on or off in the settings."""
        before = self._tree.read(CONFIG_FILE) if self._tree.has(CONFIG_FILE) else None
        after = change(self._session.config, before)
        if after is None:
            what = f"data of [theme] could not be turned {state} here"
            value = "true" if state == "on" else "false"
            file, hint = self._session.config.file.name, f"write data = {value} below [theme]"
            self._problems.append(Problem(file, 0, "kept-theme-file", Severity.WARNING, what, hint))
        elif before is None and after:
            self._new[Creation(CONFIG_FILE, sha256_bytes(after))] = after
        elif before is not None and after != before:
            self._edit(CONFIG_FILE, before, after)

    def done(self) -> ThemeChange:
        """Do it, unless it is a dry run, and return what was done."""
        steps = tuple(self._steps())
        quarantine = Quarantine(self._session, self._tree, "theme")
        if steps and not self._job.dry_run:
            try:
                quarantine.carry_out(self._new, self._moves)
            except OSError as error:
                what = f"{error.filename or 'the theme'}: cannot be written: {error.strerror}"
                hint = f"{hint_of(error)}; --undo takes back what was written"
                raise UsageError(what, hint) from error
        folder = quarantine.path
        return ThemeChange(Fix(steps, tuple(self._problems), folder), tuple(self._refused))

    def _steps(self) -> Iterator[Step]:
        for each in self._new:
            yield Step("edit" if isinstance(each, Edit) else "create", each.path)
        for move in self._moves:
            yield Step("move", move.path)

    def _leaves(self, file: ThemeFile, after: bytes) -> bool:
        """Return whether a file was changed, or is another one's, and note that."""
        if self._job.force or file.state in {FileState.OLDER, FileState.CURRENT}:
            return False
        changed = file.state is FileState.CHANGED
        what = "was changed by hand" if changed else "is the site's own file, not mediakit's"
        self._keep(file, f"it {what}", "--force takes its place, and keeps it for --undo")
        if after and changed:
            self._refused.append(PageChange(file.path, file.found or b"", after))
        return True

    def _lacked(self, file: ThemeFile) -> str:
        """Return an include that a file asks for, and that the theme of the site may not have.

        Jekyll would build no page then. The site has none, and its own file does not ask for it.
        """
        folder = file.path.rpartition("/")[0]
        for name in _INCLUDE.findall(file.data):
            if name not in (file.found or b"") and not self._tree.has(f"{folder}/{name.decode()}"):
                return str(name, "utf-8")
        return ""

    def _keep(self, file: ThemeFile, what: str, hint: str) -> None:
        self._problems.append(Problem(file.path, 0, "kept-theme-file", Severity.ERROR, what, hint))

    def _edit(self, path: str, before: bytes, after: bytes) -> None:
        self._new[Edit(path, sha256_bytes(before), sha256_bytes(after))] = after


def with_data(config: Config, before: bytes | None) -> bytes | None:
    """Return the settings with the documents on, None where they are to be changed by hand."""
    if config.theme.data:
        return before or b""
    if config.file.given and config.file.name != CONFIG_FILE:
        return None
    text = (before or b"").decode()
    line_end = "\r\n" if "\r\n" in text else "\n"
    header = _HEADER.search(text)
    if header is None:
        gap = line_end if text and not text.endswith("\n") else ""
        above = line_end if text else ""
        return _checked(f"{text}{gap}{above}[theme]{line_end}{_LINE}{line_end}", wanted=True)
    at = header.end() - (header[0].endswith("\r"))
    return _checked(f"{text[:at]}{line_end}{_LINE}{text[at:]}", wanted=True)


def without_data(config: Config, before: bytes | None) -> bytes | None:
    """Return the settings as they were before `with_data`, None where that cannot be told."""
    if not config.theme.data:
        return before or b""
    return _checked(_OWN.sub("", (before or b"").decode(), count=1), wanted=False)


def _checked(text: str, *, wanted: bool) -> bytes | None:
    try:
        theme = tomllib.loads(text).get("theme", {})
    except tomllib.TOMLDecodeError:  # `data` is there twice
        return None
    return text.encode() if theme.get("data", False) is wanted else None
