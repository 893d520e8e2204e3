"""The facts that the rules of `check` judge: one frozen value, gathered from the site."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from mediakit.base.actions import Plan
from mediakit.base.cut import Cut, cut_of
from mediakit.base.files import DiskFile
from mediakit.base.formats import film_of, is_vector
from mediakit.checks.files import told_by_files
from mediakit.checks.pixels import unlike_records, unlike_sources
from mediakit.config.tables import CheckSettings
from mediakit.images.recipes.clip import POSTER
from mediakit.matching.groups import has_icon_name
from mediakit.sync.copies import unnamed_pictures
from mediakit.sync.mentions import search_site, variant_names
from mediakit.sync.plan import plan_products
from mediakit.sync.worker import private_in_files

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from mediakit.base.artifacts import Artifact, Product, SourcePicture
    from mediakit.base.model import Manifest, Problem, VideoRecord
    from mediakit.images.private import Told
    from mediakit.sync.copies import Duplicates
    from mediakit.sync.mention_index import MentionPlace
    from mediakit.sync.observe import ObservedSite
    from mediakit.sync.session import Session


@dataclass(frozen=True, slots=True)
class AskedClip:
    """A clip that a page asks for, by its poster, and how many milliseconds it may last."""

    poster: Product
    most: int


@dataclass(frozen=True, slots=True)
class Facts:
    """A site as it is, and the plan of its variants.

    `wrong` are variants that show another picture than their source, `unused` pictures that no
    text mentions, `missing_files` the paths of linked files of which none exists; `keeper` has the
    picture to keep for each that has copies. `unpublished` has the pictures that the generator
    leaves out, with the name that is to blame. `active_svgs` says in words what SVGs hold that
    runs, or loads from elsewhere, `slips` what is wrong with files that are read all the same.
    `told` is what pictures tell beside their pixels, and `uses` where pages name them. `unread` are
    the problems of texts that could not be searched, `videos` what the catalog knows of videos.
    `dead_clips` are those that texts name and nobody makes, each with the place in each text.
    `made` are the products that are there, and with `has_clips` the settings ask for clips. `clips`
    are those that pages ask for, made or not, and `lasts` has the milliseconds of their films.
    """

    manifests: Sequence[Manifest]
    pictures: Mapping[str, SourcePicture]
    products: Mapping[str, Product]
    plan: Plan
    wrong: frozenset[str] = frozenset()
    unused: Sequence[str] = ()
    keeper: Mapping[str, str] = field(default_factory=dict)
    missing_files: frozenset[tuple[str, ...]] = frozenset()
    unpublished: Mapping[str, str] = field(default_factory=dict)
    dead_clips: Mapping[str, Sequence[MentionPlace]] = field(default_factory=dict)
    unread: Sequence[Problem] = ()
    active_svgs: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    slips: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    told: Mapping[str, Told] = field(default_factory=dict)
    uses: Mapping[str, Sequence[tuple[str, int]]] = field(default_factory=dict)
    videos: Mapping[str, VideoRecord] = field(default_factory=dict)
    made: Mapping[str, Artifact] = field(default_factory=dict)
    has_clips: bool = False
    clips: Sequence[AskedClip] = ()
    lasts: Mapping[str, int] = field(default_factory=dict)
    limits: CheckSettings = field(default_factory=CheckSettings)


def read_facts(duplicates: Duplicates, session: Session, *, pixels: bool = False) -> Facts:
    """Gather the facts of a site whose duplicates are known.

    `pixels` also compares variants that are recorded as current.
    """
    site = duplicates.site
    plan = plan_products(site.known)
    wrong = unlike_sources(site, plan)
    if pixels:
        wrong |= unlike_records(site, session, plan)
    hopeless = _hopeless_clips(site, duplicates)
    unused, unread, dead = _unused(session, duplicates, hopeless)
    linked = {paths for each in site.content.manifests for paths, _ in each.text.files}
    asked = set(_asked_of_recipes(site))  # other rules tell that these are missing
    told = dict(told_by_files(site, session.cache))
    clips = _asked_clips(site)
    return Facts(
        manifests=site.content.manifests,
        pictures=site.known.pictures,
        products=site.known.products,
        plan=plan,
        wrong=wrong,
        unused=unused,
        keeper={path: group.keeper.path for group in duplicates.groups for path in group.paths},
        missing_files=frozenset(
            paths
            for paths in linked
            if asked.isdisjoint(paths) and not any(_exists(site, path) for path in paths)
        ),
        unpublished=dict(_unpublished(site)),
        dead_clips=dead,
        unread=unread,
        active_svgs={path: words for path, words in told.items() if is_vector(path)},
        slips={path: words for path, words in told.items() if not is_vector(path)},
        told=_private(site, session, duplicates.unnamed),
        uses=site.uses,
        videos=site.catalog.videos,
        made=site.known.found,
        has_clips=site.config.has_clips,
        clips=clips,
        lasts=_lengths(site, session, clips),
        limits=site.config.check,
    )


def _asked_clips(site: ObservedSite) -> list[AskedClip]:
    """Return the clips that pages ask for, each once, where it is asked for first."""
    if not site.config.has_clips:
        return []
    from mediakit.sync.clips import clips_of  # noqa: PLC0415 - few sites ask

    found: dict[str, AskedClip] = {}
    pages = sorted(site.content.manifests, key=lambda each: each.path)
    for recipe in clips_of(site.config):
        for each in recipe.products(pages, site.known.inputs):
            if each.path.endswith(POSTER):
                found.setdefault(each.path, AskedClip(each, 1000 * recipe.max_seconds))
    return list(found.values())


def _lengths(site: ObservedSite, session: Session, clips: Sequence[AskedClip]) -> dict[str, int]:
    """Return how long films last; an animation is read where it is cut, or gave no clip."""
    wanted = {
        each.poster.source
        for each in clips
        if film_of(each.poster.source) is not None
        or cut_of(each.poster.inputs) != Cut()
        or each.poster.path not in site.known.products
    }
    if not wanted:
        return {}
    from mediakit.sync.film_length import film_lengths  # noqa: PLC0415 - few sites have clips

    return film_lengths(
        (site.files[path] for path in sorted(wanted & site.files.keys())), session.cache
    )


def read_private_facts(site: ObservedSite, session: Session) -> Facts:
    """Return the facts of what pictures tell, of which a fix needs no others."""
    told = _private(site, session, unnamed_pictures(site))
    return Facts(site.content.manifests, {}, {}, Plan(()), told=told, uses=site.uses)


def _private(
    site: ObservedSite, session: Session, unnamed: Mapping[str, DiskFile]
) -> dict[str, Told]:
    """Return what pictures tell that a generator publishes: variants and unnamed ones too."""
    found = {path: site.tree.find(path) for path in site.known.found}
    found |= {**site.files, **unnamed}
    shown = (
        file
        for path, file in sorted(found.items())
        if isinstance(file, DiskFile) and not site.config.kind.hidden_name(path)
    )
    return private_in_files(shown, session.cache, digests=True)


def _unpublished(site: ObservedSite) -> Iterator[tuple[str, str]]:
    kind = site.config.kind
    for path in sorted(site.uses):
        name = kind.hidden_name(path)
        if name and _exists(site, path):
            yield path, name


def _asked_of_recipes(site: ObservedSite) -> Iterator[str]:
    """Yield what is to be made, and what pages name although nothing makes it."""
    yield from site.known.products
    for manifest in site.content.manifests if site.config.made_by else ():
        for image in manifest.images:
            if image.preset and image.path and image.source is None:
                yield image.path


def _exists(site: ObservedSite, path: str) -> bool:
    return isinstance(site.tree.find(path), DiskFile)


def _hopeless_clips(site: ObservedSite, duplicates: Duplicates) -> list[str]:
    """Return the clips and posters of films that are not there, and not made either."""
    if not site.config.has_clips:
        return []
    from mediakit.sync.clips import clips_of  # noqa: PLC0415 - few sites ask

    misspelt = {path.casefold() for path in site.uses if path not in site.files}
    films = [
        path
        for path in (*site.files, *duplicates.unnamed)
        if film_of(path) is not None and path.casefold() not in misspelt
    ]
    clips = (
        path for each in clips_of(site.config) for film in films for path in each.paths_of(film)
    )
    return [path for path in clips if path not in site.known.products and not _exists(site, path)]


def _unused(
    session: Session, duplicates: Duplicates, clips: Sequence[str]
) -> tuple[list[str], list[Problem], dict[str, list[MentionPlace]]]:
    """Return pictures that no text mentions, problems of texts that are not searched, and `clips`.

    With such a text no picture counts as unused: the text may mention it. Of the clips these are
    that texts name, with the place in each.
    """
    site = duplicates.site
    named = {
        path.casefold()
        for manifest in site.content.manifests
        for image in manifest.images
        for path in (image.source, image.path)
        if path is not None
    }
    # another spelling of a name is a problem of the page, and no picture too many
    pictures = sorted(
        path
        for path in duplicates.unnamed
        if path.casefold() not in named and not has_icon_name(path)
    )
    names = {path: [path, *variant_names(path, site.config)] for path in pictures}
    wanted = [*clips, *(each for found in names.values() for each in found)]
    mentions = search_site(site.config, session.cache, wanted)
    dead = {path: places for path in clips if (places := list(mentions.all_named(path)))}
    if mentions.unread:
        known = {each.path for each in site.content.unread}
        return [], [each for each in mentions.unread if each.path not in known], dead
    return [path for path, found in names.items() if not any(map(mentions.of, found))], [], dead
