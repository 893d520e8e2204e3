"""On a terminal, whatever takes a while shows how far it is; elsewhere nothing appears."""

from __future__ import annotations

import os
import pty
import subprocess
import sys
import termios
from typing import TYPE_CHECKING, Any

import pytest

from conftest import SiteBuilder, draw
from mediakit.config.config import load_config
from mediakit.sync.copies import find_duplicates
from mediakit.sync.session import Access, open_session

if TYPE_CHECKING:
    from collections.abc import Iterator

SLOW = """\
import time
from mediakit.cli.options import Common
common = Common(None, "text", False, False, False, False)
for _ in common.follow(iter(range(3)), 3):
    time.sleep(0.7)
"""


def on_a_terminal(*command: str) -> str:
    above, below = pty.openpty()
    termios.tcsetwinsize(below, (24, 80))
    process = subprocess.Popen(command, stdin=below, stdout=below, stderr=below, close_fds=True)
    os.close(below)
    said = b""
    while True:
        try:
            piece = os.read(above, 65536)
        except OSError:
            break
        if not piece:
            break
        said += piece
    os.close(above)
    assert process.wait() == 0
    return said.decode()


@pytest.mark.skipif(sys.platform == "win32", reason="needs a terminal of Unix")
def test_slow_work_shows_a_bar() -> None:
    """After a second there is a bar, and it is gone at the end."""
    said = on_a_terminal(sys.executable, "-c", SLOW)
    assert "3" in said
    assert "file" in said
    done = subprocess.run([sys.executable, "-c", SLOW], check=True, capture_output=True)
    assert (done.stdout, done.stderr) == (b"", b"")


def test_work_of_workers_is_followed(site: SiteBuilder) -> None:
    """Looking at the pictures of a site, and comparing them, are followed to their end."""
    for number in range(3):
        site.write(f"assets/images/p{number}.jpg", draw(colour=f"#{number * 4}08020"))
    seen: list[tuple[int, int]] = []

    def follow(things: Iterator[Any], total: int) -> Iterator[Any]:
        found = list(things)
        seen.append((len(found), total))
        return iter(found)

    with open_session(load_config(site.root), Access.READ, follow) as session:
        find_duplicates(session)
    assert seen.count((3, 3)) == 2
