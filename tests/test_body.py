"""The body: what may come out of it, whatever goes in; and the forms of a brief's text."""

from __future__ import annotations

import re
import time
from concurrent.futures import ProcessPoolExecutor
from html import unescape
from html.parser import HTMLParser
from multiprocessing import get_context

import pytest

from briefpress import limits
from briefpress.body import Picture, Surroundings, render
from briefpress.rules import RULES
from briefpress.texts import texts

HANG = 120  # seconds: no measure of speed, machines are noisy; a text that hangs takes minutes and hours

AROUND = Surroundings(
    texts("en"),
    addresses={"../2024/07-x.md": "../../2024/7/", "polls.csv": "polls.csv"},
    pictures={
        "fig.svg": Picture("fig.svg", 640, 320),
        "bars.svg": Picture("bars.svg", 640, 320, "bars.csv", "Data (CSV, 1 kB)"),
    },
)

# All that a body may hold, written out once more on purpose: a tag that is added to the package must be
# added here too, by somebody who thinks about it.
PLAIN = {"id", "class", "lang", "title", "dir"}
ALLOWED = {
    tag: PLAIN
    for tag in (
        "abbr blockquote br cite code dd del dl dt em figcaption figure h2 h3 h4 h5 h6 hr ins kbd li mark p pre"
        " q small span strong sub sup table tbody td thead tr ul"
    ).split()
} | {
    "a": PLAIN | {"href", "download", "aria-label"},
    "div": PLAIN | {"role", "tabindex", "aria-label", "aria-labelledby"},
    "img": PLAIN | {"src", "alt", "width", "height", "loading"},
    "ol": PLAIN | {"start"},
    "section": PLAIN | {"aria-labelledby"},
    "th": PLAIN | {"scope"},
}
VOID = frozenset({"br", "hr", "img"})
CLASSES = frozenset(
    "admonition admonition-title caption center footnote footnote-backref footnote-ref note right scroll"
    " table tip warning".split()
)
PAGE_IDS = re.compile(r"__(notes|table-[0-9]+)|fn(ref)?[0-9]*:.+|_\d+")  # the last for a heading without words, which is an error


class Walk(HTMLParser):
    """Reads HTML as a browser would, and notes all that is not on the list."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.faults: list[str] = []
        self.open: list[str] = []
        self.elements: list[tuple[str, dict[str, str]]] = []
        self.words = ""
        self.feed(html)
        self.close()
        self.faults += [f"<{tag}> is not closed" for tag in self.open]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        self.elements.append((tag, given))
        if tag not in ALLOWED:
            self.faults.append(f"<{tag}>")
            return
        for name, value in given.items():
            if name not in ALLOWED[tag]:
                self.faults.append(f"{name} in <{tag}>")
            elif name == "class":
                self.faults += [f"class {word}" for word in value.split() if word not in CLASSES]
            elif name in ("href", "src") and (scheme := re.match(r"[\s\x00-\x20]*([^/?#]*?):", value)):
                # What a browser takes for the scheme: without blanks, tabs and line ends.
                if re.sub(r"[\s\x00-\x20]", "", scheme[1]).lower() not in ("http", "https", "mailto"):
                    self.faults.append(f"{name}={value!r}")
            elif name == "id" and value.startswith("_") and not PAGE_IDS.fullmatch(value):
                self.faults.append(f"id {value}")
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if self.open and self.open[-1] == tag:
            self.open.pop()
        else:
            self.faults.append(f"</{tag}> closes nothing")

    def handle_data(self, data: str) -> None:
        self.words += data

    def handle_comment(self, data: str) -> None:
        self.faults.append(f"comment {data!r}")

    def handle_decl(self, decl: str) -> None:
        self.faults.append(f"declaration {decl!r}")

    def handle_pi(self, data: str) -> None:
        self.faults.append(f"instruction {data!r}")

    def unknown_decl(self, data: str) -> None:
        self.faults.append(f"declaration {data!r}")

    def all(self, tag: str) -> list[dict[str, str]]:
        return [given for name, given in self.elements if name == tag]


def walk(text: str, around: Surroundings = AROUND) -> Walk:
    return Walk(render(text, around).html)


# What an editor, or a text that an editor was sent, may try

HOSTILE = [
    "<script>alert(1)</script>",
    "<SCRIPT SRC=https://example.org/x.js></SCRIPT>",
    "<script\n>alert(1)</script\n>",
    "<scr<script>ipt>alert(1)</scr</script>ipt>",
    "<img src=x onerror=alert(1)>",
    '<img src="x" onerror="alert(1)"/>',
    "<svg onload=alert(1)><circle/></svg>",
    "<svg><style><img src=x onerror=alert(1)></style></svg>",
    "<math><mtext><table><mglyph><style><img src=x onerror=alert(1)>",
    "<iframe src=https://example.org></iframe>",
    '<iframe srcdoc="<script>alert(1)</script>"></iframe>',
    "<form action=https://example.org><input name=a><button>Go</button></form>",
    "<object data=x.swf></object><embed src=x.swf>",
    "<base href=https://example.org/>",
    "<meta http-equiv=refresh content=0>",
    "<link rel=stylesheet href=https://example.org/x.css>",
    "<style>* { display: none }</style>",
    "<template><script>alert(1)</script></template>",
    "<noscript><p title='</noscript><img src=x onerror=alert(1)>'></noscript>",
    "<textarea><script>alert(1)</script></textarea>",
    "<a href=javascript:alert(1)>x</a>",
    "<a href=https://example.org>x</a>",
    "<div style=position:fixed>x</div>",
    "<p onclick=alert(1)>x</p>",
    "<span onclick=alert(1)>x</span>",
    '<span title="x" onclick="alert(1)">x</span>',
    '<span title="a"onclick="alert(1)">x</span>',
    "<span title='\" onclick=\"alert(1)'>x</span>",
    '<span title="&quot; onclick=&quot;alert(1)">x</span>',
    '<span title="<img src=x onerror=alert(1)>">x</span>',
    '<span title="`><img src=x onerror=alert(1)>`">x</span>',
    '<span title="\n\n<img src=x onerror=alert(1)>">x</span>',
    '<span title="*x*" lang="__x__">x</span>',
    '<span lang="fr" style="color:red" class="md-header" id="__main">x</span>',
    "<span>never closed",
    "</p></div></body></html>never opened",
    "<sub><sup>crossed</sub></sup>",
    "**<span>crossed**</span>",
    "<q\n>line end in a tag</q>",
    "<abbr title=unquoted>x</abbr>",
    "<!-- a comment --><script>alert(1)</script><!-- another -->",
    "<!--><script>alert(1)</script>-->",
    "<!-- --!><script>alert(1)</script> -->",
    "<!-- <!-- --> <img src=x onerror=alert(1)> -->",
    "<!-- never closed <img src=x onerror=alert(1)>",
    "<!<!-- x -->-- <img src=x onerror=alert(1)> -->",
    "<scr<!-- x -->ipt>alert(1)</scr<!-- x -->ipt>",
    "<?xml version='1.0'?><?php echo 1 ?>",
    "<!DOCTYPE html><![CDATA[<script>alert(1)</script>]]>",
    "<x onclick=alert(1)>custom</x>",
    "<svg/onload=alert(1)>",
    "<a/href=javascript:alert(1)>x</a>",
    "<img\tsrc=x\tonerror=alert(1)>",
    "&lt;script&gt;alert(1)&lt;/script&gt;",
    "&#60;script&#62;alert(1)&#60;/script&#62;",
    "`<script>alert(1)</script>`",
    "```html\n<script>alert(1)</script>\n```",
    '```{.x onclick="alert(1)" }\ncode\n```',
    "    <script>alert(1)</script>",
    "[x](javascript:alert(1))",
    "[x](JaVaScRiPt:alert(1))",
    "[x](<javascript:alert(1)>)",
    "[x]( javascript:alert(1) )",
    "[x](java\tscript:alert(1))",
    "[x](<java\tscript:alert(1)>)",
    "[x](\x01javascript:alert(1))",
    "[x](&#106;avascript:alert(1))",
    "[x](&#x6A;avascript:alert(1))",
    "[x](&#0000106avascript:alert(1))",
    "[x](javascript&colon;alert(1))",
    "[x](java&Tab;script:alert(1))",
    "[x](java&NewLine;script:alert(1))",
    "[x](javascript%3Aalert(1))",
    "[x](data:text/html;base64,PHNjcmlwdD4=)",
    "[x](vbscript:msgbox)",
    "[x](file:///etc/passwd)",
    "[x](//example.org/)",
    "[x](https:javascript:alert(1))",
    '[x](https://example.org/"onclick="alert(1))',
    "[x](https://example.org/'onclick='alert(1))",
    '[x](https://example.org "a" onclick="alert(1)")',
    "[x](https://example.org 'a\" onclick=\"alert(1)')",
    "[x][y]\n\n[y]: javascript:alert(1)",
    "[y]\n\n[y]: <javascript:alert(1)>",
    "[y][]\n\n[y]:\n    javascript:alert(1)\n    'title'",
    "<javascript:alert(1)>",
    "<JAVASCRIPT:alert(1)>",
    "<data:text/html,x>",
    "<javascript:alert(1)//@example.org>",
    "![x](javascript:alert(1))",
    "![x](data:image/svg+xml;base64,PHN2Zz4=)",
    "![x](https://example.org/x.png)",
    "![x](//example.org/x.png)",
    '![x" onerror="alert(1)](fig.svg)',
    '![x](fig.svg "a\\" onerror=\\"alert(1)")',
    "![x][y]\n\n[y]: https://example.org/x.png",
    "[![x](fig.svg)](javascript:alert(1))",
    "[![x](https://example.org/x.png)](https://example.org/)",
    "*x*{: onclick=alert(1) }",
    "*x*{: onclick='alert(1)' style=color:red }",
    "*x*{: ONCLICK=alert(1) }",
    "[x](https://example.org){: href=javascript:alert(1) }",
    "[x](https://example.org){: href='javascript:alert(1)' target=_blank rel=opener ping=https://example.org }",
    "![x](fig.svg){: src=https://example.org/x.png srcset=https://example.org/y.png }",
    "![x](fig.svg){: onload=alert(1) style=position:fixed }",
    "![x](fig.svg){: data-data=javascript:alert(1) data-words=Data }",
    "## x {: onclick=alert(1) }",
    "## x {: #__main .md-header }",
    "## x {: id=__notes }",
    "## x {: id=fn:1 }",
    "*x*{: #___main }",
    "*x*{: id='a\" onclick=\"alert(1)' }",
    "*x*{: lang='a\" onclick=\"alert(1)' }",
    "*x*{: title='</em><script>alert(1)</script>' }",
    "x\n{: style=color:red .md-header }",
    "| a |\n|---|\n| b {: onclick=alert(1) style=color:red } |",
    "!!! note \"<script>alert(1)</script>\"\n    x",
    '!!! note onclick "x"\n    <img src=x onerror=alert(1)>',
    "!!! md-header\n    x",
    "!!! note md-header admonition \"x\" onclick=alert(1)\n    x",
    "x[^1]\n\n[^1]: <script>alert(1)</script> [y](javascript:alert(1))",
    'x[^"><script>alert(1)</script>]\n\n[^"><script>alert(1)</script>]: y',
    "x[^a\" onclick=\"alert(1)]\n\n[^a\" onclick=\"alert(1)]: y",
    "## <script>alert(1)</script>",
    '## a "quoted" <img src=x onerror=alert(1)> heading',
    "Table: <script>alert(1)</script>\n\n| a |\n|---|\n| b |",
    "| <script>alert(1)</script> |\n|---|\n| <img src=x onerror=alert(1)> |",
    '--8<-- "/etc/passwd"',
    ';--8<-- "/etc/passwd"',
    "--8<--\n/etc/passwd\n--8<--",
    "{{ 7*7 }} {% include '/etc/passwd' %} {# x #} ${7*7} <%= 7*7 %>",
    "{!/etc/passwd!}",
    "\x02wzxhzdk:0\x03 \x02amp\x03 \x02klzzwxh:0000\x03",
    "STX\x02 ETX\x03 <b>",
    "a\x00b<script\x00>alert(1)</script>",
    "<span title=\"\x02wzxhzdk:0\x03\">x</span>",
    "H~<script>~O x^<img src=x onerror=alert(1)>^",
    "<sub onclick=alert(1)>2</sub>",
    "<details open ontoggle=alert(1)>x</details>",
    "<video><source onerror=alert(1)></video>",
    "<body onload=alert(1)>",
    "<plaintext>x",
    "<xmp><script>alert(1)</script></xmp>",
    "<title><script>alert(1)</script></title>",
    "[<script>alert(1)</script>](https://example.org)",
    "[x](https://example.org)<script>alert(1)</script>",
]  # fmt: skip


@pytest.mark.parametrize("text", HOSTILE)
def test_only_what_is_on_the_list_comes_out(text: str) -> None:
    found = walk(f"Before.\n\n{text}\n\nAfter.")
    assert found.faults == []


@pytest.mark.parametrize("text", HOSTILE)
def test_nothing_is_loaded_or_run_from_a_hostile_text(text: str) -> None:
    found = walk(text)
    assert [picture.get("src") for picture in found.all("img") if picture.get("src")] in ([], ["fig.svg"])
    reached = {given["href"] for given in found.all("a") if "href" in given}
    # Addresses are those that stand in the text as links of Markdown; none is made by hand.
    assert all(address.startswith(("https://example.org", "#fn", "mailto:", "https:java")) for address in reached)


# Addresses come from the checks. The sanitiser stands behind them, whatever they let through.
@pytest.mark.parametrize("address", [
    "javascript:alert(1)", "JAVASCRIPT:alert(1)", "data:text/html,x", "vbscript:x", "file:///etc/passwd", "java\tscript:alert(1)",
    " javascript:alert(1)", "\x01javascript:alert(1)", '"onclick="alert(1)', "blob:x",
])  # fmt: skip
def test_the_sanitiser_holds_behind_the_checks(address: str) -> None:
    around = Surroundings(texts("en"), {"x": address}, {"y": Picture(address, data=address, data_text="Data")})
    assert walk("[a](x) and ![b](y)\n\n![c](y)", around).faults == []


def test_the_walk_sees_what_it_is_there_for() -> None:
    bad = '<p onclick="x"><a href=" java\tscript:x" class="md-header">y</a><i>z</i><b>'
    assert Walk(bad).faults == [
        "onclick in <p>", "href=' java\\tscript:x'", "class md-header", "<i>", "</i> closes nothing", "<b>",
        "<p> is not closed",
    ]  # fmt: skip


@pytest.mark.parametrize("text", [
    '--8<-- "/etc/passwd"',
    "{{ 7*7 }}",
    "{% include 'x' %}",
    "{!/etc/passwd!}",
    "1 < 2 and 3 > 2",
    "AT&T",
    "&copy; is typed as &amp;copy; sometimes",
    "<?php echo 1 ?>",
])  # fmt: skip
def test_templates_and_includes_are_text(text: str) -> None:
    typed = text.replace("&copy;", "©").replace("&amp;", "&")
    assert " ".join(walk(text).words.split()) == typed


# Forms of the text


def html(text: str, lang: str = "en") -> str:
    return render(text, Surroundings(texts(lang), AROUND.addresses, AROUND.pictures)).html


@pytest.mark.parametrize(("text", "expected"), [
    ("*a* **b** `c`", "<p><em>a</em> <strong>b</strong> <code>c</code></p>"),
    ("H~2~O and 10^6^", "<p>H<sub>2</sub>O and 10<sup>6</sup></p>"),
    ("H<sub>2</sub>O", "<p>H<sub>2</sub>O</p>"),
    ("*raison d’état*{: lang=fr}", '<p><em lang="fr">raison d’état</em></p>'),
    ('<span lang="nl">goed</span>', '<p><span lang="nl">goed</span></p>'),
    ("“Curly” – and ‘dashes’ — stay...", "<p>“Curly” – and ‘dashes’ — stay...</p>"),
    ("a  \nb", "<p>a<br>\nb</p>"),
    ("> a", "<blockquote>\n<p>a</p>\n</blockquote>"),
    ("3. a\n4. b", '<ol start="3">\n<li>a</li>\n<li>b</li>\n</ol>'),
    ("## A heading", '<h2 id="a-heading">A heading</h2>'),
    ("## Été à Łódź", '<h2 id="été-à-łódź">Été à Łódź</h2>'),
    ("## What should follow {: #recommendations }", '<h2 id="recommendations">What should follow</h2>'),
    ("[x](../2024/07-x.md)", '<p><a href="../../2024/7/">x</a></p>'),
    ("[x](polls.csv)", '<p><a href="polls.csv">x</a></p>'),
    ("[x](unknown.md)", "<p><a>x</a></p>"),
    ("[x](#y)", '<p><a href="#y">x</a></p>'),
    ("<https://doi.org/10.1000/182>", '<p><a class="address" href="https://doi.org/10.1000/182">https://doi.org/10.1000/182</a></p>'),
    ("<!-- a comment -->a", "<p>a</p>"),
])  # fmt: skip
def test_words(text: str, expected: str) -> None:
    assert html(text) == expected


def test_a_mail_address_is_a_link() -> None:
    found = walk("<name@example.org>")
    assert found.all("a") == [{"href": "mailto:name@example.org"}]
    assert found.words == "name@example.org"


SIZE = 'width="640" height="320" loading="lazy"'


@pytest.mark.parametrize(("text", "expected"), [
    ('![A line](fig.svg "What it says")',
     f'<figure><img alt="A line" src="fig.svg" {SIZE}><figcaption><p>What it says</p></figcaption></figure>'),
    ("![A line](fig.svg)", f'<figure><img alt="A line" src="fig.svg" {SIZE}></figure>'),
    ("![A line](bars.svg)",
     f'<figure><img alt="A line" src="bars.svg" {SIZE}><figcaption><p><a href="bars.csv" download="">'
     "Data (CSV, 1 kB)</a></p></figcaption></figure>"),
    ('![A line](bars.svg "Says"){: #fig-1 }',
     f'<figure id="fig-1"><img alt="A line" src="bars.svg" {SIZE}><figcaption><p>Says</p>'
     '<p><a href="bars.csv" download="">Data (CSV, 1 kB)</a></p></figcaption></figure>'),
    ("Text ![A line](fig.svg) text", f'<p>Text <img alt="A line" src="fig.svg" {SIZE}> text</p>'),
    ("[![A line](fig.svg)](https://example.org)",
     f'<figure><a href="https://example.org"><img alt="A line" src="fig.svg" {SIZE}></a></figure>'),
    ("- ![A line](fig.svg)", f'<ul>\n<li><img alt="A line" src="fig.svg" {SIZE}></li>\n</ul>'),
    ("![A line](unknown.svg)", '<figure><img alt="A line"></figure>'),
])  # fmt: skip
def test_figures(text: str, expected: str) -> None:
    # The order of attributes is no promise.
    def elements(markup: str) -> list[tuple[str, dict[str, str]]]:
        return Walk(markup).elements

    found = html(text)
    assert elements(found) == elements(expected)
    assert Walk(found).words.split() == Walk(expected).words.split()


def test_a_picture_within_a_sentence_keeps_no_data_of_ours() -> None:
    assert "data-" not in html("Text ![A line](bars.svg) text")


TABLE = "| Country | Share | Rank |\n|---|--:|:-:|\n| Here | 3.1 | 1 |"


def test_table_with_caption_and_note() -> None:
    found = walk(f"Before.\n\nTable: Reserves by *country*\n\n{TABLE}\n\nNote: Figures are estimates.\n\nAfter.")
    assert found.all("p") == [{}, {"class": "caption", "id": "__table-1"}, {"class": "note"}, {}]
    assert found.all("div") == [
        {"class": "table"},
        {"class": "scroll", "role": "region", "tabindex": "0", "aria-labelledby": "__table-1"},
    ]
    assert found.all("th") == [{"scope": "col"}, {"class": "right", "scope": "col"}, {"class": "center", "scope": "col"}]
    assert found.all("td") == [{}, {"class": "right"}, {"class": "center"}]
    words = " ".join(found.words.split())
    assert words.startswith("Before. Reserves by country Country Share")
    assert words.endswith("Note: Figures are estimates. After.")


def test_tables_without_caption_are_named_by_their_place() -> None:
    found = walk(f"{TABLE}\n\nText.\n\n{TABLE}")
    assert [given.get("aria-label") for given in found.all("div") if "role" in given] == ["Table 1", "Table 2"]


@pytest.mark.parametrize(("lang", "caption", "note"), [
    ("en", "Table: ", "Note: "),
    ("en", "Table:", "Note:"),
    ("fr", "Tableau : ", "Note : "),
    ("fr", "Tableau\u00a0: ", "Note\u00a0: "),
    ("fr", "Tableau\u202f: ", "Note\u202f: "),
    ("fr", "Table: ", "Note: "),
    ("de", "Tabelle: ", "Anmerkung: "),
    ("nl", "Tabel: ", "Opmerking: "),
])  # fmt: skip
def test_captions_and_notes_by_language(lang: str, caption: str, note: str) -> None:
    found = html(f"{caption}Was es sagt\n\n{TABLE}\n\n{note}Woher es kommt.", lang)
    assert '<p class="caption" id="__table-1">Was es sagt</p>' in found
    assert f'<p class="note">{note}Woher es kommt.' in unescape(found)


def test_a_sentence_about_a_table_is_no_caption() -> None:
    found = walk(f"The Table: it is here.\n\n{TABLE}\n\nNotes were taken.")
    assert found.all("p") == [{}, {}]


@pytest.mark.parametrize(("lang", "heading"), [("en", "Notes"), ("fr", "Notes"), ("de", "Anmerkungen"), ("nl", "Noten"),
                                               ("es", "Notes")])  # fmt: skip
def test_notes_stand_in_a_section_of_their_own(lang: str, heading: str) -> None:
    found = html("A[^b] and B[^a].\n\n[^a]: First defined.\n[^b]: First used.", lang)
    assert f'<h2 id="__notes">{heading}</h2>' in found
    assert Walk(found).all("section") == [{"class": "footnote", "aria-labelledby": "__notes"}]
    assert "<hr" not in found


def test_notes_are_numbered_as_readers_meet_them() -> None:
    found = walk("A[^b] and B[^a] and again[^b].\n\n[^a]: First defined.\n[^b]: First used.")
    assert [given["id"] for given in found.all("li")] == ["fn:b", "fn:a"]
    assert re.sub(r"\s+", " ", found.words).startswith("A1 and B2 and again1. Notes First used.")


def test_a_box() -> None:
    found = html('!!! note "How we counted"\n    The text of the box.')
    assert found == (
        '<div class="admonition note">\n<p class="admonition-title">How we counted</p>\n'
        "<p>The text of the box.</p>\n</div>"
    )


def test_contents_are_the_first_two_levels_as_plain_text() -> None:
    found = render("## A *b* & <q>c</q>\n\n### D `e`\n\n#### F\n\n## A[^1]\n\n[^1]: Note.", AROUND)
    assert [(one["title"], [inner["title"] for inner in one["children"]]) for one in found.toc] == [
        ("A b & c", ["D e"]), ("A", []),
    ]  # fmt: skip
    assert [one["id"] for one in found.toc] == ["a-b--c", "a"]


def test_words_are_counted_without_markup() -> None:
    assert render("## One two\n\nThree *four* [five](https://example.org/six) – seven.", AROUND).words == 6


# Limits


@pytest.mark.parametrize("text", [
    pytest.param("[" * 500_000, id="brackets"),
    pytest.param("![" * 250_000, id="pictures"),
    pytest.param("*" * 500_000, id="stars"),
    pytest.param("*a" * 250_000, id="stars and words"),
    pytest.param("_a_" * 160_000, id="underscores"),
    pytest.param("`" * 500_000, id="ticks"),
    pytest.param("<" * 500_000, id="angles"),
    pytest.param("<a " * 160_000, id="tags"),
    pytest.param("[^1]" * 120_000, id="references"),
    pytest.param(">" * 500_000, id="quotations"),
    pytest.param("[a](" * 120_000, id="links"),
    pytest.param("<!--" * 120_000, id="comments"),
    pytest.param("~a^" * 160_000, id="tildes"),
    pytest.param("|" * 500_000, id="bars"),
    pytest.param("\n".join("  " * depth + "- a" for depth in range(600)), id="nested lists"),
    pytest.param("{: " * 160_000, id="attribute lists"),
    pytest.param("&#" * 250_000, id="entities"),
])  # fmt: skip
def test_a_hostile_body_ends_in_time(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "SECONDS", 1)  # seconds; twenty for an editor
    started = time.monotonic()
    try:
        render(text, AROUND)
    except limits.TooLong:
        assert "text-time" in RULES  # a finding that names the brief
    assert time.monotonic() - started < HANG, "it does not end by itself"


def test_the_limit_is_in_force(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "SECONDS", 0.01)
    with pytest.raises(limits.TooLong):
        render("[a](b) *c* " * 20_000, AROUND)


def test_footnotes_are_numbered_as_the_text_refers_to_them() -> None:
    text = "A[^c]\n\n> B[^a]\n\nC[^b] and [^c]\n\n- x[^d]\n\n[^a]: a, see [^e]\n[^b]: b\n[^d]: d\n[^c]: c\n[^e]: e\n"
    html = render(text, Surroundings(texts("en"))).html
    numbers = re.findall(r'href="#fn:(\w)">(\d)', html)
    assert numbers == [("c", "1"), ("a", "2"), ("b", "3"), ("c", "1"), ("d", "4"), ("e", "5")]
    assert re.findall(r'<li id="fn:(\w)"', html) == ["c", "a", "b", "d", "e"]


@pytest.mark.parametrize("tag", ["title", "textarea", "template", "noscript", "style", "iframe", "script", "xmp", "plaintext", "select", "svg"])
def test_a_tag_that_is_never_closed_takes_no_text_with_it(tag: str) -> None:
    html = render(f"The tag <{tag}> is short.\n\nA last paragraph.\n", Surroundings(texts("en"))).html
    assert "is short." in html
    assert "A last paragraph." in html


def test_code_that_looks_like_a_reference_does_not_change_the_numbers() -> None:
    text = "`[^b]` code, then.[^a] And.[^b]\n\n    [^b] code\n\n[^a]: a\n[^b]: b\n"
    html = render(text, Surroundings(texts("en"))).html
    assert re.findall(r'href="#fn:(\w)">(\d)', html) == [("a", "1"), ("b", "2")]


def test_a_body_can_be_set_in_another_process() -> None:
    text = "## One\n\n### Two\n\nThree[^1] [four](x.md) ![five](bars.svg)\n\n[^1]: Six.\n"
    limit = ("from briefpress import limits; limits.SECONDS = 1",)
    with ProcessPoolExecutor(1, get_context("spawn"), initializer=exec, initargs=limit) as others:
        assert others.submit(render, text, AROUND).result(HANG) == render(text, AROUND)
        with pytest.raises(limits.TooLong):
            others.submit(render, "[a](b) *c* " * 200_000, AROUND).result(HANG)
        assert others.submit(render, text, AROUND).result(HANG) == render(text, AROUND)
