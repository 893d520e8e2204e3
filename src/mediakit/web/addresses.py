"""Which addresses may be asked: HTTP on hosts of the public internet. Pure."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass
from urllib.parse import quote, urlsplit

from mediakit.base.redaction import has_user

PORTS = {"http": 80, "https": 443}
_FIRST_FREE_PORT = 1024
"""Lower ports are mail, shells and other services without HTTP; browsers refuse them too."""

_LONGEST = 8192
_PATH = "/%:@!$&'()*+,;=~-._"

_GLOBAL_UNICAST = ipaddress.IPv6Network("2000::/3")
# 2002::/16 (6to4) and 2001::/23 (Teredo and others) lead to any IPv4 address or to none
_NO_HOSTS = tuple(
    ipaddress.IPv6Network(each) for each in ("2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20")
)
_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")
_PRIVATE = tuple(
    ipaddress.ip_network(each)
    for each in (
        "127.0.0.0/8", "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "::1/128",
        "fc00::/7",
    )
)  # fmt: skip
# beside link-local addresses: where clouds give a machine its keys; Azure's is in a public range
_OF_CLOUDS = frozenset(
    ipaddress.ip_address(each)
    for each in ("168.63.129.16", "100.100.100.200", "192.0.0.192", "fd00:ec2::254")
)


@dataclass(frozen=True, slots=True)
class Address:
    """The parts of a web address; `target` is path and query in ASCII, as in a request."""

    scheme: str
    host: str
    port: int
    target: str

    @property
    def authority(self) -> str:
        """Host and port as in a header."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == PORTS[self.scheme] else f"{host}:{self.port}"


def host_of(url: str) -> str:
    """Return the host of an address in lower case, empty where it has none."""
    try:
        return urlsplit(url).hostname or ""
    except ValueError:
        return ""


def take_apart(url: str) -> Address:
    """Return the parts of an address that may be asked; raises ValueError with the reason."""
    if has_user(url):
        raise ValueError("an address with a user or password is not asked")
    if len(url) > _LONGEST:
        raise ValueError("the address is too long")
    try:
        parts = urlsplit(url.strip())
        host, port = parts.hostname or "", parts.port
        host = host if host.isascii() else host.encode("idna").decode()
    except ValueError:
        host = ""
    if not host or " " in host or "\\" in parts.netloc:
        raise ValueError("this is no web address")
    if parts.scheme not in PORTS:
        raise ValueError(f"{parts.scheme or 'no scheme'} is not asked, only http and https")
    port = PORTS[parts.scheme] if port is None else port
    if port < _FIRST_FREE_PORT and port not in PORTS.values():
        raise ValueError(f"port {port} is not asked")
    path = quote(parts.path or "/", safe=_PATH, errors="replace")
    query = quote(parts.query, safe=_PATH + "?", errors="replace")
    return Address(parts.scheme, host, port, f"{path}?{query}" if query else path)


def may_be_asked(address: str, *, allow_private: bool) -> bool:
    """Return whether an IP address is on the public internet, or private where that is allowed.

    Link-local and reserved addresses never are: no picture is there, but the keys of clouds are.
    """
    try:
        ip = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return False
    if isinstance(ip, ipaddress.IPv6Address):
        ip = _ipv4_in(ip) or ip
    if ip in _OF_CLOUDS or ip.is_link_local or ip.is_multicast or ip.is_unspecified:
        return False
    if any(ip in each for each in _PRIVATE if each.version == ip.version):
        return allow_private
    if isinstance(ip, ipaddress.IPv6Address):
        return ip in _GLOBAL_UNICAST and not any(ip in each for each in _NO_HOSTS)
    return ip.is_global and not ip.is_reserved


def _ipv4_in(ip: ipaddress.IPv6Address) -> ipaddress.IPv4Address | None:
    """Return the IPv4 address at which a connection to an IPv6 address ends, if any."""
    if ip in _NAT64:
        return ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF)
    return ip.ipv4_mapped
