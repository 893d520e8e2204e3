"""`mediakit videos add`: write a video into the front matter of an exercise."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from mediakit.base.files import FileTree
from mediakit.edit.pages import PageChange, read_bytes, write_pages
from mediakit.edit.videos import parsed_video, with_video
from mediakit.sync.content import find_page

if TYPE_CHECKING:
    from mediakit.base.model import Problem, VideoRef
    from mediakit.sync.session import Session


@dataclass(frozen=True, slots=True)
class AddedVideo:
    """The exercise and the video, and whether the file had to be changed.

    `unread` are the pages that cannot be read: nobody knows whether they were meant.
    """

    path: str
    video: VideoRef
    changed: bool
    unread: tuple[Problem, ...] = ()


def add_video(
    session: Session, exercise: str, address: str, *, replace: bool = False
) -> AddedVideo:
    """Write a video into an exercise, named by path, file name or title.

    An exercise that has one keeps it, and gets a list `videos`; with `replace`, its `video`
    becomes this one.

    Raises:
        UsageError: no exercise has this name, or several have; or the address names no video.
        ManifestError: the file cannot be read or changed.
    """
    video = parsed_video(address)
    config = session.config
    tree = FileTree(config.root)
    manifest, unread = find_page(config, tree, exercise)
    if any((each.provider, each.id) == (video.provider, video.id) for each in manifest.videos):
        return AddedVideo(manifest.path, video, changed=False, unread=unread)
    data = read_bytes(tree, manifest.path)
    after = with_video(data, video, config.videos.keys, replace=replace)
    write_pages(config.root, session.writer, [PageChange(manifest.path, data, after)])
    return AddedVideo(manifest.path, video, changed=True, unread=unread)
