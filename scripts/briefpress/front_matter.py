"""Split a file into the entries of its header, each with its line and column, and its body.

Scalars stay the text that was typed. YAML 1.1 would read `010` as 8, `7.10` as 7.1, `no` as
False and `12:30` as 750; here the table of fields says what a text means.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import yaml

from briefpress.finding import UNSAFE, Place, Repair
from briefpress.rules import Report

# The same parser as libyaml where PyYAML was built with it: a tenth of the time.
_LOADER: Any = getattr(yaml, "CBaseLoader", yaml.BaseLoader)
FILE_LIMIT = 500_000
"""Bytes. A brief of 2,400 words has some 18,000."""
_HEADER_LIMIT = 50_000
"""Characters; a long header has some 3,000."""
_DEPTH_LIMIT = 8
_MOST = 20
"""Control characters that are told one by one."""
_FENCE = re.compile(r"---[ \t]*")
_KEY = re.compile(r"(?P<key>[^\W\d][\w \-]*?)(?P<gap>\s*):(?P<after>.*)", re.DOTALL)
_BULLETS = "[•·–—▪◦*]"
_TIGHT = re.compile(r"\s*-[^\s\-]")
_ITEM = re.compile(r"\s*- ")
_ITEM_OR_BULLET = re.compile(r"\s*[-•] ")
_COMMENT = re.compile(r"\s+(#[^\s#].*)")
_RESERVED = "&*!%@`[]{}|>,?"


@dataclass(frozen=True, slots=True)
class Text:
    """A scalar as it was typed, its quotation marks taken off."""

    text: str
    place: Place
    comment: str = ""
    """What stands behind it from a `#` that touches a word: `#1 priority`."""
    typed: str = field(default="", compare=False)
    """Its lines as they stand in the file; empty where it is in quotation marks or a block."""


@dataclass(frozen=True, slots=True)
class Items:
    """A list."""

    items: tuple[Node, ...]
    place: Place


@dataclass(frozen=True, slots=True)
class Entry:
    """A key and its value."""

    key: Text
    value: Node


@dataclass(frozen=True, slots=True)
class Mapping:
    """Keys and values, in the order of the file; no key stands twice."""

    entries: tuple[Entry, ...]
    place: Place

    def get(self, key: str) -> Entry | None:
        """The entry with this very key."""
        return next((entry for entry in self.entries if entry.key.text == key), None)


Node = Text | Items | Mapping


@dataclass(frozen=True, slots=True)
class FrontMatter:
    """The header of a brief, and the Markdown that follows it."""

    fields: Mapping
    broken: frozenset[str]
    """Keys whose value could not be read; there is a finding for each."""
    body: str
    body_line: int
    """The line of the file on which `body` begins."""


def read_text(data: bytes, report: Report) -> str | None:
    """Decode a file: UTF-8 with or without its mark, any line ends, no control characters.

    Returns None where it cannot be read at all. Control characters are reported and become
    spaces, so that places stay as they are and the rest can be checked.
    """
    top = Place(1, 1)
    if len(data) > FILE_LIMIT:
        report.add("file-size", top, f"the file has {len(data) // 1000} kB",
                   f"shorten it to {FILE_LIMIT // 1000} kB; put pictures and data into files of their own")  # fmt: skip
        return None
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        report.add("file-encoding", Place(line, 1), "this line holds a character that is not UTF-8",
                   "save the file again as UTF-8 (in Word: “Plain text”, then “Unicode UTF-8”)")  # fmt: skip
        return None
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    return _without_control_characters(text, report)


def _without_control_characters(text: str, report: Report) -> str:
    if (flat := text.replace("\n", "").replace("\t", "")).isprintable() or not UNSAFE.search(flat):
        return text
    lines = text.split("\n")
    faulty = [(i, hit) for i, line in enumerate(lines) for hit in UNSAFE.finditer(line.replace("\t", " "))]
    for index, hit in faulty[:_MOST]:
        report.add("control-character", Place(index + 1, hit.start() + 1), f"an invisible character, U+{ord(hit[0]):04X}",
                   "delete it, together with the characters on its two sides, and type those again")  # fmt: skip
    if len(faulty) > _MOST:
        report.add("control-character", Place(faulty[_MOST][0] + 1, 1), f"{len(faulty) - _MOST:,} more invisible characters",
                   "look whether the file is a text at all")  # fmt: skip
    return "\n".join(UNSAFE.sub(lambda hit: hit[0] if hit[0] == "\t" else " ", line) for line in lines)


def read_front_matter(text: str, report: Report) -> FrontMatter | None:
    """Split a brief into its header and its body.

    Args:
        text: the whole file, as `read_text` gives it.
        report: receives what is wrong.

    Returns:
        None where there is no header to read. A field that cannot be read is left out, named
        in `broken`, and has its finding; the others are read all the same.
    """
    lines = text.split("\n")
    if not _FENCE.fullmatch(lines[0]):
        found = next((line.strip() for line in lines if line.strip()), "")
        if not found:
            message = "the file is empty"
        elif not lines[0].strip() and _FENCE.fullmatch(found):
            message = "an empty line stands before the header"
        else:
            message = f'the header is missing: the file begins with "{_short(found)}"'
        there = not lines[0].strip() and _FENCE.fullmatch(found)
        empty = re.match(r"(?:[ \t]*\n)+(?=---)", text)
        report.add("no-header", Place(1, 1), message,
                   "take the empty line out, so that the three hyphens (---) stand on line 1" if there
                   else "begin the file with a line of three hyphens (---), the fields, and a second such line",
                   Repair(empty[0], "") if there and empty else None)  # fmt: skip
        return None
    end = next((i for i, line in enumerate(lines[1:], 1) if _FENCE.fullmatch(line)), None)
    if end is None:
        report.add("no-header", Place(1, 1), "the header is not closed",
                   "put a line of three hyphens (---) after the last field")  # fmt: skip
        return None
    header = "\n".join(lines[1:end]) + "\n"
    if len(header) > _HEADER_LIMIT:
        report.add("file-size", Place(1, 1), f"the header has {len(header):,} characters",
                   "keep the text of the brief under the second line of hyphens")  # fmt: skip
        return None
    fields, broken = read_mapping(header, report, first_line=2)
    return FrontMatter(fields, broken, "\n".join(lines[end + 1 :]), end + 2)


def read_mapping(text: str, report: Report, first_line: int = 1) -> tuple[Mapping, frozenset[str]]:
    """Read YAML that is a mapping: a header, `series.yml` or `people.yml`.

    Args:
        text: the YAML, without control characters.
        report: receives what is wrong.
        first_line: the line of the file on which `text` begins.

    Returns:
        The entries that could be read, and the keys of those that could not.
    """
    try:
        return _compose(text, report, first_line), frozenset()
    except (yaml.YAMLError, _Refused):
        pass
    # One fault makes libyaml give up the whole; field by field, the others can still be read.
    entries: list[Entry] = []
    broken = set()
    blocks = list(_blocks(text, first_line))
    for line, block in blocks:
        try:
            entries += _compose(block, report, line).entries
        except (yaml.YAMLError, _Refused) as error:
            _diagnose(block, line, error, report)
            broken |= {word[0].strip() for text in block.split("\n") if (word := re.match(r"\s*[^\W\d][\w\-]*", text))}
    return Mapping(_once(entries, report), Place(first_line, 1)), frozenset(broken)


class _Refused(Exception):
    """YAML that is well formed, but that no header needs: anchors, tags, deep nesting."""

    def __init__(self, code: str, line: int, column: int) -> None:
        super().__init__(code)
        self.code, self.line, self.column = code, line, column


def _blocks(text: str, first_line: int) -> Iterator[tuple[int, str]]:
    """Each field of the first level with the lines that belong to it."""
    block: list[str] = []
    start = first_line
    for number, line in enumerate(text.splitlines(), first_line):
        if _KEY.match(line) and block:
            yield start, "\n".join(block) + "\n"
            block = []
        if not block:
            if not line.strip() or line.startswith("#"):
                continue
            start = number
        block.append(line)
    if block:
        yield start, "\n".join(block) + "\n"


def _compose(text: str, report: Report, first_line: int) -> Mapping:
    """Build the nodes from the parser's events.

    Raises:
        yaml.YAMLError: it is no YAML.
        _Refused: it nests too deep, or has an anchor, an alias or a tag.
    """
    lines = f"{text}\n".split("\n")  # where the text ends within brackets, an empty value stands below its last line
    found = Report(report.path)  # kept back until all of the text could be read
    root = _Builder(lines, first_line, found).build(yaml.parse(text, Loader=_LOADER))
    if isinstance(root, Text) and not root.text and not root.comment:
        root = Mapping((), Place(first_line, 1))
    if not isinstance(root, Mapping):
        raise _Refused("yaml-syntax", root.place.line - first_line, root.place.column - 1)
    report.findings += found.findings
    return root


class _Builder:
    def __init__(self, lines: list[str], first_line: int, report: Report) -> None:
        self.lines, self.first_line, self.report = lines, first_line, report

    def build(self, events: Iterator[Any]) -> Node:
        root: Node = Text("", Place(self.first_line, 1))
        stack: list[tuple[Any, list[Node]]] = []  # start event, children so far
        for event in events:
            kind = type(event).__name__
            if kind == "ScalarEvent":
                node: Node = self._text(event)
            elif kind in ("SequenceStartEvent", "MappingStartEvent"):
                self._refuse_marks(event)
                if len(stack) == _DEPTH_LIMIT:
                    raise _Refused("yaml-nesting", event.start_mark.line, event.start_mark.column)
                stack.append((event, []))
                continue
            elif kind == "SequenceEndEvent":
                start, children = stack.pop()
                node = Items(tuple(children), self._place(start))
            elif kind == "MappingEndEvent":
                start, children = stack.pop()
                node = self._mapping(start, children)
            elif kind == "AliasEvent":
                raise _Refused("yaml-special", event.start_mark.line, event.start_mark.column)
            elif kind == "DocumentStartEvent" and root.place != (self.first_line, 1):
                raise _Refused("yaml-syntax", event.start_mark.line, event.start_mark.column)
            else:
                continue
            if stack:
                stack[-1][1].append(node)
            else:
                root = node
        return root

    def _refuse_marks(self, event: Any) -> None:
        if event.anchor is not None or event.tag not in (None, "!"):
            raise _Refused("yaml-special", event.start_mark.line, event.start_mark.column)

    def _place(self, event: Any) -> Place:
        return Place(event.start_mark.line + self.first_line, event.start_mark.column + 1)

    def _text(self, event: Any) -> Text:
        self._refuse_marks(event)
        place = self._place(event)
        value = self._without_escapes(event.value, place)
        if event.style:
            return Text(value, place)
        start, end = event.start_mark, event.end_mark
        first = self.lines[start.line]
        for line in range(start.line, end.line + (end.column > 0)):
            typed = self.lines[line]
            if line == start.line and typed[: start.column].strip():
                continue  # it begins behind a key or a hyphen
            if _TIGHT.match(typed):
                raise _Refused("yaml-space", line, 0)
            if line > start.line and (_ITEM if value.startswith("•") else _ITEM_OR_BULLET).match(typed):
                bulleted = _as_item(["items:", first, typed], 2) if "•" in typed and re.match(" *- ", first) else None
                self.report.add("yaml-indent", Place(line + self.first_line, 1), f'"{_short(typed.strip())}" runs on from the line above',
                                "give all items of the list the same number of spaces before the hyphen",
                                Repair(typed, bulleted, 1))  # fmt: skip
        behind = self.lines[end.line][end.column :] if end.line < len(self.lines) else ""
        comment = _COMMENT.match(behind) if behind else None
        if comment and value:
            whole = f"{value} {comment[1].strip()}"
            self.report.add("yaml-comment", place, f'"{_short(comment[1].strip())}" is a comment and is not published',
                            f"if it belongs to the text, put the whole in quotation marks: {_quoted(whole)}")  # fmt: skip
        typed = "\n".join(self.lines[start.line : end.line + 1])
        typed = typed[start.column : len(typed) - len(behind)].rstrip()
        return Text(value, place, comment[1].strip() if comment else "", typed)

    def _without_escapes(self, value: str, place: Place) -> str:
        r"""Double quotation marks let `\e` stand for a control character, which no brief needs."""
        if value.isprintable() or (hit := UNSAFE.search(value.replace("\n", " ").replace("\t", " "))) is None:
            return value
        self.report.add("control-character", place, f"the text holds an invisible character, U+{ord(hit[0]):04X}, written with a backslash",
                        "take the backslash and the signs that belong to it out of the quotation marks")  # fmt: skip
        return UNSAFE.sub(" ", value)

    def _mapping(self, start: Any, children: list[Node]) -> Mapping:
        entries = []
        for key, value in zip(children[::2], children[1::2], strict=True):
            if not isinstance(key, Text):
                raise _Refused("yaml-special", start.start_mark.line, start.start_mark.column)
            entries.append(Entry(key, value))
        return Mapping(_once(entries, self.report), self._place(start))


def _once(entries: list[Entry], report: Report) -> tuple[Entry, ...]:
    kept: dict[str, Entry] = {}
    for entry in entries:
        first = kept.setdefault(entry.key.text, entry)
        if first is not entry:
            report.add("repeated-field", entry.key.place,
                       f'"{entry.key.text}" is given twice, on lines {first.key.place.line} and {entry.key.place.line}',
                       "keep one of the two")  # fmt: skip
    return tuple(kept.values())


# --- what a broken field says to its editor ----------------------------------------------------


@dataclass(frozen=True)
class _Trap:
    """One way to break a line of YAML: the rule, how to see it, what to say and to write."""

    code: str
    sees: Callable[[str], object]
    """Given a line, or a value (what follows the key and colon, or the hyphen)."""
    says: str
    remedy: str
    mends: Callable[[list[str], int], str | None] = lambda lines, index: None
    """The line as it should be, given all lines of the field and its place among them; None where that is not certain."""


def _in_spaces(lines: list[str], index: int) -> str:
    """Indent with spaces: an item as the others are, else two for each tab."""
    inner = lines[index].lstrip()
    like = re.search(r"^( *)- ", "\n".join(lines), re.MULTILINE) if inner.startswith("-") else None
    return (like[1] if like else re.sub(r"\s", " ", lines[index][: -len(inner) or None].replace("\t", "  "))) + inner


def _after_colon(lines: list[str], index: int) -> str:
    return re.sub(rf"^({_KEY_START})\s*", r"\1 ", lines[index]).rstrip()


def _as_item(lines: list[str], index: int) -> str | None:
    """A list is certain where nothing stands behind the key, and the sign is under that of the first item."""
    sign = rf"^(\s*)(?:-|{_BULLETS})"
    here, first = re.match(rf"{sign}\s*", lines[index]), re.search(sign, "\n".join(lines[1:]), re.MULTILINE)
    if not (here and first) or here[1] != first[1].strip("\n") or not re.fullmatch("(#.*)?", _parts(lines[0])[1]):
        return None
    inner = lines[index][here.end() :]
    return None if re.match(r"\s*-\d", lines[index]) else f"{here[1]}- {inner}"


def _in_quotes(lines: list[str], index: int) -> str | None:
    line = lines[index]
    _, value, column = _parts(line)
    # A comment, a field of its own, a block, an anchor, a tag, a list that is not closed: who knows what is meant.
    if re.search(r"\s#", value) or re.match(r"[a-z_]+:(\s|$)|[|>]|[&!]\S|\*[\w-]+$|[\[{](?![^\[\]{}]*[\]}]\s*[^\s,])", value):
        return None
    inner = value
    if value[0] in "'\"" and value[-1] == value[0]:
        if value[0] == '"' or re.search(r"(?<!\w)'|'(?!\w)", value[1:-1]):
            return None
        inner = value[1:-1]
    quoted = f'"{inner}"' if not re.search(r'["\\]', inner) else "'" + inner.replace("'", "''") + "'"
    return line[: column - 1] + quoted + line[column - 1 + len(value) :]


_KEY_START = r"\s*(?:- )?[^\W\d][\w \-]*:"
_BLANKS = "\u00a0\u2007\u202f"
# Each line that has one of these is reported.
_LINE_TRAPS = (
    _Trap("yaml-tab", re.compile(r" *\t").match,
          "this line is indented with a tab", "use spaces at the start of the line, not a tab", _in_spaces),
    _Trap("yaml-space", re.compile(_KEY_START + f"[{_BLANKS}]").match, 'a non-breaking space stands after "{key}:"',
          "delete the space after the colon and type it again; it often comes with text pasted from Word", _after_colon),
    _Trap("yaml-space", re.compile(f" *[{_BLANKS}]").match, "this line is indented with a non-breaking space",
          "delete the spaces at the start of the line and type them again", _in_spaces),
    _Trap("yaml-space", re.compile(r"[^\W\d][\w\-]*:[^\s/]").match,
          'a space is missing after "{key}:"', "write {key}: {value}", _after_colon),
    _Trap("yaml-space", re.compile(r"\s*-[^\s\-]").match,
          "a space is missing after the hyphen", "write the item with a space: - {value}", _as_item),
    _Trap("yaml-bullet", re.compile(rf"\s*{_BULLETS}\s").match,
          "this item of a list begins with another sign than a hyphen", "begin it with a hyphen and a space: - {value}", _as_item),
)  # fmt: skip
# Of these the first is reported, the parser's own line before the others.
_VALUE_TRAPS = (
    _Trap("yaml-colon", re.compile("[“”„«‘’‟].*:").match,
          "curly quotation marks do not protect the colon", "put straight quotation marks outside: {quoted}", _in_quotes),
    _Trap("yaml-quotes", lambda value: _unclosed(value),
          "a quotation mark is opened and not closed", "close it at the end of the text: {quoted}"),
    _Trap("yaml-quotes", lambda value: _trailing(value),
          "text stands after the closing quotation mark", "put quotation marks of the other kind around the whole: {quoted}", _in_quotes),
    _Trap("yaml-quotes", re.compile(r'".*\\[^"\\nt/]').match,
          "a backslash stands within double quotation marks", "use single quotation marks, or leave the backslash out"),
    _Trap("yaml-special", re.compile(f"[{re.escape(_RESERVED)}]").match,
          'the text begins with "{first}", which means something else here', "put it in quotation marks: {quoted}", _in_quotes),
    _Trap("yaml-colon", re.compile(r"[^\"'].*:(\s|$)").match,
          "{what} has a colon in it", "put it in quotation marks: {quoted}", _in_quotes),
)  # fmt: skip


def _unclosed(value: str) -> bool:
    mark = value[:1]
    if mark not in ("'", '"') or not mark:
        return False
    inner = value[1:].replace("''", "") if mark == "'" else re.sub(r"\\.", "", value[1:])
    return mark not in inner


def _trailing(value: str) -> bool:
    mark = value[:1]
    if mark not in ("'", '"') or _unclosed(value):
        return False
    pattern = r"'(?:[^']|'')*'" if mark == "'" else r'"(?:[^"\\]|\\.)*"'
    closed = re.match(pattern, value)
    return closed is not None and not re.fullmatch(r"\s*(#.*)?", value[closed.end() :])


def _diagnose(block: str, first_line: int, error: Exception, report: Report) -> None:
    """Say in a plain sentence what is wrong with a field that cannot be read."""
    if isinstance(error, _Refused) and error.code == "yaml-nesting":
        report.add(error.code, Place(first_line + error.line, error.column + 1),
                   "lists and fields are nested too deep here", "write the field as the manual shows it")  # fmt: skip
        return
    lines = block.rstrip("\n").split("\n")
    trapped = [(i, trap) for i, line in enumerate(lines) if (trap := next((t for t in _LINE_TRAPS if t.sees(line)), None))]
    if not trapped:
        at = min(_line_of(error), len(lines) - 1)
        # The parser notices some faults a line late, and some early; its own line is asked first.
        order = sorted(range(len(lines)), key=lambda i: (i != at, i))
        loose = next((i for i in order if lines[i].strip() and not _KEY.match(lines[i]) and not lines[i].startswith((" ", "-", "#"))), None)
        trapped = [(i, trap) for i in order for trap in _VALUE_TRAPS if trap.sees(_parts(lines[i])[1])][:1]
        if loose is not None or not trapped:
            _diagnose_lines(lines, at if loose is None else loose, first_line, report, loose=loose is not None)
            return
    for index, trap in trapped:
        _report_trap(trap, lines, index, first_line + index, report)


def _report_trap(trap: _Trap, lines: list[str], index: int, number: int, report: Report) -> None:
    line = lines[index]
    key, value, column = _parts(line)
    if trap.code in ("yaml-tab", "yaml-bullet"):
        column = 1 if trap.code == "yaml-tab" else len(line) - len(line.lstrip()) + 1
    words = {
        "key": key, "value": value, "first": value[:1], "quoted": (f"{key}: " if key else "- ") + _quoted(value),
        "what": f'the text of "{key}"' if key else "the text of this item",
    }  # fmt: skip
    report.add(trap.code, Place(number, column), _filled(trap.says, words), _filled(trap.remedy, words),
               Repair(line, trap.mends(lines, index), 1))  # fmt: skip


def _diagnose_lines(lines: list[str], index: int, first_line: int, report: Report, *, loose: bool) -> None:
    """A line that fits neither the one above it nor any field."""
    place, typed = Place(first_line + index, 1), _short(lines[index].strip())
    if index and not loose and re.match(r" +[^\W\d][\w\-]*:(\s|$)", lines[index]):
        report.add("yaml-indent", place, f'"{typed}" is indented under the text above it', "begin the line without spaces",
                   Repair(lines[index], lines[index].lstrip() if _parts(lines[0])[1] else None, 1))  # fmt: skip
    elif index and not loose and re.match(r"\s*- ", lines[index]):
        report.add("yaml-indent", place, f'"{typed}" is not indented like the items above it',
                   "give all items of the list the same number of spaces before the hyphen")  # fmt: skip
    else:
        report.add("yaml-syntax", place, f'"{typed}" cannot be read',
                   "write the name of the field, a colon, a space and its value, for example: number: 7/2024")  # fmt: skip


def _line_of(error: Exception) -> int:
    """The line within the block, from 0."""
    if isinstance(error, _Refused):
        return error.line
    mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
    return mark.line if mark is not None else 0


def _parts(line: str) -> tuple[str, str, int]:
    """Key, value and the value's column (from 1) of a line; the key is empty for an item."""
    item = re.match(rf"\s*(?:-|{_BULLETS})\s*", line)
    if item:
        return "", line[item.end() :].strip(), item.end() + 1
    match = _KEY.match(line.lstrip())
    if match is None:
        return "", line.strip(), len(line) - len(line.lstrip()) + 1
    value = match["after"].strip(" \t\u00a0\u2007\u202f")
    return match["key"], value, line.find(value, len(match["key"])) + 1 if value else len(line)


def _quoted(value: str) -> str:
    """The text in the quotation marks that fit it, as a line to copy."""
    bare = value
    if _unclosed(value) or (value[:1] in ("'", '"') and value[-1:] == value[:1]):
        bare = value.strip(value[0])
    return f"'{bare}'" if '"' in bare and "'" not in bare else '"' + bare.replace('"', "”") + '"'


def _filled(template: str, words: dict[str, str]) -> str:
    return re.sub(r"\{(\w+)\}", lambda hit: words[hit[1]], template)


def _short(text: str, limit: int = 60) -> str:
    return text if len(text) <= limit else text[: limit - 1].rstrip() + "…"
