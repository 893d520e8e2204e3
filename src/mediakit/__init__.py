"""Manage the pictures and videos of an exercise site.

For scripts: `from mediakit import Site`, then `Site.open("folder of the site")`. What is
exported here is the library, and stays as it is within a major version.
"""

TYPE_CHECKING = False
"""True to type checkers; `typing` itself would be most of what `import mediakit` takes."""

__all__ = [
    "Action",
    "ConfigError",
    "DuplicateGroup",
    "Exercise",
    "Kind",
    "MediakitError",
    "Outcome",
    "Picture",
    "Place",
    "Plan",
    "Problem",
    "Reason",
    "Result",
    "Role",
    "Severity",
    "Site",
    "SiteLockedError",
    "StalePlanError",
    "StaleVariants",
    "Status",
    "Summary",
    "TargetError",
    "UsageError",
    "Use",
    "Variant",
    "Video",
    "__version__",
]

if TYPE_CHECKING:
    from mediakit.base.actions import (
        Action,
        Kind,
        Outcome,
        Place,
        Plan,
        Reason,
        Result,
        StaleVariants,
        Status,
        Summary,
    )
    from mediakit.base.errors import (
        ConfigError,
        MediakitError,
        SiteLockedError,
        StalePlanError,
        TargetError,
        UsageError,
    )
    from mediakit.base.model import Problem, Role, Severity
    from mediakit.base.version import __version__
    from mediakit.library.site import DuplicateGroup, Site
    from mediakit.library.values import Exercise, Picture, Use, Variant, Video
else:  # out of the sight of type checkers, which would take any name for one of the module's
    _HOMES = {
        "base.actions": "Action Kind Outcome Place Plan Reason Result StaleVariants Status Summary",
        "base.errors": (
            "ConfigError MediakitError SiteLockedError StalePlanError TargetError UsageError"
        ),
        "base.model": "Problem Role Severity",
        "base.version": "__version__",
        "library.values": "Exercise Picture Use Variant Video",
        "library.site": "DuplicateGroup Site",
    }

    def __getattr__(name: str) -> object:
        """Import what is asked for: `import mediakit` alone loads nothing (PEP 562)."""
        from importlib import import_module  # noqa: PLC0415 - the program does without

        for home, names in _HOMES.items():
            if name in names.split():
                return getattr(import_module(f"mediakit.{home}"), name)
        raise AttributeError(f"module 'mediakit' has no attribute {name!r}")

    def __dir__() -> list[str]:
        return sorted({*globals(), *__all__})
