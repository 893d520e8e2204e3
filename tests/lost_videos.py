"""A made-up world of exercise videos: some died, and what may take their place hides among others.

Everything is drawn by a seed. A lost video has one right replacement: the film itself, put up
again as people do that, under a title that was changed in one to three ways. Around it are others
that are like it: copies under other titles, reactions, other lengths, translations, the same title
elsewhere, other parts of the same series.
"""

from __future__ import annotations

import random
import re
from dataclasses import dataclass, field
from typing import Any

from mediakit.base.model import VideoRecord

EXERCISES = (
    "Squat", "Goblet squat", "Bulgarian split squat", "Lunge", "Reverse lunge", "Deadlift",
    "Romanian deadlift", "Single leg deadlift", "Hip thrust", "Glute bridge", "Calf raise",
    "Push up", "Bench press", "Shoulder press", "Lateral raise", "Bent over row", "Plank",
    "Side plank", "Dead bug", "Bird dog", "Clamshell", "Copenhagen adduction", "Nordic hamstring",
    "Wall sit", "Step up", "Pull up", "Face pull", "Neck stretch", "Hamstring stretch",
    "Hip flexor stretch", "Ankle mobility", "Thoracic rotation",
)  # fmt: skip
DETAILS = (
    "for beginners", "with resistance band", "with dumbbells", "with kettlebell", "at home",
    "for knee pain", "for back pain", "after surgery", "for runners", "for seniors", "week 1",
    "week 2", "week 3", "correct technique", "in 3 minutes", "common errors", "on one leg",
    "without equipment",
)  # fmt: skip
PATTERNS = (
    "{e} {d}", "{e} - {d}", "How to do the {e} {d}", "{e}: {d}", "Exercise: {e} ({d})",
    "{e} exercise {d} | {c}", "{d}: {e}", "Physio explains {e} {d}", "{e}",
)  # fmt: skip
CHANNELS = (
    "Physio Nord", "Til Holdet", "The Rehab Room", "Move Well Clinic", "Dr. Lena Brandt",
    "FysioTV", "Strong Backs", "Sportsklinikken", "Anna Trains", "Joint Academy", "Runner's Lab",
    "Core & More",
)  # fmt: skip
WORDS = {
    "with": "med", "without": "uden", "for": "til", "beginners": "begyndere", "exercise": "øvelse",
    "knee": "knæ", "back": "ryg", "pain": "smerter", "shoulder": "skulder", "stretch": "udspænding",
    "at home": "hjemme", "how to do the": "sådan laver du", "week": "uge", "technique": "teknik",
    "correct": "korrekt", "hip": "hofte", "resistance band": "elastik", "surgery": "operation",
    "seniors": "ældre", "equipment": "udstyr", "dumbbells": "håndvægte", "squat": "knæbøj",
    "push up": "armbøjning", "plank": "planke", "lunge": "udfald",
}  # fmt: skip


@dataclass
class World:
    """The videos of YouTube as the fake says them; of each lost one, what is known and is right."""

    about: dict[str, dict[str, Any]] = field(default_factory=dict)
    records: dict[str, VideoRecord] = field(default_factory=dict)
    names: dict[str, tuple[str, str]] = field(default_factory=dict)
    pages: dict[str, str] = field(default_factory=dict)
    right: dict[str, str] = field(default_factory=dict)


def make_world(seed: int, *, videos: int = 500, lost: int = 25) -> World:
    """Return a site of so many videos, of which some died, in a YouTube with as many others."""
    return _Maker(random.Random(seed)).made(videos, lost)


class _Maker:
    def __init__(self, chance: random.Random) -> None:
        self._chance = chance
        self._world = World()

    def made(self, videos: int, lost: int) -> World:
        for number in range(videos):
            video, title, channel, seconds = self._video()
            if number < lost:
                self._lose(video, title, channel, seconds)
            else:
                self._world.pages[video] = self._page(title)
                self._put(title, channel, seconds, video)
        for _ in range(videos):
            self._put(*self._video()[1:])
        return self._world

    def _video(self) -> tuple[str, str, str, int]:
        chance = self._chance
        channel = chance.choice(CHANNELS)
        title = chance.choice(PATTERNS).format(
            e=chance.choice(EXERCISES), d=chance.choice(DETAILS), c=channel
        )
        return self._id(), title, channel, int(chance.lognormvariate(5, 0.6)) + 20

    def _id(self) -> str:
        letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_"
        return "".join(self._chance.choices(letters, k=11))

    def _put(self, title: str, channel: str, seconds: float, video: str = "") -> str:
        video = video or self._id()
        viewers = self._chance.expovariate(1) / 4
        told = {"title": title[:100], "author": channel, "viewers": viewers}
        self._world.about[video] = told | {"lengthSeconds": str(max(5, round(seconds)))}
        return video

    def _page(self, title: str) -> str:
        """Return what the page is called: mostly the exercise, in one of two languages."""
        name = next((each for each in sorted(EXERCISES, key=len, reverse=True)
                     if each in title), title)  # fmt: skip
        return translated(name) if self._chance.random() < 0.4 else name

    def _lose(self, video: str, title: str, channel: str, seconds: int) -> None:
        chance, world = self._chance, self._world
        world.pages[video] = self._page(title)
        known = chance.random()
        if known < 0.8:
            record = VideoRecord(title=title, channel=channel, duration=seconds)
            world.records[video] = record
        elif known < 0.92:
            world.names[video] = title, channel
        world.right[video] = self._again(title, channel, seconds)
        for _ in range(chance.randint(6, 10)):
            self._distract(title, channel, seconds)

    def _again(self, title: str, channel: str, seconds: int) -> str:
        """Put the film up again, as its owner does: whole, cut anew, or in a channel that moved."""
        chance = self._chance
        how = chance.choices(("whole", "cut", "moved", "translated"), (40, 24, 24, 12))[0]
        length = seconds + chance.randint(-2, 2)
        if how == "cut":
            length = round(seconds * chance.uniform(0.92, 1.08))
        if how == "moved":
            channel = chance.choice(("{} Official", "{} DK", "New {}", "{} 2")).format(channel)
        title = translated(title) if how == "translated" else title
        for _ in range(chance.randint(1, 3)):
            title = self._retitled(title, channel)
        return self._put(title, channel, length)

    def _distract(self, title: str, channel: str, seconds: int) -> None:
        chance = self._chance
        other = chance.choice([each for each in CHANNELS if each != channel])
        near, far = chance.uniform(0.9, 1.1), chance.choice((0.4, 0.6, 1.3, 2.0, 4.0))
        new = chance.choice([each for each in EXERCISES if each not in title])
        exercise = next((each for each in EXERCISES if each in title), title)
        kinds = (
            (title, other, seconds * far),
            (title, other, seconds * near),
            (self._retitled(title, other), other, seconds * near),
            (f"You won't believe this {exercise.lower()} trick", other, seconds + 1),
            (f"{chance.choice(('REACTING to', 'Physio reacts:', 'Reaction -'))} {title}",
             other, seconds * chance.choice((near, far))),
            (translated(title), other, seconds * near),
            (title.replace(exercise, new), channel, seconds * near),
            (f"{exercise} {chance.choice(DETAILS)}", channel, seconds * near),
            (f"{title} part 2", channel, seconds * near),
            (f"{title} - full compilation", channel, seconds * far),
        )  # fmt: skip
        self._put(*chance.choice(kinds))

    def _retitled(self, title: str, channel: str) -> str:
        chance = self._chance
        words = title.split()
        changes = (
            title.upper,
            title.lower,
            title.title,
            lambda: f"{title} {chance.choice('💪🔥✅👉🏼')}",
            lambda: f"{chance.choice('💪🔥✅')} {title}",
            lambda: f"{title} ({chance.randint(2019, 2026)})",
            lambda: f"{title} {chance.choice(('HD', '4K', '[HD]', '1080p'))}",
            lambda: f"{title} | {channel}",
            lambda: f"{channel} - {title}",
            lambda: " - ".join(reversed(re.split(r"\s*[-:|]\s*", title))),
            lambda: " ".join(words[len(words) // 2 :] + words[: len(words) // 2]),
            lambda: translated(title, self._chance),
            lambda: f"{title} - tips from a physiotherapist",
            lambda: re.sub(r"\s*[-|(].*", "", title) or title,
            lambda: title.replace("ee", "e", 1).replace("ll", "l", 1),
        )
        return chance.choice(changes)()


def translated(title: str, chance: random.Random | None = None) -> str:
    """Return a title in Danish, as far as it goes; by `chance` only some words."""
    for word, other in WORDS.items():
        if chance is None or chance.random() < 0.4:
            title = re.sub(rf"\b{word}\b", other, title, flags=re.IGNORECASE)
    return title
