"""Groups of duplicates as lines of text and as a JSON document."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

from msgspec import Meta

from mediakit.images.look import grey_array, perceptual_hash
from mediakit.report.documents import (
    VERSION,
    Count,
    Document,
    Path,
    problem_documents,
)
from mediakit.report.text import counted, json_text, printable

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from mediakit.matching.groups import Copy, CopyGroup, Member, PageUse
    from mediakit.sync.copies import Duplicates
    from mediakit.sync.session import Session


class DupesAcceptDocument(Document, frozen=True, kw_only=True):
    """What `dupes --accept` noted."""

    accepted_in: Annotated[Path, Meta(description="Site path of the file with what is accepted.")]
    groups: Annotated[Count, Meta(description="How many groups were added to it.")]


def duplicate_lines(groups: Sequence[CopyGroup]) -> Iterator[str]:
    """Yield each group: the picture to keep, then its copies and how they match it."""
    for number, group in enumerate(groups, start=1):
        yield printable(
            f"{number}. {group.level}: keep {group.keeper.path} "
            f"({describe_copy(group.keeper)}, {describe_users(group.keeper.uses)})"
        )
        for each in group.others:
            about = f"{describe_copy(each.copy)}, {describe_users(each.copy.uses)}"
            yield printable(f"   {describe_member(each)}: {each.copy.path} ({about})")


def duplicate_summary(found: Duplicates) -> str:
    """Return the last line of a search."""
    copies = sum(len(group.others) for group in found.groups)
    saved = sum(group.saved for group in found.groups)
    known = f"; {found.accepted:,} accepted" if found.accepted else ""
    return (
        f"{counted(found.searched, 'picture')} compared: {counted(len(found.groups), 'group')}, "
        f"{counted(copies, 'copy', 'copies')} too many, {saved / 1000:,.0f} kB{known}"
    )


def duplicates_json(found: Duplicates, session: Session) -> str:
    """Return the groups as a JSON document; the cache has the grey copies that were compared."""
    greys = {
        content: session.cache.grey(content) for group in found.groups for content in group.contents
    }
    phashes = {
        content: perceptual_hash(grey_array(grey)) for content, grey in greys.items() if grey
    }
    document = {
        "version": VERSION,
        "pictures": found.searched,
        "accepted": found.accepted,
        "groups": [_group(group, phashes) for group in found.groups],
        "problems": problem_documents(found.site.problems),
    }
    return json_text(document)


def _group(group: CopyGroup, phashes: Mapping[str, str]) -> dict[str, Any]:
    keeper = {"level": None, "distance": 0, "score": 0.0, "how": ""}
    members = [_copy(group.keeper, phashes) | keeper]
    members += [
        _copy(each.copy, phashes)
        | {
            "level": str(each.match.level),
            "distance": each.match.distance,
            "score": round(each.match.score, 4),
            "how": each.match.how,
        }
        for each in group.others
    ]
    return {
        "level": str(group.level),
        "representative": group.keeper.path,
        "saved": group.saved,
        "members": members,
    }


def _copy(copy: Copy, phashes: Mapping[str, str]) -> dict[str, Any]:
    return {
        "path": copy.path,
        "sha256": copy.sha256,
        "phash": phashes.get(copy.sha256, ""),
        "width": copy.width,
        "height": copy.height,
        "bytes": copy.bytes,
        "used_by": [
            {"path": use.manifest, "line": use.line or None, "role": use.role} for use in copy.uses
        ],
    }


def describe_member(member: Member) -> str:
    """Return how a copy matches the picture to keep."""
    match = member.match
    words = f"{match.level}, {match.how}" if match.how else str(match.level)
    return words if match.distance == 0 else f"{words}, distance {match.distance}"


def describe_copy(copy: Copy) -> str:
    """Return the size of a picture in pixels and kilobytes."""
    return f"{copy.width} x {copy.height}, {copy.bytes / 1000:,.0f} kB"


def describe_users(uses: Sequence[PageUse]) -> str:
    """Return the pages that use a picture."""
    if not uses:
        return "no page uses it"
    first = f"{uses[0].manifest}:{uses[0].line} as {uses[0].role}"
    return first if len(uses) == 1 else f"{first} and {len(uses) - 1} more"
