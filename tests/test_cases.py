"""What an editor sees: one folder a case, with the report that it should give."""

from __future__ import annotations

import datetime as dt
import shutil
from pathlib import Path

import pytest

from briefpress import limits
from briefpress.checks import check
from briefpress.rules import RULES

CASES = Path(__file__).parent / "cases"
NAMES = sorted(folder.name for folder in CASES.iterdir() if folder.is_dir())
NOW = dt.datetime(2024, 6, 1, 12, tzinfo=dt.UTC)

# The briefs of the cases are short, so that they can be read. Every report would end with the same two
# pieces of advice; they are looked at where a case is about length.
OF_LENGTH = frozenset({"text-length", "heading-count"})

# Rules that no folder shows, since the file would be too large or too slow to keep here.
SHOWN_ELSEWHERE = {
    "glyph-missing": "test_printing.py",
    "pdf-differs": "test_printing.py",
    "pdf-text": "test_printing.py",
    "pdf-untagged": "test_printing.py",
    "record-correction": "test_record.py",
    "record-number": "test_record.py",
    "record-text": "test_record.py",
    "record-vanished": "test_record.py",
    "file-size": "test_front_matter.py",
    "file-weight": "test_media.py",
    "link-unread": "test_build.py",
    "text-time": "test_cases.py",
}


def lay_out(case: str, folder: Path) -> Path:
    """Copy a case into a project: `brief.md` alone stands for `briefs/2024/01-brief.md`."""
    source, briefs = CASES / case, folder / "briefs"
    (briefs / "2024").mkdir(parents=True)
    shutil.copy(CASES / "series.yml", briefs)
    for part in ("briefs", "docs"):
        if (source / part).is_dir():
            shutil.copytree(source / part, folder / part, symlinks=True, dirs_exist_ok=True)
    if (source / "brief.md").is_file():
        shutil.copy(source / "brief.md", briefs / "2024/01-brief.md")
    return folder


@pytest.mark.parametrize("case", NAMES)
def test_case(case: str, tmp_path: Path) -> None:
    _, findings = check(lay_out(case, tmp_path), NOW)
    shown = [finding for finding in findings if finding.code not in OF_LENGTH or case.startswith("length-")]
    assert "".join(f"{finding}\n" for finding in shown) == (CASES / case / "expected.txt").read_text("utf-8")


def test_there_are_forty_cases_and_more() -> None:
    assert len(NAMES) >= 40


def test_every_rule_is_shown() -> None:
    reports = "".join((CASES / case / "expected.txt").read_text("utf-8") for case in NAMES)
    shown = {code for code in RULES if f"[{code}]" in reports}
    assert shown.isdisjoint(SHOWN_ELSEWHERE), "take it out of the list"
    assert shown | SHOWN_ELSEWHERE.keys() == RULES.keys()


@pytest.mark.parametrize(("code", "file"), SHOWN_ELSEWHERE.items())
def test_rules_without_a_case_are_tested_elsewhere(code: str, file: str) -> None:
    assert f'"{code}"' in (CASES.parent / file).read_text("utf-8")


def test_a_text_that_takes_too_long_does_not_hide_the_others(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = lay_out("headings", tmp_path)
    brief = (folder / "briefs/2024/01-brief.md").read_text("utf-8").replace("1/2024", "2/2024")
    (folder / "briefs/2024/02-slow.md").write_text(brief + '[a](b "c' * 50_000, "utf-8")
    monkeypatch.setattr(limits, "SECONDS", 0.5)  # twenty for an editor
    _, findings = check(folder, NOW)
    assert [finding.code for finding in findings if "02-slow" in finding.path] == ["text-time"]
    assert "heading-empty" in [finding.code for finding in findings if "01-brief" in finding.path]
