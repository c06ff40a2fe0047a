"""Mending a header: what a finding says to put in the place of a text, where there is one right answer.

Text in, text out; nothing here touches a file.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Callable

from briefpress.checks.header import check_header
from briefpress.finding import Finding, Level
from briefpress.front_matter import read_text
from briefpress.rules import RULES, Report
from briefpress.series import BRIEFS, Catalogue, Settings, read_brief, read_people, read_series

Look = Callable[[str], list[Finding]]
"""Reads a text and gives what is wrong with it."""

_ROUNDS = 20
"""A repair can bring the next one to light: space, then quotation marks, then the full stop."""
_MOST = 200
"""Repairs in a round. A file with more is no brief."""
# A line that could not be read hid what else is wrong with it: that is no fault of the repair.
_HIDING = frozenset({"no-header", "yaml-space", "yaml-tab", "yaml-bullet"})
# How a text stands in the file: plain, or in marks of either kind.
_FORMS: tuple[Callable[[str], str], ...] = (
    lambda text: text,
    lambda text: "'" + text.replace("'", "''") + "'",
    lambda text: '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"',
)


def fix(text: str, look: Look) -> tuple[str, list[Finding]]:
    """Mend what has one right answer; everything else stays as it was typed.

    Args:
        text: the whole file, its line ends as they are.
        look: tells what is wrong.

    Returns:
        The text with plain line ends and without a byte order mark, and the findings that are mended.
    """
    text = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    found, mended = look(text), list[Finding]()
    for _ in range(_ROUNDS):
        # From the bottom up, so that the places above stay what they are.
        offers = sorted((one for one in found if _edit(text, one)), reverse=True)[:_MOST]
        offers = [one for one in offers if one.code in _HIDING] or offers
        before = len(mended)
        # All at once, for most are right; else each by itself, and those that do harm are left out.
        for group in [offers, *([one] for one in offers)]:
            after = _with(text, group)
            again = look(after)
            if group and _better(found, again, group):
                text, found, mended = after, again, mended + group
                if len(group) == len(offers):
                    break
        if len(mended) == before:
            break
    return text, mended


def _edit(text: str, one: Finding) -> tuple[int, int, str] | None:
    """From where to where to write what; None where the text is not there as it was read, over several lines for example."""
    repair = one.instead
    if repair is None or repair.new is None or not repair.old:
        return None
    start = sum(len(line) + 1 for line in text.split("\n")[: one.line - 1]) + (repair.column or one.column) - 1
    for form in _FORMS:
        if text.startswith(form(repair.old), start):
            return start, start + len(form(repair.old)), form(repair.new)
    return None


def _with(text: str, group: list[Finding]) -> str:
    for one in group:
        if (edit := _edit(text, one)) is not None:
            text = text[: edit[0]] + edit[2] + text[edit[1] :]
    return text


def _better(found: list[Finding], again: list[Finding], group: list[Finding]) -> bool:
    """Whether what was to be mended is gone, and nothing has come that was not there."""

    def counted(findings: list[Finding]) -> Counter[tuple[str, str]]:
        return Counter((one.code, one.message) for one in findings)  # lines can move

    asked, left = counted(group), counted(again)
    if any(left[key] > count - asked[key] for key, count in counted(found).items() if key in asked):
        return False
    hiding = group[0].code in _HIDING
    new = counted([
        one for one in again
        # An error with a repair of its own is mended next.
        if one.level is Level.ERROR and not (one.instead and one.instead.new is not None)
        and not (hiding and not one.code.startswith("yaml-"))
    ])  # fmt: skip
    return new <= counted(found)


def looker(path: str, settings: Settings | None, now: dt.datetime) -> Look:
    """Give what tells the mistakes in the header of one brief, in `series.yml` or in `people.yml`.

    Args:
        path: the file, from the project's folder.
        settings: the series that a brief is read by; without them its form alone is checked.
        now: the moment that decides what is public.
    """

    def in_series(text: str) -> list[Finding]:
        report = Report(path)
        readable = read_text(text.encode(), report)
        if readable is not None:
            (read_people if path.endswith("people.yml") else read_series)(readable, report)
        return report.findings

    def in_brief(text: str) -> list[Finding]:
        brief, findings = read_brief(path, text.encode(), settings)
        if brief is None or settings is None:
            return findings
        report = Report(path)
        check_header(brief, Catalogue(settings, (brief,), now), report)
        waived = {waiver.rule.text for waiver in brief.waivers if (rule := RULES.get(waiver.rule.text)) and rule.waivable}
        # What the header's fields say of one another is for the editor; only how they are written counts as harm.
        return findings + [one for one in report.findings if one.code not in waived and one.instead]

    return in_series if path in (f"{BRIEFS}/series.yml", f"{BRIEFS}/people.yml") else in_brief
