"""Purge changed objects from the caches in front of a target."""

from __future__ import annotations

import json
import os
import re
import time
import urllib.error
import urllib.request
import uuid
from functools import partial
from queue import Empty, SimpleQueue
from threading import Thread
from typing import TYPE_CHECKING, Any, Protocol
from urllib.parse import quote, urlsplit

from mediakit.base.actions import Failure
from mediakit.base.errors import UsageError
from mediakit.base.model import Problem, Severity
from mediakit.base.patient_socket import patient_opener
from mediakit.base.redaction import redacted

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from mediakit.storage.settings import CdnSettings

_TOKEN = "CLOUDFLARE_API_TOKEN"  # noqa: S105 - the name of a variable
_API = "https://api.cloudflare.com/client/v4"
_CLOUDFLARE_BATCH = 30  # the most URLs that every plan takes in a call
_CLOUDFRONT_MOST = 1000  # 3,000 may be under way at once; one for all costs as much as one
_CLOUDFRONT_WILDCARDS = 10  # 15 may be under way at once
_CLOUDFRONT_PLAIN = "/!$&'()+,;=:@"
_AMBIGUOUS = re.compile(r"[~\[\]|\\^`*]")
_GLOBAL = "us-east-1"  # where CloudFront is, wherever the buckets are
_TIMEOUT, _TRIES, _LONGEST_WAIT = 30, 4, 60  # seconds, calls, seconds
_MOST_BYTES = 1024 * 1024  # of an answer


class Purger(Protocol):
    """A cache that forgets objects on request."""

    def purge(self, keys: Sequence[str]) -> Failure | None:
        """Purge the objects of these keys; returns what went wrong."""


def open_purge(settings: CdnSettings) -> Callable[[Sequence[str], str], Iterator[Problem]]:
    """Return what purges keys of the target at an address; raises as `open_purgers` does."""
    return partial(purge, open_purgers(settings))


def open_purgers(settings: CdnSettings) -> tuple[Purger, ...]:
    """Return the caches that are configured.

    Raises:
        UsageError: the token that one needs is not in the environment.
    """
    purgers: list[Purger] = []
    if settings.cloudfront:
        purgers.append(CloudFront(settings.cloudfront, settings.base_url))
    if settings.cloudflare_zone:
        token = os.environ.get(_TOKEN, "").strip()
        if not token:
            raise UsageError(f"{_TOKEN} is not set", "it is needed to purge Cloudflare's cache")
        purgers.append(Cloudflare(settings.cloudflare_zone, settings.base_url, token))
    return tuple(purgers)


def purge(purgers: Iterable[Purger], keys: Sequence[str], url: str) -> Iterator[Problem]:
    """Purge changed objects of the target at `url`; yields a problem for each cache that failed."""
    for purger in purgers if keys else ():
        wrong = purger.purge(keys)
        if wrong is not None:
            yield Problem(url, 0, wrong.code, Severity.ERROR, wrong.message, wrong.hint)


class CloudFront:
    """A distribution of Amazon CloudFront, by way of boto3."""

    def __init__(self, distribution: str, base_url: str) -> None:
        self._distribution = distribution
        self._base = urlsplit(base_url).path.rstrip("/")

    def purge(self, keys: Sequence[str]) -> Failure | None:
        """Create an invalidation: of all below the base if there are very many keys."""
        paths = self._paths(keys)
        # boto3's timeout starts again with each byte
        told: SimpleQueue[str] = SimpleQueue()
        Thread(target=lambda: told.put(self._invalidate(paths)), daemon=True).start()
        try:
            wrong = told.get(timeout=2 * _TIMEOUT)
        except Empty:
            wrong = "no answer in time"
        more = f" and {len(paths) - 1} more" if len(paths) > 1 else ""
        name = f"CloudFront {self._distribution}, {paths[0]}{more}"
        return _failure(name, wrong) if wrong else None

    def _invalidate(self, paths: Sequence[str]) -> str:
        """Make the call, and return what went wrong."""
        import boto3  # noqa: PLC0415 - only where it is used
        from botocore.exceptions import BotoCoreError, ClientError  # noqa: PLC0415

        try:
            boto3.Session().client("cloudfront", region_name=_GLOBAL).create_invalidation(
                DistributionId=self._distribution,
                InvalidationBatch={
                    "Paths": {"Quantity": len(paths), "Items": paths},
                    "CallerReference": str(uuid.uuid4()),
                },
            )
        except (BotoCoreError, ClientError, ValueError) as error:
            return str(error) or type(error).__name__
        return ""

    def _paths(self, keys: Sequence[str]) -> list[str]:
        """Return the paths to invalidate; one for all if they or their wildcards are very many."""
        paths = sorted({f"{self._base}/{_cloudfront_path(key)}" for key in keys})
        wildcards = sum(path.endswith("*") for path in paths)
        if len(paths) > _CLOUDFRONT_MOST or wildcards > _CLOUDFRONT_WILDCARDS:
            return [f"{self._base}/*"]
        return paths


def _cloudfront_path(key: str) -> str:
    """Return a key as CloudFront takes it: encoded as in RFC 1738.

    Browsers send some of these letters as they are, which CloudFront takes in no path: a
    wildcard instead of them, and of what follows, covers both spellings.
    """
    plain = _AMBIGUOUS.split(key, maxsplit=1)[0]
    return quote(plain, safe=_CLOUDFRONT_PLAIN) + ("*" if plain != key else "")


class _NoRedirects(urllib.request.HTTPRedirectHandler):
    """Sends the token to the service alone, and follows no redirect."""

    def redirect_request(self, *_redirect: object) -> None:
        """Make no request: the answer counts as a failure."""


class Cloudflare:
    """A zone of Cloudflare, by its HTTP interface."""

    def __init__(self, zone: str, base_url: str, token: str, api: str = _API) -> None:
        self._url = f"{api}/zones/{quote(zone, safe='')}/purge_cache"
        self._name = f"Cloudflare {zone}"
        self._base = base_url.rstrip("/")
        self._token = token
        self._opener = patient_opener(2 * _TIMEOUT, _TIMEOUT, _MOST_BYTES, _NoRedirects)

    def purge(self, keys: Sequence[str]) -> Failure | None:
        """Purge address by address, 30 a call."""
        urls = [f"{self._base}/{quote(key)}" for key in keys]
        for start in range(0, len(urls), _CLOUDFLARE_BATCH):
            wrong = self._call({"files": urls[start : start + _CLOUDFLARE_BATCH]})
            if wrong is not None:
                return _failure(self._name, wrong)
        return None

    def _call(self, body: dict[str, Any]) -> str | None:
        """Make a call, again if it is refused for now; returns what went wrong."""
        request = urllib.request.Request(  # noqa: S310 - the scheme is ours
            self._url,
            json.dumps(body).encode(),
            {"Authorization": f"Bearer {self._token}", "Content-Type": "application/json"},
        )
        for attempt in range(_TRIES):
            try:
                with self._opener.open(request, timeout=_TIMEOUT) as answer:
                    said = json.load(answer)
                return None if said.get("success") else _words(said)
            except urllib.error.HTTPError as error:
                is_last = attempt + 1 == _TRIES
                if is_last or (error.code != 429 and error.code < 500):
                    return f"HTTP {error.code} {error.reason}"
                time.sleep(_wait(error.headers.get("Retry-After"), attempt))
            except (OSError, ValueError) as error:
                return str(error)
        return "no answer"


def _wait(after: str | None, attempt: int) -> float:
    return min(float(after) if after and after.isdecimal() else 2.0**attempt, _LONGEST_WAIT)


def _words(said: dict[str, Any]) -> str:
    errors = said.get("errors") or [{}]
    return "; ".join(str(each.get("message", "refused")) for each in errors)


def _failure(name: str, what: str) -> Failure:
    return Failure(
        "purge-failed",
        redacted(f"{name}: {what}"),
        "visitors may see old pictures until the caches expire",
    )
