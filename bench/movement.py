#!/usr/bin/env python3
"""What clips come to: bytes, likeness, times and loops of drawn GIFs; the time of a film.

    python bench/movement.py [--gifs N] [--keep FOLDER] [--film] [--rounds N]
        [--ffmpeg PROGRAM]

36 GIFs are drawn as exercise sites have them, 200 to 500 px and 10 to 60 frames: a third flat
figures as drawing programs write them, a third with shades that are dithered, a third like films
that somebody turned into a GIF: a textured wall, grain that differs in each frame, 64 to 256
colours, dithered. Frame times vary in each third GIF, and each fourth is partly transparent. Each
is made a clip as `[clips.NAME]` does it, and the clip's frames are compared to the GIF's on one
background: SSIM of the light (scikit-image's, Gaussian weights of 1.5 px), and when each comes.
A loop is seamless if the clip lasts as long as the GIF and has its frames, and no others.

`--film`: seconds, of the clock and of CPU, for 10 s of 1080p to a clip of 720p and its poster,
beside ffmpeg's own command with the same settings (PROGRAM, or that of the package imageio-ffmpeg).
"""

from __future__ import annotations

import argparse
import io
import resource
import subprocess
import tempfile
import time
from dataclasses import dataclass
from importlib import import_module, util
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image, ImageDraw, ImageFilter
from skimage.metrics import structural_similarity

from mediakit.base.cut import Cut
from mediakit.images.clip_maker import make_clips
from mediakit.images.film import even_size
from mediakit.images.filmed import AnimatedFrames
from mediakit.images.recipes.clip import ClipFormat, FilmClip
from mediakit.images.render import Rendered

av: Any = import_module("av")  # untyped in parts
BACKGROUND = "#ffffff"
KINDS = ("flat", "shaded", "grainy")


@dataclass(frozen=True)
class Drawn:
    """A GIF that was drawn: how, and its bytes."""

    name: str
    data: bytes


def figure(pencil: ImageDraw.ImageDraw, size: tuple[int, int], bend: float, *, soft: bool) -> None:
    """Draw somebody who does a squat, as deep as `bend` (0 to 1)."""
    width, height = size
    unit = height / 10
    x, floor = width / 2, height * 0.94
    hip = (x - unit * 1.6 * bend, floor - unit * (4 - 1.9 * bend))
    knee = (x + unit * 1.1 * bend, floor - unit * 2)
    neck = (hip[0] + unit * 1.3 * bend, hip[1] - unit * (3 - 0.5 * bend))
    thick = max(3, int(unit * 0.7))
    skin, shirt, legs = ((214, 160, 122), (196, 62, 58), (44, 62, 92))
    pencil.line([(x, floor), knee, hip], fill=legs, width=thick, joint="curve")
    pencil.line([hip, neck], fill=shirt, width=int(thick * 1.3))
    hand = (neck[0] + unit * 2.4, neck[1] + unit * (0.6 + 0.6 * bend))
    pencil.line([neck, hand], fill=skin, width=int(thick * 0.7))
    head = unit * 0.75
    centre = (neck[0] + unit * 0.2, neck[1] - unit * 0.9)
    box = (centre[0] - head, centre[1] - head, centre[0] + head, centre[1] + head)
    pencil.ellipse(box, fill=skin, outline=None if soft else (20, 20, 20))


def wall(size: tuple[int, int], random: np.random.Generator) -> np.ndarray:
    """Return a wall with light from one side, and a texture."""
    width, height = size
    across, down = np.meshgrid(np.linspace(0, 1, width), np.linspace(0, 1, height))
    coarse = random.normal(0, 1, (height // 8 + 1, width // 8 + 1))
    rough = Image.fromarray(coarse.astype(np.float32)).resize(size, Image.Resampling.BICUBIC)
    light = 150 + 60 * across - 40 * down + 9 * np.asarray(rough)
    light[int(height * 0.9) :] *= 0.72
    return np.stack([light, light * 0.96, light * 0.88], axis=-1)


def scene(kind: str, size: tuple[int, int], bend: float, ground: np.ndarray) -> Image.Image:
    """Return one frame before it loses its colours; of a flat one, twice as large as drawn."""
    if kind == "flat":
        image = Image.new("RGBA", (2 * size[0], 2 * size[1]), (255, 255, 255, 0))
        figure(ImageDraw.Draw(image), image.size, bend, soft=False)
        return image.resize(size, Image.Resampling.LANCZOS)
    image = Image.fromarray(ground.clip(0, 255).astype(np.uint8))
    over = Image.new("RGBA", size)
    figure(ImageDraw.Draw(over), size, bend, soft=True)
    shade = over.filter(ImageFilter.GaussianBlur(1.2))
    image.paste(shade, (0, 0), shade)
    return image.convert("RGBA")


def drawn_gif(number: int) -> Drawn:
    """Draw a GIF; equal numbers give equal bytes."""
    random = np.random.default_rng(number)
    kind = KINDS[number % 3]
    width = int(random.integers(200, 501))
    size = width, int(width * random.choice([0.75, 1.0, 1.25]))
    count = int(random.integers(10, 61))
    ground = wall(size, random)
    colours = int(random.choice([64, 128, 256]))
    grain = float(random.uniform(2, 5))
    frames, times = [], []
    for step in range(count):
        bend = 0.5 - 0.5 * np.cos(2 * np.pi * step / count)
        image = scene(kind, size, float(bend), ground)
        if kind == "grainy":
            noise = random.normal(0, grain, (size[1], size[0], 1))
            pixels = np.asarray(image.convert("RGB")) + noise
            image = Image.fromarray(pixels.clip(0, 255).astype(np.uint8)).convert("RGBA")
        is_clear = kind == "flat" and number % 4 == 0
        frames.append(image if is_clear else ground_of(image))
        times.append(int(random.choice([40, 70, 120])) if number % 3 == 1 else 60)
    palette = frames[0].convert("RGB").quantize(colours)
    dither = Image.Dither.NONE if kind == "flat" else Image.Dither.FLOYDSTEINBERG
    if frames[0].mode == "RGB":
        frames = [each.quantize(palette=palette, dither=dither) for each in frames]
    out = io.BytesIO()
    frames[0].save(
        out, "GIF", save_all=True, append_images=frames[1:], duration=times, loop=0,
        disposal=2 if frames[0].mode == "RGBA" else 1, optimize=True,
    )  # fmt: skip
    return Drawn(f"{number:02}-{kind}", out.getvalue())


def ground_of(image: Image.Image) -> Image.Image:
    """Return a picture on the background."""
    whole = Image.new("RGB", image.size, BACKGROUND)
    whole.paste(image, (0, 0), image)
    return whole


@dataclass(frozen=True)
class Compared:
    """A GIF and its clips: bytes, mean and least SSIM, the largest error of a time in ms."""

    name: str
    gif: int
    clips: dict[str, int]
    ssim: float
    least: float
    late: float
    seamless: bool
    seconds: float


def compare(gif: Drawn, recipe: FilmClip, keep: Path | None) -> Compared:
    """Make the clips of a GIF, and compare their frames and times to its own."""
    start = time.process_time()
    endings = [f".{each.value}" for each in recipe.formats]
    made = dict(zip(endings, make_clips(recipe, gif.data, Cut(), endings), strict=True))
    seconds = time.process_time() - start
    films = {ending: each for ending, each in made.items() if isinstance(each, Rendered)}
    with Image.open(io.BytesIO(gif.data)) as image:
        size = even_size(*image.size)
    wanted = list(AnimatedFrames(gif.data, size, BACKGROUND))
    ends = [0]
    for each in wanted:
        ends.append(ends[-1] + each.milliseconds)
    likes, late, seamless = [], 0.0, True
    for ending, film in films.items():
        if keep is not None:
            (keep / f"{gif.name}{ending}").write_bytes(film.data)
            (keep / f"{gif.name}.gif").write_bytes(gif.data)
        with av.open(io.BytesIO(film.data)) as container:
            found = list(container.decode(video=0))
            length = container.duration / 1000
        came = [1000 * float(each.pts * each.time_base) for each in found] + [length]
        seamless = seamless and len(came) == len(ends) and abs(length - ends[-1]) < 1
        late = max(late, *(abs(a - b) for a, b in zip(came, ends, strict=False)))
        likes += [like(a.frame, b) for a, b in zip(wanted, found, strict=False)]
    sizes = {ending: len(each.data) for ending, each in films.items()}
    mean = float(np.mean(likes))
    return Compared(gif.name, len(gif.data), sizes, mean, min(likes), late, seamless, seconds)


def like(one: Any, other: Any) -> float:  # noqa: ANN401 - frames of PyAV
    """Return the SSIM of the light of two frames."""
    planes = [each.reformat(format="gray").to_ndarray() for each in (one, other)]
    return float(
        structural_similarity(
            *planes, gaussian_weights=True, sigma=1.5, use_sample_covariance=False
        )
    )


def of_gifs(count: int, keep: Path | None, formats: tuple[ClipFormat, ...]) -> None:
    """Print what each GIF comes to, and all of a kind."""
    recipe = FilmClip("loops", formats=formats, max_bytes=50_000_000)
    print("| GIF | kB | MP4 kB | WebM kB | times smaller | SSIM | least | ms off | CPU s |")
    print("| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |")
    rows = []
    for number in range(count):
        each = compare(drawn_gif(number), recipe, keep)
        rows.append(each)
        best = min(each.clips.values())
        webm = f"{each.clips['.webm'] / 1000:.0f}" if ".webm" in each.clips else ""
        print(
            f"| {each.name} | {each.gif / 1000:.0f} | {each.clips['.mp4'] / 1000:.0f} | {webm} "
            f"| {each.gif / best:.1f} | {each.ssim:.3f} | {each.least:.3f} | {each.late:.1f} "
            f"| {each.seconds:.1f} |",
            flush=True,
        )
    for kind in (*KINDS, ""):
        own = [each for each in rows if each.name.endswith(kind)]
        gifs = sum(each.gif for each in own)
        mp4 = sum(each.clips[".mp4"] for each in own)
        best = sum(min(each.clips.values()) for each in own)
        print(
            f"{kind or 'all'}: {gifs / 1e6:.1f} MB of GIFs, {gifs / mp4:.1f} times smaller as MP4, "
            f"{gifs / best:.1f} times as the smaller one; least SSIM of a clip "
            f"{min(each.ssim for each in own):.3f}; "
            f"seamless {sum(each.seamless for each in own)} of {len(own)}"
        )


def filmed(seconds: int = 10, rate: int = 30) -> bytes:
    """Return a film in 1080p as a phone codes it: 17 Mbit/s, with grain."""
    random = np.random.default_rng(1)
    size = 1920, 1080
    ground = wall(size, random)
    grains = [random.normal(0, 3, (size[1], size[0], 1)) for _ in range(7)]
    out = io.BytesIO()
    with av.open(out, "w", format="mov") as film:
        stream = film.add_stream("libx264", rate=rate, options={"preset": "veryfast", "crf": "20"})
        stream.width, stream.height, stream.pix_fmt = *size, "yuv420p"
        for number in range(seconds * rate):
            bend = 0.5 - 0.5 * np.cos(2 * np.pi * number / 60)
            pixels = np.asarray(scene("grainy", size, float(bend), ground).convert("RGB"))
            grainy = (pixels + grains[number % 7]).clip(0, 255).astype(np.uint8)
            film.mux(stream.encode(av.VideoFrame.from_ndarray(grainy, format="rgb24")))
        film.mux(stream.encode(None))
    return out.getvalue()


def used() -> float:
    """Return the CPU seconds of this process and of those that it has run."""
    return sum(
        each.ru_utime + each.ru_stime
        for each in map(resource.getrusage, (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    )


def of_film(program: str, rounds: int) -> None:
    """Print the time of a film, beside that of ffmpeg, in turn."""
    data = filmed()
    recipe = FilmClip("loops", longest=1280, max_bytes=500_000_000)
    with tempfile.TemporaryDirectory() as folder:
        source, made, poster = (Path(folder) / name for name in ("a.mov", "a.mp4", "a.jpg"))
        source.write_bytes(data)
        command = [
            program, "-nostdin", "-v", "error", "-y", "-i", str(source), "-an",
            "-vf", "scale=1280:720",
            "-c:v", "libx264", "-preset", "slow", "-profile:v", "high", "-crf", "25",
            "-pix_fmt", "yuv420p", "-threads", "4", "-movflags", "+faststart", str(made),
            "-frames:v", "1", "-vf", "scale=1280:720", str(poster),
        ]  # fmt: skip
        for _ in range(rounds):
            start, clock = used(), time.perf_counter()
            ours = make_clips(recipe, data, Cut(), [".mp4", ".jpg"])
            size = len(ours[0].data)  # type: ignore[union-attr]
            told("mediakit", used() - start, time.perf_counter() - clock, size)
            start, clock = used(), time.perf_counter()
            subprocess.run(command, check=True)
            told("ffmpeg", used() - start, time.perf_counter() - clock, made.stat().st_size)


def told(name: str, cpu: float, seconds: float, size: int) -> None:
    """Print one round: on quiet cores, how many were busy says how much was done side by side."""
    print(
        f"{name}: {cpu:.2f} s of CPU, {seconds:.2f} s, {cpu / seconds:.2f} cores busy, "
        f"{size / 1000:.0f} kB"
    )


def main() -> None:
    """Do what the command line asks for."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--gifs", type=int, default=36)
    parser.add_argument("--keep", type=Path)
    parser.add_argument("--formats", default="mp4,webm")
    parser.add_argument("--film", action="store_true")
    parser.add_argument("--ffmpeg", default="")
    parser.add_argument("--rounds", type=int, default=3)
    given = parser.parse_args()
    if given.film:
        own = util.find_spec("imageio_ffmpeg")
        found = import_module("imageio_ffmpeg").get_ffmpeg_exe() if own else "ffmpeg"
        of_film(given.ffmpeg or found, given.rounds)
        return
    if given.keep is not None:
        given.keep.mkdir(parents=True, exist_ok=True)
    of_gifs(given.gifs, given.keep, tuple(map(ClipFormat, given.formats.split(","))))


if __name__ == "__main__":
    main()
