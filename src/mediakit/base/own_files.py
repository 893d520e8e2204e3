"""Names of the files and folders that are mediakit's in a site."""

from __future__ import annotations

CONFIG_FILE = "mediakit.toml"
"""The settings of a site."""

PYPROJECT = "pyproject.toml"
"""Another program's file, which may have the settings instead, in the table `TABLE`."""

TABLE = "tool.mediakit"

WORK_FOLDER = ".mediakit"
"""The folder in the site root for the cache, temporary files and the default target."""

QUARANTINE = ".mediakit-quarantine"
"""The folder in the site root that duplicates are moved to."""

BASELINE_NAME = "check-baseline.json"
"""Problems that `check` does not report again; beside the catalog."""

ACCEPTED_NAME = "duplicates-accepted.json"
"""Groups of duplicates that stay as they are; beside the catalog."""

HISTORY_NAME = "videos-history.json"
"""Past results of checks of videos; beside the catalog."""

PICTURE_DATA = "mediakit.json"
"""What templates are told of pictures."""

STRUCTURED_DATA = "media-structured.json"
"""What search engines are told of pages, for templates to put there."""

TEMPLATE_NAMES = (PICTURE_DATA, STRUCTURED_DATA)
"""All documents for templates; in the folder of data of the generator."""
CREDITS_NAME = "credits.json"
"""Where pictures of other hosts came from; in the folder of data of the generator."""
