"""What programs of others understand of the record: two invented briefs, and a reader for each format.

A reader takes the files of the built site and the address of a brief below it. It lets one program
read, and gives what that program understood in a form that is the same for all, so that it can be
compared. Where a service publishes rules and no program, the rules stand here.

`make record` runs this file and writes docs/publishing/record.md.
"""

from __future__ import annotations

import csv
import datetime as dt
import functools
import io
import json
import re
import sys
import tempfile
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, fields
from html.parser import HTMLParser
from importlib.metadata import version
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import bibtexparser
import extruct
import feedparser
import pypandoc
import rispy
import xmlschema
from bibtexparser.middlewares import LatexDecodingMiddleware, SeparateCoAuthors, SplitNameParts
from citeproc.source.json import CiteProcJSON
from pybtex.database import parse_bytes
from pybtex.richtext import Text
from pylatexenc.latex2text import LatexNodes2Text
from pyld import jsonld
from signposting.htmllinks import HTML, _parse_html  # the public functions fetch what they read
from signposting.linkset import LinksetJSON, _parse_linkset_json
from usp.tree import sitemap_tree_for_homepage
from usp.web_client.abstract_client import AbstractWebClient, LocalWebClientSuccessResponse, WebClientErrorResponse

from briefpress.checks import check
from briefpress.cli.cite import STYLES, style_file, styled
from briefpress.cli.deposit import KEPT, read_schema
from briefpress.record.deposit import SCHEMAS, deposit
from briefpress.record.work import Work
from conftest import ROOT, SITE_URL, brief_text, make_project, run_build
from conftest import SERIES as ONE_SERIES

PAGE = ROOT / "docs/publishing/record.md"
PLAIN, HARD = "policy-briefs/2024/1/", "policy-briefs/2024/12/"
SERIES = (
    ONE_SERIES.replace("publisher: Institute for Tests", "publisher: Institute for Peace and Testing")
    + """\
    crossref:
      prefix: 10.5555
      depositor: Institute for Peace and Testing
      email: doi@example.org
      policy: 10.5555/corrections
    repec:
      archive: exi
      series: exipbs
      email: repec@example.org
"""
)
BRIEFS = {
    "2024/01.md": brief_text("1/2024", "2024-03-05", "Lighthouses and the price of oil", doi="10.5555/policy-briefs.2024.1"),
    "2024/12.md": brief_text(
        "12/2024",
        "2024-11-30",
        '"Bread & roses": why {markets} price peace < war',
        subtitle="What 90% of the #1 data_set shows",
        author=[
            {"given": "Lieve", "particle": "van den", "family": "Voorbeeld", "orcid": "0000-0002-1825-0097",
             "affiliation": "Centre for Peace and Bread"},
            "Platón",
            {"name": "Zoë Šťastná-Łuk"},
        ],
        keywords=["bread & roses", "peace"],
        topics=["records"],
        corrections=[{"date": "2025-01-15", "kind": "correction", "note": "In the second section the share is 44 per cent, not 41."}],
        doi="10.5555/policy-briefs.2024.12",
    ),
}  # fmt: skip

Files = Mapping[str, bytes]
"""The built site: path → what stands in the file."""


@dataclass(frozen=True)
class Understood:
    """What a program knows of a brief after reading; empty where the format or the program does not carry it."""

    title: str = ""
    authors: str = ""
    """Joined by semicolons; the family name first where the program tells the parts apart."""
    date: str = ""
    number: str = ""
    series: str = ""
    issn: str = ""
    institution: str = ""
    language: str = ""
    address: str = ""


@dataclass(frozen=True)
class Reader:
    """One format, and one program that reads it."""

    place: str
    program: str
    """What it is called; for a package of Python the name of the package."""
    read: Callable[[Files, str], Understood]


# The site


def built(folder: Path) -> None:
    """Build the two briefs in an empty folder, PDFs and all, and put deposits beside the pages, which the site has not."""
    make_project(folder, BRIEFS, series=SERIES)
    done = run_build(folder, "--strict")
    if done.returncode:
        raise RuntimeError(done.stdout + done.stderr)
    moment = dt.datetime(2025, 2, 1, tzinfo=dt.UTC)
    catalogue, _ = check(folder, moment)
    assert catalogue is not None
    works = [
        Work.of(catalogue, brief, SITE_URL, pdf=SITE_URL + catalogue.permalink(brief) + catalogue.pdf_name(brief))
        for brief in catalogue.public
    ]
    crossref = works[0].series.crossref
    assert crossref is not None
    for schema in SCHEMAS:
        (folder / f"site/deposit-{schema}.xml").write_text(deposit(works, crossref, moment, schema), "utf-8")


def files_of(folder: Path) -> dict[str, bytes]:
    """The files of the site that was built in a folder."""
    site = folder / "site"
    return {
        path.relative_to(site).as_posix(): path.read_bytes()
        for path in site.rglob("*")
        if path.is_file() and "pagefind" not in path.parts
    }


# What several readers share


def whole(*parts: str) -> str:
    """Title and subtitle of a format that has them apart."""
    return ": ".join(part for part in parts if part)


def names(people: Iterable[tuple[str, str]]) -> str:
    """Family and given names as one text."""
    return "; ".join(", ".join(part for part in person if part) for person in people)


def csl_names(people: Iterable[Mapping[str, Any]]) -> str:
    """The names of CSL-JSON; a program may call the particle dropping or not."""
    family = ("non-dropping-particle", "dropping-particle", "family", "literal")
    return names(
        (" ".join(str(person[part]) for part in family if person.get(part)), str(person.get("given", "")))
        for person in people
    )


def in_brussels(moment: Any) -> str:
    """The day of a moment, which feedparser gives in UTC, where the series is."""
    return dt.datetime(*moment[:6], tzinfo=dt.UTC).astimezone(ZoneInfo("Europe/Brussels")).date().isoformat()


def one(found: Iterable[Any]) -> Any:
    """The only one of what was found."""
    (only,) = found
    return only


def windows(data: bytes) -> str:
    """As RePEc and spreadsheets decode: windows-1252, unless there is a byte order mark."""
    return data.decode("utf-8-sig" if data.startswith(b"\xef\xbb\xbf") else "windows-1252")


# For reference managers


def by_bibtexparser(files: Files, at: str) -> Understood:
    steps = [SeparateCoAuthors(), SplitNameParts(), LatexDecodingMiddleware()]
    library = bibtexparser.parse_string(files[f"{at}cite.bib"].decode(), append_middleware=steps)
    entry = {field.key: field.value for field in one(library.entries).fields}
    plain = LatexNodes2Text().latex_to_text  # the step above leaves lists of names as they are
    people = names(
        (plain(" ".join([*person.von, *person.last])), plain(" ".join(person.first))) for person in entry["author"]
    )
    return Understood(entry["title"], people, entry["date"], entry["number"], entry["type"], entry["issn"],
                      entry["institution"], entry["language"], entry["url"])  # fmt: skip


def by_pybtex(files: Files, at: str) -> Understood:
    entry = one(parse_bytes(files[f"{at}cite.bib"], "bibtex").entries.values())

    def plain(text: str) -> str:
        return Text.from_latex(text).render_as("text")

    people = names(
        (plain(" ".join([*person.prelast_names, *person.last_names])), plain(" ".join(person.first_names)))
        for person in entry.persons["author"]
    )
    found = {name: plain(entry.fields[name]) for name in ("title", "number", "type", "institution", "language")}
    return Understood(found["title"], people, entry.fields["date"], found["number"], found["type"], entry.fields["issn"],
                      found["institution"], found["language"], entry.fields["url"])  # fmt: skip


def by_pandoc(files: Files, path: str, form: str) -> Understood:
    """What Pandoc makes of a file, said in CSL-JSON."""
    item = one(json.loads(pypandoc.convert_text(files[path], "csljson", format=form)))
    people = csl_names(item["author"])
    date = "-".join(f"{int(part):02}" for part in item["issued"]["date-parts"][0])
    rest = (item.get(name, "") for name in ("number", "genre", "ISSN", "publisher", "language", "URL"))
    return Understood(item["title"], people, date, *rest)


def by_rispy(files: Files, at: str) -> Understood:
    """Of a report, rispy's `issn` is the tag SN, which other readers know as its number."""
    entry = one(rispy.loads(files[f"{at}cite.ris"].decode()))
    issn = "".join(note.removeprefix("ISSN ") for note in entry["notes"] if note.startswith("ISSN "))
    date = entry["date"].rstrip("/").replace("/", "-")
    return Understood(entry["title"], "; ".join(entry["authors"]), date, entry["issn"], entry["type_of_work"], issn,
                      entry["publisher"], entry["language"], one(entry["urls"]))  # fmt: skip


def by_citeproc(files: Files, at: str) -> Understood:
    item = one(CiteProcJSON(json.loads(files[f"{at}cite.csl.json"])).values())
    people = csl_names(item["author"])
    date = dt.date(item["issued"]["year"], item["issued"]["month"], item["issued"]["day"]).isoformat()
    rest = (str(item[name]) for name in ("number", "genre", "ISSN", "publisher", "language", "URL"))
    return Understood(str(item["title"]), people, date, *rest)


def in_style(files: Files, at: str, style: str) -> str:
    """The reference that citeproc-py makes in a style, as `briefpress cite` asks it to."""
    return styled(one(json.loads(files[f"{at}cite.csl.json"])), style_file(style))


# The head of a page


class Head(HTMLParser):
    """What stands in the elements of a page that readers of its head look at."""

    def __init__(self, page: bytes) -> None:
        super().__init__()
        self.found: list[tuple[str, str]] = []
        """Names and contents of meta elements."""
        self.attributes: dict[str, str | None] = {}
        """Those of the html element."""
        self.coins = False
        self.feed(page.decode())

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "html":
            self.attributes = given
        if tag == "meta" and given.get("name"):
            self.found.append((given["name"] or "", given.get("content") or ""))
        self.coins |= tag == "span" and "Z3988" in (given.get("class") or "").split()

    def all(self, name: str) -> list[str]:
        return [content for found, content in self.found if found == name]

    def first(self, name: str) -> str:
        return next(iter(self.all(name)), "")


def by_scholar(files: Files, at: str) -> Understood:
    """Google Scholar: an author an element, a date with slashes, a PDF in the folder of the page and of 5 MB at most."""
    head = Head(files[f"{at}index.html"])
    date = dt.datetime.strptime(head.first("citation_publication_date"), "%Y/%m/%d").date().isoformat()
    pdf = one(head.all("citation_pdf_url"))
    if pdf.rpartition("/")[0] + "/" != SITE_URL + at or len(files[pdf.removeprefix(SITE_URL)]) > 5_000_000:
        raise ValueError(pdf)
    return Understood(one(head.all("citation_title")), "; ".join(head.all("citation_author")), date,
                      head.first("citation_technical_report_number"), "", head.first("citation_issn"),
                      "; ".join(head.all("citation_technical_report_institution")), head.first("citation_language"), pdf)  # fmt: skip


def by_zotero(files: Files, at: str) -> Understood:
    """Zotero's translator for embedded metadata; a COinS anywhere on the page would take its place."""
    head = Head(files[f"{at}index.html"])
    if head.coins or "prefix" in head.attributes or not head.first("citation_technical_report_institution"):
        raise ValueError("no report")
    return Understood(head.first("citation_title"), "; ".join(head.all("citation_author")),
                      head.first("citation_date") or head.first("citation_publication_date"),
                      head.first("citation_technical_report_number"), head.first("z.reportType"), head.first("citation_issn"),
                      "; ".join(head.all("citation_technical_report_institution")), head.first("citation_language"),
                      head.first("citation_public_url"))  # fmt: skip


def extracted(files: Files, at: str, syntax: str) -> Any:
    """The one thing that extruct finds on a page in a syntax."""
    return one(extruct.extract(files[f"{at}index.html"].decode(), base_url=SITE_URL + at, syntaxes=[syntax])[syntax])


def by_dublin_core(files: Files, at: str) -> Understood:
    found = extracted(files, at, "dublincore")

    def all_of(name: str) -> list[str]:
        rows = (*found["elements"], *found["terms"])
        return [row["content"] for row in rows if row["URI"] == f"http://purl.org/dc/{name}" and "content" in row]

    if all_of("elements/1.1/type") != ["Report"]:
        raise ValueError("no report")
    address, *_ = all_of("elements/1.1/identifier")
    return Understood(one(all_of("elements/1.1/title")), "; ".join(all_of("elements/1.1/creator")), one(all_of("terms/issued")), "", "",
                      one(all_of("terms/isPartOf")).removeprefix("urn:ISSN:"), "; ".join(all_of("elements/1.1/publisher")),
                      one(all_of("elements/1.1/language")), address)  # fmt: skip


def by_open_graph(files: Files, at: str) -> Understood:
    found = dict(extracted(files, at, "opengraph")["properties"])
    return Understood(title=found["og:title"], date=found["article:published_time"], address=found["og:url"])


def by_json_ld(files: Files, at: str) -> Understood:
    node = extracted(files, at, "json-ld")
    if "Report" not in node["@type"]:
        raise ValueError("no report")
    people = names((person["familyName"], person.get("givenName", "")) for person in node["author"])
    return Understood(node["name"], people, node["datePublished"], node["reportNumber"], node["isPartOf"]["name"],
                      node["isPartOf"]["issn"], node["publisher"]["name"], node["inLanguage"], node["url"])  # fmt: skip


def context(url: str, options: Any) -> dict[str, Any]:
    """The least that schema.org's context says, which cannot be fetched in a test."""
    if url.rstrip("/") != "https://schema.org":
        raise ValueError(url)
    document = {"@context": {"@vocab": "https://schema.org/"}}
    return {"contextUrl": None, "documentUrl": url, "document": document, "contentType": "application/ld+json"}


def by_pyld(files: Files, at: str) -> Understood:
    """JSON-LD expanded, so that each name is an address of schema.org."""
    page = files[f"{at}index.html"].decode()
    text = one(re.findall(r'<script type="application/ld\+json">(.*?)</script>', page, re.DOTALL))
    work = one(jsonld.expand(json.loads(text), {"documentLoader": context}))
    if "https://schema.org/Report" not in work["@type"]:
        raise ValueError("no report")

    def value(node: Any, *path: str) -> str:
        for name in path:
            node = one(node.get(f"https://schema.org/{name}", [{"@value": ""}]))
        return str(node["@value"])

    people = names(
        (value(person, "familyName"), value(person, "givenName")) for person in work["https://schema.org/author"]
    )
    return Understood(value(work, "name"), people, *(value(work, *path) for path in (
        ("datePublished",), ("reportNumber",), ("isPartOf", "name"), ("isPartOf", "issn"), ("publisher", "name"), ("inLanguage",), ("url",),
    )))  # fmt: skip


def signposted(found: Any) -> Understood:
    """Of the names only those with an ORCID iD are there, as addresses; of the series its own address."""
    if {str(link.target) for link in found.types} != {"https://schema.org/AboutPage", "https://schema.org/Report"}:
        raise ValueError("no report")
    return Understood(authors="; ".join(sorted(str(link.target) for link in found.authors)),
                      series=str(found.collection.target), address=str(found.citeAs.target))  # fmt: skip


def by_signposting(files: Files, at: str) -> Understood:
    return signposted(links_of(files, at))


def by_signposting_linkset(files: Files, at: str) -> Understood:
    return signposted(linkset_of(files, at))


def links_of(files: Files, at: str) -> Any:
    """The typed links in the head of a page."""
    return _parse_html(HTML(files[f"{at}index.html"].decode(), "text/html", SITE_URL + at, SITE_URL + at))


def linkset_of(files: Files, at: str) -> Any:
    """The typed links in the file beside the page, those of the page alone."""
    address = f"{SITE_URL}{at}linkset.json"
    found = _parse_linkset_json(
        LinksetJSON(files[f"{at}linkset.json"].decode(), "application/linkset+json", address, address)
    )
    return found.for_context(SITE_URL + at)


# Of the whole series


def by_feedparser(files: Files, at: str, name: str) -> Understood:
    found = feedparser.parse(files[f"policy-briefs/{name}"])
    if found.bozo:
        raise found.bozo_exception
    entry = one(entry for entry in found.entries if entry.link == SITE_URL + at)
    language = entry.title_detail.language or found.feed.get("language", "")
    return Understood(title=entry.title, authors="; ".join(person.name for person in entry.authors),
                      date=in_brussels(entry.published_parsed), series=found.feed.title, institution=found.feed.get("author", ""),
                      language=language, address=entry.link)  # fmt: skip


def by_json_feed(files: Files, at: str) -> Understood:
    """By the names of its specification, since feedparser reads no JSON."""
    feed = json.loads(files["policy-briefs/feed.json"])
    if feed["version"] != "https://jsonfeed.org/version/1.1":
        raise ValueError(feed["version"])
    item = one(item for item in feed["items"] if item["url"] == SITE_URL + at)
    return Understood(title=item["title"], authors="; ".join(person["name"] for person in item["authors"]),
                      date=dt.datetime.fromisoformat(item["date_published"]).date().isoformat(), series=feed["title"],
                      institution=one(feed["authors"])["name"], language=item["language"], address=item["url"])  # fmt: skip


class Fetched(AbstractWebClient):
    """Gives a crawler the files of the site as if they came over the network."""

    def __init__(self, files: Files) -> None:
        self.files = files

    def set_max_response_data_length(self, max_response_data_length: int | None) -> None:
        pass

    def get(self, url: str) -> Any:
        data = self.files.get(url.removeprefix(SITE_URL))
        return (
            WebClientErrorResponse("404", retryable=False)
            if data is None
            else LocalWebClientSuccessResponse(url, data.decode())
        )


def by_sitemap(files: Files, at: str) -> Understood:
    """The site map that `robots.txt` names; its date is that of the last change."""
    tree = sitemap_tree_for_homepage(
        SITE_URL, web_client=Fetched(files), use_known_paths=False, normalize_homepage_url=False
    )
    page = one(page for page in tree.all_pages() if page.url == SITE_URL + at)
    return Understood(date=page.last_modified.date().isoformat(), address=page.url)


def by_redif(files: Files, at: str) -> Understood:
    """RePEc's form: a word and a colon begin a field, other lines go on with the last one."""

    def templates(path: str) -> list[list[tuple[str, str]]]:
        found: list[list[tuple[str, str]]] = []
        for line in windows(files[path]).splitlines():
            name, colon, value = line.partition(":")
            if colon and re.fullmatch(r"[A-Za-z]+(-[A-Za-z]+)*", name):
                if name == "Template-Type":
                    found.append([])
                found[-1].append((name, value.strip()))
            elif line.strip():
                found[-1][-1] = (found[-1][-1][0], f"{found[-1][-1][1]} {line.strip()}")
        return found

    paper = one(rows for rows in templates("RePEc/exi/exipbs/2024.redif") if ("File-URL", SITE_URL + at) in rows)
    series = dict(one(rows for rows in templates("RePEc/exi/exiseri.redif") if rows[0][1] == "ReDIF-Series 1.0"))
    if not dict(paper)["Handle"].startswith(series["Handle"] + ":"):
        raise ValueError("another series")
    people: list[dict[str, str]] = []
    for name, value in paper:
        if name == "Author-Name":
            people.append({})
        elif name in ("Author-Name-First", "Author-Name-Last"):
            people[-1][name] = value
    found = dict(paper)
    authors = names((person["Author-Name-Last"], person.get("Author-Name-First", "")) for person in people)
    return Understood(found["Title"], authors, found["Creation-Date"], found["Number"], series["Name"], series["ISSN"],
                      series["Provider-Name"], found["Language"], SITE_URL + at)  # fmt: skip


def schema_file(schema: str) -> Path:
    """Where Crossref's schema of a version is."""
    return ROOT / KEPT.format(schema)


def by_crossref(files: Files, at: str, schema: str) -> Understood:
    """A deposit that is valid, as the schema decodes it."""
    decoded = read_schema(schema_file(schema).resolve()).decode(xmlschema.XMLResource(files[f"deposit-{schema}.xml"].decode()))
    found = (paper["report-paper_series_metadata"] for paper in decoded["body"]["report-paper"])

    def text(value: Any) -> str:
        value = value[0] if isinstance(value, list) else value
        return str(value["$"] if isinstance(value, dict) else value)

    report = one(report for report in found if text(report["doi_data"]["resource"]) == SITE_URL + at)
    series, titles, date = report["series_metadata"], report["titles"], one(report["publication_date"])
    if one(series["issn"])["@media_type"] != "electronic":
        raise ValueError("the ISSN of a printed series")
    people = names(
        (text(person["surname"]), text(person.get("given_name", "")))
        for person in report["contributors"]["person_name"]
    )
    parts = [int(text(date[name])) for name in ("year", "month", "day")]
    return Understood(
        whole(text(titles["title"]), text(titles.get("subtitle", ""))), people, dt.date(*parts).isoformat(),
        text(report["publisher_item"]["item_number"]), text(series["titles"]["title"]), text(series["issn"]),
        text(one(report["institution"])["institution_name"]), report["@language"], f"https://doi.org/{report['doi_data']['doi']}",
    )  # fmt: skip


def by_json(files: Files, at: str) -> Understood:
    row = one(row for row in json.loads(files["briefs.json"])["briefs"] if row["url"] == SITE_URL + at)
    people = names(
        (f"{person.get('particle', '')} {person['family']}".strip(), person.get("given", ""))
        for person in row["authors"]
    )
    return Understood(whole(row["title"], row.get("subtitle", "")), people, row["date"], row["number"], row["series"], row["issn"],
                      "; ".join(row["publishers"]), row["lang"], row["url"])  # fmt: skip


def by_csv(files: Files, at: str) -> Understood:
    """As a spreadsheet opens it."""
    rows = csv.DictReader(io.StringIO(windows(files["briefs.csv"]), newline=""))
    row = one(row for row in rows if row["url"] == SITE_URL + at)
    return Understood(whole(row["title"], row["subtitle"]), row["authors"], row["date"], row["number"], row["series"], row["issn"],
                      row["publishers"], row["lang"], row["url"])  # fmt: skip


def pandoc(name: str, form: str) -> Callable[[Files, str], Understood]:
    return lambda files, at: by_pandoc(files, at + name, form)


READERS = {
    "BibTeX, bibtexparser": Reader("`cite.bib` beside the page", "bibtexparser", by_bibtexparser),
    "BibTeX, pybtex": Reader("`cite.bib`", "pybtex", by_pybtex),
    "BibTeX, Pandoc": Reader("`cite.bib`", "Pandoc", pandoc("cite.bib", "biblatex")),
    "RIS, rispy": Reader("`cite.ris` beside the page", "rispy", by_rispy),
    "RIS, Pandoc": Reader("`cite.ris`", "Pandoc", pandoc("cite.ris", "ris")),
    "CSL-JSON, citeproc-py": Reader("`cite.csl.json` beside the page", "citeproc-py", by_citeproc),
    "CSL-JSON, Pandoc": Reader("`cite.csl.json`", "Pandoc", pandoc("cite.csl.json", "csljson")),
    "Highwire, Google Scholar": Reader("head of the page", "rules of Google Scholar", by_scholar),
    "Highwire, Zotero": Reader("head of the page", "rules of Zotero", by_zotero),
    "Dublin Core": Reader("head of the page", "extruct", by_dublin_core),
    "OpenGraph": Reader("head of the page", "extruct", by_open_graph),
    "JSON-LD": Reader("head of the page", "extruct", by_json_ld),
    "JSON-LD, expanded": Reader("head of the page", "PyLD", by_pyld),
    "Signposting": Reader("head of the page", "signposting", by_signposting),
    "Linkset": Reader("`linkset.json` beside the page", "signposting", by_signposting_linkset),
    "RSS": Reader("`feed.xml` of the series", "feedparser", functools.partial(by_feedparser, name="feed.xml")),
    "Atom": Reader("`atom.xml` of the series", "feedparser", functools.partial(by_feedparser, name="atom.xml")),
    "JSON Feed": Reader("`feed.json` of the series", "rules of JSON Feed", by_json_feed),
    "Site map": Reader("`sitemap.xml`, by way of `robots.txt`", "ultimate-sitemap-parser", by_sitemap),
    "ReDIF": Reader("`RePEc/`", "rules of RePEc", by_redif),
    **{
        f"Crossref {schema}": Reader("the deposit", "xmlschema", functools.partial(by_crossref, schema=schema))
        for schema in SCHEMAS
    },
    "Table in JSON": Reader("`briefs.json`", "json of Python", by_json),
    "Table in CSV": Reader("`briefs.csv`", "csv of Python", by_csv),
}


# The page of the manual


def page(files: Files) -> str:
    """The page that says what each reader understood."""
    programs = [[name, reader.place, f"{reader.program} {released(reader.program)}".strip()] for name, reader in READERS.items()]
    text = HEAD + table(["Format", "Where it is", "Read by"], programs)
    for heading, at in {"A plain brief": PLAIN, "A hard one": HARD}.items():
        rows = [[name, understood(reader.read(files, at))] for name, reader in READERS.items()]
        text += f"\n## {heading}\n\n" + table(["Format", "What was understood"], rows)
        text += f"\nReferences to it in four styles, by citeproc-py {version('citeproc-py')}:\n\n"
        text += table(["Style", "Reference"], [[style, shown(in_style(files, at, style))] for style in STYLES])
    return text


HEAD = """\
---
description: What programs of others understand of the record of a brief, format by format.
---

# What others understand

Each brief is described in many formats, for libraries, reference managers, search engines and feeds. This page shows what programs that are not ours understood of two invented briefs: a plain one, and one whose title, authors and publisher are as hard as they get. `make record` builds the two, lets each program read, and writes the page. Where a service publishes rules and no program, the rules are those in `tests/harvest.py`. What is not carried is not in the format, or not for that program. A value that differs from the rest is what that program makes of it, and stands here so that you know. Nobody is asked over the network: whether a service accepts a site is for the service to say.

"""  # noqa: E501  # a paragraph is one line in Markdown


def released(program: str) -> str:
    """The version of a program; rules and what comes with Python have none here."""
    if program == "Pandoc":
        return pypandoc.get_pandoc_version()
    return "" if " of " in program else version(program)


def understood(found: Understood) -> str:
    """The values under one another, so that they can be read on a telephone; what is not carried in one line."""
    labels = {field.name: "ISSN" if field.name == "issn" else field.name.capitalize() for field in fields(Understood)}
    values = {label: getattr(found, name) for name, label in labels.items()}
    lines = [f"{label}: {f'`{value}`' if value.startswith('https:') else shown(value)}" for label, value in values.items() if value]
    missing = [label for label, value in values.items() if not value]
    return "<br>".join([*lines, *([f"*Not carried: {', '.join(missing)}*"] if missing else [])])


def shown(text: str) -> str:
    """A text in a cell, with nothing in it that Markdown would take for its own."""
    return re.sub(r"[\\`*_{}\[\]<>&|~^$]", lambda found: f"&#{ord(found[0])};", text)


def table(head: list[str], rows: list[list[str]]) -> str:
    return "".join(f"| {' | '.join(row)} |\n" for row in (head, ["---"] * len(head), *rows))


def main() -> None:
    """Build, read, write."""
    missing = [schema for schema in SCHEMAS if not schema_file(schema).exists()]
    if missing:
        sys.exit(f"Crossref's schemas are not there, run make crossref: {', '.join(missing)}")
    with tempfile.TemporaryDirectory() as folder:
        built(Path(folder))
        PAGE.write_text(page(files_of(Path(folder))), "utf-8")


if __name__ == "__main__":
    main()
