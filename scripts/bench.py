"""Measure us and our peers on the same generated briefs: `python scripts/bench.py [--briefs N]... [--write]`.

Every step is a process of its own, and they run in turn. Quick steps run up to three times and the
lowest figure counts, since other work on a machine only ever adds. --write puts what was measured
into docs/developing/performance.md; --pdf measures our PDFs instead (CPU milliseconds a brief).

Units: CPU is seconds of user and system time of the process and of all that it started (the search
indexer, the link checker); memory is the peak resident size of the largest of these processes, in
millions of bytes (MB); sizes are in thousands (kB) or millions of bytes.
"""

from __future__ import annotations

import argparse
import datetime as dt
import functools
import gzip
import os
import platform
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from importlib.metadata import version
from pathlib import Path
from typing import Any

from bench_corpus import SERIES, Brief, briefs
from bench_peers import PEERS, NotInstalled, Peer, node_version

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs/developing/performance.md"
SETTINGS = "site_name: Bench\nsite_url: https://example.org/\ntheme: {name: material, font: false}\nplugins: [briefpress]\n"
BRIEFPRESS = [sys.executable, "-c", "from briefpress.cli import main; main()"]
BUILD = [sys.executable, str(ROOT / "scripts/build.py"), "--no-pdf"]
WITHOUT_SEARCH = "--no-search"
"""The option of `briefpress build`."""
RUNS, ENOUGH = 3, 10
"""A step is run so many times, or until it has taken so many CPU seconds."""
PATIENCE = 3600
"""Seconds by the clock, after which a step has failed."""
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
         "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1"]  # fmt: skip
"""Of Chromium, as in tests/conftest.py: no other host is found."""
SAVES = 5
"""Of which the middle one counts, while serving."""


@dataclass(frozen=True)
class Row:
    """One thing that is asked of us, and how much it may take."""

    key: str
    name: str
    unit: str
    targets: dict[int, float] = field(default_factory=dict)
    """How many briefs → the most that it may take, in that unit."""


ROWS = (
    Row("cold", "From nothing: check, bodies, pages, lists and record files, without search", "CPU s", {1000: 11, 10000: 123}),
    Row("cold search", "From nothing, with search", "CPU s", {1000: 18.5}),
    Row("edit", "One brief edited, without search", "CPU s", {1000: 0.8, 10000: 1.5}),
    Row("edit newest", "One of the newest briefs edited, with search", "CPU s", {1000: 2.5, 10000: 8}),
    Row("edit search", "An old brief edited, with search", "CPU s", {1000: 2.5, 10000: 8}),
    Row("same", "Nothing changed, without search", "CPU s", {1000: 0.6, 10000: 1.0}),
    Row("same search", "Nothing changed, with search", "CPU s"),
    Row("serve", "Serve, from a save to the new page", "s by the clock", {1000: 1.0, 10000: 1.5}),
    Row("check", "Check of all, from nothing", "CPU s", {1000: 2, 10000: 15}),
    Row("check edit", "Check of all, one brief edited", "CPU s", {1000: 0.5, 10000: 2}),
    Row("edit memory", "Peak memory, one brief edited, without search", "MB", {1000: 150, 10000: 300}),
    Row("cold search memory", "Peak memory, from nothing with search", "MB", {1000: 1000, 10000: 2000}),
    Row("first search", "A first search with a facet: index and engine", "kB", {1000: 220, 10000: 450}),
    Row("first search page", "The same with the page, its style, scripts and fonts", "kB"),
)  # fmt: skip


@dataclass(frozen=True)
class Taken:
    """What a step took; units as above."""

    cpu: float
    memory: float


class Failed(Exception):
    """A step ended with an error, or not at all; the text says how."""


@dataclass
class Tool:
    """A line of the comparison."""

    name: str
    version: str
    searches: bool
    cold: Taken | None = None
    edit: Taken | None = None
    site: int = 0
    """Bytes of all files."""
    page: int = 0
    """Bytes of a brief's page as gzip sends it."""
    search: str = "–"
    why: str = ""
    """Why there are no figures."""


@dataclass
class Size:
    """What was measured with so many briefs."""

    count: int
    characters: int
    ours: dict[str, float | str] = field(default_factory=dict)
    """Key of a row → figure, or why there is none."""
    tools: list[Tool] = field(default_factory=list)


# -- one step ---------------------------------------------------------------------------------------------


def say(text: str, end: str = "\n") -> None:
    print(text, file=sys.stderr, end=end, flush=True)


def take(name: str, command: list[str], folder: Path, before: Callable[[], None] = lambda: None, least: int = 1) -> Taken:
    """Run a step, each time after `before`, which is not measured; the lowest of each figure counts.

    Raises:
        Failed: it ended with an error, or took longer than `PATIENCE`.
    """
    say(f"  {name} …", end="")
    taken: list[Taken] = []
    while len(taken) < least or (len(taken) < RUNS and sum(one.cpu for one in taken) < ENOUGH):
        before()
        taken.append(_once(command, folder))
    best = Taken(min(one.cpu for one in taken), min(one.memory for one in taken))
    say(f" {best.cpu:.2f} CPU s, {best.memory:.0f} MB")
    return best


# Linux counts as a process's own peak what it was as a copy of the one that started it; this one is full of briefs.
_APART = """
import os, sys
process = os.spawnvp(os.P_NOWAIT, sys.argv[2], sys.argv[2:])
_, status, used = os.wait4(process, 0)
open(sys.argv[1], "w").write(f"{used.ru_utime + used.ru_stime} {used.ru_maxrss}")
sys.exit(abs(os.waitstatus_to_exitcode(status)))
"""


def _once(command: list[str], folder: Path) -> Taken:
    with tempfile.TemporaryFile("w+", encoding="utf-8", errors="replace") as output, tempfile.NamedTemporaryFile() as usage:
        process = subprocess.Popen([sys.executable, "-I", "-S", "-c", _APART, usage.name, *command], cwd=folder, stdin=subprocess.DEVNULL,
                                   stdout=output, stderr=output, start_new_session=True)  # fmt: skip
        stop = threading.Timer(PATIENCE, os.killpg, (process.pid, signal.SIGKILL))
        stop.daemon = True
        stop.start()
        try:
            process.wait()
        except BaseException:  # it is in a session of its own, and Ctrl+C does not reach it
            os.killpg(process.pid, signal.SIGKILL)
            raise
        finally:
            stop.cancel()
        output.seek(0)
        lines = output.read().splitlines() or [""]
        cpu, peak = map(float, usage.read().split() or (0, 0))
    if process.returncode:
        say(" failed:\n    " + "\n    ".join(lines[-10:]))
        raise Failed(f"it took longer than {PATIENCE} s" if process.returncode == -signal.SIGKILL else f"it ended with {process.returncode}")
    return Taken(cpu, peak * (1 if sys.platform == "darwin" else 1024) / 1e6)  # bytes there, KiB elsewhere


def set_aside(folder: Path, *paths: Path) -> None:
    """Move away what a run is not to find.

    It is not deleted: for minutes after many files were, ext4 takes several times as long to make one
    (`recently_deleted` in its ialloc.c), which nobody meets who builds a site from nothing.
    """
    for path in paths:
        if path.exists():
            gone = folder.with_name(f"{folder.name}-aside")
            gone.mkdir(exist_ok=True)
            path.rename(gone / str(len(list(gone.iterdir()))))


def write(folder: Path, files: dict[str, str]) -> None:
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")


def lengthen(file: Path, sentence: str = "One sentence more.") -> None:
    """Edit a brief as an editor does."""
    with file.open("a", encoding="utf-8") as stream:
        stream.write(f"\n{sentence}\n")


def bytes_of(folder: Path) -> int:
    return sum(file.stat().st_size for file in folder.rglob("*") if file.is_file())


def sent(file: Path) -> int:
    """Bytes of a text as a host sends it."""
    return len(gzip.compress(file.read_bytes(), 6, mtime=0))


# -- us ---------------------------------------------------------------------------------------------------


def measure_us(size: Size, generated: list[Brief], folder: Path) -> None:
    """Fill our rows, and our lines of the comparison."""
    middle = generated[len(generated) // 2]
    file, page = folder / "briefs" / middle.path, f"{middle.permalink}index.html"
    write(folder, {"mkdocs.yml": SETTINGS, "docs/index.md": "# Home\n", "briefs/series.yml": SERIES})
    fonts = ROOT / ".cache/briefpress/fonts"  # cut once on a machine
    fonts.mkdir(parents=True, exist_ok=True)
    (folder / ".cache/briefpress").mkdir(parents=True)
    (folder / ".cache/briefpress/fonts").symlink_to(fonts)
    take("the site's fonts, where they were not cut yet", BUILD, folder)
    write(folder / "briefs", {brief.path: brief.text() for brief in generated})

    def forget() -> None:
        set_aside(folder, folder / "site", *(kept for kept in (folder / ".cache/briefpress").iterdir() if kept.name != "fonts"))

    def edit() -> None:
        lengthen(file)

    size.ours["check"] = take("check, from nothing", [*BRIEFPRESS, "check", "--strict"], folder, forget).cpu
    size.ours["check edit"] = take("check, one brief edited", [*BRIEFPRESS, "check", "--strict"], folder, edit).cpu
    for key, words, options in (("", "without", [WITHOUT_SEARCH]), (" search", "with", [])):
        tool = Tool(f"Briefpress, {words} search", version("briefpress"), not options)
        size.tools.append(tool)
        tool.cold = take(f"from nothing, {words} search", [*BUILD, *options], folder, forget)
        tool.site, tool.page = bytes_of(folder / "site"), sent(folder / "site" / page)
        tool.edit = take(f"one brief edited, {words} search", [*BUILD, *options], folder, edit)
        same = take(f"nothing changed, {words} search", [*BUILD, *options], folder, least=2)
        size.ours |= {f"cold{key}": tool.cold.cpu, f"edit{key}": tool.edit.cpu, f"same{key}": same.cpu,
                      f"cold{key} memory": tool.cold.memory, f"edit{key} memory": tool.edit.memory}  # fmt: skip
    newest = folder / "briefs" / generated[-1].path
    size.ours["edit newest"] = take("one of the newest edited, with search", BUILD, folder, lambda: lengthen(newest)).cpu
    size.ours |= first_search(folder / "site", middle)
    tool.search = figure(size.ours["first search"])
    try:
        size.ours["serve"] = serve(folder, file, middle.permalink)
    except Failed as reason:  # the figures before it cost hours
        size.ours["serve"] = str(reason)
        say(f" {reason}")


def serve(folder: Path, file: Path, address: str) -> float:
    """Seconds by the clock from a save to the page that shows it, the middle of some.

    Raises:
        Failed: the server ended, or showed nothing for too long.
    """
    say("  serve, from a save to the new page …", end="")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with tempfile.TemporaryFile() as output:
        process = subprocess.Popen([*BRIEFPRESS, "serve", "--addr", f"127.0.0.1:{port}"], cwd=folder, stdout=output, stderr=output)

        def shown(words: str) -> float:
            until = time.monotonic() + PATIENCE
            while time.monotonic() < until and process.poll() is None:
                with suppress(OSError), urllib.request.urlopen(f"http://127.0.0.1:{port}/{address}", timeout=PATIENCE) as answer:
                    if words in answer.read().decode():
                        return time.monotonic()
                time.sleep(0.02)
            raise Failed("no page was served")

        try:
            shown("")
            waits = []
            for save in range(SAVES):
                words = f"Saved for the {save + 1}th time while serving."
                lengthen(file, words)
                began = time.monotonic()
                waits.append(shown(words) - began)
        finally:
            process.kill()
            process.wait()
    say(f" {statistics.median(waits):.2f} s")
    return statistics.median(waits)


# -- a reader's first search --------------------------------------------------------------------------------


class Handler(SimpleHTTPRequestHandler):
    """Serves a site, text as gzip, as any host would; what Pagefind writes is packed as it lies."""

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""

    def do_GET(self) -> None:
        """Answer with a file."""
        file = Path(self.translate_path(self.path))
        file = file / "index.html" if file.is_dir() else file
        if not file.is_file():
            self.send_error(404)
            return
        data = file.read_bytes()
        self.send_response(200)
        if file.suffix in (".html", ".css", ".js", ".svg", ".json"):
            data = gzip.compress(data, 6, mtime=0)
            self.send_header("Content-Encoding", "gzip")
        self.send_header("Content-Type", self.guess_type(str(file)))
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)


class Server(ThreadingHTTPServer):
    """Answers on 127.0.0.1."""

    request_queue_size = 128  # a page asks for more at once than the default of 5
    daemon_threads = True


@contextmanager
def serving(site: Path) -> Iterator[str]:
    """Serve a site; gives its address."""
    server = Server(("127.0.0.1", 0), functools.partial(Handler, directory=str(site)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/"
    finally:
        server.shutdown()
        server.server_close()


def first_search(site: Path, brief: Brief) -> dict[str, float | str]:
    """How many kB Chromium gets of the index, and in all, for opening the search page, a word of a brief and a facet; or why not."""
    say("  a first search in Chromium …", end="")
    found = subprocess.run(["sh", str(ROOT / "scripts/chromium.sh")], capture_output=True, text=True, check=False)
    if found.returncode:
        say(" there is none")
        return dict.fromkeys(("first search", "first search page"), "no Chromium")
    from playwright.sync_api import Error, sync_playwright  # not at the top: it takes a third of a second

    word = max(brief.body.split("\n\n")[1].partition(".")[0].split(), key=len)  # of the first sentence: a rare one, as a reader seeks
    answers: list[Any] = []
    try:
        with serving(site) as address, sync_playwright() as driver:
            browser = driver.chromium.launch(executable_path=found.stdout.strip(), args=FLAGS)
            page = browser.new_page()
            page.set_default_timeout(120_000)  # milliseconds
            page.on("requestfinished", lambda request: answers.append(request))
            page.goto(f"{address}search/")
            page.locator(".search-panel input[type=search]").press_sequentially(word, delay=50)
            page.locator(".search-panel [role=status]").filter(has_text=f"“{word}”").wait_for()
            page.locator(".search-panel .results a").first.wait_for()
            fold = page.locator(".search-panel details")
            if fold.count() and not fold.evaluate("e => e.open"):
                fold.locator("summary").click()
            before = page.url
            page.locator(".search-panel label input[type=checkbox]").first.check()
            page.wait_for_function("before => location.href !== before", arg=before)  # the address says what was chosen
            page.wait_for_load_state("networkidle")
            sizes = [(one.url, int(one.sizes()["responseBodySize"])) for one in answers]
            browser.close()
    except Error as error:
        say(f" failed: {error.message.splitlines()[0]}")
        return dict.fromkeys(("first search", "first search page"), "failed")
    total, index = sum(one for _, one in sizes), sum(one for url, one in sizes if "/pagefind/" in url)
    say(f" {index / 1000:.0f} kB of the index and its engine, {total / 1000:.0f} in all, in {len(answers)} requests")
    return {"first search": index / 1000, "first search page": total / 1000}


# -- peers --------------------------------------------------------------------------------------------------


def measure_peer(peer: Peer, generated: list[Brief], folder: Path) -> Tool:
    """Build with a peer, from nothing and after an edit; what keeps it from that stands in its line."""
    tool = Tool(peer.name, peer.version, bool(peer.search))
    middle = generated[len(generated) // 2]
    say(f"  {peer.name} ({peer.version}), installing it where it is missing …", end="")
    try:
        command = peer.command(home := peer.installed())
        say(" ready")
        write(folder, peer.settings(generated, home))
        write(folder / peer.briefs, {brief.path: peer.text(brief) for brief in generated})
        site = folder / peer.site

        def forget() -> None:
            set_aside(folder, site, folder / peer.kept)

        tool.cold = take(f"{peer.name}, from nothing", command, folder, forget)
        tool.site, tool.page = bytes_of(site), sent(next(site.glob(peer.page(middle))))
        if peer.search:
            index = site / peer.search
            tool.search = f"{sent(index) / 1000:,.0f} (the index alone; {index.stat().st_size / 1000:,.0f} unpacked)"
        tool.edit = take(f"{peer.name}, one brief edited", command, folder, lambda: lengthen(folder / peer.briefs / middle.path))
    except NotInstalled as reason:
        tool.why = str(reason)
        say(f" {reason}")
    except Failed as reason:
        tool.why = str(reason)
    return tool


# -- the page -------------------------------------------------------------------------------------------------

HEAD = """\
---
description: What builds cost, ours and those of other tools, as measured on the same briefs.
---

# What a build costs
"""
INTRODUCTION = """\
`make bench` writes some hundred or thousand briefs, builds them with Briefpress and with other tools in turn, and
prints what each took. This page holds the last run that was kept (`make bench BRIEFS="1000 10000" WRITE=1`).

**The briefs** are generated, and the same on every machine: 2,400 words each, frequent and rare ones as in a language,
six sections, twelve footnotes, eight links, every third with a table; one or two authors, topics, regions. All tools
get the same text, and the same links from brief to brief.

**CPU** is seconds of user and system time of the whole process and of all that it started, Python's own start
included. It depends less than the clock does on what else a machine is doing. A step that takes less than ten seconds
is run up to three times, and the lowest figure counts. **Memory** is the peak of the largest process, in MB. kB and MB
are thousands and millions of bytes; a page is counted as gzip packs it.

**From nothing** means without the site and without any cache; ours keeps only the site’s fonts, which are cut once on
a machine. **One brief edited** is a new process after a sentence was added to one brief, with the caches that a tool
keeps. No PDFs, covers and cards are made: what those cost, `make bench-pdf` tells. Nothing is
deleted in between, since ext4 is slow to make files after that. Each of our builds checks every
brief first, writes citations, feeds and the other record files, and checks every link at the end; no peer does that.

**The other tools** have settings as small as they can be. Material’s blog has no pages of authors. Zensical reads the
same files as MkDocs. Hugo and Eleventy have themes of a few lines, written for this: home, pages and lists by year, in
Hugo by author, topic and region too; a theme that does more costs more. What a tool keeps between builds it keeps here.

**A first search** is counted in Chromium: all that is sent of the index and of the engine that reads it, for opening
the search page, typing a word and choosing a facet. Of a peer it is the index alone, which a browser fetches whole.

**A ratio** is to Briefpress with search for tools that make a search index, and without it for those that make none:
2.0 took twice what ours took. A figure above its target is marked as **missed**.
"""


def figure(value: float | str) -> str:
    """Three digits are enough; a text says why there is no figure."""
    if isinstance(value, str):
        return value
    return f"{value:,.0f}" if value >= 100 else f"{value:.1f}" if value >= 10 else f"{value:.2f}"


def asked_table(size: Size) -> str:
    """What is asked of us at one size: the figure and, where there are targets, those and the verdict; it fits a telephone."""
    targets = any(size.count in row.targets for row in ROWS)
    lines = [["Measured", f"{size.count:,} briefs"], ["---", "--:"]]
    if targets:
        lines[0] += ["Target", "Verdict"]
        lines[1] += ["--:", "---"]
    for row in ROWS:
        value, target = size.ours.get(row.key, "–"), row.targets.get(size.count)
        line = [f"{row.name} ({row.unit})", figure(value)]
        if targets:
            line.append("–" if target is None else figure(target))
            line.append("–" if target is None or isinstance(value, str) else "met" if value <= target else "**missed**")
        lines.append(line)
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def tools_table(size: Size) -> str:
    """Us and the peers: CPU, memory, bytes and ratios, in tables that fit a telephone."""
    bases = {tool.searches: tool for tool in size.tools if tool.name.startswith("Briefpress")}

    def step(tool: Tool, taken: Taken | None, ours: Taken | None) -> list[str]:
        if taken is None:
            return [f"not measured: {tool.why}", "–", "–"]
        return [figure(taken.cpu), figure(taken.cpu / ours.cpu) if ours else "–", f"{taken.memory:,.0f}"]

    parts: dict[str, list[str]] = {}
    for tool in size.tools:
        base = bases.get(tool.searches)
        name = f"{tool.name} {tool.version}"
        rows = {
            "From nothing: CPU s": step(tool, tool.cold, base.cold if base else None),
            "One brief edited: CPU s": step(tool, tool.edit, base.edit if base else None),
            "Site, MB": ["–", "–", "–"] if tool.why else [figure(tool.site / 1e6), figure(tool.page / 1000), tool.search],
        }
        for title, cells in rows.items():
            parts.setdefault(title, []).append(f"| {' | '.join([name, *cells])} |")
    heads = {"Site, MB": ["A brief’s page, kB", "A first search, kB"]}
    return "\n\n".join(
        "\n".join([f"| {' | '.join(['Tool', title, *heads.get(title, ['Ratio', 'MB'])])} |", "|---|--:|--:|--:|", *lines])
        for title, lines in parts.items()
    )


def machine() -> str:
    """The versions of everything that a figure may depend on."""
    ours = ", ".join(f"{name} {version(package)}" for name, package in
                     (("Briefpress", "briefpress"), ("MkDocs", "mkdocs"), ("Material", "mkdocs-material"), ("Python-Markdown", "markdown"),
                      ("Pagefind", "pagefind")))  # fmt: skip
    node = f", Node {node_version().removeprefix('v')}" if node_version() else ""
    return f"{ours}; Python {platform.python_version()}{node}; {platform.system()} on {platform.machine()}, {os.cpu_count()} processors."


def report(sizes: list[Size], up_to: int) -> str:
    """All tables, as Markdown."""
    parts = [f"Measured with {machine()}"]
    if any(size.ours for size in sizes):
        parts += ["## What is asked of us", *map(asked_table, sizes)]
    for size in sizes:
        parts += [f"## Beside others: {size.count:,} briefs, {size.characters / 1e6:.1f} million characters", tools_table(size)]
        if size.count > up_to:
            parts.append(f"Peers were measured with up to {up_to:,} briefs.")
    return "\n\n".join(parts) + "\n"


# -- PDFs -----------------------------------------------------------------------------------------------------


def measure_pdfs(count: int) -> None:
    """CPU milliseconds for one brief's PDF, median and worst, in one process and one thread, and the ratio to the first time."""
    from briefpress.checks import check
    from briefpress.store import Store
    from briefpress.typeset import plan

    now = dt.datetime(2100, 1, 1, tzinfo=dt.UTC)
    with tempfile.TemporaryDirectory() as scratch:
        root = Path(scratch)
        write(root, {"briefs/series.yml": SERIES})
        write(root / "briefs", {brief.path: brief.text() for brief in briefs(count)})
        store = Store(root / "store")
        base = 0.0
        print(f"{count} briefs; CPU ms a brief\n{'':24} {'median':>8} {'worst':>8} {'ratio':>6}")
        for name in ("first", "nothing changed", "a sentence added"):
            if name == "a sentence added":
                for path in (root / "briefs").rglob("*.md"):
                    lengthen(path)
            catalogue, _ = check(root, now)
            assert catalogue is not None
            prints = [plan(one, catalogue, root, "https://example.org/", {}) for one in catalogue.public]
            spent = []
            for one in prints:
                began = time.process_time()
                one.made(store)
                spent.append((time.process_time() - began) * 1000)
            middle = statistics.median(spent)
            base = base or middle
            print(f"{name:24} {middle:8.1f} {max(spent):8.1f} {middle / base:6.2f}")


# -- all of it ------------------------------------------------------------------------------------------------


def measure(count: int, only: str | None, up_to: int, place: Path) -> Size:
    """Us, then the peers, each in a folder of its own that is gone afterwards."""
    say(f"{count:,} briefs: generating …", end="")
    generated = briefs(count)
    size = Size(count, sum(len(brief.text()) for brief in generated))
    say(f" {size.characters / 1e6:.1f} million characters")
    if only != "peers":
        measure_us(size, generated, place / f"{count}-us")
    if only != "us" and count <= up_to:
        for nth, peer in enumerate(PEERS):
            size.tools.append(measure_peer(peer, generated, place / f"{count}-{nth}"))
    return size


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--briefs", type=int, action="append", metavar="N", help="how many; may be given several times; default 1000")
    parser.add_argument("--only", choices=["us", "peers"], help="leave the others out")
    parser.add_argument("--peers-up-to", type=int, default=1000, metavar="N", help="more briefs than that are for us alone; default 1000")
    parser.add_argument("--write", action="store_true", help=f"write {PAGE.relative_to(ROOT)} too")
    parser.add_argument("--pdf", action="store_true", help="measure PDFs instead, of 30 briefs unless N is given")
    options = parser.parse_args()
    if options.pdf:
        measure_pdfs((options.briefs or [30])[0])
        return
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # so that what runs is ended, and folders go, as with Ctrl+C
    os.environ |= {"NO_MKDOCS_2_WARNING": "1", "NO_COLOR": "1"}
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)  # else it is measured how long Python takes to compile
    with tempfile.TemporaryDirectory() as place:
        try:
            sizes = [measure(count, options.only, options.peers_up_to, Path(place)) for count in options.briefs or [1000]]
        except Failed as reason:
            sys.exit(f"The benchmark stopped: {reason}.")
    told = report(sizes, options.peers_up_to)
    print(told)
    if options.write:
        paragraphs = "\n\n".join(" ".join(lines.split()) for lines in INTRODUCTION.split("\n\n"))
        PAGE.write_text(f"{HEAD}\n{paragraphs}\n\n{told}", encoding="utf-8")


if __name__ == "__main__":
    main()
