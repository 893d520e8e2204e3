"""Find the page of an exercise by what people call it."""

from __future__ import annotations

from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from mediakit.base.errors import UsageError, did_you_mean
from mediakit.base.model import Role
from mediakit.base.slug import spellings_of, split_number, without_date
from mediakit.sync.content import read_content

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from mediakit.base.files import FileTree
    from mediakit.base.model import Manifest, Problem
    from mediakit.config.config import Config
    from mediakit.state.cache import Cache
    from mediakit.sync.content import Content

_LISTED = 8
"""Pages that are listed where a word may mean several."""

_OWN = frozenset({Role.OVERLAY, Role.HEADER, Role.TEASER, Role.GALLERY})


def find_pages(
    config: Config, tree: FileTree, exercises: Iterable[str], content: Content
) -> list[Manifest]:
    """Return the pages that people call by these words; a folder means all pages in it.

    Raises:
        UsageError: a word means no page, or may mean several; a folder has none.
    """
    found: list[Manifest] = []
    for each in exercises:
        if Path(each).is_dir() and not _meant(content.manifests, each):
            inside = read_content(config, tree, (Path(each),)).manifests
            if not inside:
                raise UsageError(f"{each} has no pages", "give a page, or a folder with pages")
            found += inside
        else:
            found.append(find_page(config, tree, each, content)[0])
    return found


def find_page(
    config: Config,
    tree: FileTree,
    exercise: str,
    content: Content | None = None,
    cache: Cache | None = None,
) -> tuple[Manifest, tuple[Problem, ...]]:
    """Return the page that people call `exercise`, and the problems of pages that are unreadable.

    `content` has the pages of the site, if they are read already; pages that `cache` knows are
    not opened.

    It may be a path, a file name, a title, the last part of the page's address, the file name or
    the stem of the pictures without its number, or the beginning of one of these: the first kind
    that fits any page counts. Spellings such as `knaeboej` and `knaboj` mean `Knæbøj`.

    Raises:
        UsageError: no page is meant, or several may be.
    """
    path = Path(exercise)
    if path.is_file():
        named = read_content(config, tree, (path,))
        if not named.manifests:
            said = "; ".join(problem.message for problem in named.problems)
            raise UsageError(f"{exercise}: {said or 'is no exercise, or an unpublished one'}")
        return named.manifests[0], ()
    content = content or read_content(config, tree, cache=cache)
    meant = _meant(content.manifests, exercise)
    if len(meant) == 1:
        return meant[0], content.unread
    if not meant:
        near = did_you_mean(exercise, [stem_of(each.path) for each in content.manifests])
        raise UsageError(
            f"there is no exercise {exercise!r}",
            near or "give its path, file name or title: mediakit list",
        )
    listed = [f"{each.place} ({each.title})" for each in meant[:_LISTED]]
    more = f" and {len(meant) - _LISTED} more" if len(meant) > _LISTED else ""
    raise UsageError(
        f"{exercise!r} may be {', '.join(listed)}{more}", "give more of the name, or the path"
    )


def _meant(manifests: Iterable[Manifest], exercise: str) -> list[Manifest]:
    """Return the pages that a word means, in the first way in which it means any."""
    exact, wanted = exercise.casefold(), spellings_of(exercise)
    ways: tuple[Callable[[Manifest], bool], ...] = (
        lambda page: exact in _exact_names(page),
        lambda page: not wanted.isdisjoint(_spelt(_names(page))),
        lambda page: not wanted.isdisjoint(_spelt(_picture_names(page))),
        lambda page: _begins(page, exact, tuple(wanted)),
    )
    pages = list(manifests)
    return next(filter(None, (list(filter(way, pages)) for way in ways)), [])


def _begins(page: Manifest, exact: str, wanted: tuple[str, ...]) -> bool:
    names = _spelt({*_names(page), *_picture_names(page)})
    return page.title.casefold().startswith(exact) or any(each.startswith(wanted) for each in names)


def _exact_names(page: Manifest) -> set[str]:
    names = (page.place, page.path, PurePosixPath(page.path).name, stem_of(page.path), page.title)
    return {each.casefold() for each in names}


def _names(page: Manifest) -> set[str]:
    stem = stem_of(page.path)
    bare = split_number(without_date(stem))[0]
    return {stem, without_date(stem), bare, page.title, _last_part(page.permalink)}


def _picture_names(page: Manifest) -> set[str]:
    sources = (each.source for each in page.images if each.role in _OWN and each.source)
    return {split_number(PurePosixPath(each).stem)[0] for each in sources}


def _spelt(names: Iterable[str]) -> set[str]:
    return {spelling for name in names for spelling in spellings_of(name)}


def _last_part(address: str) -> str:
    stem = PurePosixPath(address.rstrip("/")).stem
    return "" if ":" in stem else stem  # a placeholder, such as `:title`


def stem_of(path: str) -> str:
    """Return the name of a page at a site path: its file's, or its folder's where it has one."""
    pure = PurePosixPath(path)
    return pure.parent.name if pure.stem in {"index", "_index"} else pure.stem
