"""The bundle of a year: what is in it, that it is a bag, and that the same briefs give the same bytes."""

from __future__ import annotations

import datetime as dt
import io
import json
import os
import re
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path, PurePosixPath

import bagit
import pytest

from briefpress.checks import survey
from briefpress.record.bundle import BundleError, contents, pack
from briefpress.record.work import Work
from conftest import NOTES

BRIEFPRESS = str(Path(sys.executable).parent / "briefpress")
SECRET = "zyzzyva"  # stands in what is not public only
NOW = "2024-08-01T12:00+00:00"
Write = Callable[..., str]

FIGURE = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 8 8" width="8" height="8"><rect width="8" height="4"/></svg>\n'
BODY = "## Introduction\n\nA paragraph that stands here so that there is a text to set.\n\n{}\n\n## What to do\n\nNothing.\n"
SHOWN = BODY.format("![Two bars, one lower than the other](bars.svg)")
HIDDEN = BODY.format(f"The {SECRET}.\n\n![Two bars, one lower than the other](bars.svg)")
SECOND = f"""{NOTES}\
    crossref:
      prefix: "10.5555"
      depositor: Ada
      email: {SECRET}@example.org
"""


@pytest.fixture
def year(project: Callable[..., Path], brief_text: Write) -> Path:
    """Give a project with two series, and of each kind of brief one."""
    withdrawal = [{"date": "2024-07-02", "kind": "withdrawal", "note": "The survey on which it rested was taken back."}]
    folder = project({
        "2023/1.md": brief_text("1/2023", "2023-05-01", "A brief of another year", BODY.format("")),
        "2024/full/index.md": brief_text("1/2024", "2024-05-01", "A brief with files", SHOWN, data=["bars.csv"]),
        "2024/full/bars.svg": FIGURE, "2024/full/bars.csv": "a,b\n1,2\n", "2024/full/unnamed.csv": f"a,b\n{SECRET},2\n",
        "2024/gone/index.md": brief_text("2/2024", "2024-05-02", "A brief that is gone", HIDDEN, corrections=withdrawal),
        "2024/gone/bars.svg": FIGURE.replace("<rect", f"<title>{SECRET}</title><rect"),
        "2024/draft/index.md": brief_text("3/2024", "2024-05-03", f"A draft, the {SECRET}", HIDDEN, author=f"{SECRET}-person", draft=True),
        "2024/draft/bars.svg": FIGURE.replace("<rect", f"<title>{SECRET}</title><rect"),
        "2024/later.md": brief_text("4/2024", "2024-05-04", f"An embargo, the {SECRET}", BODY.format(SECRET), embargo="2024-09-01T00:00+00:00"),
        "notes/50%.md": brief_text("1", "2024-06-30", "A note on sextants", BODY.format(""), author="zoe-muster"),
        "people.yml": f"zoe-muster:\n  given: Zoë\n  family: Muster\n{SECRET}-person:\n  given: Q\n  family: {SECRET.title()}\n",
    })  # fmt: skip
    with (folder / "briefs/series.yml").open("a") as settings:
        settings.write(SECOND)
    return folder


def bundled(folder: Path, *arguments: str, umask: int = 0o022, **environment: str) -> subprocess.CompletedProcess[str]:
    """Bundle with an own folder for what is temporary, in which nothing is to be left."""
    temp = folder.parent / "temp"
    temp.mkdir(exist_ok=True)
    done = subprocess.run(
        [BRIEFPRESS, "bundle", *arguments], cwd=folder, umask=umask, capture_output=True, text=True, check=False,
        env={name: text for name, text in os.environ.items() if name != "SOURCE_DATE_EPOCH"} | {"TMPDIR": str(temp)} | environment,
    )  # fmt: skip
    assert "Traceback" not in done.stderr
    assert not list(temp.iterdir())
    assert not [path for path in folder.iterdir() if path.name.startswith(".") and path.name != ".cache"]
    return done


def of_brief(number: str, pdf: str, *more: str) -> list[str]:
    names = ("card.png", "cite.bib", "cite.csl.json", "cite.ris", "cover.png", "index.html", "linkset.json", pdf, *more)
    return [f"site/{number}/{name}" for name in names]


def payload(file: Path) -> dict[str, bytes]:
    """Return what a bundle holds for readers, by its paths without the folders around it."""
    with zipfile.ZipFile(file) as archive:
        return {name.partition("/data/")[2]: archive.read(name) for name in archive.namelist() if "/data/" in name}


def unpacked(file: Path) -> Path:
    with zipfile.ZipFile(file) as archive:
        archive.extractall(file.with_suffix(""))
    (bag,) = file.with_suffix("").iterdir()
    return bag


def test_all_that_is_public_of_a_year_and_nothing_else(year: Path) -> None:
    done = bundled(year, "2024", "--now", NOW)
    assert done.returncode == 0, done.stderr
    assert done.stderr.splitlines()[-2:] == ["bundle …", "briefs-2024.zip: 3 briefs"]
    assert not (year / "site").exists()
    assert "search index" not in done.stderr
    found = payload(year / "briefs-2024.zip")
    assets = {name for name in found if name.startswith("site/assets/")}
    assert sorted({*found} - assets) == sorted([
        "briefs/2024/full/index.md", "briefs/2024/full/bars.csv", "briefs/2024/full/bars.svg", "briefs/notes/50-.md",
        *of_brief("policy-briefs/2024/1", "policy-briefs-1-2024.pdf", "bars.csv", "bars.svg"),
        *of_brief("policy-briefs/2024/2", "policy-briefs-2-2024.pdf"), *of_brief("notes/1", "notes-1.pdf"),
        "record/briefs.bib", "record/briefs.csv", "record/briefs.json", "record/briefs.ris",
    ])  # fmt: skip
    for name, source in (("full/index.md", "2024/full/index.md"), ("full/bars.svg", "2024/full/bars.svg")):
        assert found[f"briefs/2024/{name}"] == (year / "briefs" / source).read_bytes()
    assert b"The survey on which it rested was taken back." in found["site/policy-briefs/2024/2/index.html"]
    with zipfile.ZipFile(year / "briefs-2024.zip") as archive:
        whole = b"".join([name.encode() + archive.read(name) for name in archive.namelist()])
    assert SECRET.encode() not in whole.lower()

    titles = ["A brief with files", "A brief that is gone", "A note on sextants"]
    assert [row["title"] for row in json.loads(found["record/briefs.json"])["briefs"]] == titles
    assert found["record/briefs.csv"].decode().count("\r\n") == 1 + 3
    assert (found["record/briefs.bib"].count(b"@techreport"), found["record/briefs.ris"].count(b"TY  - ")) == (3, 3)


def test_a_page_has_what_it_names_beside_it(year: Path) -> None:
    assert bundled(year, "2024", "--now", NOW).returncode == 0
    site = unpacked(year / "briefs-2024.zip") / "data/site"
    for page in site.rglob("*.html"):
        text = page.read_text("utf-8")
        styles = re.findall(r'<link rel="stylesheet" href="([^"]+)"', text)
        assert len(styles) == (2 if "notes" in page.parts else 1)
        named = re.findall(r'<(?:img|script|link rel="(?:icon|preload)") [^>]*?(?:src|href)="([^"]+)"', text)
        assert len(named) >= 4
        assert [name for name in [*styles, *named] if not (page.parent / name).is_file()] == []
        for style in styles:
            css = (page.parent / style).read_text("utf-8")
            assert [name for name in re.findall(r"url\(([\w.-]+)\)", css) if not (site / "assets" / name).is_file()] == []
    assert not [path for path in (site / "assets").iterdir() if path.name.startswith("manual")]


def test_it_is_a_bag_and_a_changed_byte_is_found(year: Path) -> None:
    assert bundled(year, "2024", "--now", NOW, "--quiet").stderr == ""
    bag = unpacked(year / "briefs-2024.zip")
    assert bag.name == "briefs-2024"
    assert bag.joinpath("bagit.txt").read_text() == "BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n"
    tags = (bag / "tagmanifest-sha256.txt").read_text().splitlines()
    assert [line.split()[1] for line in tags] == ["bag-info.txt", "bagit.txt", "manifest-sha256.txt"]
    read = bagit.Bag(str(bag))
    read.validate()
    data = [path for path in (bag / "data").rglob("*") if path.is_file()]
    assert read.algorithms == ["sha256"]
    assert re.fullmatch(r"briefpress \S+, bagit\.py \S+", read.info.pop("Bag-Software-Agent"))
    assert read.info == {
        "Source-Organization": "Institute for Tests",
        "External-Description": "CSDS Policy Brief, CSDS Note, 2024: 3 briefs, with sources, pages and records",
        "External-Identifier": ["urn:ISSN:2983-466X", "urn:ISSN:1234-5679", "https://example.org/repo/policy-briefs/2024/",
                                "https://example.org/repo/notes/years/2024/"],
        "Bagging-Date": "2024-07-02",  # the withdrawal
        "Payload-Oxum": f"{sum(path.stat().st_size for path in data)}.{len(data)}",
    }  # fmt: skip
    for name in ("data/briefs/2024/full/index.md", "data/site/notes/1/notes-1.pdf", "manifest-sha256.txt", "bag-info.txt"):
        whole = (bag / name).read_bytes()
        (bag / name).write_bytes(whole[:-2] + bytes([whole[-2] ^ 1]) + whole[-1:])
        with pytest.raises(bagit.BagError):
            bagit.Bag(str(bag)).validate()
        (bag / name).write_bytes(whole)
    bagit.Bag(str(bag)).validate()


def test_the_same_briefs_give_the_same_bytes(year: Path) -> None:
    other = year.parent / "another place/with spaces"
    for path in sorted((path for path in year.rglob("*") if path.is_file() and ".cache" not in path.parts), reverse=True):
        copy = other / path.relative_to(year)
        copy.parent.mkdir(parents=True, exist_ok=True)
        copy.write_bytes(path.read_bytes())  # another time, another order on the disk
    (other / ".cache/briefpress").mkdir(parents=True)
    (other / ".cache/briefpress/fonts").symlink_to(year / ".cache/briefpress/fonts")  # to cut them takes half a minute
    here, there = {"TZ": "Pacific/Kiritimati", "PYTHONHASHSEED": "1"}, {"TZ": "Pacific/Pago_Pago", "PYTHONHASHSEED": "2"}
    first = bundled(year, "2024", "--now", NOW, **here)
    second = bundled(other, "2024", "-o", "other.zip", "--now", "2024-08-31", umask=0o077, **there)
    assert (first.returncode, second.returncode) == (0, 0), first.stderr + second.stderr
    assert (year / "briefs-2024.zip").read_bytes() == (other / "other.zip").read_bytes()
    assert (year / "briefs-2024.zip").stat().st_mode & 0o777 == 0o644
    with zipfile.ZipFile(year / "briefs-2024.zip") as archive:
        rows = archive.infolist()
    assert {(row.date_time, row.create_system, row.external_attr >> 16, row.compress_type) for row in rows} == {
        ((2024, 7, 2, 0, 0, 0), 3, 0o100644, zipfile.ZIP_DEFLATED)
    }
    assert [row.filename for row in rows] == sorted((row.filename for row in rows), key=PurePosixPath)

    # A brief whose embargo ends does make another bundle.
    assert bundled(year, "2024", "--now", "2024-09-01", "-q").returncode == 0
    assert "briefs/2024/later.md" in payload(year / "briefs-2024.zip")


@pytest.mark.parametrize(("slug", "briefs"), [("notes", {"notes/50-.md"}), ("policy-briefs", {"2024/full/index.md"})])
def test_one_series_alone(year: Path, slug: str, briefs: set[str]) -> None:
    done = bundled(year, "2024", "--series", slug, "--now", NOW)
    assert done.returncode == 0, done.stderr
    found = payload(year / f"{slug}-2024.zip")
    assert {name for name in found if name.endswith(".md")} == {f"briefs/{name}" for name in briefs}
    assert {name.split("/")[1] for name in found if name.startswith("site/")} == {slug, "assets"}
    assert {row["series_slug"] for row in json.loads(found["record/briefs.json"])["briefs"]} == {slug}


@pytest.mark.parametrize(("arguments", "said"), [
    (["2020"], "there is no public brief of 2020; use one of 2023, 2024"),
    (["2023", "--series", "notes"], "there is no public brief of 2023; use one of 2024"),
    (["2024", "--series", "x"], "there is no series x; use one of policy-briefs, notes"),
    (["24"], "24 is not in the range"), ([], "Missing argument 'YEAR'"), (["2024", "-o", "docs"], "is a directory"),
    (["2024", "-o", "nowhere/out.zip"], "nowhere to write into; make it first"), (["2024", "-o", "/proc/out.zip"], "cannot be read or written"),
    (["2024", "-o", "n" * 300], "cannot be read or written"),
])  # fmt: skip
def test_a_wrong_call_ends_with_a_sentence(year: Path, arguments: list[str], said: str) -> None:
    before = sorted(year.iterdir())
    done = bundled(year, *arguments, "--now", NOW)
    assert done.returncode == 2
    assert said in re.sub(r"\s+", " ", done.stderr)
    assert sorted(year.iterdir()) == before


def test_nothing_is_bundled_outside_of_a_project(tmp_path: Path) -> None:
    folder = tmp_path / "empty"
    folder.mkdir()
    done = bundled(folder, "2024")
    assert (done.returncode, "there is no folder briefs/ here" in done.stderr) == (2, True)


@pytest.mark.parametrize(("old", "new", "said"), [
    ("2024-05-01", "1.5.2024", "briefs/2024/full/index.md:4:7: error: "), ("(bars.svg)", "(lost.svg)", "[file-missing]"),
])  # fmt: skip
def test_nothing_is_bundled_where_something_is_to_mend(year: Path, old: str, new: str, said: str) -> None:
    (year / "briefs-2024.zip").write_bytes(b"the last good one")
    path = year / "briefs/2024/full/index.md"
    path.write_text(path.read_text("utf-8").replace(old, new), "utf-8")
    done = bundled(year, "2024", "--now", NOW)
    assert done.returncode == 1
    assert said in done.stderr
    assert (year / "briefs-2024.zip").read_bytes() == b"the last good one"


def test_what_stops_a_build_stops_a_bundle(year: Path) -> None:
    (year / "briefs-2024.zip").write_bytes(b"the last good one")
    (year / "docs/policy-briefs/2024/1").mkdir(parents=True)
    (year / "docs/policy-briefs/2024/1/index.md").write_text("# In the way\n")
    done = bundled(year, "2024", "--now", NOW)
    assert done.returncode == 1
    assert "stopped: Two pages have one address, policy-briefs/2024/1/index.html" in done.stderr
    assert (year / "briefs-2024.zip").read_bytes() == b"the last good one"


@pytest.mark.parametrize("line", ["draft: true\n", "subtitle: A later thought\n"])
def test_a_source_that_is_no_longer_what_its_page_shows_stops_it(project: Callable[..., Path], brief_text: Write, tmp_path: Path, line: str) -> None:
    folder = project({"2024/1.md": brief_text("1/2024", "2024-05-01", "A brief", BODY)})
    done = survey(folder, dt.datetime.fromisoformat(NOW))
    catalogue = done.catalogue
    assert catalogue is not None
    read = {path: seen.text for path, seen in done.ledger.seen.items()}
    works = [Work.of(catalogue, one, "https://example.org/") for one in catalogue.public]
    (tmp_path / "site/assets").mkdir(parents=True)
    path = folder / "briefs/2024/1.md"
    assert dict(contents(works, read, folder, tmp_path / "site"))["briefs/2024/1.md"] == path.read_bytes()
    path.write_text(path.read_text("utf-8").replace("title:", f"{line}title:", 1), "utf-8")
    with pytest.raises(BundleError, match=r"briefs/2024/1\.md was changed"):
        dict(contents(works, read, folder, tmp_path / "site"))


@pytest.mark.parametrize(("day", "stamp"), [(dt.date(1962, 3, 4), 1980), (dt.date(2024, 2, 29), 2024), (dt.date(2200, 1, 1), 2107)])
def test_a_zip_of_any_year(tmp_path: Path, day: dt.date, stamp: int) -> None:
    (tmp_path / "a.txt").write_text("a")
    out = io.BytesIO()
    pack(tmp_path, "x", day, out)
    assert zipfile.ZipFile(out).infolist()[0].date_time[:3] == (stamp, day.month, day.day)
