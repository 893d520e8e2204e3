"""What a worker does with one source: read it from the store, render, and stage the variants there.

Only names, digests and failures go back and forth: pixels stay between worker and store.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from mediakit.base.actions import Failure
from mediakit.base.artifacts import Look
from mediakit.base.errors import TargetError
from mediakit.base.model import Problem, Severity
from mediakit.base.writer import hint_of
from mediakit.images.render import Rendered, render
from mediakit.report.text import counted
from mediakit.storage.protocol import MadeOf, Staged

if TYPE_CHECKING:
    from mediakit.base.files import DiskFile
    from mediakit.executors import Workers
    from mediakit.images.look import Limits
    from mediakit.images.render import Output
    from mediakit.storage.protocol import ObjectFile, Staging

Result = Staged | Look | Failure

_NO_MEMORY = Failure(
    "out-of-memory", "there is not enough memory for it",
    "ask for fewer at a time with --jobs, or make the picture smaller",
)  # fmt: skip

_NAMED = 5
"""Workers that a warning names; a cluster may have hundreds, and the same is wrong with all."""


@dataclass(frozen=True, slots=True)
class Order:
    """What is wanted of one source, whose SHA-256 is `sha256`; `describe` asks for its look too.

    `keep_grey`: the look is to have the copy that pictures are compared by, some kilobytes.
    """

    store: Staging
    file: DiskFile | ObjectFile
    sha256: str
    outputs: tuple[Output, ...]
    describe: Limits | None
    keep_grey: bool


@dataclass(frozen=True, slots=True)
class Delivery:
    """What came of an order, its outputs in order and the look last, in `seconds` of work."""

    results: tuple[Result, ...]
    seconds: float = 0.0


def carry_out(order: Order) -> Delivery:
    """Make the variants of a source; never raises, since it runs on a worker."""
    count = len(order.outputs) + (order.describe is not None)
    try:
        data = order.store.read(order.file)
        if data is not None:
            return _rendered(order, data)
        failure = Failure("changed-meanwhile", "changed while mediakit ran", "run again")
    except (OSError, TargetError) as error:
        failure = _unreadable(error)
    except MemoryError:
        failure = _NO_MEMORY
    return Delivery((failure,) * count)


def _rendered(order: Order, data: bytes) -> Delivery:
    start = time.perf_counter()
    results: list[Result] = []
    presets = dict(order.outputs)
    for made in render(data, order.outputs, order.describe):
        if isinstance(made, Rendered):
            fingerprint = presets[made.path].fingerprint(made.path)
            results.append(_staged(order.store, made, MadeOf(order.sha256, fingerprint)))
        elif isinstance(made, Look) and not order.keep_grey:
            results.append(replace(made, grey=b""))
        else:
            results.append(made)
    return Delivery(tuple(results), time.perf_counter() - start)


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


def _staged(store: Staging, made: Rendered, made_of: MadeOf) -> Staged | Failure:
    try:
        place = store.stage(made.path, made.data, made_of)
    except (OSError, TargetError) as error:
        return cannot_write(error)
    if isinstance(place, Failure):
        return place
    return Staged(made.path, made.sha256, len(made.data), made.width, made.height, place)


def cannot_write(error: OSError | TargetError) -> Failure:
    """Return what an error in writing a variant means for it."""
    hint = hint_of(error) if isinstance(error, OSError) else error.hint
    return Failure("cannot-write-file", _reason(error), hint)


def _unreadable(error: OSError | TargetError) -> Failure:
    return Failure("unreadable-picture", f"cannot be read: {_reason(error)}")


def _reason(error: OSError | TargetError) -> str:
    return str(error.strerror) if isinstance(error, OSError) else error.message
