"""The cases of the workplace: an alt text for each picture of a page, and all else as it was."""

from __future__ import annotations

import pytest

from conftest import SHARED
from mediakit.base.errors import ManifestError
from mediakit.edit.alts import AltWriter
from mediakit.site.alts import pictures_with_alt
from mediakit.site.kinds.jekyll import JekyllConfig
from mediakit.site.kinds.kind import Markup
from mediakit.site.reader import ReaderSettings, parse_file

CASES = sorted((SHARED / "cases").glob("[em]*/*.md"))
SETTINGS = ReaderSettings(kind=JekyllConfig(markdown=Markup.KRAMDOWN))
TEXT = 'Ny "tekst": a | b'


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_each_picture_of_a_case(case: object) -> None:
    """The text is written, or it is said with the line why not; a second time changes nothing."""
    file = SHARED / "cases" / str(case)
    data = file.read_bytes()
    path = f"_exercises/{file.name}"
    try:
        records = [each.manifest for each in parse_file(path, data, SETTINGS)]
    except ManifestError:
        return
    writer = AltWriter(SETTINGS, lambda each: each, TEXT)
    for number, record in enumerate(records):
        needing = {id(each) for each in pictures_with_alt(record)}
        for at, image in enumerate(record.images):
            if id(image) not in needing:
                continue
            place = (number, at)
            try:
                after = writer.apply(path, data, lambda _: [place])  # noqa: B023
            except ManifestError as error:
                assert (error.code, bool(error.line), bool(error.hint)) == (
                    "cannot-edit",
                    True,
                    True,
                )
                continue
            (now,) = parse_file(path, after, SETTINGS)
            assert writer.says(now.manifest.images[at])
            assert writer.apply(path, after, lambda _: [place]) == after  # noqa: B023
            assert len(after.splitlines()) - len(data.splitlines()) in {0, 1}
