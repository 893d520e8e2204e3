"""The way to a server: over TLS or not, through a proxy that the environment names or not."""

from __future__ import annotations

import base64
from dataclasses import dataclass, field
from functools import lru_cache
from http.client import HTTPConnection
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import SplitResult, unquote, urlsplit
from urllib.request import getproxies, proxy_bypass

from mediakit.base.errors import TargetError
from mediakit.base.patient_socket import PatientSocket

if TYPE_CHECKING:
    import ssl

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

    def connect(self) -> PatientSocket:
        """Return a new connection; raises OSError."""
        there, proxy = _split(self.host), _split(self.proxy)
        port = there.port or _PORTS[self.scheme]
        host, door = (proxy, proxy.port or 80) if self.proxy else (there, port)
        at = host.hostname or "", door
        if self._is_tls:
            from http.client import HTTPSConnection  # noqa: PLC0415 - TLS takes a while to load

            connection: Any = HTTPSConnection(*at, timeout=_CONNECT, context=_tls(self.bundle))
            if self.proxy:
                connection.set_tunnel(there.hostname, port, _authorization(proxy))
        else:
            connection = HTTPConnection(*at, timeout=_CONNECT)
        connection.connect()
        return PatientSocket(connection.sock)

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
    proxies = getproxies()
    proxy = proxies.get(scheme) or proxies.get("all") or ""
    return Way(scheme, host, bundle, "" if proxy_bypass(host) else proxy)


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
