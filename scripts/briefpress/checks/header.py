"""Rules on one brief's header, once its fields are well formed."""

from __future__ import annotations

import datetime as dt
import difflib
import re

from briefpress.brief import Brief, word_count
from briefpress.byline import folded
from briefpress.finding import Repair
from briefpress.outline import Link
from briefpress.rules import Report
from briefpress.series import Catalogue
from briefpress.values import the_one

KEY_ISSUES = (2, 5)
KEY_ISSUE_WORDS = (8, 45)
DESCRIPTION_CHARACTERS = (50, 160)
_ABBREVIATED = re.compile(r"\w\.\w+\.$|\b(etc|al|inc|ltd|corp|co|jr|sr|st|dr|no|vs|cf|vol|ff|ca)\.$|\.\.$", re.IGNORECASE)
KEYWORDS = 10


def check_header(brief: Brief, catalogue: Catalogue, report: Report) -> None:
    """Check the fields of one brief against each other and against its series."""
    _titles(brief, catalogue, report)
    _dates(brief, catalogue, report)
    _corrections(brief, catalogue, report)
    _key_issues(brief, report)
    _lists(brief, catalogue, report)
    crossref = catalogue.series(brief).crossref
    if brief.doi and crossref and not brief.doi.startswith(f"{crossref.prefix}/"):
        report.add("doi-prefix", brief.place("doi"), f"the DOI is {brief.doi}, and the series has the prefix {crossref.prefix}",
                   "copy the DOI again, or waive this if the brief was registered elsewhere")  # fmt: skip
    if brief.image is not None and not brief.image_alt:
        report.add("alt-missing", brief.image.place, f'the picture "{brief.image.text}" has no text for those who cannot see it',
                   "add a line: image_alt: what the picture shows, in a sentence")  # fmt: skip
    elif brief.image is not None and 10 <= len(brief.image_alt) <= 300:
        check_alternative_text(Link(brief.image.text, brief.image_alt, "", True, brief.place("image_alt")), report)


def _titles(brief: Brief, catalogue: Catalogue, report: Report) -> None:
    title, place = brief.title, brief.place("title")
    if title.endswith(".") and not title.endswith("..."):
        report.add("title-full-stop", place, "the title ends with a full stop", f"write {title[:-1]}",
                   Repair(title, None if _ABBREVIATED.search(title) else title[:-1]))  # fmt: skip
    if title.isupper() and len(title) > 8:
        report.add("title-capitals", place, "the title is written in capitals", f"write {title.capitalize()}")
    masthead = catalogue.series(brief).masthead
    if folded(title).startswith(folded(masthead)):
        report.add("title-masthead", place, f'the title begins with the masthead, "{masthead}"',
                   "write the title of this brief; the page adds masthead and number")  # fmt: skip
    if brief.subtitle and title and folded(brief.subtitle).rstrip(".") in folded(title):
        report.add("subtitle-repeats", brief.place("subtitle"), "the subtitle repeats the title", "write something new, or take the line out")


def _dates(brief: Brief, catalogue: Catalogue, report: Report) -> None:
    today = catalogue.now.astimezone(catalogue.settings.timezone).date()
    if "date" not in brief.places or brief.date == dt.date.min:
        return
    if "embargo" in brief.places and brief.embargo is None:
        return
    if brief.date > today and not brief.draft and brief.embargo is None:
        days = (brief.date - today).days
        report.add("date-future", brief.place("date"), f"the date is {days} day{'s' if days > 1 else ''} from now",
                   f"add a line, embargo: {brief.date}, or draft: true, or write the date of today")  # fmt: skip
    if brief.number is not None and brief.number.year and brief.number.year != brief.date.year:
        report.add("number-year", brief.place("number"), f"the number is {brief.number}, but the date is {brief.date}",
                   "correct one of the two, or waive number-year with a reason")  # fmt: skip


def _corrections(brief: Brief, catalogue: Catalogue, report: Report) -> None:
    today = catalogue.now.astimezone(catalogue.settings.timezone).date()
    last: dt.date | None = None
    for one in brief.corrections:
        if one.date is None:
            continue
        if one.date < brief.date:
            report.add("correction-date", one.place, f"the {one.kind} of {one.date} is older than the brief, which is of {brief.date}",
                       "write the day on which the correction was made")  # fmt: skip
        elif one.date > today and not brief.draft and (brief.embargo is None or brief.embargo <= catalogue.now):
            report.add("correction-date", one.place, f"the {one.kind} of {one.date} is still to come",
                       f"write the date of today, {today}")  # fmt: skip
        if last is not None and one.date < last:
            report.add("correction-order", one.place, f"the {one.kind} of {one.date} stands after a younger entry, of {last}",
                       "put the corrections in the order of their dates")  # fmt: skip
        last = one.date
    for one in [one for one in brief.corrections if one.kind == "withdrawal"][1:]:
        report.add("withdrawal", one.place, "the brief is withdrawn a second time", "take this entry out, or write another kind")


def _key_issues(brief: Brief, report: Report) -> None:
    issues, (least, most) = brief.key_issues, KEY_ISSUES
    count = brief.key_issues_typed
    if count and not least <= count <= most:
        report.add("key-issues-count", brief.place("key_issues"), f"there {'is' if count == 1 else 'are'} {count} "
                   f"key issue{'' if count == 1 else 's'}", f"write {least} to {most}")  # fmt: skip
    seen: dict[str, int] = {}
    for index, issue in enumerate(issues, 1):
        place = brief.key_issue_places[index - 1]
        words, (few, many) = word_count(issue), KEY_ISSUE_WORDS
        if not few <= words <= many:
            report.add("key-issue-length", place, f"key issue {index} has {words} word{'' if words == 1 else 's'}",
                       f"shorten it to {many}, or make two of it" if words > many else f"say it in a sentence of {few} words at least")  # fmt: skip
        if not re.search(r"[.!?…][”’\"')»]*$", issue):
            report.add("key-issue-full-stop", place, f"key issue {index} has no full stop at its end", "write it as a sentence, with a full stop")
        first = seen.setdefault(folded(issue), index)
        if first != index:
            report.add("key-issue-repeated", place, f"key issue {index} is the same as key issue {first}", "keep one of the two")


def _lists(brief: Brief, catalogue: Catalogue, report: Report) -> None:
    series = catalogue.series(brief)
    for kind, given, known in (("topic", brief.topics, series.topics), ("region", brief.regions, series.regions)):
        for one in given:
            if one.text in known:
                continue
            labelled = [key for key, label in known.items() if folded(label) == folded(one.text)]
            by_label = {folded(label): key for key, label in known.items()}
            close = by_label.get(folded(one.text)) or next(iter(difflib.get_close_matches(one.text.lower(), known, n=1)), None)
            remedy = f"did you mean {close}?" if close else f"use one of {', '.join(known)}" if known else "take it out"
            report.add(f"{kind}-unknown", one.place, f'"{one.text}" is not in the list of {kind}s',
                       f"{remedy} To add one, edit series.yml" if close else f"{remedy}; to add one, edit series.yml",
                       Repair(one.text, the_one(one.text, known) if not labelled else labelled[0] if len(labelled) == 1 else None))  # fmt: skip
    if len(brief.keywords) > KEYWORDS:
        report.add("keywords-count", brief.place("keywords"), f"there are {len(brief.keywords)} keywords", f"keep the {KEYWORDS} that matter most")
    length, (short, long) = len(brief.description), DESCRIPTION_CHARACTERS
    if brief.description and not short <= length <= long:
        report.add("description-length", brief.place("description"), f"the description has {length} characters",
                   f"shorten it to {long}: search engines cut there" if length > long else f"write {short} at least")  # fmt: skip


def check_alternative_text(picture: Link, report: Report) -> None:
    """Check the words that stand in for a picture; there are some."""
    words, place = picture.text, picture.place
    name = picture.target.rpartition("/")[2]
    if folded(words) in (folded(name), folded(name.rpartition(".")[0])):
        report.add("alt-file-name", place, f'the text of the picture is its file\'s name, "{words}"', "say what the picture shows, in a sentence")
    elif not 10 <= len(words) <= 300:
        remedy = "say it in 300 characters, and the rest in the text" if len(words) > 300 else "say what it shows, in a sentence"
        report.add("alt-length", place, f"the text of the picture has {len(words)} characters", remedy)
    elif folded(words).rstrip(".") == folded(picture.title).rstrip("."):
        report.add("alt-repeats", place, "the text of the picture repeats its caption", "say what the picture shows; the caption says what it means")


