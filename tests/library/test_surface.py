"""What `import mediakit` gives, and what it costs."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

import mediakit

LOADED = """\
import sys
before = set(sys.modules)
import mediakit
print(sorted(set(sys.modules) - before))
"""


def test_import_loads_nothing_of_ours() -> None:
    """A script that imports mediakit for one small thing does not wait for all of it."""
    done = subprocess.run(
        [sys.executable, "-I", "-c", LOADED],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert ast.literal_eval(done.stdout) == ["mediakit"]


@pytest.mark.parametrize(
    ("code", "most"),
    [
        ("from mediakit.cli.main import main; main(['--version'])", 140),
        ("from mediakit import Problem, UsageError", 140),
        ("from mediakit import Site", 270),
    ],
)
def test_modules_that_are_imported(code: str, most: int) -> None:
    """The time before the first line of work is that of imports: they are counted, not timed."""
    heavy = {
        "PIL", "boto3", "botocore", "cv2", "distributed", "jinja2", "numpy", "scipy", "ssl",
        "yt_dlp",
    }  # fmt: skip
    done = subprocess.run(
        [sys.executable, "-c", f"{code}; import sys; print(sorted(sys.modules))"],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    loaded = ast.literal_eval(done.stdout.splitlines()[-1])
    assert len(loaded) <= most
    assert {name.partition(".")[0] for name in loaded} & heavy == set()


def test_every_name_is_there() -> None:
    """What the module promises can be had, and is listed for completion."""
    assert mediakit.__all__ == sorted(mediakit.__all__)
    assert set(mediakit.__all__) <= set(dir(mediakit))
    for name in mediakit.__all__:
        assert getattr(mediakit, name) is not None


def test_types_and_names_agree() -> None:
    """What type checkers are told to import is what a program gets, name by name."""
    told: dict[str, str | None] = {}
    for node in ast.walk(ast.parse(Path(mediakit.__file__).read_text("utf-8"))):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("mediakit."):
            told |= {alias.name: node.module for alias in node.names}
    assert set(told) == set(mediakit.__all__)
    for name, module in told.items():
        assert getattr(mediakit, name) is getattr(sys.modules[str(module)], name)


def test_other_names_are_refused() -> None:
    """A misspelt name is an error where it is used, not later."""
    with pytest.raises(AttributeError, match="'mediakit' has no attribute 'Sight'"):
        mediakit.Sight  # type: ignore[attr-defined]  # noqa: B018 - looking is the test
