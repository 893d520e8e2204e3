"""The address of a place in a bucket."""

from __future__ import annotations

import re
from dataclasses import dataclass

from mediakit.base.errors import TargetError
from mediakit.base.redaction import redacted

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
