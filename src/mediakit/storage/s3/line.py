"""A connection on which one request after the other is asked in HTTP/1.1, in steps that wait."""

from __future__ import annotations

import re
import time
from io import BytesIO
from selectors import EVENT_READ, EVENT_WRITE
from typing import TYPE_CHECKING, TypeVar

from mediakit.base.patient_socket import ENDLESS, PIECE, TICK, Exchange
from mediakit.storage.s3.answers import BucketAnswer
from mediakit.storage.s3.steps import Wait

if TYPE_CHECKING:
    import socket
    from collections.abc import Callable

    from mediakit.base.patient_socket import ExchangeLimits
    from mediakit.storage.s3.steps import Steps

_Result = TypeVar("_Result")

_STATUS = re.compile(r"HTTP/1\.([01]) +(\d{3})(?!\d)")
_END_OF_HEAD = re.compile(rb"\r?\n\r?\n")
_LONGEST_HEAD, _LONGEST_ROW = 256 * 1024, 4096  # bytes
_SMALL = 16 * 1024  # bytes to read at once, of a head
_CONTINUE, _BODILESS = range(100, 200), frozenset({204, 304})
_ABOUT = frozenset({"HEAD", "CONNECT"})  # what has no body in its answer


class Line:
    """A connected socket; `reads` and `writes` are the errors that say what it has to wait for."""

    def __init__(
        self,
        connected: socket.socket,
        reads: tuple[type[OSError], ...] = (),
        writes: tuple[type[OSError], ...] = (),
    ) -> None:
        self._socket = connected
        self._reads = reads
        self._blocked: tuple[type[OSError], ...] = (BlockingIOError, *reads, *writes)
        self._left = b""  # what has come, and is not read
        self.is_reusable = False
        """Whether another request can follow."""
        connected.settimeout(0)

    def close(self) -> None:
        """Close it."""
        self._socket.close()

    def ask(
        self, method: str, head: bytes, body: bytes, limits: ExchangeLimits
    ) -> Steps[BucketAnswer]:
        """Send a request, and return its answer.

        Raises:
            ConnectionError: it was cut, or what comes is no answer, or has no end.
            TimeoutError: the limits are reached.
        """
        exchange, self.is_reusable = Exchange(limits), False
        # a small one at once; a large one would be twice in memory
        for part in (head + body,) if len(body) <= PIECE else (head, body):
            rest = memoryview(part)
            while rest:
                rest = rest[(yield from self._sent(rest[:PIECE], exchange)) :]
        # nothing comes at once, so it is not tried
        yield Wait(TICK, self._socket, EVENT_READ)
        while True:
            status, is_kept, headers = _read_head((yield from self._head(exchange)))
            if status not in _CONTINUE:
                break
        content = BytesIO()
        length = headers.get("content-length", "")
        if method in _ABOUT or status in _BODILESS:
            pass
        elif headers.get("transfer-encoding", "").lower() == "chunked":
            yield from self._read_chunks(content, exchange)
        elif length.isascii() and length.isdecimal():
            yield from self._read_exactly(_size(length, 10, exchange), content, exchange)
        else:
            is_kept = False
            content.write(self._left)
            self._left = b""
            while data := (yield from self._received(PIECE, exchange)):
                content.write(data)
        told = headers.get("connection", "").lower()
        self.is_reusable = "close" not in told and (is_kept or "keep-alive" in told)
        self.is_reusable = self.is_reusable and not self._left
        return BucketAnswer(status, headers, content.getvalue())

    def _head(self, exchange: Exchange) -> Steps[bytes]:
        """Return status and headers, as they came."""
        head, looked = self._left, 0
        while (end := _END_OF_HEAD.search(head, looked)) is None:
            if len(head) > _LONGEST_HEAD:
                raise ConnectionError(ENDLESS)
            looked = max(0, len(head) - 3)
            head += yield from self._more(_SMALL, exchange)
        self._left = head[end.end() :]
        return head[: end.start()]

    def _read_exactly(self, size: int, body: BytesIO, exchange: Exchange) -> Steps[None]:
        while size:
            data = self._left or (yield from self._more(min(PIECE, size), exchange))
            body.write(data[:size])
            self._left = data[size:]
            size -= min(size, len(data))

    def _read_chunks(self, body: BytesIO, exchange: Exchange) -> Steps[None]:
        while size := _size((yield from self._row(exchange)).partition(b";")[0], 16, exchange):
            yield from self._read_exactly(size, body, exchange)
            yield from self._row(exchange)
        while (yield from self._row(exchange)):  # headers that come after
            pass

    def _row(self, exchange: Exchange) -> Steps[bytes]:
        """Return a line without its end."""
        while b"\n" not in self._left:
            if len(self._left) > _LONGEST_ROW:
                raise ConnectionError(ENDLESS)
            self._left += yield from self._more(_SMALL, exchange)
        row, _, self._left = self._left.partition(b"\n")
        return row.strip()

    def _more(self, most: int, exchange: Exchange) -> Steps[bytes]:
        data = yield from self._received(most, exchange)
        if not data:
            raise ConnectionResetError("the connection was cut")
        return data

    def _received(self, most: int, exchange: Exchange) -> Steps[bytes]:
        data = yield from self._patiently(lambda: self._socket.recv(most), EVENT_READ, exchange)
        exchange.note_received(len(data))
        return data

    def _sent(self, data: memoryview, exchange: Exchange) -> Steps[int]:
        count = yield from self._patiently(lambda: self._socket.send(data), EVENT_WRITE, exchange)
        exchange.note_sent(count)
        return count

    def _patiently(
        self, step: Callable[[], _Result], event: int, exchange: Exchange
    ) -> Steps[_Result]:
        since = time.monotonic()
        is_first = True
        while True:
            try:
                return step()  # however late this thread comes to it
            except self._blocked as error:
                if isinstance(error, self._reads):
                    ready = EVENT_READ
                else:
                    ready = event if isinstance(error, BlockingIOError) else EVENT_WRITE
            exchange.check(since)
            if not is_first:
                exchange.note_silence(since)
            is_first = False
            yield Wait(TICK, self._socket, ready)


def _read_head(head: bytes) -> tuple[int, bool, dict[str, str]]:
    """Return the status, whether the server usually keeps a connection, and headers by name.

    Raises:
        ConnectionError: it is another protocol's.
    """
    first, *rows = head.decode("latin-1").replace("\r\n", "\n").split("\n")
    status = _STATUS.match(first)
    if status is None:
        raise ConnectionError("the answer is no HTTP")
    headers: dict[str, str] = {}
    for row in rows:
        name, _, text = row.partition(":")
        headers.setdefault(name.lower(), text.strip())
    return int(status[2]), status[1] == "1", headers


def _size(text: str | bytes, base: int, exchange: Exchange) -> int:
    """Return a size that an answer tells; raises ConnectionError if it may not be so large."""
    try:
        size = int(text, base) if len(text) < 20 else -1
    except ValueError:
        size = -1
    if not 0 <= size <= exchange.most:
        raise ConnectionError(ENDLESS)
    return size
