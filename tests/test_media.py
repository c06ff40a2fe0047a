"""Files beside a brief are told by what is in them, not by their names."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import pytest
from PIL import Image

from briefpress.media import DATA_LIMIT, PICTURE_LIMIT, Media, Refusal, inspect, kind_of, size_text

SVG = '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink"{}>{}</svg>'


def picture(kind: str, size: tuple[int, int] = (4, 3)) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", size).save(out, kind)
    return out.getvalue()


def archive(names: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as file:
        for name, data in names.items():
            file.writestr(name, data)
    return out.getvalue()


PNG = picture("PNG")
XLSX = archive({"[Content_Types].xml": b"<x/>", "xl/workbook.xml": b"<x/>"})
ODS = archive({"mimetype": b"application/vnd.oasis.opendocument.spreadsheet", "content.xml": b"<x/>"})


def look(folder: Path, name: str, data: bytes) -> Media | Refusal:
    (folder / name).write_bytes(data)
    return inspect(folder / name)


@pytest.mark.parametrize(("name", "data", "kind", "size"), [
    ("a.png", PNG, "png", (4, 3)),
    ("a.PNG", PNG, "png", (4, 3)),
    ("a.jpg", picture("JPEG"), "jpg", (4, 3)),
    ("a.jpeg", picture("JPEG"), "jpg", (4, 3)),
    ("a.webp", picture("WEBP"), "webp", (4, 3)),
    ("a.svg", SVG.format(' width="640" height="320"', "").encode(), "svg", (640, 320)),
    ("a.svg", SVG.format(' width="640.4px" height="320px"', "").encode(), "svg", (640, 320)),
    ("a.svg", SVG.format(' viewBox="0 0 640 320"', "").encode(), "svg", (640, 320)),
    ("a.svg", SVG.format(' width="100%" viewBox="0,0,640,320"', "").encode(), "svg", (640, 320)),
    ("a.svg", SVG.format("", "").encode(), "svg", (0, 0)),
    ("a.svg", SVG.format(' viewBox="0 0 nan inf"', "").encode(), "svg", (0, 0)),
    ("a.svg", SVG.format(' width="1.2.3" height="..."', "").encode(), "svg", (0, 0)),
    ("a.svg", b"\xef\xbb\xbf" + SVG.format("", "").encode(), "svg", (0, 0)),
    ("a.svg", b'<!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "x.dtd">' + SVG.format("", "").encode(), "svg", (0, 0)),
    ("a.csv", "a,b\nä,1\n".encode(), "csv", (0, 0)),
    ("a.csv", b"\xef\xbb\xbfa;b\n", "csv", (0, 0)),
    ("a.json", b'{"a": [1]}', "json", (0, 0)),
    ("a.pdf", b"%PDF-1.7\n", "pdf", (0, 0)),
    ("a.xlsx", XLSX, "xlsx", (0, 0)),
    ("a.ods", ODS, "ods", (0, 0)),
    ("a.zip", archive({"a.csv": b"a"}), "zip", (0, 0)),
])  # fmt: skip
def test_files_that_are_published(tmp_path: Path, name: str, data: bytes, kind: str, size: tuple[int, int]) -> None:
    found = look(tmp_path, name, data)
    assert found == Media(kind, len(data), *size)


@pytest.mark.parametrize(("name", "data"), [
    ("a.html", b"<script>alert(1)</script>"),
    ("a.js", b"alert(1)"),
    ("a.exe", b"MZ"),
    ("a", PNG),
    (".png", b"x"),
    ("a.svgz", b"\x1f\x8b"),
    ("a.gif", b"GIF89a"),
    ("a.png", picture("JPEG")),
    ("a.png", picture("GIF")),
    ("a.jpg", PNG),
    ("a.png", b""),
    ("a.png", PNG[:20]),
    ("a.png", b"<script>alert(1)</script>"),
    ("a.png", SVG.format("", "").encode()),
    ("a.svg", PNG),
    ("a.svg", b"<html><script>alert(1)</script></html>"),
    ("a.svg", b"<svg></svg>"),
    ("a.svg", b""),
    ("a.svg", b"\x1f\x8b\x08\x00"),
    ("a.svg", SVG.format("", "").encode("utf-16")[:-3]),
    ("a.svg", b'<?xml version="1.0" encoding="nowhere"?>' + SVG.format("", "").encode()),
    ("a.svg", b'<!DOCTYPE svg [<!ENTITY a "b">]>' + SVG.format("", "&a;").encode()),
    ("a.svg", b'<!DOCTYPE svg [<!ENTITY a SYSTEM "file:///etc/passwd">]>' + SVG.format("", "&a;").encode()),
    ("a.csv", b"<html>"),
    ("a.csv", b"a\0b"),
    ("a.csv", b"\xff\xfe"),
    ("a.csv", b""),
    ("a.csv", PNG),
    ("a.json", b"{"),
    ("a.json", b"[" * 100_000),
    ("a.json", b"<script>"),
    ("a.pdf", b"<html>%PDF-"),
    ("a.pdf", b""),
    ("a.xlsx", archive({"a": b"b"})),
    ("a.xlsx", b"PK\x03\x04"),
    ("a.ods", XLSX),
    ("a.zip", b"not a zip"),
])  # fmt: skip
def test_files_that_are_not_what_they_say(tmp_path: Path, name: str, data: bytes) -> None:
    found = look(tmp_path, name, data)
    assert isinstance(found, Refusal)
    assert found.code == "file-kind"
    assert found.message.startswith(name)


@pytest.mark.parametrize(("attributes", "inner"), [
    ("", "<script>alert(1)</script>"),
    ("", '<SCRIPT xmlns="http://www.w3.org/2000/svg">alert(1)</SCRIPT>'),
    ("", '<x:script xmlns:x="http://www.w3.org/2000/svg">alert(1)</x:script>'),
    ("", '<script xmlns="http://www.w3.org/1999/xhtml">alert(1)</script>'),
    ("", '<p xmlns="http://www.w3.org/1999/xhtml">x</p>'),
    ("", "<foreignObject><body/></foreignObject>"),
    ("", "<iframe/>"),
    (' onload="alert(1)"', ""),
    (' OnLoad="alert(1)"', ""),
    ("", '<g onclick="alert(1)"/>'),
    ("", '<a href="javascript:alert(1)"><path/></a>'),
    ("", '<use href="https://example.org/x.svg#a"/>'),
    ("", '<use xlink:href="x.svg#a"/>'),
    ("", '<use href="//example.org/x.svg#a"/>'),
    ("", '<image href="https://example.org/x.png"/>'),
    ("", '<image href="data:image/svg+xml;base64,PHN2Zz4="/>'),
    ("", '<image href="data:text/html,x"/>'),
    ("", '<image href=" java\tscript:alert(1)"/>'),
    ("", '<set attributeName="href" to="javascript:alert(1)"/>'),
    ("", '<animate attributeName="href" values="javascript:alert(1)"/>'),
    ("", "<style>@import url(https://example.org/x.css);</style>"),
    ("", "<style>@import 'x.css';</style>"),
    ("", "<style>rect { fill: url(https://example.org/x) }</style>"),
    ("", "<style>rect { fill: url( 'x.svg#a' ) }</style>"),
    ("", "<style>rect { fill: u\\72l(https://example.org/x) }</style>"),
    ("", "<style>@font-face { src: url(//example.org/x.woff2) }</style>"),
    ("", "<style><![CDATA[rect { fill: url(https://example.org/x) }]]></style>"),
    ("", "<style>a<!-- x -->{ fill: url(https://example.org/x) }</style>"),
    ("", "<style>rect { fill: <g/>url(https://example.org/x) }</style>"),
    ("", "<style>rect { fill: image-set('https://example.org/x.png' 1x) }</style>"),
    ("", "<style>rect { fill: image('https://example.org/x.png') }</style>"),
    ("", "<style>@namespace 'x'; rect { fill: src('https://example.org/x.png') }</style>"),
    ("", '<rect style="fill:url(https://example.org/x)"/>'),
    ("", '<rect fill="url(https://example.org/x#a)"/>'),
    ("", '<rect filter="url(x.svg#a)"/>'),
    ("", '<rect style="fill:u&#x72;l(https://example.org/x)"/>'),
    ("", '<g xml:base="https://example.org/"><use href="#a"/></g>'),
    ("", '<feImage href="https://example.org/x.png"/>'),
    ("", '<video src="https://example.org/x.mp4"/>'),
    ("", '<x xmlns:ev="http://www.w3.org/2001/xml-events" ev:event="click"/><handler/>'),
])  # fmt: skip
def test_svg_that_would_run_or_load_something(tmp_path: Path, attributes: str, inner: str) -> None:
    found = look(tmp_path, "a.svg", SVG.format(attributes, inner).encode())
    assert isinstance(found, Refusal)
    assert found.code == "svg-active"


@pytest.mark.parametrize("before", [
    '<?xml-stylesheet href="https://example.org/x.css"?>',
    '<?xml version="1.0"?>\n<?xml-stylesheet type="text/xsl" href="data:text/xml,x"?>',
])  # fmt: skip
def test_svg_with_a_stylesheet_of_its_own(tmp_path: Path, before: str) -> None:
    for encoding in ("utf-8", "utf-16"):
        found = look(tmp_path, "a.svg", (before + SVG.format("", "")).encode(encoding))
        assert isinstance(found, Refusal), encoding
        assert found.code == ("svg-active" if encoding == "utf-8" else "file-kind")  # the other is not read at all


@pytest.mark.parametrize("inner", [
    "<title>A chart</title><desc>Of something</desc><text>on load</text>",
    '<defs><linearGradient id="a"/></defs><rect fill="url(#a)" style="stroke:url(\'#a\')"/>',
    '<use href="#a"/><use xlink:href="#a"/>',
    '<image href="data:image/png;base64,iVBORw0KGgo="/>',
    "<style>rect { fill: #15406b; font-family: serif }</style>",
    '<metadata><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"/></metadata>',
    '<g xmlns:inkscape="http://www.inkscape.org/namespaces/inkscape" inkscape:label="one"/>',
    "<!-- a comment -->",
])  # fmt: skip
def test_svg_as_programs_export_it(tmp_path: Path, inner: str) -> None:
    assert isinstance(look(tmp_path, "a.svg", SVG.format("", inner).encode()), Media)


@pytest.mark.parametrize(("name", "limit"), [("a.png", PICTURE_LIMIT), ("a.svg", PICTURE_LIMIT), ("a.pdf", DATA_LIMIT)])
def test_files_have_a_limit(tmp_path: Path, name: str, limit: int) -> None:
    with (tmp_path / name).open("wb") as file:
        file.truncate(limit + 1)
    found = inspect(tmp_path / name)
    assert isinstance(found, Refusal)
    assert found.code == "file-weight"


def test_pictures_have_a_limit_in_pixels(tmp_path: Path) -> None:
    data = bytearray(PNG)
    data[16:24] = (20_000).to_bytes(4, "big") * 2
    found = look(tmp_path, "a.png", bytes(data))
    assert isinstance(found, Refusal)
    assert found.code in ("file-weight", "file-kind")


@pytest.mark.parametrize(("name", "kind"), [
    ("a.svg", "svg"), ("A.SVG", "svg"), ("a.jpeg", "jpg"), ("a.tar.zip", "zip"), ("svg", ""), ("a.svg.html", ""), ("a.md", ""),
    ("", ""), ("a.", ""),
])  # fmt: skip
def test_what_a_name_claims(name: str, kind: str) -> None:
    assert kind_of(name) == kind


@pytest.mark.parametrize(("size", "text"), [
    (0, "1 kB"), (1, "1 kB"), (1499, "1 kB"), (1500, "2 kB"), (999_499, "999 kB"), (999_999, "1.0 MB"), (1_000_000, "1.0 MB"),
    (2_449_999, "2.4 MB"),
])  # fmt: skip
def test_sizes(size: int, text: str) -> None:
    assert size_text(size) == text
