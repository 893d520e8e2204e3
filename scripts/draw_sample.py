"""Draws the pictures of the sample exercises: `python scripts/draw_sample.py [--out FOLDER]`.

Points are complex numbers: centimetres right of and above the middle of the mat. A pose says
where hips, hands and ankles are and how the spine leans; elbows and knees follow from the
lengths of the bones, so the body has the same size in every picture.
"""

from __future__ import annotations

import argparse
import cmath
import math
from dataclasses import dataclass
from pathlib import Path

from PIL import Image, ImageColor, ImageDraw, ImageFilter, ImageOps

ROOT = Path(__file__).resolve().parent.parent
LANDSCAPE, PORTRAIT = (1600, 1067), (1067, 1600)
OVERSAMPLING = 2
THIGH, SHIN, UPPER_ARM, FOREARM, HALF_SPINE = 43, 42, 29, 25, 25
DEPTH = 2 + 3j
"""How much further right and up the limbs on the far side are seen."""
NIGHT, CREAM, WOOD, SHORTS, IRON = "#241d33", "#fbf7f1", "#c79f78", "#34374a", "#363845"

Colour = str | tuple[int, int, int]
Circle = tuple[complex, float]


@dataclass(frozen=True)
class Pose:
    """A body position facing right, or the viewer if `front`; pairs are (near, far) limbs.

    `lean` turns the lower and the upper half of the spine clockwise from upright, in degrees,
    `head` the neck; `toes` is where the feet point, counter-clockwise from right.
    """

    hip: complex
    lean: tuple[float, float]
    hands: tuple[complex, complex]
    ankles: tuple[complex, complex]
    toes: tuple[float, float] = (0, 0)
    head: float = 0
    front: bool = False
    prop: str = ""
    cutout: bool = False


@dataclass(frozen=True)
class Exercise:
    """The poses of an exercise, its person, and how near they are: pixels per centimetre.

    `floor` is how far down the picture the mat lies; `accent` colours room, mat and shirt.
    """

    slug: str
    accent: str
    skin: str
    hair: str
    zoom: float
    poses: tuple[Pose, ...]
    bun: bool = False
    size: tuple[int, int] = LANDSCAPE
    floor: float = 0.84


@dataclass(frozen=True)
class Limb:
    """The joints of an arm (shoulder, elbow, hand) or a leg (hip, knee, ankle)."""

    root: complex
    middle: complex
    end: complex


@dataclass(frozen=True)
class Body:
    """The joints of a pose; `across` points to the shoulders, and is 0 from the side."""

    hip: complex
    waist: complex
    chest: complex
    across: complex
    arms: tuple[Limb, Limb]
    legs: tuple[Limb, Limb]


def both(point: complex) -> tuple[complex, complex]:
    """Return the same place for the near and the far limb."""
    return point, point


STAND, APART, TIPTOE = both(0 + 8j), (14 + 8j, -14 + 8j), (-75, -75)
# fmt: off
EXERCISES = (
    Exercise("knæbøj", "#d9694f", "#e9b48f", "#4a2f27", 4.4, (
        Pose(-1 + 92j, (2, 2), both(5 + 89j), STAND),
        Pose(-23 + 70j, (28, 30), both(52 + 112j), STAND, head=16),
        Pose(-31 + 41j, (38, 38), both(51 + 88j), STAND, head=18),
    )),
    Exercise("bækkenløft", "#2f8f88", "#c98a62", "#2b211e", 5.4, (
        Pose(0 + 13j, (-90, -90), both(3 + 5j), both(38 + 8j), head=-92),
        Pose(-9 + 43j, (-122, -126), both(2 + 5j), both(38 + 8j), head=-88),
    ), bun=True),
    Exercise("planke", "#4a74c4", "#f0c3a0", "#b5793d", 5.4, (
        Pose(0 + 28j, (83, 83), both(75 + 4j), both(-84 + 17j), TIPTOE, 80),
        Pose(0 + 43j, (72, 72), both(50 + 4j), both(-80 + 17j), TIPTOE, 72, cutout=True),
        Pose(2 + 15j, (76, 56), both(72 + 4j), both(-83 + 17j), TIPTOE, 116),
    )),
    Exercise("armboejninger", "#d99a2b", "#8d5a3c", "#1f1a19", 5.4, (
        Pose(0 + 43j, (72, 72), both(50 + 4j), both(-80 + 17j), TIPTOE, 68),
        Pose(4 + 21j, (88, 87), both(52 + 4j), both(-80 + 17j), TIPTOE, 78),
        Pose(-16 + 69j, (54, 54), both(31 + 47j), both(-85 + 17j), (-60, -60), 50, prop="bench"),
    )),
    Exercise("udfald", "#7c5cb4", "#edbb98", "#6b3f2a", 4.4, (
        Pose(0 + 92j, (0, 0), both(7 + 97j), STAND),
        Pose(0 + 77j, (4, 2), both(8 + 82j), (38 + 8j, -47 + 17j), (0, -48)),
        Pose(0 + 51j, (4, 2), both(8 + 56j), (41 + 8j, -42 + 19j), (0, -65)),
    ), bun=True),
    Exercise("doedloeft", "#bf4257", "#dfa57f", "#2e2523", 4.4, (
        Pose(-29 + 61j, (64, 68), both(10 + 25j), STAND, head=44, prop="barbell"),
        Pose(-22 + 78j, (43, 46), both(12 + 59j), STAND, head=30, prop="barbell"),
        Pose(0 + 92j, (-3, -2), both(9 + 88j), STAND, prop="barbell"),
    )),
    Exercise("doedloeft-greb", "#bf4257", "#dfa57f", "#2e2523", 5.6, (
        Pose(92j, (0, 0), (22 + 85j, -22 + 85j), APART, front=True, prop="barbell"),
        Pose(92j, (0, 0), (47 + 94j, -47 + 94j), APART, front=True, prop="barbell"),
    ), floor=1.12),
    Exercise("rygstraek", "#4b9353", "#f1c9a9", "#c98f4a", 5.4, (
        Pose(0 + 13j, (90, 90), both(-5 + 9j), both(-85 + 7j), (196, 196), 88),
        Pose(0 + 13j, (78, 56), both(-10 + 37j), both(-82 + 26j), (176, 176), 62),
    ), bun=True),
    Exercise("sideboejning", "#cc5f92", "#b97a55", "#2a1d1b", 6.9, (
        Pose(92j, (0, 0), (23 + 85j, -15 + 98j), APART, front=True, prop="kettlebell"),
        Pose(-4 + 92j, (10, 30), (34 + 73j, -19 + 100j), APART, (0, 0), 34, front=True,
             prop="kettlebell"),
    ), bun=True, size=PORTRAIT, floor=0.9),
    Exercise("hoftestraek", "#2b93ba", "#efbf9d", "#7a4a2c", 7.2, (
        Pose(4 + 50j, (-2, -8), (42 + 60j, 22 + 152j), (42 + 8j, -47 + 4j), (0, 186), -6),
    ), size=PORTRAIT, floor=0.86),
)
# fmt: on


def mix(first: Colour, second: Colour, share: float) -> Colour:
    """Return the colour that is `share` of the way from the first to the second."""
    a, b = (ImageColor.getrgb(c)[:3] if isinstance(c, str) else c for c in (first, second))
    red, green, blue = (round(x + (y - x) * share) for x, y in zip(a, b, strict=True))
    return red, green, blue


def direction(degrees: float) -> complex:
    """Return the unit vector that is turned clockwise from upright."""
    return cmath.rect(1, math.radians(90 - degrees))


def bend(root: complex, end: complex, bones: tuple[float, float], side: int) -> Limb:
    """Place the joint between two bones; `side` is +1 where it lies left of root to end."""
    upper, lower = bones
    reach = abs(end - root)
    along = (end - root) / reach
    if reach >= upper + lower:  # out of reach: straight, as far as the bones go
        return Limb(root, root + along * upper, root + along * (upper + lower))
    foot = (reach**2 + upper**2 - lower**2) / (2 * reach)
    height = math.sqrt(max(upper**2 - foot**2, 0))
    return Limb(root, root + along * complex(foot, side * height), end)


def solve(pose: Pose) -> Body:
    """Return the joints of a pose."""
    waist = pose.hip + HALF_SPINE * direction(pose.lean[0])
    upper = direction(pose.lean[1])
    chest, across = waist + HALF_SPINE * upper, -1j * upper if pose.front else 0j

    def limbs(number: int) -> tuple[Limb, Limb]:
        side, depth = (1, -1)[number], 0j if pose.front else DEPTH * number
        # knees and elbows point outward from the front, forward and back from the side
        knee, elbow = (side, side) if pose.front else (1, -1)
        shoulder = chest + side * 16.5 * across - abs(across) * 3 * upper + depth
        hip = pose.hip + side * 8 * abs(across) + depth
        arm = bend(shoulder, pose.hands[number] + depth, (UPPER_ARM, FOREARM), elbow)
        return arm, bend(hip, pose.ankles[number] + depth, (THIGH, SHIN), knee)

    near, far = limbs(0), limbs(1)
    return Body(pose.hip, waist, chest, across, (near[0], far[0]), (near[1], far[1]))


class Canvas:
    """A picture under way, transparent at first, drawn in centimetres and larger than it gets."""

    def __init__(self, exercise: Exercise) -> None:
        self.width, self.height = (side * OVERSAMPLING for side in exercise.size)
        self.scale = exercise.zoom * OVERSAMPLING
        self.floor = exercise.floor * self.height
        self.image = Image.new("RGBA", (self.width, self.height))
        self.draw = ImageDraw.Draw(self.image)

    def pixel(self, point: complex) -> tuple[float, float]:
        """Return where a point is in the picture."""
        return self.width / 2 + point.real * self.scale, self.floor - point.imag * self.scale

    def disc(self, centre: complex, radius: float, colour: Colour) -> None:
        """Fill a circle."""
        self.draw.circle(self.pixel(centre), radius * self.scale, colour)

    def polygon(self, points: list[complex], colour: Colour) -> None:
        """Fill a polygon."""
        self.draw.polygon([self.pixel(point) for point in points], colour)

    def line(self, start: complex, end: complex, colour: Colour) -> None:
        """Draw a thin line."""
        self.draw.line((*self.pixel(start), *self.pixel(end)), colour, 2 * OVERSAMPLING)

    def hull(self, colour: Colour, *circles: Circle) -> None:
        """Fill the convex hull of circles: of two, a limb with round ends."""
        if len(circles) > 2:
            self.polygon([centre for centre, _ in circles], colour)
        for index, (start, thick) in enumerate(circles):
            self.disc(start, thick, colour)
            for end, thin in circles[index + 1 :]:
                normal = 1j * (end - start) / abs(end - start)
                edges = [(start, thick), (end, thin), (end, -thin), (start, -thick)]
                self.polygon([centre + radius * normal for centre, radius in edges], colour)

    def box(self, centre: complex, half: complex, colour: Colour, radius: float = 0) -> None:
        """Fill a rectangle; `half` is half its width and height."""
        (x0, y1), (x1, y0) = self.pixel(centre - half), self.pixel(centre + half)
        self.draw.rounded_rectangle((x0, y0, x1, y1), radius * self.scale, colour)

    def shade(self, left: float, right: float) -> None:
        """Lay a soft shadow on the floor."""
        layer = Image.new("L", self.image.size)
        ImageDraw.Draw(layer).ellipse((*self.pixel(left + 4j), *self.pixel(right - 5j)), 95)
        shadow = Image.new("RGBA", self.image.size, NIGHT)
        shadow.putalpha(layer.filter(ImageFilter.GaussianBlur(2.2 * self.scale)))
        self.image.alpha_composite(shadow)

    def gradient(self, top: float, bottom: float, colours: tuple[Colour, Colour]) -> None:
        """Fill a band from pixel row to pixel row with colours that blend downward."""
        size = (self.width, round(bottom - top))
        ramp = Image.linear_gradient("L").resize(size, Image.Resampling.BICUBIC)
        self.image.paste(ImageOps.colorize(ramp, *colours), (0, round(top)))


def draw_room(canvas: Canvas, accent: Colour, flip: int) -> None:
    """Draw wall and floor; `flip` (1 or -1) says on which side the window is."""
    corner = canvas.floor - 0.13 * canvas.height
    edge, reach = (canvas.floor - corner) / canvas.scale, canvas.width / canvas.scale
    canvas.gradient(0, corner, (mix(accent, CREAM, 0.7), mix(accent, CREAM, 0.88)))
    canvas.disc(complex(0, edge + 52), 78, mix(accent, CREAM, 0.68))
    draw_window(canvas, complex(flip * 0.34 * reach, edge + 66), accent)
    draw_wall_bars(canvas, complex(-flip * 0.37 * reach, edge), accent)
    if corner < canvas.height:
        canvas.gradient(corner, canvas.height, (mix(WOOD, "#ffffff", 0.28), mix(WOOD, NIGHT, 0.03)))
        for board in range(-14, 15):  # towards one vanishing point
            start, end = complex(board * 14, edge), complex(board * 38, edge - 100)
            canvas.line(start, end, mix(WOOD, "#7a5436", 0.22))
        canvas.box(complex(0, edge + 2.5), complex(reach, 2.5), mix(accent, CREAM, 0.95))
    draw_plant(canvas, complex(flip * 0.43 * reach, edge - 5))


def draw_window(canvas: Canvas, centre: complex, accent: Colour) -> None:
    """Draw a window of six panes."""
    pane = mix("#bfe0ee", accent, 0.06)
    canvas.box(centre, 31 + 42j, mix(accent, "#ffffff", 0.93), 1.5)
    for middle in (centre + x + y for x in (-14.2, 14.2) for y in (-26.5j, 0j, 26.5j)):
        canvas.box(middle, 12.8 + 12j, pane)
        glint = [middle + at for at in (-9 - 12j, -2 - 12j, 9 + 12j, 2 + 12j)]
        canvas.polygon(glint, mix(pane, "#ffffff", 0.4))
    canvas.box(centre - 44j, 34 + 2j, mix(accent, "#ffffff", 0.8), 1)


def draw_wall_bars(canvas: Canvas, foot: complex, accent: Colour) -> None:
    """Draw wall bars that stand at `foot`."""
    for rung in range(12):
        canvas.box(foot + 18j + 13j * rung, 35 + 1.7j, mix("#c9955f", accent, 0.1))
    for post in (-34, 0, 34):
        canvas.box(foot + post + 88j, 2.6 + 88j, mix("#9c6b40", accent, 0.1), 1)


def draw_plant(canvas: Canvas, foot: complex) -> None:
    """Draw a pot plant."""
    root = foot + 20j
    for turn, length in ((-48, 34), (46, 32), (-26, 46), (24, 48), (-4, 56)):
        middle = root + 0.55 * length * direction(turn * 0.7)
        green = mix("#3f7d57", "#8fbf7f", abs(turn) / 60)
        canvas.hull(green, (root, 1.2), (middle, 4.4))
        canvas.hull(green, (middle, 4.4), (root + length * direction(turn), 0.8))
    canvas.polygon([foot - 9, foot + 9, foot + 12 + 24j, foot - 12 + 24j], "#e8e2da")


def draw_mat(canvas: Canvas, accent: Colour) -> None:
    """Draw the mat, with the edge that faces the viewer."""
    half = min(112.0, 0.48 * canvas.width / canvas.scale)
    corners = [complex(-half, -9), complex(half, -9), complex(half - 9, 10), complex(9 - half, 10)]
    canvas.box(-10j, half + 1j, mix(accent, NIGHT, 0.45))
    canvas.polygon(corners, mix(accent, NIGHT, 0.12))
    for index, corner in enumerate(corners):
        canvas.line(corner * 0.95, corners[index - 1] * 0.95, mix(accent, "#ffffff", 0.25))


def draw_bench(canvas: Canvas) -> None:
    """Draw the bench that the hands rest on."""
    canvas.shade(12, 90)
    for leg in (24, 76):
        canvas.box(leg + 20j, 2.2 + 18j, "#464854")
    canvas.box(50 + 2j, 32 + 2j, "#464854", 2)
    canvas.box(50 + 38.5j, 36 + 4.5j, IRON, 3.5)
    canvas.box(50 + 41j, 36 + 2j, "#484b5a", 2)


def draw_held(canvas: Canvas, pose: Pose, accent: Colour) -> None:
    """Draw what the hands hold."""
    hand = pose.hands[0]
    if pose.prop == "kettlebell":
        canvas.draw.circle(
            canvas.pixel(hand - 6j), 8 * canvas.scale, None, IRON, round(canvas.scale * 3)
        )
        canvas.disc(hand - 20j, 11.5, IRON)
        canvas.disc(hand - 20j, 5.5, accent)
    elif pose.prop == "barbell" and pose.front:
        bar = complex(0, hand.imag)
        canvas.box(bar, 112 + 1.6j, "#b0b4be", 1.6)
        for place, size in ((76, 23), (83, 23), (89, 15)):
            for side in (-1, 1):
                colour = accent if place == 76 else IRON
                canvas.box(bar + side * place, complex(2.8, size), colour, 1.5)
    elif pose.prop == "barbell":
        for radius, colour in ((22.5, accent), (20, IRON), (9, "#4a4d5b"), (3, "#cdd0d6")):
            canvas.disc(hand, radius, colour)


def draw_leg(canvas: Canvas, leg: Limb, who: Exercise, toes: float | None, dim: float) -> None:
    """Draw a leg in shorts with its shoe; `toes` None: the shoe points at the viewer."""
    skin, shorts = mix(who.skin, NIGHT, dim), mix(SHORTS, NIGHT, 3 * dim)
    shoe, sole = mix("#f4f1ec", NIGHT, dim), mix(who.accent, NIGHT, dim)
    calf = leg.middle + (leg.end - leg.middle) * 0.3
    canvas.hull(skin, (leg.root, 9), (leg.middle, 6.3))
    canvas.hull(skin, (leg.middle, 6.3), (calf, 6.1))
    canvas.hull(skin, (calf, 6.1), (leg.end, 3.8))
    canvas.hull(shorts, (leg.root, 10.5), (leg.root + (leg.middle - leg.root) * 0.55, 9))
    if toes is None:
        canvas.disc(leg.end - 4.8j, 5, sole)
        canvas.hull(shoe, (leg.end, 4.4), (leg.end - 3.4j, 4.8))
        return
    turn = cmath.rect(1, math.radians(toes))
    heel, ball = leg.end + (-2 - 3j) * turn, leg.end + (13 - 4j) * turn
    canvas.hull(sole, (heel - (1 + 2.4j) * turn, 2.6), (ball + (1 - 1.6j) * turn, 2.4))
    canvas.hull(shoe, (leg.end + (-1 - 1j) * turn, 4.8), (heel, 4), (ball, 2.9))


def draw_arm(canvas: Canvas, arm: Limb, who: Exercise, dim: float) -> None:
    """Draw an arm with its sleeve."""
    skin = mix(who.skin, NIGHT, dim)
    canvas.hull(skin, (arm.root, 5.2), (arm.middle, 4.2))
    canvas.hull(skin, (arm.middle, 4.2), (arm.end, 3))
    canvas.disc(arm.end, 4.1, skin)
    sleeve = arm.root + (arm.middle - arm.root) * 0.5
    canvas.hull(mix(who.accent, NIGHT, dim + 0.14), (arm.root, 6.6), (sleeve, 5.6))


def draw_torso(canvas: Canvas, body: Body, who: Exercise) -> None:
    """Draw shirt and hips."""
    upper, across, shirt = (body.chest - body.waist) / HALF_SPINE, body.across, who.accent
    if across:
        hips = [(body.hip + 7, 9.5), (body.hip - 7, 9.5)]
        waist = [(body.waist - 6 * across, 9.0), (body.waist + 6 * across, 9.0)]
        top = body.chest - 4 * upper
        chest = [(top + 13 * across, 7.5), (top - 13 * across, 7.5), (body.chest + upper, 6.0)]
    else:
        hips, waist = [(body.hip, 11.5)], [(body.waist, 10.8)]
        chest = [(body.chest - 9 * upper, 12.6), (body.chest - 1 * upper, 8.6)]
    canvas.hull(shirt, *hips, *waist)
    canvas.hull(shirt, *waist, *chest)
    canvas.hull(SHORTS, *hips)


def draw_head(canvas: Canvas, body: Body, pose: Pose, who: Exercise) -> None:
    """Draw neck and head, in profile or facing the viewer."""
    up = direction(pose.head)
    ahead = 0j if pose.front else -1j * up
    centre = body.chest + 22.5 * up
    if who.bun:
        canvas.disc(centre - 11 * ahead + (14 if pose.front else 6) * up, 5, who.hair)
    neck = mix(who.skin, NIGHT, 0.12)
    canvas.hull(neck, (body.chest + 2 * up, 5.4), (centre - 4 * up, 4.6))
    canvas.disc(centre - 1.2 * ahead + 1.4 * up, 11.4, who.hair)
    chin = centre + 3 * ahead - 4 * up
    canvas.hull(who.skin, (centre + 2.4 * ahead - 1.5 * up, 9.2), (chin, 7.6))
    for eye in (4j * up, -4j * up) if pose.front else (7.5 * ahead,):
        canvas.disc(centre + eye - 0.5 * up, 1.1, mix(who.hair, NIGHT, 0.5))
    if not pose.front:
        canvas.disc(centre + 11.4 * ahead - 3 * up, 1.7, who.skin)
        canvas.disc(centre - 1.5 * ahead - 2 * up, 2.3, neck)


def draw_figure(canvas: Canvas, pose: Pose, who: Exercise) -> None:
    """Draw the person from the far limbs to the near ones, with what they hold."""
    body = solve(pose)
    toes, dim = ((None, None), 0.0) if pose.front else (pose.toes, 0.2)
    joints = [joint for limb in (*body.arms, *body.legs) for joint in (limb.middle, limb.end)]
    low = [joint.real for joint in (*joints, body.hip, body.chest) if joint.imag < 45]
    canvas.shade(min(low) - 10, max(low) + 12)
    if pose.prop == "bench":
        draw_bench(canvas)
    if not pose.front:
        draw_arm(canvas, body.arms[1], who, dim)
    draw_leg(canvas, body.legs[1], who, toes[1], dim)
    if pose.front:
        draw_leg(canvas, body.legs[0], who, toes[0], 0)
    draw_torso(canvas, body, who)
    draw_held(canvas, pose, who.accent)
    if not pose.front:  # a plate is behind the leg, so that the pose can be seen
        draw_leg(canvas, body.legs[0], who, toes[0], 0)
    draw_head(canvas, body, pose, who)
    for arm in body.arms if pose.front else body.arms[:1]:
        draw_arm(canvas, arm, who, 0)


def draw_picture(exercise: Exercise, number: int, folder: Path) -> Path:
    """Draw a picture into a folder; a cut-out is a PNG without the room."""
    pose, canvas = exercise.poses[number], Canvas(exercise)
    if not pose.cutout:
        draw_room(canvas, exercise.accent, flip=1 if EXERCISES.index(exercise) % 2 else -1)
    draw_mat(canvas, exercise.accent)
    draw_figure(canvas, pose, exercise)
    picture = canvas.image.reduce(OVERSAMPLING)
    path = folder / f"{exercise.slug}-{number}.{'png' if pose.cutout else 'jpg'}"
    if pose.cutout:
        picture.save(path, optimize=True)
    else:
        picture.convert("RGB").save(path, quality=80, progressive=True, optimize=True)
    return path


def main() -> None:
    """Draw all pictures."""
    parser = argparse.ArgumentParser(description="Draw the pictures of the sample exercises.")
    parser.add_argument("--out", type=Path, default=ROOT / "assets/images/exercises")
    folder: Path = parser.parse_args().out
    folder.mkdir(parents=True, exist_ok=True)
    for exercise in EXERCISES:
        for number in range(len(exercise.poses)):
            path = draw_picture(exercise, number, folder)
            print(f"{path.stat().st_size:8,} {path.name}")


if __name__ == "__main__":
    main()
