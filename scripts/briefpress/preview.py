"""What a preview shows besides the published site: drafts, embargoed briefs, and briefs with faults.

A preview is for those who write. A brief with a fault keeps its page, with what is wrong at its
top; where it has no permalink yet, it stands at a makeshift address.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Any
from zoneinfo import ZoneInfo

from briefpress.brief import Brief
from briefpress.byline import address_part
from briefpress.fields import Disclaimer
from briefpress.finding import Finding, Level
from briefpress.listing import mark
from briefpress.series import BRIEFS, Catalogue, Series, Settings

FOLDER = "preview/"
"""The address of the list of what is not published; makeshift addresses lie below it."""


@dataclass
class Preview:
    """One state of what is previewed."""

    catalogue: Catalogue
    unread: tuple[str, ...]
    """The paths of files that are no brief yet."""
    findings: dict[str, list[Finding]] = field(default_factory=lambda: defaultdict(list))
    """What is wrong, by path; what is found only while pages are made is added."""

    @property
    def apart(self) -> tuple[Brief, ...]:
        """Briefs that no list can hold yet, since something in their header is missing or wrong."""
        return tuple(brief for brief in self.catalogue.briefs if not self.catalogue.shows(brief))

    def unread_address(self, path: str) -> str:
        """Where the page of a file that is no brief yet stands."""
        return self.catalogue.addresses.get(path, _makeshift(path))

    def shared_findings(self) -> list[dict[str, Any]]:
        """What is wrong with the files that all briefs share."""
        return [row for path in (f"{BRIEFS}/series.yml", f"{BRIEFS}/people.yml") for row in self.rows(path)]

    def rows(self, path: str) -> list[dict[str, Any]]:
        """What is wrong in a file, as a page shows it."""
        return [one.as_dict() for one in self.findings.get(path, ())]

    def overview(self) -> dict[str, Any]:
        """The page that lists what is not published, and the line about it on every page."""
        catalogue = self.catalogue
        faulty = [brief for brief in catalogue.briefs if self._has_errors(brief.path)]
        groups = {
            "Briefs with something to mend": [*map(self._entry, faulty), *map(self._unread_entry, self.unread)],
            "Drafts": [self._entry(brief) for brief in catalogue.briefs if brief.draft],
            "Under embargo": [self._entry(brief) for brief in catalogue.public
                              if not brief.draft and not brief.is_public(catalogue.now)],
        }  # fmt: skip
        counts = dict(zip(("to mend", "in draft", "under embargo"), map(len, groups.values()), strict=True))
        said = ", ".join(f"{count} {what}" for what, count in counts.items() if count)
        return {"url": FOLDER, "text": said or "nothing but what is published",
                "groups": [{"heading": heading, "rows": rows} for heading, rows in groups.items() if rows]}  # fmt: skip

    def _has_errors(self, path: str) -> bool:
        return any(one.level is Level.ERROR for one in self.findings.get(path, ()))

    def _entry(self, brief: Brief) -> dict[str, Any]:
        catalogue = self.catalogue
        return {"title": brief.title or brief.path, "number": str(brief.number or ""), "path": brief.path,
                "url": catalogue.permalink(brief), "mark": "" if brief.is_public(catalogue.now) else mark(catalogue, brief, "en"),
                "count": self._count(brief.path)}  # fmt: skip

    def _unread_entry(self, path: str) -> dict[str, Any]:
        return {"title": path, "number": "", "path": path, "url": self.unread_address(path), "mark": "", "count": self._count(path)}

    def _count(self, path: str) -> str:
        counts = Counter(one.level for one in self.findings.get(path, ()))
        words = {level: f"{level}s" if count > 1 and level is not Level.ADVICE else str(level) for level, count in counts.items()}
        return ", ".join(f"{counts[level]} {words[level]}" for level in Level if counts[level])


def preview(catalogue: Catalogue | None, findings: Iterable[Finding], paths: Iterable[str], before: Preview | None, now: dt.datetime) -> Preview:
    """Prepare a preview.

    Args:
        catalogue: what could be read; None where `series.yml` could not.
        findings: everything that is wrong.
        paths: every file that is meant to be a brief.
        before: the preview before this one. What it knew serves where nothing can be read now, and
            a brief whose number is mistyped keeps the address under which its editor has it open.
        now: what counts as now.
    """
    by_path: dict[str, list[Finding]] = defaultdict(list)
    for one in findings:
        by_path[one.path].append(one)
    broken = any(one.level is Level.ERROR for one in by_path[f"{BRIEFS}/series.yml"])
    if before is not None and (broken or catalogue is None):
        # Half a series would take its briefs off every page.
        return Preview(before.catalogue, before.unread, by_path)
    catalogue = replace(catalogue or Catalogue(_PLACEHOLDER, (), now), preview=True)
    unread = tuple(path for path in paths if path not in catalogue.by_path)
    return Preview(replace(catalogue, addresses=_addresses(catalogue, unread, before)), unread, by_path)


def _addresses(catalogue: Catalogue, unread: Iterable[str], before: Preview | None) -> dict[str, str]:
    """Where each brief stands; its permalink, if it has one that is free."""
    found: dict[str, str] = {}
    taken: set[str] = set()
    for brief in sorted(catalogue.briefs, key=lambda brief: (not brief.sound, brief.path)):
        if (brief.number is not None or brief.sound) and (own := catalogue.permalink(brief)) not in taken:
            found[brief.path] = own
            taken.add(own)
    for path in (*catalogue.by_path, *unread):
        if path not in found:
            last = before.catalogue.addresses.get(path, "") if before else ""
            found[path] = last if last and last not in taken else _makeshift(path)
            taken.add(found[path])
    return found


def _makeshift(path: str) -> str:
    return f"{FOLDER}{address_part(path.removeprefix(f'{BRIEFS}/').removesuffix('.md').removesuffix('/index'))}/"


_PLACEHOLDER = Settings(
    ZoneInfo("UTC"),
    (Series("briefs", "Briefs", "BRIEFS", "per-year", "", "", "The series cannot be read yet.", "CC-BY-4.0", Disclaimer("", "")),),
)
"""Stands in where a preview begins with a `series.yml` that cannot be read."""
