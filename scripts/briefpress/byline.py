"""The by-line: the people named under the title, in the order they are credited."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property

from anyascii import anyascii

from briefpress.finding import Place

# Lower-case words that belong to the family name: Ludwig van Voorbeeld, Ana de la Muestra.
_PARTICLES = frozenset(
    "af al am an auf aus av ben bin da dal de dei del della den der des di do dos du el ibn la le "
    "les los op ten ter the 't tot und van vom von vor y zu zum zur".split()
)
PREFIXES = re.compile(r"(?:by|par|von|door|dr|prof|professor|mr|mrs|ms|sir|dame)\.?\s+", re.IGNORECASE)
"""What editors put before a name and the page does not print."""


@dataclass(frozen=True)
class Author:
    """One person of a by-line."""

    given: str
    particle: str
    family: str
    id: str = ""
    """The short id in `people.yml`; empty for a person whom only the brief names."""
    orcid: str = ""
    """Four groups of four characters with hyphens, or empty."""
    affiliation: tuple[str, ...] = ()
    email: str = ""
    bio: str = ""
    photo: str = ""
    """Path of the picture from the project's folder, or empty."""
    photo_place: Place = field(default=Place(1, 1), compare=False)
    """Where the picture is named, in `people.yml` or in the brief."""

    @property
    def name(self) -> str:
        """The name as the by-line prints it."""
        return " ".join(part for part in (self.given, self.particle, self.family) if part)

    @property
    def surname(self) -> str:
        """The family name with its particle."""
        return " ".join(part for part in (self.particle, self.family) if part)

    @property
    def orcid_url(self) -> str:
        """The ORCID iD as the address that it is, or empty."""
        return self.orcid and f"https://orcid.org/{self.orcid}"

    @cached_property
    def address(self) -> str:
        """The part of the author's address: the id, else the name in ASCII. It tells people apart.

        Where two people would share it, the checks ask for an id in `people.yml`.
        """
        return self.id or address_part(self.name)

    def may_be(self, other: Author) -> bool:
        """Whether the two can be one person, written in two ways: one name, no two ORCID iDs."""
        one, two = self.name, other.name
        return (one == two or folded(one) == folded(two)) and (not self.orcid or not other.orcid or self.orcid == other.orcid)

    @property
    def sort_key(self) -> tuple[str, str, str]:
        """By family name without its particle, as European libraries file it; accents fold."""
        return folded(self.family), folded(self.given), self.address


def parse_name(text: str) -> tuple[str, str, str]:
    """Split a name written given name first into given name, particle and family name.

    >>> parse_name("Ludwig van Voorbeeld")
    ('Ludwig', 'van', 'Voorbeeld')

    A single word is a family name. Names that this gets wrong are written with `given`,
    `particle` and `family`.
    """
    words = text.split()
    for index in range(1, len(words) - 1):
        if words[index] in _PARTICLES:
            end = index
            while end < len(words) - 1 and words[end] in _PARTICLES:
                end += 1
            return " ".join(words[:index]), " ".join(words[index:end]), " ".join(words[end:])
    return " ".join(words[:-1]), "", words[-1] if words else ""


def joined(names: Sequence[str], conjunction: str) -> str:
    """`A`, `A and B`, `A, B and C`."""
    if len(names) < 2:
        return "".join(names)
    return f"{', '.join(names[:-1])} {conjunction} {names[-1]}"


def address_part(text: str) -> str:
    """A text as a part of an address: `Zoë van Łuk` becomes `zoe-van-luk`; every script has its letters."""
    return re.sub(r"[^a-z0-9]+", "-", anyascii(text).lower()).strip("-") or "x"


def folded(text: str) -> str:
    """Lower case without accents, for sorting: `Łukasz` stays, `Pejšová` becomes `pejsova`."""
    if text.isascii():
        return text.lower()
    apart = unicodedata.normalize("NFKD", text)
    return "".join(char for char in apart if not unicodedata.combining(char)).casefold()


def orcid_check_digit(base: str) -> str:
    """Return the last character of the ORCID iD that starts with `base`.

    Args:
        base: the first fifteen digits, without hyphens: "000000021825009".

    Returns:
        "0" to "9", or "X", which stands for ten.

    Raises:
        ValueError: not fifteen digits. Callers check the shape first.

    Source:
        ISO/IEC 7064:2003, MOD 11-2, as ORCID describes it under "Structure of the ORCID
        identifier".
    """
    if not re.fullmatch("[0-9]{15}", base):
        raise ValueError(f"expected fifteen digits, got {base!r}")
    total = 0
    for digit in base:
        total = (total + int(digit)) * 2
    return "0123456789X"[(12 - total % 11) % 11]
