"""Text to value: how each kind of thing that a header can hold is read.

A reader takes a value as typed, the name to call it by, and a report; it gives the value as its
type, or None after it has reported why not.
"""

from __future__ import annotations

import datetime as dt
import difflib
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple, TypeVar
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from briefpress.byline import PREFIXES, address_part, orcid_check_digit
from briefpress.finding import Level, Place, Repair
from briefpress.front_matter import Items, Node, Text
from briefpress.front_matter import Mapping as MappingNode
from briefpress.rules import RULES, Report

Reader = Callable[[Node, str, Report], Any]
"""Given a value, the name to call it by, and a report: the value as its type, else None."""
Schema = dict[str, Any]
"""A fragment of JSON Schema. Its own key `rows` stands for the fields of a group; `schema` puts them in."""
_Reader = TypeVar("_Reader", bound=Reader)
SLUG = "[a-z0-9]+(-[a-z0-9]+)*"
# Editors' tools read YAML with its types: a text of digits comes to them as a number.
TEXT: Schema = {"type": ["string", "number"], "minLength": 1}
_DAY = "-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])"
_HOUR = "([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9]([.][0-9]+)?)?(Z|[+-][0-9]{2}:?[0-9]{2})"


@dataclass(frozen=True)
class Number:
    """A number as typed; its series says what it means."""

    text: str
    place: Place


class Named(NamedTuple):
    """A text that must name something known: a topic, a person, a file, another brief."""

    text: str
    place: Place


@dataclass(frozen=True)
class Licence:
    """A licence by its SPDX identifier."""

    id: str
    name: str
    url: str


def _creative_commons(kind: str, version: str) -> Licence:
    name = kind.upper()
    return Licence(
        f"CC-{name}-{version}",
        f"CC {name} {version}",
        f"https://creativecommons.org/licenses/{kind.lower()}/{version}/",
    )


LICENCES = {
    licence.id: licence
    for licence in (
        *(_creative_commons(kind, "4.0") for kind in ("BY", "BY-SA", "BY-NC", "BY-ND", "BY-NC-SA", "BY-NC-ND")),
        *(_creative_commons(kind, "3.0") for kind in ("BY", "BY-SA", "BY-NC", "BY-ND", "BY-NC-SA", "BY-NC-ND")),
        Licence("CC0-1.0", "CC0 1.0", "https://creativecommons.org/publicdomain/zero/1.0/"),
        Licence("ODC-By-1.0", "ODC-By 1.0", "https://opendatacommons.org/licenses/by/1-0/"),
        Licence("ODbL-1.0", "ODbL 1.0", "https://opendatacommons.org/licenses/odbl/1-0/"),
        Licence("LicenseRef-All-Rights-Reserved", "All rights reserved", ""),
    )
}  # fmt: skip
"""By SPDX identifier; `LicenseRef-` is SPDX's own way to name what is not on its list."""

# ISO 639-1, two letters each.
_LANGUAGES = frozenset(
    "aa ab ae af ak am an ar as av ay az ba be bg bh bi bm bn bo br bs ca ce ch co cr cs cu cv cy da de dv "
    "dz ee el en eo es et eu fa ff fi fj fo fr fy ga gd gl gn gu gv ha he hi ho hr ht hu hy hz ia id ie ig "
    "ii ik io is it iu ja jv ka kg ki kj kk kl km kn ko kr ks ku kv kw ky la lb lg li ln lo lt lu lv mg mh "
    "mi mk ml mn mr ms mt my na nb nd ne ng nl nn no nr nv ny oc oj om or os pa pi pl ps pt qu rm rn ro ru "
    "rw sa sc sd se sg si sk sl sm sn so sq sr ss st su sv sw ta te tg th ti tk tl tn to tr ts tt tw ty ug "
    "uk ur uz ve vi vo wa wo xh yi yo za zh zu".split()
)
_LANGUAGE_NAMES = {
    "english": "en", "french": "fr", "français": "fr", "german": "de", "deutsch": "de", "dutch": "nl",
    "nederlands": "nl", "spanish": "es", "italian": "it", "portuguese": "pt", "polish": "pl",
}  # fmt: skip
MONTHS = {
    name: number
    for number, names in enumerate(
        ("january jan janvier januar januari", "february feb février februar februari", "march mar mars märz maart",
         "april apr avril", "may mai mei", "june jun juin juni", "july jul juillet juli", "august aug août augustus",
         "september sep sept septembre", "october oct octobre oktober", "november nov novembre",
         "december dec décembre dezember"), 1)
    for name in names.split()
}  # fmt: skip
SEPARATORS = re.compile(r"\s*[;,]\s+|\s+/\s+|\s+(?:and|und|et|en|&)\s+", re.IGNORECASE)
"""What stands between two names on one line."""


def takes(schema: Schema) -> Callable[[_Reader], _Reader]:
    """Note on a reader what it takes, for the tools of editors.

    A pattern is one that Python and JavaScript read alike. It may let through what only the check
    can tell, such as a wrong check digit.
    """

    def mark(read: _Reader) -> _Reader:
        vars(read)["schema"] = schema
        return read

    return mark


def schema_of(read: Reader) -> Schema:
    """What a reader takes."""
    schema: Schema = vars(read)["schema"]
    return schema


# --- readers of plain values -------------------------------------------------------------------


def plain(node: Node, label: str, report: Report) -> str | None:
    """One line of text, its spaces folded; None where it is a list, a mapping or empty."""
    if isinstance(node, Items):
        report.add("field-shape", node.place, f"{label} is a list", "write one text behind the colon")
        return None
    if isinstance(node, MappingNode):
        first = node.entries[0] if node.entries else None
        if first is not None and isinstance(first.value, Text) and " " not in label.strip('"'):
            report.add("field-shape", node.place, f"{label} holds fields of its own", "write one text behind the colon")
        elif first is not None and isinstance(first.value, Text):
            whole = f"{first.key.text}: {first.value.text}"
            report.add("yaml-colon", node.place, f"{label} has a colon", f'put the sentence in quotation marks: - "{whole}"',
                       Repair(whole, _as_sentence(node, whole)))  # fmt: skip
        return None
    if not node.text.strip():
        if node.comment:
            report.add("missing-field", node.place, f"{label} is empty: everything after # is a comment",
                       f'put the text in quotation marks: "{node.comment}"')  # fmt: skip
        else:
            report.add("missing-field", node.place, f"{label} is empty", "write its text, or leave the line out")
        return None
    # Ordinary blanks only: a no-break space before a colon or a question mark is meant.
    return _BLANKS.sub(" ", node.text).strip(" ")


_BLANKS = re.compile(r"[ \t\n]{2,}|[\t\n]")


def _as_sentence(node: MappingNode, whole: str) -> str | None:
    """A text with a colon in the quotation marks that it lacks; None where it may be a field."""
    sure = len(node.entries) == 1 and not re.fullmatch("[a-z_]+", node.entries[0].key.text) and not set('"\\') & set(whole)
    return f'"{whole}"' if sure else None


def text(minimum: int = 1, maximum: int = 1000, code: str = "field-shape") -> Reader:
    """A reader of one line of `minimum` to `maximum` characters."""

    @takes(TEXT | ({"minLength": minimum, "maxLength": maximum} if RULES[code].level is Level.ERROR else {}))
    def read(node: Node, label: str, report: Report) -> str | None:
        value = plain(node, label, report)
        if value is not None and not minimum <= len(value) <= maximum:
            many = len(value) > maximum
            report.add(code, node.place, f"{label} has {len(value)} character{'s' if len(value) > 1 else ''}",
                       f"shorten it to {maximum} characters" if many else f"write at least {minimum} characters")  # fmt: skip
            if RULES[code].level is Level.ERROR:
                return None
        return value

    return read


@takes(TEXT)
def named(node: Node, label: str, report: Report) -> Named | None:
    """A text whose meaning is looked up elsewhere, with its place."""
    value = plain(node, label, report)
    return None if value is None else Named(value, node.place)


def known(kind: str) -> Reader:
    """A reader of a text that names one of those of the project: a topic, a region, a series, a rule."""

    @takes({"$ref": f"#/$defs/{kind}"})
    def read(node: Node, label: str, report: Report) -> Named | None:
        return named(node, label, report)

    return read


def placed(read_text: Reader) -> Reader:
    """A reader of a text that keeps its place."""

    @takes(schema_of(read_text))
    def read(node: Node, label: str, report: Report) -> Named | None:
        value = read_text(node, label, report)
        return None if value is None else Named(value, node.place)

    return read


@takes({"$ref": "#/$defs/number"})
def number(node: Node, label: str, report: Report) -> Number | None:
    """The brief's number as typed."""
    value = plain(node, label, report)
    return None if value is None else Number(value, node.place)


def choice(*options: str) -> Reader:
    """A reader of one of a few words."""

    @takes({"enum": [*options, *(int(one) for one in options if one.isdigit())]})
    def read(node: Node, label: str, report: Report) -> str | None:
        value = plain(node, label, report)
        if value is None or value in options:
            return value
        report.add("field-shape", node.place, f'{label} is "{value}"', f"write one of {', '.join(options)}{meant(value, options)}",
                   Repair(value, the_one(value, options)))  # fmt: skip
        return None

    return read


@takes({"type": ["boolean", "string"], "pattern": "^([Tt][Rr][Uu][Ee]|[Ff][Aa][Ll][Ss][Ee])$"})
def switch(node: Node, label: str, report: Report) -> bool | None:
    """`true` or `false`."""
    value = plain(node, label, report)
    if value is None or value.lower() in ("true", "false"):
        return None if value is None else value.lower() == "true"
    report.add("true-false", node.place, f'{label} is "{value}"', "write true or false",
               Repair(value, {"yes": "true", "on": "true", "no": "false", "off": "false"}.get(value.lower())))  # fmt: skip
    return None


@takes({"type": "string", "format": "date", "pattern": f"^[0-9]{{4}}{_DAY}$"})
def iso_date(node: Node, label: str, report: Report) -> dt.date | None:
    """A date in the form YYYY-MM-DD; other forms get the date that they mean, where it is certain."""
    value = plain(node, label, report)
    if value is None:
        return None
    if re.fullmatch("[0-9]{4}-[0-9]{2}-[0-9]{2}", value):
        year, month, day = map(int, value.split("-"))
        try:
            return dt.date(year, month, day)
        except ValueError:
            report.add("date-impossible", node.place, f"{label} is {value}, which no calendar has", "write a real date as YYYY-MM-DD")
            return None
    guess, why = date_in_other_form(value)
    if guess is not None:
        remedy = f"write {guess.isoformat()}"
    elif why:
        remedy = f"{why}: write the one that you mean as YYYY-MM-DD"
    else:
        remedy = "write the date as YYYY-MM-DD, for example 2024-03-15"
    report.add("date-format", node.place, f'{label} is "{value}"', remedy, Repair(value, _certain_date(value)))
    return None


def _certain_date(value: str) -> str | None:
    """A date in another form as YYYY-MM-DD; with a time or a word besides, it is not certain."""
    guess, _ = date_in_other_form(value)
    return guess.isoformat() if guess is not None and len(re.findall(r"[^\W_]+", value)) == 3 else None


def date_in_other_form(value: str) -> tuple[dt.date | None, str]:
    """The day that a date in another form means, or why it is uncertain; None and nothing where it is no date."""
    value = re.sub(r"(?<=\d)[T ]\d\d:\d\d.*$", "", value)
    words = re.findall(r"[^\W_]+", value.lower())
    months = [MONTHS[word] for word in words if word in MONTHS]
    numbers = [int(word) for word in (re.sub(r"(?<=\d)(st|nd|rd|th|er)$", "", word) for word in words)
               if word.isascii() and word.isdigit()]  # fmt: skip
    try:
        if len(months) == 1 and len(numbers) == 2:
            day, year = sorted(numbers)
            return (dt.date(year, months[0], day), "") if year > 99 else (None, "")
        if len(numbers) == 3 and not months:
            if numbers[0] > 31:
                return dt.date(*numbers), ""
            day, month, year = numbers
            if "." not in value and day <= 12 and month <= 12 and day != month:
                return None, f"{value} can mean {dt.date(year, month, day)} or {dt.date(year, day, month)}"
            if month > 12:
                day, month = month, day
            return (dt.date(year, month, day), "") if year > 99 else (None, "")
    except (ValueError, OverflowError):
        pass
    return None, ""


@takes({"type": "string", "pattern": f"^(19|2[0-9])[0-9]{{2}}{_DAY}([T ]{_HOUR})?$"})
def embargo(node: Node, label: str, report: Report) -> dt.date | dt.datetime | None:
    """A date, or a date and time; without a zone it is that of the series, which `series` sees to."""
    value = plain(node, label, report)
    if value is None:
        return None
    if re.fullmatch("[0-9]{4}-[0-9]{2}-[0-9]{2}", value):
        moment: dt.date | dt.datetime | None = iso_date(node, label, report)
        if moment is None:
            return None
    else:
        moment = _moment(value)
    if moment is None:
        report.add("embargo", node.place, f'{label} is "{value}"',
                   "write a date, or a date and time with its zone: 2024-03-15T09:00+01:00",
                   Repair(value, _certain_date(value)))  # fmt: skip
        return None
    if not 1900 <= moment.year < 3000:  # at the ends of the calendar no zone can be reckoned with
        report.add("embargo", node.place, f"{label} is in the year {moment.year}", "write a year between 1900 and 2999")
        return None
    return moment


def _moment(value: str) -> dt.datetime | None:
    try:
        return dt.datetime.fromisoformat(value)
    except ValueError:
        return None


@takes({"type": "string", "pattern": "^[0-9]{4}-[0-9]{3}[0-9X]$"})
def issn(node: Node, label: str, report: Report) -> str | None:
    """An ISSN with its hyphen."""
    value = plain(node, label, report)
    if value is None:
        return None
    bare = re.sub(r"(?i)^e?-?issn:?\s*|[\s\-‐‑‒–—−]", "", value).upper()
    if not re.fullmatch("[0-9]{7}[0-9X]", bare):
        report.add("issn-format", node.place, f'{label} is "{value}"', "write four digits, a hyphen, three digits and the check character: 2983-466X")
        return None
    tidy = f"{bare[:4]}-{bare[4:]}"
    right = issn_check_digit(bare[:7])
    if bare[7] != right:
        report.add("issn-check-digit", node.place, f"{label} is {tidy}, which is not valid: its last character should be {right}",
                   "copy the ISSN again from the letter of the ISSN centre")  # fmt: skip
        return None
    if value != tidy:
        report.add("issn-format", node.place, f'{label} is "{value}"', f"write it with a plain hyphen: {tidy}", Repair(value, tidy))
        return None
    return tidy


def issn_check_digit(first_seven: str) -> str:
    """Return the last character of the ISSN that starts with `first_seven`.

    Args:
        first_seven: seven digits without the hyphen: "2983466".

    Returns:
        "0" to "9", or "X", which stands for ten.

    Raises:
        ValueError: not seven digits. Callers check the shape first.

    Source:
        ISO 3297:2022, annex A (modulus 11, weights 8 to 2).
    """
    if not re.fullmatch("[0-9]{7}", first_seven):
        raise ValueError(f"expected seven digits, got {first_seven!r}")
    total = sum(int(digit) * weight for digit, weight in zip(first_seven, range(8, 1, -1), strict=True))
    return "0123456789X"[-total % 11]


@takes({**TEXT, "pattern": "^((https?://)?orcid[.]org/)?([0-9]{4}[-‐‑–]?){3}[0-9]{3}[0-9Xx]/?$", "minimum": 100_000_000})
def orcid(node: Node, label: str, report: Report) -> str | None:
    """An ORCID iD, bare or as its address."""
    value = plain(node, label, report)
    if value is None:
        return None
    bare = re.sub(r"(?i)^(https?://)?orcid\.org/", "", value).rstrip("/").upper()
    digits = re.sub("[-‐‑–]", "", bare)
    if not re.fullmatch("[0-9]{15}[0-9X]", digits):
        report.add("orcid", node.place, f'{label} is "{value}"', "copy the iD from the author's ORCID page: 0000-0002-1825-0097")
        return None
    right = orcid_check_digit(digits[:15])
    if digits[15] != right:
        report.add("orcid", node.place, f"{label} is {bare}, which is not valid: its last character should be {right}",
                   "copy the iD again from the author's ORCID page")  # fmt: skip
        return None
    return "-".join(digits[i : i + 4] for i in range(0, 16, 4))


@takes({"type": "string", "pattern": "^(doi:? *)?((https?://)?(dx[.])?doi[.]org/)?10[.][0-9]{4,9}/[-._;()/:A-Za-z0-9]+$"})
def doi(node: Node, label: str, report: Report) -> str | None:
    """A DOI, bare; one that is written as its address is taken with a warning.

    Source:
        Crossref, "Constructing your DOIs": a suffix has letters, digits and -._;()/ alone.
    """
    value = plain(node, label, report)
    if value is None:
        return None
    bare = re.sub(r"(?i)^(doi:?\s*)?((https?://)?(dx\.)?doi\.org/)?", "", value)
    if not re.fullmatch(r"10\.[0-9]{4,9}/[-._;()/:A-Za-z0-9]+", bare):
        report.add("doi", node.place, f'{label} is "{value}"', "copy the DOI as it was registered: 10.5555/example.7")
        return None
    if bare != value:
        report.add("doi-address", node.place, f'{label} is "{value}"', f"write the DOI alone: {bare}", Repair(value, bare))
    return bare


@takes({**TEXT, "pattern": "^10[.][0-9]{4,9}$", "minimum": 10, "exclusiveMaximum": 11})
def doi_prefix(node: Node, label: str, report: Report) -> str | None:
    """What all DOIs of a house begin with: 10.5555."""
    value = plain(node, label, report)
    if value is None or re.fullmatch(r"10\.[0-9]{4,9}", value):
        return value
    report.add("field-shape", node.place, f'{label} is "{value}"', "write 10., and the digits that Crossref gave you: 10.5555")
    return None


def code(length: int) -> Reader:
    """A reader of a code of `length` lower-case letters or digits, as RePEc gives them."""

    @takes({**TEXT, "pattern": f"^[a-z0-9]{{{length}}}$"})
    def read(node: Node, label: str, report: Report) -> str | None:
        value = plain(node, label, report)
        if value is None or re.fullmatch(f"[a-z0-9]{{{length}}}", value):
            return value
        report.add("field-shape", node.place, f'{label} is "{value}"', f"write the {length} lower-case letters or digits that RePEc gave you")
        return None

    return read


@takes({"type": "string", "pattern": "^[^\\s@<>\"':?&/]+@[^\\s@<>\"':?&/]+[.][^\\s@<>\"':?&/.0-9_]{2,}$"})
def email(node: Node, label: str, report: Report) -> str | None:
    """An e-mail address."""
    value = plain(node, label, report)
    form = r"[^\s@<>\"':?&/]+@[^\W_](?:[\w.-]*[^\W_])?\.[^\W\d_]{2,}"
    if value is None or re.fullmatch(form, value):
        return value
    alone = re.fullmatch(f"(?:mailto:)?({form})|<({form})>", value)
    report.add("email", node.place, f'{label} is "{value}"', "write the address alone: name@example.org",
               Repair(value, (alone[1] or alone[2]) if alone else None))  # fmt: skip
    return None


@takes({"type": "string", "pattern": f"^({'|'.join(sorted(_LANGUAGES))}|[a-z]{{3}})(-[A-Z][a-z]{{3}})?(-[A-Z]{{2}}|-[0-9]{{3}})?$"})
def language(node: Node, label: str, report: Report) -> str | None:
    """A language tag: a code of ISO 639, with a script or a region where it matters.

    Source:
        RFC 5646 (BCP 47), section 2.1, without variants and extensions.
    """
    value = plain(node, label, report)
    if value is None:
        return None
    match = re.fullmatch("([a-z]{2,3})(-[A-Z][a-z]{3})?(-[A-Z]{2}|-[0-9]{3})?", value)
    if match and (len(match[1]) == 3 or match[1] in _LANGUAGES):
        return value
    code = _LANGUAGE_NAMES.get(value.lower())
    parts = re.split("[-_]", value)
    if code is None and value.lower() in _LANGUAGES:
        code = value.lower()
    if code is None and parts[0].lower() in _LANGUAGES and len(parts) == 2 and len(parts[1]) == 2:
        code = f"{parts[0].lower()}-{parts[1].upper()}"
    report.add("language", node.place, f'{label} is "{value}", which is not a code of a language',
               f"write {code or 'its code, for example en, fr, de or nl'}", Repair(value, code))  # fmt: skip
    return None


@takes({"enum": list(LICENCES)})
def license_id(node: Node, label: str, report: Report) -> str | None:
    """An SPDX identifier of LICENCES."""
    value = plain(node, label, report)
    if value is None or value in LICENCES:
        return value
    typed = re.sub(r"[^a-z0-9]", "", value.lower())
    names = {re.sub(r"[^a-z0-9]", "", name.lower()): one.id for one in LICENCES.values() for name in (one.id, one.name)}
    of_address = next((one.id for one in LICENCES.values() if one.url and value.lower().startswith(one.url)), None)
    guess = of_address or names.get(typed) or names.get(f"{typed}40") or names.get(f"{typed}10")
    options = f"write one of {', '.join(LICENCES)}"
    # Without its version, a licence may be of either.
    report.add("license", node.place, f'{label} is "{value}"', f"write {guess}" if guess else options,
               Repair(value, of_address or names.get(typed) or names.get(f"{typed}10")))  # fmt: skip
    return None


@takes({"type": "string", "pattern": "^[A-Za-z0-9_+-]+(/[A-Za-z0-9_+-]+){0,2}$"})
def timezone(node: Node, label: str, report: Report) -> ZoneInfo | None:
    """An IANA name: Europe/Brussels."""
    value = plain(node, label, report)
    if value is None:
        return None
    try:
        return ZoneInfo(value)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        report.add("field-shape", node.place, f'{label} is "{value}", which is no time zone', "write its IANA name, for example Europe/Brussels")
        return None


@takes({**TEXT, "pattern": f"^{SLUG}$"})
def slug(node: Node, label: str, report: Report) -> str | None:
    """Lower-case letters, digits and hyphens: a part of an address."""
    value = plain(node, label, report)
    if value is None or re.fullmatch(SLUG, value):
        return value
    report.add("field-shape", node.place, f'{label} is "{value}"', f"write lower-case letters, digits and hyphens, for example {address_part(value)}")
    return None


@takes({"type": "string", "pattern": "^(?=.*D)(?=.*M)(?=.*Y)[^A-Za-z]*((DD?|MM?|MMMM?|YYYY)([^A-Za-z]+|$))+$"})
def date_style(node: Node, label: str, report: Report) -> str | None:
    """A pattern of D, DD, M, MM, MMMM and YYYY with signs between them."""
    value = plain(node, label, report)
    if value is None:
        return None
    parts = re.findall("[A-Za-z]+", value)
    if {part[0] for part in parts} == {"D", "M", "Y"} and set(parts) <= {"D", "DD", "M", "MM", "MMM", "MMMM", "YYYY"}:
        return value
    report.add("field-shape", node.place, f'{label} is "{value}"', "write a pattern such as D.M.YYYY or D MMMM YYYY")
    return None


@takes({"type": "string", "pattern": "^#[0-9a-fA-F]{6}$"})
def colour(node: Node, label: str, report: Report) -> str | None:
    """An sRGB colour, #rrggbb, on which white text can be read.

    Source:
        WCAG 2.2, success criterion 1.4.3: a contrast of 4.5 to 1.
    """
    value = plain(node, label, report)
    if value is None:
        return None
    if not re.fullmatch("#[0-9a-fA-F]{6}", value):
        report.add("field-shape", node.place, f'{label} is "{value}"', 'write six hexadecimal digits in quotation marks: "#15406b"')
        return None
    if (ratio := contrast(value, "#ffffff")) < 4.5:
        report.add("colour-contrast", node.place, f"white text on {value} has a contrast of {ratio:.1f} to 1",
                   "take a darker colour: 4.5 to 1 is needed")  # fmt: skip
        return None
    return value.lower()


def contrast(one: str, other: str) -> float:
    """The contrast of two colours #rrggbb, from 1 to 21.

    Source:
        WCAG 2.2, definitions of contrast ratio and relative luminance.
    """

    def luminance(value: str) -> float:
        parts = [int(value[i : i + 2], 16) / 255 for i in (1, 3, 5)]
        red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue

    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


# --- readers of lists --------------------------------------------------------------------------


def list_of(read_item: Reader, item: str, alone: bool = True) -> Reader:
    """A reader of a list; one value alone is a list of one, where `alone`.

    Args:
        read_item: reads one item.
        item: what to call an item, "key issue"; its place in the list is added.
        alone: whether a text that is no list is taken for its only item.
    """
    several = {"type": "array", "items": schema_of(read_item), "minItems": 1}

    @takes({"anyOf": [schema_of(read_item), several]} if alone else several)
    def read(node: Node, label: str, report: Report) -> tuple[Any, ...] | None:
        if not isinstance(node, Items):
            if isinstance(node, Text) and (signs := re.match(r"([•·–—▪◦*])\s*\S", node.text)):
                report.add("yaml-bullet", node.place, f'the items of {label} begin with "{signs[1]}", not with a hyphen and a space',
                           "begin each item on a line of its own with a hyphen and a space: - First item",
                           Repair(node.typed, _hyphened(node, signs[1])))  # fmt: skip
                return None
            if not alone:
                if plain(node, label, report) is not None:
                    report.add("field-shape", node.place, f"{label} is not a list",
                               "write each item on a line of its own, with a hyphen and a space before it")  # fmt: skip
                return None
            value = read_item(node, label, report)
            return None if value is None else (value,)
        values = [read_item(child, f"{item} {i}", report) for i, child in enumerate(node.items, 1)]
        if not values:
            report.add("missing-field", node.place, f"{label} is an empty list", "write its items, or leave the field out")
        return tuple(value for value in values if value is not None)

    return read


def _hyphened(node: Text, sign: str) -> str | None:
    """The items of a list that begin with another sign; None where that sign stands further in, too."""
    lines = (" " * (node.place.column - 1) + node.typed).split("\n")
    if any(re.match(rf"\s*[{sign}]", line) and not re.match(rf"{lines[0][: node.place.column - 1]}[{sign}]\s", line) for line in lines):
        return None
    return "\n".join(re.sub(rf"^( *)[{sign}]\s+", r"\1- ", line) for line in lines).lstrip(" ")


@takes({"type": "object", "propertyNames": {"pattern": f"^{SLUG}$"}, "additionalProperties": TEXT})
def labels(node: Node, label: str, report: Report) -> Mapping[str, str] | None:
    """A controlled list: short id and its label, in the order of the file."""
    if not isinstance(node, MappingNode):
        report.add("field-shape", node.place, f"{label} is not a list of ids and labels",
                   "write each on a line of its own: defence: Security and defence")  # fmt: skip
        return None
    found = {}
    for entry in node.entries:
        key = slug(entry.key, f"the id in {label}", report)
        value = plain(entry.value, f'the label of "{entry.key.text}"', report)
        if key is not None and value is not None:
            found[key] = value
    return found


_TITLE = re.compile(r"(by|dr|prof|professor|mr|mrs|ms)\.?", re.IGNORECASE)  # "von" may belong to the name

NAME: Schema = {"type": "string", "minLength": 1, "maxLength": 120, "pattern": "^(?!.* (and|und|et|en|&|/) )[^,;]+$"}
"""What `person_name` takes. The 20 characters over its 100 are for titles, which it only warns of."""


def person_name(value: str, place: Place, report: Report) -> str | None:
    """A name, given name first, alone and without titles."""
    typed, prefixes = value, []
    while match := PREFIXES.match(value):
        prefixes.append(match[0].strip())
        value = value[match.end() :]
    if prefixes:
        report.add("author-prefix", place, f'"{typed}" begins with "{" ".join(prefixes)}"', f"write the name alone: {value}",
                   Repair(typed, value if all(_TITLE.fullmatch(one) for one in prefixes) else None))  # fmt: skip
    parts = [part for part in SEPARATORS.split(value) if part]
    if len(parts) == 2 and "," in value and (" " not in parts[0] or parts[0].split()[0].islower()) and " and " not in value:
        report.add("author-order", place, f'"{value}" has the family name first', f"write the given name first: {parts[1]} {parts[0]}")
        return None
    if len(parts) > 1:
        report.add("author-several", place, f'"{value}" looks like {len(parts)} authors',
                   "write each on a line of its own, with a hyphen and a space before the name")  # fmt: skip
        return None
    if len(value) > 3 and value.isupper() and " " in value:
        report.add("author-capitals", place, f'"{value}" is written in capitals', f"write {value.title()}")
    # Most formats write family name, comma, given name.
    if not any(char.isalpha() for char in value) or len(value) > 100 or re.search("[,;]", value):
        report.add("field-shape", place, f'"{value}" is not a name', "write the author's given name and family name")
        return None
    return value


def meant(typed: str, options: Iterable[str]) -> str:
    """A "did you mean" to add to a remedy, or nothing."""
    close = difflib.get_close_matches(typed.lower(), list(options), n=1, cutoff=0.6)
    return f"; did you mean {close[0]}?" if close else ""


def the_one(typed: str, options: Iterable[str]) -> str | None:
    """The option that a misspelt word means; None where it may mean another, or something else."""
    close = difflib.get_close_matches(typed.lower(), list(options), n=2, cutoff=0.8)
    return close[0] if close and (len(close) == 1 or close[0] == typed.lower()) else None
