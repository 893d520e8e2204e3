"""Hashes: those of imagehash but for a few bits, and their symmetries."""

from __future__ import annotations

import io

import imagehash
import numpy as np
import pytest
from PIL import Image

from mediakit.images.look import grey_array, grey_copy_of
from mediakit.matching.hashes import TURNS, Hasher, Hashes, inside_of, turned
from mediakit.matching.propose import inverse
from scenes import scene


def grey(image: Image.Image) -> np.ndarray:
    out = io.BytesIO()
    image.save(out, "PNG")
    return grey_array(grey_copy_of(out.getvalue(), 10**9))


def apart(one: np.ndarray, other: np.ndarray) -> int:
    return int(np.bitwise_count(one ^ other).sum())


@pytest.mark.parametrize("seed", range(8))
def test_as_imagehash_has_it(seed: int) -> None:
    """The hash of the whole picture is the pHash that others know, in other arithmetic."""
    image = scene(seed)
    found = Hasher().hashes(grey(image))
    assert found is not None
    known = np.packbits(imagehash.phash(image, hash_size=16).hash.ravel())
    assert apart(found.windows[0], known) <= 12


@pytest.mark.parametrize("turn", range(TURNS))
def test_symmetries(turn: int) -> None:
    """The hashes of the mirror images follow from one transform; each turn can be undone."""
    plain = grey(scene(3))
    hasher = Hasher()
    one, other = hasher.hashes(plain), hasher.hashes(np.ascontiguousarray(turned(plain, turn)))
    assert one is not None
    assert other is not None
    assert apart(one.turned[0, turn], other.windows[0]) <= 4
    assert (turned(turned(plain, turn), inverse(turn)) == plain).all()


def test_stored_and_read() -> None:
    """What is kept in the cache is what was found."""
    found = Hasher().hashes(grey(scene(1)))
    assert found is not None
    again = Hashes.load(found.dump())
    assert (again.windows == found.windows).all()
    assert (again.turned == found.turned).all()


@pytest.mark.parametrize("colour", ["white", "black", "#3366cc"])
def test_nothing_to_see(colour: str) -> None:
    """Even pictures have no hash: that of noise would be like any other's."""
    assert Hasher().hashes(grey(Image.new("RGB", (400, 300), colour))) is None


@pytest.mark.parametrize("level", [0, 128, 255])
def test_what_is_within_borders(level: int) -> None:
    """Even borders of any tone are found, and left out of the last hash."""
    blocks = np.random.default_rng(1).integers(0, 256, (12, 18))
    plain = np.kron(blocks, np.ones((8, 8))).astype(np.uint8)
    framed = np.pad(plain, [(12, 20), (0, 0)], constant_values=level)
    assert inside_of(plain) is None
    assert inside_of(framed) == ((13, 12 + 96 - 1), (0, 144))
    hasher = Hasher()
    one, other = hasher.hashes(plain), hasher.hashes(framed)
    assert one is not None
    assert other is not None
    assert apart(other.windows[-1], one.windows[0]) <= 40
    assert apart(other.windows[0], one.windows[0]) > 60
