from __future__ import annotations

from functools import partial

import numpy as np
import pytest
from PIL import Image, ImageChops

from mediakit.images.flip.align import StepAligner
from mediakit.images.flip.judge import Cutout, common_box, objection
from step_scenes import Camera, step

HAND = Camera(right=7.3, down=-5.2, zoom=1.03, tilt=1.2)


def _objection(one: Image.Image, base: Image.Image) -> str:
    aligner = StepAligner()
    moved, still = (aligner.view(np.asarray(each)) for each in (one, base))
    return objection(aligner, moved, still, aligner.lay(moved, still))


@pytest.mark.parametrize("pose", [1, 2])
def test_steps_of_one_exercise_fit(pose: int) -> None:
    """Somebody moves, and a hand has held the camera: that is what flips are for."""
    assert _objection(step(pose=pose, camera=HAND), step()) == ""


def test_little_change_of_light_fits() -> None:
    """Cameras measure light anew for each picture."""
    assert _objection(step(pose=1, light=0.93), step()) == ""


@pytest.mark.parametrize(
    ("other", "why"),
    [
        (partial(step, room=2, pose=1), "do not show one place"),
        (partial(step, pose=1, light=0.75), "the light differs"),
        (partial(step, pose=1, shirt="#c81e1e"), "other clothes"),
        (partial(step, camera=HAND), "nothing moves"),
        (partial(step, pose=1, camera=Camera(right=80)), "of the picture is on both"),
        (partial(step, pose=1, camera=Camera(tilt=30)), "do not show one place"),
    ],
    ids=["room", "light", "shirt", "nothing moves", "far aside", "tilted"],
)
def test_pictures_that_do_not_belong_together_are_told_why(other: partial, why: str) -> None:  # type: ignore[type-arg]
    """Each kind of misfit has its own words."""
    assert why in _objection(other(), step())


def test_background_that_shifts_in_itself_is_refused() -> None:
    """A camera that stood elsewhere sees what is near before another part of what is far."""
    image = step(pose=1)
    width, height = image.size
    near = ImageChops.offset(image, 9, 0).crop((0, height // 2, width, height))
    image.paste(near, (0, height // 2))
    assert "the camera stood elsewhere" in _objection(image, step())


def test_common_part_has_no_empty_pixel() -> None:
    """A corner that one picture lacks is cut off, where that costs least."""
    covered = np.ones((40, 60), np.bool_)
    covered[:3] = False
    covered[30:, 55:] = False
    box = common_box(covered)
    assert covered[box.top : box.bottom, box.left : box.right].all()
    assert box == Cutout(0, 3, 55, 40)
