"""What a worker does with some inputs: read them, make their products, and stage these.

Only names, digests and failures go back and forth: pixels stay between worker and store.
"""

from __future__ import annotations

import contextlib
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from msgspec.structs import replace

from mediakit.base.actions import Failure
from mediakit.base.artifacts import Artifact, Look, MadeRecord, record_of
from mediakit.base.errors import TargetError
from mediakit.base.files import DiskFile, read_observed, sha256_bytes
from mediakit.base.model import Problem, Severity
from mediakit.base.regular_file import open_regular
from mediakit.base.writer import hint_of
from mediakit.images.bare import without_metadata
from mediakit.images.exif import is_plain_jpeg
from mediakit.images.frames import slips_in
from mediakit.images.opening import UnreadableError
from mediakit.images.private import HEAD, Told, told_by
from mediakit.images.render import PictureSource, Rendered, describe, unreadable, unwritable
from mediakit.report.text import counted
from mediakit.state.documents import TypedReader
from mediakit.storage.protocol import ObjectFile

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from mediakit.base.artifacts import Product
    from mediakit.executors.workers import Workers
    from mediakit.images.look import Limits
    from mediakit.images.recipes import Recipe
    from mediakit.state.cache import Cache
    from mediakit.storage.protocol import Staging


class Staged(NamedTuple):
    """A product that a worker has written, and where it waits; or its ETag if it is there."""

    record: MadeRecord
    place: str


Result = Staged | Look | Failure

Inputs = tuple[DiskFile | ObjectFile | str, ...]
"""What products are made of: the files of pictures, and texts."""

_NO_MEMORY = Failure(
    "out-of-memory", "there is not enough memory for it",
    "ask for fewer at a time with --jobs, or make the picture smaller",
)  # fmt: skip

_END_OF_JPEG = b"\xff\xd9"
"""What most photos end with, so that nothing more is to be looked for."""

_NAMED = 5
"""Workers that a warning names; a cluster may have hundreds, and the same is wrong with all."""


@dataclass(frozen=True, slots=True)
class Order:
    """Products that are all made of the same inputs: `files` of pictures, and texts.

    `recipes` are by the name that products have. `widest` is the width in pixels at which the site
    needs the first picture. `describe` asks for the look of the first picture
    too, with the copy that pictures are compared by, some kilobytes, if `keep_grey`.
    """

    store: Staging
    inputs: Inputs
    products: tuple[Product, ...]
    recipes: Mapping[str, Recipe]
    widest: int
    describe: Limits | None
    keep_grey: bool


@dataclass(frozen=True, slots=True)
class Delivery:
    """What came of an order, its products in order and the look last, in `seconds` of work.

    `slips` says what is wrong with a picture that they were made of all the same, `lacks` what a
    product lacks that was made all the same, by its path.
    """

    results: tuple[Result, ...]
    seconds: float = 0.0
    slips: tuple[str, ...] = ()
    lacks: tuple[tuple[str, str], ...] = ()


def carry_out(order: Order) -> Delivery:
    """Make products; never raises, since it runs on a worker."""
    count = len(order.products) + (order.describe is not None)
    try:
        inputs = read_inputs(order.store, order.inputs, order.widest)
        start = time.perf_counter()
        made = made_of(order.recipes, inputs, order.products)
        results: list[Result] = [
            _staged(order, product, each) if isinstance(each, Rendered) else each
            for product, each in zip(order.products, made, strict=True)
        ]
        if order.describe is not None:
            results.append(_look(order, inputs))
        slips: tuple[str, ...] = ()
        if not all(isinstance(each, Failure) for each in results):
            pictures = (each.data for each in inputs if isinstance(each, PictureSource))
            odd = (data for data in pictures if not data.endswith(_END_OF_JPEG))
            slips = tuple(slip for data in odd for slip in slips_in(data))
        lacks = tuple(
            (product.path, lack)
            for product, each in zip(order.products, made, strict=True)
            if isinstance(each, Rendered)
            for lack in each.lacks
        )
        return Delivery(tuple(results), time.perf_counter() - start, slips, lacks)
    except SourceChangedError:
        failure = Failure("changed-meanwhile", "changed while mediakit ran", "run again")
    except (OSError, TargetError) as error:
        failure = _unreadable(error)
    except MemoryError:
        failure = _NO_MEMORY
    return Delivery((failure,) * count)


class SourceChangedError(Exception):
    """An input is another one than when the site was observed."""


def read_inputs(store: Staging, inputs: Inputs, widest: int) -> list[PictureSource | str]:
    """Read the pictures among some inputs, to be cut up to `widest` pixels.

    Raises:
        ChangedError, OSError, TargetError: one cannot be had.
    """
    return [each if isinstance(each, str) else _read(store, each, widest) for each in inputs]


def _read(store: Staging, file: DiskFile | ObjectFile, widest: int) -> PictureSource:
    data = store.read(file)
    if data is None:
        raise SourceChangedError
    return PictureSource(data, widest)


def made_of(
    recipes: Mapping[str, Recipe],
    inputs: Sequence[PictureSource | str],
    products: Sequence[Product],
) -> list[Rendered | Failure]:
    """Return what comes of products, in their order; a recipe makes all of its own at once."""
    found: dict[str, Rendered | Failure] = {}
    for recipe in {id(each): each for each in recipes.values()}.values():
        own = [each for each in products if recipes[each.recipe] is recipe]
        made = _by_recipe(recipe, inputs, own)
        found.update(zip((each.path for each in own), made, strict=True))
    return [found[product.path] for product in products]


def _by_recipe(
    recipe: Recipe, inputs: Sequence[PictureSource | str], products: Sequence[Product]
) -> Sequence[Rendered | Failure]:
    """Return what a recipe makes; what it raises is a failure of all of it."""
    try:
        return list(recipe.make(inputs, products))
    except MemoryError:
        raise
    except UnreadableError as error:
        failure = unreadable(error)
    except Exception as error:  # noqa: BLE001 - a recipe's failure is not the run's
        failure = unwritable(error)
    return [failure] * len(products)


def _look(order: Order, inputs: Sequence[PictureSource | str]) -> Look | Failure:
    source = next(each for each in inputs if isinstance(each, PictureSource))
    assert order.describe is not None  # noqa: S101 - who calls has looked
    look = describe(source, order.describe)
    if isinstance(look, Look) and not order.keep_grey:
        return replace(look, grey=b"")
    return look


def require_access(workers: Workers, store: Staging) -> None:
    """Give work only to machines that can read and write the store; UsageError if none can."""
    if workers.vetting is not None:
        workers.vetting.require(
            store.probe, store.mark(),
            hint="share the folder with all machines at the same path, or put the pictures into "
            "a bucket (--source s3://BUCKET/PREFIX), whose keys each machine has in its own "
            "environment",
        )  # fmt: skip


def refused_workers(workers: Workers) -> list[Problem]:
    """Return one warning that names the machines of a cluster that got no work, if there are."""
    refused = workers.vetting.refused if workers.vetting is not None else {}
    if workers.vetting is None or not refused:
        return []
    told = [f"{worker} {each.reason}" for worker, each in sorted(refused.items())]
    more = f"; and {len(told) - _NAMED} more" if len(told) > _NAMED else ""
    count = counted(len(told), "worker was", "workers were")
    message = f"{count} given nothing to do: {'; '.join(told[:_NAMED])}{more}"
    hint = "; ".join(dict.fromkeys(refused[worker].hint for worker in sorted(refused)))
    where = workers.vetting.address
    return [Problem(where, 0, "worker-refused", Severity.WARNING, message, hint)]


def _staged(order: Order, product: Product, made: Rendered) -> Staged | Failure:
    artifact = Artifact(product.path, made.sha256, len(made.data), made.width, made.height)
    fingerprint = order.recipes[product.recipe].fingerprint(product.recipe, product.path)
    record = record_of(product, fingerprint, artifact)
    if made.milliseconds:
        record = replace(record, milliseconds=made.milliseconds)
    try:
        place = order.store.stage(record, made.data)
    except (OSError, TargetError) as error:
        return cannot_write(error)
    return place if isinstance(place, Failure) else Staged(record, place)


def cannot_write(error: OSError | TargetError) -> Failure:
    """Return what an error in writing a variant means for it."""
    hint = hint_of(error) if isinstance(error, OSError) else error.hint
    return Failure("cannot-write-file", _reason(error), hint)


def _unreadable(error: OSError | TargetError) -> Failure:
    return Failure("unreadable-picture", f"cannot be read: {_reason(error)}")


def _reason(error: OSError | TargetError) -> str:
    return str(error.strerror) if isinstance(error, OSError) else error.message


_TOLD = TypedReader(Told)
_TELLER = "told 3"
"""Raised by hand when the same picture is found to tell something else."""


def private_in_files(
    files: Iterable[DiskFile], cache: Cache, *, digests: bool = False
) -> dict[str, Told]:
    """Return what pictures tell beside their pixels, by site path; those without are left out.

    Of a JPEG only the beginning is read. With `digests`, what has a place gets the digest that it
    would have without. Files in the order of their paths are quickest.
    """
    known = cache.parsed("mention", _TELLER, _TOLD, "told")
    found = {}
    for file in files:
        told = known.get(file)
        if told is None or (digests and told.place and not told.sha256):
            with contextlib.suppress(OSError):  # others say that it cannot be read
                told = private_in_file(file, digests=digests)
                known.put(file, told)
        if told is not None and told != Told():
            found[file.path] = told
    known.flush()
    return found


def private_in_file(file: DiskFile, *, digests: bool) -> Told:
    """Return what one picture tells; raises OSError."""
    with open_regular(file.disk_path, file.root) as stream:
        head, tail = stream.read(HEAD), b""
        if len(head) == HEAD:
            stream.seek(-2, 2)
            tail = stream.read()
    told = Told() if is_plain_jpeg(head, tail) else told_by(head, tail)
    told = told or told_by(read_observed(file)) or Told()
    if not digests or not told.place:
        return told
    bare = without_metadata(read_observed(file))
    return replace(told, sha256=sha256_bytes(bare), bytes=len(bare)) if bare else told
