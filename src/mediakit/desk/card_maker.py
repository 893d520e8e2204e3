"""Makes the cards of an observed site."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import replace
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from mediakit.base.artifacts import srcsets
from mediakit.base.files import DiskFile, sha256_bytes
from mediakit.base.formats import film_of
from mediakit.base.model import Role
from mediakit.desk.cards import Card, CardPicture, CardVideo
from mediakit.edit.entries import is_shown
from mediakit.images.recipes.clip import POSTER
from mediakit.site.alts import pictures_taking_alt, pictures_with_alt
from mediakit.site.kinds.settings import texts_of
from mediakit.site.paths import is_data
from mediakit.site.providers import PROVIDERS, watch_address
from mediakit.site.videos import thumbnail_path
from mediakit.sync.content import settings_of
from mediakit.sync.fields import FieldsReader

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from mediakit.base.artifacts import MadeRecord
    from mediakit.base.model import ImageRef, Manifest, Problem, VideoRef
    from mediakit.desk.cards import Findings
    from mediakit.site.paths import SiteAddress
    from mediakit.sync.observe import ObservedSite

_LABELS = ("tags", "categories", "equipment", "muscles", "muscle", "level")
_SMALLEST = 300  # pixels of the variant on a card, for browsers that do not read srcset
_HEADERS = frozenset({Role.OVERLAY, Role.HEADER})
_LAST = (Role.FEATURE_ROW, Role.BODY, Role.TEASER, Role.OG_IMAGE)
_GONE = frozenset({"dead", "missing", "not-embeddable"})


class CardMaker:
    """Makes cards of a site; `address` gives the address of a file by its site path and version.

    Of the cards `before`, those of pages that have not changed have the same labels.
    """

    def __init__(
        self, site: ObservedSite, address: Callable[[str, str], str], before: Iterable[Card] = ()
    ) -> None:
        self._site = site
        self._address = address
        self._variants: dict[str, list[MadeRecord]] = {}
        for record in site.known.records.values():
            if record.is_of_one_picture and record.path in site.known.found:
                self._variants.setdefault(record.source, []).append(record)
        self._pictures = {**site.known.films, **site.known.pictures}
        self._loops: dict[tuple[str, str], str] = {}
        self._posters: dict[str, str] = {}
        self._moving: dict[str, str] = {}  # by clip or poster
        clips = {name for each in site.config.made_by.get("clips", ()) for name in each.names}
        for path, each in site.known.products.items():
            if each.recipe in clips:
                self._moving[path] = each.source
            if path in site.known.found:
                own = address(path, site.known.found[path].sha256)
                if film_of(path) is not None:
                    self._loops[each.page, each.source] = own
                elif each.recipe in clips and path.endswith(POSTER):
                    self._posters[each.source] = own
        self._fields = FieldsReader(site.tree, settings_of(site.config))
        self._known_labels = {each.digest: each.labels for each in before if each.digest}
        self._plain = [self._card(each) for each in site.content.manifests]

    def cards(self, findings: Findings) -> list[Card]:
        """Return the cards of all exercises, in the order of their pages, with what is known.

        What is wrong elsewhere on the site is on a last card, which is none of an exercise.
        """
        found = findings.problems if findings.known else self._site.problems
        by_place = _by_place(self._site, found)
        keepers = {path: group.keeper.path for group in findings.groups for path in group.paths}
        cards = []
        for card in self._plain:
            problems = tuple(by_place.pop(card.place, ()))
            pictures = tuple(
                replace(each, keeper=keepers[each.source]) if each.source in keepers else each
                for each in card.pictures
            )
            videos = tuple(
                replace(each, state=findings.videos.get(each.key, "")) for each in card.videos
            )
            states = tuple(_states(pictures, videos, problems))
            cards.append(
                replace(card, pictures=pictures, videos=videos, problems=problems, states=states)
            )
        rest = tuple(each for left in by_place.values() for each in left)
        if rest:
            cards.append(Card("", "", "", problems=rest, states=("problem",)))
        return cards

    def _card(self, manifest: Manifest) -> Card:
        """Return what an exercise's page and pictures say, without what is found of them."""
        silent = {id(each) for each in pictures_with_alt(manifest) if not (each.alt or "").strip()}
        taking = {id(each) for each in pictures_taking_alt(manifest)}
        pictures = tuple(
            replace(
                self._picture(manifest, source, uses),
                takes_alt=any(each.role is Role.GALLERY or id(each) in taking for each in uses),
                lacks_alt=any(id(each) in silent for each in uses),
            )
            for source, uses in self._shown(manifest)
        )
        file = self._site.tree.find(manifest.path)
        digest = ""
        if not is_data(manifest.path):
            digest = sha256_bytes(self._site.tree.read(manifest.path))
        return Card(
            manifest.title, manifest.place, manifest.path, pictures,
            tuple(map(self._video, manifest.videos)), self._labels(manifest, digest),
            web=_web_address(self._site.config.kind.address, manifest.permalink),
            file=self._address(manifest.path, ""), digest=digest,
            changed=file.stat.mtime_ns // 10**9 if isinstance(file, DiskFile) else 0,
        )  # fmt: skip

    def _shown(self, manifest: Manifest) -> list[tuple[str, list[ImageRef]]]:
        """Return each source with what shows it, in the exercise's own order.

        The gallery says it. A header that is not in the gallery comes before it, the rest behind.
        """
        uses: dict[str, list[ImageRef]] = {}
        for each in manifest.images:
            source = self._source(each)
            if source in self._pictures and each.role is not Role.VIDEO:
                uses.setdefault(source, []).append(each)
        shown = (self._source(each) for each in manifest.images if each.role is Role.GALLERY)
        places = {source: number for number, source in enumerate(dict.fromkeys(shown))}

        def rank(source: str) -> tuple[int, int]:
            roles = {each.role for each in uses[source]}
            if source in places:
                return 1, places[source]
            return (0, 0) if roles & _HEADERS else (2, min(map(_LAST.index, roles)))

        return [(source, uses[source]) for source in sorted(uses, key=rank)]

    def _source(self, image: ImageRef) -> str:
        """Return what a page shows, also by its clip or poster, which has the text."""
        return image.source or self._moving.get(image.path or "", "")

    def _picture(self, manifest: Manifest, source: str, uses: list[ImageRef]) -> CardPicture:
        picture = self._pictures[source]
        records = self._variants.get(source, [])
        is_film = film_of(source) is not None
        poster = self._posters.get(source, "" if is_film else None)
        own = self._address(source, picture.sha256) if is_film else ""  # until it has a clip
        gallery = [each for each in uses if each.role is Role.GALLERY]
        told = next((each for each in (*gallery, *uses) if each.alt or each.title), None)
        wide = [each for each in records if each.width >= _SMALLEST and is_shown(each.path)]
        small = min(wide, key=lambda each: each.width, default=None)
        full = source
        if not is_shown(source):
            large = max(wide, key=lambda each: each.width, default=None)
            full = large.path if large is not None else source
        roles = {each.role for each in uses}
        shown = small.path if small is not None else full
        return CardPicture(
            source=source,
            address=self._address(shown, picture.sha256) if poster is None else poster,
            full=self._address(full, picture.sha256) if poster is None else poster,
            srcset=self._srcset(source, records) if poster is None else "",
            width=picture.width,
            height=picture.height,
            bytes=picture.bytes,
            alt=(told.alt or "") if told is not None else "",
            words=((told.title or told.alt) if told is not None else "") or manifest.title,
            roles=(*["header"] * bool(roles & _HEADERS), *["teaser"] * (Role.TEASER in roles)),
            is_in_gallery=bool(gallery),
            loop=self._loops.get((manifest.path, source), own),
            colour=picture.colour,
            placeholder=picture.placeholder,
        )

    def _srcset(self, source: str, records: list[MadeRecord]) -> str:
        """Return the sizes in the format of the source."""
        picture = self._pictures[source]
        ending = PurePosixPath(source).suffix
        own = [each for each in records if PurePosixPath(each.path).suffix == ending]
        if not srcsets(picture, own):
            return ""
        sizes = {each.width: each.path for each in own} | {picture.width: source}
        return ", ".join(
            f"{self._address(path, picture.sha256)} {width}w"
            for width, path in sorted(sizes.items())
        )

    def _video(self, video: VideoRef) -> CardVideo:
        site, key = self._site, f"{video.provider}/{video.id}"
        record = site.catalog.videos.get(key)
        provider = PROVIDERS.get(video.provider)
        thumbnail = thumbnail_path(site.config.videos.folder, video.id)
        has_one = isinstance(site.tree.find(thumbnail), DiskFile)
        return CardVideo(
            key,
            provider.title if provider is not None else video.provider,
            video.full_id,
            watch_address(video.provider, video.full_id),
            record.title if record is not None else "",
            thumbnail=self._address(thumbnail, "") if has_one else "",
        )

    def _labels(self, manifest: Manifest, digest: str) -> tuple[str, ...]:
        """Return the texts of the keys that sites sort exercises by."""
        if digest in self._known_labels:
            return self._known_labels[digest]
        fields = self._fields.of(manifest)
        found = (text for key in _LABELS for text in texts_of(fields.get(key)))
        return tuple(dict.fromkeys(found))


def _web_address(site: SiteAddress, permalink: str) -> str:
    """Return the address of a page on the web, empty where its front matter does not say it."""
    if not site.url.startswith(("https://", "http://")) or ":" in permalink:
        return ""
    base = "/".join(part for part in (site.url.rstrip("/"), site.baseurl.strip("/")) if part)
    return f"{base}{permalink}" if permalink.startswith("/") else ""


def _states(
    pictures: tuple[CardPicture, ...], videos: tuple[CardVideo, ...], problems: tuple[Problem, ...]
) -> list[str]:
    """Return the words that the page filters by."""
    tests = {
        "problem": bool(problems),
        "duplicate": any(each.keeper for each in pictures),
        "no-alt": any(each.lacks_alt for each in pictures),
        "video": bool(videos),
        "no-video": not videos,
        "gone-video": any(each.state in _GONE for each in videos),
        "no-picture": not pictures,
    }
    return [word for word, fits in tests.items() if fits]


def _by_place(site: ObservedSite, problems: Iterable[Problem]) -> dict[str, list[Problem]]:
    """Return the problems by page, or by the record of a data file that they are in or behind.

    A problem of a picture is one of every page that shows it.
    """
    records: dict[str, list[int]] = {}
    users: dict[str, list[str]] = {}
    for manifest in site.content.manifests:
        if manifest.record:
            records.setdefault(manifest.path, []).append(manifest.record)
        for path in {each.source for each in manifest.images if each.source}:
            users.setdefault(path, []).append(manifest.place)
    found: dict[str, list[Problem]] = {}
    for problem in problems:
        path, starts = problem.path, records.get(problem.path, [])
        at = bisect_right(starts, problem.line)
        place = f"{path}:{starts[max(at - 1, 0)]}" if starts else path
        for each in users.get(path, [place]):
            found.setdefault(each, []).append(problem)
    return found
