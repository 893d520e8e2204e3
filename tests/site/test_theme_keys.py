"""Keys of front matter that themes have for pictures, and what nobody has configured."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from conftest import draw
from mediakit.base.files import FileTree
from mediakit.base.model import Role
from mediakit.config.config import load_config
from mediakit.site.kinds.hugo import HugoSite
from mediakit.site.kinds.jekyll import JekyllConfig, read_config
from mediakit.site.picture_keys import picture_keys
from mediakit.site.reader import ParsedPage, ReaderSettings, parse_page
from mediakit.sync.content import read_content
from mediakit.sync.observe import observe
from mediakit.sync.session import open_session

if TYPE_CHECKING:
    from conftest import SiteBuilder
    from mediakit.site.kinds.kind import SiteKind


def read(
    text: str, kind: SiteKind | None = None, path: str = "_posts/2024-01-01-x.md"
) -> ParsedPage:
    page = parse_page(path, f"---\n{text}\n---\n".encode(), ReaderSettings(kind or JekyllConfig()))
    assert page is not None
    return page


def paths(page: ParsedPage) -> list[str | None]:
    return [image.path or image.url for image in page.manifest.images]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("image: /a.jpg", ["a.jpg"]),
        ("image: {path: /a.jpg, height: 100, alt: x}", ["a.jpg"]),
        ("image: {path: /a.jpg, lqip: /b.webp, alt: x}", ["a.jpg", "b.webp"]),
        ("image: {path: /a.jpg, lqip: data:image/webp;base64,UklGR}", ["a.jpg"]),
        ("image: {facebook: /a.jpg, twitter: /b.jpg}", ["a.jpg", "b.jpg"]),
        ("image: {feature: /a.jpg, thumb: /b.jpg}", ["b.jpg", "a.jpg"]),
        ("image: https://x.example/a.jpg", ["https://x.example/a.jpg"]),
        ("thumbnail: a.jpg\nimg: /b.jpg\npreview: c.gif", ["a.jpg", "b.jpg", "c.gif"]),
        ('cover-img: ["/a.jpg": "Here (2012)", "/b.jpg" : "There"]', ["a.jpg", "b.jpg"]),
        ('cover-img: ["/a.jpg", "/b.jpg"]\nshare-img: /c.jpg', ["c.jpg", "a.jpg", "b.jpg"]),
        ("sidebar:\n  - title: T\n    image: /a.jpg\n    image_alt: x\n  - nav: docs", ["a.jpg"]),
        ("author: {name: N, avatar: /a.jpg}", ["a.jpg"]),
        ("authors: [{name: N, avatar: /a.jpg}, other]", ["a.jpg"]),
        ("profile: {align: right, image: a.jpg}", ["a.jpg"]),
        ("images: {compare: true, slider: true}\nlogo: fa-star\nimg:", []),
        ("author: someone\nsidebar: {nav: docs}\nicon: fas fa-user\nimage: true", []),
    ],
)
def test_keys_of_jekyll_themes(text: str, found: list[str]) -> None:
    """What a theme shows is a picture, what only has its name is none, and nothing is a problem."""
    page = read(text)
    assert paths(page) == found
    assert page.problems == ()
    assert {image.role for image in page.manifest.images} <= {Role.HEADER, Role.OG_IMAGE}


def test_labels() -> None:
    """A picture has the text that stands beside it, or that it is a key of."""
    (one,) = read("sidebar: [{image: /a.jpg, image_alt: x}]").manifest.images
    assert one.alt == "x"
    (two,) = read('cover-img: [{"/a.jpg": "Here"}]').manifest.images
    assert two.title == "Here"


def test_entries_of_the_theme_stay_a_gallery() -> None:
    """A list of entries with `image_path` is a gallery, whatever its key is."""
    page = read(
        "photos:\n  - {image_path: /a.jpg, alt: x}\nimages:\n  - {image_path: /b.jpg, alt: x}"
    )
    assert [image.role for image in page.manifest.images] == [Role.GALLERY, Role.GALLERY]


@pytest.mark.parametrize(
    "text", ["../../a.jpg", "file:///a.jpg", "C:\\a.jpg", "%00.jpg", "/../a.jpg"]
)
def test_what_is_odd_is_no_problem(text: str) -> None:
    """A value at a key that nobody configured need not be an address."""
    page = read(f"image: '{text}'")
    assert paths(page) == []
    assert page.problems == ()


def test_folders_of_themes(site: SiteBuilder) -> None:
    """A name alone is looked for in the folders of themes, and where Chirpy's key says."""
    site.write("_config.yml", "title: x\n")
    for path in ("assets/img/a.jpg", "assets/img/publication_preview/b.gif", "media/p/c.jpg"):
        site.write(path, draw())
    site.write(
        "_posts/2024-01-01-x.md",
        "---\nmedia_subpath: /media/p/\nimage: {path: c.jpg}\nimg: a.jpg\npreview: b.gif\n---\n"
        "![x](c.jpg) ![y](/c.jpg)\n",
    )
    site.write("old.md", "---\nimg_path: /media/p\nimage: /c.jpg\n---\n")
    config = load_config(site.root)
    first, second = read_content(config, FileTree(site.root)).manifests
    assert [each.path for each in first.images] == [
        "media/p/c.jpg", "assets/img/a.jpg", "assets/img/publication_preview/b.gif",
        "media/p/c.jpg", "media/p/c.jpg",
    ]  # fmt: skip
    assert [each.path for each in second.images] == ["media/p/c.jpg"]


def test_what_is_missing_there_is_a_warning(site: SiteBuilder) -> None:
    """A guess is no error, and holds back no deletes; a key that is configured is one."""
    site.write("_config.yml", "title: x\n")
    site.write("page.md", "---\nthumbnail: /a.jpg\nimage: /b.jpg\n---\n![b](/b.jpg)\n")
    with open_session(load_config(site.root)) as session:
        seen = observe(session)
    assert sorted((each.message, each.severity) for each in seen.problems) == [
        ("`thumbnail` names a.jpg, which is missing", "warning"),
        ("b.jpg is missing", "error"),
    ]
    assert seen.incomplete
    site.write("page.md", "---\nthumbnail: /a.jpg\n---\n{% include img.html file='a.jpg' %}\n")
    with open_session(load_config(site.root)) as session:
        assert not observe(session).incomplete
    site.write("mediakit.toml", '[images]\nteaser = ["thumbnail"]\n')
    with open_session(load_config(site.root)) as session:
        seen = observe(session)
    assert [(each.code, each.severity) for each in seen.problems] == [("missing-picture", "error")]
    assert seen.incomplete


def test_hugo_ignores_capital_letters() -> None:
    """Hugo reads keys in any letters, also below `params`; those of the configuration too."""
    text = (
        "TITLE: T\nFeatured_Image: /a.jpg\nCover: {Image: /b.jpg, ALT: x}\nparams: {Hero: /c.jpg}\n"
        "Steps: [{Photo: /d.jpg}]\nYouTubeID: aIZuK2cX4FA\nDraft: True"
    )
    keys = picture_keys(Role.GALLERY, "sTeps.photO", given=True)
    settings = ReaderSettings(HugoSite(), picture_keys=keys)
    page = parse_page("content/a.md", f"---\n{text}\n---\n".encode(), settings)
    assert page is not None
    assert sorted(map(str, paths(page))) == [f"static/{each}.jpg" for each in "abcd"]
    assert (page.manifest.title, len(page.manifest.videos), page.published) == ("T", 1, False)
    assert paths(read("Image: /a.jpg")) == []


def test_pictures_of_the_whole_site() -> None:
    """The author in `_config.yml` counts where a page has a profile, all else on the home page."""
    kind = read_config(
        b"author: {name: N, avatar: /n.jpg, email: a@b.example}\navatar: /v.png\nlogo: text\n"
        b"defaults: [{scope: {type: posts}, values: {author_profile: true}}]\n"
    )
    assert paths(read("title: x", kind)) == ["n.jpg"]
    assert paths(read("author: {avatar: /own.jpg}", kind)) == ["own.jpg"]
    assert paths(read("author_profile: false", kind)) == []
    assert paths(read("authors: [a]", kind)) == []
    assert paths(read("title: x", kind, "index.html")) == ["v.png"]
    assert paths(read("permalink: /\navatar: /mine.png", kind, "_pages/home.md")) == ["mine.png"]
    assert paths(read("title: x", kind, "about/index.md")) == []


@pytest.mark.parametrize("value", ["true", "no", "''", "~", "false"])
def test_switches(value: str) -> None:
    """What only says whether something is shown is neither a picture nor a video."""
    keys = ("gallery", "feature_row", "header", "video", "videos", "youtube_id", "vimeo", "image")
    below = "header: {teaser: %s, overlay_image: %s, video: %s}"
    for text in (*(f"{key}: {value}" for key in keys), below.replace("%s", value)):
        page = read(text)
        assert (page.problems, page.manifest.images, page.manifest.videos) == ((), (), ())


def test_a_header_of_another_theme() -> None:
    """A picture as the header is none of Minimal Mistakes; a key for it may be configured."""
    assert read("header: /a.jpg").problems == ()
    keys = picture_keys(Role.OVERLAY, "header", given=True)
    page = parse_page("a.md", b"---\nheader: /a.jpg\n---\n", ReaderSettings(picture_keys=keys))
    assert page is not None
    assert (paths(page), page.problems) == (["a.jpg"], ())


def test_videos_of_other_hosts() -> None:
    """An address at a host that only the theme may know is a warning, a wrong id an error."""
    (problem,) = read("video: https://www.bilibili.com/video/BV1xx").problems
    assert (problem.code, problem.severity) == ("unknown-provider", "warning")
    (problem,) = read("video: https://www.youtube.com/watch?v=x").problems
    assert (problem.code, problem.severity) == ("bad-video", "error")


def test_a_host_for_media(site: SiteBuilder) -> None:
    """With Chirpy's `cdn`, pictures that are not on the site are on that host."""
    site.write("_config.yml", "cdn: https://media.example/\n")
    site.write("here.jpg", draw())
    text = "---\nmedia_subpath: /p\nimage: {path: a.jpg}\nimg: /here.jpg\n---\n![x](b.jpg)\n"
    site.write("_posts/2024-01-01-x.md", text)
    with open_session(load_config(site.root)) as session:
        seen = observe(session)
    (manifest,) = seen.content.manifests
    assert [each.path or each.url for each in manifest.images] == [
        "https://media.example/p/a.jpg", "here.jpg", "https://media.example/p/b.jpg",
    ]  # fmt: skip
    assert seen.problems == ()
    assert read_config(b"cdn: true\n").media_url == ""
