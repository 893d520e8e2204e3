"""What is remembered of videos: how states come about, and the file."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mediakit.base.errors import UsageError
from mediakit.videos.history import (
    PATIENCE,
    STANDING,
    VideoStatus,
    advance,
    due_order,
    dump_history,
    load_history,
    remembered,
)
from mediakit.videos.verdict import EXISTS, Answer, Finding, Proof, Sign, Source, State, conclude

START = datetime(2026, 1, 1, tzinfo=UTC)
CONFIRM = timedelta(hours=24)

answers = st.builds(
    Answer, st.sampled_from(Source), st.sampled_from(Sign), st.sampled_from(["", "words"])
)
checks = st.lists(
    st.tuples(st.integers(0, 72), st.lists(answers, min_size=1, max_size=3)), max_size=12
)


SIGNS = st.sampled_from(Sign)
FOUR = st.lists(st.tuples(SIGNS, SIGNS), min_size=4, max_size=4)
"""Four checks, each with the answers of the player and of oEmbed."""


@given(checks)
def test_dead_takes_two_definite_answers(steps: list[tuple[int, list[Answer]]]) -> None:
    """No sequence of answers ends in dead without two definite ones since the last sign of life."""
    row, now, definite = None, START, 0
    for hours, given_answers in steps:
        now += timedelta(hours=hours)
        finding = conclude(given_answers)
        row = advance(row, finding, now, CONFIRM)
        last = {answer.source: answer.proof for answer in given_answers}
        definite += list(last.values()).count(Proof.GONE)
        if row.state not in {*STANDING, State.UNKNOWN}:
            definite = 0
        assert row.state is not State.DEAD or definite > 1


@given(FOUR, st.sampled_from([timedelta(hours=1), timedelta(days=1), timedelta(days=5)]))
def test_four_checks_of_two_sources(steps: list[tuple[Sign, Sign]], pause: timedelta) -> None:
    """Definite answers twice, and nothing of a stronger source: dead. Four doubts: told."""
    row, now, counting = None, START, []
    for player, oembed in steps:
        now += pause
        pair = Answer(Source.PLAYER, player, ""), Answer(Source.OEMBED, oembed, "")
        row = advance(row, conclude(pair), now, CONFIRM)
        proofs = [answer.proof for answer in pair]
        cut = proofs.index(Proof.EXISTS) if Proof.EXISTS in proofs else None
        counting.append({*proofs[:cut]})
    assert row is not None
    assert row.state is not State.DEAD or sum(pair.count(Sign.GONE) for pair in steps) > 1
    if pause >= CONFIRM and all(Proof.GONE in each for each in counting[-2:]):
        assert row.state is State.DEAD
    if 3 * pause >= PATIENCE and all({Proof.GONE, Proof.DOUBT} & each for each in counting):
        assert row.state in {State.MISSING, State.DEAD}
    if steps[-1][0] in EXISTS:
        assert row.state not in STANDING


@given(checks)
def test_unknown_neither_adds_nor_resets(steps: list[tuple[int, list[Answer]]]) -> None:
    """A check that learnt nothing leaves the count, its beginning and a standing verdict."""
    row, now = None, START
    for hours, given_answers in steps:
        now += timedelta(hours=hours)
        row = advance(row, conclude(given_answers), now, CONFIRM)
    before = row or VideoStatus()
    after = advance(before, Finding(State.UNKNOWN, "HTTP 429", trouble=Sign.REFUSED), now, CONFIRM)
    assert (after.failed, after.streak, after.ok) == (before.failed, before.streak, before.ok)
    if before.state in {State.DEAD, State.SUSPECT}:
        assert after.state is before.state


def test_one_alive_answer_resets() -> None:
    """A video that was seen again begins anew: its next definite answer is the first."""
    gone = Finding(State.SUSPECT, "HTTP 404", definite=True)
    row = advance(None, gone, START, CONFIRM)
    row = advance(row, Finding(State.ALIVE, "answers"), START + CONFIRM, CONFIRM)
    row = advance(row, gone, START + 2 * CONFIRM, CONFIRM)
    assert (row.state, row.streak) == (State.SUSPECT, 1)
    assert advance(row, gone, START + 3 * CONFIRM, CONFIRM).state is State.DEAD


def test_a_clock_that_was_wrong() -> None:
    """A first answer that was noted in the future does not hold a video back for ever."""
    gone = Finding(State.SUSPECT, "HTTP 404", definite=True)
    row = advance(None, gone, START + timedelta(days=365), CONFIRM)
    row = advance(row, gone, START, CONFIRM)
    assert advance(row, gone, START + CONFIRM, CONFIRM).state is State.DEAD


def test_who_is_asked_first() -> None:
    """Suspects whose second answer is due, then the oldest-checked; never checked is oldest."""
    day = timedelta(days=1)
    rows = {
        ("y", "new"): VideoStatus(State.ALIVE, checked=START),
        ("y", "old"): VideoStatus(State.ALIVE, checked=START - 9 * day),
        ("y", "due"): VideoStatus(State.SUSPECT, checked=START - day, failed=START - 2 * day),
        ("y", "not-yet"): VideoStatus(State.SUSPECT, checked=START, failed=START),
    }
    keys = [*rows, ("y", "never")]
    urgent, others = due_order(keys, rows, START, CONFIRM)
    assert [key[1] for key in urgent] == ["due"]
    assert [key[1] for key in others] == ["never", "old", "new", "not-yet"]


times = st.datetimes(datetime(2020, 1, 1), datetime(2030, 1, 1), timezones=st.just(UTC)).map(  # noqa: DTZ001
    lambda time: time.replace(microsecond=0)
)
rows = st.builds(
    VideoStatus, st.sampled_from(State), st.text(max_size=40), st.none() | times, st.none() | times,
    st.none() | times, st.integers(0, 99), st.none() | times, st.text(max_size=9),
)  # fmt: skip
keys = st.tuples(st.sampled_from(["youtube", "vimeo"]), st.text("abc-_09", min_size=1, max_size=11))


@given(st.dictionaries(keys, rows, max_size=8))
def test_what_is_written_is_read(history: dict[tuple[str, str], VideoStatus]) -> None:
    """The file holds all that is remembered, a line a video."""
    data = dump_history(history)
    assert load_history(data, "x") == history
    assert all(f'"{video}":' in data.decode() for _, video in history)


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b'{"version":1,"videos":{', "is broken"),
        (b'<<<<<<< HEAD\n{"version":1}', "conflict markers"),
        (b'{"version":9}', "newer mediakit"),
        (b'{"version":1,"videos":{"y":{"a":{"state":"gone"}}}}', "is broken"),
        (b'{"version":1,"videos":{"y":{"a":{"failed":"2026-01-01T00:00:00"}}}}', "zone"),
        (b"\xff\xfe", "is broken"),
    ],
)  # fmt: skip
def test_a_file_that_cannot_be_trusted(data: bytes, message: str) -> None:
    """It is named, with what to do; nothing is thrown away."""
    with pytest.raises(UsageError, match=message):
        load_history(data, "videos-history.json")


def test_who_is_forgotten() -> None:
    """Videos that no page names are forgotten in time, others never."""
    long_ago = VideoStatus(State.DEAD, checked=START - timedelta(days=400))
    history = {
        ("y", "named"): long_ago,
        ("y", "gone"): long_ago,
        ("y", "new"): VideoStatus(checked=START),
    }
    assert set(remembered(history, {("y", "named")}, START)) == {("y", "named"), ("y", "new")}
