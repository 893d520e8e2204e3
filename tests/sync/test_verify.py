from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import boto3
import pytest

from conftest import Prefix, SiteBuilder
from mediakit.base.errors import TargetError
from mediakit.cli.main import main
from mediakit.config.config import load_config
from mediakit.config.overrides import Overrides
from mediakit.report.text import summary_line
from mediakit.sync.verify import Verified, verify

if TYPE_CHECKING:
    from s3_server import S3Server

PICTURE = "assets/images/squat-1.jpg"


@pytest.fixture(params=["folder", "bucket"])
def target(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "bucket":
        prefix: Prefix = request.getfixturevalue("prefix")
        return prefix.url
    return str(tmp_path / "out")


@pytest.fixture
def synced(site: SiteBuilder, target: str) -> SiteBuilder:
    site.exercise("squat")
    site.run("sync", target=target)
    return site


def verified(site: SiteBuilder, target: str, sample: int | None = 0) -> Verified:
    return verify(load_config(site.root, Overrides(target=target)), sample, seed=1)


class Meddler:
    """Somebody who changes objects at a target behind our back."""

    def __init__(self, target: str, s3: S3Server) -> None:
        self._target = target
        self._client = (
            boto3.Session().client("s3", endpoint_url=s3.url) if "s3:" in target else None
        )

    def at(self, key: str) -> dict[str, str]:
        bucket, _, folder = self._target.removeprefix("s3://").partition("/")
        return {"Bucket": bucket, "Key": f"{folder}/{key}"}

    def put(self, key: str, data: bytes, **headers: Any) -> None:
        if self._client is None:
            SiteBuilder(Path(self._target)).write(key, data)
        else:
            self._client.put_object(**self.at(key), Body=data, **headers)

    def delete(self, key: str) -> None:
        if self._client is None:
            Path(self._target, key).unlink()
        else:
            self._client.delete_object(**self.at(key))


@pytest.fixture
def meddler(target: str, s3: S3Server) -> Meddler:
    return Meddler(target, s3)


@pytest.mark.parametrize("sample", [0, 2, None])
def test_a_sound_target(synced: SiteBuilder, target: str, sample: int | None) -> None:
    """After a sync nothing differs, however deep one looks."""
    found = verified(synced, target, sample)
    assert found.result.problems == ()
    assert not found.result.has_errors
    assert (found.checked, found.read) == (5, 5 if sample is None else sample)


def test_what_is_missing(synced: SiteBuilder, target: str, meddler: Meddler) -> None:
    """An object that is gone is found by the listing alone."""
    meddler.delete(PICTURE)
    (problem,) = verified(synced, target).result.problems
    assert (problem.path, problem.code) == (PICTURE, "target-differs")
    assert "is not there" in problem.message


@pytest.mark.parametrize("same_size", [True, False])
def test_other_content(
    synced: SiteBuilder, target: str, meddler: Meddler, *, same_size: bool
) -> None:
    """Other bytes are found by the listing alone, also of the same size."""
    data = synced.tree()[PICTURE]
    meddler.put(PICTURE, data[:-1] + b"?" if same_size else b"x")
    (problem,) = verified(synced, target).result.problems
    assert (problem.path, "content differs" in problem.message) == (PICTURE, True)


def test_foreign_objects(synced: SiteBuilder, target: str, meddler: Meddler) -> None:
    """What is not in the catalog is counted, and no difference."""
    meddler.put("theirs.txt", b"x")
    found = verified(synced, target)
    assert (found.foreign, found.result.problems) == (1, ())


def test_headers(site: SiteBuilder, prefix: Prefix, s3: S3Server) -> None:
    """Headers that somebody changed are found by reading back."""
    site.exercise("squat")
    site.run("sync", target=prefix.url)
    data = site.tree()[PICTURE]
    Meddler(prefix.url, s3).put(PICTURE, data, ContentType="text/plain")
    assert verified(site, prefix.url).result.problems == ()
    (problem,) = verified(site, prefix.url, None).result.problems
    assert "other headers" in problem.message


def test_no_catalog(site: SiteBuilder, target: str) -> None:
    """A target that was never synced is bad usage, not an empty success."""
    with pytest.raises(TargetError, match=r"no media\.json"):
        verified(site, target)


def test_command(
    synced: SiteBuilder, target: str, meddler: Meddler, capsys: pytest.CaptureFixture[str]
) -> None:
    """The exit code says whether all is right, the last line how much was looked at."""
    args = ["verify", "--site", str(synced.root), "--target", target]
    assert main([*args, "--deep", "all"]) == 0
    assert capsys.readouterr().out == ("checked 5 objects and the catalog, read 5 back: 0 differ\n")
    meddler.delete(PICTURE)
    assert main([*args, "--deep", "2"]) == 1
    out, err = capsys.readouterr()
    assert "checked 5 objects and the catalog, read 2 back: 1 differs" in out
    assert PICTURE in err
    assert main([*args, "--format", "json"]) == 1
    document = json.loads(capsys.readouterr().out)
    assert [each["path"] for each in document["problems"]] == [PICTURE]
    assert main([*args, "--deep", "some"]) == 2


def test_a_catalog_that_waits(site: SiteBuilder, tmp_path: Path) -> None:
    """A variant that fails keeps the catalog off the target: both sync and verify say why."""
    site.exercise("squat")
    picture = site.root / "assets/images/squat-0.jpg"
    whole = picture.read_bytes()
    picture.write_bytes(whole[: len(whole) // 2])
    target = str(tmp_path / "out")
    for _ in range(2):
        line = summary_line(site.run("sync", target=target))
        assert line.endswith(" failed; media.json at the target waits until the errors are mended")
    with pytest.raises(TargetError) as told:
        verified(site, target)
    assert told.value.hint.startswith("run a sync, and mend the errors that it tells")
    picture.write_bytes(whole)
    assert "waits until" not in summary_line(site.run("sync", target=target))
