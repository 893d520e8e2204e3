"""The settings in force, and where they come from."""

from __future__ import annotations

import os
import re
import time
from collections.abc import Mapping
from pathlib import Path

import msgspec

from mediakit.base.actions import DeleteLimit
from mediakit.base.errors import UsageError
from mediakit.base.own_files import CREDITS_NAME, HISTORY_NAME, PICTURE_DATA, STRUCTURED_DATA
from mediakit.base.redaction import redacted
from mediakit.config.file import ConfigFile, read_settings
from mediakit.config.file_rules import refuse_untrusted
from mediakit.config.overrides import Overrides
from mediakit.config.presets import presets_of, public_url, recipes_of
from mediakit.config.tables import (
    CheckSettings,
    DataSettings,
    ImageSettings,
    PrivacySettings,
    SourceSettings,
    VideoSettings,
)
from mediakit.executors.workers import ExecutorSettings
from mediakit.images.preset import SHOWN_BY_NAME, Preset
from mediakit.images.recipes import Recipe
from mediakit.images.recipes.resize import Resize
from mediakit.site.kinds.kind import SiteKind
from mediakit.site.kinds.registry import marked_kind, read_kind
from mediakit.state.catalog_file import CatalogFile
from mediakit.storage.open import DEFAULT_TARGET
from mediakit.storage.settings import (
    CdnSettings,
    HeaderRule,
    S3Settings,
    StructuredSettings,
    ThemeSettings,
    without_what_aws_says,
)

_CATALOG_NAME = "media.json"


class Config(msgspec.Struct, frozen=True):
    """All settings of a run: those of the file with overrides, and what follows where it has none.

    `source` is where pictures are, None for the site's own folder.
    """

    root: Path
    content: tuple[str, ...] | None
    target: str
    jobs: int
    catalog: str
    presets: tuple[Preset, ...]
    kind: SiteKind
    unpublished: bool
    max_delete: DeleteLimit
    placeholders: bool
    executor: ExecutorSettings = msgspec.field(default_factory=ExecutorSettings)
    source: str | None = None
    headers: tuple[HeaderRule, ...] = ()
    s3: S3Settings = msgspec.field(default_factory=S3Settings)
    cdn: CdnSettings | None = None
    videos: VideoSettings = msgspec.field(default_factory=VideoSettings)
    data: DataSettings = msgspec.field(default_factory=DataSettings)
    check: CheckSettings = msgspec.field(default_factory=CheckSettings)
    images: ImageSettings = msgspec.field(default_factory=ImageSettings)
    sources: SourceSettings = msgspec.field(default_factory=SourceSettings)
    privacy: PrivacySettings = msgspec.field(default_factory=PrivacySettings)
    theme: ThemeSettings = msgspec.field(default_factory=ThemeSettings)
    structured: StructuredSettings = msgspec.field(default_factory=StructuredSettings)
    made_by: Mapping[str, tuple[Recipe, ...]] = msgspec.field(default_factory=dict)
    """Recipes beside the presets, by the table of the file that has their options."""
    file: ConfigFile = msgspec.field(default_factory=ConfigFile)
    """The file as it was read: where each setting stands."""
    overrides: Overrides = Overrides()
    read_ns: int = 0
    """When it was read, in nanoseconds since 1970: what changed later is not in it."""

    @property
    def site(self) -> str:
        """The name of the kind of site."""
        return self.kind.name

    @property
    def roots(self) -> tuple[str, ...]:
        """The folders that addresses count from."""
        return self.kind.roots

    @property
    def recipes(self) -> tuple[Recipe, ...]:
        """How files are made: by the presets, and by the tables of other recipes."""
        others = (each for table in self.made_by.values() for each in table)
        return (Resize(self.presets), *others)

    @property
    def has_clips(self) -> bool:
        """Whether films and animations are sources, of which clips are made."""
        return "clips" in self.made_by

    @property
    def file_chose_target(self) -> bool:
        """Whether the target is what the file of the site says."""
        return self.target == self.file.settings.target

    @property
    def catalog_file(self) -> CatalogFile:
        """The catalog of the site."""
        return CatalogFile(self.root, self.catalog, self.kind.address.baseurl, self.kind.key)

    @property
    def template_files(self) -> tuple[str, ...]:
        """The site paths of the documents for templates, none where they are not wanted."""
        wanted = {PICTURE_DATA: self.theme.data, STRUCTURED_DATA: self.structured.data}
        return tuple(self.template_file(name) for name, is_on in wanted.items() if is_on)

    @property
    def template_sources(self) -> tuple[str, ...]:
        """The site paths of files beside pages and catalog that these documents are made of."""
        if not self.structured.is_on:
            return ()
        return self.catalog_file.beside(HISTORY_NAME), self.template_file(CREDITS_NAME)

    def template_file(self, name: str) -> str:
        """Return the site path of a document for templates."""
        folder = self.kind.data_folder
        return f"{folder}/{name}" if folder else self.catalog_file.beside(name)

    @property
    def public_url(self) -> str:
        """The address of the site without a slash at its end, empty where nothing says it."""
        return public_url(self.kind, self.structured.url)

    @property
    def doubted_presets(self) -> tuple[Preset, ...]:
        """Default presets that the file says nothing of, and that sites may have no use for.

        Includes that read the documents for templates show each size.
        """
        if self.theme.data:
            return ()
        given, _ = self.file.given.get("presets", ({}, None))
        names = SHOWN_BY_NAME - given.keys()
        return tuple(preset for preset in self.presets if preset.name in names)

    @property
    def suffixes(self) -> tuple[tuple[str, str], ...]:
        """Suffix and name of each preset."""
        return tuple((preset.suffix, preset.name) for preset in self.presets)


def load_config(root: Path, overrides: Overrides = Overrides()) -> Config:  # noqa: B008 - frozen
    """Read the settings of the site at `root`; raises ConfigError with file and line."""
    read_ns = time.time_ns()
    if not root.is_dir():
        raise UsageError(f"{root}: no such folder", "give the folder of the site with --site")
    if overrides.target is not None and not overrides.target.strip():
        hint = "is the variable set that it comes from? give a folder or s3://BUCKET/PREFIX"
        raise UsageError("the target is empty", hint)
    file = read_settings(root)
    if file.given:
        refuse_untrusted(file, root)
    given = file.settings
    kind = read_kind(root, given.site, given.roots)
    return Config(
        root=root,
        content=given.content,
        target=overrides.target or given.target or DEFAULT_TARGET,
        jobs=overrides.jobs or given.jobs or _usable_cores(),
        catalog=given.catalog or _catalog_path(root, kind),
        presets=presets_of(file),
        kind=kind,
        unpublished=overrides.unpublished or given.unpublished,
        max_delete=_delete_limit(overrides, file),
        placeholders=given.placeholders,
        executor=ExecutorSettings.parse(overrides.executor or given.executor or "threads"),
        source=overrides.source,
        headers=given.headers,
        s3=_s3(overrides, file),
        cdn=given.cdn,
        videos=_videos(given.videos, kind),
        data=given.data,
        check=given.check,
        images=given.images,
        sources=given.sources,
        privacy=given.privacy,
        theme=given.theme,
        structured=given.structured,
        made_by=recipes_of(file, root, kind),
        file=file,
        overrides=overrides,
        read_ns=read_ns,
    )


def _delete_limit(overrides: Overrides, file: ConfigFile) -> DeleteLimit:
    if overrides.max_delete is not None:
        return DeleteLimit.parse(overrides.max_delete)
    try:
        return DeleteLimit.parse(file.settings.max_delete)
    except UsageError as error:
        file.refuse("max_delete", f"max_delete: {error.message}", error.hint)


def _s3(overrides: Overrides, file: ConfigFile) -> S3Settings:
    """Return the settings of buckets: of flags, else of AWS's variables, else of the file."""
    endpoint = overrides.s3_endpoint
    if endpoint is not None and not re.match(r"https?://[^\s/]", endpoint):
        raise UsageError(f"{redacted(endpoint)!r} is no endpoint", "write https://HOST")
    left = without_what_aws_says(file.settings.s3, os.environ)
    return msgspec.structs.replace(
        left,
        endpoint=endpoint if endpoint is not None else left.endpoint,
        endpoint_place="" if endpoint is not None else file.where("s3.endpoint"),
        region=overrides.s3_region or left.region,
        profile=overrides.s3_profile or left.profile,
        acl=overrides.s3_acl or left.acl,
    )


def _videos(given: VideoSettings, kind: SiteKind) -> VideoSettings:
    """Return the settings with a folder for thumbnails, where the site has its pictures."""
    folder = "/".join(part for part in given.folder.split("/") if part not in {"", "."})
    return msgspec.structs.replace(given, folder=folder or f"{kind.pictures_folder}/videos")


def _catalog_path(root: Path, kind: SiteKind) -> str:
    """Return the path of the catalog: where it is, else where templates can read it."""
    if not kind.data_folder:
        return _CATALOG_NAME
    in_data = f"{kind.data_folder}/{_CATALOG_NAME}"
    for path in (in_data, _CATALOG_NAME):
        if (root / path).is_file():
            return path
    has_data = (root / kind.data_folder).is_dir() or marked_kind(root) is not None
    return in_data if has_data else _CATALOG_NAME


def _usable_cores() -> int:
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
