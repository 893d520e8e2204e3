"""The hooks for pre-commit, run by pre-commit itself in a repository."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import yaml

if TYPE_CHECKING:
    from conftest import SiteBuilder
    from processes import Nursery

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]
HOOKS = {each["id"]: each for each in yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text())}
EXAMPLE = ROOT / "docs/examples/pre-commit-config.yaml"


def pre_commit(*args: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    programs = os.pathsep.join([str(cwd.parent / "programs"), str(Path(sys.executable).parent)])
    environment = {
        **os.environ,
        "PATH": f"{programs}{os.pathsep}{os.environ['PATH']}",
        "PRE_COMMIT_HOME": str(cwd.parent / "pre-commit"),
        "GIT_AUTHOR_NAME": "x", "GIT_AUTHOR_EMAIL": "x@example.com",
        "GIT_COMMITTER_NAME": "x", "GIT_COMMITTER_EMAIL": "x@example.com",
    }  # fmt: skip
    return subprocess.run(
        args, cwd=cwd, env=environment, check=False,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
    )  # fmt: skip


@pytest.fixture
def repository(site: SiteBuilder, nursery: Nursery) -> SiteBuilder:
    """Return a site under git with the hooks of the example, which run this mediakit."""
    (given,) = yaml.safe_load(EXAMPLE.read_text())["repos"]
    hooks = [{**HOOKS[each["id"]], "language": "system"} for each in given["hooks"]]
    config = {"repos": [{"repo": "local", "hooks": hooks}]}
    site.write(".pre-commit-config.yaml", yaml.safe_dump(config))
    site.exercise("squat")
    (site.root.parent / "programs").mkdir()
    nursery.program(site.root.parent / "programs/mediakit")
    for command in ("git init -q -b main", "git add -A", "pre-commit install"):
        done = pre_commit(*command.split(), cwd=site.root)
        assert done.returncode == 0, done.stdout
    return site


@pytest.mark.parametrize(
    ("command", "path"),
    [("validate-manifest", ROOT / ".pre-commit-hooks.yaml"), ("validate-config", EXAMPLE)],
)
def test_shape(command: str, path: Path) -> None:
    """pre-commit takes the list of hooks, and the example that uses them."""
    done = pre_commit("pre-commit", command, str(path), cwd=ROOT)
    assert (done.returncode, done.stdout) == (0, "")


def test_commits(repository: SiteBuilder) -> None:
    """A commit without its variants fails and has them made; so does one that breaks a page.

    A commit that only deletes is looked at too: the page that named the picture did not change.
    """
    commit = ("git", "commit", "-qm", "squat")
    done = pre_commit(*commit, cwd=repository.root)
    assert done.returncode == 1
    assert "make     assets/images/squat-0-320.jpg (new)" in done.stdout
    assert re.search(r"^mediakit check\.+Passed$", done.stdout, re.MULTILINE)
    pre_commit("git", "add", "-A", cwd=repository.root)
    done = pre_commit(*commit, cwd=repository.root)
    assert done.returncode == 0, done.stdout
    pre_commit("git", "rm", "-q", "assets/images/squat-1.jpg", cwd=repository.root)
    done = pre_commit(*commit, cwd=repository.root)
    assert done.returncode == 1
    assert re.search(r"^mediakit check\.+Failed$", done.stdout, re.MULTILINE)
    assert re.search(r"_exercises/squat.md:\d+: error: .*squat-1.jpg is missing", done.stdout)
