"""The old site stands until the new one is whole."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

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
