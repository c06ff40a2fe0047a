"""One build's own pages: what there is to write, and how it is rendered.

MkDocs places the files; their content comes from here.
"""

from __future__ import annotations

import datetime as dt
import os
import posixpath
import re
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import urlsplit

import jinja2
from markupsafe import Markup
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.exceptions import Abort
from mkdocs.plugins import get_plugin_logger
from mkdocs.structure.files import File, Files, InclusionLevel
from mkdocs.structure.nav import Navigation
from mkdocs.structure.pages import Page

from briefpress import listing
from briefpress.body import VERSION, Body, Surroundings, render
from briefpress.brief import Brief
from briefpress.checks import bad_figure, levelled, lost_link, missing_glyph, too_long
from briefpress.checks.files import portrait
from briefpress.figures import Drawn, Figure, replaced
from briefpress.finding import Finding, Level
from briefpress.limits import TooLong
from briefpress.media import Media
from briefpress.outline import Outline
from briefpress.page import FigureFault, brief_page, drawn_figures, published_files, surroundings
from briefpress.preview import FOLDER as PREVIEW
from briefpress.preview import Preview
from briefpress.record import repec
from briefpress.record.feeds import WRITERS, Feed, rss
from briefpress.record.head import head
from briefpress.record.references import bibtex, csl_file, ris
from briefpress.record.signposting import linkset
from briefpress.record.sitemap import robots, sitemap
from briefpress.record.tables import briefs_csv, briefs_json
from briefpress.record.work import Work
from briefpress.series import Catalogue, Series
from briefpress.site.assets import FOLDER, assets
from briefpress.store import Store, digest
from briefpress.texts import texts
from briefpress.typeset import CARDS, Print
from briefpress.typeset.document import ACCENT
from briefpress.typeset.press import PressError

log = get_plugin_logger("briefpress")
OWN_TEMPLATES = frozenset({"404", "brief", "faulty", "frame", "home", "index", "list", "moved", "page", "preview", "search"})
"""Templates of our own frame, without their ending; in them every value is escaped."""
# No inline script or style anywhere on our own frame. WebAssembly is for the search.
POLICY = "; ".join((
    "default-src 'none'", "script-src 'self' 'wasm-unsafe-eval'", "style-src 'self'", "img-src 'self' data:",
    "font-src 'self'", "connect-src 'self'", "form-action 'self'", "base-uri 'none'",
))  # fmt: skip
HEADERS = f"""\
/*
  Content-Security-Policy: {POLICY}; frame-ancestors 'none'
  X-Content-Type-Options: nosniff
  Referrer-Policy: strict-origin-when-cross-origin
/*/linkset.json
  Content-Type: application/linkset+json
/assets/*
  Cache-Control: public, max-age=31536000, immutable
"""
"""The same policy for hosts that read a file of headers, as Cloudflare Pages and Netlify do."""
# Material's own search is off; its dictionaries and source maps are 2 MB that no page asks for.
_MATERIALS_SEARCH = re.compile(r"assets/javascripts/(lunr|workers)/|assets/.*\.map$")
T = TypeVar("T")


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
class OwnPage:
    """A page of our own besides the briefs."""

    file: OwnFile
    template: str
    series: Series
    values: dict[str, Any]
    """What the template prints."""
    changed: dt.date | None = None
    """The date of its record."""


@dataclass
class Rendering:
    """What one build holds between MkDocs' events."""

    config: MkDocsConfig
    root: Path
    """The project's folder."""
    catalogue: Catalogue
    outlines: dict[str, Outline]
    """What each public brief's text names, by the brief's path."""
    store: Store
    source: str
    """The address of a brief's file with `{path}` in it, or empty."""
    serving: bool
    progress: Progress
    preview: Preview | None = None
    """What is shown besides the published, or None for a site that is published."""
    pdf: bool = False
    """Whether each brief has a PDF."""
    prints: dict[str, Print] = field(default_factory=dict)
    """What is to be set on paper, by address."""
    briefs: list[tuple[Brief, OwnFile]] = field(default_factory=list)
    works: list[Work] = field(default_factory=list)
    """Those of the public briefs, in the order of the catalogue."""
    pages: list[OwnPage] = field(default_factory=list)
    moved: list[OwnPage] = field(default_factory=list)
    """Pages at old addresses."""
    docs: dict[str, File] = field(default_factory=dict)
    """The site's Markdown pages by their path from the project's folder."""
    facets: tuple[listing.Facet, ...] = ()
    assets: dict[str, str] = field(default_factory=dict)
    """Name → address of stylesheets, scripts and fonts."""
    nav: Navigation | None = None
    counts: dict[str, int] = field(default_factory=dict)

    # -- what there is to write ------------------------------------------------------------------

    def plan(self, files: Files) -> None:
        """Add the briefs, the lists, the search page and the assets; their content comes later."""
        for file in list(files):
            own = file.abs_src_path and Path(file.abs_src_path).is_relative_to(FOLDER)
            if own or file.src_uri == "sitemap.xml" or _MATERIALS_SEARCH.match(file.src_uri):
                files.remove(file)  # ours come with true dates, and under names with a hash
        self._leave_links_out(files)
        for file in files.documentation_pages():
            if file.abs_src_path and (path := Path(file.abs_src_path).resolve()).is_relative_to(self.root):
                self.docs[path.relative_to(self.root).as_posix()] = file
        self._files = files
        self._taken = {file.dest_uri: file.src_uri for file in files}
        docs_dir = Path(self.config.docs_dir).resolve().as_posix()
        apart = self.preview.apart if self.preview else ()
        for brief in (*self.catalogue.public, *apart):
            src_uri = posixpath.relpath((self.root / brief.path).as_posix(), docs_dir)
            self.briefs.append((brief, self._add(f"{self.catalogue.permalink(brief)}index.html", src_uri=src_uri)))
        for page in listing.lists(self.catalogue):
            file = self._add(f"{page.url}index.html")
            self.pages.append(OwnPage(file, page.template, page.series, {"listing": page.listing}, page.changed))
        first = self.catalogue.settings.series[0]
        self.pages.append(OwnPage(self._add("search/index.html"), "search.html", first, {}))
        if self.preview is not None:
            self.pages.append(OwnPage(self._add(f"{PREVIEW}index.html"), "preview.html", first, {"overview": self.overview}))
            for unread in self.preview.unread:
                file = self._add(f"{self.preview.unread_address(unread)}index.html")
                self.pages.append(OwnPage(file, "faulty.html", first, {"path": unread, "findings": self.preview.rows(unread)}))
        self.facets = listing.facets(self.catalogue)
        for row in self.facets[0].rows:
            author = row.author
            if author and author.photo and isinstance(picture := portrait(author, row.path, self.root), Path):
                self._add(listing.author_entry(author)["photo"], picture.read_bytes())
        self.assets, content = assets(self.store, self.catalogue.settings.series)
        for address, data in content.items():
            self._add(address, data)
        self._add("_headers", HEADERS.replace("/*\n", "/*\n  X-Robots-Tag: noindex\n", 1) if self.preview else HEADERS)
        for brief in self.catalogue.public:
            self._plan_aliases(brief)

    def _leave_links_out(self, files: Files) -> None:
        """A link in `docs/` could publish any file of the machine, and what is under an embargo."""
        docs_dir = Path(self.config.docs_dir)
        for file in list(files):
            path = Path(file.abs_src_path) if file.abs_src_path else None
            if path is not None and path.is_relative_to(docs_dir) and not path.resolve().is_relative_to(docs_dir.resolve()):
                files.remove(file)
                log.warning("docs/%s is a link to another place, and is left out: put the file itself there", file.src_uri)

    def _fault(self, finding: Finding) -> None:
        """Something that is found only now: it ends a build, and a server shows it on the page of its brief, as every preview does of a draft.

        Raises:
            Abort: a brief that is not shown with its faults has one.
        """
        brief = self.catalogue.by_path.get(finding.path)
        if self.preview is None or not (self.serving or (brief and brief.draft)):
            raise Abort(str(finding))
        log.error("%s", finding)
        self.preview.findings[finding.path].append(finding)

    def _weigh(self, brief: Brief, finding: Finding, *, on_page: bool = False) -> None:
        """Tell of something that is found only now, as loudly as the house has it."""
        for one in levelled(brief, self.catalogue.settings, [finding]):
            if one.level is Level.ERROR:
                self._fault(one)
                continue
            (log.info if one.level is Level.ADVICE else log.warning)("%s", one)
            if on_page and self.preview is not None:
                self.preview.findings[brief.path].append(one)

    def _plan_aliases(self, brief: Brief) -> None:
        """Pages at old addresses that lead to a brief."""
        for alias, _ in brief.aliases:
            address = alias.removeprefix("/") + ("index.html" if alias.endswith("/") else "")
            if self.serving and (not address.endswith(".html") or address.startswith("/") or address in self._taken):
                log.warning("%s: nothing leads from %s, which is no address or that of another page", brief.path, alias)
                continue
            base = posixpath.relpath("/" + self.catalogue.permalink(brief), "/" + posixpath.dirname(address)) + "/"
            whole = (self.config.site_url or "") + self.catalogue.permalink(brief)
            values = {"url": base, "title": brief.title, "address": whole, "lang": brief.lang}
            source = f"{brief.path}, alias {alias}"
            self.moved.append(OwnPage(self._add(address, source=source), "moved.html", self.catalogue.series(brief), values))

    def _add(self, address: str, content: bytes | str = "", *, src_uri: str = "", source: str = "") -> OwnFile:
        """Add a file at an address.

        Raises:
            Abort: something else is at that address.
        """
        source = source or src_uri or address
        file = OwnFile(src_uri or address, address, self.config, content)
        if other := self._taken.get(address):
            message = f"Two pages have one address, {address}: {other} and {source}. Rename one of them."
            if not self.serving:
                raise Abort(message)
            log.error("%s", message)  # the first stays
            return file
        self._taken[address] = source
        self._files.append(file)
        return file

    # -- rendering -------------------------------------------------------------------------------

    def render(self, env: jinja2.Environment, files: Files) -> None:
        """Give every file of ours its content; by now all Markdown pages have been read."""
        env.autoescape = _escapes
        env = env.overlay(undefined=jinja2.StrictUndefined)  # Material's templates rely on the lenient one
        template = env.get_template("brief.html")
        docs = {path: "" if file.url == "./" else file.url for path, file in self.docs.items()}
        for brief, file in self.progress.track(self.briefs, "briefs", len(self.briefs)):
            file.content_string = self._brief(brief, template, docs)
        for page in self.pages:
            of_series = page.file.url.startswith(f"{page.series.slug}/")
            context = self.context(page.file.url, page.series, page.series.lang, of_series=of_series)
            page.file.content_string = _tidy(env.get_template(page.template).render(context, **page.values))
        for page in self.moved:
            folder = posixpath.dirname(page.file.dest_uri)  # an old address can end in .html
            context = self.context(folder and f"{folder}/", page.series, page.values["lang"])
            page.file.content_string = _tidy(env.get_template(page.template).render(context, **page.values))
        if not self.serving:
            self._print_all()
        self._check_anchors()
        self._add_record()
        self._add_sitemap(files)

    def _brief(self, brief: Brief, template: jinja2.Template, docs: dict[str, str]) -> str:
        outlined = self.outlines[brief.path]
        url = self.catalogue.permalink(brief)
        media = published_files(brief, outlined, self.root)
        for name in media:
            self._add(url + name, (self.root / brief.folder / name).read_bytes())
        self.counts["files"] = self.counts.get("files", 0) + len(media)
        # Of a withdrawn brief no text is shown, so none is set.
        drawn = self._draw(brief)
        for name, (_, one) in drawn.items():
            self._add(url + name, one.svg)
        around = surroundings(brief, outlined, self.catalogue, media, docs, drawn)
        body = Body("", (), 0) if brief.withdrawal else self._body(brief, around)
        for target in sorted(set(body.lost) - {link.target for link in outlined.links}):
            self._weigh(brief, lost_link(brief, target), on_page=True)
        work = self._work(brief, media)
        page = brief_page(work, body, outlined, self.catalogue, media, source=self.source)
        if page["pdf"]:
            self.prints[page["pdf"]] = Print.of(brief, self.catalogue, self.root, page, media, drawn, work.site_url)
        page["head"] = self._record(work) if self.preview is None else None  # a preview is for nobody to harvest
        page["body"] = Markup(page["body"])  # cleaned by body.render
        if url.startswith(PREVIEW):
            page["permalink"] = ""  # it has none yet
        page["findings"] = self.preview.rows(brief.path) if self.preview else []
        return _tidy(template.render(self.context(url, self.catalogue.series(brief), brief.lang), brief=page))

    # -- for others to harvest ---------------------------------------------------------------------

    def _work(self, brief: Brief, media: dict[str, Media]) -> Work:
        site_url, url = self.config.site_url or "", self.catalogue.permalink(brief)
        if not self.pdf or not self.catalogue.shows(brief):
            return Work.of(self.catalogue, brief, site_url)
        own = brief.pdf.text if brief.pdf and brief.pdf.text in media else ""
        return Work.of(
            self.catalogue, brief, site_url, pdf=site_url + url + (own or self.catalogue.pdf_name(brief)),
            card="" if self.serving else f"{site_url}{url}card.png",
        )  # fmt: skip

    def _record(self, work: Work) -> dict[str, Any]:
        """What the head of a brief's page says, and the files beside it that say the same."""
        self.works.append(work)
        url = work.url.removeprefix(work.site_url)
        files = {"cite.bib": bibtex(work), "cite.ris": ris(work), "cite.csl.json": csl_file(work), "linkset.json": linkset(work)}
        for name, text in files.items():
            self._add(url + name, text)
        return head(work, self.config.site_name)

    def _add_record(self) -> None:
        """What is made of the whole: feeds, tables, references, and the files that services fetch."""
        if self.preview is not None:
            return
        site_url, settings = self.config.site_url or "", self.catalogue.settings
        for series in settings.series:
            works = tuple(work for work in self.works if work.series is series)
            self._add(f"{series.slug}/{series.slug}.bib", "\n".join(map(bibtex, works)))
            self._add(f"{series.slug}/{series.slug}.ris", "".join(map(ris, works)))
            feed = self._feed(series, series.title, f"{series.slug}/", series.description, works)
            for name, (_, _, write) in WRITERS.items():
                self._add(f"{series.slug}/{name}", write(feed, f"{feed.home}{name}"))
        of_brief = {work.brief.path: work for work in self.works}
        for facet in self.facets[:2]:
            for row in facet.rows:
                works = tuple(of_brief[brief.path] for brief in row.briefs)
                feed = self._feed(settings.series[0], f"{row.label} | {self.config.site_name}", row.url, "", works)
                self._add(f"{row.url}feed.xml", rss(feed, f"{feed.home}feed.xml"))
        self._add("briefs.json", briefs_json(self.works))
        self._add("briefs.csv", briefs_csv(self.works))
        self._add("robots.txt", robots(site_url))
        if settings.sample:
            log.info("no files for RePEc: the series is a sample")
            return
        for series in settings.series:
            if series.repec is None:
                log.info("no files for RePEc of %s: it has no repec in series.yml", series.slug)
        for address, text in repec.files(settings.series, self.works, site_url).items():
            self._add(address, text)

    def _feed(self, series: Series, title: str, url: str, about: str, works: tuple[Work, ...]) -> Feed:
        site_url = self.config.site_url or ""
        return Feed(title, site_url + url, about, series.lang, series.publisher, self.catalogue.settings.timezone, works)

    # -- on paper ----------------------------------------------------------------------------------

    def _draw(self, brief: Brief) -> dict[str, tuple[Figure, Drawn]]:
        try:
            return drawn_figures(brief, self.root, self.catalogue.series(brief).colour or ACCENT, self.store)
        except FigureFault as fault:
            self._fault(bad_figure(brief, fault.place, fault.message))
            return {}

    def _print_all(self) -> None:
        """Set what changed, on every processor; the typesetter lets Python go on meanwhile."""
        with ThreadPoolExecutor(os.cpu_count()) as pool:
            cards = {kind: pool.map(lambda one, kind=kind: one.card(self.store, kind), self.prints.values()) for kind in CARDS}
            # A designer's own is there already.
            made = pool.map(lambda item: (b"", []) if item[0] in self._taken else item[1].made(self.store), list(self.prints.items()))
            try:
                for (address, one), (data, missing) in zip(
                    self.prints.items(), self.progress.track(made, "PDFs", len(self.prints)), strict=True
                ):
                    own = address in self._taken
                    if not own:
                        self._add(address, data)
                    waived = own or any(waiver.rule.text == "glyph-missing" for waiver in one.brief.waivers)
                    for char, picture in () if waived else [*((char, "") for char in missing), *((char, name) for name, char in one.unlettered)]:
                        self._weigh(one.brief, missing_glyph(one.brief, char, picture))
                for kind, drawn in cards.items():
                    for address, data in zip(self.prints, drawn, strict=True):
                        self._add(f"{posixpath.dirname(address)}/{kind}.png", data)
            except PressError as error:
                raise Abort(f"A PDF could not be made: {error}") from None
        if self.prints:
            self.counts["PDFs"] = self.store.made.get("pdfs", 0)

    def print_on_demand(self, address: str) -> bytes | None:
        """The PDF at an address, made now; None where there is none."""
        one = self.prints.get(address)
        try:
            return one.made(self.store)[0] if one else None
        except PressError as error:
            log.error("The PDF could not be made: %s", error)
            return None

    def _body(self, brief: Brief, around: Surroundings) -> Body:
        store = self.store
        key = digest(VERSION, brief.body, dict(around.texts), dict(around.addresses),
                     {name: vars(picture) for name, picture in around.pictures.items()})  # fmt: skip
        kept = store.get_json("bodies", key)
        if kept is not None:
            return Body(kept["html"], tuple(kept["toc"]), kept["words"], tuple(kept["lost"]))
        try:
            if self.serving and store.get("slow", key) is not None:
                raise TooLong  # waiting again at each save would hold up every other page
            body = render(replaced(brief.body), around)
        except TooLong:
            store.put("slow", key, b"1")
            self._fault(too_long(brief))
            return Body("", (), 0)
        store.put_json("bodies", key, vars(body))
        return body

    def context(self, url: str, series: Series, lang: str, *, of_series: bool = True) -> dict[str, Any]:
        """What the frame prints around a page at `url`, in `lang`."""
        url = "" if url == "./" else url
        settings = self.catalogue.settings
        words = texts(lang)
        menu: list[dict[str, Any]] = [
            {"label": words["all_briefs"] if len(settings.series) == 1 else one.title, "url": f"{one.slug}/",
             "current": url == f"{one.slug}/"} for one in settings.series
        ]  # fmt: skip
        footer: list[dict[str, Any]] = []
        menu += [{"label": words[f"{facet.name}s_heading"], "url": facet.url, "current": url == facet.url} for facet in self.facets if facet.rows]
        for item in self.nav.items if self.nav else ():
            if isinstance(item, Page) and not item.is_homepage:
                (footer if item.meta.get("footer") else menu).append({"label": str(item.title), "url": item.url, "current": item.url == url})
            elif item.children and (first := _first_page(item)) is not None:
                footer.append({"label": str(item.title), "url": first.url})
        return {
            "site": {
                "title": self.config.site_name,
                "description": self.config.site_description or settings.series[0].description,
                "base": posixpath.relpath("/", "/" + url) if url else ".",
                "canonical": (self.config.site_url or "") + url,
                "root": urlsplit(self.config.site_url or "/").path,
                "lang": lang,
                # The preview's live reload is a script in the page.
                "policy": "" if self.serving else POLICY,
                "sample": settings.sample,
                "noindex": settings.sample or self.preview is not None,
                "of_series": of_series or len(settings.series) == 1,
                "serving": self.serving,
                "covers": self.pdf and not self.serving,
                "preview": self.preview and {"url": PREVIEW, "text": self.overview["text"], "findings": self.preview.shared_findings()},
                "searchable": bool(self.briefs) and not self.serving,
                "menu": menu,
                "footer": footer,
                "series": [self._series(one) for one in settings.series],
                "feeds": [] if self.preview else [
                    {"name": name, "title": f"{one.title} ({name})", "type": kind, "url": f"{one.slug}/{file}", "series": one.slug}
                    for one in settings.series for file, (name, kind, _) in WRITERS.items()
                ],
                "assets": self.assets,
            },
            "series": self._series(series),
            "texts": words,
        }

    @cached_property
    def overview(self) -> dict[str, Any]:
        """What is not published; empty where nothing is previewed."""
        return self.preview.overview() if self.preview else {}

    def _series(self, series: Series) -> dict[str, Any]:
        return listing.series_entry(series) | {"stylesheet": self.assets.get(f"series-{series.slug}.css", "")}

    def _check_anchors(self) -> None:
        """Anchors between briefs and Markdown pages; MkDocs checks those between Markdown pages."""
        outlines = {id(file): (brief, self.outlines[brief.path]) for brief, file in self.briefs if not brief.withdrawal}
        for path, file in self.docs.items():
            for target, anchors in ((file.page and file.page.links_to_anchors) or {}).items():
                if id(target) not in outlines:
                    continue
                brief, outlined = outlines[id(target)]
                for anchor, typed in anchors.items():
                    if anchor not in outlined.anchors:
                        log.warning("%s contains a link '%s', but %s has no heading for '#%s'", path, typed, brief.path, anchor)
        for brief, _ in self.briefs:
            for link in () if brief.withdrawal else self.outlines[brief.path].links:
                full = posixpath.normpath(posixpath.join(posixpath.dirname(brief.path), link.target.partition("#")[0]))
                anchor = link.target.partition("#")[2]
                page = self.docs[full].page if full in self.docs and anchor else None
                if page is not None and anchor not in (page.present_anchor_ids or ()):
                    log.warning("%s:%s:%s: the link '%s' leads to no heading of %s", brief.path, *link.place, link.target, full)

    def _add_sitemap(self, files: Files) -> None:
        site_url = self.config.site_url or ""
        rows: list[tuple[str, dt.date | None]] = [
            (site_url + self.catalogue.permalink(brief), brief.changed) for brief, _ in self.briefs
        ]
        newest = max((brief.changed for brief, _ in self.briefs), default=None)
        rows += [(site_url + page.file.url, page.changed) for page in self.pages]
        for doc in files.documentation_pages():
            if doc.page is not None and not doc.inclusion.is_excluded():
                date = doc.page.meta.get("date")
                home = doc.page.is_homepage
                rows.append((site_url + ("" if home else doc.url), newest if home else date if isinstance(date, dt.date) else None))
        if self.preview is None:  # a preview is for nobody to harvest
            self._add("sitemap.xml", sitemap(rows))
        self.counts["pages"] = len(rows)


def _escapes(template: str | None) -> bool:
    """Whether values are escaped in a template: in ours; Material escapes by hand."""
    return template is not None and (template.startswith("parts/") or template.removesuffix(".html") in OWN_TEMPLATES)


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
