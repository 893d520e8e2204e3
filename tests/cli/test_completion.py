from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from conftest import SiteBuilder
from mediakit.cli.completion import VARIABLE
from mediakit.cli.main import main
from shell_session import ShellSession

BIN = Path(sys.executable).parent
STARTS = {
    "bash": (["bash", "--norc", "--noprofile", "-i"], ""),
    "zsh": (["zsh", "-f", "-i"], "autoload -Uz compinit && compinit -u -D; "),
}


def environ(**more: str) -> dict[str, str]:
    kept = {key: each for key, each in os.environ.items() if not key.startswith("MEDIAKIT_")}
    path = f"{BIN}{os.pathsep}{os.environ['PATH']}"
    return kept | {"PATH": path, "LC_ALL": "C.UTF-8", "TERM": "dumb", "PS1": "$ "} | more


@pytest.fixture
def squat(site: SiteBuilder) -> SiteBuilder:
    site.write("mediakit.toml", "[presets.poster]\nroles = ['header']\nsuffix = '-p'\nwidth = 9\n")
    site.exercise("squat")
    site.exercise("knæbøj")
    site.write("_exercises/side plank.md", "---\ntitle: x\n---\n")
    return site


Values = Callable[[Path, str], list[str]]


@pytest.fixture
def values(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Values:
    """Return what completes the last word of a line, as the script of bash asks for it."""
    for name in os.environ:
        if name.startswith("MEDIAKIT_"):
            monkeypatch.delenv(name)

    def ask(root: Path, line: str) -> list[str]:
        monkeypatch.chdir(root)
        monkeypatch.setenv(VARIABLE, "bash_complete")
        monkeypatch.setenv("COMP_WORDS", line)
        monkeypatch.setenv("COMP_CWORD", str(len(line.split(" ")) - 1))
        main([])
        out, err = capsys.readouterr()
        assert err == ""
        return [each.partition(",")[2] for each in out.splitlines() if each]

    return ask


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("mediakit ge", ["generate"]),
        ("mediakit videos f", ["fetch"]),
        ("mediakit completion z", ["zsh"]),
        ("mediakit sync --max", ["--max-delete"]),
        ("mediakit sync --format j", ["json"]),
        ("mediakit add squ", ["squat"]),
        ("mediakit add _exercises/squ", ["_exercises/squat.md"]),
        ("mediakit add si", [r"side\ plank"]),
        ("mediakit videos add kn", ["knæbøj"]),
        ("mediakit gallery fill squat kn", ["knæbøj"]),
        ("mediakit generate --preset po", ["poster"]),
        ("mediakit generate --preset teaser --only squat-1", ["squat-1.jpg"]),
        ("mediakit dupes --only assets/images/squat-1", ["assets/images/squat-1.jpg"]),
        ("mediakit explain missing-al", ["missing-alt"]),
        ("mediakit config presets.poster.wi", ["presets.poster.width"]),
        ("mediakit add nothing-like-it", []),
    ],
)
def test_values(squat: SiteBuilder, values: Values, line: str, expected: list[str]) -> None:
    """Commands, options, and the values of each kind are completed, quoted where that is needed."""
    squat.write("assets/images/squat-1-320.jpg", b"")  # a variant is none of the pictures
    assert values(squat.root, line) == expected


def test_which_site(
    squat: SiteBuilder, values: Values, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The site is the one that --site or its variable names."""
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    assert values(elsewhere, "mediakit add sq") == []
    assert values(elsewhere, f"mediakit add --site {squat.root} sq") == ["squat"]
    monkeypatch.setenv("MEDIAKIT_SITE", str(squat.root))
    assert values(elsewhere, "mediakit add sq") == ["squat"]


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("mediakit.toml", "jobs = [\n"),
        ("mediakit.toml", "nope = 1\n"),
        ("_config.yml", "a: [\n"),
        ("pyproject.toml", "[tool.mediakit]\njobs = 1\n"),
    ],
)
def test_a_broken_site_is_silent(squat: SiteBuilder, values: Values, path: str, text: str) -> None:
    """Nothing is said in the middle of a line, and commands and options are completed still."""
    squat.write(path, text)
    assert values(squat.root, "mediakit add sq") == []
    assert values(squat.root, "mediakit generate --preset t") == []
    assert values(squat.root, "mediakit sync --max") == ["--max-delete"]
    assert values(squat.root, "mediakit nonsense --x") == []


def test_names_are_enough(squat: SiteBuilder) -> None:
    """To complete an exercise no page or picture is opened, and nothing heavy is loaded."""
    code = (
        "import os, sys\n"
        "opened = []\n"
        "sys.addaudithook(lambda event, args: event == 'open' and opened.append(str(args[0])))\n"
        "from mediakit.cli.completion import answer\n"
        "from mediakit.cli.main import mediakit\n"
        "os.environ['COMP_WORDS'], os.environ['COMP_CWORD'] = 'mediakit add sq', '2'\n"
        "os.environ['_MEDIAKIT_COMPLETE'] = 'bash_complete'\n"
        "assert answer(mediakit) == 0\n"
        "print([path for path in opened if path.endswith(('.md', '.jpg'))])\n"
        "print(sorted({'PIL', 'numpy', 'sqlite3', 'boto3', 'tqdm'} & set(sys.modules)))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=squat.root
    )
    assert done.stdout.splitlines() == ["plain,squat", "[]", "[]"]


def test_nothing_heavy_is_imported(squat: SiteBuilder) -> None:
    """To complete the options of any command takes no decoder, matrix, database or network."""
    code = (
        "import sys; from mediakit.cli.commands import COMMANDS\n"
        "from mediakit.cli.completion import answer\n"
        "from mediakit.cli.main import mediakit\n"
        "import os\n"
        "for name in COMMANDS:\n"
        "    os.environ.update(COMP_WORDS=f'mediakit {name} --', COMP_CWORD='2')\n"
        "    os.environ['_MEDIAKIT_COMPLETE'] = 'bash_complete'\n"
        "    assert answer(mediakit) == 0\n"
        "heavy = {'PIL', 'numpy', 'sqlite3', 'markdown_it', 'tqdm', 'yt_dlp', 'boto3', 'imagehash'}"
        "\nprint(sorted(heavy & set(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=squat.root
    )
    assert done.stdout.splitlines()[-1] == "[]"


@pytest.mark.parametrize("shell", STARTS)
def test_tab(squat: SiteBuilder, shell: str) -> None:
    """In a real shell, at a terminal, TAB completes a command, an option and an exercise."""
    if shutil.which(shell) is None:
        pytest.skip(f"there is no {shell}")
    start, before = STARTS[shell]
    with ShellSession(start, squat.root, environ(HOME=str(squat.root.parent))) as session:
        session.type(f'{before}eval "$(mediakit completion {shell})"; echo rea""dy\n')
        session.until("ready")
        session.type("mediakit ge\t")
        session.until("mediakit generate")
        session.type("--dry\t")
        session.until("--dry-run")
        session.type("--preset post\t")
        session.until("--preset poster")
        session.type("--only kn\t")
        session.until("--only knæbøj")
        session.type("\n")
        session.until("nothing to do")


def test_fish(squat: SiteBuilder) -> None:
    """The script of fish completes the same, with a word on each value."""
    if shutil.which("fish") is None:
        pytest.skip("there is no fish")

    def completed(line: str) -> list[str]:
        script = f"mediakit completion fish | source; complete -C '{line}'"
        done = subprocess.run(
            ["fish", "--no-config", "-c", script],
            cwd=squat.root, env=environ(HOME=str(squat.root.parent)),
            capture_output=True, text=True, check=True,
        )  # fmt: skip
        return done.stdout.splitlines()

    shown = ["videos\tFetch, check, add, replace and keep videos."]
    assert completed("mediakit vid") == shown
    assert completed("mediakit add kn") == ["knæbøj\t_exercises/knæbøj.md"]
    assert completed("mediakit explain missing-al")[0].startswith("missing-alt\t")
