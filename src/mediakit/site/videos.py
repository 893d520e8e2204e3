"""Videos as pages name them: ids and addresses in every spelling, in all the shapes of YAML."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import SplitResult, parse_qs, urlsplit

from msgspec.structs import replace as change

from mediakit.base.errors import ManifestError
from mediakit.base.model import VideoRef
from mediakit.base.redaction import without_user
from mediakit.site.providers import PROVIDERS, Provider, is_whole_id, provider_at, provider_of_id
from mediakit.site.trees.yaml import Mapping, Node, Scalar, Sequence

if TYPE_CHECKING:
    from mediakit.site.reader import PageParser

_SCHEME = re.compile(r"(?:https?:)?//")
_TIME = re.compile(r"(?:(\d{1,4})h)?(?:(\d{1,5})m)?(?:(\d{1,7})(?:\.\d{0,9})?s?)?")

# Plain scalars that YAML reads as numbers and writes back differently: underscores, other
# bases, leading zeros. Jekyll puts the number into the page, which is then another id.
_MANGLED = re.compile(
    r"[-+]?(?:0[xX][0-9a-fA-F_]+|0[bB][01_]+|0[0-7_]+|[0-9][0-9_]*_[0-9_]*)|\+\d+"
)
_FILM = re.compile(r"[^/]\.(?:mp4|m4v|mov|webm|ogv|ogg|mkv|avi)\Z", re.IGNORECASE)
COPY_ID = "copy the id from the video's address"


def thumbnail_path(folder: str, video: str) -> str:
    """Return the site path of a video's thumbnail, in the folder of the thumbnails."""
    return f"{folder}/{video}.jpg"


def parse_video(text: str, provider: str | None, line: int) -> VideoRef:
    """Read a video id or address as written; `provider` is what the page calls its host.

    Without a provider, the address decides, then the form of the id (digits are Vimeo's).

    Raises:
        ManifestError: the text is no id and no address of a known provider.
    """
    text = text.strip().replace("&amp;", "&").replace("&#038;", "&")  # copied out of HTML
    if not {"?", "#"} & {*text}:
        text = text.replace("&", "?", 1)  # as in the addresses of old players
    named = (provider or "").strip().lower()
    host, slash, _ = text.partition("/")
    if _SCHEME.match(text) or (slash and provider_at(host)):
        return _from_address(text, named, line)
    video, _, query = text.partition("?")
    short = video.partition("/")[0]
    row = PROVIDERS.get(named) if named else provider_of_id(short)
    if row is None:
        raise _unknown(named, line)
    if row.has_hashes and re.fullmatch(row.ids, short):
        return _named_by(row, urlsplit(f"/{text}"), line, text)
    return VideoRef(row.name, _checked(row, video), line, _start(query))


def is_mangled(text: str) -> bool:
    """Return whether YAML turns this unquoted id into a number that is written differently."""
    return _MANGLED.fullmatch(text) is not None


def is_misspelt(video: VideoRef) -> bool:
    """Return whether an id has a character too few or too many."""
    row = PROVIDERS.get(video.provider)
    return row is not None and not is_whole_id(row, video.id)


def misspelling(video: VideoRef) -> str:
    """Return what is wrong with an id that `is_misspelt`."""
    row = PROVIDERS[video.provider]
    return f"{row.title} ids have {row.id_length} characters, and {video.id!r} has {len(video.id)}"


def _from_address(text: str, named: str, line: int) -> VideoRef:
    try:
        address = urlsplit(text if "//" in text.partition("?")[0] else "//" + text)
        row = provider_at(address.hostname or "")
    except ValueError as error:
        shown = without_user(text)
        raise ManifestError("bad-video", f"{shown!r} is not a web address", line) from error
    if row is None and named and (named not in PROVIDERS or not PROVIDERS[named].hosts):
        row = PROVIDERS.get(named)  # whose hosts are not known here
        if row is None:
            raise _unknown(named, line)
    if row is None:
        titles = " or ".join(each.title for each in PROVIDERS.values() if each.hosts)
        message = f"{without_user(text)!r} is not a {named or titles} address"
        if not named and address.scheme in {"http", "https"} and address.hostname:
            raise ManifestError("unknown-provider", message, line, "give provider and id")
        raise ManifestError("bad-video", message, line, "give provider and id")
    return _named_by(row, address, line, text)


def _named_by(row: Provider, address: SplitResult, line: int, text: str) -> VideoRef:
    """Return the video at an address of its provider, which is `text` as somebody wrote it."""
    found = row.find(address)
    if found.other:
        raise ManifestError(
            "bad-video",
            f"{without_user(text)!r} is {found.other} on {row.title}, not a video",
            line,
            f"copy the address of one video, such as {row.share.format(id=row.canary)}",
        )
    start = _start(address.query) or _start(address.fragment)
    return VideoRef(row.name, _checked(row, found.id), line, start, found.hash)


def _unknown(provider: str, line: int) -> ManifestError:
    message = f"mediakit does not know the video provider {without_user(provider)!r}"
    hint = f"if the theme shows it, all is well; known are {', '.join(PROVIDERS)}"
    return ManifestError("unknown-provider", message, line, hint)


def _checked(row: Provider, video: str) -> str:
    if re.fullmatch(row.ids, video):
        return video
    is_length = row.id_length and re.fullmatch(r"[\w-]*", video) and len(video) != row.id_length
    seen = f", this one has {len(video)}" if is_length else ""
    raise ManifestError(
        "bad-video",
        f"{without_user(video)!r} is not a {row.title} id: ids have {row.id_words}{seen}",
        hint=COPY_ID,
    )


def _start(query: str) -> int | None:
    values = parse_qs(query)
    for key in ("t", "start"):
        match = _TIME.fullmatch(values.get(key, [""])[0])
        if match and match[0]:
            hours, minutes, seconds = (int(part or 0) for part in match.groups())
            return hours * 3600 + minutes * 60 + seconds
    return None


class VideoReader:
    """Adds videos to those of one file."""

    def __init__(self, file: PageParser) -> None:
        self._file = file

    def read(self, node: Node | None, provider: str | None = None) -> None:
        """Read a video, a list of them, or a bare id or address."""
        if isinstance(node, Sequence):
            for item in node.items:
                if not isinstance(item, Sequence):
                    self.read(item, provider)
        elif isinstance(node, Mapping):
            found = node.get("id") or node.get("url") or node.get("src")
            if isinstance(found, Scalar):
                self.add(found, node.text("provider") or provider)
            else:
                self._file.warn("missing-value", "a video has no `id`", node.line)
        elif node is not None and not node.is_switch:
            self.add(node, provider)

    def read_frame(self, address: str, line: int) -> bool:
        """Read the address of a frame, and return whether it is that of a known provider."""
        try:
            parts = urlsplit(address)
            row = provider_at(parts.hostname or "")
        except ValueError:
            return False
        if row is not None and re.fullmatch(row.frames, parts.path):
            self.add(Scalar(address, line), None)
        elif row is not None and row.frames:
            self._read_unframed(row, parts, address, line)
        return row is not None

    def _read_unframed(self, row: Provider, parts: SplitResult, address: str, line: int) -> None:
        """Read a frame with the address at which people watch a video, which stays empty."""
        found = row.find(parts)
        if found.other or not is_whole_id(row, found.id):
            return
        message = (
            f"{row.title} refuses frames at {without_user(address)!r}: visitors see none of it"
        )
        query = f"?h={found.hash}" if found.hash else ""
        hint = f"take its address for embedding: {row.embed.format(id=found.id)}{query}"
        self._file.warn("unframed-video", message, line, hint)
        self.add(Scalar(address, line), None)

    def add(self, node: Scalar, provider: str | None) -> None:
        """Add the video that an id or address names; a file of the site is no provider's."""
        if _FILM.search(node.text.partition("?")[0].rstrip()):
            return
        try:
            video = parse_video(node.text, provider, node.line)
        except ManifestError as error:
            if error.code == "unknown-provider":  # the theme may know it
                self._file.warn("unknown-provider", error.message, node.line, error.hint)
            else:
                self._file.refuse(error, node.line)
            return
        if node.plain and is_mangled(node.text):
            self._file.warn(
                "unquoted-id",
                f"YAML reads {node.text} as a number, so Jekyll shows another id",
                node.line,
                f'write it as "{node.text}"',
            )
        if is_misspelt(video):
            self._file.warn("misspelt-id", misspelling(video), node.line, COPY_ID)
        videos = self._file.videos
        first = videos.setdefault((video.provider, video.id), video)
        if video.hash and not first.hash:
            videos[video.provider, video.id] = change(first, hash=video.hash)
