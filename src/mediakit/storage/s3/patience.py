"""How long to wait for a bucket's server: one deadline for all requests of a client."""

from __future__ import annotations

import contextlib
import logging
import threading
import time
from typing import TYPE_CHECKING, Any

from botocore.awsrequest import AWSHTTPConnectionPool, AWSHTTPSConnectionPool
from botocore.exceptions import BotoCoreError

from mediakit.base.patient_socket import ExchangeLimits, PatientSocket
from mediakit.base.regular_file import MOST_BYTES

if TYPE_CHECKING:
    from collections.abc import Iterator

_LOG = logging.getLogger(__name__)

_QUIET = 5.0
"""Seconds of silence until a line in the log."""

_SILENCE, _STORED = 15.0, 1024 * 1024
"""Seconds until an answer begins, and the bytes that a server stores in a second."""

_SMALL = 32 * 1024 * 1024  # bytes of an answer that is no object's
_BUSY, _ERRORS = 429, 500  # statuses of HTTP: one, and from which on


class GivenUpError(BotoCoreError):
    """The server has had its time: no request is tried again."""

    fmt = "it has given no proper answer for {seconds:.0f} s{last}, and is asked no more"


class Patience:
    """The deadline of a client's calls: `seconds` for each, and for all as long as none succeeds.

    A call is one operation with its retries; large bodies take longer, as `patient_socket` says.
    After `seconds` in which the server answered nothing but errors, no call begins: the rest
    would fail too, each in its own time.
    """

    def __init__(self, seconds: float, name: str) -> None:
        self._seconds = seconds
        self._name = name
        self._calls = threading.local()
        self._lock = threading.Lock()
        self._down_since: float | None = None
        self._last = ""
        self._has_spoken = False

    def begin(self, **_about: object) -> None:
        """Begin a call on this thread."""
        self._calls.since = time.monotonic()

    def check(self, **_about: object) -> None:
        """Raise GivenUpError if there is no time for another request."""
        down = self._down_since
        since = min(self._since, down) if down is not None else self._since
        if time.monotonic() - since > self._seconds:
            raise GivenUpError(seconds=self._seconds, last=self._last)

    def note(self, began: float, status: int = 0) -> None:
        """Note the HTTP status of a request that was sent at `began`, 0 without an answer."""
        is_up = status not in {0, _BUSY} and status < _ERRORS
        with self._lock:
            self._last = f" (HTTP {status})" if status and not is_up else ""
            if is_up:
                self._down_since = None
            elif self._down_since is None:
                self._down_since = began

    def limits(self, method: str, url: str, body: object) -> ExchangeLimits:
        """Return what a request of this thread's call may take."""
        sent = len(body) if isinstance(body, bytes | bytearray) else 0
        # the server may need any time to put an upload together, and must not do it twice
        silence = self._seconds if method == "POST" else _SILENCE + sent / _STORED
        is_object = method == "GET" and "list-type=" not in url
        return ExchangeLimits(
            self._since + self._seconds, silence, MOST_BYTES if is_object else _SMALL, self._wait
        )

    @property
    def _since(self) -> float:
        return float(getattr(self._calls, "since", time.monotonic()))

    def _wait(self, waited: float) -> None:
        """Log once that no answer comes."""
        if waited < min(_QUIET, self._seconds / 2) or self._has_spoken:
            return
        self._has_spoken = True
        name = self._name if self._name.isprintable() else ascii(self._name)
        _LOG.warning("mediakit: %s does not answer; it is given up after %d s", name, self._seconds)


def make_patient(client: Any, patience: Patience) -> None:  # noqa: ANN401 - made by boto3
    """Hold a client to a deadline: each call, each of its requests, and each byte of them."""
    service = client.meta.service_model.service_id.hyphenize()
    events = client.meta.events
    events.register_first(f"before-call.{service}", patience.begin)
    events.register_first(f"before-send.{service}", patience.check)
    pools = client._endpoint.http_session._pool_classes_by_scheme  # noqa: SLF001 - there is no other way in
    for scheme, pool in (("http", AWSHTTPConnectionPool), ("https", AWSHTTPSConnectionPool)):
        connection = _patient(pool.ConnectionCls, patience)
        pools[scheme] = type(pool.__name__, (pool,), {"ConnectionCls": connection})


def _patient(kind: Any, patience: Patience) -> Any:  # noqa: ANN401 - classes of botocore's
    """Return a class of connections that keep the limits of `patience`, and report to it."""

    class Connection(kind):  # type: ignore[misc]
        _began = 0.0

        def connect(self) -> None:
            self._began = time.monotonic()
            with self._noted():
                super().connect()
            sock: Any = self.sock
            self.sock: Any = PatientSocket(sock)

        def request(self, method: str, url: str, body: object = None, **options: object) -> None:
            if self.sock is None:
                self.connect()
            self._began = time.monotonic()
            self.sock.begin(patience.limits(method, url, body))
            with self._noted():
                super().request(method, url, body=body, **options)

        def getresponse(self) -> Any:  # noqa: ANN401 - urllib3's
            with self._noted():
                answer = super().getresponse()
            patience.note(self._began, answer.status)
            return answer

        @contextlib.contextmanager
        def _noted(self) -> Iterator[None]:
            try:
                yield
            except Exception:
                patience.note(self._began)
                raise

    return Connection
