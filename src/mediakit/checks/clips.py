"""The rules about what moves: GIFs and clips that are heavy, and how a text shows films."""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from mediakit.base.actions import Failure
from mediakit.base.cut import PAST_END, TRIM, cut_of
from mediakit.base.formats import film_of
from mediakit.base.model import OF_CLIP, Problem, Severity
from mediakit.images.recipes.clip import POSTER
from mediakit.sync.declined import declined_problem
from mediakit.sync.picture_problems import lacking, no_clip

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mediakit.base.artifacts import Artifact
    from mediakit.base.model import FilmTag
    from mediakit.checks.facts import Facts

_LIGHTER = 8
"""How many times smaller a clip is where a GIF had better not be shown."""

_HEAVY_GIF = 500_000
"""Bytes of a GIF from which on a site without clips is told of them."""

_BLURRED = 1.5
"""How many times wider than its pixels a film looks blurred, also on plain screens."""

_HEAVY_CLIP = 3_000_000
"""Bytes of a clip: more take 10 s on a slow phone line."""


def heavy_animation(facts: Facts) -> Iterator[Problem]:
    """Yield GIFs that a page shows, where a clip of the same is, or would be, much lighter."""
    lightest = _lightest(facts)
    for manifest in facts.manifests:
        for image in manifest.images:
            picture = facts.pictures.get(image.path or "")
            is_shown = image.key != OF_CLIP and not image.preset
            if picture is None or picture.format != "GIF" or not is_shown:
                continue
            size, clip = lightest.get(picture.path, (0, ""))
            if clip and picture.bytes >= _LIGHTER * size:
                what = f"{picture.bytes // size} times the bytes of its clip {clip}"
                hint = f"show {PurePosixPath(clip).name} in a <video>, with its poster"
            elif not clip and not facts.has_clips and picture.bytes > _HEAVY_GIF:
                what = f"{picture.bytes / 1e6:.1f} MB; a clip of a GIF often has a tenth"
                hint = "have clips made: [clips.loops] in mediakit.toml"
            else:
                continue
            yield Problem(
                manifest.path, image.line, "heavy-animation", Severity.NOTE,
                f"{picture.path} has {what}", hint,
            )  # fmt: skip


def _lightest(facts: Facts) -> dict[str, tuple[int, str]]:
    """Return the lightest film that was made of each source, behind its bytes."""
    found: dict[str, tuple[int, str]] = {}
    for path, each in facts.products.items():
        if path in facts.made and film_of(path) is not None:
            film = facts.made[path].bytes, path
            found[each.source] = min(film, found.get(each.source, film))
    return found


def heavy_clip(facts: Facts) -> Iterator[Problem]:
    """Yield clips that are heavy for phones."""
    for path, product in facts.products.items():
        made = facts.made.get(path)
        if made is None or made.bytes <= _HEAVY_CLIP or film_of(path) is None:
            continue
        yield Problem(
            product.page, product.line, "heavy-clip", Severity.WARNING,
            f"{path} is large: {made.bytes / 1e6:.1f} MB",
            "show a shorter part of it (`start`, `end`), or set `longest` of the clips",
        )  # fmt: skip


def dead_clip(facts: Facts) -> Iterator[Problem]:
    """Yield clips and posters that texts name, and that are not made."""
    for path, places in facts.dead_clips.items():
        for each in places:
            yield no_clip(each.path, each.line, path)


def film_part(facts: Facts) -> Iterator[Problem]:
    """Yield no-clip and bad-cut: of parts of films that are no clip, or end after the film."""
    for clip in facts.clips:
        lasts, cut = facts.lasts.get(clip.poster.source, 0), cut_of(clip.poster.inputs)
        why = cut.fault(lasts, clip.most) if lasts and clip.poster.path not in facts.made else ""
        if why:
            what = Failure("no-clip", why, TRIM, Severity.WARNING)
            yield declined_problem(clip.poster, what)
        elif lasts and cut.is_late(lasts):
            yield lacking(clip.poster, PAST_END)


def shown_film(facts: Facts) -> Iterator[Problem]:
    """Yield no-poster, no-label and small-clip: of films that a text shows by `<video>`."""
    for manifest in facts.manifests if facts.has_clips else ():
        for film in manifest.text.films:
            path = next((each for each in film.paths if each in facts.products), "")
            yield from _shown(manifest.path, film, path, facts.made.get(path))


def _shown(page: str, film: FilmTag, path: str, made: Artifact | None) -> Iterator[Problem]:
    name = path or film.paths[0]
    if not film.has_poster:
        poster = f"{PurePosixPath(path).stem}{POSTER} lies beside the clip"
        yield Problem(
            page, film.line, "no-poster", Severity.WARNING,
            f"{name} is shown without a poster, so that nothing is seen until it plays",
            f"give its <video> a poster: {poster}" if path else "show its clip, with its poster",
        )  # fmt: skip
    if not film.has_label:
        yield Problem(
            page, film.line, "no-label", Severity.WARNING,
            f"{name} has nothing that says what it shows",
            'give its <video> an aria-label="…"; aria-hidden="true" if it is decoration',
        )  # fmt: skip
    if made is not None and film.width > _BLURRED * made.width > 0:
        yield Problem(
            page, film.line, "small-clip", Severity.WARNING,
            f"{name} is {made.width} px wide, and is shown {film.width} px wide",
            "raise `longest` of the clips if its film is larger, or show it smaller",
        )  # fmt: skip
