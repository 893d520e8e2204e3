"""What the rules look at, in one frozen value."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from mediakit.base.actions import Action
    from mediakit.base.artifacts import Picture
    from mediakit.base.model import Manifest
    from mediakit.base.products import Product


@dataclass(frozen=True, slots=True)
class Limits:
    """From where on something is reported: bytes, pixels, and the share of a shape."""

    max_bytes: int = 3_000_000
    max_pixels: int = 24_000_000
    overlay_width: int = 768
    teaser_shape: float = 0.2


@dataclass(frozen=True, slots=True)
class PageText:
    """What a page's text refers to beside pictures: (site path, line) of files, gallery ids.

    `keys` are the keys of its front matter.
    """

    files: tuple[tuple[str, int], ...] = ()
    galleries: tuple[tuple[str, int], ...] = ()
    keys: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Facts:
    """A site as observed: what pages name, what is there, and what a run would have to do.

    `alike` gives each picture that is there twice a name of its group; `actions` are those on
    variants, `strangers` variants that show another picture than their source, `unnamed` pictures
    that no text mentions, `missing_files` linked files that are not there.
    """

    manifests: Sequence[Manifest]
    pictures: Mapping[str, Picture]
    products: Mapping[str, Product]
    actions: Sequence[Action]
    pages: Mapping[str, PageText] = field(default_factory=dict)
    strangers: frozenset[str] = frozenset()
    unnamed: Sequence[str] = ()
    alike: Mapping[str, str] = field(default_factory=dict)
    missing_files: frozenset[str] = frozenset()
    limits: Limits = field(default_factory=Limits)
