"""The briefs as they stood at another point of the project's history. The only module that knows git."""

from __future__ import annotations

import os
import re
import subprocess
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from briefpress.series import BRIEFS

_SETTINGS = (f"{BRIEFS}/series.yml", f"{BRIEFS}/people.yml")


class HistoryError(Exception):
    """The history cannot be read; the text says why, and what to do."""


@dataclass(frozen=True)
class History:
    """The commits that a project is compared with."""

    root: Path
    """The project's folder; the repository may be larger."""
    ref: str
    """The branch, tag or commit as it was named."""
    commit: str
    """The commit that `ref` is."""
    base: str
    """Where this branch left it; the commit itself where the two share nothing."""

    @property
    def name(self) -> str:
        """The ref as a finding names it; of a commit the beginning is enough."""
        return self.ref[:10] if re.fullmatch("[0-9a-f]{40}", self.ref) else self.ref

    @classmethod
    def at(cls, root: Path, ref: str) -> History:
        """Find the commit of `ref`, and the one where the working tree left it.

        Raises:
            HistoryError: no git, no repository, a shallow clone, or no such commit.
        """
        if _run(root, "rev-parse", "--is-shallow-repository") == "true":
            raise HistoryError("this is a shallow clone, which does not hold the history to compare with: run git fetch --unshallow, "
                               "or set fetch-depth: 0 for actions/checkout")  # fmt: skip
        try:
            commit = _run(root, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{ref}^{{commit}}")
        except HistoryError as error:
            if error.args != ("",):
                raise
            raise HistoryError(f'there is no branch, tag or commit "{ref}": fetch it first (git fetch origin), '
                               "or name another, for example origin/main") from None  # fmt: skip
        try:
            base = _run(root, "merge-base", commit, "HEAD").split("\n")[0]
        except HistoryError as error:
            if error.args != ("",):
                raise
            base = commit
        return cls(root, ref, commit, base)

    def changed(self, commit: str) -> frozenset[str]:
        """The files under `briefs/` that differ between a commit and the working tree; paths from the root."""
        known = _run(self.root, "diff", "--name-only", "--no-renames", "--relative", "-z", commit, "--", BRIEFS)
        new = _run(self.root, "ls-files", "--others", "--exclude-standard", "-z", "--", BRIEFS)
        return frozenset(path for path in (known + "\0" + new).split("\0") if path)

    def content(self, commit: str, path: str) -> bytes:
        """A file as it stood at a commit; empty where it was not there."""
        try:
            return _git(self.root, "cat-file", "blob", f"{commit}:./{path}")
        except HistoryError:
            return b""

    def write(self, commit: str, paths: frozenset[str], folder: Path) -> None:
        """Write files as they stood at a commit, with `series.yml` and `people.yml`, below a folder.

        Args:
            commit: of this history.
            paths: from the project's folder; those that were not there are left out, and so are links.
            folder: an empty folder of the caller's.
        """
        (folder / BRIEFS).mkdir()
        rows = _run(self.root, "ls-tree", "-r", "-z", "--end-of-options", commit, "--", BRIEFS).split("\0")
        blobs = {}
        for row in rows:
            about, _, path = row.partition("\t")
            if about.startswith("100") and (path in paths or path in _SETTINGS) and ".." not in PurePosixPath(path).parts:
                blobs[path] = about.split(" ")[2]
        for path, data in zip(blobs, _contents(self.root, list(blobs.values())), strict=True):
            file = folder / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(data)


def _contents(root: Path, blobs: list[str]) -> list[bytes]:
    out = _git(root, "cat-file", "--batch", given="".join(f"{blob}\n" for blob in blobs).encode())
    found, at = [], 0
    for _ in blobs:
        end = out.index(b"\n", at)
        size = int(out[at:end].rpartition(b" ")[2])
        found.append(out[end + 1 : end + 1 + size])
        at = end + size + 2
    return found


def _run(root: Path, *arguments: str) -> str:
    return os.fsdecode(_git(root, *arguments)).strip("\n")


def _git(root: Path, *arguments: str, given: bytes | None = None) -> bytes:
    try:
        # No prompt, no lock: a check changes nothing.
        done = subprocess.run(
            ["git", *arguments], cwd=root, input=given, capture_output=True, check=False,
            env=os.environ | {"GIT_OPTIONAL_LOCKS": "0", "GIT_TERMINAL_PROMPT": "0", "LC_ALL": "C"},
        )  # fmt: skip
    except FileNotFoundError:
        raise HistoryError("git is not installed, and only it knows what was published before: install it") from None
    if done.returncode:
        said = os.fsdecode(done.stderr).strip().removeprefix("fatal: ")
        if "not a git repository" in said:
            raise HistoryError("this folder is in no git repository, so there is nothing to compare with: leave --against out")
        raise HistoryError(said.split("\n")[0])
    return done.stdout
