"""A recipe that only its class and its registration know: a card of two pictures and a title."""

from __future__ import annotations

import hashlib
import io
import json
from typing import TYPE_CHECKING, Annotated, Any, Self

import msgspec
import pytest
from PIL import Image

from conftest import Quiet, SiteBuilder, carried_out, draw, reasons
from mediakit.base.actions import Failure
from mediakit.base.artifacts import Product, picture_input, text_input
from mediakit.base.errors import ConfigError
from mediakit.base.model import Severity
from mediakit.base.setting import HARMLESS, setting
from mediakit.cli.main import main
from mediakit.config.config import load_config
from mediakit.config.overrides import Overrides
from mediakit.images.decode import decode
from mediakit.images.recipes import RECIPES
from mediakit.images.render import Rendered
from mediakit.state.catalog import load_catalog
from mediakit.storage.settings import S3Settings
from mediakit.sync.run import Job
from mediakit.sync.selection import Selection

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

    from conftest import Prefix
    from mediakit.base.actions import Result
    from mediakit.base.artifacts import Artifact, SourcePicture
    from mediakit.base.model import Manifest
    from mediakit.images.recipes import Recipe, RecipeSite
    from mediakit.images.render import PictureSource


class Card(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Two pictures side by side, above a bar whose colour is that of the title."""

    name: str
    width: Annotated[int, setting(HARMLESS, "Width in pixels.", 600, ge=2, le=2000)] = 300

    @property
    def names(self) -> Sequence[str]:
        return (self.name,)

    def for_site(self, site: RecipeSite) -> Self:  # noqa: ARG002 - as the protocol has it
        return self

    def owns(self, path: str) -> bool:  # noqa: ARG002
        return False

    def products(
        self, pages: Iterable[Manifest], pictures: Mapping[str, SourcePicture]
    ) -> Iterator[Product]:
        for page in pages:
            sources = dict.fromkeys(each.source for each in page.images if each.source in pictures)
            found = [pictures[path] for path in sources if path is not None]
            if len(found) >= 2:
                inputs = (
                    picture_input(found[0], "left"),
                    picture_input(found[1], "right"),
                    text_input("title", page.title),
                )
                path = found[0].path.removesuffix(".jpg") + "-card.png"
                yield Product(path, self.name, inputs, page.path)

    def fingerprint(self, name: str, path: str) -> str:  # noqa: ARG002 - as the protocol has it
        return hashlib.sha256(repr((1, self.width)).encode()).hexdigest()[:16]

    def fits(
        self,
        product: Product,  # noqa: ARG002
        found: Artifact,
        pictures: Mapping[str, SourcePicture],  # noqa: ARG002
    ) -> bool:
        return found.width == self.width

    def width_needed(
        self,
        product: Product,  # noqa: ARG002
        pictures: Mapping[str, SourcePicture],  # noqa: ARG002
    ) -> int:
        return self.width // 2

    def make(
        self, inputs: Sequence[PictureSource | str], products: Sequence[Product]
    ) -> Iterator[Rendered]:
        left, right, title = inputs
        assert not isinstance(left, str)
        assert not isinstance(right, str)
        assert isinstance(title, str)
        half = self.width // 2
        card = Image.new("RGB", (self.width, half), colour_of(title))
        for number, source in enumerate((left, right)):
            picture = decode(source.data).convert("RGB").resize((half, half - 20))
            card.paste(picture, (number * half, 0))
        out = io.BytesIO()
        card.save(out, "PNG")
        for _ in products:
            yield Rendered(out.getvalue(), *card.size)


def colour_of(title: str) -> str:
    return f"#{hashlib.sha256(title.encode()).hexdigest()[:6]}"


CARD = "assets/images/squat-0-card.png"
SETTINGS = "[cards.og]\nwidth = 200\n"


@pytest.fixture(autouse=True)
def _registered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(RECIPES, "cards", Card)


@pytest.fixture
def squat(site: SiteBuilder) -> SiteBuilder:
    site.exercise("squat")
    site.write("mediakit.toml", SETTINGS)
    return site


@pytest.fixture
def target(tmp_path: Path) -> SiteBuilder:
    return SiteBuilder(tmp_path / "target")


def catalog(site: SiteBuilder) -> Any:
    return json.loads((site.root / "media.json").read_bytes())


def sync(site: SiteBuilder, target: SiteBuilder, **job: object) -> Result:
    return site.run("sync", target=str(target.root), **job)


def pixel(data: bytes, place: tuple[int, int]) -> tuple[int, ...]:
    found = Image.open(io.BytesIO(data)).convert("RGB").getpixel(place)
    assert isinstance(found, tuple)
    return found


def retitle(site: SiteBuilder, title: str) -> None:
    page = site.root / "_exercises/squat.md"
    page.write_text(page.read_text().replace('title: "squat"', f'title: "{title}"'))


def test_it_satisfies_the_protocol() -> None:
    """The card is a recipe to the type checker too."""
    recipe: Recipe = Card("og")
    assert list(recipe.names) == ["og"]


def test_it_is_planned_made_recorded_and_kept(squat: SiteBuilder) -> None:
    """A dry run plans it, a run makes and records it, the next ones keep it."""
    assert reasons(squat.run(dry_run=True))[CARD] == "new"
    assert CARD not in squat.tree()
    result = squat.run()
    assert (result.problems, reasons(result)[CARD]) == ((), "new")
    made = squat.tree()[CARD]
    assert pixel(made, (5, 95)) == pixel(made, (150, 95))  # the bar
    assert pixel(made, (5, 75)) != pixel(made, (105, 75))  # two pictures
    (action,) = (each.action for each in result.outcomes if each.action.path == CARD)
    assert (action.source, action.preset) == ("assets/images/squat-0.jpg", "og")
    recorded = catalog(squat)
    assert recorded["version"] == 1
    assert all(CARD not in each.get("variants", ()) for each in recorded["images"].values())
    (record,) = recorded["products"].values()
    assert [each["name"] for each in record["inputs"]] == ["left", "right", "title"]
    assert record["sha256"] == hashlib.sha256(made).hexdigest()
    assert "squat" not in json.dumps(record["inputs"][2])  # the text itself is not kept
    for _ in range(2):
        assert set(reasons(squat.run()).values()) == {"up to date"}
    assert squat.tree()[CARD] == made
    (squat.root / ".mediakit/cache.db").unlink()
    assert set(reasons(squat.run()).values()) == {"up to date"}


CHANGES: dict[str, Callable[[SiteBuilder], object]] = {
    "left": lambda site: site.write("assets/images/squat-0.jpg", draw(colour="#00ff00")),
    "right": lambda site: site.write("assets/images/squat-1.jpg", draw(colour="#00ff00")),
    "title": lambda site: retitle(site, "Deep squat"),
    "options": lambda site: site.write("mediakit.toml", SETTINGS.replace("200", "240")),
    "gone": lambda site: (site.root / CARD).unlink(),
    "damaged": lambda site: site.write(CARD, b"no picture"),
}


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ("left", "source changed"),
        ("right", "source changed"),
        ("title", "source changed"),
        ("options", "preset changed"),
        ("gone", "output missing"),
        ("damaged", "output damaged"),
    ],
)
def test_it_is_made_anew(squat: SiteBuilder, change: str, why: str) -> None:
    """Each of its inputs, its options, and what becomes of the file are noticed."""
    squat.run()
    before = squat.tree()[CARD]
    CHANGES[change](squat)
    result = squat.run()
    assert (result.problems, reasons(result)[CARD]) == ((), why)
    assert (squat.tree()[CARD] == before) == why.startswith("output")
    assert set(reasons(squat.run()).values()) == {"up to date"}


def test_work_by_hand_is_kept(squat: SiteBuilder) -> None:
    """What somebody drew in its place stays, and is reported on the page."""
    squat.run()
    squat.write(CARD, draw((200, 100), kind="PNG"))
    result = squat.run()
    assert reasons(result)[CARD] == "altered by hand"
    assert [(each.path, each.code) for each in result.problems] == [
        ("_exercises/squat.md", "altered-by-hand")
    ]


def test_a_file_of_the_right_size_is_adopted(squat: SiteBuilder) -> None:
    """The recipe decides which file of unknown origin passes."""
    squat.write(CARD, draw((200, 100), kind="PNG"))
    assert reasons(squat.run())[CARD] == "adopted"
    assert CARD in catalog(squat)["products"]
    (squat.root / "media.json").unlink()
    squat.write(CARD, draw((210, 100), kind="PNG"))
    assert reasons(squat.run())[CARD] == "wrong size"


def test_an_input_that_goes_missing(squat: SiteBuilder, target: SiteBuilder) -> None:
    """The card is kept, here and at the target; the page is reported and nothing is deleted."""
    sync(squat, target)
    before, picture = squat.tree()[CARD], squat.root / "assets/images/squat-1.jpg"
    data = picture.read_bytes()
    picture.unlink()
    result = sync(squat, target, delete=True)
    assert {(each.path, each.code) for each in result.problems} >= {
        ("_exercises/squat.md", "missing-source")
    }
    assert reasons(result)[CARD] == "orphaned"
    assert squat.tree()[CARD] == target.tree()[CARD] == before
    assert CARD in catalog(squat)["products"]
    picture.write_bytes(data)
    assert set(reasons(sync(squat, target, delete=True)).values()) == {"up to date"}


def test_it_is_put_and_deleted_at_the_target(squat: SiteBuilder, target: SiteBuilder) -> None:
    """Where no page needs it any more, a sync with --delete takes it off the target."""
    squat.exercise("row")
    row = "assets/images/row-0-card.png"
    assert reasons(sync(squat, target), "target")[CARD] == "new"
    there = load_catalog(target.tree()["media.json"], "media.json")
    assert there.records[CARD].recipe == "og"
    assert there.objects[CARD].ours
    assert target.tree()[CARD] == squat.tree()[CARD]
    (squat.root / "_exercises/squat.md").unlink()
    kept = sync(squat, target)
    assert reasons(kept)[CARD] == "orphaned"
    assert CARD in target.tree()
    result = sync(squat, target, delete=True)
    assert reasons(result, "target")[CARD] == "orphaned"
    assert CARD not in target.tree()
    assert row in target.tree()
    there = load_catalog(target.tree()["media.json"], "media.json")
    assert (CARD in there.objects, row in there.records) == (False, True)
    (squat.root / CARD).unlink()
    squat.run()
    assert list(catalog(squat)["products"]) == [row]


def test_processes_make_it_too(squat: SiteBuilder, tmp_path: Path) -> None:
    """A recipe travels to workers by its value."""
    squat.run()
    other = SiteBuilder(tmp_path / "other")
    other.exercise("squat")
    other.write("mediakit.toml", SETTINGS)
    config = load_config(other.root, Overrides(jobs=2, executor="processes"))
    result = carried_out(config, Job(), Quiet())
    assert (result.problems, result.summary.made) == ((), 4)
    assert other.tree() == squat.tree()


def test_pictures_in_a_bucket(squat: SiteBuilder, prefix: Prefix) -> None:
    """What a cut-off run put into a bucket tells what it was made of."""
    from mediakit.storage.s3.storage import open_bucket  # noqa: PLC0415
    from mediakit.storage.settings import Headers  # noqa: PLC0415 - with boto3, for this test only

    bucket = open_bucket(prefix.url, S3Settings())
    for path in ("assets/images/squat-0.jpg", "assets/images/squat-1.jpg"):
        bucket.put(path, squat.tree()[path], Headers("image/jpeg"))
        (squat.root / path).unlink()
    bucket.close()
    config = load_config(squat.root, Overrides(jobs=2, source=prefix.url))
    result = carried_out(config, Job(), Quiet())
    assert (result.problems, reasons(result)[CARD]) == ((), "new")
    for left in (*squat.root.glob(".mediakit/*"), squat.root / "media.json"):
        left.unlink()  # nothing but the bucket is left
    assert set(reasons(carried_out(config, Job(), Quiet())).values()) == {"up to date"}
    retitle(squat, "Deep squat")
    assert reasons(carried_out(config, Job(), Quiet()))[CARD] == "source changed"


def test_a_killed_run_is_known_by_the_journal(
    squat: SiteBuilder, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A card that was put in place before its record came into the catalog is no stranger."""
    from mediakit.state.catalog_file import CatalogFile  # noqa: PLC0415 - patched here

    with monkeypatch.context() as patch:
        patch.setattr(CatalogFile, "write", lambda *_: (_ for _ in ()).throw(SystemExit))
        with pytest.raises(SystemExit):
            squat.run()
    assert CARD in squat.tree()
    assert reasons(squat.run())[CARD] == "up to date"


def test_it_is_selected_by_its_name_and_pictures(squat: SiteBuilder) -> None:
    """`--preset` takes its name, `--only` any of its pictures."""
    for selection in (Selection((), ("og",)), Selection(("squat-1.jpg",), ("og",))):
        assert reasons(squat.run(selection=selection, dry_run=True)) == {CARD: "new"}
    assert CARD in reasons(squat.run(selection=Selection(("squat-1.jpg",)), dry_run=True))


def test_a_clash_is_reported(squat: SiteBuilder) -> None:
    """Two pages that want different cards at one path get none."""
    page = (squat.root / "_exercises/squat.md").read_text()
    squat.write("_exercises/squat-again.md", page.replace('squat"', 'squat again"'))
    result = squat.run()
    assert CARD not in squat.tree()
    (problem,) = result.problems
    assert problem.code == "name-collision"
    assert "need two different pictures called" in problem.message


def test_no_source_is_overwritten(squat: SiteBuilder) -> None:
    """A picture that pages name stays what it is, whatever wants its path."""
    page = (squat.root / "_exercises/squat.md").read_text()
    squat.write(
        "_exercises/row.md", page.replace("gallery:\n", f"gallery:\n  - image_path: /{CARD}\n")
    )
    mine = draw((200, 100), kind="PNG")
    squat.write(CARD, mine)
    result = squat.run()
    assert squat.tree()[CARD] == mine
    assert "name-collision" in {each.code for each in result.problems}


def test_a_refused_name_is_reported_on_the_page(
    squat: SiteBuilder, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What a recipe calls its file is held to the rule of all names at a target."""
    products = Card.products

    def hidden(self: Card, *args: Any) -> Iterator[Product]:
        for each in products(self, *args):
            yield msgspec.structs.replace(each, path=".ssh/card.png")

    monkeypatch.setattr(Card, "products", hidden)
    result = squat.run()
    assert [(each.path, each.code) for each in result.problems] == [
        ("_exercises/squat.md", "refused-name")
    ]
    assert not (squat.root / ".ssh").exists()


def test_a_failure_of_the_recipe_is_one_products(
    squat: SiteBuilder, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What a recipe raises is a problem of its page; all else is made."""
    monkeypatch.setattr(Card, "make", lambda *_: 1 / 0)
    result = squat.run()
    (problem,) = result.problems
    assert problem.message == (
        f"{CARD} was not made of assets/images/squat-0.jpg, assets/images/squat-1.jpg: "
        "division by zero"
    )
    assert (result.summary.made, result.summary.failed) == (3, 1)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[cards.og]\nwidht = 3\n", "mediakit.toml:2: there is no setting 'widht' in [cards.og]"),
        ("[cards.og]\nwidth = 1\n", "mediakit.toml:2: cards.og.width: 1 is not allowed"),
        ("\n[clips]\n", "mediakit.toml:2: [clips] needs a name of your own"),
        ("[movement]\n", "mediakit.toml:1: [movement] needs a name of your own"),
        ("[clips]\nlongest = 640\n", "mediakit.toml:1: [clips] needs a name of your own"),
        ("[cards]\nog = 1\n", "mediakit.toml:2: cards.og is not a table"),
        ("[cards.teaser]\n", "mediakit.toml:1: 'teaser' is the name of another recipe"),
    ],
)
def test_mistakes_in_its_options(squat: SiteBuilder, text: str, message: str) -> None:
    """Its table is read as strictly as all others."""
    squat.write("mediakit.toml", text)
    with pytest.raises(ConfigError) as caught:
        load_config(squat.root, Overrides())
    assert caught.value.message == message


def test_commands_know_it(squat: SiteBuilder, capsys: pytest.CaptureFixture[str]) -> None:
    """`config` shows its options, `check --pixels` makes it once more and compares."""
    at = ["--site", str(squat.root)]
    assert main(["config", "cards", *at]) == 0
    assert "cards.og.width = 200" in capsys.readouterr().out
    assert main(["generate", *at]) == 0
    assert main(["check", "--pixels", *at]) == 0
    data = catalog(squat)
    squat.write(CARD, draw((200, 100), kind="PNG"))
    forged = hashlib.sha256(squat.tree()[CARD]).hexdigest()
    data["products"][CARD]["sha256"] = forged
    squat.write("media.json", json.dumps(data))
    capsys.readouterr()
    assert main(["check", "--pixels", *at]) == 1
    assert f"error: {CARD} shows" in capsys.readouterr().out


def test_what_comes_to_nothing_is_told_once(
    squat: SiteBuilder, target: SiteBuilder, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A recipe may decline: that is no failure, and is not tried again until something changes."""
    why = Failure("cannot-write-picture", "the two are not of one person", "", Severity.WARNING)
    tried = []

    def decline(*args: object) -> list[Failure]:
        tried.append(args)
        return [why]

    monkeypatch.setattr(Card, "make", decline)
    first = sync(squat, target)
    assert [(each.path, each.severity) for each in first.problems] == [
        ("_exercises/squat.md", Severity.WARNING)
    ]
    assert "squat-0-card is not made: the two are not of one person" in first.problems[0].message
    assert not first.has_errors
    assert "media.json" in target.tree()
    again = sync(squat, target)
    assert (again.problems, CARD in reasons(again), len(tried)) == ((), False, 1)
    retitle(squat, "Deep squat")
    assert (len(squat.run().problems), len(tried)) == (1, 2)
