"""What the last run found in each file, so that only what changed is read and checked again.

A file whose size and times are as they were is taken for unchanged; where they differ, as after a
new checkout, its content decides. What was found in a file holds as long as everything that it was
found by: the file, those beside it, the settings, the briefs that it links to, and this package.
"""

from __future__ import annotations

import datetime as dt
import os
import pickle
import time
import zlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, fields
from io import BytesIO
from pathlib import Path
from typing import Any

from briefpress.brief import Brief, IssueNumber
from briefpress.byline import Author
from briefpress.checks.text import internal
from briefpress.fields import Contributor, Correction, DataFile, Waiver
from briefpress.finding import Finding, Level, Place, Repair
from briefpress.limits import TooLong
from briefpress.outline import Link, Outline, outline
from briefpress.series import BRIEFS, Settings, brief_paths, read_brief
from briefpress.store import Store, digest, tool
from briefpress.values import Named

LATE = ("body", "places", "key_issue_places")
"""What a page needs of its own brief alone: it is read again where it is asked for."""
EARLY = tuple(one.name for one in fields(Brief) if one.name not in LATE)
_PARTS = 64
"""The ledger lies in so many files, of which an edit changes one."""
_UNCERTAIN = frozenset({"link-missing", "text-time"})
"""What depends on more than can be named: the names of all files, and the machine."""
_TICK = 2_000_000_000
"""Nanoseconds in which a file can be written twice without another time; filesystems differ."""


class KeptBrief(Brief):
    """A brief as it was read before; its text and the places of its fields are read when somebody asks."""

    __slots__ = ("_again",)
    _again: Callable[[], Brief | None]

    @classmethod
    def of(cls, values: tuple[Any, ...], again: Callable[[], Brief | None]) -> KeptBrief:
        """Make one of the values of EARLY, and of what reads the file anew."""
        brief: KeptBrief = object.__new__(cls)
        for write, value in zip(_WRITERS, values, strict=True):
            write(brief, value)
        object.__setattr__(brief, "_again", again)
        return brief

    def __getattr__(self, name: str) -> Any:
        if name not in LATE:
            raise AttributeError(name)
        whole = self._again()
        for late, empty in zip(LATE, ("", {}, ()), strict=True):
            object.__setattr__(self, late, getattr(whole, late) if whole else empty)
        return object.__getattribute__(self, name)


_WRITERS = [getattr(Brief, name).__set__ for name in EARLY]


@dataclass(slots=True)
class Seen:
    """What is known of one file that is meant to be a brief."""

    stat: tuple[int, int, int] | None
    """Times of the last change, of content and of the file's entry, in nanoseconds, and size; None where the time is too fresh to tell."""
    text: str
    """The digest of its content."""
    head: str
    """The digest of its header, by which lists and the record know it."""
    settings: str
    """The digest of what it was read by."""
    brief: Brief | None
    found: tuple[Finding, ...]
    """What is wrong with single fields."""
    targets: tuple[str, ...] = ()
    """The briefs and pages that its text links to, by their paths."""
    into_docs: tuple[Link, ...] = ()
    """Links to headings of pages in `docs/`."""
    anchors: str = ""
    """The digest of what a link into it may point at, and of what a remedy names."""
    beside_stat: tuple[Any, ...] = ()
    beside: str = ""
    """The digest of the files in its folder."""
    checked_by: str = ""
    """The digest of all that `checked` depends on; empty where it must be found anew."""
    checked: tuple[Finding, ...] = ()
    """What the rules on one brief found."""


_ROW = tuple(one.name for one in fields(Seen))
_BRIEF = _ROW.index("brief")


class Outlines(dict[str, Outline]):
    """What each text names, by path; of a text that was not read in this run it is found when asked for."""

    def __init__(self, briefs: Mapping[str, Brief]) -> None:
        super().__init__()
        self.briefs = briefs

    def __missing__(self, path: str) -> Outline:
        brief = self.briefs[path]
        found = self[path] = outline(brief.body, brief.body_line)
        return found


@dataclass
class Ledger:
    """The files under a project's folder as the last run saw them; without a store it knows nothing and keeps nothing."""

    root: Path
    store: Store | None
    seen: dict[str, Seen] = field(default_factory=dict)
    shared: dict[str, tuple[str, tuple[Finding, ...]]] = field(default_factory=dict)
    """What was found between briefs, and by what; by the name of the check."""
    counts: dict[str, int] = field(default_factory=lambda: {"read": 0, "checked": 0})
    """How many files were read and checked in this run."""
    by: str = ""
    """The digest of the settings, and of this package."""
    overtaken: set[str] = field(default_factory=set)
    """Files that somebody saved between being looked at and being read."""
    _changed: set[int] = field(default_factory=set)
    _began: int = field(default_factory=time.time_ns)
    _settings: Settings | None = None

    def __post_init__(self) -> None:
        files = [self.root / BRIEFS / name for name in ("series.yml", "people.yml")]
        self._of_settings = [file.read_bytes() if file.is_file() else b"" for file in files]

    def read_all(self, settings: Settings | None) -> tuple[list[Brief], list[Finding], Outlines]:
        """Read what changed since the last run.

        Returns:
            The briefs in the order of their paths, what is wrong with their fields, and what the
            texts name. A text that takes too long to read is in `slow`.
        """
        self._load()
        self._settings = settings
        by = self.by = digest(tool(), settings is None, *self._of_settings)
        briefs: dict[str, Brief] = {}
        outlines = Outlines(briefs)
        findings: list[Finding] = []
        self.slow: list[Brief] = []
        known = dict.fromkeys(brief_paths(self.root))
        for path in known:
            seen = self._unchanged(path, by) or self._read(path, by, settings, outlines)
            findings += seen.found
            if seen.brief is not None and not any(seen.brief is one for one in self.slow):
                briefs[path] = seen.brief
        for path in self.seen.keys() - known.keys():
            del self.seen[path]
            self._changed.add(_part(path))
        return list(briefs.values()), findings, outlines

    def _unchanged(self, path: str, by: str) -> Seen | None:
        seen = self.seen.get(path)
        if seen is None or seen.settings != by:
            return None
        stat = os.stat(f"{self.root}/{path}")
        if _times(stat) != seen.stat:
            if digest((self.root / path).read_bytes()) != seen.text:
                return None
            seen.stat = self._signature(stat)
            self._changed.add(_part(path))
        if path.endswith("/index.md"):
            self._look_beside(path, seen)
        return seen

    def _signature(self, stat: os.stat_result) -> tuple[int, int, int] | None:
        return None if stat.st_mtime_ns > self._began - _TICK else _times(stat)

    def _read(self, path: str, by: str, settings: Settings | None, outlines: Outlines) -> Seen:
        self.counts["read"] += 1
        stat = os.stat(f"{self.root}/{path}")
        data = (self.root / path).read_bytes()
        brief, found = read_brief(path, data, settings)
        seen = Seen(self._signature(stat), digest(data), "", by, brief, tuple(found))
        if brief is not None:
            # Line ends do not matter to those who print the header.
            seen.head = digest(b"\n".join(data.splitlines()[: brief.body_line - 1]))
            try:
                outlined = outlines[path] = outline(brief.body, brief.body_line)
            except TooLong:
                self.slow.append(brief)
                return seen  # it is not kept: another machine, or this one tomorrow, may be faster
            linked = [(link, target) for link in outlined.links if not link.image and (target := internal(brief, link)) is not None]
            seen.targets = tuple(dict.fromkeys(target.path for _, target in linked))
            seen.into_docs = tuple(link for link, target in linked if target.anchor and target.path.startswith("docs/"))
            seen.anchors = digest(sorted(outlined.anchors), [heading.id for heading in outlined.headings])
        if path.endswith("/index.md"):
            self._look_beside(path, seen)
        self.seen[path] = seen
        self._changed.add(_part(path))
        return seen

    def _look_beside(self, path: str, seen: Seen) -> None:
        stats = self._beside(path)
        signature = tuple((one.name, stat.st_mode, *_times(stat)) for one, stat in stats)
        if signature == seen.beside_stat:
            return
        seen.beside = _content(stats)
        fresh = any(stat.st_mtime_ns > self._began - _TICK for _, stat in stats)
        seen.beside_stat = () if fresh else signature
        self._changed.add(_part(path))

    def _beside(self, path: str) -> list[tuple[os.DirEntry[str], os.stat_result]]:
        with os.scandir(f"{self.root}/{path.removesuffix('/index.md')}") as listing:
            entries = sorted((one for one in listing if one.name != "index.md"), key=lambda one: one.name)
        return [(one, one.stat(follow_symlinks=False)) for one in entries]

    def stands(self, path: str) -> bool:
        """Whether what was made of a brief just now is of what this run saw first: an editor may save meanwhile."""
        seen = self.seen.get(path)
        if seen is None or path in self.overtaken:
            return False
        try:
            return not path.endswith("/index.md") or _content(self._beside(path)) == seen.beside
        except OSError:
            return False

    def between(self, name: str, by: str, find: Callable[[], list[Finding]]) -> list[Finding]:
        """What a check of all briefs finds; looked for where what it depends on changed."""
        kept = self.shared.get(name)
        if kept is None or kept[0] != by:
            kept = self.shared[name] = by, tuple(find())
            self._changed.add(_PARTS)
        return list(kept[1])

    def of_one(self, path: str, by: str, find: Callable[[], list[Finding]]) -> list[Finding]:
        """What the rules on one brief find; looked for where what it depends on changed."""
        seen = self.seen.get(path)
        if seen is not None and by and seen.checked_by == by:
            return list(seen.checked)
        self.counts["checked"] += 1
        found = find()
        if self.overtaken or any(one.code in _UNCERTAIN for one in found):
            by = ""
        if seen is not None and (by, tuple(found)) != (seen.checked_by, seen.checked):
            seen.checked_by, seen.checked = by, tuple(found)
            self._changed.add(_part(path))
        return found

    # -- on disk -----------------------------------------------------------------------------------

    def _load(self) -> None:
        if self.store is None:
            return
        for part in range(_PARTS + 1):
            data = self.store.get("ledger", self._name(part))
            if data is None:
                continue
            try:
                loaded = _Unpickler(BytesIO(data)).load()
                if part == _PARTS:
                    self.shared = loaded
                else:
                    self.seen.update((path, self._unpacked(path, row)) for path, row in loaded.items())
            except Exception:  # whatever is wrong with it, the files are read again
                continue

    def _unpacked(self, path: str, row: tuple[Any, ...]) -> Seen:
        values = row[_BRIEF]
        brief = None if values is None else KeptBrief.of(values, lambda: self._again(path))
        values = (*row[:_BRIEF], brief, *row[_BRIEF + 1 :])
        return Seen(*values)

    def _again(self, path: str) -> Brief | None:
        try:
            data = (self.root / path).read_bytes()
        except OSError:
            self.overtaken.add(path)
            return None  # it was there when this run began
        if digest(data) != self.seen[path].text:
            self.overtaken.add(path)
        return read_brief(path, data, self._settings)[0]

    def save(self) -> None:
        """Keep what this run saw; a folder that cannot be written is a ledger that begins anew."""
        if self.store is None:
            return
        rows: dict[int, dict[str, tuple[Any, ...]]] = {part: {} for part in self._changed}
        for path, seen in self.seen.items():
            if (part := _part(path)) in rows:
                rows[part][path] = _packed(seen)
        for part, content in rows.items():
            self.store.put("ledger", self._name(part), pickle.dumps(self.shared if part == _PARTS else content, protocol=5))
        self._changed.clear()

    def _name(self, part: int) -> str:
        return f"{part:02}-{digest(str(self.root.resolve()))[:16]}"


def _part(path: str) -> int:
    return zlib.crc32(path.encode("utf-8", "surrogateescape")) % _PARTS


def _times(stat: os.stat_result) -> tuple[int, int, int]:
    """What no two states of a file share: archives give one time to all, but none gives back that of the entry."""
    return stat.st_mtime_ns, stat.st_ctime_ns, stat.st_size


def _content(beside: Sequence[tuple[os.DirEntry[str], os.stat_result]]) -> str:
    return digest([(one.name, stat.st_mode) for one, stat in beside],
                  *(Path(one.path).read_bytes() for one, _ in beside if one.is_file(follow_symlinks=False)))  # fmt: skip


def _packed(seen: Seen) -> tuple[Any, ...]:
    brief = seen.brief
    values = None
    if brief is not None:
        for author in brief.authors:
            _ = author.address  # it is kept with its author
        values = tuple(getattr(brief, name) for name in EARLY)
        if brief.embargo is not None:
            values = tuple(value.astimezone(dt.UTC) if value is brief.embargo else value for value in values)
    return tuple(values if name == "brief" else getattr(seen, name) for name in _ROW)


class _Unpickler(pickle.Unpickler):
    """Makes values of these classes and no others, so that a ledger from elsewhere can run nothing."""

    def find_class(self, module: str, name: str) -> Any:
        if (found := _CLASSES.get((module, name))) is None:
            raise pickle.UnpicklingError(f"{module}.{name}")
        return found


_CLASSES = {(one.__module__, one.__qualname__): one for one in (
    Author, Contributor, Correction, DataFile, Finding, IssueNumber, Level, Link, Named, Place, Repair, Waiver, dt.date, dt.datetime,
    dt.timedelta, dt.timezone)}  # fmt: skip


def moment(brief: Brief, now: dt.datetime, today: dt.date) -> str:
    """What the clock means for a brief: nothing more, once all of its dates have passed."""
    dates = [brief.date, *(one.date for one in brief.corrections if one.date)]
    ahead = max(dates) > today or (brief.embargo is not None and brief.embargo > now)
    return f"{brief.sound} {brief.is_public(now)} {today if ahead else ''}"


def states(briefs: Mapping[str, Brief], seen: Mapping[str, Seen], root: Path, now: dt.datetime) -> Callable[[str], str]:
    """What those who link to a path need to know of what is there; each path is looked at once."""
    known: dict[str, str] = {}

    def state(path: str) -> str:
        if path not in known:
            brief = briefs.get(path)
            if brief is None:
                known[path] = str((root / path).is_file())
            else:
                known[path] = f"{brief.sound} {brief.is_public(now)} {bool(brief.withdrawal)} {seen[path].anchors}"
        return known[path]

    return state
