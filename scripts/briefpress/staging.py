"""Build beside the site, and put in its place what changed.

A site from nothing is put in place by one rename. Where one stands of which is known what it is
made of, only changed files are staged; what is to be done with them is written down before it is
begun, so that the next build can finish what a killed one began. Two builds of one site follow each
other. Until the end the old site stands as it was.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import orjson
from filelock import FileLock, Timeout

_MARK = ".staging-"
_JOURNAL = "-journal.json"
_FORM = 2
"""Raise it when a manifest is written in another way."""
OTHERS = "others"
"""The unit of the files that somebody else puts into the folder: pages of MkDocs, and its theme."""


class StagingError(Exception):
    """The site cannot be put where it is to go; the text says why."""


@dataclass
class Unit:
    """What is made at one go, by one key: the page of a brief with all that lies beside it, a list, a feed."""

    key: str
    """What it was made of."""
    rows: str = ""
    """Its files, one a line: digest, space, address from the site's root."""
    notes: list[str] = field(default_factory=list)
    """What was noticed while it was made, which is to be told as long as it stands."""

    @classmethod
    def of(cls, key: str, files: Mapping[str, str], notes: Iterable[str] = ()) -> Unit:
        """Make one of its files: address → digest."""
        return cls(key, "\n".join(f"{digest} {address}" for address, digest in files.items()), list(notes))

    @cached_property
    def files(self) -> dict[str, str]:
        """Its files: address → digest. Most units stand, and nobody asks."""
        return {row[_DIGITS + 1 :]: row[:_DIGITS] for row in self.rows.split("\n")} if self.rows else {}


@dataclass
class Manifest:
    """What a site is made of."""

    units: dict[str, Unit] = field(default_factory=dict)
    folders: dict[str, int] = field(default_factory=dict)
    """When something last came into a folder or left it, in nanoseconds; by the folder's address."""
    state: str = ""
    """What all units were made of besides what is their own; empty where that cannot be told."""

    @property
    def addresses(self) -> set[str]:
        """Of all files."""
        return {address for unit in self.units.values() for address in unit.files}

    @classmethod
    def read(cls, file: Path) -> Manifest | None:
        """Read one; None where there is none that can be used."""
        try:
            found = _loads(file.read_bytes())
            if found["form"] != _FORM:
                return None
            return cls({name: Unit(*parts) for name, parts in found["units"].items()}, found["folders"], found["state"])
        except (OSError, ValueError, KeyError, TypeError):
            return None

    def write(self, file: Path) -> None:
        """Write it whole or not at all."""
        units = {name: (one.key, one.rows, one.notes) for name, one in self.units.items()}
        file.parent.mkdir(parents=True, exist_ok=True)
        part = file.with_name(f"{file.name}.{os.getpid()}")
        part.write_bytes(_dumps({"form": _FORM, "units": units, "folders": self.folders, "state": self.state}))
        os.replace(part, file)


# With ten thousand briefs a manifest is 6 MB, read and written in each build: orjson takes a tenth of the time, but no name of
# a file that is not in UTF-8.
def _loads(data: bytes) -> Any:
    try:
        return orjson.loads(data)
    except ValueError:
        return json.loads(data)


def _dumps(value: Any) -> bytes:
    try:
        return orjson.dumps(value)
    except TypeError:
        return json.dumps(value).encode()


_DIGITS = 20


def _digest(data: bytes) -> str:
    return hashlib.blake2b(data, digest_size=_DIGITS // 2).hexdigest()


@dataclass
class Staging:
    """A folder beside `site`, on the same file system, to build in."""

    site: Path
    folder: Path
    kept: Path | None = None
    """Where what the site is made of is written down; None where nobody will ask."""
    before: Manifest | None = None
    """What the site that stands is made of; None where that is not known, and it is made from nothing."""
    now: Manifest = field(default_factory=Manifest)
    lock: FileLock | None = None
    _touched: set[str] = field(default_factory=set)
    """Folders of the site that somebody else has changed."""

    @classmethod
    def beside(cls, site: Path, kept: Path | None = None, waiting: Callable[[], None] = lambda: None) -> Staging:
        """Make an empty folder for this process; finish, or drop, what builds left that were killed.

        Args:
            site: where the site stands, or will.
            kept: a file for what the site is made of, of the project's own.
            waiting: called where another build of this site has to end first.

        Raises:
            StagingError: `site` holds something else than a site, which would be lost.
        """
        site = site.resolve()  # a link to where the site is served from is followed
        if site.exists() and not site.is_dir():
            raise StagingError(f"{site.name} is a file; name a folder for the site")
        names = {path.name for path in site.iterdir()} if site.exists() else set()
        if names and ("index.html" not in names or any(name.startswith(".") and name != ".nojekyll" for name in names)):
            raise StagingError(f"the folder {site.name}/ holds something else than a site, which would be lost; name an empty folder")
        lock = _locked(kept, waiting)
        site.parent.mkdir(parents=True, exist_ok=True)
        for left in sorted(site.parent.glob(f".{site.name}{_MARK}*"), key=lambda path: not path.name.endswith(_JOURNAL)):  # they need the others
            owner = re.search(r"\d+", left.name.rpartition(_MARK)[2])
            # Under the lock nobody else builds this site: the number of a dead build can be that of another process by now.
            if owner is None or lock is not None or not _runs(int(owner[0])) or int(owner[0]) == os.getpid():
                _clear_up(left, site)
        folder = site.parent / f".{site.name}{_MARK}{os.getpid()}"
        folder.mkdir()
        staging = cls(site, folder, kept, None, Manifest(), lock)
        before = Manifest.read(kept) if kept and site.is_dir() else None
        if before is not None and before.folders.get("") is not None:
            staging.before = before
            staging._touched = {one for one, time in before.folders.items() if _time(site, one) != time}
        return staging

    # -- what the new site is made of --------------------------------------------------------------

    def stands(self, state: str) -> bool:
        """Whether the site was made of the same, as far as that is not a unit's own, and nobody touched it since."""
        return bool(state) and self.before is not None and self.before.state == state and not self._touched

    def keep(self, name: str, key: str) -> Unit | None:
        """Let a unit stand where it was made of the same and nobody touched it; None where it is to be made."""
        unit = self.before.units.get(name) if self.before else None
        if unit is None or not key or unit.key != key:
            return None
        if self._touched and any(os.path.dirname(address) in self._touched for address in unit.files):
            return None
        self.now.units[name] = unit
        return unit

    def put(self, name: str, key: str, files: Mapping[str, bytes], notes: Iterable[str] = ()) -> None:
        """Stage the files of a unit, those that are in place already excepted."""
        unit = self.now.units[name] = Unit.of(key, {address: _digest(data) for address, data in files.items()}, notes)
        before = self.before.units.get(name) if self.before else None
        for address, data in files.items():
            if before is None or before.files.get(address) != unit.files[address] or os.path.dirname(address) in self._touched:
                file = self.folder / address
                try:
                    file.write_bytes(data)
                except FileNotFoundError:
                    file.parent.mkdir(parents=True, exist_ok=True)
                    file.write_bytes(data)

    def read(self, address: str) -> bytes:
        """A file of the new site.

        Raises:
            OSError: it has none at that address.
        """
        return self.find(address).read_bytes()

    def find(self, address: str) -> Path:
        """Where a file of the new site lies for now."""
        staged = self.folder / address
        return staged if self.before is None or staged.is_file() else self.site / address

    def changes(self, pages: Iterable[str]) -> Iterator[tuple[str, str]]:
        """Of some pages that are staged, those that stand already, each as it is and as it will be."""
        for address in pages:
            with suppress(OSError):
                yield (self.site / address).read_text("utf-8", "replace"), (self.folder / address).read_text("utf-8", "replace")

    def staged(self) -> Iterator[str]:
        """The addresses of what is staged, in their order."""
        yield from sorted(file.relative_to(self.folder).as_posix() for file in self.folder.rglob("*") if file.is_file())

    # -- putting in place --------------------------------------------------------------------------

    def put_in_place(self) -> None:
        """Let what was made take its place; where a rename of the whole fails, the old site is put back."""
        if OTHERS not in self.now.units:
            self.take_in_others()
        if self.before is None:
            self._put_whole()
        else:
            self._put_changes()
        self.release()

    def take_in_others(self) -> None:
        """Account for the files that somebody else has put into the folder; those that are in place already go."""
        known = self.before.units.get(OTHERS) if self.before else None
        ours = self._made()
        files = {}
        for address in self.staged():
            if address in ours:
                continue
            files[address] = _digest((self.folder / address).read_bytes())
            if known and known.files.get(address) == files[address] and os.path.dirname(address) not in self._touched:
                (self.folder / address).unlink()
        unit = Unit.of("", files)
        self.now.units[OTHERS] = known if known and known.rows == unit.rows else unit

    def gone(self) -> set[str]:
        """The addresses at which a file stands that the new site does not have."""
        before = self.before.units if self.before else {}
        changed = [unit for name, unit in before.items() if self.now.units.get(name) is not unit]
        return {address for unit in changed for address in unit.files} - self._made()

    def _made(self) -> set[str]:
        """The addresses of the units that were made in this build."""
        before = self.before.units if self.before else {}
        return {address for name, unit in self.now.units.items() if before.get(name) is not unit for address in unit.files}

    def _put_whole(self) -> None:
        before = self.folder.with_name(f"{self.folder.name}-before")
        stood = self.site.exists()
        if self.kept:
            self.kept.unlink(missing_ok=True)  # it tells of the site that goes
        if stood:
            self.site.rename(before)
        try:
            self.folder.rename(self.site)
        except OSError:
            if stood:
                before.rename(self.site)
            raise
        if self.kept:
            _note(self.now, self.site, _folders(address for unit in self.now.units.values() for address in unit.files))
            self.now.write(self.kept)
        shutil.rmtree(before, ignore_errors=True)

    def _put_changes(self) -> None:
        assert self.before is not None
        assert self.kept is not None
        gone = self.gone()
        puts = list(self.staged())
        self.now.folders = dict(self.before.folders)
        strays = self._strays() if self._touched else []
        if puts or gone or strays:
            work = {"put": puts, "delete": sorted(gone), "strays": strays, "kept": str(self.kept), "touched": sorted(self._touched)}
            manifest, journal = _journal(self.folder)
            self.now.write(manifest)
            journal.with_suffix(".part").write_text(json.dumps(work), "utf-8")
            os.replace(journal.with_suffix(".part"), journal)  # from here on it will be finished
            _finish(self.folder, self.site)
        elif self.now.units != self.before.units or self.now.state != self.before.state:
            self.now.write(self.kept)
        shutil.rmtree(self.folder, ignore_errors=True)

    def _strays(self) -> list[str]:
        """What lies in folders that somebody touched, and is no part of the new site."""
        every = self.now.addresses
        folders = set(_folders(every))
        found = []
        for folder in self._touched:
            with suppress(OSError), os.scandir(self.site / folder) as listing:
                for one in listing:
                    address = f"{folder}/{one.name}".lstrip("/")
                    if address not in every and address not in folders:
                        found.append(address)
        return sorted(found)

    def drop(self) -> None:
        """Remove the folder; nothing happens where it was put in place, or where a journal says that it still must be."""
        if not _journal(self.folder)[1].exists():
            shutil.rmtree(self.folder, ignore_errors=True)
        self.release()

    def release(self) -> None:
        """Let the next build begin."""
        if self.lock is not None:
            self.lock.release()


def _locked(kept: Path | None, waiting: Callable[[], None]) -> FileLock | None:
    if kept is None:
        return None
    try:
        kept.parent.mkdir(parents=True, exist_ok=True)
        lock = FileLock(kept.with_suffix(".lock"))
        try:
            lock.acquire(timeout=0)
        except Timeout:
            waiting()
            lock.acquire()
    except OSError:
        return None  # a project that cannot be written to has one build at a time, we hope
    return lock


def _journal(folder: Path) -> tuple[Path, Path]:
    """Beside a staging folder: what the site will be made of, and what is to be done for it."""
    return folder.with_name(f"{folder.name}-manifest.json"), folder.with_name(f"{folder.name}{_JOURNAL}")


def _finish(folder: Path, site: Path) -> None:
    """Do what a journal says, or what is left of it."""
    manifest_file, journal = _journal(folder)
    work: dict[str, Any] = json.loads(journal.read_text("utf-8"))
    manifest = Manifest.read(manifest_file)
    assert manifest is not None, "it was written before the journal"
    for address in work["strays"]:
        path = site / address
        with suppress(NotADirectoryError):  # its folder has become a file before the build was killed
            shutil.rmtree(path) if path.is_dir() and not path.is_symlink() else path.unlink(missing_ok=True)
    # A folder can be where a file was, and the other way round; else a page goes last.
    clash = any((site / address).is_dir() or any(one.is_file() for one in (site / address).parents) for address in work["put"])
    steps: list[Callable[[], None]] = [lambda: _delete(work["delete"], site), lambda: _move(work["put"], folder, site)]
    for step in steps if clash else reversed(steps):
        step()
    _note(manifest, site, {*_folders(work["put"]), *_folders(work["delete"]), *work["touched"]})
    manifest.write(Path(work["kept"]))
    journal.unlink()
    manifest_file.unlink()


def _move(addresses: Iterable[str], folder: Path, site: Path) -> None:
    for address in addresses:
        staged = folder / address
        if staged.is_file():  # else it was put in place before the build was killed
            (site / address).parent.mkdir(parents=True, exist_ok=True)
            os.replace(staged, site / address)


def _delete(addresses: Iterable[str], site: Path) -> None:
    for address in addresses:
        path = site / address
        with suppress(FileNotFoundError, IsADirectoryError, NotADirectoryError):
            path.unlink()
        parent = path.parent
        while parent != site:
            try:
                parent.rmdir()
            except OSError:  # something is left in it
                break
            parent = parent.parent


def _note(manifest: Manifest, site: Path, folders: Iterable[str]) -> None:
    for folder in folders:
        if (time := _time(site, folder)) is not None:
            manifest.folders[folder] = time
        else:
            manifest.folders.pop(folder, None)


def _time(site: Path, folder: str) -> int | None:
    try:
        return os.stat(f"{site}/{folder}").st_mtime_ns
    except OSError:
        return None


def _folders(addresses: Iterable[str]) -> Iterator[str]:
    """The folders of files, each once, and the folders of these; the site itself is the empty one."""
    seen = {""}
    yield ""
    for address in addresses:
        folder = os.path.dirname(address)
        while folder not in seen:
            seen.add(folder)
            yield folder
            folder = os.path.dirname(folder)


def _clear_up(left: Path, site: Path) -> None:
    """After a killed build: its journal is finished, and an old site goes back if it was on its way out."""
    if left.name.endswith(_JOURNAL):
        _finish(left.with_name(left.name.removesuffix(_JOURNAL)), site)
    elif left.name.endswith("-before") and not site.exists():
        left.rename(site)
    elif left.is_dir():
        shutil.rmtree(left, ignore_errors=True)
    else:
        left.unlink(missing_ok=True)


def _runs(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True
    return True
