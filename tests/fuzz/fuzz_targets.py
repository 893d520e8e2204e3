"""What is fuzzed: each part that reads what others wrote, and the only errors that it may raise.

A target takes any bytes, and returns or raises one of its `errors`; anything else is a fault.
"""

from __future__ import annotations

import contextlib
import json
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from msgspec.structs import replace

from mediakit.base.actions import Failure
from mediakit.base.artifacts import Look
from mediakit.base.errors import ConfigError, ManifestError, UsageError
from mediakit.base.model import Role
from mediakit.checks.baseline import load_baseline
from mediakit.config.file import parse
from mediakit.config.presets import presets_of
from mediakit.edit.front_matter import append_item, set_value
from mediakit.images.decode import is_whole, probe
from mediakit.images.exif import read_credits
from mediakit.images.ingest import ingest
from mediakit.images.look import Limits, grey_copy_of
from mediakit.images.opening import UnreadableError
from mediakit.images.preset import DEFAULT_PRESETS, Animation, Credit, Preset, Truncated
from mediakit.images.render import PictureSource, Rendered, describe, render
from mediakit.setup.survey import unread_keys
from mediakit.site.front_matter import read_page
from mediakit.site.kinds.eleventy import EleventySite
from mediakit.site.kinds.hugo import HugoSite
from mediakit.site.kinds.jekyll import read_config
from mediakit.site.kinds.kind import FrontMatterFormat, SiteKind
from mediakit.site.kinds.markdown_folder import MarkdownFolder
from mediakit.site.picture_keys import picture_keys
from mediakit.site.reader import ReaderSettings, parse_page
from mediakit.state.catalog import dump_catalog, load_catalog
from mediakit.sync.copies import Accepted
from mediakit.videos.history import dump_history, load_history

CORPUS = Path(__file__).with_name("corpus")

MOST_PIXELS = 300_000
"""Pixels that a picture is decoded to: fuzzing asks for answers, not for large pictures."""

_SUFFIXES = tuple((preset.suffix, preset.name) for preset in DEFAULT_PRESETS)
_SETTINGS = ReaderSettings(
    read_config(b"url: https://example.org\nbaseurl: /site\ncollections: [exercises]"), _SUFFIXES
)
_PRESETS = tuple(
    (f"a-{number}{ending}", preset)
    for number, (ending, preset) in enumerate(
        (
            (".jpg", DEFAULT_PRESETS[0]),
            (".webp", replace(DEFAULT_PRESETS[1], truncated=Truncated.KEEP)),
            (".gif", replace(DEFAULT_PRESETS[0], animation=Animation.KEEP)),
            (".png", Preset("small", (Role.TEASER,), "-40", 40, credits=tuple(Credit))),
        )
    )
)
_OUTPUTS = tuple((path, replace(preset, max_pixels=MOST_PIXELS)) for path, preset in _PRESETS)


def _reader(data: bytes) -> None:
    for path in ("_exercises/a.md", "a.html"):
        reading = parse_page(path, data, _SETTINGS)
    if reading is not None:
        json.dumps([repr(reading)])


def _editor(data: bytes) -> None:
    set_value(data, ("header", "teaser"), "/a.jpg")
    append_item(data, ("gallery",), {"url": "/a.jpg", "alt": 'a "b"\n: c'}, after="header")


def _config(data: bytes) -> None:
    try:
        text = data.decode()
    except UnicodeDecodeError:
        return  # refused before: see `read_file`
    presets_of(parse(text))


def _jekyll(data: bytes) -> None:
    config = read_config(data)
    config.content_type("_exercises/a.md")
    config.is_excluded("a/b")
    parse_page("_exercises/a.md", b"---\ntitle: a\n---\n", ReaderSettings(config, _SUFFIXES))


def _other_sites(data: bytes) -> None:
    for kind in (HugoSite(), EleventySite(), MarkdownFolder()):
        keys = picture_keys(Role.GALLERY, "cover.image", "gallery.0", "a.b", given=True)
        settings = ReaderSettings(kind, _SUFFIXES, keys, (("clips", "vimeo"),))
        reading = parse_page("content/a/index.md", data, settings)
        assert reading is not None
        for image in reading.manifest.images:
            assert image.path is None or not image.path.startswith(("/", "../"))
        page = read_page(data)
        if page is not None:
            unread_keys([(page.front_matter, set())])
            if page.format in {FrontMatterFormat.JSON, FrontMatterFormat.NAMED}:
                _refused(data)
            elif page.format is FrontMatterFormat.TOML:
                _changed(data)


def _refused(data: bytes) -> None:
    """What is neither YAML nor TOML is not changed."""
    try:
        set_value(data, ("header", "teaser"), "/a.jpg")
    except ManifestError as error:
        assert error.code == "cannot-edit"
        return
    raise AssertionError


def _changed(data: bytes) -> None:
    """A change in TOML ends in a page that says it, or in a refusal."""
    changes: tuple[Callable[[], bytes], ...] = (
        partial(set_value, data, ("cover", "image"), "/a.jpg"),
        partial(append_item, data, ("gallery",), {"src": "/a.jpg", "alt": 'a "b"\n'}),
        partial(append_item, data, ("tags",), "x"),
    )
    for change in changes:
        with contextlib.suppress(ManifestError):
            before, after = read_page(data), read_page(change())
            assert before is not None
            assert after is not None
            assert after.body == before.body


def _hugo(data: bytes) -> None:
    for name in ("hugo.toml", "hugo.yaml", "hugo.json"):
        with contextlib.suppress(ConfigError):
            _kept_inside(HugoSite.read([(name, data)]))


def _eleventy(data: bytes) -> None:
    _kept_inside(EleventySite.read([(".eleventy.js", data)]))


def _kept_inside(kind: SiteKind) -> None:
    """Folders of the settings are inside the site, and so is all that is looked at."""
    for root in kind.roots:
        assert not root.startswith("/")
        assert ".." not in root.split("/")
    kind.content_type("content/a/index.md")
    kind.is_excluded("a/b")
    kind.key("static/a.jpg")
    parse_page("content/a.md", b"---\nimage: /a.jpg\n---\n", ReaderSettings(kind, _SUFFIXES))


def _documents(data: bytes) -> None:
    """Read the bytes as each of our documents; one that is read is written and read again."""
    refused = 0
    for load in (_catalog, _history, _accepted, load_baseline):
        try:
            load(data)
        except UsageError:
            refused += 1
    if refused:
        raise UsageError(f"refused by {refused}")


def _catalog(data: bytes) -> None:
    catalog = load_catalog(data, "media.json")
    again = dump_catalog(catalog)
    assert dump_catalog(load_catalog(again, "media.json")) == again


def _history(data: bytes) -> None:
    rows = load_history(data, "history")
    assert load_history(dump_history(rows), "history") == rows


def _accepted(data: bytes) -> None:
    again = Accepted.load(data).dump()
    assert Accepted.load(again).dump() == again


def _image(data: bytes) -> None:
    source = PictureSource(data)
    for made in render(source, _OUTPUTS):
        assert isinstance(made, Rendered | Failure)
    assert isinstance(describe(source, Limits(MOST_PIXELS, Truncated.KEEP)), Look | Failure)
    assert read_credits(data, frozenset({"copyright", "artist"})) is not None
    size = probe(data)
    if size.width * size.height * size.frames <= MOST_PIXELS:
        is_whole(data)
        grey_copy_of(data, MOST_PIXELS)
        ingest(data)


@dataclass(frozen=True)
class Target:
    """A part under test: what it may raise, and pieces of text that mean something to it."""

    run: Callable[[bytes], None]
    errors: tuple[type[Exception], ...]
    words: tuple[bytes, ...]
    corpus: str

    def hold(self, data: bytes) -> None:
        """Run it; any error but its own comes through."""
        try:
            self.run(data)
        except self.errors:
            return

    def seeds(self) -> list[bytes]:
        """Return what is kept in the repository."""
        return [path.read_bytes() for path in sorted((CORPUS / self.corpus).iterdir())]


_YAML = (
    b"---\n", b"...\n", b"&a ", b"*a", b"<<: ", b"- ", b"? ", b": ", b"|\n", b">-\n", b"!!", b"!x ",
    b"{", b"}", b"[", b"]", b'"', b"'", b"\\x", b"# ", b"\t", b"\0", b"\xff", b"\xef\xbb\xbf",
    "\u2028".encode(), "\u0085".encode(), "\U0001f600".encode(), b"%YAML 1.1\n", b"\r", b"~",
)  # fmt: skip
_PAGE = (
    *_YAML, b"gallery:\n", b"  - url: /a.jpg\n", b"image_path: ", b"video:\n", b"  id: ",
    b"header:\n", b"{{ page.title }}", b"{{ site.baseurl }}", b"{% include figure ", b"%}",
    b"{%", b"<!--", b"<![", b"<img src=", b"![](", b"](/a.jpg)", b"http://[", b"%2e%2e/", b"%00",
    b"../", b"//", b"data:", b"youtu.be/", b"?t=1h", "\ue0000\ue001".encode(), b"permalink: ",
)  # fmt: skip
_OTHER = (
    *_PAGE, b"+++\n", b"---json\n", b"---toml\n", b"---js\n", b"[cover]\n", b"[[resources]]\n",
    b"src = ",
    b'"', b'"""', b"'''", b"a.b.c = ", b"{{< figure ", b">}}", b"{{% ", b"%}}", b"{% image ",
    b"*.jpg",
    b"1979-05-27 07:32:00", b"0x1F", b"\\u00e6", b"\\ud83d", b"1e400", b"null",
)  # fmt: skip
_SCRIPT = (
    b"input: '", b"output: ", b"'", b"{", b"}", b"/*", b"*/", b"//", b"../",
    b"addPassthroughCopy({", b"setInputDirectory(", b'"/"',
)  # fmt: skip
_TOML = (
    b"[", b"]", b"[[", b"]]", b"=", b'"', b"'", b'"""', b"{", b"}", b".", b"\n", b"#",
    b"0x", b"1e9",
    b"inf", b"nan", b"-1", b"true", b"1979-05-27", b"\\u0000", b"presets.teaser", b"headers", b"s3",
    b"cdn", b"videos", b"check", b"width", b"99999999999999999999", b"formats", b"quality", b"fit",
    b"max_delete", b'"100%"', b"content", b'"**/../x"', b"suffix", b"roles",
)  # fmt: skip
_JSON = (
    b"{", b"}", b"[", b"]", b'"', b":", b",", b"null", b"1e400", b"-1", b"1e-7", b"\\ud800",
    b"\\u0000",
    b'"version":2', b"<<<<<<<", b"\xff", b"9" * 30, b'""', b'"2026-01-01T00:00:00"', b"true",
)  # fmt: skip
_BYTES = (
    b"\0", b"\xff", b"\xff\xff", b"\0\0\0\0", b"\xff\xff\xff\xff", b"\x7f\xff\xff\xff",
    b"\x80\0\0\0",
    b"IHDR", b"IDAT", b"IEND", b"acTL", b"fcTL", b"fdAT", b"iCCP", b"iTXt", b"tEXt", b"zTXt",
    b"eXIf",
    b"tRNS", b"PLTE", b"\xff\xd8", b"\xff\xd9", b"\xff\xc0", b"\xff\xc2", b"\xff\xe1", b"\xff\xe2",
    b"\xff\xda", b"Exif\0\0", b"ICC_PROFILE\0", b"!\xf9\x04", b"!\xff\x0b", b",", b";",
    b"RIFF", b"WEBP",
    b"VP8 ", b"VP8L", b"VP8X", b"ANIM", b"ANMF", b"ALPH", b"II*\0", b"MM\0*", b"II+\0", b"ftypavif",
    b"BM", b"\x01\x12", b"\x12\x01",
)  # fmt: skip

TARGETS = {
    "reader": Target(_reader, (ManifestError,), _PAGE, "reader"),
    "editor": Target(_editor, (ManifestError,), _PAGE, "reader"),
    "config": Target(_config, (ConfigError,), _TOML, "config"),
    "jekyll": Target(_jekyll, (ConfigError, ManifestError), _YAML, "jekyll"),
    "other_sites": Target(_other_sites, (ManifestError,), _OTHER, "other_sites"),
    "hugo": Target(_hugo, (ConfigError,), (*_TOML, *_JSON, *_YAML), "hugo"),
    "eleventy": Target(
        _eleventy, (), (b"input: '", b"{", b"}", b"/*", b"*/", b"//", b"../"), "eleventy"
    ),
    "documents": Target(_documents, (UsageError,), _JSON, "documents"),
    "image": Target(_image, (UnreadableError,), _BYTES, "image"),
}
