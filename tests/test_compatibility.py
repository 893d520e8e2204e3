"""A site, a cache and command lines of mediakit 0.1, as today's code takes them.

`sites/of-0.1` was made by commit 5626a69: the default presets and one of its own, a variant that
was adopted (`lunge-1-320.jpg`), a video, accepted duplicates, a baseline, and a target that was
synced. `sites/of-0.1.cache.json` has the rows of its cache without their seals, which only the
key of a user and the place of a site can make.
"""

from __future__ import annotations

import base64
import functools
import hashlib
import json
import shutil
import sqlite3
from pathlib import Path
from typing import Any

import click
import msgspec
import pytest

from conftest import SiteBuilder
from mediakit.cli.main import main, mediakit
from mediakit.state.cache_file import key_for

SITES = Path(__file__).parent / "sites"
COMMANDS = (SITES / "of-0.1.commands.txt").read_text().splitlines()


@pytest.fixture
def old(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> SiteBuilder:
    """Return a copy of the site of 0.1, which has no cache."""
    root = tmp_path / "site"
    shutil.copytree(SITES / "of-0.1", root)
    monkeypatch.chdir(root)
    return SiteBuilder(root)


def test_a_site_of_0_1_goes_on(old: SiteBuilder, capsys: pytest.CaptureFixture[str]) -> None:
    """Nothing is made, put or deleted, and no file is written anew."""
    before = old.tree()

    assert main(["status", "--format", "json"]) == 0
    assert _kinds(capsys) == {"keep": 9}
    assert main(["sync", "--delete", "--no-videos", "--format", "json"]) == 0
    assert _kinds(capsys) == {"keep": 25}
    assert main(["check", "--strict"]) == 0  # all that it finds is in the baseline
    assert main(["dupes"]) == 0  # what it finds is accepted
    assert main(["verify"]) == 0

    assert old.tree() == before


def test_the_target_of_0_1_is_still_its_own(old: SiteBuilder) -> None:
    """A catalog at a target says whose it is and what may be deleted there, for ever."""
    (old.root / "_exercises/plank.md").unlink()
    shutil.rmtree(old.root / "assets/images/videos")
    old.write("_exercises/lunge.md", "---\ntitle: Lunge\n---\n")
    old.write("public/assets/images/of-somebody-else.jpg", b"not of mediakit")

    assert main(["sync", "--delete", "--no-videos"]) == 0

    assert sorted(path for path in old.tree("public") if path.endswith(("jpg", "webp", "gif"))) == [
        "assets/images/of-somebody-else.jpg",
        "assets/images/squat-0-320.jpg",
        "assets/images/squat-0-card.jpg",
        "assets/images/squat-0-card.webp",
        "assets/images/squat-0.jpg",
    ]


def test_a_cache_of_0_1_is_believed(
    old: SiteBuilder, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Digests, pages, sizes, looks and hashes are taken from it; no picture is decoded again."""
    _give_cache(old.root)

    with monkeypatch.context() as patch:
        patch.setattr("PIL.ImageFile.ImageFile.load", _not_decoded)
        assert main(["sync", "--delete", "--no-videos", "--format", "json"]) == 0
    assert _kinds(capsys) == {"keep": 25}
    assert main(["dupes", "--format", "json"]) == 0
    assert not json.loads(capsys.readouterr().out)["problems"]
    assert not list((old.root / ".mediakit").glob("*.broken"))


@pytest.mark.parametrize("journal", [True, False])
def test_the_journal_of_0_1_says_what_a_killed_run_made(
    old: SiteBuilder, capsys: pytest.CaptureFixture[str], *, journal: bool
) -> None:
    """A variant that no catalog has is up to date by the journal, and adopted without."""
    catalog = json.loads((old.root / "_data/media.json").read_text())
    source = "assets/images/plank.gif"
    image = catalog["images"][source]
    ((path, variant),) = image.pop("variants").items()
    old.write("_data/media.json", json.dumps(catalog))
    columns = "preset source_sha256 fingerprint sha256 bytes width height"
    row = [path, source, *(variant[name] for name in columns.split())]
    _give_cache(old.root, written=[row] if journal else [])

    assert main(["status", "-v"]) == 0

    reason = "up to date" if journal else "adopted"
    assert f"keep     {path} ({reason})\n" in capsys.readouterr().out


@pytest.mark.parametrize("line", COMMANDS)
def test_command_lines_of_0_1_still_parse(line: str) -> None:
    """A command, its arguments and its options keep their names, and choices are still there."""
    words = [word for word in line.split()[1:] if not word.startswith(("-", "[", "ARGUMENT"))]
    option = next((word for word in line.split() if word.startswith("-")), "")
    value = line.partition(f" {option} ")[2] if option else ""
    command, path = _command(line.split()[1:])

    if option:
        found = next(
            each
            for each in command.params
            if isinstance(each, click.Option) and option in (*each.opts, *each.secondary_opts)
        )
        assert bool(value) != bool(found.is_flag or found.count)
        assert value.endswith("...") == bool(value and found.multiple)
        if "|" in value:
            assert isinstance(found.type, click.Choice)
            assert set(value.split("|")) <= set(found.type.choices)
    elif "ARGUMENT" in line:
        assert any(isinstance(each, click.Argument) for each in command.params)
    else:
        assert words == path


def _command(words: list[str]) -> tuple[click.Command, list[str]]:
    """Return the command that a line begins with, and its name in words."""
    command: click.Command = mediakit
    context = click.Context(mediakit, info_name="mediakit")
    path = []
    for word in words:
        if not isinstance(command, click.Group) or word.startswith("-"):
            break
        found = command.get_command(context, word)
        assert found is not None, word
        command = found
        context = click.Context(command, info_name=word, parent=context)
        path.append(word)
    return command, path


def _kinds(capsys: pytest.CaptureFixture[str]) -> dict[str, int]:
    """Return how many actions of each kind a JSON result has; it has no problems."""
    document = json.loads(capsys.readouterr().out)
    assert not document["problems"]
    counts: dict[str, int] = {}
    for action in document["actions"]:
        counts[action["kind"]] = counts.get(action["kind"], 0) + 1
    return counts


def _not_decoded(*_: Any) -> Any:
    raise AssertionError("a picture was decoded")


def _give_cache(root: Path, written: list[list[Any]] | None = None) -> None:
    """Write the cache of 0.1, as if it had been made for the files as they are here."""
    kept = json.loads((SITES / "of-0.1.cache.json").read_text())
    folder = root / ".mediakit"
    folder.mkdir()
    key = key_for(folder)
    assert key is not None
    seal = functools.partial(_seal, key)
    with sqlite3.connect(folder / "cache.db") as cache:
        for name, table in kept["tables"].items():
            cache.execute(table["sql"])
            rows = [[_value(each) for each in row] for row in table["rows"]]
            for row in rows:
                if name in {"file", "reading", "mention"}:
                    row[0] = row[0].replace("SITE", str(root.resolve()))
                    found = (root / row[0].removeprefix("file:")).stat()
                    row[2:4] = found.st_mtime_ns, found.st_ctime_ns
            for row in [*rows, *((written or []) if name == "written" else [])]:
                places = ", ".join("?" * (len(row) + 1))
                cache.execute(f"INSERT INTO {name} VALUES ({places})", [*row, seal(name, row)])  # noqa: S608 - ours
        cache.execute("CREATE TABLE note (message TEXT)")
        cache.execute("CREATE TABLE maker (seal INTEGER)")
        cache.execute("INSERT INTO maker VALUES (?)", (seal("maker", []),))
        cache.execute(f"PRAGMA user_version = {kept['version']}")
    cache.close()


def _value(given: Any) -> Any:
    return base64.b64decode(given["base64"]) if isinstance(given, dict) else given


def _seal(key: bytes, table: str, row: list[Any]) -> int:
    digest = hashlib.blake2b(msgspec.msgpack.encode((table, row)), key=key, digest_size=8)
    return int.from_bytes(digest.digest(), "big", signed=True)
