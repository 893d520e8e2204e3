"""How videos are fetched and checked."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class VideoSettings:
    """Settings of the table `[videos]`.

    `folder` is the site path for thumbnails (empty: below the site's folder of pictures), `fetch`
    whether a sync fetches what is missing, `teaser` whether the thumbnail is the teaser of an
    exercise without pictures;
    `max_age` the days after which metadata are fetched again; `confirm` the hours between two
    definite answers before a video is dead, `pace` the seconds between two requests on
    average, `limit` the most videos of one check (None: all), `audience` the countries of the
    site's readers; `canary` is a video of YouTube that is known to be alive; `keys` are keys of
    front matter that name videos, with dots where they lie deeper, beside those that are known.
    """

    folder: str = ""
    fetch: bool = True
    teaser: bool = False
    max_age: int = 30
    confirm: int = 24
    pace: float = 0.5
    limit: int | None = None
    audience: tuple[str, ...] = ()
    canary: str | None = None
    vimeo_canary: str | None = None
    keys: tuple[str, ...] = ()
