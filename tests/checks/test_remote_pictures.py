"""`mediakit check --remote`: other hosts are asked on the public internet only, and politely."""

from __future__ import annotations

import json
import threading
from collections import Counter
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any, ClassVar

import pytest

from fake_network import FakeNetwork
from mediakit.base.model import ImageRef, Manifest, Role
from mediakit.checks.remote import RemotePictures
from mediakit.cli.main import main
from mediakit.web.client import Client

if TYPE_CHECKING:
    from collections.abc import Iterator

    from conftest import SiteBuilder
    from mediakit.base.model import Problem

PUBLIC = "93.184.216.34"


class Host(BaseHTTPRequestHandler):
    """Another host: what is below `/there` is a picture; some other paths are faults."""

    asked: ClassVar[Counter[str]] = Counter()

    def do_GET(self) -> None:
        host = (self.headers["Host"] or "").partition(":")[0]
        self.asked[host] += 1
        name = self.path.split("/")[1]
        if name == "silent":
            self.close_connection = True
            return
        status, kind = {
            "there": (200, "image/jpeg"), "busy": (503, "text/plain"), "page": (200, "text/html"),
            "closed": (403, "text/html"), "inner": (302, "text/html"), "older": (200, "IMAGE/GIF"),
        }.get(name, (404, "text/plain"))  # fmt: skip
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", "0")
        if name == "inner":
            self.send_header("Location", "http://169.254.169.254/latest/meta-data/")
        self.end_headers()

    def log_message(self, *_args: Any) -> None:
        pass


@pytest.fixture
def port(monkeypatch: pytest.MonkeyPatch) -> Iterator[int]:
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)
    Host.asked.clear()
    with ThreadingHTTPServer(("127.0.0.1", 0), Host) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
        thread.start()
        yield server.server_address[1]
        server.shutdown()


def ask(port: int, *urls: str, **limits: Any) -> list[Problem]:
    names = {f"{name}.example": [[PUBLIC]] for name in ("a", "b")}
    client = Client(seconds=20, network=FakeNetwork(port, names))
    images = tuple(ImageRef(Role.GALLERY, "gallery", at, url=url) for at, url in enumerate(urls, 1))
    return RemotePictures(client, **limits).problems([Manifest("p.md", "", images)])


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("there", ""), ("older", ""), ("busy", ""), ("closed", ""), ("gone", "HTTP 404"),
        ("page", "it is text/html, not a picture"), ("silent", "breaks off"),
        ("inner", "it leads to http://169.254.169.254: its host is not on the public internet"),
    ],
)  # fmt: skip
def test_what_a_host_says(path: str, words: str, port: int) -> None:
    """A picture is dead where that is certain; nobody can say it of a host that is busy."""
    found = ask(port, f"http://a.example/{path}/x.jpg")
    assert [each.code for each in found] == ["dead-picture"] * bool(words)
    assert all(words in each.message for each in found)


def test_a_host_is_not_asked_for_ever(port: int) -> None:
    """A host that is busy or silent is soon asked no more, and none more often than the limit."""
    assert ask(port, *(f"http://a.example/busy/{number}" for number in range(60))) == []
    assert Host.asked["a.example"] <= 2
    found = ask(port, *(f"http://b.example/silent/{number}" for number in range(60)))
    assert len(found) == 60
    assert Host.asked["b.example"] <= 5
    Host.asked.clear()
    urls = [f"http://{host}.example/there/{n}" for n in range(30) for host in ("a", "b")]
    found = ask(port, *urls, most_a_host=20)
    assert Host.asked == {"a.example": 20, "b.example": 20}
    assert [(each.code, each.severity) for each in found] == [("unasked-picture", "warning")] * 20


def test_an_end_to_asking(port: int) -> None:
    """After a while nothing more is asked, and what was not is said."""
    found = ask(port, *(f"http://a.example/there/{n}" for n in range(9)), patience=-1.0)
    assert Host.asked == {}
    assert [each.code for each in found] == ["unasked-picture"] * 9


def test_your_own_network(port: int, site: SiteBuilder, monkeypatch: pytest.MonkeyPatch) -> None:
    """This machine is asked only with --allow-private, which no setting of a file turns on."""
    entry = f"  - image_path: http://127.0.0.1:{port}/there/x.jpg\n    alt: x\n"
    site.write("_exercises/far.md", f"---\ntitle: x\ngallery:\n{entry}---\n")
    monkeypatch.chdir(site.root)
    assert main(["check", "--remote"]) == 1
    assert Host.asked == {}
    assert main(["check", "--remote", "--allow-private"]) == 0
    assert Host.asked == {"127.0.0.1": 1}
    site.write("mediakit.toml", "[check]\nallow_private = true\n")
    assert main(["check", "--remote"]) == 2


ADDRESSES = (
    "https://someone:pl4nted@a.example/x.jpg",
    "//someone:pl4n'ted@a.example/x.jpg",
    "https:someone:pl4nted@a.example/x.jpg",
    "http:\\\\someone:pl4nted@a.example/x.jpg",
    "ftp://someone:pl4nted@a.example/x.jpg",
    "HTTPS://pl4nted@a.example/x.jpg",
)


@pytest.mark.parametrize(
    "command",
    [
        ["check", "--remote"], ["check", "--format", "json"], ["check", "--format", "github"],
        ["check", "--format", "sarif"], ["check", "--format", "junit"], ["list"],
        ["list", "--format", "json"], ["generate", "--format", "json"], ["status"],
        ["gallery", "page", "--output", "page.html"],
    ],
)  # fmt: skip
def test_a_password_in_an_address(
    command: list[str], site: SiteBuilder, monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    """An address with a user or password is an error of its own, asked by nobody, shown without."""
    site.exercise("squat", 1)
    for number, address in enumerate(ADDRESSES):
        text = f'---\ntitle: x\nvideo: "{address}"\ngallery:\n  - image_path: "{address}"\n---\n'
        site.write(f"_exercises/far-{number}.md", text.replace("\\", "\\\\"))
    monkeypatch.chdir(site.root)
    main(command)
    said = capsys.readouterr()
    pages = (each.read_text("utf-8") for each in site.root.glob("page.html/*.html"))
    shown = said.out + said.err + "".join(pages)
    assert "pl4n" not in shown
    if command[0] == "check":
        assert shown.count("user-in-address") >= len(ADDRESSES) - 1
        assert "dead-picture" not in shown


def test_a_password_in_the_document(
    site: SiteBuilder, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Programs get the address with `***`, and nothing of it is in the cache."""
    entry = f"  - image_path: {ADDRESSES[0]}\n"
    site.write("_exercises/far.md", f"---\ntitle: x\ngallery:\n{entry}---\n")
    monkeypatch.chdir(site.root)
    main(["list", "--format", "json"])
    assert "https://***@a.example/x.jpg" in json.dumps(json.loads(capsys.readouterr().out))
    main(["generate"])
    for path in (site.root / ".mediakit").glob("cache.db*"):
        assert b"pl4nted" not in path.read_bytes()
