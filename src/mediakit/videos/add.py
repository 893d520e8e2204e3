"""`mediakit videos add`: write a video into the front matter of an exercise."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from msgspec import Meta

from mediakit.base.files import FileTree
from mediakit.edit.entries import parsed_video, with_video
from mediakit.edit.pages import PageChange, read_bytes, refuse_data, write_pages
from mediakit.report.documents import Document, Path
from mediakit.sync.exercise import find_page

if TYPE_CHECKING:
    from mediakit.base.model import Problem
    from mediakit.sync.session import Session


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
    manifest, unread = find_page(config, tree, exercise)
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
