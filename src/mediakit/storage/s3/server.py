"""Which server has a bucket, and with which keys: by the environment, or as boto3 finds it."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from mediakit.base.errors import TargetError
from mediakit.base.redaction import redacted
from mediakit.storage.s3.signing import Keys
from mediakit.storage.settings import Addressing, is_loopback

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from mediakit.storage.settings import S3Settings

_ENDPOINTS = ("AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL")
_REGIONS = ("AWS_REGION", "AWS_DEFAULT_REGION")
_ELSEWHERE = ("AWS_PROFILE", "AWS_DEFAULT_PROFILE", "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS")
_FILES = {
    "AWS_CONFIG_FILE": "~/.aws/config", "AWS_SHARED_CREDENTIALS_FILE": "~/.aws/credentials",
}  # fmt: skip
_REGION = re.compile(r"[a-z0-9-]{1,63}")
_AWS_REGION = re.compile(r"(?<=//s3)\.(?:[a-z0-9-]+\.)?(?=amazonaws\.)")


@dataclass(frozen=True, slots=True)
class Server:
    """Where requests go, and who sends them; `keys` are asked for anew each time: some expire."""

    endpoint: str
    region: str
    keys: Callable[[], Keys]
    addressing: Addressing = Addressing.AUTO
    ca_bundle: str = ""

    def place_of(self, bucket: str) -> tuple[str, str]:
        """Return the host, as it is named in requests, and the encoded path of a bucket."""
        parts = urlsplit(self.endpoint)
        host, path = parts.netloc.rpartition("@")[2], parts.path.rstrip("/")
        is_virtual = self.addressing is Addressing.VIRTUAL or (
            # a certificate covers no name with dots
            self.addressing is Addressing.AUTO and _is_aws(self.endpoint) and "." not in bucket
        )
        return (f"{bucket}.{host}", path) if is_virtual else (host, f"{path}/{bucket}")

    def moved(self, region: str) -> Server | None:
        """Return AWS's server in a region that it names, None if this is it."""
        if region == self.region or not _REGION.fullmatch(region) or not _is_aws(self.endpoint):
            return None
        endpoint = _AWS_REGION.sub(f".{region}.", self.endpoint)
        return replace(self, region=region, endpoint=endpoint)


def find_server(settings: S3Settings) -> Server:
    """Return the server that the settings, the environment or the files of AWS name.

    Raises:
        TargetError: a variable or setting is wrong, or there is no such profile.
    """
    for name in _ENDPOINTS:
        if os.environ.get(name, "set").strip() == "":  # it would be AWS itself
            raise TargetError(f"{name} is set, but empty", "give the endpoint's URL, or unset it")
    server = _by_environment(settings, os.environ) or _by_boto3(settings)
    try:
        parts = urlsplit(server.endpoint)
        is_url = parts.scheme in {"http", "https"} and parts.hostname and parts.port != 0
    except ValueError:
        is_url = False
    if not is_url:
        raise TargetError(
            f"{redacted(server.endpoint)} is no endpoint",
            "write https://HOST, as the provider says",
        )
    return server


def _by_environment(settings: S3Settings, environ: Mapping[str, str]) -> Server | None:
    """Return the server if variables and settings say all of it: boto3 takes a while to load."""
    endpoint = _first(_ENDPOINTS, environ)
    given, is_ours = settings.endpoint, not settings.endpoint_place
    if given and (is_ours or (not endpoint and is_loopback(given))):
        endpoint = given
    access, secret = environ.get("AWS_ACCESS_KEY_ID"), environ.get("AWS_SECRET_ACCESS_KEY")
    files = [Path(environ.get(name, usual)).expanduser() for name, usual in _FILES.items()]
    has_more = settings.profile or _first(_ELSEWHERE, environ) or any(map(Path.exists, files))
    if not (endpoint and access and secret) or has_more or _is_aws(endpoint):
        return None
    keys = Keys(access, secret, environ.get("AWS_SESSION_TOKEN", ""))
    region = settings.region or _first(_REGIONS, environ)
    bundle = environ.get("AWS_CA_BUNDLE", "")
    return _server(settings, endpoint, region, lambda: keys, bundle)


def _first(names: Iterable[str], environ: Mapping[str, str]) -> str:
    return next((environ[name] for name in names if environ.get(name)), "")


def _by_boto3(settings: S3Settings) -> Server:
    """Return the server and keys that AWS programs find: in files, of roles, from services."""
    import boto3  # noqa: PLC0415 - only where it is used
    import botocore.session  # noqa: PLC0415
    from botocore.exceptions import BotoCoreError  # noqa: PLC0415

    profile = settings.profile or os.environ.get("AWS_PROFILE") or None
    if profile is None:
        os.environ.pop("AWS_PROFILE", None)  # set, but empty: boto3 would look for one called ""
    try:
        core = botocore.session.Session(profile=profile)
        session = boto3.Session(botocore_session=core)
        region = settings.region or os.environ.get("AWS_REGION") or session.region_name or ""
        endpoint = _endpoint(session, settings, region)
        found = session.get_credentials()
    except (BotoCoreError, ValueError) as error:
        raise TargetError(*_explained(error)) from error
    if found is None:
        raise TargetError(
            "no AWS credentials found",
            "set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or AWS_PROFILE",
        )

    def keys() -> Keys:
        try:
            now = found.get_frozen_credentials()
        except BotoCoreError as error:
            raise TargetError(*_explained(error)) from error
        return Keys(now.access_key or "", now.secret_key or "", now.token or "")

    bundle = str(core.get_config_variable("ca_bundle") or "")
    return _server(settings, endpoint, region, keys, bundle)


def _server(
    settings: S3Settings, endpoint: str, region: str, keys: Callable[[], Keys], bundle: str
) -> Server:
    host = urlsplit(endpoint).hostname or "" if "//" in endpoint else ""
    usual = "auto" if host.endswith(".r2.cloudflarestorage.com") else "us-east-1"
    return Server(endpoint, region or usual, keys, settings.addressing, bundle)


def _endpoint(session: Any, settings: S3Settings, region: str) -> str:  # noqa: ANN401 - of boto3
    """Return the endpoint: of the command line, the environment, a profile, or AWS itself.

    A signed request carries the session's token, so who has the keys says where it goes: what a
    file of the site names is used only on this machine.
    """
    given, place = settings.endpoint, settings.endpoint_place
    if given is not None and not place:
        return given
    found = str(session.client("s3", region_name=region or None).meta.endpoint_url)
    if given is None or not _is_aws(found):
        return found
    if is_loopback(given):
        return given
    raise TargetError(
        f"{place}: s3.endpoint: a file of the site may not choose where credentials are sent",
        f"set AWS_ENDPOINT_URL_S3={given} where the keys are set, or give --s3-endpoint",
    )


def _explained(error: Exception) -> tuple[str, str]:
    """Return what boto3 says, and what to do."""
    name = type(error).__name__
    if name == "PartialCredentialsError":
        return (
            "no AWS credentials found: a part of them is missing",
            "set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or AWS_PROFILE",
        )
    is_profile = name == "ProfileNotFound"
    hint = "check AWS_PROFILE, or profile in [s3]" if is_profile else "check the variables AWS_*"
    return redacted(str(error).partition("\n")[0]), hint


def _is_aws(endpoint: str) -> bool:
    host = urlsplit(endpoint).hostname or ""
    return host.endswith((".amazonaws.com", ".amazonaws.com.cn", ".amazonaws.eu"))
