"""Choose among the videos that may take the place of a lost one, by a key or by the score."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from mediakit.cli.output import say_all

if TYPE_CHECKING:
    from mediakit.cli.options import Common
    from mediakit.videos.lost import Candidate, Decision, LostEntry

_QUIT = frozenset({"q", "Q", "\x04", "\x1b"})


class Chooser:
    """Shows what was found, and takes a key, or the best one from a score on (`min_score`)."""

    def __init__(self, common: Common, min_score: int | None, start: str, *, asks: bool) -> None:
        self._common = common
        self._min_score = min_score
        self._start = start
        is_terminal = sys.stdin.isatty() and sys.stdout.isatty()
        self._asks = asks and min_score is None and is_terminal and common.output == "text"
        self.is_idle = asks and min_score is None and not self._asks

    def choose(self, lost: LostEntry) -> Decision:
        """Return what takes the place of a lost video, if anything does."""
        from mediakit.videos.lost import Decision  # noqa: PLC0415

        if self._common.output == "text" and not self._common.quiet:
            say_all(lost.lines())
        candidate = self._pressed(lost) if self._asks else self._best(lost)
        keeps = candidate is not None and lost.keeps_start(candidate)
        return Decision(lost, candidate, keeps if self._start == "same" else self._start == "keep")

    def _best(self, lost: LostEntry) -> Candidate | None:
        if self._min_score is None or not lost.candidates:
            return None
        best = lost.candidates[0]
        return best if best.score >= self._min_score else None

    def _pressed(self, lost: LostEntry) -> Candidate | None:
        """Return the candidate whose number somebody presses; any other key leaves the video."""
        if not lost.candidates:
            return None
        last = len(lost.candidates)
        keys = "1" if last == 1 else f"1 to {last}"
        click.echo(f"  press {keys} to take it, any other key to leave it, q to end: ", nl=False)
        key = click.getchar()
        click.echo(key if key.isprintable() else "")
        if key in _QUIT:
            self._asks = False
        is_number = key.isdecimal() and 1 <= int(key) <= last
        return lost.candidates[int(key) - 1] if is_number else None
