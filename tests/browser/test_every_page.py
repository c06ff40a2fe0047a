"""Every kind of page in Chromium: nothing forbidden is tried, nothing scrolls sideways, and plain links lead everywhere.

`reader` fails each test in which a page asks another host, or has an error on its console.
"""

import re

import pytest

pytestmark = pytest.mark.browser

LISTEN = """() => {
  window.breaches = [];
  document.addEventListener("securitypolicyviolation",
    event => breaches.push(`${event.violatedDirective} ${event.blockedURI} ${event.sample} ${event.sourceFile}:${event.lineNumber}`));
}"""
WIDER_THAN_THE_WINDOW = """() => {
  const room = document.documentElement.clientWidth;
  if (document.documentElement.scrollWidth <= room && document.body.scrollWidth <= room) return [];
  const scrolls = e => e
    && (["auto", "scroll", "hidden"].includes(getComputedStyle(e).overflowX) || scrolls(e.parentElement));
  const wide = [...document.querySelectorAll("body *")]
    .filter(e => e.getBoundingClientRect().right > room + 1 && !scrolls(e.parentElement))
    .map(e => `${e.tagName} .${e.getAttribute("class")} ${e.textContent.trim().slice(0, 40)}`);
  return [`scrolls to ${document.documentElement.scrollWidth}`, ...wide];
}"""


def kinds(site):
    """Return one page of each kind, and every manual."""
    ours = {
        "home": "", "brief": site.brief, "single brief": site.short, "French brief": site.french, "brief of the second series": site.note,
        "all briefs": site.all_briefs, "second series": "notes/", "year": site.year, "author": site.author, "authors": site.authors,
        "topic": site.topic, "topics": "topics/", "region": site.region, "regions": "regions/", "about": site.about,
        "accessibility": "accessibility/", "search": site.search, "results": "search/#q=lighthouses", "no result": "search/#q=qqzzxx",
    }  # fmt: skip
    return ours | {path: path for path in site.manuals()}


def test_no_kind_of_page_breaks_the_policy_or_scrolls_sideways_at_320_pixels(built_site, reader):
    page = reader.open("about/", width=320)
    page.add_init_script(f"({LISTEN})()")
    found = {}
    for name, path in kinds(built_site).items():
        page.goto("about:blank")  # an address that differs behind its # alone loads nothing
        page.goto(reader.address + path)
        page.wait_for_load_state("networkidle")
        if "#" in path:
            page.locator(".search-panel [role=status]").filter(has_text=re.compile(r"\w")).wait_for(timeout=20_000)
        assert page.locator("meta[http-equiv='Content-Security-Policy']").count() == 1, name
        if faults := [*page.evaluate("window.breaches"), *page.evaluate(WIDER_THAN_THE_WINDOW)]:
            found[name] = faults
    assert found == {}


def test_a_breach_is_heard(reader):
    page = reader.open("about/")
    page.add_init_script(f"({LISTEN})()")
    page.goto(reader.address)
    page.evaluate("() => { const p = document.createElement('p'); p.setAttribute('style', 'color: red'); document.body.append(p); }")
    page.wait_for_function("window.breaches.length > 0")
    assert page.evaluate("window.breaches[0]").startswith("style-src")
    reader.complaints.clear()


def test_without_script_plain_links_lead_from_home_to_a_list_an_author_and_a_brief(built_site, reader):
    page = reader.open("", script=False)
    page.locator("main a", has_text="CSDS Policy Brief").first.click()
    assert page.url.endswith(f"/repo/{built_site.all_briefs}")
    page.locator("main .entry a", has_text="Everything that a brief may hold").click()
    page.locator("main .byline a", has_text="Jan Pejšová").click()
    assert page.url.endswith("/repo/authors/jan-pejsova/")
    assert "Jan Pejšová was invented." in page.locator("main").inner_text()
    page.locator("main .entry a").first.click()
    assert page.url.endswith(f"/repo/{built_site.brief}")
    page.locator("main a[href$='topics/records/']").click()
    assert page.locator("main h1").inner_text() == "Numbers and records"
    page.locator("main .entry a", has_text="A note on sextants").click()
    assert page.url.endswith(f"/repo/{built_site.note}")


@pytest.mark.parametrize("name", ["home", "second series", "author", "authors", "topic", "about", "search"])
def test_paper_has_no_navigation(built_site, reader, name):
    page = reader.open(kinds(built_site)[name])
    page.wait_for_load_state("networkidle")
    page.emulate_media(media="print")
    for what in ("header.top", "footer.foot", "nav", "button", "form", "input", ".skip", "[data-print=off]"):
        assert [e.inner_text() for e in page.locator(what).all() if e.is_visible()] == [], what
    assert page.locator("main h1").is_visible()


@pytest.mark.parametrize("name", ["home", "author", "authors", "topic", "search", "about"])
def test_every_page_has_one_main_heading_and_landmarks(built_site, reader, name):
    page = reader.open(kinds(built_site)[name])
    assert page.locator("h1").count() == 1
    assert page.locator("main").count() == 1
    assert page.locator("header.top nav[aria-label]").count() == 1
    assert page.locator("html[lang=en]").count() == 1
    labels = page.locator("nav").evaluate_all("all => all.map(e => e.getAttribute('aria-label') ?? e.getAttribute('aria-labelledby'))")
    assert all(labels)
    assert len(labels) == len(set(labels)), "each navigation has a name of its own"


def test_manuals_work_by_keyboard_with_our_header(built_site, reader):
    manual = built_site.manuals()[-1]
    page = reader.open(manual, width=390)
    for _ in range(8):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.innerText") == "Menu":
            break
    page.keyboard.press("Enter")
    menu = page.locator("#__menu")
    assert menu.is_visible()
    page.keyboard.press("Escape")
    assert not menu.is_visible()
    assert page.evaluate("document.activeElement.innerText") == "Menu"
