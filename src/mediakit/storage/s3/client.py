"""Requests to a bucket: signed, patient, on connections that are kept, and tried again.

The way to the server is over TLS or not, through a proxy that the environment names or not.
"""

from __future__ import annotations

import base64
import hashlib
import itertools
import os
import time
from typing import TYPE_CHECKING
from urllib.parse import urlsplit
from weakref import finalize

from mediakit.base.redaction import redacted
from mediakit.storage.s3.answers import BucketAnswer, S3Error, fault_of, unanswered
from mediakit.storage.s3.signing import Request, encoded
from mediakit.storage.s3.steps import Blocking, Wait, finish
from mediakit.storage.s3.traffic import Traffic
from mediakit.storage.s3.way import find_way

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mediakit.base.patient_socket import ExchangeLimits
    from mediakit.storage.s3.line import Line
    from mediakit.storage.s3.patience import Patience
    from mediakit.storage.s3.server import Server
    from mediakit.storage.s3.steps import Steps

_ATTEMPTS = 8  # about a minute of waiting in all


class BucketClient:
    """Asks a server about what is in one bucket, from any thread."""

    def __init__(
        self, server: Server, bucket: str, patience: Patience, connections: int = 1
    ) -> None:
        self._bucket = bucket
        self._patience = patience
        self.traffic = Traffic(connections)
        given = os.environ.get("AWS_MAX_ATTEMPTS", "")
        self._attempts = (given.isdecimal() and int(given[:9])) or _ATTEMPTS
        self._idle: list[Line] = []
        finalize(self, _close, self._idle)
        self._go_to(server)

    @property
    def endpoint(self) -> str:
        """The URL of the server, without a password."""
        return redacted(self._server.endpoint)

    def ask(  # noqa: PLR0913 - the parts of a request
        self,
        method: str,
        name: str = "",
        headers: Mapping[str, str] | None = None,
        body: bytes = b"",
        *,
        query: Mapping[str, str] | None = None,
        sha256: str = "",
    ) -> BucketAnswer:
        """Return the answer about an object, or about the bucket (without a name).

        `sha256` is the digest of the body, if it is known.

        Raises:
            S3Error: the server refuses, or does not answer in time, however often it is asked.
        """
        return finish(self.asking(method, name, headers, body, query=query, sha256=sha256))

    def asking(  # noqa: PLR0913 - the parts of a request
        self,
        method: str,
        name: str = "",
        headers: Mapping[str, str] | None = None,
        body: bytes = b"",
        *,
        query: Mapping[str, str] | None = None,
        sha256: str = "",
    ) -> Steps[BucketAnswer]:
        """Do what `ask` does, in steps."""
        since = time.monotonic()
        fields = [f"{encoded(key)}={encoded(text)}" for key, text in sorted((query or {}).items())]
        given = dict(headers or {})
        if body:  # older servers demand it of deletes, and some buckets of each object
            digest = hashlib.md5(body, usedforsecurity=False).digest()
            given["Content-MD5"] = base64.b64encode(digest).decode()
        sha256 = sha256 or hashlib.sha256(body).hexdigest()
        for tries in itertools.count(1):
            self._patience.check(since)
            try:
                path = f"{self._path}/{encoded(name, '/')}" if name else self._path or "/"
                host = {"Host": self._way.host}
                request = Request(method, path, "&".join(fields), host | given, body, sha256)
                is_object = method == "GET" and bool(name)
                return (yield from self._once(request, since, is_object=is_object))
            except S3Error as error:
                moved = self._server.moved(error.region)
                if moved is not None and tries < self._attempts:
                    self._go_to(moved)
                elif not error.is_passing or tries >= self._attempts:
                    raise
                else:
                    yield Wait(self._patience.pause(since, tries))
        raise AssertionError  # there is always another try

    def close(self) -> None:
        """Close the connections that nobody uses."""
        _close(self._idle)

    def _go_to(self, server: Server) -> None:
        host, self._path = server.place_of(self._bucket)
        self._server = server
        self._way = find_way(urlsplit(server.endpoint).scheme, host, server.ca_bundle)
        self.close()

    def _once(self, request: Request, since: float, *, is_object: bool) -> Steps[BucketAnswer]:
        size = len(request.body)
        limits = self._patience.limits(since, request.method, size, is_object=is_object)
        began, status = time.monotonic(), 0
        try:
            answer = yield from self._exchange(request, limits)
            status = answer.status
        except OSError as error:
            raise unanswered(error, self.endpoint + self._way.through) from error
        except ValueError as error:  # what no header can hold
            hint = "check the variables of AWS and of the proxy"
            raise S3Error(f"the request cannot be sent: {error}", hint) from error
        finally:
            is_up = self._patience.note(began, status)
            if request.method == "PUT":
                self.traffic.note(began, time.monotonic(), is_answered=is_up)
        wrong = fault_of(answer, is_object=is_object)
        if wrong is not None:
            raise wrong
        return answer

    def _exchange(self, request: Request, limits: ExchangeLimits) -> Steps[BucketAnswer]:
        """Send a request and read the answer; a connection that was closed meanwhile is left."""
        headers = request.signed(self._server.keys(), self._server.region)
        headers |= {"User-Agent": "mediakit", **self._way.headers}  # proxies may change them
        start = f"{request.method} {self._way.target(request.target)} HTTP/1.1"
        head = _head(start, headers, len(request.body))
        while True:
            try:
                line, is_kept = self._idle.pop(), True
            except IndexError:
                line, is_kept = (yield Blocking(self._way.connect)), False
            try:
                answer = yield from line.ask(request.method, head, request.body, limits)
            except ConnectionError:
                line.close()
                if not is_kept:
                    raise
            except BaseException:
                line.close()
                raise
            else:
                if line.is_reusable:
                    self._idle.append(line)
                else:
                    line.close()
                return answer


def _head(start: str, headers: Mapping[str, str], size: int) -> bytes:
    """Return a request without its body; raises ValueError for what no header can hold."""
    lines = [start, *(f"{name}: {text}" for name, text in headers.items())]
    if not all(map(str.isprintable, lines)):
        raise ValueError("a setting or a variable of AWS has a line end, or the like")
    return "\r\n".join((*lines, f"Content-Length: {size}", "", "")).encode("latin-1")


def _close(connections: list[Line]) -> None:
    while connections:
        connections.pop().close()
