"""What a file of settings may say, key by key: a stranger can have written it."""

from __future__ import annotations

import json
import socket
from typing import Any

import msgspec
import pytest

from conftest import SiteBuilder
from mediakit.base.errors import ConfigError, UsageError
from mediakit.base.files import FileTree
from mediakit.base.setting import Trust
from mediakit.cli.main import main
from mediakit.config.config import load_config
from mediakit.config.file_rules import RULES
from mediakit.config.keys import keys_of
from mediakit.config.overrides import Overrides
from mediakit.config.tables import FileSettings
from mediakit.images.preset import Preset
from mediakit.storage.settings import S3Settings
from mediakit.sync.site_files import content_paths

REFUSED: dict[str, list[Any]] = {
    "roots": [
        ["../x"], ["/etc"], [".git"], ["a/../../x"], ["C:/x"], ["..\\x"], [".GIT/x"], ["a\0b"],
    ],
    "content": [["../*.md"], ["/etc/*"], [".git/*"], ["x.md", ".mediakit/*"], ["\\x"], ["a\0*"]],
    "data.files": [["../*.json"], ["/etc/*"], [".git/x.json"], ["x.json", ".mediakit/*.json"]],
    "data.base": [["../x"], ["/etc"], [".git"], ["a/../../x"]],
    "target": [
        "..", "../public", "/srv/x", "~", "~/.ssh", "file:/srv/x", "file:..", ".", "", " ",
        "./", "public/../..", ".git", ".git/x", ".mediakit", ".mediakit/tmp", ".mediakit/target/x",
        ".github", "out", "out/deeper", "x/.hidden", "a\0b", "s3://b/a\nb",
    ],
    "catalog": [
        "../media.json", "/etc/media.json", ".git/hooks/x.json", ".GIT/x.json", "media.txt",
        "assets", "assets.json", ".mediakit/x.json", ".github/x.json", "out/media.json", " ",
        "a\0.json",
    ],
    "executor": [
        "dask:tcp://10.0.0.5:8786", "dask:tls://h:1", "dask:", "dask", "rubbish", "", "Threads",
    ],
    "s3.endpoint": [
        "http://10.0.0.5", "http://minio.example.com:9000", "http://localhost.example.com",
        "http://127.0.0.1.example.com", "http://127.0.0.1@example.com", "http://localhost?.x.com",
        "http://127.0.0.1\\.example.com", "http://localhost#x", "ftp://localhost", "http://0x7f.1",
    ],
    "videos.folder": [
        "../x", "/etc", ".git", ".git/hooks", ".mediakit/x", "out", "out/x", " ", "a\0b",
    ],
}  # fmt: skip
"""Values that a file may not have. `out` is a link that leads out of the site."""

ALLOWED: dict[str, list[Any]] = {
    "roots": [["assets", ""], ["src/static"]],
    "content": [["_exercises/**/*.md", "*.md"], [".notes/*.md"]],
    "data.files": [["_data/*.json", "lifts/**/*.yml"]],
    "data.base": [["lifts", ""]],
    "target": ["build/media", "./_site", "s3://bucket/site", ".mediakit/target", "file:build"],
    "catalog": ["media.json", "_data/media.json", "./data/media.json"],
    "executor": ["threads", "processes"],
    "s3.endpoint": [
        "https://minio.example.com", "http://localhost:9000", "http://127.0.0.1:9000/",
        "http://[::1]:9000",
    ],
    "videos.folder": ["assets/films", "./films"],
}  # fmt: skip

HOSTILE = ("../../x", "/etc/x", "$(touch x)", "http://example.com", "a b\nc")


NO_SETTINGS = {Preset: {"name"}, S3Settings: {"endpoint_place"}}
"""Fields that no file can set."""


def decisions(table: type[msgspec.Struct] = FileSettings, above: str = "") -> dict[str, Trust]:
    """Return what is decided of each setting, by dotted name without the NAME of presets."""
    found: dict[str, Trust] = {}
    keys = keys_of(table)
    assert set(table.__struct_fields__) - keys.keys() == NO_SETTINGS.get(table, set())
    for name, key in keys.items():
        if key.trust is not None:
            found[f"{above}{name}"] = key.trust
        else:
            assert key.table is not None, name
            found |= decisions(key.table, f"{above}{name}.")
    return found


DECISIONS = decisions()


def written(key: str, value: Any) -> str:
    """Return a file that sets a key, with what its table needs besides."""
    table, _, name = key.rpartition(".")
    line = f"{name} = {json.dumps(value)}\n"
    if not table:
        return line
    if table == "presets":
        others = {"roles": '["body"]', "suffix": '"-x"', "width": "9"}
        rest = "".join(f"{each} = {text}\n" for each, text in others.items() if each != name)
        return f"[presets.new]\n{rest}{line}"
    if table == "headers":
        match = "" if name == "match" else 'match = "*"\n'
        return f"[[headers]]\n{match}{line}"
    base = 'base_url = "https://x.org"\n' if table == "cdn" and name != "base_url" else ""
    return f"[{table}]\n{base}{line}"


@pytest.fixture
def squat(site: SiteBuilder) -> SiteBuilder:
    """Return a site with a link that leads out of it."""
    site.exercise("squat", 1)
    outside = site.root.parent / "outside"
    outside.mkdir()
    (site.root / "out").symlink_to(outside)
    (site.root / "assets.json").mkdir()
    return site


def test_each_key_has_a_decision() -> None:
    """A setting names the rule that it is held to, and each rule but that of harmless ones bites.

    A field that says nothing of itself cannot be set by a file.
    """
    held = {key for key, trust in DECISIONS.items() if trust is not Trust.HARMLESS}
    assert held == REFUSED.keys() == ALLOWED.keys()
    assert set(RULES) == set(Trust)


@pytest.mark.parametrize(
    ("key", "value"), [(key, value) for key, values in REFUSED.items() for value in values], ids=str
)
def test_what_a_file_may_not_say(key: str, value: Any, squat: SiteBuilder) -> None:
    """It is refused before anything is done, with its line and a way out."""
    refused(squat, "mediakit.toml", written(key, value), key)


@pytest.mark.parametrize("key", REFUSED)
def test_pyproject_may_not_say_it_either(key: str, squat: SiteBuilder) -> None:
    """The rule of a key counts for both files, with the line in the one that has it."""
    table, _, name = key.rpartition(".")
    head = f"[tool.mediakit{f'.{table}' if table else ''}]\n"
    refused(squat, "pyproject.toml", f"{head}{name} = {json.dumps(REFUSED[key][0])}\n", key)


def refused(site: SiteBuilder, where: str, text: str, key: str) -> None:
    """Hold a file with this text to be refused for a key, at its line."""
    site.write(where, text)
    with pytest.raises(ConfigError) as caught:
        load_config(site.root)
    line = text.count("\n", 0, text.rindex(key.rpartition(".")[2])) + 1
    assert caught.value.message.startswith(f"{where}:{line}: {key}: ")


@pytest.mark.parametrize(
    ("key", "value"), [(key, value) for key, values in ALLOWED.items() for value in values], ids=str
)
def test_what_a_file_may_say(key: str, value: Any, squat: SiteBuilder) -> None:
    """What stays inside the site, and on this machine, is nobody's harm."""
    squat.write("mediakit.toml", written(key, value))
    load_config(squat.root)


@pytest.mark.parametrize("kind", ["text/html", "application/javascript", "image", "x image/png"])
def test_no_file_makes_a_page_of_a_picture(kind: str, squat: SiteBuilder) -> None:
    """A picture with a page inside is not served as that page: the rule is refused by its line."""
    squat.write("mediakit.toml", f'[[headers]]\nmatch = "*.jpg"\ncontent_type = "{kind}"\n')
    with pytest.raises(ConfigError, match=r"mediakit.toml:3: headers.content_type: "):
        load_config(squat.root)
    squat.write("mediakit.toml", '[[headers]]\nmatch = "*"\ncontent_type = "image/jpeg"\n')
    assert load_config(squat.root).headers[0].content_type == "image/jpeg"


@pytest.mark.parametrize("key", sorted(DECISIONS.keys() - REFUSED.keys()))
def test_harmless_keys_are(key: str, squat: SiteBuilder, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever text one of these has, it is refused, or a sync changes nothing but the site."""
    monkeypatch.setenv("CLOUDFLARE_API_TOKEN", "x")  # never sent: nothing changes at the target
    outside = squat.root.parent
    before = {path for path in outside.rglob("*") if not path.is_relative_to(squat.root)}
    for text in HOSTILE:
        for value in (text, [text], {"jpeg": text}, {"a": text}):
            squat.write("mediakit.toml", written(key, value))
            try:
                load_config(squat.root)
            except UsageError:
                continue
            squat.run("sync")
    assert {path for path in outside.rglob("*") if not path.is_relative_to(squat.root)} == before
    assert not (squat.root / "x").exists()


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("hugo.toml", 'dataDir = "FOLDER"\nstaticDir = "FOLDER"\ncontentDir = "FOLDER"\n'),
        ("eleventy.config.js", 'module.exports = { dir: { input: "FOLDER" } };\n'),
        ("_config.yml", "collections_dir: FOLDER\ndata_dir: FOLDER\nsource: FOLDER\n"),
    ],
)
@pytest.mark.parametrize("folder", [".git/hooks", "../x", "/etc", ".mediakit", "a/.b"])
def test_settings_of_generators(name: str, text: str, folder: str, site: SiteBuilder) -> None:
    """What follows from a generator's own settings is not written into a hidden folder either."""
    site.write(name, text.replace("FOLDER", folder))
    config = load_config(site.root)
    for path in (config.catalog, config.videos.folder, config.kind.pages_folder):
        assert not any(part.startswith(".") for part in path.split("/")), path
        assert not path.startswith("/")


def test_a_glob_that_hides_its_folder(site: SiteBuilder) -> None:
    """A pattern that means git's files without their name finds none."""
    site.write(".git/notes.md", "---\ntitle: x\n---\n")
    site.write("mediakit.toml", 'content = [".gi[t]/*.md", "*/*.md"]\n')
    assert list(content_paths(load_config(site.root), FileTree(site.root))) == []


@pytest.mark.parametrize("target", ["../public", "assets", "~"])
def test_flags_may_say_it(target: str, squat: SiteBuilder) -> None:
    """Who runs mediakit says where results go, and who makes pictures."""
    asked = Overrides(target=target, executor="dask:tcp://10.0.0.5:8786")
    config = load_config(squat.root, asked)
    assert (config.target, str(config.executor)) == (target, asked.executor)
    assert not config.file_chose_target


@pytest.mark.parametrize("command", [["status"], ["generate"], ["sync", "--dry-run"]])
def test_no_scheduler_of_a_file_is_asked(
    command: list[str], squat: SiteBuilder, capsys: pytest.CaptureFixture[str]
) -> None:
    """Nothing connects to the scheduler of a pull request, whose answer could run code."""
    with socket.create_server(("127.0.0.1", 0)) as trap:
        port = trap.getsockname()[1]
        squat.write("mediakit.toml", f'\nexecutor = "dask:tcp://127.0.0.1:{port}"\n')
        assert main([*command, "--site", str(squat.root)]) == 2
        trap.setblocking(False)  # noqa: FBT003 - the socket's own
        with pytest.raises(BlockingIOError):
            trap.accept()
    said = capsys.readouterr().err
    assert "mediakit.toml:2: executor: a file may not name a cluster" in said
    assert "--executor" in said


@pytest.mark.parametrize("folder", ["_exercises", "assets", "assets/images", "_data", "drafts"])
def test_a_folder_in_use_is_no_target(
    folder: str, squat: SiteBuilder, capsys: pytest.CaptureFixture[str]
) -> None:
    """A folder that holds pages, pictures or the catalog, or one around these, is left alone."""
    squat.write("drafts/a.md", "---\ntitle: x\n---\n")
    squat.write("_data/x.yml", "")
    squat.write("mediakit.toml", f'target = "{folder}"\n')
    before = squat.tree()
    for command in (["sync"], ["sync", "--dry-run"]):
        assert main([*command, "--site", str(squat.root)]) == 2
        assert "mediakit.toml:1: target: the site has" in capsys.readouterr().err
    assert squat.tree() == before


def test_a_folder_of_its_own_is_a_target(squat: SiteBuilder) -> None:
    """A folder of the site that nothing else is in is filled, the second time too."""
    squat.write("mediakit.toml", 'target = "build/media"\n')
    for _ in range(2):
        assert not squat.run("sync").has_errors
    assert "assets/images/squat-0-320.jpg" in squat.tree("build/media")


def test_init_writes_no_file_that_is_refused(
    squat: SiteBuilder, capsys: pytest.CaptureFixture[str]
) -> None:
    """A target that a file may not name is not written into one, and nothing else is either."""
    before = squat.tree()
    assert main(["init", "--target", "../public", "--site", str(squat.root)]) == 2
    assert "'../public' is outside of the site" in capsys.readouterr().err
    assert squat.tree() == before
