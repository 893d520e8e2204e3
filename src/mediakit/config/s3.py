"""How buckets are reached: what AWS's own variables and files do not say already."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Addressing(StrEnum):
    """Where a bucket's name stands: in the path, in the host's name, or as the endpoint needs."""

    AUTO = "auto"
    PATH = "path"
    VIRTUAL = "virtual"


class Encryption(StrEnum):
    """Server-side encryption that is asked for with each object."""

    AES256 = "AES256"
    KMS = "aws:kms"


@dataclass(frozen=True, slots=True)
class S3Settings:
    """Settings of the table `[s3]`; None leaves a matter to the AWS variables and files.

    `connections` is how many requests are under way at once, `patience` how many seconds a
    target that does not answer is tried before the run gives up.
    """

    endpoint: str | None = None
    region: str | None = None
    profile: str | None = None
    addressing: Addressing = Addressing.AUTO
    acl: str | None = None
    storage_class: str | None = None
    encryption: Encryption | None = None
    kms_key: str | None = None
    connections: int = 32
    patience: int = 120
