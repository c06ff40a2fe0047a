"""The typesetter. The only module that knows Typst.

Content goes in as JSON beside a fixed template, and pictures as copies in a private folder, which
is all that the typesetter can read.
"""

from __future__ import annotations

import datetime as dt
import functools
import hashlib
import html
import importlib.metadata
import importlib.resources
import importlib.util
import io
import json
import re
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:  # typst, Pillow and fontTools are loaded late: a build that prints nothing needs none of them
    import typst

_VERSION = "5"
"""Raise it when this module sets the same document in another way."""
_HERE = Path(__file__).parent
_PACKAGES = ("fontpkg_source_serif_4", "fontpkg_source_sans_3")
_CJK = "noto_cjk_sans_otc"
"""Chinese, Japanese and Korean: the extra `cjk`, 20 MB that few series need."""
_TEMPLATES = {file.name: file.read_bytes() for file in sorted(_HERE.glob("*.typ"))}
# The standards go together; UA-1 makes what nobody could hear an error of the typesetter.
STANDARDS: Any = ["a-2a", "ua-1"]
# Points: the first line, the last line, and the room above the closing part, as in brief.typ.
_TOP, _BOTTOM, _GAP = 25 / 25.4 * 72, 841.89 - 23 / 25.4 * 72, 8 / 25.4 * 72
_PIXELS = 2000
_SLACK = 20
"""Points that the columns of a last page are taller than half of what they hold: more than a line."""
_NOTE = 4
"""Points between one note and the next, half of those above the first."""
_ENDLESS = re.compile(r"[!-~\u00c0-\u024f]{41,}")
"""A word that may be wider than a column."""
_NAMES = frozenset({"href", "src", "id", "to"})
"""Of values that are no text to be read."""
_BOX = "\u25a1"
"""What stands for a character that no face has."""
_ORIENTATION = 0x0112
"""The tag of a photograph that says how the camera was held."""
_BEYOND = "query(<picture>).filter(one => one.location().position().y > 842pt - 23mm).map(one => one.value)"
"""What the typesetter is asked for the pictures that end below the text."""
_MIDDLE = 297.6
"""Points from the left: what lies beyond is in the second column."""


class PressError(Exception):
    """The typesetter failed; the text says why."""


@dataclass(frozen=True)
class Printed:
    """A brief on paper."""

    data: bytes
    """The PDF."""
    missing: tuple[str, ...] = ()
    """Characters that no face has; an empty box stands for each."""


def version() -> str:
    """What decides how a document is set, besides itself: the typesetter, the faces, the templates."""
    names = ("typst", *(name.replace("_", "-") for name in _packages()))
    parts = [_VERSION, *(f"{name} {importlib.metadata.version(name)}" for name in names)]
    return " ".join([*parts, hashlib.blake2b(b"".join(_TEMPLATES.values()), digest_size=8).hexdigest()])


def print_pdf(document: Mapping[str, Any], pictures: Mapping[str, bytes], *, date: dt.date, columns: int = 2) -> Printed:
    """Set a brief as PDF/A-2a and PDF/UA-1.

    Args:
        document: what `document.document` gives.
        pictures: name in the typesetter's folder, "img/0.svg" → the file.
        date: the day of its record; nothing of the clock is in the result.
        columns: 1 or 2.

    Raises:
        PressError: the typesetter gave up.
    """
    fitted, missing = _prepared(document, columns, date)
    files = _files("single.typ", fitted)
    with _folder(pictures) as root:

        def lay_out(**inputs: str) -> dict[str, Any]:
            """Where the text ends; no PDF is written for that."""
            found: dict[str, Any] = json.loads(_typst("eval", files, root, "query(<end>).first().value", sys_inputs=inputs))
            return found

        inputs = _within(files, root) if pictures else {}
        end = lay_out(**inputs)
        if columns == 2 and end["pages"] > 1 and _is_left_over(end):
            # A hair smaller, and the last page is saved; or a hair larger, and it has some text.
            for points in ("9.45", "9.3", "9.15", "9.9", "10.2", "10.5"):
                after = lay_out(size=points, **inputs)
                if after["pages"] < end["pages"] or (after["pages"] == end["pages"] and not _is_left_over(after)):
                    end = after
                    inputs["size"] = points
                    break
        if columns == 2 and not fitted["long_back"]:
            inputs |= _levelled(end, lambda tall: lay_out(balance=tall, **inputs))
        data = _typst("compile", files, root, format="pdf", timestamp=_midnight(date), sys_inputs=inputs, pdf_standards=STANDARDS)
    return Printed(data, missing)


def _within(files: Any, root: str) -> dict[str, str]:
    """How tall pictures may be, in millimetres, that would run off the page: one goes on to a new column only where it fits there."""
    tall: dict[str, int] = {}
    for _ in range(4):
        beyond = json.loads(_typst("eval", files, root, _BEYOND, sys_inputs={"tall": json.dumps(tall)}))
        if not beyond:
            break
        tall |= {name: max(30, tall.get(name, 120) * 2 // 3) for name in beyond}
    return {"tall": json.dumps(tall)} if tall else {}


def _typst(what: str, files: Any, root: str, *arguments: str, **options: Any) -> Any:
    """Call the typesetter, to `compile` or to `eval`; it can read the files, the pictures below `root` and our faces."""
    import typst

    try:
        return getattr(typst, what)(files, *arguments, root=root, font_paths=_fonts(), ignore_system_fonts=True, **options)
    except (typst.TypstError, RuntimeError) as error:
        raise PressError(str(error)) from None


def _midnight(date: dt.date) -> dt.datetime:
    return dt.datetime(date.year, date.month, date.day, tzinfo=dt.UTC)


def _prepared(document: Mapping[str, Any], columns: int, date: dt.date, shift: int = 0) -> tuple[dict[str, Any], tuple[str, ...]]:
    fitted, missing = _fitted(document)
    return fitted | {
        "columns": columns,
        "shift": shift,  # how many levels its headings are below those of a brief that stands alone
        "day": [date.year, date.month, date.day],
        # What floats must fit a page; what may not gets pages of its own.
        "long_head": _length([document["corrections"], document["key_issues"], document["subtitle"]]) > 3000,
        "long_back": _length([document[name] for name in ("about", "sections", "imprint", "disclaimer", "subjects", "data")]) > 3600,
    }, missing


def _files(main: str, document: Mapping[str, Any]) -> Any:
    data = json.dumps(document, ensure_ascii=False, sort_keys=True).encode()
    return {**_TEMPLATES, "main.typ": _TEMPLATES[main], "document.json": data}


def print_collection(cover: Mapping[str, Any], briefs: Sequence[tuple[Mapping[str, Any], int, dt.date]], pictures: Mapping[str, bytes], *,
                     date: dt.date) -> Printed:  # fmt: skip
    """Set several briefs as one PDF: a cover, contents, and each brief on a right-hand page.

    Args:
        cover: title, masthead, house, tally, contents (its heading), lang and accent.
        briefs: of each what `document.document` gives, how many columns it has, and the day of its record.
        pictures: name in the typesetter's folder → the file; no two briefs share a name.
        date: the newest of those days.

    Raises:
        PressError: the typesetter gave up.
    """
    made = [_prepared(*one, shift=1) for one in briefs]
    front, _ = _fitted(cover)
    files = _files("collection.typ", {**front, "day": [date.year, date.month, date.day], "briefs": [one for one, _ in made]})
    with _folder(pictures) as root:
        inputs = _within(files, root) if pictures else {}
        data = _typst("compile", files, root, format="pdf", timestamp=_midnight(date), sys_inputs=inputs, pdf_standards=STANDARDS)
    return Printed(data, tuple(sorted({char for _, missing in made for char in missing})))


def print_card(document: Mapping[str, Any], *, kind: str) -> bytes:
    """Draw the social card, 1,200 by 630 pixels, or the cover for lists, 360 by 509, as PNG.

    Args:
        document: masthead, title, byline, date, house, lang and accent of what `document` gives.
        kind: "card" or "cover".

    Raises:
        PressError: the typesetter gave up.
    """
    fitted, _ = _fitted(document)
    files = _files("cards.typ", fitted)
    with _folder({}) as root:
        drawn = _typst("compile", files, root, format="png", ppi=72.0, sys_inputs={"kind": kind})
    from PIL import Image

    # Few colours, so a palette says the same in a third of the bytes.
    out = io.BytesIO()
    with Image.open(io.BytesIO(drawn)) as picture:
        picture.convert("RGB").quantize(32, dither=Image.Dither.NONE).save(out, "PNG", optimize=True)
    return out.getvalue()


def printable(data: bytes) -> tuple[bytes, str]:
    """A picture as the typesetter takes it, and the characters of its letters that no face has.

    It stands upright, is red, green and blue, or grey, and has no more pixels than paper can
    show: 300 to the inch over the width of the text.

    Raises:
        PressError: it breaks off.
    """
    from PIL import Image, ImageOps, UnidentifiedImageError

    try:
        with Image.open(io.BytesIO(data)) as opened:
            kind = opened.format or ""
            turned = opened.getexif().get(_ORIENTATION, 1) != 1
            if max(opened.size) <= _PIXELS and not turned and kind != "AVIF" and opened.mode != "CMYK":
                return data, ""
            # What a profile for print means in red, green and blue only the program knows that wrote it.
            profile = None if opened.mode == "CMYK" else opened.info.get("icc_profile")
            picture = ImageOps.exif_transpose(opened)
            if picture.mode == "CMYK":
                picture = picture.convert("RGB")
            picture.thumbnail((_PIXELS, _PIXELS))
            out = io.BytesIO()
            picture.save(out, "PNG" if kind == "AVIF" else kind, quality=88, icc_profile=profile)
            return out.getvalue(), ""
    except UnidentifiedImageError:
        text = data.decode("utf-8-sig")  # an SVG has no pixels
        drawn = "".join(re.findall(r"<(?:\w+:)?text\b.*?</(?:\w+:)?text>", text, re.DOTALL))
        missing = "".join(sorted({char for char in html.unescape(drawn) if ord(char) > 126 and ord(char) not in _covered()}))
        entities = {f"&#{form};" for char in missing for form in (ord(char), f"x{ord(char):x}", f"x{ord(char):X}")}
        for entity in entities:
            text = text.replace(entity, _BOX)
        return text.translate(dict.fromkeys(map(ord, missing), _BOX)).encode(), missing
    except OSError as error:
        raise PressError(f"it cannot be read to its end ({error}); export it again") from None


def _is_left_over(end: Mapping[str, Any]) -> bool:
    """Whether the last page has the closing part alone, or besides it a few lines."""
    return bool(end["page"] < end["pages"] or (end["x"] < _MIDDLE and end["y"] < _TOP + 110))


def _levelled(end: Mapping[str, Any], lay_out: Callable[[str], Mapping[str, Any]]) -> dict[str, str]:
    """How tall the closing part is made, in points, so that the columns of the last page come out level."""
    column = end["back"] - _GAP - _TOP
    beyond = end["x"] > _MIDDLE
    # In a first column that is full, the notes have their room already.
    notes = [height + _NOTE for x, height in end["notes"] if x > _MIDDLE or not beyond]
    used = end["y"] - _TOP + (column if beyond else 0) + sum(notes) + (2 * _NOTE if notes else 0)
    if end["page"] < 2 or end["page"] != end["pages"]:
        return {}
    for slack in (_SLACK, 2.5 * _SLACK, 5 * _SLACK) if end["notes"] else (_SLACK,):
        half = used / 2 + slack
        if half >= column - 12:
            break
        tall = f"{_BOTTOM - _GAP - _TOP - half:.2f}"
        after = lay_out(tall)
        if (after["pages"], after["page"]) == (end["pages"], end["page"]):
            return {"balance": tall}
    return {}


def _length(value: Any) -> int:
    """Characters of all texts within a value."""
    if isinstance(value, str):
        return len(value)
    parts = value.values() if isinstance(value, Mapping) else value if isinstance(value, list | tuple) else ()
    return sum(_length(part) for part in parts)


@contextmanager
def _folder(pictures: Mapping[str, bytes]) -> Iterator[str]:
    with tempfile.TemporaryDirectory(prefix="briefpress-") as root:
        for name, data in pictures.items():
            file = Path(root, name)
            file.parent.mkdir(exist_ok=True)
            file.write_bytes(data)
        yield root


def _packages() -> tuple[str, ...]:
    """The packages with faces that are installed."""
    return (*_PACKAGES, *([_CJK] if importlib.util.find_spec(_CJK) else []))


@functools.cache
def _fonts() -> typst.Fonts:
    import typst

    folders = [str(importlib.resources.files(package)) for package in _packages()]
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=True, font_paths=folders)


@functools.cache
def _covered() -> frozenset[int]:
    """The characters of our faces, serif and sans; both are asked for the same texts."""
    from fontTools.ttLib import TTFont  # type: ignore[import-untyped]  # fontTools has no types

    sets = []
    for package in _PACKAGES:
        files = sorted(Path(str(importlib.resources.files(package))).rglob("*.ttf"))
        sets.append(frozenset().union(*(TTFont(file, lazy=True).getBestCmap() for file in files)))
    more: frozenset[int] = frozenset()
    if importlib.util.find_spec(_CJK):
        for file in Path(str(importlib.resources.files(_CJK))).glob("*.ttc"):
            more |= frozenset(TTFont(file, fontNumber=0, lazy=True).getBestCmap())
    return frozenset.intersection(*sets) | more


def _fitted(document: Mapping[str, Any]) -> tuple[dict[str, Any], tuple[str, ...]]:
    """The document with an empty box for each character that no face has, and those characters."""
    text = json.dumps(document, ensure_ascii=False)
    missing = sorted({char for char in text if ord(char) > 126 and ord(char) not in _covered()})
    table = {ord(char): _BOX for char in missing}
    swapped = _swapped(document, table)
    assert isinstance(swapped, dict)
    return swapped, tuple(missing)


def _cut(hit: re.Match[str]) -> str:
    """A line may end within what has no end of its own; Typst does so itself in an address."""
    return hit[0] if "://" in hit[0] else re.sub(r"[!-~\u00c0-\u024f]{30}(?=.)", "\\g<0>\u200b", hit[0])


def _swapped(value: Any, table: Mapping[int, str]) -> Any:
    if isinstance(value, str):
        return _ENDLESS.sub(_cut, value.translate(table))
    if isinstance(value, Mapping):
        return {key: part if key in _NAMES else _swapped(part, table) for key, part in value.items()}
    return [_swapped(part, table) for part in value] if isinstance(value, list | tuple) else value
