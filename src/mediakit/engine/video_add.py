"""`mediakit videos add`: a video into the front matter of an exercise, in the one spelling."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from mediakit.engine.pages import PageChange, choose, read_bytes, write_pages
from mediakit.errors import ManifestError, UsageError
from mediakit.files import FileTree
from mediakit.manifest.edit import append_item, set_value
from mediakit.manifest.front_matter import read_page
from mediakit.manifest.video_id import is_misspelt, parse_video
from mediakit.manifest.yaml_tree import Mapping, Scalar, Sequence

if TYPE_CHECKING:
    from mediakit.config.settings import Config
    from mediakit.model import VideoRef


@dataclass(frozen=True, slots=True)
class Added:
    """Which exercise was meant and which video, and whether the file had to be changed."""

    path: str
    video: VideoRef
    changed: bool


def add_video(config: Config, exercise: str, address: str, *, replace: bool = False) -> Added:
    """Write a video into an exercise, named by path, file name or title.

    An exercise that has one keeps it, and gets a list `videos`; with `replace`, its `video`
    becomes this one.

    Raises:
        UsageError: no such exercise, or several; or no video has such an address.
        ManifestError: the file cannot be read, or not be changed.
    """
    video = parsed_video(address)
    tree = FileTree(config.root)
    manifest = choose(config, tree, exercise)
    if any((each.provider, each.id) == (video.provider, video.id) for each in manifest.videos):
        return Added(manifest.path, video, changed=False)
    data = read_bytes(tree, manifest.path)
    after = with_video(data, video, replace=replace)
    write_pages(config, [PageChange(manifest.path, data, after)])
    return Added(manifest.path, video, changed=True)


def parsed_video(address: str) -> VideoRef:
    """Read an address that somebody typed; raises UsageError."""
    try:
        video = parse_video(address, None, 0)
    except ManifestError as error:
        raise UsageError(error.message, error.hint) from error
    if is_misspelt(video):
        raise UsageError(
            f"{video.id!r} has {len(video.id)} signs, and YouTube ids have 11",
            "copy what follows v= in the video's address",
        )
    return video


def with_video(data: bytes, video: VideoRef, *, replace: bool = False) -> bytes:
    """Return a page with a video; raises ManifestError where that cannot be."""
    page = read_page(data)
    tree = page.front_matter if page is not None else Mapping({}, 0)
    start = "" if video.start is None else f"?start={video.start}"
    block = {"provider": video.provider, "id": f"{video.id}{start}"}
    first = tree.get("video")
    has_one = first is not None and not (isinstance(first, Scalar) and first.is_null)
    if has_one and replace:
        if not isinstance(first, Mapping):
            return set_value(data, ("video",), block)
        data = set_value(data, ("video", "provider"), block["provider"])
        return set_value(data, ("video", "id"), block["id"])
    if has_one or isinstance(tree.get("videos"), Sequence):
        return append_item(data, ("videos",), block, after="video")
    return set_value(data, ("video",), block, after="gallery")
