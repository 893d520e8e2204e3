"""Which machines of a cluster get work: those that make the same bytes and reach the pictures."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from mediakit.base.errors import with_extra
from mediakit.executors.build import build

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

_ANSWER = 30
"""Seconds that a worker has to answer a check, on a machine that is busy."""

_SILENT = 5
"""Times that a worker may leave a check unanswered."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a machine gets no work, as the rest of a sentence about it, and what to do."""

    reason: str
    hint: str


class Vetting(Protocol):
    """A cluster as who asks for work sees it."""

    @property
    def address(self) -> str:
        """What `--executor` calls it."""

    @property
    def refused(self) -> Mapping[str, Refusal]:
        """The workers that got no work, by their addresses."""

    def require(self, check: Callable[..., str], *args: object, hint: str) -> None:
        """Give work only to workers where `check(*args)` returns no reason against it.

        Workers that come later are checked too. It takes the place of an earlier check.

        Raises:
            UsageError: no worker passes.
        """


def other_build(there: object) -> Refusal | None:
    """Return why a machine that said this of its `build` would make other bytes, or None."""
    here = build()
    if not isinstance(there, dict):
        return Refusal(
            f"cannot use mediakit: {there}",
            f"{with_extra('dask', here['mediakit'])} there, and start it again",
        )
    wrong = [name for name in here if here[name] != there.get(name)]
    if not wrong:
        return None
    told = ", ".join(f"{name} {there.get(name)}, here {here[name]}" for name in wrong)
    return Refusal(
        f"has other versions: {told}",
        "install the same on all machines: pictures would differ by who made them",
    )


class Examiner:
    """Asks workers whether they may work: their versions, and then what is required."""

    def __init__(self, client: Any) -> None:  # noqa: ANN401 - a class of distributed, which has no types
        self._client = client
        self._silent: Counter[str] = Counter()
        self._check: tuple[Callable[..., str], tuple[object, ...], str] | None = None

    def require(self, check: Callable[..., str], args: tuple[object, ...], hint: str) -> None:
        """Refuse workers, from now on, where `check(*args)` returns a reason."""
        self._check = check, args, hint
        self._silent.clear()

    def examine(self, workers: Sequence[str]) -> tuple[list[str], dict[str, Refusal]]:
        """Return the workers that may work, and why others may not.

        One that does not answer is neither, until it has not answered several times.
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
        """Call a function on each worker, and return what those say that can be reached."""
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
            parts = [self._answers([worker], fn, args) for worker in workers]  # which one is it?
            return {worker: answer for part in parts for worker, answer in part.items()}
        # where a worker ends meanwhile, dask's answer is an error of the connection
        return {
            worker: answer for worker, answer in answers.items() if not isinstance(answer, OSError)
        }
