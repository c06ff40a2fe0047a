"""What readers see of corrections, withdrawals, old addresses, translations, and what a preview shows."""

from __future__ import annotations

import datetime as dt
import fcntl
import gzip
import html
import re
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pypdfium2
import pytest

from briefpress.checks import check
from briefpress.finding import Level

NOW = "2024-07-01"
BODY = "## Introduction\n\nA text with the word {0} in it.\n\n## What to do\n\nNothing with the word {0}.\n"
CORRECTION = {"date": "2024-06-02", "kind": "correction", "note": "The share is 44 per cent, not 41, in the introduction."}
CLARIFICATION = {"date": "2024-06-04", "kind": "clarification", "note": "The second section now says who should act."}
TYPO = {"date": "2024-06-05", "kind": "typo", "note": "A comma that nobody should see."}
WITHDRAWAL = {"date": "2024-06-06", "kind": "withdrawal", "note": "The survey on which it rested was taken back by its authors."}
FIGURE = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 8 8" width="8" height="8"><title>zqdrawing</title></svg>\n'
Build = Callable[..., subprocess.CompletedProcess[str]]
Write = Callable[..., str]


def laid_out(project: Callable[..., Path], write: Write, **more: str) -> Path:
    """A corrected brief, one with a typo, a withdrawn one, two translations, a draft, an embargo and half a draft."""
    return project(
        {
            "2024/1.md": write("1/2024", "2024-05-01", "The corrected brief", BODY.format("zqone"), corrections=[CORRECTION, CLARIFICATION],
                               aliases=["/old/first/", "/papers/first.html", "/top.html"], topics=["records"]),
            "2024/2.md": write("2/2024", "2024-05-02", "The brief with a typo", BODY.format("zqtwo") + "\nSee [it](3/index.md#introduction).\n",
                               corrections=[TYPO], topics=["records"]),
            "2024/3/index.md": write("3/2024", "2024-05-03", "The withdrawn brief",
                                     BODY.format("zqgone") + "\n![A square zqalt in it](zqfigure.svg)\n",
                                     corrections=[CORRECTION, WITHDRAWAL], data=["zqdata.csv"], topics=["records"], image="zqimage.svg",
                                     image_alt="A picture of zqopening.", description="A description of zqdescription that is long enough to be one.",
                                     key_issues=["The first key issue says what zqissue is about and why it is so.",
                                                 "The second key issue says what should be done about zqissue."]),
            "2024/3/zqfigure.svg": FIGURE, "2024/3/zqimage.svg": FIGURE, "2024/3/zqdata.csv": "year,zqcolumn\n2024,1\n",
            "2024/4.md": write("4/2024", "2024-05-04", "Une traduction", BODY.format("zqfr"), lang="fr", translation_of="1/2024"),
            "2024/5.md": write("5/2024", "2024-06-05", "Eine Übersetzung", BODY.format("zqde"), lang="de", translation_of="1/2024"),
            "2024/6.md": write("6/2024", "2024-05-06", "Een vertaling", BODY.format("zqnl"), lang="nl", translation_of="3/2024"),
            "2024/7.md": write("7/2024", "2024-05-07", "A draft zqdraft", BODY.format("zqdraft"), draft=True, lang="nl", translation_of="1/2024",
                               aliases=["/zqdraft/"]),
            "2024/8.md": write("8/2024", "2024-08-01", "An embargoed zqembargo", BODY.format("zqembargo"), embargo="2024-08-01T09:00+02:00"),
            "2024/9.md": f"---\ntitle: Half a zqhalf\ndraft: true\n---\n\n{BODY.format('zqhalf')}",
            **more,
        },
        docs=True,
    )  # fmt: skip


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest, worker_id: str) -> dict[str, Path]:
    """The site, and the preview that was built before it; once for all workers."""
    conftest: Any = request.config.pluginmanager.get_plugin(str(Path(__file__).parent / "conftest.py"))
    base = tmp_path_factory.getbasetemp()
    folder = (base if worker_id == "master" else base.parent) / "publishing"
    with folder.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not folder.exists():
            laid_out(lambda briefs, **more: conftest.make_project(folder, briefs, **more), conftest.brief_text)
            for options in (["--drafts"], []):
                done = conftest.run_build(folder, "--strict", "--now", NOW, *options)
                (folder / "report.txt").write_text(done.stdout + done.stderr, "utf-8")
                if done.returncode != 0:
                    break
    found = {"preview": folder / "site-preview", "site": folder / "site"}
    if not all(site.is_dir() for site in found.values()):
        pytest.fail((folder / "report.txt").read_text("utf-8"), pytrace=False)
    return found


def page(folder: Path, path: str) -> str:
    return (folder / path / "index.html" if not path.endswith(".html") else folder / path).read_text("utf-8")


def brief(folder: Path, number: int) -> str:
    return page(folder, f"policy-briefs/2024/{number}/")


def entry_of(listing: str, title: str) -> str:
    return next(hit[0] for hit in re.finditer(r'<li class="entry">.*?</li>', listing, re.DOTALL) if title in hit[0])


def holding(folder: Path, word: str) -> list[str]:
    """The files that hold a word in their bytes, unpacked, or in their name."""
    found = []
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            data = path.read_bytes()
            data = gzip.decompress(data) if data[:2] == b"\x1f\x8b" else data
            if path.suffix == ".pdf":
                pdf = pypdfium2.PdfDocument(data)
                data += ("".join(one.get_textpage().get_text_range() for one in pdf) + repr(pdf.get_metadata_dict())).encode()
            if word.encode() in data.lower() or word in path.name.lower():
                found.append(path.relative_to(folder).as_posix())
    return found


def test_corrections_stand_in_a_dated_box_and_beside_the_date(made: dict[str, Path]) -> None:
    text = brief(made["site"], 1)
    box = re.search(r'<section class="corrections".*?</section>', text, re.DOTALL)
    assert box is not None
    assert '<dt>Correction, <time datetime="2024-06-02">2.6.2024</time></dt>' in box[0]
    assert f"<dd>{CORRECTION['note']}</dd>" in box[0]
    assert box[0].index("2.6.2024") < box[0].index("4.6.2024")
    assert '<a href="#__corrections">Clarified 4.6.2024</a>' in text
    assert text.index('class="corrections"') < text.index('class="key-issues"')
    assert "Clarified 4.6.2024" in entry_of(page(made["site"], "policy-briefs/"), "The corrected brief")
    assert "Clarified 4.6.2024" in entry_of(page(made["site"], "topics/records/"), "The corrected brief")


def test_a_typo_is_not_shown_but_the_sitemap_moves(made: dict[str, Path]) -> None:
    assert holding(made["site"], "nobody should see") == []
    assert "corrections" not in brief(made["site"], 2)
    assert "<b class=" not in entry_of(page(made["site"], "policy-briefs/"), "The brief with a typo")
    dates = dict(re.findall("<loc>([^<]*)</loc><lastmod>([^<]*)", (made["site"] / "sitemap.xml").read_text()))
    base = "https://example.org/repo/"
    assert {n: dates[f"{base}policy-briefs/2024/{n}/"] for n in (1, 2, 3, 4)} == {1: "2024-06-04", 2: "2024-06-05", 3: "2024-06-06", 4: "2024-05-04"}
    assert dates[f"{base}topics/records/"] == dates[f"{base}policy-briefs/"] == "2024-06-06"


def test_a_withdrawn_brief_keeps_its_place_and_nothing_of_its_text(made: dict[str, Path]) -> None:
    site = made["site"]
    text = brief(site, 3)
    for kept in ("The withdrawn brief", "CSDS POLICY BRIEF • 3/2024", "Ada Example", "This brief was withdrawn on 6.6.2024",
                 WITHDRAWAL["note"], "https://example.org/repo/policy-briefs/2024/3/", "2983-466X"):  # fmt: skip
        assert kept in text
    for word in ("zqgone", "zqalt", "zqfigure", "zqimage", "zqdata", "zqdrawing", "zqcolumn", "zqissue", "zqopening", "zqdescription"):
        assert holding(site, word) == [], word
    assert f'<meta name="description" content="{WITHDRAWAL["note"]}">' in text
    assert "Withdrawn 6.6.2024" in entry_of(page(site, "policy-briefs/"), "The withdrawn brief")
    assert "The withdrawn brief" not in page(site, "")
    assert "The withdrawn brief" not in brief(site, 1), "it is not suggested"
    assert '<a href="../3/">it</a>' in brief(site, 2), "its headings are gone"
    assert any(name.endswith(".pf_fragment") for name in holding(site, "the withdrawn brief")), "it is still found by its title"


@pytest.mark.parametrize(("alias", "to"), [("old/first/", "../../policy-briefs/2024/1/"), ("papers/first.html", "../policy-briefs/2024/1/"),
                                           ("top.html", "policy-briefs/2024/1/")])  # fmt: skip
def test_an_old_address_leads_on(made: dict[str, Path], alias: str, to: str) -> None:
    text = page(made["site"], alias)
    assert f'<meta http-equiv="refresh" content="0; url={to}">' in text
    assert f'<a href="{to}">The corrected brief</a>' in text
    assert '<link rel="canonical" href="https://example.org/repo/policy-briefs/2024/1/">' in text
    assert "<script" not in text
    sheet = re.search(r'rel="stylesheet" href="([^"]*)"', text)
    assert sheet is not None
    assert ((made["site"] / alias).parent if alias.endswith(".html") else made["site"] / alias).joinpath(sheet[1]).is_file()
    assert alias not in (made["site"] / "sitemap.xml").read_text()


def test_an_old_address_works_in_a_browser_without_script(made: dict[str, Path], read_site: Callable[[Path], object]) -> None:
    reader = read_site(made["site"])
    page = reader.open("papers/first.html", script=False)  # type: ignore[attr-defined]
    page.wait_for_url("**/repo/policy-briefs/2024/1/")
    assert page.locator("main h1").inner_text() == "The corrected brief"


def test_two_things_at_one_address_stop_the_build(project: Callable[..., Path], build: Build, brief_text: Write) -> None:
    folder = project({"2024/1.md": brief_text("1/2024", "2024-05-01", "A brief", BODY, aliases=["/about/"])})
    done = build(folder)
    assert done.returncode == 1
    assert "about/index.html" in done.stderr
    assert "about.md" in done.stderr
    assert [line for line in done.stderr.splitlines() if "about.md" in line and "briefs/2024/1.md" in line], "whose old address it is"
    assert "Traceback" not in done.stderr
    assert not (folder / "site").exists()


@pytest.mark.parametrize("aliases", [
    ["/old/", "/old/index.html"], ["/old.html/", "/old.html"], ["/policy-briefs/index.html"], ["/policy-briefs/2024/index.html"],
    ["/policy-briefs/2024/1/index.html"], ["/policy-briefs/2024/2/index.html"], ["/index.html/old/"], ["/sitemap.xml/"], ["/_headers/"],
    ["/policy-briefs/2024/1/bars.svg/"],
], ids=" ".join)  # fmt: skip
def test_an_old_address_that_cannot_be_is_named_before_anything_is_written(
    aliases: list[str], project: Callable[..., Path], brief_text: Write
) -> None:
    folder = project({
        "2024/1/index.md": brief_text("1/2024", "2024-05-01", "A brief", f"{BODY}\n![Bars of some height](bars.svg)\n", aliases=aliases),
        "2024/1/bars.svg": FIGURE,
        "2024/2.md": brief_text("2/2024", "2024-05-01", "A draft", BODY, draft=True),
    })  # fmt: skip
    _, findings = check(folder, dt.datetime(2024, 7, 1, tzinfo=dt.UTC))
    assert {(one.path, one.code) for one in findings if one.level is Level.ERROR} == {("briefs/2024/1/index.md", "alias")}


@pytest.mark.parametrize(("alias", "free"), [("/blog/2024/31/", "2/2024"), ("/policy-briefs/2024/31/", "32/2024")])
def test_only_an_address_of_the_series_keeps_its_number(alias: str, free: str, project: Callable[..., Path], brief_text: Write) -> None:
    folder = project({
        "2024/1.md": brief_text("1/2024", "2024-05-01", "A brief", BODY, aliases=[alias]),
        "2024/2.md": brief_text("1/2024", "2024-05-01", "Another brief", BODY),
    })  # fmt: skip
    _, findings = check(folder, dt.datetime(2024, 7, 1, tzinfo=dt.UTC))
    assert [one.remedy for one in findings if one.code == "number-taken"] == [f"take the next free number of the series, {free}"]


def test_what_an_editor_types_is_printed_as_typed(project: Callable[..., Path], build: Build, brief_text: Write) -> None:
    note = 'Tom & "Jerry" <b>were</b> {{ swapped }} in *one* table.'
    folder = project({
        "2024/1.md": brief_text("1/2024", "2024-05-01", 'Of <i>"A" & B</i>', BODY, aliases=["/old/"],
                                corrections=[CORRECTION | {"note": note}]),
        "2024/2.md": brief_text("2/2024", "2024-05-01", "A second brief", BODY, corrections=[WITHDRAWAL | {"note": note}]),
    })  # fmt: skip
    assert build(folder, "--now", NOW).returncode == 0
    for number in (1, 2):
        said = re.search("<dd>(.*?)</dd>", brief(folder / "site", number))
        assert said is not None
        assert html.unescape(said[1]) == note
        assert "<" not in said[1]
    shown = re.search('<meta name="description" content="([^"]*)"', brief(folder / "site", 2))
    assert shown is not None
    assert html.unescape(shown[1]) == note
    moved = page(folder / "site", "old/")
    assert 'Of <i>"A" & B</i>' in html.unescape(moved)
    assert "<i>" not in moved


def test_a_withdrawal_takes_everything_out_of_the_site_that_stood(project: Callable[..., Path], build: Build, brief_text: Write) -> None:
    text = f"{BODY.format('zqtext')}\n## About zqheading\n\nThere.[^1]\n\n![A square zqalt](zqfigure.svg)\n\n[^1]: On zqnote.\n"
    folder = project({
        "2024/1/index.md": brief_text("1/2024", "2024-05-01", "The only brief", text, data=["zqdata.csv"]),
        "2024/1/zqfigure.svg": FIGURE,
        "2024/1/zqdata.csv": "year,zqcolumn\n2024,1\n",
    })  # fmt: skip
    site = folder / "site"
    words = ("zqtext", "zqheading", "zqalt", "zqfigure", "zqnote", "zqdata", "zqcolumn", "zqdrawing", "first key issue")
    assert build(folder, "--now", NOW).returncode == 0
    assert all(holding(site, word) for word in words)
    file = folder / "briefs/2024/1/index.md"
    file.write_text(brief_text("1/2024", "2024-05-01", "The only brief", text, data=["zqdata.csv"], corrections=[WITHDRAWAL]), "utf-8")
    assert build(folder, "--now", NOW).returncode == 0
    assert [word for word in words if holding(site, word)] == []
    assert "This brief was withdrawn on 6.6.2024" in brief(site, 1)
    assert "The only brief" not in page(site, ""), "a home page without a newest brief"


def test_a_page_may_go_on_linking_to_a_heading_of_a_withdrawn_brief(project: Callable[..., Path], build: Build, brief_text: Write) -> None:
    folder = project({"2024/1.md": brief_text("1/2024", "2024-05-01", "A brief", BODY, corrections=[WITHDRAWAL])})
    about = "---\ntitle: About\n---\n\n# About\n\nSee [there](../briefs/2024/1.md#introduction).\n"
    (folder / "docs/about.md").write_text(about, "utf-8")
    done = build(folder, "--now", NOW)
    assert done.returncode == 0, done.stderr
    assert '<a href="../policy-briefs/2024/1/">there</a>' in page(folder / "site", "about/")


def test_the_day_of_a_correction_is_that_of_the_series(project: Callable[..., Path], brief_text: Write) -> None:
    folder = project({"2024/1.md": brief_text("1/2024", "2024-05-01", "A brief", BODY, corrections=[CORRECTION])})
    for moment, codes in (("2024-06-01T21:59Z", ["correction-date"]), ("2024-06-01T22:00Z", [])):
        _, findings = check(folder, dt.datetime.fromisoformat(moment))
        assert [one.code for one in findings if one.level is Level.ERROR] == codes


def test_versions_are_linked_both_ways(made: dict[str, Path]) -> None:
    site = made["site"]
    alternates = {lang: f"https://example.org/repo/policy-briefs/2024/{n}/" for lang, n in (("en", 1), ("fr", 4), ("de", 5))}
    for number in (1, 4, 5):
        text = brief(site, number)
        assert dict(re.findall(r'<link rel="alternate" hreflang="(\w+)" href="([^"]*)">', text)) == alternates
    said = re.sub(r"\s+", " ", re.sub("<[^>]*>", "", re.search(r'<p class="versions">.*?</p>', brief(site, 1), re.DOTALL)[0]))  # type: ignore[index]
    assert said == "Also in: Français, Deutsch"
    assert 'Traduit de\u00a0: <a href="../../../policy-briefs/2024/1/" lang="en" hreflang="en">English</a>' in brief(site, 4)
    assert "zqdraft" not in brief(site, 1)
    assert not re.search(r"<link [^>]*hreflang", brief(site, 2))


def test_a_translation_says_that_its_original_changed_later(made: dict[str, Path]) -> None:
    site = made["site"]
    assert "L’original a été corrigé le 4.6.2024, après cette traduction." in brief(site, 4)
    assert "Das Original" not in brief(site, 5), "it is younger than the correction"
    assert "Het origineel is op 6.6.2024 ingetrokken." in brief(site, 6)


def test_a_translation_that_was_corrected_after_its_original_says_nothing(
    project: Callable[..., Path], build: Build, brief_text: Write
) -> None:
    typo = TYPO | {"date": "2024-06-20"}
    versions = {"fr": [CLARIFICATION], "de": [CORRECTION | {"date": "2024-06-03"}], "nl": [typo]}  # the original: 4 June
    folder = project({
        "2024/1.md": brief_text("1/2024", "2024-05-01", "The original", BODY, corrections=[CORRECTION, CLARIFICATION, typo]),
        **{f"2024/{n}.md": brief_text(f"{n}/2024", "2024-05-02", f"A version {n}", BODY, lang=lang, translation_of="1/2024", corrections=log)
           for n, (lang, log) in enumerate(versions.items(), 2)},
    })  # fmt: skip
    assert build(folder, "--now", NOW).returncode == 0
    assert "L’original" not in brief(folder / "site", 2), "of the same day"
    assert "Das Original wurde am 4.6.2024 korrigiert" in brief(folder / "site", 3), "corrected too early"
    assert "4.6.2024" in re.search(r'<p class="versions">.*', brief(folder / "site", 4))[0], "a typo counts on neither side"  # type: ignore[index]


# The preview


def test_a_preview_shows_what_is_not_published_and_says_so(made: dict[str, Path]) -> None:
    site = made["preview"]
    assert "<b>Draft.</b>" in brief(site, 7).replace("Concept.", "Draft.")
    assert "Under embargo until 1.8.2024, 09:00" in brief(site, 8)
    listing = page(site, "policy-briefs/")
    assert "Under embargo until 1.8.2024, 09:00" in entry_of(listing, "zqembargo")
    assert "Draft" in entry_of(listing, "zqdraft")
    half = page(site, "preview/2024-9/")
    for field in ("author", "date", "number", "key_issues"):
        assert f"there is no &#34;{field}&#34;" in half
    assert "A text with the word zqhalf in it." in half
    overview = page(site, "preview/")
    assert all(title in overview for title in ("A draft zqdraft", "An embargoed zqembargo", "Half a zqhalf"))
    pages = [path for path in site.rglob("*.html") if "pagefind" not in path.parts]
    assert len(pages) > 30
    assert [path for path in pages if 'name="robots" content="noindex"' not in path.read_text()] == []
    assert [path for path in pages if "<b>Preview.</b>" not in path.read_text() and "http-equiv=\"refresh\"" not in path.read_text()] == []
    assert not (site / "sitemap.xml").exists()


def test_after_a_preview_the_site_holds_not_one_byte_of_it(made: dict[str, Path]) -> None:
    for word in ("zqdraft", "zqembargo", "zqhalf", "<b>preview.</b>"):
        assert holding(made["preview"], word)
        assert holding(made["site"], word) == []
    assert not (made["site"] / "preview").exists()
    assert "noindex" not in page(made["site"], "")


def test_a_draft_that_has_nothing_yet_claims_nothing(project: Callable[..., Path], build: Build, brief_text: Write) -> None:
    folder = project({
        "2024/1.md": brief_text("1/2024", "2024-05-01", "A brief", BODY),
        "2024/2.md": "---\ndraft: true\n---\n",
        "2024/3.md": "---\ndraft: true\ntitle: A title alone\ncorrections:\n  - kind: withdrawal\n  - kind: correction\n"
                     "aliases: [/half/]\n---\n\n## Introduction\n\nA text to see.\n",
    })  # fmt: skip
    done = build(folder, "--drafts", "--now", NOW)
    assert done.returncode == 0, done.stderr
    assert not (folder / "site").exists(), "a preview never lies where the public site does"
    site = folder / "site-preview"
    for path in ("preview/2024-2/", "preview/2024-3/"):
        text = page(site, path)
        assert "there is no &#34;date&#34;" in text
        assert "0001-01-01" not in text
        assert "© 1 " not in text
        assert "<p>By </p>" not in text
        assert "Permanent address" not in text, "it is makeshift"
    assert "A text to see." in page(site, "preview/2024-3/"), "it is not withdrawn on any day"
    assert holding(site, "0001-01-01") == []
    for listing in ("", "policy-briefs/", "policy-briefs/2024/"):
        assert "A title alone" not in page(site, listing)


def test_an_error_stops_a_preview_that_is_built(project: Callable[..., Path], build: Build, brief_text: Write) -> None:
    folder = project({"2024/1.md": brief_text("1/2024", "1.5.2024", "A brief", BODY, draft=True)})
    done = build(folder, "--drafts")
    assert done.returncode == 1
    assert "[date-format]" in done.stderr
    assert not (folder / "site").exists()


@pytest.mark.parametrize("what", ["file", "folder"])
def test_a_link_in_docs_publishes_nothing(project: Callable[..., Path], build: Build, brief_text: Write, what: str) -> None:
    folder = project({
        "2024/1.md": brief_text("1/2024", "2024-05-01", "A brief", BODY),
        "2024/2/index.md": brief_text("2/2024", "2024-05-02", "Under embargo", BODY, embargo="2999-01-01", data=["zqdata.csv"]),
        "2024/2/zqdata.csv": "year,zqcolumn\n2024,1\n",
    })  # fmt: skip
    briefs = folder / "briefs/2024/2"
    (folder / "docs/linked.csv" if what == "file" else folder / "docs/linked").symlink_to(briefs / "zqdata.csv" if what == "file" else briefs)
    done = build(folder)
    assert done.returncode == 0, done.stderr
    assert "is a link to another place, and is left out" in done.stderr
    assert holding(folder / "site", "zqcolumn") == []
    assert build(folder, "--strict").returncode == 1


def test_a_draft_that_is_being_written_stops_nobody(project: Callable[..., Path], build: Build, brief_text: Write) -> None:
    faults = (Path(__file__).parent / "cases/draft-with-faults/brief.md").read_text("utf-8")
    folder = project({"2024/1.md": brief_text("1/2024", "2024-05-01", "A brief that is done"), "2024/2/index.md": faults,
                      "2024/2/later.csv": "a,b\nx,1\n"})  # fmt: skip
    assert build(folder, "--strict", "--no-pdf").returncode == 0
    assert not list((folder / "site").rglob("later.csv"))
    assert build(folder, "--drafts", "--no-pdf").returncode == 0
    assert "footnote 1 is not defined" in page(folder / "site-preview", "preview/2024-2/")
