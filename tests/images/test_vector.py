from __future__ import annotations

import pytest

from mediakit.base.actions import Failure
from mediakit.images.opening import is_svg
from mediakit.images.preset import DEFAULT_PRESETS
from mediakit.images.render import PictureSource, Rendered, render
from mediakit.images.vector import active_parts, plain_svg

TEASER = DEFAULT_PRESETS[0]
SVG = b'<?xml version="1.0"?>\n<!-- drawn -->\n<svg xmlns="http://www.w3.org/2000/svg"/>'


@pytest.mark.parametrize(
    "data", [SVG, b"\xef\xbb\xbf<svg>", b"<svg:svg xmlns:svg='x'>", b"<!DOCTYPE svg>\n<svg\n>"]
)
def test_pictures(data: bytes) -> None:
    """A root element makes an SVG, whatever comes before it."""
    assert is_svg("a.svg", data)
    assert is_svg("a.SVG", data)
    assert not is_svg("a.jpg", data)


@pytest.mark.parametrize("data", [b"", b"<html>", b"<svgx>", b"svg", b"\x89PNG\r\n\x1a\n"])
def test_other_files(data: bytes) -> None:
    """What has no such element is none, also if it is called .svg."""
    assert not is_svg("a.svg", data)


def test_it_is_passed_through() -> None:
    """A variant that a page names is the same bytes; a raster of it is not made."""
    vector, raster = render(PictureSource(SVG), (("a-320.svg", TEASER), ("a-320.jpg", TEASER)))
    assert isinstance(vector, Rendered)
    assert (vector.data, vector.width, vector.height) == (SVG, 0, 0)
    assert isinstance(raster, Failure)


@pytest.mark.parametrize(
    ("inside", "part"),
    [
        (b"<script>alert(1)</script>", "a script"),
        (b"<svg:script href='a.js'/>", "a script"),
        (b"<a href='javascript:alert(1)'/>", "a script"),
        (b"<rect onload = 'alert(1)'/>", "an event handler"),
        (b"<foreignObject><p>a</p></foreignObject>", "HTML"),
        (b'<image xlink:href="https://example.org/a.png"/>', "an address on another host"),
        (b"<style>rect { fill: url(//example.org/a) }</style>", "an address on another host"),
        (b"<style>@import 'a.css';</style>", "an address on another host"),
        (b"<metadata><a/></metadata>", "notes of the drawing program"),
        (b'<g inkscape:label="Coach Ada"/>', "notes of the drawing program"),
    ],
)
def test_what_is_no_drawing(inside: bytes, part: str) -> None:
    """What an SVG holds that runs, loads from elsewhere or is a note is named; in UTF-16 too."""
    data = b"<svg xmlns='http://www.w3.org/2000/svg'>" + inside + b"</svg>"
    assert active_parts(data) == (part,)
    assert active_parts(data.decode().encode("utf-16")) == (part,)
    assert active_parts(b"<svg><!-- " + inside + b" --></svg>") == ()


def test_a_drawing_is_no_more() -> None:
    """Shapes, texts, styles, gradients and addresses inside of the file are a drawing."""
    data = b"""<svg xmlns:xlink="http://www.w3.org/1999/xlink"><style>a { fill: url(#b) }</style>
    <text>once = "twice", on = "off"; script and metadata</text><use xlink:href="#c"/></svg>"""
    assert active_parts(data) == ()


@pytest.mark.parametrize("part", [b"<!--", b"<", b" on", b"href=", b"url(", b"<a:", b" " * 9])
def test_much_nonsense_is_looked_through_quickly(part: bytes) -> None:
    """Megabytes of anything end: no part is looked at over and over."""
    assert active_parts(part * (1_000_000 // len(part))) == ()


INKSCAPE = b"""<?xml version="1.0" encoding="ISO-8859-1"?>
<?xml-stylesheet href="https://example.org/a.css"?>
<!DOCTYPE svg [<!ENTITY space "http://www.w3.org/2000/svg">]>
<!-- drawn by Ada -->
<svg xmlns="&space;" xmlns:xlink="http://www.w3.org/1999/xlink" width="40" height="20"
  xmlns:inkscape="http://www.inkscape.org/namespaces/inkscape" onload="a()" inkscape:label="Ada">
 <metadata><a>Ada</a></metadata><script><![CDATA[ if (a < b) c() ]]></script>
 <style><![CDATA[@import 'a.css'; g > rect { fill: #0a0; stroke: url(//example.org/a) }]]></style>
 <linearGradient id="fade"><stop stop-color="red"/><stop offset="1" stop-color="blue"/>
 </linearGradient><inkscape:page/>
 <g id="one"><rect x="2" y="2" width="16" height="16" onclick="b()"/></g>
 <rect x="20" width="20" height="20" fill="url(#fade)"/>
 <use xlink:href="#one" x="9"/><use xlink:href="https://example.org/a.svg#b"/>
 <a xlink:href="javascript:c()"><text y="9" font-size="4">\xe4 &amp; &lt;</text></a>
 <set attributeName="href" to="javascript:d()"/><foreignObject><p>e</p></foreignObject>
</svg>"""


def test_what_is_no_drawing_is_taken_out() -> None:
    """Scripts, addresses on other hosts and notes go; shapes, styles, references and texts stay."""
    made = plain_svg(INKSCAPE)
    assert made is not None
    assert len(active_parts(INKSCAPE)) == 6
    assert active_parts(made) == ()
    for gone in (b"Ada", b"example.org", b"script", b"ENTITY", b"onclick", b"a.css", b"inkscape"):
        assert gone not in made
    for kept in ("g &gt; rect { fill: #0a0", 'xlink:href="#one"', "url(#fade)", "ä &amp; &lt;"):
        assert kept.encode() in made
    assert plain_svg(made) == made


def entities(count: int, value: str, uses: str) -> bytes:
    declared = "".join(
        f'<!ENTITY a{at} "{value.replace("&a", f"&a{at - 1}")}">' for at in range(count)
    )
    return (
        f"<!DOCTYPE svg [{declared}]><svg xmlns='http://www.w3.org/2000/svg'>{uses}</svg>".encode()
    )


@pytest.mark.parametrize(
    "data",
    [
        b"no XML",
        b"<svg xmlns='http://www.w3.org/2000/svg'>",
        entities(12, "&a;" * 20, "&a11;"),
        entities(1, "a" * 50_000, "&a0;" * 50_000),
        entities(1, "a" * 9_000, "<text>" + "&a0;" * 900 + "</text>"),
        b"<svg xmlns='http://www.w3.org/2000/svg'><text>&#60;script </text></svg>"[:-6],
    ],
    ids=["nonsense", "open", "bomb", "blow-up", "growth", "cut"],
)
def test_what_is_not_sure_stays(data: bytes) -> None:
    """A file that is no whole XML, or that grows by its entities, is left to its owner, quickly."""
    assert plain_svg(data) is None


def test_no_file_comes_in() -> None:
    """An entity that names a file of this machine is not looked up."""
    data = b"""<!DOCTYPE svg [<!ENTITY a SYSTEM "file:///etc/hostname">]>
    <svg xmlns="http://www.w3.org/2000/svg"><text>&a;</text></svg>"""
    assert plain_svg(data) == (
        b'<?xml version="1.0" encoding="utf-8"?>\n'
        b'<svg xmlns="http://www.w3.org/2000/svg"><text/></svg>'
    )
