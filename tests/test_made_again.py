"""What is made again after each kind of edit is what the edit concerns, on any machine."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from desk import Desk, Draft, svg, table

THEME = Path(__file__).parents[1] / "scripts/briefpress/site/theme"
EVERYTHING = {"briefs": 7, "lists": 14, "pages": 2, "record": 5, "feeds": 4}
"""Units of a site of seven public briefs: their pages, the lists, pages of ours, files of the record, and feeds of authors and topics."""
SETTINGS = {"briefs": 7, "record": 4, "feeds": 4}


def brief(name: str, **values: Any) -> Callable[[Desk], None]:
    """Give a brief other values; those in capitals are its header's."""

    def edit(desk: Desk) -> None:
        one = desk.project.briefs[name]
        for key, value in values.items():
            if key.isupper():
                one.fields[key.lower()] = value
            else:
                setattr(one, key, value)

    return edit


def said(**values: Any) -> Callable[[Desk], None]:
    return lambda desk: desk.project.values.update(values)


def text(name: str, content: str) -> Callable[[Desk], None]:
    return lambda desk: desk.project.more.update({name: content})


def beside(name: str, **files: bytes) -> Callable[[Desk], None]:
    return lambda desk: desk.project.briefs[name].files.update({key.replace("_", "."): data for key, data in files.items()})


def added(desk: Desk) -> None:
    desk.project.briefs["new"] = Draft("2025/04-new.md", "4/2025", "2025-12-01", "A new brief")


def deleted(desk: Desk) -> None:
    del desk.project.briefs["phares"]


def touched(desk: Desk) -> None:
    for name in desk.written:
        os.utime(desk.folder / name, (1_750_000_000, 1_750_000_000))


CASES: tuple[tuple[str, Callable[[Desk], None], dict[str, int], int, int, int], ...] = (
    # what was edited, units made again, bodies set, files read and checked
    ("nothing", lambda desk: None, {}, 0, 0, 0),
    ("times alone", touched, {}, 0, 0, 0),
    ("a text", brief("tides", text="Another paragraph, so that there is a text to set."), {"briefs": 1}, 1, 1, 1),
    ("a heading to which nothing leads", brief("grid", headings=["One", "What we found", "What to do"]), {"briefs": 1}, 1, 1, 3),
    # The page, those before and behind it, those that recommend it, the lists and feeds that name it.
    ("a title", brief("tides", title="What the tides are worth"), {"briefs": 5, "lists": 4, "record": 3, "feeds": 2}, 0, 1, 1),
    ("keywords", brief("tides", KEYWORDS=["sea"]), {"briefs": 5, "record": 3, "feeds": 2}, 0, 1, 1),
    ("a topic of a brief", brief("phares", TOPICS=["access"]), {"briefs": 6, "lists": 3, "record": 3, "feeds": 4}, 0, 1, 1),
    ("a brief more", added, {"briefs": 4, "lists": 6, "record": 3, "feeds": 1}, 1, 1, 1),
    ("a brief less", deleted, {"briefs": 5, "lists": 6, "record": 3, "feeds": 3}, 0, 0, 0),
    ("a data file", beside("ports", bars_csv=table(61)), {"briefs": 1, "record": 3, "feeds": 3}, 0, 0, 1),
    ("a figure", beside("chart", bars_svg=svg(7)), {"briefs": 1, "record": 3, "feeds": 1}, 0, 0, 1),
    ("a portrait", said(portrait=1), {"files": 1}, 0, 0, 0),
    ("a disclaimer", said(disclaimer="Other words that make up a disclaimer."), SETTINGS, 0, 9, 9),
    ("the label of a topic", said(topic="Records"), SETTINGS | {"lists": 3}, 0, 9, 9),
    ("a biography", said(bio="Another line about her."), SETTINGS | {"lists": 1}, 0, 9, 9),
    ("a template", text("overrides/brief.html", f"{(THEME / 'brief.html').read_text(encoding='utf-8')}<!-- -->"), EVERYTHING, 0, 0, 0),
    ("the menu", said(nav=True), {"briefs": 7, "lists": 14, "pages": 2}, 0, 0, 0),
    ("a page of docs", lambda desk: desk.project.docs.update({"about.md": "More."}), {}, 0, 0, 0),
)  # fmt: skip


@pytest.mark.parametrize(("edit", "made", "bodies", "read", "checked"), [case[1:] for case in CASES], ids=[case[0] for case in CASES])
def test_what_is_made_again(
    tmp_path: Path, brief_text: Callable[..., str], edit: Callable[[Desk], None], made: dict[str, int], bodies: int, read: int, checked: int
) -> None:
    desk = Desk(tmp_path, brief_text)
    desk.start()
    edit(desk)
    desk.start()
    run = desk.rendering
    assert run is not None
    assert {kind: count for kind, count in run.made.items() if count} == made
    assert run.store.made.get("bodies", 0) == bodies
    assert run.survey.ledger.counts == {"read": read, "checked": checked}


@pytest.mark.parametrize(("values", "papers", "printed"), [({}, 0, 0), ({"KEYWORDS": ["sea"]}, 1, 1), ({"title": "What the tides are worth"}, 1, 1)])
def test_what_is_printed_again(tmp_path: Path, brief_text: Callable[..., str], values: dict[str, Any], papers: int, printed: int) -> None:
    desk = Desk(tmp_path, brief_text, pdf=True, shared=("fonts", "figures", "cards"))
    desk.project.briefs = {name: desk.project.briefs[name] for name in ("tides", "note")}
    for one in desk.project.briefs.values():
        one.links, one.fields["related"], one.fields["topics"] = [], None, None
    desk.project.briefs["note"].fields["author"] = "Bea Sample"
    desk.project.shown = "tides"
    desk.start()
    brief("tides", **values)(desk)
    desk.start()
    assert desk.rendering is not None
    assert desk.rendering.made.get("papers", 0) == papers
    assert desk.rendering.store.made.get("pdfs", 0) == printed


def test_a_deleted_brief_leaves_nothing_behind(tmp_path: Path, brief_text: Callable[..., str]) -> None:
    desk = Desk(tmp_path, brief_text)
    desk.start()
    assert (tmp_path / "site/policy-briefs/2025/2/index.html").is_file()
    deleted(desk)
    desk.start()
    assert not (tmp_path / "site/policy-briefs/2025/2").exists()
    for page in (tmp_path / "site").rglob("*.*"):
        assert b"promet un phare" not in page.read_bytes()
