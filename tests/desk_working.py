"""A desk that answers, and a browser that shows it."""

from __future__ import annotations

import contextlib
import io
import shutil
import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

from browser_wait import wait_until
from conftest import SiteBuilder
from mediakit.cli.desk_acts import features
from mediakit.cli.options import Common
from mediakit.desk.serve import open_desk
from scenes import scene

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from PIL.Image import Image
    from playwright.sync_api import Browser, Locator, Page

PAGE = """\
---
title: "{title}"   # as on the poster
language: en
tags: [legs]
gallery:
  - url: /assets/images/{name}-0.jpg
    image_path: /assets/images/{name}-0-320.jpg
    alt: "{name}, low"
  # the second one
  - url: /assets/images/{name}-1.jpg
    image_path: /assets/images/{name}-1-320.jpg
    alt: ''
---
Text.
"""


def photo(room: int, pose: int) -> bytes:
    return jpeg_of(scene(room, pose), 90)


def jpeg_of(image: Image, quality: int) -> bytes:
    out = io.BytesIO()
    image.save(out, "JPEG", quality=quality)
    return out.getvalue()


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> SiteBuilder:
    """Return a site of three exercises, with their variants."""
    site = SiteBuilder(tmp_path_factory.mktemp("exercises"))
    for room, (name, title) in enumerate({"knaeboej": "Knæbøj", "lunge": "Lunge"}.items()):
        site.write(f"_exercises/{name}.md", PAGE.format(name=name, title=title))
        for pose in range(2):
            site.write(f"assets/images/{name}-{pose}.jpg", photo(room, pose))
    site.write("_exercises/plank.md", "---\ntitle: Plank\nlanguage: en\ntags: []\n---\n")
    site.run()
    return site


@pytest.fixture
def exercises(made: SiteBuilder, tmp_path: Path) -> SiteBuilder:
    """Return a copy of the site, to work on."""
    shutil.copytree(made.root, tmp_path / "site")
    return SiteBuilder(tmp_path / "site")


@pytest.fixture
def twin(made: SiteBuilder, tmp_path: Path) -> SiteBuilder:
    """Return another copy, for commands to do the same to."""
    shutil.copytree(made.root, tmp_path / "twin" / "site")
    return SiteBuilder(tmp_path / "twin" / "site")


@contextlib.contextmanager
def desk_at(root: Path, port: int = 0) -> Iterator[str]:
    """Serve a desk, and return its address."""
    common = Common(root, "text", verbose=False, quiet=True, debug=False, unpublished=False)
    with open_desk(common.config, features(common, common.config()), port) as desk:
        thread = threading.Thread(target=desk.run)
        thread.start()
        yield desk.address
        desk.stop()
        thread.join(30)
        assert not thread.is_alive()


@dataclass
class Working:
    """A browser at the desk."""

    page: Page
    address: str

    def card(self, name: str) -> Locator:
        return self.page.locator(f'.card[data-page="_exercises/{name}.md"]')

    def picture(self, name: str, number: int) -> Locator:
        return self.card(name).locator(".picture").nth(number)

    def said(self, words: str) -> str:
        """Wait until the desk says something, and return all of it."""
        box = self.page.locator("#said", has_text=words)
        box.wait_for(timeout=120_000)
        return box.inner_text()

    def alts(self, name: str) -> list[str]:
        found = self.card(name).locator(".picture").all()
        return [each.get_attribute("data-alt") or "" for each in found]


@contextlib.contextmanager
def browsing(browser: Browser, address: str) -> Iterator[Working]:
    """Open a desk in a window of its own; errors of its scripts fail the test."""
    context = browser.new_context(viewport={"width": 1280, "height": 900}, locale="en-GB")
    page = context.new_page()
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.goto(address)
    wait_until(page, "document.querySelector('#news').textContent === ''")
    yield Working(page, address)
    context.close()
    assert errors == []


@pytest.fixture
def desk(exercises: SiteBuilder, browser: Browser) -> Iterator[Working]:
    """Return the desk of the site in a browser."""
    with desk_at(exercises.root) as address, browsing(browser, address) as working:
        yield working
