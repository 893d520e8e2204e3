"""The folder that an address of a target or a store names, and the one that is mediakit's own."""

from __future__ import annotations

import re
from pathlib import Path

from mediakit.base.errors import TargetError
from mediakit.base.own_files import WORK_FOLDER
from mediakit.base.regular_file import leads_out

DEFAULT_TARGET = f"{WORK_FOLDER}/target"


def local_folder(address: str, root: Path) -> Path | None:
    """Return the folder that an address names, links resolved; None where it is no folder's.

    `build`, `/srv/x`, `file:build`, `file:/srv/x` and `file:///srv/x` are folders; a scheme of
    one letter is a drive.

    Raises:
        TargetError: the address is empty, or a link in the site leads from there out of it.
    """
    if not address.strip():
        raise TargetError("the target is empty", "give a folder, or leave the setting out")
    scheme = re.match(r"([A-Za-z][A-Za-z0-9+.-]+):", address)
    if scheme is not None:
        if scheme[1].lower() != "file":
            return None
        address = address[scheme.end() :].removeprefix("//")
    folder = root / Path(address).expanduser()
    if leads_out(folder, root):
        raise TargetError(
            f"{address!r} is behind a link that leads out of the site",
            "take the link away, or give the folder that it leads to",
        )
    return folder.resolve()
