"""Signatures of requests, version 4 of AWS, as every server of buckets takes them."""

from __future__ import annotations

import hashlib
import hmac
import time
from dataclasses import dataclass, field
from functools import lru_cache
from urllib.parse import quote

_ALGORITHM = "AWS4-HMAC-SHA256"


@dataclass(frozen=True, slots=True)
class Keys:
    """Who asks; the session's token is empty for keys that stay."""

    access: str
    secret: str = field(repr=False)
    token: str = field(default="", repr=False)


def encoded(text: str, safe: str = "") -> str:
    """Return a part of an address as it is signed, and so as it is sent."""
    return quote(text, safe=f"-_.~{safe}")


@dataclass(frozen=True, slots=True)
class Request:
    """What is asked; `path` and `query` are encoded, `sha256` is the digest of the body."""

    method: str
    path: str
    query: str
    headers: dict[str, str]
    body: bytes
    sha256: str

    @property
    def target(self) -> str:
        """The path and what follows it."""
        return f"{self.path}?{self.query}" if self.query else self.path

    def signed(self, keys: Keys, region: str) -> dict[str, str]:
        """Return the headers with a signature, which covers all of them."""
        now = time.strftime("%Y%m%dT%H%M%SZ", time.gmtime())
        headers = {**self.headers, "x-amz-date": now, "x-amz-content-sha256": self.sha256}
        if keys.token:
            headers["x-amz-security-token"] = keys.token
        covered = sorted((name.lower(), " ".join(text.split())) for name, text in headers.items())
        names = ";".join(name for name, _ in covered)
        lines = [f"{name}:{text}" for name, text in covered]
        asked = (self.method, self.path, self.query, *lines, "", names, self.sha256)
        scope = f"{now[:8]}/{region}/s3/aws4_request"
        digest = hashlib.sha256("\n".join(asked).encode()).hexdigest()
        told = f"{_ALGORITHM}\n{now}\n{scope}\n{digest}"
        signature = hmac.digest(_key(keys.secret, now[:8], region), told.encode(), "sha256").hex()
        return headers | {
            "Authorization": f"{_ALGORITHM} Credential={keys.access}/{scope}, "
            f"SignedHeaders={names}, Signature={signature}"
        }


@lru_cache(maxsize=2)
def _key(secret: str, day: str, region: str) -> bytes:
    key = f"AWS4{secret}".encode()
    for part in (day, region, "s3", "aws4_request"):
        key = hmac.digest(key, part.encode(), "sha256")
    return key
