"""Which video is most like a lost one, and why."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from fake_youtube import Fake, found_by_words
from lost_videos import make_world
from mediakit.videos.ranking import LostVideo, rank
from mediakit.videos.search import Hit

if TYPE_CHECKING:
    from lost_videos import World

LOST = LostVideo(("Squat for beginners, week 3",), "Physio Nord", 300)


def searched(fake: Fake, words: str) -> list[Hit]:
    """Return what the fake finds, without a network."""
    found = json.loads(found_by_words(fake, words))["contents"]["twoColumnSearchResultsRenderer"]
    (section,) = found["primaryContents"]["sectionListRenderer"]["contents"]
    hits = []
    for each in section["itemSectionRenderer"]["contents"]:
        video = each["videoRenderer"]
        minutes, seconds = video["lengthText"]["simpleText"].split(":")
        title, channel = (video[key]["runs"][0]["text"] for key in ("title", "ownerText"))
        hits.append(Hit(video["videoId"], title, channel, (), int(minutes) * 60 + int(seconds)))
    return hits


def first_three(world: World, fake: Fake, video: str) -> list[str]:
    record = world.records.get(video)
    title, channel = world.names.get(video, ("", ""))
    lost = LostVideo((title or world.pages[video],), channel, is_own_title=bool(title))
    if record is not None:
        lost = LostVideo((record.title,), record.channel, record.duration)
    titles = (*lost.titles, world.pages[video])
    questions = [*titles, *(f"{each} {lost.channel}" for each in titles if lost.channel)]
    hits = [hit for words in dict.fromkeys(questions) for hit in searched(fake, words)]
    return [each.hit.id for each in rank(lost, hits)[:3]]


def test_the_right_one_is_among_three() -> None:
    """For four of five dead videos, among others that are like them; see bench/replacements.py."""
    right = []
    for seed in (1, 2):
        world, fake = make_world(seed, videos=250), Fake()
        for video, about in world.about.items():
            fake.set(video, about=about)
        right += [each in first_three(world, fake, video) for video, each in world.right.items()]
    assert sum(right) >= 0.8 * len(right)


@pytest.mark.parametrize(
    ("better", "worse", "why"),
    [
        (("SQUAT til BEGINNERS 2024 [HD] 💪 week 3", 301), ("Squat for beginners, week 3", 325),
         "it is 25 s longer: 5:25, was 5:00"),
        (("Week 3: beginners Squat", 300), ("Squat for beginners, week 4", 300),
         "its title has another number, 4"),
        (("Lunge for beginners, week 3", 300), ("Reacting to Squat for beginners, week 3", 300),
         "its title says “reacting”"),
        (("Squat beginers week 3 | Physio Nord", 300), ("Bird dog week 3", 300),
         "its title is partly the same"),
    ],
)  # fmt: skip
def test_what_counts(better: tuple[str, int], worse: tuple[str, int], why: str) -> None:
    """Case, years, order and slips do not; numbers, length and kinds do, and it is told."""
    hits = [Hit(title, title, "Physio Nord", (), seconds) for title, seconds in (worse, better)]
    ranked = rank(LOST, hits)
    assert [each.hit.title for each in ranked] == [better[0], worse[0]]
    assert why in ranked[1].reasons


def test_channels() -> None:
    """The same name, one that settings trust, nearly the same name, any other: in this order."""
    channels = (("PHYSIO NORD", "@a"), ("Other", "@Trusted"), ("Physio Nord 2", "@c"), ("B", "@d"))
    hits = [Hit(str(n), LOST.titles[0], name, (owner,), 300)
            for n, (name, owner) in enumerate(channels)]  # fmt: skip
    ranked = rank(LOST, hits[::-1], ["@trusted"])
    assert [each.score for each in ranked] == [100, 100, 90, 80]
    assert {each.hit.id for each in ranked[:2]} == {"0", "1"}
    assert [each.score for each in rank(LostVideo(LOST.titles), hits)] == [50] * 4


def test_long_hostile_titles_cost_little() -> None:
    """Titles of many words are read in part: the time stays that of short ones."""
    hits = [Hit(str(n), "ab " * 66, "x", (), 300) for n in range(60)]
    assert len(rank(LostVideo(("ba " * 66,), "x", 300), hits)) == 60
