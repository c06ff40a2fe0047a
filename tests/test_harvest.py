"""What programs of others understand of the record, against values that were written by hand; see harvest.py."""

from __future__ import annotations

import csv
import fcntl
import io
import json
import re
from collections.abc import Callable
from dataclasses import replace
from typing import NoReturn

import feedparser
import pytest
from pybtex.database import parse_string

from briefpress.record.references import _escaped
from harvest import (
    HARD,
    PAGE,
    PLAIN,
    READERS,
    SCHEMAS,
    STYLES,
    Files,
    Head,
    Understood,
    built,
    files_of,
    in_style,
    links_of,
    linkset_of,
    page,
    schema_file,
)


@pytest.fixture(scope="session")
def files(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Files:
    """Give the site of the two briefs, built once for all workers."""
    base = tmp_path_factory.getbasetemp()
    folder = (base if worker_id == "master" else base.parent) / "harvest"
    with folder.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not folder.exists():
            built(folder)
    return files_of(folder)


def look_for_schema(name: str, skip_or_fail: Callable[[str], NoReturn]) -> None:
    """Skip loudly where the reader needs a schema that is not there."""
    schema = name.removeprefix("Crossref ")
    if schema in SCHEMAS and not schema_file(schema).exists():
        skip_or_fail(f"Crossref's schema {schema} is not there")


# What each reader understands

TWO = {
    PLAIN: Understood(
        title="Lighthouses and the price of oil",
        authors="Example, Ada",
        date="2024-03-05",
        number="1/2024",
        series="CSDS Policy Brief",
        issn="2983-466X",
        institution="Institute for Peace and Testing",
        language="en",
        address="https://example.org/repo/policy-briefs/2024/1/",
    ),
    HARD: Understood(
        title='"Bread & roses": why {markets} price peace < war: What 90% of the #1 data_set shows',
        authors="van den Voorbeeld, Lieve; Platón; Šťastná-Łuk, Zoë",
        date="2024-11-30",
        number="12/2024",
        series="CSDS Policy Brief",
        issn="2983-466X",
        institution="Institute for Peace and Testing",
        language="en",
        address="https://example.org/repo/policy-briefs/2024/12/",
    ),
}
FEED = (
    {"title": "1/2024: Lighthouses and the price of oil", "authors": "Ada Example", "number": "", "issn": ""},
    {
        "title": '12/2024: "Bread & roses": why {markets} price peace < war: What 90% of the #1 data_set shows',
        "authors": "Lieve van den Voorbeeld; Platón; Zoë Šťastná-Łuk",
        "number": "",
        "issn": "",
    },
)
NOTHING = dict.fromkeys(("title", "authors", "date", "number", "series", "issn", "institution", "language"), "")
LINKS = NOTHING | {"series": "https://example.org/repo/policy-briefs/"}
# What a reader understands otherwise, of the plain brief and of the hard one.
OTHERWISE: dict[str, tuple[dict[str, str], dict[str, str]]] = {
    # pybtex takes a brace for a group even behind a backslash.
    "BibTeX, pybtex": (
        {},
        {"title": '"Bread & roses": why \\markets\\ price peace < war: What 90% of the #1 data_set shows'},
    ),
    "BibTeX, Pandoc": ({"language": ""}, {"language": ""}),
    # Pandoc knows SN as the ISSN, which it is not of a report, and reads neither M3 nor DA.
    "RIS, Pandoc": (
        {"date": "2024", "number": "", "series": "", "issn": "1/2024"},
        {"date": "2024", "number": "", "series": "", "issn": "12/2024"},
    ),
    # Pandoc makes quotation marks of its own.
    "CSL-JSON, Pandoc": (
        {},
        {"title": "“Bread & roses”: why {markets} price peace < war: What 90% of the #1 data_set shows"},
    ),
    "Highwire, Google Scholar": (
        {"series": "", "address": "https://example.org/repo/policy-briefs/2024/1/policy-briefs-1-2024.pdf"},
        {"series": "", "address": "https://example.org/repo/policy-briefs/2024/12/policy-briefs-12-2024.pdf"},
    ),
    "Dublin Core": ({"number": "", "series": ""}, {"number": "", "series": ""}),
    "OpenGraph": (
        NOTHING | {"title": "Lighthouses and the price of oil", "date": "2024-03-05"},
        NOTHING | {"title": '"Bread & roses": why {markets} price peace < war', "date": "2024-11-30"},
    ),
    "RSS": (FEED[0] | {"institution": ""}, FEED[1] | {"institution": ""}),
    "Atom": FEED,
    "JSON Feed": FEED,
    # The hard brief was corrected.
    "Site map": (NOTHING | {"date": "2024-03-05"}, NOTHING | {"date": "2025-01-15"}),
} | dict.fromkeys(("Signposting", "Linkset"), (
    LINKS | {"address": "https://doi.org/10.5555/policy-briefs.2024.1"},
    LINKS | {"authors": "https://orcid.org/0000-0002-1825-0097", "address": "https://doi.org/10.5555/policy-briefs.2024.12"},
)) | dict.fromkeys(("Crossref 5.4.0", "Crossref 5.5.0"), (
    {"address": "https://doi.org/10.5555/policy-briefs.2024.1"},
    {"address": "https://doi.org/10.5555/policy-briefs.2024.12"},
))  # fmt: skip


def expected(name: str, at: str) -> Understood:
    return replace(TWO[at], **OTHERWISE.get(name, ({}, {}))[at == HARD])


@pytest.mark.parametrize("at", [PLAIN, HARD], ids=["plain", "hard"])
@pytest.mark.parametrize("name", READERS)
def test_a_reader_understands_a_brief(
    files: Files, name: str, at: str, skip_or_fail: Callable[[str], NoReturn]
) -> None:
    look_for_schema(name, skip_or_fail)
    assert READERS[name].read(files, at) == expected(name, at)


def test_every_difference_is_that_of_a_reader() -> None:
    assert OTHERWISE.keys() <= READERS.keys()


REFERENCES = {
    (PLAIN, "apa"): "Example, A. (2024). Lighthouses and the price of oil (CSDS Policy Brief 1/2024). "
    "Institute for Peace and Testing. https://doi.org/10.5555/policy-briefs.2024.1",
    (PLAIN, "chicago"): "Example, Ada. 2024. Lighthouses and the Price of Oil. CSDS Policy Brief 1/2024. "
    "Institute for Peace and Testing. https://doi.org/10.5555/policy-briefs.2024.1.",
    (PLAIN, "harvard"): "Example, A. (2024) Lighthouses and the price of oil. CSDS Policy Brief 1/2024. Testville: "
    "Institute for Peace and Testing. Available at: https://doi.org/10.5555/policy-briefs.2024.1.",
    (PLAIN, "mla"): "Example, Ada. Lighthouses and the Price of Oil. CSDS Policy Brief 1/2024, "
    "Institute for Peace and Testing, 5 Mar. 2024, https://doi.org/10.5555/policy-briefs.2024.1.",
    (HARD, "apa"): "van den Voorbeeld, L., Platón, & Šťastná-Łuk, Z. (2024). "
    '"Bread & roses": why {markets} price peace < war: What 90% of the #1 data_set shows (CSDS Policy Brief 12/2024). '
    "Institute for Peace and Testing. https://doi.org/10.5555/policy-briefs.2024.12",
    (HARD, "chicago"): "Voorbeeld, Lieve van den, Platón, and Zoë Šťastná-Łuk. 2024. "
    '"Bread & Roses": Why {markets} Price Peace < War: What 90% of the #1 Data_set Shows. CSDS Policy Brief 12/2024. '
    "Institute for Peace and Testing. https://doi.org/10.5555/policy-briefs.2024.12.",
    (HARD, "harvard"): "van den Voorbeeld, L., Platón and Šťastná-Łuk, Z. (2024) "
    '"Bread & roses": why {markets} price peace < war: What 90% of the #1 data_set shows. CSDS Policy Brief 12/2024. '
    "Testville: Institute for Peace and Testing. Available at: https://doi.org/10.5555/policy-briefs.2024.12.",
    (HARD, "mla"): 'van den Voorbeeld, Lieve, et al. "Bread & Roses": Why {markets} Price Peace < War: '
    "What 90% of the #1 Data_set Shows. CSDS Policy Brief 12/2024, Institute for Peace and Testing, 30 Nov. 2024, "
    "https://doi.org/10.5555/policy-briefs.2024.12.",
}



def test_each_style_is_tried() -> None:
    assert {style for _, style in REFERENCES} == STYLES.keys()


@pytest.mark.parametrize(("at", "style"), REFERENCES)
def test_a_style_makes_a_reference(files: Files, at: str, style: str) -> None:
    assert in_style(files, at, style) == REFERENCES[at, style]


# Each of those tests is seen to fail

FAULTS = [
    ("BibTeX, bibtexparser", "cite.bib", r"\{markets\}", "{markets"),
    ("BibTeX, pybtex", "cite.bib", " and {Platón}", ""),
    ("BibTeX, Pandoc", "cite.bib", "{{Institute for Peace and Testing}}", "{Institute for Peace and Testing}"),
    ("RIS, rispy", "cite.ris", "SN  - 12/2024", "SN  - 2983-466X"),
    ("RIS, Pandoc", "cite.ris", "AU  - Platón\r\n", ""),
    ("CSL-JSON, citeproc-py", "cite.csl.json", "     30\n", "     3\n"),
    ("CSL-JSON, Pandoc", "cite.csl.json", '"number": "12/2024"', '"number": "2/2024"'),
    ("Highwire, Google Scholar", "index.html", 'content="2024/11/30"', 'content="2024-11-30"'),
    ("Highwire, Zotero", "index.html", "<body", '<span class="Z3988"></span><body'),
    ("Dublin Core", "index.html", '<meta name="DC.creator" content="Platón">', ""),
    ("OpenGraph", "index.html", 'property="og:title"', 'name="og:title"'),
    ("JSON-LD", "index.html", r"\u003c", "</script>"),
    ("JSON-LD, expanded", "index.html", '"@context": "https://schema.org"', '"@context": "https://schema.example"'),
    ("Signposting", "index.html", 'rel="cite-as"', 'rel="cite"'),
    ("Linkset", "linkset.json", "2024.12", "2024.1"),
    ("RSS", "policy-briefs/feed.xml", "Sat, 30 Nov 2024", "Sun, 01 Dec 2024"),
    ("Atom", "policy-briefs/atom.xml", "bread &amp; roses", "bread & roses"),
    ("JSON Feed", "policy-briefs/feed.json", '"date_published": "2024-11-30', '"date_published": "2025-01-15'),
    ("Site map", "sitemap.xml", "2025-01-15", "2025-02-01"),
    ("Site map", "robots.txt", "https://example.org/repo/sitemap.xml", "sitemap.xml"),
    ("ReDIF", "RePEc/exi/exipbs/2024.redif", "\ufeff", ""),
    (
        "Crossref 5.4.0",
        "deposit-5.4.0.xml",
        "<day>30</day>\n     <year>2024</year>",
        "<year>2024</year>\n     <day>30</day>",
    ),
    ("Crossref 5.5.0", "deposit-5.5.0.xml", ' media_type="electronic"', ""),
    ("Table in JSON", "briefs.json", '"number": "12/2024"', '"number": "2/2024"'),
    ("Table in CSV", "briefs.csv", "\ufeff", ""),
]


@pytest.mark.parametrize(("name", "path", "right", "wrong"), FAULTS)
def test_a_fault_is_seen(
    files: Files, name: str, path: str, right: str, wrong: str, skip_or_fail: Callable[[str], NoReturn]
) -> None:
    look_for_schema(name, skip_or_fail)
    path = HARD + path if HARD + path in files else path
    text = files[path].decode()
    assert right in text
    try:
        found = READERS[name].read({**files, path: text.replace(right, wrong).encode()}, HARD)
    except Exception:  # each program has its own
        return
    assert found != expected(name, HARD)


def test_there_is_a_fault_for_each_reader() -> None:
    assert {name for name, *_ in FAULTS} == READERS.keys()


# Traps that others fell into


def test_scholar_gets_slashes_and_zotero_hyphens(files: Files) -> None:
    head = Head(files[f"{PLAIN}index.html"])
    assert head.all("citation_publication_date") == ["2024/03/05"]
    assert head.all("citation_date") == ["2024-03-05"]


def test_nothing_takes_the_place_of_the_names_in_the_head(files: Files) -> None:
    for at in (PLAIN, HARD):
        head = Head(files[f"{at}index.html"])
        assert not head.coins
        assert "prefix" not in head.attributes
        assert not head.all("citation_journal_title")
        assert not head.all("citation_series_title")


def test_json_ld_is_one_node_in_ascii(files: Files) -> None:
    (text,) = re.findall(
        r'<script type="application/ld\+json">(.*?)</script>', files[f"{HARD}index.html"].decode(), re.DOTALL
    )
    assert text.isascii()
    node = json.loads(text)
    assert "@graph" not in node
    assert isinstance(node["isPartOf"], dict)


def test_ris_in_bytes(files: Files) -> None:
    data = files[f"{HARD}cite.ris"]
    assert data.count(b"\n") == data.count(b"\r\n")
    lines = data.decode().split("\r\n")
    assert lines[0] == "TY  - RPRT"
    assert lines[-2:] == ["ER  - ", ""]
    assert [line for line in lines if line.startswith("SN")] == ["SN  - 12/2024"]
    assert "N1  - ISSN 2983-466X" in lines
    assert not [line for line in lines if line.startswith(("T2", "T3"))]


def test_an_institution_with_and_in_its_name_is_one(files: Files) -> None:
    assert b"institution = {{Institute for Peace and Testing}}" in files[f"{HARD}cite.bib"]


@pytest.mark.parametrize(
    ("text", "typed"),
    [
        ("{a {b}} c", r"\{a \{b\}\} c"),
        ("a { b", r"a {\textbraceleft} b"),
        ("a } b { c", r"a {\textbraceright} b {\textbraceleft} c"),
        ("{a} b}", r"{\textbraceleft}a{\textbraceright} b{\textbraceright}"),
    ],
)
def test_a_brace_without_its_other_has_a_name_in_bibtex(text: str, typed: str) -> None:
    assert _escaped(text) == typed
    entry = f"@techreport{{a,\n title = {{{{{typed}}}}},\n number = {{1/2024}},\n}}\n"
    assert parse_string(entry, "bibtex").entries["a"].fields["number"] == "1/2024"


def test_csl_has_the_series_once(files: Files) -> None:
    (item,) = json.loads(files[f"{HARD}cite.csl.json"])
    assert "collection-title" not in item


def test_links_in_the_page_and_in_the_file_agree(files: Files) -> None:
    for at in (PLAIN, HARD):
        page, file = ({(str(link.rel), str(link.target), str(link.type)) for link in found} for found in
                      (links_of(files, at), linkset_of(files, at)))  # fmt: skip
        assert len(file) > 6
        assert {link for link in page if link[0] != "linkset"} == file


@pytest.mark.parametrize("name", ["feed.xml", "atom.xml"])
def test_dates_of_feeds_are_those_of_the_record(files: Files, name: str) -> None:
    found = feedparser.parse(files[f"policy-briefs/{name}"])
    # Midnight in Brussels.
    assert found.feed.updated_parsed[:5] == (2025, 1, 14, 23, 0)
    assert {entry.published_parsed[:3] for entry in found.entries} <= {(2025, 1, 14), (2024, 11, 29), (2024, 3, 4)}
    assert len({entry.id for entry in found.entries}) == len(found.entries)


def test_a_correction_is_news_in_every_feed(files: Files) -> None:
    note = "In the second section the share is 44 per cent, not 41."
    rss = feedparser.parse(files["policy-briefs/feed.xml"]).entries
    atom = feedparser.parse(files["policy-briefs/atom.xml"]).entries
    feed = json.loads(files["policy-briefs/feed.json"])["items"]
    assert rss[0].title.startswith("Correction: 12/2024: ")
    assert note in rss[0].summary
    assert note in atom[0].content[0].value
    assert note in feed[0]["content_html"]
    assert feed[0]["date_modified"] == "2025-01-15T00:00:00+01:00"


def test_what_repec_and_spreadsheets_read_has_a_byte_order_mark(files: Files) -> None:
    paths = [path for path in files if path.endswith((".redif", ".csv"))]
    assert len(paths) == 4
    assert [path for path in paths if not files[path].startswith(b"\xef\xbb\xbf")] == []


def test_the_table_has_as_many_cells_in_each_row(files: Files) -> None:
    rows = list(csv.reader(io.StringIO(files["briefs.csv"].decode("utf-8-sig"), newline="")))
    assert {len(row) for row in rows} == {len(rows[0])}


def test_the_page_of_the_manual_says_what_is_understood(files: Files, skip_or_fail: Callable[[str], NoReturn]) -> None:
    for name in READERS:
        look_for_schema(name, skip_or_fail)

    def without_versions(text: str) -> str:
        return re.sub(r"[\d.]+(?= \|\n|:\n)", "", text)

    assert without_versions(PAGE.read_text("utf-8")) == without_versions(page(files)), "run make record"
