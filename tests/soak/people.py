"""What people do to a site between runs: pictures, pages, presets, and variants by hand."""

from __future__ import annotations

import os
import time
import unicodedata
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Literal

from operations import colour, operation
from world import FOLDER, composed

from conftest import draw

if TYPE_CHECKING:
    import random
    from collections.abc import Iterable

    from world import World

_PICTURES = ("å", "Ø b", "c", "C", "d", "F-1")
_PAGES = ("squat", "bækkenløft", "Åben", "row", "Press", "ned på knæ")
_SIZES = ((340, 230), (420, 300), (900, 600))
_FAR = 2_000_000_000
"""Seconds: well before 1970, and well after 2038."""


class People:
    """Changes to the site, each told to the model."""

    def __init__(self, world: World, chance: random.Random) -> None:
        self._world = world
        self._model = world.model
        self._uses: dict[str, list[str]] = {}
        self._presets = {"teaser": "quality = 82"}
        for number in range(4):
            self._draw(f"{FOLDER}/p{number}.jpg", chance)
        for name in _PAGES[:3]:
            self._uses[f"_exercises/{name}.md"] = chance.sample(sorted(self._model.pictures), 2)
        self._write_pages()
        self._write_settings()

    @operation(3)
    def edit_a_picture(self, chance: random.Random) -> str:
        self._draw(self._picture(chance), chance)
        return "edit a picture"

    @operation(2)
    def edit_a_picture_unseen(self, chance: random.Random) -> str | None:
        """Change a picture, but neither its size nor its time: only the content tells."""
        path = self._picture(chance)
        where = self._world.root / path
        stat = where.stat()
        picture = draw((340, 230), colour(chance), quality=20)
        if len(picture) > stat.st_size:
            return None
        self._put(path, picture.ljust(stat.st_size, b"\0"))
        os.utime(where, ns=(stat.st_atime_ns, stat.st_mtime_ns))
        return "edit a picture, size and time as before"

    @operation(2)
    def add_a_picture(self, chance: random.Random) -> str | None:
        name = unicodedata.normalize(_form(chance), chance.choice(_PICTURES))
        path = f"{FOLDER}/{name}.jpg"
        if len(self._model.pictures) > 7 or not self._is_free(path):
            return None
        self._draw(path, chance)
        self._uses[self._page(chance)].append(composed(path))
        self._write_pages()
        return "add a picture"

    @operation(2)
    def remove_a_picture(self, chance: random.Random) -> str | None:
        """Remove a picture; pages may go on naming it."""
        if len(self._model.pictures) < 3:
            return None
        path = self._picture(chance)
        (self._world.root / path).unlink()
        del self._model.pictures[path]
        if chance.random() < 0.8:
            self._replace_uses(path, self._picture(chance))
        return "remove a picture"

    @operation(2)
    def rename_a_picture(self, chance: random.Random) -> str | None:
        name = unicodedata.normalize(_form(chance), chance.choice(_PICTURES))
        path = f"{FOLDER}/{name}.jpg"
        if not self._is_free(path):
            return None
        self._rename(self._picture(chance), path, tell=chance.random() < 0.8)
        return "rename a picture"

    @operation(1)
    def rename_a_picture_by_case(self, chance: random.Random) -> str | None:
        path = PurePosixPath(self._picture(chance))
        other = str(path.with_name(path.name.swapcase()))
        if not self._is_free(other):
            return None
        self._rename(str(path), other, tell=chance.random() < 0.8)
        return "rename a picture by case"

    @operation(1)
    def rename_a_picture_by_form(self, chance: random.Random) -> str | None:
        """Give a name its other Unicode form, as a copy to a Mac and back does."""
        two_forms = [path for path in sorted(self._model.pictures) if not path.isascii()]
        if not two_forms:
            return None
        path = chance.choice(two_forms)
        other = unicodedata.normalize("NFD" if path == composed(path) else "NFC", path)
        if other == path:  # letters such as the Danish one in "Ø" have one form only
            return None
        self._rename(path, other, tell=False)
        return "rename a picture by Unicode form"

    @operation(1)
    def cut_a_source(self, chance: random.Random) -> str:
        path = self._picture(chance)
        data = self._model.pictures[path]
        self._put(path, data[: len(data) // 2])
        return "cut a source"

    @operation(2)
    def add_a_page(self, chance: random.Random) -> str | None:
        name = unicodedata.normalize(_form(chance), chance.choice(_PAGES))
        path = f"_exercises/{name}.md"
        if composed(path) in map(composed, self._uses):
            return None
        self._uses[path] = [composed(self._picture(chance))]
        self._write_pages()
        return "add a page"

    @operation(2)
    def edit_a_page(self, chance: random.Random) -> str:
        uses = self._uses[self._page(chance)]
        uses.insert(0, composed(self._picture(chance)))
        del uses[3:]
        self._write_pages()
        return "edit a page"

    @operation(2)
    def remove_a_page(self, chance: random.Random) -> str | None:
        if len(self._uses) < 2:
            return None
        del self._uses[self._page(chance)]
        self._write_pages()
        return "remove a page"

    @operation(1)
    def rename_a_page(self, chance: random.Random) -> str | None:
        old = self._page(chance)
        path = PurePosixPath(composed(old))
        new = str(path.with_name(path.name.swapcase().replace(".MD", ".md")))
        new = unicodedata.normalize(_form(chance), new)
        if composed(new) in map(composed, self._uses):
            return None
        self._uses[new] = self._uses.pop(old)
        self._write_pages()
        return "rename a page by case and Unicode form"

    @operation(2)
    def change_a_preset(self, chance: random.Random) -> str:
        width = chance.choice([200, 300, 320])
        self._presets["teaser"] = f"quality = {chance.randint(40, 90)}\nwidth = {width}"
        self._write_settings()
        return "change a preset"

    @operation(1)
    def add_or_remove_a_preset(self, chance: random.Random) -> str:
        if self._presets.pop("card", None) is None:
            formats = chance.choice(['["source"]', '["source", "webp"]', '["webp"]'])
            roles = 'roles = ["gallery", "overlay"]'
            self._presets["card"] = f'suffix = "-card"\nwidth = 120\n{roles}\nformats = {formats}'
        self._write_settings()
        return "add or remove a preset"

    @operation(3)
    def alter_a_variant(self, chance: random.Random) -> str | None:
        """Work by hand, of the same size as the variant, or of another."""
        records = self._world.records()
        there = self._world.variants().keys() & records.keys() - self._model.unknown
        path = _one_of(there, chance)
        if path is None or path.endswith(".webp"):
            return None
        record = records[path]
        size = (record["width"], record["height"]) if chance.random() < 0.7 else (77, 55)
        data = draw(size, colour(chance))
        self._world.disk_path(path).write_bytes(data)
        self._model.hand[path] = data
        return "alter a variant by hand"

    @operation(2)
    def delete_a_variant(self, chance: random.Random) -> str | None:
        path = _one_of(self._world.variants(), chance)
        if path is None:
            return None
        self._world.disk_path(path).unlink()
        self._model.hand.pop(path, None)
        return "delete a variant"

    @operation(2)
    def move_times(self, chance: random.Random) -> str:
        """Set times of files in the future or in the past, as a wrong clock leaves them."""
        paths = [*self._model.files, *self._world.variants()]
        for path in chance.sample(paths, 4):
            moment = max(0, time.time() + chance.randint(-_FAR, _FAR))
            os.utime(self._world.disk_path(path), (moment, moment))
        return "move the times of files"

    def _picture(self, chance: random.Random) -> str:
        return chance.choice(sorted(self._model.pictures))

    def _page(self, chance: random.Random) -> str:
        return chance.choice(sorted(self._uses))

    def _is_free(self, path: str) -> bool:
        return composed(path) not in map(composed, self._model.pictures)

    def _draw(self, path: str, chance: random.Random) -> None:
        self._put(path, draw(chance.choice(_SIZES), colour(chance)))

    def _put(self, path: str, data: bytes) -> None:
        self._model.pictures[path] = data
        self._world.put(path, data)

    def _rename(self, old: str, new: str, *, tell: bool) -> None:
        (self._world.root / old).rename(self._world.root / new)
        self._model.pictures[new] = self._model.pictures.pop(old)
        if tell:
            self._replace_uses(old, new)

    def _replace_uses(self, old: str, new: str) -> None:
        for uses in self._uses.values():
            uses[:] = [composed(new) if each == composed(old) else each for each in uses]
        self._write_pages()

    def _write_pages(self) -> None:
        pages = {path: _page_text(uses).encode() for path, uses in self._uses.items()}
        for path in self._model.pages.keys() - pages.keys():
            (self._world.root / path).unlink()
        self._model.pages = pages
        for path, data in pages.items():
            self._world.put(path, data)

    def _write_settings(self) -> None:
        text = "".join(f"[presets.{name}]\n{keys}\n" for name, keys in self._presets.items())
        self._model.settings = text.encode()
        self._world.put("mediakit.toml", self._model.settings)


def _page_text(uses: list[str]) -> str:
    teasers = [f"/{path[:-4]}-320{path[-4:]}" for path in uses]
    lines = ["---", "title: An exercise", "header:", f"  overlay_image: /{uses[0]}"]
    lines += [f"  teaser: {teasers[0]}", "gallery:"]
    for path, teaser in zip(uses, teasers, strict=True):
        lines += [f"  - url: /{path}", f"    image_path: {teaser}", "    alt: As seen"]
    return "\n".join([*lines, "---", "", "Text.", ""])


def _form(chance: random.Random) -> Literal["NFC", "NFD"]:
    return "NFC" if chance.random() < 0.5 else "NFD"


def _one_of(paths: Iterable[str], chance: random.Random) -> str | None:
    known = sorted(paths)
    return chance.choice(known) if known else None
