"""Rules for settings in a file, which anybody who sends a change to the site can have written.

A file of a repository runs nothing, writes nothing outside of the site, and chooses no server that
gets credentials. Flags and variables come from whoever runs mediakit, so these rules are not for
them. Each setting names its rule with its `trust`.

Whether a picture may tell its place (`privacy.location`) is harmless here: whoever can write the
file can write the pictures and pages too.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from mediakit.base.errors import UsageError
from mediakit.base.own_files import WORK_FOLDER
from mediakit.base.setting import Trust
from mediakit.executors.workers import ExecutorKind
from mediakit.storage.open import DEFAULT_TARGET, local_folder
from mediakit.storage.settings import is_loopback

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from mediakit.config.file import ConfigFile

    Rule = Callable[[Any, Path], str]
    """Returns what is wrong with a value for a site, empty for an allowed one."""

_NOT_INSIDE = "is not a path inside the site"
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_PRIVATE = frozenset({".git", WORK_FOLDER})


def refuse_untrusted(file: ConfigFile, root: Path) -> None:
    """Raise ConfigError for the first setting that its rule does not allow in a file."""
    for dotted, (given, key) in file.given.items():
        if key.trust is None:
            continue  # a table
        rule, hint = RULES[key.trust]
        for value in given if isinstance(given, list) else [given]:
            wrong = rule(value, root)
            if wrong:
                file.refuse(dotted, f"{dotted}: {wrong}", hint)


def _harmless(_value: object, _root: Path) -> str:
    return ""


def _wrong_path(path: str, _root: Path) -> str:
    """Return what is wrong with a path or glob to read; opening refuses links out of the site."""
    if found := _control_character(path):
        return found
    if not path.strip() or path.startswith(("/", "\\")) or re.match(r"[A-Za-z]:", path):
        return f"{path!r} {_NOT_INSIDE}"
    if ".." in re.split(r"[/\\]", path):
        return f"{path!r} {_NOT_INSIDE}"
    own = private_folder(path)
    return f"{path!r} is in {own}, which is no part of the site" if own else ""


def _control_character(text: str) -> str:
    return f"{text!r} holds a control character" if _CONTROL.search(text) else ""


def private_folder(path: str) -> str:
    """Return the folder of git or of mediakit that a path leads into, empty where it does not."""
    parts = re.split(r"[/\\]", path)
    return next((part for part in parts if part.casefold() in _PRIVATE), "")


def _wrong_root(path: str, root: Path) -> str:
    return _wrong_path(path, root) if path else ""


def _wrong_output(path: str, root: Path) -> str:
    """Return what is wrong with a path to write to."""
    wrong = _wrong_path(path, root)
    if wrong:
        return wrong
    top, place = root.resolve(), (root / path).resolve()
    if not place.is_relative_to(top):
        return f"{path!r} is behind a link that leads out of the site"
    return _in_hidden_folder(path) or _in_hidden_folder(place.relative_to(top).as_posix())


def _in_hidden_folder(path: str) -> str:

    hidden = next((part for part in path.split("/") if part.startswith(".") and part != "."), "")
    return f"{path!r} is in {hidden}: hidden folders belong to other programs" if hidden else ""


def _wrong_catalog(path: str, root: Path) -> str:
    wrong = _wrong_output(path, root)
    if wrong:
        return wrong
    if not path.endswith(".json") or (root / path).is_dir():
        return f"{path!r} is no file for the catalog"
    return ""


def _wrong_target(address: str, root: Path) -> str:
    """Return what is wrong with a target: it is a folder of its own in the site, or a bucket."""
    if found := _control_character(address):
        return found
    if address.lower().startswith("s3:"):
        return ""
    try:
        folder = local_folder(address, root)
    except UsageError as error:
        return error.message
    if folder is None:
        return ""  # no kind of target that there is: said where it is opened
    top = root.resolve()
    if folder == top or top not in folder.parents:
        return f"{address!r} is outside of the site"
    path = folder.relative_to(top).as_posix()
    return "" if path == DEFAULT_TARGET else _in_hidden_folder(path)


def _wrong_executor(name: str, _root: Path) -> str:
    if name.startswith("dask"):
        return "a file may not name a cluster: its scheduler can run code on this machine"
    known = (ExecutorKind.THREADS, ExecutorKind.PROCESSES)
    return "" if name in known else f"no executor {name!r}"


def _wrong_endpoint(url: str, _root: Path) -> str:
    if url.startswith("https://") or is_loopback(url):
        return ""
    return "http:// is for servers on this machine: anybody on the way could read along"


_INSIDE = "write it relative to the folder of this file, without .."
_ELSEWHERE = "a target elsewhere is given by --target, or in MEDIAKIT_TARGET"
_WORKERS = "known are threads and processes; a cluster is given by --executor, or MEDIAKIT_EXECUTOR"
_SERVER = "write https://, or set AWS_ENDPOINT_URL_S3 where the keys are set"

RULES: dict[Trust, tuple[Rule, str]] = {
    Trust.HARMLESS: (_harmless, ""),
    Trust.READS: (_wrong_path, _INSIDE),
    Trust.ROOTS: (_wrong_root, _INSIDE),
    Trust.WRITES: (_wrong_output, _INSIDE),
    Trust.CATALOG: (_wrong_catalog, "write a path such as media.json or _data/media.json"),
    Trust.TARGET: (
        _wrong_target,
        _ELSEWHERE,
    ),  # that no page or picture is in it: sync/target_place.py
    Trust.EXECUTOR: (_wrong_executor, _WORKERS),
    # over https it is used only where the environment or a profile says so too: s3/client.py
    Trust.ENDPOINT: (_wrong_endpoint, _SERVER),
}
"""The rule for each kind of setting, and what to do instead."""
