"""Products that came to nothing: what they are made of gives none, which is no error.

A recipe says so by a failure that is a warning or a note. It is told once, without a message not at
all, and not tried again until the inputs or the settings change.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from mediakit.base.artifacts import digest_of
from mediakit.base.model import Problem, Severity
from mediakit.sync.picture_problems import no_clip

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from collections.abc import Set as AbstractSet

    from mediakit.base.actions import Failure
    from mediakit.base.artifacts import Product
    from mediakit.base.model import Manifest
    from mediakit.images.recipes import Recipe


def declined_paths(
    noted: AbstractSet[str], products: Mapping[str, Product], recipes: Mapping[str, Recipe]
) -> list[str]:
    """Return the products that came to nothing before; `noted` are the digests of all such."""
    if not noted:
        return []
    return [path for path, each in products.items() if declined_digest(each, recipes) in noted]


def declined_digest(product: Product, recipes: Mapping[str, Recipe]) -> str:
    """Return the digest of all that a product follows from, with its path."""
    fingerprint = recipes[product.recipe].fingerprint(product.recipe, product.path)
    whole = "\0".join((product.path, product.recipe, fingerprint, digest_of(product.inputs)))
    return hashlib.sha256(whole.encode("utf-8", "surrogatepass")).hexdigest()


def declined_problem(product: Product, why: Failure) -> Problem:
    """Say why there is no such file; the same for all its formats."""
    message = f"{product.path.rpartition('.')[0]} is not made: {why.message}"
    return Problem(product.page, product.line, why.code, why.severity, message, why.hint)


def unmade(
    manifests: Iterable[Manifest],
    products: Mapping[str, Product],
    clips: Iterable[Recipe],
    exists: Callable[[str], bool],
) -> list[Problem]:
    """Return a problem for each file of a recipe that a page names, and that no page gets.

    A clip that `exists` all the same is one that somebody made by hand.
    """
    kinds = {name for each in clips for name in each.names}
    return [
        no_clip(manifest.path, image.line, image.path)
        if image.preset in kinds
        else Problem(
            manifest.path, image.line, "missing-picture", Severity.ERROR,
            f"{image.path} is made for no page, or no longer",
            "take it out, or run mediakit gallery fill --cards",
        )
        for manifest in manifests
        for image in manifest.images
        if image.preset and image.path and image.source is None and image.path not in products
        if image.preset not in kinds or not exists(image.path)
    ]  # fmt: skip
