"""Puts into a bucket: what they send, as a proxy before the server sees it."""

from __future__ import annotations

import hashlib
import sys
from typing import TYPE_CHECKING

import pytest

from conftest import Prefix
from faulty_proxy import Answer, Proxy, faulty_proxy
from mediakit.base.artifacts import Artifact
from mediakit.storage.s3.storage import open_bucket
from mediakit.storage.settings import Encryption, Headers, S3Settings
from s3_server import BUCKET, S3Server

if TYPE_CHECKING:
    from collections.abc import Iterator

DATA = b"a picture"
SHA256 = hashlib.sha256(DATA).hexdigest()


@pytest.fixture
def proxy(s3: S3Server, prefix: Prefix, monkeypatch: pytest.MonkeyPatch) -> Iterator[Proxy]:  # noqa: ARG001
    with faulty_proxy(s3.url) as proxy:
        monkeypatch.setenv("AWS_ENDPOINT_URL_S3", proxy.url)
        yield proxy


@pytest.mark.parametrize("name", ["a.jpg", "a b+c.jpg", "æøå/#?&=%41~.jpg"])
def test_one_request(proxy: Proxy, name: str) -> None:
    """A name of any letters is signed as the server signs it: one request, and it is there."""
    put = open_bucket(f"s3://{BUCKET}/first", S3Settings()).put(name, DATA, Headers("image/jpeg"))
    assert isinstance(put, Artifact), put
    assert put.etag == hashlib.md5(DATA, usedforsecurity=False).hexdigest()
    assert proxy.kinds() == ["PUT"]


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


def test_a_connection_that_was_closed(proxy: Proxy, monkeypatch: pytest.MonkeyPatch) -> None:
    """One that the server has closed since the last answer costs no try, and no wait."""
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "1")
    target = open_bucket(f"s3://{BUCKET}/first", S3Settings())
    cut = iter([None, Answer(0)])
    proxy.fault = lambda _: next(cut, None)
    for name in ("a.jpg", "b.jpg"):
        assert isinstance(target.put(name, DATA, Headers("image/jpeg")), Artifact)
    assert len(proxy.requests) == 3


def test_a_proxy_of_the_environment(proxy: Proxy, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is asked for a host that this machine cannot reach, with its user and password."""
    monkeypatch.setenv("AWS_ENDPOINT_URL_S3", "http://store.invalid:9000")
    monkeypatch.setenv("http_proxy", proxy.url.replace("//", "//us%40er:word@"))
    monkeypatch.delenv("no_proxy", raising=False)
    target = open_bucket(f"s3://{BUCKET}/first", S3Settings())
    assert isinstance(target.put("p.jpg", DATA, Headers("image/jpeg")), Artifact)
    (sent,) = proxy.requests
    assert sent.headers["host"] == "store.invalid:9000"
    assert sent.headers["proxy-authorization"] == "Basic dXNAZXI6d29yZA=="


def test_boto3_is_loaded_only_to_find_what_is_not_said(
    proxy: Proxy, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where variables name the server and the keys, a run does not wait for boto3."""
    monkeypatch.setitem(sys.modules, "boto3", None)
    target = open_bucket(f"s3://{BUCKET}/first", S3Settings())
    assert isinstance(target.put("a.jpg", DATA, Headers("image/jpeg")), Artifact)
    assert proxy.kinds() == ["PUT"]
