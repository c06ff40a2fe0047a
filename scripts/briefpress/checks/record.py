"""Rules on the version of record: what is public at another point of the history changes on the record only.

Compared with what is public there, but only where this branch changed something since it left:
a branch that lags behind does not fail for what others did.
"""

from __future__ import annotations

import difflib
import re
import tempfile
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from briefpress.brief import Brief
from briefpress.checks.across import next_free
from briefpress.checks.files import named_files
from briefpress.fields import Correction
from briefpress.finding import Finding, Place
from briefpress.history import History
from briefpress.limits import TooLong
from briefpress.outline import outline, without_comments
from briefpress.rules import Report
from briefpress.series import Catalogue, brief_paths, read_catalogue

_MOST = 8
"""Changed passages of one brief that are told one by one."""


def check_record(catalogue: Catalogue, root: Path, history: History) -> list[Finding]:
    """Compare the briefs of the working tree with those that are public at `history.commit`.

    Args:
        catalogue: the briefs of the working tree; its `now` decides what is public there, too.
        root: the project's folder.
        history: what to compare with.

    Raises:
        HistoryError: git fails.
    """
    changed, mine = history.changed(history.commit), history.changed(history.base)
    if {"briefs/series.yml", "briefs/people.yml"} & mine:
        # They can move every permalink and change every by-line, so every brief is looked at.
        changed |= frozenset(catalogue.by_path)
        mine |= frozenset(catalogue.by_path)
    for path in [path for path in mine if path.endswith("/index.md")]:
        # It hides every brief in the folders below it.
        below = frozenset(file.relative_to(root).as_posix() for file in (root / path).parent.rglob("*.md"))
        changed, mine = changed | below, mine | below
    there = _read(history, history.commit, changed, catalogue)
    base = there if history.base == history.commit else _read(history, history.base, changed | mine, catalogue)
    findings: list[Finding] = []
    if there is None:
        return findings
    # In a series without numbers two names of a file can make one address.
    by_permalink = {catalogue.permalink(one): one for one in catalogue.briefs if one.number is None and one.sound}
    for before in there.public:
        ours = catalogue.by_key.get(before.key) or by_permalink.get(there.permalink(before))
        left = base.by_key.get(before.key) if base else None
        touched = before.path in mine or (ours is not None and ours.path in mine)
        if ours is None or not ours.is_public(catalogue.now):
            if touched:
                findings += _vanished(before, ours, there, catalogue, mine, history)
        elif left is None and ours.path != before.path:
            findings += _both(before, ours, there, catalogue, history.name)
        elif touched or any(path.startswith(f"{ours.folder}/") for path in mine if ours.folder):
            # What others changed there since this branch left it will come with them.
            if left is not None and left.is_public(catalogue.now):
                findings += _changed(_Compared(left, ours, history, history.base, root), mine)
            else:
                findings += _changed(_Compared(before, ours, history, history.commit, root), mine)
    return findings


def _read(history: History, commit: str, paths: frozenset[str], catalogue: Catalogue) -> Catalogue | None:
    """The briefs at a commit, of those paths; None where there was no series yet."""
    # A brief's figures and data are in its folder, and may change without its text.
    briefs = frozenset(path if path.endswith(".md") else f"{path.rpartition('/')[0]}/index.md" for path in paths)
    with tempfile.TemporaryDirectory(prefix="briefpress-") as folder:
        history.write(commit, briefs, Path(folder))
        if not (Path(folder) / "briefs/series.yml").is_file():
            return None
        return read_catalogue(Path(folder), catalogue.now)[0]


# --- what vanished -----------------------------------------------------------------------------


def _vanished(before: Brief, ours: Brief | None, there: Catalogue, catalogue: Catalogue, mine: frozenset[str],
              history: History) -> Iterator[Finding]:  # fmt: skip
    ref, name = history.name, before.reference
    old = f"/{there.permalink(before)}"
    new = [one for one in catalogue.briefs if one.path in mine and one.key not in there.by_key]
    moved = (
        next((one for one in catalogue.briefs if old in {alias.text for alias in one.aliases}), None)
        or catalogue.by_path.get(before.path)
        or next((one for one in new if _body(one.body) == _body(before.body)), None)
    )
    now = ours or moved
    if now is not None and not now.is_public(catalogue.now):
        if not now.sound and not now.draft:
            return  # its own errors come first; what a draft lacks is none
        report = Report(now.path)
        how, field = ("a draft", "draft") if now.draft else ("under an embargo", "embargo")
        report.add("record-vanished", now.place(field), f"{name} is public at {ref} and is now {how}",
                   "take the line out; to take the brief back, write a correction of kind withdrawal")  # fmt: skip
    elif now is not None:
        report = Report(now.path)
        if old in {alias.text for alias in now.aliases} and any(one.shown for one in _new(before, now)):
            _check_log(before, now, ref, report)
            yield from report.findings
            return
        if now.series == before.series:
            field, was, is_now = "number", name, now.reference
            back = f"write number: {name}" if before.number else "give the file its name back"
        else:
            field, was, is_now, back = "series", before.series, now.series, "put it back into its series"
        report.add("record-vanished", now.place(field), f"{was} is public at {ref} and is now {is_now}",
                   f"{back}; or say it on the record: aliases: [{old}], and a correction that says why")  # fmt: skip
    elif before.path in set(brief_paths(history.root)):
        return  # it cannot be read, and there is a finding for that
    else:
        report = Report(before.path)
        gone = "is no longer read: an index.md lies above it" if (history.root / before.path).is_file() else "is gone"
        report.add("record-vanished", Place(1, 1), f"{name} is public at {ref} and its file {gone}",
                   f"bring it back (git checkout {ref} -- {before.path}); to take it back, write a correction of kind withdrawal")  # fmt: skip
    yield from report.findings


def _both(before: Brief, ours: Brief, there: Catalogue, catalogue: Catalogue, ref: str) -> Iterator[Finding]:
    """Two branches gave one number, or one address, to two briefs."""
    report = Report(ours.path)
    if ours.number is None:
        report.add("record-number", Place(1, 1), f"{before.path} has the same address at {ref}", "rename the file")
    else:
        every = (*catalogue.briefs, *there.briefs)
        report.add("record-number", ours.place("number"), f"{ours.number} is given to {before.path} at {ref}, and here to {ours.path}",
                   f"take the next free number of the series, {next_free(every, ours.number, ours.series)}")  # fmt: skip
    yield from report.findings


# --- what changed ------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Compared:
    """A brief as it is public at a commit, and as it is here."""

    before: Brief
    ours: Brief
    history: History
    commit: str
    root: Path


def _changed(pair: _Compared, mine: frozenset[str]) -> Iterator[Finding]:
    before, ours, ref = pair.before, pair.ours, pair.history.name
    report = Report(ours.path)
    _check_log(before, ours, ref, report)
    if not _new(before, ours):
        remedy = "add an entry under corrections, with a date, a kind and a note; for a slip of the pen, kind: typo is enough"
        found = list(_differences(pair, mine))
        for place, message in found[:_MOST]:
            report.add("record-text", place, f"{message}, and {before.reference} is public at {ref}", remedy)
        if len(found) > _MOST:
            report.add("record-text", found[_MOST][0], f"{len(found) - _MOST} more passages of {before.reference} changed", remedy)
    yield from report.findings


def _check_log(before: Brief, ours: Brief, ref: str, report: Report) -> None:
    for kind, date, note in _log(before) - _log(ours):
        what = f"the {kind} of {date}" if date else f"a {kind}"
        report.add("record-correction", ours.place("corrections"), f"{what}, public at {ref}, is gone or has changed",
                   "bring it back as it was, " + (f'note: "{note}"' if note else f"kind: {kind}") + ", and add a new entry below it")  # fmt: skip


def _entry(one: Correction) -> tuple[str, str, str]:
    return one.kind, str(one.date or ""), one.note.text if one.note else ""


def _log(brief: Brief) -> Counter[tuple[str, str, str]]:
    return Counter(map(_entry, brief.corrections))


def _new(before: Brief, ours: Brief) -> list[Correction]:
    """The entries of the log that were not there before."""
    known = _log(before)
    found = []
    for one in ours.corrections:
        if known[_entry(one)]:
            known[_entry(one)] -= 1
        else:
            found.append(one)
    return found


def _header(brief: Brief) -> dict[str, tuple[str, ...]]:
    """What of the header readers cite or read as text, by field."""
    return {
        "title": (brief.title,),
        "subtitle": (brief.subtitle,),
        "author": tuple(author.name for author in brief.authors),
        "date": (brief.date.isoformat(),),
        "key_issues": brief.key_issues,
        "image": (brief.image.text, brief.image_alt) if brief.image else (),
        "data": tuple(f"{one.file.text} {one.title}".strip() for one in brief.data),
        "pdf": (brief.pdf.text,) if brief.pdf else (),
    }


def _body(body: str) -> list[str]:
    """The paragraphs without what no reader sees: comments, line ends, blanks."""
    return [" ".join(text.split()) for _, text in _paragraphs(body)]


def _paragraphs(body: str) -> Iterator[tuple[int, str]]:
    """Each block between empty lines, with the line of the body on which it begins, from 0."""
    block: list[str] = []
    start = 0
    for index, line in enumerate([*without_comments(body, "").split("\n"), ""]):
        if line.strip():
            if not block:
                start = index
            block.append(line)
        elif block:
            yield start, "\n".join(block)
            block = []


def _files(pair: _Compared, mine: frozenset[str]) -> Iterator[tuple[str, Place]]:
    """The figures and data of a brief that differ, with the places where they are named."""
    before, ours = pair.before, pair.ours
    if not ours.folder or not any(path.startswith((f"{ours.folder}/", f"{before.folder}/")) for path in mine if path != ours.path):
        return
    try:
        outlined = outline(ours.body, ours.body_line)
    except TooLong:
        return  # there is a finding for that
    named = {name.text: name.place for name, _ in named_files(ours, outlined)}
    for name, place in named.items():
        was = pair.history.content(pair.commit, f"{before.folder}/{name}")
        file = pair.root / ours.folder / name
        # The line ends of a table are the machine's own.
        if was and file.is_file() and was.replace(b"\r\n", b"\n") != file.read_bytes().replace(b"\r\n", b"\n"):
            yield name, place


def _differences(pair: _Compared, mine: frozenset[str]) -> Iterator[tuple[Place, str]]:
    """Each thing that differs: its place in our file, and a sentence without its end."""
    before, ours = pair.before, pair.ours
    old, new = _header(before), _header(ours)
    for name in old:
        if old[name] == new[name]:
            continue
        gone = [one for one in old[name] if one not in new[name]]
        came = [one for one in new[name] if one not in old[name]]
        what = "key issues" if name == "key_issues" else name
        said = f': {_excerpt(gone[0], came[0])}' if gone and came and gone[0] and came[0] else ""
        yield ours.place(name), f"the {what} changed{said}"
    for name, place in _files(pair, mine):
        yield place, f"the file {name} changed"
    was, now = _body(before.body), _body(ours.body)
    blocks = list(_paragraphs(ours.body))
    for kind, i, i2, j, j2 in difflib.SequenceMatcher(None, was, now, autojunk=False).get_opcodes():
        if kind == "equal":
            continue
        for step in range(max(i2 - i, j2 - j)):
            a, b = (was[i + step] if i + step < i2 else ""), (now[j + step] if j + step < j2 else "")
            at = min(j + step, j2 - 1) if b else min(j, len(blocks) - 1)
            line = ours.body_line + (blocks[at][0] if blocks else 0)
            if not b:
                where = _where(was, i + step)
                yield Place(line, 1), f'{where} is gone: "{_short(a)}"'
            elif not a:
                yield Place(line, 1), f'{_where(now, j + step)} is new: "{_short(b)}"'
            else:
                yield Place(line, 1), f"{_where(now, j + step)} changed: {_excerpt(a, b)}"


def _where(paragraphs: list[str], index: int) -> str:
    """`paragraph 2 under "Introduction"`."""
    if heading := re.match(r"#+\s+(.*)", paragraphs[index]):
        return f'the heading "{_short(heading[1])}"'
    above = next((i for i in range(index, -1, -1) if paragraphs[i].startswith("#")), -1)
    under = f' under "{_short(paragraphs[above].lstrip("#").strip())}"' if above >= 0 else ""
    return f"paragraph {index - above}{under}"


def _excerpt(old: str, new: str) -> str:
    """The words that differ, with two on either side: `"share is 41 per cent" is now "share is 44 per cent"`."""
    a, b = old.split(), new.split()
    start = next((i for i, (x, y) in enumerate(zip(a, b, strict=False)) if x != y), min(len(a), len(b)))
    end = next((i for i, (x, y) in enumerate(zip(a[start:][::-1], b[start:][::-1], strict=False)) if x != y), min(len(a), len(b)) - start)
    first = max(0, start - 2)
    return f'"{_short(" ".join(a[first : len(a) - end + 2]), 80)}" is now "{_short(" ".join(b[first : len(b) - end + 2]), 80)}"'


def _short(text: str, limit: int = 60) -> str:
    return text if len(text) <= limit else text[: limit - 1].rstrip() + "…"
