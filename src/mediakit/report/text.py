"""Reports as lines for people, with control characters in foreign text escaped."""

from __future__ import annotations

import re
import textwrap
from collections import Counter
from typing import TYPE_CHECKING

from msgspec.structs import replace

from mediakit.base.actions import Kind, Place, Reason, Status, has_errors
from mediakit.base.artifacts import CATALOG_KEY
from mediakit.base.model import OF_CLIP

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from mediakit.base.actions import Outcome, Result
    from mediakit.base.model import Manifest, Problem

_UNSEEN = r"\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff"
_CONTROL = rf"[\x00-\x1f{_UNSEEN}]"
_IN_JSON = rf"[{_UNSEEN}]"
_COMMAND = r"\s*::"

_SHARED = frozenset(
    {"put-failed", "delete-failed", "cannot-write-file", "worker-lost", "has-camera"}
)
"""Codes of what many files may have for one reason."""

_COLOURS = {"+": "\x1b[32m", "-": "\x1b[31m", "@": "\x1b[36m"}
_PLAIN = "\x1b[0m"

_MANY = 4
"""From so many on, problems of one cause are shown as one."""


def counted(count: int, one: str, many: str = "") -> str:
    """Return a number with its word, such as `1 page` or `2 pages`."""
    return f"{count:,} {one if count == 1 else many or one + 's'}"


def printable(text: str) -> str:
    """Return the text with control characters, bidi marks and stray surrogates escaped.

    It also escapes the start of a pipeline's command.
    """
    if not text.isprintable():
        text = re.sub(_CONTROL, lambda match: match[0].encode("unicode_escape").decode(), text)
    return text.replace("##[", r"#\x23[")


def log_line(text: str) -> str:
    """Return a printable text that no pipeline takes for a command, also at a line's start."""
    shown = printable(text)
    return shown.replace(":", r"\x3a", 1) if re.match(_COMMAND, shown) else shown


def json_text(document: object, *, indent: int | None = 1) -> str:
    """Return a document as JSON, with everything escaped that a terminal would not show."""
    import json  # noqa: PLC0415 - few ask for it

    text = json.dumps(document, ensure_ascii=False, indent=indent)
    text = text.replace("##[", r"#\u0023[")
    return re.sub(_IN_JSON, lambda match: f"\\u{ord(match[0]):04x}", text)


def grouped(problems: Iterable[Problem]) -> tuple[Problem, ...]:
    """Return the problems, with one in place of many that share a cause outside of the files."""
    groups: dict[Problem, list[Problem]] = {}
    for problem in problems:
        is_shared = problem.code in _SHARED
        groups.setdefault(replace(problem, path="", line=0) if is_shared else problem, []).append(
            problem
        )
    return tuple(each for group in groups.values() for each in _as_one(group))


def _as_one(group: list[Problem]) -> list[Problem]:
    if len(group) < _MANY:
        return group
    more = f"and {len(group) - 1:,} more for the same reason"
    return [replace(group[0], message=f"{group[0].message}; {more}")]


def problem_line(problem: Problem) -> str:
    """Return `file:line: severity: message [code] (hint)`."""
    where = f"{problem.path}:{problem.line}" if problem.line else problem.path
    hint = f" ({problem.hint})" if problem.hint else ""
    return printable(f"{where}: {problem.severity}: {problem.message} [{problem.code}]{hint}")


def problem_blocks(problems: Iterable[Problem], width: int) -> Iterator[str]:
    """Yield problems below the name of their file, wrapped to `width` columns, for a terminal."""
    by_path: dict[str, list[Problem]] = {}
    for each in problems:
        by_path.setdefault(each.path, []).append(each)
    for path, group in by_path.items():
        yield printable(path)
        for each in group:
            line = f"line {each.line}, " if each.line else ""
            yield from wrapped(f"{line}{each.severity}: {each.message} [{each.code}]", 2, width)
            yield from wrapped(each.hint, 6, width)
        yield ""


def wrapped(text: str, indent: int, width: int, below: int = 6) -> list[str]:
    """Return a text in lines of at most `width` columns, indented, and those `below` the first."""
    return textwrap.wrap(
        printable(text), max(width, 40), initial_indent=" " * indent,
        subsequent_indent=" " * below, break_long_words=False, break_on_hyphens=False,
    )  # fmt: skip


def outcome_line(outcome: Outcome) -> str:
    """Return `verb path (reason)`, the verb saying how it ended."""
    action = outcome.action
    verb = str(action.kind)
    if outcome.status in {Status.FAILED, Status.SKIPPED}:
        verb = f"{outcome.status} to {verb}" if outcome.status is Status.FAILED else f"left: {verb}"
    return printable(f"{verb:<8} {action.path} ({action.reason})")


def result_lines(result: Result, *, verbose: bool = False) -> Iterator[str]:
    """Yield the address of a bucket, and a line for each action that changes a file.

    If verbose, also for the other actions.
    """
    if result.endpoint:
        yield printable(f"target   {result.target} at {result.endpoint}")
    for outcome in result.outcomes:
        action = outcome.action
        changes = action.reason is not Reason.UP_TO_DATE and action.kind is not Kind.DESCRIBE
        if verbose or changes or outcome.status is Status.FAILED:
            yield outcome_line(outcome)


def summary_line(result: Result) -> str:
    """Return the line that ends a run: `made 9 variants in 6.1 s; 3 variants unchanged, 1 failed`.

    A run that puts or deletes objects names the target, and so does one that had nothing to do.
    """
    summary = result.summary
    where = f" at {result.target.removeprefix('file:')}" if result.target is not None else ""
    counts = (
        ("make" if result.dry_run else "made", summary.made, "variant"),
        ("prune" if result.dry_run else "pruned", summary.pruned, "variant"),
        ("describe" if result.dry_run else "described", summary.described, "picture"),
        ("write" if result.dry_run else "wrote", summary.written, "document"),
        ("upload" if result.dry_run else "uploaded", summary.put, "object"),
        ("delete" if result.dry_run else "deleted", summary.deleted, "object"),
    )
    done = ", ".join(f"{verb} {counted(count, what)}" for verb, count, what in counts if count)
    kept: Counter[Place] = Counter()
    for (_, place, _, status), count in result.counts.items():
        kept[place] += count if status is Status.KEPT else 0
    places = (kept[Place.SITE], "variant"), (kept[Place.TARGET], "object")
    unchanged = " and ".join(counted(count, what) for count, what in places if count)
    failed = f"{summary.failed:,} failed" * bool(summary.failed)
    others = ", ".join(filter(None, (unchanged and f"{unchanged} unchanged", failed)))
    if not done:
        went_wrong = summary.failed or has_errors(result.problems)
        line = ("nothing done" if went_wrong else "nothing to do") + where
    else:
        where *= bool(summary.put or summary.deleted)
        line = (
            f"would {done}{where}"
            if result.dry_run
            else f"{done} in {summary.seconds:.1f} s{where}"
        )
    return "; ".join(filter(None, (line, others, *_held_back(result), *_orphans(result))))


def _held_back(result: Result) -> Iterator[str]:
    """Yield that the catalog was not put at the target, if a failure is why."""
    if result.target is None or result.dry_run or not has_errors(result.problems):
        return
    if all(each.action.place is not Place.TARGET or each.action.path != CATALOG_KEY
           for each in result.outcomes):  # fmt: skip
        yield f"{CATALOG_KEY} at the target waits until the errors are mended"


def _orphans(result: Result) -> Iterator[str]:
    """Yield how many variants nothing needs any more, and what removes them."""
    stale = result.stale
    if stale is not None and stale.count and not result.summary.pruned:
        what = f"{counted(stale.count, 'stale variant')} ({stale.bytes / 1000:,.0f} kB)"
        yield f"{what}: mediakit generate --prune removes {'it' if stale.count == 1 else 'them'}"
    reasons = ((reason, count) for (_, _, reason, _), count in result.counts.items())
    elsewhere = sum(count for reason, count in reasons if reason is Reason.MADE_ELSEWHERE)
    if elsewhere:
        yield (
            f"{counted(elsewhere, 'variant')} made elsewhere: --prune --trust-catalog removes "
            + ("it" if elsewhere == 1 else "them")
        )


def manifest_table(manifests: Iterable[Manifest], columns: int = 0) -> Iterator[str]:
    """Yield a line for each exercise: pictures, videos, path and title, in columns.

    A terminal of so many `columns` that is too narrow gets the path below the title.
    """
    rows = [(_shown(each), str(len(each.videos)), each.place, each.title) for each in manifests]
    if not rows:
        return
    head = ("images", "videos", "path", "title")
    width = max(len(printable(row[2])) for row in (*rows, head))
    longest = max(len(printable(row[3])) for row in (*rows, head))
    if 0 < columns < 16 + width + 2 + longest:
        for images, videos, path, title in (head, *rows):
            yield f"{images:>6}  {videos:>6}  {printable(title)}"
            yield f"{'':16}{printable(path)}"
        return
    for images, videos, path, title in (head, *rows):
        yield f"{images:>6}  {videos:>6}  {printable(path):<{width}}  {printable(title)}".rstrip()


def _shown(manifest: Manifest) -> str:
    """Return how many pictures a page shows: an animation by its poster is one."""
    return str(sum(each.key != OF_CLIP for each in manifest.images))


def content_lines(
    pages: int, unpublished: int, unreadable: int, folders: Sequence[tuple[str, int]]
) -> Iterator[str]:
    """Yield how many content files were found, and which folders with front matter were not read.

    `folders` are these folders with the number of their files.
    """
    found = counted(pages + unpublished + unreadable, "content file")
    others = ((unpublished, "not published"), (unreadable, "not readable"))
    how = " and ".join(f"{count:,} {what}" for count, what in others if count)
    yield f"{found}, of them {how}" if how else found
    if folders:
        shown = folder_counts(folders[:_MANY])
        left = counted(len(folders) - _MANY, "more folder")
        more = f" and {left}" if len(folders) > _MANY else ""
        total = sum(count for _, count in folders)
        what = counted(total, "file with front matter", "files with front matter")
        hint = "if they are pages, name them in `content` of mediakit.toml"
        yield printable(f"not read: {what} in {shown}{more}; {hint}")


def folder_counts(folders: Iterable[tuple[str, int]]) -> str:
    """Return folders with the number of their files, such as `the top folder (2), posts (1)`."""
    return ", ".join(
        f"{'the top folder' if path == '.' else path} ({count:,})" for path, count in folders
    )


def diff_lines(path: str, before: bytes, after: bytes, *, colour: bool = False) -> Iterator[str]:
    """Yield the lines of a unified diff, control characters in them escaped."""
    import difflib  # noqa: PLC0415 - few runs show differences

    old, new = (text.decode("utf-8-sig", "replace").splitlines() for text in (before, after))
    for line in difflib.unified_diff(old, new, f"a/{path}", f"b/{path}", lineterm=""):
        shown = printable(line)
        paint = _COLOURS.get(line[:1], "") if colour and not line.startswith(("+++", "---")) else ""
        yield f"{paint}{shown}{_PLAIN}" if paint else shown
