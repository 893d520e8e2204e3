"""Products: files that are made of pictures and texts, as they are asked for and as they came out.

Structs of msgspec with `gc=False`: a site has some for each picture.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

import msgspec
from msgspec.structs import replace

if TYPE_CHECKING:
    from mediakit.base.artifacts import Artifact, SourcePicture

PICTURE = "picture"
"""The name of the input of whatever is made of one picture alone."""


class Input(msgspec.Struct, frozen=True, gc=False, omit_defaults=True):
    """One thing that a product is made of: a picture of the site, or a text of a page.

    `name` is the recipe's word for it. `path` is the site path of a picture, `text` the text
    itself, which no record keeps. `sha256` is that of the picture's bytes, or of the text.
    """

    name: str
    path: str = ""
    text: str = ""
    sha256: str = ""


def picture_input(picture: SourcePicture, name: str = PICTURE) -> Input:
    """Return a picture of the site as an input."""
    return Input(name, picture.path, sha256=picture.sha256)


def text_input(name: str, text: str) -> Input:
    """Return a text as an input."""
    return Input(name, text=text, sha256=_sha256(text))


class OfInputs:
    """What products and their records have in common."""

    __slots__ = ()
    inputs: tuple[Input, ...]

    @property
    def source(self) -> str:
        """The site path of its first picture, empty where it is made of texts alone."""
        return source_of(self.inputs)

    @property
    def is_of_one_picture(self) -> bool:
        """Whether one picture is all that it is made of, as for every size of a picture."""
        return is_one_picture(self.inputs)


class Product(OfInputs, msgspec.Struct, frozen=True, gc=False):
    """A file that pages need: its site path, the name of its recipe, and what it is made of.

    Products of the same picture share one tuple of inputs. `page` and `line` are where it is
    asked for first.
    """

    path: str
    recipe: str
    inputs: tuple[Input, ...]
    page: str = ""
    line: int = 0


class MadeRecord(OfInputs, msgspec.Struct, frozen=True, gc=False, omit_defaults=True):
    """What the catalog keeps of a product that mediakit made or adopted.

    `inputs` with their digests and `fingerprint` say what it was made of and how; `sha256` says
    which bytes came out. `width` and `height` are pixels (0 x 0: no raster), and a film lasts
    `milliseconds`. `path` is empty only in a file where it is written before the rest.
    """

    path: str = ""
    recipe: str = ""
    inputs: tuple[Input, ...] = ()
    fingerprint: str = ""
    sha256: str = ""
    bytes: int = 0
    width: int = 0
    height: int = 0
    milliseconds: int = 0


def record_of(product: Product, fingerprint: str, artifact: Artifact) -> MadeRecord:
    """Return the record of a product that has these bytes now."""
    return MadeRecord(
        product.path, product.recipe, without_texts(product.inputs), fingerprint,
        artifact.sha256, artifact.bytes, artifact.width, artifact.height,
    )  # fmt: skip


def is_one_picture(inputs: tuple[Input, ...]) -> bool:
    """Return whether something is made of a picture alone."""
    return len(inputs) == 1 and inputs[0].name == PICTURE


def source_of(inputs: tuple[Input, ...]) -> str:
    """Return the site path of the first picture among inputs, empty where there is none."""
    return next((each.path for each in inputs if each.path), "")


def without_texts(inputs: tuple[Input, ...]) -> tuple[Input, ...]:
    """Return inputs as records have them: digests tell texts apart."""
    if not any(each.text for each in inputs):
        return inputs  # the same tuple, which many products share
    return tuple(replace(each, text="") for each in inputs)


def digest_of(inputs: tuple[Input, ...]) -> str:
    """Return the digest of inputs: that of a picture alone, else of all names and digests."""
    if is_one_picture(inputs):
        return inputs[0].sha256
    whole = "".join(f"{each.name}\0{each.path}\0{each.sha256}\0" for each in inputs)
    return _sha256(whole)


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
