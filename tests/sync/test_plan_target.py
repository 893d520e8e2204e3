from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from mediakit.base.actions import DeleteLimit, Kind, Reason
from mediakit.base.artifacts import CATALOG_KEY, Artifact
from mediakit.base.errors import UsageError
from mediakit.state.catalog import Catalog, dump_catalog
from mediakit.storage.protocol import NOTHING, Fetched, Upload
from mediakit.storage.settings import Headers
from mediakit.sync.expected import Expected
from mediakit.sync.plan import plan_target
from mediakit.sync.target import TargetState, observe_target

if TYPE_CHECKING:
    from collections.abc import Mapping


def state(**objects: tuple[str | None, str | None]) -> TargetState:
    """Return a target of (listed digest, catalog's digest) by key."""
    return TargetState(
        {key: Artifact(key, listed or "", 5) for key, (listed, _) in objects.items()},
        {key: Artifact(key, known, 5) for key, (_, known) in objects.items() if known},
    )


def decided(
    plan_of: dict[str, str | None],
    target: TargetState,
    *,
    delete: bool = False,
    headers: str = "",
) -> list[tuple[str, str, str]]:
    local = {
        key: Upload(Artifact(key, sha256 or "", headers=headers), "", "", Headers())
        for key, sha256 in plan_of.items()
    }
    actions = plan_target(Expected({}, local), target, delete=delete).actions
    return [(str(action.kind), action.path, str(action.reason)) for action in actions]


def test_content_decides() -> None:
    """New, changed and unchanged keys are told apart by digest."""
    target = state(same=("1", "1"), changed=("1", "1"), unknown=("2", None))
    assert decided({"new": "1", "same": "1", "changed": "2", "unknown": "2"}, target) == [
        ("put", "changed", "content changed"),
        ("put", "new", "new"),
        ("keep", "same", "up to date"),
        ("keep", "unknown", "up to date"),
    ]


def test_what_is_yet_to_be_made_is_put() -> None:
    """A preview counts variants that the run is going to make."""
    assert decided({"a": None}, state(a=("1", "1"))) == [("put", "a", "content changed")]


def test_the_catalog_speaks_where_the_listing_cannot() -> None:
    """A listing without digests is filled in by the catalog, if the sizes agree."""
    target = state(a=(None, "1"))
    held = target.holds("a")
    assert held is not None
    assert held.sha256 == "1"
    assert TargetState({"a": Artifact("a", bytes=6)}, target.objects).holds("a") is None


def test_another_etag_is_another_content() -> None:
    """An object that somebody else replaced by one of the same size is not what we put."""
    objects = {"a": Artifact("a", "1", 5, etag="x")}
    same = TargetState({"a": Artifact("a", bytes=5, etag="x")}, objects)
    other = TargetState({"a": Artifact("a", bytes=5, etag="y")}, objects)
    assert decided({"a": "1"}, same) == [("keep", "a", "up to date")]
    assert decided({"a": "1"}, other) == [("put", "a", "content changed")]


def test_headers_are_part_of_an_object() -> None:
    """Other headers are a reason to put it again; where nobody knows them, so is that."""
    entries = {"a": Artifact("a", bytes=5, etag="x")}
    target = TargetState(entries, {"a": Artifact("a", "1", 5, etag="x", headers="h")})
    assert decided({"a": "1"}, target, headers="h") == [("keep", "a", "up to date")]
    assert decided({"a": "1"}, target, headers="i") == [("put", "a", "headers changed")]
    assert decided({"a": "2"}, target, headers="i") == [("put", "a", "content changed")]
    told = TargetState(entries, found={"a": Artifact("a", "1", headers="h")})
    assert decided({"a": "1"}, told, headers="h") == [("keep", "a", "up to date")]


def test_only_our_own_is_deleted() -> None:
    """Foreign objects stay, also those that were there before with our content."""
    target = TargetState(
        {key: Artifact(key, "1", 5) for key in ("ours", "claimed", "foreign", "kept")},
        {
            "ours": Artifact("ours", "1", 5),
            "claimed": Artifact("claimed", "1", 5, ours=False),
            "gone": Artifact("gone", "1", 5),
            "kept": Artifact("kept", "1", 5),
        },
    )
    assert decided({"kept": "1"}, target, delete=True) == [
        ("keep", "kept", "up to date"),
        ("delete", "ours", "orphaned"),
    ]
    assert decided({"kept": "1"}, target) == [("keep", "kept", "up to date")]


def test_put_by_a_killed_run_is_ours() -> None:
    """What the journal says we put is ours, as long as it is still what we put."""
    target = TargetState({"a": Artifact("a", "1", 5)}, {}, {("a", "1"): ""})
    assert target.is_ours("a", "1")
    assert not target.is_ours("a", "2")


@pytest.mark.parametrize(
    ("text", "deletes", "objects", "allowed"),
    [
        ("0", 0, 10, True),
        ("0", 1, 10, False),
        ("5", 5, 10, True),
        ("5", 6, 10, False),
        ("10%", 1, 10, True),
        ("10%", 2, 10, False),
        ("100%", 10, 10, True),
        (None, 256, 9999, True),
        (None, 257, 9999, False),
    ],
)
def test_limit(text: str | None, deletes: int, objects: int, allowed: bool) -> None:  # noqa: FBT001
    """A number or a percentage caps deletes exactly."""
    assert DeleteLimit.parse(text).allows(deletes, objects) is allowed


@pytest.mark.parametrize("text", ["-1", "x", "5 %%", "1.5%", ""])
def test_bad_limits(text: str) -> None:
    """What is neither number nor percentage is bad usage."""
    with pytest.raises(UsageError):
        DeleteLimit.parse(text)


def test_deletes_come_last() -> None:
    """A plan puts before it deletes."""
    target = TargetState({"a": Artifact("a", "1", 5)}, {"a": Artifact("a", "1", 5)})
    local = {"z": Upload(Artifact("z", "1"), "", "", Headers())}
    actions = [*plan_target(Expected({}, local), target, delete=True).actions]
    assert [action.kind for action in actions] == [Kind.PUT, Kind.DELETE]
    assert actions[1].reason is Reason.ORPHANED


class _Listed:
    """A target with a catalog of two objects, one of which somebody has put again."""

    url = "s3://bucket"
    has_headers = True

    def get(self, key: str) -> Fetched | None:
        objects = {name: Artifact(name, "1", 5, etag="x") for name in ("as-it-was", "put-again")}
        return Fetched(dump_catalog(Catalog(objects=objects)), "v") if key == CATALOG_KEY else None

    def list(self, known: Mapping[str, Artifact] = NOTHING) -> dict[str, Artifact]:
        assert set(known) == {"as-it-was", "put-again"}
        return {key: Artifact(key, "", 5, etag=tag) for key, tag in
                (("as-it-was", "x"), ("put-again", "y"), ("of-others", "z"))}  # fmt: skip


def test_what_the_catalog_knows_is_taken_by_its_etag() -> None:
    """An entry of the listing with another ETag than the catalog has is another object."""
    state = observe_target(_Listed())  # type: ignore[arg-type]
    assert state.entries["put-again"].etag == "y"
    assert set(state.entries) == {"as-it-was", "put-again", "of-others"}
    assert state.is_unchanged("as-it-was", Artifact("as-it-was", "1"))
    assert state.holds("put-again") is None
