"""The PDFs and pictures of a built site, a designer's own PDF, and collections."""

from __future__ import annotations

import datetime as dt
import io
import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pikepdf
import pypdfium2
import pytest
from PIL import Image

from briefpress.typeset.press import printable

BRIEFPRESS = str(Path(sys.executable).parent / "briefpress")
WORDS = "The reserve that nobody rehearsed in winter is no reserve in summer, and whoever planned it knew so."
BODY = f"## Introduction\n\n{WORDS}\n\n## What to do\n\nRehearse the failure of the fourth operator.\n"
Build = Callable[..., subprocess.CompletedProcess[str]]
Write = Callable[..., str]


def text_of(file: Path) -> str:
    return "\n".join(page.get_textpage().get_text_range() for page in pypdfium2.PdfDocument(file)).replace("\r", "")


def test_a_page_has_its_pdf_its_card_and_its_cover(project: Callable[..., Path], build: Build, brief_text: Write) -> None:
    folder = project({
        "2024/1.md": brief_text("1/2024", "2024-05-01", "The first brief on paper", BODY + "\nHan 漢 and emoji 🦉.\n"),
        "2024/2.md": brief_text("2/2024", "2024-05-02", "A draft that is on no paper", BODY, draft=True),
    })  # fmt: skip
    done = build(folder)
    assert done.returncode == 0, done.stderr
    site = folder / "site/policy-briefs/2024/1"
    page = (site / "index.html").read_text()
    assert '<a class="door main" href="../../../policy-briefs/2024/1/policy-briefs-1-2024.pdf" type="application/pdf">PDF</a>' in page
    words = text_of(site / "policy-briefs-1-2024.pdf")
    for said in ("The first brief on paper", "https://example.org/repo/policy-briefs/2024/1/", "2983-466X", "How to cite"):
        assert said in words.replace("\n", "") or said in words
    assert '<meta property="og:image" content="https://example.org/repo/policy-briefs/2024/1/card.png">' in page
    assert {name: Image.open(site / f"{name}.png").size for name in ("card", "cover")} == {"card": (1200, 630), "cover": (360, 509)}
    listing = (folder / "site/policy-briefs/index.html").read_text()
    assert '<img class="cover" src="../policy-briefs/2024/1/cover.png" alt="" width="360" height="509" loading="lazy">' in listing
    assert "2024/1.md:17:1: advice: the PDF has an empty box for \"漢\", U+6F22, which no face has [" + "glyph-missing" + "]" in done.stderr
    assert "U+1F989" in done.stderr
    assert not list((folder / "site").rglob("*2-2024*"))
    assert [path for path in (folder / "site").rglob("*.pdf")] == [site / "policy-briefs-1-2024.pdf"]

    # Nothing is set anew where nothing changed; a changed brief alone is.
    assert ", PDFs 0," in build(folder).stderr
    path = folder / "briefs/2024/1.md"
    path.write_text(path.read_text() + f"\nA new sentence of {dt.datetime.now().timestamp()}.\n")
    assert ", PDFs 1," in build(folder).stderr

    done = build(folder, "--no-pdf")
    assert done.returncode == 0, done.stderr
    assert not list((folder / "site").rglob("*.pdf")) + list((folder / "site").rglob("c*r*.png"))
    assert "application/pdf" not in (site / "index.html").read_text()
    assert "og:image" not in (site / "index.html").read_text()


def test_columns_come_from_the_series(project: Callable[..., Path], build: Build, brief_text: Write) -> None:
    folder = project({"2024/1.md": brief_text("1/2024", "2024-05-01", "A brief", BODY + f"\n{WORDS} {WORDS}\n" * 20)})
    series = folder / "briefs/series.yml"
    found = []
    for columns in ("", "    columns: 1\n"):
        series.write_text(series.read_text().replace("    numbering: per-year\n", f"    numbering: per-year\n{columns}"))
        done = build(folder)
        assert done.returncode == 0, done.stderr
        page = pypdfium2.PdfDocument(folder / "site/policy-briefs/2024/1/policy-briefs-1-2024.pdf")[0].get_textpage()
        lines = [page.get_rect(index) for index in range(page.count_rects())]
        found.append(sum(left > 300 for left, *_ in lines))  # points: lines that begin in the right half
    assert found[0] > 15
    assert found[1] < 5


LOGO = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 40 20" width="40" height="20"><path d="M0 0h40v20H0z" fill="#15406b"/></svg>'


@pytest.mark.parametrize(("name", "data", "said"), [
    ("house.svg", LOGO, ""), ("none.svg", None, "is not in briefs/"), ("house.jpg", LOGO, "is no SVG and no PNG"),
    ("house.png", LOGO, "is not a picture inside"), ("../house.svg", LOGO, "is not in briefs/"),
])  # fmt: skip
def test_a_logo_stands_at_the_imprint(project: Callable[..., Path], build: Build, brief_text: Write, name: str, data: str | None,
                                      said: str) -> None:  # fmt: skip
    folder = project({"2024/1.md": brief_text("1/2024", "2024-05-01", "A brief", BODY)})
    series = folder / "briefs/series.yml"
    series.write_text(series.read_text().replace("    numbering: per-year\n", f"    numbering: per-year\n    logo: {name}\n"))
    if data:
        (folder / "briefs" / name).write_text(data)
    done = build(folder)
    if said:
        assert done.returncode == 1
        assert said in done.stderr
        assert "briefs/series.yml:9:11: error: " in done.stderr
        return
    assert done.returncode == 0, done.stderr
    with pikepdf.open(folder / "site/policy-briefs/2024/1/policy-briefs-1-2024.pdf") as pdf:
        assert "Institute for Tests" in [str(one.Alt) for one in pdf.objects if isinstance(one, pikepdf.Dictionary) and "/Alt" in one]


# A designer's own


def own_pdf(title: str, number: str, text: str, *, tagged: bool) -> bytes:
    """A PDF with some lines of text, made by hand; tagged only by what it claims."""
    pdf = pikepdf.new()
    lines = "".join(f"({line}) Tj 0 -14 Td " for line in (title, number, *[text[i : i + 80] for i in range(0, len(text), 80)]))
    font = pikepdf.Dictionary(Type=pikepdf.Name.Font, Subtype=pikepdf.Name.Type1, BaseFont=pikepdf.Name.Helvetica)
    page = pdf.add_blank_page(page_size=(595, 842))
    page.Resources = pikepdf.Dictionary(Font=pikepdf.Dictionary(F=font))
    page.Contents = pdf.make_stream(f"BT /F 10 Tf 50 780 Td {lines} ET".encode())
    if tagged:
        pdf.Root.MarkInfo = pikepdf.Dictionary(Marked=True)
        pdf.Root.StructTreeRoot = pikepdf.Dictionary(Type=pikepdf.Name.StructTreeRoot)
    out = io.BytesIO()
    pdf.save(out)
    return out.getvalue()


TEXT = f"Introduction {WORDS} What to do Rehearse the failure of the fourth operator."
OWN = {
    "as it should be": (own_pdf("The brief of a designer", "CSDS POLICY BRIEF 1/2024", TEXT, tagged=True), []),
    "not tagged": (own_pdf("The brief of a designer", "1/2024", TEXT, tagged=False), ["pdf-untagged"]),
    "another number": (own_pdf("The brief of a designer", "2/2024", TEXT, tagged=True), ["pdf-differs"]),
    "its number in a date": (own_pdf("The brief of a designer", "11.1.2024 and 11/2024", TEXT, tagged=True), ["pdf-differs"]),
    "another title": (own_pdf("Another title", "1/2024", TEXT, tagged=True), ["pdf-differs"]),
    "another text": (own_pdf("The brief of a designer", "1/2024", "Lorem ipsum dolor sit amet.", tagged=True), ["pdf-text"]),
    "no PDF": (b"%PDF-1.7 and nothing else", ["file-kind"]),
}


@pytest.mark.parametrize("name", OWN)
def test_a_designers_pdf_is_checked(project: Callable[..., Path], brief_text: Write, name: str) -> None:
    data, expected = OWN[name]
    folder = project({
        "2024/1/index.md": brief_text("1/2024", "2024-05-01", "The brief of a designer", BODY, pdf="own.pdf"),
        "2024/1/own.pdf": data,
    })  # fmt: skip
    done = subprocess.run([BRIEFPRESS, "check", "--format", "json"], cwd=folder, capture_output=True, text=True, check=False)
    found = [(one["code"], one["line"]) for one in json.loads(done.stdout) if one["level"] != "advice"]
    line = next(i for i, typed in enumerate((folder / "briefs/2024/1/index.md").read_text().splitlines(), 1) if typed.startswith("pdf:"))
    assert found == [(code, line) for code in expected]


def test_a_designers_pdf_stands_in_the_place_of_ours(project: Callable[..., Path], build: Build, brief_text: Write) -> None:
    data, _ = OWN["as it should be"]
    folder = project({
        "2024/1/index.md": brief_text("1/2024", "2024-05-01", "The brief of a designer", BODY, pdf="own.pdf"),
        "2024/1/own.pdf": data,
    })  # fmt: skip
    done = build(folder, "--strict")
    assert done.returncode == 0, done.stderr
    site = folder / "site/policy-briefs/2024/1"
    assert [path.name for path in site.glob("*.pdf")] == ["own.pdf"]
    assert (site / "own.pdf").read_bytes() == data
    assert 'href="../../../policy-briefs/2024/1/own.pdf" type="application/pdf">PDF</a>' in (site / "index.html").read_text()
    assert (site / "card.png").is_file()


# Collections


@pytest.fixture
def three(project: Callable[..., Path], brief_text: Write) -> Path:
    return project({
        "2024/1.md": brief_text("1/2024", "2024-05-01", "The first of three", BODY, topics=["records"]),
        "2024/2.md": brief_text("2/2024", "2024-05-02", "The second of three", BODY + "\nA note.[^1]\n\n[^1]: The note.\n"),
        "2025/1.md": brief_text("1/2025", "2025-05-02", "The third of three", BODY, topics=["records"]),
        "2025/2.md": brief_text("2/2025", "2025-05-03", "A draft", BODY, draft=True),
    })  # fmt: skip


def collected(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([BRIEFPRESS, "collect", *arguments, "--output", "out.pdf"], cwd=folder, capture_output=True, text=True, check=False)


@pytest.mark.parametrize(("arguments", "titles"), [
    (["--year", "2024"], ["The first of three", "The second of three"]),
    (["--topic", "records"], ["The first of three", "The third of three"]),
    (["1/2025", "1/2024", "1/2025"], ["The first of three", "The third of three"]),
])  # fmt: skip
def test_a_collection(three: Path, arguments: list[str], titles: list[str]) -> None:
    done = collected(three, *arguments)
    assert done.returncode == 0, done.stderr
    pdf = pypdfium2.PdfDocument(three / "out.pdf")
    pages = [page.get_textpage().get_text_range() for page in pdf]
    begins = [next(i for i, words in enumerate(pages, 1) if title in words and "Key issues" in words) for title in titles]
    assert all(page % 2 for page in begins), "each begins on a right-hand page"
    contents = pages[2]
    assert [contents.index(title) for title in titles] == sorted(contents.index(title) for title in titles)
    assert all(f"{page}" in contents for page in begins)
    with pikepdf.open(three / "out.pdf") as opened, opened.open_outline() as outline:
        assert [item.title for item in outline.root if item.title in titles] == titles
        first = next(item for item in outline.root if item.title == titles[0])
        assert [child.title for child in first.children] == ["Key issues", "Introduction", "What to do"]
        assert bool(opened.Root.MarkInfo.Marked)


@pytest.mark.parametrize(("arguments", "code", "said"), [
    ([], 2, "say which briefs"), (["--year", "2020"], 1, "no public brief"), (["--topic", "nope"], 2, "use one of records"),
    (["9/2024"], 2, 'no public brief "9/2024"'), (["2/2025"], 2, 'no public brief "2/2025"'), (["--series", "x", "--year", "2024"], 2, "no series x"),
])  # fmt: skip
def test_a_collection_of_nothing(three: Path, arguments: list[str], code: int, said: str) -> None:
    done = collected(three, *arguments)
    assert done.returncode == code
    assert said in done.stderr
    assert not (three / "out.pdf").exists()


def test_nothing_is_collected_where_something_is_to_mend(three: Path) -> None:
    path = three / "briefs/2024/1.md"
    path.write_text(path.read_text().replace("2024-05-01", "1.5.2024"))
    done = collected(three, "--year", "2024")
    assert done.returncode == 1
    assert "[date-format]" in done.stderr


# Pictures as they come


def _photograph(kind: str, mode: str = "RGB", size: tuple[int, int] = (300, 200), turned: int = 1) -> bytes:
    out = io.BytesIO()
    exif = Image.Exif()
    exif[0x0112] = turned
    Image.new(mode, size).save(out, kind, exif=exif)
    return out.getvalue()


@pytest.mark.parametrize(("data", "size"), [
    (_photograph("AVIF"), (300, 200)), (_photograph("JPEG", "CMYK"), (300, 200)), (_photograph("JPEG", size=(3000, 2000), turned=6), (1333, 2000)),
    (_photograph("JPEG", turned=6), (200, 300)), (_photograph("PNG", "I;16"), (300, 200)),
])  # fmt: skip
def test_a_picture_is_printed_upright_and_in_a_form_that_is_known(data: bytes, size: tuple[int, int]) -> None:
    printed, missing = printable(data)
    with Image.open(io.BytesIO(printed)) as picture:
        assert (picture.size, picture.format in ("JPEG", "PNG"), picture.mode != "CMYK", missing) == (size, True, True, "")


def test_no_picture_stops_a_build(project: Callable[..., Path], build: Build, brief_text: Write) -> None:
    svg = '<svg xmlns="http://www.w3.org/2000/svg" width="90" height="40"><text x="5" y="20">\u4e2d &#x4e2d; B</text></svg>'
    shown = ["![A tall picture of some kind](d.jpg \"Tall.\")", *(f"![A picture of some kind here]({name})" for name in ("a.avif", "b.jpg", "c.svg"))]
    body = "\n\n".join(["## Introduction", "A text.", *shown, "## What to do", "Nothing.\n"])
    folder = project({
        "2024/1/index.md": brief_text("1/2024", "2024-05-01", "A brief with pictures", body, image="e.jpg", image_alt="A wide picture at the head."),
        "2024/1/a.avif": _photograph("AVIF"), "2024/1/b.jpg": _photograph("JPEG", "CMYK"), "2024/1/c.svg": svg,
        "2024/1/d.jpg": _photograph("JPEG", size=(900, 1500)), "2024/1/e.jpg": _photograph("JPEG", size=(1600, 1000)),
    })  # fmt: skip
    done = build(folder, "--strict")
    assert done.returncode == 0, done.stderr
    line = (folder / "briefs/2024/1/index.md").read_text("utf-8").split("\n").index("![A picture of some kind here](c.svg)") + 1
    assert f'briefs/2024/1/index.md:{line}:1: advice: the picture c.svg has an empty box for "\u4e2d"' in done.stderr
    pdf = pypdfium2.PdfDocument(next((folder / "site").rglob("policy-briefs/2024/1/*.pdf")))
    pictures = [one.get_bounds() for page in pdf for one in page.get_objects(filter=[pypdfium2.raw.FPDF_PAGEOBJ_IMAGE], max_depth=9)]
    assert len(pictures) >= 4
    assert all(bottom > 23 / 25.4 * 72 - 1 for _, bottom, _, _ in pictures), "none runs off the foot of the page"


def test_a_withdrawn_brief_has_the_notice_in_the_place_of_a_designers_pdf(project: Callable[..., Path], build: Build, brief_text: Write) -> None:
    withdrawal = [{"date": "2024-05-06", "kind": "withdrawal", "note": "The survey on which it rested was taken back."}]
    folder = project({"2024/1/index.md": brief_text("1/2024", "2024-05-01", "A brief", BODY, pdf="own.pdf", corrections=withdrawal)})
    text = (folder / "briefs/2024/1/index.md").read_text("utf-8")
    (folder / "briefs/2024/1/index.md").write_text(brief_text("1/2024", "2024-05-01", "A brief", BODY), "utf-8")
    assert build(folder).returncode == 0
    made = next((folder / "site").rglob("policy-briefs/2024/1/*.pdf")).read_bytes()
    (folder / "briefs/2024/1/own.pdf").write_bytes(made)
    (folder / "briefs/2024/1/index.md").write_text(text, "utf-8")
    done = build(folder)
    assert done.returncode == 0, done.stderr
    (pdf,) = (folder / "site/policy-briefs/2024/1").glob("*.pdf")
    assert "was withdrawn" in pypdfium2.PdfDocument(pdf)[0].get_textpage().get_text_range()


@pytest.mark.parametrize(("arguments", "says"), [
    (["1/2024", "-o", "nowhere/out.pdf"], "there is no folder nowhere"), (["1/2024", "-o", "/proc/out.pdf"], "cannot be read or written"),
    (["1/2024", "--title", "t" * 400], ""), (["1/2024", "--title", "On \u4e2d"], ""),
])  # fmt: skip
def test_a_collection_ends_without_a_traceback(three: Path, arguments: list[str], says: str) -> None:
    done = subprocess.run([BRIEFPRESS, "collect", *arguments], cwd=three, capture_output=True, text=True, check=False)
    assert "Traceback" not in done.stderr
    assert says in done.stderr
    assert done.returncode == (2 if says else 0)


def test_a_picture_that_breaks_off_is_told_with_its_brief(project: Callable[..., Path], build: Build, brief_text: Write) -> None:
    data = _photograph("JPEG", size=(3000, 2000))
    body = "## Introduction\n\n![A picture of some kind here](half.jpg)\n\n## What to do\n\nNothing.\n"
    folder = project({"2024/1/index.md": brief_text("1/2024", "2024-05-01", "A brief", body), "2024/1/half.jpg": data[: len(data) // 2]})
    for done in (build(folder), subprocess.run([BRIEFPRESS, "collect", "1/2024"], cwd=folder, capture_output=True, text=True, check=False)):
        assert done.returncode == 1
        assert "Traceback" not in done.stderr
        assert "briefs/2024/1/index.md: half.jpg: it cannot be read to its end" in done.stderr


@pytest.mark.parametrize(("level", "code", "said"), [("off", 0, ""), ("warning", 0, "warning: the PDF has"), ("error", 1, "error: the PDF has")])
def test_the_house_weighs_what_only_the_typesetter_finds(
    level: str, code: int, said: str, project: Callable[..., Path], build: Build, brief_text: Write
) -> None:
    folder = project({"2024/1.md": brief_text("1/2024", "2024-05-01", "The first brief on paper", BODY + "\nHan 漢.\n")})
    settings = folder / "briefs/series.yml"
    settings.write_text(settings.read_text().replace("series:\n", f"rules:\n  glyph-missing: {level}\nseries:\n", 1))
    done = build(folder)
    assert done.returncode == code, done.stderr
    assert (said in done.stderr) if said else ("U+6F22" not in done.stderr)
    assert (folder / "site").exists() == (code == 0)
