"""The JSON documents of commands that change files or look something up, as types.

Their JSON Schemas in `docs/reference/schemas/`, and their tables in `docs/reference/json.md`, are
made of these types. `result`, `list`, `videos` and `dupes` are in `as_json.py` and its like.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Literal

import msgspec
from msgspec import Meta

from mediakit.base.model import Severity
from mediakit.report.text import json_text

if TYPE_CHECKING:
    from collections.abc import Iterable

    from mediakit.base.model import Problem

VERSION: Literal[1] = 1

Path = Annotated[str, Meta(min_length=1)]
Count = Annotated[int, Meta(ge=0)]


class Document(msgspec.Struct, frozen=True, kw_only=True):
    """A document: all have their version."""

    version: Literal[1] = VERSION


class ProblemEntry(msgspec.Struct, frozen=True, kw_only=True):
    """A problem that was found."""

    path: str
    line: int | None
    code: str
    severity: Severity
    message: str
    hint: str


class SeverityCounts(msgspec.Struct, frozen=True, kw_only=True):
    """How many problems there are of each severity."""

    error: Annotated[Count, Meta(description="How many errors.")]
    warning: Annotated[Count, Meta(description="How many warnings.")]


class MendedEntry(msgspec.Struct, frozen=True, kw_only=True):
    """What `check --fix` did before it looked."""

    pages: Annotated[list[Path], Meta(description="Site paths of the pages that were corrected.")]
    made: Annotated[Count, Meta(description="How many variants were made.")]


class CheckDocument(Document, frozen=True, kw_only=True):
    """What `check` found."""

    counts: Annotated[SeverityCounts, Meta(description="How many problems there are.")]
    fixed: Annotated[MendedEntry | None, Meta(description="With `--fix`: what was done first.")]
    problems: list[ProblemEntry]


class BaselineDocument(Document, frozen=True, kw_only=True):
    """What `check --write-baseline` wrote."""

    baseline: Annotated[Path, Meta(description="Site path of the baseline.")]
    noted: Annotated[Count, Meta(description="How many problems are in it.")]


class StepEntry(msgspec.Struct, frozen=True, kw_only=True):
    """One step of a fix, or of taking it back."""

    kind: Annotated[
        Literal["edit", "move", "edit back", "move back"],
        Meta(description="A page that is edited or a file that is moved, or `back`."),
    ]
    path: Annotated[Path, Meta(description="Site path of the page or file.")]
    keeper: Annotated[str | None, Meta(description="For `move`: site path of the copy that stays.")]


class DupesFixDocument(Document, frozen=True, kw_only=True):
    """What `dupes --fix` or `dupes --undo` did, or without `--yes` would do."""

    dry_run: Annotated[bool, Meta(description="Whether nothing was changed.")]
    steps: Annotated[list[StepEntry], Meta(description="The steps, in their order.")]
    quarantine: Annotated[
        str | None, Meta(description="Site path of the folder with what was moved; else null.")
    ]
    problems: list[ProblemEntry]


class DupesAcceptDocument(Document, frozen=True, kw_only=True):
    """What `dupes --accept` noted."""

    accepted_in: Annotated[Path, Meta(description="Site path of the file with what is accepted.")]
    groups: Annotated[Count, Meta(description="How many groups were added to it.")]


class ExplainDocument(Document, frozen=True, kw_only=True):
    """What `explain` says of a problem."""

    code: Annotated[str, Meta(description="The code.")]
    severity: Annotated[str, Meta(description="`error`, `warning`, or `error or warning`.")]
    meaning: Annotated[str, Meta(description="What it means.")]
    advice: Annotated[str, Meta(description="What to do about it.")]


class VideosFetchDocument(Document, frozen=True, kw_only=True):
    """What `videos fetch` learnt."""

    asked: Annotated[Count, Meta(description="How many videos were asked about.")]
    came: Annotated[Count, Meta(description="How many answers came.")]
    thumbnails: Annotated[Count, Meta(description="How many thumbnails were written.")]
    stopped: Annotated[str, Meta(description="Why not all were asked about; else empty.")]
    problems: list[ProblemEntry]


class VideosAddDocument(Document, frozen=True, kw_only=True):
    """Which video `videos add` put where."""

    path: Annotated[Path, Meta(description="Site path of the content file.")]
    provider: Annotated[str, Meta(description="The host of the video.")]
    id: Annotated[str, Meta(description="Its id there.")]
    changed: Annotated[bool, Meta(description="Whether the file had to be changed.")]


class SettingEntry(msgspec.Struct, frozen=True, kw_only=True):
    """One setting."""

    key: Annotated[str, Meta(description="The key, with its table: `presets.teaser.width`.")]
    value: Annotated[Any, Meta(description="The value in force; null where none is set.")]
    source: Annotated[
        Literal["default", "file", "environment", "option"],
        Meta(description="What kind of place it comes from."),
    ]
    where: Annotated[
        str,
        Meta(
            description="`FILE:LINE`, the name of the variable or option, or for a default empty."
        ),
    ]


class ConfigDocument(Document, frozen=True, kw_only=True):
    """The settings in force."""

    root: Annotated[str, Meta(description="The folder of the site, an absolute path.")]
    file: Annotated[str | None, Meta(description="The file with the settings, if there is one.")]
    settings: Annotated[list[SettingEntry], Meta(description="All settings, in a fixed order.")]


def document_json(document: Document) -> str:
    """Return a document as it is printed."""
    return json_text(msgspec.to_builtins(document))


def problem_entries(problems: Iterable[Problem]) -> list[ProblemEntry]:
    """Return the problems in their order."""
    return [
        ProblemEntry(
            path=each.path, line=each.line or None, code=each.code, severity=each.severity,
            message=each.message, hint=each.hint,
        )
        for each in sorted(problems)
    ]  # fmt: skip
