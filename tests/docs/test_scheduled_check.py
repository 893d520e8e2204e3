"""The workflow in docs/how-to/check-videos.md runs as it is written, against the fake."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from fake_youtube import CANARIES, dead

if TYPE_CHECKING:
    from fake_youtube import Fake

PAGE = Path(__file__).parents[2] / "docs/how-to/check-videos.md"
EXERCISE = "---\ntitle: x\nvideos:\n  - id: aaaaaaaaaaa\n  - id: bbbbbbbbbbb\n---\n"
GH = """\
#!/bin/sh
printf '%s\\n' "$*" >> "$GH_LOG"
case "$1 $2" in "issue list") cat "$GH_OPEN" 2>/dev/null;; esac
exit 0
"""


def steps() -> list[dict[str, Any]]:
    text = re.findall(r"^```yaml\n(.*?)^```", PAGE.read_text("utf-8"), re.MULTILINE | re.DOTALL)[0]
    found: list[dict[str, Any]] = yaml.safe_load(text)["jobs"]["check"]["steps"]
    return found


@dataclass
class Runner:
    """A machine that runs the workflow in a clone of its own, and a fake of GitHub's program."""

    folder: Path
    fake: Fake

    def git(self, *args: str, cwd: str = "clone") -> str:
        done = subprocess.run(
            ["git", *args], cwd=self.folder / cwd, capture_output=True, text=True, check=True
        )
        return done.stdout

    def run(self) -> dict[str, str]:
        """Run the steps that are commands, and return what they gave out."""
        output = self.folder / "output"
        output.write_text("")
        environment = {
            **os.environ,
            **self.fake.environment,
            "PATH": f"{self.folder / 'bin'}{os.pathsep}{os.environ['PATH']}",
            "GITHUB_OUTPUT": str(output),
            "GH_LOG": str(self.folder / "gh.log"),
            "GH_OPEN": str(self.folder / "open"),
        }
        given: dict[str, str] = {}
        for step in steps():
            command = step.get("run", "")
            wanted = re.fullmatch(r"steps\.check\.outputs\.code == '(\d)'", step.get("if", ""))
            if not command or command.startswith("pip install"):
                continue
            if wanted and given.get("code") != wanted[1]:
                continue
            subprocess.run(
                ["bash", "-eo", "pipefail", "-c", command],
                cwd=self.folder / "clone", env=environment, check=True, capture_output=True,
            )  # fmt: skip
            given = dict(line.split("=", 1) for line in output.read_text().splitlines())
        return given

    @property
    def said(self) -> str:
        log = self.folder / "gh.log"
        return log.read_text() if log.exists() else ""


@pytest.fixture
def runner(tmp_path: Path, fake: Fake) -> Runner:
    found = Runner(tmp_path, fake)
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin/gh").write_text(GH)
    (tmp_path / "bin/gh").chmod(0o755)
    (tmp_path / "bin/mediakit").write_text(f'#!/bin/sh\nexec "{sys.executable}" -m mediakit "$@"\n')
    (tmp_path / "bin/mediakit").chmod(0o755)
    (tmp_path / "origin").mkdir()
    found.git("init", "-q", "--bare", "-b", "main", cwd="origin")
    found.git("clone", "-q", "origin", "clone", cwd=".")
    (tmp_path / "clone/_exercises").mkdir()
    (tmp_path / "clone/_exercises/squat.md").write_text(EXERCISE)
    (tmp_path / "clone/mediakit.toml").write_text("[videos]\npace = 0\n")
    (tmp_path / "clone/_config.yml").write_text("collections: [exercises]\n")
    found.git("checkout", "-q", "-b", "main")
    found.git("add", "-A")
    found.git("-c", "user.name=x", "-c", "user.email=x@example.com", "commit", "-qm", "site")
    found.git("push", "-q", "-u", "origin", "main")
    return found


def test_the_workflow(runner: Runner) -> None:
    """Alive: only the history is kept. Dead: one issue is opened, and then kept current."""
    runner.fake.set("aaaaaaaaaaa")
    runner.fake.set("bbbbbbbbbbb")
    assert runner.run() == {"code": "0"}
    kept = json.loads(runner.git("show", "main:_data/videos-history.json", cwd="origin"))
    assert set(kept["videos"]["youtube"]) == {"aaaaaaaaaaa", "bbbbbbbbbbb"}
    assert runner.said == ""
    runner.fake.set("bbbbbbbbbbb", dead())
    assert runner.run() == {"code": "1"}
    assert "issue create --title Dead videos --label dead-video" in runner.said
    body = (runner.folder / "clone/videos.md").read_text()
    assert "- [ ] \\_exercises/squat.md:5: [youtube bbbbbbbbbbb]" in body
    (runner.folder / "open").write_text("7\n")
    assert runner.run() == {"code": "1"}
    assert "issue edit 7 --body-file videos.md" in runner.said
    assert runner.said.count("issue create") == 1
    assert runner.git("status", "--short").splitlines() == ["?? videos.md"]


def test_a_day_without_youtube(runner: Runner) -> None:
    """A check that could not be made opens no issue, and does not fail the workflow."""
    runner.fake.set(CANARIES[0], dead())
    assert runner.run() == {"code": "3"}
    assert runner.said == ""
