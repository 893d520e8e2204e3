"""Counts what a reader of the code meets in a run: `python scripts/reader_cost.py [--list]`.

The first `sync` of one page with two pictures to a folder, and a second one that has nothing to
do. Counted are our modules of which a function is called, these functions, and their calls; what
runs while modules are imported is not. `--list` also prints the calls and functions by module.
"""

from __future__ import annotations

import argparse
import contextlib
import inspect
import io
import sys
import tempfile
import threading
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

from PIL import Image

import mediakit
from mediakit.cli.main import main as mediakit_main

if TYPE_CHECKING:
    from types import CodeType, FrameType

PACKAGE = str(Path(mediakit.__file__).parent)
PAGE = """---
title: Squat
header:
  teaser: /assets/images/squat-320.jpg
gallery:
  - image_path: /assets/images/squat-1-320.jpg
---
"""


def draw_site(root: Path) -> None:
    """Write a site of one page with two pictures."""
    (root / "_exercises").mkdir(parents=True)
    (root / "assets/images").mkdir(parents=True)
    (root / "_exercises/squat.md").write_text(PAGE, "utf-8")
    for number, name in enumerate(("squat", "squat-1")):
        picture = Image.effect_noise((900, 600), 20 + 20 * number).convert("RGB")
        picture.save(root / f"assets/images/{name}.jpg")


def traced_sync(root: Path) -> Counter[CodeType]:
    """Run `sync`, and return the calls of each function of ours."""
    calls: Counter[CodeType] = Counter()

    def count(frame: FrameType, event: str, _arg: object) -> None:
        code = frame.f_code
        is_function = code.co_flags & inspect.CO_OPTIMIZED
        if event == "call" and is_function and code.co_filename.startswith(PACKAGE):
            calls[code] += 1

    threading.setprofile(count)
    sys.setprofile(count)
    try:
        with contextlib.redirect_stdout(io.StringIO()):
            code = mediakit_main(["sync", "--site", str(root), "--target", str(root / "target")])
    finally:
        sys.setprofile(None)
        threading.setprofile(None)
    if code:
        raise SystemExit(code)
    return calls


def show(title: str, calls: Counter[CodeType], *, is_listed: bool) -> None:
    """Print the counts of one run."""
    modules: dict[str, list[int]] = {}
    for code, count in calls.items():
        modules.setdefault(code.co_filename.removeprefix(f"{PACKAGE}/"), []).append(count)
    print(f"{title}: {len(modules)} modules, {len(calls)} functions, {calls.total()} calls")
    for module, counts in sorted(modules.items()) if is_listed else ():
        print(f"  {module}: {len(counts)} functions, {sum(counts)} calls")


def main() -> None:
    """Sync a drawn site twice, once more to have all modules imported before."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--list", action="store_true", help="print the modules of each run")
    is_listed = parser.parse_args().list
    with tempfile.TemporaryDirectory() as folder:
        for name in ("warm-up", "site"):
            site = Path(folder) / name
            draw_site(site)
            runs = [traced_sync(site) for _ in range(2)]
    for title, calls in zip(("first sync", "no-op"), runs, strict=True):
        show(title, calls, is_listed=is_listed)


if __name__ == "__main__":
    main()
