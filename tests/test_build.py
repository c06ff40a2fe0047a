"""The build as an editor meets it: what is written, what is said, and what stands after a failure."""

from __future__ import annotations

import hashlib
import os
import posixpath
import pty
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
SCRIPT = (str(ROOT / "scripts/build.py"),)
MKDOCS = ("-m", "mkdocs")
URL = "https://example.org/repo/"
FINDING = re.compile(r"^(briefs/\S+?):(\d+):\d+: (?:error|warning): .* \[([a-z-]+)\]$", re.MULTILINE)
SUMMARY = re.compile(r"briefs (\d+), bodies (\d+), (?:files (\d+), )?(?:PDFs \d+, )?pages (\d+)(?:, links (\d+))?;.* in all [\d.]+ s")
FIGURE = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 8 8" width="8" height="8"><rect width="8" height="4"/></svg>\n'
DATA = "year,share\n2023,40\n2024,60\n"
BODY = "\n".join(f"## {name}\n\nA paragraph that stands here so that there is a text to set.\n" for name in ("One", "Two", "Three"))

Lay = Callable[..., Path]
Write = Callable[..., str]


@pytest.fixture
def lay(project: Lay) -> Lay:
    """Lay out a project; by another name, since tests call what they get the project."""
    return project


@pytest.fixture
def good(brief_text: Write) -> dict[str, str]:
    """Three briefs without an error or a warning."""
    return {
        f"2024/{n:02}-brief.md": brief_text(f"{n}/2024", f"2024-0{n}-15", f"The brief with the number {n}", BODY)
        for n in (1, 2, 3)
    }


def run(project: Path, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run Python in the project with our notices alone; a traceback is never an answer."""
    done = subprocess.run(
        [sys.executable, *arguments],
        cwd=project,
        env=os.environ | {"NO_MKDOCS_2_WARNING": "1", "PYTHONIOENCODING": "utf-8"} | environment,
        capture_output=True, text=True, check=False, timeout=300,
    )  # fmt: skip
    assert "Traceback" not in done.stdout + done.stderr, done.stderr
    return done


def built(project: Path, *arguments: str) -> Path:
    """Build, and give the site."""
    done = run(project, *(arguments or SCRIPT))
    assert done.returncode == 0, done.stdout + done.stderr
    return project / "site"


def tree(folder: Path) -> dict[str, bytes]:
    return {file.relative_to(folder).as_posix(): file.read_bytes() for file in sorted(folder.rglob("*")) if file.is_file()}


def fingerprint(folder: Path) -> str:
    """SHA-256 over all names and bytes of a folder."""
    state = hashlib.sha256()
    for name, data in tree(folder).items():
        state.update(f"{name}\0{len(data)}\0".encode() + data)
    return state.hexdigest()


def old_site(project: Path) -> str:
    """Put something in the place of the site that no build writes; gives its fingerprint."""
    (project / "site/old").mkdir(parents=True)
    (project / "site/index.html").write_text("the old home")
    (project / "site/old/index.html").write_text("an old page")
    return fingerprint(project / "site")


def warn(project: Path, said: str) -> None:
    """Make one mistake that is a warning, and whose report holds `said`."""
    path = project / ("briefs/2024/01-brief.md" if "title" in said else "docs/about.md")
    text = path.read_text()
    path.write_text({
        "no-such-heading": f"{text}\nBack [home](index.md#no-such-heading).\n",
        "absolute link": f"{text}\nBack [home](/repo/).\n",
        "[title-full-stop]": text.replace("with the number 1", "with the number 1."),
    }[said])  # fmt: skip


def leftovers(project: Path) -> list[str]:
    return [path.name for path in project.iterdir() if "staging" in path.name]


def summary(done: subprocess.CompletedProcess[str]) -> tuple[int, ...]:
    """Briefs, bodies, files, pages and links, as the last line says."""
    last = done.stderr.strip().splitlines()[-1]
    found = SUMMARY.search(last)
    assert found, last
    return tuple(int(figure or 0) for figure in found.groups())


# What a failure leaves


def test_ten_faults_are_all_named_and_the_old_site_stands(lay: Lay, good: dict[str, str], brief_text: Write) -> None:
    faults: tuple[tuple[int, str, str, dict[str, object]], ...] = (
        # line, code, body, fields that differ
        (4, "date-format", BODY, {"date": "15.3.2024"}),
        (5, "number-format", BODY, {"number": "12-2024"}),
        (2, "title-length", BODY, {"title": "Grid"}),
        (3, "author-order", BODY, {"author": "Example, Eva"}),
        (6, "key-issues-count", BODY, {"key_issues": ["One key issue alone is not enough for the box under the by-line."]}),
        (7, "topic-unknown", BODY, {"topics": ["astrology"]}),
        (11, "footnote-undefined", "## One\n\nA claim.[^1]\n", {}),
        (9, "heading-one", f"# One\n\n{BODY}", {}),
        (11, "link-missing", "## One\n\nSee [that brief](99-gone.md).\n", {}),
        (5, "number-taken", BODY, {"number": "1/2024"}),
    )  # fmt: skip
    project = lay(good)
    site = built(project)
    before = fingerprint(site)
    expected = []
    for n, (line, code, body, fields) in enumerate(faults, 11):
        path = f"briefs/2024/{n}-faulty.md"
        header = {"number": f"{n}/2024", "date": "2024-05-01", "title": f"The faulty brief {n}"} | fields
        (project / path).write_text(brief_text(body=body, **header))
        expected.append((path, str(line), code))

    for command in (SCRIPT, (*MKDOCS, "build")):
        done = run(project, *command)

        assert done.returncode == 1
        text = re.sub(r"(?m)^[A-Z]+ +-  briefpress: ", "", done.stderr)
        assert FINDING.findall(text) == expected
        assert fingerprint(site) == before
        assert leftovers(project) == []


@pytest.mark.parametrize(
    "command",
    [(*MKDOCS, "build", "--strict"), (*MKDOCS, "-q", "build", "--strict"), (*MKDOCS, "build", "-q", "-s"),
     (*SCRIPT, "--strict"), (*SCRIPT, "--strict", "--quiet")],
    ids=lambda command: " ".join(command[1:]) if command[0] == "-m" else " ".join(("build.py", *command[1:])),
)  # fmt: skip
@pytest.mark.parametrize("said", ["no-such-heading", "absolute link", "[title-full-stop]"])
def test_strict_keeps_the_old_site_over_one_warning(
    lay: Lay, good: dict[str, str], said: str, command: tuple[str, ...]
) -> None:
    project = lay(good)
    warn(project, said)
    before = old_site(project)

    done = run(project, *command)

    assert done.returncode == 1
    assert fingerprint(project / "site") == before
    assert leftovers(project) == []
    if "-q" not in command:
        assert said in done.stderr


# A link that leads nowhere is no warning: the check of the built site stops there, strict or not.
@pytest.mark.parametrize("said", ["absolute link", "[title-full-stop]"])
def test_a_warning_does_not_block_where_not_strict(lay: Lay, good: dict[str, str], said: str) -> None:
    project = lay(good)
    warn(project, said)
    before = old_site(project)
    for command in (SCRIPT, (*MKDOCS, "build")):
        site = built(project, *command)
        assert fingerprint(site) != before
        assert not (site / "old").exists()
        assert (site / "policy-briefs/2024/1/index.html").is_file()
        assert leftovers(project) == []


@pytest.mark.parametrize(
    ("path", "typed", "said"),
    [
        ("docs/about.md", "../briefs/2024/99-gone.md", "about.md"),
        ("docs/about.md", "../briefs/2024/01-brief.md#no-such-heading", "docs/about.md"),
        ("briefs/2024/01-brief.md", "../../docs/gone.md", "briefs/2024/01-brief.md:"),
        ("briefs/2024/01-brief.md", "../../docs/about.md#no-such-heading", "briefs/2024/01-brief.md:"),
        ("briefs/2024/01-brief.md", "02-brief.md#no-such-heading", "briefs/2024/01-brief.md:"),
    ],
)
def test_a_broken_link_between_page_and_brief_is_reported(
    lay: Lay, good: dict[str, str], path: str, typed: str, said: str
) -> None:
    project = lay(good)
    before = old_site(project)
    with (project / path).open("a") as file:
        file.write(f"\n[A link]({typed}) leads nowhere.\n")
    line = (project / path).read_text().splitlines().index(f"[A link]({typed}) leads nowhere.") + 1

    done = run(project, *SCRIPT, "--strict")

    assert done.returncode == 1
    wanted = said + (f"{line}:" if said.endswith(":") else "")
    named = re.split("[/#]", typed)[-1]
    assert any(wanted in row and named in row for row in done.stderr.splitlines()), done.stderr
    assert fingerprint(project / "site") == before


def test_links_between_pages_and_briefs_lead_where_they_should(lay: Lay, good: dict[str, str]) -> None:
    project = lay(good)
    with (project / "docs/about.md").open("a") as file:
        file.write("\n## Why\n\nSee [the first](../briefs/2024/01-brief.md#two).\n")
    with (project / "briefs/2024/01-brief.md").open("a") as file:
        file.write("\n[why](../../docs/about.md#why), [home](../../docs/index.md), [next](02-brief.md#three), [here](#two)\n")
    site = built(project, *SCRIPT, "--strict")
    assert 'href="../policy-briefs/2024/1/#two"' in (site / "about/index.html").read_text()
    brief = (site / "policy-briefs/2024/1/index.html").read_text()
    for address in ("../../../about/#why", "../../../", "../2/#three", "#two"):
        assert f'<a href="{address}">' in brief


def test_gh_deploy_pushes_the_new_pages_and_a_failed_build_none(lay: Lay, good: dict[str, str], tmp_path: Path) -> None:
    project = lay(good)
    remote = tmp_path / "remote.git"

    def git(*arguments: str, at: Path = project) -> str:
        return subprocess.run(
            ["git", "-c", "user.name=Test", "-c", "user.email=test@example.org", *arguments],
            cwd=at, capture_output=True, text=True, check=True,
        ).stdout  # fmt: skip

    git("init", "--quiet", "--bare", str(remote))
    git("init", "--quiet")
    git("config", "user.name", "Test")
    git("config", "user.email", "test@example.org")
    git("remote", "add", "origin", str(remote))
    git("add", "briefs")
    git("commit", "--quiet", "--message", "Three briefs")

    done = run(project, *MKDOCS, "gh-deploy")
    assert done.returncode == 0, done.stderr
    page = git("show", "gh-pages:policy-briefs/2024/1/index.html", at=remote)
    assert page == (project / "site/policy-briefs/2024/1/index.html").read_text()
    assert "The brief with the number 1" in page
    assert "pagefind/pagefind.js" in git("ls-tree", "-r", "--name-only", "gh-pages", at=remote)

    pushed = git("rev-parse", "gh-pages", at=remote)
    path = project / "briefs/2024/01-brief.md"
    path.write_text(path.read_text().replace("2024-01-15", "15.1.2024"))
    assert run(project, *MKDOCS, "gh-deploy").returncode == 1
    assert git("rev-parse", "gh-pages", at=remote) == pushed

    path.write_text(path.read_text().replace("15.1.2024", "2024-01-16"))
    assert run(project, *MKDOCS, "gh-deploy").returncode == 0
    assert "16.1.2024" in git("show", "gh-pages:policy-briefs/2024/1/index.html", at=remote)


def test_a_killed_build_leaves_the_old_site_and_the_next_one_clears_up(lay: Lay, good: dict[str, str]) -> None:
    project = lay(good)
    before = old_site(project)
    process = subprocess.Popen([sys.executable, *SCRIPT], cwd=project, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    until = time.monotonic() + 60
    while not any(path.is_dir() and any(path.iterdir()) for path in project.glob(".site.staging-*")):
        assert process.poll() is None, "the build ended before it could be killed"
        assert time.monotonic() < until
        time.sleep(0.002)
    process.send_signal(signal.SIGKILL)
    process.wait()

    assert fingerprint(project / "site") == before
    assert len(leftovers(project)) == 1
    site = built(project)
    assert leftovers(project) == []
    assert (site / "policy-briefs/2024/1/index.html").is_file()
    assert not (site / "old").exists()


def test_a_build_killed_while_it_changes_places_loses_nothing(lay: Lay, good: dict[str, str]) -> None:
    project = lay(good)
    before = old_site(project)
    gone = subprocess.Popen([sys.executable, "-c", ""])
    gone.wait()
    # As it is between the two renames: the old site is out, the new one not yet in.
    (project / "site").rename(project / f".site.staging-{gone.pid}-before")
    (project / f".site.staging-{gone.pid}").mkdir()
    path = project / "briefs/2024/01-brief.md"
    path.write_text(path.read_text().replace("2024-01-15", "15.1.2024"))

    assert run(project, *SCRIPT).returncode == 1
    assert fingerprint(project / "site") == before
    assert leftovers(project) == []


# What is written

SEVERAL = """\
timezone: Europe/Brussels
series:
""" + "".join(
    f"""\
  - slug: {slug}
    title: {title}
    masthead: {title.upper()}
    issn: 2983-466X
    numbering: {numbering}
    publisher: Institute for Tests
    place: Testville
    description: The series of {title} was invented for the tests.
    license: CC-BY-4.0
    disclaimer: {{one: The views are those of the author., several: The views are those of the authors.}}
"""
    for slug, title, numbering in (
        ("policy-briefs", "Policy Brief", "per-year"), ("papers", "Working Paper", "continuous"), ("notes", "Note", "none"))
)  # fmt: skip


@pytest.fixture
def several(lay: Lay, brief_text: Write) -> Path:
    """A project with three series, one of each kind of numbering, and a brief with files."""

    def short(number: str, date: str, title: str, **fields: object) -> str:
        text = brief_text(number, date, title, f"{BODY}\nThis is: {title}.\n", **fields)
        return text if number else re.sub(r"(?m)^number:.*\n", "", text)

    with_files = brief_text(
        "2/2024", "2024-06-01", "A brief with a figure and data",
        f'{BODY}\n![Two bars, one lower than the other](bars.svg "Bars.")\n\nThe [whole table](table.csv).\n',
        image="cover.svg", image_alt="A cover with one bar on it.",
        data=[{"file": "bars.csv", "title": "The bars"}, {"file": "more.json", "title": "More"}],
    )  # fmt: skip
    return lay(
        {
            "policy-briefs/2024/01-first.md": short("1/2024", "2024-02-29", "The first brief of the series"),
            "policy-briefs/2024/02-files/index.md": with_files,
            "policy-briefs/2024/02-files/bars.svg": FIGURE,
            "policy-briefs/2024/02-files/cover.svg": FIGURE,
            "policy-briefs/2024/02-files/bars.csv": DATA,
            "policy-briefs/2024/02-files/table.csv": DATA,
            "policy-briefs/2024/02-files/more.json": '{"more": 1}\n',
            "policy-briefs/2024/02-files/x.html": "<script>alert(1)</script>\n",
            "policy-briefs/2024/02-files/unused.csv": DATA,
            "policy-briefs/2024/02-files/_notes.md": "Unread notes.\n",
            "policy-briefs/2024/02-files/notes.md": "Stray notes.\n",
            "policy-briefs/2024/02-files/.DS_Store": b"\0\1Bud1",
            "policy-briefs/2024/02-files/sub/deep.csv": DATA,
            "policy-briefs/2023/01-old.md": short("1/2023", "2023-12-31", "The brief of the year before"),
            "papers/46.md": short("46", "2023-05-05", "The last paper but one"),
            "papers/47.md": short("47", "2024-05-05", "The last paper for now"),
            "notes/2024/On Lighthouses.md": short("", "2024-04-04", "On lighthouses and on ships"),
            "elsewhere.md": short("", "2022-03-03", "A note from elsewhere", series="notes"),
        },
        series=SEVERAL,
    )


PAGES = """
    404.html index.html about/ search/
    policy-briefs/ policy-briefs/2024/ policy-briefs/2023/
    policy-briefs/2024/1/ policy-briefs/2024/2/ policy-briefs/2023/1/
    papers/ papers/years/2024/ papers/years/2023/ papers/46/ papers/47/
    notes/ notes/2024/ notes/2022/ notes/2024/on-lighthouses/ notes/2022/elsewhere/
    authors/ authors/ada-example/ topics/ regions/
""".split()
DATES = {
    "policy-briefs/2024/1/": "2024-02-29", "policy-briefs/2024/2/": "2024-06-01", "policy-briefs/2023/1/": "2023-12-31",
    "papers/46/": "2023-05-05", "papers/47/": "2024-05-05", "notes/2024/on-lighthouses/": "2024-04-04",
    "notes/2022/elsewhere/": "2022-03-03", "policy-briefs/": "2024-06-01", "policy-briefs/2024/": "2024-06-01",
    "policy-briefs/2023/": "2023-12-31", "papers/": "2024-05-05", "papers/years/2024/": "2024-05-05",
    "papers/years/2023/": "2023-05-05", "notes/": "2024-04-04", "notes/2024/": "2024-04-04", "notes/2022/": "2022-03-03",
    "": "2024-06-01", "authors/": "2024-06-01", "authors/ada-example/": "2024-06-01",
}  # fmt: skip


def test_pages_stand_at_their_permalinks_with_their_files_alone(several: Path) -> None:
    done = run(several, *SCRIPT)
    assert done.returncode == 0, done.stderr
    site = several / "site"
    pages = sorted(page + "index.html" if page.endswith("/") else page for page in PAGES)

    files = tree(site)
    assert sorted(name for name in files if name.endswith(".html")) == pages
    beside = {"bars.svg": FIGURE, "cover.svg": FIGURE, "bars.csv": DATA, "table.csv": DATA, "more.json": '{"more": 1}\n'}
    for slug in ("policy-briefs", "papers", "notes"):
        made = [name for name in files if name.startswith(f"{slug}/") and name.endswith((".pdf", "card.png", "cover.png"))]
        pages_here = [page for page in pages if page.startswith(f"{slug}/")]
        briefs = [posixpath.dirname(page) for page in pages_here if f"{posixpath.dirname(page)}/card.png" in made]
        record = {f"{brief}/{name}" for brief in briefs for name in ("cite.bib", "cite.ris", "cite.csl.json", "linkset.json")}
        record |= {f"{slug}/{name}" for name in ("feed.xml", "atom.xml", "feed.json", f"{slug}.bib", f"{slug}.ris")}
        assert record <= files.keys()
        others = {name: data.decode() for name, data in files.items() if name not in record
                  and name.startswith(f"{slug}/") and not name.endswith((".html", ".pdf", "card.png", "cover.png"))}  # fmt: skip
        assert len(made) == 3 * len(briefs) > 0
        assert others == ({f"policy-briefs/2024/2/{name}": text for name, text in beside.items()}
                          if slug == "policy-briefs" else {})  # fmt: skip
    assert not any(b"alert(1)" in data or b"Bud1" in data or b"Stray notes" in data for data in files.values())
    assert sorted({name.split("/")[0] for name in files}) == sorted(
        ["404.html", "_headers", "briefs.csv", "briefs.json", "index.html", "robots.txt", "sitemap.xml", "about", "assets", "authors",
         "notes", "pagefind", "papers", "policy-briefs", "regions", "search", "topics"])  # fmt: skip

    sitemap = files["sitemap.xml"].decode()
    rows = dict(re.findall(r"<url><loc>([^<]*)</loc>(?:<lastmod>([^<]*)</lastmod>)?</url>", sitemap))
    on_disk = {URL + page.removesuffix("index.html") for page in pages if page != "404.html"}
    assert set(rows) == on_disk
    assert sitemap.count("<loc>") == len(rows)
    assert {address: date for address, date in rows.items() if date} == {URL + page: date for page, date in DATES.items()}

    for page, data in files.items():
        if re.fullmatch(r"(policy-briefs/\d+|papers|notes/\d+)/[^/]+/index\.html", page) and "years" not in page:
            assert f'<link rel="canonical" href="{URL}{page.removesuffix("index.html")}">' in data.decode()
    assert 'href="../../policy-briefs/2024/2/"' in files["policy-briefs/2024/index.html"].decode()
    assert "policy-briefs/2023/1/" not in files["policy-briefs/2024/index.html"].decode()
    assert "WORKING PAPER • 47" in files["papers/47/index.html"].decode()

    briefs, bodies, copied, count, links = summary(done)
    assert (briefs, bodies, copied, count) == (7, 7, len(beside), len(PAGES) - 1)
    assert links > count


def test_mkdocs_and_the_script_give_the_same_pages(several: Path) -> None:
    by_script = built(several, *SCRIPT, "--site-dir", "one") and tree(several / "one")
    by_mkdocs = built(several, *MKDOCS, "build", "--site-dir", "two") and tree(several / "two")
    assert not (several / "site").exists()
    for files in (by_script, by_mkdocs):
        assert "pagefind/pagefind.js" in files
        for name in [name for name in files if name.startswith("pagefind/")]:
            del files[name]
    assert len(by_script) > len(PAGES)
    assert by_script == by_mkdocs


def test_zero_briefs_build(lay: Lay) -> None:
    project = lay({})
    done = run(project, *SCRIPT, "--strict")
    assert done.returncode == 0, done.stderr
    assert summary(done)[:4] == (0, 0, 0, 7)
    pages = [name for name in tree(project / "site") if name.endswith(".html")]
    assert pages == ["404.html", *(f"{name}index.html" for name in ("about/", "authors/", "")),
                     *(f"{name}/index.html" for name in ("policy-briefs", "regions", "search", "topics"))]  # fmt: skip
    assert URL + "policy-briefs/</loc></url>" in (project / "site/sitemap.xml").read_text()


@pytest.mark.parametrize(
    ("page", "ours"),
    [("policy-briefs/index.md", "policy-briefs/index.html"), ("policy-briefs/2024/1.md", "briefs/2024/01-brief.md"),
     ("search.md", "search/index.html"), ("policy-briefs/2024/4/bars.csv", "policy-briefs/2024/4/bars.csv")],
)  # fmt: skip
def test_two_outputs_at_one_address_are_an_error_that_names_both(
    lay: Lay, good: dict[str, str], brief_text: Write, page: str, ours: str
) -> None:
    with_data = brief_text("4/2024", "2024-06-01", "A brief with data beside it", BODY, data=["bars.csv"])
    project = lay(good | {"2024/04-data/index.md": with_data, "2024/04-data/bars.csv": DATA})
    (project / "docs" / page).parent.mkdir(parents=True, exist_ok=True)
    (project / "docs" / page).write_text("# Mine\n\nThis page is in the way.\n")
    before = old_site(project)
    done = run(project, *SCRIPT)
    assert done.returncode == 1
    assert page in done.stderr
    assert ours in done.stderr
    assert fingerprint(project / "site") == before


def test_a_thousand_briefs_build_and_one_edit_sets_one_body(lay: Lay, brief_text: Write) -> None:
    words = "grid storm power price market state union treaty border fleet budget reform".split()
    briefs = {}
    for n in range(1000):
        year, number = 2000 + n // 50, n % 50 + 1
        text = "\n\n".join(" ".join(words[(n + i * j) % 12] for i in range(48)) + "." for j in (1, 5, 7))
        briefs[f"{year}/{number:02}.md"] = brief_text(
            f"{number}/{year}", f"{year}-{n % 12 + 1:02}-11", f"The generated brief {n + 1}", f"## One\n\n{text}\n")  # fmt: skip
    project = lay(briefs)
    done = run(project, *SCRIPT, "--quiet", "--no-pdf", "--no-search")
    assert done.returncode == 0, done.stderr
    site = project / "site"
    assert len(list(site.glob("policy-briefs/*/*/index.html"))) >= 1000
    assert len(list(site.glob("policy-briefs/page/*/index.html"))) == 1000 // 40 - 1

    path = project / "briefs/2007/20.md"
    path.write_text(path.read_text() + "\nOne sentence more, about lighthouses.\n")
    done = run(project, *SCRIPT, "--no-pdf", "--no-search")
    assert done.returncode == 0, done.stderr
    assert summary(done)[:2] == (1000, 1)
    assert "about lighthouses" in (site / "policy-briefs/2007/20/index.html").read_text()


# What is said


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        (None, "mkdocs.yml"),
        ("site_name: Tests\nsite_url: https://example.org/\n", "plugin"),
        ("site_name: [\n", "mkdocs.yml"),
        ("just a text\n", "mkdocs.yml"),
        ("", "mkdocs.yml"),
        ("site_name: Tests\nplugins: [no-such-plugin]\n", "no-such-plugin"),
        ("site_url: https://example.org/\nplugins: [briefpress]\n", "site_name"),
        ("site_name: Tests\nsite_url: not an address\nplugins: [briefpress]\n", "site_url"),
        ("site_name: Tests\ndocs_dir: gone\nplugins: [briefpress]\n", "gone"),
        ("site_name: Tests\nsite_name_two: \x07\n", "mkdocs.yml"),
        (b"site_name: \xff\xfe\n", "mkdocs.yml"),
    ],
)
def test_without_usable_settings_the_exit_is_2(lay: Lay, settings: str | bytes | None, said: str) -> None:
    project = lay({})
    (project / "mkdocs.yml").unlink()
    if settings is not None:
        (project / "mkdocs.yml").write_bytes(settings if isinstance(settings, bytes) else settings.encode())
    done = run(project, *SCRIPT)
    assert done.returncode == 2, done.stderr
    assert said in done.stderr
    assert not (project / "site").exists()


@pytest.mark.parametrize("command", [SCRIPT, (*MKDOCS, "build")], ids=["build.py", "mkdocs"])
def test_settings_without_an_address_get_a_plain_sentence(lay: Lay, command: tuple[str, ...]) -> None:
    project = lay({})
    settings = project / "mkdocs.yml"
    settings.write_text(re.sub(r"(?m)^site_url:.*\n", "", settings.read_text()))
    done = run(project, *command)
    assert done.returncode in (1, 2)
    assert "mkdocs.yml has no site_url. Add a line: site_url: https://" in done.stdout + done.stderr
    assert leftovers(project) == []


def test_a_project_without_briefs_or_series_gets_a_plain_sentence(lay: Lay, good: dict[str, str]) -> None:
    project = lay(good)
    (project / "briefs/series.yml").unlink()
    done = run(project, *SCRIPT)
    assert done.returncode == 1
    assert "there is no series.yml" in done.stderr
    (project / "briefs").rename(project / "elsewhere")
    done = run(project, *SCRIPT)
    assert done.returncode in (1, 2)
    assert "There is no folder briefs/" in done.stderr
    assert leftovers(project) == []


@pytest.mark.parametrize("arguments", [("--site-url", "not an address"), ("--now", "soon"), ("--no-such-option",), ("file",)])
def test_a_wrong_call_ends_with_2(lay: Lay, arguments: tuple[str, ...]) -> None:
    assert run(lay({}), *SCRIPT, *arguments).returncode == 2


def test_quiet_says_nothing_when_all_is_well_and_the_rest_is_plain_lines(lay: Lay, good: dict[str, str]) -> None:
    project = lay(good)
    done = run(project, *SCRIPT, "--quiet", "--strict")
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")

    done = run(project, *SCRIPT, "--strict")
    assert done.returncode == 0
    assert done.stdout == ""
    assert not re.search(r"[\x00-\x09\x0b-\x1f]", done.stderr)
    assert not re.search(r"(?i)\bwarning\b|INFO", done.stderr)
    # Home, about, search, all briefs, those of the year, three registers, one author, three briefs.
    assert summary(done)[:4] == (3, 0, 0, 12)

    path = project / "briefs/2024/01-brief.md"
    path.write_text(path.read_text().replace("2024-01-15", "15.1.2024"))
    done = run(project, *SCRIPT, "--quiet")
    assert done.returncode == 1
    assert FINDING.findall(done.stderr) == [("briefs/2024/01-brief.md", "4", "date-format")]


def test_on_a_terminal_the_end_is_the_same(lay: Lay, good: dict[str, str]) -> None:
    project = lay(good)
    ours, theirs = pty.openpty()
    with subprocess.Popen([sys.executable, *SCRIPT], cwd=project, stdout=theirs, stderr=theirs,
                          env=os.environ | {"TERM": "xterm-256color", "COLUMNS": "120"}) as process:  # fmt: skip
        os.close(theirs)
        shown = b""
        try:
            while part := os.read(ours, 65536):
                shown += part
        except OSError:  # the other end is closed
            pass
    os.close(ours)
    assert process.returncode == 0, shown.decode()
    assert b"Traceback" not in shown
    assert b"\x1b[" in shown
    assert SUMMARY.search(shown.decode())


def test_address_and_folder_may_be_given(lay: Lay, good: dict[str, str]) -> None:
    project = lay(good)
    done = run(project, *SCRIPT, "--quiet", "--site-dir", "out/public", "--site-url", "https://other.example/deep/path")
    assert done.returncode == 0, done.stderr
    assert not (project / "site").exists()
    assert [path.name for path in (project / "out").iterdir()] == ["public"]
    files = tree(project / "out/public")
    here = "https://other.example/deep/path/policy-briefs/2024/1/"
    assert f"<loc>{here}</loc>".encode() in files["sitemap.xml"]
    assert f'<link rel="canonical" href="{here}">'.encode() in files["policy-briefs/2024/1/index.html"]
    assert b'href="/deep/path/' in files["404.html"]
    assert not any(b"example.org/repo" in data for data in files.values())


def test_a_link_that_only_setting_shows_is_a_warning(lay: Lay, good: dict[str, str], brief_text: Write) -> None:
    odd = brief_text("4/2024", "2024-04-15", "A brief with an odd link", f"{BODY}\nAn [odd [one [two]]](01-brief.md) link.\n")
    done = run(lay(good | {"2024/04-odd.md": odd}), *SCRIPT, "--strict")
    assert done.returncode == 1
    line = odd.split("\n").index("An [odd [one [two]]](01-brief.md) link.") + 1
    code = "link-unread"
    assert f'briefs/2024/04-odd.md:{line}:1: warning: "01-brief.md" is set as a link that leads nowhere [{code}]' in done.stderr


def test_a_page_in_another_encoding_stops_no_build(lay: Lay, good: dict[str, str], build: Callable[..., subprocess.CompletedProcess[str]]) -> None:
    project = lay(good)
    for text in ("Früher", "Noch früher"):
        (project / "docs/old.html").write_bytes(f'<p>{text}</p><a href="./">Home</a>'.encode("latin-1"))
        done = build(project, "--no-pdf", "--no-search")
        assert done.returncode == 0, done.stderr
        assert text.encode("latin-1") in (project / "site/old.html").read_bytes()


def test_a_file_of_docs_stands_in_place_of_ours_as_long_as_it_is_there(
    lay: Lay, good: dict[str, str], build: Callable[..., subprocess.CompletedProcess[str]]
) -> None:
    project, names = lay(good), ("robots.txt", "_headers")
    for names_there in ((), names, names, (), ()):
        for name in names:
            (project / "docs" / name).unlink(missing_ok=True)
        for name in names_there:
            (project / "docs" / name).write_text(f"# {name} of this house\n")
        done = build(project, "--no-pdf", "--no-search")
        assert done.returncode == 0, done.stderr
        for name in names:
            assert ("of this house" in (project / "site" / name).read_text()) is bool(names_there)


def test_a_template_is_compiled_again_where_a_hook_gives_it_another_filter(
    lay: Lay, good: dict[str, str], build: Callable[..., subprocess.CompletedProcess[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("PYTHONDONTWRITEBYTECODE", raising=False)
    project = lay(good)
    settings = project / "mkdocs.yml"
    settings.write_text(re.sub(r"(?m)^theme:$", "hooks: [hook.py]\ntheme:\n  custom_dir: overrides", settings.read_text()))
    (project / "overrides").mkdir()
    (project / "overrides/page.html").write_text('<p>{{ "said" | shout }}</p>\n')
    for end in ("!", "?", "!"):
        (project / "hook.py").write_text(f"def on_env(env, **_):\n    env.filters['shout'] = lambda text: text + '{end}'\n    return env\n")
        done = build(project, "--no-pdf", "--no-search")
        assert done.returncode == 0, done.stderr
        assert (project / "site/about/index.html").read_text().startswith(f"<p>said{end}</p>")
