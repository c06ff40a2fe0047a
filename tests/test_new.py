"""A new brief gets a number that nobody has, here or on a branch. With the real git, in scratch repositories."""

from __future__ import annotations

import contextlib
import json
import os
import pty
import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest
from click.testing import CliRunner

from briefpress.cli import main
from conftest import MORE_SERIES

ROOT = Path(__file__).parents[1]
SERIES = (ROOT / "tests/cases/series.yml").read_text("utf-8")
NOW = "2024-06-01"


def brief(number: str, title: str = "Keeping the lights on", more: str = "") -> str:
    return f"""\
---
title: {title}
author: Eva Example
date: 2024-03-15
number: {number}
key_issues:
  - The grid held because three operators had rehearsed the failure of a fourth.
  - Reserves that are not tested in winter are not reserves at all.
{more}---

## Introduction

A text of its own: {title}.
"""


@dataclass(frozen=True)
class Project:
    folder: Path

    def write(self, path: str, text: str | bytes) -> None:
        file = self.folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(text if isinstance(text, bytes) else text.encode())

    def read(self, path: str) -> str:
        return (self.folder / path).read_text("utf-8")

    def git(self, *arguments: str) -> str:
        who = ("-c", "user.name=x", "-c", "user.email=x@example.org", "-c", "commit.gpgsign=false")
        done = subprocess.run(["git", *who, *arguments], cwd=self.folder, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()

    def commit(self) -> None:
        self.git("add", "--all", ".")
        self.git("commit", "--quiet", "--allow-empty", "--message=x")

    def run(self, *arguments: str, code: int = 0) -> tuple[str, str]:
        with contextlib.chdir(self.folder):
            result = CliRunner().invoke(main, [arguments[0], "--now", NOW, *arguments[1:]])
        assert result.exit_code == code, (result.output, result.exc_info)
        return result.stdout.strip(), result.stderr

    def new(self, *arguments: str, author: str = "Eva Example") -> str:
        return self.run("new", *arguments, "--author", author)[0]

    def refused(self, *arguments: str) -> str:
        return self.run("new", *arguments, code=2)[1].partition("Error: ")[2].strip()

    def findings(self) -> list[dict[str, str]]:
        with contextlib.chdir(self.folder):
            found: list[dict[str, str]] = json.loads(CliRunner().invoke(main, ["check", "--format", "json", "--now", NOW]).stdout)
        return found


@pytest.fixture
def bare(tmp_path: Path) -> Project:
    """Three series, and no repository."""
    project = Project(tmp_path / "project")
    project.write("briefs/series.yml", SERIES + MORE_SERIES)
    return project


@pytest.fixture
def project(bare: Project) -> Project:
    """The same in a repository, with one brief."""
    bare.write("briefs/2024/01-first.md", brief("1/2024"))
    bare.git("init", "--quiet", "--initial-branch=main")
    bare.commit()
    return bare


def field(text: str, name: str) -> str:
    found = re.search(rf"^{name}: (.*)$", text, re.MULTILINE)
    assert found is not None, name
    return found[1]


# What is made


def test_the_draft_is_fine_and_says_what_is_to_be_done(project: Project) -> None:
    path, said = project.run("new", "The price of oil", "--author", "Eva Example", "--author", "Jan Muster")
    assert path == "briefs/2024/02-the-price-of-oil.md"
    text = project.read(path)
    assert (field(text, "number"), field(text, "date"), field(text, "draft")) == ("2/2024", "2024-06-01", "true")
    assert '\nauthor:\n  - "Eva Example"\n  - "Jan Muster"\n' in text
    assert len(re.findall("^## ", text, re.MULTILINE)) == 3
    for word in (f"briefpress check {path}", "make serve", "draft: true", "1 branch"):
        assert word in said
    assert {one["level"] for one in project.findings()} == {"advice"}
    assert ("missing-field", "add a line: key_issues: …") in [(one["code"], one["remedy"]) for one in project.findings()]


def test_with_its_key_issues_it_can_be_published(project: Project) -> None:
    path = project.new("The price of oil")
    text = project.read(path)
    issues = "key_issues:\n  - " + "A sentence of eight words or more, with a stop.\n  - " + "Another sentence of eight words or more follows it.\n"
    text = re.sub("# key_issues:\n(#   - .*\n)+", issues, text).replace("draft: true\n", "")
    project.write(path, text)
    assert [one["code"] for one in project.findings() if one["level"] != "advice"] == []


@pytest.mark.parametrize(("arguments", "path", "number"), [
    (["The price of oil"], "briefs/2024/02-the-price-of-oil.md", "2/2024"),
    (["The price of oil", "--date", "2025-01-02"], "briefs/2025/01-the-price-of-oil.md", "1/2025"),
    (["The price of oil", "--series", "papers"], "briefs/papers/2024/01-the-price-of-oil.md", "1"),
    (["The price of oil", "--series", "notes"], "briefs/notes/2024/the-price-of-oil.md", None),
    (["Index", "--series", "notes"], "briefs/notes/2024/index-brief.md", None),
    (["Readme", "--series", "notes"], "briefs/notes/2024/readme-brief.md", None),
    (["Readme"], "briefs/2024/02-readme.md", "2/2024"),
])  # fmt: skip
def test_each_numbering_has_its_place(project: Project, arguments: list[str], path: str, number: str | None) -> None:
    assert project.new(*arguments) == path
    text = project.read(path)
    assert ("\nnumber: " in text) == (number is not None)
    assert number is None or field(text, "number") == number
    assert [one for one in project.findings() if one["level"] != "advice"] == []


def test_a_first_series_with_a_folder_of_its_own_keeps_it(project: Project) -> None:
    project.write("briefs/policy-briefs/2024/02-second.md", brief("2/2024"))
    assert project.new("The price of oil") == "briefs/policy-briefs/2024/03-the-price-of-oil.md"


@pytest.mark.parametrize(("title", "stem"), [
    ("能源安全与欧洲", "02-nengyuananquanyuouzhou"),
    ("Энергия зимой", "02-energiya-zimoy"),
    ("“Quoted”: 'a' \"b\" \\ #1 {x} | *y*", "02-quoted-a-b-1-x-y"),
    ("- a list? & @home", "02-a-list-home"),
    ("no: 12:30, yes", "02-no-12-30-yes"),
    ("2024-03-15", "02-2024-03-15"),
    ("Words " * 32 + "end", "02-words-words-words-words-words-words-words-words-words-words"),
    ("Donaudampfschiff" * 10, "02-" + ("donaudampfschiff" * 4)[:60]),
    ("☃☃☃☃☃", "02-x"),
    ("Two\nlines of it", "02-two-lines-of-it"),
])  # fmt: skip
def test_any_title_comes_back_as_it_was_given(project: Project, title: str, stem: str) -> None:
    path, _ = project.run("new", "--author", "Eva Example", "--", title)
    if title[0] != "☃":  # the sign's name in letters is the library's to choose
        assert path == f"briefs/2024/{stem}.md"
    assert [one for one in project.findings() if one["level"] != "advice"] == []
    with contextlib.chdir(project.folder):
        from briefpress.series import read_brief, read_settings

        found, _ = read_brief(path, (project.folder / path).read_bytes(), read_settings(project.folder)[0])
    assert found is not None
    assert found.title == " ".join(title.split())


def test_somebody_of_people_yml_is_named_by_the_id(project: Project) -> None:
    project.write("briefs/people.yml", "eva:\n  name: Eva Example\n  orcid: 0000-0002-1825-0097\n")
    assert field(project.read(project.new("The price of oil")), "author") == '"eva"'
    assert [one for one in project.findings() if one["level"] != "advice"] == []


def test_the_language_is_noted_where_it_is_another(project: Project) -> None:
    assert field(project.read(project.new("Le prix du pétrole", "--lang", "fr")), "lang") == '"fr"'
    assert "\nlang:" not in project.read(project.new("The price of oil", "--lang", "en"))


# Which numbers are taken


def on_branch(project: Project, name: str, path: str, text: str | bytes) -> None:
    project.git("checkout", "--quiet", "-b", name)
    project.write(path, text)
    project.commit()
    project.git("checkout", "--quiet", "main")
    assert not (project.folder / path).exists()


@pytest.mark.parametrize(("text", "number"), [
    (brief("4/2024"), "5/2024"),
    (brief("4/2024", more="draft: true\n"), "5/2024"),
    (brief("04/2024"), "5/2024"),
    (brief("4/2023"), "2/2024"),
    (brief("4/2024").replace("---\n\n", "\n"), "5/2024"),  # its header never ends
    (brief("4/2024", "Grüße").encode("latin-1"), "5/2024"),
    (brief("4/2024").encode("utf-16"), "5/2024"),
    (brief("4/2024", more="series: papers\n"), "2/2024"),
    (brief("", "4/2024 was a year"), "2/2024"),
    (brief("1/2024", more="aliases: [/policy-briefs/2024/9/]\n"), "10/2024"),
    (brief("3/2024", more="key_issues: twice\n"), "4/2024"),
])  # fmt: skip
@pytest.mark.parametrize("where", ["here", "branch", "remote"])
def test_a_number_is_taken_wherever_it_is(project: Project, text: str | bytes, number: str, where: str, tmp_path: Path) -> None:
    path = "briefs/2024/99-other.md"
    if where == "here":
        project.write(path, text)
    else:
        on_branch(project, "feature/other", path, text)
    if where == "remote":
        clone = Project(tmp_path / "clone")
        project.git("clone", "--quiet", ".", str(clone.folder))
        project = clone
        assert project.git("branch", "--format=%(refname:short)") == "main"
    assert field(project.read(project.new("The price of oil")), "number") == number


def test_a_second_series_counts_for_itself(project: Project) -> None:
    on_branch(project, "other", "briefs/papers/47.md", brief("47"))
    assert field(project.read(project.new("The price of oil", "--series", "papers")), "number") == "48"
    assert field(project.read(project.new("The price of oil")), "number") == "2/2024"


def test_a_project_may_be_a_folder_of_a_repository(bare: Project) -> None:
    bare.write("briefs/2024/01-first.md", brief("1/2024"))
    whole = Project(bare.folder.parent)
    whole.git("init", "--quiet", "--initial-branch=main")
    whole.write("briefs/2024/09-elsewhere.md", brief("9/2024"))  # of another project
    whole.commit()
    whole.git("checkout", "--quiet", "-b", "other")
    bare.write("briefs/2024/02-second.md", brief("2/2024"))
    whole.commit()
    whole.git("checkout", "--quiet", "main")
    assert field(bare.read(bare.new("The price of oil")), "number") == "3/2024"


def test_a_branch_without_briefs_does_no_harm(project: Project) -> None:
    project.git("checkout", "--quiet", "--orphan", "pages")
    project.git("rm", "-r", "--quiet", "--force", ".")
    project.commit()
    project.git("checkout", "--quiet", "main")
    _, said = project.run("new", "The price of oil", "--author", "Eva Example")
    assert "on 2 branches" in said


def test_two_who_branched_off_are_told_when_they_meet(project: Project) -> None:
    """Each in a clone of their own, so that neither knows of the other."""
    clones = {name: Project(project.folder.parent / name) for name in ("one", "two")}
    for clone in clones.values():
        project.git("clone", "--quiet", ".", str(clone.folder))
    paths = []
    for name, clone in clones.items():
        clone.git("checkout", "--quiet", "-b", name)
        paths.append(clone.new(f"What {name} found"))
        clone.commit()
        project.git("fetch", "--quiet", str(clone.folder), f"{name}:{name}")
    project.git("merge", "--quiet", "one")
    project.git("merge", "--quiet", "--no-edit", "two")
    taken = [one for one in project.findings() if one["code"] == "number-taken"]
    assert [(one["level"], one["path"], one["message"], one["remedy"]) for one in taken] == [
        ("error", paths[1], f"2/2024 is already used by {paths[0]}, line 11", "take the next free number of the series, 3/2024"),
    ]


def test_on_one_machine_the_second_sees_the_branch_of_the_first(project: Project) -> None:
    project.git("checkout", "--quiet", "-b", "one")
    project.new("What one found")
    project.commit()
    project.git("checkout", "--quiet", "main")
    assert project.new("What two found") == "briefs/2024/03-what-two-found.md"


# Without git


def test_without_a_repository_the_folder_is_all_there_is(bare: Project) -> None:
    bare.write("briefs/2024/01-first.md", brief("1/2024"))
    path, said = bare.run("new", "The price of oil", "--author", "Eva Example")
    assert path == "briefs/2024/02-the-price-of-oil.md"
    assert "Only the briefs in this folder were looked at: this folder is in no git repository." in said


def test_without_git_too(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    path, said = project.run("new", "The price of oil", "--author", "Eva Example")
    assert path == "briefs/2024/02-the-price-of-oil.md"
    assert "looked at: git is not installed" in said


def test_a_repository_without_a_commit_has_no_branch(bare: Project) -> None:
    bare.git("init", "--quiet")
    _, said = bare.run("new", "The price of oil", "--author", "Eva Example")
    assert "on 0 branches" in said


# What is refused


@pytest.mark.parametrize(("arguments", "says"), [
    ([], "there is no title"),
    (["The price of oil"], "there is no author: add --author"),
    (["Oil", "--author", "Eva Example"], '"title" has 3 characters: write at least 5 characters'),
    (["The price of oil", "--author", "Example, Eva"], "write the given name first: Eva Example"),
    (["The price of oil", "--author", "Dr Eva Example"], "write the name alone: Eva Example"),
    (["The price of oil", "--author", "eva-example"], 'there is no "eva-example" in people.yml'),
    (["The price of oil", "--author", "Eva Example", "--date", "15.3.2024"], "write 2024-03-15"),
    (["The price of oil", "--author", "Eva Example", "--date", " "], "--date is empty"),
    (["The price of oil", "--author", "Eva Example", "--lang", "french"], "write fr"),
    (["The price of oil", "--author", "Eva Example", "--series", "paper"], "use one of policy-briefs, papers, notes"),
    (["The \x1b price of oil", "--author", "Eva Example"], "an invisible character, U+001B"),
    (["The \udce4 price of oil", "--author", "Eva Example"], "no UTF-8"),
])  # fmt: skip
def test_what_is_missing_or_wrong_is_said_in_a_sentence(project: Project, arguments: list[str], says: str) -> None:
    assert says in project.refused(*arguments)
    assert [path.name for path in (project.folder / "briefs").rglob("*.md")] == ["01-first.md"]


@pytest.mark.parametrize("kind", ["file", "link", "folder"])
def test_nothing_is_written_over(project: Project, kind: str) -> None:
    path = project.folder / "briefs/notes/2024/the-price-of-oil.md"
    path.parent.mkdir(parents=True)
    if kind == "file":
        path.write_text("not to be lost")
    elif kind == "link":
        path.symlink_to(project.folder / "nothing")
    else:
        path.mkdir()
    assert "already" in project.refused("The price of oil", "--author", "Eva Example", "--series", "notes")
    assert kind != "file" or path.read_text() == "not to be lost"
    assert not (project.folder / "nothing").exists()


@pytest.mark.parametrize("name", ["the-price-of-oil.md", "the-price-of-oil/index.md"])
def test_a_file_of_another_branch_is_not_made_again(project: Project, name: str) -> None:
    on_branch(project, "other", f"briefs/notes/2024/{name}", brief("").replace("number:", "lang: en"))
    assert "on another branch" in project.refused("The price of oil", "--author", "Eva Example", "--series", "notes")


def test_a_broken_series_yml_is_shown(project: Project) -> None:
    project.write("briefs/series.yml", SERIES.replace("timezone: Europe/Brussels\n", ""))
    assert 'there is no "timezone"' in project.refused("The price of oil", "--author", "Eva Example")


def test_other_briefs_may_be_as_broken_as_they_like(project: Project) -> None:
    project.write("briefs/2024/broken.md", "no header at all\n")
    assert project.new("The price of oil") == "briefs/2024/02-the-price-of-oil.md"


def test_on_a_terminal_it_asks(project: Project) -> None:
    ours, theirs = pty.openpty()
    os.write(ours, b"papers\nThe price of oil\nEva Example, Jan Muster\n")
    done = subprocess.run([sys.executable, "-c", "from briefpress.cli import main; main()", "new", "--now", NOW], cwd=project.folder,
                          stdin=theirs, stdout=subprocess.PIPE, stderr=theirs, text=True, check=False, timeout=60)  # fmt: skip
    os.close(theirs)
    os.close(ours)
    assert done.returncode == 0
    text = project.read(done.stdout.strip())
    assert (field(text, "title"), field(text, "number")) == ('"The price of oil"', "1")
    assert '  - "Eva Example"\n  - "Jan Muster"\n' in text
