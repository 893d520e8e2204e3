from __future__ import annotations

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from socketserver import StreamRequestHandler, ThreadingTCPServer

import pytest

from conftest import SiteBuilder
from mediakit.cli.main import main
from s3_server import ENVIRONMENT

_LAUGHS = (
    b'<!DOCTYPE a [<!ENTITY b "x">'
    + b"".join(
        b'<!ENTITY c%d "%s">' % (n, (b"&c%d;" % (n - 1) if n else b"&b;") * 10) for n in range(12)
    )
    + b"]><ListBucketResult><Contents><Key>&c11;</Key></Contents></ListBucketResult>"
)
_ENDLESS = (
    b"<ListBucketResult><IsTruncated>true</IsTruncated>"
    b"<NextContinuationToken>a</NextContinuationToken></ListBucketResult>"
)
_ENTRY = b"<ListBucketResult><Contents><Key>a</Key><Size>%s</Size></Contents></ListBucketResult>"
BODIES = {
    "nothing": b"", "a page": b"<html><body>Sign in<br></html>", "half": b"<ListBucketResult><Con",
    "sizes that are none": _ENTRY % b"x", "long numbers": _ENTRY % (b"9" * 5000),
    "entities of entities": _LAUGHS, "pages without end": _ENDLESS, "noise": bytes(range(256)),
}  # fmt: skip


@pytest.fixture
def body(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[bytes]]:
    """Run a server that has no object, and answers what it is asked with this body."""
    said: list[bytes] = []

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, *_args: object) -> None:
            pass

        def do_GET(self) -> None:
            is_listing = "list-type" in self.path
            told = said[0] if is_listing else b"<Error><Code>NoSuchKey</Code></Error>"
            self.send_response(200 if is_listing else 404)
            self.send_header("Content-Length", str(len(told)))
            self.end_headers()
            self.wfile.write(told)

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        for name, value in ENVIRONMENT.items():
            monkeypatch.setenv(name, value)
        monkeypatch.setenv("AWS_ENDPOINT_URL_S3", f"http://127.0.0.1:{server.server_port}")
        monkeypatch.setenv("AWS_MAX_ATTEMPTS", "1")
        yield said
        server.shutdown()
        thread.join()


@pytest.mark.parametrize("kind", BODIES)
def test_a_listing_that_is_none(
    kind: str, body: list[bytes], site: SiteBuilder, monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    """What is no listing is an error of the target before anything is put, and no fault of ours."""
    body.append(BODIES[kind])
    site.exercise("squat", 1)
    monkeypatch.chdir(site.root)
    code = main(["sync", "--no-videos", "--target", "s3://bucket/x"])
    said = capsys.readouterr().err
    assert code == 2, said
    assert "s3://bucket/x" in said
    assert "unexpected" not in said
    assert len(said) < 1000


@pytest.mark.parametrize(
    "url",
    [
        "http://host:port/a.jpg",
        "http://[::1/a.jpg",
        "http://127.0.0.1:1/a b.jpg",
        "http://u:p@h:x/",
    ],
)
def test_addresses_that_are_none(
    url: str, site: SiteBuilder, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Asking for pictures of other hosts outlives what is no address, and tells where it stands."""
    site.write("_exercises/a.md", f'---\ngallery:\n  - image_path: "{url}"\n    alt: a\n---\n')
    monkeypatch.chdir(site.root)
    assert main(["check", "--remote"]) == 1
    said = capsys.readouterr().err
    assert "_exercises/a.md:3: error: " in said
    assert "unexpected" not in said
    assert "u:p" not in said


def test_a_server_that_speaks_nonsense(
    site: SiteBuilder, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """An answer that is no HTTP is a picture that cannot be had."""

    class Nonsense(StreamRequestHandler):
        def handle(self) -> None:
            self.rfile.readline()
            self.wfile.write(b"\x1b[31m nonsense\r\n\r\n")

    with ThreadingTCPServer(("127.0.0.1", 0), Nonsense) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        url = f"http://127.0.0.1:{server.server_address[1]}/a.jpg"
        site.write("_exercises/a.md", f"---\ngallery:\n  - image_path: {url}\n    alt: a\n---\n")
        monkeypatch.chdir(site.root)
        assert main(["check", "--remote"]) == 1
        server.shutdown()
        thread.join()
    said = capsys.readouterr().err
    assert "dead-picture" in said
    assert "\x1b" not in said
