"""What flags and variables say in place of the file, and settings that are not read yet."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import msgspec

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from mediakit.config.config import Config


class Overrides(msgspec.Struct, frozen=True):
    """Settings that flags and environment variables give; None where they give none."""

    target: str | None = None
    jobs: int | None = None
    unpublished: bool = False
    max_delete: str | None = None
    executor: str | None = None
    source: str | None = None
    s3_endpoint: str | None = None
    s3_region: str | None = None
    s3_profile: str | None = None
    s3_acl: str | None = None


def setting_of(override: str) -> str:
    """Return the dotted key of the setting that a field of `Overrides` is for."""
    return override.replace("s3_", "s3.", 1)


class UnreadConfig(NamedTuple):
    """The settings of the site at `root`, read when somebody needs them."""

    root: Path
    overrides: Overrides
    read: Callable[[], Config]
    """Raises ConfigError, or UsageError where this is no site."""
