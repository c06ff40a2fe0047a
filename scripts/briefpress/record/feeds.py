"""Feeds: what is new and what was corrected, for those who subscribe. Every date is one of the record."""

from __future__ import annotations

import datetime as dt
import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from email.utils import format_datetime
from html import escape
from typing import Any
from xml.etree import ElementTree

from briefpress.listing import description
from briefpress.record.work import Update, Work
from briefpress.texts import texts

LATEST = 30
"""Entries of a feed."""
_ATOM = "http://www.w3.org/2005/Atom"
_DC = "http://purl.org/dc/elements/1.1/"


@dataclass(frozen=True)
class Feed:
    """The newest works of a series, on a topic, or by an author."""

    title: str
    home: str
    """The address of the list whose news it has, with a slash at its end."""
    description: str
    lang: str
    publisher: str
    zone: dt.tzinfo
    """Where the day begins."""
    works: tuple[Work, ...]

    def moment(self, day: dt.date) -> dt.datetime:
        """The beginning of a day: the record knows days, feeds want moments."""
        return dt.datetime.combine(day, dt.time(), self.zone)

    @property
    def latest(self) -> list[Work]:
        """What changed last, first."""
        return sorted(self.works, key=lambda work: (work.changed, work.brief.order), reverse=True)[:LATEST]

    @property
    def updated(self) -> dt.date:
        """The day on which one of its works last changed."""
        return max((work.changed for work in self.works), default=dt.date(1970, 1, 1))


# --- RSS ------------------------------------------------------------------------------------------


def rss(feed: Feed, address: str) -> str:
    """RSS 2.0; a correction is an item of its own, since RSS cannot say that an item changed.

    Args:
        feed: what it holds.
        address: the feed's own, absolute.

    Source:
        RSS 2.0 specification, rssboard.org; dates as in RFC 822. Names of people stand in
        dc:creator, since the author of RSS is an address for letters.
    """
    root = ElementTree.Element("rss", {"version": "2.0", "xmlns:atom": _ATOM, "xmlns:dc": _DC})
    channel = ElementTree.SubElement(root, "channel")
    _add(channel, "title", feed.title)
    _add(channel, "link", feed.home)
    _add(channel, "description", feed.description or feed.title)
    _add(channel, "language", feed.lang)
    _add(channel, "atom:link", "", rel="self", type="application/rss+xml", href=address)
    _add(channel, "lastBuildDate", format_datetime(feed.moment(feed.updated)))
    events = sorted(_events(feed.works), key=lambda event: (event[0], event[1].brief.order, event[3]), reverse=True)
    for day, work, update, nth in events[:LATEST]:
        item = ElementTree.SubElement(channel, "item")
        if update is None:
            _add(item, "title", _title(work))
            _add(item, "link", work.url)
            _add(item, "guid", work.url, isPermaLink="true")
            _add(item, "description", _content(work))
        else:
            kind = texts(work.brief.lang)[f"kind_{update.kind}"]
            _add(item, "title", _title(work) if update.kind == "withdrawal" else f"{kind}: {_title(work)}")
            _add(item, "link", f"{work.url}#__corrections")
            _add(item, "guid", f"{work.url}#{update.kind}-{day}{f'-{nth}' if nth > 1 else ''}", isPermaLink="false")
            _add(item, "description", escape(update.note, quote=False))
        _add(item, "pubDate", format_datetime(feed.moment(day)))
        for author in work.brief.authors:
            _add(item, "dc:creator", author.name)
        for keyword in work.keywords:
            _add(item, "category", keyword)
    return _written(root)


def _events(works: Iterable[Work]) -> Iterator[tuple[dt.date, Work, Update | None, int]]:
    """Publications, and corrections with how many of their kind the day has had."""
    for work in works:
        yield work.brief.date, work, None, 0
        had: Counter[tuple[str, dt.date]] = Counter()
        for update in work.updates:
            had[update.kind, update.date] += 1
            yield update.date, work, update, had[update.kind, update.date]


# --- Atom -----------------------------------------------------------------------------------------


def atom(feed: Feed, address: str) -> str:
    """Atom; a correction gives the entry a new date, and is told at its beginning.

    Source:
        RFC 4287.
    """
    root = ElementTree.Element("feed", {"xmlns": _ATOM, "xml:lang": feed.lang})
    _add(root, "id", feed.home)
    _add(root, "title", feed.title)
    _add(root, "updated", feed.moment(feed.updated).isoformat())
    _add(root, "link", "", rel="self", type="application/atom+xml", href=address)
    _add(root, "link", "", rel="alternate", type="text/html", href=feed.home)
    _add(ElementTree.SubElement(root, "author"), "name", feed.publisher)
    for work in feed.latest:
        entry = ElementTree.SubElement(root, "entry", {"xml:lang": work.brief.lang})
        _add(entry, "id", work.url)
        _add(entry, "title", _title(work))
        _add(entry, "published", feed.moment(work.brief.date).isoformat())
        _add(entry, "updated", feed.moment(work.changed).isoformat())
        for author in work.brief.authors:
            person = ElementTree.SubElement(entry, "author")
            _add(person, "name", author.name)
            if author.orcid:
                _add(person, "uri", author.orcid_url)
        _add(entry, "link", "", rel="alternate", type="text/html", href=work.url)
        if work.pdf:
            _add(entry, "link", "", rel="enclosure", type="application/pdf", href=work.pdf)
        if work.license.url:
            _add(entry, "link", "", rel="license", href=work.license.url)
        for keyword in work.keywords:
            _add(entry, "category", "", term=keyword)
        _add(entry, "summary", description(work.brief))
        _add(entry, "content", _content(work, corrected=True), type="html")
    return _written(root)


# --- JSON Feed ------------------------------------------------------------------------------------


def json_feed(feed: Feed, address: str) -> str:
    """JSON Feed.

    Source:
        jsonfeed.org, version 1.1.
    """
    items = []
    for work in feed.latest:
        item: dict[str, Any] = {
            "id": work.url,
            "url": work.url,
            "title": _title(work),
            "summary": description(work.brief),
            "content_html": _content(work, corrected=True),
            "date_published": feed.moment(work.brief.date).isoformat(),
            "date_modified": feed.moment(work.changed).isoformat(),
            "authors": [{"name": one.name} | ({"url": one.orcid_url} if one.orcid else {}) for one in work.brief.authors],
            "tags": list(work.keywords),
            "language": work.brief.lang,
        }
        if work.card:
            item["image"] = work.card
        if work.pdf:
            item["attachments"] = [{"url": work.pdf, "mime_type": "application/pdf"}]
        items.append(item)
    whole = {
        "version": "https://jsonfeed.org/version/1.1", "title": feed.title, "home_page_url": feed.home, "feed_url": address,
        "description": feed.description, "language": feed.lang, "authors": [{"name": feed.publisher}], "items": items,
    }  # fmt: skip
    return json.dumps({name: value for name, value in whole.items() if value or name == "items"}, ensure_ascii=False, indent=1) + "\n"


WRITERS: dict[str, tuple[str, str, Callable[[Feed, str], str]]] = {
    "feed.xml": ("RSS", "application/rss+xml", rss),
    "atom.xml": ("Atom", "application/atom+xml", atom),
    "feed.json": ("JSON", "application/feed+json", json_feed),
}
"""The feeds of a series by the names of their files: what readers call it, its type, and what writes it."""


# --- what all of them say ---------------------------------------------------------------------------


def _title(work: Work) -> str:
    return f"{work.number}: {work.title}" if work.number else work.title


def _content(work: Work, *, corrected: bool = False) -> str:
    """The key issues as HTML; before them, where a format asks for it, the corrections. Of a withdrawn brief the notice alone."""
    notes = [work.said(one) for one in work.updates] if corrected else []
    if work.withdrawn and not corrected:
        notes = [description(work.brief)]
    issues = () if work.withdrawn else work.brief.key_issues
    said = "".join(f"<p><strong>{escape(one, quote=False)}</strong></p>" for one in notes)
    return said + (f"<ul>{''.join(f'<li>{escape(one, quote=False)}</li>' for one in issues)}</ul>" if issues else "")


def _add(parent: ElementTree.Element, name: str, text: str, **attributes: str) -> None:
    ElementTree.SubElement(parent, name, attributes).text = text or None


def _written(root: ElementTree.Element) -> str:
    ElementTree.indent(root, " ")
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + ElementTree.tostring(root, encoding="unicode") + "\n"
