"""What the parts of a published text are: its header, its key issues, its text, and what the page says by itself."""

from __future__ import annotations

import datetime as dt
import difflib
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise, takewhile, zip_longest
from typing import NamedTuple

from bs4 import BeautifulSoup, Tag
from bs4.element import NavigableString

from briefpress.byline import PREFIXES
from briefpress.importing.read import BLOCKS, Source, text_of, words_of
from briefpress.series import Series, Settings
from briefpress.values import MONTHS, SEPARATORS, date_in_other_form

_KEY_ISSUES = re.compile(
    "(the )?key (issues|messages|points|takeaways|findings|conclusions)|highlights|in brief|(points|messages|enjeux) cl[ée]s|(à|a) retenir|"
    "kernpunkte|kernbotschaften|kernaussagen|das wichtigste in kürze|kernpunten|kernboodschappen|(puntos|ideas|mensajes) clave|punti chiave|"
    "pontos-chave|kluczowe wnioski"
)
_BY = re.compile(r"(?:written\s+)?(?:by|par|von|door|por|di|authors?|auteurs?|autor(?:en|in)?)(?:\s*:\s*|\s+)", re.IGNORECASE)
_NAME = re.compile(r"(?:[^\W\d_][\w.'’\-]*\s+){1,4}[^\W\d_][\w'’\-]+")
_MARKS = re.compile(r"(?<=[^\W\d_])[\d*†‡§¹²³]+(?:,[\d*†‡§¹²³]+)*(?=\s*(?:[,;&]|(?:and|und|et|en)\b|$))")
"""Marks behind a name that lead to an affiliation."""
_ISSN = re.compile(r"(?:e-?|p-?)?ISSN\b[^0-9]{0,20}(\d{4}\W?\d{3}[\dXx])\.?", re.IGNORECASE)
_DOI = re.compile(r"(?:doi:?\s*)?(?:https?://(?:dx\.)?doi\.org/)?(10\.\d{4,9}/\S+)", re.IGNORECASE)
_PARTS = re.compile(r"\s+[•·|–—]\s+|\t+|\s{3,}|,\s+(?=\d{1,2}(?:\.?\s*[^\W\d]{3}|[./]\d))")
_HEADING_WORDS = 14
_SUBTITLE_WORDS = 25
_HEAD = 15
"""Blocks above the key issues, at most, in which masthead and by-line are looked for."""
_KEY_ISSUE_WORDS = 60


class Given(NamedTuple):
    """What the caller says, which counts more than the file; empty where it says nothing."""

    title: str = ""
    authors: tuple[str, ...] = ()
    date: str = ""
    number: str = ""
    series: str = ""


@dataclass
class Found:
    """What a file holds."""

    series: Series
    values: dict[str, str | list[str]] = field(default_factory=dict)
    """By the names of fields."""
    remarks: dict[str, str] = field(default_factory=dict)
    """What was guessed, by field."""
    said: list[str] = field(default_factory=list)
    blocks: list[Tag] = field(default_factory=list)
    """The text: headings, paragraphs, lists, tables."""
    header: list[str] = field(default_factory=list)
    """The texts in which the fields were found."""
    left: list[str] = field(default_factory=list)
    """Texts that the page says by itself."""

    given: frozenset[str] = frozenset()
    """Fields that the caller named, which count more than what the file says of them."""

    def take(self, name: str, value: str | list[str], remark: str = "") -> bool:
        """Note a field, unless it is known; whether the file now says what is noted. Authors add up."""
        known = self.values.get(name)
        if name in self.given:
            if value != known:
                told = value if isinstance(value, str) else ", ".join(value)
                self.said.append(f"left out: the {name} in the file, “{told}”, since another was given")
            return True
        if isinstance(known, list) and isinstance(value, list):
            value = [*known, *(one for one in value if one not in known)]
        elif known and value:
            return known == value
        if value:
            self.values[name] = value
            if remark:
                self.remarks[name] = remark
        return True


def recognise(source: Source, settings: Settings, given: Given) -> Found:
    """Tell the parts of a text.

    Args:
        source: the file as it was read; its tree is taken apart.
        settings: the series, whose mastheads, ISSNs and disclaimers are compared.
        given: what the caller says.
    """
    blocks = [block for block in _lines_of_the_head(_blocks(source.tree)) if words_of(text_of(block)) or block.find(["img", "note-mark"])]
    series = settings.get(given.series) or next((one for block in blocks[:8] for part in _PARTS.split(_text(block))
                                                 if (one := _masthead(part, settings)[0])), None)  # fmt: skip
    series = series or next((one for line in source.margins for part in _PARTS.split(line) if (one := _masthead(part, settings)[0])), None)
    found = Found(series or settings.series[0], left=list(source.left))
    if series is None and len(settings.series) > 1:
        found.remarks["series"] = "The file names no series of series.yml; the first was taken."
    for name, value in (("title", given.title), ("author", list(given.authors)), ("date", given.date), ("number", given.number)):
        found.take(name, value)
    found.given = frozenset(found.values)
    for block in blocks:
        if block.name == "ol" and len(items := block.find_all("li")) == 1 and _bold(items[0]):
            block.name = "p"  # a heading to which Word gives its number
            items[0].unwrap()
    _guess_headings(blocks, source)
    blocks = _take_key_issues(blocks, found)
    blocks = _take_head(blocks, found, settings)
    for line in source.margins:
        _take_line(line, found, settings, "Taken from the head or foot of the pages.")
    found.blocks = _take_imprint(blocks, found)
    _settle_levels(found.blocks)
    if (lang := _language(source.words)) and lang != found.series.lang[:2]:
        found.take("lang", lang, "Guessed from the words of the text.")
    if found.series.slug != settings.series[0].slug or "series" in found.remarks:
        found.take("series", found.series.slug)
    return found


_COMMON = {
    "en": "the of and that is for with are this which", "fr": "le la les des du que est dans pour une",
    "de": "der die das und den von ist nicht mit auf",
    "nl": "het een van en dat zijn voor met niet op",
}  # fmt: skip
"""The words by which a language is known; those of the languages in which the page has its own words."""


def _language(words: Sequence[str]) -> str:
    """The language of a text, where its commonest words leave no doubt."""
    counts = Counter(word.casefold() for word in words)
    (most, lang), (next_most, _), *_ = sorted(((sum(counts[one] for one in common.split()), lang) for lang, common in _COMMON.items()), reverse=True)
    return lang if most > 9 and most > 2 * next_most else ""


def _text(block: Tag) -> str:
    return re.sub(r"[ \t\r\n]+", " ", text_of(block)).strip()


def _folded(text: str) -> str:
    return " ".join(re.findall(r"[^\W_]+", text.casefold()))


def _blocks(node: Tag, kind: str = "p") -> Iterator[Tag]:
    """The blocks of a tree in one row, out of the boxes that they stand in; loose text becomes blocks of a kind."""
    loose: list[Tag | NavigableString] = []
    for child in [*list(node.children), None]:
        block = isinstance(child, Tag) and (child.name in BLOCKS or child.find(list(BLOCKS)) is not None)
        if child is not None and not block:
            if isinstance(child, Tag | NavigableString):
                loose.append(child)
            continue
        if loose:
            paragraph = BeautifulSoup("", "html.parser").new_tag(kind)
            for one in loose:
                paragraph.append(one.extract())
            loose = []
            yield paragraph
        if not isinstance(child, Tag):
            continue
        cells = child.find_all(["td", "th"]) if child.name == "table" else []
        rows = child.find_all("tr") if child.name == "table" else []
        if cells and not child.find(["th", "caption"]) and 1 in (len(rows), max(len(row.find_all("td")) for row in rows)):
            # Boxes, not a table: one, or several below or beside one another.
            if len(rows) == 1 < len(cells) and len(words_of(_text(child))) <= 8:  # the parts of a masthead
                for cell in cells[1:]:
                    cells[0].extend([" • ", *list((cell.find("p") or cell).children)])
                del cells[1:]
            for cell in cells:
                yield from _blocks(cell)
        elif re.fullmatch("h[1-6]|p", child.name) and child.find(list(BLOCKS)) is not None:
            yield from _blocks(child, child.name)
        elif re.fullmatch("h[1-6]|p|ul|ol|table|blockquote|pre|figure|dl|hr", child.name):
            yield child
        else:
            yield from _blocks(child)


def _lines_of_the_head(blocks: Iterator[Tag]) -> Iterator[Tag]:
    """The blocks; a paragraph with line breaks as several above the text, where masthead and by-line stand, and where an ISSN is."""
    head = True
    for block in blocks:
        head = head and block.name in ("h1", "p") and len(words_of(_text(block))) <= 30
        if block.name != "p" or not block.find("br", recursive=False) or not (head or _ISSN.search(_text(block))):
            yield block
            continue
        part = BeautifulSoup("", "html.parser").new_tag("p")
        for child in list(block.children):
            if isinstance(child, Tag) and child.name == "br":
                yield part
                part = BeautifulSoup("", "html.parser").new_tag("p")
            else:
                part.append(child.extract())
        yield part


def _bold(block: Tag) -> bool:
    """Whether all words of a paragraph are bold."""
    return all(string.find_parent(["strong", "b"]) for string in block.find_all(string=True) if words_of(string))


def _short_line(block: Tag) -> bool:
    text = _text(block)
    return (block.name == "p" and 0 < len(text.split()) <= _HEADING_WORDS and len(text) <= 120
            and not re.search(r"[.;:,…][\"'”’»)\s]*$", text))  # fmt: skip


def _is_key_heading(block: Tag) -> bool:
    return bool(re.fullmatch("h[1-6]|p", block.name)) and bool(_KEY_ISSUES.fullmatch(_text(block).casefold().strip(" :•")))


def _guess_headings(blocks: list[Tag], source: Source) -> None:
    """Where no style says it: a short line without a full stop before a paragraph, in Word and HTML if it is bold."""
    if any(block.name in ("h2", "h3", "h4", "h5", "h6") and not _is_key_heading(block) for block in blocks):
        return
    ones = [block for block in blocks if block.name == "h1" and "title" not in (block.get("class") or [])]
    if len(ones) > 1:
        return
    for block, after in pairwise(blocks):
        text = after.name != "p" or not _short_line(after)
        if _short_line(block) and text and not _is_key_heading(block) and (source.typed or _bold(block)):
            block["data-guess"] = "1"


def _take_key_issues(blocks: list[Tag], found: Found) -> list[Tag]:
    start = next((index for index, block in enumerate(blocks) if _is_key_heading(block)), None)
    if start is None:
        found.remarks["key_issues"] = "The file has no key issues under a heading of their own; write two to five sentences."
        return blocks
    issues: list[str] = []
    links = 0
    end = start + 1
    listed = blocks[end].name if end < len(blocks) and blocks[end].name in ("ul", "ol") else ""
    while end < len(blocks):
        block = blocks[end]
        # A list of the other kind is something else: headings that Word numbers are one.
        if listed != (block.name if block.name in ("ul", "ol") else "") or (not listed and (block.name != "p" or block.get("data-guess")
                                                      or len(words_of(_text(block))) > _KEY_ISSUE_WORDS or len(issues) == 6)):  # fmt: skip
            break
        items = [_text(item) for item in (block.find_all("li", recursive=False) if listed else [block])]
        for item in items:
            sign = re.match(r"(?:\d+[.)]|[•–—-])\s+|", item)
            issues.append(item[len(sign[0]) :] if sign else item)
            found.header.append(sign[0] if sign else "")
        links += len(block.find_all("a", href=True))
        end += 1
    if not issues:
        return blocks
    for block in blocks[start:end]:
        if block.find("img"):
            found.said.append("a picture among the key issues was not taken over")
    found.take("key_issues", issues, "" if listed else "Guessed: the paragraphs under that heading.")
    found.header.append(_text(blocks[start]))
    if links:
        found.said.append(f"{links} link{'s' if links > 1 else ''} in the key issues, of which the words were kept: a header holds no links")
    blocks[start]["data-key-issues"] = "1"  # what is above it belongs to the head of the page
    return blocks[: start + 1] + blocks[end:]


def _masthead(text: str, settings: Settings) -> tuple[Series | None, str]:
    """The series whose masthead or title a text begins with, if nothing but a number follows; and that."""
    for series in sorted(settings.series, key=lambda one: -len(one.masthead)):
        for name in (series.masthead, series.title):
            if _folded(text).startswith(_folded(name)):
                words = len(_folded(name).split())
                rest = re.sub(rf"^(?:[\W_]*[^\W_]+){{{words}}}", "", text)
                if re.fullmatch(rf"[\W_]*|{_NUMBER.pattern}", rest, re.IGNORECASE):
                    return series, rest
    return None, ""


_NUMBER = re.compile(r"[\W_]*(?:series|no|nr|num|issue|number|n°|nº|n)?[\W_]*(\d{1,4}(?:\s*[/\-.–]\s*\d{1,4})?)[\W_]*", re.IGNORECASE)


def number_in(text: str, series: Series) -> str:
    """The number of a series that a text is, in the series' own form; empty where it is none."""
    if not (hit := _NUMBER.fullmatch(text)):
        return ""
    digits = [one.lstrip("0") for one in re.findall(r"\d+", hit[1])]
    for way in ("/".join(digits), "/".join(reversed(digits))):
        if series.numbering != "none" and series.read_number(way) is not None:
            return way
    return ""


def names_in(text: str) -> list[str]:
    """The names of a by-line, without what stands before them."""
    names = []
    for part in SEPARATORS.split(_BY.sub("", _MARKS.sub("", text), count=1).strip(" .•|")):
        while hit := PREFIXES.match(part):
            part = part[hit.end() :]
        names.append(part.strip())
    return [name for name in names if name]


def date_in(text: str) -> tuple[str, str]:
    """The date that a text is, as YYYY-MM-DD; or why it is uncertain."""
    if len(text.split()) > 6 or not re.search(r"\d", text):
        return "", ""
    if hit := re.search(r"\b\d{4}-\d\d-\d\d\b", text):
        try:
            return dt.date.fromisoformat(hit[0]).isoformat(), ""
        except ValueError:
            return "", ""
    day, why = date_in_other_form(text)
    return (day.isoformat() if day and 1900 <= day.year < 3000 else ""), why


_BESIDE = frozenset("on published publication date dated updated am den der vom le du van op de of".split()) | frozenset(
    "monday tuesday wednesday thursday friday saturday sunday montag dienstag mittwoch donnerstag freitag samstag sonntag lundi mardi mercredi jeudi "
    "vendredi samedi dimanche maandag dinsdag woensdag donderdag vrijdag zaterdag zondag".split())  # fmt: skip
"""Words that stand beside a date and say nothing more; what else stands there is more than a date."""


def _is_date(text: str, place: str) -> bool:
    """Whether a text that has a date in it is that date and nothing more."""
    words = [word for word in re.findall(r"[^\W\d_]+", text.casefold()) if word not in MONTHS and word not in ("st", "nd", "rd", "th", "er")]
    return {*words} <= {*_BESIDE, *re.findall(r"[^\W\d_]+", place.casefold())}


def _take_line(text: str, found: Found, settings: Settings, remark: str = "") -> bool:
    """Read a line of the head; whether all of it is known. What is new in it is noted only then."""
    taken: list[tuple[str, str | list[str], str]] = []
    parts = [part for part in _PARTS.split(text) if words_of(part)]
    one_of = _masthead(text, settings)
    for part, after in [(text, "")] if one_of[0] else zip_longest(parts, parts[1:], fillvalue=""):
        named, rest = _masthead(part, settings)
        day, why = date_in(part)
        number = number_in(rest if named else part, found.series)
        if named or (number and "/" in number) or (number and re.match(r"\D*(?:no|nr|issue|n°|nº)\b", part, re.IGNORECASE)):
            if named in (None, found.series):
                taken.append(("number", number, remark))
        elif day and _is_date(part, found.series.place):
            taken.append(("date", day, remark))
        elif why and _is_date(part, found.series.place):
            found.remarks.setdefault("date", f"{why[0].upper()}{why[1:]}: write the one that is meant.")
        elif (hit := _BY.match(part)) and all(_NAME.fullmatch(name) or len(name.split()) == 1 for name in names_in(part)):
            taken.append(("author", names_in(part[hit.start() :]), remark))
        elif hit := _DOI.fullmatch(part):
            taken.append(("doi", hit[1], remark))
        elif _ISSN.fullmatch(part):
            taken.append(("", "", ""))
        elif after and date_in(after)[0] and (part == found.series.place or part.isalpha()):
            continue  # the town, or the day of the week, before a date
        elif after and date_in(after)[0] and all(_NAME.fullmatch(name) for name in names_in(part)):
            taken.append(("author", names_in(part), "Guessed: the names beside the date."))
        else:
            return False
    # A line is known only if all that it says is noted; what contradicts it stays where it is.
    return bool(parts) and all([found.take(name, value, why) for name, value, why in taken if name and value])


def _take_head(blocks: list[Tag], found: Found, settings: Settings) -> list[Tag]:
    """Read what stands above the text: masthead, title, by-line, date."""
    kept: list[Tag] = []
    loose: list[Tag] = []
    end = next((index for index, block in enumerate(blocks) if block.name not in ("h1", "h2", "h3", "h4", "p", "figure")
                or len(words_of(_text(block))) > 30), len(blocks))  # fmt: skip
    key = next((index for index, block in enumerate(blocks) if block.get("data-key-issues")), None)
    if key is not None and key < _HEAD:  # a lead, or a logo, may stand among the lines above the key issues
        end = max(end, key)
    last = -1 if key is None or key > end else key
    ones = [block for block in blocks if block.name == "h1" and not block.get("data-key-issues")]
    top = ones[0] if len(ones) == 1 or (ones and "title" in (ones[0].get("class") or [])) else None
    above = takewhile(lambda one: one is not top, blocks)
    if any(block.name in ("h2", "h3") and not block.get("data-key-issues") for block in above):
        top = None
    for index, block in enumerate(blocks):
        text = _text(block)
        if block.get("data-key-issues"):
            continue
        if index < end and not _ISSN.search(text) and _take_line(text_of(block).strip(), found, settings):
            found.header.append(text)
            last = max(last, index)
        else:
            kept.append(block)
            if block is top:
                loose.insert(0, block)
            elif index < end and words_of(text):
                loose.append(block)
    places = {id(block): index for index, block in enumerate(blocks)}
    heads = [block for block in loose if places[id(block)] < last or block is top]
    subtitle = next((block for block in loose if "subtitle" in (block.get("class") or [])), None)
    title = next((block for block in heads if block is not subtitle), None)
    if title is not None:
        text = _text(title)
        same = _folded(text) == _folded(str(found.values.get("title", text)))
        found.take("title", text, "" if title is top else "Guessed: the first line of the file that is nothing else.")
        (found.header if same else found.left).append(text)
        if not same:
            found.said.append(f"left out: the title in the file, “{text}”, since another was given")
        _drop(kept, title)
        rest = [block for block in heads if block is not title and places[id(block)] < last]
        if "author" not in found.values and (people := [block for block in rest if _are_names(names_in(_text(block)))]):
            # One under the other; a line that looks like names further down may be anything.
            for block in list(takewhile(lambda one: one in people, rest[rest.index(people[0]) :])):
                found.take("author", names_in(_text(block)), "Guessed: a line above the text that looks like names.")
                found.header.append(_text(block))
                _drop(kept, block)
                _drop(rest, block)
        if subtitle is None and rest and places[id(rest[0])] == places[id(title)] + 1 and len(words_of(_text(rest[0]))) <= _SUBTITLE_WORDS:
            subtitle = rest[0]
    if subtitle is not None:
        found.take("subtitle", _text(subtitle), "Guessed: the line below the title.")
        found.header.append(_text(subtitle))
        _drop(kept, subtitle)
    here = {id(block) for block in kept}
    found.said += [f"not understood, and left at the beginning of the text: “{_text(block)}”" for block in heads
                   if id(block) in here and len(words_of(_text(block))) <= 30]  # fmt: skip
    return kept


def _are_names(names: list[str]) -> bool:
    return bool(names) and all(_NAME.fullmatch(name) and all(word[0].isupper() or len(word) < 4 for word in name.split()) for name in names)


def _drop(blocks: list[Tag], block: Tag) -> None:
    blocks[:] = [one for one in blocks if one is not block]


def _take_imprint(blocks: list[Tag], found: Found) -> list[Tag]:
    """Leave out the disclaimer and the ISSN, which the page prints."""
    kept = []
    series = found.series
    disclaimers = [_folded(series.disclaimer.one), _folded(series.disclaimer.several)]
    for block in blocks:
        text = _text(block)
        plain = _folded(text)
        hit = _ISSN.fullmatch(text)
        if block.name == "p" and hit:
            bare = re.sub(r"[\W_]", "", hit[1]).upper()
            issn = f"{bare[:4]}-{bare[4:]}"
            found.left.append(text)
            if issn == series.issn:
                found.said.append(f"left out: the ISSN, {issn}, which the page prints")
            else:
                found.take("issn", issn, f"The file says this; series.yml says {series.issn or 'nothing'}.")
                found.said.append(f"the ISSN of the file is {issn}, and that of the series {series.issn or 'not known'}")
        elif block.name == "p" and len(text) < 1000 and any(_alike(plain, one) for one in disclaimers):
            found.left.append(text)
            found.said.append("left out: the disclaimer, which the page prints" if plain in disclaimers
                              else f"left out: the disclaimer, in other words than in series.yml: “{text}”")  # fmt: skip
        else:
            kept.append(block)
    return kept


def _alike(text: str, disclaimer: str) -> bool:
    """Whether a text is that disclaimer, or one like it."""
    first = disclaimer.split()[:5]
    return text == disclaimer or text.split()[:5] == first or difflib.SequenceMatcher(None, text.split(), disclaimer.split()).ratio() > 0.75


def _settle_levels(blocks: list[Tag]) -> None:
    """Headings begin at the second level and skip none; those that were guessed become headings."""
    for block in blocks:
        if block.get("data-guess"):
            block.name = "h2"
    levels = sorted({block.name for block in blocks if re.fullmatch("h[1-6]", block.name)})
    for block in blocks:
        if block.name in levels:
            block["data-level"] = str(min(6, levels.index(block.name) + 2))


def missing(found: Found) -> Mapping[str, str]:
    """What the header of a brief needs and the file does not say, with what to do; for the remarks."""
    wanted = {
        "author": "The file names no author: write the name.",
        "date": "The file has no date: write the day of publication.",
        "number": f"The file has no number: write it, for example {found.series.number_example}.",
    }
    if found.series.numbering == "none":
        del wanted["number"]
    return {name: found.remarks.get(name, text) for name, text in wanted.items() if name not in found.values}
