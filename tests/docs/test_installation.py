"""No text installs mediakit by a name from a package index.

`mediakit` there is a stranger's program, and `mediakit-gallery`, the name of the distribution, is
not published: whoever takes it first would be run with the keys of pipelines.
"""

from __future__ import annotations

import re
import shutil
import subprocess
from itertools import pairwise
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
OWN = Path(__file__).relative_to(ROOT).as_posix()

NAME = r"mediakit(?:[-_.]gallery)?"
INSTALLER = re.compile(
    r"\b(?:pip[x\d.]*|uvx?|poetry|pdm|conda|mamba|hatch|easy_install)\b([^\n;&|#`]*)"
)
WORD = re.compile(rf"{NAME}(?:\[.*\])?(?:[<>=~!].*)?")
REQUIREMENTS = (
    # an extra of the name, a version of it, an item of a list of packages
    re.compile(rf"(?<![\w/.-]){NAME}\[[$\w, -]+\](?!\s*@)"),
    re.compile(rf"(?<![\w/.-]){NAME}(?:\[.*?\]|\$\w+)?\s*(?:[=~<>!]=|[<>])\s*['\"]?[$\d]"),
    re.compile(rf"(?:dependencies|requires|packages)\b[^\n]*[\[,\s'\"]{NAME}['\"\],]"),
)


def texts() -> list[str]:
    """Return the names of the repository's files; an sdist has the same without a repository."""
    if (ROOT / ".git").exists() and shutil.which("git"):
        listed = subprocess.run(
            ["git", "ls-files", "-z"], cwd=ROOT, check=True, capture_output=True, text=True
        )
        return listed.stdout.split("\0")[:-1]
    return [each.relative_to(ROOT).as_posix() for each in ROOT.rglob("*") if each.is_file()]


def installs(text: str) -> list[str]:
    """Return what in a text would ask an index for mediakit."""
    joined = re.sub(r"\\\r?\n\s*", " ", text)
    found = [found[0] for pattern in REQUIREMENTS for found in pattern.finditer(joined)]
    for call in INSTALLER.finditer(joined):
        words = [word.strip("\"'(),.") for word in call[1].split()]
        if {"--from", "--spec"} & {*words}:
            continue  # `uvx --from FILE mediakit` names the command
        for word, following in pairwise([*words, ""]):
            if WORD.fullmatch(word) and following != "@":
                found.append(call[0])
    return found


def test_nothing_installs_by_name() -> None:
    """Pages, examples, hints, the action and workflows install from files and clones only."""
    found = []
    for name in texts():
        if name in {OWN, "pyproject.toml", "PKG-INFO"} or not (ROOT / name).is_file():
            continue  # extras of the project name itself
        try:
            text = (ROOT / name).read_text("utf-8")
        except UnicodeDecodeError:
            continue
        found += [f"{name}: {each}" for each in installs(text)]
    assert found == []


def test_the_extras_of_the_project_name_itself() -> None:
    """An extra that is made of others asks for this very distribution, and for no other name."""
    text = (ROOT / "pyproject.toml").read_text("utf-8")
    assert 'name = "mediakit-gallery"\n' in text
    asked = [name for name in installs(text) if not name.startswith("mediakit-gallery[")]
    assert asked == []


@pytest.mark.parametrize(
    "text",
    [
        "pip install mediakit",
        "- run: pip install --quiet mediakit-gallery",
        "pip3 install -U 'mediakit[watch]'",
        "python -m pip install numpy \\\n  mediakit==1.2",
        "pipx install mediakit",
        "pipx run mediakit list",
        "uvx mediakit list",
        "uv tool install mediakit-gallery",
        "It needs `pip install mediakit notebook`.",
        'what="mediakit$extras==$VERSION"',
        "mediakit[heif]>=1",
        "mediakit-gallery==0.1.0",
        "additional_dependencies: [mediakit]",
    ],
)
def test_what_is_found(text: str) -> None:
    """Each way to ask an index is seen."""
    assert installs(text)


@pytest.mark.parametrize(
    "text",
    [
        "pip install .",
        "pip install '.[all]'   # with all extras of mediakit",
        "pip install ~/mediakit",
        "pip install https://github.com/OWNER/mediakit/archive/v0.1.0.tar.gz",
        'pip install "mediakit-gallery[heif] @ https://github.com/OWNER/mediakit/archive/v1.tar.gz"',
        "uvx --from dist/mediakit_gallery-*.whl mediakit list",
        'pipx run --spec "$wheel" mediakit',
        "uses: OWNER/mediakit@v0.1.0",
        "rm -rf .mediakit; mediakit sync",
    ],
)
def test_what_is_not_meant(text: str) -> None:
    """A folder, a file, an address and the command are no name of an index."""
    assert installs(text) == []
