"""Build beside the site, and put the whole in its place in one step.

The old site stands until the new one is complete; a build that fails or is killed leaves it alone.
"""

from __future__ import annotations

import os
import re
import shutil
from dataclasses import dataclass
from pathlib import Path

_MARK = ".staging-"


class StagingError(Exception):
    """The site cannot be put where it is to go; the text says why."""


@dataclass(frozen=True)
class Staging:
    """A folder beside `site`, on the same file system, to build in."""

    site: Path
    folder: Path

    @classmethod
    def beside(cls, site: Path) -> Staging:
        """Make an empty folder for this process, and drop those of builds that were killed.

        Raises:
            StagingError: `site` holds something else than a site, which would be lost.
        """
        site = site.resolve()  # a link to where the site is served from is followed
        if site.exists() and not site.is_dir():
            raise StagingError(f"{site.name} is a file; name a folder for the site")
        names = {path.name for path in site.iterdir()} if site.exists() else set()
        if names and ("index.html" not in names or any(name.startswith(".") and name != ".nojekyll" for name in names)):
            raise StagingError(f"the folder {site.name}/ holds something else than a site, which would be lost; name an empty folder")
        site.parent.mkdir(parents=True, exist_ok=True)
        for left in site.parent.glob(f".{site.name}{_MARK}*"):
            owner = re.search(r"\d+", left.name.rpartition(_MARK)[2])
            if owner is None or not _runs(int(owner[0])) or int(owner[0]) == os.getpid():
                _restore(left, site)
        folder = site.parent / f".{site.name}{_MARK}{os.getpid()}"
        folder.mkdir()
        return cls(site, folder)

    def put_in_place(self) -> None:
        """Let the folder take the place of the site; where that fails the old one is put back."""
        before = self.folder.with_name(f"{self.folder.name}-before")
        stood = self.site.exists()
        if stood:
            self.site.rename(before)
        try:
            self.folder.rename(self.site)
        except OSError:
            if stood:
                before.rename(self.site)
            raise
        shutil.rmtree(before, ignore_errors=True)

    def drop(self) -> None:
        """Remove the folder; nothing happens where it was put in place."""
        shutil.rmtree(self.folder, ignore_errors=True)


def _restore(left: Path, site: Path) -> None:
    """Clear up after a killed build: the old site goes back if it was on its way out."""
    if left.name.endswith("-before") and not site.exists():
        left.rename(site)
    else:
        shutil.rmtree(left, ignore_errors=True)


def _runs(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True
    return True
