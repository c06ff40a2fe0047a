"""The whole of what is published as a table: `briefs.json` for programs, `briefs.csv` for spreadsheets."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterable, Sequence
from typing import Any

from briefpress.parts import cut
from briefpress.record.work import Work, inverted


def row(work: Work) -> dict[str, Any]:
    """Everything that is on record of a work; the manual explains each name. Empty values are left out."""
    brief = work.brief
    values = {
        "series": work.series.title,
        "series_slug": work.series.slug,
        "number": work.number,
        "year": work.year,
        "title": brief.title,
        "subtitle": brief.subtitle,
        "authors": [
            {key: value for key, value in {"name": one.name, "given": one.given, "particle": one.particle, "family": one.family,
             "orcid": one.orcid, "affiliation": list(one.affiliation)}.items() if value} for one in brief.authors
        ],
        "contributors": [{"name": one.name, "role": one.role} for one in brief.contributors],
        "date": brief.date.isoformat(),
        "modified": work.changed.isoformat(),
        "lang": brief.lang,
        "issn": brief.issn,
        "doi": brief.doi,
        "url": work.url,
        "pdf": work.pdf,
        "publishers": list(work.institutions),
        "place": work.series.place,
        "license": brief.license,
        "key_issues": [] if work.withdrawn else list(brief.key_issues),
        "description": "" if work.withdrawn else brief.description,
        "topics": list(work.subjects),
        "keywords": list(brief.keywords),
        "collection": brief.collection,
        "other_numbers": list(brief.other_numbers),
        "funding": brief.funding,
        "translation_of": work.original.url if work.original else "",
        "translations": [one.url for one in work.translations],
        "corrections": [{"kind": one.kind, "date": one.date.isoformat(), "note": one.note} for one in work.updates],
        "withdrawn": work.withdrawn.isoformat() if work.withdrawn else "",
    }  # fmt: skip
    return {name: value for name, value in values.items() if value}


def tables(works: Sequence[Work]) -> dict[str, str]:
    """The tables of a site by their addresses: one in each form, until it is long.

    Args:
        works: all that is public, oldest first within each series.
    """
    newest, *years = cut(works, lambda work: work.year, lambda work: work.brief.order)
    addresses = [f"{works[0].site_url}{part.named('briefs')}.json" for part in years]
    more = {"count": len(works), "parts": addresses} if years else {}
    found = {"briefs.json": briefs_json(newest.items, **more), "briefs.csv": briefs_csv(newest.items)}
    for part in years:
        found[f"{part.named('briefs')}.json"] = briefs_json(part.items)
        found[f"{part.named('briefs')}.csv"] = briefs_csv(part.items)
    return found


def briefs_json(works: Iterable[Work], **more: Any) -> str:
    """One object, with the briefs under `briefs`, oldest first within each series, and before them what `more` says of the whole."""
    return json.dumps({**more, "briefs": [row(work) for work in works]}, ensure_ascii=False, indent=1) + "\n"


def briefs_csv(works: Iterable[Work]) -> str:
    """The same in columns; lists are joined by semicolons.

    A byte order mark makes spreadsheets read UTF-8.

    Source:
        RFC 4180; OWASP, "CSV injection".
    """
    out = io.StringIO()
    columns = ("series", "number", "title", "subtitle", "authors", "date", "modified", "lang", "issn", "doi", "url", "pdf", "publishers",
               "place", "license", "topics", "keywords", "collection", "other_numbers", "corrected", "withdrawn")  # fmt: skip
    writer = csv.writer(out)
    writer.writerow(columns)
    for work in works:
        found = row(work)
        found["authors"] = [inverted(author) for author in work.brief.authors]
        found["corrected"] = work.updates[-1].date.isoformat() if work.updates and not work.withdrawn else ""
        writer.writerow([_cell(found.get(name, "")) for name in columns])
    return "\ufeff" + out.getvalue()


def _cell(value: Any) -> str:
    """A cell; what a spreadsheet would take for the beginning of a formula has an apostrophe before it.

    In much of Europe a spreadsheet takes the semicolon for the end of a cell.
    """
    text = "; ".join(value) if isinstance(value, list) else str(value)
    return re.sub(r"(^|;)(\s*)(?=[=+\-@＝＋－＠])", r"\1\2'", text)
