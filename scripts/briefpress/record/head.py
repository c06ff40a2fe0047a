"""What the head of a brief's page says to machines: names for readers, harvesters and link previews."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from briefpress.byline import Author
from briefpress.listing import description, masthead
from briefpress.record.signposting import links
from briefpress.record.work import Update, Work, inverted

CARD_SIZE = (1200, 630)
"""Width and height of the picture for those who share a brief, in pixels."""


def head(work: Work, site_title: str) -> dict[str, Any]:
    """Everything of the record that stands in the head of the page.

    Returns:
        `names`: pairs of a meta element's name and content; `properties`: the same for OpenGraph;
        `links`: rows of `signposting.Link`; `card`: whether there is a picture; `json_ld`: a text that is safe within a script element.
    """
    return {
        "names": [pair for pair in _names(work) if pair[1]],
        "properties": [pair for pair in _properties(work, site_title) if pair[1]],
        "links": [link._asdict() for link in links(work)],
        "card": bool(work.card),
        "json_ld": json_ld(work),
    }


def _names(work: Work) -> Iterator[tuple[str, str]]:
    """Highwire's names as Google Scholar wants them for a report, Zotero's and Dublin Core's.

    Source:
        Google Scholar, inclusion guidelines for webmasters, "Indexing guidelines": names, one
        author an element, dates with slashes. Zotero's translator for embedded metadata: the
        institution makes a report of it, `citation_date` comes before the date with slashes, and
        any `z.` name is a field of the item. DCMI Metadata Terms; DC-HTML for the prefixes.
    """
    brief, series = work.brief, work.series
    yield "citation_title", work.title
    for author in brief.authors:
        yield "citation_author", inverted(author)
        for one in author.affiliation:
            yield "citation_author_institution", one
        yield "citation_author_orcid", author.orcid_url
    yield "citation_publication_date", brief.date.strftime("%Y/%m/%d")
    yield "citation_date", brief.date.isoformat()
    for house in work.institutions:
        yield "citation_technical_report_institution", house
    yield "citation_technical_report_number", work.number
    yield "citation_issn", brief.issn
    yield "citation_doi", brief.doi
    yield "citation_language", brief.lang
    for keyword in work.keywords:
        yield "citation_keywords", keyword
    yield "citation_public_url", work.url
    yield "citation_pdf_url", work.pdf
    yield "z.reportType", series.title
    yield "z.place", series.place
    yield "DC.title", work.title
    for author in brief.authors:
        yield "DC.creator", inverted(author)
    for author, _ in work.people():
        yield "DC.contributor", inverted(author)
    yield "DCTERMS.issued", brief.date.isoformat()
    yield "DCTERMS.modified", work.changed.isoformat() if work.changed > brief.date else ""
    for house in work.institutions:
        yield "DC.publisher", house
    yield "DC.type", "Report"
    yield "DC.language", brief.lang
    yield "DC.identifier", work.url
    yield "DC.identifier", work.doi_url
    for number in brief.other_numbers:
        yield "DC.identifier", number
    yield "DCTERMS.isPartOf", brief.issn and f"urn:ISSN:{brief.issn}"
    yield "DCTERMS.isVersionOf", work.original.cite_as if work.original else ""
    for other in work.translations:
        yield "DCTERMS.hasVersion", other.cite_as
    yield "DC.rights", work.license.url or work.license.name
    yield "DCTERMS.abstract", work.abstract


def _properties(work: Work, site_title: str) -> Iterator[tuple[str, str]]:
    """OpenGraph, in the order of its specification.

    Source:
        The Open Graph protocol, ogp.me. The page has no `prefix` attribute: with one, Zotero no
        longer knows these names.
    """
    brief = work.brief
    yield "og:type", "article"
    yield "og:title", brief.title
    yield "og:description", description(brief)
    yield "og:url", work.url
    yield "og:site_name", site_title
    if work.card:
        yield "og:image", work.card
        yield "og:image:type", "image/png"
        yield "og:image:width", str(CARD_SIZE[0])
        yield "og:image:height", str(CARD_SIZE[1])
        yield "og:image:alt", f"{masthead(work.series, brief)}: {brief.title}"
    yield "article:published_time", brief.date.isoformat()
    yield "article:modified_time", work.changed.isoformat() if work.changed > brief.date else ""
    for author in brief.authors:
        yield "article:author", work.address_of(author)
    for keyword in work.keywords:
        yield "article:tag", keyword


# --- JSON-LD --------------------------------------------------------------------------------------


def json_ld(work: Work) -> str:
    """The brief as one nested node, in ASCII, safe within a script element.

    Source:
        schema.org, `Report`, `ScholarlyArticle` and `Periodical`. What is joined by `@id` from a
        graph, or stands in a list under `isPartOf`, is lost on several readers, so all is nested.
    """
    text = json.dumps(_node(work))
    return text.replace("&", "\\u0026").replace("<", "\\u003c").replace(">", "\\u003e")


def _node(work: Work) -> dict[str, Any]:
    brief, series = work.brief, work.series
    houses = [{"@type": "Organization", "name": one} for one in work.institutions]
    roles: dict[str, list[dict[str, Any]]] = {}
    for author, role in work.people():
        roles.setdefault(role if role in ("editor", "translator") else "contributor", []).append(_person(author))
    node = {
        "@context": "https://schema.org",
        "@type": ["Report", "ScholarlyArticle"],
        "@id": work.url,
        "url": work.url,
        "name": work.title,
        "headline": brief.title,
        "alternativeHeadline": brief.subtitle,
        "author": [_person(author) | {"url": work.address_of(author)} for author in brief.authors],
        **roles,
        "datePublished": brief.date.isoformat(),
        "dateModified": work.changed.isoformat(),
        "inLanguage": brief.lang,
        "description": description(brief),
        "abstract": work.abstract,
        "keywords": list(work.keywords),
        "license": work.license.url,
        "isAccessibleForFree": True,
        "reportNumber": [one for one in (work.number, *brief.other_numbers) if one] if brief.other_numbers else work.number,
        "identifier": brief.doi and {"@type": "PropertyValue", "propertyID": "DOI", "value": brief.doi, "url": work.doi_url},
        "sameAs": work.doi_url,
        "publisher": houses if len(houses) > 1 else houses[0],
        "isPartOf": _filled({"@type": "Periodical", "name": series.title, "issn": brief.issn, "url": f"{work.site_url}{series.slug}/"}),
        "encoding": work.pdf and {"@type": "MediaObject", "contentUrl": work.pdf, "encodingFormat": "application/pdf"},
        "image": work.card,
        "creativeWorkStatus": "Withdrawn" if work.withdrawn else "",
        "correction": [_correction(one) for one in work.updates],
        "translationOfWork": work.original and _other(work.original),
        "workTranslation": [_other(one) for one in work.translations],
    }  # fmt: skip
    return _filled(node)


def _filled(node: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in node.items() if value}


def _person(author: Author) -> dict[str, Any]:
    node = {
        "@type": "Person",
        "@id": author.orcid_url,
        "name": author.name,
        "givenName": author.given,
        "familyName": author.surname,
        "affiliation": [{"@type": "Organization", "name": one} for one in author.affiliation],
    }
    return _filled(node)


def _correction(update: Update) -> dict[str, str]:
    return {"@type": "CorrectionComment", "datePublished": update.date.isoformat(), "name": update.kind, "text": update.note}


def _other(work: Work) -> dict[str, str]:
    return {"@type": "Report", "@id": work.url, "url": work.url, "name": work.title, "inLanguage": work.brief.lang}
