"""`briefpress check --fix`: what has one right answer is mended, and nothing else is touched."""

from __future__ import annotations

import contextlib
import datetime as dt
import json
import os
import re
import signal
import stat
import subprocess
import sys
import time
from pathlib import Path

import pytest
from click.testing import CliRunner

from briefpress.cli import check as command
from briefpress.cli import main
from briefpress.finding import Finding, Level, Repair
from briefpress.fixing import fix, looker
from briefpress.series import Settings, brief_paths, read_settings

CASES = Path(__file__).parent / "cases"
SCRIPTS = str(Path(__file__).parents[1] / "scripts")
PATH = "briefs/2024/01-brief.md"
NOW = dt.datetime(2024, 6, 1, 12, tzinfo=dt.UTC)
FIELDS = {
    "title": "title:   'Keeping the lights on'   # as on the masthead",
    "author": "author: Eva Example",
    "date": "date: 2024-03-15",
    "number": "number: 1/2024",
    "key_issues": "key_issues:\n\n    - The grid held because three operators had rehearsed the failure of a fourth.\n"
                  "    - >-\n      Reserves that are not tested in winter\n      are not reserves at all.",
}  # fmt: skip
BODY = "\n## Introduction \n\nA  text:with – odd\tspaces.   \n\n\n* and a list\n• or not\n15.3.2024"


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    root = tmp_path_factory.mktemp("series")
    (root / "briefs").mkdir()
    (root / "briefs/series.yml").write_bytes((CASES / "series.yml").read_bytes())
    found, _ = read_settings(root)
    assert found is not None
    return found


def brief(lines: str, instead_of: str) -> str:
    """Return a sound brief with comments and odd spacing, in which some lines stand for a field, or are added at its end."""
    fields = FIELDS | {instead_of or "more": lines}
    return "---\n# A comment.\n\n" + "\n".join(fields.values()) + "  \n\n# The last comment.\n---   \n" + BODY


# Faulty lines, the right ones, and the field in whose place they stand; where none is named, they are added.
MENDED = [
    # dates
    ("date: 15.3.2024", "date: 2024-03-15", "date"),
    ("date: 15 March 2024", "date: 2024-03-15", "date"),
    ("date:  15th March 2024  # day", "date:  2024-03-15  # day", "date"),
    ("date: March 15, 2024", "date: 2024-03-15", "date"),
    ('date: "March 15, 2024"', 'date: "2024-03-15"', "date"),
    ("date: '15 mars 2024'", "date: '2024-03-15'", "date"),
    ("date: 15. März 2024", "date: 2024-03-15", "date"),
    ("date: 2024/03/15", "date: 2024-03-15", "date"),
    ("date: 2024-3-15", "date: 2024-03-15", "date"),
    ("date: 15/03/2024", "date: 2024-03-15", "date"),
    ("date: 03/15/2024", "date: 2024-03-15", "date"),
    ("date: 05/05/2024", "date: 2024-05-05", "date"),
    ("embargo: 20.5.2024", "embargo: 2024-05-20", ""),
    ("corrections:\n  - date: 2 April 2024 # day\n    kind: typo", "corrections:\n  - date: 2024-04-02 # day\n    kind: typo", ""),
    # numbers and codes
    ("number: 01/2024", "number: 1/2024", "number"),
    ("number: 2024/1", "number: 1/2024", "number"),
    ("number: No. 1/2024", "number: 1/2024", "number"),
    ('number: "1 / 2024"', 'number: "1/2024"', "number"),
    ("number: 1-2024", "number: 1/2024", "number"),
    ("issn: 2983466X", "issn: 2983-466X", ""),
    ("issn: 2983–466x", "issn: 2983-466X", ""),
    ("issn: 'ISSN 2983-466X'", "issn: '2983-466X'", ""),
    ("doi: https://doi.org/10.5555/a.7", "doi: 10.5555/a.7", ""),
    ("doi: doi:10.5555/a.7", "doi: 10.5555/a.7", ""),
    ('doi: "http://dx.doi.org/10.5555/a.7" # mine', 'doi: "10.5555/a.7" # mine', ""),
    ("lang: English", "lang: en", ""),
    ("lang: EN", "lang: en", ""),
    ("lang: pt_br", "lang: pt-BR", ""),
    ("license: CC BY 4.0", "license: CC-BY-4.0", ""),
    ("license: cc-by-nc-nd-4.0", "license: CC-BY-NC-ND-4.0", ""),
    ("license: https://creativecommons.org/licenses/by/3.0/", "license: CC-BY-3.0", ""),
    ("license: CC0", "license: CC0-1.0", ""),
    ("draft: Yes", "draft: true", ""),
    ("draft: 'no'", "draft: 'false'", ""),
    ("topics: [Energy and climate,defence]", "topics: [energy,defence]", ""),
    ("topics:\n- 'Security and defence'\n-   enrgy", "topics:\n- 'defence'\n-   energy", ""),
    ("topics: defense", "topics: defence", ""),
    ("regions: [Indo Pacific,  EUROPE]", "regions: [indo-pacific,  europe]", ""),
    ("series: policy-brief", "series: policy-briefs", ""),
    ("corrections: [{date: 2024-04-02,kind: Typo}]", "corrections: [{date: 2024-04-02,kind: typo}]", ""),
    ("contributors:\n  - {name: Eva Example, role: editer}", "contributors:\n  - {name: Eva Example, role: editor}", ""),
    # names of fields
    ("Title: Keeping the lights on", "title: Keeping the lights on", "title"),
    ("titel: Keeping the lights on", "title: Keeping the lights on", "title"),
    ("by : Eva Example", "author : Eva Example", "author"),
    ("Authors: [Eva Example]", "author: [Eva Example]", "author"),
    ('"published": 2024-03-15', '"date": 2024-03-15', "date"),
    ("Published: 15.3.2024", "date: 2024-03-15", "date"),
    ("nubmer: 1/2024", "number: 1/2024", "number"),
    ("Licence: CC BY 4.0", "license: CC-BY-4.0", ""),
    ("tags: [grid]", "keywords: [grid]", ""),
    ("Key issues:\n- One is that the grid held because operators had rehearsed.\n- Two is that reserves are to be tested.",
     "key_issues:\n- One is that the grid held because operators had rehearsed.\n- Two is that reserves are to be tested.", "key_issues"),
    ("other\u00a0numbers: [Paper 12]", "other_numbers: [Paper 12]", ""),
    ("author:\n  - name: Eva Example\n    Affilation: Institute", "author:\n  - name: Eva Example\n    affiliation: Institute", "author"),
    # people and titles
    ("author: By Eva Example", "author: Eva Example", "author"),
    ("author: 'by Dr. Eva O''Sample'", "author: 'Eva O''Sample'", "author"),
    ("author: [Prof. Dr Eva Example, Ludwig van Voorbeeld]", "author: [Eva Example, Ludwig van Voorbeeld]", "author"),
    ("author:\n  name: Eva Example\n  email: <eva@example.org>", "author:\n  name: Eva Example\n  email: eva@example.org", "author"),
    ("author:\n  name: Eva Example\n  email: mailto:eva@example.org", "author:\n  name: Eva Example\n  email: eva@example.org", "author"),
    ("title: Keeping the lights on.", "title: Keeping the lights on", "title"),
    ('title: "Keeping the \\"lights\\" on."  # so', 'title: "Keeping the \\"lights\\" on"  # so', "title"),
    ("title: 'Europe''s grid.'", "title: 'Europe''s grid'", "title"),
    # quotation marks
    ("title: Japan: a pivot", 'title: "Japan: a pivot"', "title"),
    ("title:  Japan’s “new”: a pivot  ", 'title:  "Japan’s “new”: a pivot"  ', "title"),
    ('title: The "new" Japan: a pivot', "title: 'The \"new\" Japan: a pivot'", "title"),
    ('title: Japan\'s "new": a pivot', "title: 'Japan''s \"new\": a pivot'", "title"),
    ("title: “Resilience”: a word", 'title: "“Resilience”: a word"', "title"),
    ("title: [Draft] Keeping on", 'title: "[Draft] Keeping on"', "title"),
    ("subtitle: @home in the grid", 'subtitle: "@home in the grid"', ""),
    ("subtitle: % of the grid", 'subtitle: "% of the grid"', ""),
    ("subtitle: `code` for the grid", 'subtitle: "`code` for the grid"', ""),
    ("subtitle: *New* for the grid", 'subtitle: "*New* for the grid"', ""),
    ('title: "Resilience" is a word', "title: '\"Resilience\" is a word'", "title"),
    ("title: 'Europe's grid after the storm'", 'title: "Europe\'s grid after the storm"', "title"),
    ("key_issues:\n  - Europe: a partner that has rehearsed the failure of one.\n  - So: Reserves that are tested are reserves.",
     'key_issues:\n  - "Europe: a partner that has rehearsed the failure of one."\n  - "So: Reserves that are tested are reserves."', "key_issues"),
    # spaces, tabs, bullets
    ("title:Keeping the lights on", "title: Keeping the lights on", "title"),
    ("title:Japan: a pivot.", 'title: "Japan: a pivot"', "title"),
    ("date:15.3.2024", "date: 2024-03-15", "date"),
    ("title:\u00a0Keeping the lights on", "title: Keeping the lights on", "title"),
    ("title:\u00a0Japan: a pivot", 'title: "Japan: a pivot"', "title"),
    ("author:\n\t- Eva Example\n\t- Ludwig van Voorbeeld", "author:\n  - Eva Example\n  - Ludwig van Voorbeeld", "author"),
    ("author:\n    - Eva Example\n\t- Ludwig van Voorbeeld", "author:\n    - Eva Example\n    - Ludwig van Voorbeeld", "author"),
    ("author:\n\t- name: Eva Example\n\t\tbio: She is a fellow.", "author:\n  - name: Eva Example\n    bio: She is a fellow.", "author"),
    ("author:\n\u00a0\u00a0- Eva Example\n  - Ludwig van Voorbeeld", "author:\n  - Eva Example\n  - Ludwig van Voorbeeld", "author"),
    ("author:\n  -Eva Example\n  - Ludwig van Voorbeeld", "author:\n  - Eva Example\n  - Ludwig van Voorbeeld", "author"),
    ("author:\n  • Eva Example\n  • Ludwig van Voorbeeld", "author:\n  - Eva Example\n  - Ludwig van Voorbeeld", "author"),
    ("author: # two\n  – Eva Example\n  –\tDr Ludwig van Voorbeeld", "author: # two\n  - Eva Example\n  - Ludwig van Voorbeeld", "author"),
    ("author:\n  - Eva Example\n  • Ludwig van Voorbeeld\n  • Max S", "author:\n  - Eva Example\n  - Ludwig van Voorbeeld\n  - Max S", "author"),
    ("  date: 2024-03-15", "date: 2024-03-15", "date"),
]  # fmt: skip

# What only the editor knows, and what is right; all as in `MENDED`.
LEFT = [
    ("date: 03/04/2024", "date"),
    ("date: 03-04-2024", "date"),
    ("date: 15.3.24", "date"),
    ("date: 15 March 24", "date"),
    ("date: 31.2.2024", "date"),
    ("date: 2024-03-15T23:30:00Z", "date"),
    ("date: 15 March 2024 or so", "date"),
    ("embargo: 2024-05-20T09:00", ""),
    ("number: 1/24", "number"),
    ("number: 1", "number"),
    ("number: 2023/2024", "number"),
    ("dat: 2024-03-15", ""),  # date or data
    ("title: Another title", ""),  # given twice
    ("Title: Another title", ""),
    ("titel: Another title", ""),
    ("isbn: 2983-466X", ""),
    ("drafted: monday", ""),  # a draft on Monday
    ("issn: 2983-4660", ""),
    ("lang: Klingon", ""),
    ("license: CC BY", ""),  # 3.0 or 4.0
    ("topics: [offence]", ""),
    ("topics: [energy] defence", ""),
    ("topics: [energy, defence", ""),
    ("author: Example, Eva", "author"),
    ("author: EVA EXAMPLE", "author"),
    ("author: Von Example", "author"),
    ("author: name: Eva Example", "author"),
    ("author: &eva Eva Example", "author"),
    ("title: THE WHOLE TITLE SHOUTS", "title"),
    ("title: Europe and the U.S.", "title"),
    ("title: Grids, storage, etc.", "title"),
    ("title: A beginning ...", "title"),
    ("title: Keeping the lights on.\nlint_ignore: [{rule: title-full-stop, reason: So it is on the masthead.}]", "title"),
    ("title: 'Tis the season", "title"),
    ('title: "Resilience is a word', "title"),
    ('title: "Resilience" and "deterrence"', "title"),
    ("title: Japan: a pivot # or two", "title"),
    ("title: Keeping\n  the lights on.", "title"),
    ("title: > A quotation", "title"),
    ("description: It was colder than\n  -5 degrees on the day on which the lights went out all at once.", ""),
    ("description: The grid\n  – and what it needs before the next storm of the coming winter.", ""),
    ("keywords: • grid • storage", ""),
    ("other_numbers:\n  -5 papers\n  - 6 papers", ""),
    ("description: Grids: what they need\n  – and what they will need before the next storm.", ""),
    ("description: Grids # or\n  – and what they need before the next storm of the coming winter.", ""),
    ("author:\n  • Eva Example\n    • Ludwig van Voorbeeld", "author"),
    ("author:\n  - Eva Example\n     - Ludwig van Voorbeeld", "author"),
    ("data:\n  - file: a.csv\n     license: CC0-1.0", ""),
    ("subtitle: #1 priority", ""),
]


@pytest.mark.parametrize(("faulty", "right", "field"), MENDED)
def test_mended(faulty: str, right: str, field: str, settings: Settings) -> None:
    before, after = brief(faulty, field), brief(right, field)
    look = looker(PATH, settings, NOW)
    asked = [one for one in look(before) if one.instead and one.instead.new is not None]
    assert asked, "nothing was found"
    text, mended = fix(before, look)
    assert text == after
    assert {one.code for one in asked} <= {one.code for one in mended}
    assert [one for one in look(text) if one.code in {other.code for other in mended}] == []
    assert [one for one in look(text) if one.level is Level.ERROR] == []
    assert fix(text, look) == (text, [])


def test_there_are_sixty_and_more() -> None:
    assert len({faulty for faulty, _, _ in MENDED}) >= 60


@pytest.mark.parametrize(("lines", "field"), LEFT)
def test_left(lines: str, field: str, settings: Settings) -> None:
    text = brief(lines, field)
    assert fix(text, looker(PATH, settings, NOW)) == (text, [])


def test_a_sound_brief_is_left(settings: Settings) -> None:
    text = brief("", "")
    look = looker(PATH, settings, NOW)
    assert look(text) == []
    assert fix(text, look) == (text, [])


@pytest.mark.parametrize("end", ["\r\n", "\r"])
def test_line_ends_and_mark(end: str, settings: Settings) -> None:
    text = brief("", "")
    assert fix("\ufeff" + text.replace("\n", end), looker(PATH, settings, NOW)) == (text, [])


@pytest.mark.parametrize("lines", ["\n", " \n\t\n", "\r\n\r\n"])
def test_empty_lines_before_the_header(lines: str, settings: Settings) -> None:
    text, mended = fix(lines + brief("date: 15.3.2024", "date"), looker(PATH, settings, NOW))
    assert text == brief("date: 2024-03-15", "date")
    assert [one.code for one in mended] == ["no-header", "date-format"]


def test_what_a_missing_header_hid_is_no_harm(settings: Settings) -> None:
    text = brief("date: 03/04/2024", "date")
    assert fix("\n" + text, looker(PATH, settings, NOW))[0] == text


def test_one_that_does_harm_is_left_out_and_the_others_are_not(settings: Settings) -> None:
    look = looker(PATH, settings, NOW)
    text, mended = fix(brief("lang: English\nsutitle: One\nsubtitle: Another\nlicense: CC BY 4.0", ""), look)
    assert text == brief("lang: en\nsutitle: One\nsubtitle: Another\nlicense: CC-BY-4.0", "")
    assert [one.code for one in mended] == ["license", "language"]


def test_it_ends_where_each_repair_asks_for_another() -> None:
    def look(text: str) -> list[Finding]:
        return [Finding(PATH, 1, 1, "doi", Level.ERROR, text, "", Repair(text, "b" if text == "a" else "a"))]

    assert fix("a", look)[0] in ("a", "b")


def test_the_repair_is_no_part_of_what_a_finding_is() -> None:
    plain = Finding(PATH, 1, 1, "doi", Level.ERROR, "says", "write")
    mending = Finding(PATH, 1, 1, "doi", Level.ERROR, "says", "write", Repair("a", "b"))
    assert plain == mending
    assert len({plain, mending}) == 1
    assert (str(plain), plain.github(), plain.as_dict()) == (str(mending), mending.github(), mending.as_dict())


# --- the command ---------------------------------------------------------------------------------

FAULTY = brief("date: 15.3.2024", "date").replace("15.3.2024\n", "15.3.2024\r\n", 1)
RIGHT = brief("date: 2024-03-15", "date")


def project(root: Path, **briefs: str) -> Path:
    (root / "briefs/2024").mkdir(parents=True)
    (root / "briefs/series.yml").write_bytes((CASES / "series.yml").read_bytes())
    for name, text in briefs.items():
        (root / f"briefs/2024/{name}.md").write_bytes(text.encode())
    return root


def run(root: Path, *arguments: str) -> tuple[int, str, str]:
    with contextlib.chdir(root):
        done = CliRunner().invoke(main, ["check", "--fix", "--now", "2024-06-01", *arguments], env={"GITHUB_ACTIONS": None})
    assert done.exception is None or isinstance(done.exception, SystemExit), done.exc_info
    return done.exit_code, done.stdout, done.stderr


def test_the_command_shows_what_it_changes_and_reports_the_rest(tmp_path: Path) -> None:
    root = project(tmp_path, a=FAULTY, b=brief("date: 03/04/2024\nlang: English", "date").replace("1/2024", "2/2024"))
    (root / "briefs/2024/a.md").chmod(0o640)
    code, out, err = run(root)
    assert (root / "briefs/2024/a.md").read_bytes() == RIGHT.encode()
    assert stat.S_IMODE((root / "briefs/2024/a.md").stat().st_mode) == 0o640
    assert "briefs/2024/a.md: the line ends are plain ones now\n" in out
    assert "--- briefs/2024/a.md\n+++ briefs/2024/a.md\n" in out
    assert "\n-date: 15.3.2024\n+date: 2024-03-15\n" in out
    assert "\n-lang: English\n+lang: en\n" in out
    assert "briefs/2024/b.md:6:7: error: \"date\" is \"03/04/2024\"" in out
    assert "[language]" not in out
    assert code == 1
    assert "1 error" in err
    code, out, _ = run(root)
    assert (code, "+++" in out) == (1, False)
    assert sorted(os.listdir(root / "briefs/2024")) == ["a.md", "b.md"]


def test_the_code_is_that_of_what_is_left(tmp_path: Path) -> None:
    assert run(project(tmp_path, a=FAULTY))[0] == 0


def test_only_what_is_named(tmp_path: Path) -> None:
    root = project(tmp_path, a=FAULTY, b=FAULTY)
    run(root, "briefs/2024/b.md")
    assert (root / "briefs/2024/a.md").read_bytes() == FAULTY.encode()
    assert (root / "briefs/2024/b.md").read_bytes() == RIGHT.encode()


def test_a_machine_reads_the_report_alone(tmp_path: Path) -> None:
    _, out, err = run(project(tmp_path, a=FAULTY), "--format", "json")
    assert all(one["code"] != "date-format" for one in json.loads(out))
    assert "+date: 2024-03-15" in err


def test_series_and_people_are_mended_before_the_briefs(tmp_path: Path) -> None:
    root = project(tmp_path, a=brief("author: eva\ntopics: [enrgy]", "author"))
    series = root / "briefs/series.yml"
    text = series.read_text("utf-8")
    series.write_text(text.replace("2983-466X", "2983466X").replace("topics:", "Topics :").replace("per-year", "Per year"), "utf-8")
    (root / "briefs/people.yml").write_text("# Us\neva:\n  Name: Dr Eva Example\n", "utf-8")
    assert run(root)[0] == 0
    assert series.read_text("utf-8") == text.replace("topics:", "topics :")
    assert (root / "briefs/people.yml").read_text("utf-8") == "# Us\neva:\n  name: Eva Example\n"
    assert "topics: [energy]" in (root / "briefs/2024/a.md").read_text("utf-8")


def test_links_are_not_written_through(tmp_path: Path) -> None:
    root = project(tmp_path / "project")
    for name, outside in (("2024/a.md", "brief.md"), ("people.yml", "people.yml")):
        (tmp_path / outside).write_bytes(FAULTY.encode() if name.endswith("md") else b"eva:\n  Name: Dr Eva Example\n")
        (root / "briefs" / name).symlink_to(tmp_path / outside)
    run(root)
    assert (tmp_path / "brief.md").read_bytes() == FAULTY.encode()
    assert (tmp_path / "people.yml").read_bytes() == b"eva:\n  Name: Dr Eva Example\n"
    assert (root / "briefs/2024/a.md").is_symlink()


def test_a_linked_folder_is_left(tmp_path: Path) -> None:
    elsewhere = project(tmp_path / "elsewhere", a=FAULTY)
    (tmp_path / "project").mkdir()
    (tmp_path / "project/briefs").symlink_to(elsewhere / "briefs")
    run(tmp_path / "project")
    assert (elsewhere / "briefs/2024/a.md").read_bytes() == FAULTY.encode()


def test_a_link_under_the_temporary_name_is_not_followed(tmp_path: Path) -> None:
    root = project(tmp_path / "project", a=FAULTY)
    (tmp_path / "precious").write_text("precious")
    (root / f"briefs/2024/.a.md.{os.getpid()}").symlink_to(tmp_path / "precious")
    run(root)
    assert (tmp_path / "precious").read_text() == "precious"
    assert (root / "briefs/2024/a.md").read_bytes() == RIGHT.encode()


def test_what_another_program_wrote_meanwhile_stays(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    root = project(tmp_path, a=FAULTY)

    def slow(text: str, look: object) -> tuple[str, list[Finding]]:
        if "15.3.2024" in text:
            (root / "briefs/2024/a.md").write_text("newer")
        return text.replace("15.3.2024", "2024-03-15"), []

    monkeypatch.setattr(command, "fix", slow)
    _, _, err = run(root)
    assert (root / "briefs/2024/a.md").read_text() == "newer"
    assert "briefs/2024/a.md was changed by another program meanwhile" in err
    assert os.listdir(root / "briefs/2024") == ["a.md"]


def test_it_goes_with_against(tmp_path: Path) -> None:
    root = project(tmp_path, a=RIGHT)
    for call in (["init", "-q"], ["add", "."], ["-c", "user.name=a", "-c", "user.email=a@example.org", "commit", "-qm", "a"]):
        subprocess.run(["git", *call], cwd=root, check=True)
    (root / "briefs/2024/a.md").write_bytes(FAULTY.encode())
    code, out, _ = run(root, "--against", "HEAD")
    assert (code, "record-" in out) == (0, False)
    assert (root / "briefs/2024/a.md").read_bytes() == RIGHT.encode()


def test_a_run_that_is_killed_leaves_each_file_old_or_new(tmp_path: Path) -> None:
    count, halves = 60, 0
    root = project(tmp_path)
    files = {root / f"briefs/2024/{i:02}.md": i for i in range(1, count + 1)}
    call = [sys.executable, "-c", "from briefpress.cli import main; main()", "check", "--fix", "--now", "2024-06-01"]
    for moment in range(1, 7):
        for file, i in files.items():
            file.write_bytes(FAULTY.replace("1/2024", f"{i}/2024", 1).encode())
        process = subprocess.Popen(call, cwd=root, env=os.environ | {"PYTHONPATH": SCRIPTS}, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        last = root / f"briefs/2024/{moment * 8:02}.md"
        until = time.monotonic() + 60
        while b"2024-03-15" not in last.read_bytes() and process.poll() is None and time.monotonic() < until:
            time.sleep(0.001 * (moment % 3))  # at the replacement, and a little after
        process.send_signal(signal.SIGKILL)
        process.wait()
        new = 0
        for file, i in files.items():
            content = file.read_bytes().decode().replace(f"{i}/2024", "1/2024", 1)
            assert content in (FAULTY, RIGHT)
            new += content == RIGHT
        halves += 0 < new < count
        others = {name for name in os.listdir(root / "briefs/2024") if not name.endswith(".md")}
        assert [name for name in others if not re.fullmatch(r"\.\d\d\.md\.\d+", name)] == []
        assert [root / path for path in brief_paths(root)] == sorted(files)
    run(root)  # what lies there from before is in nobody's way
    assert all(file.read_bytes().decode().replace(f"{i}/2024", "1/2024", 1) == RIGHT for file, i in files.items())
    assert halves >= 4, "it was killed too early or too late"
