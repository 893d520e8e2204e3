"""The page of duplicates: pictures side by side, in groups that the keyboard walks through."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from mediakit.base.files import FileTree
from mediakit.base.formats import film_of
from mediakit.base.writer import write_output, writing
from mediakit.duplicates.report import describe_copy, describe_member, describe_users
from mediakit.images.look import GREY_SIDE, grey_pixels
from mediakit.images.opening import UnreadableError
from mediakit.matching.compare import differences
from mediakit.matching.groups import Level
from mediakit.report.html import address_from, escaped, policy
from mediakit.report.text import counted

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from mediakit.matching.groups import Copy, CopyGroup, Member
    from mediakit.sync.copies import Duplicates

Mark = tuple[float, float, float, float]
"""Left, top, width and height of a part, as shares of the picture."""

_MOST_MARKED = 0.5
"""Share of a picture that marks may cover: more would only say that the frame is another."""


@dataclass(frozen=True, slots=True)
class _Section:
    """A group, the addresses of its pictures, and where the copies differ from the first."""

    group: CopyGroup
    keeper: str
    others: tuple[str, ...]
    marks: tuple[tuple[Mark, ...], ...]


_STYLE = """
:root { color-scheme: light dark; --line: #8884; --mark: #e11d48; --keep: #15803d }
body { font: 15px/1.45 system-ui, sans-serif; margin: 0 auto; max-width: 1200px; padding: 1rem }
h1 { font-size: 1.3rem; margin: 0 0 .2rem } p { margin: .2rem 0 }
section { border: 2px solid var(--line); border-radius: 8px; margin: 1rem 0; padding: .8rem }
section:focus { border-color: var(--mark); outline: none }
h2 { font-size: 1rem; margin: 0 0 .6rem }
.row { display: grid; gap: .8rem; grid-template-columns: repeat(auto-fill, minmax(260px, 1fr)) }
figure { margin: 0; min-width: 0 } figcaption { overflow-wrap: anywhere }
.frame { background: #8882; display: block; position: relative }
.frame :is(img, video) { display: block; height: auto; width: 100% }
.frame i { background: #e11d4833; border: 1px solid var(--mark); box-sizing: border-box }
.frame i { position: absolute }
.plain .frame i { display: none } .over { inset: 0; opacity: 0; position: absolute }
.blink .over { opacity: 1 }
b.keep { color: var(--keep) } small { opacity: .75 }
kbd { border: 1px solid var(--line); border-radius: 3px; padding: 0 .3em }
"""

_SCRIPT = """
const all = [...document.querySelectorAll("section")];
let at = -1;
const go = step => {
  if (!all.length) return;
  at = Math.min(all.length - 1, Math.max(0, at + step));
  all[at].focus({preventScroll: true});
  all[at].scrollIntoView({block: "nearest"});
};
all.forEach((each, index) => each.addEventListener("focus", () => { at = index; }));
addEventListener("keydown", event => {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.key === "j" || event.key === "ArrowDown") { go(1); event.preventDefault(); }
  if (event.key === "k" || event.key === "ArrowUp") { go(-1); event.preventDefault(); }
  if (event.key === "m") document.body.classList.toggle("plain");
  if (event.key === " " && at >= 0) { all[at].classList.toggle("blink"); event.preventDefault(); }
});
"""


def write_page(path: Path, found: Duplicates) -> None:
    """Write the page to `path`; raises UsageError if the place cannot be written."""
    root = found.site.config.root
    tree = FileTree(root)
    folder = path.resolve().parent

    def address(site_path: str) -> str:
        return address_from(folder, tree.disk_path(site_path))

    shown = [
        _Section(
            group,
            address(group.keeper.path),
            tuple(address(each.copy.path) for each in group.others),
            tuple(_marks(tree, group, each) for each in group.others),
        )
        for group in found.groups
    ]
    with writing(path):
        write_output(path, _html(shown).encode(), root)


def _marks(tree: FileTree, group: CopyGroup, member: Member) -> tuple[Mark, ...]:
    """Return where a copy of the same shape differs from the picture to keep."""
    if member.match.level in {Level.BYTES, Level.PIXELS}:
        return ()
    try:
        one, other = (
            grey_pixels(tree.read(each), GREY_SIDE)
            for each in (group.keeper.path, member.copy.path)
        )
    except (OSError, UnreadableError):
        return ()
    return tuple(differences(one, other))


def _html(groups: Sequence[_Section]) -> str:
    """Return the page, which loads nothing but the pictures."""
    body = "\n".join(_section(number, each) for number, each in enumerate(groups, start=1))
    count = counted(len(groups), "group")
    return f"""<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
{policy(_SCRIPT)}
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Duplicates: {count}</title>
<style>{_STYLE}</style>
</head>
<body>
<header>
<h1>Duplicates: {count}</h1>
<p><kbd>j</kbd> and <kbd>k</kbd> go from group to group, <kbd>Space</kbd> lays the kept picture over
the others, <kbd>m</kbd> hides the marks where they differ.</p>
</header>
<main>
{body or "<p>There are no duplicates.</p>"}
</main>
<script>{_SCRIPT}</script>
</body>
</html>
"""


def _section(number: int, shown: _Section) -> str:
    group = shown.group
    figures = [_figure(group.keeper, shown.keeper, '<b class="keep">keep</b>')]
    for member, address, marks in zip(group.others, shown.others, shown.marks, strict=True):
        over = f'<img class="over" src="{escaped(shown.keeper)}" alt="">'
        over = "" if film_of(shown.keeper) is not None else over
        words = escaped(describe_member(member))
        figures.append(_figure(member.copy, address, f"<b>{words}</b>", over + _boxes(marks)))
    saved = f"{group.saved / 1000:,.0f} kB"
    return (
        f'<section tabindex="0" aria-label="group {number}">\n'
        f"<h2>{number}. {group.level}: {len(group.others)} too many, {saved}</h2>\n"
        f'<div class="row">\n' + "\n".join(figures) + "\n</div>\n</section>"
    )


def _figure(copy: Copy, address: str, words: str, over: str = "") -> str:
    size = f' width="{copy.width}" height="{copy.height}"' if copy.width else ""
    source = escaped(address)
    shown = f'<img src="{source}"{size} loading="lazy" alt="{escaped(copy.path)}">'
    if film_of(address) is not None:
        shown = f'<video src="{source}"{size} muted loop controls preload="metadata"></video>'
    return (
        f'<figure><a class="frame" href="{source}">{shown}{over}</a>\n'
        f"<figcaption>{words}<br>{escaped(copy.path)}<br>"
        f"<small>{escaped(describe_copy(copy))}<br>{escaped(describe_users(copy.uses))}</small>"
        "</figcaption></figure>"
    )


def _boxes(marks: Sequence[Mark]) -> str:
    if sum(width * height for _, _, width, height in marks) > _MOST_MARKED:
        return ""
    return "".join(_box(mark) for mark in marks)


def _box(mark: Mark) -> str:
    names = ("left", "top", "width", "height")
    values = (f"{name}:{100 * value:.2f}%" for name, value in zip(names, mark, strict=True))
    return f'<i style="{";".join(values)}"></i>'
