"""Each file in docs/examples is run, as far as that can be done without the network."""

from __future__ import annotations

import fcntl
import os
import re
import shlex
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree as ET

import pytest
import yaml

from workflow_runner import Runner, load, workflow_faults

if TYPE_CHECKING:
    from conftest import Prefix, SiteBuilder
    from processes import Nursery

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]
EXAMPLES = ROOT / "docs/examples"
PAGES = sorted((ROOT / "docs").rglob("*.md"))
RUN_BY = {
    "crontab": "test_crontab",
    "dead-videos.yml": "tests/docs/test_scheduled_check.py",
    "deploy.yml": "test_deploy",
    "explore-a-site.ipynb": "tests/docs/test_library_examples.py",
    "gitlab-ci.yml": "test_gitlab",
    "mediakit-cron.sh": "test_cron_script",
    "pre-commit-config.yaml": "tests/pipelines/test_hooks.py",
    "weights.py": "tests/docs/test_library_examples.py",
}
"""Which test runs a file: one here, or a file of tests that names it."""

FAULTY = "---\ntitle: x\nheader:\n  teaser: /gone.jpg\n---\n"


# --- all of them


@pytest.mark.parametrize("path", sorted(EXAMPLES.iterdir()), ids=lambda path: path.name)
def test_each_example_has_a_test(path: Path) -> None:
    """A new example without a test, or a test without its example, is found."""
    where = RUN_BY[path.name]
    if where.startswith("tests/"):
        assert path.name in (ROOT / where).read_text("utf-8")
    else:
        assert any(name.startswith(where) for name in globals())


@pytest.mark.parametrize("path", sorted(EXAMPLES.iterdir()), ids=lambda path: path.name)
def test_pages_quote_examples_as_they_are(path: Path) -> None:
    """An example is quoted under its name, to the letter, or linked, by one page at least."""
    texts = [page.read_text("utf-8") for page in PAGES]
    quotes = {
        quoted
        for text in texts
        for name, quoted in re.findall(
            r'^```\w+ title="([^"]+)"\n(.*?)^```', text, re.MULTILINE | re.DOTALL
        )
        if name == path.name
    }
    assert quotes <= {path.read_text("utf-8")}
    assert quotes or any(f"examples/{path.name})" in text for text in texts)


@pytest.mark.parametrize("path", sorted(EXAMPLES.glob("*.yml")), ids=lambda path: path.name)
def test_shape_of_workflows(path: Path) -> None:
    """GitHub would take each workflow: known keys, pinned versions, rights that are said."""
    if path.name != "gitlab-ci.yml":
        assert workflow_faults(load(path)) == []


# --- GitHub


def test_deploy(site: SiteBuilder, tmp_path: Path, prefix: Prefix, program: dict[str, str]) -> None:
    """The workflow calls the action with inputs that it has, and uses outputs that it gives."""
    site.exercise("squat")
    action = load(ROOT / "action.yml")
    (job,) = load(EXAMPLES / "deploy.yml")["jobs"].values()
    (call,) = (step for step in job["steps"] if step.get("id") == "media")
    values = {"github.event_name": "push"}
    machine = Runner(site.root, tmp_path / "runner", {**program, **call["env"]}, values)
    inputs = {name: each["default"] for name, each in action["inputs"].items()}
    assert call["with"].keys() <= inputs.keys()
    assert call["with"]["target"].startswith("s3://")
    inputs |= {name: machine.text(value) for name, value in call["with"].items()}
    machine.values |= {f"inputs.{name}": value for name, value in inputs.items()}
    machine.values |= {"inputs.target": prefix.url, "steps.install.outcome": "success"}
    machine.environment |= os.environ | {"PATH": program["PATH"]}
    machine.run(
        [each for each in action["runs"]["steps"] if each["name"] in {"Inputs", "Sync", "Check"}]
    )
    assert not machine.failed, machine.log
    assert "assets/images/squat-0-320.jpg" in prefix.tree()
    for name, each in action["outputs"].items():
        machine.values[f"steps.media.outputs.{name}"] = machine.text(each["value"])
    machine.run([each for each in job["steps"] if "run" in each])
    assert "put 6 objects" in machine.log
    machine.values["github.event_name"] = "pull_request"
    assert machine.text(call["with"]["dry-run"]) == "true"


# --- GitLab

GITLAB = {"stages", "variables", "default", "workflow", "include"}
GITLAB_JOB = {
    "stage", "script", "before_script", "image", "cache", "artifacts", "rules", "resource_group",
    "allow_failure", "variables", "needs",
}  # fmt: skip


def gitlab_jobs() -> dict[str, dict[str, Any]]:
    tree = yaml.safe_load((EXAMPLES / "gitlab-ci.yml").read_text("utf-8"))
    assert tree["default"].keys() <= GITLAB_JOB
    jobs = {name: job for name, job in tree.items() if name not in GITLAB}
    for job in jobs.values():
        assert job.keys() <= GITLAB_JOB
        assert job["stage"] in tree["stages"]
        assert all(isinstance(line, str) for line in job["script"])
    return jobs


def gitlab(site: SiteBuilder, job: dict[str, Any], environment: dict[str, str]) -> int:
    """Run the script of a job as GitLab's runner does, one line after the other."""
    done = subprocess.run(
        ["bash", "-eo", "pipefail", "-c", "\n".join(job["script"])],
        cwd=site.root, env=environment, check=False, capture_output=True,
    )  # fmt: skip
    return done.returncode


def test_gitlab(site: SiteBuilder, program: dict[str, str]) -> None:
    """The check leaves a report, also where it fails; the deploy fills a target."""
    jobs = gitlab_jobs()
    site.exercise("squat")
    target = {**program, "MEDIA_TARGET": "out"}
    assert gitlab(site, jobs["deploy"], target) == 0
    assert "media.json" in site.tree("out")
    site.write("_exercises/x.md", FAULTY)
    assert gitlab(site, jobs["check"], target) == 1
    report = site.root / jobs["check"]["artifacts"]["reports"]["junit"]
    cases = ET.fromstring(report.read_text("utf-8")).iter("testcase")  # noqa: S314 - ours
    assert "_exercises/x.md" in {case.get("file") for case in cases}


def test_gitlab_dead_videos(site: SiteBuilder, program: dict[str, str]) -> None:
    """The scheduled job leaves its report, and what it remembers is where the cache keeps it."""
    job = gitlab_jobs()["dead videos"]
    site.write("_config.yml", "collections: [exercises]\n")
    site.write("_exercises/film.md", "---\ntitle: x\nvideo: {provider: bilibili, id: BV1xx}\n---\n")
    assert gitlab(site, job, program) == 0
    ET.fromstring((site.root / job["artifacts"]["reports"]["junit"]).read_text("utf-8"))  # noqa: S314
    assert "_data/videos-history.json" in job["cache"]["paths"]


# --- cron


def lines(path: Path) -> list[str]:
    return [line for line in path.read_text("utf-8").splitlines() if line and line[0] != "#"]


def cron(
    environment: dict[str, str], site: SiteBuilder, *args: str
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [str(EXAMPLES / "mediakit-cron.sh"), str(site.root), *args],
        env=environment, capture_output=True, text=True, check=False,
    )  # fmt: skip


def test_cron_script(site: SiteBuilder, program: dict[str, str]) -> None:
    """Silent where all is well, so that cron mails nothing; the whole log where it is not."""
    site.exercise("squat")
    done = cron(program, site, "sync", "--target", "out")
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert "media.json" in site.tree("out")
    site.write("_exercises/x.md", FAULTY)
    done = cron(program, site, "sync", "--target", "out")
    assert done.returncode == 1
    first, *rest = done.stdout.splitlines()
    assert first == f"mediakit sync --target out in {site.root}: exit code 1"
    assert any("gone.jpg is missing" in line for line in rest)


@pytest.mark.parametrize(("said", "is_told"), [("dead (1): gone", True), ("unknown (9): x", False)])
def test_cron_script_without_youtube(
    site: SiteBuilder, program: dict[str, str], tmp_path: Path, said: str, *, is_told: bool
) -> None:
    """A check that stopped early is silent, unless it knows of a video that visitors do not see."""
    fake = tmp_path / "fake"
    fake.mkdir()
    (fake / "mediakit").write_text(f"#!/bin/sh\necho '{said}'\nexit 3\n")
    (fake / "mediakit").chmod(0o755)
    path = f"{fake}{os.pathsep}{program['PATH']}"
    done = cron({**program, "PATH": path}, site, "videos", "check")
    assert (done.returncode, said in done.stdout) == (3, is_told)
    assert bool(done.stdout) == is_told


def test_cron_script_waits_for_another(site: SiteBuilder, program: dict[str, str]) -> None:
    """While one run is under way a second one does nothing, and is silent about it."""
    folder = os.open(site.root, os.O_RDONLY)
    fcntl.flock(folder, fcntl.LOCK_EX)
    done = cron({**program, "MEDIAKIT_WAIT": "0"}, site, "sync", "--target", "out")
    os.close(folder)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert not (site.root / "out").exists()


def test_cron_script_takes_what_is_new(
    site: SiteBuilder, tmp_path: Path, program: dict[str, str]
) -> None:
    """A checkout is brought up to date first; where that fails, nothing is put and it is said."""

    def git(*args: str) -> None:
        subprocess.run(["git", *args], check=True, capture_output=True)

    for each in ("squat", "plank"):
        site.exercise(each)
    name = ("-c", "user.name=x", "-c", "user.email=x@example.com")
    git("init", "-q", "-b", "main", str(site.root))
    git("-C", str(site.root), "add", "-A")
    git("-C", str(site.root), *name, "commit", "-qm", "site")
    git("clone", "-q", str(site.root), str(tmp_path / "clone"))
    git("-C", str(site.root), "rm", "-q", "_exercises/squat.md")
    git("-C", str(site.root), *name, "commit", "-qm", "less")
    clone = type(site)(tmp_path / "clone")
    assert cron(program, clone, "list").returncode == 0
    assert not (clone.root / "_exercises/squat.md").exists()
    git("-C", str(clone.root), "remote", "set-url", "origin", str(tmp_path / "nowhere"))
    done = cron(program, clone, "sync", "--target", "out")
    assert "nowhere" in done.stdout
    assert not (clone.root / "out").exists()


@pytest.mark.parametrize("place", ["worktree", "folder of a clone"])
def test_cron_script_pulls_wherever_the_checkout_is(
    place: str, site: SiteBuilder, tmp_path: Path, program: dict[str, str]
) -> None:
    """A worktree has no folder .git, and neither has a site below the top of its repository."""

    def git(*args: str, cwd: Path = tmp_path) -> None:
        subprocess.run(["git", *args], cwd=cwd, check=True, capture_output=True)

    name = ("-c", "user.name=x", "-c", "user.email=x@example.com")
    git("init", "-q", "-b", "main", str(site.root))
    site.exercise("squat")
    site.write("sub/_exercises/lunge.md", "---\ntitle: x\n---\n")
    git("add", "-A", cwd=site.root)
    git(*name, "commit", "-qm", "site", cwd=site.root)
    git("clone", "-q", str(site.root), "clone")
    clone = tmp_path / "clone"
    if place == "worktree":
        git("worktree", "add", "-q", "--track", "-b", "own", "../own", "origin/main", cwd=clone)
        here = tmp_path / "own"
    else:
        here = clone / "sub"
    git("rm", "-q", "_exercises/squat.md", cwd=site.root)
    git(*name, "commit", "-qm", "less", cwd=site.root)
    assert cron(program, type(site)(here), "list").returncode == 0
    top = here if place == "worktree" else clone
    assert not (top / "_exercises/squat.md").exists()


def test_cron_script_and_a_day_without_answers(site: SiteBuilder, program: dict[str, str]) -> None:
    """A check of videos that could not be made mails nobody."""
    silent = site.root.parent / "silent"
    silent.mkdir()
    (silent / "mediakit").write_text("#!/bin/sh\necho stopped early\nexit 3\n")
    (silent / "mediakit").chmod(0o755)
    path = f"{silent}{os.pathsep}{program['PATH']}"
    done = cron({**program, "PATH": path}, site, "videos", "check")
    assert (done.returncode, done.stdout) == (3, "")


def test_crontab(site: SiteBuilder, program: dict[str, str]) -> None:
    """Each line is one that cron takes, and its command runs."""
    site.exercise("squat")
    ranges = ((0, 59), (0, 23), (1, 31), (1, 12), (0, 7))
    jobs = [line for line in lines(EXAMPLES / "crontab") if not re.match(r"\w+=", line)]
    for job in jobs:
        *times, command = job.split(maxsplit=5)
        for text, (low, high) in zip(times, ranges, strict=True):
            number = re.fullmatch(r"\*|\*/(\d+)|(\d+)", text)
            assert number is not None
            assert low <= int(number[1] or number[2] or low) <= high
        assert "%" not in command  # cron would end the line there
        script, folder, *rest = shlex.split(command)
        assert Path(script).name == "mediakit-cron.sh"
        assert folder == "/srv/site"
        rest = ["out" if each.startswith("s3://") else each for each in rest]
        done = cron(program, site, *rest)
        assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert "media.json" in site.tree("out")


@pytest.fixture
def program(tmp_path: Path, nursery: Nursery) -> dict[str, str]:
    """Return an environment in which `mediakit` is this one."""
    folder = tmp_path / "programs"
    folder.mkdir()
    nursery.program(folder / "mediakit")
    return {**os.environ, "PATH": f"{folder}{os.pathsep}{os.environ['PATH']}"}
