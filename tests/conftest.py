"""What the tests share: small projects, one built site, a server for it, and a reader who stays on it."""

from __future__ import annotations

import base64
import fcntl
import functools
import json
import os
import re
import shutil
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, NoReturn

import pytest

ROOT = Path(__file__).parents[1]
SITE_URL = "https://example.org/repo/"

SERIES = """\
timezone: Europe/Brussels
sample: false
series:
  - slug: policy-briefs
    title: CSDS Policy Brief
    masthead: CSDS POLICY BRIEF
    issn: 2983-466X
    numbering: per-year
    date_style: D.M.YYYY
    lang: en
    publisher: Institute for Tests
    place: Testville
    description: Briefs that were invented for the tests, one for each thing that a brief may hold.
    license: CC-BY-4.0
    disclaimer:
      one: The views expressed in this publication are solely those of the author.
      several: The views expressed in this publication are solely those of the authors.
    topics:
      records: Numbers and records
      access: Accessibility
    regions:
      europe: Europe
"""

MORE_SERIES = """\
  - slug: papers
    title: Example Paper
    masthead: EXAMPLE PAPER
    issn: 1234-5679
    numbering: continuous
    publisher: Example Institute
    place: Brussels
    description: Papers that are numbered in one sequence.
    license: CC-BY-4.0
    disclaimer:
      one: The views are those of the author.
      several: The views are those of the authors.
  - slug: notes
    title: Example Note
    masthead: EXAMPLE NOTE
    issn: 2049-3630
    numbering: none
    publisher: Example Institute
    place: Brussels
    description: Notes that have no numbers.
    license: CC-BY-4.0
    disclaimer:
      one: The views are those of the author.
      several: The views are those of the authors.
"""
"""Rows for the series of the golden cases: numbered in one sequence, and not at all."""

SENTENCES = (
    "A centre that publishes briefs makes a promise with each number that it gives away.",
    "The promise is kept by people who were not in the room when it was made.",
    "Readers arrive by a citation, on a telephone, late, and they want one answer.",
    "What was cheap to decide before the first issue is dear to change after the tenth.",
    "Nothing in this paragraph is news; it is here so that there is something to set in lines.",
    "An address that moves breaks every note that was ever written about it.",
)


def skip_or_fail(what: str) -> NoReturn:
    """Skip loudly where a person works, fail where CI does: nothing is left out there unseen."""
    if os.environ.get("CI"):
        pytest.fail(what, pytrace=False)
    pytest.skip(what)


@pytest.fixture(scope="session", name="skip_or_fail")
def give_skip_or_fail() -> Callable[[str], NoReturn]:
    """Give what a test calls where a tool is not there: see `skip_or_fail`."""
    return skip_or_fail


def pytest_xdist_auto_num_workers() -> int:
    """Take one worker more than there are processors: many tests wait for a browser or for another process."""
    return (os.cpu_count() or 1) + 1


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with what takes longest, or one worker would end alone."""
    items.sort(key=lambda item: item.path.name not in ("test_reproducible.py", "test_incremental.py", "test_whole_sites.py", "test_build.py"))


# Projects


def paragraphs(count: int, first: int = 0) -> str:
    """Return that many different paragraphs of six sentences, 80-odd words each."""
    lines = []
    for i in range(first, first + count):
        turned = SENTENCES[i % 6 :] + SENTENCES[: i % 6]
        lines.append(f"Paragraph {i + 1} begins here. " + " ".join(turned))
    return "\n\n".join(lines) + "\n"


def brief_text(number: str, date: str, title: str, body: str = "", **fields: object) -> str:
    """Return the Markdown of a brief without a fault; `fields` add to its header or replace in it."""
    header: dict[str, object] = {
        "title": title,
        "author": "Ada Example",
        "date": date,
        "number": number,
        "key_issues": [
            f"The first key issue of {number} says in one sentence what is at stake here.",
            f"The second key issue of {number} says in one sentence what should be done.",
        ],
    } | fields
    # What JSON writes is YAML too, and every text in it is quoted.
    lines = [f"{key}: {json.dumps(value, ensure_ascii=False)}" for key, value in header.items()]
    text = body or f"## Introduction\n\n{paragraphs(2)}\n## What to do\n\n{paragraphs(2, 2)}"
    return "---\n" + "\n".join(lines) + f"\n---\n\n{text}"


def make_project(
    folder: Path, briefs: Mapping[str, str | bytes] | None = None, *, series: str = SERIES, docs: bool = False
) -> Path:
    """Lay out a project in `folder`: the settings of ours, a home and an about page, the given briefs.

    Args:
        folder: where; it may exist.
        briefs: path below `briefs/` → what stands in the file.
        series: the text of `briefs/series.yml`.
        docs: take over the manuals and the menu too.
    """
    folder.mkdir(parents=True, exist_ok=True)
    # Cutting fonts and setting PDFs takes time. The store keeps them by what they depend on, so all may share them.
    for kind in ("fonts", "pdfs", "glyphs"):
        kept, link = ROOT / ".cache/briefpress" / kind, folder / ".cache/briefpress" / kind
        kept.mkdir(parents=True, exist_ok=True)
        link.parent.mkdir(parents=True, exist_ok=True)
        link.symlink_to(kept)
    settings = (ROOT / "mkdocs.yml").read_text(encoding="utf-8")
    settings, found = re.subn(r"(?m)^site_url:.*$", f"site_url: {SITE_URL}", settings)
    assert found == 1, "mkdocs.yml has one line for site_url"
    if docs:
        shutil.copytree(ROOT / "docs", folder / "docs")
    else:
        # The menu names manuals that this project has not.
        settings = re.sub(r"(?m)^nav:.*\n(?:[ \-#].*\n|\n)*", "", settings)
        (folder / "docs").mkdir()
        (folder / "docs/index.md").write_text("---\ntitle: Home\n---\n\nWhat this series is for.\n")
        (folder / "docs/about.md").write_text("---\ntitle: About\n---\n\n# About\n\nWho publishes here.\n")
    (folder / "mkdocs.yml").write_text(settings, encoding="utf-8")
    for path, text in ({"series.yml": series} | dict(briefs or {})).items():
        target = folder / "briefs" / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(text if isinstance(text, bytes) else text.encode("utf-8"))
    return folder


def run_build(project: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run the build script in a project, as an editor would."""
    command = [sys.executable, str(ROOT / "scripts/build.py"), *arguments]
    environment = os.environ | {"NO_MKDOCS_2_WARNING": "1", "NO_COLOR": "1"}
    return subprocess.run(command, cwd=project, env=environment, capture_output=True, text=True, check=False)


@pytest.fixture
def project(tmp_path: Path) -> Callable[..., Path]:
    """Give a function that lays out a project: see `make_project`."""
    return functools.partial(make_project, tmp_path / "project")


@pytest.fixture
def build() -> Callable[..., subprocess.CompletedProcess[str]]:
    """Give a function that runs the build script: see `run_build`."""
    return run_build


@pytest.fixture(name="brief_text")
def give_brief_text() -> Callable[..., str]:
    """Give a function that writes a brief: see `brief_text`."""
    return brief_text


# One site for all tests that read

LONG_ADDRESS = "https://example.org/" + "a-very-long-address/" * 6
LONG_WORD = "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft"
SECRET = "zyzzyva"  # stands in an unpublished brief only

FIGURE = """\
<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 640 320" width="640" height="320">
  <rect width="640" height="320" fill="#ffffff"/>
  <rect x="80" y="60" width="120" height="220" fill="#15406b"/>
  <rect x="260" y="140" width="120" height="140" fill="#8aa4c0"/>
  <rect x="440" y="200" width="120" height="80" fill="#c9a45c"/>
</svg>
"""

FULL_BODY = f"""\
## Introduction

{paragraphs(5)}
An address that no line can hold, <{LONG_ADDRESS}>, and a word, {LONG_WORD}.[^1]

## What a table says

{paragraphs(4, 5)}
Table: Kinds of things that a series has, and what becomes of them

| Kind | Places where it is kept | Given by | Kept for | Number | Share in per cent |
|---|---|---|---|--:|:-:|
| Manuscript | Author's desk, editor's desk, repository | the author | two years | 1,204 | 12.5 |
| Publication | Website, national library, catalogue | the institute | as long as it stands | 980 | 87.5 |

Note: The figures were invented.

### A smaller matter

{paragraphs(2, 9)}
- a point of a list
- another, *with* **emphasis** and `code`

1. a step
2. the next one

> A quotation of some length, which is set apart from the text that quotes it.

## What a figure shows

{paragraphs(4, 11)}
![Three bars, each about half as high as the one before it](bars.svg "Bars. Source: invented.")

{paragraphs(1, 15)}
## What to do

{paragraphs(4, 16)}
The last sentence has a note too.[^2]

[^1]: The first note, with a [link](https://example.org/note).
[^2]: The second note.
"""

TWO_AUTHORS = [
    {"name": "Ada Example", "affiliation": "Institute for Tests", "orcid": "0000-0002-1825-0097"},
    {"name": "Jan Pejšová", "affiliation": "University of Sampleton", "bio": "Jan Pejšová was invented."},
]

BRIEFS: dict[str, str] = {
    "2025/01-full/index.md": brief_text(
        "1/2025",
        "2025-03-14",
        "Everything that a brief may hold: a specimen for the tests",
        FULL_BODY,
        subtitle="With a table, a figure and two notes",
        author=TWO_AUTHORS,
        topics=["records"],
        regions=["europe"],
        data=[{"file": "bars.csv", "title": "The bars as numbers", "license": "CC-BY-4.0"}],
        related=["1/2024"],
        funding="Nobody paid for this brief.",
    ),
    "2025/01-full/bars.svg": FIGURE,
    "2025/01-full/bars.csv": "bar,height\nfirst,220\nsecond,140\nthird,80\n",
    "2025/02-short.md": brief_text("2/2025", "2025-05-02", "Lighthouses and the price of oil"),
    "2025/03-draft.md": brief_text(
        "3/2025",
        "2025-05-03",
        f"What nobody may see yet, called {SECRET}",
        f"## Introduction\n\nThe word {SECRET} stands here too.\n",
        draft=True,
    ),
    "2024/01-older.md": brief_text(
        "1/2024", "2024-02-29", "Lighthouses in a leap year", author="Bea Sample", topics=["access"]
    ),
    "2024/02-french.md": brief_text(
        "2/2024",
        "2024-09-01",
        "Ce que promet un numéro",
        "## Introduction\n\nUn numéro est une promesse, et les phares n'y changent rien.\n\n"
        "## Que faire\n\nTenir la promesse aussi longtemps que la série existe.\n",
        author="Chloé Modèle",
        lang="fr",
        key_issues=[
            "Le premier point dit en une seule phrase ce qui est en jeu dans ce texte.",
            "Le second point dit en une seule phrase ce que la série devrait faire demain.",
        ],
    ),
    "2023/01-oldest.md": brief_text("1/2023", "2023-11-20", "How the series began", author="Bea Sample"),
}


NOTES = """\
  - slug: notes
    title: CSDS Note
    masthead: CSDS NOTE
    issn: 1234-5679
    numbering: continuous
    date_style: D MMMM YYYY
    publisher: Institute for Tests
    place: Testville
    description: A second series, shorter than the first.
    license: CC-BY-4.0
    colour: "#5b2a4e"
    disclaimer:
      one: Notes invite comment, and speak for their author alone.
      several: Notes invite comment, and speak for their authors alone.
    topics:
      records: Numbers and records
    regions:
      europe: Europe
"""
SECOND_SERIES: dict[str, str | bytes] = {
    "people.yml": "zoe-muster:\n  given: Zoë\n  particle: van\n  family: Muster\n  photo: zoe.png\n"
    "  affiliation: Institute for Tests\n  bio: Zoë van Muster was invented, portrait and all.\n",
    "people/zoe.png": base64.b64decode(
        "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg=="
    ),
    "notes/01-note.md": brief_text("1", "2024-06-30", "A note on sextants", author="zoe-muster", topics=["records"]),
}


@dataclass(frozen=True)
class BuiltSite:
    """A site that was built once for all tests that only read it."""

    folder: Path
    """The output, `site/` of the project."""
    report: str
    """What the build printed."""

    brief = "policy-briefs/2025/1/"
    short = "policy-briefs/2025/2/"
    french = "policy-briefs/2024/2/"
    note = "notes/1/"
    author = "authors/zoe-muster/"
    authors = "authors/"
    topic = "topics/records/"
    region = "regions/europe/"
    all_briefs = "policy-briefs/"
    year = "policy-briefs/2024/"
    about = "about/"
    search = "search/"
    secret = SECRET

    def pages(self) -> dict[str, bool]:
        """Return each page's path below the site, and whether it stands on Material's frame."""
        found = {}
        for file in sorted(self.folder.rglob("*.html")):
            path = file.relative_to(self.folder).as_posix().removesuffix("index.html")
            if not path.startswith("pagefind/"):
                found[path] = "data-md-component=\"main\"" in file.read_text(encoding="utf-8")
        return found

    def manuals(self) -> list[str]:
        """Return the paths of the pages that stand on Material's frame."""
        return [path for path, material in self.pages().items() if material]


@pytest.fixture(scope="session")
def built_site(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> BuiltSite:
    """Build a site with a full-length brief and some more, once for all workers."""
    base = tmp_path_factory.getbasetemp()
    folder = (base if worker_id == "master" else base.parent) / "built"
    report, failure = folder / "report.txt", folder / "failure.txt"
    with folder.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not folder.exists():
            make_project(folder, {**BRIEFS, **SECOND_SERIES}, series=SERIES + NOTES, docs=True)
            result = run_build(folder, "--strict")
            outcome = report if result.returncode == 0 else failure
            outcome.write_text(result.stdout + result.stderr, encoding="utf-8")
    if failure.exists():
        pytest.fail(f"the site was not built:\n{failure.read_text(encoding='utf-8')}", pytrace=False)
    return BuiltSite(folder / "site", report.read_text(encoding="utf-8"))


# A server under /repo/


class Server(ThreadingHTTPServer):
    """Answers on 127.0.0.1."""

    request_queue_size = 128  # a page asks for more at once than the default of 5
    daemon_threads = True


class Pages(SimpleHTTPRequestHandler):
    """Serves one folder under /repo/, and its 404.html for what is not there."""

    protocol_version = "HTTP/1.1"
    timeout = 30  # seconds; else a connection that a browser leaves open keeps its thread

    def translate_path(self, path: str) -> str:
        """Find the file; outside of /repo/ there is none."""
        if not path.startswith("/repo/"):
            return str(Path(self.directory) / "no such file")
        return super().translate_path(path.removeprefix("/repo"))

    def send_error(self, code: int, message: str | None = None, explain: str | None = None) -> None:
        """Answer with the site's own page, as a host of static pages does."""
        lost = Path(self.directory) / "404.html"
        if code != 404 or not lost.is_file():
            super().send_error(code, message, explain)
            return
        page = lost.read_bytes()
        self.send_response(404)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(page)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(page)

    def log_message(self, *arguments: Any) -> None:
        """Say nothing: a test that wants the requests records them in the browser."""


@contextmanager
def serving(folder: Path) -> Iterator[str]:
    """Serve a built site; gives its address, which ends in /repo/."""
    server = Server(("127.0.0.1", 0), functools.partial(Pages, directory=str(folder)))
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/repo/"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@pytest.fixture(scope="session")
def serve(built_site: BuiltSite) -> Iterator[str]:
    """Give the address of the built site."""
    with serving(built_site.folder) as address:
        yield address


# A browser


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    """Start Chromium; it finds no other host than this machine."""
    found = subprocess.run(
        ["sh", str(ROOT / "scripts/chromium.sh")], capture_output=True, text=True, check=False
    )
    if found.returncode != 0:
        skip_or_fail(found.stderr.strip())
    from playwright.sync_api import sync_playwright  # not at the top: it takes a third of a second

    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(
            executable_path=found.stdout.strip(),
            args=[
                "--no-sandbox",  # root, as in CI, has none
                "--disable-gpu",
                "--disable-quic",
                "--no-first-run",
                "--disable-background-networking",
                "--disable-component-update",
                "--disable-sync",
                "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost",
            ],
        )
        yield chromium
        chromium.close()


@dataclass
class Reader:
    """Opens pages of the site, and remembers where they asked for things and what they complained of."""

    browser: Any
    address: str
    strayed: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)
    contexts: list[Any] = field(default_factory=list)

    def open(
        self,
        path: str = "",
        *,
        width: int = 1280,
        height: int = 900,
        scheme: str = "light",
        script: bool = True,
        lost: bool = False,
    ) -> Any:
        """Open a page of the site with a fresh profile, as a desktop browser of that size does.

        Args:
            path: below the site's address.
            width: in CSS pixels. A telephone's context would hide overflow, so this is never one.
            height: in CSS pixels.
            scheme: "light" or "dark".
            script: whether JavaScript is on.
            lost: whether the answer is to be 404, and not 200.
        """
        context = self.browser.new_context(
            viewport={"width": width, "height": height},
            color_scheme=scheme,
            java_script_enabled=script,
            reduced_motion="reduce",
        )
        self.contexts.append(context)
        context.on("request", self.note_request)
        context.on("response", lambda answer: self.note_answer(answer, lost))
        context.on("console", lambda message: self.note_message(message, lost))
        context.on("weberror", lambda error: self.complaints.append(f"uncaught: {error.error}"))
        page = context.new_page()
        page.goto(self.address + path)
        return page

    def note_request(self, request: Any) -> None:
        if not request.url.startswith((self.address, "data:", "blob:")):
            self.strayed.append(request.url)

    def note_answer(self, answer: Any, lost: bool) -> None:
        if answer.status >= 400 and not (lost and answer.request.is_navigation_request()):
            self.complaints.append(f"{answer.status}: {answer.url}")

    def note_message(self, message: Any, lost: bool) -> None:
        if message.type == "error" and not (lost and "404" in message.text):
            self.complaints.append(f"console: {message.text}")

    def close(self) -> None:
        """Leave, and fail the test if a page strayed from the site or complained."""
        for context in self.contexts:
            context.close()
        assert not self.strayed, "a page asked for something outside of the site"
        assert not self.complaints, "a page had errors"


@pytest.fixture
def reader(browser: Any, serve: str) -> Iterator[Reader]:
    """Give a reader of the built site; the test fails if a page leaves the site or has errors."""
    someone = Reader(browser, serve)
    yield someone
    someone.close()


@pytest.fixture
def read_site(browser: Any) -> Iterator[Callable[[Path], Reader]]:
    """Give a function that serves another built site, and gives a reader of it."""
    with ExitStack() as stack:

        def read(folder: Path) -> Reader:
            someone = Reader(browser, stack.enter_context(serving(folder)))
            stack.callback(someone.close)
            return someone

        yield read
