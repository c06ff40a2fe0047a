"""What an editor would pencil into the margin: advice, and never more. Each remedy says why."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import takewhile

from briefpress.brief import Brief
from briefpress.byline import folded
from briefpress.figures import Figure
from briefpress.finding import Place
from briefpress.outline import Outline
from briefpress.rules import Report
from briefpress.series import Series

ACRONYMS = 5
"""How many are reported of one brief."""
_KNOWN = frozenset(
    "NATO UNESCO UNICEF OECD BRICS ASEAN USA GDP NGO CEO HIV AIDS COVID DNA VAT FAQ BBC EUR USD GBP CHF JPY UTC GMT CET "
    "PDF ISSN ISBN DOI ORCID ISO URL HTTP HTTPS HTML CSS XML CSV JSON YAML SVG PNG JPEG API RSS SMS USB GPS SPDX".split()
)
"""What readers know better by its letters, and what this program itself names."""
# What may not stand before it is looked for behind its first letter, so that the engine can skip to a capital.
_ACRONYM = re.compile(r"(?P<word>[A-Z](?<![\w./@#&-].)[A-Z]{2,5})s?(?![\w/@&]|-[A-Z0-9]|\.\w)")
_ROMAN = re.compile("M{0,3}(?:CM|CD|D?C{0,3})(?:XC|XL|L?X{0,3})(?:IX|IV|V?I{0,3})")
_WORD = re.compile(r"[^\W\d_][\w’'-]*")
_WITHIN = re.compile(rf"(?<=[a-z,;] ){_WORD.pattern}")
"""A word that begins no sentence."""
_VAGUE = frozenset((
    "here", "click here", "see here", "link", "this link", "the link", "this page", "this website", "website", "more", "read more", "learn more",
    "find out more", "ici", "cliquez ici", "cliquer ici", "lien", "ce lien", "cette page", "plus", "lire la suite", "en savoir plus", "hier",
    "hier klicken", "klicken sie hier", "dieser link", "diese seite", "mehr", "mehr lesen", "mehr erfahren", "weiterlesen", "klik hier", "deze link",
    "deze pagina", "meer", "lees meer", "lees verder",
))  # fmt: skip
"""Words of a link, in small letters and without accents, that say nothing of where it leads."""
_NOTE = re.compile(r"[ \t>]*\[\^[^\]]+\]:")
# The source, or who made the picture, or that the authors reckoned it themselves; a note and a link name a source too.
_SOURCE = re.compile(r"\b(?:sources?|quellen?|bron(?:nen)?|fuentes?|fonti?e?|photos?|fotos?|crédits?|credits?|own|eigene?)\b|©|\[\^|\]\("
                     r"|\b(?:calcul|comput|compil|berechn|bereken)", re.IGNORECASE)  # fmt: skip
_MARKUP = re.compile(r"[*_`\[\]]")
# A DOI is shown as its address everywhere: Crossref, "DOI display guidelines".
_ADDRESS = re.compile(r"(?:https?://(?!doi\.org/)|www\.)\S+")
# In a list, as in a note, an address is how a work is cited; in a table there is no room for more.
_CITES = re.compile(r"[ \t>]*(?:[-*+|]|\d+[.)])")
_CAPTION = re.compile(r"(?:Table|Tableau|Tabelle|Tabel)[\s\u00a0\u202f]?:")
_BELOW = re.compile(r"(?:Note|Anmerkung|Opmerking|Sources?|Quellen?|Bron(?:nen)?)[\s\u00a0\u202f]?:")
_FIGURE = re.compile(r"[~<>≈±+−–-]?\s?\d[\d.,\s\u00a0\u202f]*\s?(?:%|[^\W\d_]{1,3}\.?)?")


def check_style(brief: Brief, series: Series, outlined: Outline, figures: Iterable[Figure], report: Report) -> None:
    """Read one text as an editor does who has seen a hundred."""
    lines = outlined.prose.split("\n")
    notes = frozenset(_lines_of_notes(lines))
    running = ["" if number in notes else line for number, line in enumerate(lines)]
    if brief.lang.split("-")[0] == "en":
        _headings(outlined, running, report)
    _acronyms(brief, series, running, outlined.prose, report)
    _links(brief, outlined, lines, notes, report)
    _sources(brief, lines, outlined, figures, report)


def _lines_of_notes(lines: list[str]) -> Iterator[int]:
    """The lines of footnotes, by their index; one goes on over lines that are indented."""
    inside = False
    for number, line in enumerate(lines):
        above = number > 0 and lines[number - 1].strip()
        inside = bool(_NOTE.match(line)) or (inside and (not line.strip() or line.startswith(("    ", "\t")) or bool(above)))
        if inside:
            yield number


def _headings(outlined: Outline, running: list[str], report: Report) -> None:
    """Headings with a capital on each word, as is the custom for titles in America."""
    names: set[str] | None = None
    for heading in outlined.headings:
        if len(heading.text) > 300:
            continue
        hits = [hit for hit in list(_WORD.finditer(heading.text))[1:] if len(hit[0]) >= 4]
        if sum(hit[0][0].isupper() for hit in hits) < 3:
            continue
        words = [hit[0] for hit in hits if not re.search(r"[:?!–—]\s*$", heading.text[: hit.start()])
                 and sum(char.isupper() for char in hit[0]) < 2]  # fmt: skip
        if not _in_capitals(words):
            continue  # nor is it without its names
        if names is None:
            names = _names(running)
        if not _in_capitals([word for word in words if word not in names]):
            continue
        report.add("heading-capitals", heading.place, f'"{heading.text}" has a capital on each word',
                   "write capitals for the first word and for names alone: names stand out then, and all headings look alike")


def _in_capitals(words: list[str]) -> bool:
    capitals = sum(word[0].isupper() for word in words)
    return capitals >= 3 and capitals >= 0.7 * len(words)


def _names(running: list[str]) -> set[str]:
    """What the text itself writes with a capital within a sentence, and nowhere without."""
    text = "\n".join(line for line in running if not line.startswith("#"))
    within = {word for word in _WITHIN.findall(text) if word[0].isupper()}
    return within - {word.capitalize() for word in set(_WORD.findall(text)) if word[0].islower()} if within else within


def _acronyms(brief: Brief, series: Series, running: list[str], prose: str, report: Report) -> None:
    """Acronyms that stand twice in the text, and are spelt out nowhere."""
    found: dict[str, list[Place]] = {}
    for number, line in enumerate(running):
        hits = list(_ACRONYM.finditer(line))
        if hits and any(char.islower() for char in line):  # a line in capitals is no row of acronyms
            for hit in hits:
                found.setdefault(hit["word"], []).append(Place(brief.body_line + number, hit.start() + 1))
    missing = [word for word, places in found.items() if len(places) > 1 and word not in _KNOWN and not _ROMAN.fullmatch(word)]
    if not missing:
        return
    house = set(re.findall("[A-Z]{3,6}", f"{series.title} {series.masthead} {series.publisher}"))
    everything = "\n".join((prose, *brief.key_issues, brief.description, brief.title, brief.subtitle))
    marked = set(re.findall(r"<abbr\s[^<>]*title[^<>]*>\s*([A-Z]{3,6})", brief.body))
    known = house | marked | _spelt_out(everything)
    for word in [word for word in missing if word not in known][:ACRONYMS]:
        report.add("acronym", found[word][0], f'"{word}" stands in the text {len(found[word])} times, and is not spelt out',
                   f"spell it out at its first place, with {word} in brackets behind the words: not every reader comes from this field")  # fmt: skip


_BEHIND = re.compile(r"\(\W{0,3}(?:the |hereafter |or |ci-après |oder |ou |of )?([A-Z]{3,6})s?\b(?:\s?[,;:–—][^()]{0,200}|[^\w()]{0,3})\)")
_BEFORE = re.compile(r"\b([A-Z]{3,6})s?\b(?: [\w-]+)?[^\w(]{0,4}\(([^()]{5,200})\)")
_OR = re.compile(r", (?:or|ou|oder|of) ([A-Z]{3,6})\b")
_FOR = re.compile(r"\b([A-Z]{3,6})(?:\W{1,3}(?:stands for|is short for)|, (?:short )?for)\b")


def _spelt_out(text: str) -> set[str]:
    """The acronyms of which a text has `Words in full (ABC)`, `ABC (words in full)`, `words in full, or ABC`, or `ABC, for words in full`."""
    before = {word for word, words in _BEFORE.findall(text) if len(re.findall(r"[^\W\d_]{2,}", words)) > 1}
    return {*_BEHIND.findall(text), *_OR.findall(text), *_FOR.findall(text)} | before


def _links(brief: Brief, outlined: Outline, lines: list[str], notes: frozenset[int], report: Report) -> None:
    for link in outlined.links:
        if link.image:
            continue
        words = _MARKUP.sub("", link.text).strip(" .…:;»›→>")
        line = lines[number := link.place.line - brief.body_line]
        if folded(words) in _VAGUE:
            report.add("link-words", link.place, f'the words of a link are "{words}"',
                       "make it of the words that say where it leads: some readers go from link to link, and hear nothing else")  # fmt: skip
        elif _ADDRESS.fullmatch(link.text.strip()) and number not in notes and not _CITES.match(line) and not _SOURCE.match(line):
            report.add("link-words", link.place, f'a bare address, "{link.text.strip()[:60]}", stands in the text',
                       "write [words](address), or move it into a footnote: a screen reader spells an address letter by letter")  # fmt: skip


def _sources(brief: Brief, lines: list[str], outlined: Outline, figures: Iterable[Figure], report: Report) -> None:
    body = brief.body.split("\n")  # with the addresses of links, which the prose is without
    captions = [(link.title, link.place) for link in outlined.links
                if link.image and link.title and body[link.place.line - brief.body_line].lstrip().startswith("![")]  # fmt: skip
    captions += [(figure.caption, figure.place) for figure in figures if figure.caption]
    for caption, place in captions:
        if not _SOURCE.search(caption):
            report.add("figure-source", place, f'the caption "{caption[:60]}" names no source',
                       "add Source: …, or Source: authors’ calculation, to it: readers trust what they can check")  # fmt: skip
    number = 1
    while (number := number + 1) < len(lines):  # of the line below the names of the columns
        if not ("|" in lines[number] and "-" in lines[number] and set(lines[number]) <= set("|:- \t") and "|" in lines[number - 1]):
            continue
        top, rows = number - 1, list(takewhile(lambda line: "|" in line, lines[number + 1 :]))
        cells = [cell.strip() for row in rows for cell in row.strip().strip("|").split("|")[1:] if cell.strip()]
        number += len(rows)
        above, below = _paragraph(body, top - 1, -1), _paragraph(body, number + 1, 1)
        told = f"{above} {below}" if _BELOW.match(below) else above
        numbers = sum(bool(_FIGURE.fullmatch(cell)) for cell in cells)
        if _CAPTION.match(above) and numbers > 1 and 2 * numbers >= len(cells) and not _SOURCE.search(told):
            report.add("figure-source", Place(brief.body_line + top, 1), f'the table "{above.partition(":")[2].strip()[:60]}" names no source',
                       "add a paragraph after it, Note: Source: …, or say that you reckoned it: readers trust what they can check")  # fmt: skip


def _paragraph(lines: list[str], number: int, step: int) -> str:
    """The paragraph next to a table, up or down from a line; an empty line may part the two."""
    while 0 <= number < len(lines) and not lines[number].strip():
        number += step
    found = []
    while 0 <= number < len(lines) and lines[number].strip():
        found.append(lines[number].strip())
        number += step
    return " ".join(found[::step])
