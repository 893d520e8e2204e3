"""Films in galleries: what the entry of one names, so that any theme shows something of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mediakit.base.formats import film_of
from mediakit.base.model import Role
from mediakit.edit.entries import Entry, variant_of
from mediakit.sync.clips import clips_of

if TYPE_CHECKING:
    from mediakit.base.model import Manifest
    from mediakit.config.config import Config


def gallery_suffix(config: Config) -> str:
    """Return the suffix of the preset for galleries, empty if there is none."""
    presets = (each for each in config.presets if Role.GALLERY in each.roles)
    return next((each.suffix for each in presets), "")


def has_clips(config: Config) -> bool:
    """Return whether films are sources of the site."""
    return bool(clips_of(config))


def entry_of(config: Config, manifest: Manifest, path: str, alt: str, title: str = "") -> Entry:
    """Return the entry for a picture, or for a film.

    A page that names films gets the film. Any other theme makes an `<img>` of what an entry names:
    that is the poster, and a click leads to the clip.
    """
    small = small_of(config, path)
    clips = clips_of(config)
    if film_of(path) is None or not clips:
        return Entry(path, small, alt, title)
    if any(each.role is Role.GALLERY and film_of(each.path or "") for each in manifest.images):
        return Entry(path, path, alt, title)
    clip, *_, poster = clips[0].paths_of(path)
    return Entry(clip if config.kind.has_theme else poster, small, alt, title)


def small_of(config: Config, path: str) -> str:
    """Return the site path of what a gallery shows of a picture, or of a film's poster."""
    suffix = gallery_suffix(config)
    return variant_of(path, suffix) if suffix else poster_of(config, path)


def poster_of(config: Config, path: str) -> str:
    """Return the site path of a film's poster; that of a picture is itself."""
    clips = clips_of(config)
    return clips[0].paths_of(path)[-1] if clips and film_of(path) is not None else path
