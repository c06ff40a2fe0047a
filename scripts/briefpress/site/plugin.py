"""The MkDocs plugin: briefs enter as files that we render ourselves, and leave as a whole site."""

from __future__ import annotations

import datetime as dt
import logging
import os
import posixpath
import re
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import urlsplit

import jinja2
from markupsafe import Markup
from mkdocs.config import config_options as opt
from mkdocs.config.base import Config
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.exceptions import Abort
from mkdocs.livereload import LiveReloadServer
from mkdocs.plugins import BasePlugin, event_priority, get_plugin_logger
from mkdocs.structure.files import File, Files, InclusionLevel
from mkdocs.structure.nav import Navigation
from mkdocs.structure.pages import Page
from mkdocs.utils import CountHandler
from mkdocs.utils.templates import TemplateContext

from briefpress import links, listing, search
from briefpress.body import VERSION, Body, BodyTimeout, Surroundings, render
from briefpress.brief import Brief
from briefpress.checks import check
from briefpress.finding import Finding, Level, blocking
from briefpress.outline import Outline, outline
from briefpress.page import brief_page, published_files, surroundings
from briefpress.record.sitemap import sitemap
from briefpress.rules import Report
from briefpress.series import BRIEFS, Catalogue, Series
from briefpress.site import manual
from briefpress.site.assets import FOLDER, assets
from briefpress.staging import Staging
from briefpress.store import Store, digest
from briefpress.texts import texts

log = get_plugin_logger(__name__)
THEME = FOLDER.parent
OWN_TEMPLATES = frozenset({"404", "brief", "frame", "home", "list", "page", "search"})
"""Templates of our own frame, without their ending; in them every value is escaped."""
# No inline script or style anywhere on our own frame. WebAssembly is for the search.
POLICY = "; ".join((
    "default-src 'none'", "script-src 'self' 'wasm-unsafe-eval'", "style-src 'self'", "img-src 'self' data:",
    "font-src 'self'", "connect-src 'self'", "form-action 'self'", "base-uri 'none'",
))  # fmt: skip
T = TypeVar("T")


class BriefpressConfig(Config):
    """Options under `plugins: - briefpress:` in mkdocs.yml."""

    source = opt.Type(str, default="")
    """The address of a brief's file, with `{path}` in it, for the link to its source."""
    store = opt.Type(str, default=".cache/briefpress")
    """The folder, beside mkdocs.yml, of what is kept between builds."""


class Progress:
    """How far long work has come; this one is silent, the command line gives a better one."""

    def track(self, items: Iterable[T], what: str, total: int) -> Iterator[T]:
        """Give the items one by one; `total` is how many there are."""
        yield from items

    @contextmanager
    def step(self, what: str) -> Iterator[None]:
        """Work whose length is not known."""
        yield


class OwnFile(File):
    """A file that MkDocs places, and whose content is ours; a brief keeps its path on the disk."""

    def __init__(self, src_uri: str, dest_uri: str, config: MkDocsConfig, content: bytes | str = "") -> None:
        super().__init__(src_uri, None, config.site_dir, config.use_directory_urls, dest_uri=dest_uri,
                         inclusion=InclusionLevel.NOT_IN_NAV)  # fmt: skip
        self.generated_by = "briefpress"
        self.abs_src_path = None
        self._content = content

    def is_documentation_page(self) -> bool:
        """Never: MkDocs would render it."""
        return False


@dataclass
class Rendering:
    """What one build holds between its events."""

    started: float
    catalogue: Catalogue
    outlines: dict[str, Outline]
    store: Store
    briefs: list[tuple[Brief, OwnFile]] = field(default_factory=list)
    pages: list[tuple[OwnFile, str, Series, dict[str, Any]]] = field(default_factory=list)
    """Other pages of our own: file, template, series, what the template prints."""
    docs: dict[str, File] = field(default_factory=dict)
    """The site's Markdown pages by their path from the project's folder."""
    assets: dict[str, str] = field(default_factory=dict)
    nav: Navigation | None = None
    anchored: list[tuple[Brief, File, str, Finding]] = field(default_factory=list)
    counts: dict[str, int] = field(default_factory=dict)
    times: dict[str, float] = field(default_factory=dict)
    """Seconds by the clock on the wall."""


class BriefpressPlugin(BasePlugin[BriefpressConfig]):
    """Checks the briefs, gives them to MkDocs, and puts the finished site in place."""

    def __init__(self) -> None:
        self.serving = False
        self.now: dt.datetime | None = None
        """What decides what is public; None for SOURCE_DATE_EPOCH, else the clock."""
        self.progress = Progress()
        self.staging: Staging | None = None
        self.counter: CountHandler | None = None
        self.good: Catalogue | None = None
        """The last catalogue that could be read: `serve` keeps showing it."""
        self.run: Rendering | None = None

    # -- before anything is written -------------------------------------------------------------

    def on_startup(self, *, command: str, dirty: bool) -> None:
        """Note whether this is a preview; its being here keeps this object between rebuilds."""
        self.serving = command == "serve"

    @event_priority(-100)
    def on_config(self, config: MkDocsConfig) -> MkDocsConfig:
        """Send the output to a folder beside the site, and our theme before Material's."""
        if not config.site_url:
            raise Abort("mkdocs.yml has no site_url. Add a line: site_url: https://briefs.example.org/")
        if not config.site_url.endswith("/"):
            config.site_url += "/"
        if not config.use_directory_urls:
            raise Abort("mkdocs.yml sets use_directory_urls: false. Take the line out: a brief's address ends with a slash.")
        self.staging = Staging.beside(Path(config.site_dir))
        config.site_dir = str(self.staging.folder)
        if str(THEME) not in config.theme.dirs:
            config.theme.dirs.insert(1 if config.theme.custom_dir else 0, str(THEME))
        config.theme.static_templates.discard("sitemap.xml")  # ours knows the briefs and true dates
        # `build -q` raises the level of MkDocs' logger, and its own strict mode then sees nothing.
        self.counter = CountHandler(level=logging.WARNING)
        logging.getLogger("mkdocs").addHandler(self.counter)
        return config

    def on_pre_build(self, *, config: MkDocsConfig) -> None:
        """Read and check everything while the last good site still stands."""
        started = time.perf_counter()
        root = self._root(config)
        if not (root / BRIEFS).is_dir():
            raise Abort(f"There is no folder {BRIEFS}/ beside mkdocs.yml.")
        with self.progress.step("checking"):
            catalogue, findings = check(root, self._now())
        for finding in findings:
            log.log(_LOG_LEVELS[finding.level], "%s", finding)
        stopping = blocking(findings, strict=bool(config.strict))
        if not self.serving and (stopping or catalogue is None):
            raise Abort(f"{len(stopping)} to mend in {BRIEFS}/; the site was not built, and an old one stands as it was.")
        if catalogue is None:
            catalogue = self.good
            if catalogue is None:
                raise Abort(f"{BRIEFS}/series.yml cannot be read, so there is nothing to show yet.")
        faulty = {finding.path for finding in findings if finding.level is Level.ERROR}
        catalogue = Catalogue(catalogue.settings, tuple(b for b in catalogue.briefs if b.path not in faulty), catalogue.now)
        self.good = catalogue
        outlines = {brief.path: outline(brief.body, brief.body_line) for brief in catalogue.public}
        self.run = Rendering(started, catalogue, outlines, Store(root / self.config.store))
        self.run.times["check"] = time.perf_counter() - started

    @staticmethod
    def _root(config: MkDocsConfig) -> Path:
        return Path(config.config_file_path).resolve().parent

    def _now(self) -> dt.datetime:
        if self.now is not None:
            return self.now
        epoch = os.environ.get("SOURCE_DATE_EPOCH", "")
        return dt.datetime.fromtimestamp(int(epoch), dt.UTC) if epoch.isdigit() else dt.datetime.now(dt.UTC)

    # -- what there is to write --------------------------------------------------------------------

    @event_priority(-100)
    def on_files(self, files: Files, *, config: MkDocsConfig) -> Files:
        """Add the briefs, their files, the lists, the search page, the assets and the sitemap."""
        run = self._run
        root = self._root(config)
        for file in list(files):
            if file.src_uri == "sitemap.xml" or (file.abs_src_path and Path(file.abs_src_path).is_relative_to(FOLDER)):
                files.remove(file)  # ours come with true dates, and under names with a hash
        run.docs = {
            Path(file.abs_src_path).resolve().relative_to(root).as_posix(): file
            for file in files.documentation_pages()
            if file.abs_src_path and Path(file.abs_src_path).resolve().is_relative_to(root)
        }
        taken = {file.dest_uri: file.src_uri for file in files}

        def add(file: OwnFile) -> OwnFile:
            if (other := taken.setdefault(file.dest_uri, file.src_uri)) != file.src_uri or files.get_file_from_path(file.src_uri):
                raise Abort(f"Two pages have one address, {file.dest_uri}: {other} and {file.src_uri}. Rename one of them.")
            files.append(file)
            return file

        catalogue = run.catalogue
        for brief in catalogue.public:
            src_uri = posixpath.relpath((root / brief.path).as_posix(), Path(config.docs_dir).resolve().as_posix())
            file = add(OwnFile(src_uri, f"{catalogue.permalink(brief)}index.html", config))
            run.briefs.append((brief, file))
        for page in listing.lists(catalogue):
            file = add(OwnFile(f"{page.url}index.html", f"{page.url}index.html", config))
            run.pages.append((file, "list.html", page.series, {"listing": page.listing, "changed": page.changed}))
        file = add(OwnFile("search/index.html", "search/index.html", config))
        run.pages.append((file, "search.html", catalogue.settings.series[0], {}))
        run.assets, content = assets(run.store)
        for address, data in content.items():
            add(OwnFile(address, address, config, data))
        self._add = add
        return files

    def on_nav(self, nav: Navigation, *, config: MkDocsConfig, files: Files) -> Navigation:
        """Keep the navigation: its pages of the first level are our menu."""
        self._run.nav = nav
        return nav

    def on_page_markdown(self, markdown: str, *, page: Page, config: MkDocsConfig, files: Files) -> str:
        """Choose the frame of a page, and put the tables of the manuals where they are asked for."""
        if "/" not in page.file.src_uri:
            page.meta.setdefault("template", "home.html" if page.is_homepage else "page.html")
        return manual.filled(markdown)

    def on_page_content(self, html: str, *, page: Page, config: MkDocsConfig, files: Files) -> str:
        """The home page prints the title itself."""
        if page.meta.get("template") == "home.html":
            html = re.sub(r"\A\s*<h1[^>]*>.*?</h1>\s*", "", html, flags=re.DOTALL)
        return html

    # -- rendering -----------------------------------------------------------------------------------

    @event_priority(-100)
    def on_env(self, env: jinja2.Environment, *, config: MkDocsConfig, files: Files) -> jinja2.Environment:
        """Render the briefs and the lists; by now every Markdown page has been read."""
        run = self._run
        began = time.perf_counter()
        env.autoescape = lambda name: bool(name) and (name.startswith("parts/") or name.removesuffix(".html") in OWN_TEMPLATES)
        assert config.site_url is not None
        template = env.get_template("brief.html")
        docs = {path: file.url if file.url != "./" else "" for path, file in run.docs.items()}
        for brief, file in self.progress.track(run.briefs, "briefs", len(run.briefs)):
            outlined = run.outlines[brief.path]
            media = published_files(brief, outlined, self._root(config))
            body = self._body(brief, surroundings(brief, outlined, run.catalogue, media, docs))
            page = brief_page(brief, body, outlined, run.catalogue, media, site_url=config.site_url, source=self.config.source)
            page["body"] = Markup(page["body"])  # noqa: S704  # cleaned by body.render
            context = self._context(config, file.url, run.catalogue.series(brief), brief.lang)
            file.content_string = _tidy(template.render(context, brief=page))
            for name in media:
                address = run.catalogue.permalink(brief) + name
                source = self._root(config) / brief.folder / name
                files.append(self._add(OwnFile(address, address, config, source.read_bytes())))
            run.counts["files"] = run.counts.get("files", 0) + len(media)
        for file, name, series, values in run.pages:
            context = self._context(config, file.url, series, series.lang)
            file.content_string = _tidy(env.get_template(name).render(context, **values))
        self._check_anchors(files)
        self._add_sitemap(config, files)
        run.times["pages"] = time.perf_counter() - began
        return env

    def _body(self, brief: Brief, around: Surroundings) -> Body:
        store = self._run.store
        key = digest(VERSION, brief.body, dict(around.texts), dict(around.addresses),
                     {name: vars(picture) for name, picture in around.pictures.items()})  # fmt: skip
        kept = store.get_json("bodies", key)
        if kept is not None:
            return Body(kept["html"], tuple(kept["toc"]), kept["words"])
        try:
            body = render(brief.body, around)
        except BodyTimeout:
            report = Report(brief.path)
            report.add("text-time", brief.place("title"), "the text takes too long to set",
                       "look for a very long line, or for hundreds of brackets or asterisks that do not pair")  # fmt: skip
            raise Abort(str(report.findings[0])) from None
        store.put_json("bodies", key, {"html": body.html, "toc": body.toc, "words": body.words})
        return body

    def _context(self, config: MkDocsConfig, url: str, series: Series, lang: str) -> dict[str, Any]:
        run = self._run
        url = "" if url == "./" else url
        settings = run.catalogue.settings
        words = texts(lang)
        menu = [
            {"label": words["all_briefs"] if len(settings.series) == 1 else one.title, "url": f"{one.slug}/",
             "current": url == f"{one.slug}/"} for one in settings.series
        ]  # fmt: skip
        footer = []
        for item in run.nav.items if run.nav else ():
            if isinstance(item, Page) and not item.is_homepage:
                menu.append({"label": str(item.title), "url": item.url, "current": item.url == url})
            elif item.children and (first := _first_page(item)) is not None:
                footer.append({"label": str(item.title), "url": first.url})
        return {
            "site": {
                "title": config.site_name,
                "description": config.site_description or settings.series[0].description,
                "base": posixpath.relpath("/", "/" + url) if url else ".",
                "root": urlsplit(config.site_url or "/").path,
                "lang": lang,
                # The preview's live reload is a script in the page.
                "policy": "" if self.serving else POLICY,
                "sample": settings.sample,
                "serving": self.serving,
                "menu": menu,
                "footer": footer,
                "series": [listing.series_entry(one) for one in settings.series],
                "assets": run.assets,
            },
            "series": listing.series_entry(series),
            "texts": words,
        }

    def _check_anchors(self, files: Files) -> None:
        """Anchors between briefs and Markdown pages; MkDocs checks those between Markdown pages."""
        run = self._run
        outlines = {id(file): (brief, run.outlines[brief.path]) for brief, file in run.briefs}
        for path, file in run.docs.items():
            for target, anchors in ((file.page and file.page.links_to_anchors) or {}).items():
                if id(target) not in outlines:
                    continue
                brief, outlined = outlines[id(target)]
                for anchor, typed in anchors.items():
                    if anchor not in outlined.anchors:
                        log.warning("%s contains a link '%s', but %s has no heading for '#%s'", path, typed, brief.path, anchor)
        for brief, _ in run.briefs:
            for link in run.outlines[brief.path].links:
                full = posixpath.normpath(posixpath.join(posixpath.dirname(brief.path), link.target.partition("#")[0]))
                anchor = link.target.partition("#")[2]
                page = run.docs[full].page if full in run.docs and anchor else None
                if page is not None and anchor not in (page.present_anchor_ids or ()):
                    log.warning("%s:%s:%s: the link '%s' leads to no heading of %s", brief.path, *link.place, link.target, full)

    def _add_sitemap(self, config: MkDocsConfig, files: Files) -> None:
        run = self._run
        site_url = config.site_url or ""
        rows: list[tuple[str, dt.date | None]] = [
            (site_url + run.catalogue.permalink(brief), brief.date) for brief, _ in run.briefs
        ]
        newest = max((brief.date for brief, _ in run.briefs), default=None)
        for file, name, _, values in run.pages:
            if name == "list.html":
                rows.append((site_url + file.url, values["changed"]))
        for file in files.documentation_pages():
            if file.page is not None and not file.inclusion.is_excluded():
                date = file.page.meta.get("date")
                home = file.page.is_homepage
                rows.append((site_url + ("" if home else file.url), newest if home else date if isinstance(date, dt.date) else None))
        self._add(OwnFile("sitemap.xml", "sitemap.xml", config, sitemap(rows)))
        run.counts["pages"] = len(rows) + 1  # and the search page

    def on_page_context(self, context: TemplateContext, *, page: Page, config: MkDocsConfig, nav: Navigation) -> TemplateContext:
        """Give a Markdown page what our frame prints around it."""
        run = self._run
        series = run.catalogue.settings.series[0]
        values: dict[str, Any] = self._context(config, page.url, series, str(page.meta.get("lang", series.lang)))
        if page.meta.get("template") == "home.html":
            values |= listing.home(run.catalogue)
        if str(page.meta.get("template", "main.html")).removesuffix(".html") in OWN_TEMPLATES:
            page.content = Markup(page.content or "")  # noqa: S704  # the site's own pages, not an editor's brief
            if page.meta.get("description"):
                values["site"]["description"] = str(page.meta["description"])
        context.update(values)  # type: ignore[typeddict-item]  # MkDocs' context is open
        return context

    def on_template_context(self, context: TemplateContext, *, template_name: str, config: MkDocsConfig) -> TemplateContext:
        """Give the page for lost readers our frame; it can be shown at any address."""
        series = self._run.catalogue.settings.series[0]
        values = self._context(config, "", series, series.lang)
        values["site"]["base"] = values["site"]["root"].rstrip("/")
        context.update(values)  # type: ignore[typeddict-item]  # MkDocs' context is open
        return context

    # -- after rendering --------------------------------------------------------------------------

    @event_priority(-100)
    def on_post_build(self, *, config: MkDocsConfig) -> None:
        """Index, check the links, and last of all put the site in place."""
        run, staging = self._run, self._staging
        if not self.serving:
            self._index(staging.folder)
            self._check_links(staging.folder, config.site_url or "")
        warned = sum(self.counter.counts.values()) if self.counter else 0
        self._forget_counter()
        if config.strict and warned and not self.serving:
            # MkDocs would abort only after this event, with a failed site in the good one's place.
            raise Abort(f"Strict mode: {warned} warning{'s' if warned > 1 else ''}; the old site stands as it was.")
        staging.put_in_place()
        config.site_dir = str(staging.site)
        self.staging = None
        log.info("%s", self._summary(run))

    def _index(self, folder: Path) -> None:
        run = self._run
        began = time.perf_counter()
        if run.briefs:
            try:
                with self.progress.step("search index"):
                    search.index(folder)
            except search.SearchError as error:
                raise Abort(f"The search index could not be made: {error}") from error
        run.times["search"] = time.perf_counter() - began

    def _check_links(self, folder: Path, site_url: str) -> None:
        run = self._run
        began = time.perf_counter()
        if links.checker() is None:
            log.info("The links of the site were not checked: install the extra `links`.")
            return
        try:
            with self.progress.step("links"):
                run.counts["links"], broken = links.check(folder, site_url)
        except links.LinksError as error:
            raise Abort(f"The links could not be checked: {error}") from error
        for one in broken:
            log.error("%s", one)
        if broken:
            raise Abort(f"{len(broken)} link{'s' if len(broken) > 1 else ''} of the site lead nowhere; the old site stands as it was.")
        run.times["links"] = time.perf_counter() - began

    @staticmethod
    def _summary(run: Rendering) -> str:
        counts = {"briefs": len(run.briefs), "bodies": run.store.made.get("bodies", 0), **run.counts}
        figures = ", ".join(f"{name} {count}" for name, count in counts.items())
        times = ", ".join(f"{name} {seconds:.1f} s" for name, seconds in run.times.items())
        return f"{figures}; {times}, in all {time.perf_counter() - run.started:.1f} s"

    def on_build_error(self, *, error: Exception) -> None:
        """Leave nothing of a failed build."""
        self._forget_counter()
        if self.staging is not None:
            self.staging.drop()
            self.staging = None

    def on_serve(self, server: LiveReloadServer, *, config: MkDocsConfig, builder: Any) -> LiveReloadServer:
        """Follow changes to briefs too."""
        server.watch(str(self._root(config) / BRIEFS))
        return server

    def _forget_counter(self) -> None:
        if self.counter is not None:
            logging.getLogger("mkdocs").removeHandler(self.counter)
            self.counter = None

    @property
    def _run(self) -> Rendering:
        assert self.run is not None, "on_pre_build comes first"
        return self.run

    @property
    def _staging(self) -> Staging:
        assert self.staging is not None, "on_config comes first"
        return self.staging


_LOG_LEVELS = {Level.ERROR: logging.ERROR, Level.WARNING: logging.WARNING, Level.ADVICE: logging.INFO}


def _first_page(item: Any) -> Page | None:
    for child in item.children or ():
        if isinstance(child, Page):
            return child
        if (found := _first_page(child)) is not None:
            return found
    return None


def _tidy(html: str) -> str:
    """Without the empty lines that templates leave, outside preformatted text."""
    parts = re.split(r"(<pre>.*?</pre>)", html, flags=re.DOTALL)
    return "".join(part if part.startswith("<pre>") else re.sub(r"\n\s*\n", "\n", part) for part in parts)
