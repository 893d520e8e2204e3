"""A TCP proxy that delays what clients send, and counts their requests by kind."""

from __future__ import annotations

import asyncio
import contextlib
import re
import threading
from collections import Counter

_REQUEST = re.compile(rb"(GET|HEAD|PUT|POST|DELETE) (\S+) HTTP/1\.1\r\n")


class DelayProxy:
    """Runs in a thread of its own, from `start` to `stop`; `delay` in seconds, one way."""

    def __init__(self, port: int, delay: float) -> None:
        self._upstream = port
        self.delay = delay
        self._loop = asyncio.new_event_loop()
        self._ready = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self.port = 0
        self.counts: Counter[str] = Counter()

    def start(self) -> None:
        """Begin to listen; `port` is known then."""
        self._thread.start()
        self._ready.wait()

    def stop(self) -> None:
        """End."""
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        self._loop.set_exception_handler(lambda *_: None)  # clients that hang up at the end
        server = self._loop.run_until_complete(
            asyncio.start_server(self._serve, "127.0.0.1", 0, backlog=1024)
        )
        self.port = server.sockets[0].getsockname()[1]
        self._ready.set()
        self._loop.run_forever()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        their_reader, their_writer = await asyncio.open_connection("127.0.0.1", self._upstream)
        there = asyncio.create_task(self._delayed(reader, their_writer))
        with contextlib.suppress(OSError, asyncio.CancelledError):
            while data := await their_reader.read(1 << 16):
                writer.write(data)
                await writer.drain()
        there.cancel()
        writer.close()

    async def _delayed(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError):
            while data := await reader.read(1 << 16):
                for verb, target in _REQUEST.findall(data):
                    self.counts[_kind(verb.decode(), target)] += 1
                if self.delay:  # in order, and without waiting for the one before
                    self._loop.call_later(self.delay, writer.write, data)
                else:
                    writer.write(data)


def _kind(verb: str, target: bytes) -> str:
    if verb == "GET":
        return "LIST" if b"list-type=" in target or b"prefix=" in target else "GET"
    return verb
