"""The jobs: `Run.generate` makes what is missing, `Run.sync` brings a target to the same state.

What a run without changes does not need is imported where it is used: most have nothing to do.
"""

from __future__ import annotations

from functools import partial
from itertools import chain
from typing import TYPE_CHECKING

import msgspec

from mediakit.base.actions import Action, Plan, Result, StaleVariants
from mediakit.base.errors import UsageError
from mediakit.sync.selection import Selection
from mediakit.sync.session import Tally

if TYPE_CHECKING:
    from collections.abc import Sequence
    from concurrent.futures import Executor

    from mediakit.base.model import Manifest
    from mediakit.config.config import Config
    from mediakit.state.catalog import Catalog
    from mediakit.storage.protocol import Storage
    from mediakit.sync.expected import Expected
    from mediakit.sync.fetch import Fetch
    from mediakit.sync.make import Maker
    from mediakit.sync.observe import ObservedSite
    from mediakit.sync.parts import SitePart
    from mediakit.sync.plan import Transfers
    from mediakit.sync.session import Progress, Session
    from mediakit.sync.settled import Settled


class Job(msgspec.Struct, frozen=True):
    """What a run is asked to do: which pictures, whether anew, and whether only to plan.

    `take_over` makes the target of another site this one's. With `actions`, variants are made and
    pictures described only as these say. `stale` asks how many variants are stale, `prune` removes
    them, or those at these paths; `trust_catalog` takes its word that mediakit made them.
    """

    selection: Selection = msgspec.field(default_factory=Selection)
    force: bool = False
    dry_run: bool = False
    delete: bool = False
    actions: frozenset[Action] | None = None
    take_over: bool = False
    stale: bool = False
    prune: bool | frozenset[str] = False
    trust_catalog: bool = False


class Run:
    """One run over a site; its outcomes so far are in `result`, also after an interrupt.

    The session has to be one that writes, unless the job is only to plan.
    """

    def __init__(self, session: Session, job: Job, progress: Progress) -> None:
        if job.selection.presets:
            job.selection.refuse_unknown(session.config)
        if (job.delete or job.prune) and job.selection != Selection():
            option = "--delete" if job.delete else "--prune"
            what = f"{option} looks at the whole site, --only and --preset at a part of it"
            raise UsageError(what, "leave one of them out")
        self._session = session
        self._cache = session.cache
        self._job = job
        self._tally = Tally(progress, dry_run=job.dry_run)
        # the orphans of a part of the site are not in its plan
        self._weighs = (job.stale or bool(job.prune)) and job.selection == Selection()
        self._tally.stale = StaleVariants(0, 0) if self._weighs else None

    @property
    def _config(self) -> Config:
        return self._session.config

    @property
    def result(self) -> Result:
        """What has been done up to now."""
        return self._tally.result

    def generate(self) -> Result:
        """Make the variants that are missing or stale, and write the catalog."""
        from mediakit.sync.kept_plan import remember, remember_part  # noqa: PLC0415 - not for sync
        from mediakit.sync.settled import recall  # noqa: PLC0415

        settled = recall(self._session, weighs=self._weighs) if self._is_whole else None
        if settled is not None and settled.part is None:
            return self._nothing_to_do(settled)
        found = settled.planned(self._job, self._observe, self._plan) if settled else None
        if found is None:
            site = self._observe()
            found = site, self._plan(site)
        site, plan = found
        if self._job.dry_run:
            documents = self._documents(site, plan)
            del site  # of very many pictures: the report needs the memory
            self._tally.planned(chain(plan.actions, documents))
            return self.result
        self._tally.begin(plan)
        maker = self._make(site, plan)
        if site.part is not None:
            remember_part(site, site.part, self._cache)
        elif self._is_whole and not maker.problems and not self._weighs:
            remember(site, plan, self._cache)
        return self._end()

    def sync(self, fetch: Fetch | None = None) -> Result:
        """Generate, then bring the target to the same state; `fetch` is called for videos."""
        from mediakit.executors.workers import open_executor  # noqa: PLC0415 - not for generate
        from mediakit.storage.open import open_storage  # noqa: PLC0415

        target = open_storage(self._config.target, self._config, self._cache)
        self._tally.at(target)
        try:
            with open_executor(target.connections) as senders:
                self._sync(target, senders, fetch)
        finally:
            if not self._job.dry_run:
                target.close()
        return self._end()

    def _sync(self, target: Storage, senders: Executor, fetch: Fetch | None) -> None:
        """Sync in five steps: observe, plan, make, publish, purge."""
        from dataclasses import replace  # noqa: PLC0415

        from mediakit.sync import expected as asked  # noqa: PLC0415
        from mediakit.sync.plan import plan_catalog, plan_target, with_made  # noqa: PLC0415
        from mediakit.sync.publish import Publisher  # noqa: PLC0415
        from mediakit.sync.target import start_listing  # noqa: PLC0415
        from mediakit.sync.unknown import ask  # noqa: PLC0415

        job, tally, cache = self._job, self._tally, self._cache
        listing = start_listing(target, senders)  # 1. observe the target, and meanwhile the site
        site = self._observe(fetch=fetch, is_kept=False)
        if self._config.file_chose_target:
            from mediakit.sync.folder_in_use import refuse_folder_in_use  # noqa: PLC0415

            refuse_folder_in_use(site)

        plan = self._plan(site)  # 2. plan the site, then the target
        there = replace(listing.result(), stored=cache.stored(target.url))
        uploads = asked.expected_uploads(site, plan, there)
        uploads = asked.without_places(site, uploads, there, cache, tally.add)
        there = ask(target, there, uploads, senders) if there.entries else there
        transfers = plan_target(uploads, there, delete=self._may_delete(site))
        transfers = self._without_mentioned(transfers, uploads)
        identify = partial(asked.site_id, site, there, uploads, take_over=job.take_over)
        refuse = partial(asked.refuse_unsafe, site, transfers, there)
        if job.dry_run:
            last = plan_catalog(there, is_changed=bool(plan.todo or transfers.todo))
            tally.planned(
                chain(plan.actions, self._documents(site, plan), transfers.actions, [last])
            )
            tally.refused(identify)
            tally.refused(refuse)
            return
        site = replace(site, catalog=replace(site.catalog, site=identify()))
        refuse()
        purge = None
        if self._config.cdn is not None:
            from mediakit.storage.purge import open_purge  # noqa: PLC0415 - it loads HTTP and TLS

            purge = open_purge(self._config.cdn)
        tally.begin(plan, transfers)  # 3. make
        if plan.todo or transfers.todo:
            senders.submit(target.clear_leftovers)
        maker = self._make(site, plan)
        failed = bool(maker.problems)
        if plan.todo:  # 4. publish
            uploads, transfers = with_made(site, maker.records, uploads, transfers, there)
        publisher = Publisher(
            target, there, cache, uploads, tally.report, rules=self._config.headers
        )
        catalog = maker.catalog()
        del site, maker, identify, refuse  # of very many pictures: catalogs need the memory
        try:
            publisher.publish(transfers, catalog, senders, incomplete=failed)
        finally:
            tally.add(publisher.problems)

        if purge and not publisher.problems and not failed:  # 5. purge the caches in front of it
            tally.add(purge(tally.changed, target.url))

    @property
    def _is_whole(self) -> bool:
        """Whether this run covers the whole site with default options."""
        job = self._job
        return not job.force and job.actions is None and job.selection == Selection()

    def _nothing_to_do(self, settled: Settled) -> Result:
        self._tally.add((*self._cache.problems, *settled.problems))
        self._tally.begin()
        self._tally.planned(settled.actions)
        return self.result if self._job.dry_run else self._end()

    def _observe(
        self, part: SitePart | None = None, fetch: Fetch | None = None, *, is_kept: bool = True
    ) -> ObservedSite:
        """Observe the site; videos that are missing are fetched before pictures are looked for.

        A video that does not come is a warning: pictures do not wait for YouTube.
        """
        from mediakit.storage.open import open_staging  # noqa: PLC0415
        from mediakit.sync.observe import observe  # noqa: PLC0415
        from mediakit.sync.worker import require_access  # noqa: PLC0415

        config, session, dry_run = self._config, self._session, self._job.dry_run
        store = open_staging(config.source, config)
        if not dry_run:
            require_access(session.workers, store)

        def fetch_missing(manifests: Sequence[Manifest], catalog: Catalog) -> bool:
            if fetch is None or dry_run or self._job.selection != Selection():
                return False
            if not any(manifest.videos for manifest in manifests):
                return False
            fetched = fetch(session, manifests, catalog)
            self._tally.add(fetched.problems)
            return fetched.came > 0

        return observe(
            session, store, part=part, fetch=fetch_missing,
            without_placeholders=dry_run and not config.template_files,
            is_kept=is_kept and not dry_run,
        )  # fmt: skip

    def _plan(self, site: ObservedSite) -> Plan:
        from mediakit.sync.plan import plan_products, restrict_to_reviewed_plan  # noqa: PLC0415

        plan = plan_products(site.known, force=self._job.force)
        self._tally.add((*site.problems, *plan.problems))
        if self._weighs:
            from mediakit.sync.orphans import weighed  # noqa: PLC0415 - few runs ask

            plan = weighed(site, plan, self._cache, self._job, self._tally)
        if self._job.actions is not None:
            return restrict_to_reviewed_plan(plan, self._job.actions)
        selection = self._job.selection
        if selection == Selection():
            return plan
        return Plan(tuple(each for each in plan.actions if selection.selects(each, site)))

    def _may_delete(self, site: ObservedSite) -> bool:
        """Return whether to delete: not if a part of the site could not be read."""
        if self._job.delete and site.incomplete:
            self._hold_back()
        return self._job.delete and not site.incomplete

    def _without_mentioned(self, transfers: Transfers, uploads: Expected) -> Transfers:
        """Return the transfers without deletes of what a text of the site mentions."""
        if not transfers.deletes:
            return transfers
        from mediakit.sync.orphans import keep_mentioned  # noqa: PLC0415 - few runs delete

        left, why = keep_mentioned(self._config, self._cache, transfers, uploads)
        if why:
            self._hold_back(why)
        return left

    def _hold_back(self, why: str = "") -> None:
        from mediakit.sync.picture_problems import INCOMPLETE, held_back  # noqa: PLC0415

        self._tally.add([held_back(self._tally.target_url, why or INCOMPLETE)])

    def _documents(self, site: ObservedSite, plan: Plan) -> Sequence[Action]:
        """Return what a run would do to the documents for templates."""
        if not self._config.template_files:
            return ()
        from mediakit.sync.template_data import plan_documents  # noqa: PLC0415 - few sites ask

        return plan_documents(site, self._cache, plan)

    def _make(self, site: ObservedSite, plan: Plan) -> Maker:
        """Carry out the plan; the catalog is written even if the run is interrupted."""
        from mediakit.sync.make import Maker  # noqa: PLC0415
        from mediakit.sync.worker import refused_workers  # noqa: PLC0415

        maker = Maker(site, self._cache)
        try:
            maker.make(plan, self._session.workers, self._tally.report)
        finally:
            # before the mark that they look for is cleared
            self._tally.add(refused_workers(self._session.workers))
            site.store.clear()
            is_written = maker.write_catalog(self._session.writer, self._tally.report)
            self._tally.add((*maker.problems, *maker.declined))
        # not after an interrupt: it may have come between a file and its record
        if is_written:
            self._cache.clear_journal()
        return maker

    def _end(self) -> Result:
        self._tally.add(self._cache.problems)
        self._cache.clear_problems()
        return self.result
