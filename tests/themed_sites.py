"""Sites in the shape of common themes, from `tests/sites`, and what they show when they are built.

Their layouts and includes are our own, and show what those of the theme show. `NAME.shown.txt` has
what the built HTML shows of each page: `tests/generators` holds it against real builds.
"""

from __future__ import annotations

import functools
import io
import shutil
from typing import TYPE_CHECKING, NamedTuple

from conftest import SiteBuilder
from other_sites import SITES
from scenes import scene

if TYPE_CHECKING:
    from pathlib import Path

Shown = dict[str, set[str]]
"""The pictures and videos of each page: keys at the target, `youtube:ID`, `https://…`."""

SITE = "(site)"
"""Stands for a page where layouts or the configuration name a picture."""


class ThemedSite(NamedTuple):
    """A site: its generator, where it is served, and the pictures that are elsewhere than shown."""

    generator: str
    origin: str
    baseurl: str = ""
    roots: tuple[str, ...] = ("",)


THEMED = {
    "minimal-mistakes": ThemedSite("jekyll", "https://walks.example.org"),
    "chirpy": ThemedSite("jekyll", "https://sky.example.org", "/sky"),
    "al-folio": ThemedSite("jekyll", "https://ada.example.org"),
    "beautiful-jekyll": ThemedSite("jekyll", "https://bakery.example.org"),
    "jekyll-source": ThemedSite("jekyll", "https://tools.example.org", roots=("src",)),
    "json-data": ThemedSite("jekyll", "https://birds.example.org"),
    "hugo-papermod": ThemedSite("hugo", "https://notes.example.org", roots=("content", "static")),
    "eleventy-headings": ThemedSite(
        "eleventy", "https://garden.example.org", roots=("content", "public")
    ),
}


def shown_of(name: str) -> Shown:
    """Return what the built site shows, by the site path of the page."""
    shown: Shown = {}
    page = SITE
    for line in (SITES / f"{name}.shown.txt").read_text("utf-8").splitlines():
        if not line.startswith(" "):
            page = line
        shown.setdefault(page, set()).update([line.strip()] if line.startswith(" ") else ())
    return shown


def laid_out(name: str, root: Path) -> SiteBuilder:
    """Copy a site, and draw all that it shows but the variants that mediakit makes."""
    shutil.copytree(SITES / name, root)
    site = SiteBuilder(root)
    pictures = {each for page in shown_of(name).values() for each in page if ":" not in each}
    for number, key in enumerate(sorted(pictures)):
        if "-320." not in key:
            site.write(
                _place(site.root, key, THEMED[name].roots), _drawn(number, key.rpartition(".")[2])
            )
    return site


def _place(root: Path, key: str, roots: tuple[str, ...]) -> str:
    """Return where the picture belongs: the first folder that is there already, else the last."""
    folder = key.partition("/")[0]
    around = next((each for each in roots if (root / each / folder).is_dir()), roots[-1])
    return f"{around}/{key}" if around else key


@functools.cache
def _drawn(number: int, ending: str) -> bytes:
    if ending == "svg":
        return (
            '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 40 30">'
            f'<rect width="{number + 1}" height="20"/></svg>'
        ).encode()
    kind = {"png": "PNG", "gif": "GIF", "webp": "WEBP"}.get(ending, "JPEG")
    out = io.BytesIO()
    scene(number, size=(900, 600)).save(out, kind)
    return out.getvalue()
