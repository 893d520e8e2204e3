"""The facts that are told of pictures and videos, and their public addresses."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import quote

from mediakit.base.artifacts import archived_video
from mediakit.base.model import Role
from mediakit.site.providers import PROVIDERS

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Mapping

    from mediakit.base.model import ImageRef, Manifest, VideoRecord, VideoRef

_SAFE = "/%:@!$&'()*+,;=~-._"
"""What an address may have; also what is escaped already."""


class PictureCredit(NamedTuple):
    """Whose a picture is, each empty where nothing says it; the licence is an address."""

    creator: str = ""
    credit: str = ""
    notice: str = ""
    licence: str = ""
    acquire: str = ""


@dataclass(frozen=True)
class SearchFacts:
    """What is known: `pictures` are the site paths of those that exist, `gone` videos that do not.

    `url` is the address of the site, `pictures_url` the one below which pictures are found, and
    `key_of` returns the public path of a file. With `clips` pages begin a video at `?t=SECONDS`.
    `target_url` is the address below which the target is found, empty where nothing says it.
    """

    url: str
    pictures_url: str
    key_of: Callable[[str], str]
    pictures: Collection[str]
    videos: Mapping[str, VideoRecord]
    gone: Collection[str] = ()
    credits: Mapping[str, PictureCredit] = field(default_factory=dict)
    clips: bool = False
    target_url: str = ""

    def page_address(self, manifest: Manifest) -> str:
        """Return the whole address of a page, empty where it is not known."""
        return self.url + quote(manifest.address, safe=_SAFE) if manifest.address else ""

    def picture_address(self, path: str) -> str:
        """Return the whole address of a picture, empty for one that is not there."""
        if path not in self.pictures:
            return ""
        return f"{self.pictures_url}/{quote(self.key_of(path), safe=_SAFE.replace('%', ''))}"

    def film_address(self, record: VideoRecord) -> str:
        """Return the whole address of an archived video, empty where that is not known."""
        key = archived_video(record.archive)
        return f"{self.target_url}/{key}" if key and self.target_url else ""

    def record(self, video: VideoRef) -> VideoRecord | None:
        """Return what is known of a video that plays; nothing is told of another one."""
        name = f"{video.provider}/{video.id}"
        record = self.videos.get(name)
        if record is None or not record.title.strip() or name in self.gone:
            return None
        return None if record.embeddable is False or record.live == "is_upcoming" else record


def shown_pictures(manifest: Manifest) -> Iterator[ImageRef]:
    """Yield the pictures of the site that a page shows, each source once."""
    seen = set()
    for image in manifest.images:
        if image.source and image.role is not Role.VIDEO and image.source not in seen:
            seen.add(image.source)
            yield image


def player_address(video: VideoRef) -> str:
    """Return the address of the player of a video, empty where that is not known."""
    row = PROVIDERS.get(video.provider)
    if row is None or not row.embed:
        return ""
    query = f"?h={quote(video.hash, safe='')}" if video.hash else ""
    return row.embed.format(id=video.id) + query
