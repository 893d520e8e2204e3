"""The action at the root, run step by step on sites; what it installs is stood in for."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from workflow_runner import Runner, action_faults, load

if TYPE_CHECKING:
    from conftest import Prefix, SiteBuilder
    from processes import Nursery

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]
ACTION = load(ROOT / "action.yml")
STEPS = ACTION["runs"]["steps"]

PYTHON = """\
#!/bin/sh
# the interpreter that the job was given: makes an environment without asking anybody
test "$1 $2" = "-m venv" || exit 9
mkdir -p "$3/bin"
cp "{folder}/pip" "$3/bin/python"
cp "{folder}/mediakit" "$3/bin/mediakit"
"""
PIP = """\
#!/bin/sh
printf '%s\\n' "$*" >> "{folder}/installed"
"""


@pytest.fixture
def machine(site: SiteBuilder, tmp_path: Path, nursery: Nursery) -> Runner:
    """Return a machine with a checkout that is a site."""
    nursery.program(tmp_path / "mediakit")
    for name, text in {"python": PYTHON, "pip": PIP}.items():
        program = tmp_path / name
        program.write_text(text.format(folder=tmp_path))
        program.chmod(0o755)
    site.exercise("squat")
    environment = {**os.environ, "GITHUB_ACTION_PATH": str(ROOT)}
    return Runner(site.root, tmp_path / "runner", environment)


def run(machine: Runner, **inputs: str) -> list[str]:
    """Run the action with inputs, `_` for `-`, and return the steps that were not left out."""
    given = {name.replace("_", "-"): value for name, value in inputs.items()}
    assert given.keys() <= ACTION["inputs"].keys()
    for name, each in ACTION["inputs"].items():
        machine.values[f"inputs.{name}"] = given.get(name, each["default"])
    machine.values |= {
        "steps.python.outputs.python-path": str(machine.files.parent / "python"),
        "runner.os": "Linux",
        "github.sha": "0" * 40,
    }
    return machine.run(STEPS)


def outputs(machine: Runner) -> dict[str, str]:
    return {name: machine.text(each["value"]) for name, each in ACTION["outputs"].items()}


def test_shape() -> None:
    """GitHub would take the file: known keys, pinned versions, no input inside a command."""
    assert action_faults(ACTION) == []


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ({"uses": "actions/cache@main"}, "is not pinned"),
        ({"run": "echo ${{ inputs.args }}", "shell": "bash"}, "open door"),
        ({"run": "mediakit sync"}, "needs a shell"),
        ({"uses": "a/b@v1", "run": "true", "shell": "bash"}, "either uses or run"),
        ({"run": "true", "shell": "bash", "if": "inputs.nope == 'true'"}, "no input nope"),
        ({"run": "true", "shell": "bash", "if": "steps.nope.outcome == 'x'"}, "no step nope"),
        ({"run": "true", "shell": "bash", "when": "always"}, "unknown key when"),
    ],
)
def test_shape_is_no_empty_check(change: dict[str, Any], fault: str) -> None:
    """What GitHub refuses, or what is dangerous, is found."""
    spoiled = {**ACTION, "runs": {**ACTION["runs"], "steps": [*STEPS, change]}}
    assert any(fault in each for each in action_faults(spoiled))


def test_sync(machine: Runner, site: SiteBuilder) -> None:
    """Variants are made and put; counts, summary and cache are where GitHub looks for them."""
    assert run(machine, target="out") == [
        "Inputs", "Python", "Install", "No cache of the repository", "Cache", "Sync"
    ]  # fmt: skip
    assert not machine.failed, machine.log
    assert outputs(machine) == {
        "made": "3", "put": "6", "deleted": "0", "kept": "0", "failed": "0", "errors": "0",
        "warnings": "0",
    }  # fmt: skip
    assert "assets/images/squat-0-320.jpg" in site.tree("out")
    assert "### mediakit" in machine.summary.read_text("utf-8")
    (cache,) = (step for step in STEPS if step.get("name") == "Cache")
    kept = machine.text(cache["with"]["path"]).split()
    assert (site.root / kept[0]).stat().st_size > 0
    assert "~/.local/state/mediakit" in kept
    assert machine.text(cache["with"]["key"]).startswith(
        machine.text(cache["with"]["restore-keys"])
    )


def test_what_is_installed(machine: Runner) -> None:
    """The action's own files, with the extras; nothing by a name from an index."""
    run(machine, target="out")
    run(machine, target="out", extras="heif,align")
    lines = (machine.files.parent / "installed").read_text().splitlines()
    assert [line.split()[-1] for line in lines] == [str(ROOT), f"{ROOT}[heif,align]"]


def test_inputs_are_trimmed(machine: Runner, site: SiteBuilder) -> None:
    """Space around an input, as YAML's blocks of text leave it, is no part of it."""
    run(machine, target=" out\n", dry_run=" false ", check="true\n", extras=" heif\n")
    assert not machine.failed, machine.log
    assert "media.json" in site.tree("out")
    assert (machine.files.parent / "installed").read_text().endswith(f"{ROOT}[heif]\n")


def test_an_input_of_two_lines(machine: Runner, site: SiteBuilder) -> None:
    """A second line in an input sets no output of a step; nothing is run."""
    before = site.tree()
    assert run(machine, target="out\ndelete=true") == ["Inputs"]
    assert machine.failed
    assert machine.log.startswith("::error title=mediakit::target is ")
    assert site.tree() == before


def test_dry_run(machine: Runner, site: SiteBuilder) -> None:
    """A dry run says what would be done, and leaves all as it is."""
    before = site.tree()
    run(machine, target="out", dry_run="true")
    assert not machine.failed
    assert outputs(machine)["made"] == "3"
    assert "put      assets/images/squat-0-320.jpg (new)" in machine.log
    assert site.tree() == before


def test_delete_and_arguments(machine: Runner, site: SiteBuilder) -> None:
    """Deletes are made where they are asked for; arguments are words, quoted as in a shell."""
    site.exercise("lunge")
    run(machine, target="out")
    (site.root / "_exercises/lunge.md").unlink()
    run(machine, target="out")
    assert outputs(machine)["deleted"] == "0"
    run(machine, target="out", delete="true", args="--max-delete '90%'")
    assert (machine.failed, outputs(machine)["deleted"]) == (False, "5")
    run(machine, target="out", args='--only "squat*" --force')
    assert (machine.failed, outputs(machine)["made"]) == (False, "3")


def test_arguments_are_not_commands(machine: Runner, site: SiteBuilder) -> None:
    """What comes from an input is never run, and a quote that stays open is an error."""
    run(machine, target="out", args="$(touch broken) `touch broken` ; touch broken")
    assert machine.failed
    assert not (site.root / "broken").exists()
    machine.failed = False
    run(machine, target="out", args='"open')
    assert machine.failed
    assert not (site.root / "out").exists()


@pytest.mark.parametrize("word", ["yes", "", "True", "true x=true", "*"])
def test_a_choice_that_is_none(word: str, machine: Runner, site: SiteBuilder) -> None:
    """A dry run that was asked for by the wrong word is no real run."""
    before = site.tree()
    assert run(machine, target="out", dry_run=word) == ["Inputs"]
    assert machine.failed
    assert machine.log.startswith("::error title=mediakit::dry-run is ")
    assert machine.log.endswith(": give true or false\n")
    assert site.tree() == before


def test_problems_are_annotations(machine: Runner, site: SiteBuilder) -> None:
    """What is wrong stands at its line, from sync and from check; the step fails."""
    site.write("_exercises/x.md", "---\ntitle: x\nheader:\n  teaser: /gone.jpg\n---\n")
    assert run(machine, target="out", check="true")[-2:] == ["Sync", "Check"]
    assert machine.failed
    assert outputs(machine)["errors"] == "1"
    said = "::error file=_exercises/x.md,line=4,title=missing-picture::gone.jpg is missing"
    assert machine.log.count(said) == 2
    assert "gone.jpg" in machine.summary.read_text("utf-8")


def test_a_site_in_a_folder(machine: Runner, site: SiteBuilder, tmp_path: Path) -> None:
    """With a working directory, annotations name files from the top of the repository."""
    machine.workspace = tmp_path
    machine.environment["GITHUB_WORKSPACE"] = str(tmp_path)
    site.write("_exercises/x.md", "---\ntitle: x\nheader:\n  teaser: /gone.jpg\n---\n")
    run(machine, target="out", working_directory="site", cache="false")
    assert "::error file=site/_exercises/x.md,line=4," in machine.log


def test_a_bucket(machine: Runner, prefix: Prefix) -> None:
    """Credentials come from the job's environment; a second run puts nothing."""
    machine.environment |= os.environ
    run(machine, target=prefix.url)
    assert not machine.failed, machine.log
    assert "media.json" in prefix.tree()
    run(machine, target=prefix.url)
    assert (outputs(machine)["put"], machine.failed) == ("0", False)
