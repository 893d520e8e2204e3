"""The one error tree.

MediakitError            everything that mediakit raises on purpose
├── UsageError           the command line, the configuration or the target is wrong (exit 2)
│   ├── ConfigError      mediakit.toml or _config.yml, with file and line
│   ├── TargetError      the target cannot be read or may not be used
│   ├── SiteLockedError  another mediakit is at work on the site
│   └── StalePlanError   the site is no longer as it was when the plan was made
├── CacheError           what has to be noted before a file is written could not be
└── ManifestError        one content file cannot be read; the others go on

Pictures that fail are values (`model.Failure`), not exceptions: workers on another
machine return them.
"""

from __future__ import annotations


class MediakitError(Exception):
    """Anything mediakit raises on purpose; `hint` says what to do about it."""

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message, hint)
        self.message = message
        self.hint = hint

    def __str__(self) -> str:
        return self.message


class UsageError(MediakitError):
    """Bad usage, configuration or target: nothing was done."""


class ConfigError(UsageError):
    """A configuration file is wrong; the message starts with its name and line."""


class TargetError(UsageError):
    """The target cannot be read, or a safety rule refuses to write there."""


class SiteLockedError(UsageError):
    """Another mediakit is at work on the site; it can be tried again later."""


class StalePlanError(UsageError):
    """What a plan says is no longer what is to be done: nothing was done; plan again."""


class CacheError(MediakitError):
    """The cache could not take what has to be there before a file is written."""


class ManifestError(MediakitError):
    """A content file cannot be read; `line` counts from 1 in that file, None where unknown."""

    def __init__(self, code: str, message: str, line: int | None = None, hint: str = "") -> None:
        super().__init__(message, hint)
        self.args = (code, message, line, hint)
        self.code = code
        self.line = line
