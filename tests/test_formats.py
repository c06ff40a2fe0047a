"""Every format of the record says the same, whatever the texts hold, and changes only when the record does."""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
import os
import re
import subprocess
import sys
from collections.abc import Callable
from email.utils import parsedate_to_datetime
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import bibtexparser
import feedparser
import pytest
import rispy
from defusedxml import ElementTree
from pybtex.database import parse_string

from briefpress.byline import orcid_check_digit
from briefpress.checks import check
from briefpress.finding import Level
from briefpress.record import repec
from briefpress.record.deposit import SCHEMAS, deposit
from briefpress.record.feeds import Feed, atom, json_feed, rss
from briefpress.record.head import head
from briefpress.record.references import bibtex, csl_file, reference, ris
from briefpress.record.signposting import linkset
from briefpress.record.sitemap import robots, sitemap
from briefpress.record.tables import briefs_csv, briefs_json
from briefpress.record.work import Work

ROOT = Path(__file__).parents[1]
SITE = "https://example.org/repo/"
NOW = dt.datetime(2024, 7, 1, tzinfo=dt.UTC)
REDIF = frozenset("""Template-Type Handle Name Maintainer-Name Maintainer-Email Description URL Provider-Name Provider-Homepage Type ISSN
    Author-Name Author-Name-First Author-Name-Last Author-Email Author-Workplace-Name Title Abstract Creation-Date Revision-Date Number
    Keywords Language DOI Note Publication-Status File-URL File-Format""".split())
"""Names of fields that we write; a line with another is a value that broke out of its own."""
LATEX = {"textbackslash": "\\", "textbraceleft": "{", "textbraceright": "}", "textasciitilde": "~", "textasciicircum": "^"}
SECOND = "The second key issue says in one sentence what should be done about it."


def series_row(slug: str = "policy-briefs", numbering: str = "per-year", code: str = "tstpbs", **more: object) -> dict[str, object]:
    return {
        "slug": slug, "title": "Test Policy Brief", "masthead": "TEST POLICY BRIEF", "issn": "2983-466X", "numbering": numbering,
        "publisher": "Institute for Tests", "place": "Testville", "description": "Briefs that were invented for the tests.",
        "license": "CC-BY-4.0", "disclaimer": {"one": "The views are those of the author.", "several": "The views are those of the authors."},
        "topics": {"records": "Numbers and records"},
        "crossref": {"prefix": "10.5555", "depositor": "Institute for Tests", "email": "doi@example.org", "policy": "10.5555/policy"},
        "repec": {"archive": "tst", "series": code, "email": "repec@example.org"},
    } | more  # fmt: skip


def settings(*rows: dict[str, object], sample: bool = False) -> str:
    """The text of series.yml; what JSON writes is YAML too."""
    return json.dumps({"timezone": "Europe/Brussels", "sample": str(sample).lower(), "series": rows or [series_row()]}, ensure_ascii=False)


def laid_out(folder: Path, briefs: dict[str, str], series: str) -> Path:
    for path, text in {"series.yml": series, **briefs}.items():
        (folder / "briefs" / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / "briefs" / path).write_text(text, "utf-8")
    return folder


def works_of(folder: Path, briefs: dict[str, str], series: str, now: dt.datetime = NOW) -> tuple[list[Work], list[str]]:
    """The works of a small folder with PDF and card, and the messages of what blocks."""
    catalogue, findings = check(laid_out(folder, briefs, series), now)
    errors = [f"{one.code}: {one.message}" for one in findings if one.level is Level.ERROR]
    if catalogue is None:
        return [], errors
    return [
        Work.of(catalogue, one, SITE, pdf=f"{SITE}{catalogue.permalink(one)}{catalogue.pdf_name(one)}", card=f"{SITE}card.png")
        for one in catalogue.public
    ], errors  # fmt: skip


def formats(works: list[Work]) -> dict[str, str]:
    """Every file of the record that can be made of works of one series."""
    series = works[0].series
    feed = Feed(series.title, f"{SITE}{series.slug}/", series.description, "en", series.publisher, dt.UTC, tuple(works))
    found = {
        "bib": "\n".join(map(bibtex, works)), "ris": "".join(map(ris, works)), "csl": csl_file(works[0]), "linkset": linkset(works[0]),
        "rss": rss(feed, f"{feed.home}feed.xml"), "atom": atom(feed, f"{feed.home}atom.xml"), "feed": json_feed(feed, f"{feed.home}feed.json"),
        "json": briefs_json(works), "csv": briefs_csv(works), "sitemap": sitemap((one.url, one.brief.changed) for one in works),
        "robots": robots(SITE), "ld": head(works[0], "Site")["json_ld"],
        **{f"repec {name}": text for name, text in repec.files([series], works, SITE).items() if name.endswith(".redif")},
    }  # fmt: skip
    if all(one.brief.doi for one in works) and series.crossref:
        found |= {schema: deposit(works, series.crossref, NOW, schema) for schema in SCHEMAS}
    return found


# --- readers, each strict ---------------------------------------------------------------------------


def plain(text: str) -> str:
    """What LaTeX prints of a value, dashes and quotation marks as typed. A command or a sign of its own that is left raises KeyError."""

    def one(hit: re.Match[str]) -> str:
        return hit[2] or ("" if hit[0] in "{}" else LATEX[hit[1] or hit[0]])

    return re.sub(r"\\(?:(text[a-z]+)|([&%$#_{}]))|[\\{}~^&%$#_]", one, text)


def read_bib(text: str) -> list[dict[str, Any]]:
    """Entries as two readers agree on them, without their LaTeX."""
    one = parse_string(text, "bibtex").entries
    library = bibtexparser.parse_string(text)
    assert not library.failed_blocks
    assert len(library.blocks) == len(library.entries) == len(one), "nothing but entries, and no text between them"
    found = []
    for entry in library.entries:
        assert {name.lower(): value for name, value in one[entry.key].fields.items()}.keys() >= {"title", "institution"}
        assert one[entry.key].fields["title"] == entry["title"].replace("\u00a0", " "), "pybtex knows one kind of blank"
        values = {name: field.value if name in ("doi", "url") else plain(field.value) for name, field in entry.fields_dict.items()}
        people = [(who.first_names + who.middle_names, who.prelast_names, who.last_names) for who in one[entry.key].persons.get("author", [])]
        names = [" | ".join(" ".join(map(plain, part)) for part in parts) for parts in people]
        found.append(values | {"key": entry.key, "people": names})
    return found


def read_ris(text: str) -> list[dict[str, list[str]]]:
    """Records by tag; every line has one, and is a line for whoever splits at other characters too."""
    assert text.splitlines() == text.split("\r\n")[:-1]
    found: list[dict[str, list[str]]] = []
    for line in text.splitlines():
        tag, sign, value = line[:2], line[2:6], line[6:]
        assert re.fullmatch("[A-Z][A-Z0-9]", tag), line
        assert sign == "  - ", line
        if tag == "TY":
            assert value == "RPRT"
            found.append({})
        found[-1].setdefault(tag, []).append(value)
    assert all(one["TY"] == ["RPRT"] and one["ER"] == [""] for one in found)
    assert [one.get("title") or one.get("primary_title") for one in rispy.loads(text)] == [one["TI"][0] for one in found]
    return found


def read_redif(text: str) -> list[dict[str, list[str]]]:
    """Templates; every line is a field whose name we know."""
    assert text[0] == "\ufeff"
    body = text[1:]
    assert body.splitlines() == body.split("\n")[:-1]
    found: list[dict[str, list[str]]] = []
    for line in filter(None, body.splitlines()):
        name, _, value = line.partition(": ")
        assert name in REDIF, line
        if name == "Template-Type":
            found.append({})
        found[-1].setdefault(name, []).append(value)
    assert all(len(one["Handle"]) == len(one["Template-Type"]) == 1 for one in found)
    return found


def read_csv(text: str) -> list[dict[str, str]]:
    rows = list(csv.reader(io.StringIO(text.removeprefix("\ufeff"), newline=""), strict=True))
    assert len({len(row) for row in rows}) == 1
    assert not [cell for row in rows for cell in row if cell[:1] in ("=", "+", "-", "@", "\t", "\r", "\n")], "no cell is a formula"
    return [dict(zip(rows[0], row, strict=True)) for row in rows[1:]]


def read_feed(text: str) -> Any:
    ElementTree.fromstring(text)
    found = feedparser.parse(text, sanitize_html=False, resolve_relative_uris=False)
    assert not found.bozo
    return found


class Page(HTMLParser):
    """What the head of a page says to machines."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.meta: dict[str, list[str]] = {}
        self.scripts: list[str] = []
        self.links: list[dict[str, str | None]] = []
        self._in_script = False
        self.feed(text)
        self.close()
        self.ld: dict[str, Any] = json.loads(self.scripts[0]) if self.scripts else {}

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        if tag == "meta" and (name := values.get("name") or values.get("property")):
            self.meta.setdefault(name, []).append(values.get("content") or "")
        if tag == "link":
            self.links.append(values)
        self._in_script = tag == "script" and values.get("type") == "application/ld+json"
        if self._in_script:
            self.scripts.append("")

    def handle_endtag(self, tag: str) -> None:
        self._in_script = False

    def handle_data(self, data: str) -> None:
        if self._in_script:
            self.scripts[-1] += data


class Words(HTMLParser):
    """The texts of a piece of HTML, and the elements that it has."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: set[str] = set()
        self.texts: list[str] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.texts.append("")

    def handle_data(self, data: str) -> None:
        self.texts[-1] += data


def texts_at(element: Any, name: str) -> list[str]:
    """The texts of the elements of a local name, whatever their namespace."""
    return [one.text or "" for one in element.iter() if one.tag.rpartition("}")[2] == name]


# --- hostile texts ------------------------------------------------------------------------------------

PASSING = (
    "</script><script>alert(1)</script>", "]]>", "<![CDATA[x", "{", "}", "{{", "}{", "{}}", "\\", "\\\\{", "%", "50% off", "#1", "$x$", "$", "~",
    "^", "_a_", "\\emph{x}", "\\input{/etc/passwd}", "@article{x, title={y}}", "@string{a = {b}}", "ER  - ", "TY  - BOOK", "XX  - ER  -", "=cmd()",
    "=HYPERLINK(1)", "+1", "-1", "@x", '"', "''x", "\"'\"", "&amp;", "&", "&#60;", "<!--", "--><b>", "<b>", "Template-Type: x",
    "Handle: RePEc:aaa:bbbbbb:1", "x and y", "x AND y", "and", "one; two", "a, b", "{{ 7*7 }}", "{% raw %}", "x\u00a0y",
    "\U0001f600", "e\u0301", "\u200dx",
)  # fmt: skip
"""Texts that mean something in one of the formats."""
BREAKING = ("x\ny", "x\n\ny", "x\tTY  - BOOK", "\nTemplate-Type: ReDIF-Paper 1.0\nHandle: x", "x\nER  - \nTY  - BOOK")
"""Line breaks and tabs, which become blanks."""
REFUSED = (
    "\x00", "\x07", "\x0b", "\x0c", "\r", "x\r\nER  - \r\n", "\x1b[2J", "\x1c", "\x7f", "\x85", "\u2028", "\u2029", "\u202e", "\ufeff",
)  # fmt: skip
"""What no text may hold, typed or as an escape of YAML. A carriage return alone is one only as an escape: as a byte it ends a line."""


def hostile(text: str, write: Callable[..., str]) -> tuple[str, str]:
    """A brief and a series with a text in every field."""
    name = re.sub("[,;]", "", text)  # which names do not have
    note = {"date": "2024-06-02", "kind": "correction", "note": f"{text} is what the note of this correction says {text}"}
    brief = write(
        "1/2024", "2024-05-01", f"{text} in a title {text}", "## One\n\nText.\n", subtitle=f"{text} in a subtitle {text}",
        author=[{"given": f"Eva {name}", "family": f"Example{name}", "affiliation": [f"{text} House {text}", "Second House"]}],
        key_issues=[f"{text} stands in the first key issue, which has more than eight words {text}", SECOND],
        keywords=[f"{text} key", "second"], funding=f"{text} paid for it {text}", publishers=[f"{text} Press {text}", "Institute for Tests"],
        other_numbers=[f"{text} Paper 3"], topics=["records"], collection=f"{text} issue", doi="10.5555/x.1", corrections=[note],
        description=f"{text} is what the description of this brief says, which is long enough {text}",
    )  # fmt: skip
    named = {name: f"{text} {name} {text}" for name in ("title", "masthead", "publisher", "place", "description")}
    row = series_row(topics={"records": f"{text} label {text}"}, **named)
    row["crossref"] = {"prefix": "10.5555", "depositor": f"{text} x", "email": "a@example.org", "registrant": f"{text} x", "policy": "10.5555/p"}
    row["repec"] = {"archive": "tst", "series": "tstpbs", "email": "a@example.org", "maintainer": f"{text} x"}
    return brief, settings(row)


def folded(text: str) -> str:
    return re.sub("[ \t\n]+", " ", text).strip(" ")


@pytest.mark.parametrize("text", [*PASSING, *BREAKING])
def test_a_hostile_text_is_read_back_from_every_format_as_it_stands(text: str, tmp_path: Path, brief_text: Callable[..., str]) -> None:
    brief, series = hostile(text, brief_text)
    works, errors = works_of(tmp_path, {"2024/1.md": brief}, series)
    assert errors == []
    (work,) = works
    title = folded(f"{text} in a title {text}") + ": " + folded(f"{text} in a subtitle {text}")
    if work.brief.title[-1] in "?!…":
        title = title.replace(": ", " ", 1)
    given, family = (folded(one + re.sub("[,;]", "", text)) for one in ("Eva ", "Example"))
    issue, house, publisher = (folded(one.format(text, text)) for one in (
        "{} stands in the first key issue, which has more than eight words {}", "{} House {}", "{} Press {}"))  # fmt: skip
    note, label = (folded(one.format(text, text)) for one in ("{} is what the note of this correction says {}", "{} label {}"))
    assert (work.title, work.brief.authors[0].given, work.brief.authors[0].family) == (title, given, family)
    made = formats(works)
    whole = f"1/2024: {title}"

    (entry,) = read_bib(made["bib"])
    assert (entry["title"], entry["people"]) == (title, [f"{given} |  | {family}".replace("\u00a0", " ")])
    assert entry["institution"] == f"{publisher} and Institute for Tests"
    assert entry["abstract"] == f"{issue} {SECOND}"
    assert note.rstrip(".") in entry["note"]
    (record,) = read_ris(made["ris"])
    assert (record["TI"], record["AU"], record["AB"]) == ([title], [f"{family}, {given}"], [f"{issue} {SECOND}"])
    assert label in record["KW"]
    (item,) = json.loads(made["csl"])
    assert (item["title"], item["author"]) == (title, [{"family": family, "given": given}])
    page = Page(f'<head><script type="application/ld+json">{made["ld"]}</script><meta name="after" content="x">')
    assert page.meta == {"after": ["x"]}
    assert page.scripts == [made["ld"]]
    assert not set("<>&") & set(made["ld"]), "nor do they open what html.parser does not know, as <!--<script> does"
    assert (page.ld["name"], page.ld["correction"][0]["text"], page.ld["publisher"][0]["name"]) == (title, note, publisher)
    assert page.ld["author"][0]["affiliation"][0]["name"] == house
    for kind in ("rss", "atom"):
        root = ElementTree.fromstring(made[kind])
        assert whole in texts_at(root, "title")
        assert f"{given} {family}" in (texts_at(root, "creator") or texts_at(root, "name"))
        assert whole in [one.title for one in read_feed(made[kind]).entries]
        assert len(read_feed(made[kind]).entries) == (2 if kind == "rss" else 1)
    content = texts_at(ElementTree.fromstring(made["atom"]), "content")[0]
    for html in (content, json.loads(made["feed"])["items"][0]["content_html"]):
        words = Words(html)
        assert words.tags == {"p", "strong", "ul", "li"}
        assert issue in words.texts
    assert json.loads(made["feed"])["items"][0]["title"] == whole
    (row,) = json.loads(made["json"])["briefs"]
    assert (row["title"], row["key_issues"][0], row["corrections"][0]["note"]) == (work.brief.title, issue, note)
    (cells,) = read_csv(made["csv"])
    assert cells["title"].removeprefix("'" if text[:1] in "=+-@" else "") == work.brief.title
    for schema in SCHEMAS:
        root = ElementTree.fromstring(made[schema])
        assert work.brief.title in texts_at(root, "title")
        assert texts_at(root, "surname") == [family]
        assert f"{issue} {SECOND}" in texts_at(root, "p")
        assert publisher in texts_at(root, "institution_name")
    papers = [one for name, body in made.items() if name.startswith("repec") for one in read_redif(body)]
    assert [one["Handle"] for one in papers] == [["RePEc:tst"], ["RePEc:tst:tstpbs"], ["RePEc:tst:tstpbs:2024-1"]]
    assert (papers[2]["Title"], papers[2]["Author-Name-Last"], papers[2]["Abstract"]) == ([title], [family], [f"{issue} {SECOND}"])
    assert [link["href"] for link in json.loads(made["linkset"])["linkset"][0]["cite-as"]] == ["https://doi.org/10.5555/x.1"]
    assert texts_at(ElementTree.fromstring(made["sitemap"]), "loc") == [f"{SITE}policy-briefs/2024/1/"]
    assert title in reference(work)


@pytest.mark.parametrize("text", REFUSED, ids=ascii)
def test_a_control_character_is_refused_typed_or_as_an_escape(text: str, tmp_path: Path, brief_text: Callable[..., str]) -> None:
    brief, series = hostile(text, brief_text)
    for name, one in (("brief", brief), ("series", series)):
        escaped = one.replace(text, json.dumps(text)[1:-1])
        typed = one.replace(json.dumps(text, ensure_ascii=True)[1:-1], text).replace(json.dumps(text, ensure_ascii=False)[1:-1], text)
        for way, content in (("escaped", escaped), ("typed", typed)):
            if way == "typed" and "\r" in text:
                continue
            files = {"2024/1.md": brief_text("1/2024", "2024-05-01", "A brief")} | ({"2024/1.md": content} if name == "brief" else {})
            _, errors = works_of(tmp_path / f"{name}-{way}", files, content if name == "series" else settings())
            assert any(one.startswith("control-character") for one in errors), (name, way, errors)


# --- names, numbers, identifiers ------------------------------------------------------------------------

ORCID = "0000-0002-1825-0097"
PEOPLE: tuple[tuple[object, str, str, str], ...] = (
    # as typed, and the given name, the particle and the family name that every format has
    ("Jan van der Berg", "Jan", "van der", "Berg"),
    ("Ana de la Muestra", "Ana", "de la", "Muestra"),
    ("Otto von Beispiel", "Otto", "von", "Beispiel"),
    ("Jeanne d\u2019Exemple", "Jeanne", "", "d\u2019Exemple"),
    ("Mona al-Mithal", "Mona", "", "al-Mithal"),
    ("Huda al Mithal", "Huda", "al", "Mithal"),
    ("Platon", "", "", "Platon"),
    ("\u4f8b\u5b50", "", "", "\u4f8b\u5b50"),
    ("\u041e\u043b\u0435\u043d\u0430 \u041f\u0440\u0438\u043a\u043b\u0430\u0434", "\u041e\u043b\u0435\u043d\u0430", "",
     "\u041f\u0440\u0438\u043a\u043b\u0430\u0434"),
    ("\u0395\u03cd\u03b1 \u0394\u03b5\u03af\u03b3\u03bc\u03b1", "\u0395\u03cd\u03b1", "", "\u0394\u03b5\u03af\u03b3\u03bc\u03b1"),
    ("\u0645\u0646\u0649 \u0627\u0644\u0645\u062b\u0627\u0644", "\u0645\u0646\u0649", "", "\u0627\u0644\u0645\u062b\u0627\u0644"),
    ({"given": "\u4f8b", "family": "\u8ba9"}, "\u4f8b", "", "\u8ba9"),
    ({"given": "Sam", "family": "Example Jr."}, "Sam", "", "Example Jr."),
    ({"given": "Ludwig", "particle": "van", "family": "Voor Beeld", "orcid": ORCID}, "Ludwig", "van", "Voor Beeld"),
    ({"name": "Zo\u00eb Mu\u0161ter", "orcid": "0000-0002-1694-233X"}, "Zo\u00eb", "", "Mu\u0161ter"),
)


def test_every_format_has_the_same_parts_of_each_name(tmp_path: Path, brief_text: Callable[..., str]) -> None:
    brief = brief_text("1/2024", "2024-05-01", "A brief by many", author=[one[0] for one in PEOPLE], doi="10.5555/x.1")
    works, errors = works_of(tmp_path, {"2024/1.md": brief}, settings())
    assert errors == []
    (work,) = works
    whole = [(given, " ".join(filter(None, (particle, family)))) for _, given, particle, family in PEOPLE]
    names = [" ".join(filter(None, one)) for one in whole]
    turned = [", ".join(filter(None, (family, given))) for given, family in whole]
    made = formats([work])
    assert read_bib(made["bib"])[0]["people"] == [f"{given} |  | {family}" for given, family in whole]
    assert read_ris(made["ris"])[0]["AU"] == turned
    for (_, given, particle, family), item in zip(PEOPLE, json.loads(made["csl"])[0]["author"], strict=True):
        expected = {"family": family, "given": given, "non-dropping-particle": particle} if given else {"literal": family}
        assert item == {name: value for name, value in expected.items() if value}
    people = json.loads(made["ld"])["author"]
    assert [(one.get("givenName", ""), one["familyName"]) for one in people] == whole
    assert [one["name"] for one in people] == names
    head_names = head(work, "Site")["names"]
    for name in ("citation_author", "DC.creator"):
        assert [value for key, value in head_names if key == name] == turned
    papers = read_redif(made["repec RePEc/tst/tstpbs/2024.redif"])[0]
    assert (papers["Author-Name"], papers["Author-Name-Last"]) == (names, [family for _, family in whole])
    assert papers["Author-Name-First"] == [given for given, _ in whole if given]
    for schema in SCHEMAS:
        people = [one for one in ElementTree.fromstring(made[schema]).iter() if one.tag.endswith("person_name")]
        assert [("".join(texts_at(one, "given_name")), *texts_at(one, "surname")) for one in people] == whole
        assert [text for one in people for text in texts_at(one, "ORCID")] == [f"https://orcid.org/{ORCID}", "https://orcid.org/0000-0002-1694-233X"]
    assert texts_at(ElementTree.fromstring(made["rss"]), "creator") == names
    assert texts_at(ElementTree.fromstring(made["atom"]), "name")[1:] == names
    assert [one["name"] for one in json.loads(made["feed"])["items"][0]["authors"]] == names
    rows = json.loads(made["json"])["briefs"][0]["authors"]
    assert [(one.get("given", ""), one.get("particle", ""), one["family"]) for one in rows] == [one[1:] for one in PEOPLE]
    assert read_csv(made["csv"])[0]["authors"].split("; ") == turned
    orcids = [one["href"] for one in json.loads(made["linkset"])["linkset"][0]["author"]]
    assert orcids == [value for key, value in head_names if key == "citation_author_orcid" and value]
    assert orcids == [one["@id"] for one in json.loads(made["ld"])["author"] if "@id" in one]
    assert orcid_check_digit("000000021694233") == "X"


@pytest.mark.parametrize("author", [
    "Smith,Jones", "Sam Example,", "Sam Example; Eva Example", {"given": "Sam", "family": "Example, Jr."}, {"given": "Sam, Jr.", "family": "Example"},
    {"given": "Sam", "family": "Example; Eva"}, {"name": "Eva Example", "orcid": "0000-0002-1825-0098"},
], ids=str)  # fmt: skip
def test_a_name_that_formats_would_read_differently_is_refused(author: object, tmp_path: Path, brief_text: Callable[..., str]) -> None:
    _, errors = works_of(tmp_path, {"2024/1.md": brief_text("1/2024", "2024-05-01", "A brief", author=author)}, settings())
    assert [one for one in errors if one.startswith(("field-shape", "author-order", "author-several", "orcid"))], errors


SHELVES = (
    # slug, numbering, code of RePEc, the number as typed, and as it is in the names of things
    ("policy-briefs", "per-year", "tstpbs", "7/2024", "2024-7"),
    ("notes", "continuous", "tstnot", "47", "47"),
    ("papers", "none", "tstpap", "", "2024-x"),
)


def test_every_format_has_the_same_number_and_series(tmp_path: Path, brief_text: Callable[..., str]) -> None:
    doi, issn = "10.5555/a.b_(c);d/e-F", "2434-561X"
    rows = [series_row(slug, numbering, code, title=f"Title of {slug}", issn=issn) for slug, numbering, code, _, _ in SHELVES]
    briefs = {
        f"{slug}/{'2024/' if slug == 'papers' else ''}x.md": re.sub("number: .*\n", "", text) if slug == "papers" else text
        for slug, _, _, number, _ in SHELVES
        for text in [brief_text(number, "2024-05-01", f"A brief of {slug}", publishers=["House One", "House Two and Three"],
                                other_numbers=["House One Paper 12"], doi=f"{doi}.{slug}")]
    }  # fmt: skip
    works, errors = works_of(tmp_path, briefs, settings(*rows))
    assert errors == []
    ids = set()
    for work, (slug, _, code, number, serial) in zip(works, SHELVES, strict=True):
        made, title, url = formats([work]), f"Title of {slug}", work.url
        names = dict(head(work, "Site")["names"])
        (bib,), (record,), (item,) = read_bib(made["bib"]), read_ris(made["ris"]), json.loads(made["csl"])
        node, (row,), (cells,) = json.loads(made["ld"]), json.loads(made["json"])["briefs"], read_csv(made["csv"])
        (paper,) = read_redif(made[f"repec RePEc/tst/{code}/2024.redif"])
        deposits = [ElementTree.fromstring(made[schema]) for schema in SCHEMAS]
        assert node["reportNumber"] == [one for one in (number, "House One Paper 12") if one]
        assert [value for name, value in head(work, "Site")["names"] if name == "DC.identifier"] == [url, work.doi_url, "House One Paper 12"]
        assert [one.findtext(".//{*}publisher_item/{*}identifier") for one in deposits] == ["House One Paper 12"] * 2
        assert {bib.get("number", ""), *record.get("SN", [""]), item.get("number", ""), row.get("number", ""),
                cells["number"], *paper.get("Number", [""]), names.get("citation_technical_report_number", ""),
                *("".join(texts_at(one, "item_number")) for one in deposits), *("".join(texts_at(one, "series_number")) for one in deposits)
                } == {number}  # fmt: skip
        assert {bib["type"], *record["M3"], item["genre"], node["isPartOf"]["name"], row["series"], cells["series"], names["z.reportType"],
                *(one.find(".//{*}series_metadata//{*}title").text for one in deposits)} == {title}  # fmt: skip
        assert {bib["issn"], item["ISSN"], node["isPartOf"]["issn"], row["issn"], cells["issn"], names["citation_issn"],
                names["DCTERMS.isPartOf"].removeprefix("urn:ISSN:"), *(one.find(".//{*}issn").text for one in deposits)} == {issn}  # fmt: skip
        assert f"ISSN {issn}" in record["N1"]
        assert {bib["doi"], *record["DO"], item["DOI"], node["identifier"]["value"], row["doi"], cells["doi"], names["citation_doi"], *paper["DOI"],
                *(one.find(".//{*}doi_data/{*}doi").text for one in deposits)} == {f"{doi}.{slug}"}  # fmt: skip
        assert {bib["url"], *record["UR"], item["URL"], node["url"], row["url"], cells["url"], names["citation_public_url"], paper["File-URL"][1],
                *(one.find(".//{*}doi_data/{*}resource").text for one in deposits)} == {url}  # fmt: skip
        houses = ["House One", "House Two and Three"]
        assert bib["institution"] == " and ".join(houses)
        assert parse_string(made["bib"], "bibtex").entries[work.id].fields["institution"] == "{House One} and {House Two and Three}"
        assert {*record["PB"], item["publisher"], cells["publishers"]} == {"; ".join(houses)}
        assert [one["name"] for one in node["publisher"]] == row["publishers"] == texts_at(deposits[0], "institution_name") == houses
        notes = (bib["note"], " ".join(record["N1"]), item["note"], *paper["Note"], *row["other_numbers"])
        assert all("House One Paper 12" in note for note in notes)
        assert paper["Handle"] == [f"RePEc:tst:{code}:{serial}"]
        assert bib["key"] == record["ID"][0] == item["id"] == f"{slug}-{serial}"
        ids.add(work.id)
    assert len(ids) == len(SHELVES)


# --- what changes, and when -----------------------------------------------------------------------------

NOTE = "In the second section the share is 44 per cent, not 41; the conclusions stand."
CORRECTION = {"date": "2024-06-02", "kind": "correction", "note": NOTE}
WITHDRAWAL = {"date": "2024-06-06", "kind": "withdrawal", "note": "The survey on which it rested was taken back by its authors."}
TYPO = {"date": "2024-06-05", "kind": "typo", "note": "A comma zqtypo that nobody sees."}
OLDER = {"2024/9.md": ("9/2024", "2024-05-20", "Another brief")}


def dates(work: Work, others: list[Work]) -> dict[str, str]:
    """The date on which each format says that a work changed last; empty where it says none."""
    made = formats([work, *others])
    names, node = dict(head(work, "Site")["names"]), json.loads(made["ld"])
    properties = dict(head(work, "Site")["properties"])
    news, feed = read_feed(made["rss"]), read_feed(made["atom"])
    entry = next(one for one in feed.entries if one.link == work.url)
    item = next(one for one in json.loads(made["feed"])["items"] if one["url"] == work.url)
    row = next(one for one in json.loads(made["json"])["briefs"] if one["url"] == work.url)
    cells = next(one for one in read_csv(made["csv"]) if one["url"] == work.url)
    paper = next(one for one in read_redif(made["repec RePEc/tst/tstpbs/2024.redif"]) if work.url in one["File-URL"])
    place = next(one for one in ElementTree.fromstring(made["sitemap"]) if one[0].text == work.url)
    return {
        "JSON-LD": node["dateModified"], "DCTERMS": names.get("DCTERMS.modified", ""), "OpenGraph": properties.get("article:modified_time", ""),
        "RSS": parsedate_to_datetime(news.feed.updated).date().isoformat(), "Atom": entry.updated[:10], "Atom feed": feed.feed.updated[:10],
        "JSON Feed": item["date_modified"][:10], "JSON": row["modified"], "CSV": cells["modified"], "sitemap": place[1].text or "",
        "RePEc": paper.get("Revision-Date", [""])[0],
    }  # fmt: skip


@pytest.mark.parametrize(("log", "day", "typo"), [
    ([CORRECTION], "2024-06-02", ""), ([TYPO], "", "2024-06-05"), ([WITHDRAWAL], "2024-06-06", ""), ([CORRECTION, TYPO], "2024-06-02", "2024-06-05"),
    ([CORRECTION, WITHDRAWAL], "2024-06-06", ""),
])  # fmt: skip
def test_every_format_moves_to_the_day_of_the_newest_entry_and_the_sitemap_to_that_of_a_typo_too(
    log: list[dict[str, str]], day: str, typo: str, tmp_path: Path, brief_text: Callable[..., str]
) -> None:
    other = {path: brief_text(*row, doi="10.5555/x.9") for path, row in OLDER.items()}
    before = {"2024/1.md": brief_text("1/2024", "2024-05-01", "A brief", doi="10.5555/x.1")}
    after = {"2024/1.md": brief_text("1/2024", "2024-05-01", "A brief", doi="10.5555/x.1", corrections=log)}
    found = []
    for briefs in (before, after):
        works, errors = works_of(tmp_path, briefs | other, settings())
        assert errors == []
        found.append(dates(works[0], works[1:]))
    feeds, silent = ("RSS", "Atom feed"), ("DCTERMS", "OpenGraph", "RePEc")
    assert found[0] == {name: "2024-05-20" if name in feeds else "" if name in silent else "2024-05-01" for name in found[0]}
    moved = dict.fromkeys(found[1], day) if day else found[0]
    assert found[1] == moved | {"sitemap": typo or day}


def said(work: Work) -> dict[str, str]:
    """What each format of one work says, entry by entry where only a part of it is about corrections."""
    made = formats([work])
    node = json.loads(made["ld"])
    return {
        "JSON-LD": json.dumps(node.get("correction", []), ensure_ascii=False), "BibTeX": read_bib(made["bib"])[0].get("note", ""),
        "RIS": " ".join(read_ris(made["ris"])[0]["N1"]), "CSL": json.loads(made["csl"])[0].get("note", ""),
        "RSS": " ".join(one.title + one.description for one in read_feed(made["rss"]).entries[:-1]),
        "Atom": read_feed(made["atom"]).entries[0].content[0].value, "JSON Feed": json.loads(made["feed"])["items"][0]["content_html"],
        "JSON": json.dumps(json.loads(made["json"])["briefs"][0].get("corrections", []), ensure_ascii=False),
        "RePEc": " ".join(read_redif(made["repec RePEc/tst/tstpbs/2024.redif"])[0].get("Note", [])),
    }  # fmt: skip


def updates(text: str) -> list[tuple[str, str, str]]:
    """Kind, date and DOI of the updates of a deposit."""
    return [(one.attrib["type"], one.attrib["date"], one.text or "") for one in ElementTree.fromstring(text).iter() if one.tag.endswith("}update")]


def test_a_correction_is_told_in_every_format_that_can_and_a_typo_in_none(tmp_path: Path, brief_text: Callable[..., str]) -> None:
    for kind, known in (("correction", "correction"), ("update", "new_version"), ("clarification", "clarification"), ("addendum", "addendum")):
        brief = brief_text("1/2024", "2024-05-01", "A brief", doi="10.5555/x.1", corrections=[TYPO, CORRECTION | {"kind": kind}])
        (work,), errors = works_of(tmp_path, {"2024/1.md": brief}, settings())
        assert errors == []
        assert [name for name, text in said(work).items() if NOTE.rstrip(".") not in text] == []
        made = formats([work])
        assert [name for name, text in made.items() if "zqtypo" in text] == []
        assert updates(made["5.5.0"]) == [(known, "2024-06-02", "10.5555/x.1")]
        assert updates(made["5.4.0"]) == [], "its schema has none for a report in a series"
        new, first = read_feed(made["rss"]).entries
        assert [parsedate_to_datetime(one.published).date().isoformat() for one in (new, first)] == ["2024-06-02", "2024-05-01"]
        assert new.id != first.id
        assert read_csv(made["csv"])[0]["corrected"] == "2024-06-02"
    twice = brief_text("1/2024", "2024-05-01", "A brief", corrections=[CORRECTION, CORRECTION])
    (work,), _ = works_of(tmp_path, {"2024/1.md": twice}, settings())
    assert len({one.id for one in read_feed(formats([work])["rss"]).entries}) == 3
    (work,), _ = works_of(tmp_path, {"2024/1.md": brief_text("1/2024", "2024-05-01", "A brief", doi="10.5555/x.1", corrections=[TYPO])}, settings())
    made = formats([work])
    assert [name for name, text in made.items() if TYPO["date"] in text or "5 Jun" in text] == ["sitemap"], "nor does it make a brief new"
    assert [name for name, text in made.items() if "zqtypo" in text or "typo" in text] == []
    assert said(work)["JSON-LD"] == said(work)["JSON"] == "[]"
    assert "Note" not in read_redif(made["repec RePEc/tst/tstpbs/2024.redif"])[0]
    assert len(read_feed(made["rss"]).entries) == 1
    assert updates(made["5.5.0"]) == []
    assert read_csv(made["csv"])[0]["corrected"] == ""


def test_a_withdrawal_is_told_in_every_format_and_leaves_nothing_of_the_text(tmp_path: Path, brief_text: Callable[..., str]) -> None:
    brief = brief_text("1/2024", "2024-05-01", "A brief", "## One\n\nText with zqbody.\n", doi="10.5555/x.1", corrections=[CORRECTION, WITHDRAWAL],
                       description="A description with zqbody, which is long enough for one, as one can see.",
                       key_issues=["The first key issue says what zqbody is about and why it is so.", SECOND])  # fmt: skip
    (work,), errors = works_of(tmp_path, {"2024/1.md": brief}, settings())
    assert errors == []
    made = formats([work])
    whole = made | {"head": str(head(work, "Site")), "reference": reference(work)}
    assert [name for name, text in whole.items() if "zqbody" in text or "second key issue" in text] == []
    assert [name for name, text in said(work).items() if WITHDRAWAL["note"].rstrip(".") not in text] == []
    assert json.loads(made["ld"])["creativeWorkStatus"] == "Withdrawn"
    assert json.loads(made["json"])["briefs"][0]["withdrawn"] == read_csv(made["csv"])[0]["withdrawn"] == "2024-06-06"
    assert updates(made["5.5.0"])[-1] == ("withdrawal", "2024-06-06", "10.5555/x.1")
    titled = {
        "head": dict(head(work, "Site")["names"])["citation_title"], "JSON-LD": json.loads(made["ld"])["name"],
        "BibTeX": read_bib(made["bib"])[0]["title"], "RIS": read_ris(made["ris"])[0]["TI"][0], "CSL": json.loads(made["csl"])[0]["title"],
        "RePEc": read_redif(made["repec RePEc/tst/tstpbs/2024.redif"])[0]["Title"][0],
        "5.4.0": ElementTree.fromstring(made["5.4.0"]).findtext(".//{*}report-paper_series_metadata/{*}titles/{*}title"),
        **{name: read_feed(made[name]).entries[0].title.removeprefix("1/2024: ") for name in ("rss", "atom")},
    }  # fmt: skip
    assert titled == dict.fromkeys(titled, "Withdrawn: A brief")


def test_translations_are_told_in_both_directions(tmp_path: Path, brief_text: Callable[..., str]) -> None:
    briefs = {
        "2024/1.md": brief_text("1/2024", "2024-05-01", "A brief", doi="10.5555/x.1"),
        "2024/2.md": brief_text("2/2024", "2024-05-02", "Un texte", lang="fr", translation_of="1/2024", doi="10.5555/x.2"),
        "2024/3.md": brief_text("3/2024", "2024-05-03", "Ein Text", lang="de", translation_of="1/2024", doi="10.5555/x.3", draft=True),
    }  # fmt: skip
    works, errors = works_of(tmp_path, briefs, settings())
    assert errors == []
    for work, other, name, kind, relation, sign in (
        (*works, "DCTERMS.hasVersion", "workTranslation", "hasTranslation", "Also in: Fran\u00e7ais"),
        (*works[::-1], "DCTERMS.isVersionOf", "translationOfWork", "isTranslationOf", "Traduit de\u00a0: English"),
    ):
        made = formats([work])
        assert [value for key, value in head(work, "Site")["names"] if key == name] == [other.doi_url]
        told = json.loads(made["ld"])[kind]
        assert [one["url"] for one in (told if isinstance(told, list) else [told])] == [other.url]
        relations = [one for one in ElementTree.fromstring(made["5.5.0"]).iter() if one.tag.endswith("intra_work_relation")]
        assert [(one.attrib["relationship-type"], one.text) for one in relations] == [(relation, other.brief.doi)]
        for format_name, text in said(work).items():
            if format_name in ("BibTeX", "RIS", "CSL", "RePEc"):
                assert f"{sign} ({other.named}, {other.cite_as})" in text, format_name
        row = json.loads(made["json"])["briefs"][0]
        assert {row.get("translation_of", ""), *row.get("translations", [])} - {""} == {other.url}
        assert not [one for one, text in made.items() if "3/2024" in text or "x.3" in text], "of a draft nothing is told"


# --- whole sites ----------------------------------------------------------------------------------------

WORST = """</script><!--\\}{@x{y,"'&amp;]]>%$#~^ER - =1;\u00a0Handle: a"""
DRAFT, EMBARGO = "zqdraft", "zqembargo"
EARLY, LATE, LIFTED = "2024-07-01", "2024-08-15", "2024-08-20T09:00+02:00"
SITE_SERIES = (
    series_row(topics={"records": f"Records {WORST}"}, publisher=f"House {WORST}"),
    series_row("notes", "continuous", "tstnot"),
    {name: value for name, value in series_row("papers", "none").items() if name not in ("repec", "crossref")},
)


def site_briefs(write: Callable[..., str]) -> dict[str, str]:
    body = "## One\n\nA text to set.\n\n## Two\n\nAnother.\n"
    return {
        "2024/1.md": hostile(WORST, write)[0],
        "2024/2.md": write("2/2024", "2024-05-02", "The corrected brief", body, corrections=[CORRECTION]),
        "2024/3.md": write("3/2024", "2024-05-03", "The brief with a typo", body, corrections=[TYPO]),
        "2024/4.md": write("4/2024", "2024-05-04", "The withdrawn brief", body, corrections=[WITHDRAWAL]),
        "2024/5.md": write("5/2024", "2024-05-05", "Un texte", body, lang="fr", translation_of="2/2024"),
        "2024/6.md": write("6/2024", "2024-08-20", f"Under {EMBARGO}", body, embargo=LIFTED, author="Eva Muster", topics=["records"]),
        "2024/7.md": write("7/2024", "2024-05-07", f"The {DRAFT}", body, draft=True),
        "notes/47.md": write("47", "2024-05-08", "A note", body, author="Jan van der Berg"),
        "papers/2024/x.md": re.sub("number: .*\n", "", write("", "2024-05-09", "A paper", body)),
    }


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest) -> Callable[..., tuple[dict[str, bytes], str]]:
    """Give a function that builds the site in a folder of its own, once for each way."""
    conftest: Any = request.config.pluginmanager.get_plugin(str(Path(__file__).parent / "conftest.py"))
    kept: dict[object, tuple[dict[str, bytes], str]] = {}

    def build(place: str, now: str, *options: str, sample: bool = False) -> tuple[dict[str, bytes], str]:
        key = (place, now, options, sample)
        if key not in kept:
            folder = tmp_path_factory.mktemp(place) / place
            conftest.make_project(folder, site_briefs(conftest.brief_text), series=settings(*SITE_SERIES, sample=sample))
            environment = {name: text for name, text in os.environ.items() if name != "SOURCE_DATE_EPOCH"} | {"NO_MKDOCS_2_WARNING": "1"}
            done = subprocess.run([sys.executable, str(ROOT / "scripts/build.py"), "--now", now, *options], cwd=folder, env=environment,
                                  capture_output=True, text=True, check=False)  # fmt: skip
            assert done.returncode == 0, done.stderr
            site = folder / ("site-preview" if "--drafts" in options else "site")
            found = {path.relative_to(site).as_posix(): path.read_bytes() for path in sorted(site.rglob("*")) if path.is_file()}
            kept[key] = {name: data for name, data in found.items() if not name.startswith("pagefind/")}, done.stderr
        return kept[key]

    return build


Built = Callable[..., tuple[dict[str, bytes], str]]


def test_a_page_says_the_worst_to_machines_as_it_stands(built: Built) -> None:
    files, _ = built("one", EARLY)
    page = Page(files["policy-briefs/2024/1/index.html"].decode())
    title = f"{WORST} in a title {WORST}: {WORST} in a subtitle {WORST}"
    assert (page.meta["citation_title"], page.meta["DC.title"]) == ([title], [title])
    name = WORST.replace(";", "").replace(",", "")
    assert page.meta["citation_author"] == [f"Example{name}, Eva {name}"]
    assert page.meta["og:title"] == [f"{WORST} in a title {WORST}"]
    assert f"Records {WORST}" in page.meta["citation_keywords"]
    assert len(page.scripts) == 1
    assert (page.ld["name"], page.ld["publisher"][0]["name"]) == (title, f"{WORST} Press {WORST}")
    for address, kind, read in (("cite.bib", "application/x-bibtex", read_bib), ("cite.ris", "application/x-research-info-systems", read_ris)):
        assert [one["href"] for one in page.links if one.get("type") == kind] == [f"{SITE}policy-briefs/2024/1/{address}"]
        assert len(read(files[f"policy-briefs/2024/1/{address}"].decode())) == 1
    for series, count in (("policy-briefs", 5), ("notes", 1), ("papers", 1)):
        assert len(read_bib(files[f"{series}/{series}.bib"].decode())) == len(read_ris(files[f"{series}/{series}.ris"].decode())) == count
        assert len(read_feed(files[f"{series}/atom.xml"].decode()).entries) == len(json.loads(files[f"{series}/feed.json"])["items"]) == count
    assert title in [one.title.removeprefix("1/2024: ") for one in read_feed(files["topics/records/feed.xml"].decode()).entries]
    assert len(read_csv(files["briefs.csv"].decode())) == len(json.loads(files["briefs.json"])["briefs"]) == 7
    for name, data in files.items():
        if name.endswith(".redif"):
            read_redif(data.decode())
        elif name.endswith(".xml"):
            ElementTree.fromstring(data)
        elif name.endswith(".json"):
            json.loads(data)
    assert files["robots.txt"].decode().splitlines() == ["User-agent: *", "Allow: /", "", f"Sitemap: {SITE}sitemap.xml"]


def test_the_day_of_the_build_is_nowhere(built: Built) -> None:
    one, two = built("one", EARLY)[0], built("another place", LATE)[0]
    assert {"policy-briefs/feed.xml", "RePEc/tst/tstpbs/2024.redif", "sitemap.xml", "briefs.csv", "policy-briefs/2024/2/cite.ris",
            "policy-briefs/2024/2/policy-briefs-2-2024.pdf"} <= set(one)  # fmt: skip
    assert sorted(one) == sorted(two)
    assert [name for name in one if one[name] != two[name]] == []
    assert [name for name, data in one.items() if EMBARGO.encode() in data or DRAFT.encode() in data] == []


def test_an_embargo_that_lifts_is_told_wherever_briefs_are_listed(built: Built) -> None:
    before, after = built("one", EARLY)[0], built("one", LIFTED)[0]
    url = "policy-briefs/2024/6/"
    for name in (*(f"policy-briefs/{one}" for one in ("feed.xml", "atom.xml", "feed.json", "policy-briefs.bib", "policy-briefs.ris")),
                 "briefs.json", "briefs.csv", "sitemap.xml", "topics/records/feed.xml", "RePEc/tst/tstpbs/2024.redif"):  # fmt: skip
        assert f"{SITE}{url}" not in before[name].decode()
        assert f"{SITE}{url}" in after[name].decode(), name
    new = {name for name in set(after) - set(before) if not name.startswith("assets/")}
    assert {name.removeprefix(url) for name in new} >= {"index.html", "cite.bib", "cite.ris", "cite.csl.json", "linkset.json"}
    assert {name for name in new if not name.startswith(url)} == {"authors/eva-muster/index.html", "authors/eva-muster/feed.xml"}
    others = [name for name in before if name.startswith(("notes/", "papers/")) and not name.endswith(".html")]
    assert len(others) > 10
    assert [name for name in others if before[name] != after[name]] == []


def test_a_correction_is_in_the_page_and_its_files_on_one_day(built: Built) -> None:
    files, _ = built("one", EARLY)
    page = Page(files["policy-briefs/2024/2/index.html"].decode())
    assert [one["datePublished"] for one in page.ld["correction"]] == [page.ld["dateModified"]] == ["2024-06-02"]
    assert page.meta["DCTERMS.modified"] == page.meta["article:modified_time"] == ["2024-06-02"]
    assert '<time datetime="2024-06-02">' in files["policy-briefs/2024/2/index.html"].decode()
    rows = dict(re.findall(r"<loc>(.*?)</loc><lastmod>(.*?)</lastmod>", files["sitemap.xml"].decode()))
    assert rows[f"{SITE}policy-briefs/2024/2/"] == "2024-06-02"
    assert [name for name, data in files.items() if b"zqtypo" in data] == []


def test_every_file_for_repec_is_reached_by_links(built: Built) -> None:
    files, _ = built("one", EARLY)
    found, queue = set(), ["RePEc/tst/"]
    while queue:
        folder = queue.pop()
        for target in re.findall(r'href="([^"]*)"', files[f"{folder}index.html"].decode()):
            (queue.append if target.endswith("/") else found.add)(folder + target)
    assert found == {name for name in files if name.endswith(".redif")}
    assert len(found) > 3


@pytest.mark.parametrize("sign", [",", ";", "\t"])
def test_no_cell_is_a_formula_whatever_ends_a_cell(sign: str, tmp_path: Path, brief_text: Callable[..., str]) -> None:
    brief = brief_text("1/2024", "2024-05-01", "Foo;=1+1;bar; +2", keywords=["=a", "x;=HYPERLINK(1)", "\uff1dx", "a -b"], subtitle="-1;@x")
    works, errors = works_of(tmp_path, {"2024/1.md": brief}, settings())
    assert errors == []
    cells = [cell for row in csv.reader(io.StringIO(formats(works)["csv"].removeprefix("\ufeff"), newline=""), delimiter=sign) for cell in row]
    assert [cell for cell in cells if re.match(r'[\s"]*[=+\-@\uff1d\uff0b\uff0d\uff20]', cell)] == []


def test_repec_is_left_out_with_a_word(built: Built) -> None:
    files, report = built("one", EARLY)
    assert "no files for RePEc of papers: it has no repec in series.yml" in report
    assert "RePEc of notes" not in report
    assert {name.split("/")[2] for name in files if name.startswith("RePEc/")} == {"index.html", "tstarch.redif", "tstseri.redif", "tstpbs", "tstnot"}
    files, report = built("sample", EARLY, "--no-pdf", sample=True)
    assert "no files for RePEc: the series is a sample" in report
    assert [name for name in files if "RePEc" in name] == []
    pages = [name for name in files if name.endswith(".html")]
    assert len(pages) > 10
    assert [name for name in pages if b'name="robots" content="noindex"' not in files[name]] == []


def test_a_preview_is_for_nobody_to_harvest(built: Built) -> None:
    files, _ = built("one", EARLY, "--drafts", "--no-pdf")
    assert "policy-briefs/2024/7/index.html" in files or any(name.startswith("preview/2024-7/") for name in files)
    assert [name for name in files if re.search(r"\.(bib|ris|redif|csv)$|feed|atom|briefs\.json|robots|sitemap|linkset|cite\.", name)] == []
    for name, data in files.items():
        if name.endswith(".html"):
            text = data.decode()
            assert 'name="robots" content="noindex"' in text, name
            assert "application/ld+json" not in text, name
            assert not re.search('type="application/(rss|atom|feed|x-bib|linkset)', text), name
