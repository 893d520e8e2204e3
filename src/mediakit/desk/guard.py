"""Who may ask the desk: a browser on this machine that was given the address, and no other page.

The token in the address is the key. Another site that a browser shows does not know it, and gets
no answer that it could read; what changes something also has to come from the desk's own page.
"""

from __future__ import annotations

import hmac
from typing import TYPE_CHECKING

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse

from mediakit.desk.words import wanted_language, words_in

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

MARK = "x-mediakit-desk"
"""A header that a form of another site cannot send."""

PICTURES = "https://i.ytimg.com"
"""Where pictures of videos are that somebody asked for, and looks at before one is chosen."""

_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; style-src-attr 'unsafe-inline'; "
    f"img-src 'self' data: blob: {PICTURES}; media-src 'self'; connect-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
_HEADERS = {
    "content-security-policy": _POLICY,
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
}


class Guard:
    """Lets through what may ask, below the path `/TOKEN`, and closes the doors of the answers."""

    def __init__(self, app: ASGIApp, token: str, port: int) -> None:
        self._app = app
        self._token = token
        self._hosts = {f"{name}:{port}" for name in ("127.0.0.1", "localhost")}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in _HEADERS.items():
                    headers.setdefault(name, value)
                headers.setdefault("cache-control", "no-store")
            await send(message)

        why = self._refused(scope)
        if why:
            lang = wanted_language(Headers(scope=scope).get("accept-language", ""))
            await PlainTextResponse(words_in(lang)(why), 403)(scope, receive, guarded)
            return
        await self._app(scope, receive, guarded)

    def _refused(self, scope: Scope) -> str:
        """Return why a request is refused, empty if it is not."""
        headers = Headers(scope=scope)
        host = headers.get("host", "")
        if host not in self._hosts:
            return "The desk answers only at its own address."
        origin = headers.get("origin")
        own = f"http://{host}"
        if origin is not None and origin != own:
            return "Another site may not ask the desk."
        if headers.get("sec-fetch-site", "same-origin") not in {"same-origin", "none"}:
            return "Another site may not ask the desk."
        token = str(scope["path"]).split("/")[1]
        if not hmac.compare_digest(token.encode(), self._token.encode()):
            return "Open the desk by the address that mediakit desk has printed."
        if scope["method"] not in {"GET", "HEAD"} and (origin != own or MARK not in headers):
            return "Only the desk's own page may change something."
        return ""
