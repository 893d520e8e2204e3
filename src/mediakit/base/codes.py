"""The codes of problems: severity, meaning and advice of each, one row a code in codes.toml."""

from __future__ import annotations

import msgspec


class ProblemCode(msgspec.Struct, frozen=True):
    """What `mediakit explain` says of a code; the severity may be `error or warning`.

    `check --fix` mends what is `fixed`.
    """

    severity: str
    meaning: str
    advice: str
    fixed: bool = False


def problem_codes() -> dict[str, ProblemCode]:
    """Return the rows of all codes, in the order of their names."""
    import tomllib  # noqa: PLC0415 - most runs tell no code
    from importlib import resources  # noqa: PLC0415

    text = (resources.files("mediakit") / "base" / "codes.toml").read_text("utf-8")
    return {code: ProblemCode(**row) for code, row in sorted(tomllib.loads(text).items())}
