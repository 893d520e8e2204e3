"""`mediakit slim`: bring sources down to the width that the settings allow, in place.

The quarantine keeps each source as it was, and `slim --undo` brings it back.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

import msgspec
from msgspec import Meta
from msgspec.structs import replace

from mediakit.base.actions import Failure
from mediakit.base.errors import UsageError
from mediakit.base.files import DiskFile, FileTree, read_observed, sha256_bytes
from mediakit.base.model import Problem, Role
from mediakit.base.writer import writing
from mediakit.images.ingest import left_large, slim
from mediakit.report.documents import Count, Document, Path, ProblemEntry, problem_entries
from mediakit.report.text import counted
from mediakit.sync.make import load_palettes
from mediakit.sync.observe import observe
from mediakit.sync.products import products_of
from mediakit.sync.quarantine import Edit, Quarantine

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from concurrent.futures import Executor, Future

    from mediakit.images.render import Rendered
    from mediakit.sync.observe import ObservedSite
    from mediakit.sync.session import Session

LINK = left_large("it is a link", "make what it leads to smaller")

_OTHER_USE = re.compile(rb"\b(?:download|srcset|usemap)\b", re.IGNORECASE)
"""In the line of a page that names a picture: its width matters, or the file itself is wanted."""


class SlimEntry(msgspec.Struct, frozen=True, kw_only=True):
    """A source that was made smaller."""

    path: Annotated[Path, Meta(description="Site path of the source.")]
    width: Annotated[int, Meta(ge=1, description="Its width in pixels now.")]
    height: Annotated[int, Meta(ge=1, description="Its height in pixels now.")]
    bytes: Annotated[Count, Meta(description="Its size now.")]
    width_before: Annotated[int, Meta(ge=1, description="Its width in pixels before.")]
    height_before: Annotated[int, Meta(ge=1, description="Its height in pixels before.")]
    bytes_before: Annotated[Count, Meta(description="Its size before.")]

    def line(self) -> str:
        """Return the change in words."""
        before = f"{self.width_before} x {self.height_before}, {self.bytes_before / 1000:,.0f} kB"
        return f"{self.path}: {before} to {self.width} x {self.height}, {self.bytes / 1000:,.0f} kB"


class SlimDocument(Document, frozen=True, kw_only=True):
    """What `slim` made smaller, or with `--dry-run` would make smaller."""

    dry_run: Annotated[bool, Meta(description="Whether nothing was changed.")]
    sources: Annotated[list[SlimEntry], Meta(description="The sources, by path.")]
    variants: Annotated[
        Count, Meta(description="How many variants `generate` makes of them after that.")
    ]
    quarantine: Annotated[
        str | None, Meta(description="Site path of the folder with the originals; else null.")
    ]
    problems: list[ProblemEntry]


@dataclass(frozen=True, slots=True)
class SlimJob:
    """Which sources to make smaller: those at or below `paths` (site paths), all without any."""

    max_width: int
    paths: tuple[str, ...] = ()
    dry_run: bool = False


@dataclass(frozen=True, slots=True)
class Slimmed:
    """The sources that were made smaller, and the problems of others."""

    sources: tuple[SlimEntry, ...]
    problems: tuple[Problem, ...]
    variants: int
    folder: str | None
    dry_run: bool

    def summary(self) -> str:
        """Return what was done, such as `3 sources made smaller, 9,120 kB less`."""
        if not self.sources:
            return "nothing to do"
        saved = sum(each.bytes_before - each.bytes for each in self.sources)
        done = f"{counted(len(self.sources), 'source')}, {saved / 1000:,.0f} kB less"
        them = "it" if len(self.sources) == 1 else "them"
        again = f"generate makes {counted(self.variants, 'variant')} of {them}"
        return f"{'would make smaller' if self.dry_run else 'made smaller'}: {done}; {again}"

    def document(self) -> SlimDocument:
        """Return the result as JSON."""
        return SlimDocument(
            dry_run=self.dry_run, sources=list(self.sources), variants=self.variants,
            quarantine=self.folder, problems=problem_entries(self.problems),
        )  # fmt: skip


def slim_sources(session: Session, job: SlimJob) -> Slimmed:
    """Make the sources smaller that are wider than the job allows.

    Raises:
        UsageError: no page names a picture at a path, or a file cannot be written.
    """
    site = observe(session)
    chosen = _chosen(site, job.paths)
    wide = {
        path: file
        for path, file in sorted(site.files.items())
        if path in chosen and site.known.pictures[path].width > job.max_width
    }
    problems = list(_other_uses(site, wide))
    for problem in problems:
        wide.pop(problem.path, None)
    quarantine = Quarantine(session, FileTree(session.config.root), "slim")
    slimmed = []

    def start(executor: Executor, file: DiskFile) -> Future[_Made]:
        return executor.submit(_slim, file, job.max_width)

    load_palettes(wide)
    for file, (before, each) in session.local.run(wide.values(), start):
        if isinstance(each, Failure):
            problems.append(left(file.path, each))
        elif each is not None:
            picture = site.known.pictures[file.path]
            if not job.dry_run:
                put_slim(quarantine, file.path, before, each.data)
            slimmed.append(
                SlimEntry(
                    path=file.path, width=each.width, height=each.height, bytes=len(each.data),
                    width_before=picture.width, height_before=picture.height,
                    bytes_before=picture.bytes,
                )
            )  # fmt: skip
    variants = _variants_of(site, {each.path: each for each in slimmed})
    sources = tuple(sorted(slimmed, key=lambda each: each.path))
    folder = quarantine.path
    unread = site.content.unread
    return Slimmed(sources, (*unread, *sorted(problems)), variants, folder, job.dry_run)


def _variants_of(site: ObservedSite, slimmed: Mapping[str, SlimEntry]) -> int:
    """Return how many variants there are to make of these sources, as large as they are now."""
    pictures = {
        path: replace(each, width=slimmed[path].width, height=slimmed[path].height)
        if path in slimmed
        else each
        for path, each in site.known.pictures.items()
    }
    products, _ = products_of(site.config.recipes, site.content.manifests, pictures)
    return sum(
        path in site.known.products
        and not slimmed.keys().isdisjoint(one.path for one in each.inputs)
        for path, each in products.items()
    )


def put_slim(quarantine: Quarantine, path: str, before: str, data: bytes) -> None:
    """Write a source anew; `before` is the digest of what it was made of. Raises UsageError."""
    edit = Edit(path, before, sha256_bytes(data))
    with writing(path):
        quarantine.note([edit])
        quarantine.edit(edit, data)


_Made = tuple[str, "Rendered | Failure | None"]


def _slim(file: DiskFile, max_width: int) -> _Made:
    """Return the digest of a source, and the smaller one; runs on a thread."""
    if file.disk_path.is_symlink():
        return "", LINK
    try:
        data = read_observed(file)
    except OSError as error:
        return "", Failure("unreadable-file", f"cannot be read: {error.strerror}", "run again")
    return sha256_bytes(data), slim(data, file.path, max_width)


def _chosen(site: ObservedSite, paths: Iterable[str]) -> frozenset[str]:
    named = frozenset(site.known.pictures)
    if not paths:
        return named
    chosen: set[str] = set()
    for path in paths:
        found = {each for each in named if each == path or not path or each.startswith(f"{path}/")}
        if not found:
            raise UsageError(f"no page names a picture at {path}", "give a picture, or its folder")
        chosen |= found
    return frozenset(chosen)


def _other_uses(site: ObservedSite, wide: Iterable[str]) -> Iterator[Problem]:
    """Yield the pictures whose own size or file a page wants, with the first place."""
    wide = set(wide)
    for manifest in site.content.manifests:
        named = [each for each in manifest.images if each.role is Role.BODY and each.path in wide]
        if not named:
            continue
        lines = site.tree.read(manifest.path).splitlines()
        for each in named:
            line = lines[each.line - 1] if 0 < each.line <= len(lines) else b""
            if each.path in wide and _OTHER_USE.search(line):
                wide.discard(str(each.path))
                what = f"{manifest.path}:{each.line} offers the file itself, or says its width"
                yield left(str(each.path), left_large(what))


def left(path: str, why: Failure) -> Problem:
    """Return the problem of a source that stays as it is."""
    return Problem(path, 0, why.code, why.severity, f"stays as it is: {why.message}", why.hint)
