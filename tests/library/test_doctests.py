"""The examples in the docstrings of the library are run, on a small site that is drawn here."""

from __future__ import annotations

import doctest
import importlib
from typing import TYPE_CHECKING

import pytest

from conftest import SiteBuilder

if TYPE_CHECKING:
    from pathlib import Path

MODULES = ("library.site", "library.values", "base.actions")


def examples() -> list[doctest.DocTest]:
    modules = [importlib.import_module(f"mediakit.{name}") for name in MODULES]
    found = [test for module in modules for test in doctest.DocTestFinder().find(module)]
    return [test for test in found if test.examples]


@pytest.mark.parametrize("example", examples(), ids=lambda example: example.name)
def test_examples_say_the_truth(
    example: doctest.DocTest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What a docstring shows is what a reader gets, on a site with two exercises."""
    site = SiteBuilder(tmp_path / "site")
    site.exercise("squat")
    site.exercise("lunge")
    monkeypatch.chdir(tmp_path)
    example.globs = {}
    said: list[str] = []
    failed, attempted = doctest.DocTestRunner().run(example, out=said.append)
    assert (failed, said) == (0, [])
    assert attempted == len(example.examples)
