from __future__ import annotations

import json
import re
import threading
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any

import pytest

from mediakit.base.actions import Failure
from mediakit.base.errors import UsageError
from mediakit.storage.purge import Cloudflare, CloudFront, open_purgers
from mediakit.storage.settings import CdnSettings

if TYPE_CHECKING:
    from collections.abc import Iterator

BASE = "https://media.example.com/site"


@dataclass
class Service:
    """A service that answers as it is told to, and keeps what it was sent."""

    url: str = ""
    answers: list[tuple[int, bytes]] = field(default_factory=list)
    bodies: list[bytes] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    paths: list[str] = field(default_factory=list)


@pytest.fixture
def service() -> Iterator[Service]:
    found = Service()

    class Handler(BaseHTTPRequestHandler):
        def log_message(self, *_args: Any) -> None:
            pass

        def do_POST(self) -> None:
            found.bodies.append(self.rfile.read(int(self.headers["Content-Length"])))
            found.headers.append(dict(self.headers.items()))
            found.paths.append(self.path)
            status, body = found.answers.pop(0) if found.answers else (200, b'{"success": true}')
            self.send_response(status)
            self.send_header("Retry-After", "0")
            self.send_header("Location", "/elsewhere")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    found.url = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield found
    server.shutdown()
    server.server_close()
    thread.join()


def files(service: Service) -> list[list[str]]:
    return [json.loads(body)["files"] for body in service.bodies]


def test_cloudflare(service: Service) -> None:
    """Addresses are percent-encoded and below the base, 30 a call, with the token as a header."""
    keys = ["i/æ b#.jpg", *(f"{number}.jpg" for number in range(34))]
    assert Cloudflare("zone", BASE, "TOKEN", service.url).purge(keys) is None
    assert [len(each) for each in files(service)] == [30, 5]
    assert files(service)[0][0] == f"{BASE}/i/%C3%A6%20b%23.jpg"
    assert service.headers[0]["Authorization"] == "Bearer TOKEN"
    assert service.paths == ["/zones/zone/purge_cache"] * 2


@pytest.mark.parametrize("status", [429, 503])
def test_cloudflare_asks_again(service: Service, status: int) -> None:
    """One that is busy is asked again."""
    service.answers = [(status, b""), (200, b'{"success": true}')]
    assert Cloudflare("zone", BASE, "TOKEN", service.url).purge(["a.jpg"]) is None
    assert len(service.bodies) == 2


@pytest.mark.parametrize(
    ("answer", "what"),
    [
        ((403, b""), "HTTP 403"),
        ((200, b'{"success": false, "errors": [{"message": "no rights"}]}'), "no rights"),
        ((200, b"<html>"), "Cloudflare zone"),
    ],
)
def test_cloudflare_refuses(service: Service, answer: tuple[int, bytes], what: str) -> None:
    """What the service says comes back as a failure, without the token."""
    service.answers = [answer]
    failure = Cloudflare("zone", BASE, "TOKEN", service.url).purge(["a.jpg"])
    assert isinstance(failure, Failure)
    assert failure.code == "purge-failed"
    assert what in failure.message
    assert "TOKEN" not in f"{failure.message} {failure.hint}"


@pytest.mark.parametrize("status", [301, 302, 307, 308])
def test_cloudflare_redirects(service: Service, status: int) -> None:
    """The token goes nowhere else: a redirect is a failure."""
    service.answers.append((status, b""))
    failure = Cloudflare("zone", BASE, "TOKEN", service.url).purge(["a.jpg"])
    assert failure is not None
    assert str(status) in failure.message
    assert service.paths == ["/zones/zone/purge_cache"]


def test_nobody_answers() -> None:
    """A service that is not there is a failure too."""
    failure = Cloudflare("zone", BASE, "TOKEN", "http://127.0.0.1:9").purge(["a.jpg"])
    assert isinstance(failure, Failure)


@pytest.fixture
def amazon(service: Service, monkeypatch: pytest.MonkeyPatch) -> Service:
    monkeypatch.setenv("AWS_ENDPOINT_URL_CLOUDFRONT", service.url)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "key")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "SECRET")
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "1")
    return service


@pytest.mark.parametrize(
    ("count", "paths"), [(2, ["/site/0.jpg", "/site/1.jpg"]), (1001, ["/site/*"])]
)
def test_cloudfront(amazon: Service, count: int, paths: list[str]) -> None:
    """One invalidation of the paths, or of all below the base where there are very many."""
    amazon.answers = [(201, b"<Invalidation><Id>I</Id></Invalidation>")]
    assert CloudFront("DIST", BASE).purge([f"{number}.jpg" for number in range(count)]) is None
    (body,) = amazon.bodies
    assert body.count(b"<Path>") == len(paths)
    assert all(f"<Path>{path}</Path>".encode() in body for path in paths)
    assert amazon.paths[0].endswith("/distribution/DIST/invalidation")


def test_cloudfront_paths(amazon: Service) -> None:
    """What RFC 1738 calls unsafe is encoded; what no path may have becomes a wildcard."""
    amazon.answers = [(201, b"<Invalidation><Id>I</Id></Invalidation>")]
    keys = ["a (1).jpg", "ø%#.jpg", "b,c+d=e.jpg", "i/x~1.jpg", "i/x~2.jpg", "i/[y].jpg", "f?.jpg"]
    assert CloudFront("DIST", BASE).purge(keys) is None
    assert re.findall("<Path>/site/(.*?)</Path>", amazon.bodies[0].decode()) == [
        "%C3%B8%25%23.jpg", "a%20(1).jpg", "b,c+d=e.jpg", "f%3F.jpg", "i/*", "i/x*",
    ]  # fmt: skip


def test_cloudfront_wildcards(amazon: Service) -> None:
    """Only few wildcards may be under way at once: of more, there is one for all."""
    amazon.answers = [(201, b"<Invalidation><Id>I</Id></Invalidation>")]
    assert CloudFront("DIST", BASE).purge([f"{number}~.jpg" for number in range(11)]) is None
    assert re.findall("<Path>(.*?)</Path>", amazon.bodies[0].decode()) == ["/site/*"]


def test_cloudfront_refuses(amazon: Service) -> None:
    """A distribution that is not ours is a failure."""
    body = b"<ErrorResponse><Error><Code>AccessDenied</Code></Error></ErrorResponse>"
    amazon.answers = [(403, body)]
    failure = CloudFront("DIST", BASE).purge(["a.jpg"])
    assert isinstance(failure, Failure)
    assert "AccessDenied" in failure.message
    assert "/site/a.jpg" in failure.message


def test_what_is_configured(monkeypatch: pytest.MonkeyPatch) -> None:
    """No cache, one, or both; without its token a run is refused before it begins."""
    assert open_purgers(CdnSettings(BASE)) == ()
    monkeypatch.setenv("CLOUDFLARE_API_TOKEN", "x")
    both = open_purgers(CdnSettings(BASE, "DIST", "zone"))
    assert [type(each) for each in both] == [CloudFront, Cloudflare]
    monkeypatch.setenv("CLOUDFLARE_API_TOKEN", " ")
    with pytest.raises(UsageError, match="CLOUDFLARE_API_TOKEN is not set"):
        open_purgers(CdnSettings(BASE, None, "zone"))
