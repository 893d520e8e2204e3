"""What the page of pictures and the desk are told by other features."""

from __future__ import annotations

from mediakit.checks.check import CheckJob, check_site
from mediakit.desk.cards import Looks
from mediakit.videos.history import read_history


def looks() -> Looks:
    """Return how problems and the states of videos are found."""
    return Looks(
        lambda session, site: check_site(session, CheckJob(), site).problems,
        lambda config: {
            f"{provider}/{video}": str(status.state)
            for (provider, video), status in read_history(config).items()
        },
    )
