"""A file as a tree: Word by `mammoth`, HTML by Beautiful Soup, plain text and PDF by their lines.

Nothing is fetched, and nothing is dropped without a word: what does not come through is said, and
the words of the file are counted from its own source, so that a word that a library drops is missed.
"""

from __future__ import annotations

import base64
import binascii
import html
import io
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import Any
from urllib.parse import unquote, unquote_to_bytes

from bs4 import BeautifulSoup, Tag
from bs4.element import NavigableString, PreformattedString

from briefpress.finding import UNSAFE
from briefpress.limits import TooLong, time_limit
from briefpress.media import read_pdf

LIMIT = 20_000_000
"""Bytes of a file."""
UNPACKED_LIMIT = 100_000_000
"""Bytes of all that a Word file holds."""
ENDINGS = (".docx", ".html", ".htm", ".txt", ".pdf")
BLOCKS = frozenset("blockquote dd div dl dt fieldset figcaption figure footer form h1 h2 h3 h4 h5 h6 header hr li main nav ol p pre section "
                   "table tbody td tfoot th thead tr ul article aside body html caption details summary address center".split())  # fmt: skip
"""Tags that end a line."""
_SILENT = ("script", "style", "noscript", "template", "svg", "math", "iframe", "object", "embed", "canvas", "video", "audio", "head", "select",
           "textarea", "button", "input")  # fmt: skip
_BULLET = re.compile(r"\s*(?:[•·▪◦‣●*\-]|–(?=\s))\s+")
_WORD = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_MATH = "{http://schemas.openxmlformats.org/officeDocument/2006/math}"
_COMPATIBLE = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
_STYLES = """
p[style-name='Title'] => h1.title:fresh
p[style-name='Subtitle'] => p.subtitle:fresh
p[style-name='Quote'] => blockquote > p:fresh
p[style-name='Intense Quote'] => blockquote > p:fresh
p[style-name='Block Text'] => blockquote > p:fresh
p[style-name='caption'] => p.caption:fresh
strike => del
"""


class Refused(Exception):
    """The file cannot be taken over; the text says why, in a sentence."""


@dataclass
class Source:
    """A file as it was read."""

    tree: BeautifulSoup
    """References to notes are `<note-mark data-note>` in it, without text."""
    words: list[str]
    """All words of the file, from its own source."""
    typed: bool = False
    """Whether it is a plain text, in which nothing but its lines tells what is a heading."""
    said: list[str] = field(default_factory=list)
    """What is to be told of the file."""
    left: list[str] = field(default_factory=list)
    """Texts that stand around the brief: a menu, the head and foot of a page."""
    margins: list[str] = field(default_factory=list)
    """Of these, the heads and feet of a Word file, which may name series and number."""
    notes: dict[str, Tag] = field(default_factory=dict)
    """The footnotes by their labels."""
    pictures: dict[str, bytes] = field(default_factory=dict)
    """The pictures by their `src`."""


def read(file: Path) -> Source:
    """Read a file.

    Raises:
        Refused: it cannot be taken over.
    """
    ending = file.suffix.lower()
    if not file.is_file():
        raise Refused(f"there is no file {file.name}")
    if ending == ".doc":
        raise Refused(f"{file.name} is a file of an old Word; save it as .docx there and import that")
    if ending not in ENDINGS:
        raise Refused(f"{file.name} is of a kind that cannot be imported; save it as one of {', '.join(ENDINGS)}")
    if file.stat().st_size > LIMIT:
        raise Refused(f"{file.name} has {file.stat().st_size / 1e6:.0f} MB, and at most {LIMIT // 1_000_000} are read; "
                      "make its pictures smaller, or save the text without them")  # fmt: skip
    try:
        data = file.read_bytes()
    except OSError as error:
        raise Refused(f"{file.name} cannot be read: {error.strerror}") from None
    if not data.strip():
        raise Refused(f"{file.name} is empty")
    try:
        with time_limit():
            if ending == ".docx":
                source = _word(file.name, data)
            elif ending == ".pdf":
                source = _pdf(file)
            else:
                text, said = _decoded(file.name, data)
                source = _plain(_typed_blocks(text.split("\n"))) if ending == ".txt" else _web(text, file)
                source.said[:0] = said
    except (TooLong, RecursionError):
        raise Refused(f"{file.name} is too large or too deeply nested to be read") from None
    if not source.words:
        raise Refused(f"{file.name} has no words in it")
    return source


def words_of(text: str) -> list[str]:
    """The words of a text, without the signs around them: the same wherever they stand."""
    found = (re.sub(r"^[\W_]+|[\W_]+$", "", word) for word in text.replace("\u00ad", "").split())
    return [word for word in found if word]


def text_of(node: Tag | BeautifulSoup) -> str:
    """The text of a part of a tree; blocks and line breaks part words, bold and the like do not."""
    return "".join(_strings(node))


def _strings(node: Tag) -> Iterator[str]:
    for child in node.children:
        if isinstance(child, Tag):
            apart = child.name in BLOCKS or child.name == "br"
            yield " " if apart else ""
            yield from _strings(child)
            yield " " if apart else ""
        elif isinstance(child, NavigableString) and not isinstance(child, PreformattedString):
            yield str(child)


# --- plain text ---------------------------------------------------------------------------------


def _decoded(name: str, data: bytes) -> tuple[str, list[str]]:
    """The text of a file, and what was guessed."""
    said = []
    declared = re.search(rb"charset\s*=\s*[\"']?([\w-]+)", data[:2048]) if b"<" in data[:2048] else None
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        text = data.decode("utf-16", "replace")
        said.append("read as UTF-16")
    else:
        try:
            text = data.decode("utf-8-sig")
        except UnicodeDecodeError:
            try:
                text = data.decode(declared[1].decode() if declared else "cp1252", "replace")
            except LookupError:
                text = data.decode("cp1252", "replace")
            said.append("it is not saved as UTF-8 and was read as Windows-1252; look at accents, dashes and quotation marks")
    if "\0" in text or data.startswith((b"PK\x03\x04", b"%PDF-", b"\xd0\xcf\x11\xe0")):
        raise Refused(f"{name} is no text inside; save it again in the program that made it")
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\f", "\n").replace("\v", "\n")
    count = len(UNSAFE.findall(text.replace("\n", "").replace("\t", "")))
    if count:
        said.append(f"{count} invisible control character{'s' if count > 1 else ''} taken out")
        text = "".join(char for char in text if char in "\n\t" or not UNSAFE.match(char))
    return text, said


def _typed_blocks(lines: list[str]) -> list[str]:
    """Paragraphs: each line is one, unless empty lines part them and lines are broken at a width."""
    text = "\n".join(line.rstrip() for line in lines)
    groups = [[line for line in group.split("\n") if line.strip()] for group in re.split(r"\n\s*\n", text)]
    broken = [group for group in groups if len(group) > 2 and all(35 < len(line) < 100 for line in group[:-1])]
    if not broken:
        return [line for group in groups for line in group]
    blocks: list[str] = []
    for group in groups:
        for number, line in enumerate(group):
            if number and not _BULLET.match(line) and len(group[number - 1]) > 35:
                blocks[-1] += " " + line.strip()
            else:
                blocks.append(line)
    return blocks


def _plain(blocks: list[str]) -> Source:
    tree = BeautifulSoup("".join(f"<p>{html.escape(block.strip(), quote=False)}</p>" for block in blocks), "html.parser")
    listed(tree, least=1)
    return Source(tree, [word for block in blocks for word in words_of(block)], typed=True)


def listed(tree: Tag, least: int) -> None:
    """Make lists of paragraphs that begin with a bullet, where at least `least` follow one another."""
    for first in tree.find_all("p"):
        run: list[Tag] = []
        following: Any = first
        while isinstance(following, Tag) and following.name == "p" and _BULLET.match(text_of(following)):
            run.append(following)
            following = following.find_next_sibling()
        if len(run) < least or first.find_parent("ul"):
            continue
        made = tree.new_tag("ul") if isinstance(tree, BeautifulSoup) else BeautifulSoup("", "html.parser").new_tag("ul")
        first.insert_before(made)
        for paragraph in run:
            string = next(one for one in paragraph.find_all(string=True) if one.strip())
            string.replace_with(_BULLET.sub("", string + " ", count=1)[:-1] if _BULLET.match(string + " ") else string)
            paragraph.name = "li"
            made.append(paragraph.extract())


def _pdf(file: Path) -> Source:
    paper = read_pdf(file)
    if paper is None:
        raise Refused(f"{file.name} cannot be read: it is broken, or needs a password")
    lines = [line.strip() for line in re.sub(r"[\ufffe\x02]\s*", "\u00ad\n", paper.text).replace("\r", "").split("\n") if line.strip()]
    if not lines:
        raise Refused(f"{file.name} has no text inside, only pictures of pages; import the file that it was made from")
    full = sorted(map(len, lines))[len(lines) * 3 // 4]
    blocks = [lines[0]]
    for above, line in pairwise(lines):
        if len(above) < 0.75 * full or _BULLET.match(line):
            blocks.append(line)
        elif blocks[-1].endswith("\u00ad") or (re.search(r"[a-zà-ÿ]-$", blocks[-1]) and line[0].islower()):
            blocks[-1] = blocks[-1][:-1] + line
        else:
            blocks[-1] += " " + line
    source = _plain(blocks)
    source.said.append("a PDF has no paragraphs: they were guessed from the lengths of its lines; compare the order of columns, "
                       "the heads and feet of pages, words that were parted at line ends, and footnotes")  # fmt: skip
    return source


# --- HTML ---------------------------------------------------------------------------------------


def _web(text: str, file: Path) -> Source:
    tree = BeautifulSoup(text, "html.parser")
    _close(tree)
    title = tree.title.get_text(" ", strip=True) if tree.title else ""
    source = Source(tree, [])
    for comment in [one for one in tree.find_all(string=True) if isinstance(one, PreformattedString)]:
        comment.extract()
    dropped = [one.name for one in tree.find_all(_SILENT) if one.name not in ("head", "style")]
    for one in tree.find_all(_SILENT):
        if not one.decomposed:
            one.decompose()
    if dropped:
        source.said.append(f"taken out: {', '.join(f'<{name}>' for name in dict.fromkeys(dropped))}")
    mark_notes(source)
    source.words = words_of(text_of(tree)) + [word for note in source.notes.values() for word in words_of(text_of(note))]
    inner = tree.find_all("article") if len(tree.find_all("article")) == 1 else tree.find_all("main")
    for one in tree.find_all(["nav", "footer"]):
        if not one.decomposed:
            _leave(source, one, f"<{one.name}>")
    if len(inner) == 1:
        kept = inner[0].extract()
        _leave(source, tree, f"what stands outside of <{kept.name}>")
        source.tree = BeautifulSoup("", "html.parser")
        source.tree.append(kept)
    if title and source.tree.find("h1") is None:
        source.said.append(f'the window\'s title is "{title}"')
    for image in source.tree.find_all("img"):
        _fetch(source, image, file)
    listed(source.tree, least=2)
    return source


def _close(tree: BeautifulSoup) -> None:
    """Close what a page leaves open, as it may: the parser puts the next item, cell or paragraph into the one before it."""
    table = ("table",)
    for kinds, around in (
        (("li",), ("ul", "ol")), (("tr",), table), (("td", "th"), table), (("dt", "dd"), ("dl",)), (("p",), BLOCKS - {"p"}),
    ):  # fmt: skip
        for one in tree.find_all(kinds):
            before = one.find_parent([*kinds, *around])
            if before is not None and before.name in kinds:
                _move_behind(before, one)
    for one in tree.find_all(["table", "tbody", "thead", "tfoot", "tr", "td", "th", "caption", "li"]):
        if one.find("tr") is None if one.name == "table" else one.find_parent(["ul", "ol"] if one.name == "li" else "table") is None:
            one.name = "div"  # a part without the whole
    for one in tree.find_all(["ul", "ol"]):
        stranger = next((child for child in one.find_all(BLOCKS, recursive=False) if child.name not in ("li", "ul", "ol")), None)
        if stranger is not None:
            _move_behind(one, stranger)


def _move_behind(before: Tag, part: Tag) -> None:
    for later in reversed([part, *part.next_siblings]):
        before.insert_after(later.extract())


def _leave(source: Source, part: Tag, what: str) -> None:
    text = text_of(part)
    if words_of(text):
        source.left.append(text)
        source.said.append(f"left out: {what}, {len(words_of(text))} word{'' if len(words_of(text)) == 1 else 's'}, “{_short(text)}”")
    if isinstance(part, BeautifulSoup):
        part.clear()
    else:
        part.decompose()


def _short(text: str) -> str:
    words = text.split()
    return " ".join(words[:12]) + (" …" if len(words) > 12 else "")


def _fetch(source: Source, image: Tag, file: Path) -> None:
    """Find the bytes of a picture: in its address, or in a file beside the page; never on the network."""
    address = str(image.get("src") or "").strip()
    name = address[:60]
    if address.startswith("data:"):
        head, _, content = address.partition(",")
        try:
            data = base64.b64decode(re.sub(r"\s", "", unquote(content)), validate=True) if head.endswith(";base64") else unquote_to_bytes(content)
        except (binascii.Error, ValueError):
            data = b""
        key = f"data:{len(source.pictures)}"
        image["src"] = key
        source.pictures[key] = data
        return
    here = file.parent.resolve()
    try:
        found = (here / unquote(re.split("[?#]", address)[0])).resolve()
        inside = found.is_relative_to(here) and found.is_file() and found.stat().st_size <= LIMIT
    except (OSError, ValueError):
        inside = False
    if address and not re.match(r"[a-z][a-z0-9+.\-]*:|//", address, re.IGNORECASE) and inside:
        source.pictures[address] = found.read_bytes()
        return
    alt = str(image.get("alt") or "")
    source.said.append(f"a picture is missing, {name or 'without an address'}: it does not lie beside the page, and nothing is fetched"
                       + (f"; its text was “{alt}”" if alt else ""))  # fmt: skip
    image.decompose()


def mark_notes(source: Source) -> None:
    """Take footnotes out of the tree, and put a mark where each is referred to."""
    tree = source.tree
    targets = {str(one["id"]): one for one in tree.find_all(id=True)}
    targets |= {str(one["name"]): one for one in tree.find_all("a", attrs={"name": True})}
    labels: dict[int, str] = {}
    found: dict[str, Tag] = {}
    for link in tree.find_all("a", href=re.compile("^#.")):
        target = targets.get(unquote(str(link["href"])[1:]))
        sign = link.get_text(strip=True)
        role = f"{link.get('role') or ''} {link.get('class') or ''}"
        raised = link.find_parent("sup") is not None or link.find("sup") is not None
        numbered = re.fullmatch(r"[\[(]?(\d{1,3}|[ivxl]{1,6}|[*†‡])[\])]?", sign) and (raised or sign[0] == "[")
        if target is None or not (numbered or "noteref" in role):
            continue
        note = target if target.name in ("li", "p", "aside", "dd", "div") else target.find_parent(["li", "p", "aside", "dd", "div"])
        around = {id(one) for one in link.parents}
        if note is None or id(note) in around or around & labels.keys():
            continue  # the last is the way back from a note to the text
        label = labels.setdefault(id(note), str(len(labels) + 1))
        found[label] = note
        holder = link.find_parent("sup") or link
        while holder.parent is not None and holder.parent.name == "sup" and words_of(text_of(holder.parent)) == words_of(sign):
            holder = holder.parent  # Word raises the mark, and its author did too
        mark = tree.new_tag("note-mark")
        mark["data-note"] = label
        if words_of(text_of(holder)) == words_of(sign):
            holder.replace_with(mark)
        else:
            link.replace_with(mark)
    for label, note in found.items():
        for back in note.find_all("a", href=re.compile("^#")):
            sign = back.get_text(strip=True)
            if not words_of(sign) or re.fullmatch(r"[\[(]?(\d{1,3}|[ivxl]{1,6})[\])]?\.?|back|return", sign, re.IGNORECASE):
                (back.find_parent("sup") or back).decompose()
        first = note.find("sup")
        number = first.get_text(strip=True) if first is not None else ""
        if first is not None and re.fullmatch(r"[\[(]?\d{1,3}[\])]?", number) and text_of(note).strip().startswith(number):
            first.decompose()  # its number, raised
        parent = note.parent
        source.notes[label] = note.extract()
        note.name = "div" if note.name == "li" else note.name
        while parent is not None and parent.name in ("ol", "ul", "div", "section") and not words_of(text_of(parent)) and not parent.find(True):
            empty, parent = parent, parent.parent
            empty.decompose()


# --- Word ---------------------------------------------------------------------------------------


def _word(name: str, data: bytes) -> Source:
    import mammoth  # type: ignore[import-untyped]  # it has no types
    from defusedxml import DefusedXmlException
    from defusedxml.ElementTree import ParseError, fromstring

    if data.startswith(b"\xd0\xcf\x11\xe0"):
        raise Refused(f"{name} is locked with a password, or made by an old Word; open it there, and save it as .docx without one")
    parts = {}
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            if sum(one.file_size for one in archive.infolist()) > UNPACKED_LIMIT:
                raise Refused(f"{name} unpacks to more than {UNPACKED_LIMIT // 1_000_000} MB")
            names = archive.namelist()
            if "word/document.xml" not in names:
                raise Refused(f"{name} is not a Word file inside")
            for part in names:
                if part.endswith((".xml", ".rels")):
                    # All of them, since the library that reads them next expands what it is told to.
                    parts[part] = fromstring(archive.read(part), forbid_dtd=True)
        made = mammoth.convert_to_html(io.BytesIO(data), style_map=_STYLES, include_embedded_style_map=False,
                                       convert_image=mammoth.images.img_element(_picture_of))  # fmt: skip
    except DefusedXmlException:
        raise Refused(f"{name} holds what no Word file needs, a definition of its own entities") from None
    except (zipfile.BadZipFile, zipfile.LargeZipFile, ParseError, KeyError, ValueError, IndexError, AttributeError, EOFError, OSError,
            NotImplementedError, RuntimeError) as error:  # fmt: skip
        if isinstance(error, RecursionError):
            raise
        raise Refused(f"{name} is broken: it cannot be opened as a Word file; open it in Word and save it again") from None
    source = Source(BeautifulSoup(made.value, "html.parser"), [])
    _say_what_word_holds(source, parts, names)
    messages = {one.message for one in made.messages if "style" not in one.message and "element was ignored" not in one.message}
    ignored = {one.message.rpartition(": ")[2] for one in made.messages if "element was ignored" in one.message}
    ignored -= {"w:tblGrid", "{http://schemas.openxmlformats.org/officeDocument/2006/math}oMath"}
    if lost := sum("image" in one.message.lower() and "Image of type" not in one.message for one in made.messages):
        source.said.append(f"{lost} picture{'s' if lost > 1 else ''} of a kind that cannot be read, not taken over")
    source.said += sorted(one for one in messages if "image" not in one.lower())
    if unknown := sorted(one for one in ignored if "math" not in one):
        source.said.append(f"parts of the file that are not known: {', '.join(unknown)}")
    mark_notes(source)
    for image in source.tree.find_all("img"):
        address = str(image["src"])
        if address.startswith("x-missing:"):
            source.said.append("a picture is missing: it lies outside of the Word file, and nothing is fetched")
            image.decompose()
            continue
        key = f"data:{len(source.pictures)}"
        source.pictures[key] = base64.b64decode(address.partition(",")[2])
        image["src"] = key
    listed(source.tree, least=2)
    return source


def _picture_of(image: Any) -> dict[str, str]:
    try:
        with image.open() as stream:
            return {"src": "data:," + base64.b64encode(stream.read()).decode()}
    except (OSError, ValueError, KeyError):
        return {"src": "x-missing:"}


def _say_what_word_holds(source: Source, parts: dict[str, Any], names: list[str]) -> None:
    """Count the words of a Word file from its XML, and say what it holds besides text."""
    body = parts["word/document.xml"]
    texts = [one for part in ("word/document.xml", "word/footnotes.xml", "word/endnotes.xml") if part in parts for one in _lines(parts[part])]
    source.words = [word for text in texts for word in words_of(text)]
    tags = [str(one.tag) for part in parts.values() for one in part.iter()]
    own = [str(one.tag) for one in body.iter()]
    changes = sum(tags.count(_WORD + tag) for tag in ("ins", "del", "moveTo"))
    comments = len(parts["word/comments.xml"]) if "word/comments.xml" in parts else 0
    boxes = sum(1 for one in own if one == _WORD + "txbxContent")
    if f"{_COMPATIBLE}Fallback" in own:
        boxes = (boxes + 1) // 2  # each stands there twice, for new programs and for old ones
    embedded = [name for name in names if re.match(r"word/(embeddings|charts|diagrams)/[^/]*[^/]$", name) and "rels" not in name]
    for count, one, many in (
        (changes, "tracked change, read as accepted", "tracked changes, read as accepted"),
        (comments, "comment, not taken over", "comments, not taken over"),
        (boxes, "text box, whose text stands behind the paragraph that it belongs to", "text boxes, whose text stands behind their paragraphs"),
        (own.count(_MATH + "oMath"), "equation, not taken over: put it in as a picture", "equations, not taken over: put them in as pictures"),
        (len(embedded), "embedded object or chart, not taken over", "files of embedded objects and charts, not taken over"),
    ):  # fmt: skip
        if count:
            source.said.append(f"{count} {one if count == 1 else many}")
    for part, tree in parts.items():
        if re.fullmatch(r"word/(header|footer)\d*\.xml", part):
            lines = [line for line in _lines(tree) if words_of(line)]
            if lines and (text := " ".join(lines)) not in source.left:
                source.margins += lines
                source.left.append(text)
                source.words += words_of(text)
                source.said.append(f"left out: the {part[5:11]} of the pages, “{_short(text)}”")


def _lines(part: Any) -> list[str]:
    """The paragraphs of a part of a Word file, changes accepted."""
    lines = [""]

    def walk(node: Any) -> None:
        for child in node:
            tag = str(child.tag)
            if tag in (_WORD + "del", _WORD + "moveFrom", _COMPATIBLE + "Fallback"):
                continue
            if tag in (_WORD + "t", _MATH + "t"):
                lines[-1] += child.text or ""
            elif tag in (_WORD + "tab", _WORD + "br", _WORD + "cr"):
                lines[-1] += "\t"
            elif tag == _WORD + "noBreakHyphen":
                lines[-1] += "\u2011"
            elif tag == _WORD + "p":
                lines.append("")
                walk(child)
                lines.append("")
            else:
                walk(child)

    walk(part)
    return lines
