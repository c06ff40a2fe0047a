"""The rules of a series: what a catalogue must be to be published.

`check` gives every finding of every file at once, in reading order.
"""

from __future__ import annotations

import datetime as dt
import difflib
import html
import unicodedata
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from briefpress.brief import Brief
from briefpress.checks import across, files, header, style, text
from briefpress.checks.ledger import Ledger, Outlines, moment, states
from briefpress.fields import Waiver
from briefpress.finding import Finding, Level, Place
from briefpress.limits import TooLong, time_limit
from briefpress.outline import Outline
from briefpress.rules import RULES, SECTIONS, HouseRule, Report
from briefpress.series import Catalogue, Settings, in_order, read_settings
from briefpress.store import Store, digest


@dataclass
class Survey:
    """Everything under a project's folder, read and checked."""

    catalogue: Catalogue | None
    """The briefs that could be read; None without a series."""
    findings: list[Finding]
    """In reading order."""
    waivers: list[tuple[Brief, Waiver]]
    """Those that are in force, in the order of the files."""
    outlines: Outlines
    """What each text names."""
    ledger: Ledger
    """What is known of each file."""


def check(root: Path, now: dt.datetime, store: Store | None = None) -> tuple[Catalogue | None, list[Finding]]:
    """Read and check everything under `root`.

    Args:
        root: the project's folder.
        now: what decides what is public.
        store: where the last run left what it found, so that only what changed is looked at.

    Returns:
        The catalogue of the briefs that could be read (None without a series), and all findings
        in reading order.
    """
    done = survey(root, now, store)
    return done.catalogue, done.findings


def survey(root: Path, now: dt.datetime, store: Store | None = None) -> Survey:
    """As `check`, with all that was learnt on the way."""
    ledger = Ledger(root, store)  # first: what it keeps is of settings that are no newer than it says
    settings, findings = read_settings(root)
    briefs, found, outlines = ledger.read_all(settings)
    findings += found + files.check_tree(root) + [too_long(brief) for brief in ledger.slow]
    if settings is None:
        ledger.save()
        return Survey(None, sorted(set(findings)), [], outlines, ledger)
    catalogue = Catalogue(settings, in_order(briefs, settings), now)
    today = now.astimezone(settings.timezone).date()
    moments = {brief.path: moment(brief, now, today) for brief in briefs}
    heads = digest(*(f"{path} {ledger.seen[path].head} {ledger.seen[path].settings} {said}" for path, said in moments.items()))
    findings += ledger.between("catalogue", heads, lambda: across.check_catalogue(catalogue))
    findings += files.check_photos(catalogue, root) + files.check_logos(catalogue, root)
    by_path: dict[str, list[Finding]] = defaultdict(list)
    for finding in findings:
        by_path[finding.path].append(finding)
    state = states(catalogue.by_path, ledger.seen, root, now)
    for brief in catalogue.briefs:
        seen = ledger.seen[brief.path]
        by = " ".join((seen.text, seen.beside, seen.settings, moments[brief.path], *map(state, seen.targets)))
        if found := ledger.of_one(brief.path, by, partial(_check_in_time, brief, catalogue, outlines, root)):
            by_path[brief.path] += found
    in_force: list[tuple[Brief, Waiver]] = []
    for path, found in by_path.items():
        known = catalogue.by_path.get(path)
        by_path[path] = levelled(known, settings, found)
    for brief in catalogue.briefs:
        if brief.waivers:
            by_path[brief.path], waivers = _waived(brief, by_path[brief.path], settings)
            in_force += [(brief, waiver) for waiver in waivers]
    in_force.sort(key=lambda item: (item[0].path, item[1].rule.place))
    ledger.save()
    return Survey(catalogue, sorted({one for found in by_path.values() for one in found}), in_force, outlines, ledger)


def _check_in_time(brief: Brief, catalogue: Catalogue, outlines: Mapping[str, Outline], root: Path) -> list[Finding]:
    try:
        with time_limit():
            return check_brief(brief, catalogue, outlines, root)
    except TooLong:
        return [too_long(brief)]


def levelled(brief: Brief | None, settings: Settings, findings: list[Finding]) -> list[Finding]:
    """Weigh the findings of one file as the house has it in `series.yml`.

    Args:
        brief: None for a file that is no brief, or one that cannot be read; it has no date.
        settings: with the rules of the house.
        findings: of that file.
    """
    found = []
    for finding in findings:
        house = settings.rules.get(finding.code, HouseRule())
        if house.off:
            continue
        level = house.level or finding.level
        if house.since and brief is not None and "date" in brief.places and dt.date.min < brief.date < house.since:
            level = Level.ADVICE
        if brief is not None and brief.draft:
            level = max(level, finding.level, key=list(Level).index)  # what a draft lacks must not stop the others
        found.append(finding if level is finding.level else replace(finding, level=level))
    return found


def check_brief(brief: Brief, catalogue: Catalogue, outlines: Mapping[str, Outline], root: Path) -> list[Finding]:
    """The findings of the rules on one brief."""
    report = Report(brief.path)
    header.check_header(brief, catalogue, report)
    text.check_text(brief, outlines[brief.path], report)
    text.check_links(brief, catalogue, outlines, root, report)
    files.check_files(brief, outlines[brief.path], root, report)
    files.check_figures(brief, root, report)
    style.check_style(brief, catalogue.series(brief), outlines[brief.path], files.figures_of(brief), report)
    if brief.draft:
        # Nothing of a draft is published, and a half-written one must not stop the others.
        return [replace(f, level=Level.ADVICE) if f.code in _UNFINISHED or f.line >= brief.body_line else f for f in report.findings]
    return report.findings


_UNFINISHED = frozenset(rule.code for section in ("The text", "Files beside a brief", "On paper", "Key issues and description")
                        for rule in SECTIONS[section])  # fmt: skip
"""What a draft may still lack."""


def too_long(brief: Brief, *, died: bool = False) -> Finding:
    """The finding for a text that cannot be read or set in time, or that ends what sets it."""
    report = Report(brief.path)
    report.add("text-time", Place(brief.body_line, 1), "the text ends the program that sets it" if died else "the text takes too long to read",
               "look for a very long line, or for hundreds of brackets or asterisks that do not pair")  # fmt: skip
    return report.findings[0]


def missing_glyph(brief: Brief, char: str, picture: str = "") -> Finding:
    """The finding for a character that no face of the PDF has, in the brief or in the letters of a picture."""
    lines = html.unescape(brief.body).split("\n")
    at = next((number for number, line in enumerate(lines) if (picture or char) in line), None)
    place = Place(brief.body_line + at, 1) if at is not None else _place_of(brief, picture or char)
    report = Report(brief.path)
    where = f"the picture {picture}" if picture else "the PDF"
    asian = unicodedata.east_asian_width(char) == "W" and unicodedata.category(char) == "Lo"
    report.add("glyph-missing", place, f'{where} has an empty box for "{char}", U+{ord(char):04X}, which no face has',
               "write it in another way, or install the extra cjk" if asian else "write it in another way")  # fmt: skip
    return report.findings[0]


def _place_of(brief: Brief, text: str) -> Place:
    """The field of the header whose value holds a text; the head of the file where none is found."""
    values = {"title": brief.title, "subtitle": brief.subtitle, "author": " ".join(author.name for author in brief.authors),
              "key_issues": " ".join(brief.key_issues), "image": brief.image.text if brief.image else "", "keywords": " ".join(brief.keywords),
              "funding": brief.funding, "acknowledgements": brief.acknowledgements, "description": brief.description}  # fmt: skip
    return next((brief.place(name) for name, value in values.items() if text in value), Place(1, 1))


def bad_figure(brief: Brief, place: Place, message: str) -> Finding:
    """The finding for a figure that is well formed and cannot be drawn all the same."""
    report = Report(brief.path)
    report.add("figure", place, message, "compare it with the examples in the manual, and take out what is not needed")
    return report.findings[0]


def lost_link(brief: Brief, target: str) -> Finding:
    """The finding for a link or a picture that is seen only when the text is set."""
    before, found, _ = brief.body.partition(target)
    report = Report(brief.path)
    line = brief.body_line + (before.count("\n") if found else 0)
    report.add("link-unread", Place(line, 1), f'"{target}" is set as a link that leads nowhere',
               "write it as [words](address), with nothing else between the brackets")  # fmt: skip
    return report.findings[0]


def _waived(brief: Brief, findings: list[Finding], settings: Settings) -> tuple[list[Finding], list[Waiver]]:
    """Leave out what the brief waives, and report waivers that are wrong or no longer needed; the others are in force."""
    report = Report(brief.path)
    in_force = []
    for waiver in brief.waivers:
        code, place = waiver.rule
        rule = RULES.get(code)
        if rule is None:
            close = difflib.get_close_matches(code, RULES, n=1)
            report.add("waiver-unknown", place, f'there is no rule "{code}"',
                       f"copy the rule's name from the end of the finding{f'; did you mean {close[0]}?' if close else ''}")  # fmt: skip
        elif not rule.waivable:
            report.add("waiver-refused", place, f"{code} cannot be waived", "mend what it reports, and take the waiver out")
        elif settings.rules.get(code, HouseRule()).off:
            continue  # the house lets everybody off for now
        elif code == "glyph-missing":
            in_force.append(waiver)  # only setting the PDF tells whether it is needed
        elif not any(finding.code == code for finding in findings):
            report.add("waiver-unused", place, f"nothing here needs the waiver for {code}", "take the waiver out")
        else:
            in_force.append(waiver)
    waived = {waiver.rule.text for waiver in in_force}
    return [finding for finding in findings if finding.code not in waived] + levelled(brief, settings, report.findings), in_force
