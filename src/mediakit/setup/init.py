"""`mediakit init`: survey a site, and write a configuration with the findings as comments."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass
from importlib import resources
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Annotated

import msgspec
from msgspec import Meta

from mediakit.base.actions import Kind, Place, Reason
from mediakit.base.errors import ConfigError, UsageError
from mediakit.base.model import Severity
from mediakit.base.own_files import WORK_FOLDER
from mediakit.config.file import CONFIG_FILE, PYPROJECT, TABLE, has_own_table, parse
from mediakit.config.file_rules import refuse_untrusted
from mediakit.config.tables import SCHEMA_NAME, schema_text
from mediakit.report.documents import Count, Document, Path
from mediakit.report.text import content_lines, counted, printable
from mediakit.setup.data_files import DataFilesEntry, unread_data
from mediakit.setup.unread_keys import UnreadKeyEntry, unread_keys
from mediakit.site.kinds.registry import KINDS, SiteName, marked_kind
from mediakit.state.documents import write_file
from mediakit.sync.content import settings_of
from mediakit.sync.fields import FieldsReader
from mediakit.sync.observe import observe, unused_products
from mediakit.sync.plan import plan_products
from mediakit.sync.unread import unread_folders

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from mediakit.base.model import Problem
    from mediakit.config.config import Config
    from mediakit.site.trees.yaml import Mapping
    from mediakit.sync.observe import ObservedSite
    from mediakit.sync.session import Session

INCLUDE_PATH = "_includes/mediakit/picture.html"
"""Where Jekyll looks for `{% include mediakit/picture.html %}`."""

SCHEMA_PATH = f"{WORK_FOLDER}/{SCHEMA_NAME}"
"""Where editors find the schema of the configuration; each machine writes its own."""

_SHOWN = 6


@dataclass(frozen=True, slots=True)
class InitJob:
    """What to write: the target for the configuration, and whether to write the include."""

    target: str | None = None
    include: bool = False
    dry_run: bool = False


class FolderEntry(msgspec.Struct, frozen=True, kw_only=True):
    """A folder, and how many files of a kind are in it."""

    path: Annotated[str, Meta(description="Site path of the folder.")]
    count: Annotated[Count, Meta(description="How many files are in it.")]


class InitDocument(Document, frozen=True, kw_only=True):
    """What `init` found on the site, and wrote."""

    exercises: Annotated[Count, Meta(description="How many content files there are.")]
    pictures: Annotated[Count, Meta(description="How many sources they name.")]
    videos: Annotated[Count, Meta(description="How many videos they name.")]
    to_make: Annotated[Count, Meta(description="How many variants a first run would make.")]
    adopted: Annotated[Count, Meta(description="How many variants are there already.")]
    errors: Annotated[Count, Meta(description="How many errors were found.")]
    site: Annotated[SiteName, Meta(description="The kind of site.")]
    unread_keys: Annotated[
        list[UnreadKeyEntry],
        Meta(description="Keys of front matter that hold pictures or videos and are not read."),
    ]
    folders: Annotated[list[FolderEntry], Meta(description="Folders of content files.")]
    unpublished: Annotated[
        Count, Meta(description="How many content files the generator does not show.")
    ]
    unread_folders: Annotated[
        list[FolderEntry],
        Meta(description="Folders of files with front matter that are no content files."),
    ]
    unread_data: Annotated[
        list[DataFilesEntry],
        Meta(description="Data files that name pictures of the site and are not read."),
    ]
    picture_folders: Annotated[list[FolderEntry], Meta(description="Folders of sources.")]
    written: Annotated[list[Path], Meta(description="Site paths of the files that were written.")]


def init_site(session: Session, job: InitJob) -> tuple[InitDocument, tuple[Problem, ...]]:
    """Survey a site, and write the configuration and the include where the job says so.

    The problems are those of the pages that cannot be read.

    Raises:
        UsageError: there are no pages, the site has settings already, or the target cannot stand
            in a file.
    """
    site = observe(session)
    _refuse_no_site(site)
    unused = unused_products(site, session.cache)
    found = _survey(site, frozenset(unused))
    written = []
    if not job.dry_run:
        has_file = (session.config.root / CONFIG_FILE).exists()
        if not job.include or job.target or not has_file:
            written.append(_write_config(session, found, job.target, has_teasers=not unused))
        if job.include:
            written.append(_write_include(session))
    return msgspec.structs.replace(found, written=written), site.content.unread


def _refuse_no_site(site: ObservedSite) -> None:
    """Refuse a folder without pages: settings there would only be in the way."""
    if site.content.manifests or site.content.unpublished or site.content.unread:
        return
    if unread_data(site.config, site.tree) or unread_folders(site.config, site.tree):
        return
    raise UsageError(
        "there are no pages here", "run it in the folder of the site, or name that with --site"
    )


def survey_lines(found: InitDocument, config: Config) -> list[str]:
    """Return the survey in words."""
    kind = KINDS[found.site].label
    if found.site == "jekyll" and marked_kind(config.root) is None:
        kind = "no _config.yml, so every folder _* counts"
    variants = counted(found.adopted + found.to_make, "variant")
    lines = [
        f"{kind}; {counted(found.exercises, 'page')}: {_places(found.folders)}",
        *_not_read(found),
        f"{counted(found.pictures, 'picture')} on these pages: {_places(found.picture_folders)}",
        counted(found.videos, "video"),
        f"{variants}: {found.adopted:,} already there, {found.to_make:,} to make",
        counted(found.errors, "error") + (": mediakit check shows them" if found.errors else ""),
    ]
    if found.unread_keys:
        keys = ", ".join(f"{each.key} ({each.pages:,})" for each in found.unread_keys[:_SHOWN])
        lines.append(f"keys with pictures or videos that are not read yet: {keys}")
    if found.unread_data:
        files = ", ".join(f"{each.files} ({each.count:,})" for each in found.unread_data[:_SHOWN])
        lines.append(f"data files with pictures that are not read yet: {files}")
    if _is_published(CONFIG_FILE, config):
        lines.append(f"Jekyll would publish {CONFIG_FILE}: add it to `exclude` in _config.yml")
    return lines


def _is_published(path: str, config: Config) -> bool:
    """Return whether Jekyll copies a file at the top of the site into what it builds."""
    return marked_kind(config.root) == "jekyll" and not config.kind.is_excluded(path)


def _not_read(found: InitDocument) -> Iterator[str]:
    """Yield what is beside the pages, if anything is."""
    folders = [(each.path, each.count) for each in found.unread_folders]
    lines = list(content_lines(found.exercises, found.unpublished, 0, folders))
    yield from lines if found.unpublished else lines[1:]


def _survey(site: ObservedSite, unused: frozenset[str]) -> InitDocument:
    manifests = site.content.manifests
    plan = plan_products(site.known)
    made = [
        each
        for each in plan.todo
        if each.kind is Kind.MAKE and each.place is Place.SITE and each.path not in unused
    ]
    return InitDocument(
        exercises=len(manifests),
        pictures=len(site.known.pictures),
        videos=len({(each.provider, each.id) for page in manifests for each in page.videos}),
        to_make=len(made),
        adopted=sum(action.reason is Reason.ADOPTED for action in plan.actions),
        errors=sum(problem.severity is Severity.ERROR for problem in site.problems),
        folders=_folders(each.path for each in manifests),
        unpublished=site.content.unpublished,
        unread_folders=[
            FolderEntry(path=path, count=count)
            for path, count in unread_folders(site.config, site.tree)
        ],
        unread_data=unread_data(site.config, site.tree),
        picture_folders=_folders(site.known.pictures),
        site=site.config.kind.name,
        unread_keys=unread_keys(_pages(site)),
        written=[],
    )


def _pages(site: ObservedSite) -> Iterator[tuple[Mapping, frozenset[int]]]:
    """Yield the front matter of each page, and the lines of the values that were read in it."""
    fields = FieldsReader(site.tree, settings_of(site.config))
    for manifest in site.content.manifests:
        images = manifest.images
        lines = {each.line for each in images if each.path not in manifest.guesses}
        lines |= {each.line for each in images if each.source in site.known.pictures}
        lines |= {each.line for each in manifest.videos}
        yield fields.of(manifest), frozenset(lines)


def _proposed_images(found: InitDocument) -> str:
    """Return the unread keys of pictures by role, as comments: a guess for somebody to judge."""
    by_role: dict[str, list[str]] = {}
    for each in found.unread_keys:
        if each.role is not None:
            by_role.setdefault(str(each.role), []).append(each.key)
    by_role = by_role or {"header": ["cover.image"]}
    lines = [f"# {role} = {json.dumps(keys)}" for role, keys in sorted(by_role.items())]
    return "\n".join(["# [images]", *lines])


_TEASERS = """\
# [presets.teaser]
# width = 400
# formats = ["source", "webp"]
"""
_NO_TEASERS = """\
# No page and no template names a -320 picture, so only thumbnails of videos get one. To make them
# of all teasers and galleries, take this table out, or set other roles.
[presets.teaser]
roles = ["video"]
"""


def _proposed_data(found: InitDocument) -> str:
    """Return the data files that are not read, as comments; nothing where there are none."""
    if not found.unread_data:
        return ""
    shown = found.unread_data[:_SHOWN]
    bases = dict.fromkeys(base for each in shown for base in each.base)
    lines = [
        "# Data files that name pictures: each of their records counts as an exercise.",
        "# [data]",
        f"# files = {json.dumps([each.files for each in shown])}",
        *([f"# base = {json.dumps(list(bases))}"] if bases else []),
    ]
    return "\n".join(["", *lines, ""])


def _write_config(
    session: Session, found: InitDocument, target: str | None, *, has_teasers: bool
) -> str:
    config = session.config
    if (config.root / CONFIG_FILE).exists():
        raise UsageError(f"{CONFIG_FILE} exists already", "change it, or delete it first")
    if has_own_table(config.root):
        raise UsageError(f"{PYPROJECT} has settings already", f"change [{TABLE}] there")
    about = "\n".join(f"# {printable(line)}" for line in survey_lines(found, config))
    # a JSON text is a TOML text
    chosen = f"target = {json.dumps(target)}" if target else '# target = "s3://bucket/site"'
    video_keys = [each.key for each in found.unread_keys if each.role is None] or ["youtube"]
    text = f"""\
#:schema ./{SCHEMA_PATH}
# Settings of mediakit. The reference lists them all; mediakit also works without this file.
#
{about}

# Where `mediakit sync` puts pictures, variants and the catalog: a folder, or a bucket.
{chosen}

# The variants to make: by default -320 for teasers and galleries, if the site names such files,
# and 768, 1280 and 1920 px for overlays. A table changes one of them, or adds another.
{_TEASERS if has_teasers else _NO_TEASERS}
# Keys of front matter that hold pictures, by role, in addition to those of the theme.
{_proposed_images(found)}
{_proposed_data(found)}
# Whether `mediakit sync` fetches missing thumbnails and titles of videos, and the keys of front
# matter that hold videos.
# [videos]
# fetch = false
# keys = {json.dumps(video_keys)}

# Problems that `mediakit check` does not report.
# [check]
# ignore = ["odd-teaser"]
"""
    try:
        refuse_untrusted(parse(text), config.root)
    except ConfigError as error:
        what = error.message.partition(": ")[2]
        raise UsageError(f"{what}, so it cannot stand in {CONFIG_FILE}", error.hint) from error
    _write(session, SCHEMA_PATH, schema_text())
    return _write(session, CONFIG_FILE, text)


def _write_include(session: Session) -> str:
    """Write the include where Jekyll looks for it; the catalog has paths from the site root."""
    source = "".join(f"{each}/" for each in session.config.roots[:1] if each)
    text = (resources.files("mediakit") / "setup" / "picture.html").read_text("utf-8")
    text = text.replace('mediakit_source = ""', f'mediakit_source = "{source}"')
    return _write(session, source + INCLUDE_PATH, text)


def _write(session: Session, path: str, text: str) -> str:
    write_file(session.config.root, path, text.encode(), session.writer)
    return path


def _folders(paths: Iterable[str]) -> list[FolderEntry]:
    counts = Counter(str(PurePosixPath(path).parent) for path in paths)
    ranked = sorted(counts.items(), key=lambda each: (-each[1], each[0]))
    return [FolderEntry(path=path, count=count) for path, count in ranked]


def _places(folders: list[FolderEntry]) -> str:
    return ", ".join(f"{each.path} ({each.count:,})" for each in folders[:4]) or "none"
