"""A site whose videos are at a fake YouTube, and a clock that is set by hand."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from fake_youtube import Fake, fake_youtube
from mediakit.config.config import load_config
from mediakit.config.overrides import Overrides
from mediakit.sync.session import open_session
from mediakit.videos.check import VideoCheck, VideoCheckJob
from mediakit.videos.clients import open_services
from mediakit.videos.fetch import FetchJob, fetch_videos

if TYPE_CHECKING:
    from collections.abc import Iterator

    from conftest import SiteBuilder
    from mediakit.videos.report import FetchReport, VideoReport
    from mediakit.videos.verdict import State


@pytest.fixture
def fake(monkeypatch: pytest.MonkeyPatch) -> Iterator[Fake]:
    """Return a running fake to which the environment leads."""
    for name in (
        "MEDIAKIT_NO_VIDEOS",
        "https_proxy",
        "ALL_PROXY",
        "all_proxy",
        "NO_PROXY",
        "no_proxy",
    ):
        monkeypatch.delenv(name, raising=False)
    with fake_youtube() as running:
        for name, value in running.environment.items():
            monkeypatch.setenv(name, value)
        yield running


@dataclass
class VideoSite:
    """A site, its fake, and the time."""

    site: SiteBuilder
    fake: Fake
    now: datetime = datetime(2026, 3, 1, 12, tzinfo=UTC)
    waited: list[float] = field(default_factory=list)

    def page(self, name: str, *videos: str, provider: str = "youtube") -> None:
        """Write an exercise with these videos."""
        lines = "".join(f'  - provider: {provider}\n    id: "{video}"\n' for video in videos)
        self.site.write(f"_exercises/{name}.md", f"---\ntitle: {name}\nvideos:\n{lines}---\n")

    def later(self, **delta: float) -> None:
        self.now += timedelta(**delta)

    def check(self, **job: Any) -> VideoReport:
        """Check, as at the time of the clock."""
        services = replace(open_services("https://site.example"), clock=lambda: self.now)
        config = load_config(self.site.root, Overrides())
        with open_session(config) as session:
            return VideoCheck(session, VideoCheckJob(**job), services).run()

    def fetch(self, **job: Any) -> FetchReport:
        """Fetch, as at the time of the clock."""
        services = replace(open_services("https://site.example"), clock=lambda: self.now)
        config = load_config(self.site.root, Overrides())
        with open_session(config) as session:
            return fetch_videos(session, FetchJob(**job), services=services)


@pytest.fixture
def videos(site: SiteBuilder, fake: Fake, monkeypatch: pytest.MonkeyPatch) -> VideoSite:
    """Return a site that waits for nothing."""
    site.write("mediakit.toml", "[videos]\npace = 0\n")
    built = VideoSite(site, fake)
    monkeypatch.setattr("mediakit.videos.clients.Web", lambda: _web(built))
    return built


def _web(built: VideoSite) -> Any:
    from mediakit.videos.client import Web  # noqa: PLC0415 - the one that is not replaced

    return Web(built.waited.append)


def states(report: VideoReport) -> dict[str, State]:
    """Return the state of each video by its id."""
    return {row.id: row.state for row in report.rows}
