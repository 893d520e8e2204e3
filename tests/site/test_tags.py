from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from mediakit.base.files import FileTree
from mediakit.base.model import Role
from mediakit.site.kinds.eleventy import EleventySite
from mediakit.site.kinds.hugo import HugoSite
from mediakit.site.kinds.jekyll import read_config
from mediakit.site.kinds.kind import SiteKind
from mediakit.site.kinds.registry import read_kind
from mediakit.site.reader import ParsedPage, ReaderSettings, parse_page
from mediakit.sync.pictures import resolve_locations

if TYPE_CHECKING:
    from conftest import SiteBuilder

JEKYLL = read_config(b"collections: [exercises]\nbaseurl: /base\n")
HUGO = HugoSite()
ELEVENTY = EleventySite()
PAGES = {"jekyll": "_exercises/x.md", "hugo": "content/x/index.md", "eleventy": "x/index.md"}


def read(kind: SiteKind, body: str) -> ParsedPage:
    text = f"---\ntitle: x\npic: /fm.jpg\nvid: aaaaaaaaaa1\n---\n{body}"
    page = parse_page(PAGES[kind.name], text.encode(), ReaderSettings(kind))
    assert page is not None
    return page


def pictures(page: ParsedPage) -> list[str | None]:
    images = page.manifest.images
    return [each.path or each.url for each in images if each.role is Role.BODY]


@pytest.mark.parametrize(
    ("kind", "body", "found"),
    [
        (JEKYLL, '{% include figure image_path="/a.jpg" alt="x.jpg" caption="b.jpg" %}', "a.jpg"),
        (JEKYLL, '{% include figure.liquid path="a.jpg" %}', "a.jpg"),
        (JEKYLL, "{% include figure image_path=page.pic %}", "fm.jpg"),
        (JEKYLL, "{% include x/card.html id='1' picture='/a.jpg' %}", "a.jpg"),
        (JEKYLL, "{% include_cached card.html image='/a.JPG?x=1' %}", "a.JPG"),
        (JEKYLL, '{% include_relative card.html\n  say="a \\"b\\" c"\n  url="/a.jpg" %}', "a.jpg"),
        (JEKYLL, "{%- assign a = '/a.jpg' -%}{%- include card.html src=a -%}", "a.jpg"),
        (JEKYLL, "{% img left /a.jpg 350 350 'title' 'alt' %}", "a.jpg"),
        (JEKYLL, "{% picture /a.jpg --alt x %}", "a.jpg"),
        (JEKYLL, '{% include image.html name = "a.PNG" alt = "b" %}', "a.PNG"),
        (JEKYLL, '{% responsive_image path: /a.jpg alt: "x" %}', "a.jpg"),
        (JEKYLL, "{% picture page.pic %}", "fm.jpg"),
        (JEKYLL, "<img src='{% asset_path /a.jpg %}'>", "a.jpg"),
        (JEKYLL, "{% include figure image_path='https://a.example/b' %}", "https://a.example/b"),
        (HUGO, '{{< figure src="a.jpg" alt="b c" >}}', "content/x/a.jpg"),
        (HUGO, "{{% figure src='/a.jpg' %}}", "static/a.jpg"),
        (HUGO, "{{< figure src=a.jpg >}}", "content/x/a.jpg"),
        (HUGO, "{{< img `a.jpg` />}}", "content/x/a.jpg"),
        (HUGO, '{{<gallery/one "/a.jpg" "100">}}', "static/a.jpg"),
        (HUGO, '{{< figure\n  title="an >}} in it"\n  src="a.jpg"\n>}}', "content/x/a.jpg"),
        (HUGO, "```\n{{< figure src=a.jpg >}}\n```", "content/x/a.jpg"),
        (HUGO, "{{% box %}}![x](a.jpg){{% /box %}}", "content/x/a.jpg"),
        (ELEVENTY, '{% image "./a.jpg", "It\'s b", [300, 600] %}', "x/a.jpg"),
        (ELEVENTY, '{% image src="./a.jpg", alt="b" %}', "x/a.jpg"),
        (ELEVENTY, '{% image { src: "./a.jpg", alt: "b" } %}', "x/a.jpg"),
        (ELEVENTY, "{% image pic, 'b' %}", "fm.jpg"),
        (ELEVENTY, '{{ image("./a.jpg", "b") | safe }}', "x/a.jpg"),
        (ELEVENTY, '{% include "card.njk", image: "/a.jpg" %}', "a.jpg"),
        (ELEVENTY, "{% set a = '/a.jpg' %}{% card a %}", "a.jpg"),
        (ELEVENTY, "{% set a = '/a' %}![x]({{ a ~ '.jpg' }}){# ![x](/b.jpg) #}", "a.jpg"),
    ],
)  # fmt: skip
def test_pictures_of_tags(kind: SiteKind, body: str, found: str) -> None:
    """Each argument that ends like a picture is one, whatever the tag is called."""
    page = read(kind, body)
    assert pictures(page) == [found]
    assert page.problems == ()


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        (JEKYLL, "{% for i in page.x %}{% include figure image_path=i.src %}{% endfor %}"),
        (JEKYLL, "{% include figure image_path=include.src %}"),
        (JEKYLL, "{% include gallery id='g' caption='like photo.jpg' %}"),
        (JEKYLL, "{% raw %}`{% include card.html src='/a.jpg' %}`{% endraw %}"),
        (JEKYLL, "    {% include card.html src='/a.jpg' %}"),
        (JEKYLL, "{% include figure.html html='<b>x</b>' %}"),
        (JEKYLL, "<!-- {% include card.html src='/a.jpg' %} -->"),
        (HUGO, "{{</* figure src=a.jpg */>}} {{%/* figure src=b.jpg */%}}"),
        (HUGO, "`{{% figure src=a.jpg %}}` <!-- {{< figure src=a.jpg >}} -->"),
        (HUGO, '{{< ref "a.md" >}} {{ .Title }} [x]({{< ref "b.md" >}})'),
        (HUGO, '{{< imgproc "cover" Resize "600x" >}}{{< /imgproc >}}'),
        (ELEVENTY, "{% image item.src %}{{ picture(cover) }}"),
    ],
)
def test_what_is_no_picture(kind: SiteKind, body: str) -> None:
    """Labels, loops, code and what is shown as text name no pictures, and are no problems."""
    page = read(kind, body)
    assert (pictures(page), page.problems) == ([], ())


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        (JEKYLL, '{% include video id="aqz-KE-bpKQ" provider="youtube" %}'),
        (JEKYLL, '{% include video id="https://youtu.be/aqz-KE-bpKQ" %}'),
        (JEKYLL, "{% include youtubePlayer.html id='aqz-KE-bpKQ' %}"),
        (JEKYLL, "{% include embed/youtube.html id='aqz-KE-bpKQ' %}"),
        (JEKYLL, '{% include video.liquid path="https://www.youtube.com/embed/aqz-KE-bpKQ" %}'),
        (JEKYLL, "{% include youtube-embed.html video_id='aqz-KE-bpKQ' %}"),
        (
            JEKYLL,
            "{% include responsive-embed url='https://youtu.be/aqz-KE-bpKQ' %}",
        ),
        (JEKYLL, "{% youtube aqz-KE-bpKQ 560 315 %}"),
        (JEKYLL, "{% YouTube https://www.youtube.com/watch?v=aqz-KE-bpKQ %}"),
        (JEKYLL, '{% youtube "https://www.youtube.com/watch?v=aqz-KE-bpKQ" %}'),
        (HUGO, "{{< youtube aqz-KE-bpKQ >}}"),
        (HUGO, '{{< youtube id="aqz-KE-bpKQ" autoplay="true" >}}'),
        (HUGO, '{{< lite-youtube "aqz-KE-bpKQ" >}}'),
        (ELEVENTY, '{% youtube "aqz-KE-bpKQ" %}'),
        (ELEVENTY, '{{ youtube("aqz-KE-bpKQ") }}'),
    ],
)
def test_videos_of_tags(kind: SiteKind, body: str) -> None:
    """The video includes and shortcodes of common themes are videos like any other."""
    page = read(kind, body)
    found = [(video.provider, video.id) for video in page.manifest.videos]
    assert found == [("youtube", "aqz-KE-bpKQ")]
    assert (pictures(page), page.problems) == ([], ())


@pytest.mark.parametrize(
    ("body", "provider", "video"),
    [
        ("{{< vimeo 146022717 >}}", "vimeo", "146022717"),
        ('{{< vimeo id="146022717" class="x" >}}', "vimeo", "146022717"),
        ("{{< bilibili BV1Q44y1B7Wf >}}", "bilibili", "BV1Q44y1B7Wf"),
    ],
)
def test_other_providers(body: str, provider: str, video: str) -> None:
    """A tag with the name of a provider says whose video it is."""
    (found,) = read(HUGO, body).manifest.videos
    assert (found.provider, found.id) == (provider, video)


@pytest.mark.parametrize(
    "body",
    [
        '{% include video.liquid path="assets/video/x.mp4" controls=true %}',
        "{% include embed/video.html src='/v.mp4' poster='/p.jpg' %}",
        '{% include video url="https://films.example.org/x" %}',
        "{% for v in page.x %}{% include embed/youtube.html id=v.id %}{% endfor %}",
        "{% include video.html id='intro' %}",
        "{% include embed.html %}", "{% include button.html url='https://youtu.be/aqz-KE-bpKQ' %}",
    ],
)  # fmt: skip
def test_films_of_the_site_are_no_videos(body: str) -> None:
    """A file, a host that no provider has, a loop and a link are neither videos nor problems."""
    page = read(JEKYLL, body)
    assert (page.manifest.videos, page.problems) == ((), ())


@pytest.mark.parametrize(
    "body",
    [
        "{% include figure image_path=page.nothing %}", "{% include figure alt='x' %}",
        '{% include figure image_path="{{ site.url }}/a.jpg" %}',
        "{% include video id=page.nothing provider='youtube' %}",
        "{% include video provider='youtube' %}",
    ],
)  # fmt: skip
def test_missing_values(body: str) -> None:
    """An include without its picture or video is a warning with the line."""
    (problem,) = read(JEKYLL, f"\n{body}").problems
    assert (problem.code, problem.line) == ("missing-value", 7)


def test_tags_of_plugins_have_words_of_their_own() -> None:
    """A tag of a plugin that is called like an include of the theme is none of its includes."""
    body = """
        {% figure caption:"A [pen](/pen/)" %}
        ![A pen](/a.jpg)
        {% endfigure %}
        {% figure caption:"not closed %}
        {% youtube videoseries?list=PLx %}
        {% include youtube.html id="videoseries?list=PLx" %}
    """.replace("        ", "")
    page = read(JEKYLL, body)
    assert [image.path for image in page.manifest.images] == ["a.jpg"]
    assert (page.manifest.videos, page.problems) == ((), ())


@pytest.mark.parametrize(
    "body",
    [
        '{% image "./src/" + pic, "b" %}', "{% image pic + '.jpg', 'b' %}",
        '{% image folder ~ "/a.jpg", "b" %}', '{% image "./src/"+pic %}',
    ],
)  # fmt: skip
def test_joined_texts(body: str) -> None:
    """A text that is a part of an address names no picture."""
    page = read(ELEVENTY, body)
    assert (page.manifest.images, page.problems) == ((), ())


def test_one_problem_for_one_address() -> None:
    """An address that leads nowhere is not also an argument without a value."""
    problems = read(JEKYLL, '{% include figure image_path="foo:x.jpg" %}').problems
    assert [problem.code for problem in problems] == ["unknown-prefix"]


@pytest.mark.parametrize(
    "text",
    [
        '<img src="/assets/img/{{ include.file }}">',
        "<img src='{{ site.url }}{{ site.baseurl }}/assets/img/{{ include.file }}'>",
        "<img src={{ site.folder }}/{{ include.file }}>",
        '<a href="{{ include.file | prepend: "/assets/img/" | relative_url }}">',
        "{% assign a = '/assets/img/' | append: include.file %}{% if a %}![]({{ a }}){% endif %}",
        "![]({{ include.file | prepend: 'assets/img/' | absolute_url }})",
    ],
)
def test_a_folder_of_an_include(text: str) -> None:
    """What an include of the site puts before a name says where the picture is."""
    site = read_config(b"url: https://a.example\nbaseurl: /base\nfolder: /assets/img\n")
    assert list(site.folders_in_tag(text)) == [("file", "assets/img")]


@pytest.mark.parametrize(
    "text", ["{{ include.file }}", "/{{ include.file }}", "https://b.example/{{ include.file }}",
             "x-{{ include.file }}", "{{ include.folder }}/{{ include.file }}"]
)  # fmt: skip
def test_an_include_without_a_folder(text: str) -> None:
    """Another host, a part of a name and another argument are no folders of the site."""
    assert not list(read_config(b"baseurl: /base\n").folders_in_tag(text))


def test_a_folder_of_a_shortcode() -> None:
    """A shortcode may put a folder before a name or a place in its list of arguments."""
    text = '<img src="/images/{{ .Get 0 }}" data-full="/full/{{ .Get "big" | safeURL }}">'
    assert list(HUGO.folders_in_tag(text)) == [("0", "images"), ("big", "full")]


@pytest.mark.parametrize(("opening", "closing"), [("<", ">"), ("%", "%")])
def test_code_that_a_shortcode_shows_names_no_pictures(opening: str, closing: str) -> None:
    """`highlight` shows text as it is written, also templates; what comes after it counts."""
    body = (
        f'{{{{{opening} highlight html "hl_lines=1" {closing}}}}}\n'
        '<img src="{{ .thumb }}"><img src="/b.jpg">\n'
        f"{{{{{opening} /highlight {closing}}}}}\n\n![A](/a.jpg)\n"
    )
    shown, alone = (
        [(each.path, each.line) for each in read(HUGO, text).manifest.images]
        for text in (body, "\n" * 4 + "![A](/a.jpg)\n")
    )
    assert shown == alone


def test_names_are_looked_for_in_folders_of_includes(site: SiteBuilder) -> None:
    """The includes of a site are read with its settings, and their folders come first."""
    site.write("_config.yml", "title: t\n")
    site.write("_includes/img.html", "<img src='/pics/{{ include.file }}'>")
    kind = read_kind(site.root)
    page = read(kind, "{% include img.html file='a.jpg' %}{% include img.html file='b.jpg' %}")
    site.write("pics/a.jpg", b"x")
    manifest = resolve_locations(page.manifest, FileTree(site.root), ())
    assert [image.path for image in manifest.images if image.role is Role.BODY] == ["pics/a.jpg"]


def test_a_name_counts_where_there_is_a_file(site: SiteBuilder) -> None:
    """What shows a bare name may put a folder before it: without a file it is no error."""
    page = read(JEKYLL, "{% include img.html file='a.jpg' %}{% include img.html file='b.jpg' %}")
    site.write("a.jpg", b"x")
    manifest = resolve_locations(page.manifest, FileTree(site.root), ())
    assert [image.path for image in manifest.images if image.role is Role.BODY] == ["a.jpg"]
