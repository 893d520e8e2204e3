"""A real S3 server on this machine: rclone's, over a folder that tests can look into."""

from __future__ import annotations

import contextlib
import socket
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

KEY, SECRET = "test-key", "test-secret"
ENVIRONMENT = {
    "AWS_ACCESS_KEY_ID": KEY,
    "AWS_SECRET_ACCESS_KEY": SECRET,
    "AWS_DEFAULT_REGION": "us-east-1",
    "AWS_EC2_METADATA_DISABLED": "true",
    "AWS_CONFIG_FILE": "/nowhere",
    "AWS_SHARED_CREDENTIALS_FILE": "/nowhere",
}


BUCKET = "bucket"


@dataclass(frozen=True, slots=True)
class S3Server:
    """The address, and the folder of its one bucket.

    The server does not see at once what is written there by others than itself.
    """

    url: str
    folder: Path


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextlib.contextmanager
def s3_server(
    folder: Path, port: int | None = None, tls: tuple[Path, Path] | None = None
) -> Iterator[S3Server]:
    """Run the server until the block ends, with a certificate and its key over TLS."""
    port = port or free_port()
    (folder / BUCKET).mkdir(exist_ok=True)
    program = Path(sys.executable).with_name("rclone")
    certificate = ("--cert", str(tls[0]), "--key", str(tls[1])) if tls else ()
    command = [
        str(program), "serve", "s3", "--addr", f"127.0.0.1:{port}", "--auth-key", f"{KEY},{SECRET}",
        "--config", "", *certificate, str(folder),
    ]  # fmt: skip
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        try:
            _wait(port)
            yield S3Server(f"http{'s' if tls else ''}://127.0.0.1:{port}", folder / BUCKET)
        finally:
            process.kill()


def _wait(port: int) -> None:
    end = time.monotonic() + 120
    while time.monotonic() < end:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
            return
        time.sleep(0.05)
    raise TimeoutError("rclone did not start")
