"""The preview lives through every mistake, says it at its line, and shows the rest."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[1]
BODY = "\n".join(f"## {name}\n\nA paragraph that stands here so that there is a text to set.\n" for name in ("One", "Two"))
BRIEFPRESS = str(Path(sys.executable).parent / "briefpress")
PATIENCE = 60
"""Seconds; a rebuild takes less than one on a machine with nothing else to do."""


class Preview:
    """`briefpress serve`, or another command, on a port of its own."""

    def __init__(self, project: Path, place: Path, command: tuple[str, ...] = (BRIEFPRESS, "serve", "--addr")) -> None:
        self.log = place / "serve.log"
        self.scratch = place / "scratch"
        self.scratch.mkdir()
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        self.address = f"http://127.0.0.1:{port}/repo/"
        with self.log.open("wb") as stream:
            self.process = subprocess.Popen(
                [*command, f"127.0.0.1:{port}"],
                cwd=project, env=os.environ | {"NO_MKDOCS_2_WARNING": "1", "PYTHONUNBUFFERED": "1", "TMPDIR": str(self.scratch)},
                stdout=stream, stderr=subprocess.STDOUT,
            )  # fmt: skip

    def get(self, path: str) -> tuple[int, str]:
        """Status and text of a page; 0 while nobody answers."""
        try:
            with urllib.request.urlopen(self.address + path, timeout=PATIENCE) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode()
        except OSError:
            return 0, ""

    def wait(self, what: str, met: Callable[[], bool]) -> None:
        """Wait until something is so; the server must live all the while."""
        until = time.monotonic() + PATIENCE
        while not met():
            assert self.process.poll() is None, f"the server ended:\n{self.said()}"
            assert time.monotonic() < until, f"{what} did not come about:\n{self.said()}"
            time.sleep(0.05)

    def end(self) -> None:
        """Stop it as an editor does, with Ctrl+C."""
        self.process.send_signal(signal.SIGINT)
        try:
            self.process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()

    def said(self, since: int = 0) -> str:
        return self.log.read_text(encoding="utf-8", errors="replace")[since:]


@pytest.fixture
def folder(project: Callable[..., Path], brief_text: Callable[..., str]) -> Path:
    """A project with two public briefs and a draft."""
    laid_out = project(
        {
            "2024/1.md": brief_text("1/2024", "2024-05-01", "The first brief", BODY),
            "2024/2.md": brief_text("2/2024", "2024-05-02", "The second brief", f"{BODY}\nOther.\n"),
            "2024/3.md": brief_text("3/2024", "2024-05-03", "The third brief", f"{BODY}\nMore.\n", draft=True),
        }
    )
    return laid_out


@pytest.fixture
def preview(folder: Path, tmp_path: Path) -> Iterator[Preview]:
    running = Preview(folder, tmp_path)
    try:
        running.wait("the preview", lambda: running.get("")[0] == 200)
        yield running
    finally:
        running.end()


def test_the_preview_lives_through_mistakes(folder: Path, preview: Preview) -> None:
    first, second = "policy-briefs/2024/1/", "policy-briefs/2024/2/"
    path, series = folder / "briefs/2024/1.md", folder / "briefs/series.yml"
    text = path.read_text()
    assert "The second brief" in preview.get("")[1]
    assert "A paragraph that stands here" in preview.get(first)[1]

    # A draft is shown, in the list too, and says what it is.
    draft = preview.get("policy-briefs/2024/3/")[1]
    assert "<b>Draft.</b>" in draft
    assert "The third brief" in preview.get("policy-briefs/")[1]
    assert "1 in draft" in preview.get("about/")[1]
    assert all('<meta name="robots" content="noindex">' in preview.get(page)[1] for page in ("", "about/", first, "policy-briefs/"))

    # A brief with an error: the finding at its line, in the log and on its page, and the other pages go on.
    at = len(preview.said())
    path.write_text(text.replace("2024-05-01", "1.5.2024").replace("paragraph", "faulty paragraph"))
    preview.wait("the finding", lambda: bool(re.search(r"briefs/2024/1\.md:4:\d+: error: .*\[date-format\]", preview.said(at))))
    preview.wait("the faulty page", lambda: "faulty paragraph" in preview.get(first)[1])
    page = preview.get(first)[1]
    assert "briefs/2024/1.md:4:7" in page
    assert "Fix: write 2024-05-01" in page
    assert "1 to mend" in preview.get("")[1]
    assert "The first brief" not in preview.get("policy-briefs/")[1], "a brief without a date has no place in a list"
    assert preview.get("")[0] == preview.get("about/")[0] == preview.get(second)[0] == 200

    # Its number is gone too: the page stays at the address under which it is open.
    path.write_text(text.replace("1/2024", "I").replace("paragraph", "numberless paragraph"))
    preview.wait("the page without a number", lambda: "numberless paragraph" in preview.get(first)[1])
    assert "[number-format]" in preview.said(at)

    # An error in the text leaves the brief in its list.
    path.write_text(text + "\n\nA [broken link](nowhere.md).\n")
    preview.wait("the page with a broken link", lambda: "broken link" in preview.get(first)[1])
    assert "link-missing" in preview.get(first)[1]
    assert "The first brief" in preview.get("policy-briefs/")[1]

    # Mended: the page is back, with the new text and without findings.
    path.write_text(text.replace("paragraph", "mended paragraph"))
    preview.wait("the mended page", lambda: "A mended paragraph" in preview.get(first)[1])
    assert "link-missing" not in preview.get(first)[1]
    assert preview.get(second)[0] == 200

    # A file that nobody can read, and one that is no text.
    at = len(preview.said())
    path.write_bytes(b"\xff\xfe\0no text")
    preview.wait("the finding", lambda: "[file-encoding]" in preview.said(at) and "in all " in preview.said(at))
    assert preview.get(second)[0] == 200
    assert "file-encoding" in preview.get(first)[1]
    path.write_text(text)
    preview.wait("the first page", lambda: "A paragraph" in preview.get(first)[1])

    # The series cannot be read: what was last known of it stays.
    at = len(preview.said())
    good = series.read_text()
    series.write_text(good.replace("numbering: per-year", "numbering: by-moon"))
    preview.wait("the finding", lambda: bool(re.search(r"briefs/series\.yml:\d+:\d+: error: ", preview.said(at))))
    preview.wait("the finding on a page", lambda: "by-moon" in preview.get("about/")[1])
    assert "A paragraph" in preview.get(first)[1]
    assert "The second brief" in preview.get("policy-briefs/")[1]
    series.write_text(good.replace("CSDS POLICY BRIEF", "BRIEF OF THE HOUSE"))
    preview.wait("the new masthead", lambda: "BRIEF OF THE HOUSE" in preview.get(first)[1])
    assert "by-moon" not in preview.get("about/")[1]

    # A new brief, and one that goes.
    path.with_name("4.md").write_text(text.replace("1/2024", "4/2024").replace("first", "fourth"))
    preview.wait("the new page", lambda: preview.get("policy-briefs/2024/4/")[0] == 200)
    path.with_name("4.md").unlink()
    preview.wait("its end", lambda: preview.get("policy-briefs/2024/4/")[0] == 404)
    assert preview.get(first)[0] == 200

    preview.end()
    assert "Traceback" not in preview.said()
    assert list(preview.scratch.iterdir()) == [], "the pages of the preview go with it"
    assert not (folder / "site").exists(), "the preview leaves the built site alone"
    assert not [left.name for left in folder.iterdir() if "staging" in left.name]


def test_the_preview_starts_with_a_faulty_brief(folder: Path, tmp_path: Path) -> None:
    path = folder / "briefs/2024/1.md"
    path.write_text(path.read_text().replace("2024-05-01", "1.5.2024"))
    running = Preview(folder, tmp_path)
    try:
        running.wait("the preview", lambda: running.get("")[0] == 200)
        assert re.search(r"briefs/2024/1\.md:4:\d+: error: .*\[date-format\]", running.said())
        assert "date-format" in running.get("policy-briefs/2024/1/")[1]
        path.write_text(path.read_text().replace("1.5.2024", "2024-05-01"))
        running.wait("the mended page", lambda: '<time datetime="2024-05-01">' in running.get("policy-briefs/2024/1/")[1])
        assert "date-format" not in running.get("policy-briefs/2024/1/")[1]
    finally:
        running.end()


def test_the_preview_starts_with_a_broken_series(folder: Path, tmp_path: Path) -> None:
    path = folder / "briefs/series.yml"
    good = path.read_text()
    path.write_text(good.replace("  - slug:", "  - slog:"))
    running = Preview(folder, tmp_path, (sys.executable, "-m", "mkdocs", "serve", "--dev-addr"))
    try:
        running.wait("the preview", lambda: running.get("")[0] == 200)
        assert "did you mean" in running.get("")[1]
        path.write_text(good)
        running.wait("the briefs", lambda: running.get("policy-briefs/2024/1/")[0] == 200)
        assert "Traceback" not in running.said()
    finally:
        running.end()


@pytest.mark.browser
def test_each_save_gives_a_new_page_with_one_body_made(folder: Path, preview: Preview, browser: Any) -> None:
    path = folder / "briefs/2024/1.md"
    text = path.read_text()
    page = browser.new_page()
    try:
        page.goto(preview.address + "policy-briefs/2024/1/")
        for word in ("once", "twice", "thrice"):
            at = len(preview.said())
            path.write_text(f"{text}\nSaved {word}.\n")
            page.get_by_text(f"Saved {word}.").wait_for(timeout=PATIENCE * 1000)  # the page loads itself anew
            assert re.findall(r"bodies (\d+)", preview.said(at)) == ["1"]
        path.write_text(text.replace("2024-05-01", "1.5.2024"))
        page.locator(".findings", has_text="date-format").wait_for(timeout=PATIENCE * 1000)
        assert "Line 4" in page.locator(".findings").inner_text()
        path.write_text(text)
        page.locator(".findings", has_text="date-format").wait_for(state="detached", timeout=PATIENCE * 1000)
        page.locator("main h1", has_text="The first brief").wait_for()
        page.keyboard.press("/")
        page.locator("dialog", has_text="preview has no search").wait_for()
    finally:
        page.close()


def test_what_counts_as_now_can_be_told(folder: Path, tmp_path: Path) -> None:
    path = folder / "briefs/2024/1.md"
    path.write_text(path.read_text().replace('date: "2024-05-01"', 'date: "2024-05-01"\nembargo: "2024-06-01T09:00+02:00"'))
    for now, marked in (("2024-05-31", True), ("2024-06-02", False)):
        place = tmp_path / now
        place.mkdir()
        running = Preview(folder, place, (BRIEFPRESS, "serve", "--now", now, "--addr"))
        try:
            running.wait("the preview", lambda running=running: running.get("")[0] == 200)
            assert ("Under embargo until 1.6.2024, 09:00" in running.get("policy-briefs/2024/1/")[1]) is marked
        finally:
            running.end()


@pytest.mark.parametrize("addr", ["8000", "localhost", "127.0.0.1:", "a b:80"])
def test_an_address_without_a_port_is_a_wrong_call(folder: Path, addr: str) -> None:
    done = subprocess.run([BRIEFPRESS, "serve", "--addr", addr], cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert "127.0.0.1:8000" in done.stderr


def test_a_port_that_is_taken_is_said(folder: Path) -> None:
    with socket.socket() as holder:
        holder.bind(("127.0.0.1", 0))
        holder.listen()
        addr = f"127.0.0.1:{holder.getsockname()[1]}"
        done = subprocess.run([BRIEFPRESS, "serve", "--addr", addr], cwd=folder, capture_output=True, text=True,
                              check=False, timeout=PATIENCE)  # fmt: skip
    assert done.returncode == 2
    assert "Traceback" not in done.stderr
    assert f"nothing can be served at {addr}" in done.stderr


AWFUL = {
    "twin": "title: One with a taken number\nnumber: 1/2024\ndate: 2024-05-01\nauthor: Ada Example\n"
            'key_issues: ["One is here.", "Two is here."]',
    "bare": "title: A header with nothing else",
    "no-title": "number: 11/2024\ndate: 2024-05-01",
    "lang": "title: A language that nobody speaks\nnumber: 12/2024\nlang: xx\nlicense: CC BY\ndate: 2024-05-01",
    "topics": "title: A topic that is in no list\nnumber: 13/2024\ndate: 2024-05-01\nauthor: Ada Example\n"
              'key_issues: ["One is here.", "Two is here."]\ntopics: [nonsense, records]\nregions: [nowhere]',
    "aliases": "title: Addresses of others\nnumber: 14/2024\ndate: 2024-05-01\nauthor: Ada Example\n"
               'key_issues: ["One is here.", "Two is here."]\n'
               "aliases: [/about/, /policy-briefs/, odd, /policy-briefs/2024/2/, /404.html, /preview/x/]",
    "translation": "title: A translation of nothing\nnumber: 15/2024\ndate: 2024-05-01\nlang: fr\ntranslation_of: 99/2024",
    "log": "title: A log of nonsense\nnumber: 16/2024\ndate: 2024-05-01\n"
           "corrections: [one, [a, b], 5, {kind: withdrawal}, {date: 9999-12-31, kind: typo}]",
    "embargo": "title: An embargo of nonsense\nnumber: 17/2024\ndraft: perhaps\nembargo: yesterday",
    "far": "title: An embargo at the end of the calendar\nnumber: 20/2024\ndraft: true\nembargo: 9999-12-31T23:59-10:00",
    "series": "title: A series that is none\nseries: nowhere\nnumber: 18/2024",
    "year": "title: A number that is a year\nnumber: 2024",
}  # fmt: skip


def test_the_preview_shows_every_kind_of_awful_brief(folder: Path, tmp_path: Path) -> None:
    year = folder / "briefs/2024"
    for name, header in AWFUL.items():
        (year / f"{name}.md").write_text(f"---\n{header}\n---\n\n{BODY}\n![Nothing](none.svg)\n[x](nowhere.md)\n[y](javascript:alert)\n")
    (year / "empty.md").write_text("")
    (year / "bytes.md").write_bytes(bytes(range(256)))
    # A figure that is well formed and cannot be drawn is found only while pages are made; so is a page of the house at a brief's address.
    drawn = year / "drawn"
    drawn.mkdir()
    (drawn / "n.csv").write_text("a,b\nx,1\n")
    block = "data: n.csv\nalt: A bar that cannot be drawn.\nmark: {type: bar, fill: \"url(https://example.org/x)\"}\nencoding: {x: {field: a}}\n"
    (drawn / "index.md").write_text(f"---\n{AWFUL['topics'].replace('13/', '21/')}\n---\n\n{BODY}\n```figure\n{block}```\n")
    clash = folder / "docs/policy-briefs/2024/2.md"
    clash.parent.mkdir(parents=True)
    clash.write_text("# A page of the house at the address of a brief\n")
    awry = year / "awry"
    awry.mkdir()
    secret = tmp_path / "secret.svg"
    secret.write_text('<svg xmlns="http://www.w3.org/2000/svg" width="8" height="8"><title>zqsecret</title></svg>')
    (awry / "link.svg").symlink_to(secret)
    (awry / "index.md").write_text(f"---\n{AWFUL['topics'].replace('13/', '19/')}\nimage: link.svg\nimage_alt: A link to a secret of the house.\n"
                                   f"data: [../../series.yml]\n---\n\n{BODY}\n"
                                   "![A link to a secret](link.svg)\n\n![Up](../../../mkdocs.yml)\n")  # fmt: skip
    running = Preview(folder, tmp_path)
    try:
        running.wait("the preview", lambda: running.get("")[0] == 200)
        assert "Traceback" not in running.said()
        overview = running.get("preview/")[1]
        pages = dict(re.findall(r'<li><a href="\.\./([^"]*)">[^<]*</a> <span class="count">.*?briefs/2024/([\w./-]+)</span>', overview))
        assert {*pages.values()} == {f"{name}.md" for name in (*AWFUL, "empty", "bytes", "3")} | {"awry/index.md", "drawn/index.md"}
        assert "cannot be shown" in running.get("policy-briefs/2024/21/")[1] or "the figure" in running.get("policy-briefs/2024/21/")[1]
        assert "[figure]" in running.said()
        assert "Two pages have one address, policy-briefs/2024/2/index.html" in running.said()
        assert "A page of the house" in running.get("policy-briefs/2024/2/")[1], "the first stays"
        for address, name in pages.items():
            status, page = running.get(address)
            assert status == 200, name
            assert name == "3.md" or f"briefs/2024/{name}:" in page, f"{name} says what is wrong with it"
            assert "zqsecret" not in page
            assert "javascript:" not in re.sub(r'<div class="findings".*?</div>', "", page, flags=re.DOTALL)
        assert running.get("policy-briefs/2024/19/link.svg")[0] == 404
        assert running.get("policy-briefs/2024/1/")[0] == running.get("policy-briefs/2024/2/")[0] == 200
    finally:
        running.end()


def test_a_pdf_is_made_when_it_is_asked_for(folder: Path, preview: Preview) -> None:
    address = "policy-briefs/2024/1/policy-briefs-1-2024.pdf"
    assert f'href="../../../{address}"' in preview.get("policy-briefs/2024/1/")[1]
    assert "PDFs" not in preview.said()
    with urllib.request.urlopen(preview.address + address, timeout=PATIENCE) as answer:
        assert answer.headers["Content-Type"] == "application/pdf"
        assert answer.read(5) == b"%PDF-"
    assert preview.get("policy-briefs/2024/9/policy-briefs-9-2024.pdf")[0] == 404


def test_a_text_that_takes_too_long_is_waited_for_once(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from mkdocs.commands.build import build
    from mkdocs.config import load_config

    from briefpress import limits
    from briefpress.site import rendering

    monkeypatch.chdir(folder)
    config = load_config("mkdocs.yml", site_dir=str(folder / "served"))
    config.plugins.on_startup(command="serve", dirty=False)
    set_ = []

    def slow(text: str, around: object) -> object:
        set_.append(text)
        raise limits.TooLong

    monkeypatch.setattr(rendering, "render", slow)
    for _ in range(2):
        build(config)
        page = (folder / "served/policy-briefs/2024/1/index.html").read_text()
        assert "text-time" in page
        assert "the text takes too long to read" in page
        config.site_dir = str(folder / "served")
    assert len(set_) == 3, "three briefs, each once"
