"""Entry point: finds the command, and turns errors into messages and exit codes.

0 done; 1 some items failed, or errors were found; 2 bad usage, configuration or target;
3 a check of videos stopped early; 130 interrupted.
"""

from __future__ import annotations

import io
import os
import sys
import warnings
from typing import TYPE_CHECKING, NoReturn

import click
from click.core import ParameterSource

from mediakit.base.errors import MediakitError, UsageError
from mediakit.base.version import __version__
from mediakit.cli import process
from mediakit.cli.commands import LazyGroup, is_true, source_of

if TYPE_CHECKING:
    from collections.abc import Sequence
    from types import TracebackType


@click.group(
    cls=LazyGroup,
    examples=(
        ("mediakit init", "examine the site, and write mediakit.toml"),
        ("mediakit status", "show which variants are missing, and why"),
        ("mediakit sync --dry-run", "show what a sync would do"),
        ("mediakit sync --target s3://bucket/site", "make variants, and upload what changed"),
        ("mediakit check", "find what makes pages look broken"),
    ),
)
@click.version_option(__version__, prog_name="mediakit", message="%(prog)s %(version)s")
def mediakit() -> None:
    """Manage the pictures and videos of an exercise site.

    Run it in the folder of the site, or anywhere below.
    """


def main(args: Sequence[str]) -> int:  # noqa: PLR0911 - one an outcome
    """Run the command line `args`, and return the exit code."""
    debug = "--debug" in args or is_true(os.environ.get("MEDIAKIT_DEBUG", ""))
    if "_MEDIAKIT_COMPLETE" in os.environ:
        from mediakit.cli.completion import answer  # noqa: PLC0415 - a shell is waiting

        return answer(mediakit)
    try:
        code = mediakit.main(args=list(args), prog_name="mediakit", standalone_mode=False)
        sys.stdout.flush()
        return code if isinstance(code, int) else 0
    except click.exceptions.Abort as error:
        return _interrupted(error.__cause__)
    except KeyboardInterrupt as error:
        return _interrupted(error)
    except click.ClickException as error:
        _show(_with_variable(error))
        return error.exit_code
    except BrokenPipeError:
        process.silence("stdout")  # the reader, such as head, has gone
        return 1
    except MediakitError as error:
        if debug:
            raise
        _complain(error.message, error.hint)
        return 2 if isinstance(error, UsageError) else 1
    except Exception as error:
        if debug:
            raise
        _complain_of_others(error)
        return 1


_AGAIN = "finished work is kept"


def _complain_of_others(error: Exception) -> None:
    """Report an error that no command has words for: of the system, or a fault of mediakit."""
    if isinstance(error, OSError):
        from mediakit.base.writer import hint_of  # noqa: PLC0415 - on the way out only

        where = error.filename2 or error.filename
        what = error.strerror or str(error)
        _complain(f"{where}: {what}" if where else what, hint_of(error))
        return
    if isinstance(error, MemoryError):
        _complain("there is not enough memory", f"ask for fewer at a time with --jobs; {_AGAIN}")
        return
    if isinstance(error, RuntimeError) and str(error) == "can't start new thread":
        _complain(
            "no more threads can be started",
            f"the limit on processes or memory is reached: lower --jobs; {_AGAIN}",
        )
        return
    _complain(
        f"unexpected {type(error).__name__}: {error}",
        "this is a fault in mediakit: run again with --debug, and report what it prints",
    )


def run() -> NoReturn:
    """Run the program: what the installed `mediakit` calls."""
    try:
        code = _prepared()
    except KeyboardInterrupt:  # before there is a boundary, or once more while it says so
        code = process.INTERRUPTED
    process.end(code)


def _prepared() -> int:
    process.prepare()
    process.catch_signals()
    # Pillow warns of broken EXIF and the like, which the renderer has an answer for
    warnings.filterwarnings("ignore", module=r"PIL\.")
    sys.excepthook = _show_fault
    return main(sys.argv[1:])


def _interrupted(error: BaseException | None) -> int:
    """Say what stands: in the words of an interrupt that has its own, else of most commands."""
    what, hint = "what was finished is kept, and the next run goes on from there", ""
    if isinstance(error, KeyboardInterrupt) and error.args:
        what, hint = error.args
    _complain(f"interrupted; {what}", hint)
    return process.INTERRUPTED


def _with_variable(error: click.ClickException) -> click.ClickException:
    """Return a complaint of a value with the variable that it came from, where it did."""
    context = error.ctx if isinstance(error, click.BadParameter) else None
    if context is None or not isinstance(error, click.BadParameter):
        return error
    option = error.param
    if not isinstance(option, click.Option):
        return error
    if context.get_parameter_source(option.name or "") is not ParameterSource.DEFAULT_MAP:
        return error
    variable = source_of(option, context.command_path.split()[1:], os.environ)
    return click.BadParameter(f"{error.message} (from the variable {variable})", context, option)


def _show(error: click.ClickException) -> None:
    """Print what click has to say, the words of the command line in it escaped."""
    text = io.StringIO()
    error.show(text)
    for line in text.getvalue().splitlines():
        click.echo(_shown(line), err=True)


def _complain(message: str, hint: str) -> None:
    click.echo(_shown(f"mediakit: {message}"), err=True)
    if hint:
        click.echo(_shown(f"  hint: {hint}"), err=True)


def _shown(line: str) -> str:
    from mediakit.base.redaction import redacted  # noqa: PLC0415 - on the way out only
    from mediakit.report.text import log_line  # noqa: PLC0415

    return redacted(log_line(line))


def _show_fault(
    kind: type[BaseException], error: BaseException, trace: TracebackType | None
) -> None:
    """Print a traceback, with what is secret or acts on a terminal taken out of its messages."""
    import traceback  # noqa: PLC0415

    for text in traceback.format_exception(kind, error, trace):
        for line in text.splitlines():
            click.echo(_shown(line), err=True)
