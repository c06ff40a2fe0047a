"""Lists of briefs as plain data: home, the series by year, and pages for authors, topics, regions.

Made from front matter alone, never from bodies. An address here is relative to the site's root.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from heapq import nlargest
from typing import Any

from babel import Locale, UnknownLocaleError
from babel.dates import format_date

from briefpress.brief import Brief
from briefpress.byline import Author, folded, joined
from briefpress.parts import Part, cut
from briefpress.series import Catalogue, Series
from briefpress.texts import texts
from briefpress.values import LICENCES

PER_PAGE = 40
"""Briefs on one page of a list."""
LATEST = 6
"""Briefs on the home page besides the newest."""
FACET = 12
"""Rows of a facet on the home page and beside a list; the index has all."""
PER_INDEX = 200
"""Rows on one page of an index."""
REFERENCES = {"BibTeX": "bib", "RIS": "ris"}
"""The files with the references of a series: what they are called, and how their names end."""


@dataclass(frozen=True)
class Facet:
    """A way to divide the briefs, and its address: authors, topics or regions."""

    name: str
    """`author`, `topic` or `region`."""
    url: str
    rows: tuple[Row, ...]
    """Those that have a public brief, in the order of their labels."""

    @cached_property
    def largest(self) -> tuple[int, ...]:
        """Where in `rows` those with most briefs are, in the order of the rows."""
        by_size = sorted(range(len(self.rows)), key=lambda at: -len(self.rows[at].briefs))
        return tuple(sorted(by_size[:FACET]))

    @cached_property
    def places(self) -> Mapping[str, int]:
        """Where in `rows` the row of an address is."""
        return {row.url: at for at, row in enumerate(self.rows)}


@dataclass(frozen=True)
class Row:
    """One author, topic or region with its public briefs, newest first."""

    id: str
    label: str
    url: str
    briefs: tuple[Brief, ...]
    author: Author | None = None
    path: str = ""
    """Of an author, the brief that names them last, from the project's folder."""

    def entry(self, current: str = "") -> dict[str, Any]:
        """The row as a link with its count."""
        return {"label": self.label, "url": self.url, "count": len(self.briefs), "current": self.url == current}


@dataclass(frozen=True)
class ListPage:
    """One page of a list, or an index of authors, topics or regions."""

    url: str
    template: str
    series: Series
    """The series whose frame it has."""
    listing: dict[str, Any]
    """What the template prints."""
    changed: dt.date | None
    """The day on which one of its briefs last changed."""


def date_text(date: dt.date, style: str, lang: str) -> str:
    """A date in the house's style, month names in the language of the text.

    Args:
        date: the day.
        style: D, DD, M, MM, MMM, MMMM and YYYY with signs between them.
        lang: a BCP 47 tag.
    """
    # Moments that are one in two zones are equal, and can be of two days.
    return _date_text(date.date() if isinstance(date, dt.datetime) else date, style, lang)


@lru_cache(maxsize=1 << 15)
def _date_text(day: dt.date, style: str, lang: str) -> str:
    return format_date(day, style.replace("YYYY", "y").replace("D", "d"), locale=_locale(lang))


@lru_cache(maxsize=1 << 10)
def language_name(lang: str) -> str:
    """The name of a language in that language: English, Français; the code where it is not known."""
    locale = _locale(lang)
    name = locale.get_language_name(locale.language) if locale.language == lang.split("-")[0] else None
    return (name[:1].upper() + name[1:]) if name else lang


@lru_cache(maxsize=1 << 10)
def _locale(lang: str) -> Locale:
    """The nearest locale that is known; English, as the words around it, where there is none."""
    for tag in (lang.replace("-", "_"), lang.split("-")[0]):
        try:
            return Locale.parse(tag)
        except (UnknownLocaleError, ValueError):
            continue
    return Locale("en")


def entry(catalogue: Catalogue, brief: Brief, page_lang: str) -> dict[str, Any]:
    """One brief in a list on a page in `page_lang`."""
    series = catalogue.series(brief)
    names = [author.name for author in brief.authors]
    return {
        "number": str(brief.number or ""),
        "title": brief.title,
        "subtitle": brief.subtitle,
        "url": catalogue.permalink(brief),
        "date": brief.date.isoformat(),
        "date_text": date_text(brief.date, series.date_style, page_lang),
        "year": str(year_of(brief)),
        "byline": joined(names, texts(page_lang)["and"]),
        "description": description(brief),
        "masthead": masthead(series, brief),
        "lang": "" if brief.lang == page_lang else brief.lang,
        "series_title": series.title,
        "collection": brief.collection,
        "mark": mark(catalogue, brief, page_lang),
    }


def mark(catalogue: Catalogue, brief: Brief, page_lang: str) -> str:
    """What a reader should know of a brief before opening it: that it was corrected, or is no more.

    In a preview it is said first that a brief is not published.
    """
    words, style = texts(page_lang), catalogue.series(brief).date_style
    if not brief.is_public(catalogue.now):
        if brief.draft:
            return words["mark_draft"]
        until = brief.embargo and brief.embargo.astimezone(catalogue.settings.timezone)
        return words["mark_embargo"].format(date=f"{date_text(until, style, page_lang)}, {until:%H:%M}") if until else ""
    last = brief.withdrawal or brief.corrected
    return words[f"mark_{last.kind}"].format(date=date_text(last.date, style, page_lang)) if last and last.date else ""


def masthead(series: Series, brief: Brief) -> str:
    """`CSDS POLICY BRIEF • 7/2024`."""
    return f"{series.masthead} • {brief.number}" if brief.number else series.masthead


def description(brief: Brief) -> str:
    """One sentence about a brief: why it was withdrawn, else its own, else the first key issue."""
    if brief.withdrawal:
        return brief.withdrawal.note.text if brief.withdrawal.note else ""
    return brief.description or "".join(brief.key_issues[:1])


def series_entry(series: Series) -> dict[str, Any]:
    """A series as every page knows it."""
    licence = LICENCES[series.license]
    return {
        "slug": series.slug,
        "title": series.title,
        "masthead": series.masthead,
        "issn": series.issn,
        "publisher": series.publisher,
        "place": series.place,
        "contact": series.contact,
        "description": series.description,
        "lang": series.lang,
        "url": f"{series.slug}/",
        "colour": series.colour,
        "license": {"name": licence.name, "url": licence.url},
    }


# --- facets -------------------------------------------------------------------------------------


def facets(catalogue: Catalogue) -> tuple[Facet, Facet, Facet]:
    """Authors, topics and regions over the public briefs of all series."""
    newest_first = sorted(catalogue.public, key=lambda brief: brief.order, reverse=True)
    return (
        Facet("author", "authors/", tuple(_authors(newest_first))),
        Facet("topic", "topics/", tuple(_subjects(catalogue, newest_first, "topics"))),
        Facet("region", "regions/", tuple(_subjects(catalogue, newest_first, "regions"))),
    )


_LATER = ("orcid", "bio", "email", "affiliation", "photo")
"""What an older brief may say of an author where the newest does not."""


def _authors(newest_first: Sequence[Brief]) -> Iterator[Row]:
    briefs: dict[str, list[Brief]] = defaultdict(list)
    people: dict[str, Author] = {}
    paths: dict[str, str] = {}
    for brief in newest_first:
        for author in brief.authors:
            briefs[author.address].append(brief)
            known = people.get(author.address, author)
            if author.id and not known.id:
                known = author
            if not known.photo or known is author:
                paths[author.address] = brief.path
            # The newest brief knows best; what it does not say, an older one may.
            more = {name: value for name in _LATER if (value := getattr(author, name)) and not getattr(known, name)}
            people[author.address] = replace(known, **more) if more else known
    for address, author in sorted(people.items(), key=lambda item: item[1].sort_key):
        yield Row(address, author.name, author_url(author), tuple(briefs[address]), author, paths[address])


def _subjects(catalogue: Catalogue, newest_first: Sequence[Brief], kind: str) -> Iterator[Row]:
    labels = subject_labels(catalogue, kind)
    briefs: dict[str, list[Brief]] = defaultdict(list)
    for brief in newest_first:
        for one in dict.fromkeys(named.text for named in getattr(brief, kind) if named.text in labels):
            briefs[one].append(brief)
    for key in sorted(briefs, key=lambda key: folded(labels[key])):
        yield Row(key, labels[key], f"{kind}/{key}/", tuple(briefs[key]))


def subject_labels(catalogue: Catalogue, kind: str) -> Mapping[str, str]:
    """The labels of `topics` or `regions` by id; where two series differ, that of the first."""
    return catalogue.settings.labels[kind]


def author_url(author: Author) -> str:
    """The address of an author's page."""
    return f"authors/{author.address}/"


def related(catalogue: Catalogue, brief: Brief, limit: int = 3) -> list[Brief]:
    """Briefs to read next: those that it names, then those with most topics, regions and authors in common."""
    named = [
        found for one in brief.related
        if (found := catalogue.named(one.text, brief.series)) and found is not brief and catalogue.shows(found)
    ]
    translations = catalogue.translations.get(brief.path, ())  # they are linked at the head
    return named + catalogue.kinship.nearest(brief, (*named, *translations), limit - len(named))


# --- home ---------------------------------------------------------------------------------------


def home(catalogue: Catalogue, divided: Sequence[Facet] = ()) -> dict[str, Any]:
    """The home page: the newest brief of all, those before it, each series, and the ways in; `divided` is what `facets` gave."""
    every = catalogue.settings.series
    lang = every[0].lang
    words = texts(lang)
    newest_first = sorted(catalogue.public, key=lambda brief: brief.order, reverse=True)
    standing = [brief for brief in newest_first if not brief.withdrawal]
    entries = [entry(catalogue, brief, lang) for brief in standing[: LATEST + 1]]
    years = _years(every[0], _by_year(catalogue.of(every[0])), "")
    ways = [{"heading": words["by_year"], "rows": years, "all_url": "", "all_text": ""}] if len(every) == 1 else []
    ways += [way for facet in divided or facets(catalogue) if (way := _way(facet, lang, ""))["rows"]]
    return {
        "newest": entries[0] if entries else None,
        "latest": entries[1:],
        "all_series": [
            series_entry(series) | {"count_text": counted(words, "tally", len(catalogue.of(series)))} for series in every
        ],
        "ways": ways if newest_first else [],
        "all_text": counted(words, "all", len(newest_first)),
    }  # fmt: skip


def _way(facet: Facet, lang: str, current: str) -> dict[str, Any]:
    """A facet beside a list: its largest rows in the order of their labels, and the way to all."""
    words = texts(lang)
    here = facet.places.get(current)
    rows = facet.largest if here is None else sorted({*facet.largest, here})
    return {
        "heading": words[f"by_{facet.name}"],
        "rows": [facet.rows[at].entry(current) for at in rows],
        "all_url": facet.url if len(facet.rows) > len(rows) else "",
        "all_text": words[f"all_{facet.name}s"],
    }


# --- search -------------------------------------------------------------------------------------

FOUND_FIRST = 6
"""Briefs that the search shows before it is asked for anything."""


def search_overview(catalogue: Catalogue, briefs: Sequence[Brief]) -> dict[str, Any]:
    """What the search shows before it is asked for anything: how many briefs there are, of what, and the newest.

    Args:
        catalogue: all briefs.
        briefs: those that can be found. One that is not published may have no date, which is the first day that there is.
    """
    counts: dict[str, Counter[str]] = {name: Counter() for name in ("year", "author", "topic", "region", "language", "series")}
    labels = {kind: subject_labels(catalogue, kind) for kind in ("topics", "regions")}
    for brief in briefs:
        if brief.date > dt.date.min:
            counts["year"][str(year_of(brief))] += 1
        counts["author"].update({author.name for author in brief.authors})
        for name, kind in (("topic", "topics"), ("region", "regions")):
            counts[name].update({labels[kind][one.text] for one in getattr(brief, kind) if one.text in labels[kind]})
        counts["language"][language_name(brief.lang)] += 1
        counts["series"][catalogue.series(brief).title] += 1
    newest = nlargest(FOUND_FIRST, briefs, key=lambda brief: brief.order)
    return {
        "total": len(briefs),
        "facets": {name: dict(sorted(found.items())) for name, found in counts.items() if len(found) > 1},
        "newest": [_found(catalogue, brief) for brief in newest],
    }


def _found(catalogue: Catalogue, brief: Brief) -> dict[str, str]:
    """A brief as the search shows it; what it shows later it reads from the brief's page."""
    shown = entry(catalogue, brief, brief.lang)
    return {
        "url": shown["url"], "lang": brief.lang.split("-")[0].lower(), "number": shown["number"], "title": shown["title"],
        "authors": shown["byline"], "date": shown["date_text"] if brief.date > dt.date.min else "", "series": shown["series_title"],
    }  # fmt: skip


# --- lists --------------------------------------------------------------------------------------


def lists(catalogue: Catalogue, divided: Sequence[Facet] = ()) -> Iterator[ListPage]:
    """Every list: of a series, of its years, of authors, topics and regions, and their indexes; `divided` is what `facets` gave."""
    shared = _Shared(catalogue, divided)
    for series in catalogue.settings.series:
        briefs = catalogue.of(series)[::-1]
        words = texts(series.lang)
        title = words["all_briefs"] if len(catalogue.settings.series) == 1 else series.title
        yield from _pages(shared, series, briefs, kind="all", url=f"{series.slug}/", title=title)
        for year, of_year in shared.years[series.slug].items():
            yield from _pages(shared, series, of_year, kind="year", url=year_url(series, year),
                              title=words["year_heading"].format(year=year), year=year)  # fmt: skip
    first = catalogue.settings.series[0]
    for facet in shared.facets:
        yield from _index(facet, first)
        for row in facet.rows:
            yield from _pages(shared, first, row.briefs, kind=facet.name, url=row.url, title=row.label, author=row.author)


class _Shared:
    """What the lists of one catalogue share, each thing worked out once."""

    def __init__(self, catalogue: Catalogue, divided: Sequence[Facet]) -> None:
        self.catalogue = catalogue
        self.facets = divided or facets(catalogue)
        every = catalogue.settings.series
        self.years = {series.slug: _by_year(catalogue.of(series)[::-1]) for series in every}
        self.references = {series.slug: reference_parts(catalogue.of(series)) for series in every}
        self._entries: dict[tuple[str, str], dict[str, Any]] = {}

    def entry(self, brief: Brief, lang: str) -> dict[str, Any]:
        """One brief in a list; it stands in that of its series, of its year, of each author, topic and region."""
        key = brief.path, lang
        if key not in self._entries:
            self._entries[key] = entry(self.catalogue, brief, lang)
        return self._entries[key]


def _index(facet: Facet, series: Series) -> Iterator[ListPage]:
    words = texts(series.lang)
    letters: dict[str, list[Row]] = defaultdict(list)
    for row in facet.rows:
        sorted_by = row.author.family if row.author else row.label
        letters[folded(sorted_by)[:1].upper()].append(row)
    filed = [(letter, row) for letter, rows in letters.items() for row in rows]
    pages = _paged(facet.url, len(filed), PER_INDEX)
    # Letters help where there are many; a short list is plain.
    lettered = len(filed) > 2 * FACET or len(pages) > 1
    groups: list[dict[str, list[dict[str, Any]]]] = [{} for _ in pages]
    begins: dict[str, str] = {}
    for at, (letter, row) in enumerate(filed):
        page = at // PER_INDEX
        groups[page].setdefault(letter if lettered else "", []).append(row.entry())
        begins.setdefault(letter, f"{pages[page]}#__letter-{len(groups[page])}")
    newest = max((brief.changed for row in facet.rows for brief in row.briefs), default=None)
    title = words[f"{facet.name}s_heading"]
    for page, url in enumerate(pages, 1):
        listing = {
            "kind": facet.name,
            "url": url,
            "title": title if page == 1 else words["page_of"].format(title=title, page=page),
            "heading": title,
            "tally": counted(words, f"{facet.name}_tally", len(filed)),
            "page": page,
            "pages": len(pages),
            "previous_url": _at(pages, page - 1),
            "next_url": _at(pages, page + 1),
            "letters": [{"letter": letter, "url": begin} for letter, begin in begins.items()] if len(pages) > 1 else [],
            "groups": [{"letter": letter, "rows": rows} for letter, rows in groups[page - 1].items()],
        }
        yield ListPage(url, "index.html", series, listing, newest)


def _paged(url: str, count: int, most: int) -> list[str]:
    """The addresses of the pages of a list: `authors/`, `authors/page/2/`.

    No page of a list can be that of an author or a topic called "page": behind `page/` stands a number.
    """
    return [url, *(f"{url}page/{page}/" for page in range(2, -(-count // most) + 1))]


def _at(pages: Sequence[str], page: int) -> str:
    """The address of a page, counted from 1; empty where there is none."""
    return pages[page - 1] if 1 <= page <= len(pages) else ""


def year_url(series: Series, year: int) -> str:
    """The address of a year's list; in a numbered series without years it must not look like a number."""
    between = "years/" if series.numbering == "continuous" else ""
    return f"{series.slug}/{between}{year}/"


def counted(words: Mapping[str, str], key: str, count: int) -> str:
    """The singular or the plural of a text with a count."""
    return words[f"{key}_one" if count == 1 else f"{key}_many"].format(count=count)


def year_of(brief: Brief) -> int:
    """The year under which a brief is filed: that of its number, else that of its date."""
    return brief.number.year if brief.number and brief.number.year else brief.date.year


def _by_year(briefs: Iterable[Brief]) -> dict[int, list[Brief]]:
    found: dict[int, list[Brief]] = defaultdict(list)
    for brief in briefs:
        found[year_of(brief)].append(brief)
    return dict(sorted(found.items(), reverse=True))


def _years(series: Series, by_year: Mapping[int, Sequence[Brief]], current: str) -> list[dict[str, Any]]:
    return [
        {"label": str(year), "url": (url := year_url(series, year)), "count": len(briefs), "current": url == current}
        for year, briefs in by_year.items()
    ]


def reference_parts(briefs: Iterable[Brief]) -> list[Part[Brief]]:
    """The files with the references of a series, of which it has one until it is long: see `parts`."""
    return cut(briefs, year_of, lambda brief: brief.order)


def _references(shared: _Shared, series: Series, kind: str, year: int) -> tuple[str, list[dict[str, str]]]:
    """What a list says of the files of references that it leads to, and the links."""
    parts = shared.references[series.slug]
    if kind not in ("all", "year"):
        return "", []
    words = texts(series.lang)
    whole = words["newest_references"].format(count=len(parts[0].items)) if kind == "all" and len(parts) > 1 else words["all_references"]
    named = [(part, f" {nth}" if nth > 1 else "") for nth, part in enumerate((one for one in parts if one.year == year), 1)]
    return whole, [
        {"name": f"{name}{nth}", "url": f"{series.slug}/{part.named(series.slug)}.{ending}"}
        for part, nth in named for name, ending in REFERENCES.items()
    ]  # fmt: skip


def _pages(shared: _Shared, series: Series, briefs: Sequence[Brief], *, kind: str, url: str, title: str, author: Author | None = None,
           year: int = 0) -> Iterator[ListPage]:  # fmt: skip
    words = texts(series.lang)
    pages = _paged(url, len(briefs), PER_PAGE)
    beside = [{"heading": words["years"], "rows": _years(series, shared.years[series.slug], url), "all_url": "", "all_text": ""}]
    if kind in ("author", "topic", "region"):
        beside = [_way(facet, series.lang, url) for facet in shared.facets if facet.name == kind]
    elif len(shared.catalogue.settings.series) == 1:  # their counts are those of the whole site
        beside += [_way(facet, series.lang, url) for facet in shared.facets if facet.name != "author"]
    beside = [way for way in beside if way["rows"]]
    changed = max((brief.changed for brief in briefs), default=None)
    references_text, references = _references(shared, series, kind, year)
    for page, address in enumerate(pages, 1):
        shown = briefs[(page - 1) * PER_PAGE : page * PER_PAGE]
        listing = {
            "kind": kind,
            "kind_text": words[kind] if kind in ("author", "topic", "region") else "",
            "url": address,
            "title": title if page == 1 else words["page_of"].format(title=title, page=page),
            "heading": title,
            "tally": counted(words, "tally", len(briefs)),
            "page": page,
            "pages": len(pages),
            "previous_url": _at(pages, page - 1),
            "next_url": _at(pages, page + 1),
            "entries": [shared.entry(brief, series.lang) for brief in shown],
            "by_year": kind == "all",
            "beside": beside,
            "author": author_entry(author) if author else None,
            "feed": f"{url}feed.xml" if kind in ("author", "topic") else "",
            "references_text": references_text,
            "references": references,
        }
        yield ListPage(address, "list.html", series, listing, changed)


def author_entry(author: Author) -> dict[str, Any]:
    """An author as a page prints them; the portrait's address is that of its copy."""
    suffix = author.photo.rpartition(".")[2].lower()
    return {
        "name": author.name,
        "orcid": author.orcid,
        "affiliation": ", ".join(author.affiliation),
        "email": author.email,
        "bio": author.bio,
        "url": author_url(author),
        "photo": f"{author_url(author)}portrait.{suffix}" if author.photo else "",
    }
