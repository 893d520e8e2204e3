from __future__ import annotations

import ast
import copy
import functools
import importlib.util
import io
import json
import re
import sys
import tomllib
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec
import pytest
import yaml
from jsonschema import Draft202012Validator

import mediakit
from conftest import SiteBuilder, draw
from mediakit.base.actions import Kind, Place, Reason, Status
from mediakit.base.model import Role, Severity
from mediakit.cli.main import main
from mediakit.config.config import load_config
from mediakit.config.file import parse
from mediakit.config.keys import keys_of
from mediakit.config.tables import FileSettings
from mediakit.images.preset import Preset
from mediakit.images.recipes.card import PageCard
from mediakit.images.recipes.clip import FilmClip
from mediakit.images.recipes.flip import StepFlip
from mediakit.images.recipes.sheet import PageSheet
from mediakit.matching.groups import Level
from mediakit.report.documents import VERSION
from mediakit.state.catalog import VERSION as CATALOG_VERSION
from mediakit.state.catalog import load_catalog
from mediakit.state.catalog_file import SHARDED, shard_names
from mediakit.sync.picture_data import TemplatePicture
from mediakit.videos.verdict import State
from placed import exif

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from enum import StrEnum
    from types import ModuleType

ROOT = Path(__file__).resolve().parent.parent
SCRIPT = ROOT / "scripts/reference.py"
REFERENCE = ROOT / "docs/reference"
PACKAGE = Path(mediakit.__file__).parent
SCHEMAS = ("dupes", "list", "result", "videos")


@pytest.fixture(scope="module")
def script() -> ModuleType:
    spec = importlib.util.spec_from_file_location("reference", SCRIPT)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def pages(script: ModuleType) -> dict[Path, str]:
    """Return the pages as the script writes them, in a terminal that is narrow."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("COLUMNS", "40")
        patch.setenv("TERMINAL_WIDTH", "40")
        found: dict[Path, str] = script.pages()
    return found


def read(path: str) -> str:
    return (REFERENCE / path).read_text("utf-8")


def schema(name: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(read(f"schemas/{name}.schema.json"))
    return found


def validator(name: str) -> Draft202012Validator:
    return Draft202012Validator(schema(name))


def fenced(page: str, language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", read(page), re.MULTILINE | re.DOTALL)


# --- pages that are written by the script


def test_pages_are_current(pages: dict[Path, str]) -> None:
    """The committed pages are what the code says."""
    stale = [path for path, text in pages.items() if (ROOT / path).read_bytes() != text.encode()]
    assert stale == []


def test_check_names_a_stale_page(
    script: ModuleType,
    pages: dict[Path, str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """A stale page is found, named and left alone; without --check it is written."""
    monkeypatch.setattr(script, "ROOT", tmp_path)
    monkeypatch.setattr(script, "pages", lambda: pages)
    monkeypatch.setattr(sys, "argv", ["reference.py"])
    assert script.main() == 0
    page = tmp_path / "docs/reference/commands.md"
    page.write_text("old\n", "utf-8")
    capsys.readouterr()
    monkeypatch.setattr(sys, "argv", ["reference.py", "--check"])
    assert script.main() == 1
    assert capsys.readouterr().err.splitlines() == [
        "docs/reference/commands.md is stale: run scripts/reference.py"
    ]
    assert page.read_text("utf-8") == "old\n"


def test_example_file_is_valid(tmp_path: Path) -> None:
    """The example can be copied as it is: it gives settings, and shows every key."""
    (example,) = fenced("configuration.md", "toml")
    assert parse(example).settings.jobs is not None
    (tmp_path / "mediakit.toml").write_text(example, "utf-8")
    font = tmp_path / tomllib.loads(example)["cards"]["og"]["font"]
    font.parent.mkdir(parents=True)
    font.write_bytes(b"\0\1\0\0")
    assert "medium" in {preset.name for preset in load_config(tmp_path).presets}
    tree = tomllib.loads(example)
    presets = tree.pop("presets")
    (tree["headers"],) = tree["headers"]
    assert set(presets["medium"]) == set(keys_of(Preset))
    assert set(tree.pop("cards")["og"]) == set(keys_of(PageCard))
    assert set(tree.pop("sheets")["a4"]) == set(keys_of(PageSheet))
    assert set(tree.pop("movement")["loop"]) == set(keys_of(StepFlip))
    assert set(tree.pop("clips")["loops"]) == set(keys_of(FilmClip))
    keys = keys_of(FileSettings)
    assert set(tree) == set(keys) - {"presets"}
    for name, table in tree.items():
        if (kind := keys[name].table) is not None:
            assert set(table) == set(keys_of(kind))


# --- problem codes


def called(node: ast.Call) -> str:
    func = node.func
    return func.attr if isinstance(func, ast.Attribute) else getattr(func, "id", "")


def argument(node: ast.Call, position: int, name: str) -> ast.expr | None:
    by_name = {each.arg: each.value for each in node.keywords}
    return by_name.get(name) or (node.args[position] if len(node.args) > position else None)


def assigned(tree: ast.Module, name: str) -> set[str]:
    """Return the texts that are assigned to `name`, also as a part of a tuple."""
    found: set[str] = set()
    for node in ast.walk(tree):
        if not isinstance(node, ast.Assign):
            continue
        for target in node.targets:
            pairs = [(target, node.value)]
            if isinstance(target, ast.Tuple) and isinstance(node.value, ast.Tuple):
                pairs = list(zip(target.elts, node.value.elts, strict=False))
            found |= {
                value.value
                for left, value in pairs
                if isinstance(left, ast.Name) and left.id == name
                and isinstance(value, ast.Constant) and isinstance(value.value, str)
            }  # fmt: skip
    return found


def parameters(tree: ast.Module) -> set[str]:
    return {
        each.arg
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef)
        for each in (*node.args.args, *node.args.kwonlyargs)
    }


def codes_of(expression: ast.expr | None, tree: ast.Module, where: str) -> set[str]:
    """Return the codes that an expression can have; none if it passes on another's."""
    if isinstance(expression, ast.Constant) and isinstance(expression.value, str):
        return {expression.value}
    if isinstance(expression, ast.Attribute) and expression.attr == "code":
        return set()
    if isinstance(expression, ast.Name):
        found = assigned(tree, expression.id)
        if found or expression.id in parameters(tree):
            return found
    pytest.fail(f"{where}: a code that cannot be read from the source")


def severities_of(node: ast.Call) -> set[str]:
    """Return the severities that a problem can have: a text that is not seen can be any."""
    if called(node) in {"warn", "_warning", "Oddity"}:
        return {Severity.WARNING.value}
    if called(node) in {"ManifestError", "_error"} or (
        called(node) == "Failure" and len(node.args) < 4
    ):
        return {Severity.ERROR.value}
    severity = argument(node, 3, "severity")
    if isinstance(severity, ast.Attribute):
        return {Severity[severity.attr].value}
    return {each.value for each in Severity}


@functools.cache
def source_codes() -> dict[str, set[str]]:
    """Return the codes in the source, with the severities that each can have."""
    positions = {
        "warn": 0, "ManifestError": 0, "Failure": 0, "Problem": 2, "_error": 2, "_warning": 2,
        "Oddity": 0, "AltFault": 1,
    }  # fmt: skip
    found: dict[str, set[str]] = {}
    for path in sorted(PACKAGE.rglob("*.py")):
        text = path.read_text("utf-8")
        if not any(f"{name}(" in text for name in positions):
            continue
        tree = ast.parse(text)
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and called(node) in positions:
                code = argument(node, positions[called(node)], "code")
                where = f"{path.relative_to(PACKAGE)}:{node.lineno}"
                for each in codes_of(code, tree, where):
                    found.setdefault(each, set()).update(severities_of(node))
    return found


def documented_codes() -> list[tuple[str, set[str]]]:
    rows = re.findall(r"^\| `([a-z0-9-]+)` \| ([a-z ]+) \|", read("problems.md"), re.MULTILINE)
    return [(code, set(severity.split(" or "))) for code, severity in rows]


def test_every_problem_is_documented() -> None:
    """Each code that a user can meet is explained, and none that does not exist."""
    documented = [code for code, _ in documented_codes()]
    assert documented == sorted(source_codes())


def test_severities_are_documented() -> None:
    """The page does not call an error a warning, or the other way round."""
    possible = source_codes()
    for code, severities in documented_codes():
        assert severities, code
        assert severities <= possible[code], code
        assert severities <= {each.value for each in Severity}, code


# --- JSON documents


@pytest.mark.parametrize("name", SCHEMAS)
def test_schemas_are_valid(name: str) -> None:
    """The schemas are schemas, and for the version that the code writes."""
    Draft202012Validator.check_schema(schema(name))
    assert schema(name)["properties"]["version"] == {"const": VERSION}


def test_schemas_agree() -> None:
    """A problem looks the same in every document."""
    first, *others = (schema(name)["$defs"] for name in SCHEMAS)
    for other in others:
        assert {key: first[key] for key in ("problem", "severity")} == {
            key: other[key] for key in ("problem", "severity")
        }


@pytest.mark.parametrize(
    ("name", "definition", "enum"),
    [
        ("list", "role", Role),
        ("list", "severity", Severity),
        ("result", "severity", Severity),
        ("result", "kind", Kind),
        ("result", "place", Place),
        ("result", "reason", Reason),
        ("result", "status", Status),
        ("videos", "state", State),
        ("dupes", "level", Level),
    ],
)
def test_enums_are_current(name: str, definition: str, enum: type[StrEnum]) -> None:
    """The schemas and the page list the values that the code has."""
    values = [each.value for each in enum]
    assert sorted(schema(name)["$defs"][definition]["enum"]) == sorted(values)
    assert [value for value in values if f"`{value}`" not in read("json.md")] == []


def fields(part: object) -> Iterator[str]:
    if isinstance(part, dict):
        yield from part.get("properties", {})
        for each in part.values():
            yield from fields(each)


@pytest.mark.parametrize("name", SCHEMAS)
def test_every_field_is_described(name: str) -> None:
    """The page says what each field means."""
    page = read("json.md")
    assert {field for field in fields(schema(name)) if f"`{field}`" not in page} == set()


def test_examples_are_valid() -> None:
    """The examples of the page are documents that the schemas and the catalog reader accept."""
    manifests, result, videos, dupes, catalog, sharded, data = fenced("json.md", "json")
    validator("dupes").validate(json.loads(dupes))
    validator("list").validate(json.loads(manifests))
    validator("result").validate(json.loads(result))
    validator("videos").validate(json.loads(videos))
    assert len(load_catalog(catalog.encode(), "media.json").records) == 1
    assert json.loads(catalog)["version"] == CATALOG_VERSION
    names = shard_names(sharded.encode(), "media.json")
    assert names == tuple(json.loads(sharded)["shards"])
    assert json.loads(sharded)["version"] == SHARDED
    pictures = msgspec.convert(json.loads(data)["pictures"], dict[str, TemplatePicture])
    assert msgspec.to_builtins(pictures) == json.loads(data)["pictures"]


def call(root: Path, *args: str) -> dict[str, Any]:
    """Run a command on a site, and return the document that it prints, alone on stdout."""
    out, err = io.StringIO(), io.StringIO()
    with redirect_stdout(out), redirect_stderr(err):
        code = main([*args, "--site", str(root), "--format", "json"])
    assert code in {0, 1}, err.getvalue()
    assert err.getvalue() == ""
    document: dict[str, Any] = json.loads(out.getvalue())
    return document


FAULTY = """\
---
title: Knæbøjning
header:
  teaser: https://images.example/squat.jpg
  overlay_image: /assets/images/cut.jpg
gallery:
  - image_path: /assets/images/gone.jpg
    title: Not there
  - image_path: file:/x.jpg
video: {provider: youtube, id: "aqz-KE-bpKQ?t=30"}
---

![Lowest position](/assets/images/squat-0.jpg "Low")
"""


@pytest.fixture(scope="module")
def documents(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[dict[str, Any]]]:
    """Return the documents of runs that meet every kind of action, by the name of the schema."""
    site = SiteBuilder(tmp_path_factory.mktemp("site"))
    site.exercise("squat")
    site.exercise("lunge")
    site.write("assets/images/squat-1.jpg", draw(exif=exif(1)))
    results = [
        call(site.root, "status"),
        call(site.root, "sync", "--target", "out", "--dry-run"),
        call(site.root, "sync", "--target", "out"),
        call(site.root, "generate"),
        call(site.root, "verify", "--target", "out"),
    ]
    assert results[-1]["verified"]["checked"] > 0
    (site.root / "_exercises/lunge.md").unlink()
    lists = [call(site.root, "list")]
    results.append(call(site.root, "sync", "--target", "out", "--delete", "--prune"))
    site.write("_exercises/faulty.md", FAULTY)
    site.write("assets/images/cut.jpg", draw((1200, 800))[:9_000])
    site.write("mediakit.toml", "[theme]\ndata = true\n")
    lists.append(call(site.root, "list"))
    results.append(call(site.root, "sync", "--target", "out", "--delete"))
    film = "---\ntitle: Film\nvideo: {provider: bilibili, id: BV1xx411c7mD}\n---\n"
    other = SiteBuilder(tmp_path_factory.mktemp("videos"))
    other.write("_exercises/film.md", film)  # nobody is asked about it
    site.write("assets/images/again.jpg", (site.root / "assets/images/squat-0.jpg").read_bytes())
    dupes = [call(site.root, "dupes")]
    assert dupes[0]["groups"]
    return {
        "dupes": dupes,
        "list": lists,
        "result": results,
        "videos": [call(other.root, "videos", "check")],
    }


def test_runs_cover_the_documents(documents: dict[str, list[dict[str, Any]]]) -> None:
    """The runs below are no empty proof: they show all kinds of actions, pictures and problems."""
    actions = [action for each in documents["result"] for action in each["actions"]]
    assert {action["kind"] for action in actions} == {each.value for each in Kind}
    assert {action["status"] for action in actions} >= {"done", "kept", "planned", "failed"}
    images = [
        image
        for each in documents["list"]
        for manifest in each["manifests"]
        for image in manifest["images"]
    ]
    given = {field for image in images for field in image}
    assert given >= {"path", "url", "link", "alt", "title"}
    problems = [problem for each in documents["result"] for problem in each["problems"]]
    assert {problem["severity"] for problem in problems} == {each.value for each in Severity}
    assert {problem["line"] is None for problem in problems} == {True, False}


@pytest.mark.parametrize("name", SCHEMAS)
def test_documents_follow_the_schemas(
    name: str, documents: dict[str, list[dict[str, Any]]]
) -> None:
    """What the program prints is what the schemas promise, and it fits no other schema."""
    for document in documents[name]:
        validator(name).validate(document)
    for other in set(SCHEMAS) - {name}:
        assert not validator(other).is_valid(documents[name][0])


@pytest.mark.parametrize("name", SCHEMAS)
def test_every_printed_field_is_in_the_schema(
    name: str, documents: dict[str, list[dict[str, Any]]]
) -> None:
    """A field that the code gains is described too, although the schemas let it pass."""
    closed = schema(name)
    for each in (closed, *closed["$defs"].values()):
        if "properties" in each:
            each["additionalProperties"] = False
    for document in documents[name]:
        Draft202012Validator(closed).validate(document)


def both_places(document: dict[str, Any]) -> None:
    document["manifests"][0]["images"][0].update(path="a.jpg", url="https://images.example/a.jpg")


@pytest.mark.parametrize(
    ("name", "spoil"),
    [
        ("list", lambda document: document.pop("problems")),
        ("list", lambda document: document.update(version=2)),
        ("list", lambda document: document["manifests"][0].pop("videos")),
        ("list", lambda document: document["manifests"][0]["images"][0].update(role="poster")),
        ("list", lambda document: document["manifests"][0]["images"][0].update(line="4")),
        ("list", both_places),
        ("result", lambda document: document.pop("summary")),
        ("result", lambda document: document["summary"].update(made=-1)),
        ("result", lambda document: document["actions"][0].update(kind="move")),
        ("result", lambda document: document["actions"][0].update(kind="delete")),
        ("result", lambda document: document["actions"][0].update(reason="because")),
        ("result", lambda document: document["actions"][0].pop("source")),
        ("dupes", lambda document: document["groups"][0].update(level="alike")),
        ("dupes", lambda document: document["groups"][0].update(members=[])),
        ("videos", lambda document: document["videos"][0].update(state="broken")),
        ("videos", lambda document: document["videos"][0].update(places=[])),
        ("videos", lambda document: document["counts"].update(dead=-1)),
    ],
)
def test_wrong_documents_are_refused(
    name: str,
    spoil: Callable[[dict[str, Any]], object],
    documents: dict[str, list[dict[str, Any]]],
) -> None:
    """The schemas are strict enough to be useful."""
    document = copy.deepcopy(documents[name][0])
    spoil(document)
    assert not validator(name).is_valid(document)


@pytest.mark.parametrize("name", SCHEMAS)
def test_new_fields_are_accepted(name: str, documents: dict[str, list[dict[str, Any]]]) -> None:
    """Fields may be added within a version: readers of today accept documents of tomorrow."""
    document = copy.deepcopy(documents[name][0])
    document["new"] = True
    for each in (*document.get("manifests", ()), *document.get("actions", ())):
        each["new"] = True
    validator(name).validate(document)


def test_jekyll_reads_the_catalog(site: SiteBuilder) -> None:
    """Jekyll reads data files as YAML: the catalog means the same there as it does as JSON."""
    site.write("_config.yml", "title: Site\ncollections: [exercises]\n")
    site.exercise("squat")
    site.run()
    data = (site.root / "_data/media.json").read_bytes()
    assert yaml.safe_load(data) == msgspec.json.decode(data)
    picture = yaml.safe_load(data)["images"]["assets/images/squat-0.jpg"]
    assert picture["width"] == 900
    assert picture["variants"]["assets/images/squat-0-320.jpg"]["width"] == 320
    assert list(picture["srcset"]) == ["image/jpeg"]
