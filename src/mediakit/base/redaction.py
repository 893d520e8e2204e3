"""Remove secrets from texts: messages of libraries and servers may quote what they were given.

boto3, urllib and yt-dlp take them from the environment, and keys of buckets sign requests. So
messages are redacted where they come from such a library, and once more where they are printed.
"""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING
from urllib.parse import unquote

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

_SHOWN = "***"
_SENSITIVE = (
    "SECRET", "TOKEN", "PASSW", "CREDENTIAL", "COOKIE", "APIKEY", "API_KEY", "ACCESSKEY",
    "ACCESS_KEY", "PRIVATEKEY", "PRIVATE_KEY",
)  # fmt: skip
_SENSITIVE_ENDS = ("PASS", "_AUTH")
_PLACES = ("_FILE", "_PATH", "_DIR", "_URL", "_URI", "_SOCK")  # ends of names of no secrets
_SHORTEST = 6
_LONGEST = 400
# patterns as texts: `re` compiles them where they are used, which few runs do
_USER = r"(?<=//)[^/\s'\"<>]*@"
# as browsers read it: with any number of slashes or backslashes, or none
_USER_OF_ADDRESS = r"^(\s*(?:[A-Za-z][A-Za-z0-9+.-]*:[/\\]*|[/\\]{2,}))[^/\\?#]*@"
# errors about a wrong header or address quote the value, which may be a secret
_QUOTING = ("Invalid header value", "nonnumeric port", "Port could not be cast to integer value")


def redacted(text: str, environ: Mapping[str, str] = os.environ) -> str:
    """Return a text without secrets of the environment, and without users in addresses."""
    return redactor(environ)(text)


def redactor(environ: Mapping[str, str] = os.environ) -> Callable[[str], str]:
    """Return a function that does so to many texts, with what the environment has now."""
    secrets = sorted(_values(environ), key=len, reverse=True)

    def redact(text: str) -> str:
        for value in secrets:
            text = text.replace(value, _SHOWN)
        for before in _QUOTING:
            if before in text:
                text = re.sub(rf"({before})[^\n]*", r"\1", text)
        return re.sub(_USER, f"{_SHOWN}@", text) if "@" in text else text

    return redact


def without_user(address: str) -> str:
    """Return a web address with `***` in place of its user and password, if it has any."""
    return re.sub(_USER_OF_ADDRESS, rf"\1{_SHOWN}@", address)


def has_user(address: str) -> bool:
    """Return whether a web address contains a user or a password."""
    return re.match(_USER_OF_ADDRESS, address) is not None


def _values(environ: Mapping[str, str]) -> Iterator[str]:
    for name, value in environ.items():
        if _is_sensitive(name.upper()):
            yield from _spellings(value)
        elif "//" in value and "@" in value:
            user = value.partition("//")[2].rpartition("@")[0]
            for each in (user.partition(":")[2], *re.split("[:/]", user)):
                yield from _spellings(each)  # also its parts, for an address that is malformed


def _is_sensitive(name: str) -> bool:
    """Return whether a variable with this name, in capitals, has a secret."""
    is_known = any(map(name.__contains__, _SENSITIVE)) or name.endswith(_SENSITIVE_ENDS)
    return is_known and not name.endswith(_PLACES)


def _spellings(value: str) -> Iterator[str]:
    """Yield the forms in which a value may be quoted: stripped, decoded, or escaped by Python."""
    bare = value.strip()
    for each in {value, bare, unquote(bare), repr(bare)[1:-1]}:
        if len(each) >= _SHORTEST:
            yield each


def clipped(message: str) -> str:
    """Return a message of readable length: it may quote a whole page."""
    if len(message) <= _LONGEST:
        return message
    half = _LONGEST // 2
    return f"{message[:half]}…{message[-half:]}"
