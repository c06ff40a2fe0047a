"""The version of record in tables: what a branch may change, odd rows first.

Every test works in a scratch repository of its own, with the real git.
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from click.testing import CliRunner

from briefpress.cli import main
from conftest import MORE_SERIES

ROOT = Path(__file__).parents[1]
SERIES = (ROOT / "tests/cases/series.yml").read_text("utf-8")
PEOPLE = "eva-example:\n  name: Eva Example\nada-sample:\n  name: Ada Sample\n"

# Lines are named in the tables below: the header ends on line 9.
HEAD = """\
---
title: Keeping the lights on
author: Jan Muster
date: 2024-03-15
number: 1/2024
key_issues:
  - The grid held because three operators had rehearsed the failure of a fourth.
  - Reserves that are not tested in winter are not reserves at all.
---
"""
BODY = """
## Introduction

The first paragraph of the introduction speaks of the winter.

The share of imports is 41 per cent, and nobody knew it
before the winter.

The third paragraph closes the introduction with a question.

## What to do

Reserves should be tested each winter.
"""
GOOD = HEAD + BODY
CORRECTION = '  - date: 2024-05-01\n    kind: correction\n    note: "The share of imports is 44 per cent, not 41."\n'
LOGGED = 'corrections:\n  - date: 2024-04-02\n    kind: correction\n    note: "The agency was founded in 1994, not in 1984."\n  - kind: typo\n'
ALIAS = "aliases: [/policy-briefs/2024/1/]\n"
FIGURE = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 4 4"><rect width="{}" height="4"/></svg>\n'
FIGURES = """
## Introduction

The bars speak for themselves.

![Three bars of one height each](bars.svg)

## What to do

Look at the [numbers](more.csv) behind the bars.
"""

B1 = "briefs/2024/01-first.md"
B2 = "briefs/2024/02-second.md"
B3 = "briefs/2024/03-figures/index.md"
B4 = "briefs/2024/04-draft.md"
B5 = "briefs/2024/05-embargo.md"
B6 = "briefs/2024/06-mine.md"
PAPER = "briefs/papers/47.md"
NOTE = "briefs/notes/lighthouse.md"
OTHER = "briefs/2024/06-other.md"
NOW = "2024-06-01"


def brief(number: str, title: str = "", *lines: str, body: str = "") -> str:
    """Return a brief that says its own title in its text, so that no two texts are the same."""
    title = title or f"What is new in number {number}"
    head = HEAD.replace("Keeping the lights on", title).replace("number: 1/2024", f"number: {number}" if number else "lang: en")
    return head.replace("\n---\n", "".join(f"\n{line}" for line in lines) + "\n---\n") + (body or f"\n## Introduction\n\n{title}, in short.\n")


PUBLISHED: dict[str, str] = {
    "briefs/series.yml": SERIES + MORE_SERIES,
    "briefs/people.yml": PEOPLE,
    B1: GOOD.replace("Jan Muster", "eva-example"),
    B2: brief("2/2024", "", *LOGGED.splitlines()),
    B3: brief("3/2024", "Bars and what they say", "data: [bars.csv]", body=FIGURES),
    "briefs/2024/03-figures/bars.svg": FIGURE.format(1),
    "briefs/2024/03-figures/bars.csv": "bar,height\nfirst,1\n",
    "briefs/2024/03-figures/more.csv": "bar,height\nsecond,1\n",
    B4: brief("4/2024", "", "draft: true"),
    B5: brief("5/2024", "", "embargo: 2024-06-10"),
    PAPER: brief("47"),
    NOTE: brief("", "The price of oil in lighthouses"),
}


# A repository


@dataclass(frozen=True)
class Done:
    """What the command answered."""

    returncode: int
    stdout: str
    stderr: str


@dataclass(frozen=True)
class Project:
    """A project in a repository; what changes files gives the project back, so that changes can be chained."""

    folder: Path

    def read(self, path: str) -> str:
        return (self.folder / path).read_bytes().decode()

    def write(self, path: str, text: str | bytes) -> Project:
        file = self.folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(text if isinstance(text, bytes) else text.encode())
        return self

    def replace(self, path: str, old: str, new: str) -> Project:
        text = self.read(path)
        assert text.count(old) == 1, (path, old)
        return self.write(path, text.replace(old, new))

    def add(self, path: str, lines: str) -> Project:
        """Put lines at the end of the header."""
        head, end, body = self.read(path).partition("\n---\n")
        assert end
        return self.write(path, f"{head}\n{lines.rstrip()}{end}{body}")

    def remove(self, path: str) -> Project:
        file = self.folder / path
        shutil.rmtree(file) if file.is_dir() else file.unlink()
        return self

    def move(self, path: str, to: str) -> Project:
        (self.folder / to).parent.mkdir(parents=True, exist_ok=True)
        (self.folder / path).rename(self.folder / to)
        return self

    def git(self, *arguments: str) -> str:
        done = subprocess.run(["git", *arguments], cwd=self.folder, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()

    def commit(self) -> Project:
        self.git("add", "--all", ".")
        self.git("commit", "--quiet", "--allow-empty", "--message=x")
        return self

    def on(self, branch: str, change: Callable[[Project], object]) -> Project:
        """Make a commit on another branch, and come back."""
        self.git("checkout", "--quiet", branch)
        change(self)
        self.commit()
        self.git("checkout", "--quiet", "-")
        return self

    def check(self, *arguments: str, against: str | None = "main", now: str = NOW) -> Done:
        """Call the command in this process."""
        compared = [] if against is None else ["--against", against]
        with contextlib.chdir(self.folder):
            result = CliRunner().invoke(main, ["check", *compared, "--now", now, *arguments])
        assert result.exception is None or isinstance(result.exception, SystemExit), result.exc_info
        return Done(result.exit_code, result.stdout, result.stderr)

    def findings(self, **how: str) -> list[tuple[str, int, str, str]]:
        """Return the errors and warnings of the check, and hold that its exit code agrees."""
        done = self.check("--format", "json", **how)
        assert done.stdout, done.stderr
        found = [one for one in json.loads(done.stdout) if one["level"] != "advice"]
        assert done.returncode == int(any(one["level"] == "error" for one in found))
        return [(one["path"], one["line"], one["code"], f"{one['message']} / {one['remedy']}") for one in found]

    def codes(self, **how: str) -> list[tuple[str, int, str]]:
        return [(path, line, code) for path, line, code, _ in self.findings(**how)]


SETTINGS = {
    "GIT_CONFIG_NOSYSTEM": "1", "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_AUTHOR_NAME": "Eva Example", "GIT_AUTHOR_EMAIL": "eva@example.org",
    "GIT_COMMITTER_NAME": "Eva Example", "GIT_COMMITTER_EMAIL": "eva@example.org",
    "GIT_CONFIG_COUNT": "2", "GIT_CONFIG_KEY_0": "commit.gpgsign", "GIT_CONFIG_VALUE_0": "false",
    "GIT_CONFIG_KEY_1": "init.defaultBranch", "GIT_CONFIG_VALUE_1": "main",
}  # fmt: skip
"""Git without what the machine's owner has set."""
ASIDE = ("GITHUB_ACTIONS", "NO_COLOR", "FORCE_COLOR", "SOURCE_DATE_EPOCH", "GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_PREFIX")


@pytest.fixture(autouse=True)
def _quiet_git(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in ASIDE:
        monkeypatch.delenv(name, raising=False)
    for name, value in SETTINGS.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path.parent))


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give the repository that every test begins with; it is copied, and never changed."""
    folder = tmp_path_factory.mktemp("published") / "project"
    with pytest.MonkeyPatch.context() as patch:
        for name, value in SETTINGS.items():
            patch.setenv(name, value)
        folder.mkdir()
        project = Project(folder)
        project.git("init", "--quiet", "--template=")
        for path, text in PUBLISHED.items():
            project.write(path, text)
        project.commit().git("checkout", "--quiet", "-b", "mine")
    return folder


@pytest.fixture
def project(published: Path, tmp_path: Path) -> Project:
    """Give a copy of it, on the branch `mine`."""
    return Project(Path(shutil.copytree(published, tmp_path / "project", symlinks=True)))


def test_the_project_itself_is_fine(project: Project) -> None:
    assert project.findings() == []
    assert project.findings(against="mine") == []


# What a branch may and may not do. Each row is held twice: saved and no more, and
# committed on a branch that lags behind the one it is compared with.

Change = Callable[[Project], object]
Row = tuple[str, Change, list[tuple[str, int, str, str]]]


def text(old: str, new: str, path: str = B1) -> Change:
    return lambda p: p.replace(path, old, new)


def both(*changes: Change) -> Change:
    def make(p: Project) -> None:
        for change in changes:
            change(p)

    return make


def header(lines: str, path: str = B1) -> Change:
    return lambda p: p.add(path, lines)


def moved(path: str, to: str) -> Change:
    return lambda p: p.move(path, to)


def removed(path: str) -> Change:
    return lambda p: p.remove(path)


def written(path: str, content: str) -> Change:
    return lambda p: p.write(path, content)


def changed(line: int, message: str, path: str = B1) -> tuple[str, int, str, str]:
    return path, line, "record-text", message


def gone(line: int, message: str, path: str = B1) -> tuple[str, int, str, str]:
    return path, line, "record-vanished", message


SHARE = text("41 per cent", "44 per cent")
ON_RECORD = header(f"corrections:\n{CORRECTION}")
RENUMBER = text("number: 1/2024", "number: 9/2024")
FIRST, THIRD = "The first paragraph of the introduction speaks of the winter.\n", "The third paragraph closes the introduction with a question.\n"

TEXT: list[Row] = [
    ("nothing", lambda _: None, []),
    ("a paragraph", SHARE, [changed(15, 'paragraph 2 under "Introduction" changed: "imports is 41 per cent," is now "imports is 44 per cent,"')]),
    ("a paragraph, with a correction", both(SHARE, ON_RECORD), []),
    ("a paragraph, with a typo", both(SHARE, header("corrections:\n  - kind: typo")), []),
    ("a paragraph, with a lonely typo", both(SHARE, header("corrections:\n  kind: typo")), []),
    ("a correction alone", ON_RECORD, []),
    ("the second line of a paragraph", text("before the winter", "before the summer"),
     [changed(15, 'paragraph 2 under "Introduction"')]),
    ("the first paragraph", text("speaks of", "speaks about"), [changed(13, 'paragraph 1 under "Introduction"')]),
    ("the last paragraph", text("each winter", "every winter"), [changed(22, 'paragraph 1 under "What to do"')]),
    ("a letter", text("closes the", "Closes the"), [changed(18, 'paragraph 3 under "Introduction"')]),
    ("two paragraphs", both(SHARE, text("each winter", "every winter")),
     [changed(15, 'paragraph 2 under "Introduction"'), changed(22, 'paragraph 1 under "What to do"')]),
    ("a heading", text("## What to do", "## What must be done"), [changed(20, 'heading "What must be done"')]),
    ("the level of a heading", text("## What to do", "### What to do"), [changed(20, "What to do")]),
    ("a new paragraph", text(THIRD, f"A paragraph that nobody has read yet.\n\n{THIRD}"),
     [changed(18, 'paragraph 3 under "Introduction" is new: "A paragraph that nobody has read yet."')]),
    ("a new paragraph at the end", lambda p: p.write(B1, p.read(B1) + "\nOne more.\n"),
     [changed(24, 'paragraph 2 under "What to do" is new: "One more."')]),
    ("a new paragraph above all headings", text("\n## Introduction", "\nBefore it all.\n\n## Introduction"),
     [changed(11, 'paragraph 1 is new: "Before it all."')]),
    ("a paragraph taken out", text(FIRST, ""), [changed(14, 'paragraph 1 under "Introduction" is gone: "The first paragraph')]),
    ("the last paragraph taken out", text("\nReserves should be tested each winter.\n", ""),
     [changed(20, 'paragraph 1 under "What to do" is gone: "Reserves should')]),
    ("a paragraph moved", both(text(f"{FIRST}\n", ""), text(THIRD, f"{THIRD}\n{FIRST}")),
     [changed(13, 'paragraph 1 under "Introduction" is gone'), changed(18, 'paragraph 3 under "Introduction" is new')]),
    ("a paragraph cut in two", text("41 per cent, and", "41 per cent,\n\nand"),
     [changed(15, 'paragraph 2 under "Introduction"'), changed(17, 'paragraph 3 under "Introduction"')]),
    ("a footnote", text("a question.", "a question.[^1]\n\n[^1]: Which one?"),
     [changed(18, 'paragraph 3 under "Introduction"'), changed(20, 'paragraph 4 under "Introduction" is new')]),
    ("an address of a link", both(text("first paragraph", "[first](https://example.org/1) paragraph")), [changed(13, 'paragraph 1')]),
    ("lines wrapped anew", text("41 per cent, and nobody knew it\nbefore", "41 per cent,\nand nobody   knew it before"), []),
    ("empty lines", text("\n\n## What to do\n\n", "\n\n\n\n## What to do\n\n \n\n"), []),
    ("blanks at ends", both(text("it\nbefore", "it \nbefore"), text("winter.\n\nThe share", "winter.\t\n  \nThe share")), []),
    ("no empty line after a heading", text("## What to do\n\n", "## What to do\n"), []),
    ("no line end at the end", text("each winter.\n", "each winter."), []),
    ("a new comment", text("\nThe share", "\n<!-- Check\n\nthis. -->\nThe share"), []),
    ("a comment of its own", text("\n\nThe share", "\n\n<!-- Check this. -->\n\nThe share"), []),
    ("a comment within a line", text("share of imports", "share <!-- which? --> of imports"), []),
    ("a comment and the text below it", both(text("\n\nThe share", "\n\n<!-- Check\nthis. -->\n\nThe share"), SHARE),
     [changed(18, 'paragraph 2 under "Introduction"')]),
    ("a text that becomes a comment", text(THIRD, f"<!-- {THIRD.strip()} -->\n"), [changed(20, 'paragraph 3 under "Introduction" is gone')]),
    ("CRLF", lambda p: p.write(B1, p.read(B1).replace("\n", "\r\n")), []),
    ("CRLF and a paragraph", both(SHARE, lambda p: p.write(B1, p.read(B1).replace("\n", "\r\n"))), [changed(15, 'paragraph 2')]),
    ("a byte order mark", lambda p: p.write(B1, "\ufeff" + p.read(B1)), []),
]  # fmt: skip

HEADER: list[Row] = [
    ("the title", text("the lights on", "the light on"), [changed(2, "the title changed")]),
    ("the title in quotation marks", text("Keeping the lights on", '"Keeping the lights on"'), []),
    ("a subtitle", header("subtitle: What the winter showed"), [changed(9, "the subtitle")]),
    ("an author more", text("author: eva-example", "author: [eva-example, Jan Muster]"), [changed(3, "the author")]),
    ("another author", text("author: eva-example", "author: ada-sample"), [changed(3, "the author")]),
    ("the same author, typed", text("author: eva-example", "author: Eva Example"), []),
    ("the date", text("2024-03-15", "2024-03-16"), [changed(4, "the date")]),
    ("a key issue", text("in winter are", "in summer are"), [changed(7, "the key issues changed")]),
    ("a key issue more", text("at all.\n", "at all.\n  - The third of the key issues says what should be done.\n"),
     [changed(7, "the key issues changed")]),
    ("the key issues in another order", lambda p: p.write(B1, "\n".join([*(lines := p.read(B1).split("\n"))[:6], lines[7], lines[6], *lines[8:]])),
     [changed(7, "the key issues changed")]),
    ("a key issue on two lines", text("three operators", "three\n    operators"), []),
    ("all that is free", header("topics: [energy]\nregions: [europe]\nkeywords: [grid]\nrelated: [2/2024]\n"
                                "description: How the grid held in winter, and what it needs before the next one."), []),
    ("other fields first", lambda p: p.write(B1, p.read(B1).replace("date: 2024-03-15\nnumber: 1/2024\n", "number: 1/2024\ndate: 2024-03-15\n")), []),
    ("the title, on record", both(text("the lights on", "the light on"), ON_RECORD), []),
    ("a name in people.yml", text("Eva Example", "Eva van Example", "briefs/people.yml"), [changed(3, "the author")]),
    ("a name in people.yml, on record", both(text("Eva Example", "Eva van Example", "briefs/people.yml"), ON_RECORD), []),
    ("more on a person in people.yml", text("name: Eva Example", "name: Eva Example\n  bio: Eva Example was invented.", "briefs/people.yml"), []),
    ("a name in people.yml that no brief has", text("Ada Sample", "Ada van Sample", "briefs/people.yml"), []),
    ("the title of the series", text("title: CSDS Policy Brief", "title: CSDS Brief", "briefs/series.yml"), []),
]  # fmt: skip

# The second brief's log: lines 9 to 13.
SECOND = text("in short", "in brief", B2)
OLD_NOTE = "The agency was founded in 1994, not in 1984."


def altered(line: int, message: str = "the correction of 2024-04-02") -> tuple[str, int, str, str]:
    return B2, line, "record-correction", message


LOG: list[Row] = [
    ("a text with old entries", SECOND, [changed(18, 'paragraph 1 under "Introduction"', B2)]),
    ("a second typo", both(SECOND, header("  - kind: typo", B2)), []),
    ("a second correction", both(SECOND, header(CORRECTION, B2)), []),
    ("two typos in one", both(SECOND, header("  - kind: typo\n  - kind: typo", B2)), []),
    ("a log without its field", both(SECOND, lambda p: p.write(B2, p.read(B2).replace(LOGGED, ""))),
     [altered(1, "a typo"), altered(1), changed(13, 'paragraph 1 under "Introduction"', B2)]),
    ("no log", lambda p: p.write(B2, p.read(B2).replace(LOGGED, "")), [altered(1, "a typo"), altered(1)]),
    ("an entry gone", lambda p: p.write(B2, p.read(B2).replace(LOGGED, "corrections:\n  - kind: typo\n")), [altered(10)]),
    ("a typo gone", text("\n  - kind: typo", "", B2), [altered(10, "a typo")]),
    ("another note", text("1994, not in", "1995, not in", B2), [altered(10, f'note: "{OLD_NOTE}"')]),
    ("another note, and a text", both(SECOND, text("1994, not in", "1995, not in", B2)), [altered(10)]),
    ("another date", text("2024-04-02", "2024-04-03", B2), [altered(10)]),
    ("another kind", text("kind: correction", "kind: clarification", B2), [altered(10)]),
    ("an entry replaced, and one added", both(text("1994, not in", "1995, not in", B2), header(CORRECTION, B2)), [altered(10)]),
    ("a typo that becomes a correction", both(SECOND, text("  - kind: typo\n", CORRECTION, B2)), [altered(10, "a typo")]),
    ("a note on two lines", text("founded in 1994,", "founded\n      in 1994,", B2), []),
    ("a note in other quotation marks", text(f'"{OLD_NOTE}"', f"'{OLD_NOTE}'", B2), []),
    ("the fields of an entry turned round", text("- date: 2024-04-02\n    kind: correction", "- kind: correction\n    date: 2024-04-02", B2), []),
    ("a withdrawal",
     header('corrections:\n  - date: 2024-05-06\n    kind: withdrawal\n    note: "The data were taken back by their publisher."'), []),
    ("a withdrawal, with the text taken out", both(header(
        'corrections:\n  - date: 2024-05-06\n    kind: withdrawal\n    note: "The data were taken back by their publisher."'),
        lambda p: p.write(B1, p.read(B1).partition("\n## ")[0])), []),
]  # fmt: skip

FOLDER = "briefs/2024/03-figures"
IN_FOLDER = header(f"corrections:\n{CORRECTION}", B3)
FILES: list[Row] = [
    ("a figure", written(f"{FOLDER}/bars.svg", FIGURE.format(2)), [changed(16, "bars.svg", B3)]),
    ("a figure, on record", both(written(f"{FOLDER}/bars.svg", FIGURE.format(2)), IN_FOLDER), []),
    ("a figure, as a typo", both(written(f"{FOLDER}/bars.svg", FIGURE.format(2)), header("corrections:\n  - kind: typo", B3)),
     [changed(18, "bars.svg", B3)]),
    ("data, as a typo", both(written(f"{FOLDER}/bars.csv", "bar,height\nfirst,2\n"), header("corrections:\n  - kind: typo", B3)),
     [changed(9, "bars.csv", B3)]),
    ("a word in data, as a typo", both(written(f"{FOLDER}/bars.csv", "bar,heigth\nfirst,1\n"), header("corrections:\n  - kind: typo", B3)), []),
    ("data", written(f"{FOLDER}/bars.csv", "bar,height\nfirst,2\n"), [changed(9, "bars.csv", B3)]),
    ("data, on record", both(written(f"{FOLDER}/bars.csv", "bar,height\nfirst,2\n"), IN_FOLDER), []),
    ("a file that the text links to", written(f"{FOLDER}/more.csv", "bar,height\nsecond,2\n"), [changed(20, "more.csv", B3)]),
    ("data no longer offered", both(text("data: [bars.csv]\n", "", B3), removed(f"{FOLDER}/bars.csv")), [changed(1, "bars.csv", B3)]),
    ("data no longer offered, on record", both(text("data: [bars.csv]\n", "", B3), removed(f"{FOLDER}/bars.csv"), IN_FOLDER), []),
    ("other data offered", both(written(f"{FOLDER}/other.csv", "bar,height\nfirst,2\n"), removed(f"{FOLDER}/bars.csv"),
                                text("data: [bars.csv]", "data: [other.csv]", B3)), [changed(9, "other.csv", B3)]),
    ("a figure under another name", both(moved(f"{FOLDER}/bars.svg", f"{FOLDER}/columns.svg"), text("(bars.svg)", "(columns.svg)", B3)),
     [changed(16, 'paragraph 2 under "Introduction"', B3)]),
    ("a picture at the head", both(written(f"{FOLDER}/head.svg", FIGURE.format(3)), header("image: head.svg\nimage_alt: Four squares in a row.", B3)),
     [changed(10, "head.svg", B3)]),
    ("the words of a figure", text("Three bars of one", "Three bars, of one", B3), [changed(16, 'paragraph 2 under "Introduction"', B3)]),
    ("a file that the brief does not name", written(f"{FOLDER}/_raw.txt", "Raw.\n"), []),
    ("a figure that may be run", lambda p: (p.folder / FOLDER / "bars.svg").chmod(0o755), []),
    ("a figure touched", lambda p: os.utime(p.folder / FOLDER / "bars.svg", (0, 0)), []),
    ("a folder under another name", moved(FOLDER, "briefs/2024/03-columns"), []),
    ("a folder under another name, and a figure", both(moved(FOLDER, "briefs/2024/03-columns"),
     written("briefs/2024/03-columns/bars.svg", FIGURE.format(2))), [changed(16, "bars.svg", "briefs/2024/03-columns/index.md")]),
    ("a figure deleted", removed(f"{FOLDER}/bars.svg"),
     [(B3, 16, "file-missing", "bars.svg")]),
]  # fmt: skip

PLACES: list[Row] = [
    ("deleted", removed(B1),
     [gone(1, "1/2024 is public at main and its file is gone / bring it back (git checkout main -- briefs/2024/01-first.md)")]),
    ("a folder deleted", removed(FOLDER), [gone(1, "3/2024", B3)]),
    ("hidden by its name", moved(B1, "briefs/2024/_01-first.md"), [gone(1, "1/2024")]),
    ("hidden by an index.md above it", written("briefs/2024/index.md", brief("8/2024")), [
        gone(1, "1/2024"), gone(1, "2/2024", B2), gone(1, "3/2024", B3),
        *(("briefs/2024/index.md", 1, "file-stray", name) for name in ("01-first.md", "02-second.md", "04-draft.md", "05-embargo.md"))]),
    ("a draft", header("draft: true"), [gone(9, "is now a draft / take the line out")]),
    ("a draft, on record", both(header("draft: true"), ON_RECORD), [gone(9, "is now a draft")]),
    ("no draft after all", header("draft: false"), []),
    ("an embargo", header("embargo: 2024-07-01"), [gone(9, "is now under an embargo")]),
    ("an embargo that has ended", header("embargo: 2024-05-01"), []),
    ("a draft without its number", both(header("draft: true"), text("number: 1/2024\n", "")), [gone(8, "1/2024")]),
    ("a draft without its title", both(header("draft: true"), text("title: Keeping the lights on\n", "")), [gone(8, "is now a draft")]),
    ("a draft in another folder without its number",
     both(header("draft: true"), text("number: 1/2024\n", ""), moved(B1, "briefs/2024/later.md")), [gone(8, "1/2024", "briefs/2024/later.md")]),
    ("another number", RENUMBER, [gone(5, "1/2024 is public at main and is now 9/2024 / write number: 1/2024; or say it on the record: "
                                          "aliases: [/policy-briefs/2024/1/], and a correction")]),
    ("another number, with an alias", both(RENUMBER, header(ALIAS)), [gone(5, "9/2024")]),
    ("another number, with a correction", both(RENUMBER, ON_RECORD), [gone(5, "9/2024")]),
    ("another number, as a typo", both(RENUMBER, header(f"{ALIAS}corrections:\n  - kind: typo")), [gone(5, "9/2024")]),
    ("another number, with another alias", both(RENUMBER, header("aliases: [/policy-briefs/2024/10/]"), ON_RECORD), [gone(5, "9/2024")]),
    ("another number, on record", both(RENUMBER, header(ALIAS), ON_RECORD), []),
    ("another number, on record, with a typo", both(RENUMBER, header(ALIAS), ON_RECORD, header("  - kind: typo")), []),
    ("another number, on record, and another file", both(RENUMBER, header(ALIAS), ON_RECORD, moved(B1, "briefs/2024/09-first.md")), []),
    ("another number, on record, and another text", both(RENUMBER, header(ALIAS), ON_RECORD, SHARE), []),
    ("another number, on record, another file and text",
     both(RENUMBER, header(ALIAS), ON_RECORD, SHARE, moved(B1, "briefs/2024/09-first.md")), []),
    ("another number and another file", both(RENUMBER, moved(B1, "briefs/2024/09-first.md")), [gone(5, "is now 9/2024", "briefs/2024/09-first.md")]),
    ("another number, on record, and a draft", both(RENUMBER, header(ALIAS), ON_RECORD, header("draft: true")), [gone(14, "1/2024")]),
    ("another number, on record, and an embargo", both(RENUMBER, header(ALIAS), ON_RECORD, header("embargo: 2024-07-01")), [gone(14, "1/2024")]),
    ("another number, and an old entry gone", both(
        text("number: 2/2024", "number: 9/2024", B2), lambda p: p.write(B2, p.read(B2).replace(LOGGED, "")),
        header(f"aliases: [/policy-briefs/2024/2/]\ncorrections:\n{CORRECTION}", B2)), [altered(11, "a typo"), altered(11)]),
    ("another file", moved(B1, "briefs/2024/01-another.md"), []),
    ("another folder", moved(B1, "briefs/policy-briefs/01-first.md"), []),
    ("a folder of its own", moved(B1, "briefs/2024/01-first/index.md"), []),
    ("another file, and a text", both(SHARE, moved(B1, "briefs/2024/01-another.md")),
     [changed(15, 'paragraph 2 under "Introduction"', "briefs/2024/01-another.md")]),
    ("another series", header("series: papers"), [(B1, 5, "number-format", "1/2024")]),
    ("another number, continuous", text("number: 47", "number: 48", PAPER), [gone(5, "47 is public at main and is now 48", PAPER)]),
    ("another number, continuous, on record", both(text("number: 47", "number: 48", PAPER), header(
        f"aliases: [/papers/47/]\ncorrections:\n{CORRECTION}", PAPER)), []),
    ("another file, continuous", moved(PAPER, "briefs/papers/other.md"), []),
    ("another file, without numbers", moved(NOTE, "briefs/notes/beacon.md"),
     [gone(1, "aliases: [/notes/2024/lighthouse/]", "briefs/notes/beacon.md")]),
    ("another file, without numbers, on record", both(header(
        f"aliases: [/notes/2024/lighthouse/]\ncorrections:\n{CORRECTION}", NOTE), moved(NOTE, "briefs/notes/beacon.md")), []),
    ("another file and text, without numbers, on record", both(text("in short", "in brief", NOTE), header(
        f"aliases: [/notes/2024/lighthouse/]\ncorrections:\n{CORRECTION}", NOTE), moved(NOTE, "briefs/notes/beacon.md")), []),
    ("another file, without numbers, one address", moved(NOTE, "briefs/notes/Lighthouse.md"), []),
    ("another folder, without numbers", moved(NOTE, "briefs/notes/2024/lighthouse.md"), []),
    ("another year, without numbers", text("2024-03-15", "2023-03-15", NOTE), [gone(4, "aliases: [/notes/2024/lighthouse/]", NOTE)]),
    ("deleted, without numbers", removed(NOTE), [gone(1, "its file is gone", NOTE)]),
    ("a slug", text("slug: policy-briefs", "slug: briefs", "briefs/series.yml"), [
        gone(1, "/policy-briefs/2024/1/"), gone(1, "/policy-briefs/2024/2/", B2), gone(1, "/policy-briefs/2024/3/", B3)]),
    ("a slug and its folder", both(text("slug: papers", "slug: essays", "briefs/series.yml"), moved("briefs/papers", "briefs/essays")),
     [gone(1, "/papers/47/", "briefs/essays/47.md")]),
    ("a slug and its folder, on record", both(header(f"aliases: [/papers/47/]\ncorrections:\n{CORRECTION}", PAPER),
     text("slug: papers", "slug: essays", "briefs/series.yml"), moved("briefs/papers", "briefs/essays")), []),
    ("what was never public", both(removed(B4), removed(B5)), []),
    ("what was never public, changed", both(text("in short", "in brief", B4), text("in short", "in brief", B5)), []),
    ("what was never public, numbered anew", both(text("number: 4/2024", "number: 11/2024", B4), text("number: 5/2024", "number: 12/2024", B5)), []),
    ("a draft published", text("draft: true\n", "", B4), []),
    ("a new brief", written(B6, brief("8/2024")), []),
]  # fmt: skip


@pytest.mark.parametrize(("change", "expected"), [
    pytest.param(change, expected, id=f"{table}: {name}") for table, rows in (
        ("text", TEXT), ("header", HEADER), ("log", LOG), ("files", FILES), ("place", PLACES)) for name, change, expected in rows])  # fmt: skip
def test_what_a_branch_may_do(project: Project, change: Change, expected: list[tuple[str, int, str, str]]) -> None:
    change(project)
    for way in ("saved", "lagging"):
        if way == "lagging":
            project.commit()
            new = {OTHER: brief("6/2024"), "briefs/papers/50.md": brief("50"), "briefs/notes/other.md": brief("")}
            project.on("main", both(*(written(path, content) for path, content in new.items())))
        found = project.findings()
        assert [one[:3] for one in found] == [one[:3] for one in expected], (way, found)
        for one, other in zip(found, expected, strict=True):
            assert other[3] in one[3], way


@pytest.mark.parametrize(("old", "new", "counts"), [
    ("```\n<!-- one -->\n```", "```\n<!-- two -->\n```", True),
    ("Code `<!-- one -->` here.", "Code `<!-- two -->` here.", True),
    ("Text.\n\n    <!-- one -->", "Text.\n\n    <!-- two -->", True),
    ("Text <!-- open\n\nThe share is 41.", "Text <!-- open\n\nThe share is 44.", True),
    ("Text.\n\n{: .note}", "Text.\n\n{: .tip}", True),
    ("&lt;x&gt;", "&lt;y&gt;", True),
    ("1. one\n2. two", "1. one\n3. two", True),
    ("- one two\n  three", "- one\n  two three", False),
    ("> ten per cent\n> more", "> ten per\n> cent more", False),
])  # fmt: skip
def test_what_readers_see_counts(project: Project, old: str, new: str, counts: bool) -> None:
    project.write(B6, brief("6/2024", body=f"\n## Introduction\n\n{old}\n")).commit().replace(B6, old, new)
    assert {one[2] for one in project.codes(against="mine")} == ({"record-text"} if counts else set())


def test_the_data_of_a_figure_that_is_drawn(project: Project) -> None:
    axes = "  x: {field: a, type: ordinal, title: null}\n  y: {field: b, type: quantitative, title: null}\n"
    block = f"```figure\ndata: n.csv\nalt: Two bars of which the first is higher\nmark: bar\nencoding:\n{axes}```\n"
    project.write("briefs/2024/06/index.md", brief("6/2024", body=f"\n## Introduction\n\n{block}"))
    project.write("briefs/2024/06/n.csv", "a,b\nx,1\ny,2\n").commit().write("briefs/2024/06/n.csv", "a,b\nx,3\ny,2\n")
    assert project.codes(against="mine") == [("briefs/2024/06/index.md", 14, "record-text")]


def test_files_that_git_stores_in_another_form(project: Project) -> None:
    # As Git LFS does: the blob is not the file.
    project.git("config", "filter.x.clean", "tr a-z A-Z")
    project.git("config", "filter.x.smudge", "tr A-Z a-z")
    project.write(".gitattributes", "*.csv filter=x\n").write(f"{FOLDER}/bars.csv", "bar,height\nfirst,1\n").commit()
    project.write(f"{FOLDER}/_raw.txt", "Raw.\n")
    assert project.findings(against="mine") == []
    project.write(f"{FOLDER}/bars.csv", "bar,height\nfirst,2\n")
    assert project.codes(against="mine") == [(B3, 9, "record-text")]


def test_an_old_address_leads_on_for_ever(project: Project) -> None:
    both(RENUMBER, header(ALIAS), ON_RECORD)(project)
    project.commit().replace(B1, ALIAS, "")
    assert [one[2] for one in project.codes(against="mine")] == ["record-vanished"]


@pytest.mark.parametrize("heir", [
    brief("1/2024", "Quite another thing"), brief("8/2024", "Quite another thing", ALIAS.strip()),
    brief("1/2024", "Quite another thing", "embargo: 2030-01-01"), brief("8/2024", "Quite another thing", "draft: true", ALIAS.strip()),
])  # fmt: skip
def test_an_old_address_is_given_to_no_other_brief(project: Project, heir: str) -> None:
    both(RENUMBER, header(ALIAS), ON_RECORD)(project)
    project.commit().replace(B1, ALIAS, "").write(B6, heir)
    assert (B1, "record-vanished") in {(path, code) for path, _, code in project.codes(against="mine")}


def test_an_alias_and_a_correction_do_not_make_another_text_the_brief(project: Project) -> None:
    project.remove(B1).write(B6, brief("6/2024", "Quite another thing", ALIAS.strip(), "corrections:", *CORRECTION.splitlines()))
    assert project.codes() == [(B1, 1, "record-vanished")]


def test_what_is_withdrawn_is_not_compared_but_stays_withdrawn(project: Project) -> None:
    withdrawal = 'corrections:\n  - date: 2024-05-06\n    kind: withdrawal\n    note: "The data were taken back by those who published them."\n'
    project.add(B1, withdrawal).commit().replace(B1, "The share of imports", "The part of imports").commit()
    project.replace(B1, "The third paragraph closes the introduction with a question.\n", "")
    assert project.findings(against="mine~1") == []
    project.replace(B1, withdrawal, "")
    assert project.codes(against="mine~1") == [(B1, 1, "record-correction")]


def test_an_entry_said_twice_is_no_new_one(project: Project) -> None:
    project.add(B1, "corrections:\n" + CORRECTION).commit().replace(B1, CORRECTION, CORRECTION * 2).replace(B1, "of the winter", "of the summer")
    assert [one[2] for one in project.codes(against="mine")] == ["record-text"]


def test_rows_without_lines_at_their_ends_stay_rows(project: Project) -> None:
    table = "Name | Share\n-----|------\nA | 1\nB | 2\n"
    project.replace(B1, "Reserves should be tested", f"{table}\nReserves should be tested").commit().replace(B1, "A | 1\nB | 2", "A | 1 B | 2")
    assert [one[2] for one in project.codes(against="mine")] == ["record-text"]


def test_what_is_new_is_said_to_be_new(project: Project) -> None:
    (found,) = project.add(B1, "funding: Paid by a firm of great renown.").findings()
    assert 'the funding changed: "Paid by a firm of great renown." is new' in found[3]


def test_another_brief_does_not_stand_for_one_that_is_gone(project: Project) -> None:
    project.remove(B1).add(B2, CORRECTION).add(B2, ALIAS)
    assert [one[2] for one in project.codes()] == ["record-vanished"]


@pytest.mark.parametrize("log", [[], ["corrections: [{kind: typo}]"], ["corrections:", *CORRECTION.splitlines()]])
def test_a_number_given_to_another_text(project: Project, log: list[str]) -> None:
    project.remove(B1).write("briefs/2024/01-new.md", brief("1/2024", "Something else entirely", *log))
    found = project.findings()
    assert [one[:3] for one in found] == [(B1, 1, "record-vanished")]
    assert "its number is given to briefs/2024/01-new.md" in found[0][3]


@pytest.mark.parametrize("log", ["corrections: [{kind: typo}]", "corrections:\n" + CORRECTION])
def test_two_briefs_cannot_change_numbers(project: Project, log: str) -> None:
    project.write(B6, brief("6/2024")).write(OTHER, brief("7/2024")).commit()
    project.replace(B6, "number: 6/2024", "number: 7/2024").replace(OTHER, "number: 7/2024", "number: 6/2024")
    project.add(B6, log).add(OTHER, log)
    assert [one[2] for one in project.codes(against="mine")] == ["record-vanished"] * 2


SLIPS = [
    ("41 per cent", "44 per cent", True), ("speaks of the winter", "speaks of the summer", True), 
    ("Keeping the lights on", "Keeping the light on", True),
    ("## Introduction", "## Introductions", True), ("date: 2024-03-15", "date: 2024-03-16", True),
    ("Keeping the lights on", "Another title", False), ("author: eva-example", "author: ada-sample", False),
    ("The third paragraph closes the introduction with a question.\n", "", False), ("each winter.\n", "each winter.\n\nAnd each summer.\n", False),
    ("The first paragraph of the introduction speaks of the winter.", "Nothing of that is so.", False),
]  # fmt: skip


@pytest.mark.parametrize(("old", "new", "slip"), SLIPS)
def test_a_typo_accounts_for_a_slip_of_the_pen_and_no_more(project: Project, old: str, new: str, slip: bool) -> None:
    project.replace(B1, old, new)
    assert {one[2] for one in project.codes()} == {"record-text"}
    project.add(B1, "corrections: [{kind: typo}]")
    found = project.findings()
    assert {one[2] for one in found} == (set() if slip else {"record-text"})
    assert all("more than a slip of the pen" in one[3] for one in found)


@pytest.mark.parametrize("line", [
    "license: CC0-1.0", "funding: Paid by the Example Foundation.", "acknowledgements: With thanks to two reviewers.",
    "contributors: [{name: Ada Sample, role: editor}]", "publishers: [Example Institute, Sample House]", "other_numbers: [Sample House Paper 12]",
])  # fmt: skip
def test_what_others_rely_on_is_part_of_the_record(project: Project, line: str) -> None:
    project.add(B1, line)
    assert [one[2] for one in project.codes()] == ["record-text"]


def test_a_doi_comes_later_and_then_stays(project: Project) -> None:
    project.add(B1, "doi: 10.5555/briefs.1")
    assert project.codes() == []
    project.commit()
    for new in ("doi: 10.5555/briefs.2", ""):
        project.replace(B1, "doi: 10.5555/briefs.1", new)
        found = project.findings(against="mine")
        assert [one[2] for one in found] == ["record-text"]
        assert "DOI" in found[0][3]
        project.git("checkout", "--quiet", "--", "briefs")


def test_a_file_that_git_was_told_not_to_look_at(project: Project) -> None:
    project.git("update-index", "--assume-unchanged", B1)
    project.replace(B1, "41 per cent", "44 per cent")
    assert [one[2] for one in project.codes()] == ["record-text"]


def test_new_entries_stand_below_the_old_ones(project: Project) -> None:
    project.replace(B2, "corrections:\n", "corrections:\n  - kind: typo\n")
    found = project.findings()
    assert [one[2] for one in found] == ["record-correction"]
    assert "put new entries below the old ones" in found[0][3]


@pytest.mark.parametrize("ref", ["orphan", "sub"])
def test_a_commit_without_briefs_is_no_pass(project: Project, ref: str) -> None:
    project.git("checkout", "--quiet", "--orphan", ref)
    if ref == "sub":
        (project.folder / "below").mkdir()
        project.git("mv", "briefs", "below/briefs")
    else:
        project.git("rm", "--quiet", "-r", "--cached", "briefs")
    project.git("commit", "--quiet", "--allow-empty", "--message=x")
    project.git("checkout", "--quiet", "--force", "mine")
    done = project.check(against=ref)
    assert done.returncode == 2
    assert "has no folder briefs/" in done.stderr


def test_many_changes_are_summed_up(project: Project) -> None:
    project.write(B6, brief("6/2024", body="\n".join(f"\nParagraph {i} of many." for i in range(30)) + "\n")).commit()
    project.write(B6, project.read(B6).replace("many", "few"))
    found = project.findings(against="mine")
    assert [one[2] for one in found] == ["record-text"] * 9
    assert "22 more passages of 6/2024 changed" in found[-1][3]


def test_a_copy_in_the_drafts_does_not_stand_for_the_brief(project: Project) -> None:
    project.write("briefs/2024/copy.md", project.read(B1).replace("number: 1/2024", "draft: true")).commit()
    project.remove(B1)
    assert project.codes(against="mine") == [(B1, 1, "record-vanished")]


def test_a_text_of_many_short_paragraphs_is_compared_in_time(project: Project) -> None:
    # Identical paragraphs are the worst case of a comparison: 20,000 of them are 60 kB.
    project.write(B6, brief("6/2024", body="\n" + "a\n\n" * 20_000)).commit()
    project.write(B6, project.read(B6) + "b\n")
    done = subprocess.run([*CALL, "--against", "mine", "--now", NOW], cwd=project.folder, capture_output=True, text=True, check=False, timeout=10)
    assert done.returncode == 1
    assert "[record-text]" in done.stdout or "[text-time]" in done.stdout


# When what is public is settled


@pytest.mark.parametrize(("now", "public"), [
    ("2024-06-01", False), ("2024-06-09T23:59+02:00", False), ("2024-06-09T21:59+00:00", False),
    ("2024-06-10T00:00+02:00", True), ("2024-06-09T22:00+00:00", True), ("2024-06-10", True), ("2025-01-01", True),
])  # fmt: skip
@pytest.mark.parametrize(("change", "code"), [
    (text("in short", "in brief", B5), "record-text"), (removed(B5), "record-vanished"),
    (text("embargo: 2024-06-10", "embargo: 2025-06-10", B5), "record-vanished"),
])  # fmt: skip
def test_an_embargo_ends(project: Project, now: str, public: bool, change: Change, code: str) -> None:
    change(project)
    assert [one[2] for one in project.codes(now=now)] == ([code] if public else [])


def test_the_line_of_an_embargo_that_has_ended_may_go(project: Project) -> None:
    project.replace(B5, "embargo: 2024-06-10\n", "")
    assert project.codes(now="2024-06-11") == []
    assert project.codes(now="2024-06-01") == []


def test_a_brief_that_was_published_and_hidden_is_free_again(project: Project) -> None:
    project.add(B1, "draft: true").commit().remove(B1)
    assert project.codes(against="mine") == []
    assert project.codes(against="main") == [(B1, 1, "record-vanished")]


# Two branches

ALIASED = both(RENUMBER, header(ALIAS), ON_RECORD)
CORRECTED = both(text("a question", "an answer"), ON_RECORD)
THEIRS: dict[str, Change] = {
    "published": written(OTHER, brief("6/2024")),
    "corrected": CORRECTED,
    "renamed": moved(B1, "briefs/2024/01-another.md"),
    "renumbered": ALIASED,
    "renumbered and renamed": both(ALIASED, moved(B1, "briefs/2024/09-first.md")),
    "a name": text("Eva Example", "Eva van Example", "briefs/people.yml"),
    "a slug": text("slug: policy-briefs", "slug: briefs", "briefs/series.yml"),
    "a figure": written(f"{FOLDER}/bars.svg", FIGURE.format(2)),
    "other briefs deleted": both(removed(B2), removed(FOLDER)),
}
NEWS = '  - date: 2024-05-02\n    kind: correction\n    note: "The share of imports is 44 per cent, we found."\n'
FINE: dict[str, Change] = {
    "nothing": lambda _: None,
    "a new brief": written(B6, brief("8/2024")),
    "a correction": both(SHARE, header(f"corrections:\n{NEWS}")),
    "a person": text("name: Ada Sample", "name: Ada Sample\n  bio: Ada Sample was invented.", "briefs/people.yml"),
    "a topic": text("energy: Energy and climate", "energy: Energy", "briefs/series.yml"),
    "a keyword": header("keywords: [grid]"),
}
WRONG: dict[str, Change] = {"a paragraph": SHARE, "the title": text("the lights on", "the light on"),
    "a draft": header("draft: true"), "gone": removed(B1)}  # fmt: skip


@pytest.mark.parametrize("ours", FINE)
@pytest.mark.parametrize("theirs", THEIRS | {"deleted": removed(B1), "hidden": header("draft: true")})
def test_nobody_answers_for_what_others_did(project: Project, theirs: str, ours: str) -> None:
    project.on("main", (THEIRS | {"deleted": removed(B1), "hidden": header("draft: true")})[theirs])
    FINE[ours](project)
    project.commit()
    assert project.findings() == []


@pytest.mark.parametrize("ours", WRONG)
@pytest.mark.parametrize("theirs", THEIRS)
def test_one_answers_for_oneself_whatever_others_did(project: Project, theirs: str, ours: str) -> None:
    project.on("main", THEIRS[theirs])
    WRONG[ours](project)
    project.commit()
    expected = "record-text" if ours in ("a paragraph", "the title") else "record-vanished"
    assert {one[2] for one in project.codes()} == {expected}


def test_a_second_change_after_the_first_was_squashed_into_main(project: Project) -> None:
    # The branch goes on after its pull request was merged as one commit: its entry is public by now.
    both(SHARE, ON_RECORD)(project)
    project.commit().on("main", both(SHARE, ON_RECORD))
    assert project.findings() == []
    project.replace(B1, "a question", "an answer")
    assert project.codes() == [(B1, 22, "record-text")]
    project.add(B1, "  - kind: typo")
    assert project.findings() == []


def test_histories_that_share_nothing(project: Project) -> None:
    project.git("checkout", "--quiet", "--orphan", "apart")
    project.commit()
    assert project.findings() == []
    SHARE(project)
    assert project.codes() == [(B1, 15, "record-text")]


def test_a_branch_compared_with_what_it_will_become(project: Project) -> None:
    # REF is ahead of the branch.
    project.on("main", both(CORRECTED, written(OTHER, brief("6/2024"))))
    assert project.findings() == []


def test_a_merge(project: Project) -> None:
    SHARE(project)
    project.commit().on("main", written(OTHER, brief("6/2024")))
    project.git("merge", "--quiet", "--no-edit", "main")
    assert project.codes() == [(B1, 15, "record-text")]
    ON_RECORD(project)
    assert project.findings() == []


def test_a_conflict_that_is_not_mended(project: Project) -> None:
    SHARE(project)
    project.commit().on("main", text("41 per cent", "43 per cent"))
    subprocess.run(["git", "merge", "--quiet", "main"], cwd=project.folder, capture_output=True, check=False)
    assert "<<<<<<<" in project.read(B1)
    assert B1 in {path for path, _, code in project.codes() if code == "record-text"}


NUMBERS: list[tuple[str, Change, Change, tuple[str, int, str]]] = [
    ("per year", written(OTHER, brief("6/2024", "Theirs is another")), written(B6, brief("6/2024")), (B6, 5, "7/2024")),
    ("and the next one here", written(OTHER, brief("6/2024", "Theirs is another")),
     both(written(B6, brief("6/2024")), written("briefs/2024/07.md", brief("7/2024"))), (B6, 5, "8/2024")),
    ("and the next one there", both(written(OTHER, brief("6/2024", "Theirs is another")), written("briefs/2024/07.md", brief("7/2024"))),
     written(B6, brief("6/2024")), (B6, 5, "8/2024")),
    ("and the next one there, a draft", both(written(OTHER, brief("6/2024", "Theirs is another")),
     written("briefs/2024/07.md", brief("7/2024", "", "draft: true"))), written(B6, brief("6/2024")), (B6, 5, "8/2024")),
    ("and the next one there, an alias", both(written(OTHER, brief("6/2024", "Theirs is another")), header("aliases: [/policy-briefs/2024/7/]", B2)),
     written(B6, brief("6/2024")), (B6, 5, "8/2024")),
    ("here a draft", written(OTHER, brief("6/2024", "Theirs is another")), written(B6, brief("6/2024", "", "draft: true")), (B6, 5, "7/2024")),
    ("here under an embargo", written(OTHER, brief("6/2024", "Theirs is another")),
     written(B6, brief("6/2024", "", "embargo: 2024-07-01")), (B6, 5, "7/2024")),
    ("there a draft", written(OTHER, brief("6/2024", "Theirs is another", "draft: true")), written(B6, brief("6/2024")), (B6, 5, "7/2024")),
    ("one text, two files", written(OTHER, brief("6/2024")), written(B6, brief("6/2024")), (B6, 5, "7/2024")),
    ("a folder and a file", written("briefs/2024/06-other/index.md", brief("6/2024", "Theirs is another")),
     written(B6, brief("6/2024")), (B6, 5, "7/2024")),
    ("drafts of long ago here", written(OTHER, brief("6/2024", "Theirs is another")), both(text("number: 4/2024", "number: 6/2024", B4)),
     (B4, 5, "7/2024")),
    ("drafts of long ago on both sides", both(text("number: 5/2024", "number: 6/2024", B5), moved(B5, OTHER)),
     text("number: 4/2024", "number: 6/2024", B4), (B4, 5, "7/2024")),
    ("a number given on the record", written(OTHER, brief("9/2024", "Theirs is another")),
     both(RENUMBER, header(ALIAS), ON_RECORD), (B1, 5, "10/2024")),
    ("continuous", written("briefs/papers/a.md", brief("48", "Theirs is another")),
     written("briefs/papers/b.md", brief("48")), ("briefs/papers/b.md", 5, "49")),
    ("without numbers", written("briefs/notes/2024/beacon.md", brief("", "Theirs is another")), written("briefs/notes/beacon.md", brief("")),
     ("briefs/notes/beacon.md", 1, "rename the file")),
    ("without numbers, in other letters", written("briefs/notes/Beacon.md", brief("", "Theirs is another")),
     written("briefs/notes/beacon.md", brief("")),
     ("briefs/notes/beacon.md", 1, "rename the file")),
]  # fmt: skip


@pytest.mark.parametrize("way", ["saved", "committed"])
@pytest.mark.parametrize(("theirs", "ours", "expected"), [pytest.param(*row[1:], id=row[0]) for row in NUMBERS])
def test_a_number_taken_on_two_branches(project: Project, theirs: Change, ours: Change, expected: tuple[str, int, str], way: str) -> None:
    path, line, remedy = expected
    project.on("main", theirs)
    taken = project.git("diff", "--name-only", "--diff-filter=A", "mine", "main").split("\n")
    ours(project)
    if way == "committed":
        project.commit()
    (found,) = project.findings()
    assert found[:3] == (path, line, "record-number")
    assert any(other in found[3] for other in taken)
    assert found[3].endswith(remedy)


def test_one_brief_on_two_branches(project: Project) -> None:
    # A commit that was picked from one into the other.
    project.on("main", written(B6, brief("6/2024"))).write(B6, brief("6/2024")).commit()
    assert project.findings() == []
    project.replace(B6, "in short", "in brief")
    assert project.codes() == [(B6, 13, "record-text")]


# What git and the machine can be


@pytest.mark.parametrize("name", ["briefs/2024/06-Übergang für alle.md", "briefs/2024/06 a  b.md", 'briefs/2024/06-"q".md', "briefs/2024/06\ttab.md",
                                  "briefs/2024/06-Étude.md", "briefs/2024/-06.md", "briefs/2024/06-*[x].md", "briefs/2024/:(top)06.md"])
def test_odd_names_of_briefs(project: Project, name: str) -> None:
    project.write(name, brief("6/2024")).commit()
    assert project.findings(against="mine") == []
    project.replace(name, "in short", "in brief")
    assert [one[1:] for one in project.codes(against="mine")] == [(13, "record-text")]
    project.remove(name)
    assert [one[1:] for one in project.codes(against="mine")] == [(1, "record-vanished")]


def test_a_name_that_is_not_utf_8(project: Project) -> None:
    name = os.fsdecode(b"briefs/2024/06-\xff.md")
    project.write(name, brief("6/2024")).commit().replace(name, "in short", "in brief")
    for form in ("text", "json", "github"):
        done = subprocess.run([*CALL, "--against", "mine", "--now", NOW, "--format", form], cwd=project.folder, capture_output=True, check=False)
        assert (done.returncode, b"Traceback" in done.stderr, b"record-text" in done.stdout) == (1, False, True)


@pytest.mark.parametrize("name", ["Über uns.txt", "a  b.txt", "briefs/2024/Über uns.txt", "briefs/people/größe x.txt",
    "brief\ttab", "briefs.md", "briefs2/x.md"])  # fmt: skip
def test_other_files_do_not_matter(project: Project, name: str) -> None:
    project.write(name, "one").commit()
    for content in ("two", "three"):
        project.write(name, content)
        assert project.findings(against="mine") == []
    project.remove(name)
    assert project.findings(against="mine") == []


def test_a_project_in_a_folder_of_the_repository(published: Path, tmp_path: Path) -> None:
    whole = Project(tmp_path / "whole")
    whole.folder.mkdir()
    whole.git("init", "--quiet", "--template=")
    shutil.copytree(published / "briefs", whole.folder / "our sité/briefs")
    whole.write("briefs/2024/01-first.md", "Not ours.\n").commit()
    inner = Project(whole.folder / "our sité")
    whole.remove("briefs")
    assert inner.findings() == []
    SHARE(inner)
    written(f"{FOLDER}/bars.svg", FIGURE.format(2))(inner)
    inner.move(NOTE, "briefs/notes/beacon.md").remove(B2)
    assert inner.codes() == [(B1, 15, "record-text"), (B2, 1, "record-vanished"), (B3, 16, "record-text"),
        ("briefs/notes/beacon.md", 1, "record-vanished")]  # fmt: skip


@pytest.mark.parametrize("value", ["true", "input"])
def test_a_checkout_with_other_line_ends(project: Project, value: str) -> None:
    project.git("config", "core.autocrlf", value)
    for path in PUBLISHED:
        (project.folder / path).unlink()
    project.git("checkout", "--", ".")
    assert ("\r\n" in project.read(B1)) == (value == "true")
    assert project.findings() == []
    SHARE(project)
    assert project.codes() == [(B1, 15, "record-text")]


def test_a_brief_stored_with_other_line_ends(project: Project) -> None:
    project.write(B1, project.read(B1).replace("\n", "\r\n")).commit().write(B1, project.read(B1).replace("\r\n", "\n"))
    assert project.findings(against="mine") == []
    SHARE(project)
    assert project.codes(against="mine") == [(B1, 15, "record-text")]


@pytest.mark.parametrize("setting", [
    "color.ui=always", "diff.noprefix=true", "diff.relative=false", "diff.renames=copies", "core.quotePath=true", "diff.external=false",
    "status.showUntrackedFiles=no", "diff.orderFile=nowhere", "core.pager=false", "log.showSignature=true", "diff.ignoreSubmodules=all",
    "core.untrackedCache=true", "diff.autoRefreshIndex=false", "merge.conflictStyle=diff3", "core.commentChar=;", "advice.objectNameWarning=true",
])  # fmt: skip
def test_settings_of_the_user_change_nothing(project: Project, setting: str) -> None:
    project.git("config", *setting.split("=", 1))
    project.write(B6, brief("6/2024"))
    SHARE(project)
    os.utime(project.folder / FOLDER / "bars.svg", (0, 0))
    assert project.codes() == [(B1, 15, "record-text")]


@pytest.mark.parametrize("ref", ["main", "heads/main", "refs/heads/main", "published", "tags/published", "noted",
    "HEAD~1", "mine^", "@^", "main~0", "main^{commit}"])  # fmt: skip
def test_forms_of_a_ref(project: Project, ref: str) -> None:
    project.git("tag", "published", "main")
    project.git("tag", "--annotate", "--message=x", "noted", "main")
    SHARE(project)
    project.commit()
    (found,) = project.findings(against=ref)
    assert found[:3] == (B1, 15, "record-text")
    assert f"is public at {ref}" in found[3]


@pytest.mark.parametrize("length", [7, 40])
def test_a_commit_as_ref(project: Project, length: int) -> None:
    SHARE(project)
    assert project.codes(against=project.git("rev-parse", "main")[:length]) == [(B1, 15, "record-text")]


def test_a_branch_of_a_clone(project: Project, tmp_path: Path) -> None:
    project.git("clone", "--quiet", "--branch=mine", str(project.folder), str(tmp_path / "clone"))
    clone = Project(tmp_path / "clone")
    SHARE(clone)
    assert clone.codes(against="origin/main") == [(B1, 15, "record-text")]
    assert clone.check().returncode == 2, "there is no main here, only origin/main"


def test_a_second_working_tree(project: Project, tmp_path: Path) -> None:
    project.git("worktree", "add", "--quiet", str(tmp_path / "tree"), "-b", "other", "main")
    tree = Project(tmp_path / "tree")
    SHARE(tree)
    assert tree.codes() == [(B1, 15, "record-text")]
    assert project.findings() == []


# Where nothing can be compared: exit 2, and what to do. Never a pass, and never a traceback.

CALL = [sys.executable, "-c", "from briefpress.cli import main; main(prog_name='briefpress')", "check"]


def refused(done: Done, *remedies: str) -> None:
    assert done.returncode == 2
    assert done.stdout == ""
    assert "nothing can be compared with" in done.stderr
    assert "Traceback" not in done.stderr
    assert any(remedy in done.stderr for remedy in remedies), done.stderr


@pytest.mark.parametrize("ref", [
    "nowhere", "origin/main", "--help", "-x", "--all", "-", "--", "", " ", "HEAD:briefs", "main..HEAD", "main...mine", "^main", "main^@", "main^!",
    "blob", "main^{tree}", "0" * 40, "f" * 40, "é", "a b", "@{upstream}", "main@{9}", ":/nothing", "refs/heads/*",
    "main~99", "a\nb", "--end-of-options",
])  # fmt: skip
@pytest.mark.parametrize("form", ["text", "json", "github"])
def test_a_ref_that_is_none(project: Project, ref: str, form: str) -> None:
    if form != "text" and ref not in ("nowhere", "--help", ""):
        return
    project.git("tag", "blob", "main:briefs/series.yml")
    refused(project.check("--format", form, against=ref), "git fetch", "origin/main")


def test_options_stay_options(project: Project) -> None:
    # A shell gives the name as a word of its own: it must not be taken for the help, which ends with 0.
    for words in (["--against", "--help"], ["--against=--help"], ["--against", "-x"], ["--against"]):
        done = subprocess.run([*CALL, *words], cwd=project.folder, capture_output=True, text=True, check=False)
        assert (done.returncode, done.stdout) == (2, "")


def outside(project: Project, *arguments: str, **environment: str) -> Done:
    """Start a process of its own, as a person does."""
    done = subprocess.run([*CALL, "--now", NOW, *arguments], cwd=project.folder, env=os.environ | environment,
        capture_output=True, text=True, check=False)  # fmt: skip
    return Done(done.returncode, done.stdout, done.stderr)


def test_no_commits_yet(project: Project) -> None:
    shutil.rmtree(project.folder / ".git")
    project.git("init", "--quiet", "--template=")
    for ref in ("main", "HEAD"):
        refused(project.check(against=ref), "git fetch")


def test_no_repository(project: Project) -> None:
    shutil.rmtree(project.folder / ".git")
    refused(outside(project, "--against", "main"), "no git repository")


def test_a_repository_that_is_broken(project: Project) -> None:
    (project.folder / ".git/HEAD").write_text("nonsense")
    refused(outside(project, "--against", "main"), "git")


def test_a_branch_without_commits(project: Project) -> None:
    project.git("checkout", "--quiet", "--orphan", "new")
    done = project.check()
    if done.returncode == 2:
        refused(done, "git commit", "commit")
    else:
        SHARE(project)
        assert project.codes() == [(B1, 15, "record-text")]


@pytest.mark.parametrize("depth", [1, 2])
def test_a_shallow_clone(project: Project, tmp_path: Path, depth: int) -> None:
    for title in ("the light on", "a light on", "lights on"):
        project.write(B1, PUBLISHED[B1].replace("the lights on", title)).commit()
    project.git("clone", "--quiet", f"--depth={depth}", "--no-single-branch", f"file://{project.folder}", str(tmp_path / "clone"))
    clone = Project(tmp_path / "clone")
    for ref in ("origin/main", "HEAD", "nowhere"):
        refused(clone.check(against=ref), "git fetch --unshallow")
    assert "fetch-depth: 0" in clone.check().stderr
    clone.git("fetch", "--quiet", "--unshallow")
    assert {one[2] for one in clone.codes(against="origin/main")} == {"record-text"}


@pytest.mark.parametrize("kind", ["nothing", "no program", "a folder"])
def test_git_is_not_there(project: Project, tmp_path: Path, kind: str) -> None:
    folder = tmp_path / "bin"
    folder.mkdir()
    if kind == "no program":
        (folder / "git").write_text("#!/bin/sh\n")
    elif kind == "a folder":
        (folder / "git").mkdir()
    refused(outside(project, "--against", "main", PATH=str(folder)), "install")


def test_a_repository_of_another_user(project: Project) -> None:
    # As in a container whose user does not own the checkout.
    done = outside(project, "--against", "main", GIT_TEST_ASSUME_DIFFERENT_OWNER="1")
    refused(done, "safe.directory")


def test_an_object_that_is_lost(project: Project) -> None:
    blob = project.git("rev-parse", f"main:{B1}")
    (project.folder / ".git/objects" / blob[:2] / blob[2:]).unlink()
    SHARE(project)
    done = outside(project, "--against", "main")
    assert "Traceback" not in done.stderr
    assert done.returncode == 2


def test_series_that_were_broken_then(project: Project) -> None:
    # What was public cannot be told: that is no pass.
    project.replace("briefs/series.yml", "timezone: Europe/Brussels", "timezone: Nowhere").commit()
    project.replace("briefs/series.yml", "timezone: Nowhere", "timezone: Europe/Brussels").remove(B1)
    assert project.check(against="mine").returncode in (1, 2)


def test_briefs_in_a_repository_of_their_own(project: Project) -> None:
    # A submodule: the outer repository knows nothing of its files.
    inner = Project(project.folder / "briefs")
    inner.git("init", "--quiet", "--template=")
    inner.commit()
    project.git("rm", "-r", "--quiet", "--cached", "briefs")
    project.commit()
    SHARE(project)
    inner.commit()
    assert project.check(against="mine").returncode in (1, 2)


def test_briefs_behind_a_link(project: Project, tmp_path: Path) -> None:
    project.move("briefs", "texts")
    (project.folder / "briefs").symlink_to("texts")
    project.commit()
    SHARE(project)
    assert project.check(against="mine").returncode in (1, 2)


# The edges of the command


def test_github_marks_the_line(project: Project) -> None:
    SHARE(project)
    project.remove(B2)
    lines = project.check("--format", "github").stdout.splitlines()
    assert [line.partition("::")[2].partition("::")[0] for line in lines if "title=record-" in line] == [
        f"error file={B1},line=15,col=1,title=record-text", f"error file={B2},line=1,col=1,title=record-vanished"]  # fmt: skip


def test_paths_limit_what_is_shown(project: Project) -> None:
    SHARE(project)
    project.remove(NOTE).replace(B2, "in short", "in brief")
    assert "record-text" in project.check(B1).stdout
    assert B2 not in project.check(B1).stdout
    assert NOTE in project.check("briefs/notes/").stdout if (project.folder / "briefs/notes").is_dir() else True
    assert project.check("briefs/papers").returncode == 0
    assert project.check("briefs").returncode == 1


def test_a_ref_that_is_none_is_no_pass_for_a_path_alone(project: Project) -> None:
    refused(project.check(B1, against="nowhere"), "git fetch")


def test_the_rules_cannot_be_waived(project: Project) -> None:
    SHARE(project)
    project.add(B1, "lint_ignore:\n  - {rule: record-text, reason: Nobody will notice it.}")
    assert {one[2] for one in project.codes()} == {"record-text", "waiver-refused"}


def test_nothing_is_changed_and_nothing_is_left_behind(project: Project, tmp_path: Path) -> None:
    SHARE(project)
    os.utime(project.folder / B2, (0, 0))
    (tmp_path / "tmp").mkdir()
    before = {path: path.read_bytes() for path in project.folder.rglob("*") if path.is_file() and ".cache" not in path.parts}
    assert outside(project, "--against", "main", TMPDIR=str(tmp_path / "tmp")).returncode == 1
    assert {path: path.read_bytes() for path in project.folder.rglob("*") if path.is_file() and ".cache" not in path.parts} == before
    assert list((tmp_path / "tmp").iterdir()) == []


def test_without_a_comparison_git_is_not_asked(project: Project, tmp_path: Path) -> None:
    folder = tmp_path / "bin"
    folder.mkdir()
    (folder / "git").write_text(f"#!/bin/sh\n: > {tmp_path}/asked\n")
    (folder / "git").chmod(0o755)
    SHARE(project)
    assert outside(project, PATH=f"{folder}:/bin:/usr/bin").returncode == 0
    assert not (tmp_path / "asked").exists()
    assert outside(project, PATH=str(tmp_path / "nowhere")).returncode == 0
    shutil.rmtree(project.folder / ".git")
    assert outside(project).returncode == 0


@pytest.mark.parametrize("code", ["record-text", "record-correction", "record-vanished", "record-number"])
def test_every_rule_of_the_record_is_shown(code: str) -> None:
    tables = [one for rows in (TEXT, HEADER, LOG, FILES, PLACES) for _, _, expected in rows for one in expected]
    assert code == "record-number" or code in {one[2] for one in tables}
