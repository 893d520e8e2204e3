"""The settings of Hugo: several files become one mapping, and that the folders of a site.

Keys are in small letters, since Hugo takes them in any.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from mediakit.site.kinds.settings import deep_merge, folders_of, is_true, read_mapping, texts_of
from mediakit.site.kinds.settings import language_in as said_language
from mediakit.site.picture_keys import respelt
from mediakit.site.trees.yaml import Mapping, Scalar, Sequence

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from mediakit.site.trees.yaml import Node

_NESTED = ("languages", "module")
"""Names of files that are the value of the key of that name."""

_REPEATS = re.compile(r"(?<!\\)[*+{]")
_ODD = re.compile(r"\(|\[[^\]]{0,200}\[|--|&&|~~|\|\|")
"""Groups, and what Python will read in another way one day."""

_LONGEST, _MOST_REPEATS = 200, 2


def hugo_settings(files: Iterable[tuple[str, bytes]]) -> Mapping:
    """Return the settings in files with these names, those of later files over earlier ones.

    Raises:
        ConfigError: a file is not valid; the message has its line.
    """
    found = Mapping({}, 1)
    for name, data in files:
        settings = respelt(read_mapping(data, name), {})
        key = name.rpartition("/")[2].partition(".")[0]
        if key in _NESTED:
            settings = Mapping({key: settings}, 1)
        found = deep_merge(found, settings)
    return found


def content_folders(settings: Mapping) -> tuple[str, ...]:
    """Return the folders of content: mounted ones, else those of the languages, else the usual."""
    mounted = tuple(folder for folder, _ in content_mounts(settings))
    if mounted:
        return mounted
    usual = next(iter(texts_of(settings.get("contentdir"))), "content")
    languages = list(_languages(settings))
    named = [next(iter(texts_of(each.get("contentdir"))), usual) for each in languages]
    ranked = sorted(named or [usual], key=lambda each: each != usual)
    return folders_of(ranked) or ("content",)


def content_mounts(settings: Mapping) -> tuple[tuple[str, str], ...]:
    """Return what is mounted below `content`, each with its place there."""
    found = (
        (source, target.partition("/")[2])
        for source, target in _mounts(settings)
        if target.partition("/")[0] == "content"
    )
    return tuple(dict.fromkeys(found))


def static_folders(settings: Mapping) -> tuple[str, ...]:
    """Return the folders whose files are published at the top, then those of assets."""
    found: list[str] = []
    for target, keys in (("static", ("staticdir", *(f"staticdir{at}" for at in range(11)))),
                         ("assets", ("assetdir",))):  # fmt: skip
        mounted = [source for source, place in _mounts(settings) if place == target]
        tables = (settings, *_languages(settings))
        named = [text for each in tables for key in keys for text in texts_of(each.get(key))]
        found += folders_of(mounted or named or [target])
    return tuple(dict.fromkeys(found))


def language_in(settings: Mapping) -> str:
    """Return the language of pages whose names say none, empty where that is not certain."""
    languages = list(_languages(settings))
    if any(each.get("contentdir") for each in languages):
        return ""
    default = settings.get("defaultcontentlanguage") or (Scalar("en", 0) if languages else None)
    return said_language(Mapping({"lang": default}, 0) if default else settings)


def has_plain_addresses(settings: Mapping) -> bool:
    """Return whether the addresses of pages are those of their files, in one language."""
    is_other = ("permalinks", "uglyurls", "disablepathtolower", "removepathaccents")
    at_top = not is_true(settings.get("defaultcontentlanguageinsubdir"))
    one = len(list(_languages(settings))) <= 1
    return one and at_top and not any(settings.get(key) for key in is_other)


def language_names(settings: Mapping) -> tuple[str, ...]:
    """Return the names of the languages, which files have before their endings."""
    languages = settings.get("languages")
    return tuple(map(str.lower, languages.entries)) if isinstance(languages, Mapping) else ()


def fields_by_small(fields: Mapping, keys: Iterable[str]) -> list[Node | None]:
    """Return the values of keys in small letters, however they are written."""
    small = {key.casefold(): each for key, each in fields.entries.items()}
    return [small.get(key) for key in keys]


def plain_pattern(text: str) -> re.Pattern[str] | None:
    """Return a pattern of Hugo's for paths; None for one that never fits, or takes long to try."""
    if text.startswith("^") or len(text) > _LONGEST or _ODD.search(text):
        return None
    if len(_REPEATS.findall(text)) > _MOST_REPEATS:
        return None
    try:
        return re.compile(text)
    except re.error:
        return None


def _languages(settings: Mapping) -> Iterator[Mapping]:
    """Yield the settings of the languages that are built."""
    languages = settings.get("languages")
    disabled = frozenset(texts_of(settings.get("disablelanguages")))
    for name, each in languages.entries.items() if isinstance(languages, Mapping) else ():
        if isinstance(each, Mapping) and name not in disabled and not is_true(each.get("disabled")):
            yield each


def _mounts(settings: Mapping) -> Iterator[tuple[str, str]]:
    """Yield the mounts of the site's own files: source and target."""
    module = settings.get("module")
    mounts = module.get("mounts") if isinstance(module, Mapping) else None
    for each in mounts.items if isinstance(mounts, Sequence) else ():
        if isinstance(each, Mapping):
            source = folders_of(texts_of(each.get("source")))
            target = folders_of(texts_of(each.get("target")))
            if source and target:
                yield source[0], target[0]
