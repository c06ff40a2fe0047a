"""Figures that are drawn from data: a fenced block `figure` that names a CSV and says how to draw it.

The block is a small part of Vega-Lite, read as YAML with the places of its lines. Knows `vl_convert`,
which draws without a browser and without the network, in a process of its own: a specification can
make it run for ever or out of memory, which ends the process. What a block may not say, it cannot
reach: no address, no picture, no other data than the brief's own file. What only drawing needs is
loaded where a figure is drawn: the check reads figures, and most series have none.
"""

from __future__ import annotations

import csv
import importlib.resources
import importlib.util
import io
import json
import os
import re
import sys
from bisect import bisect_right
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from itertools import accumulate
from pathlib import Path
from typing import Any

from briefpress import limits
from briefpress.finding import Place
from briefpress.front_matter import Items, Node, Text, read_mapping
from briefpress.front_matter import Mapping as MappingNode
from briefpress.media import Refusal, inspect_svg
from briefpress.rules import Report
from briefpress.values import Named, meant

KEYS = ("data", "alt", "caption", "width", "height", "mark", "encoding", "layer", "transform")
"""What a block may say; the last four are Vega-Lite's."""
MARKS = ("arc", "area", "bar", "boxplot", "circle", "errorbar", "line", "point", "rect", "rule", "square", "text", "tick")
ROWS = 5000
"""Rows of data that a figure may have, without the names of the columns."""
COLUMNS = 50
DATA_LIMIT = 1_000_000
"""Bytes of a CSV that is drawn; 5,000 rows of numbers have a tenth."""
SVG_LIMIT = 2_000_000
"""Bytes; 5,000 points have half of it."""
SIDE = 1200
"""Pixels that a figure is wide or high at most, with all its parts."""
SHOWN_ROWS = 60
"""Rows of the table for those who cannot see a figure; the file has all."""
WIDTH, HEIGHT = 520, 300
"""Pixels, where a block does not say."""
_SIZES = {"width": 200, "height": 100}
"""The least that a block may say."""
# Keys of Vega-Lite that load something, lead somewhere, or run.
_REFUSED = frozenset({"$schema", "background", "config", "data", "datasets", "description", "href", "image", "lookup", "name", "params",
                      "projection", "sample", "selection", "url", "usermeta"})  # fmt: skip
_FORMULAS = frozenset({"calculate", "expr", "filter", "labelExpr", "test"})
_AGGREGATES = ("average", "count", "distinct", "max", "mean", "median", "min", "missing", "q1", "q3", "stderr", "stdev", "sum", "valid", "variance")
_KINDS_OF_VALUES = ("quantitative", "ordinal", "nominal", "temporal")
_MADE = {"fold": ("key", "value"), "density": ("value", "density"), "quantile": ("prob", "value"), "pivot": ()}
"""Columns that a transform makes without being told a name."""
_DATE = re.compile(r"\d{4}([-/]\d{1,2}([-/]\d{1,2}([T ]\d{1,2}:\d{2}(:\d{2})?(\.\d+)?(Z|[+-]\d{2}:?\d{2})?)?)?)?")
# What gives something else each time.
_CHANCE = re.compile(r"\b(now|random|sample[A-Z]\w*)\s*\(|\bdatetime\s*\(\s*\)")
_OPENING = re.compile(r"(?P<margin>[ \t]*)(?P<fence>`{3,}|~{3,})(?P<info>[^`]*)")
_CLOSING = re.compile(r"(?P<fence>`{3,}|~{3,})[ \t]*")
# After the series' own colour. Their lightness, L* of CIELAB, is 58, 43, 77, 68 and 34, so that they are told apart in grey
# and by the colour-blind; the first two have 3:1 with white.
_PALETTE = ("#c8781e", "#1f7358", "#9cc4e4", "#a5a5a5", "#7b3a63")
_LETTER = 8.5
"""Pixels that a letter of a label takes."""
_APART = 12.0
"""Lightness between the series' colour and the next ones."""
# What vl-convert says where it draws something else than was asked for, or nothing.
_DROPPED = re.compile(r"^(ERROR .*|WARN .*(Invalid|not a valid|not supported).*)", re.MULTILINE)
_CJK = "noto_cjk_sans_otc"
_CHILD = """
import sys
try:
    import resource
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
except ImportError:
    pass
import vl_convert
for folder in sys.argv[1:]:
    vl_convert.register_font_directory(folder)
try:
    svg = vl_convert.vegalite_to_svg(sys.stdin.buffer.read().decode(), allowed_base_urls=[], show_warnings=True)
except ValueError as error:
    sys.stderr.buffer.write(str(error).encode())
    raise SystemExit(3)
sys.stdout.buffer.write(svg.encode())
"""


@dataclass(frozen=True)
class Block:
    """One block of a body, in the order of the text."""

    line: int
    """The line of the file on which its text begins."""
    text: str
    start: int
    end: int
    """Where it stands in the body, fences included."""
    whole: bool = True
    """Whether it is a block at all: it begins at the margin and is closed."""


@dataclass(frozen=True)
class Figure:
    """A block that is well formed."""

    place: Place
    data: Named
    """The CSV beside the brief."""
    alt: str
    caption: str
    spec: Mapping[str, Any] = field(default_factory=dict)
    """Of Vega-Lite: mark, encoding, layer, transform, width and height."""
    places: Mapping[str, Place] = field(default_factory=dict)
    """Where each column is named."""


@dataclass(frozen=True)
class Drawn:
    """A figure as it is shown."""

    svg: str
    width: int
    height: int
    """Pixels."""
    table: tuple[tuple[str, ...], ...]
    """Its data, the names of the columns first."""


def blocks(body: str, first_line: int) -> Iterator[Block]:
    """The blocks of a body that begins on a line of its file.

    An example of a block within longer fences, and one in a comment, is none.
    """
    if "```" not in body and "~~~" not in body:
        return
    lines = body.split("\n")
    starts = [0, *accumulate(len(line) + 1 for line in lines)]
    closings: dict[str, list[int]] = {}
    for index, line in enumerate(lines):
        if hit := _CLOSING.fullmatch(line):
            closings.setdefault(hit["fence"], []).append(index)
    index, last_comment = 0, body.rfind("-->")
    while index < len(lines):
        line, here = lines[index], index
        index += 1
        if hit := _OPENING.fullmatch(line):
            named = hit["info"].strip().lower() == "figure"
            ends = closings.get(hit["fence"], [])
            if not hit["margin"] and (after := bisect_right(ends, here)) < len(ends):
                index = ends[after] + 1
                if named:
                    text = body[starts[here + 1] : starts[index - 1]]
                    yield Block(first_line + here + 1, text, starts[here], starts[index] - 1)
            elif named:
                yield Block(first_line + here, "", starts[here], starts[index] - 1, whole=False)
        elif (comment := body.find("<!--", starts[here], starts[index])) >= 0 and comment + 4 <= last_comment:
            index = bisect_right(starts, body.find("-->", comment + 4))


def read(block: Block, report: Report) -> Figure | None:
    """Read a block; what is wrong goes into the report, each at its line."""
    before = len(report.findings)
    top = Place(block.line, 1)
    if not block.whole:
        report.add("figure", top, "the block of the figure is indented or not closed",
                   "begin it at the margin, and end it with a line that has the same marks as its first, and nothing else")  # fmt: skip
        return None
    mapping, broken = read_mapping(block.text, report, block.line)
    places: dict[str, Place] = {}
    given: dict[str, Any] = {}
    said = broken | {entry.key.text for entry in mapping.entries}
    for entry in mapping.entries:
        key, place = entry.key.text, entry.key.place
        if key not in KEYS:
            report.add("figure", place, f'a figure has no "{key}"', f"use {', '.join(KEYS)}")
        elif key in ("data", "alt", "caption"):
            if isinstance(entry.value, Text) and entry.value.text.strip():
                given[key] = Named(" ".join(entry.value.text.split()), entry.value.place)
            else:
                report.add("figure", place, f'"{key}" is no text', f"write {key}: and a text, in quotation marks if it has a colon")
        else:
            _check_shape(key, entry.value, report)
            given[key] = _plain(entry.value, report)
            places = dict(_places(entry.value)) | places
            if key in _SIZES and not (type(given[key]) is int and _SIZES[key] <= given[key] <= SIDE):
                report.add("figure", place, f'"{key}" is no number of pixels', f"write {key}: and a number from {_SIZES[key]} to {SIDE}")
    for key, example in (("data", "data: numbers.csv"), ("alt", "alt: A line that falls from twelve in January to two in June."),
                         ("mark", "mark: bar")):  # fmt: skip
        if key not in said and not (key == "mark" and "layer" in said):
            report.add("alt-missing" if key == "alt" else "figure", top, f'the figure has no "{key}"', f"add a line: {example}")
    alt = given.get("alt")
    if alt is not None and not 10 <= len(alt.text) <= 300:
        report.add("alt-length", alt.place, f"the text of the figure has {len(alt.text)} characters", "say what it shows, in 10 to 300 characters")
    if any(finding.code != "alt-length" for finding in report.findings[before:]) or alt is None:
        return None
    spec = {key: given[key] for key in KEYS[3:] if key in given}
    return Figure(top, given["data"], alt.text, given["caption"].text if "caption" in given else "", spec, places)


def _places(node: Node) -> Iterator[tuple[str, Place]]:
    """The columns that a part names, and where."""
    for item in node.items if isinstance(node, Items) else ():
        yield from _places(item)
    for entry in node.entries if isinstance(node, MappingNode) else ():
        if entry.key.text == "field" and isinstance(entry.value, Text):
            yield entry.value.text, entry.value.place
        yield from _places(entry.value)


def _check_shape(key: str, value: Node, report: Report) -> None:
    """Refuse what would be drawn as an empty picture, and the marks that load something."""
    if key == "mark":
        kind = value.get("type") if isinstance(value, MappingNode) else None
        name = kind.value if kind else value
        if not isinstance(name, Text):
            report.add("figure", value.place, "the mark does not say its type", "write mark: bar, or mark: {type: bar}")
        elif name.text not in MARKS:
            report.add("figure", name.place, f'the mark "{name.text}" cannot be drawn', f"use one of {', '.join(MARKS)}")
    elif key == "encoding":
        if not isinstance(value, MappingNode) or not all(isinstance(entry.value, MappingNode | Items) for entry in value.entries):
            report.add("figure", value.place, "the encoding does not say what is drawn where", "write encoding: and under it x: {field: year}")
    elif key in ("layer", "transform"):
        items = value.items if isinstance(value, Items) else ()
        if not items or not all(isinstance(item, MappingNode) for item in items):
            example = "  - mark: bar" if key == "layer" else '  - {filter: "datum.year > 2000"}'
            report.add("figure", value.place, f'"{key}" is no list of parts', f"write {key}: and under it lines like {example.strip()}")
        elif key == "layer":
            for item in items:
                if isinstance(item, MappingNode) and item.get("mark") is None and item.get("layer") is None:
                    report.add("figure", item.place, "a layer has no mark", "add mark: bar, or another")
    elif key == "aggregate" and isinstance(value, Text) and value.text not in _AGGREGATES:
        report.add("figure", value.place, f'"{value.text}" is no way to aggregate',
                   f"use one of {', '.join(_AGGREGATES)}{meant(value.text, _AGGREGATES)}")  # fmt: skip
    elif key in _FORMULAS and isinstance(value, Text) and (hit := _CHANCE.search(value.text)):
        report.add("figure", value.place, f'"{hit[0].rstrip("( )")}" gives something else each time', "draw what stands in the CSV alone")


def _plain(node: Node, report: Report) -> Any:
    """A part of Vega-Lite as JSON knows it, without what it may not hold."""
    if isinstance(node, Items):
        return [_plain(item, report) for item in node.items]
    if isinstance(node, MappingNode):
        found = {}
        kind = node.get("type") if node.get("field") or node.get("aggregate") else None
        if kind and isinstance(kind.value, Text) and kind.value.text not in _KINDS_OF_VALUES:
            report.add("figure", kind.value.place, f'"{kind.value.text}" is no type of values',
                       f"use one of {', '.join(_KINDS_OF_VALUES)}{meant(kind.value.text, _KINDS_OF_VALUES)}")  # fmt: skip
        for entry in node.entries:
            key = entry.key.text
            if key in _REFUSED:
                report.add("figure", entry.key.place, f'"{key}" cannot stand in a figure of a brief', "leave it out; the data is the CSV alone")
                continue
            found[key] = _plain(entry.value, report)
            _check_shape(key, entry.value, report)
        return found
    value = node.text
    if value in ("true", "false"):
        return value == "true"
    if value in ("null", "~", ""):
        return None
    if re.fullmatch(r"-?[0-9]{1,15}", value):
        return int(value)
    return float(value) if re.fullmatch(r"-?[0-9]{1,15}\.[0-9]{1,15}", value) else value


def rows_of(data: bytes) -> list[list[str]] | str:
    """The rows of a CSV, names first; or what is wrong with it."""
    if len(data) > DATA_LIMIT:
        return f"it has {len(data) // 1000:,} kB, and a figure at most {DATA_LIMIT // 1000:,}"
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        return f"line {line} is not UTF-8: save it as “CSV UTF-8”"
    if "\0" in text:
        return "it holds characters of no text"
    rows, lines = [], []
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        for row in reader:
            if any(cell.strip() for cell in row):
                rows.append([cell.strip() for cell in row])
                lines.append(reader.line_num)
    except csv.Error:
        return f"a quotation mark on line {max(1, reader.line_num)} or before it is opened and not closed"
    if rows and len(rows[0]) < 2 and ";" in rows[0][0]:
        return "its columns are parted by semicolons: save it with commas"
    if len(rows) < 2:
        return "it has no row under the names of its columns"
    if len(rows) - 1 > ROWS or len(rows[0]) > COLUMNS:
        return f"it has {len(rows) - 1:,} rows and {len(rows[0]):,} columns, and a figure at most {ROWS:,} and {COLUMNS}"
    for row, line in zip(rows, lines, strict=True):
        if len(row) != len(rows[0]):
            return f"the first row has {len(rows[0])} cells, and row {line} has {len(row)}"
    if "" in rows[0]:
        return f"its column {rows[0].index('') + 1} has no name"
    if twice := next((name for name in rows[0] if rows[0].count(name) > 1), None):
        return f'two of its columns are named "{twice}"'
    return rows


def check_data(figure: Figure, data: bytes, report: Report) -> None:
    """Check the CSV of a figure, that it has the columns that the figure names, and that all can be drawn."""
    rows = rows_of(data)
    if isinstance(rows, str):
        report.add("figure", figure.data.place, f"{figure.data.text} cannot be drawn: {rows}", "mend the file")
        return
    _check_letters(figure, rows, report)
    known = {*rows[0], *_made(figure.spec.get("transform"))}
    named = [name for name, _ in _fields(figure.spec)] + list(_in_formulas(figure.spec))
    for name in dict.fromkeys(name for name in named if name not in known):
        report.add("figure", figure.places.get(name, figure.place), f'{figure.data.text} has no column "{name}"',
                   f"use one of {', '.join(rows[0])}{meant(name, rows[0])}")  # fmt: skip
    for name in dict.fromkeys(_temporal(figure.spec)):
        column = [row[rows[0].index(name)] for row in rows[1:]] if name in rows[0] else []
        if column and (odd := next((cell for cell in column if cell and not _DATE.fullmatch(cell)), None)) is not None:
            report.add("figure", figure.places.get(name, figure.place), f'"{odd[:40]}" in the column "{name}" of {figure.data.text} is no date',
                       "write dates like 2024-03-15, 2024-03 or 2024, or type: ordinal")  # fmt: skip
    if "transform" in figure.spec:
        return  # it can make numbers of what is none
    for name in dict.fromkeys(name for name, counted in _fields(figure.spec) if counted and name in rows[0]):
        column = [row[rows[0].index(name)] for row in rows[1:]]
        odd = next((cell for cell in column if cell and isinstance(_number(cell), str)), None)
        if odd is not None or not any(column):
            report.add("figure", figure.data.place, f'"{(odd or "")[:40]}" in the column "{name}" of {figure.data.text} is no number',
                       "write numbers like -1234.5, and leave the cell empty where there is none")  # fmt: skip


def _check_letters(figure: Figure, rows: list[list[str]], report: Report) -> None:
    """Name the characters that would be empty boxes."""
    if "transform" not in figure.spec:  # which may draw any column
        names = {name for name, _ in _fields(figure.spec)}
        rows = [[cell for name, cell in zip(rows[0], row, strict=True) if name in names] for row in rows]
    drawn = "".join([*_titles(figure.spec), *(cell for row in rows for cell in row)])
    for char in [char for char in dict.fromkeys(drawn) if not char.isspace() and _face_with(char) is None][:5]:
        report.add("glyph-missing", figure.place, f'the figure has an empty box for "{char}", U+{ord(char):04X}, which no face has',
                   "write it in another way; for Chinese, Japanese and Korean, install the extra cjk")  # fmt: skip


def _titles(spec: Any, key: str = "") -> Iterator[str]:
    """The texts that a specification itself draws; a formula is none."""
    if isinstance(spec, list):
        for part in spec:
            yield from _titles(part, key)
    elif isinstance(spec, dict):
        for name, part in spec.items():
            yield from _titles(part, name)
    elif isinstance(spec, str) and key not in _FORMULAS:
        yield spec


def _fields(spec: Any) -> Iterator[tuple[str, bool]]:
    """The columns that a specification names, and whether each must hold numbers."""
    if isinstance(spec, list):
        for part in spec:
            yield from _fields(part)
    elif isinstance(spec, dict):
        if isinstance(spec.get("field"), str):
            yield spec["field"], spec.get("type") == "quantitative" and spec.get("aggregate") not in ("count", "distinct", "missing", "valid")
        for part in spec.values():
            yield from _fields(part)


def _temporal(spec: Any) -> Iterator[str]:
    """The columns that are to be read as dates."""
    for part in spec if isinstance(spec, list) else spec.values() if isinstance(spec, dict) else ():
        if isinstance(part, dict) and part.get("type") == "temporal" and isinstance(part.get("field"), str):
            yield part["field"]
        yield from _temporal(part)


def _made(transform: Any) -> Iterator[str]:
    """The columns that transforms make."""
    for part in transform if isinstance(transform, list) else ():
        given = part.get("as") if isinstance(part, dict) else None
        yield from [given] if isinstance(given, str) else [one for one in given if isinstance(one, str)] if isinstance(given, list) else []
        for kind in part if isinstance(part, dict) else ():
            yield from _MADE.get(kind, ())
            if kind in ("aggregate", "joinaggregate", "window", "pivot"):
                yield from _made(part[kind])


def _in_formulas(spec: Any, key: str = "") -> Iterator[str]:
    """The columns that formulas name."""
    for name, part in spec.items() if isinstance(spec, dict) else [(key, part) for part in spec] if isinstance(spec, list) else ():
        if isinstance(part, str) and name in _FORMULAS:
            yield from re.findall(r"\bdatum\.(\w+)", part)
            yield from re.findall(r"\bdatum\[[\"']([^\"']*)[\"']\]", part)
        yield from _in_formulas(part, name)


def _escaped(spec: Any) -> Any:
    """The specification with the names of columns as Vega-Lite wants them: a point or a bracket would lead into a value."""
    if isinstance(spec, list):
        return [_escaped(part) for part in spec]
    if not isinstance(spec, dict):
        return spec
    found = {key: _escaped(part) for key, part in spec.items()}
    if isinstance(name := spec.get("field"), str):
        found["field"] = re.sub(r"([.\[\]\\'\"])", r"\\\1", name)
        if found["field"] != name and "type" in spec and "title" not in spec:
            how = spec.get("aggregate")
            found["title"] = f"{how.capitalize()} of {name}" if isinstance(how, str) else name  # else it shows the escapes
    return found


def name_of(index: int) -> str:
    """The name of the file of a brief's figure, counted from 1."""
    return f"figure-from-data-{index}.svg"


def replaced(body: str) -> str:
    """A body with a picture in the place of each block that is well formed; the others stay what they are."""
    parts, at, count = [], 0, 0
    for block in blocks(body, 1):
        if read(block, Report("")) is not None:
            count += 1
            parts += [body[at : block.start], f"![]({name_of(count)})\n"]
            at = block.end
    return "".join([*parts, body[at:]])


class FigureError(Exception):
    """A figure cannot be drawn; the text says why, in plain words."""


def version() -> str:
    """What decides how a figure is drawn, besides itself."""
    from importlib import metadata

    return f"vl-convert {metadata.version('vl-convert-python')} {' '.join(_packages())} 4"


def draw(figure: Figure, data: bytes, *, colour: str) -> Drawn:
    """Draw a figure.

    Args:
        figure: what the checks have passed.
        data: its CSV.
        colour: the series' own, which is the first of the palette.

    Raises:
        FigureError: the specification means nothing, or asks for too much.
    """
    rows = rows_of(data)
    if isinstance(rows, str):
        raise FigureError(f"{figure.data.text} cannot be drawn: {rows}")
    names, records = rows[0], rows[1:]
    values = [{name: _number(cell) for name, cell in zip(names, row, strict=True)} for row in records]
    size = {"width": WIDTH, "height": HEIGHT} | {key: figure.spec[key] for key in ("width", "height") if key in figure.spec}
    look = _look(colour, _lies(figure.spec, names, records, size["width"]))
    spec = {"data": {"values": values}, **_escaped(dict(figure.spec)), **size, "autosize": {"type": "fit", "contains": "padding"}, "config": look}
    svg = _outlined(_converted(json.dumps(spec)))
    found = inspect_svg("the figure", svg.encode())
    if isinstance(found, Refusal):
        raise FigureError(found.message)
    if not (0 < found.width <= SIDE and 0 < found.height <= SIDE):
        raise FigureError(f"the figure would be {found.width:,} × {found.height:,} pixels, and at most {SIDE:,} each way can be shown")
    table = tuple(tuple(row) for row in rows[: SHOWN_ROWS + 1])
    return Drawn(svg, found.width, found.height, table)


def _converted(spec: str) -> str:
    """The SVG of a specification, by a process that can fail alone.

    Raises:
        FigureError: it gives none.
    """
    import subprocess

    # No base address is allowed, so nothing can be loaded, even if something got past the reading. One zone: a date of the
    # CSV is midnight in Greenwich, and is another day elsewhere. -P: no module of the folder where this happens to run.
    command = [sys.executable, "-P", "-c", _CHILD, *(str(importlib.resources.files(package)) for package in _packages())]
    surroundings = {**os.environ, "TZ": "UTC"}
    try:
        done = subprocess.run(command, input=spec.encode(), capture_output=True, timeout=limits.SECONDS, env=surroundings, check=False)
    except subprocess.TimeoutExpired:
        raise FigureError(f"the figure takes longer than {limits.SECONDS:.0f} seconds to draw") from None
    said = done.stderr.decode("utf-8", "replace")
    if done.returncode not in (0, 1, 3):
        raise FigureError("the figure needs too much memory to draw")
    if done.returncode or _DROPPED.search(said):
        raise FigureError(f"the figure cannot be drawn: {_reason(said)}")
    if len(done.stdout) > SVG_LIMIT:
        raise FigureError(f"the figure would have {len(done.stdout) // 1000:,} kB, and at most {SVG_LIMIT // 1000:,} can be shown")
    return done.stdout.decode()


def _reason(said: str) -> str:
    """What another program says of its fault, without its words for itself and the trace of its code."""
    dropped = _DROPPED.search(said)
    line = dropped[0] if dropped else next((line for line in said.splitlines() if re.match(r"\w*Error: ", line)), said)
    line = line.strip().partition("\n")[0].removeprefix("ERROR ").removeprefix("WARN ")
    if re.match(r"\w+Error: ", line):
        return "a part of it is not what Vega-Lite expects"  # a TypeError and the like speak of its code
    return line.removeprefix("Error: ")[:120] or "it means nothing"


def _packages() -> list[str]:
    """The faces of figures; Chinese, Japanese and Korean are in the extra `cjk`."""
    return ["fontpkg_source_sans_3", *([_CJK] if importlib.util.find_spec(_CJK) else [])]


@cache
def _faces() -> tuple[Any, ...]:
    from fontTools.ttLib import TTFont  # type: ignore[import-untyped]  # fontTools has no types

    faces = []
    for package in _packages():
        files = sorted(file for file in Path(str(importlib.resources.files(package))).rglob("*.tt[fc]") if "Italic" not in file.name)
        faces.append(TTFont(files[0], lazy=True, fontNumber=0))
    return tuple(faces)


def _face_with(char: str) -> Any:
    """The first face that has a character, or None."""
    return next((face for face in _faces() if ord(char) in face.getBestCmap()), None)


def _outlined(svg: str) -> str:
    """An SVG with the outlines of its letters: a picture on a page, and one in a PDF, has no faces of its own.

    What the letters say is in the alternative text and in the table.
    """
    import xml.etree.ElementTree as etree

    from defusedxml.ElementTree import fromstring

    space = "{http://www.w3.org/2000/svg}"
    etree.register_namespace("", space[1:-1])
    root = fromstring(svg)
    for element in root.iter(f"{space}text"):
        lines = [(part.text or "", float(part.get("dy", "0").removesuffix("px"))) for part in element] or [(element.text or "", 0.0)]
        size = float(element.attrib.pop("font-size", "11px").removesuffix("px"))
        bold = element.attrib.pop("font-weight", "") in ("600", "700", "bold")
        anchor = element.attrib.pop("text-anchor", "start")
        element.attrib.pop("font-family", None)
        y, drawn = 0.0, []
        for line, down in lines:
            y += down
            drawn.append(_written(line, size, 600 if bold else 400, anchor, y))
        element[:] = []
        element.text = None
        element.tag = f"{space}path"
        element.set("d", "".join(drawn))
    return etree.tostring(root, encoding="unicode")


def _written(line: str, size: float, weight: int, anchor: str, y: float) -> str:
    """The outlines of a line, `size` pixels high, as the data of a path."""
    from fontTools.pens.svgPathPen import SVGPathPen  # type: ignore[import-untyped]  # fontTools has no types
    from fontTools.pens.transformPen import TransformPen  # type: ignore[import-untyped]  # fontTools has no types

    known = [(_face_with(char) or _faces()[0], char) for char in line]
    sets = {id(face): face.getGlyphSet(location={"wght": weight}) for face, _ in known}
    placed = [(sets[id(face)], face.getBestCmap().get(ord(char), ".notdef"), size / face["head"].unitsPerEm) for face, char in known]
    width = sum(glyphs[name].width * scale for glyphs, name, scale in placed)
    x = -width if anchor == "end" else -width / 2 if anchor == "middle" else 0.0
    drawn = []
    for glyphs, name, scale in placed:
        pen = SVGPathPen(glyphs, ntos=lambda number: f"{number:.2f}".rstrip("0").rstrip("."))
        glyphs[name].draw(TransformPen(pen, (scale, 0, 0, -scale, x, y)))
        drawn.append(pen.getCommands())
        x += glyphs[name].width * scale
    return "".join(drawn)


def _number(cell: str) -> float | str | None:
    """A cell as a number where it is one; 007 and what has more digits than a number keeps are names."""
    if re.fullmatch(r"[+-]?(0|[1-9][0-9]{0,14})(\.[0-9]{1,15})?([eE][+-]?[0-9]{1,2})?", cell):
        return float(cell)
    return cell or None


def _lightness(colour: str) -> float:
    """L* of CIELAB, 0 to 100, of `#rrggbb` or `#rgb`."""
    digits = colour[1:] if len(colour) == 7 else "".join(digit * 2 for digit in colour[1:])
    parts = [int(digits[index : index + 2], 16) / 255 for index in (0, 2, 4)]
    light = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    luminance = 0.2126 * light[0] + 0.7152 * light[1] + 0.0722 * light[2]
    return float(116 * luminance ** (1 / 3) - 16)


def _palette(colour: str) -> list[str]:
    """The series' colour, and those after it, the ones nearest to it in lightness last."""
    own = _lightness(colour)
    return [colour, *sorted(_PALETTE, key=lambda other: abs(_lightness(other) - own) < _APART)]


def _lies(spec: Mapping[str, Any], names: list[str], records: list[list[str]], width: int) -> bool:
    """Whether the labels of the groups along the foot of a figure have room side by side."""
    encoding = spec.get("encoding")
    x = encoding.get("x") if isinstance(encoding, dict) else None
    if not isinstance(x, dict) or x.get("field") not in names:
        return False
    labels = {row[names.index(x["field"])] for row in records}
    return len(labels) * (max(map(len, labels)) + 2) * _LETTER < width - 80


def _look(colour: str, lies: bool) -> dict[str, Any]:
    """The figure on its own white ground, which is legible in the dark scheme and on paper alike."""
    face, ink, soft = "Source Sans 3", "#1c2733", "#d5dbe1"
    return {
        "font": face, "background": "#ffffff", "padding": 12,
        **({"axisXDiscrete": {"labelAngle": 0}} if lies else {}),
        "axis": {"labelFont": face, "titleFont": face, "labelFontSize": 16, "titleFontSize": 16, "titleFontWeight": 600, "labelColor": ink,
                 "titleColor": ink, "gridColor": soft, "domainColor": ink, "tickColor": ink, "labelLimit": 220},
        "legend": {"labelFont": face, "titleFont": face, "labelFontSize": 16, "titleFontSize": 16, "labelColor": ink, "titleColor": ink},
        "text": {"font": face, "fontSize": 16, "color": ink},
        "bar": {"color": colour}, "line": {"color": colour, "strokeWidth": 2.5}, "point": {"color": colour, "filled": True, "size": 60},
        "area": {"color": colour}, "range": {"category": _palette(colour)}, "view": {"stroke": None},
    }  # fmt: skip
