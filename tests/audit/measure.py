"""Measure what a reader's first visit costs, and write the table in docs/developing/reader.md.

Run by `make measure`. It builds the project's own site as one that is no sample, since a sample asks
not to be indexed, which Lighthouse counts against it. Bytes are those of each answer as gzip makes it at
level 6, fonts and pictures as they are; Lighthouse runs three times on its own settings for a
telephone on a slow network, and the middle of each figure counts.
"""

from __future__ import annotations

import functools
import gzip
import json
import os
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
from collections import Counter
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import sync_playwright

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs/developing/reader.md"
KINDS = {"document": "HTML", "stylesheet": "CSS", "script": "JS", "font": "fonts", "image": "pictures"}
CATEGORIES = ("performance", "accessibility", "best-practices", "seo")
FLAGS = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"]


class Handler(SimpleHTTPRequestHandler):
    """Serves the site, text as gzip, as any host would."""

    def log_message(self, format: str, *args: object) -> None:
        pass

    def do_GET(self) -> None:
        file = Path(self.translate_path(self.path))
        file = file / "index.html" if file.is_dir() else file
        if not file.is_file():
            self.send_error(404)
            return
        data = file.read_bytes()
        self.send_response(200)
        if file.suffix in (".html", ".css", ".js", ".svg", ".xml", ".json"):
            data = gzip.compress(data, 6, mtime=0)
            self.send_header("Content-Encoding", "gzip")
        self.send_header("Content-Type", self.guess_type(str(file)))
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)


def build(folder: Path) -> Path:
    """Build a copy of the project as a real series; gives the site."""
    for name in ("briefs", "docs"):
        shutil.copytree(ROOT / name, folder / name)
    shutil.copy(ROOT / "mkdocs.yml", folder)
    (folder / ".cache").symlink_to(ROOT / ".cache")
    series = folder / "briefs/series.yml"
    series.write_text(re.sub(r"(?m)^sample: true$", "sample: false", series.read_text("utf-8")), "utf-8")
    subprocess.run([sys.executable, str(ROOT / "scripts/build.py"), "--quiet"], cwd=folder, check=True)
    return folder / "site"


def pages(site: Path) -> dict[str, str]:
    """Home, the longest brief, a list and the search page: what to call it → its address."""
    briefs = [path for path in site.glob("*/*/*/index.html") if "data-pagefind-body" in path.read_text("utf-8")]
    longest = max(briefs, key=lambda path: len(path.read_bytes()))
    listed = longest.parents[2] / "index.html"
    named = {"Home": site / "index.html", "Brief": longest, "List": listed, "Search": site / "search/index.html"}
    return {name: path.parent.relative_to(site).as_posix().removeprefix(".") for name, path in named.items()}


def first_visit(browser: Any, address: str) -> tuple[Counter[str], int, int]:
    """Bytes by kind, requests, and other hosts asked, of a visit with nothing kept from before."""
    page = browser.new_context().new_page()
    size: Counter[str] = Counter()
    hosts: list[str] = []
    answers: list[Any] = []
    page.on("requestfinished", lambda request: answers.append(request))
    page.on("request", lambda request: hosts.append(urlsplit(request.url).netloc))
    page.goto(address, wait_until="networkidle")
    for request in answers:
        size[KINDS.get(request.resource_type, "search")] += request.sizes()["responseBodySize"]
    page.context.close()
    return size, len(answers), len({host for host in hosts if host != urlsplit(address).netloc})


def lighthouse(address: str, chromium: str) -> list[int]:
    """The four scores, of 100, each the middle of three runs."""
    runs = []
    for _ in range(3):
        with tempfile.TemporaryDirectory() as profile:
            done = subprocess.run(
                [str(ROOT / "node_modules/.bin/lighthouse"), address, "--quiet", "--output=json", "--output-path=stdout",
                 f"--only-categories={','.join(CATEGORIES)}", f"--chrome-flags={' '.join([*FLAGS, f'--user-data-dir={profile}'])}"],
                env=os.environ | {"CHROME_PATH": chromium}, capture_output=True, text=True, check=True,
            )  # fmt: skip
        found = json.loads(done.stdout)["categories"]
        runs.append([round(100 * (found[name]["score"] or 0)) for name in CATEGORIES])
    return [int(statistics.median(scores)) for scores in zip(*runs, strict=True)]


def main() -> None:
    """Build, measure, write."""
    with tempfile.TemporaryDirectory() as folder:
        measure(build(Path(folder)))


def measure(site: Path) -> None:
    """Measure a built site, and put the table between its marks."""
    script = ROOT / "scripts/chromium.sh"
    chromium = subprocess.run(["sh", str(script)], capture_output=True, text=True, check=True).stdout.strip()
    server = ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Handler, directory=str(site)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    base = f"http://127.0.0.1:{server.server_port}/"
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=chromium, args=FLAGS[1:])
        addresses = {name: base + path + ("/" if path else "") for name, path in pages(site).items()}
        visits = {name: first_visit(browser, address) for name, address in addresses.items()}
        browser.close()
    scores = {name: lighthouse(address, chromium) for name, address in addresses.items()}
    # A page a column, so that the table can be read on a telephone.
    rows = [("kB in all", [f"{sum(size.values()) / 1000:.1f}" for size, _, _ in visits.values()])]
    rows += [(kind, [f"{size[kind] / 1000:.1f}" for size, _, _ in visits.values()]) for kind in (*KINDS.values(), "search")]
    rows += [("requests", [str(requests) for _, requests, _ in visits.values()])]
    rows += [("other hosts", [str(hosts) for _, _, hosts in visits.values()])]
    rows += [(f"Lighthouse: {name}", [str(found[i]) for found in scores.values()]) for i, name in enumerate(CATEGORIES)]
    head = f"| Measured | {' | '.join(visits)} |\n|---|{'--:|' * len(visits)}"
    body = "\n".join(f"| {name} | {' | '.join(cells)} |" for name, cells in rows)
    table = f"<!-- measured -->\n\n{head}\n{body}\n\n<!-- /measured -->"
    text = PAGE.read_text("utf-8")
    PAGE.write_text(re.sub(r"<!-- measured -->.*<!-- /measured -->", lambda _: table, text, flags=re.DOTALL), "utf-8")


if __name__ == "__main__":
    main()
