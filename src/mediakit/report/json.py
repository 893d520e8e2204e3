"""Reports as JSON documents; `docs/reference/json.md` describes them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mediakit.report.documents import VERSION, problem_documents
from mediakit.report.text import json_text

if TYPE_CHECKING:
    from collections.abc import Iterable

    from mediakit.base.actions import Outcome, Result
    from mediakit.base.model import ImageRef, Manifest, Problem, VideoRef


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
    summary = result.summary
    return {
        "version": VERSION,
        "dry_run": result.dry_run,
        "target": result.target,
        "endpoint": result.endpoint,
        "summary": {
            "made": summary.made,
            "described": summary.described,
            "put": summary.put,
            "kept": summary.kept,
            "deleted": summary.deleted,
            "failed": summary.failed,
            "seconds": round(summary.seconds, 3),
        },
        "actions": [_outcome(each) for each in result.outcomes],
        "problems": problem_documents(result.problems),
    }


def manifests_json(manifests: Iterable[Manifest], problems: Iterable[Problem]) -> str:
    """Return the document of `list`."""
    return json_text(
        {
            "version": VERSION,
            "manifests": [
                {
                    "path": each.path,
                    "title": each.title,
                    "images": [_image(image) for image in each.images],
                    "videos": [_video(video) for video in each.videos],
                }
                for each in manifests
            ],
            "problems": problem_documents(problems),
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


def _video(video: VideoRef) -> dict[str, Any]:
    start = {} if video.start is None else {"start": video.start}
    return {"provider": video.provider, "id": video.id, "line": video.line or None, **start}
