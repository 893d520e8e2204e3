"""`Site`: what scripts begin with."""

from __future__ import annotations

import sys
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from mediakit.base.actions import Kind, Outcome, Plan, Reason
from mediakit.base.errors import UsageError
from mediakit.config.config import Overrides, load_config
from mediakit.config.tables import DeleteLimit
from mediakit.library.values import exercises_of
from mediakit.sync.observe import observe
from mediakit.sync.products import Selection
from mediakit.sync.run import Job, Run
from mediakit.sync.session import Access, open_session
from mediakit.videos import fetch_missing

if TYPE_CHECKING:
    import os
    from collections.abc import Callable, Iterable

    from mediakit.base.actions import Result
    from mediakit.base.model import Problem
    from mediakit.config.config import Config
    from mediakit.library.values import Exercise


@dataclass(frozen=True, slots=True)
class DuplicateGroup:
    """A picture that is in the site more than once.

    `keep` is the site path of the best copy and `copies` those of the others, the surest first.
    `level` is how sure the least sure of them is: `bytes`, `pixels`, `same` or `transformed`.
    `saved` is how many bytes the others have.
    """

    keep: str
    copies: tuple[str, ...]
    level: str
    saved: int


class Site:
    """A site and its settings, opened with `Site.open`.

    It holds nothing else: what is asked for is read from disk at that moment, and is a frozen
    value that does not change afterwards. So a `Site` is never stale, can be shared by threads,
    and needs no closing.

    `apply` and `sync` hold the lock of the site while they run, as the commands do. `check` and
    `duplicates` only read; what they learn goes into the cache where nobody else has it. All else
    changes nothing, the cache included, and waits for nobody. Nothing is printed or logged.
    `MEDIAKIT_*` variables are not read.

    >>> from mediakit import Site
    >>> site = Site.open("site")
    >>> [exercise.title for exercise in site.exercises]
    ['lunge', 'squat']
    >>> result = site.apply()
    >>> result.summary.made, result.has_errors
    (6, False)
    """

    __slots__ = ("_config",)

    def __init__(self, config: Config) -> None:
        self._config = config

    @classmethod
    def open(
        cls, path: str | os.PathLike[str], *, jobs: int | None = None, unpublished: bool = False
    ) -> Site:
        """Read the settings of the site in the folder `path`.

        `jobs` is how many pictures are made at once (else as `mediakit.toml` says, else the
        number of usable cores). `unpublished` takes drafts and unpublished exercises in.

        Raises:
            ConfigError: `mediakit.toml` or `_config.yml` is wrong; the message has file and line.
            UsageError: there is no such folder, `jobs` is less than 1, or Python reads the names
                of files in another encoding than UTF-8.
        """
        if sys.getfilesystemencoding() != "utf-8":
            raise UsageError(
                f"Python reads the names of files as {sys.getfilesystemencoding()}",
                "start it in UTF-8 mode: python -X utf8, or with PYTHONUTF8=1",
            )
        if jobs is not None and jobs < 1:
            raise UsageError(f"jobs is {jobs}", "give 1 or more")
        overrides = Overrides(jobs=jobs, unpublished=unpublished)
        return cls(load_config(Path(path).resolve(), overrides))

    @property
    def root(self) -> Path:
        """The folder of the site."""
        return self._config.root

    @property
    def exercises(self) -> tuple[Exercise, ...]:
        """The exercises with their pictures, variants and videos, in the order of their paths.

        They are read anew each time: keep the tuple where it is used more than once. What cannot
        be read is left out; `check` says why.

        >>> from mediakit import Site
        >>> squat = Site.open("site").exercises[1]
        >>> squat.path, len(squat.pictures), squat.pictures[0].width
        ('_exercises/squat.md', 2, 900)

        Raises:
            UsageError: the catalog cannot be trusted.
        """
        with open_session(self._config, Access.LOOK) as session:
            return exercises_of(observe(session))

    def plan(
        self,
        *,
        only: str | Iterable[str] = (),
        presets: str | Iterable[str] = (),
        force: bool = False,
    ) -> Plan:
        """Return what is to be made, with a reason for each action; changes nothing.

        `only` are globs of exercises or pictures, by path or name, `presets` names of presets:
        all where empty. `force` makes all anew, also what was changed by hand.

        >>> from mediakit import Site
        >>> plan = Site.open("site").plan(presets="teaser")
        >>> {action.preset for action in plan.todo}
        {'teaser'}

        Raises:
            UsageError: there is no such preset, or the catalog cannot be trusted.
        """
        job = Job(_selection(only, presets), force=force, dry_run=True)
        with open_session(self._config, Access.LOOK) as session:
            result = Run(session, job, _Progress(None)).generate()
        return Plan(tuple(each.action for each in result.outcomes), result.problems)

    def apply(
        self,
        plan: Plan | None = None,
        *,
        progress: Callable[[int, int, Outcome], None] | None = None,
    ) -> Result:
        """Make the variants that are missing or stale, and write the catalog.

        With a `plan`, just the changes that it has are made: one of `plan()` with other
        arguments, or a part of one by `Plan.where`. One picture that fails does not stop the
        others: see `has_errors` and `problems` of the result.

        `progress` is called after each change, in the thread of the caller, with how many are
        done, how many there are, and the `Outcome`. What it raises ends the run, as an interrupt
        does: what is finished is kept, and the next run goes on from there.

        Raises:
            SiteLockedError: another mediakit is at work on the site.
            StalePlanError: the site has changed since the plan was made; nothing was done.
            UsageError: the catalog cannot be trusted, or the site cannot be written.
        """
        job = Job()
        if plan is not None:
            todo = frozenset(plan.todo)
            forced = any(action.reason is Reason.FORCED for action in todo)
            job = Job(force=forced, actions=todo)
        with open_session(self._config) as session:
            return Run(session, job, _Progress(progress)).generate()

    def sync(  # noqa: PLR0913 - keywords, each an option of the command
        self,
        target: str | None = None,
        *,
        only: str | Iterable[str] = (),
        presets: str | Iterable[str] = (),
        force: bool = False,
        delete: bool = False,
        max_delete: int | str | None = None,
        take_over: bool = False,
        videos: bool = False,
        dry_run: bool = False,
        progress: Callable[[int, int, Outcome], None] | None = None,
    ) -> Result:
        """Do what `apply` does, then bring the target to the same state.

        `target` is a folder, relative to the site, or `s3://BUCKET/PREFIX`; None is the one of
        `mediakit.toml`. `delete` removes there what the site no longer has, if mediakit put it;
        more than `max_delete`, a number or a percentage such as `"5%"`, is refused. A target of
        another site is refused too, but with `take_over`. `videos`
        first asks YouTube and Vimeo for what is missing of videos. `dry_run` changes nothing, and
        the result says what would be done.

        Raises:
            SiteLockedError: another mediakit is at work on the site.
            TargetError: the target cannot be read, or a safety rule refuses to write there.
            UsageError: an argument is wrong, or the catalog cannot be trusted.
        """
        config = replace(self._config, target=target or self._config.target)
        if max_delete is not None:
            config = replace(config, max_delete=DeleteLimit.parse(max_delete))
        job = Job(
            _selection(only, presets), force=force, dry_run=dry_run, delete=delete,
            take_over=take_over,
        )  # fmt: skip
        with open_session(config, Access.LOOK if dry_run else Access.WRITE) as session:
            return Run(session, job, _Progress(progress)).sync(fetch_missing if videos else None)

    def check(
        self,
        *,
        remote: bool = False,
        allow_private: bool = False,
        pixels: bool = False,
        baseline: bool = True,
    ) -> tuple[Problem, ...]:
        """Return what makes pages look broken, in the order of files and lines.

        `remote` asks other hosts whether their pictures are there, with `allow_private` also
        those of your own network; `pixels` makes each recorded variant once more, and compares.
        `baseline` leaves out what the baseline of the site has.

        Raises:
            UsageError: the catalog or the baseline cannot be trusted.
        """
        from mediakit.checks.check import CheckJob, check_site  # noqa: PLC0415 - what it needs takes a while

        job = CheckJob(remote, baseline, allow_private=allow_private, pixels=pixels)
        with open_session(self._config, Access.READ) as session:
            return check_site(session, job).problems

    def duplicates(
        self,
        level: Literal["exact", "near", "transformed"] = "near",
        *,
        only: str | Iterable[str] = (),
    ) -> tuple[DuplicateGroup, ...]:
        """Return the pictures that are there more than once, those with most to save first.

        `exact` is the same bytes or pixels; `near` also another size, quality, format or tone;
        `transformed` also mirrored, turned, cropped, framed and captioned. What was accepted
        with `mediakit dupes --accept` is left out.

        Raises:
            UsageError: the catalog or the list of what is accepted cannot be trusted.
        """
        from mediakit.matching.groups import LEVELS  # noqa: PLC0415 - takes a while
        from mediakit.sync.copies import Search, find_duplicates  # noqa: PLC0415 - takes a while

        search = Search(LEVELS[level], _globs(only))
        with open_session(self._config, Access.READ) as session:
            groups = find_duplicates(session, search).groups
        return tuple(
            DuplicateGroup(each.keeper.path, each.paths[1:], each.level.value, each.saved)
            for each in groups
        )

    def __repr__(self) -> str:
        return f"Site.open({str(self.root)!r})"


class _Progress:
    """Calls a caller's `progress` for each change, with the count."""

    def __init__(self, progress: Callable[[int, int, Outcome], None] | None) -> None:
        self._progress = progress
        self._done = self._total = 0

    def begin(self, total: int) -> None:
        self._total = total

    def step(self, outcome: Outcome) -> None:
        if self._progress is None or outcome.action.kind is Kind.KEEP or not self._total:
            return
        self._done += 1
        self._total = max(self._total, self._done)  # the catalog at a target is not counted
        self._progress(self._done, self._total, outcome)


def _selection(only: str | Iterable[str], presets: str | Iterable[str]) -> Selection:
    return Selection(_globs(only), _texts(presets))


def _globs(given: str | Iterable[str]) -> tuple[str, ...]:
    """Return globs; they may be written as pages write paths."""
    return tuple(each.removeprefix("/") for each in _texts(given))


def _texts(given: str | Iterable[str]) -> tuple[str, ...]:
    return (given,) if isinstance(given, str) else tuple(given)
