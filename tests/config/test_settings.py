from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conftest import SiteBuilder
from mediakit.base.errors import ConfigError, UsageError
from mediakit.base.model import Role
from mediakit.config.config import load_config
from mediakit.config.file import parse
from mediakit.config.overrides import Overrides
from mediakit.site.kinds.registry import find_root


def test_no_file_is_needed(site: SiteBuilder) -> None:
    """On a Jekyll site the defaults do."""
    config = load_config(site.root)
    assert [preset.suffix for preset in config.presets] == ["-320", "-768", "-1280", "-1920"]
    assert (config.content, config.target, config.catalog) == (
        None,
        ".mediakit/target",
        "media.json",
    )


def test_presets_change_add_and_drop(site: SiteBuilder) -> None:
    """A table named like a default changes it, another adds one, `enabled = false` drops it."""
    site.write(
        "mediakit.toml",
        "[presets.teaser]\nwidth = 400\n\n[presets.overlay-1920]\nenabled = false\n\n"
        '[presets.body]\nroles = ["body"]\nsuffix = "-640"\nwidth = 640\n',
    )
    presets = {preset.name: preset for preset in load_config(site.root).presets}
    assert presets["teaser"].width == 400
    assert presets["teaser"].suffix == "-320"
    assert "overlay-1920" not in presets
    assert presets["body"].roles == (Role.BODY,)


def test_flags_win(site: SiteBuilder) -> None:
    """Flags and environment override the file."""
    site.write("mediakit.toml", 'target = "a"\njobs = 3\nmax_delete = "5%"\n')
    config = load_config(site.root, Overrides(target="b", max_delete="7"))
    assert (config.target, config.jobs, str(config.max_delete)) == ("b", 3, "7")


@pytest.mark.parametrize(
    ("text", "where", "what"),
    [
        ("jobs = 0\n", ":1:", "jobs"),
        ("\njob = 2\n", ":2:", "there is no setting 'job'"),
        ("[presets.teaser]\nwidth = 400\nwidht = 3\n", ":3:", "widht"),
        ("[presets.teaser]\nwidth = '400'\n", ":2:", "width"),
        ("[presets.new]\nwidth = 400\n", ":1:", "needs roles, suffix, and width"),
        (
            'x = 1\n[presets.a]\nroles = ["body"]\nsuffix = "-320"\nwidth = 9\n',
            ":1:",
            "there is no setting",
        ),
        ('[presets.a]\nroles = ["body"]\nsuffix = "-320"\nwidth = 9\n', ":3:", "share the suffix"),
        ('[presets.a]\nroles = ["sofa"]\nsuffix = "-x"\nwidth = 9\n', ":2:", "sofa"),
        ('[presets.a]\nroles = ["body"]\nsuffix = "/../x"\nwidth = 9\n', ":3:", "suffix"),
        ("a = [1,\n", ":2:", "not valid TOML"),
        ('content = ["../*.md"]\n', ":1:", "not a path inside the site"),
        ('catalog = "/etc/media.json"\n', ":1:", "not a path inside the site"),
        ("presets = 3\n", ":1:", "presets is not a table"),
        ('max_delete = "lots"\n', ":1:", "neither a number"),
        ('target = """\njobs = 3\n"""\njobs = 0\n', ":4:", "jobs"),
        ('[[headers]]\nmatch = "*"\n[[headers]]\nmatch = "a"\nacl = 3\n', ":5:", "acl"),
        ('content = [\n  "a.md",\n]\npresets = { teaser = { width = 0 } }\n', ":4:", "width"),
    ],
)
def test_mistakes_have_a_line(site: SiteBuilder, text: str, where: str, what: str) -> None:
    """A wrong key or value is refused with its line, and a hint where one is known."""
    site.write("mediakit.toml", text)
    with pytest.raises(ConfigError) as caught:
        load_config(site.root)
    assert where in caught.value.message
    assert what in caught.value.message


def test_a_misspelt_key(site: SiteBuilder) -> None:
    """A key that is nearly right is answered with the right one, another with all there are."""
    for text, hint in (("[presets.teaser]\nwidht = 3\n", "did you mean width?"),
                       ("xyz = 3\n", "known are ")):  # fmt: skip
        site.write("mediakit.toml", text)
        with pytest.raises(ConfigError) as caught:
            load_config(site.root)
        assert hint in caught.value.hint


@pytest.mark.parametrize(
    ("text", "said", "hint"),
    [
        ("jobs = 0\n", "jobs: 0 is not allowed", "whole number, 1 to 512"),
        ("[s3]\nregion = 'EU West'\n", '"EU West" is not allowed', "small letters, digits and -"),
        ("[s3]\nendpoint = 'ftp://u:secret@x'\n", "this value is not allowed", "URL of a host"),
        ("[videos]\nown_channels = ['a b']\n", "is not allowed", 'for example ["@yourclinic"]'),
        ("jobs = '4'\n", '"4" is not allowed', "without quotation marks: jobs = 4"),
        ("[videos]\nfetch = 'true'\n", '"true" is not', "without quotation marks: fetch = true"),
        ("[videos]\nkeys = 'clip'\n", '"clip" is not', 'in brackets: keys = ["clip"]'),
        ("[check]\nignore = ['odd-teasr']\n", 'the code "odd-teasr"', "did you mean odd-teaser?"),
        ("[preset.x]\nwidth = 3\n", "no setting 'preset'", "did you mean presets?"),
        ("[videos]\naudience = ['dk']\n", '"dk" is not allowed', 'for example ["DK", "SE"]'),
        ("[presets.teaser]\nbackground = 'white'\n", "teaser.background", "colour as #rrggbb"),
        ("[[headers]]\nmatch = '*'\nmetadata = {Owner = 'x'}\n", "headers.metadata", "names of"),
        ("[cdn]\ncloudfront = 'x'\n", "[cdn] needs base_url", 'base_url = "https://'),
        ("[[headers]]\ncache_control = 'x'\n", "[[headers]] needs match", 'match = "*.jpg"'),
        ("headers = 3\n", "headers is not a table", "write [[headers]]"),
    ],
)
def test_messages_say_what_is_allowed(site: SiteBuilder, text: str, said: str, hint: str) -> None:
    """A message says in words what is allowed, never as a pattern, and quotes no password."""
    site.write("mediakit.toml", text)
    with pytest.raises(ConfigError) as caught:
        load_config(site.root)
    assert said in caught.value.message
    assert hint in caught.value.hint
    assert not [word for word in ("^", "regex", "secret") if word in caught.value.message]


@pytest.mark.parametrize("target", ["", " "])
def test_an_empty_target(site: SiteBuilder, target: str) -> None:
    """A variable that is not set gives one: nothing would be deployed, and nobody would know."""
    with pytest.raises(UsageError, match="the target is empty"):
        load_config(site.root, Overrides(target=target))


def test_no_such_site(tmp_path: Path) -> None:
    """A folder that is not there is bad usage."""
    with pytest.raises(UsageError, match="no such folder"):
        load_config(tmp_path / "nowhere")


def test_the_nearest_site_is_found(site: SiteBuilder) -> None:
    """From anywhere inside a site its root is found, and the inner of two sites wins."""
    site.write("mediakit.toml", "")
    inner = site.write("build/copy/_exercises/a.md", "---\n---\n").parent.parent
    deep = inner / "assets" / "images"
    deep.mkdir(parents=True)
    assert find_root(deep) == inner
    assert find_root(site.root) == site.root


@pytest.mark.parametrize(
    ("files", "catalog"),
    [
        ([], "media.json"),
        (["_config.yml"], "_data/media.json"),
        (["_data/x.yml"], "_data/media.json"),
        (["_config.yml", "media.json"], "media.json"),
        (["_data/media.json", "media.json"], "_data/media.json"),
    ],
)
def test_where_the_catalog_is(site: SiteBuilder, files: list[str], catalog: str) -> None:
    """Where Jekyll reads it as data, unless there is one already."""
    for path in files:
        site.write(path, "")
    assert load_config(site.root).catalog == catalog


@given(st.text())
def test_any_text(text: str) -> None:
    """No text makes the configuration raise anything but its own error."""
    try:
        parse(text)
    except ConfigError as error:
        assert error.message.startswith("mediakit.toml")
