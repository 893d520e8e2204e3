"""A bucket over TLS, as buckets are reached: what holds over plain sockets holds there."""

from __future__ import annotations

import contextlib
import os
import socket
import threading
import time
from socketserver import StreamRequestHandler, ThreadingTCPServer
from typing import TYPE_CHECKING

import pytest
import trustme

from mediakit.base.artifacts import Artifact
from mediakit.base.errors import TargetError
from mediakit.base.files import sha256_bytes
from mediakit.storage.protocol import Upload
from mediakit.storage.s3.storage import open_bucket
from mediakit.storage.settings import Headers, S3Settings
from s3_server import BUCKET, ENVIRONMENT, s3_server
from slow_server import slow_server

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def certificate(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[Path, Path]:
    """Make a certificate of this machine and its key, that boto3 believes."""
    authority = trustme.CA()
    made = authority.issue_cert("127.0.0.1")
    chain, key = tmp_path / "chain.pem", tmp_path / "key.pem"
    chain.write_bytes(b"".join(each.bytes() for each in made.cert_chain_pems))
    made.private_key_pem.write_to_path(str(key))
    authority.cert_pem.write_to_path(str(tmp_path / "authority.pem"))
    for name, value in ENVIRONMENT.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("AWS_CA_BUNDLE", str(tmp_path / "authority.pem"))
    return chain, key


def test_objects_come_whole(
    certificate: tuple[Path, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Small and large objects, in one request and in parts, go there and come back as they are."""
    (tmp_path / "store").mkdir()
    large = tmp_path / "large.jpg"
    large.write_bytes(os.urandom(20_000_000))
    with s3_server(tmp_path / "store", tls=certificate) as server:
        monkeypatch.setenv("AWS_ENDPOINT_URL_S3", server.url)
        target = open_bucket(f"s3://{BUCKET}/x", S3Settings())
        data = large.read_bytes()
        for name, part in (("small.jpg", data[:100]), ("usual.jpg", data[:3_000_000])):
            assert isinstance(target.put(name, part, Headers("image/jpeg")), Artifact)
            fetched = target.get(name)
            assert fetched is not None
            assert fetched.data == part
        put = target.put_file(
            Upload(
                Artifact("large.jpg", sha256_bytes(data)),
                str(large.parent),
                large.name,
                Headers("image/jpeg"),
            )
        )
        assert isinstance(put, Artifact)
        fetched = target.get("large.jpg")
        assert fetched is not None
        assert fetched.data == data
        assert len(target.list()) == 3
        target.close()


class _Tunnel(StreamRequestHandler):
    """A proxy that leads to where it is asked to lead, and notes what it is sent before that."""

    def handle(self) -> None:
        asked = [line := self.rfile.readline()]
        while line.strip():
            asked.append(line := self.rfile.readline())
        self.server.asked.append(asked)  # type: ignore[attr-defined]
        host, _, port = asked[0].split()[1].decode().partition(":")
        with socket.create_connection((host, int(port))) as there:
            self.wfile.write(b"HTTP/1.1 200 OK\r\n\r\n")
            back = threading.Thread(target=_carry, args=(there, self.connection))
            back.start()
            _carry(self.connection, there)
            back.join()


def _carry(source: socket.socket, sink: socket.socket) -> None:
    with contextlib.suppress(OSError):
        while data := source.recv(65536):
            sink.sendall(data)
        sink.shutdown(socket.SHUT_WR)


def test_through_a_proxy(
    certificate: tuple[Path, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Over TLS a proxy is asked for a tunnel, and sees neither a key nor an object."""
    (tmp_path / "store").mkdir()
    with (
        s3_server(tmp_path / "store", tls=certificate) as server,
        ThreadingTCPServer(("127.0.0.1", 0), _Tunnel) as proxy,
    ):
        proxy.asked = []  # type: ignore[attr-defined]
        thread = threading.Thread(target=proxy.serve_forever, args=(0.05,))
        thread.start()
        monkeypatch.setenv("AWS_ENDPOINT_URL_S3", server.url)
        monkeypatch.setenv("https_proxy", f"http://user:word@127.0.0.1:{proxy.server_address[1]}")
        monkeypatch.delenv("no_proxy", raising=False)
        target = open_bucket(f"s3://{BUCKET}/x", S3Settings())
        for data in (b"one", b"two"):
            assert isinstance(target.put("a.jpg", data, Headers("image/jpeg")), Artifact)
        target.close()
        proxy.shutdown()
        thread.join()
    (asked,) = proxy.asked  # type: ignore[attr-defined]
    assert asked[0].startswith(b"CONNECT 127.0.0.1:")
    assert b"Proxy-Authorization: Basic dXNlcjp3b3Jk\r\n" in asked
    assert not any(b"Credential" in line for line in asked)


@pytest.mark.parametrize("way", ["silence", "head", "body"])
def test_an_answer_by_the_byte(
    certificate: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch, way: str
) -> None:
    """An answer that does not come, or by the byte, ends within the patience."""
    with slow_server("GET", way, monkeypatch, certificate):
        target = open_bucket(f"s3://{BUCKET}/x", S3Settings(patience=2))
        start = time.monotonic()
        with pytest.raises(TargetError, match=r"proper answer|in time"):
            target.get("media.json")
        assert time.monotonic() - start < 100
        target.close()
