"""How very many actions ended."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from mediakit.base.actions import Outcome, full, short
from mediakit.base.many import Many
from mediakit.state.documents import TypedReader

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

_OUTCOMES = TypedReader(tuple[Outcome | str, ...])


def many_outcomes(outcomes: Iterable[Outcome]) -> Many[Outcome]:
    """Return a sequence of outcomes to add others to, which is in a temporary file."""
    many = Many(_decoded, _encoded)
    for each in outcomes:
        many.append(each)
    return many


def _encoded(outcomes: Sequence[Outcome]) -> bytes:
    return msgspec.msgpack.encode([short(each) for each in outcomes])


def _decoded(data: bytes) -> list[Outcome]:
    return [full(each) for each in _OUTCOMES.from_msgpack(data)]
