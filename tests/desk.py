"""A small project that a test edits as an editor would, with its site, its store, and a site from nothing to hold it against."""

from __future__ import annotations

import base64
import io
import os
import posixpath
import re
import shutil
from collections.abc import Callable, Iterable, Iterator
from contextlib import chdir, redirect_stderr
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar
from unittest import mock

import jinja2

from briefpress.cli.build import load, run
from briefpress.site.rendering import Progress, Rendering

ROOT = Path(__file__).parents[1]
SHARED = ROOT / ".cache/briefpress"
STORE, EMPTY = ".cache/briefpress", ".cache/empty"
T = TypeVar("T")

# What an editor works on


@dataclass
class Draft:
    """A brief in the making: what of it an edit can change."""

    path: str
    """Below `briefs/`."""
    number: str
    date: str
    title: str
    headings: list[str] = field(default_factory=lambda: ["Introduction", "What we found", "What to do"])
    text: str = "A paragraph that stands here, in version 0, so that there is a text to set."
    links: list[tuple[str, int]] = field(default_factory=list)
    """Each the name of another brief, or a page of docs, and which heading; none where it is negative."""
    typed: list[str] = field(default_factory=list)
    """Links as typed, which nobody corrects when what they lead to moves."""
    fields: dict[str, Any] = field(default_factory=dict)
    files: dict[str, bytes] = field(default_factory=dict)
    drawn: bool = False

    @property
    def in_folder(self) -> bool:
        return self.path.endswith("/index.md")

    @property
    def series(self) -> str:
        return "notes" if self.path.startswith("notes/") else "policy-briefs"


def svg(height: int) -> bytes:
    return (f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 8 8" width="8" height="8"><rect width="8" height="{height}"/></svg>\n').encode()


def table(value: int) -> bytes:
    return f"year,share\n2023,40\n2024,{value}\n".encode()


BLOCK = """```figure
data: shares.csv
alt: Shares rise from forty to sixty within a year.
caption: "Shares. Source: invented."
mark: bar
encoding:
  x: {field: year, type: ordinal}
  y: {field: share, type: quantitative}
```
"""
PORTRAIT = base64.b64decode("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg==")


def first_briefs() -> dict[str, Draft]:
    folder = {"bars.svg": svg(4), "bars.csv": table(60)}
    return {
        "grid": Draft("2024/01-grid/index.md", "1/2024", "2024-02-01", "Keeping the lights on", drawn=True,
                      files=folder | {"shares.csv": table(50)},
                      fields={"topics": ["records"], "regions": ["europe"], "author": ["zoe-muster", "Ada Example"], "data": ["bars.csv"]}),
        "tides": Draft("2024/02-tides.md", "2/2024", "2024-05-02", "What the tides cost", links=[("grid", 1), ("docs/about.md", 1)],
                       fields={"topics": ["access"], "related": ["1/2024"], "keywords": ["tides"]}),
        "ports": Draft("2025/01-ports/index.md", "1/2025", "2025-01-10", "Ports and what is in them", files=dict(folder),
                       links=[("grid", 2), ("note", 0)],
                       fields={"topics": ["records", "access"], "data": [{"file": "bars.csv", "title": "The bars"}],
                               "aliases": ["/old/ports/"], "image": "bars.svg", "image_alt": "Two bars, one lower than the other"}),
        "phares": Draft("2025/02-phares.md", "2/2025", "2025-02-11", "Ce que promet un phare", fields={"lang": "fr", "translation_of": "1/2024"}),
        "secret": Draft("2025/03-secret.md", "3/2025", "2025-03-01", "What nobody may see yet", links=[("tides", 2)], fields={"draft": True}),
        "coming": Draft("2026/01-coming.md", "1/2026", "2026-03-11", "What tomorrow brings",
                        fields={"embargo": "2026-03-11T09:00+01:00", "topics": ["records"]}),
        "note": Draft("notes/01-note.md", "1", "2024-06-30", "A note on sextants", links=[("docs/index.md", -1), ("tides", 1)],
                      fields={"author": "zoe-muster", "topics": ["records"],
                              "corrections": [{"date": "2024-07-02", "kind": "correction",
                                               "note": "In section 3 the share is 44 per cent, not 41."}]}),
        "chart": Draft("notes/02-chart/index.md", "2", "2025-08-01", "A note with a chart", ["One", "Two"], files={"bars.svg": svg(2)},
                       links=[("ports", 1)],
                       fields={"lint_ignore": [{"rule": "heading-count", "reason": "A note has as many as it needs."}]}),
        "gone": Draft("notes/03-gone.md", "3", "2025-09-01", "A note that was wrong",
                      fields={"corrections": [{"date": "2025-10-01", "kind": "withdrawal", "note": "The numbers were those of another year."}]}),
    }  # fmt: skip


@dataclass
class Project:
    """All that is written by hand."""

    briefs: dict[str, Draft] = field(default_factory=first_briefs)
    values: dict[str, Any] = field(default_factory=lambda: {
        "title": "CSDS Policy Brief", "topic": "Numbers and records", "colour": "#5b2a4e", "disclaimer": "The views are those of the author.",
        "description": "Briefs that were invented for the tests.", "rules": "", "bio": "Zoë van Muster was invented.",
        "photo": "zoe.png", "portrait": 0,
        "site_name": "Briefs", "nav": False, "footnote": 0, "repec": False, "note_title": "CSDS Note", "hooks": "", "logo": "",
    })  # fmt: skip
    docs: dict[str, str] = field(default_factory=lambda: {
        "index.md": "---\ntitle: Home\n---\n\nWhat this is for.\n", "manual/first.md": "# First steps\n\n## One\n\nA step.\n\n## Two\n\nAnother.\n",
        "about.md": "",
    })  # fmt: skip
    about: list[str] = field(default_factory=lambda: ["Who we are", "How to write to us"])
    shown: str = "grid"
    """The brief that the page about us links to."""
    more: dict[str, str] = field(default_factory=lambda: {"overrides/note.txt": "A note of the house.\n"})
    """Further files, templates among them."""

    def anchor(self, name: str, heading: int) -> str:
        headings = self.about if name == "docs/about.md" else self.briefs[name].headings if name in self.briefs else []
        return "#" + slugged(headings[heading % len(headings)]) if headings and heading >= 0 else ""

    def link(self, folder: str, name: str, heading: int) -> str:
        path = f"briefs/{self.briefs[name].path}" if name in self.briefs else name
        return posixpath.relpath(path, folder) + self.anchor(name, heading)

    def files(self, write: Callable[..., str]) -> dict[str, bytes]:
        """Every file by its path from the project's folder."""
        said = self.values
        found: dict[str, bytes] = {}
        for one in self.briefs.values():
            found[f"briefs/{one.path}"] = self.text(one, write).encode()
            if one.in_folder:
                found |= {f"briefs/{posixpath.dirname(one.path)}/{name}": data for name, data in one.files.items()}
        found["briefs/series.yml"] = self.series().encode()
        found["briefs/people.yml"] = (f"zoe-muster:\n  given: Zoë\n  particle: van\n  family: Muster\n  photo: {said['photo']}\n"
                                      f"  affiliation: Institute for Tests\n  bio: {said['bio']}\n").encode()  # fmt: skip
        found[f"briefs/people/{said['photo']}"] = portrait(said["portrait"])
        nav = "nav:\n  - Home: index.md\n  - Manual:\n      - manual/first.md\n  - Who: about.md\n" if said["nav"] else ""
        found["mkdocs.yml"] = (f"site_name: {said['site_name']}\nsite_url: https://example.org/repo/\n"
                               "theme: {name: material, font: false, custom_dir: overrides}\n"
                               "plugins:\n  - briefpress:\n      source: https://example.org/{path}\n"
                               f"markdown_extensions: [attr_list, tables, footnotes, toc]\n{nav}{said['hooks']}").encode()  # fmt: skip
        docs = dict(self.docs)
        if "about.md" in docs:
            heads = "\n\n".join(f"## {one}\n\nA line." for one in self.about)
            docs["about.md"] = (f"# About\n\n{docs['about.md']}\n\nSee [a brief]({self.link('docs', self.shown, 1)}) and "
                                f"[the first steps](manual/first.md#two).\n\n{heads}\n")  # fmt: skip
        found |= {f"docs/{name}": text.encode() for name, text in docs.items()}
        return found | {name: text.encode() for name, text in self.more.items()}

    def text(self, one: Draft, write: Callable[..., str]) -> str:
        folder = posixpath.dirname(f"briefs/{one.path}")
        parts = [f"## {heading}\n\n{one.text}" for heading in one.headings]
        links = [self.link(folder, *link) for link in one.links if link[0] in self.briefs or link[0][5:] in self.docs]
        parts += [f"See [another text]({link})." for link in links]
        parts += one.typed
        parts.append(f"A claim.[^1]\n\n[^1]: A note, version {len(one.text)}.")
        if one.in_folder:
            pictures = [name for name in sorted(one.files) if name.endswith(".svg")]
            parts += [f'![A picture of two bars, one lower]({name} "Bars. Source: invented.")' for name in pictures]
        if one.in_folder and one.drawn:
            parts.append(BLOCK)
        fields = {name: value for name, value in one.fields.items() if value is not None}
        if not one.in_folder:
            fields = {name: value for name, value in fields.items() if name not in ("data", "image", "image_alt")}
        text = write(one.number, one.date, one.title, "\n\n".join(parts) + "\n", **fields)
        left_out = "|".join(name for name, value in one.fields.items() if value is None)
        return re.sub(rf"(?m)^(?:{left_out}): .*\n", "", text) if left_out else text

    def series(self) -> str:
        said = self.values
        repec = "    repec: {archive: exi, series: exinot, email: repec@example.org}\n" if said["repec"] else ""
        rules = "rules:\n  text-length: off\n" + said["rules"]
        common = ("    publisher: Institute for Tests\n    place: Testville\n    license: CC-BY-4.0\n"
                  f"    disclaimer:\n      one: {said['disclaimer']}\n      several: The views are those of the authors.\n"
                  f"    topics:\n      records: {said['topic']}\n      access: Accessibility\n    regions:\n      europe: Europe\n")  # fmt: skip
        return (f"timezone: Europe/Brussels\nsample: false\n{rules}series:\n"
                f"  - slug: policy-briefs\n    title: {said['title']}\n    masthead: CSDS POLICY BRIEF\n"
                "    issn: 2983-466X\n    numbering: per-year\n"
                f"    description: {said['description']}\n{common}"
                f"  - slug: notes\n    title: {said['note_title']}\n    masthead: CSDS NOTE\n    issn: 1234-5679\n    numbering: continuous\n"
                f"    date_style: D MMMM YYYY\n    description: A second series.\n"
                f"    colour: \"{said['colour']}\"\n{common}{repec}{said['logo']}")  # fmt: skip


def portrait(which: int) -> bytes:
    """A picture of one pixel, with one of several comments behind it."""
    return PORTRAIT + b"\0" * which


def slugged(heading: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", heading.lower()).strip("-")


def files_of(folder: Path) -> dict[str, bytes | None]:
    """Every file of a site with what is in it, and every folder; all but the search, whose files Pagefind names as it likes."""
    found = {path.relative_to(folder).as_posix(): path.read_bytes() if path.is_file() else None for path in folder.rglob("*")}
    return {name: data for name, data in found.items() if name.partition("/")[0] != "pagefind"}


def differences(one: dict[str, bytes | None], other: dict[str, bytes | None]) -> list[str]:
    """What differs, in words."""
    found = [f"only in the edited site: {name}" for name in sorted(one.keys() - other.keys())]
    found += [f"only in the clean site: {name}" for name in sorted(other.keys() - one.keys())]
    for name in sorted(one.keys() & other.keys()):
        if one[name] != other[name]:
            lines = [(data or b"").decode("utf-8", "replace").splitlines() for data in (one[name], other[name])]
            left, right = next(((a, b) for a, b in zip(*lines, strict=False) if a != b), ("", "(one is longer)"))
            found.append(f"{name}:\n    edited: {left.strip()[:300]}\n    clean:  {right.strip()[:300]}")
    return found


_COMPILED: dict[tuple[Any, ...], Any] = {}
_compile = jinja2.Environment.compile


def remembered(env: jinja2.Environment, source: str, name: str | None = None, filename: str | None = None, *more: Any) -> Any:
    """Compile a template once: each build has an environment of its own, and compiling is half of what it does."""
    escapes = env.autoescape(name) if callable(env.autoescape) else env.autoescape
    key = (source, name, filename, escapes, *more)
    if key not in _COMPILED:
        _COMPILED[key] = _compile(env, source, name, filename, *more)
    return _COMPILED[key]


# One who works on it


class Saver(Progress):
    """Does something at the moment when the first brief is made, as an editor who saves meanwhile."""

    def __init__(self, meanwhile: Callable[[], None]) -> None:
        self.meanwhile = meanwhile

    def track(self, items: Iterable[T], what: str, total: int) -> Iterator[T]:
        if what == "briefs":
            self.meanwhile()
        yield from items


@dataclass
class Desk:
    """A folder with a project, its site, and its store."""

    folder: Path
    write: Callable[..., str]
    project: Project = field(default_factory=Project)
    now: datetime = datetime(2026, 3, 10, 12, tzinfo=UTC)
    drafts: bool = False
    pdf: bool = False
    shared: tuple[str, ...] = ("fonts", "figures")
    """What the store of a build from nothing has already: what takes seconds, and is kept by what it is made of."""
    written: dict[str, bytes] = field(default_factory=dict)
    clock: float = 1_700_000_000.0
    """When files are written, as they say: long ago, so that a ledger trusts them."""
    said: str = ""
    """What the last build said."""
    rendering: Rendering | None = None

    def lay_out(self) -> None:
        """Bring the files on the disk to what the project is."""
        wanted = self.project.files(self.write)
        self.clock += 10
        for name in self.written.keys() - wanted.keys():
            (self.folder / name).unlink()
            for parent in (self.folder / name).parents:
                if parent == self.folder or any(parent.iterdir()):
                    break
                parent.rmdir()
        for name, data in wanted.items():
            if self.written.get(name) != data:
                file = self.folder / name
                file.parent.mkdir(parents=True, exist_ok=True)
                file.write_bytes(data)
                os.utime(file, (self.clock, self.clock))
        self.written = wanted

    def build(self, site: str = "site", store: str = STORE, meanwhile: Callable[[], None] | None = None) -> int:
        """Build, and give the exit status; what is said is in `said`, without the counts at its end."""
        for kind in self.shared:
            link = self.folder / store / kind
            if not link.is_symlink():
                (SHARED / kind).mkdir(parents=True, exist_ok=True)
                link.parent.mkdir(parents=True, exist_ok=True)
                link.symlink_to(SHARED / kind)
        heard = io.StringIO()
        status = 0
        with chdir(self.folder), redirect_stderr(heard), mock.patch.object(jinja2.Environment, "compile", remembered):
            try:
                config, plugin = load(self.now, False, site_dir=str(self.folder / site))
                plugin.config.store, plugin.preview = store, None  # MkDocs keeps the plugin from build to build
                plugin.progress = Saver(meanwhile) if meanwhile else Progress()
                plugin.drafts, plugin.pdf, plugin.search = self.drafts, self.pdf, False
                self.rendering = run(config, plugin)
            except SystemExit as ended:
                status = int(str(ended.code))
        lines = [line for line in heard.getvalue().splitlines() if not re.search(r"^briefs \d+, .* in all [\d.]+ s$", line)]
        self.said = "\n".join(lines)
        return status

    def start(self) -> None:
        """Build the site that is to be edited."""
        self.lay_out()
        assert self.build() == 0, self.said

    def from_nothing(self) -> int:
        """Build another site, with nothing that was made before."""
        for left in ("clean", EMPTY):
            shutil.rmtree(self.folder / left, ignore_errors=True)
        return self.build("clean", EMPTY)

    def hold(self) -> bool:
        """Build once more and from nothing, hold one against the other, and give whether there is a site."""
        self.lay_out()
        site, clean = self.folder / "site", self.folder / "clean"
        before = files_of(site)
        status = self.build()
        said = sorted(self.said.splitlines())
        wanted = self.from_nothing()
        lost, more = sorted({*self.said.splitlines()} - {*said}), sorted({*said} - {*self.said.splitlines()})
        told = [*(f"lost: {one}" for one in lost), *(f"more: {one}" for one in more)]
        assert said == sorted(self.said.splitlines()), "\n".join(["what is said differs", *told])
        assert status == wanted, f"one build ends with {status}, that from nothing with {wanted}:\n{self.said}"
        if status:
            assert files_of(site) == before, "a build that fails leaves the site as it was"
            return False
        found = differences(files_of(site), files_of(clean))
        assert not found, "\n".join(["the site is not that of a build from nothing", *found[:20]])
        left = [path.name for path in self.folder.iterdir() if ".staging-" in path.name]
        assert left == []
        return True

    def is_between(self, before: dict[str, bytes | None], after: dict[str, bytes | None]) -> None:
        """Hold what a killed build left against the site that stood and the one that was to come: nothing is half gone."""
        there = files_of(self.folder / "site")
        if not there:
            kept = [files_of(path) for path in self.folder.iterdir() if path.name.endswith("-before")]
            assert not before or kept == [before], "an old site on its way out is whole"
            return
        for name in before.keys() & after.keys():
            assert name in there, f"{name} is in the old and in the new site, and is gone"
        for name, data in there.items():
            assert data in (before.get(name), after.get(name)), f"{name} is neither old nor new"
