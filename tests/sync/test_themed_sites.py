"""Sites in the shape of common themes: mediakit lists what their built pages show, page by page."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

import pytest

from mediakit.base.files import FileTree
from mediakit.checks.check import CheckJob, check_site
from mediakit.config.config import load_config
from mediakit.sync.content import read_content
from mediakit.sync.session import Access, open_session
from themed_sites import SITE, THEMED, laid_out, shown_of

if TYPE_CHECKING:
    from pathlib import Path

    from mediakit.config.config import Config
    from mediakit.sync.content import Content


def listed(config: Config, content: Content) -> dict[str, set[str]]:
    """Return what each page with pictures or videos names, as what a built page shows is named."""
    pages: defaultdict[str, set[str]] = defaultdict(set)  # a data file has several
    for page in content.manifests:
        paths = {path for each in page.images for path in (each.path, each.link) if path}
        pages[page.path] |= {
            *(config.kind.key(path) for path in paths),
            *(each.url for each in page.images if each.url and each.path is None),
            *(f"{each.provider}:{each.id}" for each in page.videos),
        }
    return {path: names for path, names in pages.items() if names}


@pytest.mark.parametrize("name", sorted(THEMED))
def test_what_is_listed(name: str, tmp_path: Path) -> None:
    """Each picture and video that the built pages show, and none else; nothing is a problem.

    What layouts and configuration show on many pages may count for any of them.
    """
    site = laid_out(name, tmp_path / "site")
    config = load_config(site.root)
    content = read_content(config, FileTree(site.root))
    shown = shown_of(name)
    everywhere = shown.pop(SITE, set())
    named = {page: names - everywhere for page, names in listed(config, content).items()}
    assert {page: names for page, names in named.items() if names} == shown
    assert content.problems == ()


@pytest.mark.parametrize("name", sorted(THEMED))
def test_nothing_is_wrong(name: str, tmp_path: Path) -> None:
    """After `generate`, `check` has nothing to tell but of other hosts."""
    site = laid_out(name, tmp_path / "site")
    site.run()
    with open_session(load_config(site.root), Access.READ) as session:
        problems = check_site(session, CheckJob()).problems
    assert [each for each in problems if each.code != "remote-picture"] == []
