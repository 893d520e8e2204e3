"""The rules of `check`: a function a code, which yields problems and knows no other rule.

To add one: a function here, its name in `RULES`, and a row in `base/codes.toml`.
"""

from __future__ import annotations

from statistics import median
from typing import TYPE_CHECKING

from mediakit.base.actions import Kind, Place, Reason
from mediakit.base.languages import has_language
from mediakit.base.model import Problem, Role, Severity
from mediakit.base.redaction import has_user
from mediakit.checks.clips import dead_clip, film_part, heavy_animation, heavy_clip, shown_film
from mediakit.checks.files import active_svg, picture_slip, private_data
from mediakit.site.alts import alt_faults, shown_in_galleries

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from mediakit.base.model import ImageRef, Manifest
    from mediakit.checks.facts import Facts

_FEWEST_TEASERS = 4  # with fewer there is no usual shape
_GENERATE = "run mediakit generate"
_DESCRIBE = "say in a few words what the picture shows: mediakit alt"
_ALTS = {
    "repeated-alt": (Severity.WARNING, "say of each picture what it shows: mediakit alt"),
    "alt-is-title": (Severity.NOTE, "say what the picture shows of it"),
}
_SHAPES = ((1, 1), (5, 4), (4, 3), (3, 2), (16, 9), (2, 1), (21, 9), (3, 1))


def all_problems(facts: Facts) -> list[Problem]:
    """Return the problems of all rules, in order."""
    return sorted({problem for rule in RULES for problem in rule(facts)})


def variants(facts: Facts) -> Iterator[Problem]:
    """Yield missing-, damaged-, stale-variant and wrong-variant-size."""
    for action in facts.plan.actions:
        product = facts.products.get(action.path)
        if action.kind is not Kind.MAKE or action.place is not Place.SITE or product is None:
            continue
        match action.reason:
            case Reason.NEW | Reason.OUTPUT_MISSING:
                code, words = "missing-variant", "is missing"
            case Reason.OUTPUT_DAMAGED:
                code, words = "damaged-variant", "is damaged"
            case Reason.WRONG_SIZE:
                code, words = "wrong-variant-size", "has another size than its preset says"
            case Reason.SOURCE_CHANGED:
                code, words = "stale-variant", "is out of date: its source changed"
            case Reason.PRESET_CHANGED:
                code, words = "stale-variant", "is out of date: its preset changed"
            case _:
                continue
        yield _error(product.page, product.line, code, f"{action.path} {words}", _GENERATE)


def wrong_picture(facts: Facts) -> Iterator[Problem]:
    """Yield variants that show another picture than the source that they are named after."""
    for path in sorted(facts.wrong):
        product = facts.products[path]
        yield _error(
            product.page, product.line, "wrong-picture",
            f"{path} shows a different picture than {product.source}",
            f"run mediakit generate --force --only {path}",
        )  # fmt: skip


def orphan_picture(facts: Facts) -> Iterator[Problem]:
    """Yield pictures that no text of the site mentions."""
    for path in facts.unused:
        yield _warning(
            path, 0, "orphan-picture", "not mentioned anywhere in the site",
            "name it in a page to show it: mediakit gallery fill",
        )  # fmt: skip


def alt_texts(facts: Facts) -> Iterator[Problem]:
    """Yield missing-alt, alt-is-name, alt-is-title, and one repeated-alt for a gallery."""
    for manifest in facts.manifests:
        told = set()
        for image, code, why in alt_faults(manifest, lambda path: facts.keeper.get(path, path)):
            if (code, image.key) in told:
                continue
            if code == "repeated-alt":
                told.add((code, image.key))
            severity, advice = _ALTS.get(code, (Severity.WARNING, _DESCRIBE))
            yield Problem(manifest.path, image.line, code, severity, why, advice)


def remote_picture(facts: Facts) -> Iterator[Problem]:
    """Yield pictures on other hosts, also those with a user in the address (user-in-address)."""
    for manifest, image in _images(facts):
        if image.url is not None and has_user(image.url):
            yield _error(
                manifest.path, image.line, "user-in-address",
                f"{image.url} contains a user name or password, and every visitor can read it",
                "remove it from the address, and change the password",
            )  # fmt: skip
        elif image.url is not None:
            yield _warning(
                manifest.path, image.line, "remote-picture", f"{image.url} is on another host",
                "bring it into the site with mediakit localize",
            )  # fmt: skip


def unpublished_picture(facts: Facts) -> Iterator[Problem]:
    """Yield pictures that pages name and that the generator leaves out for their names."""
    for manifest, image in _images(facts):
        path = image.path
        if path is not None and path in facts.unpublished:
            name = facts.unpublished[path]
            yield _warning(
                manifest.path, image.line, "unpublished-picture",
                f"{path} is not on the built site: the generator leaves out what is called {name}",
                "rename it, or add it to `include` in the generator's settings",
            )  # fmt: skip


def small_overlay(facts: Facts) -> Iterator[Problem]:
    """Yield overlays that are too narrow for the whole width of a page."""
    least = facts.limits.overlay_width
    for manifest, image in _images(facts):
        picture = facts.pictures.get(image.source or "")
        if image.role is Role.OVERLAY and picture is not None and 0 < picture.width < least:
            yield _warning(
                manifest.path, image.line, "small-overlay",
                f"{picture.path} is only {picture.width:,} px wide, and fills the whole page",
                f"use a picture of at least {least:,} px",
            )  # fmt: skip


def heavy_picture(facts: Facts) -> Iterator[Problem]:
    """Yield sources with more bytes or pixels than the site allows."""
    limits = facts.limits
    seen = set()
    for manifest, image in _images(facts):
        picture = facts.pictures.get(image.source or "")
        if picture is None or picture.path in seen:
            continue
        seen.add(picture.path)
        pixels = picture.width * picture.height
        if picture.bytes > limits.max_bytes or pixels > limits.max_pixels:
            yield _warning(
                manifest.path, image.line, "heavy-picture",
                f"{picture.path} is large: {picture.bytes / 1e6:.1f} MB, "
                f"{pixels / 1e6:.0f} megapixels",
                "make it smaller: mediakit slim --max-width 2400",
            )  # fmt: skip


def odd_teaser(facts: Facts) -> Iterator[Problem]:
    """Yield teasers of another shape than most: they stand out in a grid."""
    shapes = [
        (manifest, image, picture.width / picture.height)
        for manifest, image in _images(facts)
        if image.role is Role.TEASER
        if (picture := facts.pictures.get(image.source or "")) is not None and picture.height
    ]
    if len(shapes) < _FEWEST_TEASERS:
        return
    usual = median(shape for _, _, shape in shapes)
    for manifest, image, shape in shapes:
        if abs(shape / usual - 1) > facts.limits.teaser_shape:
            words, most = shape_name(shape), shape_name(usual)
            if words.split()[0] == most.split()[0]:
                words = f"{'wider' if shape > usual else 'taller'}: {words}"
            yield _warning(
                manifest.path, image.line, "odd-teaser",
                f"{image.source} is {words}; most teasers are {most}",
                "crop it, or use another picture",
            )  # fmt: skip


def twice_in_gallery(facts: Facts) -> Iterator[Problem]:
    """Yield pictures that a gallery has twice: in one file, or in two (look-alike)."""
    for manifest in facts.manifests:
        seen: dict[tuple[str, str], ImageRef] = {}
        for each in shown_in_galleries(manifest):
            if not each.source:
                continue
            first = seen.setdefault((each.key, facts.keeper.get(each.source, each.source)), each)
            if first.line == each.line:
                continue
            if first.source == each.source:
                yield _warning(
                    manifest.path, each.line, "twice-in-gallery",
                    f"{each.source} is in `{each.key}` twice", "remove one of the two entries",
                )  # fmt: skip
            else:
                yield _warning(
                    manifest.path, each.line, "look-alike",
                    f"{each.source} shows the same picture as {first.source}",
                    "keep one of the two: mediakit dupes",
                )  # fmt: skip


def missing_file(facts: Facts) -> Iterator[Problem]:
    """Yield files that a text links to and that do not exist."""
    for manifest in facts.manifests:
        for paths, line in manifest.text.files:
            if paths in facts.missing_files:
                message, hint = f"{paths[0]} is missing", "add the file, or correct the link"
                yield _error(manifest.path, line, "missing-file", message, hint)


def unknown_gallery(facts: Facts) -> Iterator[Problem]:
    """Yield galleries that a text includes and that the front matter does not have."""
    for manifest in facts.manifests:
        for gallery, line in manifest.text.galleries:
            yield _error(
                manifest.path, line, "unknown-gallery",
                f"the front matter has no gallery `{gallery}`",
                "add the gallery, or correct the id of the include",
            )  # fmt: skip


def no_captions(facts: Facts) -> Iterator[Problem]:
    """Yield videos that have no captions in the language of their page, as far as that is known."""
    for manifest in facts.manifests:
        for video in manifest.videos if manifest.language else ():
            record = facts.videos.get(f"{video.provider}/{video.id}")
            if record is None or record.captions is None:
                continue
            found = (*record.captions, *(record.automatic_captions or ()))
            if not has_language(found, manifest.language):
                there = f"captions in {', '.join(dict.fromkeys(found))}" if found else "no captions"
                yield Problem(
                    manifest.path, video.line, "no-captions", Severity.NOTE,
                    f"{video.provider} {video.id} has {there}; the page is in {manifest.language}",
                    "say in the text what the video says, or take a video with captions",
                )  # fmt: skip


RULES: tuple[Callable[[Facts], Iterator[Problem]], ...] = (
    variants, wrong_picture, orphan_picture, alt_texts, remote_picture,
    unpublished_picture, small_overlay, heavy_picture, odd_teaser, twice_in_gallery, missing_file,
    unknown_gallery, no_captions, active_svg, picture_slip, private_data, heavy_animation,
    heavy_clip, shown_film, dead_clip, film_part,
)  # fmt: skip


def shape_name(shape: float) -> str:
    """Return the shape of a picture in words: `landscape (3:2)`, `portrait (2:3)`, `square`."""
    if abs(shape - 1) < 0.02:
        return "square"
    long = max(shape, 1 / shape)
    width, height = min(_SHAPES, key=lambda each: abs(each[0] / each[1] / long - 1))
    is_usual = abs(width / height / long - 1) <= 0.02
    ratio = (str(width), str(height)) if is_usual else (f"{long:.2f}", "1")
    return f"landscape ({':'.join(ratio)})" if shape > 1 else f"portrait ({':'.join(ratio[::-1])})"


def _images(facts: Facts) -> Iterator[tuple[Manifest, ImageRef]]:
    return (
        (manifest, image)
        for manifest in facts.manifests
        for image in manifest.images
        if image.role is not Role.VIDEO
    )


def _error(path: str, line: int, code: str, message: str, hint: str) -> Problem:
    return Problem(path, line, code, Severity.ERROR, message, hint)


def _warning(path: str, line: int, code: str, message: str, hint: str) -> Problem:
    return Problem(path, line, code, Severity.WARNING, message, hint)
