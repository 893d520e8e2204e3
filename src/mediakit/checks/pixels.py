"""Find variants that show another picture than their source, by comparing pixels.

Variants that mediakit did not make are compared with the source. Those that the catalog has as
current are made once more: the catalog is committed, so it may claim anything. Bytes cannot be
compared, since another machine's encoder gives other ones.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from mediakit.base.actions import Reason
from mediakit.base.artifacts import source_of
from mediakit.base.errors import TargetError
from mediakit.base.files import Absent, read_observed, sha256_bytes
from mediakit.images.look import GREY_SIDE, chroma_pixels, grey_pixels
from mediakit.images.opening import UnreadableError, is_svg
from mediakit.images.render import Rendered
from mediakit.matching.compare import compare, have_one_shape
from mediakit.sync.worker import SourceChangedError, made_of, read_inputs

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from concurrent.futures import Executor, Future

    from numpy.typing import NDArray

    from mediakit.base.actions import Plan
    from mediakit.base.artifacts import Input, Product
    from mediakit.base.files import DiskFile
    from mediakit.executors.workers import LostWorkerError
    from mediakit.images.recipes import Recipe
    from mediakit.storage.protocol import ObjectFile, Staging
    from mediakit.sync.observe import ObservedSite
    from mediakit.sync.session import Session
    from mediakit.sync.worker import Inputs

_BLOCK = 8
_MOST = 24.0
"""Levels of 255 by which a block may differ: encoders came to 10, the next pose to 64 and more."""


@dataclass(frozen=True, slots=True)
class _Comparison:
    """Products of the same inputs, their files, and their recipes."""

    store: Staging
    inputs: Inputs
    products: tuple[Product, ...]
    found: tuple[DiskFile | ObjectFile, ...]
    recipes: Mapping[str, Recipe]
    widest: int


def unlike_sources(site: ObservedSite, plan: Plan) -> frozenset[str]:
    """Return the variants that mediakit did not make and that do not show their source."""
    found = set()
    remade = {action.path for action in plan.todo}
    for path, product in site.known.products.items():
        if path in site.known.records or path not in site.known.found or path in remade:
            continue
        source = site.files.get(product.source) if product.is_of_one_picture else None
        if source is None or site.known.inputs[product.source].width == 0:
            continue
        try:
            one, other = (
                grey_pixels(data, GREY_SIDE)
                for data in (read_observed(source), site.tree.read(path))
            )
        except (OSError, UnreadableError):
            continue
        # one of another shape may be a crop
        if have_one_shape(one, other) and not compare(one, other).is_same:
            found.add(path)
    return frozenset(found)


def unlike_records(site: ObservedSite, session: Session, plan: Plan) -> frozenset[str]:
    """Return the variants that the catalog has as current and that do not show their source."""
    workers = session.local

    def start(executor: Executor, order: _Comparison) -> Future[tuple[str, ...]]:
        return executor.submit(_unlike, order)

    found = workers.run(list(_comparisons(site, plan)), start, _lost)
    return frozenset(path for _, paths in found for path in paths)


def _comparisons(site: ObservedSite, plan: Plan) -> Iterator[_Comparison]:
    by_inputs: dict[tuple[Input, ...], list[tuple[Product, DiskFile | ObjectFile]]] = {}
    for action in plan.actions:
        if action.reason is Reason.UP_TO_DATE and action.product is not None:
            file = site.pictures.find(action.path)
            if not isinstance(file, Absent):
                by_inputs.setdefault(action.product.inputs, []).append((action.product, file))
    widest = site.known.widest(map(source_of, by_inputs))
    for inputs, made in by_inputs.items():
        products, files = zip(*made, strict=True)
        yield _Comparison(
            site.store, site.files_of(inputs), products, files,
            {each.recipe: site.known.recipes[each.recipe] for each in products},
            widest[source_of(inputs)],
        )  # fmt: skip


def _unlike(order: _Comparison) -> tuple[str, ...]:
    """Return the products that differ from what the inputs give; runs on a worker, never raises."""
    try:
        anew = made_of(
            order.recipes, read_inputs(order.store, order.inputs, order.widest), order.products
        )
        found = [order.store.read(file) for file in order.found]
    except (OSError, TargetError, SourceChangedError):
        return ()  # the problems of the site say why
    return tuple(
        product.path
        for product, made, there in zip(order.products, anew, found, strict=True)
        if isinstance(made, Rendered) and there is not None
        if not _shows(product.path, there, made)
    )


def _shows(path: str, data: bytes, made: Rendered) -> bool:
    if sha256_bytes(data) == made.sha256:
        return True
    if is_svg(path, made.data):
        return False  # a copy
    try:
        luma = [grey_pixels(each, GREY_SIDE).astype(np.float32) for each in (made.data, data)]
        chroma = [chroma_pixels(each) for each in (made.data, data)]
    except UnreadableError:
        return False
    if luma[0].shape != luma[1].shape:
        return False
    colours = np.abs(chroma[0] - chroma[1]).max(axis=2)
    return _worst(np.abs(luma[0] - luma[1])) <= _MOST and _worst(colours) <= _MOST


def _worst(difference: NDArray[np.float32]) -> float:
    """Return the mean of the block of pixels that differs most."""
    height, width = (max(1, side // _BLOCK) for side in difference.shape)
    rows = np.array_split(difference, height)
    return max(float(block.mean()) for row in rows for block in np.array_split(row, width, axis=1))


def _lost(_order: _Comparison, _error: LostWorkerError) -> tuple[str, ...]:
    return ()
