"""A session with a site: its lock, cache, writer and workers, and the tally of what a run does.

Commands write into a site only through the writer of their session, and only a session with the
lock has one. So two commands never write at once, and none clears another's temporary files.
"""

from __future__ import annotations

import contextlib
import os
import stat
import time
from enum import Enum
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from mediakit.base.actions import Action, Kind, Outcome, Place, Reason, Result, Status
from mediakit.base.errors import UsageError
from mediakit.base.model import Problem, Severity
from mediakit.base.own_files import WORK_FOLDER
from mediakit.config.overrides import UnreadConfig
from mediakit.state.cache import Cache
from mediakit.state.cache_file import key_for
from mediakit.state.database import Database, UnwrittenDatabase

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from concurrent.futures import Executor
    from typing import Protocol

    from mediakit.base.actions import Plan, StaleVariants
    from mediakit.base.many import Many
    from mediakit.base.writer import Writer
    from mediakit.config.config import Config
    from mediakit.executors.workers import ExecutorSettings, Follow, Workers
    from mediakit.storage.protocol import Storage
    from mediakit.sync.plan import Transfers

    class Progress(Protocol):
        """Shows how a run goes on."""

        def begin(self, total: int) -> None:
            """`total` actions are about to be done."""

        def step(self, outcome: Outcome) -> None:
            """One action has ended."""


_CACHE = "cache.db"
_FEW = 1_000  # outcomes that are kept in memory


class Access(Enum):
    """What a session may do with the site."""

    WRITE = "write"
    """Hold the lock, and write into the site and its cache."""

    READ = "read"
    """Write the cache if no other process has it and that is possible, else read it."""

    LOOK = "look"
    """Touch nothing: read the cache."""


class Session:
    """An open session; make one with `open_session`."""

    def __init__(
        self,
        settings: Config | UnreadConfig,
        cache: Cache,
        writer: Writer | None,
        stack: contextlib.ExitStack,
        follow: Follow | None = None,
    ) -> None:
        self.root, self.overrides = settings.root, settings.overrides
        self._settings = settings
        self._follow = follow
        self.cache = cache
        self._writer = writer
        self._stack = stack

    @cached_property
    def config(self) -> Config:
        """The settings of the site; where they are read only now, raises what `read` does."""
        given = self._settings
        return given.read() if isinstance(given, UnreadConfig) else given

    @property
    def writer(self) -> Writer:
        """The writer of the site's files; only a session with `Access.WRITE` has one."""
        if self._writer is None:
            raise RuntimeError("this session only reads the site")
        return self._writer

    @property
    def threads(self) -> Executor:
        """Threads of this machine, `jobs` of them."""
        return self.local.executor

    @cached_property
    def local(self) -> Workers:
        """The threads, as workers."""
        return self._open(None)

    @cached_property
    def workers(self) -> Workers:
        """The workers that the settings ask for, opened at their first use.

        Raises:
            UsageError: the cluster cannot be reached, has no workers, or workers of another build.
        """
        settings = self.config.executor
        return self.local if settings.kind == "threads" else self._open(settings)

    def _open(self, settings: ExecutorSettings | None) -> Workers:
        from mediakit.executors import workers  # noqa: PLC0415 - few runs have work for them

        kind, follow = settings or workers.ExecutorSettings(), self._follow or workers.unseen
        return self._stack.enter_context(workers.open_workers(kind, self.config.jobs, follow))


@contextlib.contextmanager
def open_session(
    settings: Config | UnreadConfig, access: Access = Access.WRITE, follow: Follow | None = None
) -> Iterator[Session]:
    """Open a session with a site; `follow` shows how far its work has come.

    Where nothing is kept yet, settings are read before anything is written.

    Raises:
        SiteLockedError: another mediakit is writing to the site, with `Access.WRITE` only.
        UsageError: the work folder cannot be written, with `Access.WRITE` only.
    """
    with contextlib.ExitStack() as stack:
        root, work = settings.root, settings.root / WORK_FOLDER
        if isinstance(settings, UnreadConfig) and not (work / _CACHE).is_file():
            settings = settings.read()
        cache = _cache_for(work, access, stack)
        writer = None
        if access is Access.WRITE:
            from mediakit.base.writer import Writer  # noqa: PLC0415 - for those that write

            writer = stack.enter_context(Writer(work / "tmp", root, is_alone=True))
        yield Session(settings, cache, writer, stack, follow)


def _cache_for(work: Path, access: Access, stack: contextlib.ExitStack) -> Cache:
    if access is Access.READ:
        with contextlib.suppress(UsageError):  # somebody writes, or nobody may: a copy serves
            return stack.enter_context(open_cache(work))
    return stack.enter_context(open_cache(work, read_only=access is not Access.WRITE))


@contextlib.contextmanager
def open_cache(folder: Path, *, read_only: bool = False) -> Iterator[Cache]:
    """Open the cache in `folder`, which is made if need be; read-only leaves it as it is.

    Raises:
        SiteLockedError: another mediakit has it open.
        UsageError: the folder cannot be written.
    """
    if read_only:
        with contextlib.ExitStack() as stack:
            database = stack.enter_context(contextlib.closing(_to_look(folder, stack)))
            yield Cache(database, is_copy=True)
        return
    with contextlib.closing(_locked(folder)) as database:
        yield Cache(database)


def _locked(folder: Path) -> Database:
    links = [each for each in (folder, *folder.glob(f"{_CACHE}*")) if each.is_symlink()]
    if links:
        # the file that it leads to is not ours: tables there would be dropped
        raise UsageError(f"{links[0]} is a link", "delete it: a cache only saves time")
    from mediakit.base.writer import writing  # noqa: PLC0415 - for those that write

    with writing(folder):
        folder.mkdir(mode=0o775, parents=True, exist_ok=True)
        _write_ignore(folder / ".gitignore")
    return Database(folder / _CACHE, f"{folder.name}/{_CACHE}", key_for(folder))


def _write_ignore(path: Path) -> None:
    """Keep the folder out of version control, also where a full disk left the file empty."""
    with contextlib.suppress(FileNotFoundError):
        found = path.lstat()
        if found.st_size or not stat.S_ISREG(found.st_mode):
            return
        path.unlink()
    with contextlib.suppress(FileExistsError):  # a run that began with ours has just made it
        # with a mode of its own: under some umasks, `open` would let everybody write it
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o644)
        with open(descriptor, "w", encoding="utf-8") as file:  # noqa: PTH123 - a descriptor
            file.write("*\n")


def _to_look(folder: Path, stack: contextlib.ExitStack) -> Database:
    """Return the cache as it is, a copy where somebody writes it, an empty one if it is broken."""
    path, log = folder / _CACHE, folder / f"{_CACHE}-wal"
    name, key = f"{folder.name}/{_CACHE}", key_for(folder, is_made=False)
    if path.is_symlink() or log.is_symlink() or not path.is_file():
        return Database(Path(":memory:"), "the cache", None)
    if not log.exists():
        return UnwrittenDatabase(path, name, key)
    import shutil  # noqa: PLC0415 - they load much, and few runs look on while another works
    import tempfile  # noqa: PLC0415

    with contextlib.suppress(OSError, UsageError):
        copy = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        for each in (path, log):
            shutil.copyfile(each, copy / each.name)
        return Database(copy / _CACHE, f"a copy of {name}", key)
    return Database(Path(":memory:"), "the cache", None)


class Unseen:
    """A progress that nobody looks at."""

    def begin(self, total: int) -> None:
        """Show nothing."""

    def step(self, outcome: Outcome) -> None:
        """Show nothing."""


class Tally:
    """Counts what a run does, and shows it on `progress`."""

    def __init__(self, progress: Progress, *, dry_run: bool) -> None:
        self._progress, self._dry_run = progress, dry_run
        self._start = time.perf_counter()
        self._ended: list[Outcome] | Many[Outcome] = []
        self._problems: list[Problem] = []
        self._target: Storage | None = None
        self.stale: StaleVariants | None = None

    @property
    def result(self) -> Result:
        """The run as far as it has come."""
        target = self._target
        return Result(
            tuple(self._ended) if isinstance(self._ended, list) else self._ended,
            tuple(sorted(set(self._problems))),
            time.perf_counter() - self._start,
            dry_run=self._dry_run,
            target=target.url if target else None,
            endpoint=(target.endpoint or None) if target else None,
            stale=self.stale,
        )

    @property
    def target_url(self) -> str:
        """Where problems of the target as a whole are; empty without a target."""
        return self._target.url if self._target else ""

    @property
    def changed(self) -> list[str]:
        """The keys of objects at the target that have another content now, or are gone."""
        done = (each.action for each in self._ended if each.status is Status.DONE)
        there = (each for each in done if each.place is Place.TARGET)
        return [each.path for each in there if each.reason is not Reason.NEW]

    def begin(self, *plans: Plan | Transfers) -> None:
        """Begin to carry out plans."""
        self._progress.begin(sum(len(plan.todo) for plan in plans))

    def at(self, target: Storage) -> None:
        """Note the target of the run."""
        self._target = target

    def report(self, outcome: Outcome) -> None:
        """Count an action that has ended."""
        self._ended.append(outcome)
        if isinstance(self._ended, list) and len(self._ended) == _FEW:
            from mediakit.sync.ended import many_outcomes  # noqa: PLC0415 - few runs have so many

            self._ended = many_outcomes(self._ended)
        self._progress.step(outcome)

    def add(self, problems: Iterable[Problem]) -> None:
        """Add problems."""
        self._problems += problems

    def planned(self, actions: Iterable[Action]) -> None:
        """Count actions that are only planned."""
        for action in actions:
            kept = action.kind is Kind.KEEP
            self.report(Outcome(action, Status.KEPT if kept else Status.PLANNED))

    def refused(self, refuse: Callable[[], object]) -> None:
        """In a dry run, add a refusal as a problem: its reason is in the plan."""
        try:
            refuse()
        except UsageError as error:
            text, hint = error.message, error.hint
            self.add([Problem(self.target_url, 0, "refused", Severity.ERROR, text, hint)])
