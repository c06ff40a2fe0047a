"""The briefs as they stood at other points of the project's history. The only module that knows git."""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from briefpress.series import BRIEFS


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
            HistoryError: no git, no repository, a shallow clone, no such commit, or no briefs there.
        """
        if _run(root, "rev-parse", "--is-shallow-repository") == "true":
            raise HistoryError("this is a shallow clone, which does not hold the history to compare with: run git fetch --unshallow, "
                               "or set fetch-depth: 0 for actions/checkout")  # fmt: skip
        try:
            commit = _run(root, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{ref}^{{commit}}")
        except HistoryError:
            commit = ""
        if not re.fullmatch("[0-9a-f]{40,64}", commit):
            raise HistoryError(f'there is no branch, tag or commit "{ref}": fetch it first (git fetch origin), '
                               "or name another, for example origin/main")  # fmt: skip
        if (root / BRIEFS).is_symlink() or (root / BRIEFS / ".git").exists():
            raise HistoryError(f"{BRIEFS}/ is not kept in this repository itself: run the check where it is")
        kind = _run(root, "ls-tree", "--end-of-options", commit, "--", BRIEFS).split(" ")[0]
        if kind != "040000":
            raise HistoryError(f"{ref} has no folder {BRIEFS}/ at this place: name a commit that has one")
        try:
            base = _run(root, "merge-base", commit, "HEAD").split("\n")[0]
        except HistoryError:
            base = commit  # the two share nothing, or nothing is committed yet
        return cls(root, ref, commit, base)

    def write(self, commit: str, folder: Path) -> dict[str, str]:
        """Write the texts of `briefs/` as they stood at a commit below a folder: briefs and settings.

        Args:
            commit: of this history.
            folder: an empty folder of the caller's.

        Returns:
            Every file of `briefs/` at the commit with the name of its content; links are left out.
        """
        (folder / BRIEFS).mkdir()
        files = {}
        for row in _run(self.root, "ls-tree", "-r", "-z", "--end-of-options", commit, "--", BRIEFS).split("\0"):
            about, _, path = row.partition("\t")
            if about.startswith("100") and ".." not in PurePosixPath(path).parts:
                files[path] = about.split(" ")[2]
        texts = [path for path in files if path.endswith((".md", ".yml"))]
        for path, data in zip(texts, _contents(self.root, [files[path] for path in texts]), strict=True):
            file = folder / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(data)
        return files

    def content(self, name: str) -> bytes:
        """The content that git knows by a name."""
        return _contents(self.root, [name])[0]

    def contents(self, paths: Iterable[str]) -> dict[str, str]:
        """The names that git would give to the contents of files as they are now; filters such as LFS are heeded."""
        known = [path for path in paths if (self.root / path).is_file() and "\n" not in path]
        if not known:
            return {}
        above = _run(self.root, "rev-parse", "--show-prefix")  # it reads names from the head of the repository
        listed = "".join(f"{above}{path}\n" for path in known)
        out = _git(self.root, "hash-object", "--stdin-paths", given=os.fsencode(listed))
        return dict(zip(known, out.decode().split("\n"), strict=False))


def on_branches(root: Path) -> tuple[dict[tuple[str, str], bytes], int]:
    """Every text of `briefs/` on a branch, this repository's own and those that were fetched.

    Returns:
        The Markdown files by path and the name of their content, and how many branches there are.

    Raises:
        HistoryError: no git, no repository, or one that cannot be read.
    """
    heads = _run(root, "for-each-ref", "--format=%(objectname)", "refs/heads", "refs/remotes").split()
    above = _run(root, "rev-parse", "--show-prefix")
    asked = "".join(f"{commit}:{above}{BRIEFS}\n" for commit in dict.fromkeys(heads))
    rows = os.fsdecode(_git(root, "cat-file", "--batch-check", given=os.fsencode(asked))).split("\n") if asked else []
    # Most branches have the same briefs.
    trees = dict.fromkeys(row.split(" ")[0] for row in rows if row.split(" ")[1:2] == ["tree"])
    names = {}
    for tree in trees:
        for row in _run(root, "ls-tree", "-r", "-z", "--full-tree", tree).split("\0"):
            about, _, path = row.partition("\t")
            if about.startswith("100") and path.endswith(".md"):
                names[f"{BRIEFS}/{path}", about.split(" ")[2]] = about.split(" ")[2]
    return dict(zip(names, _contents(root, list(names.values())), strict=True)), len(heads)


def _contents(root: Path, blobs: list[str]) -> list[bytes]:
    out = _git(root, "cat-file", "--batch", given="".join(f"{blob}\n" for blob in blobs).encode())
    found, at = [], 0
    for blob in blobs:
        end = out.index(b"\n", at)
        if not out[at:end].rpartition(b" ")[2].isdigit():
            raise HistoryError(f"the repository has lost an object, {blob[:10]}: run git fsck, or clone it anew")
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
    except OSError:
        raise HistoryError("git is not installed, or cannot be run, and only it knows what was published before: install it") from None
    if done.returncode:
        said = os.fsdecode(done.stderr).strip().removeprefix("fatal: ")
        if "not a git repository" in said:
            raise HistoryError("this folder is in no git repository, so there is nothing to compare with: leave --against out")
        if "dubious ownership" in said:
            raise HistoryError("the repository belongs to another user: run git config --global --add safe.directory with its folder")
        raise HistoryError(f"git says: {said.partition(chr(10))[0]}: mend the repository, or clone it anew")
    return done.stdout
