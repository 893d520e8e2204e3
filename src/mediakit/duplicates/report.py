"""Groups of duplicates as lines for people, and as a JSON document."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mediakit.report.json import problem_documents
from mediakit.report.text import counted, json_text, printable

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from mediakit.base.model import Problem
    from mediakit.matching.groups import Copy, Group, Member, Use

VERSION = 1


def duplicate_lines(groups: Sequence[Group]) -> Iterator[str]:
    """Yield each group: the picture to keep, then the others with how they are it again."""
    for number, group in enumerate(groups, start=1):
        yield printable(
            f"{number}. {group.level}: keep {group.keeper.path} "
            f"({describe_copy(group.keeper)}, {describe_users(group.keeper.uses)})"
        )
        for each in group.others:
            about = f"{describe_copy(each.copy)}, {describe_users(each.copy.uses)}"
            yield printable(f"   {describe_member(each)}: {each.copy.path} ({about})")


def duplicate_summary(groups: Sequence[Group], accepted: int, looked_at: int) -> str:
    """Return the one line that ends a search."""
    others = sum(len(group.others) for group in groups)
    saved = sum(group.saved for group in groups)
    known = f"; {accepted:,} accepted" if accepted else ""
    return (
        f"looked at {counted(looked_at, 'picture')}: {counted(len(groups), 'group')}, "
        f"{counted(others, 'copy', 'copies')} too many, "
        f"{saved / 1000:,.0f} kB{known}"
    )


def duplicates_json(
    groups: Sequence[Group],
    accepted: int,
    looked_at: int,
    problems: Iterable[Problem],
    phashes: Mapping[str, str],
) -> str:
    """Return the groups as a JSON document."""
    document = {
        "version": VERSION,
        "pictures": looked_at,
        "accepted": accepted,
        "groups": [_group(group, phashes) for group in groups],
        "problems": problem_documents(problems),
    }
    return json_text(document)


def _group(group: Group, phashes: Mapping[str, str]) -> dict[str, Any]:
    keeper = {"level": None, "distance": 0, "score": 0.0, "how": ""}
    members = [_copy(group.keeper, phashes) | keeper]
    members += [
        _copy(each.copy, phashes)
        | {
            "level": str(each.level),
            "distance": each.distance,
            "score": round(each.score, 4),
            "how": each.how,
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
    """Return how a member is the picture that is kept."""
    words = f"{member.level}, {member.how}" if member.how else str(member.level)
    return words if member.distance == 0 else f"{words}, distance {member.distance}"


def describe_copy(copy: Copy) -> str:
    """Return the size of a picture in pixels and kilobytes."""
    return f"{copy.width} x {copy.height}, {copy.bytes / 1000:,.0f} kB"


def describe_users(uses: Sequence[Use]) -> str:
    """Return who uses a picture."""
    if not uses:
        return "no page names it"
    first = f"{uses[0].manifest}:{uses[0].line} as {uses[0].role}"
    return first if len(uses) == 1 else f"{first} and {len(uses) - 1} more"
