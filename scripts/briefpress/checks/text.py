"""Rules on the text of a brief: its headings, footnotes, links, pictures and raw HTML."""

from __future__ import annotations

import difflib
import posixpath
import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote

from briefpress.brief import Brief
from briefpress.checks.header import check_alternative_text
from briefpress.finding import Place
from briefpress.media import kind_of
from briefpress.outline import (
    CLASSES,
    EDITORS_CLASSES,
    LIST_ATTRIBUTES,
    RAW_TAG_ATTRIBUTES,
    RAW_TAGS,
    SCHEMES,
    Link,
    Mark,
    Outline,
    clean_id,
)
from briefpress.rules import Report
from briefpress.series import Catalogue

WORDS = (1200, 3500)
SECTIONS = (3, 7)
DEPTH = 8
# What editors paste; another word between angle brackets is more likely a part of the text.
_HTML = frozenset("audio button canvas center div embed figure font footer form frame header iframe input link main meta nav object "
                  "option s script section select strike style svg textarea title tt u video".split())  # fmt: skip
_SCHEME = re.compile(r"(?P<scheme>[a-zA-Z][a-zA-Z0-9+.\-]*):")


def check_text(brief: Brief, outlined: Outline, report: Report) -> None:
    """Check one text by itself."""
    top = Place(brief.body_line, 1)
    if not outlined.words and brief.withdrawal:
        return  # nobody sees it any more
    if not outlined.words:
        report.add("text-empty", top, "the brief has no text", "write the text under the header, beginning with ## Introduction")
        return
    few, many = WORDS
    if not few <= outlined.words <= many:
        report.add("text-length", top, f"the text has {outlined.words:,} words", f"a brief has {few:,} to {many:,}")
    if outlined.depth > DEPTH:
        report.add("text-nesting", outlined.depth_place, f"lists and quotations are nested {outlined.depth} deep", f"nest them {DEPTH} deep at most")
    for what, place in outlined.gaps:
        report.add(f"{what}-gap", place, f"no empty line stands before this {what}, so it is set as running text", "put an empty line before it")
    for mark in outlined.formulas:
        report.add("formula", mark.place, f'"{" ".join(mark.text.split())[:40]}" is a formula, which is printed as it is typed',
                   "write it in words, or put it in as a picture with a text; if it is none, put it between backticks")  # fmt: skip
    _headings(outlined, top, report)
    _footnotes(outlined, report)
    _raw(outlined, report)


def _headings(outlined: Outline, top: Place, report: Report) -> None:
    level = 1
    for heading in outlined.headings:
        if not heading.text:
            report.add("heading-empty", heading.place, "a heading has no words", "write its words, or take the line out")
            continue
        if not heading.spaced:
            report.add("heading-space", heading.place, f'"{"#" * heading.level}{heading.text}" is set as a heading',
                       f"put a space after the hashes, or a backslash before them if it is none: \\{'#' * heading.level}{heading.text}")  # fmt: skip
        elif heading.level == 1:
            report.add("heading-one", heading.place, f'"{heading.text}" is a heading of the level of the title', f"write ## {heading.text}")
        elif heading.level > level + 1:
            report.add("heading-step", heading.place, f'"{heading.text}" skips a level below the heading before it',
                       f"write {'#' * (level + 1)} {heading.text}")  # fmt: skip
        level = max(2, heading.level) if heading.level > 1 else level
    count = sum(heading.level == 2 for heading in outlined.headings)
    least, most = SECTIONS
    if not least <= count <= most:
        report.add("heading-count", top, f"the text has {count} heading{'' if count == 1 else 's'} of the first level (##)",
                   f"a brief has {least} to {most}")  # fmt: skip


def _footnotes(outlined: Outline, report: Report) -> None:
    defined = {mark.text for mark in outlined.definitions}
    used = {mark.text for mark in outlined.references}
    seen: dict[str, Mark] = {}
    for mark in outlined.definitions:
        if (first := seen.setdefault(mark.text, mark)) is not mark:
            report.add("footnote-repeated", mark.place, f"footnote {mark.text} is defined twice, on lines {first.place.line} and {mark.place.line}",
                       "give one of the two another name")  # fmt: skip
        elif mark.text not in used:
            report.add("footnote-unused", mark.place, f"footnote {mark.text} is defined but never used",
                       f"put [^{mark.text}] where it belongs, or take it out")  # fmt: skip
    in_captions = set()
    for link in outlined.links:
        if link.image and (hit := re.search(r"\[\^([^\]]+)\]", link.title)):
            report.add("footnote-undefined", link.place, f"footnote {hit[1]} is referred to in a caption, where no note can be set",
                       "write the note into the caption itself, or refer to it in the text")  # fmt: skip
            in_captions.add((hit[1], link.place.line))
    for mark in outlined.references:
        if mark.text not in defined and (mark.text, mark.place.line) not in in_captions:
            close = difflib.get_close_matches(mark.text, defined - used, n=1)
            report.add("footnote-undefined", mark.place, f"footnote {mark.text} is not defined",
                       f"did you mean [^{close[0]}]?" if close else f"add a line at the end: [^{mark.text}]: The note.")  # fmt: skip


def _raw(outlined: Outline, report: Report) -> None:
    for mark in outlined.tags:
        name = re.match(r"[A-Za-z][\w-]*", mark.text)
        tag = name[0].lower() if name else mark.text
        if tag not in RAW_TAGS:
            report.add("html-removed", mark.place, f"<{tag}> is taken out", _instead_of(tag))
            continue
        for key in re.findall(r"\s([A-Za-z:-]+)\s*=", mark.text):
            if key.lower() not in RAW_TAG_ATTRIBUTES:
                report.add("html-removed", mark.place, f"{key} in <{tag}> is taken out", "leave it out")
    for mark in outlined.attributes:
        for key in re.findall(r"(?:^|\s)([A-Za-z][\w:-]*)\s*=", mark.text):
            if key.lower() not in LIST_ATTRIBUTES:
                report.add("html-removed", mark.place, f"{key} in {{{mark.text}}} is taken out",
                           "leave it out: only lang, title, dir and #id are kept")  # fmt: skip
        for name in re.findall(r"(?:^|\s)\.([\w-]+)", mark.text) + re.findall(r"(?:^|\s)class=[\"']?([\w-]+)", mark.text):
            if name not in CLASSES:
                report.add("html-removed", mark.place, f"the class {name} in {{{mark.text}}} is taken out",
                           f"leave it out: only {', '.join(sorted(EDITORS_CLASSES))} are kept")  # fmt: skip
    given = Counter(clean_id(mark.text) for mark in outlined.ids)
    for mark in outlined.ids:
        wanted = clean_id(mark.text)
        if wanted != mark.text:
            report.add("id-renamed", mark.place, f'the id "{mark.text}" becomes "{wanted}"' if wanted else f'the id "{mark.text}" is taken out',
                       "begin an id with a letter, and use letters, digits and hyphens")  # fmt: skip
        elif given[wanted] > 1:
            report.add("id-repeated", mark.place, f'the id "{wanted}" is given {given[wanted]} times', "give each its own")


def _instead_of(tag: str) -> str:
    table = {
        "a": "write a link as [words](address)",
        "img": "write a picture as ![what it shows](file.svg)",
        "b": "write **bold** for bold", "strong": "write **bold** for bold",
        "i": "write *italic* for italic", "em": "write *italic* for italic",
        "table": "write the table with | between its columns",
        "ul": "write a list with hyphens", "ol": "write a list with numbers", "li": "write a list with hyphens",
        "p": "separate paragraphs by an empty line", "blockquote": "write > before each line of a quotation",
    }  # fmt: skip
    known = tag in _HTML or re.fullmatch("h[1-6]", tag)
    return table.get(tag, "leave it out" if known else "write &lt; for an angle bracket that belongs to the text")


# --- links --------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Target:
    """Where a link within the project leads."""

    path: str
    """From the project's folder."""
    anchor: str = ""


def internal(brief: Brief, link: Link) -> Target | None:
    """The file that a link of a brief leads to, by its path on the disk; None for other links."""
    if not link.target or _SCHEME.match(link.target) or link.target.startswith(("/", "#")):
        return None
    path, _, anchor = link.target.partition("#")
    full = posixpath.normpath(posixpath.join(posixpath.dirname(brief.path), unquote(path)))
    return Target(full, unquote(anchor))


def check_links(brief: Brief, catalogue: Catalogue, outlines: Mapping[str, Outline], root: Path, report: Report) -> None:
    """Check where the links and pictures of one text lead."""
    for mark in outlines[brief.path].missing_references:
        report.add("link-reference", mark.place, f'"[{mark.text}]" has no address',
                   f"add a line at the end: [{mark.text}]: https://…, or write [words](address)")  # fmt: skip
    for link in outlines[brief.path].links:
        if link.image:
            _picture(link, report)
        else:
            _link(brief, link, catalogue, outlines, root, report)


def _picture(link: Link, report: Report) -> None:
    if _SCHEME.match(link.target) or link.target.startswith("//"):
        report.add("image-remote", link.place, f'the picture "{link.target[:60]}" lies on another site',
                   "save it into the brief's folder, if its licence allows, and write its name")  # fmt: skip
        return
    if not link.text.strip():
        report.add("alt-missing", link.place, f'the picture "{link.target}" has no text for those who cannot see it',
                   f"say in a sentence what it shows: ![A line that falls from 2013 on]({link.target})")  # fmt: skip
        return
    check_alternative_text(link, report)


def _link(brief: Brief, link: Link, catalogue: Catalogue, outlines: Mapping[str, Outline], root: Path, report: Report) -> None:
    scheme = _SCHEME.match(link.target)
    if not link.target or not link.text.strip():
        report.add("link-empty", link.place, "a link has no address" if not link.target else "a link has no words", "write [words](address)")
    elif scheme and scheme["scheme"].lower() not in SCHEMES:
        report.add("link-scheme", link.place, f'a link begins with "{scheme[0]}"', "begin it with https:// or mailto:, or write the path of a file")
    elif link.target.startswith("#"):
        _anchor(link, brief, unquote(link.target[1:]), outlines[brief.path], report, own=True)
    elif link.target.startswith("/"):
        report.add("link-absolute", link.place, f'a link begins at the root of the site, "{link.target[:60]}"',
                   "write the path to the file as it lies on the disk: ../../docs/about.md")  # fmt: skip
    elif not scheme:
        _internal(brief, link, catalogue, outlines, root, report)


def _internal(brief: Brief, link: Link, catalogue: Catalogue, outlines: Mapping[str, Outline], root: Path, report: Report) -> None:
    target = internal(brief, link)
    assert target is not None
    if target.path.startswith("../") or target.path.split("/")[0] not in ("briefs", "docs"):
        report.add("link-outside", link.place, f'"{link.target}" leads out of briefs/ and docs/', "link to a page of the site, or to an address with https://")
        return
    if "/" not in link.target.removeprefix("./") and kind_of(target.path):
        return  # a file beside the brief: checks.files looks at it
    other = catalogue.by_path.get(target.path) or catalogue.by_path.get(f"{target.path}/index.md")
    if other is not None and not target.path.endswith(".md"):
        report.add("link-missing", link.place, f'"{link.target}" leads to a folder', f"write {link.target.rstrip('/')}/index.md")
    elif other is None and (target.path.startswith("briefs/") or not target.path.endswith(".md") or not (root / target.path).is_file()):
        _missing(brief, link, target, catalogue, root, report)
    elif other is not None and other.sound and not other.is_public(catalogue.now) and brief.is_public(catalogue.now):
        report.add("link-unpublished", link.place, f'"{link.target}" is not published yet', "take the link out until it is")
    elif other is not None and target.anchor and not other.withdrawal:
        _anchor(link, other, target.anchor, outlines[other.path], report, own=False)


def _missing(brief: Brief, link: Link, target: Target, catalogue: Catalogue, root: Path, report: Report) -> None:
    if (root / target.path).is_file() and target.path.endswith(".md"):
        report.add("link-missing", link.place, f'"{link.target}" leads to a brief whose header cannot be read', "mend that brief first")
        return
    here, name = posixpath.dirname(brief.path), posixpath.basename(target.path)
    pages = [*catalogue.by_path, *(path.relative_to(root).as_posix() for path in (root / "docs").rglob("*.md"))]
    same = [posixpath.relpath(page, here) for page in pages if posixpath.basename(page) == name != "index.md"]
    close = same or difflib.get_close_matches(link.target.partition("#")[0], [posixpath.relpath(page, here) for page in pages], n=1, cutoff=0.7)
    report.add("link-missing", link.place, f'"{link.target}" does not exist',
               f"did you mean {close[0]}?" if close else "write the path to a file in briefs/ or docs/, from this file's folder")  # fmt: skip


def _anchor(link: Link, other: Brief, anchor: str, outlined: Outline, report: Report, *, own: bool) -> None:
    if not anchor or anchor in outlined.anchors:
        return
    close = difflib.get_close_matches(anchor, outlined.anchors, n=1, cutoff=0.6)
    known = [heading.id for heading in outlined.headings]
    remedy = f"did you mean #{close[0]}?" if close else f"use one of {', '.join('#' + one for one in known[:6])}" if known else "leave the # part out"
    where = "this text" if own else other.path
    report.add("link-anchor", link.place, f'{where} has no heading for "#{anchor}"', remedy)
