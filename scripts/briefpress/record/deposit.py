"""The deposit: what a house lodges with Crossref, so that a DOI leads to a brief and is found with its record.

Source:
    Crossref's metadata deposit schema, versions 5.4.0 and 5.5.0, `report-paper`. In 5.4.0 a
    report in a series can have neither licence nor updates; 5.5.0 knows both.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from xml.etree import ElementTree

from briefpress.byline import Author
from briefpress.fields import Crossref
from briefpress.record.work import Work

SCHEMAS = ("5.4.0", "5.5.0")
"""Versions of the schema that can be written; the first is the default."""
_KINDS = {"update": "new_version"}
"""Kinds of corrections that Crossref calls otherwise."""
MOST_HOUSES = 5
"""Institutions of one report."""
_MOST_LETTERS = 60
"""Of a brief's name in that of its batch, which has at most 100."""
_ROLES = ("editor", "translator", "reviewer")
"""Roles that Crossref knows, besides the authors'."""


def deposit(works: Sequence[Work], crossref: Crossref, moment: dt.datetime, schema: str) -> str:
    """Write one batch.

    Args:
        works: what to deposit; each has a DOI.
        crossref: who deposits.
        moment: now, in any zone. A deposit replaces one with an earlier moment.
        schema: one of SCHEMAS.
    """
    stamp = moment.astimezone(dt.UTC).strftime("%Y%m%d%H%M%S")
    root = ElementTree.Element("doi_batch", {
        "version": schema,
        "xmlns": f"http://www.crossref.org/schema/{schema}",
        "xmlns:jats": "http://www.ncbi.nlm.nih.gov/JATS1",
        "xmlns:ai": "http://www.crossref.org/AccessIndicators.xsd",
        "xmlns:rel": "http://www.crossref.org/relations.xsd",
        "xmlns:xsi": "http://www.w3.org/2001/XMLSchema-instance",
        "xsi:schemaLocation": f"http://www.crossref.org/schema/{schema} https://www.crossref.org/schemas/crossref{schema}.xsd",
    })  # fmt: skip
    head = _add(root, "head")
    _add(head, "doi_batch_id", f"{works[0].id[:_MOST_LETTERS]}-{len(works)}-{stamp}")
    _add(head, "timestamp", stamp)
    depositor = _add(head, "depositor")
    _add(depositor, "depositor_name", crossref.depositor)
    _add(depositor, "email_address", crossref.email)
    _add(head, "registrant", crossref.registrant or works[0].series.publisher)
    body = _add(root, "body")
    for work in works:
        _report(_add(body, "report-paper"), work, crossref, schema)
    ElementTree.indent(root, " ")
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + ElementTree.tostring(root, encoding="unicode") + "\n"


def _report(parent: ElementTree.Element, work: Work, crossref: Crossref, schema: str) -> None:
    """One brief; the order of the elements is the schema's."""
    brief = work.brief
    report = _add(parent, "report-paper_series_metadata", language=brief.lang.partition("-")[0])
    series = _add(report, "series_metadata")
    _add(_add(series, "titles"), "title", work.series.title)
    _add(series, "issn", brief.issn, media_type="electronic")  # unsaid, it is that of a printed series
    _add(series, "series_number", work.number)
    people = _add(report, "contributors")
    for index, author in enumerate(brief.authors):
        _person(people, author, "author", "additional" if index else "first")
    for author, role in work.people(*_ROLES):
        _person(people, author, role, "additional")
    titles = _add(report, "titles")
    _add(titles, "title", work.main_title)
    _add(titles, "subtitle", brief.subtitle)
    _add(_add(report, "jats:abstract", **{"xml:lang": brief.lang}), "jats:p", work.abstract)
    date = _add(report, "publication_date", media_type="online")
    _add(date, "month", f"{brief.date:%m}")
    _add(date, "day", f"{brief.date:%d}")
    _add(date, "year", f"{brief.date:%Y}")
    publisher = _add(report, "publisher")
    _add(publisher, "publisher_name", work.series.publisher)
    _add(publisher, "publisher_place", work.series.place)
    for house in work.institutions[:MOST_HOUSES]:
        _add(_add(report, "institution"), "institution_name", house)
    if work.number or brief.other_numbers:
        item = _add(report, "publisher_item")
        _add(item, "item_number", work.number, item_number_type="report-number")
        for number in brief.other_numbers:
            _add(item, "identifier", number, id_type="report-number")
    if schema != SCHEMAS[0]:
        _status(report, work, crossref)
    doi = _add(report, "doi_data")
    _add(doi, "doi", brief.doi)
    _add(doi, "resource", work.url, mime_type="text/html", content_version="vor")
    if schema != SCHEMAS[0]:
        _relations(report, work)


def _status(report: ElementTree.Element, work: Work, crossref: Crossref) -> None:
    """Licence and corrections. Without the DOI of a policy on corrections, Crossref takes the licence alone."""
    parent = report
    if crossref.policy:
        mark = _add(report, "crossmark")
        _add(mark, "crossmark_policy", crossref.policy)
        if work.updates:
            updates = _add(mark, "updates")
            for one in work.updates:
                # The text was changed in place, so the DOI is the work's own.
                _add(updates, "update", work.brief.doi, type=_KINDS.get(one.kind, one.kind), date=one.date.isoformat())
        if not work.license.url:
            return
        parent = _add(mark, "custom_metadata")
    if work.license.url:
        access = _add(parent, "ai:program", name="AccessIndicators")
        _add(access, "ai:free_to_read")
        _add(access, "ai:license_ref", work.license.url, applies_to="vor", start_date=work.brief.date.isoformat())


def _relations(report: ElementTree.Element, work: Work) -> None:
    """The original and the translations that have a DOI too."""
    others = [(work.original, "isTranslationOf")] if work.original else [(one, "hasTranslation") for one in work.translations]
    known = [(one, kind) for one, kind in others if one and one.brief.doi]
    if known:
        program = _add(report, "rel:program")
        for one, kind in known:
            item = _add(program, "rel:related_item")
            _add(item, "rel:intra_work_relation", one.brief.doi, **{"relationship-type": kind, "identifier-type": "doi"})


def _person(parent: ElementTree.Element, author: Author, role: str, sequence: str) -> None:
    person = _add(parent, "person_name", contributor_role=role, sequence=sequence)
    _add(person, "given_name", author.given)
    _add(person, "surname", author.surname)
    if author.affiliation:
        affiliations = _add(person, "affiliations")
        for one in author.affiliation:
            _add(_add(affiliations, "institution"), "institution_name", one)
    _add(person, "ORCID", author.orcid_url)


def _add(parent: ElementTree.Element, tag: str, text: str | None = None, **attributes: str) -> ElementTree.Element:
    """A new element; one whose text is empty is not put in."""
    element = ElementTree.Element(tag, attributes)
    element.text = text
    if text != "":
        parent.append(element)
    return element
