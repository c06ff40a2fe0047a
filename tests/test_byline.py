"""Names as they are printed, taken apart and sorted."""

from __future__ import annotations

import pytest

from briefpress.byline import Author, folded, joined, orcid_check_digit, parse_name


@pytest.mark.parametrize(("name", "parts"), [
    ("Eva Example", ("Eva", "", "Example")),
    ("Eva Maria Example", ("Eva Maria", "", "Example")),
    ("Ludwig van Voorbeeld", ("Ludwig", "van", "Voorbeeld")),
    ("Ludwig van der Voorbeeld", ("Ludwig", "van der", "Voorbeeld")),
    ("Ana de la Muestra", ("Ana", "de la", "Muestra")),
    ("Ana de la Muestra Gómez", ("Ana", "de la", "Muestra Gómez")),
    ("Jan 't Voorbeeld", ("Jan", "'t", "Voorbeeld")),
    ("Max von und zu Beispiel", ("Max", "von und zu", "Beispiel")),
    ("Van Morrison", ("Van", "", "Morrison")),
    ("Ludwig Van Voorbeeld", ("Ludwig Van", "", "Voorbeeld")),
    ("van", ("", "", "van")),
    ("van Voorbeeld", ("van", "", "Voorbeeld")),
    ("Ludwig van", ("Ludwig", "", "van")),
    ("Plato", ("", "", "Plato")),
    ("  Eva   Example ", ("Eva", "", "Example")),
    ("", ("", "", "")),
    ("Jean-Noël Exemple", ("Jean-Noël", "", "Exemple")),
])  # fmt: skip
def test_names_are_taken_apart(name: str, parts: tuple[str, str, str]) -> None:
    assert parse_name(name) == parts
    assert Author(*parts).name == " ".join(name.split())


@pytest.mark.parametrize(("names", "text"), [
    ([], ""),
    (["A"], "A"),
    (["A", "B"], "A and B"),
    (["A", "B", "C"], "A, B and C"),
    (["A", "B", "C", "D"], "A, B, C and D"),
])  # fmt: skip
def test_names_are_joined(names: list[str], text: str) -> None:
    assert joined(names, "and") == text


@pytest.mark.parametrize(("typed", "plain"), [
    ("Pejšová", "pejsova"), ("ÉMILE", "emile"), ("Straße", "strasse"), ("Łukasz", "łukasz"), ("", ""), ("ﬁn", "fin"),
])  # fmt: skip
def test_accents_fold(typed: str, plain: str) -> None:
    assert folded(typed) == plain


def test_authors_are_filed_by_family_name_without_particle() -> None:
    names = ["Ana de la Muestra", "Eva Example", "Ludwig van Voorbeeld", "Émile Éxample"]
    people = [Author(*parse_name(name)) for name in names]
    assert [one.family for one in sorted(people, key=lambda one: one.sort_key)] == [
        "Éxample", "Example", "Muestra", "Voorbeeld",
    ]  # fmt: skip


@pytest.mark.parametrize(("author", "address"), [
    (Author("Eva", "", "Example", id="eva", orcid="0000-0002-1825-0097"), "eva"),
    (Author("Eva", "", "Example", orcid="0000-0002-1825-0097"), "eva-example"),
    (Author("Ludwig", "van der", "Voorbeeld"), "ludwig-van-der-voorbeeld"),
    (Author("Zoë", "", "Łukasiewicz-Pejšová"), "zoe-lukasiewicz-pejsova"),
    (Author("Мария", "", "Иванова"), "mariya-ivanova"),
    (Author("", "", "東"), "dong"),
    (Author("", "", "“”"), "x"),
])  # fmt: skip
def test_the_address_of_a_person(author: Author, address: str) -> None:
    assert author.address == address


ONE, OTHER = "0000-0002-1825-0097", "0000-0001-5109-3700"


@pytest.mark.parametrize(("one", "other", "same"), [
    (("Eva", "", "Example", ""), ("Eva", "", "Example", ""), True),
    (("Eva", "", "Example", ONE), ("Eva", "", "Example", ""), True),
    (("Eva", "", "Example", ONE), ("Eva", "", "Example", ONE), True),
    (("Eva", "", "Example", ONE), ("Eva", "", "Example", OTHER), False),
    (("Zoë", "", "Example", ""), ("Zoe", "", "Example", ""), True),
    (("Eva", "", "Example", ""), ("Eve", "", "Example", ""), False),
    (("Ludwig", "van", "Voorbeeld", ""), ("Ludwig van", "", "Voorbeeld", ""), True),
])  # fmt: skip
def test_one_name_and_no_two_iDs_may_be_one_person(one: tuple[str, ...], other: tuple[str, ...], same: bool) -> None:
    (first, second) = (Author(*parts[:3], orcid=parts[3]) for parts in (one, other))
    assert first.may_be(second) is same
    assert second.may_be(first) is same


@pytest.mark.parametrize("iD", ["0000-0002-1825-0097", "0000-0001-5109-3700", "0000-0002-1694-233X", "0000-0002-9079-593X"])
def test_orcid_check_digit(iD: str) -> None:
    assert orcid_check_digit(iD.replace("-", "")[:15]) == iD[-1]


@pytest.mark.parametrize("text", ["", "00000002182500", "0000000218250097", "00000002182500X", "٠00000021825009", "000000021825009\n"])
def test_orcid_check_digit_wants_fifteen_digits(text: str) -> None:
    with pytest.raises(ValueError, match="fifteen digits"):
        orcid_check_digit(text)
