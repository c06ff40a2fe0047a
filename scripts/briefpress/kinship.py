"""Which briefs of a series have most in common: topics, regions and authors.

A set of briefs is a whole number here, with a bit for each brief, from the oldest at bit 0. What is
asked of every brief at once, such as "which have this topic, and by that author?", is then one
operation on two numbers: for ten thousand briefs it costs less than looking at ten of them.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice

from briefpress.brief import Brief

_WEIGHTS = {"topic": 2, "region": 1, "author": 1}
"""What one in common counts; a power of two each."""


class Kinship:
    """Knows of each brief which others are near to it."""

    def __init__(self, briefs: Iterable[Brief]) -> None:
        self.briefs = sorted(briefs, key=lambda brief: brief.order)
        self.orders = [brief.order for brief in self.briefs]
        self.places = {brief.path: place for place, brief in enumerate(self.briefs)}
        self.standing = _bits([place for place, brief in enumerate(self.briefs) if not brief.withdrawal])
        places: dict[tuple[str, str], list[int]] = defaultdict(list)
        for place, brief in enumerate(self.briefs):
            for key in _keys(brief):
                places[key].append(place)
        self.sharing = {key: _bits(found) for key, found in places.items()}
        """The briefs of a topic, a region or an author."""

    def nearest(self, brief: Brief, besides: Iterable[Brief], limit: int) -> list[Brief]:
        """The briefs that share a topic or an author with one, those first that have most in common with it.

        A topic counts twice, an author or a region once; of equals the nearest in time comes first, by the briefs that stand
        between, and of two as near the newer. So a new brief changes what is near to few old ones.

        Args:
            brief: one of the briefs, or one that is not published yet.
            besides: briefs to leave out, besides itself and those that are withdrawn.
            limit: how many, at most.
        """
        counts: list[int] = []
        left = 0
        for key in _keys(brief):
            sharing = self.sharing.get(key, 0)
            _count(counts, sharing, _WEIGHTS[key[0]])
            left |= sharing if key[0] != "region" else 0
        left &= self.standing
        for path in {brief.path, *(other.path for other in besides)} & self.places.keys():
            left &= ~(1 << self.places[path])
        at = bisect_left(self.orders, brief.order)
        found: list[Brief] = []
        while left and len(found) < limit:
            most = left
            for count in reversed(counts):
                most = most & count or most
            found += [self.briefs[place] for place in islice(_outwards(most, at), limit - len(found))]
            left ^= most
        return found


def _keys(brief: Brief) -> set[tuple[str, str]]:
    return {("topic", one.text) for one in brief.topics} | {("region", one.text) for one in brief.regions} | {
        ("author", author.address) for author in brief.authors}  # fmt: skip


def _bits(places: Sequence[int]) -> int:
    """The set of some places, which ascend."""
    found = bytearray(places[-1] // 8 + 1 if places else 0)
    for place in places:
        found[place // 8] |= 1 << place % 8
    return int.from_bytes(found, "little")


def _count(counts: list[int], briefs: int, weight: int) -> None:
    """Add a weight to the count of each brief of a set. The counts are in columns: all ones, all twos, all fours."""
    column = weight.bit_length() - 1
    while briefs:
        counts += [0] * (column + 1 - len(counts))
        counts[column], briefs = counts[column] ^ briefs, counts[column] & briefs  # what is carried
        column += 1


def _outwards(briefs: int, at: int) -> Iterator[int]:
    """The places of a set from near to far, as seen from a place that is not in it."""
    newer, older = briefs >> at, briefs & ((1 << at) - 1)
    while newer or older:
        up, down = (newer & -newer).bit_length() - 1, at + 1 - older.bit_length()
        if newer and (up <= down or not older):
            yield at + up
            newer &= newer - 1
        else:
            yield at - down
            older ^= 1 << (at - down)
