"""Servers that accept and never answer, or answer a byte at a time: every wait has an end."""

from __future__ import annotations

import contextlib
import threading
import time
from pathlib import Path
from socketserver import StreamRequestHandler, ThreadingTCPServer

import pytest

from conftest import Prefix, SiteBuilder
from faulty_proxy import Answer, error, faulty_proxy
from mediakit.base.actions import Failure
from mediakit.base.artifacts import Artifact
from mediakit.base.errors import TargetError
from mediakit.base.files import sha256_bytes
from mediakit.base.patient_socket import patient_opener
from mediakit.cli.main import main
from mediakit.storage.protocol import Upload
from mediakit.storage.purge import Cloudflare, CloudFront, Purger
from mediakit.storage.s3.storage import open_bucket
from mediakit.storage.settings import Headers, S3Settings
from s3_server import S3Server
from slow_server import slow_server


@pytest.mark.parametrize(
    "case",
    ["GET silence", "GET head", "GET body", "LIST silence", "LIST body", "HEAD silence",
     "HEAD head", "PUT silence", "PUT head", "PUT silence .jpg"],
)  # fmt: skip
def test_a_bucket_that_does_not_answer(
    case: str, site: SiteBuilder, monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture,
) -> None:  # fmt: skip
    """A run ends within its patience, over all retries, and says a word while it waits."""
    kind, way, *ending = case.split()
    code = 2 if kind in {"GET", "LIST"} else 1
    site.exercise("squat", 1)
    site.write("mediakit.toml", "[s3]\npatience = 2\n")
    monkeypatch.chdir(site.root)
    with slow_server(kind, way, monkeypatch, ending="".join(ending)) as server:
        start = time.monotonic()
        assert main(["sync", "--no-videos", "--target", "s3://bucket/x"]) == code
        assert time.monotonic() - start < 100
        assert kind in server.asked
    said = capsys.readouterr().err
    assert "it has given no proper answer for 2 s" in said or "in time" in said, said
    assert "s3://bucket/x does not answer" in caplog.text


@pytest.mark.parametrize("status", [429, 500, 503])
def test_a_storm_of_refusals(
    status: int, s3: S3Server, prefix: Prefix, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A bucket that only says that it is busy has its patience, over all retries, and is told."""
    with faulty_proxy(s3.url) as proxy:
        monkeypatch.setenv("AWS_ENDPOINT_URL_S3", proxy.url)
        proxy.fault = lambda _: Answer(status, error("SlowDown"))
        target = open_bucket(prefix.url, S3Settings(patience=2))
        start = time.monotonic()
        with pytest.raises(TargetError, match=rf"no proper answer for 2 s \(HTTP {status}\)"):
            target.list()
        assert time.monotonic() - start < 100
        target.close()


def test_deletes_and_uploads_that_are_not_answered(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Deletes and uploads in parts have the same deadline; the former keep what they are about."""
    large = tmp_path / "large.jpg"
    large.write_bytes(bytes(17_000_000))
    with slow_server("POST", "silence", monkeypatch):
        for is_upload in (True, False):
            target = open_bucket("s3://bucket/x", S3Settings(patience=2))
            start = time.monotonic()
            if is_upload:
                sha256 = sha256_bytes(large.read_bytes())
                failure = target.put_file(
                    Upload(
                        Artifact("a.jpg", sha256),
                        str(large.parent),
                        large.name,
                        Headers("image/jpeg"),
                    )
                )
            else:
                failure = target.delete(["a.jpg"])["a.jpg"]
            assert isinstance(failure, Failure)
            assert "no proper answer for 2 s" in failure.message
            assert time.monotonic() - start < 100
            target.close()


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
        assert time.monotonic() - start < 100


def test_silence_ends_before_the_deadline(monkeypatch: pytest.MonkeyPatch) -> None:
    """A server that sends nothing is given up long before one that is only slow."""
    with slow_server("GET", "silence", monkeypatch) as server:
        opener = patient_opener(60, 1, 1000)
        start = time.monotonic()
        with pytest.raises(OSError, match="nothing comes"), opener.open(server.url, timeout=5):
            pass
        assert time.monotonic() - start < 50


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
        try:
            with pytest.raises(OSError, match="no end"), opener.open(url, timeout=5) as answer:
                answer.read()
        finally:
            server.shutdown()
            thread.join()


@pytest.mark.parametrize("cache", ["cloudfront", "cloudflare"])
def test_a_cache_that_does_not_answer(cache: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A purge that is answered a byte at a time is a failure in bounded time."""
    monkeypatch.setattr("mediakit.storage.purge._TIMEOUT", 0.75)
    monkeypatch.setattr("mediakit.storage.purge._TRIES", 2)
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
        assert time.monotonic() - start < 100
