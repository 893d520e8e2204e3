"""A site as somebody would build it who wants to harm whoever runs mediakit on it."""

from __future__ import annotations

import os
import re
import socket
import stat
from pathlib import Path

from conftest import SiteBuilder, draw

WORDS = (
    r"a \e[31m\x9b2J\u202e\n::error::x ##[error]x <script>alert(1)</script> "
    r"<img src=x onerror=alert(1)> | `x` [a](javascript:x)"
)
"""A title in YAML's escapes: of a terminal, of both directions, of a pipeline, of pages."""

PAGES = (
    b"new\nline.md", b"\n::error::x.md", b"escape\x1b[31m.md", "turned\u202egnp.md".encode(),
    "mark\u200f.md".encode(), b"a,b:c%0A.md", b"<img src=x onerror=alert(1)>.md", b"-rf.md",
    b"##[add-mask]x.md", b"\xc2\x9b31m.md", b"$(id).md", b"x" * 252 + b".md",
)  # fmt: skip
PICTURES = (
    b"new\nline.jpg", b"escape\x1b[31m.jpg", "turned\u202egpj.jpg".encode(), b"\xff\xfe.jpg",
    b"<img src=x onerror=alert(1)>.jpg", b"a'b\"c.jpg", b"::warning::x.jpg", b"y" * 251 + b".jpg",
)  # fmt: skip
NAMED = ("%3Cimg src=x onerror=alert(1)%3E", "turned\u202egpj", "a'b%22c", "::warning::x")
"""Those of the pictures that a page can name."""

ACTS = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]"
)
"""What a terminal or a reader of text may act on, line ends and tabs apart."""


def page(picture: str, title: str = "a", alt: str = "a") -> str:
    """Return a page that shows a picture in all the usual ways."""
    return (
        f'---\ntitle: "{title}"\nheader:\n  overlay_image: "{picture}"\n  teaser: "{picture}"\n'
        f'gallery:\n  - url: "{picture}"\n    image_path: "{picture}"\n    alt: "{alt}"\n---\n'
    )


def write(root: Path, name: bytes, data: bytes) -> None:
    """Write a file whose name is any bytes."""
    place = os.fsencode(root) + b"/" + name
    with open(place, "wb") as file:  # noqa: PTH123 - the name is no text
        file.write(data)


def add_names(site: SiteBuilder) -> None:
    """Add pages and pictures with names that act on what shows them."""
    site.write("_config.yml", "collections: [exercises]\n")
    site.write("assets/images/ok.jpg", draw((400, 300)))
    site.write("_exercises/ok.md", page("/assets/images/ok.jpg", WORDS, WORDS))
    text = page("/assets/images/ok.jpg", WORDS, WORDS).encode()
    for name in PAGES:
        write(site.root / "_exercises", name, text)
        write(site.root, b"::error::" + name[-100:], text)
    for name in PICTURES:
        write(site.root / "assets/images", name, draw((300, 200)))
    for number, named in enumerate(NAMED):
        site.write(f"_exercises/named-{number}.md", page(f"/assets/images/{named}.jpg"))
    for number, bad in enumerate(("a%00", "a%0ab", "%1b[31m", "z" * 4096, "z/" * 2048 + "z")):
        site.write(f"_exercises/refused-{number}.md", page(f"/assets/images/{bad}.jpg"))


def add_files(site: SiteBuilder, outside: Path) -> list[str]:
    """Add what is no regular file inside the site, named by a page each; returns their names."""
    images = site.root / "assets/images"
    images.mkdir(parents=True, exist_ok=True)
    outside.mkdir()
    (outside / "secret.jpg").write_bytes(draw(colour="#010203"))
    os.mkfifo(images / "pipe.jpg")
    with socket.socket(socket.AF_UNIX) as bound:
        here = Path.cwd()
        os.chdir(images)  # the path of a socket may have 108 bytes
        try:
            bound.bind("socket.jpg")
        finally:
            os.chdir(here)
    (images / "folder.jpg").mkdir()
    (images / "loop.jpg").symlink_to("loop.jpg")
    (images / "one").symlink_to("two")
    (images / "two").symlink_to("one")
    (images / "chain.jpg").symlink_to("chain2.jpg")
    (images / "chain2.jpg").symlink_to(outside / "secret.jpg")
    (images / "out.jpg").symlink_to(outside / "secret.jpg")
    (images / "outside").symlink_to(outside)
    (images / "zero.jpg").symlink_to("/dev/zero")
    names = [
        "pipe.jpg", "socket.jpg", "folder.jpg", "loop.jpg", "one/a.jpg", "chain.jpg", "out.jpg",
        "outside/secret.jpg", "zero.jpg",
    ]  # fmt: skip
    if os.geteuid() == 0:
        try:
            os.mknod(images / "device.jpg", stat.S_IFCHR | 0o666, os.makedev(1, 5))
            names.append("device.jpg")
        except PermissionError:
            pass  # a container without that right
    for number, name in enumerate(names):
        site.write(f"_exercises/special-{number}.md", page(f"/assets/images/{name}"))
    os.mkfifo(site.root / "_exercises/pipe.md")
    (site.root / "_exercises/out.md").symlink_to("/etc/passwd")
    (site.root / "_exercises/loop.md").symlink_to("loop.md")
    return names
