"""How values look in a notebook: HTML that carries its pictures with it."""

from __future__ import annotations

import base64
from html import escape
from typing import TYPE_CHECKING

from mediakit.base.formats import format_of
from mediakit.base.regular_file import read_regular
from mediakit.report.text import counted

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from mediakit.base.actions import Kind, Reason
    from mediakit.library.values import Exercise, Picture

_HEIGHT = 160  # CSS pixels
_HEAVIEST = 500_000
"""Bytes above which a picture is named, not shown: a notebook keeps what it shows."""


def exercise_html(exercise: Exercise) -> str:
    """Return an exercise as a heading and a row of its pictures."""
    pictures = "".join(picture_html(each) for each in exercise.pictures)
    return f"<section><h4>{escape(exercise.title or exercise.path)}</h4>{pictures}</section>"


def picture_html(picture: Picture) -> str:
    """Return a picture by its smallest variant, else itself, with its path and size."""
    shown = _image(picture)
    size = f"{picture.width} × {picture.height}, {picture.bytes:,} bytes"  # noqa: RUF001 - a size
    if picture.file is None:
        size = "not in the site"
    return (
        f'<figure style="display:inline-block;margin:0.5em">{shown}'
        f"<figcaption>{escape(picture.path)}<br>{size}, {counted(len(picture.variants), 'variant')}"
        "</figcaption></figure>"
    )


def reasons_html(reasons: Iterable[tuple[Kind, Reason, int]]) -> str:
    """Return how many actions have which reason, as a table."""
    rows = "".join(
        f"<tr><td>{kind}</td><td>{reason}</td><td>{count:,}</td></tr>"
        for kind, reason, count in reasons
    )
    head = "<tr><th>action</th><th>reason</th><th>count</th></tr>"
    return f"<table><thead>{head}</thead><tbody>{rows}</tbody></table>"


def _image(picture: Picture) -> str:
    for file in [*(each.file for each in picture.variants), picture.file]:
        address = _data(file) if file is not None else ""
        if address:
            alt = escape(picture.alt, quote=True)
            return f'<img src="{address}" alt="{alt}" height="{_HEIGHT}">'
    return ""


def _data(file: Path) -> str:
    """Return a file as an address that holds it; empty where a browser could not show it."""
    kind = format_of(file.name)
    try:
        if kind is None or not kind.shown or file.stat().st_size > _HEAVIEST:
            return ""
        data = read_regular(file)
    except OSError:
        return ""
    return f"data:{kind.mime};base64,{base64.b64encode(data).decode()}"
