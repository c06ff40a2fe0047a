"""The next free number of a series, here and on every branch, and the file of the brief that takes it."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from briefpress.brief import Brief, IssueNumber
from briefpress.byline import address_part
from briefpress.checks.across import next_free
from briefpress.history import HistoryError, on_branches
from briefpress.series import BRIEFS, Series, Settings, brief_paths, read_brief

STEM = 60
"""How long the name of a file may be, in characters; a permalink is made from it where there is no number."""
_NUMBER = re.compile(r"^\s*[\"']?(?:number|no|nr|issue)[\"']?\s*:[^\d\n]*0*(?P<n>[1-9][0-9]{0,4})\b(?:\s*/\s*(?P<year>[0-9]{4}))?",
                     re.IGNORECASE | re.MULTILINE)  # fmt: skip
_SERIES = re.compile(r"^\s*series\s*:\s*[\"']?(?P<slug>[a-z0-9-]+)", re.MULTILINE)


@dataclass(frozen=True)
class Known:
    """All briefs that can be known of: those of the working tree and those of the branches."""

    briefs: tuple[Brief, ...]
    unread: tuple[tuple[str, IssueNumber], ...]
    """Numbers in headers that cannot be read, each with the slug of its series: they are somebody's too."""
    paths: frozenset[str]
    branches: int | None
    """How many branches were looked at; None where git could not be asked."""
    why_not: str = ""
    """Why it could not."""

    def next_number(self, series: Series, year: int) -> IssueNumber | None:
        """The number after the highest that is taken; None in a series without numbers."""
        if series.numbering == "none":
            return None
        like = IssueNumber(year if series.numbering == "per-year" else 0, 0)
        unread = [number.n for slug, number in self.unread if slug == series.slug and number.year == like.year]
        return IssueNumber(like.year, max([next_free(self.briefs, like, series.slug).n, *(n + 1 for n in unread)]))


def known(root: Path, settings: Settings) -> Known:
    """Read the briefs of the working tree and of every branch that git knows here."""
    texts = {(path, ""): (root / path).read_bytes() for path in brief_paths(root)}
    branches, why_not = None, ""
    try:
        found, branches = on_branches(root)
        texts |= found
    except HistoryError as error:
        why_not = str(error).partition(", ")[0]  # what follows is advice for another command
    briefs: list[Brief] = []
    unread: list[tuple[str, IssueNumber]] = []
    for (path, _), data in texts.items():
        if any(part[0] in "._" for part in path.split("/")) or path.lower().endswith("/readme.md"):
            continue  # no briefs; `series` leaves them out in the working tree
        brief, _ = read_brief(path, data, settings)
        if brief is not None:
            briefs.append(brief)
        if brief is None or brief.number is None:
            unread += _guessed(path, data, settings)
    return Known(tuple(briefs), tuple(unread), frozenset(path for path, _ in texts), branches, why_not)


def _guessed(path: str, data: bytes, settings: Settings) -> Iterable[tuple[str, IssueNumber]]:
    """The number that an editor most likely means, where the header, or the number in it, cannot be read."""
    text = data.replace(b"\0", b"").decode("utf-8", "replace")  # of UTF-16 this leaves the plain letters
    hit, named = _NUMBER.search(text), _SERIES.search(text)
    series = settings.get(named["slug"] if named else path.split("/")[1]) or settings.series[0]
    if hit is not None and series.numbering != "none" and (hit["year"] or series.numbering == "continuous"):
        yield series.slug, IssueNumber(int(hit["year"]) if series.numbering == "per-year" else 0, int(hit["n"]))


def new_path(root: Path, settings: Settings, series: Series, number: IssueNumber | None, title: str, date: dt.date) -> str:
    """Where a new brief is put, from the project's folder: `briefs/2024/07-a-title.md`."""
    stem = address_part(title)
    if len(stem) > STEM:
        stem = stem[: STEM + 1].rpartition("-")[0] or stem[:STEM]
    if number is not None:
        stem = f"{number.n:02d}-{stem}"
    elif stem in ("index", "readme"):  # these names mean something else
        stem = f"{stem}-brief"
    # The first series needs no folder of its own; see `series`.
    own = series is not settings.series[0] or (root / BRIEFS / series.slug).is_dir()
    return "/".join((BRIEFS, *([series.slug] if own else []), str(date.year), f"{stem}.md"))
