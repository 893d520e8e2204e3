"""A few of many syncs at once; `scripts/soak syncs 300` does more."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from many_syncs import many_syncs

if TYPE_CHECKING:
    from pathlib import Path

    from s3_server import S3Server


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_syncs_at_once(tmp_path: Path, s3: S3Server) -> None:
    """Four runs at a time to a bucket: none ends by a signal, none with a traceback."""
    count = 4
    assert many_syncs(tmp_path, s3.url, count).total() == count
