"""The way to a bucket's server: over TLS or not, and through a proxy that the environment names."""

from __future__ import annotations

import base64
import os
import socket
import sys
import time
from dataclasses import dataclass, field
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import SplitResult, unquote, urlsplit

from mediakit.base.errors import TargetError
from mediakit.base.patient_socket import ExchangeLimits
from mediakit.storage.s3.line import Line
from mediakit.storage.s3.steps import finish

if TYPE_CHECKING:
    import ssl
    from collections.abc import Mapping

_GOOD = 200
_CONNECT = 10  # seconds
_PORTS = {"http": 80, "https": 443}


@dataclass(frozen=True, slots=True)
class Way:
    """How `host`, as an address names it, is reached; `bundle` is a file of certificates."""

    scheme: str
    host: str
    bundle: str = ""
    proxy: str = field(default="", repr=False)

    @property
    def headers(self) -> dict[str, str]:
        """What a proxy is sent with each request."""
        return {} if self._is_tls or not self.proxy else _authorization(_split(self.proxy))

    @property
    def through(self) -> str:
        """What a message adds of the proxy."""
        door = _split(self.proxy).netloc.rpartition("@")[2]
        return f" through the proxy {door}" if self.proxy else ""

    def target(self, path: str) -> str:
        """Return how a request names what it asks for."""
        is_whole = self.proxy and not self._is_tls
        return f"{self.scheme}://{self.host}{path}" if is_whole else path

    def connect(self) -> Line:
        """Return a new connection; raises OSError."""
        there, proxy = _split(self.host), _split(self.proxy)
        port = there.port or _PORTS[self.scheme]
        host, door = (proxy, proxy.port or 80) if self.proxy else (there, port)
        wire = socket.create_connection((host.hostname or "", door), _CONNECT)
        try:
            wire.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            if not self._is_tls:
                return Line(wire)
            from ssl import SSLWantReadError, SSLWantWriteError  # noqa: PLC0415 - it takes a while

            if self.proxy:
                _tunnel(wire, there, port, _authorization(proxy))
                wire.settimeout(_CONNECT)
            wire = _tls(self.bundle).wrap_socket(wire, server_hostname=there.hostname)
            return Line(wire, (SSLWantReadError,), (SSLWantWriteError,))
        except BaseException:
            wire.close()
            raise

    @property
    def _is_tls(self) -> bool:
        return self.scheme == "https"


def find_way(scheme: str, host: str, bundle: str) -> Way:
    """Return the way to a host, as the environment says; raises TargetError."""
    if scheme == "https" and bundle and not Path(bundle).is_file():
        raise TargetError(
            f"AWS_CA_BUNDLE, or ca_bundle in the files of AWS: {bundle} is no file",
            "give a file of certificates, or take it out",
        )
    return Way(scheme, host, bundle, _proxy_for(scheme, host))


def _proxy_for(scheme: str, host: str) -> str:
    """Return the address of a proxy, empty without one."""
    has_settings = sys.platform in {"darwin", "win32"}  # of the system
    if not has_settings and not any(name.lower().endswith("_proxy") for name in os.environ):
        return ""
    from urllib.request import getproxies, proxy_bypass  # noqa: PLC0415 - it takes a while

    proxies = getproxies()
    proxy = proxies.get(scheme) or proxies.get("all") or ""
    return "" if proxy_bypass(host) else proxy


def _tunnel(wire: socket.socket, there: SplitResult, port: int, headers: Mapping[str, str]) -> None:
    """Ask a proxy for a connection to a host; raises OSError."""
    name = there.hostname or ""
    place = f"[{name}]:{port}" if ":" in name else f"{name}:{port}"
    asked = [f"CONNECT {place} HTTP/1.1", f"Host: {place}"]
    asked += [f"{name}: {text}" for name, text in headers.items()]
    head = "\r\n".join([*asked, "", ""]).encode("latin-1")
    limits = ExchangeLimits(time.monotonic() + _CONNECT, _CONNECT)
    answer = finish(Line(wire).ask("CONNECT", head, b"", limits))
    if answer.status != _GOOD:
        raise OSError(0, f"it refuses: HTTP {answer.status}")


def _split(address: str) -> SplitResult:
    return urlsplit(address if "//" in address else f"//{address}")


def _authorization(proxy: SplitResult) -> dict[str, str]:
    if not proxy.username:
        return {}
    user = f"{unquote(proxy.username)}:{unquote(proxy.password or '')}"
    return {"Proxy-Authorization": f"Basic {base64.b64encode(user.encode()).decode()}"}


@lru_cache(maxsize=2)
def _tls(bundle: str) -> ssl.SSLContext:
    """Return what to believe: the authorities of a file, or those that boto3 comes with."""
    from ssl import create_default_context  # noqa: PLC0415 - only where it is used

    if not bundle:
        found = find_spec("botocore")
        bundle = str(Path(found.origin).with_name("cacert.pem")) if found and found.origin else ""
    return create_default_context(cafile=bundle or None)
