"""Python's own names as files of a site: nothing in the working folder is imported."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from conftest import SiteBuilder

NAMES = (
    "_posixsubprocess", "click", "concurrent", "encodings", "json", "msgspec", "multiprocessing",
    "numpy", "pickle", "random", "selectors", "signal", "socket", "struct", "tempfile", "yaml",
)  # fmt: skip


@pytest.fixture
def hostile(site: SiteBuilder) -> SiteBuilder:
    """Return a site with modules that leave a trace where one of them is run."""
    site.exercise("squat", 1)
    trace = site.root.parent / "ran"
    for name in NAMES:
        code = f"open({str(trace)!r}, 'a').write(__name__)\nraise SystemExit(9)\n"
        site.write(f"{name}.py", code)
    return site


@pytest.mark.parametrize("way", ["command", "module"])
@pytest.mark.parametrize("executor", ["threads", "processes"])
def test_no_module_of_the_site_is_run(way: str, executor: str, hostile: SiteBuilder) -> None:
    """Neither the program nor its worker processes take code from where they are started."""
    hostile.write("mediakit.toml", f'executor = "{executor}"\njobs = 2\n')
    command = [str(Path(sys.executable).with_name("mediakit"))]
    if way == "module":
        command = [sys.executable, "-m", "mediakit"]
    environment = {name: each for name, each in os.environ.items() if name != "PYTHONSAFEPATH"}
    done = subprocess.run(
        [*command, "generate"], cwd=hostile.root, env=environment, check=False,
        capture_output=True, text=True, timeout=300,
    )  # fmt: skip
    assert not (hostile.root.parent / "ran").exists()
    assert done.returncode == 0, done.stderr
    assert (hostile.root / "assets/images/squat-0-320.jpg").exists()
