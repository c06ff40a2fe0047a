"""The series: who publishes, in what order and under which numbers and addresses.

Reads `briefs/series.yml`, `briefs/people.yml` and every brief into one frozen catalogue.
"""

from __future__ import annotations

import datetime as dt
import os
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from briefpress import fields
from briefpress.brief import Brief, IssueNumber
from briefpress.byline import Author, address_part
from briefpress.fields import Crossref, Disclaimer, Repec
from briefpress.finding import Finding, Level, Place, Repair
from briefpress.front_matter import Entry, Items, Node, read_front_matter, read_mapping, read_text
from briefpress.front_matter import Mapping as MappingNode
from briefpress.kinship import Kinship
from briefpress.rules import HouseRule, Report
from briefpress.values import Named, Number, meant, slug, the_one

BRIEFS = "briefs"
"""The folder of the briefs, under the project's own."""
RESERVED = frozenset({"assets", "authors", "pagefind", "preview", "regions", "search", "topics"})
"""Addresses that no series can have."""
NUMBERS = {"per-year": "([1-9][0-9]{0,2})/((?:19|20)[0-9]{2})", "continuous": "[1-9][0-9]{0,4}"}
"""What a number looks like, by `numbering`."""


@dataclass(frozen=True)
class Series:
    """One series and its imprint."""

    slug: str
    title: str
    masthead: str
    numbering: str
    """per-year, continuous or none."""
    publisher: str
    place: str
    description: str
    license: str
    disclaimer: Disclaimer
    issn: str = ""
    date_style: str = "D.M.YYYY"
    lang: str = "en"
    contact: str = ""
    colour: str = ""
    """The accent of its pages, #rrggbb in lower case; empty for the theme's own."""
    logo: Named | None = None
    """A file in the folder of the briefs."""
    columns: str = "2"
    """How many columns its PDFs have, 1 or 2."""
    crossref: Crossref | None = None
    repec: Repec | None = None
    topics: Mapping[str, str] = field(default_factory=dict)
    regions: Mapping[str, str] = field(default_factory=dict)

    @property
    def number_example(self) -> str:
        """A number in the form of this series."""
        return "7/2024" if self.numbering == "per-year" else "47"

    def read_number(self, text: str) -> IssueNumber | None:
        """The number that `text` is in this series; None where it has another form."""
        if self.numbering == "per-year":
            match = re.fullmatch(NUMBERS["per-year"], text)
            return IssueNumber(int(match[2]), int(match[1])) if match else None
        return IssueNumber(0, int(text)) if re.fullmatch(NUMBERS["continuous"], text) else None


@dataclass(frozen=True)
class Settings:
    """What `series.yml` and `people.yml` say."""

    timezone: ZoneInfo
    series: tuple[Series, ...]
    sample: bool = False
    people: Mapping[str, Author] = field(default_factory=dict)
    rules: Mapping[str, HouseRule] = field(default_factory=dict)
    """What the house makes of single rules, by code."""

    def get(self, slug: str) -> Series | None:
        """The series with this slug."""
        return self._by_slug.get(slug)

    @cached_property
    def _by_slug(self) -> Mapping[str, Series]:
        return {series.slug: series for series in reversed(self.series)}

    @cached_property
    def labels(self) -> Mapping[str, Mapping[str, str]]:
        """The labels of `topics` and of `regions` by id, over all series; where two differ, that of the first."""
        found: dict[str, dict[str, str]] = {"topics": {}, "regions": {}}
        for series in self.series:
            for kind, known in (("topics", series.topics), ("regions", series.regions)):
                found[kind] |= {key: label for key, label in known.items() if key not in found[kind]}
        return found


@dataclass(frozen=True)
class Catalogue:
    """Every brief whose header could be read, in the order of the series and from old to new."""

    settings: Settings
    briefs: tuple[Brief, ...]
    now: dt.datetime
    """The moment that decides what is public; it has a time zone."""
    preview: bool = False
    """Whether drafts and embargoed briefs are shown as if they were public."""
    addresses: Mapping[str, str] = field(default_factory=dict)
    """In a preview, where each brief stands, by its path: some have no permalink yet."""

    def shows(self, brief: Brief) -> bool:
        """Whether a brief is published, or would be but for a draft or an embargo and this is a preview."""
        return brief.is_public(self.now) or (self.preview and brief.sound)

    @cached_property
    def public(self) -> tuple[Brief, ...]:
        """The briefs that are published; in a preview, those that will be, too."""
        return tuple(brief for brief in self.briefs if self.shows(brief))

    @cached_property
    def by_path(self) -> Mapping[str, Brief]:
        """The briefs by the path of their files."""
        return {brief.path: brief for brief in self.briefs}

    @cached_property
    def by_key(self) -> Mapping[tuple[str, str], Brief]:
        """The briefs by series and reference; the first of those that share one."""
        return {brief.key: brief for brief in reversed(self.briefs)}

    @cached_property
    def by_series(self) -> Mapping[str, tuple[Brief, ...]]:
        """The public briefs of each series, from old to new."""
        found: dict[str, list[Brief]] = defaultdict(list)
        for brief in self.public:
            found[brief.series].append(brief)
        return {slug: tuple(briefs) for slug, briefs in found.items()}

    @cached_property
    def kinship(self) -> Kinship:
        """What the public briefs of all series have in common."""
        return Kinship(self.public)

    @cached_property
    def translations(self) -> Mapping[str, tuple[Brief, ...]]:
        """The published versions of a text, original first, by the path of each; briefs in one language are not in it."""
        versions: dict[str, list[Brief]] = defaultdict(list)
        for brief in self.public:
            original = self.original(brief)
            if original is not None and self.shows(original):
                versions[original.path].append(brief)
        found: dict[str, tuple[Brief, ...]] = {}
        for path, others in versions.items():
            every = (self.by_path[path], *others)
            found |= {brief.path: every for brief in every}
        return found

    @cached_property
    def neighbours(self) -> Mapping[str, tuple[Brief | None, Brief | None]]:
        """The public briefs before and behind each in its series, by its path; what has no place in a list yet is not in it."""
        found: dict[str, tuple[Brief | None, Brief | None]] = {}
        for series in self.settings.series:
            briefs = self.of(series)
            for older, brief, newer in zip((None, *briefs), briefs, (*briefs[1:], None), strict=False):
                found[brief.path] = older, newer
        return found

    def original(self, brief: Brief) -> Brief | None:
        """The brief that this one translates."""
        return self.named(brief.translation_of.text, brief.series) if brief.translation_of else None

    def series(self, brief: Brief) -> Series:
        """The series of a brief of this catalogue."""
        found = self.settings.get(brief.series)
        assert found is not None, brief.series  # read_brief takes no other
        return found

    def named(self, reference: str, series: str) -> Brief | None:
        """The brief that `7/2024`, or `other-slug 7/2024`, names within a series."""
        slug, _, rest = reference.rpartition(" ")
        return self.by_key.get((slug.strip() or series, rest))

    def of(self, series: Series) -> tuple[Brief, ...]:
        """The public briefs of one series, from old to new."""
        return self.by_series.get(series.slug, ())

    def pdf_name(self, brief: Brief) -> str:
        """The name of a brief's PDF, which lies beside its page; it tells what the file is where it is kept."""
        return f"{brief.series}-{address_part(brief.reference)}.pdf"

    def permalink(self, brief: Brief) -> str:
        """The address of a brief under the site's own, with a slash at its end; it never changes."""
        if (elsewhere := self.addresses.get(brief.path)) is not None:
            return elsewhere
        series = self.series(brief)
        if brief.number is None:
            return f"{series.slug}/{brief.date.year}/{address_part(brief.stem)}/"
        if series.numbering == "per-year":
            return f"{series.slug}/{brief.number.year}/{brief.number.n}/"
        return f"{series.slug}/{brief.number.n}/"


# --- series.yml and people.yml -----------------------------------------------------------------


def read_settings(root: Path) -> tuple[Settings | None, list[Finding]]:
    """Read `series.yml` and `people.yml`; None where the series cannot be told."""
    report = Report(f"{BRIEFS}/series.yml")
    file = root / BRIEFS / "series.yml"
    if not file.is_file():
        report.add("missing-field", Place(1, 1), "there is no series.yml, which says who publishes",
                   "copy series.yml from the Briefpress repository into briefs/ and fill it in")  # fmt: skip
        return None, report.findings
    text = read_text(file.read_bytes(), report)
    if text is None:
        return None, report.findings
    mapping, values = read_series(text, report)
    people, found = _read_people(root)
    findings = report.findings + found
    series = tuple(Series(**row) for row in values.get("series", ()))
    findings += _names_taken(series, mapping.get("series"), report.path)
    typed = next((entry.value for entry in mapping.entries if entry.key.text == "series"), None)
    unread = isinstance(typed, Items) and len(typed.items) != len(series)  # its briefs would be taken for those of another
    if not series or unread or "timezone" not in values:
        return None, findings
    return Settings(people=people, **{**values, "series": series}), findings


def read_series(text: str, report: Report) -> tuple[MappingNode, dict[str, Any]]:
    """The entries of `series.yml`, and their values by the table of fields."""
    mapping, broken = read_mapping(text, report)
    return mapping, fields.read_fields(mapping, fields.SETTINGS_FIELDS, report, where=" of series.yml", broken=broken)


def _names_taken(series: tuple[Series, ...], entry: Entry | None, path: str) -> list[Finding]:
    """Two series under one name, of the site or of RePEc."""
    report = Report(path)
    for name, count in Counter(one.slug for one in series).items():
        if name in RESERVED and entry is not None:
            report.add("field-shape", entry.key.place, f'a series has the slug "{name}", which the site needs itself',
                       f"write another, for example {name}-series")  # fmt: skip
        if count > 1 and entry is not None:
            report.add("repeated-field", entry.key.place, f'{count} series have the slug "{name}"', "give each series a slug of its own")
    for archive in dict.fromkeys(one.repec.archive for one in series if one.repec):
        keepers = {(one.repec.email, one.repec.maintainer) for one in series if one.repec and one.repec.archive == archive}
        if len(keepers) > 1 and entry is not None:
            report.add("field-shape", entry.key.place, f'the archive "{archive}" of RePEc has {len(keepers)} maintainers, and can have one',
                       "give each series that is in it the same email and maintainer")  # fmt: skip
    codes = Counter((one.repec.archive, one.repec.series) for one in series if one.repec)
    for (_, name), count in codes.items():
        if count > 1 and entry is not None:
            report.add("repeated-field", entry.key.place, f'{count} series have the code "{name}" of RePEc', "ask RePEc for a code for each series")
    return report.findings


def _read_people(root: Path) -> tuple[dict[str, Author], list[Finding]]:
    report = Report(f"{BRIEFS}/people.yml")
    file = root / BRIEFS / "people.yml"
    if not file.is_file():
        return {}, []
    text = read_text(file.read_bytes(), report)
    return read_people(text, report) if text is not None else {}, report.findings


def read_people(text: str, report: Report) -> dict[str, Author]:
    """The people of `people.yml`, by their ids."""
    people = {}
    mapping, _ = read_mapping(text, report)
    for entry in mapping.entries:
        key = slug(entry.key, "the id of a person", report)
        person = fields.author(entry.value, f'"{entry.key.text}"', report)
        if isinstance(person, Author) and key is not None:
            photo = f"{BRIEFS}/people/{person.photo}" if person.photo else ""
            people[key] = replace(person, id=key, photo=photo)
    return people


# --- briefs -------------------------------------------------------------------------------------


def read_briefs(root: Path, settings: Settings | None) -> tuple[tuple[Brief, ...], list[Finding]]:
    """Read every brief under `root` by the settings of a series, in the order of the catalogue; without settings, for findings alone."""
    briefs = []
    findings: list[Finding] = []
    for path in brief_paths(root):
        brief, found = read_brief(path, (root / path).read_bytes(), settings)
        findings += found
        if brief is not None:
            briefs.append(brief)
    return in_order(briefs, settings) if settings else tuple(briefs), findings


def in_order(briefs: Iterable[Brief], settings: Settings) -> tuple[Brief, ...]:
    """Briefs in the order of the catalogue: series by series, each from old to new."""
    rank = {series.slug: index for index, series in enumerate(settings.series)}
    return tuple(sorted(briefs, key=lambda brief: (rank[brief.series], brief.order)))


def brief_paths(root: Path) -> Iterator[str]:
    """The files that are briefs, in the order of their paths.

    A folder with an `index.md` is one brief. Names that begin with a dot or an underscore,
    README files and links to other places are none.
    """
    yield from _paths_in(root / BRIEFS, BRIEFS, top=True)


def _paths_in(folder: Path, path: str, *, top: bool = False) -> Iterator[str]:
    with os.scandir(folder) as listing:
        entries = sorted(listing, key=lambda entry: entry.name)
    names = {entry.name for entry in entries}
    if "index.md" in names and not top:
        if not next(entry for entry in entries if entry.name == "index.md").is_symlink():
            yield f"{path}/index.md"
        return
    for entry in entries:
        if entry.name[0] in "._" or entry.is_symlink():
            continue
        if entry.is_dir():
            yield from _paths_in(folder / entry.name, f"{path}/{entry.name}")
        elif entry.name.endswith(".md") and entry.name.lower() != "readme.md":
            yield f"{path}/{entry.name}"


def read_brief(path: str, data: bytes, settings: Settings | None) -> tuple[Brief | None, list[Finding]]:
    """Read one brief.

    Args:
        path: from the project's folder, with forward slashes; nothing is opened.
        data: the file's bytes.
        settings: the series; without them only the fields' own form is checked.

    Returns:
        The brief and the findings. A brief with an error in its header is not sound: what could
        not be read is empty in it. None where there is no header, or no series to read it by.
    """
    report = Report(path)
    text = read_text(data, report)
    matter = read_front_matter(text, report) if text is not None else None
    if matter is None:
        return None, report.findings
    values = fields.read_fields(matter.fields, fields.FIELDS, report, broken=matter.broken, aliases=fields.ALIASES)
    brief = None
    if settings is not None:
        brief = _BriefReader(path, values, matter.fields, matter.broken, settings, report).brief(matter.body, matter.body_line)
    if values.get("draft"):
        # A draft is written field by field; what it still lacks must not stop the others.
        report.findings = [replace(f, level=Level.ADVICE) if f.code == "missing-field" else f for f in report.findings]
    return brief, report.findings


@dataclass
class _BriefReader:
    """Gives the fields of one brief the meaning that they have in its series."""

    path: str
    values: dict[str, Any]
    mapping: MappingNode
    broken: frozenset[str]
    settings: Settings
    report: Report

    def brief(self, body: str, body_line: int) -> Brief | None:
        values = self.values
        self.places = {fields.plain_name(entry.key.text, fields.ALIASES): entry.value.place for entry in self.mapping.entries}
        series = self._series()
        if series is None:
            return None
        number = self._number(series)
        issn = self._issn(series)
        authors = self._authors()
        embargo = self._embargo()
        issues: tuple[Named, ...] = values.pop("key_issues", ())
        for name in ("author", "series", "number", "issn"):
            values.pop(name, None)
        waivers = values.pop("lint_ignore", ())
        sound = not self.broken and not any(finding.level is Level.ERROR for finding in self.report.findings)
        return Brief(
            path=self.path, series=series.slug, number=number, authors=authors, issn=issn, body=body, body_line=body_line,
            title=values.pop("title", ""), date=values.pop("date", dt.date.min), key_issues=tuple(one.text for one in issues),
            lang=values.pop("lang", series.lang), license=values.pop("license", series.license), embargo=embargo,
            waivers=waivers, places=self.places, key_issue_places=tuple(one.place for one in issues),
            key_issues_typed=len(self._items("key_issues")), sound=sound, **values,
        )  # fmt: skip

    def _items(self, name: str) -> tuple[Node, ...]:
        """The items of a list as typed."""
        for entry in self.mapping.entries:
            if fields.plain_name(entry.key.text, fields.ALIASES) == name and isinstance(entry.value, Items):
                return entry.value.items
        return ()

    def _embargo(self) -> dt.datetime | None:
        given: dt.date | dt.datetime | None = self.values.pop("embargo", None)
        zone = self.settings.timezone
        if given is None or (isinstance(given, dt.datetime) and given.tzinfo is not None):
            return given
        if isinstance(given, dt.datetime):
            meant = given.replace(tzinfo=zone).isoformat(timespec="minutes")
            self.report.add("embargo", self.places["embargo"], f"the embargo, {given.isoformat(' ', 'minutes')}, has no time zone",
                            f"add the zone: {meant}")  # fmt: skip
            return None
        return dt.datetime.combine(given, dt.time(), zone)

    def _series(self) -> Series | None:
        known = [series.slug for series in self.settings.series]
        given: Named | None = self.values.get("series")
        if given is not None:
            found = self.settings.get(given.text)
            if found is None:
                self.report.add("series-unknown", given.place, f'there is no series "{given.text}"',
                                f"write one of {', '.join(known)}{meant(given.text, known)}",
                                Repair(given.text, the_one(given.text, known)))  # fmt: skip
            return found
        if "series" in self.places or "series" in self.broken:
            return None
        folder = self.path.split("/")[1]
        found = self.settings.get(folder)
        if found is None and len(known) > 1 and not re.fullmatch(r"(19|20)\d\d|.*\.md", folder):
            # Not the folder of a year: most likely a slug that is mistyped, and a permalink never changes.
            self.report.add("series-unknown", Place(1, 1), f"the folder {BRIEFS}/{folder}/ is that of no series",
                            f"name it after one, {', '.join(known)}, or add a line, series: {known[0]}{meant(folder, known)}")  # fmt: skip
            return None
        # The first series keeps its briefs as they are when a second one is added.
        return found or self.settings.series[0]

    def _number(self, series: Series) -> IssueNumber | None:
        given: Number | None = self.values.get("number")
        if series.numbering == "none":
            if given is not None:
                self.report.add("number-refused", given.place, f'the series "{series.slug}" has no numbers', "take the line out")
            return None
        if given is None:
            if "number" not in self.places and "number" not in self.broken:
                self.report.add("missing-field", Place(self.mapping.place.line, 1), 'there is no "number"',
                                f"add a line: number: {series.number_example}")  # fmt: skip
            return None
        number = series.read_number(given.text)
        if number is None:
            form = "number and year without zeros before them" if series.numbering == "per-year" else "digits alone"
            guess = _number_guess(given.text, series, self.values.get("date"))
            plain = re.fullmatch(r"(?:n[or]?[.°]?)?\s*[0-9]+(?:\s*[/.–—-]\s*[0-9]+)?", given.text, re.IGNORECASE)
            same = sorted(map(int, re.findall("[0-9]+", guess))) == sorted(map(int, re.findall("[0-9]+", given.text)))
            self.report.add("number-format", given.place, f'the number is "{given.text}"', f"write {form}, for example {guess}",
                            Repair(given.text, guess if plain and same else None))  # fmt: skip
        return number

    def _issn(self, series: Series) -> str:
        given: str = self.values.get("issn", "")
        if "issn" in self.broken or ("issn" in self.places and not given):
            return ""
        if given and series.issn and given != series.issn:
            self.report.add("issn-differs", self.places["issn"], f"the ISSN is {given}; the series has {series.issn}",
                            f"write {series.issn}, or leave the line out")  # fmt: skip
        elif not given and not series.issn:
            self.report.add("missing-field", Place(self.mapping.place.line, 1), 'there is no "issn", and the series has none',
                            "add a line: issn: 2983-466X, or give the series its ISSN in series.yml")  # fmt: skip
        return given or series.issn

    def _authors(self) -> tuple[Author, ...]:
        authors: list[Author] = []
        items = self._items("author")
        given_authors = self.values.get("author", ())
        for index, given in enumerate(given_authors):
            # Where one of several names could not be read, the places no longer match.
            place = items[index].place if len(items) == len(given_authors) else self.places["author"]
            person = given
            if isinstance(given, Named):
                person = self.settings.people.get(given.text)
                if person is None:
                    self.report.add("author-unknown", given.place, f'there is no "{given.text}" in people.yml',
                                    "write the full name, or add the person to people.yml"
                                    + meant(given.text, self.settings.people))  # fmt: skip
                    continue
            if any(person.address == other.address for other in authors):
                self.report.add("author-repeated", place, f'"{person.name}" is named twice', "keep one of the two")
                continue
            if person.photo and not person.id:
                person = replace(person, photo=f"{self.path.rpartition('/')[0]}/{person.photo}")
            authors.append(person)
        return tuple(authors)


def _number_guess(text: str, series: Series, date: dt.date | None) -> str:
    """The number that a misspelt one means, or an example."""
    digits = re.findall("[0-9]+", text)
    if series.numbering == "continuous" and (len(digits) == 1 or re.fullmatch(r"\s*\d+\s*/\s*(19|20)\d\d\s*", text)):
        return digits[0].lstrip("0") or series.number_example
    if series.numbering == "per-year" and len(digits) == 2:
        years = [d for d in digits if re.fullmatch("(19|20)[0-9]{2}", d)]
        others = [d for d in digits if d not in years]
        if len(years) == 1 and len(others) == 1 and others[0].strip("0"):
            return f"{others[0].lstrip('0')}/{years[0]}"
    if series.numbering == "per-year" and len(digits) == 1 and len(digits[0]) < 4 and digits[0].strip("0") and date:
        return f"{digits[0].lstrip('0')}/{date.year}"
    return series.number_example
