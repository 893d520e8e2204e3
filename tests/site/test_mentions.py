"""The index of mentions: what a text names, what that may mean, and which files are searched."""

from __future__ import annotations

import os
import time
import unicodedata
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mediakit.base.regular_file import open_regular
from mediakit.config.config import load_config
from mediakit.config.overrides import Overrides
from mediakit.report.html import policy
from mediakit.site.folder_names import find_built, find_folders
from mediakit.site.mentions import Meaning, find_mentions, is_searchable, name_of
from mediakit.site.paths import SiteAddress
from mediakit.sync import mentions as searching
from mediakit.sync.mentions import search_site
from mediakit.sync.session import open_cache

if TYPE_CHECKING:
    from pathlib import Path

    from conftest import SiteBuilder
    from mediakit.sync.mention_index import Mentions

NAME = "bænk & pres (1)-0.jpg"
PATH = f"assets/images/{NAME}"


def names(data: bytes) -> set[str]:
    return {name_of(each.address) for each in find_mentions(data)}


@pytest.mark.parametrize(
    "text",
    [
        f'<img srcset="/a.jpg 1x, /assets/images/{NAME} 2x">',
        f"![x](</assets/images/{NAME}>)",
        f"  poster: {NAME}  # old",
        f"see {NAME}, please",
        f"{{{{ base }}}}/{NAME}",
        f"${{base}}{NAME}",
        f"background: url('../images/{NAME}');",
        "url(b%C3%A6nk%20%26%20pres%20%281%29-0.jpg)",
        "url(b%c3%a6nk%20&%20pres%20(1)-0.JPG)",
        "url(b%E6nk%20%26%20pres%20(1)-0.jpg)",
        "assets%2Fimages%2Fb%C3%A6nk%20&%20pres%20(1)-0.jpg",
        "b&aelig;nk &amp; pres (1)-0.jpg",
        "b&#230;nk &#x26; pres (1)-0.jpg",
        r'"assets\/images\/b\u00e6nk & pres (1)-0.jpg"',
        r'"b\xe6nk & pres (1)-0.jpg"',
        r"bænk\ \&\ pres\ \(1\)-0.jpg",
        "assets\\images\\" + NAME,
        f"**{NAME}** _{NAME}_",
        unicodedata.normalize("NFD", NAME),
        NAME.upper(),
        f"a.jpg {NAME}",
    ],
)
def test_spellings(text: str) -> None:
    """A name is found in every spelling that pages, data, styles and programs have."""
    assert name_of(NAME) in names(text.encode())


def test_signs_of_two_escapes() -> None:
    """JSON writes an emoji as two escapes; one of them alone is no sign, and ends no run."""
    assert name_of("\U0001f4aa-0.jpg") in names(rb'"/x/\ud83d\udcaa-0.jpg"')
    for text in (rb'"/\ud83d.jpg"', rb'"/\udcaa\ud83d.jpg"', rb'"\U0000d800.jpg"', b"&#xd800;.jpg"):
        assert all(each.isascii() or each.encode() for each in names(text))


def test_encodings() -> None:
    """A text that is no UTF-8, such as a page that cannot be read, is searched all the same."""
    assert name_of(NAME) in names(f"title: Bænk\nurl: /x/{NAME}".encode("latin-1"))
    assert name_of("a.jpg") in names(b"\xff\xfe\x81 /x/a.jpg")


def test_what_is_no_name() -> None:
    """An ending alone is no name, and a longer word is no ending."""
    assert names(b".jpg x.jpgs y.pngfile *.jpg") == set()


def test_lines() -> None:
    """A mention has the line that it stands in."""
    found = list(find_mentions(b"a.jpg\n\nb.jpg c.jpg\nd.jpg", 5))
    assert [(each.address, each.line) for each in found if " " not in each.address] == [
        ("a.jpg", 5), ("b.jpg", 7), ("c.jpg", 7), ("d.jpg", 8),
    ]  # fmt: skip


@given(
    st.text(st.characters(codec="utf-8", exclude_characters='/\\"<>|*%&'), min_size=1, max_size=40)
)
def test_any_name_is_found(stem: str) -> None:
    """Whatever a file is called: where it cannot be searched for, that is known."""
    name = f"{stem}.jpg"
    if is_searchable(name) and stem.strip("."):
        assert name_of(name) in names(f'x: "/assets/{name}"'.encode())


def test_bounds() -> None:
    """A long line of names takes time in proportion to its length."""
    begin = time.process_time()
    list(find_mentions(b"['a.jpg','b.jpg']," * 5_000))
    list(find_mentions(b"," * 500_000 + b"a.jpg"))
    assert time.process_time() - begin < 20


FILES = {
    "assets/images/b.jpg", "backup/assets/images/b.jpg", "images/b.jpg", "content/c/b.jpg",
    "assets/images/B2.jpg",
}  # fmt: skip


@pytest.mark.parametrize(
    ("address", "file", "expected"),
    [
        ("/assets/images/b.jpg", "p.md", True),
        ("assets/images/b.jpg", "_x/p.md", True),
        ("/base/assets/images/b.jpg", "p.md", True),
        ("https://www.site.example/assets/images/b.jpg", "p.md", True),
        ("//SITE.example:443/base/assets/images/b.jpg", "p.md", True),
        ("b.jpg", "_data/x.yml", True),
        ("images/b.jpg", "_data/x.yml", True),
        ("../images/b.jpg", "assets/css/x.css", True),
        ("gone/b.jpg", "p.md", True),
        ("C:/site/assets/images/b.jpg", "p.md", True),
        ("/images/b.jpg", "p.md", False),
        ("/backup/assets/images/b.jpg", "p.md", False),
        ("backup/assets/images/b.jpg", "_x/p.md", False),
        ("assets/images/b.jpg", "backup/p.md", False),
        ("b.jpg", "content/c/index.md", False),
        ("https://cdn.example/assets/images/b.jpg", "p.md", False),
        ("//cdn.example/assets/images/b.jpg", "p.md", False),
    ],
)
def test_meaning(address: str, file: str, *, expected: bool) -> None:
    """An address means the file that it leads to; what leads to none may mean any of its name."""
    meaning = Meaning(SiteAddress("https://site.example", "/base"), ("",), FILES.__contains__)
    assert meaning.may_be(address, file, "assets/images/b.jpg") is expected


def test_a_host_that_nobody_knows() -> None:
    """A site that does not say its host may be any host."""
    meaning = Meaning(SiteAddress(), ("",), FILES.__contains__)
    assert meaning.may_be("https://a.example/assets/images/b.jpg", "p.md", "assets/images/b.jpg")
    assert not meaning.may_be("https://a.example/other/b.jpg", "p.md", "assets/images/b.jpg")


def test_a_root_of_its_own() -> None:
    """What is published at another place than it is in is known by both."""
    meaning = Meaning(SiteAddress(), ("static",), {"static/images/b.jpg"}.__contains__)
    assert meaning.may_be("/images/b.jpg", "content/p.md", "static/images/b.jpg")
    assert not meaning.may_be("/images/b.jpg", "content/p.md", "static/old/images/b.jpg")


def search(site: SiteBuilder, *pictures: str) -> Mentions:
    config = load_config(site.root, Overrides(target="out"))
    with open_cache(site.root / ".mediakit") as cache:
        return search_site(config, cache, pictures)


@pytest.mark.parametrize(
    "file",
    [
        "_config.yml", "_data/x.yml", "_data/x.json", "_data/x.csv", "_layouts/page.html",
        "_includes/a/b.html", "_drafts/x.md", "assets/css/x.scss", "assets/js/x.js", "x.svg",
        ".htaccess", ".well-known/x", "feed.xml", "_exercises/x.md", "no-ending", "_sass/x.sass",
        "vendor/theme/x.html",
    ],
)  # fmt: skip
def test_every_text_is_searched(site: SiteBuilder, file: str) -> None:
    """Whatever a text of the site is for, what it names is mentioned, with its line."""
    site.write(file, b"# x\ny: /assets/images/b.jpg\n")
    found = search(site, "assets/images/b.jpg")
    assert str(found.of("assets/images/b.jpg")) == f"{file}:2"
    found.update({file: b"y: /assets/images/c.jpg"})
    assert found.of("assets/images/b.jpg") is None


LOOP = "{% for f in site.static_files %}{% if f.path contains include.folder %}{{ f.path }}"


@pytest.mark.parametrize(
    ("file", "text", "is_used"),
    [
        ("_includes/g.html", LOOP.replace("include.folder", "'trip'"), True),
        ("_includes/g.html", LOOP.replace("include.folder", "'/assets/img'"), True),
        ("_includes/g.html", LOOP + "{% assign root = '/assets/img/trip/' %}", True),
        ("_includes/g.html", LOOP.replace("include.folder", "'rip'"), False),
        ("_posts/2024-01-01-a.md", '{% include g.html folder="/assets/img/trip/" %}', True),
        ("_posts/2024-01-01-a.md", "---\nalbum: assets/img/trip\n---\n", True),
        ("_posts/2024-01-01-a.md", '---\nalbum: "{{ site.baseurl }}/img/trip"\n---\n', True),
        ("_posts/2024-01-01-a.md", "---\nalbum: /assets/img/\n---\n", False),
        ("_posts/2024-01-01-a.md", "[the trip](/trip/) to 'assets/img/tripoli'", False),
        ("layouts/g.html", '{{ range resources.Match "img/trip/*.jpg" }}', True),
        ("layouts/g.html", '{{ range (readDir "assets/img/trip") }}', True),
        ("layouts/g.html", "{{ range .Resources.Match (printf `%s*` .x) }}", False),
        ("_layouts/p.html", '<img src="/assets/img/trip/{{ page.slug }}.jpg">', True),
        ("_layouts/p.html", "src={{ site.baseurl }}/img/trip/b-{{ page.slug }}-{{ n }}.JPG", True),
        ("_layouts/p.html", '<img src="/assets/img/trip/{{ page.slug }}.png">', False),
        ("_layouts/p.html", '<img src="/assets/img/{{ page.slug }}.jpg">', False),
        ("_layouts/p.html", '<img src="/assets/img/trip/{{ page.image }}">', False),
        ("src/photos.11tydata.js", "fs.readdirSync('./assets/img/trip')", True),
    ],
)
def test_folders_that_templates_list(
    site: SiteBuilder, file: str, text: str, *, is_used: bool
) -> None:
    """A template that shows a whole folder names none of its pictures, and uses all of them."""
    site.write("_includes/other.html", LOOP)
    site.write(file, text)
    place = search(site).of("assets/img/trip/b.jpg")
    assert (place is not None) is is_used
    assert place is None or (place.path, bool(place.folder)) == (file, True)


def test_a_name_without_ending(site: SiteBuilder) -> None:
    """A shortcode may add folder and ending itself: `{% svg "divider/waves" %}`."""
    site.write("src/index.njk", '<p>\n{% svg "divider/waves", null, "divider" %}')
    found = search(site)
    assert str(found.of("src/assets/svg/divider/waves.svg")) == "src/index.njk:2"
    assert found.of("src/assets/svg/other/waves.svg") is None
    assert found.of("src/assets/svg/divider/hills.svg") is None


@pytest.mark.parametrize(
    ("text", "is_meant"),
    [
        ('<img src="{{ site.baseurl }}/assets/illos/{{ illo }}.svg">', True),
        ('<img src="{{ site.baseurl }}/assets/illos/big-{{ illo }}-2.svg">', True),
        ('<img src="/assets/illos/{{ page.kind }}-{{ page.size }}.svg">', True),
        ('{{ "/assets/illos/" | append: page.class | append: ".svg" }}', True),
        ("const x = `../illos/${name}.svg`", True),
        ("load('/assets/illos/' + name + '.svg')", True),
        ('{{ printf "assets/illos/%s.svg" .Params.class }}', True),
        ("url('#{$base}/illos/#{$name}.SVG')", True),
        ('<img src="/assets/illos/{{ illo }}.png">', False),
        ('<img src="/assets/icons/{{ illo }}.svg">', False),
        ('<img src="/assets/{{ folder }}/{{ illo }}.svg">', False),
        ("{{ page.illo }}.svg", False),
    ],
)
def test_names_that_a_template_builds(site: SiteBuilder, text: str, *, is_meant: bool) -> None:
    """A folder, what nobody knows, and an ending: any such picture of the folder may be meant."""
    site.write("_layouts/x.html", f"\n{text}\n")
    place = search(site).of("assets/illos/legal.svg")
    assert (str(place) if place else None) == ("_layouts/x.html:2" if is_meant else None)
    assert place is None or place.folder.endswith("illos/*.svg")


def test_a_folder_that_nothing_lists(site: SiteBuilder) -> None:
    """The name of a folder alone shows none of its pictures."""
    site.write("_posts/2024-01-01-a.md", '---\nalbum: "/assets/img/trip/"\n---\n')
    assert search(site).of("assets/img/trip/b.jpg") is None


@given(st.binary(max_size=300) | st.text().map(str.encode))
def test_any_text_has_folders(data: bytes) -> None:
    """What no program wrote is read too, and a folder has no slashes around it."""
    assert all(each.folder == each.folder.strip("/") != "" for each in find_folders(data))
    assert all("/*." in each.folder for each in find_built(b"/x/" + data + b"}.svg"))


def test_bounds_of_folders() -> None:
    """Quotes and keys without end take time in proportion to their length."""
    begin = time.process_time()
    for text in (b'"/', b'"a/', b"a: ", b"\n a: b", b"contains '", b'"' + b"/" * 150, b"}.svg"):
        list(find_folders(text * 50_000))
        list(find_built(text * 50_000))
    assert time.process_time() - begin < 20


@pytest.mark.parametrize(
    "file",
    [
        "_site/x.html", "out/x.html", ".git/x", "node_modules/a/x.js", "a/node_modules/x.js",
        ".mediakit/x", ".mediakit-quarantine/0001/pages/x.md", "media.json",
        "media_shards/2-0.json", "check-baseline.json", "duplicates-accepted.json",
        "videos-history.json", "x.png",
    ],
)  # fmt: skip
def test_what_is_made_mentions_nothing(site: SiteBuilder, file: str) -> None:
    """What the generator or mediakit wrote, or others, does not count: else nothing is unused."""
    site.write(file, b"/assets/images/b.jpg")
    assert search(site, "assets/images/b.jpg").of("assets/images/b.jpg") is None


def test_a_site_behind_a_link(site: SiteBuilder) -> None:
    """The target is known as such also where a link leads to the site."""
    site.write("out/x.html", b"/assets/images/b.jpg")
    link = site.root.parent / "link"
    link.symlink_to(site.root)
    config = load_config(link, Overrides(target="out"))
    with open_cache(link / ".mediakit") as cache:
        found = search_site(config, cache, ["assets/images/b.jpg"])
    assert found.of("assets/images/b.jpg") is None


def test_sparse_files(site: SiteBuilder) -> None:
    """A file of a terabyte is not read: a film is no text, and a text that large is told."""
    for name, head in (("a.dat", b""), ("b.txt", b"a.jpg " * 9_000)):
        with site.write(name, head).open("r+b") as stream:
            stream.truncate(10**12)
    found = search(site, "a.jpg")
    assert [each.path for each in found.unread] == ["b.txt"]
    assert found.of("a.jpg") is None


def test_pipes_are_no_texts(site: SiteBuilder) -> None:
    """What is no file is passed over, and nothing waits for it."""
    os.mkfifo(site.root / "x.yml")
    assert search(site, "a.jpg").unread == []


def test_reports_mention_nothing(site: SiteBuilder) -> None:
    """A report of `dupes --html` that is kept in the site is no reason to keep a copy."""
    site.write("report.html", f"<!DOCTYPE html>\n{policy('')}\n<img src='assets/images/b.jpg'>")
    assert search(site, "assets/images/b.jpg").of("assets/images/b.jpg") is None


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be"])
def test_wide_texts(site: SiteBuilder, encoding: str) -> None:
    """A page that an editor saved as UTF-16, with or without a mark, is searched."""
    site.write("_exercises/x.md", f"---\nurl: /assets/images/{NAME}\n---\n".encode(encoding))
    assert str(search(site, PATH).of(PATH)) == "_exercises/x.md:2"


def test_what_is_no_text(site: SiteBuilder) -> None:
    """Films and archives are not searched: the names in them are nobody's."""
    site.write("x.zip", b"PK\x03\x04\0\0\0\x01\x02assets/images/b.jpg" * 100)
    assert search(site, "assets/images/b.jpg").of("assets/images/b.jpg") is None


def test_a_large_text(site: SiteBuilder, monkeypatch: pytest.MonkeyPatch) -> None:
    """A text that is read in pieces has its lines, and no name is lost between two of them."""
    monkeypatch.setattr(searching, "_PIECE", 1_500)
    lines = [f"{'x' * (number % 97)}/assets/images/n-{number}.jpg" for number in range(2_000)]
    site.write("_data/x.txt", "\n".join(lines))
    paths = [f"assets/images/n-{number}.jpg" for number in range(2_000)]
    found = search(site, *paths)
    assert [found.of(path).line for path in paths] == list(range(1, 2_001))  # type: ignore[union-attr]


@pytest.mark.usefixtures("later")
def test_the_cache_spares_reading(site: SiteBuilder, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file that has not changed is not read again, one that has is."""
    for name in ("a", "b"):
        os.utime(site.write(f"{name}.css", f"url({name}.jpg)"), ns=(10**18, 10**18))
    assert search(site, "a.jpg", "b.jpg").of("b.jpg") is not None
    read = []
    opened = open_regular

    def noting(path: Path, root: str) -> object:
        read.append(path.name)
        return opened(path, root)

    monkeypatch.setattr(searching, "open_regular", noting)
    site.write("b.css", "url(c.jpg) ")
    found = search(site, "a.jpg", "b.jpg", "c.jpg")
    assert read == ["b.css"]
    assert found.of("a.jpg") is not None
    assert found.of("b.jpg") is None
    assert found.of("c.jpg") is not None


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root reads all")
def test_what_may_not_be_read(site: SiteBuilder) -> None:
    """A text or a folder without rights is told: nobody knows what it names."""
    site.write("_data/x.yml", "a").chmod(0)
    site.write("_drafts/x.md", "a").parent.chmod(0)
    try:
        unread = search(site, "b.jpg").unread
    finally:
        (site.root / "_drafts").chmod(0o700)
    assert {each.path for each in unread} == {"_data/x.yml", "_drafts"}


def test_a_folder_that_cannot_be_listed(site: SiteBuilder, monkeypatch: pytest.MonkeyPatch) -> None:
    """The same of a folder, whoever runs the test: what is in it may name anything."""
    site.write("_drafts/x.md", "a")
    real = os.access
    monkeypatch.setattr(
        os, "access", lambda path, mode: path.name != "_drafts" and real(path, mode)
    )
    assert [each.path for each in search(site, "b.jpg").unread] == ["_drafts"]


def test_links(site: SiteBuilder, tmp_path: Path) -> None:
    """A text that a link leads to outside is told, a link that leads nowhere is nothing."""
    (tmp_path / "x.yml").write_text("a.jpg")
    (tmp_path / "folder").mkdir()
    (site.root / "x.yml").symlink_to(tmp_path / "x.yml")
    (site.root / "nowhere.yml").symlink_to(tmp_path / "nowhere")
    (site.root / "folder").symlink_to(tmp_path / "folder")
    assert [each.path for each in search(site, "a.jpg").unread] == ["x.yml"]
