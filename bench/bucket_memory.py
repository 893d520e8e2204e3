#!/usr/bin/env python3
"""What a sync with a bucket of very many objects takes: the peak of memory, and CPU.

    python bench/bucket_memory.py [--objects N ...]

Makes a site of N (20,000 and 200,000) small pictures, 100 a page, and syncs it to a server of its
own that keeps names, sizes and ETags, and of the catalogs the bytes: other servers take minutes to
list so many objects of one folder. A first upload, two runs with nothing to do, and one after one
picture in a hundred has changed, each a whole command. Prints Markdown; "MB" is the peak of
resident memory, CPU is the command's own. 200,000 pictures take about ten minutes.
"""

from __future__ import annotations

import argparse
import hashlib
import io
import multiprocessing
import os
import random
import re
import subprocess
import sys
import tempfile
from bisect import bisect_right
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, unquote, urlsplit

from PIL import Image

if TYPE_CHECKING:
    from multiprocessing.connection import Connection

_PAGE = 1000
_SIZE = (64, 48)


class Bucket(BaseHTTPRequestHandler):
    """Answers puts, gets, deletes and listings, as far as one client asks for them."""

    protocol_version = "HTTP/1.1"
    objects: dict[str, tuple[int, str]] = {}  # noqa: RUF012 - there is one bucket
    documents: dict[str, bytes] = {}  # noqa: RUF012
    names: list[str] = []  # noqa: RUF012

    def do_PUT(self) -> None:
        """Put an object."""
        data = self.rfile.read(int(self.headers["Content-Length"]))
        etag = hashlib.md5(data, usedforsecurity=False).hexdigest()
        if self._key not in self.objects:
            self.names.clear()
        self.objects[self._key] = len(data), etag
        if self._key.endswith(".json"):
            self.documents[self._key] = data
        self._answer(200, b"", etag)

    def do_GET(self) -> None:
        """Get a document, or list."""
        query = parse_qs(urlsplit(self.path).query, keep_blank_values=True)
        asked = {name: each[0] for name, each in query.items()}
        if "list-type" in asked:
            self._answer(200, self._listing(asked))
        elif "uploads" in asked:
            self._answer(200, b"<ListMultipartUploadsResult></ListMultipartUploadsResult>")
        elif self._key in self.documents:
            self._answer(200, self.documents[self._key], self.objects[self._key][1])
        else:
            self._answer(404, b"<Error><Code>NoSuchKey</Code></Error>")

    def do_HEAD(self) -> None:
        """Describe an object."""
        found = self.objects.get(self._key)
        self._answer(200 if found else 404, bytes(found[0]) if found else b"", *(found or ())[1:])

    def do_POST(self) -> None:
        """Delete objects."""
        asked = self.rfile.read(int(self.headers["Content-Length"])).decode()
        for key in re.findall("<Key>(.*?)</Key>", asked):
            self.objects.pop(key, None)
        self.names.clear()
        self._answer(200, b"<DeleteResult></DeleteResult>")

    def _listing(self, asked: dict[str, str]) -> bytes:
        if not self.names:
            self.names.extend(sorted(self.objects))
        after = asked.get("continuation-token") or asked.get("start-after", "")
        at = bisect_right(self.names, after)
        page = self.names[at : at + _PAGE]
        rows = "".join(
            f"<Contents><Key>{key}</Key><Size>{self.objects[key][0]}</Size>"
            f"<ETag>&quot;{self.objects[key][1]}&quot;</ETag></Contents>"
            for key in page
        )
        more = at + _PAGE < len(self.names)
        token = f"<NextContinuationToken>{page[-1]}</NextContinuationToken>" if more else ""
        head = f"<IsTruncated>{str(more).lower()}</IsTruncated>{token}"
        return f"<ListBucketResult>{head}{rows}</ListBucketResult>".encode()

    @property
    def _key(self) -> str:
        return unquote(urlsplit(self.path).path).split("/", 2)[2]

    def _answer(self, status: int, body: bytes, etag: str = "") -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        if etag:
            self.send_header("ETag", f'"{etag}"')
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def log_message(self, *_args: object) -> None:
        """Say nothing."""


def serve(tell: Connection) -> None:
    """Serve the bucket until the process is ended."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Bucket)
    tell.send(server.server_port)
    server.serve_forever()


def make_site(root: Path, count: int) -> None:
    """Make a site of equal pictures that differ by a comment."""
    pictures, pages = root / "assets/images", root / "_exercises"
    pictures.mkdir(parents=True)
    pages.mkdir()
    (root / "mediakit.toml").write_text("placeholders = false\n")
    for number in range(count):
        write_picture(pictures / f"{number:06}.jpg", f"picture {number:06}")
    for start in range(0, count, 100):
        entries = "".join(
            f"  - image_path: /assets/images/{number:06}.jpg\n"
            for number in range(start, min(count, start + 100))
        )
        (pages / f"{start:06}.md").write_text(f"---\ntitle: {start}\ngallery:\n{entries}---\n")


def write_picture(path: Path, comment: str) -> None:
    """Write a small JPEG with a comment."""
    out = io.BytesIO()
    noise = random.Random(1).randbytes(_SIZE[0] * _SIZE[1])  # noqa: S311 - no secret
    Image.frombytes("L", _SIZE, noise).save(out, "JPEG", quality=20, comment=comment)
    path.write_bytes(out.getvalue())


def sync(root: Path, port: int) -> tuple[float, float]:
    """Return the peak of memory in MB, and the seconds of CPU."""
    environment = {
        **os.environ, "AWS_ENDPOINT_URL_S3": f"http://127.0.0.1:{port}", "AWS_REGION": "us-east-1",
        "AWS_ACCESS_KEY_ID": "key", "AWS_SECRET_ACCESS_KEY": "secret",
    }  # fmt: skip
    command = [sys.executable, "-m", "mediakit", "sync", "-q", "--target", "s3://bench/site"]
    process = subprocess.Popen(command, cwd=root, env=environment)
    _, status, used = os.wait4(process.pid, 0)
    if status:
        raise SystemExit("a sync failed")
    return used.ru_maxrss / 1024, used.ru_utime + used.ru_stime


def measure(count: int) -> None:
    """Print a row of the table."""
    ours, theirs = multiprocessing.Pipe()
    server = multiprocessing.Process(target=serve, args=[theirs], daemon=True)
    server.start()
    port = ours.recv()
    with tempfile.TemporaryDirectory() as name:
        root = Path(name)
        make_site(root, count)
        first = sync(root, port)
        sync(root, port)  # what was written just now is looked at once more
        same = sync(root, port)
        for number in range(0, count, 100):
            write_picture(root / f"assets/images/{number:06}.jpg", f"changed {number:06}")
        few = sync(root, port)
    server.terminate()
    cells = (f"{peak:.0f} | {cpu:.1f}" for peak, cpu in (first, same, few))
    print(f"| {count:,} | {' | '.join(cells)} |", flush=True)


def main() -> None:
    """Measure as the command line asks."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--objects", type=int, nargs="+", default=[20_000, 200_000])
    counts = parser.parse_args().objects
    cases = ("first upload", "nothing to do", "1 % changed")
    print(f"| objects | {' | '.join(f'{each}, MB | s of CPU' for each in cases)} |")
    print("| ---: |" + " ---: |" * 6)
    for count in counts:
        measure(count)
    print(f"load {os.getloadavg()[0]:.0f}")


if __name__ == "__main__":
    main()
