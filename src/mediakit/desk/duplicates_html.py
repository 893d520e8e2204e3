"""The HTML of duplicates at the desk: the pictures of a group side by side."""

from __future__ import annotations

import hashlib
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from mediakit.desk.addresses import desk_address
from mediakit.matching.groups import Level
from mediakit.report.html import escaped

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mediakit.desk.words import Words
    from mediakit.matching.groups import Copy, CopyGroup

_LEVELS = {
    Level.BYTES: "The same file more than once",
    Level.PIXELS: "The same picture, pixel for pixel",
    Level.SAME: "The same picture in another size, quality or tone",
    Level.TRANSFORMED: "The same picture, changed",
}


def group_id(group: CopyGroup) -> str:
    """Return what names a group of these pictures, as they are."""
    files = [(each.path, each.sha256) for each in (group.keeper, *_copies(group))]
    return hashlib.sha256(repr(sorted(files)).encode("utf-8", "surrogatepass")).hexdigest()


def _copies(group: CopyGroup) -> list[Copy]:
    return [each.copy for each in group.others]


class DuplicatesHtml:
    """Writes groups in a language; `titles` are those of exercises by their pages."""

    def __init__(self, words: Words, titles: Mapping[str, str]) -> None:
        self._words = words
        self._titles = titles

    def group(self, group: CopyGroup) -> str:
        """Return a group; the picture to keep lies over each other one, unseen at first."""
        copies = [group.keeper, *_copies(group)]
        figures = "".join(self._figure(each, group.keeper) for each in copies)
        is_pair = " pair" if len(copies) == 2 else ""
        says = escaped(self._words(_LEVELS[group.level]))
        return f'<h3>{says}</h3><ul class="copies{is_pair}">{figures}</ul>'

    def _figure(self, copy: Copy, keeper: Copy) -> str:
        is_kept = copy is keeper
        over = "" if is_kept else f'<img class="over" src="{_address(keeper)}" alt="">'
        name = PurePosixPath(copy.path).name
        weight = self._words.weight(copy.width, copy.height, copy.bytes)
        titles = dict.fromkeys(self._titles.get(each.manifest, each.manifest) for each in copy.uses)
        shown = self._words("Shown by {titles}", titles=", ".join(titles))
        if not titles:
            shown = self._words("No exercise shows it")
        label = self._words("Keep {name}", name=name)
        mark = f' <b class="keeps">{self._say("proposed")}</b>' if is_kept else ""
        return (
            f'<li><figure><div class="frame"><img src="{_address(copy)}" alt="{escaped(name)}">'
            f"{over}</div><figcaption><strong>{escaped(copy.path)}</strong>{mark}<br>"
            f"{weight}<br>{escaped(shown)}</figcaption></figure>"
            f'<button type="button"{" class=main" if is_kept else ""} '
            f'data-keep="{escaped(copy.path)}" aria-label="{escaped(label)}">'
            f"{self._say('Keep this one')}</button></li>"
        )

    def _say(self, text: str) -> str:
        return escaped(self._words(text))


def duplicates_dialog(words: Words) -> str:
    """Return the dialog that shows one group at a time."""
    texts = (
        "Duplicates", "Group before", "Next group", "Blink", "Difference", "Keep all",
        "There are no duplicates.", "Close",
    )  # fmt: skip
    say = {text: escaped(words(text)) for text in texts}
    hint = escaped(
        words(
            "Exercises show the one that is kept, and the others are put away. “Keep all” leaves "
            "them as they are, and they are not proposed again."
        )
    )
    return f"""<dialog id="copies" aria-labelledby="copies-t">
<header><h2 id="copies-t">{say["Duplicates"]}</h2><p id="copies-n" role="status"></p>
<button type="button" value="back" aria-label="{say["Group before"]}">&lsaquo;</button>
<button type="button" value="next" aria-label="{say["Next group"]}">&rsaquo;</button>
<button type="button" value="close" aria-label="{say["Close"]}">&times;</button></header>
<p class="none" hidden>{say["There are no duplicates."]}</p>
<div class="group"></div>
<div class="row">
<button type="button" value="blink" aria-pressed="false" title="b">{say["Blink"]}</button>
<button type="button" value="difference" aria-pressed="false" title="d">{say["Difference"]}</button>
<button type="button" value="accept">{say["Keep all"]}</button></div>
<p class="hint">{hint}</p>
</dialog>"""


def _address(copy: Copy) -> str:
    return escaped(desk_address(copy.path, copy.sha256))
