"""A sync with a bucket that is killed, or whose server is: one clean run later all is right."""

from __future__ import annotations

import os
import random
import shutil
import signal
import subprocess
import sys
import time
from contextlib import suppress
from typing import TYPE_CHECKING

import pytest

from conftest import CutOff, Prefix, SiteBuilder, draw
from faulty_proxy import Answer, Proxy, Request, error, faulty_proxy
from mediakit.base.errors import TargetError
from mediakit.config.config import load_config
from mediakit.config.overrides import Overrides
from mediakit.state.catalog import load_catalog
from mediakit.sync.verify import verify
from s3_server import BUCKET, ENVIRONMENT, free_port, s3_server

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from s3_server import S3Server

pytestmark = pytest.mark.slow

CATALOG, JOURNAL = "media.json", "media_puts.json"


OBJECTS = 60


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> SiteBuilder:
    """Return a site of 30 small pictures whose variants are there."""
    site = SiteBuilder(tmp_path_factory.mktemp("made"))
    for number in range(15):
        site.exercise(f"e{number}", 2)
        for each in (0, 1):
            picture = draw((400, 300), f"#{number:02x}{each}080")
            site.write(f"assets/images/e{number}-{each}.jpg", picture)
    site.run()
    return site


@pytest.fixture
def large(made: SiteBuilder, site: SiteBuilder) -> SiteBuilder:
    """Return a copy of that site."""
    shutil.copytree(made.root, site.root, dirs_exist_ok=True)
    return site


@pytest.fixture
def proxy(s3: S3Server, prefix: Prefix, monkeypatch: pytest.MonkeyPatch) -> Iterator[Proxy]:  # noqa: ARG001 - sets the environment first
    with faulty_proxy(s3.url) as found:
        monkeypatch.setenv("AWS_ENDPOINT_URL_S3", found.url)
        yield found


def assert_right(
    site: SiteBuilder, target: str, tree: dict[str, bytes], sample: int | None = None
) -> None:
    """Hold that the target is what the site is, by its bytes and by its own catalog."""
    assert {key: tree[key] for key in tree if key != CATALOG} == {
        path: data for path, data in site.tree().items() if path.startswith("assets/")
    }
    found = verify(load_config(site.root, Overrides(target=target)), sample)
    assert found.result.problems == ()
    assert found.foreign == 0


def assert_catalog_is_true(tree: dict[str, bytes]) -> None:
    """Hold that whoever reads the catalog now finds all that it names."""
    if CATALOG in tree:
        assert set(load_catalog(tree[CATALOG], CATALOG).objects) <= set(tree)


@pytest.mark.parametrize("seed", range(2))
def test_three_of_ten_requests_fail(
    large: SiteBuilder, prefix: Prefix, proxy: Proxy, monkeypatch: pytest.MonkeyPatch, seed: int
) -> None:
    """With 30 % of requests failing at random, runs end; one clean run later all is right."""
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "2")
    dice = random.Random(seed)

    def spoil(request: Request) -> Answer | None:
        if request.kind == "LIST" or dice.random() > 0.3:
            return None
        faults = [Answer(0), Answer(503, error("SlowDown")), Answer(500, error("InternalError"))]
        return dice.choice(faults)

    proxy.fault = spoil
    proxy.lose = lambda request: request.kind == "PUT" and dice.random() < 0.1
    for _ in range(2):
        with suppress(TargetError):  # where the catalog cannot be read in two tries
            large.run("sync", target=prefix.url)
        assert_catalog_is_true(prefix.tree())
    proxy.fault, proxy.lose = (lambda _: None), (lambda _: False)
    assert not large.run("sync", target=prefix.url).has_errors
    assert_right(large, prefix.url, prefix.tree())


@pytest.mark.parametrize("after", [1, 25, OBJECTS + 1])  # amid objects, before the catalog
def test_killed_client(large: SiteBuilder, prefix: Prefix, proxy: Proxy, after: int) -> None:
    """A client that is killed -9 at any moment: no catalog of what is not there, and it heals."""
    process = subprocess.Popen(
        [sys.executable, "-m", "mediakit", "sync", "-q", "--target", prefix.url],
        cwd=large.root, env={**os.environ}, stderr=subprocess.DEVNULL,
    )  # fmt: skip

    def kill(request: Request) -> Answer | None:
        if proxy.kinds().count("PUT") >= after and request.kind in {"PUT", "HEAD"}:
            process.send_signal(signal.SIGKILL)
        return None

    proxy.fault = kill
    process.wait(timeout=300)
    proxy.fault = lambda _: None
    time.sleep(0.3)  # what was under way comes to its end
    assert_catalog_is_true(prefix.tree())
    done = sum(key not in {CATALOG, JOURNAL} for key in prefix.tree())
    proxy.requests.clear()
    assert not large.run("sync", target=prefix.url).has_errors
    assert_right(large, prefix.url, prefix.tree())
    ours = (CATALOG, JOURNAL)
    puts = [r for r in proxy.requests if r.kind == "PUT" and not r.path.endswith(ours)]
    assert len(puts) <= OBJECTS - done  # what was there is not put again


def test_what_a_cut_off_run_put_is_ours(site: SiteBuilder, cut_off: CutOff) -> None:
    """What was put before a kill goes with its picture, though no catalog ever named it."""
    target = cut_off.target
    assert "assets/images/row-0.jpg" in cut_off.tree()
    for path in ("_exercises/row.md", "assets/images/row-0.jpg"):
        (site.root / path).unlink()
    assert site.run("sync", target=target).summary.deleted == 0
    assert site.run("sync", target=target, delete=True).summary.deleted == 3
    assert sorted(cut_off.tree()) == [
        *(f"assets/images/squat-{name}.jpg" for name in ("0-320", "0-768", "0", "1-320", "1")),
        CATALOG,
    ]


def test_killed_server(large: SiteBuilder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A server that dies in the middle: a clear failure, and the next run ends well."""
    for name, value in {**ENVIRONMENT, "AWS_MAX_ATTEMPTS": "2"}.items():
        monkeypatch.setenv(name, value)
    (tmp_path / "store").mkdir()
    port, target = free_port(), f"s3://{BUCKET}/x"
    large.write("mediakit.toml", "[s3]\npatience = 1\nconnections = 4\n")
    with s3_server(tmp_path / "store", port) as server, faulty_proxy(server.url) as proxy:
        monkeypatch.setenv("AWS_ENDPOINT_URL_S3", proxy.url)

        def die(_request: Request) -> Answer | None:
            return Answer(0) if proxy.kinds().count("PUT") > 20 else None

        proxy.fault = die
        result = large.run("sync", target=target)
        assert result.has_errors
        assert result.summary.put < OBJECTS
        assert "put-failed" in {problem.code for problem in result.problems}
        tree = SiteBuilder(server.folder / "x").tree()
        assert CATALOG not in tree
    with s3_server(tmp_path / "store", port) as server:
        monkeypatch.setenv("AWS_ENDPOINT_URL_S3", server.url)
        assert not large.run("sync", target=target).has_errors
        # nothing read back: rclone forgets headers when it ends
        assert_right(large, target, SiteBuilder(server.folder / "x").tree(), sample=0)
