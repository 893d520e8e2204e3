"""Configured keys of front matter, and what may stand at them."""

from __future__ import annotations

import pickle

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mediakit.base.errors import ManifestError
from mediakit.base.model import Role
from mediakit.site.kinds.eleventy import EleventySite
from mediakit.site.kinds.hugo import HugoSite
from mediakit.site.kinds.jekyll import JekyllConfig
from mediakit.site.kinds.kind import SiteKind
from mediakit.site.kinds.markdown_folder import MarkdownFolder
from mediakit.site.kinds.theme_keys import COMMON_KEYS
from mediakit.site.picture_keys import keys_beside, picture_keys
from mediakit.site.reader import ParsedPage, ReaderSettings, parse_page
from mediakit.sync.content import settings_digest

SUFFIXES = (("-320", "teaser"),)
KINDS: tuple[SiteKind, ...] = (JekyllConfig(), HugoSite(), EleventySite(), MarkdownFolder())


def read(
    text: str, *keys: str, role: Role = Role.HEADER, kind: SiteKind | None = None, videos: str = ""
) -> ParsedPage:
    settings = ReaderSettings(
        kind or MarkdownFolder(),
        SUFFIXES,
        picture_keys(role, *keys, given=True),
        tuple(tuple(key.split(".")) for key in videos.split()),
    )
    reading = parse_page("notes/x.md", f"---\n{text}\n---\n".encode(), settings)
    assert reading is not None
    return reading


def paths(reading: ParsedPage) -> list[str | None]:
    return [image.path or image.url for image in reading.manifest.images]


@pytest.mark.parametrize(
    "text",
    [
        "top: {pic: /a.jpg}",
        "top: {pic: [/a.jpg]}",
        "top: [{pic: /a.jpg}, {other: /b.jpg}, text]",
        "top: {pic: {src: /a.jpg}}",
        "top: {pic: {url: /a.jpg, alt: x}}",
        "top: {pic: {path: /a.jpg}}",
        "top: {pic: {thumbnail: true, image: /a.jpg}}",
        "top: {pic: {image: {src: /a.jpg}}}",
        "top: {pic: [{image: /a.jpg, url: https://example.org/}]}",
    ],
)
def test_shapes(text: str) -> None:
    """A key may lie in mappings and lists; its value may be a text, a mapping or a list."""
    reading = read(text, "top.pic")
    assert paths(reading) == ["a.jpg"]
    assert reading.problems == ()


def test_labels() -> None:
    """A picture has the labels that stand beside it."""
    (image,) = read("cover: {image: /a.jpg, alt: A, caption: C}", "cover.image").manifest.images
    assert (image.key, image.alt, image.title) == ("cover.image", "A", "C")


def test_index() -> None:
    """A number is one item of a list."""
    assert paths(read("pics: [{src: /a.jpg}, {src: /b.jpg}]", "pics.1.src")) == ["b.jpg"]
    assert paths(read("pics: [/a.jpg]", "pics.7", "pics.99999999999999999999")) == []


def test_thumbnail_and_picture() -> None:
    """An entry with a small and a large picture is one picture, made from the large one."""
    (image,) = read(
        "slides: [{thumb: /a-320.jpg, src: /a.png}]", "slides", role=Role.GALLERY
    ).manifest.images
    assert (image.path, image.source, image.preset, image.link) == (
        "a-320.jpg", "a.png", "teaser", "a.png",
    )  # fmt: skip


def test_known_keys_want_pictures() -> None:
    """A key that nobody has configured is passed over where it holds something else."""
    assert paths(read("image: fa-solid fa-star\ncover: true\nthumbnail: {a: 1}")) == []
    assert read("image: fa-solid fa-star").problems == ()
    assert paths(read("image: pics/a")) == []
    assert paths(read("image: pics/a", "image")) == ["notes/pics/a"]


def test_a_given_key_takes_the_place() -> None:
    """A picture has the role that the configuration gives it, and not the usual one too."""
    (image,) = read("cover: {image: /a.jpg}", "cover.image", role=Role.TEASER).manifest.images
    assert image.role is Role.TEASER
    usual = keys_beside(picture_keys(Role.GALLERY, "header", given=True), COMMON_KEYS)
    assert not [key for key in usual if key.path[0] == "header"]


def test_a_mapping_without_a_picture() -> None:
    """What a configured key holds in no known way is said."""
    (problem,) = read("cover: {colour: red}", "cover").problems
    assert (problem.code, problem.line) == ("bad-shape", 2)


def test_keys_add_to_a_theme() -> None:
    """On a Jekyll site the keys of Minimal Mistakes stay, and nothing is read twice."""
    text = (
        "header: {teaser: /t-320.jpg}\ncover: {image: /c.jpg}\n"
        "photos:\n  - {image_path: /p.jpg, alt: x}\ngallery:\n  - /g.jpg"
    )
    reading = read(text, "cover.image", "gallery", "photos", kind=JekyllConfig(), role=Role.GALLERY)
    assert sorted(map(str, paths(reading))) == ["c.jpg", "g.jpg", "p.jpg", "t-320.jpg"]
    assert reading.problems == ()


def test_keys_of_the_theme_may_be_given() -> None:
    """What the theme reads anyway is read once if the configuration names it too."""
    text = (
        "header: {overlay_image: /o.jpg, teaser: /t-320.jpg}\n"
        "gallery: [{image_path: /g.jpg, alt: x}]\nvideo: {id: aIZuK2cX4F, provider: youtube}"
    )
    keys = ("header.overlay_image", "cover.image", "gallery")
    reading = read(text, *keys, kind=JekyllConfig(), videos="video youtube")
    assert sorted(map(str, paths(reading))) == ["g.jpg", "o.jpg", "t-320.jpg"]
    assert [problem.code for problem in reading.problems] == ["misspelt-id"]


def test_readings_are_kept_apart() -> None:
    """What was read with other settings is not taken from the cache."""
    digests = set()
    for kind in KINDS:
        for keys in ((), picture_keys(Role.HEADER, "a", given=True)):
            settings = ReaderSettings(kind, SUFFIXES, keys)
            digest = settings_digest(settings)
            assert settings.usual_keys or not settings.kind.picture_keys
            assert settings_digest(settings) == digest
            digests.add(digest)
    assert len(digests) == 2 * len(KINDS)


@pytest.mark.parametrize(
    ("text", "keys", "found"),
    [
        ("youtube: aIZuK2cX4FA", "youtube", [("youtube", "aIZuK2cX4FA")]),
        ("a: {b: ['https://vimeo.com/76979871']}", "a.b", [("vimeo", "76979871")]),
        ("clips: [{vimeo: '76979871'}]", "clips.vimeo", [("vimeo", "76979871")]),
        ("clip: {src: 'https://youtu.be/aIZuK2cX4FA'}", "clip", [("youtube", "aIZuK2cX4FA")]),
    ],
)
def test_videos(text: str, keys: str, found: list[tuple[str, str]]) -> None:
    """A video is an id, whose provider the key may say, an address, a mapping or a list."""
    videos = read(text, videos=keys).manifest.videos
    assert [(video.provider, video.id) for video in videos] == found


VALUES = st.recursive(
    st.none()
    | st.sampled_from(["/a.jpg", "a-320.jpg", "../../x.png", "*.jpg", "x", "", "//h.x/a"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["image", "src", "url", "image_path", "name", "0", "alt"]),
            inner,
            max_size=3,
        )
    ),
    max_leaves=10,
)


@given(
    st.sampled_from(KINDS),
    st.dictionaries(st.sampled_from(["cover", "gallery", "resources", "image", "video"]), VALUES),
    st.text(alphabet='{}<>%"= figureyoutbsc![](a.jpg)\n', max_size=60),
)
def test_any_front_matter(kind: SiteKind, fields: dict[str, object], body: str) -> None:
    """Whatever stands at keys, on a site of any kind, is read or is a problem."""
    import json  # noqa: PLC0415

    settings = ReaderSettings(
        kind, SUFFIXES, picture_keys(Role.GALLERY, "cover.image", "gallery.0", given=True),
        (("video", "src"),),
    )  # fmt: skip
    assert pickle.loads(pickle.dumps(settings)) == settings  # noqa: S301 - our own
    data = f"---\n{json.dumps(fields)}\n---\n{body}".encode()
    for path in ("content/a/index.md", "src/a.md"):
        try:
            reading = parse_page(path, data, settings)
        except ManifestError:
            continue
        assert reading is not None
        for image in reading.manifest.images:
            assert image.path is None or not image.path.startswith(("/", "../"))
        for places in reading.manifest.elsewhere:
            assert len(places) > 1
            assert not any(place.startswith(("/", "../")) for place in places)
