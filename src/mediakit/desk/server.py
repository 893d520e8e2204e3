"""The desk as a web application: its page, its files, and acts as requests."""

from __future__ import annotations

import asyncio
import contextlib
from functools import partial
from typing import TYPE_CHECKING, Any

import msgspec
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.responses import FileResponse, HTMLResponse, JSONResponse, StreamingResponse
from starlette.routing import Mount, Route

from mediakit.base.errors import MediakitError
from mediakit.base.files import DiskFile, FileTree
from mediakit.base.formats import media_type
from mediakit.base.redaction import redacted
from mediakit.base.writer import hint_of
from mediakit.desk.acts import ASKED, Act, ChangedError, RefusedError
from mediakit.desk.guard import Guard
from mediakit.desk.page_html import FILES
from mediakit.desk.words import languages, wanted_language, words_in

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

    from starlette.requests import Request
    from starlette.responses import Response
    from starlette.types import ASGIApp

    from mediakit.desk.desk import Desk
    from mediakit.desk.served_page import ServedPage
    from mediakit.desk.uploads import Uploads

_LONGEST_ASK = 100_000
_TICK = 0.5  # seconds after which those who wait for news see what is new, or that the desk closes
_LATER = 1.25  # seconds after an act until the desk looks closely, if no file is seen to change
_TYPES = {".js": "text/javascript", ".css": "text/css"}


class DeskServer:
    """Answers requests at a desk; `changes` wait for the next change of what is seen."""

    def __init__(self, desk: Desk, page: ServedPage, uploads: Uploads, lang: str | None) -> None:
        self._desk = desk
        self._page = page
        self._uploads = uploads
        self._lang = lang
        self._files = {each.name: each.read_bytes() for each in FILES.iterdir()}
        self._news = asyncio.Condition()
        self._is_stale = asyncio.Event()
        self._due: asyncio.TimerHandle | None = None
        self._is_looking = False
        self._is_closing: Callable[[], bool] = lambda: False

    def app(self, token: str, port: int, watch: Callable[[], AsyncIterator[object]]) -> ASGIApp:
        """Return the application; `watch` yields whenever files of the site have changed."""

        @contextlib.asynccontextmanager
        async def running(_app: Starlette) -> AsyncIterator[None]:
            looks = self._follow(watch), self._look_closely()
            tasks = [asyncio.create_task(each) for each in looks]
            yield
            for task in tasks:
                task.cancel()

        routes = [
            Route("/", self._whole),
            Route("/cards", self._cards),
            Route("/events", self._events),
            Route("/files/{name}", self._file),
            Route("/site/{path:path}", self._of_site),
            Route("/crop", self._crop, methods=["POST"]),
            Route("/open", self._open, methods=["POST"]),
            Route("/upload", self._upload, methods=["POST"]),
            Route("/undo/{number:int}", self._undo, methods=["POST"]),
            Route("/duplicates", self._duplicates),
            Route("/candidates", self._candidates, methods=["POST"]),
            Route("/acts/{name}", self._act, methods=["POST"]),
        ]
        app = Starlette(routes=[Mount(f"/{token}", routes=routes)], lifespan=running)
        return Guard(app, token, port)

    def closes_with(self, is_closing: Callable[[], bool]) -> None:
        """Let those who wait for news go once the server ends."""
        self._is_closing = is_closing

    async def tell(self) -> None:
        """Tell those who wait that something has changed, or that the desk closes."""
        async with self._news:
            self._news.notify_all()

    async def _follow(self, watch: Callable[[], AsyncIterator[object]]) -> None:
        """Look again whenever files change, as they do by acts too."""
        async for _ in watch():
            self._is_stale.set()

    async def _look_closely(self) -> None:
        """Look closely at first, and again after changes: once, however many come meanwhile."""
        self._is_stale.set()
        while True:
            await self._is_stale.wait()
            self._is_stale.clear()
            self._is_looking = True
            if self._due is not None:
                self._due.cancel()
            look = partial(self._desk.refresh, closely=True)
            self._page.trouble = await run_in_threadpool(self._why_not, look)
            self._is_looking = False
            await self.tell()

    @staticmethod
    def _why_not(look: Callable[[], object]) -> str:
        """Look, and return why not; what cannot be read now, such as half a page, can be later."""
        try:
            look()
        except OSError as error:
            return f"{error.filename or 'a file'}: {error.strerror}"
        except Exception as error:  # noqa: BLE001 - a fault in one look does not end all others
            return str(error) or "mediakit check says more"
        return ""

    def _language(self, request: Request) -> str:
        asked = request.query_params.get("lang", "")
        if asked in languages():
            return asked
        return self._lang or wanted_language(request.headers.get("accept-language", ""))

    async def _whole(self, request: Request) -> Response:
        lang = self._language(request)
        return HTMLResponse(await run_in_threadpool(self._page.whole, lang))

    async def _cards(self, request: Request) -> Response:
        since = request.query_params.get("since", "0")
        number = int(since) if since.isdecimal() and len(since) < 12 else 0
        news = await run_in_threadpool(self._page.since, number, self._language(request))
        return JSONResponse(news)

    async def _events(self, request: Request) -> Response:
        async def stream() -> AsyncIterator[str]:
            told = -1, ""
            while not self._is_closing() and not await request.is_disconnected():
                now = self._desk.seen.version, self._page.trouble
                if now != told:
                    yield f"data: {now[0] if now[0] != told[0] else 'trouble'}\n\n"
                    told = now
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(_TICK), self._news:
                        await self._news.wait()

        return StreamingResponse(stream(), media_type="text/event-stream")

    async def _file(self, request: Request) -> Response:
        name = request.path_params["name"]
        if name not in self._files:
            return JSONResponse({"error": "there is no such file"}, 404)
        kind = _TYPES["." + name.rpartition(".")[2]]
        return HTMLResponse(self._files[name], media_type=kind)

    async def _of_site(self, request: Request) -> Response:
        """Send a picture or a film of the site, or a page as text."""
        return await run_in_threadpool(self._found, request)

    def _found(self, request: Request) -> Response:
        path: str = request.path_params["path"]
        mime = media_type(path)
        is_page = any(each.page == path for each in self._desk.seen.cards)
        file = self._desk.tree.find(path)
        if not isinstance(file, DiskFile):
            file = FileTree(self._desk.root).find(path)
        if not isinstance(file, DiskFile) or not (is_page or mime):
            return JSONResponse({"error": "there is no such file"}, 404)
        is_kept = "v" in request.query_params
        headers = {
            "cache-control": "private, max-age=86400, immutable" if is_kept else "no-store",
            "content-security-policy": "sandbox; default-src 'none'; style-src 'unsafe-inline'",
        }
        mime = mime or "text/plain; charset=utf-8"
        return FileResponse(file.disk_path, headers=headers, media_type=mime)

    async def _crop(self, request: Request) -> Response:
        """Tell which part of a picture attention keeps for a teaser."""

        async def answer() -> dict[str, Any]:
            picture = request.query_params.get("picture", "")
            return {"box": await run_in_threadpool(self._desk.part, picture)}

        return await self._answered(request, answer)

    async def _upload(self, request: Request) -> Response:
        async def work() -> dict[str, Any]:
            name = request.query_params.get("name", "photo")
            return {"upload": await self._uploads.take(name, request.stream())}

        return await self._answered(request, work)

    async def _open(self, request: Request) -> Response:
        async def work() -> dict[str, Any]:
            asked = ASKED.from_json(await _body(request))
            pages = {
                each.page: self._desk.tree.disk_path(each.page) for each in self._desk.seen.cards
            }
            self._desk.features.open_file(pages[asked.page])
            return {"said": "Opened {path}", "values": {"path": asked.page}}

        return await self._answered(request, work)

    async def _act(self, request: Request) -> Response:
        async def work() -> dict[str, Any]:
            name = request.path_params["name"]
            asked = ASKED.from_json(await _body(request))
            act = Act(asked, self._uploads.files(asked.uploads))
            done, number = await run_in_threadpool(self._desk.carry_out, name, act)
            self._uploads.drop(asked.uploads)
            await self._changed()
            (note,), lang = self._told(request, done.note)
            return {**msgspec.to_builtins(done), "note": note, "lang": lang, "undo": number}

        return await self._answered(request, work)

    async def _undo(self, request: Request) -> Response:
        async def work() -> dict[str, Any]:
            done = await run_in_threadpool(self._desk.undo, request.path_params["number"])
            await self._changed()
            return dict(msgspec.to_builtins(done))

        return await self._answered(request, work)

    async def _changed(self) -> None:
        await self.tell()
        if self._is_looking:
            return  # no act is done beside a look, so it has waited for this one
        if self._due is not None:
            self._due.cancel()
        self._due = asyncio.get_running_loop().call_later(_LATER, self._is_stale.set)

    async def _duplicates(self, request: Request) -> Response:
        lang = self._language(request)
        return JSONResponse(await run_in_threadpool(self._page.duplicates, lang))

    async def _candidates(self, request: Request) -> Response:
        """Ask the network, since somebody clicked, what may take the place of a video."""

        async def work() -> dict[str, Any]:
            asked = ASKED.from_json(await _body(request))
            found: dict[str, Any] = await run_in_threadpool(self._desk.candidates, asked.video)
            rows = found["candidates"]
            reasons = ("; ".join(each["reasons"]) for each in rows)
            (note, *whys), lang = self._told(request, found["note"], *reasons)
            rows = [{**each, "reasons": why} for each, why in zip(rows, whys, strict=True)]
            return {**found, "note": note, "lang": lang, "candidates": rows}

        return await self._answered(request, work)

    def _told(self, request: Request, *said: str) -> tuple[list[str], str]:
        """Return messages in the language of who asks, and which it is."""
        return words_in(self._language(request)).told(*said)

    async def _answered(self, request: Request, work: Callable[[], Any]) -> Response:
        """Answer with what was done, or with words for what stood in the way."""
        try:
            return JSONResponse(await work())
        except RefusedError as error:
            said = {"error": error.message, "said": error.text, "values": error.values}
            return JSONResponse({**said, "changed": isinstance(error, ChangedError)}, 409)
        except MediakitError as error:
            words, hint, status = self._uploads.named(error.message), error.at_desk, 422
        except OSError as error:
            where = self._uploads.named(str(error.filename or "a file"))
            words, hint, status = f"{where}: {error.strerror}", hint_of(error), 507
        except (msgspec.DecodeError, KeyError):
            words, hint, status = "the desk did not understand that", "", 400
        (words, hint), lang = self._told(request, redacted(words), hint)
        return JSONResponse({"error": words, "hint": hint, "lang": lang}, status)


async def _body(request: Request) -> bytes:
    data = b""
    async for chunk in request.stream():
        data += chunk
        if len(data) > _LONGEST_ASK:
            raise msgspec.DecodeError("too long")
    return data
