"""Which keys of front matter hold pictures, beside those that the kind of site has anyway."""

from __future__ import annotations

from dataclasses import dataclass, fields

from mediakit.base.model import Role
from mediakit.site.picture_keys import PictureKey, picture_keys


@dataclass(frozen=True, slots=True)
class ImageSettings:
    """Settings of the table `[images]`: keys by role, each with dots where it lies deeper."""

    overlay: tuple[str, ...] = ()
    header: tuple[str, ...] = ()
    teaser: tuple[str, ...] = ()
    og_image: tuple[str, ...] = ()
    gallery: tuple[str, ...] = ()
    feature_row: tuple[str, ...] = ()

    @property
    def keys(self) -> tuple[PictureKey, ...]:
        """The keys of all roles."""
        return tuple(
            key
            for role in fields(self)
            for key in picture_keys(Role(role.name), *getattr(self, role.name), given=True)
        )
