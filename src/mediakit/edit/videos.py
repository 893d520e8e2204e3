"""Videos written into front matter, in one spelling; all else stays byte for byte."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mediakit.base.errors import ManifestError, UsageError
from mediakit.edit.editable import node_at
from mediakit.edit.front_matter import append_item, set_value
from mediakit.site.front_matter import read_page
from mediakit.site.providers import provider_in_key, share_address
from mediakit.site.trees.yaml import Mapping, Scalar
from mediakit.site.trees.yaml import Sequence as Items
from mediakit.site.videos import COPY_ID, is_misspelt, misspelling, parse_video

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mediakit.base.model import VideoRef


def parsed_video(address: str) -> VideoRef:
    """Read an address that somebody typed; raises UsageError if it names no video."""
    try:
        video = parse_video(address, None, 0)
    except ManifestError as error:
        raise UsageError(error.message, error.hint) from error
    if is_misspelt(video):
        raise UsageError(misspelling(video), COPY_ID)
    return video


def with_video(
    data: bytes, video: VideoRef, keys: Sequence[str] = (), *, replace: bool = False
) -> bytes:
    """Return a page with a video added, at the first of `keys` where there are any.

    Raises:
        ManifestError: the page has no place for it.
    """
    if keys:
        return _at_key(data, video, tuple(keys[0].split(".")), replace=replace)
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
    if has_one or isinstance(tree.get("videos"), Items):
        return append_item(data, ("videos",), block, after="video")
    return set_value(data, ("video",), block, after="gallery")


def _at_key(data: bytes, video: VideoRef, key: tuple[str, ...], *, replace: bool) -> bytes:
    """Write a video to a configured key: an id where the key says the provider, else an address."""
    page = read_page(data)
    old = node_at(page.front_matter, key) if page is not None else None
    is_implied = provider_in_key(key[-1]) == video.provider
    value = video.id if is_implied else share_address(video.provider, video.id, video.start)
    if isinstance(old, Items) and not replace:
        return append_item(data, key, value)
    if old is not None and not replace:
        name = ".".join(key)
        raise ManifestError(
            "cannot-edit", f"`{name}` has a video already", old.line,
            "give --replace, or make a list of it",
        )  # fmt: skip
    return set_value(data, key, value)
