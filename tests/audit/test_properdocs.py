"""ProperDocs, which carries MkDocs 1 on, builds the same site from the same project.

MkDocs is no longer developed; this holds the way out open. The two builds share nothing but the
cut fonts: each renders every brief by itself, in a folder of its own.
"""

import gzip
import importlib.util
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.audit

ROOT = Path(__file__).parents[2]
MOMENT = {"SOURCE_DATE_EPOCH": "1767225600"}  # 2026-01-01, after every brief of the project
# Says which of the two is at work, since one answers to the name of the other.
HOOK = """\
import sys


def on_config(config):
    print(f"{config.site_name} is built by {sys.modules['mkdocs'].__name__}, {type(config).__module__}")
"""


def build(program, project, folder):
    """Build a copy of a project by one of the two; gives the site, as path → bytes."""
    shutil.copytree(project, folder, ignore=shutil.ignore_patterns("site", ".cache"))
    (folder / ".cache/briefpress").mkdir(parents=True)
    (folder / ".cache/briefpress/fonts").symlink_to(ROOT / ".cache/briefpress/fonts")
    (folder / "who.py").write_text(HOOK)
    with (folder / "mkdocs.yml").open("a") as settings:
        settings.write("\nhooks: [who.py]\n")
    done = subprocess.run(
        [sys.executable, "-m", program, "build", "--strict", "-f", "mkdocs.yml"],
        cwd=folder, env=os.environ | MOMENT | {"NO_MKDOCS_2_WARNING": "1", "NO_COLOR": "1"}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    assert f"is built by {program}, {program}." in done.stdout
    site = folder / "site"
    return {path.relative_to(site).as_posix(): path.read_bytes() for path in sorted(site.rglob("*")) if path.is_file()}


def what_search_knows(files):
    """Return what the index holds of each page, by address, and how many pages it counts in each language.

    The files of the index differ from run to run on the same pages: Pagefind lists the filters
    (author, year and so on) in another order each time, and names files by what is in them.
    """
    pages = {}
    for name, data in files.items():
        if name.startswith("pagefind/") and "/fragment/" in name:
            page = json.loads(gzip.decompress(data).removeprefix(b"pagefind_dcd"))
            assert page["url"] not in pages
            pages[page["url"]] = page
    (shard,) = json.loads(files["pagefind/shards.json"])["shards"]
    return pages, shard["languages"]


def test_properdocs_builds_the_site_that_mkdocs_builds(built_site, skip_or_fail, tmp_path):
    if importlib.util.find_spec("properdocs") is None:
        skip_or_fail("properdocs is not there: it is in the extra `test` of pyproject.toml, so run make again.")
    project = built_site.folder.parent

    ours = build("mkdocs", project, tmp_path / "by mkdocs")
    theirs = build("properdocs", project, tmp_path / "by properdocs")

    # The project holds every kind of thing that there is to compare.
    assert {f"{page}index.html" for page in (built_site.brief, built_site.french, built_site.note, built_site.author)} <= ours.keys()
    assert len(built_site.manuals()) > 5
    kinds = {name.rpartition(".")[2] for name in ours}
    assert {"html", "css", "js", "woff2", "svg", "csv", "xml", "pf_fragment"} <= kinds

    found = [{name: data for name, data in files.items() if not name.startswith("pagefind/")} for files in (ours, theirs)]
    assert sorted(found[0]) == sorted(found[1])
    assert [name for name in found[0] if found[0][name] != found[1][name]] == []
    pages, counts = what_search_knows(ours)
    assert len(pages) == sum(counts.values()) >= len([name for name in ours if name.endswith(".html") and b"data-pagefind-body" in ours[name]])
    assert what_search_knows(theirs) == (pages, counts)
