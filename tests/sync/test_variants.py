from __future__ import annotations

import dataclasses

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from mediakit.base.actions import Kind, Reason
from mediakit.base.artifacts import Picture
from mediakit.base.products import VariantRecord
from mediakit.images.preset import DEFAULT_PRESETS
from mediakit.sync.plan import Known, OutputState, plan_variants
from mediakit.sync.products import Wanted

TEASER = DEFAULT_PRESETS[0]
WANTED = Wanted("a-320.jpg", "a.jpg", "teaser", "x.md", 3)
PICTURE = Picture("a.jpg", "s1", 10, 900, 600)
RECORD = VariantRecord(
    "a-320.jpg", "a.jpg", "teaser", "s1", TEASER.fingerprint("a-320.jpg"), "v1", 5, 320, 213
)
OUTPUT = OutputState("v1", 320, 213)


def known(
    output: OutputState | None = OUTPUT,
    record: VariantRecord | None = RECORD,
    journal: VariantRecord | None = None,
    picture: Picture = PICTURE,
) -> Known:
    return Known(
        wanted={"a-320.jpg": WANTED},
        pictures={"a.jpg": picture},
        outputs={} if output is None else {"a-320.jpg": output},
        records={} if record is None else {"a-320.jpg": record},
        presets={"teaser": TEASER},
        journal={} if journal is None else {(journal.path, journal.sha256): journal},
    )


@pytest.mark.parametrize(
    ("state", "kind", "reason"),
    [
        (known(), Kind.KEEP, Reason.UP_TO_DATE),
        (known(output=None, record=None), Kind.MAKE, Reason.NEW),
        (known(output=None), Kind.MAKE, Reason.OUTPUT_MISSING),
        (known(output=replace(OUTPUT, sha256="v2", whole=False)), Kind.MAKE, Reason.OUTPUT_DAMAGED),
        (known(record=None), Kind.KEEP, Reason.ADOPTED),
        (known(output=replace(OUTPUT, width=400), record=None), Kind.MAKE, Reason.WRONG_SIZE),
        (known(output=replace(OUTPUT, whole=False), record=None), Kind.MAKE, Reason.OUTPUT_DAMAGED),
        (known(output=replace(OUTPUT, sha256="v2")), Kind.KEEP, Reason.ALTERED),
        (
            known(output=replace(OUTPUT, sha256="v2"), picture=replace(PICTURE, sha256="s2")),
            Kind.KEEP,
            Reason.ALTERED,
        ),
        (known(picture=replace(PICTURE, sha256="s2")), Kind.MAKE, Reason.SOURCE_CHANGED),
        (known(record=replace(RECORD, source="a.png")), Kind.MAKE, Reason.SOURCE_CHANGED),
        (known(record=replace(RECORD, fingerprint="old")), Kind.MAKE, Reason.PRESET_CHANGED),
        (
            known(output=replace(OUTPUT, sha256="v2"), journal=replace(RECORD, sha256="v2")),
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
                output=replace(OUTPUT, sha256="v2"),
                journal=replace(RECORD, sha256="v2", source_sha256="s0"),
            ),
            Kind.MAKE,
            Reason.SOURCE_CHANGED,
        ),
    ],
)
def test_reasons(state: Known, kind: Kind, reason: Reason) -> None:
    """Each state of a variant has one action with one reason."""
    (action,) = plan_variants(state).actions
    assert (action.kind, action.reason) == (kind, reason)


def test_force() -> None:
    """Force makes all anew, also what is up to date or was altered by hand."""
    for state in (known(), known(output=replace(OUTPUT, sha256="v2"))):
        (action,) = plan_variants(state, force=True).actions
        assert (action.kind, action.reason) == (Kind.MAKE, Reason.FORCED)


def test_altered_is_reported() -> None:
    """Work by hand is kept, and said so with the place that shows it."""
    (problem,) = plan_variants(known(output=replace(OUTPUT, sha256="v2"))).problems
    assert (problem.path, problem.line, problem.code) == ("x.md", 3, "altered-by-hand")


def test_orphans_are_kept() -> None:
    """A variant that no page names any more stays, with its reason, while it is on disk."""
    state = known()
    orphan = replace(RECORD, path="b-320.jpg", source="b.jpg")
    state = dataclasses.replace(
        state,
        records={
            **state.records,
            "b-320.jpg": orphan,
            "c-320.jpg": replace(orphan, path="c-320.jpg"),
        },
        outputs={**state.outputs, "b-320.jpg": OUTPUT},
    )
    assert [(action.path, action.reason) for action in plan_variants(state).actions] == [
        ("a-320.jpg", Reason.UP_TO_DATE),
        ("b-320.jpg", Reason.ORPHANED),
    ]


@given(st.permutations(range(6)), st.data())
def test_order_of_input_does_not_matter(order: list[int], data: st.DataObject) -> None:
    """Equal worlds give equal plans, in whatever order they were found."""
    names = [f"p{number}-320.jpg" for number in range(6)]
    outputs = {
        name: OutputState(
            data.draw(st.sampled_from(["v1", "v2"])), data.draw(st.sampled_from([320, 9]))
        )
        for name in names
        if data.draw(st.booleans())
    }
    records = {name: replace(RECORD, path=name) for name in names if data.draw(st.booleans())}
    wanted = {name: replace(WANTED, path=name) for name in names}
    base = Known(wanted, {"a.jpg": PICTURE}, outputs, records, {"teaser": TEASER})
    shuffled = Known(
        {names[index]: wanted[names[index]] for index in order},
        {"a.jpg": PICTURE},
        dict(reversed(outputs.items())),
        dict(reversed(records.items())),
        {"teaser": TEASER},
    )
    assert plan_variants(base) == plan_variants(shuffled)
