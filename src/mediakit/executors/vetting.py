"""Which machines of a cluster get work: those that make the same bytes and reach the files."""

from __future__ import annotations

import sys
from collections import Counter
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from typing import TYPE_CHECKING, Any, Protocol

from mediakit.base.errors import with_extra
from mediakit.base.version import __version__

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

_PACKAGES = ("pillow", "simplejpeg", "cykooz-resizer", "numpy", "pillow-heif", "distributed")

_ANSWER = 30
"""Seconds in which a worker must answer a check: its machine may be busy."""

_SILENT = 5
"""Unanswered checks after which a worker is refused."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a machine gets no work (the end of a sentence about it), and what to do."""

    reason: str
    hint: str


class Vetting(Protocol):
    """The part of a cluster that decides which workers get work."""

    @property
    def address(self) -> str:
        """The value of `--executor` for this cluster."""

    @property
    def refused(self) -> Mapping[str, Refusal]:
        """The workers that get no work, by address."""

    def require(self, check: Callable[..., str], *args: object, hint: str) -> None:
        """Give work only to workers on which `check(*args)` returns an empty string.

        Workers that join later are checked too. A new check replaces the earlier one.

        Raises:
            UsageError: no worker passes.
        """


def build() -> dict[str, str]:
    """Return the versions here that decide the bytes of variants, or how tasks travel."""
    python = f"{sys.version_info.major}.{sys.version_info.minor}"
    packages = {name: _version(name) for name in _PACKAGES}
    return {"python": python, "mediakit": __version__, **packages}


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return "not installed"


def other_build(there: object) -> Refusal | None:
    """Return why a machine with this answer of `build` would make other bytes, or None."""
    here = build()
    if not isinstance(there, dict):
        return Refusal(
            f"cannot use mediakit: {there}",
            f"{with_extra('dask', here['mediakit'])} there, and start it again",
        )
    wrong = [name for name in here if here[name] != there.get(name)]
    if not wrong:
        return None
    differences = ", ".join(f"{name} {there.get(name)}, here {here[name]}" for name in wrong)
    return Refusal(
        f"has other versions: {differences}",
        "install the same on all machines: pictures would differ by the machine that made them",
    )


class Vetter:
    """Checks the versions of workers, and then what the run requires of them."""

    def __init__(self, client: Any) -> None:  # noqa: ANN401 - a class of distributed, which has no types
        self._client = client
        self._silent: Counter[str] = Counter()
        self._check: tuple[Callable[..., str], tuple[object, ...], str] | None = None

    def require(self, check: Callable[..., str], args: tuple[object, ...], hint: str) -> None:
        """Refuse workers, from now on, on which `check(*args)` returns a reason."""
        self._check = check, args, hint
        self._silent.clear()

    def examine(self, workers: Sequence[str]) -> tuple[list[str], dict[str, Refusal]]:
        """Return the workers that pass, and the refusals of others.

        A worker that does not answer is in neither, until it has failed to answer several times.
        """
        builds = self._ask(workers, build)
        judged = {worker: other_build(there) for worker, there in builds.items()}
        refused = {worker: refusal for worker, refusal in judged.items() if refusal is not None}
        fit = [worker for worker, refusal in judged.items() if refusal is None]
        if self._check is not None:
            check, args, hint = self._check
            answers = self._ask(fit, check, *args)
            fit = [worker for worker, reason in answers.items() if not reason]
            refused |= {
                worker: Refusal(f"{reason}", hint) for worker, reason in answers.items() if reason
            }
        for worker in workers:
            if self._silent[worker] >= _SILENT:
                refused[worker] = Refusal("does not answer", "look at its log, or start it again")
        return fit, refused

    def _ask(
        self, workers: Sequence[str], fn: Callable[..., object], *args: object
    ) -> dict[str, object]:
        """Call a function on each worker, and return the answers of those that can be reached."""
        answers = self._answers(list(workers), fn, args)
        for worker in workers:
            if worker in answers:
                del self._silent[worker]
            else:
                self._silent[worker] += 1
        return answers

    def _answers(
        self, workers: list[str], fn: Callable[..., object], args: tuple[object, ...]
    ) -> dict[str, object]:
        if not workers:
            return {}
        try:
            answers: dict[str, object] = self._client.run(
                fn, *args, workers=workers, on_error="return", callback_timeout=_ANSWER
            )
        except TimeoutError:
            if len(workers) == 1:
                return {}
            parts = [self._answers([worker], fn, args) for worker in workers]  # find the silent one
            return {worker: answer for part in parts for worker, answer in part.items()}
        # for a worker that ended meanwhile, dask returns an error of the connection
        return {
            worker: answer for worker, answer in answers.items() if not isinstance(answer, OSError)
        }
