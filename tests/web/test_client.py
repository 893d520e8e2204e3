"""What a stranger's page names is asked on the public internet only, and always comes to an end."""

from __future__ import annotations

import contextlib
import errno
import socket
import ssl
import time
from socketserver import StreamRequestHandler
from typing import TYPE_CHECKING

import pytest

from fake_network import FakeNetwork, Redirects, serving
from mediakit.web.addresses import may_be_asked, take_apart
from mediakit.web.client import Client

if TYPE_CHECKING:
    from collections.abc import Iterator

PUBLIC = "93.184.216.34"
HOST = "pictures.example"


@pytest.fixture(autouse=True)
def no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY", "all_proxy"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    with serving(Redirects) as found:
        yield found


def network(port: int, **names: list[list[str]]) -> FakeNetwork:
    return FakeNetwork(port, {HOST: [[PUBLIC]], **{f"{n}.example": v for n, v in names.items()}})


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "127.9.9.9", "0.0.0.0", "0.1.2.3", "10.0.0.1", "172.16.0.1", "192.168.1.1",  # noqa: S104
        "169.254.169.254", "100.64.0.1", "100.100.100.200", "168.63.129.16", "192.0.0.192",
        "192.0.2.1", "198.18.0.1", "224.0.0.1", "240.0.0.1", "255.255.255.255", "::", "::1",
        "::127.0.0.1", "::ffff:127.0.0.1", "::ffff:169.254.169.254", "64:ff9b::7f00:1",
        "64:ff9b::a9fe:a9fe", "64:ff9b:1::1", "2002:7f00:1::", "2001:0:1::", "2001:db8::1",
        "fc00::1", "fd00:ec2::254", "fe80::1", "fe80::1%eth0", "fec0::1", "ff02::1", "100::1",
        "no address",
    ],
)  # fmt: skip
def test_addresses_that_are_not_public(address: str) -> None:
    """Loopback, private, link-local and reserved addresses are refused in each spelling."""
    assert not may_be_asked(address, allow_private=False)


@pytest.mark.parametrize(
    "address", [PUBLIC, "1.1.1.1", "2606:4700::1111", "64:ff9b::5db8:d822", "::ffff:1.1.1.1"]
)
def test_addresses_that_are_public(address: str) -> None:
    """Hosts of the internet are asked, also by way of NAT64."""
    assert may_be_asked(address, allow_private=False)


@pytest.mark.parametrize("address", ["127.0.0.1", "10.1.2.3", "fd12::1", "::1", "100.64.0.1"])
def test_your_own_network(address: str) -> None:
    """With `allow_private` hosts of the own network are asked; what holds keys of clouds never."""
    assert may_be_asked(address, allow_private=True)
    for never in ("169.254.169.254", "fe80::1", "168.63.129.16", "fd00:ec2::254", "0.0.0.0"):  # noqa: S104
        assert not may_be_asked(never, allow_private=True)


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1", "127.1", "2130706433", "0x7f.1", "0x7f000001", "017700000001", "[::1]",
        "[::ffff:127.0.0.1]", "0", "0.0.0.0", "localhost", "１２７.0.0.1", "169.254.169.254",  # noqa: S104
    ],
)  # fmt: skip
def test_spellings_of_this_machine(host: str, port: int) -> None:
    """However an address is written, what it means is looked at, and nobody is connected to."""
    net = network(port)
    reply = Client(seconds=9, network=net).get(f"http://{host}/a.png")
    assert (reply.status, net.connected) == (0, [])


def test_a_public_host(port: int) -> None:
    """A host of the internet is asked, with the path in the form in which it is sent."""
    net = network(port)
    reply = Client(seconds=9, network=net).get(f"http://{HOST}/fødder (1).png?size=1#top")
    assert (reply.status, reply.headers["content-type"]) == (200, "image/png")
    assert net.connected == [PUBLIC]


@pytest.mark.parametrize(
    "target",
    [
        "http://169.254.169.254/latest/meta-data/", "http://localhost/", "//127.0.0.1/",
        "http://inner.example/", "ftp://pictures.example/a.png", "file:///etc/passwd",
        "http://user:planted@pictures.example/", "http://pictures.example:22/", "gopher://x/",
        "http://[::1", "data:image/png;base64,AAAA",
    ],
)  # fmt: skip
def test_redirects_are_looked_at(target: str, port: int) -> None:
    """A redirect leads nowhere where the first address may not lead."""
    net = network(port, inner=[["10.0.0.1"]])
    reply = Client(seconds=9, network=net).get(f"http://{HOST}/?to={target}")
    assert reply.status == 302
    assert reply.why.startswith("it leads to ")
    assert "planted" not in reply.why
    assert net.connected == [PUBLIC]


def test_redirects_that_are_followed(port: int) -> None:
    """A redirect to a picture is followed, also a relative one; a circle comes to an end."""
    net = network(port)
    client = Client(seconds=9, network=net)
    assert client.get(f"http://{HOST}/?to=/a.png").status == 200
    net.connected.clear()
    net2 = FakeNetwork(port, {HOST: [[PUBLIC]]})
    again = f"http://{HOST}/?to=?to=?to=?to=?to=?to=?to=?to=?to=?to=?to=?to=?to=/a.png"
    reply = Client(seconds=9, network=net2).get(again)
    assert (reply.status, reply.why) == (302, "it leads on and on")
    assert len(net2.connected) == 11


def test_a_name_that_changes_its_mind(port: int) -> None:
    """The connection goes to the address that was looked at, and each request is looked at."""
    net = network(port, rebound=[[PUBLIC], ["127.0.0.1"]])
    client = Client(seconds=9, network=net)
    assert client.get("http://rebound.example/").status == 200
    assert (net.resolved, net.connected) == (["rebound.example"], [PUBLIC])
    assert client.get("http://rebound.example/").is_private
    assert net.connected == [PUBLIC]


def test_a_name_with_two_faces(port: int) -> None:
    """A private address beside a public one is enough to be refused."""
    net = network(port, both=[[PUBLIC, "127.0.0.1"]])
    reply = Client(seconds=9, network=net).get("http://both.example/")
    assert (reply.status, reply.is_private, net.connected) == (0, True, [])


def test_a_proxy_of_the_environment(port: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """A proxy is asked, wherever it is; what this machine knows as private is not asked of it."""
    monkeypatch.setenv("http_proxy", "http://user:pass@proxy.internal:3128")
    net = network(port, inner=[["10.0.0.1"]])
    client = Client(seconds=9, network=net)
    assert client.get(f"http://{HOST}/").status == 200
    assert client.get("http://unknown.invalid/").status == 200
    assert client.get("http://inner.example/").is_private
    assert client.get("http://169.254.169.254/").is_private
    assert net.connected == ["proxy.internal"] * 2


def test_a_name_is_looked_at_once(port: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Behind a proxy a machine may know no names, and take long to say so: once a host."""
    monkeypatch.setenv("http_proxy", "http://proxy.internal:3128")
    net = network(port)
    client = Client(seconds=9, network=net)
    for _ in range(3):
        assert client.get("http://unknown.invalid/").status == 200
    assert net.resolved == ["unknown.invalid"]


def test_a_proxy_that_is_none(port: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is no address of a proxy is said without its password."""
    monkeypatch.setenv("http_proxy", "http://user:pass/word@proxy:3128")
    reply = Client(seconds=9, network=network(port)).get(f"http://{HOST}/")
    assert reply.status == 0
    assert reply.why == "the proxy in http_proxy is no address of an HTTP proxy"


def dripping(before: bytes) -> type[StreamRequestHandler]:
    class Drips(StreamRequestHandler):
        def handle(self) -> None:
            self.rfile.readline()
            with contextlib.suppress(OSError):
                self.wfile.write(before)
                for _ in range(600):
                    self.wfile.write(b"x")
                    time.sleep(0.05)

    return Drips


@pytest.mark.parametrize(
    "before", [b"", b"HTTP/1.1 200 OK\r\nX: ", b"HTTP/1.1 200 OK\r\nContent-Length: 99999\r\n\r\n"]
)
def test_an_answer_that_drips(before: bytes) -> None:
    """A byte now and then does not put the end off, in the status, the headers and the body."""
    with serving(dripping(before)) as port:
        start = time.monotonic()
        reply = Client(seconds=1, network=network(port)).get(f"http://{HOST}/", most_bytes=10**6)
        assert time.monotonic() - start < 15
    assert (reply.status, reply.why) == (0, "no answer within 1 seconds")


def test_an_answer_that_is_too_large() -> None:
    """No more is read than is wanted, also of an answer that never ends."""

    class Endless(StreamRequestHandler):
        def handle(self) -> None:
            self.rfile.readline()
            with contextlib.suppress(OSError):
                self.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\n")
                while True:
                    self.wfile.write(b"x" * 65536)

    with serving(Endless) as port:
        client = Client(seconds=60, network=network(port))
        reply = client.get(f"http://{HOST}/", most_bytes=2**20)
        assert reply.why == "the answer is larger than 1 MB"
        assert client.get(f"http://{HOST}/").status == 200  # of no interest: not read at all


@pytest.mark.parametrize(
    ("url", "target"),
    [
        ("http://host", "/"),
        ("http://host/a b.jpg", "/a%20b.jpg"),
        ("http://host/å%C3%A5?x=ø#f", "/%C3%A5%C3%A5?x=%C3%B8"),
        ("HTTPS://HOST:8443/a", "/a"),
    ],
)
def test_addresses_taken_apart(url: str, target: str) -> None:
    """What is sent is ASCII, whatever a page has."""
    assert take_apart(url).target == target


@pytest.mark.parametrize(
    "url",
    [
        "", "host", "//host/a", "ftp://host/", "http:///a", "http://host:port/", "http://[::1/",
        "http://u:p@host/", "http:\\\\u:p@host/", "http://host:25/", "http://a b/",
        "http://" + "a" * 9000, "http://host\\@10.0.0.1/",
    ],
)  # fmt: skip
def test_addresses_that_are_refused(url: str) -> None:
    """What is no address of the web, or has a password, is refused in words without it."""
    with pytest.raises(ValueError, match=r".") as refused:
        take_apart(url)
    assert "u:p" not in str(refused.value)


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (socket.gaierror(-2, "Name or service not known"), "nobody knows the name of its host"),
        (ConnectionRefusedError(111, "Connection refused"), "its host, or the proxy, takes none"),
        (ConnectionResetError(104, "Connection reset by peer"), "the connection was cut"),
        (OSError(errno.ENETUNREACH, "Network is unreachable"), "there is no network"),
        (ssl.SSLError(1, "[SSL: WRONG_VERSION_NUMBER]"), "no secure connection"),
    ],
    ids=lambda each: type(each).__name__,
)
def test_failures_in_words(error: OSError, words: str) -> None:
    """Why no answer came is said in words for people, without those of sockets and libraries."""

    class Broken(FakeNetwork):
        def connect(self, *_: object) -> socket.socket:
            raise error

    client = Client(seconds=5, network=Broken(0, {HOST: [[PUBLIC]]}))
    why = client.get(f"http://{HOST}/").why
    assert words in why
    assert "Errno" not in why
