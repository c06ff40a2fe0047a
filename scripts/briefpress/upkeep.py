"""What lies in the store, and what of it no site uses that stands.

A manifest names the units of a site by their keys; under these it is kept what pages and PDFs were
made from. So what a page of today would need when only its template changes counts as used, though
no build has asked for it. An entry that is taken out is made again: no build depends on one.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from briefpress.staging import Manifest
from briefpress.store import Store, digest

FRESH = 3600
"""Seconds in which an entry is left alone: a build that runs may have made it, and not yet told for what."""
DAY = 86400


@dataclass(frozen=True)
class Entry:
    """One file of the store, or the folder of a search index."""

    kind: str
    file: Path
    size: int
    """Bytes."""
    last: float
    """When it was made or, to a day, last used, in seconds since 1970."""
    used: bool
    """Whether a site that stands was made from it."""

    def old(self, now: float, days: int) -> bool:
        """Whether it can go: no site uses it, and it was last used so many days ago."""
        return not self.used and self.last <= now - max(days * DAY, FRESH)


def entries(store: Store, root: Path) -> Iterator[Entry]:
    """All entries, by kind and name.

    Args:
        store: the store.
        root: the project's folder, whose ledger it is.
    """
    sites = {file.stem: manifest for file in sorted((store.folder / "sites").glob("*.json"))
             if (manifest := Manifest.read(file)) and _stands(store, file.stem)}  # fmt: skip
    used = {use for stem, manifest in sites.items() for use in _used(store, stem, manifest)}
    ledger = digest(str(root.resolve()))[:16]
    folders = [folder for folder in store.folder.iterdir() if folder.is_dir()] if store.folder.is_dir() else []
    for folder in sorted(folders):
        kind = folder.name
        shards = kind == "search"
        for file in sorted(folder.glob("*" if shards else "**/*")) if not folder.is_symlink() else ():  # what lies behind a link is others' too
            with suppress(OSError):
                # A lock that goes locks nobody out.
                if file.is_symlink() or file.suffix == ".lock" or not (file.is_dir() if shards else file.is_file()):
                    continue
                size = sum(one.stat().st_size for one in file.rglob("*") if one.is_file()) if shards else file.stat().st_size
                named = file.stem in sites if kind == "sites" else kind == "ledger" and file.name.endswith(ledger)
                yield Entry(kind, file, size, file.stat().st_mtime, named or (kind, file.name) in used)


def _stands(store: Store, stem: str) -> bool:
    try:
        known = json.loads(store.file("uses", stem).read_bytes())  # to look is not to use
    except (OSError, ValueError):
        return True
    return Path(known["site"]).is_dir()


def _used(store: Store, stem: str, manifest: Manifest) -> Iterator[tuple[str, str]]:
    yield "uses", stem
    yield from _uses(store, "uses", stem)
    for name, unit in manifest.units.items():
        kind = {"briefs": "pages", "papers": "papers", "search": "search"}.get(name.partition(" ")[0])
        if kind and unit.key:
            yield kind, unit.key
            if kind != "search":
                yield from _uses(store, kind, unit.key)


def _uses(store: Store, kind: str, key: str) -> Iterator[tuple[str, str]]:
    known = store.get_json(kind, key)
    yield from ((used, of) for used, of in (known.get("uses", ()) if known else ()))


def prune(found: Iterable[Entry], now: float, days: int) -> list[Entry]:
    """Take out what can go, and give it."""
    gone = []
    for entry in found:
        if entry.old(now, days):
            with suppress(OSError):  # another one was faster, or it is not ours to take out
                if entry.file.stat().st_mtime != entry.last:  # it was used meanwhile
                    continue
                (shutil.rmtree if entry.file.is_dir() else os.unlink)(entry.file)
                gone.append(entry)
    return gone
