"""`Site`: where scripts begin."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from msgspec.structs import replace

from mediakit.base.actions import DeleteLimit, Kind, Outcome, Plan, Reason
from mediakit.base.errors import UsageError
from mediakit.config.config import load_config
from mediakit.config.overrides import Overrides
from mediakit.library.values import exercises_of
from mediakit.sync.run import Job, Run
from mediakit.sync.selection import Selection
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

    `keep` is the site path of the best copy, and `copies` are those of the others, the surest
    first. `level` says how the least sure of them matches: `bytes`, `pixels`, `same` or
    `transformed`. `saved` is the size of the others in bytes.
    """

    keep: str
    copies: tuple[str, ...]
    level: str
    saved: int


class Site:
    """A site and its settings, opened with `Site.open`.

    It holds nothing else: every property and method reads the disk when it is used, and returns
    frozen values. So a `Site` is never stale, threads can share it, and it needs no closing.

    `apply` and `sync` hold the lock of the site while they run, as the commands do. `check` and
    `duplicates` write only the cache, and only if nobody else does. All others change nothing, not
    even the cache, and wait for nobody. The library prints and logs nothing, and does not read
    `MEDIAKIT_*` variables.

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

        `jobs` is how many pictures to make at once (default: as in `mediakit.toml`, else the
        number of usable cores). `unpublished` includes drafts and unpublished exercises.

        Raises:
            ConfigError: `mediakit.toml` or `_config.yml` is wrong; the message has file and line.
            UsageError: the folder does not exist, `jobs` is less than 1, or Python reads file
                names in another encoding than UTF-8.
        """
        if sys.getfilesystemencoding() != "utf-8":
            raise UsageError(
                f"Python reads file names as {sys.getfilesystemencoding()}",
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

        Every access reads the site again: keep the tuple to use it more than once. Files that
        cannot be read are left out; `check` says why.

        >>> from mediakit import Site
        >>> squat = Site.open("site").exercises[1]
        >>> squat.path, len(squat.pictures), squat.pictures[0].width
        ('_exercises/squat.md', 2, 900)

        Raises:
            UsageError: the catalog cannot be trusted.
        """
        from mediakit.sync.observe import observe  # noqa: PLC0415 - takes a while

        with open_session(self._config, Access.LOOK) as session:
            return exercises_of(observe(session))

    def plan(
        self,
        *,
        only: str | Iterable[str] = (),
        presets: str | Iterable[str] = (),
        force: bool = False,
        prune: bool = False,
    ) -> Plan:
        """Return what `apply` would make, with a reason for each action; changes nothing.

        `only` are globs of exercises or pictures, by path or name, and `presets` are names of
        presets; empty means all. `force` makes everything again, including files that were
        changed by hand. `prune` removes variants that mediakit made and nothing needs any more.

        >>> from mediakit import Site
        >>> plan = Site.open("site").plan(presets="teaser")
        >>> {action.preset for action in plan.todo}
        {'teaser'}

        Raises:
            UsageError: a preset does not exist, or the catalog is damaged.
        """
        job = Job(_selection(only, presets), force=force, dry_run=True, prune=prune)
        with open_session(self._config, Access.LOOK) as session:
            result = Run(session, job, _Progress(None)).generate()
        return Plan(tuple(each.action for each in result.outcomes), result.problems)

    def apply(
        self,
        plan: Plan | None = None,
        *,
        progress: Callable[[int, int, Outcome], None] | None = None,
    ) -> Result:
        """Make the variants that are missing or out of date, and write the catalog.

        With a `plan`, makes only the changes in it: a result of `plan()`, or a part of one by
        `Plan.where`. A picture that fails does not stop the others: see `has_errors` and
        `problems` of the result.

        `progress` is called after each change, in the thread of the caller, with how many are
        done, how many there are, and the `Outcome`. An exception in it ends the run as an
        interrupt does: what is finished is kept, and the next run goes on from there.

        Raises:
            SiteLockedError: another mediakit is writing to the site.
            StalePlanError: the site has changed since the plan was made; nothing was done.
            UsageError: the catalog is damaged, or the site cannot be written.
        """
        job = Job()
        if plan is not None:
            todo = frozenset(plan.todo)
            forced = any(action.reason is Reason.FORCED for action in todo)
            prune = any(action.kind is Kind.PRUNE for action in todo)
            job = Job(force=forced, actions=todo, prune=prune)
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
        prune: bool = False,
        max_delete: int | str | None = None,
        take_over: bool = False,
        videos: bool = False,
        dry_run: bool = False,
        progress: Callable[[int, int, Outcome], None] | None = None,
    ) -> Result:
        """Do what `apply` does, then bring the target to the same state.

        `target` is a folder, relative to the site, or `s3://BUCKET/PREFIX` (default: that of
        `mediakit.toml`). `delete` deletes objects that the site no longer has, if mediakit
        uploaded them, and `prune` removes variants that mediakit made and nothing needs any more;
        more of them than `max_delete`, a number or a percentage such as `"5%"`, are refused. So is
        a target of another site, without `take_over`. `videos` first fetches missing metadata and
        thumbnails of videos. `dry_run` changes nothing, and the result says what would be done.

        Raises:
            SiteLockedError: another mediakit is writing to the site.
            TargetError: the target cannot be read, or a safety rule refuses to write there.
            UsageError: an argument is wrong, or the catalog is damaged.
        """
        config = replace(self._config, target=target or self._config.target)
        if max_delete is not None:
            config = replace(config, max_delete=DeleteLimit.parse(max_delete))
        job = Job(
            _selection(only, presets), force=force, dry_run=dry_run, delete=delete,
            take_over=take_over, prune=prune,
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

        `remote` asks other hosts whether their pictures exist, with `allow_private` also hosts of
        your own network; `pixels` makes every recorded variant once more, and compares it with
        the file. `baseline` leaves out the problems in the baseline of the site.

        Raises:
            UsageError: the catalog or the baseline is damaged.
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
        """Return groups of duplicate pictures, those with most to save first.

        `exact` finds the same bytes or pixels; `near` also other sizes, qualities, formats and
        tones; `transformed` also mirrored, rotated, cropped, framed and captioned copies. Groups
        that were accepted with `mediakit dupes --accept` are left out.

        Raises:
            UsageError: the catalog or the list of accepted groups is damaged.
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
