"""Signatures and places of requests: as botocore, AWS's own library, has them."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any
from unittest.mock import patch

from botocore.auth import S3SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from hypothesis import given
from hypothesis import strategies as st

from mediakit.storage.s3.server import Server, find_server
from mediakit.storage.s3.signing import Keys, Request, encoded
from mediakit.storage.settings import Addressing, S3Settings

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

TEXT = st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=8)


@given(
    name=st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=12),
    query=st.dictionaries(st.sampled_from(["uploads", "partNumber", "prefix"]), TEXT),
    metadata=TEXT,
    token=st.sampled_from(["", "TOKEN"]),
)
def test_as_botocore_signs(name: str, query: dict[str, str], metadata: str, token: str) -> None:
    """Whatever a key, a query or a header has in it, both signatures are the same."""
    path = f"/bucket/{encoded(name, '/')}"
    text = "&".join(f"{key}={encoded(each)}" for key, each in sorted(query.items()))
    headers = {"Host": "host:9000", "x-amz-meta-x": metadata, "Content-Type": "image/jpeg"}
    ours = Request("PUT", path, text, headers, b"x", "a" * 64)
    signed = ours.signed(Keys("key", "secret", token), "eu-north-1")
    theirs: Any = AWSRequest("PUT", f"http://host:9000{ours.target}", headers)
    theirs.headers["X-Amz-Content-SHA256"] = "a" * 64
    auth = S3SigV4Auth(Credentials("key", "secret", token or None), "s3", "eu-north-1")
    now = datetime.strptime(signed["x-amz-date"], "%Y%m%dT%H%M%SZ")  # noqa: DTZ007 - as botocore's
    with (
        patch("botocore.auth.get_current_datetime", return_value=now),
        patch.object(S3SigV4Auth, "payload", return_value="a" * 64),
    ):
        auth.add_auth(theirs)
    assert signed["Authorization"] == theirs.headers["Authorization"]


def test_places_of_buckets() -> None:
    """At AWS the bucket is in the host's name, unless that has dots; elsewhere in the path."""
    aws, other = "https://s3.eu-north-1.amazonaws.com", "https://host:9/base/"

    def place(endpoint: str, bucket: str, addressing: Addressing = Addressing.AUTO) -> object:
        return Server(endpoint, "eu-north-1", lambda: Keys("", ""), addressing).place_of(bucket)

    assert place(aws, "b") == ("b.s3.eu-north-1.amazonaws.com", "")
    assert place(aws, "b.c") == ("s3.eu-north-1.amazonaws.com", "/b.c")
    assert place(aws, "b", Addressing.PATH) == ("s3.eu-north-1.amazonaws.com", "/b")
    assert place(other, "b") == ("host:9", "/base/b")
    assert place(other, "b", Addressing.VIRTUAL) == ("b.host:9", "/base")


def test_buckets_of_other_regions() -> None:
    """AWS says where a bucket is, and is asked there, once; another server is not believed."""
    for endpoint in ("https://s3.us-east-1.amazonaws.com", "https://s3.amazonaws.com"):
        moved = Server(endpoint, "us-east-1", lambda: Keys("", "")).moved("eu-north-1")
        assert moved is not None
        assert (moved.endpoint, moved.region) == (
            "https://s3.eu-north-1.amazonaws.com", "eu-north-1",
        )  # fmt: skip
        assert moved.moved("eu-north-1") is None
    assert Server("https://host", "us-east-1", lambda: Keys("", "")).moved("eu-north-1") is None


def test_a_region_is_a_name() -> None:
    """What a server calls a region never sends a signed request to another host."""
    server = Server("https://s3.us-east-1.amazonaws.com", "us-east-1", lambda: Keys("", ""))
    for region in ("evil.example/", "evil.example#", "x@evil.example:1/", "a\r\nb", "A" * 99):
        assert server.moved(region) is None


def test_what_boto3_finds(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """AWS's endpoints, and what its files say of the user, come from boto3."""
    config = tmp_path / "config"
    config.write_text(
        "[profile media]\nregion = eu-north-1\nca_bundle = /ca.pem\naws_access_key_id = key\n"
        "aws_secret_access_key = secret\naws_session_token = token\n"
    )
    for name in (
        "AWS_ENDPOINT_URL_S3",
        "AWS_ENDPOINT_URL",
        "AWS_REGION",
        "AWS_DEFAULT_REGION",
        "AWS_CA_BUNDLE",
    ):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_CONFIG_FILE", str(config))
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "another")
    found = find_server(S3Settings(profile="media"))
    assert (found.endpoint, found.region) == ("https://s3.eu-north-1.amazonaws.com", "eu-north-1")
    assert found.keys() == Keys("key", "secret", "token")
    assert found.ca_bundle == "/ca.pem"
