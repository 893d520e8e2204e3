from __future__ import annotations

import pytest

from mediakit.state.catalog_file import shard_folder
from mediakit.sync.products import CATALOG_KEY, refused_keys


def code(key: str) -> str:
    refused = refused_keys([key], str)
    return refused[key].code if refused else ""


@pytest.mark.parametrize(
    "key",
    [
        ".ssh/authorized_keys", ".bashrc", "index.html", "h.js", "a/.htaccess", "a/.b/c.jpg",
        ".well-known/x.jpg", ".jpg", "a/.jpg", "jpg", "a.jpg/b", "a.jpg.php", "a.jpg ", "a.jpg.",
        "a.json", "a.jpg%00.js", ".mediakit-tmp/a.jpg", "README", "a/web.config", "a.css", "a.wasm",
    ],
)  # fmt: skip
def test_only_names_of_pictures(key: str) -> None:
    """At a target a name is an order: to a shell, a web server, a browser."""
    assert code(key) == "refused-name"


@pytest.mark.parametrize(
    "key", ["media.json", "Media.JSON", "media_shards/a.jpg", "MEDIA.json/a.jpg"]
)
def test_our_own_names(key: str) -> None:
    """A picture in the place of the catalog would break the target for ever."""
    assert code(key) == "name-collision"
    assert code(f"{shard_folder(CATALOG_KEY)}/a.jpg") == "name-collision"


@pytest.mark.parametrize(
    "key",
    ["a.jpg", "x/a.JPEG", "a.jfif", "a.svg", "a/media.json.png", "x/media_shards/a.jpg",
     "a.b/c..d.png", "media.jpg", "æ ø+å & (1)/#?%20.webp"],
)  # fmt: skip
def test_pictures_are_put(key: str) -> None:
    """Any name that ends as a picture's does is a picture's."""
    assert code(key) == ""


def test_keys_count_not_paths() -> None:
    """What is refused is the name at the target."""
    assert refused_keys(["static/.well-known/a.jpg"], lambda path: path.removeprefix("static/"))
    assert not refused_keys([".public/a.jpg"], lambda path: path.removeprefix(".public/"))
