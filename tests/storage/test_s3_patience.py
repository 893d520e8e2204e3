"""How long a bucket's server may be silent, and when that is said."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest

from mediakit.storage.s3.patience import Patience
from mediakit.storage.settings import S3Settings

if TYPE_CHECKING:
    from mediakit.base.patient_socket import ExchangeLimits


def limits(method: str) -> ExchangeLimits:
    patience = Patience(S3Settings().patience, "s3://bucket/x")
    return patience.limits(time.monotonic(), method, 1, is_object=False)


@pytest.mark.parametrize("method", ["GET", "HEAD", "PUT"])
def test_small_answers_come_soon(method: str) -> None:
    """A server that begins no answer in 10 to 15 seconds is asked again: patience has many such."""
    assert 10 <= limits(method).silence <= 16


def test_a_word_after_five_seconds(caplog: pytest.LogCaptureFixture) -> None:
    """With the patience that is usual a word comes after 5 s of silence, not before, and once."""
    waiting = limits("GET")
    waiting.on_wait(4.9)
    assert caplog.text == ""
    for seconds in (5.1, 60.0):
        waiting.on_wait(seconds)
        assert caplog.text.count("s3://bucket/x does not answer") == 1
