from __future__ import annotations

import io
import json
from collections.abc import Iterator
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path
from typing import Any

import click
import msgspec
import pytest
from jsonschema import Draft202012Validator

from command_lines import commands
from conftest import SiteBuilder, draw
from documents import DOCUMENTS
from mediakit.cli.main import main
from mediakit.config.config import load_config
from mediakit.report.documents import VERSION
from mediakit.sync.credits import CreditLedger, Provenance

SCHEMAS = Path(__file__).resolve().parents[2] / "docs/reference/schemas"
WRITTEN = {"dupes", "list", "mediakit", "result", "videos"}
"""Schemas that are not made of `DOCUMENTS`."""


def schema(name: str, *, closed: bool = False) -> dict[str, Any]:
    """Return a schema; a closed one allows no other fields."""
    found: dict[str, Any] = json.loads((SCHEMAS / f"{name}.schema.json").read_text("utf-8"))
    for each in (found, *found.get("$defs", {}).values()) if closed else ():
        if "properties" in each:
            each["additionalProperties"] = False
    return found


def call(*args: str) -> list[dict[str, Any]]:
    """Run mediakit, and return the documents that it prints, alone on stdout."""
    out, err = io.StringIO(), io.StringIO()
    with redirect_stdout(out), redirect_stderr(err):
        assert main([*args, "--format", "json"]) in {0, 1}, err.getvalue()
    assert err.getvalue() == ""
    return [json.loads(out.getvalue())]


@pytest.fixture(scope="module")
def documents(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, list[Any]]]:
    """Yield the documents of runs in which each field has something to say."""
    site = SiteBuilder(tmp_path_factory.mktemp("site"))
    site.exercise("squat")
    site.write(
        "_exercises/film.md", "---\ntitle: Film\nvideo: {provider: bilibili, id: BV1}\n---\n"
    )
    site.write("_exercises/odd.md", "---\ngallery:\n  - image_path: /gone.jpg\n---\n")
    photo = tmp_path_factory.mktemp("photos") / "IMG_1.jpg"
    photo.write_bytes(draw((1200, 900), "#116611"))
    found: dict[str, list[Any]] = {}
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(site.root)
        found["init"] = call("init", "--dry-run") + call("init")
        found["add"] = call("add", "squat", str(photo), "-n") + call("add", "squat", str(photo))
        found["add"] += call("new", "plank", "--title", "Plank")
        site.write("assets/images/squat-7.jpg", draw((1000, 700), "#661111"))
        found["gallery-fill"] = call("gallery", "fill", "--check") + call("gallery", "fill", "-y")
        found["gallery-page"] = call("gallery", "page")
        found["check"] = call("check") + call("check", "--fix")
        edit = ("gallery", "edit", "squat", "1", "--alt", "Lowest position")
        found["gallery-edit"] = call(*edit, "--dry-run") + call(*edit)
        found["baseline"] = call("check", "--write-baseline")
        again = (site.root / "assets/images/squat-1.jpg").read_bytes()
        site.write("assets/images/again.jpg", again)
        fix = ("dupes", "--exact", "--fix")
        found["dupes-fix"] = call(*fix) + call(*fix, "--yes") + call("dupes", "--undo", "--yes")
        found["dupes-accept"] = call("dupes", "--exact", "--accept")
        found["slim"] = call("slim", "--max-width", "800", "--dry-run")
        found["sheet"] = call("sheet", "squat")
        found["alt"] = call("alt")
        found["alt-written"] = call("alt", "squat", "1", "Standing", "--dry-run")
        found["localize"] = call("localize", "--dry-run")
        found["theme-status"] = call("theme", "status")
        found["explain"] = call("explain", "missing-alt")
        found["videos-fetch"] = call("videos", "fetch")
        found["videos-add"] = call("videos", "add", "plank", "https://youtu.be/aIZuK2cX4FA")
        found["videos-replace"] = call("videos", "replace", "--dry-run")
        with (site.root / "mediakit.toml").open("a", encoding="utf-8") as settings:
            settings.write('\n[videos]\nown_channels = ["@ours"]\n')
        call("sync", "--no-videos")
        found["videos-archive"] = call("videos", "archive", "film", "--dry-run")
        entry = Provenance(addresses=["https://example.org/a.jpg"], licence="CC0 1.0")
        ledger = CreditLedger(load_config(site.root))
        found["credits"] = [json.loads(ledger.put("assets/images/a.jpg", entry))]
        found["config"] = call("config", "--jobs", "2")
        yield found


def test_each_document_is_there(documents: dict[str, list[Any]]) -> None:
    """All documents are printed below, and none of them says nothing where it matters."""
    assert documents.keys() == DOCUMENTS.keys()
    names = {path.name.removesuffix(".schema.json") for path in SCHEMAS.glob("*.json")}
    assert names == DOCUMENTS.keys() | WRITTEN
    assert [each["dry_run"] for each in documents["add"]] == [True, False, False]
    assert documents["add"][1]["made"] > 0
    assert documents["init"][1]["written"] == ["mediakit.toml"]
    before, after = documents["gallery-fill"]
    assert (before["written"], after["written"]) == ([], ["_exercises/squat.md"])
    kinds = [step["kind"] for each in documents["dupes-fix"] for step in each["steps"]]
    assert kinds == ["move", "move", "move back"]
    assert documents["check"][1]["fixed"]["made"] > 0
    assert documents["check"][0]["problems"]


@pytest.mark.parametrize("name", DOCUMENTS)
def test_schemas_are_valid(name: str) -> None:
    """The schemas are schemas, say their version, and require all fields."""
    Draft202012Validator.check_schema(schema(name))
    assert schema(name)["properties"]["version"] == {"const": VERSION}
    fields = {each.name for each in msgspec.structs.fields(DOCUMENTS[name])}
    assert set(schema(name)["required"]) == fields
    assert all(each.get("description") for key, each in schema(name)["properties"].items()
               if key not in {"version", "problems"})  # fmt: skip


@pytest.mark.parametrize("name", DOCUMENTS)
def test_documents_follow_the_schemas(name: str, documents: dict[str, list[Any]]) -> None:
    """What commands print is just what the schema has, and fits no other one."""
    for document in documents[name]:
        Draft202012Validator(schema(name, closed=True)).validate(document)
    for other in (DOCUMENTS.keys() | WRITTEN) - {name}:
        assert not Draft202012Validator(schema(other)).is_valid(documents[name][0]), other


@pytest.mark.parametrize("name", DOCUMENTS)
def test_wrong_documents_are_refused(name: str, documents: dict[str, list[Any]]) -> None:
    """A document of another version, or without one of its fields, is refused; a new one passes."""
    check = Draft202012Validator(schema(name))
    document = documents[name][0]
    assert check.is_valid(document | {"new": 1})
    assert not check.is_valid(document | {"version": 2})
    for field in document:
        assert not check.is_valid({key: each for key, each in document.items() if key != field})


def test_each_command_has_a_document() -> None:
    """Each command but those that print a script or serve takes --format json; the page has it."""
    page = (SCHEMAS.parent / "json.md").read_text("utf-8")
    for path, command in commands():
        if isinstance(command, click.Group) or path in {("completion",), ("desk",)}:
            continue
        (formats,) = (each.type for each in command.params if "--format" in each.opts)
        assert isinstance(formats, click.Choice)
        assert "json" in formats.choices
        assert f"`{' '.join(path)}`" in page.partition("## Compatibility")[0]


def test_nobody_can_be_asked(
    site: SiteBuilder, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """With JSON nothing is asked in the middle of a document: it wants --yes or --check."""
    site.exercise("squat")
    site.write("assets/images/squat-7.jpg", draw())
    monkeypatch.chdir(site.root)
    monkeypatch.setattr("sys.stdin.isatty", lambda: True, raising=False)
    assert main(["gallery", "fill", "--format", "json"]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert "--yes or --check" in err
