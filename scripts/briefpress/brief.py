"""A brief: one policy brief as a frozen value, made from fields that are well formed."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import filterfalse

from briefpress.byline import Author
from briefpress.fields import Contributor, Correction, DataFile, Waiver
from briefpress.finding import Place
from briefpress.values import Named


@dataclass(frozen=True, order=True)
class IssueNumber:
    """The place of a brief in its series: `7/2024`, or `47` in a series without years."""

    year: int
    """0 in a series that is numbered continuously."""
    n: int

    def __str__(self) -> str:
        return f"{self.n}/{self.year}" if self.year else str(self.n)


@dataclass(frozen=True, slots=True, eq=False)
class Brief:
    """One brief, told apart by identity. All texts are plain text, spaces folded; `body` is Markdown.

    Where a mandatory field could not be read, it is empty here, the date the first of all dates,
    and the brief is not `sound`.
    """

    path: str
    """From the project's folder, with forward slashes: briefs/2024/07-title/index.md."""
    series: str
    """The slug of its series."""
    number: IssueNumber | None
    """None in a series without numbers."""
    title: str
    authors: tuple[Author, ...]
    date: dt.date
    key_issues: tuple[str, ...]
    lang: str
    license: str
    issn: str
    body: str
    body_line: int
    """The line of the file on which the body begins."""
    places: Mapping[str, Place]
    """Where each field's value stands."""
    key_issue_places: tuple[Place, ...] = ()
    key_issues_typed: int = 0
    """How many the file has, those that could not be read among them."""
    subtitle: str = ""
    doi: str = ""
    """Bare: 10.5555/policy-briefs.2024.7."""
    description: str = ""
    topics: tuple[Named, ...] = ()
    regions: tuple[Named, ...] = ()
    keywords: tuple[str, ...] = ()
    image: Named | None = None
    image_alt: str = ""
    pdf: Named | None = None
    """A designer's own PDF."""
    data: tuple[DataFile, ...] = ()
    related: tuple[Named, ...] = ()
    collection: str = ""
    """A special issue or a mini-series that it belongs to."""
    contributors: tuple[Contributor, ...] = ()
    """People besides the authors, in the order of the file."""
    publishers: tuple[str, ...] = ()
    """All houses of a joint publication; empty for the series' own alone."""
    other_numbers: tuple[str, ...] = ()
    """Numbers that other houses give to it."""
    funding: str = ""
    acknowledgements: str = ""
    draft: bool = False
    embargo: dt.datetime | None = None
    """With its time zone."""
    translation_of: Named | None = None
    """The reference of the original."""
    aliases: tuple[Named, ...] = ()
    """Old addresses as typed, each with a slash at its beginning."""
    corrections: tuple[Correction, ...] = ()
    """What was changed after publication, in the order of the file."""
    waivers: tuple[Waiver, ...] = ()
    sound: bool = True
    """Whether its header has no error. Without that it is checked, and never published."""

    @property
    def stem(self) -> str:
        """The name of the file, or of the folder around an index.md."""
        parts = self.path.split("/")
        return parts[-2] if parts[-1] == "index.md" else parts[-1].removesuffix(".md")

    @property
    def folder(self) -> str:
        """The folder of its figures and data, or empty for a brief that is a single file."""
        return self.path.removesuffix("/index.md") if self.path.endswith("/index.md") else ""

    @property
    def reference(self) -> str:
        """How another brief of the series names it: `7/2024`, `47`, or year and stem."""
        return str(self.number) if self.number else f"{self.date.year}/{self.stem}"

    @property
    def key(self) -> tuple[str, str]:
        """What no two briefs share: the series and the reference within it."""
        return self.series, self.reference

    @property
    def order(self) -> tuple[dt.date, IssueNumber, str]:
        """Sorts a series from its oldest brief to its newest."""
        return self.date, self.number or IssueNumber(0, 0), self.path

    @property
    def withdrawal(self) -> Correction | None:
        """The entry by which it is withdrawn: number, permalink and by-line stay, the text does not."""
        return next((one for one in self.corrections if one.kind == "withdrawal" and one.date and one.note), None)

    @property
    def corrected(self) -> Correction | None:
        """The newest correction that readers see."""
        return max((one for one in self.corrections if one.shown and one.date), key=lambda one: one.date or dt.date.min, default=None)

    @property
    def changed(self) -> dt.date:
        """The day on which its record last changed."""
        return max([self.date, *(one.date for one in self.corrections if one.date)])

    def is_public(self, now: dt.datetime) -> bool:
        """Whether it is published at `now`, which has a time zone: sound, no draft, and past its embargo."""
        return self.sound and not self.draft and (self.embargo is None or self.embargo <= now)

    def place(self, field: str) -> Place:
        """Where the value of a field stands; the head of the file where it is not given."""
        return self.places.get(field, Place(1, 1))


def word_count(text: str) -> int:
    """Words as a reader counts them: runs with a letter or a digit, between spaces."""
    words = text.split()
    return len(words) - sum(1 for word in filterfalse(str.isalnum, words) if not _LETTER.search(word))


_LETTER = re.compile(r"[^\W_]")
