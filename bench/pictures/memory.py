"""Mode `memory`: the peak of resident memory of whole commands."""

from __future__ import annotations

import tempfile
from pathlib import Path

from photos import make_large
from rounds import table

from sites import make_site, mediakit

LARGE = (20_000, 10_000)


def memory(photos: list[Path]) -> None:
    """Print a table: photos of 12 MP at 1, 2 and 4 jobs, JPEGs of 200 MP, and nothing to do."""
    rows = []
    with tempfile.TemporaryDirectory() as temporary:
        base = Path(temporary)
        for jobs in (1, 2, 4):
            site = base / f"jobs-{jobs}"
            make_site(site, photos)
            run = mediakit(site, "generate", "--jobs", str(jobs))
            rows.append((f"{len(photos)} photos of 12 MP, --jobs {jobs}", f"{run.peak:.0f}"))
        for kind in ("baseline", "progressive"):
            large, site = base / f"{kind}.jpg", base / kind
            make_large(large, LARGE, progressive=kind == "progressive")
            make_site(site, [large])
            run = mediakit(site, "generate", "--jobs", "2")
            name = f"a {kind} JPEG of 200 MP, {large.stat().st_size / 1e6:.0f} MB as a file"
            rows.append((name, f"{run.peak:.0f}"))
        rows.append(("the same again: nothing to do", f"{mediakit(site, 'generate').peak:.0f}"))
    print(table(("mediakit generate", "peak in MB"), rows), flush=True)
