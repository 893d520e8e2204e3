"""Puts into a bucket: what they send, as a proxy before the server sees it."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

import pytest

from conftest import Prefix
from faulty_proxy import Proxy, faulty_proxy
from mediakit.base.artifacts import Artifact
from mediakit.storage.headers import Headers
from mediakit.storage.s3.storage import open_bucket
from mediakit.storage.settings import Encryption, S3Settings
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
