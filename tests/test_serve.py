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

import pytest

ROOT = Path(__file__).parents[1]
BODY = "\n".join(f"## {name}\n\nA paragraph that stands here so that there is a text to set.\n" for name in ("One", "Two"))
PATIENCE = 60
"""Seconds; a rebuild takes less than one on a machine with nothing else to do."""


class Preview:
    """`mkdocs serve` on a port of its own."""

    def __init__(self, project: Path, place: Path) -> None:
        self.log = place / "serve.log"
        self.scratch = place / "scratch"
        self.scratch.mkdir()
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        self.address = f"http://127.0.0.1:{port}/repo/"
        with self.log.open("wb") as stream:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "mkdocs", "serve", "--dev-addr", f"127.0.0.1:{port}"],
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

    # A brief with an error: the finding at its line, and the other pages go on.
    at = len(preview.said())
    path.write_text(text.replace("2024-05-01", "1.5.2024").replace("paragraph", "faulty paragraph"))
    preview.wait("the finding", lambda: bool(re.search(r"briefs/2024/1\.md:4:\d+: error: .*\[date-format\]", preview.said(at))))
    preview.wait("the rebuild", lambda: "in all " in preview.said(at))
    status, page = preview.get(first)
    assert status == 404 or "faulty paragraph" not in page
    assert preview.get("")[0] == preview.get("about/")[0] == preview.get(second)[0] == 200

    # Mended: the page is back, with the new text.
    path.write_text(text.replace("paragraph", "mended paragraph"))
    preview.wait("the mended page", lambda: "A mended paragraph" in preview.get(first)[1])
    assert preview.get(second)[0] == 200

    # A file that nobody can read, and one that is no text.
    at = len(preview.said())
    path.write_bytes(b"\xff\xfe\0no text")
    preview.wait("the finding", lambda: "[file-encoding]" in preview.said(at) and "in all " in preview.said(at))
    assert preview.get(second)[0] == 200
    path.write_text(text)
    preview.wait("the first page", lambda: "A paragraph" in preview.get(first)[1])

    # The series cannot be read: what was last known of it stays.
    at = len(preview.said())
    good = series.read_text()
    series.write_text(good.replace("numbering: per-year", "numbering: by-moon"))
    preview.wait("the finding", lambda: bool(re.search(r"briefs/series\.yml:\d+:\d+: error: ", preview.said(at))))
    preview.wait("an answer", lambda: preview.get(first)[0] == 200)
    series.write_text(good.replace("CSDS POLICY BRIEF", "BRIEF OF THE HOUSE"))
    preview.wait("the new masthead", lambda: "BRIEF OF THE HOUSE" in preview.get(first)[1])

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
        assert running.get("policy-briefs/2024/1/")[0] == 404
        path.write_text(path.read_text().replace("1.5.2024", "2024-05-01"))
        running.wait("the mended page", lambda: running.get("policy-briefs/2024/1/")[0] == 200)
    finally:
        running.end()
