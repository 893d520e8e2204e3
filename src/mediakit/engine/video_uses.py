"""Observe: the videos that manifests name, and what is remembered of them."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from mediakit.errors import UsageError
from mediakit.manifest.video_id import is_misspelt
from mediakit.videos.history import HISTORY_NAME, Checked, Key, dump_history, load_history

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from mediakit.config.settings import Config
    from mediakit.model import Manifest
    from mediakit.writer import Writer


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
    return str(PurePosixPath(config.catalog).with_name(HISTORY_NAME))


def read_history(config: Config) -> dict[Key, Checked]:
    """Read what is remembered; raises UsageError where it cannot be trusted."""
    path = history_path(config)
    try:
        return load_history((config.root / path).read_bytes(), path)
    except FileNotFoundError:
        return {}
    except OSError as error:
        raise UsageError(f"{path}: {error.strerror}") from error


def write_history(config: Config, rows: Mapping[Key, Checked], writer: Writer) -> None:
    """Write what is remembered, if it has changed; raises UsageError."""
    path: Path = config.root / history_path(config)
    data = dump_history(rows)
    if not rows and not path.exists():
        return
    try:
        if not path.exists() or path.read_bytes() != data:
            writer.write(path, data, durable=True)
    except OSError as error:
        raise UsageError(f"{history_path(config)}: cannot be written: {error.strerror}") from error
