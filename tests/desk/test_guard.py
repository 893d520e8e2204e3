"""Who may ask the desk: another site, a stranger without the token, and a path that leads away."""

from __future__ import annotations

import http.client
import json
import socket
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest

from desk_working import desk_at, made
from filmed_clips import phone_film
from mediakit.base.files import sha256_bytes
from mediakit.desk.serve import _listening

if TYPE_CHECKING:
    from collections.abc import Iterator

    from conftest import SiteBuilder

__all__ = ["made"]


@pytest.fixture(scope="module")
def address(made: SiteBuilder) -> Iterator[str]:
    made.write("_config.yml", "title: Klinikken & co\ncollections: {exercises: {output: true}}\n")
    made.write("secret.txt", "secret")
    made.write("assets/images/drawing.svg", "<svg xmlns='http://www.w3.org/2000/svg'/>")
    made.write("assets/images/movement/squat.mp4", b"0123456789")
    with desk_at(made.root) as address:
        yield address


def ask(
    address: str,
    path: str = "",
    method: str = "GET",
    body: bytes | None = None,
    headers: dict[str, str] | None = None,
) -> tuple[int, http.client.HTTPMessage, bytes]:
    """Ask the desk; return the status, the headers and the body of its answer."""
    parts = urlsplit(address)
    connection = http.client.HTTPConnection(parts.netloc, timeout=20)
    connection.request(method, parts.path + path, body, headers or {})
    answer = connection.getresponse()
    data = answer.read()
    connection.close()
    return answer.status, answer.headers, data


def test_a_refusal_in_the_language_of_the_browser(address: str) -> None:
    """Whoever opens an old address reads what to do, in Danish where the browser speaks it."""
    parts = urlsplit(address)
    old = f"{parts.scheme}://{parts.netloc}/old/"
    for lang, words in (("da-DK", "Åbn arbejdsbordet"), ("fr", "Open the desk")):
        status, _, data = ask(old, headers={"accept-language": lang})
        assert (status, data.decode()[: len(words)]) == (403, words)


def test_no_answer_waits_for_the_browser() -> None:
    """An answer goes out in two parts; the system does not hold the second one back for 40 ms."""
    with _listening(0) as listening, socket.create_connection(listening.getsockname()):
        accepted, _ = listening.accept()
        with accepted:
            assert accepted.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)


def test_the_page_is_closed(address: str) -> None:
    """No script of the page's own text, no frame around it, and no address handed on."""
    status, headers, data = ask(address)
    assert status == 200
    assert "script-src 'self'" in headers["content-security-policy"]
    assert "frame-ancestors 'none'" in headers["content-security-policy"]
    assert headers["referrer-policy"] == "no-referrer"
    assert headers["cross-origin-resource-policy"] == "same-origin"
    assert b"onclick" not in data
    assert b"<title>Klinikken &amp; co</title>" in data  # what the settings of the site call it


@pytest.mark.parametrize(
    "headers",
    [
        {"Host": "evil.example"},  # a name that leads here: DNS rebinding
        {"Host": "localhost.evil.example:80"},
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
    ],
)
def test_others_are_refused(address: str, headers: dict[str, str]) -> None:
    """Whoever shows that they are another site gets nothing, with the token too."""
    assert ask(address, headers=headers)[0] == 403


def test_without_the_token(address: str) -> None:
    """The address alone opens nothing, nor does a token that is nearly right."""
    parts = urlsplit(address)
    assert ask(f"http://{parts.netloc}/")[0] == 403
    token = parts.path.strip("/")
    assert ask(f"http://{parts.netloc}/{token[:-1]}{'y' if token[-1] == 'x' else 'x'}/")[0] == 403
    assert ask(f"http://{parts.netloc}/x", "/../files/desk.css")[0] == 403


def test_changes_come_from_the_page_alone(address: str, made: SiteBuilder) -> None:
    """A form or a script of another page changes nothing: it lacks the mark and the origin."""
    own = address[: address.index("/", 8)]
    before = made.tree()
    body = json.dumps({"page": "_exercises/lunge.md"}).encode()
    wrong: list[dict[str, str]] = [{}, {"Origin": own}, {"X-Mediakit-Desk": "1"}]
    for headers in wrong:
        assert ask(address, "acts/fix", "POST", body, headers=headers)[0] == 403
    right = {"Origin": own, "X-Mediakit-Desk": "1"}
    assert ask(address, "acts/fix", "GET")[0] == 405
    assert ask(address, "acts/nothing", "POST", b"{}", headers=right)[0] == 400
    assert ask(address, "acts/alt", "POST", b'{"odd": 1}', headers=right)[0] == 400
    assert ask(address, "acts/alt", "POST", b"{" * 200_000, headers=right)[0] == 400
    assert ask(address, "open", "POST", b'{"page": "../../etc/passwd"}', headers=right)[0] == 400
    assert made.tree() == before


@pytest.mark.parametrize(
    "path",
    ["secret.txt", "../secret.txt", "%2e%2e/secret.txt", "..%2f..%2f..%2fetc/passwd",
     "/etc/passwd", "_exercises/../secret.txt", ".mediakit/cache.db", "x%00.jpg"],
)  # fmt: skip
def test_only_pictures_and_pages(address: str, path: str) -> None:
    """Nothing else of the site, and nothing outside of it, can be read."""
    status, _, data = ask(address, f"site/{path}")
    assert status == 404
    assert b"secret\n" not in data


def test_pictures_and_pages(address: str) -> None:
    """A drawing may run nothing, and a page comes as text."""
    status, headers, _ = ask(address, "site/assets/images/drawing.svg")
    assert status == 200
    assert headers["content-security-policy"].startswith("sandbox; default-src 'none'")
    status, headers, data = ask(address, "site/_exercises/lunge.md")
    assert (status, headers["content-type"]) == (200, "text/plain; charset=utf-8")
    assert b"Lunge" in data
    assert headers["x-content-type-options"] == "nosniff"


def test_films_come_in_parts(address: str) -> None:
    """A browser asks for a part of a film, and the page may play it."""
    path = "site/assets/images/movement/squat.mp4"
    status, headers, data = ask(address, path, headers={"Range": "bytes=2-4"})
    assert (status, headers["content-type"], data) == (206, "video/mp4", b"234")
    assert "media-src 'self'" in ask(address)[1]["content-security-policy"]


def test_a_refusal_fits_the_browser(address: str, made: SiteBuilder) -> None:
    """It names a file as its sender does, no folder of this machine, and no command or switch."""
    known = (made.root / "assets/images/lunge-0.jpg").read_bytes()
    page = "_exercises/plank.md"
    plank = {"page": page, "digest": sha256_bytes((made.root / page).read_bytes())}
    parts = urlsplit(address)
    own = {"X-Mediakit-Desk": "1", "Origin": f"{parts.scheme}://{parts.netloc}"}
    said = []
    for act, name, data in (
        ("add", "Cut.mov", phone_film()[:3000]), ("add", "IMG_2.JPG", known[:2000]),
        ("add", "IMG_1.JPG", known), ("new", "IMG_1.JPG", known),
    ):  # fmt: skip
        sent = json.loads(ask(address, f"upload?name={name}", "POST", data, own)[2])["upload"]
        asked = {"uploads": [sent], "text": "Lunge"} | (plank if act == "add" else {})
        answer = ask(address, f"acts/{act}", "POST", json.dumps(asked).encode(), own)[2]
        said.append("{error} | {hint}".format_map(json.loads(answer)))
    assert [each.partition(" ")[0] for each in said[:2]] == ["Cut.mov:", "IMG_2.JPG:"]
    assert said[2:] == [
        "IMG_1.JPG is already on the site, as assets/images/lunge-0.jpg | leave it out",
        "_exercises/lunge.md exists already | drop the photos onto its card",
    ]
