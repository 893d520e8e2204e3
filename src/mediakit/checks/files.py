"""What only the bytes of files tell, and its rules: slips, active SVGs, places and cameras."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

from mediakit.base.files import DiskFile, read_observed
from mediakit.base.formats import is_vector
from mediakit.base.model import Problem, Severity
from mediakit.images.frames import slips_in
from mediakit.images.vector import active_parts
from mediakit.state.documents import TypedReader
from mediakit.sync.picture_problems import how_to_take_out, location_problem, slipped

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mediakit.checks.facts import Facts
    from mediakit.images.private import Told
    from mediakit.state.cache import Cache
    from mediakit.sync.observe import ObservedSite

_WORDS = TypedReader(tuple[str, ...])
_TELLER = "slips 1"
"""Raised by hand when something else is told of the same file."""


def told_by_files(site: ObservedSite, cache: Cache) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Yield the sources of which something is to be told, with what: each file is read once."""
    known = cache.parsed("reading", _TELLER, _WORDS, "slips")
    for path in sorted(site.known.pictures):
        file = site.files.get(path)
        if not isinstance(file, DiskFile):
            continue
        told = known.get(file)
        if told is None:
            with contextlib.suppress(OSError):  # the problems of the site say why
                told = (active_parts if is_vector(path) else slips_in)(read_observed(file))
                known.put(file, told)
        if told:
            yield path, told
    known.flush()


def active_svg(facts: Facts) -> Iterator[Problem]:
    """Yield the SVGs that hold scripts, addresses on other hosts, or notes of their program."""
    for path, parts in sorted(facts.active_svgs.items()):
        yield Problem(
            path, 0, "active-svg", Severity.WARNING, f"this SVG holds {', '.join(parts)}",
            "mediakit check --fix takes that out; or save it as a plain SVG in the drawing program",
        )  # fmt: skip


def picture_slip(facts: Facts) -> Iterator[Problem]:
    """Yield the pictures that are read although something in their files is wrong."""
    left = dict(facts.slips)
    for manifest in facts.manifests:
        for image in manifest.images:
            slips = left.pop(image.source or "", ())
            if slips and image.source is not None:
                yield slipped((manifest.path, image.line), image.source, slips)


def private_pictures(facts: Facts) -> Iterator[tuple[str, Told, tuple[str, int]]]:
    """Yield the pictures that tell something, and the place that names each.

    Those are left out whose pages all suppress what there is to say.
    """
    ignored = {each.path: each.text.ignored for each in facts.manifests}
    for path, told in sorted(facts.told.items()):
        uses = facts.uses.get(path) or [(path, 0)]
        left = [use for use in uses if code_of(told) not in ignored.get(use[0], ())]
        if left:
            yield path, told, left[0]


def code_of(told: Told) -> str:
    """Return the code of what a picture tells, the worst first."""
    return "has-location" if told.place else "has-camera"


def private_data(facts: Facts) -> Iterator[Problem]:
    """Yield the pictures that tell where they were taken, else which camera took them."""
    for path, told, (page, line) in private_pictures(facts):
        if told.place:
            yield location_problem(page, line, path, stays=not told.sha256)
            continue
        camera = f"its camera ({told.camera})" if told.camera else ""
        what = ", ".join(each for each in (camera, *told.more) if each)
        hint = how_to_take_out(path)
        yield Problem(path, 0, "has-camera", Severity.NOTE, f"the file holds {what}", hint)
