"""Observe: the videos that manifests name, and what is remembered of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from mediakit.base.own_files import HISTORY_NAME
from mediakit.site.videos import is_misspelt
from mediakit.state.documents import read_file, write_changed
from mediakit.videos.history import Checked, Key, dump_history, load_history

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from mediakit.base.model import Manifest
    from mediakit.base.writer import Writer
    from mediakit.config.config import Config


@dataclass(frozen=True, slots=True)
class VideoUses:
    """Where each video is named, as (manifest, line); `misspelt` ones cannot exist."""

    places: Mapping[Key, tuple[tuple[str, int], ...]]
    misspelt: frozenset[Key]

    @property
    def askable(self) -> list[Key]:
        """The videos whose ids can be asked about, in order."""
        return [key for key in self.places if key not in self.misspelt]


def video_uses(manifests: Iterable[Manifest]) -> VideoUses:
    """Return the videos of these manifests, each once."""
    places: dict[Key, list[tuple[str, int]]] = {}
    misspelt = set()
    for manifest in manifests:
        for video in manifest.videos:
            key = video.provider, video.id
            places.setdefault(key, []).append((manifest.path, video.line))
            if is_misspelt(video):
                misspelt.add(key)
    ordered = {key: tuple(places[key]) for key in sorted(places)}
    return VideoUses(ordered, frozenset(misspelt))


def history_path(config: Config) -> str:
    """Return the site path of the history: it is beside the catalog."""
    return config.catalog_file.beside(HISTORY_NAME)


def read_history(config: Config) -> dict[Key, Checked]:
    """Read what is remembered; raises UsageError where it cannot be trusted."""
    path = history_path(config)
    data = read_file(config.root, path)
    return {} if data is None else load_history(data, path)


def write_history(config: Config, rows: Mapping[Key, Checked], writer: Writer) -> None:
    """Write what is remembered, if it has changed; raises UsageError."""
    path = history_path(config)
    if rows or (config.root / path).exists():
        write_changed(config.root, path, dump_history(rows), writer)
