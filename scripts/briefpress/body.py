"""The body: Markdown becomes safe HTML, a table of contents, and a count of words.

Knows the libraries `markdown` and `nh3`. What an editor writes is cleaned by an allow-list, and
raw HTML can be no link, no picture and no structure, so that every address in the result is one
that the checks have seen.
"""

from __future__ import annotations

import re
import xml.etree.ElementTree as etree
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import markdown
import nh3
from markdown.extensions.admonition import AdmonitionExtension
from markdown.extensions.attr_list import AttrListExtension
from markdown.extensions.fenced_code import FencedCodeExtension
from markdown.extensions.footnotes import FootnoteExtension
from markdown.extensions.sane_lists import SaneListExtension
from markdown.extensions.tables import TableExtension
from markdown.inlinepatterns import InlineProcessor
from markdown.preprocessors import Preprocessor
from markdown.treeprocessors import Treeprocessor
from markdown.util import AtomicString
from pymdownx.caret import InsertSupExtension  # type: ignore[import-untyped]  # it has no types
from pymdownx.tilde import DeleteSubExtension  # type: ignore[import-untyped]

from briefpress.brief import word_count
from briefpress.limits import time_limit
from briefpress.outline import (
    CLASSES,
    RAW_TAG_ATTRIBUTES,
    RAW_TAGS,
    SCHEMES,
    SILENT_TAGS,
    clean_id,
    slug_of,
    without_comments,
)
from briefpress.shortcuts import Contents, Shortcuts

VERSION = "10"
"""Part of every key in the store: raise it when the result for the same text changes."""
# Tags that Markdown writes, and those that an editor may write by hand.
_TAGS = RAW_TAGS | frozenset(
    "a blockquote code dd details div dl dt em figcaption figure h2 h3 h4 h5 h6 hr img li ol p pre section strong summary table tbody td "
    "th thead tr ul".split()
)
_ATTRIBUTES = {
    "*": {"id", "class", "lang", "title", "dir"},
    "a": {"href", "download", "aria-label"},
    "div": {"role", "tabindex", "aria-label", "aria-labelledby"},
    "img": {"src", "alt", "width", "height", "loading"},
    "ol": {"start"},
    "section": {"aria-labelledby"},
    "th": {"scope"},
}


@dataclass(frozen=True)
class Picture:
    """A picture of the brief's folder as a page shows it."""

    address: str
    width: int = 0
    """Pixels; 0 where the file does not say."""
    height: int = 0
    data: str = ""
    """The address of the data behind it, or empty."""
    data_text: str = ""
    """The words of the link to the data."""
    alt: str = ""
    """Of a figure from data: what stands for it; a picture in the text says that itself."""
    caption: str = ""
    table: tuple[tuple[str, ...], ...] = ()
    """Of a figure from data: the data, names of columns first."""


@dataclass(frozen=True)
class Surroundings:
    """All that a body depends on besides its own text; part of its key in the store."""

    texts: Mapping[str, str]
    """The page's own words in the brief's language."""
    addresses: Mapping[str, str] = field(default_factory=dict)
    """Link target as typed → the address on the page."""
    pictures: Mapping[str, Picture] = field(default_factory=dict)
    """File name as typed → the picture."""

    def __reduce__(self) -> tuple[type[Surroundings], tuple[Mapping[str, Any], ...]]:
        # Read-only views, as of the tables of texts, cannot be sent to another process.
        return Surroundings, (dict(self.texts), dict(self.addresses), dict(self.pictures))


@dataclass(frozen=True)
class Body:
    """A body as a page shows it."""

    html: str
    toc: tuple[Mapping[str, Any], ...]
    """Headings of the first two levels: id, title, children."""
    words: int
    lost: tuple[str, ...] = ()
    """Targets of links and pictures that lead nowhere, since nothing is known of them."""


def render(text: str, around: Surroundings) -> Body:
    """Set a body.

    Args:
        text: Markdown that the checks have passed.
        around: addresses, pictures and words for it.

    Raises:
        TooLong: it takes longer than `limits.SECONDS`.
    """
    try:
        converter = _idle.pop()
    except IndexError:
        converter = _Converter()
    with time_limit():
        html = _clean(converter.set_body(text, around))
    toc = tuple(_entry(token) for token in converter.toc_tokens)
    body = Body(html, toc, word_count(re.sub(r"<[^>]*>", " ", html)), tuple(converter.sheet.lost))
    _idle.append(converter)  # not where the time was over: that leaves it in the middle of a text
    return body


def _entry(token: Mapping[str, Any]) -> dict[str, Any]:
    # `name` is escaped HTML text; templates escape again.
    title = re.sub(r"<[^>]*>", "", str(token["name"]))
    for entity, char in (("&lt;", "<"), ("&gt;", ">"), ("&quot;", '"'), ("&amp;", "&")):
        title = title.replace(entity, char)
    return {"id": token["id"], "title": title, "children": [_entry(child) for child in token["children"]]}


def _clean(html: str) -> str:
    return nh3.clean(
        html,
        tags=set(_TAGS),
        clean_content_tags=set(SILENT_TAGS),
        attributes={tag: set(names) for tag, names in _ATTRIBUTES.items()},
        attribute_filter=_filtered,
        url_schemes=set(SCHEMES),
        link_rel=None,
    )


def _filtered(tag: str, name: str, value: str) -> str | None:
    if name == "class":
        return " ".join(word for word in value.split() if word in CLASSES) or None
    if name == "role":
        return value if value == "region" else None
    return value


class _Converter(markdown.Markdown):
    """Python-Markdown as briefs need it, for one body after another."""

    toc_tokens: list[dict[str, Any]]

    def __init__(self) -> None:
        self.notes = FootnoteExtension(SEPARATOR=":")
        super().__init__(
            extensions=[
                Contents(toc_depth="2-3", slugify=slug_of),
                self.notes,
                TableExtension(),
                AttrListExtension(),
                AdmonitionExtension(),
                FencedCodeExtension(),
                SaneListExtension(),
                InsertSupExtension(),
                DeleteSubExtension(),
                Shortcuts(),
            ],
            output_format="html",
        )
        # Without the block parser for HTML, text between raw tags is Markdown like any other.
        self.preprocessors.deregister("html_block")
        self.preprocessors.register(_WithoutComments(self), "briefpress-comments", 20)
        self.inlinePatterns.deregister("html")
        self.inlinePatterns.register(_RawTag(r"<(/?[a-zA-Z][^<>]*)>", self), "html", 90)
        self.treeprocessors.register(_NotesInOrder(self, self.notes), "briefpress-order", 60)  # before footnotes (50)

    def set_body(self, text: str, around: Surroundings) -> str:
        self.reset()
        self.notes.setConfig("BACKLINK_TITLE", around.texts["back_to_text"] + " {}")
        # After inline patterns (20) and attribute lists (8), before the table of contents (5).
        self.sheet = _Sheet(self, around)
        self.treeprocessors.register(self.sheet, "briefpress-sheet", 7)
        self.treeprocessors.register(_Notes(self, around), "briefpress-notes", 4)
        return self.convert(text)


_idle: list[_Converter] = []
"""Converters that can be used again, since building one costs more than cleaning a body. No two threads have the same."""


class _WithoutComments(Preprocessor):
    def run(self, lines: list[str]) -> list[str]:
        return without_comments("\n".join(lines), "").split("\n")


class _NotesInOrder(Treeprocessor):
    """Footnotes are numbered in the order in which the text refers to them.

    Python-Markdown's own setting for that follows the order of its work, in which a quotation
    comes after the paragraphs behind it.
    """

    def __init__(self, md: markdown.Markdown, notes: FootnoteExtension) -> None:
        super().__init__(md)
        self.notes = notes

    def run(self, root: etree.Element) -> None:
        found = self.notes.footnotes
        if not found:
            return
        text = " ".join(part for part in root.itertext() if not isinstance(part, AtomicString))
        if "`" in text or "\\" in text:
            text = re.sub(r"\\.|(?<!`)(`+)(?!`).+?(?<!`)\1(?!`)", "", text, flags=re.DOTALL)  # escapes, code
        labels = re.findall(r"\[\^([^\]\n]+)\]", text)
        order = {label: index for index, label in reversed(list(enumerate(labels)))}
        for label in sorted(found, key=lambda label: order.get(label, len(labels))):
            found.move_to_end(label)


class _RawTag(InlineProcessor):
    """A raw tag: kept bare where an editor may write it, left to the sanitiser where it must go."""

    def handleMatch(self, match: re.Match[str], data: str) -> tuple[str | None, int, int]:  # type: ignore[override]  # Python-Markdown's name
        inner = match[1]
        name = re.match(r"/?([a-zA-Z][\w-]*)", inner)
        assert name is not None
        tag = name[1].lower()
        end = match.end(0)
        if tag in RAW_TAGS:
            kept = "".join(
                f' {hit[1].lower()}="{hit[2]}"'
                for hit in re.finditer(r"\s([a-zA-Z-]+)=\"([^\"<>]*)\"", inner)
                if hit[1].lower() in RAW_TAG_ATTRIBUTES
            )
            markup = f"</{tag}>" if inner.startswith("/") else f"<{tag}{kept}>"
        else:
            # Markdown writes the others that are allowed; by hand they could carry an address past the
            # checks. What a browser would not show goes with its tag, if that is ever closed.
            markup = ""
            closing = re.compile(rf"</{tag}\s*>", re.IGNORECASE).search(data, end) if tag in SILENT_TAGS else None
            end = closing.end() if closing else end
        return self.md.htmlStash.store(markup), match.start(0), end


class _Sheet(Treeprocessor):
    """Figures, tables with caption and note, addresses, ids."""

    def __init__(self, md: markdown.Markdown, around: Surroundings) -> None:
        super().__init__(md)
        self.around = around
        words = around.texts
        # A no-break space may stand before the colon, as in French.
        self.caption = re.compile(rf"\s*(?:{re.escape(words['table'])}|Table)[\s\u00a0\u202f]?:\s*")
        self.note = re.compile(rf"\s*(?:{re.escape(words['note'])}|Note)[\s\u00a0\u202f]?:\s*")
        self.tables = 0
        self.drawn: dict[str, Picture] = {}
        self.lost: list[str] = []

    def run(self, root: etree.Element) -> None:
        for element in root.iter():
            self._attributes(element)
        self._parents(root)

    def _attributes(self, element: etree.Element) -> None:
        if (given := element.get("id")) is not None and not re.match(r"fn(ref)?\d*:", given):
            if cleaned := clean_id(given):
                element.set("id", cleaned)
            else:
                del element.attrib["id"]
        tag = element.tag
        if tag == "a" and not element.get("class", "").startswith("footnote-"):
            self._address(element)
        elif tag == "img":
            self._picture(element)
        elif tag in ("td", "th"):
            style = element.attrib.pop("style", "")
            side = re.fullmatch(r"text-align: (right|center);", style)
            if side:
                element.set("class", side[1])
            if tag == "th":
                element.set("scope", "col")

    def _address(self, element: etree.Element) -> None:
        # Python-Markdown hides escaped characters, and those of mail addresses, behind STX and ETX.
        target = re.sub("\x02amp\x03#(\\d+);|\x02(\\d+)\x03", lambda hit: chr(int(hit[1] or hit[2])), element.get("href", ""))
        bare = re.compile(r"^(?:https?://|mailto:)|/$")
        if not len(element) and bare.sub("", (element.text or "").strip()) == bare.sub("", target):
            element.set("class", "address")  # paper need not print it twice
        if (address := self.around.addresses.get(target)) is not None:
            element.set("href", address)
        elif re.match(r"(?:https?|mailto):", target) or target.startswith("#"):
            element.set("href", target)
        else:
            # Not an address that the checks have passed.
            element.attrib.pop("href", None)
            self.lost.append(target)

    def _picture(self, element: etree.Element) -> None:
        picture = self.around.pictures.get(element.get("src", ""))
        if picture is None:
            self.lost.append(element.attrib.pop("src", ""))
            return
        element.set("src", picture.address)
        for name, pixels in (("width", picture.width), ("height", picture.height)):
            if pixels:
                element.set(name, str(pixels))
        element.set("loading", "lazy")
        if picture.table:
            element.set("alt", picture.alt)
            element.set("title", picture.caption)
            self.drawn[picture.address] = picture
        element.set("data-data", picture.data)
        element.set("data-words", picture.data_text)

    def _parents(self, parent: etree.Element) -> None:
        index = 0
        while index < len(parent):
            child = parent[index]
            if child.tag == "table":
                self._table(parent, index)
                index = list(parent).index(self.wrapper)
            elif child.tag == "p" and self._is_picture(child):
                parent[index] = self._figure(child)
            elif child.tag in ("blockquote", "li", "div", "ul", "ol", "dd"):
                self._parents(child)
            index += 1

    @staticmethod
    def _is_picture(paragraph: etree.Element) -> bool:
        if len(paragraph) != 1 or (paragraph.text or "").strip() or (paragraph[0].tail or "").strip():
            return False
        only = paragraph[0]
        return only.tag == "img" or (only.tag == "a" and len(only) == 1 and only[0].tag == "img" and not (only.text or "").strip()
                                     and not (only[0].tail or "").strip())  # fmt: skip

    def _figure(self, paragraph: etree.Element) -> etree.Element:
        figure = etree.Element("figure", {key: value for key, value in paragraph.items() if key in ("id", "lang")})
        figure.append(paragraph[0])
        figure.tail = paragraph.tail
        paragraph[0].tail = None
        image = next(figure.iter("img"))
        if identity := image.attrib.pop("id", None):
            figure.set("id", identity)
        caption, data, words = (image.attrib.pop(name, "") for name in ("title", "data-data", "data-words"))
        if caption or data:
            box = etree.SubElement(figure, "figcaption")
            if caption:
                etree.SubElement(box, "p").text = caption
            if data:
                link = etree.SubElement(etree.SubElement(box, "p"), "a", {"href": data, "download": ""})
                link.text = words
        if (drawn := self.drawn.get(image.get("src", ""))) is not None:
            self._numbers(figure, drawn)
        return figure

    def _numbers(self, figure: etree.Element, picture: Picture) -> None:
        """The data of a figure as a table, for those who cannot see it and for those who want to know."""
        words = self.around.texts
        details = etree.SubElement(figure, "details")
        etree.SubElement(details, "summary").text = words["numbers"]
        region = {"class": "scroll", "role": "region", "tabindex": "0", "aria-label": words["numbers"]}
        table = etree.SubElement(etree.SubElement(etree.SubElement(details, "div", {"class": "table"}), "div", region), "table")
        head = etree.SubElement(etree.SubElement(table, "thead"), "tr")
        rows = etree.SubElement(table, "tbody")
        for name in picture.table[0]:
            etree.SubElement(head, "th", {"scope": "col"}).text = AtomicString(name)
        for cells in picture.table[1:]:
            row = etree.SubElement(rows, "tr")
            for cell in cells:
                number = re.fullmatch(r"-?[\d.,]+", cell)
                etree.SubElement(row, "td", {"class": "right"} if number else {}).text = AtomicString(cell)

    def _table(self, parent: etree.Element, index: int) -> None:
        table = parent[index]
        self.tables += 1
        wrapper = self.wrapper = etree.Element("div", {"class": "table"})
        wrapper.tail, table.tail = table.tail, None
        region = {"class": "scroll", "role": "region", "tabindex": "0"}
        before = parent[index - 1] if index else None
        if before is not None and before.tag == "p" and self.caption.match(before.text or ""):
            identity = f"__table-{self.tables}"
            before.set("class", "caption")
            before.set("id", identity)
            before.text = self.caption.sub("", before.text or "", count=1)
            parent.remove(before)
            index -= 1
            wrapper.append(before)
            region["aria-labelledby"] = identity
        else:
            region["aria-label"] = f"{self.around.texts['table']} {self.tables}"
        parent[index] = wrapper
        etree.SubElement(wrapper, "div", region).append(table)
        after = parent[index + 1] if index + 1 < len(parent) else None
        if after is not None and after.tag == "p" and (found := self.note.match(after.text or "")):
            after.set("class", "note")
            after.text = (after.text or "")[found.start() :].lstrip()
            parent.remove(after)
            wrapper.append(after)


class _Notes(Treeprocessor):
    """The footnotes under a heading of their own, as a section that can be named."""

    def __init__(self, md: markdown.Markdown, around: Surroundings) -> None:
        super().__init__(md)
        self.around = around

    def run(self, root: etree.Element) -> None:
        for element in root.iter("div"):
            if element.get("class") == "footnote":
                element.tag = "section"
                element.set("aria-labelledby", "__notes")
                element[:] = [child for child in element if child.tag != "hr"]
                heading = etree.Element("h2", {"id": "__notes"})
                heading.text = self.around.texts["notes"]
                element.insert(0, heading)
