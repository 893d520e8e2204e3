"""A bucket's server, or who sits before it, that answers what it should not."""

from __future__ import annotations

import threading
from socketserver import StreamRequestHandler, ThreadingTCPServer
from typing import TYPE_CHECKING

import pytest

from mediakit.base.errors import TargetError
from mediakit.storage.s3.answers import S3Error
from mediakit.storage.s3.client import BucketClient
from mediakit.storage.s3.patience import Patience
from mediakit.storage.s3.server import Server
from mediakit.storage.s3.signing import Keys
from mediakit.storage.s3.storage import open_bucket
from mediakit.storage.settings import S3Settings
from s3_server import ENVIRONMENT

if TYPE_CHECKING:
    from collections.abc import Iterator

LIST = b"<ListBucketResult><Contents><Key>x/a.jpg</Key><Size>5</Size></Contents></ListBucketResult>"
OK, PAGE = b"HTTP/1.1 200 OK\r\n", b"<html>\r\n<head><title>nginx"


class RawServer(ThreadingTCPServer):
    """Gives `answers` to one request after the other, the last one for ever."""

    daemon_threads = True
    block_on_close = False

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.answers: list[bytes] = []
        self.asked = 0

    def listed(self) -> list[str]:
        settings = S3Settings(endpoint=f"http://127.0.0.1:{self.server_address[1]}", patience=9)
        return list(open_bucket("s3://bucket/x", settings).list())


class _Handler(StreamRequestHandler):
    def handle(self) -> None:
        assert isinstance(self.server, RawServer)
        while self.rfile.readline(9999).strip():
            pass
        at = min(self.server.asked, len(self.server.answers) - 1)
        self.server.asked += 1
        self.wfile.write(self.server.answers[at])


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[RawServer]:
    for name, value in {**ENVIRONMENT, "AWS_MAX_ATTEMPTS": "1"}.items():
        monkeypatch.setenv(name, value)
    with RawServer() as server:
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        yield server
        server.shutdown()


def answer(body: bytes, status: bytes = b"200 OK") -> bytes:
    return b"HTTP/1.1 %s\r\nContent-Length: %d\r\n\r\n%s" % (status, len(body), body)


@pytest.mark.parametrize(
    "lie",
    [
        b"Content-Length: 1000000000000000\r\n\r\n",
        b"Content-Length: 99999999999999999999\r\n\r\n",
        b"Transfer-Encoding: chunked\r\n\r\nffffffffffffffff\r\nabc",
        b"Transfer-Encoding: chunked\r\n\r\n-5\r\nabc\r\n0\r\n\r\n",
    ],
)
def test_lies_about_the_size(lie: bytes, server: RawServer) -> None:
    """A size that no memory holds is a fault of the server, told in words."""
    server.answers = [OK + lie]
    with pytest.raises(TargetError, match="the answer has no end"):
        server.listed()


@pytest.mark.parametrize("status", [b"502 Bad Gateway", b"503 Busy", b"429 Slow down"])
def test_a_page_of_a_proxy(
    status: bytes, server: RawServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A proxy before the bucket that is busy says so with a page: the bucket is asked again."""
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "2")
    server.answers = [answer(PAGE, status), answer(LIST)]
    assert server.listed() == ["a.jpg"]


@pytest.mark.parametrize("status", [b"413 Too Large", b"503 Down"])
def test_whose_fault_it_is(status: bytes, server: RawServer) -> None:
    """What a proxy cannot take or reach is a matter of the proxy, not a wrong endpoint."""
    server.answers = [answer(PAGE, status)]
    with pytest.raises(TargetError) as caught:
        server.listed()
    assert isinstance(caught.value.__cause__, S3Error)
    assert "proxy" in caught.value.__cause__.hint


@pytest.mark.parametrize("body", [b"\x1f\x8b\x08", b"hello", b"", b"<a>" * 600_000])
def test_what_is_no_listing(body: bytes, server: RawServer) -> None:
    """Compressed, plain, empty, or of more elements than memory holds: soon told in words."""
    server.answers = [answer(body)]
    with pytest.raises(TargetError, match=r"the answer is (no XML|another document)"):
        server.listed()


def test_endless_words(server: RawServer) -> None:
    """A server that quotes a whole file in its refusal fills no terminal."""
    words = b"<Error><Message>" + b"y" * 100_000 + b"</Message></Error>"
    server.answers = [answer(words, b"403 No")]
    with pytest.raises(TargetError) as caught:
        server.listed()
    assert len(str(caught.value)) < 2000


def test_regions_that_go_round(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two regions that send to each other are asked as often as a server that is busy."""
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "4")
    asked: list[str] = []

    def refuse(client: BucketClient, *_: object, **__: object) -> None:
        asked.append(client.endpoint)
        error = S3Error("elsewhere")
        error.region = f"eu-north-{len(asked) % 2}"
        raise error

    monkeypatch.setattr(BucketClient, "_once", refuse)
    server = Server("https://s3.us-east-1.amazonaws.com", "us-east-1", lambda: Keys("", ""))
    with pytest.raises(S3Error, match="elsewhere"):
        BucketClient(server, "bucket", Patience(9, "x")).ask("HEAD", "a")
    assert len(asked) == 4


def test_a_proxy_is_named(server: RawServer, monkeypatch: pytest.MonkeyPatch) -> None:
    """Who gets no connection reads that it goes through a proxy, and no password of it."""
    monkeypatch.setenv("http_proxy", "http://user:hidden-word@127.0.0.1:1")
    monkeypatch.setenv("no_proxy", "")
    with pytest.raises(TargetError, match=r"through the proxy 127\.0\.0\.1:1") as caught:
        server.listed()
    assert "hidden-word" not in str(caught.value)


def test_variables_of_aws(server: RawServer, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file of certificates that is none is named; any number of attempts is one."""
    server.answers = [answer(LIST)]
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "9" * 5000)
    assert server.listed() == ["a.jpg"]
    monkeypatch.setenv("AWS_CA_BUNDLE", "/nowhere/ca.pem")
    with pytest.raises(TargetError, match=r"AWS_CA_BUNDLE.* /nowhere/ca\.pem is no file"):
        open_bucket("s3://bucket/x", S3Settings(endpoint="https://127.0.0.1:1"))
