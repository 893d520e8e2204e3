"""The examples of the library in docs/examples run as they are, on the sample site."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import nbclient
import nbformat
import pytest

ROOT = Path(__file__).resolve().parents[2]
EXAMPLES = ROOT / "docs/examples"
MADE = ("-320.", "-768.", "-1280.", "-1920.")


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """Return a copy of the sample site and the examples, as a fresh clone has them."""

    def made(_folder: str, names: list[str]) -> list[str]:
        return [name for name in names if any(each in name for each in MADE)]

    for folder in ("assets", "manifests", "docs/examples"):
        shutil.copytree(ROOT / folder, tmp_path / folder, ignore=made)
    shutil.copy(ROOT / "mediakit.toml", tmp_path)
    return tmp_path


def read(path: Path) -> nbformat.NotebookNode:
    found: nbformat.NotebookNode = nbformat.read(path, as_version=4)  # type: ignore[no-untyped-call]  # its library says nothing of types
    return found


def test_weights(copy: Path) -> None:
    """The script prints the heaviest variants of each page, heaviest first."""
    script = [sys.executable, str(copy / "docs/examples/weights.py"), str(copy)]
    subprocess.run([sys.executable, "-m", "mediakit", "generate"], cwd=copy, check=True)
    env = {**os.environ, "PYTHONIOENCODING": "utf-8"}
    done = subprocess.run(
        [*script, "--most", "1"], capture_output=True, check=True, encoding="utf-8", env=env
    )
    rows = [line.split("\t") for line in done.stdout.splitlines()]
    assert len(rows) == len(list((copy / "manifests").glob("*.md")))
    for page, path, _, weight in rows:
        assert (copy / page).is_file()
        assert f"{(copy / path).stat().st_size:,} bytes" == weight
    none = subprocess.run(
        [*script, "--above", "10000000"], capture_output=True, check=True, env=env
    )
    assert none.stdout == b""


def test_notebook(copy: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each cell runs; the plan shows as a table of reasons, and an exercise with its pictures."""
    monkeypatch.setenv("IPYTHONDIR", str(copy / "ipython"))
    folder = copy / "docs/examples"
    notebook = read(folder / "explore-a-site.ipynb")
    nbclient.NotebookClient(
        notebook, timeout=300, resources={"metadata": {"path": folder}}
    ).execute()
    shown = [
        output.data.get("text/html", output.data["text/plain"])
        for cell in notebook.cells
        for output in cell.get("outputs", ())
    ]
    assert len(shown) == sum(cell.cell_type == "code" for cell in notebook.cells)
    assert "<td>make</td><td>new</td>" in shown[1]
    assert shown[4].count('<img src="data:image/') == 3
    assert "teasers" in shown[5]


def test_notebook_is_committed_without_outputs() -> None:
    """What a run shows is not what a reader's site shows, and would bloat the repository."""
    notebook = read(EXAMPLES / "explore-a-site.ipynb")
    nbformat.validate(notebook)
    cells = [cell for cell in notebook.cells if cell.cell_type == "code"]
    assert {len(cell.outputs) for cell in cells} == {0}
    assert {cell.execution_count for cell in cells} == {None}
