"""Figures from data: drawn the same each time, out of reach of everything but their CSV, and read by everybody."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from briefpress import figures
from briefpress.media import Media, inspect_svg
from briefpress.rules import Report

DATA = b"month,outages,kind\nJanuary,12,grid\nFebruary,7,grid\nJune,2,plant\n"
HEAD = "data: outages.csv\nalt: Outages fall from twelve in January to two in June.\n"
BAR = f"{HEAD}mark: bar\nencoding:\n  x: {{field: month, type: ordinal}}\n  y: {{field: outages, type: quantitative}}\n"
Build = Callable[..., subprocess.CompletedProcess[str]]
Write = Callable[..., str]


def read(block: str) -> tuple[figures.Figure | None, list[str]]:
    report = Report("briefs/2024/1/index.md")
    (found,) = figures.blocks(f"Text.\n\n```figure\n{block}```\n", 10)
    return figures.read(found, report), [finding.code for finding in report.findings]


def drawn(block: str, data: bytes = DATA) -> figures.Drawn:
    figure, codes = read(block)
    assert codes == []
    assert figure is not None
    return figures.draw(figure, data, colour="#5b2a4e")


GOOD = {
    "bar": BAR,
    "line": BAR.replace("mark: bar", "mark: {type: line, point: true}"),
    "colours": BAR + "  color: {field: kind, type: nominal}\n",
    "layers": f"{HEAD}encoding:\n  x: {{field: month}}\nlayer:\n  - mark: bar\n    encoding: {{y: {{field: outages, type: quantitative}}}}\n"
              "  - mark: text\n    encoding: {text: {field: outages}}\n",
    "transform": BAR + "transform:\n  - {filter: \"datum.outages > 3\"}\n",
    "size": BAR + "width: 300\nheight: 200\n",
}  # fmt: skip


@pytest.mark.parametrize("name", GOOD)
def test_a_figure_is_drawn_the_same_each_time(name: str) -> None:
    one = drawn(GOOD[name])
    assert one == drawn(GOOD[name])
    assert isinstance(inspect_svg("x.svg", one.svg.encode()), Media)
    assert "<text" not in one.svg, "letters are outlines: a picture has no faces"
    assert "font" not in one.svg
    assert (one.width, one.height) == ((300, 200) if name == "size" else (figures.WIDTH, figures.HEIGHT))
    assert one.table[0] == ("month", "outages", "kind")
    assert len(one.table) == 4
    if name in ("bar", "line"):
        assert "#5b2a4e" in one.svg


HOSTILE = [
    "$schema: https://example.org/", "url: file:///etc/passwd", "data: {url: x.csv}", "datasets: {a: []}", "config: {}", "usermeta: {}",
    "transform: [{lookup: a, from: {data: {url: \"https://example.org/\"}}}]", "mark: {type: image, url: \"https://example.org/\"}",
    "mark: image", "mark: geoshape", "layer: [{mark: image}]", "layer: [{data: {url: x}, mark: bar}]", "encoding: {href: {value: x}}",
    "encoding: {url: {field: kind}}", "projection: {type: mercator}", "width: 99999", "mark: !!python/object:os.system x", "- a list",
    "mark: &a bar", "alt: x",
]  # fmt: skip


@pytest.mark.parametrize("line", HOSTILE)
def test_what_could_reach_out_is_refused(line: str) -> None:
    key = line.partition(":")[0]
    block = "".join(f"{one}\n" for one in BAR.splitlines() if not one.startswith(f"{key}:")) if not line.startswith("-") else ""
    if key == "encoding":
        block = block.replace("  x: {field: month, type: ordinal}\n", "").replace("  y: {field: outages, type: quantitative}\n", "")
    figure, codes = read(f"{block}{line}\n")
    assert figure is None
    assert codes


def test_an_address_that_gets_past_the_reading_loads_nothing() -> None:
    figure = figures.Figure(figures.Place(1, 1), figures.Named("a.csv", figures.Place(1, 1)), "A text for it.", "",
                            {"mark": "bar", "transform": [{"lookup": "month", "from": {"data": {"url": "http://127.0.0.1:9/x.csv"}, "key": "a",
                                                                                          "fields": ["b"]}}]})  # fmt: skip
    with pytest.raises(figures.FigureError, match="cannot be drawn") as raised:
        figures.draw(figure, DATA, colour="#15406b")
    assert "   at " not in str(raised.value), "no trace of another program's code"


@pytest.mark.parametrize(("data", "said"), [
    (b"", "no row"), (b"a,b\n", "no row"), (b"a;b\n1;2\n", "semicolons"), (b"a,b\n1\n", "row 2 has 1"),
    (b"a,b\n" + b"1,2\n" * 5001, "5,001 rows"),
])  # fmt: skip
def test_odd_data_is_said(data: bytes, said: str) -> None:
    rows = figures.rows_of(data)
    assert isinstance(rows, str)
    assert said in rows


def test_a_mark_of_bytes_and_blanks_are_no_data() -> None:
    assert figures.rows_of(b"\xef\xbb\xbfa, b \n\n1,2\n") == [["a", "b"], ["1", "2"]]


def test_page_and_paper_have_the_figure_its_table_and_its_data(project: Callable[..., Path], build: Build, brief_text: Write) -> None:
    body = f"## Introduction\n\nText.\n\n```figure\n{BAR}caption: Outages. Source invented.\n```\n\nMore text.\n"
    folder = project({
        "2024/1/index.md": brief_text("1/2024", "2024-05-01", "A brief with a figure", body), "2024/1/outages.csv": DATA,
    })  # fmt: skip
    done = build(folder, "--strict")
    assert done.returncode == 0, done.stderr
    site = folder / "site/policy-briefs/2024/1"
    page = (site / "index.html").read_text()
    figure = re.search(r"<figure>.*?</figure>", page, re.DOTALL)
    assert figure is not None
    assert 'src="figure-from-data-1.svg"' in figure[0]
    assert 'alt="Outages fall from twelve in January to two in June."' in figure[0]
    assert "<figcaption><p>Outages. Source invented.</p>" in figure[0]
    assert '<a download="" href="outages.csv">Data (CSV, 1 kB)</a>' in figure[0]
    assert "<details><summary>The numbers</summary>" in figure[0]
    assert '<td>June</td>' in figure[0]
    assert '<td class="right">2</td>' in figure[0]
    assert (site / "figure-from-data-1.svg").is_file()
    assert (site / "outages.csv").read_bytes() == DATA
    assert "```" not in page
    assert "mark: bar" not in page


def test_a_figure_that_means_nothing_is_a_finding(project: Callable[..., Path], build: Build, brief_text: Write) -> None:
    body = f"## Introduction\n\n```figure\n{BAR.replace('type: ordinal', 'type: nonsense')}```\n"
    folder = project({"2024/1/index.md": brief_text("1/2024", "2024-05-01", "A brief", body), "2024/1/outages.csv": DATA})
    done = build(folder)
    assert "Traceback" not in done.stderr
    assert "    at " not in done.stderr
    if done.returncode:
        assert re.search(r"briefs/2024/1/index\.md:\d+:1: error: .* \[figure\]", done.stderr)


def test_an_editor_gets_no_details_by_hand(project: Callable[..., Path], build: Build, brief_text: Write) -> None:
    body = "## Introduction\n\n<details><summary>x</summary>hidden</details> Text.\n"
    folder = project({"2024/1.md": brief_text("1/2024", "2024-05-01", "A brief", body)})
    done = build(folder)
    assert done.returncode == 0, done.stderr
    assert "<details" not in (folder / "site/policy-briefs/2024/1/index.html").read_text()
