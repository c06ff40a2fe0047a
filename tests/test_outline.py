"""The outline of a text: what the checks see by line is what a reader gets from the page."""

from __future__ import annotations

import contextlib
import time
from html.parser import HTMLParser

import pytest

from briefpress import limits
from briefpress.body import Picture, Surroundings, render
from briefpress.finding import Place
from briefpress.outline import Outline, clean_id, outline
from briefpress.texts import texts

HANG = 120  # seconds: no measure of speed, machines are noisy; a text that hangs takes minutes and hours


class Everything(dict):
    """Knows every address: what a text names comes out as it was typed, and can be compared."""

    def get(self, key: str, default: object = None) -> object:
        return key


class Pictures(Everything):
    def get(self, key: str, default: object = None) -> object:
        return Picture(key)


class Page(HTMLParser):
    """What stands in the HTML of a body: links, pictures, headings, notes."""

    def __init__(self, markup: str) -> None:
        super().__init__(convert_charrefs=True)
        self.links: list[str] = []
        self.pictures: list[tuple[str, str]] = []
        self.headings: list[tuple[int, str]] = []
        self.defined: list[str] = []
        self.referred: list[str] = []
        self.feed(markup)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        role = given.get("class", "")
        if tag == "a" and role == "footnote-ref":
            self.referred.append(given["href"].removeprefix("#fn:"))
        elif tag == "a" and role != "footnote-backref":
            self.links.append(given.get("href", ""))
        elif tag == "img":
            self.pictures.append((given.get("src", ""), given.get("alt", "")))
        elif tag[0] == "h" and tag[1:].isdigit() and given.get("id") != "__notes":
            self.headings.append((int(tag[1]), given.get("id", "")))
        elif tag == "li" and given.get("id", "").startswith("fn:"):
            self.defined.append(given["id"].removeprefix("fn:"))


def page(text: str) -> Page:
    around = Surroundings(texts("en"), Everything(), Pictures())
    return Page(render(text, around).html)


def read(text: str) -> Outline:
    return outline(text, 1)


SAME = [
    # inline links
    "[a](b.md)",
    "[a](<b.md>)",
    "[a]( b.md )",
    "[a](b.md#c)",
    "[a](#c)",
    "[a]()",
    "[a](<>)",
    "[](b.md)",
    "[a](b c.md)",
    "[a](<b c.md>)",
    "[a](b(c).md)",
    "[a](b.md 'c')",
    '[a](b.md "c")',
    '[a](b.md "c \\" d")',
    '[a](b.md "c "d" e")',
    '[a](b.md\n"c")',
    "[a](b.md (c))",
    "[a\nb](c.md)",
    "[a](\nb.md)",
    "[a](b\n.md)",
    "[a] (b.md)",
    "[a]\n(b.md)",
    "[a[b]c](d.md)",
    "[a]b](c.md)",
    "[a[b](c.md)",
    "[[a]](b.md)",
    "[[a](b.md)",
    "[a](b.md)]",
    "[a](b.md)[c](d.md)",
    "[a](b.md)(c.md)",
    "[*a*](b.md)",
    "[`a`](b.md)",
    "[`a]`](b.md)",
    "*[a](b.md)*",
    "**[a](b.md)** _[c](d.md)_",
    "([a](b.md))",
    "a[b](c.md)d",
    "!\\[a](b.md)",
    "\\![a](b.md)",
    "\\[a](b.md)",
    "[a\\](b.md)",
    "[a](b\\).md)",
    "[a](b.md\\)",
    "[a](b\\_c.md)",
    "\\\\[a](b.md)",
    "[a](b&amp;c.md)",
    "[a](b&c.md)",
    "[a](&#98;.md)",
    "[a](b%20c.md)",
    "[a](https://example.org/?a=b&c=d)",
    "[a](https://example.org/a_b_c*d*)",
    "[a](mailto:a@example.org)",
    "[a](b.md){: lang=fr }",
    "[a](b.md){: title='x' }",
    "H~[a](b.md)~ ^[c](d.md)^",
    # code
    "`[a](b.md)`",
    "``[a](b.md)` [c](d.md)``",
    "`` ` `` [a](b.md) `` ` ``",
    "`[a](b.md)",
    "\\`[a](b.md)\\`",
    "`[a](b.md)\n[c](d.md)`",
    "`a\n\n[b](c.md)`",
    "```\n[a](b.md)\n```",
    "```html\n[a](b.md)\n```\n[c](d.md)",
    "~~~\n[a](b.md)\n~~~",
    "~~~~\n~~~\n[a](b.md)\n~~~~",
    "```\n[a](b.md)",
    "```\n[a](b.md)\n~~~\n[c](d.md)\n```",
    "x\n```\n[a](b.md)\n```\ny",
    "- x\n\n    ```\n    [a](b.md)\n    ```",
    "    [a](b.md)",
    "x\n\n    [a](b.md)\n\ny",
    "x\n    [a](b.md)",
    "x\n\n\t[a](b.md)",
    "- x\n\n    [a](b.md)",
    "- x\n    [a](b.md)",
    "1. x\n\n    [a](b.md)\n\n    [c](d.md)\n\ny\n\n    [e](f.md)",
    "> [a](b.md)",
    "- x\n\ny\n\n    [a](b.md)",
    "## x\n\n    [a](b.md)",
    "!!! note\n    [a](b.md)",
    "!!! note \"x\"\n    a\n\n    [a](b.md)",
    "[^1]: x\n\n    [a](b.md)\n\ny[^1]",
    "y[^1]\n\n[^1]:\n    [a](b.md)",
    "| a |\n|---|\n| [b](c.md) |",
    "| `a | [b](c.md)` |\n|---|---|\n| c | d |",
    "| a | b |\n|---|---|\n| `x | [b](c.md) |",
    # references
    "[a][b]\n\n[b]: c.md",
    "[a][B]\n\n[b]: c.md",
    "[a] [b]\n\n[b]: c.md",
    "[a]\n[b]\n\n[b]: c.md",
    "[b][]\n\n[b]: c.md",
    "[b]\n\n[b]: c.md",
    "[b] and [b]\n\n[b]: <c.md>",
    "[b]\n\n[b]: c.md 'title'",
    "[b]\n\n[b]: c.md\n    \"title\"",
    "[b]\n\n[b]:\n    c.md",
    "[b]\n\n[b]:\nc.md",
    "[b]: c.md\n[d]: e.md\n\n[b][] [d][]",
    "x\n[b]: c.md\n\n[b]",
    "[b]\n\n   [b]: c.md",
    "[b]\n\n    [b]: c.md",
    "> [b]: c.md\n\n[b]",
    "- [b]: c.md\n\n[b]",
    "[a\nb][]\n\n[a b]: c.md",
    "[a][b]",
    "[a]",
    "[ ] and [x]",
    "[a [b] c][d]\n\n[d]: e.md",
    "[*a*][b]\n\n[b]: c.md",
    "[`a`][b]\n\n[b]: c.md",
    "![a][b]\n\n[b]: c.svg",
    "![b]\n\n[b]: c.svg",
    "![b][]\n\n[b]: c.svg",
    "[b]: c.md\n[b]: d.md\n\n[b]",
    "[a][b] [c](d.md)\n\n[b]: <https://example.org/> (title)",
    "`[b]`\n\n[b]: c.md",
    "[b](x.md)\n\n[b]: c.md",
    "[b]:c.md\n\n[b]",
    # addresses in angle brackets
    "<https://example.org/a>",
    "<HTTPS://example.org/a>",
    "<a@example.org>",
    "<mailto:a@example.org>",
    "\\<https://example.org/>",
    "<https://example.org/a b>",
    "https://example.org/",
    "`<https://example.org/>`",
    "[<https://example.org/>](a.md)",
    # pictures
    "![a](b.svg)",
    "![](b.svg)",
    '![a](b.svg "c")',
    "![a [b] c](d.svg)",
    "![a *b* `c`](d.svg)",
    "![a \"b\" & c](d.svg)",
    "[![a](b.svg)](c.md)",
    "[x ![a](b.svg) y](c.md)",
    "[![a](b.svg) ![c](d.svg)](e.md)",
    "[![a](b.svg)][c]\n\n[c]: d.md",
    "![[a](b.md)](c.svg)",
    "![a](b.svg){: #c }",
    "![a](<b c.svg>)",
    "![a\nb](c.svg)",
    "![a] (b.svg)",
    # headings
    "## A",
    "##A",
    "## A ##",
    "## A #B",
    "## A {: #b }",
    "## A { #b }",
    "## A {#b}",
    "## A {: #b .c lang=fr }",
    "## A {: #1-b }",
    "## A {: #__b }",
    "## A ## {: #b }",
    "## *A* `b` [c](d.md)",
    "## A_b_c and _d_",
    "## A & b < c",
    "## A &amp; b",
    "## A \\* b",
    "## 2024",
    "## “A” – b’s",
    "## Été",
    "## !!!",
    "## A\n\n## A\n\n## A",
    "## A\n\n## A 1\n\n## A_1\n\n## A",
    "## A {: #x }\n\n## B {: #x }\n\n## X",
    "## B\n\n## A {: #b }",
    "A\n==",
    "A\n--",
    "A\n---\nb",
    "x\nA\n--",
    "*A*\n---",
    "A {: #b }\n---",
    "- a\n---",
    "> a\n---",
    "---\n\nA",
    "###### A\n####### B",
    " ## A",
    "    ## A",
    "- ## A",
    "> ## A",
    "\\## A",
    "`## A`",
    "```\n## A\n```",
    "<!-- ## A -->",
    "## A <!-- b -->",
    "## A <span>b</span>",
    "## A[^1]\n\n[^1]: x",
    "## H~2~O and 10^6^",
    "x\n## A\ny",
    "##",
    "## `<script>`",
    "## A <script>b</script>",
    "!!! note\n    ## A",
    # notes
    "a[^1]\n\n[^1]: b",
    "a[^b c]\n\n[^b c]: d",
    "a[^1][^2]\n\n[^1]: b\n[^2]: c",
    "a[^1]\n\n[^1]: b[^2]\n[^2]: c",
    "- a[^1]\n\n    [^1]: b",
    "> a[^1]\n>\n> [^1]: b",
    "a[^1]\n\n   [^1]: b",
    "a[^1]\n\n    [^1]: b",
    "a[^1]",
    "`a[^1]`\n\n[^1]: b",
    "\\[^1]\n\n[^1]: b",
    "a[^1]: b",
    "x\n[^1]: b\n\ny[^1]",
    "a[^1]\n[^1]: b",
    "a[^ü]\n\n[^ü]: b",
    "[^1]\n\n[^1]: b",
    "a [b[^1]](c.md)\n\n[^1]: d",
    "a[^1]\n\n[^1]: b\n\n    c [d](e.md)\n\nf",
    "```\na[^1]\n```\n\nb[^1]\n\n[^1]: c",
    # comments and raw HTML
    "<!-- [a](b.md) -->",
    "<!-- [a](b.md)\n\n[c](d.md) --> [e](f.md)",
    "<!-- [a](b.md)",
    "`<!-- ` [a](b.md) ` -->`",
    "```\n<!--\n```\n[a](b.md)\n```\n-->\n```",
    "[a](<!-- x -->b.md)",
    "<!-- `--> [a](b.md) `",
    "<span>[a](b.md)</span>",
    "<div>\n[a](b.md)\n</div>",
    "<div>\n\n[a](b.md)\n\n</div>",
    "<pre>[a](b.md)</pre>",
    "<a href='x.md'>[a](b.md)</a>",
    "<b [a](b.md)",
    "[a](b.md \"<script>\")",
    "[<script>](b.md)",
]  # fmt: skip

# Here the outline sees a link that the page has not: code within a list, an address that the page takes
# out, text within HTML that is taken out as a whole. Too much is told there, and never too little.
MORE = [
    "[a [b](c.md) d](e.md)",
    "``[a](b.md)`",
    "- x\n\n        [a](b.md)",
    ">     [a](b.md)",
    "> x\n>\n>     [a](b.md)",
    "x\n\n>     [a](b.md)\n\n    [c](d.md)",
    "!!! note\n\n        [a](b.md)",
    "[a b]\n\n[a  b]: c.md",
    "[b]: c.md [e](f.md)\n\n[b]",
    "<ftp://example.org/a>",
    "<javascript:x>",
    "<a:b>",
    "a[^1](b.md)\n\n[^1]: c",
    "![a[^1]](b.svg)\n\n[^1]: c",
    "<span title=\"[a](b.md)\">x</span>",
    "<span [a](b.md)>",
    "<script>[a](b.md)</script>",
    "<script>\n\n[a](b.md)\n\n</script>",
    "<style>[a](b.md)</style>",
    "<svg>[a](b.md)",
    "<textarea>[a](b.md)",
    "<title>[a](b.md)</title>",
]  # fmt: skip


def seen_links(found: Outline) -> list[str]:
    return [link.target for link in found.links if not link.image]


def seen_pictures(found: Outline) -> list[tuple[str, str]]:
    return [(link.target, link.text) for link in found.links if link.image]


@pytest.mark.parametrize("text", SAME)
def test_the_outline_is_that_of_the_page(text: str) -> None:
    found, shown = read(text), page(text)
    assert set(seen_links(found)) == set(shown.links)
    assert [one for one, _ in seen_pictures(found)] == [one for one, _ in shown.pictures]
    # The first level is an error of its own, and the page has no tag for it.
    assert [(one.level, one.id) for one in found.headings if one.level > 1] == shown.headings
    defined = {mark.text for mark in found.definitions}
    assert defined == set(shown.defined)
    # A note that is not defined is shown as it was typed.
    assert {mark.text for mark in found.references} & defined == set(shown.referred)


@pytest.mark.parametrize("text", MORE)
def test_no_link_of_the_page_is_unseen(text: str) -> None:
    found, shown = read(text), page(text)
    assert {one for one in shown.links if one} <= set(seen_links(found))
    assert {one for one, _ in shown.pictures} <= {one for one, _ in seen_pictures(found)}


# Written so oddly that only setting the text shows the link: the build says so, and it leads nowhere.
UNREAD = {
    "[b][c][d]\n\n[b]: 1.md\n[c]: 2.md\n[d]: 3.md": "3.md",
    "[a](b(c(d)).md)": "b(c(d)).md",
    '[a](b.md"c")': "b.md",
    "[a[b[c]d]e](f.md)": "f.md",
    "[a]<!-- x -->(b.md)": "b.md",
}


@pytest.mark.parametrize(("text", "target"), UNREAD.items())
def test_a_link_that_is_seen_late_is_reported(text: str, target: str) -> None:
    assert target not in seen_links(read(text))
    body = render(text, Surroundings(texts("en")))
    assert target in body.lost
    assert target not in [one for one in Page(body.html).links if one]


@pytest.mark.parametrize("text", [*SAME, *MORE])
def test_what_the_checks_have_not_seen_leads_nowhere(text: str) -> None:
    # Without its address in the surroundings a link within the project has none on the page.
    kept = Page(render(text, Surroundings(texts("en"))).html)
    seen = set(seen_links(read(text)))
    assert all(one.startswith(("#", "http", "HTTP", "mailto:")) and one in seen for one in kept.links if one)
    assert not any(source for source, _ in kept.pictures)


PLACED = """\
## One {: #first }

A [link](a.md) and ![a picture](b.svg "Its caption"),
over *two
[lines](c.md)*.[^n]

<b>bold</b>

[^n]: A [note](d.md).
"""


def test_everything_has_its_place_in_the_file() -> None:
    found = outline(PLACED, 10)
    assert [(heading.text, heading.place) for heading in found.headings] == [("One", Place(10, 1))]
    assert [(link.target, link.text, link.title, link.place) for link in found.links] == [
        ("a.md", "link", "", Place(12, 3)),
        ("b.svg", "a picture", "Its caption", Place(12, 20)),
        ("c.md", "lines", "", Place(14, 1)),
        ("d.md", "note", "", Place(18, 9)),
    ]
    assert [(mark.text, mark.place) for mark in found.references] == [("n", Place(14, 16))]
    assert [(mark.text, mark.place.line) for mark in found.definitions] == [("n", 18)]
    assert [(mark.text, mark.place) for mark in found.tags] == [("b", Place(16, 1))]
    assert [mark.text for mark in found.ids] == ["first"]


@pytest.mark.parametrize(("text", "words"), [
    ("", 0),
    ("<!-- a comment -->", 0),
    ("## One two\n\nThree [four](five.md).", 4),
    ("One – two — 3 %.", 3),
    ("```\ncode is not counted\n```", 0),
    ("One[^1]\n\n[^1]: two", 2),
    ("One <span>two</span> *three*{: lang=fr }", 3),
    ("один два", 2),
])  # fmt: skip
def test_words(text: str, words: int) -> None:
    assert read(text).words == words


@pytest.mark.parametrize(("text", "depth"), [
    ("a", 0),
    ("> a", 1),
    ("> > a", 2),
    (">>> a", 3),
    ("> > > > > > > > a", 8),
    ("- a\n    - b\n        - c", 3),
    ("<!-- a comment that is long enough to be nine levels deep --> a", 0),
    ("`some code that is long enough to be nine levels deep` a", 0),
    ("```\n                                        a\n```", 0),
])  # fmt: skip
def test_depth(text: str, depth: int) -> None:
    assert read(text).depth == depth


@pytest.mark.parametrize(("text", "gaps"), [
    ("a\n- b", ["list"]),
    ("a\n1. b", ["list"]),
    ("a\n\n- b", []),
    ("- a\n- b", []),
    ("## a\n- b", []),
    ("in the year\n1999. It was", []),
    ("a\n- - -", []),
    ("a – b\n– c", []),
    ("a\n| b |\n|---|\n| c |", ["table"]),
    ("a\n\n| b |\n|---|\n| c |", []),
    ("> a\n- b", []),
    ("```\na\n- b\n```", []),
])  # fmt: skip
def test_gaps(text: str, gaps: list[str]) -> None:
    assert [what for what, _ in read(text).gaps] == gaps


@pytest.mark.parametrize(("typed", "published"), [
    ("recommendations", "recommendations"),
    ("a-b_c", "a-b_c"),
    ("1-aims", "aims"),
    ("__main", "main"),
    ("__2", ""),
    ("a b", "ab"),
    ('a"onclick="x', "aonclickx"),
    ("été", "été"),
    ("fn:1", "fn1"),
])  # fmt: skip
def test_ids_keep_off_those_of_the_page(typed: str, published: str) -> None:
    assert clean_id(typed) == published


# Each half a megabyte, the most that a file may have.
@pytest.mark.parametrize("unit", [
    "[", "![", "*", "_a_", "`", "` ", "<", "<a ", "[^1]", ">", "> ", "[a](", "<!--", "~a^", "|", "{: ", "&#", "[a]: b\n",
    "~~~\n", "# a\n", "## a {: #x }\n", "a\n=\n", "a\n- ", "    a\n\n", "#", " ", "[a][b]", "\\", '[a](b "c', "- ", "-",
    "|a|\n|-|\n",
])  # fmt: skip
def test_a_hostile_text_is_read_in_time(unit: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "SECONDS", 2)  # twenty for an editor
    started = time.monotonic()
    with contextlib.suppress(limits.TooLong):  # text-time names the brief
        outline(unit * (500_000 // len(unit)), 1)
    assert time.monotonic() - started < HANG, "it does not end by itself"
