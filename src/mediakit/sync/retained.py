"""What `--delete` leaves at a target although no page needs it: a text of the site mentions it.

Pages are not all that shows pictures: layouts, styles, data, drafts, and pages that the
configuration leaves out do too. So no object goes whose name any text of the site has.
"""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from msgspec.structs import replace

from mediakit.base.actions import Kind, Plan, Reason
from mediakit.sync.mentions import search_site, variant_names

if TYPE_CHECKING:
    from mediakit.base.model import Problem
    from mediakit.config.config import Config
    from mediakit.state.cache import Cache
    from mediakit.sync.mention_index import Mentions


def keep_mentioned(config: Config, cache: Cache, plan: Plan) -> tuple[Plan, list[Problem]]:
    """Return the plan without deletes of what texts mention, and the texts that hide what they say.

    With a picture its variants stay. Nothing goes while a text cannot be searched. The texts are
    searched only if something is to go.
    """
    keys = [action.path for action in plan.actions if action.kind is Kind.DELETE]
    if not keys:
        return plan, []
    names = {key: _site_paths(key, config) for key in keys}
    wanted = [path for paths in names.values() for path in paths]
    variants = [name for path in wanted for name in variant_names(path, config)]
    mentions = search_site(config, cache, [*wanted, *variants])
    if mentions.unread:
        left = tuple(each for each in plan.actions if each.kind is not Kind.DELETE)
        return Plan(left, plan.problems), mentions.unread
    kept = {key for key, paths in names.items() if _is_mentioned(paths, config, mentions)}
    kept |= {key for key in keys if not kept.isdisjoint(_sources(key, config, keys))}
    actions = (
        replace(each, kind=Kind.KEEP, reason=Reason.MENTIONED)
        if each.kind is Kind.DELETE and each.path in kept
        else each
        for each in plan.actions
    )
    return Plan(tuple(actions), plan.problems), []


def _site_paths(key: str, config: Config) -> list[str]:
    """Return where in the site an object with this key may have come from."""
    return [*dict.fromkeys((key, *(f"{root}/{key}" for root in config.kind.roots if root)))]


def _is_mentioned(paths: list[str], config: Config, mentions: Mentions) -> bool:
    names = (name for path in paths for name in (path, *variant_names(path, config)))
    return any(mentions.of(name) is not None for name in names)


def _sources(key: str, config: Config, keys: list[str]) -> set[str]:
    """Return the keys that this one has the name of a variant of, whatever their ending."""
    pure = PurePosixPath(key)
    stems = {
        str(pure.with_name(pure.stem.removesuffix(suffix)))
        for suffix, _ in config.suffixes
        if pure.stem.endswith(suffix) and pure.stem != suffix
    }
    return {each for each in keys if each.rpartition(".")[0] in stems} if stems else set()
