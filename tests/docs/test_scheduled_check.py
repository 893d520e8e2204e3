"""The workflow docs/examples/dead-videos.yml runs as it is written, against fakes."""

from __future__ import annotations

import json
import os
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from fake_youtube import CANARIES, Said, Video, dead
from workflow_runner import Runner, load

if TYPE_CHECKING:
    from fake_youtube import Fake
    from processes import Nursery

WORKFLOW = load(Path(__file__).parents[2] / "docs/examples/dead-videos.yml")
EXERCISE = "---\ntitle: x\nvideos:\n  - id: aaaaaaaaaaa\n  - id: bbbbbbbbbbb\n---\n"
GH = """\
#!/bin/sh
# GitHub's program, with a file for the one open issue
printf '%s\\n' "$*" >> "$GH_LOG"
case "$1 $2" in
  "issue list") test ! -e "$GH_OPEN" || echo 7 ;;
  "issue create") touch "$GH_OPEN" ;;
  "issue close") rm "$GH_OPEN" ;;
esac
"""


@dataclass
class Checkout:
    """A clone in which the workflow runs, with an origin, and a fake of GitHub's program."""

    folder: Path
    fake: Fake

    def git(self, *args: str, cwd: str = "clone") -> str:
        done = subprocess.run(
            ["git", *args], cwd=self.folder / cwd, capture_output=True, text=True, check=True
        )
        return done.stdout

    def run(self) -> str:
        """Run the workflow, and return the exit code of its check."""
        environment = {
            **os.environ,
            **self.fake.environment,
            "PATH": f"{self.folder / 'bin'}{os.pathsep}{os.environ['PATH']}",
            "GH_LOG": str(self.folder / "gh.log"),
            "GH_OPEN": str(self.folder / "open"),
        }
        values = {"github.token": "secret"}
        machine = Runner(
            self.folder / "clone", self.folder / "runner", environment, values, ("pip install",)
        )
        machine.run(WORKFLOW["jobs"]["check"]["steps"])
        assert not machine.failed, machine.log
        return values["steps.check.outputs.code"]

    def push_by_another(self) -> None:
        """Have somebody push to the origin, behind the back of the clone."""
        self.git("clone", "-q", "origin", "other", cwd=".")
        who = ("-c", "user.name=x", "-c", "user.email=x@example.com")
        self.git(*who, "commit", "-q", "--allow-empty", "-m", "other work", cwd="other")
        self.git("push", "-q", cwd="other")

    @property
    def said(self) -> list[str]:
        """What GitHub's program was asked since the last time, but for lists."""
        log = self.folder / "gh.log"
        lines = log.read_text().splitlines() if log.exists() else []
        log.write_text("")
        return [line for line in lines if not line.startswith("issue list")]


@pytest.fixture
def checkout(tmp_path: Path, fake: Fake, nursery: Nursery) -> Checkout:
    found = Checkout(tmp_path, fake)
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin/gh").write_text(GH)
    (tmp_path / "bin/gh").chmod(0o755)
    nursery.program(tmp_path / "bin/mediakit")
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


def test_the_workflow(checkout: Checkout) -> None:
    """One issue: opened where something is dead, kept current, closed when all is well."""
    checkout.fake.set("aaaaaaaaaaa")
    checkout.fake.set("bbbbbbbbbbb")
    assert checkout.run() == "0"
    kept = json.loads(checkout.git("show", "main:_data/videos-history.json", cwd="origin"))
    assert set(kept["videos"]["youtube"]) == {"aaaaaaaaaaa", "bbbbbbbbbbb"}
    assert checkout.said == []
    checkout.push_by_another()
    checkout.fake.set("bbbbbbbbbbb", dead())
    assert checkout.run() == "1"
    assert checkout.git("log", "--format=%s", "main", cwd="origin").count("Checked videos") == 2
    opened = "issue create --title Videos to look at --label dead-video --body-file videos.md"
    assert checkout.said == ["label create dead-video --force", opened]
    body = (checkout.folder / "clone/videos.md").read_text()
    assert "- [ ] \\_exercises/squat.md:5: [youtube bbbbbbbbbbb]" in body
    assert checkout.run() == "1"
    assert checkout.said == ["issue edit 7 --body-file videos.md"]
    checkout.fake.set("bbbbbbbbbbb")
    assert checkout.run() == "0"
    assert checkout.said == ["issue close 7 --comment All videos are fine."]
    assert checkout.run() == "0"
    assert checkout.said == []
    assert checkout.git("status", "--short").splitlines() == ["?? videos.md"]


def test_a_broken_page_is_no_dead_video(checkout: Checkout) -> None:
    """A page that cannot be read fails the check, and opens no issue on videos."""
    checkout.fake.set("aaaaaaaaaaa")
    checkout.fake.set("bbbbbbbbbbb")
    (checkout.folder / "clone/_exercises/broken.md").write_text("---\ntitle: [\n---\n")
    assert checkout.run() == "1"
    assert checkout.said == []


def test_a_player_that_refuses(checkout: Checkout) -> None:
    """Where YouTube takes the machine for a robot, the issue names what oEmbed knows."""
    robot = Video(status="LOGIN_REQUIRED", reason="Sign in to confirm you're not a bot")
    checkout.fake.set(CANARIES[0], robot)
    checkout.fake.set("aaaaaaaaaaa", robot, oembed=Said(401))
    history = '{"version":1,"videos":{"youtube":{"bbbbbbbbbbb":%s}}}'
    row = '{"state":"suspect","failed":"2026-01-01T00:00:00Z","streak":1}'
    (checkout.folder / "clone/_data").mkdir()
    (checkout.folder / "clone/_data/videos-history.json").write_text(history % row)
    checkout.fake.set("bbbbbbbbbbb", robot, oembed=Said(404))
    assert checkout.run() == "1"
    assert checkout.said[1].startswith("issue create")
    body = (checkout.folder / "clone/videos.md").read_text()
    assert [body.count(each) for each in ("### Dead", "### Not embeddable", "- [ ]")] == [1, 1, 2]
    checkout.fake.set(CANARIES[0], Video(Said(429)))
    assert checkout.run() == "3"
    assert checkout.said == ["issue edit 7 --body-file videos.md"]


def test_a_day_without_youtube(checkout: Checkout) -> None:
    """A check that could not be made leaves the issue alone, and does not fail the workflow."""
    (checkout.folder / "open").touch()
    checkout.fake.set(CANARIES[0], dead())
    assert checkout.run() == "3"
    assert checkout.said == []
