"""Names and connections of a made-up internet: every IP address is a server on this machine."""

from __future__ import annotations

import contextlib
import socket
import threading
from http.server import BaseHTTPRequestHandler, SimpleHTTPRequestHandler
from socketserver import StreamRequestHandler, ThreadingTCPServer
from typing import TYPE_CHECKING, Any

from mediakit.web.client import Network

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence


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


@contextlib.contextmanager
def serving(handler: Callable[..., StreamRequestHandler]) -> Iterator[int]:
    """Run a server on this machine; yields its port."""

    class Server(ThreadingTCPServer):
        daemon_threads = True
        allow_reuse_address = True

        def handle_error(self, *_args: Any) -> None:
            pass  # clients hang up

    with Server(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
        thread.start()
        try:
            yield server.server_address[1]
        finally:
            server.shutdown()


class Redirects(BaseHTTPRequestHandler):
    """Leads to what follows `?to=`; says it is a picture else."""

    def do_GET(self) -> None:
        target = self.path.partition("?to=")[2]
        self.send_response(302 if target else 200)
        if target:
            self.send_header("Location", target)
        self.send_header("Content-Type", "image/png")
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_args: Any) -> None:
        pass


class Folder(SimpleHTTPRequestHandler):
    """Gives what is in a folder."""

    def log_message(self, *_args: Any) -> None:
        pass
