"""Turn `[theme] data` on and off in `mediakit.toml`, all else byte for byte."""

from __future__ import annotations

import re
import tomllib
from typing import TYPE_CHECKING

from mediakit.config.file import CONFIG_FILE as SETTINGS_FILE

if TYPE_CHECKING:
    from mediakit.config.config import Config

__all__ = ["SETTINGS_FILE", "with_data", "without_data"]

_HEADER = re.compile(r"^[ \t]*\[[ \t]*theme[ \t]*\][ \t]*(#.*)?$", re.MULTILINE)
_OWN = re.compile(r"\n?^\[theme\]\r?\ndata = true\r?\n", re.MULTILINE)
_LINE = "data = true"


def with_data(config: Config, before: bytes | None) -> bytes | None:
    """Return the settings with the documents on, None where they are to be changed by hand."""
    if config.theme.data:
        return before or b""
    if config.file.given and config.file.name != SETTINGS_FILE:
        return None
    text = (before or b"").decode()
    line_end = "\r\n" if "\r\n" in text else "\n"
    header = _HEADER.search(text)
    if header is None:
        gap = line_end if text and not text.endswith("\n") else ""
        above = line_end if text else ""
        return _checked(f"{text}{gap}{above}[theme]{line_end}{_LINE}{line_end}", wanted=True)
    at = header.end() - (header[0].endswith("\r"))
    return _checked(f"{text[:at]}{line_end}{_LINE}{text[at:]}", wanted=True)


def without_data(config: Config, before: bytes | None) -> bytes | None:
    """Return the settings as they were before `with_data`, None where that cannot be told."""
    if not config.theme.data:
        return before or b""
    return _checked(_OWN.sub("", (before or b"").decode(), count=1), wanted=False)


def _checked(text: str, *, wanted: bool) -> bytes | None:
    try:
        theme = tomllib.loads(text).get("theme", {})
    except tomllib.TOMLDecodeError:  # `data` is there twice
        return None
    return text.encode() if theme.get("data", False) is wanted else None
