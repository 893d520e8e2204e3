"""The tables of `mediakit.toml`: keys, types and bounds."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

import msgspec

from mediakit.base.model import Role
from mediakit.images.geometry import Fit
from mediakit.images.preset import Animation, Credit, Gravity, Truncated
from mediakit.site.kinds.kind import SiteName
from mediakit.storage.settings import Addressing, Encryption

Level = Annotated[int, msgspec.Meta(ge=1, le=100)]
Pixels = Annotated[int, msgspec.Meta(ge=1, le=65_500)]
Colour = Annotated[str, msgspec.Meta(pattern=r"^#[0-9a-fA-F]{6}$")]


class VariantFormat(StrEnum):
    """A format to make variants in; `source` is that of the source."""

    SOURCE = "source"
    JPEG = "jpeg"
    PNG = "png"
    WEBP = "webp"
    AVIF = "avif"


class QualityTable(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Qualities by format, each on the scale of its encoder."""

    jpeg: Level | None = None
    webp: Level | None = None
    avif: Level | None = None


class PresetTable(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A table `[presets.NAME]`: what it leaves out keeps the default."""

    roles: list[Role] | None = None
    suffix: Annotated[str, msgspec.Meta(pattern=r"^[\w.@-]{1,32}$")] | None = None
    width: Pixels | None = None
    height: Pixels | None = None
    fit: Fit | None = None
    gravity: Gravity | None = None
    formats: Annotated[list[VariantFormat], msgspec.Meta(min_length=1)] | None = None
    quality: Level | QualityTable | None = None
    background: Colour | None = None
    max_pixels: Annotated[int, msgspec.Meta(ge=1)] | None = None
    max_bytes: Annotated[int, msgspec.Meta(ge=1000)] | None = None
    min_step: Annotated[float, msgspec.Meta(ge=1, le=4)] | None = None
    animation: Animation | None = None
    truncated: Truncated | None = None
    credits: list[Credit] | None = None
    enabled: bool = True


Ascii = Annotated[str, msgspec.Meta(pattern=r"^[\x20-\x7e]*$")]
"""A text that can be sent as a header."""


PictureType = Annotated[
    str, msgspec.Meta(pattern=r"^(image/[a-z0-9.+-]+|application/json)(;[\x20-\x7e]*)?$")
]
"""A media type of pictures, or of the catalog: as a page or a script, a picture could do harm."""


class HeaderTable(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A table `[[headers]]`: what the objects are served with whose keys match."""

    match: Annotated[str, msgspec.Meta(min_length=1)]
    content_type: PictureType | None = None
    cache_control: Ascii | None = None
    content_disposition: Ascii | None = None
    metadata: dict[Annotated[str, msgspec.Meta(pattern=r"^[a-z0-9-]+$")], Ascii] | None = None


class S3Table(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The table `[s3]`; keys and secrets are not in it, they come from the environment."""

    endpoint: Annotated[str, msgspec.Meta(pattern=r"^https?://[^\s/@\\?#]+/?$")] | None = None
    region: Annotated[str, msgspec.Meta(pattern=r"^[a-z0-9-]{1,63}$")] | None = None
    profile: str | None = None
    addressing: Addressing = Addressing.AUTO
    acl: str | None = None
    storage_class: str | None = None
    encryption: Encryption | None = None
    kms_key: str | None = None
    connections: Annotated[int, msgspec.Meta(ge=1, le=256)] = 32
    patience: Annotated[int, msgspec.Meta(ge=1, le=3600)] = 120


class CdnTable(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The table `[cdn]`."""

    base_url: Annotated[str, msgspec.Meta(pattern=r"^https?://[^/?#@]+(/[^?#]*)?$")]
    cloudfront: Annotated[str, msgspec.Meta(min_length=1)] | None = None
    cloudflare_zone: Annotated[str, msgspec.Meta(min_length=1)] | None = None


Country = Annotated[str, msgspec.Meta(pattern=r"^[A-Z]{2}$")]
YouTubeId = Annotated[str, msgspec.Meta(pattern=r"^[0-9A-Za-z_-]{11}$")]
FrontMatterKey = Annotated[str, msgspec.Meta(pattern=r"^[^.]{1,100}(\.[^.]{1,100}){0,19}$")]
"""A key of front matter, with dots where it lies deeper."""
VimeoId = Annotated[str, msgspec.Meta(pattern=r"^[0-9]{1,12}$")]


class VideosTable(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The table `[videos]`."""

    folder: InsidePath | None = None
    fetch: bool = True
    teaser: bool = False
    max_age: Annotated[int, msgspec.Meta(ge=0)] = 30
    confirm: Annotated[int, msgspec.Meta(ge=1)] = 24
    pace: Annotated[float, msgspec.Meta(ge=0, le=600)] = 0.5
    limit: Annotated[int, msgspec.Meta(ge=1)] | None = None
    audience: list[Country] = []
    canary: YouTubeId | None = None
    vimeo_canary: VimeoId | None = None
    keys: list[FrontMatterKey] = []


class ImagesTable(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The table `[images]`: keys of front matter that hold pictures, by the role of these."""

    overlay: list[FrontMatterKey] = []
    header: list[FrontMatterKey] = []
    teaser: list[FrontMatterKey] = []
    og_image: list[FrontMatterKey] = []
    gallery: list[FrontMatterKey] = []
    feature_row: list[FrontMatterKey] = []


ProblemCode = Annotated[str, msgspec.Meta(pattern=r"^[a-z][a-z0-9-]+$")]


class CheckTable(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The table `[check]`."""

    ignore: list[ProblemCode] = []
    errors: list[ProblemCode] = []
    max_bytes: Annotated[int, msgspec.Meta(ge=1)] = 3_000_000
    max_pixels: Annotated[int, msgspec.Meta(ge=1)] = 24_000_000
    overlay_width: Annotated[int, msgspec.Meta(ge=0)] = 768
    teaser_shape: Annotated[float, msgspec.Meta(ge=0, le=10)] = 0.2


InsidePath = Annotated[
    str, msgspec.Meta(extra_json_schema={"not": {"pattern": r"^/|(^|/)\.\.(/|$)|^\s*$"}})
]
"""A path or glob inside the site; `toml_file.py` refuses others, in words of its own."""

RootPath = Annotated[
    str, msgspec.Meta(extra_json_schema={"not": {"pattern": r"^/|(^|/)\.\.(/|$)|^\s+$"}})
]
"""A folder inside the site, or an empty text for the site itself."""

Limit = Annotated[int, msgspec.Meta(extra_json_schema={"minimum": 0, "maximum": 999_999_999})]
LimitText = Annotated[str, msgspec.Meta(extra_json_schema={"pattern": r"^\s*[0-9]{1,9}%?\s*$"})]
"""How many deletes may be; `sync/limit.py` reads it."""


class FileSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The keys of the file.

    `site`: the kind of site; `roots`: folders that addresses count from;
    `content`: globs of content files, relative to the site root; `target`: a folder or URL;
    `jobs`: pictures made at once; `catalog`: site path of the catalog; `unpublished`: read
    drafts too; `max_delete`: how many deletes a sync may do, a number or a percentage;
    `executor`: who makes pictures; `placeholders`: keep a placeholder and the dominant colour of
    each picture in the catalog.
    """

    site: SiteName | None = None
    roots: list[RootPath] | None = None
    content: list[InsidePath] | None = None
    target: str | None = None
    jobs: Annotated[int, msgspec.Meta(ge=1, le=512)] | None = None
    catalog: InsidePath | None = None
    unpublished: bool = False
    max_delete: Limit | LimitText | None = None
    placeholders: bool = True
    executor: str | None = None


class WholeFile(FileSettings, frozen=True, forbid_unknown_fields=True):
    """The file with its tables, as its JSON Schema has it."""

    presets: dict[str, PresetTable] = {}
    headers: list[HeaderTable] = []
    s3: S3Table = msgspec.field(default_factory=S3Table)
    cdn: CdnTable | None = None
    videos: VideosTable = msgspec.field(default_factory=VideosTable)
    check: CheckTable = msgspec.field(default_factory=CheckTable)
    images: ImagesTable = msgspec.field(default_factory=ImagesTable)
