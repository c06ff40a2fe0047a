"""RePEc: the folder of templates that its services fetch from the publisher's own site.

Source:
    RePEc, "Guidelines for ReDIF", and "RePEc step-by-step tutorial". Without a byte order mark
    the files are read as windows-1252. A line that begins with a word and a colon is a new field,
    so that each value stays on its line.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from briefpress.parts import by_year
from briefpress.record.work import Work
from briefpress.series import Series

_MARK = "\ufeff"


def files(series: Iterable[Series], works: Iterable[Work], site_url: str) -> dict[str, str]:
    """The files of every series that has codes of RePEc, by address under the site's own.

    Args:
        series: all series.
        works: what is public, of all series.
        site_url: with a slash at its end.
    """
    listed = [one for one in series if one.repec]
    by_series: dict[str, list[Work]] = defaultdict(list)
    for work in works:
        by_series[work.series.slug].append(work)
    found: dict[str, str] = {}
    for archive in dict.fromkeys(one.repec.archive for one in listed if one.repec):
        members = [one for one in listed if one.repec and one.repec.archive == archive]
        found[f"RePEc/{archive}/{archive}arch.redif"] = _MARK + _archive(members[0], site_url)
        found[f"RePEc/{archive}/{archive}seri.redif"] = _MARK + "\n".join(_series(one, site_url) for one in members)
        for one in members:
            for part in by_year(by_series[one.slug], lambda work: work.year):
                found[f"RePEc/{archive}/{_code(one)}/{part.label}.redif"] = _MARK + "\n".join(_paper(work) for work in part.items)
    return found | _listings(found)


def _listings(files: Iterable[str]) -> dict[str, str]:
    """A page for each folder with links to what is in it: RePEc finds files by links, and a host of static pages lists none.

    Source:
        EconPapers, "RePEc Archive FAQ", on archives that are fetched over HTTP.
    """
    inside: dict[str, set[str]] = defaultdict(set)
    for address in files:
        *folders, name = address.split("/")
        inside["/".join(folders)].add(name)
        if len(folders) > 2:
            inside["/".join(folders[:-1])].add(f"{folders[-1]}/")
    return {f"{folder}/index.html": _LISTING.format(folder=folder, links="".join(f'<li><a href="{name}">{name}</a></li>\n' for name in sorted(names)))
            for folder, names in inside.items()}  # fmt: skip


_LISTING = """\
<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="robots" content="noindex"><title>{folder}</title></head>
<body>
<h1>{folder}</h1>
<ul>
{links}</ul>
</body>
</html>
"""


def handle(work: Work) -> str:
    """The name that RePEc knows a work by; it never changes, since the number does not."""
    assert work.series.repec is not None, "only a series with codes has handles"
    return f"RePEc:{work.series.repec.archive}:{_code(work.series)}:{work.serial}"


def _code(series: Series) -> str:
    assert series.repec is not None
    return series.repec.series


def _archive(series: Series, site_url: str) -> str:
    assert series.repec is not None
    archive = series.repec.archive
    return _template([
        ("Template-Type", "ReDIF-Archive 1.0"),
        ("Handle", f"RePEc:{archive}"),
        ("Name", series.publisher),
        ("Maintainer-Name", series.repec.maintainer or series.publisher),
        ("Maintainer-Email", series.repec.email),
        ("Description", f"This archive holds the series of {series.publisher}."),
        ("URL", f"{site_url}RePEc/{archive}/"),
    ])  # fmt: skip


def _series(series: Series, site_url: str) -> str:
    assert series.repec is not None
    return _template([
        ("Template-Type", "ReDIF-Series 1.0"),
        ("Name", series.title),
        ("Provider-Name", series.publisher),
        ("Provider-Homepage", site_url),
        ("Maintainer-Name", series.repec.maintainer or series.publisher),
        ("Maintainer-Email", series.repec.email),
        ("Type", "ReDIF-Paper"),
        ("Handle", f"RePEc:{series.repec.archive}:{series.repec.series}"),
        ("ISSN", series.issn),
        ("Description", series.description),
    ])  # fmt: skip


def _paper(work: Work) -> str:
    brief = work.brief
    rows = [("Template-Type", "ReDIF-Paper 1.0")]
    for author in brief.authors:
        rows += [
            ("Author-Name", author.name),
            ("Author-Name-First", author.given),
            ("Author-Name-Last", author.surname),
            ("Author-Email", author.email),
            *(("Author-Workplace-Name", one) for one in author.affiliation),
        ]
    rows += [
        ("Title", work.title),
        ("Abstract", work.abstract),
        ("Creation-Date", brief.date.isoformat()),
        ("Revision-Date", work.changed.isoformat() if work.changed > brief.date else ""),
        ("Number", work.number),
        ("Keywords", "; ".join(work.keywords)),
        ("Language", brief.lang),
        ("DOI", brief.doi),
        ("Note", work.note),
        ("Publication-Status", f"Published by {' and '.join(work.institutions)}" if brief.publishers else ""),
        ("File-URL", work.pdf),
        ("File-Format", "application/pdf" if work.pdf else ""),
        ("File-URL", work.url),
        ("File-Format", "text/html"),
        ("Handle", handle(work)),
    ]
    return _template(rows)


def _template(rows: Iterable[tuple[str, str]]) -> str:
    return "".join(f"{name}: {value}\n" for name, value in rows if value)
