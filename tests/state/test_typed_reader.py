"""Types are built before threads share them: msgspec crashes where two build one at once."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

import mediakit

PACKAGE = Path(mediakit.__file__).parent

MET_HALF_BUILT = """
import faulthandler, sys, threading
from mediakit.state.catalog import load_catalog
from mediakit.sync.copies import Accepted
from mediakit.videos.history import load_history

MEDIA = b'''{"version": 1, "objects": {"k": {"sha256": "a", "bytes": 3}}, "images": {"a.jpg": {
    "sha256": "0", "variants": {"b.jpg": {"preset": "p", "fingerprint": "f", "source_sha256": "s",
    "sha256": "x", "bytes": 1, "width": 1, "height": 1}}}}}'''
CALLS = {
    "catalog": lambda: load_catalog(MEDIA, "media.json"),
    "bare catalog": lambda: load_catalog(MEDIA, "media.json", placeholders=False),
    "history": lambda: load_history(b'{"version":1,"videos":{"youtube":{"a":{}}}}', "history"),
    "accepted": lambda: Accepted.load(b'{"version":1,"groups":[{"contents":["a"]}]}'),
}
call = CALLS[sys.argv[1]]
faulthandler.enable()
half, over = threading.Event(), threading.Event()
built = []

def stop_at_half(frame, event, _argument):
    if event == "call" and frame.f_code.co_name == "get_class_annotations":
        built.append(frame.f_locals["obj"])
        if len(built) == 2:  # the one that is outside is there for all, but has not all its fields
            half.set()
            over.wait(5)

def build():
    sys.setprofile(stop_at_half)
    call()
    half.set()

first = threading.Thread(target=build)
first.start()
half.wait()
call()
over.set()
first.join()
print("both")
"""


@pytest.mark.parametrize("what", ["catalog", "bare catalog", "history", "accepted"])
def test_a_thread_that_comes_while_another_builds_the_type(what: str) -> None:
    """The moment at which syncs died by a signal: a thread uses a type that is built by halves."""
    done = subprocess.run(
        [sys.executable, "-c", MET_HALF_BUILT, what], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout) == (0, "both\n"), done.stderr


def calls_by_place(tree: ast.Module) -> list[tuple[str, bool]]:
    """Return the names that a module calls, and whether it does so while it is imported."""
    found: list[tuple[str, bool]] = []

    def visit(node: ast.AST, *, is_import: bool) -> None:
        if isinstance(node, ast.Call):
            found.append((ast.unparse(node.func), is_import))
        inside = isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda)
        for child in ast.iter_child_nodes(node):
            visit(child, is_import=is_import and not inside)

    visit(tree, is_import=True)
    return found


def test_types_are_built_on_import() -> None:
    """Types are read through `TypedReader` alone, and each reader is made by an import."""
    wrong = []
    for path in PACKAGE.rglob("*.py"):
        text = path.read_text("utf-8")
        if "msgspec." not in text and "TypedReader" not in text:
            continue
        for name, is_import in calls_by_place(ast.parse(text)):
            is_own = name.startswith("msgspec.") and name.endswith(
                (".decode", ".convert", ".Decoder")
            )
            if (is_own and path.name != "documents.py") or (
                name.endswith("TypedReader") and not is_import
            ):
                wrong.append(f"{path.relative_to(PACKAGE)}: {name}")
    assert wrong == []
