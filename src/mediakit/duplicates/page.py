"""The page of duplicates: written beside nothing else, with addresses relative to itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mediakit.base.errors import UsageError
from mediakit.base.files import FileTree
from mediakit.base.writer import write_output
from mediakit.duplicates.duplicates_html import Shown, duplicates_page
from mediakit.images.grey import GREY_SIDE, UnreadableError, grey_pixels
from mediakit.matching.compare import differences
from mediakit.matching.groups import Level
from mediakit.report.addresses import address_from

if TYPE_CHECKING:
    from pathlib import Path

    from mediakit.config.config import Config
    from mediakit.matching.finder import Duplicates
    from mediakit.matching.groups import Group, Member


def write_page(path: Path, config: Config, found: Duplicates) -> None:
    """Write the page to `path`; raises UsageError where that cannot be."""
    tree = FileTree(config.root)
    folder = path.resolve().parent

    def address(site_path: str) -> str:
        return address_from(folder, tree.disk_path(site_path))

    shown = [
        Shown(
            group,
            address(group.keeper.path),
            tuple(address(each.copy.path) for each in group.others),
            tuple(_marks(tree, group, each) for each in group.others),
        )
        for group in found.groups
    ]
    try:
        write_output(path, duplicates_page(shown).encode(), config.root)
    except OSError as error:
        raise UsageError(f"{path}: cannot be written: {error.strerror}") from error


def _marks(
    tree: FileTree, group: Group, member: Member
) -> tuple[tuple[float, float, float, float], ...]:
    """Return where a copy differs from the picture that is kept, for those of its shape."""
    if member.level in {Level.BYTES, Level.PIXELS}:
        return ()
    try:
        one, other = (
            grey_pixels(tree.read(each), GREY_SIDE)
            for each in (group.keeper.path, member.copy.path)
        )
    except (OSError, UnreadableError):
        return ()
    return tuple(differences(one, other))
