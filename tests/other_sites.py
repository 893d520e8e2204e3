"""Small sites of other generators, from `tests/sites`, with pictures that are drawn."""

from __future__ import annotations

import shutil
from pathlib import Path

from conftest import SiteBuilder, draw

SITES = Path(__file__).parent / "sites"

PICTURES = {
    "hugo-bundles": (
        "content/exercises/squat/squat-0.jpg",
        "content/exercises/squat/squat-1.jpg",
        "content/exercises/squat/squat-side.png",
        "content/exercises/squat/steps/1-front.jpg",
        "content/exercises/squat/steps/2-back.jpg",
        "content/exercises/hip-hinge/hinge.jpg",
        "static/images/front.jpg",
        "static/images/social.png",
        "static/images/card.jpg",
        "assets/images/bench.jpg",
    ),
    "hugo-json": ("public_files/photos/coast.jpg", "public_files/photos/cliff.jpg"),
    "eleventy": (
        "src/img/hero.jpg",
        "src/img/harbour.jpg",
        "src/img/hill.jpg",
        "src/posts/first-ride/bridge.jpg",
        "public/logo.png",
    ),
    "plain-markdown": (
        "img/stove.jpg",
        "img/oven.jpg",
        "img/stone.jpg",
        "recipes/bread/loaf.jpg",
        "recipes/bread/knead.jpg",
        "recipes/bread/crumb.png",
    ),
}
"""The pictures of each site, all of which its pages name."""


def laid_out(name: str, root: Path) -> SiteBuilder:
    """Copy a site, and draw its pictures."""
    shutil.copytree(SITES / name, root)
    site = SiteBuilder(root)
    for number, path in enumerate(PICTURES[name]):
        kind = "PNG" if path.endswith(".png") else "JPEG"
        site.write(path, draw((1000, 700), f"#{number * 20:02x}6699", kind))
    return site
