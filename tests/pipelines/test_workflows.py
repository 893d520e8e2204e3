"""What is for GitHub in the project itself: its workflow and its templates of issues."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

from workflow_runner import load, workflow_faults

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]
WORKFLOWS = sorted((ROOT / ".github/workflows").glob("*.yml"))
TEMPLATES = sorted((ROOT / ".github/ISSUE_TEMPLATE").glob("*.yml"))


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)
def test_workflows(path: Path) -> None:
    """Known keys, few rights, and actions of others pinned to a commit, with the version said."""
    tree = load(path)
    assert workflow_faults(tree) == []
    assert tree["permissions"] == {"contents": "read"}
    for line in re.findall(r"uses: (.*)", path.read_text("utf-8")):
        assert re.fullmatch(r"\./|\S+@[0-9a-f]{40} # v\d+\.\d+\.\d+", line)


def test_ci_runs_what_must_hold() -> None:
    """The same script as on everybody's machine, on each Python that is supported."""
    job = load(ROOT / ".github/workflows/ci.yml")["jobs"]["all"]
    (run,) = (step["run"] for step in job["steps"] if "run" in step)
    assert run == ".ci/run"
    assert (ROOT / run).stat().st_mode & 0o111
    given = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["classifiers"]
    found = [re.fullmatch(r"Programming Language :: Python :: (3\.\d+)", each) for each in given]
    assert job["strategy"]["matrix"]["python"] == [each[1] for each in found if each]


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.name)
def test_issue_templates(path: Path) -> None:
    """GitHub would show the form: each part has a type that there is, a name and a label."""
    tree = load(path)
    if path.name == "config.yml":
        assert tree.keys() <= {"blank_issues_enabled", "contact_links"}
        return
    assert tree.keys() == {"name", "description", "labels", "body"}
    names = [part["id"] for part in tree["body"]]
    assert len(set(names)) == len(names)
    for part in tree["body"]:
        assert part.keys() <= {"type", "id", "attributes", "validations"}
        assert part["type"] in {"textarea", "input", "dropdown", "checkboxes"}
        assert part["attributes"]["label"]
        assert ("options" in part["attributes"]) == (part["type"] in {"dropdown", "checkboxes"})


@pytest.mark.parametrize("script", sorted((ROOT / "scripts").iterdir()), ids=lambda path: path.name)
def test_scripts_are_explained(script: Path) -> None:
    """Whoever looks into the folder finds what each script does."""
    page = (ROOT / "scripts/README.md").read_text("utf-8")
    assert script.name in {"README.md", "__pycache__"} or f"`{script.name}" in page
