"""Figures from data: drawn the same each time, out of reach of everything but their CSV, and read by everybody."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from briefpress import figures, limits
from briefpress.finding import Place
from briefpress.media import Media, inspect_svg
from briefpress.rules import Report
from briefpress.values import Named

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
    "mark: &a bar", "mark: {point: true}", "mark: [bar]", "encoding: [x]", "encoding: x", "layer: []", "layer: x", "layer: [{encoding: {}}]",
    "transform: [{sample: 5}]", "transform: [{calculate: random(), as: z}]", "transform: [{filter: datum.outages < now ()}]", "transform: {a: b}",
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


def test_a_short_text_is_advice_and_the_figure_is_drawn() -> None:
    block = BAR.replace("Outages fall from twelve in January to two in June.", "Outages.")
    figure, codes = read(block)
    assert (figure is not None, codes) == (True, ["alt-length"])


BODIES = {
    "two": ("```figure\na: 1\n```\n\n~~~ figure\nb: 2\n~~~\n", [(8, "a: 1\n", True), (12, "b: 2\n", True)]),
    "in longer fences": ("````markdown\n```figure\na: 1\n```\n````\n", []),
    "in a comment": ("<!--\n```figure\na: 1\n```\n-->\n", []),
    "after a comment": ("a <!-- b --> c\n```figure\na: 1\n```\n", [(9, "a: 1\n", True)]),
    "after a comment without an end": ("<!-->\n```figure\na: 1\n```\n", [(9, "a: 1\n", True)]),
    "not closed": ("Text.\n```figure\na: 1\n", [(8, "", False)]),
    "closed otherwise": ("```figure\na: 1\n````\n", [(7, "", False)]),
    "indented": ("- x\n\n    ```figure\n    a: 1\n    ```\n", [(9, "", False)]),
    "another word": ("```figures\na: 1\n```\n", []),
    "many marks": ("```x\n" * 50_000 + "<!--\n" * 50_000, []),
}


@pytest.mark.parametrize("name", BODIES)
def test_blocks_are_found_where_the_page_would_have_them(name: str) -> None:
    body, expected = BODIES[name]
    assert [(block.line, block.text, block.whole) for block in figures.blocks(body, 7)] == expected


def test_a_bad_block_takes_no_number_from_a_good_one() -> None:
    body = f"```figure\nmark: nonsense\n```\n\n```figure\n{BAR}```\n"
    assert figures.replaced(body) == "```figure\nmark: nonsense\n```\n\n![](figure-from-data-1.svg)\n\n"


def test_an_address_that_gets_past_the_reading_loads_nothing() -> None:
    figure = figures.Figure(Place(1, 1), Named("a.csv", Place(1, 1)), "A text for it.", "",
                            {"mark": "bar", "transform": [{"lookup": "month", "from": {"data": {"url": "http://127.0.0.1:9/x.csv"}, "key": "a",
                                                                                          "fields": ["b"]}}]})  # fmt: skip
    with pytest.raises(figures.FigureError, match="cannot be drawn") as raised:
        figures.draw(figure, DATA, colour="#15406b")
    assert "   at " not in str(raised.value), "no trace of another program's code"


@pytest.mark.parametrize("part", [
    "mark: {type: bar, fill: \"url(https://example.org/x)\"}", "mark: {type: point, shape: '\"><script>'}",
    "transform: [{calculate: \"image('https://example.org/')\", as: z}]", "transform: [{calculate: \"length(sequence(0, 3e9))\", as: z}]",
])  # fmt: skip
def test_what_cannot_be_drawn_is_said_in_plain_words(part: str) -> None:
    key = part.partition(":")[0]
    figure, codes = read("".join(f"{one}\n" for one in BAR.splitlines() if not one.startswith(f"{key}:")) + f"{part}\n")
    assert codes == []
    assert figure is not None
    with pytest.raises(figures.FigureError) as raised:
        figures.draw(figure, DATA, colour="#15406b")
    assert not re.search(r"\n|\bat http|Error|jsdelivr", str(raised.value))


@pytest.mark.parametrize("formula", ["test(/(a+)+$/, 'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaab')", "length(sequence(0, 1e8)) > 1"])
def test_a_figure_that_never_ends_is_stopped_alone(formula: str, monkeypatch: pytest.MonkeyPatch) -> None:
    figure, _ = read(f'{BAR}transform: [{{filter: "{formula}"}}]\n')
    assert figure is not None
    monkeypatch.setattr(limits, "SECONDS", 2.0)
    with pytest.raises(figures.FigureError, match=r"longer than 2 seconds|too much memory"):
        figures.draw(figure, DATA, colour="#15406b")


def test_a_figure_that_breaks_the_engine_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(figures, "_CHILD", "import os; os.abort()")
    with pytest.raises(figures.FigureError, match="too much memory"):
        drawn(BAR)


@pytest.mark.skipif(len(figures._packages()) < 2, reason="the extra cjk is not installed")
def test_chinese_japanese_and_korean_are_drawn_from_the_extra() -> None:
    data = DATA.replace(b"June", "六月".encode())
    assert figures._face_with("六") is figures._faces()[1]
    assert drawn(BAR, data) == drawn(BAR, data)


def test_a_figure_larger_than_a_page_is_refused() -> None:
    with pytest.raises(figures.FigureError, match=r"pixels, and at most 1,200"):
        drawn(f"{BAR}  row: {{field: month}}\nheight: 700\n")


def test_a_date_is_the_same_everywhere(monkeypatch: pytest.MonkeyPatch) -> None:
    data = b"month,outages\n2024-01-01,12\n2024-06-01,2\n"
    block = BAR.replace("ordinal", "temporal, axis: {format: '%d %B'}")
    monkeypatch.setenv("TZ", "America/New_York")
    one = drawn(block, data)
    monkeypatch.setenv("TZ", "Asia/Tokyo")
    assert drawn(block, data) == one


def test_a_module_beside_the_briefs_is_not_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "vl_convert.py").write_text("raise SystemExit(9)\n")
    monkeypatch.chdir(tmp_path)
    assert drawn(BAR).svg


def test_as_many_points_as_may_be() -> None:
    data = b"month,outages\n" + b"".join(b"%d,%d\n" % (index, index % 97) for index in range(figures.ROWS))
    assert len(drawn(BAR.replace("ordinal", "quantitative").replace("mark: bar", "mark: point"), data).svg) < figures.SVG_LIMIT


@pytest.mark.parametrize("colour", ["#15406b", "#5b2a4e", "#1f7358", "#063"])
def test_the_first_colours_are_told_apart_in_grey(colour: str) -> None:
    own, *others = (figures._lightness(one) for one in figures._palette(colour))
    assert sorted(others) == sorted(map(figures._lightness, figures._PALETTE))
    light = [own, *others[:3]]
    assert min(abs(one - two) for index, one in enumerate(light) for two in light[:index]) >= 9


@pytest.mark.parametrize(("data", "said"), [
    (b"", "no row"), (b"a,b\n", "no row"), (b"a;b\n1;2\n", "semicolons"), (b"a;b\n", "semicolons"), (b"a,b\n\n1\n", "row 3 has 1"),
    (b"a,b\n" + b"1,2\n" * 5001, "5,001 rows"), (b",".join([b"a"] * 51) + b"\n" + b",".join([b"1"] * 51), "51 columns"),
    (b"a,b\n" + b"1," + b"2" * 1_000_000, "kB"), (b"a,b\nM\xfcnchen,2\n", "line 2 is not UTF-8"), ("a,b\n1,2\n".encode("utf-16"), "UTF-8"),
    (b"a,b\n1,\0\n", "no text"), (b'a,b\n"x,2\ny,3\n', "quotation mark"), (b"a,a\n1,2\n", 'named "a"'), (b"a,\n1,2\n", "column 2 has no name"),
])  # fmt: skip
def test_odd_data_is_said(data: bytes, said: str) -> None:
    rows = figures.rows_of(data)
    assert isinstance(rows, str)
    assert said in rows


def test_a_mark_of_bytes_and_blanks_are_no_data() -> None:
    assert figures.rows_of(b"\xef\xbb\xbfa, b \n\n1,2\n") == [["a", "b"], ["1", "2"]]
    assert figures.rows_of(b"a,b\r1,2\r") == [["a", "b"], ["1", "2"]]
    assert len(figures.rows_of(b"a,b\n" + b"1,2\n" * figures.ROWS)) == figures.ROWS + 1


@pytest.mark.parametrize(("cell", "number"), [
    ("12", 12.0), ("-1.5", -1.5), ("2e3", 2000.0), ("", None), ("007", "007"), ("1,234", "1,234"), ("12345678901234567890", "12345678901234567890"),
    ("n/a", "n/a"), ("9e999", "9e999"),
])  # fmt: skip
def test_numbers_are_recognised(cell: str, number: object) -> None:
    assert figures._number(cell) == number


@pytest.mark.parametrize(("data", "block", "code", "said"), [
    (DATA, BAR.replace("field: month", "field: year"), "figure", 'no column "year"'),
    (DATA.replace(b"12", b'"1,200"'), BAR, "figure", '"1,200" in the column "outages"'),
    (DATA.replace(b"12", b""), BAR, "", ""),
    (DATA, BAR.replace("quantitative", "quantitative, aggregate: distinct").replace("field: outages", "field: kind"), "", ""),
    (DATA.replace(b"June", "六月".encode()), BAR, "glyph-missing", "U+516D"),
    (DATA.replace(b"plant", "\u5382".encode()), BAR, "", ""),  # a column that is not drawn
    (DATA, BAR.replace("type: ordinal", "type: ordinal, title: \u041c\u0435\u0441\u044f\u0446 \u1ebf \u2605\u6708"), "glyph-missing", "U+6708"),
])  # fmt: skip
def test_what_the_data_would_draw_wrongly_is_said(data: bytes, block: str, code: str, said: str, monkeypatch: pytest.MonkeyPatch) -> None:
    faces = figures._faces()[:1]  # without the extra `cjk`
    monkeypatch.setattr(figures, "_faces", lambda: faces)
    figure, _ = read(block)
    assert figure is not None
    report = Report("briefs/2024/1/index.md")
    figures.check_data(figure, data, report)
    assert ([finding.code for finding in report.findings][-1:] or [""]) == [code]
    assert said in "".join(finding.message for finding in report.findings)


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
        assert re.search(r"briefs/2024/1/index\.md:\d+:\d+: error: .* \[figure\]", done.stderr)


def test_an_editor_gets_no_details_by_hand(project: Callable[..., Path], build: Build, brief_text: Write) -> None:
    body = "## Introduction\n\n<details><summary>x</summary>hidden</details> Text.\n"
    folder = project({"2024/1.md": brief_text("1/2024", "2024-05-01", "A brief", body)})
    done = build(folder)
    assert done.returncode == 0, done.stderr
    assert "<details" not in (folder / "site/policy-briefs/2024/1/index.html").read_text()


@pytest.mark.parametrize(("data", "block", "line", "says"), [
    ("U.S.,a.b\none,1\ntwo,2\n",
     "mark: bar\nencoding:\n  x: {field: U.S., type: ordinal}\n  y: {field: a.b, type: quantitative}", 0, "U.S.: two; a.b: 2"),
    ("when,n\nfirst half,1\nsecond half,2\n", "mark: bar\nencoding:\n  x: {field: when, type: temporal}", 4, "is no date"),
    ("a,n\nx,1\n", "mark: bar\ntransform: [{filter: datum.zz > 3}]\nencoding:\n  x: {field: a, type: ordinal}", 0, 'no column "zz"'),
    ("a,n\nx,1\n", "mark: bar\ntransform:\n  - filter: 'datum[\"zz\"] > 3'\nencoding:\n  x: {field: a, type: ordinal}", 0, 'no column "zz"'),
    ("a,n\nx,1\n", "mark: bar\ntransform: [{filter: datum.n > 0}]\nencoding:\n  x: {field: qq, type: ordinal}", 5, 'no column "qq"'),
    ("a,n\nx,1\n", "mark: bar\ntransform: [{calculate: datum.n * 2, as: m}]\nencoding:\n  x: {field: m, type: quantitative}", 0, "m: 2"),
    ("a,n\nx,1\n", "mark: bar\nencoding:\n  x: {field: a, type: ordnal}", 4, 'did you mean ordinal'),
    ("a,n\nx,1\n", "mark: bar\nencoding:\n  x: {field: a, type: ordinal}\n  y: {field: n, aggregate: smu}", 5, 'did you mean sum'),
    ("what,n\nJavaScript: client side,1\n",
     "mark: bar\nencoding:\n  x: {field: what, type: ordinal}\n  y: {field: n, type: quantitative}", 0, "what: JavaScript: client side; n: 1"),
])  # fmt: skip
def test_a_figure_is_drawn_as_it_was_meant_or_told_at_its_line(
    data: str, block: str, line: int, says: str, project: Callable[..., Path], build: Build, brief_text: Write
) -> None:
    body = f"## Introduction\n\n```figure\ndata: n.csv\nalt: Bars that say what they say.\n{block}\n```\n"
    text = brief_text("1/2024", "2024-05-01", "A brief", body)
    folder = project({"2024/1/index.md": text, "2024/1/n.csv": data})
    done = build(folder, "--no-pdf")
    drawn = next((folder / "site").rglob("figure-from-data-1.svg"), None)
    assert bool(done.returncode) == (drawn is None), done.stderr
    first = text.split("\n").index("```figure") + 2
    place = re.search(r"index\.md:(\d+):\d+: error: (.*)\n(.*)", done.stderr)
    if drawn is None:
        assert place is not None
        assert says in place[2] + place[3]
        assert line == int(place[1]) - first
    else:
        assert f'aria-label="{says}"' in drawn.read_text("utf-8")
        assert "\\." not in drawn.read_text("utf-8")
