"""What a brief's Markdown names, and where: headings, links, pictures, footnotes, raw HTML.

Read from the text by line, without setting it: setting costs some three milliseconds a brief, and
its result has no lines. `tests/test_outline.py` holds that both see the same.
"""

from __future__ import annotations

import html
import re
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate

from pymdownx.slugs import slugify  # type: ignore[import-untyped]  # it has no types

from briefpress.brief import word_count
from briefpress.finding import Place
from briefpress.limits import time_limit

slug_of = slugify(case="lower")
"""Heading text to id: Unicode letters stay."""


RAW_TAGS = frozenset("abbr br cite del ins kbd mark q small span sub sup".split())
"""HTML that an editor may write by hand; the rest is taken out."""
RAW_TAG_ATTRIBUTES = frozenset({"lang", "title", "dir"})
"""Attributes that such a tag may have."""
LIST_ATTRIBUTES = RAW_TAG_ATTRIBUTES | {"id", "class"}
"""Attributes that an attribute list, `{: lang=de }`, may have."""
CLASSES = frozenset(
    "address admonition admonition-title caption center footnote footnote-backref footnote-ref note right scroll table tip "
    "warning".split()
)
"""Every class that a body may have; anything else is taken out."""
EDITORS_CLASSES = frozenset({"center", "note", "right", "tip", "warning"})
"""Those of them that mean something where an editor gives them."""
SILENT_TAGS = ("iframe", "math", "noscript", "object", "script", "style", "svg", "template", "textarea", "title")
"""Tags that are taken out with their content, which is no text for readers."""
SCHEMES = frozenset({"http", "https", "mailto"})
"""Schemes that a link may have."""


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading of the text."""

    level: int
    text: str
    id: str
    place: Place
    spaced: bool = True
    """Whether a space follows its hashes."""


@dataclass(frozen=True, slots=True)
class Link:
    """A link, or a picture, to `target` as it was typed."""

    target: str
    text: str
    """The words of a link, as Markdown; the alternative text of a picture."""
    title: str
    image: bool
    place: Place


@dataclass(frozen=True, slots=True)
class Mark:
    """A word that stands somewhere: a footnote's label, an id, the name of a tag."""

    text: str
    place: Place


@dataclass(frozen=True)
class Outline:
    """All that a body names, in reading order."""

    headings: tuple[Heading, ...]
    links: tuple[Link, ...]
    """Links and pictures."""
    missing_references: tuple[Mark, ...]
    """`[words][label]` without an address for the label."""
    definitions: tuple[Mark, ...]
    """Footnotes that are defined."""
    references: tuple[Mark, ...]
    """Footnotes that are referred to."""
    tags: tuple[Mark, ...]
    """Raw HTML: opening tags, as typed without the angle brackets."""
    attributes: tuple[Mark, ...]
    """Attribute lists: `#id .class lang=de`."""
    ids: tuple[Mark, ...]
    """Ids that the editor gave, as typed."""
    formulas: tuple[Mark, ...]
    """Mathematics as TeX has it: `$$…$$`, `$x_1$`."""
    gaps: tuple[tuple[str, Place], ...]
    """A list or a table without an empty line before it: which of the two, and where."""
    prose: str
    """The body with code, remarks, pictures, addresses and HTML blanked out, each character in its place."""
    words: int
    depth: int
    """How deep lists and quotations nest."""
    depth_place: Place

    @cached_property
    def anchors(self) -> frozenset[str]:
        """What a link into this text may point at."""
        notes = {f"fn:{mark.text}" for mark in self.definitions}
        return frozenset({heading.id for heading in self.headings} | {clean_id(mark.text) for mark in self.ids} | notes)


def clean_id(typed: str) -> str:
    """The id that is published for a typed one: letters, digits, `-` and `_`, no `_` at its start.

    Ids with two underscores before them belong to the page itself.
    """
    return re.sub(r"[^\w-]", "", typed).lstrip("_-0123456789")


# A line within a quotation, a list or a box; code by indentation is blanked out before.
_INDENT = r"^(?:[ \t>]|[-*+][ \t]+)*"
_FENCE = re.compile(r"^(?P<fence>`{3,}|~{3,})[^\n`]*\n.*?^(?P=fence)[ \t]*$", re.DOTALL | re.MULTILINE)
_CODE = re.compile(r"(?<![\\`])(?P<ticks>`+)(?!`)(?:(?!\n\n).){1,5000}?(?<!`)(?P=ticks)(?!`)", re.DOTALL)
_ESCAPE = re.compile(r"\\[\\`*_{}\[\]()>#+\-.!|~^]")
# A choice of two signs lets the engine skip to one of them; `!?` would be tried at each letter.
_LINK = re.compile(
    r"(?P<open>!\[|\[)(?P<text>(?:[^\[\]]|\[[^\[\]]*\]){0,2000})\]\(\s*"
    r"(?:<(?P<angle>[^<>\n]*)>|(?P<bare>(?:[^()<>\"']|\([^()]*\)){0,2000}?))"
    r"(?:\s+(?P<quote>[\"'])(?P<title>(?:(?!\n\n).){0,2000}?)(?P=quote))?\s*\)",
    re.DOTALL,
)
_REFERENCE = re.compile(r"(?P<open>!\[|\[)(?P<text>(?!\^)(?:[^\[\]]|\[[^\[\]]*\]){1,500})\][ ]?\[(?P<label>[^\[\]]{0,200})\](?![:(])")
_ADDRESS = re.compile(_INDENT + r"\[(?P<label>[^\]^][^\]\n]*)\]:[ \t]*(?:\n[ \t]*)?<?(?P<target>[^\s>]+)>?[^\n]*$", re.MULTILINE)
_AUTOLINK = re.compile(r"<(?P<target>(?:https?|ftp)://[^<>\n]*|[a-z][a-z0-9+.\-]*:[^\s<>]+|[^\s<>@]+@[^\s<>@]+)>", re.IGNORECASE)
_SHORTCUT = re.compile(r"(?P<open>!\[|\[)(?P<text>[^\[\]^][^\[\]]*)\](?![\[(:])")
_NOTE = re.compile(_INDENT + r"\[\^(?P<label>[^\]\n]+)\]:", re.MULTILINE)
_NOTE_REFERENCE = re.compile(r"\[\^(?P<label>[^\]\n]+)\]")
_HASHES = re.compile(r"^(?:>[ ]?|[-*+][ \t]+| {4}|\t)*(?P<hashes>#{1,6})(?P<text>[^\n]*?)#*[ \t]*$", re.MULTILINE)
_UNDERLINE = re.compile(r"(?:=+|-+)[ \t]*")
_ATTRIBUTES = re.compile(r"\{:?[ ]*(?P<list>[^{}\n]+?)[ ]*\}")
_TAG = re.compile(r"<(?P<tag>/?[A-Za-z][^<>]*)>")
_ITEM = re.compile(r"^(?:[-*+]|\d{1,3}[.)])[ \t]+\S")
_ROW = re.compile(r"^\|.*\|\s*$")
_SILENT = re.compile(rf"<({'|'.join(SILENT_TAGS)})\b[^<>]*>.*?</\1\s*>", re.IGNORECASE | re.DOTALL)
_LEAD = re.compile(r"(?:[ \t>]|[-*+][ \t]+(?=[-*+>]))*")
# A sum of money has no backslash, power or index in it.
_FORMULA = re.compile(r"\$\$[^$]{1,2000}\$\$|\\begin\{[a-z*]{1,20}\}|(?<![\w$\\])\$(?=[^\s$])[^$\n]{0,300}[\\^_{][^$\n]{0,300}(?<=\S)\$(?![\w$])")
_ID = re.compile(r"(?:^|\s)#(?P<id>[^\s}]+)|(?:^|\s)id=[\"']?(?P<named>[^\s\"'}]+)")


def outline(body: str, first_line: int) -> Outline:
    """Read a body.

    Args:
        body: Markdown, with line feeds as line ends.
        first_line: the line of the file on which it begins.

    Raises:
        TooLong: it takes longer than `limits.SECONDS`.
    """
    with time_limit():
        return _Reader(body, first_line).outline()


class _Reader:
    def __init__(self, body: str, first_line: int) -> None:
        self.first_line = first_line
        self.body = body
        masked = without_comments(_without_blocks(body), " ")
        if "`" in masked:
            masked = _CODE.sub(_blank, masked)
        self.text = _ESCAPE.sub(_blank, masked)
        """The body with all that is not markup blanked out, each character in its place."""
        self.lines = self.text.split("\n")
        self.inline = list(_LINK.finditer(self.text)) if "](" in self.text else []
        self.starts = [0, *accumulate(len(line) + 1 for line in self.lines)]
        """Where each line begins, and where one after the last would."""

    def place(self, index: int) -> Place:
        line = bisect_right(self.starts, index) - 1
        return Place(self.first_line + line, index - self.starts[line] + 1)

    def outline(self) -> Outline:
        links, missing = self._links()
        notes = list(_at_lines(_NOTE, "[^", self.text))
        defined = {hit.start("label") for hit in notes}
        references = tuple(
            Mark(hit["label"], self.place(hit.start())) for hit in _NOTE_REFERENCE.finditer(self.text)
            if hit.start("label") not in defined
        )  # fmt: skip
        attributes = tuple(self._attributes())
        tags = tuple(
            Mark(hit["tag"], self.place(hit.start())) for hit in _TAG.finditer(self.text)
            if not _AUTOLINK.fullmatch(hit[0]) and not hit["tag"].startswith("/")
        )  # fmt: skip
        ids = tuple(Mark(hit["id"] or hit["named"], mark.place) for mark in attributes for hit in _ID.finditer(mark.text))
        depth, depth_place = self._depth()
        return Outline(
            headings=tuple(self._headings()), links=links, missing_references=missing,
            definitions=tuple(Mark(hit["label"], self.place(hit.start("label"))) for hit in notes),
            references=references, tags=tags, attributes=attributes, ids=ids, gaps=tuple(self._gaps()),
            formulas=tuple(Mark(self.body[hit.start() : hit.end()], self.place(hit.start())) for hit in self._formulas()),
            prose=self._prose(), words=self._words(), depth=depth, depth_place=depth_place,
        )  # fmt: skip

    def _formulas(self) -> Iterable[re.Match[str]]:
        return _FORMULA.finditer(self.text) if "$" in self.text or "\\" in self.text else ()

    def _links(self) -> tuple[tuple[Link, ...], tuple[Mark, ...]]:
        addresses = {_label(hit["label"]): hit["target"] for hit in _at_lines(_ADDRESS, "[", self.text)}
        found: list[Link] = []
        missing: list[Mark] = []
        for hit in self.inline:
            found += self._inline(hit, 0)
        for hit in _REFERENCE.finditer(self.text) if "][" in self.text or "] [" in self.text else ():
            label = _label(hit["label"] or hit["text"])
            place = self.place(hit.start())
            if label in addresses:
                found.append(Link(addresses[label], hit["text"], "", hit["open"] == "![", place))
            else:
                missing.append(Mark(hit["label"] or hit["text"], place))
        for hit in _SHORTCUT.finditer(self.text) if addresses else ():
            if _label(hit["text"]) in addresses and self.text[max(0, hit.start() - 1)] != "]":
                found.append(Link(addresses[_label(hit["text"])], hit["text"], "", hit["open"] == "![", self.place(hit.start())))
        for hit in _AUTOLINK.finditer(self.text):
            target = hit["target"] if ":" in hit["target"] else f"mailto:{hit['target']}"
            found.append(Link(target, hit["target"], "", False, self.place(hit.start())))
        return tuple(sorted(found, key=lambda link: link.place)), tuple(missing)

    def _inline(self, hit: re.Match[str], offset: int) -> Iterator[Link]:
        group = "bare" if hit["bare"] is not None else "angle"
        start, end = hit.span(group)
        # Escapes are blanked in the text, so an address is read from the body itself.
        target = self.body[offset + start : offset + end].strip().replace("\\", "")
        alt = self.body[offset + hit.start("text") : offset + hit.end("text")]
        yield Link(html.unescape(target), " ".join(alt.split()), " ".join((hit["title"] or "").split()), hit["open"] == "![",
                   self.place(offset + hit.start()))  # fmt: skip
        if hit["open"] == "[":
            for inner in _LINK.finditer(hit["text"]):
                yield from self._inline(inner, offset + hit.start("text"))

    def _headings(self) -> Iterator[Heading]:
        found: list[tuple[int, int, str, bool]] = []
        for hit in _at_lines(_HASHES, "#", self.text):
            raw = self.body[hit.start("text") : hit.end("text")]
            found.append((hit.start("hashes"), len(hit["hashes"]), raw, raw[:1] in ("", " ", "\t")))
        above = line = ""
        for index, underline in enumerate(self.lines):
            if (underline.startswith(("=", "-")) and line.strip() and not above.strip() and line[0] != "#"
                    and _UNDERLINE.fullmatch(underline) and not _ROW.match(line)):  # fmt: skip
                found.append((self.starts[index - 1], 1 if underline[0] == "=" else 2, line, True))
            above, line = line, underline
        rows = []
        for start, level, raw, spaced in sorted(found):
            attributes = re.search(r"[ ]+\{:?[ ]*([^{}\n]*?)[ ]*\}[ ]*$", raw)
            given = _ID.search(attributes[1]) if attributes else None
            wanted = clean_id(given["id"] or given["named"]) if given else ""
            rows.append((start, level, _plain(raw[: attributes.start()] if attributes else raw), wanted, spaced))
        # Ids that were given are kept free for their headings, as Python-Markdown does.
        used = {wanted: 0 for *_, wanted, _ in rows if wanted}
        for start, level, plain, wanted, spaced in rows:
            yield Heading(level, plain, wanted or _unique(slug_of(plain, "-"), used), self.place(start), spaced)

    def _attributes(self) -> Iterator[Mark]:
        for hit in _ATTRIBUTES.finditer(self.text):
            line = self.text[self.text.rfind("\n", 0, hit.start()) + 1 : hit.start()]
            tight = self.text[hit.start() - 1 : hit.start()] in (")", "*", "_", "]", ">", "`", "^", "~")
            in_code = self.body[hit.start() - 1 : hit.start()] == "`"  # the code itself is blanked
            if tight or in_code or line.startswith("#") or not line.strip():
                yield Mark(hit["list"], self.place(hit.start()))

    def _gaps(self) -> Iterator[tuple[str, Place]]:
        lines = self.lines
        for index in range(1, len(lines)):
            above, line = lines[index - 1], lines[index]
            if not above.strip() or above[0] in " \t#>|" or _ITEM.match(above) or _NOTE.match(above):
                continue
            if _ITEM.match(line) and not re.match(r"(?:[-*_=][ \t]*){3,}$|[-=]+\s*$", line) and (line[0] in "-*+" or line.startswith("1")):
                if _in_item(lines, index - 1):
                    continue
                yield "list", Place(self.first_line + index, 1)
            elif _ROW.match(line) and index + 1 < len(lines) and re.match(r"^\|[\s:|\-]+\|\s*$", lines[index + 1]):
                yield "table", Place(self.first_line + index, 1)

    def _prose(self) -> str:
        def words_alone(hit: re.Match[str]) -> str:
            if hit["open"] == "![":
                return _blank(hit)
            return " " * len(hit["open"]) + hit["text"] + _blanks(hit[0][hit.end("text") - hit.start() :])

        text = _replaced(self.text, self.inline, words_alone)
        text = _replaced(text, _at_lines(_ADDRESS, "[", text), _blank)
        return _ATTRIBUTES.sub(_blank, _TAG.sub(_blank, text))

    def _words(self) -> int:
        text = _NOTE_REFERENCE.sub("", _replaced(self.text, self.inline, lambda hit: hit["text"]))
        text = _replaced(text, _at_lines(_ADDRESS, "[", text), lambda hit: "")
        return word_count(_ATTRIBUTES.sub("", _TAG.sub("", text)))

    def _depth(self) -> tuple[int, Place]:
        deepest, place = 0, Place(self.first_line, 1)
        for index, (line, typed) in enumerate(zip(self.lines, self.body.split("\n"), strict=True)):
            if not line.strip() or not (typed[0] in " \t>-*+" or typed[0].isdecimal()):
                continue
            lead = _LEAD.match(typed)
            assert lead is not None  # it may be empty
            blanks = re.findall(r"(?:^|(?<=[>\-*+ ]))((?:    |\t)+)", re.sub(r"> ?", ">", lead[0]))
            depth = lead[0].count(">") + len(re.findall("[-*+]", lead[0])) + sum(len(run.replace("\t", "    ")) // 4 for run in blanks)
            depth += bool(_ITEM.match(typed[lead.end() :]))
            if depth > deepest:
                deepest, place = depth, Place(self.first_line + index, 1)
        return deepest, place


def without_comments(text: str, instead: str) -> str:
    """Take HTML comments out; `instead` stands for each of their characters, line ends stay. In code they are text."""
    if "<!--" not in text:
        return text
    prose = _without_blocks(text)  # as long as the text
    parts, at, seen = [], 0, 0
    code = _CODE.search(prose)
    while (start := prose.find("<!--", seen)) >= 0 and (end := prose.find("-->", start + 4)) >= 0:
        if code is not None and code.start() < seen:
            code = _CODE.search(prose, seen)
        if code is not None and code.start() < start:
            seen = code.end()
            continue
        parts += [text[at:start], _blanks(text[start : end + 3], instead)]
        at = seen = end + 3
    return "".join([*parts, text[at:]])


def _at_lines(pattern: re.Pattern[str], sign: str, text: str) -> Iterator[re.Match[str]]:
    """As `pattern.finditer(text)`, for one that matches from the beginning of a line and needs a sign on it: other lines are passed over."""
    end, at = 0, text.find(sign)
    while at >= 0:
        start = text.rfind("\n", 0, at) + 1
        if start >= end and (hit := pattern.match(text, start)) is not None:
            yield hit
            end = hit.end()
        at = text.find(sign, after) if (after := text.find("\n", at)) >= 0 else -1


def _replaced(text: str, hits: Iterable[re.Match[str]], instead: Callable[[re.Match[str]], str]) -> str:
    """As `pattern.sub(instead, text)`, for what was found of a pattern."""
    parts, at = [], 0
    for hit in hits:
        parts += [text[at : hit.start()], instead(hit)]
        at = hit.end()
    return "".join([*parts, text[at:]])


def _blank(hit: re.Match[str]) -> str:
    return _blanks(hit[0])


def _blanks(text: str, sign: str = " ") -> str:
    """A sign for each character of a text; its line ends stay."""
    return "\n".join([sign * len(line) for line in text.split("\n")])


def _without_blocks(text: str) -> str:
    """Blank out blocks of code, by fences and by indentation."""
    if "```" in text or "~~~" in text:
        text = _FENCE.sub(_blank, text)
    return _blank_indented(text) if "    " in text or "\t" in text else text


def _blank_indented(text: str) -> str:
    """Blank out code by indentation: four spaces after an empty line, outside a list or note."""
    lines = text.split("\n")
    nested = False  # whether an indented line belongs to a list item, a footnote or an admonition
    for index, line in enumerate(lines):
        if not line.strip():
            continue
        if not line.startswith(("    ", "\t")):
            nested = bool(_ITEM.match(line.lstrip()) or _NOTE.match(line) or line.startswith(("!!!", ">"))) or (
                nested and index > 0 and bool(lines[index - 1].strip()))  # fmt: skip
        elif not nested and (index == 0 or not lines[index - 1].strip()):
            for behind in range(index, len(lines)):
                if lines[behind].strip() and not lines[behind].startswith(("    ", "\t")):
                    break
                lines[behind] = " " * len(lines[behind])
    return "\n".join(lines)


def _in_item(lines: list[str], index: int) -> bool:
    """Whether a line belongs to a list item or a note that begins above it, without an empty line."""
    while index >= 0 and lines[index].strip():
        if _ITEM.match(lines[index].lstrip()) or _NOTE.match(lines[index]):
            return True
        index -= 1
    return False


def _label(text: str) -> str:
    return " ".join(text.split()).lower()


def _plain(markdown: str) -> str:
    """The words of a heading without their markup."""
    text = _NOTE_REFERENCE.sub("", _SILENT.sub("", markdown))
    text = _LINK.sub(lambda hit: hit["text"], text)
    text = re.sub(r"\{:?[^{}]*\}|</?[A-Za-z][^<>]*>", "", text)
    text = re.sub(r"(?<!\\)(\*+|`+|~+|\^+)|(?<![\w\\])_+|(?<!\\)_+(?!\w)", "", text)
    return html.unescape(re.sub(r"\\([\\`*_{}\[\]()>#+\-.!|~^])", r"\1", text)).strip()


def _unique(wanted: str, used: dict[str, int]) -> str:
    """As Python-Markdown's `toc` does: `_1`, `_2` behind an id that is taken."""
    match = re.fullmatch(r"(.*)_([0-9]+)", wanted)
    stem, number = (match[1], int(match[2])) if match else (wanted, 0)
    if wanted and wanted not in used:
        used[wanted] = number
        return wanted
    number = max(number, used.get(f"{stem} ", 0)) + 1
    while f"{stem}_{number}" in used:
        number += 1
    used[f"{stem} "] = number  # no id has a space: the last number given to this stem
    used[f"{stem}_{number}"] = number
    return f"{stem}_{number}"
