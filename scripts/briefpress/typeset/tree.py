"""The HTML of a body as a tree of plain data, which the template turns into content.

The HTML is that of `body.render`: clean, and made of few tags. A node is a text, or a list of tag,
attributes and children. Nothing of it is ever code: the template gets it as JSON.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any
from urllib.parse import unquote, urljoin

Node = str | list[Any]
DEPTH = 12
"""How deep blocks nest; the typesetter gives up near sixty-four shows within one another."""
# Of tables, in letters of their text, 4.4 points each: the page and a column in a series of one column and of two.
_ROOM = {1: (87, 87), 2: (107, 51)}
_WIDEST = 40
"""What a cell asks for at most, in letters."""
_INSETS = (2.4, 1.5)
"""The room beside a cell, and that where there are many columns."""
_SMALLEST = 0.78
"""How much smaller the letters of a crowded table are at most."""
_WORD, _TIGHT, _SYLLABLES = 30, 14, 16
"""Letters after which a line may end within what has no end of its own, in a table, and in a word that can be hyphenated there."""
_LINES = 40
"""How many lines a table may have that floats; a longer one would run off the page."""
_VOID = frozenset({"br", "hr", "img"})
_INLINE = {"em": "em", "i": "em", "cite": "em", "strong": "strong", "b": "strong", "code": "code", "kbd": "code", "sup": "sup",
           "sub": "sub", "del": "del", "ins": "ins", "mark": "mark", "q": "q", "span": "span", "abbr": "span", "small": "span",
           "p": "span"}  # fmt: skip
_BLOCKS = frozenset("p h2 h3 h4 h5 h6 ul ol li blockquote pre table hr figure dl dt dd div section".split())


@dataclass
class _Element:
    tag: str
    attributes: dict[str, str]
    children: list[_Element | str] = field(default_factory=list)

    def walk(self) -> Iterator[_Element]:
        yield self
        for child in self.children:
            if isinstance(child, _Element):
                yield from child.walk()

    @property
    def classes(self) -> list[str]:
        return self.attributes.get("class", "").split()

    @property
    def text(self) -> str:
        return "".join(child if isinstance(child, str) else child.text for child in self.children)


class _Reader(HTMLParser):
    """Builds the elements of HTML that is well formed."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.root = _Element("", {})
        self.open = [self.root]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        element = _Element(tag, {name: value or "" for name, value in attrs})
        self.open[-1].children.append(element)
        if tag not in _VOID:
            self.open.append(element)

    def handle_endtag(self, tag: str) -> None:
        if tag not in _VOID and len(self.open) > 1:
            self.open.pop()

    def handle_data(self, data: str) -> None:
        self.open[-1].children.append(data)


def tree(html: str, *, base: str, pictures: Mapping[str, str], columns: int = 2) -> list[Node]:
    """Turn a body into a tree.

    Args:
        html: as `body.render` gives it.
        base: the brief's permalink, with its host: links on paper are whole.
        pictures: the address of a picture on the page → its name in the typesetter's folder.
        columns: how many columns the page has.
    """
    reader = _Reader()
    reader.feed(html)
    reader.close()
    return _Setter(reader.root, base, pictures, columns).blocks(reader.root.children)


class _Setter:
    def __init__(self, root: _Element, base: str, pictures: Mapping[str, str], columns: int) -> None:
        self.base, self.pictures, self.room = base, pictures, _ROOM[columns]
        self.most = _WORD
        self.depth = 0
        self.level = 0
        self.table_notes: list[list[Any]] | None = None
        """Notes of the table that is being set, by letter: a table that floats would lose its footnotes."""
        self.letters: dict[str, str] = {}
        """The letters of those notes."""
        sections = [one for one in root.walk() if one.tag == "section" and "footnote" in one.classes]
        self.notes = {one.attributes["id"]: one for section in sections for one in section.walk()
                      if one.tag == "li" and one.attributes.get("id", "").startswith("fn:")}  # fmt: skip
        self.used: set[str] = set()
        self.headings = {one.attributes.get("id", "") for one in root.walk() if re.fullmatch("h[2-6]", one.tag)}

    # -- within a line ------------------------------------------------------------------------------

    def inline(self, children: Iterable[_Element | str]) -> list[Node]:
        out: list[Node] = []
        for child in children:
            if isinstance(child, str):
                out += _broken(re.sub(r"[ \t\r\n]+", " ", child), self.most)
            elif child.tag == "sup" and (link := next((one for one in child.walk() if "footnote-ref" in one.classes), None)) is not None:
                note = self._note(unquote(link.attributes.get("href", "")[1:]))
                if out and isinstance(out[-1], list) and out[-1][0] in ("fn", "fnref"):
                    out.append(["sup", {}, [","]])  # two marks would read as one number
                out.append(note)
            elif child.tag == "a":
                out += self._link(child)
            elif child.tag == "img":
                out.append(self._picture(child))
            elif child.tag == "br":
                out.append(["br", {}, []])
            elif child.tag == "code":
                out.append(["code", {}, _pieces(child.text, self.most)])
            elif child.tag in _INLINE:
                out.append([_INLINE[child.tag], _lang(child), self.inline(child.children)])
            else:
                out += self.inline(child.children)
        return [node for node in out if node != ""]

    def _link(self, element: _Element) -> list[Node]:
        href = element.attributes.get("href", "")
        words = self.inline(element.children)
        if "footnote-backref" in element.classes:
            return []
        if href.startswith("#"):
            return [["ref", {"to": unquote(href[1:])}, words]] if unquote(href[1:]) in self.headings else words
        if not href:
            return words
        address = urljoin(self.base, href)
        # On paper a link is read, not pressed; one that is its own address need not be said twice.
        said = "" if "address" in element.classes or "download" in element.attributes or address.startswith("mailto:") else address
        bare = re.sub("^https?://|/$", "", said)  # it is typed as it is read, so no hyphen may come in
        return [["a", {"href": address, "print": _pieces(bare, min(self.most, _WORD)) if bare else []}, words]]

    def _note(self, identity: str) -> Node:
        note = self.notes.get(identity)
        if note is None:
            return ""
        if self.table_notes is not None:
            if identity not in self.letters:
                at = len(self.letters)
                self.letters[identity] = chr(ord("a") + at % 26) * (1 + at // 26)
                entry: list[Any] = [self.letters[identity], []]
                self.table_notes.append(entry)
                # The note has its letter by now: one that refers to itself must not be set for ever.
                entry[1] = self.blocks(note.children)
            return ["sup", {}, [self.letters[identity]]]
        if identity in self.used:
            return ["fnref", {"id": identity}, []]
        self.used.add(identity)
        return ["fn", {"id": identity}, self.blocks(note.children)]

    def _picture(self, element: _Element) -> Node:
        name = self.pictures.get(element.attributes.get("src", ""))
        alt = " ".join(element.attributes.get("alt", "").split())
        return ["img", {"src": name, "alt": alt}, []] if name else ["em", {}, [f"[{alt}]"]]

    # -- blocks ---------------------------------------------------------------------------------------

    def blocks(self, children: Iterable[_Element | str]) -> list[Node]:
        out: list[Node] = []
        run: list[_Element | str] = []

        def flush() -> None:
            if words := _trimmed(self.inline(run)):
                out.append(["p", {}, words])
            run.clear()

        if self.depth >= DEPTH:  # the words stay, the nesting goes
            run += children
            flush()
            return out
        self.depth += 1
        for child in children:
            if isinstance(child, str) or child.tag not in _BLOCKS:
                run.append(child)
            else:
                flush()
                out += self._block(child)
        flush()
        self.depth -= 1
        return out

    def _block(self, element: _Element) -> list[Node]:
        tag, children = element.tag, element.children
        if tag == "p":
            words = _trimmed(self.inline(children))
            return [["p", _lang(element), words]] if words else []
        if tag[0] == "h" and tag[1:].isdigit():
            # PDF/UA refuses a level that is skipped.
            words = _trimmed(self.inline(children))
            if not _words(words).strip():
                return []
            self.level = min(max(1, int(tag[1]) - 1), self.level + 1)
            return [["h", {"level": self.level, "id": element.attributes.get("id", "")}, words]]
        if tag in ("ul", "ol"):
            items = [self.blocks(one.children) for one in children if isinstance(one, _Element) and one.tag == "li"]
            start = element.attributes.get("start", "")
            return [[tag, {"start": int(start) if re.fullmatch("[0-9]{1,5}", start) else 1}, items]] if items else []
        if tag == "pre":
            return [["pre", {}, [element.text.strip("\n")]]]
        if tag == "hr":
            return [["hr", {}, []]]
        if tag == "blockquote":
            return [["quote", _lang(element), self.blocks(children)]]
        if tag == "figure":
            return self._figure(element)
        if tag in ("section", "div") and "footnote" in element.classes:
            return []
        if "table" in element.classes or tag == "table":
            return self._table(element)
        if "admonition" in element.classes:
            title = next((one for one in children if isinstance(one, _Element) and "admonition-title" in one.classes), None)
            rest = [one for one in children if one is not title]
            return [["note", {}, [_trimmed(self.inline(title.children)) if title else [], self.blocks(rest)]]]
        return self.blocks(children)

    def _figure(self, element: _Element) -> list[Node]:
        picture = next((one for one in element.walk() if one.tag == "img"), None)
        caption = next((one for one in element.walk() if one.tag == "figcaption"), None)
        set_ = self._picture(picture) if picture is not None else ""
        if not isinstance(set_, list) or set_[0] != "img":
            return self.blocks(element.children)
        made: list[Node] = [["figure", {}, [set_, self.blocks(caption.children) if caption is not None else []]]]
        numbers = next((one for one in element.walk() if one.tag == "details"), None)
        summary = next((one for one in element.walk() if one.tag == "summary"), None)
        if numbers is not None and summary is not None:
            for table in self._table(numbers):
                assert isinstance(table, list)
                says = _trimmed(self.inline(summary.children))
                if table[1]["wide"]:
                    # It may come to stand on another page than its figure, so it says whose numbers they are.
                    first = re.match(r".+?[.?!](?=\s)|.+", _first_words(caption)) if caption is not None else None
                    says += [f": {first[0]}"] if first else []
                table[2][2] = says
                made.append(table)
        return made

    def _table(self, element: _Element) -> list[Node]:
        table = next((one for one in element.walk() if one.tag == "table"), None)
        if table is None:
            return self.blocks(element.children)
        caption = next((one for one in element.walk() if one.tag == "p" and "caption" in one.classes), None)
        note = next((one for one in element.walk() if one.tag == "p" and "note" in one.classes), None)
        outer, self.table_notes, letters, self.letters, most, self.most = self.table_notes, [], self.letters, {}, self.most, _TIGHT
        words = _trimmed(self.inline(caption.children)) if caption is not None else []
        head: list[Any] = []
        rows: list[Any] = []
        for row in (one for one in table.walk() if one.tag == "tr"):
            cells = [one for one in row.children if isinstance(one, _Element) and one.tag in ("th", "td")]
            made = [[next((side for side in one.classes if side in ("right", "center")), "left"), _trimmed(self.inline(one.children))]
                    for one in cells]  # fmt: skip
            (head if not rows and cells and all(one.tag == "th" for one in cells) else rows).append(made)
        said = [["", [["p", {}, _trimmed(self.inline(note.children))]]]] if note is not None else []
        foot = [*said, *self.table_notes]
        self.table_notes, self.letters, self.most = outer, letters, most
        columns = max((len(row) for row in head + rows), default=0)
        if not columns:
            return []
        for row in head + rows:
            row += [["left", []]] * (columns - len(row))
        numbers = element.tag == "details"
        for i in range(columns):
            sides = [row[i][0] == "right" for row in rows]
            if rows and (any(sides) if numbers else all(sides)):
                for row in head + (rows if numbers else []):
                    row[i][0] = "right"  # a name stands over its numbers
        return self._fitted(head, rows, words, foot, numbers=numbers)

    def _fitted(self, head: list[Any], rows: list[Any], caption: list[Node], foot: list[Any], *, numbers: bool,
                part: bool = False) -> list[Node]:  # fmt: skip
        """The table in the room that there is: the column or the page, in smaller letters, or in parts that repeat the first column."""
        columns = len((head or rows)[0])
        inset = _INSETS[columns > 8]
        full = [max(_width(row[i][1], whole=True) for row in head + rows) + inset for i in range(columns)]
        least = [max(3.0, *(_width(row[i][1], whole=False) for row in head + rows)) + inset for i in range(columns)]
        top = self.depth == 1
        wide = top and (part or sum(least) > self.room[1] or (columns > 3 and (not numbers or sum(full) > self.room[1])))
        room: float = self.room[0] if wide else self.room[1] - (0 if top else 4 * (self.depth - 1))
        tight = sum(least) > room
        if tight:  # words can be hyphenated
            least = [max(3.0, *(_width(row[i][1], whole=False, hyphenated=True) for row in head + rows)) + inset for i in range(columns)]
        size = max(_SMALLEST, min(1.0, room / sum(least)))
        if sum(least) * size > room + 1 and columns > 2:
            made: list[Node] = []
            for start, end in _parts(least, room):
                of_part = [[row[0], *row[start:end]] for row in head + rows]
                made += self._fitted(of_part[: len(head)], of_part[len(head) :], [] if made else caption, foot if end == columns else [],
                                     numbers=numbers, part=True)  # fmt: skip
            return made
        wanted = [max(one, min(want, _WIDEST + inset)) for one, want in zip(least, full, strict=True)]
        widths = _shares([one * size for one in least], [one * size for one in wanted], room)
        lines = sum(max(-(-_width(cell, whole=True) * size // max(1.0, width - inset)) for (_, cell), width in zip(row, widths, strict=True))
                    for row in head + rows)  # fmt: skip
        height = lines * 0.9 + 0.8 * len(head + rows) + _length(foot) / room
        about = {"columns": columns, "widths": widths, "wide": wide, "long": height > _LINES, "short": height < _LINES / 3, "top": top,
                 "size": round(size, 2), "tight": tight, "inset": 5 if columns <= 8 else 3}  # fmt: skip
        return [["table", about, [head, rows, caption, foot]]]


def _lang(element: _Element) -> dict[str, str]:
    lang = element.attributes.get("lang", "")
    return {"lang": lang.split("-")[0].lower()} if re.fullmatch("[A-Za-z]{2,3}(-[A-Za-z0-9]+)*", lang) else {}


def _trimmed(nodes: list[Node]) -> list[Node]:
    if nodes and isinstance(nodes[0], str):
        nodes[0] = nodes[0].lstrip(" ")
    if nodes and isinstance(nodes[-1], str):
        nodes[-1] = nodes[-1].rstrip(" \u00a0")  # of a note, the blank before its link back
    return [node for node in nodes if node != ""]


def _pieces(text: str, most: int) -> list[str]:
    """A text in pieces between which a line may end: a word of more than `most` letters has no end of its own.

    What is made of letters alone is hyphenated by the typesetter, unless no language has such a word.
    """
    out = [""]
    for word in re.split("( )", text):
        bare = word.strip(".,;:!?()[]“”‘’«»\"'")
        if len(word) <= most or (bare.isalpha() and len(bare) <= 2 * _WORD):
            out[-1] += word
            continue
        first, *rest = re.findall(rf"[^/?&=.,_-]{{0,{most}}}[/?&=.,_-]+|[^/?&=.,_-]{{1,{most}}}", word)
        out[-1] += first
        out += rest
    return out


def _broken(text: str, most: int) -> Iterator[Node]:
    """A text with the words apart that have no end of their own: within them no hyphen may come in."""
    run = ""
    for word in re.split("( )", text):
        if len(pieces := _pieces(word, most)) > 1:
            yield run
            yield ["pieces", {}, pieces]
            run = ""
        else:
            run += word
    yield run


def _parts(least: list[float], room: float) -> Iterator[tuple[int, int]]:
    """Runs of columns that have room beside the first one, each as its first column and the one after its last."""
    start, used = 1, least[0]
    for at in range(1, len(least)):
        if used + least[at] > room and at > start:
            yield start, at
            start, used = at, least[0]
        used += least[at]
    yield start, len(least)


def _shares(least: list[float], wanted: list[float], room: float) -> list[float]:
    """The widths of columns: what each needs at least, and of the rest what each asks for."""
    spare = max(0.0, room - sum(least))
    more = [want - need for need, want in zip(least, wanted, strict=True)]
    beyond = max(0.0, spare - sum(more))
    part = min(1.0, spare / sum(more)) if sum(more) else 0.0
    return [round(need + one * part + beyond * want / sum(wanted), 1) for need, one, want in zip(least, more, wanted, strict=True)]


def _first_words(element: _Element) -> str:
    """The first paragraph of a caption, in one line."""
    first = next((one for one in element.walk() if one.tag == "p"), element)
    return " ".join(first.text.split())


def _width(nodes: Iterable[Any], *, whole: bool, each: float = 1.0, hyphenated: bool = False) -> float:
    """How wide a cell wants to be, or how wide what cannot be broken in it is, in letters of its text; code is wider."""
    parts = []
    for node in nodes:
        if isinstance(node, str):
            words = [node] if whole else node.split()
            parts += [(_SYLLABLES if hyphenated and len(word) > _SYLLABLES and word.isalpha() else len(word)) * each for word in words]
        elif node[0] not in ("fn", "img"):
            parts.append(_width(node[2], whole=whole, each=1.35 if node[0] == "code" else each, hyphenated=hyphenated))
    return sum(parts) if whole else max(parts, default=0)


def _length(value: Any) -> int:
    return len(value) if isinstance(value, str) else sum(map(_length, value)) if isinstance(value, list) else 0


def _words(nodes: Iterable[Any]) -> str:
    return "".join(node if isinstance(node, str) else _words(node[2]) for node in nodes)
