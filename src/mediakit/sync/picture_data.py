"""`mediakit.json`: what templates are told of the pictures and videos of pages.

Pictures are by public path: an address of the site without its first slash. A `srcset` is ready
for HTML where the site is at the top of its host; else `, /` takes what comes before each address.
There is one line a picture, in their order: equal sites give equal bytes. Of the variants it has
those that pages need; a picture that is named by its own variant is found by the `suffixes`, but
for crops and the products of other recipes, which have their own lines. `credits` has the pages
that show pictures of others. `loops` and `clips` have what moves, where the settings ask for it;
the picture of a clip is its poster.
"""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

import msgspec
from msgspec.structs import replace

from mediakit.base.artifacts import srcsets
from mediakit.base.errors import UsageError
from mediakit.base.formats import film_of, format_of
from mediakit.images.preset import Fit
from mediakit.site.videos import thumbnail_path
from mediakit.sync.credits import CreditLedger, address_of, words_of
from mediakit.sync.products import users_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from mediakit.base.artifacts import MadeRecord, SourcePicture
    from mediakit.base.model import Manifest
    from mediakit.config.config import Config
    from mediakit.state.catalog import Catalog
    from mediakit.sync.film_data import TemplateFilm

VERSION = 1

_OPAQUE = slice(39, 44), "VlA4I"
"""Where the Base64 of a WebP names its kind, and the kind without alpha."""

_PADDED = frozenset({Fit.COVER, Fit.CONTAIN})


class TemplateCredit(msgspec.Struct, frozen=True, omit_defaults=True):
    """Whose a picture is, as the ledger of credits says it; addresses lead to the web."""

    title: str = ""
    author: str = ""
    licence: str = ""
    licence_url: str = ""
    source: str = ""


class TemplatePicture(msgspec.Struct, frozen=True, omit_defaults=True):
    """A picture: displayed pixels, what is shown until it has come, and `srcset` by MIME type."""

    width: int = 0
    height: int = 0
    colour: str = ""
    placeholder: str = ""
    srcset: dict[str, str] = {}
    credit: TemplateCredit | None = None


class TemplateVideo(msgspec.Struct, frozen=True, omit_defaults=True):
    """A video: its title at its provider, and the public path of its thumbnail."""

    title: str = ""
    picture: str = ""


def picture_data(manifests: Sequence[Manifest], catalog: Catalog, config: Config) -> bytes:
    """Return the document: JSON, UTF-8."""
    named = {image.path for each in manifests for image in each.images if image.path}
    pictures = dict(_pictures(named, manifests, catalog, config))
    moving = _moving(manifests, catalog, config) if config.made_by else {}
    for path, clip in moving.get("clips", {}).items():
        known = pictures.get(path, TemplatePicture())
        pictures[path] = replace(known, width=clip.width, height=clip.height)
    pictures = dict(sorted(pictures.items()))
    head = {
        "version": VERSION,
        "base_url": (config.theme.base_url or "").rstrip("/"),
        "suffixes": [each.suffix for each in config.presets if each.fit not in _PADDED],
    }
    sections = [_section(b"pictures", pictures)]
    sections.append(_section(b"videos", dict(sorted(_videos(manifests, catalog, config)))))
    if credited := dict(sorted(_credited(manifests, pictures, config))):
        sections.append(_section(b"credits", credited))
    sections += [_section(name.encode(), each) for name, each in moving.items() if each]
    if "sheets" in config.made_by:
        sections.append(_section(b"sheets", _sheets(manifests, catalog, config)))
    return b",\n".join((msgspec.json.encode(head)[:-1], *sections)) + b"\n}\n"


def _moving(
    manifests: Sequence[Manifest], catalog: Catalog, config: Config
) -> dict[str, dict[str, TemplateFilm]]:
    """Return the sections of what moves."""
    from mediakit.sync.film_data import clips, loops  # noqa: PLC0415 - few sites have them

    return {
        "loops": dict(loops(manifests, catalog, config)), "clips": clips(manifests, catalog, config)
    }  # fmt: skip


def _sheets(manifests: Sequence[Manifest], catalog: Catalog, config: Config) -> dict[str, str]:
    """Return the public path of the sheet of each page that has one."""
    made = users_of(config.made_by["sheets"], manifests, catalog.pictures)
    known = sorted((page, path) for path in made.keys() & catalog.records for page in made[path])
    return {page: config.kind.key(path) for page, path in known}


def _pictures(
    named: set[str], manifests: Sequence[Manifest], catalog: Catalog, config: Config
) -> Iterator[tuple[str, TemplatePicture]]:
    key_of = config.kind.key
    needed = users_of(config.recipes, manifests, catalog.pictures)
    variants: dict[str, list[MadeRecord]] = {}
    for each in catalog.records.values():
        if each.is_of_one_picture and each.path in needed:
            variants.setdefault(each.source, []).append(each)
    credits_ = dict(_credits(config))
    for path, picture in catalog.pictures.items():
        found = _picture(picture, variants.get(path, ()), config)
        yield key_of(path), replace(found, credit=credits_[path]) if path in credits_ else found
    presets = {each.name: each.fit in _PADDED for each in config.presets}
    for path, record in catalog.records.items():
        own_shape = presets.get(record.recipe, True) or film_of(record.source) is not None
        if format_of(path) is None:
            continue
        if own_shape and (path in named or not record.is_of_one_picture) and path in needed:
            yield key_of(path), TemplatePicture(record.width, record.height)


def _picture(
    picture: SourcePicture, variants: Iterable[MadeRecord], config: Config
) -> TemplatePicture:
    where, kind = _OPAQUE  # behind what is transparent, a placeholder would be seen for ever
    opaque = picture.placeholder[where] == kind
    return TemplatePicture(
        picture.width, picture.height, picture.colour if opaque else "",
        picture.placeholder if opaque else "",
        srcsets(picture, variants, key_of=config.kind.key),
    )  # fmt: skip


def _credits(config: Config) -> Iterator[tuple[str, TemplateCredit]]:
    """Yield what the ledger says of pictures, by site path."""
    with contextlib.suppress(UsageError):  # `check` and `localize` tell of a broken one
        for path, each in CreditLedger(config).pictures.items():
            texts = words_of(each.title), words_of(each.author), words_of(each.licence)
            credit = TemplateCredit(*texts, address_of(each.licence_url), address_of(each.source))
            if credit.author or credit.licence or credit.source:
                yield path, credit


def _credited(
    manifests: Sequence[Manifest], pictures: Mapping[str, TemplatePicture], config: Config
) -> Iterator[tuple[str, list[str]]]:
    """Yield the pages that show pictures of others, by address, else by public path, with these."""
    if not any(each.credit for each in pictures.values()):
        return
    for page in manifests:
        keys = dict.fromkeys(config.kind.key(each.source) for each in page.images if each.source)
        if found := [key for key in keys if key in pictures and pictures[key].credit]:
            yield page.address or config.kind.key(page.path), found


def _videos(
    manifests: Sequence[Manifest], catalog: Catalog, config: Config
) -> Iterator[tuple[str, TemplateVideo]]:
    for video in (video for each in manifests for video in each.videos):
        name = f"{video.provider}/{video.id}"
        picture = thumbnail_path(config.videos.folder, video.id)
        record = catalog.videos.get(name)
        yield (
            name,
            TemplateVideo(
                record.title if record else "",
                config.kind.key(picture) if picture in catalog.pictures else "",
            ),
        )


def _section(name: bytes, values: Mapping[str, object]) -> bytes:
    lines = (msgspec.json.encode({key: each})[1:-1] for key, each in values.items())
    return b'"%b":{\n%b\n}' % (name, b",\n".join(lines))
