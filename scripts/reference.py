"""Writes the reference pages that follow from the code: `python scripts/reference.py [--check]`.

`docs/reference/commands.md` comes from the commands, `docs/reference/configuration.md` from the
keys of `mediakit.toml`, `docs/reference/library.md` from the docstrings of the library. What the
code does not hold, a sentence for each key, is below; a key without one, or a sentence without a
key, ends the script. With `--check` nothing is written, and the exit code is 1 if a page is stale.
"""

from __future__ import annotations

import argparse
import dataclasses
import inspect
import json
import re
import sys
import textwrap
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import click
import msgspec
import msgspec.inspect

from json_schemas import config_schema, document_schema, documents_part
from library_reference import library_parts
from man_pages import man_pages
from mediakit.base.codes import problem_codes
from mediakit.base.model import Role
from mediakit.base.own_files import WORK_FOLDER
from mediakit.cli.documents import DOCUMENTS
from mediakit.cli.environment import options_of, variables
from mediakit.cli.main import mediakit
from mediakit.config.config import Overrides
from mediakit.config.file import CONFIG_FILE, parse
from mediakit.config.pyproject import PYPROJECT, TABLE
from mediakit.config.schema import SCHEMA_NAME
from mediakit.config.tables import (
    CdnTable,
    CheckTable,
    FileSettings,
    HeaderTable,
    ImagesTable,
    PresetTable,
    S3Table,
    VideosTable,
)
from mediakit.images.preset import DEFAULT_PRESETS, Preset, Quality
from mediakit.site.kinds import jekyll
from mediakit.site.kinds.hugo import HugoSite
from mediakit.site.kinds.kind import SiteName
from mediakit.storage.target_folder import DEFAULT_TARGET
from mediakit.sync.limit import DEFAULT_MAX_DELETE

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

ROOT = Path(__file__).resolve().parent.parent
FOLDER = Path("docs/reference")
WRITTEN = ROOT / FOLDER
"""Where the parts are that people write."""

WIDTH = 96
NOTE = "<!-- Written by scripts/reference.py: change that, or the code, and run it. -->"


class Key(NamedTuple):
    """What the code does not say of a key: its meaning, an example, a default that is computed."""

    meaning: str
    example: object
    default: str = ""


class JekyllKey(NamedTuple):
    """What a key of `_config.yml` means to mediakit, and its default."""

    meaning: str
    default: str


class Setting(NamedTuple):
    """A key as the page shows it."""

    name: str
    type: str
    default: str
    key: Key


FILE_KEYS = {
    "site": Key(
        "The kind of site: what is content there, and what addresses mean. See "
        "[other sites](../how-to/other-sites.md).",
        "jekyll",
        "see [kinds of sites](#kinds-of-sites)",
    ),
    "roots": Key(
        "Folders that an address such as `/images/squat.jpg` counts from, the first that has the "
        "file. They are left out of keys at the target. An empty text is the site root.",
        ["assets", ""],
        "those of the [kind of site](#kinds-of-sites)",
    ),
    "content": Key(
        "Globs of the content files, relative to the site root. "
        "They replace the rules of the kind of site, Jekyll's `exclude` included.",
        ["_exercises/**/*.md", "_pages/*.md"],
        "found by the rules of the [kind of site](#kinds-of-sites)",
    ),
    "target": Key(
        "Where `sync` puts its results: a folder of its own inside the site, or "
        "`s3://BUCKET/PREFIX`. A folder elsewhere is given by `--target`, or `MEDIAKIT_TARGET`.",
        "build/media",
        f"`{DEFAULT_TARGET}`",
    ),
    "jobs": Key("How many pictures are made at once.", 4, "the number of usable cores"),
    "executor": Key(
        "Who makes pictures: `threads`, or `processes` (a decoder that crashes takes one picture "
        "with it, not the run). A cluster is given by `--executor`, or `MEDIAKIT_EXECUTOR`.",
        "processes",
        "`threads`",
    ),
    "catalog": Key(
        "Site path of the catalog.", "_data/media.json", "see [the catalog](#the-catalog)"
    ),
    "unpublished": Key("Read drafts and exercises with `published: false` too.", example=False),
    "max_delete": Key(
        "How many objects a `sync --delete` may delete: a number, or a percentage of the objects "
        "that mediakit has put at the target. A run that would delete more is refused.",
        "5%",
        f"`{DEFAULT_MAX_DELETE}`",
    ),
    "placeholders": Key(
        "Keep a placeholder and the dominant colour of each picture in the catalog.",
        example=False,
    ),
}
"""The keys at the top of `mediakit.toml`."""

HEADER_KEYS = {
    "match": Key(
        "A glob for keys (`assets/images/*`) or names (`*.jpg`).", "*.jpg", "none: it must be set"
    ),
    "content_type": Key(
        "The media type: a picture is served as a picture.",
        "image/jpeg",
        "by the format of the bytes",
    ),
    "cache_control": Key(
        "How long browsers and caches keep it.",
        "public, max-age=3600",
        "see [headers](#headers)",
    ),
    "content_disposition": Key("`inline`, or `attachment` with a name.", "inline", "not sent"),
    "metadata": Key(
        "Metadata of your own, sent as `x-amz-meta-NAME`. Names are small letters, digits and "
        "`-`, values are ASCII.",
        {"owner": "content team"},
        "none",
    ),
}
"""The keys of a table `[[headers]]`."""

S3_KEYS = {
    "endpoint": Key(
        "URL of a server other than AWS. It is used for a server on this machine; another one has "
        "to be said by who has the keys: in `AWS_ENDPOINT_URL_S3`, a profile, or `--s3-endpoint`.",
        "http://localhost:9000",
        "as AWS programs find it",
    ),
    "region": Key("Region of the bucket.", "eu-north-1", "as AWS programs find it"),
    "profile": Key("Profile of the AWS files.", "media", "as AWS programs find it"),
    "addressing": Key(
        "Where the bucket's name goes: into the `path`, or into the host's name (`virtual`). "
        "`auto` is `virtual` at AWS and `path` elsewhere.",
        "path",
    ),
    "acl": Key("A canned ACL for each object. Many buckets take none.", "public-read", "not sent"),
    "storage_class": Key("Storage class of each object.", "STANDARD_IA", "that of the bucket"),
    "encryption": Key(
        "Server-side encryption to ask for with each object.", "aws:kms", "that of the bucket"
    ),
    "kms_key": Key("The key for `aws:kms`.", "alias/media", "that of the account"),
    "connections": Key("How many requests are under way at once.", 16),
    "patience": Key(
        "How many seconds a target that does not answer is tried, before the run gives up.", 60
    ),
}
"""The keys of the table `[s3]`."""

CDN_KEYS = {
    "base_url": Key(
        "The address below which visitors find what is at the target.",
        "https://media.example.com",
        "none: it must be set",
    ),
    "cloudfront": Key("The id of a CloudFront distribution.", "E2EXAMPLE", "none"),
    "cloudflare_zone": Key(
        "The id of a Cloudflare zone. The token comes from `CLOUDFLARE_API_TOKEN`.",
        "023e105f4ecef8ad9ca31a8372d0c353",
        "none",
    ),
}
"""The keys of the table `[cdn]`."""

VIDEO_KEYS = {
    "folder": Key(
        "Site path of the folder for thumbnails.",
        "assets/images/videos",
        "`assets/images/videos`, with Hugo `static/images/videos`, with Eleventy `images/videos` "
        "in the input folder",
    ),
    "fetch": Key(
        "Whether a `sync` fetches what is missing of videos; `--no-videos` leaves it out once.",
        example=False,
    ),
    "teaser": Key(
        "Whether `gallery fill` makes the thumbnail of a video the teaser of an exercise without "
        "pictures.",
        example=True,
    ),
    "max_age": Key("After how many days `videos fetch` fetches metadata and thumbnails again.", 90),
    "confirm": Key(
        "How many hours have to lie between two definite answers before a video is dead.", 48
    ),
    "pace": Key(
        "Seconds between two requests to a provider, on average; each wait is a little different. "
        "After the player was asked the wait is four times as long. 0 does not wait.",
        1.5,
    ),
    "limit": Key("How many videos one check asks about at most.", 100, "all"),
    "audience": Key(
        "Countries of the readers. A video that is blocked elsewhere, but plays in all of them, "
        "counts as alive, where the provider tells the countries.",
        ["DK", "SE"],
        "none",
    ),
    "canary": Key(
        "Id of a video at YouTube that is alive. Where it fails, it is the check that is broken.",
        "jNQXAC9IVRw",
        "the first video of YouTube",
    ),
    "vimeo_canary": Key("The same for Vimeo.", "76979871", "the video of Vimeo's examples"),
    "keys": Key(
        "Keys of front matter that name videos, with dots where they lie deeper, beside "
        "`video`, `videos`, `youtubeId`, `youtube_id`, `vimeo`, `vimeoId` and `vimeo_id`. There is "
        "an id, an address, a mapping with `id` or `url`, or a list of such.",
        ["youtube", "media.clips"],
        "none",
    ),
}
"""The keys of the table `[videos]`."""

IMAGE_KEYS = {
    "overlay": Key("The wide picture at the top of a page.", ["cover.image"], "none"),
    "header": Key(
        "A picture at the top of a page. No default preset makes sizes of it: give one "
        '`roles = ["header"]`.',
        ["banner"],
        "none",
    ),
    "teaser": Key("The small picture of a page in lists.", ["card.picture"], "none"),
    "og_image": Key("What is shown where the page is shared.", ["seo.image"], "none"),
    "gallery": Key("Pictures of a gallery.", ["slides", "steps.photos"], "none"),
    "feature_row": Key("Pictures in a row of features.", ["cards"], "none"),
}
"""The keys of the table `[images]`."""

CHECK_KEYS = {
    "ignore": Key(
        "[Codes](problems.md) that `mediakit check` does not tell.", ["orphan-picture"], "none"
    ),
    "errors": Key(
        "Codes that count as errors there, whatever they are else.", ["missing-alt"], "none"
    ),
    "max_bytes": Key("Bytes of a source from which on it is told.", 1_000_000),
    "max_pixels": Key("Pixels of a source, width times height, likewise.", 12_000_000),
    "overlay_width": Key("Pixels that the overlay of a page has to be wide at least.", 1600),
    "teaser_shape": Key(
        "By how much the shape of a teaser may differ from the usual one: 0.2 is a fifth.", 0.1
    ),
}
"""The keys of the table `[check]`."""

_NEEDED = "none: a new preset must set it"
_SIDE = "none: a new preset must set it if its fit uses it"
PRESET_KEYS = {
    "roles": Key(
        "The roles of the pictures that get this variant.", ["feature_row", "header"], _NEEDED
    ),
    "suffix": Key(
        "What the variant's name has between the name of its source and the ending. "
        "No two presets may share a suffix.",
        "-640",
        _NEEDED,
    ),
    "width": Key(
        "Width in pixels, for all fits but `height`. A picture is never enlarged.",
        640,
        _SIDE,
    ),
    "height": Key("Height in pixels, for all fits but `width`.", 360, _SIDE),
    "fit": Key(
        "How the source comes to its size: `width` or `height` by that side alone, `inside` "
        "within both, `cover` to fill both (what is too much is cropped), `contain` within both "
        "and padded with the background to just that size.",
        "cover",
    ),
    "gravity": Key(
        "Which part `cover` keeps. `attention` keeps faces, skin and edges: the athlete.",
        "attention",
    ),
    "formats": Key(
        "The formats to make it in, each a file beside the others: `-320.jpg`, `-320.webp`. "
        "`source` is the format of the source, or JPEG for HEIC and TIFF.",
        ["source", "webp", "avif"],
    ),
    "quality": Key(
        "Quality on the scale of JPEG; WebP and AVIF get what looks the same. A table sets "
        "formats on their own, each on the scale of its encoder.",
        {"jpeg": 85, "avif": 60},
    ),
    "background": Key(
        "Colour behind transparent pixels, for formats without transparency, and around pictures "
        "that do not fill their canvas.",
        "#f5f5f0",
    ),
    "max_pixels": Key(
        "A source of more pixels, width times height, is not decoded. Of an animation that is "
        "kept, all frames count.",
        100_000_000,
    ),
    "max_bytes": Key(
        "A file that comes out larger gets a lower quality, or fewer colours, until it fits. "
        "One that cannot is an error.",
        60_000,
        "no limit",
    ),
    "min_step": Key(
        "How many times wider than the variant a source must be, where no page names the variant: "
        "with 1.25, a source only slightly wider than an overlay size has no variant of that size.",
        1.25,
    ),
    "animation": Key(
        "What becomes of an animated GIF, APNG, WebP or AVIF: `still` for its first frame, `keep` "
        "for all of them where the format of the variant can.",
        "keep",
    ),
    "truncated": Key(
        "What becomes of a source that ends too early: `error`, or `keep` for what there is of it.",
        "keep",
    ),
    "credits": Key(
        "What is kept of the metadata of a source, in JPEG, PNG, WebP and AVIF variants. "
        "All else is left out.",
        ["copyright", "artist"],
    ),
    "enabled": Key("`false` takes the preset away.", example=True),
}
"""The keys of a table `[presets.NAME]`."""

_JEKYLL = jekyll.JekyllConfig()
JEKYLL_KEYS = {
    "collections": JekyllKey(
        "The collections: a folder `_NAME` holds content if `NAME` is one. `posts` always is. "
        "Without a `_config.yml`, every folder whose name starts with `_` is a collection, save "
        "Jekyll's own (`_data`, `_includes`, `_layouts`, `_plugins`, `_sass`, `_site`).",
        "`posts`",
    ),
    "collections_dir": JekyllKey("The folder that the collections are in.", "the site root"),
    "defaults": JekyllKey(
        "Front matter for the files of a scope (`path`, `type`). A picture that is named only "
        "there counts for every file of the scope. The most specific scope wins, and the file's "
        "own front matter wins over all.",
        "none",
    ),
    "baseurl": JekyllKey(
        "Taken off the start of addresses, and put in for `{{ site.baseurl }}`.",
        "empty",
    ),
    "url": JekyllKey(
        "An address that starts with it is a path of the site, not a picture on another host.",
        "empty",
    ),
    "markdown_ext": JekyllKey(
        "The endings of Markdown files. `.html` and `.htm` files are content too.",
        f"`{','.join(sorted(each[1:] for each in _JEKYLL.markdown_extensions))}`",
    ),
    "exclude": JekyllKey(
        "Files and folders that are not looked at, beside those that Jekyll leaves out anyway.",
        ", ".join(f"`{each}`" for each in _JEKYLL.exclude),
    ),
    "include": JekyllKey(
        "Files and folders that are looked at although `exclude` names them.",
        ", ".join(f"`{each}`" for each in _JEKYLL.include),
    ),
    "destination": JekyllKey(
        "The folder of the built site, which is not looked at.",
        f"`{_JEKYLL.destination}`",
    ),
}
"""The keys of `_config.yml` that are read."""

TABLES = {
    FileSettings: FILE_KEYS,
    PresetTable: PRESET_KEYS,
    HeaderTable: HEADER_KEYS,
    S3Table: S3_KEYS,
    CdnTable: CDN_KEYS,
    VideosTable: VIDEO_KEYS,
    CheckTable: CHECK_KEYS,
    ImagesTable: IMAGE_KEYS,
}
"""The tables of the file, each with what its keys mean."""

DOCUMENTS_BEGIN = "<!-- From here to the mark, scripts/reference.py writes. -->"
DOCUMENTS_END = "<!-- The mark. -->"

PATTERNS = {
    r"^[\w.@-]{1,32}$": "text of 1 to 32 letters, digits, `_`, `.`, `@` or `-`",
    r"^#[0-9a-fA-F]{6}$": "colour as `#rrggbb`",
    r"^[\x20-\x7e]*$": "ASCII text",
    r"^(image/[a-z0-9.+-]+|application/json)(;[\x20-\x7e]*)?$": "`image/…` or `application/json`",
    r"^https?://[^/?#@]+(/[^?#]*)?$": "URL",
    r"^https?://[^\s/@\\?#]+/?$": "URL of a host, without user or path",
    r"^[a-z0-9-]{1,63}$": "text of small letters, digits and `-`",
    r"^[A-Z]{2}$": "code of a country",
    r"^[a-z][a-z0-9-]+$": "code",
    r"^[0-9A-Za-z_-]{11}$": "id of 11 letters, digits, `-` or `_`",
    r"^[0-9]{1,12}$": "id of digits",
    r"^[^.]{1,100}(\.[^.]{1,100}){0,19}$": "key",
}
"""Patterns of text in plain words."""

EXIT_CODES = {
    "0": "All is done.",
    "1": "Something failed or an error was found; what could be done is done. From `status` also: "
    "there is something to do; from `videos check`: a video is dead.",
    "2": "The command line, `mediakit.toml`, `_config.yml`, the catalog or the target is wrong, or "
    "a safety rule refused the run.",
    "3": "`videos` stopped early: the provider refused, the network is down, or a video that is "
    "known to be alive could not be found. What was learnt is kept.",
    "130": "The run was interrupted (Ctrl-C, SIGTERM). What was finished is kept, and the next run "
    "goes on from there.",
}

COMMANDS_HEAD = f"""\
# Commands

{NOTE}

Run mediakit in the folder of the site, or give the folder with `--site`. Results go to standard
output, problems and progress to standard error. A problem is one line:

```text
_exercises/squat.md:4: error: assets/images/squat.jpg is not there [missing-picture] (add the …)
```

It names the file, the line, the severity, what is wrong, the [code](problems.md) in brackets, and
often what to do. With `--format json`, problems are part of the [document](json.md) instead.
"""

PROBLEMS_HEAD = f"""\
# Problems

{NOTE}

A problem is something that mediakit found in a content file, a picture or the target. It has a
code, which stays the same from release to release, and a message. Each is reported with the file
and the line, and the run goes on with everything else.

An **error** makes the exit code 1. What the page asks for cannot be had, or not in full. A
**warning** leaves the exit code alone. The page works, but it may not show what was meant.

Mistakes on the command line, in the configuration and at the target as a whole have no code: they
end the run with exit code 2 and a message. So does a `_config.yml` that is not valid YAML.

`mediakit explain CODE` says the same.
"""

ENVIRONMENT_TEXT = """\
Each option has a variable: `MEDIAKIT_` and its long name, `-` as `_`. So `--dry-run` is
`MEDIAKIT_DRY_RUN`. With the command between it is for that command alone, and counts more:
`MEDIAKIT_SYNC_DRY_RUN`, `MEDIAKIT_VIDEOS_CHECK_LIMIT`. An option that is called like that of
another command, but means something else, has only the second one.

An option on the command line wins over its variables. A variable that is empty counts as not set.
Flags take `1`, `true`, `yes` or `on`, and `0`, `false`, `no` or `off`. An option that may be
repeated takes one value a line. Where `NO_COLOR` is set, nothing is printed in colour.
"""

CONFIGURATION_HEAD = f"""\
# Configuration

{NOTE}

mediakit works without any configuration. Settings come from the file `{CONFIG_FILE}` in the site
root, or from the table `[{TABLE}]` of `{PYPROJECT}` there, and from the site's `_config.yml`. A
mistake ends the run with exit code 2, and the message names the file and, where it is known, the
line. Settings in both `{CONFIG_FILE}` and `{PYPROJECT}` are such a mistake.

`mediakit config` shows the settings in force, and where each value comes from. In `{PYPROJECT}`
the tables are called `[{TABLE}.presets.teaser]`, `[{TABLE}.s3]` and so on.

[{SCHEMA_NAME}](schemas/{SCHEMA_NAME}) is the JSON Schema of `{CONFIG_FILE}`: editors complete the
keys and mark mistakes with it, see [in an editor](../how-to/shell.md#in-an-editor).

## Which setting counts

1. flags on the command line
2. environment variables
3. `{CONFIG_FILE}` or `{PYPROJECT}`
4. defaults

The first one that is given counts. `unpublished` is different, since a flag can only switch it
on: it is on if the flag, the variable or the file says so.
"""

ROOT_TEXT = f"""\
The site root is the nearest folder, from the working folder upward, that has a `{CONFIG_FILE}`, a
`{PYPROJECT}` with `[{TABLE}]`, the settings of Jekyll, Hugo or Eleventy, or a folder `_*` with
`.md` files in it; else it is the working folder. `--site` or `MEDIAKIT_SITE` name another one.
"""

KINDS_TEXT = """\
Without the key `site`, the kind is the first whose files are there:

1. `hugo`: a `hugo.toml`, `hugo.yaml` or `hugo.json`, also in `config/_default`
2. `eleventy`: a `.eleventy.js` or `eleventy.config.js`, also with another ending of scripts
3. `jekyll`: a `_config.yml`
4. `hugo`: a `config.toml`, `config.yaml` or `config.json` beside a folder `content`
5. `jekyll`: a folder `_*` or `manifests` with `.md` files in it
6. `markdown`: an `.md` file, at most two folders deep

A folder below that has settings of mediakit or of a generator is a site of its own: its pages and
pictures do not count in the one around it, unless `content` or `roots` lead into it.

What the kinds mean:
"""

KINDS = {
    SiteName.JEKYLL: (
        "files with front matter, see [below](#what-_configyml-gives)",
        "the site root",
        "the site root; in texts the page's address",
    ),
    SiteName.HUGO: (
        "Markdown and HTML files below `content` (`contentDir`)",
        "`static`, then `assets` (`staticDir`, `assetDir`), then `content`",
        "the folder of a page bundle, else as `/x.jpg`; then the page's folder",
    ),
    SiteName.ELEVENTY: (
        "Markdown and HTML files below the input folder",
        "the input folder, folders that are copied to the top, the site root",
        "the page's folder, then as `/x.jpg`",
    ),
    SiteName.MARKDOWN: ("Markdown files", "the site root", "the page's folder, then the site root"),
}
"""Of each kind: its content files, and where `/x.jpg` and `x.jpg` are looked for."""

IMAGES_TEXT = """\
Keys of front matter that hold pictures, by the role that these have: the role says which variants
there are. Each is written with dots where it lies deeper (`cover.image`); a list on the way stands
for each of its items, a number for one of them (`photos.0.src`). There is an address, a mapping
with `src`, `url`, `path` or `image` (and `alt`, `title`), or a list of such. The keys add to those
that the kind of site has anyway: with `jekyll` those of Minimal Mistakes, with the others these,
where the value is the address of a picture:
"""

PRESETS_TEXT = """\
A preset is a kind of variant. A table `[presets.NAME]` that is called like a default preset
changes that preset, and keeps what it leaves out. A table with another name adds a preset.
"""

DEFAULT_PRESETS_TEXT = """\
A variant is kept beside its source, and called like it with the suffix before the ending:
`squat.jpg` gives `squat-320.jpg`. Its format is that of its source; HEIC and TIFF sources give
`.jpg` variants, and SVG sources have none.

A variant that a page names is made whatever the size of its source. One that only follows from
the picture's role is made if the source is wider than the variant.

A change of what decides the pixels (`width`, `height`, `fit`, `gravity`, `quality`, `background`,
`max_bytes`, `animation`, `credits`) makes the variants of the preset stale: the next run makes them
anew. After a change of `suffix` there are new names, and the old files stay.

A PNG or GIF variant of a source in the same format is not heavier than that, as far as fewer
colours can help.
"""

HEADERS_TEXT = """\
Objects in a bucket are served with headers. The media type follows from the ending. By default,
`Cache-Control` is `public, max-age=86400`; for a name with a digest in it (8 to 64 hexadecimal
digits before the ending, or before a width) it is `public, max-age=31536000, immutable`, and for
the catalog `no-cache`. Tables `[[headers]]` change that: of several that match, a later one counts
more. A change of headers is applied by the next sync, to the objects that it concerns. A folder has
no headers: there the web server decides.
"""

S3_TEXT = """\
A target `s3://BUCKET/PREFIX` is found and entered as AWS programs do it: by `AWS_ACCESS_KEY_ID`,
`AWS_SECRET_ACCESS_KEY`, `AWS_SESSION_TOKEN`, `AWS_PROFILE`, `AWS_REGION`, `AWS_DEFAULT_REGION`,
`AWS_ENDPOINT_URL_S3`, `AWS_ENDPOINT_URL`, `AWS_CA_BUNDLE`, `AWS_MAX_ATTEMPTS`,
`AWS_RETRY_MODE`, the AWS files, and the roles of machines. Options (`--s3-endpoint`,
`--s3-region`, `--s3-profile`, `--s3-acl`) and these variables count more than the table `[s3]`.
Secrets cannot stand in it.
"""

CDN_TEXT = """\
With a table `[cdn]`, a sync that ends without an error tells the caches in front of the target to
forget what it has changed or deleted. What is new needs no purge.
"""

VIDEOS_TEXT = """\
How the [videos](../how-to/check-videos.md) that exercises name are fetched and checked.
"""

CHECK_TEXT = """\
What `mediakit check` tells. A page leaves a rule out in its front matter:
`mediakit_ignore: [missing-alt]`.
"""

JEKYLL_TEXT = """\
On a Jekyll site, without the key `content`, the content files are those that Jekyll builds pages
of. These are the files with front matter and a Markdown or HTML ending, in collections, in `_posts`
and `_drafts`, and in folders whose names do not start with `_`, `.`, `#` or `~`. The defaults and
the address of the site count for all content files, whichever way they are found.
"""

CATALOG_TEXT = f"""\
The catalog records what mediakit made, and of which source: see [its format](json.md#the-catalog).
Commit it. It is at the first of these places that applies:

1. the path in the key `catalog`
2. `media.json` in the folder of data, if that file is there: `_data` with Jekyll, `data` with Hugo,
   `_data` in the input folder with Eleventy
3. `media.json`, if that file is there
4. `media.json` in the folder of data, if there is that folder or a `_config.yml` or the like
5. `media.json`

At a target, the catalog is always `media.json`.

The folder `{WORK_FOLDER}` in the site root holds the cache and temporary files, and the target
where no other is set. Do not commit it. Without the target in it, it can be deleted at any time.

The cache is believed only where it was made: by this user, on this machine, in this folder. The
key for that is outside of the site, in `$XDG_STATE_HOME/mediakit` or `~/.local/state/mediakit`
(`%LOCALAPPDATA%\\mediakit` on Windows). A cache from elsewhere is set aside, which costs time
once. A pipeline that keeps the cache from run to run has to keep that folder too, and to delete
a cache that the repository brings before it does; the GitHub action does both.
"""


def main() -> int:
    """Write the pages, or check them."""
    parser = argparse.ArgumentParser(description="Write the reference pages.")
    parser.add_argument("--check", action="store_true", help="write nothing; exit 1 if stale")
    check = parser.parse_args().check
    stale = {path: text for path, text in pages().items() if _read(ROOT / path) != text}
    for path, text in stale.items():
        if check:
            print(f"{path.as_posix()} is stale: run scripts/reference.py", file=sys.stderr)
        else:
            (ROOT / path).parent.mkdir(parents=True, exist_ok=True)
            (ROOT / path).write_bytes(text.encode())
            print(f"wrote {path.as_posix()}")
    return int(check and bool(stale))


def pages() -> dict[Path, str]:
    """Return the text of each page by its path."""
    return {
        FOLDER / "commands.md": commands_page(),
        FOLDER / "configuration.md": configuration_page(),
        FOLDER / "library.md": _page(["# Library", NOTE, *library_parts()]),
        FOLDER / "problems.md": problems_page(),
        FOLDER / "json.md": json_page(),
        FOLDER / "schemas" / SCHEMA_NAME: settings_schema(),
        Path("src/mediakit/config") / SCHEMA_NAME: settings_schema(),
        **{
            FOLDER / "schemas" / f"{name}.schema.json": document_schema(name, kind, _problem())
            for name, kind in DOCUMENTS.items()
        },
        **{
            Path("man") / name: text
            for name, text in man_pages(EXIT_CODES, ENVIRONMENT_TEXT).items()
        },
    }


def settings_schema() -> str:
    """Return the schema of `mediakit.toml`, which editors read."""
    return config_schema(
        {
            struct.__name__: {key: text.meaning for key, text in texts.items()}
            for struct, texts in TABLES.items()
        }
    )


def json_page() -> str:
    """Return the page of the JSON documents: its part between the marks is made anew."""
    text = (WRITTEN / "json.md").read_text("utf-8")
    before, rest = text.split(DOCUMENTS_BEGIN)
    _, after = rest.split(DOCUMENTS_END)
    part = documents_part(DOCUMENTS)
    return f"{before}{DOCUMENTS_BEGIN}\n\n{part}\n\n{DOCUMENTS_END}{after}"


def _problem() -> dict[str, Any]:
    """Return how a problem looks in all documents."""
    shared = json.loads((WRITTEN / "schemas/list.schema.json").read_text("utf-8"))["$defs"]
    return {name: shared[name] for name in ("problem", "severity")}


def problems_page() -> str:
    """Return the page of the problems."""
    rows = [
        (f"`{code}`", each.severity, each.meaning, each.advice)
        for code, each in problem_codes().items()
    ]
    columns = ("Code", "Severity", "Meaning", "What to do")
    return _page([PROBLEMS_HEAD, table(columns, rows)])


def commands_page() -> str:
    """Return the page of the commands."""
    parts = [COMMANDS_HEAD]
    with _top() as top:
        parts += _command(mediakit, top, "mediakit")
        for name, command in _commands(top):
            parts += _command(command, click.Context(command, top, name), f"mediakit {name}")
        parts += ["## Exit codes", table(("Code", "Meaning"), EXIT_CODES.items())]
        parts += ["## Environment variables", ENVIRONMENT_TEXT]
        parts += [table(("Variable", "Option", "Commands"), _variables(top))]
    return _page(parts)


def configuration_page() -> str:
    """Return the page of the settings."""
    file_keys = described(FileSettings, FILE_KEYS)
    preset_keys = described(PresetTable, PRESET_KEYS, Preset)
    columns = ("Key", "Type", "Default", "Meaning")
    ways = ("Key", "Flag", "Environment variable")
    return _page([
        CONFIGURATION_HEAD,
        table(ways, _ways(file_keys)),
        "## The site root",
        ROOT_TEXT,
        f"## Keys of `{CONFIG_FILE}`",
        table(columns, map(_setting_row, file_keys)),
        "Other keys are refused, so that a misspelt one is found.",
        "## Kinds of sites",
        KINDS_TEXT,
        table(("Kind", "Content files", "`/x.jpg` is looked for in", "`x.jpg`"), _kind_rows()),
        "## Images",
        IMAGES_TEXT,
        table(("Role", "Keys"), _common_key_rows()),
        "Keys of your own, in the table `[images]`:",
        table(columns, map(_setting_row, described(ImagesTable, IMAGE_KEYS))),
        "## Presets",
        PRESETS_TEXT,
        table(columns, map(_setting_row, preset_keys)),
        "### Default presets",
        table(("Name", "Roles", "Suffix", "Width", "Quality"), map(_preset_row, DEFAULT_PRESETS)),
        DEFAULT_PRESETS_TEXT,
        "## Headers",
        HEADERS_TEXT,
        table(columns, map(_setting_row, described(HeaderTable, HEADER_KEYS))),
        "## Buckets",
        S3_TEXT,
        table(columns, map(_setting_row, described(S3Table, S3_KEYS))),
        "## Caches",
        CDN_TEXT,
        table(columns, map(_setting_row, described(CdnTable, CDN_KEYS))),
        "## Videos",
        VIDEOS_TEXT,
        table(columns, map(_setting_row, described(VideosTable, VIDEO_KEYS))),
        "## Checks",
        CHECK_TEXT,
        table(columns, map(_setting_row, described(CheckTable, CHECK_KEYS))),
        "## Example",
        "All keys, with a comment on each:",
        f"```toml\n{example_file()}```",
        "## What `_config.yml` gives",
        JEKYLL_TEXT,
        table(("Key", "Meaning", "Default"), _jekyll_rows()),
        "## The catalog",
        CATALOG_TEXT,
    ])  # fmt: skip


def described(
    struct: type[msgspec.Struct], texts: Mapping[str, Key], made: type[Any] | None = None
) -> list[Setting]:
    """Return the keys of `struct` with their `texts`; what `made` has defaults for keeps those.

    Raises:
        ValueError: a key has no text, or a text no key.
    """
    info = msgspec.inspect.type_info(struct)
    if not isinstance(info, msgspec.inspect.StructType):
        raise TypeError(f"{struct.__name__} is no struct")
    _match(struct.__name__, {field.name for field in info.fields}, set(texts))
    given = _defaults(made) if made else {}
    found = []
    for field in info.fields:
        default = given.get(field.name, field.default)
        key = texts[field.name]
        is_set = default not in (None, dataclasses.MISSING, msgspec.NODEFAULT, [])
        shown = f"`{toml_value(default)}`" if is_set else key.default
        if is_set == bool(key.default):
            raise ValueError(f"{struct.__name__}.{field.name}: the default is to be said once")
        found.append(Setting(field.name, plain_type(field.type), shown, key))
    return found


def _defaults(made: type[Any]) -> dict[str, object]:
    """Return the defaults of a dataclass; None for 0, which is a side that is not given."""
    found: dict[str, object] = {}
    for field in dataclasses.fields(made):
        factory = field.default_factory
        found[field.name] = field.default if factory is dataclasses.MISSING else factory()
        if found[field.name] == 0:
            found[field.name] = None
    return found


def plain_type(kind: msgspec.inspect.Type) -> str:  # noqa: C901, PLR0911, PLR0912 - one a type
    """Return a type with its bounds in plain words."""
    match kind:
        case msgspec.inspect.UnionType(types=types):
            known = [each for each in types if not isinstance(each, msgspec.inspect.NoneType)]
            return " or ".join(plain_type(each) for each in known)
        case msgspec.inspect.Metadata(type=inner):
            return plain_type(inner)
        case msgspec.inspect.BoolType():
            return "`true` or `false`"
        case msgspec.inspect.IntType(ge=int(low), le=int(high)):
            return f"whole number, {low} to {high}"
        case msgspec.inspect.IntType(ge=int(low)):
            return f"whole number, at least {low}"
        case msgspec.inspect.IntType():
            return "whole number"
        case msgspec.inspect.FloatType(ge=low, le=high):
            return f"number, {low} to {high}"
        case msgspec.inspect.StrType(pattern=str(pattern)):
            return PATTERNS[pattern]
        case msgspec.inspect.StrType():
            return "text"
        case msgspec.inspect.DictType():
            return "table of texts"
        case msgspec.inspect.StructType():
            keys = [f"`{field.name}`" for field in kind.fields]
            return f"table of {', '.join(keys)}"
        case msgspec.inspect.EnumType(cls=cls):
            return " or ".join(f"`{each.value}`" for each in cls)
        case msgspec.inspect.ListType(item_type=msgspec.inspect.EnumType(cls=cls)):
            return "list of " + ", ".join(f"`{each.value}`" for each in cls)
        case msgspec.inspect.ListType(item_type=item):
            return f"list of {plain_type(item)}s"
    raise TypeError(f"no words for {kind}")


def example_file() -> str:
    """Return a `mediakit.toml` that sets every key; raises ConfigError where it is not valid."""
    lines = []
    for setting in described(FileSettings, FILE_KEYS):
        lines += _example_lines(setting)
    lines += _comment("A default preset is changed by its name; what is left out stays.")
    lines += ["[presets.teaser]", "quality = 80", ""]
    lines += _comment("A default preset that the site does not need.")
    lines += ["[presets.overlay-1920]", "enabled = false", ""]
    lines += _comment("A new preset, with all its keys.")
    lines += ["[presets.medium]"]
    for setting in described(PresetTable, PRESET_KEYS, Preset):
        lines += _example_lines(setting)
    lines += ["", *_comment("What objects are served with; there may be several such tables.")]
    lines += ["[[headers]]"]
    for setting in described(HeaderTable, HEADER_KEYS):
        lines += _example_lines(setting)
    lines += _comment("Keys of front matter that hold pictures, by their role.")
    lines += ["[images]"]
    for setting in described(ImagesTable, IMAGE_KEYS):
        lines += _example_lines(setting)
    lines += _comment("How buckets are reached; keys and secrets come from the environment.")
    lines += ["[s3]"]
    for setting in described(S3Table, S3_KEYS):
        lines += _example_lines(setting)
    lines += _comment("Caches to purge after a sync.")
    lines += ["[cdn]"]
    for setting in described(CdnTable, CDN_KEYS):
        lines += _example_lines(setting)
    lines += _comment("How videos are fetched and checked.")
    lines += ["[videos]"]
    for setting in described(VideosTable, VIDEO_KEYS):
        lines += _example_lines(setting)
    lines += _comment("What mediakit check tells.")
    lines += ["[check]"]
    for setting in described(CheckTable, CHECK_KEYS):
        lines += _example_lines(setting)
    text = "\n".join(lines).rstrip() + "\n"
    parse(text)
    return text


def toml_value(value: object) -> str:
    """Return a value as TOML writes it."""
    match value:
        case Quality(level=level):
            return str(level)
        case bool():
            return "true" if value else "false"
        case int() | float():
            return str(value)
        case str():
            return f'"{value}"'
        case dict():
            return "{ " + ", ".join(f"{key} = {toml_value(value[key])}" for key in value) + " }"
        case list() | tuple():
            return f"[{', '.join(toml_value(each) for each in value)}]"
    raise TypeError(f"no TOML for {value!r}")


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a Markdown table."""
    lines = [head, ["---"] * len(head), *rows]
    cells = ([cell.replace("|", r"\|").replace("\n", " ") for cell in line] for line in lines)
    return "\n".join(f"| {' | '.join(line)} |" for line in cells)


def _page(parts: Iterable[str]) -> str:
    return "\n\n".join(part.strip("\n") for part in parts) + "\n"


def _read(path: Path) -> str | None:
    return path.read_bytes().decode() if path.is_file() else None


def _match(what: str, keys: set[str], texts: set[str]) -> None:
    for names, wrong in ((keys - texts, "not described"), (texts - keys, "described, but no key")):
        if names:
            raise ValueError(f"{what}: {', '.join(sorted(names))}: {wrong}")


def _top() -> click.Context:
    return click.Context(mediakit, info_name="mediakit", **mediakit.context_settings)


def _commands(top: click.Context) -> Iterator[tuple[str, click.Command]]:
    """Yield each command; those of a group by both names."""
    for name in mediakit.list_commands(top):
        command = mediakit.get_command(top, name)
        if isinstance(command, click.Group):
            yield from ((f"{name} {inner}", each) for inner, each in command.commands.items())
        elif command is not None:
            yield name, command


def _command(command: click.Command, context: click.Context, name: str) -> Iterator[str]:
    usage = " ".join([name, *command.collect_usage_pieces(context)])
    yield f"## {name}"
    yield f"```text\n{usage}\n```"
    paragraphs = inspect.cleandoc(command.help or "").split("\n\n")
    about = {each.split()[0]: " ".join(each.split()) for each in paragraphs}
    arguments = [each for each in command.params if isinstance(each, click.Argument)]
    rows = []
    for argument in arguments:
        shown = (argument.name or "").upper()
        text = about.pop(shown)  # the paragraph that starts with its name
        rows.append((f"`{shown}`", "", "", text))
    yield from (textwrap.fill(each, WIDTH, break_on_hyphens=False) for each in about.values())
    options = [each for each in command.get_params(context) if isinstance(each, click.Option)]
    rows += [_option_row(each) for each in options]
    yield table(("Argument or option", "Environment variable", "Default", "Meaning"), rows)


def _option_row(option: click.Option) -> tuple[str, str, str, str]:
    meaning, default = option.help or "", ""
    if found := re.search(r" \(default: (.*)\)", meaning):
        meaning, default = meaning.replace(found[0], ""), found[1]
    elif isinstance(option.type, click.Choice):
        default = f"`{option.default}`"
    elif option.multiple and option.name in {"only", "presets"}:
        default = "all"  # they choose a part
    elif option.show_default and option.default is not None:
        default = f"`{option.default}`"
    elif option.is_flag and option.expose_value:  # not --help and --version
        default = "off"
    if isinstance(option.type, click.IntRange) and option.type.max is not None:
        meaning = f"{meaning.removesuffix('.')}, {option.type.min} to {option.type.max}."
    return _spelling(option), _variable(option), default, meaning


def _spelling(option: click.Option) -> str:
    names = ", ".join(f"`{each}`" for each in sorted(option.opts, key=len))
    if isinstance(option.type, click.Choice):
        return f"{names} `{'|'.join(str(each) for each in option.type.choices)}`"
    return names if option.is_flag else f"{names} `{option.metavar}`"


def _variable(option: click.Option) -> str:
    names = variables(option, ())
    return f"`{names[-1]}`" if names else ""


def _variables(top: click.Context) -> Iterator[tuple[str, str, str]]:
    users: dict[tuple[str, str], list[str]] = {}
    for name, command in _commands(top):
        for option in options_of(command):
            spelling = f"`{max(option.opts, key=len)}`"
            users.setdefault((_variable(option), spelling), []).append(f"`{name}`")
    everywhere = len(list(_commands(top)))
    for (variable, spelling), names in sorted(users.items()):
        yield variable, spelling, "all" if len(names) == everywhere else ", ".join(names)


def _ways(settings: Iterable[Setting]) -> Iterator[tuple[str, str, str]]:
    """Yield the flag and the variable of each key, blank where the file alone sets it."""
    with _top() as top:
        options = {each.name: each for _, cmd in _commands(top) for each in options_of(cmd)}
    overridable = {field.name for field in dataclasses.fields(Overrides)}
    for setting in settings:
        option = options[setting.name] if setting.name in overridable else None
        flag = f"`{max(option.opts, key=len)}`" if option else ""
        yield f"`{setting.name}`", flag, _variable(option) if option else ""


def _setting_row(setting: Setting) -> tuple[str, str, str, str]:
    return f"`{setting.name}`", setting.type, setting.default, setting.key.meaning


def _preset_row(preset: Preset) -> tuple[str, str, str, str, str]:
    roles = ", ".join(f"`{role}`" for role in Role if role in preset.roles)
    return (
        f"`{preset.name}`", roles, f"`{preset.suffix}`", str(preset.width),
        toml_value(preset.quality),
    )  # fmt: skip


def _kind_rows() -> Iterator[tuple[str, str, str, str]]:
    for name in SiteName:
        yield (f"`{name}`", *KINDS[name])


def _common_key_rows() -> Iterator[tuple[str, str]]:
    for role in Role:
        keys = [f"`{key.name}`" for key in HugoSite.picture_keys if key.role is role]
        if keys:
            yield f"`{role}`", ", ".join(keys)


def _jekyll_rows() -> Iterator[tuple[str, str, str]]:
    source = inspect.getsource(jekyll.read_config)
    _match("_config.yml", set(re.findall(r'root\.\w+\("(\w+)"\)', source)), set(JEKYLL_KEYS))
    for name, key in JEKYLL_KEYS.items():
        yield f"`{name}`", key.meaning, key.default


def _example_lines(setting: Setting) -> list[str]:
    return [
        *_comment(setting.key.meaning.replace("`", "")),
        f"{setting.name} = {toml_value(setting.key.example)}",
        "",
    ]


def _comment(text: str) -> list[str]:
    return [f"# {line}" for line in textwrap.wrap(text, WIDTH - 2, break_on_hyphens=False)]


if __name__ == "__main__":
    sys.exit(main())
