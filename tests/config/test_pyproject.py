from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conftest import SiteBuilder
from mediakit.base.errors import ConfigError
from mediakit.base.own_files import PYPROJECT, TABLE
from mediakit.config.config import load_config
from mediakit.config.file import parse
from mediakit.site.kinds.registry import find_root, own_table

PROJECT = """\
[project]
name = "site"

[tool.mediakit]
target = "public"
jobs = 3

[tool.mediakit.presets.teaser]
width = 400

[tool.other]
target = "elsewhere"
"""


def test_settings_in_pyproject(site: SiteBuilder) -> None:
    """[tool.mediakit] says what mediakit.toml would, and nothing else of the file counts."""
    site.write("pyproject.toml", PROJECT)
    config = load_config(site.root)
    assert (config.target, config.jobs) == ("public", 3)
    assert next(each for each in config.presets if each.name == "teaser").width == 400


@pytest.mark.parametrize(
    ("table", "where"),
    [
        ("[tool.mediakit]\njobs = 0\n", "pyproject.toml:4:"),
        ("[tool.mediakit]\ntarget = 'x'\njbos = 2\n", "pyproject.toml:5:"),
        ("[tool.mediakit.presets.teaser]\nfit = 'height'\nwidth = 9\n", "pyproject.toml:5:"),
        ("[tool.mediakit.presets.new]\nwidth = 9\n", "pyproject.toml:3:"),
        ("[tool.mediakit]\nmax_delete = 'lots'\n", "pyproject.toml:4:"),
        ("[tool]\nmediakit = { jobs = 0 }\n", "pyproject.toml:4:"),
        ("[[tool.mediakit.headers]]\nmatch = ''\n", "pyproject.toml:4:"),
        ("[[tool.mediakit]]\njobs = 2\n", "pyproject.toml:3:"),
        ("[tool]\nmediakit.jobs = 0\n", "pyproject.toml:4:"),
    ],
)
def test_mistakes_name_the_file(site: SiteBuilder, table: str, where: str) -> None:
    """A mistake there is told with the name and the line of pyproject.toml."""
    site.write("pyproject.toml", f"[project]\nname = 'site'\n{table}")
    with pytest.raises(ConfigError) as caught:
        load_config(site.root)
    assert caught.value.message.startswith(where)


def test_both_files(site: SiteBuilder) -> None:
    """Settings in two places are refused: nobody could say which of them count."""
    site.write("mediakit.toml", "jobs = 2\n")
    site.write("pyproject.toml", PROJECT)
    with pytest.raises(ConfigError, match=r"pyproject.toml:4: \[tool.mediakit\] is there beside"):
        load_config(site.root)


@pytest.mark.parametrize(
    "text",
    [
        '[project]\nname = "site"\n',
        '[project]\nname = "mediakit"\n',
        "[tool.ruff]\n# like mediakit's\n",
        "not = [TOML\n",
        "mediakit = not TOML\n",
        "tool = 3  # mediakit\n",
    ],
)
def test_what_is_no_matter_of_ours(site: SiteBuilder, text: str) -> None:
    """A pyproject.toml without our table is no site, gives no settings, and no complaint."""
    site.write("pyproject.toml", text)
    inner = site.write("docs/notes/x.txt", "").parent
    assert find_root(inner) == inner
    assert own_table(text) == 0
    site.write("mediakit.toml", "jobs = 2\n")
    assert load_config(site.root).jobs == 2


@pytest.mark.parametrize("text", [PROJECT, "[tool.mediakit]\nbroken = [\n"])
def test_a_site_by_its_table(site: SiteBuilder, text: str) -> None:
    """A folder with [tool.mediakit] is a site, also where that is broken: its line is told."""
    site.write("pyproject.toml", text)
    inner = site.write("docs/notes/x.txt", "").parent
    assert find_root(inner) == site.root
    if text is not PROJECT:
        with pytest.raises(ConfigError, match=r"pyproject.toml:\d: not valid TOML"):
            load_config(site.root)


@given(st.text(), st.text())
def test_any_text(before: str, after: str) -> None:
    """No text around or in the table makes reading raise anything but its own error."""
    text = f"{before}\n[tool.mediakit]\n{after}"
    try:
        if own_table(text):
            parse(text, PYPROJECT, TABLE)
    except ConfigError as error:
        assert error.message.startswith("pyproject.toml")
