"""The rules: each yields problems, and knows nothing of the others."""

from __future__ import annotations

import re
from pathlib import PurePosixPath
from statistics import median
from typing import TYPE_CHECKING

from mediakit.base.actions import Kind, Place, Reason
from mediakit.base.model import Problem, Role, Severity
from mediakit.base.redaction import has_user
from mediakit.edit.naming import slug_of
from mediakit.site.picture_keys import RESOURCES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from mediakit.base.model import ImageRef, Manifest
    from mediakit.checks.facts import Facts

_GALLERIES = frozenset({Role.GALLERY, Role.FEATURE_ROW})
_FEWEST_TEASERS = 4  # below, there are no neighbours to be like


def all_problems(facts: Facts) -> list[Problem]:
    """Return what all rules find, in order."""
    found = {problem for rule in RULES for problem in rule(facts)}
    return sorted(found)


def variants(facts: Facts) -> Iterator[Problem]:
    """Yield variants that are missing, not what their source and preset give, or broken."""
    for action in facts.actions:
        product = facts.products.get(action.path)
        if action.kind is not Kind.MAKE or action.place is not Place.SITE or product is None:
            continue
        match action.reason:
            case Reason.NEW | Reason.OUTPUT_MISSING:
                code, words = "missing-variant", "is not there"
            case Reason.OUTPUT_DAMAGED:
                code, words = "damaged-variant", "is not a whole picture"
            case Reason.WRONG_SIZE:
                code, words = "wrong-variant-size", "has another size than the preset says"
            case Reason.SOURCE_CHANGED:
                code, words = "stale-variant", "is older than its source"
            case Reason.PRESET_CHANGED:
                code, words = "stale-variant", "is older than its preset"
            case _:
                continue
        yield _amiss(product.page, product.line, code, f"{action.path} {words}", _GENERATE)


def strangers(facts: Facts) -> Iterator[Problem]:
    """Yield variants that show another picture than the source that they are named after."""
    for path in sorted(facts.strangers):
        product = facts.products[path]
        yield _amiss(
            product.page, product.line, "wrong-picture",
            f"{path} shows another picture than {product.source}",
            f"mediakit generate --force --only {path}",
        )  # fmt: skip


def unnamed(facts: Facts) -> Iterator[Problem]:
    """Yield pictures that no text of the site mentions."""
    for path in facts.unnamed:
        yield _dubious(
            path, 0, "orphan-picture", "not mentioned anywhere in the site",
            "name it in a page if it is to be shown",
        )  # fmt: skip


def words(facts: Facts) -> Iterator[Problem]:
    """Yield entries of galleries without a text for those who cannot see, or with a file's name."""
    for manifest, image in _images(facts):
        if image.role not in _GALLERIES or image.source is None or image.key == RESOURCES:
            continue  # resources have no such text: where they are shown gives it
        alt = (image.alt or "").strip()
        if not alt:
            yield _dubious(
                manifest.path, image.line, "missing-alt", f"{image.source} has no alt text",
                "say in a few words what it shows",
            )  # fmt: skip
        elif _is_file_name(alt, image.source):
            yield _dubious(
                manifest.path, image.line, "alt-is-name", f"the alt text {alt!r} is a file's name",
                "say in a few words what it shows",
            )  # fmt: skip


def remote(facts: Facts) -> Iterator[Problem]:
    """Yield pictures on other hosts: they may be gone, and have no variants."""
    for manifest, image in _images(facts):
        if image.url is not None and has_user(image.url):
            yield _amiss(
                manifest.path, image.line, "user-in-address",
                f"{image.url} has a user or a password in it, and all visitors can read it",
                "take it out, and change the password",
            )  # fmt: skip
        elif image.url is not None:
            yield _dubious(
                manifest.path, image.line, "remote-picture", f"{image.url} is on another host",
                "take it into the site: mediakit add",
            )  # fmt: skip


def budgets(facts: Facts) -> Iterator[Problem]:
    """Yield sources that are heavier or larger than is of use, and overlays that are too small."""
    limits = facts.limits
    seen = set()
    for manifest, image in _images(facts):
        picture = facts.pictures.get(image.source or "")
        if picture is None:
            continue
        if image.role is Role.OVERLAY and 0 < picture.width < limits.overlay_width:
            yield _dubious(
                manifest.path, image.line, "small-overlay",
                f"{picture.path} is {picture.width} px wide, and shown over the whole page",
                f"use one of at least {limits.overlay_width:,} px",
            )  # fmt: skip
        if picture.path in seen:
            continue
        seen.add(picture.path)
        pixels = picture.width * picture.height
        if picture.bytes > limits.max_bytes or pixels > limits.max_pixels:
            yield _dubious(
                manifest.path, image.line, "heavy-picture",
                f"{picture.path} has {picture.bytes / 1e6:.1f} MB and {pixels / 1e6:.0f} MP",
                "make it smaller: mediakit add brings photos to a size",
            )  # fmt: skip


def teasers(facts: Facts) -> Iterator[Problem]:
    """Yield teasers of another shape than most: in a grid they stand out."""
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
            yield _dubious(
                manifest.path, image.line, "odd-teaser",
                f"{image.source} is {shape:.2f} times as wide as high, most teasers {usual:.2f}",
                "crop it, or take another picture",
            )  # fmt: skip


def repeated(facts: Facts) -> Iterator[Problem]:
    """Yield pictures that one gallery has twice, in one file or in two."""
    for manifest in facts.manifests:
        images = [each for each in manifest.images if each.role in _GALLERIES and each.source]
        seen: dict[tuple[str, str], ImageRef] = {}
        for each in images:
            source = each.source or ""
            first = seen.setdefault((each.key, facts.alike.get(source, source)), each)
            if first.line == each.line:
                continue
            if first.source == source:
                yield _dubious(
                    manifest.path, each.line, "twice-in-gallery",
                    f"{source} is in `{each.key}` twice", "take one of the two out",
                )  # fmt: skip
            else:
                yield _dubious(
                    manifest.path, each.line, "look-alike",
                    f"{source} is {first.source} again", "keep one of the two: mediakit dupes",
                )  # fmt: skip


def links(facts: Facts) -> Iterator[Problem]:
    """Yield files that a text links to and galleries that it shows, but that are not there."""
    for path, page in sorted(facts.pages.items()):
        for file, line in page.files:
            if file in facts.missing_files:
                yield _amiss(path, line, "missing-file", f"{file} is not there", "add it")
        for gallery, line in page.galleries:
            if gallery not in page.keys:
                yield _amiss(
                    path, line, "unknown-gallery", f"there is no `{gallery}` in the front matter",
                    "write the gallery, or correct its id",
                )  # fmt: skip


RULES: tuple[Callable[[Facts], Iterator[Problem]], ...] = (
    variants, strangers, unnamed, words, remote, budgets, teasers, repeated, links,
)  # fmt: skip

_GENERATE = "run mediakit generate"


def _images(facts: Facts) -> Iterator[tuple[Manifest, ImageRef]]:
    return (
        (manifest, image)
        for manifest in facts.manifests
        for image in manifest.images
        if image.role is not Role.VIDEO
    )


def _is_file_name(alt: str, source: str) -> bool:
    pure = PurePosixPath(source)
    plain = re.sub(r"\.\w{3,4}$", "", alt)
    has_sign = plain != alt or "_" in alt or re.search(r"\w-\d", alt) is not None
    return has_sign and slug_of(plain) == slug_of(pure.stem)


def _amiss(path: str, line: int, code: str, message: str, hint: str) -> Problem:
    return Problem(path, line, code, Severity.ERROR, message, hint)


def _dubious(path: str, line: int, code: str, message: str, hint: str) -> Problem:
    return Problem(path, line, code, Severity.WARNING, message, hint)
