"""Every spelling of a video to (provider, id, start)."""

from __future__ import annotations

import re
from urllib.parse import parse_qs, urlsplit

from mediakit.base.errors import ManifestError
from mediakit.base.model import VideoRef
from mediakit.base.redaction import without_user

YOUTUBE_ID_LENGTH = 11
_YOUTUBE_ID = re.compile(r"[0-9A-Za-z_-]{10,12}")  # a sign lost or typed twice: `is_misspelt`
_VIMEO_ID = re.compile(r"[0-9]{1,12}")
_OTHER_ID = re.compile(r"[0-9A-Za-z_-]{1,64}")
_YOUTUBE_HOSTS = re.compile(r"(?:(?:www|m|music)\.)?youtube(?:-nocookie)?\.com|youtu\.be")
_VIMEO_HOSTS = re.compile(r"(?:(?:www|player)\.)?vimeo\.com")
_ADDRESS = re.compile(r"(?:https?:)?//|(?:www\.|m\.)?(?:youtube\.com|youtu\.be|vimeo\.com)/")
_TIME = re.compile(r"(?:(\d{1,4})h)?(?:(\d{1,5})m)?(?:(\d{1,7})s?)?")
_OTHERS = frozenset({"google-drive", "bilibili", "dailymotion"})

# Plain scalars that YAML reads as numbers and writes back differently: underscores, other
# bases, leading zeros. Jekyll puts the number into the page, which is then another id.
_MANGLED = re.compile(
    r"[-+]?(?:0[xX][0-9a-fA-F_]+|0[bB][01_]+|0[0-7_]+|[0-9][0-9_]*_[0-9_]*)|\+\d+"
)


def parse_video(text: str, provider: str | None, line: int) -> VideoRef:
    """Read a video id or address as written; `provider` is the theme's name for the host.

    Without a provider, the address decides, then the shape of the id (digits are Vimeo's).

    Raises:
        ManifestError: the id or the address is not one of a provider that the theme knows.
    """
    text = text.strip()
    named = (provider or "").strip().lower() or None
    if _ADDRESS.match(text):
        return _from_address(text, named, line)
    if named is None:
        named = "vimeo" if _VIMEO_ID.fullmatch(text) and len(text) != 11 else "youtube"
    bare, _, query = text.replace("?", "&", 1).partition("&")
    return VideoRef(named, _checked(named, bare), line, _start(query))


def is_mangled(text: str) -> bool:
    """Return whether YAML turns this unquoted id into a number that is written differently."""
    return _MANGLED.fullmatch(text) is not None


def is_misspelt(video: VideoRef) -> bool:
    """Return whether a sign is missing or too many: YouTube's ids have 11."""
    return video.provider == "youtube" and len(video.id) != YOUTUBE_ID_LENGTH


def _from_address(text: str, named: str | None, line: int) -> VideoRef:
    try:
        parts = urlsplit(text if "//" in text.partition("?")[0] else "//" + text)
        host = (parts.hostname or "").lower()
    except ValueError as error:
        shown = without_user(text)
        raise ManifestError("bad-video", f"{shown!r} is not a web address", line) from error
    segments = [segment for segment in parts.path.split("/") if segment]
    query = parse_qs(parts.query)
    if _YOUTUBE_HOSTS.fullmatch(host):
        found = query["v"][0] if "v" in query else (segments[-1] if segments else "")
        return VideoRef(
            "youtube",
            _checked("youtube", found),
            line,
            _start(parts.query) or _start(parts.fragment),
        )
    if _VIMEO_HOSTS.fullmatch(host):
        found = next((segment for segment in segments if _VIMEO_ID.fullmatch(segment)), "")
        return VideoRef("vimeo", _checked("vimeo", found), line, _start(parts.fragment))
    raise ManifestError(
        "bad-video",
        f"{without_user(text)!r} is not a {named or 'YouTube or Vimeo'} address",
        line,
        "give provider and id",
    )


def _checked(provider: str, found: str) -> str:
    shown = without_user(found)
    if provider == "youtube":
        if _YOUTUBE_ID.fullmatch(found) and found not in {"videoseries", "live_stream"}:
            return found
        size = f"it has {len(found)}" if re.fullmatch(r"[\w-]*", found) else "it has other signs"
        raise ManifestError(
            "bad-video",
            f"{shown!r} is no YouTube id: ids have 11 letters, digits, - or _ and {size}",
            hint="copy what follows v= in the video's address",
        )
    if provider == "vimeo":
        if _VIMEO_ID.fullmatch(found):
            return found
        raise ManifestError("bad-video", f"{shown!r} is no Vimeo id: ids are digits")
    if provider not in _OTHERS:
        raise ManifestError(
            "unknown-provider",
            f"video provider {without_user(provider)!r} is not known",
            hint="known are youtube, vimeo, " + ", ".join(sorted(_OTHERS)),
        )
    if _OTHER_ID.fullmatch(found):
        return found
    raise ManifestError("bad-video", f"{shown!r} is no {provider} id")


def _start(query: str) -> int | None:
    values = parse_qs(query)
    for key in ("t", "start"):
        match = _TIME.fullmatch(values.get(key, [""])[0])
        if match and match[0]:
            hours, minutes, seconds = (int(part or 0) for part in match.groups())
            return hours * 3600 + minutes * 60 + seconds
    return None
