"""`mediakit init`: a look at a site, and a configuration with what was found in comments."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass
from importlib import resources
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from mediakit.base.actions import Kind, Place, Reason
from mediakit.base.errors import ConfigError, ManifestError, UsageError
from mediakit.base.model import Severity
from mediakit.base.own_files import WORK_FOLDER
from mediakit.config.file import CONFIG_FILE, parse
from mediakit.config.file_rules import refuse_what_no_file_may_say
from mediakit.config.pyproject import PYPROJECT, TABLE, has_own_table
from mediakit.config.schema import SCHEMA_NAME, schema_text
from mediakit.edit.pages import read_bytes
from mediakit.report.text import counted, printable
from mediakit.setup.unread_keys import UnreadKey, unread_keys
from mediakit.site.front_matter import read_page
from mediakit.site.kinds.kind import SiteName
from mediakit.site.kinds.registry import marked_kind
from mediakit.state.site_file import write_file
from mediakit.sync.plan import plan_variants

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from mediakit.site.trees.yaml import Mapping
    from mediakit.sync.observe import Site
    from mediakit.sync.session import Session

INCLUDE_PATH = "_includes/mediakit/picture.html"
"""Where Jekyll looks for `{% include mediakit/picture.html %}`."""

SCHEMA_PATH = f"{WORK_FOLDER}/{SCHEMA_NAME}"
"""Where editors find the schema of the configuration; each machine has its own."""
_SHOWN = 6
_KINDS = {
    SiteName.JEKYLL: "a Jekyll site",
    SiteName.HUGO: "a Hugo site",
    SiteName.ELEVENTY: "an Eleventy site",
    SiteName.MARKDOWN: "a folder of Markdown files",
}


@dataclass(frozen=True, slots=True)
class Found:
    """What is on a site: counts, and the folders of exercises and pictures with theirs."""

    exercises: int
    pictures: int
    videos: int
    to_make: int
    adopted: int
    errors: int
    folders: tuple[tuple[str, int], ...]
    picture_folders: tuple[tuple[str, int], ...]
    site: SiteName
    is_marked: bool
    unread: tuple[UnreadKey, ...] = ()

    def lines(self) -> list[str]:
        """Return it in words."""
        kind = _KINDS[self.site]
        if self.site is SiteName.JEKYLL and not self.is_marked:
            kind = "no _config.yml, so all folders _* count"
        where = ", ".join(f"{folder} ({count:,})" for folder, count in self.folders[:4])
        pictures = ", ".join(f"{folder} ({count:,})" for folder, count in self.picture_folders[:4])
        return [
            f"{kind}; {counted(self.exercises, 'page')}: {where or 'none'}",
            f"{counted(self.pictures, 'picture')} that they name: {pictures or 'none'}",
            counted(self.videos, "video"),
            f"variants: {self.adopted:,} there already and kept, {self.to_make:,} to be made",
            f"{counted(self.errors, 'error')}: mediakit check tells them",
            *self._unread_lines(),
        ]

    def _unread_lines(self) -> list[str]:
        if not self.unread:
            return []
        keys = ", ".join(f"{each.name} ({each.pages:,})" for each in self.unread[:_SHOWN])
        return [f"keys that are not read, but hold pictures or videos: {keys}"]


def look_at(site: Site) -> Found:
    """Return what is on a site that was observed."""
    manifests = site.content.manifests
    plan = plan_variants(site.known)
    made = [each for each in plan.todo if each.kind is Kind.MAKE and each.place is Place.SITE]
    return Found(
        exercises=len(manifests),
        pictures=len(site.known.pictures),
        videos=len({(each.provider, each.id) for page in manifests for each in page.videos}),
        to_make=len(made),
        adopted=sum(action.reason is Reason.ADOPTED for action in plan.actions),
        errors=sum(problem.severity is Severity.ERROR for problem in site.problems),
        folders=_folders(each.path for each in manifests),
        picture_folders=_folders(site.known.pictures),
        site=site.config.kind.name,
        is_marked=marked_kind(site.config.root) is not None,
        unread=unread_keys(_pages(site)),
    )


def _pages(site: Site) -> Iterator[tuple[Mapping, frozenset[int]]]:
    """Yield the front matter of each page, and the lines of what was read in it."""
    for manifest in site.content.manifests:
        try:
            page = read_page(read_bytes(site.tree, manifest.path))
        except (ManifestError, UsageError, OSError):
            continue  # the run says what is wrong with it
        if page is not None:
            lines = {each.line for each in manifest.images} | {
                each.line for each in manifest.videos
            }
            yield page.front_matter, frozenset(lines)


def _proposed_images(found: Found) -> str:
    """Return the keys that were found by role, in comments: a guess for somebody to judge."""
    by_role: dict[str, list[str]] = {}
    for each in found.unread:
        if each.role is not None:
            by_role.setdefault(str(each.role), []).append(each.name)
    by_role = by_role or {"header": ["cover.image"]}
    lines = [f"# {role} = {json.dumps(keys)}" for role, keys in sorted(by_role.items())]
    return "\n".join(["# [images]", *lines])


def write_config(session: Session, found: Found, target: str | None) -> str:
    """Write a commented configuration, and return its name.

    Raises:
        UsageError: there is one, or the target is none that a file may name.
    """
    config = session.config
    place = config.root / CONFIG_FILE
    if place.exists():
        raise UsageError(f"{CONFIG_FILE} is there already", "change it, or delete it first")
    if has_own_table(config.root):
        raise UsageError(f"{PYPROJECT} has settings already", f"change [{TABLE}] there")
    about = "\n".join(f"# {printable(line)}" for line in found.lines())
    # a JSON text is a TOML text
    chosen = f"target = {json.dumps(target)}" if target else '# target = "s3://bucket/site"'
    text = f"""\
#:schema ./{SCHEMA_PATH}
# Settings of mediakit. All of them are in its reference; without this file it works as well.
#
{about}

# Where `mediakit sync` puts pictures, variants and the catalog: a folder, or a bucket.
{chosen}

# Which variants there are: by default a -320 of teasers and galleries, and overlays of 768, 1280
# and 1920 px. A table changes one of them, or adds another.
# [presets.teaser]
# width = 400
# formats = ["source", "webp"]

# Keys of front matter that hold pictures, by their role, beside those that are read anyway.
{_proposed_images(found)}

# Thumbnails and titles of videos, which `mediakit sync` fetches if they are missing, and keys of
# front matter that hold videos.
# [videos]
# fetch = false
# keys = {json.dumps([each.name for each in found.unread if each.role is None] or ["youtube"])}

# What `mediakit check` does not tell.
# [check]
# ignore = ["orphan-picture"]
"""
    try:
        refuse_what_no_file_may_say(parse(text), config.root)
    except ConfigError as error:
        what = error.message.partition(": ")[2]
        raise UsageError(f"{what}, so it cannot stand in {CONFIG_FILE}", error.hint) from error
    _write(session, SCHEMA_PATH, schema_text())
    _write(session, CONFIG_FILE, text)
    return CONFIG_FILE


def write_include(session: Session) -> str:
    """Write the include for Jekyll, and return its path; one that is there is written anew."""
    text = (resources.files("mediakit") / "setup" / "picture.html").read_text("utf-8")
    _write(session, INCLUDE_PATH, text)
    return INCLUDE_PATH


def _write(session: Session, path: str, text: str) -> None:
    write_file(session.config, path, text.encode(), session.writer)


def _folders(paths: Iterable[str]) -> tuple[tuple[str, int], ...]:
    counts = Counter(str(PurePosixPath(path).parent) for path in paths)
    return tuple(sorted(counts.items(), key=lambda each: (-each[1], each[0])))
