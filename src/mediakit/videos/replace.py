"""Write videos into pages: `videos add` a new one, `videos replace` another one for a lost one.

`finder.py` says which may take it. Pages are kept as they were, for `--undo`.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Annotated

from msgspec import Meta
from msgspec.structs import replace as change

from mediakit.base.errors import ManifestError, UsageError
from mediakit.base.files import FileTree, sha256_bytes
from mediakit.base.model import Problem, Severity, VideoRef
from mediakit.base.writer import hint_of
from mediakit.edit.entries import parsed_video, with_video
from mediakit.edit.pages import PageChange, read_bytes, refuse_data, write_pages
from mediakit.edit.swap import Swap
from mediakit.report.documents import Document, Path
from mediakit.sync.content import problem_of, settings_of
from mediakit.sync.exercise import find_page
from mediakit.sync.quarantine import Creation, Edit, Quarantine
from mediakit.videos.finder import ReplacementFinder, pages_of
from mediakit.videos.lost import Decision, LostEntry, Replaced

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from mediakit.config.config import Config
    from mediakit.sync.session import Session
    from mediakit.videos.clients import Services
    from mediakit.videos.history import Key

UNDO_NAME = "videos replace"
Choice = tuple["Key", VideoRef, bool]
"""A lost video, the one for its place, and whether the second at which it begins is kept."""


def find_candidates(
    session: Session, provider: str, video: str, services: Services | None = None
) -> LostEntry:
    """Return what may take the place of one video of the site, dead or not.

    Raises:
        UsageError: no page names it.
    """
    finder = ReplacementFinder(session, services=services)
    if not finder.names((provider, video)):
        raise UsageError(f"no page names {provider} {video}", "mediakit list --format json")
    found = finder.find((provider, video))
    return change(found, note=finder.stopped) if finder.stopped else found


def replace_video(session: Session, old: Key, new: str, *, keeps_start: bool = False) -> Replaced:
    """Put the video at an address, or of an id, in the place of another one.

    Raises:
        UsageError: it is no address of a video, or a page cannot be written.
    """
    return replace_videos(session, [(old, parsed_video(new), keeps_start)])


def replace_chosen(
    session: Session, chosen: Sequence[Decision], exercises: Sequence[str] = (), *, dry_run: bool
) -> Replaced:
    """Put what was chosen in the place of lost videos, and say of each what became of it."""
    taken = [
        ((each.lost.provider, each.lost.id), parsed_video(each.candidate.id), each.keeps_start)
        for each in chosen
        if each.candidate is not None
    ]
    done = replace_videos(session, taken, exercises, dry_run=dry_run)
    videos = tuple(
        change(each.lost, replacement=each.candidate.id)
        if each.candidate and (each.lost.provider, each.lost.id) in done.done
        else each.lost
        for each in chosen
    )
    return replace(done, videos=videos)


def replace_videos(
    session: Session,
    choices: Iterable[Choice],
    exercises: Sequence[str] = (),
    *,
    dry_run: bool = False,
) -> Replaced:
    """Put videos in the places of others, on these exercises or on all pages that name them.

    A page that cannot be changed is a problem, and stays as it is.

    Raises:
        UsageError: a page changed meanwhile, or cannot be written.
    """
    config = session.config
    tree = FileTree(config.root)
    exchange = _Exchange(config, tree, exercises)
    for choice in choices:
        exchange.plan(*choice)
    changed = {path: new for path, (old, new) in exchange.pages.items() if old != new}
    quarantine = Quarantine(session, tree, UNDO_NAME)
    if changed and not dry_run:
        edits: dict[Edit | Creation, bytes] = {
            Edit(path, sha256_bytes(exchange.pages[path][0]), sha256_bytes(new)): new
            for path, new in sorted(changed.items())
        }
        try:
            quarantine.carry_out(edits)
        except OSError as error:
            raise UsageError(
                f"the change stopped: {error.strerror}", f"{hint_of(error)}; --undo takes it back"
            ) from error
    problems = tuple(sorted(exchange.problems))
    return Replaced(tuple(sorted(changed)), problems, quarantine.path, tuple(exchange.done))


class _Exchange:
    """The pages that change, as they were and as they will be; `done` are the lost videos."""

    def __init__(self, config: Config, tree: FileTree, exercises: Sequence[str]) -> None:
        self._settings = settings_of(config)
        self._tree = tree
        self._manifests, unread = pages_of(config, exercises)
        self.pages: dict[str, tuple[bytes, bytes]] = {}
        self.problems: list[Problem] = list(unread)
        self.done: list[Key] = []

    def plan(self, old: Key, new: VideoRef, keeps_start: bool) -> None:  # noqa: FBT001 - a Choice
        """Exchange a video on all pages that name it."""
        for path, named in self._uses(old).items():
            swap = Swap(self._settings, named, new, keeps_start)
            try:
                before = self.pages[path][0] if path in self.pages else self._tree.read(path)
                after = swap.apply(path, self.pages.get(path, (before, before))[1])
            except ManifestError as error:
                self.problems.append(problem_of(path, error))
                continue
            except OSError as error:
                message = f"cannot be read: {error.strerror}"
                problem = Problem(path, 0, "unreadable-file", Severity.ERROR, message, "run again")
                self.problems.append(problem)
                continue
            self.pages[path] = before, after
            self.done.append(old)
            self.problems += self._left(path, swap, after)

    def _uses(self, key: Key) -> dict[str, VideoRef]:
        """Return the pages that name a video, each with the video as it is named there."""
        return {
            manifest.path: each
            for manifest in self._manifests
            for each in manifest.videos
            if (each.provider, each.id) == key
        }

    def _left(self, path: str, swap: Swap, after: bytes) -> Iterator[Problem]:
        for line in swap.leftovers(after):
            message = f"the text or the name of a file still has the old id, {swap.old.id}"
            hint = "change it by hand, if it is meant"
            yield Problem(path, line, "old-video-id", Severity.NOTE, message, hint)


class AddedVideo(Document, frozen=True, kw_only=True):
    """The video that `videos add` wrote, and where."""

    path: Annotated[Path, Meta(description="Site path of the content file.")]
    provider: Annotated[str, Meta(description="The host of the video.")]
    id: Annotated[str, Meta(description="Its id there.")]
    changed: Annotated[bool, Meta(description="Whether the file had to be changed.")]


def add_video(
    session: Session, exercise: str, address: str, *, replace: bool = False
) -> tuple[AddedVideo, tuple[Problem, ...]]:
    """Write a video into an exercise, named by path, file name or title.

    An exercise that has one keeps it, and gets a list `videos`; with `replace`, its `video`
    becomes this one. Returns what was done, and the pages that cannot be read: nobody knows
    whether they were meant.

    Raises:
        UsageError: no exercise has this name, or several have; or the address names no video.
        ManifestError: the file cannot be read or changed.
    """
    video = parsed_video(address)
    config = session.config
    tree = FileTree(config.root)
    manifest, unread = find_page(config, tree, exercise, cache=session.cache)
    key = video.provider, video.id
    there = [each for each in manifest.videos if (each.provider, each.id) == key]
    has_it = bool(there) and not (replace and video.hash not in {"", there[0].hash})
    if not has_it:
        refuse_data(manifest, "this video")
        data = read_bytes(tree, manifest.path)
        after = with_video(data, video, config.videos.keys, replace=replace)
        write_pages(config.root, session.writer, [PageChange(manifest.path, data, after)])
    added = AddedVideo(path=manifest.path, provider=video.provider, id=video.id, changed=not has_it)
    return added, unread
