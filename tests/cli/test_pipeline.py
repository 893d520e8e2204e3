"""What runs leave for the pipeline around them."""

from __future__ import annotations

from pathlib import Path

import pytest

from conftest import SiteBuilder, draw
from mediakit.cli.main import main

FAULTY = "---\ntitle: x\nheader:\n  teaser: /assets/images/gone.jpg\n---\n"


@pytest.fixture
def workspace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> SiteBuilder:
    """Return a site in a folder of a checkout, with a page that names a picture that is gone."""
    site = SiteBuilder(tmp_path / "checkout/site")
    site.exercise("squat")
    site.write("_exercises/faulty.md", FAULTY)
    monkeypatch.setenv("GITHUB_WORKSPACE", str(tmp_path / "checkout"))
    monkeypatch.setenv("GITHUB_OUTPUT", str(tmp_path / "outputs"))
    monkeypatch.chdir(site.root)
    return site


def outputs(site: SiteBuilder) -> dict[str, str]:
    text = (site.root.parents[1] / "outputs").read_text()
    return dict(line.split("=", 1) for line in text.splitlines())


def test_a_run_as_annotations(workspace: SiteBuilder, capsys: pytest.CaptureFixture[str]) -> None:
    """Problems stand at their lines in the repository; the counts go to the steps that follow."""
    assert main(["sync", "--target", "out", "--format", "github"]) == 1
    shown = capsys.readouterr()
    assert shown.out.splitlines() == [
        (
            "::error file=site/_exercises/faulty.md,line=4,title=missing-picture::"
            "assets/images/gone.jpg is missing (add the picture, or correct the path)"
        )
    ]
    assert shown.err.startswith("made 3 variants, ")
    found = outputs(workspace)
    assert (found["made"], found["failed"], found["errors"]) == ("3", "0", "1")
    assert int(found["put"]) == len(workspace.tree("out"))


@pytest.mark.usefixtures("workspace")
@pytest.mark.parametrize("command", ["generate", "status", "check"])
def test_other_commands_as_annotations(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    """All commands that find problems in pages can say them to a pipeline."""
    assert main([command, "--format", "github"]) == 1
    shown = capsys.readouterr().out
    assert "::error file=site/_exercises/faulty.md,line=4,title=missing-picture::" in shown
    assert all(line.startswith(("::error ", "::warning ")) for line in shown.splitlines())


def test_a_difference_at_the_target(
    workspace: SiteBuilder, capsys: pytest.CaptureFixture[str]
) -> None:
    """What verify finds is an annotation too."""
    main(["sync", "--target", "out"])
    (workspace.root / "out/assets/images/squat-0.jpg").unlink()
    capsys.readouterr()
    assert main(["verify", "--target", "out", "--format", "github"]) == 1
    shown = capsys.readouterr()
    assert "title=target-differs::" in shown.out
    assert "1 differ" in shown.err


def test_a_target_is_no_file(workspace: SiteBuilder, capsys: pytest.CaptureFixture[str]) -> None:
    """A refusal is about the target as a whole: no annotation has that as a file."""
    (workspace.root / "_exercises/faulty.md").unlink()
    workspace.exercise("lunge")
    main(["sync", "--target", "out"])
    (workspace.root / "_exercises/lunge.md").unlink()
    capsys.readouterr()
    plan = ["sync", "--target", "out", "--delete", "--max-delete", "1", "--dry-run"]
    assert main([*plan, "--format", "github"]) == 1
    target = (workspace.root / "out").as_posix()
    (line,) = capsys.readouterr().out.splitlines()
    assert line.startswith(f"::error title=refused::file:{target}: ")


@pytest.mark.usefixtures("workspace")
def test_outputs_only_where_they_are_asked_for(tmp_path: Path) -> None:
    """A run that prints something else leaves the outputs of the step alone."""
    main(["generate"])
    assert not (tmp_path / "outputs").exists()


@pytest.mark.usefixtures("workspace")
def test_outputs_that_cannot_be_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A file of outputs that cannot be written is said, and fails no run."""
    monkeypatch.setenv("GITHUB_OUTPUT", str(tmp_path))
    Path("_exercises/faulty.md").unlink()
    assert main(["generate", "--format", "github"]) == 0
    assert "cannot write the outputs" in capsys.readouterr().err


def test_exit_code_for_hooks(
    site: SiteBuilder, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """With --exit-code a run that made something is told from one that had nothing to do."""
    site.exercise("squat")
    monkeypatch.chdir(site.root)
    assert main(["generate", "--exit-code"]) == 1
    assert "make     assets/images/squat-0-320.jpg (new)" in capsys.readouterr().out
    assert main(["generate", "--exit-code"]) == 0
    site.write("assets/images/squat-1.jpg", draw(colour="#00ff00"))
    assert main(["generate", "--exit-code"]) == 1
    assert main(["generate"]) == 0
