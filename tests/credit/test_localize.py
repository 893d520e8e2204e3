"""Pictures of other hosts come into the site once, with whose they are, and go again by undo."""

from __future__ import annotations

import io
import json
from typing import Any

import pytest
from PIL import Image

from conftest import SiteBuilder, draw
from fake_hosts import FakeHosts
from fake_network import FakeNetwork, Redirects, serving
from mediakit.cli.main import main
from mediakit.config.config import load_config
from mediakit.credit.localize import Localized, LocalizeJob, Localizer
from mediakit.credit.polite import PoliteClient
from mediakit.sync.session import Access, open_session
from mediakit.sync.undo import undo
from mediakit.web.client import Client
from mediakit.web.reply import Reply
from placed import exif

COMMONS = "https://upload.wikimedia.org/wikipedia/commons/thumb/a/ab/Squat_(x).jpg/640px-Squat.jpg"
OWN = "https://old.example/wp-content/uploads/2019/05/squat.jpg?w=700&h=2"
IMGUR = "https://i.imgur.com/AbCdEf.png"
LEDGER, PATH = "_data/credits.json", "_exercises/squat.md"
CONFIG = "collections:\n  exercises:\n    output: true\n"
IMAGES = "assets/images/exercises"
PAGE = """---
title: Squat
header:
  overlay_image: "{0}"  # the best one
gallery:
  - url: {0}
    image_path: {0}
    alt: see COMMONS
---
![from above]({1}) and `![](OWN)`, from OWN

<img src="{1}" alt="x"> {{% include figure image_path="{2}" %}}
"""
BEFORE = PAGE.format(COMMONS, OWN, IMGUR).replace("see COMMONS", f"see {COMMONS}")
BEFORE = BEFORE.replace("(OWN)", f"({OWN})").replace("from OWN", f"from {OWN}")
FACTS = {
    "Artist": {"value": '<a href="//x">Jane&nbsp;<b>Doe</b></a>\u202e'},
    "LicenseShortName": {"value": "CC BY-SA 4.0"},
    "LicenseUrl": {"value": "https://creativecommons.org/licenses/by-sa/4.0"},
}
SOURCE = "https://commons.wikimedia.org/wiki/File:Squat_(x).jpg"
WIKI = {"query": {"pages": [{"imageinfo": [{"descriptionurl": SOURCE, "extmetadata": FACTS}]}]}}


@pytest.fixture
def hosts() -> FakeHosts:
    """Return three hosts that have a picture each; one says whose its picture is."""
    return FakeHosts(
        {
            COMMONS: draw((700, 500), "#226644"),
            "https://commons.wikimedia.org/w/api.php": WIKI,
            OWN: draw((640, 480), "#774411", exif=exif()),
            IMGUR: draw((200, 100), "#111111", kind="PNG"),
        }
    )


@pytest.fixture
def squat(site: SiteBuilder) -> SiteBuilder:
    """Return a site with a page that shows pictures of three hosts in all ways."""
    site.exercise("row", 1)
    site.write(PATH, BEFORE)
    return site


def localize(site: SiteBuilder, hosts: FakeHosts, *pages: str, dry_run: bool = False) -> Localized:
    access = Access.LOOK if dry_run else Access.WRITE
    with open_session(load_config(site.root), access) as session:
        return Localizer(session, LocalizeJob(pages, dry_run=dry_run), hosts.client()).run()


def ledger(site: SiteBuilder) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((site.root / LEDGER).read_bytes())["pictures"]
    return found


def page(site: SiteBuilder, text: str, name: str = "squat") -> str:
    """Write a page, and return its path."""
    site.write(f"_exercises/{name}.md", f"---\ntitle: {name}\n---\n{text}\n")
    return f"_exercises/{name}.md"


def test_all_places_of_a_page(squat: SiteBuilder, hosts: FakeHosts) -> None:
    """Front matter, links, Markdown, HTML and includes change; prose, code and texts do not."""
    done = localize(squat, hosts)
    assert (done.problems, done.left) == ([], set())
    homes = [f"assets/images/squat-{name}" for name in ("0.jpg", "1.jpg", "2.png")]
    expected = PAGE.format(*(f"/{home}" for home in homes))
    expected = expected.replace("see COMMONS", f"see {COMMONS}").replace("OWN", OWN)
    assert (squat.root / PATH).read_text() == expected
    assert list(ledger(squat)) == homes


def test_the_ledger_says_whose_they_are(squat: SiteBuilder, hosts: FakeHosts) -> None:
    """Words of a host lose their HTML; where it says nothing, the picture's own words count."""
    localize(squat, hosts)
    commons, own, imgur = ledger(squat).values()
    assert (commons["author"], commons["licence"]) == ("Jane Doe", "CC BY-SA 4.0")
    assert (commons["source"], commons["addresses"]) == (SOURCE, [COMMONS])
    assert "File%3ASquat_%28x%29.jpg" in next(each for each in hosts.asked if "api.php" in each)
    assert (own["author"], "licence" in own, imgur.keys() & {"author", "source"}) == (
        "Ann",
        False,
        set(),
    )
    assert (imgur["width"], imgur["height"]) == (200, 100)


def test_hosts_of_photos(site: SiteBuilder) -> None:
    """Flickr says whose a photo is by its number; all of Unsplash has one licence."""
    photo = "https://live.staticflickr.com/65535/51234567890_0a1b2c3d4e_b.jpg"
    small = "https://images.unsplash.com/photo-1517836357463-d25dfeac3438?w=400"
    said = {
        "title": "The <b>squat</b>", "author_name": "Jane Doe", "license": "CC BY 2.0",
        "license_url": "https://creativecommons.org/licenses/by/2.0/",
        "web_page": "https://www.flickr.com/photos/jane/51234567890",
    }  # fmt: skip
    hosts = FakeHosts({
        photo: draw((640, 480), "#123456"), small: draw((640, 480), "#654321"),
        "https://www.flickr.com/services/oembed/": said,
    })  # fmt: skip
    page(site, f"![a]({photo}) ![b]({small})")
    assert localize(site, hosts).left == set()
    flickr, unsplash = ledger(site).values()
    assert any(each.endswith("flic.kr%2Fp%2F2m4qy3N") for each in hosts.asked)
    assert (flickr["title"], flickr["author"]) == ("The squat", "Jane Doe")
    assert (flickr["licence"], flickr["licence_url"]) == ("CC BY 2.0", said["license_url"])
    assert flickr["source"] == said["web_page"]
    assert unsplash["licence"] == "Unsplash License"
    assert "author" not in unsplash


def test_again_and_back(squat: SiteBuilder, hosts: FakeHosts) -> None:
    """A second run asks nobody and writes nothing; an undo leaves the site as it was."""
    before = squat.tree()
    assert localize(squat, hosts, dry_run=True).summary() == (
        "3 pictures of other hosts on 1 page to bring in"
    )
    assert (squat.tree(), hosts.asked) == (before, [])
    localize(squat, hosts)
    after, hosts.asked = squat.tree(), []
    assert localize(squat, hosts).written == []
    assert (squat.tree(), hosts.asked) == (after, [])
    with open_session(load_config(squat.root)) as session:
        assert undo(session, "localize", dry_run=False).problems == ()
    assert squat.tree() == before


def test_they_are_upright_and_bare(squat: SiteBuilder, hosts: FakeHosts) -> None:
    """A photo of a phone is turned and loses its place; one that is fine keeps its pixels."""
    localize(squat, hosts)
    with Image.open(squat.root / "assets/images/squat-1.jpg") as image:
        assert image.size == (480, 640)
        assert dict(image.getexif()) == {0x013B: "Ann", 0x8298: "(c) Ann"}
    assert (squat.root / "assets/images/squat-0.jpg").read_bytes() == hosts.pages[COMMONS]


def test_the_same_picture_twice(site: SiteBuilder) -> None:
    """The same bytes at two addresses, in two pages, or in the site already are one file."""
    site.exercise("row", 1)
    site.run()
    row = "assets/images/row-0.jpg"
    hosts = FakeHosts({
        "https://a.example/": draw(), "https://row.example/": (site.root / row).read_bytes()
    })  # fmt: skip
    one, two = "https://a.example/1.jpg", "https://a.example/2.jpg"
    page(site, f"![]({one}) ![]({two})")
    page(site, f"![]({two}) ![](https://row.example/r.jpg)", "lunge")
    localize(site, hosts, "lunge")
    localize(site, hosts)
    assert len(hosts.asked) == 3  # the second address is known by then
    assert ledger(site)["assets/images/lunge-0.jpg"]["addresses"] == [two, one]
    assert f"![](/{row})" in (site.root / "_exercises/lunge.md").read_text()
    assert {each for each in site.tree("assets/images") if each.count("-") == 1} == {
        "row-0.jpg", "lunge-0.jpg",
    }  # fmt: skip


@pytest.mark.parametrize("cut_at", ["create", "edit"])
def test_a_run_that_is_cut_off(
    squat: SiteBuilder, hosts: FakeHosts, cut_at: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Wherever it stops, the next run ends the work, with the same names and no file too many."""
    whole, wanted = SiteBuilder(squat.root.parent / "whole"), FakeHosts(hosts.pages)
    for path, data in squat.tree().items():
        whole.write(path, data)
    localize(whole, wanted)
    from mediakit.sync.quarantine import Quarantine  # noqa: PLC0415 - patched below

    real, calls = getattr(Quarantine, cut_at), []

    def cut(*args: object) -> None:
        calls.append(args)
        if len(calls) == 2 or cut_at == "edit":
            raise KeyboardInterrupt
        real(*args)

    with monkeypatch.context() as patch:
        patch.setattr(Quarantine, cut_at, cut)
        with pytest.raises(KeyboardInterrupt):
            localize(squat, hosts)
    localize(squat, hosts)
    kept = ".mediakit-quarantine"
    assert {path: data for path, data in squat.tree().items() if not path.startswith(kept)} == {
        path: data for path, data in whole.tree().items() if not path.startswith(kept)
    }


def test_what_cannot_come(site: SiteBuilder) -> None:
    """Each says why at its line, one that is gone also where the archive has it; the rest comes."""
    snapshot = {"url": "http://web.archive.org/web/20190305070809/x", "status": "200"}
    removed = Reply(302, headers={"location": "https://i.imgur.com/removed.png"}, why="it leads to")
    hosts = FakeHosts({
        "https://archive.org/wayback/available?url=https%3A%2F%2Fh.example%2Fgone":
            {"archived_snapshots": {"closest": snapshot}},
        "https://h.example/page": b"<html>Sign in", "https://h.example/shut": 403,
        "https://h.example/cut": draw()[:4000], "https://i.imgur.com/": removed,
        "https://h.example/near": Reply(0, why="its host is not on the public internet",
                                        is_private=True),
        "https://h.example/fine": draw(),
    })  # fmt: skip
    names = ("gone.jpg", "page.jpg", "shut.jpg", "cut.jpg", "near.jpg", "fine.jpg")
    path = page(site, "\n".join(
        [*(f"![](https://h.example/{each})" for each in names), "![](https://i.imgur.com/a.png)"]
    ))  # fmt: skip
    done = localize(site, hosts)
    assert [(each.line, each.code) for each in done.problems] == [
        (4, "dead-picture"), (5, "not-localized"), (6, "not-localized"), (7, "not-localized"),
        (8, "not-localized"), (10, "dead-picture"),
    ]  # fmt: skip
    assert done.problems[0].hint.endswith(
        "https://web.archive.org/web/20190305070809im_/https://h.example/gone.jpg"
    )
    assert "--allow-private" in done.problems[4].hint
    assert (done.summary(), len(done.left)) == (
        "1 picture brought in, 1 page changed; 6 pictures left on other hosts", 6
    )  # fmt: skip
    assert f"![](/{IMAGES}/squat-0.jpg)" in (site.root / path).read_text()


def test_an_address_that_is_put_together(site: SiteBuilder) -> None:
    """What a template builds is left as it is, and no file is written that nobody shows."""
    site.write("_config.yml", f"{CONFIG}old: https://h.example\n")
    page(site, "![]({{ site.old }}/a.jpg)")
    before, hosts = site.tree(), FakeHosts({"https://h.example/": draw()})
    assert [each.code for each in localize(site, hosts).problems] == ["not-localized"]
    assert (site.tree(), hosts.asked) == (before, [])


def test_what_a_click_leads_to(site: SiteBuilder) -> None:
    """The large picture behind a small one comes too; a link in the text to a page stays."""
    thumb, full = "https://h.example/a-150x150.jpg", "https://h.example/a.jpg"
    path = "_exercises/a.md"
    text = (
        "---\ntitle: A\ngallery:\n  - image_path: {}\n    url: {}\n---\n[b](https://h.example/b)\n"
    )
    site.write(path, text.format(thumb, full))
    assert localize(site, FakeHosts({thumb: draw((150, 150)), full: draw()})).problems == []
    home = f"/{IMAGES}/a-"
    assert (site.root / path).read_text() == text.format(f"{home}0.jpg", f"{home}1.jpg")


def test_nobody_near_is_asked(site: SiteBuilder, monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither a name nor a redirect of a stranger's page leads to this machine or its network."""
    monkeypatch.delenv("http_proxy", raising=False)
    with serving(Redirects) as port:
        names = {"near.example": [["10.0.0.7"]], "far.example": [["93.184.216.34"]],
                 "turns.example": [["93.184.216.34", "127.0.0.1"]]}  # fmt: skip
        network = FakeNetwork(port, names)
        page(site, "\n".join(f"![](http://{each})" for each in (
            "near.example/a.jpg", "far.example/?to=http://169.254.169.254/latest/a.jpg",
            "turns.example/a.jpg", "[::1]/a.jpg", "2130706433/a.jpg", "far.example:22/a.jpg",
        )))  # fmt: skip
        client = PoliteClient(Client(seconds=5, network=network), pace=0)
        with open_session(load_config(site.root)) as session:
            done = Localizer(session, LocalizeJob(), client).run()
    assert ([each.code for each in done.problems], done.written) == (["not-localized"] * 6, [])
    assert network.connected == ["93.184.216.34"]


def test_pictures_that_move_or_are_drawn(site: SiteBuilder) -> None:
    """A film of frames stays one; a drawing loses what runs, or stays away."""
    frames = [Image.new("L", (40, 30), shade) for shade in (0, 90, 200)]
    out = io.BytesIO()
    frames[0].save(out, "GIF", save_all=True, append_images=frames[1:])
    svg = b'<svg xmlns="http://www.w3.org/2000/svg"><script>1</script><path d="M0 0h9"/>%s</svg>'
    hosts = FakeHosts({
        "https://h.example/a.gif": out.getvalue(), "https://h.example/b.svg": svg % b"",
        "https://h.example/c.svg": svg % b"<",
    })  # fmt: skip
    page(site, "".join(f"![](https://h.example/{each}) " for each in ("a.gif", "b.svg", "c.svg")))
    done = localize(site, hosts)
    assert [each.message for each in done.problems] == [
        "https://h.example/c.svg: it is an SVG with more than a drawing in it"
    ]
    with Image.open(site.root / IMAGES / "squat-0.gif") as image:
        assert getattr(image, "n_frames", 1) == 3
    assert b"script" not in (site.root / IMAGES / "squat-1.svg").read_bytes()


def test_a_site_below_a_folder(site: SiteBuilder) -> None:
    """In the text itself browsers resolve addresses, so they begin with the site's folder."""
    site.write("_config.yml", f"{CONFIG}baseurl: /clinic\n")
    path = "_exercises/a.md"
    url = "https://h.example/a.jpg"
    tag = f'{{% include figure image_path="{url}" %}}'
    site.write(path, f"---\ntitle: A\ngallery:\n  - image_path: {url}\n---\n![]({url})\n{tag}\n")
    localize(site, FakeHosts({url: draw()}))
    home = "/assets/images/exercises/a-0.jpg"
    assert (site.root / path).read_text() == (
        f"---\ntitle: A\ngallery:\n  - image_path: {home}\n---\n![](/clinic{home})\n"
        f"{tag.replace(url, home)}\n"
    )


def test_what_people_write_into_the_ledger_stays(squat: SiteBuilder, hosts: FakeHosts) -> None:
    """Licences and notes that were filled in by hand outlast the next pictures."""
    localize(squat, hosts)
    document = json.loads((squat.root / LEDGER).read_bytes())
    document["pictures"]["assets/images/squat-2.png"] |= {"licence": "own", "note": "Ann took it"}
    squat.write(LEDGER, json.dumps(document))
    page(squat, f"![]({IMGUR}) ![](https://new.example/a.jpg)", "lunge")
    hosts.pages["https://new.example/"] = draw((50, 50))
    localize(squat, hosts)
    entry = ledger(squat)["assets/images/squat-2.png"]
    assert (entry["licence"], entry["note"]) == ("own", "Ann took it")
    assert "assets/images/lunge-0.jpg" in ledger(squat)


def test_a_ledger_of_a_stranger(site: SiteBuilder, hosts: FakeHosts) -> None:
    """It names no file to write, and none to show that is no picture of the site."""
    entry = {"addresses": [IMGUR], "sha256": "0"}
    paths = ("../out.png", ".git/config", "_config.yml", f"{IMAGES}/squat-7.png")
    site.write(LEDGER, json.dumps({"version": 1, "pictures": dict.fromkeys(paths, entry)}))
    site.write("_config.yml", CONFIG)
    page(site, f"![]({IMGUR})")
    localize(site, hosts)
    assert f"![](/{IMAGES}/squat-8.png)" in (site.root / "_exercises/squat.md").read_text()
    assert not (site.root / ".git").exists()


def test_hosts_are_asked_at_their_pace(site: SiteBuilder) -> None:
    """A host that is busy is waited for, one that stays silent is left alone."""
    page(site, "".join(f"![](https://h.example/{each}.jpg) " for each in range(5)))
    silent = FakeHosts({"https://h.example/": Reply(0, why="no answer within 60 seconds")})
    assert len(localize(site, silent).left) == 5
    assert len(silent.asked) == 3
    busy = FakeHosts({"https://h.example/": Reply(429, headers={"retry-after": "7"})})
    client = busy.client()
    assert client.get("https://h.example/0.jpg").status == 429
    assert [each for each in busy.slept if each >= 7] == [7.0, 7.0]


def test_check_names_the_command_and_the_licence(
    squat: SiteBuilder, hosts: FakeHosts, capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    """Remote pictures are advised to come; those that came need a licence; check asks nobody."""
    monkeypatch.chdir(squat.root)
    monkeypatch.setattr(PoliteClient, "of_the_web", lambda **_: hosts.client())
    main(["check", "--format", "json"])
    problems = json.loads(capsys.readouterr().out)["problems"]
    hints = {each["hint"] for each in problems if each["code"] == "remote-picture"}
    assert (hints, hosts.asked) == ({"bring it into the site with mediakit localize"}, [])
    assert main(["localize", "--format", "json"]) == 0
    assert json.loads(capsys.readouterr().out)["left"] == 0
    main(["check", "--format", "json"])
    problems = json.loads(capsys.readouterr().out)["problems"]
    lines = (squat.root / LEDGER).read_text().splitlines()
    bare = [lines[each["line"] - 1].strip() for each in problems if each["code"] == "no-licence"]
    assert bare == ['"assets/images/squat-1.jpg": {', '"assets/images/squat-2.png": {']
    assert not {"orphan-picture", "remote-picture"} & {each["code"] for each in problems}
    squat.write(LEDGER, "{")
    main(["check", "--format", "json"])
    problems = json.loads(capsys.readouterr().out)["problems"]
    assert [each["path"] for each in problems if each["code"] == "bad-json"] == [LEDGER]
