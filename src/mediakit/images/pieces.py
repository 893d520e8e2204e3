"""A frame of an animation as a still picture of its own, and how it is shown."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from mediakit.images.opening import UnreadableError


class Disposal(Enum):
    """What becomes of a frame's place before the next one is drawn."""

    KEEP = 0
    CLEAR = 1
    RESTORE = 2


@dataclass(frozen=True, slots=True)
class Piece:
    """A frame as a file of its own, where it belongs, and for how long it is shown.

    `box` is left, top, right and bottom in pixels. `over`: drawn over what is there, and not
    in its place.
    """

    data: bytes
    box: tuple[int, int, int, int]
    milliseconds: int
    disposal: Disposal
    over: bool = True


def check_room(pixels: int, canvas: tuple[int, ...]) -> None:
    """Refuse frames that take more room than the picture says it has."""
    if not 0 < pixels <= canvas[0] * canvas[1]:
        raise UnreadableError("damaged picture: a frame does not fit its animation")
