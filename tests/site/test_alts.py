"""Alt texts that say nothing of a picture are told, each for one reason, in any place."""

from __future__ import annotations

from mediakit.site.alts import alt_faults
from mediakit.site.kinds.hugo import HugoSite
from mediakit.site.kinds.kind import SiteKind
from mediakit.site.reader import ReaderSettings, parse_page


def faults(text: str, kind: SiteKind | None = None) -> list[tuple[int, str]]:
    settings = ReaderSettings(kind=kind) if kind is not None else ReaderSettings()
    page = parse_page("_exercises/squat.md" if kind is None else "content/a.md",
                      f"---\ntitle: Squat\n---\n{text}\n".encode(), settings)  # fmt: skip
    assert page is not None
    return [(image.line, code) for image, code, _ in alt_faults(page.manifest)]


def gallery(*alts: str, host: str = "") -> list[str]:
    entries = "".join(
        f"  - image_path: {host}/{at}.jpg\n    alt: {each}\n" for at, each in enumerate(alts)
    )
    page = parse_page(
        "_exercises/squat.md", f"---\ntitle: Squat\ngallery:\n{entries}---\n".encode(),
        ReaderSettings(),
    )  # fmt: skip
    assert page is not None
    return [code for _, code, _ in alt_faults(page.manifest)]


def test_galleries() -> None:
    """Of several reasons one is given; pictures of other hosts are judged like those at home."""
    for host in ("", "https://h.example"):
        assert gallery("start", "end", host=host) == []
        assert gallery('""', "0_1.jpg", "end", host=host) == ["missing-alt"]
        assert gallery("0.jpg", "end", host=host) == ["alt-is-name"]
        assert gallery("squat", "end", host=host) == ["alt-is-title"]
        assert gallery("Squat", "squat ", host=host) == ["repeated-alt"] * 2


def test_pictures_of_the_text() -> None:
    """One without a text is told, in Markdown, HTML and includes; decoration and links are not."""
    assert faults("![](/a.jpg)\n\n![ ](/a.jpg) ![down](/a.jpg) ![Squat](/a.jpg)") == [
        (4, "missing-alt"), (6, "missing-alt"), (6, "alt-is-title"),
    ]  # fmt: skip
    html = '<img src="/a.jpg" srcset="/b.jpg 2x">\n<img src="/a.jpg" alt="">\n'
    html += '<img src="/a.jpg" role="presentation">\n<video poster="/a.jpg"></video>\n'
    assert faults(html + "\n[large](/a.jpg)") == [(4, "missing-alt")]
    assert faults('{% include figure image_path="/a.jpg" %}') == [(4, "missing-alt")]
    assert faults('{% include card.html picture="/a.jpg" %}') == []
    assert faults("![](/a.jpg)\n\n<img src='/a.jpg' alt=''>", HugoSite()) == [(4, "missing-alt")]
