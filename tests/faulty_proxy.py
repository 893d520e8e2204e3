"""A proxy in front of an S3 server: counts requests, and answers some of them wrongly."""

from __future__ import annotations

import contextlib
import http.client
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit


@dataclass(frozen=True, slots=True)
class Request:
    """What came in."""

    method: str
    path: str
    query: dict[str, list[str]]
    headers: dict[str, str]
    body: bytes = b""

    @property
    def kind(self) -> str:
        """LIST, GET, HEAD, PUT, DELETE, or MULTI for a delete of many."""
        if self.method == "GET" and "list-type" in self.query:
            return "LIST"
        if self.method == "POST" and "delete" in self.query:
            return "MULTI"
        return self.method


@dataclass(frozen=True, slots=True)
class Answer:
    """What is sent back instead; status 0 cuts the connection."""

    status: int
    body: bytes = b""


@dataclass
class Proxy:
    """The requests so far.

    `fault` may answer one, `lose` drops the true answer to one, `rewrite` changes answers;
    `passed` is called with what the server has answered, and its status.
    """

    url: str = ""
    requests: list[Request] = field(default_factory=list)
    fault: Callable[[Request], Answer | None] = lambda _: None
    lose: Callable[[Request], bool] = lambda _: False
    passed: Callable[[Request, int], None] = lambda _, __: None
    rewrite: Callable[[bytes], bytes] = lambda body: body
    delay: float = 0.0

    def kinds(self) -> list[str]:
        return [request.kind for request in self.requests]


def error(code: str, message: str = "told so by the proxy") -> bytes:
    return f"<Error><Code>{code}</Code><Message>{message}</Message></Error>".encode()


class _Handler(BaseHTTPRequestHandler):
    """Answers by the proxy's faults, else as the server behind it does."""

    protocol_version = "HTTP/1.1"
    proxy: Proxy
    upstream: str

    def log_message(self, *_args: Any) -> None:
        pass

    def answer(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        parts = urlsplit(self.path)
        query = parse_qs(parts.query, keep_blank_values=True)
        headers = {key.lower(): value for key, value in self.headers.items()}
        request = Request(self.command, parts.path, query, headers, body)
        self.proxy.requests.append(request)
        time.sleep(self.proxy.delay)
        wrong = self.proxy.fault(request)
        if wrong is not None:
            self.send(wrong.status, {"Content-Type": "application/xml"}, wrong.body)
            return
        status, given, data = self.forward(body)
        self.proxy.passed(request, status)
        rewrite = self.proxy.rewrite
        given = {key: rewrite(value.encode()).decode() for key, value in given.items()}
        self.send(0 if self.proxy.lose(request) else status, given, rewrite(data))

    def forward(self, body: bytes) -> tuple[int, dict[str, str], bytes]:
        """Ask the server behind; signatures hold, since Host is kept."""
        connection = http.client.HTTPConnection(self.upstream, timeout=120)
        try:
            given = {key: value for key, value in self.headers.items() if key != "Expect"}
            connection.request(self.command, self.path, body, given)
            response = connection.getresponse()
            return response.status, dict(response.getheaders()), response.read()
        finally:
            connection.close()

    def send(self, status: int, headers: dict[str, str], body: bytes) -> None:
        if status == 0:
            self.close_connection = True
            self.connection.close()
            return
        self.send_response(status)
        for key, value in headers.items():
            if key.lower() not in {"transfer-encoding", "content-length", "connection"}:
                self.send_header(key, value)
        length = headers.get("Content-Length", "0") if self.command == "HEAD" else len(body)
        self.send_header("Content-Length", str(length))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    do_GET = do_HEAD = do_PUT = do_POST = do_DELETE = answer  # noqa: N815 - the library's names


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, *_args: Any) -> None:
        """Say nothing of clients that hang up: some are killed on purpose."""


@contextlib.contextmanager
def faulty_proxy(upstream: str) -> Iterator[Proxy]:
    """Run a proxy until the block ends."""
    proxy = Proxy()
    fields = {"proxy": proxy, "upstream": urlsplit(upstream).netloc}
    server = _Server(("127.0.0.1", 0), type("Handler", (_Handler,), fields))
    proxy.url = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield proxy
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
