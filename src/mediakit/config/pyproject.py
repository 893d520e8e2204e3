"""Settings in `pyproject.toml`: its table `[tool.mediakit]`, where it has one.

Such a file is another program's too. One that says nothing of mediakit is never read as TOML, and
none of its mistakes are told.
"""

from __future__ import annotations

import re
import tomllib
from typing import TYPE_CHECKING

from mediakit.base.errors import ConfigError
from mediakit.base.regular_file import MOST_SETTINGS_BYTES, read_regular

if TYPE_CHECKING:
    from pathlib import Path

PYPROJECT = "pyproject.toml"
TABLE = "tool.mediakit"

_HEADER = re.compile(r"^[ \t]*\[+[ \t]*tool[ \t]*\.[ \t]*[\"\']?mediakit\b", re.MULTILINE)


def own_table(text: str) -> int:
    """Return the line of the first header of mediakit's, 0 where there is no such table."""
    if "mediakit" not in text:
        return 0
    header = _HEADER.search(text)
    line = text.count("\n", 0, header.start()) + 1 if header else 1
    try:
        tool = tomllib.loads(text).get("tool", {})
    except tomllib.TOMLDecodeError:
        return line if header else 0
    return line if isinstance(tool, dict) and "mediakit" in tool else 0


def has_own_table(folder: Path) -> bool:
    """Return whether the `pyproject.toml` of a folder has settings of mediakit."""
    return bool(own_table(read_text(folder / PYPROJECT, strict=False) or ""))


def read_text(path: Path, *, strict: bool = True) -> str | None:
    """Return the text of a file of settings with Unix ends of lines, None where there is no file.

    Raises:
        ConfigError: it cannot be read, and that is `strict`ly mediakit's matter.
    """
    try:
        return read_regular(path, MOST_SETTINGS_BYTES).decode("utf-8-sig").replace("\r\n", "\n")
    except FileNotFoundError:
        return None
    except OSError as error:
        if not strict:
            return None
        raise ConfigError(f"{path.name}: {error.strerror}") from error
    except UnicodeDecodeError as error:
        if not strict:
            return None
        raise ConfigError(f"{path.name}: not UTF-8", "save the file as UTF-8") from error
