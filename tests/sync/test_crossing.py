"""Two deploys at one target at the same time: the older one puts nothing over the newer one."""

from __future__ import annotations

import hashlib
import json
import shutil
from typing import TYPE_CHECKING

import pytest

from conftest import CutOff, Prefix, SiteBuilder, draw
from fakes import MemoryTarget
from faulty_proxy import Answer, Proxy, Request, error, faulty_proxy
from mediakit.base.actions import Failure
from mediakit.base.artifacts import Artifact
from mediakit.storage.protocol import ANY, NOTHING
from mediakit.sync import publish

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path

    from mediakit.base.actions import Result
    from mediakit.storage.settings import Headers
    from s3_server import S3Server

PICTURE = "assets/images/squat-1.jpg"
PLANK = b"of a run that is killed"


class Meeting(MemoryTarget):
    """A target at which something happens once, just before a key is put, or just after."""

    connections = 1

    def __init__(self, *, conditions: bool = True) -> None:
        super().__init__()
        self.before: dict[str, Callable[[], object]] = {}
        self.after: dict[str, Callable[[], object]] = {}
        self._conditions = conditions

    def put(
        self, key: str, data: bytes, headers: Headers, *, only_if: str | None = ANY
    ) -> Artifact | Failure:
        self.before.pop(key, lambda: None)()
        is_held = self._conditions or key == "media.json"
        stored = super().put(key, data, headers, only_if=only_if if is_held else ANY)
        self.after.pop(key, lambda: None)()
        return stored


@pytest.fixture
def sites(site: SiteBuilder, tmp_path: Path) -> tuple[SiteBuilder, SiteBuilder]:
    """Return two checkouts: an older one, and a newer one with another picture."""
    site.exercise("squat")
    site.run()
    newer = SiteBuilder(tmp_path / "newer")
    shutil.copytree(site.root, newer.root, ignore=shutil.ignore_patterns(".mediakit"))
    for root, colour in ((site, "#111111"), (newer, "#eeeeee")):
        root.write(PICTURE, draw(colour=colour))
    return site, newer


@pytest.fixture(params=[publish._WORTH, 0], ids=["listed", "asked"])
def seen(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Have what is there in the end listed, and asked for one by one."""
    monkeypatch.setattr(publish, "_WORTH", request.param)


def told(result: Result) -> set[str]:
    return {each.code for each in result.problems}


def at(target: MemoryTarget, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mediakit.storage.open.open_storage", lambda *_args: target)


def test_late_puts_of_the_older_one(
    sites: tuple[SiteBuilder, SiteBuilder], monkeypatch: pytest.MonkeyPatch
) -> None:
    """What the newer deploy has put stays; the older one is red, and is not to be run again."""
    older, newer = sites
    target = Meeting()
    at(target, monkeypatch)
    newer.run()
    results = []
    target.before["assets/images/squat-0-320.jpg"] = lambda: results.append(newer.run("sync"))
    result = older.run("sync")
    assert told(results[0]) == set()
    assert told(result) == {"target-changed"}
    for problem in result.problems:
        assert "run the job of the newest deploy again" in problem.hint
    assert target.objects[PICTURE] == (newer.root / PICTURE).read_bytes()
    assert newer.run("sync").summary.put == 0


@pytest.mark.usefixtures("seen")
def test_a_second_look(
    sites: tuple[SiteBuilder, SiteBuilder], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without conditions at the target, a run sees in the end what others put over its objects."""
    older, newer = sites
    target = Meeting(conditions=False)
    at(target, monkeypatch)
    late = (older.root / PICTURE).read_bytes()
    target.after["media.json"] = lambda: target.objects.update({PICTURE: late})
    result = newer.run("sync")
    (problem,) = result.problems
    assert (problem.code, PICTURE in problem.message) == ("target-changed", True)
    assert newer.run("sync").summary.put == 1
    assert target.objects[PICTURE] == (newer.root / PICTURE).read_bytes()


def test_a_listing_with_other_etags(
    sites: tuple[SiteBuilder, SiteBuilder], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where a server lists other ETags than it answered, each object is asked for, and believed."""

    class Other(Meeting):
        def list(self, known: Mapping[str, Artifact] = NOTHING) -> Mapping[str, Artifact]:
            return {
                key: each if key == "media.json" else Artifact(key, bytes=each.bytes, etag="other")
                for key, each in super().list(known).items()
            }

    target = Other()
    at(target, monkeypatch)
    late = (sites[0].root / PICTURE).read_bytes()
    target.after["media.json"] = lambda: target.objects.update({PICTURE: late})
    (problem,) = sites[1].run("sync").problems
    assert f"another run has written {PICTURE} meanwhile" in problem.message
    at(Other(), monkeypatch)
    assert told(sites[1].run("sync")) == set()


@pytest.mark.usefixtures("seen")
def test_a_second_look_at_the_catalog(
    sites: tuple[SiteBuilder, SiteBuilder], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The catalog of another run in the place of ours is seen too."""
    target = Meeting()
    at(target, monkeypatch)
    target.after["media.json"] = lambda: target.objects.update({"media.json": b'{"version":1}'})
    result = sites[0].run("sync")
    assert told(result) == {"target-changed"}


@pytest.mark.usefixtures("seen")
def test_cut_off_here_and_followed_there(
    site: SiteBuilder, cut_off: CutOff, tmp_path: Path
) -> None:
    """What a deploy put that was cut off is known to the next one, also on another machine."""
    target = cut_off.target
    foreign = "assets/images/row-by-hand.jpg"
    SiteBuilder(cut_off.folder).write(foreign, draw())
    other = SiteBuilder(tmp_path / "other")
    kept = shutil.ignore_patterns(".mediakit", "row*", "media.json")
    shutil.copytree(site.root, other.root, ignore=kept)
    result = other.run("sync", target=target, delete=True)
    assert not result.problems
    assert result.summary.deleted == 3
    assert sorted(cut_off.tree()) == [
        foreign, *sorted(path for path in other.tree() if path.startswith("assets/")), "media.json"
    ]  # fmt: skip
    assert other.run("sync", target=target, delete=True).summary.put == 0


def test_what_cannot_be_noted_is_not_put(
    site: SiteBuilder, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing is put that nobody would know to be mediakit's."""
    site.exercise("squat")
    target = MemoryTarget(failing=["media_puts.json"])
    at(target, monkeypatch)
    result = site.run("sync")
    assert [(each.path, each.code) for each in result.problems] == [
        ("media_puts.json", "put-failed")
    ]
    assert target.objects == {}
    target.failing.clear()
    assert not site.run("sync").problems
    assert "media_puts.json" not in target.objects


@pytest.mark.usefixtures("seen")
def test_the_overtaken_run_is_known_too(
    sites: tuple[SiteBuilder, SiteBuilder], monkeypatch: pytest.MonkeyPatch
) -> None:
    """What the older deploy put beside the newer one is noted, and goes with --delete."""
    older, newer = sites
    target = Meeting()
    at(target, monkeypatch)
    older.exercise("plank", 1)
    target.before["assets/images/plank-0-320.jpg"] = lambda: newer.run("sync")
    assert told(older.run("sync")) == {"target-changed"}
    assert "media_puts.json" in target.objects
    assert any("plank" in key for key in target.objects)
    assert not newer.run("sync", delete=True).problems
    assert not any("plank" in key for key in target.objects)
    assert "media_puts.json" not in target.objects


@pytest.mark.usefixtures("seen")
def test_what_another_run_notes_meanwhile_stays_noted(
    site: SiteBuilder, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A run takes out of the journal what it has looked for, not what came while it ran."""
    target = Meeting()
    at(target, monkeypatch)
    site.exercise("squat")
    claims = [("assets/images/plank-0.jpg", hashlib.sha256(PLANK).hexdigest())]

    def other() -> None:
        target.objects["assets/images/plank-0.jpg"] = PLANK
        puts = json.loads(target.objects["media_puts.json"])
        puts["puts"] += claims
        target.objects["media_puts.json"] = json.dumps(puts).encode()

    target.after["media.json"] = other
    assert not site.run("sync").problems
    assert "media_puts.json" in target.objects
    assert site.run("sync", delete=True).summary.deleted == 1
    assert "media_puts.json" not in target.objects


class Conditions:
    """A server that knows conditions: a proxy holds them, by the objects that were stored."""

    def __init__(self, proxy: Proxy) -> None:
        self.etags: dict[str, str] = {}
        proxy.fault, proxy.passed = self.refuse, self.note

    def refuse(self, request: Request) -> Answer | None:
        if request.kind != "PUT":
            return None
        held = self.etags.get(request.path)
        wanted = request.headers.get("if-match")
        if wanted is not None and wanted.strip('"') != held:
            return Answer(412, error("PreconditionFailed"))
        if request.headers.get("if-none-match") == "*" and held is not None:
            return Answer(412, error("PreconditionFailed"))
        return None

    def note(self, request: Request, status: int) -> None:
        if request.kind == "PUT" and status == 200:
            self.etags[request.path] = hashlib.md5(request.body, usedforsecurity=False).hexdigest()


@pytest.fixture
def proxy(s3: S3Server, prefix: Prefix, monkeypatch: pytest.MonkeyPatch) -> Iterator[Proxy]:  # noqa: ARG001 - sets the environment first
    with faulty_proxy(s3.url) as found:
        monkeypatch.setenv("AWS_ENDPOINT_URL_S3", found.url)
        yield found


def test_a_bucket_with_conditions(site: SiteBuilder, prefix: Prefix, proxy: Proxy) -> None:
    """Each object is put over what was listed, or over nothing; what changed since stays."""
    site.exercise("squat")
    known = Conditions(proxy)
    assert not site.run("sync", target=prefix.url).problems
    puts = [each for each in proxy.requests if each.kind == "PUT"]
    assert all(each.headers.get("if-none-match") == "*" for each in puts)
    site.write(PICTURE, draw(colour="#111111"))
    (held,) = [path for path in known.etags if path.endswith(PICTURE)]
    known.etags[held] = "0" * 32  # somebody else's, since the listing
    before = prefix.tree()[PICTURE]
    result = site.run("sync", target=prefix.url)
    assert told(result) == {"target-changed"}
    assert prefix.tree()[PICTURE] == before


def test_an_answer_that_is_lost(site: SiteBuilder, prefix: Prefix, proxy: Proxy) -> None:
    """A put that arrived is no conflict with itself when it is sent again."""
    site.exercise("squat")
    Conditions(proxy)
    lost: set[str] = set()

    def lose(request: Request) -> bool:
        is_first = request.kind == "PUT" and request.path not in lost
        if is_first:
            lost.add(request.path)
        return is_first

    proxy.lose = lose
    assert not site.run("sync", target=prefix.url).problems
    assert len(lost) == 7


def test_a_bucket_that_refuses_conditions(site: SiteBuilder, prefix: Prefix, proxy: Proxy) -> None:
    """Where conditions are an error, objects are put without them."""
    site.exercise("squat")

    def refuse(request: Request) -> Answer | None:
        has = request.headers.keys() & {"if-match", "if-none-match"}
        return Answer(501, error("NotImplemented")) if has else None

    proxy.fault = refuse
    assert not site.run("sync", target=prefix.url).problems
    assert len(prefix.tree()) == 6
