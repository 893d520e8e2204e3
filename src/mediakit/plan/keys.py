"""Keys at the target: the public paths of files, and files that want the same one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mediakit.model import Problem, Severity

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence


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
