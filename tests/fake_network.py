"""Names and connections of a made-up internet: every IP address is a server on this machine."""

from __future__ import annotations

import socket
from typing import TYPE_CHECKING

from mediakit.web.client import Network

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


class FakeNetwork(Network):
    """`names` has the IP addresses of each host, an item a time that it is resolved.

    What is connected to ends at `port` here, and is kept in `connected`.
    """

    def __init__(self, port: int, names: Mapping[str, Sequence[Sequence[str]]]) -> None:
        self._port = port
        self._names = {host: list(times) for host, times in names.items()}
        self.resolved: list[str] = []
        self.connected: list[str] = []

    def resolve(self, host: str, port: int) -> Sequence[str]:
        self.resolved.append(host)
        times = self._names.get(host)
        if times is None:
            return super().resolve(host, port)  # an IP address in any spelling
        return times.pop(0) if len(times) > 1 else times[0]

    def connect(self, address: str, port: int, seconds: float) -> socket.socket:  # noqa: ARG002 - all ends at one port
        self.connected.append(address)
        return socket.create_connection(("127.0.0.1", self._port), seconds)
