from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mediakit.site.body import BodyAddress, BodyTag, scan_body
from mediakit.site.kinds.jekyll import read_config
from mediakit.site.kinds.kind import Markup
from mediakit.site.reader import ReaderSettings, parse_page
from mediakit.site.templates.expanded import Expanded
from mediakit.site.trees.yaml import Mapping, Scalar

SITE = read_config(b"baseurl: /base\n")
FIELDS = Mapping({"picture": Scalar("/p.jpg", 1)}, 1)


def expand(text: str) -> Expanded | None:
    return SITE.expand(text, "a.md", FIELDS)


def addresses(body: str, markup: Markup = Markup.KRAMDOWN) -> list[str]:
    found = scan_body(body, 1, expand, markup)
    return [item.address for item in found if isinstance(item, BodyAddress)]


def includes(body: str) -> list[BodyTag]:
    found = scan_body(body, 1, expand, Markup.KRAMDOWN)
    return [item for item in found if isinstance(item, BodyTag)]


@pytest.mark.parametrize(
    "body",
    [
        "![alt](/a.jpg)",
        '![alt](/a.jpg "Title")',
        "![alt][ref]\n\n[ref]: /a.jpg",
        "Text [![thumb](/a.jpg)](https://example.org/page)",
        "<img src='/a.jpg'>",
        '<p>\n<IMG alt="x" SRC="/a.jpg" />\n</p>',
        '<div markdown="1">\n![alt](/a.jpg)\n</div>',
        "- item\n\n    ![in a list](/a.jpg)",
        "| x |\n|---|\n| ![alt](/a.jpg) |",
        "> ![quoted](/a.jpg)",
        "![alt](/a.jpg){: .align-left}",
        "![alt](</a.jpg>)",
    ],
)
def test_pictures_are_found(body: str) -> None:
    """A picture counts wherever Markdown shows one."""
    assert "/a.jpg" in addresses(body)


@pytest.mark.parametrize(
    "body",
    [
        "`![alt](/a.jpg)`",
        "```\n![alt](/a.jpg)\n```",
        "~~~ html\n<img src='/a.jpg'>\n~~~",
        "Text\n\n    ![alt](/a.jpg)",
        "<!-- ![alt](/a.jpg) -->",
        "<!--\n\n![alt](/a.jpg)\n\n-->",
        "{% comment %}![alt](/a.jpg){% endcomment %}",
        "{% highlight html linenos %}\n<img src='/a.jpg'>\n{% endhighlight %}",
        "<script>\nx = \"<img src='/a.jpg'>\"\n</script>",
    ],
)
def test_what_is_not_shown_does_not_count(body: str) -> None:
    """Code and comments hold no pictures."""
    assert addresses(body) == []


def test_liquid_in_addresses() -> None:
    """Known Liquid is put in; an address that only Jekyll can know is left out."""
    body = (
        "![a]({{ '/a.jpg' | relative_url }})\n![b]({{ site.baseurl }}/b.jpg)\n"
        "![c]({{ page.picture }})\n![d]({{ item.image }})\n"
    )
    assert addresses(body) == ["/base/a.jpg", "/base/b.jpg", "/p.jpg"]


def test_includes() -> None:
    """Include tags come with parameters and line, quotes and percent signs and all."""
    body = (
        'Text\n\n{% include video id="x" provider=\'youtube\' style="width: 40%" %}\n'
        "{%- include figure.html\n   image_path=page.picture -%}\n"
    )
    video, figure = includes(body)
    assert (video.tag.name, video.line, video.tag.arguments["style"].value) == (
        "video",
        3,
        "width: 40%",
    )
    assert (figure.tag.name, figure.line, figure.tag.arguments["image_path"].value) == (
        "figure.html",
        4,
        "/p.jpg",
    )


@pytest.mark.parametrize(
    "body",
    [
        "`{% include video id='x' %}`",
        "```liquid\n{% include video id='x' %}\n```",
        "{% comment %}{% include video id='x' %}{% endcomment %}",
        "<!-- {% include video id='x' %} -->",
    ],
)
def test_includes_in_code(body: str) -> None:
    """An include that the page does not show is none."""
    assert includes(body) == []


def test_lines() -> None:
    """Each picture has the line it stands in, also the second of two equal ones."""
    body = "\n![a](/a.jpg)\n\ntext ![b](/b.jpg)\n![a](/a.jpg)\n"
    found = scan_body(body, 10, expand)
    assert [(item.address, item.line) for item in found if isinstance(item, BodyAddress)] == [
        ("/a.jpg", 11),
        ("/b.jpg", 13),
        ("/a.jpg", 14),
    ]
    code = "`![](/a.jpg)` ``x ` ![](/a.jpg)``\n\n```\n![](/a.jpg)\n```\n\n` ![](/a.jpg)\n"
    (item,) = scan_body(code, 1, expand)
    assert isinstance(item, BodyAddress)
    assert item.line == 7  # the same address in code is none


@pytest.mark.parametrize(
    ("body", "found"),
    [
        (
            "<img src='/a.jpg' srcset='/b.jpg, /c,1.jpg 2x,/d.jpg (1, 2) 3x'>",
            "/a.jpg /b.jpg /c,1.jpg /d.jpg",
        ),
        ("<img data-src='/a.jpg' src='data:image/gif,AA'>", "/a.jpg data:image/gif,AA"),
        ("<picture><source srcset='/a.webp 1x'><img src='/b.jpg'></picture>", "/a.webp /b.jpg"),
        ("<video poster='/a.jpg'><source src='/b.webm'></video>", "/a.jpg /b.webm"),
        ("<object data='/a.svg'></object><embed src='/b.pdf'>", "/a.svg /b.pdf"),
        ("<svg><image href='/a.jpg' /><image xlink:href='/b.jpg' /></svg>", "/a.jpg /b.jpg"),
        ("<div style='background: url(\"/a.jpg\"), url( /b.jpg )'></div>", "/a.jpg /b.jpg"),
        ("<style>.a { background: url('/a.jpg') } @import url(b.css);</style>", "/a.jpg"),
        ("<a href='/a.jpg'>x</a><map><area href='/b.jpg'></map>", "/a.jpg /b.jpg"),
        ("<pre>\n<img src='/a.jpg'>\n</pre>", "/a.jpg"),
        ("<code><img src='/a.jpg'></code>", "/a.jpg"),
        ("<p>\n<img src='/a&amp;b.jpg' src='/c.jpg'>\n</p>", "/a&b.jpg"),
        ("<template><img src='/a.jpg'></template><textarea><img src='/b.jpg'></textarea>", ""),
        ("<iframe src='/a.html'><img src='/b.jpg'></iframe>", "/a.html"),
    ],
)
@pytest.mark.parametrize("markup", Markup)
def test_addresses_of_html(body: str, found: str, markup: Markup) -> None:
    """Each element and attribute that names a picture is read, whatever the language is."""
    assert addresses(f"<div>{body}</div>\n", markup) == found.split()


@pytest.mark.parametrize(
    ("body", "found"),
    [
        ("a[^1]\n\n[^1]: ![b](/b.jpg)\n\n    ![c](/c.jpg)\n\n[^1]: ![d](/d.jpg)", "/b.jpg /c.jpg"),
        ("a[^1]\n\n[^1]: b[^2]\n\n[^2]: ![c](/c.jpg)", "/c.jpg"),
        ("a\n\n[^1]: ![b](/b.jpg)", ""),
        ("a[^1]\n\n- b\n\n  [^1]: ![c](/c.jpg)\n", "/c.jpg"),
    ],
)
def test_footnotes_of_hugo(body: str, found: str) -> None:
    """A footnote is shown if a text refers to it, the first of its name."""
    assert addresses(body, Markup.GOLDMARK) == found.split()


def test_eleventy_has_no_code_by_indentation() -> None:
    """Four blanks make no code where markdown-it is told so, as Eleventy does."""
    assert addresses("a\n\n    ![b](/b.jpg)\n", Markup.MARKDOWN_IT) == ["/b.jpg"]
    assert addresses("a\n\n    ![b](/b.jpg)\n", Markup.COMMONMARK) == []


FRAMES = [
    ("https://www.youtube-nocookie.com/embed/aqz-KE-bpKQ?start=30&amp;rel=0", "aqz-KE-bpKQ", 30),
    ("//www.youtube.com/embed/aqz-KE-bpKQ", "aqz-KE-bpKQ", None),
    ("https://player.vimeo.com/video/76979871?h=1a2b#t=1m", "76979871", 60),
    ("https://www.youtube.com/embed/videoseries?list=PL1", None, None),
    ("https://vimeo.com/showcase/123456/embed", None, None),
    ("https://www.google.com/maps/embed?pb=1", None, None),
    ("/assets/plan.pdf", None, None),
]


@pytest.mark.parametrize(("address", "video", "start"), FRAMES)
@pytest.mark.parametrize("path", ["_exercises/x.md", "x.html"])
def test_a_video_in_a_frame(path: str, address: str, video: str | None, start: int | None) -> None:
    """The share codes of YouTube and Vimeo show a video; other frames are no problem."""
    text = f"---\ntitle: x\n---\nText\n\n<iframe width='560' src='{address}'></iframe>\n"
    page = parse_page(path, text.encode(), ReaderSettings())
    assert page is not None
    assert page.problems == ()
    wanted = [(video, start, 6)] if video else []
    assert [(each.id, each.start, each.line) for each in page.manifest.videos] == wanted


@pytest.mark.slow
@pytest.mark.parametrize(
    "part",
    [
        "<!--",
        "{% comment %}",
        "{% include x '",
        "{{ ",
        "![a](",
        "<![",
        "[a]: ",
        "`",
        "<img ",
        "{% raw",
    ],
)
def test_hostile_repetition_is_linear(part: str) -> None:
    """A file of openings without ends costs no more than its length."""
    start = time.process_time()
    for markup in Markup:
        scan_body("![x](/x.jpg)\n" + part * 2_000, 1, expand, markup)
    assert time.process_time() - start < 5


PARTS = st.sampled_from(
    ["![a](/a.jpg)", "<img src=", "'", '"', ">", "{% include video id=", " %}", "{{", "}}", "<!--",
     "-->", "`", "```\n", "\n", "    ", "<![", "]]>", "\ue000", "\ue0009\ue001",
     "<pre>", "</pre>", "&", "[r]"]
)  # fmt: skip


@given(st.lists(PARTS, max_size=40).map("".join) | st.text(), st.sampled_from(Markup))
def test_any_body_is_read(body: str, markup: Markup) -> None:
    """No body makes the reader raise."""
    scan_body(body, 1, expand, markup)
