"""What to do about each variant, and why."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import msgspec

from mediakit.base.actions import Action, Kind, Place, Plan, Reason
from mediakit.base.formats import format_of
from mediakit.base.model import Problem, Severity
from mediakit.images.geometry import Fit

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from mediakit.base.artifacts import Picture
    from mediakit.base.products import VariantRecord
    from mediakit.images.preset import Preset
    from mediakit.sync.products import Wanted


class OutputState(msgspec.Struct, frozen=True, gc=False):
    """A variant on disk: its digest, and what its pixels say where the digest is unknown to us.

    `format` is Pillow's name of the bytes' format, empty where nobody looked.
    """

    sha256: str
    width: int = 0
    height: int = 0
    whole: bool = True
    bytes: int = 0
    format: str = ""


@dataclass(frozen=True, slots=True)
class Known:
    """Everything about variants that planning looks at.

    `records` is the catalog, `journal` what unfinished runs wrote, by path and digest;
    `outputs` are the variants on disk, `pictures` the sources, each by site path. `describe`:
    the look of each picture is to be known.
    """

    wanted: Mapping[str, Wanted]
    pictures: Mapping[str, Picture]
    outputs: Mapping[str, OutputState]
    records: Mapping[str, VariantRecord]
    presets: Mapping[str, Preset]
    journal: Mapping[tuple[str, str], VariantRecord] = field(default_factory=dict)
    describe: bool = False

    def record(self, path: str) -> VariantRecord | None:
        """Return what is known of the bytes that are now at `path`, else the catalog's record."""
        output = self.outputs.get(path)
        recorded = self.records.get(path)
        if output is None or (recorded is not None and recorded.sha256 == output.sha256):
            return recorded
        return self.journal.get((path, output.sha256), recorded)


def plan_variants(known: Known, *, force: bool = False) -> Plan:
    """Decide on each wanted variant, and report those that nobody wants any more.

    Pictures of unknown look come last. Equal inputs give equal plans: actions are in the order
    of their paths.
    """
    actions, problems = [], []
    fingerprints = _Fingerprints(known.presets)
    for path in sorted(known.wanted):
        wanted = known.wanted[path]
        reason = Reason.FORCED if force else _reason(path, wanted, known, fingerprints)
        kind = Kind.KEEP if reason in _KEPT else Kind.MAKE
        actions.append(Action(kind, Place.SITE, path, reason, wanted.source, wanted.preset))
        if reason is Reason.ALTERED:
            problems.append(_altered(path, wanted))
    for path in sorted(path for path in known.records if path not in known.wanted):
        record = known.records[path]
        if path in known.outputs:
            actions.append(
                Action(Kind.KEEP, Place.SITE, path, Reason.ORPHANED, record.source, record.preset)
            )
    return Plan((*actions, *_descriptions(known, force=force)), tuple(problems))


class _Fingerprints:
    """Fingerprints of presets: of all variants in one format they are the same."""

    def __init__(self, presets: Mapping[str, Preset]) -> None:
        self._presets = presets
        self._known: dict[tuple[str, str], str] = {}

    def of(self, preset: str, path: str) -> str:
        """Return the fingerprint of a variant at `path`."""
        kind = format_of(path)
        key = preset, kind.name if kind else ""
        found = self._known.get(key)
        if found is None:
            found = self._known[key] = self._presets[preset].fingerprint(path)
        return found


def _descriptions(known: Known, *, force: bool) -> Iterator[Action]:
    if not known.describe:
        return
    reason = Reason.FORCED if force else Reason.NEW
    found = (
        path for path, each in known.pictures.items() if each.width and (force or not each.colour)
    )
    for path in sorted(found):
        yield Action(Kind.DESCRIBE, Place.SITE, path, reason, path)


_KEPT = frozenset({Reason.UP_TO_DATE, Reason.ADOPTED, Reason.ALTERED})


def _reason(  # noqa: PLR0911 - one a reason
    path: str, wanted: Wanted, known: Known, fingerprints: _Fingerprints
) -> Reason:
    """Return the first reason that applies; the order is part of the contract."""
    output = known.outputs.get(path)
    record = known.record(path)
    if output is None:
        return Reason.NEW if record is None else Reason.OUTPUT_MISSING
    if not output.whole:
        return Reason.OUTPUT_DAMAGED
    picture = known.pictures[wanted.source]
    if record is None:
        preset = known.presets[wanted.preset]
        return Reason.ADOPTED if _has_size(output, preset, picture) else Reason.WRONG_SIZE
    if record.sha256 != output.sha256:
        return Reason.ALTERED
    if record.source != wanted.source or record.source_sha256 != picture.sha256:
        return Reason.SOURCE_CHANGED
    if record.fingerprint != fingerprints.of(wanted.preset, path):
        return Reason.PRESET_CHANGED
    return Reason.UP_TO_DATE


def _has_size(output: OutputState, preset: Preset, picture: Picture) -> bool:
    """Return whether a file of unknown origin passes for the variant.

    Where the width alone is asked, others may have rounded the height otherwise.
    """
    width, height = preset.place(picture.width, picture.height).size
    return output.width == width and (preset.fit is Fit.WIDTH or output.height == height)


def _altered(path: str, wanted: Wanted) -> Problem:
    return Problem(
        wanted.manifest,
        wanted.line,
        "altered-by-hand",
        Severity.WARNING,
        f"{path} was changed by hand and is kept as it is",
        f"to make it anew: mediakit generate --force --only '{path}'",
    )
