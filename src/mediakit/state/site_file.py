"""Files of mediakit's own in a site: the catalog, and what is kept beside it."""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from mediakit.base.errors import UsageError
from mediakit.base.regular_file import read_regular
from mediakit.base.writer import hint_of

if TYPE_CHECKING:
    from mediakit.base.writer import Writer
    from mediakit.config.config import Config


def beside_catalog(config: Config, name: str) -> str:
    """Return the site path of a file that is kept beside the catalog."""
    return str(PurePosixPath(config.catalog).with_name(name))


def read_file(config: Config, path: str) -> bytes | None:
    """Read the file at a site path, None where there is none; raises UsageError."""
    try:
        return read_regular(config.root / path)
    except FileNotFoundError:
        return None
    except OSError as error:
        raise UsageError(
            f"{path}: cannot be read: {error.strerror}", "see to its rights, then run again"
        ) from error


def write_file(config: Config, path: str, data: bytes, writer: Writer) -> None:
    """Write the file at a site path so that a crash leaves it old or new; raises UsageError."""
    try:
        writer.write(config.root / path, data, durable=True)
    except OSError as error:
        raise UsageError(f"{path}: cannot be written: {error.strerror}", hint_of(error)) from error


def write_changed(config: Config, path: str, data: bytes, writer: Writer) -> None:
    """Write the file at a site path, unless these bytes are there already; raises UsageError."""
    if read_file(config, path) != data:
        write_file(config, path, data, writer)
