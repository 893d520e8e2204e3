"""What the page of pictures and the desk are told by other features."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mediakit.checks.check import CheckJob, check_site
from mediakit.desk.cards import Findings
from mediakit.videos.history import read_history

if TYPE_CHECKING:
    from mediakit.sync.observe import ObservedSite
    from mediakit.sync.session import Session


def look(session: Session, site: ObservedSite) -> Findings:
    """Return the problems of a site, and the states of its videos."""
    history = read_history(session.config)
    states = {f"{provider}/{video}": str(each.state) for (provider, video), each in history.items()}
    return Findings(check_site(session, CheckJob(), site).problems, (), states)
