"""What `--delete` and `--prune` leave although no page needs it: a text of the site mentions it.

Pages are not all that shows pictures: layouts, styles, data, drafts, and pages that the
configuration leaves out do too. So nothing goes whose name any text of the site has.
"""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING

from msgspec.structs import replace

from mediakit.base.actions import Kind, Plan, Reason
from mediakit.site.mentions import folded
from mediakit.sync.mentions import search_site, variant_names

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping
    from collections.abc import Set as AbstractSet

    from mediakit.config.config import Config
    from mediakit.state.cache import Cache


def mentioned(
    config: Config, cache: Cache, names: Mapping[str, Collection[str]]
) -> tuple[set[str], str]:
    """Return which of the keys have a name that a text mentions.

    While a text cannot be searched, nobody knows: then the second value says which, and why.
    """
    mentions = search_site(config, cache, chain.from_iterable(names.values()))
    if mentions.unread:
        first = mentions.unread[0]
        return set(), f"{first.path} {first.message}, and may mention pictures"
    is_named = (key for key, each in names.items() if any(map(mentions.of, each)))
    return set(is_named), ""


def keep_mentioned(
    config: Config, cache: Cache, plan: Plan, uploads: Iterable[str]
) -> tuple[Plan, str]:
    """Return the plan without deletes of what texts mention, and why nobody knows what they do.

    A name that one of the `uploads` has, in whatever spelling, means that. With a picture its
    variants stay. Nothing goes while a text cannot be searched. The texts are searched only if
    something is to go.
    """
    keys = [action.path for action in plan.actions if action.kind is Kind.DELETE]
    if not keys:
        return plan, ""
    taken = set(map(folded, uploads))
    names = {key: list(_names(key, config, taken)) for key in keys}
    kept, hidden = mentioned(config, cache, names)
    if hidden:
        left = tuple(each for each in plan.actions if each.kind is not Kind.DELETE)
        return Plan(left, plan.problems), hidden
    stems = {_stem(key) for key in kept}
    kept |= {key for key in keys if not stems.isdisjoint(_sources(key, config))}
    actions = (
        replace(each, kind=Kind.KEEP, reason=Reason.MENTIONED)
        if each.kind is Kind.DELETE and each.path in kept
        else each
        for each in plan.actions
    )
    return Plan(tuple(actions), plan.problems), ""


def _names(key: str, config: Config, taken: AbstractSet[str]) -> Iterator[str]:
    """Yield where in the site an object, or a variant of it, may have come from."""
    for each in (key, *variant_names(key, config)):
        if folded(each) not in taken:
            yield each
            yield from (f"{root}/{each}" for root in config.kind.public_folders if root)


def _sources(key: str, config: Config) -> Iterator[str]:
    """Yield the keys, without their endings, that this one has the name of a variant of."""
    stem = _stem(key)
    for suffix, _ in config.suffixes:
        if stem.endswith(suffix):
            yield stem.removesuffix(suffix)


def _stem(key: str) -> str:
    return key.rpartition(".")[0]
