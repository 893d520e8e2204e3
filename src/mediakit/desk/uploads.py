"""Photos that a browser sends: kept in a folder until an act takes them."""

from __future__ import annotations

import re
import secrets
import shutil
from typing import TYPE_CHECKING

from mediakit.base.errors import UsageError
from mediakit.base.regular_file import MOST_BYTES

if TYPE_CHECKING:
    from collections.abc import AsyncIterable, Iterable
    from pathlib import Path

_ODD = re.compile(r"[^\w .()@+-]")


class Uploads:
    """The photos in `folder`, by names that nobody can guess."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._files: dict[str, Path] = {}

    async def take(self, name: str, chunks: AsyncIterable[bytes]) -> str:
        """Keep a photo with the name that it has at its sender; return how acts name it.

        Raises:
            UsageError: it is too large.
            OSError: there is no room for it.
        """
        key = secrets.token_urlsafe(12)
        folder = self._folder / key
        folder.mkdir(parents=True)
        place, size = folder / _plain(name), 0
        try:
            with place.open("xb") as file:
                async for chunk in chunks:
                    size += len(chunk)
                    _refuse_larger(place.name, size)
                    file.write(chunk)
        except BaseException:
            shutil.rmtree(folder, ignore_errors=True)
            raise
        self._files[key] = place
        return key

    def files(self, keys: Iterable[str]) -> tuple[Path, ...]:
        """Return photos by their names; raises UsageError for one that is not there."""
        try:
            return tuple(self._files[key] for key in keys)
        except KeyError:
            raise UsageError("a photo did not arrive", "drop the photos once more") from None

    def named(self, text: str) -> str:
        """Return a text with photos by the names that they have at their sender."""
        return re.sub(rf"{re.escape(str(self._folder))}[/\\][\w-]+[/\\]", "", text)

    def drop(self, keys: Iterable[str]) -> None:
        """Forget photos that an act has taken."""
        for key in keys:
            file = self._files.pop(key, None)
            if file is not None:
                shutil.rmtree(file.parent, ignore_errors=True)


def _refuse_larger(name: str, size: int) -> None:
    if size > MOST_BYTES:
        raise UsageError(f"{name} is larger than any photo", "make it smaller first")


def _plain(name: str) -> str:
    """Return a name that is one of a file, and of no folder."""
    shown = _ODD.sub("_", name.replace("\\", "/").rpartition("/")[2]).strip(" .")[-80:]
    return shown or "photo"
