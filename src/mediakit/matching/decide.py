"""Decide which proposed pairs are one picture, by their pixels."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Protocol

from mediakit.matching.align import Aligner, Features
from mediakit.matching.compare import RECOLOURED, compare, differs_in_detail, hue_apart
from mediakit.matching.groups import Level, Match
from mediakit.matching.hashes import turned
from mediakit.matching.propose import Proposal, propose_near, propose_transformed

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from mediakit.images.look import Chroma, Grey
    from mediakit.matching.hashes import Hashes

_EQUAL = 0.05
"""Score up to which the pixels may be equal."""

_MOST_PARTNERS = 40
"""Pictures that one is aligned with, the nearest: where hundreds share a wall and a floor, more
proposals come from these alone."""

_HOW = (
    "mirrored",
    "flipped",
    "rotated by 180",
    "mirrored along the diagonal",
    "rotated by 90",
    "rotated by 270",
    "mirrored along the other diagonal",
)


class PixelSource(Protocol):
    """The pixels of pictures by digest."""

    def grey(self, content: str) -> Grey:
        """Return the small grey copy."""

    def large(self, content: str) -> Grey:
        """Return the picture in luma, large enough to align."""

    def detail(self, content: str) -> Grey:
        """Return the picture in luma, large enough to read its letters."""

    def chroma(self, content: str) -> Chroma:
        """Return the colours of the picture."""

    def equal(self, one: str, other: str) -> bool:
        """Return whether two contents have the same pixels."""


class Decider:
    """Decides on pairs of pictures, given by digest."""

    def __init__(
        self, contents: Sequence[str], hashes: Sequence[Hashes], pixels: PixelSource
    ) -> None:
        self._contents = contents
        self._hashes = hashes
        self._pixels = pixels
        self._features: dict[str, Features] = {}

    def same(self) -> Iterator[Match]:
        """Yield the pairs that are one picture in any quality, size, format or tone."""
        for each in propose_near(self._hashes):
            one, other = self._contents[each.one], self._contents[each.other]
            found = compare(self._pixels.grey(one), self._pixels.grey(other))
            if found.is_same and not self._is_recoloured(one, other):
                equal = found.whole <= _EQUAL and self._pixels.equal(one, other)
                if equal or not self._differs_in_detail(one, other):
                    level = Level.PIXELS if equal else Level.SAME
                    yield Match(one, other, level, each.distance, found.whole)

    def transformed(self, known: set[frozenset[str]], *, align: bool) -> Iterator[Match]:
        """Yield further pairs, besides `known`, that are one picture transformed.

        Without `align`, cropped, framed and tilted copies are not found.
        """
        aligner = Aligner() if align else None
        partners: Counter[int] = Counter()
        found: set[frozenset[str]] = set(known)
        for each in sorted(propose_transformed(self._hashes), key=lambda each: each.distance):
            pair = frozenset({self._contents[each.one], self._contents[each.other]})
            if pair in found:
                continue
            match = self._turned(each) if each.turn is not None else self._covered(each)
            if match is None and each.turn is None and aligner is not None:
                if max(partners[each.one], partners[each.other]) >= _MOST_PARTNERS:
                    continue
                partners.update((each.one, each.other))
                match = self._aligned(each, aligner)
            if match is not None:
                found.add(pair)
                yield match

    def _turned(self, pair: Proposal) -> Match | None:
        one, other = self._contents[pair.one], self._contents[pair.other]
        turn = pair.turn or 0
        score = compare(turned(self._pixels.grey(one), turn), self._pixels.grey(other))
        if not score.is_same:
            return None
        return Match(one, other, Level.TRANSFORMED, pair.distance, score.whole, _HOW[turn])

    def _covered(self, pair: Proposal) -> Match | None:
        one, other = self._contents[pair.one], self._contents[pair.other]
        score = compare(self._pixels.grey(one), self._pixels.grey(other), cover=True)
        if score.is_same and self._is_recoloured(one, other):
            return Match(one, other, Level.TRANSFORMED, pair.distance, score.whole, "recoloured")
        if score.is_same and self._differs_in_detail(one, other):
            how = "but for a detail"
            return Match(one, other, Level.TRANSFORMED, pair.distance, score.whole, how)
        if score.is_same:
            return Match(one, other, Level.SAME, pair.distance, score.whole)
        if not score.is_covered:
            return None
        how = "with a caption or a mark"
        return Match(one, other, Level.TRANSFORMED, pair.distance, score.covered, how)

    def _is_recoloured(self, one: str, other: str) -> bool:
        return hue_apart(self._pixels.chroma(one), self._pixels.chroma(other)) > RECOLOURED

    def _differs_in_detail(self, one: str, other: str) -> bool:
        return differs_in_detail(self._pixels.detail(one), self._pixels.detail(other))

    def _aligned(self, pair: Proposal, aligner: Aligner) -> Match | None:
        one, other = self._contents[pair.one], self._contents[pair.other]
        score = aligner.compare(self._features_of(one, aligner), self._features_of(other, aligner))
        if not score.is_same:
            return None
        how = "cropped, framed or tilted"
        return Match(one, other, Level.TRANSFORMED, pair.distance, score.whole, how)

    def _features_of(self, content: str, aligner: Aligner) -> Features:
        if content not in self._features:
            self._features[content] = aligner.features(self._pixels.large(content))
        return self._features[content]
