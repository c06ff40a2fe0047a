"""What would grow with the series: cut into pages and files that do not, each read back by those who read it."""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
import os
import re
import subprocess
import sys
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import bibtexparser
import feedparser
import pypandoc
import pytest
import rispy
from pybtex.database import parse_string
from usp.tree import sitemap_tree_for_homepage

from briefpress import listing, parts
from briefpress.brief import Brief, IssueNumber
from briefpress.byline import Author, parse_name
from briefpress.fields import Correction, Disclaimer, Repec
from briefpress.finding import Place
from briefpress.listing import ListPage, date_text, lists
from briefpress.record import repec, sitemap
from briefpress.record.feeds import Feed, atom, json_feed, rss
from briefpress.record.references import reference_files
from briefpress.record.sitemap import robots, sitemaps
from briefpress.record.tables import tables
from briefpress.record.work import Work
from briefpress.series import Catalogue, Series, Settings
from briefpress.values import Named
from harvest import Fetched

ROOT = Path(__file__).parents[1]
MANUAL = (ROOT / "docs/publishing/harvest.md").read_text("utf-8")
SITE = "https://example.org/repo/"
HERE = Place(1, 1)
SERIES = Series(
    "briefs", "Example Brief", "EXAMPLE BRIEF", "per-year", "House", "Place", "About", "CC-BY-4.0", Disclaimer("one", "several"),
    issn="2983-466X", repec=Repec("exi", "exibrf", "repec@example.org"), topics={"page": "Page", "energy": "Energy"},
)  # fmt: skip
PAPERS = replace(SERIES, slug="papers", title="Example Paper", numbering="continuous", repec=Repec("exi", "exipap", "repec@example.org"))


@pytest.fixture
def three(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let no file hold more than three briefs."""
    monkeypatch.setattr(parts, "WHOLE", 3)


def brief(n: int, year: int = 2024, by: str = "Eva Example", *, of: Series = SERIES, topics: str = "", **more: object) -> Brief:
    """Return the brief n of a year, published on its nth day; numbers without years go on over the years."""
    number = IssueNumber(year, n) if of.numbering == "per-year" else IssueNumber(0, (year - 2000) * 100 + n)
    return Brief(
        path=f"briefs/{of.slug}/{year}/{n:03}.md", series=of.slug, number=number, date=dt.date(year, 1, 1) + dt.timedelta(n - 1),
        title=f"Brief {n} of {year}", authors=tuple(Author(*parse_name(name)) for name in by.split(", ")),
        key_issues=("The first issue.", "The second @ issue."), lang="en", license="CC-BY-4.0", issn="2983-466X", body="", body_line=1,
        places={}, topics=tuple(Named(one, HERE) for one in topics.split()), **more,  # type: ignore[arg-type]
    )  # fmt: skip


def years(*counts: tuple[int, int], of: Series = SERIES) -> list[Brief]:
    """Return so many briefs of each year."""
    return [brief(n, year, of=of) for year, count in counts for n in range(1, count + 1)]


def catalogue(briefs: Iterable[Brief], series: tuple[Series, ...] = (SERIES,)) -> Catalogue:
    rank = [one.slug for one in series]
    ordered = sorted(briefs, key=lambda one: (rank.index(one.series), one.order))
    return Catalogue(Settings(ZoneInfo("UTC"), series), tuple(ordered), dt.datetime(2030, 1, 1, tzinfo=dt.UTC))


def works(briefs: Iterable[Brief], series: tuple[Series, ...] = (SERIES,)) -> list[Work]:
    found = catalogue(briefs, series)
    return [Work.of(found, one, SITE) for one in found.public]


def corrected(one: Brief, date: str) -> Brief:
    return replace(one, corrections=(Correction("correction", dt.date.fromisoformat(date), Named("A share was wrong.", HERE), HERE),))


def changed(before: dict[str, str], after: dict[str, str]) -> list[str]:
    return sorted(name for name in before.keys() | after.keys() if before.get(name) != after.get(name))


# The rule


@pytest.mark.parametrize(("counts", "expected"), [
    ([], {"": ""}),
    ([(2024, 1)], {"": "24.1"}),
    ([(2023, 1), (2024, 2)], {"": "23.1 24.1 24.2"}),
    ([(2024, 4)], {"": "24.2 24.3 24.4", "2024": "24.1 24.2 24.3", "2024-2": "24.4"}),
    ([(1999, 2), (2024, 2)], {"": "99.2 24.1 24.2", "1999": "99.1 99.2", "2024": "24.1 24.2"}),
    ([(2022, 1), (2023, 7)], {"": "23.5 23.6 23.7", "2022": "22.1", "2023": "23.1 23.2 23.3", "2023-2": "23.4 23.5 23.6", "2023-3": "23.7"}),
])  # fmt: skip
def test_a_whole_is_cut_by_year_and_a_long_year_again(three: None, counts: list[tuple[int, int]], expected: dict[str, str]) -> None:
    found = parts.cut(years(*counts), listing.year_of, lambda one: one.order)
    assert {part.label: " ".join(f"{one.date:%y}.{one.number.n}" for one in part.items if one.number) for part in found} == expected
    assert [part.named("x") for part in found] == [f"x-{label}" if label else "x" for label in expected]


def test_the_newest_are_those_of_all_series_and_stand_in_the_order_of_the_whole(three: None) -> None:
    every = works([*years((2023, 2), (2024, 1)), *years((2022, 1), (2024, 1), of=PAPERS)], (SERIES, PAPERS))
    newest = parts.cut(every, lambda work: work.year, lambda work: work.brief.order)[0]
    assert [work.id for work in newest.items] == ["briefs-2023-2", "briefs-2024-1", "papers-2401"]


# References


def entries(bib: str) -> list[str]:
    """Return the keys of a file, in which three programs find the same entries and nothing that they cannot read."""
    library = bibtexparser.parse_string(bib)
    assert not library.failed_blocks
    keys = [one.key for one in library.entries]
    assert list(parse_string(bib, "bibtex").entries.keys()) == keys
    assert [item["id"] for item in json.loads(pypandoc.convert_text(bib, "csljson", format="biblatex"))] == keys
    return keys


@pytest.mark.parametrize("of", [SERIES, PAPERS], ids=lambda one: one.numbering)
def test_references_are_read_back_from_files_that_do_not_grow(three: None, of: Series) -> None:
    every = works(years((2021, 3), (2022, 1), (2023, 4), of=of), (of,))
    ids = [work.id for work in every]
    files = reference_files(of.slug, every)
    expected = {"": ids[-3:], "-2021": ids[:3], "-2022": ids[3:4], "-2023": ids[4:7], "-2023-2": ids[7:]}
    assert files.keys() == {f"{of.slug}/{of.slug}{label}.{ending}" for label in expected for ending in ("bib", "ris")}
    for label, keys in expected.items():
        assert entries(files[f"{of.slug}/{of.slug}{label}.bib"]) == keys
        assert [one["id"] for one in rispy.loads(files[f"{of.slug}/{of.slug}{label}.ris"])] == keys


def test_a_file_of_the_newest_says_where_all_are(three: None) -> None:
    files = reference_files("briefs", works(years((2021, 3), (2023, 2))))
    said = ("The 3 newest of 5 references. All are in the files beside this one,\n"
            "% from briefs-2021.bib to briefs-2023.bib, each with those of a year.")  # fmt: skip
    assert files["briefs/briefs.bib"].startswith(f"% {said}\n\n@techreport{{briefs-2021-3,\n")
    (remark,) = bibtexparser.parse_string(files["briefs/briefs.bib"]).comments
    assert remark.comment == f"% {said}"
    assert [name for name in files if files[name].startswith("%")] == ["briefs/briefs.bib"]
    assert not reference_files("briefs", works(years((2024, 3))))["briefs/briefs.bib"].startswith("%")
    assert files["briefs/briefs.ris"].startswith("TY  - "), "RIS has no remarks"


@pytest.mark.parametrize(("before", "after", "labels"), [
    (years((2021, 3), (2023, 2)), years((2021, 3), (2023, 3)), ["", "-2023"]),
    (years((2021, 3), (2023, 2)), years((2021, 3), (2023, 2), (2024, 1)), ["", "-2024"]),
    (years((2021, 3), (2023, 3)), [corrected(brief(1, 2021), "2024-05-01"), *years((2021, 3), (2023, 3))[1:]], ["-2021"]),
    (years((2021, 3), (2023, 3)), [*years((2021, 3), (2023, 3))[:-1], corrected(brief(3, 2023), "2024-05-01")], ["", "-2023"]),
])  # fmt: skip
def test_what_is_added_or_corrected_leaves_other_years_alone(three: None, before: list[Brief], after: list[Brief], labels: list[str]) -> None:
    names = {"": ["briefs.csv", "briefs.json"]} | {f"-{year}": [f"briefs-{year}.csv", f"briefs-{year}.json"] for year in range(2021, 2025)}
    rows = changed(tables(works(before)), tables(works(after)))
    if "-2024" in labels:  # a new file has to be named
        assert "briefs.json" in rows
    assert rows == sorted(name for label in labels for name in names[label])
    references = changed(reference_files("briefs", works(before)), reference_files("briefs", works(after)))
    assert references == sorted(f"briefs/briefs{label}.{ending}" for label in labels for ending in ("bib", "ris"))


# Tables


def test_tables_are_read_back_from_files_that_do_not_grow(three: None) -> None:
    every = works([*years((2022, 2), (2024, 1)), *years((2023, 4), of=PAPERS)], (SERIES, PAPERS))
    files = tables(every)
    labels = ["", "-2022", "-2023", "-2023-2", "-2024"]
    assert files.keys() == {f"briefs{label}.{ending}" for label in labels for ending in ("json", "csv")}
    first = json.loads(files["briefs.json"])
    assert list(first) == ["count", "parts", "briefs"], "what is said of the whole is seen first"
    assert first["count"] == 7
    assert first["parts"] == [f"{SITE}briefs{label}.json" for label in labels[1:]]
    assert [row["url"] for row in first["briefs"]] == [every[2].url, every[5].url, every[6].url]
    assert first["briefs"][0]["title"] == "Brief 1 of 2024"
    of_years = [json.loads(files[address.removeprefix(SITE)]) for address in first["parts"]]
    assert {tuple(one) for one in of_years} == {("briefs",)}
    assert sorted(row["url"] for one in of_years for row in one["briefs"]) == sorted(work.url for work in every)
    for label in labels:
        rows = list(csv.DictReader(io.StringIO(files[f"briefs{label}.csv"].removeprefix("\ufeff"), newline="")))
        assert [row["url"] for row in rows] == [row["url"] for row in json.loads(files[f"briefs{label}.json"])["briefs"]]
        assert len(rows) <= 3


@pytest.mark.parametrize("counts", [[], [(2024, 3)], [(2021, 2), (2023, 5), (2024, 1)]])
def test_what_the_manual_tells_programs_to_do_gives_each_brief_once(three: None, counts: list[tuple[int, int]]) -> None:
    every = works(years(*counts))
    files = {f"https://example.org/{name}": text for name, text in tables([replace(one, site_url="https://example.org/") for one in every]).items()}
    (program,) = re.findall("```python\n(.*?)```", MANUAL, re.DOTALL)
    told: dict[str, Any] = {"fetch": lambda address: json.loads(files[address])}
    exec(program, told)
    assert sorted(row["url"] for row in told["briefs"]) == sorted(work.url for work in every)


@pytest.mark.parametrize("said", [
    f"would hold more than {parts.WHOLE:,} briefs", f"| lists | {listing.PER_PAGE} briefs on a page |", f"| {listing.PER_INDEX} rows on a page,",
    f"past {sitemap.MOST:,} addresses or {sitemap.MOST_BYTES >> 20} MB",
])  # fmt: skip
def test_the_manual_says_how_long_is_long(said: str) -> None:
    assert said in MANUAL


@pytest.mark.parametrize("count", [0, 1, 3])
def test_a_short_table_is_one_file_and_says_nothing_of_parts(three: None, count: int) -> None:
    files = tables(works(years((2024, count))))
    assert list(files) == ["briefs.json", "briefs.csv"]
    assert list(json.loads(files["briefs.json"])) == ["briefs"]


# The site map


def days(year: int, count: int) -> list[sitemap.Page]:
    return [(f"{SITE}b/{year}/{n}/", dt.date(year, 1, n)) for n in range(1, count + 1)]


PAGES: list[sitemap.Page] = [(f"{SITE}about/", None), (SITE, dt.date(2024, 1, 2)), (f"{SITE}a&b/", dt.date(2023, 2, 1))]


def crawled(files: dict[str, str]) -> dict[str, str]:
    """Return what a crawler finds by way of `robots.txt`: addresses with their dates."""
    data = {name: text.encode() for name, text in (files | {"robots.txt": robots(SITE)}).items()}
    tree = sitemap_tree_for_homepage(SITE, web_client=Fetched(data), use_known_paths=False, normalize_homepage_url=False)
    return {page.url: f"{page.last_modified:%Y-%m-%d}" if page.last_modified else "" for page in tree.all_pages()}


@pytest.mark.parametrize(("groups", "names"), [
    ({}, ["sitemap.xml"]),
    ({"2024": days(2024, 4)}, ["sitemap.xml"]),
    ({"pages": PAGES, "2024": days(2024, 1)}, ["sitemap.xml"]),
    ({"pages": PAGES, "2024": days(2024, 2)}, ["sitemap.xml", "sitemap-2024.xml", "sitemap-pages.xml"]),
    ({"pages": PAGES, "2023": days(2023, 1), "2024": days(2024, 9)},
     ["sitemap.xml", "sitemap-2023.xml", "sitemap-2024.xml", "sitemap-2024-2.xml", "sitemap-2024-3.xml", "sitemap-pages.xml"]),
])  # fmt: skip
def test_a_crawler_finds_every_address_whatever_the_files(
    monkeypatch: pytest.MonkeyPatch, groups: dict[str, list[sitemap.Page]], names: list[str]
) -> None:
    monkeypatch.setattr(sitemap, "MOST", 4)
    files = sitemaps(groups, SITE)
    assert list(files) == names
    assert all(text.count("<url>") <= 4 for text in files.values())
    assert crawled(files) == {address: date.isoformat() if date else "" for pages in groups.values() for address, date in pages}


def test_a_site_map_of_one_file_is_in_the_order_of_addresses_and_that_of_many_an_index_with_dates(monkeypatch: pytest.MonkeyPatch) -> None:
    groups = {"pages": PAGES[:1], "2023": days(2023, 3)}
    head = '<?xml version="1.0" encoding="UTF-8"?>\n<{} xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">\n'
    rows = [f"<url><loc>{address}</loc><lastmod>{date}</lastmod></url>\n" for address, date in days(2023, 3)]
    about = f"<url><loc>{SITE}about/</loc></url>\n"
    assert sitemaps(groups, SITE) == {"sitemap.xml": f"{head.format('urlset')}{about}{''.join(rows)}</urlset>\n"}
    monkeypatch.setattr(sitemap, "MOST", 3)
    index = (f"<sitemap><loc>{SITE}sitemap-2023.xml</loc><lastmod>2023-01-03</lastmod></sitemap>\n"
             f"<sitemap><loc>{SITE}sitemap-pages.xml</loc></sitemap>\n")  # fmt: skip
    assert sitemaps(groups, SITE) == {
        "sitemap.xml": f"{head.format('sitemapindex')}{index}</sitemapindex>\n",
        "sitemap-2023.xml": f"{head.format('urlset')}{''.join(rows)}</urlset>\n",
        "sitemap-pages.xml": f"{head.format('urlset')}{about}</urlset>\n",
    }


@pytest.mark.parametrize("most", [400, 500])
def test_no_file_of_a_site_map_is_too_large(monkeypatch: pytest.MonkeyPatch, most: int) -> None:
    monkeypatch.setattr(sitemap, "MOST_BYTES", most)
    pages: list[sitemap.Page] = [(f"{SITE}été-{n:02}/", dt.date(2024, 1, 1)) for n in range(20)]
    files = sitemaps({"pages": pages}, SITE)
    sizes = [len(text.encode()) for name, text in files.items() if name != "sitemap.xml"]
    assert max(sizes) <= most < min(sizes[:-1]) + len(f"<url><loc>{SITE}été-00/</loc><lastmod>2024-01-01</lastmod></url>\n".encode())
    assert [address for address, _ in pages] == [one for name, text in files.items() if name != "sitemap.xml"
                                                 for one in re.findall("<loc>(.*?)</loc>", text)]  # fmt: skip


def test_fifty_thousand_addresses_are_one_file_and_one_more_is_an_index() -> None:
    groups: dict[str, list[sitemap.Page]] = {"pages": [(f"{SITE}{n}/", None) for n in range(50_000)]}
    assert list(sitemaps(groups, SITE)) == ["sitemap.xml"]
    groups["2024"] = days(2024, 1)
    files = sitemaps(groups, SITE)
    assert [text.count("<loc>") for text in files.values()] == [2, 1, 50_000]


def test_a_new_brief_changes_two_files_of_a_site_map_and_an_older_year_lies_still(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sitemap, "MOST", 10)
    groups = {str(year): days(year, 9) for year in (2022, 2023, 2024)}
    assert changed(sitemaps(groups, SITE), sitemaps(groups | {"2024": days(2024, 10)}, SITE)) == ["sitemap-2024.xml", "sitemap.xml"]


# RePEc


def test_no_file_of_repec_grows_and_each_is_reached_by_links(three: None) -> None:
    every = works([*years((2022, 2), (2023, 3)), *years((2023, 7), of=PAPERS)], (SERIES, PAPERS))
    files = repec.files((SERIES, PAPERS), every, SITE)
    papers = {name.removeprefix("RePEc/exi/"): text.count("Template-Type: ReDIF-Paper") for name, text in files.items() if re.search(r"\d", name)}
    assert papers == {"exibrf/2022.redif": 2, "exibrf/2023.redif": 3, "exipap/2023.redif": 3, "exipap/2023-2.redif": 3, "exipap/2023-3.redif": 1}
    handles = [handle for text in files.values() for handle in re.findall("Handle: (RePEc:exi:exi...:.*)", text)]
    assert handles == [repec.handle(work) for work in every]
    listings = [(name.rpartition("/")[0], text) for name, text in files.items() if name.endswith("index.html")]
    linked = {f"{folder}/{one}" for folder, text in listings for one in re.findall('href="([^"]*)"', text)}
    assert {name for name in files if name.endswith(".redif")} <= linked


# Feeds


def test_a_correction_of_an_old_brief_is_news_in_feeds_that_do_not_grow() -> None:
    old = corrected(brief(1, 1999), "2024-12-01")
    every = tuple(works([old, *years((2023, 40), (2024, 40))]))
    feed = Feed("T", f"{SITE}briefs/", "", "en", "House", dt.UTC, every)
    for text in (rss(feed, SITE), atom(feed, SITE)):
        found = feedparser.parse(text)
        assert len(found.entries) == 30
        assert "Brief 1 of 1999" in found.entries[0].title
    items = json.loads(json_feed(feed, SITE))["items"]
    assert len(items) == 30
    assert items[0]["id"] == f"{SITE}briefs/1999/1/"


# Indexes


def index(briefs: Iterable[Brief], url: str = "authors/") -> list[ListPage]:
    return [page for page in lists(catalogue(briefs)) if page.template == "index.html" and page.url.startswith(url)]


def people(*families: str) -> list[Brief]:
    return [brief(1, by=", ".join(f"Eva {one}" for one in families))] if families else []


LONG = ("Aa", "Ab", "Ba", "Bb", "Bc", "Éa", "Éb", "Za")


@pytest.mark.parametrize(("families", "expected"), [
    ((), ["authors/"]),
    (("Aa",), ["authors/ :Aa"]),
    (("Aa", "Ba", "Bb"), ["authors/ :Aa,Ba,Bb"]),
    (("Aa", "Ba", "Bb", "Ca"), ["authors/ A:Aa B:Ba,Bb", "authors/page/2/ C:Ca"]),
    (("Ba", "Bb", "Bc", "Bd"), ["authors/ B:Ba,Bb,Bc", "authors/page/2/ B:Bd"]),
    (LONG, ["authors/ A:Aa,Ab B:Ba", "authors/page/2/ B:Bb,Bc E:Éa", "authors/page/3/ E:Éb Z:Za"]),
])  # fmt: skip
def test_an_index_has_pages_and_goes_on_with_a_letter(monkeypatch: pytest.MonkeyPatch, families: tuple[str, ...], expected: list[str]) -> None:
    monkeypatch.setattr(listing, "PER_INDEX", 3)
    pages = index(people(*families))
    assert [
        " ".join([page.url, *(f"{group['letter']}:{','.join(row['label'][4:] for row in group['rows'])}" for group in page.listing["groups"])])
        for page in pages
    ] == expected  # fmt: skip
    assert {page.listing["tally"] for page in pages} == {"1 author" if len(families) == 1 else f"{len(families)} authors"}
    assert [page.listing["page"] for page in pages] == list(range(1, len(pages) + 1))
    assert {page.listing["pages"] for page in pages} == {len(pages)}


def test_pages_of_an_index_lead_to_each_other_and_letters_to_where_they_begin(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(listing, "PER_INDEX", 3)
    pages = [page.listing for page in index(people(*LONG))]
    assert [page["previous_url"] for page in pages] == ["", "authors/", "authors/page/2/"]
    assert [page["next_url"] for page in pages] == ["authors/page/2/", "authors/page/3/", ""]
    assert [page["title"] for page in pages] == ["Authors", "Authors, page 2", "Authors, page 3"]
    for page in pages:
        assert [(one["letter"], one["url"]) for one in page["letters"]] == [
            ("A", "authors/#__letter-1"), ("B", "authors/#__letter-2"), ("E", "authors/page/2/#__letter-2"), ("Z", "authors/page/3/#__letter-2"),
        ]  # fmt: skip
    (short,) = index(people("Aa", "Ba"))
    assert short.listing["letters"] == []


def test_two_hundred_are_one_page() -> None:
    names = [f"{chr(97 + n // 26)}{chr(97 + n % 26)}".capitalize() for n in range(201)]
    assert [len(page.listing["letters"]) for page in index(people(*names[:200]))] == [0]
    assert [sum(len(group["rows"]) for group in page.listing["groups"]) for page in index(people(*names))] == [200, 1]


def test_someone_or_something_called_page_has_an_address_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(listing, "PER_INDEX", 1)
    monkeypatch.setattr(listing, "PER_PAGE", 1)
    briefs = [brief(1, by="Page, Zoë Zest", topics="page energy"), brief(2, by="Page", topics="page energy")]
    urls = [page.url for page in lists(catalogue(briefs))]
    assert len(urls) == len(set(urls))
    for kind in ("authors", "topics"):
        assert {f"{kind}/", f"{kind}/page/2/", f"{kind}/page/", f"{kind}/page/page/2/"} <= set(urls)


# Lists


def test_a_long_series_names_the_files_of_a_year_on_the_pages_of_the_year(three: None) -> None:
    found = {page.url: page.listing for page in lists(catalogue(years((2022, 4), (2024, 1))))}

    def said(url: str) -> list[str]:
        return [found[url]["references_text"], *(f"{one['name']} {one['url']}" for one in found[url]["references"])]

    assert said("briefs/") == ["The 3 newest references:", "BibTeX briefs/briefs.bib", "RIS briefs/briefs.ris"]
    assert said("briefs/2024/") == ["All references:", "BibTeX briefs/briefs-2024.bib", "RIS briefs/briefs-2024.ris"]
    assert said("briefs/2022/") == ["All references:", "BibTeX briefs/briefs-2022.bib", "RIS briefs/briefs-2022.ris",
                                    "BibTeX 2 briefs/briefs-2022-2.bib", "RIS 2 briefs/briefs-2022-2.ris"]  # fmt: skip
    named = {one["url"] for page in found.values() for one in page.get("references", ())}
    assert named == reference_files("briefs", works(years((2022, 4), (2024, 1)))).keys()


def test_a_short_series_names_its_files_alone() -> None:
    found = {page.url: page.listing for page in lists(catalogue(years((2022, 4), (2024, 1))))}
    assert found["briefs/"]["references_text"] == "All references:"
    assert [url for url, page in found.items() if page.get("references")] == ["briefs/"]


def test_what_many_lists_share_is_worked_out_once(monkeypatch: pytest.MonkeyPatch) -> None:
    calls: list[str] = []
    entry, facets = listing.entry, listing.facets
    monkeypatch.setattr(listing, "entry", lambda *given: calls.append("entry") or entry(*given))
    monkeypatch.setattr(listing, "facets", lambda *given: calls.append("facets") or facets(*given))
    briefs = [brief(n, by="Eva Example, Zoë Zest", topics="page energy") for n in range(1, 100)]
    assert sum(len(page.listing.get("entries", ())) for page in lists(catalogue(briefs))) == 6 * len(briefs)
    assert (calls.count("entry"), calls.count("facets")) == (len(briefs), 1)


def test_a_moment_is_of_the_day_that_it_has_in_its_zone() -> None:
    """Two moments that are one are equal, so that what is kept by one must not be given for the other."""
    late = dt.datetime(2024, 3, 5, 23, 30, tzinfo=dt.UTC)
    assert date_text(late, "D.M.YYYY", "en") == "5.3.2024"
    assert date_text(late.astimezone(ZoneInfo("Asia/Tokyo")), "D.M.YYYY", "en") == "6.3.2024"


# A site


BOUNDS = """
import sys
from briefpress import listing, parts
from briefpress.record import sitemap
parts.WHOLE, listing.PER_INDEX, listing.PER_PAGE, sitemap.MOST = 3, 3, 2, 20
from briefpress.cli import main
main(["build", "--strict", "--no-pdf", "--quiet"])
"""


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest) -> Path:
    """Build a site on which nothing may be large."""
    conftest = request.config.pluginmanager.get_plugin(str(Path(__file__).parent / "conftest.py"))
    assert conftest is not None
    folder = tmp_path_factory.mktemp("cut") / "project"
    conftest.make_project(folder, {
        f"{year}/{n}.md": conftest.brief_text(f"{n}/{year}", f"{year}-03-{n:02}", f"Lighthouses {n} of {year}",
                                              author=f"Eva {'ABCDEFG'[n]}xample", topics=["records"])
        for year, count in ((2022, 2), (2023, 4)) for n in range(1, count + 1)
    })  # fmt: skip
    environment = os.environ | {"NO_MKDOCS_2_WARNING": "1", "PYTHONPATH": str(ROOT / "scripts")}
    done = subprocess.run([sys.executable, "-c", BOUNDS], cwd=folder, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return folder / "site"


def test_every_link_of_a_site_that_is_cut_leads_somewhere(site: Path) -> None:
    seen = 0
    for page in (*site.glob("policy-briefs/**/index.html"), *site.glob("authors/**/index.html")):
        for link in re.findall(r'href="([^":]+)"', page.read_text("utf-8")):
            path, _, anchor = link.partition("#")
            target = (page.parent / path).resolve() if path else page
            target = target / "index.html" if target.is_dir() else target
            assert target.is_file(), f"{page}: {link}"
            assert not anchor or f'id="{anchor}"' in target.read_text("utf-8"), f"{page}: {link}"
            seen += 1
    assert seen > 100


def test_a_site_that_is_cut_says_so(site: Path) -> None:
    second = re.sub(r"\s+", " ", (site / "authors/page/2/index.html").read_text("utf-8"))
    assert '<p class="tally">4 authors <span>·</span> Page 2 / 2</p>' in second
    assert '<nav class="letters" aria-label="Letters">' in second
    assert re.findall(r'<a href="([^"]*#[^"]*)">(\w)</a>', second) == [
        ("../../../authors/#__letter-1", "B"), ("../../../authors/#__letter-2", "C"), ("../../../authors/#__letter-3", "D"),
        ("../../../authors/page/2/#__letter-1", "E")]  # fmt: skip
    assert '<a rel="prev" href="../../../authors/">Previous page</a>' in second
    assert '<link rel="prev" href="../../../authors/">' in second
    assert "Next page" not in second
    whole = (site / "policy-briefs/index.html").read_text("utf-8")
    assert 'The 3 newest references: <a href="../policy-briefs/policy-briefs.bib" download>BibTeX</a>, ' in whole
    year = (site / "policy-briefs/2023/index.html").read_text("utf-8")
    assert '<p class="feeds">All references: <a href="../../policy-briefs/policy-briefs-2023.bib" download>BibTeX</a>, ' in year
    rows = [json.loads(path.read_text("utf-8"))["briefs"] for path in site.glob("briefs-*.json")]
    assert sorted(map(len, rows)) == [1, 2, 3]


def test_a_crawler_finds_every_page_of_a_site_that_is_cut(site: Path) -> None:
    files = {path.name: path.read_text("utf-8") for path in site.glob("*.xml")}
    assert files.keys() == {"sitemap.xml", "sitemap-2022.xml", "sitemap-2023.xml", "sitemap-pages.xml"}
    pages = {path.parent.relative_to(site).as_posix() for path in site.rglob("index.html")}
    assert {f"{SITE}{page}/" if page != "." else SITE for page in pages if not page.startswith(("RePEc", "pagefind"))} == crawled(files).keys()
