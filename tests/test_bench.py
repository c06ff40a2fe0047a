"""The benchmark's briefs are good ones, and its page says what was measured."""

from __future__ import annotations

import datetime as dt
import importlib
import sys
from pathlib import Path
from typing import Any

import pytest

from briefpress.checks import check
from briefpress.finding import Level

ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="module")
def bench() -> Any:
    """Give the script as a module; the modules beside it are found as when it is run."""
    sys.path.insert(0, str(ROOT / "scripts"))
    try:
        return importlib.import_module("bench")
    finally:
        sys.path.remove(str(ROOT / "scripts"))


def test_the_same_count_gives_the_same_briefs(bench: Any) -> None:
    assert [one.text() for one in bench.briefs(20)] == [one.text() for one in bench.briefs(20)]


@pytest.mark.parametrize("count", [1, 60])
def test_generated_briefs_pass_the_strict_check(bench: Any, tmp_path: Path, count: int) -> None:
    bench.write(tmp_path, {"briefs/series.yml": bench.SERIES})
    bench.write(tmp_path / "briefs", {one.path: one.text() for one in bench.briefs(count)})
    catalogue, findings = check(tmp_path, dt.datetime(2026, 1, 1, tzinfo=dt.UTC))
    assert catalogue is not None
    assert len(catalogue.public) == count
    assert [one for one in findings if one.level is not Level.ADVICE] == []


def test_the_page_marks_what_misses_its_target_and_says_what_is_not_measured(bench: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    rows = (bench.Row("a", "One", "CPU s", {7: 2.0}), bench.Row("b", "Two", "MB", {7: 3.0}), bench.Row("c", "Three", "kB"))
    monkeypatch.setattr(bench, "ROWS", rows)
    size = bench.Size(7, 1000, {"a": 1.5, "b": 123.4, "c": "no Chromium"}, [
        bench.Tool("Briefpress, with search", "1", True, bench.Taken(2.0, 50), bench.Taken(0.5, 40), 2_000_000, 12_000, "200"),
        bench.Tool("Fast", "2", True, bench.Taken(1.0, 70), bench.Taken(1.0, 60), 1_000_000, 9_000),
        bench.Tool("Absent", "3", False, why="npm could not install it"),
    ])  # fmt: skip
    lines = bench.report([size], 1000).splitlines()
    assert "| One (CPU s) | 1.50 | 2.00 | met |" in lines
    assert "| Two (MB) | 123 | 3.00 | **missed** |" in lines
    assert "| Three (kB) | no Chromium | – | – |" in lines
    assert [line for line in lines if line.startswith("| Fast 2 |")] == [
        "| Fast 2 | 1.00 | 0.50 | 70 |", "| Fast 2 | 1.00 | 2.00 | 60 |", "| Fast 2 | 1.00 | 9.00 | – |"]  # fmt: skip
    assert "| Absent 3 | not measured: npm could not install it | – | – |" in lines
