"""A store that is a folder: on this machine, or shared by many at the same path."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from mediakit.base.files import DiskFile, FileTree, read_unchanged
from mediakit.base.own_files import WORK_FOLDER
from mediakit.base.writer import Writer, new_owner

if TYPE_CHECKING:
    from mediakit.base.actions import Failure
    from mediakit.storage.store import MadeOf, ObjectFile, PictureTree, Staged


@dataclass(frozen=True, slots=True)
class FolderStore:
    """The pictures below `root`; workers stage variants in a folder for temporary files there.

    The names of what they stage begin with `owner`, which is another for each run.
    """

    url: str
    root: str
    owner: str = field(default_factory=new_owner, compare=False)

    @property
    def has_etags(self) -> bool:
        """No: files are known by their times, which the cache keeps."""
        return False

    def open_tree(self) -> FileTree:
        """Return the folder's tree, which reads on demand."""
        return FileTree(Path(self.root))

    def read(self, file: DiskFile | ObjectFile) -> bytes | None:
        """Read a file; raises OSError."""
        assert isinstance(file, DiskFile)  # noqa: S101 - what our tree gives
        return read_unchanged(file)

    def made_of(self, file: DiskFile | ObjectFile) -> MadeOf | None:  # noqa: ARG002 - the protocol's
        """Return None: the cache's journal has it, since variants land one by one."""
        return None

    def stage(self, path: str, data: bytes, made_of: MadeOf) -> str | Failure:  # noqa: ARG002 - the protocol's
        """Write a temporary file, and return where it is."""
        return str(self._writer.stage(data))

    def land(self, staged: Staged, tree: PictureTree) -> None:
        """Rename the temporary file."""
        assert isinstance(tree, FileTree)  # noqa: S101 - what `open_tree` gave
        self._writer.land(Path(staged.place), tree.disk_path(staged.path))

    def clear(self) -> None:
        """Take the folder for temporary files away, and the one around it if that is ours alone."""
        self._writer.clear()
        with contextlib.suppress(OSError):
            self.temporary.parent.rmdir()

    def mark(self) -> str:
        """Leave an empty temporary file; raises OSError."""
        return self._writer.stage(b"").name

    def probe(self, mark: str) -> str:
        """Look for the mark, and leave a file beside it for a moment."""
        try:
            if not (self.temporary / mark).exists():
                return f"does not see the folder {self.root} as it is here"
            self._writer.stage(b"").unlink()
        except OSError as error:
            return f"cannot write into the folder {self.root}: {error.strerror}"
        return ""

    @property
    def temporary(self) -> Path:
        """The folder for temporary files, on the file system of the pictures."""
        return Path(self.root, WORK_FOLDER, "tmp")

    @property
    def _writer(self) -> Writer:
        return Writer(self.temporary, Path(self.root), owner=self.owner)
