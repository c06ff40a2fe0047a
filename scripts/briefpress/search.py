"""The search index of a built site. The only module that knows Pagefind."""

from __future__ import annotations

import subprocess
from pathlib import Path

from pagefind_bin import get_executable  # type: ignore[import-untyped]  # it has no types


class SearchError(Exception):
    """The index could not be made; the text says why."""


def index(site: Path) -> None:
    """Write `pagefind/` into a built site; pages with `data-pagefind-body` are indexed.

    Raises:
        SearchError: Pagefind failed.
    """
    done = subprocess.run(
        [str(get_executable()), "--site", str(site), "--silent"], capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise SearchError(f"pagefind ended with {done.returncode}: {(done.stderr or done.stdout).strip()[-500:]}")
