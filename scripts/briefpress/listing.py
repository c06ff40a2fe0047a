"""Lists of briefs as plain data: home, the series by year, and pages for authors, topics, regions.

Made from front matter alone, never from bodies. An address here is relative to the site's root.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from babel import Locale, UnknownLocaleError
from babel.dates import format_date

from briefpress.brief import Brief
from briefpress.byline import Author, folded, joined
from briefpress.series import Catalogue, Series
from briefpress.texts import texts
from briefpress.values import LICENCES

PER_PAGE = 40
"""Briefs on one page of a list."""
LATEST = 6
"""Briefs on the home page besides the newest."""
FACET = 12
"""Rows of a facet on the home page and beside a list; the index has all."""


@dataclass(frozen=True)
class Facet:
    """A way to divide the briefs, and its address: authors, topics or regions."""

    name: str
    """`author`, `topic` or `region`."""
    url: str
    rows: tuple[Row, ...]
    """Those that have a public brief, in the order of their labels."""


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
    pattern = style.replace("YYYY", "y").replace("D", "d")
    return format_date(date, pattern, locale=_locale(lang))


def language_name(lang: str) -> str:
    """The name of a language in that language: English, Français; the code where it is not known."""
    locale = _locale(lang)
    name = locale.get_language_name(locale.language) if locale.language == lang.split("-")[0] else None
    return (name[:1].upper() + name[1:]) if name else lang


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
            people[author.address] = replace(
                known, orcid=known.orcid or author.orcid, bio=known.bio or author.bio, email=known.email or author.email,
                affiliation=known.affiliation or author.affiliation, photo=known.photo or author.photo,
            )
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


def subject_labels(catalogue: Catalogue, kind: str) -> dict[str, str]:
    """The labels of `topics` or `regions` by id; where two series differ, that of the first."""
    labels: dict[str, str] = {}
    for series in catalogue.settings.series:
        known: Mapping[str, str] = getattr(series, kind)
        labels |= {key: label for key, label in known.items() if key not in labels}
    return labels


def author_url(author: Author) -> str:
    """The address of an author's page."""
    return f"authors/{author.address}/"


def related(catalogue: Catalogue, brief: Brief, limit: int = 3) -> list[Brief]:
    """Briefs to read next: those that it names, then those with most topics, regions and authors in common.

    A topic counts twice, an author or a region once; of equals the newer comes first.
    """
    named = [
        found for one in brief.related
        if (found := catalogue.named(one.text, brief.series)) and found is not brief and catalogue.shows(found)
    ]
    topics = {one.text for one in brief.topics}
    rest = {one.text for one in brief.regions} | {author.address for author in brief.authors}

    def common(other: Brief) -> int:
        theirs = {one.text for one in other.regions} | {author.address for author in other.authors}
        return 2 * len(topics & {one.text for one in other.topics}) + len(rest & theirs)

    people = [f"@{author.address}" for author in brief.authors]
    near = {other.path: other for key in (*topics, *people) for other in catalogue.sharing.get(key, ())}
    taken = {brief.path, *(other.path for other in named)}
    taken |= {other.path for other in catalogue.translations.get(brief.path, ())}  # they are linked at the head
    others = [other for path, other in near.items() if path not in taken and not other.withdrawal]
    others.sort(key=lambda other: (common(other), other.order), reverse=True)
    return named + others[: max(0, limit - len(named))]


# --- home ---------------------------------------------------------------------------------------


def home(catalogue: Catalogue) -> dict[str, Any]:
    """The home page: the newest brief of all, those before it, each series, and the ways in."""
    every = catalogue.settings.series
    lang = every[0].lang
    words = texts(lang)
    newest_first = sorted(catalogue.public, key=lambda brief: brief.order, reverse=True)
    standing = [brief for brief in newest_first if not brief.withdrawal]
    entries = [entry(catalogue, brief, lang) for brief in standing[: LATEST + 1]]
    ways = [{"heading": words["by_year"], "rows": _years(catalogue, every[0], ""), "all_url": "", "all_text": ""}] if len(every) == 1 else []
    ways += [way for facet in facets(catalogue) if (way := _way(facet, lang, ""))["rows"]]
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
    largest = sorted(facet.rows, key=lambda row: -len(row.briefs))[:FACET]
    rows = [row for row in facet.rows if row in largest or row.url == current]
    return {
        "heading": words[f"by_{facet.name}"],
        "rows": [row.entry(current) for row in rows],
        "all_url": facet.url if len(facet.rows) > len(rows) else "",
        "all_text": words[f"all_{facet.name}s"],
    }


# --- lists --------------------------------------------------------------------------------------


def lists(catalogue: Catalogue) -> Iterator[ListPage]:
    """Every list: of a series, of its years, of authors, topics and regions, and their indexes."""
    every = facets(catalogue)
    for series in catalogue.settings.series:
        briefs = catalogue.of(series)[::-1]
        words = texts(series.lang)
        title = words["all_briefs"] if len(catalogue.settings.series) == 1 else series.title
        yield from _pages(catalogue, series, briefs, every, kind="all", url=f"{series.slug}/", title=title)
        for year, of_year in _by_year(briefs).items():
            yield from _pages(catalogue, series, of_year, every, kind="year", url=year_url(series, year),
                              title=words["year_heading"].format(year=year))  # fmt: skip
    first = catalogue.settings.series[0]
    for facet in every:
        yield _index(facet, first)
        for row in facet.rows:
            yield from _pages(catalogue, first, row.briefs, every, kind=facet.name, url=row.url, title=row.label, author=row.author)


def _index(facet: Facet, series: Series) -> ListPage:
    words = texts(series.lang)
    letters: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for row in facet.rows:
        sorted_by = row.author.family if row.author else row.label
        letters[folded(sorted_by)[:1].upper()].append(row.entry())
    newest = max((brief.changed for row in facet.rows for brief in row.briefs), default=None)
    listing = {
        "kind": facet.name,
        "url": facet.url,
        "title": words[f"{facet.name}s_heading"],
        "heading": words[f"{facet.name}s_heading"],
        "tally": counted(words, f"{facet.name}_tally", len(facet.rows)),
        # Letters help where there are many; a short list is plain.
        "groups": [{"letter": letter, "rows": rows} for letter, rows in letters.items()] if len(facet.rows) > 2 * FACET
        else [{"letter": "", "rows": [row.entry() for row in facet.rows]}] if facet.rows else [],
    }  # fmt: skip
    return ListPage(facet.url, "index.html", series, listing, newest)


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


def _years(catalogue: Catalogue, series: Series, current: str) -> list[dict[str, Any]]:
    return [
        {"label": str(year), "url": (url := year_url(series, year)), "count": len(briefs), "current": url == current}
        for year, briefs in _by_year(catalogue.of(series)).items()
    ]


def _pages(catalogue: Catalogue, series: Series, briefs: Sequence[Brief], every: Sequence[Facet], *, kind: str, url: str,
           title: str, author: Author | None = None) -> Iterator[ListPage]:  # fmt: skip
    words = texts(series.lang)
    count = max(1, -(-len(briefs) // PER_PAGE))
    address: Callable[[int], str] = lambda page: "" if not 1 <= page <= count else url if page == 1 else f"{url}page/{page}/"  # noqa: E731
    beside = [{"heading": words["years"], "rows": _years(catalogue, series, url), "all_url": "", "all_text": ""}]
    if kind in ("author", "topic", "region"):
        beside = [_way(facet, series.lang, url) for facet in every if facet.name == kind]
    elif len(catalogue.settings.series) == 1:  # their counts are those of the whole site
        beside += [_way(facet, series.lang, url) for facet in every if facet.name != "author"]
    for page in range(1, count + 1):
        shown = briefs[(page - 1) * PER_PAGE : page * PER_PAGE]
        listing = {
            "kind": kind,
            "kind_text": words[kind] if kind in ("author", "topic", "region") else "",
            "url": address(page),
            "title": title if page == 1 else words["page_of"].format(title=title, page=page),
            "heading": title,
            "tally": counted(words, "tally", len(briefs)),
            "page": page,
            "pages": count,
            "previous_url": address(page - 1),
            "next_url": address(page + 1),
            "entries": [entry(catalogue, brief, series.lang) for brief in shown],
            "by_year": kind == "all",
            "beside": [way for way in beside if way["rows"]],
            "author": author_entry(author) if author else None,
            "feed": f"{url}feed.xml" if kind in ("author", "topic") else "",
        }
        yield ListPage(address(page), "list.html", series, listing, max((brief.changed for brief in briefs), default=None))


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
