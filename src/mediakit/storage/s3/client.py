"""The boto3 client of a bucket: endpoint, region and checksums as the server needs them."""

from __future__ import annotations

import base64
import hashlib
import os
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import boto3
import botocore.config
import botocore.handlers
import botocore.session
from botocore.exceptions import BotoCoreError

from mediakit.base.errors import TargetError
from mediakit.base.redaction import redacted
from mediakit.storage.s3.errors import OtherServerError, RedirectedError, explained
from mediakit.storage.s3.listing import register_listing
from mediakit.storage.settings import Addressing, is_loopback

if TYPE_CHECKING:
    from mediakit.storage.settings import S3Settings

_ENDPOINTS = ("AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL")
_REDIRECTS, _REGION = range(300, 400), "x-amz-bucket-region"
_ENDPOINT = re.compile(rb"<Endpoint>([^<]{1,300})</Endpoint>")
_PAGE = re.compile(rb"\s*(?:<!doctype html|<html)", re.IGNORECASE)
_ATTEMPTS = 8  # with standard retries: about a minute of waiting in all
_CONNECT, _READ = 10, 15  # seconds

_BUCKET = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{1,254}")


@dataclass(frozen=True, slots=True)
class BucketAddress:
    """A bucket and a prefix, which has no slash around it, or is empty."""

    bucket: str
    prefix: str = ""

    @classmethod
    def parse(cls, text: str) -> BucketAddress:
        """Read an address; raises TargetError."""
        rest, shown = text.partition(":")[2], redacted(text)
        if not rest.startswith("//"):
            raise TargetError(f"{shown}: not a bucket's address", "write s3://BUCKET/PREFIX")
        bucket, _, path = rest[2:].partition("/")
        parts = [part for part in path.split("/") if part]
        if not _BUCKET.fullmatch(bucket):
            what = redacted(f"//{bucket}")[2:]
            raise TargetError(
                f"{shown}: {what!r} is not the name of a bucket", "write s3://BUCKET/PREFIX"
            )
        if {".", ".."} & {*parts}:
            raise TargetError(f"{shown}: a prefix has no . or .. in it", "write the whole prefix")
        return cls(bucket, "/".join(parts))

    @property
    def url(self) -> str:
        """The address in its one spelling."""
        return f"s3://{self.bucket}/{self.prefix}" if self.prefix else f"s3://{self.bucket}"

    @property
    def folder(self) -> str:
        """The beginning of every key, which siblings such as `img2/` do not have."""
        return f"{self.prefix}/" if self.prefix else ""

    def name(self, key: str) -> str:
        """Return the whole name of an object in the bucket."""
        return self.folder + key


def open_client(settings: S3Settings) -> Any:  # noqa: ANN401 - made by boto3
    """Return a client with the credentials that AWS programs find.

    Raises:
        TargetError: a variable or setting is wrong, or there is no such profile.
    """
    for name in _ENDPOINTS:
        if os.environ.get(name, "set").strip() == "":  # boto3 would go to AWS itself
            raise TargetError(f"{name} is set, but empty", "give the endpoint's URL, or unset it")
    try:
        session = _session(settings)
        endpoint = _endpoint(session, settings)
        client = _client(session, settings, endpoint, {})
        if not _is_aws(client.meta.endpoint_url):
            special = _for_other_servers(client.meta.endpoint_url)
            client = _client(session, settings, endpoint, special)
            client.meta.events.register("before-parse.s3", _refuse_others)
    except (BotoCoreError, ValueError) as error:
        raise TargetError(*explained(error)) from error
    events = client.meta.events
    events.register("before-call.s3.DeleteObjects", _add_md5)
    # to ask before each body costs a round trip
    events.unregister("before-call.s3", getattr(botocore.handlers, "add_expect_header", None))
    register_listing(client)
    return client


def _session(settings: S3Settings) -> boto3.Session:
    profile = settings.profile or os.environ.get("AWS_PROFILE") or None
    if profile is None:
        os.environ.pop("AWS_PROFILE", None)  # set, but empty: boto3 would look for one called ""
    core = botocore.session.Session(profile=profile)
    # nobody reads dates; parsing them takes half the time of a long listing
    core.get_component("response_parser_factory").set_parser_defaults(timestamp_parser=str)
    return boto3.Session(botocore_session=core)


def _endpoint(session: boto3.Session, settings: S3Settings) -> str | None:
    """Return the endpoint to use, None if the environment, a profile or AWS itself has it.

    A signed request carries the session's token, so who has the keys says where it goes: what a
    file of the site names is used only on this machine.
    """
    given, place = settings.endpoint, settings.endpoint_place
    if given is None or not place:
        return given
    if not _is_aws(_client(session, settings, None, {}).meta.endpoint_url):
        return None
    if is_loopback(given):
        return given
    raise TargetError(
        f"{place}: s3.endpoint: a file of the site may not choose where credentials are sent",
        f"set AWS_ENDPOINT_URL_S3={given} where the keys are set, or give --s3-endpoint",
    )


def _client(
    session: boto3.Session, settings: S3Settings, endpoint: str | None, special: dict[str, Any]
) -> Any:  # noqa: ANN401 - made by boto3
    addressing = special.pop("addressing", Addressing.AUTO)
    region = settings.region or os.environ.get("AWS_REGION") or session.region_name
    fallback = special.pop("region", None)
    if settings.addressing is not Addressing.AUTO:
        addressing = settings.addressing
    retries: Any = {}
    if "AWS_RETRY_MODE" not in os.environ:
        retries["mode"] = "standard"
    if "AWS_MAX_ATTEMPTS" not in os.environ:
        retries["total_max_attempts"] = _ATTEMPTS
    config = botocore.config.Config(
        max_pool_connections=settings.connections + 1,
        connect_timeout=_CONNECT,
        read_timeout=_READ,
        retries=retries,
        s3={"addressing_style": addressing.value},
        **special,
    )
    return session.client(
        "s3", region_name=region or fallback, endpoint_url=endpoint, config=config
    )


def _is_aws(endpoint: str) -> bool:
    host = urlsplit(endpoint).hostname or ""
    return host.endswith((".amazonaws.com", ".amazonaws.com.cn", ".amazonaws.eu"))


def _for_other_servers(endpoint: str) -> dict[str, Any]:
    """Return the options for servers other than AWS: many refuse the checksums that boto3 adds."""
    host = urlsplit(endpoint).hostname or ""
    special: dict[str, Any] = {
        "addressing": Addressing.PATH,
        "region": "auto" if host.endswith(".r2.cloudflarestorage.com") else "us-east-1",
    }
    for option in ("request_checksum_calculation", "response_checksum_validation"):
        if f"AWS_{option.upper()}" not in os.environ:
            special[option] = "when_required"
    return special


def _refuse_others(response_dict: dict[str, Any], **_rest: object) -> None:
    """Raise RedirectedError or OtherServerError for an answer that is not a bucket's.

    In answer to a redirect, boto3 would ask for the bucket's region, without end; a web page
    would be a success that says nothing.
    """
    headers, body = response_dict["headers"], response_dict["body"]
    if isinstance(body, bytes) and _PAGE.match(body):
        raise OtherServerError(reason="it is a web page")
    if response_dict["status_code"] in _REDIRECTS and _REGION not in headers:
        named = _ENDPOINT.search(body or b"")
        where = headers.get("Location") or (named[1].decode("ascii", "replace") if named else "")
        raise RedirectedError(where=where.partition("?")[0] or "an address that it does not name")


def _add_md5(params: dict[str, Any], **_rest: object) -> None:
    """Add the digest that older servers demand for a delete of many objects; AWS takes it too."""
    digest = hashlib.md5(params["body"], usedforsecurity=False).digest()
    params["headers"]["Content-MD5"] = base64.b64encode(digest).decode()
