"""The old site stands until the new one is whole."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from briefpress.staging import Staging, StagingError


def tree(folder: Path) -> dict[str, str]:
    return {file.relative_to(folder).as_posix(): file.read_text() for file in sorted(folder.rglob("*")) if file.is_file()}


def site_of(folder: Path, text: str = "old") -> Path:
    site = folder / "site"
    site.mkdir()
    (site / "index.html").write_text(text)
    return site


def test_the_first_site(tmp_path: Path) -> None:
    staging = Staging.beside(tmp_path / "new" / "site")
    (staging.folder / "index.html").write_text("new")
    staging.put_in_place()
    staging.drop()
    assert tree(tmp_path) == {"new/site/index.html": "new"}
    assert os.listdir(tmp_path / "new") == ["site"]


def test_a_new_site_takes_the_place_of_the_old_as_a_whole(tmp_path: Path) -> None:
    site = site_of(tmp_path)
    (site / "gone.html").write_text("old")
    staging = Staging.beside(site)
    (staging.folder / "index.html").write_text("new")
    assert tree(site) == {"gone.html": "old", "index.html": "old"}
    staging.put_in_place()
    assert tree(tmp_path) == {"site/index.html": "new"}
    assert os.listdir(tmp_path) == ["site"]


def test_a_build_that_fails_leaves_the_old_site(tmp_path: Path) -> None:
    site = site_of(tmp_path)
    staging = Staging.beside(site)
    (staging.folder / "index.html").write_text("half")
    staging.drop()
    assert tree(tmp_path) == {"site/index.html": "old"}
    assert os.listdir(tmp_path) == ["site"]


def test_where_the_last_step_fails_the_old_site_is_put_back(tmp_path: Path) -> None:
    site = site_of(tmp_path)
    staging = Staging.beside(site)
    staging.folder.rmdir()
    with pytest.raises(OSError, match="No such file"):
        staging.put_in_place()
    assert tree(tmp_path) == {"site/index.html": "old"}


def dead() -> int:
    """Return the number of a process that has ended."""
    done = subprocess.Popen([sys.executable, "-c", ""])
    done.wait()
    return done.pid


def test_what_a_killed_build_left_is_cleared_away(tmp_path: Path) -> None:
    site = site_of(tmp_path)
    left = tmp_path / f".site.staging-{dead()}"
    left.mkdir()
    (left / "index.html").write_text("half")
    Staging.beside(site).drop()
    assert os.listdir(tmp_path) == ["site"]


def test_a_site_that_was_on_its_way_out_goes_back(tmp_path: Path) -> None:
    before = tmp_path / f".site.staging-{dead()}-before"
    before.mkdir()
    (before / "index.html").write_text("old")
    Staging.beside(tmp_path / "site").drop()
    assert tree(tmp_path) == {"site/index.html": "old"}


def test_a_build_that_still_runs_is_left_alone(tmp_path: Path) -> None:
    site = site_of(tmp_path)
    other = tmp_path / f".site.staging-{os.getppid()}"
    other.mkdir()
    Staging.beside(site).drop()
    assert other.is_dir()


def test_builds_of_two_sites_in_one_folder_do_not_meet(tmp_path: Path) -> None:
    one, other = Staging.beside(tmp_path / "site"), Staging.beside(tmp_path / "site2")
    assert one.folder != other.folder
    assert one.folder.is_dir()


@pytest.mark.parametrize("name", ["series.yml", ".git"])
def test_a_folder_that_holds_something_else_is_never_replaced(tmp_path: Path, name: str) -> None:
    site = tmp_path / "site"
    (site / name).mkdir(parents=True)
    with pytest.raises(StagingError, match="something else"):
        Staging.beside(site)
    assert (site / name).is_dir()
    assert [path.name for path in tmp_path.iterdir()] == ["site"]


def test_a_link_to_where_the_site_is_served_from_is_followed(tmp_path: Path) -> None:
    served = site_of(tmp_path)
    (tmp_path / "link").symlink_to(served)
    staging = Staging.beside(tmp_path / "link")
    (staging.folder / "index.html").write_text("new")
    staging.put_in_place()
    assert (tmp_path / "link").is_symlink()
    assert (served / "index.html").read_text() == "new"


# A build that is killed

OLD = {"index.html": "old home", "a/index.html": "stays", "a/x.csv": "old", "b/index.html": "goes", "b/c/index.html": "goes too", "d": "a file",
       "e/one.html": "in a folder"}  # fmt: skip
NEW = {"index.html": "new home", "a/index.html": "stays", "a/x.csv": "new", "a/y.csv": "comes", "f/g/index.html": "comes too",
       "d/index.html": "in a folder now", "e": "a file now"}  # fmt: skip


def build(site: Path, kept: Path, files: dict[str, str]) -> None:
    """Build a site of which every file is a unit."""
    staging = Staging.beside(site, kept)
    for address, text in files.items():
        if staging.keep(address, text) is None:
            staging.put(address, text, {address: text.encode()})
    staging.put_in_place()


def dies(at: int, work: Callable[[], None]) -> bool:
    """Do something in another process, which dies at its nth step on the disk, a file half written; whether it did."""
    child = os.fork()
    if child:
        status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        assert status in (0, 9)
        return status == 9
    steps = status = 0

    def dying(step: Callable[..., Any], *, writes: bool) -> Callable[..., Any]:
        def go(*given: Any, **more: Any) -> Any:
            nonlocal steps
            steps += 1
            if steps == at:
                if writes and given[0].parent.is_dir():
                    step(given[0], given[1][: len(given[1]) // 2], *given[2:], **more)
                os._exit(9)
            return step(*given, **more)

        return go

    try:
        for owner, names in ((os, "replace rename unlink rmdir mkdir"), (Path, "write_text write_bytes")):
            for name in names.split():
                setattr(owner, name, dying(getattr(owner, name), writes=owner is Path))
        work()
    except BaseException:
        traceback.print_exc()
        status = 1
    finally:
        os._exit(status)


@pytest.mark.parametrize("known", [True, False], ids=["what changed", "from nothing"])
@pytest.mark.parametrize("touched", [False, True], ids=["", "touched"])
def test_a_build_that_is_killed_at_any_step_leaves_the_old_site_or_the_new(tmp_path: Path, known: bool, touched: bool) -> None:
    seen = set()
    for at in range(1, 200):
        place = tmp_path / str(at)
        site, kept = place / "site", place / "store/site.json"
        build(site, kept, OLD)
        if not known:
            kept.unlink()
        if touched:
            (site / "a/stray.txt").write_text("nobody made this")
            os.utime(site / "a", (1, 1))
            os.utime(site / "e", (1, 1))
        old = tree(site)

        died = dies(at, lambda: build(site, kept, NEW))  # noqa: B023  # it is called at once

        there = tree(site) if site.exists() else tree(next(place.glob(".site*-before")))
        assert all(text in (OLD.get(name), NEW.get(name), old.get(name)) for name, text in there.items()), "nothing is half written"
        assert {name for name in OLD if name in NEW} <= there.keys(), "what is in both sites is there all the time"
        if there != NEW and not (known and journals(place)):
            assert there == old, "before it was decided, nothing has changed"
        Staging.beside(site, kept).drop()
        after = tree(site)
        seen.add(after == NEW)
        assert after in (old, NEW)
        assert sorted(os.listdir(place)) == ["site", "store"]
        build(site, kept, NEW)
        assert tree(site) == NEW
        build(site, kept, OLD)
        assert tree(site) == OLD
        if not died:
            break
    assert at > 15, "there were steps to die at"
    assert not died
    assert seen == {True, False}


def journals(place: Path) -> list[Path]:
    return [*place.glob(".site*-journal.json")]


def test_what_is_left_of_a_build_is_cleared_away_though_another_process_has_its_number(tmp_path: Path) -> None:
    """In a container the first processes have small numbers, the same each time."""
    site, kept = tmp_path / "site", tmp_path / "store/site.json"
    build(site, kept, OLD)
    left = tmp_path / f".site.staging-{os.getppid()}"
    left.mkdir()
    (left / "index.html").write_text("never finished")
    build(site, kept, NEW)
    assert tree(site) == NEW
    assert sorted(os.listdir(tmp_path)) == ["site", "store"]


def test_two_builds_of_one_site_follow_each_other(tmp_path: Path) -> None:
    site, kept = tmp_path / "site", tmp_path / "store/site.json"
    first = Staging.beside(site, kept)
    waited: list[bool] = []

    def second() -> None:
        staging = Staging.beside(site, kept, waiting=lambda: waited.append(True))
        staging.put("index.html", "2", {"index.html": b"second"})
        staging.put_in_place()

    other = threading.Thread(target=second)
    other.start()
    while not waited:
        time.sleep(0.01)
    first.put("index.html", "1", {"index.html": b"first"})
    first.put_in_place()
    other.join()
    assert tree(site) == {"index.html": "second"}
