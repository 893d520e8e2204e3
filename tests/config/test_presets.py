from __future__ import annotations

import pytest

from conftest import SiteBuilder
from mediakit.base.errors import ConfigError
from mediakit.config.config import load_config
from mediakit.images.preset import Animation, Fit, Gravity, Preset, quality_of

NEW = '[presets.card]\nroles = ["teaser"]\nsuffix = "-card"\n'


def preset(site: SiteBuilder, text: str, name: str = "card") -> Preset:
    site.write("mediakit.toml", text)
    return next(each for each in load_config(site.root).presets if each.name == name)


def test_all_that_a_preset_can_say(site: SiteBuilder) -> None:
    """Each key of a table comes to the preset."""
    found = preset(
        site,
        NEW + 'fit = "cover"\nwidth = 400\nheight = 300\ngravity = "attention"\n'
        'formats = ["source", "webp", "webp"]\nquality = 75\nmax_bytes = 40000\n'
        'animation = "keep"\nmin_step = 1.25\nbackground = "#000000"\n',
    )
    assert (found.fit, found.width, found.height) == (Fit.COVER, 400, 300)
    assert found.gravity is Gravity.ATTENTION
    assert found.formats == ("source", "webp", "webp")
    assert found.quality == 75
    assert (found.max_bytes, found.min_step) == (40_000, 1.25)
    assert found.animation is Animation.KEEP


def test_qualities_of_formats(site: SiteBuilder) -> None:
    """A table of qualities sets some formats, the others stay level with the default."""
    quality = preset(site, NEW + "width = 400\nquality = {avif = 50}\n").quality
    assert [quality_of(quality, name) for name in ("JPEG", "WEBP", "AVIF")] == [82, 84, 50]


def test_another_fit_for_a_default_preset(site: SiteBuilder) -> None:
    """A default preset that goes by its height forgets its width."""
    found = preset(site, '[presets.teaser]\nfit = "height"\nheight = 200\n', "teaser")
    assert found.place(900, 600).size == (300, 200)


@pytest.mark.parametrize(
    ("text", "line", "what"),
    [
        (NEW, 1, "needs a width with fit 'width'"),
        (NEW + "width = 0\n", 4, "width"),
        (NEW + "width = 70000\n", 4, "width"),
        (NEW + 'width = 400\nfit = "stretch"\n', 5, "stretch"),
        (NEW + 'width = 400\nfit = "cover"\n', 5, "needs a height with fit 'cover'"),
        (NEW + 'fit = "height"\n', 4, "needs a height with fit 'height'"),
        (
            NEW + 'width = 4\nheight = 3\nfit = "height"\n',
            4,
            "width is of no use with fit 'height'",
        ),
        (NEW + "width = 400\nheight = 300\n", 5, "height is of no use with fit 'width'"),
        (NEW + 'width = 400\ngravity = "top"\n', 5, "gravity 'top' is of no use"),
        (NEW + 'width = 4\nheight = 3\nfit = "cover"\ngravity = "north"\n', 7, "north"),
        (NEW + "width = 400\nformats = []\n", 5, "formats"),
        (NEW + 'width = 400\nformats = ["gif"]\n', 5, "gif"),
        (NEW + "width = 400\nquality = 101\n", 5, "quality"),
        (NEW + "width = 400\nquality = {png = 3}\n", 5, "png"),
        (NEW + "width = 400\nquality = {webp = 0}\n", 5, "quality"),
        (NEW + "width = 400\nmax_bytes = 999\n", 5, "max_bytes"),
        (NEW + "width = 400\nmin_step = 0.5\n", 5, "min_step"),
        (NEW + 'width = 400\nanimation = "loop"\n', 5, "loop"),
        (NEW + 'width = 400\nbackground = "white"\n', 5, "background"),
        (NEW + "width = 400\nmax_pixels = 0\n", 5, "max_pixels"),
        (NEW + "width = 400\nsufix = 3\n", 5, "sufix"),
        ("[presets.teaser]\nheight = 200\n", 2, "height is of no use with fit 'width'"),
        ('[presets.teaser]\nsuffix = "-768"\n', 2, "share the suffix '-768'"),
    ],
)
def test_what_cannot_be_meant(site: SiteBuilder, text: str, line: int, what: str) -> None:
    """Unknown keys, impossible values and contradictions are errors with their line."""
    site.write("mediakit.toml", text)
    with pytest.raises(ConfigError) as caught:
        load_config(site.root)
    assert caught.value.message.startswith(f"mediakit.toml:{line}: ")
    assert what in caught.value.message


def test_a_suffix_that_is_free_again(site: SiteBuilder) -> None:
    """The suffix of a preset that was taken away can be used by another one."""
    found = preset(
        site,
        "[presets.overlay-768]\nenabled = false\n" + NEW.replace("-card", "-768") + "width = 700\n",
    )
    assert found.suffix == "-768"
