"""The search index of a built site, in shards. The only module that knows Pagefind.

Pagefind makes an index whole or not at all, at 7 s of CPU and a gigabyte for a thousand briefs. So
a large catalogue is divided into shards, each an index of its own that is made again only when
something in it changed; the reader's browser merges them.
"""

from __future__ import annotations

import datetime as dt
import json
import os
import shutil
import subprocess
import tempfile
from bisect import bisect_left
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

from pagefind_bin import get_executable  # type: ignore[import-untyped]  # it has no types

from briefpress.store import digest

LIMIT = 1960
"""Pages of a shard, at most: Pagefind takes a megabyte for each, and two gigabytes are what a build may take."""
SMALL = 300
"""Pages that are one shard whatever their years: they are indexed in two seconds, and a second shard costs readers 28 kB."""
RECENT = 2
"""Years of the catalogue that are apart from the archive, since they change most."""
_AT_ONCE = 2000
"""Pages that are indexed side by side, at most, for the same reason."""
_IDLE = 3600
"""Seconds that a made shard is kept after it was last used: it serves the next build of another branch or of drafts."""
_VERSION = 1
"""Raise it where shards are made in another way."""


class SearchError(Exception):
    """The index could not be made; the text says why."""


@dataclass(frozen=True)
class Row:
    """A page that is indexed, as much as the plan needs."""

    address: str
    """Its file, from the site's root: "policy-briefs/2024/7/index.html"."""
    date: dt.date | None
    """When the brief was published; None for another page."""
    digest: str
    """Of what is indexed of it."""


@dataclass(frozen=True)
class Shard:
    """Pages that have an index of their own."""

    addresses: tuple[str, ...]
    key: str
    """Names all that decides what is in the index, in hexadecimal digits."""

    @property
    def folder(self) -> str:
        """Its name in the site; a new one for a new index, so that no cache mixes two."""
        return self.key[:12]


def shards(rows: Iterable[Row], limit: int = LIMIT) -> list[Shard]:
    """Divide pages among indexes, the newest first: the last years of the catalogue, then the archive.

    A shard holds a span of time, since the reader's page shows the newest first and Pagefind sorts
    within an index only.
    """
    every = sorted(rows, key=lambda row: (_date(row), row.address))
    parts: list[Sequence[Row]] = [every] if every else []
    if len(every) > min(limit, SMALL):
        years = sorted({row.date.year for row in every if row.date})[-RECENT:]
        start = bisect_left(every, dt.date(years[0], 1, 1), key=_date) if years else 0
        parts = _cut(every[:start], limit) + _cut(every[start:], limit)
    made_by = [version("pagefind_bin"), _VERSION]
    return [
        Shard(tuple(row.address for row in part), digest(made_by, [[row.address, row.digest] for row in part]))
        for part in reversed(parts)
    ]


def _date(row: Row) -> dt.date:
    return row.date or dt.date.max


def _cut(rows: Sequence[Row], limit: int) -> list[Sequence[Row]]:
    """Fill shards from the oldest on.

    Where one ends is said by the addresses in its last sixteenth, not by their count: with a brief
    more or less it ends at the same brief as before, and all shards behind it are what they were.
    """
    parts = []
    while len(rows) > limit:
        end = min(range(limit - limit // 16, limit + 1), key=lambda at: digest(rows[at].address))
        parts.append(rows[:end])
        rows = rows[end:]
    return [*parts, rows] if rows else parts


def index(rows: Iterable[Row], page: Callable[[str], Path], store: Path, limit: int = LIMIT) -> tuple[list[Shard], list[Shard]]:
    """Make the index of each shard that is not in the store.

    Args:
        rows: the pages with `data-pagefind-body`, in any order.
        page: where the file of an address lies; of shards that are kept none is read.
        store: the folder in which made shards are kept.
        limit: pages of a shard, at most.

    Returns:
        All shards, the newest first, and those of them that had to be made.

    Raises:
        SearchError: Pagefind failed, or a folder cannot be written. Shards that were made are kept.
    """
    planned = shards(rows, limit)
    if not planned:
        return [], []
    try:
        store.mkdir(parents=True, exist_ok=True)
        missing = [shard for shard in planned if not _touched(store / shard.key)]
        if missing:
            with tempfile.TemporaryDirectory(dir=store) as scratch, ThreadPoolExecutor(max(1, min(2, _AT_ONCE // limit))) as threads:
                for _ in threads.map(lambda shard: _make(shard, page, Path(scratch, shard.key), store), missing):
                    pass
        _forget(store, min((store / shard.key).stat().st_mtime for shard in planned) - _IDLE)
    except OSError as error:
        raise SearchError(f"{error.strerror}: {error.filename}") from error
    return planned, missing


def files(shard: Shard, store: Path) -> dict[str, bytes]:
    """What a site has of a shard, by address."""
    made = store / shard.key
    return {f"pagefind/{shard.folder}/{file.relative_to(made).as_posix()}": file.read_bytes() for file in sorted(made.rglob("*")) if file.is_file()}


def ways_in(planned: Sequence[Shard], store: Path, known: Mapping[str, Any]) -> dict[str, bytes]:
    """What the reader's page asks for first, and what opens the shards, at addresses that stay.

    Args:
        planned: all shards, the newest first.
        store: the folder in which they are kept.
        known: what the page shows before it is asked for anything, so that it needs no index until then.
    """
    listed = []
    for shard in planned:
        languages = json.loads((store / shard.key / "pagefind-entry.json").read_text("utf-8"))["languages"]
        listed.append({"folder": shard.folder, "languages": {name: one["page_count"] for name, one in sorted(languages.items())}})
    # The program is fetched beside the list and not after it.
    first = json.dumps({"shards": listed, **known}, ensure_ascii=False).encode()
    return {"pagefind/shards.json": first, "pagefind/pagefind.js": (store / planned[0].key / "pagefind.js").read_bytes()}


def _make(shard: Shard, page: Callable[[str], Path], scratch: Path, store: Path) -> None:
    """Index the pages of a shard, and keep what was made under its key."""
    for address in shard.addresses:
        copy = scratch / "pages" / address
        copy.parent.mkdir(parents=True, exist_ok=True)
        _link(page(address), copy)
    made = scratch / "made"
    command = [str(get_executable()), "--site", str(scratch / "pages"), "--output-path", str(made), "--silent"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SearchError(f"pagefind ended with {done.returncode}: {(done.stderr or done.stdout).strip()[-500:]}")
    for unused in (*made.glob("*-ui.*"), made / "pagefind-highlight.js"):  # 400 kB; the search panel is our own
        unused.unlink()
    if not (store / shard.key).exists():  # else another build was faster
        made.rename(store / shard.key)


def _touched(folder: Path) -> bool:
    """Whether a shard is there; from now on for a while nobody removes it."""
    try:
        os.utime(folder)
    except FileNotFoundError:
        return False
    return True


def _forget(store: Path, before: float) -> None:
    """Remove shards, and what killed builds left, that were last used before a time in seconds."""
    for folder in store.iterdir():
        if folder.stat().st_mtime < before:
            shutil.rmtree(folder)


def _link(source: str | Path, target: str | Path) -> None:
    """One file under two names, as long as both are on one file system."""
    try:
        os.link(source, target)
    except OSError:
        shutil.copyfile(source, target)
