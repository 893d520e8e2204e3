"""`mediakit init`: write a configuration, with what a survey found as comments."""

from __future__ import annotations

import json
from dataclasses import dataclass
from importlib import resources
from typing import TYPE_CHECKING

import msgspec

from mediakit.base.errors import ConfigError, UsageError
from mediakit.base.own_files import CONFIG_FILE, PYPROJECT, TABLE, WORK_FOLDER
from mediakit.base.regular_file import read_file
from mediakit.base.writer import write_file
from mediakit.config.file import parse
from mediakit.config.file_rules import refuse_untrusted
from mediakit.config.tables import SCHEMA_NAME, schema_text
from mediakit.images.preset import CAP
from mediakit.report.text import counted, printable
from mediakit.setup.survey import SHOWN, InitDocument, refuse_no_site, survey, survey_lines
from mediakit.site.kinds.registry import has_own_table
from mediakit.sync.observe import observe, unused_products

if TYPE_CHECKING:
    from collections.abc import Iterable

    from mediakit.base.model import Problem
    from mediakit.sync.session import Session

INCLUDE_PATH = "_includes/mediakit/picture.html"
"""Where Jekyll looks for `{% include mediakit/picture.html %}`."""

SCHEMA_PATH = f"{WORK_FOLDER}/{SCHEMA_NAME}"
"""Where editors find the schema of the configuration; each machine writes its own."""


@dataclass(frozen=True, slots=True)
class InitJob:
    """What to write: the target for the configuration, and whether to write the include.

    With that or a `theme`, there may be a configuration already.
    """

    target: str | None = None
    include: bool = False
    dry_run: bool = False
    theme: bool = False


def init_site(session: Session, job: InitJob) -> tuple[InitDocument, tuple[Problem, ...]]:
    """Survey a site, and write the configuration and the include where the job says so.

    The problems are those of the pages that cannot be read.

    Raises:
        UsageError: there are no pages, the site has settings already, or the target cannot stand
            in a file.
    """
    site = observe(session)
    refuse_no_site(site)
    unused = unused_products(site, session.cache)
    found = survey(site, frozenset(unused))
    written = []
    if not job.dry_run:
        has_file = (session.config.root / CONFIG_FILE).exists()
        if not (job.include or job.theme) or job.target or not has_file:
            written.append(_write_config(session, found, job.target, has_teasers=not unused))
        if job.include:
            written.append(_write_include(session))
    return msgspec.structs.replace(found, written=written), site.content.unread


def with_written(found: InitDocument, paths: Iterable[str]) -> InitDocument:
    """Return the document with more files that were written."""
    return msgspec.structs.replace(found, written=list(dict.fromkeys([*found.written, *paths])))


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
    shown = found.unread_data[:SHOWN]
    bases = dict.fromkeys(base for each in shown for base in each.base)
    lines = [
        "# Data files that name pictures: each of their records counts as an exercise.",
        "# [data]",
        f"# files = {json.dumps([each.files for each in shown])}",
        *([f"# base = {json.dumps(list(bases))}"] if bases else []),
    ]
    return "\n".join(["", *lines, ""])


def _proposed_sources(found: InitDocument) -> str:
    """Return a width for sources, as comments; nothing where none is wider."""
    what = f"{counted(found.wide, 'source')} wider than {CAP:,} pixels"
    text = f"""
# {what}: `mediakit slim` makes them smaller, in place, and can take that back.
# [sources]
# max_width = {CAP}
"""
    return text if found.wide else ""


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
{_proposed_data(found)}{_proposed_sources(found)}
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
    there = read_file(session.config.root, source + INCLUDE_PATH)
    if there is not None and b"mediakit theme " in there:
        return source + INCLUDE_PATH  # that of `theme install` does the same
    text = (resources.files("mediakit") / "setup" / "picture.html").read_text("utf-8")
    text = text.replace('mediakit_source = ""', f'mediakit_source = "{source}"')
    return _write(session, source + INCLUDE_PATH, text)


def _write(session: Session, path: str, text: str) -> str:
    write_file(session.config.root, path, text.encode(), session.writer)
    return path
