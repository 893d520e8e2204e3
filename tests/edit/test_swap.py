"""One video in the place of another, wherever the page names it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from mediakit.base.errors import ManifestError
from mediakit.base.model import VideoRef
from mediakit.config.config import load_config
from mediakit.edit.swap import Swap
from mediakit.sync.content import settings_of

if TYPE_CHECKING:
    from conftest import SiteBuilder

OLD, NEW = "aB3_-fghijk", "1234567890-"
PAGE = "_exercises/b.md"


def swapped(
    site: SiteBuilder, text: str, *, old: VideoRef | None = None, keep: bool = False, at: str = PAGE
) -> str:
    old, new = old or VideoRef("youtube", OLD, 0), VideoRef("youtube", NEW, 0)
    swap = Swap(settings_of(load_config(site.root)), old, new, keep)
    return swap.apply(at, text.encode()).decode()


BODIES = [
    '{% include video id="ID?start=30" provider="youtube" %}',
    "{% include youtube.html id='ID' start=\"30\" %}",
    '{% assign v = "ID" %}{% include youtube.html id=v %}',
    '<iframe src="https://www.youtube-nocookie.com/embed/ID?start=30&amp;rel=0"></iframe>',
    '<lite-youtube\n  videoid="ID"></lite-youtube>',
    "[see](https://youtu.be/ID?t=30). Or <https://www.youtube.com/watch?v=ID&t=1m3s#x>,",
    "![poster](https://i.ytimg.com/vi/ID/hqdefault.jpg) at www.youtube.com/shorts/ID.",
    '<!-- {% include youtube.html id="ID" %} -->',
]
DROPPED = [
    '{% include video id="ID" provider="youtube" %}',
    "{% include youtube.html id='ID' %}",
    BODIES[2],
    '<iframe src="https://www.youtube-nocookie.com/embed/ID?rel=0"></iframe>',
    BODIES[4],
    "[see](https://youtu.be/ID). Or <https://www.youtube.com/watch?v=ID#x>,",
    *BODIES[6:],
]


@pytest.mark.parametrize(("before", "after"), [*zip(BODIES, DROPPED, strict=True)])
def test_places_of_a_body(site: SiteBuilder, before: str, after: str) -> None:
    """Each way to show or link it has the other video; where it began is kept if that is asked."""
    text = f"\ufeff---\r\ntitle: x  # æ\r\n---\r\nØ\r\n{before}\r\n"
    expected = text.replace(before, after).replace("ID", NEW)
    assert swapped(site, text.replace("ID", OLD)) == expected
    assert swapped(site, text.replace("ID", OLD), keep=True) == text.replace("ID", NEW)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("video:\n  provider: youtube\n  id: ID?start=9  # ours", None),
        ("video: {id: ID, provider: youtube}", 'video: {id: "ID", provider: youtube}'),
        ("youtubeId: ID", 'youtubeId: "ID"'),
        ("videos:\n  - https://youtu.be/ID?t=9\n  - id: zzzzzzzzzzz", None),
        ("description: see https://youtu.be/ID?t=9 or ID", None),
    ],
)  # fmt: skip
def test_places_of_front_matter(site: SiteBuilder, before: str, after: str | None) -> None:
    """Comments and order stay; an id that YAML would take for a number is quoted."""
    after = before.replace("?start=9", "").replace("?t=9", "") if after is None else after
    text = f"---\ntitle: x\n{before}\n---\n"
    new = swapped(site, text.replace("ID", OLD))
    assert new.replace('"', "") == f"---\ntitle: x\n{after}\n---\n".replace("ID", NEW).replace(
        '"', ""
    )


def test_what_stays(site: SiteBuilder) -> None:
    """Pictures of the site, other hosts, longer ids and prose keep the id: they are not it."""
    rest = (
        f"![x](/assets/images/videos/{OLD}.jpg) https://other.example/watch?v={OLD} "
        f"https://youtu.be/{OLD}x in prose {OLD}"
    )
    text = f"---\ntitle: x\nvideo: {OLD}\nteaser: /assets/images/videos/{OLD}.jpg\n---\n{rest}\n"
    new = swapped(site, text)
    assert new.endswith(f"teaser: /assets/images/videos/{OLD}.jpg\n---\n{rest}\n")
    assert NEW in new
    swap = Swap(
        settings_of(load_config(site.root)),
        VideoRef("youtube", OLD, 0),
        VideoRef("youtube", NEW, 0),
    )
    assert swap.leftovers(new.encode()) == [4, 6]


VIMEO = VideoRef("vimeo", "76979871", 0, 30, "0123abcd")


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("video:\n  id: 76979871?h=0123abcd&\n  provider: vimeo\norder: 76979871\n---\n",
         f'video:\n  id: "{NEW}"\n  provider: youtube\norder: 76979871\n---\n'),
        ('---\n{% include video id="76979871" provider="vimeo" %}',
         f'---\n{{% include video id="{NEW}" provider="youtube" %}}'),
        ('---\n<iframe src="https://player.vimeo.com/video/76979871?h=0123abcd"></iframe> 76979871',
         f'---\n<iframe src="https://www.youtube.com/embed/{NEW}"></iframe> 76979871'),
        ("---\n[it](https://vimeo.com/76979871/0123abcd)", f"---\n[it](https://youtu.be/{NEW})"),
    ],
)  # fmt: skip
def test_another_provider(site: SiteBuilder, before: str, after: str) -> None:
    """The provider goes along, and a number that is no video stays."""
    assert swapped(site, f"---\ntitle: x\n{before}", old=VIMEO) == f"---\ntitle: x\n{after}"


@pytest.mark.parametrize(
    "text",
    ['---\n---\n{% include vimeo.html id="76979871" %}', "---\nvimeoId: '76979871'\n---\n"],
)
def test_a_place_for_one_provider_only(site: SiteBuilder, text: str) -> None:
    """Where the name of the tag or key says the provider, nothing changes, and the line is told."""
    with pytest.raises(ManifestError, match="cannot change") as caught:
        swapped(site, text, old=VIMEO)
    assert caught.value.line in {2, 3}


def test_a_data_file(site: SiteBuilder) -> None:
    """All its records have the other video, with all else byte for byte."""
    site.write("mediakit.toml", '[data]\nfiles = ["_data/x.json"]\n')
    text = '[{"title": "a", "video": "ID" },\n {"title": "b", "videos": ["https://youtu.be/ID"]}]\n'
    new = swapped(site, text.replace("ID", OLD), at="_data/x.json")
    assert new == text.replace("ID", NEW)
