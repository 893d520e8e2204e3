"""The rule about captions of videos: whether a reader of the page can read along."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mediakit.base.languages import has_language
from mediakit.base.model import Problem, Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mediakit.checks.facts import Facts


def no_captions(facts: Facts) -> Iterator[Problem]:
    """Yield videos that have no captions in the language of their page, as far as that is known."""
    for manifest in facts.manifests:
        for video in manifest.videos if manifest.language else ():
            record = facts.videos.get(f"{video.provider}/{video.id}")
            if record is None or record.captions is None:
                continue
            found = (*record.captions, *(record.automatic_captions or ()))
            if not has_language(found, manifest.language):
                there = f"captions in {', '.join(dict.fromkeys(found))}" if found else "no captions"
                yield Problem(
                    manifest.path, video.line, "no-captions", Severity.NOTE,
                    f"{video.provider} {video.id} has {there}; the page is in {manifest.language}",
                    "say in the text what the video says, or take a video with captions",
                )  # fmt: skip
