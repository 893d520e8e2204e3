"""What a page says of itself: its language, and a few words for search engines."""

from __future__ import annotations

import pytest

from mediakit.base.model import Manifest
from mediakit.site.kinds.hugo import HugoSite
from mediakit.site.kinds.jekyll import read_config
from mediakit.site.kinds.kind import SiteKind
from mediakit.site.reader import ReaderSettings, parse_page

VIDEO = "video: aaaaaaaaaaa\n"


def read(text: str, path: str = "_exercises/squat.md", kind: SiteKind | None = None) -> Manifest:
    page = parse_page(
        path, text.encode(), ReaderSettings(kind or read_config(b""), for_search=True)
    )
    assert page is not None
    return page.manifest


@pytest.mark.parametrize(
    ("fields", "body", "words"),
    [
        ("excerpt: Bend **your** [knees](/knees).\n", "Not this.", "Bend your knees."),
        ("", "# Squat\n\n![A](a.jpg)\n\n- a\n\nStand *up*\nstraight.\n\nNo.", "Stand up straight."),
        ("", '{% include x %}\n\n1. One\n\nSquat\n=====\n\n"Low" is `deep`.', '"Low" is deep.'),
        ("", "Weight {{ page.weight }} kg.\n\n    code\n\n<p>HTML</p>\n", ""),
        ("", "5 x 5 with a <b>bar</b>, snake_case\n{: .note}", "5 x 5 with a bar, snake_case"),
        ("description: [a, list]\n", "", ""),
    ],
)  # fmt: skip
def test_a_few_words(fields: str, body: str, words: str) -> None:
    """The front matter's words, else the first sentences without marks; templates are no words."""
    assert read(f"---\n{VIDEO}{fields}---\n\n{body}").description == words


def test_long_texts_are_cut_after_a_word() -> None:
    """Search engines show some 160 letters."""
    found = read(f"---\n{VIDEO}---\n{'deep squat, ' * 60}").description
    assert len(found) < 303
    assert found.endswith("squat …")


def test_pages_without_videos_keep_no_words() -> None:
    """Only what describes a video needs them."""
    assert read("---\ntitle: Squat\n---\nWords.").description == ""


@pytest.mark.parametrize(
    ("settings", "fields", "language"),
    [
        ("locale: en_US\n", "", "en-US"),
        ("lang: en\n", "lang: da\n", "da"),
        ("title: Site\n", "", ""),
        ("lang: English\n", "language: dansk\n", ""),
    ],
)
def test_language_with_jekyll(settings: str, fields: str, language: str) -> None:
    """The page's own, else the site's; a word that is no code says nothing."""
    kind = read_config(settings.encode())
    assert read(f"---\ntitle: Squat\n{fields}---\n", kind=kind).language == language


@pytest.mark.parametrize(
    ("settings", "path", "language"),
    [
        ("languageCode = 'da-DK'\n", "content/squat.md", "da-DK"),
        ("[languages.en]\n[languages.da]\n", "content/squat.da.md", "da"),
        ("[languages.en]\n[languages.da]\n", "content/squat.md", "en"),
        ("defaultContentLanguage = 'da'\n[languages.da]\n", "content/squat.md", "da"),
        ("[languages.da]\ncontentDir = 'content/da'\n", "content/da/squat.md", ""),
    ],
)  # fmt: skip
def test_language_with_hugo(settings: str, path: str, language: str) -> None:
    """A name says it, else the default; a language with a folder of its own is not guessed."""
    kind = HugoSite.read([("hugo.toml", settings.encode())])
    assert read("---\ntitle: Squat\n---\n", path, kind).language == language
