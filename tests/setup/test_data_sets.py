"""`init` finds data sets, with the folder that their addresses count from."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mediakit.base.files import FileTree
from mediakit.config.config import load_config
from mediakit.setup.data_files import unread_data

if TYPE_CHECKING:
    from conftest import SiteBuilder

RECORD = '{"image": "%s/0.jpg"}'


def found(site: SiteBuilder) -> list[tuple[str, int, list[str]]]:
    entries = unread_data(load_config(site.root), FileTree(site.root))
    return [(each.files, each.count, each.base) for each in entries]


def test_data_sets(site: SiteBuilder) -> None:
    """A folder of records is a glob, other forms of the same set are left out, others told."""
    for name in ("squat", "lunge"):
        site.write(f"lifts/{name}.json", RECORD % name)
        site.write(f"lifts/{name}/0.jpg", b"")
    site.write("gear/rack/0.jpg", b"")
    site.write("dist/all.json", f"[{RECORD % 'squat'}, {RECORD % 'lunge'}]")
    site.write("dist/gear.json", RECORD % "rack")
    site.write("package.json", '{"image": "gone.jpg"}')
    site.write("broken.json", "{")
    assert found(site) == [("lifts/*.json", 2, []), ("dist/*.json", 2, ["lifts", "gear"])]
    site.write("mediakit.toml", '[data]\nfiles = ["lifts/*.json", "dist/*.json"]\n')
    assert found(site) == []


def test_a_site_without_any(site: SiteBuilder) -> None:
    """Settings, and data that name no picture of the site, are no data sets."""
    site.write("_config.yml", "image: /a.jpg\n")
    site.write("_data/menu.yml", "- title: Home\n  image: https://example.org/a.jpg\n")
    site.write("a.jpg", b"")
    for path in ("_data/media.json", "_data/media_shards/0-1-0.json", "public/media.json"):
        site.write(path, '{"images": {"a.jpg": {"width": 1}}}')
    assert found(site) == []
