"""After any edits the site is that of a build from nothing, byte for byte, and so is what is said of it."""

from __future__ import annotations

import copy
import os
import posixpath
import re
import shutil
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any, ClassVar

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from briefpress.site import rendering
from desk import STORE, Desk, Draft, Project, files_of, svg, table

ROOT = Path(__file__).parents[1]
THEME = ROOT / "scripts/briefpress/site/theme"
SOAK_STEPS = int(os.environ.get("SOAK_STEPS", "0"))
"""Edits of a long run; 0 for the short one that is always the same."""

# What can happen

WHICH = st.integers(0, 11)
SOME = st.integers(0, 3)
CAREFUL = st.sampled_from([True, True, True, False])
"""Who is not leaves links that lead nowhere, and there is no site to compare."""


class Edits(RuleBasedStateMachine):
    """Edits, accidents and builds in any order; after every one or two of them two sites are held one against the other."""

    place: ClassVar[Path]
    write: ClassVar[Callable[..., str]]
    pace: ClassVar[int] = 1
    """After how many edits the sites are compared."""
    opened: ClassVar[int] = 0
    steps: ClassVar[int] = 0
    longest: ClassVar[int] = 0
    built: ClassVar[int] = 0
    """How many of the comparisons were of two sites, and not of two failures."""

    def __init__(self) -> None:
        super().__init__()
        type(self).opened += 1
        self.desk = Desk(self.place / f"{self.opened}", type(self).write)
        self.desk.folder.mkdir()
        self.good = copy.deepcopy(self.project)
        self.older: list[tuple[Project, float]] = []
        self.count = self.own = 0

    @property
    def project(self) -> Project:
        return self.desk.project

    def brief(self, which: int) -> Draft:
        return list(self.project.briefs.values())[which % len(self.project.briefs)]

    def folder_brief(self, which: int) -> Draft:
        found = [one for one in self.project.briefs.values() if one.in_folder] or list(self.project.briefs.values())
        return found[which % len(found)]

    def fresh(self) -> int:
        """A number that no edit had before."""
        self.count += 1
        return self.count

    @invariant()
    def the_sites_are_one(self) -> None:
        self.own += 1
        type(self).steps += 1
        type(self).longest = max(self.longest, self.own)
        if self.own % self.pace == 0:
            self.compare()

    def compare(self) -> None:
        """Hold the edited site against a clean one; what cannot be built is taken back."""
        if self.desk.hold():
            type(self).built += 1
            self.good = copy.deepcopy(self.project)
            self.older.append((self.good, self.desk.clock))
        else:
            self.desk.project = copy.deepcopy(self.good)

    def teardown(self) -> None:
        shutil.rmtree(self.desk.folder, ignore_errors=True)

    # -- briefs ------------------------------------------------------------------------------------

    @rule(year=st.sampled_from(["2024", "2025", "2026", "notes"]), in_folder=st.booleans(), linked=WHICH)
    def add(self, year: str, in_folder: bool, linked: int) -> None:
        if len(self.project.briefs) > 12:
            return
        n = self.fresh()
        taken = [int(one.number.partition("/")[0]) for one in self.project.briefs.values()]
        number = max(taken) + 1
        path = f"{year}/{number:02}-new-{n}{'/index' if in_folder else ''}.md"
        target = list(self.project.briefs)[linked % len(self.project.briefs)]
        self.project.briefs[f"new-{n}"] = Draft(
            path, str(number) if year == "notes" else f"{number}/{year}", "2025-06-01" if year == "notes" else f"{year}-02-{number % 28 + 1:02}",
            f"A new brief, the {n}th", links=[(target, linked)], fields={"topics": ["access"]}, files={"bars.svg": svg(n % 7)} if in_folder else {},
        )  # fmt: skip

    @rule(which=WHICH, careful=CAREFUL)
    def delete(self, which: int, careful: bool) -> None:
        if len(self.project.briefs) < 5:
            return
        one = self.brief(which)
        name = next(name for name, other in self.project.briefs.items() if other is one)
        if careful:
            del self.project.briefs[name]
            for other in self.project.briefs.values():
                other.fields.pop("related", None)
                other.fields.pop("translation_of", None)
        else:
            self.freeze(name)
            del self.project.briefs[name]
        if self.project.shown == name:
            self.project.shown = next(iter(self.project.briefs))

    def freeze(self, name: str) -> None:
        """Leave the links to a brief as they are typed now."""
        for other in self.project.briefs.values():
            folder = posixpath.dirname(f"briefs/{other.path}")
            other.typed += [f"See [it]({self.project.link(folder, *link)})." for link in other.links if link[0] == name]
            other.links = [link for link in other.links if link[0] != name]

    @rule(which=WHICH, in_folder=st.booleans(), careful=CAREFUL)
    def rename_file(self, which: int, in_folder: bool, careful: bool) -> None:
        one = self.brief(which)
        if not careful:
            self.freeze(next(name for name, other in self.project.briefs.items() if other is one))
        year = one.path.partition("/")[0]
        one.path = f"{year}/{self.fresh()}-renamed{'/index' if in_folder else ''}.md"
        one.drawn = one.drawn and in_folder

    @rule(which=WHICH, number=st.integers(1, 6))
    def renumber(self, which: int, number: int) -> None:
        one = self.brief(which)
        _, slash, year = one.number.partition("/")
        one.number = f"{number}{slash}{year}"

    @rule(which=WHICH, other=WHICH)
    def swap_numbers(self, which: int, other: int) -> None:
        one, two = self.brief(which), self.brief(other)
        if one.series == two.series and one.number[-5:] == two.number[-5:]:
            one.number, two.number = two.number, one.number

    @rule(which=WHICH)
    def retitle(self, which: int) -> None:
        self.brief(which).title = f"Another title, the {self.fresh()}th"

    @rule(which=WHICH)
    def edit_text(self, which: int) -> None:
        self.brief(which).text = f"A paragraph in version {self.fresh()}, so that there is a text to set."

    @rule(which=WHICH, heading=SOME, careful=CAREFUL)
    def rename_heading(self, which: int, heading: int, careful: bool) -> None:
        one = self.brief(which)
        if not careful:
            self.freeze(next(name for name, other in self.project.briefs.items() if other is one))
        one.headings[heading % len(one.headings)] = f"Heading {self.fresh()}"

    @rule(which=WHICH)
    def turn_headings(self, which: int) -> None:
        one = self.brief(which)
        one.headings = [*one.headings[1:], one.headings[0]]

    @rule(which=WHICH)
    def add_heading(self, which: int) -> None:
        one = self.brief(which)
        one.headings = [*one.headings[-3:], f"One more, {self.fresh()}"]

    @rule(which=WHICH, other=WHICH, heading=st.integers(-1, 3))
    def link(self, which: int, other: int, heading: int) -> None:
        names = [*self.project.briefs, *(f"docs/{name}" for name in self.project.docs if name.endswith(".md"))]
        self.brief(which).links = [(names[other % len(names)], heading)]

    @rule(which=WHICH, address=st.sampled_from(
        ["https://example.org/repo/policy-briefs/2024/2/", "https://example.org/repo/notes/1/#what-to-do", "../../docs/about.md#nowhere", "99.md",
         "../2024/02-tides.md#nowhere", "https://example.org/repo/about/#who-we-are"]))  # fmt: skip
    def type_link(self, which: int, address: str) -> None:
        self.brief(which).typed = [f"See [what is said elsewhere]({address})."]

    @rule(which=WHICH, on=st.booleans())
    def set_draft(self, which: int, on: bool) -> None:
        self.brief(which).fields["draft"] = on or None

    @rule(which=WHICH)
    def leave_half_written(self, which: int) -> None:
        self.brief(which).fields |= {"draft": True, "key_issues": None}

    @rule(which=WHICH, days=st.integers(-1, 3), hour=st.sampled_from(["", "T09:00+01:00", "T23:30+05:00"]))
    def set_embargo(self, which: int, days: int, hour: str) -> None:
        one = self.brief(which)
        day = (self.desk.now + timedelta(days=days)).date().isoformat()
        one.fields["embargo"] = f"{day}{hour}"
        if "corrections" not in one.fields and not one.number.endswith(("2024", "2025")):
            one.date = day

    @rule(hours=st.sampled_from([1, 12, 24, 80]))
    def time_passes(self, hours: int) -> None:
        self.desk.now += timedelta(hours=hours)

    @rule(which=WHICH, values=st.sampled_from(
        [{"topics": ["access"]}, {"topics": ["records", "access"]}, {"topics": None, "regions": ["europe"]}, {"keywords": ["sea", "price"]},
         {"related": ["1/2024", "2/2024"]}, {"related": ["9/2024"]}, {"author": ["Bea Sample"]}, {"author": "zoe-muster"}, {"lang": "de"},
         {"translation_of": "1/2025", "lang": "fr"}, {"translation_of": None}, {"collection": "A special issue"}, {"doi": "10.5555/x.1"},
         {"description": "What this brief says, in one sentence that is as long as it has to be."}, {"license": "CC0-1.0"},
         {"key_issues": ["The first of two key issues, which has ten words.", "The second of two key issues, which has ten words."]},
         {"aliases": ["/old/one/"]}, {"aliases": ["/old/one/", "/old/two.html"]}, {"aliases": None}, {"aliases": ["/about/"]},
         {"aliases": ["/policy-briefs/2024/1/"]}, {"data": None}, {"image": None}, {"title.": None},
         {"lint_ignore": [{"rule": "heading-count", "reason": "It has as many as it needs."}]}, {"lint_ignore": None},
         {"lint_ignore": [{"rule": "title-full-stop", "reason": "It is a sentence."}]}]))  # fmt: skip
    def set_fields(self, which: int, values: dict[str, Any]) -> None:
        self.brief(which).fields |= {name: value for name, value in values.items() if name != "title."}
        if "title." in values:
            self.brief(which).title = "A title with a full stop."

    @rule(which=WHICH, kind=st.sampled_from(["correction", "typo", "withdrawal", "update"]), ahead=st.integers(-1, 1))
    def correct(self, which: int, kind: str, ahead: int) -> None:
        one = self.brief(which)
        day = (self.desk.now + timedelta(days=min(ahead, 0 if self.count % 4 else ahead))).date().isoformat()
        entry = {"date": day, "kind": kind, "note": f"In section {self.fresh()} the share is 44 per cent, not 41."}
        one.fields["corrections"] = [*(one.fields.get("corrections") or []), entry]

    @rule(which=WHICH)
    def take_corrections_back(self, which: int) -> None:
        self.brief(which).fields["corrections"] = None

    # -- files beside briefs -----------------------------------------------------------------------

    @rule(which=WHICH, other=WHICH)
    def move_figures(self, which: int, other: int) -> None:
        one, two = self.folder_brief(which), self.folder_brief(other)
        one.files, two.files, one.drawn, two.drawn = two.files, one.files, two.drawn, one.drawn
        one.fields["data"], two.fields["data"] = two.fields.get("data"), one.fields.get("data")
        one.fields["image"], two.fields["image"] = None, None

    @rule(which=WHICH)
    def draw_anew(self, which: int) -> None:
        one = self.folder_brief(which)
        one.files = {name: svg(self.fresh() % 8) if name.endswith(".svg") else data for name, data in one.files.items()}

    @rule(which=WHICH)
    def rename_figure(self, which: int) -> None:
        one = self.folder_brief(which)
        one.fields["image"] = None
        one.files = {f"figure-{self.fresh()}.svg" if name.endswith(".svg") else name: data for name, data in one.files.items()}

    @rule(which=WHICH)
    def edit_data(self, which: int) -> None:
        one = self.folder_brief(which)
        one.files = {name: table(self.fresh()) if name == "bars.csv" else data for name, data in one.files.items()}

    @rule(which=WHICH)
    def put_beside(self, which: int) -> None:
        one = self.folder_brief(which)
        one.files |= {"_notes.txt": b"unread", "more.csv": table(self.fresh())}

    @rule(which=WHICH)
    def lose_file(self, which: int) -> None:
        one = self.folder_brief(which)
        one.files = dict(list(one.files.items())[1:])

    # -- what all share ----------------------------------------------------------------------------

    @rule(name=st.sampled_from(["title", "note_title", "topic", "description", "disclaimer", "bio", "site_name"]))
    def reword(self, name: str) -> None:
        self.project.values[name] = f"Other words, the {self.fresh()}th of their kind"

    @rule(colour=st.sampled_from(["#5b2a4e", "#15406b", "#1f5c3a", "#ffff00"]))
    def recolour(self, colour: str) -> None:
        self.project.values["colour"] = colour

    @rule(rules=st.sampled_from(["", "  heading-count: warning\n", "  title-full-stop: off\n", "  number-gap: off\n",
                                 "  heading-count: {since: 2025-06-01}\n"]))  # fmt: skip
    def set_rules(self, rules: str) -> None:
        self.project.values["rules"] = rules

    @rule()
    def join_repec(self) -> None:
        self.project.values["repec"] = not self.project.values["repec"]

    @rule(renamed=st.booleans())
    def change_portrait(self, renamed: bool) -> None:
        n = self.fresh()
        self.project.values |= {"photo": f"zoe-{n}.png"} if renamed else {"portrait": n}

    @rule()
    def change_menu(self) -> None:
        self.project.values["nav"] = not self.project.values["nav"]

    # -- pages of docs -----------------------------------------------------------------------------

    @rule(heading=SOME, careful=CAREFUL)
    def rename_heading_of_docs(self, heading: int, careful: bool) -> None:
        if not careful:
            self.freeze("docs/about.md")
        self.project.about[heading % 2] = f"Heading {self.fresh()} of ours"

    @rule(which=WHICH)
    def edit_docs(self, which: int) -> None:
        self.project.docs["about.md"] = f"Version {self.fresh()}."
        self.project.shown = list(self.project.briefs)[which % len(self.project.briefs)]

    @rule(name=st.sampled_from(["more.md", "manual/second.md", "policy-briefs/2024/1/notes.md", "policy-briefs/2024/1/index.md", "notes/1/cite.bib",
                                "old/one.md", "topics/records/extra.txt", "policy-briefs/2024/2/bars.svg"]))  # fmt: skip
    def add_to_docs(self, name: str) -> None:
        self.project.docs[name] = f"# A page\n\n## Part {self.fresh()}\n\nText.\n"

    @rule(which=WHICH)
    def delete_from_docs(self, which: int) -> None:
        names = [name for name in self.project.docs if name not in ("index.md", "manual/first.md")]
        if names:
            del self.project.docs[names[which % len(names)]]
            self.project.values["nav"] = False

    # -- templates ---------------------------------------------------------------------------------

    @rule(name=st.sampled_from(["brief.html", "parts/entry.html", "frame.html", "home.html"]))
    def change_template(self, name: str) -> None:
        text = (THEME / name).read_text(encoding="utf-8")
        note = '{% include "note.txt" %}' if name == "brief.html" else ""
        self.project.more[f"overrides/{name}"] = text.replace("</article>", f"<p>{note} {self.fresh()}</p></article>") + f"<!-- {self.fresh()} -->"

    @rule(which=WHICH, away=st.booleans())
    def rename_template(self, which: int, away: bool) -> None:
        names = [name for name in self.project.more if name.endswith(".html")]
        if names:
            name = names[which % len(names)]
            text = self.project.more.pop(name)
            if not away:
                self.project.more[f"{posixpath.dirname(name)}/zz-{posixpath.basename(name)}"] = text

    @rule()
    def change_what_a_template_includes(self) -> None:
        self.project.more["overrides/note.txt"] = f"A note of the house, the {self.fresh()}th.\n"

    # -- files and their times ---------------------------------------------------------------------

    @rule()
    def touch_all(self) -> None:
        self.desk.lay_out()
        self.desk.clock += 10
        for name in self.desk.written:
            os.utime(self.desk.folder / name, (self.desk.clock, self.desk.clock))

    @rule(back=st.integers(1, 5), with_times=st.booleans())
    def check_out(self, back: int, with_times: bool) -> None:
        if not self.older:
            return
        project, clock = self.older[-min(back, len(self.older))]
        self.desk.project = copy.deepcopy(project)
        later, self.desk.clock = self.desk.clock, clock - 10 if with_times else self.desk.clock
        self.desk.lay_out()
        self.desk.clock = later + 10

    @rule(which=WHICH)
    def unpack(self, which: int) -> None:
        """Another state whose files have the size and the time of those that were there, as archives give them."""
        one = self.brief(which)
        self.desk.lay_out()
        path = self.desk.folder / "briefs" / one.path
        before = path.stat()
        one.text = one.text.translate(str.maketrans("0123456789", "1234567890"))
        self.desk.lay_out()
        os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))

    # -- accidents ---------------------------------------------------------------------------------

    def in_site(self, which: int) -> Path | None:
        time.sleep(0.01)  # a folder's time goes by ticks of the machine
        site = self.desk.folder / "site"
        found = sorted(path for path in site.rglob("*") if path.is_file() and path != site / "index.html")
        return found[which * 37 % len(found)] if found else None

    @rule(which=WHICH)
    def lose_file_of_site(self, which: int) -> None:
        if file := self.in_site(which):
            file.unlink()

    @rule(which=WHICH)
    def lose_folder_of_site(self, which: int) -> None:
        if (file := self.in_site(which)) and file.parent != self.desk.folder / "site":
            shutil.rmtree(file.parent)

    @rule(which=WHICH, name=st.sampled_from(["stray.txt", "more/stray.html", "zz/index.html"]))
    def put_into_site(self, which: int, name: str) -> None:
        if file := self.in_site(which):
            stray = file.parent / name
            stray.parent.mkdir(exist_ok=True)
            stray.write_text("nobody made this")

    @rule()
    def lose_site(self) -> None:
        shutil.rmtree(self.desk.folder / "site", ignore_errors=True)

    @rule(kind=st.sampled_from(["", "ledger", "sites", "pages", "bodies", "related", "figures"]))
    def lose_store(self, kind: str) -> None:
        gone = self.desk.folder / STORE / kind
        gone.unlink() if gone.is_symlink() else shutil.rmtree(gone, ignore_errors=True)

    @rule()
    def show_drafts(self) -> None:
        self.desk.drafts = not self.desk.drafts

    @rule(which=WHICH, back=st.booleans())
    def save_while_it_is_built(self, which: int, back: bool) -> None:
        """A brief, and what lies beside it, change between being looked at and being made; perhaps they change back."""
        self.edit_text(which)
        before = copy.deepcopy(self.project)

        def save() -> None:
            self.edit_text(which)
            self.retitle(which)
            self.draw_anew(which)
            self.desk.lay_out()

        self.desk.lay_out()
        self.desk.build(meanwhile=save)
        if back:
            self.desk.project = before

    @rule(at=st.integers(1, 60))
    def kill_build(self, at: int) -> None:
        """A build ends in the middle of putting the site in place, or before."""
        self.desk.lay_out()
        site = self.desk.folder / "site"
        before = files_of(site)
        if self.desk.from_nothing():
            return
        after = files_of(self.desk.folder / "clean")
        killed(self.desk, at)
        self.desk.is_between(before, after)


def killed(desk: Desk, at: int) -> bool:
    """Build in another process that dies at its nth step in or beside the site; whether it did."""
    child = os.fork()
    if child:
        return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 9
    try:  # pragma: no cover  # nobody counts in a process that dies
        count = 0

        def dying(step: Callable[..., Any]) -> Callable[..., Any]:
            def go(*arguments: Any, **options: Any) -> Any:
                nonlocal count
                if str(arguments[0]).startswith((f"{desk.folder}/site", f"{desk.folder}/.site")) or "dir_fd" in options:
                    count += 1
                    if count >= at:
                        os._exit(9)
                return step(*arguments, **options)

            return go

        for name in ("replace", "rename", "unlink", "rmdir", "mkdir"):
            setattr(os, name, dying(getattr(os, name)))
        desk.build()
    finally:
        os._exit(0)


QUIET: dict[str, Any] = {"deadline": None, "database": None, "suppress_health_check": list(HealthCheck)}
SHORT = settings(max_examples=3, stateful_step_count=16, derandomize=True, phases=[Phase.generate], **QUIET)
LONG = settings(max_examples=max(1, SOAK_STEPS // 100), stateful_step_count=min(100, SOAK_STEPS or 1), print_blob=True, **QUIET)


@pytest.fixture
def edits(tmp_path: Path, brief_text: Callable[..., str]) -> type[Edits]:
    return type("Edits", (Edits,), {"place": tmp_path, "write": staticmethod(brief_text), "pace": 1 if SOAK_STEPS else 2})


def test_any_edits_give_the_site_of_a_build_from_nothing(edits: type[Edits], capsys: pytest.CaptureFixture[str]) -> None:
    try:
        run_state_machine_as_test(edits, settings=LONG if SOAK_STEPS else SHORT)
    finally:
        if SOAK_STEPS:
            with capsys.disabled():
                print(f"\n{edits.steps} edits, {edits.longest} of them in the longest run; {edits.built} sites compared")
    assert edits.built > 10, "edits that cannot be built compare nothing"


WALK: tuple[tuple[str, dict[str, Any]], ...] = (
    ("add", {"year": "2025", "in_folder": True, "linked": 1}), ("retitle", {"which": 1}), ("edit_text", {"which": 0}),
    ("rename_heading", {"which": 0, "heading": 1, "careful": True}), ("rename_file", {"which": 2, "in_folder": True, "careful": True}),
    ("swap_numbers", {"which": 2, "other": 3}), ("set_fields", {"which": 1, "values": {"keywords": ["sea"], "aliases": ["/old/one/"]}}),
    ("correct", {"which": 2, "kind": "correction", "ahead": 0}), ("time_passes", {"hours": 24}), ("set_draft", {"which": 4, "on": False}),
    ("move_figures", {"which": 0, "other": 1}), ("edit_data", {"which": 1}), ("reword", {"name": "title"}), ("recolour", {"colour": "#15406b"}),
    ("change_portrait", {"renamed": False}), ("change_menu", {}), ("add_to_docs", {"name": "policy-briefs/2024/1/notes.md"}),
    ("change_template", {"name": "parts/entry.html"}), ("touch_all", {}), ("check_out", {"back": 3, "with_times": True}),
    ("lose_file_of_site", {"which": 5}), ("put_into_site", {"which": 3, "name": "more/stray.html"}), ("show_drafts", {}), ("show_drafts", {}),
    ("delete", {"which": 9, "careful": True}), ("kill_build", {"at": 25}), ("lose_store", {"kind": "ledger"}), ("lose_site", {}),
)  # fmt: skip
"""Each kind of edit and accident once, none of which stops a build."""


def test_each_edit_gives_the_site_of_a_build_from_nothing(edits: type[Edits]) -> None:
    one = edits()
    one.compare()
    for name, arguments in WALK:
        getattr(one, name)(**arguments)
        if name not in ("touch_all", "show_drafts", "lose_file_of_site"):  # these go with the next
            assert one.desk.hold(), f"{name}:\n{one.desk.said}"
            one.older.append((copy.deepcopy(one.project), one.desk.clock))


def test_what_went_wrong_is_told_as_the_steps_that_led_there(edits: type[Edits], monkeypatch: pytest.MonkeyPatch) -> None:
    held: Counter[Path] = Counter()

    def hold(desk: Desk) -> bool:
        held[desk.folder] += 1
        assert held[desk.folder] < 4, "the site is not that of a build from nothing"
        return True

    monkeypatch.setattr(Desk, "hold", hold)
    with pytest.raises(AssertionError, match="the site is not") as told:
        run_state_machine_as_test(edits, settings=SHORT)
    steps = "\n".join(told.value.__notes__)
    assert re.search(r"^state = \w+\(\)$", steps, re.MULTILINE)
    assert re.search(r"^state\.[a-z_]+\(.*\)$", steps, re.MULTILINE)


@pytest.fixture
def desk(tmp_path: Path, brief_text: Callable[..., str]) -> Desk:
    return Desk(tmp_path, brief_text)


# A build that is killed, and two at once

MOMENTS = (".site.staging-*", ".site.staging-*/assets", ".site.staging-*/policy-briefs", ".site.staging-*/RePEc", ".site.staging-*/feed*",
           ".site.staging-*/404.html", ".site.staging-*-manifest.json", ".site.staging-*-journal.part", ".site.staging-*-journal.json",
           ".site.staging-*-before")  # fmt: skip
"""What a build leaves beside the site on its way, in this order."""


def started(desk: Desk) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, ROOT / "scripts/build.py", "--no-pdf", "--no-search", "--now", desk.now.isoformat()],
        cwd=desk.folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip


@pytest.mark.parametrize("known", [True, False], ids=["what changed", "from nothing"])
def test_a_build_that_is_killed_at_ten_moments(desk: Desk, known: bool) -> None:
    desk.start()
    for moment in range(len(MOMENTS)):
        if moment % 2 != known:
            continue
        desk.project.values["title"] = f"Another name, the {moment}th"
        desk.lay_out()
        before = files_of(desk.folder / "site")
        assert desk.from_nothing() == 0
        if not known:
            shutil.rmtree(desk.folder / STORE / "sites")
        process = started(desk)
        while process.poll() is None and not any(desk.folder.glob(MOMENTS[moment])):
            time.sleep(0.0005)
        process.kill()
        process.wait()
        desk.is_between(before, files_of(desk.folder / "clean"))
        assert desk.hold()


def test_two_builds_at_once(desk: Desk) -> None:
    desk.start()
    for site_name in ("Ours", "Yours"):
        desk.project.values["site_name"] = site_name
        desk.lay_out()
        both = [started(desk), started(desk)]
        assert [one.wait() for one in both] == [0, 0]
        assert desk.hold()


# What was wrong once


def test_a_file_of_the_same_size_and_time_is_another_file(desk: Desk) -> None:
    desk.start()
    path = desk.folder / "briefs/2024/02-tides.md"
    before = path.stat()
    path.write_text(path.read_text().replace("version 0", "version 1"))
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert desk.hold()


def test_a_figure_of_the_same_size_and_time_is_another_figure(desk: Desk) -> None:
    desk.start()
    path = desk.folder / "briefs/notes/02-chart/bars.svg"
    before = path.stat()
    path.write_bytes(svg(6))
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert desk.hold()


@pytest.mark.parametrize("back", [False, True])
def test_what_is_saved_while_a_site_is_built_is_not_taken_for_what_was_read(desk: Desk, back: bool) -> None:
    desk.start()
    before, said = copy.deepcopy(desk.project), desk.project.values
    said["site_name"] = before.values["site_name"] = "Other briefs"  # all pages are made again, of briefs that were read before
    desk.lay_out()

    def save() -> None:
        desk.project.briefs["chart"].text = "This was written while the site was built."
        desk.project.briefs["chart"].files["bars.svg"] = svg(7)
        desk.lay_out()

    desk.build(meanwhile=save)
    if back:
        desk.project = before
    assert desk.hold()


def test_a_template_that_is_renamed_is_another_template(desk: Desk) -> None:
    text = (THEME / "parts/entry.html").read_text(encoding="utf-8")
    desk.project.more["overrides/parts/entry.html"] = text.replace('class="who"', 'class="who of-ours"')
    desk.start()
    desk.project.more["overrides/parts/zz-entry.html"] = desk.project.more.pop("overrides/parts/entry.html")
    assert desk.hold()


def test_what_a_template_includes_is_a_part_of_it(desk: Desk) -> None:
    text = (THEME / "brief.html").read_text(encoding="utf-8")
    desk.project.more["overrides/brief.html"] = text.replace("</article>", '{% include "note.txt" %}</article>')
    desk.start()
    desk.project.more["overrides/note.txt"] = "Another note of the house.\n"
    assert desk.hold()


def test_what_a_hook_gives_to_templates_is_a_part_of_them(desk: Desk) -> None:
    text = (THEME / "brief.html").read_text(encoding="utf-8")
    desk.project.more["overrides/brief.html"] = text.replace("</article>", "{{ brief.title | of_ours }}</article>")
    for said in ("one", "two"):
        # MkDocs reads a hook once in a process, so the second has another name.
        desk.project.values["hooks"] = f"hooks: [hook_{said}.py]\n"
        hook = f"def on_env(env, **_):\n    env.filters['of_ours'] = lambda text: '{said}'\n    return env\n"
        desk.project.more[f"hook_{said}.py"] = hook
        assert desk.hold()


def test_a_series_of_which_nothing_is_public_has_new_words_in_its_feeds(desk: Desk) -> None:
    for one in desk.project.briefs.values():
        if one.series == "notes":
            one.fields["draft"] = True
        one.links = []
    assert desk.hold()
    desk.project.values["note_title"] = "Another name"
    assert desk.hold()


def test_where_nothing_is_public_the_codes_of_repec_are(desk: Desk) -> None:
    for one in desk.project.briefs.values():
        one.fields["draft"] = True
    desk.project.docs["about.md"], desk.project.shown = "", "docs/index.md"
    assert desk.hold()
    desk.project.values["repec"] = True
    assert desk.hold()
    desk.project.values["note_title"] = "Another name"
    assert desk.hold()


def test_a_draft_that_lacks_a_field_is_shown_after_a_build_without_drafts(desk: Desk) -> None:
    del desk.project.briefs["coming"]  # it would be another list of briefs
    desk.project.briefs["secret"].fields["key_issues"] = None
    desk.start()
    desk.drafts = True
    assert desk.hold()


@pytest.mark.parametrize("values", [{"number": "9/2024"}, {"path": "2025/09-tides.md"}, {"fields": {"corrections": [
    {"date": "2025-10-01", "kind": "withdrawal", "note": "The numbers were those of another year."}]}}])  # fmt: skip
def test_a_link_follows_a_brief_that_is_no_neighbour(desk: Desk, values: dict[str, Any]) -> None:
    desk.project.briefs["secret"].links = []
    desk.start()
    for name, value in values.items():
        setattr(desk.project.briefs["tides"], name, value)
    assert desk.hold()


def test_a_preview_shows_what_another_brief_left_wrong_since_yesterday(desk: Desk) -> None:
    """A gap between numbers, which is no gap between dates."""
    desk.drafts = True
    secret = desk.project.briefs["secret"]
    secret.links, secret.date, secret.fields["author"] = [], "2025-01-05", "Bea Sample"
    desk.start()
    del desk.project.briefs["phares"]
    assert desk.hold()
    assert "there is no 2/2025 before 3/2025" in desk.said


def test_what_was_noticed_while_a_page_was_made_is_told_as_long_as_it_stands(desk: Desk) -> None:
    desk.project.briefs["tides"].typed = ["An [odd [one [two]]](01-brief.md) link."]
    desk.start()
    assert desk.hold()
    assert "[link-unread]" in desk.said


def test_the_record_of_a_series_names_a_translation_in_another(desk: Desk) -> None:
    desk.project.briefs["note"].fields |= {"translation_of": "policy-briefs 2/2024", "lang": "fr"}
    desk.start()
    desk.project.briefs["note"].fields["doi"] = "10.5555/note.1"
    assert desk.hold()


def test_a_day_that_was_to_come_has_come(desk: Desk) -> None:
    desk.project.briefs["chart"].date = "2026-03-12"
    assert not desk.hold()
    assert "[date-future]" in desk.said
    desk.now += timedelta(days=2)
    assert desk.hold()


def test_a_remedy_names_headings_in_their_order(desk: Desk) -> None:
    desk.project.briefs["secret"].links, desk.project.briefs["secret"].typed = [], ["See [this](../2024/02-tides.md#zzzzzz)."]
    desk.start()
    desk.project.briefs["tides"].headings.reverse()
    assert desk.hold()


def test_a_draft_that_can_no_longer_be_read_is_nobodys_related_brief(desk: Desk) -> None:
    desk.project.briefs["tides"].fields["related"] = ["3/2025"]
    assert not desk.hold()
    assert "[related]" in desk.said
    desk.project.briefs["secret"].text = "A control character \x02 in the text."
    assert not desk.hold()
    assert "[related]" not in desk.said


def test_a_page_of_docs_links_to_a_heading_that_goes(desk: Desk) -> None:
    desk.project.docs["more.md"] = "# More\n\n[What the tides cost](../briefs/2024/02-tides.md#what-to-do)\n"
    desk.start()
    desk.project.briefs["tides"].headings[2] = "What is to be done"
    desk.project.briefs["secret"].links = []
    assert not desk.hold()


def test_a_page_of_docs_links_to_a_file_beside_it_that_goes(desk: Desk) -> None:
    desk.project.docs |= {"more.md": '# More\n\n<a href="extra.txt">What is there</a>\n', "more/extra.txt": "More.\n"}
    desk.start()
    del desk.project.docs["more/extra.txt"]
    assert not desk.hold()


def test_a_brief_links_to_a_heading_of_docs_that_goes(desk: Desk) -> None:
    desk.project.briefs["tides"].links, desk.project.briefs["tides"].typed = [], ["[We](../../docs/about.md#who-we-are) are told."]
    desk.start()
    desk.project.about[0] = "Those who publish"
    assert not desk.hold()


@pytest.mark.parametrize("address", ["notes/1/", "notes/1/#what-to-do", "notes/1/cite.bib", "old/ports/", "notes/1/index.html"])
def test_a_brief_links_by_its_whole_address_to_what_goes(desk: Desk, address: str) -> None:
    desk.project.briefs["tides"].typed = [f"See [this](https://example.org/repo/{address})."]
    desk.project.briefs["ports"].links = []
    desk.start()
    desk.project.briefs["note"].number = "9"
    desk.project.briefs["ports"].fields["aliases"] = None
    assert not desk.hold()


@pytest.mark.parametrize("address", ["about", "manual/first/", "/repo/about/", "/about/", "../../outside/", "first/#nowhere", "first.csv", "n%20n/"])
def test_a_page_links_as_it_likes(desk: Desk, address: str) -> None:
    desk.start()
    desk.project.docs["more.md"] = f'# More\n\n<a href="{address}">What is there</a>\n'
    desk.hold()


def on_paper(desk: Desk) -> None:
    """Print the briefs; few, since that takes time."""
    desk.project.briefs = {name: desk.project.briefs[name] for name in ("tides", "note")}
    for one in desk.project.briefs.values():
        one.links, one.fields["related"] = [], None
    desk.project.shown = "tides"
    desk.pdf, desk.shared = True, ("fonts", "figures", "pdfs", "glyphs", "cards")


def test_a_new_logo_is_on_every_paper(desk: Desk) -> None:
    on_paper(desk)
    desk.project.values["logo"] = "    logo: house.svg\n"
    for height in (3, 5):
        desk.project.more["briefs/house.svg"] = svg(height).decode()
        assert desk.hold()


def test_another_face_is_on_every_paper(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """What the extra `cjk` brings."""
    on_paper(desk)
    assert desk.hold()
    desk.build()
    assert desk.rendering is not None
    assert desk.rendering.made.get("papers", 0) == 0
    monkeypatch.setattr(rendering, "press_version", lambda: "another")
    desk.build()
    assert desk.rendering.made["papers"] == 2


def test_two_pages_at_one_address_are_told_alike(desk: Desk) -> None:
    desk.start()
    desk.project.docs["notes/1/cite.bib"] = "@misc{}\n"
    assert not desk.hold()
    assert "Two pages have one address" in desk.said
