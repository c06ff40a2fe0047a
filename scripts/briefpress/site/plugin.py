"""The MkDocs plugin: MkDocs' events, each handed to what does the work."""

from __future__ import annotations

import datetime as dt
import logging
import os
import posixpath
import re
import time
from pathlib import Path
from typing import Any

import jinja2
from markupsafe import Markup
from mkdocs.config import config_options as opt
from mkdocs.config.base import Config
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.exceptions import Abort
from mkdocs.livereload import LiveReloadServer
from mkdocs.plugins import BasePlugin, event_priority, get_plugin_logger
from mkdocs.structure.files import Files
from mkdocs.structure.nav import Navigation
from mkdocs.structure.pages import Page
from mkdocs.utils import CountHandler
from mkdocs.utils.templates import TemplateContext

from briefpress import links, listing, search
from briefpress.checks import survey
from briefpress.finding import Level, blocking
from briefpress.preview import Preview, preview
from briefpress.series import BRIEFS, brief_paths
from briefpress.site import manual
from briefpress.site.assets import FOLDER
from briefpress.site.rendering import OWN_TEMPLATES, Progress, Rendering
from briefpress.source_date import source_date
from briefpress.staging import OTHERS, Staging, StagingError
from briefpress.store import Store, digest
from briefpress.workers import Workers

log = get_plugin_logger("briefpress")
THEME = FOLDER.parent
_LOG_LEVELS = {Level.ERROR: logging.ERROR, Level.WARNING: logging.WARNING, Level.ADVICE: logging.INFO}


def _target(page: str, link: str) -> str:
    """Where a link of a page leads, from the site's root."""
    return posixpath.normpath(posixpath.join(page, link)) + "/"


class BriefpressConfig(Config):
    """Options under `plugins: - briefpress:` in mkdocs.yml."""

    source = opt.Type(str, default="")
    """The address of a brief's file, with `{path}` in it, for the link to its source."""
    store = opt.Type(str, default=".cache/briefpress")
    """The folder, beside mkdocs.yml, of what is kept between builds."""
    pdf = opt.Type(bool, default=True)
    """Whether each brief has a PDF beside its page."""


class BriefpressPlugin(BasePlugin[BriefpressConfig]):
    """Checks the briefs, gives them to MkDocs, and puts the finished site in place."""

    def __init__(self) -> None:
        self.serving = False
        self.drafts = False
        """Whether what is not published is shown, as it always is while serving."""
        self.now: dt.datetime | None = None
        """What decides what is public; None for SOURCE_DATE_EPOCH, else the clock."""
        self.pdf = True
        """Whether PDFs are made, where the configuration has them too."""
        self.search = True
        """Whether the site can be searched."""
        self.whole = True
        """Whether the site is indexed for search and its links are checked; a bundle needs its pages alone."""
        self.progress = Progress()
        self.workers = Workers.of("processes")
        """What sets texts besides this process."""
        self.staging: Staging | None = None
        self.kept: Path | None = None
        self.counter: CountHandler | None = None
        self.preview: Preview | None = None
        """What was last previewed: `serve` keeps showing it where nothing can be read."""
        self.rendering: Rendering | None = None
        self.started = 0.0
        self.times: dict[str, float] = {}
        """Seconds by the clock on the wall, by step."""

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
        try:
            self.kept = self._manifest(config)
            self.staging = Staging.beside(Path(config.site_dir), self.kept, self._wait)
        except StagingError as error:
            raise Abort(f"The site cannot be put in place: {error}.") from None
        config.site_dir = str(self.staging.folder)
        if str(THEME) not in config.theme.dirs:
            config.theme.dirs.insert(1 if config.theme.custom_dir else 0, str(THEME))
        config.theme.static_templates.discard("sitemap.xml")  # ours knows the briefs and true dates
        # `build -q` raises the level of MkDocs' logger, and its own strict mode then sees nothing.
        self.counter = CountHandler(level=logging.WARNING)
        logger = logging.getLogger("mkdocs")
        if logger.level > logging.WARNING:
            for handler in logger.handlers:
                handler.setLevel(max(handler.level, logger.level))
            logger.setLevel(logging.WARNING)
        logger.addHandler(self.counter)
        return config

    def on_pre_build(self, *, config: MkDocsConfig) -> None:
        """Read and check everything while the last good site still stands."""
        self.started, self.times = time.perf_counter(), {}
        root = self._root(config)
        if not (root / BRIEFS).is_dir():
            raise Abort(f"There is no folder {BRIEFS}/ beside mkdocs.yml.")
        store = Store(root / self.config.store)
        with self.progress.step("checking"):
            done = survey(root, self._now(), store)
            catalogue, findings = done.catalogue, done.findings
        for finding in findings:
            log.log(_LOG_LEVELS[finding.level], "%s", finding)
        stopping = blocking(findings, strict=bool(config.strict))
        if not self.serving and (stopping or catalogue is None):
            raise Abort(f"{len(stopping)} to mend in {BRIEFS}/; the site was not built, and an old one stands as it was.")
        previewing = self.serving or self.drafts  # MkDocs keeps a plugin from one build of a process to the next
        self.preview = preview(catalogue, findings, brief_paths(root), self.preview, self._now()) if previewing else None
        self.rendering = Rendering(config, root, done, self._staging, store, self.config.source, self.serving, self.progress, self.preview,
                                   self.pdf and self.config.pdf, self.search, self.workers)  # fmt: skip
        self.times["check"] = time.perf_counter() - self.started

    def _manifest(self, config: MkDocsConfig) -> Path:
        """Where it is written down what the site is made of; that of a server goes with its folder."""
        site = Path(config.site_dir).resolve()
        if self.serving:
            return site.with_name(f"{site.name}.made.json")
        return self._root(config) / self.config.store / "sites" / f"{digest(str(site))[:16]}.json"

    def _wait(self) -> None:
        log.info("Another build of this site is running; this one waits for it.")

    def on_shutdown(self) -> None:
        """Leave nothing of a server in the folder for what is temporary."""
        if self.staging is not None:
            self.staging.drop()
        if self.serving and self.kept is not None:
            for file in (self.kept, self.kept.with_suffix(".lock")):
                file.unlink(missing_ok=True)

    @staticmethod
    def _root(config: MkDocsConfig) -> Path:
        return Path(config.config_file_path).resolve().parent

    def _now(self) -> dt.datetime:
        try:
            return self.now or source_date(os.environ) or dt.datetime.now(dt.UTC)
        except ValueError as error:
            raise Abort(str(error)) from None

    # -- while MkDocs works --------------------------------------------------------------------------

    @event_priority(-100)
    def on_files(self, files: Files, *, config: MkDocsConfig) -> Files:
        """Add what is ours; last, so that an address that another plugin took is seen."""
        began = time.perf_counter()
        files = self._rendering.plan(files)
        self.times["pages"] = time.perf_counter() - began
        return files

    def on_nav(self, nav: Navigation, *, config: MkDocsConfig, files: Files) -> Navigation:
        """Keep the navigation: its pages of the first level are our menu."""
        self._rendering.nav = nav
        return nav

    def on_page_markdown(self, markdown: str, *, page: Page, config: MkDocsConfig, files: Files) -> str:
        """Choose the frame of a page, and put the tables of the manuals where they are asked for."""
        if "/" not in page.file.src_uri:
            page.meta.setdefault("template", "home.html" if page.is_homepage else "page.html")
        return manual.filled(markdown)

    def on_page_content(self, html: str, *, page: Page, config: MkDocsConfig, files: Files) -> str:
        """Columns are aligned by classes, since the policy allows no style; home prints the title itself."""
        html = re.sub(r'(<t[hd]) style="text-align: (right|center|left);"', r'\1 class="\2"', html)
        if page.meta.get("template") == "home.html":
            html = re.sub(r"\A\s*<h1[^>]*>.*?</h1>\s*", "", html, flags=re.DOTALL)
        # The headings of a withdrawn brief are gone; a link to one leads to its page.
        if not (gone := self._rendering.gone):
            return html
        return re.sub(r'(<a [^>]*href=")([^"#:]+)#[^"]*"', lambda hit: f'{hit[1]}{hit[2]}"' if _target(page.url, hit[2]) in gone else hit[0], html)

    @event_priority(-100)
    def on_env(self, env: jinja2.Environment, *, config: MkDocsConfig, files: Files) -> jinja2.Environment:
        """Render the briefs and the lists."""
        began = time.perf_counter()
        self._rendering.render(env, files)
        self.times["pages"] += time.perf_counter() - began
        return env

    def on_page_context(self, context: TemplateContext, *, page: Page, config: MkDocsConfig, nav: Navigation) -> TemplateContext:
        """Give a Markdown page what our frame prints around it."""
        run = self._rendering
        series = run.catalogue.settings.series[0]
        values: dict[str, Any] = run.context(page.url, series, str(page.meta.get("lang") or config.theme.get("language") or "en"), of_series=False)
        if run.preview:
            values["site"]["preview"] = values["site"]["preview"] | {"text": run.overview["text"]}
        if page.meta.get("template") == "home.html":
            values |= listing.home(run.catalogue, run.facets)
        if str(page.meta.get("template", "main.html")).removesuffix(".html") in OWN_TEMPLATES:
            page.content = Markup(page.content or "")  # the site's own pages, not an editor's brief
            if page.meta.get("description"):
                values["site"]["description"] = str(page.meta["description"])
        context.update(values)  # type: ignore[typeddict-item]  # MkDocs' context is open
        return context

    def on_template_context(self, context: TemplateContext, *, template_name: str, config: MkDocsConfig) -> TemplateContext:
        """Give the page for lost readers our frame; it can be shown at any address."""
        run = self._rendering
        series = run.catalogue.settings.series[0]
        values = run.context("", series, series.lang, of_series=False)
        values["site"] |= {"base": values["site"]["root"].rstrip("/"), "canonical": ""}
        context.update(values)  # type: ignore[typeddict-item]  # MkDocs' context is open
        return context

    # -- after rendering --------------------------------------------------------------------------

    @event_priority(-100)
    def on_post_build(self, *, config: MkDocsConfig) -> None:
        """Index, check the links, and last of all put the site in place."""
        staging = self._staging
        if self.whole and not self.serving and self.search:
            self._index()
        staging.take_in_others()
        if self.whole and not self.serving:
            self._check_links(config.site_url or "")
        warned = sum(self.counter.counts.values()) if self.counter else 0
        self._forget_counter()
        if config.strict and warned and not self.serving:
            # MkDocs would abort only after this event, with a failed site in the good one's place.
            raise Abort(f"Strict mode: {warned} warning{'s' if warned > 1 else ''}; the old site stands as it was.")
        staging.put_in_place()
        if self.kept is not None and not self.serving:
            store = self._rendering.store
            # What units are made of is noted with each; here is the rest.
            uses = sorted(use for use in store.used if use[0] not in ("pages", "papers"))
            store.put_json("uses", self.kept.stem, {"site": str(staging.site), "uses": uses})
        config.site_dir = str(staging.site)
        self.staging = None
        log.info("%s", self._summary())

    def _index(self) -> None:
        began = time.perf_counter()
        if self._rendering.briefs:
            try:
                with self.progress.step("search index"):
                    self._rendering.add_search()
            except (search.SearchError, OSError) as error:
                raise Abort(f"The search index could not be made: {error}") from error
        self.times["search"] = time.perf_counter() - began

    def _check_links(self, site_url: str) -> None:
        began = time.perf_counter()
        every = self._staging.now.addresses
        with self.progress.step("links"):
            self._report(*links.check(self._to_check(every), lambda address: self._staging.read(address).decode("utf-8", "replace"), every, site_url))
        self.times["links"] = time.perf_counter() - began

    def _to_check(self, every: set[str]) -> list[str]:
        """The pages whose links may lead elsewhere than in the site that stands."""
        staging = self._staging
        # The search index is no place for links, and each of its files has another name when it is made again.
        pages = {address for address in every if address.endswith(".html") and not address.startswith("pagefind/")}
        if staging.before is None:
            return sorted(pages)
        changed = [address for address in staging.staged() if address in pages]
        # Other pages led where they should; those of MkDocs apart, whose links nobody keeps.
        rest = pages.difference(changed)
        lost = [address for address in staging.gone() if not address.startswith("pagefind/")]
        gone = links.traces(lost, staging.changes(changed)) if rest else ()
        affected = rest & staging.now.units[OTHERS].files.keys()
        for address in rest - affected if gone else ():
            data = staging.read(address)
            if any(one in data for one in gone):
                affected.add(address)
        return changed + sorted(affected)

    def _report(self, count: int, broken: list[links.Broken]) -> None:
        self._rendering.counts["links"] = count
        for one in broken:
            log.error("%s", one)
        if broken:
            raise Abort(f"{len(broken)} link{'s lead' if len(broken) > 1 else ' leads'} nowhere; the old site stands as it was.")

    def _summary(self) -> str:
        run = self._rendering
        counts = {"briefs": len(run.briefs), "bodies": run.store.made.get("bodies", 0), **run.counts}
        figures = ", ".join(f"{name} {count}" for name, count in counts.items())
        times = ", ".join(f"{name} {seconds:.1f} s" for name, seconds in self.times.items())
        return f"{figures}; {times}, in all {time.perf_counter() - self.started:.1f} s"

    def on_build_error(self, *, error: Exception) -> None:
        """Leave nothing of a failed build."""
        self._forget_counter()
        if self.staging is not None:
            self.staging.drop()
            self.staging = None

    def on_serve(self, server: LiveReloadServer, *, config: MkDocsConfig, builder: Any) -> LiveReloadServer:
        """Follow changes to briefs too, and make a PDF when somebody asks for it."""
        server.watch(str(self._root(config) / BRIEFS))
        pages = server.get_app()
        assert pages is not None

        def answer(environ: dict[str, Any], start_response: Any) -> Any:
            path = str(environ.get("PATH_INFO", "")).removeprefix(server.mount_path)
            data = self.rendering.print_on_demand(path) if self.rendering and path.endswith(".pdf") else None
            if data is None:
                return pages(environ, start_response)
            start_response("200 OK", [("Content-Type", "application/pdf"), ("Content-Length", str(len(data)))])
            return [data]

        server.set_app(answer)
        return server

    def _forget_counter(self) -> None:
        if self.counter is not None:
            logging.getLogger("mkdocs").removeHandler(self.counter)
            self.counter = None

    @property
    def _rendering(self) -> Rendering:
        assert self.rendering is not None, "on_pre_build comes first"
        return self.rendering

    @property
    def _staging(self) -> Staging:
        assert self.staging is not None, "on_config comes first"
        return self.staging
