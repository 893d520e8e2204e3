"""Data files: which of their mappings are records, what those name, and where addresses lead."""

from __future__ import annotations

import json
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mediakit.base.errors import ManifestError
from mediakit.base.model import Role
from mediakit.site.kinds.hugo import HugoSite
from mediakit.site.kinds.jekyll import JekyllConfig
from mediakit.site.kinds.kind import SiteKind
from mediakit.site.kinds.markdown_folder import MarkdownFolder
from mediakit.site.picture_keys import picture_keys
from mediakit.site.reader import ParsedPage, ReaderSettings, parse_file

PATH = "sets/lifts.json"


def read(
    text: str, path: str = PATH, kind: SiteKind | None = None, *, base: str = "", key: str = ""
) -> tuple[ParsedPage, ...]:
    given_keys = picture_keys(Role.GALLERY, key, given=True) if key else ()
    settings = ReaderSettings(
        kind or MarkdownFolder(), (("-320", "teaser"),), given_keys,
        data_base=tuple(filter(None, [base])), title_keys=("heading.da",),
    )  # fmt: skip
    return parse_file(path, text.encode(), settings)


def named(pages: tuple[ParsedPage, ...]) -> list[tuple[str, str, list[str | None]]]:
    """Return place, title and pictures of each record."""
    found = (page.manifest for page in pages)
    return [(each.place, each.title, [image.path for image in each.images]) for each in found]


ONE, TWO = "sets/a.jpg", "sets/b.jpg"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('{"name": "Squat", "images": ["a.jpg", "b.jpg"]}', [("", "Squat", [ONE, TWO])]),
        ('{"image": {"src": "a.jpg", "alt": "x"}}', [("", "lifts", [ONE])]),
        (
            '[{"name": "Squat", "image": "a.jpg"},\n {"id": "lunge"}]',
            [(":1", "Squat", [ONE]), (":2", "lunge", [])],
        ),
        (
            '{"squat": {"photo": "a.jpg"},\n "lunge": {"photo": "b.jpg", "title": "Lunge"}}',
            [(":1", "squat", [ONE]), (":2", "Lunge", [TWO])],
        ),
        (
            '{"count": 2,\n "lifts": [{"image": "a.jpg"},\n {"image": "b.jpg"}]}',
            [(":2", "lifts 1", [ONE]), (":3", "lifts 2", [TWO])],
        ),
        (
            '{"features": [\n{"properties": {"name": "Gym", "photos": ["a.jpg"]}}]}',
            [(":2", "Gym", [ONE])],
        ),
        ('["a.jpg",\n "b.jpg"]', [("", "lifts", [ONE, TWO])]),
        ('{"rack": ["a.jpg"],\n "mat": ["b.jpg"]}', [(":1", "rack", [ONE]), (":2", "mat", [TWO])]),
        ('{"heading": {"da": "Knæ"}, "title": "Knee", "image": "a.jpg"}', [("", "Knæ", [ONE])]),
        ('{"id": 1, "steps": [{"text": "Stand"}]}', [("", "1", [])]),
        ("[]", [("", "lifts", [])]),
    ],
)  # fmt: skip
def test_records(text: str, expected: list[tuple[str, str, list[str]]]) -> None:
    """A mapping with a known key is a record, wherever it lies; its title and line are its own."""
    assert named(read(text)) == [(PATH + place, *rest) for place, *rest in expected]


def test_yaml_and_toml() -> None:
    """What is true of JSON is true of YAML and TOML."""
    yaml = "- name: Squat\n  image: a.jpg\n- name: Lunge\n  image: b.jpg\n"
    toml = '[[lift]]\nname = "Squat"\nimage = "a.jpg"\n[[lift]]\nname = "Lunge"\nimage = "b.jpg"\n'
    assert [each[1:] for each in named(read(yaml, "sets/x.yml"))] == [
        each[1:] for each in named(read(toml, "sets/x.toml"))
    ]
    assert [each[0] for each in named(read(yaml, "sets/x.yml"))] == ["sets/x.yml:1", "sets/x.yml:3"]


def test_videos() -> None:
    """Ids and addresses count, at the usual keys and at those of the settings."""
    (page,) = read('{"video": "https://youtu.be/aqz-KE-bpKQ", "vimeo": 76979871}')
    assert [(each.provider, each.id) for each in page.manifest.videos] == [
        ("youtube", "aqz-KE-bpKQ"), ("vimeo", "76979871"),
    ]  # fmt: skip
    (page,) = read('{"videoUrl": "https://youtu.be/aqz-KE-bpKQ"}')
    assert [each.id for each in page.manifest.videos] == ["aqz-KE-bpKQ"]
    (page,) = read('{"image": "a.jpg", "video": "/films/a.mp4"}')
    assert (page.manifest.videos, page.problems) == ((), ())


def test_key_that_no_setting_names() -> None:
    """A file whose pictures are not read does not look clean, and says what to set."""
    text = '[{"name": "Squat",\n "shots": ["a.jpg"]}, {"name": "Lunge", "shots": ["b.jpg"]}]'
    first, second = read(text)
    assert [(each.code, each.line) for each in first.problems] == [("unread-key", 2)]
    assert 'gallery = ["shots"]' in first.problems[0].hint
    assert (first.manifest.title, second.manifest.title) == ("Squat", "Lunge")
    assert named(read(text, key="shots"))[0][2] == [ONE]
    assert read(text, key="shots")[0].problems == ()


@pytest.mark.parametrize(
    ("kind", "path", "base", "text", "places"),
    [
        (MarkdownFolder(), "sets/x.json", "", "a/0.jpg", ["sets/a/0.jpg", "a/0.jpg"]),
        (MarkdownFolder(), "dist/x.json", "./sets/", "a/0.jpg",
         ["sets/a/0.jpg", "dist/a/0.jpg", "a/0.jpg"]),
        (JekyllConfig(), "_data/x.json", "", "img/0.jpg", ["img/0.jpg"]),
        (JekyllConfig(), "_data/sub/x.json", "", "/img/0.jpg", ["img/0.jpg"]),
        (HugoSite(), "data/x.json", "", "/img/0.jpg",
         ["static/img/0.jpg", "assets/img/0.jpg", "content/img/0.jpg"]),
    ],
)  # fmt: skip
def test_addresses(kind: SiteKind, path: str, base: str, text: str, places: list[str]) -> None:
    """An address counts from the base, then from the file, but not from a folder for data."""
    (page,) = read(json.dumps({"image": text}), path, kind, base=base)
    image, others = page.manifest.images[0], page.manifest.elsewhere
    assert image.path == places[0]
    assert not others or others[0] == tuple(places[: len(others[0])])
    assert len(places) == 1 or set(places) <= set(others[0])


@pytest.mark.parametrize(
    ("text", "code", "line"),
    [
        ('[\n{"image": "a.jpg"},\n]', "bad-json", 3),
        ('{"a": 1}\n{"b": 2}', "bad-json", 2),
        ("", "bad-json", 1),
        ('"a.jpg"', "not-a-mapping", 1),
        ("[" * 200 + "]" * 200, "too-large", 1),
    ],
)
def test_unreadable(text: str, code: str, line: int) -> None:
    """A file that cannot be read is one error, with its line."""
    with pytest.raises(ManifestError) as caught:
        read(text)
    assert (caught.value.code, caught.value.line) == (code, line)


def test_what_a_file_repeats_is_said_once() -> None:
    """A key that is set twice is told with its line, not once for each record."""
    pages = read('[{"image": "a.jpg",\n "image": "b.jpg"}, {"image": "a.jpg"}]')
    assert [(p.code, p.line) for page in pages for p in page.problems] == [("repeated-key", 2)]


def test_byte_order_mark_and_composed_names() -> None:
    """A mark at the start is no text, and a decomposed name is that of the composed file."""
    (page,) = read('\ufeff{"image": "a\u030a.jpg"}')
    assert page.manifest.images[0].path == "sets/å.jpg"


_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8) | st.just("a.jpg"),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["image", "images", "name", "x", "y"]), inner, max_size=4)
    ),
    max_leaves=20,
)


@given(st.lists(_VALUES, max_size=3) | st.dictionaries(st.text(max_size=3), _VALUES, max_size=3))
def test_any_data(tree: object) -> None:
    """Any JSON has at least one page, and each page is of this file."""
    pages = read(json.dumps(tree))
    assert pages
    assert {page.manifest.path for page in pages} == {PATH}


@pytest.mark.parametrize("text", ['["' + '\\"' * 200_000, '"\\' * 200_000, '{"a":' * 200_000])
def test_nonsense_is_refused_at_once(text: str) -> None:
    """A text that never ends is looked through once, not once from each quotation mark."""
    start = time.process_time()
    with pytest.raises(ManifestError):
        read(text)
    assert time.process_time() - start < 5
