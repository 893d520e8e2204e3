"""Keys of front matter that themes have for pictures, by kind of site.

A value that does not look like a picture is skipped there, and a picture that is missing is a
warning: only the configuration can say what a site's own theme reads.
"""

from __future__ import annotations

from mediakit.base.model import Role
from mediakit.site.picture_keys import picture_keys

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
        Role.OG_IMAGE, "image", "images", "og_image", "share-img", "social_image", "twitter.image",
        "seo.image", folders=_FOLDERS,
    ),
    *picture_keys(
        Role.HEADER, "thumbnail", "thumbnail-img", "thumb", "img", "cover", "cover-img",
        "cover_image", "banner", "hero", "hero_image", "feature_image", "feature-img",
        "featured_image", "featured-image", "header-img", "background", "background-image",
        "bigimg", "photo", "photos", "logo", "icon", "avatar", "author", "authors", "profile",
        "profiles", "sidebar", folders=_FOLDERS,
    ),
    *picture_keys(Role.HEADER, "preview", folders=("assets/img/publication_preview", *_FOLDERS)),
)  # fmt: skip
"""Keys of jekyll-seo-tag, Chirpy, al-folio, beautiful-jekyll and others, beside those of Minimal
Mistakes. No default preset is for these roles: only the site knows which sizes its theme shows."""
