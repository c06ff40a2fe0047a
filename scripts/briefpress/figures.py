"""Figures that are drawn from data: a fenced block `figure` that names a CSV and says how to draw it.

The block is a small part of Vega-Lite, read as YAML with the places of its lines. Knows `vl_convert`,
which draws without a browser and without the network. What it may not say, it cannot reach: no
address, no picture, no other data than the brief's own file.
"""

from __future__ import annotations

import csv
import importlib.metadata
import importlib.resources
import io
import json
import re
import xml.etree.ElementTree as etree
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from defusedxml.ElementTree import fromstring
from fontTools.pens.svgPathPen import SVGPathPen  # type: ignore[import-untyped]  # fontTools has no types
from fontTools.pens.transformPen import TransformPen  # type: ignore[import-untyped]  # fontTools has no types
from fontTools.ttLib import TTFont  # type: ignore[import-untyped]  # fontTools has no types

from briefpress.finding import Place
from briefpress.front_matter import Items, Node, Text, read_mapping
from briefpress.front_matter import Mapping as MappingNode
from briefpress.media import Refusal, inspect_svg
from briefpress.rules import Report
from briefpress.values import Named

KEYS = ("data", "alt", "caption", "width", "height", "mark", "encoding", "layer", "transform")
"""What a block may say; the last four are Vega-Lite's."""
MARKS = ("arc", "area", "bar", "boxplot", "circle", "errorbar", "line", "point", "rect", "rule", "square", "text", "tick")
ROWS = 5000
"""Rows of data that a figure may have."""
SHOWN_ROWS = 60
"""Rows of the table for those who cannot see a figure; the file has all."""
WIDTH, HEIGHT = 520, 300
"""Pixels, where a block does not say."""
# Keys of Vega-Lite that load something, lead somewhere, or run.
_REFUSED = frozenset({"$schema", "background", "config", "data", "datasets", "description", "href", "image", "lookup", "name", "params",
                      "projection", "selection", "title_", "url", "usermeta"})  # fmt: skip
_BLOCK = re.compile(r"^(?P<fence>`{3,}|~{3,})[ \t]*figure[ \t]*\n(?P<text>.*?)^(?P=fence)[ \t]*$", re.DOTALL | re.MULTILINE)
# After the series' own colour: told apart in grey and by the colour-blind (Okabe and Ito, 2008, the darker ones).
_PALETTE = ("#c8781e", "#5b8fb9", "#7a7a7a", "#2f7d5f", "#a0527d")


@dataclass(frozen=True)
class Block:
    """One block of a body, in the order of the text."""

    line: int
    """The line of the file on which its text begins."""
    text: str
    start: int
    end: int
    """Where it stands in the body, fences included."""


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
    """The blocks of a body that begins on a line of its file."""
    for hit in _BLOCK.finditer(body):
        yield Block(first_line + body.count("\n", 0, hit.start("text")), hit["text"], hit.start(), hit.end())


def read(block: Block, report: Report) -> Figure | None:
    """Read a block; what is wrong goes into the report, each at its line."""
    before = len(report.findings)
    mapping, _ = read_mapping(block.text, report, block.line)
    top = Place(block.line, 1)
    given: dict[str, Any] = {}
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
            _check_mark(key, entry.value, report)
            given[key] = _plain(entry.value, report)
    for key, example in (("data", "data: numbers.csv"), ("alt", "alt: A line that falls from twelve in January to two in June."),
                         ("mark", "mark: bar")):  # fmt: skip
        if key not in {entry.key.text for entry in mapping.entries} and not (key == "mark" and "layer" in given):
            report.add("alt-missing" if key == "alt" else "figure", top, f'the figure has no "{key}"', f"add a line: {example}")
    alt = given.get("alt")
    if alt is not None and not 10 <= len(alt.text) <= 300:
        report.add("alt-length", alt.place, f"the text of the figure has {len(alt.text)} characters", "say what it shows, in 10 to 300 characters")
    for key, least, most in (("width", 200, 1200), ("height", 100, 1200)):
        if key in given and not (isinstance(given[key], int) and least <= given[key] <= most):
            report.add("figure", top, f'"{key}" is no number of pixels', f"write {key}: and a number from {least} to {most}")
            del given[key]
    if len(report.findings) > before or alt is None:
        return None
    spec = {key: given[key] for key in KEYS[3:] if key in given}
    return Figure(top, given["data"], alt.text, given["caption"].text if "caption" in given else "", spec)


def _check_mark(key: str, value: Node, report: Report) -> None:
    """`image` and `geoshape` would load something; of `type`, most values are none of a mark."""
    refused = key == "mark" or (isinstance(value, Text) and value.text in ("image", "geoshape"))
    if key in ("mark", "type") and isinstance(value, Text) and refused and value.text not in MARKS:
        report.add("figure", value.place, f'the mark "{value.text}" cannot be drawn', f"use one of {', '.join(MARKS)}")


def _plain(node: Node, report: Report) -> Any:
    """A part of Vega-Lite as JSON knows it, without what it may not hold."""
    if isinstance(node, Items):
        return [_plain(item, report) for item in node.items]
    if isinstance(node, MappingNode):
        found = {}
        for entry in node.entries:
            key = entry.key.text
            if key in _REFUSED:
                report.add("figure", entry.key.place, f'"{key}" cannot stand in a figure of a brief', "leave it out; the data is the CSV alone")
                continue
            found[key] = _plain(entry.value, report)
            _check_mark(key, entry.value, report)
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
    text = data.decode("utf-8-sig", "replace")
    rows = [row for row in csv.reader(io.StringIO(text)) if any(cell.strip() for cell in row)]
    if len(rows) < 2:
        return "it has no row under the names of its columns"
    if len(rows[0]) < 2 and rows[0][0].count(";"):
        return "its columns are parted by semicolons: save it with commas"
    if len(rows) > ROWS:
        return f"it has {len(rows) - 1:,} rows, and a figure at most {ROWS:,}"
    odd = next((index for index, row in enumerate(rows, 1) if len(row) != len(rows[0])), None)
    if odd is not None:
        return f"the first row has {len(rows[0])} cells, and row {odd} has {len(rows[odd - 1])}"
    return [[cell.strip() for cell in row] for row in rows]


def check_data(figure: Figure, data: bytes, report: Report) -> None:
    """Check the CSV of a figure, and that it has the columns that the figure names."""
    rows = rows_of(data)
    if isinstance(rows, str):
        report.add("figure", figure.data.place, f"{figure.data.text} cannot be drawn: {rows}", "mend the file")
        return
    if "transform" in figure.spec:
        return  # it makes columns of its own
    for name in sorted(set(_fields(figure.spec)) - set(rows[0])):
        report.add("figure", figure.place, f'{figure.data.text} has no column "{name}"', f"use one of {', '.join(rows[0])}")


def _fields(spec: Any) -> Iterator[str]:
    """The columns that a specification names."""
    if isinstance(spec, list):
        for part in spec:
            yield from _fields(part)
    elif isinstance(spec, dict):
        if isinstance(spec.get("field"), str):
            yield spec["field"]
        for part in spec.values():
            yield from _fields(part)


def name_of(index: int) -> str:
    """The name of the file of a brief's figure, counted from 1."""
    return f"figure-from-data-{index}.svg"


def replaced(body: str) -> str:
    """A body with a picture in the place of each block."""
    count = iter(range(1, body.count("figure") + 2))
    return _BLOCK.sub(lambda hit: f"![]({name_of(next(count))})\n", body)


class FigureError(Exception):
    """A figure cannot be drawn; the text says why, in plain words."""


def version() -> str:
    """What decides how a figure is drawn, besides itself."""
    return f"vl-convert {importlib.metadata.version('vl-convert-python')} 2"


@cache
def _converter() -> Any:
    import vl_convert  # a quarter of a second to load, and few briefs have a figure

    vl_convert.register_font_directory(str(importlib.resources.files("fontpkg_source_sans_3")))
    return vl_convert


def draw(figure: Figure, data: bytes, *, colour: str) -> Drawn:
    """Draw a figure.

    Args:
        figure: what the checks have passed.
        data: its CSV.
        colour: the series' own, which is the first of the palette.

    Raises:
        FigureError: the specification means nothing.
    """
    rows = rows_of(data)
    if isinstance(rows, str):
        raise FigureError(f"{figure.data.text} cannot be drawn: {rows}")
    names, records = rows[0], rows[1:]
    values = [{name: _number(cell) for name, cell in zip(names, row, strict=True)} for row in records]
    size = {"width": WIDTH, "height": HEIGHT} | {key: figure.spec[key] for key in ("width", "height") if key in figure.spec}
    spec = {"$schema": "https://vega.github.io/schema/vega-lite/v5.json", "data": {"values": values}, **figure.spec, **size,
            "autosize": {"type": "fit", "contains": "padding"}, "config": _look(colour)}  # fmt: skip
    try:
        # No base address is allowed, so nothing can be loaded, even if something got past the reading.
        svg = _outlined(str(_converter().vegalite_to_svg(json.dumps(spec), allowed_base_urls=[])))
    except ValueError as error:
        said = re.sub(r"\s+at .*", "", str(error), flags=re.DOTALL).strip().splitlines()
        raise FigureError(f"the figure cannot be drawn: {said[-1][:120] if said else 'it means nothing'}") from None
    found = inspect_svg("the figure", svg.encode())
    if isinstance(found, Refusal):
        raise FigureError(found.message)
    table = tuple(tuple(row) for row in rows[: SHOWN_ROWS + 1])
    return Drawn(svg, found.width, found.height, table)


@cache
def _face() -> Any:
    folder = Path(str(importlib.resources.files("fontpkg_source_sans_3")))
    return TTFont(next(file for file in sorted(folder.rglob("*.ttf")) if "Italic" not in file.name), lazy=True)


def _outlined(svg: str) -> str:
    """An SVG with the outlines of its letters: a picture on a page, and one in a PDF, has no faces of its own.

    What the letters say is in the alternative text and in the table.
    """
    space = "{http://www.w3.org/2000/svg}"
    etree.register_namespace("", space[1:-1])
    root = fromstring(svg)
    for element in root.iter(f"{space}text"):
        lines = [(part.text or "", float(part.get("dy", "0").removesuffix("px"))) for part in element] or [(element.text or "", 0.0)]
        size = float(element.attrib.pop("font-size", "11px").removesuffix("px"))
        bold = element.attrib.pop("font-weight", "") in ("600", "700", "bold")
        anchor = element.attrib.pop("text-anchor", "start")
        element.attrib.pop("font-family", None)
        glyphs = _face().getGlyphSet(location={"wght": 600 if bold else 400})
        pen = SVGPathPen(glyphs, ntos=lambda number: f"{number:.2f}".rstrip("0").rstrip("."))
        y = 0.0
        for line, down in lines:
            y += down
            _write(line, size, glyphs, anchor, y, pen)
        element[:] = []
        element.text = None
        element.tag = f"{space}path"
        element.set("d", pen.getCommands())
    return etree.tostring(root, encoding="unicode")


def _write(line: str, size: float, glyphs: Any, anchor: str, y: float, pen: SVGPathPen) -> None:
    face = _face()
    names = [face.getBestCmap().get(ord(char), ".notdef") for char in line]
    scale = size / face["head"].unitsPerEm
    width = sum(glyphs[name].width for name in names) * scale
    x = -width if anchor == "end" else -width / 2 if anchor == "middle" else 0.0
    for name in names:
        glyphs[name].draw(TransformPen(pen, (scale, 0, 0, -scale, x, y)))
        x += glyphs[name].width * scale


def _number(cell: str) -> Any:
    return float(cell) if re.fullmatch(r"-?[0-9]+(\.[0-9]+)?", cell) else None if cell == "" else cell


def _look(colour: str) -> dict[str, Any]:
    """The figure on its own white ground, which is legible in the dark scheme and on paper alike."""
    face, ink, soft = "Source Sans 3", "#1c2733", "#d5dbe1"
    return {
        "font": face, "background": "#ffffff", "padding": 12,
        "axis": {"labelFont": face, "titleFont": face, "labelFontSize": 14, "titleFontSize": 14, "titleFontWeight": 600, "labelColor": ink,
                 "titleColor": ink, "gridColor": soft, "domainColor": ink, "tickColor": ink, "labelLimit": 220},
        "legend": {"labelFont": face, "titleFont": face, "labelFontSize": 14, "titleFontSize": 14, "labelColor": ink, "titleColor": ink},
        "text": {"font": face, "fontSize": 14, "color": ink},
        "bar": {"color": colour}, "line": {"color": colour, "strokeWidth": 2.5}, "point": {"color": colour, "filled": True, "size": 60},
        "area": {"color": colour}, "range": {"category": [colour, *_PALETTE]}, "view": {"stroke": None},
    }  # fmt: skip
