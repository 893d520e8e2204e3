"""What templates are told of what moves: the loops of steps, and the clips of films and GIFs."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

import msgspec
from msgspec.structs import replace

from mediakit.base.artifacts import source_of
from mediakit.base.cut import cut_of
from mediakit.base.formats import film_of, media_type
from mediakit.images.recipes import LOOPS, Recipe
from mediakit.sync.clips import clips_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from mediakit.base.artifacts import Input, MadeRecord
    from mediakit.base.model import Manifest
    from mediakit.config.config import Config
    from mediakit.state.catalog import Catalog

_Recipe = TypeVar("_Recipe", bound=Recipe)


class TemplateFilm(msgspec.Struct, frozen=True, omit_defaults=True):
    """Something that moves: pixels, seconds, and public paths.

    `poster` is its first frame, `films` are by MIME type, `picture` is one that moves by itself.
    One that is asked to have `sound` is not to play by itself.
    """

    width: int
    height: int
    seconds: float
    poster: str
    alt: str = ""
    films: dict[str, str] = {}
    picture: str = ""
    sound: bool = False


def loops(
    manifests: Sequence[Manifest], catalog: Catalog, config: Config
) -> Iterator[tuple[str, TemplateFilm]]:
    """Yield the loop of each page that has one, by site path of the page."""
    for page in sorted(manifests, key=lambda each: each.place):
        for _, inputs, records in _made_of(page, config.made_by.get(LOOPS, ()), catalog):
            source = source_of(inputs)
            told = (each.alt for each in page.images if each.source == source and each.alt)
            loop = _film(records, config, next(told, "") or page.title)
            if loop is not None:
                yield page.place, loop
                break


def clips(
    manifests: Sequence[Manifest], catalog: Catalog, config: Config
) -> dict[str, TemplateFilm]:
    """Return the clip of each film and GIF that has one, by the public paths that pages may name.

    Those are of what it is made of, of the clip itself, and of its poster, which galleries name in
    place of a film.
    """
    found: dict[str, TemplateFilm] = {}
    for page in manifests:
        for recipe, inputs, records in _made_of(page, clips_of(config), catalog):
            clip = _film(records, config)
            if clip is not None:
                film = source_of(inputs)
                if film_of(film) is not None and recipe.is_heard(cut_of(inputs)):
                    clip = replace(clip, sound=True)
                for path in (config.kind.key(film), clip.poster, *clip.films.values()):
                    found.setdefault(path, clip)
    return dict(sorted(found.items()))


def _made_of(
    page: Manifest, recipes: Iterable[_Recipe], catalog: Catalog
) -> Iterator[tuple[_Recipe, tuple[Input, ...], list[MadeRecord]]]:
    """Yield what each recipe has made of the same inputs for a page."""
    for recipe in recipes:
        made: dict[tuple[Input, ...], dict[str, MadeRecord]] = {}
        for each in recipe.products((page,), catalog.pictures):
            if each.path in catalog.records:
                made.setdefault(each.inputs, {})[each.path] = catalog.records[each.path]
        yield from ((recipe, inputs, [*each.values()]) for inputs, each in made.items())


def _film(records: Sequence[MadeRecord], config: Config, alt: str = "") -> TemplateFilm | None:
    """Return what a recipe has made, None where there is no poster, or nothing that moves."""
    key_of = config.kind.key
    by_type = {media_type(each.path): each for each in records}
    poster = by_type.get("image/jpeg")
    # WebM, which is there where it is smaller, before MP4
    films = {
        kind: key_of(each.path)
        for kind, each in sorted(by_type.items(), reverse=True)
        if film_of(each.path)
    }
    moving = by_type.get("image/webp")
    lasts = max(each.milliseconds for each in records)
    if poster is None or not (films or moving):
        return None
    return TemplateFilm(
        poster.width, poster.height, lasts / 1000, key_of(poster.path), alt, films,
        key_of(moving.path) if moving else "",
    )  # fmt: skip
