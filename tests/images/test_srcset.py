from __future__ import annotations

from mediakit.base.artifacts import MadeRecord, SourcePicture, srcsets


def variant(path: str, width: int, height: int) -> MadeRecord:
    return MadeRecord(path, bytes=1, width=width, height=height)


PICTURE = SourcePicture("i/a b.jpg", "", 1, 900, 600)
TEASER = variant("i/a b-320.jpg", 320, 213)


def test_narrowest_first_and_the_source_is_one() -> None:
    """Each size has its width, addresses are percent-encoded and below the base address."""
    found = srcsets(PICTURE, [variant("i/a b-768.jpg", 768, 512), TEASER], "/site/")
    assert found == {
        "image/jpeg": "/site/i/a%20b-320.jpg 320w, /site/i/a%20b-768.jpg 768w, "
        "/site/i/a%20b.jpg 900w"
    }


def test_signs_that_would_break_the_list() -> None:
    """A comma, a question mark or a quote in a name does not end the address."""
    picture = SourcePicture('i/a,b?"c#.jpg', "", 1, 900, 600)
    (text,) = srcsets(picture, [variant("i/æ-320.jpg", 320, 213)]).values()
    assert text == "/i/%C3%A6-320.jpg 320w, /i/a%2Cb%3F%22c%23.jpg 900w"


def test_the_smallest_format_comes_first() -> None:
    """Browsers take the first source that they know: AVIF, then WebP, then the others."""
    sizes = [
        variant(f"i/a b-{width}.{ending}", width, width * 2 // 3)
        for width in (300, 600)
        for ending in ("jpg", "webp", "avif")
    ]
    assert list(srcsets(PICTURE, sizes)) == ["image/avif", "image/webp", "image/jpeg"]


def test_crops_and_single_sizes_are_left_out() -> None:
    """A cropped variant is another picture, and one size is no choice."""
    square = variant("i/a b-sq.jpg", 200, 200)
    assert srcsets(PICTURE, [square]) == {}
    assert srcsets(PICTURE, [square, variant("i/a b-320.webp", 320, 213)]) == {}
    assert "sq" not in srcsets(PICTURE, [square, TEASER])["image/jpeg"]


def test_a_height_that_others_rounded() -> None:
    """An adopted variant may be a pixel taller than ours."""
    assert "320w" in srcsets(PICTURE, [variant("i/a b-320.jpg", 320, 214)])["image/jpeg"]


def test_sources_that_browsers_do_not_show() -> None:
    """A HEIC source is no choice, its JPEG variants are."""
    phone = SourcePicture("i/a.heic", "", 1, 900, 600)
    (text,) = srcsets(phone, [TEASER, variant("i/a b-768.jpg", 768, 512)]).values()
    assert "heic" not in text


def test_vectors_have_no_sizes() -> None:
    """An SVG has no pixels to choose by."""
    assert srcsets(SourcePicture("a.svg", "", 1, 0, 0), [variant("a-320.svg", 0, 0)]) == {}
