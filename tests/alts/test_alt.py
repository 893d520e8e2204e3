"""Alt texts that are missing are found, and answers are written wherever a page shows a picture."""

from __future__ import annotations

import io
import json
import shutil
import subprocess
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from conftest import SiteBuilder
from mediakit.alts.answers import read_answers
from mediakit.base.errors import ManifestError, UsageError
from mediakit.base.model import Manifest
from mediakit.cli.main import main
from mediakit.edit.alts import AltWriter, plain
from mediakit.site.kinds.jekyll import JekyllConfig
from mediakit.site.kinds.kind import Markup
from mediakit.site.reader import ReaderSettings, parse_file

PATH, FAR = "_exercises/squat.md", "https://example.org/far.jpg"
PAGE = f"""---
title: Squat
gallery:
  - url: /assets/images/squat-0.jpg
    image_path: /assets/images/squat-0-320.jpg
    alt: ""
  - image_path: {FAR}
    alt: "far.jpg"
cover: {{image: /assets/images/cover.jpg, alt: squat}}
---
![](/assets/images/mark.jpg "title"), ![ref] and `![](/assets/images/code.jpg)`

<p><img src="{{{{ site.baseurl }}}}/assets/images/html.jpg" class="x"></p>

{{% include figure image_path="/assets/images/incl.jpg" caption="alt=no" %}}

[ref]: /assets/images/ref.jpg
"""
NAMES = ("squat-0", "mark", "html", "incl", "ref")
NASTY = r"""Han siger: "stå" | 'så' <b>fed</b> & &amp; [1] *x* `c` $5$ \ 50 % #1"""


@pytest.fixture
def squat(site: SiteBuilder, monkeypatch: pytest.MonkeyPatch) -> SiteBuilder:
    """Return a site with a page that shows pictures without alt texts in all ways."""
    monkeypatch.chdir(site.root)
    site.write("_config.yml", "collections:\n  exercises:\n    output: true\n")
    site.exercise("squat")
    site.write(PATH, PAGE)
    return site


def told(capsys: pytest.CaptureFixture[str], *words: str) -> Any:
    capsys.readouterr()
    code = main(["alt", "--format", "json", *words])
    return json.loads(capsys.readouterr().out) | {"code": code}


def alts(site: SiteBuilder, path: str = PATH) -> dict[str, str | None]:
    """Return the alt text of each picture of a page, as the reader has it."""
    pages = parse_file(path, (site.root / path).read_bytes(), _SETTINGS)
    images = (image for page in pages for image in page.manifest.images)
    return {Path(each.source or each.url or "").name: each.alt for each in images}


_SETTINGS = ReaderSettings(
    kind=JekyllConfig(markdown=Markup.KRAMDOWN), suffixes=(("-320", "thumb"),)
)


@pytest.mark.usefixtures("squat")
def test_the_worklist(capsys: pytest.CaptureFixture[str]) -> None:
    """All places of a page are in it, remote ones and covers too, each with line and reason."""
    found = told(capsys)
    listed = {Path(each["picture"]).name: (each["line"], each["code"]) for each in found["entries"]}
    assert listed == {
        "squat-0.jpg": (5, "missing-alt"), "far.jpg": (7, "alt-is-name"),
        "cover.jpg": (9, "alt-is-title"), "mark.jpg": (11, "missing-alt"),
        "html.jpg": (13, "missing-alt"), "incl.jpg": (15, "missing-alt"),
    }  # fmt: skip
    assert (found["described"], found["pictures"], found["percent"]) == (1, 7, 14)
    assert main(["alt", "squat"]) == 0
    shown = capsys.readouterr().out
    assert f"  {PATH}:7\n    {FAR}\n    the alt text 'far.jpg' is the name" in shown
    assert shown.endswith("1 of 7 pictures has an alt text, 14 %\n")
    assert max(map(len, shown.splitlines())) <= 80


def test_each_place_of_a_page(squat: SiteBuilder, capsys: pytest.CaptureFixture[str]) -> None:
    """A text with all signs is read as it was given; nothing else of the page changes."""
    for name in (*NAMES, "cover", "far"):
        assert main(["alt", "squat", f"{name}.jpg", f"{NASTY} {name}"]) == 0
    curly = NASTY.replace('"stå"', "“stå”")
    found = alts(squat)
    for name in ("mark", "html", "ref"):
        assert found[f"{name}.jpg"] == f"{NASTY} {name}", name
    for name in ("squat-0", "incl", "cover", "far"):
        assert found[f"{name}.jpg"] == f"{curly} {name}", name
    text = (squat.root / PATH).read_text("utf-8")
    front = yaml.safe_load(text.split("---")[1])
    assert front["gallery"][0]["alt"] == f"{curly} squat-0"
    kept = [line for line in PAGE.splitlines() if "alt" not in line and "!" not in line]
    assert [line for line in kept if line and line not in text and "img" not in line] == []
    assert "`![](/assets/images/code.jpg)`" in text
    assert told(capsys)["entries"] == []


def test_back_and_again(squat: SiteBuilder, capsys: pytest.CaptureFixture[str]) -> None:
    """A dry run writes nothing, a second run does nothing, and an undo brings the page back."""
    words = ("squat", "mark.jpg", "Seen from the side")
    assert told(capsys, *words, "-n")["written"] == [PATH]
    assert (squat.root / PATH).read_text() == PAGE
    assert told(capsys, *words)["quarantine"] == ".mediakit-quarantine/0001"
    after = (squat.root / PATH).read_text()
    assert after == PAGE.replace(
        "![](/assets/images/mark", "![Seen from the side](/assets/images/mark"
    )
    again = told(capsys, *words)
    assert (again["answers"], again["written"], again["quarantine"]) == (0, [], None)
    assert main(["alt", "--undo"]) == 0
    assert (squat.root / PATH).read_text() == PAGE


def test_decoration(squat: SiteBuilder, capsys: pytest.CaptureFixture[str]) -> None:
    """What is decoration is said so in each way of writing, and needs no text any more."""
    for name in NAMES:
        assert main(["alt", "squat", f"{name}.jpg", "--decorative"]) == 0, name
    text = (squat.root / PATH).read_text("utf-8")
    assert 'alt: ""\n    role: presentation\n' in text
    assert '"title"){: role="presentation"}, ![ref]{: role="presentation"} and' in text
    assert 'class="x" alt="">' in text
    assert 'caption="alt=no" role="presentation" %}' in text
    assert [Path(each["picture"]).stem for each in told(capsys)["entries"]] == ["far", "cover"]
    before = squat.tree()
    assert main(["alt", "squat", "mark.jpg", "--decorative"]) == 0
    assert squat.tree() == before


@pytest.mark.parametrize(
    ("path", "text", "after"),
    [
        ("x.json", '{"images": [{"src": "a.jpg"}]}', '{"images": [{"src": "a.jpg", "alt": "T"}]}'),
        ("x.json", '{"img":{\n "src":"a.jpg"\n}}', '{"img":{\n "src":"a.jpg",\n "alt":"T"\n}}'),
        ("x.yml", "- img:\n    src: a.jpg # 1\n", "- img:\n    src: a.jpg # 1\n    alt: T\n"),
        ("x.yml", "- img: {src: a.jpg, alt: ''}\n", "- img: {src: a.jpg, alt: 'T'}\n"),
        ("x.toml", 'img = [{src = "a.jpg"}]\n', 'img = [{src = "a.jpg", alt = "T" }]\n'),
    ],
)  # fmt: skip
def test_data_files(path: str, text: str, after: str) -> None:
    """A record of a data file gets the key beside the picture, spaced as its neighbours."""
    assert written(f"_data/{path}", text, "T") == after


@pytest.mark.parametrize(
    ("kind", "path", "text", "after"),
    [
        ("hugo", "content/a.md", '+++\ntitle = "x"\n+++\n{{< figure src="/a.jpg" >}}\n',
         '+++\ntitle = "x"\n+++\n{{< figure src="/a.jpg" alt="a \\"b\\"" >}}\n'),
        ("hugo", "content/a.md", '---\ntitle: x\n---\n{{< img "/a.jpg" "old" />}}\n', ""),
        ("eleventy", "a.md", "---\ntitle: x\n---\n{% image '/a.jpg' %}\n",
         "---\ntitle: x\n---\n{% image '/a.jpg', \"a “b”\" %}\n"),
    ],
)  # fmt: skip
def test_other_generators(kind: str, path: str, text: str, after: str) -> None:
    """Shortcodes and tags of plugins get the text as they write arguments."""
    from mediakit.site.kinds.registry import KINDS  # noqa: PLC0415

    reader = ReaderSettings(kind=KINDS[kind].load()())
    if after:
        assert written(path, text, 'a "b"', reader) == after
    else:
        with pytest.raises(ManifestError):  # which argument a shortcode shows, only it knows
            written(path, text, "T", reader)


def test_what_has_no_place_is_said(squat: SiteBuilder, capsys: pytest.CaptureFixture[str]) -> None:
    """A list of paths alone, and a picture that no page has, are told with what to do."""
    squat.write("_exercises/a.md", "---\ntitle: a\ngallery:\n  - /a.jpg\n---\n")
    assert main(["alt", "_exercises/a.md", "a.jpg", "x"]) == 1
    assert "lists paths alone" in capsys.readouterr().err
    assert main(["alt", "_exercises/a.md", "b.jpg", "x"]) == 2
    assert "the page has: a.jpg" in capsys.readouterr().err
    assert main(["alt", "_exercises/a.md", "a.jpg"]) == 2
    assert main(["alt", "--set"]) == 2


class Typed(io.StringIO):
    """A terminal at which somebody has typed."""

    def isatty(self) -> bool:
        return True


def test_asked_one_by_one(
    squat: SiteBuilder, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Enter skips, - is decoration, q ends; a picture of two pages is offered once, for both."""
    squat.write("_exercises/row.md", f"---\ntitle: Row\n---\n![]({FAR})\n")
    monkeypatch.setattr("sys.stdout.isatty", lambda: True)
    monkeypatch.setattr("sys.stdin", Typed("Far away\ny\n\n-\nq\n"))
    assert main(["alt", "--set"]) == 0
    shown = capsys.readouterr().out
    assert f"also on {PATH}" in shown or "also on _exercises/row.md" in shown
    found = alts(squat)
    assert found["far.jpg"] == alts(squat, "_exercises/row.md")["far.jpg"]
    assert "3 alt texts written into 2 pages" in shown
    assert main(["alt", "--undo"]) == 0
    assert (squat.root / PATH).read_text() == PAGE


def test_everywhere(squat: SiteBuilder, capsys: pytest.CaptureFixture[str]) -> None:
    """One answer goes to all pages where the text is missing, and nowhere over a good one."""
    for name, alt in (("row", ""), ("sit", "Good")):
        squat.write(f"_exercises/{name}.md", f"---\ntitle: {name}\n---\n![{alt}]({FAR})\n")
    done = told(capsys, PATH, "far.jpg", "Far away", "--everywhere")
    assert (done["answers"], sorted(done["written"])) == (1, ["_exercises/row.md", PATH])
    assert alts(squat, "_exercises/sit.md") == {"far.jpg": "Good"}


@pytest.mark.parametrize(("name", "sign", "encoding"), [
    ("a.csv", ",", "utf-8-sig"), ("a.csv", ";", "cp1252"), ("a.txt", "\t", "utf-16"),
    ("a.json", "", "utf-8"),
])  # fmt: skip
def test_a_file_of_answers(
    squat: SiteBuilder, capsys: pytest.CaptureFixture[str], name: str, sign: str, encoding: str
) -> None:
    """What `--to` wrote is filled in, saved as Excel does, and written; again does nothing."""
    file = squat.root.parent / name
    assert main(["alt", "--to", str(file)]) == 0
    text = file.read_bytes().decode("utf-8-sig")
    if sign:
        lines = [
            f"{line.rstrip()}Dyb; knæ, ”{number}”" for number, line in enumerate(text.splitlines())
        ]
        rows = [",".join(line.split(",")[:-1]) for line in text.splitlines()[1:]]
        lines = [
            text.splitlines()[0],
            *(f'{row},"Dyb; knæ, ”{at}”"' for at, row in enumerate(rows)),
        ]
        text = "\r\n".join(lines)
        if sign != ",":
            text = text.replace('",', '"\0').replace(",", sign).replace("\0", sign)
            text = text.replace(f"Dyb; knæ{sign}", "Dyb; knæ,")
    else:
        document = json.loads(text)
        for at, each in enumerate(document["entries"]):
            each["alt"] = f"Dyb; knæ, ”{at}”"
        text = json.dumps(document)
    file.write_bytes(text.encode(encoding))
    capsys.readouterr()
    assert main(["alt", "--to", str(file)]) == 2
    assert "6 alt texts that no page has yet" in capsys.readouterr().err
    assert file.read_bytes() == text.encode(encoding)
    done = told(capsys, "--from", str(file))
    assert (done["answers"], done["problems"]) == (6, [])
    assert alts(squat)["mark.jpg"] == "Dyb; knæ, ”3”"
    assert told(capsys, "--from", str(file))["answers"] == 0


def test_two_texts_for_one_picture(squat: SiteBuilder, capsys: pytest.CaptureFixture[str]) -> None:
    """A file that says two things of a picture is told where, and writes neither."""
    mark = "assets/images/mark.jpg"
    table = f'page,why,picture,alt\n{PATH},,{mark},One\n{PATH},,{FAR},"Far\naway"\n'
    file = squat.root.parent / "a.csv"
    file.write_text(f"{table}{PATH},,{mark},Two\n{PATH},,{mark},One\n")
    done = told(capsys, "--from", str(file))
    (problem,) = done["problems"]
    where = (problem["path"], problem["line"], problem["code"])
    assert (where, done["code"], done["answers"]) == (("a.csv", 5, "two-alt-texts"), 1, 1)
    assert "line 2" in problem["message"]
    assert alts(squat)["mark.jpg"] == ""
    entries = [{"page": PATH, "picture": mark, "alt": each} for each in ("One", "Two")]
    assert [
        each.line
        for each in read_answers(json.dumps({"entries": entries}, indent=1).encode(), "a.json")
    ] == [5, 10]


@pytest.mark.parametrize(("words", "said"), [
    (["--decorative"], "PAGE and PICTURE"), (["squat", "--decorative"], "PAGE and PICTURE"),
    (["--set", "--decorative"], "PAGE and PICTURE"), (["--everywhere"], "PAGE PICTURE TEXT"),
    (["squat", "--from", PATH], "PAGE out"), (["--set", "--from", PATH], "one of them"),
    (["squat", "mark.jpg", "A", "--to", "a.csv"], "before or after"),
])  # fmt: skip
@pytest.mark.usefixtures("squat")
def test_options_that_would_count_for_nothing(
    capsys: pytest.CaptureFixture[str], words: list[str], said: str
) -> None:
    """They are refused, with what belongs to them."""
    assert main(["alt", *words]) == 2
    assert said in capsys.readouterr().err


def test_a_file_that_is_wrong() -> None:
    """A column that is missing is named; formulas of the list do not come back."""
    with pytest.raises(UsageError, match="`alt`"):
        read_answers(b"page;picture\na;b\n", "x.csv")
    with pytest.raises(UsageError):
        read_answers(b'{"entries": 1}', "x.json")
    assert read_answers(b"page,picture,alt\na.md,b.jpg,'=1+1\nc,d,\n", "x.csv") == [
        ("a.md", "b.jpg", "=1+1", 2)
    ]


def test_a_page_may_ignore(squat: SiteBuilder, capsys: pytest.CaptureFixture[str]) -> None:
    """What a page or the settings do not want to hear of is not in the list."""
    squat.write(PATH, PAGE.replace("title: Squat", "title: Squat\nmediakit_ignore: missing-alt"))
    assert {each["code"] for each in told(capsys)["entries"]} == {"alt-is-name", "alt-is-title"}


def written(path: str, text: str, alt: str | None, reader: ReaderSettings = _SETTINGS) -> str:
    writer = AltWriter(reader, lambda each: each, alt)
    return writer.apply(path, text.encode(), lambda _: [(0, 0)]).decode()


_SIGNS = st.text(st.sampled_from("ab \"'|<>&;[]()*_`\\{}$#:!-%~^=æ“\n\t"), min_size=1, max_size=25)


@settings(max_examples=25)
@given(_SIGNS.map(plain).filter(bool))
def test_any_text(text: str) -> None:
    """Whatever is written is read again as it is, or refused."""
    for body in (
        "![](/a.jpg)",
        '<img src="/a.jpg">',
        "- x ![o](/a.jpg)\n",
        "| ![](/a.jpg) | b |\n",
    ):
        page = f"---\ntitle: x\n---\n{body}\n"
        (found,) = parse_file(PATH, written(PATH, page, text).encode(), _SETTINGS)
        assert found.manifest.images[0].alt == text
    front = "---\ntitle: x\ngallery:\n  - image_path: /a.jpg\n---\n"
    assert yaml.safe_load(written(PATH, front, text).split("---\n", 2)[1])["gallery"][0]["alt"]


class _Shown(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.alts: list[str | None] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "img":
            self.alts.append(dict(attrs).get("alt"))


@pytest.mark.skipif(shutil.which("jekyll") is None, reason="jekyll is not installed")
def test_jekyll_shows_what_was_written(tmp_path: Path) -> None:
    """The built page has the texts, also where an include puts them into HTML as they are."""
    site = SiteBuilder(tmp_path)
    site.write("_config.yml", "markdown: kramdown\n")
    site.write("_includes/figure", '<img src="{{ include.image_path }}" alt="{{ include.alt }}">\n')
    gallery = '{% for each in page.gallery %}<img src="x" alt="{{ each.alt }}">{% endfor %}'
    site.write("a.md", (
        "---\ntitle: x\ngallery:\n  - image_path: /g.jpg\n---\n"
        f"![](/m.jpg)\n\n| a | ![](/t.jpg) |\n\nx <img src='/h.jpg'> y\n\n"
        f'{{% include figure image_path="/i.jpg" %}}\n\n![](/d.jpg)\n\n{gallery}\n'
    ))  # fmt: skip
    path = "a.md"
    data = (tmp_path / "a.md").read_bytes()
    texts = {f"{name}.jpg": f"{NASTY} {name}" for name in "gmthi"} | {"d.jpg": None}
    for name, text in texts.items():
        data = AltWriter(_SETTINGS, lambda each: each, text).apply(path, data, _shows(name))
    (tmp_path / "a.md").write_bytes(data)
    subprocess.run(["jekyll", "build", "-q", "--disable-disk-cache"], cwd=tmp_path, check=True)
    shown = _Shown()
    shown.feed((tmp_path / "_site/a.html").read_text("utf-8"))
    curly = NASTY.replace('"stå"', "“stå”").replace("&amp;", "&")
    assert shown.alts == [
        f"{NASTY} m", f"{NASTY} t", f"{NASTY} h", f"{curly} i", "", f"{curly} g"
    ]  # fmt: skip


def _shows(name: str) -> Any:
    def choose(records: list[Manifest]) -> list[tuple[int, int]]:
        images = records[0].images
        return [(0, at) for at, each in enumerate(images) if each.path == name]

    return choose


@pytest.mark.parametrize(
    "data", [b'{"pictures": 3}', b'{"entries": [', b'{"entries": [{"page": 1}]}']
)
def test_json_that_is_no_list(data: bytes) -> None:
    """What is said of it are words, not those of a parser, and the hint is about JSON."""
    with pytest.raises(UsageError, match="is no list of alt texts") as caught:
        read_answers(data, "x.json")
    assert "alts.json" in str(caught.value.hint)
    assert "Object" not in str(caught.value)
