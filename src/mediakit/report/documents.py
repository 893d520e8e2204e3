"""JSON documents: what all of them have, and those of runs and of `list`.

Most are types beside what they report. `scripts/reference.py` makes schemas and tables of those
that `cli/documents.py` lists; the schemas of `result`, `list`, `videos` and `dupes` are written by
hand.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Literal

import msgspec
from msgspec import Meta
from msgspec.structs import asdict

from mediakit.base.artifacts import archived_video
from mediakit.base.model import Severity
from mediakit.report.text import json_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from mediakit.base.actions import Outcome, Result
    from mediakit.base.model import ImageRef, Manifest, Problem, VideoRecord, VideoRef

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


def problem_documents(problems: Iterable[Problem]) -> list[dict[str, Any]]:
    """Return the problems in their order, as parts of a document that is no type."""
    found: list[dict[str, Any]] = msgspec.to_builtins(problem_entries(problems))
    return found


def result_json(result: Result, verified: dict[str, int] | None = None) -> str:
    """Return the document of `generate`, `sync`, `status` and `verify`.

    `verified` are the counts of `verify`: objects that were checked, read, and foreign ones.
    """
    counts = {} if verified is None else {"verified": verified}
    return json_text(_result(result) | counts)


def result_line(result: Result) -> str:
    """Return the same document on one line, as `watch` prints it."""
    return json_text(_result(result), indent=None)


def _result(result: Result) -> dict[str, Any]:
    summary, stale = result.summary, result.stale
    weighed = {} if stale is None else {"stale": asdict(stale)}
    return {
        "version": VERSION,
        "dry_run": result.dry_run,
        "target": result.target,
        "endpoint": result.endpoint,
        "summary": {**asdict(summary), "seconds": round(summary.seconds, 3)},
        **weighed,
        "actions": [_outcome(each) for each in result.outcomes],
        "problems": problem_documents(result.problems),
    }


def manifests_json(
    manifests: Iterable[Manifest],
    problems: Iterable[Problem],
    unpublished: int = 0,
    unread: Iterable[tuple[str, int]] = (),
    records: Mapping[str, VideoRecord] | None = None,
) -> str:
    """Return the document of `list`; `unread` are folders with the number of their files.

    `records` are what the catalog knows of videos.
    """
    known = records or {}
    return json_text(
        {
            "version": VERSION,
            "manifests": [
                {
                    "path": each.path,
                    **({"line": each.record} if each.record else {}),
                    "title": each.title,
                    **({"language": each.language} if each.language else {}),
                    "images": [_image(image) for image in each.images],
                    "videos": [_video(video, known) for video in each.videos],
                }
                for each in manifests
            ],
            "problems": problem_documents(problems),
            "unpublished": unpublished,
            "unread_folders": [{"path": path, "count": count} for path, count in unread],
        }
    )


def _outcome(outcome: Outcome) -> dict[str, Any]:
    action = outcome.action
    fields = {
        "kind": action.kind,
        "at": action.place,
        "path": action.path,
        "reason": action.reason,
        "status": outcome.status,
        "bytes": outcome.bytes,
        "seconds": round(outcome.seconds, 4),
        "source": action.source,
        "preset": action.preset,
    }
    return {key: value for key, value in fields.items() if value is not None}


def _image(image: ImageRef) -> dict[str, Any]:
    where = {"url": image.url} if image.path is None else {"path": image.path}
    labels = {"link": image.link, "alt": image.alt, "title": image.title}
    return {
        **where,
        "role": image.role,
        "key": image.key,
        "source": image.source,
        "preset": image.preset,
        "line": image.line or None,
        **{key: value for key, value in labels.items() if value is not None},
    }


def _video(video: VideoRef, known: Mapping[str, VideoRecord]) -> dict[str, Any]:
    more: dict[str, Any] = {} if video.start is None else {"start": video.start}
    more |= {"hash": video.hash} if video.hash else {}
    about = known_of(known.get(f"{video.provider}/{video.id}"))
    return {
        "provider": video.provider, "id": video.id, "line": video.line or None, **more, **about,
    }  # fmt: skip


def known_of(record: VideoRecord | None) -> dict[str, Any]:
    """Return the languages of a video's captions, where known, and where its film is archived."""
    found: dict[str, Any] = {}
    if record is not None and record.captions is not None:
        found["captions"] = record.captions
        found["automatic_captions"] = record.automatic_captions or ()
    if record is not None and (archived := archived_video(record.archive)):
        found["archived"] = archived
    return found
