from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mediakit.base.errors import ManifestError
from mediakit.site.paths import Location, SiteAddress, locate, locate_among

HERE = SiteAddress("https://example.org", "/site")


@pytest.mark.parametrize(
    ("written", "path"),
    [
        ("/assets/a.jpg", "assets/a.jpg"),
        ("assets/a.jpg", "assets/a.jpg"),
        ("./assets//./b/../a.jpg", "assets/a.jpg"),
        ("/assets/a.jpg?v=2#top", "assets/a.jpg"),
        ("/site/assets/a.jpg", "assets/a.jpg"),
        ("/sitemap/a.jpg", "sitemap/a.jpg"),
        ("https://example.org/site/assets/a.jpg", "assets/a.jpg"),
        ("/assets/a%20b+c.jpg", "assets/a b+c.jpg"),
        ("/assets/a%23b.jpg", "assets/a#b.jpg"),
        ("/assets/100%25.jpg", "assets/100%.jpg"),
        ("/assets/50%off.jpg", "assets/50%off.jpg"),
        ("assets\\images\\a.jpg", "assets/images/a.jpg"),
        ("  /assets/a.jpg ", "assets/a.jpg"),
        ("/assets/A.JPG", "assets/A.JPG"),
    ],
)
def test_spellings(written: str, path: str) -> None:
    """Each way in which authors write an address leads to one site path."""
    assert locate(written, HERE).path == path


@pytest.mark.parametrize(
    "written",
    [
        "http://example.org/site/assets/a.jpg",
        "//example.org/site/assets/a.jpg",
        "HTTPS://EXAMPLE.org/site/assets/a.jpg",
        "https://example.org:443/site/assets/a.jpg",
        "http://example.org:80/assets/a.jpg",
        "https://example.org./assets/a.jpg",
        "https://example.org:/assets/a.jpg",
        "https:\\\\example.org\\assets\\a.jpg",
        "https://ex%61mple.org/assets/a.jpg?v=1#x",
        "https://example.org//assets/a.jpg",
    ],
)
def test_own_host_in_any_spelling(written: str) -> None:
    """A picture that browsers find on this site is this site's: it is no orphan."""
    assert locate(written, HERE) == Location("assets/a.jpg")
    assert locate_among(written, HERE, ("",), (None,)) == Location("assets/a.jpg")


@pytest.mark.parametrize(
    ("own", "written"),
    [
        ("https://Blåbær.dk", "https://xn--blbr-roah.dk/a.jpg"),
        ("https://xn--blbr-roah.dk", "http://BLÅBÆR.dk/a.jpg"),
        ("http://localhost:4000", "//LOCALHOST:4000/a.jpg"),
        ("example.org", "example.org/a.jpg"),
        ("https://example.org/blog", "http://example.org/blog/a.jpg"),
    ],
)
def test_own_hosts_of_all_kinds(own: str, written: str) -> None:
    """Letters beyond ASCII, ports, addresses without a scheme, and folders."""
    assert locate(written, SiteAddress(own)) == Location("a.jpg")


@pytest.mark.parametrize(
    ("own", "written"),
    [
        ("https://example.org", "https://www.example.org/a.jpg"),
        ("https://www.example.org", "http://example.org:80/a.jpg"),
    ],
)
def test_a_twin_is_both(own: str, written: str) -> None:
    """Nobody but the disk can say whether `www.` is the same site."""
    assert locate(written, SiteAddress(own)) == Location("a.jpg", written)
    twin = locate_among(written, SiteAddress(own), ("static", "assets"), (None,))
    assert twin == Location("static/a.jpg", written, ("assets/a.jpg",))


@pytest.mark.parametrize(
    "written",
    [
        "https://example.org.evil.com/a.jpg",
        "https://example.org:8443/a.jpg",
        "https://user@example.org/a.jpg",
        "https://www.www.example.org/a.jpg",
        "https://cdn.example.org/a.jpg",
        "https://example.com/a.jpg",
    ],
)
def test_other_hosts_stay_others(written: str) -> None:
    """What only looks like the own host is another one."""
    assert locate(written, SiteAddress("https://example.org")) == Location(url=written)


def test_another_folder_of_the_own_host() -> None:
    """Of a site below a folder of its host, only that folder is its own."""
    address = SiteAddress("https://example.org/blog")
    for written in ("https://example.org/other/a.jpg", "http://example.org/blogs/a.jpg"):
        assert locate(written, address) == Location(url=written)


@pytest.mark.parametrize(
    ("written", "url"),
    [
        ("https://images.example.com/a.jpg?q=1", "https://images.example.com/a.jpg?q=1"),
        ("//cdn.example.com/a.jpg", "https://cdn.example.com/a.jpg"),
        ("https://example.org.evil.com/a.jpg", "https://example.org.evil.com/a.jpg"),
        ("data:image/png;base64,AAAA", None),
    ],
)
def test_remote(written: str, url: str | None) -> None:
    """Pictures on other hosts are never taken for local files."""
    place = locate(written, HERE)
    assert (place.path, place.url) == (None, url)


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("/../etc/passwd", "leaves-root"),
        ("/a/%2e%2e/%2E%2E/b", "leaves-root"),
        ("..%5c..%5cb", "leaves-root"),
        ("/a/..%2f..%2fb", "leaves-root"),
        ("file:///etc/passwd", "foreign-scheme"),
        ("javascript:alert(1)", "foreign-scheme"),
        ("C:\\pictures\\a.jpg", "foreign-scheme"),
        ("gopher://example.com/a.jpg", "foreign-scheme"),
        ("foo:a.jpg", "unknown-prefix"),
        ("/a%00b.jpg", "bad-path"),
        ("/a%0ab.jpg", "bad-path"),
        ("/a%E6b.jpg", "bad-path"),
        ("/", "bad-path"),
        ("", "bad-path"),
        ("/" + "a" * 4096 + ".jpg", "bad-path"),
    ],
)
def test_refused(written: str, code: str) -> None:
    """What leaves the site, runs code or fits no disk is a problem with a code."""
    with pytest.raises(ManifestError) as caught:
        locate(written, HERE)
    assert caught.value.code == code


def test_relative_to_the_page() -> None:
    """In a body, `..` counts from the page and stops at the root, as in a browser."""
    assert locate("../assets/a.jpg", HERE, "oevelse/knaeboej").path == "oevelse/assets/a.jpg"
    assert locate("../../../a.jpg", HERE, "x").path == "a.jpg"
    assert locate("/a.jpg", HERE, "x").path == "a.jpg"


@given(st.text(), st.sampled_from([None, "", "a/b"]))
def test_never_outside(text: str, base: str | None) -> None:
    """Whatever is written, a path is normal, inside the site and NFC, or is refused."""
    try:
        path = locate(text, HERE, base).path
    except ManifestError:
        return
    if path is None:
        return
    assert not path.startswith("/")
    assert not {"", ".", ".."} & set(path.split("/"))
    assert path == unicodedata.normalize("NFC", path)
    assert "\\" not in path
    assert "\x00" not in path
