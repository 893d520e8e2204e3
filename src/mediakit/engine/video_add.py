"""`mediakit videos add`: a video into the front matter of an exercise, in the one spelling."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from mediakit.cache import open_cache
from mediakit.config.settings import WORK_FOLDER
from mediakit.engine.content import read_content
from mediakit.errors import ManifestError, UsageError
from mediakit.files import DiskFile, FileTree
from mediakit.manifest.edit import append_item, set_value
from mediakit.manifest.front_matter import read_page
from mediakit.manifest.video_id import is_misspelt, parse_video
from mediakit.manifest.yaml_tree import Mapping, Scalar, Sequence
from mediakit.writer import Writer

if TYPE_CHECKING:
    from mediakit.config.settings import Config
    from mediakit.model import Manifest, VideoRef


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
    video = _parsed(address)
    tree = FileTree(config.root)
    manifest = _chosen(config, tree, exercise)
    if any((each.provider, each.id) == (video.provider, video.id) for each in manifest.videos):
        return Added(manifest.path, video, changed=False)
    found = tree.find(manifest.path)
    if not isinstance(found, DiskFile):
        raise UsageError(f"{manifest.path} is outside of the site", "add it there by hand")
    work = config.root / WORK_FOLDER
    with open_cache(work), Writer(work / "tmp") as writer:
        data = found.disk_path.read_bytes()
        writer.write(found.disk_path, _with_video(data, video, replace=replace), durable=True)
    return Added(manifest.path, video, changed=True)


def _parsed(address: str) -> VideoRef:
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


def _chosen(config: Config, tree: FileTree, exercise: str) -> Manifest:
    path = Path(exercise)
    if path.is_file():
        content = read_content(config, tree, (path,))
        if not content.manifests:
            said = "; ".join(problem.message for problem in content.problems)
            raise UsageError(f"{exercise}: {said or 'is no exercise, or an unpublished one'}")
        return content.manifests[0]
    manifests = read_content(config, tree).manifests
    wanted = exercise.casefold()
    named = [each for each in manifests if wanted in _names(each)]
    if len(named) == 1:
        return named[0]
    if not named:
        raise UsageError(
            f"there is no exercise {exercise!r}", "give its path, file name or title: mediakit list"
        )
    raise UsageError(
        f"{exercise!r} may be {', '.join(each.path for each in named)}", "give the path"
    )


def _names(manifest: Manifest) -> set[str]:
    pure = PurePosixPath(manifest.path)
    return {each.casefold() for each in (manifest.path, pure.name, pure.stem, manifest.title)}


def _with_video(data: bytes, video: VideoRef, *, replace: bool) -> bytes:
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
