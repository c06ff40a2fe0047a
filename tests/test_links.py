"""The check of a site's links, and lychee, which judges it from outside."""

from __future__ import annotations

import json
import posixpath
import re
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import NoReturn
from urllib.parse import unquote, urlsplit

import pytest

from briefpress import links
from conftest import SITE_URL, BuiltSite

PAGE = "notes/1/index.html"
SITE = {
    "index.html": '<p id="home">',
    "404.html": "",
    PAGE: '<h2 id="why">Why</h2><h2 id="Größe">…</h2><h2 id="a&amp;b">…</h2><ID ID=loud><a name="old">…</a>',
    "notes/2/index.html": "<h2 class='x' id='what'>What</h2>",
    "notes/1/note.pdf": "",
    "notes/1/ä b.csv": "",
    "notes/1/a&b.csv": "",
    "notes/page.html": '<p id="here">',
    "notes/index.html": "",
    "files/data.csv": "",
    "pagefind/pagefind.js": "",
}


def found(more: dict[str, str] | None = None, site_url: str = SITE_URL) -> list[tuple[str, str]]:
    """Return the page and the target of each broken link of the little site, some pages of which are others."""
    site = SITE | (more or {})
    pages = [address for address in site if address.endswith(".html")]
    return [(one.page, one.target) for one in links.check(pages, site.__getitem__, site.keys(), site_url)[1]]


# What is typed on notes/1/, and where that is when nothing is there; an empty text where all is well.
LINKS = {
    # up, down and beside
    "../../": "",
    "../..": "",
    "../": "",
    "./": "",
    "../2/": "",
    "../2": "",
    "../2/index.html": "",
    "./../2/": "",
    "../2/./../1/": "",
    "../page.html": "",
    "note.pdf": "",
    "./note.pdf": "",
    "../../files/data.csv": "",
    "../../pagefind/pagefind.js": "",
    "../3/": "notes/3",
    "../page": "notes/page",
    "note.txt": "notes/1/note.txt",
    "../../files/": "files",  # no host shows a folder
    "../2//": "",
    "../../index.html/": "index.html",
    # above the site, which is below /repo/ of its host
    "../../../": "..",
    "../../../other/": "../other",
    "../../../repo/notes/2/": "",
    "../../../repo/notes/3/": "notes/3",
    "../../../../../../repo/": "",
    # from the host's root: that is the site's
    "/": "",
    "/notes/2/": "",
    "/repo/notes/2/": "",
    "/notes/3/": "notes/3",
    "/repo/notes/3/": "notes/3",
    # whole addresses
    SITE_URL: "",
    f"{SITE_URL}notes/2/": "",
    f"{SITE_URL}notes/2/#what": "",
    f"{SITE_URL}#home": "",
    f"{SITE_URL}notes/3/": "notes/3",
    f"{SITE_URL}notes/2/#why": "notes/2#why",
    f"{SITE_URL}#why": "index.html#why",
    "HTTPS://Example.org/repo/notes/3/": "notes/3",
    "https://EXAMPLE.ORG/repo/notes/3/": "notes/3",
    "//example.org/repo/notes/3/": "notes/3",
    # other sites, and what is none
    "https://example.org/": "",
    "https://example.org": "",
    "https://example.org/other/": "",
    "https://example.org.net/repo/gone/": "",
    "http://example.org/repo/gone/": "",
    "//other.example.org/gone/": "",
    "//example.org/other/": "",
    "mailto:ada@example.org": "",
    "tel:+32123": "",
    "data:,gone": "",
    "doi:10.1/x": "",
    "http://[gone": "http://[gone",
    "//[gone": "//[gone",
    # fragments
    "": "",
    "#": "",
    "#why": "",
    "#Gr\u00f6\u00dfe": "",
    "#Gr%C3%B6%C3%9Fe": "",
    "#a&amp;b": "",
    "#loud": "",
    "#old": "",
    "#top": "",
    "#TOP": "",
    "#:~:text=any%20words": "",
    "#why:~:text=any": "",
    "../2/#what": "",
    "../2/#top": "",
    "../2#what": "",
    "../2/index.html#what": "",
    "../page.html#here": "",
    "note.pdf#page=2": "",
    "../../files/data.csv#row=4": "",
    "#Why": "notes/1#Why",
    "#what": "notes/1#what",
    "#gone:~:text=any": "notes/1#gone:~:text=any",
    "../1/#what": "notes/1#what",
    "../2/#why": "notes/2#why",
    "../2/#gr%C3%BCn": "notes/2#grün",
    "../3/#what": "notes/3#what",
    # queries, percent-encoding, entities, blanks
    "?page=2": "",
    "../2/?page=2": "",
    "../2/?page=2#what": "",
    "../2/?page=2#why": "notes/2#why",
    "../3/?page=2": "notes/3",
    "%C3%A4%20b.csv": "",
    "ä b.csv": "",
    "a&amp;b.csv": "",
    "a&b.csv": "",
    "&#46;./2/": "",
    " ../2/ ": "",
    "..\n/2/": "",
    "b%20%C3%A4.csv": "notes/1/b ä.csv",
    "a&amp;c.csv": "notes/1/a&c.csv",
    "&#46;./3/": "notes/3",
    "what%23why/": "notes/1/what#why",
    "..\\2\\": "notes/1/..\\2\\",
}


@pytest.mark.parametrize(("typed", "target"), LINKS.items())
def test_a_link_is_followed_as_a_browser_does(typed: str, target: str) -> None:
    here = f'{SITE[PAGE]}<a href="{typed}">x</a>'
    assert found({PAGE: here}) == ([(PAGE, target)] if target else [])


@pytest.mark.parametrize(
    ("typed", "target"),
    [
        ("../../../../notes/2/", ""),  # nothing is above the root of a host
        ("../../../../notes/3/", "notes/3"),
        ("/notes/2/#what", ""),
        ("/notes/3/", "notes/3"),
        ("https://example.org", ""),
        ("https://example.org/notes/3/", "notes/3"),
        ("https://example.org.net/notes/3/", ""),
    ],
)
def test_a_site_may_be_all_of_its_host(typed: str, target: str) -> None:
    here = f'<a href="{typed}">x</a>'
    assert found({PAGE: here}, "https://example.org/") == ([(PAGE, target)] if target else [])


def test_the_page_for_lost_readers_begins_its_links_at_the_root_of_the_host() -> None:
    typed = ["/repo/notes/2/", "/repo/notes/2/#what", "#a", f"{SITE_URL}notes/2/", "/repo/notes/3/", "#b"]
    lost = '<p id="a">' + "".join(f'<a href="{one}">x</a>' for one in typed)
    assert found({"404.html": lost}) == [("404.html", "404.html#b"), ("404.html", "notes/3")]


# What stands on a page, and what of it lychee and we find to be missing. Where only one of the two does, there is a
# reason: we read links in code, behind `nofollow` and without scripts, for a reader can follow them; lychee reads what
# no page has had since HTML 4, and what browsers take for text.
BOTH, OURS, LYCHEE = "both", "ours", "lychee"
MISSING = [
    ('<a href="gone/a/">x</a>', BOTH),
    ("<a href='gone/quoted/'>x</a>", BOTH),
    ("<a href=gone/bare/>x</a>", BOTH),
    ('<A HREF="gone/upper/">x</A>', BOTH),
    ('<a\n href = "gone/apart/">x</a>', BOTH),
    ('<a class="c"href="gone/close/">x</a>', BOTH),
    ('<a/href="gone/slash/">x</a>', BOTH),
    ('<a data-href="no/" href="gone/last/">x</a>', BOTH),
    ('<a title="a > b" href="gone/greater/">x</a>', BOTH),
    ("<a title='\"' href=\"gone/quote/\">x</a>", BOTH),
    ("<p title=don't><a href=\"gone/apostrophe/\">it's</a>", BOTH),
    ('<a id="gone-1" class="c" href="gone/id/">x</a>', BOTH),
    ('<a href="#gone-own">x</a>', BOTH),
    ('<a href="../2/#gone-other">x</a>', BOTH),
    ('<map><area href="gone/area/"></map>', BOTH),
    ('<link rel="stylesheet" href="gone/style.css">', BOTH),
    ('<link rel="canonical" href="https://example.org/repo/gone/whole/">', BOTH),
    ('<script src="gone/script.js"></script>', OURS),
    ('<img src="gone/img.png" alt="">', BOTH),
    ('<img id="i" src="gone/one.png" srcset="gone/two.png 2x, gone/three.png 3x" alt="">', BOTH),
    ('<link rel="preload" as="image" imagesrcset="gone/preload.png 2x">', OURS),
    ('<video src="gone/film.mp4" poster="gone/film.jpg"><source src="gone/film.webm"><track src="gone/film.vtt"></video>', BOTH),
    ('<audio src="gone/sound.mp3"></audio>', BOTH),
    ('<object data="gone/object.svg"></object><embed src="gone/embed.svg">', BOTH),
    ('<iframe src="gone/frame/"></iframe>', BOTH),
    ('<form action="gone/form/"><button formaction="gone/button/">x</button><input type="image" src="gone/input.png"></form>', BOTH),
    ('<blockquote cite="gone/cite/">x</blockquote>', BOTH),
    ('<svg><a href="gone/svg/">x</a><use href="gone/use.svg"/></svg>', BOTH),
    ('<svg><image xlink:href="gone/xlink.svg"/></svg>', OURS),
    ('<meta http-equiv="refresh" content="0; url=gone/moved/">', OURS),
    ('<a rel="nofollow" href="gone/nofollow/">x</a>', OURS),
    ('<pre><a href="gone/pre/">x</a></pre><code><a href="gone/code/">x</a></code>', OURS),
    ('<noscript><a href="gone/noscript/">x</a></noscript>', OURS),
    ('<img src="../2/" longdesc="gone/long/" alt="">', LYCHEE),
    ('<style>p { background: url("gone/style.png") }</style>', LYCHEE),
]
NONE = """
<p>To set href="gone/1/", write &lt;a href="gone/2/"&gt;.</p> <pre>&lt;img src="gone/3.png"&gt; src=gone/4.png</pre>
<code>&lt;a href="gone/5/"&gt;</code> <!-- <a href="gone/6/">x</a> -->
<script>const a = '<a href="gone/7/">x</a>', b = "<img src=gone/8.png>";</script>
<script type="application/json">{"text": "<a href='gone/9/'>"}</script>
<p title='Write <a href="gone/10/">'>…</p> <p title="Write href=gone/11/ or src=gone/12/">…</p>
<meta name="description" content="12; see url gone/13/"> <p data-src="gone/14/" data-id="x">…</p>
<a href>x</a> <a name="x">x</a>
"""


def test_what_is_read_of_a_page() -> None:
    page = SITE[PAGE] + NONE + "".join(html for html, _ in MISSING)
    assert [target for _, target in found({PAGE: page})] == wanted(OURS, "notes/1/", "notes/2")


@pytest.mark.parametrize("text", ["&lt;p id=\"there\"&gt;", "<!-- <p id='there'> -->", "<script>'<p id=there>'</script>", "<p title='id=there'>"])
def test_an_id_that_is_text_is_none(text: str) -> None:
    assert found({PAGE: f'{text}<a href="#there">x</a>'}) == [(PAGE, "notes/1#there")]


def test_each_page_is_read_once_where_nothing_is_broken() -> None:
    """With ten thousand briefs they are 450 MB."""
    there = '<p id="what"><a href="../1/#why">x</a><a href="#what">x</a>'
    site = SITE | {PAGE: '<p id="why"><a href="../2/#what">x</a>', "notes/2/index.html": there}
    read: Counter[str] = Counter()

    def reading(address: str) -> str:
        read[address] += 1
        return site[address]

    pages = [address for address in site if address.endswith(".html")]
    assert links.check(iter(pages), reading, site.keys(), SITE_URL) == (3, [])
    assert read == Counter(pages)


def test_a_page_that_is_not_checked_is_read_for_its_ids_alone() -> None:
    site = SITE | {PAGE: '<a href="../2/#what">x</a> <a href="../2/#why">x</a>', "notes/2/index.html": '<p id="what"><a href="gone/">x</a>'}
    count, broken = links.check([PAGE], site.__getitem__, site.keys(), SITE_URL)
    assert (count, broken) == (2, [links.Broken(PAGE, "notes/2#why")])


def test_a_link_counts_as_often_as_it_is_there() -> None:
    assert links.check([PAGE], lambda _: '<a href="../2/">x</a>' * 3 + '<a href="https://example.net/">x</a>', SITE.keys(), SITE_URL) == (3, [])


def test_a_page_has_a_trace_of_what_goes() -> None:
    before = '<p id="stays"><p id="größe"><a name="old">x</a><script>"<p id=none>"</script>'
    assert set(links.traces(["notes/1/index.html", "notes/1/note.pdf"], [(before, '<p id="stays"><p id="new">')])) == {
        b"notes/1/", b"notes/1/note.pdf", "#größe".encode(), b"#gr%C3%B6%C3%9Fe", b"#old",
    }  # fmt: skip


# Lychee


def wanted(by: str, folder: str, other: str) -> list[str]:
    """Return what is missing, sorted, as one of the two is to find it on a page in a folder."""
    html = "".join(html for html, knows in MISSING if knows in (BOTH, by))
    within = {folder + target.rstrip("/") for target in re.findall(r"gone/[\w/.]+", html) if "whole" not in target}
    return sorted({"gone/whole", f"{folder[:-1]}#gone-own", f"{other}#gone-other"} | within)


def lychee(site: Path, skip_or_fail: Callable[[str], NoReturn]) -> tuple[int, list[tuple[str, str]]]:
    """Return how many links of a site lychee looked at, and the page and the target of those that lead nowhere."""
    program = shutil.which("lychee", path=str(Path(sys.executable).parent)) or shutil.which("lychee")
    if program is None:
        skip_or_fail("lychee is not installed: it comes with the extra `test`")
    here, address = site.resolve().as_uri(), urlsplit(SITE_URL)
    below = address.path.rstrip("/")
    own = re.escape(f"{address.scheme}://{address.netloc}{below}")
    done = subprocess.run(
        [
            program, "--offline", "--no-progress", "--format", "json", "--include-fragments=anchor-only", "--index-files", "index.html",
            "--root-dir", str(site.resolve()), "--remap", f"{own}(?:/(.*))?$ {here}/$1",
            "--remap", f"{re.escape(here + below)}(/.*|$) {here}$1",  # the page for lost readers begins its addresses at the host's root
            "--exclude-path", str(site.resolve() / "pagefind"), str(site.resolve() / "**" / "*.html"),
        ],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode in (0, 2), done.stderr
    report = json.loads(done.stdout)
    broken = set()
    for page, failures in report["error_map"].items():
        for failure in failures:
            path, hash_, fragment = failure["url"].partition("#")
            target = unquote(posixpath.relpath(path, here)).removesuffix("/index.html")
            broken.add((Path(page).relative_to(site.resolve()).as_posix(), target + hash_ + unquote(fragment)))
    return report["total"], sorted(broken)


def ours(site: Path) -> tuple[int, list[tuple[str, str]]]:
    """Return the same as we find it."""
    addresses = {file.relative_to(site).as_posix() for file in site.rglob("*") if file.is_file()}
    pages = (address for address in addresses if address.endswith(".html"))
    count, broken = links.check(pages, lambda address: (site / address).read_text("utf-8"), addresses, SITE_URL)
    return count, [(one.page, one.target) for one in broken]


def test_lychee_and_we_find_the_same(built_site: BuiltSite, tmp_path: Path, skip_or_fail: Callable[[str], NoReturn]) -> None:
    for count, broken in (lychee(built_site.folder, skip_or_fail), ours(built_site.folder)):
        assert broken == []
        assert count > 500

    site = tmp_path / "site"
    shutil.copytree(built_site.folder, site)
    places = {f"{built_site.brief}index.html": "policy-briefs/2025/2", f"{built_site.note}index.html": "notes/2"}
    html = NONE + "".join(html for html, _ in MISSING)
    for page in places:
        text = (site / page).read_text("utf-8")
        (site / page).write_text(text.replace("</main>", f"{html}</main>"), "utf-8")
    (site / "404.html").write_text('<a href="/repo/about/">x</a> <a href="/repo/gone/">x</a> <a href="/gone/too/">x</a>', "utf-8")
    (site / "notes/2").mkdir()
    (site / "notes/2/index.html").write_text("x", "utf-8")

    for by, (_, broken) in ((LYCHEE, lychee(site, skip_or_fail)), (OURS, ours(site))):
        lost = [("404.html", "gone"), ("404.html", "gone/too")]
        assert broken == sorted(lost + [(page, one) for page, other in places.items() for one in wanted(by, page.removesuffix("index.html"), other)])
