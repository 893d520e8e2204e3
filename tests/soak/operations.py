"""What an operation of the soak is: a method that takes chance, and says what it did."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import TypeVar

Operation = Callable[[random.Random], str | None]
"""Returns what was done, in words to be counted; None where there was nothing to do it to."""

_Method = TypeVar("_Method", bound=Callable[..., str | None])


def operation(weight: int) -> Callable[[_Method], _Method]:
    """Mark a method as an operation that comes so many times as often as one of weight 1."""

    def mark(method: _Method) -> _Method:
        method.__dict__["weight"] = weight
        return method

    return mark


def weights_of(kind: type) -> dict[str, int]:
    """Return the operations of a class by name, and their weights."""
    found = {name: vars(each).get("weight") for name, each in vars(kind).items() if callable(each)}
    return {name: weight for name, weight in found.items() if weight is not None}


def colour(chance: random.Random) -> str:
    return f"#{chance.randrange(2**24):06x}"
