"""The rules about what only the bytes of sources tell: active SVGs, and slips."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mediakit.base.model import Problem, Severity
from mediakit.sync.picture_problems import slipped

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


def picture_slip(facts: Facts) -> Iterator[Problem]:
    """Yield the pictures that are read although something in their files is wrong."""
    left = dict(facts.slips)
    for manifest in facts.manifests:
        for image in manifest.images:
            slips = left.pop(image.source or "", ())
            if slips and image.source is not None:
                yield slipped((manifest.path, image.line), image.source, slips)
