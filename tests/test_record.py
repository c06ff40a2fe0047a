"""The version of record: what is public changes on the record only, and never vanishes in silence."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

BRIEFPRESS = str(Path(sys.executable).parent / "briefpress")
NOW = "2024-07-01"
BODY = """\
## Introduction

The first paragraph says that the share is 41 per cent.

The second paragraph
runs over two lines.

## What to do

One thing. <!-- a comment -->
"""
CORRECTION = {"date": "2024-06-20", "kind": "correction", "note": "The share is 44 per cent in the introduction, not 41."}
TYPO = {"kind": "typo"}
Write = Callable[..., str]


class Repository:
    """A project in a git repository, as an editor has it."""

    def __init__(self, root: Path, project: Path | None = None) -> None:
        self.root, self.project = root, project or root
        self.git("init", "--quiet", "--initial-branch=main")

    def git(self, *arguments: str) -> str:
        who = {f"GIT_{role}_{what}": f"{role}@example.org" for role in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}
        done = subprocess.run(["git", "-c", "commit.gpgsign=false", *arguments], cwd=self.root, env=os.environ | who,
                              capture_output=True, text=True, check=True)  # fmt: skip
        return done.stdout

    def write(self, path: str, text: str | bytes) -> None:
        file = self.project / "briefs" / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(text if isinstance(text, bytes) else text.encode())

    def commit(self) -> None:
        self.git("add", "--all")
        self.git("commit", "--quiet", "--allow-empty", "--message", "A step")

    def check(self, ref: str = "main", *more: str, now: str = NOW, **environment: str) -> subprocess.CompletedProcess[str]:
        command = [BRIEFPRESS, "check", "--against", ref, "--now", now, "--format", "json", *more]
        return subprocess.run(command, cwd=self.project, env=os.environ | environment, capture_output=True, text=True, check=False)

    def found(self, ref: str = "main", now: str = NOW) -> list[tuple[str, str, int, str, str]]:
        """What the record's own rules find: code, path, line, message, remedy."""
        done = self.check(ref, now=now)
        assert done.returncode in (0, 1), done.stderr
        rows = [one for one in json.loads(done.stdout) if one["code"].startswith("record-")]
        assert not rows or done.returncode == 1
        return [(one["code"], one["path"].removeprefix("briefs/"), one["line"], one["message"], one["remedy"]) for one in rows]

    def codes(self, ref: str = "main", now: str = NOW) -> list[str]:
        return [one[0] for one in self.found(ref, now)]


@pytest.fixture
def repository(project: Callable[..., Path], brief_text: Write) -> Repository:
    """A folder brief, two others, a draft and an embargoed one, all committed on `main`."""
    figure = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 8 8" width="8" height="8"/>\n'
    folder = project(
        {
            "2024/1.md": one(brief_text),
            "2024/2.md": brief_text("2/2024", "2024-05-02", "The second brief", BODY, corrections=[CORRECTION]),
            "2024/3/index.md": brief_text("3/2024", "2024-05-03", "The third brief", f"{BODY}\n![A square that is empty](a.svg)\n", data=["a.csv"]),
            "2024/3/a.svg": figure,
            "2024/3/a.csv": "year,share\n2024,41\n",
            "2024/4.md": brief_text("4/2024", "2024-05-04", "A draft", BODY, draft=True),
            "2024/5.md": brief_text("5/2024", "2024-05-05", "An embargoed brief", BODY, embargo="2024-08-01"),
        }
    )
    made = Repository(folder)
    (folder / ".gitignore").write_text("/.cache\n/site\n")
    made.commit()
    return made


def one(write: Write, number: str = "1/2024", date: str = "2024-05-01", title: str = "The first brief", body: str = BODY, **fields: object) -> str:
    return write(number, date, title, body, **fields)


CHANGES = {
    "a paragraph": ({"body": BODY.replace("41", "44")},
                    ['paragraph 1 under "Introduction" changed: "share is 41 per cent." is now "share is 44 per cent."']),
    "the second": ({"body": BODY.replace("two lines", "three")},
                   ['paragraph 2 under "Introduction" changed: "runs over two lines." is now "runs over three."']),
    "a heading": ({"body": BODY.replace("What to do", "What next")}, ['the heading "What next" changed']),
    "one more": ({"body": BODY + "\nAnd another.\n"}, ['paragraph 2 under "What to do" is new: "And another."']),
    "one less": ({"body": BODY.replace("One thing. <!-- a comment -->\n", "")}, ['paragraph 1 under "What to do" is gone: "One thing."']),
    "all of it": ({"body": "## Other\n\nNothing of the old.\n"}, ["changed", "changed", "is gone", "is gone", "is gone"]),
    "title": ({"title": "The best brief"}, ['the title changed: "The first brief" is now "The best brief"']),
    "subtitle": ({"subtitle": "With a subtitle now"}, ["the subtitle changed"]),
    "by-line": ({"author": "Bea Sample"}, ['the author changed: "Ada Example" is now "Bea Sample"']),
    "order of authors": ({"author": ["Bea Sample", "Ada Example"]}, ["the author changed"]),
    "date": ({"date": "2024-05-11"}, ['the date changed: "2024-05-01" is now "2024-05-11"']),
    "key issues": ({"key_issues": ["The one key issue says in a sentence what is at stake here.",
                                   "The other one says in a sentence what should be done."]}, ["the key issues changed"]),
    "line ends, blanks, comments": ({"body": BODY.replace("\nruns", " runs").replace("<!-- a comment -->", "").replace("\n\n", "\n \n\n")}, []),
    "topics and keywords": ({"topics": ["records"], "keywords": ["share"],
                             "description": "A sentence of fifty characters and more, for search."}, []),
}  # fmt: skip


@pytest.mark.parametrize("name", CHANGES)
def test_a_change_is_named_and_passes_with_an_entry(repository: Repository, brief_text: Write, name: str) -> None:
    fields, said = CHANGES[name]
    repository.write("2024/1.md", one(brief_text, **fields))
    found = repository.found()
    assert [row[:2] for row in found] == [("record-text", "2024/1.md")] * len(said)
    assert [row[3] for row in found if not any(words in row[3] for words in said)] == []
    assert all("1/2024 is public at main" in row[3] and "kind: typo" in row[4] for row in found)

    late = {**CORRECTION, "date": "2024-06-21"}
    for entry in (late, TYPO):
        repository.write("2024/1.md", one(brief_text, **fields, corrections=[entry]))
        assert repository.found() == []


def test_the_line_is_that_of_the_paragraph_in_the_file(repository: Repository, brief_text: Write) -> None:
    text = one(brief_text, body=BODY.replace("One thing", "Two things"))
    repository.write("2024/1.md", text)
    (found,) = repository.found()
    assert text.splitlines()[found[2] - 1].startswith("Two things")
    done = subprocess.run([BRIEFPRESS, "check", "--against", "main", "--now", NOW, "--format", "github"], cwd=repository.project,
                          capture_output=True, text=True, check=False)  # fmt: skip
    assert f"::error file=briefs/2024/1.md,line={found[2]},col=1,title=record-text::" in done.stdout


def test_a_second_typo_needs_an_entry_again(repository: Repository, brief_text: Write) -> None:
    repository.write("2024/1.md", one(brief_text, body=BODY.replace("41", "44"), corrections=[TYPO]))
    repository.commit()
    again = BODY.replace("41", "45")
    repository.write("2024/1.md", one(brief_text, body=again, corrections=[TYPO]))
    assert repository.codes("HEAD") == ["record-text"]
    repository.write("2024/1.md", one(brief_text, body=again, corrections=[TYPO, TYPO]))
    assert repository.codes("HEAD") == []


@pytest.mark.parametrize("entries", [
    None, [{**CORRECTION, "note": "The share is another one now, in the introduction."}], [{**CORRECTION, "date": "2024-06-21"}],
])  # fmt: skip
def test_what_is_in_the_log_stays(repository: Repository, brief_text: Write, entries: object) -> None:
    fields = {"corrections": entries} if entries else {}
    repository.write("2024/2.md", brief_text("2/2024", "2024-05-02", "The second brief", BODY, **fields))
    (found,) = repository.found()
    assert found[0] == "record-correction"
    assert "the correction of 2024-06-20, public at main, is gone or has changed" in found[3]
    assert CORRECTION["note"] in found[4]


@pytest.mark.parametrize(("name", "data"), [
    ("a.csv", "year,share\n2024,44\n"), ("a.svg", '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>'),
])  # fmt: skip
def test_a_figure_and_its_data_are_part_of_the_text(repository: Repository, name: str, data: str) -> None:
    repository.write(f"2024/3/{name}", data)
    (found,) = repository.found()
    assert found[0] == "record-text"
    assert f"the file {name} changed" in found[3]
    text = (repository.project / "briefs/2024/3/index.md").read_text()
    log = '\ncorrections:\n  - {date: 2024-06-20, kind: correction, note: "The figure has the new shares."}\n---\n'
    repository.write("2024/3/index.md", text.replace("\n---\n", log, 1))
    assert repository.codes() == []


def test_a_renamed_file_or_folder_is_the_same_brief(repository: Repository) -> None:
    repository.git("mv", "briefs/2024/3", "briefs/2024/03-renamed")
    (repository.project / "briefs/2024/1.md").rename(repository.project / "briefs/2024/01-renamed ä.md")
    assert repository.found() == []


def test_line_ends_of_the_machine_are_no_change(repository: Repository) -> None:
    for name in ("2024/1.md", "2024/3/a.csv"):
        file = repository.project / "briefs" / name
        file.write_bytes(file.read_bytes().replace(b"\n", b"\r\n"))
    assert repository.found() == []


def test_a_name_in_people_yml_is_in_every_byline(repository: Repository, brief_text: Write) -> None:
    repository.write("people.yml", "ada-example:\n  name: Ada Example\n")
    repository.write("2024/1.md", one(brief_text, author="ada-example"))
    repository.commit()
    repository.write("people.yml", "ada-example:\n  name: Ada Muster\n")
    assert [row[:2] for row in repository.found("HEAD")] == [("record-text", "2024/1.md")]


def test_what_was_not_public_is_free(repository: Repository, brief_text: Write) -> None:
    for number, fields in (("4", {"draft": True}), ("5", {"embargo": "2024-08-01"})):
        repository.write(f"2024/{number}.md", brief_text(f"{number}/2024", f"2024-05-0{number}", "Another title", "Nothing.\n", **fields))
    assert repository.found() == []
    assert set(repository.codes(now="2024-08-02")) == {"record-text"}
    (repository.project / "briefs/2024/4.md").unlink()
    assert repository.found() == []


# What vanishes


def test_a_deleted_brief(repository: Repository) -> None:
    (repository.project / "briefs/2024/1.md").unlink()
    (found,) = repository.found()
    assert found[:3] == ("record-vanished", "2024/1.md", 1)
    assert "1/2024 is public at main and its file is gone" in found[3]
    assert "git checkout main -- briefs/2024/1.md" in found[4]
    assert "withdrawal" in found[4]


def test_a_draft_without_a_number_hides_a_public_brief_too(repository: Repository) -> None:
    repository.write("2024/1.md", f"---\ntitle: The first brief\ndraft: true\n---\n\n{BODY}")
    (found,) = repository.found()
    assert found[:2] == ("record-vanished", "2024/1.md")
    assert "is now a draft" in found[3]


def test_a_renumbered_brief_is_no_draft_and_keeps_its_log(repository: Repository, brief_text: Write) -> None:
    late = {**CORRECTION, "date": "2024-06-25"}
    moved = {"number": "9/2024", "date": "2024-05-02", "title": "The second brief", "aliases": ["/policy-briefs/2024/2/"]}
    for fields, codes in (({"corrections": [CORRECTION, late]}, []), ({"corrections": [late]}, ["record-correction"]),
                          ({"corrections": [CORRECTION, late], "draft": True}, ["record-vanished"]),
                          ({"corrections": [CORRECTION, late], "embargo": "2024-09-01"}, ["record-vanished"])):  # fmt: skip
        (repository.project / "briefs/2024/2.md").unlink(missing_ok=True)
        repository.write("2024/nine.md", one(brief_text, body="## All\n\nAnother text altogether.\n", **moved, **fields))
        assert repository.codes() == codes


def test_a_brief_under_the_index_of_another_is_not_read(repository: Repository, brief_text: Write) -> None:
    repository.write("2024/index.md", one(brief_text, number="6/2024", title="A brief above all others", body="## All\n\nOther words.\n"))
    found = [row for row in repository.found() if row[1] == "2024/1.md"]
    assert [row[0] for row in found] == ["record-vanished"]
    assert "an index.md lies above it" in found[0][3]


@pytest.mark.parametrize("data", [None, ["a.csv", "b.csv"], [{"file": "a.csv", "title": "Another title"}]])
def test_what_is_offered_for_download_is_part_of_the_text(repository: Repository, brief_text: Write, data: object) -> None:
    repository.write("2024/3/b.csv", "a,b\n1,2\n")
    fields = {"data": data} if data else {}
    repository.write("2024/3/index.md", brief_text("3/2024", "2024-05-03", "The third brief",
                                                   f"{BODY}\n![A square that is empty](a.svg)\n", **fields))  # fmt: skip
    assert repository.codes() == ["record-text"]


@pytest.mark.parametrize(("fields", "how"), [({"draft": True}, "a draft"), ({"embargo": "2024-09-01"}, "under an embargo")])
def test_a_hidden_brief(repository: Repository, brief_text: Write, fields: dict[str, object], how: str) -> None:
    repository.write("2024/1.md", one(brief_text, **fields))
    (found,) = repository.found()
    assert found[0] == "record-vanished"
    assert f"is now {how}" in found[3]


def test_a_renumbered_brief(repository: Repository, brief_text: Write) -> None:
    alias = {"aliases": ["/policy-briefs/2024/1/"]}
    for fields, passes in (({}, False), (alias, False), ({"corrections": [CORRECTION]}, False),
                           ({**alias, "corrections": [TYPO]}, False), ({**alias, "corrections": [CORRECTION]}, True)):  # fmt: skip
        repository.write("2024/1.md", one(brief_text, number="9/2024", **fields))
        found = repository.found()
        assert [row[0] for row in found] == ([] if passes else ["record-vanished"])
        if found:
            assert "1/2024 is public at main and is now 9/2024" in found[0][3]
            assert "/policy-briefs/2024/1/" in found[0][4]


def test_a_series_that_moves_takes_its_permalinks(repository: Repository) -> None:
    path = repository.project / "briefs/series.yml"
    path.write_text(path.read_text().replace("slug: policy-briefs", "slug: papers"))
    assert repository.codes() == ["record-vanished"] * 3


@pytest.mark.parametrize(("numbering", "number", "renamed"), [("continuous", "47", []), ("none", None, ["record-vanished"])])
def test_other_numberings(project: Callable[..., Path], brief_text: Write, numbering: str, number: str | None, renamed: list[str]) -> None:
    from_file = project({"2024/old-name.md": ""})
    series = from_file / "briefs/series.yml"
    series.write_text(series.read_text().replace("per-year", numbering))
    text = one(brief_text, number=number or "0")
    text = text if number else re.sub("(?m)^number: .*\n", "", text)
    made = Repository(from_file)
    made.write("2024/old-name.md", text)
    (from_file / ".gitignore").write_text("/.cache\n")
    made.commit()
    made.git("mv", "briefs/2024/old-name.md", "briefs/2024/new-name.md")
    assert made.codes() == renamed
    log = ("\naliases: [/policy-briefs/2024/old-name/]\ncorrections:\n"
           '  - {date: 2024-06-20, kind: correction, note: "The address has the new title."}\n---\n')  # fmt: skip
    made.write("2024/new-name.md", text.replace("\n---\n", log, 1))
    assert made.codes() == []


# Branches


def test_a_number_that_two_branches_took(repository: Repository, brief_text: Write) -> None:
    repository.git("checkout", "--quiet", "-b", "side")
    repository.write("2024/mine.md", one(brief_text, number="6/2024", title="What this branch says"))
    repository.commit()
    repository.git("checkout", "--quiet", "main")
    repository.write("2024/theirs.md", one(brief_text, number="6/2024", title="What the other says"))
    repository.write("2024/more.md", one(brief_text, number="7/2024", title="And more of it"))
    repository.commit()
    repository.git("checkout", "--quiet", "side")
    (found,) = repository.found()
    assert found[:2] == ("record-number", "2024/mine.md")
    assert "briefs/2024/theirs.md" in found[3]
    assert "briefs/2024/mine.md" in found[3]
    assert found[4].endswith("8/2024"), "free in both"


def test_a_branch_that_lags_behind_does_not_answer_for_others(repository: Repository, brief_text: Write) -> None:
    repository.git("checkout", "--quiet", "-b", "side")
    repository.write("2024/8.md", one(brief_text, number="8/2024", title="What this branch says"))
    repository.commit()
    repository.git("checkout", "--quiet", "main")
    repository.write("2024/1.md", one(brief_text, body=BODY.replace("41", "44"), corrections=[CORRECTION]))
    repository.write("2024/9.md", one(brief_text, number="9/2024", title="Published meanwhile"))
    (repository.project / "briefs/2024/2.md").unlink()
    repository.write("2024/3/a.csv", "year,share\n2024,50\n")
    repository.commit()
    repository.git("checkout", "--quiet", "side")
    assert repository.found() == []
    repository.write("2024/1.md", one(brief_text, body=BODY.replace("One thing", "Two things")))
    assert repository.codes() == ["record-text"]


# Where nothing can be compared


@pytest.mark.parametrize("ref", ["nope", "-x", "--help", "", "main:briefs", "HEAD~99"])
def test_an_unknown_ref_is_a_wrong_call(repository: Repository, ref: str) -> None:
    done = subprocess.run([BRIEFPRESS, "check", f"--against={ref}"], cwd=repository.project, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert "git fetch" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_shallow_clone_is_never_a_pass(repository: Repository, tmp_path: Path) -> None:
    repository.commit()
    subprocess.run(["git", "clone", "--quiet", "--depth", "1", f"file://{repository.root}", str(tmp_path / "shallow")], check=True)
    done = subprocess.run([BRIEFPRESS, "check", "--against", "HEAD"], cwd=tmp_path / "shallow", capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert "git fetch --unshallow" in done.stderr
    assert "fetch-depth: 0" in done.stderr


def test_without_a_repository_or_git_it_is_said(repository: Repository, tmp_path: Path) -> None:
    apart = tmp_path / "apart"
    shutil.copytree(repository.project / "briefs", apart / "briefs")
    for folder, path, said in ((apart, os.environ["PATH"], "no git repository"), (repository.project, "/nowhere", "git is not installed")):
        environment = os.environ | {"PATH": path, "GIT_CEILING_DIRECTORIES": str(tmp_path)}
        for arguments, code in ((("--against", "main"), 2), ((), 0)):
            done = subprocess.run([BRIEFPRESS, "check", "--now", NOW, *arguments], cwd=folder, env=environment,
                                  capture_output=True, text=True, check=False)  # fmt: skip
            assert done.returncode == code, done.stderr
            assert (said in done.stderr) == bool(arguments)
            assert "Traceback" not in done.stderr


def test_a_repository_without_commits(project: Callable[..., Path], brief_text: Write) -> None:
    made = Repository(project({"2024/1.md": one(brief_text)}))
    assert made.check("main").returncode == 2
    assert made.check("HEAD").returncode == 2


def test_a_project_in_a_folder_of_a_larger_repository(project: Callable[..., Path], brief_text: Write) -> None:
    folder = project({"2024/1.md": one(brief_text)})
    (folder / ".gitignore").write_text(".cache\n")
    made = Repository(folder.parent, folder)
    (folder.parent / "other file ü.txt").write_text("not ours")
    made.commit()
    made.write("2024/1.md", one(brief_text, body=BODY.replace("41", "44")))
    assert [row[:2] for row in made.found()] == [("record-text", "2024/1.md")]
