"""The part of a site that a change concerns: only it is observed again, all else is recalled.

What is made of a picture depends on the pages that name it, on the files of its name, and on their
records. So pictures, variants and records are in groups, by their names without suffix and ending.
A change of a page concerns the groups of what it names now and did not before, or no longer; a
change of a file concerns its own. A page that names one picture and shows another ties two groups
together. To be observed are the changed pages, and for each reference to such a group the first
page that has it: others that say the same ask for nothing else.
"""

from __future__ import annotations

import dataclasses
import hashlib
from array import array
from dataclasses import dataclass
from itertools import chain
from typing import TYPE_CHECKING

import msgspec
from msgspec.structs import replace

from mediakit.base.actions import Reason
from mediakit.base.files import Absent
from mediakit.base.tables import changed
from mediakit.site.mentions import folded

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from mediakit.base.actions import Action
    from mediakit.base.files import FileTree
    from mediakit.base.model import Manifest
    from mediakit.config.config import Config
    from mediakit.state.cache import Cache
    from mediakit.state.catalog import Catalog
    from mediakit.sync.kept_plan import KeptPlan
    from mediakit.sync.observe import ObservedSite

_A_REF = 3
"""Numbers of a reference: its digest, and the groups of what is shown and of its source."""

_FAR = frozenset({"name-collision", "refused-name"})
"""Codes of problems in which pages far from each other have a part."""


@dataclass(frozen=True)
class SitePart:
    """The groups that a change concerns, and the pages to read for them.

    `changed` are those of the pages that are others now. `names` are in what the catalog has of
    these groups. `in_use` are presets that the rest of the site is known to have use for. `tree`
    has the folders that were looked at.
    """

    tree: FileTree
    pages: frozenset[str]
    changed: frozenset[str]
    groups: frozenset[int]
    names: frozenset[str]
    in_use: frozenset[str]
    group_of: Callable[[str], int]

    def concerns(self, path: str) -> bool:
        """Return whether a picture or a variant belongs to this part."""
        return self.group_of(path) in self.groups

    def foreign(self, paths: Iterable[str]) -> list[str]:
        """Return what does not belong to this part."""
        return [path for path in paths if not self.concerns(path)]

    def put_into(self, whole: Catalog, part: Catalog) -> Catalog:
        """Return the whole catalog with what it has of this part in place of what it had."""

        def concerned(paths: Iterable[str]) -> list[str]:
            return [path for path in paths if self.concerns(path)]

        videos = {name: whole.videos[name] for name in self.foreign(whole.videos)}
        return dataclasses.replace(
            part,
            pictures=changed(whole.pictures, part.pictures, concerned(whole.pictures)),
            records=changed(whole.records, part.records, concerned(whole.records)),
            videos={**videos, **part.videos},
        )

    def is_enough(self, site: ObservedSite) -> bool:
        """Return whether what was observed says nothing of the rest of the site."""
        if any(each.code in _FAR for each in site.problems) or site.config.made_by:
            return False
        doubted = {each.name for each in site.config.doubted_presets} - self.in_use
        if not doubted or not site.config.kind.has_theme:
            return True
        asked = {image.preset for page in site.content.manifests for image in page.images}
        made = {each.recipe for each in site.known.products.values()}
        return doubted.isdisjoint(asked | made)


def has_parts(config: Config) -> bool:
    """Return whether a part of the site can be observed by itself.

    Other recipes and documents are made of texts, and of several pictures.
    """
    return not (config.made_by or config.template_files or config.structured.is_on)


def changed_part(kept: KeptPlan, config: Config, tree: FileTree, cache: Cache) -> SitePart | None:
    """Return the part of the site that changes concern, None where it may be all of it."""
    pages = frozenset(each.path for each in kept.changed if each.said is not None)
    files = [each for each in kept.changed if each.said is None]
    if any(map(config.kind.hides, pages)) or any(each.code in _FAR for each in kept.head.problems):
        return None
    told = "\n".join(f"{each.path} {each.message}" for each in kept.head.problems)
    for each in files:  # what comes or goes changes what pages mean
        if each.stat is None or isinstance(tree.find(each.path), Absent) or each.path in told:
            return None
    after = _named_now(config, tree, cache, pages)
    group_of = grouping(config)
    refs = refs_of(after, group_of)
    of_files = {group_of(each.path) for each in files}
    groups = of_files | _in_doubt(kept) | {*kept.head.groups}
    for path in pages:
        groups |= _other_groups(kept.refs.get(path, b""), refs.get(path, b""))
    groups = _closed(groups, kept, refs, group_of)
    rest = {path: each for path, each in kept.refs.items() if path not in pages}
    own = [each for each, group in zip(kept.actions, kept.groups, strict=True) if group in groups]
    return SitePart(
        tree,
        pages | _pages_to_read(groups, of_files, rest),
        pages,
        frozenset(groups),
        frozenset(bare_name(path, config) for path in _paths(own, after)),
        frozenset(_in_use(kept, groups)),
        group_of,
    )


def _named_now(
    config: Config, tree: FileTree, cache: Cache, pages: frozenset[str]
) -> tuple[Manifest, ...]:
    from mediakit.sync.content import read_content  # noqa: PLC0415 - few runs read pages
    from mediakit.sync.pictures import with_files  # noqa: PLC0415

    content = read_content(config, tree, pages, cache=cache)
    return tuple(with_files(each, config.videos.folder, tree) for each in content.manifests)


def _in_doubt(kept: KeptPlan) -> set[int]:
    """Return the groups of what is to be looked at in any case: problems of it name a line."""
    doubted = {Reason.ALTERED, Reason.ORPHANED} if kept.weighs else {Reason.ALTERED}
    pairs = zip(kept.actions, kept.groups, strict=True)
    return {group for each, group in pairs if each.reason in doubted}


def _in_use(kept: KeptPlan, groups: set[int]) -> Iterator[str]:
    for each, group in zip(kept.actions, kept.groups, strict=True):
        if each.reason is Reason.UP_TO_DATE and group not in groups:
            yield each.preset or ""


def _paths(actions: Iterable[Action], pages: Iterable[Manifest]) -> Iterator[str]:
    for action in actions:
        yield from (action.path, action.source or action.path)
    for page in pages:
        for image in page.images:
            yield from (path for path in (image.path, image.source) if path is not None)


def bare_name(path: str, config: Config) -> str:
    """Return the path of a picture without its ending, and without suffixes of presets."""
    folder, slash, file = path.rpartition("/")
    stem = file.rpartition(".")[0] or file
    suffixes = [suffix for suffix, _ in config.suffixes if suffix]
    while found := next((each for each in suffixes if stem.endswith(each) and stem != each), ""):
        stem = stem.removesuffix(found)
    return folder + slash + stem


def grouping(config: Config) -> Callable[[str], int]:
    """Return the function from a path to the number of its group, the same in each run."""
    key = config.kind.key

    def group_of(path: str) -> int:
        name = folded(key(bare_name(path, config)))
        return _number(name.encode("utf-8", "backslashreplace"))

    return group_of


def refs_of(pages: Iterable[Manifest], group_of: Callable[[str], int]) -> dict[str, bytes]:
    """Return the references of each content file to pictures and videos, by its path."""
    found: dict[str, array[int]] = {}
    for page in pages:
        refs = found.setdefault(page.path, array("Q"))
        for image in page.images:
            shown, source = image.path or image.source, image.source or image.path
            if shown is not None and source is not None:
                bare = replace(image, line=0, alt=None, title=None, is_decoration=False)
                digest = _number(msgspec.msgpack.encode(bare))
                refs.extend((digest, group_of(shown), group_of(source)))
        for video in page.videos:
            name = f"{video.provider}/{video.id}"
            refs.extend((_number(name.encode()), group_of(name), group_of(name)))
    return {path: refs.tobytes() for path, refs in found.items()}


def _number(data: bytes) -> int:
    return int.from_bytes(hashlib.blake2b(data, digest_size=8).digest(), "big")


def _triples(refs: bytes) -> Iterator[tuple[int, int, int]]:
    numbers = iter(array("Q", refs))
    return zip(*[numbers] * _A_REF, strict=True)


def _other_groups(before: bytes, after: bytes) -> set[int]:
    """Return the groups of the references that only one of two versions of a page has."""
    changed = {*_triples(before)} ^ {*_triples(after)}
    return {group for _, *groups in changed for group in groups}


def _closed(
    groups: set[int], kept: KeptPlan, refs: Mapping[str, bytes], group_of: Callable[[str], int]
) -> set[int]:
    """Return the groups, and those that references and variants tie to them."""
    ties = []
    for each in chain(kept.refs.values(), refs.values()):
        numbers = array("Q", each)
        if numbers[1::_A_REF] != numbers[2::_A_REF]:
            ties += [{*tied} for _, *tied in _triples(each)]
    found, before = set(groups), -1
    while len(found) != before:
        before = len(found)
        found.update(*(tie for tie in ties if not found.isdisjoint(tie)))
        for action, group in zip(kept.actions, kept.groups, strict=True):
            if group in found and action.source:
                found.add(group_of(action.source))
    return found


def _pages_to_read(groups: set[int], own: set[int], refs: Mapping[str, bytes]) -> frozenset[str]:
    """Return all pages with references to `own` groups, and the first one for each to the others.

    What is wrong with a file is told of each page.
    """
    found: set[str] = set()
    firsts: dict[int, str] = {}
    for path, each in refs.items():  # in the order of paths
        if groups.isdisjoint(array("Q", each)):
            continue
        for digest, *tied in _triples(each):
            if not own.isdisjoint(tied):
                found.add(path)
            elif not groups.isdisjoint(tied):
                firsts.setdefault(digest, path)
    return frozenset(found.union(firsts.values()))
