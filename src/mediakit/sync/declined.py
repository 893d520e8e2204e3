"""Products that came to nothing: what they are made of gives none, which is no error.

A recipe says so by a failure that is a warning or a note. It is told once, and not tried again
until the inputs or the settings change.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from mediakit.base.artifacts import digest_of
from mediakit.base.model import Problem

if TYPE_CHECKING:
    from collections.abc import Mapping
    from collections.abc import Set as AbstractSet

    from mediakit.base.actions import Failure
    from mediakit.base.artifacts import Product
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
