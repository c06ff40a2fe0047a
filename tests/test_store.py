"""What is kept between builds."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from briefpress.store import Store, digest


@pytest.mark.parametrize(("one", "other"), [
    (("a", "b"), ("ab",)),
    (("ab", ""), ("a", "b")),
    (("1",), (1,)),
    ((b"a",), ("a",)),
    ((["a", "b"],), ("a", "b")),
    (({"a": 1},), ({"a": 2},)),
    (((None,),), ((),)),
    ((True,), (1,)),
    (("é",), ("e\u0301",)),
])  # fmt: skip
def test_other_things_have_other_keys(one: tuple[Any, ...], other: tuple[Any, ...]) -> None:
    assert digest(*one) != digest(*other)


def test_a_key_is_the_same_again() -> None:
    assert digest({"a": 1, "b": [2]}, "c", b"d") == digest({"b": [2], "a": 1}, "c", b"d")
    assert len(digest()) == 64


def test_an_entry_is_kept(tmp_path: Path) -> None:
    store = Store(tmp_path / "not" / "there")
    key = digest("a")
    assert store.get("bodies", key) is None
    store.put("bodies", key, b"x")
    assert Store(store.folder).get("bodies", key) == b"x"
    assert store.get("fonts", key) is None
    assert store.made == {"bodies": 1}
    assert [file.name for file in store.folder.rglob("*") if file.is_file() and file.name != ".gitignore"] == [key]


@pytest.mark.parametrize("value", [None, {"a": [1, "é", None]}, [], "", 0])
def test_json_goes_round(tmp_path: Path, value: object) -> None:
    store = Store(tmp_path)
    store.put_json("a", digest("a"), value)
    assert store.get_json("a", digest("a")) == value


@pytest.mark.parametrize("data", [b"", b"{", b"\xff", b"\x00"])
def test_an_entry_that_is_spoilt_counts_as_not_there(tmp_path: Path, data: bytes) -> None:
    store = Store(tmp_path)
    store.put("a", digest("a"), data)
    assert store.get_json("a", digest("a")) is None


def test_a_store_that_cannot_be_written_does_no_harm(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    store = Store(tmp_path / "file")
    store.put("a", digest("a"), b"x")
    assert store.get("a", digest("a")) is None
    assert store.made == {"a": 1}


def test_an_entry_is_written_whole_or_not_at_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    store = Store(tmp_path)
    monkeypatch.setattr(os, "replace", full)
    store.put("a", digest("a"), b"x")
    assert [file for file in tmp_path.rglob("*") if file.is_file() and file.name != ".gitignore"] == []
