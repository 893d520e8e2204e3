"""The rule about SVGs: they are published as they are, with whatever they hold."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mediakit.base.model import Problem, Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mediakit.checks.facts import Facts


def active_svg(facts: Facts) -> Iterator[Problem]:
    """Yield the SVGs that hold scripts, addresses on other hosts, or notes of their program."""
    for path, parts in sorted(facts.active_svgs.items()):
        yield Problem(
            path, 0, "active-svg", Severity.WARNING, f"this SVG holds {', '.join(parts)}",
            "save it as a plain or optimised SVG in the drawing program, or with SVGO",
        )  # fmt: skip
