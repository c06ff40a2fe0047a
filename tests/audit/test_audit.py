"""Built pages against axe-core (WCAG 2.2 A and AA, best practice) and the Nu Html Checker.

Our own frame is held to nothing found. The manuals stand on Material's frame, and are held to
what that is known to have.
"""

import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest

pytestmark = [pytest.mark.audit, pytest.mark.browser]

MODULES = Path(__file__).parents[2] / "node_modules"
AXE = MODULES / "axe-core/axe.min.js"
VNU = MODULES / "vnu-jar/build/dist/vnu.jar"

RUN_AXE = """() => axe.run(document, {
  runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
  rules: {"target-size": {enabled: true}},
})"""

# Faults of Material's own frame, in parts of its base.html that no block can replace.
MATERIALS_VNU = (
    r"^Attribute “autocomplete” is only allowed when the input type is",  # the checkboxes #__drawer, #__search
    r"^Bad value “” for attribute “tabindex” on element “label”",  # what opens a part of the navigation
    r"^The “aria-labelledby” attribute must point to an element",  # #__nav_4_label, where a part has one page
    r"^The value of the “for” attribute of the “label” element",  # #__toc, where a page has no contents
)
# The checker has not heard of this word of the policy, without which no browser runs the search.
UNKNOWN_TO_VNU = r"Expecting source-expression but found \"'wasm-unsafe-eval'\""


@pytest.fixture(scope="session")
def axe(skip_or_fail):
    if not AXE.is_file():
        skip_or_fail("axe-core is not there: install Node and npm, then run `make audit`.")
    return AXE.read_text(encoding="utf-8")


@pytest.fixture(scope="session")
def vnu(skip_or_fail):
    if not VNU.is_file():
        skip_or_fail("vnu-jar is not there: install Node and npm, then run `make audit`.")
    if not shutil.which("java"):
        skip_or_fail("java is not there: install a Java runtime (on Debian default-jre-headless).")
    return ["java", "-jar", str(VNU)]


def violations(page, axe):
    """Run axe-core in a page; gives rule → the elements at fault."""
    page.evaluate("async () => { await document.fonts.ready; }")
    page.evaluate(axe)  # by the debugger's way in, since the page's policy allows no script of ours
    result = page.evaluate(RUN_AXE)
    assert len(result["passes"]) > 10, "axe looked at the page"
    return {
        found["id"]: [
            f"{' '.join(map(str, node['target']))}: {node['failureSummary']}" for node in found["nodes"]
        ]
        for found in result["violations"]
    }


def with_results(page):
    page.locator(".search-panel .results a").first.wait_for(timeout=20_000)


def with_open_search(page):
    page.keyboard.press("/")
    with_results(page)
    fold = page.locator(".search-panel details")
    if fold.count() and not fold.evaluate("e => e.open"):
        fold.locator("summary").click()


def with_an_answer(page):
    page.locator(".search-panel .help a").first.wait_for(timeout=20_000)


def with_an_open_note(page):
    page.locator("main .footnote-ref").first.click()
    page.locator(".note-box").wait_for()


def with_open_menu(page):
    button = page.locator("button[popovertarget=__menu]")
    if button.is_visible():
        button.click()


PAGES = {
    "home": ("", None),
    "brief": ("brief", None),
    "French brief": ("french", None),
    "year": ("year", None),
    "all briefs": ("all_briefs", None),
    "about": ("about", None),
    "note of the second series": ("note", None),
    "author": ("author", None),
    "register of authors": ("authors", None),
    "topic": ("topic", None),
    "region": ("region", None),
    "accessibility": ("accessibility/", None),
    "empty search": ("search/#q=qqzzxx", with_an_answer),
    "note in place": ("brief", with_an_open_note),
    "search with results": ("search/?q=lighthouses", with_results),
    "search over a page": ("short", with_open_search),
    "menu": ("about", with_open_menu),
    "not found": ("no/such/page/", None),
}


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1280])
@pytest.mark.parametrize("name", PAGES)
def test_axe_finds_nothing_on_our_own_frame(built_site, reader, axe, name, width, scheme):
    path, then = PAGES[name]
    page = reader.open(getattr(built_site, path, path), width=width, scheme=scheme, lost=name == "not found")
    if then:
        then(page)
    assert violations(page, axe) == {}


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1280])
def test_axe_finds_nothing_on_the_manuals(built_site, reader, axe, width, scheme):
    manuals = built_site.manuals()
    assert manuals
    found = {}
    for path in manuals:
        page = reader.open(path, width=width, scheme=scheme)
        found |= {f"{path} {rule}": nodes for rule, nodes in violations(page, axe).items()}
    assert found == {}


@pytest.fixture
def previewed(project, build, brief_text):
    """A preview with every kind of page that only a preview has, and with what is on the record."""
    body = "## Introduction\n\nA paragraph.\n\n## What to do\n\nAnother one.\n"
    log = [{"date": "2024-06-01", "kind": "correction", "note": "The share is 44 per cent, not 41, in the introduction."}]
    gone = [*log, {"date": "2024-06-02", "kind": "withdrawal", "note": "The survey on which it rested was taken back."}]
    folder = project(
        {
            "2024/1.md": brief_text("1/2024", "2024-05-01", "A corrected brief", body, corrections=log, aliases=["/old/"]),
            "2024/2.md": brief_text("2/2024", "2024-05-02", "A withdrawn brief", body, corrections=gone, topics=["records"]),
            "2024/3.md": brief_text("3/2024", "2024-05-03", "Une traduction", body, lang="fr", translation_of="1/2024"),
            "2024/4.md": brief_text("4/2024", "2024-05-04", "A draft", body, draft=True),
            "2024/5.md": brief_text("5/2024", "2999-05-05", "A brief under embargo", body, embargo="2999-05-05", lint_ignore=[
                {"rule": "number-year", "reason": "It waits for a long time."}]),
            "2024/6.md": f"---\ntitle: A half-written draft\ndraft: true\n---\n\n{body}",
        },
        docs=True,
    )  # fmt: skip
    done = build(folder, "--drafts", "--strict")
    assert done.returncode == 0, done.stderr
    return folder / "site-preview"


PREVIEWED = ["", "policy-briefs/", "preview/", "preview/2024-6/", *(f"policy-briefs/2024/{n}/" for n in range(1, 6))]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1280])
def test_axe_finds_nothing_in_a_preview(previewed, read_site, axe, width, scheme):
    someone = read_site(previewed)
    found = {}
    for path in [*PREVIEWED, "publishing/"]:
        page = someone.open(path, width=width, scheme=scheme)
        found |= {f"{path} {rule}": nodes for rule, nodes in violations(page, axe).items()}
        assert page.locator("meta[name=robots][content=noindex]").count() == 1
    assert found == {}


def test_vnu_finds_nothing_in_a_preview(previewed, vnu):
    files = [previewed / path / "index.html" for path in [*PREVIEWED, "old/"]]
    result = subprocess.run([*vnu, "--format", "json", "--exit-zero-always", *files], capture_output=True, text=True, check=True)
    messages = json.loads(result.stderr)["messages"]
    assert [one["url"] + one["message"] for one in messages if one["type"] != "info" and not re.search(UNKNOWN_TO_VNU, one["message"])] == []


def test_vnu_finds_nothing_but_what_is_materials(built_site, vnu):
    pages = built_site.pages()
    assert len(pages) > 10
    files = [built_site.folder / (path if path.endswith(".html") else f"{path}index.html") for path in pages]
    result = subprocess.run(
        [*vnu, "--format", "json", "--exit-zero-always", *files], capture_output=True, text=True, check=True
    )
    found = []
    for message in json.loads(result.stderr)["messages"]:
        path = message["url"].partition(f"{built_site.folder}/")[2].removesuffix("index.html")
        known = [UNKNOWN_TO_VNU, *(MATERIALS_VNU if pages[path] else ())]
        if message["type"] != "info" and not any(re.search(one, message["message"]) for one in known):
            found.append(f"{path}:{message.get('lastLine')}: {message['message']}")
    assert found == []


def test_planted_faults_are_found(built_site, reader, axe, vnu, tmp_path):
    page = reader.open(built_site.brief)
    page.evaluate("document.querySelector('main h1').insertAdjacentHTML('afterend', '<img src=\"\"><h5>x</h5>')")
    assert {"image-alt", "heading-order"} <= violations(page, axe).keys()
    reader.complaints.clear()
    faulty = tmp_path / "faulty.html"
    text = (built_site.folder / built_site.brief / "index.html").read_text(encoding="utf-8")
    faulty.write_text(text.replace("<h1", "<p><p></p></p><h1", 1), encoding="utf-8")
    result = subprocess.run([*vnu, "--format", "json", "--exit-zero-always", faulty], capture_output=True, text=True, check=True)
    assert [one for one in json.loads(result.stderr)["messages"] if "No “p” element in scope" in one["message"]]
