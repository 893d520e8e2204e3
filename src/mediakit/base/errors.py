"""The errors that mediakit raises.

MediakitError            any error that mediakit raises on purpose
├── UsageError           the command line, the configuration or the target is wrong (exit 2)
│   ├── ConfigError      mediakit.toml or _config.yml, with file and line
│   ├── TargetError      the target cannot be read or may not be used
│   ├── SiteLockedError  another mediakit is at work on the site
│   └── StalePlanError   the site is no longer as it was when the plan was made
├── CacheError           a row that must be in the cache before a file is written is not
└── ManifestError        one content file cannot be read; the run goes on with the others

Pictures that fail are values (`model.Failure`), not exceptions: workers on another
machine return them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable


class MediakitError(Exception):
    """An error that mediakit raises on purpose; `hint` says what to do about it.

    `at_desk` says so to somebody at the desk, where a command line is no answer.
    """

    def __init__(self, message: str, hint: str = "", *, at_desk: str | None = None) -> None:
        super().__init__(message, hint)
        self.message = message
        self.hint = hint
        self.at_desk = hint if at_desk is None else at_desk

    def __str__(self) -> str:
        return self.message


class UsageError(MediakitError):
    """Bad usage, configuration or target: nothing was done."""


class ConfigError(UsageError):
    """A configuration file is wrong; the message starts with its name and line."""


class TargetError(UsageError):
    """The target cannot be read, or a safety rule refuses to write there."""


class SiteLockedError(UsageError):
    """Another mediakit is at work on the site; try again later."""


class StalePlanError(UsageError):
    """The site changed after the plan was made: nothing was done; plan again."""


class CacheError(MediakitError):
    """The cache could not take a row that must be there before a file is written."""


class ManifestError(MediakitError):
    """A content file cannot be read; `line` counts from 1 in that file, None where unknown."""

    def __init__(self, code: str, message: str, line: int | None = None, hint: str = "") -> None:
        super().__init__(message, hint)
        self.args = (code, message, line, hint)
        self.code = code
        self.line = line


def with_extra(extra: str, version: str = "") -> str:
    """Return the hint to install an extra, or two ("align,clips"), however mediakit came."""
    extras = f"extras {extra.replace(',', ' and ')}" if "," in extra else f"extra {extra}"
    return f"install mediakit{version and f' {version}'} with the {extras} (README, Install)"


def require_extra(what: str, extra: str, *modules: str) -> None:
    """Raise a UsageError where a module is missing that `what`, such as "cards", need."""
    from importlib.util import find_spec  # noqa: PLC0415 - few runs need an extra

    if any(find_spec(each) is None for each in modules):
        raise UsageError(f"{what} need more than mediakit alone", with_extra(extra))


def did_you_mean(given: str, known: Iterable[str]) -> str:
    """Return `did you mean X?` with the known words nearest to `given`, empty if there is none."""
    from difflib import get_close_matches  # noqa: PLC0415 - on the way out only

    like = {each.casefold(): each for each in known}
    near = get_close_matches(given.casefold(), like, n=3, cutoff=0.6)
    return f"did you mean {' or '.join(like[each] for each in near)}?" if near else ""
