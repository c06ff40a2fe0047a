"""How text becomes a value: tables of what is accepted, and of what is answered."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any

import pytest

from briefpress import fields, values
from briefpress.fields import FIELDS, Field
from briefpress.finding import Place
from briefpress.front_matter import Items, Node, Text, read_mapping
from briefpress.rules import RULES, Report
from briefpress.series import Series, _number_guess

TOP = Place(1, 1)


def read(reader: Any, typed: str | Iterable[str]) -> tuple[Any, list[tuple[str, str]]]:
    """Return the value, and the codes and remedies of the findings."""
    report = Report("x.md")
    node: Node = Text(typed, TOP) if isinstance(typed, str) else Items(tuple(Text(one, TOP) for one in typed), TOP)
    value = reader(node, '"field"', report)
    return value, [(one.code, one.remedy) for one in report.findings]


# Dates


@pytest.mark.parametrize(("typed", "date"), [
    ("2024-03-15", dt.date(2024, 3, 15)),
    ("2024-02-29", dt.date(2024, 2, 29)),
    (" 2024-03-15 ", dt.date(2024, 3, 15)),
])  # fmt: skip
def test_dates(typed: str, date: dt.date) -> None:
    assert read(values.iso_date, typed) == (date, [])


EXAMPLE = "write the date as YYYY-MM-DD, for example 2024-03-15"


@pytest.mark.parametrize(("typed", "remedy"), [
    ("15.3.2024", "write 2024-03-15"),
    ("15.03.2024", "write 2024-03-15"),
    ("15-3-2024", "write 2024-03-15"),
    ("2024-3-15", "write 2024-03-15"),
    ("2024/03/15", "write 2024-03-15"),
    ("2024.03.15", "write 2024-03-15"),
    ("15/03/2024", "write 2024-03-15"),
    ("03/15/2024", "write 2024-03-15"),
    ("5/5/2024", "write 2024-05-05"),
    ("03/04/2024", "03/04/2024 can mean 2024-04-03 or 2024-03-04: write the one that you mean as YYYY-MM-DD"),
    ("15 March 2024", "write 2024-03-15"),
    ("March 15, 2024", "write 2024-03-15"),
    ("15th of March 2024", "write 2024-03-15"),
    ("15 mars 2024", "write 2024-03-15"),
    ("1er mars 2024", "write 2024-03-01"),
    ("15. März 2024", "write 2024-03-15"),
    ("15 maart 2024", "write 2024-03-15"),
    ("15 août 2024", "write 2024-08-15"),
    ("Friday, 15 Mar. 2024", "write 2024-03-15"),
    ("2024-03-15T09:00", "write 2024-03-15"),
    ("2024-03-15 09:00:00", "write 2024-03-15"),
    ("March 2024", EXAMPLE),
    ("2024", EXAMPLE),
    ("15.3.24", EXAMPLE),
    ("31.2.2024", EXAMPLE),
    ("0.0.0", EXAMPLE),
    ("99.99.9999", EXAMPLE),
    ("tomorrow", EXAMPLE),
    ("٢٠٢٤-٠٣-١٥", EXAMPLE),
    ("2024–03–15", "write 2024-03-15"),
    ("20240315", EXAMPLE),
    ("999999999999-1-1", EXAMPLE),
])  # fmt: skip
def test_dates_in_other_forms(typed: str, remedy: str) -> None:
    assert read(values.iso_date, typed) == (None, [("date-format", remedy)])


@pytest.mark.parametrize("typed", ["2024-02-30", "2023-02-29", "2024-13-01", "2024-00-10", "0000-01-01"])
def test_days_that_are_none(typed: str) -> None:
    value, found = read(values.iso_date, typed)
    assert value is None
    assert [code for code, _ in found] == ["date-impossible"]


@pytest.mark.parametrize(("typed", "moment"), [
    ("2024-06-01", dt.date(2024, 6, 1)),
    ("2024-06-01T09:00+02:00", dt.datetime(2024, 6, 1, 7, tzinfo=dt.UTC)),
    ("2024-06-01 09:00+02:00", dt.datetime(2024, 6, 1, 7, tzinfo=dt.UTC)),
    ("2024-06-01T07:00Z", dt.datetime(2024, 6, 1, 7, tzinfo=dt.UTC)),
])  # fmt: skip
def test_embargo(typed: str, moment: dt.date) -> None:
    assert read(values.embargo, typed) == (moment, [])


@pytest.mark.parametrize("typed", ["soon", "2024-06-01T25:00+02:00", "09:00", "2024-06", "1.6.2024"])
def test_embargo_that_cannot_be_read(typed: str) -> None:
    value, found = read(values.embargo, typed)
    assert value is None
    assert [code for code, _ in found] == ["embargo"]


# Check digits


@pytest.mark.parametrize("issn", ["2983-466X", "0378-5955", "2049-3630", "1234-5679", "0000-0000", "2434-561X"])
def test_issn_check_digit(issn: str) -> None:
    assert values.issn_check_digit(issn.replace("-", "")[:7]) == issn[-1]


@pytest.mark.parametrize("text", ["", "298346", "29834660", "298346X", "2983-46", "٢٩٨٣٤٦٦", "2983466\n", " 298346"])
def test_issn_check_digit_wants_seven_digits(text: str) -> None:
    with pytest.raises(ValueError, match="seven digits"):
        values.issn_check_digit(text)


PLAIN_HYPHEN = "write it with a plain hyphen: 2983-466X"
FORM = "write four digits, a hyphen, three digits and the check character: 2983-466X"


@pytest.mark.parametrize(("typed", "value", "found"), [
    ("2983-466X", "2983-466X", []),
    ("2983-466x", None, [("issn-format", PLAIN_HYPHEN)]),
    ("2983–466X", None, [("issn-format", PLAIN_HYPHEN)]),
    ("2983466X", None, [("issn-format", PLAIN_HYPHEN)]),
    ("ISSN 2983-466X", None, [("issn-format", PLAIN_HYPHEN)]),
    ("e-ISSN: 2983-466X", None, [("issn-format", PLAIN_HYPHEN)]),
    ("2983-466", None, [("issn-format", FORM)]),
    ("29830-466X", None, [("issn-format", FORM)]),
    ("٢٩٨٣-466X", None, [("issn-format", FORM)]),
    ("forthcoming", None, [("issn-format", FORM)]),
])  # fmt: skip
def test_issn(typed: str, value: str | None, found: list[tuple[str, str]]) -> None:
    assert read(values.issn, typed) == (value, found)


@pytest.mark.parametrize("typed", ["2983-4660", "2983-4661", "2938-466X"])
def test_issn_with_a_wrong_check_digit(typed: str) -> None:
    value, found = read(values.issn, typed)
    assert value is None
    assert [code for code, _ in found] == ["issn-check-digit"]


@pytest.mark.parametrize(("typed", "value"), [
    ("0000-0002-1825-0097", "0000-0002-1825-0097"),
    ("https://orcid.org/0000-0002-1825-0097", "0000-0002-1825-0097"),
    ("http://orcid.org/0000-0002-1825-0097/", "0000-0002-1825-0097"),
    ("orcid.org/0000-0002-9079-593x", "0000-0002-9079-593X"),
    ("0000000218250097", "0000-0002-1825-0097"),
    ("0000-0002-1825-0098", None),
    ("0000-0002-1825-009", None),
    ("0000-0002-1825-00977", None),
    ("https://example.org/0000-0002-1825-0097", None),
    ("٠٠٠٠-0002-1825-0097", None),
])  # fmt: skip
def test_orcid(typed: str, value: str | None) -> None:
    found, told = read(values.orcid, typed)
    assert found == value
    assert [code for code, _ in told] == ([] if value else ["orcid"])


@pytest.mark.parametrize(("typed", "good"), [
    ("eva@example.org", True),
    ("eva.example+briefs@mail.example.org", True),
    ("eva@", False),
    ("@example.org", False),
    ("eva@example", False),
    ("eva@@example.org", False),
    ("mailto:eva@example.org", False),
    ("Eva <eva@example.org>", False),
    ("eva@example.org, jan@example.org", False),
    ("eva@example.org?subject=x", False),
    ("eva@example.o", False),
    ("javascript:alert(1)@example.org", False),
])  # fmt: skip
def test_email(typed: str, good: bool) -> None:
    value, found = read(values.email, typed)
    assert value == (typed if good else None)
    assert [code for code, _ in found] == ([] if good else ["email"])


# Languages and licences

ASK = "write its code, for example en, fr, de or nl"


@pytest.mark.parametrize(("typed", "remedy"), [
    ("en", None),
    ("no", None),
    ("nds", None),
    ("pt-BR", None),
    ("zh-Hant", None),
    ("zh-Hant-TW", None),
    ("es-419", None),
    ("english", "write en"),
    ("English", "write en"),
    ("français", "write fr"),
    ("Deutsch", "write de"),
    ("EN", "write en"),
    ("Fr", "write fr"),
    ("en_GB", "write en-GB"),
    ("en-gb", "write en-GB"),
    ("EN-gb", "write en-GB"),
    ("xx", ASK),
    ("klingon", ASK),
    ("e", ASK),
    ("en-", ASK),
    ("en fr", ASK),
])  # fmt: skip
def test_language(typed: str, remedy: str | None) -> None:
    value, found = read(values.language, typed)
    assert (value, found) == ((typed, []) if remedy is None else (None, [("language", remedy)]))


@pytest.mark.parametrize(("typed", "guess"), [
    ("CC-BY-4.0", None),
    ("LicenseRef-All-Rights-Reserved", None),
    ("CC BY", "CC-BY-4.0"),
    ("cc-by", "CC-BY-4.0"),
    ("CC BY 4.0", "CC-BY-4.0"),
    ("CC BY-NC-ND", "CC-BY-NC-ND-4.0"),
    ("CC BY-SA 3.0", "CC-BY-SA-3.0"),
    ("cc0", "CC0-1.0"),
    ("https://creativecommons.org/licenses/by/4.0/", "CC-BY-4.0"),
    ("https://creativecommons.org/licenses/by-nc/4.0/deed.fr", "CC-BY-NC-4.0"),
    ("All rights reserved", "LicenseRef-All-Rights-Reserved"),
])  # fmt: skip
def test_license(typed: str, guess: str | None) -> None:
    value, found = read(values.license_id, typed)
    assert (value, found) == ((typed, []) if guess is None else (None, [("license", f"write {guess}")]))


@pytest.mark.parametrize("typed", ["MIT", "free", "CC", "CC-BY-5.0"])
def test_license_that_is_none_of_ours(typed: str) -> None:
    value, found = read(values.license_id, typed)
    assert value is None
    assert found[0][1].startswith("write one of CC-BY-4.0, ")


# Authors


@pytest.mark.parametrize(("typed", "code", "remedy"), [
    ("Pejsova, Eva", "author-order", "write the given name first: Eva Pejsova"),
    ("van Voorbeeld, Ludwig", "author-order", "write the given name first: Ludwig van Voorbeeld"),
    ("Eva Example and Ludwig van Voorbeeld", "author-several", None),
    ("Eva Example & Ludwig van Voorbeeld", "author-several", None),
    ("Eva Example, Ludwig van Voorbeeld", "author-several", None),
    ("Eva Example; Ludwig van Voorbeeld", "author-several", None),
    ("Eva Example, Jan Sample and Ludwig van Voorbeeld", "author-several", None),
    ("Eva Example et Jan Sample", "author-several", None),
    ("Eva Example und Jan Sample", "author-several", None),
    ("Eva Example / Jan Sample", "author-several", None),
    ("By Eva Example", "author-prefix", "write the name alone: Eva Example"),
    ("Dr Eva Example", "author-prefix", "write the name alone: Eva Example"),
    ("Prof. Dr. Eva Example", "author-prefix", "write the name alone: Eva Example"),
    ("EVA EXAMPLE", "author-capitals", "write Eva Example"),
    ("12 34", "field-shape", None),
    ("E" * 101, "field-shape", None),
])  # fmt: skip
def test_author_lines_that_are_answered(typed: str, code: str, remedy: str | None) -> None:
    _, found = read(fields.author, typed)
    assert [one for one, _ in found] == [code]
    if remedy is not None:
        assert found[0][1] == remedy


@pytest.mark.parametrize(("typed", "parts"), [
    ("Eva Example", ("Eva", "", "Example")),
    ("Sartre-and Co", ("Sartre-and", "", "Co")),
    ("Andrea Andersen", ("Andrea", "", "Andersen")),
    ("Byron Drake", ("Byron", "", "Drake")),
    ("Miss Etam", ("Miss", "", "Etam")),
    ("Jean-Noël d'Exemple", ("Jean-Noël", "", "d'Exemple")),
    ("J. D. Sample", ("J. D.", "", "Sample")),
    ("Ludwig van Voorbeeld", ("Ludwig", "van", "Voorbeeld")),
    ("Plato", ("", "", "Plato")),
    ("Łukasz Wzór", ("Łukasz", "", "Wzór")),
    ("山田 太郎", ("山田", "", "太郎")),
])  # fmt: skip
def test_author_lines_that_are_names(typed: str, parts: tuple[str, str, str]) -> None:
    person, found = read(fields.author, typed)
    assert ((person.given, person.particle, person.family), found) == (parts, [])


@pytest.mark.parametrize("typed", ["eva-example", "eva", "e2"])
def test_an_id_is_looked_up_elsewhere(typed: str) -> None:
    person, found = read(fields.author, typed)
    assert (person.text, found) == (typed, [])


# Numbers

PER_YEAR, CONTINUOUS, NONE = "per-year", "continuous", "none"


def series(numbering: str) -> Series:
    return Series("s", "S", "S", numbering, "P", "P", "D", "CC-BY-4.0", fields.Disclaimer("one", "several"))


@pytest.mark.parametrize(("typed", "numbering", "number"), [
    ("7/2024", PER_YEAR, "7/2024"),
    ("999/1999", PER_YEAR, "999/1999"),
    ("07/2024", PER_YEAR, None),
    ("0/2024", PER_YEAR, None),
    ("1000/2024", PER_YEAR, None),
    ("7/24", PER_YEAR, None),
    ("7/3024", PER_YEAR, None),
    ("7", PER_YEAR, None),
    ("7 / 2024", PER_YEAR, None),
    ("7/2024\n", PER_YEAR, None),
    ("٧/2024", PER_YEAR, None),
    ("47", CONTINUOUS, "47"),
    ("99999", CONTINUOUS, "99999"),
    ("047", CONTINUOUS, None),
    ("0", CONTINUOUS, None),
    ("100000", CONTINUOUS, None),
    ("47a", CONTINUOUS, None),
    ("7/2024", CONTINUOUS, None),
    ("-1", CONTINUOUS, None),
])  # fmt: skip
def test_numbers(typed: str, numbering: str, number: str | None) -> None:
    found = series(numbering).read_number(typed)
    assert (str(found) if found else None) == number


@pytest.mark.parametrize(("typed", "numbering", "guess"), [
    ("7", PER_YEAR, "7/2024"),
    ("07/2024", PER_YEAR, "7/2024"),
    ("2024/12", PER_YEAR, "12/2024"),
    ("12-2023", PER_YEAR, "12/2023"),
    ("No. 12, 2023", PER_YEAR, "12/2023"),
    ("2024", PER_YEAR, "7/2024"),
    ("0", PER_YEAR, "7/2024"),
    ("x", PER_YEAR, "7/2024"),
    ("2023/2024", PER_YEAR, "7/2024"),
    ("No. 12", CONTINUOUS, "12"),
    ("012", CONTINUOUS, "12"),
    ("12/2024", CONTINUOUS, "12"),
    ("0", CONTINUOUS, "47"),
])  # fmt: skip
def test_number_guesses(typed: str, numbering: str, guess: str) -> None:
    found = _number_guess(typed, series(numbering), dt.date(2024, 3, 15))
    assert found == guess
    assert series(numbering).read_number(found), "a remedy that would be refused"


# Other kinds


@pytest.mark.parametrize(("typed", "good"), [
    ("D.M.YYYY", True), ("DD/MM/YYYY", True), ("D MMMM YYYY", True), ("MMMM D, YYYY", True), ("YYYY-MM-DD", True),
    ("D MMM YYYY", True), ("dd.mm.yyyy", False), ("D.M.YY", False), ("D.M.", False), ("MMMMM D YYYY", False), ("", False),
    ("D 'de' MMMM YYYY", False),
])  # fmt: skip
def test_date_style(typed: str, good: bool) -> None:
    assert read(values.date_style, typed)[0] == (typed if good else None)


@pytest.mark.parametrize(("typed", "value"), [
    ("true", True), ("True", True), ("false", False), ("FALSE", False), ("yes", None), ("no", None), ("1", None), ("on", None),
])  # fmt: skip
def test_switch(typed: str, value: bool | None) -> None:
    assert read(values.switch, typed)[0] is value


@pytest.mark.parametrize(("typed", "good"), [
    ("policy-briefs", True), ("a", True), ("a1-2", True), ("Policy", False), ("a--b", False), ("-a", False), ("a_b", False),
    ("a/b", False), ("..", False), ("é", False),
])  # fmt: skip
def test_slug(typed: str, good: bool) -> None:
    assert read(values.slug, typed)[0] == (typed if good else None)


@pytest.mark.parametrize("typed", ["Brussels", "../../etc/passwd", "/etc/localtime", "Europe", "\x00", "", "Europe/Brüssel"])
def test_time_zones_that_are_none(typed: str) -> None:
    value, found = read(values.timezone, typed)
    assert value is None
    assert len(found) == 1


# A rule that is no error must not lose what was written: the brief can be published with it.


@pytest.mark.parametrize(("name", "typed"), [
    ("description", "Too short"),
    ("description", "long " * 200),
    ("image_alt", "Bars"),
    ("key_issues", ["A sentence of eight words stands here now. " * 20, "A sentence of eight words stands here now."]),
])  # fmt: skip
def test_a_warning_keeps_the_value(name: str, typed: str | list[str]) -> None:
    field = next(row for row in FIELDS if row.name == name)
    value, found = read(field.read, typed)
    assert not [code for code, _ in found if RULES[code].level == "error"]
    kept = [str(getattr(one, "text", one)) for one in ([value] if isinstance(value, str) else value)]
    assert kept == [" ".join(one.split()) for one in ([typed] if isinstance(typed, str) else typed)]


# The rows


ROWS = [
    *FIELDS, *fields.AUTHOR_FIELDS, *fields.DATA_FIELDS, *fields.WAIVER_FIELDS, *fields.SERIES_FIELDS,
    *fields.DISCLAIMER_FIELDS, *fields.CROSSREF_FIELDS, *fields.REPEC_FIELDS, *fields.SETTINGS_FIELDS,
]  # fmt: skip


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_a_row_tells_what_it_is(row: Field) -> None:
    assert row.about[0].isupper()
    assert row.about.endswith(".")
    assert row.example.startswith(f"{row.name}:")


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_the_example_of_a_row_is_good(row: Field) -> None:
    report = Report("x.md")
    mapping, broken = read_mapping(row.example, report)
    assert not broken
    # Where a name holds fields of its own the example shows how it begins.
    if row.name not in ("series", "disclaimer") or row in FIELDS:
        assert row.read(mapping.entries[0].value, row.name, report) is not None
    assert report.findings == []


@pytest.mark.parametrize(("alias", "name"), fields.ALIASES.items())
def test_an_alias_stands_for_a_field(alias: str, name: str) -> None:
    names = {row.name for row in FIELDS}
    assert name in names
    assert alias not in names


@pytest.mark.parametrize(("typed", "name"), [
    ("Title", "title"), ("KEY_ISSUES", "key_issues"), ("key-issues", "key_issues"), ("Key issues", "key_issues"),
    ("keypoints", "key_issues"), ("Authors", "author"), ("Licence", "license"), ("no", "number"), ("tags", "keywords"),
])  # fmt: skip
def test_names_in_other_forms(typed: str, name: str) -> None:
    report = Report("x.md")
    mapping, _ = read_mapping(f"{typed}: 7/2024\n", report)
    fields.read_fields(mapping, tuple(row for row in FIELDS if row.name == name), report, aliases=fields.ALIASES)
    assert "field-name" in [finding.code for finding in report.findings]
