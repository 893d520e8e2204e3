"""Pictures of other hosts as they arrive: fetched, checked, and told whose they are."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from mediakit.base.files import sha256_bytes
from mediakit.base.model import Problem, Severity
from mediakit.base.redaction import redacted
from mediakit.credit.hosts import credits_of
from mediakit.images.arrival import arrived
from mediakit.images.opening import UnreadableError
from mediakit.sync.credits import Provenance
from mediakit.sync.wayback import archived_copy

if TYPE_CHECKING:
    from mediakit.credit.polite import PoliteClient
    from mediakit.images.ingest import Ingested
    from mediakit.web.reply import Reply

_GONE = frozenset({404, 410})
_STAND_IN = "imgur.com/removed.png"
"""What Imgur leads to in place of a picture that is gone."""


@dataclass(frozen=True, slots=True)
class Arrival:
    """A picture of another host, made fit for the site, and where it came from."""

    picture: Ingested
    provenance: Provenance


@dataclass(frozen=True, slots=True)
class Missed:
    """A picture that did not arrive: the code of the problem, why, and what to do."""

    code: str
    why: str
    hint: str

    def problem(self, page: str, line: int, url: str) -> Problem:
        """Return the problem of the place that shows it."""
        message = redacted(f"{url}: {self.why}")
        return Problem(page, line, self.code, Severity.ERROR, message, self.hint)


def fetch(url: str, client: PoliteClient, max_width: int | None) -> Arrival | Missed:
    """Fetch a picture, and what its host says of it; one that is gone has the archive's address."""
    reply = client.get(url)
    if _is_gone(reply):
        kept = archived_copy(client, url, "im_") if client.is_public else ""
        hint = f"the Wayback Machine has it: {kept}" if kept else "use another picture"
        stand_in = "its host shows another picture in its place"
        why = f"HTTP {reply.status}" if reply.status in _GONE else stand_in
        return Missed("dead-picture", why, hint)
    if reply.status != 200:
        return Missed("not-localized", _why_not(reply), _hint(reply))
    try:
        picture = arrived(reply.body, max_width)
    except UnreadableError as error:
        return Missed("not-localized", str(error), "save the picture by hand, or use another one")
    said = credits_of(url, reply.body, client)
    return Arrival(
        picture,
        Provenance(
            addresses=[url], fetched=f"{datetime.now(UTC):%Y-%m-%d}",
            sha256=sha256_bytes(reply.body), bytes=len(picture.data), width=picture.width,
            height=picture.height, title=said.title, author=said.author, licence=said.licence,
            licence_url=said.licence_url, source=said.source,
        ),
    )  # fmt: skip


def _is_gone(reply: Reply) -> bool:
    return reply.status in _GONE or reply.headers.get("location", "").endswith(_STAND_IN)


def _why_not(reply: Reply) -> str:
    return reply.why if reply.status < 400 and reply.why else f"HTTP {reply.status}"


def _hint(reply: Reply) -> str:
    if reply.is_private:
        return "visitors cannot see it; --allow-private also asks hosts of your own network"
    if reply.status in {401, 403}:
        return "its host gives it to browsers only: save it by hand, then mediakit add"
    return "run again later; what came stays"
