"""What is kept between builds: how much, what no site uses, and taking that out without harm."""

from __future__ import annotations

import logging
import os
import re
import shutil
import time
from pathlib import Path

import pytest
from click.testing import CliRunner

from briefpress.cli import main
from briefpress.store import Store, digest
from briefpress.upkeep import DAY, FRESH, entries, prune
from conftest import brief_text, make_project, run_build

BODY = f"## One\n\n{'Some words of a text that is long enough. ' * 40}\n"
LATER = 2 * FRESH
"""Seconds."""


@pytest.fixture(scope="module")
def once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build a site with a figure, PDFs and a search whose store is its own alone; gives the project, and a copy of it lies beside it."""
    figure = "```figure\ndata: a.csv\nalt: A bar of one and a bar of two, side by side.\nmark: bar\nencoding: {x: {field: a}, y: {field: b}}\n```\n"
    folder = make_project(tmp_path_factory.mktemp("kept") / "project", {
        "2024/01.md": brief_text("1/2024", "2024-03-15", "The first of two", BODY),
        "2024/02-two/index.md": brief_text("2/2024", "2024-04-15", "The second of two", f"{BODY}\n{figure}"),
        "2024/02-two/a.csv": "a,b\nx,1\ny,2\n",
    })  # fmt: skip
    for kind in ("pdfs", "glyphs"):
        (folder / ".cache/briefpress" / kind).unlink()  # a link to what all tests share
    done = run_build(folder)
    assert done.returncode == 0, done.stderr
    shutil.copytree(folder, folder.with_name("copy"), symlinks=True)
    return folder


@pytest.fixture
def built(once: Path) -> Path:
    """Give that project as it was: a site is known by its place."""
    shutil.rmtree(once)
    shutil.copytree(once.with_name("copy"), once, symlinks=True)
    return once


def unused(folder: Path) -> dict[str, int]:
    counts: dict[str, int] = {}
    for entry in entries(Store.of(folder), folder):
        counts[entry.kind] = counts.get(entry.kind, 0) + (not entry.used)
    return counts


def pruned(folder: Path, *, days: int = 0, after: float = LATER) -> dict[str, int]:
    gone = prune(entries(Store.of(folder), folder), time.time() + after, days)
    return {kind: sum(one.kind == kind for one in gone) for kind in sorted({one.kind for one in gone})}


def cache(folder: Path, *arguments: str) -> str:
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        logger = logging.getLogger("mkdocs")
        for name in ("handlers", "propagate", "level"):
            patch.setattr(logger, name, getattr(logger, name))
        done = CliRunner().invoke(main, ["cache", *arguments])
    assert done.exit_code == 0, done.output
    return done.stdout


def tree(folder: Path) -> dict[str, bytes]:
    found = {file.relative_to(folder).as_posix(): file.read_bytes() for file in folder.rglob("*") if file.is_file()}
    return {address: data for address, data in found.items() if not address.startswith("pagefind/")}  # its bytes are not the same each time


def test_what_a_site_is_made_from_is_used(built: Path) -> None:
    counts = unused(built)
    assert {"bodies", "cards", "figures", "glyphs", "ledger", "pages", "papers", "pdfs", "search", "sites", "uses"} <= counts.keys()
    assert not any(counts.values()), counts
    assert "fonts" not in counts, "that is a link, and what lies behind it is others' too"


def test_an_edit_leaves_what_it_replaced_and_nothing_else(built: Path) -> None:
    file = built / "briefs/2024/01.md"
    file.write_text(file.read_text() + "\nOne word more.\n")
    assert run_build(built).returncode == 0
    left = {kind: count for kind, count in unused(built).items() if count}
    assert left == {"bodies": 1, "glyphs": 1, "pages": 1, "papers": 1, "pdfs": 1, "search": 1}
    assert pruned(built, days=1) == {}
    assert pruned(built, days=1, after=DAY + 60) == left
    assert not any(unused(built).values())


def test_what_a_page_was_made_from_stays_though_no_build_asks_for_it(built: Path) -> None:
    assert run_build(built).returncode == 0  # nothing to do
    assert pruned(built) == {}
    custom = built / "overrides"
    custom.mkdir()
    (custom / "own.html").write_text("A template of the project's own.")
    settings = built / "mkdocs.yml"
    settings.write_text(re.sub(r"(?m)^theme:$", "theme:\n  custom_dir: overrides", settings.read_text()))
    assert "custom_dir" in settings.read_text()
    done = run_build(built)
    assert "bodies 0" in done.stderr, "every page is made anew, and no text"
    assert "PDFs 0" in done.stderr
    assert {kind: count for kind, count in unused(built).items() if count} == {"pages": 2, "papers": 2}


def test_of_a_site_that_is_gone_nothing_is_used(built: Path) -> None:
    shutil.rmtree(built / "site")
    counts = unused(built)
    assert counts.pop("ledger") == 0, "that is of the briefs"
    assert all(counts.values())


def test_without_anything_kept_the_same_site_is_made(built: Path) -> None:
    before = tree(built / "site")
    for entry in entries(Store.of(built), built):
        (shutil.rmtree if entry.file.is_dir() else os.unlink)(entry.file)
    assert run_build(built).returncode == 0
    assert tree(built / "site") == before


def test_a_store_that_was_carried_to_a_fresh_checkout(built: Path) -> None:
    before = tree(built / "site")
    shutil.rmtree(built / "site")
    for file in (built / "briefs").rglob("*"):
        os.utime(file, (1_900_000_000, 1_900_000_000))
    done = run_build(built)
    assert "bodies 0" in done.stderr
    assert "PDFs 0" in done.stderr
    assert tree(built / "site") == before


def test_the_command_shows_and_takes_out_nothing_unless_it_is_told_to(built: Path) -> None:
    store = Store.of(built)
    key = digest("an old one")
    store.put("bodies", key, b"x" * 2_000_000)
    then = time.time() - 40 * DAY
    os.utime(store.file("bodies", key), (then, then))
    shown = cache(built)
    assert re.search(r"^bodies +3 +2\.0 +1 +2\.0$", shown, re.MULTILINE)
    assert "briefpress cache --prune --days 30 would take out 1 entry, 2.0 MB" in shown
    assert "would take out 0 entries" in cache(built, "--days", "60")
    assert store.has("bodies", key)
    assert "taken out: 1 entry, 2.0 MB" in cache(built, "--prune")
    assert not store.has("bodies", key)
    assert "taken out: 0 entries" in cache(built, "--prune", "--days", "0")


def test_an_entry_that_is_used_says_so_by_its_time(tmp_path: Path) -> None:
    store = Store(tmp_path)
    for name, days in (("new", 0.5), ("old", 2.0)):
        store.put("bodies", digest(name), b"x")
        then = time.time() - days * DAY
        os.utime(store.file("bodies", digest(name)), (then, then))
        store.get("bodies", digest(name))
        age = time.time() - store.file("bodies", digest(name)).stat().st_mtime
        assert (age > 100) == (name == "new"), "a day is exact enough"


def test_uses_are_noted_by_those_who_want_to_know(tmp_path: Path) -> None:
    store = Store(tmp_path)
    with store.noting() as outer:
        store.put("a", "1", b"")
        with store.noting() as inner:
            store.get("b", "2")
        store.note(inner)
    store.get("c", "3")
    assert (inner, outer, store.used) == ({("b", "2")}, {("a", "1"), ("b", "2")}, {("c", "3")})
    assert not Store(tmp_path).has("b", "2")


def test_an_index_that_a_build_is_making_is_left_alone(tmp_path: Path) -> None:
    scratch = tmp_path / "search/tmp1/pages"
    scratch.mkdir(parents=True)
    (scratch / "index.html").write_text("x" * 1000)
    (one,) = found = list(entries(Store(tmp_path), tmp_path))
    assert (one.kind, one.file, one.size, one.used) == ("search", tmp_path / "search/tmp1", 1000, False)
    assert prune(found, time.time() + FRESH - 60, 0) == []
    assert prune(found, time.time() + LATER, 0) == [one]
    assert not (tmp_path / "search/tmp1").exists()


def test_no_store_at_all(tmp_path: Path) -> None:
    assert list(entries(Store(tmp_path / "none"), tmp_path)) == []
