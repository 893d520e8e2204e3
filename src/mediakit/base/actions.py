"""What a run plans and does: actions with their reasons, how they ended, and the result."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from enum import StrEnum
from functools import cached_property
from typing import TYPE_CHECKING

import msgspec
from msgspec.structs import replace

from mediakit.base.artifacts import Product
from mediakit.base.errors import UsageError
from mediakit.base.model import Problem, Severity

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping


class Kind(StrEnum):
    """What an action does.

    At the site it makes, keeps or prunes (removes) a variant, or describes a picture: finds its
    dominant colour and placeholder. It also writes documents for templates. At the target it puts,
    keeps or deletes an object.
    """

    MAKE = "make"
    DESCRIBE = "describe"
    PRUNE = "prune"
    WRITE = "write"
    KEEP = "keep"
    PUT = "put"
    DELETE = "delete"


class Place(StrEnum):
    """Where an action happens."""

    SITE = "site"
    TARGET = "target"


class Reason(StrEnum):
    """Why an action is in the plan; each action carries exactly one."""

    NEW = "new"
    FORCED = "forced"
    OUTPUT_MISSING = "output missing"
    OUTPUT_DAMAGED = "output damaged"
    WRONG_SIZE = "wrong size"
    ALTERED = "altered by hand"
    ADOPTED = "adopted"
    SOURCE_CHANGED = "source changed"
    PRESET_CHANGED = "preset changed"
    CONTENT_CHANGED = "content changed"
    HEADERS_CHANGED = "headers changed"
    ORPHANED = "orphaned"
    STALE = "stale"
    MADE_ELSEWHERE = "made elsewhere"
    MENTIONED = "mentioned"
    UP_TO_DATE = "up to date"


class Action(msgspec.Struct, frozen=True, gc=False):
    """One thing to do to `path` (a site path, or the same key at the target), and why.

    `product` is what is made or kept at the site; None to describe a picture, and at a target.
    """

    kind: Kind
    place: Place
    path: str
    reason: Reason
    product: Product | None = None

    @property
    def source(self) -> str | None:
        """The site path of the picture that is described, or that the product is made of."""
        if self.product is not None:
            return self.product.source
        return self.path if self.kind is Kind.DESCRIBE else None

    @property
    def preset(self) -> str | None:
        """The name of the preset, or of another recipe, that says how the product is made."""
        return None if self.product is None else self.product.recipe


def up_to_date(key: str) -> Action:
    """Return the action that keeps an object at a target."""
    return Action(Kind.KEEP, Place.TARGET, key, Reason.UP_TO_DATE)


class Plan(msgspec.Struct, frozen=True):
    """What a run would do, made without changing anything.

    `actions` are in the order of their paths, including those that keep a variant as it is;
    `problems` are what is wrong with single pages and pictures.

    >>> from mediakit import Site
    >>> plan = Site.open("site").plan(only="squat")
    >>> plan.todo[0].path, plan.todo[0].reason.value
    ('assets/images/squat-0-320.jpg', 'new')
    """

    actions: tuple[Action, ...] = ()
    problems: tuple[Problem, ...] = ()

    @property
    def todo(self) -> tuple[Action, ...]:
        """The actions that change something."""
        return tuple(action for action in self.actions if action.kind is not Kind.KEEP)

    @property
    def reasons(self) -> Mapping[tuple[Kind, Reason], int]:
        """How many actions there are of each kind and reason, the most frequent first."""
        return dict(Counter((each.kind, each.reason) for each in self.actions).most_common())

    def where(self, wanted: Callable[[Action], bool]) -> Plan:
        """Return the plan with only those actions for which `wanted` is true.

        >>> from mediakit import Reason, Site
        >>> plan = Site.open("site").plan()
        >>> missing = plan.where(lambda action: action.reason is Reason.OUTPUT_MISSING)
        >>> len(missing.todo)
        0
        """
        return replace(self, actions=tuple(filter(wanted, self.actions)))

    def _repr_html_(self) -> str:
        rows = "".join(
            f"<tr><td>{kind}</td><td>{reason}</td><td>{count:,}</td></tr>"
            for (kind, reason), count in self.reasons.items()
        )
        head = "<tr><th>action</th><th>reason</th><th>count</th></tr>"
        return f"<table><thead>{head}</thead><tbody>{rows}</tbody></table>"


class Failure(msgspec.Struct, frozen=True):
    """Why a picture could not be made: plain text, so that it travels between processes."""

    code: str
    message: str
    hint: str = ""
    severity: Severity = Severity.ERROR


DEFAULT_MAX_DELETE = 256


class DeleteLimit(msgspec.Struct, frozen=True):
    """A number of objects or variants, or a percentage of those that mediakit has."""

    value: int = DEFAULT_MAX_DELETE
    percent: bool = False

    @classmethod
    def parse(cls, text: str | int | None) -> DeleteLimit:
        """Read `20` or `5%`; raises UsageError."""
        if text is None:
            return cls()
        match = re.fullmatch(r"(\d{1,9})(%?)", str(text).strip())
        if match is None:
            raise UsageError(
                f"{text!r} is neither a number nor a percentage of objects to delete",
                "give 20 or 5%",
            )
        return cls(int(match[1]), percent=bool(match[2]))

    def allows(self, deletes: int, objects: int) -> bool:
        """Return whether `deletes` of `objects` may go."""
        if self.percent:
            return deletes * 100 <= self.value * objects
        return deletes <= self.value

    def __str__(self) -> str:
        return f"{self.value}%" if self.percent else str(self.value)


class Status(StrEnum):
    """How an action ended."""

    DONE = "done"
    KEPT = "kept"
    PLANNED = "planned"
    FAILED = "failed"
    SKIPPED = "skipped"


class Outcome(msgspec.Struct, frozen=True, gc=False):
    """An action and how it ended; `bytes` were written or removed, in `seconds` of work."""

    action: Action
    status: Status
    bytes: int = 0
    seconds: float = 0.0


def short(outcome: Outcome) -> Outcome | str:
    """Return only the key of an object that is up to date, as nearly all are; else the outcome."""
    action = outcome.action
    is_as_it_was = action.place is Place.TARGET and action.reason is Reason.UP_TO_DATE
    return action.path if is_as_it_was else outcome


def full(outcome: Outcome | str) -> Outcome:
    """Return the outcome that was made `short`."""
    return Outcome(up_to_date(outcome), Status.KEPT) if isinstance(outcome, str) else outcome


class Summary(msgspec.Struct, frozen=True):
    """How many actions ended how, and the whole run's time in seconds."""

    made: int
    described: int
    put: int
    kept: int
    deleted: int
    pruned: int
    failed: int
    seconds: float
    written: int = 0


class StaleVariants(msgspec.Struct, frozen=True):
    """How many variants at the site are stale, and how many bytes they have."""

    count: int
    bytes: int


class Result(msgspec.Struct, frozen=True, dict=True):
    """The outcomes and problems of a run; `dry_run` if they are only planned.

    `endpoint` is the URL of the server that the target is at, None for a folder. `stale` are the
    variants that nothing needs any more, None where nobody asked for them.
    """

    outcomes: Sequence[Outcome]
    problems: tuple[Problem, ...]
    seconds: float
    dry_run: bool = False
    target: str | None = None
    endpoint: str | None = None
    stale: StaleVariants | None = None

    @cached_property
    def counts(self) -> Counter[tuple[Kind, Place, Reason, Status]]:
        """How many actions of each kind, place and reason ended how: counted once."""
        actions = ((each.action, each.status) for each in self.outcomes)
        return Counter((each.kind, each.place, each.reason, status) for each, status in actions)

    @property
    def summary(self) -> Summary:
        """The counts; in a dry run, of what would be done."""
        counted = dict.fromkeys(Kind, 0)
        failed = 0
        for (kind, _, _, status), count in self.counts.items():
            if status is Status.FAILED:
                failed += count
            elif status is not Status.SKIPPED:
                counted[kind] += count
        return Summary(
            counted[Kind.MAKE], counted[Kind.DESCRIBE], counted[Kind.PUT], counted[Kind.KEEP],
            counted[Kind.DELETE], counted[Kind.PRUNE], failed, self.seconds, counted[Kind.WRITE],
        )  # fmt: skip

    @property
    def has_errors(self) -> bool:
        """Whether anything failed, or an error was found on the way."""
        return self.summary.failed > 0 or has_errors(self.problems)


def has_errors(problems: tuple[Problem, ...]) -> bool:
    """Return whether one of the problems is an error."""
    return any(problem.severity is Severity.ERROR for problem in problems)
