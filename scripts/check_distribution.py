"""Looks into a wheel and an sdist: `python scripts/check_distribution.py WHEEL SDIST`.

Prints what must be inside and is not, what must not be and is, and what is too heavy; then the
exit code is 1.
"""

from __future__ import annotations

import subprocess
import sys
import tarfile
import zipfile
from email import message_from_bytes
from fnmatch import fnmatchcase
from glob import escape
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

ROOT = Path(__file__).resolve().parent.parent
WHEEL_NEEDS = (
    "mediakit/__init__.py",
    "mediakit/__main__.py",
    "mediakit/py.typed",
    "mediakit/cli/main.py",
    "mediakit/library/site.py",
    "mediakit_gallery-*.dist-info/METADATA",
    "mediakit_gallery-*.dist-info/entry_points.txt",
    "mediakit_gallery-*.dist-info/licenses/LICENSE",
)
WHEEL_HAS_ONLY = (
    "mediakit/*",
    "mediakit_gallery-*.dist-info/*",
)
NOWHERE = (
    "*.pyc", "*/__pycache__/*", "*.db", "*.orig", "*.log", "*/.mediakit/*", "*/.venv/*",
    "*.egg-info/*", "*/.git/*", "*.env", "*.pem",
)  # fmt: skip
METADATA = (
    "Name", "Version", "Summary", "Author", "License-Expression", "License-File", "Keywords",
    "Requires-Python", "Description-Content-Type", "Classifier", "Provides-Extra",
)  # fmt: skip
WHEEL_BYTES, SDIST_BYTES = 1_100_000, 5_000_000
"""The wheel is code and a page; the sdist has the sample pictures and the tests too."""


def main() -> int:
    """Look into both, and print what is wrong."""
    wheel, sdist = map(Path, sys.argv[1:])
    wrong = [*wheel_faults(wheel), *sdist_faults(sdist)]
    for each in wrong:
        print(each, file=sys.stderr)
    if not wrong:
        for path in (wheel, sdist):
            print(f"{path.name}: {path.stat().st_size:,} bytes, nothing missing, nothing amiss")
    return int(bool(wrong))


def wheel_faults(path: Path) -> Iterator[str]:
    """Yield what is wrong with a wheel."""
    with zipfile.ZipFile(path) as file:
        names = [each for each in file.namelist() if not each.endswith("/")]
        (metadata,) = (each for each in names if fnmatchcase(each, "*.dist-info/METADATA"))
        fields = message_from_bytes(file.read(metadata))
    yield from _faults(path, names, WHEEL_NEEDS, WHEEL_BYTES)
    for name in names:
        if not any(fnmatchcase(name, glob) for glob in WHEEL_HAS_ONLY):
            yield f"{path.name}: {name} does not belong there"
    sources = (ROOT / "src").rglob("*")
    code = {each.relative_to(ROOT / "src").as_posix() for each in sources if each.is_file()}
    for name in sorted(code - set(names)):
        if "__pycache__" not in name:
            yield f"{path.name}: {name} is missing"
    for field in METADATA:
        if not fields.get(field):
            yield f"{path.name}: the metadata have no {field}"


def sdist_faults(path: Path) -> Iterator[str]:
    """Yield what is wrong with an sdist."""
    with tarfile.open(path) as file:
        names = [each.name.partition("/")[2] for each in file if each.isfile()]
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, check=True, capture_output=True)
    tracked = listed.stdout.decode().split("\0")[:-1]
    yield from _faults(path, names, ("PKG-INFO", *map(escape, tracked)), SDIST_BYTES)


def _faults(path: Path, names: list[str], needs: Iterable[str], most: int) -> Iterator[str]:
    for glob in needs:
        if not any(fnmatchcase(name, glob) for name in names):
            yield f"{path.name}: {glob} is missing"
    for name in names:
        if any(fnmatchcase(f"/{name}", glob) for glob in NOWHERE):
            yield f"{path.name}: {name} must not be there"
    size = path.stat().st_size
    if size > most:
        yield f"{path.name}: {size:,} bytes, more than {most:,}"


if __name__ == "__main__":
    sys.exit(main())
