"""The commands: where each is, under which heading help shows it, and in how many words."""

from __future__ import annotations

from typing import NamedTuple


class Entry(NamedTuple):
    """A command: its module in `cli/`, and its line in the help of `mediakit`."""

    module: str
    summary: str


SECTIONS: dict[str, dict[str, Entry]] = {
    "Site": {
        "init": Entry("init", "Look at a site, and write a configuration."),
        "list": Entry("listing", "Show the pictures and videos that exercises name."),
        "config": Entry("config", "Show the settings in force, and where they come from."),
        "check": Entry("check", "Find everything that makes a page look broken."),
    },
    "Pictures": {
        "status": Entry("generate", "Show what generate would make, and why."),
        "generate": Entry("generate", "Make the variants that are missing or stale."),
        "watch": Entry("init", "Make variants as pictures and pages change."),
        "dupes": Entry("dupes", "Find pictures that are there twice."),
    },
    "Target": {
        "sync": Entry("sync", "Generate, then put all that changed at the target."),
        "verify": Entry("verify", "Compare the target with its catalog."),
    },
    "Pages": {
        "new": Entry("photos", "Begin an exercise, with photos and a video."),
        "add": Entry("photos", "Make pictures of an exercise of photos."),
        "gallery": Entry("gallery", "Bring galleries in line with the pictures on disk."),
    },
    "Videos": {
        "videos": Entry("videos", "Fetch, check and add the videos that exercises name."),
    },
    "Look up": {
        "explain": Entry("explain", "Say what a problem means, and what to do."),
        "completion": Entry("completion", "Print the script that completes in a shell."),
    },
}
"""The headings, and below them the commands, in the order in which one meets them."""

COMMANDS = {name: entry for section in SECTIONS.values() for name, entry in section.items()}

EXIT_CODES = {
    0: "all is done",
    1: "something failed, or an error was found",
    2: "the command line, the configuration or the target is wrong",
    3: "videos stopped early, so nothing is known of the rest",
    130: "interrupted; what was finished is kept",
}
"""Exit codes of all commands, in a few words each."""
