"""Generated briefs to measure with: the same count gives the same briefs, on any machine.

A brief has 2,400 words whose frequencies fall as in a language (Zipf's law, a vocabulary of 8,000),
six sections, twelve footnotes, two links out, six to other briefs of which some name a heading, and
every third a table. One or two authors a brief, of whom a few write much and many once, topics and
regions, so that lists and facets are as long as those of a real series. Nothing here means anything.
"""

from __future__ import annotations

import datetime as dt
import itertools
import json
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass

LAST_YEAR = 2025
"""Briefs are numbered back from here: one with a date to come would not be public."""
A_YEAR, YEARS = 40, 30
"""Briefs a year, until there are too many for that many years; then more a year."""
PARAGRAPHS, WORDS = 4, 100
"""Paragraphs a section, words a paragraph: 2,400 in six sections."""
SECTIONS = ("Introduction", "", "", "", "", "What to do")
"""The first and the last are called alike in every brief, as is the custom; links lead to these two."""
TOPICS = "climate cohesion defence digital energy enlargement health migration research rights taxation trade".split()
REGIONS = "africa americas arctic balkans caucasus europe gulf pacific".split()
SYLLABLES = "an be dor el ki lo mar ni sa tu vel".split()
"""Of the names of authors."""
SERIES = f"""\
timezone: Europe/Brussels
series:
  - slug: policy-briefs
    title: Policy Brief
    masthead: POLICY BRIEF
    issn: 2983-466X
    numbering: per-year
    publisher: Institute
    place: Town
    description: Generated briefs to measure with.
    license: CC-BY-4.0
    disclaimer: {{one: The views are those of the author., several: The views are those of the authors.}}
    topics: {{{", ".join(f"{one}: {one.capitalize()}" for one in TOPICS)}}}
    regions: {{{", ".join(f"{one}: {one.capitalize()}" for one in REGIONS)}}}
"""
"""`briefs/series.yml`."""


@dataclass
class Brief:
    """One generated brief; what peers are given is made from the same values."""

    year: int
    number: int
    date: dt.date
    title: str
    authors: list[str]
    topics: list[str]
    regions: list[str]
    description: str
    key_issues: list[str]
    body: str = ""

    @property
    def path(self) -> str:
        """The file, below the folder of briefs."""
        return f"{self.year}/{self.number:03}-brief.md"

    @property
    def permalink(self) -> str:
        """The address of our page, below the site's."""
        return f"policy-briefs/{self.year}/{self.number}/"

    def text(self) -> str:
        """The whole file as we take it."""
        return header(
            title=self.title, author=self.authors, date=self.date.isoformat(), number=f"{self.number}/{self.year}",
            description=self.description, topics=self.topics, regions=self.regions, key_issues=self.key_issues,
        ) + self.body  # fmt: skip


def header(**fields: str | Sequence[str]) -> str:
    """Fields as front matter; empty ones are left out. What JSON writes is YAML too."""
    lines = [f"{name}: {json.dumps(value, ensure_ascii=False)}" for name, value in fields.items() if value]
    return "---\n" + "\n".join(lines) + "\n---\n\n"


def briefs(count: int) -> list[Brief]:
    """That many briefs, the oldest first; 10,000 take some 15 CPU s and 200 MB."""
    chance = random.Random(count)
    vocabulary = _different(8000, lambda: "".join(chance.choices("etaoinshrdlu", k=chance.randint(2, 13))))
    vocabulary.sort(key=lambda word: len(word) + chance.uniform(0, 25))  # the frequent words of a language are short
    weights = list(itertools.accumulate(1 / rank for rank in range(1, 8001)))

    def some(words: int) -> str:
        text = chance.choices(vocabulary, cum_weights=weights, k=words)
        return ". ".join(" ".join(text[i : i + 18]).capitalize() for i in range(0, words, 18)) + "."

    def name() -> str:
        return " ".join("".join(chance.choices(SYLLABLES, k=k)).capitalize() for k in (2, 3))

    # 300 for 1,000 briefs and 2,000 for 10,000. A constant in Zipf's law (Mandelbrot's) keeps the first from signing every sixth brief.
    people = _different(max(3, round(300 * (count / 1000) ** 0.824)), name)
    renown = list(itertools.accumulate(1 / (rank + 10) for rank in range(1, len(people) + 1)))
    a_year = max(A_YEAR, -(-count // YEARS))
    first = LAST_YEAR - (count - 1) // a_year
    made = []
    for n in range(count):
        year, at = first + n // a_year, n % a_year
        made.append(Brief(
            year, at + 1, dt.date(year, 1, 1) + dt.timedelta(days=at * 365 // a_year), some(chance.randint(4, 9))[:-1],
            list(dict.fromkeys(chance.choices(people, cum_weights=renown, k=chance.randint(1, 2)))),
            chance.sample(TOPICS, chance.randint(1, 3)), chance.sample(REGIONS, chance.randint(0, 2)), some(16),
            [some(words) for words in (15, 16, 17)],
        ))  # fmt: skip
    for n, brief in enumerate(made):
        brief.body = "\n".join(_section(n, at, made, chance, some) for at in range(len(SECTIONS)))
    return made


def _different(count: int, draw: Callable[[], str]) -> list[str]:
    found: dict[str, None] = {}
    while len(found) < count:
        found[draw()] = None
    return list(found)


def _section(n: int, at: int, made: list[Brief], chance: random.Random, some: Callable[[int], str]) -> str:
    other = chance.choice(made)
    anchor = chance.choice(["", "", "#introduction", "#what-to-do"])
    parts = [some(WORDS) for _ in range(PARAGRAPHS)]
    parts[0] += f"[^{at}a] See [{other.title}](../{other.path}{anchor})."
    parts[1] += f" With *emphasis* and **weight**.[^{at}b]"
    if at == 2 and n % 3 == 0:
        rows = "\n".join(f"| {some(2)} | {chance.randint(1, 999)} |" for _ in range(8))
        parts.append(f"Table: {some(5)}\n\n| Kind | Number |\n|---|--:|\n{rows}\n\nNote: Source: {some(4)}")
    work = f" [{some(3)[:-1]}](https://www.example.com/{chance.randint(1, 9999)})." if at in (1, 4) else ""
    parts += [f"[^{at}a]: {some(15)}{work}", f"[^{at}b]: {some(15)}"]
    return f"## {SECTIONS[at] or some(4)[:-1]}\n\n" + "\n\n".join(parts) + "\n"
