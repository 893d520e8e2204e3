"""Verify: compare a target with its own catalog, and read back as many objects as asked for."""

from __future__ import annotations

import random
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from mediakit.base.actions import Action, Kind, Outcome, Place, Reason, Result, Status
from mediakit.base.artifacts import CATALOG_KEY, is_archived
from mediakit.base.errors import TargetError
from mediakit.base.files import sha256_bytes
from mediakit.base.model import Problem, Severity
from mediakit.executors.workers import open_executor, run_bounded
from mediakit.storage.open import open_storage
from mediakit.sync.products import JOURNAL_KEY
from mediakit.sync.session import Access, open_session
from mediakit.sync.target import observe_target

if TYPE_CHECKING:
    from concurrent.futures import Executor, Future

    from mediakit.base.artifacts import Artifact
    from mediakit.config.config import Config
    from mediakit.storage.protocol import Storage
    from mediakit.sync.target import TargetState


_LARGE = 32 * 1024 * 1024
"""Bytes of an object above which it is read back alone."""


@dataclass(frozen=True, slots=True)
class Verified:
    """How many objects were checked and read back, and how many are not in the catalog."""

    result: Result
    checked: int
    read: int
    foreign: int


def verify(config: Config, sample: int | None = 0, seed: int | None = None) -> Verified:
    """Compare the target's listing with its catalog, and read back `sample` objects (None: all).

    An object that differs is an error, and an outcome: a sync would put it.

    Raises:
        TargetError: the target cannot be read, or has no catalog.
    """
    start = time.perf_counter()
    with open_session(config, Access.LOOK) as session:
        target = open_storage(config.target, config, session.cache)
        with open_executor(target.connections) as executor:
            state = observe_target(target)
            if state.catalog is None:
                raise TargetError(
                    f"{target.url}: there is no {CATALOG_KEY}",
                    "run a sync, and mend the errors that it tells: it comes when there are none",
                )
            keys = sorted(state.objects)
            found = {key: _listed(state, key) for key in keys}
            sound = [key for key in keys if found[key] is None]
            chosen = _chosen(sound, sample, seed)
            found |= _read_back(target, state, chosen, executor)
    wrong = {key: reason for key, reason in found.items() if reason is not None}
    outcomes = tuple(_outcome(key, found[key]) for key in keys)
    problems = tuple(_problem(key, reason) for key, reason in sorted(wrong.items()))
    seconds = time.perf_counter() - start
    url, endpoint = target.url, target.endpoint or None
    result = Result(outcomes, problems, seconds, dry_run=True, target=url, endpoint=endpoint)
    ours = {CATALOG_KEY, JOURNAL_KEY, *state.shards}
    foreign = len(state.entries.keys() - state.objects.keys() - ours)
    return Verified(result, len(keys), len(chosen), foreign)


def _listed(state: TargetState, key: str) -> Reason | None:
    """Return how the listing differs from the catalog, None where it does not."""
    if key not in state.entries:
        return Reason.OUTPUT_MISSING
    return None if state.is_unchanged(key, state.objects[key]) else Reason.CONTENT_CHANGED


def _chosen(keys: list[str], sample: int | None, seed: int | None) -> list[str]:
    if sample is None or sample >= len(keys):
        return keys
    return random.Random(seed).sample(keys, sample)  # noqa: S311 - a sample, not a secret


def _read_back(
    target: Storage, state: TargetState, keys: list[str], executor: Executor
) -> dict[str, Reason | None]:
    def start(executor: Executor, key: str) -> Future[Reason | None]:
        return executor.submit(_read, target, key, state.objects[key])

    small = [key for key in keys if state.objects[key].bytes <= _LARGE]
    found = dict(run_bounded(executor, target.connections + 1, small, start))
    # of large ones, one is in memory at a time
    large = [key for key in keys if key not in found]
    return found | {key: _read(target, key, state.objects[key]) for key in large}


def _read(target: Storage, key: str, known: Artifact) -> Reason | None:
    found = target.get(key)
    if found is None:
        return Reason.OUTPUT_MISSING
    if sha256_bytes(found.data) != known.sha256:
        return Reason.CONTENT_CHANGED
    described = target.describe(key) if known.headers else None
    if described is not None and described.headers != known.headers:
        return Reason.HEADERS_CHANGED
    return None


def _outcome(key: str, reason: Reason | None) -> Outcome:
    if reason is None:
        return Outcome(Action(Kind.KEEP, Place.TARGET, key, Reason.UP_TO_DATE), Status.KEPT)
    return Outcome(Action(Kind.PUT, Place.TARGET, key, reason), Status.PLANNED)


_MESSAGES = {
    Reason.OUTPUT_MISSING: "the catalog names it, but it is not there",
    Reason.CONTENT_CHANGED: "it is not what the catalog says: its content differs",
    Reason.HEADERS_CHANGED: "it is served with other headers than the catalog says",
}


def _problem(key: str, reason: Reason) -> Problem:
    hint = "run mediakit videos archive" if is_archived(key) else "run mediakit sync"
    return Problem(key, 0, "target-differs", Severity.ERROR, _MESSAGES[reason], hint)
