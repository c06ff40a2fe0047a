"""The same input gives the same bytes, wherever and whenever it is built."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
FIGURE = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 8 8" width="8" height="8"><rect width="8" height="4"/></svg>\n'
BODY = "\n".join(f"## {name}\n\nA paragraph that stands here so that there is a text to set.\n" for name in ("Étude", "Two", "Ça"))
HERE = {"TZ": "Pacific/Kiritimati", "LANG": "C", "LC_ALL": "C", "PYTHONHASHSEED": "1", "COLUMNS": "40"}
THERE = {"TZ": "Pacific/Pago_Pago", "LANG": "C.UTF-8", "LC_ALL": "C.UTF-8", "PYTHONHASHSEED": "2", "COLUMNS": "200"}
# In Brussels, where the series is, it is the third of May; elsewhere it is the second or the third.
NOW = "2024-05-02T23:30+00:00"


@pytest.fixture
def briefs(brief_text: Callable[..., str]) -> dict[str, str]:
    """Briefs with what may come in another order: authors, topics, files, links, same dates."""
    found = {
        f"2024/{n}.md": brief_text(f"{n}/2024", "2024-05-01", f"The brief {n} of one day", f"{BODY}\nSee [one](full/index.md#two).\n",
                                   author=[f"Name{i} Example" for i in range(n)], keywords=[f"word {i}" for i in range(n)])
        for n in range(2, 8)
    }  # fmt: skip
    full = brief_text(
        "1/2024", "2024-04-30", "A brief with files, in Ülm and Łódź",
        f"{BODY}\nA note.[^a] Another.[^b]\n\n![Two bars, one lower than the other](bars.svg)\n\n[^b]: B.\n[^a]: A.\n",
        data=["bars.csv", "more.csv"], topics=["records", "access"], regions=["europe"], related=["3/2024", "2/2024"],
    )  # fmt: skip
    return found | {
        "2024/full/index.md": full,
        "2024/full/bars.svg": FIGURE,
        "2024/full/bars.csv": "a,b\n1,2\n",
        "2024/full/more.csv": "a,b\n3,4\n",
        "2024/8.md": brief_text("8/2024", "2024-05-03", "A brief of this day in Brussels", BODY),
        "2024/9.md": brief_text("9/2024", "2024-05-04", "A brief of the next day", BODY, embargo="2024-05-04"),
    }


def built(project: Path, environment: dict[str, str], umask: int, arguments: tuple[str, ...]) -> dict[str, bytes]:
    """Build, and give every file but the search index, which Pagefind names and orders as it likes."""
    done = subprocess.run(
        [sys.executable, *arguments], cwd=project, umask=umask, capture_output=True, text=True, check=False,
        env={name: text for name, text in os.environ.items() if name != "SOURCE_DATE_EPOCH"} | {"NO_MKDOCS_2_WARNING": "1"} | environment,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    site = project / "site"
    found = {path.relative_to(site).as_posix(): path.read_bytes() for path in sorted(site.rglob("*")) if path.is_file()}
    assert "pagefind/pagefind.js" in found
    return {name: data for name, data in found.items() if not name.startswith("pagefind/")}


def test_two_builds_of_the_same_input_are_the_same_bytes(project: Callable[..., Path], briefs: dict[str, str]) -> None:
    script = (str(ROOT / "scripts/build.py"), "--now", NOW)
    one = project(briefs, docs=True)
    two = one.parent / "another place/with spaces"
    for path in sorted((path for path in one.rglob("*") if path.is_file() and ".cache" not in path.parts), reverse=True):
        copy = two / path.relative_to(one)
        copy.parent.mkdir(parents=True, exist_ok=True)
        copy.write_bytes(path.read_bytes())  # another time, another order on the disk

    first, second = built(one, HERE, 0o022, script), built(two, THERE, 0o077, script)

    assert "policy-briefs/2024/8/index.html" in first
    assert "policy-briefs/2024/9/index.html" not in first
    assert len([name for name in first if name.endswith(".woff2")]) == 8, "four faces, each in two files by their letters"
    assert sorted(first) == sorted(second)
    assert [name for name in first if first[name] != second[name]] == []
    # From the store, by MkDocs, and with the moment from the environment.
    epoch = {"SOURCE_DATE_EPOCH": "1714692600"}  # NOW
    assert built(one, THERE | epoch, 0o077, ("-m", "mkdocs", "build")) == first
