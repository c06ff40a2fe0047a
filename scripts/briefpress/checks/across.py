"""Rules that hold between the briefs of a series."""

from __future__ import annotations

from collections import defaultdict

from briefpress.brief import Brief, IssueNumber
from briefpress.finding import Finding
from briefpress.rules import Report
from briefpress.series import BRIEFS, Catalogue, Series


def check_catalogue(catalogue: Catalogue) -> list[Finding]:
    """Check numbers, addresses and references over all briefs, drafts and embargoed ones too."""
    findings: list[Finding] = []
    for series in catalogue.settings.series:
        briefs = [brief for brief in catalogue.briefs if brief.series == series.slug]
        findings += _taken(catalogue, series, briefs)
        if series.numbering != "none":
            findings += _gaps(briefs)
    for brief in catalogue.briefs:
        findings += _related(catalogue, brief)
    return findings + _authors(catalogue)


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


def next_free(briefs: list[Brief], like: IssueNumber) -> IssueNumber:
    """The number after the highest one of the same year."""
    taken = [brief.number.n for brief in briefs if brief.number is not None and brief.number.year == like.year]
    return IssueNumber(like.year, max(taken, default=0) + 1)


def _taken(catalogue: Catalogue, series: Series, briefs: list[Brief]) -> list[Finding]:
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
                       f"take the next free number of the series, {next_free(briefs, brief.number)}")  # fmt: skip
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
