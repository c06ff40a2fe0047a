"""A brief on paper: the tree of its text, what the PDF says, and what cannot get in."""

from __future__ import annotations

import datetime as dt
import html
import io
import re
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pikepdf
import pypdfium2
import pytest
from PIL import Image

from briefpress.body import Surroundings, render
from briefpress.brief import Brief
from briefpress.checks import check
from briefpress.series import Catalogue
from briefpress.store import Store
from briefpress.texts import texts
from briefpress.typeset import Print, plan
from briefpress.typeset.tree import DEPTH, tree

ROOT = Path(__file__).parents[1]
SITE_URL = "https://example.org/repo/"
NOW = dt.datetime(2026, 11, 1, tzinfo=dt.UTC)
Write = Callable[..., str]


def body_of(markdown: str) -> str:
    return render(markdown, Surroundings(texts("en"))).html


def set_tree(markdown: str) -> list[Any]:
    return tree(body_of(markdown), base="https://example.org/brief/", pictures={})


@pytest.mark.parametrize(("markdown", "expected"), [
    ("A *word* and **two**.", [["p", {}, ["A ", ["em", {}, ["word"]], " and ", ["strong", {}, ["two"]], "."]]]),
    ("## One", [["h", {"level": 1, "id": "one"}, ["One"]]]),
    ("## One\n\n#### Deep", [["h", {"level": 1, "id": "one"}, ["One"]], ["h", {"level": 2, "id": "deep"}, ["Deep"]]]),
    ("- a\n- b", [["ul", {"start": 1}, [[["p", {}, ["a"]]], [["p", {}, ["b"]]]]]]),
    ("4. a", [["ol", {"start": 4}, [[["p", {}, ["a"]]]]]]),
    ("> said", [["quote", {}, [["p", {}, ["said"]]]]]),
    ("[x](https://example.org/)", [["p", {}, [["a", {"href": "https://example.org/", "print": ["example.org"]}, ["x"]]]]]),
    ("<https://example.org/>", [["p", {}, [["a", {"href": "https://example.org/", "print": []}, ["https://example.org/"]]]]]),
    ("## One\n\n[x](#one)", [["h", {"level": 1, "id": "one"}, ["One"]], ["p", {}, [["ref", {"to": "one"}, ["x"]]]]]),
    ("A.[^1]\n\n[^1]: Note.", [["p", {}, ["A.", ["fn", {"id": "fn:1"}, [["p", {}, ["Note."]]]]]]]),
    ("A.[^1][^2]\n\n[^1]: N.\n[^2]: M.", [["p", {}, ["A.", ["fn", {"id": "fn:1"}, [["p", {}, ["N."]]]], ["sup", {}, [","]],
                                                    ["fn", {"id": "fn:2"}, [["p", {}, ["M."]]]]]]]),
    ("A.[^1] B.[^1]\n\n[^1]: N.", [["p", {}, ["A.", ["fn", {"id": "fn:1"}, [["p", {}, ["N."]]]], " B.", ["fnref", {"id": "fn:1"}, []]]]]),
    ("H~2~O, x^2^, `a < b`", [["p", {}, ["H", ["sub", {}, ["2"]], "O, x", ["sup", {}, ["2"]], ", ", ["code", {}, ["a < b"]]]]]),
    ("    code  here\n", [["pre", {}, ["code  here"]]]),
    ("<span lang=\"de\">Wort</span>", [["p", {}, [["span", {"lang": "de"}, ["Wort"]]]]]),
    ("A #read(\"/etc/passwd\") $x$ \\input{a}", [["p", {}, ['A #read("/etc/passwd") $x$ \\input{a}']]]),
    ("", []),
])  # fmt: skip
def test_tree(markdown: str, expected: list[Any]) -> None:
    assert set_tree(markdown) == expected


def test_a_table_has_head_caption_note_and_letters_for_its_footnotes() -> None:
    (table,) = set_tree("Table: What it says\n\n| A | B |\n|---|--:|\n| one[^1] | 2 |\n\nNote: Counted.\n\n[^1]: A note.\n")
    assert (table[0], {name: table[1][name] for name in ("columns", "wide", "long", "top", "size")}) == (
        "table", {"columns": 2, "wide": False, "long": False, "top": True, "size": 1.0})  # fmt: skip
    head, rows, caption, foot = table[2]
    assert head == [[["left", ["A"]], ["right", ["B"]]]]
    assert rows == [[["left", ["one", ["sup", {}, ["a"]]]], ["right", ["2"]]]]
    assert caption == ["What it says"]
    assert foot == [["", [["p", {}, ["Note: Counted."]]]], ["a", [["p", {}, ["A note."]]]]]


def test_a_name_stands_over_its_numbers_and_code_has_its_room() -> None:
    (table,) = set_tree("| A | B |\n|---|--:|\n| `citation_technical_report_number` | 2 |\n")
    assert table[2][0] == [[["left", ["A"]], ["right", ["B"]]]]
    assert table[1]["widths"][0] > 40
    numbers = ('<figure><img src="a.svg" alt="x"><figcaption><p>Outages by month. Source: us.</p></figcaption><details><summary>The numbers</summary>'
               "<table><thead><tr>" + "<th>a_name_of_a_column</th>" * 5 + "</tr></thead><tbody><tr>" + '<td class="right">1</td>' * 5
               + "</tr></tbody></table></details></figure>")  # fmt: skip
    _, table = tree(numbers, base="", pictures={"a.svg": "img/0.svg"})
    assert table[1]["wide"]
    assert table[2][2] == ["The numbers", ": Outages by month."], "it may stand on another page than its figure"
    assert {side for side, _ in table[2][0][0]} == {"right"}
    _, table = tree(numbers.replace("a_name_of_a_column", "a"), base="", pictures={"a.svg": "img/0.svg"})
    assert (table[1]["wide"], table[2][2]) == (False, ["The numbers"])


def test_a_footnote_in_the_note_of_a_table_has_a_letter_too() -> None:
    (table,) = set_tree("| A | B |\n|---|---|\n| x[^1] | y |\n\nNote: Counted by hand.[^2]\n\n[^1]: One.\n[^2]: Two.\n")
    assert [letter for letter, _ in table[2][3]] == ["", "a", "b"]
    assert table[2][3][0][1] == [["p", {}, ["Note: Counted by hand.", ["sup", {}, ["b"]]]]]


@pytest.mark.parametrize(("rows", "parts", "whole"), [
    ("| A | B |\n|---|---|\n| one | two |\n", 1, True),
    ("|" + "A|" * 16 + "\n|" + "--:|" * 16 + "\n|" + "7,058,755|" * 16 + "\n", 2, False),
    ("|" + "a_name_of_a_column|" * 40 + "\n|" + "---|" * 40 + "\n|" + "1|" * 40 + "\n", 3, False),
    ("| Rechtsschutzversicherungsgesellschaft | Geschwindigkeitsbegrenzung | Grundstücksverkehrsgenehmigung |\n|---|---|---|\n| a | b | c |\n",
     1, True),
])  # fmt: skip
def test_a_table_has_the_room_that_its_words_need(rows: str, parts: int, whole: bool) -> None:
    tables = set_tree(rows)
    assert len(tables) == parts
    columns = [table[1]["columns"] for table in tables]
    assert sum(columns) - (len(tables) - 1) == rows.split("\n")[0].count("|") - 1, "the first column is repeated, and none is lost"
    for _, about, _ in tables:
        assert sum(about["widths"]) <= (107 if about["wide"] else 51) + 1
        assert about["size"] >= 0.78
    assert (tables[0][1]["size"] == 1.0) or not whole or tables[0][1]["tight"]


@pytest.mark.parametrize(("before", "margin"), [('!!! note "The box"\n    Before.\n\n', "    "), ("- Before.\n\n", "    "), ("> Before.\n>\n", "> ")])
def test_a_table_within_something_else_stays_where_it_belongs(before: str, margin: str) -> None:
    def tables(nodes: Any) -> list[Any]:
        own = [nodes[1]] if nodes[:1] == ["table"] else []
        return own + [one for node in nodes if isinstance(node, list) for one in tables(node)]

    rows = "| A | B | C | D |\n|---|---|---|---|\n| one | two | three | four |\n"
    (alone,), (within,) = tables(set_tree(rows)), tables(set_tree(before + "".join(f"{margin}{row}\n" for row in rows.splitlines())))
    assert (alone["wide"], within["wide"]) == (True, False), "what floats would leave its box"
    assert sum(within["widths"]) < 51 < sum(alone["widths"])


@pytest.mark.parametrize(("text", "pieces"), [
    ("a word", ["a word"]), ("Grundstücksverkehrsgenehmigungszuständigkeit", ["Grundstücksverkehrsgenehmigungszuständigkeit"]),
    ("https://example.org/" + "EaBcD" * 16, ["https://example.org/" + "EaBcD" * 16]),
])  # fmt: skip
def test_a_line_can_end_within_what_has_no_end_of_its_own(text: str, pieces: list[str]) -> None:
    ((_, _, words),) = set_tree(text + "\n")
    cut = words[0][2] if isinstance(words[0], list) else words
    assert set_tree(f"Before {text} after.\n")[0][2][0].startswith("Before "), "and it stands apart"
    assert "".join(cut) == text
    assert (len(cut) > 1) == ("EaBcD" in text)
    assert all(len(piece) <= 46 for piece in cut)


def test_a_note_of_a_table_that_refers_to_itself_is_set_once() -> None:
    (table,) = set_tree("| A | B |\n|---|---|\n| x[^1] | y[^1] |\n\n[^1]: " + "see[^1] " * 8 + "\n")
    assert [letter for letter, _ in table[2][3]] == ["a"]
    assert [words[1] for _, words in table[2][1][0]] == [["sup", {}, ["a"]]] * 2


def depth(nodes: Any) -> int:
    return 1 + max(map(depth, nodes), default=0) if isinstance(nodes, list) else 0


def test_nesting_is_capped_and_no_word_is_lost() -> None:
    html_ = "<blockquote>" * 60 + "<p>the innermost words</p>" + "</blockquote>" * 60
    nodes = tree(html_, base="", pictures={})
    assert depth(nodes) < 4 * DEPTH
    assert "the innermost words" in str(nodes)


# Whole PDFs


def planned(root: Path, catalogue: Catalogue, brief: Brief) -> tuple[Print, Mapping[str, Any]]:
    one = plan(brief, catalogue, root, SITE_URL, {"docs/about.md": "about/", "docs/index.md": ""})
    return one, one.page


def printed(folder: Path, text: str, files: Mapping[str, bytes] | None = None) -> bytes:
    """The PDF of one brief that stands alone, with files beside it."""
    (folder / "briefs/2024/1").mkdir(parents=True)
    (folder / "briefs/series.yml").write_bytes((ROOT / "tests/cases/series.yml").read_bytes())
    (folder / "briefs/2024/1/index.md").write_text(text, "utf-8")
    for name, data in (files or {}).items():
        (folder / "briefs/2024/1" / name).write_bytes(data)
    catalogue, _ = check(folder, NOW)
    assert catalogue is not None
    (brief,) = catalogue.briefs
    data, missing = planned(folder, catalogue, brief)[0].made(Store(folder / "store"))
    printed.missing = missing  # type: ignore[attr-defined]
    return data


def text_of(data: bytes) -> str:
    pdf = pypdfium2.PdfDocument(data)
    return "\n".join(page.get_textpage().get_text_range() for page in pdf).replace("\r", "")


SAMPLES = sorted(path.relative_to(ROOT).as_posix() for path in (ROOT / "briefs").rglob("*.md"))


def squashed(text: str) -> str:
    """Letters and digits alone: hyphenation, ligatures and line ends are the typesetter's."""
    for one, other in (("ﬁ", "fi"), ("ﬂ", "fl"), ("ﬀ", "ff"), ("ﬃ", "ffi"), ("ﬄ", "ffl")):
        text = text.replace(one, other)
    return re.sub(r"[^\w]|_", "", text).casefold()


@pytest.mark.parametrize("path", SAMPLES)
def test_page_and_paper_say_the_same(path: str) -> None:
    catalogue, _ = check(ROOT, NOW)
    assert catalogue is not None
    brief = catalogue.by_path[path]
    one, page = planned(ROOT, catalogue, brief)
    data, missing = one.made(Store(ROOT / ".cache/briefpress"))
    assert missing == []
    words = text_of(data)
    on_paper = squashed(words)
    of_screen = r'<a[^>]*footnote-backref.*?</a>|<h2 id="__notes">.*?</h2>|<sup id="fnref.*?</sup>'
    body = html.unescape(re.sub(r"<[^>]*>", " ", re.sub(of_screen, " ", page["body"])))
    flat = [page["title"], page["subtitle"], page["byline"], page["masthead"], page["date_text"], *page["key_issues"], body, page["disclaimer"],
            page["permalink"], page["issn"], page["funding"], page["acknowledgements"], page["license"]["name"], page["copyright"],
            *page["affiliations"], *page["keywords"], *(author[key] for author in page["authors"] for key in ("bio", "orcid", "email")),
            *(text for entry in page["corrections"] for text in entry.values() if "-" not in text)]  # fmt: skip
    words_of_page = {word for text in flat for word in re.findall(r"[\w’'-]{4,}", text)}
    assert len(words_of_page) > 50
    assert sorted(word for word in words_of_page if squashed(word) not in on_paper and not broken(word, words)) == []
    # And nothing on paper that the page does not show: besides the labels there are running heads and the numbers of pages.
    drawn = "".join(re.sub(r"<[^>]*>", " ", file.read_text("utf-8")) for file in one.pictures.values()
                    if isinstance(file, Path) and file.suffix == ".svg")  # the letters of a figure from data are outlines
    shown = squashed(drawn + " ".join(flat) + " ".join(str(value) for value in texts(brief.lang).values()) + str(page)
                     + catalogue.series(brief).publisher + catalogue.series(brief).place)  # fmt: skip
    shown += squashed(" ".join(re.findall(r'href="([^"]*)"', page["body"]))) + squashed(SITE_URL) * 2
    solid = re.sub(r"[-\u2010\ufffe]\n", "", words)
    assert sorted(word for word in set(re.findall(r"[^\W\d_]{5,}", solid)) if squashed(word) not in shown) == []


def broken(word: str, words: str) -> bool:
    """Whether a word stands at the end of one column and goes on in the next, with notes between."""
    return any(re.search(rf"{re.escape(word[:i])}[-\u2010\ufffe\x02]", words) and word[i:] in words for i in range(2, len(word) - 1))


def minimal(write: Write, body: str, **fields: object) -> str:
    return write("1/2024", "2024-05-01", "The title of a brief for the press", body, **fields)


def test_it_is_tagged_named_and_in_its_language(tmp_path: Path, brief_text: Write) -> None:
    text = minimal(brief_text, '## Un titre\n\nUn texte. Il parle de <span lang="de">Wirtschaft</span>.\n', lang="fr",
                   author=["Ada Example", "Jan Pejšová"])  # fmt: skip
    pdf = pikepdf.open(io.BytesIO(printed(tmp_path, text)))
    assert str(pdf.Root.Lang).lower().startswith("fr")
    assert bool(pdf.Root.MarkInfo.Marked)
    assert bool(pdf.Root.ViewerPreferences.DisplayDocTitle)
    with pdf.open_metadata() as metadata:
        assert metadata["dc:title"] == "The title of a brief for the press"
        assert ", ".join(metadata["dc:creator"]) == "Ada Example, Jan Pejšová"
        assert metadata["pdfuaid:part"] == "1"
        assert (metadata["pdfaid:part"], metadata["pdfaid:conformance"]) == ("2", "A")
    with pdf.open_outline() as outlines:
        assert [item.title for item in outlines.root] == ["Points clés", "Un titre"]
    fonts = [font for page in pdf.pages for font in page.Resources.get("/Font", {}).values()]
    assert fonts
    assert all("/FontFile" in str(font.get("/DescendantFonts", [font])[0].FontDescriptor.keys()) for font in fonts)
    assert b"/Lang(de)" in b"".join(page.Contents.read_bytes() for page in pdf.pages), "a foreign phrase says so"


def test_the_title_is_the_largest_type_and_the_authors_stand_under_it(tmp_path: Path, brief_text: Write) -> None:
    text = text_of(printed(tmp_path, minimal(brief_text, "## One\n\nText.\n")))
    assert "CSDS POLICY BRIEF • 1/2024" in text, "letters are not set so far apart that they come out as words"
    parts = ("CSDS POLICY BRIEF", "The title of a brief", "By Ada Example", "Key issues", "One", "About the author", "ISSN")
    order = [text.index(part) for part in parts]
    assert order == sorted(order)


HOSTILE = [
    '#read("/etc/passwd")', "#import \"@preview/cetz:0.2.0\"", "$ #panic() $", "\\input{/etc/passwd}", "#{ while true { } }",
    "<script>alert(1)</script>",
    "`#read(\"x\")`", "*#strong[x]*", "@label <label>", "// comment\n/* more */", "= Heading\n\n/ term: x", "\\u{0} \\ \\#", "{{ config }} {% raw %}",
    "[x](typst://a) [y](#nowhere)", "```{=typst}\n#read(\"/etc/passwd\")\n```", "~~~\n#panic()\n~~~", "> " * 30 + "deep", "a" * 3000, "|" * 200,
    "\u202e\u2066 reversed", "[^1]" * 40 + "\n\n[^1]: N.", "#" * 400,
]  # fmt: skip


@pytest.mark.parametrize("index", range(len(HOSTILE)))
def test_content_is_never_code(tmp_path: Path, brief_text: Write, index: int) -> None:
    shape = HOSTILE[index]
    text = minimal(brief_text, f"## One\n\n{shape}\n\nThe last words.\n", funding=shape[:900].replace("\n", " ") + " 12345")
    words = text_of(printed(tmp_path, text))
    assert "root:" not in words
    assert "last words" in words


def test_a_link_can_be_read_on_paper(tmp_path: Path, brief_text: Write) -> None:
    body = "## One\n\nSee [the law](https://example.org/law/2/), <https://example.org/own>, and [mail](mailto:ada@example.org).[^1]\n\n[^1]: [There](https://example.org/there).\n"
    words = text_of(printed(tmp_path, minimal(brief_text, body))).replace("\n", "")
    assert "the law (example.org/law/2)" in words
    assert words.count("example.org/own") == 1
    assert "There (example.org/there)" in words
    assert "mail." in words


def test_a_missing_letterform_is_named_and_boxed(tmp_path: Path, brief_text: Write) -> None:
    words = text_of(printed(tmp_path, minimal(brief_text, "## One\n\nGreek λόγος, Cyrillic слово, Vietnamese tiếng Việt, Runic ᚠᚢ.\n")))
    assert printed.missing == ["ᚠ", "ᚢ"]  # type: ignore[attr-defined]
    assert all(word in words for word in ("λόγος", "слово", "tiếng", "Việt", "□□"))


def outside(data: bytes) -> list[str]:
    """Texts that run off their page, or over one another at its foot."""
    found = []
    for page in pypdfium2.PdfDocument(data):
        words = page.get_textpage()
        rects = [words.get_rect(index) for index in range(words.count_rects())]
        found += [words.get_text_bounded(*rect) for rect in rects if rect[0] < 0 or rect[2] > page.get_width() - 30 or rect[1] < 20]
    return found


def rows(count: int, columns: int, cell: str = "r{0}c{1}") -> str:
    lines = ["|".join(f" H{j} " for j in range(columns)), "|".join(["---"] * columns)]
    return "\n".join(f"|{one}|" for one in lines + ["|".join(cell.format(i, j) for j in range(columns)) for i in range(count)])


@pytest.mark.parametrize(("body", "last"), [
    (rows(90, 5), "r89c4"),
    (rows(14, 4, "r{0}c{1} " + "a cell that says a lot and then some more " * 8), "r13c3"),
    (rows(150, 3), "r149c2"),
    ("> " + rows(90, 5).replace("\n", "\n> "), "r89c4"),
])  # fmt: skip
def test_a_long_table_is_whole(tmp_path: Path, brief_text: Write, body: str, last: str) -> None:
    data = printed(tmp_path, minimal(brief_text, f"## One\n\n{body}\n\nThe last words.\n"))
    words = squashed(text_of(data))
    assert all(squashed(cell) in words for cell in re.findall(r"r\d+c\d+", body))
    assert last in words
    assert "last words" in text_of(data)
    assert outside(data) == []


def picture(width: int, height: int) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (width, height), "#66aa99").save(out, "PNG")
    return out.getvalue()


def test_tall_pictures_hide_nothing(tmp_path: Path, brief_text: Write) -> None:
    text = minimal(brief_text, '## One\n\n![A tall picture of nothing](tall.png "The caption")\n\nThe last words.\n',
                   image="tall.png", image_alt="A tall picture of nothing")  # fmt: skip
    pdf = pypdfium2.PdfDocument(printed(tmp_path, text, {"tall.png": picture(200, 2400)}))
    for page in pdf:
        words = page.get_textpage()
        boxes = [one.get_bounds() for one in page.get_objects(filter=[pypdfium2.raw.FPDF_PAGEOBJ_IMAGE])]
        assert all(bottom > 50 and top - bottom < 400 for _, bottom, _, top in boxes)
        for left, bottom, right, top in boxes:
            assert words.get_text_bounded(left, bottom + 2, right, top - 2).strip() == ""


def test_what_has_no_end_stays_on_its_page(tmp_path: Path, brief_text: Write) -> None:
    body = (f"## One\n\n[x](https://example.org/{'q' * 200}?a={'b' * 200}) and `{'y' * 120}` and {'a' * 300}\n\n"
            f"```\n{'x' * 300}\n```\n\n[han](https://example.org/漢) The last words.\n")  # fmt: skip
    data = printed(tmp_path, minimal(brief_text, body))
    assert outside(data) == []
    words = re.sub(r"[\s\u200b]", "", text_of(data))
    assert all(run in words for run in ("q" * 200, "b" * 200, "y" * 120, "x" * 300, "a" * 300))


def test_no_hyphen_comes_into_an_address(tmp_path: Path, brief_text: Write) -> None:
    address = "example.org/documentation/schemalibrary/recommendations/informational/considerations"
    body = "## One\n\n" + "".join(f"{'word ' * i}[There](https://{address}).\n\n" for i in range(12))
    assert text_of(printed(tmp_path, minimal(brief_text, body))).replace("\n", "").count(address) == 12


def test_the_columns_of_a_last_page_with_notes_are_level(tmp_path: Path, brief_text: Write) -> None:
    paragraph = "The reserve that nobody rehearsed in winter is no reserve in summer, and whoever planned it knew so. " * 5
    body = "## One\n\n" + f"{paragraph}\n\n" * 19 + f"A note.[^1] {paragraph}\n\n[^1]: The note of the last page.\n"
    *_, page = pypdfium2.PdfDocument(printed(tmp_path, minimal(brief_text, body)))
    words = page.get_textpage()
    boxes = [words.get_rect(index) for index in range(words.count_rects())]
    text = [box for box in boxes if box[3] - box[1] > 5 and "reserve" in words.get_text_bounded(*box)]
    left, right = (min(box[1] for box in text if (box[0] > 297) is side) for side in (False, True))
    assert abs(left - right) < 100, "points: some lines, and the note"


def test_long_heads_and_closings_get_pages_of_their_own(tmp_path: Path, brief_text: Write) -> None:
    log = [{"date": "2024-05-02", "kind": "correction", "note": f"Correction number {i}. " + "It says a lot. " * 60} for i in range(8)]
    authors = [{"name": f"Author Number{chr(65 + i)}", "bio": "She writes. " * 80} for i in range(12)]
    words = text_of(printed(tmp_path, minimal(brief_text, "## One\n\nText.\n", corrections=log, author=authors, funding="Paid. " * 150)))
    assert all(f"Correction number {i}." in words for i in range(8))
    assert all(f"Number{chr(65 + i)}" in words for i in range(12))
    assert "Permanent address" in words


def test_the_same_bytes_from_two_processes_in_two_folders(tmp_path: Path) -> None:
    code = (
        "import sys, hashlib\nsys.path.insert(0, sys.argv[1])\nimport test_typeset as t\nfrom pathlib import Path\n"
        "c, _ = t.check(t.ROOT, t.NOW)\nb = c.by_path[sys.argv[2]]\n"
        "print(hashlib.sha256(t.planned(t.ROOT, c, b)[0].made(t.Store(Path('store')))[0]).hexdigest())"
    )
    found = []
    for name in ("one", "another"):
        (tmp_path / name).mkdir()
        done = subprocess.run([sys.executable, "-c", code, str(ROOT / "tests"), SAMPLES[0]], cwd=tmp_path / name,
                              capture_output=True, text=True, check=True)  # fmt: skip
        found.append(done.stdout)
    assert found[0] == found[1]
    assert len(found[0]) == 65
