"""GET an address that a page or an answer names, safely.

The client resolves names itself and connects to the very IP address that it checked, so a name
that changes its address a moment later gains nothing. It checks each redirect like the first
address. One deadline covers all of it, however slowly an answer drips.

A proxy of the environment resolves names itself. The client then still checks what this machine
knows of a name, but the proxy is the wall.
"""

from __future__ import annotations

import base64
import contextlib
import errno
import http.client
import socket
import ssl
import time
import urllib.request
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING
from urllib.parse import unquote, urljoin, urlsplit

from mediakit.base.patient_socket import ExchangeLimits, PatientSocket
from mediakit.base.redaction import redacted
from mediakit.web.addresses import may_be_asked, take_apart
from mediakit.web.reply import Reply

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from mediakit.web.addresses import Address

_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_MOST_REDIRECTS = 10
_TO_CONNECT = 10.0  # seconds for one IP address of several
_CHUNK = 64 * 1024
_MOST_HEADERS = 256 * 1024
_NO_WAY = frozenset({errno.ENETUNREACH, errno.EHOSTUNREACH, errno.ENETDOWN, errno.EADDRNOTAVAIL})
_PROXY_PORT = 80  # where none is given


class Network:
    """Resolves names and connects, with this machine's network."""

    def resolve(self, host: str, port: int) -> Sequence[str]:
        """Return the IP addresses of a host; raises OSError, or ValueError for a malformed name."""
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        return list(dict.fromkeys(str(each[4][0]) for each in found))

    def connect(self, address: str, port: int, seconds: float) -> socket.socket:
        """Connect to an IP address, or to a proxy; raises OSError."""
        return socket.create_connection((address, port), seconds)


def _host_of(url: str) -> str:
    """Return scheme and host of an address: the rest may contain a secret."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return "no address"
    return f"{parts.scheme}://{parts.hostname or ''}"


class _PrivateError(Exception):
    """The host is not on the public internet."""


class Client:
    """Asks addresses, each within `seconds`; `may_follow` decides which redirects are followed."""

    def __init__(
        self,
        *,
        seconds: float,
        allow_private: bool = False,
        may_follow: Callable[[str], bool] = lambda _: True,
        network: Network | None = None,
    ) -> None:
        self._seconds = seconds
        self._allow_private = allow_private
        self._may_follow = may_follow
        self._network = network or Network()
        self._tls: ssl.SSLContext | None = None
        self._are_private: dict[str, bool] = {}
        """Hosts that were checked for a proxy; once each, since that may take long."""

    def get(
        self, url: str, headers: Mapping[str, str] | None = None, *, most_bytes: int = 0
    ) -> Reply:
        """Return the answer to a GET, with at most `most_bytes` of its body; never raises.

        A redirect that is not followed is returned, and `why` says where it leads.
        """
        until = time.monotonic() + self._seconds
        reply = self._get(url, headers or {}, most_bytes, until)
        for _ in range(_MOST_REDIRECTS):
            target = reply.headers.get("location", "") if reply.status in _REDIRECTS else ""
            if not target:
                return reply
            try:
                url = urljoin(url, target)
            except ValueError:
                return replace(reply, why="it leads to no address")
            if not self._may_follow(url):
                return replace(reply, why=f"it leads to {_host_of(url)}")
            last, reply = reply, self._get(url, headers or {}, most_bytes, until)
            if not reply.status:
                why = f"it leads to {_host_of(url)}: {reply.why}"
                return replace(last, why=why, is_private=reply.is_private)
        return replace(reply, why="it leads on and on") if reply.status in _REDIRECTS else reply

    def _get(self, url: str, headers: Mapping[str, str], most_bytes: int, until: float) -> Reply:
        limits = ExchangeLimits(until, self._seconds, 2 * most_bytes + _MOST_HEADERS)
        try:
            address = take_apart(url)
            proxy = _proxy_for(address)
            with contextlib.closing(self._open(address, proxy, limits)) as line:
                return _asked(line, address, proxy, headers, most_bytes)
        except _PrivateError:
            return Reply(0, why="its host is not on the public internet", is_private=True)
        except TimeoutError:
            return Reply(0, why=f"no answer within {self._seconds:g} seconds")
        except http.client.HTTPException:
            return Reply(0, why="the answer is no HTTP, or breaks off")
        except ssl.SSLCertVerificationError as error:
            return Reply(0, why=f"its certificate is not valid: {error.verify_message}")
        except (OSError, ValueError) as error:
            return Reply(0, why=redacted(_in_words(error)))

    def _open(
        self, address: Address, proxy: _Proxy | None, limits: ExchangeLimits
    ) -> PatientSocket:
        """Return a connection for a request to the address."""
        if proxy is None:
            wire = self._reach(address, limits.until)
        else:
            self._check_name(address)
            wire = self._network.connect(proxy.host, proxy.port, _left(limits.until))
        try:
            if address.scheme == "https":
                if proxy is not None:
                    _tunnel(_patient(wire, limits), address, proxy)
                wire.settimeout(_left(limits.until))
                wire = self._context().wrap_socket(wire, server_hostname=address.host)
        except BaseException:
            wire.close()
            raise
        return _patient(wire, limits)

    def _reach(self, address: Address, until: float) -> socket.socket:
        found = self._network.resolve(address.host, address.port)
        self._refuse(found)
        failed: OSError | None = None
        for each in found:
            try:
                seconds = min(_TO_CONNECT, _left(until))
                return self._network.connect(each, address.port, seconds)
            except OSError as error:
                failed = error
        raise failed or OSError(0, "its host has no address")

    def _check_name(self, address: Address) -> None:
        """Refuse a name that this machine knows as private; it may not know it."""
        if address.host not in self._are_private:
            self._are_private[address.host] = self._is_private(address)
        if self._are_private[address.host]:
            raise _PrivateError

    def _is_private(self, address: Address) -> bool:
        try:
            self._refuse(self._network.resolve(address.host, address.port))
        except _PrivateError:
            return True
        except OSError:
            return False
        return False

    def _refuse(self, found: Sequence[str]) -> None:
        # one private address is enough: a public one beside it may be there to get past this
        if not all(may_be_asked(each, allow_private=self._allow_private) for each in found):
            raise _PrivateError

    def _context(self) -> ssl.SSLContext:
        if self._tls is None:
            self._tls = ssl.create_default_context()  # slow: it reads all authorities
        return self._tls


def _in_words(error: OSError | ValueError) -> str:
    """Return why there was no answer, in words for people."""
    if isinstance(error, socket.gaierror):
        return "no connection: nobody knows the name of its host, or there is no network"
    if isinstance(error, ConnectionRefusedError):
        return "no connection: its host, or the proxy, takes none"
    if isinstance(error, ConnectionError):
        return "the connection was cut"
    if isinstance(error, ssl.SSLError):
        return "no secure connection"
    if isinstance(error, OSError) and error.errno in _NO_WAY:
        return "no connection: there is no network, or no way to its host"
    return getattr(error, "strerror", None) or str(error) or "the connection was cut"


@dataclass(frozen=True, slots=True)
class _Proxy:
    host: str
    port: int
    headers: Mapping[str, str]


def _patient(wire: socket.socket, limits: ExchangeLimits) -> PatientSocket:
    line = PatientSocket(wire)
    line.begin(limits)
    return line


def _left(until: float) -> float:
    left = until - time.monotonic()
    if left <= 0:
        raise TimeoutError
    return left


def _asked(
    line: PatientSocket,
    address: Address,
    proxy: _Proxy | None,
    headers: Mapping[str, str],
    most_bytes: int,
) -> Reply:
    target = address.target
    if proxy is not None and address.scheme == "http":
        target = f"http://{address.authority}{target}"
        headers = {**headers, **proxy.headers}
    connection = http.client.HTTPConnection(address.host, address.port)
    connection.sock = line  # connected, and all that http.client needs of a socket
    connection.request(
        "GET", target, headers={**headers, "Host": address.authority, "Connection": "close"}
    )
    with connection.getresponse() as answer:
        fields = {name.lower(): value for name, value in answer.headers.items()}
        why = redacted(answer.reason) if answer.status >= 400 else ""
        if not most_bytes or answer.status in _REDIRECTS:
            return Reply(answer.status, headers=fields, why=why)
        return Reply(answer.status, _body(answer, most_bytes), fields, why)


def _body(answer: http.client.HTTPResponse, most_bytes: int) -> bytes:
    """Return the body; raises ValueError if it is too large, HTTPException if it is cut off."""
    body = bytearray()
    while len(body) <= most_bytes and (chunk := answer.read(_CHUNK)):
        body += chunk
    if len(body) > most_bytes:
        raise ValueError(f"the answer is larger than {most_bytes // 2**20} MB")
    if answer.length:
        raise http.client.IncompleteRead(bytes(body), answer.length)
    return bytes(body)


def _proxy_for(address: Address) -> _Proxy | None:
    """Return the proxy that the environment sets for an address; raises ValueError."""
    given = urllib.request.getproxies().get(address.scheme)
    if not given or urllib.request.proxy_bypass(address.authority):
        return None
    try:
        parts = urlsplit(given if "//" in given else f"//{given}")
        host, port = parts.hostname, parts.port or _PROXY_PORT
    except ValueError:
        host = None
    if not host or parts.scheme not in {"", "http", "https"}:
        raise ValueError(f"the proxy in {address.scheme}_proxy is no address of an HTTP proxy")
    headers = {}
    if parts.username is not None:
        user = f"{unquote(parts.username)}:{unquote(parts.password or '')}"
        headers["Proxy-Authorization"] = f"Basic {base64.b64encode(user.encode()).decode()}"
    return _Proxy(host, port, headers)


def _tunnel(line: PatientSocket, address: Address, proxy: _Proxy) -> None:
    """Ask the proxy for a connection to the host of an address."""
    host = f"[{address.host}]" if ":" in address.host else address.host
    place = f"{host}:{address.port}"
    lines = [f"CONNECT {place} HTTP/1.1", f"Host: {place}"]
    lines += [f"{name}: {value}" for name, value in proxy.headers.items()]
    line.sendall("\r\n".join([*lines, "", ""]).encode("latin-1"))
    answer = http.client.HTTPResponse(line, method="CONNECT")  # type: ignore[arg-type]
    answer.begin()
    if answer.status != 200:
        raise OSError(0, f"the proxy refuses: HTTP {answer.status} {answer.reason}")
