"""Time to read front matter of each format, beside tomlkit: `python bench/front_matter.py`.

tomlkit is no dependency: `pip install tomlkit` to see its row.
"""

from __future__ import annotations

import importlib.util
import json
import time
import tomllib
from typing import TYPE_CHECKING

from mediakit.site.trees.json import parse_json
from mediakit.site.trees.toml import parse_toml
from mediakit.site.trees.yaml import parse_yaml

if TYPE_CHECKING:
    from collections.abc import Callable

ROUNDS = 1000
TOML = """\
title = "Nordic hamstring"
date = 2024-05-27T07:32:00Z
tags = ["hamstring", "eccentric"]
weight = 10

[cover]
image = "nordic-0.jpg"
alt = "Lowest position"
caption = "Lower slowly"

[video]
provider = "youtube"
id = "aIZuK2cX4FA"

[[resources]]
name = "cover"
src = "nordic-0.jpg"

[[resources]]
src = "nordic-1.jpg"

[[gallery]]
src = "nordic-0.jpg"
alt = "Lowest position"
"""


def main() -> None:
    """Print the microseconds of processor time that a page takes, for each way to read it."""
    tree = tomllib.loads(TOML)
    as_json = json.dumps(tree, default=str, indent=2)
    ways: dict[str, Callable[[], object]] = {
        "YAML": lambda: parse_yaml(as_json),
        "JSON": lambda: parse_json(as_json),
        "TOML": lambda: parse_toml(TOML),
        "TOML, tomllib alone": lambda: tomllib.loads(TOML),
    }
    if importlib.util.find_spec("tomlkit"):
        tomlkit = importlib.import_module("tomlkit")
        ways["TOML, tomlkit"] = lambda: tomlkit.parse(TOML)
    for name, way in ways.items():
        start = time.process_time()
        for _ in range(ROUNDS):
            way()
        print(f"{name:20} {(time.process_time() - start) / ROUNDS * 1e6:8.0f} µs")


if __name__ == "__main__":
    main()
