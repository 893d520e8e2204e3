"""Sync with a bucket, on a real S3 server behind a proxy that counts and spoils requests."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import unicodedata
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import boto3
import pytest

from conftest import Prefix, SiteBuilder, draw, exercise, reasons
from faulty_proxy import Answer, Proxy, Request, error, faulty_proxy
from mediakit.base.actions import Result
from mediakit.base.errors import TargetError, UsageError
from mediakit.cli.main import main
from mediakit.storage.s3.storage import open_bucket
from mediakit.storage.settings import S3Settings, headers_of
from mediakit.sync import publish

if TYPE_CHECKING:
    from collections.abc import Iterator

    from s3_server import S3Server

PICTURES = [
    "assets/images/squat-0-320.jpg",
    "assets/images/squat-0-768.jpg",
    "assets/images/squat-0.jpg",
    "assets/images/squat-1-320.jpg",
    "assets/images/squat-1.jpg",
]
CATALOG, JOURNAL = "media.json", "media_puts.json"


@pytest.fixture
def squat(site: SiteBuilder) -> SiteBuilder:
    site.exercise("squat")
    return site


@pytest.fixture
def proxy(s3: S3Server, prefix: Prefix, monkeypatch: pytest.MonkeyPatch) -> Iterator[Proxy]:  # noqa: ARG001 - sets the environment first
    with faulty_proxy(s3.url) as found:
        monkeypatch.setenv("AWS_ENDPOINT_URL_S3", found.url)
        yield found


@pytest.fixture
def client(s3: S3Server, prefix: Prefix) -> Any:  # noqa: ARG001 - sets the credentials first
    """Return somebody else's program."""
    return boto3.Session().client("s3", endpoint_url=s3.url)


def sync(site: SiteBuilder, prefix: Prefix, **job: Any) -> Result:
    return site.run("sync", target=prefix.url, **job)


def at(prefix: Prefix, key: str) -> dict[str, str]:
    bucket, _, folder = prefix.url.removeprefix("s3://").partition("/")
    return {"Bucket": bucket, "Key": f"{folder}/{key}"}


def changes(result: Result) -> dict[str, str]:
    return {k: why for k, why in reasons(result, "target").items() if why != "up to date"}


def test_all_is_put_and_then_nothing(squat: SiteBuilder, prefix: Prefix, proxy: Proxy) -> None:
    """A first sync notes and puts all, the catalog last; a second one lists, reads it, and ends."""
    result = sync(squat, prefix)
    assert not result.has_errors
    assert sorted(prefix.tree()) == [*PICTURES, CATALOG]
    assert prefix.tree()[PICTURES[2]] == squat.tree()[PICTURES[2]]
    # a picture is sent at once, not after the server was asked whether it may come
    assert not any("expect" in request.headers for request in proxy.requests)
    puts = [request.path for request in proxy.requests if request.kind == "PUT"]
    assert len(puts) == 7
    assert puts[0].endswith(JOURNAL)
    assert puts[-1].endswith(CATALOG)
    proxy.requests.clear()
    again = sync(squat, prefix)
    assert set(reasons(again, "target").values()) == {"up to date"}
    assert proxy.kinds() == ["GET", "LIST"]


def test_a_few_of_many_changed(
    squat: SiteBuilder, prefix: Prefix, proxy: Proxy, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where few are put, only these are looked at again: not all listed, no catalog read twice."""
    monkeypatch.setattr(publish, "_WORTH", 0)
    sync(squat, prefix)
    squat.write("assets/images/squat-0.jpg", draw(colour="#111111"))
    proxy.requests.clear()
    result = sync(squat, prefix)
    assert not result.has_errors
    put = [key for key, why in changes(result).items() if why != "up to date"]
    kinds = Counter((each.kind, each.path.endswith(CATALOG)) for each in proxy.requests)
    assert kinds["LIST", False] == kinds["GET", True] == 1
    assert kinds["HEAD", False] == len(put)  # the objects but the catalog, and the journal


def test_fresh_checkout(squat: SiteBuilder, prefix: Prefix, proxy: Proxy, tmp_path: Any) -> None:
    """New times and no cache cost no request more: content decides (times lie)."""
    sync(squat, prefix)
    fresh = SiteBuilder(tmp_path / "fresh")
    shutil.copytree(squat.root, fresh.root, ignore=shutil.ignore_patterns(".mediakit"))
    for number, path in enumerate(fresh.root.rglob("*")):
        os.utime(path, (number % 2 * 3_345_000_000, 1))
    proxy.requests.clear()
    assert changes(sync(fresh, prefix)) == {}
    assert proxy.kinds() == ["GET", "LIST"]


def test_somebody_else_overwrote_one(squat: SiteBuilder, prefix: Prefix, client: Any) -> None:
    """Other content of the same size at the target is noticed by its ETag, and put right."""
    sync(squat, prefix)
    mine = squat.tree()[PICTURES[0]]
    client.put_object(**at(prefix, PICTURES[0]), Body=mine[:-1] + b"?")
    assert changes(sync(squat, prefix))[PICTURES[0]] == "content changed"
    assert prefix.tree()[PICTURES[0]] == mine


def test_headers(squat: SiteBuilder, prefix: Prefix, client: Any, proxy: Proxy) -> None:
    """Types are pinned, caching is by pattern, and a change of either is applied, all of it."""
    squat.write("assets/images/squat-1.jpg", draw(kind="WEBP"))
    sync(squat, prefix)
    told = client.head_object(**at(prefix, PICTURES[0]))
    assert (told["ContentType"], told["CacheControl"]) == ("image/jpeg", "public, max-age=86400")
    told = client.head_object(**at(prefix, CATALOG))
    assert (told["ContentType"], told["CacheControl"]) == ("application/json", "no-cache")
    squat.write(
        "mediakit.toml",
        '[[headers]]\nmatch = "*-320.jpg"\ncache_control = "max-age=7"\n'
        'content_disposition = "inline"\nmetadata = {owner = "team"}\n',
    )
    proxy.requests.clear()
    changed = changes(sync(squat, prefix))
    assert changed == {
        PICTURES[0]: "headers changed", PICTURES[3]: "headers changed", CATALOG: "content changed",
    }  # fmt: skip
    told = client.head_object(**at(prefix, PICTURES[0]))
    assert (told["ContentType"], told["CacheControl"]) == ("image/jpeg", "max-age=7")
    names = {name.lower(): value for name, value in told["Metadata"].items()}
    assert names["owner"] == "team"
    assert changes(sync(squat, prefix)) == {}


def test_no_acl_unless_asked(squat: SiteBuilder, prefix: Prefix, proxy: Proxy) -> None:
    """Buckets that take no ACLs are the rule; one that is asked for is sent with each put."""
    sync(squat, prefix)
    assert not any("x-amz-acl" in request.headers for request in proxy.requests)
    squat.write("mediakit.toml", '[s3]\nacl = "public-read"\nencryption = "AES256"\n')
    squat.write(PICTURES[4], draw(colour="#00ff00"))
    proxy.requests.clear()
    sync(squat, prefix)
    sent = [request.headers for request in proxy.requests if request.kind == "PUT"]
    assert {each.get("x-amz-acl") for each in sent} == {"public-read"}
    assert {each.get("x-amz-server-side-encryption") for each in sent} == {"AES256"}


def test_no_checksums_for_other_servers(squat: SiteBuilder, prefix: Prefix, proxy: Proxy) -> None:
    """A server that knows no checksums, as many do not, takes every request."""

    def refuse(request: Request) -> Answer | None:
        extra = [name for name in request.headers if name.startswith("x-amz-checksum")]
        trailer = "x-amz-trailer" in request.headers
        return Answer(501, error("NotImplemented")) if extra or trailer else None

    proxy.fault = refuse
    assert not sync(squat, prefix).has_errors


def test_a_lost_catalog(squat: SiteBuilder, prefix: Prefix, client: Any, proxy: Proxy) -> None:
    """Without its catalog each object is asked once, and nothing is put again but the catalog."""
    sync(squat, prefix)
    client.delete_object(**at(prefix, CATALOG))
    proxy.requests.clear()
    assert changes(sync(squat, prefix)) == {CATALOG: "new"}
    assert proxy.kinds().count("HEAD") == len(PICTURES) + 1
    proxy.requests.clear()
    assert changes(sync(squat, prefix)) == {}
    assert "HEAD" not in proxy.kinds()


def test_what_others_put(squat: SiteBuilder, prefix: Prefix, client: Any) -> None:
    """The same content with other headers gets ours, and is not ours to delete."""
    client.put_object(**at(prefix, PICTURES[4]), Body=squat.tree()[PICTURES[4]])
    client.put_object(
        **at(prefix, PICTURES[2]), Body=squat.tree()[PICTURES[2]],
        ContentType="image/jpeg", CacheControl="public, max-age=86400",
    )  # fmt: skip
    client.put_object(**at(prefix, "theirs.txt"), Body=b"x")
    found = changes(sync(squat, prefix))
    assert found[PICTURES[4]] == "headers changed"
    assert PICTURES[2] not in found
    squat.write(
        "_exercises/squat.md", "---\nheader: {teaser: /assets/images/squat-1-320.jpg}\n---\n"
    )
    sync(squat, prefix, delete=True)
    assert PICTURES[2] in prefix.tree()
    assert PICTURES[0] not in prefix.tree()
    assert "theirs.txt" in prefix.tree()


@pytest.mark.parametrize("size", [5, 8, 16])
def test_parts_of_others(
    squat: SiteBuilder, prefix: Prefix, client: Any, proxy: Proxy, size: int
) -> None:
    """A large file that another program sent in parts is known by its ETag, on AWS's way."""
    path = squat.write(PICTURES[4], draw().ljust(17_000_000, b"\0"))
    part = size * 1024 * 1024
    data = path.read_bytes()
    digests = [hashlib.md5(data[i : i + part]).digest() for i in range(0, len(data), part)]  # noqa: S324
    etag = f"{hashlib.md5(b''.join(digests)).hexdigest()}-{len(digests)}"  # noqa: S324
    client.put_object(
        **at(prefix, PICTURES[4]), Body=data, ContentType="image/jpeg",
        CacheControl="public, max-age=86400",
    )  # fmt: skip
    plain = hashlib.md5(data).hexdigest()  # noqa: S324
    proxy.rewrite = lambda body: body.replace(plain.encode(), etag.encode())
    found = changes(sync(squat, prefix))
    assert PICTURES[4] not in found


def test_prefixes(squat: SiteBuilder, prefix: Prefix, client: Any) -> None:
    """Slashes around and inside a prefix change nothing, and a sibling is never touched."""
    client.put_object(**at(prefix, "x2/keep.jpg"), Body=b"x")
    bucket, _, folder = prefix.url.removeprefix("s3://").partition("/")
    client.put_object(Bucket=bucket, Key=f"{folder}2/sibling.jpg", Body=b"x")
    client.put_object(Bucket=bucket, Key=f"{folder}/marker/", Body=b"")
    sync(squat, prefix)
    for spelling in (f"s3://{bucket}/{folder}/", f"s3://{bucket}//{folder}//"):
        result = squat.run("sync", target=spelling, delete=True)
        assert changes(result) == {}
    assert client.get_object(Bucket=bucket, Key=f"{folder}2/sibling.jpg")["Body"].read() == b"x"


@pytest.mark.parametrize(
    "address", ["s3:bucket", "s3://", "s3:///x", "s3://b/../x", "s3://b/./x", "s3://user:pw@b/x"]
)
def test_refused_addresses(squat: SiteBuilder, address: str) -> None:
    """What is no bucket's address is bad usage, before anything is done."""
    with pytest.raises(TargetError):
        squat.run("sync", target=address)


def test_odd_keys(site: SiteBuilder, prefix: Prefix, proxy: Proxy) -> None:
    """Keys are raw and composed: spaces, plus, percent, hash, question mark, Danish letters."""
    names = ["bækkenløft 50+ & (mere)", "a%20b", "q?x#y", "a b"]
    for name in names:
        site.write(f"_exercises/{hashlib.sha256(name.encode()).hexdigest()[:8]}.md", "")
        site.write(f"assets/images/{name}-0.jpg", draw())
    quoted = ["bækkenløft%2050+%20&%20(mere)", "a%2520b", "q%3Fx%23y", "a%20b"]
    for number, name in enumerate(quoted):
        site.write(
            f"_exercises/{number}.md",
            f'---\nheader: {{teaser: "/assets/images/{name}-0-320.jpg"}}\n---\n',
        )
    result = sync(site, prefix)
    assert [p.message for p in result.problems if p.severity == "error"] == []
    expected = {f"assets/images/{name}-0{suffix}.jpg" for name in names for suffix in ("", "-320")}
    assert set(prefix.tree()) == expected | {CATALOG}
    proxy.requests.clear()
    assert changes(sync(site, prefix)) == {}
    for number in (0, 2, 3):  # what page 1 names has one meaning, as written and decoded
        (site.root / f"_exercises/{number}.md").unlink()
    assert sync(site, prefix, delete=True).summary.deleted == 6
    assert set(prefix.tree()) == {
        "assets/images/a%20b-0.jpg",
        "assets/images/a%20b-0-320.jpg",
        CATALOG,
    }


def test_an_unlistable_bucket(squat: SiteBuilder, prefix: Prefix, proxy: Proxy) -> None:
    """A LIST that fails is fatal before any write: it is not an empty bucket."""
    sync(squat, prefix)
    before = prefix.tree()
    squat.write(PICTURES[4], draw(colour="#00ff00"))
    proxy.fault = lambda r: Answer(403, error("AccessDenied")) if r.kind == "LIST" else None
    proxy.requests.clear()
    with pytest.raises(TargetError, match=r"cannot be listed.*AccessDenied"):
        sync(squat, prefix, delete=True)
    assert set(proxy.kinds()) == {"GET", "LIST"}
    assert prefix.tree() == before


def test_no_bucket(squat: SiteBuilder, prefix: Prefix) -> None:  # noqa: ARG001 - the environment
    """A bucket that is not there is bad usage, with a hint."""
    with pytest.raises(TargetError) as caught:
        squat.run("sync", target="s3://never-made/x")
    assert "NoSuchBucket" in caught.value.message
    assert "make it first" in caught.value.hint


def test_one_failed_put(squat: SiteBuilder, prefix: Prefix, proxy: Proxy) -> None:
    """One object that cannot be put: the others are there, no catalog, no delete, an error."""
    squat.exercise("bench", 1)
    sync(squat, prefix)
    catalog = prefix.tree()[CATALOG]
    (squat.root / "_exercises/bench.md").unlink()
    for number in (0, 1):
        squat.write(f"assets/images/squat-{number}.jpg", draw(colour=f"#00ff0{number}"))

    def refuse(request: Request) -> Answer | None:
        is_one = request.kind == "PUT" and request.path.endswith("squat-1-320.jpg")
        return Answer(403, error("AccessDenied")) if is_one else None

    proxy.fault = refuse
    result = sync(squat, prefix, delete=True)
    assert result.has_errors
    assert result.summary.failed == 1
    assert [problem.path for problem in result.problems] == [PICTURES[3]]
    assert prefix.tree()[CATALOG] == catalog
    assert "assets/images/bench-0.jpg" in prefix.tree()
    proxy.fault = lambda _: None
    proxy.requests.clear()
    assert not sync(squat, prefix, delete=True).has_errors
    puts = [request.path for request in proxy.requests if request.kind == "PUT"]
    assert len(puts) == 3  # what was missing, and the catalog before and after the deletes
    assert "assets/images/bench-0.jpg" not in prefix.tree()


def test_a_resumed_run(squat: SiteBuilder, prefix: Prefix, proxy: Proxy) -> None:
    """After a run that did not come to its catalog only what is missing costs a request."""
    proxy.fault = lambda r: (
        Answer(403, error("AccessDenied")) if r.path.endswith(CATALOG) and r.kind == "PUT" else None
    )
    assert sync(squat, prefix).has_errors
    proxy.fault = lambda _: None
    proxy.requests.clear()
    result = sync(squat, prefix)
    assert changes(result) == {CATALOG: "new"}
    objects = [r for r in proxy.requests if not r.path.endswith((CATALOG, JOURNAL))]
    assert [r.kind for r in objects] == [
        "LIST",
        "LIST",
        "MULTI",
    ]  # the second look; the journal goes
    squat.write("_exercises/squat.md", exercise("squat", 1))
    assert sync(squat, prefix, delete=True).summary.deleted == 2  # they are known to be ours


@pytest.mark.parametrize(
    "code", [(503, "SlowDown"), (429, "TooManyRequests"), (500, "InternalError"), (0, "")]
)
def test_throttling(
    squat: SiteBuilder, prefix: Prefix, proxy: Proxy, code: tuple[int, str]
) -> None:
    """A target that is busy twice in a row is asked again; the run ends well."""
    seen: dict[str, int] = {}

    def busy(request: Request) -> Answer | None:
        name = f"{request.kind} {request.path}"
        seen[name] = seen.get(name, 0) + 1
        is_busy = request.path.endswith(("0-320.jpg", CATALOG)) and seen[name] == 1
        return Answer(code[0], error(code[1])) if is_busy else None

    proxy.fault = busy
    assert not sync(squat, prefix).has_errors
    assert sorted(prefix.tree()) == [*PICTURES, CATALOG]


def test_a_target_that_is_down(
    squat: SiteBuilder, prefix: Prefix, proxy: Proxy, monkeypatch: pytest.MonkeyPatch
) -> None:
    """When a target stops answering, the rest is given up on, each named, in bounded time."""
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "2")
    squat.write("mediakit.toml", "[s3]\npatience = 1\nconnections = 1\n")
    proxy.fault = lambda r: (
        Answer(503, error("SlowDown")) if r.kind == "PUT" and not r.path.endswith(JOURNAL) else None
    )
    for number in range(20):
        squat.exercise(f"e{number}", 1)
    result = sync(squat, prefix)
    assert result.summary.failed == 20 * 3 + 5
    messages = [problem.message for problem in result.problems]
    # where the first put takes as long as the patience, all messages are of the second kind
    assert all("SlowDown" in message or "(HTTP 503)" in message for message in messages)
    assert any("no proper answer for 1 s" in message for message in messages)
    assert prefix.tree().keys() == {JOURNAL}


@pytest.mark.parametrize("code", ["ExpiredToken", "AccessDenied"])
def test_a_fault_of_all_objects(  # noqa: PLR0917 - fixtures, and the case
    squat: SiteBuilder, prefix: Prefix, proxy: Proxy, monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str], code: str,
) -> None:  # fmt: skip
    """What all objects share is not tried for each, and told once; counts and JSON have each."""
    most = 6 if code == "ExpiredToken" else 14
    squat.write("mediakit.toml", "[s3]\nconnections = 2\n")
    for number in range(10):
        squat.exercise(f"e{number}", 1)

    def refuse(request: Request) -> Answer | None:
        told = "not for " + request.path.partition("/bucket/")[2]
        is_object = request.kind == "PUT" and not request.path.endswith(JOURNAL)
        return Answer(403, error(code, told)) if is_object else None

    proxy.fault = refuse
    monkeypatch.chdir(squat.root)
    assert main(["sync", "--no-videos", "--target", prefix.url]) == 1
    assert proxy.kinds().count("PUT") <= most + 1  # and the journal
    out, err = capsys.readouterr()
    assert err.count("error:") == 1
    assert "and 34 more for the same reason" in err
    assert f"not for … [{code}]" in err
    assert "35 failed" in out
    main(["sync", "--no-videos", "--target", prefix.url, "--format", "json"])
    document = json.loads(capsys.readouterr().out)
    assert len(document["problems"]) == document["summary"]["failed"] == 35


def test_errors_inside_a_success(squat: SiteBuilder, prefix: Prefix, proxy: Proxy) -> None:
    """A delete of many that answers 200 with errors is no success: each is tried again or told."""
    squat.exercise("bench", 1)
    sync(squat, prefix)
    (squat.root / "_exercises/bench.md").unlink()
    _, _, folder = prefix.url.removeprefix("s3://").partition("/")
    key = f"{folder}/assets/images/bench-0.jpg"
    busy = f"<Error><Key>{key}</Key><Code>SlowDown</Code></Error>"
    denied = f"<Error><Key>{key}</Key><Code>AccessDenied</Code><Message>no</Message></Error>"
    answers = iter([busy, denied])

    def spoil(request: Request) -> Answer | None:
        if request.kind != "MULTI":
            return None
        return Answer(200, f"<DeleteResult>{next(answers)}</DeleteResult>".encode())

    proxy.fault = spoil
    result = sync(squat, prefix, delete=True)
    failed = [p for p in result.problems if p.code == "delete-failed"]
    assert [p.path for p in failed] == ["assets/images/bench-0.jpg"]
    assert "AccessDenied" in failed[0].message
    proxy.fault = lambda _: None
    # the others were said to be deleted, so that this one is all that is left to do
    assert sync(squat, prefix, delete=True).summary.deleted == 1


@pytest.mark.parametrize("code", ["MissingContentMD5", "NotImplemented"])
def test_servers_without_deletes_of_many(
    squat: SiteBuilder, prefix: Prefix, proxy: Proxy, code: str
) -> None:
    """Where the server takes no delete of many, they go one by one."""
    squat.exercise("bench", 1)
    sync(squat, prefix)
    (squat.root / "_exercises/bench.md").unlink()
    proxy.fault = lambda r: Answer(400, error(code)) if r.kind == "MULTI" else None
    result = sync(squat, prefix, delete=True)
    assert result.summary.deleted == 3
    assert sorted(prefix.tree()) == [*PICTURES, CATALOG]


def test_deletes_carry_a_digest(squat: SiteBuilder, prefix: Prefix, proxy: Proxy) -> None:
    """Older servers demand Content-MD5 of a delete of many."""
    squat.exercise("bench", 1)
    sync(squat, prefix)
    (squat.root / "_exercises/bench.md").unlink()
    proxy.fault = lambda r: (
        Answer(400, error("MissingContentMD5"))
        if r.kind == "MULTI" and "content-md5" not in r.headers
        else None
    )
    proxy.requests.clear()
    assert sync(squat, prefix, delete=True).summary.deleted == 3
    assert "DELETE" not in proxy.kinds()


def test_two_deploys_cannot_cross(
    squat: SiteBuilder, prefix: Prefix, proxy: Proxy, client: Any
) -> None:
    """A catalog that another run wrote meanwhile is not overwritten, and nothing is deleted."""
    squat.exercise("bench", 1)
    sync(squat, prefix)
    (squat.root / "_exercises/bench.md").unlink()
    squat.write(PICTURES[4], draw(colour="#00ff00"))
    other = json.dumps({"version": 1, "images": {}, "objects": {}}).encode()

    def meanwhile(request: Request) -> Answer | None:
        if request.kind == "PUT" and request.path.endswith("squat-1.jpg"):
            client.put_object(**at(prefix, CATALOG), Body=other)
        return None

    proxy.fault = meanwhile
    result = sync(squat, prefix, delete=True)
    assert [problem.code for problem in result.problems] == ["target-changed"]
    assert prefix.tree()[CATALOG] == other
    assert "assets/images/bench-0.jpg" in prefix.tree()


def test_conditions_are_sent(squat: SiteBuilder, prefix: Prefix, proxy: Proxy) -> None:
    """All is put with If-None-Match the first time, and with If-Match later."""
    sync(squat, prefix)
    squat.write(PICTURES[4], draw(colour="#00ff00"))
    sync(squat, prefix)
    puts = [r.headers for r in proxy.requests if r.kind == "PUT" and r.path.endswith(CATALOG)]
    assert puts[0]["if-none-match"] == "*"
    assert puts[1]["if-match"].startswith('"')
    ours = (CATALOG, JOURNAL)
    others = [r.headers for r in proxy.requests if r.kind == "PUT" and not r.path.endswith(ours)]
    first, later = others[: len(PICTURES)], others[len(PICTURES) :]
    assert all(each["if-none-match"] == "*" for each in first)
    assert later
    assert all(each["if-match"].startswith('"') for each in later)


def test_a_lost_answer(squat: SiteBuilder, prefix: Prefix, proxy: Proxy) -> None:
    """A condition that fails on our own write, whose answer was lost, is no conflict."""
    state = {"stored": False}

    def precondition(request: Request) -> Answer | None:
        if request.kind == "PUT" and request.path.endswith(CATALOG) and state["stored"]:
            return Answer(412, error("PreconditionFailed"))
        return None

    def lose(request: Request) -> bool:
        is_first = request.kind == "PUT" and request.path.endswith(CATALOG) and not state["stored"]
        state["stored"] = state["stored"] or is_first
        return is_first

    proxy.fault, proxy.lose = precondition, lose
    assert not sync(squat, prefix).has_errors
    proxy.fault, proxy.lose = (lambda _: None), (lambda _: False)
    assert changes(sync(squat, prefix)) == {}


def test_dry_run(squat: SiteBuilder, prefix: Prefix, proxy: Proxy) -> None:
    """A dry run does the real LIST, prints the plan, and writes nothing."""
    sync(squat, prefix)
    squat.write(PICTURES[4], draw(colour="#00ff00"))
    proxy.requests.clear()
    planned = sync(squat, prefix, dry_run=True)
    assert set(proxy.kinds()) == {"LIST", "GET"}
    assert changes(planned).keys() == {PICTURES[3], PICTURES[4], CATALOG}
    assert changes(planned) == changes(sync(squat, prefix))


@pytest.mark.parametrize(
    ("name", "value", "what"),
    [
        ("AWS_ENDPOINT_URL_S3", "", "AWS_ENDPOINT_URL_S3 is set, but empty"),
        ("AWS_ENDPOINT_URL", " ", "AWS_ENDPOINT_URL is set, but empty"),
        ("AWS_PROFILE", "nobody", "nobody"),
        ("AWS_ACCESS_KEY_ID", "", "credentials"),
        ("AWS_ENDPOINT_URL_S3", "no url", "endpoint"),
    ],
)
def test_wrong_environment(  # noqa: PLR0917 - fixtures and cases
    squat: SiteBuilder, prefix: Prefix, monkeypatch: pytest.MonkeyPatch,
    name: str, value: str, what: str,
) -> None:  # fmt: skip
    """Forgotten and misspelt variables are bad usage, with words that say which."""
    monkeypatch.setenv(name, value)
    if name == "AWS_ACCESS_KEY_ID":
        monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")
    with pytest.raises(UsageError) as caught:
        sync(squat, prefix)
    assert what in f"{caught.value.message} {caught.value.hint}"


def test_empty_profile_and_region(
    squat: SiteBuilder, prefix: Prefix, proxy: Proxy, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An empty AWS_PROFILE is none, and AWS_REGION counts, which boto3 does not read itself."""
    monkeypatch.setenv("AWS_PROFILE", "")
    monkeypatch.delenv("AWS_DEFAULT_REGION")
    monkeypatch.setenv("AWS_REGION", "eu-north-1")
    sync(squat, prefix)
    assert "/eu-north-1/s3/" in proxy.requests[0].headers["authorization"]


def test_a_wrong_secret_is_not_shown(
    squat: SiteBuilder, prefix: Prefix, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No message has a secret in it."""
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "PLANTED-SECRET")
    with pytest.raises(TargetError) as caught:
        sync(squat, prefix)
    assert "PLANTED-SECRET" not in f"{caught.value.message} {caught.value.hint}"
    for path in (squat.root / ".mediakit").rglob("*"):
        if path.is_file():
            assert b"PLANTED-SECRET" not in path.read_bytes()


def test_skewed_clocks(squat: SiteBuilder, prefix: Prefix, proxy: Proxy) -> None:
    """A clock that is wrong is said with both times, after one try."""
    body = (
        b"<Error><Code>RequestTimeTooSkewed</Code><Message>too large</Message>"
        b"<RequestTime>20260101T000000Z</RequestTime><ServerTime>2026-11-25T00:00:00Z</ServerTime></Error>"
    )
    proxy.fault = lambda _: Answer(403, body)
    with pytest.raises(TargetError) as caught:
        sync(squat, prefix)
    assert "20260101T000000Z" in caught.value.message
    assert "2026-11-25T00:00:00Z" in caught.value.message
    assert len(proxy.requests) == 1


def test_more_than_a_page(prefix: Prefix, proxy: Proxy) -> None:
    """Past 1,000 keys the whole listing is read, and deletes come in batches of 1,000."""
    target = open_bucket(prefix.url, S3Settings())
    with ThreadPoolExecutor(16) as pool:
        keys = [f"x/{number}.jpg" for number in range(1005)]
        list(pool.map(lambda key: target.put(key, b"x", headers_of(key)), keys))
    proxy.requests.clear()
    assert len(target.list()) == 1005
    assert proxy.kinds() == ["LIST", "LIST"]
    assert target.delete(keys) == {}
    batches = [
        request.body.count(b"<Key>") for request in proxy.requests if request.kind == "MULTI"
    ]
    assert batches == [1000, 5]
    assert target.list() == {}
    target.close()


def test_an_upload_that_fails_leaves_no_parts(
    squat: SiteBuilder, prefix: Prefix, proxy: Proxy
) -> None:
    """A large file of which a part is refused is aborted, and sent whole the next time."""
    squat.write(PICTURES[4], draw().ljust(17_000_000, b"\0"))
    proxy.fault = lambda r: (
        Answer(403, error("AccessDenied")) if r.query.get("partNumber") == ["2"] else None
    )
    assert sync(squat, prefix).has_errors
    aborted = [r for r in proxy.requests if r.method == "DELETE" and "uploadId" in r.query]
    assert len(aborted) == 1
    assert PICTURES[4] not in prefix.tree()
    proxy.fault = lambda _: None
    assert not sync(squat, prefix).has_errors
    assert len(prefix.tree()[PICTURES[4]]) == 17_000_000
    assert changes(sync(squat, prefix)) == {}


def test_uploads_left_open(squat: SiteBuilder, prefix: Prefix, proxy: Proxy) -> None:
    """A sync aborts what a cut off one left, of our pictures, a day later by the server's clock."""
    folder = prefix.url.split("/", 3)[3]
    now = datetime.now(UTC)
    left = {
        f"{folder}/i/old.jpg": timedelta(hours=25),
        f"{folder}/i/young.jpg": timedelta(hours=23),
        f"{folder}/backup.tar": timedelta(days=9),
        "other/i/old.jpg": timedelta(days=9),
    }
    uploads = "".join(
        f"<Upload><Key>{key}</Key><UploadId>{number}</UploadId>"
        f"<Initiated>{(now - age).isoformat()}</Initiated></Upload>"
        for number, (key, age) in enumerate(left.items())
    )
    body = f"<ListMultipartUploadsResult>{uploads}</ListMultipartUploadsResult>"
    proxy.fault = lambda r: (
        Answer(204) if "uploadId" in r.query
        else Answer(200, body.encode()) if "uploads" in r.query else None
    )  # fmt: skip
    assert not sync(squat, prefix).has_errors
    aborted = [r.path for r in proxy.requests if r.method == "DELETE" and "uploadId" in r.query]
    assert aborted == [f"/bucket/{folder}/i/old.jpg"]
    assert sum("uploads" in r.query for r in proxy.requests) == 1


@pytest.mark.parametrize(
    "answer", [Answer(501, error("NotImplemented")), Answer(403), Answer(200, b"<html")]
)
def test_uploads_that_are_not_listed(
    squat: SiteBuilder, prefix: Prefix, proxy: Proxy, answer: Answer
) -> None:
    """A server that lists no uploads, or to others only, is synced with as ever."""
    proxy.fault = lambda r: answer if "uploads" in r.query else None
    assert sync(squat, prefix).problems == ()


def test_decomposed_names(site: SiteBuilder, prefix: Prefix) -> None:
    """A file whose name is decomposed, as on a Mac, has a composed key, once."""
    name = unicodedata.normalize("NFD", "knæbøjning-é")
    site.write("_exercises/a.md", "---\nheader: {teaser: /i/knæbøjning-é-320.jpg}\n---\n")
    site.write(f"i/{name}.jpg", draw())
    assert not sync(site, prefix).has_errors
    assert set(prefix.tree()) == {"i/knæbøjning-é.jpg", "i/knæbøjning-é-320.jpg", CATALOG}
    assert changes(sync(site, prefix)) == {}
