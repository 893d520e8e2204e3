from __future__ import annotations

import importlib.util
import re
import sys
from email.message import Message
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from packaging.requirements import Requirement
from packaging.version import Version

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def audit() -> ModuleType:
    spec = importlib.util.spec_from_file_location("audit", ROOT / "scripts/audit.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["audit"] = module  # for its dataclasses
    spec.loader.exec_module(module)
    return module


def advisory(audit: ModuleType, package: str = "pillow", fixed: str = "11.3") -> Any:
    return audit.Advisory(package, Version(fixed), "CVE-1", "a fault")


def package(audit: ModuleType, version: str = "12.0", *licences: str) -> Any:
    return audit.Installed("pillow", Version(version), licences or ("MIT-CMU",))


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("Pillow>=11.2", 1),
        ("pillow>=11.3", 0),
        ("pillow>=10,>=12", 0),
        ("pillow", 1),
        ("click>=1", 0),
    ],
)
def test_lowest_versions(audit: ModuleType, text: str, count: int) -> None:
    """A requirement that allows a version with a known fault is found, and one without a bound."""
    assert len(list(audit.too_low([Requirement(text)], [advisory(audit)]))) == count


def test_installed_versions(audit: ModuleType) -> None:
    """A package below the version in which a fault is mended is found, that version is not."""
    known = [advisory(audit)]
    assert list(audit.vulnerable([package(audit, "11.2.1")], known)) == [
        "pillow 11.2.1 has CVE-1 (a fault), mended in 11.3"
    ]
    assert not list(audit.vulnerable([package(audit, "11.3.0")], known))


@pytest.mark.parametrize("licence", ["MIT", "BSD License", "Apache-2.0", "Apache License 2.0"])
def test_permissive_licences(audit: ModuleType, licence: str) -> None:
    """The usual spellings of permissive licences pass."""
    assert not list(audit.not_permissive([package(audit, "1", licence)]))


@pytest.mark.parametrize("licence", ["GPL-3.0-only", "GNU General Public License v3 (GPLv3)", "x"])
def test_other_licences(audit: ModuleType, licence: str) -> None:
    """One that asks more of users is found, and one that nobody knows."""
    assert list(audit.not_permissive([package(audit, "1", licence)]))
    assert list(audit.not_permissive([audit.Installed("a", Version("1"), ())]))


@pytest.mark.parametrize(
    ("fields", "found"),
    [
        ({"License-Expression": "MIT AND (BSD-3-Clause OR Zlib)"}, ["MIT", "BSD-3-Clause", "Zlib"]),
        ({"Classifier": "License :: OSI Approved :: MIT License"}, ["MIT License"]),
        ({"License": "BSD-3-Clause\nlong text"}, ["BSD-3-Clause"]),
        ({"Classifier": "License :: OSI Approved", "License": "MIT"}, ["MIT"]),
        ({}, []),
    ],
)
def test_where_licences_are_told(
    audit: ModuleType, fields: dict[str, str], found: list[str]
) -> None:
    """The expression counts before classifiers, and these before the text."""
    message = Message()
    for key, value in fields.items():
        message[key] = value
    assert audit.licences(message) == found


def test_what_pip_audit_says(audit: ModuleType) -> None:
    """A fault in its JSON is a finding; a package that it could not look at is none."""
    told = {"dependencies": [
        {"name": "a", "version": "1", "vulns": [{"id": "X-1"}]},
        {"name": "b", "version": "2", "vulns": []},
        {"name": "c", "skip_reason": "not on the index"},
    ]}  # fmt: skip
    assert list(audit.audited(told)) == ["a 1 has X-1"]


def test_this_repository(audit: ModuleType) -> None:
    """What pyproject.toml allows has no known fault, and the tree is found whole."""
    advisories = audit.read_advisories((ROOT / "scripts/advisories.toml").read_text("utf-8"))
    pyproject = (ROOT / "pyproject.toml").read_text("utf-8")
    declared = audit.requirements(pyproject)
    assert list(audit.too_low(declared, advisories)) == []
    assert all(re.fullmatch(r"CVE-\d{4}-\d+", each.id) for each in advisories)
    names = {each.name for each in audit.tree(audit.distribution(pyproject), audit.SHIPPED)}
    assert {"pillow", "urllib3", "botocore", "scipy"} <= names
