"""Searching in Chromium under /repo/: the key, a word, a facet, a result, an address that asks.

`reader` fails each test in which a page asks another host, breaks its own content security policy
or has an error.
"""

import datetime as dt
import json
import random
import re
import shutil

import pytest

from briefpress import search
from briefpress.search import Row

pytestmark = pytest.mark.browser


def panel(page):
    """Return the search panel, once it has an answer."""
    found = page.locator(".search-panel")
    found.locator("[role=status]").filter(has_text=re.compile(r"\w")).wait_for(timeout=20_000)
    return found


def type_word(page, word):
    # fill() sets the value at once, which no reader does
    page.locator(".search-panel input[type=search]").press_sequentially(word, delay=20)
    page.locator(".search-panel [role=status]").filter(has_text=f"“{word}”").wait_for(timeout=20_000)


def titles(page):
    return page.locator(".search-panel .results h2 a").all_inner_texts()


def tick(page, value):
    """Choose a value of a facet, and wait for the answer."""
    before = page.locator(".search-panel [role=status]").inner_text()
    fold = page.locator(".search-panel details")
    if fold.count() and not fold.evaluate("e => e.open"):
        fold.locator("summary").click()
    page.locator(".search-panel label").filter(has_text=value).locator("input[type=checkbox]").check()
    page.wait_for_function(
        "before => document.querySelector('.search-panel [role=status]').innerText !== before", arg=before
    )


@pytest.mark.parametrize("width", [390, 1280])
def test_slash_word_facet_result(built_site, reader, width):
    page = reader.open(width=width)
    page.keyboard.press("/")
    panel(page)
    assert page.evaluate("() => document.activeElement.type") == "search"
    type_word(page, "lighthouses")
    assert sorted(titles(page)) == ["Lighthouses and the price of oil", "Lighthouses in a leap year"]
    tick(page, "2024")
    page.wait_for_function("() => document.querySelectorAll('.search-panel .results a').length === 1")
    page.locator(".search-panel .results a").click()
    page.wait_for_url(re.compile(r"/repo/policy-briefs/2024/1/"))
    assert page.locator("main h1").inner_text() == "Lighthouses in a leap year"


def test_author_facet(reader):
    page = reader.open("search/")
    panel(page)
    tick(page, "Bea Sample")
    page.wait_for_function("() => document.querySelectorAll('.search-panel .results a').length === 2")
    assert sorted(titles(page)) == ["How the series began", "Lighthouses in a leap year"]
    assert "author=Bea+Sample" in page.url


def test_second_author_is_found_by_name(built_site, reader):
    page = reader.open("search/")
    panel(page)
    type_word(page, "Pejšová")
    assert titles(page) == ["Everything that a brief may hold: a specimen for the tests"]
    row = page.locator(".search-panel label", has_text="Jan Pejšová")
    assert row.locator(".count").inner_text() == "1"


def test_briefs_in_every_language_are_found_from_a_page_in_any(built_site, reader):
    for path in ("search/", built_site.french):
        page = reader.open(path)
        page.keyboard.press("/")
        panel(page)
        page.keyboard.type("promesse", delay=20)
        page.locator(".search-panel .results a", has_text="Ce que promet un numéro").wait_for(timeout=20_000)


def test_address_asks(built_site, reader):
    page = reader.open("search/?q=lighthouses&year=2025")
    page.locator(".search-panel .results a").first.wait_for(timeout=20_000)
    assert titles(page) == ["Lighthouses and the price of oil"]
    assert page.locator(".search-panel input[type=search]").input_value() == "lighthouses"


def test_lost_page_searches(reader):
    page = reader.open("no/such/page/", lost=True)
    page.locator("main input[type=search]").press_sequentially("lighthouses")
    page.locator("main input[type=search]").press("Enter")
    page.wait_for_url(re.compile(r"/repo/search/#q=lighthouses"))
    page.locator(".search-panel .results a").first.wait_for(timeout=20_000)


def test_a_draft_is_not_found(built_site, reader):
    page = reader.open(f"search/?q={built_site.secret}")
    panel(page)
    page.locator(".search-panel [role=status]").filter(has_text=built_site.secret).wait_for(timeout=20_000)
    assert titles(page) == []


def test_slash_types_a_slash_in_a_field(reader):
    page = reader.open("search/")
    panel(page)
    page.locator(".search-panel input[type=search]").press_sequentially("1/2024")
    assert page.locator(".search-panel input[type=search]").input_value() == "1/2024"
    page.locator(".search-panel .results a", has_text="Lighthouses in a leap year").wait_for(timeout=20_000)


def test_escape_closes_the_dialog_and_gives_the_focus_back(built_site, reader):
    page = reader.open(built_site.brief)
    page.locator("a.find").focus()
    page.keyboard.press("Enter")
    panel(page)
    for _ in range(12):  # the focus stays in the dialog, or goes to the browser itself
        page.keyboard.press("Tab")
        assert page.evaluate(
            "() => document.activeElement === document.body || !!document.activeElement.closest('dialog')"
        )
    page.keyboard.press("Escape")
    assert page.locator("dialog[open]").count() == 0
    assert page.evaluate("() => document.activeElement.className") == "find"


def test_nothing_of_search_is_fetched_before_it_is_asked_for(built_site, reader):
    page = reader.open(built_site.brief)
    page.wait_for_load_state("networkidle")
    fetched = page.evaluate("() => performance.getEntriesByType('resource').map(e => e.name)")
    assert fetched
    assert not [name for name in fetched if "pagefind" in name or "/search" in name]


def test_the_words_that_are_sought_stay_with_the_reader(built_site, reader):
    page = reader.open("search/?q=lighthouses")
    panel(page)
    page.wait_for_url(re.compile(r"/repo/search/#q=lighthouses"))
    assert page.evaluate("location.search") == ""


def test_facets_of_series_topic_language_and_region(built_site, reader):
    page = reader.open("search/")
    panel(page)
    everything = set(titles(page))
    tick(page, "CSDS Note")
    assert titles(page) == ["A note on sextants"]
    page = reader.open("search/")
    panel(page)
    tick(page, "Français")
    assert titles(page) == ["Ce que promet un numéro"]
    page = reader.open("search/")
    panel(page)
    tick(page, "Numbers and records")
    assert set(titles(page)) < everything
    assert "A note on sextants" in titles(page)


def test_a_french_word_is_found_from_the_english_home(reader):
    page = reader.open("")
    page.keyboard.press("/")
    panel(page)
    type_word(page, "phares")
    page.locator(".search-panel .results h2 a", has_text="Ce que promet un numéro").wait_for()


def test_an_empty_answer_offers_a_way_on(reader):
    page = reader.open("search/#q=qqzzxx")
    panel(page)
    assert titles(page) == []
    assert page.locator(".search-panel .help a").first.is_visible()


def test_the_key_can_be_turned_off(reader):
    page = reader.open("search/")
    panel(page)
    page.locator(".search-panel .slash input").uncheck()
    page.goto(reader.address)
    page.keyboard.press("/")
    page.wait_for_timeout(200)
    assert not page.locator(".search-dialog").count()


@pytest.mark.parametrize("width", [390, 1280])
def test_from_home_to_a_brief_by_search_and_facet_with_the_keyboard_alone(built_site, reader, width):
    page = reader.open("", width=width)
    page.keyboard.press("/")
    panel(page)
    page.keyboard.type("lighthouses", delay=20)
    page.locator(".search-panel [role=status]").filter(has_text="“lighthouses”").wait_for(timeout=20_000)
    before = titles(page)
    for _ in range(60):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.tagName") == "SUMMARY":
            page.keyboard.press("Enter")
        if "Bea Sample" in page.evaluate("document.activeElement.closest('label')?.innerText ?? ''"):
            break
    page.keyboard.press("Space")
    page.wait_for_function("n => document.querySelectorAll('.search-panel .results h2 a').length < n", arg=len(before))
    assert titles(page) == ["Lighthouses in a leap year"]
    for _ in range(60):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.innerText") == "Lighthouses in a leap year":
            break
    page.keyboard.press("Enter")
    page.wait_for_url("**/policy-briefs/2024/1/**")


def test_the_index_is_fetched_when_a_reader_asks_and_one_shard_is_asked_for_nothing_more(built_site, reader):
    page = reader.open()
    fetched = []
    page.context.on("request", lambda request: fetched.append(request.url.partition("/pagefind/")[2]))
    page.keyboard.press("/")
    panel(page)
    page.locator(".search-panel .results a").first.wait_for()
    assert [name for name in fetched if name] == ["shards.json"]
    tick(page, "2024")
    page.wait_for_load_state("networkidle")
    (shard,) = json.loads((built_site.folder / "pagefind/shards.json").read_text())["shards"]
    assert sorted(shard["languages"]) == ["en", "fr"]
    names = [re.sub(r"(en|fr)_\w+|\?ts=", "", name.removeprefix(f"{shard['folder']}/")) for name in fetched if name]
    assert sorted(name for name in names if not name.startswith(("fragment/", "filter/"))) == sorted([
        "pagefind.js", "shards.json", "pagefind-worker.js", "wasm.en.pagefind", *["pagefind-entry.json", "pagefind..pf_meta", "index/.pf_index"] * 2,
    ])  # fmt: skip


def test_a_word_that_is_typed_before_the_list_has_come_is_answered(built_site, reader):
    page = reader.open()
    held = []
    page.route("**/shards.json", lambda route: held.append(route))
    page.keyboard.press("/")
    field = page.locator(".search-panel input[type=search]")
    field.press_sequentially("lighthouse", delay=5)
    while not held:
        page.wait_for_timeout(20)
    page.evaluate("""() => {
      window.said = [];
      const status = document.querySelector(".search-panel [role=status]");
      new MutationObserver(() => said.push(status.textContent)).observe(status, { childList: true });
    }""")
    field.press_sequentially("s")
    held[0].continue_()
    page.locator(".search-panel [role=status]").filter(has_text="“lighthouses”").wait_for(timeout=20_000)
    assert sorted(titles(page)) == ["Lighthouses and the price of oil", "Lighthouses in a leap year"]
    failed = page.evaluate("() => JSON.parse(document.querySelector('[data-texts]').dataset.texts).failed")
    assert failed
    assert failed not in page.evaluate("window.said")


def test_what_cannot_be_fetched_is_said(built_site, reader):
    page = reader.open("search/")
    panel(page)
    page.route("**/fragment/*", lambda route: route.abort())
    page.locator(".search-panel input[type=search]").press_sequentially("lighthouses", delay=20)
    page.locator(".search-panel .help").wait_for()
    assert "“lighthouses”" not in page.locator(".search-panel [role=status]").inner_text()
    reader.complaints.clear()


# Several shards

LETTERS = random.Random(4)
WORDS = ["".join(LETTERS.choices("abcdefghilmnoprstu", k=LETTERS.randint(4, 9))) for _ in range(4000)]
QUESTIONS = [
    "", "q=lighthouses", "q=harbour", "q=phares", "q=promises", "q=3", "q=2/2021", "q=Sample", "q=qqzzxx", "q=lighthouses+harbour",
    f"q={WORDS[7]}", f"q={WORDS[900]}", f"q={WORDS[2500][:5]}", "year=2018", "year=2018&year=2024", "author=Bea+Sample",
    "topic=Accessibility&region=Europe", "q=lighthouses&author=Bea+Sample", "q=harbour&year=2019&year=2024", "language=Fran%C3%A7ais",
    "topic=Accessibility&author=Bea+Sample&year=2020",
    "q=lighthouses&topic=Numbers+and+records&region=Europe",
]  # fmt: skip


def many_briefs(brief_text):
    chance, found = random.Random(2), {}
    for n in range(28):
        year, number, french = 2018 + n // 4, n % 4 + 1, n % 9 == 4
        text = " ".join(chance.choices(WORDS, k=700)) + (" phares promesse" if french else " lighthouses" * (n % 3) + " harbour" * (n % 2))
        found[f"{year}/{number}.md"] = brief_text(
            f"{number}/{year}", f"{year}-{number * 3:02}-11", f"Brief {n}", f"## Introduction\n\n{text}.\n",
            author=["Ada Example", "Bea Sample", "Cleo Model"][n % 3], topics=[["records"], ["access"], ["records", "access"]][n % 3],
            **({"regions": ["europe"]} if n % 4 == 0 else {}), **({"lang": "fr"} if french else {}),
        )  # fmt: skip
    return found


ANSWER = """async question => {
  const panel = document.querySelector(".search-panel"), more = panel.querySelector(".found > button.door");
  const titles = () => [...panel.querySelectorAll(".results h2")].map(e => e.textContent);
  await panel.ask(new URLSearchParams(question));
  while (!more.hidden) {
    const before = titles().length;
    more.click();
    for (let n = 0; titles().length === before; n++) {
      if (n > 1000) throw new Error(`no more after ${before} for "${question}"`);
      await new Promise(go => setTimeout(go, 5));
    }
  }
  return [titles(), panel.querySelector("[role=status]").textContent, [...panel.querySelectorAll(".facets label")].map(e => e.textContent)];
}"""


def test_shards_answer_as_one_index(project, build, brief_text, read_site, tmp_path):
    done = build(root := project(many_briefs(brief_text)), "--no-pdf")
    assert done.returncode == 0, done.stdout + done.stderr
    one, several = root / "site", shutil.copytree(root / "site", tmp_path / "several")
    pages = {path: path.read_text("utf-8") for path in several.glob("policy-briefs/*/*/index.html")}
    rows = [Row(path.relative_to(several).as_posix(), dt.date.fromisoformat(re.search(r'data-date="(.*?)"', text)[1]), text)
            for path, text in pages.items() if "data-pagefind-body" in text]  # fmt: skip
    planned, made = search.index(rows, several.joinpath, tmp_path / "store", limit=6)
    assert len(made) == 6
    known = json.loads((one / "pagefind/shards.json").read_text("utf-8"))
    del known["shards"]
    shutil.rmtree(several / "pagefind")
    for files in (*(search.files(shard, tmp_path / "store") for shard in planned), search.ways_in(planned, tmp_path / "store", known)):
        for address, data in files.items():
            (several / address).parent.mkdir(parents=True, exist_ok=True)
            (several / address).write_bytes(data)
    readers = {}
    for site in (one, several):
        pages = readers[site] = read_site(site).open("search/")
        panel(pages)
    fetched, found = [], set()
    readers[one].context.on("request", lambda request: fetched.append(request.url))
    readers[one].reload()
    panel(readers[one])
    readers[one].evaluate(ANSWER, "year=2018")
    chunks = len(list(one.glob("pagefind/*/index/*")))
    assert 0 < len([name for name in fetched if name.endswith(".pf_index")]) < chunks  # no word asked, not all words fetched
    for question in QUESTIONS:
        (titles, *rest), (of_shards, *of_them) = (page.evaluate(ANSWER, question) for page in readers.values())
        assert of_them == rest, question
        # Each index weighs words by its own briefs, so what is found by a word may stand in another order.
        assert (sorted(of_shards) if "q=" in question else of_shards) == (sorted(titles) if "q=" in question else titles), question
        found.add(len(titles))
    assert {0, 1, 28} < found
