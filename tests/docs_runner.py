"""Runs the commands of a page of documentation, in order, as a reader would.

- a block `sh` is run with bash; a command that fails ends it, and the test
- a block with `title="PATH"` is a file, and is written
- a block `text` after commands is what they print
- `<!-- exit 1 -->` before commands says with which code they end
- `<!-- needs the network -->` before commands leaves them out; they may only install
- `<!-- not run: REASON -->` before commands leaves them out
"""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from processes import Nursery

_BLOCK = re.compile(
    r"(?:^ *<!-- (?P<note>[^\n]*) -->\n)?"
    r'^(?P<indent> *)(?P<fence>```+)(?P<language>\w+)(?: title="(?P<title>[^"]+)")?\n'
    r"(?P<text>.*?)^(?P=indent)(?P=fence)$",
    re.MULTILINE | re.DOTALL,
)
_INSTALLS = re.compile(r"(python3 -m venv \S+|\. \S+/activate|pip install .+|npm install .+)")


@dataclass(frozen=True)
class Block:
    """A fenced block, what its comment says, and the line of the page where it begins."""

    language: str
    text: str
    title: str
    note: str
    line: int


def blocks(page: Path) -> list[Block]:
    """Return the fenced blocks of a page that name their language."""
    text = page.read_text("utf-8")
    return [
        Block(
            found["language"],
            re.sub(f"^{found['indent']}", "", found["text"], flags=re.MULTILINE),
            found["title"] or "", found["note"] or "",
            text.count("\n", 0, found.start("fence")) + 1,
        )
        for found in _BLOCK.finditer(text)
    ]  # fmt: skip


def _commands(text: str) -> list[list[str]]:
    """Return the arguments of the runs of mediakit that a block consists of, else nothing."""
    found = []
    for line in text.replace("\\\n", " ").splitlines():
        if not line.startswith("mediakit ") or set(line) & set("|;&<>$`()*?~"):
            return []
        found.append(shlex.split(line, comments=True)[1:])
    return found


@dataclass
class Reader:
    """Somebody with a shell in a folder of their own."""

    folder: Path
    environment: Mapping[str, str]
    nursery: Nursery | None = None
    """Where it is given, mediakit runs in it: that is quicker."""

    instead: Mapping[str, str] = field(default_factory=dict)
    """What to read in place of what stands in the page, such as the name of a server."""

    def __post_init__(self) -> None:
        programs = self.folder / "programs"
        programs.mkdir(parents=True)
        for name, command in {"mediakit": "-m mediakit", "python": "", "python3": ""}.items():
            (programs / name).write_text(f'#!/bin/sh\nexec "{sys.executable}" {command} "$@"\n')
            (programs / name).chmod(0o755)
        if self.nursery is not None:
            self.nursery.program(programs / "mediakit")
        self.home = self.folder / "home"
        self.home.mkdir()
        self.place = self.home
        path = f"{programs}{os.pathsep}{os.environ['PATH']}"
        self.environment = {**os.environ, **self.environment, "PATH": path, "HOME": str(self.home)}

    def follow(self, page: Path) -> Iterator[tuple[Block, str, str]]:
        """Do what a page says; yield each block of output with what it shows and what came."""
        came = ""
        for block in blocks(page):
            if block.title:
                path = self.place / block.title
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(self.own(block.text), "utf-8")
            elif block.language == "sh" and block.note == "needs the network":
                for line in block.text.splitlines():
                    assert _INSTALLS.fullmatch(line), f"{page.name}:{block.line}: {line}"
            elif block.language == "sh" and not block.note.startswith("not run: "):
                came = self.run(block, page)
            elif block.language == "text":
                yield block, self.settled(block.text), self.settled(came)

    def run(self, block: Block, page: Path) -> str:
        """Run a block, hold it to its exit code, and return what it printed."""
        wanted = re.fullmatch(r"exit (\d+)", block.note)
        commands = _commands(self.own(block.text))
        if commands and self.nursery is not None:
            code, out = self._run_quickly(commands)
        else:
            code, out = self._run_shell(block)
        assert code == (int(wanted[1]) if wanted else 0), (
            f"{page.name}:{block.line}: {block.text}{out}"
        )
        return out

    def _run_quickly(self, commands: list[list[str]]) -> tuple[int, str]:
        """Run mediakit some times, until one ends otherwise than well."""
        assert self.nursery is not None
        out = ""
        for arguments in commands:
            child = self.nursery.start(
                self.place, *arguments, together=True, environment=dict(self.environment)
            )
            done = child.wait()
            out += done.out
            if done.code:
                return done.code, out
        return 0, out

    def _run_shell(self, block: Block) -> tuple[int, str]:
        after, exports = self.folder / "place", self.folder / "exports"
        exports.touch()
        begin = f'. "{exports}"\ntrap \'pwd > "{after}"; export -p > "{exports}"\' EXIT\nset -e\n'
        done = subprocess.run(
            ["bash", "-c", begin + self.own(block.text)],
            cwd=self.place, env=self.environment, check=False, stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        )  # fmt: skip
        self.place = Path(after.read_text().rstrip("\n"))
        for line in shlex.split(exports.read_text("utf-8").replace("declare -x ", "")):
            name, is_set, value = line.partition("=")
            if is_set and name != "_":
                self.environment = {**self.environment, name: value}
        return done.returncode, done.stdout

    def own(self, text: str) -> str:
        """Return a text of the page with what this reader has in place of it."""
        for there, here in self.instead.items():
            text = text.replace(there, here)
        return text

    def settled(self, text: str) -> str:
        """Return a text with the reader's folder as it is in pages, and without what varies."""
        for there, here in self.instead.items():
            text = text.replace(here, there)
        text = text.replace(str(self.home), "/home/you")
        for measured in (r"\b\d+\.\d+ s\b", r"\b\d+ kB\b", r"\bdistance \d+\b"):
            text = re.sub(measured, lambda found: re.sub(r"[\d.]+", "1", found[0]), text)
        return re.sub(r"^mediakit \d+\.\d+\S*$", "mediakit 0.1.0", text, flags=re.MULTILINE)
