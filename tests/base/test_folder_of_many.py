from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING

from hypothesis import given
from hypothesis import strategies as st

from mediakit.base.files import DiskFile, FileTree
from mediakit.base.folder_names import FolderNames

if TYPE_CHECKING:
    from pathlib import Path

NAMES = st.dictionaries(st.text("ab\ud800é", min_size=1, max_size=3), st.text("xyé", min_size=1))


@given(NAMES, st.lists(st.text("abé", max_size=3)))
def test_names_are_what_a_dict_has(names: dict[str, str], asked: list[str]) -> None:
    """All that a mapping can be asked, in any order."""
    found = FolderNames(names)
    assert list(found.items()) == sorted(names.items())
    assert len(found) == len(names)
    for name in [*asked, *names, *asked]:
        assert (name in found) == (name in names)
        assert found.get(name) == names.get(name)


def test_a_mac_s_folder_of_many(tmp_path: Path) -> None:
    """Names that are decomposed on the disk have another order there, and all are found."""
    names = [f"{stem}-{number}.jpg" for stem in ("knæbøj", "é", "ez", "z") for number in range(300)]
    for each in names:
        (tmp_path / unicodedata.normalize("NFD", each)).touch()
    tree = FileTree(tmp_path)
    assert all(isinstance(tree.find(each), DiskFile) for each in names)
