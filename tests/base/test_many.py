from __future__ import annotations

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mediakit.base.many import Many


@given(st.lists(st.text("a\ud800é"), max_size=80))
def test_values_come_back(values: list[str]) -> None:
    """Values are in their order, whatever texts they have."""
    many = Many[str](lambda data: msgspec.msgpack.decode(data, type=list[str]))
    for each in values:
        many.append(each)
    assert list(many) == values
    assert len(many) == len(values)
    assert [many[at] for at in range(len(values))] == values
    assert many[1:5] == tuple(values[1:5])
    with pytest.raises(IndexError):
        many[len(values)]
