"""The fields of a brief, of `series.yml` and of `people.yml`: one row each, listed only here.

A row says how text becomes a value. The check, the manual and the "did you mean" read the rows.
"""

from __future__ import annotations

import datetime as dt
import difflib
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Any

from briefpress.byline import Author, parse_name
from briefpress.finding import Level, Place, Repair
from briefpress.front_matter import Mapping as MappingNode
from briefpress.front_matter import Node, Text
from briefpress.rules import RULES, HouseRule, Report
from briefpress.values import (
    NAME,
    SLUG,
    Named,
    Reader,
    choice,
    code,
    colour,
    date_style,
    doi,
    doi_prefix,
    email,
    embargo,
    iso_date,
    issn,
    known,
    labels,
    language,
    license_id,
    list_of,
    meant,
    named,
    number,
    orcid,
    person_name,
    placed,
    plain,
    schema_of,
    slug,
    switch,
    takes,
    text,
    the_one,
    timezone,
)


@dataclass(frozen=True)
class Field:
    """One field: its name, how it is read, and what the manual says of it."""

    name: str
    read: Reader
    about: str
    """What it is, for the manual; begins with a capital and ends with a full stop."""
    example: str
    """A line to copy, as it stands in a file."""
    required: bool = False


@dataclass(frozen=True)
class DataFile:
    """A file with data that readers can download."""

    file: Named
    title: str = ""
    license: str = ""


@dataclass(frozen=True)
class Correction:
    """One entry of a brief's log of corrections."""

    kind: str
    """One of CORRECTIONS."""
    date: dt.date | None = None
    """The day on which it was made; only a typo may be without."""
    note: Named | None = None
    """What changed; only a typo may be without."""
    place: Place = field(default=Place(1, 1), compare=False)
    """Where the entry stands in the file."""

    @property
    def shown(self) -> bool:
        """Whether readers see it; a typo is only logged."""
        return self.kind != "typo"


@dataclass(frozen=True)
class Contributor:
    """Somebody besides the authors: an editor, a translator."""

    name: str
    role: str
    """One of ROLES."""


CORRECTIONS = ("correction", "clarification", "addendum", "update", "typo", "withdrawal")
"""Kinds of corrections; `texts` has their words. The words are those of Crossref's update types."""
ROLES = ("editor", "translator", "researcher", "reviewer", "designer", "photographer")
"""What a contributor can have done; `texts` has their words."""


@dataclass(frozen=True)
class Waiver:
    """One rule that a brief is let off, and why."""

    rule: Named
    reason: str


def mapping_of(rows: tuple[Field, ...], make: Callable[..., Any], alone: bool = False) -> Reader:
    """A reader of fields within a field, made into one value by `make`.

    Args:
        rows: the fields.
        make: takes their values by name.
        alone: whether the group is no item of a list.
    """
    form = (f"write its fields below it, each on a line of its own and two spaces further in: {rows[0].example}" if alone else
            f"write it as the manual shows it, with a hyphen before each {rows[0].name}: - {rows[0].name}: …")  # fmt: skip

    @takes({"rows": rows})
    def read(node: Node, label: str, report: Report) -> Any:
        if not isinstance(node, MappingNode):
            report.add("field-shape", node.place, f"{label} is not a group of fields", form)
            return None
        values = read_fields(node, rows, report, where=f" of {label}")
        if any(row.required and row.name not in values for row in rows):
            return None
        return make(**values)

    return read


def author(node: Node, label: str, report: Report) -> Author | Named | None:
    """A name, an id of people.yml, or a person with details."""
    if isinstance(node, MappingNode):
        return _person(node, label, report)
    value = plain(node, label, report)
    if value is None:
        return None
    if re.fullmatch(SLUG, value):
        return Named(value, node.place)
    return None if (name := person_name(value, node.place, report)) is None else Author(*parse_name(name))


def _make_author(*, name: Any = None, given: str = "", particle: str = "", family: str = "",
                 orcid: str = "", affiliation: tuple[str, ...] = (), email: str = "", bio: str = "",
                 photo: Named | None = None) -> Author | None:  # fmt: skip
    parts = (given, particle, family) if family else (parse_name(name) if name else None)
    if parts is None:
        return None
    picture = {"photo": photo.text, "photo_place": photo.place} if photo else {}
    return Author(*parts, orcid=orcid, affiliation=affiliation, email=email, bio=bio, **picture)  # type: ignore[arg-type]  # two types


@takes(NAME)
def _author_name(node: Node, label: str, report: Report) -> str | None:
    value = plain(node, label, report)
    return None if value is None else person_name(value, node.place, report)


def _name_part(maximum: int) -> Reader:
    """A reader of a part of a name. Most formats write family name, comma, given name, so that it holds no comma itself."""
    read_text = text(1, maximum)

    @takes({**schema_of(read_text), "pattern": "^[^,;]+$"})
    def read(node: Node, label: str, report: Report) -> str | None:
        value: str | None = read_text(node, label, report)
        if value is None or not re.search("[,;]", value):
            return value
        report.add("field-shape", node.place, f'{label} is "{value}", with a comma or a semicolon', f"write it without: {re.sub('[,;]', '', value)}")
        return None

    return read


def _person(node: Node, label: str, report: Report) -> Author | None:
    if isinstance(node, MappingNode) and not (node.get("name") or node.get("family")):
        report.add("missing-field", node.place, f"{label} has no name", "write name: Eva Example, or given: and family:")
    person = mapping_of(AUTHOR_FIELDS, _make_author)(node, label, report)
    return person if isinstance(person, Author) else None


AUTHOR_FIELDS = (
    Field("name", _author_name, "The name as printed, given name first.", "name: Eva Example"),
    Field("given", _name_part(80), "The given name, where the name's parts are not told apart.", "given: Ludwig"),
    Field("particle", _name_part(30), "The particle of the family name.", "particle: van"),
    Field("family", _name_part(80), "The family name.", "family: Voorbeeld"),
    Field("orcid", orcid, "The ORCID iD.", "orcid: 0000-0002-1825-0097"),
    Field("affiliation", list_of(text(2, 200), "affiliation"), "The institution, or a list of them.",
          "affiliation: Example Institute"),
    Field("email", email, "An address for readers; it is printed.", "email: eva@example.org"),
    Field("bio", text(5, 1000), "A sentence or two about the author.", "bio: Eva Example is a research fellow."),
    Field("photo", named, "A portrait: in people.yml a file in briefs/people/, in a brief a file beside it.", "photo: example.jpg"),
)  # fmt: skip
"""The fields of an author, in a brief and in people.yml."""
PERSON = {"rows": AUTHOR_FIELDS, "anyOf": [{"required": ["name"]}, {"required": ["family"]}]}
# No name is written like an id, so that an id which nobody has is told.
takes({"anyOf": [{"$ref": "#/$defs/person"}, {**NAME, "not": {"pattern": f"^{SLUG}$"}}, PERSON]})(author)


def _data_file(node: Node, label: str, report: Report) -> DataFile | None:
    if isinstance(node, Text):
        name = named(node, label, report)
        return None if name is None else DataFile(name)
    found = mapping_of(DATA_FIELDS, DataFile)(node, label, report)
    return found if isinstance(found, DataFile) else None


DATA_FIELDS = (
    Field("file", named, "The file's name.", "file: polls.csv", required=True),
    Field("title", text(3, 200), "What it holds.", "title: Opinion polls 2013–2023"),
    Field("license", license_id, "Its licence, where it is not that of the brief.", "license: CC0-1.0"),
)
takes({"anyOf": [schema_of(named), {"rows": DATA_FIELDS}]})(_data_file)


def _correction(node: Node, label: str, report: Report) -> Correction | None:
    found = mapping_of(CORRECTION_FIELDS, Correction)(node, label, report)
    if not isinstance(found, Correction):
        return None
    found = replace(found, place=node.place)
    assert isinstance(node, MappingNode)
    given = {entry.key.text for entry in node.entries}
    if found.shown:
        for name, example in (("date", "date: 2024-04-02"), ("note", "note: what changed, and whether the conclusions change")):
            if getattr(found, name) is None and name not in given:
                report.add("missing-field", node.place, f'there is no "{name}" of {label}', f"add {example}")
    if found.shown and found.note is not None and len(found.note.text) < 20:
        report.add("correction-note", found.note.place, f'the note of {label} is short: "{found.note.text}"',
                   "say what changed, from what to what, and whether the conclusions change")  # fmt: skip
    return found


CORRECTION_FIELDS = (
    Field("date", iso_date, "The day on which it was made. Mandatory, except for a typo.", "date: 2024-04-02"),
    Field("kind", choice(*CORRECTIONS), f"One of {', '.join(CORRECTIONS)}.", "kind: correction", required=True),
    Field("note", placed(text(1, 1000, "correction-note")), "What changed, in 20 characters or more. Mandatory, except for a typo.",
          'note: "In section 3 the share is 44 per cent, not 41; the conclusions stand."'),
)
takes({"rows": CORRECTION_FIELDS, "if": {"properties": {"kind": {"const": "typo"}}},
       "else": {"required": ["date", "note"], "properties": {"note": {"minLength": 20}}}})(_correction)  # fmt: skip
CONTRIBUTOR_FIELDS = (
    Field("name", _author_name, "The name as printed.", "name: Eva Example", required=True),
    Field("role", choice(*ROLES), f"One of {', '.join(ROLES)}.", "role: editor", required=True),
)
WAIVER_FIELDS = (
    Field("rule", known("rule"), "The code of the rule, as the finding shows it.", "rule: number-year", required=True),
    Field("reason", text(10, 300, "waiver-reason"), "Why the brief is let off.", "reason: Written in 2023.", required=True),
)

FIELDS = (
    Field("title", text(5, 200, "title-length"), "The title, as it stands on the brief. In quotation marks where it has a colon.",
          'title: "Keeping the lights on: Europe\'s grid after the storm"', required=True),
    Field("subtitle", text(5, 200, "title-length"), "A second line under the title.", "subtitle: What the blackout showed"),
    Field("author", list_of(author, "author"), "The author: a name, an id of people.yml, a person with details, or a list of these.",
          "author: Eva Example", required=True),
    Field("date", iso_date, "The date of publication. The page prints it in the house's style.", "date: 2024-03-15", required=True),
    Field("number", number, "The place in the series. Mandatory unless the series has no numbers.", "number: 7/2024"),
    Field("issn", issn, "The ISSN of the series. Needed only where series.yml has none.", "issn: 2983-466X"),
    Field("doi", doi, "The DOI, once it is registered. The brief is then cited by it.", "doi: 10.5555/policy-briefs.2024.7"),
    Field("key_issues", list_of(placed(text(1, 600, "key-issue-length")), "key issue", alone=False),
          "Two to five sentences of 8 to 45 words for the box under the by-line.",
          "key_issues:\n  - First sentence.\n  - Second sentence.", required=True),
    Field("series", known("series"), "The slug of the series. Without it the folder tells, briefs/working-papers/, "
          "else the first series of series.yml is meant.", "series: policy-briefs"),
    Field("lang", language, "The language of the text, where it is not that of the series.", "lang: fr"),
    Field("description", text(5, 600, "description-length"), "One sentence of 50 to 160 characters for lists and search engines. "
          "Without it the first key issue serves.", "description: How the grid held, and what it needs before the next storm."),
    Field("topics", list_of(known("topic"), "topic"), "Ids of topics in series.yml.", "topics: [energy, defence]"),
    Field("regions", list_of(known("region"), "region"), "Ids of regions in series.yml.", "regions: [europe]"),
    Field("keywords", list_of(text(2, 60), "keyword"), "At most ten words that readers may search for.", "keywords: [grid, storage]"),
    Field("license", license_id, "The licence, where it is not that of the series.", "license: CC-BY-4.0"),
    Field("image", named, "A picture for the head of the page, in the brief's folder.", "image: cover.jpg"),
    Field("image_alt", text(10, 300, "alt-length"), "What that picture shows, for those who cannot see it.",
          "image_alt: Pylons under a dark sky."),
    Field("pdf", named, "A PDF that a designer made, in the brief's folder; it is offered in place of ours.", "pdf: brief-7-2024.pdf"),
    Field("data", list_of(_data_file, "data file"), "Files to download. One with the stem of a figure's file stands under that figure.",
          "data:\n  - {file: polls.csv, title: Opinion polls 2013–2023}"),
    Field("related", list_of(named, "related brief"), "Numbers of other briefs; those of another series with its slug.",
          "related: [3/2024, working-papers 12]"),
    Field("collection", text(3, 120), "A special issue or mini-series that the brief belongs to.", "collection: Elections 2024"),
    Field("contributors", list_of(mapping_of(CONTRIBUTOR_FIELDS, Contributor), "contributor"),
          "People besides the authors, each with a role.", "contributors:\n  - {name: Eva Example, role: editor}"),
    Field("publishers", list_of(text(2, 200), "publisher"), "All houses of a joint publication, this one among them.",
          "publishers: [Example Institute, Sample Foundation]"),
    Field("other_numbers", list_of(text(2, 120), "other number"), "Numbers that other houses give to the brief.",
          "other_numbers: [Sample Foundation Paper 12]"),
    Field("funding", text(5, 1000), "Who paid for the work.", "funding: Supported by the Example Foundation."),
    Field("acknowledgements", text(5, 1000), "Whom the author thanks.", "acknowledgements: The author thanks two reviewers."),
    Field("draft", switch, "While true, nothing of the brief is published.", "draft: true"),
    Field("embargo", embargo, "Until then, nothing of the brief is published. A date means the start of that day.",
          "embargo: 2024-03-15T09:00+01:00"),
    Field("translation_of", named, "The number of the brief that this one translates.", "translation_of: 7/2024"),
    Field("aliases", list_of(named, "old address"), "Addresses under the site's own at which the brief could be found before; they lead to it.",
          "aliases: [/publications/an-old-address/]"),
    Field("corrections", list_of(_correction, "correction"), "What was changed after publication: date, kind and note. "
          "For a slip of the pen, kind: typo is enough; readers do not see it.",
          'corrections:\n  - date: 2024-04-02\n    kind: correction\n    note: "In section 3 the share is 44 per cent, not 41."'),
    Field("lint_ignore", list_of(mapping_of(WAIVER_FIELDS, Waiver), "waiver", alone=True),
          "Rules that this brief is let off, each with a reason.",
          "lint_ignore:\n  - {rule: number-year, reason: Written in 2023}"),
)  # fmt: skip
"""The fields of a brief."""

ALIASES = {
    "authors": "author", "by": "author", "keypoints": "key_issues", "key_points": "key_issues", "language": "lang",
    "summary": "description", "tags": "keywords", "licence": "license", "no": "number", "nr": "number", "issue": "number",
    "published": "date",
}  # fmt: skip
"""Names that other systems give to our fields."""


@dataclass(frozen=True)
class Disclaimer:
    """The disclaimer of a series, for one author and for several."""

    one: str
    several: str


DISCLAIMER_FIELDS = (
    Field("one", text(10, 1000), "For one author.", "one: The views are those of the author.", required=True),
    Field("several", text(10, 1000), "For several.", "several: The views are those of the authors.", required=True),
)


@dataclass(frozen=True)
class Crossref:
    """Who registers the DOIs of a series."""

    prefix: str
    depositor: str
    email: str
    registrant: str = ""
    """Empty for the publisher."""
    policy: str = ""
    """The DOI of the page on corrections; without it, corrections are not deposited."""


@dataclass(frozen=True)
class Repec:
    """The codes of a series at RePEc."""

    archive: str
    series: str
    email: str
    maintainer: str = ""


CROSSREF_FIELDS = (
    Field("prefix", doi_prefix, "What your DOIs begin with.", "prefix: 10.5555", required=True),
    Field("depositor", text(1, 130), "Who deposits: a name.", "depositor: Example Institute", required=True),
    Field("email", email, "Where Crossref sends its answer. It is in the deposit, and nowhere on the site.", "email: doi@example.org", required=True),
    Field("registrant", text(1, 255), "The house responsible, where it is not the publisher.", "registrant: Example Institute"),
    Field("policy", doi, "The DOI of your page on corrections, for Crossmark. Without it a deposit says nothing of corrections.",
          "policy: 10.5555/corrections"),
)
REPEC_FIELDS = (
    Field("archive", code(3), "The code of your archive.", "archive: exi", required=True),
    Field("series", code(6), "The code of the series.", "series: exipbs", required=True),
    Field("email", email, "Where RePEc reaches the maintainer. It is published.", "email: repec@example.org", required=True),
    Field("maintainer", text(1, 120), "The maintainer’s name.", "maintainer: Eva Example"),
)
SERIES_FIELDS = (
    Field("slug", slug, "The part of every address.", "slug: policy-briefs", required=True),
    Field("title", text(2, 120), "The name of the series, in the singular.", "title: CSDS Policy Brief", required=True),
    Field("masthead", text(2, 120), "The masthead, before the number.", "masthead: CSDS POLICY BRIEF", required=True),
    Field("issn", issn, "The ISSN of the online edition.", "issn: 2983-466X"),
    Field("numbering", choice("per-year", "continuous", "none"), "How briefs are numbered: per-year (7/2024), continuous (47) or none.",
          "numbering: per-year", required=True),
    Field("date_style", date_style, "How the page prints a date.", "date_style: D.M.YYYY"),
    Field("lang", language, "The language of the series.", "lang: en"),
    Field("publisher", text(2, 200), "Who publishes.", "publisher: Example Institute", required=True),
    Field("place", text(2, 100), "Where.", "place: Brussels", required=True),
    Field("contact", email, "An address for readers.", "contact: briefs@example.org"),
    Field("description", text(5, 400), "One sentence about the series.", "description: Short arguments.", required=True),
    Field("license", license_id, "The licence of the briefs.", "license: CC-BY-4.0", required=True),
    Field("disclaimer", mapping_of(DISCLAIMER_FIELDS, Disclaimer, alone=True), "The disclaimer, for one author and several.",
          "disclaimer:\n  one: …\n  several: …", required=True),
    Field("colour", colour, "The accent of the series' pages, dark enough for white text on it.", 'colour: "#15406b"'),
    Field("logo", named, "The house's logo for PDFs, an SVG or PNG in briefs/ that can be seen on white.", "logo: house.svg"),
    Field("columns", choice("1", "2"), "How many columns a brief has in its PDF.", "columns: 2"),
    Field("crossref", mapping_of(CROSSREF_FIELDS, Crossref, alone=True), "Who registers DOIs, for `briefpress deposit`.",
          "crossref:\n  prefix: 10.5555\n  depositor: Example Institute\n  email: doi@example.org"),
    Field("repec", mapping_of(REPEC_FIELDS, Repec, alone=True), "The codes of RePEc; with them its files are made.",
          "repec:\n  archive: exi\n  series: exipbs\n  email: repec@example.org"),
    Field("topics", labels, "Topics: id and label.", "topics:\n  energy: Energy and climate"),
    Field("regions", labels, "Regions: id and label.", "regions:\n  europe: Europe"),
)  # fmt: skip
"""The fields of a series in series.yml."""


HOUSE_RULE_FIELDS = (
    Field("level", choice("off", *Level), f"One of off, {', '.join(Level)}. Without it the rule keeps its own.", "level: warning"),
    Field("since", iso_date, "The day from which it holds. A brief of an older date gets advice instead.", "since: 2025-01-01"),
)


@takes({"type": "object", "propertyNames": {"enum": list(RULES)},
        # YAML 1.1 reads off as false.
        "additionalProperties": {"anyOf": [schema_of(HOUSE_RULE_FIELDS[0].read), {"enum": [False]}, {"rows": HOUSE_RULE_FIELDS}]}})  # fmt: skip
def _house_rules(node: Node, label: str, report: Report) -> Mapping[str, HouseRule] | None:
    """The rules that the house weighs in its own way, by code."""
    if not isinstance(node, MappingNode):
        report.add("field-shape", node.place, f"{label} is not a group of rules",
                   "write each on a line of its own, two spaces further in: text-length: off")  # fmt: skip
        return None
    found = {}
    for entry in node.entries:
        typed, place = entry.key.text, entry.key.place
        if (rule := RULES.get(typed)) is None:
            report.add("house-rule", place, f'there is no rule "{typed}"',
                       f"copy the rule's name from the end of a finding{meant(typed, RULES)}")  # fmt: skip
            continue
        if isinstance(entry.value, MappingNode):
            given = read_fields(entry.value, HOUSE_RULE_FIELDS, report, where=f" of {typed}")
        else:
            given = {"level": HOUSE_RULE_FIELDS[0].read(entry.value, f'the level of "{typed}"', report)}
        level = given.get("level")
        house = HouseRule(Level(level) if level and level != "off" else None, level == "off", given.get("since"))
        ranks = list(Level)  # from error down
        lower = house.off or house.since or (house.level and ranks.index(house.level) > ranks.index(rule.level))
        if lower and not rule.waivable:
            report.add("house-rule", place, f"{typed} cannot be switched off or lowered: other rules, or readers, depend on it",
                       "mend what it reports, and take the line out")  # fmt: skip
        else:
            found[typed] = house
    return found


SETTINGS_FIELDS = (
    Field("timezone", timezone, "Where the day begins: an IANA name.", "timezone: Europe/Brussels", required=True),
    Field("sample", switch, "While true, every page says that it is a sample and asks not to be indexed.", "sample: true"),
    Field("rules", _house_rules, "Rules that the house switches off, lowers or raises, by their codes.", "rules:\n  text-length: off"),
    Field("series", list_of(mapping_of(SERIES_FIELDS, dict), "series"), "One series or several.", "series:\n  - slug: policy-briefs", required=True),
)
"""The fields of series.yml."""


# --- reading a mapping by its rows --------------------------------------------------------------


def read_fields(
    mapping: MappingNode,
    rows: tuple[Field, ...],
    report: Report,
    *,
    where: str = "",
    broken: Iterable[str] = (),
    aliases: Mapping[str, str] = {},  # never written to
) -> dict[str, Any]:
    """Turn the entries of a mapping into values, by the rows of a table.

    Args:
        mapping: entries as typed.
        rows: the table.
        report: receives what is wrong: unknown, misspelt, missing and malformed fields.
        where: what to add to the name of a field in messages, " of author 2".
        broken: keys that could not be read, and so are not missing.
        aliases: other names of fields, each with ours.

    Returns:
        The values that are well formed, by field.
    """
    table = {row.name: row for row in rows}
    values: dict[str, Any] = {}
    given: dict[str, str] = {}  # field → the key that it was given by
    for entry in mapping.entries:
        typed = entry.key.text
        name = typed if typed in table else _renamed(typed, table, aliases)
        if name is None:
            report.add("unknown-field", entry.key.place, f'"{typed}" is not a field{where or " of a brief"}',
                       _instead(typed, table), Repair(typed, the_one(typed, table) or _spaced(typed, table)))  # fmt: skip
            continue
        if name in given:
            report.add("repeated-field", entry.key.place, f'"{given[name]}" and "{typed}" are the same field',
                       f"keep one of the two, as {name}")  # fmt: skip
            continue
        given[name] = typed
        if typed != name:
            report.add("field-name", entry.key.place, f'"{typed}" is written {name} here', f"write {name}: …", Repair(typed, name))
        value = table[name].read(entry.value, f'"{name}"{where}', report)
        if value is not None:
            values[name] = value
    known = {*given, *(_renamed(key, table, aliases) or key for key in broken)}
    for row in rows:
        if row.required and row.name not in known:
            report.add("missing-field", Place(mapping.place.line, 1), f'there is no "{row.name}"{where}',
                       f"add a line: {row.example.splitlines()[0]}" + (" …" if "\n" in row.example else ""))  # fmt: skip
    return values


def plain_name(typed: str, aliases: Mapping[str, str]) -> str:
    """The name of a field as the table has it: case and signs overlooked, other systems' names translated."""
    plain = _snake_case(typed)
    return aliases.get(plain, plain)


@lru_cache(1000)  # every brief has the same keys
def _snake_case(typed: str) -> str:
    return re.sub(r"[\s\-]+", "_", typed.strip().lower())


def _renamed(typed: str, table: Mapping[str, Field], aliases: Mapping[str, str]) -> str | None:
    """The field that a key means; None where it means none."""
    plain = plain_name(typed, aliases)
    return plain if plain in table else None


def _instead(typed: str, table: Mapping[str, Field]) -> str:
    close = difflib.get_close_matches(typed.lower(), table, n=1, cutoff=0.7)
    return f'did you mean "{close[0]}"?' if close else f"use one of {', '.join(table)}"


def _spaced(typed: str, table: Mapping[str, Field]) -> str | None:
    """The key `title:Japan`, as YAML reads title:Japan: a pivot, with the space that it lacks."""
    name, _, rest = typed.partition(":")
    return f"{name}: {rest.lstrip()}" if name in table and rest else None
