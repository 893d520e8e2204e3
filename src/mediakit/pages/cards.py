"""`mediakit gallery fill --cards`: name the card of each page where its theme looks for one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mediakit.base.artifacts import SourcePicture
from mediakit.base.errors import UsageError
from mediakit.base.formats import is_vector
from mediakit.base.model import Role
from mediakit.edit.editable import node_at
from mediakit.edit.front_matter import set_value
from mediakit.site.front_matter import read_page
from mediakit.site.paths import is_data
from mediakit.site.trees.yaml import Scalar, Sequence
from mediakit.sync.pictures import with_sources, with_thumbnails

if TYPE_CHECKING:
    from collections.abc import Iterable

    from mediakit.base.files import FileTree
    from mediakit.base.model import Manifest
    from mediakit.config.config import Config
    from mediakit.site.trees.walk import KeyPath

_LISTS = {"hugo": "images"}
"""Keys that hold a list of pictures for sharing, by kind of site."""


class CardNames:
    """The cards of a site, by page; of several kinds, the first one of the settings counts.

    Raises:
        UsageError: the settings have no cards, or nobody knows the key that a theme reads.
    """

    def __init__(self, config: Config, tree: FileTree, manifests: Iterable[Manifest]) -> None:
        cards = config.made_by.get("cards", ())
        if not cards:
            raise UsageError(
                "the settings have no cards to name on pages",
                "add a table [cards.og] to mediakit.toml",
            )
        self._config = config
        self._key = _key_of(config)
        folder = config.videos.folder
        known = [with_sources(with_thumbnails(each, folder, tree), tree) for each in manifests]
        sources = {image.source for each in known for image in each.images if image.source}
        pictures = {
            path: SourcePicture(path, "", 0, int(not is_vector(path)), 1)
            for path in sources
            if tree.has(path)
        }
        self._cards = {each.page: each.path for each in cards[0].products(known, pictures)}

    def named(self, manifest: Manifest, data: bytes) -> bytes:
        """Return a page that names its card; one that names another picture stays as it is.

        Raises:
            ManifestError: the file cannot be read or changed.
        """
        card = self._cards.get(manifest.path)
        page = read_page(data)
        if card is None or page is None or is_data(manifest.path):
            return data
        address = self._config.kind.spelling(card, manifest.path)
        given = node_at(page.front_matter, self._key)
        if isinstance(given, Sequence) and given.items:
            given = given.items[0]
        place: KeyPath = self._key
        is_list = _LISTS.get(self._config.site) == ".".join(map(str, place))
        is_set = isinstance(given, Scalar) and not given.is_null and bool(given.text)
        if not is_set and (given is None or isinstance(given, (Scalar, Sequence))):
            return set_value(data, place, [address] if is_list else address, after="teaser")
        own = {
            image.path
            for image in manifest.images
            if image.role is Role.OG_IMAGE and image.preset and image.source is None
        }
        if own and card not in own:
            return set_value(data, (*place, 0) if is_list else place, address)
        return data


def _key_of(config: Config) -> KeyPath:
    """Return the key of front matter for the picture that is shown where a page is shared."""
    given = config.images.og_image
    key = given[0] if given else _LISTS.get(config.site, "header.og_image")
    if not given and not config.kind.has_theme and config.site not in _LISTS:
        raise UsageError(
            "nobody can say which key of a page your site reads for its card",
            'add it to mediakit.toml: [images] og_image = ["KEY"]',
        )
    return tuple(key.split("."))
