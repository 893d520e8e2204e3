"""Which folders below the root are not the site's: for all who look for its pages and pictures."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mediakit.config.config import SETTINGS_NAMES, is_site
from mediakit.storage.target_folder import local_folder

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from mediakit.base.files import FileTree
    from mediakit.config.config import Config

_GLOB = frozenset("*?[")


def skipper(config: Config, tree: FileTree) -> Callable[[str], bool]:
    """Return what says of a folder that nothing in it is the site's.

    That is a hidden or excluded folder, one of results, and a site of its own: a folder with
    settings of mediakit or of a generator. Where the configuration or the generator looks for
    pages, pictures or data is never another site, and neither is what is around it. `.mediakit`
    marks no site: who runs mediakit in the wrong folder leaves one there.
    """
    target = local_folder(config.target, config.root)
    top = config.root.resolve()
    own = tuple(f"{folder}/" for folder in _own_folders(config) if folder)

    def skip(folder: str) -> bool:
        name = folder.rpartition("/")[2]
        is_built = name == "_site" or name.startswith(("_site.", "_site-"))
        if name.startswith(".") or is_built or config.kind.is_excluded(folder):
            return True
        if top / folder == target:
            return True
        if SETTINGS_NAMES.isdisjoint(tree.names(folder)) or name.startswith("_"):
            return False
        is_own = any(each.startswith(f"{folder}/") for each in own)
        return not is_own and is_site(tree.disk_path(folder))

    return skip


def _own_folders(config: Config) -> Iterator[str]:
    kind = config.kind
    yield from (*kind.roots, kind.data_folder, kind.pictures_folder, kind.pages_folder)
    for glob in config.content or ():
        parts = glob.split("/")[:-1]
        fixed = next((end for end, part in enumerate(parts) if _GLOB & {*part}), len(parts))
        yield "/".join(part for part in parts[:fixed] if part != ".")
