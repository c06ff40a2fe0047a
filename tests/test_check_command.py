"""`briefpress check` as a person or a machine calls it."""

from __future__ import annotations

import contextlib
import json
import os
import pty
import re
import subprocess
import sys
import unicodedata
from dataclasses import dataclass
from pathlib import Path

import pytest
from click.testing import CliRunner

from briefpress.cli import main

ROOT = Path(__file__).parents[1]
SERIES = (ROOT / "tests/cases/series.yml").read_bytes()
ISSUES = """\
key_issues:
  - The grid held because three operators had rehearsed the failure of a fourth.
  - Reserves that are not tested in winter are not reserves at all.
"""
GOOD = f"""\
---
title: Keeping the lights on
author: Eva Example
date: 2024-03-15
number: 1/2024
{ISSUES}---

## Introduction

A short text.
"""
ERROR = GOOD.replace("2024-03-15", "15.3.2024")
WARNING = GOOD.replace("lights on", "lights on.")
CALL = [sys.executable, "-c", "from briefpress.cli import main; main(prog_name='briefpress')", "check"]
ASIDE = ("GITHUB_ACTIONS", "NO_COLOR", "FORCE_COLOR", "SOURCE_DATE_EPOCH")
"""What the machine that runs the tests may say, and the tests must not hear."""


def environment(**more: str) -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if name not in ASIDE} | more


def project(folder: Path, **briefs: str | bytes) -> Path:
    (folder / "briefs").mkdir()
    (folder / "briefs/series.yml").write_bytes(SERIES)
    for name, text in briefs.items():
        (folder / f"briefs/{name}.md").write_bytes(text if isinstance(text, bytes) else text.encode())
    return folder


@dataclass(frozen=True)
class Done:
    returncode: int
    stdout: str
    stderr: str


def check(folder: Path, *arguments: str, now: str = "2024-06-01", **more: str) -> Done:
    """Call the command in this process; the tests of the terminal start one of their own."""
    when = ["--now", now] if now else []
    with contextlib.chdir(folder):
        result = CliRunner().invoke(main, ["check", *when, *arguments], env=dict.fromkeys(ASIDE) | more)
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exc_info
    return Done(result.exit_code, result.stdout, result.stderr)


@pytest.mark.parametrize(("text", "arguments", "code"), [
    (GOOD, [], 0),
    (GOOD, ["--strict"], 0),
    (WARNING, [], 0),
    (WARNING, ["--strict"], 1),
    (ERROR, [], 1),
    (ERROR, ["--strict"], 1),
    (ERROR, ["--format", "json"], 1),
    (ERROR, ["--format", "github"], 1),
    ("", [], 1),
    (b"\xff\xfe", [], 1),
])  # fmt: skip
def test_exit_codes(tmp_path: Path, text: str | bytes, arguments: list[str], code: int) -> None:
    done = check(project(tmp_path, a=text), *arguments)
    assert done.returncode == code


def test_without_briefs_all_is_fine(tmp_path: Path) -> None:
    done = check(project(tmp_path))
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "all briefs are fine\n")


def test_without_a_series_nothing_can_be_published(tmp_path: Path) -> None:
    folder = project(tmp_path, a=GOOD)
    (folder / "briefs/series.yml").unlink()
    done = check(folder)
    assert done.returncode == 1
    assert done.stdout.startswith("briefs/series.yml:1:1: error: there is no series.yml")


@pytest.mark.parametrize("arguments", [
    ["briefs/nowhere.md"], ["--format", "xml"], ["--nonsense"], ["mkdocs.yml"], ["/etc/passwd"], [".."], ["--now", "yesterday"],
])  # fmt: skip
def test_a_wrong_call(tmp_path: Path, arguments: list[str]) -> None:
    folder = project(tmp_path, a=GOOD)
    (folder / "mkdocs.yml").touch()
    done = check(folder, *arguments)
    assert done.returncode == 2
    assert done.stdout == ""
    assert "Error: " in done.stderr


def test_a_folder_that_is_no_project(tmp_path: Path) -> None:
    done = check(tmp_path)
    assert done.returncode == 2
    assert "there is no folder briefs/ here" in done.stderr


def test_what_a_person_sees(tmp_path: Path) -> None:
    done = check(project(tmp_path, a=ERROR, b=WARNING.replace("1/2024", "2/2024")))
    assert done.stdout.splitlines()[:2] == [
        'briefs/a.md:4:7: error: "date" is "15.3.2024" [date-format]',
        "    fix: write 2024-03-15",
    ]
    assert "briefs/b.md:2:8: warning: the title ends with a full stop [title-full-stop]" in done.stdout
    assert done.stderr == "1 error, 1 warning, 4 pieces of advice: to mend before the briefs can be published\n"


@pytest.mark.parametrize(("path", "shown"), [
    ("briefs/a.md", {"briefs/a.md"}),
    ("./briefs/../briefs/a.md", {"briefs/a.md"}),
    ("briefs/2024", {"briefs/2024/b.md", "briefs/2024/c/index.md"}),
    ("briefs/2024/", {"briefs/2024/b.md", "briefs/2024/c/index.md"}),
    ("briefs/2024/c", {"briefs/2024/c/index.md"}),
    ("briefs", {"briefs/a.md", "briefs/2024/b.md", "briefs/2024/c/index.md"}),
])  # fmt: skip
def test_paths_limit_what_is_shown(tmp_path: Path, path: str, shown: set[str]) -> None:
    folder = project(tmp_path, a=ERROR)
    (folder / "briefs/2024/c").mkdir(parents=True)
    (folder / "briefs/2024/b.md").write_text(ERROR)
    (folder / "briefs/2024/c/index.md").write_text(ERROR)
    done = check(folder, path, "--format", "json")
    assert {one["path"] for one in json.loads(done.stdout)} == shown
    assert done.returncode == 1


def test_a_path_without_errors_is_fine_though_others_are_not(tmp_path: Path) -> None:
    folder = project(tmp_path, a=ERROR, b=GOOD.replace("1/2024", "2/2024"))
    assert check(folder, "briefs/b.md").returncode == 0


def test_a_path_is_still_checked_against_all_the_others(tmp_path: Path) -> None:
    done = check(project(tmp_path, a=GOOD, b=GOOD), "briefs/b.md")
    assert "1/2024 is already used by briefs/a.md, line 5 [number-taken]" in done.stdout


def test_json_can_be_read_back(tmp_path: Path) -> None:
    done = check(project(tmp_path, a=ERROR.replace("lights on", 'lights "ön" 100 %')), "--format", "json")
    assert json.loads(done.stdout)[0] == {
        "path": "briefs/a.md", "line": 4, "column": 7, "level": "error", "code": "date-format",
        "message": '"date" is "15.3.2024"', "remedy": "write 2024-03-15",
    }  # fmt: skip


def test_json_without_findings_is_an_empty_list(tmp_path: Path) -> None:
    assert json.loads(check(project(tmp_path), "--format", "json").stdout) == []


COMMAND_LINE = re.compile(r"::(?P<kind>error|warning|notice) (?P<properties>[^:]*)::(?P<message>[^\r\n]*)")


@pytest.mark.parametrize(("arguments", "way"), [(["--format", "github"], {}), ([], {"GITHUB_ACTIONS": "true"})])
def test_github_marks_the_line(tmp_path: Path, arguments: list[str], way: dict[str, str]) -> None:
    text = ERROR.replace("15.3.2024", '"100%\\n::error::x"').replace("lights on", "lights on.")
    done = check(project(tmp_path, **{"a,b": text}), *arguments, **way)
    found = [COMMAND_LINE.fullmatch(line) for line in done.stdout.splitlines()]
    assert all(found), done.stdout
    first = next(one for one in found if one and one["kind"] == "error")
    assert first["properties"] == "file=briefs/a%2Cb.md,line=4,col=7,title=date-format"
    assert first["message"].startswith('"date" is "100%25 ::error::x"%0Afix: ')
    assert {one["kind"] for one in found if one} == {"error", "warning", "notice"}


# What a file or its name holds must not reach the terminal as a command.

ESCAPES = "\x1b]0;owned\x07\x1b[31m\x9b31m\u202egnp\u2028\r"


def unsafe(text: str) -> list[str]:
    return [char for char in text if char != "\n" and (unicodedata.category(char) in ("Cc", "Zl", "Zp") or char in "\u202e\u2066\ufeff")]


@pytest.mark.parametrize("form", ["text", "github", "json"])
@pytest.mark.parametrize("text", [
    ERROR + ESCAPES,
    GOOD.replace("Keeping", ESCAPES),
    GOOD.replace("date: 2024-03-15", f"da{ESCAPES}te: x"),
    GOOD.replace("2024-03-15", '"\\e[31m\\x9b\\u202e\\0"'),
    GOOD.replace("author: Eva Example", 'author: "\\e[31mEva\\n\\tExample, Jan\\e[0m"'),
    GOOD.replace("title:", '"\\e[31mtitle":'),
    f"{ESCAPES}---\n",
    GOOD + f"\n[a](x{ESCAPES}.md) <{ESCAPES}b> [^{ESCAPES}] {{: {ESCAPES}=x }}\n",
    GOOD + "\n[a](&#27;[31m.md) [b](#&#x9b;) ![c](&#27;d.svg)\n",
])  # fmt: skip
def test_no_control_character_of_a_file_reaches_the_terminal(tmp_path: Path, text: str, form: str) -> None:
    done = check(project(tmp_path, a=text), "--format", form)
    assert done.returncode == 1
    assert unsafe(done.stdout + done.stderr) == []


@pytest.mark.parametrize("form", ["text", "github", "json"])
@pytest.mark.parametrize("name", ["a\x1b[31m", "a\nb", "a\u202eb", "a\x9bb", "a\rb", "a b", "a::error::b", "é"])
def test_no_control_character_of_a_name_reaches_the_terminal(tmp_path: Path, name: str, form: str) -> None:
    done = check(project(tmp_path, **{name: ERROR}), "--format", form)
    assert done.returncode == 1
    assert unsafe(done.stdout + done.stderr) == []
    if form == "text":
        assert len([line for line in done.stdout.splitlines() if " [" in line]) == 3  # the error and two of advice


@pytest.mark.parametrize("form", ["text", "github", "json"])
def test_a_name_that_is_not_utf_8(tmp_path: Path, form: str) -> None:
    folder = project(tmp_path)
    with open(os.fsencode(folder / "briefs") + b"/a\xff.md", "w") as file:
        file.write(ERROR)
    done = subprocess.run([*CALL, "--format", form], cwd=folder, env=environment(), capture_output=True, check=False)
    assert (done.returncode, b"Traceback" in done.stderr) == (1, False)
    assert b"a\\xff.md" in done.stdout or b"a\\udcff.md" in done.stdout


def terminal(folder: Path, *arguments: str, **more: str) -> str:
    """Return what the command shows on a terminal."""
    master, slave = pty.openpty()
    process = subprocess.Popen(
        [*CALL, "--now", "2024-06-01", *arguments],
        cwd=folder, env=environment(TERM="xterm", **more), stdin=slave, stdout=slave, stderr=slave,
    )  # fmt: skip
    os.close(slave)
    shown = b""
    try:
        while piece := os.read(master, 65536):
            shown += piece
    except OSError:  # how Linux says that the other end is closed
        pass
    process.wait(timeout=60)
    os.close(master)
    return shown.decode()


def test_colours_are_for_a_terminal(tmp_path: Path) -> None:
    folder = project(tmp_path, a=ERROR)
    assert "\x1b[31m\x1b[1merror: \x1b[0m" in terminal(folder)
    assert "\x1b" not in check(folder).stdout
    assert "\x1b" not in terminal(folder, "--format", "json")
    assert "\x1b" not in terminal(folder, "--format", "github")


def test_colours_can_be_refused(tmp_path: Path) -> None:
    # https://no-color.org: a word of the user counts more than what the terminal can do.
    assert "\x1b" not in terminal(project(tmp_path, a=ERROR), NO_COLOR="1")


def test_one_run_tells_all_of_all_files(tmp_path: Path) -> None:
    faults = {
        "a": GOOD.replace("title: K", "title: x: K"),
        "b": GOOD.replace("2024-03-15", "2024-02-30"),
        "c": GOOD.replace("author: Eva Example\n", ""),
        "d": GOOD.replace("1/2024", "1"),
        "e": GOOD.replace("key_issues", "key_isues"),
        "f": "No header.\n",
        "g": b"\xff",
        "h": GOOD.replace("short text.", "short text.[^1]"),
        "i": GOOD.replace("## Introduction", "# Introduction"),
        "j": GOOD.replace("text.", "[text](javascript:x)."),
    }
    done = check(project(tmp_path, **faults), "--format", "json")
    errors = {one["path"] for one in json.loads(done.stdout) if one["level"] == "error"}
    assert errors == {f"briefs/{name}.md" for name in faults}


@pytest.mark.parametrize(("now", "told"), [("2024-03-14", True), ("2024-03-15", False), ("2024-03-14T23:30+00:00", False)])
def test_now_decides_what_is_the_future(tmp_path: Path, now: str, told: bool) -> None:
    assert ("[date-future]" in check(project(tmp_path, a=GOOD), now=now).stdout) is told


@pytest.mark.parametrize(("epoch", "told"), [("1710374400", True), ("1710547200", False)])  # 14 and 16 March 2024
def test_the_epoch_decides_where_no_moment_is_given(tmp_path: Path, epoch: str, told: bool) -> None:
    assert ("[date-future]" in check(project(tmp_path, a=GOOD), now="", SOURCE_DATE_EPOCH=epoch).stdout) is told


def test_the_script_is_installed(tmp_path: Path) -> None:
    script = Path(sys.executable).parent / "briefpress"
    done = subprocess.run([script, "--help"], cwd=tmp_path, capture_output=True, text=True, check=True)
    assert "check" in done.stdout
    assert "build" in done.stdout


@pytest.mark.parametrize("moment", [["--now", "9999-12-31T23:59"], ["--now", "tomorrow"], []])
def test_a_moment_that_is_none_is_a_wrong_call(tmp_path: Path, moment: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "briefs").mkdir()
    monkeypatch.chdir(tmp_path)
    done = CliRunner().invoke(main, ["check", *moment], env={"SOURCE_DATE_EPOCH": "" if moment else "99999999999999999999"})
    assert done.exit_code == 2
    assert done.exception is None or isinstance(done.exception, SystemExit)


def test_what_all_briefs_share_is_shown_whatever_the_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "briefs").mkdir()
    (tmp_path / "briefs/series.yml").write_text("timezone: Nowhere\n")
    (tmp_path / "briefs/a.md").write_text("---\ntitle: A brief\n---\n\nText.\n")
    monkeypatch.chdir(tmp_path)
    done = CliRunner().invoke(main, ["check", "briefs/a.md"])
    assert done.exit_code == 1
    assert 'briefs/series.yml:1:11: error: "timezone" of series.yml is "Nowhere"' in done.output


# What briefs are let off

WAIVED = GOOD.replace("lights on", "lights on.").replace("2024-03-15", "2023-12-29").replace("---\n\n", """\
lint_ignore:
  - rule: title-full-stop
    reason: "The full stop belongs to the name: élan."
  - {rule: number-year, reason: Written in December.}
  - {rule: title-capitals, reason: Nothing needs this one.}
  - {rule: glyph-missing, reason: A sign of the runic script.}
---

""")
OFF = SERIES + b"rules:\n  number-year: off\n"


def test_waivers_are_listed_with_their_reasons(tmp_path: Path) -> None:
    project(tmp_path, b=WAIVED, a=WAIVED.replace("1/2024", "2/2024"), good=GOOD.replace("1/2024", "3/2024"))
    done = check(tmp_path, "--waivers", "briefs/b.md")
    assert (done.returncode, done.stderr) == (0, "3 waivers in force\n")
    assert done.stdout.splitlines() == [
        "briefs/b.md:10: title-full-stop: The full stop belongs to the name: élan.",
        "briefs/b.md:12: number-year: Written in December.",
        "briefs/b.md:14: glyph-missing: A sign of the runic script.",
    ]
    rows = json.loads(check(tmp_path, "--waivers", "--format", "json").stdout)
    assert [(row["path"], row["line"]) for row in rows] == [(f"briefs/{name}.md", line) for name in "ab" for line in (10, 12, 14)]
    assert rows[1] == {"path": "briefs/a.md", "line": 12, "rule": "number-year", "reason": "Written in December."}


def test_a_waiver_of_what_the_house_has_switched_off_is_not_in_force_and_no_fault(tmp_path: Path) -> None:
    project(tmp_path, b=WAIVED)
    (tmp_path / "briefs/series.yml").write_bytes(OFF)
    assert "number-year" not in check(tmp_path, "--waivers").stdout
    codes = [one["code"] for one in json.loads(check(tmp_path, "--format", "json").stdout) if one["level"] != "advice"]
    assert codes == ["waiver-unused"]  # that for title-capitals


def test_without_a_series_there_is_nothing_to_list(tmp_path: Path) -> None:
    project(tmp_path, b=WAIVED)
    (tmp_path / "briefs/series.yml").unlink()
    done = check(tmp_path, "--waivers")
    assert done.returncode == 1
    assert "there is no series.yml" in done.stdout
