"""A bucket's server that is slow in one thing: never an answer, or one byte at a time."""

from __future__ import annotations

import contextlib
import ssl
import threading
from socketserver import StreamRequestHandler, ThreadingTCPServer
from typing import TYPE_CHECKING, Any

from s3_server import ENVIRONMENT

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    import pytest

_OK = b'HTTP/1.1 200 OK\r\nETag: "e"\r\nContent-Length: %d\r\n\r\n%s'
_NOT_THERE = b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n"
_NONE = b"<ListBucketResult></ListBucketResult>"
_DRIP = 0.3
"""Seconds between two bytes."""


class SlowServer(ThreadingTCPServer):
    """A bucket without objects that is slow in one thing: `kind` of request, in one `way`.

    Slow are only requests for keys with this `ending`.
    """

    daemon_threads = True
    block_on_close = False
    allow_reuse_address = True

    def __init__(
        self, kind: str, way: str, tls: tuple[Path, Path] | None = None, ending: str = ""
    ) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self._scheme = "https" if tls else "http"
        if tls:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(*tls)
            self.socket = context.wrap_socket(self.socket, server_side=True)
        self.kind, self.way, self.ending = kind, way, ending
        self.asked: list[str] = []
        self.is_over = threading.Event()
        self.is_slow = threading.Event()

    @property
    def url(self) -> str:
        return f"{self._scheme}://127.0.0.1:{self.server_address[1]}"

    def handle_error(self, *_args: Any) -> None:
        """Say nothing of clients that hang up."""


class _Handler(StreamRequestHandler):
    server: SlowServer

    def handle(self) -> None:
        while line := self.rfile.readline():
            method, path = line.decode().split()[:2]
            length = 0
            while (header := self.rfile.readline().lower()) not in {b"\r\n", b""}:
                if header.startswith(b"content-length:"):
                    length = int(header.split(b":")[1])
            self.rfile.read(length)
            kind = "LIST" if "list-type" in path else method
            self.server.asked.append(kind)
            is_slow = path.partition("?")[0].endswith(self.server.ending)
            if kind == self.server.kind and is_slow:
                self.be_slow()
                return
            body = _NONE if kind == "LIST" else b""
            is_there = kind in {"LIST", "PUT"}
            self.wfile.write(_OK % (len(body), body) if is_there else _NOT_THERE)

    def be_slow(self) -> None:
        self.server.is_slow.set()
        start = _OK % (900, b"<") if self.server.way == "body" else b""
        self.wfile.write(start)
        more = b"HTTP/1.1 200 OK\r\nX: " + b"y" * 900
        for each in more if self.server.way != "silence" else ():
            self.wfile.write(bytes([each]))
            self.wfile.flush()
            if self.server.is_over.wait(_DRIP):
                return
        self.server.is_over.wait(60)


@contextlib.contextmanager
def slow_server(
    kind: str,
    way: str,
    monkeypatch: pytest.MonkeyPatch,
    tls: tuple[Path, Path] | None = None,
    ending: str = "",
) -> Iterator[SlowServer]:
    """Run the server, taken for that of all buckets, until the block ends."""
    for name, value in ENVIRONMENT.items():
        monkeypatch.setenv(name, value)
    with SlowServer(kind, way, tls, ending) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.05,))
        thread.start()
        monkeypatch.setenv("AWS_ENDPOINT_URL_S3", server.url)
        try:
            yield server
        finally:
            server.is_over.set()
            server.shutdown()
            thread.join()
