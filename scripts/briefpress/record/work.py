"""A brief as the world refers to it: one value, from which every format of the record is written."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

from briefpress.brief import Brief
from briefpress.byline import Author, address_part, parse_name
from briefpress.listing import author_url, date_text, description, language_name, subject_labels, year_of
from briefpress.series import Catalogue, Series
from briefpress.texts import texts
from briefpress.values import LICENCES, Licence


class Update(NamedTuple):
    """A correction that readers see."""

    kind: str
    """One of `fields.CORRECTIONS`, without typo."""
    date: dt.date
    note: str


@dataclass(frozen=True)
class Work:
    """One public brief. Texts are plain and on one line; addresses are absolute."""

    brief: Brief
    series: Series
    site_url: str
    """With a slash at its end."""
    url: str
    """The permalink."""
    pdf: str = ""
    card: str = ""
    """The picture for those who share it."""
    subjects: tuple[str, ...] = ()
    """Labels of topics and regions."""
    original: Work | None = None
    """What it translates."""
    translations: tuple[Work, ...] = ()
    """What translates it."""

    @classmethod
    def of(cls, catalogue: Catalogue, brief: Brief, site_url: str, *, pdf: str = "", card: str = "") -> Work:
        """The work of a public brief; `pdf` and `card` are absolute addresses, or empty."""

        def plain(one: Brief) -> Work:
            return cls(one, catalogue.series(one), site_url, site_url + catalogue.permalink(one))

        labels = {kind: subject_labels(catalogue, kind) for kind in ("topics", "regions")}
        subjects = tuple(labels[kind][one.text] for kind in labels for one in getattr(brief, kind) if one.text in labels[kind])
        first, *others = catalogue.translations.get(brief.path, (brief,))
        return cls(
            brief, catalogue.series(brief), site_url, site_url + catalogue.permalink(brief), pdf, card, tuple(dict.fromkeys(subjects)),
            None if first is brief else plain(first), tuple(plain(one) for one in others) if first is brief else (),
        )  # fmt: skip

    @property
    def main_title(self) -> str:
        """The title, which says of a withdrawn brief that it is.

        Source:
            NISO RP-45-2024 (CREC): the title in every record tells the status.
        """
        words = self._words
        return words["withdrawn_title"].format(title=self.brief.title) if self.withdrawn else self.brief.title

    @property
    def title(self) -> str:
        """Title and subtitle, as a reference has them."""
        title, more = self.main_title, self.brief.subtitle
        if not more:
            return title
        return f"{title} {more}" if title[-1:] in "?!…" else f"{title}: {more}"

    @property
    def number(self) -> str:
        """`7/2024`, or empty in a series without numbers."""
        return str(self.brief.number or "")

    @property
    def serial(self) -> str:
        """The number as a part of names, year first: `2024-7`, `47`; year and file name where there are no numbers."""
        number = self.brief.number
        if number is None:
            return address_part(self.brief.reference)
        return f"{number.year}-{number.n}" if number.year else str(number.n)

    @property
    def id(self) -> str:
        """A name that no other work of the site has: `policy-briefs-2024-7`."""
        return f"{self.series.slug}-{self.serial}"

    @property
    def year(self) -> int:
        """The year under which it is filed."""
        return year_of(self.brief)

    @property
    def institutions(self) -> tuple[str, ...]:
        """Who publishes it; several houses of a joint publication."""
        return self.brief.publishers or (self.series.publisher,)

    @property
    def doi_url(self) -> str:
        """The DOI as an address, or empty."""
        return f"https://doi.org/{self.brief.doi}" if self.brief.doi else ""

    @property
    def cite_as(self) -> str:
        """The address by which it is cited."""
        return self.doi_url or self.url

    @property
    def abstract(self) -> str:
        """The key issues, or of a withdrawn brief the notice."""
        return description(self.brief) if self.brief.withdrawal else " ".join(self.brief.key_issues)

    @property
    def license(self) -> Licence:
        """Its licence."""
        return LICENCES[self.brief.license]

    @property
    def keywords(self) -> tuple[str, ...]:
        """Topics, regions and keywords, each once."""
        return tuple(dict.fromkeys((*self.subjects, *self.brief.keywords)))

    @property
    def updates(self) -> tuple[Update, ...]:
        """The corrections that readers see, oldest first."""
        shown = (Update(one.kind, one.date, one.note.text) for one in self.brief.corrections if one.shown and one.date and one.note)
        return tuple(sorted(shown, key=lambda one: one.date))

    @property
    def changed(self) -> dt.date:
        """The day on which it last changed for readers, for whom a typo is no change."""
        return max([self.brief.date, *(one.date for one in self.updates)])

    @property
    def withdrawn(self) -> dt.date | None:
        """The day on which it was withdrawn."""
        return self.brief.withdrawal.date if self.brief.withdrawal else None

    def people(self, *roles: str) -> tuple[tuple[Author, str], ...]:
        """Contributors with their roles; without arguments, all of them."""
        return tuple((Author(*parse_name(one.name)), one.role) for one in self.brief.contributors if not roles or one.role in roles)

    def address_of(self, author: Author) -> str:
        """The page of an author."""
        return self.site_url + author_url(author)

    @cached_property
    def _words(self) -> Mapping[str, str]:
        return texts(self.brief.lang)

    def dated(self, day: dt.date) -> str:
        """A day as the series prints it."""
        return date_text(day, self.series.date_style, self.brief.lang)

    def said(self, update: Update) -> str:
        """A correction as one line: `Correction, 2.4.2024: …`."""
        return f"{self._words[f'kind_{update.kind}']}, {self.dated(update.date)}: {update.note}"

    @property
    def notes(self) -> tuple[str, ...]:
        """What a format without fields for it says in notes: corrections, the original, translations, other numbers."""
        return tuple(self._notes())

    @property
    def note(self) -> str:
        """The notes as one, each a sentence."""
        return " ".join(one if one[-1] in ".?!…" else f"{one}." for one in self.notes)

    def _notes(self) -> Iterator[str]:
        words = self._words
        for update in self.updates:
            yield self.said(update)
        if self.original:
            yield f"{words['translated_from']} {self.original.version}"
        for one in self.translations:
            yield f"{words['also_in']} {one.version}"
        if self.brief.other_numbers:
            yield f"{words['other_numbers']} {'; '.join(self.brief.other_numbers)}"

    @property
    def named(self) -> str:
        """Series and number: `CSDS Policy Brief 7/2024`."""
        return f"{self.series.title} {self.number}".strip()

    @property
    def version(self) -> str:
        """How a version in another language refers to it."""
        return f"{language_name(self.brief.lang)} ({self.named}, {self.cite_as})"


def inverted(author: Author) -> str:
    """The name with the family name first, particle and all: `van den Voorbeeld, Lieve`."""
    return f"{author.surname}, {author.given}" if author.given else author.surname

