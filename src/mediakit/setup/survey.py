"""What `init` finds on a site, also keys that are not read yet, as a document and in words."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Annotated

import msgspec
from msgspec import Meta

from mediakit.base.actions import Kind, Place, Reason
from mediakit.base.errors import ManifestError, UsageError
from mediakit.base.model import Role, Severity
from mediakit.base.own_files import CONFIG_FILE
from mediakit.images.preset import CAP
from mediakit.report.documents import Count, Document, Path
from mediakit.report.text import content_lines, counted, folder_counts
from mediakit.setup.data_files import DataFilesEntry, unread_data
from mediakit.site.galleries import is_picture
from mediakit.site.kinds.registry import KINDS, SiteName, marked_kind
from mediakit.site.providers import provider_in_key
from mediakit.site.trees.yaml import Mapping, Node, Scalar, Sequence
from mediakit.site.videos import parse_video
from mediakit.sync.content import settings_of
from mediakit.sync.fields import FieldsReader
from mediakit.sync.observe import observe
from mediakit.sync.plan import plan_products
from mediakit.sync.site_files import refuse_around_site, require_site
from mediakit.sync.unread_folders import unread_folders

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

    from mediakit.config.config import Config
    from mediakit.sync.observe import ObservedSite
    from mediakit.sync.session import Session

_PART = re.compile(r"[^.]{1,100}")
_MOST_PARTS = 20
_FEW = 10
_ITEM = re.compile(r"^(?:src|url|path|file|filename|href|image|image_path)$")
_WORDS = (
    (Role.TEASER, ("thumb", "teaser", "preview", "card", "small", "icon")),
    (Role.OG_IMAGE, ("og", "social", "share", "seo", "twitter", "facebook")),
    (Role.OVERLAY, ("cover", "hero", "banner", "feature", "header")),
)


class UnreadKeyEntry(msgspec.Struct, frozen=True, kw_only=True):
    """A key of front matter that is to be configured."""

    key: Annotated[str, Meta(description="The key, with dots where it lies deeper.")]
    pages: Annotated[Count, Meta(description="On how many pages it is.")]
    role: Annotated[Role | None, Meta(description="The role to give it; null for a video.")]


def unread_keys(pages: Iterable[tuple[Mapping, Collection[int]]]) -> list[UnreadKeyEntry]:
    """Return the keys with pictures or videos that were not read, the most frequent first.

    A page is its front matter and the lines in which pictures and videos were read.
    """
    counts: Counter[tuple[str, Role | None]] = Counter()
    for fields, lines in pages:
        counts.update({
            (name, role)
            for parts, node, in_list in _unread(fields, (), lines, in_list=False)
            for name, role in _proposed(parts, node, in_list=in_list)
        })  # fmt: skip
    ranked = sorted(counts.items(), key=lambda each: (-each[1], each[0][0]))
    return [UnreadKeyEntry(key=key, pages=count, role=role) for (key, role), count in ranked]


def _unread(
    node: Node, parts: tuple[str, ...], lines: Collection[int], *, in_list: bool
) -> Iterator[tuple[tuple[str, ...], Scalar, bool]]:
    if isinstance(node, Scalar):
        if node.line not in lines:
            yield parts, node, in_list
    elif isinstance(node, Sequence):
        for item in node.items:
            if not _is_read(item, lines):
                yield from _unread(item, parts, lines, in_list=True)
    elif len(parts) < _MOST_PARTS:
        for key, value in node.entries.items():
            shown = Scalar(key, value.line)
            if is_picture(shown):  # with its description as the value
                yield from _unread(shown, parts, lines, in_list=in_list)
            if _PART.fullmatch(key):
                yield from _unread(value, (*parts, key), lines, in_list=in_list)


def _is_read(item: Node, lines: Collection[int]) -> bool:
    """Return whether an entry of a list was read; its line is that of one of its values."""
    return isinstance(item, Mapping) and any(
        isinstance(value, Scalar) and value.line in lines for value in item.entries.values()
    )


def _proposed(
    parts: tuple[str, ...], node: Scalar, *, in_list: bool
) -> Iterator[tuple[str, Role | None]]:
    if is_picture(node):
        # a whole entry has its texts beside the picture
        whole = parts[:-1] if len(parts) > 1 and _ITEM.match(parts[-1]) else parts
        yield ".".join(whole), _role_of(parts, in_list=in_list)
        return
    provider = provider_in_key(parts[-1]) if parts else None
    if provider is not None or "://" in node.text:
        try:
            parse_video(node.text, provider, node.line)
        except ManifestError:
            return
        yield ".".join(parts), None


def _role_of(parts: tuple[str, ...], *, in_list: bool) -> Role:
    words = " ".join(parts).casefold()
    for role, known in _WORDS:
        if any(re.search(rf"(?:^|[\W_]){word}", words) for word in known):
            return role
    return Role.GALLERY if in_list else Role.HEADER


SHOWN = 6
"""Entries of a list that are shown."""


class FolderEntry(msgspec.Struct, frozen=True, kw_only=True):
    """A folder, and how many files of a kind are in it."""

    path: Annotated[str, Meta(description="Site path of the folder.")]
    count: Annotated[Count, Meta(description="How many files are in it.")]


class InitDocument(Document, frozen=True, kw_only=True):
    """What `init` found on the site, and wrote."""

    exercises: Annotated[Count, Meta(description="How many content files there are.")]
    pictures: Annotated[Count, Meta(description="How many sources they name.")]
    missing: Annotated[Count, Meta(description="How many times they name one that is not there.")]
    videos: Annotated[Count, Meta(description="How many videos they name.")]
    to_make: Annotated[Count, Meta(description="How many variants a first run would make.")]
    adopted: Annotated[Count, Meta(description="How many variants are there already.")]
    errors: Annotated[Count, Meta(description="How many errors were found.")]
    site: Annotated[SiteName, Meta(description="The kind of site.")]
    wide: Annotated[Count, Meta(description="How many sources are wider than 2,400 pixels.")]
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


def survey(site: ObservedSite, unused: frozenset[str]) -> InitDocument:
    """Return what is on a site; `unused` are variants that no page asks for."""
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
        missing=sum(each.code == "missing-picture" for each in site.problems),
        videos=len({(each.provider, each.id) for page in manifests for each in page.videos}),
        to_make=len(made),
        adopted=sum(action.reason is Reason.ADOPTED for action in plan.actions),
        wide=sum(each.width > CAP for each in site.known.pictures.values()),
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


def refuse_nothing(session: Session) -> None:
    """Refuse a folder that shows nothing of a site, if it has no pages; raises UsageError."""
    try:
        require_site(session.config)
    except UsageError:
        refuse_no_site(observe(session))


def refuse_no_site(site: ObservedSite) -> None:
    """Refuse a folder without pages, or around a site: settings there would be in the way."""
    refuse_around_site(site.config)
    if site.content.manifests or site.content.unpublished or site.content.unread:
        return
    if unread_data(site.config, site.tree) or unread_folders(site.config, site.tree):
        return
    raise UsageError(
        "there are no pages here", "run it in the folder of the site, or name that with --site"
    )


def survey_lines(found: InitDocument, config: Config) -> list[str]:
    """Return the survey in words."""
    kind = KINDS[found.site].load().label
    if found.site == "jekyll" and marked_kind(config.root) is None:
        kind = "no _config.yml, so every folder _* counts"
    variants = counted(found.adopted + found.to_make, "variant")
    lines = [
        f"{kind}; {counted(found.exercises, 'page')}: {_places(found.folders)}",
        *_not_read(found),
        f"{counted(found.pictures, 'picture')} on these pages: {_places(found.picture_folders)}",
        *_elsewhere(found),
        counted(found.videos, "video"),
        f"{variants}: {found.adopted:,} already there, {found.to_make:,} to make",
        counted(found.errors, "error") + (": mediakit check shows them" if found.errors else ""),
    ]
    if found.unread_keys:
        keys = ", ".join(f"{each.key} ({each.pages:,})" for each in found.unread_keys[:SHOWN])
        lines.append(f"keys with pictures or videos that are not read yet: {keys}")
    if found.unread_data:
        files = ", ".join(f"{each.files} ({each.count:,})" for each in found.unread_data[:SHOWN])
        lines.append(f"data files with pictures that are not read yet: {files}")
    if _is_published(CONFIG_FILE, config):
        lines.append(f"Jekyll would publish {CONFIG_FILE}: add it to `exclude` in _config.yml")
    return lines


def _elsewhere(found: InitDocument) -> Iterator[str]:
    """Yield what to do where most pictures are missing: a site may keep them in another place."""
    if found.missing > max(found.pictures, _FEW):
        yield (
            f"{counted(found.missing, 'picture')} that pages name are missing: "
            "if another folder or a bucket has them, mediakit generate --source"
        )


def _is_published(path: str, config: Config) -> bool:
    """Return whether Jekyll copies a file at the top of the site into what it builds."""
    return marked_kind(config.root) == "jekyll" and not config.kind.is_excluded(path)


def _not_read(found: InitDocument) -> Iterator[str]:
    """Yield what is beside the pages, if anything is."""
    folders = [(each.path, each.count) for each in found.unread_folders]
    lines = list(content_lines(found.exercises, found.unpublished, 0, folders))
    yield from lines if found.unpublished else lines[1:]


def _pages(site: ObservedSite) -> Iterator[tuple[Mapping, frozenset[int]]]:
    """Yield the front matter of each page, and the lines of the values that were read in it."""
    fields = FieldsReader(site.tree, settings_of(site.config))
    for manifest in site.content.manifests:
        images = manifest.images
        lines = {each.line for each in images if each.path not in manifest.guesses}
        lines |= {each.line for each in images if each.source in site.known.pictures}
        lines |= {each.line for each in manifest.videos}
        yield fields.of(manifest), frozenset(lines)


def _folders(paths: Iterable[str]) -> list[FolderEntry]:
    counts = Counter(str(PurePosixPath(path).parent) for path in paths)
    ranked = sorted(counts.items(), key=lambda each: (-each[1], each[0]))
    return [FolderEntry(path=path, count=count) for path, count in ranked]


def _places(folders: list[FolderEntry]) -> str:
    return folder_counts((each.path, each.count) for each in folders[:4]) or "none"
