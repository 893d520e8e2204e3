"""The floors of docs/architecture.md, held by reading the imports."""

from __future__ import annotations

import ast
import functools
import re
import subprocess
import sys
from collections import Counter
from pathlib import Path

import mediakit

PACKAGE = Path(mediakit.__file__).parent

# bottom first; a module imports only from floors below its own, or from its own room
FLOORS = (
    {"base"},
    {"site", "images", "storage", "state", "executors", "report", "web"},
    {"config", "matching", "structured"},
    {"sync", "edit"},
    {"alts", "pages", "duplicates", "videos", "checks", "setup", "desk", "credit", "theme"},
    {"cli", "library"},
)
# what reads bytes or makes them can be tested without a disk, a clock or a network
PURE = {"site", "images", "structured"}
MEETS_THE_DISK = {"site/kinds/registry.py"}
# imports that still point up; the list may only get shorter
EXCEPTIONS = ()
IO_MODULES = {"os", "sqlite3", "socket", "subprocess", "time", "tempfile", "shutil", "pathlib.Path"}


def room(path: Path) -> str:
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


@functools.cache
def nodes(path: Path) -> list[ast.AST]:
    return list(ast.walk(ast.parse(path.read_text("utf-8"))))


@functools.cache
def imported(path: Path) -> set[str]:
    names: set[str] = set()
    for node in nodes(path):
        if isinstance(node, ast.Import):
            names.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            names.update(f"{node.module}.{alias.name}" for alias in node.names)
    return names


def modules() -> list[Path]:
    return [
        path for path in PACKAGE.rglob("*.py") if path.parent != PACKAGE or "__" not in path.name
    ]


def test_every_room_has_a_floor() -> None:
    """A new room must be given its place in the design."""
    assert {room(path) for path in modules()} == set().union(*FLOORS)


def test_imports_point_down() -> None:
    """No module imports from its own floor's other rooms, or from above."""
    floor = {name: number for number, names in enumerate(FLOORS) for name in names}
    wrong = [
        f"{path.relative_to(PACKAGE)} imports {name}"
        for path in modules()
        for name in imported(path)
        if name.startswith("mediakit.")
        for other in [name.split(".")[1]]
        if other != room(path) and floor[other] >= floor[room(path)]
    ]
    assert sorted(set(wrong)) == sorted(EXCEPTIONS)


def test_pure_rooms_do_no_io() -> None:
    """What decides and what reports can be tested without a disk, a clock or a network."""
    wrong = [
        f"{path.relative_to(PACKAGE)} imports {name}"
        for path in modules()
        if room(path) in PURE and str(path.relative_to(PACKAGE)) not in MEETS_THE_DISK
        for name in imported(path)
        if name in IO_MODULES or name.split(".")[0] in IO_MODULES
    ]
    assert wrong == []


def test_commands_only_parse_and_print() -> None:
    """A command opens its session in options.py, and leaves observing and caching to features."""
    forbidden = ("mediakit.state", "mediakit.executors", "mediakit.sync.observe",
                 "mediakit.sync.session.open_session")  # fmt: skip
    wrong = [
        f"{path.relative_to(PACKAGE)} imports {name}"
        for path in modules()
        if room(path) == "cli" and path.name != "options.py"
        for name in imported(path)
        if name.startswith(forbidden)
    ]
    assert wrong == []


def test_pillow_stays_in_its_room() -> None:
    """Only the images room knows the library that decodes."""
    users = {room(path) for path in modules() for name in imported(path) if name.startswith("PIL")}
    assert users == {"images"}


def test_no_vague_names() -> None:
    """A file's name says what is inside."""
    vague = {"utils", "util", "helpers", "helper", "misc", "common", "manager"}
    assert not {path.stem for path in PACKAGE.rglob("*")} & vague


def test_class_names_are_unique() -> None:
    """A name stands for one class in the whole package."""
    names = Counter(
        node.name
        for path in modules()
        for node in nodes(path)
        if isinstance(node, ast.ClassDef) and not node.name.startswith("_")
    )
    assert {name: count for name, count in names.items() if count > 1} == {}


def test_modules_are_short() -> None:
    """A module is one idea, in at most 300 lines."""
    lengths = {path.name: len(path.read_text("utf-8").splitlines()) for path in modules()}
    assert {name: length for name, length in lengths.items() if length > 300} == {}


def test_version_imports_nothing_heavy() -> None:
    """`mediakit --version` stays quick: no decoder, parser or database is imported for it."""
    code = (
        "import sys; from mediakit.cli.main import main; main(['--version']);"
        "heavy = {'PIL', 'yaml', 'sqlite3', 'msgspec', 'markdown_it', 'tqdm', 'yt_dlp', 'boto3'};"
        "print(sorted(heavy & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split("\n")[1] == "[]"


def test_a_first_sync_is_short_to_read() -> None:
    """One page with two pictures meets few modules; the number may only get smaller."""
    script = Path(__file__).parent.parent / "scripts" / "reader_cost.py"
    done = subprocess.run([sys.executable, script], capture_output=True, text=True, check=True)
    first, again = (int(each.split()[-6]) for each in done.stdout.splitlines())
    assert again < first <= 60


def test_the_pages_name_modules_that_exist() -> None:
    """A reader of the architecture finds what it names."""
    root = PACKAGE.parents[1]
    for page in ("architecture.md", "decisions.md"):
        text = (root / "docs" / page).read_text("utf-8")
        named = re.findall(r"`((?:[a-z_0-9]+/)+[a-z_0-9]+\.(?:py|toml))`", text)
        missing = [
            each
            for each in named
            if not each.endswith("/x.py")
            and not any((folder / each).exists() for folder in (PACKAGE, PACKAGE.parent, root))
        ]
        assert missing == []
