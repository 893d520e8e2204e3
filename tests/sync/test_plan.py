from __future__ import annotations

import dataclasses

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from mediakit.base.actions import Kind, Reason
from mediakit.base.artifacts import PICTURE, Artifact, Input, MadeRecord, Product, SourcePicture
from mediakit.images.preset import DEFAULT_PRESETS
from mediakit.images.recipes.resize import Resize
from mediakit.sync.plan import Known, plan_products

TEASER = DEFAULT_PRESETS[0]
RECIPES = {"teaser": Resize(DEFAULT_PRESETS)}
SOURCE = SourcePicture("a.jpg", "s1", 10, 900, 600)
INPUTS = (Input(PICTURE, "a.jpg", sha256="s1"),)
PRODUCT = Product("a-320.jpg", "teaser", INPUTS, "x.md", 3)
RECORD = MadeRecord(
    "a-320.jpg", "teaser", INPUTS, TEASER.fingerprint("a-320.jpg"), "v1", 5, 320, 213
)
FOUND = Artifact("a-320.jpg", "v1", 5, 320, 213)


def of(path: str = "a.jpg", sha256: str = "s1") -> tuple[Input, ...]:
    return (Input(PICTURE, path, sha256=sha256),)


def known(
    found: Artifact | None = FOUND,
    record: MadeRecord | None = RECORD,
    journal: MadeRecord | None = None,
    inputs: tuple[Input, ...] = INPUTS,
) -> Known:
    return Known(
        products={"a-320.jpg": replace(PRODUCT, inputs=inputs)},
        pictures={"a.jpg": SOURCE},
        found={} if found is None else {"a-320.jpg": found},
        records={} if record is None else {"a-320.jpg": record},
        recipes=RECIPES,
        journal={} if journal is None else {(journal.path, journal.sha256): journal},
    )


@pytest.mark.parametrize(
    ("state", "kind", "reason"),
    [
        (known(), Kind.KEEP, Reason.UP_TO_DATE),
        (known(found=None, record=None), Kind.MAKE, Reason.NEW),
        (known(found=None), Kind.MAKE, Reason.OUTPUT_MISSING),
        (known(found=replace(FOUND, sha256="v2", whole=False)), Kind.MAKE, Reason.OUTPUT_DAMAGED),
        (known(record=None), Kind.KEEP, Reason.ADOPTED),
        (known(found=replace(FOUND, width=400), record=None), Kind.MAKE, Reason.WRONG_SIZE),
        (known(found=replace(FOUND, whole=False), record=None), Kind.MAKE, Reason.OUTPUT_DAMAGED),
        (known(found=replace(FOUND, sha256="v2")), Kind.KEEP, Reason.ALTERED),
        (
            known(found=replace(FOUND, sha256="v2"), inputs=of(sha256="s2")),
            Kind.KEEP,
            Reason.ALTERED,
        ),
        (known(inputs=of(sha256="s2")), Kind.MAKE, Reason.SOURCE_CHANGED),
        (known(record=replace(RECORD, inputs=of("a.png"))), Kind.MAKE, Reason.SOURCE_CHANGED),
        (known(record=replace(RECORD, fingerprint="old")), Kind.MAKE, Reason.PRESET_CHANGED),
        (
            known(found=replace(FOUND, sha256="v2"), journal=replace(RECORD, sha256="v2")),
            Kind.KEEP,
            Reason.UP_TO_DATE,
        ),
        (
            known(record=None, journal=RECORD),
            Kind.KEEP,
            Reason.UP_TO_DATE,
        ),
        (
            known(
                found=replace(FOUND, sha256="v2"),
                journal=replace(RECORD, sha256="v2", inputs=of(sha256="s0")),
            ),
            Kind.MAKE,
            Reason.SOURCE_CHANGED,
        ),
    ],
)
def test_reasons(state: Known, kind: Kind, reason: Reason) -> None:
    """Each state of a variant has one action with one reason."""
    (action,) = plan_products(state).actions
    assert (action.kind, action.reason) == (kind, reason)


def test_force() -> None:
    """Force makes all anew, also what is up to date or was altered by hand."""
    for state in (known(), known(found=replace(FOUND, sha256="v2"))):
        (action,) = plan_products(state, force=True).actions
        assert (action.kind, action.reason) == (Kind.MAKE, Reason.FORCED)


def test_altered_is_reported() -> None:
    """Work by hand is kept, and said so with the place that shows it."""
    (problem,) = plan_products(known(found=replace(FOUND, sha256="v2"))).problems
    assert (problem.path, problem.line, problem.code) == ("x.md", 3, "altered-by-hand")


def test_orphans_are_kept() -> None:
    """A variant that no page names any more stays, with its reason, while it is on disk."""
    state = known()
    orphan = replace(RECORD, path="b-320.jpg", inputs=of("b.jpg"))
    state = dataclasses.replace(
        state,
        records={
            **state.records,
            "b-320.jpg": orphan,
            "c-320.jpg": replace(orphan, path="c-320.jpg"),
        },
        found={**state.found, "b-320.jpg": FOUND},
    )
    assert [(action.path, action.reason) for action in plan_products(state).actions] == [
        ("a-320.jpg", Reason.UP_TO_DATE),
        ("b-320.jpg", Reason.ORPHANED),
    ]


@given(st.permutations(range(6)), st.data())
def test_order_of_input_does_not_matter(order: list[int], data: st.DataObject) -> None:
    """Equal worlds give equal plans, in whatever order they were found."""
    names = [f"p{number}-320.jpg" for number in range(6)]
    found = {
        name: replace(
            FOUND,
            sha256=data.draw(st.sampled_from(["v1", "v2"])),
            width=data.draw(st.sampled_from([320, 9])),
        )
        for name in names
        if data.draw(st.booleans())
    }
    records = {name: replace(RECORD, path=name) for name in names if data.draw(st.booleans())}
    products = {name: replace(PRODUCT, path=name) for name in names}
    base = Known(products, {"a.jpg": SOURCE}, found, records, RECIPES)
    shuffled = Known(
        {names[index]: products[names[index]] for index in order},
        {"a.jpg": SOURCE},
        dict(reversed(found.items())),
        dict(reversed(records.items())),
        RECIPES,
    )
    assert plan_products(base) == plan_products(shuffled)
