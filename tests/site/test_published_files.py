"""Which files are content: those that the generator itself publishes as pages.

Each case is a small site. mediakit's content is compared with what is written here, and where the
generator is installed, so is what it really builds.
"""

from __future__ import annotations

import re
import shutil
from pathlib import Path
from typing import NamedTuple

import pytest

from conftest import SiteBuilder
from mediakit.base.files import FileTree
from mediakit.config.config import load_config
from mediakit.sync.content import read_content
from site_builds import build

COMMANDS = {
    "jekyll": ["jekyll", "build", "--safe", "--quiet", "--destination"],
    "hugo": ["hugo", "--quiet", "--destination"],
    "eleventy": ["eleventy", "--quiet", "--output"],
}
LAYOUTS = {
    "hugo": {f"layouts/{each}.html": "{{ .Content }}"
             for each in ("_default/single", "_default/list", "index")},
}  # fmt: skip


class Case(NamedTuple):
    """A site: its settings, the pages that are published, and those that are not.

    Pages are separated by spaces. `path|key:value` has a line in its front matter, and `path|`
    has no front matter.
    """

    name: str
    generator: str
    settings: dict[str, str]
    shown: str
    hidden: str

    @property
    def pages(self) -> set[str]:
        return {each.partition("|")[0] for each in self.shown.split()}


CASES = (
    Case(
        "names", "jekyll", {"_config.yml": "collections: {ex: {output: true}}\n"},
        "a.md b.markdown c.mkd d.html e.htm sub/f.md _ex/ok.md _ex/a~.md _ex/sub/_sub/z.md",
        "_p.md ~p.md #p.md #d/a.md ~d/a.md _d/a.md bare.md| node_modules/a.md Gemfile.md "
        "vendor/bundle/a.md _ex/_template.md _ex/#x.md _ex/~x.md _ex/.x.md _ex/sub/_y.md "
        "_ex/_sub/z.md _ex/bare.md| _other/a.md",
    ),
    Case(
        "posts", "jekyll", {"_config.yml": ""},
        "_posts/2020-01-01-a.md _posts/20-1-1-b.md _posts/sub/2020-01-01-c.md "
        "_posts/2020-01-01-bare.md| _posts/sub/_s/2020-01-01-e.md blog/_posts/2020-01-01-f.html "
        "blog/index.md page.md",
        "_posts/a.md _posts/2020-01-01.md _posts/_sub/2020-01-01-d.md _posts/_2020-01-01-g.md "
        "_posts/x-2020-01-01-l.md _blog/_posts/2020-01-01-i.md _drafts/a.md sub/_drafts/b.md "
        "_posts/2020-01-01-h.md|published:false _posts/2020-01-01-i.md|published: "
        "page2.md|published:false",
    ),
    Case(
        "shown", "jekyll", {"_config.yml": "unpublished: true\nshow_drafts: true\n"},
        "_drafts/a.md _drafts/bare.md| sub/_drafts/c.md _posts/2020-01-01-d.md|published:false",
        "_drafts/_x.md",
    ),
    Case(
        "include", "jekyll", {"_config.yml": "include: [_pages, '_x*', /docs/a.md]\n"
                                             "exclude: [docs]\n"},
        "_pages/a.md _pages/sub/b.md _pages_old/d.md sub/_pages/e.md _x.md _xy/f.md docs/a.md",
        "_pages/_z.md _pages/_sub/c.md docs/b.md _y.md",
    ),
    Case(
        "exclude", "jekyll", {"_config.yml": "collections: {ex: {output: true}}\nexclude: [README, "
            "'docs/*.txt.md', 'x/**/y.md', '*.tmp.md', sub/, 'b[12].md', 'e[^1].md', ./d.md, "
            "/f.md, 'g\\*.md', _ex/b.md, c.md, _ex/*/z.md, _posts/2020-02]\n"},
        "b3.md e1.md x/y.md subb/a.md d.md gx.md _ex/a.md _ex/c.md _posts/2020-01-01-a.md",
        "README.md docs/d/a.txt.md x/z/w/y.md q/q.tmp.md sub/a.md b1.md e2.md f.md g*.md _ex/b.md "
        "_ex/e/z.md _posts/2020-02-01-a.md",
    ),
    Case(
        "collections_dir", "jekyll", {"_config.yml": "collections_dir: all/of\nexclude: [all]\n"
                                                     "collections: {ex: {output: true}}\n"},
        "all/of/_ex/a.md page.md",
        "_ex/a.md all/p.md _posts/2020-01-01-a.md",
    ),
    Case(
        "their-posts", "jekyll", {"_config.yml": "collections_dir: c\nexclude: [c/_ex]\n"
                                                           "collections: {ex: {output: true}}\n"},
        "c/_ex/b.md c/_posts/2020-01-01-a.md c/sub/_posts/2020-01-01-b.md c/page.md",
        "_posts/2020-01-01-a.md _ex/a.md",
    ),
    Case(
        "source", "jekyll", {"_config.yaml": "source: ./src/\ninclude: [_pages]\n"
                                             "exclude: [x, src/y]\n"},
        "src/a.md src/_pages/b.md src/_posts/2020-01-01-c.md src/y/d.md",
        "a.md docs/a.md _posts/2020-01-01-c.md src/x/a.md",
    ),
    Case(
        "toml", "jekyll", {"_config.toml": "include = ['_pages']\n"},
        "_pages/a.md", "_other/a.md",
    ),
    Case(
        "defaults", "jekyll", {"_config.yml": "defaults: [{values: {published: false}}]\n"},
        "a.md", "_posts/2020-01-01-a.md",
    ),
    Case(
        "dates", "jekyll", {"_config.yml": "collections: {ex: {output: true}}\n"},
        "_posts/2999-01-01-c.md|date:2020-01-01 page.md|date:2999-01-01 _ex/a.md",
        "_posts/2999-01-01-a.md _posts/2020-01-01-b.md|date:2999-01-01",
    ),
    Case(
        "future", "jekyll", {"_config.yml": "future: true\n"}, "_posts/2999-01-01-a.md", "",
    ),
    Case(
        "names", "hugo", {"hugo.toml": ""},
        "content/a.md content/b.markdown content/c.html content/d.htm content/e.mdown "
        "content/bare.md| content/_x.md content/~x.md content/_s/a.md content/s/_index.md "
        "content/bundle/index.md",
        "a.md archetypes/a.md content/.x.md content/#x.md content/#s/a.md content/s~/b.md "
        "content/f.mkd content/UP.MD",
    ),
    Case(
        "drafts", "hugo", {"hugo.toml": ""},
        "content/d.md|draft:false content/e.md|publishDate:2000-01-01 "
        "content/k.md|lastmod:2999-01-01",
        "content/a.md|draft:true content/b.md|Draft:yes content/c.md|date:2999-01-01 "
        "content/f.md|PUBDATE:2999-01-01 content/g.md|expiryDate:2000-01-01 "
        "content/s/_index.md|draft:true content/s/a.md",
    ),
    Case(
        "shown", "hugo", {"config.yaml": "BuildDrafts: true\nbuildFuture: true\n"
                                         "buildExpired: true\n"},
        "content/a.md|draft:true content/b.md|date:2999-01-01 "
        "content/c.md|expiryDate:2000-01-01", "",
    ),
    Case(
        "ignored", "hugo", {"hugo.yaml": "ignoreFiles: ['\\.foo\\.md$', /sub/, ^x, 'tent/z.*']\n"},
        "content/x.md content/b.md", "content/a.foo.md content/sub/a.md content/zz.md",
    ),
    Case(
        "several-settings", "hugo", {
            "config.toml": "contentDir = 'a'\nbuildDrafts = true\n",
            "config/_default/hugo.toml": "contentDir = 'b'\n",
            "config/production/config.yaml": "contentDir: c\n",
            "config/development/hugo.toml": "contentDir = 'd'\n",
        },
        "c/x.md|draft:true", "a/x.md b/x.md d/x.md content/x.md",
    ),
    Case(
        "languages", "hugo", {
            "config/_default/hugo.toml": "disableLanguages = ['de']\n",
            "config/_default/languages.toml": "".join(
                f"[{each}]\ncontentDir = 'content/{each}'\n" for each in ("en", "da", "de")),
        },
        "content/en/a.md content/da/b.md", "content/c.md content/de/d.md",
    ),
    Case(
        "mounts", "hugo", {"hugo.toml": "".join(
            f"[[module.mounts]]\nsource = '{source}'\ntarget = 'content/{target}'\n"
            for source, target in (("docs", "manual"), ("README.md", "about.md"), ("text", "")))},
        "docs/a.md README.md text/b.md", "content/c.md",
    ),
    Case(
        "names", "eleventy", {".eleventy.js": "module.exports = function (c) {};"},
        "a.md b.html bare.md| _x.md _f/a.md _layouts/a.md sub/_includes/a.md sub/_data/b.md",
        "e.markdown f.htm _includes/a.md _data/a.md node_modules/a.md sub/node_modules/a.md",
    ),
    Case(
        "folders", "eleventy", {".eleventy.js": "module.exports = (c) => ({ dir: { input: 'src', "
                                "includes: '../parts', data: 'd', layouts: 'lay' } });"},
        "src/a.md src/_includes/b.md src/_data/c.md", "a.md parts/b.md src/d/e.md src/lay/f.md",
    ),
    Case(
        "ignored", "eleventy", {
            "eleventy.config.js": "module.exports = (c) => { c.ignores.add('x/**/z.md'); "
                                  "/* c.ignores.add('ok.md') */ c.ignores.add('drafts'); };",
            ".eleventyignore": "README.md\n/top.md\n*.tmp.md\nsub/**\n./dot.md\n# ok.md\n",
            ".gitignore": "private/\n",
        },
        "x/README.md x/top.md x/a.tmp.md x/drafts/a.md ok.md",
        "README.md top.md a.tmp.md sub/x/a.md dot.md x/y/z.md drafts/a.md private/a.md",
    ),
    Case(
        "formats", "eleventy", {
            ".eleventy.js": "module.exports = (c) => { c.setUseGitIgnore(false); "
                            "return { templateFormats: ['html', 'njk'] } };",
            ".gitignore": "a.html\n",
        },
        "a.html b.html|draft:true", "c.md",
    ),
)  # fmt: skip


def laid_out(site: SiteBuilder, case: Case) -> Path:
    for path, text in (case.settings | LAYOUTS.get(case.generator, {})).items():
        site.write(path, text)
    for each in (*case.shown.split(), *case.hidden.split()):
        path, mark, line = each.partition("|")
        head = "" if mark and not line else f"---\n{line.replace(':', ': ')}\n---\n"
        site.write(path, f"{head}MARK({path})\n")
    return site.root


@pytest.mark.parametrize("case", CASES, ids=lambda each: f"{each.generator}-{each.name}")
def test_content(site: SiteBuilder, case: Case) -> None:
    """The content files are the pages that the generator publishes, no more and no fewer."""
    root = laid_out(site, case)
    content = read_content(load_config(root), FileTree(root))
    assert {each.path for each in content.manifests} == case.pages
    assert not content.problems


@pytest.mark.slow
@pytest.mark.parametrize("case", CASES, ids=lambda each: f"{each.generator}-{each.name}")
def test_generator(site: SiteBuilder, tmp_path: Path, case: Case) -> None:
    """The cases are what the generators really do."""
    if shutil.which(case.generator) is None:
        pytest.skip(f"{case.generator} is not installed")
    root, built = laid_out(site, case), tmp_path / "built"
    build(root, *COMMANDS[case.generator], str(built))
    texts = (path.read_text("utf-8") for path in built.rglob("*.htm*"))
    marks = {mark for text in texts for mark in re.findall(r"MARK\(([^)]*)\)", text)}
    assert {re.sub("</?em>", "_", mark) for mark in marks} == case.pages
