"""The products of a site: what its recipes give for its pages, clashes, and refused names.

A key is the public path of a file at a target.
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from mediakit.base.actions import Failure
from mediakit.base.artifacts import CATALOG_KEY, is_archived
from mediakit.base.formats import is_pdf, is_published
from mediakit.base.model import Problem, Role, Severity
from mediakit.images.preset import Animation

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from mediakit.base.artifacts import MadeRecord, Product, SourcePicture
    from mediakit.base.model import ImageRef, Manifest
    from mediakit.images.preset import Preset
    from mediakit.images.recipes import Recipe

JOURNAL_KEY = "media_puts.json"
_OURS = frozenset({CATALOG_KEY, JOURNAL_KEY, "media_shards"})
"""Our own names at the target, as the first part of a key."""

_RENAME = "rename one of the two pictures"


def products_of(
    recipes: Iterable[Recipe], pages: Sequence[Manifest], pictures: Mapping[str, SourcePicture]
) -> tuple[dict[str, Product], list[Problem]]:
    """Return all products of pages, in their order, by path, and the problems found.

    Where two products that differ have one path, that is a problem, and neither is made. Some disks
    do not tell `a.JPG` from `a.jpg`, as of a photo and of the film that a phone takes with it.
    """
    products: dict[str, Product] = {}
    clashes: dict[str, Problem] = {}
    for each in _asked_for(recipes, pages, pictures):
        first = products.setdefault(each.path, each)
        if each.path in pictures:
            clashes[each.path] = _overwrite(each)
        elif first.recipe != each.recipe or first.inputs != each.inputs:
            clashes[each.path] = _clash(first, each)
    for path in [each for each in products if each[-1:].isupper()]:
        each, other = products[path], products.get(_with_small_ending(path))
        if other is not None and each.source.lower() != other.source.lower():
            clashes[path] = clashes[other.path] = _clash(each, other)
    found = {path: products[path] for path in sorted(products) if path not in clashes}
    return found, list(dict.fromkeys(clashes[path] for path in sorted(clashes)))


def _with_small_ending(path: str) -> str:
    stem, _, ending = path.rpartition(".")
    return f"{stem}.{ending.lower()}"


def users_of(
    recipes: Iterable[Recipe], pages: Sequence[Manifest], pictures: Mapping[str, SourcePicture]
) -> dict[str, frozenset[str]]:
    """Return the pages that need each product, by its path."""
    users: dict[str, set[str]] = {}
    for each in _asked_for(recipes, pages, pictures):
        users.setdefault(each.path, set()).add(each.page)
    return {path: frozenset(found) for path, found in users.items()}


class Asking:
    """Which sizes of pictures a site asks for, beside those that its pages name.

    `exists` says whether there is a file at a site path, `mentions` whether a text of the site
    names a picture with a suffix; that is asked last, and noted in `looked_at_texts`.
    """

    def __init__(
        self,
        manifests: Sequence[Manifest],
        records: Mapping[str, MadeRecord],
        exists: Callable[[str], bool],
        mentions: Callable[[str], bool],
    ) -> None:
        self.looked_at_texts = False
        self._manifests = manifests
        self._records = records
        self._exists = exists
        self._mentions = mentions

    def unused(self, products: Mapping[str, Product], doubted: Iterable[Preset]) -> list[str]:
        """Return the products of presets by whose names the site shows nothing.

        A site that has such files already, or has had them made, goes on. Thumbnails of videos
        are mediakit's own, with all their sizes.
        """
        found = []
        for preset in doubted:
            paths = [path for path, each in products.items() if each.recipe == preset.name]
            if not paths or preset.name in self._named:
                continue
            paths = [path for path in paths if products[path].source not in self._thumbnails]
            if paths and not self._is_in_use(preset, paths):
                found += paths
        return found

    def _is_in_use(self, preset: Preset, paths: Iterable[str]) -> bool:
        if any(each.recipe == preset.name for each in self._records.values()):
            return True
        if any(map(self._exists, paths)):
            return True
        self.looked_at_texts = True
        return self._mentions(preset.suffix)

    def stills(
        self,
        products: Mapping[str, Product],
        pictures: Mapping[str, SourcePicture],
        presets: Iterable[Preset],
    ) -> list[str]:
        """Return the stills of GIFs that no page names: in place of what moves nobody wants one.

        A GIF that has a clip has its poster.
        """
        gifs = {each.path for each in pictures.values() if each.format == "GIF"}
        if not gifs:
            return []
        still = {each.name for each in presets if each.animation is Animation.STILL}
        named = {_stem(image.path) for image in self._images() if image.preset and image.path}
        return [
            path
            for path, each in products.items()
            if each.source in gifs and each.recipe in still and _stem(path) not in named
            if path not in self._records and not self._exists(path)
        ]

    @cached_property
    def _named(self) -> frozenset[str | None]:
        return frozenset(image.preset for image in self._images())

    @cached_property
    def _thumbnails(self) -> frozenset[str | None]:
        return frozenset(image.source for image in self._images() if image.role is Role.VIDEO)

    def _images(self) -> Iterator[ImageRef]:
        return (image for manifest in self._manifests for image in manifest.images)


def _stem(path: str) -> str:
    return path.rpartition(".")[0]


def _asked_for(
    recipes: Iterable[Recipe], pages: Sequence[Manifest], pictures: Mapping[str, SourcePicture]
) -> Iterator[Product]:
    for recipe in recipes:
        yield from recipe.products(pages, pictures)


def _clash(first: Product, other: Product) -> Problem:
    from mediakit.base.cut import CUT  # noqa: PLC0415 - few sites have films

    places = f"{first.page}:{first.line}", f"{other.page}:{other.line}"
    if first.source != other.source:
        message = f"{first.source} ({places[0]}) and {other.source} both want {other.path}"
        hint = _RENAME
    elif any(each.name == CUT for each in (*first.inputs, *other.inputs)):
        message = f"{places[0]} shows another part of {first.source}, and a film has one clip"
        hint = "show the same part in both places, or copy the film under another name"
    elif places[0] == places[1] and first.recipe != other.recipe:
        message = (
            f"two tables of the settings, {first.recipe} and {other.recipe}, make {other.path}"
        )
        hint = "give one of the two another folder, or take it out"
    else:
        message = f"{places[0]} and {places[1]} need two different pictures called {other.path}"
        hint = "use another picture on one of the two pages"
    return Problem(other.page, other.line, "name-collision", Severity.ERROR, message, hint)


def _overwrite(product: Product) -> Problem:
    message = f"{product.path} is a picture of the site, and what is made of {product.source} too"
    return Problem(product.page, product.line, "name-collision", Severity.ERROR, message, _RENAME)


def refused_keys(
    paths: Iterable[str], key_of: Callable[[str], str], sheets: tuple[Recipe, ...] = ()
) -> dict[str, Failure]:
    """Return why some files are not to be put, by site path; `sheets` make PDFs.

    A target may be the folder of a web server, or somebody's home: there a name is an order.
    Only names of pictures are put, so that a page, a script, or a file that a program obeys
    never comes of what a page names.
    """
    own = {path for path in paths if is_pdf(path) and any(each.owns(path) for each in sheets)}
    found = ((path, _wrong(path, key_of(path), is_sheet=path in own)) for path in paths)
    return {path: wrong for path, wrong in found if wrong is not None}


def _wrong(path: str, key: str, *, is_sheet: bool) -> Failure | None:
    first = key.partition("/")[0]
    if first.casefold() in _OURS:
        what = f"{path} has the name of a file that mediakit keeps at the target: {first}"
        return Failure("name-collision", what, "give the picture another name")
    if is_archived(key):
        what = f"{path} has the name of a file of the archive of videos at the target"
        return Failure("name-collision", what, "give the picture another name")
    if "/." in f"/{key}":
        hidden = next(part for part in key.split("/") if part.startswith("."))
        what = f"{path} is not made or published: the name {hidden} begins with a dot"
        hint = "move the picture to a folder of pictures, such as /assets/images/"
        return Failure("refused-name", what, hint)
    if not is_published(key) and not is_sheet:
        what = f"{path} is not made or published: its name does not end as a picture's does"
        return Failure(
            "refused-name", what, "give it the ending of its format, such as .jpg or .png"
        )
    return None


def refusals(
    refused: Mapping[str, Failure], places: Mapping[str, tuple[str, int]]
) -> list[Problem]:
    """Return a problem for each refused file, at the page and line that first ask for it."""
    problems = []
    for path, why in refused.items():
        page, line = places.get(path, (path, 0))
        problems.append(Problem(page, line, why.code, Severity.ERROR, why.message, why.hint))
    return problems


def key_clashes(
    paths: Iterable[str], key_of: Callable[[str], str], places: Mapping[str, tuple[str, int]]
) -> list[Problem]:
    """Return a problem for each file whose key another one has, the first by its path."""
    first: dict[str, str] = {}
    problems = []
    for path in sorted(set(paths)):
        owner = first.setdefault(key_of(path), path)
        if owner != path:
            page, line = places.get(path, (path, 0))
            message = f"{owner} and {path} both are {key_of(path)} on the published site"
            told = Problem(page, line, "name-collision", Severity.ERROR, message, _RENAME)
            problems.append(told)
    return problems
