"""What catalogs hold, drawn by hypothesis: pictures, records of products, objects."""

from __future__ import annotations

from hypothesis import strategies as st

from mediakit.base.artifacts import PICTURE, Artifact, Input, MadeRecord, SourcePicture

PATHS = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=12)
SIZES = st.integers(0, 10**9)
INPUTS = st.one_of(
    st.tuples(st.builds(Input, st.just(PICTURE), PATHS, sha256=PATHS)),
    st.lists(st.builds(Input, PATHS, PATHS, sha256=PATHS), min_size=2).map(tuple),
    st.lists(st.builds(Input, PATHS, sha256=PATHS)).map(tuple),
)
RECORDS = st.dictionaries(
    PATHS,
    st.builds(
        MadeRecord, path=PATHS, recipe=PATHS, inputs=INPUTS, fingerprint=PATHS, sha256=PATHS,
        bytes=SIZES, width=SIZES, height=SIZES,
    ),
)  # fmt: skip
PICTURES = st.dictionaries(
    PATHS,
    st.builds(SourcePicture, path=PATHS, sha256=PATHS, bytes=SIZES, width=SIZES, height=SIZES),
)
OBJECTS = st.dictionaries(PATHS, st.builds(Artifact, PATHS, PATHS, SIZES, ours=st.booleans()))
