"""The examples of the manual: the check reports the bad ones, and takes the good ones."""

from __future__ import annotations

import datetime as dt
import re
from pathlib import Path

import pytest

from briefpress.checks import check
from briefpress.rules import RULES
from briefpress.site.examples import EXAMPLES, HEADER, TEXT, WHOLE
from conftest import SERIES, paragraphs

NOW = dt.datetime(2024, 7, 1, tzinfo=dt.UTC)
CROSSREF = "    crossref: {prefix: 10.5555, depositor: Example Institute, email: doi@example.org}\n"
BASE = """\
title: Keeping the lights on
author: Eva Example
date: 2024-03-15
number: 1/2024
key_issues:
  - The grid held because three operators had rehearsed the failure of a fourth.
  - Reserves that are not tested in winter are not reserves at all.
"""
# Of several files, or too large to print.
ELSEWHERE = frozenset("""
    file-encoding file-size file-name control-character symlink yaml-nesting author-address number-refused number-taken house-rule colour-contrast
    record-text record-correction record-vanished record-number pdf-differs pdf-text pdf-untagged glyph-missing file-kind file-weight
    svg-active file-unused file-stray figure alt-file-name alt-length alt-repeats text-nesting text-time text-length link-unpublished link-unread
""".split())


def written(code: str, text: str, good: str) -> str:
    """Return a whole brief with an example in it."""
    if code in WHOLE:
        return text
    header, body = BASE, f"## Introduction\n\n{paragraphs(2)}"
    if code in HEADER:
        for name in re.findall(r"^(\w+):", good, re.MULTILINE):
            header = re.sub(rf"^{name}:.*\n(?:[ -].*\n)*", "", header, flags=re.MULTILINE)
        header += f"{text}\n"
    else:
        body = text
    return f"---\n{header}---\n\n{body}\n"


def reported(folder: Path, brief: str) -> set[str]:
    (folder / "briefs/2024").mkdir(parents=True, exist_ok=True)
    topics = SERIES.replace("      access: Accessibility\n", "      access: Accessibility\n      energy: Energy\n")
    (folder / "briefs/series.yml").write_text(topics.replace("    license:", f"{CROSSREF}    license:", 1), "utf-8")
    (folder / "briefs/2024/01.md").write_text(brief, "utf-8")
    return {finding.code for finding in check(folder, NOW)[1]}


@pytest.mark.parametrize("code", EXAMPLES)
def test_the_bad_example_is_reported_and_the_good_one_is_not(code: str, tmp_path: Path) -> None:
    bad, good = EXAMPLES[code]
    assert code in reported(tmp_path, written(code, bad, good))
    assert code not in reported(tmp_path, written(code, good, good))


def test_every_rule_has_an_example_or_a_reason_to_have_none() -> None:
    assert set(EXAMPLES) | ELSEWHERE == RULES.keys()
    assert not set(EXAMPLES) & ELSEWHERE
    assert len(HEADER) + len(TEXT) + len(WHOLE) == len(EXAMPLES)
