"""A site before and after `theme install`: real Jekyll builds it, a real browser looks at it.

The site has the exercises and pictures of a folder, and layouts in the shape of Minimal Mistakes
(tests/theme/site), or those of a copy of the theme. `bench/theme.py` prints what is found.
"""

from __future__ import annotations

import re
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import unquote

from mediakit.cli.main import main
from seen import ORIGIN, addresses, chromium, images, look_at, pages
from site_builds import build

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from seen import Seen

HERE = Path(__file__).parent
LAYOUTS = HERE / "theme/site"
WIDTHS = (1280, 390)

_OWN = ("_includes", "_layouts", "_sass", "_data", "_pages", "assets/css", "assets/js")
_SIZED = re.compile(r'\swidth="\d+" height="\d+"')
_LAYOUT = """\
---
layout: single
---
{% include mediakit/content.html %}
{% include gallery %}
{% if page.video %}{% include video id=page.video.id provider=page.video.provider %}{% endif %}
"""
_SETTINGS = """
collections: {exercises: {output: true}}
defaults:
  - {scope: {path: "", type: exercises}, values: {layout: exercise}}
"""


class Measured(NamedTuple):
    """What is so of a built site: `pictured` are pages that show pictures, `webp` those with WebP.

    `shifted` of `seen` openings of a page jump, `most` is by how much one does.
    `missing` are addresses of pictures that the target does not answer, `foreign` requests to other
    hosts in these openings.
    """

    pages: int
    pictures: int
    sized: int
    pictured: int
    webp: int
    addresses: int
    missing: int
    seen: int
    shifted: int
    most: float
    foreign: int


def measured(
    source: Path,
    top: Path,
    *,
    layouts: Path = LAYOUTS,
    most: int = 6,
    once_before: bool = False,
) -> list[Measured]:
    """Return the site of a folder before and after; a browser looks at `most` of its exercises.

    With `once_before` it looks at one page only of the site before, in the first width.
    """
    site = _laid_out(source, top / "site", layouts)
    target = top / "target"
    _run(site, "sync", "--target", str(target))
    before = _built(site, top / "before")
    _run(site, "theme", "install", "--force")
    _run(site, "sync", "--target", str(target))
    after = _built(site, top / "after")
    chosen = [path for path in pages(after) if path != "index.html"]
    chosen = ["index.html", *chosen[:: max(1, len(chosen) // most)]][: most + 1]
    wanted = [(path, width) for path in chosen for width in WIDTHS]
    first = [(chosen[1], WIDTHS[0])] if once_before else wanted
    looks = _looks({before: first, after: wanted})
    return [_measure(each, target, looks[each]) for each in (before, after)]


def recipe() -> str:
    """Return the settings of docs/how-to/theme.md that give WebP to each page."""
    text = (HERE.parent / "docs/how-to/theme.md").read_text("utf-8")
    return "[presets.teaser]" + text.partition("[presets.teaser]")[2].partition("```")[0]


def _laid_out(source: Path, site: Path, layouts: Path) -> Path:
    for each in _OWN:
        if (layouts / each).is_dir():
            shutil.copytree(layouts / each, site / each, copy_function=shutil.copyfile)
    pages_ = next(each for each in ("_exercises", "manifests") if (source / each).is_dir())
    shutil.copytree(source / pages_, site / "_exercises", copy_function=shutil.copyfile)
    pictures = site / "assets/images"
    shutil.copytree(
        source / "assets/images", pictures,
        dirs_exist_ok=True, copy_function=shutil.copyfile,
    )  # fmt: skip
    for file in site.rglob("*"):
        file.chmod(0o755)
    for variant in pictures.rglob("*-[0-9]*0.*"):  # left over from an earlier run
        if re.search(r"-(320|768|1280|1920)\.\w+$", variant.name):
            variant.unlink()
    settings = (LAYOUTS / "_config.yml").read_text("utf-8").partition("collections:")[0]
    plugins = "plugins: [jekyll-include-cache]\n" if layouts != LAYOUTS else ""
    (site / "_config.yml").write_text(
        f"{settings}include: [_pages]\n{plugins}{_SETTINGS}# minimal-mistakes\n", "utf-8"
    )
    (site / "_layouts/exercise.html").write_text(_LAYOUT, "utf-8")
    plain = site / "_includes/mediakit/content.html"
    plain.parent.mkdir()
    plain.write_text("{{ content }}", "utf-8")
    (site / "mediakit.toml").write_text(f"[videos]\nfetch = false\n\n{recipe()}", "utf-8")
    return site


def _built(site: Path, to: Path) -> Path:
    build(site, "jekyll", "build", "--quiet", "--destination", str(to))
    return to


def _run(site: Path, *args: str) -> None:
    assert main([*args, "--quiet", "--site", str(site)]) == 0, args


def _looks(wanted: Mapping[Path, Sequence[tuple[str, int]]]) -> dict[Path, list[Seen]]:
    """Return what a browser sees of pages of built sites, in a width each."""
    found: dict[Path, list[Seen]] = {}
    for browser in chromium():
        for folder, looks in wanted.items():
            found[folder] = [look_at(browser, folder, path, width=width) for path, width in looks]
    return found


def _measure(built: Path, target: Path, looks: Sequence[Seen]) -> Measured:
    texts = pages(built).values()
    shown = [tag for text in texts for tag in images(text)]
    named = {each.removeprefix(ORIGIN) for text in texts for each in addresses(text)}
    own = [unquote(each).removeprefix("/site/") for each in named if not each.startswith("http")]
    return Measured(
        len(texts), len(shown), sum(_SIZED.search(each) is not None for each in shown),
        sum("<img" in text for text in texts), sum("image/webp" in text for text in texts),
        len(own), sum(not (target / each).is_file() for each in own),
        len(looks), sum(each.shift > 0 for each in looks),
        max((each.shift for each in looks), default=0.0), sum(len(each.foreign) for each in looks),
    )  # fmt: skip
