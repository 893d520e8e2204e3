from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mediakit.site.body import BodyInclude, BodyPicture, scan_body


def lookup(name: str) -> str | None:
    return {"site.baseurl": "/base", "page.picture": "/p.jpg"}.get(name)


def addresses(body: str) -> list[str]:
    return [item.address for item in scan_body(body, 1, lookup) if isinstance(item, BodyPicture)]


def includes(body: str) -> list[BodyInclude]:
    return [item for item in scan_body(body, 1, lookup) if isinstance(item, BodyInclude)]


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
        "{%- raw -%}![alt](/a.jpg){%- endraw -%}",
        "{% highlight html linenos %}\n<img src='/a.jpg'>\n{% endhighlight %}",
        "<pre>\n<img src='/a.jpg'>\n</pre>",
        "<code><img src='/a.jpg'></code>",
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
    assert addresses(body) == ["/a.jpg", "/base/b.jpg", "/p.jpg"]


def test_includes() -> None:
    """Include tags come with parameters and line, quotes and percent signs and all."""
    body = (
        'Text\n\n{% include video id="x" provider=\'youtube\' style="width: 40%" %}\n'
        "{%- include figure.html\n   image_path=page.picture -%}\n"
    )
    video, figure = includes(body)
    assert (video.name, video.line, video.parameters["style"]) == ("video", 3, '"width: 40%"')
    assert (figure.name, figure.line, figure.parameters["image_path"]) == (
        "figure",
        4,
        "page.picture",
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
    found = scan_body(body, 10, lookup)
    assert [(item.address, item.line) for item in found if isinstance(item, BodyPicture)] == [
        ("/a.jpg", 11),
        ("/b.jpg", 13),
        ("/a.jpg", 14),
    ]


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
    scan_body("![x](/x.jpg)\n" + part * 4_000, 1, lookup)
    assert time.process_time() - start < 5


PARTS = st.sampled_from(
    ["![a](/a.jpg)", "<img src=", "'", '"', ">", "{% include video id=", " %}", "{{", "}}", "<!--",
     "-->", "`", "```\n", "\n", "    ", "<![", "]]>", "\ue000", "\ue0009\ue001",
     "<pre>", "</pre>", "&", "[r]"]
)  # fmt: skip


@given(st.lists(PARTS, max_size=40).map("".join) | st.text())
def test_any_body_is_read(body: str) -> None:
    """No body makes the reader raise."""
    scan_body(body, 1, lookup)
    scan_body(body, 1, lookup, markdown=False)
