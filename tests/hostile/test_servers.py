"""Servers that are none, or answer nonsense: words that name the mistake, and no fault of ours."""

from __future__ import annotations

import contextlib
import itertools
import threading
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from socketserver import StreamRequestHandler, ThreadingTCPServer

import pytest

from conftest import SiteBuilder
from mediakit.cli.main import main
from mediakit.storage.s3.storage import open_bucket
from mediakit.storage.settings import S3Settings
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
_ENTRY = b"<ListBucketResult><Contents><Key>x/a</Key><Size>%s</Size></Contents></ListBucketResult>"
BODIES = {
    "nothing": b"", "a page": b"<html><body>Sign in<br></html>", "half": b"<ListBucketResult><Con",
    "sizes that are none": _ENTRY % b"x", "long numbers": _ENTRY % (b"9" * 5000),
    "a page that is well-formed": b"<html><body>Sign in</body></html>",
    "a page with a DOCTYPE": b"<!DOCTYPE html><ListBucketResult></ListBucketResult>",
    "an error in its place": b"<Error><Code>SlowDown</Code></Error>",
    "more, and no way to it": _ENDLESS.replace(b">a<", b"><"),
    "negative sizes": _ENTRY % b"-1", "another prefix's": _ENTRY.replace(b"x/a", b"y/a") % b"1",
    "entities of entities": _LAUGHS, "pages without end": _ENDLESS, "noise": bytes(range(256)),
}  # fmt: skip


class _Quiet(BaseHTTPRequestHandler):
    """Says what it is told to say, and logs nothing."""

    protocol_version = "HTTP/1.1"

    def log_message(self, *_args: object) -> None:
        pass

    def say(self, status: int, body: bytes, headers: Iterable[tuple[str, str]] = ()) -> None:
        self.send_response(status)
        for name, value in (*headers, ("Content-Length", str(len(body)))):
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)


@contextlib.contextmanager
def serving(handler: type[_Quiet], monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Run a server that is taken for that of all buckets."""
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        for name, value in ENVIRONMENT.items():
            monkeypatch.setenv(name, value)
        monkeypatch.setenv("AWS_ENDPOINT_URL_S3", f"http://127.0.0.1:{server.server_port}")
        monkeypatch.setenv("AWS_MAX_ATTEMPTS", "1")
        try:
            yield
        finally:
            server.shutdown()
            thread.join()


@pytest.fixture
def body(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[bytes]]:
    """Run a server that has no object, and lists with these bodies, one after the other."""
    said: list[bytes] = []

    asked = itertools.count()

    class Handler(_Quiet):
        def do_GET(self) -> None:
            if "list-type" in self.path:
                self.say(200, said[next(asked) % len(said)])
            else:
                self.say(404, b"<Error><Code>NoSuchKey</Code></Error>")

    with serving(Handler, monkeypatch):
        yield said


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
    assert "s3://bucket/x cannot be listed" in said
    assert "unexpected" not in said
    assert len(said) < 1000


def test_pages_that_go_round(
    body: list[bytes], site: SiteBuilder, monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    """A listing whose pages lead to each other, or to ever new ones without objects, has an end."""
    site.exercise("squat", 1)
    monkeypatch.chdir(site.root)
    for tokens in ("ab", map(str, range(300))):
        body[:] = [_ENDLESS.replace(b">a<", f">{token}<".encode()) for token in tokens]
        assert main(["sync", "--no-videos", "--target", "s3://bucket/x"]) == 2
        assert "its pages do not end" in capsys.readouterr().err


@dataclass(frozen=True)
class Wrong:
    """How a server answers that is no bucket's."""

    status: int
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = b""
    has_listing: bool = False


_HTML = b"<!doctype html><html><body>MinIO Console<br></html>"
WRONG = {
    "http to https": (Wrong(301, (("Location", "https://host/x"),)), "redirects to https://host/x"),
    "another zone": (
        Wrong(307, (), b"<Error><Endpoint>b.eu.host</Endpoint></Error>"), "redirects to b.eu.host",
    ),
    "nowhere": (Wrong(302), "an address that it does not name"),
    "a console": (Wrong(200, (), _HTML), "endpoint of a bucket"),
    "a page that says no": (Wrong(403, (), _HTML), "endpoint of a bucket"),
    "a web site": (Wrong(200, (("ETag", '"e"'),), _HTML), "media.json"),
    "puts without an ETag": (Wrong(200, (), b"", has_listing=True), "it has no ETag"),
    "wrong clocks": (
        Wrong(403, (), b"<Error><Code>RequestTimeTooSkewed</Code></Error>"), "the clocks differ",
    ),
}  # fmt: skip


@pytest.mark.parametrize("kind", WRONG)
def test_what_is_no_bucket(
    kind: str, site: SiteBuilder, monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    """An endpoint that is none ends a run with exit code 2, in few requests, and is named."""
    wrong, words = WRONG[kind]
    site.exercise("squat", 1)
    monkeypatch.chdir(site.root)
    asked = []

    class Handler(_Quiet):
        def do_GET(self) -> None:
            asked.append(self.path)
            self.rfile.read(int(self.headers.get("Content-Length", 0)))
            if wrong.has_listing and self.command != "PUT":
                is_listing = "list-type" in self.path
                self.say(200 if is_listing else 404, b"<ListBucketResult/>" if is_listing else b"")
            else:
                self.say(wrong.status, wrong.body, wrong.headers)

        do_PUT = do_HEAD = do_GET  # noqa: N815 - the library's names

    with serving(Handler, monkeypatch):
        assert main(["sync", "--no-videos", "--target", "s3://bucket/x"]) == 2
    said = capsys.readouterr().err
    assert words in said
    assert "unexpected" not in said
    assert len(asked) < 20


@pytest.mark.parametrize("answer", [_HTML, b"<html></html>", b"<a><b></a>", b"nothing"])
def test_deletes_that_are_answered_with_nonsense(
    answer: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A delete of many that is answered with what is no result has deleted nothing."""

    class Handler(_Quiet):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            self.say(200, answer)

    with serving(Handler, monkeypatch):
        target = open_bucket("s3://bucket/x", S3Settings())
        failed = target.delete(["a.jpg", "b.jpg"])
        target.close()
    assert set(failed) == {"a.jpg", "b.jpg"}
    if b"html" in answer:
        assert "endpoint of a bucket" in failed["a.jpg"].hint


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
    assert main(["check", "--remote", "--allow-private"]) == 1
    said = capsys.readouterr().out
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
        code = main(["check", "--remote", "--allow-private"])
        server.shutdown()
        thread.join()
    assert code == 1
    said = capsys.readouterr().out
    assert "dead-picture" in said
    assert "\x1b" not in said
