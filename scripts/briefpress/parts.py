"""Where a file is cut that would grow with the series: by year, and a long year again.

A whole that is not long is one file. A longer one has the newest at that address, and beside it a
file for each year; those of the years together hold everything. So what is old lies still: a brief
that is added or corrected changes the file of its year, and that of the newest.

Source:
    RFC 5005, "Feed Paging and Archiving", section 4: one document with the latest, and archives
    beside it that lie still.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

WHOLE = 1000
"""References or rows of a table in one file."""
T = TypeVar("T")


@dataclass(frozen=True)
class Part(Generic[T]):
    """What one file holds."""

    label: str
    """`2024`, and `2024-2` for what a second file of that year holds; empty for the whole or the newest."""
    year: int
    """0 for the whole or the newest."""
    items: tuple[T, ...]

    def named(self, name: str) -> str:
        """The name of the file, without its ending, where that of the whole is `name`."""
        return f"{name}-{self.label}" if self.label else name


def cut(items: Iterable[T], year: Callable[[T], int], order: Callable[[T], Any]) -> list[Part[T]]:
    """Cut a whole into files, the first of which stands at the whole's own address.

    Args:
        items: in the order in which they are to stand; each part keeps it.
        year: the year under which an item is filed.
        order: what sorts the items from old to new.
    """
    every = tuple(items)
    if len(every) <= WHOLE:
        return [Part("", 0, every)]
    newest = sorted(sorted(range(len(every)), key=lambda at: order(every[at]))[-WHOLE:])
    return [Part("", 0, tuple(every[at] for at in newest)), *by_year(every, year)]


def by_year(items: Iterable[T], year: Callable[[T], int]) -> list[Part[T]]:
    """A part for each year, from old to new; a year of more than `WHOLE` items has several."""
    years: dict[int, list[T]] = defaultdict(list)
    for item in items:
        years[year(item)].append(item)
    return [
        Part(f"{one}-{nth}" if nth > 1 else f"{one}", one, tuple(found[start : start + WHOLE]))
        for one, found in sorted(years.items())
        for nth, start in enumerate(range(0, len(found), WHOLE), 1)
    ]
