"""The first try of a small put, signed by botocore but without the rest of its way.

A call of the client takes over a millisecond of the interpreter, which for many small pictures is
longer than the server takes. What does not succeed here at once is for the client: it knows about
retries, regions and errors. A put says all of an object, so that a second one does no harm.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlsplit, urlunsplit

from botocore.auth import S3SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.exceptions import BotoCoreError, HTTPClientError

from mediakit.storage.s3.errors import bare_etag

if TYPE_CHECKING:
    from collections.abc import Mapping

_HEADERS = {
    "ContentType": "Content-Type",
    "CacheControl": "Cache-Control",
    "ContentDisposition": "Content-Disposition",
    "IfMatch": "If-Match",
    "IfNoneMatch": "If-None-Match",
    "ACL": "x-amz-acl",
    "StorageClass": "x-amz-storage-class",
    "ServerSideEncryption": "x-amz-server-side-encryption",
    "SSEKMSKeyId": "x-amz-server-side-encryption-aws-kms-key-id",
}
_OTHER_SIGNATURES = ("arn:",), ("--x-s3",)  # access points, and buckets of one zone
_REFUSED = range(300, 500)
_NO_FAULT = frozenset({404, 409, 412, 429})
"""Refused for now, or on a condition: the way is right."""
_PROBE = "mediakit"


class FirstPut:
    """Puts small objects in a bucket with one signed request each."""

    def __init__(self, client: Any, credentials: Any, bucket: str) -> None:  # noqa: ANN401 - of boto3
        self._credentials = credentials
        self._client = client
        # with the proxies, certificates and connections that the client has
        self._http: Any = getattr(getattr(client, "_endpoint", None), "http_session", None)
        starts, ends = _OTHER_SIGNATURES
        special = bucket.startswith(starts) or bucket.endswith(ends)
        self._works = not special and credentials is not None and self._http is not None
        self._base = _address(client, bucket) if self._works else ""

    def put(self, name: str, data: bytes, sha256: str, extra: Mapping[str, Any]) -> str | None:
        """Return the object's ETag, None where it is not sure to be there.

        `sha256` is that of `data`: it is signed, and the server compares.
        """
        headers = _headers(extra) if self._works else None
        if headers is None:
            return None
        headers["User-Agent"] = self._client.meta.config.user_agent
        request = AWSRequest("PUT", self._base + quote(name, safe="/~"), headers=headers, data=data)
        request.context = {"client_config": self._client.meta.config}
        try:
            _Signer(self._credentials, self._client.meta.region_name, sha256).add_auth(request)
            answer = self._http.send(request.prepare())
        except (BotoCoreError, HTTPClientError):
            return None
        if answer.status_code in _REFUSED and answer.status_code not in _NO_FAULT:
            self._works = False  # another region, or what the server does not take so
        if answer.status_code != 200:
            return None
        etag = answer.headers.get("ETag")
        return bare_etag(etag) if etag else None


class _Signer(S3SigV4Auth):
    """Signs with a digest that is known already."""

    def __init__(self, credentials: Any, region: str, sha256: str) -> None:  # noqa: ANN401
        super().__init__(credentials.get_frozen_credentials(), "s3", region)
        self._sha256 = sha256

    def payload(self, _request: AWSRequest) -> str:
        """Return the digest of what is sent."""
        return self._sha256


def _address(client: Any, bucket: str) -> str:  # noqa: ANN401
    """Return the URL below which the bucket's objects are, as the client would ask for them."""
    signed = client.generate_presigned_url("put_object", {"Bucket": bucket, "Key": _PROBE})
    return str(urlunsplit(urlsplit(signed)._replace(query=""))).removesuffix(_PROBE)


def _headers(extra: Mapping[str, Any]) -> dict[str, str] | None:
    """Return the parameters of a put as headers, None where this is for the client."""
    headers = {}
    for name, value in extra.items():
        if name == "Metadata":
            headers.update({f"x-amz-meta-{key}": text for key, text in value.items()})
        elif name in _HEADERS:
            headers[_HEADERS[name]] = value
        else:
            return None
    is_plain = all(text.isascii() and text.isprintable() for text in headers.values())
    return headers if is_plain else None
