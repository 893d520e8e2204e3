"""A secret of this user on this machine: rows that are sealed with it were written here.

It is kept outside of all sites, since a repository can bring any file into a site, also a cache
that claims that mediakit put a file at the target.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import secrets
import sys
from pathlib import Path

_BYTES = 32
_NAME = "key"


def key_for(folder: Path, *, is_made: bool = True) -> bytes | None:
    """Return the key for the files in `folder` of a site, None where no secret can be kept.

    Each folder has a key of its own, so that a cache that was copied from another is not believed.
    With `is_made` a missing secret is made; a dry run does without.
    """
    place = state_folder()
    if place is None:
        return None
    real = os.path.realpath(folder)
    if Path(os.path.realpath(place)).is_relative_to(Path(real).parent):
        return None  # whoever brings the cache would bring the key
    secret = _kept(place / _NAME)
    if secret is None and is_made:
        secret = _made(place)
    return None if secret is None else hashlib.blake2b(os.fsencode(real), key=secret).digest()


def state_folder() -> Path | None:
    """Return the folder for the state of this user's programs, None if there is none."""
    given = os.environ.get("XDG_STATE_HOME", "")
    if given and Path(given).is_absolute():
        return Path(given, "mediakit")
    if sys.platform == "win32":
        local = os.environ.get("LOCALAPPDATA", "")
        return Path(local, "mediakit") if local else None
    try:
        home = Path.home()
    except RuntimeError:
        return None
    return home / ".local" / "state" / "mediakit" if home.is_absolute() else None


def _kept(path: Path) -> bytes | None:
    with contextlib.suppress(OSError):
        if len(found := path.read_bytes()) == _BYTES:
            return found
    return None


def _made(place: Path) -> bytes | None:
    """Make the secret, and return the valid one: the first where several are made at once."""
    path, temporary = place / _NAME, place / f"{_NAME}.{secrets.token_hex(8)}"
    try:
        place.mkdir(mode=0o700, parents=True, exist_ok=True)
        descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with open(descriptor, "wb") as file:  # noqa: PTH123 - a descriptor
            file.write(secrets.token_bytes(_BYTES))
        try:
            path.hardlink_to(temporary)
        except OSError:  # there is a secret, or the disk has no links
            if _kept(path) is None:
                temporary.replace(path)
        temporary.unlink(missing_ok=True)
    except OSError:
        return None
    return _kept(path)
