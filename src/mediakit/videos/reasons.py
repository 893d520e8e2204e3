"""What the words of a player mean: the raw reason of a video that does not play, to a sign.

The words are the provider's and change; what matches nothing is unclear, never death. The
order counts: "Video unavailable" stands in front of captchas and of country blocks too.
"""

from __future__ import annotations

import re

from mediakit.videos.verdict import Sign

_PATTERNS: tuple[tuple[Sign, str], ...] = (
    (
        Sign.REFUSED,
        (
            r"not a (?:ro)?bot\b|captcha|try again later|rate.?limited|ip is likely being blocked"
            r"|too many requests|http error 429|unusual traffic"
        ),
    ),
    (
        Sign.GEO_BLOCKED,
        r"in your country|in your location|in your region|country restriction|geo.?restrict",
    ),
    (
        Sign.RESTRICTED,
        (
            r"confirm your age|age.?restricted|age.?verif|inappropriate for some"
            r"|drm protected"
        ),
    ),
    (
        Sign.NOT_EMBEDDABLE,
        (
            r"members.?only|members on level|join this channel|requires payment|premium|rent this"
            r"|purchase|playback on other websites|owner of this video does not allow"
        ),
    ),
    (
        Sign.PENDING,
        (
            r"premieres? (?:in|will|at|on)\b|live event will begin|live stream (?:will|is offline)"
            r"|waiting for .{0,40}to (?:start|begin)"
        ),
    ),
    (
        Sign.GONE,
        (
            r"private video|video is private|has been removed|was removed|removed by"
            r"|has been terminated|account.{0,80}(?:terminated|closed)|copyright"
            r"|violat(?:ed|es|ing|ion)|has been deleted|was deleted|(?:does not|doesn't) exist"
            r"|no longer available"
        ),
    ),
    (
        Sign.DOUBTFUL,
        r"unavailable|(?:isn't|is not) available|not available",
    ),
)
_COMPILED = tuple((sign, re.compile(pattern)) for sign, pattern in _PATTERNS)

_BY_STATUS = {
    "LIVE_STREAM_OFFLINE": Sign.PENDING,
    "AGE_VERIFICATION_REQUIRED": Sign.RESTRICTED,
    "AGE_CHECK_REQUIRED": Sign.RESTRICTED,
    "CONTENT_CHECK_REQUIRED": Sign.RESTRICTED,
}
"""What YouTube's playability status alone says; the others say too little."""


def read_reason(text: str, status: str = "") -> Sign:
    """Return what a raw reason, and the status that came with it, say of a video."""
    plain = text.replace("\u2019", "'").casefold()
    found = next((sign for sign, pattern in _COMPILED if pattern.search(plain)), Sign.UNCLEAR)
    if found in {Sign.REFUSED, Sign.GEO_BLOCKED}:
        return found
    return _BY_STATUS.get(status.upper(), found)
