"""Lists of briefs as plain data: the home page, all briefs, and a page for each year.

Made from front matter alone, never from bodies. An address here is relative to the site's root.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from babel import Locale, UnknownLocaleError
from babel.dates import format_date

from briefpress.brief import Brief
from briefpress.byline import joined
from briefpress.series import Catalogue, Series
from briefpress.texts import texts
from briefpress.values import LICENCES

PER_PAGE = 40
"""Briefs on one page of a list."""
LATEST = 6
"""Briefs on the home page besides the newest."""


@dataclass(frozen=True)
class ListPage:
    """One page of a list."""

    url: str
    series: Series
    listing: dict[str, Any]
    """What the template `list.html` prints."""
    changed: dt.date | None
    """The newest date among its briefs."""


def date_text(date: dt.date, style: str, lang: str) -> str:
    """A date in the house's style, month names in the language of the text.

    Args:
        date: the day.
        style: D, DD, M, MM, MMM, MMMM and YYYY with signs between them.
        lang: a BCP 47 tag.
    """
    pattern = style.replace("YYYY", "y").replace("D", "d")
    return format_date(date, pattern, locale=_locale(lang))


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
        "number": brief.reference if brief.number else "",
        "title": brief.title,
        "subtitle": brief.subtitle,
        "url": catalogue.permalink(brief),
        "date": brief.date.isoformat(),
        "date_text": date_text(brief.date, series.date_style, page_lang),
        "byline": joined(names, texts(page_lang)["and"]),
        "description": description(brief),
        "masthead": masthead(series, brief),
        "lang": "" if brief.lang == page_lang else brief.lang,
        "series_title": series.title,
    }


def masthead(series: Series, brief: Brief) -> str:
    """`CSDS POLICY BRIEF • 7/2024`."""
    return f"{series.masthead} • {brief.number}" if brief.number else series.masthead


def description(brief: Brief) -> str:
    """One sentence about a brief: its own, else the first key issue."""
    return brief.description or brief.key_issues[0]


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
        "url": f"{series.slug}/",
        "license": {"name": licence.name, "url": licence.url},
    }


def home(catalogue: Catalogue) -> dict[str, Any]:
    """The home page of the first series: the newest brief, those before it, the years."""
    series = catalogue.settings.series[0]
    newest_first = catalogue.of(series)[::-1]
    words = texts(series.lang)
    entries = [entry(catalogue, brief, series.lang) for brief in newest_first[: LATEST + 1]]
    total = len(newest_first)
    return {
        "newest": entries[0] if entries else None,
        "latest": entries[1:],
        "years": _years(catalogue, series, None),
        "total": total,
        "all_text": counted(words, "all", total),
    }


def lists(catalogue: Catalogue) -> Iterator[ListPage]:
    """The lists of every series: all its briefs, and those of each year, newest first."""
    for series in catalogue.settings.series:
        briefs = catalogue.of(series)[::-1]
        words = texts(series.lang)
        title = words["all_briefs"] if len(catalogue.settings.series) == 1 else series.title
        yield from _pages(catalogue, series, briefs, kind="all", url=f"{series.slug}/", title=title, year=None)
        for year, of_year in _by_year(briefs).items():
            yield from _pages(catalogue, series, of_year, kind="year", url=year_url(series, year),
                              title=words["year_heading"].format(year=year), year=year)  # fmt: skip


def year_url(series: Series, year: int) -> str:
    """The address of a year's list; in a numbered series without years it must not look like a number."""
    between = "years/" if series.numbering == "continuous" else ""
    return f"{series.slug}/{between}{year}/"


def counted(words: Any, key: str, count: int) -> str:
    """The singular or the plural of a text with a count."""
    text: str = words[f"{key}_one" if count == 1 else f"{key}_many"]
    return text.format(count=count)


def _by_year(briefs: Sequence[Brief]) -> dict[int, list[Brief]]:
    """Briefs by the year of their number, else of their date; the order is kept."""
    found: dict[int, list[Brief]] = defaultdict(list)
    for brief in briefs:
        found[year_of(brief)].append(brief)
    return dict(sorted(found.items(), reverse=True))


def year_of(brief: Brief) -> int:
    """The year under which a brief is filed: that of its number, else that of its date."""
    return brief.number.year if brief.number and brief.number.year else brief.date.year


def _years(catalogue: Catalogue, series: Series, current: int | None) -> list[dict[str, Any]]:
    return [
        {"label": str(year), "url": year_url(series, year), "count": len(briefs), "current": year == current}
        for year, briefs in _by_year(catalogue.of(series)).items()
    ]


def _pages(catalogue: Catalogue, series: Series, briefs: Sequence[Brief], *, kind: str, url: str, title: str,
           year: int | None) -> Iterator[ListPage]:  # fmt: skip
    words = texts(series.lang)
    count = max(1, -(-len(briefs) // PER_PAGE))

    def address(page: int) -> str:
        return "" if not 1 <= page <= count else url if page == 1 else f"{url}page/{page}/"

    for page in range(1, count + 1):
        shown = briefs[(page - 1) * PER_PAGE : page * PER_PAGE]
        listing = {
            "kind": kind,
            "url": address(page),
            "title": title if page == 1 else words["page_of"].format(title=title, page=page),
            "heading": title,
            "tally": counted(words, "tally", len(briefs)),
            "page": page,
            "pages": count,
            "previous_url": address(page - 1),
            "next_url": address(page + 1),
            "entries": [entry(catalogue, brief, series.lang) for brief in shown],
            "years": _years(catalogue, series, year),
        }
        yield ListPage(address(page), series, listing, max((brief.date for brief in briefs), default=None))
