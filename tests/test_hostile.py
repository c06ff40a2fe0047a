"""A brief and a series by somebody hostile: what blocks, and that what passes is harmless in every page."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Callable
from html.parser import HTMLParser
from pathlib import Path

import pytest

from briefpress.body import Surroundings, render
from briefpress.texts import texts

ROOT = Path(__file__).parents[1]
OUTSIDE = "zq-outside-the-project-qz"  # stands in files that no build may read
BODY = "\n".join(f"## {name}\n\nA paragraph that stands here so that there is a text to set.\n" for name in ("One", "Two"))
MARK = """</title></script><script>alert(1)</script><img src=x onerror=alert(1)>"' onclick="alert(1) x='"""
"""Closes what a template may have opened, as text, as an attribute in either quotation marks."""


@pytest.fixture
def lay(project: Callable[..., Path]) -> Callable[..., Path]:
    """Lay out a project; by another name, since tests call what they get the project."""
    return project


def run(project: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *arguments],
        cwd=project, env=os.environ | {"NO_MKDOCS_2_WARNING": "1"}, capture_output=True, text=True, check=False,
    )  # fmt: skip


def findings(project: Path) -> list[tuple[str, int, str]]:
    """Path, line and code of what blocks a build, strict or not."""
    done = run(project, str(Path(sys.executable).parent / "briefpress"), "check", "--strict", "--format", "text")
    assert "Traceback" not in done.stderr
    assert done.returncode in (0, 1)
    found = re.findall(r"^(briefs/.*?):(\d+):\d+: (?:error|warning): .* \[([a-z-]+)\]$", done.stdout, re.MULTILINE)
    assert bool(found) == bool(done.returncode)
    return [(path, int(line), code) for path, line, code in found]


class Elements(HTMLParser):
    """Every element of a page with its attributes, as a browser would see them."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.elements: list[tuple[str, dict[str, str]]] = []
        self.words = ""
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, {name: value or "" for name, value in attrs}))

    def handle_data(self, data: str) -> None:
        self.words += data


ACTIVE = frozenset("applet base embed frame iframe math object portal style template".split())
"""Elements that are on no page of our frame."""
HANDLING = frozenset("action background formaction ping srcdoc srcset style".split())
"""Attributes that are on no page of our frame, but for the action of its search form."""


def harm(page: str) -> list[str]:
    """What in a page of our frame could run or load something that is not ours."""
    found = []
    for tag, attributes in Elements(page).elements:
        if tag == "form" and re.fullmatch(r"(?:[./]+|/repo/)search/", attributes.get("action", "")):
            del attributes["action"]
        harmful = tag in ACTIVE
        data = attributes == {"type": "application/ld+json"}  # which no browser runs
        harmful |= tag == "script" and not data and not (
            set(attributes) == {"type", "src"} and re.fullmatch(r"(?:[./]+|/repo/)assets/look\.\w+\.js", attributes["src"]))
        harmful |= tag == "meta" and attributes.get("http-equiv") not in (None, "Content-Security-Policy")
        for name, value in attributes.items():
            harmful |= name.startswith("on") or name in HANDLING
            harmful |= bool(re.match(r"(?:javascript|data|vbscript|file|blob):", re.sub(r"[\x00-\x20]", "", value).lower()))
        if harmful:
            found.append(f"<{tag} {attributes}>")
    return found


def test_the_measure_of_harm_sees_harm() -> None:
    for page in (
        "<script>alert(1)</script>", '<script type="module" src="//evil.example/assets/look.1.js"></script>',
        "<p onclick=alert(1)>", "<img src=x onerror=alert(1)>", '<a href=" java\nscript:alert(1)">', "<a href='DATA:text/html,x'>",
        "<p style='color:red'>", "<iframe src=x>", "<svg><a href='javascript:x'>", "<base href=x>", '<meta http-equiv="refresh" content="0;url=x">',
        '<form action="https://evil.example/">',
    ):  # fmt: skip
        assert harm(page), page
    assert harm('<script type="application/ld+json" src="x.js">')
    assert not harm('<script type="application/ld+json">{}</script>')
    assert not harm('<script type="module" src="../assets/look.1a2b.js"></script><p class="a">On <a href="../x/">x</a></p>')


BLOCKED = (
    # Markdown at the end of a body, and the rules of which one reports it there
    ("<script>alert(1)</script>", {"html-removed"}),
    ("<img src=x onerror=alert(1)>", {"html-removed"}),
    ('<a href="javascript:alert(1)">x</a>', {"html-removed"}),
    ("<iframe src=//evil.example></iframe>", {"html-removed"}),
    ("<svg/onload=alert(1)>", {"html-removed"}),
    ("<form action=//evil.example><input></form>", {"html-removed"}),
    ("<style>body{display:none}</style>", {"html-removed"}),
    ('<span onmouseover="alert(1)">x</span>', {"html-removed"}),
    ('<span style="position:fixed">x</span>', {"html-removed"}),
    ("A text.\n{: onclick=alert(1) }", {"html-removed"}),
    ('A text.\n{: style="position:fixed" }', {"html-removed"}),
    ("*x*{: onclick='alert(1)' }", {"html-removed"}),
    ("[x](javascript:alert(1))", {"link-scheme"}),
    ("[x](JaVaScRiPt:alert(1))", {"link-scheme"}),
    ("[x](data:text/html;base64,PHNjcmlwdD4=)", {"link-scheme"}),
    ("[x](vbscript:x)", {"link-scheme"}),
    ("[x](file:///etc/passwd)", {"link-scheme"}),
    ("<javascript:alert(1)>", {"link-scheme", "html-removed"}),
    ("[x][1]\n\n[1]: javascript:alert(1)", {"link-scheme"}),
    ("[x](java&#115;cript:alert(1))", {"link-scheme", "link-missing"}),
    ("[x](java&Tab;script:alert(1))", {"link-scheme", "link-missing"}),
    ("[x](&#x6A;avascript:alert(1))", {"link-scheme", "link-missing"}),
    ("[x](\\javascript:alert(1))", {"link-scheme", "link-missing"}),
    ("[x](//evil.example/)", {"link-absolute"}),
    ("[x](../../../../../etc/passwd)", {"link-outside"}),
    ("[x](../../../mkdocs.yml)", {"link-outside"}),
    ("[x](..%2f..%2f..%2fmkdocs.yml)", {"link-outside"}),
    ("![A picture of somewhere else](https://evil.example/x.png)", {"image-remote"}),
    ("![A picture of somewhere else](//evil.example/x.png)", {"image-remote"}),
    ("![A picture made of its address](data:image/svg+xml;base64,PHN2Zz4=)", {"image-remote"}),
    ("![A picture that is a script](javascript:alert(1))", {"image-remote"}),
    ("![A picture from up there](../../../secret.svg)", {"file-missing"}),
    ("![A picture from up there](..%2f..%2fsecret.svg)", {"file-missing"}),
    ("![A picture with an absolute path](/etc/passwd)", {"file-missing"}),
    ("A bell \x07 and an escape \x1b[2J.", {"control-character"}),
)


def test_what_runs_or_leads_out_is_a_finding_at_its_line(lay: Callable[..., Path], brief_text: Callable[..., str]) -> None:
    briefs = {
        f"2024/{n:02}/index.md": brief_text(f"{n}/2024", "2024-05-01", f"The hostile brief {n}", f"{BODY}\n{body}\n")
        for n, (body, _) in enumerate(BLOCKED, 1)
    }
    found = findings(lay(briefs))
    missed = []
    for n, (body, codes) in enumerate(BLOCKED, 1):
        path = f"briefs/2024/{n:02}/index.md"
        lines = briefs[path.removeprefix("briefs/")].splitlines()
        own = range(len(lines) - body.count("\n"), len(lines) + 1)
        if not any(where == path and line in own and code in codes for where, line, code in found):
            missed.append((body, [code for where, _, code in found if where == path]))
    assert missed == []


def test_what_is_taken_out_with_a_warning_is_on_no_page(lay: Callable[..., Path], brief_text: Callable[..., str]) -> None:
    bodies = [body for body, codes in BLOCKED if codes <= {"html-removed", "link-absolute"}]
    assert len(bodies) > 10
    project = lay({f"2024/{n:02}.md": brief_text(f"{n}/2024", "2024-05-01", f"The hostile brief {n}", f"{BODY}\n{body}\n\nThe end.\n")
                   for n, body in enumerate(bodies, 1)})  # fmt: skip
    assert run(project, str(ROOT / "scripts/build.py"), "--strict").returncode == 1
    done = run(project, str(ROOT / "scripts/build.py"))
    assert done.returncode == 0, done.stderr
    for n, body in enumerate(bodies, 1):
        page = (project / f"site/policy-briefs/2024/{n}/index.html").read_text()
        assert harm(page) == [], body
        assert "evil.example" not in page
        words = Elements(page).words
        assert "The end." in words
        assert "alert(1)" not in words, "what a script says is taken out with it"


def test_the_sanitiser_alone_makes_each_body_harmless() -> None:
    """Even what the checks block: they are one wall, and this is the other."""
    around = Surroundings(texts("en"))
    for body in (*(body for body, _ in BLOCKED), HARMLESS_BODY):
        page = render(f"{BODY}\n{body}\n", around)
        assert harm(page.html) == [], body
        assert not [tag for tag, _ in Elements(page.html).elements if tag in ("script", "input", "svg", "form")], body
        assert not re.search(r"(?:src|href)=.(?:[^\"']*evil|file:|//|/etc)", page.html.lower()), body


SVGS = {
    "script": "<script>alert(1)</script>",
    "handler": '<rect width="1" height="1" onclick="alert(1)"/>',
    "foreign": '<foreignObject><body xmlns="http://www.w3.org/1999/xhtml"/></foreignObject>',
    "remote": '<image href="https://evil.example/x.png"/>',
    "xlink": '<use xmlns:x="http://www.w3.org/1999/xlink" x:href="https://evil.example/x.svg#a"/>',
    "style": "<style>@import url(https://evil.example/x.css);</style>",
    "paint": '<rect width="1" height="1" fill="url(https://evil.example/x.svg#a)"/>',
    "link": '<a href="javascript:alert(1)"><rect width="1" height="1"/></a>',
    "set": '<rect><set attributeName="href" to="javascript:alert(1)"/></rect>',
    "spaced": '<a href=" java&#10;script:alert(1)"><rect width="1" height="1"/></a>',
}
SVG = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 8 8" width="8" height="8">{}</svg>\n'
OTHER_FILES = {
    "doctype.svg": '<!DOCTYPE svg [<!ENTITY x SYSTEM "file:///etc/passwd">]>' + SVG.format("<text>&x;</text>"),
    "laughs.svg": '<!DOCTYPE svg [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;">]>' + SVG.format("<text>&b;</text>"),
    "sheet.svg": '<?xml-stylesheet href="https://evil.example/x.css"?>' + SVG.format(""),
    "page.svg": "<html><body><script>alert(1)</script></body></html>",
    "page.png": "<html><body><script>alert(1)</script></body></html>",
    "page.csv": "<html><body><script>alert(1)</script></body></html>",
    "page.json": "<html><body><script>alert(1)</script></body></html>",
    "page.pdf": "<html><body><script>alert(1)</script></body></html>",
    "page.xlsx": "<html><body><script>alert(1)</script></body></html>",
}


def test_files_that_are_not_what_they_seem_are_findings(lay: Callable[..., Path], brief_text: Callable[..., str]) -> None:
    named = {f"{name}.svg": SVG.format(inside) for name, inside in SVGS.items()} | OTHER_FILES
    pictures = [name for name in named if name.endswith((".svg", ".png"))]
    body = BODY + "".join(f"\n![A drawing of a thing, number {n}]({name})\n" for n, name in enumerate(pictures))
    text = brief_text("1/2024", "2024-05-01", "A brief with hostile files", body,
                      data=[name for name in named if name not in pictures])  # fmt: skip
    project = lay({"2024/1/index.md": text} | {f"2024/1/{name}": data for name, data in named.items()})
    done = run(project, str(ROOT / "scripts/build.py"))
    assert done.returncode == 1
    for name in named:
        row = next((row for row in done.stderr.splitlines() if name in row and "error: " in row), name)
        assert re.search(r"\[(svg-active|file-kind)\]$", row), row


def test_links_to_places_outside_are_findings_and_are_not_followed(
    lay: Callable[..., Path], brief_text: Callable[..., str], tmp_path: Path
) -> None:
    outside = tmp_path / "outside"
    (outside / "folder").mkdir(parents=True)
    svg, text = SVG.format(f"<title>{OUTSIDE}</title>"), brief_text("8/2024", "2024-05-02", f"A brief {OUTSIDE}", BODY)
    (outside / "figure.svg").write_text(svg)
    (outside / "brief.md").write_text(text)
    (outside / "folder/index.md").write_text(text.replace("8/2024", "9/2024"))
    (outside / "table.csv").write_text(f"a,b\n{OUTSIDE},1\n")
    body = f"{BODY}\n![A figure from outside of it](figure.svg)\n"
    project = lay({"2024/1/index.md": brief_text("1/2024", "2024-05-01", "A brief with links to other places", body,
                                                 data=["table.csv", "../1/table.csv", "../../../outside/table.csv"])})  # fmt: skip
    briefs = project / "briefs/2024"
    (briefs / "1/figure.svg").symlink_to(outside / "figure.svg")
    (briefs / "1/table.csv").symlink_to(outside / "table.csv")
    (briefs / "1/unused.csv").symlink_to(outside / "table.csv")
    (briefs / "8.md").symlink_to(outside / "brief.md")
    (briefs / "9").symlink_to(outside / "folder")
    (briefs / "index").mkdir()
    (briefs / "index/index.md").symlink_to(outside / "brief.md")

    done = run(project, str(ROOT / "scripts/build.py"))
    assert done.returncode == 1
    assert not (project / "site").exists()
    assert OUTSIDE not in done.stdout + done.stderr
    found = findings(project)
    for path in ("briefs/2024/8.md", "briefs/2024/9", "briefs/2024/index/index.md"):
        assert (path, 1, "symlink") in found
    lines = (briefs / "1/index.md").read_text().splitlines()
    data, figure = (next(n for n, line in enumerate(lines, 1) if line.startswith(begin)) for begin in ("data:", "![A figure"))
    assert {(line, code) for path, line, code in found if path == "briefs/2024/1/index.md"} == {
        (1, "symlink"), (data, "symlink"), (data, "file-missing"), (figure, "symlink")}  # fmt: skip


HOSTILE_SERIES = f"""\
timezone: Europe/Brussels
series:
  - slug: policy-briefs
    title: {MARK!r}
    masthead: {MARK!r}
    issn: 2983-466X
    numbering: per-year
    publisher: {MARK!r}
    place: {MARK!r}
    description: {MARK!r}
    license: CC-BY-4.0
    disclaimer:
      one: {MARK!r}
      several: {MARK!r}
    topics:
      records: {MARK!r}
""".replace(repr(MARK), "'" + MARK.replace("'", "''") + "'")
HARMLESS_BODY = """\
## A heading with <br> and `<script>alert(1)</script>` and {{ 7*7 }}

A text with {{ 7*7 }}, {% include "/etc/passwd" %}, {{ config.site_dir }}, and \\<script\\>alert(1)\\</script\\>.[^1]

--8<-- "/etc/passwd"

--8<-- "secret.md"

;--8<-- "secret.md"

[TOC]

<!-- briefpress: fields -->

<abbr title='" onclick="alert(1)'>A</abbr> <span lang="de" title="&quot; onclick=&quot;alert(1)">B</span>

A link with quotes in its [title](https://example.org/ "x\\" onclick=\\"alert(1)").

    <script>alert(1)</script>

```html
<script>alert(1)</script>
```

| A | <b>B</b> |
|---|---|
| `<img src=x onerror=alert(1)>` | {{ 7*7 }} |

![A drawing "with quotes' onclick=alert(1) x=](bars.svg "A caption \\" onclick=\\"alert(1) in quotes")

[^1]: A note with {{ 7*7 }} and `<script>alert(1)</script>`.
"""


def test_what_passes_is_text_in_every_page(lay: Callable[..., Path], brief_text: Callable[..., str]) -> None:
    person = {"name": "Eva \"><script>alert(1)</script>", "affiliation": MARK, "bio": MARK}
    fields: dict[str, object] = {
        "subtitle": f"Sub {MARK}", "author": [person], "keywords": ["<b>'\"", "{{ 7*7 }}", "</script>"],
        "description": f"Description {MARK}", "funding": MARK, "acknowledgements": MARK, "topics": ["records"],
        "key_issues": [f"First, seven words and some more stand here {MARK}.", f"Second, seven words and {{{{ 7*7 }}}} stand here {MARK}."],
        "image": "bars.svg", "image_alt": f"A picture {MARK}", "data": [{"file": "bars.csv", "title": MARK}],
    }  # fmt: skip
    project = lay(
        {
            "2024/1/index.md": brief_text("1/2024", "2024-05-01", f"Title {MARK} {{{{ 7*7 }}}}", HARMLESS_BODY, **fields),
            "2024/1/bars.svg": SVG.format(""), "2024/1/bars.csv": "a,b\n1,2\n", "2024/1/x.html": f"<script>{OUTSIDE}</script>",
            "2024/2.md": brief_text("2/2024", "2024-05-02", f"Next {MARK}", BODY, related=["1/2024"]),
        },
        series=HOSTILE_SERIES,
    )  # fmt: skip
    (project / "secret.md").write_text(OUTSIDE)
    settings = project / "mkdocs.yml"
    settings.write_text(re.sub(r"(?m)^(site_name|site_description):.*$", lambda hit: f"{hit[1]}: '{MARK.replace(chr(39), chr(39) * 2)}'",
                               settings.read_text()))  # fmt: skip
    done = run(project, str(ROOT / "scripts/build.py"))
    assert done.returncode == 0, done.stderr

    site = project / "site"
    pages = {path.relative_to(site).as_posix(): path.read_text() for path in sorted(site.rglob("*.html"))}
    ours = {name: text for name, text in pages.items() if not name.startswith("pagefind/")}
    assert {"index.html", "404.html", "search/index.html", "about/index.html", "policy-briefs/index.html",
            "policy-briefs/2024/index.html", "policy-briefs/2024/1/index.html", "policy-briefs/2024/2/index.html",
            "authors/index.html", "authors/eva-script-alert-1-script/index.html", "authors/ada-example/index.html",
            "topics/index.html", "topics/records/index.html", "regions/index.html"} == set(ours)  # fmt: skip
    for name, page in ours.items():
        assert harm(page) == [], name
        assert len([tag for tag, has in Elements(page).elements if tag == "script" and "src" in has]) == 1
        assert "alert(1)" in Elements(page).words, "the marks are shown as text"

    brief = Elements(ours["policy-briefs/2024/1/index.html"])
    for shown in (f"Title {MARK} {{{{ 7*7 }}}}", f"Sub {MARK}", "{{ config.site_dir }}", '{% include "/etc/passwd" %}',
                  '--8<-- "/etc/passwd"', '--8<-- "secret.md"', "{{ 7*7 }}"):  # fmt: skip
        assert " ".join(shown.split()) in " ".join(brief.words.split()), shown
    descriptions = [values["content"] for tag, values in brief.elements if tag == "meta" and values.get("name") == "description"]
    assert descriptions == [f"Description {MARK}"]
    passwd = Path("/etc/passwd").read_bytes().splitlines()[0]
    for path in site.rglob("*"):
        if path.is_file():
            data = path.read_bytes()
            assert OUTSIDE.encode() not in data, path
            assert passwd not in data, path
    assert not re.search(r"\b49\b", brief.words), "a template was filled"
    assert [tag for tag, _ in brief.elements].count("svg") == [tag for tag, _ in Elements(ours["about/index.html"]).elements].count("svg")
    assert {path.name for path in (site / "policy-briefs/2024/1").iterdir()} == {
        "index.html", "bars.svg", "bars.csv", "card.png", "cover.png", "policy-briefs-1-2024.pdf",
        "cite.bib", "cite.ris", "cite.csl.json", "linkset.json"}  # fmt: skip
