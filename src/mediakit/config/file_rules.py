"""What a file of settings may say: anybody who sends a change to the site can have written it.

A file of a repository runs nothing, writes nothing outside of the site, and chooses nobody to send
credentials to. What a flag or a variable says comes from the person or the pipeline that runs
mediakit, and is not held to this.
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
    """Returns what is wrong with a value on a site, empty if it may be said."""

_NOT_INSIDE = "is not a path inside the site"
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_PRIVATE = frozenset({".git", WORK_FOLDER})


def refuse_what_no_file_may_say(file: ConfigFile, root: Path) -> None:
    """Hold each setting of a file to the rule that its `trust` names.

    Raises:
        ConfigError: a file may not say this; with its line, and who may.
    """
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


def _read(path: str, _root: Path) -> str:
    """Hold a path or glob of what is read: links that lead out are refused where it is opened."""
    if unwritable := _unwritable(path):
        return unwritable
    if not path.strip() or path.startswith(("/", "\\")) or re.match(r"[A-Za-z]:", path):
        return f"{path!r} {_NOT_INSIDE}"
    if ".." in re.split(r"[/\\]", path):
        return f"{path!r} {_NOT_INSIDE}"
    own = private_folder(path)
    return f"{path!r} is in {own}, which is no part of the site" if own else ""


def _unwritable(text: str) -> str:
    """Refuse what no name has, and no program of an operating system takes as one."""
    return f"{text!r} holds a control character" if _CONTROL.search(text) else ""


def private_folder(path: str) -> str:
    """Return the folder of git or of mediakit that a path leads into, empty where it does not."""
    parts = re.split(r"[/\\]", path)
    return next((part for part in parts if part.casefold() in _PRIVATE), "")


def _root_folder(path: str, root: Path) -> str:
    return _read(path, root) if path else ""


def _written(path: str, root: Path) -> str:
    """Hold a path that is written to."""
    wrong = _read(path, root)
    if wrong:
        return wrong
    top, place = root.resolve(), (root / path).resolve()
    if not place.is_relative_to(top):
        return f"{path!r} is behind a link that leads out of the site"
    return _hidden(path) or _hidden(place.relative_to(top).as_posix())


def _hidden(path: str) -> str:
    """Refuse a path in a hidden folder: these belong to other programs."""
    hidden = next((part for part in path.split("/") if part.startswith(".") and part != "."), "")
    return f"{path!r} is in {hidden}: hidden folders belong to other programs" if hidden else ""


def _catalog(path: str, root: Path) -> str:
    wrong = _written(path, root)
    if wrong:
        return wrong
    if not path.endswith(".json") or (root / path).is_dir():
        return f"{path!r} is no file for the catalog"
    return ""


def _target(address: str, root: Path) -> str:
    """Hold a target: a folder of its own inside the site, or a bucket."""
    if unwritable := _unwritable(address):
        return unwritable
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
    return "" if path == DEFAULT_TARGET else _hidden(path)


def _executor(name: str, _root: Path) -> str:
    if name.startswith("dask"):
        return "a file may not name a cluster: its scheduler can run code on this machine"
    known = (ExecutorKind.THREADS, ExecutorKind.PROCESSES)
    return "" if name in known else f"no executor {name!r}"


def _endpoint(url: str, _root: Path) -> str:
    if url.startswith("https://") or is_loopback(url):
        return ""
    return "http:// is for servers on this machine: anybody on the way could read along"


_INSIDE = "write it relative to the folder of this file, without .."
_ELSEWHERE = "a target elsewhere is given by --target, or in MEDIAKIT_TARGET"
_WORKERS = "known are threads and processes; a cluster is given by --executor, or MEDIAKIT_EXECUTOR"
_SERVER = "write https://, or set AWS_ENDPOINT_URL_S3 where the keys are set"

RULES: dict[Trust, tuple[Rule, str]] = {
    Trust.HARMLESS: (_harmless, ""),
    Trust.READS: (_read, _INSIDE),
    Trust.ROOTS: (_root_folder, _INSIDE),
    Trust.WRITES: (_written, _INSIDE),
    Trust.CATALOG: (_catalog, "write a path such as media.json or _data/media.json"),
    Trust.TARGET: (_target, _ELSEWHERE),  # that no page or picture is in it: sync/target_place.py
    Trust.EXECUTOR: (_executor, _WORKERS),
    # over https it is used only where the environment or a profile says so too: s3/client.py
    Trust.ENDPOINT: (_endpoint, _SERVER),
}
"""The rule for each kind of setting, and what to do instead."""
