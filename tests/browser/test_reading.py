"""Reading in Chromium: widths, order, keyboard, no script, paper, and pictures of it all."""

import re
from pathlib import Path

import pytest
from PIL import Image, ImageStat

pytestmark = pytest.mark.browser

PICTURES = Path(__file__).parents[1] / "output/pictures"

def own_pages(site):
    return {
        "home": "",
        "brief": site.brief,
        "French brief": site.french,
        "year": site.year,
        "all briefs": site.all_briefs,
        "about": site.about,
        "search": site.search,
    }


def test_parts_of_a_brief_stand_in_order(built_site, reader):
    text = reader.open(built_site.brief).locator("main").inner_text()
    parts = [
        "CSDS POLICY BRIEF • 1/2025",
        "Everything that a brief may hold: a specimen for the tests",
        "With a table, a figure and two notes",
        "By Ada Example and Jan Pejšová",
        "Institute for Tests",
        "14.3.2025",
        "Key issues",
        "The second key issue of 1/2025",
        "In this brief",
        "Paragraph 1 begins here.",
        "Kinds of things that a series has, and what becomes of them",
        "The figures were invented.",
        "A smaller matter",
        "Paragraph 15 begins here.",
        "Bars. Source: invented.",
        "Paragraph 20 begins here.",
        "The second note.",
        "About the authors",
        "The views expressed in this publication are solely those of the authors.",
        "ISSN (online) 2983-466X",
    ]
    # The masthead and labels may be set in capitals by the stylesheet, and lines break where they like.
    flat = re.sub(r"\s+", " ", text).casefold()
    place = 0
    for part in parts:
        found = flat.find(part.casefold(), place)
        assert found >= 0, f"{part!r} is missing, or stands too early"
        place = found


def test_a_brief_by_one_author_speaks_of_one(built_site, reader):
    text = reader.open(built_site.short).locator("main").inner_text()
    assert "solely those of the author." in text
    assert "solely those of the authors." not in text


def test_a_french_brief_speaks_french(built_site, reader):
    page = reader.open(built_site.french)
    assert page.locator("html").get_attribute("lang") == "fr"
    assert "Par Chloé Modèle" in page.locator(".byline").inner_text()
    assert "Key issues" not in page.locator("main").inner_text()


def test_figure_table_notes_and_data(built_site, reader):
    page = reader.open(built_site.brief)
    figure = page.locator("main figure img")
    figure.scroll_into_view_if_needed()
    page.wait_for_function("() => document.querySelector('main figure img').naturalWidth > 0")
    assert figure.get_attribute("alt") == "Three bars, each about half as high as the one before it"
    with page.expect_download() as download:
        page.locator("main a[href$='bars.csv']").first.click()
    assert download.value.path().read_text().startswith("bar,height")
    assert page.locator("main .table table").count() == 1
    page.locator(".footnote-backref").first.click()
    assert page.url.endswith("#fnref:1")


def test_a_note_opens_where_it_is_referred_to_and_closes_with_escape(built_site, reader):
    page = reader.open(built_site.brief)
    link = page.locator("main .footnote-ref").first
    link.focus()
    page.keyboard.press("Enter")
    box = page.locator(".note-box")
    box.filter(has_text="The first note, with a link.").wait_for()
    assert "#" not in page.url
    page.keyboard.press("Escape")
    box.wait_for(state="hidden")
    assert link.evaluate("e => e === document.activeElement")


def test_without_script_a_note_is_a_link(built_site, reader):
    page = reader.open(built_site.brief, script=False)
    page.locator("main .footnote-ref").first.click()
    assert page.url.endswith("#fn:1")


@pytest.mark.parametrize("width", [390, 1280])
def test_from_home_to_a_brief_by_the_menu_and_the_keyboard_alone(built_site, reader, width):
    page = reader.open("", width=width)
    if width < 960:
        reach(page, "Menu")
        page.keyboard.press("Enter")
    reach(page, "Authors")
    page.keyboard.press("Enter")
    page.wait_for_url("**/authors/")
    reach(page, "Zoë van Muster")
    page.keyboard.press("Enter")
    page.wait_for_url("**/authors/zoe-muster/")
    assert page.locator(".person img").evaluate("e => e.naturalWidth") == 1
    reach(page, "A note on sextants")
    page.keyboard.press("Enter")
    page.wait_for_url("**/notes/1/")
    assert page.locator(".band .masthead").inner_text() == "CSDS NOTE • 1"


def reach(page, words):
    """Press Tab until the control with these words has the focus."""
    for _ in range(80):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.innerText || ''").split("\n")[0].strip() == words:
            return
    pytest.fail(f"no stop of the keyboard says {words!r}")


def test_a_series_has_its_own_colour_in_both_schemes(built_site, reader):
    assert background(reader.open(built_site.note), ".brief .band") == "rgb(91, 42, 78)"
    assert background(reader.open(built_site.brief), ".brief .band") == "rgb(21, 64, 107)"
    dark = reader.open(built_site.note, scheme="dark")
    assert background(dark, ".brief .band") == "rgb(91, 42, 78)"
    assert background(dark, "body") == "rgb(16, 21, 27)"


def background(page, selector):
    return page.locator(selector).evaluate("e => getComputedStyle(e).backgroundColor")


def test_contents_lead_to_their_sections(built_site, reader):
    page = reader.open(built_site.brief)
    links = page.locator("nav.contents a")
    titles = links.all_inner_texts()
    assert titles == [
        "Introduction",
        "What a table says",
        "A smaller matter",
        "What a figure shows",
        "What to do",
    ]
    for i, title in enumerate(titles):
        links.nth(i).click()
        target = page.evaluate(
            "() => document.getElementById(decodeURIComponent(location.hash.slice(1)))?.innerText"
        )
        assert target == title


# Keyboard

FOCUS = """() => {
  const e = document.activeElement;
  if (!e || e === document.body) return null;
  const style = getComputedStyle(e), box = e.getBoundingClientRect();
  const x = box.left + Math.min(box.width / 2, 20), y = box.top + Math.min(box.height / 2, 10);
  const top = document.elementFromPoint(x, y);
  return {
    name: `${e.tagName} ${e.id} ${(e.innerText || e.getAttribute("aria-label") || "").trim().slice(0, 40)}`,
    ring: (style.outlineStyle !== "none" && parseFloat(style.outlineWidth) > 0) || style.boxShadow !== "none",
    seen: box.width > 0 && box.height > 0 && box.bottom > 0 && box.right > 0
      && box.top < innerHeight && box.left < innerWidth,
    clear: !top || top === e || e.contains(top) || top.contains(e),
  };
}"""


def stops(page, limit=200):
    """Press Tab until the page is through, and give each stop."""
    seen = []
    for _ in range(limit):
        page.keyboard.press("Tab")
        stop = page.evaluate(FOCUS)
        if stop is None:
            return seen
        seen.append(stop)
    pytest.fail(f"Tab found no end after {limit} stops")


@pytest.mark.parametrize("width", [390, 1280])
@pytest.mark.parametrize("name", ["home", "brief", "year", "about"])
def test_every_stop_of_the_keyboard_is_seen(built_site, reader, name, width):
    page = reader.open(own_pages(built_site)[name], width=width)
    found = stops(page)
    assert len(found) >= 5
    faults = [stop for stop in found if not (stop["ring"] and stop["seen"] and stop["clear"])]
    assert not faults


def test_the_first_stop_skips_to_the_text(built_site, reader):
    page = reader.open(built_site.brief)
    page.keyboard.press("Tab")
    assert page.evaluate("() => document.activeElement.getAttribute('href')") == "#__main"
    page.keyboard.press("Enter")
    assert page.evaluate("() => document.activeElement.id") == "__main"


def test_menu_button_works_by_keyboard(built_site, reader):
    page = reader.open(built_site.brief, width=390)
    button = page.locator("button[popovertarget=__menu]")
    menu = page.locator("#__menu")
    assert not menu.is_visible()
    for _ in range(10):
        page.keyboard.press("Tab")
        if button.evaluate("e => e === document.activeElement"):
            break
        assert not menu.evaluate("e => e.contains(document.activeElement)"), "the closed menu has the focus"
    else:
        pytest.fail("the menu button is never reached")
    page.keyboard.press("Enter")
    assert menu.is_visible()
    page.keyboard.press("Tab")
    assert menu.evaluate("e => e.contains(document.activeElement)")
    page.keyboard.press("Escape")
    assert not menu.is_visible()
    assert button.evaluate("e => e === document.activeElement")


def test_the_menu_is_a_row_on_wide_windows(built_site, reader):
    page = reader.open(built_site.brief, width=1280)
    assert page.locator("#__menu a").first.is_visible()
    assert not page.locator("button[popovertarget=__menu]").is_visible()


# Without script, on paper


def test_without_script_the_text_is_whole(built_site, reader):
    def reads(script):
        page = reader.open(built_site.brief, script=script)
        assert page.locator("main p:visible").count() > 20
        assert all(p.is_visible() for p in page.locator("main .body > p").all())
        return re.sub(r"\s+", " ", page.locator("main article .body").inner_text())

    assert reads(script=False) == reads(script=True).replace(" More columns to the right →", "")


def test_without_script_the_search_leads_to_the_lists(built_site, reader):
    page = reader.open(built_site.brief, script=False)
    page.locator("a.find").click()
    assert page.url.endswith("/search/")
    page.locator(f"main a[href$='{built_site.all_briefs}']").first.click()
    assert page.locator("main .entry").count() == 5


def test_paper_has_the_text_and_no_controls(built_site, reader):
    page = reader.open(built_site.brief)
    page.emulate_media(media="print", color_scheme="dark")
    for what in ("header.top", "footer.foot", "nav", "button", "form", ".skip", "[data-print=off]"):
        assert [e.inner_text() for e in page.locator(what).all() if e.is_visible()] == [], what
    assert "CSDS POLICY BRIEF • 1/2025" in page.locator("main").inner_text()
    assert page.locator(".imprint").is_visible()
    # A reader who likes the dark does not want black paper.
    assert (
        page.evaluate("() => getComputedStyle(document.querySelector('main p')).color")
        != "rgb(255, 255, 255)"
    )
    sheets = page.pdf(format="A4", print_background=True)
    PICTURES.mkdir(parents=True, exist_ok=True)
    (PICTURES / "brief.pdf").write_bytes(sheets)
    assert sheets.startswith(b"%PDF-")
    assert 2 <= len(re.findall(rb"/Type\s*/Page\b", sheets)) <= 8


# Pictures, for people to look at


def picture(page, name):
    """Take the whole page into tests/output/pictures/, and give it as an image."""
    page.evaluate("async () => { await document.fonts.ready; }")
    # Figures are fetched when they come into view, so all come into view here.
    page.evaluate(
        "async () => { for (const i of document.images) { i.loading = 'eager'; await i.decode(); } }"
    )
    PICTURES.mkdir(parents=True, exist_ok=True)
    path = PICTURES / f"{name}.png"
    page.screenshot(path=path, full_page=True)
    return Image.open(path).convert("RGB")


def brightness(image):
    """Return the mean over the picture: 0 is black, 255 white."""
    return ImageStat.Stat(image.convert("L")).mean[0]


@pytest.mark.parametrize("width", [390, 1280])
@pytest.mark.parametrize("name", ["brief", "home"])
def test_pictures_of_the_screen(built_site, reader, name, width):
    shades = {}
    for scheme in ("light", "dark"):
        page = reader.open(own_pages(built_site)[name], width=width, scheme=scheme)
        image = picture(page, f"{name}-{width}-{scheme}")
        assert image.width == width
        assert image.height > (2000 if name == "brief" else 500)
        colours = image.getcolors(maxcolors=1 << 24)
        assert len(colours) > 100, "the page is blank, or nearly"
        assert max(count for count, _ in colours) < 0.98 * image.width * image.height
        shades[scheme] = brightness(image)
    assert shades["light"] > 200
    assert shades["dark"] < 90


@pytest.mark.parametrize("name", ["brief", "home"])
def test_pictures_of_the_paper(built_site, reader, name):
    page = reader.open(own_pages(built_site)[name], width=718, scheme="dark")  # A4 less its margins
    page.emulate_media(media="print")
    image = picture(page, f"{name}-print")
    assert len(image.getcolors(maxcolors=1 << 24)) > 50
    assert brightness(image) > 200


def test_a_reference_is_copied_and_can_be_taken_home(built_site, reader):
    page = reader.open(built_site.brief)
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.get_by_role("button", name="Copy reference").click()
    page.get_by_role("button", name="Reference copied").wait_for()
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied == page.locator("#__reference").text_content()
    assert copied.startswith("Ada Example and Jan Pejšová, “Everything that a brief may hold")
    with page.expect_download() as download:
        page.get_by_role("link", name="RIS").click()
    assert download.value.suggested_filename == "cite.ris"


def test_without_script_nothing_offers_to_copy(built_site, reader):
    page = reader.open(built_site.brief, script=False)
    assert page.get_by_role("button", name="Copy reference").count() == 0
    assert page.get_by_role("link", name="BibTeX").is_visible()


@pytest.mark.parametrize("kind", ["brief", "all_briefs", "topic", "author"])
def test_a_page_leads_to_the_feeds_of_what_it_shows(built_site, reader, kind):
    page = reader.open(getattr(built_site, kind))
    for link in page.locator("link[rel=alternate][type$='+xml'], .feeds a").all():
        answer = page.request.get(link.evaluate("link => link.href"))
        assert answer.ok
    feeds = page.locator("link[type='application/rss+xml']").evaluate_all("links => links.map(one => one.href.replace(/.*.repo./, ''))")
    own = {"brief": "policy-briefs/", "all_briefs": "policy-briefs/"}.get(kind, getattr(built_site, kind))
    assert f"{own}feed.xml" in feeds
