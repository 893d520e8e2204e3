"""Plan: what to make at the site, then what to put and delete at the target, with reasons."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass, field
from functools import cached_property
from heapq import merge
from operator import attrgetter
from typing import TYPE_CHECKING

from msgspec.structs import replace

from mediakit.base.actions import Action, Kind, Place, Plan, Reason, up_to_date
from mediakit.base.artifacts import CATALOG_KEY, Artifact, Product, without_texts
from mediakit.base.errors import StalePlanError
from mediakit.base.formats import named_format
from mediakit.base.model import Problem, Severity
from mediakit.base.tables import changed, in_order

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from collections.abc import Set as AbstractSet

    from mediakit.base.artifacts import MadeRecord, SourcePicture
    from mediakit.images.recipes import Recipe
    from mediakit.sync.expected import Expected
    from mediakit.sync.observe import ObservedSite
    from mediakit.sync.target import TargetState


@dataclass(frozen=True)
class Known:
    """All that the plan of a site's products is made from.

    `pictures` are the sources, `found` the products on disk, `records` what the catalog keeps of
    products, each by site path; `journal` is what unfinished runs wrote, by path and digest;
    `recipes` are by the name that products have. With `describe`, the look of each picture is to
    be known. `films` are sources too, which are made into clips and are not shown themselves.
    """

    products: Mapping[str, Product]
    pictures: Mapping[str, SourcePicture]
    found: Mapping[str, Artifact]
    records: Mapping[str, MadeRecord]
    recipes: Mapping[str, Recipe]
    journal: Mapping[tuple[str, str], MadeRecord] = field(default_factory=dict)
    describe: bool = False
    films: Mapping[str, SourcePicture] = field(default_factory=dict)

    @cached_property
    def inputs(self) -> Mapping[str, SourcePicture]:
        """The pictures and the films that products are made of."""
        return changed(self.pictures, self.films)

    def record(self, path: str) -> MadeRecord | None:
        """Return what is known of the bytes that are now at `path`, else the catalog's record."""
        found = self.found.get(path)
        recorded = self.records.get(path)
        if found is None or (recorded is not None and recorded.sha256 == found.sha256):
            return recorded
        return self.journal.get((path, found.sha256), recorded)

    def widest(self, paths: Iterable[str]) -> dict[str, int]:
        """Return the greatest width in pixels at which the site needs each of some pictures."""
        found = dict.fromkeys(paths, 0)
        for each in self.products.values():
            if each.source in found:
                width = self.recipes[each.recipe].width_needed(each, self.inputs)
                found[each.source] = max(found[each.source], width)
        return found


def plan_products(known: Known, *, force: bool = False) -> Plan:
    """Decide on each product, and report those that no page needs any more.

    Pictures of unknown look come last. Equal inputs give equal plans: actions are in the order
    of their paths.
    """
    actions, problems = [], []
    fingerprints = _Fingerprints(known.recipes)
    for path in sorted(known.products):
        product = known.products[path]
        reason = Reason.FORCED if force else _reason(product, known, fingerprints)
        kind = Kind.KEEP if reason in _KEPT else Kind.MAKE
        actions.append(Action(kind, Place.SITE, path, reason, product))
        if reason is Reason.ALTERED:
            problems.append(_altered(product))
    for path in sorted(path for path in known.records if path not in known.products):
        record = known.records[path]
        if path in known.found:
            product = Product(path, record.recipe, record.inputs)
            actions.append(Action(Kind.KEEP, Place.SITE, path, Reason.ORPHANED, product))
    return Plan((*actions, *_descriptions(known, force=force)), tuple(problems))


class _Fingerprints:
    """Fingerprints of recipes: of all products in one format they are the same."""

    def __init__(self, recipes: Mapping[str, Recipe]) -> None:
        self._recipes = recipes
        self._known: dict[tuple[str, str], str] = {}

    def of(self, product: Product) -> str:
        """Return the fingerprint of a product's recipe."""
        key = product.recipe, named_format(product.path)
        found = self._known.get(key)
        if found is None:
            recipe = self._recipes[product.recipe]
            found = self._known[key] = recipe.fingerprint(product.recipe, product.path)
        return found


def _descriptions(known: Known, *, force: bool) -> Iterator[Action]:
    if not known.describe:
        return
    reason = Reason.FORCED if force else Reason.NEW
    found = (
        path for path, each in known.pictures.items() if each.width and (force or not each.colour)
    )
    for path in sorted(found):
        yield Action(Kind.DESCRIBE, Place.SITE, path, reason)


_KEPT = frozenset({Reason.UP_TO_DATE, Reason.ADOPTED, Reason.ALTERED})


def _reason(  # noqa: PLR0911 - one a reason
    product: Product, known: Known, fingerprints: _Fingerprints
) -> Reason:
    """Return the first reason that applies; the order is part of the contract."""
    found = known.found.get(product.path)
    record = known.record(product.path)
    if found is None:
        return Reason.NEW if record is None else Reason.OUTPUT_MISSING
    if not found.whole:
        return Reason.OUTPUT_DAMAGED
    if record is None:
        recipe = known.recipes[product.recipe]
        fits = recipe.fits(product, found, known.inputs)
        return Reason.ADOPTED if fits else Reason.WRONG_SIZE
    if record.sha256 != found.sha256:
        return Reason.ALTERED
    if record.inputs != without_texts(product.inputs):
        return Reason.SOURCE_CHANGED
    if record.fingerprint != fingerprints.of(product):
        return Reason.PRESET_CHANGED
    return Reason.UP_TO_DATE


def _altered(product: Product) -> Problem:
    path = product.path
    return Problem(
        product.page, product.line, "altered-by-hand", Severity.WARNING,
        f"{path} was changed by hand and is kept as it is",
        f"to make it anew: mediakit generate --force --only '{path}'",
    )  # fmt: skip


def restrict_to_reviewed_plan(plan: Plan, actions: AbstractSet[Action]) -> Plan:
    """Return `plan` with only those changes that a user has reviewed; what is kept is kept.

    Raises:
        StalePlanError: one of `actions` is not in `plan`, so the site has changed meanwhile.
    """
    reviewed = {_change(action) for action in actions}
    missing = reviewed - {_change(action) for action in plan.todo}
    gone = sorted(path for _, path, *_ in missing)
    if gone:
        raise StalePlanError(
            f"the site has changed since the plan was made: {gone[0]}"
            + (f" and {len(gone) - 1:,} more" if len(gone) > 1 else ""),
            "plan again",
        )
    kept = tuple(
        each for each in plan.actions if each.kind is Kind.KEEP or _change(each) in reviewed
    )
    return Plan(kept, plan.problems)


def _change(action: Action) -> tuple[str, ...]:
    """Return what makes an action the same in two plans, whichever line asks for it."""
    return action.kind, action.path, action.reason, action.source or "", action.preset or ""


@dataclass(frozen=True, slots=True)
class Transfers:
    """What is to become of the objects at a target, in the order of their keys.

    `kept` has the keys of what is up to date: nearly all, so that they are no more than that.
    """

    kept: Mapping[str, None] = field(default_factory=dict)
    puts: Sequence[Action] = ()
    deletes: Sequence[Action] = ()
    mentioned: Sequence[Action] = ()

    @property
    def todo(self) -> tuple[Action, ...]:
        """The actions that change something."""
        return (*self.puts, *self.deletes)

    @property
    def actions(self) -> Iterator[Action]:
        """All actions, in the order of the keys; what the site no longer has comes last."""
        by_key = attrgetter("path")
        yield from merge(map(up_to_date, self.kept), self.puts, key=by_key)
        yield from merge(self.deletes, self.mentioned, key=by_key)


def with_made(
    site: ObservedSite,
    records: Mapping[str, MadeRecord],
    uploads: Expected,
    transfers: Transfers,
    there: TargetState,
) -> tuple[Expected, Transfers]:
    """Return uploads with the digests of what was made, and the transfers that follow from them.

    What came out as the target has it is kept. What could not be made has no digest still.
    """
    made = {}
    for path, record in records.items():
        key = site.config.kind.key(path)
        upload = uploads.others.get(key)
        is_unknown = upload is not None and not upload.artifact.sha256
        if upload and is_unknown and (upload.folder, upload.name) == site.tree.parts(path):
            artifact = replace(upload.artifact, sha256=record.sha256, bytes=record.bytes)
            made[key] = replace(upload, artifact=artifact)
    uploads = uploads.changed(made)
    kept, puts = _kept_and_put(uploads, there)
    return uploads, dataclasses.replace(transfers, kept=kept, puts=puts)


def plan_target(uploads: Expected, there: TargetState, *, delete: bool = False) -> Transfers:
    """Decide on each key that the target is to hold.

    With `delete`, objects that mediakit put and that the site no longer has go.
    """
    kept, puts = _kept_and_put(uploads, there)
    deletes: list[Action] = []
    if delete:
        deletes = [
            Action(Kind.DELETE, Place.TARGET, key, Reason.ORPHANED)
            for key in in_order(there.objects)
            if key not in uploads and key in there.entries and there.objects[key].ours
        ]
    return Transfers(kept, puts, deletes)


def _kept_and_put(uploads: Expected, there: TargetState) -> tuple[Mapping[str, None], list[Action]]:
    found, puts = [], []
    for key in in_order(uploads.others):
        reason = reason_of_transfer(uploads.others[key].artifact, there)
        if reason is None:
            found.append(key)
        else:
            puts.append(Action(Kind.PUT, Place.TARGET, key, reason))
    return changed(uploads.kept, dict.fromkeys(found)), puts


def plan_catalog(there: TargetState, *, is_changed: bool) -> Action:
    """Decide on the catalog at the target; where it `is_changed`, it would have other bytes."""
    if not is_changed and there.catalog is not None:
        return Action(Kind.KEEP, Place.TARGET, CATALOG_KEY, Reason.UP_TO_DATE)
    reason = Reason.NEW if there.catalog is None else Reason.CONTENT_CHANGED
    return Action(Kind.PUT, Place.TARGET, CATALOG_KEY, reason)


def reason_of_transfer(desired: Artifact, there: TargetState) -> Reason | None:
    """Return why an object is to be put, None where it is there as it is to be."""
    held = there.holds(desired.path)
    if held is None and desired.path not in there.entries:
        return Reason.NEW
    if held is None or not desired.sha256 or held.sha256 != desired.sha256:
        return Reason.CONTENT_CHANGED
    if desired.headers and held.headers != desired.headers:
        return Reason.HEADERS_CHANGED
    return None
