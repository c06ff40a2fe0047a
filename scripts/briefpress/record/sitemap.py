"""For search engines: the site map, with the day on which each page last changed, and `robots.txt`."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from xml.sax.saxutils import escape


def sitemap(pages: Iterable[tuple[str, dt.date | None]]) -> str:
    """Write a sitemap.

    Args:
        pages: absolute addresses, each with the date of its record. A page without a date gets
            none: the day of the build would be a lie.

    Source:
        sitemaps.org, protocol 0.9; `lastmod` in the W3C date format.
    """
    rows = (
        f"<url><loc>{escape(address)}</loc>{f'<lastmod>{date.isoformat()}</lastmod>' if date else ''}</url>\n"
        for address, date in sorted(pages, key=lambda page: page[0])
    )
    return ('<?xml version="1.0" encoding="UTF-8"?>\n<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">\n'
            f"{''.join(rows)}</urlset>\n")  # fmt: skip


def robots(site_url: str) -> str:
    """What robots may read, which is all, and where the site map is.

    Source:
        RFC 9309; `Sitemap` is an extension of sitemaps.org.
    """
    return f"User-agent: *\nAllow: /\n\nSitemap: {site_url}sitemap.xml\n"
