from __future__ import annotations

import numpy as np
import pytest

from mediakit.images.flip.align import Overlay, StepAligner
from step_scenes import SIZE, STILL, Camera, step

CAMERAS = (
    Camera(right=14.3, down=-9.6),
    Camera(zoom=1.08),
    Camera(zoom=0.9, right=5.5),
    Camera(tilt=3.0),
    Camera(tilt=-2.2, zoom=1.05, right=-20.4, down=11.7),
)


def _overlay(one: Camera, other: Camera = STILL, pose: int = 2, room: int = 1) -> Overlay | None:
    aligner = StepAligner()
    views = [
        aligner.view(np.asarray(step(room, pose=each, camera=camera)))
        for each, camera in ((pose, one), (0, other))
    ]
    return aligner.lay(*views)


def _worst(found: Overlay, camera: Camera) -> float:
    """Return by how many pixels a point of the background is off where it is most."""
    x, y = np.meshgrid(np.linspace(0, SIZE[0], 9), np.linspace(0, SIZE[1], 9))
    still = np.stack([x.ravel(), y.ravel(), np.ones(81)])
    there = camera.matrix @ still
    back = found.matrix @ there
    return float(np.abs(back[:2] / back[2] - still[:2]).max())


@pytest.mark.parametrize("camera", CAMERAS, ids=str)
def test_background_is_within_a_pixel(camera: Camera) -> None:
    """The camera's shift, zoom and tilt are taken out, though the person moves across a third."""
    found = _overlay(camera)
    assert found is not None
    assert _worst(found, camera) < 0.5


def test_picture_of_another_room_lies_nowhere() -> None:
    """Nothing is made to fit by force."""
    aligner = StepAligner()
    one, other = (aligner.view(np.asarray(step(room))) for room in (1, 2))
    assert aligner.lay(one, other) is None


def test_picture_without_features_lies_nowhere() -> None:
    """A plain wall has nothing to hold on to."""
    aligner = StepAligner()
    plain = aligner.view(np.full((320, 480, 3), 128, np.uint8))
    scene = aligner.view(np.asarray(step()))
    assert aligner.lay(plain, scene) is aligner.lay(scene, plain) is None


def test_turn_of_the_camera_in_the_hand_is_taken_out() -> None:
    """A little perspective, which no similarity explains, is found too."""
    aligner = StepAligner()
    base = aligner.view(np.asarray(step()))
    turn = np.array([[1.0, 0, 2], [0, 1, 0], [3e-5, -2e-5, 1]])
    moved = aligner.laid(np.asarray(step(pose=1)), turn, SIZE)
    found = aligner.lay(aligner.view(moved), base)
    assert found is not None
    ends = np.array([[50.0, 430, 50, 430], [50, 50, 270, 270], [1, 1, 1, 1]])
    there = turn @ ends
    back = found.matrix @ (there / there[2])
    assert np.abs(back[:2] / back[2] - ends[:2]).max() < 0.6


def test_same_pictures_give_the_same_answer() -> None:
    """A second run makes the same bytes."""
    one, other = (_overlay(CAMERAS[4]) for _ in range(2))
    assert one is not None
    assert other is not None
    assert one.matrix.tobytes() == other.matrix.tobytes()
