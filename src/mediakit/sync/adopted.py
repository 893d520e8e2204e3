"""Products that were there before anybody had a record of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from mediakit.base.artifacts import record_of

if TYPE_CHECKING:
    from mediakit.base.artifacts import MadeRecord, Product
    from mediakit.state.cache import Cache
    from mediakit.sync.observe import ObservedSite


def adopted_record(site: ObservedSite, product: Product, cache: Cache) -> MadeRecord:
    """Return the record of a product that is there and fits; of a clip, how long it lasts too."""
    path, recipe = product.path, site.known.recipes[product.recipe]
    fingerprint = recipe.fingerprint(product.recipe, path)
    record = record_of(product, fingerprint, site.known.found[path])
    if recipe not in site.config.made_by.get("clips", ()):
        return record
    from mediakit.sync.film_length import film_lengths  # noqa: PLC0415 - few sites have clips

    lasts = film_lengths([site.pictures.find(path)], cache)
    return replace(record, milliseconds=lasts.get(path, 0))
