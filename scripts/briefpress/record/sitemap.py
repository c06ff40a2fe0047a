"""For search engines: the site map, with the day on which each page last changed, and `robots.txt`."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping
from xml.sax.saxutils import escape

MOST = 50_000
"""Addresses in one file."""
MOST_BYTES = 50 * 1024 * 1024
"""The size of one file, not compressed."""
_HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n<{root} xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">\n'
Page = tuple[str, dt.date | None]
"""An absolute address, and the date of its record. A page without a date gets none: the day of the build would be a lie."""


def sitemap(pages: Iterable[Page]) -> str:
    """Write a sitemap.

    Source:
        sitemaps.org, protocol 0.9; `lastmod` in the W3C date format.
    """
    return _written("urlset", [_row("url", page) for page in _ordered(pages)])


def sitemaps(groups: Mapping[str, Iterable[Page]], site_url: str) -> dict[str, str]:
    """The files of a site map by their addresses: `sitemap.xml` alone, or as an index of others where one cannot hold all.

    Args:
        groups: the pages under labels, which become part of names: "2024", "pages". What changes together
            stands under one label, so that most files lie still, and a search engine passes them by.
        site_url: with a slash at its end.

    Source:
        sitemaps.org, protocol 0.9: at most 50,000 addresses and 50 MB a file; an index names the files.
    """
    every = [page for pages in groups.values() for page in pages]
    whole = sitemap(every)
    if len(every) <= MOST and len(whole.encode()) <= MOST_BYTES:
        return {"sitemap.xml": whole}
    found: dict[str, str] = {}
    index: list[str] = []
    for label, pages in sorted(groups.items()):
        for nth, part in enumerate(_fitting(_ordered(pages)), 1):
            name = f"sitemap-{label}{f'-{nth}' if nth > 1 else ''}.xml"
            found[name] = sitemap(part)
            newest = max((date for _, date in part if date), default=None)
            index.append(_row("sitemap", (f"{site_url}{name}", newest)))
    return {"sitemap.xml": _written("sitemapindex", index), **found}


def _ordered(pages: Iterable[Page]) -> list[Page]:
    return sorted(pages, key=lambda page: page[0])


def _fitting(pages: Iterable[Page]) -> Iterator[list[Page]]:
    """As many pages at a time as one file holds."""
    empty = len(_written("urlset", []).encode())
    part: list[Page] = []
    size = empty
    for page in pages:
        more = len(_row("url", page).encode())
        if part and (len(part) == MOST or size + more > MOST_BYTES):
            yield part
            part, size = [], empty
        part.append(page)
        size += more
    if part:
        yield part


def _row(name: str, page: Page) -> str:
    address, date = page
    return f"<{name}><loc>{escape(address)}</loc>{f'<lastmod>{date.isoformat()}</lastmod>' if date else ''}</{name}>\n"


def _written(root: str, rows: Iterable[str]) -> str:
    return f"{_HEAD.format(root=root)}{''.join(rows)}</{root}>\n"


def robots(site_url: str) -> str:
    """What robots may read, which is all, and where the site map is.

    Source:
        RFC 9309; `Sitemap` is an extension of sitemaps.org.
    """
    return f"User-agent: *\nAllow: /\n\nSitemap: {site_url}sitemap.xml\n"
