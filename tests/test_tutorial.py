"""The tutorial does what it says: its commands are run, and its changes made, in a copy of this project."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[1]
TUTORIAL = (ROOT / "docs/writing/tutorial.md").read_text("utf-8")
WORD_FILE = "harbour.docx"
MAKE = {"make site": "build --strict"}
"""What targets of make call; each sets up .venv first, which is there."""


def blocks() -> Iterator[tuple[str, str]]:
    """Give each block of the page, in order: its kind and its text."""
    yield from re.findall(r"^```(\w+)\n(.*?)^```", TUTORIAL, re.DOTALL | re.MULTILINE)


def run(folder: Path, line: str) -> subprocess.CompletedProcess[str]:
    line = MAKE.get(line, line.removeprefix(".venv/bin/briefpress "))
    command = [sys.executable, "-c", "from briefpress.cli import main; main()", *line.split()]
    environment = {name: value for name, value in os.environ.items() if name not in ("SOURCE_DATE_EPOCH", "GITHUB_ACTIONS")}
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False, env=environment)


def change(brief: Path, diff: str) -> None:
    """Make the change that a block shows; what it takes away, or stands beside, has to be there once."""
    text = brief.read_text("utf-8")
    old = "".join(f"{line[1:]}\n" for line in diff.splitlines() if line[0] in " -")
    new = "".join(f"{line[1:]}\n" for line in diff.splitlines() if line[0] in " +")
    assert text.count(old) == 1, old
    brief.write_text(text.replace(old, new), "utf-8")


def test_what_the_tutorial_says_is_what_happens(tmp_path: Path) -> None:
    for part in ("briefs", "docs"):
        shutil.copytree(ROOT / part, tmp_path / part)
    shutil.copy(ROOT / "mkdocs.yml", tmp_path)
    shutil.copy(ROOT / "docs/writing" / WORD_FILE, tmp_path)
    kept = tmp_path / ".cache/briefpress"
    kept.mkdir(parents=True)
    for kind in ("fonts", "pdfs", "glyphs"):
        (ROOT / ".cache/briefpress" / kind).mkdir(parents=True, exist_ok=True)
        (kept / kind).symlink_to(ROOT / ".cache/briefpress" / kind)
    brief = tmp_path / "briefs/2026/04-light-at-the-harbour-mouth-a-sample-for-the-manual/index.md"
    said = ""
    for kind, text in blocks():
        if kind == "diff":
            change(brief, text)
        elif kind == "text":
            assert text in said
        elif kind == "sh" and text.strip() != "make serve":  # which goes on until it is stopped; test_serve.py tries it
            done = run(tmp_path, text.strip())
            said = done.stdout + done.stderr
            assert done.returncode == 0, said
            if "--fix" in text:
                assert "+topics: [archives]" in said
                assert said.count("\n+") == 2, "that line and the name of the file"
            if text.startswith(".venv/bin/briefpress check briefs"):
                assert re.findall(r"\[([a-z-]+)\]", said) == ["key-issue-full-stop", "text-length", "alt-missing"]
    page = (tmp_path / "site/policy-briefs/2026/4/index.html").read_text("utf-8")
    assert "Light at the harbour mouth: a sample for the manual" in page
    assert "Six columns, each lower than the one before it" in page
    assert list((tmp_path / "site/policy-briefs/2026/4").glob("*.pdf"))


def test_the_tutorial_has_every_kind_of_step() -> None:
    kinds = [kind for kind, _ in blocks()]
    assert kinds.count("sh") == 6
    assert kinds.count("diff") == 4
    assert {"sh", "diff", "text"} == set(kinds)
