"""`mediakit config`."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING, Annotated, Any

import click
from click.core import ParameterSource
from msgspec import Meta
from msgspec.structs import replace

from mediakit.base.errors import UsageError, did_you_mean
from mediakit.base.redaction import redactor
from mediakit.cli import completion
from mediakit.cli.commands import Command, options_of, source_of
from mediakit.cli.options import BUCKET, WORKERS, Common, common_options, setting_options
from mediakit.cli.output import say_all
from mediakit.config.origins import Origin, SettingEntry, settings_in_force
from mediakit.config.overrides import Overrides, setting_of
from mediakit.config.tables import schema_text
from mediakit.report.documents import Document, document_json
from mediakit.report.text import printable
from mediakit.storage.settings import said_by_aws

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from mediakit.config.config import Config

_VALUE_COLUMNS = 48  # of the widest setting that has its origin beside it


class ConfigDocument(Document, frozen=True, kw_only=True):
    """The settings in force."""

    root: Annotated[str, Meta(description="The folder of the site, an absolute path.")]
    file: Annotated[str | None, Meta(description="The file with the settings, if there is one.")]
    settings: Annotated[list[SettingEntry], Meta(description="All settings, in a fixed order.")]


@click.command("config", cls=Command, examples=(
    ("mediakit config", "all settings in force, and where each comes from"),
    ("mediakit config presets.teaser videos", "some of them"),
    ("mediakit config --jobs 2 --format json", "with an option, for a program"),
    ("mediakit config --schema > .mediakit/mediakit.schema.json", "for an editor"),
))  # fmt: skip
@click.argument("keys", nargs=-1, shell_complete=completion.keys)
@click.option("--schema", is_flag=True, help="Print the JSON Schema of mediakit.toml instead.")
@setting_options("target", "max_delete", "source", *WORKERS, *BUCKET)
@common_options("text", "json")
def config_command(
    *, keys: tuple[str, ...], schema: bool, settings: dict[str, Any], common: Common
) -> int:
    """Show the settings in force, and where each value comes from.

    A value comes from an option, a variable, a line of mediakit.toml or pyproject.toml, or it is
    the default. Secrets are no settings, so none is shown.

    KEYS are settings or tables, such as jobs or presets.teaser; all where none is given.
    """
    if schema:
        click.echo(schema_text(), nl=False)
        return 0
    config = common.config(**settings)
    shown = _chosen(list(_in_force(config)), keys)
    if common.output == "json":
        name = config.file.name if config.file.given else None
        document = ConfigDocument(root=str(config.root), file=name, settings=shown)
        click.echo(document_json(document))
    else:
        say_all(_lines(config, shown))
    return 0


def _overrides() -> Iterator[tuple[str, Origin]]:
    """Yield the settings that options and variables set."""
    context, known = click.get_current_context(), {*Overrides.__struct_fields__}
    for option in options_of(context.command):
        if option.name not in known:
            continue
        source = context.get_parameter_source(option.name)
        if source is ParameterSource.COMMANDLINE:
            yield setting_of(option.name), Origin("option", max(option.opts, key=len))
        elif source in {ParameterSource.DEFAULT_MAP, ParameterSource.ENVIRONMENT}:
            path = context.command_path.split()[1:]
            variable = source_of(option, path, os.environ)
            yield setting_of(option.name), Origin("environment", variable or "")


def _in_force(config: Config) -> Iterator[SettingEntry]:
    """Yield all settings, with the values of variables of AWS programs and without passwords."""
    redact = redactor()
    for each in settings_in_force(config, _said_by_aws() | dict(_overrides())):
        is_left = each.value is None and each.source == "environment"
        value = os.environ.get(each.where) if is_left else each.value
        yield replace(each, value=redact(value) if isinstance(value, str) else value)


def _said_by_aws() -> dict[str, Origin]:
    """Return the settings of `[s3]` that variables of AWS programs say."""
    return {
        f"s3.{name}": Origin("environment", variable) for name, variable in said_by_aws(os.environ)
    }


def _chosen(settings: Sequence[SettingEntry], keys: Iterable[str]) -> list[SettingEntry]:
    chosen: dict[str, SettingEntry] = {}
    for key in keys:
        found = [each for each in settings if each.key == key or each.key.startswith(f"{key}.")]
        if not found:
            meant = did_you_mean(key, [each.key for each in settings])
            raise UsageError(f"there is no setting {key!r}", meant or "mediakit config has all")
        chosen |= {each.key: each for each in found}
    return list(chosen.values()) if chosen else list(settings)


def _lines(config: Config, settings: Sequence[SettingEntry]) -> Iterator[str]:
    yield f"# {printable(str(config.root))}"
    rows = [(f"{each.key} = {_value(each.value)}", each.where or "default") for each in settings]
    width = min(_VALUE_COLUMNS, max(len(row[0]) for row in rows))
    for setting, place in rows:
        yield printable(f"{setting:<{width}}  # {place}")


def _value(value: object) -> str:
    """Return a value as TOML has it, as far as JSON's is the same."""
    return "(not set)" if value is None else json.dumps(value, ensure_ascii=False)
