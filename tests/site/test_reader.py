from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mediakit.base.errors import ManifestError
from mediakit.site.kinds.jekyll import read_config
from mediakit.site.reader import ParsedPage, ReaderSettings, parse_page

SUFFIXES = (("-320", "teaser"), ("-768", "overlay-768"), ("-mini-320", "mini"))


def read(text: str, path: str = "_exercises/x.md", config: str = "") -> ParsedPage:
    settings = ReaderSettings(read_config(config.encode()), SUFFIXES)
    reading = parse_page(path, text.encode(), settings)
    assert reading is not None
    return reading


def shown(reading: ParsedPage) -> list[tuple[str, str | None, str | None, str | None]]:
    return [
        (str(image.role), image.path or image.url, image.source, image.preset)
        for image in reading.manifest.images
    ]


def codes(reading: ParsedPage) -> list[tuple[int, str]]:
    return [(problem.line, problem.code) for problem in reading.problems]


def test_header_places() -> None:
    """Each place that the theme gives a header picture has its role."""
    reading = read(
        "---\nheader:\n  image: /i.jpg\n  overlay_image: /o.jpg\n  teaser: /t-320.jpg\n"
        "  og_image: /og.jpg\n  video: {id: aIZuK2cX4FA, provider: youtube}\n---\n"
    )
    assert shown(reading) == [
        ("overlay", "o.jpg", "o.jpg", None),
        ("header", "i.jpg", "i.jpg", None),
        ("teaser", "t-320.jpg", "t.jpg", "teaser"),
        ("og_image", "og.jpg", "og.jpg", None),
    ]
    assert [video.id for video in reading.manifest.videos] == ["aIZuK2cX4FA"]


def test_longest_suffix_wins() -> None:
    """A suffix that ends in another one is taken off whole."""
    assert shown(read("---\nheader: {teaser: /a-mini-320.jpg}\n---\n"))[0][2:] == ("a.jpg", "mini")


def test_a_bare_suffix_is_a_name() -> None:
    """A file that is called like a suffix is no variant of nothing."""
    assert shown(read("---\nheader: {teaser: /-320.jpg}\n---\n"))[0][2:] == ("-320.jpg", None)


def test_named_and_nested_galleries() -> None:
    """Any list whose entries have an image_path is a gallery, wherever it stands."""
    reading = read(
        "---\ngallery_grip:\n  - image_path: /a-320.jpg\n"
        "steps:\n  - {text: one, pictures: [{image_path: /b-320.jpg}]}\n"
        "cards:\n  - image_path: /c.jpg\n  - just text\n"
        "links:\n  - url: /d.jpg\n---\n"
    )
    assert [(image.key, image.path) for image in reading.manifest.images] == [
        ("gallery_grip", "a-320.jpg"),
        ("cards", "c.jpg"),
        ("pictures", "b-320.jpg"),
    ]


def test_source_in_another_format() -> None:
    """A JPEG thumbnail of a PNG has the PNG that url names as its source."""
    reading = read("---\ngallery:\n  - {url: /a.png, image_path: /a-320.jpg, alt: x}\n---\n")
    assert shown(reading) == [("gallery", "a-320.jpg", "a.png", "teaser")]
    assert reading.manifest.images[0].alt == "x"


def test_mismatched_entry() -> None:
    """An entry that shows one picture and leads to another is a warning; both are recorded."""
    reading = read("---\ngallery:\n  - {url: /b.jpg, image_path: /a-320.jpg}\n---\n")
    assert codes(reading) == [(3, "gallery-mismatch")]
    assert [image.source for image in reading.manifest.images] == ["a.jpg", "b.jpg"]


def test_links_are_no_pictures() -> None:
    """The url of a feature row leads to a page."""
    row = "  - {image_path: /a.jpg, url: /page/}\n  - {title: Text, url: /b/}\n"
    reading = read(f"---\nfeature_row:\n{row}---\n")
    assert shown(reading) == [("feature_row", "a.jpg", "a.jpg", None)]
    assert codes(reading) == []


def test_labels_stay_as_written() -> None:
    """Captions that look like numbers, dates or booleans are texts."""
    reading = read(
        "---\ntitle: 1_000\ngallery:\n  - {image_path: /a.jpg, alt: 2020-01-01, title: no}\n---\n"
    )
    (image,) = reading.manifest.images
    assert (reading.manifest.title, image.alt, image.title) == ("1_000", "2020-01-01", "no")


def test_unquoted_ids() -> None:
    """An id that YAML reads as another number is read as written, with a warning."""
    reading = read("---\nvideo: {provider: youtube, id: 12_34567890}\n---\n")
    assert reading.manifest.videos[0].id == "12_34567890"
    assert codes(reading) == [(2, "unquoted-id")]
    assert codes(read('---\nvideo: {provider: youtube, id: "12_34567890"}\n---\n')) == []


def test_videos_count_once() -> None:
    """A video in front matter and body is one video."""
    reading = read(
        "---\nyoutubeId: aIZuK2cX4FA\n---\n"
        '{% include video provider="youtube" id=page.youtubeId %}\n'
    )
    assert len(reading.manifest.videos) == 1
    assert codes(reading) == []


@pytest.mark.parametrize("value", ["false", "no", "off", "False"])
def test_unpublished(value: str) -> None:
    """YAML's ways to say no make a draft."""
    assert not read(f"---\npublished: {value}\n---\n").published
    assert read('---\npublished: "false"\n---\n').published


def test_drafts_folder() -> None:
    """What lies in _drafts is a draft."""
    assert not read("---\ntitle: x\n---\n", "_drafts/x.md").published


def test_defaults_of_the_site() -> None:
    """Front matter defaults bring pictures too, by path and type, the nearest scope last."""
    config = (
        "collections: [exercises]\ndefaults:\n"
        "  - scope: {path: '', type: exercises}\n"
        "    values: {header: {teaser: /all-320.jpg, overlay_image: /o.jpg}}\n"
        "  - scope: {path: _exercises/legs}\n"
        "    values: {header: {teaser: /legs-320.jpg}}\n"
        "  - scope: {path: '', type: posts}\n"
        "    values: {header: {og_image: /no.jpg}}\n"
    )
    legs = read("---\ntitle: x\n---\n", "_exercises/legs/x.md", config)
    assert [path for _, path, _, _ in shown(legs)] == ["o.jpg", "legs-320.jpg"]
    own = read("---\nheader: {teaser: /own-320.jpg}\n---\n", "_exercises/x.md", config)
    assert [path for _, path, _, _ in shown(own)] == ["o.jpg", "own-320.jpg"]
    assert own.manifest.images[0].line == 0


def test_body_links_to_pictures_only() -> None:
    """A link to a picture is recorded, a link to a page is not."""
    reading = read("---\npermalink: /oevelse/x/\n---\n[big](/a.jpg) [page](/b/) ![rel](c.png)\n")
    assert [path for _, path, _, _ in shown(reading)] == ["a.jpg", "oevelse/x/c.png"]


def test_bad_address_does_not_stop_the_file() -> None:
    """One wrong path is one problem; the rest of the file counts."""
    reading = read("---\nheader: {teaser: /../x.jpg, og_image: /og.jpg}\ngallery: 7\n---\n")
    assert [path for _, path, _, _ in shown(reading)] == ["og.jpg"]
    assert codes(reading) == [(2, "leaves-root"), (3, "no-image-path")]


def test_html_pages_are_not_markdown() -> None:
    """An HTML page's indented pictures are pictures."""
    reading = read("---\ntitle: x\n---\n<div>\n\n    <img src='/a.jpg'>\n</div>\n", "index.html")
    assert [path for _, path, _, _ in shown(reading)] == ["a.jpg"]


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(["url", "image_path", "alt", "title", "id", "provider", "x"]),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)


@given(
    st.dictionaries(
        st.sampled_from(
            ["title", "header", "gallery", "gallery_2", "feature_row", "video", "videos", "vimeo",
             "published", "permalink", "other"]
        ),
        VALUES,
    ),
    st.text(max_size=60),
)  # fmt: skip
def test_any_front_matter(fields: dict[str, object], body: str) -> None:
    """Keys of any type and shape are read, or are problems; nothing else is raised."""
    import yaml  # noqa: PLC0415

    text = "---\n" + yaml.safe_dump(fields, allow_unicode=True) + "---\n" + body
    try:
        read(text)
    except ManifestError as error:
        assert error.code in {"bad-yaml", "not-utf-8", "unclosed-front-matter"}
