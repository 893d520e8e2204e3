"""Entry point: finds the command, and turns errors into messages and exit codes.

0 done; 1 some items failed, or errors were found; 2 bad usage, configuration or target;
3 a check of videos stopped early; 130 interrupted.
"""

from __future__ import annotations

import contextlib
import gc
import importlib
import os
import signal
import sys
import warnings
from typing import TYPE_CHECKING, Any

import click

from mediakit import __version__
from mediakit.errors import MediakitError, UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from types import FrameType

_COMMANDS = {
    "init": "Look at a site, and write a configuration.",
    "list": "Show the pictures and videos that exercises name.",
    "status": "Show what generate would make, and why.",
    "generate": "Make the variants that are missing or stale.",
    "sync": "Generate, then put all that changed at the target.",
    "watch": "Make variants as pictures and pages change.",
    "verify": "Compare the target with its catalog.",
    "add": "Make pictures of an exercise of photos.",
    "new": "Begin an exercise, with photos and a video.",
    "gallery": "Bring galleries in line with the pictures on disk.",
    "check": "Find everything that makes a page look broken.",
    "explain": "Say what a problem means, and what to do.",
    "dupes": "Find pictures that are there twice.",
    "videos": "Fetch, check and add the videos that exercises name.",
}
_MODULES = {
    "init": "site",
    "watch": "site",
    "list": "listing",
    "status": "generate",
    "generate": "generate",
    "sync": "sync",
    "verify": "verify",
    "add": "gallery",
    "new": "gallery",
    "gallery": "gallery",
    "check": "check",
    "explain": "check",
    "dupes": "dupes",
    "videos": "videos",
}


class LazyGroup(click.Group):
    """Imports a command's module when it is called, so that `--version` is quick."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        """Return the commands in the order in which one meets them."""
        return list(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        """Return the command, or None."""
        if cmd_name not in _COMMANDS:
            return None
        module = importlib.import_module(f"mediakit.cli.{_MODULES[cmd_name]}")
        command: click.Command = getattr(module, f"{cmd_name}_command")
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        """Write the command table without importing the commands."""
        with formatter.section("Commands"):
            formatter.write_dl(list(_COMMANDS.items()))


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="mediakit", message="%(prog)s %(version)s")
def mediakit() -> None:
    """Keep the pictures and videos of a Jekyll exercise site right.

    Run it in the folder of the site. A first look: mediakit list; mediakit status.
    """


def main(args: Sequence[str]) -> int:  # noqa: PLR0911 - one an outcome
    """Run the command line `args`, and return the exit code."""
    debug = "--debug" in args
    try:
        code = mediakit.main(args=list(args), prog_name="mediakit", standalone_mode=False)
        sys.stdout.flush()
        return code if isinstance(code, int) else 0
    except click.exceptions.Abort:
        return _interrupted()
    except KeyboardInterrupt:
        return _interrupted()
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except BrokenPipeError:
        # the reader (head, say) has gone: nothing more to tell, also not at exit
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except MediakitError as error:
        if debug:
            raise
        _complain(error.message, error.hint)
        return 2 if isinstance(error, UsageError) else 1
    except Exception as error:
        if debug:
            raise
        _complain(
            f"unexpected {type(error).__name__}: {error}",
            "this is a fault in mediakit: run again with --debug, and report what it prints",
        )
        return 1


def run() -> None:
    """Run the program: what the installed `mediakit` calls."""
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(AttributeError, ValueError):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")  # type: ignore[union-attr]
    # a site is many small values that live to the end: looking for cycles in them costs a tenth
    gc.set_threshold(100_000, 50, 50)
    # Pillow warns of broken EXIF and the like, which the renderer has an answer for
    warnings.filterwarnings("ignore", module=r"PIL\.")
    signal.signal(signal.SIGTERM, _terminate)
    sys.exit(main(sys.argv[1:]))


def _terminate(_signal: int, _frame: FrameType | None) -> Any:  # noqa: ANN401 - signal's type
    raise KeyboardInterrupt


def _interrupted() -> int:
    _complain("interrupted; what was finished is kept, and the next run goes on from there", "")
    return 130


def _complain(message: str, hint: str) -> None:
    from mediakit.report.as_text import printable  # noqa: PLC0415 - on the way out only

    click.echo(f"mediakit: {printable(message)}", err=True)
    if hint:
        click.echo(f"  hint: {printable(hint)}", err=True)
