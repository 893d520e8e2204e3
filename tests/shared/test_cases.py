"""Every row of the cases' README, read through the command line on a site of all cases."""

from __future__ import annotations

import json
import resource
import shutil
import time
import unicodedata
from pathlib import Path
from typing import Any

import pytest

from conftest import SHARED, SiteBuilder, draw
from mediakit.cli.main import main

CASES = SHARED / "cases" / "manifests"
PICTURES = "assets/images/exercises/"


@pytest.fixture
def listed(
    site: SiteBuilder, capsys: pytest.CaptureFixture[str]
) -> tuple[dict[str, Any], list[dict[str, Any]], int]:
    """Return manifests by name, problems, and the exit code of `list` on all cases."""
    for path in CASES.glob("*.md"):
        site.write(f"manifests/{path.name}", path.read_bytes())
    site.write("mediakit.toml", 'content = ["manifests/*.md"]\n')
    code = main(["list", "--format", "json", "--site", str(site.root)])
    document = json.loads(capsys.readouterr().out)
    manifests = {Path(each["path"]).name: each for each in document["manifests"]}
    return manifests, document["problems"], code


def images(manifest: dict[str, Any], role: str | None = None) -> list[tuple[str, str, str | None]]:
    """Return (path, source, preset) without the folder that most share."""
    return [
        (each["path"].removeprefix(PICTURES), each["source"].removeprefix(PICTURES), each["preset"])
        for each in manifest["images"]
        if "path" in each and role in (None, each["role"])
    ]


def videos(manifest: dict[str, Any]) -> list[str]:
    return [each["id"] for each in manifest["videos"]]


def codes(problems: list[dict[str, Any]], name: str) -> list[tuple[int | None, str, str]]:
    return [
        (each["line"], each["code"], each["severity"])
        for each in problems
        if Path(each["path"]).name == name
    ]


Listed = tuple[dict[str, Any], list[dict[str, Any]], int]


def test_anchors(listed: Listed) -> None:
    """Anchors, also re-defined ones, are legal; a linked PDF is no picture."""
    manifest = listed[0]["anchors.md"]
    assert images(manifest) == [
        ("spring-0.jpg", "spring-0.jpg", None),
        ("spring-0-320.jpg", "spring-0.jpg", "teaser"),
        ("spring-0-320.jpg", "spring-0.jpg", "teaser"),
        ("spring-1-320.jpg", "spring-1.jpg", "teaser"),
    ]
    assert [each["title"] for each in manifest["images"] if each["role"] == "gallery"] == [
        "Spring "
    ] * 2
    assert codes(listed[1], "anchors.md") == []


def test_commented_out(listed: Listed) -> None:
    """Null keys are no pictures and no errors."""
    manifest = listed[0]["commented-out.md"]
    assert images(manifest) == []
    assert videos(manifest) == ["n5WeYzi7Dqo"]
    assert codes(listed[1], "commented-out.md") == []


def test_remote_and_named_galleries(listed: Listed) -> None:
    """Remote pictures are recorded as such; comments and code hold no videos."""
    manifest = listed[0]["remote-and-named-galleries.md"]
    remote = [each["url"] for each in manifest["images"] if "url" in each]
    assert len(remote) == 3
    assert all(url.startswith("https://") for url in remote)
    assert images(manifest, "gallery") == [("pres-0-320.jpg", "pres-0.jpg", "teaser")]
    assert images(manifest, "feature_row") == [
        ("assets/images/blog/model-pres.jpg", "assets/images/blog/model-pres.jpg", None)
    ]
    assert videos(manifest) == ["uhOr-YfMaL4", "LDUpBm9ro3A", "dQw4w9WgXcQ"]


def test_teaser_only(listed: Listed) -> None:
    """The source of a teaser is inferred from its suffix."""
    assert images(listed[0]["teaser-only.md"]) == [
        ("split-squat-0-320.jpg", "split-squat-0.jpg", "teaser")
    ]


def test_crlf_and_bom(listed: Listed) -> None:
    """Windows' files read like any other."""
    assert images(listed[0]["crlf-bom.md"], "overlay") == [("win-0.jpg", "win-0.jpg", None)]
    assert listed[0]["crlf-bom.md"]["images"][0]["line"] == 4


def test_unicode_paths(listed: Listed) -> None:
    """Composed, decomposed and percent-encoded spellings are one path."""
    manifest = listed[0]["unicode-paths.md"]
    assert {source for _, source, _ in images(manifest)} == {
        "bænkpres-på-skrå-0.jpg",
        "to ord+plus & mere (1).jpg",
    }


@pytest.mark.parametrize("form", ["NFC", "NFD"])
def test_unicode_paths_on_disk(site: SiteBuilder, form: str) -> None:
    """The picture is found in whichever spelling the disk has it."""
    for name in ("bænkpres-på-skrå-0.jpg", "to ord+plus & mere (1).jpg"):
        site.write(PICTURES + unicodedata.normalize(form, name), draw())  # type: ignore[arg-type]
    shutil.copy(CASES / "unicode-paths.md", site.root)
    result = site.run()
    assert result.problems == ()
    made = {unicodedata.normalize("NFC", path) for path in site.tree("assets")}
    assert {path for path in made if "-320" in path} == {
        "images/exercises/bænkpres-på-skrå-0-320.jpg",
        "images/exercises/to ord+plus & mere (1)-320.jpg",
    }


def test_path_forms(listed: Listed) -> None:
    """Liquid, queries, fragments, doubled slashes and missing ones reduce to site paths."""
    assert images(listed[0]["path-forms.md"]) == [
        ("form-0.jpg", "form-0.jpg", None),
        ("form-0-320.jpg", "form-0.jpg", "teaser"),
        ("form-1-320.jpg", "form-1.jpg", "teaser"),
        ("form-2-320.jpg", "form-2.jpg", "teaser"),
    ]
    assert codes(listed[1], "path-forms.md") == []


def test_escapes(listed: Listed) -> None:
    """Four addresses that leave the site are refused, each with its line."""
    assert images(listed[0]["escapes.md"]) == []
    assert codes(listed[1], "escapes.md") == [
        (4, "leaves-root", "error"),
        (5, "foreign-scheme", "error"),
        (7, "leaves-root", "error"),
        (8, "leaves-root", "error"),
    ]


def test_body_pictures(listed: Listed) -> None:
    """The body's pictures are recorded, code is not, and a missing value is a warning."""
    manifest = listed[0]["body-pictures.md"]
    assert {path for path, _, _ in images(manifest, "body")} == {
        "assets/images/blog/figure-1.jpg",
        "assets/images/anatomy/focus.png",
        "assets/images/old/drawing.png",
        "assets/images/blog/tag.jpg",
        "assets/images/blog/thumb.jpg",
        "assets/images/blog/full.jpg",
    }
    assert videos(manifest) == ["-aK9iA9UNXU"]
    assert codes(listed[1], "body-pictures.md") == [(16, "missing-value", "warning")]


def test_odd_gallery_shapes(listed: Listed) -> None:
    """Bare texts, empty entries and single mappings each yield what they can."""
    manifest = listed[0]["odd-gallery-shapes.md"]
    assert images(manifest) == [
        ("odd-0.jpg", "odd-0.jpg", None),
        ("odd-1.jpg", "odd-1.jpg", None),
        ("odd-2-320.jpg", "odd-2.jpg", "teaser"),
        ("odd-3-320.jpg", "odd-3.jpg", "teaser"),
    ]
    assert codes(listed[1], "odd-gallery-shapes.md") == [
        (7, "no-image-path", "warning"),
        (8, "empty-entry", "warning"),
        (9, "no-image-path", "warning"),
    ]


def test_video_forms(listed: Listed) -> None:
    """All spellings become ids, read as written; nonsense is a problem.

    `-leadingdash` has 12 signs, one more than YouTube's ids: it is read, with a warning.
    """
    manifest = listed[0]["video-forms.md"]
    assert [(each["provider"], each["id"]) for each in manifest["videos"]] == [
        ("youtube", "aIZuK2cX4FA"),
        ("youtube", "-leadingdash"),
        ("youtube", "uhOr-YfMaL4"),
        ("youtube", "LDUpBm9ro3A"),
        ("youtube", "n5WeYzi7Dqo"),
        ("youtube", "12345678901"),
        ("vimeo", "76979871"),
        ("youtube", "dQw4w9WgXcQ"),
    ]
    assert manifest["videos"][0]["start"] == 42
    assert codes(listed[1], "video-forms.md") == [
        (7, "misspelt-id", "warning"),
        (13, "bad-video", "error"),
        (14, "bad-video", "error"),
    ]


@pytest.mark.parametrize("name", ["no-front-matter.md", "empty.md"])
def test_no_front_matter(listed: Listed, name: str) -> None:
    """A file without front matter is no exercise, and no error."""
    assert name not in listed[0]
    assert codes(listed[1], name) == []


@pytest.mark.parametrize(
    ("name", "line", "code"),
    [
        ("unclosed.md", 1, "unclosed-front-matter"),
        ("bad-yaml.md", 2, "bad-yaml"),
        ("list-front-matter.md", 2, "not-a-mapping"),
        ("latin1.md", 2, "not-utf-8"),
        ("python-tag.md", 2, "yaml-tag"),
    ],
)
def test_unreadable_files(listed: Listed, name: str, line: int, code: str) -> None:
    """One clear error with file and line each; the exit code says so, the others go on."""
    manifests, problems, exit_code = listed
    assert codes(problems, name) == [(line, code, "error")]
    assert name not in manifests
    assert exit_code == 1
    assert len(manifests) == 12


def test_python_tag_runs_nothing(listed: Listed) -> None:
    """A tag that would run a command does not."""
    assert listed
    assert not Path("/tmp/mediakit-pwned").exists()  # noqa: S108 - the case's own path


def test_alias_bomb(site: SiteBuilder, capsys: pytest.CaptureFixture[str]) -> None:
    """Refused within a second, and within 200 MB."""
    shutil.copy(CASES / "alias-bomb.md", site.root)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    start = time.process_time()
    assert main(["list", "--site", str(site.root)]) == 1
    assert time.process_time() - start < 1
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 200_000
    assert "[too-large]" in capsys.readouterr().err


def test_case_mismatch(site: SiteBuilder, capsys: pytest.CaptureFixture[str]) -> None:
    """A path that only a Mac finds is an error that names the file meant."""
    shutil.copy(CASES / "case-mismatch.md", site.root)
    site.write(PICTURES + "squat-0.jpg", draw())
    assert main(["generate", "--site", str(site.root)]) == 1
    told = capsys.readouterr().err
    assert f"{PICTURES}squat-0.jpg exists" in told
    assert "case-mismatch.md:4: error" in told
    assert [path.name for path in (site.root / PICTURES).iterdir()] == ["squat-0.jpg"]


def test_unpublished(listed: Listed, site: SiteBuilder, capsys: pytest.CaptureFixture[str]) -> None:
    """Drafts are skipped, unless asked for."""
    assert "unpublished.md" not in listed[0]
    main(["list", "--format", "json", "--unpublished", "--site", str(site.root)])
    assert "unpublished.md" in capsys.readouterr().out


def test_the_original_page_reads_whole(capsys: pytest.CaptureFixture[str]) -> None:
    """The page that mediakit was asked for."""
    seed = SHARED / "corpus" / "seed" / "nordic-hamstring-12.md"
    assert main(["list", "--format", "json", "--site", str(seed.parent), str(seed)]) == 0
    document = json.loads(capsys.readouterr().out)
    (manifest,) = document["manifests"]
    assert manifest["title"].startswith("Nordic hamstring: Undgå skader")
    assert [each["role"] for each in manifest["images"]] == ["overlay", "teaser"] + ["gallery"] * 3
    assert videos(manifest) == ["aIZuK2cX4FA"]
    assert document["problems"] == []
