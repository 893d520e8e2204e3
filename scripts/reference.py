"""Writes the reference pages that follow from the code: `python scripts/reference.py [--check]`.

`docs/reference/commands.md` comes from the commands, `docs/reference/configuration.md` from the
keys of `mediakit.toml`, `docs/reference/library.md` from the docstrings of the library. What the
code does not hold, a sentence for each key, is below; a key without one, or a sentence without a
key, ends the script. With `--check` nothing is written, and the exit code is 1 if a page is stale.
"""

from __future__ import annotations

import argparse
import inspect
import json
import re
import sys
import textwrap
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import click
import msgspec

from documents import DOCUMENTS
from json_schemas import config_schema, document_schema, documents_part
from library_reference import library_parts
from mediakit.base.model import Role, problem_codes
from mediakit.base.own_files import CONFIG_FILE, PYPROJECT, TABLE, WORK_FOLDER
from mediakit.cli.commands import options_of, variables
from mediakit.cli.main import mediakit
from mediakit.config.file import parse
from mediakit.config.keys import Key, Tables, keys_of
from mediakit.config.overrides import Overrides
from mediakit.config.presets import presets_of
from mediakit.config.tables import (
    SCHEMA_NAME,
    CheckSettings,
    FileSettings,
    ImageSettings,
    VideoSettings,
)
from mediakit.images.preset import DEFAULT_PRESETS, Preset
from mediakit.images.recipes.card import PageCard
from mediakit.images.recipes.clip import FilmClip
from mediakit.images.recipes.flip import StepFlip
from mediakit.images.recipes.sheet import PageSheet
from mediakit.site.html import ADDRESSES, ANY, AddressUse
from mediakit.site.kinds import jekyll
from mediakit.site.kinds.hugo import HugoSite
from mediakit.site.kinds.registry import KINDS
from mediakit.storage.settings import CdnSettings, HeaderRule, S3Settings, StructuredSettings
from mediakit.videos.states import STATES
from mediakit.videos.verdict import PROVES

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

ROOT = Path(__file__).resolve().parent.parent
FOLDER = Path("docs/reference")
WRITTEN = ROOT / FOLDER
"""Where the parts are that people write."""

WIDTH = 96
NOTE = "<!-- Written by scripts/reference.py: change that, or the code, and run it. -->"


class JekyllKey(NamedTuple):
    """What a key of `_config.yml` means to mediakit, and its default."""

    meaning: str
    default: str


_JEKYLL = jekyll.JekyllConfig()
JEKYLL_KEYS = {
    "source": JekyllKey(
        "The folder of the site: pages, pictures, `/assets/...`, data, collections and the paths "
        "of `include`, `exclude` and `defaults` count from it. `mediakit.toml` stays beside "
        "`_config.yml`.",
        "the site root",
    ),
    "collections": JekyllKey(
        "The collections: a folder `_NAME` holds content if `NAME` is one. `posts` always is. "
        "Without a `_config.yml`, every folder whose name starts with `_` is a collection, save "
        "Jekyll's own (`_data`, `_includes`, `_layouts`, `_plugins`, `_sass`, `_site`).",
        "`posts`",
    ),
    "collections_dir": JekyllKey(
        "The folder that the collections are in, and with it `_posts` and `_drafts`.",
        "the site root",
    ),
    "data_dir": JekyllKey("The folder of data, for the catalog.", f"`{_JEKYLL.data_folder}`"),
    "defaults": JekyllKey(
        "Front matter for the files of a scope (`path`, `type`). A picture that is named only "
        "there counts for every file of the scope. The most specific scope wins, and the file's "
        "own front matter wins over all.",
        "none",
    ),
    "baseurl": JekyllKey(
        "Taken off the start of addresses. Like all other keys, it may be in the addresses on a "
        "page: `{{ site.baseurl }}`.",
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
    "markdown": JekyllKey(
        "What reads the Markdown of pages: `CommonMark` or `CommonMarkGhPages`, else kramdown.",
        "`kramdown`",
    ),
    "kramdown": JekyllKey(
        "With `parse_block_html: true` Markdown counts inside of all HTML blocks.", "none"
    ),
    "permalink": JekyllKey(
        "The form of addresses, with `permalink` and `output` of collections: where search "
        "engines find a page.",
        f"`{_JEKYLL.permalink}`",
    ),
    "exclude": JekyllKey(
        "Files and folders that are not looked at, beside those that Jekyll leaves out anyway: "
        "the beginning of a path, or a glob, in which `*` stands for any letters and slashes.",
        ", ".join(f"`{each}`" for each in _JEKYLL.files.exclude),
    ),
    "include": JekyllKey(
        "Files and folders that are looked at although `exclude` names them, or although their "
        "names begin with `_`, such as `_pages`.",
        ", ".join(f"`{each}`" for each in _JEKYLL.files.include),
    ),
    "title": JekyllKey("The name of the site, on [cards](#cards); also `name`.", "none"),
    "name": JekyllKey("The same, where there is no `title`.", "none"),
    "cdn": JekyllKey(
        "The host of pictures that are not on the site, as Chirpy has it; also `img_cdn`.", "none"
    ),
    "img_cdn": JekyllKey("The same, by its older name.", "none"),
    "show_drafts": JekyllKey("Whether the files in `_drafts` count.", "`false`"),
    "unpublished": JekyllKey("Whether pages with `published: false` count.", "`false`"),
    "future": JekyllKey("Whether posts with a date in the future count.", "`false`"),
    "destination": JekyllKey(
        "The folder of the built site, which is not looked at.",
        f"`{_JEKYLL.output_folder}`",
    ),
}
"""The keys of `_config.yml` that are read."""

USES = {
    AddressUse.SHOWN: "a picture",
    AddressUse.LIKELY: "a picture, if it ends like one",
    AddressUse.FRAME: "a video of YouTube or Vimeo; else as a link",
    AddressUse.LINK: "a link",
}
"""What the addresses in attributes of HTML name."""

EXAMPLE_PRESETS = """\
# A default preset is changed by its name; the rest of it stays.
[presets.teaser]
quality = 80

# A default preset that the site does not need.
[presets.overlay-1920]
enabled = false
"""

VIDEOS_PAGE = Path("docs/how-to/check-videos.md")
MARK_BEGIN = "<!-- From here to the mark, scripts/reference.py writes. -->"
MARK_END = "<!-- The mark. -->"

EXIT_CODES = {
    "0": "All is done.",
    "1": "Something failed or an error was found; what could be done is done. From `status` also: "
    "there is something to do; from `videos check`: visitors do not see a video.",
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
_exercises/squat.md:4: error: assets/images/squat.jpg is missing [missing-picture] (add the …)
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

IMAGES_TEXT = """\
Keys of front matter that hold pictures, by the role that these have: the role says which variants
there are. Each is written with dots where it lies deeper (`cover.image`); a list on the way stands
for each of its items, a number for one of them (`photos.0.src`). There is an address, a mapping
with `src`, `url`, `path` or `image` (and `alt`, `title`), or a list of such. The keys add to those
of common themes, which count where the value is the address of a picture, and with `jekyll` to
`header`, galleries and `feature_row` of Minimal Mistakes. A picture that is missing at a key of the
themes is a warning, at one of your own an error. With `jekyll`, a name alone is looked for in
`assets/img`, `assets/images`, `images` and `img` too, and in the page's `media_subpath`.
"""

BODIES_TEXT = """\
The text of a page is read as its generator reads it. With `jekyll` that is kramdown: an address may
have blanks, the last definition of a link counts, footnotes count where a text refers to them, and
Markdown inside of an HTML block is text, unless the block has `markdown="1"`. With `hugo` it is
goldmark, with `eleventy` markdown-it without code by indentation, else CommonMark. Code and
comments do not count.

A link is a use of a picture of the site if it ends like one. Any other link is none, and no error:
`mailto:`, `#top`, `../`. Of HTML, these attributes are read:
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
the picture's role is made if the source is wider than the variant, and not of a GIF, which may move
(unless `animation` is `keep`).

On a Jekyll site, `teaser` is made for roles only where the site shows such files: a page, layout,
style, script or data file names a `-320` picture, one is there or in the catalog, or the
configuration has a table `[presets.teaser]`. On other sites `mediakit init` looks for such names,
and writes such a table if there are none. Thumbnails of videos always get one. Where pages show
whole pictures only, `add`, `new`, `gallery` and the desk name whole ones too.

A change of what decides the pixels (`width`, `height`, `fit`, `gravity`, `quality`, `background`,
`max_bytes`, `animation`, `credits`) makes the variants of the preset stale: the next run makes them
anew. After a change of `suffix` there are new names, and the old files stay.

A PNG, GIF or BMP variant of a source in the same format is not heavier than that, as far as fewer
colours help without being seen. A JPEG, WebP or AVIF variant of nearly the size of its source has
at most 1.25 times its bytes, as far as the quality of the source allows. A variant as large as
its source is that file without its metadata, where nothing else is lighter.
"""

CARDS_TEXT = """\
A table `[cards.NAME]` makes a picture of each page for where people share it: the page's picture
with its title, and the name of the site. See [cards](../how-to/cards.md). Without such a table
there are none. Cards need the extra `cards`. A change of a setting makes its cards anew.
"""

MOVEMENT_TEXT = """\
A table `[movement.NAME]` makes a loop of the pictures of an exercise's steps: a small film that
goes on for ever, and its poster. See [movement](../how-to/movement.md). Without such a table only
pages whose front matter has `movement` get one, as if the table were `[movement.steps]` with
`pages = "asked"`. Loops need the extras `align` and `clips`. A change of a setting makes its loops
anew.
"""

CLIPS_TEXT = """\
A table `[clips.NAME]` makes small films of what moves: films of phones (MOV, MP4, WebM), GIFs, and
animated WebP and PNG that pages name. See [clips](../how-to/clips.md). Without such a table there
are none, and films are left as they are. Clips need the extra `clips`. A change of a setting makes
its clips anew.
"""

SHEETS_TEXT = """\
A table `[sheets.NAME]` makes a printable PDF of each page: title, pictures, text and a code that
leads to the page. See [sheets](../how-to/sheets.md). Without such a table there are none, but for
those that `mediakit sheet` makes. Sheets need the extra `sheets`.
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
the AWS files, and the roles of machines. Options (`--s3-endpoint`,
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

SEARCH_TEXT = """\
What search engines are told of pictures and videos, in the table `[structured]`. See [search
engines](../how-to/search-engines.md)."""

CHECK_TEXT = """\
What `mediakit check` tells. A page leaves a rule out in its front matter:
`mediakit_ignore: [missing-alt]`.
"""

JEKYLL_TEXT = """\
On a Jekyll site, without the key `content`, the content files are those that Jekyll builds pages
of. These are the files with front matter and a Markdown or HTML ending, in collections, in `_posts`
and `_drafts`, and in folders whose names do not start with `_`, `.`, `#` or `~`; nor may the name
of the file. A post needs a date in its name, and no front matter. The pages of a collection with
`output: false` count, since layouts may show them. Drafts, pages with `published: false` and posts
with a date in the future do not. The defaults and the address of the site count for all content
files, whichever way they are found. Instead of `_config.yml`, the settings may be in `_config.yaml`
or `_config.toml`.
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
        FOLDER / "json.md": _between_marks(FOLDER / "json.md", documents_part(DOCUMENTS)),
        VIDEOS_PAGE: _between_marks(VIDEOS_PAGE, videos_part()),
        FOLDER / "schemas" / SCHEMA_NAME: config_schema(),
        Path("src/mediakit/config") / SCHEMA_NAME: config_schema(),
        **{
            FOLDER / "schemas" / f"{name}.schema.json": document_schema(name, kind, _problem())
            for name, kind in DOCUMENTS.items()
        },
    }


def _between_marks(path: Path, part: str) -> str:
    """Return a page that people write, with its part between the marks made anew."""
    text = (ROOT / path).read_text("utf-8")
    before, rest = text.split(MARK_BEGIN)
    _, after = rest.split(MARK_END)
    return f"{before}{MARK_BEGIN}\n\n{part}\n\n{MARK_END}{after}"


def videos_part() -> str:
    """Return the tables of the states of videos, and of what answers prove."""
    counts = {"error": "exit 1", "warning": "a warning", "notice": "a notice", "": "nothing"}
    states = [(state, row.meaning, row.visitor, counts[row.level]) for state, row in STATES.items()]
    proofs = [(words, *proofs) for words, proofs in PROVES.values()]
    sources = ("from the player", "from oEmbed", "from the thumbnails")
    return "\n\n".join(
        [
            table(("State", "Meaning", "A visitor sees", "Counts as"), states),
            "What an answer proves, by who gives it, the most trusted first:",
            table(("Answer", *sources), proofs),
        ]
    )


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
    ways = ("Key", "Flag", "Environment variable")
    return _page([
        CONFIGURATION_HEAD,
        table(ways, _ways()),
        "## The site root",
        ROOT_TEXT,
        f"## Keys of `{CONFIG_FILE}`",
        _key_table(FileSettings),
        "Other keys are refused, so that a misspelt one is found.",
        "## Kinds of sites",
        KINDS_TEXT,
        table(("Kind", "Content files", "`/x.jpg` is looked for in", "`x.jpg`"), _kind_rows()),
        "## Images",
        IMAGES_TEXT,
        table(("Role", "Keys with `jekyll`", "Keys elsewhere"), _theme_key_rows()),
        "Keys of your own, in the table `[images]`:",
        _key_table(ImageSettings),
        "## Texts of pages",
        BODIES_TEXT,
        table(("What they name", "Attributes"), _html_rows()),
        "## Presets",
        PRESETS_TEXT,
        _key_table(Preset),
        "### Default presets",
        table(("Name", "Roles", "Suffix", "Width", "Quality"), map(_preset_row, DEFAULT_PRESETS)),
        DEFAULT_PRESETS_TEXT,
        "## Cards",
        CARDS_TEXT,
        _key_table(PageCard),
        "## Sheets",
        SHEETS_TEXT,
        _key_table(PageSheet),
        "## Movement",
        MOVEMENT_TEXT,
        _key_table(StepFlip),
        "## Clips",
        CLIPS_TEXT,
        _key_table(FilmClip),
        "## Headers",
        HEADERS_TEXT,
        _key_table(HeaderRule),
        "## Buckets",
        S3_TEXT,
        _key_table(S3Settings),
        "## Caches",
        CDN_TEXT,
        _key_table(CdnSettings),
        "## Videos",
        VIDEOS_TEXT,
        _key_table(VideoSettings),
        "## Search engines",
        SEARCH_TEXT,
        _key_table(StructuredSettings),
        "## Checks",
        CHECK_TEXT,
        _key_table(CheckSettings),
        "## Example",
        "All keys, with a comment on each:",
        f"```toml\n{example_file()}```",
        "## What `_config.yml` gives",
        JEKYLL_TEXT,
        table(("Key", "Meaning", "Default"), _jekyll_rows()),
        "## The catalog",
        CATALOG_TEXT,
    ])  # fmt: skip


def default_in_words(key: Key, *, needed: bool = False) -> str:
    """Return the default of a key; raises ValueError where it is said twice, or not at all."""
    is_set = key.default is not None
    if is_set + bool(key.default_words) + needed != 1:
        raise ValueError(f"{key.name}: the default is to be said once")
    if needed:
        return "none: it must be set"
    return f"`{toml_value(key.default)}`" if is_set else key.default_words


def example_file() -> str:
    """Return a `mediakit.toml` that sets every key; raises ConfigError where it is not valid."""
    lines: list[str] = []
    for key in keys_of(FileSettings).values():
        if key.table is None:
            lines += _example_lines(key)
        elif key.tables is Tables.NAMED:
            lines += [*EXAMPLE_PRESETS.splitlines(), "", *_comment(key.plain_meaning)]
            lines += ["[presets.medium]", *_example_table(key.table)]
            lines += ["# Pictures of pages for where people share them.", "[cards.og]"]
            lines += _example_table(PageCard)
            lines += ["# Pages as PDFs to print.", "[sheets.a4]", *_example_table(PageSheet)]
            lines += ["# Loops of the steps of an exercise.", "[movement.loop]"]
            lines += _example_table(StepFlip)
            lines += ["# Small films of what moves.", "[clips.loops]"]
            lines += _example_table(FilmClip)
        else:
            head = f"[[{key.name}]]" if key.tables is Tables.LISTED else f"[{key.name}]"
            lines += [*_comment(key.plain_meaning), head, *_example_table(key.table)]
    text = "\n".join(lines).rstrip() + "\n"
    presets_of(parse(text))
    return text


def _example_table(kind: type[msgspec.Struct]) -> list[str]:
    return [line for key in keys_of(kind).values() for line in _example_lines(key)]


def toml_value(value: object) -> str:
    """Return a value as TOML writes it."""
    match value:
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


def _ways() -> Iterator[tuple[str, str, str]]:
    """Yield the flag and the variable of each key, blank where the file alone sets it."""
    with _top() as top:
        options = {each.name: each for _, cmd in _commands(top) for each in options_of(cmd)}
    overridable = {*Overrides.__struct_fields__}
    for key in keys_of(FileSettings).values():
        if key.trust is not None:
            option = options[key.name] if key.name in overridable else None
            flag = f"`{max(option.opts, key=len)}`" if option else ""
            yield f"`{key.name}`", flag, _variable(option) if option else ""


def _key_table(kind: type[msgspec.Struct]) -> str:
    """Return the settings of a table."""
    needed = {each.name for each in msgspec.structs.fields(kind) if each.required}
    rows = [
        (
            f"`{key.name}`", key.words,
            default_in_words(key, needed=key.name in needed and not key.default_words),
            key.meaning,
        )
        for key in keys_of(kind).values()
        if key.trust is not None
    ]  # fmt: skip
    return table(("Key", "Type", "Default", "Meaning"), rows)


def _preset_row(preset: Preset) -> tuple[str, str, str, str, str]:
    roles = ", ".join(f"`{role}`" for role in Role if role in preset.roles)
    return (
        f"`{preset.name}`", roles, f"`{preset.suffix}`", str(preset.width),
        toml_value(preset.quality),
    )  # fmt: skip


def _kind_rows() -> Iterator[tuple[str, str, str, str]]:
    for name, kind in KINDS.items():
        yield (f"`{name}`", *kind.load().words)


def _theme_key_rows() -> Iterator[tuple[str, str, str]]:
    for role in Role:
        jekyll_keys, others = (
            ", ".join(f"`{key.name}`" for key in kind.picture_keys if key.role is role)
            for kind in (jekyll.JekyllConfig, HugoSite)
        )
        if jekyll_keys or others:
            yield f"`{role}`", jekyll_keys, others


def _html_rows() -> Iterator[tuple[str, str]]:
    used = {use.name for use, _ in ADDRESSES.values()}
    _match("addresses of HTML", used, {use.name for use in USES})
    for use, meaning in USES.items():
        names = [name for name, (each, _) in ADDRESSES.items() if each is use]
        shown = (f"`{name}`" if on == ANY else f"`<{on} {name}>`" for on, name in names)
        yield meaning, ", ".join(shown)


def _jekyll_rows() -> Iterator[tuple[str, str, str]]:
    source = inspect.getsource(jekyll.read_config)
    _match("_config.yml", set(re.findall(r'root(?:\.\w+\(|, )"(\w+)"', source)), set(JEKYLL_KEYS))
    for name, key in JEKYLL_KEYS.items():
        yield f"`{name}`", key.meaning, key.default


def _example_lines(key: Key) -> list[str]:
    return [*_comment(key.plain_meaning), f"{key.name} = {toml_value(key.example)}", ""]


def _comment(text: str) -> list[str]:
    return [f"# {line}" for line in textwrap.wrap(text, WIDTH - 2, break_on_hyphens=False)]


if __name__ == "__main__":
    sys.exit(main())
