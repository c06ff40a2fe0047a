"""What is costly to make, kept by what it depends on.

A key names everything that decides a result, so an entry is never out of date, only unused. An
entry is written whole or not at all: two builds at once, or one that is killed, do no harm.
"""

from __future__ import annotations

import functools
import hashlib
import importlib.metadata
import json
import os
import platform
import tempfile
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import orjson

_LIBRARIES = ("anyascii", "babel", "jinja2", "markdown", "mkdocs", "mkdocs-material", "nh3", "pillow", "pymdown-extensions", "pyyaml",
              "typst", "vl-convert-python")  # fmt: skip
"""Those whose version can change what we write."""


def digest(*parts: object) -> str:
    """A key of sixty-four hexadecimal digits for values that JSON can hold, bytes among them."""
    state = hashlib.blake2b(digest_size=32)
    for part in parts:
        data = part if isinstance(part, bytes) else json.dumps(part, ensure_ascii=False, sort_keys=True).encode("utf-8", "surrogatepass")
        state.update(len(data).to_bytes(8, "big") + data)
    return state.hexdigest()


FOLDER = ".cache/briefpress"
"""Where what is kept lies, below the project's folder."""


@functools.cache
def tool() -> str:
    """The state of what makes the entries: every file of this package, and the versions of the libraries that count."""
    package = Path(__file__).parent
    files = sorted(file for file in package.rglob("*") if file.is_file() and "__pycache__" not in file.parts)
    state = [part for file in files for part in (file.relative_to(package).as_posix(), file.read_bytes())]
    return digest(*state, platform.python_version(), [importlib.metadata.version(name) for name in _LIBRARIES])


_DAY = 86_400_000_000_000
"""Nanoseconds."""
_noted: ContextVar[set[tuple[str, str]] | None] = ContextVar("noted", default=None)


@dataclass
class Store:
    """A folder of entries, one file each."""

    folder: Path
    made: dict[str, int] = field(default_factory=dict)
    """How many entries of each kind were not there and had to be made."""
    used: set[tuple[str, str]] = field(default_factory=set)
    """Kind and key of what was asked for or kept, besides what somebody noted for himself."""

    @classmethod
    def of(cls, root: Path) -> Store:
        """The store of a project, where mkdocs.yml names no other folder."""
        return cls(root / FOLDER)

    def get(self, kind: str, key: str) -> bytes | None:
        """The entry, or None."""
        self.note([(kind, key)])
        try:
            with self.file(kind, key).open("rb") as stream:
                data = stream.read()
                if time.time_ns() - os.fstat(stream.fileno()).st_mtime_ns > _DAY:
                    with suppress(OSError):
                        os.utime(self.file(kind, key))  # its time says to a day when it was last used
                return data
        except OSError:
            return None

    def has(self, kind: str, key: str) -> bool:
        """Whether there is such an entry."""
        return self.file(kind, key).is_file()

    @contextmanager
    def noting(self) -> Iterator[set[tuple[str, str]]]:
        """Note kind and key of all that this thread asks for or keeps within."""
        found: set[tuple[str, str]] = set()
        token = _noted.set(found)
        try:
            yield found
        finally:
            _noted.reset(token)

    def note(self, entries: Iterable[tuple[str, str]]) -> None:
        """Count entries as used now."""
        noted = _noted.get()
        (self.used if noted is None else noted).update(entries)

    def put(self, kind: str, key: str, data: bytes) -> None:
        """Keep an entry; a folder that cannot be written is an entry that is made again."""
        self.made[kind] = self.made.get(kind, 0) + 1
        self.note([(kind, key)])
        file = self.file(kind, key)
        try:
            if not file.parent.is_dir():
                file.parent.mkdir(parents=True, exist_ok=True)
                (self.folder / ".gitignore").write_text("*\n")  # nobody commits it by accident
            handle, name = tempfile.mkstemp(dir=file.parent)
            try:
                with os.fdopen(handle, "wb") as stream:
                    stream.write(data)
                os.replace(name, file)
            except BaseException:
                os.unlink(name)
                raise
        except OSError:
            return

    def get_json(self, kind: str, key: str) -> Any:
        """The entry as JSON knows it, or None; one that cannot be read counts as not there."""
        data = self.get(kind, key)
        try:
            return None if data is None else orjson.loads(data)
        except ValueError:
            return None

    def put_json(self, kind: str, key: str, value: Any) -> None:
        """Keep a value that JSON can hold."""
        self.put(kind, key, orjson.dumps(value))

    def file(self, kind: str, key: str) -> Path:
        """Where an entry lies, or would."""
        return self.folder / kind / key[:2] / key
