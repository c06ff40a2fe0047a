"""Lists of briefs, addresses and dates, as data."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

import pytest

from briefpress.brief import Brief, IssueNumber
from briefpress.byline import Author, parse_name
from briefpress.fields import Disclaimer
from briefpress.listing import ListPage, date_text, description, entry, home, lists
from briefpress.page import relative
from briefpress.series import Catalogue, Series, Settings, address_part

NOW = dt.datetime(2024, 6, 1, 12, tzinfo=dt.UTC)
NBSP, NARROW = "\u00a0", "\u202f"


def series(slug: str = "briefs", numbering: str = "per-year", lang: str = "en") -> Series:
    return Series(slug, "Example Brief", "EXAMPLE BRIEF", numbering, "P", "P", "D", "CC-BY-4.0", Disclaimer("one", "several"), lang=lang)


def brief(number: IssueNumber | None, date: str, path: str = "briefs/a.md", slug: str = "briefs", **more: object) -> Brief:
    given: dict[str, object] = {
        "title": "A title", "authors": (Author(*parse_name("Eva Example")),), "key_issues": ("First.", "Second."), "lang": "en",
        "license": "CC-BY-4.0", "issn": "", "body": "", "body_line": 1, "places": {},
    }  # fmt: skip
    return Brief(path=path, series=slug, number=number, date=dt.date.fromisoformat(date), **{**given, **more})


def catalogue(count: int, *, of: Series | None = None, year: int = 2024) -> Catalogue:
    one = of or series()
    briefs = (brief(IssueNumber(year, n), f"{year}-01-01", f"briefs/{n}.md", one.slug) for n in range(1, count + 1))
    return Catalogue(Settings(ZoneInfo("Europe/Brussels"), (one,)), tuple(briefs), NOW)


def of_kind(found: Catalogue, kind: str) -> list[ListPage]:
    return [page for page in lists(found) if page.listing["kind"] == kind]


# Pages of a list


@pytest.mark.parametrize(("count", "sizes"), [
    (0, [0]), (1, [1]), (39, [39]), (40, [40]), (41, [40, 1]), (80, [40, 40]), (81, [40, 40, 1]),
])  # fmt: skip
def test_pages(count: int, sizes: list[int]) -> None:
    pages = of_kind(catalogue(count), "all")
    assert [len(page.listing["entries"]) for page in pages] == sizes
    assert [page.listing["page"] for page in pages] == list(range(1, len(sizes) + 1))
    assert {page.listing["pages"] for page in pages} == {len(sizes)}
    numbers = [one["number"] for page in pages for one in page.listing["entries"]]
    assert numbers == [f"{n}/2024" for n in range(count, 0, -1)]


def test_pages_lead_to_each_other() -> None:
    pages = [page.listing for page in of_kind(catalogue(81), "all")]
    assert [page["url"] for page in pages] == ["briefs/", "briefs/page/2/", "briefs/page/3/"]
    assert [page["previous_url"] for page in pages] == ["", "briefs/", "briefs/page/2/"]
    assert [page["next_url"] for page in pages] == ["briefs/page/2/", "briefs/page/3/", ""]
    assert [page["title"] for page in pages] == ["All briefs", "All briefs, page 2", "All briefs, page 3"]


@pytest.mark.parametrize(("count", "tally"), [(0, "0 briefs"), (1, "1 brief"), (41, "41 briefs")])
def test_tallies(count: int, tally: str) -> None:
    assert of_kind(catalogue(count), "all")[0].listing["tally"] == tally


def test_every_address_is_given_once() -> None:
    found = [page.url for page in lists(catalogue(81))]
    assert len(found) == len(set(found))


@pytest.mark.parametrize(("count", "newest", "latest"), [(0, None, 0), (1, "1/2024", 0), (2, "2/2024", 1), (7, "7/2024", 6), (8, "8/2024", 6)])
def test_home(count: int, newest: str | None, latest: int) -> None:
    page = home(catalogue(count))
    assert (page["newest"] and page["newest"]["number"]) == newest
    assert len(page["latest"]) == latest


def test_years_are_those_of_the_numbers_newest_first() -> None:
    one = series()
    briefs = (
        brief(IssueNumber(2022, 1), "2022-05-01"),
        brief(IssueNumber(2024, 1), "2023-12-29"),
        brief(IssueNumber(2024, 2), "2024-05-01"),
    )
    found = Catalogue(Settings(ZoneInfo("UTC"), (one,)), briefs, NOW)
    years = of_kind(found, "year")
    assert [page.url for page in years] == ["briefs/2024/", "briefs/2022/"]
    assert [page.changed for page in years] == [dt.date(2024, 5, 1), dt.date(2022, 5, 1)]
    assert [(year["label"], year["count"], year["current"]) for year in years[0].listing["beside"][0]["rows"]] == [
        ("2024", 2, True), ("2022", 1, False),
    ]  # fmt: skip


def test_years_of_a_continuous_series_do_not_look_like_numbers() -> None:
    one = series(numbering="continuous")
    found = Catalogue(Settings(ZoneInfo("UTC"), (one,)), (brief(IssueNumber(0, 2024), "2023-05-01"),), NOW)
    assert found.permalink(found.briefs[0]) == "briefs/2024/"
    assert [page.url for page in lists(found) if page.url.startswith("briefs/")] == ["briefs/", "briefs/years/2023/"]


def test_what_is_not_public_is_in_no_list() -> None:
    one = series()
    secret = (
        brief(IssueNumber(2024, 2), "2024-05-01", draft=True),
        brief(IssueNumber(2025, 1), "2025-05-01", embargo=dt.datetime(2024, 6, 1, 12, 0, 1, tzinfo=dt.UTC)),
    )
    shown = brief(IssueNumber(2024, 1), "2024-05-01", embargo=NOW)
    found = Catalogue(Settings(ZoneInfo("UTC"), (one,)), (*secret, shown), NOW)
    assert [page.url for page in lists(found)] == [
        "briefs/", "briefs/2024/", "authors/", "authors/eva-example/", "topics/", "regions/",
    ]  # fmt: skip
    shown_in = [one["number"] for page in lists(found) for one in page.listing.get("entries", ())]
    assert shown_in == ["1/2024", "1/2024", "1/2024"]
    assert home(found)["all_text"] == "All briefs (1)"


@pytest.mark.parametrize(("number", "numbering", "path", "permalink"), [
    (IssueNumber(2024, 7), "per-year", "briefs/2024/07-x.md", "briefs/2024/7/"),
    (IssueNumber(0, 47), "continuous", "briefs/x.md", "briefs/47/"),
    (None, "none", "briefs/2024/Name of the_file.md", "briefs/2024/name-of-the-file/"),
    (None, "none", "briefs/2024/name/index.md", "briefs/2024/name/"),
    (None, "none", "briefs/2024/été.md", "briefs/2024/ete/"),
])  # fmt: skip
def test_permalinks(number: IssueNumber | None, numbering: str, path: str, permalink: str) -> None:
    one = brief(number, "2024-03-15", path)
    assert Catalogue(Settings(ZoneInfo("UTC"), (series(numbering=numbering),)), (one,), NOW).permalink(one) == permalink


@pytest.mark.parametrize("stem", ["..", "/", "", "a/b", "%2e%2e", "<script>", "a b", "A"])
def test_a_part_of_an_address_is_plain(stem: str) -> None:
    assert address_part(stem).replace("-", "").isalnum()
    assert address_part(stem).islower()


# One brief in a list


@pytest.mark.parametrize(("names", "page_lang", "byline"), [
    (["Eva Example"], "en", "Eva Example"),
    (["Eva Example", "Jan Sample"], "en", "Eva Example and Jan Sample"),
    (["Eva Example", "Jan Sample"], "fr", "Eva Example et Jan Sample"),
    (["Eva Example", "Jan Sample", "Ludwig van Voorbeeld"], "nl", "Eva Example, Jan Sample en Ludwig van Voorbeeld"),
    (["Eva Example", "Jan Sample"], "de-AT", "Eva Example und Jan Sample"),
    (["Eva Example", "Jan Sample"], "es", "Eva Example and Jan Sample"),
])  # fmt: skip
def test_bylines_speak_the_language_of_the_page(names: list[str], page_lang: str, byline: str) -> None:
    one = brief(IssueNumber(2024, 1), "2024-03-15", authors=tuple(Author(*parse_name(name)) for name in names))
    found = Catalogue(Settings(ZoneInfo("UTC"), (series(),)), (one,), NOW)
    assert entry(found, one, page_lang)["byline"] == byline


@pytest.mark.parametrize(("lang", "page_lang", "marked"), [("en", "en", ""), ("fr", "en", "fr"), ("en", "fr", "en"), ("pt-BR", "en", "pt-BR")])
def test_an_entry_in_another_language_says_so(lang: str, page_lang: str, marked: str) -> None:
    one = brief(IssueNumber(2024, 1), "2024-03-15", lang=lang)
    found = Catalogue(Settings(ZoneInfo("UTC"), (series(),)), (one,), NOW)
    assert entry(found, one, page_lang)["lang"] == marked


def test_without_a_description_the_first_key_issue_serves() -> None:
    assert description(brief(None, "2024-03-15")) == "First."
    assert description(brief(None, "2024-03-15", description="Its own.")) == "Its own."


# Dates


@pytest.mark.parametrize(("style", "lang", "text"), [
    ("D.M.YYYY", "en", "5.3.2024"),
    ("DD.MM.YYYY", "en", "05.03.2024"),
    ("D MMMM YYYY", "en", "5 March 2024"),
    ("MMMM D, YYYY", "en", "March 5, 2024"),
    ("D MMM YYYY", "en", "5 Mar 2024"),
    ("D MMMM YYYY", "fr", "5 mars 2024"),
    ("D. MMMM YYYY", "de", "5. März 2024"),
    ("D MMMM YYYY", "nl", "5 maart 2024"),
    ("D MMMM YYYY", "fr-BE", "5 mars 2024"),
    ("D MMMM YYYY", "pt-BR", "5 março 2024"),
    ("D MMMM YYYY", "zh-Hant-TW", "5 3月 2024"),
    ("D MMMM YYYY", "es-419", "5 marzo 2024"),
    ("YYYY-MM-DD", "ar", "2024-03-05"),
    ("D/M/YYYY", "nds", "5/3/2024"),
    ("D MMMM YYYY", "tlh", "5 March 2024"),
    ("D MMMM YYYY", "ae", "5 March 2024"),
    ("D MMMM YYYY", "en-XX", "5 March 2024"),
    ("D MMMM YYYY", "fr-Cyrl", "5 mars 2024"),
])  # fmt: skip
def test_dates_in_the_house_style(style: str, lang: str, text: str) -> None:
    assert date_text(dt.date(2024, 3, 5), style, lang) == text


def test_a_date_of_an_early_year_has_four_digits() -> None:
    assert date_text(dt.date(1999, 12, 31), "D.M.YYYY", "en") == "31.12.1999"


# Addresses


@pytest.mark.parametrize(("url", "base", "address"), [
    ("briefs/2024/7/", "briefs/2024/8/", "../7/"),
    ("briefs/2024/7/", "briefs/2024/7/", "./"),
    ("briefs/2024/", "briefs/2024/7/", "../"),
    ("briefs/", "briefs/2024/7/", "../../"),
    ("", "briefs/2024/7/", "../../../"),
    ("", "", "./"),
    ("briefs/2024/7/", "", "briefs/2024/7/"),
    ("briefs/2024/7/fig.svg", "briefs/2024/7/", "fig.svg"),
    ("assets/x.css", "briefs/2024/7/", "../../../assets/x.css"),
    ("papers/12/", "briefs/2024/7/", "../../../papers/12/"),
    ("about/", "briefs/", "../about/"),
    ("404.html", "", "404.html"),
])  # fmt: skip
def test_relative_addresses(url: str, base: str, address: str) -> None:
    assert relative(url, base) == address
