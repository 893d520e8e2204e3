"""A socket with one deadline for a request and its whole answer.

A timeout of the system is for a single read and starts again with each byte, so a server that
sends a byte every few seconds could hold a connection for ever.
"""

from __future__ import annotations

import io
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import socket
    import urllib.request
    from collections.abc import Callable

SLOWEST = 16 * 1024
"""Bytes a second: a server that is at least as fast gets all the time that its answer takes."""

TICK = 1.0
"""Seconds between looks at the clock."""

ENDLESS = "the answer has no end"
PIECE = 256 * 1024
"""Bytes that are sent between these looks."""

_OTHERS = 1024 * 1024  # largest answer, by default


@dataclass(frozen=True, slots=True)
class ExchangeLimits:
    """The limits of one exchange.

    `until` is its end on the monotonic clock, which moves with data that come at `SLOWEST` or
    faster. `silence` is the most seconds without a byte, `most` the most bytes of an answer.
    `on_wait` is called with the seconds in which nothing, or too little, came.
    """

    until: float
    silence: float
    most: int = _OTHERS
    on_wait: Callable[[float], None] = lambda _: None


class Exchange:
    """An exchange that begins now, held against its limits."""

    def __init__(self, limits: ExchangeLimits) -> None:
        self._limits = limits
        self._began = time.monotonic()
        self._carried = self._received = 0

    @property
    def most(self) -> int:
        """The most bytes of the answer."""
        return self._limits.most

    def check(self, since: float) -> None:
        """Raise TimeoutError if it has taken too long, or nothing has come since `since`."""
        now = time.monotonic()
        if now > self._limits.until + self._carried / SLOWEST:
            raise TimeoutError("the answer takes too long")
        if now - since > self._limits.silence:
            raise TimeoutError("nothing comes")

    def note_silence(self, since: float) -> None:
        """Note that nothing has come since `since`."""
        self._limits.on_wait(time.monotonic() - since)

    def note_sent(self, count: int) -> None:
        """Note bytes that went, or came."""
        self._carried += count
        waited = time.monotonic() - self._began
        if self._carried < waited * SLOWEST:
            self._limits.on_wait(waited)

    def note_received(self, count: int) -> None:
        """Note bytes of the answer; raises ConnectionError if they are too many."""
        self.note_sent(count)
        self._received += count
        if self._received > self._limits.most:
            raise ConnectionError(ENDLESS)


class PatientSocket:
    """A connected socket whose reads and writes obey the limits of the present exchange."""

    def __init__(self, connected: socket.socket) -> None:
        self._socket = connected
        self._exchange = Exchange(ExchangeLimits(float("inf"), float("inf")))
        connected.settimeout(TICK)

    def begin(self, limits: ExchangeLimits) -> None:
        """Start an exchange."""
        self._exchange = Exchange(limits)

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - of any kind
        return getattr(self._socket, name)

    def settimeout(self, seconds: float | None) -> None:
        """Do nothing: the limits apply."""

    def sendall(self, data: bytes) -> None:
        """Send bytes; raises TimeoutError."""
        rest = memoryview(data).cast("B")
        while rest:
            sent = self._patiently(lambda rest=rest: self._socket.send(rest[:PIECE]))  # type: ignore[misc]
            self._exchange.note_sent(sent)
            rest = rest[sent:]

    def receive(self, buffer: Any) -> int:  # noqa: ANN401 - any buffer
        """Receive bytes into a buffer; raises TimeoutError, or ConnectionError for too many."""
        count = self._patiently(lambda: self._socket.recv_into(buffer))
        self._exchange.note_received(count)
        return count

    def makefile(self, mode: str, buffering: int = -1) -> Any:  # noqa: ANN401 - as sockets do
        """Return a file to read from; the socket is closed when both are."""
        assert mode == "rb"  # noqa: S101 - what http.client asks for
        raw = _Received(self, self._socket.makefile("rb", buffering=0))
        return raw if buffering == 0 else _Answer(raw, self._exchange.most)

    def _patiently(self, step: Callable[[], int]) -> int:
        since = time.monotonic()
        while True:
            self._exchange.check(since)
            try:
                return step()
            except TimeoutError:
                self._exchange.note_silence(since)


class _Answer(io.BufferedReader):
    """Reads no more at once than an answer may have, whatever its head says of its size."""

    def __init__(self, raw: io.RawIOBase, most: int) -> None:
        super().__init__(raw)
        self._most = most

    def read(self, size: int | None = -1, /) -> bytes:
        """Read bytes; raises ConnectionError for too many, or for less than none."""
        if size is not None and not -1 <= size <= self._most:
            raise ConnectionError(ENDLESS)
        return super().read(size)


class _Received(io.RawIOBase):
    """The answer as a file; `held` keeps the socket open as long as the file is."""

    def __init__(self, line: PatientSocket, held: Any) -> None:  # noqa: ANN401 - a SocketIO
        super().__init__()
        self._line = line
        self._held = held

    def readable(self) -> bool:
        """Return True."""
        return True

    def readinto(self, buffer: Any) -> int:  # noqa: ANN401 - any buffer
        """Read at least a byte, or none at the end."""
        return self._line.receive(buffer)

    def close(self) -> None:
        """Release the socket."""
        if not self.closed:
            self._held.close()
        super().close()


def patient_opener(
    seconds: float, silence: float, most: int, *handlers: type[urllib.request.BaseHandler]
) -> urllib.request.OpenerDirector:
    """Return an opener of urllib whose answers take at most `seconds`, and `most` bytes."""
    import urllib.request  # noqa: PLC0415 - it loads HTTP, which few runs need

    class Patient(urllib.request.AbstractHTTPHandler):
        def do_open(self, http_class: Any, *args: Any, **options: Any) -> Any:  # noqa: ANN401
            def connection(*host: Any, **options: Any) -> Any:  # noqa: ANN401
                made = http_class(*host, **options)
                connect = made.connect

                def begin() -> None:
                    connect()
                    made.sock = PatientSocket(made.sock)
                    made.sock.begin(ExchangeLimits(time.monotonic() + seconds, silence, most))

                made.connect = begin
                return made

            return super().do_open(connection, *args, **options)

    class Http(Patient, urllib.request.HTTPHandler):
        pass

    class Https(Patient, urllib.request.HTTPSHandler):
        pass

    return urllib.request.build_opener(Http, Https, *handlers)
