"""A published text as a draft: what is recognised, what odd files become, and that no word is lost in silence."""

from __future__ import annotations

import base64
import io
import os
import re
import shutil
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

import click.testing
import docx
import pytest
from bs4 import BeautifulSoup

from briefpress.body import Picture, Surroundings, render
from briefpress.cli import main
from briefpress.finding import Level
from briefpress.importing.recognise import date_in, names_in
from briefpress.outline import outline
from briefpress.series import read_brief, read_settings
from briefpress.texts import texts

# An invented text in the shape of those that a centre has published for years.
HEAD = ["CSDS POLICY BRIEF • 1/2024", "By Ada Example and Ludwig van Voorbeeld", "15.3.2024"]
ISSUES = [
    "Harbours that share their pilots lose fewer days to fog than those that keep their own – and they pay less for it.",
    "A pilot who knows two harbours is worth more than two pilots who know one, so training should be paid for together.",
    "The commission should name one office by June, give it a budget of its own and let it report once a year.",
]
BODY = [
    ("h", "Introduction"),
    ("p", "Fog does not stop at a border. Last year it closed the northern harbours for forty-one days, and ‘nobody’ was asked why."),
    ("p", "This brief looks at what two harbours did about it. It compares their costs, and says what others can learn from them."),
    ("h", "A common desk on the quay"),
    ("p", "In 2019 the harbours put their pilots at one desk. Ships now call one number, at 06:30 or at noon, and get the next free pilot."),
    ("p", "The desk costs 12% less than the two before it. “We should have done it sooner,” says its head; few people disagree (see below)."),
    ("h", "“Fog at work”"),
    ("p", "Not all went well. The charts differed, and so did the words for the same buoy, until a list was agreed upon."),
    ("p", "What remains is money. A fund of the two cities pays until 2026, and nothing is settled for the years after that."),
]
DISCLAIMER = "The views expressed in this publication are solely those of the authors."
ISSN = "ISSN (online): 2983-466X"
TITLE = "Fog on the quay: what two harbours learned"
PNG = base64.b64decode("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg==")

Bring = Callable[..., click.testing.Result]


def as_text() -> bytes:
    lines = [*HEAD, "Key issues", *(f"- {one}" for one in ISSUES), *(text for _, text in BODY), "__________", DISCLAIMER, ISSN]
    return "\n".join(lines).encode()


def as_html() -> bytes:
    parts = [f"<p>{line}</p>" for line in HEAD] + ["<h2>Key issues</h2><ul>", *(f"<li>{one}</li>" for one in ISSUES), "</ul>"]
    parts += [f"<h2>{text}</h2>" if kind == "h" else f"<p>{text}</p>" for kind, text in BODY]
    return "\n".join([*parts, "<hr>", f"<p>{DISCLAIMER}</p>", f"<p>{ISSN}</p>"]).encode()


def as_word(*, styled: bool) -> bytes:
    document = docx.Document()

    def heading(text: str) -> None:
        if styled:
            document.add_heading(text, 1)
        else:
            document.add_paragraph().add_run(text).bold = True

    for line in HEAD:
        document.add_paragraph(line)
    heading("Key issues")
    for one in ISSUES:
        document.add_paragraph(one, style="List Bullet")
    for kind, text in BODY:
        heading(text) if kind == "h" else document.add_paragraph(text)
    for line in ("__________", DISCLAIMER, ISSN):
        document.add_paragraph(line)
    return saved(document)


def saved(document: object) -> bytes:
    stream = io.BytesIO()
    document.save(stream)  # type: ignore[attr-defined]
    return stream.getvalue()


W = ('xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" xmlns:m="http://schemas.openxmlformats.org/officeDocument/2006/math" '
     'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships" xmlns:v="urn:schemas-microsoft-com:vml" '
     'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"')  # fmt: skip
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"


def raw_word(body: str, doctype: str = "", **others: str) -> bytes:
    """Return a Word file from the XML of its body, and of other parts: footnotes, comments, header1."""
    types = "".join(f'<Override PartName="/word/{name}.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.'
                    f'{name.rstrip("1")}+xml"/>' for name in others)  # fmt: skip
    links = "".join(f'<Relationship Id="r{name}" Type="{OFFICE}/{name.rstrip("1")}" Target="{name}.xml"/>' for name in others)
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("[Content_Types].xml", '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
                         '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
                         '<Default Extension="xml" ContentType="application/xml"/>'
                         '<Override PartName="/word/document.xml" ContentType="application/vnd.openxmlformats-officedocument.'
                         f'wordprocessingml.document.main+xml"/>{types}</Types>')  # fmt: skip
        relations = '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">{}</Relationships>'
        archive.writestr("_rels/.rels", relations.format(f'<Relationship Id="r1" Type="{OFFICE}/officeDocument" Target="word/document.xml"/>'))
        archive.writestr("word/_rels/document.xml.rels", relations.format(links))
        archive.writestr("word/document.xml", f"{doctype}<w:document {W}><w:body>{body}</w:body></w:document>")
        for name, text in others.items():
            archive.writestr(f"word/{name}.xml", text.replace("<w:part>", f"<w:part {W}>").replace("w:part", f"w:{ROOTS[name]}"))
    return stream.getvalue()


ROOTS = {"footnotes": "footnotes", "comments": "comments", "header1": "hdr", "footer1": "ftr"}


def run(text: str) -> str:
    return f'<w:r><w:t xml:space="preserve">{text}</w:t></w:r>'


def para(*runs: str) -> str:
    return f"<w:p>{''.join(one if one.startswith('<') else run(one) for one in runs)}</w:p>"


@pytest.fixture
def bring(project: Callable[..., Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Bring:
    """Give a function that imports a file with these bytes into a project."""
    monkeypatch.chdir(project())

    def call(name: str, data: bytes | str, *options: str, title: str | None = TITLE) -> click.testing.Result:
        file = tmp_path / name
        file.write_bytes(data.encode() if isinstance(data, str) else data)
        given = ["--title", title] if title else []
        return click.testing.CliRunner().invoke(main, ["import", str(file), *given, *options], catch_exceptions=False)

    return call


def made() -> Path:
    """Return the one brief of the project."""
    (file,) = (path for path in Path("briefs").rglob("*.md"))
    return file


def body() -> str:
    return made().read_text("utf-8").split("---\n", 2)[2].strip("\n") + "\n"


def shown() -> BeautifulSoup:
    """Return the text as the page shows it."""
    names = [path.name for path in made().parent.iterdir()]
    return BeautifulSoup(render(body(), Surroundings(texts("en"), pictures={name: Picture(name) for name in names})).html, "html.parser")


def html(text: str) -> str:
    """Return a page with a heading and a paragraph around a text, and all that a header needs."""
    return f"<h1>{TITLE}</h1><p>By Ada Example</p><p>15 March 2024</p><p>No. 1/2024</p><h2>First</h2>{text}<h2>Last</h2><p>The end of it.</p>"


# --- the same text from three kinds of files -----------------------------------------------------


FORMS = {"fog.txt": as_text, "fog.html": as_html, "styled.docx": lambda: as_word(styled=True), "bold.docx": lambda: as_word(styled=False)}


@pytest.mark.parametrize("name", FORMS)
def test_a_published_text_becomes_a_brief(name: str, bring: Bring) -> None:
    result = bring(name, FORMS[name]())
    assert result.exit_code == 0, result.output
    assert made().as_posix() == "briefs/2024/01-fog-on-the-quay-what-two-harbours-learned.md"
    settings, _ = read_settings(Path())
    brief, findings = read_brief("briefs/x.md", made().read_bytes(), settings)
    assert brief is not None
    assert findings == []
    assert (brief.title, str(brief.number), brief.date.isoformat(), brief.draft) == (TITLE, "1/2024", "2024-03-15", True)
    assert [author.name for author in brief.authors] == ["Ada Example", "Ludwig van Voorbeeld"]
    assert brief.key_issues == tuple(ISSUES)
    assert body() == "\n\n".join(f"## {text}" if kind == "h" else text for kind, text in BODY) + "\n"


@pytest.mark.parametrize("name", FORMS)
def test_its_words_are_accounted_for_and_the_check_passes(name: str, bring: Bring) -> None:
    result = bring(name, FORMS[name]())
    counts = [int(one.replace(",", "")) for one in re.findall(r"([\d,]+) (?:in|text|key|header|recognised|lost)", result.output)]
    assert counts[0] == sum(counts[1:]) > 200
    assert counts[-1] == 0
    assert "added" not in result.output
    checked = click.testing.CliRunner().invoke(main, ["check", "--strict"])
    assert checked.exit_code == 0
    assert not re.search(f": ({Level.ERROR}|{Level.WARNING}): ", result.output + checked.output)
    assert "left out: the disclaimer, which" in result.output
    assert "left out: the ISSN, 2983-466X" in result.output
    assert "____" not in body()


def test_what_was_guessed_is_said_and_marked(bring: Bring) -> None:
    lines = ["Fog on the quay", "Ada Example, Ben Sample", "3/4/2024", "Key messages", "- One.", "Introduction", "Some words. " * 20]
    result = bring("guess.txt", "\n".join(lines), title=None)
    text = made().read_text()
    assert "# Guessed: the first line" in text
    assert 'author: # ' not in text
    assert "# 3/4/2024 can mean 2024-04-03 or 2024-03-04: write the one that is meant." in text
    assert "# The file has no number" in text
    assert result.output.count("Guessed:") == 2
    assert "guessed: short lines" in result.output


# What stands between title and text, and what becomes of it: no word of it is lost, whatever is made of it.
HEADS = [
    (["Brussels, 15 March 2024"], {"date": "2024-03-15"}), (["Friday, 15 March 2024"], {"date": "2024-03-15"}),
    (["15 March 2024", "Updated 3 April 2024"], {"date": "2024-03-15"}), (["Meeting of 3 May 2023"], {}),
    (["Ada Example 15 March 2024"], {}), (["Ada Example, 15 March 2024"], {"author": ["Ada Example"], "date": "2024-03-15"}),
    (["By Ada Example", "By Ben Sample"], {"author": ["Ada Example", "Ben Sample"]}),
    (["Ada Example", "Ben Sample", "15 March 2024"], {"author": ["Ada Example", "Ben Sample"], "date": "2024-03-15"}),
    (["Ada Example1 and Ben Sample2,3", "1 University of Sampleton", "15 March 2024"], {"author": ["Ada Example", "Ben Sample"]}),
    (["doi: 10.5555/aaa | doi: 10.5555/bbb", "15 March 2024"], {"date": "2024-03-15"}),
    (["March 2024", "Ada Sample, Senior Fellow of the Centre", "2 April 2024"], {"date": "2024-04-02"}),
]  # fmt: skip


@pytest.mark.parametrize(("lines", "values"), HEADS, ids=str)
def test_a_line_of_the_head_is_noted_whole_or_stays_in_the_text(lines: list[str], values: dict[str, object], bring: Bring) -> None:
    head = "".join(f"<p>{line}</p>" for line in lines)
    result = bring("head.html", f"<h1>{TITLE}</h1>{head}<h2>First</h2><p>{'Some words. ' * 20}</p>", title=None)
    assert result.exit_code == 0, result.output
    brief, _ = read_brief("briefs/x.md", made().read_bytes(), read_settings(Path())[0])
    assert brief is not None
    found = {"date": brief.date.isoformat() if brief.date.year > 1 else None, "author": [author.name for author in brief.authors]}
    assert {name: found[name] for name in values} == values
    # Dates are written anew, and marks of affiliations go; every other word is there.
    words = set(re.findall(r"[^\W\d_]{3,}", " ".join(lines))) - set("March April May Brussels Friday and".split())
    assert words <= set(re.findall(r"[^\W\d_]+", made().read_text("utf-8")))


@pytest.mark.parametrize("table", [
    "<table><tr><td>CSDS POLICY BRIEF</td><td>1/2024</td></tr></table>",
    "<table><tr><td><p>CSDS POLICY BRIEF</p></td><td><p>1/2024</p></td></tr></table>",
])  # fmt: skip
def test_tables_that_only_lay_things_out_are_read_as_what_they_hold(table: str, bring: Bring) -> None:
    box = f"<table><tr><td>KEY ISSUES</td></tr><tr><td><ul>{''.join(f'<li>{one}</li>' for one in ISSUES)}</ul></td></tr></table>"
    row = "<table><tr><td><h2>On the left</h2><p>Some words.</p></td><td><h2>On the right</h2><p>More words.</p></td></tr></table>"
    bring("boxes.html", f"{table}<h1>{TITLE}</h1><p>By Ada Example</p><p>15 March 2024</p>{box}<h2>First</h2><p>Words.</p>{row}")
    brief, _ = read_brief("briefs/x.md", made().read_bytes(), read_settings(Path())[0])
    assert brief is not None
    assert (str(brief.number), list(brief.key_issues)) == ("1/2024", ISSUES)
    assert body() == "## First\n\nWords.\n\n## On the left\n\nSome words.\n\n## On the right\n\nMore words.\n"


def test_a_logo_and_a_lead_may_stand_among_the_lines_of_the_head(bring: Bring) -> None:
    lead = "A lead that goes on for more than thirty words, " + "and then on " * 12 + "to its end."
    issues = f"<h2>Key issues</h2><ul>{''.join(f'<li>{one}</li>' for one in ISSUES)}</ul>"
    head = f"<p>CSDS POLICY BRIEF 1/2024</p><h1>{TITLE}</h1><p>{lead}</p><p>By Ada Example</p><p>15 March 2024</p>"
    result = bring("lead.html", f"{head}{issues}<h2>First</h2><p>Words.</p>")
    assert result.exit_code == 0, result.output
    brief, _ = read_brief("briefs/x.md", made().read_bytes(), read_settings(Path())[0])
    assert brief is not None
    assert (str(brief.number), brief.date.isoformat(), [one.name for one in brief.authors]) == ("1/2024", "2024-03-15", ["Ada Example"])
    assert body().startswith(lead[:40])


def test_what_follows_the_key_issues_is_none_of_them(bring: Bring) -> None:
    typed = "".join(f"<p>{number}. {one}</p>" for number, one in enumerate(ISSUES, 1))
    listed = f"<ul>{''.join(f'<li>{one}</li>' for one in ISSUES)}</ul>"
    text = "<ol><li><b>Introduction</b></li></ol><p>Some words of a text that goes on and on.</p>"
    for name, issues in (("typed.html", typed), ("listed.html", listed)):
        shutil.rmtree("briefs/2024", ignore_errors=True)
        result = bring(name, f"<h1>{TITLE}</h1><p>By Ada Example</p><p>15 March 2024</p><p><b>Key issues</b></p>{issues}{text}")
        assert result.exit_code == 0, result.output
        brief, _ = read_brief("briefs/x.md", made().read_bytes(), read_settings(Path())[0])
        assert brief is not None
        assert list(brief.key_issues) == ISSUES
        assert body() == "## Introduction\n\nSome words of a text that goes on and on.\n"


@pytest.mark.parametrize(("lang", "text"), [
    ("fr", "Les ports de la mer et des lacs que la Commission est dans le cas de payer pour une liste. "),
    ("", "The ports of the sea and of the lakes. "),
    ("de", "Der Hafen ist nicht mit den Listen und der Karte von dem Amt auf die See. "), ("", "Ports, ports. "),
    ("nl", "Het is een haven van de stad en dat is niet voor het schip met een lijst. "),
])  # fmt: skip
def test_the_language_is_guessed_where_the_words_leave_no_doubt(lang: str, text: str, bring: Bring) -> None:
    bring("lang.html", html(f"<p>{text * 4}</p>"))
    assert (f'lang: "{lang}"' if lang else "First") in made().read_text("utf-8")
    assert ("\nlang:" in made().read_text("utf-8")) == bool(lang)
    assert ("# Guessed from the words" in made().read_text("utf-8")) == bool(lang)


DATES = [("15.3.2024", "2024-03-15"), ("15 March 2024", "2024-03-15"), ("March 15th, 2024", "2024-03-15"), ("Brussels, 15 mars 2024", "2024-03-15"),
         ("2024-03-15", "2024-03-15"), ("Friday 15 March 2024", "2024-03-15"), ("7/2024", ""), ("March 2024", ""), ("31.2.2024", ""),
         ("2024-02-31", ""),
         ("On 15 March 2024 the harbour closed for good", "")]  # fmt: skip


@pytest.mark.parametrize(("text", "day"), DATES)
def test_dates(text: str, day: str) -> None:
    assert date_in(text)[0] == day


BYLINES = [("By A. Example", ["A. Example"]), ("By Ada Example, Ben Sample and Cy Muster", ["Ada Example", "Ben Sample", "Cy Muster"]),
           ("Authors: Dr Ada Example & Prof. Ben Sample", ["Ada Example", "Ben Sample"]),
           ("Par Zoë Modèle et Luc Modèle", ["Zoë Modèle", "Luc Modèle"])]


@pytest.mark.parametrize(("line", "names"), BYLINES)
def test_bylines(line: str, names: list[str]) -> None:
    assert names_in(line) == names


# --- odd files -----------------------------------------------------------------------------------


def test_signs_of_markdown_are_shown_as_typed(bring: Bring) -> None:
    lines = ["# not a heading, it says", "1. not a list, it is typed.", "2) nor is this one here.", "+ nor this one, which has a plus.",
             "> not a quotation at all.", "a * b * c and *d* and _e_ and __f__ and snake_case.", "x < y, <b>no tag</b>, <2@x>, &amp; and &nbsp; too.",
             "[no](link) and ![no](picture) and [^1] and [x]: y.", "`code` and ``more`` and ~~gone~~ and H~2~O and x^2^.", "back\\slash and \\* too.",
             "{: .note } and {#id} here.", "!!! note it is none.", "--- is no rule.", "=== is none either.", "a | b | c stays.", "$x_1$ is money.",
             "-5 degrees were measured.", "— a dash begins this line."]  # fmt: skip
    for name, data in (("signs.txt", "\n".join(["By Ada Example", *lines])),
                       ("signs.html", html("".join(f"<p>{line.replace('&', '&amp;').replace('<', '&lt;')}</p>" for line in lines))),
                       ("breaks.html", html("<p>Words first<br>" + "<br>".join(line.replace("&", "&amp;").replace("<", "&lt;") for line in lines)
                                            + "<br>and " + "words behind " * 20 + "</p>"))):  # fmt: skip
        result = bring(name, data)
        assert result.exit_code == 0, result.output
        text = re.sub(r"\s+", " ", shown().get_text(" "))
        assert [line for line in lines if line not in text] == []
        page = shown()
        assert page.find(["em", "strong", "ul", "ol", "blockquote", "code", "del", "sub", "sup", "a", "img", "table", "hr", "pre"]) is None
        assert [one["class"] for one in page.find_all(class_=True)] == []
        read = outline(body(), 1)
        assert {mark.text for mark in read.tags} <= {"br"}
        assert (read.links, read.references, read.attributes, read.missing_references) == ((), (), (), ())
        made().unlink()


def test_bold_italic_links_and_lists(bring: Bring) -> None:
    result = bring("a.html", html(
        "<p>A <b>bold</b><b> word</b>, an <i>ital</i>ic one, <em><strong>both</strong> here</em>, "
        "<a href='https://example.org/a_(b)?x=1&amp;y=2'>a link</a>, "
        "<a href='javascript:alert(1)'>no link</a>, <a href='/about'>nor this</a>, <a href='#x'>inside</a>, H<sub>2</sub>O.</p>"
        "<ul><li>one<ul><li>one <b>a</b><ol><li>deep</li></ol></li></ul></li><li><p>two</p><p>second paragraph</p></li></ul>"
        "<ol start=3><li>three</li><li>four</li></ol><blockquote><p>Quoted.</p><p>Twice.</p></blockquote><dl><dt>Term</dt><dd>What it is.</dd></dl>"
        "<pre>kept  as\n  it is</pre>"))  # fmt: skip
    assert result.exit_code == 0, result.output
    page = shown()
    assert [one.get_text() for one in page.find_all("strong")] == ["bold word", "both", "a", "Term"]
    assert [one.get_text() for one in page.find_all("em")] == ["ital", "both here"]
    assert [one["href"] for one in page.find_all("a")] == ["https://example.org/a_%28b%29?x=1&y=2"]
    assert "to “javascript:alert(1)”, of which the words were kept" in result.output
    assert "to “/about”" in result.output
    assert "into the page itself" in result.output
    assert page.select_one("ul > li > ul > li > ol > li").get_text() == "deep"
    assert page.select_one("ul > li > p + p").get_text() == "second paragraph"
    assert len(page.find_all("ul")) == 2
    assert page.select_one("ol[start='3']") is not None
    assert [one.get_text() for one in page.select("blockquote p")] == ["Quoted.", "Twice."]
    assert page.pre.get_text() == "kept  as\n  it is\n"


def test_footnotes_of_html(bring: Bring) -> None:
    result = bring("notes.html", html(
        "<p>A claim.<sup><a href='#fn1' id='r1'>1</a></sup> Another<a href='#_ftn2' name='_ftnref2'>[2]</a> "
        "and<sup id='c'><a href='#n3'>[3]</a></sup>.</p>")
        + "<ol><li id='fn1'>The <i>first</i> note, 2019. <a href='#r1'>↩</a></li></ol>"
          "<p><a href='#_ftnref2' name='_ftn2'>[2]</a> The second note.</p>"
          "<div id='n3'><p><sup>3</sup> The third.</p><p>Its end.</p></div>")  # fmt: skip
    assert result.exit_code == 0, result.output
    text = body()
    assert "A claim.[^1] Another[^2] and[^3]." in text
    assert text.endswith("[^1]: The *first* note, 2019.\n\n[^2]: The second note.\n\n[^3]: The third.\n\n    Its end.\n")
    assert "0 lost" in result.output


def test_footnotes_of_word(bring: Bring) -> None:
    reference = '<w:r><w:footnoteReference w:id="{}"/></w:r>'
    notes = ('<w:part><w:footnote w:id="2"><w:p><w:r><w:footnoteRef/></w:r>' + run(" The first note.") + "</w:p></w:footnote>"
             '<w:footnote w:id="3">' + para("The second, on the by-line.") + "</w:footnote></w:part>")  # fmt: skip
    text = para("By Ada Example", reference.format(3)) + para("15.3.2024") + para("A claim.", reference.format(2), " More words.")
    result = bring("notes.docx", raw_word(text, footnotes=notes))
    assert result.exit_code == 0, result.output
    assert re.search(r"A claim\.\[\^(\d)\] More words\.\n\nThe second, on the by-line\.\n\n\[\^\1\]: The first note\.\n$", body())
    assert "1 footnote of the title, the by-line or the key issues" in result.output


def test_a_mark_that_its_author_raised_too_is_raised_once(bring: Bring) -> None:
    mark = '<w:r><w:rPr><w:vertAlign w:val="superscript"/></w:rPr><w:footnoteReference w:id="2"/></w:r>'
    notes = '<w:part><w:footnote w:id="2"><w:p><w:r><w:footnoteRef/></w:r>' + run(" A note.") + "</w:p></w:footnote></w:part>"
    bring("raised.docx", raw_word(para("By Ada Example") + para("15.3.2024") + para("A claim.", mark, " More words."), footnotes=notes))
    assert "A claim.[^1] More words." in body()


def test_tracked_changes_comments_boxes_heads_and_equations(bring: Bring) -> None:
    box = "<w:r><w:pict><v:shape><v:textbox><w:txbxContent>" + para("Words in a box.") + "</w:txbxContent></v:textbox></v:shape></w:pict></w:r>"
    result = bring("changes.docx", raw_word(
        para("Kept ", f'<w:ins w:id="1">{run("inserted")}</w:ins>', '<w:del w:id="2"><w:r><w:delText>deleted</w:delText></w:r></w:del>', " words.",
             f'<w:moveFrom w:id="3">{run(" moved away")}</w:moveFrom>', '<w:r><w:commentReference w:id="0"/></w:r>')
        + para("Before the box.", box) + para("An equation: ", "<m:oMath><m:r><m:t>E = mc2</m:t></m:r></m:oMath>", " it was."),
        comments='<w:part><w:comment w:id="0">' + para("Is this so?") + "</w:comment></w:part>",
        header1="<w:part>" + para("CSDS POLICY BRIEF • 3/2024") + "</w:part>", footer1="<w:part>" + para("Printed on paper") + "</w:part>",
    ))  # fmt: skip
    assert result.exit_code == 1, "the equation is lost"
    assert "lost: E, mc2" in result.output
    for said in ("2 tracked changes, read as accepted", "1 comment, not taken over", "1 text box", "1 equation, not taken over",
                 "left out: the header of the pages, “CSDS POLICY BRIEF • 3/2024”",
                 "left out: the footer of the pages, “Printed on paper”"):  # fmt: skip
        assert said in result.output
    assert "Kept inserted words." in body()
    assert "Words in a box." in body()
    assert "Is this so" not in body()
    assert "number: 3/2024" in made().read_text()


def test_words_that_a_library_drops_are_named(bring: Bring) -> None:
    """A text box as new programs write it, without the copy for old ones, is read by no library."""
    box = f"<w:drawing><w:txbxContent>{para('Unseen words.')}</w:txbxContent></w:drawing>"
    box = f"<w:r><mc:AlternateContent><mc:Choice>{box}</mc:Choice></mc:AlternateContent></w:r>"
    result = bring("box.docx", raw_word(para("Seen.") + para("Before the box.", box)))
    assert result.exit_code == 1
    assert "lost: Unseen, words; compare" in result.output
    assert made().exists()


def test_tables(bring: Bring) -> None:
    document = docx.Document()
    document.add_paragraph("Reserves by country", style="Caption")
    table = document.add_table(rows=3, cols=3)
    for row, texts_of_row in enumerate((("Country", "2025", "2026"), ("Here", "1 | 2", "3"), ("There", "", "*"))):
        for column, text in enumerate(texts_of_row):
            table.cell(row, column).text = text
    table.cell(1, 0).merge(table.cell(2, 0))
    document.add_paragraph("After the table.")
    result = bring("table.docx", saved(document))
    assert result.exit_code == 0, result.output
    assert "merged cells: what they say stands in each cell now" in result.output
    assert "no row that is marked as its head" in result.output
    page = shown()
    assert [[cell.get_text(" ") for cell in row.find_all(["td", "th"])] for row in page.find_all("tr")] == [
        ["Country", "2025", "2026"], ["Here There", "1 | 2", "3"], ["Here There", "", "*"]]  # fmt: skip
    assert page.select_one("p.caption").get_text() == "Reserves by country"


def test_a_table_of_html_and_one_that_is_a_box(bring: Bring) -> None:
    box = "<table><tr><td><p>Key points:</p><ul><li>One thing that matters.</li><li>Another.</li></ul></td></tr></table>"
    result = bring("table.html", box + html(
        "<table><caption>Kinds</caption><thead><tr><th>A</th><th colspan=2>B</th></tr></thead>"
        "<tr><td>1<br>2</td><td><ul><li>x</li><li>y</li></ul></td><td><p>p</p><p>q</p></td></tr></table>"))  # fmt: skip
    assert result.exit_code == 0, result.output
    assert "Table: Kinds\n\n| A | B | B |\n|---|---|---|\n| 1<br>2 | x<br>y | p<br>q |\n" in body()
    assert '  - "One thing that matters."\n  - "Another."' in made().read_text()
    assert "no row that is marked" not in result.output
    assert "1 added" in result.output


def test_pictures(bring: Bring, tmp_path: Path) -> None:
    (tmp_path / "Ünser Bild 1.png").write_bytes(PNG)
    (tmp_path.parent / "secret.png").write_bytes(PNG)
    data = "data:image/png;base64," + base64.b64encode(PNG + b"\0").decode()
    result = bring("pictures.html", html(
        "<figure><img src='%C3%9Cnser%20Bild%201.png' alt='Three boats in fog'><figcaption>Boats, \"2024\". Source: invented.</figcaption></figure>"
        f"<p>Words around <img src='{data}'> a picture.</p><img src='https://example.org/x.png' alt='Far away'><img src='../secret.png'>"
        "<img src='data:image/gif;base64,R0lGODlhAQABAAAAACw='>"))  # fmt: skip
    assert result.exit_code == 0, result.output
    assert made().name == "index.md"
    folder = made().parent
    assert sorted(path.name for path in folder.iterdir()) == ["index.md", "picture-2.png", "unser-bild-1.png"]
    assert (folder / "unser-bild-1.png").read_bytes() == PNG
    assert "Words around a picture.\n\n![](picture-2.png)" in body()
    for said in ("https://example.org/x.png: it does not lie beside", "its text was “Far away”", "missing, ../secret.png",
                 "picture-2.png has no text", "picture 3 was not taken over", "alt-missing"):  # fmt: skip
        assert said in result.output
    assert shown().figcaption.get_text() == 'Boats, "2024". Source: invented.'
    assert "file-" not in result.output


def test_a_picture_of_word(bring: Bring) -> None:
    document = docx.Document()
    document.add_paragraph("Words before it.")
    document.add_picture(io.BytesIO(PNG))
    document.add_paragraph("One dot. Source: invented.", style="Caption")
    result = bring("picture.docx", saved(document))
    assert result.exit_code == 0, result.output
    assert body() == 'Words before it.\n\n![](picture-1.png "One dot. Source: invented.")\n'
    assert (made().parent / "picture-1.png").read_bytes() == PNG


def test_of_a_web_page_the_article_is_taken(bring: Bring) -> None:
    result = bring("page.html", "<html><head><title>Site</title><style>p {}</style></head><body><nav>Menu here</nav><main><article>"
                   + html("<p>Text.</p><script>alert(1)</script><!-- hidden --><footer>Share this</footer>")
                   + "</article></main><aside>Other news</aside></body></html>")  # fmt: skip
    assert result.exit_code == 0, result.output
    assert "alert" not in body()
    assert "hidden" not in body()
    for said in ("taken out: <script>", "left out: <nav>, 2 words, “Menu here”", "left out: <footer>, 2 words, “Share this”",
                 "left out: what stands outside of <article>, 2 words, “Other news”"):  # fmt: skip
        assert said in result.output


def test_tags_that_a_page_need_not_close(bring: Bring) -> None:
    result = bring("open.html", f"<h1>{TITLE}</h1><p>One.<p>Two <b>bold</b>.<ul><li>a<li>b<ul><li>c</ul></ul><p>Three."
                   "<table><tr><th>A<th>B<tr><td>1<td>2</table>" + "<p>Many." * 2000)  # fmt: skip
    assert result.exit_code == 0, result.output
    assert body().startswith("One.\n\nTwo **bold**.\n\n- a\n- b\n    - c\n\nThree.\n\n| A | B |\n|---|---|\n| 1 | 2 |\n\nMany.\n\nMany.\n")


def test_headings_begin_at_the_second_level_and_skip_none(bring: Bring) -> None:
    bring("levels.html", f"<h1>{TITLE}</h1><h3>A</h3><p>a.</p><h5><b>B</b> ##</h5><p>b.</p><h3>C</h3><p>c.</p>")
    assert re.findall("^#.*", body(), re.MULTILINE) == ["## A", "### B \\#\\#", "## C"]


def test_line_ends_and_encodings(bring: Bring) -> None:
    text = "By Zoë Muster\r\n15.3.2024\r\n\r\nAn “odd” text – with a dash.\r\n\r\nÉnd.\r\n"
    for name, data in (("utf8.txt", text.encode()), ("bom.txt", text.encode("utf-8-sig")), ("utf16.txt", text.encode("utf-16")),
                       ("windows.txt", text.encode("cp1252")), ("old-mac.txt", text.replace("\r\n", "\r").encode())):  # fmt: skip
        result = bring(name, data)
        assert result.exit_code == 0, result.output
        assert body() == "An “odd” text – with a dash.\n\nÉnd.\n"
        assert 'author: "Zoë Muster"' in made().read_text("utf-8")
        assert ("read as Windows-1252" in result.output) == (name == "windows.txt")
        made().unlink()


def test_lines_that_are_broken_at_a_width_are_joined(bring: Bring) -> None:
    bring("wide.txt", "The first line of a paragraph that was broken\nat some width by the program that saved it, and\nso was the next.\n\n"
          "The second paragraph is as long as the first was,\nmore or less.\n")  # fmt: skip
    assert body().count("\n\n") == 1
    assert "program that saved it, and so was the next.\n" in body()


def test_control_characters_are_taken_out(bring: Bring) -> None:
    result = bring("odd.txt", "Words with a \x07 bell in them.\n")
    assert "1 invisible control character taken out" in result.output
    assert "control-character" not in result.output


def bomb() -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("word/document.xml", b" " * 101_000_000)
    return stream.getvalue()


ENTITIES = '<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]>'
REFUSED = {
    "empty.txt": (b" \n", "is empty"),
    "empty.docx": (b"", "is empty"),
    "broken.docx": (b"PK\x03\x04 broken", "is broken"),
    "other.docx": (b"just text", "is broken"),
    "cut.docx": (as_word(styled=True)[:9000], "is broken"),
    "locked.docx": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "locked with a password"),
    "old.doc": (b"\xd0\xcf\x11\xe0", "save it as .docx"),
    "sheet.xlsx": (b"PK", "of a kind that cannot be imported"),
    "noending": (b"x", "of a kind that cannot be imported"),
    "huge.docx": (b"\0" * 50_000_000, "has 50 MB, and at most 20"),
    "binary.txt": (b"ab\0cd", "is no text inside"),
    "zip.txt": (b"PK\x03\x04abc", "is no text inside"),
    "binary.html": (b"<p>\0</p>", "is no text inside"),
    "deep.html": (b"<div>" * 20_000 + b"x", "too deeply nested"),
    "bomb.docx": (bomb(), "unpacks to more than 100 MB"),
    "entities.docx": (raw_word(para("&b;"), ENTITIES), "entities"),
    "nowords.html": (b"<p> </p><hr>", "has no words"),
    "broken.pdf": (b"%PDF-1.7 broken", "cannot be read"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_cannot_be_read_is_refused_in_a_sentence(name: str, bring: Bring) -> None:
    data, why = REFUSED[name]
    result = bring(name, data)
    assert result.exit_code == 2, result.output
    error = result.output.partition("Error: ")[2]
    assert why in error
    assert name in error
    assert error.count("\n") == 1
    assert list(Path("briefs").rglob("*.md")) == []


def test_a_zip_that_is_no_word_file_is_refused(bring: Bring) -> None:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("a.txt", "a")
    assert "is not a Word file inside" in bring("zip.docx", stream.getvalue()).output


def test_a_pdf_is_read_by_its_lines_with_a_warning(bring: Bring) -> None:
    import typst

    words = " ".join(f"{text}" for kind, text in BODY if kind == "p").replace("@", "")
    result = bring("paper.pdf", typst.compile(f"#set par(justify: true)\nBy Ada Example\n\n15 March 2024\n\n{words}\n".encode()))
    assert result.exit_code == 0, result.output
    assert "a PDF has no paragraphs" in result.output
    assert "Fog does not stop at a border. Last year it closed the northern harbours for forty-one days" in body()
    assert "date: 2024-03-15" in made().read_text()


# --- asking and writing --------------------------------------------------------------------------


def test_without_a_title_a_script_is_told_the_option(bring: Bring) -> None:
    result = bring("fog.txt", as_text(), title=None)
    assert result.exit_code == 2
    assert "--title" in result.output.partition("Error: ")[2]
    assert list(Path("briefs").rglob("*.md")) == []


def test_options_count_more_than_the_file(bring: Bring) -> None:
    bring("fog.txt", as_text(), "--author", "Ben Sample", "--author", "Cy Muster", "--date", "2 May 2023", "--number", "04/2023")
    text = made().read_text()
    assert made().name.startswith("04-")
    assert made().parent.name == "2023"
    assert 'author:\n  - "Ben Sample"\n  - "Cy Muster"\ndate: 2023-05-02\nnumber: 4/2023\n' in text


@pytest.mark.parametrize(("option", "value"), [("--date", "soon"), ("--date", "3/4/2024"), ("--number", "x"), ("--series", "none")])
def test_an_option_that_means_nothing_is_refused(option: str, value: str, bring: Bring) -> None:
    result = bring("fog.txt", as_text(), option, value)
    assert result.exit_code == 2
    assert option in result.output.partition("Error: ")[2]


def test_the_masthead_tells_the_series(project: Callable[..., Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from conftest import NOTES, SERIES

    monkeypatch.chdir(project(series=SERIES + NOTES))
    (tmp_path / "note.txt").write_text("CSDS NOTE 12\nA note on fog\nBy Ada Example\n1 March 2024\nSome words stand here.\nISSN 1234-5679\n")
    result = click.testing.CliRunner().invoke(main, ["import", str(tmp_path / "note.txt")])
    assert result.exit_code == 0, result.output
    assert 'number: 12\n' in made().read_text()
    assert 'series: "notes"' in made().read_text()
    assert made().name == "12-a-note-on-fog.md"


@pytest.mark.parametrize("taken", ["01-fog.md", "01-fog/other.txt"])
def test_nothing_is_written_over(taken: str, bring: Bring) -> None:
    there = Path("briefs/2024") / taken
    there.parent.mkdir(parents=True)
    there.write_text("mine")
    for name, data in (("fog.txt", as_text()), ("pictures.html", html(f"<img src='data:image/png;base64,{base64.b64encode(PNG).decode()}'>"))):
        result = bring(name, data, title="Fog!")
        assert result.exit_code == 2
        assert "is there already" in result.output
    assert there.read_text() == "mine"
    assert len([path for path in Path("briefs/2024").rglob("*") if path.is_file()]) == 1


def test_a_failure_leaves_nothing_half_written(bring: Bring, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "rename", fail)
    result = bring("fog.txt", as_text())
    assert result.exit_code == 2
    assert "No space left" in result.output
    assert [path.name for path in Path("briefs").rglob("*") if path.is_file()] == ["series.yml"]


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs a pseudo-terminal")
def test_on_a_terminal_it_asks(bring: Bring, tmp_path: Path) -> None:
    import pty

    (tmp_path / "bare.txt").write_text("Some words, and nothing else.\n")
    code = f"from briefpress.cli import main; main(['import', {str(tmp_path / 'bare.txt')!r}])"
    pid, terminal = pty.fork()
    if pid == 0:  # the child
        os.execv(sys.executable, [sys.executable, "-c", code])
    os.write(terminal, b"Fog at noon\nAda Example and Ben Sample\n1 May 2024\n\n")
    seen = b""
    try:
        while chunk := os.read(terminal, 4096):
            seen += chunk
    except OSError:  # Linux ends a terminal so
        pass
    assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 0, seen
    text = made().read_text()
    assert 'title: "Fog at noon"\nauthor:\n  - "Ada Example"\n  - "Ben Sample"\ndate: 2024-05-01\n# The file has no number' in text
