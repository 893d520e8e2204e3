"""Where pictures of other hosts are in the site: those that came, and places for new ones."""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from msgspec.structs import replace

from mediakit.base.files import sha256_bytes
from mediakit.site.paths import names_picture
from mediakit.sync.credits import CreditLedger

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from mediakit.base.files import FileTree
    from mediakit.base.model import Manifest
    from mediakit.config.config import Config
    from mediakit.credit.arrivals import Arrival
    from mediakit.edit.style import PictureName
    from mediakit.images.ingest import Ingested


class Homes:
    """The pictures of the site by the addresses that they had, and by what they are."""

    def __init__(self, config: Config, tree: FileTree) -> None:
        """Read the ledger; raises UsageError if it is broken."""
        self.ledger = CreditLedger(config)
        self._tree = tree
        came = self.ledger.pictures.items()
        self._by_address = {url: path for path, each in came for url in each.addresses}
        self._by_digest = {each.sha256: path for path, each in came if each.sha256}
        self._sources = {
            each.sha256: path for path, each in config.catalog_file.read().pictures.items()
        }

    def of_address(self, url: str) -> str | None:
        """Return the picture of the site that came from an address, None for none."""
        path = self._by_address.get(url)
        return path if path is not None and self._is_picture(path) else None

    def place(
        self,
        arrival: Arrival,
        name: PictureName,
        site: Sequence[Manifest],
        fresh: dict[str, Ingested],
    ) -> str:
        """Return where a picture is or will be; in `fresh` are those to write, by their paths."""
        digest = arrival.provenance.sha256
        known, ending = self._by_digest.get(digest), arrival.picture.ending
        if known is not None and (known in fresh or self._is_picture(known)):
            return known
        source = self._sources.get(digest)
        is_there = source is not None and self._is_picture(source)
        if source is not None and is_there and sha256_bytes(self._tree.read(source)) == digest:
            return source
        is_ours = known is not None and PurePosixPath(known).suffix == ending
        if known is None or not is_ours or not name.numbered([known]):
            known = name.path(self._next(name, site, fresh), ending)
        # else a run was cut off before it wrote the picture that the ledger has
        fresh[known] = arrival.picture
        self._by_digest[digest] = known
        return known

    def noted(self, homes: Mapping[str, str], arrived: Mapping[str, Arrival]) -> bytes:
        """Return the ledger with pictures that came, each at its home; others stay as they are."""
        for url, home in homes.items():
            known = self.ledger.pictures.get(home)
            entry = known or (arrived[url].provenance if url in arrived else None)
            if entry is None or (known is not None and url in known.addresses):
                continue
            addresses = list(dict.fromkeys((*entry.addresses, url)))
            self.ledger.put(home, replace(entry, addresses=addresses))
            self._by_address[url] = home
        return self.ledger.data

    def _is_picture(self, path: str) -> bool:
        return names_picture(path) and self._tree.has(path)

    def _next(
        self, name: PictureName, site: Sequence[Manifest], fresh: Mapping[str, Ingested]
    ) -> int:
        """Return the next number that is neither on the disk nor in a page or the ledger."""
        taken = [each.source for page in site for each in page.images if each.source is not None]
        taken += [f"{name.folder}/{each}".lstrip("/") for each in self._tree.names(name.folder)]
        found = name.numbered((*taken, *fresh, *self.ledger.pictures))
        return max((number for number, _ in found), default=-1) + 1
