"""`media-structured.json`: the JSON-LD of each page, ready to be put into it.

A text of a stranger, such as the title of a video, must not end the element that it stands in:
`</script>` and `<!--` would. So no `<`, `>` or `&` is in a text as it is, and templates put it into
the page without another change.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import msgspec

from mediakit.site.paths import is_data
from mediakit.structured.objects import objects_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from mediakit.base.model import Manifest
    from mediakit.structured.facts import SearchFacts
    from mediakit.structured.objects import Thing

VERSION = 1
CONTEXT = "https://schema.org"
_ESCAPED = str.maketrans({each: f"\\u{ord(each):04x}" for each in "<>&\u2028\u2029"})


class StructuredPage(msgspec.Struct, frozen=True):
    """A page: its whole address, empty where it is not known, and the text of its JSON-LD."""

    address: str
    json: str


def structured_data(manifests: Iterable[Manifest], facts: SearchFacts) -> bytes:
    """Return the document: JSON, UTF-8, a line a page; `addresses` lead to the pages' paths."""
    pages: dict[str, StructuredPage] = {}
    addresses: dict[str, str] = {}
    for manifest in manifests:
        found = [] if is_data(manifest.path) else objects_of(manifest, facts)
        if found:
            pages[manifest.path] = StructuredPage(facts.page_address(manifest), json_ld(found))
            if manifest.address:
                addresses[manifest.address] = manifest.path
    head = b'{"version":%d,\n"addresses":{\n%b\n},\n' % (VERSION, _lines(addresses))
    return head + b'"pages":{\n%b\n}\n}\n' % _lines(pages)


def json_ld(things: list[Thing]) -> str:
    """Return JSON-LD that is safe inside an element `script`."""
    graph = {"@context": CONTEXT, "@graph": things}
    return json.dumps(graph, ensure_ascii=False, separators=(",", ":")).translate(_ESCAPED)


def _lines(values: dict[str, StructuredPage] | dict[str, str]) -> bytes:
    lines = (msgspec.json.encode({key: each})[1:-1] for key, each in sorted(values.items()))
    return b",\n".join(lines)
