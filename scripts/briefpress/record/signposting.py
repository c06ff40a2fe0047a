"""Where things of a brief are, as typed links: in the head of its page, and as a file of their own."""

from __future__ import annotations

import json
from typing import Any, NamedTuple

from briefpress.record.work import Work

BIBTEX, RIS, CSL = "application/x-bibtex", "application/x-research-info-systems", "application/vnd.citationstyles.csl+json"
CITATIONS = {"cite.bib": BIBTEX, "cite.ris": RIS, "cite.csl.json": CSL}
"""The files by which a reference manager takes a brief over, beside its page, with their types."""


class Link(NamedTuple):
    """One typed link of a brief's page."""

    rel: str
    href: str
    """An absolute address."""
    type: str = ""


def links(work: Work) -> list[Link]:
    """The links of a brief's page.

    Source:
        FAIR Signposting Profile, level 1; the relations are those of the IANA registry (cite-as:
        RFC 8574, linkset: RFC 9264).
    """
    found = [
        Link("cite-as", work.cite_as),
        *(Link("author", author.orcid_url) for author in work.brief.authors),
        Link("item", work.pdf, "application/pdf"),
        *(Link("describedby", work.url + name, kind) for name, kind in CITATIONS.items()),
        Link("type", "https://schema.org/AboutPage"),
        Link("type", "https://schema.org/Report"),
        Link("license", work.license.url),
        Link("collection", f"{work.site_url}{work.series.slug}/"),
        Link("linkset", f"{work.url}linkset.json", "application/linkset+json"),
    ]
    return [one for one in found if one.href]


def linkset(work: Work) -> str:
    """The same links as a set, with those of the PDF and of the files that describe the brief.

    Source:
        RFC 9264, section 4.2; FAIR Signposting Profile, level 2.
    """
    sets: list[dict[str, Any]] = [{"anchor": work.url}]
    for link in links(work):
        if link.rel != "linkset":
            sets[0].setdefault(link.rel, []).append(_target(link))
    if work.pdf:
        sets.append({"anchor": work.pdf, "collection": [_target(Link("", work.url, "text/html"))]})
    sets += [{"anchor": work.url + name, "describes": [_target(Link("", work.url, "text/html"))]} for name in CITATIONS]
    return json.dumps({"linkset": sets}, ensure_ascii=False, indent=1) + "\n"


def _target(link: Link) -> dict[str, str]:
    return {"href": link.href, "type": link.type} if link.type else {"href": link.href}
