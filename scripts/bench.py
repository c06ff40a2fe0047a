"""Measure a build of many generated briefs, or their PDFs: `python scripts/bench.py [--briefs N] [--compare | --pdf]`.

Each brief has some 2,400 words whose frequencies fall as in a language (Zipf), six sections, twelve
footnotes, links to other briefs, and every third a table. The same N gives the same briefs.

Units: CPU is seconds of user and system time of a step's process and of all that it started (the
search indexer, the link checker); clock is seconds by the clock; memory is the peak resident size
of the largest of these processes in MB. The ratio is of CPU: to MkDocs with Material alone, building
the same briefs as pages, where --compare measures that in the same run; else to the first build.
With --pdf: CPU milliseconds for one brief's PDF, median and worst, in one process and one thread,
and the ratio to the first time.
"""

from __future__ import annotations

import argparse
import datetime as dt
import itertools
import os
import random
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

A_YEAR, FIRST_YEAR = 50, 1990
SECTIONS, PARAGRAPHS, WORDS = 6, 4, 100
SERIES = """\
timezone: Europe/Brussels
series:
  - {slug: policy-briefs, title: Policy Brief, masthead: POLICY BRIEF, issn: 2983-466X, numbering: per-year,
     publisher: Institute, place: Town, description: Generated briefs to measure with., license: CC-BY-4.0,
     disclaimer: {one: The views are those of the author., several: The views are those of the authors.}}
"""
SETTINGS = "site_name: Bench\nsite_url: https://example.org/\ntheme: {name: material, font: false}\n"
EXTENSIONS = "markdown_extensions: [footnotes, tables, attr_list]\n"


@dataclass(frozen=True)
class Step:
    """What one step took, and the last line that it printed; units as above."""

    name: str
    cpu: float
    clock: float
    memory: float
    last: str


def path_of(n: int) -> str:
    return f"{FIRST_YEAR + n // A_YEAR}/{n % A_YEAR + 1:02}.md"


def briefs(count: int) -> dict[str, str]:
    """Path below the folder of briefs → text."""
    chance = random.Random(count)
    vocabulary = ["".join(chance.choices("etaoinshrdlu", k=chance.randint(2, 9))) for _ in range(8000)]
    weights = list(itertools.accumulate(1 / rank for rank in range(1, 8001)))

    def some(words: int) -> str:
        text = chance.choices(vocabulary, cum_weights=weights, k=words)
        return ". ".join(" ".join(text[i : i + 18]).capitalize() for i in range(0, words, 18)) + "."

    def section(n: int, at: int) -> str:
        parts = [some(WORDS) for _ in range(PARAGRAPHS)]
        parts[0] += f"[^{at}a] See [another brief](../{path_of(chance.randrange(count))})."
        parts[1] += f" With *emphasis* and **weight**.[^{at}b]"
        if at == 2 and n % 3 == 0:
            rows = "\n".join(f"| {some(2)} | {chance.randint(1, 999)} |" for _ in range(8))
            parts.append(f"Table: {some(5)}\n\n| Kind | Number |\n|---|--:|\n{rows}")
        parts += [f"[^{at}a]: {some(15)}", f"[^{at}b]: {some(15)}"]
        return f"## {some(4)[:-1]} {at}\n\n" + "\n\n".join(parts) + "\n"

    def header(n: int) -> str:
        year, number = FIRST_YEAR + n // A_YEAR, n % A_YEAR + 1
        return (
            f'---\ntitle: "Brief {n}: {some(6)[:-1]}"\nauthor: Author {some(1)[:-1]}\ndate: {year}-{n % 12 + 1:02}-15\n'
            f"number: {number}/{year}\nkey_issues: [{some(15)}, {some(16)}, {some(17)}]\n---\n\n"
        )

    return {path_of(n): header(n) + "\n".join(section(n, at) for at in range(SECTIONS)) for n in range(count)}


def write(folder: Path, files: dict[str, str]) -> None:
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")


def measure(name: str, project: Path, *arguments: str) -> Step:
    """Run Python in a project; where that fails, end with the end of what it printed."""
    print(f"{name} …", file=sys.stderr, flush=True)
    with tempfile.TemporaryFile("w+", encoding="utf-8") as output:
        began = time.perf_counter()
        process = subprocess.Popen([sys.executable, *arguments], cwd=project, stdout=output, stderr=output)
        _, status, usage = os.wait4(process.pid, 0)
        clock = time.perf_counter() - began
        process.returncode = os.waitstatus_to_exitcode(status)
        output.seek(0)
        lines = output.read().splitlines() or [""]
    if process.returncode:
        sys.exit(f"{name} ended with {process.returncode}:\n" + "\n".join(lines[-10:]))
    peak = usage.ru_maxrss * (1 if sys.platform == "darwin" else 1024)  # bytes there, KiB elsewhere
    return Step(name, usage.ru_utime + usage.ru_stime, clock, peak / 1e6, lines[-1])


def measure_pdfs(count: int) -> None:
    from briefpress.checks import check
    from briefpress.store import Store
    from briefpress.typeset import plan

    now = dt.datetime(2100, 1, 1, tzinfo=dt.UTC)
    with tempfile.TemporaryDirectory() as scratch:
        root = Path(scratch)
        write(root, {"briefs/series.yml": SERIES})
        write(root / "briefs", briefs(count))
        store = Store(root / "store")
        base = 0.0
        print(f"{count} briefs; CPU ms a brief\n{'':24} {'median':>8} {'worst':>8} {'ratio':>6}")
        for name in ("first", "nothing changed", "a sentence added"):
            if name == "a sentence added":
                for path in (root / "briefs").rglob("*.md"):
                    path.write_text(path.read_text("utf-8") + "\nOne sentence more.\n", "utf-8")
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


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--briefs", type=int, default=1000, metavar="N", help="how many; default 1000")
    parser.add_argument("--compare", action="store_true", help="build them with Material alone too")
    parser.add_argument("--pdf", action="store_true", help="measure PDFs instead, of 30 briefs unless N is given")
    options = parser.parse_args()
    if options.pdf:
        measure_pdfs(30 if options.briefs == 1000 else options.briefs)
        return
    build = str(Path(__file__).with_name("build.py"))
    os.environ["NO_MKDOCS_2_WARNING"] = "1"
    with tempfile.TemporaryDirectory() as scratch:
        project = Path(scratch, "project")
        settings = f"{SETTINGS}plugins: [{{briefpress: {{pdf: false}}}}]\n"
        write(project, {"mkdocs.yml": settings, "docs/index.md": "# Home\n", "briefs/series.yml": SERIES})
        measure("the fonts, cut once and kept", project, build)
        generated = briefs(options.briefs)
        write(project / "briefs", generated)
        check = "import sys; from briefpress.cli import main; main(['check'])"
        steps = [measure("check", project, "-c", check), base := measure("build, first", project, build)]
        with (project / "briefs" / path_of(options.briefs // 2)).open("a", encoding="utf-8") as file:
            file.write("\nOne sentence more, so that one text has changed.\n")
        steps += [measure("build, one brief edited", project, build), measure("build, nothing changed", project, build)]
        if options.compare:
            plain = Path(scratch, "plain")
            write(plain, {"mkdocs.yml": SETTINGS + EXTENSIONS, "docs/index.md": "# Home\n"})
            write(plain / "docs", generated)
            steps.append(base := measure("Material alone", plain, "-m", "mkdocs", "build", "--quiet"))
    print(f"{options.briefs} briefs, {sum(map(len, generated.values())) / 1e6:.1f} million characters")
    print(f"{'':24} {'CPU s':>8} {'clock s':>8} {'MB':>6} {'ratio':>6}")
    for step in steps:
        print(f"{step.name:24} {step.cpu:8.1f} {step.clock:8.1f} {step.memory:6.0f} {step.cpu / base.cpu:6.2f}")
    print("\n".join(f"{step.name}: {step.last}" for step in steps if step.name.startswith("build")))


if __name__ == "__main__":
    main()
