"""Authors, topics and regions: who is one person, what is counted, registers, and what is related."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Mapping
from dataclasses import replace
from zoneinfo import ZoneInfo

import pytest

from briefpress.brief import Brief, IssueNumber
from briefpress.byline import Author, parse_name
from briefpress.fields import Correction, Disclaimer
from briefpress.finding import Place
from briefpress.listing import FACET, PER_PAGE, Row, facets, home, language_name, lists, related
from briefpress.series import Catalogue, Series, Settings
from briefpress.values import Named

NOW = dt.datetime(2026, 6, 1, 12, tzinfo=dt.UTC)
SERIES = Series(
    "briefs", "Example Brief", "EXAMPLE BRIEF", "per-year", "P", "P", "D", "CC-BY-4.0", Disclaimer("one", "several"), issn="2983-466X",
    topics={"energy": "Énergie", "access": "Accessibility", "zones": "Zones"}, regions={"europe": "Europe", "asia": "Asia"},
)  # fmt: skip
EVA = Author("Eva", "", "Example", id="eva-example", orcid="0000-0002-1825-0097", bio="Eva Example is invented.")


def person(name: str, **more: str) -> Author:
    return Author(*parse_name(name), **more)  # type: ignore[arg-type]


def named(text: str) -> tuple[Named, ...]:
    return tuple(Named(one, Place(1, 1)) for one in text.split())


def brief(n: int, date: str = "", *, topics: str = "", regions: str = "", by: tuple[Author, ...] = (), related: str = "",
          slug: str = "briefs", **more: object) -> Brief:  # fmt: skip
    """Return the brief n/2024, of the nth day of the year if no date is given; without authors, by one of its own."""
    given: dict[str, object] = {
        "title": f"Brief {n}", "authors": by or (person(f"Author{chr(64 + n)} Own{chr(64 + n)}"),), "key_issues": ("First.", "Second."),
        "lang": "en", "license": "CC-BY-4.0", "issn": "", "body": "", "body_line": 1, "places": {}, "topics": named(topics),
        "regions": named(regions), "related": tuple(Named(one, Place(1, 1)) for one in related.split(",") if one),
    }  # fmt: skip
    day = dt.date.fromisoformat(date) if date else dt.date(2024, 1, 1) + dt.timedelta(n)
    return Brief(path=f"briefs/{n:03}.md", series=slug, number=IssueNumber(2024, n), date=day, **{**given, **more})


def catalogue(*briefs: Brief, series: tuple[Series, ...] = (SERIES,), people: Mapping[str, Author] | None = None) -> Catalogue:
    ordered = sorted(briefs, key=lambda one: one.order)
    return Catalogue(Settings(ZoneInfo("UTC"), series, people=people or {}), tuple(ordered), NOW)


def rows(found: Catalogue, name: str) -> tuple[Row, ...]:
    return next(facet.rows for facet in facets(found) if facet.name == name)


def numbers(briefs: object) -> list[int]:
    return [one.number.n for one in briefs]  # type: ignore[attr-defined]


# Authors


def test_a_person_of_people_yml_has_the_address_of_the_id() -> None:
    (row,) = rows(catalogue(brief(1, by=(replace(EVA, id="eve"),)), people={"eve": replace(EVA, id="eve")}), "author")
    assert (row.id, row.url, row.label) == ("eve", "authors/eve/", "Eva Example")


@pytest.mark.parametrize("first", [0, 1])
def test_one_person_by_id_and_by_name_has_one_page_and_it_is_that_of_people_yml(first: int) -> None:
    written = [(EVA,), (person("Eva Example"),)]
    found = catalogue(brief(1, by=written[first]), brief(2, by=written[1 - first]), people={"eva-example": EVA})
    (row,) = rows(found, "author")
    assert (row.url, numbers(row.briefs)) == ("authors/eva-example/", [2, 1])
    assert row.author is not None
    assert (row.author.id, row.author.bio) == ("eva-example", "Eva Example is invented.")
    (page,) = [page for page in lists(found) if page.url == row.url]
    assert page.listing["author"]["orcid"] == "0000-0002-1825-0097"
    assert page.listing["tally"] == "2 briefs"


def test_the_newest_brief_knows_best_and_an_older_one_what_it_leaves_out() -> None:
    old = person("Bea Guest", bio="Bea Guest was a student.", email="bea@example.org")
    new = person("Bea Guest", bio="Bea Guest is a professor.")
    (row,) = rows(catalogue(brief(1, by=(old,)), brief(2, by=(new,))), "author")
    assert row.author is not None
    assert row.author.bio == "Bea Guest is a professor."
    assert row.author.email == "bea@example.org"


def test_the_address_of_a_portrait_is_that_of_its_copy() -> None:
    found = catalogue(brief(1, by=(replace(EVA, photo="briefs/people/Eva At Work.JPEG"),)))
    (page,) = [page for page in lists(found) if page.listing["kind"] == "author" and page.template == "list.html"]
    assert page.listing["author"]["photo"] == "authors/eva-example/portrait.jpeg"
    (page,) = [page for page in lists(catalogue(brief(1, by=(EVA,)))) if page.listing["kind"] == "author" and page.template == "list.html"]
    assert page.listing["author"]["photo"] == ""


def test_the_register_of_authors_is_filed_by_family_name_without_particle_and_accents() -> None:
    names = ["Ludwig van Voorbeeld", "Ana de la Muestra", "Émile Éxample", "Eva Example", "Zoë Abbé", "Plato"]
    found = catalogue(brief(1, by=tuple(map(person, names))))
    expected = ["Zoë Abbé", "Émile Éxample", "Eva Example", "Ana de la Muestra", "Plato", "Ludwig van Voorbeeld"]
    assert [row.label for row in rows(found, "author")] == expected
    (page,) = [page for page in lists(found) if page.url == "authors/"]
    assert page.template == "index.html"
    assert page.listing["tally"] == "6 authors"
    assert [group["letter"] for group in page.listing["groups"]] == [""]
    assert [row["label"] for row in page.listing["groups"][0]["rows"]] == expected


def test_a_long_register_stands_under_letters() -> None:
    names = ["Émile Éxample", "Ana de la Muestra", *(f"Eva Example{chr(97 + i)}" for i in range(2 * FACET - 2))]
    (page,) = [page for page in lists(catalogue(brief(1, by=tuple(map(person, names))))) if page.url == "authors/"]
    assert [group["letter"] for group in page.listing["groups"]] == [""], "as many as still are short"
    (page,) = [page for page in lists(catalogue(brief(1, by=tuple(map(person, [*names, "Plato"]))))) if page.url == "authors/"]
    assert [(group["letter"], len(group["rows"])) for group in page.listing["groups"]] == [("E", 2 * FACET - 1), ("M", 1), ("P", 1)]


@pytest.mark.parametrize("facet", ["author", "topic", "region"])
def test_a_register_of_nothing_has_no_rows(facet: str) -> None:
    (page,) = [page for page in lists(catalogue()) if page.url == f"{facet}s/"]
    assert page.listing["tally"] == f"0 {facet}s"
    assert [row for group in page.listing["groups"] for row in group["rows"]] == []


# Topics and regions


def test_topics_and_regions_have_pages_with_counts_of_public_briefs() -> None:
    found = catalogue(
        brief(1, topics="energy access", regions="europe"), brief(2, topics="energy energy"), brief(3, topics="zones", draft=True),
        brief(4, regions="asia", embargo=NOW + dt.timedelta(seconds=1)), brief(5, topics="zones", sound=False),
    )  # fmt: skip
    assert [(row.label, row.url, numbers(row.briefs)) for row in rows(found, "topic")] == [
        ("Accessibility", "topics/access/", [1]), ("Énergie", "topics/energy/", [2, 1]),
    ]  # fmt: skip
    assert [(row.label, numbers(row.briefs)) for row in rows(found, "region")] == [("Europe", [1])]
    pages = {page.url: page for page in lists(found)}
    assert {url for url in pages if url.startswith(("topics/", "regions/"))} == {
        "topics/", "topics/access/", "topics/energy/", "regions/", "regions/europe/"}  # fmt: skip
    page = pages["topics/energy/"]
    assert (page.listing["kind_text"], page.listing["heading"], page.listing["tally"]) == ("Topic", "Énergie", "2 briefs")
    assert page.changed == dt.date(2024, 1, 3)
    assert [(row["label"], row["count"], row["current"]) for row in page.listing["beside"][0]["rows"]] == [
        ("Accessibility", 1, False), ("Énergie", 2, True),
    ]  # fmt: skip


@pytest.mark.parametrize(("count", "sizes"), [(PER_PAGE, [40]), (PER_PAGE + 1, [40, 1]), (2 * PER_PAGE + 1, [40, 40, 1])])
@pytest.mark.parametrize("kind", ["author", "topic", "region"])
def test_long_lists_of_a_facet_have_pages(kind: str, count: int, sizes: list[int]) -> None:
    found = catalogue(*(brief(n, by=(EVA,), topics="energy", regions="asia") for n in range(1, count + 1)))
    pages = [page.listing for page in lists(found) if page.listing["kind"] == kind and page.template == "list.html"]
    assert [len(page["entries"]) for page in pages] == sizes
    assert {page["tally"] for page in pages} == {f"{count} briefs"}
    first = {"author": "authors/eva-example/", "topic": "topics/energy/", "region": "regions/asia/"}[kind]
    assert [page["url"] for page in pages] == [first, *(f"{first}page/{n}/" for n in range(2, len(sizes) + 1))]
    shown = [entry["number"] for page in pages for entry in page["entries"]]
    assert shown == [f"{n}/2024" for n in range(count, 0, -1)]


def test_beside_a_list_stand_the_largest_in_the_order_of_their_labels() -> None:
    series = replace(SERIES, topics={f"t{n:02}": f"Topic {n:02}" for n in range(20)})
    briefs = [brief(n, topics=" ".join(f"t{t:02}" for t in range(n, 20))) for n in range(1, 16)]  # the later the topic, the more briefs
    way = next(way for way in home(catalogue(*briefs, series=(series,)))["ways"] if way["heading"] == "By topic")
    assert [row["label"] for row in way["rows"]] == [f"Topic {n:02}" for n in range(20 - FACET, 20)]
    assert (way["all_url"], way["all_text"]) == ("topics/", "All topics")


def test_every_address_is_given_once_over_three_series() -> None:
    series = tuple(replace(SERIES, slug=slug, title=slug) for slug in ("briefs", "notes", "papers"))
    found = catalogue(*(brief(n, topics="energy", slug=("briefs", "notes", "papers")[n % 3]) for n in range(1, 10)), series=series)
    urls = [page.url for page in lists(found)]
    assert len(urls) == len(set(urls))
    assert {"briefs/", "notes/", "papers/", "briefs/2024/", "notes/2024/", "papers/2024/"} <= set(urls)
    (row,) = rows(found, "topic")
    assert numbers(row.briefs) == list(range(9, 0, -1)), "a topic is one over all series"


# Related briefs


def test_named_briefs_come_first_then_topics_regions_and_authors_in_common() -> None:
    here = brief(20, topics="energy access", regions="europe", by=(EVA,), related="3/2024,1/2024")
    found = catalogue(
        here, brief(1), brief(3),
        brief(4, topics="energy"),                                 # 2
        brief(5, topics="energy", regions="europe"),               # 3
        brief(6, topics="energy access"),                          # 4
        brief(7, topics="energy", regions="europe", by=(EVA,)),    # 4, and nearer
        brief(8, topics="zones", regions="europe"),                # not a topic, not a person
    )  # fmt: skip
    assert numbers(related(found, here)) == [3, 1, 7]
    assert numbers(related(found, here, limit=9)) == [3, 1, 7, 6, 5, 4]
    assert numbers(related(found, here, limit=1)) == [3, 1], "what an editor names is never left out"


def test_a_brief_by_the_same_author_is_related() -> None:
    here = brief(5, by=(EVA,))
    assert numbers(related(catalogue(here, brief(1, by=(person("Eva Example"),)), brief(2)), here)) == [1]


def test_of_equals_the_nearest_come_first_and_of_two_as_near_the_newer() -> None:
    every = [brief(n, topics="energy") for n in range(1, 9)]
    assert numbers(related(catalogue(*every), every[4], limit=9)) == [6, 4, 7, 3, 8, 2, 1]
    assert numbers(related(catalogue(*every), every[0])) == [2, 3, 4]
    assert numbers(related(catalogue(*every), every[-1])) == [7, 6, 5]


def test_on_one_day_the_number_tells_who_is_near() -> None:
    every = [brief(n, "2024-05-01", topics="energy") for n in (1, 2, 3, 4, 5)]
    assert numbers(related(catalogue(*every[::-1]), every[1])) == [3, 1, 4]


def test_a_new_brief_changes_what_is_related_to_its_neighbours_alone() -> None:
    every = [brief(n, topics="energy") for n in range(1, 21)]
    before, after = catalogue(*every[:-1]), catalogue(*every)
    assert [one.number.n for one in every[:-1] if one.number and related(before, one) != related(after, one)] == [18, 19]


def by_the_rule(catalogue: Catalogue, here: Brief, limit: int) -> list[Brief]:
    """Return what is related, as the rule has it word by word."""
    named = [found for one in here.related if (found := catalogue.named(one.text, here.series)) and found is not here and catalogue.shows(found)]
    in_time = sorted(catalogue.public, key=lambda one: one.order)

    def common(other: Brief) -> tuple[int, int, int]:
        sets = [({one.text for one in who.topics}, {one.text for one in who.regions}, {one.address for one in who.authors}) for who in (here, other)]
        topics, regions, authors = (len(ours & theirs) for ours, theirs in zip(*sets, strict=True))
        return topics, regions, authors

    def rank(other: Brief) -> tuple[int, int, bool]:
        topics, regions, authors = common(other)
        away = in_time.index(other) - in_time.index(here)
        return -(2 * topics + regions + authors), abs(away), away < 0

    barred = [here, *named, *catalogue.translations.get(here.path, ())]
    others = [one for one in in_time if one not in barred and not one.withdrawal and any(common(one)[::2])]
    return named + sorted(others, key=rank)[: max(0, limit - len(named))]


@pytest.mark.parametrize("seed", range(60))
def test_what_is_related_is_so_by_the_rule(seed: int) -> None:
    chance = random.Random(seed)
    people = [person(f"Given{letter} Family{letter}") for letter in "abcdefg"]
    notes = replace(SERIES, slug="notes")
    withdrawn = (Correction("withdrawal", dt.date(2026, 1, 1), Named("It was wrong from beginning to end.", Place(1, 1))),)
    every = []
    for n in range(1, chance.randint(2, 40)):
        more: dict[str, object] = {"draft": chance.random() < 0.1, "corrections": withdrawn if chance.random() < 0.1 else ()}
        if n > 1 and chance.random() < 0.2:
            more |= {"lang": "fr", "translation_of": Named(f"{chance.randint(1, n - 1)}/2024", Place(1, 1))}
        every.append(brief(
            n, f"2024-0{chance.randint(1, 9)}-01", by=tuple(chance.sample(people, chance.randint(1, 3))), slug=chance.choice(["briefs", "notes"]),
            topics=" ".join(chance.sample(["energy", "access", "zones"], chance.randint(0, 3))),
            regions=" ".join(chance.sample(["europe", "asia"], chance.randint(0, 2))),
            related=",".join(f"{chance.randint(1, 40)}/2024" for _ in range(chance.choice([0, 0, 0, 1, 2]))), **more,
        ))  # fmt: skip
    found = catalogue(*every, series=(SERIES, notes))
    for here in found.public:
        for limit in (1, 3, 50):
            assert related(found, here, limit) == by_the_rule(found, here, limit)


def test_never_itself_and_never_what_is_not_public() -> None:
    here = brief(9, topics="energy", related="9/2024,8/2024,7/2024")
    found = catalogue(here, brief(8, topics="energy", draft=True), brief(7, topics="energy", embargo=NOW + dt.timedelta(seconds=1)),
                      brief(6, topics="energy", sound=False), brief(5, topics="energy"))  # fmt: skip
    assert numbers(related(found, here)) == [5]


def test_alone_it_has_no_related() -> None:
    here = brief(1, topics="energy")
    assert related(catalogue(here), here) == []


def test_a_brief_of_another_series_is_named_with_its_slug() -> None:
    notes = replace(SERIES, slug="notes", numbering="continuous")
    here = brief(9, related="notes 12")
    other = replace(brief(2, slug="notes"), number=IssueNumber(0, 12))
    assert related(catalogue(here, other, series=(SERIES, notes)), here) == [other]


# Home


@pytest.mark.parametrize("count", [0, 1, 2, 30])
def test_home_of_one_series(count: int) -> None:
    page = home(catalogue(*(brief(n, by=(EVA,), topics="energy") for n in range(1, count + 1))))
    assert (page["newest"] or {"number": None})["number"] == (f"{count}/2024" if count else None)
    assert [one["number"] for one in page["latest"]] == [f"{n}/2024" for n in range(count - 1, max(0, count - 7), -1)]
    assert [one["title"] for one in page["all_series"]] == ["Example Brief"]
    assert [way["heading"] for way in page["ways"]] == (["By year", "By author", "By topic"] if count else [])


def test_home_of_three_series_has_the_newest_of_all_by_date_and_names_each() -> None:
    slugs = ("briefs", "notes", "papers", "empty")
    series = tuple(replace(SERIES, slug=slug, title=f"The {slug}", masthead=slug.upper()) for slug in slugs)
    found = catalogue(brief(1, "2024-03-01", slug="papers"), brief(2, "2024-04-01", slug="notes"), brief(3, "2024-02-01"),
                      brief(4, "2024-05-01", slug="notes", draft=True), series=series)  # fmt: skip
    page = home(found)
    assert [page["newest"]["title"], *(one["title"] for one in page["latest"])] == ["Brief 2", "Brief 1", "Brief 3"]
    assert page["newest"]["masthead"] == "NOTES • 2/2024"
    assert [(one["title"], one["url"], one["count_text"], one["issn"]) for one in page["all_series"]] == [
        ("The briefs", "briefs/", "1 brief", "2983-466X"), ("The notes", "notes/", "1 brief", "2983-466X"),
        ("The papers", "papers/", "1 brief", "2983-466X"), ("The empty", "empty/", "0 briefs", "2983-466X"),
    ]  # fmt: skip
    assert "By year" not in [way["heading"] for way in page["ways"]], "years are those of one series"


@pytest.mark.parametrize(("lang", "name"), [
    ("en", "English"), ("fr", "Français"), ("de-AT", "Deutsch"), ("nl", "Nederlands"), ("pt-BR", "Português"), ("zh-Hant-TW", "中文"),
    ("qqq", "qqq"), ("tlh", "tlh"),
])  # fmt: skip
def test_a_language_has_its_own_name(lang: str, name: str) -> None:
    assert language_name(lang) == name
