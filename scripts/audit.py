"""What mediakit depends on: declared ranges, known advisories, licences; pip-audit where it can be.

Everything but the last works without a network. Run as `scripts/audit`.
"""

from __future__ import annotations

import importlib.util
import json
import re
import subprocess
import sys
import tomllib
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING, cast

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from email.message import Message

ROOT = Path(__file__).parents[1]
SHIPPED = ("align", "cards", "clips", "dask", "desk", "heif", "sheets", "watch")
"""The extras for users; the others are for working on mediakit."""

_PERMISSIVE = re.compile(
    r"0BSD|Apache Software License|Apache[- ](?:License[, ]*(?:Version )?)?2\.0"
    r"|BSD(?:-[0-9]-Clause)?|(?:[23]-[Cc]lause )?BSD(?: License)?|CC0-1\.0|HPND"
    r"|ISC(?: License.*)?|OFL-1\.1|MIT(?:-CMU)?(?: License)?|MPL-2\.0"
    r"|Mozilla Public License 2\.0 \(MPL 2\.0\)|PSF-2\.0|Python-2\.0"
    r"|Python Software Foundation License|The Unlicense.*|Unlicense|Zlib|zlib"
)
"""Licences that let mediakit be used for anything. The MPL asks for its own files only."""

_WEIGHED = frozenset({"fpdf2", "pyphen"})
"""Packages of extras that ask for their own files only: MPL or LGPL, by choice or alone."""


@dataclass(frozen=True, slots=True)
class Advisory:
    """A fault of a package, and the version in which it is mended."""

    package: str
    fixed: Version
    id: str
    what: str

    @property
    def name(self) -> str:
        """The fault in words."""
        return f"{self.id} ({self.what}), mended in {self.fixed}"


@dataclass(frozen=True, slots=True)
class Installed:
    """A package that is there: its name, version, licences and requirements."""

    name: str
    version: Version
    licences: tuple[str, ...]


def main() -> int:
    """Print what is wrong; returns 1 if something is."""
    advisories = read_advisories((ROOT / "scripts/advisories.toml").read_text("utf-8"))
    pyproject = (ROOT / "pyproject.toml").read_text("utf-8")
    name = distribution(pyproject)
    declared = [each for each in requirements(pyproject) if each.name != name]
    there = list(tree(name, SHIPPED))
    wrong = [
        *([] if there else [f"{name} is not installed here, so nothing was looked at"]),
        *_pip_check(),
        *too_low(declared, advisories),
        *vulnerable(there, advisories),
        *not_permissive(there),
        *_pip_audit(),
    ]
    for line in wrong:
        print(f"audit: {line}")
    print(f"audit: {len(there)} packages, {len(advisories)} advisories, {len(wrong)} findings")
    return int(bool(wrong))


def read_advisories(text: str) -> list[Advisory]:
    """Return the advisories of the file."""
    return [
        Advisory(
            canonicalize_name(each["package"]), Version(each["fixed"]), each["id"], each["what"]
        )
        for each in tomllib.loads(text)["advisory"]
    ]


def distribution(pyproject: str) -> str:
    """Return the name of the distribution that a pyproject.toml is of."""
    return str(tomllib.loads(pyproject)["project"]["name"])


def requirements(pyproject: str) -> list[Requirement]:
    """Return what a pyproject.toml asks for, for users."""
    project = tomllib.loads(pyproject)["project"]
    extras = project.get("optional-dependencies", {})
    texts = [*project["dependencies"], *(each for name in SHIPPED for each in extras.get(name, ()))]
    return [Requirement(text) for text in texts]


def too_low(declared: Iterable[Requirement], advisories: Iterable[Advisory]) -> Iterator[str]:
    """Yield each requirement that allows a version with a known fault, or any version at all."""
    known = list(advisories)
    for requirement in declared:
        lows = [Version(each.version) for each in requirement.specifier if each.operator == ">="]
        if not lows:
            yield f"{requirement.name}: pyproject.toml gives no lowest version"
            continue
        name, low = canonicalize_name(requirement.name), max(lows)
        for each in known:
            if each.package == name and low < each.fixed:
                yield f"{requirement.name}>={low} allows {each.name}"


def vulnerable(there: Iterable[Installed], advisories: Iterable[Advisory]) -> Iterator[str]:
    """Yield each package that is installed in a version with a known fault."""
    known = list(advisories)
    for package in there:
        for each in known:
            if each.package == package.name and package.version < each.fixed:
                yield f"{package.name} {package.version} has {each.name}"


def not_permissive(there: Iterable[Installed]) -> Iterator[str]:
    """Yield each package whose licence is unknown, or asks more of its users."""
    for package in there:
        if package.name in _WEIGHED:
            continue
        if not package.licences:
            yield f"{package.name} {package.version} does not say its licence"
        for licence in package.licences:
            if not _PERMISSIVE.fullmatch(licence):
                yield f"{package.name} {package.version}: licence {licence!r} is not on the list"


def tree(name: str, extras: Iterable[str] = ()) -> Iterator[Installed]:
    """Yield what a distribution needs, itself left out, as far as it is installed."""
    seen: set[str] = set()
    queue = [(canonicalize_name(name), frozenset(extras))]
    while queue:
        wanted, chosen = queue.pop()
        try:
            found = metadata.distribution(wanted)
        except metadata.PackageNotFoundError:
            continue  # for another platform, or an extra that is not there
        if wanted not in seen and wanted != canonicalize_name(name):
            yield Installed(
                wanted, Version(found.version), tuple(licences(cast("Message", found.metadata)))
            )
        seen.add(wanted)
        for text in found.requires or ():
            need = Requirement(text)
            inner = canonicalize_name(need.name)
            marked = need.marker is None or any(
                need.marker.evaluate({"extra": extra}) for extra in ("", *chosen)
            )
            if marked and inner not in seen:
                queue.append((inner, frozenset(need.extras)))


def licences(fields: Message) -> list[str]:
    """Return the licences that a distribution names: an expression, else classifiers, else text."""
    expression = fields.get("License-Expression")
    if not expression:
        classified = [
            each.rpartition(" :: ")[2]
            for each in fields.get_all("Classifier") or ()
            if each.startswith("License :: ") and not each.endswith("OSI Approved")
        ]
        if classified:
            return classified
        expression = str(fields.get("License") or "").partition("\n")[0].strip()
    return [
        each.strip("() ") for each in re.split(r" (?:AND|OR) ", expression) if each.strip("() ")
    ]


def _pip_check() -> list[str]:
    done = subprocess.run(
        [sys.executable, "-m", "pip", "check", "--disable-pip-version-check"],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    return [] if done.returncode == 0 else done.stdout.splitlines()


def _pip_audit() -> list[str]:
    if importlib.util.find_spec("pip_audit") is None:
        print("audit: pip-audit is not installed: skipped")
        return []
    done = subprocess.run(
        [sys.executable, "-m", "pip_audit", "--format", "json", "--progress-spinner", "off"],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    try:
        told = json.loads(done.stdout)
    except ValueError:
        print("audit: the advisory service does not answer: pip-audit skipped")
        return []
    return list(audited(told))


def audited(told: dict[str, list[dict[str, object]]]) -> Iterator[str]:
    """Yield what pip-audit has found, from its JSON."""
    for package in told["dependencies"]:
        faults = package.get("vulns", ())
        for fault in faults if isinstance(faults, list) else ():
            yield f"{package['name']} {package['version']} has {fault['id']}"


if __name__ == "__main__":
    sys.exit(main())
