from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from mediakit.base.folder_names import FolderNames

NAMES = st.dictionaries(st.text("ab\ud800é", min_size=1, max_size=3), st.text("xyé", min_size=1))


@given(NAMES, st.lists(st.text("abé", max_size=3)))
def test_names_are_what_a_dict_has(names: dict[str, str], asked: list[str]) -> None:
    """All that a mapping can be asked, in any order."""
    ordered = dict(sorted(names.items()))
    found = FolderNames(ordered)
    assert list(found.items()) == list(ordered.items())
    assert len(found) == len(names)
    for name in [*asked, *names, *asked]:
        assert (name in found) == (name in names)
        assert found.get(name) == names.get(name)
