"""The text of a brief as Markdown, in the dialect of `docs/writing/body.md`, and its pictures. Knows `markdownify`."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import Any
from urllib.parse import quote, unquote

from bs4 import BeautifulSoup, Tag
from bs4.element import NavigableString
from markdownify import MarkdownConverter

from briefpress.body import Picture, Surroundings, render
from briefpress.byline import address_part
from briefpress.importing.read import BLOCKS, Source, text_of, words_of
from briefpress.importing.recognise import Found
from briefpress.media import picture_kind
from briefpress.texts import texts

_SPECIAL = re.compile(r"[\\`*~^|{}\[\]]|(?<![^\W_])_|_(?![^\W_])|&(?=#?\w+;)|<(?! )")
_LINE_START = re.compile(r"^(\s*)(?:(?=#|>|[+-]\s|--|!!!)|(\d+)(?=[.)]\s)|(=))")


@dataclass
class Written:
    """A brief's text."""

    markdown: str
    pictures: dict[str, bytes] = field(default_factory=dict)
    """The files beside it, by name."""
    said: list[str] = field(default_factory=list)
    headings: tuple[str, ...] = ()
    guessed: bool = False
    """Whether any of them were guessed."""


@dataclass(frozen=True)
class Tally:
    """Where the words of a file went."""

    file: int
    text: int
    key_issues: int
    header: int
    left: int
    lost: tuple[str, ...]
    added: int
    """Words that the text has besides: cells that were filled out."""


def write(source: Source, found: Found) -> Written:
    """Write the text of what was recognised."""
    made = Written("", headings=tuple(" ".join(text_of(one).split()) for one in found.blocks if one.get("data-level")),
                   guessed=any(one.get("data-guess") for one in found.blocks))  # fmt: skip
    tree = BeautifulSoup("<div></div>", "html.parser")
    top = tree.div
    assert top is not None
    for block in found.blocks:
        top.append(block.extract())
    used = [str(mark["data-note"]) for mark in top.find_all("note-mark")]
    waiting = list(used)
    while waiting:  # a note may refer to another
        more = [str(mark["data-note"]) for mark in source.notes[waiting.pop()].find_all("note-mark")]
        new = [label for label in more if label not in used]
        used, waiting = used + new, waiting + new
    unused = [label for label in source.notes if label not in used]
    if unused:
        made.said.append(f"{len(unused)} footnote{'s' if len(unused) > 1 else ''} of the title, the by-line or the key issues, where none can "
                         "stand: set as paragraphs at the end")  # fmt: skip
        for label in unused:
            top.append(source.notes[label].extract())
    for part in [top, *(source.notes[label] for label in used)]:
        _tidy(part, tree, made)
    _pictures(source, top, tree, made)
    converter = _Converter(made, heading_style="atx", bullets="-", sub_symbol="<sub>", sup_symbol="<sup>")
    text = converter.text(top)
    for label in dict.fromkeys(used):
        note = re.sub(r"\n(?=[^\n])", "\n    ", converter.text(source.notes[label]))
        text += f"\n\n[^{label}]: {note}"
    made.markdown = re.sub(r"\n{3,}", "\n\n", text).strip("\n") + "\n"
    made.said += converter.said()
    return made


def tally(source: Source, found: Found, made: Written, lang: str) -> Tally:
    """Count the words of the file, and those that the page will show."""
    around = Surroundings(texts(lang), pictures={name: Picture(name) for name in made.pictures})
    page = BeautifulSoup(render(made.markdown, around).html, "html.parser")
    for one in page.select("#__notes, .footnote-ref, .footnote-backref"):
        one.decompose()
    issues = [word for issue in found.values.get("key_issues", ()) for word in words_of(issue)] if source.words else []
    header = [word for text in found.header for word in words_of(text)]
    left = [word for text in found.left for word in words_of(text)]
    shown, rest = Counter(words_of(text_of(page))), Counter(source.words)
    rest -= Counter(issues) + Counter(header) + Counter(left)
    # The page shows by its look what "Table:" says.
    marks = re.findall(rf"^(Table|{texts(lang)['table']})[\s\u00a0\u202f]?:", made.markdown, re.MULTILINE)
    shown += Counter(marks[: len(page.select(".caption"))]) & (rest - shown)
    lost = rest - shown
    missing = [word for word in dict.fromkeys(source.words) for _ in range(lost[word])]
    return Tally(len(source.words), rest.total() - lost.total(), len(issues), len(header), len(left), tuple(missing), (shown - rest).total())


# --- before it is written -----------------------------------------------------------------------


def _tidy(top: Tag, tree: BeautifulSoup, made: Written) -> None:
    """Mend what Markdown has no form for."""
    for one in top.find_all(["strong", "b"]):
        if one.find_parent(["strong", "b", "h1", "h2", "h3", "h4", "h5", "h6", "th", "dt"]):
            one.unwrap()
    for one in top.find_all(["em", "i", "cite"]):
        one.unwrap() if one.find_parent(["em", "i", "cite"]) else setattr(one, "name", "em")
    for one in top.find_all("b"):
        one.name = "strong"
    for one in top.find_all(["strong", "em", "a"]):
        before = one.previous_sibling
        if isinstance(before, Tag) and before.name == one.name and before.get("href") == one.get("href"):
            for child in [*before.contents[::-1]]:  # bold that was typed in two goes is one
                one.insert(0, child.extract())
            before.decompose()
    for one in top.find_all(["strong", "em"]):
        if not words_of(text_of(one)):
            one.unwrap()
    for one in top.find_all("dt"):
        one.name = "p"
        if not one.find("strong"):
            one.wrap(tree.new_tag("p"))
            one.name = "strong"
    for one in top.find_all("dd"):
        one.name = "div"
    for item in top.find_all("li"):
        paragraphs = item.find_all("p", recursive=False)
        if len(paragraphs) == 1 and _begins_line(paragraphs[0]):
            paragraphs[0].unwrap()
        if not item.find(True) and not words_of(text_of(item)):
            item.decompose()
    for one in top.find_all("hr"):
        one.decompose()
    for table in top.find_all("table"):
        figure = table.find_parent("figure")
        caption = table.find("caption") or (figure.find("figcaption") if figure else None)
        for nearby in (table.find_previous_sibling(), table.find_next_sibling()):
            if caption is None and nearby is not None and nearby.name == "p" and "caption" in (nearby.get("class") or []):
                caption = nearby
        if caption is not None:
            caption.name = "p"
            table.insert_before(caption.extract())
            caption.insert(0, "Table: ")
    top.smooth()


def _pictures(source: Source, top: Tag, tree: BeautifulSoup, made: Written) -> None:
    """Give each picture a file and a paragraph of its own."""
    count = 0
    for image in top.find_all("img"):
        count += 1
        key = str(image.get("src") or "")
        data = source.pictures.get(key, b"")
        kind = picture_kind(data)
        alt = " ".join(str(image.get("alt") or "").split())
        if not kind:
            made.said.append(f"picture {count} was not taken over, since it is no PNG, JPEG, WebP, AVIF or plain SVG"
                             + (f"; its text was “{alt}”" if alt else ""))  # fmt: skip
            image.decompose()
            continue
        stem = address_part(PurePosixPath(unquote(key)).stem)[:60] if not key.startswith("data:") else f"picture-{count}"
        name = f"{stem}.{kind}"
        while made.pictures.get(name, data) != data:
            stem += "-2"
            name = f"{stem}.{kind}"
        made.pictures[name] = data
        image["src"], image["alt"] = name, alt
        if not alt:
            made.said.append(f"{name} has no text for those who cannot see it: say between the square brackets what it shows")
        del image["title"]
        holder = image
        while holder.parent is not None and holder.parent is not top:
            holder = holder.parent
        caption = holder.find("figcaption") if holder.name == "figure" else None
        after = holder.find_next_sibling()
        if caption is None and after is not None and after.name == "p" and "caption" in (after.get("class") or []):
            caption = after
        if caption is not None:
            image["title"] = re.sub(r"\s+", " ", text_of(caption)).strip()
            if caption.find(["a", "note-mark"]):
                made.said.append(f"the caption of {name} has links or notes, of which the words were kept")
            caption.decompose()
        if holder is not image and (words_of(text_of(holder)) or holder.name not in ("p", "figure")):
            made.said.append(f"{name} stands within a {'table' if holder.name == 'table' else 'text'}; it was put behind it")
        paragraph = tree.new_tag("p")
        anchor = holder
        while isinstance(nearby := anchor.find_next_sibling(), Tag) and nearby.get("data-moved"):
            anchor = nearby  # behind those that came before it
        anchor.insert_after(paragraph)
        paragraph["data-moved"] = "1"
        paragraph.append(image.extract())
        if not words_of(text_of(holder)) and not holder.find("img") and holder is not image:
            holder.decompose()


# --- writing ------------------------------------------------------------------------------------


_Base: Any = MarkdownConverter  # whose types name half of what it has


class _Converter(_Base):  # type: ignore[misc]  # see above
    """`markdownify` for our dialect."""

    def __init__(self, made: Written, **options: Any) -> None:
        super().__init__(**options)
        self.made = made
        self.counts: Counter[str] = Counter()
        self.tables = 0

    def text(self, node: Tag) -> str:
        return re.sub(r"[ \t]+\n", "\n", str(self.process_tag(node))).strip()

    def said(self) -> list[str]:
        return [text.format(count, "s" if count > 1 else "") for text, count in self.counts.items()]

    def escape(self, text: str, parent_tags: Any) -> str:
        return _SPECIAL.sub(lambda hit: {"<": "&lt;", "&": "&amp;"}.get(hit[0], "\\" + hit[0]), text)

    def process_text(self, el: NavigableString, parent_tags: Any = None) -> str:
        text = str(super().process_text(el, parent_tags))
        if "_noformat" in (parent_tags or ()) or not _begins_line(el):
            return text
        # A sign that would make the line a heading, a list, a quotation or the rule under a heading.
        return _LINE_START.sub(lambda hit: hit[1] + ("&#61;" if hit[3] else (hit[2] or "") + "\\"), text, count=1)

    def convert_note_mark(self, el: Tag, text: str, parent_tags: Any) -> str:
        return f"[^{el['data-note']}]"

    def convert_a(self, el: Tag, text: str, parent_tags: Any) -> str:
        address = re.sub(r"[\t\r\n]+", "", str(el.get("href") or "")).strip()
        words = text.strip()
        if not address or not words:
            return text
        if not re.match(r"(?:https?://|mailto:)[^/]", address, re.IGNORECASE):
            what = "into the page itself" if address.startswith("#") else f"to “{address[:60]}”"
            self.counts[f"{{}} link{{}} {what.replace('{', '{{').replace('}', '}}')}, of which the words were kept"] += 1
            return text
        address = quote(address, safe="/:?#@!$&*+,;=%~.-_'")
        before, after = text[: len(text) - len(text.lstrip())], text[len(text.rstrip()) :]
        if el.get_text().strip() == address:
            return f"{before}<{address}>{after}"
        return f"{before}[{words}]({address}){after}"

    def convert_br(self, el: Tag, text: str, parent_tags: Any) -> str:
        if parent_tags & {"td", "th"}:
            return "<br>"
        return " " if "_inline" in parent_tags else "<br>\n"

    def convert_hN(self, n: int, el: Tag, text: str, parent_tags: Any) -> str:
        if "_inline" in parent_tags or not text.strip():
            return text
        words = re.sub(r"\s+", " ", text).strip()
        return f"\n\n{'#' * int(str(el.get('data-level') or max(2, n)))} {re.sub(r'#(?=#*$)', chr(92) * 2 + '#', words)}\n\n"

    def convert_p(self, el: Tag, text: str, parent_tags: Any) -> str:
        if "_inline" in parent_tags:
            return f"{text.strip()}<br>" if parent_tags & {"td", "th"} else f" {text.strip()} "
        return f"\n\n{re.sub(' {2,}', ' ', text.strip())}\n\n" if text.strip() else ""

    def convert_img(self, el: Tag, text: str, parent_tags: Any) -> str:
        alt = self.escape(str(el.get("alt") or ""), parent_tags)
        # A caption stands in straight quotation marks, so it can hold none.
        title = self.escape(str(el.get("title") or ""), parent_tags).replace('"', "&quot;")
        return f"![{alt}]({el['src']}" + (f' "{title}")' if title else ")")

    def convert_pre(self, el: Tag, text: str, parent_tags: Any) -> str:
        fence = "`" * max(3, 1 + max((len(run) for run in re.findall("`+", text)), default=0))
        return f"\n\n{fence}\n{text.strip(chr(10))}\n{fence}\n\n"

    def convert_figcaption(self, el: Tag, text: str, parent_tags: Any) -> str:
        return f"\n\n{text.strip()}\n\n"

    def convert_list(self, el: Tag, text: str, parent_tags: Any) -> str:
        if "_inline" in parent_tags:
            return text
        before = el.find_previous_sibling()
        if el.name == "ol" and before is not None and before.name == "ol":
            self.counts["{} numbered list{} directly behind another: Markdown counts on, so put words between them"] += 1
        return f"\n{text.rstrip()}\n" if "li" in parent_tags else f"\n\n{text.strip()}\n\n"

    convert_ul = convert_list
    convert_ol = convert_list

    def convert_li(self, el: Tag, text: str, parent_tags: Any) -> str:
        if "_inline" in parent_tags:
            return f"{text.strip()}<br>"
        first, *others = text.strip().split("\n")
        bullet = "- "
        if el.parent is not None and el.parent.name == "ol":
            start = str(el.parent.get("start") or "1")
            bullet = f"{(int(start) if start.isdigit() else 1) + len(el.find_previous_siblings('li'))}. "
        return "\n".join([bullet + first, *("    " + line if line else "" for line in others)]) + "\n"

    def convert_table(self, el: Tag, text: str, parent_tags: Any) -> str:
        if "_inline" in parent_tags:
            return text
        self.tables += 1
        rows, filled, headed = self._grid(el)
        if not rows:
            return ""
        if filled:
            self.made.said.append(f"table {self.tables} has merged cells: what they say stands in each cell now")
        if not headed:
            self.made.said.append(f"table {self.tables} has no row that is marked as its head: the first was taken for it")
        width = max(map(len, rows))
        lines = ["| " + " | ".join(row + [""] * (width - len(row))) + " |" for row in rows]
        lines.insert(1, "|" + "---|" * width)
        return "\n\n" + "\n".join(lines) + "\n\n"

    def _grid(self, table: Tag) -> tuple[list[list[str]], bool, bool]:
        """The cells as rows, merged ones filled out; whether there were any; whether there is a head."""
        grid: dict[tuple[int, int], str] = {}
        filled = headed = False
        trs = [row for row in table.find_all("tr") if row.find_parent("table") is table]
        for down, row in enumerate(trs[:1000]):
            across = 0
            cells = row.find_all(["td", "th"], recursive=False)
            headed |= down == 0 and bool(cells) and (all(cell.name == "th" for cell in cells) or row.find_parent("thead") is not None)
            for cell in cells:
                while (down, across) in grid:
                    across += 1
                spans = [min(50, max(1, int(span))) if (span := str(cell.get(name) or "1")).isdigit() else 1 for name in ("rowspan", "colspan")]
                for place in [(down + i, across + j) for i in range(spans[0]) for j in range(spans[1])]:
                    grid[place] = self._cell(cell) if place[0] < len(trs) else ""
                filled |= spans != [1, 1]
                across += spans[1]
        wide = 1 + max((across for _, across in grid), default=-1)
        return [[grid.get((down, across), "") for across in range(wide)] for down in range(len(trs))] if wide else [], filled, headed

    def _cell(self, cell: Tag) -> str:
        text = re.sub(r"\s+", " ", str(self.process_tag(cell, {"_inline", cell.name}))).strip()
        return re.sub(r"(?:\s*<br>\s*)+$", "", text)

    def convert_td(self, el: Tag, text: str, parent_tags: Any) -> str:
        return text + " "

    convert_th = convert_td
    convert_tr = convert_td



def _begins_line(part: NavigableString | Tag) -> bool:
    """Whether nothing stands before a part on its line."""
    node: Any = part
    while node is not None and (node is part or node.name not in BLOCKS):
        if node.name in ("strong", "em", "a", "del", "sub", "sup"):
            return False  # their own signs do
        before = node.previous_sibling
        while isinstance(before, NavigableString) and not before.strip():
            before = before.previous_sibling
        if before is not None:
            return bool(before.name == "br" or before.name in BLOCKS)
        node = node.parent
    return True
