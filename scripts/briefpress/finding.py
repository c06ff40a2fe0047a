"""A finding: what a check found, where it stands, and what the editor can write instead."""

from __future__ import annotations

import enum
import re
from dataclasses import dataclass, field
from typing import NamedTuple


class Level(enum.StrEnum):
    """How much a finding weighs: errors block, warnings block where strict, advice never."""

    ERROR = "error"
    WARNING = "warning"
    ADVICE = "advice"


class Place(NamedTuple):
    """A place in a file; both count from 1, the column in characters."""

    line: int
    column: int


class Repair(NamedTuple):
    """What to put in the place of a text, where there is one right answer."""

    old: str
    """The text as typed, without its quotation marks."""
    new: str | None
    """None where there is no one right answer after all."""
    column: int = 0
    """Where the old text begins, on the finding's line; 0 stands for the finding's own column."""


@dataclass(frozen=True, order=True)
class Finding:
    """One finding in one file. Sorts in reading order."""

    path: str
    """Path from the project's folder, with forward slashes."""
    line: int
    """Counts from 1. A finding about the whole file is on line 1."""
    column: int
    """Counts from 1, in characters."""
    code: str
    """The rule that found it, "number-taken"; also its heading in the editors' manual."""
    level: Level
    message: str
    """What is wrong, quoting the offending text."""
    remedy: str
    """What to write instead, as an instruction."""
    instead: Repair | None = field(default=None, compare=False)
    """The same for `check --fix`, where it is certain."""

    def __str__(self) -> str:
        """Two lines for a person; no control character of a file is in them."""
        return printable(
            f"{self.path}:{self.line}:{self.column}: {self.level}: {self.message} [{self.code}]"
        ) + printable(f"\n    fix: {self.remedy}", keep="\n")

    def github(self) -> str:
        """A workflow command that marks the line in a pull request.

        Source:
            GitHub Docs, "Workflow commands for GitHub Actions": `%`, CR and LF are escaped in
            the message, `:` and `,` in properties too.
        """
        kind = "notice" if self.level is Level.ADVICE else str(self.level)
        properties = {
            "file": printable(self.path),
            "line": str(self.line),
            "col": str(self.column),
            "title": self.code,
        }
        listed = ",".join(f"{name}={_escaped(text, ':,')}" for name, text in properties.items())
        message = printable(self.message) + "\nfix: " + printable(self.remedy)
        return f"::{kind} {listed}::{_escaped(message)}"

    def as_dict(self) -> dict[str, str | int]:
        """The finding as JSON knows it."""
        return {
            "path": self.path,
            "line": self.line,
            "column": self.column,
            "level": str(self.level),
            "code": self.code,
            "message": self.message,
            "remedy": self.remedy,
        }


def blocking(findings: list[Finding], *, strict: bool) -> list[Finding]:
    """Those that keep a series from being published: errors, and warnings where `strict`."""
    levels = {Level.ERROR, Level.WARNING} if strict else {Level.ERROR}
    return [finding for finding in findings if finding.level in levels]


# C0 and C1, line separators, the marks that reorder text on a screen (Unicode TR 36, 3.2), and what
# stands for bytes of a file's name that are no UTF-8: none of them may reach a terminal.
UNSAFE = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ufeff\ud800-\udfff]")


def printable(text: str, keep: str = "") -> str:
    r"""Show each unsafe character as its escape, `\x1b`; those in `keep` pass."""
    return UNSAFE.sub(
        lambda hit: hit[0] if hit[0] in keep else hit[0].encode("unicode_escape").decode(), text
    )


def _escaped(text: str, more: str = "") -> str:
    for char in "%\r\n" + more:
        text = text.replace(char, f"%{ord(char):02X}")
    return text
