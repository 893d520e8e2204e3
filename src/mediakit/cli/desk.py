"""`mediakit desk`."""

from __future__ import annotations

from contextlib import suppress

import click

from mediakit.cli.commands import Command
from mediakit.cli.options import Common, common_options, language_option
from mediakit.cli.output import say


@click.command("desk", cls=Command, examples=(
    ("mediakit desk", "open the desk in the browser"),
    ("mediakit desk --no-browser --port 4001", "print the address, to open it yourself"),
    ("mediakit desk --lang da", "in Danish, whatever the browser prefers"),
))  # fmt: skip
@click.option("--no-browser", is_flag=True, help="Print the address, and open no browser.")
@click.option(
    "--port", type=click.IntRange(1, 65_535), metavar="N",
    help="The port of the address (default: any free one).",
)  # fmt: skip
@language_option("that of the browser")
@common_options("text")
def desk_command(*, no_browser: bool, port: int | None, lang: str | None, common: Common) -> int:
    """Look at all exercises and work on them, in the browser, until Ctrl-C.

    Shows each exercise as a card with its pictures, videos and problems. Photos are dropped onto
    a card; texts, order, header and teaser are changed there, and each change can be undone. Each
    act is what a command does. The address works on this machine alone, and only with the token
    in it. Needs the extra desk.
    """
    from mediakit.cli.desk_acts import features  # noqa: PLC0415 - takes a while
    from mediakit.desk.serve import open_desk  # noqa: PLC0415
    from mediakit.sync.site_files import require_site  # noqa: PLC0415

    config = common.config()
    require_site(config)
    known = features(common, config)
    with open_desk(common.config, known, port or 0, lang) as desk, suppress(KeyboardInterrupt):
        if not common.quiet:
            say(f"the desk is at {desk.address}")
            say("end it with Ctrl-C", aside=True)
        if not no_browser:
            click.launch(desk.address)
        desk.run()
    return 0
