"""A session with a site: its lock, cache, writer and workers, opened and closed together.

Commands write into a site only through the writer of their session, and only a session with the
lock has one. So two commands never write at once, and none clears another's temporary files.
"""

from __future__ import annotations

import contextlib
from enum import Enum
from functools import cached_property
from typing import TYPE_CHECKING

from mediakit.base.errors import UsageError
from mediakit.base.own_files import WORK_FOLDER
from mediakit.base.writer import Writer
from mediakit.executors import open_workers, unseen
from mediakit.executors.workers import ExecutorKind, ExecutorSettings
from mediakit.state.cache_file import open_cache

if TYPE_CHECKING:
    from collections.abc import Iterator
    from concurrent.futures import Executor

    from mediakit.config.config import Config
    from mediakit.executors import Follow, Workers
    from mediakit.state.cache import Cache


class Access(Enum):
    """What a session may do with the site."""

    WRITE = "write"
    """Hold the lock, and write into the site and its cache."""

    READ = "read"
    """Write the cache if no other process has it and that is possible, else read a copy."""

    LOOK = "look"
    """Touch nothing: read a copy of the cache."""


class Session:
    """An open session; make one with `open_session`."""

    def __init__(
        self,
        config: Config,
        cache: Cache,
        writer: Writer | None,
        stack: contextlib.ExitStack,
        follow: Follow = unseen,
    ) -> None:
        self.config = config
        self._follow = follow
        self.cache = cache
        self._writer = writer
        self._stack = stack

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
        return self._open(ExecutorSettings())

    @cached_property
    def workers(self) -> Workers:
        """The workers that the settings ask for, opened at their first use.

        Raises:
            UsageError: the cluster cannot be reached, has no workers, or workers of another build.
        """
        settings = self.config.executor
        return self.local if settings.kind is ExecutorKind.THREADS else self._open(settings)

    def _open(self, settings: ExecutorSettings) -> Workers:
        workers = open_workers(settings, self.config.jobs, self._follow)
        return self._stack.enter_context(workers)


@contextlib.contextmanager
def open_session(
    config: Config, access: Access = Access.WRITE, follow: Follow = unseen
) -> Iterator[Session]:
    """Open a session with the site of `config`; `follow` shows how far its work has come.

    Raises:
        SiteLockedError: another mediakit is writing to the site, with `Access.WRITE` only.
        UsageError: the work folder cannot be written, with `Access.WRITE` only.
    """
    with contextlib.ExitStack() as stack:
        cache = _open_cache(config, access, stack)
        writer = None
        if access is Access.WRITE:
            temporary = config.root / WORK_FOLDER / "tmp"
            writer = stack.enter_context(Writer(temporary, config.root, is_alone=True))
        yield Session(config, cache, writer, stack, follow)


def _open_cache(config: Config, access: Access, stack: contextlib.ExitStack) -> Cache:
    work = config.root / WORK_FOLDER
    if access is Access.READ:
        with contextlib.suppress(UsageError):  # somebody writes, or nobody may: a copy serves
            return stack.enter_context(open_cache(work))
    return stack.enter_context(open_cache(work, read_only=access is not Access.WRITE))
