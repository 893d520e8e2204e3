"""`mediakit desk`: serve a site's desk at an address of this machine."""

from __future__ import annotations

import contextlib
import importlib.util
import secrets
import socket
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from mediakit.base.errors import UsageError, with_extra

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterator

    from mediakit.config.config import Config
    from mediakit.desk.acts import DeskFeatures

_NEEDED = ("starlette", "uvicorn", "watchfiles")
_SETTLE = 250  # milliseconds without a change: programs write a file in several steps


@dataclass(frozen=True, slots=True)
class Served:
    """A desk that is ready to answer at `address`, once `run` is called."""

    address: str
    run: Callable[[], None]
    stop: Callable[[], None]


@contextlib.contextmanager
def open_desk(
    load: Callable[[], Config], features: DeskFeatures, port: int = 0, lang: str | None = None
) -> Iterator[Served]:
    """Make a desk ready: look at the site, and take a port (0: any free one).

    Raises:
        UsageError: the extra is not installed, or the port is in use.
    """
    if any(importlib.util.find_spec(name) is None for name in _NEEDED):
        raise UsageError("the desk is not installed", with_extra("desk"))
    import uvicorn  # noqa: PLC0415 - an extra

    from mediakit.desk.desk import Desk  # noqa: PLC0415 - with it
    from mediakit.desk.served_page import ServedPage  # noqa: PLC0415
    from mediakit.desk.server import DeskServer  # noqa: PLC0415
    from mediakit.desk.uploads import Uploads  # noqa: PLC0415

    token = secrets.token_urlsafe(24)
    with contextlib.ExitStack() as stack:
        listening = stack.enter_context(_listening(port))
        folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="mediakit-desk-"))
        desk = Desk(load, features)
        desk.refresh()
        number = listening.getsockname()[1]
        page = ServedPage(desk, load().kind.title or desk.root.name)
        server = DeskServer(desk, page, Uploads(Path(folder)), lang)
        app = server.app(token, number, lambda: _changes(desk.root, features.matters))
        config = uvicorn.Config(
            app, log_level="critical", access_log=False, server_header=False, lifespan="on",
            timeout_graceful_shutdown=2, ws="none",
        )  # fmt: skip
        serving = uvicorn.Server(config)
        server.closes_with(lambda: serving.should_exit)
        yield Served(
            f"http://127.0.0.1:{number}/{token}/",
            lambda: serving.run(sockets=[listening]),
            lambda: setattr(serving, "should_exit", True),
        )


def _listening(port: int) -> socket.socket:
    try:
        listening = socket.create_server(("127.0.0.1", port))
    except OSError as error:
        what = f"port {port} cannot be used: {error.strerror}"
        raise UsageError(what, "another desk may be open there; leave --port out") from error
    # else each answer waits 40 ms between its head and its body for the browser to acknowledge
    listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return listening


async def _changes(root: Path, matters: Callable[[str], bool]) -> AsyncIterator[object]:
    """Yield whenever files have changed that a card may show."""
    from watchfiles import awatch  # noqa: PLC0415 - an extra

    async for batch in awatch(root, debounce=_SETTLE * 4, step=_SETTLE):
        paths = {Path(path).relative_to(root).as_posix() for _, path in batch}
        if any(map(matters, paths)):
            yield paths
