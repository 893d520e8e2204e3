"""Point pages to one copy of a picture and move the other copies to the quarantine.

Nothing is deleted: the quarantine keeps the files and the pages as they were. A file that any text
of the site still mentions stays, and the copy to keep is checked again before each move.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from mediakit.base.errors import ManifestError, UsageError
from mediakit.base.files import DiskFile, FileTree, sha256_bytes
from mediakit.base.model import Problem, Severity
from mediakit.base.regular_file import read_file, sha256_file
from mediakit.base.writer import hint_of, writing
from mediakit.edit.redirect import AddressReader, Redirection
from mediakit.matching.groups import Level
from mediakit.site.front_matter import read_page
from mediakit.site.paths import is_data
from mediakit.site.reader import parse_file
from mediakit.sync.content import settings_of
from mediakit.sync.copies import accepted_path, read_accepted
from mediakit.sync.mentions import search_site, variant_names
from mediakit.sync.pictures import resolve_locations, resolver, with_sources, with_thumbnails
from mediakit.sync.quarantine import Creation, Edit, Fix, Move, Quarantine, Step
from mediakit.sync.session import Unseen
from mediakit.sync.undo import make_noted

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from mediakit.matching.groups import Copy, CopyGroup
    from mediakit.state.cache import Cache
    from mediakit.sync.copies import Duplicates
    from mediakit.sync.mention_index import MentionPlace, Mentions
    from mediakit.sync.observe import ObservedSite
    from mediakit.sync.session import Session

_UNREAD = "nothing moves while a text cannot be read, since it may name the file"
_FIXED = frozenset({Level.BYTES, Level.PIXELS, Level.SAME})
"""Levels at which one copy can replace the other; a mirrored copy cannot."""


@dataclass
class FixPlan:
    """The edits and moves of a fix; `pages` are the new texts by path."""

    edits: list[Edit] = field(default_factory=list)
    moves: list[Move] = field(default_factory=list)
    pages: dict[str, bytes] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)


def accept(session: Session, groups: Iterable[CopyGroup]) -> str:
    """Record groups as accepted, and return the site path of the file; raises UsageError."""
    config = session.config
    path, before = accepted_path(config), read_file(config.root, accepted_path(config))
    accepted = read_accepted(config)
    for group in groups:
        accepted = accepted.with_group(group)
    after = accepted.dump()
    if before != after:
        old, new = before and sha256_bytes(before), sha256_bytes(after)
        change = Edit(path, old, new) if old else Creation(path, new)
        quarantine = Quarantine(session, FileTree(config.root), "dupes")
        with writing(path):
            quarantine.carry_out({change: after})
    return path


def fix_duplicates(session: Session, found: Duplicates, *, dry_run: bool) -> Fix:
    """Point pages to the copies to keep, and move the others away; a dry run only plans."""
    return fix(session, plan_fix(found.site, found.groups, session.cache), dry_run=dry_run)


def plan_fix(site: ObservedSite, groups: Iterable[CopyGroup], cache: Cache) -> FixPlan:
    """Return the pages to change and the files to move.

    Pages are pointed to the copy to keep, unless their text names the other copy too. A file is
    moved if no text of the site mentions it after that. If a text cannot be read, nothing moves.
    """
    members = [(group.keeper, member) for group in groups for member in group.others]
    fixed = [(keeper, each.copy) for keeper, each in members if each.match.level in _FIXED]
    planner = _FixPlanner(site)
    mentions = search_site(site.config, cache, planner.files([copy for _, copy in fixed]))
    unread = {each.path: each for each in (*mentions.unread, *site.content.unread)}
    if unread:
        left = [_left(copy, _UNREAD, "correct it, then run again") for _, copy in fixed]
        return FixPlan(problems=[*unread.values(), *left])
    planner.plan.problems += [
        _left(each.copy, "not the same picture: look at it yourself")
        for _, each in members
        if each.match.level not in _FIXED
    ]
    redirected = [pair for pair in fixed if planner.redirect(*pair, mentions)]
    mentions.update(planner.texts)
    for pair in redirected:
        planner.move(*pair, mentions)
    return planner.finished()


def fix(session: Session, plan: FixPlan, *, dry_run: bool) -> Fix:
    """Write the record, change the pages, move the files, then make what the pages name now.

    If a copy to keep or a file to move has changed, nothing happens.
    """
    steps = (
        *(Step("edit", edit.path) for edit in plan.edits),
        *(Step("move", move.path, move.keeper) for move in plan.moves),
    )
    if dry_run or not steps:
        return Fix(steps, tuple(plan.problems))
    tree = FileTree(session.config.root)
    problems = list(plan.problems)
    changed = [_left_file(move, why) for move in plan.moves if (why := _why_not(tree, move))]
    if changed:
        return Fix((), (*problems, *changed))  # no page is pointed to a file that changed
    quarantine = Quarantine(session, tree, "dupes")
    try:
        problems += _carried_out(plan, tree, quarantine)
        if plan.pages:
            make_noted(session, quarantine, plan.pages, Unseen())
    except OSError as error:
        raise UsageError(
            f"the fix stopped: {error.strerror}", f"{hint_of(error)}; --undo takes it back"
        ) from error
    return Fix(steps, tuple(problems), quarantine.path)


def _carried_out(plan: FixPlan, tree: FileTree, quarantine: Quarantine) -> list[Problem]:
    problems = []
    quarantine.note(plan.edits, plan.moves)
    for edit in plan.edits:
        quarantine.edit(edit, plan.pages[edit.path])
    for move in plan.moves:
        wrong = _why_not(tree, move)
        if wrong:
            problems.append(_left_file(move, wrong))
            continue
        quarantine.move(move)
    return problems


class _FixPlanner:
    """Plans the fix copy by copy; `texts` are the changed pages by path."""

    def __init__(self, site: ObservedSite) -> None:
        self.plan = FixPlan()
        self.texts: dict[str, bytes] = {}
        self._site = site
        self._made: dict[str, list[str]] = {}
        for path in sorted(site.known.found):
            source = _source_of(site, path)
            if source is not None:
                self._made.setdefault(source, []).append(path)

    def files(self, copies: Iterable[Copy]) -> list[str]:
        """Return the paths of copies and of all variants that they have or may have."""
        return [path for copy in copies for path in self._files(copy)]

    def redirect(self, keeper: Copy, copy: Copy, mentions: Mentions) -> bool:
        """Point all pages from `copy` to `keeper`, or none; return whether it was possible."""
        site = self._site
        resolve = resolver(site.tree, site.config)
        reader = AddressReader(settings_of(site.config), resolve)
        redirection = Redirection(reader, copy.path, keeper.path)
        changed: dict[str, bytes] = {}
        for path in sorted({use.manifest for use in copy.uses}):
            try:
                before = self.texts[path] if path in self.texts else site.tree.read(path)
                changed[path] = redirection.apply(path, before)
                if self._is_mentioned(keeper, copy, _in_body(mentions, path, changed[path])):
                    return False
                line = _names(path, changed[path], copy.path, site)
            except ManifestError as error:
                return self._leave(copy, f"{path}: {error.message}", error.hint)
            except OSError as error:
                return self._leave(copy, f"{path}: {error.strerror}")
            if line:
                message = f"{path}:{line} names it in a place that mediakit does not change"
                return self._leave(copy, message, "change it by hand")
        self.texts.update(changed)
        return True

    def move(self, keeper: Copy, copy: Copy, mentions: Mentions) -> None:
        """Plan the moves of a copy and its variants, unless a text mentions one of them."""
        if self._is_mentioned(keeper, copy, mentions.of):
            return
        outputs = self._site.known.found
        moved = {copy.path: copy.sha256}
        moved |= {path: outputs[path].sha256 for path in self._made.get(copy.path, ())}
        self.plan.moves += [
            Move(path, sha256, keeper.path, keeper.sha256) for path, sha256 in moved.items()
        ]

    def _is_mentioned(
        self, keeper: Copy, copy: Copy, place_of: Callable[[str], MentionPlace | None]
    ) -> bool:
        """Return whether a text mentions a copy or a variant, and report that the copy stays."""
        for path in self._files(copy):
            place = place_of(path)
            if place is not None and not place.line:
                self._leave(copy, "texts cannot be searched for its name", "rename it")
                return True
            if place is not None and place.folder:
                message = f"templates may show all of {place.folder}, see {place}"
                self._leave(copy, message, "look at the page, then move the file by hand")
                return True
            if place is not None:
                message = f"{place} mentions {'it' if path == copy.path else path}"
                self._leave(copy, message, f"name {keeper.path} there, then run again")
                return True
        return False

    def finished(self) -> FixPlan:
        """Return the plan with the changed pages."""
        for path, text in sorted(self.texts.items()):
            before = self._site.tree.read(path)
            if before != text:
                self.plan.edits.append(Edit(path, sha256_bytes(before), sha256_bytes(text)))
                self.plan.pages[path] = text
        return self.plan

    def _files(self, copy: Copy) -> list[str]:
        variants = variant_names(copy.path, self._site.config)
        return [*dict.fromkeys((copy.path, *self._made.get(copy.path, ()), *variants))]

    def _leave(self, copy: Copy, message: str, hint: str = "") -> bool:
        self.plan.problems.append(_left(copy, message, hint))
        return False


def _in_body(mentions: Mentions, file: str, data: bytes) -> Callable[[str], MentionPlace | None]:
    """Return a function that finds a path in the text of a page, below its front matter."""
    page = None if is_data(file) else read_page(data)
    if page is None:
        return lambda _: None
    return lambda path: mentions.within(page.body, page.body_line, file, path)


def _source_of(site: ObservedSite, variant: str) -> str | None:
    """Return the picture that a file is made of, None where it is made of more than one."""
    made = site.known.products.get(variant) or site.known.records.get(variant)
    return made.source if made is not None and made.is_of_one_picture else None


def _names(path: str, data: bytes, source: str, site: ObservedSite) -> int:
    """Return the line at which a page still names a picture, 0 if it does not."""
    folder, lines = site.config.videos.folder, [0]
    for page in parse_file(path, data, settings_of(site.config)):
        manifest = resolve_locations(page.manifest, site.tree, site.config.suffixes)
        manifest = with_thumbnails(manifest, folder, site.tree)
        lines += [
            image.line
            for image in with_sources(manifest, site.tree).images
            if source in {image.source, image.path, image.link}
        ]
    return max(lines)


def _why_not(tree: FileTree, move: Move) -> str:
    """Return why a file may not move: the copy to keep must be another file, and unchanged."""
    keeper, file = tree.find(move.keeper), tree.find(move.path)
    if not isinstance(keeper, DiskFile):
        return f"{move.keeper}, the copy to keep, is missing"
    if not isinstance(file, DiskFile):
        return "is missing now"
    if keeper.disk_path.samefile(file.disk_path):
        return f"is the same file as {move.keeper}"
    if sha256_file(keeper.disk_path) != move.keeper_sha256:
        return f"{move.keeper}, the copy to keep, has changed"
    return "" if sha256_file(file.disk_path) == move.sha256 else "has changed"


def _left(copy: Copy, message: str, hint: str = "") -> Problem:
    return Problem(copy.path, 0, "copy-left", Severity.WARNING, message, hint)


def _left_file(move: Move, message: str) -> Problem:
    return Problem(move.path, 0, "copy-left", Severity.ERROR, message, "run again")
