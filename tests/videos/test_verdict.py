"""From answers to a finding, and from a player's words to a sign."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mediakit.videos.verdict import Answer, Sign, Source, State, conclude, read_reason

answers = st.builds(Answer, st.sampled_from(Source), st.sampled_from(Sign), st.just("words"))


def said(player: Sign | None, oembed: Sign | None, thumbnails: Sign | None = None) -> State:
    signs = {Source.PLAYER: player, Source.OEMBED: oembed, Source.THUMBNAILS: thumbnails}
    return conclude(Answer(source, sign, "") for source, sign in signs.items() if sign).state


@given(st.lists(answers, max_size=6))
def test_dead_is_never_one_source(given_answers: list[Answer]) -> None:
    """A check that ends in dead has definite answers of two sources."""
    finding = conclude(given_answers)
    if finding.state is State.DEAD:
        last = {answer.source: answer.sign for answer in given_answers}
        assert finding.definite
        assert list(last.values()).count(Sign.GONE) > 1


@pytest.mark.parametrize(
    ("player", "oembed", "thumbnails", "state"),
    [
        (None, Sign.ALIVE, None, State.ALIVE),
        (Sign.GONE, Sign.GONE, Sign.UNCLEAR, State.DEAD),
        (Sign.DOUBTFUL, Sign.GONE, None, State.SUSPECT),
        (Sign.DOUBTFUL, Sign.ALIVE, None, State.SUSPECT),
        (Sign.DOUBTFUL, Sign.DOUBTFUL, None, State.SUSPECT),
        (Sign.REFUSED, Sign.GONE, None, State.SUSPECT),
        (Sign.REFUSED, Sign.GONE, Sign.GONE, State.DEAD),
        (Sign.GONE, Sign.ALIVE, None, State.SUSPECT),
        (Sign.ALIVE, Sign.GONE, Sign.GONE, State.ALIVE),
        (Sign.ALIVE, Sign.NOT_EMBEDDABLE, None, State.NOT_EMBEDDABLE),
        (Sign.REFUSED, Sign.UNREACHABLE, None, State.UNKNOWN),
        (Sign.UNCLEAR, Sign.UNCLEAR, Sign.UNCLEAR, State.UNKNOWN),
        (Sign.GEO_BLOCKED, Sign.DOUBTFUL, Sign.GONE, State.GEO_BLOCKED),
        (None, None, None, State.UNKNOWN),
    ],
)
def test_together(
    player: Sign | None, oembed: Sign | None, thumbnails: Sign | None, state: State
) -> None:
    """The player is believed before oEmbed, both before thumbnails; trouble proves nothing."""
    assert said(player, oembed, thumbnails) is state


@given(st.text())
def test_words_of_no_meaning_are_unclear(text: str) -> None:
    """Whatever is said, an answer comes; what nobody has seen before is not death."""
    assert read_reason(text) in Sign
    assert read_reason("Zxqv: " + "".join(c for c in text if c.isdigit())) is Sign.UNCLEAR


def test_a_country_comes_before_copyright() -> None:
    """A block in one country speaks of copyright, and is no claim."""
    words = "Video unavailable. X, who has blocked it in your country on copyright grounds"
    assert read_reason(words) is Sign.GEO_BLOCKED
    assert read_reason("no longer available due to a copyright claim by X") is Sign.GONE
