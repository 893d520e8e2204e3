"""Keys at the target: the public paths of files, which may be put, and who wants the same one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mediakit.base.actions import Failure
from mediakit.base.formats import format_of
from mediakit.base.model import Problem, Severity

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

CATALOG_KEY = "media.json"
JOURNAL_KEY = "media_puts.json"
_OURS = frozenset({CATALOG_KEY, JOURNAL_KEY, "media_shards"})
"""Our own names at the target, as the first part of a key."""


def refused_keys(paths: Iterable[str], key_of: Callable[[str], str]) -> dict[str, Failure]:
    """Return why some files are not to be put, by site path.

    A target may be the folder of a web server, or somebody's home: there a name is an order.
    Only names of pictures are put, so that a page, a script, or a file that a program obeys
    never comes of what a page names.
    """
    found = ((path, _wrong(path, key_of(path))) for path in paths)
    return {path: wrong for path, wrong in found if wrong is not None}


def _wrong(path: str, key: str) -> Failure | None:
    first, *_ = parts = key.split("/")
    if first.casefold() in _OURS:
        return Failure(
            "name-collision",
            f"{path} has the name of a file that mediakit keeps at the target: {first}",
            "give the picture another name",
        )
    hidden = next((part for part in parts if part.startswith(".")), None)
    if hidden is not None:
        return Failure(
            "refused-name",
            f"{path} is not made or published: the name {hidden} begins with a dot",
            "move the picture to a folder of pictures, such as /assets/images/",
        )
    if format_of(key) is None:
        return Failure(
            "refused-name",
            f"{path} is not made or published: its name does not end as a picture's does",
            "give it the ending of its format, such as .jpg or .png",
        )
    return None


def key_clashes(
    paths: Iterable[str],
    key_of: Callable[[str], str],
    uses: Mapping[str, Sequence[tuple[str, int]]],
) -> list[Problem]:
    """Return a problem for each file whose key another one has, the first by its path.

    `uses` are the manifests and lines that name each file.
    """
    first: dict[str, str] = {}
    problems = []
    for path in sorted(set(paths)):
        owner = first.setdefault(key_of(path), path)
        if owner != path:
            manifest, line = next(iter(uses.get(path, ())), (path, 0))
            problems.append(
                Problem(
                    manifest, line, "name-collision", Severity.ERROR,
                    f"{owner} and {path} both are {key_of(path)} on the published site",
                    "rename one of the two pictures",
                )
            )  # fmt: skip
    return problems
