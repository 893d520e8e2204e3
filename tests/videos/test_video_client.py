"""GET requests to the hosts of videos: nowhere else, and whatever happens is a value."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import TYPE_CHECKING

import pytest

from fake_youtube import OFFLINE, TRUNCATED, Said, Video
from mediakit.videos.client import Web, is_allowed
from mediakit.web.reply import Reply

if TYPE_CHECKING:
    from fake_youtube import Fake

A = "aaaaaaaaaaa"
OEMBED = f"https://www.youtube.com/oembed?url=https%3A%2F%2Fwww.youtube.com%2Fwatch%3Fv%3D{A}"


@pytest.mark.parametrize(
    ("url", "allowed"),
    [
        ("https://www.youtube.com/oembed", True),
        ("https://i.ytimg.com/vi/x/default.jpg", True),
        ("http://www.youtube.com/oembed", False),
        ("https://youtube.com.example/oembed", False),
        ("https://notyoutube.com/", False),
        ("https://user@169.254.169.254/latest/meta-data", False),
        ("file:///etc/passwd", False),
        ("https://[::1/", False),
    ],
)
def test_who_is_asked(url: str, allowed: bool) -> None:  # noqa: FBT001 - a parameter of the table
    """Only the hosts of videos, only over TLS."""
    assert is_allowed(url) is allowed
    if not allowed:
        assert Web().get(url).status == 0


def test_redirects_elsewhere(fake: Fake) -> None:
    """An answer that points to another host is an answer, not an order."""
    fake.set(A, Video(Said(302, b"", (("Location", "http://169.254.169.254/"),))))
    assert Web(lambda _: None).get(OEMBED).status == 302
    assert fake.strays == []


@pytest.mark.parametrize("status", [OFFLINE, TRUNCATED])
def test_no_whole_answer(fake: Fake, status: int) -> None:
    """A connection that is cut, before or in the middle, is no answer; it is tried twice."""
    fake.set(A, Video(Said(status)))
    waits: list[float] = []
    reply = Web(waits.append).get(OEMBED)
    assert reply.status == 0
    assert reply.why
    assert waits == [1.0]


def test_a_server_that_recovers(fake: Fake) -> None:
    """One hiccup is forgiven."""
    fake.set(A, Video(Said(502)))
    assert Web(lambda _: fake.set(A)).get(OEMBED).status == 200


def test_retry_after() -> None:
    """Seconds and dates are understood; anything else is nothing."""
    soon = format_datetime(datetime.now(UTC) + timedelta(seconds=90), usegmt=True)
    assert Reply(429, headers={"retry-after": "12"}).retry_after == 12
    assert 80 < (Reply(429, headers={"retry-after": soon}).retry_after or 0) <= 90
    assert Reply(429, headers={"retry-after": "soon"}).retry_after is None
    assert Reply(429).retry_after is None
