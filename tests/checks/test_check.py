"""`mediakit check`: each rule finds its fault, with file and line, and nothing on a sound site."""

from __future__ import annotations

import functools
import io
import json
import shutil
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from PIL import Image

from conftest import SiteBuilder, draw
from mediakit.base.formats import FORMATS
from mediakit.base.model import Problem, Severity, problem_codes
from mediakit.checks.baseline import fingerprint
from mediakit.checks.check import CheckJob, check_site
from mediakit.checks.rules import shape_name
from mediakit.cli.main import main
from mediakit.config.config import load_config
from mediakit.report.text import problem_blocks
from mediakit.site import body
from mediakit.site.html import Found, read_html
from mediakit.sync.session import Access, open_session
from placed import exif
from problems_in_words import in_each_language
from scenes import scene

__all__ = ["in_each_language"]


@functools.cache
def photo(room: int, pose: int = 0, size: tuple[int, int] = (900, 600)) -> bytes:
    out = io.BytesIO()
    scene(room, pose, size).save(out, "JPEG", quality=85)
    return out.getvalue()


def check(site: SiteBuilder, **job: Any) -> list[Problem]:
    with open_session(load_config(site.root), Access.READ) as session:
        return list(check_site(session, CheckJob(**job)).problems)


def found(site: SiteBuilder, **job: Any) -> set[tuple[str, int, str]]:
    return {(each.path.rpartition("/")[2], each.line, each.code) for each in check(site, **job)}


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> SiteBuilder:
    """Return a site of four sound exercises, with their variants."""
    site = SiteBuilder(tmp_path_factory.mktemp("gym"))
    for room, name in enumerate(("squat", "lunge", "plank", "bench")):
        site.exercise(name)
        for pose in range(2):
            site.write(f"assets/images/{name}-{pose}.jpg", photo(room, pose))
    site.run()
    return site


@pytest.fixture
def gym(made: SiteBuilder, site: SiteBuilder, monkeypatch: pytest.MonkeyPatch) -> SiteBuilder:
    """Return a copy of the site; its cache is of the place where it was made."""
    cache = shutil.ignore_patterns(".mediakit")
    shutil.copytree(made.root, site.root, dirs_exist_ok=True, ignore=cache)
    monkeypatch.chdir(site.root)
    return site


def test_a_sound_site(gym: SiteBuilder) -> None:
    """Nothing is told where nothing is wrong."""
    assert check(gym) == []
    assert main(["check"]) == 0


@pytest.mark.parametrize("words", [("squat",), ("_exercises/squat.md",), ("Lunge", "squat")])
def test_one_exercise(gym: SiteBuilder, words: tuple[str, ...]) -> None:
    """Whoever names exercises hears of these, their pictures and variants, and of nothing else."""
    for name in ("squat", "bench"):
        gym.write(f"assets/images/{name}-0-320.jpg", b"cut")
        page = gym.root / f"_exercises/{name}.md"
        page.write_text(page.read_text("utf-8") + "[a](/gone.pdf)", encoding="utf-8")
    everything = check(gym)
    told = check(gym, exercises=words)
    assert {each.code for each in told} >= {"missing-file"}
    assert told == [each for each in everything if "squat" in each.path]
    assert main(["check", "nobody"]) == 2
    assert main(["check", "squat", "--write-baseline"]) == 2


def test_one_exercise_is_mended(gym: SiteBuilder) -> None:
    """--fix with an exercise makes its variants, and leaves those of others alone."""
    for name in ("squat", "bench"):
        (gym.root / f"assets/images/{name}-0-320.jpg").unlink()
    assert main(["check", "squat", "--fix"]) == 0
    assert (gym.root / "assets/images/squat-0-320.jpg").exists()
    assert not (gym.root / "assets/images/bench-0-320.jpg").exists()


def test_bodies_are_parsed_once(gym: SiteBuilder, monkeypatch: pytest.MonkeyPatch) -> None:
    """What a text links to comes with its pictures: check reads no body a second time."""
    gym.write("_exercises/row.md", "---\ntitle: Row\n---\n[plan](/plan.pdf)\n")
    read: list[str] = []

    def counted(text: str) -> list[Found]:
        read.append(text)
        return read_html(text)

    monkeypatch.setattr(body, "read_html", counted)
    assert {each.code for each in check(gym)} == {"missing-file"}
    assert sum("plan.pdf" in each for each in read) == 1


def test_svgs_that_are_no_mere_drawings(gym: SiteBuilder) -> None:
    """An SVG in use that runs or loads something is told, with what it holds; another is not."""
    gym.write("assets/images/plain.svg", "<svg xmlns='http://www.w3.org/2000/svg'/>")
    gym.write(
        "assets/images/active.svg",
        "<svg xmlns='http://www.w3.org/2000/svg'><script>a()</script><metadata/></svg>",
    )
    front = (
        "header:\n  overlay_image: /assets/images/active.svg\n  teaser: /assets/images/plain.svg\n"
    )
    gym.write("_exercises/row.md", f"---\ntitle: Row\n{front}---\n")
    told = [each for each in check(gym) if each.code == "active-svg"]
    assert [each.path for each in told] == ["assets/images/active.svg"]
    assert "a script, notes of the drawing program" in told[0].message
    copied = "/assets/images/active-320.svg"
    gym.write("_exercises/row.md", f"---\ntitle: Row\nheader:\n  teaser: {copied}\n---\n")
    gym.run()
    gym.write("mediakit.toml", '[check]\nignore = ["active-svg"]')
    assert main(["check", "--fix", "-q"]) == 0
    assert b"script" in (gym.root / "assets/images/active.svg").read_bytes()
    (gym.root / "mediakit.toml").unlink()
    assert main(["check", "--fix", "-q"]) == 0
    made = {(gym.root / f"assets/images/active{each}.svg").read_bytes() for each in ("", "-320")}
    assert [b"script" in each for each in made] == [False]  # both are the same
    assert not [each for each in check(gym) if each.code == "active-svg"]


def test_a_slip_is_told_when_made_and_by_check(gym: SiteBuilder) -> None:
    """A picture made in spite of a slip is a warning where a page names it, once."""
    slip = "assets/images/squat-1.jpg"
    gym.write(slip, (gym.root / "assets/images/squat-1.jpg").read_bytes()[:-2])
    made = [(each.path, each.code) for each in gym.run().problems]
    assert made == [("_exercises/squat.md", "picture-slip")]
    assert gym.run().problems == ()
    for _ in range(2):  # read, and then out of the cache
        told = check(gym)
        assert [(each.code, each.line > 1) for each in told] == [("picture-slip", True)]
        assert told[0].message == f"{slip} is read, although its end marker is missing"
    assert main(["check"]) == 0


def test_variants(gym: SiteBuilder) -> None:
    """Missing, damaged, older than the source, of another size: each by its own name."""
    images = gym.root / "assets/images"
    (images / "squat-1-320.jpg").unlink()
    (images / "lunge-1-320.jpg").write_bytes(draw((320, 213))[:500])
    gym.write("assets/images/plank-1.jpg", draw(colour="#00ff00"))
    (images / "bench-1-320.jpg").write_bytes(draw((200, 133)))
    data = json.loads((gym.root / "media.json").read_text())
    del data["images"]["assets/images/bench-1.jpg"]["variants"]["assets/images/bench-1-320.jpg"]
    gym.write("media.json", json.dumps(data))
    assert found(gym) == {
        ("squat.md", 11, "missing-variant"),
        ("lunge.md", 11, "damaged-variant"),
        ("plank.md", 11, "stale-variant"),
        ("bench.md", 11, "wrong-variant-size"),
    }
    assert main(["check", "--fix", "-q"]) == 0
    assert check(gym) == []


def test_another_picture(site: SiteBuilder) -> None:
    """A variant that was not made here, of the right size, but of another picture."""
    site.exercise("squat")
    site.write("assets/images/squat-0.jpg", photo(1))
    site.write("assets/images/squat-0-320.jpg", photo(1, 3, (320, 213)))
    assert ("squat.md", 5, "wrong-picture") in found(site)
    site.write("assets/images/squat-0-320.jpg", photo(1, 0, (320, 213)))
    assert "wrong-picture" not in {code for _, _, code in found(site)}


PAGE = """\
---
title: Odd
header:
  overlay_image: /assets/images/small.jpg
gallery:
  - image_path: /assets/images/squat-0.jpg
  - image_path: /assets/images/squat-1.jpg
    alt: squat-1.jpg
  - image_path: /assets/images/squat-0.jpg
    alt: "Again"
  - image_path: https://example.com/x.jpg
    alt: "There"
---

[plan](/files/plan.pdf), [there](/files/there.pdf), [page](/other/)

{% include gallery id="gallery_grip" %}
{% include gallery %}
{% gallery %}{% endgallery %}
{% include gallery.html folder="/trip/" %}
"""


def test_words_galleries_and_files(gym: SiteBuilder) -> None:
    """What a page lacks is told at the line where it lacks."""
    gym.write("_exercises/odd.md", PAGE)
    gym.write("assets/images/small.jpg", draw((400, 300)))
    gym.write("assets/images/unnamed.jpg", draw())
    gym.write("files/there.pdf", b"%PDF")
    assert found(gym) == {
        ("odd.md", 4, "small-overlay"),
        ("odd.md", 6, "missing-alt"),
        ("odd.md", 7, "alt-is-name"),
        ("odd.md", 9, "twice-in-gallery"),
        ("odd.md", 11, "remote-picture"),
        ("odd.md", 15, "missing-file"),
        ("odd.md", 17, "unknown-gallery"),
        ("unnamed.jpg", 0, "orphan-picture"),
    }
    assert main(["check", "-q"]) == 1


def test_galleries_of_other_themes(site: SiteBuilder) -> None:
    """A shortcode that is called like the include of the theme needs no gallery in front matter."""
    site.write("hugo.toml", "")
    site.write("content/a.md", "---\ntitle: A\n---\n{{< gallery >}}\n")
    assert check(site) == []


@pytest.mark.parametrize("ending", [each for kind in FORMATS for each in kind.endings])
def test_a_picture_in_use_is_no_orphan(site: SiteBuilder, ending: str) -> None:
    """All readers of a site know the same endings: what a page names is in use."""
    path = f"assets/images/photo{ending}"
    site.write("mediakit.toml", "[presets.teaser]\nwidth = 320\n")
    site.write("_exercises/a.md", f"---\ngallery:\n  - image_path: /{path}\n---\n")
    site.write("_exercises/b.md", f"---\ntitle: B\n---\n[large](/{path})\n")
    site.write(path, draw((900, 600)))
    codes = {code for _, _, code in found(site)}
    assert "orphan-picture" not in codes
    assert codes & {"missing-variant", "wrong-ending"}  # it is a picture of the page


GALLERY = """\
---
title: Thumbs
gallery:
  - url: /assets/images/big.jpg
    image_path: /assets/images/thumbs/big.jpg
    alt: "A squat"
  - url: /assets/images/other.jpg
    image_path: /assets/images/other.jpg
    alt: "{alt}"
  - image_path: {third}
---
"""


def test_an_entry_is_one_picture(gym: SiteBuilder) -> None:
    """A thumbnail and the picture that it leads to are no look-alikes, nor two without words."""
    gym.write("assets/images/big.jpg", photo(5))
    gym.write("assets/images/thumbs/big.jpg", photo(5, 0, (300, 200)))
    gym.write("assets/images/other.jpg", photo(6))
    text = GALLERY.format(alt="A lunge", third="/assets/images/big.jpg")
    gym.write("_exercises/odd.md", text)
    gym.run()
    assert found(gym) == {("odd.md", 10, "missing-alt"), ("odd.md", 10, "look-alike")}


def test_words_of_remote_entries(gym: SiteBuilder) -> None:
    """A picture on another host needs words too; one text for all describes none of them."""
    for name, room in (("big", 5), ("thumbs/big", 5), ("other", 6)):
        gym.write(f"assets/images/{name}.jpg", photo(room))
    text = GALLERY.format(alt="A squat", third="https://example.com/x.jpg")
    gym.write("_exercises/odd.md", text)
    gym.run()
    assert found(gym) == {("odd.md", 10, "missing-alt"), ("odd.md", 10, "remote-picture")}
    gym.write("_exercises/odd.md", text.replace("x.jpg\n", 'x.jpg\n    alt: "a squat"\n'))
    assert found(gym) == {("odd.md", 5, "repeated-alt"), ("odd.md", 10, "remote-picture")}


def test_words_of_a_pair(gym: SiteBuilder, capsys: pytest.CaptureFixture[str]) -> None:
    """Two pictures are both, and more are all."""
    for name, room in (("big", 5), ("thumbs/big", 5), ("other", 6)):
        gym.write(f"assets/images/{name}.jpg", photo(room))
    text = GALLERY.format(alt="A squat", third="x").replace("  - image_path: x\n", "")
    gym.write("_exercises/odd.md", text)
    gym.run()
    main(["check", "--site", str(gym.root)])
    assert "both pictures of `gallery` have the alt text 'A squat'" in capsys.readouterr().out


def test_a_film_in_a_gallery(gym: SiteBuilder) -> None:
    """A film is no damaged picture: it stays, with a warning, and deletes are not held back."""
    gym.write("assets/images/film.mp4", b"\0\0\0\x18ftypmp42 and so on")
    gym.write(
        "_exercises/odd.md",
        "---\ntitle: x\ngallery:\n  - image_path: /assets/images/film.mp4\n    alt: A\n---\n",
    )
    (problem,) = (each for each in check(gym) if each.path.endswith("odd.md"))
    assert (problem.code, problem.severity, problem.line) == ("not-a-picture", "warning", 4)
    assert "deletes-held-back" not in {each.code for each in gym.run("sync", delete=True).problems}


@pytest.mark.parametrize(
    ("name", "is_told"),
    [("_squat.jpg", True), ("#squat.jpg", True), ("_raw/squat.jpg", True), ("squat_.jpg", False),
     ("_kept/squat.jpg", False)],
)  # fmt: skip
def test_names_that_jekyll_leaves_out(gym: SiteBuilder, name: str, *, is_told: bool) -> None:
    """Jekyll publishes no such name, unless its settings include it: visitors see no picture."""
    gym.write("_config.yml", "collections: [exercises]\ninclude: [_kept]\n")
    gym.write(f"assets/images/{name}", photo(7))
    address = f"/assets/images/{name}".replace("#", "%23")
    gym.write("_exercises/odd.md", f"---\ntitle: x\n---\n![a]({address})\n")
    assert (("odd.md", 4, "unpublished-picture") in found(gym)) is is_told


def test_pictures_of_a_bundle_are_in_use(site: SiteBuilder) -> None:
    """A gallery theme of Hugo shows all pictures of a bundle; those beside it are nobody's."""
    site.write("hugo.toml", "title = 'x'\n")
    site.write("content/trip/index.md", "---\ntitle: Trip\n---\n")
    site.write("content/trip/day-1/a.jpg", photo(1))
    site.write("static/b.jpg", photo(2))
    site.write("static/img/apple-touch-icon-180x180.png", draw((180, 180)))  # phones ask for it
    assert {path for path, _, code in found(site) if code == "orphan-picture"} == {"b.jpg"}


def test_look_alikes(gym: SiteBuilder) -> None:
    """One picture in two files of a gallery is told; in two exercises it is for `dupes`."""
    gym.write("assets/images/squat-1.jpg", photo(0, 0, (600, 400)))
    gym.write("assets/images/lunge-1.jpg", photo(0))
    gym.run()
    assert found(gym) == {("squat.md", 11, "look-alike")}


def test_limits(gym: SiteBuilder) -> None:
    """What is too heavy, and teasers of another shape than the others, by the settings."""
    gym.write("mediakit.toml", "[check]\nmax_bytes = 1000\nteaser_shape = 0.1\n")
    gym.write(
        "_exercises/tall.md", "---\ntitle: x\nheader:\n  teaser: /assets/images/tall.jpg\n---\n"
    )
    gym.write("assets/images/tall.jpg", draw((300, 500)))
    gym.run()
    codes = found(gym)
    assert ("tall.md", 4, "odd-teaser") in codes
    assert len([code for _, _, code in codes if code == "heavy-picture"]) == 9
    gym.write(
        "mediakit.toml",
        '[check]\nignore = ["odd-teaser"]\nerrors = ["heavy-picture"]\nmax_bytes = 1000\n',
    )
    problems = check(gym)
    assert {each.code for each in problems} == {"heavy-picture"}
    assert {str(each.severity) for each in problems} == {"error"}


def test_ignored_in_the_page(gym: SiteBuilder) -> None:
    """A page says itself what it does not want to hear."""
    text = PAGE.replace("title: Odd", "title: Odd\nmediakit_ignore: [missing-alt, remote-picture]")
    gym.write("_exercises/odd.md", text)
    codes = {code for _, _, code in found(gym)}
    assert "alt-is-name" in codes
    assert not codes & {"missing-alt", "remote-picture"}


def test_baseline(gym: SiteBuilder, capsys: pytest.CaptureFixture[str]) -> None:
    """An old site notes what there is, and hears of what is new, wherever lines have moved."""
    gym.write("_exercises/odd.md", PAGE)
    gym.write("assets/images/small.jpg", draw((400, 300)))
    assert main(["check", "--write-baseline", "-q"]) == 0
    assert main(["check", "--strict", "-q"]) == 0
    gym.write("_exercises/odd.md", PAGE.replace("title: Odd", "title: Odd\n# a line\n# more"))
    assert check(gym) == []
    gym.write("_exercises/odd.md", PAGE.replace("Again", ""))
    assert [each.code for each in check(gym)] == []  # the same picture without words
    (gym.root / "assets/images/small.jpg").unlink()
    assert {each.code for each in check(gym)} == {"missing-picture"}
    assert main(["check", "--no-baseline", "-q"]) == 1
    capsys.readouterr()
    gym.write("check-baseline.json", "{")
    assert main(["check"]) == 2


def test_case_is_corrected(gym: SiteBuilder) -> None:
    """A path that differs from the file by capital letters is corrected, in front matter only."""
    path = gym.root / "_exercises/squat.md"
    before = path.read_text("utf-8")
    path.write_text(before.replace("images/squat-1", "images/Squat-1"), "utf-8")
    assert found(gym) == {("squat.md", 11, "case-mismatch")}
    assert main(["check", "--fix", "-q"]) == 0
    assert path.read_text("utf-8") == before


def test_formats(gym: SiteBuilder, capsys: pytest.CaptureFixture[str]) -> None:
    """JSON, annotations, SARIF and JUnit say the same as the text."""
    gym.write("_exercises/odd.md", PAGE)
    gym.write("assets/images/small.jpg", draw((400, 300)))
    count = len(check(gym))
    capsys.readouterr()
    assert main(["check", "--format", "json"]) == 1
    document = json.loads(capsys.readouterr().out)
    assert len(document["problems"]) == sum(document["counts"].values()) == count
    main(["check", "--format", "github"])
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == count
    start = "::error file=_exercises/odd.md,line=15,title=missing-file::files/plan.pdf"
    assert [line for line in lines if line.startswith(start)]
    main(["check", "--format", "sarif"])
    run = json.loads(capsys.readouterr().out)["runs"][0]
    assert len(run["results"]) == count
    assert run["results"][0]["locations"][0]["physicalLocation"]["region"]["startLine"] == 4
    assert {each["id"] for each in run["tool"]["driver"]["rules"]} == {
        each["ruleId"] for each in run["results"]
    }
    main(["check", "--format", "junit"])
    suite = ET.fromstring(capsys.readouterr().out)  # noqa: S314 - ours
    assert suite.get("failures") == str(count)


def test_explain(capsys: pytest.CaptureFixture[str]) -> None:
    """Each code has a meaning and an advice, and a wrong one names those that are like it."""
    assert main(["explain", "missing-alt"]) == 0
    assert "alt" in capsys.readouterr().out
    assert main(["explain", "missing"]) == 2
    assert "missing-picture" in capsys.readouterr().err
    assert main(["explain", "heavy-pictures"]) == 2
    assert "did you mean heavy-picture" in capsys.readouterr().err
    for code, row in problem_codes().items():
        assert all((row.severity, row.meaning, row.advice)), code


def test_what_a_fix_mends(gym: SiteBuilder) -> None:
    """The codes that the desk has a button for are those that `check --fix` makes go away."""
    images = "assets/images"
    (gym.root / images / "squat-0-320.jpg").unlink()
    damaged = f"{images}/lunge-0-320.jpg"
    gym.write(damaged, gym.tree()[damaged][:-900])
    gym.exercise("sit", 1)
    gym.write(f"{images}/sit-0-320.jpg", draw((90, 60)))
    gym.write(f"{images}/bench-0.jpg", photo(3, 1, (1000, 700)))
    gym.write(f"{images}/squat-1.jpg", located(place=True))
    gym.write(f"{images}/lunge-1.jpg", located(place=False))
    gym.write(f"{images}/active.svg", b'<svg xmlns="http://www.w3.org/2000/svg"><script/></svg>')
    gym.write(f"{images}/Case.JPG", photo(2, 1))
    gym.write("_exercises/more.md", "---\ntitle: More\nheader: {teaser: /assets/images/case.jpg}\n"
              "---\n![A](/assets/images/active.svg)\n")  # fmt: skip
    before = {each.code for each in check(gym)}
    assert main(["check", "--fix", "--quiet"]) == 0
    after = {each.code for each in check(gym)}
    assert before - after == {code for code, row in problem_codes().items() if row.fixed}


def located(*, place: bool) -> bytes:
    """Return a photo that tells a camera, and maybe a place."""
    image = Image.open(io.BytesIO(photo(4)))
    out = io.BytesIO()
    image.save(out, "JPEG", exif=exif(1, place=place))
    return out.getvalue()


@pytest.mark.parametrize(("columns", "below"), [(60, 6), (120, 6)])
def test_lines_for_a_terminal(
    gym: SiteBuilder, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch,
    columns: int, below: int,
) -> None:  # fmt: skip
    """`dupes` and `explain` fit the terminal, as `check` does; elsewhere a line stays one."""
    gym.write("assets/images/row-0.jpg", gym.tree()["assets/images/squat-0.jpg"])
    gym.exercise("row", 0)
    commands = (["dupes"], ["explain"], ["explain", "active-svg"])
    for words in commands:
        main(words)
    assert max(map(len, capsys.readouterr().out.splitlines())) > 120
    monkeypatch.setattr("sys.stdout.isatty", lambda: True)
    monkeypatch.setenv("COLUMNS", str(columns))
    for words in commands:
        main(words)
    said = capsys.readouterr()
    assert said.err == ""
    lines = said.out.splitlines()
    assert columns - 25 < max(map(len, lines)) <= columns
    assert f"\n{' ' * below}" in "\n".join(lines)


def test_a_baseline_outlives_better_words() -> None:
    """A baseline of an older release suppresses the same problems, however they are worded now."""
    rows = {
        "img/x.jpg: orphan-picture: not used anywhere in the site":
            "img/x.jpg: orphan-picture: not mentioned anywhere in the site",
        "a.md: odd-teaser: img/x.jpg is 0.67 times as wide as high, most teasers 1.50":
            "a.md: odd-teaser: img/x.jpg is portrait (2:3); most teasers are landscape (3:2)",
        "a.md: heavy-picture: img/x.jpg has 4.2 MB and 24 MP":
            "a.md: heavy-picture: img/x.jpg is large: 4.2 MB, 24 megapixels",
        "a.md: unknown-gallery: there is no `grip` in the front matter":
            "a.md: unknown-gallery: the front matter has no gallery `grip`",
        "a.md: missing-picture: img/my photo.jpg is not there":
            "a.md: missing-picture: img/my photo.jpg is missing",
    }  # fmt: skip
    for before, now in rows.items():
        assert fingerprint(before) == fingerprint(now)
    assert fingerprint("a.md: missing-alt: a.jpg has no alt text") != fingerprint(
        "a.md: missing-alt: b.jpg has no alt text"
    )


def test_an_odd_teaser_is_compared_with_the_others(gym: SiteBuilder) -> None:
    """A landscape among landscapes is no tall one: it is wider or taller than they are."""
    for name, size in (("wide", (900, 300)), ("flat", (600, 560))):
        gym.write(
            f"_exercises/{name}.md",
            f"---\ntitle: x\nheader:\n  teaser: /assets/images/{name}.jpg\n---\n",
        )
        gym.write(f"assets/images/{name}.jpg", draw(size))
    gym.run()
    told = [each.message for each in check(gym) if each.code == "odd-teaser"]
    assert ["is taller: landscape" in told[0], "is wider: landscape" in told[1]] == [True, True]


@pytest.mark.parametrize(
    ("shape", "name"),
    [(1.5, "landscape (3:2)"), (0.667, "portrait (2:3)"), (1.0, "square"),
     (16 / 9, "landscape (16:9)"), (1.9, "landscape (1.90:1)"), (0.1, "portrait (1:10.00)")],
)  # fmt: skip
def test_shapes_have_names(shape: float, name: str) -> None:
    """A shape is said as people say it."""
    assert shape_name(shape) == name


def test_problems_on_a_terminal() -> None:
    """A terminal shows problems below the name of their file, within its width."""
    problems = [
        Problem("a.md", 3, "code", Severity.ERROR, "the picture " + "word " * 20, "mend it"),
        Problem("b.md", 0, "other", Severity.WARNING, "it is heavy"),
        Problem("a.md", 9, "code", Severity.WARNING, "x"),
    ]
    lines = list(problem_blocks(problems, 60))
    assert max(map(len, lines)) <= 60
    assert [each for each in lines if not each.startswith(" ")] == ["a.md", "", "b.md", ""]
    assert lines[1].startswith("  line 3, error: the picture word")
    assert "      mend it" in lines
    assert "  warning: it is heavy [other]" in lines
