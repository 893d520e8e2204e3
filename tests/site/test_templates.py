from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mediakit.base.model import ImageRef, Role
from mediakit.site.kinds.eleventy import EleventySite
from mediakit.site.kinds.hugo import HugoSite
from mediakit.site.kinds.jekyll import read_config
from mediakit.site.kinds.markdown_folder import MarkdownFolder
from mediakit.site.paths import SiteAddress
from mediakit.site.reader import ParsedPage, ReaderSettings, parse_page
from mediakit.site.templates.expanded import Gap, Tag, Unknown
from mediakit.site.templates.expressions import Names
from mediakit.site.templates.liquid import expand_liquid

CONFIG = """
title: T
url: https://example.org
baseurl: /base
image_path: /assets/images
folders: {photos: {small: /small}, list: [p.jpg, q.jpg]}
collections: [exercises]
"""
FRONT = """---
title: A page
image: /assets/p.jpg
empty: ""
photos: [one.jpg, two.jpg]
---
"""


def read(body: str, config: str = CONFIG, front: str = FRONT) -> ParsedPage:
    settings = ReaderSettings(read_config(config.encode()))
    page = parse_page("_exercises/x.md", (front + body).encode(), settings)
    assert page is not None
    return page


def paths(page: ParsedPage) -> list[str | None]:
    return [image.path or image.url for image in shown(page)]


def shown(page: ParsedPage) -> list[ImageRef]:
    return [image for image in page.manifest.images if image.role is Role.BODY]


def codes(page: ParsedPage) -> list[tuple[int, str]]:
    return [(problem.line, problem.code) for problem in page.problems]


@pytest.mark.parametrize("config", ["title: t", "baseurl: ''", "url:\nbaseurl: # a comment"])
def test_an_empty_address_of_the_site_is_a_value(config: str) -> None:
    """Where the site lies at the top, its baseurl is an empty text, not an unknown."""
    page = read(
        "![x]({{ site.baseurl }}/a.jpg)\n\n<img src='{{ site.url }}{{ site.baseurl }}/b.jpg'>\n"
        '\n![x]({{ "/c.jpg" | prepend: site.baseurl }})\n![x]({{ "d.jpg" | relative_url }})\n',
        config + "\ncollections: [exercises]",
        "---\ntitle: A\n---\n",
    )
    assert paths(page) == ["a.jpg", "b.jpg", "c.jpg", "d.jpg"]
    assert codes(page) == []


@pytest.mark.parametrize(
    ("body", "path"),
    [
        ('![x]({{ "a.jpg" | relative_url }})', "a.jpg"),
        ("![x]({{ '/a b.jpg' | absolute_url }})", "a b.jpg"),
        ("![x]({{ 'a' | append: '.JPG' | downcase | prepend: '/x/' }})", "x/a.jpg"),
        ("![x]({{- page.image -}})", "assets/p.jpg"),
        ("![x]({{ page.nothing | default: '/d.jpg' | relative_url }})", "d.jpg"),
        ("![x](/{{ page.photos[1] }})", "two.jpg"),
        ("![x](/{{ page.photos | last }})", "two.jpg"),
        ("![x](/{{ page.photos.first }})", "one.jpg"),
        ("![x]({{ site.image_path }}/a.jpg)", "assets/images/a.jpg"),
        ('![x]({{ site.folders["photos"].small }}/a.jpg)', "small/a.jpg"),
        ("![x]({{ site.nothing }}/a.jpg)", "a.jpg"),
        ("<img src='/a.jpg?v={{ site.time | date: '%s' }}'>", "a.jpg"),
        ("![x]({{ page.image | replace: 'assets', 'x' | split: '/' | join: '/' }})", "x/p.jpg"),
        ("{% assign a = 'a.jpg' %}{%- capture b -%}/x/{{ a }}{%- endcapture -%}![x]({{ b }})",
         "x/a.jpg"),
        ("![x]({% if page.image %}{{ page.image }}{% endif %})", "assets/p.jpg"),
        ("<img src='{% link assets/a b.jpg %}'>", "assets/a b.jpg"),
        ("{% raw %}![x](/a.jpg){% endraw %}", "a.jpg"),
        ("{% assign a = 'a' %}{% if x %}{% assign a = 'b' %}{% else %}![](/{{ a }}.jpg){% endif %}",
         "a.jpg"),
    ],
)  # fmt: skip
def test_liquid_is_put_in(body: str, path: str) -> None:
    """Addresses come out as Jekyll makes them."""
    page = read(body)
    assert paths(page) == [path]
    assert codes(page) == []


@pytest.mark.parametrize(
    "body",
    [
        "{% for item in site.data.all %}![x]({{ item.image }}){% endfor %}",
        "{% for item in page.photos %}![x](/a/{{ item }}){% endfor %}",
        "![x]({{ include.image }})", "![x]({{ site.data.x.image }})", "![x]({{ post.image }})",
        "![x]({{ site.exercises.first.image }})", "![x]({{ page.url }}/a.jpg)",
        "![x]({{ page.date | date: '%Y' }}/a.jpg)", "[x]({% post_url 2020-01-01-x %})",
        "{% include setup %}![x]({{ made_by_setup }}/a.jpg)", "[x]({{ page.nothing }})",
        "{% comment %}![x]({{ page.nothing }}){% endcomment %}",
        "{% assign a = '/a' %}{% if x %}{% assign a = '/b' %}{% endif %}![x]({{ a }}.jpg)",
        "<!-- ![x]({{ page.nothing }}) -->", "`![x]({{ page.nothing }})`",
    ],
)  # fmt: skip
def test_what_only_the_generator_knows_is_passed_over(body: str) -> None:
    """Loops, includes and data are no problems of a page, and neither is what it does not show."""
    page = read(body)
    assert (paths(page), codes(page)) == ([], [])


@pytest.mark.parametrize(
    "body",
    [
        "\n![x]({{ page.nothing }})", "\n![x]({{ page.empty | prepend: page.nothing }})",
        "\n![x]({{ page.image | of_a_plugin }})", "\n<img src='{{ page.image | append }}'>",
        "\n[x]({{ page.image | of_a_plugin }}/full.jpg)", "\n![x]({{ page['image }})",
    ],
)  # fmt: skip
def test_what_cannot_be_resolved_is_told(body: str) -> None:
    """A picture whose address stays unknown is a warning with its line, not silence."""
    page = read(body)
    assert (paths(page), codes(page)) == ([], [(8, "unknown-liquid")])


def test_lines_of_what_is_put_in() -> None:
    """An address has the line it is written in, whatever stands before it."""
    page = read(
        "{% assign a = '/a.jpg' %}\n{% comment %}\n\n{% endcomment %}\n![x]({{ a }})\n\n"
        "{% include figure\n  image_path='/b.jpg' %}\n![x]({{ a }})\n"
    )
    assert [(each.path, each.line) for each in shown(page)] == [
        ("a.jpg", 11), ("b.jpg", 13), ("a.jpg", 15),
    ]  # fmt: skip


def test_a_page_without_liquid() -> None:
    """Front matter may say that a page shows its braces as they are."""
    page = read("![x](/{{a}}.jpg)", front="---\ntitle: A\nrender_with_liquid: false\n---\n")
    assert paths(page) == ["{{a}}.jpg"]


def test_other_kinds_have_no_liquid() -> None:
    """Hugo and a folder of Markdown show double braces as they are."""
    for kind in (HugoSite(), MarkdownFolder()):
        page = parse_page("content/a.md", b"<img src='{{ page.x }}'>", ReaderSettings(kind))
        assert page is not None
        assert not any(problem.code == "unknown-liquid" for problem in page.problems)


def test_eleventy_has_front_matter_as_names() -> None:
    """Eleventy's keys are names of their own; all other data only Eleventy knows."""
    text = (
        b"---\nphoto: /a.jpg\n---\n{% set b = '/b.jpg' %}![x]({{ photo | url }})\n![x]({{ b }})\n"
        b"![x]({{ c }})\n"
    )
    page = parse_page("a.md", text, ReaderSettings(EleventySite()))
    assert page is not None
    assert [(image.path, image.line) for image in shown(page)] == [
        ("a.jpg", 4),
        ("b.jpg", 5),
    ]
    assert page.problems == ()


@pytest.mark.slow
@pytest.mark.parametrize(
    "part",
    [
        "{{ ", "{% ", "{% raw", "{% if a %}", "{% raw %}", "{% comment %}", "{{ 'a", "{{- ", "-%}",
        "{% assign a = a | append: a %}", "{{ a | replace: 'a', a }}", "{% capture a %}x{{ a }}",
        "{% for a in b %}{% assign c = 1 %}", "{% include a b='", "{% x '\\\"",
        "{% for " + " " * 99,
        "{{ a" + "[0]" * 99 + "}}", "{{ a " + "| strip" * 99 + " }}", "{% x " + "a=" * 99 + "%}",
        "{% x " + "a" * 999 + " %}", '{{< a "', "{{< a >}}", "{{%", "{%- x -%}   ", "{# ",
        "{{ " + "a[" * 5_000 + "}}",
    ],
)  # fmt: skip
def test_hostile_templates_are_linear(part: str) -> None:
    """Openings without ends, values that grow and blocks in blocks cost what their length does."""
    text = "{% assign a = 'aaaaaaaaaaaaaaaaaaaa' %}" + part * (100_000 // len(part))
    start = time.process_time()
    names = Names({}, None, SiteAddress())
    assert len(expand_liquid(text, names, words_are_names=True).text) < 8 * len(text)
    HugoSite().expand(text, "a.md", names)  # type: ignore[arg-type]
    assert time.process_time() - start < 2


PARTS = st.sampled_from(
    ["{{", "}}", "{%", "%}", "-", " ", "a", "'", '"', "|", ":", "append", "assign a =", "raw", "if",
     "endraw", "endif", "else", "capture a", "endcapture", "for a in b", "endfor", "include", "\n",
     "\ue0000\ue001", "\ue001", ".", "[", "]", "0", "link", "![x](", ")", "{{<", ">}}", "/*",
     "highlight"]
)  # fmt: skip


@given(st.lists(PARTS, max_size=60).map("".join))
def test_any_template_is_read(text: str) -> None:
    """No text makes a reader raise; each mark has its place in what is written, in order."""
    for expanded in (
        expand_liquid(text, Names({}, None, SiteAddress())),
        HugoSite().expand(text, "a.md", Names({}, None, SiteAddress())),  # type: ignore[arg-type]
    ):
        if expanded is None:
            continue
        starts = [mark.start for mark in expanded.marks if isinstance(mark, Tag)]
        assert starts == sorted(starts)
        assert all(0 <= expanded.origin(at) <= len(text) for at in range(len(expanded.text)))
        assert all(
            isinstance(each.reason, Unknown) for each in expanded.marks if isinstance(each, Gap)
        )
