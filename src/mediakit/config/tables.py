"""The settings of `mediakit.toml`: what it has at the top, and the tables of features.

A table that one part alone reads is a struct of that part: `[presets]` is in
`images/preset.py`; `[s3]`, `[cdn]` and `[[headers]]` are in `storage/settings.py`.
"""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta, Struct, field

from mediakit.base.actions import DEFAULT_MAX_DELETE
from mediakit.base.setting import HARMLESS, Trust, setting
from mediakit.config.values import (
    Channel,
    Codes,
    Country,
    InsidePath,
    Keys,
    Limit,
    LimitText,
    RootPath,
    VimeoId,
    YouTubeId,
)
from mediakit.images.preset import Preset
from mediakit.site.kinds.registry import SiteName
from mediakit.storage.open import DEFAULT_TARGET
from mediakit.storage.settings import (
    CdnSettings,
    HeaderRule,
    S3Settings,
    StructuredSettings,
    ThemeSettings,
)

SCHEMA_NAME = "mediakit.schema.json"


class VideoSettings(Struct, frozen=True, forbid_unknown_fields=True):
    """The table `[videos]`."""

    # fmt: off
    folder: Annotated[InsidePath, setting(Trust.WRITES,
        "Site path of the folder for thumbnails.", "assets/images/videos",
        default="`assets/images/videos`, with Hugo `static/images/videos`, with Eleventy "
        "`images/videos` in the input folder")] = ""
    fetch: Annotated[bool, setting(HARMLESS,
        "Whether a `sync` fetches missing metadata and thumbnails of videos; `--no-videos` "
        "leaves it out once.", example=False)] = True
    teaser: Annotated[bool, setting(HARMLESS,
        "Whether `gallery fill` makes the thumbnail of a video the teaser of an exercise without "
        "pictures.", example=True)] = False
    max_age: Annotated[int, setting(HARMLESS,
        "After how many days `videos fetch` fetches metadata and thumbnails again.", 90, ge=0)] = 30
    confirm: Annotated[int, setting(HARMLESS,
        "How many hours have to lie between two definite answers before a video is dead.",
        48, ge=1)] = 24
    pace: Annotated[float, setting(HARMLESS,
        "Seconds between two requests to a provider, on average; each wait is a little "
        "different. After the player was asked the wait is four times as long. 0 does not wait.",
        1.5, ge=0, le=600)] = 0.5
    limit: Annotated[Annotated[int, Meta(ge=1)] | None, setting(HARMLESS,
        "How many videos one check asks about at most.", 100, default="all")] = None
    audience: Annotated[tuple[Country, ...], setting(HARMLESS,
        "Countries of the readers. A video that is blocked elsewhere, but plays in all of them, "
        "counts as alive, where the provider tells the countries.",
        ["DK", "SE"], default="none")] = ()
    canary: Annotated[YouTubeId | None, setting(HARMLESS,
        "Id of a video at YouTube that is alive. Where it fails, it is the check that is broken.",
        "jNQXAC9IVRw", default="the first video of YouTube")] = None
    vimeo_canary: Annotated[VimeoId | None, setting(HARMLESS,
        "Id of a video at Vimeo that is alive, for the same purpose.",
        "76979871", default="the video of Vimeo's examples")] = None
    keys: Annotated[Keys, setting(HARMLESS,
        "Keys of front matter that name videos, with dots where they lie deeper, beside `video`, "
        "`videos`, `youtubeId`, `youtube_id`, `vimeo`, `vimeoId` and `vimeo_id`. The value is an "
        "id, an address, a mapping with `id` or `url`, or a list of such.",
        ["youtube", "media.clips"], default="none")] = ()
    own_channels: Annotated[tuple[Channel, ...], setting(HARMLESS,
        "Channels of YouTube that are your own, by handle or, safer, by id: [`videos archive`]"
        "(../how-to/archive-videos.md) keeps their videos, and no others.",
        ["@yourclinic"], default="none")] = ()
    archive_limit: Annotated[int, setting(HARMLESS,
        "The largest file that `videos archive` keeps, in MB.", 100, ge=1, le=500)] = 200
    trusted_channels: Annotated[tuple[Channel, ...], setting(HARMLESS,
        "Channels of YouTube, by handle or id, from which `videos replace` likes to take a video "
        "in the place of a dead one, beside its own channel.",
        ["@physiotutors"], default="none")] = ()
    # fmt: on


class ImageSettings(Struct, frozen=True, forbid_unknown_fields=True):
    """The table `[images]`: keys by role, each with dots where it lies deeper."""

    # fmt: off
    overlay: Annotated[Keys, setting(HARMLESS,
        "The wide picture at the top of a page.", ["cover.image"], default="none")] = ()
    header: Annotated[Keys, setting(HARMLESS,
        "A picture at the top of a page. No default preset makes sizes of it: give one "
        '`roles = ["header"]`.', ["banner"], default="none")] = ()
    teaser: Annotated[Keys, setting(HARMLESS,
        "The small picture of a page in lists.", ["card.picture"], default="none")] = ()
    og_image: Annotated[Keys, setting(HARMLESS,
        "The picture that is shown where the page is shared.", ["seo.image"], default="none")] = ()
    gallery: Annotated[Keys, setting(HARMLESS,
        "Pictures of a gallery.", ["slides", "steps.photos"], default="none")] = ()
    feature_row: Annotated[Keys, setting(HARMLESS,
        "Pictures in a row of features.", ["cards"], default="none")] = ()
    # fmt: on


class DataSettings(Struct, frozen=True, forbid_unknown_fields=True):
    """The table `[data]`: data files that name pictures and videos."""

    # fmt: off
    files: Annotated[tuple[InsidePath, ...], setting(Trust.READS,
        "Globs of JSON, YAML and TOML files, relative to the site root. Each of their records "
        "counts as an exercise, beside the pages of the site. See [data files]"
        "(../how-to/data-files.md).",
        ["_data/exercises.json", "exercises/*.json"], default="none")] = ()
    base: Annotated[tuple[RootPath, ...], setting(Trust.ROOTS,
        "Folders that an address such as `squat/0.jpg` in a data file counts from, the first that "
        "has the file; then come the folder of the data file and what the kind of site says. "
        "An empty text is the site root.",
        ["exercises"], default="none")] = ()
    title: Annotated[Keys, setting(HARMLESS,
        "Keys of the title of a record, before `title`, `name`, `label`, `id` and `slug`.",
        ["heading.en"], default="none")] = ()
    # fmt: on


class CheckSettings(Struct, frozen=True, forbid_unknown_fields=True):
    """The table `[check]`."""

    # fmt: off
    ignore: Annotated[Codes, setting(HARMLESS,
        "[Codes](problems.md) that `mediakit check` does not report.",
        ["odd-teaser"], default="none")] = ()
    errors: Annotated[Codes, setting(HARMLESS,
        "Codes that `mediakit check` counts as errors, whatever they are elsewhere.",
        ["missing-alt"], default="none")] = ()
    max_bytes: Annotated[int, setting(HARMLESS,
        "A source of more bytes is reported as too large.", 1_000_000, ge=1)] = 3_000_000
    max_pixels: Annotated[int, setting(HARMLESS,
        "A source of more pixels, width times height, is reported as too large.",
        12_000_000, ge=1)] = 24_000_000
    overlay_width: Annotated[int, setting(HARMLESS,
        "The least width of an overlay in pixels.", 1600, ge=0)] = 768
    teaser_shape: Annotated[float, setting(HARMLESS,
        "By how much the shape of a teaser may differ from the usual one: 0.2 is a fifth.",
        0.1, ge=0, le=10)] = 0.2
    # fmt: on


class SourceSettings(Struct, frozen=True, forbid_unknown_fields=True):
    """The table `[sources]`."""

    # fmt: off
    max_width: Annotated[Annotated[int, Meta(ge=320)] | None, setting(HARMLESS,
        "Width in pixels above which `mediakit slim` and `gallery fill` make a source smaller, in "
        "place, and `add` and `new` make photos smaller. See [keep a site small]"
        "(../how-to/keep-it-small.md).", 2400, default="no limit")] = None
    # fmt: on


LocationPolicy = Literal["strip", "refuse", "allow"]
"""What happens to a picture that tells where it was taken."""


class PrivacySettings(Struct, frozen=True, forbid_unknown_fields=True):
    """The table `[privacy]`."""

    # fmt: off
    location: Annotated[LocationPolicy, setting(HARMLESS,
        "What `sync` and `gallery fill` do with a picture that tells where it was taken: `strip` "
        "publishes it without its metadata, `refuse` leaves it out and reports an error, `allow` "
        "publishes it as it is. See [take the place out of photos](../how-to/private-photos.md).",
        "refuse")] = "strip"
    # fmt: on


class FileSettings(Struct, frozen=True, forbid_unknown_fields=True):
    """The settings of the file as a whole."""

    # fmt: off
    site: Annotated[SiteName | None, setting(HARMLESS,
        "The kind of site: which files are content, and what addresses mean. See [other "
        "sites](../how-to/other-sites.md).",
        "jekyll", default="see [kinds of sites](#kinds-of-sites)")] = None
    roots: Annotated[tuple[RootPath, ...] | None, setting(Trust.ROOTS,
        "Folders that an address such as `/images/squat.jpg` counts from, the first that has the "
        "file. They are left out of keys at the target. An empty text is the site root.",
        ["assets", ""], default="those of the [kind of site](#kinds-of-sites)")] = None
    content: Annotated[tuple[InsidePath, ...] | None, setting(Trust.READS,
        "Globs of the content files, relative to the site root. They replace the rules of the "
        "kind of site, Jekyll's `exclude` included.",
        ["_exercises/**/*.md", "_pages/*.md"],
        default="found by the rules of the [kind of site](#kinds-of-sites)")] = None
    target: Annotated[str | None, setting(Trust.TARGET,
        "Where `sync` puts its results: a folder, or `s3://BUCKET/PREFIX`. In a file of settings, "
        "that is a folder of its own inside the site; for another one, use `--target` or "
        "`MEDIAKIT_TARGET`.",
        "build/media", default=f"`{DEFAULT_TARGET}`")] = None
    jobs: Annotated[Annotated[int, Meta(ge=1, le=512)] | None, setting(HARMLESS,
        "How many pictures to make at once.", 4, default="the number of usable cores")] = None
    executor: Annotated[str | None, setting(Trust.EXECUTOR,
        "Where to process pictures: `threads`, `processes`, or `dask:tcp://HOST:8786`. With "
        "`processes`, a decoder that crashes takes one picture with it, not the run. A file may "
        "not name a cluster: use `--executor` or `MEDIAKIT_EXECUTOR`.",
        "processes", default="`threads`")] = None
    catalog: Annotated[InsidePath | None, setting(Trust.CATALOG,
        "Site path of the catalog.",
        "_data/media.json", default="see [the catalog](#the-catalog)")] = None
    unpublished: Annotated[bool, setting(HARMLESS,
        "Read drafts and exercises with `published: false` too.", example=False)] = False
    max_delete: Annotated[Limit | LimitText | None, setting(HARMLESS,
        "Refuse to delete more than this: a number, or a percentage of the objects that mediakit "
        "has put at the target (`--delete`), and of the variants in the catalog (`--prune`).",
        "5%", default=f"`{DEFAULT_MAX_DELETE}`")] = None
    placeholders: Annotated[bool, setting(HARMLESS,
        "Keep a placeholder and the dominant colour of each picture in the catalog.",
        example=False)] = True
    presets: Annotated[dict[str, Preset], Meta(
        description="Presets: changes of the default ones, and new ones.")] = {}
    headers: Annotated[tuple[HeaderRule, ...], Meta(
        description="Headers of objects in a bucket, by their keys.")] = ()
    images: Annotated[ImageSettings, Meta(
        description="Keys of front matter that hold pictures, by their role.")
    ] = field(default_factory=ImageSettings)
    s3: Annotated[S3Settings, Meta(
        description="How buckets are reached. Keys and secrets come from the environment.")
    ] = field(default_factory=S3Settings)
    cdn: Annotated[CdnSettings | None, Meta(description="Caches to purge after a sync.")] = None
    videos: Annotated[VideoSettings, Meta(description="How videos are fetched and checked.")
    ] = field(default_factory=VideoSettings)
    data: Annotated[DataSettings, Meta(
        description="Data files with pictures and videos: each record counts as an exercise.")
    ] = field(default_factory=DataSettings)
    check: Annotated[CheckSettings, Meta(description="What `mediakit check` reports.")
    ] = field(default_factory=CheckSettings)
    sources: Annotated[SourceSettings, Meta(description="How large sources may be.")
    ] = field(default_factory=SourceSettings)
    privacy: Annotated[PrivacySettings, Meta(description="What pictures may tell.")
    ] = field(default_factory=PrivacySettings)
    theme: Annotated[ThemeSettings, Meta(description="What templates are given.")
    ] = field(default_factory=ThemeSettings)
    structured: Annotated[StructuredSettings, Meta(description="What search engines are told.")
    ] = field(default_factory=StructuredSettings)
    # fmt: on


def schema_text() -> str:
    """Return the JSON Schema of `mediakit.toml`; `scripts/reference.py` makes it."""
    from importlib import resources  # noqa: PLC0415 - takes a while

    return (resources.files("mediakit") / "config" / SCHEMA_NAME).read_text("utf-8")
