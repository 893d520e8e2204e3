"""Keys of front matter that themes have for pictures, by kind of site.

A value that does not look like a picture is skipped there, and a picture that is missing is a
warning: only the configuration can say what a site's own theme reads.
"""

from __future__ import annotations

from mediakit.base.model import Role
from mediakit.site.galleries import is_picture
from mediakit.site.kinds.settings import is_true
from mediakit.site.picture_keys import picture_keys
from mediakit.site.trees.yaml import Mapping, Node, Scalar

COMMON_KEYS = (
    *picture_keys(
        Role.OVERLAY, "cover", "image", "featured_image", "featuredImage", "hero", "banner",
        "header.overlay_image",
    ),
    *picture_keys(
        Role.HEADER, "header.image", "coverImage", "cover_image", "feature_image", "featureImage",
        "feature", "bg_image", "background", "img", "photo", "preview", "poster", "avatar", "logo",
        "author", "authors", "sidebar",
    ),
    *picture_keys(Role.TEASER, "thumbnail", "teaser", "featuredImagePreview", "header.teaser"),
    *picture_keys(
        Role.OG_IMAGE, "images", "og_image", "ogImage", "header.og_image", "share_img",
        "socialImage", "seo.image", "social.image",
    ),
    *picture_keys(Role.GALLERY, "gallery", "photos"),
)  # fmt: skip
"""Keys of common themes; `images` is what Hugo's own templates take for social cards."""

_FOLDERS = ("assets/img", "assets/images", "images", "img")

JEKYLL_KEYS = (
    *picture_keys(
        Role.OG_IMAGE, "image", "images", "og_image", "share-img", "social_image",
        "social_preview_image", "twitter.image", "seo.image", folders=_FOLDERS,
    ),
    *picture_keys(
        Role.HEADER, "thumbnail", "thumbnail-img", "thumb", "img", "cover", "cover-img",
        "cover_image", "banner", "hero", "hero_image", "feature_image", "feature-img",
        "featured_image", "featured-image", "header-img", "background", "background-image",
        "bigimg", "photo", "photos", "logo", "icon", "avatar", "author", "authors", "profile",
        "profiles", "sidebar", "title-img", folders=_FOLDERS,
    ),
    *picture_keys(Role.HEADER, "preview", folders=("assets/img/publication_preview", *_FOLDERS)),
)  # fmt: skip
"""Keys of jekyll-seo-tag, Chirpy, al-folio, beautiful-jekyll and others, beside those of Minimal
Mistakes. No default preset is for these roles: only the site knows which sizes its theme shows."""

_SITE_KEYS = ("avatar", "logo", "og_image", "share-img", "social_preview_image", "title-img")


def pictures_of_site(settings: Mapping) -> Mapping:
    """Return the pictures that themes take from `_config.yml`, without their lines."""
    author = settings.get("author")
    avatar = author.get("avatar") if isinstance(author, Mapping) else None
    found = {key: _unplaced(settings.get(key)) for key in _SITE_KEYS}
    found["author"] = _unplaced(avatar)
    return Mapping({key: each for key, each in found.items() if each is not None}, 0)


def with_pictures_of_site(fields: Mapping, pictures: Mapping, *, is_home: bool) -> Mapping:
    """Return the front matter with the pictures of the site that a theme shows on the page.

    That is the author's where the page shows a profile, and all others on the home page.
    """
    author = pictures.entries.get("author")
    found = {key: each for key, each in pictures.entries.items() if is_home and key != "author"}
    has_profile = is_true(fields.get("author_profile")) and fields.get("authors") is None
    if author is not None and has_profile:
        found["author"] = Mapping({"avatar": author}, 0)
    return Mapping({**found, **fields.entries}, fields.line) if found else fields


def _unplaced(node: Node | None) -> Node | None:
    return Scalar(node.text, 0) if isinstance(node, Scalar) and is_picture(node) else None
