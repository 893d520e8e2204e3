"""The commands of the tutorial and of the pages that show a whole way run as they are written.

What they print is what the pages show, but for times, versions and folders.
"""

from __future__ import annotations

import functools
import json
from pathlib import Path
from typing import TYPE_CHECKING

import boto3
import pytest

from conftest import SiteBuilder, draw
from docs_runner import Reader, blocks
from fake_network import Folder, serving
from fake_youtube import dead, mp4
from filmed_clips import drawn, gif, phone_film
from mediakit.cli.main import main
from other_sites import laid_out
from placed import exif
from scenes import scene
from step_scenes import Camera, jpeg, step

if TYPE_CHECKING:
    from conftest import Prefix
    from fake_youtube import Fake
    from processes import Nursery

DOCS = Path(__file__).parents[2] / "docs"
QUIET = {"MEDIAKIT_NO_VIDEOS": "1"}


def follow(reader: Reader, page: str) -> None:
    """Do what a page says, and hold it to what it shows."""
    shown = 0
    for block, expected, came in reader.follow(DOCS / page):
        assert came == expected, f"{page}:{block.line}"
        shown += 1
    assert shown


@pytest.fixture
def reader(tmp_path: Path, nursery: Nursery) -> Reader:
    """Return somebody in an empty folder."""
    return Reader(tmp_path / "reader", QUIET, nursery)


@pytest.fixture
def owner(tmp_path: Path, nursery: Nursery) -> Reader:
    """Return somebody in the folder of a site with one exercise."""
    found = Reader(tmp_path / "reader", QUIET, nursery)
    found.place = found.home / "site"
    site = SiteBuilder(found.place)
    site.exercise("squat")
    site.write("_config.yml", "collections: [exercises]\n")
    return found


def test_tutorial(reader: Reader) -> None:
    """From an empty folder to a synced site, nothing left out but the installation."""
    page = DOCS / "tutorial.md"
    assert [block.note for block in blocks(page) if "run" in block.note] == []
    follow(reader, "tutorial.md")
    assert (reader.home / "tutorial/public/media.json").exists()


@pytest.mark.parametrize(
    ("page", "endpoint"),
    [
        ("how-to/minio.md", "https://minio.example.com"),
        ("how-to/r2.md", "https://ACCOUNT.r2.cloudflarestorage.com"),
    ],
)
def test_buckets_elsewhere(page: str, endpoint: str, owner: Reader, prefix: Prefix) -> None:
    """The settings of the pages are those by which a server that speaks S3 is found and entered.

    The server is rclone's, in the place of MinIO and R2.
    """
    server, key, secret = prefix.access
    owner.instead = {
        endpoint: server, "s3://media/site": prefix.url, "=deploy\n": f"={key}\n",
        "=DEPLOY_SECRET": f"={secret}", "=KEY": f"={key}", "=SECRET": f"={secret}",
    }  # fmt: skip
    owner.environment = {
        name: value for name, value in owner.environment.items() if not name.startswith("AWS_")
    }
    follow(owner, page)
    assert "media.json" in prefix.tree()


def test_heic(owner: Reader) -> None:
    """A photo in HEIC gets into a page, and is a source in the site."""
    heif = pytest.importorskip("pillow_heif")
    heif.register_heif_opener()
    photo = draw((2000, 1500), "#8899aa", "HEIF")
    assert b"heic" in photo[:32]
    (owner.home / "Downloads").mkdir()
    (owner.home / "Downloads/IMG_0412.HEIC").write_bytes(photo)
    follow(owner, "how-to/heic.md")


def test_keep_it_small(owner: Reader) -> None:
    """Stale variants go, and a source becomes smaller and comes back."""
    photo = SiteBuilder(owner.place).write("assets/images/squat-0.jpg", draw((3000, 2000)))
    follow(owner, "how-to/keep-it-small.md")
    assert not (owner.place / "assets/images/squat-0-768.jpg").exists()
    assert photo.read_bytes() == draw((3000, 2000))


def test_localize(owner: Reader) -> None:
    """A picture of another host comes, with whose it is, and goes again; one is gone."""
    site = SiteBuilder(owner.place)
    site.write(".old/2019/squat.jpg", draw((640, 480), "#aa5511", exif=exif(place=False)))
    scene(1).resize((900, 600)).save(site.root / "assets/images/squat-1.jpg")
    with serving(functools.partial(Folder, directory=str(site.root / ".old"))) as port:
        owner.instead = {
            "https://old.example/wp-content/uploads": f"http://127.0.0.1:{port}",
            "mediakit localize squat": "mediakit localize --allow-private squat",
            "Jane Doe": "Ann",
        }
        follow(owner, "how-to/localize.md")
    assert not (site.root / "_data/credits.json").exists()
    assert "https://old.example" in owner.settled((site.root / "_exercises/squat.md").read_text())


def test_search_engines(owner: Reader) -> None:
    """The document and the sitemap are made; a note says that nobody can read along."""
    site = SiteBuilder(owner.place)
    for path in ("_exercises/squat.md", "assets/images/squat-0.jpg", "assets/images/squat-1.jpg"):
        (site.root / path).unlink()
    site.write("_config.yml", "collections: {exercises: {output: true}}\nlocale: da\n")
    site.exercise("row", 1)
    page = site.root / "_exercises/row.md"
    text = page.read_text("utf-8").replace("title:", "layout: single\nvideo: aqz-KE-bpKQ\ntitle:")
    page.write_text(text, "utf-8")
    still = "assets/images/videos/aqz-KE-bpKQ.jpg"
    site.write(still, draw((1280, 720), "#224466"))
    about = {"title": "The row", "thumbnail": still, "captions": ["en"]}
    videos = {"youtube/aqz-KE-bpKQ": about}
    site.write("_data/media.json", json.dumps({"version": 1, "images": {}, "videos": videos}))
    follow(owner, "how-to/search-engines.md")
    told = json.loads(site.tree()["_data/media-structured.json"])
    assert "The row" in told["pages"]["_exercises/row.md"]["json"]


def test_theme(owner: Reader) -> None:
    """The includes are installed, shown, kept by a change, and removed."""
    config = "theme: minimal-mistakes-jekyll\ncollections: [exercises]\n"
    SiteBuilder(owner.place).write("_config.yml", config)
    follow(owner, "how-to/theme.md")
    assert not (owner.place / "_includes/gallery").exists()
    assert not (owner.place / "_data/mediakit.json").exists()


def test_pictures_in_jekyll(owner: Reader) -> None:
    """The include is written, and the sizes that it shows are made in two formats."""
    follow(owner, "how-to/pictures-in-jekyll.md")
    assert {
        "_includes/mediakit/picture.html", "assets/images/squat-0-320.webp"
    } <= set(SiteBuilder(owner.place).tree())  # fmt: skip


def test_cards(owner: Reader) -> None:
    """An exercise gets a card, and names it."""
    follow(owner, "how-to/cards.md")
    site = SiteBuilder(owner.place)
    assert "assets/images/cards/og/exercises/squat.jpg" in site.tree()


def test_sheets(owner: Reader) -> None:
    """An exercise is printed now and then, and always up to date."""
    follow(owner, "how-to/sheets.md")
    assert "assets/sheets/exercises/squat.pdf" in SiteBuilder(owner.place).tree()


def test_alt_texts(owner: Reader) -> None:
    """Texts are listed, written, and filled in by a table."""
    SiteBuilder(owner.place).write("_exercises/squat.md", "")
    follow(owner, "how-to/alt-texts.md")


def test_movement(reader: Reader) -> None:
    """A page gets a loop, then all pages do, and steps that do not fit are told."""
    reader.place = reader.home / "site"
    site = SiteBuilder(reader.place)
    site.write("_config.yml", "collections: [exercises]\n")
    hand = Camera(right=5.2, down=-4.1, tilt=1.1)
    for name, photo in {
        "up": step(), "down": step(pose=1, camera=hand), "lunge-0": step(), "lunge-1": step(2),
    }.items():  # fmt: skip
        site.write(f"assets/images/{name}.jpg", jpeg(photo))
    follow(reader, "how-to/movement.md")
    assert "assets/images/movement/steps/exercises/squat.webp" in site.tree()


def test_clips(owner: Reader) -> None:
    """A film of a phone gets a clip and a poster."""
    site = SiteBuilder(owner.place)
    site.write("assets/images/squat.mov", phone_film(size=(480, 360), count=25))
    site.write("IMG_0414.MOV", phone_film(size=(480, 360), count=10))
    site.write("assets/images/squat.gif", gif(drawn(4)))
    for name in ("squat-0.jpg", "squat-1.jpg"):
        (site.root / "assets/images" / name).unlink()
    follow(owner, "how-to/clips.md")
    assert {f"assets/images/squat{n}-clip.mp4" for n in ("", "-0")} <= set(site.tree())


def test_adopt(owner: Reader) -> None:
    """The variants of an old site are adopted; its old faults are noted, and told no more."""
    site = SiteBuilder(owner.place)
    site.exercise("lunge", 1)
    page = site.root / "_exercises/lunge.md"
    page.write_text(page.read_text("utf-8") + '{% include gallery id="gallery_2" %}\n', "utf-8")
    site.write("assets/images/lunge-0.jpg", (site.root / "assets/images/squat-0.jpg").read_bytes())
    for name in ("squat-0", "squat-1"):
        site.write(f"assets/images/{name}-320.jpg", draw((320, 213)))
    site.write("assets/images/old.jpg", draw(colour="#00aa44"))
    follow(owner, "how-to/adopt-an-old-site.md")
    assert "_data/check-baseline.json" in site.tree()


def test_from_scripts(owner: Reader) -> None:
    """What a script has made under names of its own is adopted by presets with these names."""
    site = SiteBuilder(owner.place)
    page = site.root / "_exercises/squat.md"
    page.write_text(page.read_text("utf-8").replace("-320.jpg", "_small.jpg"), "utf-8")
    for name in ("squat-0", "squat-1"):
        site.write(f"assets/images/{name}_small.jpg", draw((300, 200)))
        site.write(f"assets/images/{name}.jpg", draw((1500, 1000)))
    site.write("assets/images/squat-0_large.jpg", draw((1200, 800)))
    follow(owner, "migrate/from-scripts.md")


def test_from_jekyll_picture_tag(owner: Reader) -> None:
    """The tags become includes that mediakit reads, and the presets make their pictures."""
    site = SiteBuilder(owner.place)
    tag = "{% picture squat-0.jpg --alt Squat, standing %}"
    post = site.write("_posts/2026-01-02-squat.md", f"---\ntitle: x\n---\n\n{tag}\n")
    site.write("assets/images/squat-0.jpg", draw((2000, 1200)))
    follow(owner, "migrate/from-jekyll-picture-tag.md")
    path, alt = "/assets/images/squat-0.jpg", "Squat, standing"
    include = f'{{% include mediakit/picture.html path="{path}" alt="{alt}" %}}'
    assert include in post.read_text("utf-8")
    assert (site.root / "_includes/mediakit/picture.html").exists()
    assert {"assets/images/squat-0-400.webp", "assets/images/squat-0-1600.jpg"} <= set(site.tree())


def test_from_aws(owner: Reader, prefix: Prefix) -> None:
    """Objects that others put stay, and only what the site adds is put."""
    server, key, secret = prefix.access
    owner.instead = {
        "s3://media/site": prefix.url, "https://s3.eu-north-1.amazonaws.com": server,
    }  # fmt: skip
    keys = {"AWS_ACCESS_KEY_ID": key, "AWS_SECRET_ACCESS_KEY": secret}
    owner.environment = {**owner.environment, **keys, "AWS_ENDPOINT_URL_S3": server}
    bucket, _, folder = prefix.url.removeprefix("s3://").partition("/")
    client = boto3.client(
        "s3", endpoint_url=server, region_name="us-east-1",
        aws_access_key_id=key, aws_secret_access_key=secret,
    )  # fmt: skip
    for path, data in {
        "assets/images/squat-0.jpg": (owner.place / "assets/images/squat-0.jpg").read_bytes(),
        "assets/images/long-gone.jpg": draw(),
    }.items():
        client.put_object(
            Bucket=bucket, Key=f"{folder}/{path}", Body=data,
            ContentType="image/jpeg", CacheControl="public, max-age=86400",
        )  # fmt: skip
    follow(owner, "migrate/from-aws-s3-sync.md")
    assert "assets/images/long-gone.jpg" in prefix.tree()


def test_other_sites(reader: Reader) -> None:
    """The sites of the tests are what the page shows, once nothing is configured."""
    for name, folder in (
        ("hugo-bundles", "hugo-site"), ("eleventy", "eleventy-site"), ("plain-markdown", "notes")
    ):  # fmt: skip
        site = laid_out(name, reader.home / folder)
        (site.root / "mediakit.toml").unlink()
    (reader.home / "eleventy-site/src/posts/third-ride.md").unlink()  # a page that is reported
    follow(reader, "how-to/other-sites.md")


def test_data_files(reader: Reader) -> None:
    """A data set is listed and published as the page shows."""
    reader.place = reader.home / "set"
    site = SiteBuilder(reader.place)
    for number, path in enumerate(("goblet-squat/0", "goblet-squat/1", "farmers-walk/0")):
        site.write(f"exercises/{path}.jpg", draw((700, 500), f"#{number * 50:02x}7799"))
    follow(reader, "how-to/data-files.md")


def test_check_pages(owner: Reader) -> None:
    """The commands of the page run on a site without faults."""
    SiteBuilder(owner.place).run()
    list(owner.follow(DOCS / "how-to/check-pages.md"))


def test_add_photos(owner: Reader) -> None:
    """Photos come into a page, a page is begun, and galleries are as the pictures on disk."""
    _take_photos(owner.place)
    list(owner.follow(DOCS / "how-to/add-photos.md"))
    site = SiteBuilder(owner.place).tree()
    name = "knaeboej-paa-boks"
    assert {f"_exercises/{name}.md", f"assets/images/{name}-1-320.jpg"} <= set(site)
    assert "gallery/index.html" in site


def test_the_page_for_the_team(owner: Reader) -> None:
    """The commands of the page in Danish do what it says."""
    SiteBuilder(owner.place).write("_exercises/ab-roller-4.md", "---\ntitle: Ab Roller\n---\n")
    for path in ("_exercises/squat.md", "assets/images/squat-0.jpg", "assets/images/squat-1.jpg"):
        (owner.place / path).unlink()
    _take_photos(owner.place.parent)
    owner.instead = {"IMG_": "../IMG_"}
    list(owner.follow(DOCS / "how-to/til-holdet.md"))
    page = (owner.place / "_exercises/ab-roller-4.md").read_text("utf-8")
    assert page.count('alt: "Strakt"') + page.count("alt: Strakt") == 1
    assert (owner.place / "_exercises/bulgarsk-split-squat.md").is_file()


def _take_photos(folder: Path) -> None:
    for number, name in enumerate(("0412", "0413", "0420", "0421")):
        photo = scene(number).resize((1500, 1000))
        photo.save(folder / f"IMG_{name}.JPG")


def test_deploy_to_a_bucket(owner: Reader, prefix: Prefix) -> None:
    """The commands of the page run on a bucket that a deploy has filled."""
    server, key, secret = prefix.access
    keys = {"AWS_ACCESS_KEY_ID": key, "AWS_SECRET_ACCESS_KEY": secret}
    owner.environment = {**owner.environment, **keys, "AWS_ENDPOINT_URL_S3": server}
    owner.instead = {"s3://media/site": prefix.url}
    SiteBuilder(owner.place).run("sync", target=prefix.url)
    list(owner.follow(DOCS / "how-to/deploy-to-a-bucket.md"))


def test_a_page_that_is_wrong_is_found(owner: Reader, tmp_path: Path) -> None:
    """A command that fails, another exit code, and another output end the test."""
    page = tmp_path / "page.md"
    page.write_text("```sh\nfalse\ntrue\n```\n\n```text\n```\n")
    with pytest.raises(AssertionError, match=r"page\.md:1"):
        list(owner.follow(page))
    page.write_text("<!-- exit 2 -->\n```sh\nexit 1\n```\n")
    with pytest.raises(AssertionError, match=r"page\.md:2"):
        list(owner.follow(page))
    page.write_text("<!-- needs the network -->\n```sh\nrm -rf site\n```\n")
    with pytest.raises(AssertionError, match="rm -rf"):
        list(owner.follow(page))
    page.write_text("```sh\necho 1\n```\n\n```text\n2\n```\n")
    ((_, expected, came),) = owner.follow(page)
    assert (expected, came) == ("2\n", "1\n")


def test_videos(owner: Reader, fake: Fake) -> None:
    """A dead video is found, replaced and brought back, as the page says."""
    lost, other = "aqz-KE-bpKQ", "dQw4w9WgXcQ"
    site = SiteBuilder(owner.place)
    site.write("_exercises/squat.md", f"---\ntitle: Squat\nvideo:\n  id: {lost}\n---\n")
    site.write("mediakit.toml", "[videos]\npace = 0\n")
    title = {"title": "Squat for beginners", "author": "Physio Nord", "lengthSeconds": "301"}
    fake.set(lost, about=title)
    there = {key: owner.environment[key] for key in owner.environment if key not in QUIET}
    owner.environment = {**there, **fake.environment}
    assert main(["videos", "fetch", "--site", str(site.root)]) == 0
    fake.set(lost, dead())
    changed = {"title": "SQUAT for beginners (2024)", "lengthSeconds": "302"}
    fake.set(other, about={**title, **changed})
    follow(owner, "how-to/check-videos.md")


def test_archive(owner: Reader, fake: Fake) -> None:
    """Videos of one's own channel are kept, as the page says."""
    kept = "aqz-KE-bpKQ"
    site = SiteBuilder(owner.place)
    site.write("_exercises/squat.md", f"---\ntitle: Squat\nvideo:\n  id: {kept}\n---\n")
    fake.set(kept, file=mp4(), about={"title": "Squat for beginners"})
    owner.environment = {**owner.environment, **fake.environment}
    follow(owner, "how-to/archive-videos.md")
