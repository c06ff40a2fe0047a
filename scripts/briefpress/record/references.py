"""One reference to a work, as people write it and as reference managers read it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from typing import Any

from briefpress.byline import Author, joined
from briefpress.parts import cut
from briefpress.record.work import Work, inverted
from briefpress.texts import texts

_MONTHS = "jan feb mar apr may jun jul aug sep oct nov dec".split()
# A brace counts for BibTeX even behind a backslash, so that an odd one has to have a name. Pairs
# are escaped: bibtexparser and Pandoc know those, and drop what is behind the names.
_SPECIAL = {
    "\\": r"{\textbackslash}", "{": r"{\textbraceleft}", "}": r"{\textbraceright}", "~": r"{\textasciitilde}",
    "^": r"{\textasciicircum}", "&": r"\&", "%": r"\%", "$": r"\$", "#": r"\#", "_": r"\_",
}  # fmt: skip
_ODD, _PAIRED = str.maketrans(_SPECIAL), str.maketrans(_SPECIAL | {"{": r"\{", "}": r"\}"})


def reference(work: Work) -> str:
    """The house's own form: authors, title, series and number, house, place, date and address."""
    words = texts(work.brief.lang)
    parts = [
        joined([author.name for author in work.brief.authors], words["and"]), words["quoted"].format(text=work.title), work.named,
        "; ".join(work.institutions), work.series.place, work.dated(work.brief.date) if work.brief.date.year > 1 else "", work.cite_as,
    ]  # fmt: skip
    return ", ".join(part for part in parts if part)


def reference_files(slug: str, works: Iterable[Work]) -> dict[str, str]:
    """The files with all references of a series, by address under the site's own: one in each form, until it is long.

    Args:
        slug: of the series.
        works: what is public of it, oldest first.
    """
    newest, *years = cut(works, lambda work: work.year, lambda work: work.brief.order)
    found = {}
    for part in (newest, *years):
        name = f"{slug}/{part.named(slug)}"
        found[f"{name}.bib"] = "\n".join(map(bibtex, part.items))
        found[f"{name}.ris"] = "".join(map(ris, part.items))
    if years:
        # What stands outside of an entry is a remark to every reader, as long as it has no @. RIS has no remarks.
        said = f"The {len(newest.items)} newest of {sum(len(part.items) for part in years)} references. All are in the files beside this one,"
        ends = f"from {years[0].named(slug)}.bib to {years[-1].named(slug)}.bib, each with those of a year."
        found[f"{slug}/{slug}.bib"] = f"% {said}\n% {ends}\n\n{found[f'{slug}/{slug}.bib']}"
    return found


# --- BibTeX -------------------------------------------------------------------------------------


def bibtex(work: Work) -> str:
    """An entry for BibTeX and BibLaTeX.

    Source:
        `@techreport` of the standard styles, with BibLaTeX's fields besides (its manual, sections
        2.2.2 and 2.3). Title and institution stand in two pairs of braces: the first keeps its
        capitals, the second is no list of several houses where its name has an "and".
    """
    brief = work.brief
    fields = {
        "author": _people(brief.authors),
        "title": _literal(work.title),
        "institution": " and ".join(f"{{{_escaped(one)}}}" for one in work.institutions),
        "address": _escaped(work.series.place),
        "type": _escaped(work.series.title),
        "number": _escaped(work.number),
        "year": str(brief.date.year),
        "month": str(brief.date.month),
        "date": brief.date.isoformat(),
        "issn": brief.issn,
        "doi": brief.doi,
        "url": work.url,
        "language": brief.lang,
        "editor": _people(author for author, _ in work.people("editor")),
        "translator": _people(author for author, _ in work.people("translator")),
        "keywords": _escaped(", ".join(work.keywords)),
        "abstract": _escaped(work.abstract),
        "note": _escaped(work.note),
    }
    rows = (f"  {name:<11} = {_MONTHS[int(value) - 1] if name == 'month' else f'{{{value}}}'},\n" for name, value in fields.items() if value)
    return f"@techreport{{{work.id},\n{''.join(rows)}}}\n"


def _people(people: Iterable[Author]) -> str:
    """Names with the family name first; one with a particle, a space or a comma in it is kept together."""
    return " and ".join(_person(one) for one in people)


def _person(one: Author) -> str:
    family = one.surname
    if not one.given:
        return f"{{{_escaped(family)}}}"
    given = f"{{{_escaped(one.given)}}}" if re.search(r"(?i),|\band\b", one.given) else _escaped(one.given)
    return f"{f'{{{_escaped(family)}}}' if re.search(r'[ ,]', family) else _escaped(family)}, {given}"


def _literal(text: str) -> str:
    return f"{{{_escaped(text)}}}"


def _escaped(text: str) -> str:
    rest, pairs = text, text.count("{")
    while pairs:
        rest, pairs = re.subn(r"\{([^{}]*)\}", r"\1", rest)
    return text.translate(_ODD if re.search("[{}]", rest) else _PAIRED)


# --- RIS ------------------------------------------------------------------------------------------


def ris(work: Work) -> str:
    """A record in RIS, lines ending in CR and LF.

    Source:
        What Zotero and citation-js read of a report: SN is its number and M3 its type, so the
        ISSN stands in a note. T2, a title of the series besides, would be printed a second time.
    """
    brief = work.brief
    rows = [
        ("TY", "RPRT"),
        ("ID", work.id),
        ("TI", work.title),
        *(("AU", inverted(author)) for author in brief.authors),
        *(("A2" if role == "editor" else "A4", inverted(author)) for author, role in work.people("editor", "translator")),
        ("PY", str(brief.date.year)),
        ("DA", brief.date.strftime("%Y/%m/%d/")),
        ("PB", "; ".join(work.institutions)),
        ("CY", work.series.place),
        ("M3", work.series.title),
        ("SN", work.number),
        ("DO", brief.doi),
        ("UR", work.url),
        ("L1", work.pdf),
        ("LA", brief.lang),
        ("AB", work.abstract),
        *(("KW", one) for one in work.keywords),
        ("N1", f"ISSN {brief.issn}" if brief.issn else ""),
        *(("N1", one) for one in work.notes),
    ]
    return "".join(f"{tag}  - {value}\r\n" for tag, value in rows if value) + "ER  - \r\n"


# --- CSL-JSON -------------------------------------------------------------------------------------


def csl(work: Work) -> dict[str, Any]:
    """An item of CSL-JSON.

    Source:
        csl-data.json, version 1.0.2. The series is the `genre` and has no `collection-title`:
        with both, styles print its name twice.
    """
    brief = work.brief
    item = {
        "id": work.id,
        "type": "report",
        "title": work.title,
        "author": [csl_name(author) for author in brief.authors],
        "editor": [csl_name(author) for author, _ in work.people("editor")],
        "translator": [csl_name(author) for author, _ in work.people("translator")],
        "issued": {"date-parts": [[brief.date.year, brief.date.month, brief.date.day]]},
        "genre": work.series.title,
        "number": work.number,
        "publisher": "; ".join(work.institutions),
        "publisher-place": work.series.place,
        "ISSN": brief.issn,
        "DOI": brief.doi,
        "URL": work.url,
        "language": brief.lang,
        "keyword": ", ".join(work.keywords),
        "abstract": work.abstract,
        "note": work.note,
    }
    return {name: value for name, value in item.items() if value}


def csl_name(author: Author) -> dict[str, str]:
    """A name in its parts; one without a given name is printed as it stands."""
    if not author.given:
        return {"literal": author.name}
    parts = {"family": author.family, "given": author.given, "non-dropping-particle": author.particle}
    return {name: value for name, value in parts.items() if value}


def csl_file(work: Work) -> str:
    """A file of CSL-JSON with one item."""
    return json.dumps([csl(work)], ensure_ascii=False, indent=1) + "\n"
