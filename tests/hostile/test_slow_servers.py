"""Servers that accept and never answer, or answer a byte at a time: every wait has an end."""

from __future__ import annotations

import contextlib
import threading
import time
from socketserver import StreamRequestHandler, ThreadingTCPServer
from typing import TYPE_CHECKING, Any

import pytest

from conftest import SiteBuilder
from mediakit.cli.main import main
from mediakit.patient_socket import patient_opener
from mediakit.storage.cdn import Cloudflare, CloudFront, Purger
from s3_server import ENVIRONMENT

if TYPE_CHECKING:
    from collections.abc import Iterator

_OK = b'HTTP/1.1 200 OK\r\nETag: "e"\r\nContent-Length: %d\r\n\r\n%s'
_NOT_THERE = b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n"
_NONE = b"<ListBucketResult></ListBucketResult>"
_DRIP = 0.3
"""Seconds between two bytes."""


class SlowServer(ThreadingTCPServer):
    """A bucket without objects that is slow in one thing: `kind` of request, in one `way`."""

    daemon_threads = True
    block_on_close = False
    allow_reuse_address = True

    def __init__(self, kind: str, way: str) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.kind, self.way = kind, way
        self.asked: list[str] = []
        self.is_over = threading.Event()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"

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
            if kind == self.server.kind:
                self.be_slow()
                return
            body = _NONE if kind == "LIST" else b""
            is_there = kind in {"LIST", "PUT"}
            self.wfile.write(_OK % (len(body), body) if is_there else _NOT_THERE)

    def be_slow(self) -> None:
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
def slow_server(kind: str, way: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[SlowServer]:
    for name, value in ENVIRONMENT.items():
        monkeypatch.setenv(name, value)
    with SlowServer(kind, way) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.05,))
        thread.start()
        monkeypatch.setenv("AWS_ENDPOINT_URL_S3", server.url)
        try:
            yield server
        finally:
            server.is_over.set()
            server.shutdown()
            thread.join()


@pytest.mark.parametrize(
    "case",
    ["GET silence", "GET head", "GET body", "LIST silence", "LIST body", "HEAD silence",
     "HEAD head", "PUT silence", "PUT head"],
)  # fmt: skip
def test_a_bucket_that_does_not_answer(
    case: str, site: SiteBuilder, monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture,
) -> None:  # fmt: skip
    """A run ends within its patience, over all retries, and says a word while it waits."""
    kind, way = case.split()
    code = 2 if kind in {"GET", "LIST"} else 1
    site.exercise("squat", 1)
    site.write("mediakit.toml", "[s3]\npatience = 2\n")
    monkeypatch.chdir(site.root)
    with slow_server(kind, way, monkeypatch) as server:
        start = time.monotonic()
        assert main(["sync", "--no-videos", "--target", "s3://bucket/x"]) == code
        assert time.monotonic() - start < 30
        assert kind in server.asked
    said = capsys.readouterr().err
    assert "it has given no proper answer for 2 s" in said or "in time" in said, said
    if way == "silence":
        assert "s3://bucket/x does not answer" in caplog.text


@pytest.mark.parametrize("way", ["silence", "head", "body"])
def test_others_that_do_not_answer(way: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is asked by way of urllib has a deadline for the whole answer too."""
    with slow_server("GET", way, monkeypatch) as server:
        opener = patient_opener(1.5, 1.5, 1000)
        start = time.monotonic()
        with (
            pytest.raises(OSError, match=r"too long|nothing comes"),
            opener.open(server.url, timeout=5) as answer,
        ):
            answer.read()
        assert time.monotonic() - start < 20


def test_an_answer_without_end(monkeypatch: pytest.MonkeyPatch) -> None:
    """An answer that is quick enough, and never ends, is cut off."""

    class Endless(StreamRequestHandler):
        def handle(self) -> None:
            self.rfile.readline()
            with contextlib.suppress(OSError):
                self.wfile.write(b"HTTP/1.1 200 OK\r\n\r\n")
                while True:
                    self.wfile.write(bytes(65536))

    monkeypatch.setattr(ThreadingTCPServer, "daemon_threads", True)
    with ThreadingTCPServer(("127.0.0.1", 0), Endless) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        opener = patient_opener(60, 60, 10_000_000)
        url = f"http://127.0.0.1:{server.server_address[1]}/"
        with pytest.raises(OSError, match="no end"), opener.open(url, timeout=5) as answer:
            answer.read()
        server.shutdown()
        thread.join()


@pytest.mark.parametrize("cache", ["cloudfront", "cloudflare"])
def test_a_cache_that_does_not_answer(cache: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A purge that is answered a byte at a time is a failure in bounded time."""
    monkeypatch.setattr("mediakit.storage.cdn._TIMEOUT", 0.75)
    monkeypatch.setattr("mediakit.storage.cdn._TRIES", 2)
    with slow_server("POST", "head", monkeypatch) as server:
        monkeypatch.setenv("AWS_ENDPOINT_URL_CLOUDFRONT", server.url)
        purgers: dict[str, Purger] = {
            "cloudfront": CloudFront("DIST", "https://host"),
            "cloudflare": Cloudflare("zone", "https://host", "TOKEN", server.url),
        }
        start = time.monotonic()
        failure = purgers[cache].purge(["a.jpg"])
        assert failure is not None
        assert failure.code == "purge-failed"
        assert time.monotonic() - start < 30
