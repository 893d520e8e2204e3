"""From when until when pages are shown, by the dates in their front matter."""

from __future__ import annotations

import time
from math import inf

import pytest

from conftest import SiteBuilder
from mediakit.base.files import FileTree
from mediakit.config.config import load_config
from mediakit.site.kinds.settings import since, until
from mediakit.sync.content import read_content

DAY = 86_400.0
HOUR = 3_600.0


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("1970-01-02T00:00:00Z", DAY, DAY),
        ("1970-01-02 01:30:00 +0130", DAY, DAY),
        ("1970-01-01 22:00 -02:00", DAY, DAY),
        ("1970-01-03", 2 * DAY - 14 * HOUR, 2 * DAY + 12 * HOUR),
        ("1970-1-3-name.md", 2 * DAY - 14 * HOUR, 2 * DAY + 12 * HOUR),
        ("1970-13-41", 0, inf),
        ("9999-12-31 23:59:59 -9999", 253402300799.0 - 14 * HOUR, 253402300799.0 + 12 * HOUR),
        ("soon", 0, inf),
        ("", 0, inf),
    ],
)
def test_moments(text: str, first: float, last: float) -> None:
    """A date without a zone begins where the day does first, and ends where it does last."""
    assert (since(text), until(text)) == (first, last)


def test_a_scheduled_post(site: SiteBuilder, monkeypatch: pytest.MonkeyPatch) -> None:
    """A post counts when its time has come, and a run knows when that is."""
    site.write("_config.yml", "title: t\n")
    site.write("_posts/2030-05-06-a.md", "---\n---\n")
    config = load_config(site.root)
    moment = since("2030-05-06")
    for now, shown in ((moment - 1, 0), (moment, 1)):
        monkeypatch.setattr(time, "time", lambda now=now: now)
        found = read_content(config, FileTree(site.root))
        assert (len(found.manifests), found.unpublished) == (shown, 1 - shown)
        assert found.changes_at == (inf if shown else moment)


def test_a_clock_before_1970(site: SiteBuilder, monkeypatch: pytest.MonkeyPatch) -> None:
    """A page without a date is shown whatever the clock says."""
    site.exercise("squat", 1)
    monkeypatch.setattr(time, "time", lambda: -1e8)
    assert len(read_content(load_config(site.root), FileTree(site.root)).manifests) == 1


def test_a_settled_site_wakes(site: SiteBuilder, monkeypatch: pytest.MonkeyPatch) -> None:
    """A plan with nothing to do is not kept beyond the date at which another page is shown."""
    site.exercise("squat", 1)
    site.write("_config.yml", "collections: [exercises]\n")
    site.write("_posts/2030-05-06-a.md", "---\nheader: {teaser: /assets/images/squat-0.jpg}\n---\n")
    site.write("_posts/2030-05-06-b.md", "---\nheader: {teaser: /assets/none.jpg}\n---\n")
    site.run()
    assert not site.run().problems
    monkeypatch.setattr(time, "time", lambda: since("2030-05-06"))
    assert [each.code for each in site.run().problems] == ["missing-picture"]
