"""Rules that hold between the briefs of a series."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from functools import cache

from briefpress.brief import Brief, IssueNumber
from briefpress.finding import Finding
from briefpress.rules import Report
from briefpress.series import BRIEFS, RESERVED, Catalogue, Series

Free = Callable[[int, str], IssueNumber]
"""The next free number of a year, 0 for a series without years, in the series with a slug; looked for once."""


def check_catalogue(catalogue: Catalogue) -> list[Finding]:
    """Check numbers, addresses and references over all briefs, drafts and embargoed ones too."""
    findings: list[Finding] = []
    free: Free = cache(lambda year, slug: next_free(catalogue.briefs, IssueNumber(year, 0), slug))
    for series in catalogue.settings.series:
        briefs = [brief for brief in catalogue.briefs if brief.series == series.slug]
        findings += _taken(catalogue, series, briefs, free)
        if series.numbering != "none":
            findings += _gaps(briefs)
    translated = _translated(catalogue)
    for brief in catalogue.briefs:
        findings += _related(catalogue, brief) + _translation(catalogue, brief, translated)
    findings += _aliases(catalogue, free) + _dois(catalogue)
    return findings + _authors(catalogue)


def _dois(catalogue: Catalogue) -> list[Finding]:
    findings: list[Finding] = []
    first: dict[str, Brief] = {}
    for brief in catalogue.briefs:
        # DOIs are told apart without regard to case: ISO 26324.
        holder = first.setdefault(brief.doi.lower(), brief) if brief.doi else brief
        if holder is not brief:
            report = Report(brief.path)
            report.add("doi", brief.place("doi"), f"{brief.doi} is already the DOI of {holder.path}, line {holder.place('doi').line}",
                       "copy the DOI again as it was registered for this brief")  # fmt: skip
            findings += report.findings
    return findings


def _authors(catalogue: Catalogue) -> list[Finding]:
    """Two people at one address: names that differ, or ORCID iDs that do."""
    findings: list[Finding] = []
    first = {author.address: (author, f"{BRIEFS}/people.yml") for author in catalogue.settings.people.values()}
    by_orcid = {author.orcid: author for author in catalogue.settings.people.values() if author.orcid}
    for brief in catalogue.briefs:
        for author in brief.authors:
            same = by_orcid.setdefault(author.orcid, author) if author.orcid else author
            if same.address != author.address:
                report = Report(brief.path)
                report.add("author-address", brief.place("author"), f'"{author.name}" has the ORCID iD of "{same.name}"',
                           f"write {same.id or same.name}, or correct the iD")  # fmt: skip
                findings += report.findings
            other, where = first.setdefault(author.address, (author, brief.path))
            if other.may_be(author):
                continue
            report = Report(brief.path)
            remedy = (f"if it is the same person, write {other.id}; else give this one another id in people.yml" if other.id
                      else "give each an id of their own in people.yml, and write that in the briefs")  # fmt: skip
            report.add("author-address", brief.place("author"),
                       f'"{author.name}" would share the address of "{other.name}" in {where}, who has another name or ORCID iD', remedy)  # fmt: skip
            findings += report.findings
    return findings


def next_free(briefs: Iterable[Brief], like: IssueNumber, slug: str) -> IssueNumber:
    """The number after the highest one of the same year in a series; one that a brief had before stays taken.

    Args:
        briefs: of all series, since a brief can have moved to another.
        like: a number of the year that is meant; 0 is the year of a series without years.
        slug: the series.
    """
    before = re.compile(rf"/{slug}/{f'{like.year}/' if like.year else ''}([0-9]{{1,5}})/")
    taken = [0]
    for brief in briefs:
        if brief.series == slug and brief.number is not None and brief.number.year == like.year:
            taken.append(brief.number.n)
        taken += [int(hit[1]) for alias in brief.aliases if (hit := before.fullmatch(alias.text))]
    return IssueNumber(like.year, max(taken) + 1)


def _taken(catalogue: Catalogue, series: Series, briefs: list[Brief], free: Free) -> list[Finding]:
    findings: list[Finding] = []
    first: dict[str, Brief] = {}
    for brief in sorted(briefs, key=lambda brief: brief.path):
        if brief.number is None and (series.numbering != "none" or not brief.sound):
            continue  # no number, no address yet
        holder = first.setdefault(catalogue.permalink(brief), brief)
        if holder is brief:
            continue
        report = Report(brief.path)
        if brief.number is not None:
            line = holder.place("number").line
            report.add("number-taken", brief.place("number"), f"{brief.number} is already used by {holder.path}, line {line}",
                       f"take the next free number of the series, {free(brief.number.year, series.slug)}")  # fmt: skip
        else:
            report.add("number-taken", brief.place("title"), f"{holder.path} has the same address, {catalogue.permalink(brief)}",
                       "rename the file")  # fmt: skip
        findings += report.findings
    return findings


def _gaps(briefs: list[Brief]) -> list[Finding]:
    findings = []
    by_year: dict[int, list[Brief]] = defaultdict(list)
    for brief in briefs:
        if brief.number is not None:
            by_year[brief.number.year].append(brief)
    for year, found in sorted(by_year.items()):
        numbered = sorted(found, key=lambda brief: (brief.number or IssueNumber(0, 0), brief.path))
        expected = 1 if year else None  # a continuous series may begin anywhere
        for brief in numbered:
            assert brief.number is not None
            n = brief.number.n
            if expected is not None and n > expected:
                missing = f"{IssueNumber(year, expected)}" + (f" to {IssueNumber(year, n - 1)}" if n - 1 > expected else "")
                report = Report(brief.path)
                report.add("number-gap", brief.place("number"), f"there is no {missing} before {brief.number}",
                           "look whether it is still in a branch, or whether this number is mistyped")  # fmt: skip
                findings += report.findings
            expected = n + 1
    return findings


def _related(catalogue: Catalogue, brief: Brief) -> list[Finding]:
    report = Report(brief.path)
    for reference in brief.related:
        found = catalogue.named(reference.text, brief.series)
        example = catalogue.series(brief).number_example
        if found is None:
            report.add("related", reference.place, f'there is no brief "{reference.text}"',
                       f"write the number of a brief as it stands in its file, for example {example}")  # fmt: skip
        elif found is brief:
            report.add("related", reference.place, "the brief names itself as related", "take it out")
        elif found.sound and not found.is_public(catalogue.now) and brief.is_public(catalogue.now):
            report.add("related", reference.place, f"{reference.text} is not published yet", "take it out until it is")
    return report.findings


def _translated(catalogue: Catalogue) -> dict[tuple[str, str], Brief]:
    """The first translation of each text into each language, by the path of the original and that language."""
    found: dict[tuple[str, str], Brief] = {}
    for brief in catalogue.briefs:
        if (original := catalogue.original(brief)) is not None:
            found.setdefault((original.path, brief.lang), brief)
    return found


def _translation(catalogue: Catalogue, brief: Brief, translated: Mapping[tuple[str, str], Brief]) -> list[Finding]:
    if brief.translation_of is None:
        return []
    report = Report(brief.path)
    reference, place = brief.translation_of
    original = catalogue.named(reference, brief.series)
    if original is None:
        report.add("translation", place, f'there is no brief "{reference}"',
                   f"write the number of the original as it stands in its file, for example {catalogue.series(brief).number_example}")  # fmt: skip
    elif original is brief:
        report.add("translation", place, "the brief names itself as its original", "write the number of the brief that it translates")
    elif original.translation_of is not None:
        report.add("translation", place, f"{reference} is a translation itself", f"write the number of its original, {original.translation_of.text}")
    elif original.sound and not original.is_public(catalogue.now) and brief.is_public(catalogue.now):
        report.add("translation", place, f"the original, {reference}, is not published yet",
                   "take the line out until it is, or give both one embargo")  # fmt: skip
    elif original.lang.split("-")[0] == brief.lang.split("-")[0]:
        report.add("translation", place, f"{reference} is in the same language, {original.lang}",
                   "give this brief its language, for example lang: fr")  # fmt: skip
    elif (first := translated[original.path, brief.lang]) is not brief:
        report.add("translation", place, f"{first.path} translates {reference} into the same language", "keep one of the two")
    return report.findings


# Folders, and perhaps a page at the end. What looks like a file is no folder: the two cannot have one name.
_ALIAS = re.compile(r"/(?:(?!_headers/)[A-Za-z0-9_~-](?:[A-Za-z0-9_~.-]*[A-Za-z0-9_~-])?(?<!\.\w{2})(?<!\.\w{3})(?<!\.\w{4})(?<!\.\w{5})/)*"
                    r"(?:(?!index\.html)[A-Za-z0-9_~-]+\.html)?")  # fmt: skip


def _aliases(catalogue: Catalogue, free: Free) -> list[Finding]:
    """Old addresses: well formed, free, and leading to one brief."""
    findings: list[Finding] = []
    permalinks = {catalogue.permalink(brief): brief for brief in reversed(catalogue.briefs) if brief.number is not None or brief.sound}
    first: dict[str, Brief] = {}
    form = "write what follows the site's own address, with slashes at both ends, /publications/old/, or with .html at its end"
    for brief in catalogue.briefs:
        report = Report(brief.path)
        for typed, place in brief.aliases:
            holder = permalinks.get(typed.removeprefix("/"))
            other = first.setdefault(typed, brief)
            if not _ALIAS.fullmatch(typed) or typed == "/":
                report.add("alias", place, f'the old address is "{typed}"', form)
            elif holder is brief:
                report.add("alias", place, f"{typed} is the brief's own permalink", "take the line out")
            elif holder is not None:
                remedy = "take the line out"
                if holder.number is not None:
                    number = free(holder.number.year, holder.series)
                    remedy = f"take the line out; or, if this brief was there first, give {holder.path} the number {number}"
                report.add("alias", place, f"{typed} is the permalink of {holder.path}", remedy)
            elif _is_of_site(typed.strip("/").split("/"), catalogue):
                report.add("alias", place, f"{typed} is an address that the site needs itself", "take the line out")
            elif other is not brief or [one.text for one in brief.aliases].count(typed) > 1:
                report.add("alias", place, f"{typed} is given twice{'' if other is brief else f', here and in {other.path}'}", "keep one of the two")
        findings += report.findings
    return findings


def _is_of_site(parts: list[str], catalogue: Catalogue) -> bool:
    """Whether an address is that of a list, or may become one."""
    series = catalogue.settings.get(parts[0])
    if series is None:
        return parts[0] in RESERVED or parts == ["404.html"]
    of_year = series.numbering != "continuous" and len(parts) == 2 and re.fullmatch("[0-9]{4}", parts[1]) is not None
    return len(parts) == 1 or parts[1] in ("page", "years") or "page" in parts[2:] or of_year
