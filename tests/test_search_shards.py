"""The search index in shards: what is in which, and which are made again."""

import datetime as dt
import itertools
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest

from briefpress import search
from briefpress.search import LIMIT, Row, SearchError, Shard, shards

PAGE = """\
<!doctype html><html lang="{lang}"><body><nav>{around}</nav><main><article data-pagefind-body><h1>{title}</h1><p>{text}</p>
<span data-pagefind-filter="year">{year}</span></article><p>{around}</p></main></body></html>
"""


def rows(years: dict[int, int], series: str = "briefs") -> list[Row]:
    return [Row(f"{series}/{year}/{n}/index.html", dt.date(year, 1 + n % 12, 1 + n % 28), f"{series} {year} {n}")
            for year, count in years.items() for n in range(count)]  # fmt: skip


@pytest.mark.parametrize(
    ("years", "sizes"),
    [
        ({}, []),
        ({2024: 1}, [1]),
        ({2019: 2, 2023: 3, 2024: 3}, [8]),  # what fits one shard is one index, however many years it spans
        ({2022: 3, 2023: 3, 2024: 3}, [6, 3]),
        ({2020: 3, 2021: 3, 2022: 3, 2023: 3, 2024: 3}, [6, 1, 8]),
        ({1999: 6, 2007: 2, 2024: 3}, [5, 6]),  # the last years of the catalogue, not of the calendar
        ({2010: 20, 2023: 1, 2024: 1}, [2, 4, 8, 8]),  # a year that is larger than a shard
        ({2023: 2, 2024: 16}, [2, 8, 8]),
    ],
)
def test_what_is_in_which_shard(years: dict[int, int], sizes: list[int]) -> None:
    planned = shards(rows(years), limit=8)
    assert [len(shard.addresses) for shard in planned] == sizes
    spans = [[int(address.split("/")[1]) for address in shard.addresses] for shard in planned]
    assert all(min(newer) >= max(older) for newer, older in itertools.pairwise(spans))
    assert len({shard.folder for shard in planned}) == len(planned)


def test_a_small_site_is_one_shard_and_in_a_larger_one_the_last_years_are_apart() -> None:
    small = rows({2012: 100, 2018: 150, 2024: 50})
    assert [len(shard.addresses) for shard in shards(small)] == [300]
    one_more = Row("briefs/2024/n/index.html", dt.date(2024, 12, 30), "")
    assert [len(shard.addresses) for shard in shards([*small, one_more])] == [201, 100]  # 2018 and 2024


def test_pages_that_are_no_briefs_are_in_the_newest_shard() -> None:
    about = Row("about/index.html", None, "about")
    for years in ({}, {2024: 2}, {2010: 9, 2024: 2}):
        assert "about/index.html" in shards([about, *rows(years)], limit=8)[0].addresses


def test_several_series_share_shards_by_date_in_whatever_order_they_come() -> None:
    both = rows({2010: 5, 2024: 1}) + rows({2010: 3, 2024: 1}, "notes")
    planned = shards(both, limit=8)
    assert [{address.split("/")[0] for address in shard.addresses} for shard in planned] == [{"briefs", "notes"}] * 2
    assert shards(reversed(both), limit=8) == planned


def other(before: list[Row], after: list[Row], limit: int = 500) -> int:
    """Return how many shards are to be made when a catalogue changes."""
    return len({shard.key for shard in shards(after, limit)} - {shard.key for shard in shards(before, limit)})


def test_a_change_makes_few_shards_again() -> None:
    catalogue = rows({year: 120 for year in range(1990, 2020)}) + rows({year: 80 for year in range(2005, 2020)}, "notes")
    assert len(shards(catalogue, 500)) == 11
    new, next_year = Row("briefs/2019/n/index.html", dt.date(2019, 12, 30), ""), Row("briefs/2020/1/index.html", dt.date(2020, 1, 5), "")
    assert other(catalogue, [*catalogue, new]) == 1
    assert other(catalogue, [*catalogue, next_year]) <= 3  # the recent one, and the end of the archive
    for at in (0, 1000, 4000):
        edited = replace(catalogue[at], digest="edited")
        assert other(catalogue, [*catalogue[:at], edited, *catalogue[at + 1 :]]) == 1
    old = [Row(f"briefs/{year}/old-{n}/index.html", dt.date(year, 6, 15), "") for year in range(1990, 2018) for n in range(2)]
    more = [other(catalogue, [*catalogue, row]) for row in old]
    less = [other(catalogue, [row for row in catalogue if row is not gone]) for gone in catalogue[:3000:90]]
    for made in (more, less):
        assert made.count(1) > len(made) * 0.8
        assert sum(made) < len(made) * 1.5


# Made, kept, forgotten


@pytest.fixture
def store(tmp_path: Path) -> Path:
    return tmp_path / ".cache/briefpress/search"  # a hidden folder, as a project has it


def write(site: Path, catalogue: list[Row]) -> Path:
    for n, row in enumerate(catalogue):
        path = site / row.address
        path.parent.mkdir(parents=True, exist_ok=True)
        lang = "fr" if n % 4 == 3 else "en"
        path.write_text(PAGE.format(lang=lang, title=row.digest, text=f"lighthouse {n}", year=row.date and row.date.year, around=""))
    return site


def index(site: Path, catalogue: list[Row], store: Path, limit: int = LIMIT) -> list[Shard]:
    """Index a site, put the index into it, and return what had to be made."""
    planned, made = search.index(catalogue, site.joinpath, store, limit)
    shutil.rmtree(site / "pagefind", ignore_errors=True)
    for files in (*(search.files(shard, store) for shard in planned), search.ways_in(planned, store, {"total": len(catalogue)}) if planned else {}):
        for address, data in files.items():
            (site / address).parent.mkdir(parents=True, exist_ok=True)
            (site / address).write_bytes(data)
    return made


def listed(site: Path) -> list[dict[str, object]]:
    return json.loads((site / "pagefind/shards.json").read_text())["shards"]


CATALOGUE = rows({2012: 4, 2013: 4, 2023: 2, 2024: 2})


def test_only_what_changed_is_made_again_and_nothing_else_is_read(tmp_path: Path, store: Path) -> None:
    planned = shards(CATALOGUE, 4)
    site = write(tmp_path / "one", CATALOGUE)
    assert index(site, CATALOGUE, store, 4) == planned
    assert [shard["folder"] for shard in listed(site)] == [shard.folder for shard in planned]
    assert [shard["languages"] for shard in listed(site)] == [{"en": 3, "fr": 1}] * 3
    files = {path.name for path in (site / "pagefind").iterdir()}
    assert files == {shard.folder for shard in planned} | {"pagefind.js", "shards.json"}

    changed = [replace(row, digest="edited") if row.address == "briefs/2024/1/index.html" else row for row in CATALOGUE]
    again = write(tmp_path / "two", [row for row in changed if row.date and row.date.year > 2020])
    assert index(again, changed, store, 4) == shards(changed, 4)[:1]
    assert [one["folder"] for one in listed(again)][1:] == [shard.folder for shard in planned[1:]]
    empty = tmp_path / "three"
    empty.mkdir()
    assert index(empty, changed, store, 4) == []
    assert {path.relative_to(empty) for path in empty.rglob("*")} >= {path.relative_to(again) for path in (again / "pagefind").rglob("*")}
    # A site that stands is brought up to date.
    assert index(site, changed, store, 4) == []
    assert {path.name for path in (site / "pagefind").iterdir() if path.is_dir()} == {shard.folder for shard in shards(changed, 4)}


def test_a_shard_is_kept_while_it_is_used_and_an_hour_longer(tmp_path: Path, store: Path) -> None:
    site = write(tmp_path / "site", CATALOGUE)
    index(site, CATALOGUE, store, 4)
    changed = [replace(row, digest="edited") if row.date == dt.date(2024, 1, 1) else row for row in CATALOGUE]
    index(site, changed, store, 4)
    before, after = shards(CATALOGUE, 4), shards(changed, 4)
    assert {path.name for path in store.iterdir()} == {shard.key for shard in before + after}
    for path in store.iterdir():
        os.utime(path, (time.time() - 4000,) * 2)
    index(site, changed, store, 4)
    assert {path.name for path in store.iterdir()} == {shard.key for shard in after}


def test_a_site_without_briefs_has_no_index(tmp_path: Path, store: Path) -> None:
    assert index(tmp_path, [], store) == []
    assert not list(tmp_path.iterdir())


def faulty_pagefind(folder: Path, end: str) -> Path:
    """Return a Pagefind that writes the half of an index; where it meets the year 2012 it ends as told."""
    program = folder / "pagefind"
    program.write_text(f"#!/bin/sh\nmkdir $4\ntouch $4/pagefind.js $4/pagefind-highlight.js\n"
                       f"if ls $2/briefs/2012 >/dev/null 2>&1; then {end}; fi\n"
                       "echo '{\"languages\": {}}' > $4/pagefind-entry.json\n")  # fmt: skip
    program.chmod(0o755)
    return program


def test_a_failed_shard_is_an_error_and_leaves_nothing(tmp_path: Path, store: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    site = write(tmp_path / "site", CATALOGUE)
    program = faulty_pagefind(tmp_path, "echo no memory >&2; exit 3")  # once: shards are made side by side
    monkeypatch.setattr(search, "get_executable", lambda: program)
    with pytest.raises(SearchError, match="pagefind ended with 3: no memory"):
        index(site, CATALOGUE, store, 4)
    assert not (site / "pagefind").exists()
    assert {path.name for path in store.iterdir()} <= {shard.key for shard in shards(CATALOGUE, 4)[:2]}


def test_a_page_that_is_not_there_is_an_error(tmp_path: Path, store: Path) -> None:
    with pytest.raises(SearchError, match=r"briefs/2024/0/index\.html"):
        index(tmp_path, rows({2024: 1}), store)
    assert not list(store.iterdir())


def test_a_build_that_is_killed_leaves_no_shard(tmp_path: Path, store: Path) -> None:
    site = write(tmp_path / "site", CATALOGUE)
    program = faulty_pagefind(tmp_path, f"touch {tmp_path}/begun; sleep 60")
    code = (
        "import sys; sys.path.insert(0, 'tests'); from pathlib import Path; import briefpress.search as s; import test_search_shards as t;"
        f"s.get_executable = lambda: Path({str(program)!r}); t.index(Path({str(site)!r}), t.CATALOGUE, Path({str(store)!r}), 4)"
    )
    build = subprocess.Popen([sys.executable, "-c", code], cwd=Path(__file__).parents[1], start_new_session=True)
    while not (tmp_path / "begun").exists():
        assert build.poll() is None
        time.sleep(0.05)
    os.killpg(build.pid, signal.SIGKILL)
    build.wait()
    killed = shards(CATALOGUE, 4)[2]
    assert not (store / killed.key).exists()
    assert killed in index(site, CATALOGUE, store, 4)
    left = [path for path in store.iterdir() if path.name not in {shard.key for shard in shards(CATALOGUE, 4)}]
    assert len(left) == 1
    os.utime(left[0], (time.time() - 4000,) * 2)
    index(site, CATALOGUE, store, 4)
    assert not left[0].exists()
