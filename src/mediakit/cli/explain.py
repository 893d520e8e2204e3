"""`mediakit explain`."""

from __future__ import annotations

from typing import Annotated

import click
from msgspec import Meta

from mediakit.base.errors import UsageError, did_you_mean
from mediakit.base.model import problem_codes
from mediakit.cli import completion
from mediakit.cli.commands import Command
from mediakit.cli.options import Common, common_options
from mediakit.cli.output import say, say_wrapped
from mediakit.report.documents import Document, document_json


class ExplainDocument(Document, frozen=True, kw_only=True):
    """What `explain` says of a problem."""

    code: Annotated[str, Meta(description="The code.")]
    severity: Annotated[str, Meta(description="`error`, `warning`, `note`, or `error or warning`.")]
    meaning: Annotated[str, Meta(description="What it means.")]
    advice: Annotated[str, Meta(description="What to do about it.")]


@click.command("explain", cls=Command, examples=(
    ("mediakit explain missing-picture", "show the meaning, and what to do"),
    ("mediakit explain", "list all problems"),
))  # fmt: skip
@click.argument("code", required=False, shell_complete=completion.codes)
@common_options("text", "json")
def explain_command(*, code: str | None, common: Common) -> int:
    """Explain a problem, and what to do about it.

    CODE is the word in brackets behind a problem. Without it, all problems are listed.
    """
    known = problem_codes()
    if code is None:
        if common.output == "json":
            raise UsageError("JSON is for one problem", "name its code")
        widest = max(map(len, known)) + 2
        for each, row in known.items():
            say_wrapped(f"{each:<{widest}}{row.meaning}", widest)
        return 0
    name = code.strip("[]")
    found = known.get(name)
    if found is None:
        like = [each for each in known if name in each]
        meant = f"did you mean {' or '.join(like)}?" if like else did_you_mean(name, known)
        raise UsageError(
            f"no problem has the code {code!r}", meant or "mediakit explain lists them"
        )
    if common.output == "json":
        click.echo(
            document_json(
                ExplainDocument(
                    code=name, severity=found.severity, meaning=found.meaning, advice=found.advice
                )
            )
        )
    else:
        for line in (f"{name} ({found.severity})", "", found.meaning, "", found.advice):
            say_wrapped(line, 0) if line else say("")
    return 0
