"""What is wrong with the pictures that pages name, in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from mediakit.base.cut import PAST_END
from mediakit.base.formats import FILM_NAMES, ending_of, film_of, format_of
from mediakit.base.model import Problem, Severity
from mediakit.report.text import counted

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mediakit.base.artifacts import Product
    from mediakit.base.files import Absent
    from mediakit.base.model import ImageRef, Manifest
    from mediakit.config.config import Config


_OPEN = frozenset({"refused-file", "case-mismatch", "missing-source"})


def leaves_open(problem: Problem) -> bool:
    """Return whether something is missing that pages show, or cannot be read.

    A picture that a key names which nobody configured may be none.
    """
    return problem.severity is Severity.ERROR or problem.code in _OPEN


def unfound(manifest: str, image: ImageRef) -> Problem:
    """Return the warning that a key which nobody configured names no file."""
    return Problem(
        manifest, image.line, "missing-picture", Severity.WARNING,
        f"`{image.key}` names {image.path}, which is missing",
        "add the picture, or correct the path; name a folder that the theme looks in in `roots`",
    )  # fmt: skip


def missing(manifest: str, image: ImageRef, source: Absent, *, is_shown: bool) -> Problem:
    """Return the problem of a picture without a file; `is_shown` where its variant has one."""
    if source.reason:
        code, message = "refused-file", f"{image.source} {source.reason}"
        hint = "put the file itself there, in place of the link" if "link" in source.reason else ""
    elif source.near:
        code, message = "case-mismatch", f"{image.source} is missing, but {source.near} exists"
        hint = "use the spelling of the file: servers distinguish capital letters"
    elif is_shown:
        code, message = (
            "missing-source",
            f"{image.path} exists, but its source {image.source} is missing",
        )
        hint = "the file stays as it is"
    else:
        code, message = "missing-picture", f"{image.source} is missing"
        hint = "add the picture, or correct the path"
    works = is_shown and image.link != image.source  # the page shows all that it names
    severity = Severity.WARNING if works else Severity.ERROR
    return Problem(manifest, image.line, code, severity, message, hint)


def unreadable(
    manifest: str, image: ImageRef, path: str, fault: str, *, films: bool = False
) -> Problem:
    """Return the problem of a file that is shown as a picture, and is none; `films` are sources."""
    is_film = films and film_of(path) is not None
    if format_of(path) is None and not is_film:
        return Problem(
            manifest, image.line, "not-a-picture", Severity.WARNING,
            f"{path} is shown as a picture, but is none; mediakit leaves it as it is",
            "name a picture, and show a film by `video`; if the theme shows it, all is well",
        )  # fmt: skip
    return Problem(
        manifest, image.line, "unreadable-picture", Severity.ERROR, f"{path}: {fault}",
        f"replace it with a {'film' if is_film else 'picture'} that is not damaged",
    )  # fmt: skip


def no_clip(page: str, line: int, path: str) -> Problem:
    """Return the problem of a clip or poster that a page names, and that is not made."""
    return Problem(
        page, line, "missing-picture", Severity.ERROR,
        f"{path} is not made: no page names a film of which it can be made",
        "name its film, whole and no longer than max_seconds of the clips, or take this name out",
    )  # fmt: skip


def misnamed(manifest: str, image: ImageRef, path: str, kind: str) -> Problem:
    """Return the warning that a picture or a film has another format than its name says."""
    what = "film" if kind in FILM_NAMES else "picture"
    return Problem(
        manifest, image.line, "wrong-ending", Severity.WARNING,
        f"{path} is really a {what} in the format {kind}",
        f"rename it to end in {ending_of(kind)}: some servers and programs rely on the ending",
    )  # fmt: skip


def slipped(place: tuple[str, int], path: str, slips: Sequence[str]) -> Problem:
    """Return the warning that a picture is read although something in its file is wrong."""
    return Problem(
        place[0], place[1], "picture-slip", Severity.WARNING,
        f"{path} is read, although {', '.join(slips)}",
        "open the picture and save it again: other programs may refuse it",
    )  # fmt: skip


def lacking(product: Product, what: str) -> Problem:
    """Return the warning that a product was made without a part of it."""
    if what == PAST_END:
        return Problem(
            product.page, product.line, "bad-cut", Severity.WARNING,
            f"`end` comes after {product.source} has ended",
            "take `end` out, or write a lower time",
        )  # fmt: skip
    if film_of(product.path) is not None:
        return Problem(
            product.page, product.line, "no-sound", Severity.NOTE,
            f"{product.path} is made without {what}", "take `sound` out, or write `loop: repeat`",
        )  # fmt: skip
    return Problem(
        product.page, product.line, "missing-letters", Severity.WARNING,
        f"{product.path} is made without {what}", "give another font, or another title",
    )  # fmt: skip


def how_to_take_out(path: str, *, is_damaged: bool = False) -> str:
    """Return what to do about what a picture tells."""
    kind = format_of(path)
    if kind is not None and kind.name == "TIFF":
        return "nothing can be taken out of a TIFF: save it as a JPEG, and name that in the page"
    if is_damaged and film_of(path) is not None:
        return "nothing can be taken out of a damaged film: export it again, without its place"
    if is_damaged:
        return "nothing can be taken out of a damaged file: open it and save it again as a JPEG"
    return "mediakit check --fix takes it out"


def location_problem(page: str, line: int, path: str, *, stays: bool) -> Problem:
    """Return the problem of a picture that tells where it was taken; `stays` if no fix helps."""
    message, hint = f"{path} tells where it was taken", how_to_take_out(path, is_damaged=stays)
    return Problem(page, line, "has-location", Severity.ERROR, message, hint)


def not_published(page: str, line: int, path: str, *, stays: bool) -> Problem:
    """Return the problem of a picture that is left out for that."""
    found = location_problem(page, line, path, stays=stays)
    return replace(found, message=f"{found.message}, and is not published")


def location_removed(place: str, count: int, *, of_files: bool = False) -> Problem:
    """Return the note that pictures are published without the place where they were taken.

    `of_files`: it is taken out of the files themselves.
    """
    told = counted(count, "picture tells", "pictures tell")
    if of_files:
        what, hint = "the place is taken out of the files", _BACK
    else:
        what, hint = "the place is not published", _FILES_KEEP
    message = f"{told} where {'it was' if count == 1 else 'they were'} taken: {what}"
    return Problem(place, 0, "location-removed", Severity.NOTE, message, hint)


_BACK = "mediakit gallery undo brings the files back as they were"
_FILES_KEEP = "the files still have it: mediakit check --fix takes it out of them too"


INCOMPLETE = "not all of the site could be read"
"""Why nothing is deleted: what seems to be gone may only be unreadable."""


def held_back(target: str, why: str) -> Problem:
    """Return the problem that nothing is deleted."""
    return Problem(
        target, 0, "deletes-held-back", Severity.WARNING, f"nothing is deleted, since {why}",
        "mend the errors, then run again",
    )  # fmt: skip


def no_content() -> Problem:
    """Return the problem of a site without content files."""
    return Problem(
        ".", 0, "no-content", Severity.WARNING, "no content files were found",
        "is this the folder of the site? give it with --site, or set `content` in mediakit.toml",
    )  # fmt: skip


def no_address(config: Config) -> Problem:
    """Return the problem of a site that is to tell search engines, but has no address."""
    return Problem(
        config.file.name, config.file.lines.get("structured", 0), "no-site-address",
        Severity.WARNING, "search engines are told nothing, since nothing says where the site is",
        "write its address as `url` in [structured], or in the settings of the generator",
    )  # fmt: skip


def odd_movement(manifest: Manifest) -> Problem:
    """Return the problem of a page that says what moves by a mapping."""
    return Problem(
        manifest.path, manifest.movement.line, "bad-shape", Severity.WARNING,
        "`movement` is a mapping, and no steps", "write `movement: true`, or a list of pictures",
    )  # fmt: skip
