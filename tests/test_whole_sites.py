"""Whole sites, from none to three hundred briefs and from one to three series: each builds, and says what it should."""

from __future__ import annotations

import re
from collections.abc import Callable
from html.parser import HTMLParser
from pathlib import Path
from subprocess import CompletedProcess

import pytest

Lay = Callable[..., Path]
Write = Callable[..., str]
Build = Callable[..., CompletedProcess[str]]
BODY = "\n".join(f"## {name}\n\nA paragraph that stands here so that there is a text to set.\n" for name in ("One", "Two", "Three"))
HEAD = "timezone: Europe/Brussels\nseries:\n"
PORTRAIT = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 8 8" width="8" height="8"><circle cx="4" cy="4" r="4"/></svg>\n'


def series(slug: str, title: str, issn: str, numbering: str, *more: str) -> str:
    """Return one series of series.yml."""
    return f"""\
  - slug: {slug}
    title: {title}
    masthead: {title.upper()}
    issn: {issn}
    numbering: {numbering}
    publisher: Institute for Tests
    place: Testville
    description: What the {slug} are about is said here.
    license: CC-BY-4.0
    disclaimer: {{one: The views are those of the author., several: The views are those of the authors.}}
    topics: {{records: Numbers and records, access: Accessibility}}
    regions: {{europe: Europe}}
""" + "".join(f"    {line}\n" for line in more)


ONE = HEAD + series("policy-briefs", "Example Brief", "2983-466X", "per-year")
THREE = (
    ONE
    + series("papers", "Working Paper", "1234-5679", "continuous", "colour: '#5b2a4e'", "lang: fr")
    + series("notes", "Example Note", "2049-3630", "none", "colour: '#006400'")
)


class Words(HTMLParser):
    """The words of a page with single spaces, and the targets of its links."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.links: list[str] = []
        self.parts: list[str] = []
        self.feed(text)
        self.words = " ".join(" ".join(self.parts).split())

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "a":
            self.links.append(dict(attrs).get("href") or "")

    def handle_data(self, data: str) -> None:
        self.parts.append(data)


def main_of(site: Path, path: str = "") -> Words:
    """Return what stands in the main part of a page."""
    text = (site / path / "index.html").read_text(encoding="utf-8")
    return Words(text[text.index("<main") : text.index("</main>")])


def built(build: Build, project: Path, *options: str) -> Path:
    """Build strictly, the links checked, and return the site."""
    done = build(project, "--strict", *options)
    assert done.returncode == 0, done.stderr
    assert "links" in done.stderr, "the links were checked"
    return project / "site"


def test_home_without_a_brief(project: Lay, build: Build) -> None:
    site = built(build, project({}, series=THREE))
    home = main_of(site)
    assert "No brief has been published yet." in home.words
    assert {"./policy-briefs/", "./papers/", "./notes/"} <= set(home.links)
    assert "Find a brief" not in home.words
    for path in ("authors", "topics", "regions", "papers"):
        assert re.search("0 (authors|topics|regions)|0 notes?", main_of(site, path).words), path
    assert not (site / "pagefind").exists()


def test_home_with_one_brief(project: Lay, build: Build, brief_text: Write) -> None:
    site = built(build, project({"2024/01.md": brief_text("1/2024", "2024-05-01", "The one and only brief", BODY)}, series=ONE))
    home = main_of(site)
    assert "The one and only brief" in home.words
    assert "Latest briefs" not in home.words
    assert "./policy-briefs/2024/1/" in home.links
    brief = main_of(site, "policy-briefs/2024/1")
    assert "Related briefs" not in brief.words
    assert not re.search(r"\bPrevious\b|\bNext\b", brief.words)


def three_briefs(write: Write) -> dict[str, str]:
    """Return briefs of three series in two languages, and the people and pictures that they name."""
    issues = ["Le premier point dit en une seule phrase ce qui est en jeu dans ce texte.",
              "Le second point dit en une seule phrase ce que la série devrait faire demain."]  # fmt: skip
    joint: dict[str, object] = {
        "collection": "Elections 2024", "publishers": ["Institute for Tests", "Sample Foundation"],
        "other_numbers": ["Sample Foundation Paper 12", "SF-2024-12"],
        "contributors": [{"name": "Carl Editor", "role": "editor"}, {"name": "Tom Translator", "role": "translator"}],
    }  # fmt: skip
    note = write("", "2024-06-03", "A note without a number", BODY, author="eva", topics=["records"], regions=["europe"])
    guest = {"name": "Gus Guest", "photo": "gus.svg", "affiliation": "University of Sampleton"}
    return {
        "people.yml": "eva:\n  name: Eva Example\n  photo: eva.svg\n  orcid: 0000-0002-1825-0097\n  bio: Eva Example was invented for this.\n",
        "people/eva.svg": PORTRAIT,
        "2024/01.md": write("1/2024", "2024-06-01", "A brief of the first series", BODY, author="eva", topics=["records"], **joint),
        "papers/46.md": write("46", "2024-05-30", "A paper in English", BODY, lang="en", topics=["access"]),
        "papers/47.md": write("47", "2024-06-02", "Un cahier en français", BODY, key_issues=issues, author=["eva", "Zoë Muster"], **joint),
        "notes/a-note/index.md": re.sub(r"(?m)^number:.*\n", "", note),
        "notes/guest/index.md": re.sub(r"(?m)^number:.*\n", "", write("", "2024-04-04", "A note by a guest", BODY, author=[guest])),
        "notes/guest/gus.svg": PORTRAIT,
    }  # fmt: skip


@pytest.fixture(scope="module")
def three(tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest) -> Path:
    """Build a site of three series once for this module."""
    # The fixtures `project`, `build` and `brief_text` are those of one test; these are the functions behind them.
    shared = next(one for one in request.config.pluginmanager.get_plugins() if hasattr(one, "make_project"))
    return built(shared.run_build, shared.make_project(tmp_path_factory.mktemp("three"), three_briefs(shared.brief_text), series=THREE))


def test_home_of_three_series_names_each_and_has_the_newest_of_all(three: Path) -> None:
    home = main_of(three)
    titles = ["A note without a number", "Un cahier en français", "A brief of the first series", "A paper in English", "A note by a guest"]
    places = [home.words.find(title) for title in titles]
    assert -1 not in places
    assert places == sorted(places), "newest first, over all series"
    for title, issn in (("Example Brief", "2983-466X"), ("Working Paper", "1234-5679"), ("Example Note", "2049-3630")):
        assert re.search(f"{title}.*{issn}", home.words)
    assert {"./policy-briefs/", "./papers/", "./notes/", "./authors/eva/", "./topics/records/", "./regions/europe/"} <= set(home.links)


@pytest.mark.parametrize(("slug", "brief", "masthead", "issn", "colour"), [
    ("policy-briefs", "policy-briefs/2024/1", "EXAMPLE BRIEF • 1/2024", "2983-466X", ""),
    ("papers", "papers/47", "WORKING PAPER • 47", "1234-5679", "#5b2a4e"),
    ("notes", "notes/2024/a-note", "EXAMPLE NOTE", "2049-3630", "#006400"),
])  # fmt: skip
def test_each_series_has_its_masthead_issn_list_and_colour(
    three: Path, slug: str, brief: str, masthead: str, issn: str, colour: str
) -> None:
    page, text = main_of(three, brief), (three / brief / "index.html").read_text("utf-8")
    assert page.words.startswith(masthead)
    assert issn in page.words
    assert issn in main_of(three, slug).words
    sheets = re.findall(r'<link rel="stylesheet" href="[./]+/(assets/[\w-]+\.\w+\.css)">', text)
    assert [sheet.split(".")[0] for sheet in sheets if "look." not in sheet] == ([f"assets/series-{slug}"] if colour else [])
    assert f'<meta name="theme-color" content="{colour or "#15406b"}">' in text
    for sheet in sheets:
        assert (three / sheet).is_file()
    if colour:
        assert f"--band: {colour}" in (three / sheets[-1]).read_text("utf-8")


def test_what_a_joint_publication_says(three: Path) -> None:
    page = main_of(three, "policy-briefs/2024/1").words
    for words in ("With Carl Editor (editor), Tom Translator (translator)", "Part of Elections 2024",
                  "Published by Institute for Tests; Sample Foundation", "Also published as Sample Foundation Paper 12; SF-2024-12"):  # fmt: skip
        assert words in page
    french = main_of(three, "papers/47").words
    for words in ("Avec Carl Editor (édition), Tom Translator (traduction)", "Dans la série Elections 2024",
                  "Publié par Institute for Tests; Sample Foundation"):  # fmt: skip
        assert words in french
    alone = main_of(three, "papers/46").words
    for word in ("Part of", "Published by", "Also published", "With "):
        assert word not in alone


def test_a_page_for_each_author_topic_and_region(three: Path) -> None:
    eva = main_of(three, "authors/eva")
    assert eva.words.startswith("Author Eva Example")
    assert "Eva Example was invented for this." in eva.words
    assert "https://orcid.org/0000-0002-1825-0097" in eva.links
    assert "3 briefs" in eva.words
    briefs = [link for link in eva.links if re.match(r"\.\./\.\./(notes|papers|policy-briefs)/.", link)]
    assert briefs == ["../../notes/2024/a-note/", "../../papers/47/", "../../policy-briefs/2024/1/"]
    for who, photo in (("eva", "eva.svg"), ("gus-guest", "gus.svg")):
        assert (three / f"authors/{who}/portrait.svg").read_text() == PORTRAIT, photo
        assert f'src="../../authors/{who}/portrait.svg"' in (three / f"authors/{who}/index.html").read_text("utf-8")
    assert "University of Sampleton" in main_of(three, "authors/gus-guest").words
    assert [path.name for path in (three / "authors").rglob("*") if path.is_file()].count("portrait.svg") == 2
    assert "2 briefs" in main_of(three, "topics/records").words
    assert "1 brief" in main_of(three, "regions/europe").words
    assert "Ada Example 1 Eva Example 3 Gus Guest 1 Zoë Muster 1" in main_of(three, "authors").words
    brief = main_of(three, "papers/47")
    assert {"../../authors/eva/", "../../authors/zoe-muster/"} <= set(brief.links)


def test_the_policy_is_a_file_of_headers_too(three: Path) -> None:
    page = (three / "index.html").read_text("utf-8")
    policy = re.search(r'http-equiv="Content-Security-Policy" content="([^"]+)"', page)
    headers = (three / "_headers").read_text("utf-8")
    assert policy is not None
    assert f"  Content-Security-Policy: {policy[1].replace('&#39;', chr(39))}; frame-ancestors 'none'\n" in headers
    assert "unsafe-inline" not in headers
    assert not re.search(r"'unsafe-eval'|https?:|\*\.", headers)


def test_three_hundred_briefs(project: Lay, build: Build, brief_text: Write) -> None:
    names = [f"Name{chr(97 + i % 26)} Family{chr(97 + i // 2 % 26)}{'abc'[i % 3]}" for i in range(60)]
    briefs = {
        f"{2012 + n // 25}/{n:03}.md": brief_text(
            f"{n % 25 + 1}/{2012 + n // 25}", f"{2012 + n // 25}-{n % 12 + 1:02}-11", f"The generated brief {n + 1}", BODY,
            author=names[n % 60], topics=["records", "access"][n % 3 % 2 :][:1], regions=["europe"])
        for n in range(300)
    }  # fmt: skip
    site = built(build, project(briefs, series=ONE), "--no-search", "--no-pdf")
    assert len(list(site.glob("policy-briefs/20*/*/index.html"))) == 300
    assert len(list(site.glob("policy-briefs/page/*/index.html"))) == 7
    assert len(list(site.glob("regions/europe/page/*/index.html"))) == 7
    assert "300 briefs" in main_of(site, "regions/europe").words
    home = main_of(site)
    assert "All 300 briefs" in home.words
    assert len([link for link in home.links if re.fullmatch(r"\./policy-briefs/20\d\d/\d+/", link)]) <= 9
    assert "All authors" in home.words
    register = (site / "authors/index.html").read_text("utf-8")
    assert len(re.findall(r"<h2[^>]*>[A-Z]</h2>", register)) == 1, "all these families begin with F"
    assert max(path.stat().st_size for path in site.rglob("index.html")) < 100_000


# Every page of the built site


class Inline(HTMLParser):
    """What a page holds that a strict policy forbids."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "style" or (tag == "script" and "src" not in given and given.get("type") not in ("application/json", "application/ld+json")):
            self.found.append(f"<{tag} {given}>")
        self.found += [f"<{tag} {name}={value!r}>" for name, value in attrs if name == "style" or name.startswith("on")]


@pytest.mark.parametrize("planted", ["<style>", "<script>", "<script type=module>", "<p style='x'>", "<p onclick=x>"])
def test_what_is_inline_is_seen(planted: str) -> None:
    assert Inline(f"<p>{planted}").found


def test_no_page_holds_an_inline_script_or_style_and_every_page_has_the_policy(built_site: object) -> None:
    pages = built_site.pages()  # type: ignore[attr-defined]
    assert len([path for path, manual in pages.items() if manual]) >= 3
    found, without = {}, []
    for path in pages:
        text = (built_site.folder / (path if path.endswith(".html") else f"{path}index.html")).read_text("utf-8")  # type: ignore[attr-defined]
        if inline := Inline(text).found:
            found[path] = inline
        if text.count('http-equiv="Content-Security-Policy"') != 1:
            without.append(path)
    assert found == {}
    assert without == []
