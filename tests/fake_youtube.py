"""A YouTube and a Vimeo on this machine, and a made-up provider: a proxy that answers for all.

`python -m tests.fake_youtube` starts it by hand and prints the two variables that send any
program to it. What it says of an id is in `Fake.videos`; ids that are not there do not exist.
"""

from __future__ import annotations

import contextlib
import io
import json
import random
import re
import ssl
import tempfile
import threading
import time
from collections import Counter
from dataclasses import dataclass, field, replace
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from math import sqrt
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

import trustme
from PIL import Image, ImageDraw

if TYPE_CHECKING:
    from collections.abc import Iterator

MEDIA_HOST = "rr1---sn-fake.googlevideo.com"
HOSTS = (
    "youtube.com", "www.youtube.com", "i.ytimg.com", "vimeo.com", "player.vimeo.com",
    "i.vimeocdn.com", "moves.example", "archive.org", MEDIA_HOST,
)  # fmt: skip
SIZES = {
    "maxresdefault": (1280, 720),
    "sddefault": (640, 480),
    "hqdefault": (480, 360),
    "mqdefault": (320, 180),
    "default": (120, 90),
}
CANARIES = ("jNQXAC9IVRw", "76979871")
OFFLINE = 0
"""A status that stands for a connection that is cut."""

TRUNCATED = -1
"""A status that stands for an answer that breaks off."""


@dataclass(frozen=True)
class Said:
    """An answer: its status, and a body where it is not the usual one."""

    status: int = 200
    body: bytes | None = None
    headers: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Video:
    """What each source says of a video; Vimeo finds one with a `hash` only by that.

    `captions` are the languages of captions that people wrote, `heard` those of automatic ones.
    `file` is what plays, with sound, and `streams` are the lines of pictures without it; `changed`
    is the version of the file, whose size the player tells if `says_size`;
    `apart` are a picture without sound and its sound.
    `status`, `reason` and `subreason` are the player's; `about` goes into its details.
    """

    oembed: Said = Said()
    hash: str = ""
    player: Said = Said()
    status: str = "OK"
    reason: str = ""
    subreason: str = ""
    about: dict[str, Any] = field(default_factory=dict)
    other_id: str = ""
    embeddable: bool = True
    formats: bool = True
    sizes: tuple[str, ...] = tuple(SIZES)
    countries: tuple[str, ...] = ()
    bars: bool = True
    microformat: dict[str, Any] = field(default_factory=dict)
    captions: tuple[str, ...] = ()
    heard: tuple[str, ...] = ()
    file: bytes = b""
    lines: int = 360
    streams: tuple[int, ...] = ()
    changed: int = 1
    says_size: bool = True
    apart: tuple[bytes, bytes] = (b"", b"")


MICROFORMAT = {
    "isFamilySafe": True,
    "isUnlisted": False,
    "publishDate": "2020-02-29T00:00:00-08:00",
    "uploadDate": "2020-02-28T16:00:00-08:00",
    "category": "Sports",
    "ownerProfileUrl": "http://www.youtube.com/@channel",
    "externalChannelId": "UC" + "x" * 22,
}
GONE = Said(404, b"Not Found")
ALIVE = Video()


def dead(reason: str = "Video unavailable", subreason: str = "") -> Video:
    """Return a video that all sources call gone."""
    subreason = subreason or "This video has been removed by the uploader"
    return Video(GONE, status="ERROR", reason=reason, subreason=subreason, sizes=())


@dataclass
class Fake:
    """The videos by id, and what was asked: (host, path, query)."""

    proxy: str = ""
    certificates: str = ""
    videos: dict[str, Video] = field(default_factory=lambda: dict.fromkeys(CANARIES, ALIVE))
    delay: float = 0.0
    search: Said = Said()
    cut_after: int | None = None
    """How many bytes of a file are sent before the connection is cut, each time."""
    stops_after: int | None = None
    """How many bytes of a file are sent before nothing more comes, until this is None."""
    forbidden: set[str] = field(default_factory=set)
    """Videos of which no file is handed out, though the player names one."""
    sent: list[tuple[str, int]] = field(default_factory=list)
    """The files that were asked for, and from which byte."""
    timedtext: Said = Said(200, b"WEBVTT\n\n00:00.000 --> 00:01.000\nKnees\n")
    wayback: Said = Said(200, b'{"archived_snapshots": {}}')
    requests: list[tuple[str, str, dict[str, list[str]]]] = field(default_factory=list)
    referrers: list[str] = field(default_factory=list)
    strays: list[str] = field(default_factory=list)

    @property
    def environment(self) -> dict[str, str]:
        """The variables that send a program here."""
        return {"HTTPS_PROXY": self.proxy, "SSL_CERT_FILE": self.certificates}

    def set(self, video: str, said: Video = ALIVE, **changes: Any) -> None:
        self.videos[video] = replace(said, **changes)

    def kinds(self) -> Counter[str]:
        """How often each source was asked, canaries left out."""
        found = [
            _kind(host, path)
            for host, path, query in self.requests
            if not any(each in f"{path} {query}" for each in CANARIES)
        ]
        return Counter(found)


def _kind(host: str, path: str) -> str:
    if "oembed" in path:
        return "oembed"
    if host in {"i.ytimg.com", "i.vimeocdn.com"}:
        return "thumbnail"
    return "watch" if path == "/watch" else "player"


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    fake: Fake
    context: ssl.SSLContext
    timeout = 30

    def log_message(self, *_args: Any) -> None:
        pass

    def do_CONNECT(self) -> None:
        host = self.path.partition(":")[0]
        if host not in HOSTS:
            self.fake.strays.append(host)
            self.send_error(403)
            return
        self.send_response(200)
        self.end_headers()
        try:
            self.connection = self.context.wrap_socket(self.connection, server_side=True)
        except OSError:
            self.close_connection = True
            return
        self.rfile = self.connection.makefile("rb")
        self.wfile = self.connection.makefile("wb", buffering=0)
        self.close_connection = False

    def finish(self) -> None:
        with contextlib.suppress(OSError):
            super().finish()
        self.connection.close()  # the server only knows the one that was wrapped

    def do_GET(self) -> None:
        self._answer(b"")

    def do_HEAD(self) -> None:
        self._answer(b"")

    def do_POST(self) -> None:
        self._answer(self.rfile.read(int(self.headers.get("Content-Length", 0))))

    def _answer(self, body: bytes) -> None:
        host = self.headers.get("Host", "").partition(":")[0]
        parts = urlsplit(self.path)
        query = parse_qs(parts.query)
        if parts.path.startswith("/youtubei/v1/"):
            asked = json.loads(body)
            query["v"] = [asked.get("videoId") or asked.get("query", "")]
        self.fake.requests.append((host, parts.path, query))
        self.fake.referrers.append(self.headers.get("Referer", ""))
        time.sleep(self.fake.delay)
        if host == MEDIA_HOST:
            self._send_file(query["v"][0], query)
            return
        said, kind = _route(self.fake, host, parts.path, query)
        if said.status == OFFLINE:
            self.close_connection = True
            return
        data = said.body or b""
        self.send_response(said.status if said.status > 0 else 200)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(data)))
        for name, value in said.headers:
            self.send_header(name, value)
        self.end_headers()
        if said.status == TRUNCATED:
            data = data[: len(data) // 2]
            self.close_connection = True
        with contextlib.suppress(OSError):
            self.wfile.write(data)

    def _send_file(self, video: str, query: dict[str, list[str]]) -> None:
        """Send a file, or the part of it that is asked for, as far as the fake lets it come."""
        fake = self.fake
        found = fake.videos[video]
        if "part" in query:
            found = replace(found, file=found.apart[int(query["part"][0])])
        asked = re.fullmatch(r"bytes=(\d+)-(\d*)", self.headers.get("Range", ""))
        start = int(asked[1]) if asked else 0
        end = min(
            int(asked[2] or len(found.file)) + 1 if asked else len(found.file), len(found.file)
        )
        fake.sent.append((video, start))
        if video in fake.forbidden or start >= len(found.file):
            self.send_error(403 if video in fake.forbidden else 416)
            return
        self.send_response(206 if asked else 200)
        self.send_header("Content-Length", str(end - start))
        self.send_header("Content-Range", f"bytes {start}-{end - 1}/{len(found.file)}")
        self.end_headers()
        data = found.file[start:end]
        limit = fake.cut_after if fake.cut_after is not None else fake.stops_after
        with contextlib.suppress(OSError):
            self.wfile.write(data if limit is None else data[:limit])
        while fake.stops_after is not None:
            time.sleep(0.02)
        self.close_connection = limit is not None


def _route(fake: Fake, host: str, path: str, query: dict[str, list[str]]) -> tuple[Said, str]:
    if path in {"/oembed", "/api/oembed.json"}:
        address = query.get("url", [""])[0]
        found = re.search(r"vimeo\.com/(\d+)(?:/(\w+))?$|([\w-]*)$", address)
        number, given, other = found.groups("") if found else ("", "", "")
        return _oembed(fake, host, number or other, given), "application/json"
    if host == "i.ytimg.com":
        _, _, video, name = path.split("/")
        return _thumbnail(fake, video, name.partition(".")[0]), "image/jpeg"
    if host in {"i.vimeocdn.com", "moves.example"}:
        return Said(200, draw(1280, 720, bars=False)), "image/jpeg"
    if host == "archive.org":
        return fake.wayback, JSON
    if host == "player.vimeo.com":
        given = query.get("h", [""])[0]
        return _vimeo_player(fake, path.split("/")[2], given), "application/json"
    return _youtube(fake, path, query.get("v", [""])[0])


JSON = "application/json"


def _youtube(fake: Fake, path: str, video: str) -> tuple[Said, str]:  # noqa: PLR0911 - a table of paths
    if path.startswith("/embed/"):  # asked for the player of videos with an age
        config = {"INNERTUBE_CONTEXT": {"client": {"clientName": "WEB_EMBEDDED_PLAYER"}}}
        return Said(200, f"<script>ytcfg.set({json.dumps(config)});</script>".encode()), "text/html"
    if path == "/iframe_api":
        return Said(
            200, b"var scriptUrl = 'https://www.youtube.com/s/player/0123abcd/x.js';"
        ), "text/javascript"
    if path == "/":  # the page from which a search takes its settings
        return Said(200, b"<script>ytcfg.set({});</script>"), "text/html"
    if path == "/youtubei/v1/search":
        return replace(fake.search, body=fake.search.body or found_by_words(fake, video)), JSON
    if path == "/api/timedtext":
        return fake.timedtext, "text/vtt"
    if path == "/watch":
        return Said(200, _watch_page(fake, video)), "text/html"
    if path == "/youtubei/v1/player":
        said = fake.videos.get(video, dead()).player
        return replace(said, body=said.body or _player(fake, video)), JSON
    return Said(404), "text/plain"


def _oembed(fake: Fake, host: str, video: str, given: str) -> Said:
    found = fake.videos.get(video, dead())
    if given != found.hash:
        return GONE
    if found.oembed.body is not None or found.oembed.status not in {200, TRUNCATED}:
        return found.oembed
    document: dict[str, Any] = {
        "title": found.about.get("title", f"Video {video}"),
        "author_name": found.about.get("author", "A channel"),
    }
    if host == "vimeo.com":
        document |= {
            "duration": 62,
            "upload_date": "2013-10-15 14:08:29",
            "thumbnail_url": "https://i.vimeocdn.com/video/452001751-8216e0571c251a09d7a8387550942d89f7f86f6398f8ed886e639b0dd50d3c90-d_640",
        }
    return replace(found.oembed, body=json.dumps(document).encode())


def _thumbnail(fake: Fake, video: str, name: str) -> Said:
    found = fake.videos.get(video, dead())
    if name not in found.sizes:
        return Said(404, draw(120, 90, bars=False, grey=True))
    width, height = SIZES[name]
    return Said(200, draw(width, height, bars=found.bars and width * 3 == height * 4))


def _player(fake: Fake, video: str) -> bytes:
    found = fake.videos.get(video, dead())
    status: dict[str, Any] = {"status": found.status, "playableInEmbed": found.embeddable}
    if found.reason:
        status["reason"] = found.reason
        said = {"reason": {"simpleText": found.reason}}
        if found.subreason:
            said["subreason"] = {"simpleText": found.subreason}
        status["errorScreen"] = {"playerErrorMessageRenderer": said}
    document: dict[str, Any] = {"playabilityStatus": status}
    if found.status in {"OK", "LIVE_STREAM_OFFLINE"}:
        document["videoDetails"] = {
            "videoId": found.other_id or video,
            "title": f"Video {video}",
            "lengthSeconds": "61",
            "channelId": "UC" + "x" * 22,
            "author": "A channel",
            "isLiveContent": False,
            "isPrivate": False,
        } | found.about
    document["microformat"] = {"playerMicroformatRenderer": MICROFORMAT | found.microformat}
    if found.captions or found.heard:
        tracks = [_track(f".{each}", each) for each in found.captions]
        tracks += [_track(f"a.{each}", each) | {"kind": "asr"} for each in found.heard]
        names = [
            {"languageCode": each, "languageName": {"simpleText": each}}
            for each in ("en", "da", "de", "fr")
        ]
        listed = {"captionTracks": tracks, "translationLanguages": names}
        document["captions"] = {"playerCaptionsTracklistRenderer": listed}
    if found.countries:
        about = document["microformat"]["playerMicroformatRenderer"]
        about["availableCountries"] = [*found.countries]
    if found.status == "OK" and found.formats:
        document["streamingData"] = {
            "formats": [_whole_file(video, found)] if found.file or not found.streams else [],
            "adaptiveFormats": [
                *(_stream(video, found, lines) for lines in found.streams),
                *([_sound(video, found)] if found.apart[1] else []),
            ],
        }
    return json.dumps(document).encode()


def _whole_file(video: str, found: Video) -> dict[str, Any]:
    url = "https://media.invalid/video.mp4"
    if found.file:
        url = f"https://{MEDIA_HOST}/videoplayback?v={video}&itag=18&lmt={found.changed}"
    size = {"contentLength": str(len(found.file))} if found.file and found.says_size else {}
    return {
        "itag": 18,
        "url": url,
        "mimeType": 'video/mp4; codecs="avc1.42001E, mp4a.40.2"',
        "bitrate": 500000,
        "width": found.lines * 16 // 9,
        "height": found.lines,
        "quality": "medium",
        **size,
    }


def _stream(video: str, found: Video, lines: int) -> dict[str, Any]:
    told = _whole_file(video, found) | {
        "itag": lines,
        "mimeType": 'video/mp4; codecs="avc1.640028"',
        "width": lines * 16 // 9,
        "height": lines,
    }
    return _part(video, told, found, 0)


def _part(video: str, told: dict[str, Any], found: Video, part: int) -> dict[str, Any]:
    data = found.apart[part]
    if not data:
        return told
    url = f"https://{MEDIA_HOST}/videoplayback?v={video}&part={part}&lmt={found.changed}"
    return told | {"url": url, "contentLength": str(len(data))}


def _sound(video: str, found: Video) -> dict[str, Any]:
    told = {
        "itag": 140,
        "mimeType": 'audio/mp4; codecs="mp4a.40.2"',
        "bitrate": 130000,
        "audioQuality": "AUDIO_QUALITY_MEDIUM",
        "audioSampleRate": "44100",
    }
    return _part(video, told, found, 1)


def mp4(size: int = 50_000, seed: int = 1) -> bytes:
    """Return a file that has the boxes of an MP4, with so many bytes in it that mean nothing."""
    boxes = (
        (b"ftyp", b"isom" * 4),
        (b"moov", b"\0" * 64),
        (b"mdat", random.Random(seed).randbytes(size)),
    )
    return b"".join((len(data) + 8).to_bytes(4, "big") + name + data for name, data in boxes)


def _track(vss_id: str, language: str) -> dict[str, Any]:
    return {
        "baseUrl": f"https://www.youtube.com/api/timedtext?lang={language}",
        "vssId": vss_id,
        "languageCode": language,
        "name": {"simpleText": language},
        "isTranslatable": True,
    }


def found_by_words(fake: Fake, words: str) -> bytes:
    """Return the videos whose titles or channels have most of the words, rare ones counting more.

    Like the real one it knows only what is there now, and favours what many people watch.
    """
    asked = _words(words)
    texts = {
        video: _words(f"{said.about['title']} {said.about['author']}")
        for video, said in fake.videos.items()
        if "title" in said.about and said.status == "OK"
    }
    among = Counter(word for text in texts.values() for word in text)

    def worth(video: str) -> float:
        weight = sum(1 / sqrt(among[word]) for word in asked & texts[video])
        return weight * (1 + float(fake.videos[video].about.get("viewers", 0)))

    found = sorted((each for each in texts if asked & texts[each]), key=worth, reverse=True)
    items = [{"videoRenderer": _found(video, fake.videos[video].about)} for video in found[:20]]
    section = {"sectionListRenderer": {"contents": [{"itemSectionRenderer": {"contents": items}}]}}
    contents = {"twoColumnSearchResultsRenderer": {"primaryContents": section}}
    return json.dumps({"contents": contents}).encode()


@cache
def _words(text: str) -> frozenset[str]:
    return frozenset(re.findall(r"\w+", text.casefold()))


def _found(video: str, about: dict[str, Any]) -> dict[str, Any]:
    minutes, seconds = divmod(int(about.get("lengthSeconds", 61)), 60)
    handle = f"/@{re.sub(r'[^a-z]', '', about['author'].casefold())}"
    browse = {
        "browseId": about.get("channelId", "UC" + "x" * 22),
        "canonicalBaseUrl": about.get("handle", handle),
    }
    run = {"text": about["author"], "navigationEndpoint": {"browseEndpoint": browse}}
    return {
        "videoId": video,
        "title": {"runs": [{"text": about["title"]}]},
        "shortBylineText": {"runs": [run]},
        "ownerText": {"runs": [run]},
        "lengthText": {"simpleText": f"{minutes}:{seconds:02}"},
    }


def _watch_page(fake: Fake, video: str) -> bytes:
    about = fake.videos.get(video, ALIVE).about
    title, channel = about.get("title", f"Video {video}"), about.get("author", "A channel")
    owner = {"videoOwnerRenderer": {"title": {"runs": [{"text": channel}]}}}
    contents = [
        {"videoPrimaryInfoRenderer": {"title": {"runs": [{"text": title}]}}},
        {"videoSecondaryInfoRenderer": {"owner": owner}},
    ]
    results = {"twoColumnWatchNextResults": {"results": {"results": {"contents": contents}}}}
    data = {"contents": results}
    # the words of death are in the scripts of each page, whatever the video
    words = '<script>var MESSAGES={"x":"Video unavailable. This video is private"};</script>'
    player = _player(fake, video).decode()
    return (
        f"<html><head>{words}</head><body><script>var ytInitialPlayerResponse = {player};</script>"
        f"<script>var ytInitialData = {json.dumps(data)};</script></body></html>"
    ).encode()


def _vimeo_player(fake: Fake, video: str, given: str) -> Said:
    found = fake.videos.get(video, dead())
    if found.player.status != 200:
        return found.player
    if video not in fake.videos or found.status != "OK" or given != found.hash:
        return Said(404, b'{"message": "Sorry, this video does not exist.", "title": "Sorry"}')
    about = {"id": video, "title": f"Video {video}", "duration": 62, "privacy": "anybody"}
    chapters = [{"timecode": 10, "title": "The second part"}]
    tracks = [{"lang": each, "url": f"/texttrack/{each}.vtt"} for each in found.captions]
    tracks += [{"lang": f"{each}-x-autogen", "url": "/texttrack/a.vtt"} for each in found.heard]
    request = {"text_tracks": tracks}
    document = {"video": about, "embed": {"chapters": chapters}, "request": request}
    return Said(200, json.dumps(document).encode())


def draw(width: int, height: int, *, bars: bool, grey: bool = False) -> bytes:
    """Return a JPEG, with black bars above and below a picture of 16:9 where that is asked."""
    image = Image.new("RGB", (width, height), "#808080" if grey else "#c86432")
    pen = ImageDraw.Draw(image)
    if not grey:
        pen.ellipse((width // 3, height // 3, width // 2, height // 2), fill="white")
    if bars:
        bar = (height - width * 9 // 16) // 2
        pen.rectangle((0, 0, width, bar - 1), fill="black")
        pen.rectangle((0, height - bar, width, height), fill="black")
    out = io.BytesIO()
    image.save(out, "JPEG", quality=85)
    return out.getvalue()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128

    def handle_error(self, *_args: Any) -> None:
        """Say nothing: clients hang up."""


@contextlib.contextmanager
def fake_youtube() -> Iterator[Fake]:
    """Run the proxy until the block ends."""
    authority = trustme.CA()
    fake = Fake()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(*HOSTS).configure_cert(context)
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "certificates.pem"
        authority.cert_pem.write_to_path(str(file))
        fake.certificates = str(file)
        handler = type("Handler", (_Handler,), {"fake": fake, "context": context})
        with _Server(("127.0.0.1", 0), handler) as server:
            fake.proxy = f"http://127.0.0.1:{server.server_address[1]}"
            thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
            thread.start()
            try:
                yield fake
            finally:
                server.shutdown()


def main() -> None:
    """Run until interrupted: each id that begins with `dead` is dead, all others are alive."""

    class Anything(dict[str, Video]):
        def get(self, key: str, default: Any = None) -> Video:  # noqa: ARG002
            return dead() if key.startswith("dead") else ALIVE

        def __contains__(self, key: object) -> bool:
            return not str(key).startswith("dead")

    with fake_youtube() as fake:
        fake.videos = Anything()
        for name, value in fake.environment.items():
            print(f"export {name}={value}", flush=True)  # noqa: T201
        with contextlib.suppress(KeyboardInterrupt):
            threading.Event().wait()


if __name__ == "__main__":
    main()
