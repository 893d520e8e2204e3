"""The jobs, whole: observe, plan, apply, report."""

from __future__ import annotations

import time
from dataclasses import dataclass, field, replace
from functools import partial
from typing import TYPE_CHECKING, Protocol

from mediakit.base.actions import Action, Kind, Outcome, Place, Plan, Reason, Result, Status
from mediakit.base.errors import TargetError, UsageError, did_you_mean
from mediakit.base.model import Problem, Severity
from mediakit.executors import finished, open_executor
from mediakit.storage.open import open_staging, open_storage
from mediakit.sync.limit import refuse_unsafe
from mediakit.sync.local_objects import local_objects
from mediakit.sync.make import Maker
from mediakit.sync.observe import Site, observe
from mediakit.sync.plan import plan_products, restrict_to_reviewed_plan
from mediakit.sync.products import Selection
from mediakit.sync.publish import Publisher, catalog_action
from mediakit.sync.settled import Settled, recall, remember
from mediakit.sync.site_id import site_id
from mediakit.sync.target import ask, observe_target
from mediakit.sync.target_place import refuse_folder_in_use
from mediakit.sync.transfers import plan_transfers
from mediakit.sync.worker import refused_workers, require_access

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from concurrent.futures import Executor

    from mediakit.base.model import Manifest
    from mediakit.state.catalog import Catalog
    from mediakit.storage.protocol import Storage
    from mediakit.storage.purge import Purger
    from mediakit.sync.session import Session


class Progress(Protocol):
    """Is told how a run goes on."""

    def begin(self, total: int) -> None:
        """`total` actions are about to be done."""

    def step(self, outcome: Outcome) -> None:
        """One action has ended."""


class FetchedVideos(Protocol):
    """What a `Fetch` returns: what went wrong, and how many videos it got metadata of."""

    @property
    def problems(self) -> tuple[Problem, ...]:
        """What went wrong."""

    @property
    def came(self) -> int:
        """How many videos' metadata are new in the catalog's file."""


class Fetch(Protocol):
    """Fetches what is missing of the videos in pages, into the site and its catalog's file."""

    def __call__(
        self, session: Session, manifests: Sequence[Manifest], catalog: Catalog, /
    ) -> FetchedVideos:
        """Fetch."""


@dataclass(frozen=True)
class Job:
    """What a run is asked to do: which pictures, whether anew, and whether only to plan.

    `take_over` makes the target of another site this one's. With `actions`, variants are made and
    pictures described only as these say.
    """

    selection: Selection = field(default_factory=Selection)
    force: bool = False
    dry_run: bool = False
    delete: bool = False
    actions: frozenset[Action] | None = None
    take_over: bool = False


class Run:
    """One run over a site; its outcomes so far are in `result`, also after an interrupt.

    The session has to be one that writes, unless the job is only to plan.
    """

    def __init__(self, session: Session, job: Job, progress: Progress) -> None:
        config = session.config
        known = [name for recipe in config.recipes for name in recipe.names]
        unknown = set(job.selection.presets) - set(known)
        if unknown:
            meant = did_you_mean(min(unknown), known) or f"known are {', '.join(known)}"
            raise UsageError(f"no preset {', '.join(sorted(unknown))}", meant)
        if job.delete and job.selection != Selection():
            raise UsageError(
                "--delete looks at the whole site, --only and --preset at a part of it",
                "leave one of them out",
            )
        self._session = session
        self._config = config
        self._cache = session.cache
        self._job = job
        self._progress = progress
        self._start = time.perf_counter()
        self._outcomes: list[Outcome] = []
        self._problems: list[Problem] = []
        self._target_url: str | None = None
        self._endpoint: str | None = None

    def generate(self) -> Result:
        """Make the variants that are missing or stale, and write the catalog."""
        settled = recall(self._config, self._cache) if self._is_whole else None
        if settled is not None:
            return self._nothing_to_do(settled)
        site = self._observe()
        plan = self._plan(site)
        if self._job.dry_run:
            del site  # of very many pictures: the report needs the memory
            return self._planned(plan)
        self._progress.begin(len(plan.todo))
        maker = self._make(site, plan)
        if self._is_whole and not maker.problems:
            remember(site, plan, self._cache)
        self._tell_of_cache()
        return self.result

    def _nothing_to_do(self, settled: Settled) -> Result:
        self._problems += [*self._cache.problems, *settled.problems]
        self._progress.begin(0)
        self._planned(Plan(settled.actions))
        if not self._job.dry_run:
            self._tell_of_cache()
        return self.result

    @property
    def _is_whole(self) -> bool:
        """Whether the plan of the site as it is, is what is to be done."""
        job = self._job
        return not job.force and job.actions is None and job.selection == Selection()

    def sync(self, fetch: Fetch | None = None) -> Result:
        """Generate, then bring the target to the same state; `fetch` is called for videos."""
        config = self._config
        target = open_storage(config.target, config, self._cache)
        self._target_url, self._endpoint = target.url, target.endpoint or None
        try:
            with open_executor(target.connections) as senders:
                self._sync(target, senders, fetch)
        finally:
            if not self._job.dry_run:
                target.close()
        self._tell_of_cache()
        return self.result

    @property
    def result(self) -> Result:
        """What has been done up to now."""
        return Result(
            tuple(self._outcomes),
            tuple(sorted(set(self._problems))),
            time.perf_counter() - self._start,
            dry_run=self._job.dry_run,
            target=self._target_url,
            endpoint=self._endpoint,
        )

    def _observe(self) -> Site:
        config, workers = self._config, self._session.workers
        store = open_staging(config.source, config)
        if not self._job.dry_run:
            require_access(workers, store)
        return observe(self._session, workers, store, lean=self._job.dry_run)

    def _plan(self, site: Site) -> Plan:
        plan = plan_products(site.known, force=self._job.force)
        self._problems += [*site.problems, *plan.problems]
        if self._job.actions is not None:
            return restrict_to_reviewed_plan(plan, self._job.actions)
        selection = self._job.selection
        if selection == Selection():
            return plan
        return Plan(tuple(action for action in plan.actions if self._is_selected(action, site)))

    def _is_selected(self, action: Action, site: Site) -> bool:
        """Return whether an action is in the selection; what is orphaned never is."""
        product = site.known.products.get(action.path)
        if product is not None:
            return self._job.selection.takes(product, site.users[action.path])
        if action.kind is Kind.DESCRIBE:
            users = {manifest for manifest, _ in site.uses[action.path]}
            return self._job.selection.takes_source(action.path, users)
        return False

    def _planned(self, *plans: Plan) -> Result:
        for plan in plans:
            for action in plan.actions:
                status = Status.KEPT if action.kind is Kind.KEEP else Status.PLANNED
                self._report(Outcome(action, status))
        return self.result

    def _make(self, site: Site, plan: Plan) -> Maker:
        """Carry out the plan; the catalog is written even if the run is interrupted."""
        maker = Maker(site, self._cache)
        try:
            maker.make(plan, self._session.workers, self._report)
        finally:
            # before the mark that they look for is cleared
            self._problems += refused_workers(self._session.workers)
            site.store.clear()
            try:
                self._config.catalog_file.write(maker.catalog(), self._session.writer)
            except UsageError as error:
                maker.problems.append(_catalog_problem(self._config.catalog, error))
                is_written = False
            else:
                is_written = True
            self._problems += maker.problems
        # not after an interrupt: it may have come between a file and its record
        if is_written:
            self._cache.clear_journal()
        return maker

    def _sync(self, target: Storage, senders: Executor, fetch: Fetch | None) -> None:
        # both take a while; what is not remote has nothing to wait for
        look = partial(observe_target, target)
        listing = senders.submit(look) if target.is_remote else finished(look())
        site = self._with_videos(self._observe(), fetch)
        refuse_folder_in_use(site)
        plan = self._plan(site)
        state = replace(listing.result(), stored=self._cache.stored(target.url))
        delete = self._job.delete and not self._hold_back_deletes(site)
        has_headers = target.has_headers
        local = local_objects(site, plan, has_headers=has_headers)
        state = ask(target, state, local, senders)
        preview = plan_transfers(local, state, delete=delete)
        sources = {
            site.config.kind.key(path): each.sha256 for path, each in site.known.pictures.items()
        }
        own, take_over = site.catalog.site, self._job.take_over
        belongs = partial(site_id, own, state, sources, take_over=take_over)
        limit, has_source = self._config.max_delete, bool(site.known.pictures)
        if self._job.dry_run:
            last = catalog_action(state, changed=bool(plan.todo or preview.todo))
            self._planned(plan, preview, Plan((last,)))
            self._warn_of_refusal(belongs)
            self._warn_of_refusal(
                partial(refuse_unsafe, preview, state, limit, has_source=has_source)
            )
            return
        site = replace(site, catalog=replace(site.catalog, site=belongs()))
        refuse_unsafe(preview, state, limit, has_source=has_source)
        self._progress.begin(len(plan.todo) + len(preview.todo))
        if plan.todo or preview.todo:
            senders.submit(target.clear_leftovers)
        from mediakit.storage.purge import open_purgers  # noqa: PLC0415 - it loads HTTP and TLS

        purgers = open_purgers(self._config.cdn)
        maker = self._make(site, plan)
        failed = bool(maker.problems)
        transfers = preview
        if plan.todo:
            local = local_objects(site, plan, maker, has_headers=has_headers)
            transfers = plan_transfers(local, state, delete=delete and not failed)
        publisher = Publisher(target, state, self._cache, self._config.headers, incomplete=failed)
        try:
            publisher.publish(local, transfers, maker.catalog(), senders, self._report)
        finally:
            self._problems += publisher.problems
        if not publisher.problems and not failed:
            self._purge(purgers)

    def _with_videos(self, site: Site, fetch: Fetch | None) -> Site:
        """Fetch what is missing of videos, and return the site as it is then.

        A video that does not come is a warning: pictures do not wait for YouTube.
        """
        if fetch is None or self._job.dry_run or self._job.selection != Selection():
            return site
        if not any(manifest.videos for manifest in site.content.manifests):
            return site
        catalog = replace(site.catalog, videos=site.videos)
        fetched = fetch(self._session, site.content.manifests, catalog)
        self._problems += fetched.problems
        return self._observe() if fetched.came else site

    def _purge(self, purgers: Iterable[Purger]) -> None:
        """Tell the caches what is no longer as they may have it."""
        changed = [
            outcome.action.path
            for outcome in self._outcomes
            if outcome.action.place is Place.TARGET and outcome.status is Status.DONE
            if outcome.action.reason is not Reason.NEW
        ]
        if not changed:
            return
        for purger in purgers:
            wrong = purger.purge(changed)
            if wrong is not None:
                where = self._target_url or ""
                self._problems.append(
                    Problem(where, 0, wrong.code, Severity.ERROR, wrong.message, wrong.hint)
                )

    def _warn_of_refusal(self, refuse: Callable[[], object]) -> None:
        """In a dry run a refusal is a problem: what it is about is to be seen."""
        try:
            refuse()
        except TargetError as error:
            where = self._target_url or ""
            self._problems.append(
                Problem(where, 0, "refused", Severity.ERROR, error.message, error.hint)
            )

    def _hold_back_deletes(self, site: Site) -> bool:
        """Return whether something could not be read, so that an absence proves nothing."""
        if not site.incomplete:
            return False
        self._problems.append(
            Problem(
                self._target_url or "", 0, "deletes-held-back", Severity.WARNING,
                "nothing is deleted, since not all of the site could be read",
                "mend the errors, then run again",
            )
        )  # fmt: skip
        return True

    def _tell_of_cache(self) -> None:
        self._problems += self._cache.problems
        self._cache.clear_problems()

    def _report(self, outcome: Outcome) -> None:
        self._outcomes.append(outcome)
        self._progress.step(outcome)


def _catalog_problem(path: str, error: UsageError) -> Problem:
    """Say that the catalog could not be written; the cache's journal has it all until it can."""
    message = error.message.removeprefix(f"{path}: ")
    return Problem(path, 0, "cannot-write-catalog", Severity.ERROR, message, error.hint)
