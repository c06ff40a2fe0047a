"""One build's own pages: what there is to write, and how it is rendered.

Everything is made in units: the page of a brief with what lies beside it, a list, a feed. A unit
has a key, the digest of all that it is made of; one that stands in the site under the same key is
left alone.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import os
import posixpath
import re
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
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

from briefpress import listing, search
from briefpress.body import VERSION, Body, Surroundings, render
from briefpress.brief import Brief
from briefpress.checks import Survey, bad_figure, levelled, lost_link, missing_glyph, too_long
from briefpress.checks.files import logo, portrait
from briefpress.checks.ledger import Outlines, moment
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
from briefpress.record.references import bibtex, csl_file, reference_files, ris
from briefpress.record.signposting import linkset
from briefpress.record.sitemap import Page as MapPage
from briefpress.record.sitemap import robots, sitemaps
from briefpress.record.tables import tables
from briefpress.record.work import Work
from briefpress.series import Catalogue, Series
from briefpress.site.assets import FOLDER, assets
from briefpress.staging import Staging, Unit
from briefpress.store import Store, digest, tool
from briefpress.texts import texts
from briefpress.typeset import CARDS, Print
from briefpress.typeset.document import ACCENT
from briefpress.typeset.press import PressError
from briefpress.typeset.press import version as press_version
from briefpress.workers import Died, Job, Workers, WorkersError

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
_COMPILED = Path(__file__).parent / "__pycache__"
"""Where Python keeps what it compiled of this package; templates are kept there too, since who can write there can run anything."""
_UNUSED = 30 * 86400
"""Seconds after which a compiled template of another state goes."""
AHEAD = 256
"""Briefs whose texts are set while the page of one before them is made."""
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
    """A brief as MkDocs knows it: something that pages can link to. What is at its address comes from us."""

    def __init__(self, src_uri: str, dest_uri: str, config: MkDocsConfig) -> None:
        super().__init__(src_uri, None, config.site_dir, config.use_directory_urls, dest_uri=dest_uri,
                         inclusion=InclusionLevel.NOT_IN_NAV)  # fmt: skip
        self.generated_by = "briefpress"
        self.abs_src_path = None

    def is_documentation_page(self) -> bool:
        """Never: MkDocs would render it."""
        return False


class SiteFiles(Files):
    """The files of MkDocs, and the briefs as soon as somebody links to them: there can be ten thousand."""

    def __init__(self, files: Iterable[File], brief_at: Callable[[str], OwnFile | None]) -> None:
        super().__init__(files)
        self._brief_at = brief_at

    def get_file_from_path(self, path: str) -> File | None:
        """The file at a path from the folder of the pages."""
        return super().get_file_from_path(path) or self._brief_at(path)


@dataclass
class OwnPage:
    """A page of our own besides the briefs."""

    url: str
    template: str
    series: Series
    values: dict[str, Any]
    """What the template prints."""
    changed: dt.date | None = None
    """The date of its record."""
    kind: str = "pages"
    """What it is counted as."""


@dataclass
class Ready:
    """What the text of a brief is set with."""

    outlined: Outline
    media: dict[str, Media]
    drawn: dict[str, tuple[Figure, Drawn]]
    around: Surroundings
    key: str
    """Of the body, in the store."""
    fault: Finding | None
    """A figure that cannot be drawn."""
    uses: set[tuple[str, str]]
    """The entries of the store that it was made from."""
    job: Job | None = None
    """Where the text is being set by others."""


@dataclass
class Rendering:
    """What one build holds between MkDocs' events."""

    config: MkDocsConfig
    root: Path
    """The project's folder."""
    survey: Survey
    staging: Staging
    store: Store
    source: str
    """The address of a brief's file with `{path}` in it, or empty."""
    serving: bool
    progress: Progress
    preview: Preview | None = None
    """What is shown besides the published, or None for a site that is published."""
    pdf: bool = False
    """Whether each brief has a PDF."""
    searched: bool = True
    """Whether the site can be searched."""
    workers: Workers | None = None
    """What sets texts besides this process."""
    pages: list[OwnPage] = field(default_factory=list)
    moved: list[OwnPage] = field(default_factory=list)
    """Pages at old addresses."""
    docs: dict[str, File] = field(default_factory=dict)
    """The site's Markdown pages by their path from the project's folder."""
    assets: dict[str, str] = field(default_factory=dict)
    """Name → address of stylesheets, scripts and fonts."""
    nav: Navigation | None = None
    counts: dict[str, int] = field(default_factory=dict)
    made: dict[str, int] = field(default_factory=dict)
    """How many units of each kind were made in this build."""

    def __post_init__(self) -> None:
        catalogue = self.preview.catalogue if self.preview else self.survey.catalogue
        assert catalogue is not None, "without one nothing is built"
        self.catalogue: Catalogue = catalogue
        self.seen = self.survey.ledger.seen
        self.outlines = self.survey.outlines if catalogue.by_path.keys() <= self.survey.outlines.briefs.keys() else Outlines(catalogue.by_path)
        self.briefs: tuple[Brief, ...] = (*catalogue.public, *(self.preview.apart if self.preview else ()))
        self._linked: dict[str, tuple[Brief, OwnFile]] = {}
        self._related: dict[str, Sequence[Brief]] = {}
        self._taken: dict[str, str] = {}
        self._faulty = False
        self._stands = False
        """Whether the site that stands was made of the same, but for the texts of briefs."""

    # -- what there is to write ------------------------------------------------------------------

    def plan(self, files: Files) -> Files:
        """Claim the addresses of the briefs, the lists and what else is ours; what is there is made later."""
        for file in list(files):
            own = file.abs_src_path and Path(file.abs_src_path).is_relative_to(FOLDER)
            if own or file.src_uri == "sitemap.xml" or _MATERIALS_SEARCH.match(file.src_uri):
                files.remove(file)  # ours come with true dates, and under names with a hash
        self._leave_links_out(files)
        for file in files.documentation_pages():
            if file.abs_src_path and (path := Path(file.abs_src_path).resolve()).is_relative_to(self.root):
                self.docs[path.relative_to(self.root).as_posix()] = file
        self._foreign = [file.dest_uri for file in files]
        self._taken = {file.dest_uri: file.src_uri for file in files}
        for brief in self.briefs:
            self._claim(f"{self.catalogue.permalink(brief)}index.html", brief.path)
        before = self.staging.before
        same = before is not None and self._state and before.state.startswith(self._state)
        # What depends on no text of a brief: an edit of one does not think of a thousand lists.
        lists = _named("lists", before.units) if before and same else [f"{page.url}index.html" for page in self._lists]
        self._of_lists = {address for address in lists if self._claim(address)}
        first = self.catalogue.settings.series[0]
        self._plan_page(OwnPage("search/", "search.html", first, {}))
        if self.preview is not None:
            self._plan_page(OwnPage(PREVIEW, "preview.html", first, {"overview": self.overview}))
            for unread in self.preview.unread:
                values = {"path": unread, "findings": self.preview.rows(unread)}
                self._plan_page(OwnPage(self.preview.unread_address(unread), "faulty.html", first, values))
        self.assets, self._assets = assets(self.store, self.catalogue.settings.series)
        for brief in self.catalogue.public:
            self._plan_aliases(brief)
        return SiteFiles(files, self._brief_at)

    def _brief_at(self, path: str) -> OwnFile | None:
        """The brief at a path from the folder of the pages, `../briefs/2024/7.md`, if it has a page."""
        full = posixpath.normpath(posixpath.join(self._docs_folder, path))
        if full not in self._linked:
            brief = self.catalogue.by_path.get(full)
            if brief is None or not (self.preview or self.catalogue.shows(brief)):
                return None
            self._linked[full] = brief, OwnFile(path, f"{self.catalogue.permalink(brief)}index.html", self.config)
        return self._linked[full][1]

    @cached_property
    def _docs_folder(self) -> str:
        return posixpath.relpath(Path(self.config.docs_dir).resolve().as_posix(), self.root.as_posix())

    @cached_property
    def facets(self) -> tuple[listing.Facet, ...]:
        """Authors, topics and regions."""
        return listing.facets(self.catalogue)

    @cached_property
    def _lists(self) -> list[OwnPage]:
        """Every page of a list, and the indexes."""
        return [OwnPage(page.url, page.template, page.series, {"listing": page.listing}, page.changed, "lists")
                for page in listing.lists(self.catalogue, self.facets)]  # fmt: skip

    def _plan_page(self, page: OwnPage) -> None:
        if self._claim(f"{page.url}index.html"):
            self.pages.append(page)

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
        self._faulty = True
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
            if self._claim(address, f"{brief.path}, alias {alias}"):
                self.moved.append(OwnPage(address, "moved.html", self.catalogue.series(brief), values))

    def _claim(self, address: str, source: str = "") -> bool:
        """Take an address; False where a server goes on without it.

        Raises:
            Abort: something else is at that address.
        """
        source = source or address
        other = self._taken.setdefault(address, source)
        if other is source:
            return True
        message = f"Two pages have one address, {address}: {other} and {source}. Rename one of them."
        if not self.serving:
            raise Abort(message)
        log.error("%s", message)  # the first stays
        return False

    # -- what a unit is made of ----------------------------------------------------------------------

    @cached_property
    def _base(self) -> str:
        """What every unit is made of: this tool, templates of the project's own, and options."""
        config = self.config
        # A template can include any file, and call what a hook gives it.
        files = [self.root / name for name in config.hooks]
        if config.theme.custom_dir:
            files += sorted(file for file in Path(config.theme.custom_dir).rglob("*") if file.is_file())
        state = [part for file in files for part in (os.path.relpath(file, self.root), file.read_bytes())]
        return digest(tool(), *state, self.source, config.site_url, config.site_name, self.serving, self.pdf, self.preview is not None)

    @cached_property
    def _heads(self) -> dict[str, str]:
        """What lists and the record depend on of each brief, by its path."""
        now, today = self.catalogue.now, self.catalogue.now.astimezone(self.catalogue.settings.timezone).date()
        return {brief.path: f"{brief.path} {self._of(brief)} {moment(brief, now, today)}" for brief in self.catalogue.briefs}

    @cached_property
    def _state(self) -> str:
        """What anything can be made of besides the text of its brief and the frame; empty where that cannot be told."""
        catalogue, seen = self.catalogue, self.seen
        if not all(brief.path in seen for brief in catalogue.briefs):
            return ""
        beside = (seen[brief.path].beside for brief in catalogue.briefs)
        docs = (f"{path} {file.url}" for path, file in self.docs.items())
        addresses = (f"{path} {address}" for path, address in catalogue.addresses.items())
        return _key(self._base, self.survey.ledger.by, *self._heads.values(), *beside, *docs, *addresses, *self._foreign)[:_HALF]

    def _frames_state(self) -> str:
        """The state of every frame that a page can have."""
        langs = sorted({brief.lang for brief in self.briefs} | {series.lang for series in self.catalogue.settings.series})
        return _key(*(self._frame_key(series, lang, of_series=of_series)
                      for series in self.catalogue.settings.series for lang in langs for of_series in (True, False)))[:_HALF]  # fmt: skip

    def _of(self, brief: Brief) -> str:
        seen = self.seen.get(brief.path)
        return f"{seen.head} {seen.settings}" if seen else str(id(brief))

    @cached_property
    def _records(self) -> dict[str, str]:
        """As `_heads`, with what a work says of its translations and of the files beside it."""
        kin = self.catalogue.translations
        return {
            brief.path: "\1".join([self._heads[brief.path], seen.beside if (seen := self.seen.get(brief.path)) else "",
                                  *(self._heads[other.path] for other in kin.get(brief.path, ()))])
            for brief in self.catalogue.public
        }  # fmt: skip

    def _record_key(self, briefs: Iterable[Brief], *more: str) -> str:
        return _key(self._base, self.survey.ledger.by, *more, *(self._records[brief.path] for brief in briefs))

    def _brief_key(self, brief: Brief) -> str:
        """What the page of a brief and all that lies beside it are made of; empty where that cannot be told.

        Its second half is of what is the brief's own: as long as that and the state of the site are the same, so is the first.
        """
        seen = self.seen.get(brief.path)
        if seen is None or seen.brief is not brief:
            return ""
        findings = digest(self.preview.rows(brief.path)) if self.preview and brief.path in self.preview.findings else ""
        own = _key(seen.text, seen.beside, findings)[:_HALF]
        if self._stands and (unit := self._before.get(f"briefs {brief.path}")) and unit.key.endswith(own):
            return unit.key
        catalogue = self.catalogue
        beside = [one for one in catalogue.neighbours.get(brief.path, ()) if one]
        others = (*beside, *self._related_to(brief), *catalogue.translations.get(brief.path, ()))
        around = _key(
            self._base, self._frame_key(catalogue.series(brief), brief.lang, of_series=True), self._heads[brief.path],
            catalogue.permalink(brief), "in a list" if brief.path in catalogue.neighbours else "",
            *(f"{target} {self._address_of(target)}" for target in seen.targets),
            "".join("01"[one is None] for one in catalogue.neighbours.get(brief.path, ())),
            *(f"{self._heads[one.path]} {catalogue.permalink(one)}" for one in others),
        )  # fmt: skip
        return around[:_HALF] + own

    @cached_property
    def _before(self) -> Mapping[str, Unit]:
        """The units of the site that stands."""
        return self.staging.before.units if self.staging.before else {}

    def _paper_key(self, brief: Brief, key: str) -> str:
        """What the PDF of a brief is made of, and its cards: besides the page a logo, and the typesetter with its faces."""
        return key and _key(key, self._press[self.catalogue.series(brief).slug])

    @cached_property
    def _press(self) -> dict[str, str]:
        found = {one.slug: logo(one, self.root) if one.logo else None for one in self.catalogue.settings.series}
        return {slug: digest(press_version(), file.read_bytes() if isinstance(file, Path) else b"") for slug, file in found.items()}

    def _address_of(self, path: str) -> str:
        """What a link from a brief to a path becomes, as far as others decide it."""
        brief = self.catalogue.by_path.get(path)
        if brief is None:
            return self.docs[path].url if path in self.docs else ""
        return f"{self.catalogue.permalink(brief)} {self.catalogue.shows(brief)} {bool(brief.withdrawal)}"

    def _related_to(self, brief: Brief) -> Sequence[Brief]:
        """What to read next."""
        if brief.path not in self._related:
            self._related[brief.path] = listing.related(self.catalogue, brief)
        return self._related[brief.path]

    # -- rendering -------------------------------------------------------------------------------

    def render(self, env: jinja2.Environment, files: Files) -> None:
        """Make every unit that does not stand as it is; by now all Markdown pages have been read."""
        env.autoescape = _escapes
        self._keep_compiled(env)
        self._env = env.overlay(undefined=jinja2.StrictUndefined)  # Material's templates rely on the lenient one
        state = self._state and self._state + self._frames_state()
        self._stands = self.staging.stands(state)
        self._render_briefs()
        self._check_foreign()
        for page in self.pages:
            self._render_page(page, f"{page.url}index.html", page.url)
        for page in self.moved:
            folder = posixpath.dirname(page.url)  # an old address can end in .html
            self._render_page(page, page.url, folder and f"{folder}/", page.values["lang"])
        self._add_files()
        self._check_anchors()
        if self._stands:
            for kind in ("lists", "feeds", "record"):
                for name in _named(kind, self._before):
                    self.staging.keep(f"{kind} {name}", self._before[f"{kind} {name}"].key)
        else:
            for page in self._lists:
                if (address := f"{page.url}index.html") in self._of_lists:
                    self._render_page(page, address, page.url)
            self._add_record()
        self._tell_of_repec()
        self._add_sitemap(files)
        if not self.survey.ledger.overtaken:
            self.staging.now.state = state

    def _keep_compiled(self, env: jinja2.Environment) -> None:
        """Let templates be compiled once. Filters of a hook and what is escaped are compiled too, so another state has other files."""
        if sys.dont_write_bytecode or not os.access(_COMPILED, os.W_OK):
            return
        start = f"template-{self._base[:12]}-"
        env.bytecode_cache = jinja2.FileSystemBytecodeCache(str(_COMPILED), f"{start}%s.pyc")
        for file in _COMPILED.glob("template-*"):
            with suppress(OSError):
                if not file.name.startswith(start) and file.stat().st_mtime < time.time() - _UNUSED:
                    file.unlink()

    def _unit(self, kind: str, name: str, key: str, make: Callable[[], Mapping[str, bytes | str]]) -> None:
        """Make a unit, unless it stands."""
        if self.staging.keep(f"{kind} {name}", key) is None:
            self.made[kind] = self.made.get(kind, 0) + 1
            self.staging.put(f"{kind} {name}", key, {address: _bytes(content) for address, content in make().items()})

    def _render_page(self, page: OwnPage, address: str, url: str, lang: str = "") -> None:
        lang = lang or page.series.lang
        of_series = page.template == "moved.html" or url.startswith(f"{page.series.slug}/")
        key = _key(self._base, self._frame_key(page.series, lang, of_series=of_series), page.template, digest(page.values))

        def make() -> dict[str, str]:
            context = self.context(url, page.series, lang, of_series=of_series)
            return {address: _tidy(self._env.get_template(page.template).render(context, **page.values))}

        self._unit(page.kind, address, key, make)

    def _render_briefs(self) -> None:
        """Make the pages of the briefs that changed, and what lies beside them."""
        to_make: list[tuple[Brief, str]] = []
        papers: list[tuple[Brief, str, Print | None]] = []
        for brief in self.briefs:
            key = self._brief_key(brief)
            unit = self.staging.keep(f"briefs {brief.path}", key) if key else None
            if unit is None:
                to_make.append((brief, key))
            else:
                self._tell(brief, unit)
            if self._on_paper(brief):
                of_paper = self._paper_key(brief, key)
                paper = self.staging.keep(f"papers {brief.path}", of_paper) if of_paper else None
                if paper is not None:
                    self._tell(brief, paper)
                elif unit is not None:
                    papers.append((brief, of_paper, None))
        self.made["briefs"] = len(to_make)
        self.counts["files"] = 0
        try:
            for brief, key in self.progress.track(self._ahead(to_make), "briefs", len(to_make)) if to_make else ():
                one = self._render_brief(brief, key)
                if self._on_paper(brief) and f"papers {brief.path}" not in self.staging.now.units:
                    papers.append((brief, self._paper_key(brief, key), one))
        except WorkersError as error:
            raise Abort(f"The texts could not be set: {error}.") from None
        finally:
            if self.workers is not None:
                self.workers.close()
                for note in self.workers.notes:
                    log.info("%s", note)
        self._print_all(papers)

    def _ahead(self, to_make: Sequence[tuple[Brief, str]]) -> Iterator[tuple[Brief, str]]:
        """The same in their order; while their pages are made, the texts of those that follow are set elsewhere."""
        new = [brief for brief, key in to_make if not brief.withdrawal and not (key and self.store.has("pages", key))]
        if self.workers is None or not self.workers.worth(len(new)):
            yield from to_make
            return
        paths = {brief.path for brief in new}
        for start in range(0, len(to_make) + AHEAD, AHEAD):
            self._give_out(self.workers, [brief for brief, _ in to_make[start : start + AHEAD] if brief.path in paths])
            yield from to_make[max(0, start - AHEAD) : start]

    def _give_out(self, workers: Workers, briefs: Sequence[Brief]) -> None:
        """Let texts be set that are not kept."""
        asked: list[tuple[Brief, Ready]] = []
        for brief in briefs:
            ready = self._readied[brief.path] = self._ready(brief)
            if not self.store.has("bodies", ready.key) and not (self.serving and self.store.has("slow", ready.key)):
                asked.append((brief, ready))
        jobs = workers.submit(render, [(replaced(brief.body), ready.around) for brief, ready in asked])
        for (_, ready), job in zip(asked, jobs, strict=True):
            ready.job = job

    @cached_property
    def _readied(self) -> dict[str, Ready]:
        """What is ready for briefs whose turn comes."""
        return {}

    def _on_paper(self, brief: Brief) -> bool:
        return self.pdf and not self.serving and self.catalogue.shows(brief)

    def _tell(self, brief: Brief, unit: Unit) -> None:
        """Say again what was noticed when a unit that stands was made."""
        for note in unit.notes:
            kind, *said = json.loads(note)
            if kind == "lost":
                self._weigh(brief, lost_link(brief, said[0]), on_page=True)
            else:
                self._weigh(brief, missing_glyph(brief, said[0], said[1]))

    def _render_brief(self, brief: Brief, key: str) -> Print | None:
        """Make the page of a brief; give what is to be printed of it, where that was found out on the way."""
        url, name = self.catalogue.permalink(brief), f"briefs {brief.path}"
        kept = self.store.get_json("pages", key) if key else None
        one = None
        if kept is None:
            self._faulty = False
            with self.store.noting() as uses:
                kept, one = self._page(brief)
            kept["uses"] = sorted(uses)
            if self._faulty or not self.survey.ledger.stands(brief.path):
                key = ""
            elif key:
                self.store.put_json("pages", key, kept)
        else:
            self._tell(brief, Unit("", notes=kept["notes"]))
        files = {f"{url}{at}": text.encode() for at, text in kept["texts"].items()}
        files |= {f"{url}{at}": (self.root / brief.folder / at).read_bytes() for at in kept["files"]}
        self.counts["files"] = self.counts.get("files", 0) + len(kept["files"])
        if kept["files"] and not self.survey.ledger.stands(brief.path):
            key = ""
        for address in list(files):
            if address != f"{url}index.html" and address in self._taken and not self._claim(address, brief.path):
                del files[address]
        self.staging.put(name, key, files, kept["notes"])
        return one

    def _page(self, brief: Brief) -> tuple[dict[str, Any], Print | None]:
        """What lies at the address of a brief, but for its PDF: texts by their names, and files that are copied."""
        url = self.catalogue.permalink(brief)
        page, one, work, drawn, media, lost = self._set(brief)
        notes = []
        for target in lost:
            self._weigh(brief, lost_link(brief, target), on_page=True)
            notes.append(json.dumps(["lost", target]))
        found = {name: figure.svg for name, (_, figure) in drawn.items()}
        if self.preview is None:  # a preview is for nobody to harvest
            page["head"] = head(work, self.config.site_name)
            found |= {"cite.bib": bibtex(work), "cite.ris": ris(work), "cite.csl.json": csl_file(work), "linkset.json": linkset(work)}
        else:
            page["head"] = None
        page["body"] = Markup(page["body"])  # cleaned by body.render
        if url.startswith(PREVIEW):
            page["permalink"] = ""  # it has none yet
        page["findings"] = self.preview.rows(brief.path) if self.preview else []
        template = self._env.get_template("brief.html")
        found["index.html"] = _tidy(template.render(self.context(url, self.catalogue.series(brief), brief.lang), brief=page))
        return {"texts": found, "files": sorted(media), "notes": notes}, one

    def _set(self, brief: Brief) -> tuple[dict[str, Any], Print | None, Work, dict[str, tuple[Figure, Drawn]], dict[str, Media], list[str]]:
        """Set the text of a brief, and bring together what is printed around it."""
        ready = self._readied.pop(brief.path, None) or self._ready(brief)
        self.store.note(ready.uses)
        outlined, media, drawn = ready.outlined, ready.media, ready.drawn
        if ready.fault is not None:
            self._fault(ready.fault)
        # Of a withdrawn brief no text is shown, so none is set.
        body = Body("", (), 0) if brief.withdrawal else self._body(brief, ready)
        work = self._work(brief, media)
        page = brief_page(work, body, outlined, self.catalogue, media, related=self._related_to(brief), source=self.source)
        one = Print.of(brief, self.catalogue, self.root, page, media, drawn, work.site_url) if page["pdf"] else None
        return page, one, work, drawn, media, sorted(set(body.lost) - {link.target for link in outlined.links})

    def _ready(self, brief: Brief) -> Ready:
        """Bring together what the text of a brief is set with."""
        outlined = self.outlines[brief.path]
        media = published_files(brief, outlined, self.root)
        with self.store.noting() as uses:
            drawn, fault = self._draw(brief)
        docs = {path: "" if file.url == "./" else file.url for path, file in self.docs.items()}
        around = surroundings(brief, outlined, self.catalogue, media, docs, drawn)
        key = digest(VERSION, brief.body, dict(around.texts), dict(around.addresses),
                     {name: vars(picture) for name, picture in around.pictures.items()})  # fmt: skip
        return Ready(outlined, media, drawn, around, key, fault, uses)

    # -- for others to harvest ---------------------------------------------------------------------

    @cached_property
    def works(self) -> list[Work]:
        """Those of the public briefs, in the order of the catalogue."""
        return [self.work(brief) for brief in self.catalogue.public]

    def work(self, brief: Brief) -> Work:
        """A public brief as the world refers to it."""
        if brief.path not in self._works:
            own = brief.pdf is not None and self.pdf
            self._works[brief.path] = self._work(brief, published_files(brief, self.outlines[brief.path], self.root) if own else {})
        return self._works[brief.path]

    @cached_property
    def _works(self) -> dict[str, Work]:
        return {}

    def _work(self, brief: Brief, media: dict[str, Media]) -> Work:
        site_url, url = self.config.site_url or "", self.catalogue.permalink(brief)
        if not self.pdf or not self.catalogue.shows(brief):
            return Work.of(self.catalogue, brief, site_url)
        own = brief.pdf.text if brief.pdf and brief.pdf.text in media else ""
        return Work.of(
            self.catalogue, brief, site_url, pdf=site_url + url + (own or self.catalogue.pdf_name(brief)),
            card="" if self.serving else f"{site_url}{url}card.png",
        )  # fmt: skip

    def _add_files(self) -> None:
        """Assets, portraits, and what hosts read."""
        for row in self.facets[0].rows:
            author = row.author
            if author and author.photo and isinstance(picture := portrait(author, row.path, self.root), Path):
                address, data = listing.author_entry(author)["photo"], picture.read_bytes()
                if self._claim(address):
                    self._unit("files", address, digest(data), lambda address=address, data=data: {address: data})  # type: ignore[misc]  # bound now
        self._unit("files", "assets", _key(*self._assets), lambda: self._assets)
        headers = HEADERS.replace("/*\n", "/*\n  X-Robots-Tag: noindex\n", 1) if self.preview else HEADERS
        if "_headers" not in self._foreign:
            self._unit("files", "_headers", digest(headers), lambda: {"_headers": headers})

    def _add_record(self) -> None:
        """What is made of the whole: feeds, tables, references, and the files that services fetch."""
        if self.preview is not None:
            return
        site_url, settings = self.config.site_url or "", self.catalogue.settings
        for series in settings.series:
            briefs = self.catalogue.of(series)
            key = self._record_key(briefs, series.slug)

            def of_series(series: Series = series, briefs: Sequence[Brief] = briefs) -> dict[str, str]:
                works = tuple(map(self.work, briefs))
                feed = self._feed(series, series.title, f"{series.slug}/", series.description, works)
                found = {f"{series.slug}/{name}": write(feed, f"{feed.home}{name}") for name, (_, _, write) in WRITERS.items()}
                return found | reference_files(series.slug, works)

            self._unit("record", series.slug, key, of_series)
        for facet in self.facets[:2]:
            for row in facet.rows:

                def of_row(row: listing.Row = row) -> dict[str, str]:
                    title = f"{row.label} | {self.config.site_name}"
                    feed = self._feed(settings.series[0], title, row.url, "", tuple(map(self.work, row.briefs)))
                    return {f"{row.url}feed.xml": rss(feed, f"{feed.home}feed.xml")}

                self._unit("feeds", row.url, self._record_key(row.briefs, row.label), of_row)
        every = self._record_key(self.catalogue.public)
        self._unit("record", "tables", every, lambda: tables(self.works))
        if "robots.txt" not in self._foreign:  # that of docs/ is meant
            self._unit("record", "robots.txt", self._base, lambda: {"robots.txt": robots(site_url)})
        if not settings.sample and any(series.repec for series in settings.series):
            self._unit("record", "RePEc", every, lambda: repec.files(settings.series, self.works, site_url))

    def _tell_of_repec(self) -> None:
        settings = self.catalogue.settings
        if self.preview is not None:
            return
        if settings.sample:
            log.info("no files for RePEc: the series is a sample")
            return
        for series in settings.series:
            if series.repec is None:
                log.info("no files for RePEc of %s: it has no repec in series.yml", series.slug)

    def _feed(self, series: Series, title: str, url: str, about: str, works: tuple[Work, ...]) -> Feed:
        site_url = self.config.site_url or ""
        return Feed(title, site_url + url, about, series.lang, series.publisher, self.catalogue.settings.timezone, works)

    # -- on paper ----------------------------------------------------------------------------------

    def _draw(self, brief: Brief) -> tuple[dict[str, tuple[Figure, Drawn]], Finding | None]:
        try:
            return drawn_figures(brief, self.root, self.catalogue.series(brief).colour or ACCENT, self.store), None
        except FigureFault as fault:
            return {}, bad_figure(brief, fault.place, fault.message)

    def _print_all(self, papers: Sequence[tuple[Brief, str, Print | None]]) -> None:
        """Set what changed, on every processor; the typesetter lets Python go on meanwhile."""
        if self.pdf and not self.serving:
            self.counts["PDFs"] = 0
        if not papers:
            return

        def made(item: tuple[Brief, str, Print | None]) -> tuple[dict[str, bytes], list[str]]:
            brief, key, one = item
            with self.store.noting() as uses:
                found, notes = printed(brief, one)
            if key:
                self.store.put_json("papers", key, {"uses": sorted(uses)})
            return found, notes

        def printed(brief: Brief, one: Print | None) -> tuple[dict[str, bytes], list[str]]:
            one = one or self._set(brief)[1]
            assert one is not None, "what is on paper has a PDF"
            address = self.work(brief).pdf.removeprefix(self.config.site_url or "")
            folder = posixpath.dirname(address)
            own = address in self.staging.now.units[f"briefs {brief.path}"].files  # a designer's is there already
            data, missing = (b"", []) if own else one.made(self.store)
            found = {f"{folder}/{kind}.png": one.card(self.store, kind) for kind in CARDS} | ({} if own else {address: data})
            waived = own or any(waiver.rule.text == "glyph-missing" for waiver in brief.waivers)
            lacking = [] if waived else [*((char, "") for char in missing), *((char, name) for name, char in one.unlettered)]
            return found, [json.dumps(["glyph", *pair]) for pair in lacking]

        with ThreadPoolExecutor(os.cpu_count()) as pool:
            try:
                done = self.progress.track(pool.map(made, papers), "PDFs", len(papers))
                for (brief, key, _), (files, notes) in zip(papers, done, strict=True):
                    for address in [address for address in files if address in self._taken]:
                        if not self._claim(address, brief.path):
                            del files[address]
                    self.staging.put(f"papers {brief.path}", key if self.survey.ledger.stands(brief.path) else "", files, notes)
                    self._tell(brief, Unit("", notes=notes))
            except PressError as error:
                raise Abort(f"A PDF could not be made: {error}") from None
        self.made["papers"] = len(papers)
        self.counts["PDFs"] = self.store.made.get("pdfs", 0)

    def print_on_demand(self, address: str) -> bytes | None:
        """The PDF at an address, made now; None where there is none."""
        folder, _, name = address.rpartition("/")
        brief = next((one for one in self.catalogue.public if self.catalogue.permalink(one) == f"{folder}/"), None)
        if not self.pdf or brief is None or name != self.catalogue.pdf_name(brief):
            return None
        try:
            one = self._set(brief)[1]
            return one.made(self.store)[0] if one else None
        except PressError as error:
            log.error("The PDF could not be made: %s", error)
            return None

    def _body(self, brief: Brief, ready: Ready) -> Body:
        store, key = self.store, ready.key
        kept = store.get_json("bodies", key)
        if kept is not None:
            return Body(kept["html"], tuple(kept["toc"]), kept["words"], tuple(kept["lost"]))
        try:
            if self.serving and store.get("slow", key) is not None:
                raise TooLong  # waiting again at each save would hold up every other page
            if ready.job is not None and self.workers is not None:
                body: Body = self.workers.result(ready.job)
            else:
                body = render(replaced(brief.body), ready.around)
        except (TooLong, Died) as error:
            store.put("slow", key, b"1")
            self._fault(too_long(brief, died=isinstance(error, Died)))
            return Body("", (), 0)
        store.put_json("bodies", key, vars(body))
        return body

    # -- the frame -----------------------------------------------------------------------------------

    def _frame_key(self, series: Series, lang: str, *, of_series: bool) -> str:
        return self._frame(series, lang, of_series)[1]

    def _frame(self, series: Series, lang: str, of_series: bool) -> tuple[dict[str, Any], str]:
        """What the frame prints around every page of a series, and its digest."""
        known = self._frames.get((series.slug, lang, of_series))
        if known is None:
            frame = self._make_frame(series, lang, of_series)
            known = self._frames[series.slug, lang, of_series] = frame, digest(frame | {"texts": dict(frame["texts"])})
        return known

    @cached_property
    def _frames(self) -> dict[tuple[str, str, bool], tuple[dict[str, Any], str]]:
        return {}

    def context(self, url: str, series: Series, lang: str, *, of_series: bool = True) -> dict[str, Any]:
        """What the frame prints around a page at `url`, in `lang`."""
        url = "" if url == "./" else url
        frame, _ = self._frame(series, lang, of_series)
        site = frame["site"] | {
            "base": posixpath.relpath("/", "/" + url) if url else ".",
            "canonical": (self.config.site_url or "") + url,
            "menu": [item | {"current": item["url"] == url} for item in frame["site"]["menu"]],
            "footer": [item | {"current": item["url"] == url} if "current" in item else item for item in frame["site"]["footer"]],
        }
        return frame | {"site": site}

    def _make_frame(self, series: Series, lang: str, of_series: bool) -> dict[str, Any]:
        settings = self.catalogue.settings
        words = texts(lang)
        menu: list[dict[str, Any]] = [
            {"label": words["all_briefs"] if len(settings.series) == 1 else one.title, "url": f"{one.slug}/"} for one in settings.series
        ]
        footer: list[dict[str, Any]] = []
        menu += [{"label": words[f"{facet.name}s_heading"], "url": facet.url} for facet in self.facets if facet.rows]
        for item in self.nav.items if self.nav else ():
            if isinstance(item, Page) and not item.is_homepage:
                (footer if item.meta.get("footer") else menu).append({"label": str(item.title), "url": item.url, "current": False})
            elif item.children and (first := _first_page(item)) is not None:
                footer.append({"label": str(item.title), "url": first.url})
        return {
            "site": {
                "title": self.config.site_name,
                "description": self.config.site_description or settings.series[0].description,
                "root": urlsplit(self.config.site_url or "/").path,
                "lang": lang,
                # The preview's live reload is a script in the page.
                "policy": "" if self.serving else POLICY,
                "sample": settings.sample,
                "noindex": settings.sample or self.preview is not None,
                "of_series": of_series or len(settings.series) == 1,
                "serving": self.serving,
                "covers": self.pdf and not self.serving,
                "preview": self.preview and {"url": PREVIEW, "text": _UNPUBLISHED, "findings": self.preview.shared_findings()},
                "searchable": bool(self.briefs) and not self.serving and self.searched,
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
        }  # fmt: skip

    @cached_property
    def overview(self) -> dict[str, Any]:
        """What is not published; empty where nothing is previewed."""
        return self.preview.overview() if self.preview else {}

    def _series(self, series: Series) -> dict[str, Any]:
        return listing.series_entry(series) | {"stylesheet": self.assets.get(f"series-{series.slug}.css", "")}

    # -- after all pages are known -------------------------------------------------------------------

    @cached_property
    def gone(self) -> frozenset[str]:
        """The permalinks of withdrawn briefs: their headings are gone."""
        return frozenset(self.catalogue.permalink(brief) for brief in self.catalogue.public if brief.withdrawal)

    def _check_anchors(self) -> None:
        """Anchors between briefs and Markdown pages; MkDocs checks those between Markdown pages."""
        linked = {id(file): brief for brief, file in self._linked.values() if not brief.withdrawal}
        for path, file in self.docs.items():
            for target, anchors in ((file.page and file.page.links_to_anchors) or {}).items():
                if id(target) not in linked:
                    continue
                brief = linked[id(target)]
                for anchor, typed in anchors.items():
                    if anchor not in self.outlines[brief.path].anchors:
                        log.warning("%s contains a link '%s', but %s has no heading for '#%s'", path, typed, brief.path, anchor)
        for brief in self.briefs:
            seen = self.seen.get(brief.path)
            for link in seen.into_docs if seen and not brief.withdrawal else ():
                full = posixpath.normpath(posixpath.join(posixpath.dirname(brief.path), link.target.partition("#")[0]))
                page = self.docs[full].page if full in self.docs else None
                if page is not None and link.target.partition("#")[2] not in (page.present_anchor_ids or ()):
                    log.warning("%s:%s:%s: the link '%s' leads to no heading of %s", brief.path, *link.place, link.target, full)

    def _add_sitemap(self, files: Files) -> None:
        site_url = self.config.site_url or ""
        docs: list[tuple[str, dt.date | None]] = []
        newest = max((brief.changed for brief in self.briefs), default=None)
        for doc in files.documentation_pages():
            if doc.page is not None and not doc.inclusion.is_excluded():
                date = doc.page.meta.get("date")
                home = doc.page.is_homepage
                docs.append((site_url + ("" if home else doc.url), newest if home else date if isinstance(date, dt.date) else None))
        self.counts["pages"] = len(self.briefs) + len(self._of_lists) + len(self.pages) + len(docs)
        if self.preview is not None:  # a preview is for nobody to harvest
            return

        def make() -> dict[str, str]:
            groups: dict[str, list[MapPage]] = defaultdict(list)
            for brief in self.briefs:
                groups[str(listing.year_of(brief))].append((site_url + self.catalogue.permalink(brief), brief.changed))
            ours = [(site_url + page.url, page.changed) for page in (*self._lists, *self.pages)]
            return sitemaps({**groups, "pages": ours + docs}, site_url)

        key = self._state and _key(self._state, *(f"{address} {date}" for address, date in docs))
        self._unit("record", "sitemap.xml", key, make)

    def add_search(self) -> None:
        """Make the search index of what changed.

        Raises:
            SearchError: it could not be made.
        """
        store = self.store.folder / "search"
        rows = []
        for brief in self.briefs:
            seen = self.seen.get(brief.path)
            words = _key(self._heads[brief.path], seen.text, seen.beside) if seen else self._brief_key(brief)
            rows.append(search.Row(f"{self.catalogue.permalink(brief)}index.html", brief.date, words))
        planned, made = search.index(rows, self.staging.find, store)
        self.made["shards"] = len(made)
        for shard in planned:
            self._unit("search", shard.folder, shard.key, lambda shard=shard: search.files(shard, store))  # type: ignore[misc]  # bound now
        known = listing.search_overview(self.catalogue, self.briefs)
        key = _key(self._base, digest(known), *(shard.key for shard in planned))
        self._unit("search", "list", key, lambda: search.ways_in(planned, store, known))

    def _check_foreign(self) -> None:
        """A page of `docs/`, or of the theme, that lies where a file of a brief does.

        Raises:
            Abort: there is one.
        """
        folders = {self.catalogue.permalink(brief): brief for brief in self.briefs}
        for address in self._foreign:
            brief = folders.get(f"{posixpath.dirname(address)}/")
            for kind in ("briefs", "papers") if brief else ():
                unit = self.staging.now.units.get(f"{kind} {brief.path}") if brief else None
                if unit and brief and address in unit.files:
                    self._claim(address, brief.path)


_UNPUBLISHED = "drafts, embargoes, and what is to mend"
"""What every page of a preview says; pages of MkDocs, which are made each time, say how many there are."""


_HALF = 20
"""Digits of a key, of forty."""


def _named(kind: str, units: Iterable[str]) -> list[str]:
    """The names of the units of a kind."""
    start = f"{kind} "
    return [name.removeprefix(start) for name in units if name.startswith(start)]


def _key(*parts: str) -> str:
    """A short digest of texts, for what is asked ten thousand times."""
    return hashlib.blake2b("\0".join(parts).encode("utf-8", "surrogatepass"), digest_size=20).hexdigest()


def _bytes(content: bytes | str) -> bytes:
    return content if isinstance(content, bytes) else content.encode()


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
