"""Films in pages: taken in as photos are, and what entries name, so that any theme shows it."""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from mediakit.base.actions import Failure
from mediakit.base.cut import Cut, cut_of_text
from mediakit.base.errors import UsageError
from mediakit.base.formats import ending_of, film_of
from mediakit.base.model import OF_CLIP, Problem, Role, Severity
from mediakit.edit.entries import Entry, variant_of
from mediakit.images.film_bytes import film_format, is_film
from mediakit.images.ingest import Ingested, arrived
from mediakit.images.opening import UnreadableError
from mediakit.report.text import counted
from mediakit.sync.clips import clips_of
from mediakit.sync.mentions import variant_names

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from mediakit.base.files import FileTree
    from mediakit.base.model import ImageRef, Manifest
    from mediakit.config.config import Config
    from mediakit.images.filmed import FilmSize


_MOST_BYTES = 100_000_000
"""Of a film that comes into a repository: git hosts refuse larger files."""

_SMALLER = "cut it on the phone, or save it smaller: 1080p is enough"


def taken_film(config: Config, data: bytes) -> Ingested:
    """Return a film or an animation as a source of the site: as it is coded, without metadata.

    Raises:
        UsageError: the site makes no clips, or it cannot be a clip.
        UnreadableError: it cannot be read.
    """
    from mediakit.images.bare import without_metadata  # noqa: PLC0415 - few films

    film = _possible_clip(config, data, Cut())
    if not is_film(data):
        return arrived(data)
    bare = without_metadata(data)
    if bare is None:
        raise UsageError(
            "what it tells of its place cannot be taken out", "save it as an MP4 or MOV anew"
        )
    return Ingested(bare, ending_of(film_format(data)), film.width, film.height, moves=True)


def _possible_clip(config: Config, data: bytes, cut: Cut) -> FilmSize:
    """Return the size of a film of which a clip can be made; raises as `taken_film` does."""
    clips = clips_of(config)
    if not clips:
        raise UsageError(
            "it moves, and this site makes no clips of what moves",
            "write [clips.loops] into mediakit.toml; it needs the extra clips",
        )
    if not data:
        raise UnreadableError("the file is empty")
    from mediakit.images.film_coders import FilmError  # noqa: PLC0415 - it loads FFmpeg
    from mediakit.images.filmed import probe_moving  # noqa: PLC0415

    try:
        film = probe_moving(data)
    except FilmError as error:
        raise UsageError(str(error), error.hint or _SMALLER) from error
    most = max(each.max_seconds for each in clips)
    lasts = (cut.end or film.milliseconds) - cut.start
    if lasts > 1000 * most:
        raise UsageError(
            f"it lasts {-(-lasts // 100) / 10:g} seconds, and clips have at most {most}",
            "cut it on the phone, or raise max_seconds of the clips",
        )
    if len(data) > _MOST_BYTES:
        raise UsageError(
            f"it has {len(data) / 1e6:.0f} MB, and git hosts take up to {_MOST_BYTES / 1e6:.0f}",
            _SMALLER,
        )
    return film


def without_hopeless(
    config: Config, tree: FileTree, paths: Iterable[str], cut: str
) -> tuple[list[str], list[Problem]]:
    """Return pictures, and the films of which clips can be made; a problem for each other film.

    `cut` is the part that their page shows of films.
    """
    kept, problems = [], []
    for path in paths:
        why = _no_clip(config, tree, path, cut) if film_of(path) is not None else None
        if why is None:
            kept.append(path)
        else:
            message = f"is not added: {why.message}"
            problems.append(Problem(path, 0, why.code, why.severity, message, why.hint))
    return kept, problems


def _no_clip(config: Config, tree: FileTree, path: str, cut: str) -> Failure | None:
    try:
        _possible_clip(config, tree.read(path), cut_of_text(cut))
    except OSError as error:
        return Failure("unreadable-file", f"it cannot be read: {error.strerror}", "run again")
    except UnreadableError as error:
        return Failure("unreadable-picture", str(error), "replace it with a film that is whole")
    except UsageError as error:
        return Failure("no-clip", error.message, error.hint or "", Severity.WARNING)
    return None


def no_part_of(picture: str, error: UnreadableError) -> UsageError:
    """Return why no teaser can be cut out of a picture, or of a film."""
    if film_of(picture) is None:
        return UsageError(f"{picture}: {error}", "crop another picture")
    return UsageError(
        f"{picture} is a film, and only a picture can be cropped",
        "crop a picture, or make the film the teaser as a whole: pages show its poster then",
    )


def counted_photos(pictures: Sequence[Ingested]) -> str:
    """Return how many photos and films these are, such as `1 photo and 2 films`."""
    films = sum(each.moves for each in pictures)
    photos = len(pictures) - films
    parts = [counted(photos, "photo")] if photos or not films else []
    parts += [counted(films, "film")] if films else []
    return " and ".join(parts)


def gallery_suffix(config: Config) -> str:
    """Return the suffix of the preset for galleries, empty if there is none."""
    presets = (each for each in config.presets if Role.GALLERY in each.roles)
    return next((each.suffix for each in presets), "")


def entry_of(
    config: Config, manifest: Manifest, path: str, texts: tuple[str, str], *, moves: bool = False
) -> Entry:
    """Return the entry for a picture, or for a film, or an animation that is known to move.

    `texts` are what it shows, and its title.

    A page that names films gets the film. Any other theme makes an `<img>` of what an entry names:
    that is the poster, and a click leads to the clip.
    """
    small, (alt, title) = small_of(config, path, moves=moves), texts
    clips = clips_of(config)
    if not clips or not (moves or film_of(path)):
        return Entry(path, small, alt, title)
    named = (each.path or "" for each in manifest.images if _is_named(each))
    if any(film_of(each) is not None and not clips[0].owns(each) for each in named):
        return Entry(path, path, alt, title)
    clip, *_, poster = clips[0].paths_of(path)
    return Entry(clip if config.kind.has_theme else poster, small, alt, title)


def _is_named(image: ImageRef) -> bool:
    """Return whether front matter names a picture or film itself, not what is made of it."""
    return image.role is not Role.BODY and image.key != OF_CLIP


def named_picture(image: ImageRef) -> str:
    """Return the source of a picture; what is made of a film stands for itself."""
    return image.source or (image.path or "" if image.preset else "")


def meant_picture(config: Config, manifest: Manifest, picture: str) -> str:
    """Return the source that somebody names, also by its film, or by its number from 1.

    Raises:
        UsageError: the page has no such picture, or two.
    """
    images = [each for each in manifest.images if each.key != OF_CLIP and named_picture(each)]
    sources = list(dict.fromkeys(map(named_picture, images)))
    shown = [named_picture(each) for each in images if each.role is Role.GALLERY]
    if picture.isdecimal() and 0 < int(picture) <= len(shown):
        return shown[int(picture) - 1]
    wanted = picture.removeprefix("/")
    files = ((each, {each, film_behind(config, manifest, each)}) for each in sources)
    found = [
        each
        for each, paths in files
        if wanted in paths.union(PurePosixPath(path).name for path in paths)
    ]
    if len(found) == 1:
        return found[0]
    names = ", ".join(PurePosixPath(each).name for each in sources) or "none"
    raise UsageError(
        f"{manifest.title} has no picture {picture}", f"its pictures are {names}, in this order"
    )


def film_behind(config: Config, manifest: Manifest, shown: str) -> str:
    """Return the film whose clip or poster a page shows, for all else what it shows."""
    films = (each.source or "" for each in manifest.images if each.key == OF_CLIP)
    return next((film for film in films if shown in variant_names(film, config)), shown)


def small_of(config: Config, path: str, *, moves: bool = False) -> str:
    """Return the site path of what a gallery shows of a picture, or of the poster of what moves.

    An animation has its poster in one size: it is small itself.
    """
    suffix = "" if moves and film_of(path) is None else gallery_suffix(config)
    return variant_of(path, suffix) if suffix else poster_of(config, path, moves=moves)


def poster_of(config: Config, path: str, *, moves: bool = False) -> str:
    """Return the site path of the poster of a film, or of what moves; a picture's is itself."""
    clips = clips_of(config)
    return clips[0].paths_of(path)[-1] if clips and (moves or film_of(path)) else path
