from __future__ import annotations

import pytest

from mediakit.storage.settings import HeaderRule, Headers, headers_of

FOR_EVER = "public, max-age=31536000, immutable"
A_DAY = "public, max-age=86400"


@pytest.mark.parametrize(
    ("key", "kind"),
    [
        ("a.jpg", "image/jpeg"),
        ("a.JPEG", "image/jpeg"),
        ("x/a.webp", "image/webp"),
        ("a.avif", "image/avif"),
        ("a.apng", "image/apng"),
        ("a.jfif", "image/jpeg"),
        ("a.heif", "image/heif"),
        ("a.svg", "image/svg+xml"),
        ("a.html", "application/octet-stream"),
        ("a.strange", "application/octet-stream"),
        ("jpg", "application/octet-stream"),
        ("a.jpg/b", "application/octet-stream"),
    ],
)
def test_types_are_pinned(key: str, kind: str) -> None:
    """Types do not come from the machine's table, which may know neither WebP nor AVIF."""
    assert headers_of(key).content_type == kind


@pytest.mark.parametrize(
    ("key", "found", "kind"),
    [
        ("a.jpg", "PNG", "image/png"),
        ("a.apng", "PNG", "image/apng"),
        ("a.svg", "JPEG", "image/jpeg"),
        ("a.jpg", "SVG", "image/jpeg"),
        ("a.jpg", "", "image/jpeg"),
    ],
)
def test_the_bytes_decide_on_the_type(key: str, found: str, kind: str) -> None:
    """What is in a picture counts before its name; only the name makes a vector picture."""
    assert headers_of(key, found=found).content_type == kind


@pytest.mark.parametrize(
    ("name", "caching"),
    [
        ("squat-320.jpg", A_DAY),
        ("squat-1a2b3c4d.jpg", FOR_EVER),
        ("squat.1a2b3c4d5e6f.webp", FOR_EVER),
        ("squat-1a2b3c4d-768.jpg", FOR_EVER),
        ("squat-20240101.jpg", FOR_EVER),
        ("squat-deadbeefs.jpg", A_DAY),
        ("squat-facade.jpg", A_DAY),
        ("deadlift-accedeed.jpg", A_DAY),
    ],
)
def test_a_digest_in_the_name_is_for_ever(name: str, caching: str) -> None:
    """Only a name that would change with the content may be kept without asking."""
    assert headers_of(f"1a2b3c4d5e6f/{name}").cache_control == caching


def test_the_catalog_is_asked_for() -> None:
    """A page must not be built on an old catalog."""
    assert headers_of("media.json", is_catalog=True).cache_control == "no-cache"
    assert headers_of("media.json", is_catalog=True).content_type == "application/json"


def test_later_rules_count_more() -> None:
    """Rules go by key or name; each changes what it names, and leaves the rest."""
    rules = (
        HeaderRule("*.jpg", cache_control="one"),
        HeaderRule("i/*", content_disposition="inline", metadata={"a": "b"}),
        HeaderRule("b*", cache_control="two", content_type="x/y"),
    )
    assert headers_of("i/a.jpg", rules) == Headers("image/jpeg", "one", "inline", (("a", "b"),))
    assert headers_of("i/b.jpg", rules) == Headers("x/y", "two", "inline", (("a", "b"),))
    assert headers_of("c.png", rules) == Headers("image/png", A_DAY)


def test_every_header_is_in_the_digest() -> None:
    """A change of any of them is noticed; the order of metadata is none."""
    whole = Headers("a", "b", "c", (("d", "e"), ("f", "g")))
    others = [
        Headers("x", "b", "c", whole.metadata),
        Headers("a", "x", "c", whole.metadata),
        Headers("a", "b", "x", whole.metadata),
        Headers("a", "b", "c", (("d", "e"),)),
    ]
    assert len({each.digest for each in (whole, *others)}) == 5
    assert Headers("a", "b", "c", whole.metadata[::-1]).digest == whole.digest
