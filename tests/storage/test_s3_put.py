"""First puts: signed for a server that looks; what they cannot do is left to the client."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

import pytest

from conftest import Prefix
from faulty_proxy import Answer, Proxy, error, faulty_proxy
from mediakit.base.artifacts import Artifact
from mediakit.storage.headers import Headers
from mediakit.storage.s3.client import open_client
from mediakit.storage.s3.put import FirstPut
from mediakit.storage.s3.storage import open_bucket
from mediakit.storage.settings import Encryption, S3Settings
from s3_server import BUCKET, S3Server

if TYPE_CHECKING:
    from collections.abc import Iterator

DATA = b"a picture"
SHA256 = hashlib.sha256(DATA).hexdigest()
EXTRA: dict[str, Any] = {"ContentType": "image/jpeg", "Metadata": {"sha256": SHA256}}


@pytest.fixture
def proxy(s3: S3Server, prefix: Prefix, monkeypatch: pytest.MonkeyPatch) -> Iterator[Proxy]:  # noqa: ARG001
    with faulty_proxy(s3.url) as proxy:
        monkeypatch.setenv("AWS_ENDPOINT_URL_S3", proxy.url)
        yield proxy


def first_put() -> FirstPut:
    client, credentials = open_client(S3Settings())
    return FirstPut(client, credentials, BUCKET)


@pytest.mark.parametrize("name", ["a.jpg", "a b+c.jpg", "æøå/#?&=%41~.jpg"])
def test_one_request(proxy: Proxy, name: str) -> None:
    """A name of any letters is signed as the server signs it: one request, and it is there."""
    etag = first_put().put(f"first/{name}", DATA, SHA256, EXTRA)
    assert etag is not None
    assert etag.strip('"') == hashlib.md5(DATA, usedforsecurity=False).hexdigest()
    assert proxy.kinds() == ["PUT"]


def test_a_busy_server(proxy: Proxy) -> None:
    """One that is busy gets the client's patience, and the next object is tried again here."""
    first = first_put()
    proxy.fault = lambda _: Answer(503, error("SlowDown"))
    assert first.put("first/busy.jpg", DATA, SHA256, EXTRA) is None
    proxy.fault = lambda _: None
    assert first.put("first/busy.jpg", DATA, SHA256, EXTRA) is not None


def test_a_refusal(proxy: Proxy) -> None:
    """After a refusal all goes by way of the client: no two requests for each object."""
    proxy.fault = lambda _: Answer(400, error("InvalidRequest"))
    first = first_put()
    assert first.put("first/no.jpg", DATA, SHA256, EXTRA) is None
    assert first.put("first/no.jpg", DATA, SHA256, EXTRA) is None
    assert proxy.kinds() == ["PUT"]


def test_not_for_a_first_put(proxy: Proxy) -> None:
    """Without credentials, with texts that are no headers, or unknown options nothing is sent."""
    client, credentials = open_client(S3Settings())
    assert FirstPut(client, None, BUCKET).put("first/x", DATA, SHA256, EXTRA) is None
    assert FirstPut(client, credentials, "b--use1-az4--x-s3").put("x", DATA, SHA256, EXTRA) is None
    first = first_put()
    assert first.put("first/x", DATA, SHA256, {"ContentType": "image/jpeg\nx: y"}) is None
    assert first.put("first/x", DATA, SHA256, {"ContentDisposition": "attachment; ø"}) is None
    assert first.put("first/x", DATA, SHA256, {"WebsiteRedirectLocation": "/"}) is None
    assert proxy.kinds() == []


def test_settings_are_sent(proxy: Proxy) -> None:
    """ACL, storage class and encryption go with the first request, as with the client's."""
    settings = S3Settings(
        acl="public-read", storage_class="STANDARD_IA", encryption=Encryption.KMS, kms_key="k"
    )
    bucket = open_bucket(f"s3://{BUCKET}/first", settings)
    assert isinstance(bucket.put("s.jpg", DATA, Headers("image/jpeg")), Artifact)
    sent = {name.lower(): value for name, value in proxy.requests[0].headers.items()}
    assert sent["x-amz-acl"] == "public-read"
    assert sent["x-amz-storage-class"] == "STANDARD_IA"
    assert sent["x-amz-server-side-encryption"] == "aws:kms"
    assert sent["x-amz-server-side-encryption-aws-kms-key-id"] == "k"
    assert sent["x-amz-content-sha256"] == SHA256
