"""Rules on the version of record: what is public at another point of the history changes on the record only.

Two questions, each over whole briefs and by content. What did this branch do to the briefs that
were public where it left the other one? And what came there since, that it collides with? So a
branch that lags behind does not answer for what others did, and nobody else's doing excuses it.
"""

from __future__ import annotations

import difflib
import re
import tempfile
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import NamedTuple

from briefpress.brief import Brief
from briefpress.byline import folded
from briefpress.checks.across import next_free
from briefpress.checks.files import named_files
from briefpress.fields import Correction
from briefpress.finding import Finding, Level, Place
from briefpress.history import History
from briefpress.limits import TooLong
from briefpress.outline import outline, without_comments
from briefpress.rules import Report
from briefpress.series import BRIEFS, Catalogue, brief_paths, read_briefs, read_settings
from briefpress.values import LICENCES

_MOST = 8
"""Changed passages of one brief that are told one by one."""
_ALIKE = 0.8
"""How much of a passage stays where a slip of the pen is mended."""
_PAIRS = 250_000
"""Blocks of one text times those of another that are laid beside one another with care."""


@dataclass(frozen=True)
class _Version:
    """The briefs at one commit."""

    catalogue: Catalogue
    files: Mapping[str, str]
    """Every file below `briefs/` with the name of its content."""

    def public(self) -> tuple[Brief, ...]:
        """Briefs that are public there. One with a fault that is told today may well have been."""
        now = self.catalogue.now
        return tuple(
            one for one in self.catalogue.briefs
            if not one.draft and (one.embargo is None or one.embargo <= now) and (one.sound or one.number is not None)
        )  # fmt: skip


def check_record(catalogue: Catalogue, history: History) -> list[Finding]:
    """Compare the briefs of the working tree with those that are public at `history.commit`.

    Args:
        catalogue: the briefs of the working tree; its `now` decides what is public there, too.
        history: what to compare with.

    Raises:
        HistoryError: git fails.
    """
    there = _read(history, history.commit, catalogue)
    base = there if history.base == history.commit else _read(history, history.base, catalogue)
    findings: list[Finding] = []
    comparison = _Comparison(catalogue, base, history)
    for before in base.public():
        findings += comparison.kept(before)
    for before in there.catalogue.briefs:
        if _is_new(before, base):
            findings += _collision(before, there, base, catalogue, history.name)
    since = _Comparison(catalogue, there, history)
    was_public = {brief.path for brief in base.public()}
    for before in there.public():
        left = base.catalogue.by_path.get(before.path)
        if left is not None and left.path not in was_public and not _untouched(left, catalogue, base, history):
            findings += since.kept(before)  # a draft here, published there: it is theirs now
    return findings


def _read(history: History, commit: str, catalogue: Catalogue) -> _Version:
    with tempfile.TemporaryDirectory(prefix="briefpress-") as name:
        folder = Path(name)
        files = history.write(commit, folder)
        settings, faults = read_settings(folder)
        # With settings that could not be read then, the briefs are read by those of now.
        broken = any(one.level is Level.ERROR for one in faults)
        known = catalogue.settings if settings is None or broken else settings
        return _Version(Catalogue(known, read_briefs(folder, known)[0], catalogue.now), files)


def _untouched(left: Brief, catalogue: Catalogue, base: _Version, history: History) -> bool:
    """Whether a brief is here as it was where this branch left."""
    return left.path in catalogue.by_path and history.contents([left.path]).get(left.path) == base.files.get(left.path)


def _is_new(brief: Brief, base: _Version) -> bool:
    """Whether a brief took its number, or its address, since the branches parted; its file may be older."""
    return brief.key not in base.catalogue.by_key


def _collision(before: Brief, there: _Version, base: _Version, catalogue: Catalogue, ref: str) -> Iterator[Finding]:
    """Two branches gave one number, or one address, to two briefs."""
    address = there.catalogue.permalink(before) if before.number is not None or before.sound else ""
    for ours in catalogue.briefs:
        same = ours.key == before.key or (ours.sound and catalogue.permalink(ours) == address)
        if not same or ours.path == before.path or not _is_new(ours, base):
            continue
        report = Report(ours.path)
        if ours.number is None:
            report.add("record-number", Place(1, 1), f"{before.path} has the same address at {ref}", "rename the file")
        else:
            free = next_free((*catalogue.briefs, *there.catalogue.briefs), ours.number, ours.series)
            report.add("record-number", ours.place("number"), f"{ours.number} is given to {before.path} at {ref}, and here to {ours.path}",
                       f"take the next free number of the series, {free}")  # fmt: skip
        yield from report.findings


class _Comparison:
    """The briefs of the working tree beside those of one commit."""

    def __init__(self, catalogue: Catalogue, base: _Version, history: History) -> None:
        self.catalogue, self.base, self.history, self.ref = catalogue, base, history, history.name
        self.by_permalink = {catalogue.permalink(one): one for one in reversed(catalogue.briefs) if one.number is not None or one.sound}
        self.aliases = {alias.text: one for one in reversed(catalogue.briefs) for alias in one.aliases}
        self.public_paths = {one.path for one in base.public()}

    def kept(self, before: Brief) -> Iterator[Finding]:
        """What a brief that was public lacks here."""
        address = self.base.catalogue.permalink(before)
        holder = self.by_permalink.get(address)
        in_place = holder is not None and self._is_same(before, holder)
        ours = holder if in_place else self._moved(before, f"/{address}")
        if ours is None:
            yield from self._gone(before, holder)
        elif not ours.sound and not ours.draft:
            return  # its own errors come first; what a draft lacks is none
        elif not ours.is_public(self.catalogue.now):
            yield from self._hidden(before, ours)
        else:
            yield from self._changed(before, ours) if in_place else self._renumbered(before, ours, f"/{address}")
            yield from self._addresses(before, ours)

    def _is_same(self, before: Brief, ours: Brief) -> bool:
        """Whether it is that brief, in its file or in a file of another name."""
        if ours.path == before.path:
            return True
        return before.path not in self.catalogue.by_path and ours.path not in self.base.files and _alike(before, ours)

    def _moved(self, before: Brief, old: str) -> Brief | None:
        """The brief at another address: it says so itself, has the same file, or the same text."""
        heir = self.aliases.get(old)
        if heir is not None and (heir.path == before.path or (heir.path not in self.public_paths and _alike(before, heir))):
            return heir
        if before.path in self.catalogue.by_path:
            return self.catalogue.by_path[before.path]
        new = (one for one in self.catalogue.briefs if one.path not in self.base.files)
        return next((one for one in new if _blocks(one.body) == _blocks(before.body)), None)

    def _hidden(self, before: Brief, ours: Brief) -> Iterator[Finding]:
        report = Report(ours.path)
        how, field = ("a draft", "draft") if ours.draft else ("under an embargo", "embargo")
        report.add("record-vanished", ours.place(field), f"{before.reference} is public at {self.ref} and is now {how}",
                   "take the line out; to take the brief back, write a correction of kind withdrawal")  # fmt: skip
        yield from report.findings

    def _gone(self, before: Brief, holder: Brief | None) -> Iterator[Finding]:
        file = self.history.root / before.path
        if before.path in set(brief_paths(self.history.root)):
            return  # it cannot be read, and there is a finding for that
        why = ("is a link to another place" if file.is_symlink() else "is no longer read: an index.md lies above it" if file.is_file()
               else "is gone")  # fmt: skip
        if holder is not None:
            why += f", and its {'number' if before.number else 'address'} is given to {holder.path}"
        report = Report(before.path)
        report.add("record-vanished", Place(1, 1), f"{before.reference} is public at {self.ref} and its file {why}",
                   f"bring it back (git checkout {self.ref} -- {before.path}); to take it back, write a correction of kind withdrawal")  # fmt: skip
        yield from report.findings

    def _renumbered(self, before: Brief, ours: Brief, old: str) -> Iterator[Finding]:
        report = Report(ours.path)
        if old in {alias.text for alias in ours.aliases} and any(one.shown for one in _new(before, ours)):
            self._check_log(before, ours, report)
        elif ours.series != before.series:
            report.add("record-vanished", ours.place("series"),
                       f"{before.series} {before.reference} is public at {self.ref} and is now in {ours.series}",
                       f"put it back into its series; {self._or_say_it(old)}")  # fmt: skip
        elif before.number is not None and ours.number is not None:
            report.add("record-vanished", ours.place("number"), f"{before.reference} is public at {self.ref} and is now {ours.reference}",
                       f"write number: {before.reference}; {self._or_say_it(old)}")  # fmt: skip
        elif before.number is None and before.date.year != ours.date.year:
            report.add("record-vanished", ours.place("date"), f"{before.reference} is public at {self.ref}, and its date is now in {ours.date.year}",
                       f"write date: {before.date}; {self._or_say_it(old)}")  # fmt: skip
        else:
            report.add("record-vanished", Place(1, 1), f"{old} is public at {self.ref} and has moved",
                       f"give the file its name back, and series.yml its slugs and numbering; {self._or_say_it(old)}")  # fmt: skip
        yield from report.findings

    @staticmethod
    def _or_say_it(old: str) -> str:
        return f"or say it on the record: aliases: [{old}], and a correction that says why"

    def _addresses(self, before: Brief, ours: Brief) -> Iterator[Finding]:
        """Old addresses that are public lead to the same brief for good."""
        report = Report(ours.path)
        own = {alias.text for alias in ours.aliases} | {f"/{self.catalogue.permalink(ours)}"}
        for alias, _ in before.aliases:
            if alias not in own:
                report.add("record-vanished", ours.place("aliases"),
                           f"the old address {alias} of {before.reference} is public at {self.ref} and no longer leads here",
                           f"write it under aliases again: aliases: [{alias}]")  # fmt: skip
        yield from report.findings

    # -- what changed ----------------------------------------------------------------------------

    def _changed(self, before: Brief, ours: Brief) -> Iterator[Finding]:
        report = Report(ours.path)
        self._check_log(before, ours, report)
        new = _new(before, ours)
        remedy = "add an entry under corrections, with a date, a kind and a note; for a slip of the pen, kind: typo is enough"
        if not any(one.shown for one in new):
            found = list(self._differences(before, ours))
            if new:
                found = [one for one in found if not one.slip]
                remedy = "that is more than a slip of the pen: write a correction with a date, a kind and a note"
            for one in found[:_MOST]:
                report.add("record-text", one.place, f"{one.message}, and {before.reference} is public at {self.ref}", remedy)
            if len(found) > _MOST:
                report.add("record-text", found[_MOST].place, f"{len(found) - _MOST} more passages of {before.reference} changed", remedy)
        yield from report.findings

    def _check_log(self, before: Brief, ours: Brief, report: Report) -> None:
        """What the log says stays, and new entries stand below the old ones."""
        now = [_entry(one) for one in ours.corrections]
        old = [_entry(one) for one in before.corrections]
        left = list(now)
        for kind, date, note in old:
            if (kind, date, note) in left:
                left.remove((kind, date, note))
                continue
            said = f'note: "{note}"' if note else f"kind: {kind}"
            report.add("record-correction", ours.place("corrections"),
                       f"{f'the {kind} of {date}' if date else f'a {kind}'}, public at {self.ref}, is gone or has changed",
                       f"bring it back as it was, {said}, and add a new entry below it")  # fmt: skip
        moved = next((index for index, (a, b) in enumerate(zip(old, now, strict=False)) if a != b), None)
        if moved is not None and not report.findings:
            report.add("record-correction", ours.corrections[moved].place, f"this entry stands above one that is public at {self.ref}",
                       "put new entries below the old ones, and leave those in their order")  # fmt: skip

    def _differences(self, before: Brief, ours: Brief) -> Iterator[_Difference]:
        old, new = self._header(self.base.catalogue, before), self._header(self.catalogue, ours)
        for name, was in old.items():
            now = new.get(name, was)  # a withdrawal takes key issues and files away
            # What could not be read then is not compared; a DOI can come later.
            if was == now or (name == "doi" and not any(was)) or (not before.sound and not any(was)):
                continue
            gone, came = [one for one in was if one and one not in now], [one for one in now if one and one not in was]
            said = f": {_excerpt(gone[0], came[0])}" if gone and came else ""
            if not said and (gone or came):
                said = f': "{_short((gone or came)[0])}" {"is gone" if gone else "is new"}'
            slip = len(was) == len(now) and all(_is_slip(a, b) for a, b in zip(was, now, strict=True))
            yield _Difference(ours.place(name), f"the {_NAMES.get(name, name)} changed{said}", slip)
        if before.withdrawal:
            return  # nothing else of it was public
        for file, place, slip in self._files(before, ours):
            yield _Difference(place, f"the file {file} changed", slip)
        yield from _texts(before, ours)

    @staticmethod
    def _header(catalogue: Catalogue, brief: Brief) -> dict[str, tuple[str, ...]]:
        """What of the header, and of its series, readers cite, rely on or read as text."""
        series = catalogue.series(brief)
        shown = {} if brief.withdrawal else {
            "key_issues": brief.key_issues,
            "image": (brief.image.text, brief.image_alt) if brief.image else (),
            "data": tuple(f"{one.file.text} {one.title}".strip() for one in brief.data),
            "pdf": (brief.pdf.text,) if brief.pdf else (),
        }  # fmt: skip
        return shown | {
            "title": (brief.title,),
            "subtitle": (brief.subtitle,),
            "author": tuple(author.name for author in brief.authors),
            "date": (brief.date.isoformat(),),
            "lang": (brief.lang,),
            "contributors": tuple(f"{one.name} ({one.role})" for one in brief.contributors),
            "funding": (brief.funding,),
            "acknowledgements": (brief.acknowledgements,),
            "publishers": brief.publishers,
            "other_numbers": brief.other_numbers,
            "issn": (brief.issn,),
            "doi": (brief.doi,),
            "license": (LICENCES[brief.license].name if brief.license in LICENCES else brief.license,),
            "disclaimer": (series.disclaimer.one, series.disclaimer.several),
        }

    def _files(self, before: Brief, ours: Brief) -> Iterator[tuple[str, Place, bool]]:
        """The figures and data of a brief that differ, the places where they are named, and whether it can be a slip."""
        if not ours.folder or not before.folder:
            return
        was = self._beside[before.folder]
        others = {name for name, content in was.items() if self._now.get(f"{ours.folder}/{name}") not in (None, content)}
        differing = {name for name in others if not self._same_lines(was[name], f"{ours.folder}/{name}")}
        if not differing:
            return
        try:
            outlined = outline(ours.body, ours.body_line)
        except TooLong:
            return  # there is a finding for that
        named = {name.text: name.place for name, _ in named_files(ours, outlined)}
        for name in sorted(differing & named.keys()):
            yield name, named[name], self._is_slip(was[name], f"{ours.folder}/{name}")

    def _is_slip(self, content: str, path: str) -> bool:
        """Whether a file differs by a slip of the pen: letters of a text, never a figure; a designer's PDF follows its brief."""
        if path.endswith(".pdf"):
            return True
        try:
            was, now = self.history.content(content).decode("utf-8"), (self.history.root / path).read_text("utf-8")
        except UnicodeDecodeError:
            return False
        return re.findall(r"\d", was) == re.findall(r"\d", now) and _is_slip(was, now)

    @cached_property
    def _beside(self) -> Mapping[str, dict[str, str]]:
        """The files of each folder at the commit, with the names of their contents."""
        found: dict[str, dict[str, str]] = defaultdict(dict)
        for path, content in self.base.files.items():
            folder, _, name = path.rpartition("/")
            found[folder][name] = content
        return found

    @cached_property
    def _now(self) -> Mapping[str, str]:
        """The files beside the briefs with the names of their contents, as they are now."""
        root = self.history.root
        files = (path.relative_to(root).as_posix() for path in (root / BRIEFS).rglob("*") if path.suffix not in (".md", ".yml"))
        return self.history.contents(files)

    def _same_lines(self, content: str, path: str) -> bool:
        """Whether only the line ends differ, which are the machine's own."""
        was, now = self.history.content(content), (self.history.root / path).read_bytes()
        return was.replace(b"\r\n", b"\n") == now.replace(b"\r\n", b"\n")


class _Difference(NamedTuple):
    """One thing that differs."""

    place: Place
    """In our file."""
    message: str
    """A sentence without its end."""
    slip: bool
    """Whether it can be a slip of the pen that was mended."""


_NAMES = {"key_issues": "key issues", "license": "licence", "lang": "language", "other_numbers": "other numbers", "issn": "ISSN", "doi": "DOI"}


def _entry(one: Correction) -> tuple[str, str, str]:
    return one.kind, str(one.date or ""), one.note.text if one.note else ""


def _new(before: Brief, ours: Brief) -> list[Correction]:
    """The entries of the log besides those that were there before; what was said once is no news."""
    old = [_entry(one) for one in before.corrections]
    found = []
    for one in ours.corrections:
        if _entry(one) in old:
            if not one.shown:
                old.remove(_entry(one))
        else:
            found.append(one)
    return found


def _alike(before: Brief, ours: Brief) -> bool:
    """Whether two briefs in files of different names are one: by title, or by most of the text."""
    if folded(before.title) == folded(ours.title):
        return True
    old, new = set(_texts_of(before)), set(_texts_of(ours))
    return len(old & new) * 2 > max(len(old), len(new))


def _texts_of(brief: Brief) -> list[str]:
    return [block.text for block in _blocks(brief.body)]


# --- texts ----------------------------------------------------------------------------------------


class _Block(NamedTuple):
    """A paragraph, heading, list, table or piece of code, without what no reader sees."""

    text: str
    line: int
    """The line of the body on which it begins, from 0; not part of what is compared."""

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Block) and self.text == other.text

    def __hash__(self) -> int:
        return hash(self.text)


_FENCE = re.compile(r"(`{3,}|~{3,})[^`]*")
# What begins a line of its own within a block: items, rows, headings, definitions of notes, pictures.
_RULER = re.compile(r"\|?[ \t]*:?-+:?[ \t]*(?:\|[ \t]*:?-+:?[ \t]*)+\|?|\|[ \t]*:?-+:?[ \t]*\|")
_MARK = re.compile(r"(?:[-*+]|\d{1,3}[.)])[ \t]|\||#{1,6}[ \t]|\[\^[^\]]+\]:|!\[|:[ \t]|(?:=+|-+)$")


def _blocks(body: str) -> list[_Block]:
    """The blocks of a body. White space does not count but where it means something: in code, and before an item."""
    found: list[_Block] = []
    lines = without_comments(body, " ").split("\n")  # the page leaves comments out
    index = 0
    while index < len(lines):
        line = lines[index]
        start = index
        index += 1
        if not line.strip():
            continue
        if (fence := _FENCE.fullmatch(line)) is not None:
            end = next((at for at in range(index, len(lines)) if lines[at].rstrip() == fence[1]), None)
            if end is not None:
                found.append(_Block("\n".join(lines[start : end + 1]), start))
                index = end + 1
                continue
        if line.startswith("#"):
            found.append(_Block(" ".join(line.split()), start))
            continue
        while index < len(lines) and lines[index].strip() and not lines[index].startswith("#") and not _FENCE.fullmatch(lines[index]):
            index += 1
        found.append(_Block(_folded_lines(lines[start:index]), start))
    return found


def _folded_lines(lines: list[str]) -> str:
    """The lines of a block with those joined that readers see as one."""
    if all(line.startswith(("    ", "\t")) for line in lines) and not any(_MARK.match(line.strip()) for line in lines):
        return "\n".join(line.rstrip() for line in lines)  # code, or a paragraph of an item: its lines may mean something
    out: list[str] = []
    table = any(_RULER.fullmatch(line.strip(" \t>")) for line in lines)  # its rows may have no line at either end
    for line in lines:
        quoted = re.match(r"(?:[ ]{0,3}>[ ]?)*", line)
        assert quoted is not None
        depth, bare = quoted[0].count(">"), line[quoted.end() :]
        words = " ".join(bare.split())
        indent = (len(bare.expandtabs(4)) - len(bare.expandtabs(4).lstrip())) // 4
        begins = not out or (table and "|" in bare) or _MARK.match(bare.strip()) or out[-1].endswith("\\n") or not out[-1].startswith("> " * depth)
        if begins:
            out.append("> " * depth + "    " * indent + words)
        else:
            out[-1] += f" {words}"
        if bare.endswith("  "):
            out[-1] += "\\n"  # two blanks at the end of a line break it
    return "\n".join(out).removesuffix("\\n")


def _texts(before: Brief, ours: Brief) -> Iterator[_Difference]:
    """The blocks of the text that differ."""
    if before.body == ours.body:
        return
    was, now = _blocks(before.body), _blocks(ours.body)
    head = next((i for i, (a, b) in enumerate(zip(was, now, strict=False)) if a != b), min(len(was), len(now)))
    tail = next((i for i, (a, b) in enumerate(zip(was[head:][::-1], now[head:][::-1], strict=False)) if a != b), min(len(was), len(now)) - head)
    old, new = was[head : len(was) - tail], now[head : len(now) - tail]
    if len(old) * len(new) > _PAIRS:
        runs: Sequence[tuple[str, int, int, int, int]] = [("replace", 0, len(old), 0, len(new))]  # beside one another as they stand
    else:
        runs = difflib.SequenceMatcher(None, [one.text for one in old], [one.text for one in new], autojunk=False).get_opcodes()
    for kind, i, i2, j, j2 in runs:
        if kind == "equal":
            continue
        for step in range(max(i2 - i, j2 - j)):
            a = was[head + i + step].text if i + step < i2 else ""
            b = now[head + j + step].text if j + step < j2 else ""
            if a == b:
                continue
            at = min(head + (j + step if b else max(j, j2 - 1)), len(now) - 1)
            place = Place(ours.body_line + (now[at].line if now else 0), 1)
            if not b:
                yield _Difference(place, f'{_where(was, head + i + step)} is gone: "{_short(a)}"', False)
            elif not a:
                yield _Difference(place, f'{_where(now, head + j + step)} is new: "{_short(b)}"', False)
            else:
                yield _Difference(place, f"{_where(now, head + j + step)} changed: {_excerpt(a, b)}", _is_slip(a, b))


def _is_slip(old: str, new: str) -> bool:
    """Whether one text is the other but for a few letters."""
    if old == new:
        return True
    if not old or not new:
        return False
    if len(old) * len(new) > 16 * _PAIRS:  # letter by letter would take long; word by word is near enough
        return difflib.SequenceMatcher(None, old.split(), new.split(), autojunk=False).ratio() >= _ALIKE
    return difflib.SequenceMatcher(None, old, new, autojunk=False).ratio() >= _ALIKE


def _where(blocks: list[_Block], index: int) -> str:
    """`paragraph 2 under "Introduction"`."""
    if heading := re.match(r"#+\s+(.*)", blocks[index].text):
        return f'the heading "{_short(heading[1])}"'
    above = next((i for i in range(index, -1, -1) if blocks[i].text.startswith("#")), -1)
    under = f' under "{_short(blocks[above].text.lstrip("#").strip())}"' if above >= 0 else ""
    return f"paragraph {index - above}{under}"


def _excerpt(old: str, new: str) -> str:
    """The words that differ, with two on either side: `"share is 41 per cent" is now "share is 44 per cent"`."""
    a, b = old.split(), new.split()
    if a == b:  # white space that means something
        return "its lines or its indentation are others"
    start = next((i for i, (x, y) in enumerate(zip(a, b, strict=False)) if x != y), min(len(a), len(b)))
    end = next((i for i, (x, y) in enumerate(zip(a[start:][::-1], b[start:][::-1], strict=False)) if x != y), min(len(a), len(b)) - start)
    first = max(0, start - 2)
    return f'"{_short(" ".join(a[first : len(a) - end + 2]), 80)}" is now "{_short(" ".join(b[first : len(b) - end + 2]), 80)}"'


def _short(text: str, limit: int = 60) -> str:
    text = " ".join(text.split())
    return text if len(text) <= limit else text[: limit - 1].rstrip() + "…"
