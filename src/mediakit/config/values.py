"""The bounded values that several settings have, with the words that messages say of them."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta

from mediakit.base.setting import bounds

InsidePath = Annotated[
    str, Meta(extra_json_schema={"not": {"pattern": r"^/|(^|/)\.\.(/|$)|^\s*$"}})
]
"""A path or glob inside the site; `file_rules.py` refuses others, with a message of its own."""

RootPath = Annotated[str, Meta(extra_json_schema={"not": {"pattern": r"^/|(^|/)\.\.(/|$)|^\s+$"}})]
"""A folder inside the site, or an empty text for the site itself."""

Country = Annotated[str, bounds("code of a country", "codes of countries", pattern=r"^[A-Z]{2}$")]
YouTubeId = Annotated[
    str, bounds("id of 11 letters, digits, `-` or `_`", pattern=r"^[0-9A-Za-z_-]{11}$")
]
VimeoId = Annotated[str, bounds("id of digits", pattern=r"^[0-9]{1,12}$")]
Channel = Annotated[
    str,
    bounds(
        "handle such as `@name`, or id of a channel",
        "handles such as `@name`, or ids of channels",
        pattern=r"^(@[^\s/@]{2,60}|UC[0-9A-Za-z_-]{22})$",
    ),
]
FrontMatterKey = Annotated[str, bounds("key", pattern=r"^[^.]{1,100}(\.[^.]{1,100}){0,19}$")]
"""A key of front matter, with dots where it lies deeper."""

Keys = tuple[FrontMatterKey, ...]
Codes = tuple[Annotated[str, bounds("code", pattern=r"^[a-z][a-z0-9-]+$")], ...]

Limit = Annotated[int, Meta(extra_json_schema={"minimum": 0, "maximum": 999_999_999})]
LimitText = Annotated[
    str, bounds("percentage", extra_json_schema={"pattern": r"^\s*[0-9]{1,9}%?\s*$"})
]
