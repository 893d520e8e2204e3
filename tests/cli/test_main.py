from __future__ import annotations

import json
import os
import pty
import select
import subprocess
import sys
import termios
from pathlib import Path

import click
import pytest

from conftest import SiteBuilder, draw
from mediakit import __version__
from mediakit.cli import listing
from mediakit.cli import main as main_module
from mediakit.cli.main import main


@pytest.fixture
def squat(site: SiteBuilder, monkeypatch: pytest.MonkeyPatch) -> SiteBuilder:
    site.exercise("squat")
    monkeypatch.chdir(site.root)
    return site


def test_version(capsys: pytest.CaptureFixture[str]) -> None:
    """The version is one line."""
    assert main(["--version"]) == 0
    assert capsys.readouterr().out == f"mediakit {__version__}\n"


def test_help_of_a_command_that_was_looked_at_alone() -> None:
    """A command explains itself by -h also after something else has asked it for its options."""
    listing.list_command.get_help(click.Context(listing.list_command))
    assert main(["list", "-h"]) == 0


@pytest.mark.parametrize("args", [["--help"], ["list", "-h"], ["sync", "--help"], ["status", "-h"]])
def test_help(args: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    """Every command explains itself."""
    assert main(args) == 0
    assert "Usage: mediakit" in capsys.readouterr().out


@pytest.mark.parametrize(
    "args",
    [
        ["nope"],
        ["generate", "--nope"],
        ["generate", "--jobs", "0"],
        ["generate", "--preset", "nope"],
        ["sync", "--target", "."],
        ["sync", "--max-delete", "many"],
        ["list", "no-such-file.md"],
        ["list", "--site", "no-such-folder"],
    ],
)
def test_bad_usage(args: list[str], squat: SiteBuilder, capsys: pytest.CaptureFixture[str]) -> None:
    """Bad usage is exit code 2 with a message on stderr, and no traceback."""
    before = squat.tree()
    assert main(args) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err
    assert "Traceback" not in err
    assert squat.tree() == before


@pytest.mark.usefixtures("squat")
def test_summary_line(capsys: pytest.CaptureFixture[str]) -> None:
    """A run ends with one line on stdout, and nothing on stderr when all is well."""
    assert main(["generate"]) == 0
    out, err = capsys.readouterr()
    assert out.startswith("made 3 variants, described 2 pictures in ")
    assert out.count("\n") == 1
    assert err == ""
    assert main(["sync", "--target", "out"]) == 0
    assert capsys.readouterr().out.startswith("uploaded 6 objects in ")


@pytest.mark.usefixtures("squat")
def test_status(capsys: pytest.CaptureFixture[str]) -> None:
    """Status prints actions with reasons and exits 1 while there is something to do."""
    assert main(["status"]) == 1
    out = capsys.readouterr().out
    assert "make     assets/images/squat-0-320.jpg (new)\n" in out
    assert out.endswith("would make 3 variants, describe 2 pictures\n")
    assert main(["status", "--exit-zero"]) == 0
    main(["generate"])
    capsys.readouterr()
    assert main(["status"]) == 0
    assert capsys.readouterr().out == "nothing to do; 3 variants unchanged\n"
    assert main(["status", "-v"]) == 0
    assert "keep     assets/images/squat-0-320.jpg (up to date)" in capsys.readouterr().out


def test_json_alone_on_stdout(squat: SiteBuilder, capsys: pytest.CaptureFixture[str]) -> None:
    """With --format json stdout is one document, whatever goes wrong."""
    squat.write("_exercises/bad.md", "---\na: [\n---\n")
    assert main(["sync", "--format", "json", "--target", "out"]) == 1
    out, err = capsys.readouterr()
    document = json.loads(out)
    assert err == ""
    assert document["summary"].keys() >= {"made", "put", "kept", "deleted", "failed", "seconds"}
    assert {each["kind"] for each in document["actions"]} == {"make", "describe", "put"}
    assert all(
        each.keys() >= {"kind", "path", "reason", "status", "bytes", "seconds"}
        for each in document["actions"]
    )
    assert document["problems"][0]["path"] == "_exercises/bad.md"
    assert document["problems"][0]["line"] == 3


def test_problems_have_file_and_line(
    squat: SiteBuilder, capsys: pytest.CaptureFixture[str]
) -> None:
    """Each problem is one line on stderr, and the rest goes on."""
    squat.write("_exercises/bad.md", "---\ntitle: x\nheader: {teaser: /../x.jpg}\n---\n")
    assert main(["generate"]) == 1
    out, err = capsys.readouterr()
    assert err.startswith("_exercises/bad.md:3: error: '/../x.jpg' leaves the site [leaves-root]")
    assert "made 3 variants" in out


def test_quiet_and_verbose(squat: SiteBuilder, capsys: pytest.CaptureFixture[str]) -> None:
    """-q prints errors only, -v prints each action."""
    squat.write("_exercises/odd.md", "---\ngallery:\n  -\n---\n")
    assert main(["generate", "-q"]) == 0
    assert capsys.readouterr() == ("", "")
    assert main(["generate", "-v", "--force"]) == 0
    out, err = capsys.readouterr()
    assert "make     assets/images/squat-0-320.jpg (forced)" in out
    assert "warning" in err


def test_list(squat: SiteBuilder, capsys: pytest.CaptureFixture[str]) -> None:
    """An exercise a line; PATHS narrow it down to files or folders."""
    squat.write("_exercises/legs/lunge.md", '---\ntitle: "Lunge\\u001b[31m"\n---\n')
    assert main(["list"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[:3] for line in lines] == [
        ["images", "videos", "path"],
        ["0", "0", "_exercises/legs/lunge.md"],
        ["4", "0", "_exercises/squat.md"],
    ]
    assert "\x1b" not in lines[1]
    assert main(["list", "_exercises/legs"]) == 0
    assert len(capsys.readouterr().out.splitlines()) == 2
    assert main(["list", "_exercises/squat.md", "--format", "json"]) == 0
    (manifest,) = json.loads(capsys.readouterr().out)["manifests"]
    assert manifest["path"] == "_exercises/squat.md"
    assert manifest["images"][0] == {
        "path": "assets/images/squat-0.jpg",
        "role": "overlay",
        "key": "header.overlay_image",
        "source": "assets/images/squat-0.jpg",
        "preset": None,
        "line": 4,
    }


def test_environment(squat: SiteBuilder, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Options can come from MEDIAKIT_* variables, and flags win."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("MEDIAKIT_SITE", str(squat.root))
    monkeypatch.setenv("MEDIAKIT_TARGET", str(tmp_path / "one"))
    assert main(["sync", "-q"]) == 0
    assert (tmp_path / "one" / "media.json").exists()
    assert main(["sync", "-q", "--target", str(tmp_path / "two")]) == 0
    assert (tmp_path / "two" / "media.json").exists()


@pytest.mark.usefixtures("squat")
@pytest.mark.parametrize(
    ("error", "told"),
    [
        (MemoryError(), "mediakit: there is not enough memory"),
        (RuntimeError("can't start new thread"), "mediakit: no more threads can be started"),
    ],
)
def test_a_machine_without_room(
    error: Exception, told: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """What the machine lacks is said in words, and is no fault of ours."""

    def refused(*_args: object, **_options: object) -> None:
        raise error

    monkeypatch.setattr(main_module.mediakit, "main", refused)
    assert main(["list"]) == 1
    err = capsys.readouterr().err
    assert err.startswith(told)
    assert "--jobs" in err
    assert "fault in mediakit" not in err


@pytest.mark.skipif(sys.platform != "linux", reason="limits address space, as Linux does")
def test_no_more_threads(squat: SiteBuilder, tmp_path: Path) -> None:
    """A real run that may start no thread ends, with what to do."""
    (tmp_path / "sitecustomize.py").write_text(
        "import resource, threading\n"
        "resource.setrlimit(resource.RLIMIT_AS, (2**34, 2**34))\n"
        "threading.stack_size(2**35)\n"  # more than there may be
    )
    done = subprocess.run(
        [sys.executable, "-m", "mediakit", "generate"], cwd=squat.root, check=False, timeout=300,
        env={**os.environ, "PYTHONPATH": str(tmp_path)}, capture_output=True, text=True,
    )  # fmt: skip
    assert done.returncode == 1
    assert "mediakit: no more threads can be started" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.usefixtures("squat")
def test_unexpected_faults(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A fault of ours is one message, and a traceback only with --debug."""

    def broken(*_args: object, **_options: object) -> None:
        raise RuntimeError("oh\x1b[0m")

    monkeypatch.setattr(main_module.mediakit, "main", broken)
    assert main(["list"]) == 1
    err = capsys.readouterr().err
    assert "unexpected RuntimeError: oh\\x1b[0m" in err
    with pytest.raises(RuntimeError):
        main(["list", "--debug"])


def test_a_reader_that_goes_away(squat: SiteBuilder) -> None:
    """`mediakit list | head` ends without a complaint."""
    for number in range(300):
        squat.write(f"_exercises/e{number}.md", f"---\ntitle: {'x' * 500}\n---\n")
    process = subprocess.Popen(
        [sys.executable, "-m", "mediakit", "list"],
        cwd=squat.root, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip
    assert process.stdout is not None
    assert process.stderr is not None
    process.stdout.readline()
    process.stdout.close()
    assert process.stderr.read() == b""
    process.stderr.close()
    process.wait()


def test_progress_on_a_terminal(squat: SiteBuilder) -> None:
    """A bar shows on a terminal, on stderr, and only there."""
    for number in range(2):
        squat.write(f"assets/images/squat-{number}.jpg", draw((3000, 2000)))
    leader, follower = pty.openpty()
    termios.tcsetwinsize(follower, (24, 80))
    process = subprocess.Popen(
        [sys.executable, "-m", "mediakit", "generate"],
        cwd=squat.root, stdout=subprocess.PIPE, stderr=follower,
    )  # fmt: skip
    out, _ = process.communicate()
    assert select.select([leader], [], [], 10)[0]
    shown = os.read(leader, 100_000)
    os.close(follower)
    os.close(leader)
    assert b"/7" in shown
    assert out.startswith(b"made 5 variants,")
    assert b"\r" not in out


def test_the_wrong_folder_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Where there is nothing to read, the user is asked whether this is the site."""
    monkeypatch.chdir(tmp_path)
    asking = ("generate", "sync", "status", "check", "list", "gallery page", "gallery fill --yes",
              "videos check", "videos fetch", "slim --max-width 900")  # fmt: skip
    for command in (each.split() for each in asking):
        assert main(command) == 2
        assert "no pages were found here" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []
    tmp_path.joinpath("_config.yml").write_text("title: New", encoding="utf-8")
    assert main(["generate"]) == 0
    assert "no content files were found [no-content]" in capsys.readouterr().err


@pytest.mark.usefixtures("squat")
def test_step_summary(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """In a pipeline each run adds to its step's summary; one that cannot be written fails none."""
    summary = tmp_path / "summary.md"
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(summary))
    assert main(["generate"]) == 0
    assert main(["sync", "--target", "out"]) == 0
    assert summary.read_text("utf-8").count("### mediakit") == 2
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(tmp_path))
    capsys.readouterr()
    assert main(["generate"]) == 0
    assert "cannot write the summary" in capsys.readouterr().err
