"""The files beside a brief: which kinds are published, and whether a file is what it says.

Knows `PIL` and `defusedxml`. A kind is told by content, never by the name alone.
"""

from __future__ import annotations

import csv
import io
import json
import re
import zipfile
from dataclasses import dataclass
from pathlib import Path

PICTURES = ("png", "jpg", "webp", "avif", "svg")
DATA = ("csv", "xlsx", "ods", "json", "zip", "pdf")
KINDS = PICTURES + DATA
"""Kinds of files that are published."""
PICTURE_LIMIT = 5_000_000
"""Bytes."""
DATA_LIMIT = 20_000_000
"""Bytes."""
_PIXEL_LIMIT = 60_000_000
_SUFFIXES = {"jpeg": "jpg"}
_PIL_KINDS = {"PNG": "png", "JPEG": "jpg", "WEBP": "webp", "AVIF": "avif"}
_ODS = b"application/vnd.oasis.opendocument.spreadsheet"


@dataclass(frozen=True)
class Media:
    """A file that may be published."""

    kind: str
    """One of KINDS."""
    size: int
    """Bytes."""
    width: int = 0
    """Pixels; 0 for data, and for an SVG that does not say."""
    height: int = 0


@dataclass(frozen=True)
class Refusal:
    """Why a file may not be published: the rule, what is wrong, what to do."""

    code: str
    message: str
    remedy: str


def kind_of(name: str) -> str:
    """The kind that a file's name claims; empty where it is none that is published."""
    stem, _, suffix = name.lower().rpartition(".")
    if not stem:
        return ""
    kind = _SUFFIXES.get(suffix, suffix)
    return kind if kind in KINDS else ""


def inspect(file: Path) -> Media | Refusal:
    """Look into a file that a brief names; it exists and is no link."""
    name = file.name
    kind = kind_of(name)
    if not kind:
        return Refusal("file-kind", f"{name} is of a kind that is not published", f"use one of {', '.join(KINDS)}")
    size = file.stat().st_size
    limit = PICTURE_LIMIT if kind in PICTURES else DATA_LIMIT
    if size > limit:
        return Refusal("file-weight", f"{name} has {size / 1e6:.1f} MB", f"make it smaller than {limit // 1_000_000} MB")
    data = file.read_bytes()
    if kind == "svg":
        return inspect_svg(name, data)
    if kind in PICTURES:
        return _picture(name, kind, data)
    if not _is_data(kind, data):
        a = "an" if kind in ("xlsx", "ods") else "a"
        return Refusal("file-kind", f"{name} is not {a} {kind.upper()} file inside", "save it again in the program that made it")
    return Media(kind, size)


@dataclass(frozen=True)
class Paper:
    """What a PDF says of itself."""

    text: str
    tagged: bool
    """Whether it says what is a heading, a list or a table."""


def read_pdf(file: Path) -> Paper | None:
    """Read a PDF's text; None where it cannot be read."""
    import pypdfium2  # type: ignore[import-untyped]  # it has no types; not above, since few briefs have a PDF of their own

    try:
        pdf = pypdfium2.PdfDocument(file)
        text = "\n".join(page.get_textpage().get_text_range() for page in pdf)
        return Paper(text, bool(pypdfium2.raw.FPDFCatalog_IsTagged(pdf)))
    except pypdfium2.PdfiumError:
        return None


def picture_kind(data: bytes) -> str:
    """The kind of picture that bytes are inside; empty where it is none that is published."""
    if re.match(rb"\s*(?:\xef\xbb\xbf)?\s*<(?:\?xml|svg|!)", data):
        return "svg" if isinstance(inspect_svg("", data), Media) else ""
    return next((kind for kind in _PIL_KINDS.values() if isinstance(_picture("", kind, data), Media)), "")


def _picture(name: str, kind: str, data: bytes) -> Media | Refusal:
    from PIL import Image  # takes a tenth of a second to load, and most briefs have no photograph

    try:
        with Image.open(io.BytesIO(data), formats=list(_PIL_KINDS)) as image:
            found, (width, height) = _PIL_KINDS[image.format or ""], image.size
            if width * height > _PIXEL_LIMIT:
                return Refusal("file-weight", f"{name} has {width} × {height} pixels", "scale it down to 4,000 pixels at most")
            image.verify()
    except (OSError, SyntaxError, ValueError, KeyError, Image.DecompressionBombError):
        return Refusal("file-kind", f"{name} is not a picture inside", "export it again from the program that made it")
    if found != kind:
        return Refusal("file-kind", f"{name} is a {found.upper()} picture inside", f"rename it to {name.rpartition('.')[0]}.{found}")
    return Media(kind, len(data), width, height)


def _is_data(kind: str, data: bytes) -> bool:
    if kind == "pdf":
        return data.startswith(b"%PDF-")
    if kind in ("csv", "json"):
        try:
            text = data.decode("utf-8-sig")
            if kind == "json":
                json.loads(text)
            else:
                rows = list(csv.reader(io.StringIO(text), strict=True))
                return "\0" not in text and "<" not in text[:1] and bool(rows)
        except (ValueError, csv.Error, RecursionError):
            return False
        return True
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            names = set(archive.namelist())
            if kind == "xlsx":
                return "[Content_Types].xml" in names and any(name.startswith("xl/") for name in names)
            if kind == "ods":
                return "mimetype" in names and archive.read("mimetype").strip() == _ODS
            return True
    except (zipfile.BadZipFile, RuntimeError, OSError):
        return False


_HARMLESS = re.compile(r"#[\w.:-]*|data:image/(?:png|jpeg|webp);base64,[A-Za-z0-9+/=\s]*")
# What a style can load or run by, besides url(): at-rules other than @media, other functions, escapes.
_LOADING = re.compile(r"@(?!media\b)|\b(?:image-set|image|src|cross-fade|element|expression)\s*\(|javascript:|\\", re.IGNORECASE)
_BAD_ELEMENTS = {"script", "foreignobject", "iframe", "object", "embed", "handler", "listener", "set", "animate",
                 "animatetransform", "animatemotion", "a", "audio", "video"}  # fmt: skip


def inspect_svg(name: str, data: bytes) -> Media | Refusal:
    """An SVG is looked at as a whole: readers can open it by its own address, where script would run."""
    from defusedxml import DefusedXmlException
    from defusedxml.ElementTree import ParseError, fromstring

    try:
        root = fromstring(data, forbid_dtd=False, forbid_entities=True, forbid_external=True)
    except (ParseError, DefusedXmlException, ValueError, LookupError):
        return Refusal("file-kind", f"{name} is not a well-formed SVG", "export it again as a plain SVG")
    if root.tag != "{http://www.w3.org/2000/svg}svg":
        return Refusal("file-kind", f"{name} is not an SVG inside", "export it again as a plain SVG")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return Refusal("file-kind", f"{name} is not saved as UTF-8", "export it again as a plain SVG")
    if re.search(r"<\?(?!xml[\s?])|<\?xml-", text, re.IGNORECASE):
        return Refusal("svg-active", f"{name} asks for a stylesheet of its own", "export it as a plain SVG")
    for element in root.iter():
        tag = str(element.tag)
        plain = tag.rpartition("}")[2].lower()
        if plain in _BAD_ELEMENTS or (tag.startswith("{") and "w3.org/1999/xhtml" in tag):
            return _active(name, f"an element <{plain}>")
        style = "".join(element.itertext()) if plain == "style" else element.get("style", "")
        for key, value in element.attrib.items():
            attribute = str(key).rpartition("}")[2].lower()
            if attribute.startswith("on"):
                return _active(name, f"a handler {attribute}")
            if attribute == "base":
                return _active(name, "a base address")
            if attribute in ("href", "src") and not _HARMLESS.fullmatch(value.strip()):
                return _active(name, f'an address, "{value[:40]}"')
            if not attribute.startswith("aria-"):  # which is read aloud, and runs nothing
                style += " " + value
        if _LOADING.search(style):
            return _active(name, "a style that loads or runs something")
        for address in re.findall(r"url\(\s*[\"']?([^)\"']*)", style, re.IGNORECASE):
            if not _HARMLESS.fullmatch(address.strip()):
                return _active(name, f'an address, "{address[:40]}"')
    return Media("svg", len(data), *_svg_size(root.attrib))


def _active(name: str, what: str) -> Refusal:
    return Refusal("svg-active", f"{name} holds {what}", "export it as a plain SVG, without links, scripts and outside files")


def _svg_size(attributes: dict[str, str]) -> tuple[int, int]:
    try:
        return round(float(attributes["width"].removesuffix("px"))), round(float(attributes["height"].removesuffix("px")))
    except (KeyError, ValueError, OverflowError):
        box = re.split(r"[\s,]+", attributes.get("viewBox", "").strip())
    try:
        return round(float(box[2])), round(float(box[3]))
    except (IndexError, ValueError, OverflowError):
        return 0, 0


def size_text(size: int) -> str:
    """A file's size for a reader: `1 kB`, `2.4 MB`, counted in thousands."""
    return f"{size / 1e6:.1f} MB" if size >= 999_500 else f"{max(1, round(size / 1000))} kB"
