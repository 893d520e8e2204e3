"""What makes the same pictures: the versions that machines have to agree on."""

from __future__ import annotations

import sys
from importlib.metadata import PackageNotFoundError, version

from mediakit.base.version import __version__

_PACKAGES = ("pillow", "cykooz-resizer", "numpy", "pillow-heif", "distributed")


def build() -> dict[str, str]:
    """Return the versions here of all that decides a variant's bytes, or how tasks travel."""
    python = f"{sys.version_info.major}.{sys.version_info.minor}"
    packages = {name: _version(name) for name in _PACKAGES}
    return {"python": python, "mediakit": __version__, **packages}


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return "not installed"
